"""What debtors come to owe and pay, case by case: charges, interest, payments allocated, debts given up.

Everything is computed from the event log and the law by day, in integer öre, for all cases at once: the payments of a case
are taken one ordinal at a time (its first payment, its second ...), which few cases have more than one of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, ENDED
from kravsim.engine.events import EventLog
from kravsim.law import LawDays
from kravsim.ledger.accounts import BUYER, CASH, CHARGE, CHARGES, DEBTOR, LINE, REGION, WRITE_OFF, Ints, Journal
from kravsim.ledger.purses import Purses
from kravsim.ledger.together import carried_by_another
from kravsim.models.process import END_CODE, MAX_ANSWERS, PROCESS, SOLD, STEP_CODE, law_tables
from kravsim.scenario.schema import Policy
from kravsim.stream.stream import Stream
from kravsim.units import MILLION, MINUTES_PER_DAY, ore

EFFECTS = {
    "none": 0,
    "paid": 1,
    "principal": 2,
    "part": 3,
    "instalment": 3,
    "dividend": 4,
    "waive": 5,
    "dividend_owing": 6,
}
"""What an answer is to the ledger: a payment of all, of the principal alone, of the share of the balance that the log says,
or of that share of every debt as it stood when the debtor's proceedings were opened, with interest stopped there or owed on;
or what the step charged is taken off the debt."""
EFFECT_PAID, EFFECT_PRINCIPAL, EFFECT_DIVIDEND, EFFECT_WAIVE = (
    EFFECTS[name] for name in ("paid", "principal", "dividend", "waive")
)
EFFECT_DIVIDEND_OWING = EFFECTS["dividend_owing"]
NO_DAY = np.iinfo(np.int64).max
FIRST_COSTS = (CHARGES.index("enforcement_basic_fee"),)
LATER_COSTS = tuple(position for position in range(len(CHARGES)) if position not in FIRST_COSTS)
"""Costs that every payment meets first, whatever order creditor and debtor have agreed on, and those that are met when that
order comes to costs: Kronofogden takes the costs of enforcement out of the proceeds (utsökningsbalken 17 kap. 7 §)."""


@dataclass(frozen=True, eq=False)
class Debts:
    """State of every debt at the horizon, and what the booking of other lines needs to know.

    ``charged`` (less what has been taken off), ``paid`` and ``given_up`` (at the end) are by case and charge (N, 8); interest
    and principal by claim (C,). Where cases move over, a charge that two parties may keep has a column for each, after all
    first ones (:class:`kravsim.ledger.purses.Purses`), until they are added up.
    ``end_day`` and ``end`` are by case (NO_DAY and -1: open).

    Attributes
    ----------
    charged, paid, given_up : int64 array, shape (N, charges)
        Öre, in the order of CHARGES.
    interest_charged, interest_paid, interest_given_up : int64 array, shape (C,)
        Öre.
    principal_paid, principal_given_up : int64 array, shape (C,)
        Öre.
    end_day : int64 array, shape (N,)
        Since day 0.
    end : int64 array, shape (N,)
        Code of the end.
    """

    charged: Ints
    paid: Ints
    given_up: Ints
    interest_charged: Ints
    interest_paid: Ints
    interest_given_up: Ints
    principal_paid: Ints
    principal_given_up: Ints
    end_day: Ints
    end: Ints


def book_debts(journal: Journal, log: EventLog, stream: Stream, law: LawDays, purses: Purses, policy: Policy) -> Debts:
    """Book charges, payments and debts given up; return the state of every debt (§M1-§M11).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    log : EventLog
        Every case of the stream, in canonical order.
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    purses : Purses
        Who keeps what by each row.
    policy : Policy
    """
    booking = _DebtBooking(journal, log, stream, law, purses, policy)
    booking.principal_charges()
    booking.payments()
    booking.ends()
    return booking.debts()


def charged_names(charges: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    """The charges of a step that the creditor's policy makes: notices of instalments are a choice (§M3).

    Parameters
    ----------
    charges : tuple of str
        Names in CHARGES.
    policy : Policy
    """
    return tuple(name for name in charges if name != "instalment_notice_fee" or policy.instalment_notices_charged)


def statutory_ore(name: str, day: Ints, principal_ore: Ints, law: LawDays, policy: Policy) -> Ints:
    """A charge on each day; the court's supplement depends on whether the claim is small (§M3).

    Parameters
    ----------
    name : str
        Name in CHARGES.
    day : int64 array, shape (n,)
        Since day 0.
    principal_ore : int64 array, shape (n,)
        Principal of the case charged.
    law : LawDays
        The law by day, from day 0 on.
    policy : Policy

    Returns
    -------
    int64 array, shape (n,)
        Öre.
    """
    of_small, of_large = law_tables(name)
    if of_small == of_large:
        return np.asarray(law.fee_ore(of_small)[day])
    small = principal_ore <= ore(policy.small_claim_limit_kr.value)
    return np.where(small, law.fee_ore(of_small)[day], law.fee_ore(of_large)[day])


class _DebtBooking:
    """The running state of all debts while payments are taken in order."""

    def __init__(
        self, journal: Journal, log: EventLog, stream: Stream, law: LawDays, purses: Purses, policy: Policy
    ) -> None:
        self.journal, self.log, self.stream, self.law = journal, log, stream, law
        self.purses, self.policy = purses, policy
        cases, claims = stream.cases, stream.claims
        self.day = log.minute // MINUTES_PER_DAY
        self.first_row = np.searchsorted(log.case, np.arange(len(cases) + 1))
        self.charged_so_far = self._charges()
        self.may_claim_interest = self._running(self._done(policy.interest_from)) > 0
        n, c = len(cases), len(claims.case)
        self.paid = np.zeros((n, len(purses.of_charges)), np.int64)
        self.given_up = np.zeros((n, len(purses.of_charges)), np.int64)
        self.interest_from = np.minimum(claims.due_day, stream.n_days - 1)  # due beyond the end: no interest within it
        by_owner = (c, len(purses.of_interest))
        self.interest_charged, self.interest_paid = np.zeros(by_owner, np.int64), np.zeros(by_owner, np.int64)
        self.interest_given_up = np.zeros(by_owner, np.int64)
        self.principal_paid, self.principal_given_up = np.zeros(c, np.int64), np.zeros(c, np.int64)
        self.end_day, self.end = np.full(n, NO_DAY), np.full(n, -1, np.int64)

    def _done(self, step: str) -> NDArray[np.bool_]:
        return np.asarray((self.log.kind == DONE) & (self.log.step == STEP_CODE[step]))

    def _running(self, by_row: NDArray[np.bool_] | Ints) -> Ints:
        """Running total within each case, up to and including the row: shape (rows,)."""
        total = np.cumsum(by_row, dtype=np.int64)
        before = np.concatenate(([0], total))[self.first_row[:-1]]
        return total - before[self.log.case]

    def _charges(self) -> Ints:
        """Book what each step charges and what an answer takes off again; return the running total, (rows, 8) by charge.

        Costs of a dismissed application stay with the applicant, and a plan that has been declined has no fee. Nothing has
        been paid of them: the answer follows the step. Of claims that were applied for together one carries the fees.

        §M3, §M5, §M10.
        """
        running = np.zeros((len(self.log), len(self.purses.of_charges)), np.int64)
        effects, carried = self._effects(), carried_by_another(self.log, self.stream, self.policy)
        for step in PROCESS:
            done = np.flatnonzero(self._done(step.name))
            for name in charged_names(step.charges, self.policy):
                for column, rows in self.purses.of_rows(CHARGES.index(name), done):
                    principal = self.stream.cases.principal_ore[self.log.case[rows]]
                    amount = statutory_ore(name, self.day[rows], principal, self.law, self.policy) * ~carried[rows]
                    by_row = np.zeros(len(self.log), np.int64)
                    by_row[rows] = amount
                    waived = rows[effects[np.minimum(rows + 1, len(self.log) - 1)] == EFFECT_WAIVE] + 1
                    by_row[waived] = -by_row[waived - 1]
                    off = -by_row[waived]
                    owner, case = self.purses.of_charges[column], self.log.case[waived]
                    self._write_off(name, owner, self.day[waived], off, case, step=self.purses.step[waived])
                    running[:, column] = self._running(by_row)
                    self.journal.post(
                        CHARGE,
                        name,
                        payer=DEBTOR,
                        receiver=owner,
                        day=self.day[rows],
                        amount=amount,
                        case=self.log.case[rows],
                        step=self.purses.step[rows],
                    )
        return running

    def principal_charges(self) -> None:
        """What was invoiced, on the day of its invoice run (§M2)."""
        claims = self.stream.claims
        self.journal.post(
            CHARGE,
            "principal",
            payer=DEBTOR,
            receiver=REGION,
            day=claims.run,
            amount=claims.principal_ore,
            case=claims.case,
            claim=np.arange(len(claims.case)),
        )

    def payments(self) -> None:
        """Take the first payment of every case that has one, then the second, and so on."""
        what = self._effects()
        pays = (what > 0) & (what != EFFECT_WAIVE)
        rows = np.flatnonzero(pays)
        ordinal = self._running(pays)[rows] - 1
        for number in range(int(ordinal.max()) + 1 if len(rows) else 0):
            self._take(rows[ordinal == number], what)

    def _effects(self) -> Ints:
        """What each row is to a debt, 0 where it is nothing: shape (rows,)."""
        effect = np.zeros((len(PROCESS) + 1, MAX_ANSWERS), np.int64)
        for code, step in enumerate(PROCESS):
            for position, answer in enumerate(step.answers):
                effect[code, position] = EFFECTS[answer.effect]
        answered = self.log.kind == ANSWERED
        return np.where(answered, effect[np.where(answered, self.log.step, 0), self.log.answer], 0)

    def _take(self, rows: Ints, what: Ints) -> None:
        """Allocate one payment for each of these rows (at most one a case) (§M7, §M8).

        A dividend is of the debt on the day on which the proceedings were opened. There interest stops, or it runs on and
        ranks last: it has no part in the dividend.
        """
        case, day = self.log.case[rows], self.day[rows]
        which, claim, opening = self._claims_of(case)
        fees_due = self.charged_so_far[rows] - self.paid[case]
        shared, owing = (
            np.isin(what[rows], (EFFECT_DIVIDEND, EFFECT_DIVIDEND_OWING)),
            what[rows] == EFFECT_DIVIDEND_OWING,
        )
        decided = np.where(shared, self.stream.struck_day[case], day)
        since = np.where(owing, decided, day)
        self._charge_interest(claim, decided[which], (day[which], since[which]), rows[which])
        interest_due = self.interest_charged[claim] - self.interest_paid[claim]
        later = owing[which]
        self._charge_interest(claim[later], day[which][later], (day[which][later],) * 2, rows[which][later])
        principal_due = self.stream.claims.principal_ore[claim] - self.principal_paid[claim]
        total = fees_due.sum(axis=1) + np.add.reduceat(interest_due.sum(axis=1) + principal_due, opening)
        part = self.log.quantity[rows]
        rest = np.where(what[rows] == EFFECT_PAID, total, total // MILLION * part + total % MILLION * part // MILLION)
        alone = what[rows] == EFFECT_PRINCIPAL
        rest = np.where(alone, np.add.reduceat(principal_due, opening), rest)
        fees_due[alone] = 0  # the debtor has paid the invoice, not what was added to it
        interest_due[alone[which]] = 0
        if shared.any():
            dues = fees_due, interest_due, principal_due
            fees, interest, principal = self._pro_rata(dues, part, rest, which, np.flatnonzero(shared[which]))
            fees_due[shared], rest = fees[shared], np.where(shared, NO_DAY, rest)
            interest_due = np.where(shared[which, None], interest, interest_due)
            principal_due = np.where(shared[which], principal, principal_due)
        rest = self._pay_costs(rows, (case, day), fees_due, rest, FIRST_COSTS)
        for component in self.policy.allocation:
            if component == "costs":
                rest = self._pay_costs(rows, (case, day), fees_due, rest, LATER_COSTS)
            elif component == "interest":
                for purse, owner in enumerate(self.purses.of_interest):
                    due, paid = interest_due[:, purse], self.interest_paid[:, purse]
                    rest = self._pay_claims((component, owner), rows, (due, paid), (which, claim, opening), rest)
            else:
                due, paid = principal_due, self.principal_paid
                rest = self._pay_claims((component, REGION), rows, (due, paid), (which, claim, opening), rest)

    @staticmethod
    def _pro_rata(
        due: tuple[Ints, Ints, Ints], part: Ints, rest: Ints, which: Ints, among: Ints
    ) -> tuple[Ints, Ints, Ints]:
        """Share a dividend over costs, interest and principal of each case, to each debt its millionths, rounded down (§M9).

        The öre that are left go one by one to costs in the order they arose, then to interest and principal, oldest claim
        first, each to a debt that was rounded. ``among`` are the claims of cases with a dividend.
        """
        fees, interest, principal = due
        found = tuple(
            debt // MILLION * each + debt % MILLION * each // MILLION
            for debt, each in ((fees, part[:, None]), (interest, part[which, None]), (principal, part[which]))
        )
        of_claims = found[1].sum(axis=1) + found[2]
        left = rest - found[0].sum(axis=1) - np.bincount(which, of_claims, len(rest)).astype(np.int64)
        for position in range(fees.shape[1]):
            more = (left > 0) & (found[0][:, position] * MILLION < fees[:, position] * part)
            found[0][more, position] += 1
            left = left - more
        for debt, share in (*zip(interest.T, found[1].T, strict=True), (principal, found[2])):
            for at in among.tolist():
                if left[which[at]] > 0 and share[at] * MILLION < debt[at] * part[which[at]]:
                    share[at] += 1
                    left[which[at]] -= 1
        return found  # type: ignore[return-value]

    def _claims_of(self, case: Ints) -> tuple[Ints, Ints, Ints]:
        """Claims of these cases, oldest first: position in ``case``, claim number, and where each case's claims begin."""
        first = self.stream.cases.first_claim
        count = first[case + 1] - first[case]
        which = np.repeat(np.arange(len(case)), count)
        opening = np.cumsum(count) - count
        return which, np.arange(len(which)) - opening[which] + first[case][which], opening

    def _charge_interest(self, claim: Ints, until: Ints, days: tuple[Ints, Ints], rows: Ints) -> None:
        """Interest on the principal left since due date or last payment, up to a day: charged when the debtor pays (§M6).

        ``days``: on which it is charged, and from which interest runs on.
        """
        claims, (day, on) = self.stream.claims, days
        claimed = self.may_claim_interest[rows]
        left = np.where(claimed, claims.principal_ore[claim] - self.principal_paid[claim], 0)
        since = self.interest_from[claim]
        amount = self.law.interest_ore(left, since, np.maximum(until, since))
        purse = self.purses.of_interest_by_row[rows]
        self.interest_charged[claim, purse] += amount
        self.interest_from[claim] = np.maximum(on, since)
        self.journal.post(
            CHARGE,
            "interest",
            payer=DEBTOR,
            receiver=np.array(self.purses.of_interest)[purse],
            day=day,
            amount=amount,
            case=claims.case[claim],
            claim=claim,
            step=self.purses.step[rows],
        )

    def _pay_costs(self, rows: Ints, of: tuple[Ints, Ints], due: Ints, rest: Ints, positions: tuple[int, ...]) -> Ints:
        """Pay these costs in their order; ``of`` is the case and the day of each payment (§M8)."""
        case, day = of
        for position in positions:
            for column in range(position, len(self.purses.of_charges), len(CHARGES)):
                amount = np.minimum(rest, due[:, column])
                self.paid[case, column] += amount
                rest = rest - amount
                self.journal.post(
                    CASH,
                    CHARGES[position],
                    payer=DEBTOR,
                    receiver=self.purses.of_charges[column],
                    day=day,
                    amount=amount,
                    case=case,
                    step=self.purses.step[rows],
                )
        return rest

    def _pay_claims(
        self,
        what: tuple[str, int],
        rows: Ints,
        debt: tuple[Ints, Ints],
        claims: tuple[Ints, Ints, Ints],
        rest: Ints,
    ) -> Ints:
        """Pay a component of each claim to its owner, oldest claim first; ``debt`` is what is due, and paid so far (§M8)."""
        (component, owner), (due, paid), (which, claim, opening) = what, debt, claims
        running = np.cumsum(due)
        before = running - due - (running - due)[opening][which]
        amount = np.clip(rest[which] - before, 0, due)
        paid[claim] += amount
        self.journal.post(
            CASH,
            component,
            payer=DEBTOR,
            receiver=owner,
            day=self.day[rows][which],
            amount=amount,
            case=self.log.case[rows][which],
            claim=claim,
            step=self.purses.step[rows][which],
        )
        return rest - np.add.reduceat(amount, opening)

    def ends(self) -> None:
        """Give up what is left of the cases that have ended otherwise than paid, to the debtor or a buyer (§M11, §M28)."""
        rows = np.flatnonzero(self.log.kind == ENDED)
        case, day = self.log.case[rows], self.day[rows]
        self.end_day[case], self.end[case] = day, self.log.step[rows]
        lost = self.log.step[rows] != END_CODE["paid"]
        rows, case, day = rows[lost], case[lost], day[lost]
        left = self.charged_so_far[rows] - self.paid[case]
        self.given_up[case] = left
        to = np.where(self.end[case] == END_CODE[SOLD], BUYER, DEBTOR)
        for column, owner in enumerate(self.purses.of_charges):
            self._write_off(CHARGES[column % len(CHARGES)], owner, day, left[:, column], case, to=to)
        if len(case):
            which, claim, _ = self._claims_of(case)
            self.interest_given_up[claim] = self.interest_charged[claim] - self.interest_paid[claim]
            self.principal_given_up[claim] = self.stream.claims.principal_ore[claim] - self.principal_paid[claim]
            by_claim = case[which], claim
            for purse, owner in enumerate(self.purses.of_interest):
                left = self.interest_given_up[claim, purse]
                self._write_off("interest", owner, day[which], left, *by_claim, to=to[which])
            self._write_off("principal", REGION, day[which], self.principal_given_up[claim], *by_claim, to=to[which])

    def _write_off(
        self,
        line: str,
        owner: int,
        day: Ints,
        amount: Ints,
        case: Ints,
        claim: int | Ints = -1,
        *,
        step: int | Ints = -1,
        to: int | Ints = DEBTOR,
    ) -> None:
        self.journal.post(
            WRITE_OFF,
            LINE[line],
            payer=owner,
            receiver=to,
            day=day,
            amount=amount,
            case=case,
            claim=claim,
            step=step,
        )

    def debts(self) -> Debts:
        """The state at the horizon."""
        last_row = self.first_row[1:] - 1
        has_rows = self.first_row[1:] > self.first_row[:-1]
        charged = np.zeros_like(self.paid)
        charged[has_rows] = self.charged_so_far[last_row[has_rows]]
        return Debts(
            charged,
            self.paid,
            self.given_up,
            self.interest_charged.sum(axis=1),
            self.interest_paid.sum(axis=1),
            self.interest_given_up.sum(axis=1),
            self.principal_paid,
            self.principal_given_up,
            self.end_day,
            self.end,
        )
