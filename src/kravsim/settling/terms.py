"""What the compiled booking is given: law, contract, policy and unit costs as arrays by step, charge, day and segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.law import LawDays
from kravsim.law.days import INTEREST_DENOMINATOR
from kravsim.ledger.accounts import AGENCY, CHARGES, LINE, REGION
from kravsim.ledger.agreed import tariff_of
from kravsim.ledger.by_rule import by_segment
from kravsim.ledger.costs import NATURAL
from kravsim.ledger.debts import EFFECTS, charged_names
from kravsim.ledger.ownership import Ownership, ownership
from kravsim.ledger.purses import keepers_of
from kravsim.ledger.rules import Rule, amounts, in_force, party, passed_on, statute
from kravsim.ledger.together import TOGETHER
from kravsim.models.process import END_CODE, MAX_ANSWERS, PROCESS, REVIVED, SOLD, STEP_CODE, law_tables
from kravsim.models.sales import NO_SALES, Sales
from kravsim.scenario.levels import models_by_year
from kravsim.scenario.schema import Contract, Model, Policy, ScenarioData
from kravsim.settling.months import month_of_day
from kravsim.stream.stream import SEGMENTS, Stream
from kravsim.units import INT64_MAX, MILLION, half_up, millionths, ore
from kravsim.workdays import calendar_years, years_of

Ints = NDArray[np.int64]

AT_STEPS = {
    "charged": "on_charged",
    "step": "on_step",
    "own_step": "on_step",
    "own_stay": "on_stay",
    "withdrawn_late": "on_withdrawn",
    "paid_abroad": "on_paid_abroad",
}
"""Where rows of the table of rules are met that are paid at a step, by their trigger."""
OF_CASE = {"taken": "on_taken", "ended": "on_ended", "paid": "on_paid"}
"""And those that are of the whole case."""
NO_TERM = -1
"""Where there is no charge, no rule and no step: in a row of places, from the first of them on."""
CHARGES_BY_SIZE = tuple(name for name in CHARGES if len(set(law_tables(name))) > 1)
"""Charges that have a row of their own for large claims, after those of all charges."""
COMPONENT_COSTS, COMPONENT_INTEREST, COMPONENT_PRINCIPAL = range(3)
COMPONENT = {"costs": COMPONENT_COSTS, "interest": COMPONENT_INTEREST, "principal": COMPONENT_PRINCIPAL}


class Terms(NamedTuple):
    """Terms of one model (S steps, A answers, H charges, D days, Y calendar years, G segments, R rules of the table).

    Rows of the table of rules (:data:`kravsim.ledger.rules.RULES`) are met by what makes them post: each ``on_`` array has
    the places of those that the model has, then NO_TERM.

    Attributes
    ----------
    charges : (S, most charges of a step)
        What a step charges, NO_TERM in empty places.
    fee : (H + those by size, D)
        Öre by charge and day; charges that differ by size have a second row for large claims.
    large : (H,)
        Row of ``fee`` for large claims.
    small_limit : int
        Largest principal of a small claim, in öre.
    owner : (H or 2 H,)
        Who keeps each charge; where cases move over and two may keep one, the second owners come last.
    purse : (H,)
        Place in ``owner`` of each charge.
    interest_owners : (1 or 2,)
        Likewise of interest.
    interest_purse : int
        Place in ``interest_owners``.
    line, payer, receiver, days_after : (R,)
        Of each rule.
    amount : (R, Y, G)
        Öre of a price, or millionths of a share, by calendar year and the debtor's segment.
    statute : (R,)
        Charge whose amount by law a rule is of, NO_TERM where it is of none.
    passed_on : (R, H)
        1 for charges given up that a rule of late withdrawals is of.
    on_charged, on_step, on_stay, on_withdrawn, on_paid_abroad : (S, most rules of a step)
        Where a step is charged, is done, begins a stay with re-checks; where a late withdrawal comes from; and where it is
        answered by payment abroad.
    on_received : (H, most rules of a charge)
        Where the region receives a charge.
    on_taken, on_ended, on_paid : (rules,)
        Where the agency takes a case, and where a case that it has taken ends, and ends as paid.
    effect : (S, A)
        What an answer pays, as in :data:`kravsim.ledger.debts.EFFECTS`.
    interest_from : int
        Step from which interest is claimed.
    rates : (D + 1,)
        Running sum of the daily rate of interest, in basis points.
    allocation : (3,)
        COMPONENT_COSTS, COMPONENT_INTEREST and COMPONENT_PRINCIPAL in the order in which they are paid.
    by_agency : (S,)
        1 where a step done makes its case the agency's.
    commission_millionths, commission_least, commission_most : int
        Share of what is received of a case that the region pays the agency, no less and no more than so many öre.
    commissioned : (lines,)
        1 where money received on a ledger line counts for the commission.
    has_commission : bool
        Whether any does.
    recheck_days : int
    together : (S,)
        1 where what a step charges is for all claims that were applied for together; 0 everywhere where none are.
    found : (S, A)
        1 where an answer is what a check has found, which is paid for too.
    foreign_step, foreign_paid : int
        Step of collection abroad, and its answer that pays.
    natural : (G,)
        1 where a debtor gets statements of interest.
    adjust_days, adjust_millionths, write_down_days : int
        The region's own valuation.
    year_end : (Y + 1,)
        First day of each calendar year, and the day after the last.
    month_of_day : (days of the horizon,)
        Number of the month of each day, from 0.
    year_of : (D,)
        Which calendar year each day lies in.
    start, n_days, oldest_until : int
        First day of the horizon, days in all, day after the first calendar year.
    bygone : int
        First day of the calendar year before the horizon's. What ended earlier touches no result of the horizon: statements
        of interest are of the year before.
    sales : (Q, 4)
        Days on which cases are sold, and for what, as in :mod:`kravsim.models.sales`.
    end_sold : int
        End of a case that is sold.
    """

    charges: Ints
    fee: Ints
    large: Ints
    small_limit: int
    owner: Ints
    purse: Ints
    interest_owners: Ints
    interest_purse: int
    line: Ints
    payer: Ints
    receiver: Ints
    days_after: Ints
    amount: Ints
    statute: Ints
    passed_on: Ints
    on_charged: Ints
    on_step: Ints
    on_stay: Ints
    on_withdrawn: Ints
    on_paid_abroad: Ints
    on_received: Ints
    on_taken: Ints
    on_ended: Ints
    on_paid: Ints
    effect: Ints
    interest_from: int
    rates: Ints
    allocation: Ints
    by_agency: Ints
    commission_millionths: int
    commission_least: int
    commission_most: int
    commissioned: Ints
    has_commission: bool
    recheck_days: int
    together: Ints
    found: Ints
    foreign_step: int
    foreign_paid: int
    natural: Ints
    adjust_days: int
    adjust_millionths: int
    write_down_days: int
    year_end: Ints
    month_of_day: Ints
    year_of: Ints
    start: int
    n_days: int
    oldest_until: int
    bygone: int
    sales: Ints
    end_sold: int


def fits_64_bits(stream: Stream, law: LawDays) -> bool:
    """Whether interest on the largest case fits; where it may not, the journal is booked, which checks each product of it.

    Shares of a case, in millionths, always fit (:data:`kravsim.stream.claims.LARGEST_CASE_ORE`).

    Parameters
    ----------
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    """
    largest = int(stream.cases.principal_ore.max(initial=0))
    weight = max(int(law.interest_bp_cum[-1]), MILLION)
    return 2 * largest * weight + INTEREST_DENOMINATOR <= INT64_MAX


def terms_of(
    data: ScenarioData,
    model: Model,
    stream: Stream,
    law: LawDays,
    sales: Sales = NO_SALES,
    among: tuple[Sequence[Ownership], int] | None = None,
) -> Terms:
    """Lay out what holds for a model over the days of a stream.

    Parameters
    ----------
    data : ScenarioData
    model : Model
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    sales : Sales
        Of the model's open cases, where another arrangement follows it.
    among : tuple of (sequence of Ownership, int), optional
        Where cases move over: who keeps what under each arrangement, and which of them this model is.
    """
    owners, policy = ownership(model), data.policy
    every, place = among or ([owners], 0)
    of_charges, of_interest, second, later = keepers_of(every)
    years = calendar_years(stream.first, stream.n_days)
    foreign = STEP_CODE["foreign_collection"]
    start = (data.horizon.start - stream.first).days
    return Terms(
        **_charges(policy, law),
        owner=np.array(of_charges, np.int64),
        purse=np.arange(len(CHARGES)) + len(CHARGES) * second[place],
        interest_owners=np.array(of_interest, np.int64),
        interest_purse=int(later[place]),
        small_limit=ore(policy.small_claim_limit_kr.value),
        effect=_by_answer(EFFECTS),
        interest_from=STEP_CODE[policy.interest_from],
        rates=np.array(law.interest_bp_cum),
        allocation=np.array([COMPONENT[name] for name in policy.allocation]),
        by_agency=np.array([actor == AGENCY and model.contract is not None for actor in owners.actor], np.int64),
        **_rules(models_by_year(data, model, years_of(stream.first, years)), owners),
        **_agreed(model.contract),
        recheck_days=half_up(policy.recheck_days.value),
        together=_together(policy),
        found=_found(),
        foreign_step=foreign,
        foreign_paid=[answer.name for answer in PROCESS[foreign].answers].index("paid"),
        natural=_by_segment(dict.fromkeys(NATURAL, 1)),
        adjust_days=half_up(policy.value_adjustment_days.value),
        adjust_millionths=millionths(policy.value_adjustment_share.value),
        write_down_days=half_up(policy.write_down_days.value),
        year_end=np.array([years[0][0], *(end for _, end in years)], np.int64),
        month_of_day=month_of_day(stream, start),
        year_of=np.repeat(np.arange(len(years)), [end - first for first, end in years]),
        start=start,
        n_days=stream.n_days,
        oldest_until=years[0][1],
        bygone=max((first for first, _ in years if first < start), default=0),
        sales=sales.rows,
        end_sold=END_CODE[SOLD],
    )


def _charges(policy: Policy, law: LawDays) -> dict[str, Any]:
    """What steps charge, and what it amounts to by day (§M3)."""
    names = [charged_names(step.charges, policy) for step in PROCESS]
    charges = _places([[CHARGES.index(name) for name in mine] for mine in names])
    fee = np.zeros((len(CHARGES) + len(CHARGES_BY_SIZE), law.n_days), np.int64)
    large = np.arange(len(CHARGES))
    for code, name in enumerate(CHARGES):
        if name in CHARGES_BY_SIZE:
            large[code] = len(CHARGES) + CHARGES_BY_SIZE.index(name)
        if any(name in mine for mine in names):
            fee[code], fee[large[code]] = (law.fee_ore(table) for table in law_tables(name))
    return {"charges": charges, "fee": fee, "large": large}


def _places(lists: list[list[int]]) -> Ints:
    """Lists as rows of one array, NO_TERM in empty places: shape (lists, longest and at least 1)."""
    table = np.full((len(lists), max(1, *map(len, lists))), NO_TERM, np.int64)
    for row, mine in zip(table, lists, strict=True):
        row[: len(mine)] = mine
    return table


def _rules(models: list[Model], owners: Ownership) -> dict[str, Any]:
    """The table of rules for a model by calendar year, and what makes each of them post (§M12-§M19)."""
    model, distinct = models[0], {id(one): one for one in models}
    held = in_force(model)
    size = 1 + max(place for place, _ in held)
    given = {name: np.full(size, NO_TERM, np.int64) for name in ("line", "payer", "receiver", "days_after", "statute")}
    amount, of = np.zeros((size, len(models), len(SEGMENTS)), np.int64), np.zeros((size, len(CHARGES)), np.int64)
    for place, rule in held:
        charge = statute(rule)
        given["line"][place], given["days_after"][place] = LINE[rule.line], rule.days
        for side in ("payer", "receiver"):
            given[side][place] = party(getattr(rule, side), owners, charge)
        if rule.trigger == "charged":
            given["statute"][place] = CHARGES.index(charge)
        elif rule.trigger == "withdrawn_late":
            names = passed_on(rule, model)
            of[place] = [name in names and owners.charge[name] == AGENCY for name in CHARGES]
        else:
            known = {which: by_segment(amounts(rule, one)) for which, one in distinct.items()}
            amount[place] = [known[id(one)] for one in models]
    return given | {"amount": amount, "passed_on": of} | _by_trigger(held, owners)


def _by_trigger(held: list[tuple[int, Rule]], owners: Ownership) -> dict[str, Ints]:
    """Places of the rules, by what makes them post."""
    at_step: dict[str, list[list[int]]] = {name: [[] for _ in PROCESS] for name in AT_STEPS.values()}
    of_case: dict[str, list[int]] = {name: [] for name in OF_CASE.values()}
    received: list[list[int]] = [[] for _ in CHARGES]
    for place, rule in held:
        if rule.trigger in OF_CASE:
            of_case[OF_CASE[rule.trigger]].append(place)
        elif rule.trigger == "received" and owners.charge[rule.of] == REGION:
            received[CHARGES.index(rule.of)].append(place)
        elif rule.trigger in AT_STEPS:
            for code in (STEP_CODE[name] for name in rule.steps):
                if rule.trigger not in {"own_step", "own_stay"} or owners.actor[code] == REGION:
                    at_step[AT_STEPS[rule.trigger]][code].append(place)
    found = {name: _places(lists) for name, lists in at_step.items()} | {"on_received": _places(received)}
    return found | {name: _places([places]).reshape(-1) for name, places in of_case.items()}


def _agreed(contract: Contract | None) -> dict[str, Any]:
    """The commission that the region pays the agency (§M22)."""
    tariff = tariff_of(None if contract is None else contract.commission)
    return {
        "commission_millionths": tariff.share,
        "commission_least": tariff.least,
        "commission_most": tariff.most,
        "commissioned": tariff.counted,
        "has_commission": bool(tariff.counted.any()),
    }


def _by_answer(codes: dict[str, int]) -> Ints:
    table = np.zeros((len(PROCESS), MAX_ANSWERS), np.int64)
    for code, step in enumerate(PROCESS):
        table[code, : len(step.answers)] = [codes[answer.effect] for answer in step.answers]
    return table


def _together(policy: Policy) -> Ints:
    joint = policy.joint_application_days is not None
    return np.array([joint and step.name in TOGETHER for step in PROCESS], np.int64)


def _found() -> Ints:
    table = np.zeros((len(PROCESS), MAX_ANSWERS), np.int64)
    for code, step in enumerate(PROCESS):
        table[code, : len(step.answers)] = [answer.name == REVIVED for answer in step.answers]
    return table


def _by_segment(values: dict[str, int]) -> Ints:
    return np.array([values.get(name, 0) for name in SEGMENTS], np.int64)
