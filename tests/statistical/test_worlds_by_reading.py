"""Where a dimension is given its numbers of worlds, are means right though some structures have a world or none?

Eighteen structures, worlds in the order that a study has them, an even rule of law given 10 and 60 worlds. Values differ by
rule and by plan; the twin knows what is by chance and neither of these. Limits: |z| < 5 for the mean error over 150 studies
(5.7e-7 by chance), coverage of 95 % intervals no more than 5 binomial standard errors below 0.95. Power: the mean over these
studies is known to 0.3 kr or better, so that 2 % of the weight at the wrong rule (2 kr) is seen in 95 of 100 cases or more;
counting structures together across rules puts 15 to 35 % there (negative control). Plans follow their weights within a rule
but for a third of a world at most, which is 0.7 kr of a rule with 10 worlds and below these limits.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from kravsim.calibration.worlds import _structures
from kravsim.calibration.worlds_by_reading import ByReading
from kravsim.statistics.control import Controlled, controlled
from kravsim.statistics.control_fit import Further, Known

LIMIT = 5
STUDIES = 150
READINGS = {"A": Fraction(1, 2), "B": Fraction(3, 10), "C": Fraction(1, 5)}
PLANS = {"short": Fraction(1, 2), "long": Fraction(1, 4), "many": Fraction(1, 4)}
RULES = {"three": Fraction(1, 2), "ten": Fraction(1, 2)}
DIMENSIONS = {"reading": READINGS, "plan": PLANS, "rule": RULES}
CHOICES = [tuple(zip(DIMENSIONS, names, strict=True)) for names in itertools.product(*DIMENSIONS.values())]
WEIGHTS = [READINGS[a[1]] * PLANS[b[1]] * RULES[c[1]] for a, b, c in CHOICES]
LEVELS = np.array([100.0 * (dict(one)["rule"] == "ten") + 20.0 * (dict(one)["plan"] == "long") for one in CHOICES])
ASKED = ByReading("rule", (("three", 10), ("ten", 60)))
GROUP_OF = [list(RULES).index(dict(one)["rule"]) for one in CHOICES]


def study(seed: int) -> Known:
    rng = np.random.default_rng([20_261_130, seed])
    structure = np.array(ASKED.structures(CHOICES, _structures(WEIGHTS, seed))[0], np.int64)
    further = np.repeat(np.arange(len(CHOICES)), 40)
    twin, more = (30 * rng.standard_normal(len(of)) for of in (structure, further))
    simulated = (LEVELS[structure] + twin)[:, None] + 5 * rng.standard_normal((len(structure), 2))
    return Known(simulated, structure, twin, more, Further(further, None))


EVERY = [study(seed) for seed in range(STUDIES)]


def means(members: Sequence[int], group_of: Sequence[int] | None) -> list[Controlled | None]:
    return [controlled(known, members, [float(WEIGHTS[one]) for one in members], group_of) for known in EVERY]


def z_of(found: Sequence[Controlled], members: Sequence[int]) -> float:
    shares = np.array([float(WEIGHTS[one]) for one in members])
    error = np.array([one.mean for one in found]) - float(shares @ LEVELS[list(members)] / shares.sum())
    return float(error.mean() / (error.std(ddof=1) / np.sqrt(len(error))))


def test_structures_of_few_worlds_are_counted_together_within_what_was_given_numbers() -> None:
    few = [np.bincount(known.structure, minlength=len(CHOICES)).min() < 2 for known in EVERY]
    assert all(few)
    every = range(len(CHOICES))
    found = [one for one in means(every, GROUP_OF) if one is not None]
    assert len(found) == STUDIES
    assert abs(z_of(found, every)) < LIMIT
    truth = float(np.dot([float(weight) for weight in WEIGHTS], LEVELS))
    covered = np.mean([one.interval[0] <= truth <= one.interval[1] for one in found])
    assert covered > 0.95 - LIMIT * np.sqrt(0.95 * 0.05 / STUDIES)
    error = float(np.std([one.mean for one in found], ddof=1) / np.sqrt(STUDIES))
    assert error < 0.3  # what the stated power rests on
    across = [one for one in means(every, None) if one is not None]
    assert z_of(across, every) > 10 * LIMIT
    assert np.mean([one.interval[0] <= truth <= one.interval[1] for one in across]) < 0.1


@pytest.mark.parametrize(
    ("dimension", "name"), [("plan", "short"), ("plan", "long"), ("reading", "A"), ("rule", "three")]
)
def test_rows_of_other_dimensions_are_right_or_have_no_mean(dimension: str, name: str) -> None:
    members = [place for place, one in enumerate(CHOICES) if dict(one)[dimension] == name]
    found = means(members, GROUP_OF)
    known = [one for one in found if one is not None]
    assert abs(z_of(known, members)) < LIMIT
    for study, one in zip(EVERY, found, strict=True):
        mine = [GROUP_OF[structure] for structure in study.structure.tolist() if structure in members]
        groups = {GROUP_OF[member] for member in members}
        assert (one is None) == any(mine.count(group) < 2 for group in groups)
    if dimension != "rule":
        across = [one for one in means(members, None) if one is not None]
        assert abs(z_of(across, members)) > LIMIT
