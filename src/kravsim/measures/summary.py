"""``summarise``: what one run adds up to becomes the numbers of a calendar year and of a cohort."""

from __future__ import annotations

from typing import NamedTuple

from kravsim.ledger.accounts import (
    AGENCY,
    BUDGET,
    BUYER,
    CASH,
    CHARGE,
    CHARGES,
    FEE_LINES,
    LINE,
    REGION,
    VALUE,
    WRITE_DOWNS,
    WRITE_OFF,
    Ints,
)
from kravsim.ledger.rules import FEE_SHARES
from kravsim.ledger.statement import statement_of
from kravsim.measures.incidence import kept
from kravsim.measures.measures import COHORT, MEASURES, OF_SALES, YEAR, Measure
from kravsim.measures.outcome import Outcome
from kravsim.models.plan import NO_RELIEF, NO_TARGET, Plan
from kravsim.models.process import ENDS, LED_TO, SOLD, STEP_CODE, SUCCESSES, answer_code
from kravsim.settling.tally import (
    ARRIVED_MINUTES,
    BY_SYSTEM_MINUTES,
    CLOSING_MINUTES,
    COUNTS,
    GROUP_OLDEST,
    LAID_ASIDE_MINUTES,
    OPENING_MINUTES,
    OVERTIME_MINUTES,
    PERIOD_HORIZON,
    SMALL_ORE,
    TEMPORARY_MINUTES,
    WORK,
    Tally,
)
from kravsim.stream.paid_before import PaidBefore
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY, ORE_PER_KR, divide_half_up
from kravsim.workdays import calendar_years, working_days

NOTHING_BEFORE = PaidBefore()
"""Where a model reminds nobody before it hands over."""
_RELIEF = ("overtime", "temporary", "by_system", "laid_aside")


def figure_names() -> tuple[str, ...]:
    """Names of everything that is counted or measured in a calendar year, as columns of ``Run.to_frame``."""
    lines = (f"budget_{line}_kr" for line, _ in BUDGET)
    return (*MEASURES, *lines, *(f"step_{step}" for step in STEP_CODE), *(f"end_{end}" for end in (*LED_TO, "open")))


def summarise(
    tally: Tally,
    plan: Plan,
    stream: Stream,
    start: int,
    before: PaidBefore = NOTHING_BEFORE,
    *,
    draw: int,
    replication: int,
) -> Outcome:
    """Numbers a calendar year (the horizon's mean when it has several), and the oldest year's invoices as a cohort.

    Parameters
    ----------
    tally : Tally
        Of one model's run.
    plan : Plan
        Of the same run.
    stream : Stream
        Of the same run.
    start : int
        Day on which the measured horizon begins, since day 0.
    before : PaidBefore
        What the model never handed over, since it was paid before.
    draw, replication : int
        Numbers of the parameter draw and of the replication, from 0; the outcome bears them.
    """
    spans = calendar_years(stream.first, stream.n_days)
    years = max(1, sum(first >= start for first, _ in spans))
    year = tally.amounts[PERIOD_HORIZON].sum(axis=0)
    budget = {name: divide_half_up(int(amount), years) for name, amount in statement_of(year).items()}
    counts = dict(zip(COUNTS, tally.counts.tolist(), strict=True))
    ends = {name: int(count) for name, count in zip(ENDS, tally.ends, strict=True)}
    found = _claims(counts, ends, stream, start, years) | _staff(counts, plan, start, years)
    found |= _overload(tally, plan, stream, start, years)
    found |= _money(year, budget, years, before)
    found["early_paid_claims"] = before.claims / years
    found["years_counted"] = years
    found |= _kronofogden(tally, counts["new_cases"] / years, _number(found["invoices"]), years)
    collected = _number(found["principal_recovered_kr"]) - _number(found["early_paid_principal_kr"])
    found["success_share_kr"] = Part(collected, _number(found["referred_principal_kr"]))
    found["success_share_of_demands"] = Part(counts["demanded_paid_claims"], counts["demanded_claims"])
    found["work_minutes_per_claim"] = Part(_number(found["arrived_hours"]) * 60, _number(found["claims"]))
    found["oldest_year_net_kr"] = _oldest_year_net(tally, spans[0][0], start) / ORE_PER_KR / years
    cohort = _cohort(tally, counts, len(spans))
    ratios = _ratios(YEAR, found) | {f"cohort_{name}": value for name, value in _ratios(COHORT, cohort).items()}
    return Outcome(
        model=plan.model,
        draw=draw,
        replication=replication,
        numbers={name: _number(found[name]) for name in (*MEASURES, *(OF_SALES if plan.sale != NO_TARGET else ()))},
        budget_ore=budget,
        steps={name: int(tally.done[code]) / years for name, code in STEP_CODE.items()},
        ends={name: ends[name] / years for name in _ends_of(plan)} | {"open": float(counts["open_claims"])},
        cohort={name: _number(value) for name, value in cohort.items()},
        parts={name: float(value.part) for name, value in ratios.items()},
        wholes={name: float(value.whole) for name, value in ratios.items()},
        curves=kept(tally),
    )


def _ends_of(plan: Plan) -> tuple[str, ...]:
    """Ends that a case of the plan can come to: that it is sold only where there is a sale."""
    return LED_TO if plan.sale == NO_TARGET else (*LED_TO, SOLD)


def _claims(counts: dict[str, int], ends: dict[str, int], stream: Stream, start: int, years: int) -> Found:
    """Volumes, success and stocks in claims, cases and kronor."""
    in_horizon = stream.runs.day >= start
    referred, closing = counts["referred_claims"], counts["open_claims"]
    paid = sum(ends[name] for name in SUCCESSES)
    principal = counts["referred_principal_ore"] / ORE_PER_KR
    return {
        "invoices": int(stream.runs.invoices[in_horizon].sum()) / years,
        "late_claims": int(stream.runs.late[in_horizon].sum()) / years,
        "claims": referred / years,
        "cases": counts["new_cases"] / years,
        "debtors": counts["referred_debtors"],
        "mean_claim_kr": Part(principal, referred),
        "success_share": Part(paid, referred),
        "success_share_cases": Part(counts["paid_cases"], counts["new_cases"]),
        "days_to_payment": Part(counts["days_late"], paid),
        "opening_claims": counts["opening_claims"],
        "opening_principal_kr": counts["opening_principal_ore"] / ORE_PER_KR,
        "closing_claims": closing,
        "open_claims_per_debtor": Part(closing, counts["open_debtors"]),
        "closing_principal_kr": counts["open_principal_ore"] / ORE_PER_KR,
        "watched_claims": counts["watched_claims"],
        "watched_principal_kr": counts["watched_principal_ore"] / ORE_PER_KR,
        "kronofogden_principal_kr": counts["kronofogden_principal_ore"] / ORE_PER_KR,
        "referred_principal_kr": principal / years,
    }


def _ratios(measures: tuple[Measure, ...], found: Found) -> dict[str, Part]:
    """The parts and wholes of the measures that are ratios."""
    for measure in measures:
        if (measure.over == "ratio") != isinstance(found[measure.name], Part):
            raise TypeError(f"{measure.name} is not summed up as its row in kravsim.measures.measures says")
    return {name: value for name, value in found.items() if isinstance(value, Part)}


class Part(NamedTuple):
    """A part of a whole, for a number that is a ratio."""

    part: float
    whole: float


Found = dict[str, float | Part]


def _number(value: float | Part) -> float:
    """Write a number, and a ratio as one; of nothing it is NaN: there are no cases to speak of."""
    if isinstance(value, Part):
        return float(value.part) / float(value.whole) + 0.0 if value.whole else float("nan")
    return float(value) + 0.0


def _money(year: Ints, budget: dict[str, int], years: int, before: PaidBefore) -> dict[str, float]:
    """What was measured in kronor a calendar year (design: net, books, economic, burden, write-downs).

    Principal is recovered of all claims that are late in the world, so that models that hand over more of them, and fewer,
    can be compared: what was paid before the hand-over is in it. What a buyer pays for claims is paid for principal: it is
    no net revenue, and nothing recovered of a debtor; it is in the economic result.
    """

    def total(book: int, *lines: str) -> int:
        return int(year[book, [LINE[line] for line in lines]].sum())

    net, interest = sum(budget.values()), budget["interest"]
    withheld = total(CASH, *FEE_SHARES)  # not invoiced: the fee's line is net of it
    invoiced = divide_half_up(int(year[CASH, :, REGION, AGENCY].sum()) - withheld, years)
    early = divide_half_up(before.principal_ore, years)
    principal = divide_half_up(total(CASH, "principal"), years) + early
    price, sold = (
        divide_half_up(int(amount), years)
        for amount in (total(CASH, "claims_sold"), year[WRITE_OFF, LINE["principal"], :, BUYER].sum())
    )
    amounts = {
        "net_revenue_kr": net,
        "net_revenue_excl_interest_kr": net - interest,
        "interest_kr": interest,
        "books_net_kr": sum(budget[line] for line in FEE_LINES) + budget["contract_payments"] - invoiced,
        "principal_recovered_kr": principal,
        "early_paid_principal_kr": early,
        "economic_result_kr": net + principal + price,
        "sale_price_kr": price,
        "sold_principal_kr": sold,
        "debtor_fees_kr": divide_half_up(total(CHARGE, *CHARGES), years),
        "write_down_kr": divide_half_up(total(VALUE, *WRITE_DOWNS), years),
        "once_cash_kr": total(CASH, "system_once"),
        "agency_invoices_kr": invoiced,
        "agency_margin_kr": divide_half_up(int((year[CASH, :, :, AGENCY] - year[CASH, :, AGENCY, :]).sum()), years),
    }
    return {name: amount / ORE_PER_KR for name, amount in amounts.items()}


def _staff(counts: dict[str, int], plan: Plan, start: int, years: int) -> Found:
    """Hours paid = busy + idle + absent (of which learning), waiting, backlog. Busy includes work in progress at the close.

    Work is late that has waited into the second band of lateness, where it costs some of the willingness to pay. The backlog
    is what waits as the horizon closes; its ages count from the release.
    """
    kinds = ("paid", "present", "learning", "vacant")
    paid, present, learning, vacant = (
        sum(int(getattr(pool, f"{kind}_minutes")[:, start:].sum()) for pool in plan.pools) for kind in kinds
    )
    busy, started, backlog = counts["busy_minutes"], counts["started_work"], counts["in_queue"]
    hours = {
        "paid_hours": paid,
        "busy_hours": busy,
        "idle_hours": present - busy,
        "absent_hours": paid - present,
        "learning_hours": learning,
        "vacant_hours": vacant,
    }
    numbers: Found = {name: minutes / 60 / years for name, minutes in hours.items()}
    return numbers | {
        "utilisation": Part(busy, present),
        "waiting_days": Part(counts["waited_minutes"] / MINUTES_PER_DAY, started),
        "late_start_share": Part(counts["late_starts"], started),
        "backlog_cases": backlog,
        "backlog_age_days": Part(counts["queued_minutes"] / MINUTES_PER_DAY, backlog),
        "backlog_oldest_days": counts["longest_queued_minutes"] / MINUTES_PER_DAY,
    }


def _overload(tally: Tally, plan: Plan, stream: Stream, start: int, years: int) -> Found:
    """Posts, the work that arrives for them, and how far they fall behind it: of the pool that falls behind most.

    Unmet are the minutes that arrive beyond those at work, and beyond those done by the system, in overtime and by temporary
    staff, where a team that is behind has them; what it lays aside stays unmet. From the opening of the horizon to its close
    the backlog grows by so many working days of the whole team (of its posts, were none ever away, where nobody is ever at
    work). So much of it stands as waits both at the opening and at the close, beyond what a team that is behind lets wait and
    what its idle hours could have done.
    """
    minutes = dict(zip(WORK, tally.work.sum(axis=0).tolist(), strict=True))
    days = int(working_days(stream.first, stream.n_days)[start:].sum())
    unmet, growth, standing = [0], [0.0], [0.0]
    for pool, work in zip(plan.pools, tally.work.tolist(), strict=True):
        present = int(pool.present_minutes[:, start:].sum())
        nominal = int((pool.paid_minutes + pool.vacant_minutes)[:, start:].sum())
        relief = work[BY_SYSTEM_MINUTES] + work[OVERTIME_MINUTES] + work[TEMPORARY_MINUTES]
        unmet.append(work[ARRIVED_MINUTES] - present - relief)
        a_day = max(present or nominal, 1) / days
        growth.append((work[CLOSING_MINUTES] - work[OPENING_MINUTES]) / a_day)
        done = work[OPENING_MINUTES] + work[ARRIVED_MINUTES] - work[LAID_ASIDE_MINUTES] - work[CLOSING_MINUTES] - relief
        allowed = max(present - done, 0) + (0 if pool.relief_from == NO_RELIEF else pool.relief_from)
        standing.append(max(min(work[OPENING_MINUTES], work[CLOSING_MINUTES]) - allowed, 0) / a_day)
    return {
        "posts": sum(pool.fte for pool in plan.pools),
        "posts_at_ceiling": float(any(pool.at_ceiling for pool in plan.pools)),
        "arrived_hours": minutes["arrived_minutes"] / 60 / years,
        **{f"{who}_hours": minutes[f"{who}_minutes"] / 60 / years for who in _RELIEF},
        "backlog_hours": minutes["closing_minutes"] / 60,
        "unmet_hours": max(unmet[1:] or unmet) / 60 / years,
        "backlog_growth_days": max(growth[1:] or growth),
        "backlog_standing_days": max(standing),
    }


def _kronofogden(tally: Tally, cases: float, invoices: float, years: int) -> Found:
    """Applications of the year, for how little, and how applications and orders were answered in it."""
    filed = int(tally.done[STEP_CODE["payment_order"]])
    applications = filed - int(tally.counts[COUNTS.index("joined_applications")])
    small = {name: int(tally.counts[COUNTS.index(name)]) for name in SMALL_ORE}

    def share(step: str, *answers: str) -> Part:
        answered = tally.answered[STEP_CODE[step]]
        codes = [answer_code(step, answer) for answer in answers]
        return Part(int(answered[codes].sum()), int(answered.sum()))

    return {
        "kronofogden_applications": applications / years,
        "applications_per_100_invoices": Part(100 * applications / years, invoices),
        "applications_per_100_cases": Part(100 * applications / years, cases),
        **{f"{name}_share": Part(count, filed) for name, count in small.items()},
        "applications_withdrawn_share": share("payment_order", "paid", "withdrawn"),
        "applications_contested_share": share("payment_order", "contested"),
        "applications_order_share": share("payment_order", "order"),
        "orders_paid_share": share("order", "paid"),
    }


def _oldest_year_net(tally: Tally, first: int, start: int) -> int:
    """What the oldest history year still moves this year's net by, in öre: how far the opening stock has settled."""
    return sum(statement_of(tally.amounts[PERIOD_HORIZON, GROUP_OLDEST]).values()) if first < start else 0


def _cohort(tally: Tally, counts: dict[str, int], years: int) -> Found:
    """The first simulated year's cases followed to the horizon; the remainder is outstanding."""
    budget = statement_of(tally.amounts[:, GROUP_OLDEST].sum(axis=0))
    result: Found = {
        "claims": counts["oldest_claims"],
        "cases": counts["oldest_cases"],
        "years_followed": years,
        "success_share": Part(counts["oldest_paid"], counts["oldest_claims"]),
        "success_share_12_months": Part(counts["oldest_paid_within_a_year"], counts["oldest_claims"]),
        "referred_principal_kr": counts["oldest_principal_ore"] / ORE_PER_KR,
        "principal_recovered_kr": counts["oldest_principal_paid_ore"] / ORE_PER_KR,
        "outstanding_principal_kr": counts["oldest_principal_left_ore"] / ORE_PER_KR,
        "outstanding_claims": counts["oldest_open"],
        "net_of_cases_kr": sum(budget.values()) / ORE_PER_KR,
    }
    return result | {f"{name}_kr": amount / ORE_PER_KR for name, amount in budget.items()}
