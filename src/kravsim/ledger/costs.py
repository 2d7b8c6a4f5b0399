"""What collecting costs beyond the rows of the table of rules: staff, the system in parts, valuations; statements counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kravsim.ledger.accounts import (
    BUYER,
    CASH,
    REGION,
    STAFF,
    SUPPLIER,
    VALUE,
    Ints,
    Journal,
    Postings,
)
from kravsim.ledger.debts import Debts
from kravsim.models.plan import OVERTIME, REGULAR, TEMPORARY, PoolPlan
from kravsim.models.process import END_CODE, SOLD
from kravsim.models.sales import Sales
from kravsim.scenario.schema import Model, Policy, Pool
from kravsim.stream.stream import SEGMENTS, Stream
from kravsim.units import MILLION, divide_half_up, half_up, millionths, ore

RESERVE = {OVERTIME: ("overtime", STAFF), TEMPORARY: ("temporary_staff", SUPPLIER)}
"""Line of what each kind of server in reserve costs, and who is paid."""
Reserve = Ints
"""Minutes that servers in reserve took up: (pools, kinds, years)."""
NATURAL = ("private", "estate")
"""Segments of natural persons and their estates."""


def statements_of(paid_ore: Ints, policy: Policy) -> Ints:
    """Statements of interest of each calendar year but the last: one for each natural person or estate who paid enough.

    The duty is the region's in every model (§M20).

    Parameters
    ----------
    paid_ore : int64 array, shape (debtors, years)
        Öre of interest that natural persons have paid.
    policy : Policy
    """
    enough = ore(policy.ku25_threshold_kr.value)
    return np.array([np.count_nonzero(of_year >= enough) for of_year in paid_ore.T[:-1]], np.int64)


def interest_by_debtor(stream: Stream, interest: Postings, years: list[tuple[int, int]]) -> Ints:
    """Interest that each natural person or estate paid in each calendar year: shape (debtors, years).

    Parameters
    ----------
    stream : Stream
    interest : Postings
        Interest paid in cash; each has a claim.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.

    Returns
    -------
    int64 array, shape (debtors, years)
        Öre.
    """
    debtor = stream.claims.debtor[interest.claim]
    natural = np.isin(stream.debtors.segment[debtor], [SEGMENTS.index(name) for name in NATURAL])
    paid = np.zeros((len(stream.debtors.segment), len(years)), np.int64)
    year = np.searchsorted([end for _, end in years], interest.day, side="right")
    np.add.at(paid, (debtor[natural], year[natural]), interest.amount_ore[natural])
    return paid


def reserve_minutes(
    pools: int, years: list[tuple[int, int]], pool: Ints, kind: Ints, day: Ints, minutes: Ints
) -> Reserve:
    """Minutes of work taken up by servers in reserve: (pools, kinds, years), of posts 0.

    Parameters
    ----------
    pools : int
        How many the plan has.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    pool, kind, day, minutes : int64 array, shape (items,)
        Of each item taken up: number of the pool, kind of its server, day since day 0, and minutes of work.
    """
    found = np.zeros((pools, len(RESERVE) + 1, len(years)), np.int64)
    year = np.searchsorted([end for _, end in years], day, side="right")
    here = (kind != REGULAR) & (day >= years[0][0])
    np.add.at(found, (pool[here], kind[here], year[here]), minutes[here])
    return found


def book_reserve(journal: Journal, models: Sequence[Model], reserve: Reserve, years: list[tuple[int, int]]) -> None:
    """Overtime and temporary staff, by the hour that is worked, every calendar year (§M24).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    models : sequence of Model
        The model with the pay of each of the years.
    reserve : int64 array, shape (pools, kinds, years)
        Minutes that servers in reserve took up.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    for name, of_pool in zip(models[0].staff, reserve, strict=True):
        book_reserve_of(journal, [model.staff[name] for model in models], of_pool, years)


def book_reserve_of(journal: Journal, pools: Sequence[Pool], minutes: Ints, years: list[tuple[int, int]]) -> None:
    """Overtime and temporary staff of one pool (§M24).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    pools : sequence of Pool
        The pool with the pay of each of the years.
    minutes : int64 array, shape (kinds, years)
        Minutes that its servers in reserve took up.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    behind = [pool.when_behind for pool in pools if pool.when_behind is not None]
    for kind, (line, receiver) in RESERVE.items():
        terms = [one.overtime if kind == OVERTIME else one.temporary for one in behind]
        hourly = np.array([ore(one.kr_per_hour.value) for one in terms if one is not None], np.int64)
        if len(hourly):
            day = np.array([end - 1 for _, end in years], np.int64)
            amount = divide_half_up(minutes[kind] * hourly, 60)
            journal.post(CASH, line, payer=REGION, receiver=receiver, day=day, amount=amount)


def book_organisation(
    journal: Journal, models: Sequence[Model], pools: Sequence[PoolPlan], years: list[tuple[int, int]], start: int
) -> None:
    """Staff, paid busy or idle, and the system, every calendar year; the system's one-off cost in cash at ``start``.

    §M21, §M24, §M25.

    That cost is written off in equal yearly parts until nothing is left. A vacant post is not paid, but its premises and
    management (the overhead) cost what they cost until it is given up; each recruitment is paid as it is over.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    models : sequence of Model
        The model with the pay and prices of each of the years.
    pools : sequence of PoolPlan
        In the order of the model's staff.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    start : int
        Day on which the horizon begins, since day 0.
    """
    for model, (first, end) in zip(models, years, strict=True):
        day = end - 1
        for pool, plan in zip(model.staff.values(), pools, strict=True):
            pay = _paid_part(ore(pool.fte.value * pool.pay_per_fte_kr.value), plan, first, end)
            overhead = ore(pool.fte.value * pool.pay_per_fte_kr.value * pool.overhead_share.value)
            overhead = _part_of_posts(overhead, plan, first, end)
            journal.post(CASH, "staff_pay", payer=REGION, receiver=STAFF, day=day, amount=pay)
            journal.post(CASH, "staff_overhead", payer=REGION, receiver=SUPPLIER, day=day, amount=overhead)
    bought = models[next((number for number, (first, _) in enumerate(years) if first >= start), 0)].system
    if bought is not None:
        left = 1.0
        for first, end in years:
            if first >= start:
                part = min(left, 1.0 / bought.depreciation_years.value)
                left = max(0.0, left - part)
                amount = ore(bought.once_kr.value * part)
                journal.post(VALUE, "system_depreciation", payer=REGION, receiver=REGION, day=end - 1, amount=amount)


def _paid_part(pay: int, pool: PoolPlan, first: int, end: int) -> int:
    """A year's pay in öre less that of vacant posts, by their share of the pool's minutes in the days [first, end) (§M24)."""
    paid, vacant = (int(minutes[:, first:end].sum()) for minutes in (pool.paid_minutes, pool.vacant_minutes))
    return divide_half_up(pay * paid, paid + vacant) if vacant else pay


def _part_of_posts(overhead: int, pool: PoolPlan, first: int, end: int) -> int:
    """A year's overhead in öre less that of posts that are no more, by their share of the pool's minutes (§M24)."""
    ended = pool.ended_minutes(first, end)
    whole = int((pool.paid_minutes[:, first:end] + pool.vacant_minutes[:, first:end]).sum()) if ended else 0
    return divide_half_up(overhead * (whole - ended), whole) if ended else overhead


def book_valuation(journal: Journal, stream: Stream, debts: Debts, principal: Postings, policy: Policy) -> None:
    """Value doubtful claims down in part, later in full: the region's valuation of what is still owed, no cash (§M23).

    A claim still open ``value_adjustment_days`` after its due date loses ``value_adjustment_share`` of the principal left;
    one still open at ``write_down_days`` loses the rest. Collection goes on; what is paid later is a recovery.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    stream : Stream
    debts : Debts
        State of every debt, from `book_debts`.
    principal : Postings
        Principal paid in cash; each has a claim.
    policy : Policy
    """
    adjusted_share = millionths(policy.value_adjustment_share.value)
    at_adjustment = _owed_at(stream, principal, half_up(policy.value_adjustment_days.value))
    at_write_down = _owed_at(stream, principal, half_up(policy.write_down_days.value))
    adjusted = divide_half_up(at_adjustment * adjusted_share, MILLION)
    still_adjusted = np.minimum(adjusted, at_write_down)
    for line, days, amount in (
        ("value_adjustment", policy.value_adjustment_days, adjusted),
        ("write_down", policy.write_down_days, at_write_down - still_adjusted),
    ):
        day = stream.claims.due_day + half_up(days.value)
        due = (day < stream.n_days) & (debts.end_day[stream.claims.case] > day)
        journal.post(
            VALUE,
            line,
            payer=REGION,
            receiver=REGION,
            day=day[due],
            amount=amount[due],
            case=stream.claims.case[due],
            claim=np.flatnonzero(due),
        )


def _owed_at(stream: Stream, principal: Postings, days: int) -> Ints:
    """Principal of each claim (C,) that had not been paid this many days after its due date."""
    early = principal.day < stream.claims.due_day[principal.claim] + days
    owed = stream.claims.principal_ore.copy()
    np.subtract.at(owed, principal.claim[early], principal.amount_ore[early])
    return owed


def book_sales(journal: Journal, stream: Stream, debts: Debts, sales: Sales) -> None:
    """A buyer pays a share of the principal left of each case that is sold, rounded once a case (§M28).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    stream : Stream
    debts : Debts
        State of every debt, from `book_debts`.
    sales : Sales
    """
    left = np.zeros(len(stream.cases), np.int64)
    np.add.at(left, stream.claims.case, debts.principal_given_up)
    for day, _, _, share in sales.rows.tolist():
        case = np.flatnonzero((debts.end == END_CODE[SOLD]) & (debts.end_day == day))
        price = divide_half_up(left[case] * share, MILLION)
        journal.post(CASH, "claims_sold", payer=BUYER, receiver=REGION, day=day, amount=price, case=case)
