"""Truth, computed by hand, for the debtor's own proceedings: they strike every claim that arose before they were opened.

The invoice of 500 kr of 1 January 2017 of ``test_hand_cases.py``: due on 23 January, reminded on 22 February (60 kr),
demanded on 8 March (180 kr), checked on 22 March, applied for on 23 March (300 and 380 kr), order on 26 June. Interest is
7.5 %.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.engine import get_engine
from kravsim.engine.contract import ANSWERED, DONE, STRUCK
from kravsim.engine.events import Struck, case_input
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import AGENCY, REGION
from kravsim.models import max_visits
from kravsim.models.process import END_CODE, STEP_CODE
from kravsim.scenario import Scenario
from kravsim.scenario.schema import STEPS
from kravsim.stream.stream import BANKRUPTCY, NEVER_OPENED, RESTRUCTURING, Openings
from kravsim.units import MINUTES_PER_DAY
from tests.golden.test_hand_cases import everyone, first_january, received
from tests.golden.test_hand_steps import all_types, days, end_of, life_of, nobody_leaves, only, paid_in_all, share_of


def opened(scenario: Scenario, kind: int, day: dt.date, debtor: int | None = None) -> tuple[Setting, RunParts, int]:
    """A run in which proceedings of one debtor are opened on a day, and nobody else's; the debtor's case of 1 January.

    That of the first case of 1 January where no debtor is named. Both engines must say the same.
    """
    drawn = setting(scenario, Draws(1, 0, 0))
    claims, cases = drawn.stream.claims, drawn.stream.cases
    who = int(claims.debtor[claims.run == 0][0]) if debtor is None else debtor
    one = Openings(*(np.array([n]) for n in (who, (day - drawn.stream.first).days, kind)))
    stream = replace(drawn.stream, openings=one)
    struck = Struck(stream.struck_day, stream.proceedings)
    luck = case_input(cases, stream.arose, STEPS, max_visits(drawn.world.data), drawn.draws, MINUTES_PER_DAY, struck)
    met = replace(drawn, stream=stream, cases=luck)
    parts = run_model(met, "outsourced")
    assert parts.log.equals(get_engine("simpy")(parts.plan, met.cases))
    return met, parts, int(claims.case[(claims.run == 0) & (claims.debtor == who)][0])


def restructured(**more: object) -> Scenario:
    """Granted 200 days after the opening, with a dividend of 10 %."""
    changes = {"timing.restructuring_granted_days": days(200), "behaviour.restructuring_dividend_share": share_of(0.1)}
    return everyone(does="nothing", **changes, **more)


def bankrupt(**more: object) -> Scenario:
    """A business; 10 % of what it owes comes 200 days after the decision."""
    changes = only("business") | {"timing.bankruptcy_days": days(200), "behaviour.bankrupt_business_share": 0}
    changes |= {"behaviour.bankruptcy_dividend_paid_share": 1.0, "behaviour.bankruptcy_dividend_share": share_of(0.1)}
    return everyone(does="nothing", **changes, **more)


def test_a_restructuring_strikes_a_pending_application_and_every_debt_has_its_tenth() -> None:
    """Opened on 1 April 2017, granted on 18 October. Nine days into the application the debt is 500 + 60 + 180 + 300 + 380
    kr and 68 days of interest, 6.99 kr: 1 426.99, of which 142.69 (§M9)."""
    met, parts, case = opened(restructured(), RESTRUCTURING, dt.date(2017, 4, 1))
    day = dt.date(2017, 10, 18)
    assert life_of(met, parts, case)[2:] == [
        ("done", "payment_order", dt.date(2017, 3, 23)),
        ("struck", "payment_order", dt.date(2017, 4, 1)),
        ("done", "debt_restructuring", dt.date(2017, 4, 1)),
        ("answered", "debt_restructuring", day),
        ("ended", "restructured", day),
    ]
    assert paid_in_all(met, parts, case) == [(day, 14_269)]
    assert received(met, parts, case, "principal") == {REGION: (day, 5_000)}
    assert received(met, parts, case, "interest") == {REGION: (day, 69)}
    assert received(met, parts, case, "demand_fee") == {REGION: (day, 1_800)}
    assert received(met, parts, case, "payment_order_application") == {AGENCY: (day, 3_000)}
    assert received(met, parts, case, "payment_order_own_work") == {AGENCY: (day, 3_800)}


def test_a_restructuring_strikes_all_that_the_debtor_owes_and_nothing_that_comes_later() -> None:
    """Opened on 1 April 2017: claims in hand on that day leave what they wait for; one invoiced before and handed over later
    is struck as it arrives, without a reminder; what is invoiced from 1 April on goes its way. All struck have their tenth on
    18 October.
    """
    many = {"debtors.number": 20, "invoices.late_share": 0.5}
    met, parts, case = opened(restructured(**many), RESTRUCTURING, dt.date(2017, 4, 1))
    cases, opening, granted = met.stream.cases, (dt.date(2017, 4, 1) - met.stream.first).days, dt.date(2017, 10, 18)
    mine = np.flatnonzero(cases.debtor == cases.debtor[case])
    before = met.stream.arose[mine] < opening
    in_hand, later, new = mine[before & (cases.hand_over_day[mine] < opening)], mine[before], mine[~before]
    later = np.setdiff1d(later, in_hand)
    assert min(len(in_hand), len(later), len(new)) > 0
    log, first = parts.log, met.stream.first
    struck = set(log.case[log.kind == STRUCK].tolist())
    assert struck == {*in_hand.tolist(), *later.tolist()}
    for number in struck:
        rows = np.flatnonzero(log.case == number)
        at = int(rows[log.kind[rows] == STRUCK][0])
        handed_over = first + dt.timedelta(int(cases.hand_over_day[number]))
        assert first + dt.timedelta(minutes=int(log.minute[at])) == max(dt.date(2017, 4, 1), handed_over)
        owed = parts.ledger.debts.charged[number].sum() + 50_000
        claim = int(cases.first_claim[number])
        owed += parts.ledger.debts.interest_charged[claim]
        assert paid_in_all(met, parts, number) == [(granted, owed // 10)]
        assert end_of(parts, number) == END_CODE["restructured"]
    for number in later:
        done = [STEPS[step] for step in log.step[(log.case == number) & (log.kind == DONE)]]
        assert done == ["debt_restructuring"]
        assert paid_in_all(met, parts, int(number)) == [(granted, 5_000)]
    assert np.isin(new, log.case[(log.kind == DONE) & (log.step == STEP_CODE["reminder"])]).all()


def test_whatever_the_same_proceedings_strike_has_the_same_answer_share_and_day() -> None:
    """A dividend of nothing to 30 %, granted after 100 to 400 days: drawn once for the debtor, with a title or not."""
    spread = {"timing.restructuring_granted_days": {"low": 100, "mode": 200, "high": 400}}
    spread |= {"behaviour.restructuring_dividend_share": {"low": 0.0, "mode": 0.1, "high": 0.3}}
    told = {"source": "assumption", "status": "assumed"}
    changes = {key: value | told for key, value in spread.items()}
    many = {"debtors.number": 20, "invoices.late_share": 0.5, "timing.order_issued_days": days(20)}
    scenario = everyone(does="nothing", **changes, **many)
    _, parts, _ = opened(scenario, RESTRUCTURING, dt.date(2017, 5, 1))
    log = parts.log
    theirs = [STEP_CODE[f"debt_restructuring{title}"] for title in ("", "_with_title")]
    rows = np.flatnonzero((log.kind == ANSWERED) & np.isin(log.step, theirs))
    assert len(np.unique(log.step[rows])) == 2
    assert len(rows) > 3
    assert len(np.unique(log.quantity[rows])) == 1
    assert len(np.unique(log.minute[rows])) == 1


def test_a_refused_application_leaves_everything_as_it_was() -> None:
    """Nothing of a run tells that anybody applied, with a title or without."""
    applied = all_types("restructuring_per_year", 3.0) | {"behaviour.restructuring_granted_share": 0.0}
    nobody = all_types("restructuring_per_year", 0.0) | {"behaviour.restructuring_granted_share": 0.0}
    more = {"debtors.segments.business.share": 0.1}
    logs = [first_january(everyone(does="nothing", **(one | more)), "in_house")[1].log for one in (applied, nobody)]
    assert logs[0].equals(logs[1])


def test_a_bankrupt_business_pays_a_dividend_of_every_debt_as_it_stood_at_the_decision() -> None:
    """Bankrupt on 23 March 2017; the dividend, 10 %, comes on 9 October. Interest up to the decision: 59 days, 6.06 kr.

    500 + 60 + 180 + 6.06 = 746.06 kr, of which 74.60: 6.00 and 18.00 of the fees, 0.60 of the interest, 50.00 of the
    principal, whatever the creditor's order of allocation. The business is dissolved and owes nothing more.
    """
    for order in (["costs", "interest", "principal"], ["principal", "interest", "costs"]):
        scenario = bankrupt(**{"policy.allocation": order, "behaviour.sole_trader_share": 0})
        met, parts, case = opened(scenario, BANKRUPTCY, dt.date(2017, 3, 23))
        day = dt.date(2017, 10, 9)
        assert paid_in_all(met, parts, case) == [(day, 7_460)]
        assert received(met, parts, case, "reminder_fee") == {AGENCY: (day, 600)}
        assert received(met, parts, case, "demand_fee") == {REGION: (day, 1_800)}
        assert received(met, parts, case, "interest") == {REGION: (day, 60)}
        assert received(met, parts, case, "principal") == {REGION: (day, 5_000)}
        assert end_of(parts, case) == END_CODE["bankrupt"]
        claim = int(met.stream.cases.first_claim[case])
        debts = parts.ledger.debts
        lost = debts.given_up[case].sum() + debts.principal_given_up[claim] + debts.interest_given_up[claim]
        assert lost == 74_606 - 7_460


def test_a_sole_trader_owes_what_is_left_and_interest_after_the_decision_which_has_no_part_in_the_dividend() -> None:
    """As above, 74.60 kr on 9 October. Of 500 kr the 200 days since the decision bear 20.55 kr, which are owed on; then 450
    kr bear interest. Watched without a title, the debtor pays: 746.06 - 74.60 + 20.55 kr and the interest since.

    §M6, §M9.
    """
    pays = nobody_leaves() | all_types("surveillance_paid_per_year", 40.0) | {"behaviour.sole_trader_share": 1}
    met, parts, case = opened(bankrupt(**pays), BANKRUPTCY, dt.date(2017, 3, 23))
    first, last = paid_in_all(met, parts, case)
    assert first == (dt.date(2017, 10, 9), 7_460)
    assert received(met, parts, case, "principal") != {}
    since = (last[0] - dt.date(2017, 10, 9)).days
    more = (2 * 45_000 * 750 * since + 3_650_000) // (2 * 3_650_000)
    assert last[1] == 74_606 - 7_460 + 2_055 + more
    assert life_of(met, parts, case)[-5:-1] == [
        ("done", "bankruptcy", dt.date(2017, 3, 23)),
        ("answered", "bankruptcy", dt.date(2017, 10, 9)),
        ("done", "surveillance", dt.date(2017, 10, 9)),
        ("answered", "surveillance", last[0]),
    ]
    assert end_of(parts, case) == END_CODE["paid"]


def test_a_sole_trader_with_a_title_is_watched_with_it_and_a_new_period_of_ten_years_begins() -> None:
    """Order on 26 June, bankrupt on 15 July 2017; wound up on 31 January 2018 without a dividend. A stay of 900 days ends
    sooner than ten years, on 19 July 2020.
    """
    none = nobody_leaves() | {"behaviour.sole_trader_share": 1, "horizon.end": dt.date(2021, 1, 1)}
    for who in ("", "un"):
        none[f"behaviour.not_solvent_if_{who}known_share"] = 0.0
    scenario = bankrupt(**none).with_changes({"behaviour.bankruptcy_dividend_paid_share": 0})
    met, parts, case = opened(scenario, BANKRUPTCY, dt.date(2017, 7, 15))
    assert life_of(met, parts, case)[4:10] == [
        ("done", "order", dt.date(2017, 6, 26)),
        ("struck", "order", dt.date(2017, 7, 15)),
        ("done", "bankruptcy_with_title", dt.date(2017, 7, 15)),
        ("answered", "bankruptcy_with_title", dt.date(2018, 1, 31)),
        ("done", "surveillance_with_title", dt.date(2018, 1, 31)),
        ("answered", "surveillance_with_title", dt.date(2020, 7, 19)),
    ]
    assert paid_in_all(met, parts, case) == []


@pytest.mark.parametrize(("day", "strikes"), [(dt.date(2020, 1, 1), True), (dt.date(2020, 1, 2), False)])
def test_proceedings_strike_a_claim_up_to_its_last_day(day: dt.date, strikes: bool) -> None:
    """Invoiced on 1 January 2017, watched in vain: the last day of limitation is 1 January 2020."""
    changes = nobody_leaves() | {"behaviour.interruption_reached_share": 0.0, "horizon.end": dt.date(2021, 1, 1)}
    met, parts, case = opened(restructured(**changes), RESTRUCTURING, day)
    last = life_of(met, parts, case)[-1]
    assert last == (("ended", "restructured", dt.date(2020, 7, 19)) if strikes else ("ended", "lapsed", day))


def test_nobody_is_struck_whose_proceedings_are_another_s() -> None:
    met, parts, case = opened(restructured(), RESTRUCTURING, dt.date(2017, 4, 1))
    theirs = met.stream.cases.debtor == met.stream.cases.debtor[case]
    assert (met.stream.struck_day[~theirs] == NEVER_OPENED).all()
    assert theirs[parts.log.case[parts.log.kind == STRUCK]].all()
