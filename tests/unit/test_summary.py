"""Are the amounts of several years made into one year's by the one rounding rule?"""

from __future__ import annotations

import datetime as dt

import numpy as np
from tests.properties.strategies import tiny

from kravsim.flow import one_run
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, DEBTOR, LINE, REGION, VALUE
from kravsim.ledger.statement import statement_of
from kravsim.measures.summary import summarise
from kravsim.settling.tally import GROUP_OTHERS, PERIOD_HORIZON
from kravsim.units import divide_half_up

TWO_YEARS = {
    "invoices.per_year": 1500,
    "debtors.number": 150,
    "horizon.history_years": 0,
    "horizon.end": dt.date(2019, 1, 1),
}


def test_a_line_of_5_ore_over_two_years_is_3() -> None:
    """Halves go up, also those of a line that costs: -5 öre over two years is -2."""
    parts = one_run(tiny().with_changes(TWO_YEARS), "outsourced", seed=1)
    amounts = np.zeros_like(parts.tally.amounts)
    here = amounts[PERIOD_HORIZON, GROUP_OTHERS]
    here[CASH, LINE["interest"], DEBTOR, REGION] = 5
    here[CASH, LINE["contract_payment"], AGENCY, REGION] = 1
    here[CASH, LINE["agency_charge"], REGION, AGENCY] = 5
    here[CASH, LINE["principal"], DEBTOR, REGION] = 9
    here[CHARGE, LINE["reminder_fee"], DEBTOR, REGION] = 13
    here[VALUE, LINE["write_down"], REGION, DEBTOR] = 17
    made = summarise(
        parts.tally._replace(amounts=amounts),
        parts.plan,
        parts.inputs.stream,
        parts.inputs.start,
        draw=0,
        replication=0,
    )
    assert made.budget_ore["interest"] == 3
    assert made.budget_ore["contract_payments"] == 1
    assert made.budget_ore["agency_charges"] == -2
    assert made.numbers["net_revenue_kr"] == 0.02
    assert made.numbers["principal_recovered_kr"] == 0.05
    assert made.numbers["debtor_fees_kr"] == 0.07
    assert made.numbers["write_down_kr"] == 0.09
    assert made.numbers["agency_invoices_kr"] == 0.03


def test_every_line_of_a_run_over_two_years_follows_the_rule() -> None:
    parts = one_run(tiny().with_changes(TWO_YEARS), "in_house", seed=1)
    whole = statement_of(parts.tally.amounts[PERIOD_HORIZON].sum(axis=0))
    assert parts.outcome.budget_ore == {line: divide_half_up(amount, 2) for line, amount in whole.items()}
    assert any(amount % 2 for amount in whole.values())
