"""Do readings get the worlds they were given, with a beginning that is spread by weight, and are wrong numbers refused?"""

from __future__ import annotations

import itertools
import pickle
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim.calibration.designs import posterior_design, prior_design
from kravsim.calibration.worlds import Design
from kravsim.calibration.worlds_by_reading import ByReading, read_asked
from kravsim.errors import ScenarioError
from kravsim.scenario.parameter_sets import ParameterSets

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)
HALVES = ("low", "high")
LATE = "invoices.late_share"
ROWS = np.array([[0.05 + k / 10_000] for k in range(400)])
WEIGHTS = {"A": 0.5, "C": 0.3, "D": 0.2}
TABLES = [ParameterSets({"reading": name}, weight, (LATE,), ROWS) for name, weight in WEIGHTS.items()]


def design(draws: int | Mapping[str, int], seed: int = 3, replications: int = 2) -> Design:
    many: Any = {"draws": None, "worlds_by_reading": draws} if isinstance(draws, Mapping) else {"draws": draws}
    return posterior_design(SCENARIO, TABLES, replications=replications, seed=seed, **many)


@pytest.mark.parametrize("seed", range(5))
def test_every_reading_has_its_worlds_and_the_beginning_is_that_of_fewer_worlds(seed: int) -> None:
    asked = {"A": 12, "C": 40, "D": 8}
    found = design(asked, seed)
    assert found.draws == 60
    names = [dict(found.choices[structure])["reading"] for structure in found.structure]
    assert Counter(names) == asked
    plain = design(found.by_weight, seed)
    assert found.structure[: plain.draws] == plain.structure
    assert found.rows[: plain.draws] == plain.rows
    assert 20 <= plain.draws <= 27  # 12 of A are as many as 24 worlds have
    every = design(60, seed)  # one world more by weight would be one too many of a reading
    assert found.structure[: plain.draws + 1] != every.structure[: plain.draws + 1]
    beginning = found.spread_by_weight()
    assert (beginning.draws, beginning.by_reading) == (plain.draws, None)
    assert beginning.inputs()[LATE].tolist() == found.inputs()[LATE][: plain.draws].tolist()
    assert found.added_to == asked


def test_no_set_is_used_twice_and_a_world_is_the_same_in_another_process() -> None:
    found = design({"A": 30, "C": 30, "D": 30})
    taken = list(zip(found.structure, found.rows, strict=True))
    assert len(set(taken)) == 90
    again = pickle.loads(pickle.dumps(found))
    assert (again.structure, again.rows, again.by_weight) == (found.structure, found.rows, found.by_weight)
    assert again.scenario_of(80).fingerprint == found.scenario_of(80).fingerprint


def test_numbers_by_weight_are_the_same_worlds_and_the_same_study() -> None:
    plain = design(50)
    counts = Counter(plain.structure)
    same = design({name: counts[place] for place, name in enumerate(WEIGHTS)})
    assert same.structure == plain.structure
    assert same.by_weight == same.draws == 50
    assert same.identity() == plain.identity()
    assert same.spread_by_weight() is same
    other = design({"A": 20, "C": 20, "D": 10})
    assert other.identity()["design"]["worlds_by_reading"] == {"A": 20, "C": 20, "D": 10}
    assert other.identity() != plain.identity()


def test_within_a_reading_other_dimensions_keep_their_weights() -> None:
    readings = list(SCENARIO.alternatives["reading"])
    asked = dict.fromkeys(readings, 4) | {"D": 200}
    found = prior_design(SCENARIO, draws=None, replications=2, seed=9, worlds_by_reading=asked)
    choices = [dict(found.choices[structure]) for structure in found.structure]
    mine = Counter(tuple(choice.values()) for choice in choices if choice["reading"] == "D")
    known = {tuple(one.choice.values()): one.weight for one in SCENARIO.structures() if one.choice["reading"] == "D"}
    total = sum(known.values(), start=Fraction(0))
    assert mine.total() == 200
    for choice, weight in known.items():
        assert abs(mine[choice] - 200 * weight / total) < 6


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"A": 9, "C": 9, "D": 0}, ["draws.D", "0", "a whole number from 2 to 200000"]),
        ({"A": 1, "C": 9.5, "D": 9}, ["draws.A", "draws.C", "9.5"]),
        ({"A": 9, "C": 9}, ["every alternative of one open dimension: reading (A, C, D)"]),
        ({"A": 9, "C": 9, "D": 9, "Q": 9}, ["every alternative of one open dimension"]),
        ({}, ["got {}", "every alternative of one open dimension"]),
        ({"A": 9, "C": 600_000, "D": 9}, ["draws.C", "a whole number from 2 to 300000"]),
    ],
)
def test_wrong_numbers_are_refused_together(asked: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        design(asked, replications=1)
    for one in (*said, "replications_per_draw"):
        assert one in str(caught.value)


def test_dimensions_whose_alternatives_have_the_same_names_are_told_apart_by_no_mapping() -> None:
    twos = [
        (("work", work), ("pay", pay), ("rule", rule)) for work in HALVES for pay in HALVES for rule in ("old", "new")
    ]
    weights = [Fraction(1, 8)] * 8
    found, problems = read_asked({"low": 4, "high": 6}, twos, weights, 1000)
    assert found is None
    assert "one open dimension, but work and pay have the same; settle all but one of these" in str(
        ScenarioError(problems)
    )
    found, problems = read_asked({"lower": 4}, twos, weights, 1000)
    assert found is None
    assert "one open dimension: rule (old, new);" in str(ScenarioError(problems))
    found, problems = read_asked({"old": 4, "new": 6}, twos, weights, 1000)
    assert (found, problems) == (ByReading("rule", (("old", 4), ("new", 6))), [])


def test_studies_that_tell_no_such_means_say_so_in_their_own_words() -> None:
    asked: Any = {"A": 9, "C": 9, "D": 9}
    drawn: dict[str, Any] = {"uncertainty": TABLES, "draws": asked, "seed": 1}
    for ask in (
        lambda: ks.studies.rank(SCENARIO, ["in_house", "outsourced"], **drawn),
        lambda: ks.studies.cost_concepts(SCENARIO, **drawn),
        lambda: ks.studies.portfolio(SCENARIO, draws=asked, by="simulated", seed=1),
    ):
        with pytest.raises(
            ScenarioError, match="allowed one number of worlds; they are spread among readings"
        ) as caught:
            ask()
        assert "control" not in str(caught.value)


def test_more_worlds_than_a_reading_has_sets_are_refused() -> None:
    with pytest.raises(ScenarioError, match="D has 400 parameter sets and would need 401"):
        design({"A": 9, "C": 9, "D": 401})


def test_within_one_reading_there_is_nothing_to_spread_over() -> None:
    with pytest.raises(ScenarioError, match="one open dimension: none"):
        posterior_design(
            SCENARIO,
            [replace(TABLES[0], weight=1.0)],
            draws=None,
            replications=2,
            seed=1,
            worlds_by_reading={"A": 9},
        )


@pytest.mark.parametrize("more", [{"control": "none"}, {"draws": {"A": 2, "C": 2, "D": 2}}])
def test_without_means_in_closed_form_added_worlds_would_count_in_nothing(more: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"uncertainty": TABLES, "draws": {"A": 9, "C": 9, "D": 9}, "seed": 1} | more
    with pytest.raises(ScenarioError, match="one number where means are not told with the closed form"):
        ks.compare(SCENARIO, **settings)
    with pytest.raises(ScenarioError, match="nothing without uncertainty"):
        ks.compare(SCENARIO, draws={"A": 9, "C": 9, "D": 9})  # type: ignore[call-overload]


def test_the_order_of_the_names_is_of_no_matter() -> None:
    ways = [dict(pairs) for pairs in itertools.permutations({"A": 12, "C": 9, "D": 9}.items())]
    assert len({design(way).structure for way in ways}) == 1
    assert len({str(design(way).identity()) for way in ways}) == 1
