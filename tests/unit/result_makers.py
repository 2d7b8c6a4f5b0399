"""Synthetic runs and comparisons for the tests of results, figures and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from kravsim.calibration.calibration import Calibration, Diagnosis
from kravsim.calibration.posterior import Posterior
from kravsim.measures.outcome import Outcome
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run
from kravsim.results.uncertainty import Structures, UncertainComparison
from kravsim.scenario import load_scenario

PROVENANCE: dict[str, str | int] = {
    "version": "0.0.0",
    "stream_version": 1,
    "scenario_fingerprint": "a" * 64,
    "law_fingerprint": "b" * 64,
}
LINES_KR: dict[str, dict[str, int]] = {
    "outsourced": {"interest": 250_000, "contract_payments": 290_000, "agency_charges": -86_000},
    "in_house": {
        "reminder_fees": 330_000,
        "demand_fees": 410_000,
        "own_work_fees": 180_000,
        "outlays_recovered": 300_000,
        "interest": 238_000,
        "staff_pay": -1_040_000,
        "staff_overhead": -260_000,
        "system_operation": -200_000,
        "system_depreciation": -140_000,
        "letters": -190_000,
        "checks": -60_000,
        "kronofogden_outlays": -420_000,
        "foreign_collection": -21_000,
    },
}


def outcome(
    model: str, replication: int, budget_ore: Mapping[str, int], *, principal_ore: int = 440_000_000, **numbers: float
) -> Outcome:
    """Make one outcome whose numbers agree with its budget."""
    net = sum(budget_ore.values())
    interest = budget_ore.get("interest", 0)
    known = {
        "invoices": 207_506.0,
        "claims": 16_586.0,
        "opening_claims": 3_000.0,
        "success_share": 0.55,
        "books_net_kr": (net - interest) / 100,
        "net_revenue_kr": net / 100,
        "net_revenue_excl_interest_kr": (net - interest) / 100,
        "interest_kr": interest / 100,
        "principal_recovered_kr": principal_ore / 100,
        "economic_result_kr": (net + principal_ore) / 100,
        "kronofogden_applications": 2_200.0,
    }
    steps, ends = {"reminder": 16_586.0, "demand": 9_000.0 + replication}, {"paid": 9_122.0, "open": 500.0}
    return Outcome(model, 0, replication, known | numbers, dict(budget_ore), steps, ends, {"success_share": 0.6})


def run_of(model: str, outcomes: list[Outcome], **fields: Any) -> Run:
    """Wrap outcomes as a run."""
    known: dict[str, Any] = {
        "scenario_name": "jamtland-harjedalen-2017",
        "scenario_title": "Region Jämtland Härjedalen 2017",
        "model": model,
        "seed": 1,
        "engine": "compiled",
        "replications": len(outcomes),
        "provenance": dict(PROVENANCE),
        "outcomes": tuple(outcomes),
    }
    return Run(**(known | fields))


def make_run(model: str, n: int, *, spread: float = 0.02, extra: int = 0, principal_kr: int = 4_400_000) -> Run:
    """Make a run whose lines vary by `spread`; `extra` kr a year go to the first line, so to the net."""
    rng = np.random.default_rng(len(model))
    outcomes = []
    for replication in range(n):
        noise = rng.standard_normal(len(LINES_KR[model]) + 1)
        budget = {
            line: round(100 * kr * (1 + spread * float(z)))
            for (line, kr), z in zip(LINES_KR[model].items(), noise[:-1], strict=True)
        }
        first = next(iter(budget))
        budget[first] += 100 * extra
        principal = round(100 * principal_kr * (1 + spread / 3 * float(noise[-1])))
        outcomes.append(outcome(model, replication, budget, principal_ore=principal))
    return run_of(model, outcomes)


def make_comparison(n: int, *, spread: float = 0.02, extra: int = 0, principal_kr: int = 4_480_000) -> Comparison:
    """Compare in-house with outsourced; `extra` kr a year make in-house better."""
    first = make_run("in_house", n, spread=spread, extra=extra, principal_kr=principal_kr)
    return Comparison((first, make_run("outsourced", n, spread=spread)))


def renamed(run: Run, model: str) -> Run:
    """Give the same run under another model's name."""
    return replace(run, model=model, outcomes=tuple(replace(one, model=model) for one in run.outcomes))


def twins(n: int, *, spread: float = 0.02) -> Comparison:
    """Compare two models that do exactly the same."""
    first = make_run("outsourced", n, spread=spread)
    return Comparison((renamed(first, "in_house"), first))


def make_uncertain(
    draws: int,
    *,
    replications: int = 2,
    structures: Structures | None = None,
    gap_kr: int = -1_000_000,
    step_kr: int = 100_000,
    parameters_kr: int = 200_000,
    chance_kr: int = 20_000,
    uncertain: int = 3,
    kind: str = "prior",
) -> UncertainComparison:
    """Compare over worlds whose difference is gap + step * structure + parameters + chance, kr, all normal but the first."""
    known = structures or make_structures(draws)
    rng = np.random.default_rng(7)
    own, luck = rng.standard_normal(draws), rng.standard_normal((draws, replications))
    outcomes: dict[str, list[Outcome]] = {"in_house": [], "outsourced": []}
    for world, structure in enumerate(known.of_world):
        for replication in range(replications):
            kr = gap_kr + step_kr * structure + parameters_kr * own[world] + chance_kr * luck[world, replication]
            for model, extra in (("in_house", kr), ("outsourced", 0)):
                one = outcome(model, replication, {"interest": 25_000_000 + round(100 * extra)})
                outcomes[model].append(replace(one, draw=world + 1))
    runs = tuple(run_of(model, found, replications=replications) for model, found in outcomes.items())
    return UncertainComparison(runs, known, kind, uncertain)


def make_structures(draws: int, names: tuple[str, ...] = ("A", "B", "C")) -> Structures:
    """One dimension of equally likely readings, taken in turn; none at all without names."""
    count = max(1, len(names))
    return Structures(
        choices=tuple({"reading": name} for name in names) or ({},),
        weights=(1 / count,) * count,
        of_world=tuple(world % count for world in range(draws)),
        titles={("reading", name): (f"{name}: läsning", f"{name}: a reading") for name in names},
        draws_needed=2 * count,
        held={},
    )


def make_posterior() -> Posterior:
    """Every reading of the bundled case with two numbers of two sets each, as a calibration would leave them."""
    scenario = load_scenario("jamtland-harjedalen-2017")
    keys = ("debtors.number", "policy.instalments", "invoices.late_share")
    values = np.array([[15_620.0, 6.0, 0.081], [12_000.0, 4.0, 0.079]])
    diagnosis = Diagnosis(4, 16, 64, 1.0, 2.0, 1.0, -1.0, 0.1, 100, 1)
    found = [
        Calibration(
            scenario.with_alternatives(choice),
            choice,
            1,
            {},
            keys,
            values,
            np.zeros((2, 0)),
            np.zeros((0, 3)),
            diagnosis,
        )
        for choice in ({"reading": name} for name in scenario.alternatives["reading"])
    ]
    return Posterior(scenario, tuple(found), tuple(scenario.alternatives["reading"].values()))
