"""``summarise``: one run's ledger and log become the numbers of a calendar year and of a cohort."""

from __future__ import annotations

import numpy as np

from kravsim.engine.contract import ANSWERED, DONE, STARTED
from kravsim.engine.events import EventLog
from kravsim.ledger import Ledger, in_days, statement_ore
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, LINE, REGION, VALUE, Postings
from kravsim.models.plan import Plan
from kravsim.models.process import CHARGES, END_CODE, ENDS, STEP_CODE, SUCCESSES, answer_code
from kravsim.results.outcome import Outcome
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY, ORE_PER_KR

FEE_LINES = ("reminder_fees", "demand_fees", "instalment_fees", "own_work_fees")
SUCCESS_CODES = [END_CODE[name] for name in SUCCESSES]
DAYS_A_YEAR = 365


def summarise(ledger: Ledger, log: EventLog, plan: Plan, stream: Stream, *, draw: int, replication: int) -> Outcome:
    """Numbers a calendar year (the horizon's mean when it has several), and the oldest year's invoices as a cohort."""
    years = max(1, sum(first >= ledger.start for first, _ in ledger.years))
    year = in_days(ledger.postings, ledger.start, stream.n_days)
    budget = {name: round(amount / years) for name, amount in statement_ore(year).items()}
    numbers = _claims(ledger, stream, years) | _staff(log, plan, stream, ledger.start, years)
    numbers |= _money(year, budget, years)
    numbers["success_share_kr"] = _ratio(numbers["principal_recovered_kr"], numbers["referred_principal_kr"])
    numbers["success_share_of_demands"] = _success_of_demands(ledger, log, stream)
    numbers |= _kronofogden(log, ledger.start, numbers["cases"], years)
    numbers["work_minutes_per_claim"] = _ratio(numbers["busy_hours"] * 60, numbers["claims"])
    numbers["oldest_year_net_kr"] = _oldest_year_net(ledger, year, stream) / ORE_PER_KR / years
    return Outcome(
        model=ledger.model,
        draw=draw,
        replication=replication,
        numbers={name: float(value) + 0.0 for name, value in numbers.items()},
        budget_ore=budget,
        steps=_steps(log, ledger.start),
        ends=_ends(ledger, stream),
        cohort=_cohort(ledger, stream),
    )


def _steps(log: EventLog, start: int) -> dict[str, int]:
    """Times each step was carried out since the start of the horizon."""
    rows = (log.kind == DONE) & (log.minute >= start * MINUTES_PER_DAY)
    counts = np.bincount(log.step[rows], minlength=len(STEP_CODE))
    return {name: int(counts[code]) for name, code in STEP_CODE.items()}


def _ends(ledger: Ledger, stream: Stream) -> dict[str, int]:
    """Claims by end state reached within the horizon, and those open at its close."""
    end_of_claim, day = ledger.debts.end[stream.claims.case], ledger.debts.end_day[stream.claims.case]
    within = day >= ledger.start
    ends = {name: int(((end_of_claim == END_CODE[name]) & within).sum()) for name in ENDS}
    return ends | {"open": int((end_of_claim < 0).sum())}


def _claims(ledger: Ledger, stream: Stream, years: int) -> dict[str, float]:
    """Volumes, success and stocks in claims, cases and kronor."""
    claims, cases, debts = stream.claims, stream.cases, ledger.debts
    end, end_day = debts.end[claims.case], debts.end_day[claims.case]
    this_year = claims.hand_over_day >= ledger.start
    paid_now = np.isin(end, SUCCESS_CODES) & (end_day >= ledger.start)
    paid_cases = np.isin(debts.end, SUCCESS_CODES) & (debts.end_day >= ledger.start)
    new_cases = cases.hand_over_day >= ledger.start
    opening = (claims.hand_over_day < ledger.start) & (end_day >= ledger.start)
    closing = end < 0
    principal_left = claims.principal_ore - debts.principal_paid
    in_horizon = stream.runs.day >= ledger.start
    referred = int(this_year.sum())
    lateness = (end_day - claims.due_day)[paid_now]
    return {
        "invoices": int(stream.runs.invoices[in_horizon].sum()) / years,
        "late_claims": int(stream.runs.late[in_horizon].sum()) / years,
        "claims": referred / years,
        "cases": int(new_cases.sum()) / years,
        "debtors": len(np.unique(claims.debtor[this_year])),
        "mean_claim_kr": _ratio(claims.principal_ore[this_year].sum() / ORE_PER_KR, referred),
        "success_share": _ratio(paid_now.sum(), referred),
        "success_share_cases": _ratio(paid_cases.sum(), new_cases.sum()),
        "days_to_payment": _ratio(lateness.sum(), len(lateness)),
        "opening_claims": int(opening.sum()),
        "opening_principal_kr": int(claims.principal_ore[opening].sum()) / ORE_PER_KR,
        "closing_claims": int(closing.sum()),
        "open_claims_per_debtor": _ratio(closing.sum(), len(np.unique(claims.debtor[closing]))),
        "closing_principal_kr": int(principal_left[closing].sum()) / ORE_PER_KR,
        "referred_principal_kr": int(claims.principal_ore[this_year].sum()) / ORE_PER_KR / years,
    }


def _success_of_demands(ledger: Ledger, log: EventLog, stream: Stream) -> float:
    """Of claims in cases that get a demand in the year, the claims paid in it after a demand: another reading of success."""
    demanded = (log.kind == DONE) & (log.step == STEP_CODE["demand"])
    this_year = demanded & (log.minute >= ledger.start * MINUTES_PER_DAY)
    ever, now = np.zeros(len(stream.cases), bool), np.zeros(len(stream.cases), bool)
    ever[log.case[demanded]], now[log.case[this_year]] = True, True
    case, debts = stream.claims.case, ledger.debts
    paid = np.isin(debts.end[case], SUCCESS_CODES) & (debts.end_day[case] >= ledger.start)
    return _ratio((paid & ever[case]).sum(), now[case].sum())


def _ratio(part: float, whole: float) -> float:
    """Part of a whole; of nothing it is NaN: there are no cases to speak of."""
    return float(part) / float(whole) if whole else float("nan")


def _money(year: Postings, budget: dict[str, int], years: int) -> dict[str, float]:
    """What was measured in kronor a calendar year (design: net, books, economic, burden, write-downs)."""

    def total(book: int, *lines: str) -> int:
        codes = [LINE[line] for line in lines]
        return int(year.amount_ore[(year.book == book) & np.isin(year.line, codes)].sum())

    net, interest = sum(budget.values()), budget["interest"]
    to_agency = (year.book == CASH) & (year.payer == REGION) & (year.receiver == AGENCY)
    to_agency &= year.line != LINE["demand_fee_share"]  # withheld, not invoiced: the fee line is net of it
    invoiced = round(int(year.amount_ore[to_agency].sum()) / years)
    principal = round(total(CASH, "principal") / years)
    amounts = {
        "net_revenue_kr": net,
        "net_revenue_excl_interest_kr": net - interest,
        "interest_kr": interest,
        "books_net_kr": sum(budget[line] for line in FEE_LINES) + budget["contract_payments"] - invoiced,
        "principal_recovered_kr": principal,
        "economic_result_kr": net + principal,
        "debtor_fees_kr": round(total(CHARGE, *CHARGES) / years),
        "write_down_kr": round(total(VALUE, "value_adjustment", "write_down") / years),
        "once_cash_kr": total(CASH, "system_once"),
        "agency_invoices_kr": invoiced,
    }
    return {name: amount / ORE_PER_KR for name, amount in amounts.items()}


def _staff(log: EventLog, plan: Plan, stream: Stream, start: int, years: int) -> dict[str, float]:
    """Hours paid = busy + idle + absent, waiting and backlog. Busy includes work in progress at the close."""
    n_days = stream.n_days
    first, last = start * MINUTES_PER_DAY, n_days * MINUTES_PER_DAY
    started = log.kind == STARTED
    paid = present = busy = 0
    for number, pool in enumerate(plan.pools):
        paid += int(pool.paid_minutes[:, start:].sum())
        present += int(pool.present_minutes[:, start:].sum())
        rows = np.flatnonzero(started & (plan.pool[np.minimum(log.step, len(plan.pool) - 1)] == number))
        for server, calendar in enumerate(pool.servers):
            mine = rows[log.server[rows] == server]
            begun = calendar.worked_until(log.minute[mine])
            window = calendar.worked_until(np.array([first, last], np.int64))
            worked = np.minimum(begun + log.quantity[mine], window[1]) - np.maximum(begun, window[0])
            busy += int(np.maximum(worked, 0).sum())
    now = started & (log.minute >= first)
    waited = (log.minute - log.release)[now]
    last_rows = np.flatnonzero(np.append(log.case[1:] != log.case[:-1], True)) if len(log) else np.zeros(0, np.int64)
    unserved = int((stream.cases.hand_over_day < n_days).sum()) - len(last_rows)
    in_queue = unserved + int((log.kind[last_rows] == ANSWERED).sum())
    hours = {"paid_hours": paid, "busy_hours": busy, "idle_hours": present - busy, "absent_hours": paid - present}
    numbers = {name: minutes / 60 / years for name, minutes in hours.items()}
    return numbers | {
        "utilisation": _ratio(busy, present),
        "waiting_days": _ratio(waited.sum() / MINUTES_PER_DAY, len(waited)),
        "backlog_cases": in_queue,
    }


def _kronofogden(log: EventLog, start: int, cases: float, years: int) -> dict[str, float]:
    """Applications of the year and how applications and orders were answered in it."""
    now = log.minute >= start * MINUTES_PER_DAY
    applications = int((now & (log.kind == DONE) & (log.step == STEP_CODE["payment_order"])).sum())

    def share(step: str, *answers: str) -> float:
        answered = now & (log.kind == ANSWERED) & (log.step == STEP_CODE[step])
        codes = [answer_code(step, answer) for answer in answers]
        return _ratio(np.isin(log.answer[answered], codes).sum(), answered.sum())

    return {
        "kronofogden_applications": applications / years,
        "applications_per_100_cases": _ratio(100 * applications / years, cases),
        "applications_withdrawn_share": share("payment_order", "paid", "withdrawn"),
        "applications_contested_share": share("payment_order", "contested"),
        "applications_order_share": share("payment_order", "order"),
        "orders_paid_share": share("order", "paid"),
    }


def _of_oldest_year(ledger: Ledger, stream: Stream) -> np.ndarray:
    """Whether each case was handed over in the first simulated calendar year."""
    return stream.cases.hand_over_day < ledger.years[0][1]


def _oldest_year_net(ledger: Ledger, year: Postings, stream: Stream) -> int:
    """What the oldest history year still moves this year's net by, in öre: how far the opening stock has settled."""
    if ledger.years[0][0] >= ledger.start:
        return 0
    oldest = np.append(_of_oldest_year(ledger, stream), False)
    return sum(statement_ore(year.where(oldest[year.case])).values())


def _cohort(ledger: Ledger, stream: Stream) -> dict[str, float]:
    """The first simulated year's cases followed to the horizon; the remainder is outstanding."""
    oldest = np.append(_of_oldest_year(ledger, stream), False)
    mine = oldest[:-1]
    postings = ledger.postings.where(oldest[ledger.postings.case])
    budget = statement_ore(postings)
    claims, debts = stream.claims, ledger.debts
    of_claim = mine[claims.case]
    end, end_day = debts.end[claims.case], debts.end_day[claims.case]
    paid = of_claim & np.isin(end, SUCCESS_CODES)
    within_a_year = paid & (end_day - claims.hand_over_day <= DAYS_A_YEAR)
    left = (claims.principal_ore - debts.principal_paid - debts.principal_given_up)[of_claim]
    count = int(of_claim.sum())
    result: dict[str, float] = {
        "claims": count,
        "cases": int(mine.sum()),
        "years_followed": len(ledger.years),
        "success_share": _ratio(paid.sum(), count),
        "success_share_12_months": _ratio(within_a_year.sum(), count),
        "referred_principal_kr": int(claims.principal_ore[of_claim].sum()) / ORE_PER_KR,
        "principal_recovered_kr": int(debts.principal_paid[of_claim].sum()) / ORE_PER_KR,
        "outstanding_principal_kr": int(left.sum()) / ORE_PER_KR,
        "outstanding_claims": int((of_claim & (end < 0)).sum()),
        "net_of_cases_kr": sum(budget.values()) / ORE_PER_KR,
    }
    return result | {f"{name}_kr": amount / ORE_PER_KR for name, amount in budget.items()}
