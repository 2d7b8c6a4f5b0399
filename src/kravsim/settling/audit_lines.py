"""What the region's own lines must come to, from what was done, who was at work and the price list: a second route.

The audit of single cases holds what debtors owe and pay against the law. Here the lines that no statute sets are computed
from the counts of the tally, the staff's hours and the model's prices, for the measured horizon as a whole. Where these do
not settle a line to the öre, it must lie between two bounds. This file imports nothing from the booking.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from kravsim.errors import RunError
from kravsim.ledger.accounts import (
    AGENCY,
    CASH,
    CHARGES,
    DEBTOR,
    LINE,
    REGION,
    VALUE,
    WRITE_OFF,
    Ints,
)
from kravsim.ledger.faults import fault
from kravsim.models import agency_steps, model_named
from kravsim.models.process import END_CODE, PROCEEDINGS, PROCESS, STEP_CODE, WITH_TITLE
from kravsim.phrases import phrase
from kravsim.scenario.levels import horizon_years, models_by_year
from kravsim.scenario.schema import fee_shares
from kravsim.settling.audit_parties import SHARES, wrong_parties, wrong_statements
from kravsim.settling.tally import COUNTS, OVERTIME_MINUTES, PERIOD_HORIZON, TEMPORARY_MINUTES
from kravsim.units import MILLION, half_up, millionths, ore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kravsim.errors import Problem
    from kravsim.models.plan import Plan
    from kravsim.scenario.schema import Contract, Model, ScenarioData
    from kravsim.scenario.values import Value
    from kravsim.settling.tally import Tally

Bounds = dict[str, tuple[float, float]]
"""Least and most öre of each line."""


def audit_lines(tally: Tally, plan: Plan, data: ScenarioData, start: int) -> None:
    """Hold the lines that no statute sets against counts, hours and prices.

    Parameters
    ----------
    tally : Tally
        Of one model's run.
    plan : Plan
        Of the same run.
    data : ScenarioData
        Of the run's world.
    start : int
        Day on which the measured horizon begins.

    Raises
    ------
    RunError
        Naming every line that is not what it must be.
    """
    model, booked = model_named(data, plan.model), tally.amounts[PERIOD_HORIZON].sum(axis=0)
    bounds = bounds_of_cases(tally, plan, model, data, by_the_year=True)
    bounds |= _organisation(plan, model, data, start) | bounds_of_reserve(tally, [model], data, [*model.staff])
    priced = priced_models(data, model)
    problems = [*wrong_parties(tally, [model]), *wrong_statements(booked, priced), *outside(bounds, booked)]
    if problems:
        raise RunError(problems)


def priced_models(data: ScenarioData, model: Model) -> list[Model]:
    """A model with the prices of each year of the horizon.

    Parameters
    ----------
    data : ScenarioData
        Of the run's world.
    model : Model
    """
    return models_by_year(data, model, horizon_years(data))


def least_and_most(models: Sequence[Model], price: Callable[[Model], Value | None]) -> tuple[int, int]:
    """Öre of a price in the years in which it is lowest and highest; 0 where there is none.

    Parameters
    ----------
    models : sequence of Model
        With the prices of each year.
    price : callable
        Gives a model's.
    """
    found = [price(model) for model in models]
    known = [0 if one is None else ore(one.value) for one in found]
    return min(known), max(known)


def bounds_of_cases(tally: Tally, plan: Plan, model: Model, data: ScenarioData, *, by_the_year: bool) -> Bounds:
    """Lines that follow from what was done in cases, and prices by the year of letters and of the agency.

    How much was done in which year the tally does not say: where prices change, each counts at the lowest and the highest.

    Parameters
    ----------
    tally : Tally
        Of cases of one model.
    plan : Plan
        That they follow.
    model : Model
    data : ScenarioData
        Of the run's world.
    by_the_year : bool
        Whether prices by the year are in the tally.
    """
    booked, priced = tally.amounts[PERIOD_HORIZON].sum(axis=0), priced_models(data, model)
    yearly = priced if by_the_year else []
    bounds = _letters_and_checks(tally, priced, data, yearly) | _agency(tally, booked, plan, priced, yearly)
    return bounds | _abroad(tally, booked, priced)


def bounds_of_moving(tally: Tally, done: Sequence[Ints], models: Sequence[Model], data: ScenarioData) -> Bounds:
    """Lines that follow from what was done in cases that move from model to model.

    Letters, checks and collection abroad are held against what was done under each model, at its prices. What region and
    agency pay each other is held against their contracts case by case; here it has an upper bound.

    Parameters
    ----------
    tally : Tally
        Of all cases.
    done : sequence of int64 array, shape (S,)
        Times that each step was carried out under each model within the horizon.
    models : sequence of Model
    data : ScenarioData
        Of the run's world.
    """
    booked, found = tally.amounts[PERIOD_HORIZON].sum(axis=0), dict[str, tuple[float, float]]()
    claims = sum(int(tally.counts[COUNTS.index(name)]) for name in ("referred_claims", "opening_claims"))
    paid, given_up = int(tally.counts[COUNTS.index("paid_cases")]), int(booked[WRITE_OFF, : len(CHARGES), AGENCY].sum())
    for of_model, model in zip(done, models, strict=True):
        priced, mine = priced_models(data, model), tally._replace(done=of_model)
        bounds = _letters_and_checks(mine, priced, data, []) | _abroad(mine, booked, priced)
        contract = model.contract
        if contract is not None:
            price = least_and_most(priced, lambda one: one.contract.price_a_case_kr if one.contract else None)[1]
            paid_price = least_and_most(
                priced, lambda one: one.contract.price_a_paid_case_kr if one.contract else None
            )[1]
            bounds |= {
                "contract_payment": (0, paid * ore(contract.paid_case_kr.value)),
                "agency_charge": (0, given_up),
                "case_price": (0, claims * price),
                "paid_case_price": (0, paid * paid_price),
                "commission": _commissions(tally, booked, contract),
            }
            bounds |= {line: (0, _shared(tally, booked, contract, charge)[1]) for charge, line in SHARES.items()}
        for line, (least, most) in bounds.items():
            before = found.get(line, (0, 0))
            found[line] = before[0] + least, before[1] + most
    agency = ("contract_payment", "agency_charge", "case_price", "paid_case_price", "commission", *SHARES.values())
    return dict.fromkeys(agency, (0.0, 0.0)) | found


def outside(bounds: Bounds, booked: Ints) -> list[Problem]:
    """Lines that do not lie between their bounds.

    Parameters
    ----------
    bounds : dict of str to (float, float)
        Least and most öre of each line.
    booked : int64 array, shape (books, lines, parties, parties)
        Öre.
    """
    problems = []
    for line, (least, most) in bounds.items():
        found = int(booked[[CASH, VALUE], LINE[line]].sum())
        if not least <= found <= most:
            problems.append(
                fault(
                    line,
                    phrase("{found} öre", found=found),
                    phrase("{least:.0f} to {most:.0f} öre by what was done", least=least, most=most),
                )
            )
    return problems


def _abroad(tally: Tally, booked: Ints, priced: Sequence[Model]) -> Bounds:
    """A fixed fee of some zone for each case that goes abroad, and at most a share of the principal received (§M19)."""
    fixed = [ore(terms.fixed_kr.value) for model in priced for terms in model.foreign.values()]
    share = max((millionths(terms.commission_share.value) for terms in priced[0].foreign.values()), default=0)
    cases, principal = int(tally.done[STEP_CODE["foreign_collection"]]), int(booked[CASH, LINE["principal"]].sum())
    paid = share * principal / MILLION + cases
    return {"foreign_collection": (cases * min(fixed, default=0), cases * max(fixed, default=0) + paid)}


def _years(data: ScenarioData) -> int:
    return data.horizon.end.year - data.horizon.start.year


def _letters_and_checks(tally: Tally, priced: Sequence[Model], data: ScenarioData, yearly: Sequence[Model]) -> Bounds:
    """The region's own letters and checks, each at its price; under surveillance, further checks at intervals (§M17, §M18).

    Reminders before the hand-over are paid by the year (§M21).

    How many of these there were, no count says: a stay has at most one an interval, and each case that was open as the
    horizon began can have been on one.
    """
    reminded = sum(ore(model.own_reminder.per_year_kr.value) for model in yearly if model.own_reminder is not None)
    own = [code for code, by_agency in enumerate(agency_steps(priced[0])) if not by_agency]
    costs = [model.unit_costs for model in priced if model.unit_costs is not None]
    if not costs:
        return {"letter": (reminded, reminded), "check": (0, 0)}
    letters = sum(int(tally.done[code]) for code in own if PROCESS[code].letter)
    checks = sum(int(tally.done[code]) for code in own if PROCESS[code].check)
    watching = [code for code in own if PROCESS[code].watches]
    stays = int(tally.done[watching].sum()) + (int(tally.counts[COUNTS.index("opening_claims")]) if watching else 0)
    a_stay = (data.horizon.end - data.horizon.start).days // half_up(data.policy.recheck_days.value) + 1
    letter, check = ([ore(getattr(one, name).value) for one in costs] for name in ("letter_kr", "check_kr"))
    rechecks = stays * a_stay * max(ore(one.recheck_kr.value) for one in costs)
    return {
        "letter": (letters * min(letter) + reminded, letters * max(letter) + reminded),
        "check": (checks * min(check), checks * max(check) + rechecks),
    }


def _organisation(plan: Plan, model: Model, data: ScenarioData, start: int) -> Bounds:
    """Pay for the hours that are paid, hires, and the system: yearly, and once with its writing-off (§M21, §M24, §M25)."""
    years, pay, overhead, hires = _years(data), 0.0, 0.0, 0
    priced = priced_models(data, model)
    for pool, name in zip(plan.pools, model.staff, strict=True):
        for year, priced_model in zip(horizon_years(data), priced, strict=True):
            staff = priced_model.staff[name]
            yearly = staff.fte.value * staff.pay_per_fte_kr.value * 100
            days = slice(*((dt.date(y, 1, 1) - data.horizon.start).days + start for y in (year, year + 1)))
            paid, vacant = int(pool.paid_minutes[:, days].sum()), int(pool.vacant_minutes[:, days].sum())
            pay += yearly / (paid + vacant) * paid if vacant else yearly
            there = sum(
                int(
                    (pool.paid_minutes + pool.vacant_minutes)[
                        post, days.start : max(min(days.stop, last), days.start)
                    ].sum()
                )
                for post, last in enumerate(pool.ended_from.tolist())
            )
            overhead += (
                yearly
                * staff.overhead_share.value
                * (there / (paid + vacant) if vacant and len(pool.ended_from) else 1)
            )
            if staff.turnover is not None:
                recruited = (pool.recruitment_days >= days.start) & (pool.recruitment_days < days.stop)
                hires += int(recruited.sum()) * ore(staff.turnover.recruitment_kr.value)
    system, rounding = priced[0].system, years * (len(plan.pools) + 1)
    bounds = {"staff_pay": pay, "staff_overhead": overhead, "recruitment": float(hires)}
    bounds |= dict.fromkeys(("system_once", "system_depreciation", "system_operation"), 0.0)
    if system is not None:
        once, part = system.once_kr.value * 100, min(1.0, years / system.depreciation_years.value)
        bounds |= {"system_once": once, "system_depreciation": once * part}
        bounds["system_operation"] = sum(one.system.per_year_kr.value * 100 for one in priced if one.system)
    return {line: (amount - rounding, amount + rounding) for line, amount in bounds.items()}


def bounds_of_reserve(tally: Tally, models: Sequence[Model], data: ScenarioData, names: Sequence[str]) -> Bounds:
    """Overtime and temporary staff: the minutes that they took up, at the price of an hour (§M24).

    Parameters
    ----------
    tally : Tally
    models : sequence of Model
        Whose pools they are; of one name in several, the first.
    data : ScenarioData
        Of the run's world.
    names : sequence of str
        Pools of the tally's work, in its order.
    """
    lines = {"overtime": OVERTIME_MINUTES, "temporary_staff": TEMPORARY_MINUTES}
    least, most = (dict.fromkeys(lines, 0.0) for _ in range(2))
    for name, work in zip(names, tally.work.tolist(), strict=True):
        model = next(one for one in models if name in one.staff)
        pools = [one.staff[name] for one in priced_models(data, model)]
        behind = [pool.when_behind for pool in pools if pool.when_behind is not None]
        overtime = [one.overtime.kr_per_hour for one in behind if one.overtime is not None]
        temporary = [one.temporary.kr_per_hour for one in behind if one.temporary is not None]
        for line, found in (("overtime", overtime), ("temporary_staff", temporary)):
            hourly = [one.value * 100 / 60 for one in found]
            least[line] += work[lines[line]] * min(hourly, default=0.0)
            most[line] += work[lines[line]] * max(hourly, default=0.0)
    rounding = _years(data) * len(names)
    price = {line: int(tally.work[:, column].sum()) / 60 for line, column in lines.items()}  # an öre an hour at most
    return {line: (least[line] - rounding - price[line], most[line] + rounding + price[line]) for line in lines}


def _agency(tally: Tally, booked: Ints, plan: Plan, priced: Sequence[Model], yearly: Sequence[Model]) -> Bounds:
    """What agency and region invoice each other, and the agency's share of demand fees (§M13-§M16, §M21)."""
    model, contract = priced[0], priced[0].contract
    if contract is None:
        lines = ("contract_payment", "agency_charge", "case_price", "paid_case_price", "commission")
        return dict.fromkeys((*lines, *SHARES.values()), (0, 0))
    price, (fewest, most) = ore(contract.paid_case_kr.value), _paid_at_the_agency(tally, plan, model)
    service = sum(ore(one.contract.it_service_per_year_kr.value) for one in yearly if one.contract is not None)
    given_up = int(booked[WRITE_OFF, : len(CHARGES), AGENCY].sum())
    paid_price = least_and_most(priced, lambda one: one.contract.price_a_paid_case_kr if one.contract else None)
    return {
        "contract_payment": (fewest * price, most * price),
        "agency_charge": (service, service + given_up),
        "case_price": _prices(tally, priced, contract),
        "paid_case_price": (fewest * paid_price[0], most * paid_price[1]),
        "commission": _commissions(tally, booked, contract),
    } | {line: _shared(tally, booked, contract, charge) for charge, line in SHARES.items()}


def _shared(tally: Tally, booked: Ints, contract: Contract, charge: str) -> tuple[float, float]:
    """The agency's share of what the region has received of a charge (§M13), half an öre at most off on each payment."""
    share = fee_shares(contract).get(charge)
    part = 0 if share is None else millionths(share.value)
    shared = int(booked[CASH, LINE[charge], DEBTOR, REGION]) * part / MILLION
    roundings = int(tally.answered.sum()) / 2
    return (shared - roundings, shared + roundings) if shared else (0, 0)


def _prices(tally: Tally, priced: Sequence[Model], contract: Contract) -> tuple[int, int]:
    """Price of the cases that the agency has taken, or that have ended with it (§M15).

    It takes a case with the step that it begins with, with what takes that step's place for estates and debtors abroad, or in
    proceedings of the debtor that come before; of ends, counts have the claims, and a case has at least one.
    """
    agency_from = priced[0].agency_from
    if contract.price_a_case_kr is None or agency_from == "never":
        return 0, 0
    least, most = least_and_most(priced, lambda one: one.contract.price_a_case_kr if one.contract else None)
    begun = int(tally.done[STEP_CODE[agency_from]])
    if contract.price_a_case_when == "closed":
        return 0, int(tally.ends.sum()) * most
    others = [f"{name}{title}" for name in PROCEEDINGS for title in ("", WITH_TITLE)]
    others += ["estate", "foreign_collection"] if agency_from == "solvency_check" else []
    return begun * least, (begun + sum(int(tally.done[STEP_CODE[name]]) for name in others)) * most


def _commissions(tally: Tally, booked: Ints, contract: Contract) -> tuple[float, float]:
    """At most the share of all that the region has received of what counts, and the floor for each payment (§M22)."""
    commission = contract.commission
    if commission is None:
        return 0, 0
    of = {"principal": ("principal",), "interest": ("interest",), "costs": CHARGES}
    counted = [LINE[line] for component in commission.of for line in of[component]]
    received = int(booked[CASH, counted, DEBTOR, REGION].sum())
    payments, floor = int(tally.answered.sum()), ore(commission.least_kr.value) if commission.least_kr else 0
    return 0, received * millionths(commission.share.value) / MILLION + payments * (floor + 0.5)


def _paid_at_the_agency(tally: Tally, plan: Plan, model: Model) -> tuple[int, int]:
    """Fewest and most cases of the agency that ended paid: the paid ones but those that paid at a step of the region's.

    A residue may be left before the agency has the case or after, and counts do not say which instalment was the last.

    §M14.
    """
    paid = int(tally.counts[COUNTS.index("paid_cases")])
    surely = perhaps = 0
    for code, (step, by_agency) in enumerate(zip(PROCESS, agency_steps(model), strict=True)):
        for answer, option in enumerate(step.answers):
            given = int(tally.answered[code, answer])
            if plan.target[code, 0, answer] == END_CODE["residue_waived"]:
                paid -= given
            elif by_agency or option.effect == "none":
                continue
            elif step.name in ("residue", "instalment"):
                perhaps += given
            elif option.goes_to == "paid":
                surely += given
    return paid - surely - perhaps, paid - surely
