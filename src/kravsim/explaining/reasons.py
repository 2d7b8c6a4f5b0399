"""One case's life as plain facts: every event and every posting in the order they happened, and the debt after each.

Nothing is computed here that the run did not book, but for the periods of interest, which are laid out so that a reader can
check the amount: they are those of the law's calendar, and a test says that they sum to what was charged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, ENDED, KINDS, LEFT, NONE, STARTED, STRUCK
from kravsim.engine.events import EventLog
from kravsim.errors import Problem, RunError
from kravsim.explaining.life import OPEN, CaseLife, ClaimFacts, Debt, Entry, InterestPart
from kravsim.ledger.accounts import BOOKS, CASH, CHARGE, DEBTOR, LINE, LINES, PARTIES
from kravsim.ledger.booking import Ledger
from kravsim.ledger.legal import LegalCalendar
from kravsim.ledger.together import carriers
from kravsim.models.plan import Plan
from kravsim.models.process import PROCEEDINGS, PROCESS
from kravsim.phrases import phrase
from kravsim.scalars import whole_number
from kravsim.scenario.schema import Policy
from kravsim.stream.stream import Stream, class_parts
from kravsim.units import MINUTES_PER_DAY


class Followed(NamedTuple):
    """The plans of arrangements that cases move between, which of them each row of the log is of, and the last moved to."""

    plans: tuple[Plan, ...]
    number: NDArray[np.int64]
    last: int


def case_life(
    ledger: Ledger,
    log: EventLog,
    plan: Plan,
    stream: Stream,
    calendar: LegalCalendar,
    policy: Policy,
    case: int,
    followed: Followed | None = None,
) -> CaseLife:
    """Put one case's events and postings in order.

    Parameters
    ----------
    ledger, log, plan, stream, policy
        Of one and the same run.
    calendar : LegalCalendar
        The law as that run applies it.
    case : int
        Number of the case, from 0.
    followed : Followed, optional
        Where the case has moved over from the arrangement of ``plan``.

    Raises
    ------
    RunError
        When there is no such case.
    """
    number = whole_number(case)
    if number is None or not 0 <= number < len(stream.cases):
        allowed, remedy = "nothing: no claim of this run was handed over", "look at a year that has claims"
        if len(stream.cases):
            allowed = phrase("0 to {n}", n=len(stream.cases) - 1)
            remedy = "name a case of this run by its number, or look with find_cases"
        raise RunError(Problem("", "case", case, allowed, remedy))
    return _Teller(ledger, log, plan, stream, calendar, carriers(log, stream, policy), number, followed).life()


class _Teller:
    """Puts the rows of the log and the postings of one case together."""

    def __init__(
        self,
        ledger: Ledger,
        log: EventLog,
        plan: Plan,
        stream: Stream,
        calendar: LegalCalendar,
        carries: NDArray[np.int64],
        case: int,
        followed: Followed | None = None,
    ) -> None:
        self.followed = followed
        self.ledger, self.log, self.plan, self.stream, self.calendar = ledger, log, plan, stream, calendar
        self.carries, self.case = carries, case
        self.rows = np.flatnonzero(log.case == case)
        self.days = (log.minute[self.rows] // MINUTES_PER_DAY).tolist()
        self.mine = ledger.postings.where(ledger.postings.case == case)
        self.periods = calendar.rate_periods(stream.n_days) if (self.mine.line == LINE["interest"]).any() else []

    def life(self) -> CaseLife:
        """Everything in order."""
        cases, claims = self.stream.cases, self.stream.claims
        segment, kind, known = class_parts(int(cases.klass[self.case]))
        numbers = range(int(cases.first_claim[self.case]), int(cases.first_claim[self.case + 1]))
        ended = len(self.rows) > 0 and self.log.kind[self.rows[-1]] == ENDED
        return CaseLife(
            model=self.ledger.model,
            case=self.case,
            debtor=int(cases.debtor[self.case]),
            segment=segment,
            debtor_type=kind,
            known=known,
            handed_over=self._date(int(cases.hand_over_day[self.case])),
            claims=tuple(
                ClaimFacts(
                    number,
                    self._date(int(claims.run[number])),
                    self._date(int(claims.due_day[number])),
                    int(claims.principal_ore[number]),
                )
                for number in numbers
            ),
            entries=tuple(self._entries()),
            end=self._end(int(self.log.step[self.rows[-1]])) if ended else OPEN,
            waiting_for="" if ended else self._waiting_for(),
            start=self._date(self.ledger.start),
            close=self._date(self.stream.n_days - 1),
        )

    def _date(self, day: int) -> dt.date:
        return self.stream.first + dt.timedelta(day)

    def _end(self, code: int) -> str:
        return self.plan.ends[code - len(self.plan.steps)]

    def _waiting_for(self) -> str:
        """The step that the case waits for in a queue: it has been answered, or nothing has been done, and no more."""
        klass = int(self.stream.cases.klass[self.case])
        if not len(self.rows):
            waits = int(self.plan.start[klass])
            return self.plan.steps[waits] if waits < len(self.plan.steps) and self.plan.pool[waits] >= 0 else ""
        row = self.rows[-1]
        if self.log.kind[row] not in (ANSWERED, STRUCK):
            return ""
        plan = self._plan_of(row)
        if self.followed is not None:
            plan = self.followed.plans[max(int(self.followed.number[row]), self.followed.last)]
        target = int(plan.target[self.log.step[row], klass, self.log.answer[row]])
        if self.log.kind[row] == STRUCK:
            target = int(plan.strikes[self.log.step[row], self.stream.proceedings[self.case]])
        return plan.steps[target] if target < len(plan.steps) and plan.pool[target] >= 0 else ""

    def _plan_of(self, row: int) -> Plan:
        """The plan of the arrangement that a row of the log is of."""
        return self.plan if self.followed is None else self.followed.plans[int(self.followed.number[row])]

    def _entries(self) -> Iterator[Entry]:
        """Events and postings by day; a posting follows the event that caused it."""
        order = [(day, 2 * at, 0, at) for at, day in enumerate(self.days)]
        order += [(int(self.mine.day[k]), 2 * self._cause(k) + 1, 1, k) for k in range(len(self.mine))]
        debt = Debt()
        for _, _, is_posting, index in sorted(order):
            if not is_posting:
                yield self._event(index, debt)
                continue
            entry = self._posting(index, debt)
            debt = entry.debt
            yield entry

    def _cause(self, index: int) -> int:
        """Position of the event that a posting belongs to: on its day, of its step, of the kind that books so.

        What was booked on a day without such an event (the invoice, checks while waiting, valuations) follows the last
        event before it.
        """
        day, step, book = int(self.mine.day[index]), int(self.mine.step[index]), int(self.mine.book[index])
        from_debtor = self.mine.line[index] == LINE["interest"] or (book == CASH and self.mine.payer[index] == DEBTOR)
        wanted = ANSWERED if from_debtor else DONE
        kinds, steps = self.log.kind[self.rows].tolist(), self.log.step[self.rows].tolist()
        today = [at for at, when in enumerate(self.days) if when == day]
        mine = [at for at in today if steps[at] == step and kinds[at] != STARTED]
        exact = [at for at in mine if kinds[at] == wanted]
        ends = [at for at in today if step < 0 and kinds[at] == ENDED]
        found = exact or mine or ends
        return found[0] if found else sum(when < day for when in self.days) - 1

    def _event(self, at: int, debt: Debt) -> Entry:
        row = self.rows[at]
        kind, code, date = int(self.log.kind[row]), int(self.log.step[row]), self._date(self.days[at])
        if kind == ENDED:
            return Entry(date, KINDS[kind], debt, end=self._end(code))
        step, visit = self.plan.steps[code], int(self.log.visit[row]) + 1
        if kind == STRUCK:
            opened = self._date(int(self.stream.struck_day[self.case]))
            theirs = PROCEEDINGS[int(self.stream.proceedings[self.case])]
            return Entry(date, KINDS[kind], debt, step=step, visit=visit, proceedings=theirs, opened=opened)
        if kind == ANSWERED:
            answer = PROCESS[code].answers[int(self.log.answer[row])].name
            return Entry(date, KINDS[kind], debt, step=step, visit=visit, answer=answer)
        if kind == LEFT or (self.log.release[row] != NONE and self.log.server[row] == NONE):
            waited = int(self.log.minute[row] - self.log.release[row])
            return Entry(date, KINDS[kind], debt, step=step, visit=visit, waited_minutes=waited)
        begun = row if kind == STARTED else row - 1 if self._began(at) else None
        carried_by = NONE if self.carries[row] == self.case else int(self.carries[row])
        if begun is None:
            return Entry(date, KINDS[kind], debt, step=step, visit=visit, carried_by=carried_by)
        return Entry(
            date,
            KINDS[kind],
            debt,
            step=step,
            visit=visit,
            pool=self.plan.pools[int(self._plan_of(row).pool[code])].name,
            server=int(self.log.server[begun]),
            waited_minutes=int(self.log.minute[begun] - self.log.release[begun]),
            worked_minutes=int(self.log.quantity[begun]),
            carried_by=carried_by,
        )

    def _began(self, at: int) -> bool:
        """Whether a step that is done was begun by staff, which is the event just before."""
        return at > 0 and bool(self.log.kind[self.rows[at - 1]] == STARTED)

    def _posting(self, index: int, debt: Debt) -> Entry:
        mine = self.mine
        line, step, claim = LINES[mine.line[index]], int(mine.step[index]), int(mine.claim[index])
        charged_interest = line == "interest" and mine.book[index] == CHARGE
        entry = Entry(
            self._date(int(mine.day[index])),
            BOOKS[mine.book[index]],
            debt,
            step=self.plan.steps[step] if step >= 0 else "",
            claim=claim,
            line=line,
            payer=PARTIES[mine.payer[index]],
            receiver=PARTIES[mine.receiver[index]],
            amount_ore=int(mine.amount_ore[index]),
            interest=tuple(self._interest_parts(index)) if charged_interest else (),
        )
        return _with_debt(entry, debt)

    def _interest_parts(self, index: int) -> Iterator[InterestPart]:
        """Days since the due date, or the case's last payment before, by rate: (since, day].

        Of a dividend there is interest up to the opening of the proceedings and, where the debtor owes it on, apart from that
        interest from there on.
        """
        mine, step = self.mine, int(self.mine.step[index])
        claim, day = int(mine.claim[index]), int(mine.day[index])
        opened = int(self.stream.struck_day[self.case])
        of_dividend = any(answer.effect.startswith("dividend") for answer in PROCESS[step].answers)
        paid = (mine.book == CASH) & (mine.line == LINE["principal"]) & (mine.claim == claim) & (mine.day < day)
        owed = int(self.stream.claims.principal_ore[claim]) - int(mine.amount_ore[paid].sum())
        since = max([int(self.stream.claims.due_day[claim]), *(when for when in self._payment_days() if when < day)])
        until = opened if of_dividend else day
        if of_dividend and self._is_afterwards(index, since < opened):
            since, until = max(since, opened), day
        for first, last, rate in self.periods:
            begin, end = max(first, since + 1), min(last, until)
            if begin <= end:
                yield InterestPart(self._date(begin), self._date(end), owed, rate)

    def _is_afterwards(self, index: int, both: bool) -> bool:
        """Whether interest charged with a dividend is of after the opening: the second, where some is of before."""
        mine = self.mine
        alike = (mine.book == CHARGE) & (mine.line == LINE["interest"]) & (mine.claim == mine.claim[index])
        earlier = np.flatnonzero(alike & (mine.day == mine.day[index]) & (mine.step == mine.step[index]))
        return not both or int(earlier[0]) != index

    def _payment_days(self) -> list[int]:
        """Days on which the debtor paid something, even if nothing of it was interest."""
        days = []
        for at, row in enumerate(self.rows.tolist()):
            if self.log.kind[row] != ANSWERED:
                continue
            answer = PROCESS[int(self.log.step[row])].answers[int(self.log.answer[row])]
            if answer.effect != "none":
                days.append(self.days[at])
        return days


def _with_debt(entry: Entry, before: Debt) -> Entry:
    """The entry with the debt as it is after it."""
    change = entry.change_ore
    after = Debt(
        before.principal_ore + (change if entry.line == "principal" else 0),
        before.fees_ore + (change if entry.line not in ("principal", "interest") else 0),
        before.interest_ore + (change if entry.line == "interest" else 0),
    )
    return replace(entry, debt=after)
