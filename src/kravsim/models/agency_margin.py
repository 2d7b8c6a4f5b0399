"""What a case is worth to an agency that has just sent its demand: chances and times of payment, and its own costs.

The agency sees a debtor's segment, and at the solvency check whether Kronofogden knows the debtor; of a group of such debtors
it knows the mix of types, not whose type is which. Everything is in kronor of the day of the demand, later ones discounted by
what money costs it. Rough on purpose, as :mod:`kravsim.models.escalation` is: mean times, no interest on the claim, no part
payments, and a case that is revived under surveillance is not filed again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from kravsim.chance.shares import at_least_0, total
from kravsim.law import COURT_REQUEST_DAYS, Law
from kravsim.models.agency_terms import LETTER_FEES, agency_keeps, commission_ore
from kravsim.models.answers import answer_shares
from kravsim.models.between_letters import (
    ANSWER_PAID,
    ANSWER_PRINCIPAL_ONLY,
    Late,
    late_among,
    minutes_before,
    silent_in_time,
    with_second_reminder,
)
from kravsim.models.escalation import kept_ore
from kravsim.models.replaced import replaced
from kravsim.models.surveillance import exit_rates, recheck_days, spell_shares
from kravsim.scenario.schema import Agency, Contract, Model, ScenarioData
from kravsim.stream.amounts import mean_amount_kr
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS, debtor_class
from kravsim.stream.synthetic import type_shares
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY, ORE_PER_KR, half_up

Floats = NDArray[np.float64]


GOOD_PRACTICE_DAYS: Final = 8
"""At least so many days to pay after a demand (Inkassoföreskrifterna, good practice)."""
N_AMOUNTS: Final = 16
"""Equally likely amounts that stand for the cases of a segment."""
KRONOFOGDEN_SEGMENTS: Final = ("private", "business")
"""Segments whose cases come to a solvency check."""
GROUPS: Final = tuple((segment, known) for segment in KRONOFOGDEN_SEGMENTS for known in (False, True))


def days_of_the_demand(data: ScenarioData) -> Any:
    """Days to pay that a demand gives: those of the scenario, no fewer than good practice.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    """
    return np.maximum(half_up(data.timing.demand_grace_days.value), GOOD_PRACTICE_DAYS)


class Worth(NamedTuple):
    """Mean worth of a case of a group at the demand, by what is done with it, in kronor; by amount first where it has any.

    Each is weighted by how many such cases reach the demand, relative to the other groups.

    Attributes
    ----------
    answered : float or array
        Of those who answer the demand, less what it costs to keep those who do not while the agency waits.
    filed : float64 array, shape (N_AMOUNTS, ...)
        Of the solvent, were all filed, by amount.
    watched_solvent : float64 array, shape (N_AMOUNTS, ...)
        Of the solvent, were they watched instead, by amount.
    watched_others : float or array
        Of those found not solvent, were they watched.
    solvent : float or array
        How many there are of the solvent.
    """

    answered: Any
    filed: Floats
    watched_solvent: Floats
    watched_others: Any
    solvent: Any


@dataclass(frozen=True)
class Economy:
    """Contract, costs and law by which an agency weighs a case.

    Attributes
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    model : Model
        With a contract, and the agency's own economy.
    law : Law
    day : datetime.date
        The day whose fees are weighed.
    second_reminder : bool
        Whether the agency reminds the silent once more.
    known : dict
        What has been worked out and depends on no wait.
    """

    data: ScenarioData
    model: Model
    law: Law
    day: dt.date
    second_reminder: bool = False
    known: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False)

    @property
    def agency(self) -> Agency:
        """The agency's own economy."""
        return cast("Agency", self.model.agency)

    @property
    def contract(self) -> Contract:
        """Its contract with the region."""
        return cast("Contract", self.model.contract)

    def waiting(self, days: Any, *, second_reminder: bool) -> Economy:
        """The same where the agency waits so many days after the demand.

        Parameters
        ----------
        days : float or array
        second_reminder : bool
            Whether it reminds who is still silent once more, when the demand's own time is out.
        """
        data = with_second_reminder(self.data, True, days_of_the_demand(self.data)) if second_reminder else self.data
        return replace(self, data=replaced(data, "timing.demand_grace_days", days), second_reminder=second_reminder)

    def fee_kr(self, name: str) -> float:
        """A statutory amount in kronor.

        Parameters
        ----------
        name : str
            Name of a table of the law in kronor.
        """
        return float(self.law.fee_ore(name, self.day, frozen_at=self.data.law.frozen_at)) / ORE_PER_KR

    def now(self, days: Any) -> Any:
        """What a krona in so many days is worth today.

        Parameters
        ----------
        days : float or array
        """
        agency = self.agency
        return (1 + agency.interest_share_per_year.value) ** (-np.asarray(days, np.float64) / DAYS_A_YEAR)

    def kept_kr(self, principal: Any) -> tuple[Any, Any]:
        """What the agency has of a payment after an application alone, and of any payment, in kronor.

        Parameters
        ----------
        principal : float or array
            Of the case, kronor.
        """
        letters = tuple(LETTER_FEES)
        of_application, of_payment = kept_ore(
            self.data, self.model, self.law, self.day, principal * ORE_PER_KR, letters
        )
        return of_application / ORE_PER_KR, (of_payment + 0.0 * principal) / ORE_PER_KR

    def costs_kr(self, charges: Iterable[str]) -> float:
        """What the region receives of fees, in kronor.

        Parameters
        ----------
        charges : iterable of str
            Fees that are paid, of those in `keepers`.
        """
        return sum((self.fee_kr(charge) for charge in charges if not agency_keeps(self.model, charge)), 0.0)

    def commission_kr(self, principal: Any, costs: Any) -> Any:
        """The commission on a case of which the region has received so much, mean over the first axis, in kronor.

        Parameters
        ----------
        principal : float64 array, shape (N_AMOUNTS, ...)
            Kronor.
        costs : float
            Kronor.
        """
        found = commission_ore(self.contract.commission, principal * ORE_PER_KR, costs * ORE_PER_KR)
        return (found + 0.0 * principal).mean(axis=0) / ORE_PER_KR

    def amounts(self, segment: str) -> Floats:
        """Equally likely amounts of a segment's cases, kronor: (N_AMOUNTS, ...).

        Parameters
        ----------
        segment : str
            A name in KRONOFOGDEN_SEGMENTS.
        """
        found: Floats = self._once(self._amounts, segment)
        return found

    def _amounts(self, segment: str) -> Floats:
        spec = self.data.debtors.segments.get(segment)  # type: ignore[call-overload]
        if spec is None:
            return np.zeros((N_AMOUNTS, 1))
        median, mean = (np.asarray(one.value, np.float64) for one in (spec.amount_median_kr, spec.amount_mean_kr))
        spread = np.sqrt(2 * np.log(np.maximum(mean / median, 1.0)))
        z = ndtri((np.arange(N_AMOUNTS) + 0.5) / N_AMOUNTS).reshape(-1, 1)
        shape = np.exp(spread * z)
        each = mean_amount_kr(spec) * self.data.debtors.claims_per_occasion.value
        return np.asarray(shape / shape.mean(axis=0) * each)

    def _once(self, work: Callable[..., Any], *of: Any) -> Any:
        """Work something out that no wait changes, the first time that it is asked for."""
        key = (work.__name__, *of)
        if key not in self.known:
            self.known[key] = work(*of)
        return self.known[key]

    def worth(self, segment: str, *, known: bool) -> Worth:
        """What cases of a group are worth at the demand.

        Parameters
        ----------
        segment : str
            A name in KRONOFOGDEN_SEGMENTS.
        known : bool
            Whether Kronofogden knows the debtor.
        """
        parts = [self._of_type(segment, kind, known=known) for kind in DEBTOR_TYPES]
        return Worth(*(total(part[place] for part in parts) for place in range(len(Worth._fields))))

    def _of_type(self, segment: str, kind: str, *, known: bool) -> Worth:
        data, agency, amounts = self.data, self.agency, self.amounts(segment)
        klass = _class_of(segment, kind, known=known)
        timing, weight = data.timing, self._once(self._demanded, segment, kind, known)
        wait = half_up(timing.demand_grace_days.value)
        paid, alone, *_ = answer_shares(data, self.model, "demand", klass)
        silent, solvent = self._silent("demand", klass), self._silent("solvency_check", klass)
        when = self._when_paid(kind, ANSWER_PAID), self._when_paid(kind, ANSWER_PRINCIPAL_ONLY)
        _, of_all = self.kept_kr(amounts)
        answered = paid * when[ANSWER_PAID] * of_all.mean(axis=0) + alone * when[
            ANSWER_PRINCIPAL_ONLY
        ] * self.commission_kr(amounts, 0.0)
        answered = answered - silent * agency.case_per_year_kr.value * wait / DAYS_A_YEAR
        if self.second_reminder:
            answered = answered - agency.letter_kr.value * silent_in_time(data, "demand", kind, segment)
        then = silent * self.now(wait + half_up(timing.solvency_check_days.value))
        watched = self._once(self._watched, segment, kind)
        return Worth(
            weight * answered,
            weight * then * solvent * self._once(self._filed, segment, klass, kind),
            weight * then * solvent * watched,
            weight * then * (1 - solvent) * watched.mean(axis=0),
            weight * silent * solvent,
        )

    def reaching(self, segment: str, letter: str, *, known: bool, answer: int) -> Any:
        """How many cases of a group give an answer to a letter, in the proportion of `worth`.

        Parameters
        ----------
        segment : str
            A name in KRONOFOGDEN_SEGMENTS.
        letter : str
            The reminder or the demand.
        known : bool
            Whether Kronofogden knows the debtor.
        answer : int
            Number of the answer among the letter's.
        """
        found: Any = 0.0
        for kind in DEBTOR_TYPES:
            klass = _class_of(segment, kind, known=known)
            many = self._come(segment, kind, known=known) * answer_shares(self.data, self.model, letter, klass)[answer]
            found = found + (many if letter == "reminder" else many * self._silent("reminder", klass))
        return found

    def _come(self, segment: str, kind: str, *, known: bool) -> Any:
        """How many cases of a class are handed over, relative to others."""
        behaviour = getattr(self.data.behaviour, kind)
        share_known = behaviour.known_at_kronofogden_share.value
        weight = type_shares(self.data)[SEGMENTS.index(segment), DEBTOR_TYPES.index(kind)] * behaviour.activity.value
        return weight * (share_known if known else 1 - share_known)

    def _demanded(self, segment: str, kind: str, known: bool) -> Any:
        """How many cases of a class reach the demand, relative to others."""
        return self._come(segment, kind, known=known) * self._silent("reminder", _class_of(segment, kind, known=known))

    def _silent(self, step: str, klass: int) -> Any:
        """Share of the last answer of a step."""
        return at_least_0(1 - total(answer_shares(self.data, self.model, step, klass, proceedings=False)))

    def _when_paid(self, kind: str, answer: int) -> Any:
        """What a krona is worth that comes with an answer to the demand, in time or between letters."""
        in_time = self.now(_mean(self.data.timing.demand_paid_days))
        found, wait = in_time, half_up(self.data.timing.demand_grace_days.value)
        for late in late_among(self.data, "demand", kind):
            if np.any(late.shares[answer]):
                found = found + late.shares[answer] * (self.now(self._mean_late(late, wait)) - in_time)
        return found

    def _mean_late(self, late: Late, wait: Any) -> Any:
        """Mean days from the demand to the payment of those who pay between letters."""
        pairs = np.stack(np.broadcast_arrays(*map(np.atleast_1d, (wait, late.after)))).astype(np.int64)
        at = [minutes_before(self.data, late, *pair) for pair in pairs.T.tolist()]
        mean = np.array(
            [one.mean() / MINUTES_PER_DAY if len(one) else days for one, days in zip(at, pairs[0], strict=True)]
        )
        return mean if len(mean) > 1 else mean[0]

    def _watched(self, segment: str, kind: str) -> Floats:
        """A case under surveillance, on the day it is put there."""
        agency = self.agency
        chance, mean, stay = self._surveillance(kind)
        _, of_payment = self.kept_kr(self.amounts(segment))
        return np.asarray(chance * self.now(mean) * of_payment - agency.case_per_year_kr.value * stay / DAYS_A_YEAR)

    def _surveillance(self, kind: str) -> tuple[Any, Any, Any]:
        """Chance that a case that is put under surveillance is paid there, mean days until then, and days it is watched."""
        behaviour = getattr(self.data.behaviour, kind)
        days = self.data.policy.surveillance_spells.value * self.data.timing.surveillance_spell_days.value
        chance = spell_shares(behaviour, days, recheck_days(self.data))[0]
        rate = np.maximum(np.asarray(sum(exit_rates(behaviour)), np.float64), 1e-9) / DAYS_A_YEAR
        stay = -np.expm1(-rate * days) / rate
        mean = 1 / rate - days / np.expm1(rate * days)
        return chance, mean, stay

    def _filed(self, segment: str, klass: int, kind: str) -> Floats:
        """A case that is filed, on the day it is filed: what comes in less outlays lost, work, and the margin required."""
        data, model, agency, timing = self.data, self.model, self.agency, self.data.timing
        contract = self.contract
        borne = contract.outlays_advanced_by == "agency"
        outlay, basic = (self.fee_kr(name) * borne for name in ("payment_order_application", "enforcement_basic_fee"))
        own, of_payment = self.kept_kr(self.amounts(segment))
        paid, late, contested, dismissed = answer_shares(data, model, "payment_order", klass)
        settled, dropped = answer_shares(data, model, "contested", klass)
        court_paid, court_lost = answer_shares(data, model, "district_court", klass)
        court, order = at_least_0(1 - settled - dropped), at_least_0(1 - paid - late - contested - dismissed)
        order_paid = answer_shares(data, model, "order", klass)[0]
        attached = order * (1 - order_paid) + contested * court * at_least_0(1 - court_paid - court_lost)
        seized, _, _, continued = answer_shares(data, model, "attachment", klass)
        visits = total(continued**year for year in range(half_up(data.policy.attachment_years.value)))
        asks = COURT_REQUEST_DAYS if timing.court_request_days is None else _mean(timing.court_request_days)
        in_court = _mean(timing.contested_days) + asks + _mean(timing.court_days)
        issued = _mean(timing.order_issued_days)
        enforced = issued + half_up(timing.order_grace_days.value)
        payments = (
            (paid, _mean(timing.payment_order_paid_days)),
            (contested * settled, _mean(timing.contested_days) + _mean(timing.contested_settled_days)),
            (contested * court * court_paid, in_court),
            (order * order_paid, issued + _mean(timing.order_paid_days)),
            (attached * seized * visits, enforced + _mean(timing.attachment_paid_days)),
        )
        at_once = total(share * self.now(days) for share, days in payments)
        unpaid = at_least_0(1 - total(share for share, _ in payments))
        chance, mean, stay = self._surveillance(kind)
        ends = enforced + _mean(timing.attachment_no_assets_days)
        later = unpaid * chance * self.now(ends + mean)
        lost_fees = attached * visits * (1 - seized)
        value = (at_once + later) * (of_payment + own + outlay) - outlay - agency.application_kr.value
        value = value - agency.least_margin_kr.value
        value = value - basic * lost_fees * (self.now(enforced) - chance * self.now(ends + mean))
        value = value + self._withdrawn(late, contested * dropped, outlay, own)
        open_days = total(share * days for share, days in payments) + unpaid * (ends + stay)
        return np.asarray(value - agency.case_per_year_kr.value * open_days / DAYS_A_YEAR)

    def _withdrawn(self, late: Any, dropped: Any, outlay: float, own: float) -> Any:
        """What the region pays of cases withdrawn after the application."""
        contract, timing = self.contract, self.data.timing
        pays = {"nothing": 0.0, "outlays": outlay, "outlays_and_own_work": outlay + own}
        after = pays[contract.late_withdrawal.after_application] * self.now(_mean(timing.withdrawal_days))
        return late * after + dropped * pays[contract.late_withdrawal.in_court] * self.now(_mean(timing.contested_days))


def _class_of(segment: str, kind: str, *, known: bool) -> int:
    """Number of a class of debtors."""
    at = [np.array([number], np.int64) for number in (SEGMENTS.index(segment), DEBTOR_TYPES.index(kind), int(known))]
    return int(debtor_class(*at)[0])


def _mean(spread: Any) -> float:
    """Mean days of a triangular chance distribution."""
    return float(spread.low + spread.mode + spread.high) / 3
