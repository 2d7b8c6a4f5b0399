"""The readable booking of the table of rules (:data:`kravsim.ledger.rules.RULES`): what each trigger is, all cases at once.

The compiled booking finds the same triggers case by case, in :mod:`kravsim.settling.booking_compiled`. What belongs to no
case is booked here for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, ENDED
from kravsim.engine.events import EventLog
from kravsim.law import LawDays
from kravsim.ledger.accounts import AGENCY, CASH, CHARGES, LINE, NO_CASE, REGION, Ints, Journal, Postings
from kravsim.ledger.agreed import first_days
from kravsim.ledger.debts import NO_DAY, Debts, statutory_ore
from kravsim.ledger.ownership import Ownership
from kravsim.ledger.purses import Purses
from kravsim.ledger.rules import Rule, amounts, in_force, party, passed_on, statute
from kravsim.ledger.together import carried_by_another
from kravsim.models.plan import PoolPlan
from kravsim.models.process import END_CODE, REVIVED, STEP_CODE, answer_code
from kravsim.scenario.schema import Model, Policy
from kravsim.stream.stream import SEGMENTS, Stream
from kravsim.units import MILLION, MINUTES_PER_DAY, divide_half_up, half_up


class Due(NamedTuple):
    """What a rule makes due: öre by case, day and step (arrays of one length; a step or a case may be none)."""

    case: int | Ints
    day: Ints
    amount: Ints
    step: int | Ints = NO_CASE


class Under(NamedTuple):
    """What is one arrangement's of a run in which cases move over.

    Attributes
    ----------
    number : int
        Of the arrangement.
    rows : bool array, shape (rows,)
        Rows of the log that are its own.
    taken : int64 array, shape (N,)
        Day on which each case is taken under its contract, which earlier arrangements may share; NO_DAY where it is not.
    takes : bool array, shape (N,)
        Cases that are taken under this arrangement itself.
    leave : int64 array, shape (n,)
        Rows with which cases come to another contract after this arrangement.
    purses : Purses
        Who keeps what.
    """

    number: int
    rows: NDArray[np.bool_]
    taken: Ints
    takes: NDArray[np.bool_]
    leave: Ints
    purses: Purses


@dataclass(frozen=True, eq=False)
class Happened:
    """What has happened in a run, and what rules ask of it.

    Attributes
    ----------
    log : EventLog
        Every case of the stream, in canonical order.
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    owners : Ownership
    policy : Policy
    models : tuple of Model
        The model with the prices of each calendar year of ``years``.
    debts : Debts
        As booked.
    cash : Postings
        What debtors have paid.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    under : Under or None
        Which of it is of one arrangement, where cases move over; ``cash`` then has what is paid under it.
    """

    log: EventLog
    stream: Stream
    law: LawDays
    owners: Ownership
    policy: Policy
    models: tuple[Model, ...]
    debts: Debts
    cash: Postings
    years: list[tuple[int, int]]
    under: Under | None = None

    @property
    def model(self) -> Model:
        """The model, of which years differ in prices alone."""
        return self.models[0]

    @cached_property
    def day(self) -> Ints:
        """Of each row, since day 0."""
        return self.log.minute // MINUTES_PER_DAY

    @cached_property
    def carried(self) -> NDArray[np.bool_]:
        """Rows whose charges another case carries (§M5)."""
        return carried_by_another(self.log, self.stream, self.policy)

    @cached_property
    def taken(self) -> Ints:
        """Day on which the agency takes each case; NO_DAY where it does not."""
        if self.under is not None:
            return self.under.taken
        return first_days(self.log, self.owners, len(self.stream.cases))[0]

    @property
    def takes(self) -> NDArray[np.bool_]:
        """Cases that the agency takes."""
        return np.asarray(self.taken < NO_DAY) if self.under is None else self.under.takes

    @property
    def leave(self) -> Ints:
        """Rows with which cases come to another contract."""
        return np.zeros(0, np.int64) if self.under is None else self.under.leave

    def rows_in(self, which: NDArray[np.bool_]) -> Ints:
        """Those of some rows that are the arrangement's.

        Parameters
        ----------
        which : bool array, shape (rows,)
        """
        return np.flatnonzero(which if self.under is None else which & self.under.rows)

    def column(self, name: str) -> int:
        """The column of a charge in ``debts``.

        Parameters
        ----------
        name : str
            Name in CHARGES.
        """
        return CHARGES.index(name) if self.under is None else self.under.purses.column(self.under.number, name)

    def done(self, steps: tuple[str, ...]) -> Ints:
        """Rows in which one of the steps is done.

        Parameters
        ----------
        steps : tuple of str
            Names in STEPS.
        """
        code = [STEP_CODE[name] for name in steps]
        return self.rows_in((self.log.kind == DONE) & np.isin(self.log.step, code))

    def own(self, steps: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the steps that the region does itself.

        Parameters
        ----------
        steps : tuple of str
            Names in STEPS.
        """
        return tuple(name for name in steps if self.owners.actor[STEP_CODE[name]] == REGION)

    def at(self, rows: Ints, amount: Ints, *, step: bool = True) -> Due:
        """Amounts due on the days of these rows.

        Parameters
        ----------
        rows : int64 array, shape (n,)
            Rows of the log.
        amount : int64 array, shape (n,)
            Öre.
        step : bool
            Whether they are of the rows' steps.
        """
        return Due(self.log.case[rows], self.day[rows], amount, self.log.step[rows] if step else NO_CASE)

    def each(self, rule: Rule, case: Ints, day: Ints) -> Ints:
        """A rule's öre or millionths of each of these cases: alike for all, or by the debtor's zone (of no zone nothing).

        Parameters
        ----------
        rule : Rule
            In force.
        case : int64 array, shape (n,)
            Indexes of cases.
        day : int64 array, shape (n,)
            Days whose price it is, since day 0.
        """
        table = np.stack([by_segment(amounts(rule, model)) for model in self.models])
        segment = self.stream.debtors.segment[self.stream.cases.debtor[case]]
        return np.asarray(table[np.searchsorted([end for _, end in self.years], day, side="right"), segment])


def by_segment(found: Mapping[str, int]) -> Ints:
    """Amounts by the debtor's segment: one for all, or one for each zone (and nothing for other segments).

    Parameters
    ----------
    found : mapping of str to int
        As from :func:`kravsim.ledger.rules.amounts`.

    Returns
    -------
    int64 array, shape (segments,)
    """
    return np.array([found.get("", found.get(name, 0)) for name in SEGMENTS], np.int64)


def book_rules(journal: Journal, happened: Happened) -> None:
    """Book all that a row of the table makes due for a case (§M12-§M19).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    happened : Happened
    """
    for _, rule in in_force(happened.model):
        for due in OF_CASES[rule.trigger](happened, rule) if rule.trigger in OF_CASES else ():
            post_due(journal, rule, due, happened.owners)


def post_due(journal: Journal, rule: Rule, due: Due, owners: Ownership) -> None:
    """Book what a rule makes due.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    rule : Rule
    due : Due
    owners : Ownership
        Who pays, and who is paid.
    """
    charge = statute(rule)
    payer, receiver = party(rule.payer, owners, charge), party(rule.receiver, owners, charge)
    day = due.day + rule.days
    line, case, step = LINE[rule.line], due.case, due.step
    journal.post(CASH, line, payer=payer, receiver=receiver, day=day, amount=due.amount, case=case, step=step)


def _charged(happened: Happened, rule: Rule) -> Iterator[Due]:
    """The law's amount of the day, unless another case carries it (§M12)."""
    rows = happened.done(rule.steps)
    rows = rows[~happened.carried[rows]]
    principal = happened.stream.cases.principal_ore[happened.log.case[rows]]
    day = happened.day[rows]
    yield happened.at(rows, statutory_ore(statute(rule), day, principal, happened.law, happened.policy))


def _step(happened: Happened, rule: Rule) -> Iterator[Due]:
    rows = happened.done(rule.steps)
    yield happened.at(rows, happened.each(rule, happened.log.case[rows], happened.day[rows]))


def _own_step(happened: Happened, rule: Rule) -> Iterator[Due]:
    return _step(happened, rule._replace(steps=happened.own(rule.steps)))


def _own_stay(happened: Happened, rule: Rule) -> Iterator[Due]:
    """Checks at intervals during each stay, one posting a stay and calendar year (§M18).

    On the day a stay ends there is one only where it has found the case worth another try.
    """
    log, years, every = happened.log, happened.years, half_up(happened.policy.recheck_days.value)
    for name in happened.own(rule.steps):
        rows = happened.done((name,))
        begins = happened.day[rows]
        following = np.minimum(rows + 1, len(log) - 1)
        goes_on = (rows + 1 < len(log)) & (log.case[following] == log.case[rows])
        found = (log.kind[following] == ANSWERED) & (log.answer[following] == answer_code(name, REVIVED))
        ends = np.where(goes_on, happened.day[following] + found, years[-1][1])
        for first, last in years:
            price = happened.each(rule, log.case[rows], np.full(len(rows), first))
            checks = (np.minimum(ends, last) - 1 - begins) // every - (np.maximum(first - 1 - begins, 0)) // every
            some = checks > 0
            day = np.minimum(ends, last)[some] - 1
            yield Due(log.case[rows][some], day, checks[some] * price[some], log.step[rows][some])


def _taken(happened: Happened, rule: Rule) -> Iterator[Due]:
    case = np.flatnonzero(happened.takes)
    yield Due(case, happened.taken[case], happened.each(rule, case, happened.taken[case]))


def _ended(happened: Happened, rule: Rule) -> Iterator[Due]:
    rows = np.append(happened.rows_in(happened.log.kind == ENDED), happened.leave)
    rows = rows[happened.taken[happened.log.case[rows]] < NO_DAY]
    yield happened.at(rows, happened.each(rule, happened.log.case[rows], happened.day[rows]), step=False)


def _paid(happened: Happened, rule: Rule) -> Iterator[Due]:
    rows = happened.rows_in((happened.log.kind == ENDED) & (happened.log.step == END_CODE["paid"]))
    rows = rows[happened.taken[happened.log.case[rows]] < NO_DAY]
    yield happened.at(rows, happened.each(rule, happened.log.case[rows], happened.day[rows]), step=False)


def _withdrawn_late(happened: Happened, rule: Rule) -> Iterator[Due]:
    """Charges of the agency's that were given up then; the row before an end is the answer that led to it (§M16)."""
    log, owners = happened.log, happened.owners
    late = happened.rows_in((log.kind == ENDED) & (log.step == END_CODE["withdrawn_late"]))
    rows = late[np.isin(log.step[late - 1], [STEP_CODE[name] for name in rule.steps])]
    for name in passed_on(rule, happened.model):
        if owners.charge[name] == AGENCY:
            yield happened.at(rows, happened.debts.given_up[log.case[rows], happened.column(name)], step=False)


def _received(happened: Happened, rule: Rule) -> Iterator[Due]:
    """A share of each payment to the region that meets the charge, rounded payment by payment (§M13)."""
    cash = happened.cash
    if happened.owners.charge[rule.of] != REGION:
        return
    mine = cash.where((cash.line == LINE[rule.of]) & (cash.receiver == REGION))
    share = happened.each(rule, mine.case, mine.day)
    yield Due(mine.case, mine.day, divide_half_up(mine.amount_ore * share, MILLION), mine.step)


def _paid_abroad(happened: Happened, rule: Rule) -> Iterator[Due]:
    """A share of the principal that the answer pays, rounded once a case (§M19)."""
    log, cash = happened.log, happened.cash
    for name in rule.steps:
        rows = happened.rows_in(
            (log.kind == ANSWERED) & (log.step == STEP_CODE[name]) & (log.answer == answer_code(name, "paid"))
        )
        principal = cash.where((cash.line == LINE["principal"]) & (cash.step == STEP_CODE[name]))
        paid = np.zeros(len(happened.stream.cases), np.int64)
        np.add.at(paid, principal.case, principal.amount_ore)
        case = log.case[rows]
        yield happened.at(rows, divide_half_up(paid[case] * happened.each(rule, case, happened.day[rows]), MILLION))


OF_CASES: dict[str, Callable[[Happened, Rule], Iterator[Due]]] = {
    "charged": _charged,
    "step": _step,
    "own_step": _own_step,
    "own_stay": _own_stay,
    "taken": _taken,
    "ended": _ended,
    "paid": _paid,
    "withdrawn_late": _withdrawn_late,
    "received": _received,
    "paid_abroad": _paid_abroad,
}


def book_years(
    journal: Journal,
    models: Sequence[Model],
    owners: Ownership,
    pools: Sequence[PoolPlan],
    years: list[tuple[int, int]],
    start: int,
    statements: Ints,
) -> None:
    """Book all that a row of the table makes due for no case, by the year (§M20, §M21).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    models : sequence of Model
        The model with the prices of each of the years.
    owners : Ownership
    pools : sequence of PoolPlan
        In the order of the model's staff.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    start : int
        Day on which the horizon begins, since day 0.
    statements : int64 array, shape (years - 1,)
        Statements of interest of each year but the last.
    """
    model, ends = models[0], np.array([end for _, end in years], np.int64)
    last = ends - 1
    hired = {
        name: np.concatenate([days[(days >= first) & (days < end)] for first, end in years])
        for name, days in zip(model.staff, (pool.recruitment_days for pool in pools), strict=True)
    }
    for _, rule in in_force(model):
        for name in amounts(rule, model) if rule.trigger in OF_NO_CASE else ():
            price = np.array([amounts(rule, one)[name] for one in models], np.int64)
            if rule.trigger == "hire":
                due = Due(NO_CASE, hired[name], price[np.searchsorted(ends, hired[name], side="right")])
            elif rule.trigger == "statement":  # of the last year they come when it is over; the price is of the day
                due = Due(NO_CASE, last[:-1], statements * price[1:])
            elif rule.trigger == "year_end":
                due = Due(NO_CASE, last, price)
            else:
                day = np.array([start])
                due = Due(NO_CASE, day, price[np.searchsorted(ends, day, side="right")])
            post_due(journal, rule, due, owners)


OF_NO_CASE = ("year_end", "statement", "hire", "start")
"""Triggers that are of no case."""
