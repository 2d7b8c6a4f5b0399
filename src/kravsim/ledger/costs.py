"""What collecting costs: outlays to Kronofogden, the contract, letters and checks, collection abroad, staff and system."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kravsim.engine.contract import ANSWERED, DONE, ENDED
from kravsim.engine.events import EventLog
from kravsim.law import LawDays
from kravsim.ledger.accounts import (
    AGENCY,
    CASH,
    CHARGES,
    COURT,
    KRONOFOGDEN,
    OUTLAYS,
    REGION,
    STAFF,
    SUPPLIER,
    VALUE,
    Ints,
    Journal,
    Postings,
)
from kravsim.ledger.debts import Debts, statutory_ore
from kravsim.ledger.ownership import Ownership
from kravsim.ledger.together import carried_by_another
from kravsim.models.plan import OVERTIME, REGULAR, TEMPORARY, PoolPlan
from kravsim.models.process import END_CODE, FOUND, PROCESS, STEP_CODE, answer_code
from kravsim.scenario.schema import Contract, Model, Policy, ScenarioData, UnitCosts
from kravsim.stream.stream import SEGMENTS, Stream
from kravsim.units import MILLION, MINUTES_PER_DAY, divide_half_up, half_up, millionths, ore

SURVEILLANCE = tuple(step.name for step in PROCESS if "surveillance" in step.name)
"""Steps at which a claim is watched."""
RESERVE = {OVERTIME: ("overtime", STAFF), TEMPORARY: ("temporary_staff", SUPPLIER)}
"""Line of what each kind of server in reserve costs, and who is paid."""
Reserve = Ints
"""Minutes that servers in reserve took up: (pools, kinds, years)."""
NATURAL = ("private", "estate")
"""Segments of natural persons and their estates."""


def book_outlays(
    journal: Journal, log: EventLog, stream: Stream, law: LawDays, owners: Ownership, policy: Policy
) -> None:
    """Fees of Kronofogden and the court, advanced by whoever has agreed to advance them, on the day of the step (§M12).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    log : EventLog
        Every case of the stream, in canonical order.
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    owners : Ownership
        Who keeps, advances and is paid what.
    policy : Policy
    """
    carried = carried_by_another(log, stream, policy)
    for step in PROCESS:
        for name in (charge for charge in step.charges if charge in OUTLAYS):
            rows = _done(log, step.name)
            rows = rows[~carried[rows]]
            day = log.minute[rows] // MINUTES_PER_DAY
            in_court = name == "payment_order_supplement"
            journal.post(
                CASH,
                "court_outlay" if in_court else "kronofogden_outlay",
                payer=owners.charge[name],
                receiver=COURT if in_court else KRONOFOGDEN,
                day=day,
                amount=statutory_ore(name, day, stream.cases.principal_ore[log.case[rows]], law, policy),
                case=log.case[rows],
                step=log.step[rows],
            )


def book_it_service(journal: Journal, model: Model, years: list[tuple[int, int]]) -> None:
    """What the agency invoices every year, whatever happens (§M21).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    model : Model
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    if model.contract is not None:
        amount = ore(model.contract.it_service_per_year_kr.value)
        day = np.array([end - 1 for _, end in years], np.int64)
        journal.post(CASH, "agency_charge", payer=REGION, receiver=AGENCY, day=day, amount=amount)


def late_charges(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Charges that the agency passes on to the region, by the step that a case is withdrawn late from (§M16).

    Parameters
    ----------
    contract : Contract

    Returns
    -------
    dict of str to tuple of str
        Names in CHARGES by name of the step.
    """
    occasions = {
        "payment_order": contract.late_withdrawal.after_application,
        "contested": contract.late_withdrawal.in_court,
        "attachment": contract.late_withdrawal.at_attachment,
    }
    names = {"nothing": (), "outlays": OUTLAYS, "outlays_and_own_work": (*OUTLAYS, "payment_order_own_work")}
    return {step: names[occasion] for step, occasion in occasions.items()}


def book_contract(journal: Journal, log: EventLog, debts: Debts, owners: Ownership, model: Model) -> None:
    """What agency and region invoice each other over single cases: paid ones, and those withdrawn late (§M14, §M16).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    log : EventLog
        Every case of the stream, in canonical order.
    debts : Debts
        State of every debt, from `book_debts`.
    owners : Ownership
        Who keeps, advances and is paid what.
    model : Model
    """
    contract = model.contract
    if contract is None:
        return
    ended = log.kind == ENDED
    worked = np.zeros(len(debts.end), bool)
    worked[
        log.case[(log.kind == DONE) & (np.array(owners.actor)[np.minimum(log.step, len(PROCESS) - 1)] == AGENCY)]
    ] = 1
    paid = np.flatnonzero(ended & (log.step == END_CODE["paid"]) & worked[log.case])
    journal.post(
        CASH,
        "contract_payment",
        payer=AGENCY,
        receiver=REGION,
        day=log.minute[paid] // MINUTES_PER_DAY,
        amount=np.full(len(paid), ore(contract.paid_case_kr.value)),
        case=log.case[paid],
    )
    late = np.flatnonzero(ended & (log.step == END_CODE["withdrawn_late"]))
    left_from = log.step[late - 1]  # the row before an end is the answer that led to it
    for step, names in late_charges(contract).items():
        rows = late[left_from == STEP_CODE[step]]
        for name in (name for name in names if owners.charge[name] == AGENCY):
            case = log.case[rows]
            journal.post(
                CASH,
                "agency_charge",
                payer=REGION,
                receiver=AGENCY,
                day=log.minute[rows] // MINUTES_PER_DAY,
                amount=debts.given_up[case, CHARGES.index(name)],
                case=case,
            )


def book_demand_fee_share(journal: Journal, received: Postings, model: Model) -> None:
    """The agency's share of each demand fee that the region receives, passed on the same day; rounded fee by fee (§M13).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    received : Postings
        Demand fees in cash, whoever received them.
    model : Model
    """
    share = model.contract.demand_fee_agency_share if model.contract else None
    if share is None:
        return
    received = received.where(received.receiver == REGION)
    journal.post(
        CASH,
        "demand_fee_share",
        payer=REGION,
        receiver=AGENCY,
        day=received.day,
        amount=divide_half_up(received.amount_ore * millionths(share.value), MILLION),
        case=received.case,
        step=received.step,
    )


def book_letters_and_checks(
    journal: Journal, log: EventLog, owners: Ownership, data: ScenarioData, model: Model, years: list[tuple[int, int]]
) -> None:
    """Print, postage and checks of the region's own steps; the agency bears its own (§M17).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    log : EventLog
        Every case of the stream, in canonical order.
    owners : Ownership
        Who keeps, advances and is paid what.
    data : ScenarioData
    model : Model
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    costs = model.unit_costs
    if costs is None:
        return
    for code, step in enumerate(PROCESS):
        if owners.actor[code] != REGION or not (step.letter or step.check):
            continue
        rows = _done(log, step.name)
        line, price = ("letter", costs.letter_kr) if step.letter else ("check", costs.check_kr)
        journal.post(
            CASH,
            line,
            payer=REGION,
            receiver=SUPPLIER,
            day=log.minute[rows] // MINUTES_PER_DAY,
            amount=np.full(len(rows), ore(price.value)),
            case=log.case[rows],
            step=log.step[rows],
        )
    for name in SURVEILLANCE:
        if owners.actor[STEP_CODE[name]] == REGION:
            _book_rechecks(
                journal, log, name, ore(costs.recheck_kr.value), half_up(data.policy.recheck_days.value), years
            )


def _book_rechecks(
    journal: Journal, log: EventLog, name: str, price: int, every: int, years: list[tuple[int, int]]
) -> None:
    """Checks at intervals during each spell of surveillance, one posting a spell and calendar year (§M18).

    On the day a spell ends there is one only where it has found the case worth another try.
    """
    rows = _done(log, name)
    begins = log.minute[rows] // MINUTES_PER_DAY
    following = np.minimum(rows + 1, len(log) - 1)
    goes_on = (rows + 1 < len(log)) & (log.case[following] == log.case[rows])
    found = (log.kind[following] == ANSWERED) & (log.answer[following] == answer_code(name, FOUND))
    ends = np.where(goes_on, log.minute[following] // MINUTES_PER_DAY + found, years[-1][1])
    for first, last in years:
        checks = (np.minimum(ends, last) - 1 - begins) // every - (np.maximum(first - 1 - begins, 0)) // every
        some = checks > 0
        journal.post(
            CASH,
            "check",
            payer=REGION,
            receiver=SUPPLIER,
            day=np.minimum(ends, last)[some] - 1,
            amount=checks[some] * price,
            case=log.case[rows][some],
            step=log.step[rows][some],
        )


def book_foreign(
    journal: Journal, log: EventLog, stream: Stream, owners: Ownership, model: Model, principal_paid_abroad: Ints
) -> None:
    """Collection abroad: a fixed fee a case, and a commission on the principal paid there (N,), by zone (§M19).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    log : EventLog
        Every case of the stream, in canonical order.
    stream : Stream
    owners : Ownership
        Who keeps, advances and is paid what.
    model : Model
    principal_paid_abroad : int64 array, shape (N,)
        Öre by case.
    """
    step = STEP_CODE["foreign_collection"]
    opened = _done(log, "foreign_collection")
    paid = np.flatnonzero(
        (log.kind == ANSWERED) & (log.step == step) & (log.answer == answer_code("foreign_collection", "paid"))
    )
    zone_of_case = stream.debtors.segment[stream.cases.debtor]
    for zone, terms in model.foreign.items():
        here = zone_of_case == SEGMENTS.index(zone)
        rows, won = opened[here[log.case[opened]]], paid[here[log.case[paid]]]
        share = millionths(terms.commission_share.value)
        commission = divide_half_up(principal_paid_abroad[log.case[won]] * share, MILLION)
        for which, amount in ((rows, np.full(len(rows), ore(terms.fixed_kr.value))), (won, commission)):
            journal.post(
                CASH,
                "foreign_collection",
                payer=REGION,
                receiver=owners.abroad,
                day=log.minute[which] // MINUTES_PER_DAY,
                amount=amount,
                case=log.case[which],
                step=step,
            )


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


def book_ku25(journal: Journal, paid_ore: Ints, model: Model, policy: Policy, years: list[tuple[int, int]]) -> None:
    """Statements of interest: one for each natural person or estate who paid enough interest in a calendar year (§M20).

    Due on 31 January of the year after, at the agency's price or the region's own. The duty is the region's in every model.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    paid_ore : int64 array, shape (debtors, years)
        Öre of interest that natural persons have paid.
    model : Model
    policy : Policy
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    price = ore((model.contract.ku25_statement_kr if model.contract else _own_costs(model).ku25_statement_kr).value)
    receiver = AGENCY if model.contract else SUPPLIER
    enough = ore(policy.ku25_threshold_kr.value)
    statements = np.array([np.count_nonzero(of_year >= enough) for of_year in paid_ore.T[:-1]], np.int64)
    day = np.array([last + 30 for _, last in years[:-1]], np.int64)
    journal.post(CASH, "ku25", payer=REGION, receiver=receiver, day=day, amount=statements * price)


def _own_costs(model: Model) -> UnitCosts:
    """Unit costs of a model without a contract, which the schema demands."""
    if model.unit_costs is None:
        raise ValueError("a model without a contract has unit costs")
    return model.unit_costs


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


def book_reserve(journal: Journal, model: Model, reserve: Reserve, years: list[tuple[int, int]]) -> None:
    """Overtime and temporary staff, by the hour that is worked, every calendar year (§M24).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    model : Model
    reserve : int64 array, shape (pools, kinds, years)
        Minutes that servers in reserve took up.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    for pool, of_pool in zip(model.staff.values(), reserve, strict=True):
        behind = pool.when_behind
        if behind is None:
            continue
        for kind, terms in ((OVERTIME, behind.overtime), (TEMPORARY, behind.temporary)):
            if terms is not None:
                line, receiver = RESERVE[kind]
                day = np.array([end - 1 for _, end in years], np.int64)
                amount = divide_half_up(of_pool[kind] * ore(terms.kr_per_hour.value), 60)
                journal.post(CASH, line, payer=REGION, receiver=receiver, day=day, amount=amount)


def book_organisation(
    journal: Journal, model: Model, pools: Sequence[PoolPlan], years: list[tuple[int, int]], start: int
) -> None:
    """Staff, paid busy or idle, and the system, every calendar year; the system's one-off cost in cash at ``start``.

    §M21, §M24, §M25.

    That cost is written off in equal yearly parts until nothing is left. A vacant post is not paid, but its premises and
    management (the overhead) cost what they cost; whoever takes it up has cost a recruitment.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    model : Model
    pools : sequence of PoolPlan
        In the order of the model's staff.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    start : int
        Day on which the horizon begins, since day 0.
    """
    for first, end in years:
        day = end - 1
        for pool, plan in zip(model.staff.values(), pools, strict=True):
            pay = _paid_part(ore(pool.fte.value * pool.pay_per_fte_kr.value), plan, first, end)
            overhead = ore(pool.fte.value * pool.pay_per_fte_kr.value * pool.overhead_share.value)
            journal.post(CASH, "staff_pay", payer=REGION, receiver=STAFF, day=day, amount=pay)
            journal.post(CASH, "staff_overhead", payer=REGION, receiver=SUPPLIER, day=day, amount=overhead)
            if pool.turnover is not None:
                hired = plan.hire_days[(plan.hire_days >= first) & (plan.hire_days < end)]
                fee = np.full(len(hired), ore(pool.turnover.recruitment_kr.value))
                journal.post(CASH, "recruitment", payer=REGION, receiver=SUPPLIER, day=hired, amount=fee)
        if model.system is not None:
            yearly = ore(model.system.per_year_kr.value)
            journal.post(CASH, "system_operation", payer=REGION, receiver=SUPPLIER, day=day, amount=yearly)
    if model.system is not None:
        once_ore, left = ore(model.system.once_kr.value), 1.0
        journal.post(CASH, "system_once", payer=REGION, receiver=SUPPLIER, day=start, amount=once_ore)
        for first, end in years:
            if first >= start:
                part = min(left, 1.0 / model.system.depreciation_years.value)
                left = max(0.0, left - part)
                amount = ore(model.system.once_kr.value * part)
                journal.post(VALUE, "system_depreciation", payer=REGION, receiver=REGION, day=end - 1, amount=amount)


def _paid_part(pay: int, pool: PoolPlan, first: int, end: int) -> int:
    """A year's pay in öre less that of vacant posts, by their share of the pool's minutes in the days [first, end) (§M24)."""
    paid, vacant = (int(minutes[:, first:end].sum()) for minutes in (pool.paid_minutes, pool.vacant_minutes))
    return divide_half_up(pay * paid, paid + vacant) if vacant else pay


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


def _done(log: EventLog, step: str) -> Ints:
    return np.flatnonzero((log.kind == DONE) & (log.step == STEP_CODE[step]))
