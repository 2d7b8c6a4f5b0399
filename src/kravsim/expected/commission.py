"""A commission with floor and cap, in expectation: it is not linear, so it is taken over the spread of cases' principal.

Whoever pays all pays it at once; what is paid in parts bears the commission of a whole case in proportion to principal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.tables import Tables
from kravsim.expected.year import (
    PAID_APPLICATION,
    PAID_DEMAND_FEE,
    PAID_ENDED_CASES,
    PAID_INTEREST,
    PAID_OTHER_FEES,
    PAID_OUTLAYS,
    PAID_OWN_WORK,
    PAID_PRINCIPAL,
    PAID_REMINDER_FEE,
    STAGE_DEMANDED,
    STAGE_LATER,
    STAGE_REMINDED,
)
from kravsim.ledger.accounts import REGION
from kravsim.ledger.ownership import ownership

Floats = NDArray[np.float64]

BEGINS = {"reminder": STAGE_REMINDED, "demand": STAGE_DEMANDED, "solvency_check": STAGE_LATER}
"""How far a case has come when the agency takes it."""
LATE_COSTS = {
    PAID_REMINDER_FEE: "reminder_fee",
    PAID_DEMAND_FEE: "demand_fee",
    PAID_OTHER_FEES: "instalment_plan_fee",
    PAID_APPLICATION: "payment_order_application",
    PAID_OWN_WORK: "payment_order_own_work",
    PAID_OUTLAYS: "enforcement_basic_fee",
}
"""Kinds of payment that are costs, and a charge that says who keeps them."""


@dataclass(frozen=True, eq=False)
class Commissions:
    """What the region pays the agency of recovered amounts.

    Attributes
    ----------
    share : float64 array, shape (B,)
        Of what is received of a case.
    least, most : float64 array, shape (B,)
        Floor and cap of a case, in kr.
    of_principal, of_interest, of_costs : float
        1 where it counts, else 0.
    since : int
        How far a case has come when the agency takes it.
    received : frozenset of str
        Charges that the region keeps.
    """

    share: Floats
    least: Floats
    most: Floats
    of_principal: float
    of_interest: float
    of_costs: float
    since: int
    received: frozenset[str]

    @classmethod
    def of(cls, tables: Tables) -> Commissions | None:
        """Of a model's contract; None where it pays none.

        Parameters
        ----------
        tables : Tables
        """
        contract, array = tables.model.contract, tables.batch.array
        if contract is None or contract.commission is None:
            return None
        agreed, owners = contract.commission, ownership(tables.model)
        n = len(tables.batch.which)
        return cls(
            share=array(agreed.share.value),
            least=np.zeros(n) if agreed.least_kr is None else array(agreed.least_kr.value),
            most=np.full(n, np.inf) if agreed.most_kr is None else array(agreed.most_kr.value),
            of_principal=float("principal" in agreed.of),
            of_interest=float("interest" in agreed.of),
            of_costs=float("costs" in agreed.of),
            since=BEGINS[tables.model.agency_from],
            received=frozenset(name for name, owner in owners.charge.items() if owner == REGION),
        )

    def a_case(self, points: Floats, grown: Floats | float = 0.0, costs: Floats | float = 0.0) -> Floats:
        """Commission of cases (segments, types, B) that have paid all (§M22).

        Parameters
        ----------
        points : float64 array, shape (B, types, segments, n)
            Equally likely values of the principal, in kr.
        grown : float64 array or float, shape (B,)
            Interest on a krona of it.
        costs : float64 array or float, shape (B,)
            What the region keeps of what was added, in kr.
        """
        grown, costs = (np.broadcast_to(each, len(points))[:, None, None, None] for each in (grown, costs))
        received = points * (self.of_principal + self.of_interest * grown) + self.of_costs * costs
        share, least, most = (each[:, None, None, None] for each in (self.share, self.least, self.most))
        due = np.where(received > 0, np.minimum(np.maximum(received * share, least), most), 0.0)
        return np.asarray(due.mean(axis=3).transpose(2, 1, 0))

    def kept(self, fees: dict[str, float | Floats]) -> float | Floats:
        """What the region receives of these charges of a case.

        Parameters
        ----------
        fees : dict of str to float64 array or float
            Charge to kr.
        """
        return sum((fee for name, fee in fees.items() if name in self.received), 0.0)

    def late(self, points: Floats, cases: Floats, paid: Floats) -> Floats:
        """Commission (B,) on what is paid after the solvency check.

        All cases have the mean interest on a krona and the mean costs of those that are paid.

        Parameters
        ----------
        points : float64 array, shape (B, types, segments, n)
            Equally likely values of the principal, in kr.
        cases : float64 array, shape (segments, types, B)
            Weight of each class.
        paid : float64 array, shape (B, kinds)
            Kronor by kind of payment; of the last kind, cases.
        """
        principal = np.maximum(paid[:, PAID_PRINCIPAL], 1e-300)
        costs = sum(paid[:, kind] for kind, name in LATE_COSTS.items() if name in self.received)
        each = self.a_case(
            points, paid[:, PAID_INTEREST] / principal, costs / np.maximum(paid[:, PAID_ENDED_CASES], 1e-300)
        )
        mean = points.mean(axis=3).transpose(2, 1, 0)
        whole = np.maximum((mean * cases).sum(axis=(0, 1)), 1e-300)
        return np.asarray((each * cases).sum(axis=(0, 1)) / whole * paid[:, PAID_PRINCIPAL])
