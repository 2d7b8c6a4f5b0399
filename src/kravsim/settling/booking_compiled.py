"""One case's money, compiled: what the rows of its life make it owe and pay, as postings in a small buffer.

The same rules (§M1-§M19, §M22, §M23) as :mod:`kravsim.ledger.booking` and what it calls, which book all cases at once and are
written to be read; here the rows of one case are taken in order. Comments there explain why. Rows of the table of rules are
met through the arrays of :mod:`kravsim.settling.terms`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, COLUMNS, DONE, ENDED, NONE
from kravsim.jit_compiled import compiled
from kravsim.law.days import INTEREST_DENOMINATOR
from kravsim.ledger.accounts import (
    AGENCY,
    BUYER,
    CASH,
    CHARGE,
    CHARGES,
    DEBTOR,
    LINE,
    LINES,
    NO_CASE,
    PARTIES,
    REGION,
    VALUE,
    WRITE_OFF,
)
from kravsim.ledger.debts import EFFECTS, FIRST_COSTS, LATER_COSTS, NO_DAY
from kravsim.ledger.rounding_compiled import rounded
from kravsim.ledger.rules import RULES
from kravsim.ledger.together import STEP_APPLICATION
from kravsim.models.process import END_CODE
from kravsim.models.sales import SALE_DAY, SALE_SHARE
from kravsim.settling.terms import COMPONENT_COSTS, COMPONENT_PRINCIPAL, NO_TERM, Terms
from kravsim.stream.stream import N_CLASSES, SEGMENTS, Stream
from kravsim.units import MILLION, MINUTES_PER_DAY

Ints = NDArray[np.int64]

KIND, STEP, MINUTE, ANSWER, QUANTITY = (
    COLUMNS.index(name) for name in ("kind", "step", "minute", "answer", "quantity")
)
EFFECT_PAID, EFFECT_PRINCIPAL, EFFECT_DIVIDEND = EFFECTS["paid"], EFFECTS["principal"], EFFECTS["dividend"]
EFFECT_DIVIDEND_OWING = EFFECTS["dividend_owing"]
EFFECT_WAIVE = EFFECTS["waive"]
N_CHARGES, N_LINES, N_PARTIES = len(CHARGES), len(LINES), len(PARTIES)
CLASSES_A_SEGMENT = N_CLASSES // len(SEGMENTS)
INTEREST_LINE, PRINCIPAL_LINE = LINE["interest"], LINE["principal"]
COMMISSION_LINE, SOLD_LINE = LINE["commission"], LINE["claims_sold"]
ADJUSTMENT_LINE, WRITE_DOWN_LINE = LINE["value_adjustment"], LINE["write_down"]
N_RULES, N_STAYS = len(RULES), sum(rule.trigger == "own_stay" for rule in RULES)
END_PAID, END_WITHDRAWN_LATE = END_CODE["paid"], END_CODE["withdrawn_late"]

POSTING_COLUMNS = 8
(
    POSTING_DAY,
    POSTING_CLAIM,
    POSTING_LINE,
    POSTING_PAYER,
    POSTING_RECEIVER,
    POSTING_AMOUNT,
    POSTING_BOOK,
    POSTING_ACCOUNT,
) = range(POSTING_COLUMNS)
"""Columns of a posting, a line of the processor's cache; ``POSTING_ACCOUNT`` is book, line, payer and receiver in one."""

CLAIM_COLUMNS, OF_INTEREST = 7, 3
PRINCIPAL_PAID, SINCE, PAID_BEFORE_ADJUSTMENT, PAID_BEFORE_WRITE_DOWN, INTEREST_CHARGED, INTEREST_PAID, AFTERWARDS = (
    range(CLAIM_COLUMNS)
)
"""Columns of a claim's state: öre paid, the day from which interest runs on, the principal paid before its value is adjusted
and written down; of interest what is charged and paid, and that of after an opening, which has no part in the dividend. Where
interest may be owed to two, the last three stand there again for the second."""

CHARGES_MADE, CHARGES_PAID, CHARGES_GIVEN_UP = range(3)
"""Rows of a case's charges: made, paid, given up."""


class Claims(NamedTuple):
    """The cases (N) and claims (C) of a stream; see :mod:`kravsim.stream.stream`.

    Attributes
    ----------
    first_claim : int64 array, shape (N + 1,)
        Index of the first claim of each case, then the number of claims.
    klass, debtor : int64 array, shape (N,)
        Class and number of the debtor.
    hand_over_day, struck_day : int64 array, shape (N,)
        Since day 0; NEVER_OPENED where no proceedings strike.
    case_principal : int64 array, shape (N,)
        Öre.
    run, due_day : int64 array, shape (C,)
        Days of invoice run and due date, since day 0.
    principal : int64 array, shape (C,)
        Öre.
    """

    first_claim: Ints
    klass: Ints
    debtor: Ints
    hand_over_day: Ints
    case_principal: Ints
    struck_day: Ints
    run: Ints
    due_day: Ints
    principal: Ints


class Filings(NamedTuple):
    """Which fees have been charged that claims share that were applied for together.

    Attributes
    ----------
    latest : (D,)
        Of each debtor the entry written last, NONE where there is none; empty where nothing is shared.
    entries : (at most, 4)
        The debtor's entry before, the day of the application, a step under it, and the day on which that was done.
    counted : (2,)
        Entries written, and cases that within the horizon joined another's application.
    """

    latest: Ints
    entries: Ints
    counted: Ints


FILING_COLUMNS = 4
BEFORE, APPLIED_ON, UNDER, DONE_ON = range(FILING_COLUMNS)
WRITTEN, JOINED = range(2)


class CaseBooks(NamedTuple):
    """The books of one case, and what cases share: charges (3, H), state of its claims, its postings; shared fees.

    Where a charge may be owed to two, charges are (3, 2 H), as in :class:`kravsim.ledger.purses.Purses`.
    """

    charges: Ints
    claims: Ints
    postings: Ints
    filings: Filings


def filings_for(terms: Terms, n_debtors: int, most: int) -> Filings:
    """Nothing charged yet, with space for this many entries at most where fees are shared.

    Parameters
    ----------
    terms : Terms
    n_debtors : int
        How many debtors the stream has.
    most : int
        How many entries there is space for.
    """
    shares = bool(terms.together.any())
    latest, entries = np.full(n_debtors * shares, NONE, np.int64), np.empty((most * shares, FILING_COLUMNS), np.int64)
    return Filings(latest, entries, np.zeros(2, np.int64))


def claims_of(stream: Stream) -> Claims:
    """The arrays of a stream, in one piece each.

    Parameters
    ----------
    stream : Stream
    """
    cases, claims = stream.cases, stream.claims
    given = (
        *(cases.first_claim, cases.klass, cases.debtor, cases.hand_over_day, cases.principal_ore, stream.struck_day),
        *(claims.run, claims.due_day, claims.principal_ore),
    )
    return Claims(*(np.require(array, np.int64, ["C", "W"]) for array in given))


@compiled
def most_postings(n_rows: int, n_claims: int, n_years: int) -> int:
    """Bound on the postings of a case: of each row, charges, rules, checks by year and payments; of each claim, its value.

    Parameters
    ----------
    n_rows : int
        Rows of the case in the log.
    n_claims : int
        Claims of the case.
    n_years : int
        Calendar years of history and horizon.
    """
    return int((n_rows + 1) * (2 * N_CHARGES + 3 * n_claims + N_STAYS * n_years + N_RULES) + 4 * n_claims)


@compiled
def _post(  # noqa: PLR0913, PLR0917 - the columns of a posting
    postings: Ints,
    n: int,
    book: int,
    line: int,
    payer: int,
    receiver: int,
    day: int,
    amount: int,
    claim: int,
) -> int:
    """Add a posting, unless it is of nothing; returns how many there are (§M1)."""
    if amount == 0:
        return n
    account = ((book * N_LINES + line) * N_PARTIES + payer) * N_PARTIES + receiver
    postings[n, POSTING_DAY], postings[n, POSTING_CLAIM], postings[n, POSTING_LINE], postings[n, POSTING_PAYER] = (
        day,
        claim,
        line,
        payer,
    )
    (
        postings[n, POSTING_RECEIVER],
        postings[n, POSTING_AMOUNT],
        postings[n, POSTING_BOOK],
        postings[n, POSTING_ACCOUNT],
    ) = (
        receiver,
        amount,
        book,
        account,
    )
    return n + 1


@compiled
def fee_of(terms: Terms, charge: int, day: int, principal: int) -> int:
    """A statutory amount on a day; the court's supplement depends on whether the claim is small (§M3).

    Parameters
    ----------
    terms : Terms
        Law, contract, policy and unit costs.
    charge : int
        Position in CHARGES.
    day : int
        Since day 0.
    principal : int
        Principal of the case, öre.

    Returns
    -------
    int
        Öre.
    """
    return int(terms.fee[terms.large[charge] if principal > terms.small_limit else charge, day])


@compiled
def _is_first(filings: Filings, debtor: int, applied: int, step: int, day: int) -> int:
    """Whether nobody has been charged for what is done on a day under a debtor's application; notes it (§M5)."""
    entries, entry = filings.entries, filings.latest[debtor]
    while entry != NONE:
        if entries[entry, APPLIED_ON] == applied and entries[entry, UNDER] == step and entries[entry, DONE_ON] == day:
            return 0
        entry = entries[entry, BEFORE]
    new = filings.counted[WRITTEN]
    entries[new, BEFORE], entries[new, APPLIED_ON] = filings.latest[debtor], applied
    entries[new, UNDER], entries[new, DONE_ON] = step, day
    filings.latest[debtor] = new
    filings.counted[WRITTEN] += 1
    return 1


@compiled
def book_case(
    terms: Terms, claims: Claims, books: CaseBooks, out: Ints, n_rows: int, case: int
) -> tuple[int, int, int]:
    """Book one case.

    Parameters
    ----------
    terms : Terms
        Law, contract, policy and unit costs.
    claims : Claims
        All cases and claims of the stream.
    books : CaseBooks
        Space for :func:`most_postings`, and for as many entries of ``filings`` as the case has rows. Cases are
        booked in their order: of several that share a fee the first carries it.
    out : int64 array, shape (columns, at least n_rows)
        The case's rows of the event log, from the first.
    n_rows : int
        How many they are.
    case : int
        Index of the case.

    Returns
    -------
    number of postings, end state (NONE: open), day of the end (NO_DAY: open)
    """
    n = open_books(terms, claims, books, case)
    n, _, end, end_day, taken, sent_abroad = book_rows(
        terms, claims, books, out, 0, n_rows, n_rows, case, n, 0, NO_DAY, NO_DAY
    )
    if taken != NO_DAY:
        n = book_agreed(terms, books, n, 0, taken, sent_abroad, end, end_day, claims.klass[case] // CLASSES_A_SEGMENT)
    return book_value(terms, claims, books, n, case, end_day), end, end_day


@compiled
def book_rows(  # noqa: C901, PLR0912, PLR0913, PLR0917 - a life, row by row
    terms: Terms,
    claims: Claims,
    books: CaseBooks,
    out: Ints,
    begin: int,
    stop: int,
    n_rows: int,
    case: int,
    n: int,
    claimed: int,
    taken: int,
    sent_abroad: int,
) -> tuple[int, int, int, int, int, int]:
    """Book the rows of a case from ``begin`` up to ``stop``, which are all of one arrangement.

    Parameters
    ----------
    terms, claims, books, out, n_rows, case
        As in :func:`book_case`; ``terms`` are those of the arrangement.
    begin, stop : int
        Rows of the case.
    n : int
        Postings so far.
    claimed : int
        1 where interest may be claimed.
    taken, sent_abroad : int
        Days on which the agency has taken the case under this contract and sent it abroad, NO_DAY where it has not.

    Returns
    -------
    number of postings, whether interest may be claimed, end state (NONE: open), its day, and ``taken`` and ``sent_abroad``
    """
    first, last = claims.first_claim[case], claims.first_claim[case + 1]
    segment = claims.klass[case] // CLASSES_A_SEGMENT
    end, end_day = NONE, NO_DAY
    applied, carries = NONE, 1
    for row in range(begin, stop):
        kind, step, day = out[KIND, row], out[STEP, row], out[MINUTE, row] // MINUTES_PER_DAY
        if kind == DONE:
            claimed |= step == terms.interest_from
            if terms.by_agency[step]:
                taken = min(taken, day)
                sent_abroad = min(sent_abroad, day) if step == terms.foreign_step else sent_abroad
            until = out[MINUTE, row + 1] // MINUTES_PER_DAY if row + 1 < n_rows else terms.n_days
            if row + 1 < n_rows and out[KIND, row + 1] == ANSWERED:
                until += terms.found[step, out[ANSWER, row + 1]]  # the check that finds a case worth another try
            applied, carries = day if step == STEP_APPLICATION else applied, 1
            if terms.together[step]:
                carries = _is_first(books.filings, claims.debtor[case], applied, step, day)
                books.filings.counted[JOINED] += step == STEP_APPLICATION and not carries and day >= terms.start
            if carries:
                n = _charge(terms, claims, books, n, case, step, day)
            n = _carry_out(terms, books, n, step, day, until, segment)
        elif kind == ANSWERED:
            effect = terms.effect[step, out[ANSWER, row]]
            if effect == EFFECT_WAIVE and carries:
                n = _waive(terms, claims, books, n, case, step, out[MINUTE, row - 1] // MINUTES_PER_DAY, day)
            elif effect and effect != EFFECT_WAIVE:
                if step == terms.foreign_step and out[ANSWER, row] == terms.foreign_paid:
                    n = _abroad(terms, claims, books, n, first, last, step, day, segment)
                until = claims.struck_day[case] if effect in (EFFECT_DIVIDEND, EFFECT_DIVIDEND_OWING) else day
                since = until if effect == EFFECT_DIVIDEND_OWING else day
                n = _charge_interest(terms, claims, books, n, first, last, until, day, since, claimed)
                if effect == EFFECT_DIVIDEND_OWING:
                    n = _charge_afterwards(terms, claims, books, n, first, last, day, claimed)
                n = _take(terms, claims, books, n, first, last, day, effect, out[QUANTITY, row])
        elif kind == ENDED:
            end, end_day = step, day
            if end == terms.end_sold:
                n = _sell(terms, claims, books, n, first, last, day)
            if end != END_PAID:
                n = _give_up(terms, claims, books, n, first, last, day, BUYER if end == terms.end_sold else DEBTOR)
            if end == END_WITHDRAWN_LATE and row:
                n = _pass_on(terms, books, n, out[STEP, row - 1], day)
    return n, claimed, end, end_day, taken, sent_abroad


@compiled
def open_books(terms: Terms, claims: Claims, books: CaseBooks, case: int) -> int:
    """Clear the books and charge what was invoiced, on the day of its invoice run (§M2); returns the number of postings.

    Parameters
    ----------
    terms, claims, books, case
        As in :func:`book_case`.
    """
    first, last = claims.first_claim[case], claims.first_claim[case + 1]
    n = 0
    for column in range(books.charges.shape[1]):
        books.charges[CHARGES_MADE, column] = books.charges[CHARGES_PAID, column] = books.charges[
            CHARGES_GIVEN_UP, column
        ] = 0
    for claim in range(first, last):
        state = claim - first
        for column in range(books.claims.shape[1]):
            books.claims[state, column] = 0
        books.claims[state, SINCE] = min(claims.due_day[claim], terms.n_days - 1)
        amount = claims.principal[claim]
        n = _post(books.postings, n, CHARGE, PRINCIPAL_LINE, DEBTOR, REGION, claims.run[claim], amount, claim)
    return n


@compiled
def _charge(terms: Terms, claims: Claims, books: CaseBooks, n: int, case: int, step: int, day: int) -> int:
    """A step is done: its charges and outlays (§M3, §M12)."""
    for place in range(terms.charges.shape[1]):
        charge = terms.charges[step, place]
        if charge == NO_TERM:
            break
        amount, column = fee_of(terms, charge, day, claims.case_principal[case]), terms.purse[charge]
        books.charges[CHARGES_MADE, column] += amount
        n = _post(books.postings, n, CHARGE, charge, DEBTOR, terms.owner[column], day, amount, NO_CASE)
    for place in range(terms.on_charged.shape[1]):
        rule = terms.on_charged[step, place]
        if rule == NO_TERM:
            break
        amount = fee_of(terms, terms.statute[rule], day, claims.case_principal[case])
        n = _post_rule(terms, books, n, rule, day, amount)
    return n


@compiled
def _post_rule(terms: Terms, books: CaseBooks, n: int, rule: int, day: int, amount: int) -> int:
    """Post what a rule makes due, on its line and day, from whom to whom it says (§M12-§M19)."""
    line, payer, receiver = terms.line[rule], terms.payer[rule], terms.receiver[rule]
    return _post(books.postings, n, CASH, line, payer, receiver, day + terms.days_after[rule], amount, NO_CASE)


@compiled
def _post_each(terms: Terms, books: CaseBooks, n: int, rules: Ints, day: int, segment: int) -> int:
    """Post the price of each of these rules (§M15)."""
    for place in range(len(rules)):
        if rules[place] == NO_TERM:
            break
        n = _post_rule(terms, books, n, rules[place], day, terms.amount[rules[place], terms.year_of[day], segment])
    return n


@compiled
def _carry_out(terms: Terms, books: CaseBooks, n: int, step: int, day: int, until: int, segment: int) -> int:
    """A step is done: its letter or check, its price abroad, and the checks of a stay under surveillance (§M17-§M19)."""
    for place in range(terms.on_step.shape[1]):
        rule = terms.on_step[step, place]
        if rule == NO_TERM:
            break
        n = _post_rule(terms, books, n, rule, day, terms.amount[rule, terms.year_of[day], segment])
    for place in range(terms.on_stay.shape[1]):
        rule = terms.on_stay[step, place]
        if rule == NO_TERM:
            break
        ends, before = terms.year_end, 0
        for year in range(len(ends) - 1):
            if ends[year + 1] > day and ends[year] < until:
                upto = max(min(until, ends[year + 1]) - 1, day)  # a stay may end on the day on which it begins
                checks = (upto - day) // terms.recheck_days
                amount, before = (checks - before) * terms.amount[rule, year, segment], checks
                n = _post_rule(terms, books, n, rule, upto, amount)
    return n


@compiled
def _waive(terms: Terms, claims: Claims, books: CaseBooks, n: int, case: int, step: int, charged: int, day: int) -> int:
    """Take off the debt what the step charged on a day: costs of a dismissed application, the fee of a declined plan.

    §M10.
    """
    for place in range(terms.charges.shape[1]):
        charge = terms.charges[step, place]
        if charge == NO_TERM:
            break
        amount, column = fee_of(terms, charge, charged, claims.case_principal[case]), terms.purse[charge]
        books.charges[CHARGES_MADE, column] -= amount
        n = _post(books.postings, n, WRITE_OFF, charge, terms.owner[column], DEBTOR, day, amount, NO_CASE)
    return n


@compiled
def _charge_afterwards(
    terms: Terms, claims: Claims, books: CaseBooks, n: int, first: int, last: int, day: int, claimed: int
) -> int:
    """Interest from an opening on, which is owed and has no part in the dividend (§M9)."""
    state = books.claims
    for claim in range(first, last):
        for by in range(0, OF_INTEREST * len(terms.interest_owners), OF_INTEREST):
            state[claim - first, AFTERWARDS + by] = -state[claim - first, INTEREST_CHARGED + by]
    n = _charge_interest(terms, claims, books, n, first, last, day, day, day, claimed)
    for claim in range(first, last):
        for by in range(0, OF_INTEREST * len(terms.interest_owners), OF_INTEREST):
            state[claim - first, AFTERWARDS + by] += state[claim - first, INTEREST_CHARGED + by]
    return n


@compiled
def _charge_interest(  # noqa: PLR0913, PLR0917 - a debt and the days that bear interest
    terms: Terms,
    claims: Claims,
    books: CaseBooks,
    n: int,
    first: int,
    last: int,
    until: int,
    day: int,
    runs_on: int,
    claimed: int,
) -> int:
    """Interest on the principal left since the due date or the last payment, up to a day: charged when the debtor pays.

    It runs on from the day ``runs_on``.

    §M6, §M26.
    """
    state, charged = books.claims, INTEREST_CHARGED + OF_INTEREST * terms.interest_purse
    owner = terms.interest_owners[terms.interest_purse]
    for claim in range(first, last):
        at = claim - first
        left, since = claims.principal[claim] - state[at, PRINCIPAL_PAID], state[at, SINCE]
        state[at, SINCE] = max(runs_on, since)
        if claimed and until > since:
            weight = max(terms.rates[until + 1] - terms.rates[since + 1], 0)
            amount = rounded(left * weight, INTEREST_DENOMINATOR)
            state[at, charged] += amount
            n = _post(books.postings, n, CHARGE, INTEREST_LINE, DEBTOR, owner, day, amount, claim)
    return n


@compiled
def _take(  # noqa: C901, PLR0912, PLR0913, PLR0917 - a payment and all it depends on
    terms: Terms,
    claims: Claims,
    books: CaseBooks,
    n: int,
    first: int,
    last: int,
    day: int,
    effect: int,
    part: int,
) -> int:
    """Allocate a payment: costs of enforcement, then the components in the policy's order, oldest claim first (§M7, §M8).

    A dividend is allocated over all debts alike.
    """
    total = principal_due = 0
    for claim in range(first, last):
        at = claim - first
        principal_due += claims.principal[claim] - books.claims[at, PRINCIPAL_PAID]
        for by in range(0, OF_INTEREST * len(terms.interest_owners), OF_INTEREST):
            total += books.claims[at, INTEREST_CHARGED + by] - books.claims[at, INTEREST_PAID + by]
            if effect == EFFECT_DIVIDEND_OWING:
                total -= books.claims[at, AFTERWARDS + by]
    for column in range(books.charges.shape[1]):
        total += books.charges[CHARGES_MADE, column] - books.charges[CHARGES_PAID, column]
    total += principal_due
    rest = total
    if effect == EFFECT_PRINCIPAL:
        rest = principal_due
    elif effect != EFFECT_PAID:
        rest = total // MILLION * part + total % MILLION * part // MILLION
    if effect in (EFFECT_DIVIDEND, EFFECT_DIVIDEND_OWING):
        return _share_out(terms, claims, books, n, first, last, day, part, rest)
    if effect != EFFECT_PRINCIPAL:
        for charge in FIRST_COSTS:
            for column in range(charge, books.charges.shape[1], N_CHARGES):
                n, rest = _pay_charge(terms, books, n, day, column, rest)
    for place in range(len(terms.allocation)):
        component = terms.allocation[place]
        if component == COMPONENT_PRINCIPAL:
            n, rest = _pay_principal(terms, claims, books, n, first, last, day, rest, first)
        elif effect != EFFECT_PRINCIPAL and component == COMPONENT_COSTS:
            n, rest = _pay_costs(terms, books, n, day, rest)
        elif effect != EFFECT_PRINCIPAL:
            for purse in range(len(terms.interest_owners)):
                n, rest = _pay_interest(terms, books, n, first, last, day, rest, first, purse)
    return n


@compiled
def _of(due: int, part: int, rest: int) -> tuple[int, int]:
    """What a debt has of a dividend, and what is left of öre lost by rounding down (see :mod:`kravsim.ledger.debts`).

    §M9.
    """
    share = due // MILLION * part + due % MILLION * part // MILLION
    if rest > 0 and share * MILLION < due * part:
        return share + 1, rest - 1
    return share, rest


@compiled
def _share_out(  # noqa: PLR0913, PLR0917 - a payment and all it depends on
    terms: Terms,
    claims: Claims,
    books: CaseBooks,
    n: int,
    first: int,
    last: int,
    day: int,
    part: int,
    total: int,
) -> int:
    """Share a dividend over every debt alike, whatever the order in which payments are allocated (§M9)."""
    rest, state = total, books.claims
    purses = len(terms.interest_owners)
    for column in range(books.charges.shape[1]):
        rest -= _of(books.charges[CHARGES_MADE, column] - books.charges[CHARGES_PAID, column], part, 0)[0]
    for claim in range(first, last):
        at = claim - first
        for purse in range(purses):
            rest -= _of(_interest_due(state, at, purse), part, 0)[0]
        rest -= _of(claims.principal[claim] - state[at, PRINCIPAL_PAID], part, 0)[0]
    for column in range(books.charges.shape[1]):
        amount, rest = _of(books.charges[CHARGES_MADE, column] - books.charges[CHARGES_PAID, column], part, rest)
        n, _ = _pay_charge(terms, books, n, day, column, amount)
    for purse in range(purses):
        for claim in range(first, last):
            amount, rest = _of(_interest_due(state, claim - first, purse), part, rest)
            n, _ = _pay_interest(terms, books, n, claim, claim + 1, day, amount, first, purse)
    for claim in range(first, last):
        at = claim - first
        amount, rest = _of(claims.principal[claim] - state[at, PRINCIPAL_PAID], part, rest)
        n, _ = _pay_principal(terms, claims, books, n, claim, claim + 1, day, amount, first)
    return n


@compiled
def _interest_due(state: Ints, at: int, purse: int) -> int:
    """Interest of a claim that has a part in a dividend, of one of those that it is owed to."""
    by = OF_INTEREST * purse
    return int(state[at, INTEREST_CHARGED + by] - state[at, INTEREST_PAID + by] - state[at, AFTERWARDS + by])


@compiled
def _pay_charge(terms: Terms, books: CaseBooks, n: int, day: int, column: int, rest: int) -> tuple[int, int]:
    """Pay a charge to its owner; returns the number of postings and what is left of the payment (§M8, §M13)."""
    amount = min(rest, books.charges[CHARGES_MADE, column] - books.charges[CHARGES_PAID, column])
    if amount:
        charge, owner = column % N_CHARGES, terms.owner[column]
        rest -= amount
        books.charges[CHARGES_PAID, column] += amount
        n = _post(books.postings, n, CASH, charge, DEBTOR, owner, day, amount, NO_CASE)
        for place in range(terms.on_received.shape[1]):
            rule = terms.on_received[charge, place]
            if rule == NO_TERM or owner != REGION:
                break
            n = _post_rule(
                terms, books, n, rule, day, rounded(amount * terms.amount[rule, terms.year_of[day], 0], MILLION)
            )
    return n, rest


@compiled
def _pay_costs(terms: Terms, books: CaseBooks, n: int, day: int, rest: int) -> tuple[int, int]:
    """Pay charges in the order they arose, but those met first; returns the number of postings and what is left (§M8)."""
    for charge in LATER_COSTS:
        for column in range(charge, books.charges.shape[1], N_CHARGES):
            n, rest = _pay_charge(terms, books, n, day, column, rest)
    return n, rest


@compiled
def _pay_interest(  # noqa: PLR0913, PLR0917 - a payment and all it depends on
    terms: Terms, books: CaseBooks, n: int, first: int, last: int, day: int, rest: int, of_case: int, purse: int
) -> tuple[int, int]:
    """Pay interest to one owner of it, oldest claim first; ``of_case`` is the case's first claim (§M8)."""
    owner, by = terms.interest_owners[purse], OF_INTEREST * purse
    for claim in range(first, last):
        at = claim - of_case
        amount = min(rest, books.claims[at, INTEREST_CHARGED + by] - books.claims[at, INTEREST_PAID + by])
        rest -= amount
        books.claims[at, INTEREST_PAID + by] += amount
        n = _post(books.postings, n, CASH, INTEREST_LINE, DEBTOR, owner, day, amount, claim)
    return n, rest


@compiled
def _pay_principal(  # noqa: PLR0913, PLR0917 - a payment and all it depends on
    terms: Terms,
    claims: Claims,
    books: CaseBooks,
    n: int,
    first: int,
    last: int,
    day: int,
    rest: int,
    of_case: int,
) -> tuple[int, int]:
    """Pay principal, oldest claim first, and keep in mind what came before the claim's value is written down (§M8)."""
    for claim in range(first, last):
        at, due = claim - of_case, claims.due_day[claim]
        amount = min(rest, claims.principal[claim] - books.claims[at, PRINCIPAL_PAID])
        rest -= amount
        books.claims[at, PRINCIPAL_PAID] += amount
        books.claims[at, PAID_BEFORE_ADJUSTMENT] += amount if day < due + terms.adjust_days else 0
        books.claims[at, PAID_BEFORE_WRITE_DOWN] += amount if day < due + terms.write_down_days else 0
        n = _post(books.postings, n, CASH, PRINCIPAL_LINE, DEBTOR, REGION, day, amount, claim)
    return n, rest


@compiled
def _give_up(terms: Terms, claims: Claims, books: CaseBooks, n: int, first: int, last: int, day: int, to: int) -> int:
    """Give up what is left of a case that has ended otherwise than paid, to the debtor or a buyer (§M11, §M28)."""
    for column in range(books.charges.shape[1]):
        left = books.charges[CHARGES_MADE, column] - books.charges[CHARGES_PAID, column]
        books.charges[CHARGES_GIVEN_UP, column] = left
        n = _post(books.postings, n, WRITE_OFF, column % N_CHARGES, terms.owner[column], to, day, left, NO_CASE)
    for claim in range(first, last):
        at = claim - first
        for purse in range(len(terms.interest_owners)):
            by, owner = OF_INTEREST * purse, terms.interest_owners[purse]
            left = books.claims[at, INTEREST_CHARGED + by] - books.claims[at, INTEREST_PAID + by]
            n = _post(books.postings, n, WRITE_OFF, INTEREST_LINE, owner, to, day, left, claim)
        left = claims.principal[claim] - books.claims[at, PRINCIPAL_PAID]
        n = _post(books.postings, n, WRITE_OFF, PRINCIPAL_LINE, REGION, to, day, left, claim)
    return n


@compiled
def _sell(terms: Terms, claims: Claims, books: CaseBooks, n: int, first: int, last: int, day: int) -> int:
    """A buyer pays the day's share of the principal left, rounded once a case (§M28)."""
    share = 0
    for sale in range(len(terms.sales)):
        if terms.sales[sale, SALE_DAY] == day:
            share = terms.sales[sale, SALE_SHARE]
    price = rounded(_principal_left(claims, books, first, last) * share, MILLION)
    return _post(books.postings, n, CASH, SOLD_LINE, BUYER, REGION, day, price, NO_CASE)


@compiled
def _pass_on(terms: Terms, books: CaseBooks, n: int, came_from: int, day: int) -> int:
    """A case is withdrawn late: what the agency passes on of the charges that were its and have been given up (§M16)."""
    for place in range(terms.on_withdrawn.shape[1]):
        rule = terms.on_withdrawn[came_from, place]
        if rule == NO_TERM:
            break
        for charge in range(N_CHARGES):
            if terms.passed_on[rule, charge]:
                n = _post_rule(terms, books, n, rule, day, books.charges[CHARGES_GIVEN_UP, terms.purse[charge]])
    return n


@compiled
def book_agreed(  # noqa: PLR0913, PLR0917 - a contract and a life
    terms: Terms,
    books: CaseBooks,
    n: int,
    since: int,
    taken: int,
    sent_abroad: int,
    end: int,
    end_day: int,
    segment: int,
) -> int:
    """What region and agency pay each other for a case: prices, a payment for a paid one, a commission (§M14, §M15, §M22).

    Parameters
    ----------
    terms, books
        As in :func:`book_case`.
    n : int
        Postings so far; returned with those added.
    since : int
        The first posting under the contract.
    taken, sent_abroad : int
        Days on which the agency has taken the case under it, and sent it abroad (NO_DAY: it has not).
    end, end_day : int
        End state (NONE: open) and its day; of a case that comes to another contract any that is not paid, and that day.
    segment : int
        Of the debtor.
    """
    n = _post_each(terms, books, n, terms.on_taken, taken, segment)
    if end != NONE:
        n = _post_each(terms, books, n, terms.on_ended, end_day, segment)
    if end == END_PAID:
        n = _post_each(terms, books, n, terms.on_paid, end_day, segment)
    return _commission(terms, books, n, since, taken, sent_abroad) if terms.has_commission else n


@compiled
def _commission(terms: Terms, books: CaseBooks, n: int, since: int, taken: int, sent_abroad: int) -> int:
    """A commission, day by day, on what the region receives from the day the agency takes the case until it goes abroad.

    §M22.
    """
    received = paid = 0
    day, booked = NO_DAY, n
    for at in range(since, booked + 1):
        ends = at == booked
        if not ends:
            one = books.postings[at]
            counts = one[POSTING_BOOK] == CASH and one[POSTING_PAYER] == DEBTOR and one[POSTING_RECEIVER] == REGION
            if not counts or not terms.commissioned[one[POSTING_LINE]] or not taken <= one[POSTING_DAY] < sent_abroad:
                continue
        if received and (
            ends or books.postings[at, POSTING_DAY] != day
        ):  # the day's payments are together: they come in order
            share = received // MILLION * terms.commission_millionths
            share += rounded(received % MILLION * terms.commission_millionths, MILLION)
            due = min(max(share, terms.commission_least), terms.commission_most)
            n = _post(books.postings, n, CASH, COMMISSION_LINE, REGION, AGENCY, day, due - paid, NO_CASE)
            paid = due
        if not ends:
            received += books.postings[at, POSTING_AMOUNT]
            day = books.postings[at, POSTING_DAY]
    return n


@compiled
def _principal_left(claims: Claims, books: CaseBooks, first: int, last: int) -> int:
    """Principal of a case that has not been paid."""
    left = 0
    for claim in range(first, last):
        left += claims.principal[claim] - books.claims[claim - first, PRINCIPAL_PAID]
    return left


@compiled
def _abroad(  # noqa: PLR0913, PLR0917 - a case, its claims and its answer
    terms: Terms,
    claims: Claims,
    books: CaseBooks,
    n: int,
    first: int,
    last: int,
    step: int,
    day: int,
    segment: int,
) -> int:
    """A case is about to be paid abroad: a share of the principal that was left (§M19)."""
    left = _principal_left(claims, books, first, last)
    for place in range(terms.on_paid_abroad.shape[1]):
        rule = terms.on_paid_abroad[step, place]
        if rule == NO_TERM:
            break
        n = _post_rule(
            terms, books, n, rule, day, rounded(left * terms.amount[rule, terms.year_of[day], segment], MILLION)
        )
    return n


@compiled
def book_value(terms: Terms, claims: Claims, books: CaseBooks, n: int, case: int, end_day: int) -> int:
    """Value doubtful claims down in part, later in full (§M23); returns the number of postings.

    Parameters
    ----------
    terms, claims, books, case
        As in :func:`book_case`.
    n : int
        Postings so far.
    end_day : int
        Day of the end, NO_DAY where it is open.
    """
    first, last = claims.first_claim[case], claims.first_claim[case + 1]
    for claim in range(first, last):
        at, due = claim - first, claims.due_day[claim]
        adjusting, writing_down = due + terms.adjust_days, due + terms.write_down_days
        until = min(terms.n_days, end_day)
        if adjusting >= until and writing_down >= until:
            continue
        owed = claims.principal[claim] - books.claims[at, PAID_BEFORE_ADJUSTMENT]
        adjusted = rounded(owed * terms.adjust_millionths, MILLION)
        if adjusting < until:
            n = _post(books.postings, n, VALUE, ADJUSTMENT_LINE, REGION, REGION, adjusting, adjusted, claim)
        if writing_down < until:
            owed = claims.principal[claim] - books.claims[at, PAID_BEFORE_WRITE_DOWN]
            rest = owed - min(adjusted, owed)
            n = _post(books.postings, n, VALUE, WRITE_DOWN_LINE, REGION, REGION, writing_down, rest, claim)
    return n
