"""Worlds in which the closed form is held against simulation, and the stored simulated means.

Run as a module (``python -m tests.analytic.expected_worlds``) it simulates the worlds and writes ``expected_reference.csv``:
mean, standard error and number of replications of every number, and the numbers of replication 0, by which a test sees
whether the reference still belongs to the program. Takes some minutes of one core.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path

import numpy as np

import kravsim as ks
from kravsim.scenario import Scenario

REFERENCE = Path(__file__).with_name("expected_reference.csv")
SEED = 7
BUNDLED = "jamtland-harjedalen-2017"
COLUMNS = ("world", "name", "replications", "mean", "error", "first")

CONTRACT: dict[str, object] = {
    "horizon.history_years": 2,
    "policy.allocation": ["interest", "principal", "costs"],
    "debtors.claims_per_occasion": 1.0,
    "debtors.activity_shape": 5,
    "policy.residue_floor_kr": 50,
    "models.outsourced.contract.paid_case_kr": 253.8,
    "models.outsourced.contract.demand_fee_kept_by": "agency",
    "models.outsourced.contract.own_work_fee_kept_by": "region",
    "models.outsourced.contract.late_withdrawal": {
        "after_application": "outlays_and_own_work",
        "in_court": "outlays",
        "at_attachment": "nothing",
    },
}
"""Another contract, order of allocation and arrival, in a short history."""
OWN: dict[str, object] = {
    "horizon.history_years": 3,
    "horizon.end": dt.date(2019, 1, 1),
    "debtors.coordinate": False,
    "policy.interest_from": "reminder",
    "policy.allocation": ["principal", "interest", "costs"],
    "policy.payment_order_attempts": 1,
    "policy.surveillance_spells": 2,
    "timing.surveillance_spell_days": 300,
    "models.in_house.escalation.min_case_kr": 300,
    "models.in_house.escalation.rule": "always",
    "models.in_house.work": {},
}
"""The region's own collection without a queue, each claim a case of its own, over two years."""
SMALL: dict[str, object] = {
    "policy.smallest_reminder_kr": 150,
    "policy.smallest_demand_kr": 300,
    "policy.instalment_plan_fee_share": 0.3,
    "policy.recheck_days": 100,
}
"""Claims too small for a letter or a plan, and checks of the watched that come often."""
WORLDS: dict[str, tuple[str, dict[str, object], int]] = {
    "bundled": ("outsourced", {}, 90),
    "contract": ("outsourced", CONTRACT, 40),
    "own": ("in_house", OWN, 16),
    "small": ("outsourced", SMALL, 24),
    "queue": ("own_reminders", {}, 24),
    "queues": ("in_house", {}, 24),
}
"""Model, changes to the bundled case and replications of each world."""


def world(name: str) -> tuple[Scenario, str]:
    """Scenario and model of a world."""
    model, changes, _ = WORLDS[name]
    return ks.load_scenario(BUNDLED).with_changes(changes), model


def reference() -> dict[str, dict[str, tuple[int, float, float, float]]]:
    """Replications, mean, standard error and first replication of each number of each world."""
    found: dict[str, dict[str, tuple[int, float, float, float]]] = {}
    with REFERENCE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            numbers = (int(row["replications"]), float(row["mean"]), float(row["error"]), float(row["first"]))
            found.setdefault(row["world"], {})[row["name"]] = numbers
    return found


def simulate(name: str, replications: int) -> dict[str, list[float]]:
    """Numbers of each replication of a world, by name."""
    scenario, model = world(name)
    frame = ks.simulate(scenario, model=model, replications=replications, seed=SEED, workers=1).to_frame()
    kept = [column for column in frame.columns if frame[column].dtype.kind in "fi" and not column.startswith("cohort_")]
    return {column: frame[column].astype(float).tolist() for column in kept if column not in {"draw", "replication"}}


def write(names: list[str]) -> None:
    """Simulate worlds and put them into the reference."""
    kept = reference() if REFERENCE.exists() else {}
    for name in names or WORLDS:
        _, _, replications = WORLDS[name]
        kept[name] = {column: summary(samples) for column, samples in simulate(name, replications).items()}
    with REFERENCE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in WORLDS:
            writer.writerows([name, column, *map(repr, row)] for column, row in kept.get(name, {}).items())


def summary(samples: list[float]) -> tuple[int, float, float, float]:
    """Replications, mean, standard error and first of the samples."""
    return len(samples), float(np.mean(samples)), float(np.std(samples, ddof=1) / len(samples) ** 0.5), samples[0]


if __name__ == "__main__":
    write(sys.argv[1:])
