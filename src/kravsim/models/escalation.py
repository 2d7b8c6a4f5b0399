"""Escalation answers the contract: which debtors it pays the collector to take to Kronofogden.

The collector sees a debtor's segment and whether Kronofogden knows the debtor, not the debtor's type. For each such group
that passes its first solvency check it weighs what the application adds to what it keeps (fees of the application itself,
and whatever it has of any payment times how much likelier payment becomes than under surveillance) against the outlays it
loses when the debtor does not pay, if it has advanced them. A price of every case, taken or closed, is owed either way and
weighs nothing; a commission is that of a case of the segment's mean principal. Rough on purpose (no interest, no partial
payments): a rule of thumb that an agency could follow, recomputed whenever contract, law or behaviour change. A case that a
later re-check finds solvent goes on.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.shares import at_least_0, total
from kravsim.law import Law
from kravsim.models.agency_terms import LETTER_FEES, agency_keeps, agency_part, commission_ore
from kravsim.models.answers import answer_shares
from kravsim.models.surveillance import recheck_days, spell_shares
from kravsim.scenario.schema import Model, ScenarioData
from kravsim.stream.amounts import mean_amount_kr
from kravsim.stream.stream import DEBTOR_TYPES, N_CLASSES, SEGMENTS, class_parts
from kravsim.stream.synthetic import type_shares
from kravsim.units import half_up


def escalated_classes(data: ScenarioData, model: Model, law: Law, day: dt.date) -> NDArray[np.bool_]:
    """Whether the collector takes the solvent cases of each debtor class (K,) to Kronofogden.

    Where the scenario's values hold arrays (B,), the answer is (K, B).

    Parameters
    ----------
    data : ScenarioData
    model : Model
    law : Law
    day : datetime.date
        The day whose fees are weighed, unless the law is frozen before it.
    """
    known_to_kronofogden = np.array([class_parts(klass)[2] for klass in range(N_CLASSES)])
    if model.escalation.rule != "if_it_pays":
        return ~known_to_kronofogden | (model.escalation.rule == "always")
    population = type_shares(data)
    application = law.fee_ore("payment_order_application", day, frozen_at=data.law.frozen_at)
    basic_fee = law.fee_ore("enforcement_basic_fee", day, frozen_at=data.law.frozen_at)
    if model.contract is not None and model.contract.outlays_advanced_by == "region":
        application = basic_fee = 0  # what is lost is not the collector's
    groups: dict[tuple[str, bool], list[tuple[int, float]]] = {}
    outcomes: dict[str, tuple[float, float, float]] = {}
    kept = {segment: kept_ore(data, model, law, day, _mean_principal_ore(data, segment)) for segment in SEGMENTS}
    for klass in range(N_CLASSES):
        segment, kind, known = class_parts(klass)
        if kind not in outcomes:  # the answers it is made of depend on nothing else
            outcomes[kind] = (*_outcome(data, model, klass), _paid_under_surveillance(data, kind))
        share = population[SEGMENTS.index(segment), DEBTOR_TYPES.index(kind)]
        weight = share * _reaches(data, model, kind, klass, known=known)
        paid, fees_lost, later = outcomes[kind]  # what is not paid now may be, outlays included, years later
        of_application, of_payment = kept[segment]
        ever = paid + (1 - paid) * later
        gain = ever * of_application + (ever - later) * of_payment
        loss = (1 - ever) * application + (1 - later) * fees_lost * basic_fee
        groups.setdefault((segment, known), []).append((klass, weight * (gain - loss)))
    pays: dict[int, Any] = {}
    for members in groups.values():
        pays |= dict.fromkeys([klass for klass, _ in members], total(part for _, part in members) > 0)
    return np.array(np.broadcast_arrays(*(pays[klass] for klass in range(N_CLASSES))))


def _rest(*shares: float) -> float:
    """What shares leave of everybody."""
    left: float = at_least_0(1 - total(shares))
    return left


def _reaches(data: ScenarioData, model: Model, kind: str, klass: int, *, known: bool) -> float:
    """Relative weight of a type, within its segment, among the cases that the solvency check lets through."""
    behaviour = getattr(data.behaviour, kind)
    share_known = behaviour.known_at_kronofogden_share.value
    weight: float = behaviour.activity.value * (share_known if known else 1 - share_known)
    for step in ("reminder", "demand", "solvency_check"):
        weight = weight * _rest(*answer_shares(data, model, step, klass))
    return weight


def _outcome(data: ScenarioData, model: Model, klass: int) -> tuple[float, float]:
    """Chance that an application leads to payment, and how many yearly fees of enforcement are lost on average."""
    paid, late, contested, dismissed = answer_shares(data, model, "payment_order", klass)
    settled, dropped = answer_shares(data, model, "contested", klass)
    court_paid, court_lost = answer_shares(data, model, "district_court", klass)
    court, order = _rest(settled, dropped), _rest(paid, late, contested, dismissed)
    order_paid = answer_shares(data, model, "order", klass)[0]
    attached = order * (1 - order_paid) + contested * court * _rest(court_paid, court_lost)
    seized, _, _, continued = answer_shares(data, model, "attachment", klass)
    visits = total(continued**year for year in range(half_up(data.policy.attachment_years.value)))
    seized_ever = seized * visits
    voluntary = paid + contested * (settled + court * court_paid) + order * order_paid
    return voluntary + attached * seized_ever, attached * (visits - seized_ever)


def _paid_under_surveillance(data: ScenarioData, kind: str) -> float:
    """Chance that a case put under surveillance instead is paid before it is left to limitation."""
    days = data.policy.surveillance_spells.value * data.timing.surveillance_spell_days.value
    return spell_shares(getattr(data.behaviour, kind), days, recheck_days(data))[0]


def _mean_principal_ore(data: ScenarioData, segment: str) -> Any:
    """Principal of a mean case of a segment; where nobody is of it, it weighs nothing."""
    spec = data.debtors.segments.get(segment)  # type: ignore[call-overload]
    return (mean_amount_kr(spec) if spec else 0.0) * data.debtors.claims_per_occasion.value * 100


def kept_ore(
    data: ScenarioData, model: Model, law: Law, day: dt.date, principal: Any, letters: tuple[str, ...] = ("demand",)
) -> tuple[Any, Any]:
    """What the collector keeps, in öre: of a payment after an application alone, and of any payment.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    model : Model
    law : Law
    day : datetime.date
        The day whose fees are weighed, unless the law is frozen before it.
    principal : float or array
        Of the case, öre.
    letters : tuple of str
        Letters whose fees are owed and weighed.
    """
    frozen_at = data.law.frozen_at
    fees = {charge: law.fee_ore(charge, day, frozen_at=frozen_at) for charge in map(LETTER_FEES.__getitem__, letters)}
    own_work = law.fee_ore("payment_order_own_work", day, frozen_at=frozen_at)
    contract = model.contract
    if contract is None:
        return own_work, sum(fees.values()) + principal
    of_application = own_work if contract.own_work_fee_kept_by == "agency" else 0
    of_payment: Any = sum(fee * agency_part(model, charge) for charge, fee in fees.items())
    if contract.price_a_paid_case_kr is not None:
        of_payment = of_payment + contract.price_a_paid_case_kr.value * 100
    costs = sum(fee for charge, fee in fees.items() if not agency_keeps(model, charge))
    of_payment = of_payment + commission_ore(contract.commission, principal, costs)
    return of_application, of_payment - contract.paid_case_kr.value * 100
