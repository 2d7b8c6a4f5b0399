"""Truth, computed by hand, for every row of the rules of money (§M12-§M21): all that is paid for a case, and by the year.

The same invoice of 500 kr of 1 January 2017: reminded on 22 February, demanded on 8 March, checked on 22 March, applied for
on the 23rd, order on 26 June, attachment on 10 August (see ``test_hand_cases.py``). What the debtor pays is in other files.
Every price is one of its own, so that no row could have another's.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pytest

from kravsim.engine.contract import DONE
from kravsim.flow import RunParts, Setting
from kravsim.ledger.accounts import CASH, DEBTOR, LINE, LINES, NO_CASE, PARTIES, Postings
from kravsim.models.process import STEP_CODE
from tests.golden.test_hand_cases import everyone, first_january
from tests.golden.test_hand_steps import FIXED, all_types, days, nobody_leaves, only

Posted = tuple[dt.date, str, str, str, int]
"""Day, line, payer, receiver and öre of what is paid."""
Changes = dict[str, object]


class Hand(NamedTuple):
    """A case by hand: whose model, what debtors do, in which scenario, a step it comes to, and all that is paid for it."""

    model: str
    does: str
    changes: Changes
    booked: list[Posted]
    comes_to: str = "reminder"


def kr(prefix: str, **numbers: float | str) -> Changes:
    """Numbers of a table, all of them kronor or shares; text is a choice."""
    return {
        f"{prefix}.{name}": value if isinstance(value, str) else {"value": value} | FIXED
        for name, value in numbers.items()
    }


def on(month: int, day: int, line: str, payer: str, receiver: str, ore: int, year: int = 2017) -> Posted:
    return dt.date(year, month, day), line, payer, receiver, ore


def contract(model: str = "outsourced", when: str = "handed_over", **more: float) -> Changes:
    """A price of each kind."""
    agreed = {"paid_case_kr": 11, "price_a_case_kr": 101, "price_a_paid_case_kr": 53, "demand_fee_agency_share": 0.25}
    agreed |= {"it_service_per_year_kr": 30_001, "ku25_statement_kr": 13} | more
    return kr(f"models.{model}.contract", **agreed, price_a_case_when=when)


def own(model: str = "in_house") -> Changes:
    """The region's own unit costs, and nobody to wait for."""
    costs = {"letter_kr": 9, "check_kr": 15, "recheck_kr": 5, "ku25_statement_kr": 17}
    return kr(f"models.{model}.unit_costs", **costs) | {f"models.{model}.work": {}}


def late(after_application: str, in_court: str, at_attachment: str, when: str = "handed_over") -> Changes:
    """What the agency passes on, by occasion; withdrawn ten days after the step."""
    told = {"after_application": after_application, "in_court": in_court, "at_attachment": at_attachment}
    return contract(when=when) | {
        "models.outsourced.contract.late_withdrawal": told,
        "timing.withdrawal_days": days(10),
        "timing.order_issued_days": days(95),
    }


def abroad(model: str, zone: str, fixed_kr: float, share: float) -> Changes:
    """All live there, and pay 100 days after their case has been sent."""
    terms = {"fixed_kr": fixed_kr, "commission_share": share, "paid_share": 1.0, "untraceable_share": 0.0}
    other = {"fixed_kr": 71, "commission_share": 0.07}
    found = only(zone) | {"timing.foreign_paid_days": days(100)}
    for name in ("nordic", "europe", "overseas"):
        found |= kr(f"models.{model}.foreign.{name}", **(terms if name == zone else other))
    return found


IN_COURT = {
    "behaviour.contested_share": 1.0,
    "behaviour.contested_settled_share": 0.0,
    "timing.contested_days": days(40),
}
IN_COURT |= {"timing.court_request_days": days(20), "timing.court_days": days(150)}
ALL_LARGE = {"policy.small_claim_limit_kr": 499}
PAID_IN_COURT = {"behaviour.court_paid_share": 1.0, "behaviour.court_lost_share": 0.0}
LOST_IN_COURT = {"behaviour.court_paid_share": 0.0, "behaviour.court_lost_share": 1.0}
PLAN = all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 1.0)
PLAN |= {"behaviour.plan_accepted_share": 1.0, "policy.instalments": 4}
WATCHED = {"behaviour.interruption_reached_share": 0.0, "horizon.end": dt.date(2021, 1, 1), "policy.recheck_days": 100}
AGENCY_TAKES = on(2, 22, "case_price", "region", "agency", 10_100)
OWN_LETTERS = [on(2, 22, "letter", "region", "supplier", 900), on(3, 8, "letter", "region", "supplier", 900)]
OWN_CHECK = on(3, 22, "check", "region", "supplier", 1_500)
APPLIED = on(3, 23, "kronofogden_outlay", "agency", "kronofogden", 30_000)
OWN_APPLICATION = on(3, 23, "kronofogden_outlay", "region", "kronofogden", 30_000)
ATTACHED = on(8, 10, "kronofogden_outlay", "agency", "kronofogden", 60_000)

HANDS = {
    "a paid case, handed over": Hand(
        "outsourced",
        "demand_paid",
        contract(),
        [
            AGENCY_TAKES,
            on(3, 17, "contract_payment", "agency", "region", 1_100),
            on(3, 17, "demand_fee_share", "region", "agency", 4_500),
            on(3, 17, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "a paid case, closed": Hand(
        "outsourced",
        "demand_paid",
        contract(when="closed"),
        [
            on(3, 17, "case_price", "region", "agency", 10_100),
            on(3, 17, "contract_payment", "agency", "region", 1_100),
            on(3, 17, "demand_fee_share", "region", "agency", 4_500),
            on(3, 17, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "own reminder, the agency's demand": Hand(
        "own_reminders",
        "demand_paid",
        contract("own_reminders") | own("own_reminders"),
        [
            on(2, 22, "letter", "region", "supplier", 900),
            on(3, 8, "case_price", "region", "agency", 10_100),
            on(3, 17, "contract_payment", "agency", "region", 1_100),
            on(3, 17, "demand_fee_share", "region", "agency", 4_500),
            on(3, 17, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "own reminder, the agency's check": Hand(
        "own_reminders",
        "payment_order_paid",
        contract("own_reminders") | own("own_reminders"),
        [
            on(2, 22, "letter", "region", "supplier", 900),
            on(3, 8, "case_price", "region", "agency", 10_100),
            APPLIED,
            on(5, 2, "contract_payment", "agency", "region", 1_100),
            on(5, 2, "demand_fee_share", "region", "agency", 4_500),
            on(5, 2, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "paid at the own reminder": Hand(
        "own_reminders",
        "reminder_paid",
        contract("own_reminders", "closed") | own("own_reminders"),
        [on(2, 22, "letter", "region", "supplier", 900)],
    ),
    "withdrawn after the application": Hand(
        "outsourced",
        "nothing",
        late("outlays_and_own_work", "outlays", "outlays", "closed") | {"behaviour.withdrawn_late_share": 1.0},
        [
            APPLIED,
            on(4, 2, "agency_charge", "region", "agency", 30_000),
            on(4, 2, "agency_charge", "region", "agency", 38_000),
            on(4, 2, "case_price", "region", "agency", 10_100),
        ],
    ),
    "dropped when contested": Hand(
        "outsourced",
        "nothing",
        late("outlays_and_own_work", "outlays", "outlays_and_own_work")
        | IN_COURT
        | {"behaviour.contested_dropped_share": 1.0},
        [AGENCY_TAKES, APPLIED, on(5, 22, "agency_charge", "region", "agency", 30_000)],
    ),
    "withdrawn at the attachment": Hand(
        "outsourced",
        "nothing",
        late("outlays", "outlays", "outlays_and_own_work") | {"behaviour.withdrawn_late_share": 0.5} | ALL_LARGE,
        [
            AGENCY_TAKES,
            APPLIED,
            ATTACHED,
            on(8, 20, "agency_charge", "region", "agency", 30_000),
            on(8, 20, "agency_charge", "region", "agency", 38_000),
            on(8, 20, "agency_charge", "region", "agency", 60_000),
        ],
        "attachment",
    ),
    "own letters of a plan": Hand(
        "in_house",
        "nothing",
        own() | PLAN,
        [
            *OWN_LETTERS,
            on(3, 17, "letter", "region", "supplier", 900),
            on(3, 27, "letter", "region", "supplier", 900),
            on(4, 26, "letter", "region", "supplier", 900),
            on(5, 26, "letter", "region", "supplier", 900),
            on(6, 26, "letter", "region", "supplier", 900),
        ],
    ),
    "own letter of a residue": Hand(
        "in_house",
        "nothing",
        own() | all_types("principal_only_share", 1.0) | {"policy.residue_floor_kr": 50},
        [on(2, 22, "letter", "region", "supplier", 900), on(3, 2, "letter", "region", "supplier", 900)],
    ),
    "own application, in court": Hand(
        "in_house",
        "nothing",
        own() | IN_COURT | {"behaviour.contested_dropped_share": 0.0} | PAID_IN_COURT,
        [*OWN_LETTERS, OWN_CHECK, OWN_APPLICATION, on(5, 22, "court_outlay", "region", "court", 60_000)],
    ),
    "the agency's application, in court": Hand(
        "outsourced",
        "nothing",
        contract() | IN_COURT | {"behaviour.contested_dropped_share": 0.0} | LOST_IN_COURT | ALL_LARGE,
        [AGENCY_TAKES, APPLIED, on(5, 22, "court_outlay", "agency", "court", 250_000)],
    ),
    "watched without a title": Hand(
        "in_house",
        "nothing",
        own() | nobody_leaves() | WATCHED,
        [
            *OWN_LETTERS,
            OWN_CHECK,
            on(12, 31, "check", "region", "supplier", 1_000),
            on(12, 31, "check", "region", "supplier", 2_000, 2018),
            on(6, 20, "check", "region", "supplier", 1_000, 2019),
            on(6, 24, "letter", "region", "supplier", 900, 2019),
            on(12, 31, "check", "region", "supplier", 500, 2019),
        ],
    ),
    "watched with a title": Hand(
        "in_house",
        "nothing",
        own()
        | WATCHED
        | {"timing.attachment_no_assets_days": days(60)}
        | all_types("surveillance_paid_per_year", 0.0)
        | all_types("surveillance_revived_per_year", 0.0),
        [
            *OWN_LETTERS,
            OWN_CHECK,
            OWN_APPLICATION,
            on(8, 10, "kronofogden_outlay", "region", "kronofogden", 60_000),
            on(12, 31, "check", "region", "supplier", 2_000, 2018),
            on(12, 31, "check", "region", "supplier", 2_000, 2019),
            on(3, 27, "letter", "region", "supplier", 900, 2020),
            on(10, 9, "check", "region", "supplier", 500, 2020),
        ],
    ),
    "abroad, by the agency": Hand(
        "outsourced",
        "nothing",
        contract() | abroad("outsourced", "nordic", 253, 0.1),
        [
            AGENCY_TAKES,
            on(3, 22, "foreign_collection", "region", "agency", 25_300),
            on(6, 30, "contract_payment", "agency", "region", 1_100),
            on(6, 30, "demand_fee_share", "region", "agency", 4_500),
            on(6, 30, "foreign_collection", "region", "agency", 5_000),
            on(6, 30, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "abroad, paid at the demand": Hand(
        "outsourced",
        "demand_paid",
        contract() | abroad("outsourced", "nordic", 253, 0.1),
        [
            AGENCY_TAKES,
            on(3, 17, "contract_payment", "agency", "region", 1_100),
            on(3, 17, "demand_fee_share", "region", "agency", 4_500),
            on(3, 17, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "abroad, paid at the reminder": Hand(
        "outsourced",
        "reminder_paid",
        contract() | abroad("outsourced", "nordic", 253, 0.1),
        [
            AGENCY_TAKES,
            on(3, 2, "contract_payment", "agency", "region", 1_100),
            on(3, 2, "paid_case_price", "region", "agency", 5_300),
        ],
    ),
    "abroad, by an agent of the region's": Hand(
        "in_house",
        "nothing",
        own() | abroad("in_house", "overseas", 375, 0.30001),
        [
            *OWN_LETTERS,
            on(3, 22, "foreign_collection", "region", "foreign_agency", 37_500),
            on(6, 30, "foreign_collection", "region", "foreign_agency", 15_001),
        ],
    ),
}
"""Re-checks: of a stay that begins on 23 March 2017 every 100 days, two in 2017 (283 days of it), four in 2018, and on days
700 and 800 of the 820 to 21 June 2019; then of one from 8 July 2019 to 2 January 2020 one. With a title 900 days from
9 October 2017: none in 2017, four in 2018 and in 2019, and none on the last day; of 10 April to 10 October 2020 one."""


def posted(met: Setting, books: Postings, mask: np.ndarray) -> list[Posted]:
    """What is paid in cash, but by debtors, sorted."""
    mine = books.where(mask & (books.book == CASH) & (books.payer != DEBTOR))
    columns = (mine.day, mine.line, mine.payer, mine.receiver, mine.amount_ore)
    return sorted(
        (met.stream.first + dt.timedelta(day), LINES[line], PARTIES[payer], PARTIES[receiver], ore)
        for day, line, payer, receiver, ore in zip(*(column.tolist() for column in columns), strict=True)
    )


def case_of(hand: Hand) -> tuple[Setting, RunParts, int]:
    """The run, and the first case of 1 January 2017 that comes to the step."""
    met, parts, _ = first_january(everyone(does=hand.does, **hand.changes), hand.model)
    comes = parts.log.case[(parts.log.kind == DONE) & (parts.log.step == STEP_CODE[hand.comes_to])]
    first = met.stream.claims.case[met.stream.claims.run == 0]
    return met, parts, int(first[np.isin(first, comes)][0])


@pytest.mark.parametrize("name", HANDS)
def test_all_that_is_paid_for_a_case(name: str) -> None:
    """Letters and checks, outlays, prices, shares, late withdrawals, collection abroad (§M1, §M12-§M19)."""
    hand = HANDS[name]
    met, parts, case = case_of(hand)
    books = parts.ledger.postings
    assert posted(met, books, books.case == case) == hand.booked


YEARS = {"horizon.end": dt.date(2019, 1, 1), "policy.ku25_threshold_kr": 5}
STAFF = {"staff_pay", "staff_overhead", "recruitment"}
SYSTEM = {"once_kr": 80_003, "per_year_kr": 20_002}
REMINDED_BEFORE: Changes = {
    "models.in_house.own_reminder": {
        "after_due_days": {"value": 3} | FIXED,
        "payers_share": {"value": 0} | FIXED,
        "per_year_kr": {"value": 10_009} | FIXED,
    }
}
BY_YEAR: dict[str, tuple[str, Changes, list[Posted]]] = {
    "outsourced": (
        "outsourced",
        contract() | YEARS,
        [
            on(12, 31, "agency_charge", "region", "agency", 3_000_100),
            on(1, 31, "ku25", "region", "agency", 1_300, 2018),
            on(12, 31, "agency_charge", "region", "agency", 3_000_100, 2018),
        ],
    ),
    "in-house": (
        "in_house",
        own() | YEARS | kr("models.in_house.system", **SYSTEM) | REMINDED_BEFORE,
        [
            on(1, 1, "system_once", "region", "supplier", 8_000_300),
            on(12, 31, "letter", "region", "supplier", 1_000_900),
            on(12, 31, "system_operation", "region", "supplier", 2_000_200),
            on(1, 31, "ku25", "region", "supplier", 1_700, 2018),
            on(12, 31, "letter", "region", "supplier", 1_000_900, 2018),
            on(12, 31, "system_operation", "region", "supplier", 2_000_200, 2018),
        ],
    ),
    "own reminders": (
        "own_reminders",
        contract("own_reminders") | own("own_reminders") | YEARS | kr("models.own_reminders.system", **SYSTEM),
        [
            on(1, 1, "system_once", "region", "supplier", 8_000_300),
            on(12, 31, "agency_charge", "region", "agency", 3_000_100),
            on(12, 31, "system_operation", "region", "supplier", 2_000_200),
            on(1, 31, "ku25", "region", "agency", 1_300, 2018),
            on(12, 31, "agency_charge", "region", "agency", 3_000_100, 2018),
            on(12, 31, "system_operation", "region", "supplier", 2_000_200, 2018),
        ],
    ),
}
"""What is paid by the year, and öre of one statement of interest; demands paid of 5.45 kr of interest and more."""


def by_year(met: Setting, books: Postings) -> list[Posted]:
    """What is paid for no case, staff apart, with each statement of interest by itself."""
    known = (books.case == NO_CASE) & ~np.isin(books.line, [LINE[name] for name in STAFF])
    interest = books.where((books.book == CASH) & (books.line == LINE["interest"]) & (books.day < 365))
    by_debtor = np.bincount(met.stream.claims.debtor[interest.claim], interest.amount_ore)
    statements = int((by_debtor >= 500).sum())
    assert statements > 1
    found = posted(met, books, known)
    return [
        (day, line, payer, receiver, ore // statements if line == "ku25" else ore)
        for day, line, payer, receiver, ore in found
    ]


def run_by_year(name: str) -> tuple[Setting, RunParts]:
    model, changes, _ = BY_YEAR[name]
    met, parts, _ = first_january(everyone(does="demand_paid", **changes), model)
    return met, parts


@pytest.mark.parametrize("name", BY_YEAR)
def test_what_is_paid_by_the_year(name: str) -> None:
    """The agency's service, the system, statements of interest on 31 January of the year after (§M20, §M21)."""
    met, parts = run_by_year(name)
    assert by_year(met, parts.ledger.postings) == BY_YEAR[name][2]


def hires(parts: RunParts) -> list[tuple[int, str, str, int]]:
    """Day, payer, receiver and öre of each recruitment."""
    books = parts.ledger.postings
    mine = books.where(books.line == LINE["recruitment"])
    found = zip(mine.day.tolist(), mine.payer.tolist(), mine.receiver.tolist(), mine.amount_ore.tolist(), strict=True)
    return [(day, PARTIES[payer], PARTIES[receiver], ore) for day, payer, receiver, ore in found]


def test_each_hire_costs_a_recruitment() -> None:
    """61 000 kr on the day a post is taken up; posts are left three times a year (§M21, §M24)."""
    met, parts = run_of_hires()
    taken_up = np.sort(np.concatenate([pool.hire_days for pool in parts.plan.pools])).tolist()
    assert len(taken_up) > 1
    assert hires(parts) == [(day, "region", "supplier", 6_100_000) for day in taken_up]
    assert taken_up[-1] < met.stream.n_days


def run_of_hires() -> tuple[Setting, RunParts]:
    turnover = {"leaves_per_year": 3.0, "recruitment_kr": 61_000, "learning_days": 10}
    changes = kr("models.in_house.staff.handlers.turnover", **turnover)
    changes |= {"models.in_house.staff.handlers.turnover.recruitment_days": days(20)}
    met, parts, _ = first_january(everyone(does="demand_paid", **own(), **changes), "in_house")
    return met, parts
