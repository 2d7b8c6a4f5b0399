"""Recover the truth: the real case, calibrated to the books that parameter sets drawn from its own prior would give.

Run as a module (``python -m tests.statistical.recover_truth [A|B|C|D ...]``) it calibrates to ``TRUTHS`` truths of each
reading and writes ``recovered.csv``: how many of the sets that a calibration keeps lie below the truth, in every quantity.
Takes half an hour of one core a reading; rows are written as they come, and those of readings that are not named are kept.

A truth is one draw of the reading's prior. What it publishes is made as the likelihood says that figures are made: the figure
that it gives in expectation, off by a normal number of the target's ``edge``, is reported as the interval of the target's
width that it falls into, on the grid of which the real interval is one mesh. The chance of that interval is then exactly
``Phi((high - m) / edge) - Phi((low - m) / edge)``, so that a right posterior covers as often as it says. Intervals round
about the truth itself, or without the noise, would be other data than the likelihood speaks of, and cover more often.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kravsim.calibration.calibrate import _prior_of
from kravsim.calibration.evaluating import closed_form
from kravsim.calibration.likelihood import Facts, facts
from kravsim.expected import numbers
from kravsim.scenario import Scenario, load_scenario
from kravsim.studies import calibrate, stored_posterior
from kravsim.version import __version__

Floats = npt.NDArray[np.float64]

TABLE = Path(__file__).with_name("recovered.csv")
CASE = "jamtland-harjedalen-2017"
READINGS = ("A", "B", "C", "D")
TRUTHS, SETS, PARTICLES = 50, 199, 64
"""Ranks among 199 sets take 200 values, each as likely as the others."""
MOST_MOVED = 8
"""How many numbers are named beforehand: those that the books move most in the stored calibration of the reading."""
DIFFERENCES = ("difference", "economic_difference")
"""In-house minus outsourced, net revenue and with principal, kr a year, expected; in-house numbers of its own at their base,
its staff never behind, since closed form knows no year for staff that cannot keep up."""
NO_QUEUE = {"models.in_house.work": {}}
BEFORE = ("reading", "truth", "power", "reached", "version")


@cache
def books(reading: str) -> Facts:
    """The case in one reading, with its real targets and the real closed form."""
    return facts(load_scenario(CASE).with_changes(NO_QUEUE).with_alternatives({"reading": reading}), closed_form)


@cache
def named(reading: str) -> tuple[str, ...]:
    """What is looked at, stated beforehand: figures unknown before, differences, numbers that the books move most."""
    figures = tuple(name for name in books(reading).targets if name != "claims")  # as many in every set
    stored = stored_posterior(load_scenario(CASE))[reading]
    return (*figures, *DIFFERENCES, *(known.key for known in stored.numbers[:MOST_MOVED]))


def drawn(reading: str, truth: int) -> tuple[dict[str, Floats], Scenario]:
    """A parameter set drawn from the prior, and the case with what it would have published as targets."""
    known = books(reading)
    prior = _prior_of(known)
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
    return values, known.scenario.with_changes(changes)


def quantities(reading: str, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Everything that a set says: its figures, the differences, and its numbers, shape (B,) each."""
    known = books(reading)
    ours, theirs = (numbers(known.scenario, model, values) for model in ("in_house", "outsourced"))
    found = {name: theirs[target.metric] for name, target in known.targets.items() if name != "claims"}
    metrics = ("net_revenue_kr", "economic_result_kr")
    found |= {name: ours[metric] - theirs[metric] for name, metric in zip(DIFFERENCES, metrics, strict=True)}
    return found | dict(values)


def recovered(reading: str, truth: int) -> dict[str, str]:
    """One row: how the calibration went, and how many of its sets lie below the truth in each quantity."""
    values, scenario = drawn(reading, truth)
    found = calibrate(scenario, draws=SETS, seed=truth, particles=PARTICLES)
    true = quantities(reading, values)
    kept = quantities(reading, dict(zip(found.keys, found.values.T, strict=True)))
    assert kept.keys() == true.keys()
    ranks = {name: str(int((kept[name] < true[name][0]).sum())) for name in true}
    reached = min(fit.reached_share for fit in found.fit)
    head = (reading, str(truth), f"{found.diagnosis.power:g}", f"{reached:.3f}", __version__)
    return dict(zip(BEFORE, head, strict=True)) | ranks


def stored() -> list[dict[str, str]]:
    """The rows of the table; a quantity that a reading does not have is empty."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(wanted: list[str]) -> None:
    """Calibrate to the truths of some readings, or of all, and put the rows into the table."""
    rows = [row for row in stored() if row["reading"] not in wanted] if TABLE.exists() and wanted else []
    for row in _every(wanted or list(READINGS)):
        rows.append(row)
        columns = dict.fromkeys(name for one in rows for name in one)
        rows.sort(key=lambda one: (one["reading"], int(one["truth"])))
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _every(wanted: list[str]) -> Iterator[dict[str, str]]:
    for reading in wanted:
        for truth in range(TRUTHS):
            yield recovered(reading, truth)


if __name__ == "__main__":
    write(sys.argv[1:])
