"""Recover the truth: the real case, calibrated to the books that parameter sets drawn from its own prior would give.

Run as a module (``python -m tests.statistical.recover_truth [A|B|C|D|E|DE ...]``) it calibrates to ``TRUTHS`` truths of each
reading, every other one under each rule of limitation, and writes ``recovered.csv``: how many of the sets that a calibration
keeps lie below the truth, in every quantity. Takes a minute or two of one core a reading; rows of readings that are not
named are kept. Bounds, and what they would tell, were stated before (docs/decisions/2026-11-29-calibrating-six-readings.md).

A truth is one draw of the reading's prior. What it publishes is made as the likelihood says that figures are made: the figure
that it gives in expectation, off by a normal number of the target's ``edge``, is reported as the interval of the target's
width that it falls into, on the grid of which the real interval is one mesh. The chance of that interval is then exactly
``Phi((high - m) / edge) - Phi((low - m) / edge)``, so that a right posterior covers as often as it says. Intervals round
about the truth itself, or without the noise, would be other data than the likelihood speaks of, and cover more often.

Truths of a reading and rule are calibrated to side by side, so that the closed form is asked for many sets at a time, and
share the draws of the prior that tell what the books look along; neither changes a bit of what is found for one.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kravsim.calibration.calibrate import _chosen, _kept, _prior_of
from kravsim.calibration.calibration import EDGES_REACHED
from kravsim.calibration.evaluating import closed_form
from kravsim.calibration.in_parts import ISLANDS, Before, before_the_books
from kravsim.calibration.likelihood import Facts, facts
from kravsim.calibration.stored import stored_calibration
from kravsim.calibration.tempering import in_step, sampling
from kravsim.expected import numbers
from kravsim.scenario import load_scenario
from kravsim.scenario.prior import Prior
from kravsim.version import __version__

Floats = npt.NDArray[np.float64]

TABLE = Path(__file__).with_name("recovered.csv")
CASE = "jamtland-harjedalen-2017"
READINGS = ("A", "B", "C", "D", "E", "DE")
RULES = ("three_years", "ten_years")
TRUTHS, SETS, PARTICLES = 6, 199, 50
"""Ranks among 199 sets take 200 values, each as likely as the others."""
PRIOR_SEED = 0
"""Of the draws that tell what the books look along."""
MOST_MOVED = 8
"""How many numbers are named beforehand: those that the books move most in the stored calibrations of the reading."""
DIFFERENCES = ("difference", "economic_difference")
"""In-house minus outsourced, net revenue and with principal, kr a year, expected; in-house numbers of its own at their base,
its staff never behind, since closed form knows no year for staff that cannot keep up."""
NO_QUEUE = {"models.in_house.work": {}}
BEFORE = ("reading", "truth", "rule", "power", "reached", "version")


def rule_of(truth: int) -> str:
    """The rule of limitation that a truth lives under: they take turns."""
    return RULES[truth % len(RULES)]


@cache
def books(reading: str, rule: str) -> Facts:
    """The case in one reading under one rule, with its real targets and the real closed form."""
    choice = {"reading": reading, "limitation": rule}
    return facts(load_scenario(CASE).with_changes(NO_QUEUE).with_alternatives(choice), closed_form)


@cache
def before(reading: str, rule: str) -> tuple[Prior, Before]:
    """The prior, and what its draws tell of the books."""
    known = books(reading, rule)
    prior = _prior_of(known)
    return prior, before_the_books(known, prior, PRIOR_SEED)


@cache
def named(reading: str) -> tuple[str, ...]:
    """What is looked at, stated beforehand: figures unknown before, differences, numbers that the books move most."""
    figures = tuple(name for name in books(reading, RULES[0]).targets if name != "claims")  # as many in every set
    kept = stored_calibration(load_scenario(CASE), {"reading": reading, "limitation": RULES[0]})
    return (*figures, *DIFFERENCES, *(known.key for known in kept.numbers[:MOST_MOVED]))


def drawn(reading: str, truth: int) -> tuple[dict[str, Floats], Facts]:
    """A parameter set drawn from the prior, and the case with what it would have published as targets."""
    known, (prior, _) = books(reading, rule_of(truth)), before(reading, rule_of(truth))
    luck = np.random.default_rng([READINGS.index(reading), truth])
    values = prior.values(luck.standard_normal((1, len(prior.columns))))
    changes: dict[str, float] = {}
    for name, figure in known.figures(values).items():
        target = known.targets[name]
        width, edge = target.high - target.low, target.edge or 0.0
        seen = float(figure[0]) + edge * luck.standard_normal()
        meshes = math.floor((seen - target.low) / width)
        changes |= {
            f"targets.{name}.low": target.low + meshes * width,
            f"targets.{name}.high": target.high + meshes * width,
        }
    return values, facts(known.scenario.with_changes(changes), closed_form)


def quantities(reading: str, rule: str, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Everything that a set says: its figures, the differences, and its numbers, shape (B,) each."""
    known = books(reading, rule)
    ours, theirs = (numbers(known.scenario, model, values) for model in ("in_house", "outsourced"))
    found = {name: theirs[target.metric] for name, target in known.targets.items() if name != "claims"}
    metrics = ("net_revenue_kr", "economic_result_kr")
    found |= {name: ours[metric] - theirs[metric] for name, metric in zip(DIFFERENCES, metrics, strict=True)}
    return found | dict(values)


def recovered(reading: str, truths: Sequence[int]) -> list[dict[str, str]]:
    """One row a truth, all under one rule: how the calibration went, how many sets lie below the truth in each quantity."""
    (rule,) = {rule_of(truth) for truth in truths}
    known, (prior, told) = books(reading, rule), before(reading, rule)
    lots = [drawn(reading, truth) for truth in truths]

    def heights(asked: Mapping[int, Floats]) -> dict[int, Floats]:
        every = known.figures(prior.values(np.concatenate(list(asked.values()))))
        parts = {name: figure.reshape(-1, PARTICLES) for name, figure in every.items()}
        return {
            island: lots[island // ISLANDS][1].log_likelihood({name: part[place] for name, part in parts.items()})
            for place, island in enumerate(asked)
        }

    how = {"islands": ISLANDS, "particles": PARTICLES, "directions": told.directions}
    islands = in_step([one for truth in truths for one in sampling(prior.columns, seed=truth, **how)], heights)
    rows = []
    for place, (truth, (values, published)) in enumerate(zip(truths, lots, strict=True)):
        mine = islands[ISLANDS * place : ISLANDS * (place + 1)]
        kept = _kept(prior, _chosen(mine, SETS, truth))
        sets = quantities(reading, rule, {key: kept[:, column] for column, key in enumerate(prior.keys)})
        true = quantities(reading, rule, values)
        assert sets.keys() == true.keys()
        reached = min(
            float(np.mean((sets[name] >= target.low - reach) & (sets[name] <= target.high + reach)))
            for name, target in published.targets.items()
            if name in sets
            for reach in [EDGES_REACHED * (target.edge or 0.0)]
        )
        power = min(island.power for island in mine)
        head = (reading, str(truth), rule, f"{power:g}", f"{reached:.3f}", __version__)
        ranks = {name: str(int((sets[name] < true[name][0]).sum())) for name in true}
        rows.append(dict(zip(BEFORE, head, strict=True)) | ranks)
    return rows


def stored() -> list[dict[str, str]]:
    """The rows of the table; a quantity that a reading does not have is empty."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(wanted: list[str]) -> None:
    """Calibrate to the truths of some readings, or of all, and put the rows into the table."""
    for reading in wanted or READINGS:
        made = [row for first in range(len(RULES)) for row in recovered(reading, range(first, TRUTHS, len(RULES)))]
        rows = (
            [row for row in stored() if row["reading"] != reading and row["version"] == __version__]
            if TABLE.exists()
            else []
        )
        rows = sorted([*rows, *made], key=lambda one: (READINGS.index(one["reading"]), int(one["truth"])))
        columns = dict.fromkeys(name for one in rows for name in one)
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write(sys.argv[1:])
