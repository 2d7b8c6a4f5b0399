"""The closed form of what a contract pays agrees with simulation, and with algebra where all cases are alike.

Worlds of the bundled case with three years of history and a fifth of its invoices, 24 replications each. Prices and payments
lie within 5 standard errors of the simulated mean. A commission is not linear in what is received, and is approximated:
within 5 standard errors, give or take 3 %.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.test_hand_cases import everyone
from tests.golden.test_hand_contracts import FROM_DEMAND, agreed, commission

import kravsim as ks
from kravsim import expected
from kravsim.scenario import Scenario

Z, APPROXIMATE = 5.0, 0.03
CHECK = FROM_DEMAND | {"models.outsourced.agency_from": "solvency_check"}
SMALLER = {"invoices.per_year": 40_000, "debtors.number": 3_000, "horizon.history_years": 3}
ALL = ["principal", "interest", "costs"]
HANDED = agreed(price_a_case_kr=120, price_a_case_when="handed_over", price_a_paid_case_kr=33.33, paid_case_kr=10)
CLOSED = HANDED | {"models.outsourced.contract.price_a_case_when": "closed"}
WORLDS: dict[str, dict[str, object]] = {
    "from the reminder": HANDED | commission(0.1, ALL, least=30, most=200),
    "from the reminder, closed": CLOSED | commission(0.3, ["principal"]),
    "from the demand": HANDED | FROM_DEMAND | commission(0.1, ALL, least=100, most=300),
    "from the demand, closed": CLOSED | FROM_DEMAND | commission(0.2, ["interest"], least=5),
    "from the check": HANDED | CHECK | commission(0.1, ALL, least=30, most=200),
    "from the check, closed": CLOSED | CHECK | commission(0.1, ["costs"], most=50),
    "too small": CLOSED | commission(0.1, ["principal"], least=60) | {"policy.smallest_reminder_kr": 150},
}
NAMES = (
    *("budget_case_prices_kr", "budget_commissions_kr", "budget_contract_payments_kr"),
    *("agency_margin_kr", "agency_invoices_kr", "applications_per_100_invoices"),
)


@pytest.mark.parametrize("name", WORLDS)
def test_it_agrees_with_simulation(name: str) -> None:
    scenario = ks.load_scenario("jamtland-harjedalen-2017").with_changes(SMALLER | WORLDS[name])
    run = ks.simulate(scenario, model="outsourced", replications=24, seed=11, workers=1)
    frame, found = run.to_frame(), expected.numbers(scenario, "outsourced")
    off = {}
    for number in NAMES:
        samples = frame[number].to_numpy(float)
        error, mean, said = samples.std(ddof=1) / len(samples) ** 0.5, samples.mean(), float(found[number][0])
        allowed = Z * error + (APPROXIMATE * abs(mean) if "commission" in number else 0.0)
        if "agency" in number:  # they are made of commissions
            allowed += APPROXIMATE * abs(float(frame["budget_commissions_kr"].mean()))
        if abs(said - mean) > allowed:
            off[number] = (said, mean, error)
    assert off == {}
    assert found["budget_case_prices_kr"][0] < 0
    assert found["budget_commissions_kr"][0] < 0


def alike(**more: object) -> Scenario:
    """All claims are of 500 kr and all debtors pay at the demand, with 5.45 kr of interest at the least."""
    return everyone(does="demand_paid", **more)


@pytest.mark.parametrize(
    ("terms", "kr"),
    [
        (commission(0.1, ["principal"]), 50.0),
        (commission(0.1, ["principal"], least=60), 60.0),
        (commission(0.1, ["principal"], most=40), 40.0),
        (commission(0.1, ["principal", "costs"]), 68.0),
        (commission(0.1, ["principal", "costs"], least=10, most=70), 68.0),
    ],
)
def test_a_commission_on_cases_that_are_alike_is_exact(terms: dict[str, object], kr: float) -> None:
    found = expected.numbers(alike(**terms), "outsourced")
    assert found["budget_commissions_kr"][0] == pytest.approx(-kr * found["end_paid"][0], rel=1e-6)


def test_many_sets_at_once_are_each_their_own() -> None:
    scenario = alike(**commission(0.1, ["principal"], least=10, most=500), **agreed(price_a_paid_case_kr=7))
    key = "models.outsourced.contract.commission"
    values = {f"{key}.share": np.array([0.1, 0.2, 0.01, 0.9]), f"{key}.most_kr": np.array([500, 60, 500, 300])}
    values = {name: array.astype(float) for name, array in values.items()}
    found = expected.numbers(scenario, "outsourced", values)
    each = -found["budget_commissions_kr"] / found["end_paid"]
    assert each == pytest.approx([50, 60, 10, 300], rel=1e-6)
    assert -found["budget_case_prices_kr"] / found["end_paid"] == pytest.approx([7] * 4, rel=1e-9)


def test_what_the_agency_earns_decides_whom_it_files() -> None:
    """With ``if_it_pays``: nobody for a price of every case, everybody for one of each paid case, or for a commission.

    An outlay that the agency advances keeps it from it; one that the region advances does not.
    """
    nothing = {"models.outsourced.contract.own_work_fee_kept_by": "region"}
    bare = {"models.outsourced.escalation.rule": "if_it_pays"} | SMALLER | nothing
    price = agreed(price_a_case_kr=500, price_a_case_when="handed_over")
    region = {"models.outsourced.contract.outlays_advanced_by": "region"}
    case = ks.load_scenario("jamtland-harjedalen-2017")

    def filed(**terms: object) -> float:
        return float(expected.numbers(case.with_changes(bare | terms), "outsourced")["kronofogden_applications"][0])

    few = filed()  # of those who become solvent under surveillance
    assert filed(**price) == filed(**price, **region) == filed(**region) == few
    assert filed(**agreed(price_a_paid_case_kr=2)) == few
    assert filed(**agreed(price_a_paid_case_kr=2), **region) > 4 * few
    assert filed(**agreed(price_a_paid_case_kr=2000)) > 4 * few
    assert filed(**commission(0.01, ["principal"])) == few
    assert filed(**commission(0.01, ["principal"], least=2000)) > 4 * few
    assert filed(**commission(1.0, ["principal"], most=2)) == few
    assert filed(**commission(0.01, ["principal"]), **region) > 4 * few
