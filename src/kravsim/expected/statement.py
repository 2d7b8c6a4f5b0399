"""From a year's flows to its numbers, named like those of a simulated outcome."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.by_rule import Numbers, counted_by_rule, left_of
from kravsim.expected.early import Early
from kravsim.expected.late import charge_kr
from kravsim.expected.tables import Tables, mean_minutes
from kravsim.expected.turnover import Turnover
from kravsim.expected.year import (
    PAID_APPLICATION,
    PAID_DEMAND_FEE,
    PAID_INTEREST,
    PAID_OTHER_FEES,
    PAID_OUTLAYS,
    PAID_OWN_WORK,
    PAID_PRINCIPAL,
    PAID_REMINDER_FEE,
    Year,
)
from kravsim.ledger.accounts import BUDGET, CHARGES, FEE_LINES, REGION
from kravsim.ledger.debts import charged_names
from kravsim.ledger.ownership import ownership
from kravsim.models.process import END_CODE, LED_TO, PROCESS, STEP_CODE, SUCCESSES, answer_code

Floats = NDArray[np.float64]

PAID_LINES = {
    "reminder_fees": (PAID_REMINDER_FEE, "reminder_fee"),
    "demand_fees": (PAID_DEMAND_FEE, "demand_fee"),
    "instalment_fees": (PAID_OTHER_FEES, "instalment_plan_fee"),
    "own_work_fees": (PAID_OWN_WORK, "payment_order_own_work"),
}
"""Budget lines of fees: the kind of payment, and a charge that says who keeps it."""
STAFF_LINES = ("staff_pay", "staff_overhead", "recruitment", "system_operation", "system_depreciation")
"""Budget lines of the region's own organisation, which is paid busy or idle."""


def counted(early: Early, year: Year) -> Numbers:
    """Volumes, success, stocks and steps.

    Parameters
    ----------
    early : Early
        The first steps, walked.
    year : Year
        What has been gathered of B sets.
    """
    tables, came, calendar = early.tables, early.came, early.calendar
    step = {name: year.steps[:, code] for name, code in STEP_CODE.items()}
    a_year = calendar.hand_overs_a_year
    cases = came.cases.sum(axis=(0, 1, 2)) * a_year
    claims = (came.cases.sum(axis=(0, 2)) * came.claims_per_case).sum(axis=0) * a_year
    kr_each = early.sizes.mean[:, :, None] * came.cases
    referred_kr = kr_each.sum(axis=(0, 1, 2)) * a_year
    before_kr = paid_before_kr(early)
    success = [END_CODE[name] - len(PROCESS) for name in SUCCESSES]
    won_cases, won_claims = (year.ends[:, row, success].sum(axis=1) for row in (0, 1))
    handed = calendar.handed_over
    open_claims = (came.cases.sum(axis=(0, 2)) * came.claims_per_case).T * handed - year.gone[:, :, 1]
    open_cases = came.cases.sum(axis=(0, 2)).T * handed - year.gone[:, :, 0]
    closing_kr = kr_each.sum(axis=(0, 1, 2)) * handed - year.gone[:, :, 2].sum(axis=1)
    per_debtor = np.maximum(open_cases.T, 0) / np.maximum(came.debtors, 1e-300) * _bunched(early, open_claims.T)
    indebted = (came.debtors * (1 - (1 + per_debtor / came.activity_shape) ** -came.activity_shape)).sum(axis=0)
    demand_claims = step["demand"] * early.claims_a_demand
    found: Numbers = {
        "invoices": tables.batch.array(tables.batch.view.invoices.per_year.value),
        "late_claims": came.late_a_year,
        "claims": claims,
        "early_paid_claims": (came.paid_before.sum(axis=(0, 2)) * came.claims_per_case).sum(axis=0) * a_year,
        "cases": cases,
        "mean_claim_kr": _ratio(referred_kr, claims),
        "referred_principal_kr": referred_kr,
        "success_share": _ratio(won_claims, claims),
        "success_share_cases": _ratio(won_cases, cases),
        "success_share_kr": _ratio(year.paid[:, PAID_PRINCIPAL], referred_kr),
        "success_share_of_demands": _ratio(won_claims - year.reminded_claims, demand_claims),
        "principal_recovered_kr": year.paid[:, PAID_PRINCIPAL] + before_kr,
        "early_paid_principal_kr": before_kr,
        "closing_claims": open_claims.sum(axis=1),
        "closing_principal_kr": closing_kr,
        "open_claims_per_debtor": _ratio(open_claims.sum(axis=1), indebted),
        "debtor_fees_kr": sum(
            (step[name] * charge_kr(early, charge) for name, charge in _charges(tables)), np.zeros_like(cases)
        ),
        "kronofogden_applications": step["payment_order"],
        "applications_per_100_invoices": _ratio(
            100 * step["payment_order"], tables.batch.array(tables.batch.view.invoices.per_year.value)
        ),
        "applications_per_100_cases": _ratio(100 * step["payment_order"], cases),
        "applications_withdrawn_share": _answered(year, "payment_order", "paid", "withdrawn"),
        "applications_contested_share": _answered(year, "payment_order", "contested"),
        "applications_order_share": _answered(year, "payment_order", "order"),
        "orders_paid_share": _answered(year, "order", "paid"),
    }
    found |= {f"step_{name}": count for name, count in step.items()}
    ends = {f"end_{name}": year.ends[:, 1, code] for code, name in enumerate(LED_TO)}
    return found | ends | {"end_open": open_claims.sum(axis=1)}


def paid_before_kr(early: Early) -> Floats:
    """Principal a year of what was paid before it would have been handed over, kronor (B,).

    Parameters
    ----------
    early : Early
        The first steps, walked.
    """
    each = early.sizes.mean[:, :, None] * early.came.paid_before
    return np.asarray(each.sum(axis=(0, 1, 2)) * early.calendar.hand_overs_a_year)


def _bunched(early: Early, open_claims: Floats) -> Floats:
    """Groups of open claims from one occasion, a claim (types, B); 1 where an occasion's claims are one case.

    Of a geometric number of claims each is still open with the mean chance of all that were handed over.
    """
    view, came = early.view, early.came
    if view.debtors.coordinate:
        return np.ones_like(open_claims)
    mean = early.tables.batch.array(view.debtors.claims_per_occasion.value)
    handed = came.cases.sum(axis=(0, 2)) * early.calendar.handed_over
    chance = np.clip(open_claims / np.maximum(handed, 1e-300), 1e-12, 1.0)
    return np.asarray(1 / (1 + (mean - 1) * chance))


def money(early: Early, year: Year) -> Numbers:
    """The yearly statement of the region and what is made of it (§M4, §M12, §M19, §M20, §M27).

    Parameters
    ----------
    early : Early
        The first steps, walked.
    year : Year
        What has been gathered of B sets.

    Returns
    -------
    dict of str to float64 array, shape (B,)
        Kronor a year.
    """
    tables = early.tables
    model, owners = tables.model, ownership(tables.model)
    kept = {name: float(owners.charge[name] == REGION) for name in CHARGES}
    nothing = np.zeros(len(tables.batch.which))
    lines: Numbers = {name: nothing for name, _ in BUDGET}
    by_rule, of_agency = counted_by_rule(early, year)
    for line, (kind, charge) in PAID_LINES.items():
        lines[line] = year.paid[:, kind] * kept[charge] * left_of(tables, charge)
    outlays = year.paid[:, PAID_APPLICATION] + year.paid[:, PAID_OUTLAYS]
    lines["outlays_recovered"] = outlays * kept["payment_order_application"]
    lines["interest"] = year.paid[:, PAID_INTEREST] * float(owners.interest == REGION)
    lines["commissions"] = -year.commission
    lines |= by_rule | _organisation(tables)
    net = sum(lines.values(), nothing)
    invoiced = -lines["agency_charges"] - lines["case_prices"] - lines["commissions"]
    if model.contract is not None:
        invoiced = invoiced + year.abroad_kr - lines["ku25_statements"]
    books = sum((lines[name] for name in FEE_LINES), nothing) + lines["contract_payments"] - invoiced
    of_debtors = sum(lines[name] for name in (*FEE_LINES, "interest", "outlays_recovered"))
    margin = year.paid[:, :PAID_PRINCIPAL].sum(axis=1) - of_debtors + invoiced - lines["contract_payments"]
    margin = margin - of_agency
    return {
        "net_revenue_kr": net,
        "net_revenue_excl_interest_kr": net - lines["interest"],
        "interest_kr": lines["interest"],
        "books_net_kr": books,
        "economic_result_kr": net + year.paid[:, PAID_PRINCIPAL] + paid_before_kr(early),
        "agency_invoices_kr": invoiced,
        "agency_margin_kr": margin if model.contract is not None else nothing,
    } | {f"budget_{name}_kr": amount for name, amount in lines.items()}


def _organisation(tables: Tables) -> Numbers:
    """Staff, paid busy or idle, and the system (§M21, §M24, §M25)."""
    array, model, calendar = tables.batch.array, tables.model, tables.clock.calendar
    days = np.arange(calendar.start, calendar.n_days)
    pay = overhead = recruitment = array(0.0)
    for pool in model.staff.values():
        each = array(pool.fte.value) * array(pool.pay_per_fte_kr.value)
        turnover = Turnover.of(pool.turnover, days, array)
        pay = pay + each * (1 - turnover.vacant.mean(axis=0))
        overhead = overhead + each * array(pool.overhead_share.value)
        if pool.turnover is not None:
            hires = np.ceil(array(pool.fte.value)) * turnover.hired.sum(axis=0) / calendar.years
            recruitment = recruitment + hires * array(pool.turnover.recruitment_kr.value)
    found = {"staff_pay": -pay, "staff_overhead": -overhead, "recruitment": -recruitment}
    if model.system is not None:
        written_off = np.minimum(1.0, calendar.years / array(model.system.depreciation_years.value))
        found["system_depreciation"] = -array(model.system.once_kr.value) * written_off / calendar.years
    return found


def work_minutes(tables: Tables, year: Year) -> Floats:
    """Minutes of work that the year's steps are for the region's own staff (B,).

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    year : Year
        What has been gathered of B sets.
    """
    each = (year.steps[:, STEP_CODE[name]] * mean_minutes(task) for name, task in tables.model.work.items())
    return sum(each, np.zeros(len(year.steps)))


def work(tables: Tables, year: Year, claims: Floats, arrived: Floats, open_hours: Floats) -> Numbers:
    """Work of the region's own steps as it ``arrived`` (minutes) and as it is done, the posts for it, and its wait.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    year : Year
        What has been gathered of B sets.
    claims : float64 array, shape (B,)
        Claims handed over a year.
    arrived : float64 array, shape (B,)
        Minutes of work in a year in which nothing waits.
    open_hours : float64 array, shape (B,)
        Hours a year that posts are at the queue.
    """
    visits, waited = (np.zeros_like(claims) for _ in range(2))
    for name in tables.model.work:
        count = year.steps[:, STEP_CODE[name]]
        visits, waited = visits + count, waited + count * tables.waited(name)
    done, posts = work_minutes(tables, year) / 60, (pool.fte.value for pool in tables.model.staff.values())
    return {
        "posts": sum((tables.batch.array(fte) for fte in posts), np.zeros_like(claims)),
        "busy_hours": done,
        "arrived_hours": arrived / 60,
        "work_minutes_per_claim": _ratio(arrived, claims),
        "utilisation": _ratio(done, open_hours),
        "waiting_days": _ratio(waited, visits),
    }


def _charges(tables: Tables) -> list[tuple[str, str]]:
    return [(step.name, name) for step in PROCESS for name in charged_names(step.charges, tables.batch.view.policy)]


def _answered(year: Year, step: str, *answers: str) -> Floats:
    code = STEP_CODE[step]
    chosen = sum(year.answered[:, code, answer_code(step, answer)] for answer in answers)
    return _ratio(np.asarray(chosen), year.answered[:, code].sum(axis=1))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part of a whole; of nothing it is NaN."""
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0))
