"""Books that are wrong are found out, by whichever way they were kept: the journal's, or one case after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from kravsim.engine.contract import ANSWERED, COLUMNS, DONE, ENDED, STRUCK
from kravsim.engine.events import EventLog
from kravsim.errors import RunError
from kravsim.flow import RunParts, one_run
from kravsim.ledger import audit
from kravsim.ledger.accounts import (
    AGENCY,
    CASH,
    CHARGE,
    CHARGES,
    COURT,
    DEBTOR,
    FOREIGN_AGENCY,
    KRONOFOGDEN,
    LINE,
    NO_CASE,
    PARTIES,
    REGION,
    STAFF,
    SUPPLIER,
    VALUE,
    WRITE_OFF,
)
from kravsim.ledger.accounts import Postings as Books
from kravsim.ledger.audit_columns import POSTED
from kravsim.ledger.audit_compiled import (
    CHECKS,
    audit_case,
    audit_life,
    audit_workspace,
    failures,
    opening_of,
)
from kravsim.ledger.audit_contract_compiled import AGREED
from kravsim.ledger.audit_moves_compiled import OF_MOVE
from kravsim.ledger.audit_sale_compiled import OF_SALE
from kravsim.ledger.costs import book_organisation
from kravsim.ledger.rules import RULES
from kravsim.models.process import END_CODE, PROCESS, REVIVED, STEP_CODE, answer_code
from kravsim.settling import audit_lines
from kravsim.settling.booking_compiled import (
    CLAIM_COLUMNS,
    N_CHARGES,
    POSTING_COLUMNS,
    CaseBooks,
    book_case,
    claims_of,
    filings_for,
)
from kravsim.settling.tally import AMOUNTS_SHAPE, PERIOD_HORIZON
from kravsim.settling.terms import terms_of
from tests.properties.strategies import TYPES, tiny

MODEL = "outsourced"


@pytest.fixture(scope="module")
def parts() -> RunParts:
    """A small run in which debts are restructured soon, many applications contested and most attachments cover part."""
    soon = {"low": 20, "mode": 20, "high": 20, "source": "assumption", "status": "assumed"}
    changes = {"policy__instalment_notices_charged": True, "timing__restructuring_granted_days": soon}
    changes |= {"invoices__per_year": 8000, "behaviour__contested_share": 0.15}
    changes |= {f"behaviour__{kind}__restructuring_per_year": 1.0 for kind in ("strained", "insolvent")}
    changes |= {f"behaviour__{kind}__attachment_part_share": 0.6 for kind in TYPES} | {
        "timing__attachment_part_days": soon
    }
    changes |= {f"behaviour__{kind}__attachment_{what}_share": 0.1 for kind in TYPES for what in ("paid", "continued")}
    return one_run(tiny(**changes), MODEL, seed=3)


def the_journals(parts: RunParts) -> Books:
    return parts.ledger.postings


def one_by_one(parts: RunParts, model: str = MODEL) -> Books:
    """The books of the straight pass, from which it adds up its tally case by case."""
    met = parts.inputs
    data, claims = met.world.data, claims_of(met.stream)
    terms = terms_of(data, data.models[model], met.stream, met.law_days)
    most = int(np.diff(claims.first_claim).max())
    workspace = CaseBooks(
        np.empty((3, N_CHARGES), np.int64),
        np.empty((most, CLAIM_COLUMNS), np.int64),
        np.empty((4096, POSTING_COLUMNS), np.int64),
        filings_for(terms, len(met.stream.debtors.segment), len(parts.log)),
    )
    booked, of_case = [], []
    for case in range(len(met.cases)):
        rows = rows_of(parts.log, case)
        n, *_ = book_case(terms, claims, workspace, rows, rows.shape[1], case)
        booked.append(workspace.postings[:n].copy())
        of_case.append(np.full(n, case))
    day, claim, line, payer, receiver, amount, book, account = np.concatenate(booked).T
    assert np.array_equal(account, np.ravel_multi_index((book, line, payer, receiver), AMOUNTS_SHAPE[2:]))
    no_step = np.full(len(day), NO_CASE)
    return Books(day, np.concatenate(of_case), claim, no_step, line, payer, receiver, amount, book)


def rows_of(log: EventLog, case: int) -> np.ndarray:
    begin, end = np.searchsorted(log.case, [case, case + 1])
    return np.ascontiguousarray([getattr(log, name)[begin:end] for name in COLUMNS])


def audit_journal(parts: RunParts, log: EventLog, books: Books) -> None:
    audit(log, parts.plan, parts.inputs.stream, books, parts.inputs.legal_for(parts.plan.model))


def audit_one_by_one(parts: RunParts, log: EventLog, books: Books) -> None:
    met = parts.inputs
    most = int(np.diff(met.stream.cases.first_claim).max())
    claims, audit_space = claims_of(met.stream), audit_workspace(most, met.stream.openings, len(log))
    order = np.argsort(books.case, kind="stable")
    columns = np.stack([getattr(books, name)[order] for name in POSTED], axis=1)
    place = np.searchsorted(books.case[order], np.arange(len(met.cases) + 1))
    for case in range(len(met.cases)):
        table, rows = columns[place[case] : place[case + 1]], rows_of(log, case)
        first, last = claims.first_claim[case], claims.first_claim[case + 1]
        opening = opening_of(audit_space, claims.run, first, last, claims.debtor[case])
        audit_case(
            *(
                met.legal_for(parts.plan.model),
                audit_space,
                rows,
                rows.shape[1],
                table,
                len(table),
                claims.principal,
                claims.due_day,
            ),
            *(first, last, case, claims.case_principal[case], opening, claims.debtor[case]),
            claims.hand_over_day[case],
        )
        audit_life(
            met.legal_for(parts.plan.model),
            audit_space,
            rows,
            rows.shape[1],
            claims.run,
            first,
            last,
            case,
            claims.klass[case],
            opening,
        )
    if problems := failures(audit_space):
        raise RunError(problems)


ROUTES = {"journal": (the_journals, audit_journal), "one by one": (one_by_one, audit_one_by_one)}


@pytest.fixture(scope="module", params=ROUTES)
def route(request: pytest.FixtureRequest, parts: RunParts) -> Kept:
    keep, check = ROUTES[request.param]
    books, checked = keep(parts), partial(check, parts)
    checked(parts.log, books)
    return books, checked


Kept = tuple[Books, Callable[..., None]]
Wrong = Callable[[EventLog, Books], tuple[EventLog, Books]]


def first(books: Books, book: int, line: str | None = None, **columns: int) -> int:
    """Number of the first posting in a book, on a line, with these values."""
    mask = books.book == book
    if line is not None:
        mask &= books.line == LINE[line]
    for name, value in columns.items():
        mask &= getattr(books, name) == value
    return int(np.flatnonzero(mask)[0])


def more(ore: int, book: int, line: str | None = None, **columns: int) -> Wrong:
    """Öre are added to one posting."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        amounts = books.amount_ore.copy()
        amounts[first(books, book, line, **columns)] += ore
        return log, replace(books, amount_ore=amounts)

    return wrong


def times(number: int, book: int, line: str | None = None, **columns: int) -> Wrong:
    """One posting stands in the books this many times."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        repeated = np.ones(len(books), int)
        repeated[first(books, book, line, **columns)] = number
        return log, Books(*(np.repeat(column, repeated) for column in books.columns()))

    return wrong


def with_posting(where: Callable[[EventLog, Books], Sequence[int]], **columns: int) -> Wrong:
    """A posting too many: of 1 öre, in the case that ``where`` picks of (log, books), as day, case and claim."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        day, case, claim = where(log, books)
        new = {"day": day, "case": case, "claim": claim, "step": -1, "amount_ore": 1} | columns
        added = (np.append(getattr(books, name), new[name]) for name in Books.__dataclass_fields__)
        return log, Books(*added)

    return wrong


def ended(name: str) -> Callable[[EventLog, Books], Sequence[int]]:
    def where(log: EventLog, _: Books) -> Sequence[int]:
        row = np.flatnonzero((log.kind == ENDED) & (log.step == END_CODE[name]))[0]
        return log.minute[row] // 1440, log.case[row], -1

    return where


def still_open(log: EventLog, _: Books) -> Sequence[int]:
    return 0, np.setdiff1d(log.case, log.case[log.kind == ENDED])[0], -1


def claim_of_another(_: EventLog, books: Books) -> Sequence[int]:
    return 0, books.case[first(books, CHARGE, "principal")], books.claim.max()


def kinds(answers: int, ends: int) -> Wrong:
    """The last answer and the end of the first case that has ended become rows of these kinds."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        end = np.flatnonzero((log.kind == ENDED) & (np.roll(log.kind, 1) == ANSWERED))[0]
        kind = log.kind.copy()
        kind[[end - 1, end]] = answers, ends
        return replace(log, kind=kind), books

    return wrong


def answered_with(step: str, answer: str, instead: str, before: str) -> Wrong:
    """The first answer of a kind that a step was given, of a case that comes to another step, becomes another."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        code = STEP_CODE[step]
        mine = np.isin(log.case, log.case[(log.kind == DONE) & (log.step == STEP_CODE[before])])
        mine &= (log.kind == ANSWERED) & (log.step == code) & (log.answer == answer_code(step, answer))
        row = np.flatnonzero(mine)[0]
        answers = log.answer.copy()
        answers[row] = answer_code(step, instead)
        return replace(log, answer=answers), books

    return wrong


def five_years_later(log: EventLog, books: Books) -> tuple[EventLog, Books]:
    """The first silence after a demand comes when the claim is long barred."""
    row = np.flatnonzero((log.step == STEP_CODE["demand"]) & (log.answer == answer_code("demand", "silent")))[0]
    minute = log.minute.copy()
    minute[row] += 5 * 366 * 1440
    return replace(log, minute=minute), books


def a_day_after_the_check(log: EventLog, books: Books) -> tuple[EventLog, Books]:
    """The first case that a check finds worth another try goes on a day later."""
    watched = log.step == STEP_CODE["surveillance"]
    row = np.flatnonzero(watched & (log.kind == ANSWERED) & (log.answer == answer_code("surveillance", REVIVED)))[0]
    minute = log.minute.copy()
    minute[row] += 1440
    return replace(log, minute=minute), books


def ended_as(end: str, instead: str) -> Wrong:
    """The first case of an end state has another."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        step = log.step.copy()
        step[np.flatnonzero((log.kind == ENDED) & (log.step == END_CODE[end]))[0]] = END_CODE[instead]
        return replace(log, step=step), books

    return wrong


def struck_a_day_early(log: EventLog, books: Books) -> tuple[EventLog, Books]:
    """The first claim that was struck while it was open."""
    row = np.flatnonzero((log.kind == STRUCK) & (log.visit >= 0))[0]
    minute = log.minute.copy()
    minute[row] -= 1440
    return replace(log, minute=minute), books


def answered_instead(log: EventLog, books: Books) -> tuple[EventLog, Books]:
    """The first claim that was struck is answered as if nothing had happened."""
    row = np.flatnonzero(log.kind == STRUCK)[0]
    kind, answer = log.kind.copy(), log.answer.copy()
    kind[row], answer[row] = ANSWERED, len(PROCESS[log.step[row]].answers) - 1
    return replace(log, kind=kind, answer=answer), books


def another_dividend(parts: RunParts) -> Wrong:
    """Of two claims that the same proceedings strike the second has another share."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        rows = np.flatnonzero((log.kind == ANSWERED) & (log.step == STEP_CODE["debt_restructuring"]))
        opening = parts.inputs.stream.opening[log.case[rows]]
        again = next(at for at in range(len(rows)) if opening[at] in opening[:at])
        quantity = log.quantity.copy()
        quantity[rows[again]] += 1
        return replace(log, quantity=quantity), books

    return wrong


def two_ore_from_principal_to_fee(log: EventLog, books: Books) -> tuple[EventLog, Books]:
    """Of the first dividend in a restructuring."""
    row = np.flatnonzero((log.kind == ENDED) & (log.step == END_CODE["restructured"]))
    for case, day in zip(log.case[row], log.minute[row] // 1440, strict=True):
        paid = (books.case == case) & (books.day == day) & (books.book == CASH) & (books.payer == DEBTOR)
        fee, principal = (np.flatnonzero(paid & (books.line == LINE[name])) for name in ("demand_fee", "principal"))
        if len(fee) and len(principal) and books.amount_ore[principal[0]] > 2:
            amounts = books.amount_ore.copy()
            amounts[fee[0]] += 2
            amounts[principal[0]] -= 2
            return log, replace(books, amount_ore=amounts)
    raise AssertionError("no dividend to change")


def moved(kind: int, step: str, answer: str, days: int) -> Wrong:
    """The first row of a kind at a step, with an answer where one is named, comes so many days later."""

    def wrong(log: EventLog, books: Books) -> tuple[EventLog, Books]:
        mask = (log.kind == kind) & (log.step == STEP_CODE[step])
        if answer:
            mask &= log.answer == answer_code(step, answer)
        minute = log.minute.copy()
        minute[np.flatnonzero(mask)[0]] += days * 1440
        return replace(log, minute=minute), books

    return wrong


def own_work_before_enforcement(log: EventLog, books: Books) -> tuple[EventLog, Books]:
    """What the first attachment that covers part of a debt pays on enforcement's fee is paid on the applicant's work."""
    mask = (log.kind == ANSWERED) & (log.step == STEP_CODE["attachment"])
    rows = np.flatnonzero(mask & (log.answer == answer_code("attachment", "part")))
    case, day = log.case[rows[0]], log.minute[rows[0]] // 1440
    paid = (books.case == case) & (books.day == day) & (books.book == CASH) & (books.payer == DEBTOR)
    lines = books.line.copy()
    lines[np.flatnonzero(paid & (books.line == LINE["enforcement_basic_fee"]))[0]] = LINE["payment_order_own_work"]
    return log, replace(books, line=lines)


OF_DEBT = {"payer": DEBTOR, "receiver": REGION}
WRITTEN_OFF = {"book": WRITE_OFF, "line": LINE["demand_fee"], "payer": REGION, "receiver": DEBTOR}
BOOKS: dict[str, tuple[Wrong, str]] = {
    **{
        f"{name} of one öre more": (more(1, CHARGE, name), rf"ledger\.{name}: got 'case \d+: \d+ öre")
        for name in CHARGES
    },
    "fee charged twice": (times(2, CHARGE, "demand_fee"), r"ledger\.demand_fee: got 'case \d+: 36000 öre"),
    "fee not charged": (times(0, CHARGE, "demand_fee"), r"ledger\.demand_fee: got 'case \d+: 0 öre"),
    "interest of one öre less": (more(-1, CHARGE, "interest"), r"ledger\.interest: got 'claim \d+"),
    "interest charged twice": (times(2, CHARGE, "interest"), r"ledger\.interest: got 'claim \d+"),
    "payment of one öre less": (more(-1, CASH, "principal"), "paid not as answered"),
    "payment booked twice": (times(2, CASH, "reminder_fee"), "paid not as answered"),
    "payment left out": (times(0, CASH, "interest"), "paid not as answered"),
    "outlay lost": (times(0, CASH, "kronofogden_outlay"), "outlays not as by the law"),
    "outlay advanced twice": (times(2, CASH, receiver=KRONOFOGDEN), "outlays not as by the law"),
    "court paid one öre more": (more(1, CASH, receiver=COURT), "outlays not as by the law"),
    "overpaid": (more(10**9, CASH, "principal"), "overpaid"),
    "given up though paid": (with_posting(ended("paid"), **WRITTEN_OFF), "given up although paid"),
    "given up though open": (with_posting(still_open, **WRITTEN_OFF), "given up although open"),
    "not given up at the end": (times(0, WRITE_OFF, "principal"), "outstanding after the end"),
    "invoice of one öre more": (more(1, CHARGE, "principal"), "principal not as invoiced"),
    "posting of less than nothing": (more(-(10**7), CASH, "reminder_fee"), "posting of nothing, or not of this case"),
    "interest on another's claim": (
        with_posting(claim_of_another, book=CHARGE, line=LINE["interest"], **OF_DEBT),
        "posting of nothing, or not of this case",
    ),
    "letter charged as a debt": (
        with_posting(still_open, book=CHARGE, line=LINE["letter"], **OF_DEBT),
        "posting of nothing, or not of this case",
    ),
    "ended twice": (kinds(ENDED, ENDED), "ended twice"),
    "goes on after the end": (kinds(ENDED, ANSWERED), "goes on after the end"),
    "attached without an order": (
        answered_with("payment_order", "order", "dismissed", "attachment"),
        "enforced without a title",
    ),
    "asked for when barred": (five_years_later, "goes on although barred"),
    "lapsed in a year": (ended_as("withdrawn_early", "lapsed"), "lapsed before it is barred"),
    "revived on no check's day": (a_day_after_the_check, "revived between checks"),
    "fees before principal in a restructuring": (two_ore_from_principal_to_fee, "dividend not pro rata"),
    "struck a day early": (struck_a_day_early, "struck by no proceedings of the debtor"),
    "taken to court after five weeks": (moved(ANSWERED, "contested", "court", 35), "asked for the court too late"),
    "dropped after five weeks": (moved(ANSWERED, "contested", "dropped", 35), "asked for the court too late"),
    "checked before the demand's time is out": (
        moved(DONE, "solvency_check", "", -1),
        "goes on before the demand's time is out",
    ),
    "enforcement's fee met last": (own_work_before_enforcement, "enforcement's fee not met first"),
    "answered in a restructuring": (answered_instead, "goes on although proceedings strike it"),
}


UNEQUAL = "another dividend than the debtor's other claims"


@pytest.mark.parametrize("name", BOOKS)
def test_wrong_books_are_found_out(route: Kept, parts: RunParts, name: str) -> None:
    books, checked = route
    wrong, words = BOOKS[name]
    with pytest.raises(RunError, match=words):
        checked(*wrong(parts.log, books))


def test_another_dividend_than_the_debtors_other_claims_have_is_found_out(route: Kept, parts: RunParts) -> None:
    books, checked = route
    with pytest.raises(RunError, match=UNEQUAL):
        checked(*another_dividend(parts)(parts.log, books))


def test_each_check_is_seen_to_fail() -> None:
    tried = " ".join((UNEQUAL, *(words for _, words in BOOKS.values())))
    unseen = [check for check in CHECKS if check not in tried]
    assert unseen == [*OF_SALE, *OF_MOVE, *AGREED]  # in test_audit_sale.py, test_audit_moves.py, test_contract_books.py


@pytest.mark.parametrize("case", [NO_CASE, 10**6], ids=["of nobody", "of a case there is not"])
def test_debts_are_of_cases(parts: RunParts, case: int) -> None:
    wrong = with_posting(lambda *_: (0, case, -1), book=CHARGE, line=LINE["demand_fee"], **OF_DEBT)
    with pytest.raises(RunError, match="1 postings of no case"):
        audit_journal(parts, *wrong(parts.log, parts.ledger.postings))


def test_every_lost_ore_of_a_debt_is_found(route: Kept, parts: RunParts) -> None:
    """Take one öre from a posting that changes a debt, or leave the posting out: the audit must object each time."""
    books, checked = route
    of_debt = np.isin(books.book, (CHARGE, WRITE_OFF)) | (books.payer == DEBTOR)
    tried = np.flatnonzero(of_debt)[::7]
    assert len(tried) > 200
    for which in tried:
        amounts = books.amount_ore.copy()
        amounts[which] -= 1
        for wrong in (replace(books, amount_ore=amounts), books.where(np.arange(len(books)) != which)):
            with pytest.raises(RunError, match=r"ledger\."):
                checked(parts.log, wrong)


LINES_WRONG: dict[str, tuple[str, int, str, int, int]] = {
    "a letter paid twice": ("in_house", CASH, "letter", SUPPLIER, 1150),
    "a check left out": ("in_house", CASH, "check", SUPPLIER, -(10**7)),
    "checks in kr for öre": ("in_house", CASH, "check", SUPPLIER, 10**8),
    "an hour not paid": ("in_house", CASH, "staff_pay", STAFF, -30_000),
    "overhead of more": ("in_house", CASH, "staff_overhead", SUPPLIER, 100),
    "a hire too many": ("in_house", CASH, "recruitment", SUPPLIER, 6_000_000),
    "a licence paid twice": ("in_house", CASH, "system_operation", SUPPLIER, 20_000_000),
    "a system bought twice": ("in_house", CASH, "system_once", SUPPLIER, 80_000_000),
    "a year's writing-off left out": ("in_house", VALUE, "system_depreciation", REGION, -16_000_000),
    "an agency in the region's own house": ("in_house", CASH, "agency_charge", AGENCY, 1),
    "service not paid": ("outsourced", CASH, "agency_charge", AGENCY, -3_000_000),
    "a share of no fee": ("outsourced", CASH, "demand_fee_share", AGENCY, 1),
    "a letter of the agency's": ("outsourced", CASH, "letter", SUPPLIER, 1150),
    "a paid case more": ("outsourced", CASH, "contract_payment", REGION, 25_380),
    "paid cases left out": ("outsourced", CASH, "contract_payment", REGION, -10 * 25_380),
    "abroad for nothing": ("in_house", CASH, "foreign_collection", FOREIGN_AGENCY, -(10**7)),
    "abroad for too much": ("outsourced", CASH, "foreign_collection", AGENCY, 10**9),
}


@pytest.mark.parametrize("name", LINES_WRONG)
def test_a_wrong_line_is_found_out(name: str) -> None:
    model, book, line, receiver, more_ore = LINES_WRONG[name]
    parts = one_run(tiny(models__outsourced__contract__paid_case_kr=253.80), model, seed=3)
    amounts = parts.tally.amounts.copy()
    amounts[PERIOD_HORIZON, 0, book, LINE[line], REGION if receiver != REGION else AGENCY, receiver] += more_ore
    with pytest.raises(RunError, match=rf"ledger\.{line}: got '-?\d+ öre'; allowed .* by what was done"):
        audit_lines(parts.tally._replace(amounts=amounts), parts.plan, parts.inputs.world.data, parts.inputs.start)


@pytest.mark.parametrize("line", dict.fromkeys(rule.line for rule in RULES))
@pytest.mark.parametrize(("payer", "receiver"), [(SUPPLIER, REGION), (REGION, DEBTOR)])
def test_whoever_should_not_pay_or_be_paid_is_found_out(line: str, payer: int, receiver: int) -> None:
    """Every line of the table of rules, with somebody else at either end."""
    parts = one_run(tiny(), "own_reminders", seed=3)
    amounts = parts.tally.amounts.copy()
    amounts[PERIOD_HORIZON, 0, CASH, LINE[line], payer, receiver] += 1
    with pytest.raises(RunError, match=rf"ledger\.{line}: got '?{PARTIES[payer]} pays {PARTIES[receiver]}"):
        audit_lines(parts.tally._replace(amounts=amounts), parts.plan, parts.inputs.world.data, parts.inputs.start)


def test_a_statement_of_interest_at_another_price_is_found_out() -> None:
    parts = one_run(tiny(), "own_reminders", seed=3)
    amounts = parts.tally.amounts.copy()
    amounts[PERIOD_HORIZON, 0, CASH, LINE["ku25"], REGION, AGENCY] += 1_001
    with pytest.raises(RunError, match=r"ledger\.ku25: got '?\d+ öre'?; allowed .*statements at 1000 öre each"):
        audit_lines(parts.tally._replace(amounts=amounts), parts.plan, parts.inputs.world.data, parts.inputs.start)


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_either_way_of_booking_has_its_lines_audited(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(*given: Any) -> None:
        for _ in range(2):
            book_organisation(*given)

    monkeypatch.setattr("kravsim.ledger.booking.book_organisation", twice)
    with pytest.raises(RunError, match=r"ledger\.staff_pay"):
        one_run(tiny(), "in_house", seed=3, engine=engine)
