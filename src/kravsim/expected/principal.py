"""The principal of cases: all that are handed over, and those within the bounds of what a letter or a plan is worth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from kravsim.expected.arrivals import Arrivals, amounts
from kravsim.expected.principal_compiled import LATTICE, N_POINTS, ClaimKr, below_floor, points_of
from kravsim.expected.tables import Tables
from kravsim.law import law_of
from kravsim.models.refusals import plan_fees_ore
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS
from kravsim.units import ORE_PER_KR

Floats = NDArray[np.float64]
EDGES = ndtri(np.linspace(0, 1, N_POINTS + 1))


@dataclass(frozen=True, eq=False)
class Principal:
    """Cases whose principal lies within some bounds.

    Attributes
    ----------
    share, claims, mean, spread : (segments, types, B)
        Of all cases handed over; claims and kronor of a case, and the standard deviation of the logarithm.
    points : (B, types, segments, N_POINTS)
        Equally likely values that stand for the principal.
    below : (3, segments, types, B)
        What lies below the floor of applications: of cases, their claims and their principal.
    """

    share: Floats
    claims: Floats
    mean: Floats
    spread: Floats
    points: Floats
    below: Floats

    @property
    def is_nobody(self) -> bool:
        """Whether no set has such cases."""
        return not self.share.any()


@dataclass(frozen=True, eq=False)
class Sizes:
    """The principal of all cases handed over; ``claim`` (by segment) and ``occasions`` (B, types, k) are what it is made of.

    ``count`` (B,): mean claims of an occasion; ``floor`` (B,): smallest principal taken to Kronofogden, in kr.
    """

    claims: Floats
    mean: Floats
    spread: Floats
    claim: ClaimKr
    occasions: Floats
    count: Floats
    floor: Floats
    known: dict[bytes, Floats] = field(default_factory=dict)

    def within(self, least: Floats | None, most: Floats | None = None) -> Principal:
        """The cases from ``least`` up to below ``most`` (B,), in kr; None is no bound.

        Parameters
        ----------
        least, most : float64 array, shape (B,), or None
            Kronor.
        """
        low = self.below(np.zeros_like(self.floor) if least is None else least)
        high = np.ones_like(low) if most is None else np.maximum(self.below(most), low)
        under = self.below(self.floor)
        if not low.any() and most is None:
            return Principal(np.ones_like(self.mean), self.claims, self.mean, self.spread, self._points(), under)
        width = high - low
        cases = np.maximum(width[0], 1e-300)
        mean = self.mean * width[2] / cases
        return Principal(
            share=width[0],
            claims=self.claims * width[1] / cases,
            mean=mean,
            spread=self.spread,
            points=self._points_within(least, most, mean),
            below=(np.clip(under, low, high) - low) / np.maximum(width, 1e-300),
        )

    def below(self, floor: Floats) -> Floats:
        """What lies below a floor (B,) in kr: shares of cases, claims and principal, (3, segments, types, B).

        Parameters
        ----------
        floor : float64 array, shape (B,)
            Kronor.
        """
        key = floor.tobytes()
        if key not in self.known:
            self.known[key] = self._below(floor)
        return self.known[key]

    def _below(self, floor: Floats) -> Floats:
        found = np.zeros((len(floor), len(DEBTOR_TYPES), len(SEGMENTS), 3))
        if floor.any():
            workspace = np.zeros((self.occasions.shape[2] + 1, 2, LATTICE + 1))
            below_floor(np.ascontiguousarray(floor), self.claim, self.count, self.occasions, workspace, found)
        share = found.transpose(3, 2, 1, 0).copy()
        share[1] /= np.maximum(self.claims, 1e-300)
        share[2] /= np.maximum(self.mean, 1e-300)
        return share

    def _points(self) -> Floats:
        points = np.empty((len(self.floor), len(DEBTOR_TYPES), len(SEGMENTS), N_POINTS))
        points_of(self.mean.T.reshape(-1), self.spread.T.reshape(-1), EDGES, points.reshape(-1, N_POINTS))
        return points

    def _points_within(self, least: Floats | None, most: Floats | None, mean: Floats) -> Floats:
        """Points of the lognormal between two bounds, scaled to the mean of the cases there."""
        whole, spread = np.maximum(self.mean, 1e-300).T[..., None], np.maximum(self.spread, 1e-9).T[..., None]

        def upto(bound: Floats) -> Floats:
            logarithm = np.log(np.maximum(bound, 1e-9))[:, None, None, None] - np.log(whole)
            return np.asarray(ndtr(logarithm / spread + spread / 2))

        low = np.zeros_like(whole) if least is None else upto(least)
        high = np.ones_like(whole) if most is None else np.maximum(upto(most), low)
        edges = ndtri(low + (high - low) * np.linspace(0, 1, N_POINTS + 1))
        points = np.diff(ndtr(edges - spread), axis=-1)
        each = points.mean(axis=-1, keepdims=True)
        return np.ascontiguousarray(np.where(each > 0, points / np.maximum(each, 1e-300), 1.0) * mean.T[..., None])


def sizes_of_cases(tables: Tables, came: Arrivals) -> Sizes:
    """Describe the principal of the cases handed over.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    came : Arrivals
        What is handed over.
    """
    claim = amounts(tables.batch)
    mean = claim.mean[:, None] * came.claims_per_case
    per_case = np.maximum(came.claims_per_case, 1e-300)
    cv2 = claim.cv2[:, None] / per_case + came.count_var / per_case / per_case
    count = tables.batch.array(tables.batch.view.debtors.claims_per_occasion.value)
    if not tables.batch.view.debtors.coordinate:
        count = np.ones(len(count))
    return Sizes(
        claims=np.broadcast_to(came.claims_per_case, mean.shape),
        mean=mean,
        spread=np.sqrt(np.log1p(cv2)),
        claim=ClaimKr(
            mean=np.ascontiguousarray(claim.rest_mean.T),
            spread=np.ascontiguousarray(claim.rest_spread.T),
            rest=np.ascontiguousarray(claim.rest.T),
            steps=np.ascontiguousarray(claim.steps.transpose(3, 0, 1, 2)),
        ),
        occasions=np.ascontiguousarray(came.occasions.transpose(2, 0, 1)),
        count=np.array(count),
        floor=np.array(tables.batch.array(tables.model.escalation.min_case_kr.value)),
    )


def smallest_kr(tables: Tables) -> tuple[Floats, Floats, Floats]:
    """Smallest principal (B,) in kr that a reminder, a demand and a plan are for; none is below those before it.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    """
    view, array = tables.batch.view, tables.batch.array
    reminder, demand = (
        np.array(array(0.0 if least is None else least.value))
        for least in (view.policy.smallest_reminder_kr, view.policy.smallest_demand_kr)
    )
    demand, most = np.maximum(reminder, demand), view.policy.instalment_plan_fee_share
    if most is None:
        return reminder, demand, demand
    return reminder, demand, np.maximum(demand, array(plan_fees_ore(view, law_of(view)) / ORE_PER_KR / most.value))
