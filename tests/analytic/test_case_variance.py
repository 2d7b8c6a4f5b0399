"""The one variance that the closed form gives: of a case's claims and principal, against cases that are drawn.

It gives no spread of a year. Part payments, instalments and statements of interest go by a lognormal with the mean and
variance of the sum of a case's claims. Those moments are exact: by type of debtor they lie within five standard errors of
the moments of drawn cases, over replications with fixed seeds. A variance with all claims of a case of one amount, or
with their number known, is rejected.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.expected.arrivals import Arrivals, arrivals
from kravsim.expected.batch import batch_of_one
from kravsim.expected.clock import Clock
from kravsim.expected.principal import Sizes, sizes_of_cases
from kravsim.expected.tables import Tables
from kravsim.scenario import Scenario
from kravsim.stream import generate
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS

Floats = npt.NDArray[np.float64]
Z, REPLICATIONS = 5.0, 24
PRIVATE = SEGMENTS.index("private")


def world(reading: str) -> Scenario:
    """The case with lighter tails, so that a variance is known well, and one year of history."""
    light = {"debtors.segments.private.amount_median_kr": 380, "horizon.history_years": 1}
    return ks.load_scenario("jamtland-harjedalen-2017").with_alternatives({"reading": reading}).with_changes(light)


@cache
def moments(reading: str) -> Floats:
    """Of each replication and type: mean and variance of claims a case, and of its principal in kr."""
    scenario, found = world(reading), []
    for replication in range(REPLICATIONS):
        draws = Draws(5, 0, replication)
        stream = generate(scenario.realise(draws), draws)
        cases, debtors = stream.cases, stream.debtors
        of_type = np.where(debtors.segment[cases.debtor] == PRIVATE, debtors.kind[cases.debtor], -1)
        claims, kronor = np.diff(cases.first_claim), cases.principal_ore / 100
        each = [(claims[of_type == code], kronor[of_type == code]) for code in range(len(DEBTOR_TYPES))]
        found.append([(n.mean(), n.var(ddof=1), kr.mean(), kr.var(ddof=1)) for n, kr in each])
    return np.array(found)


@cache
def closed(reading: str) -> tuple[Arrivals, Sizes]:
    batch = batch_of_one(world(reading).data)
    clock = Clock.of(batch)
    came = arrivals(batch, clock.calendar)
    return came, sizes_of_cases(Tables.of(batch, "outsourced", clock), came)


@pytest.mark.parametrize("reading", ["A", "D"])
def test_variance_of_claims_and_principal_of_a_case_are_those_of_drawn_cases(reading: str) -> None:
    came, sizes = closed(reading)
    drawn = moments(reading)
    mean, error = drawn.mean(axis=0), drawn.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
    for code, name in enumerate(DEBTOR_TYPES):
        principal = float(sizes.mean[PRIVATE, code, 0])
        variance = principal**2 * float(np.expm1(sizes.spread[PRIVATE, code, 0] ** 2))
        exact = (float(came.claims_per_case[code, 0]), float(came.count_var[code, 0]), principal, variance)
        off = np.abs(mean[code] - exact)
        assert (off <= Z * error[code] + 1e-9).all(), (name, exact, mean[code], error[code])


def test_wrong_variances_are_told_apart() -> None:
    """All claims of a case of one amount; or the number of claims known."""
    came, _ = closed("D")
    _, alone = closed("A")
    drawn = moments("D")[:, :, 3]
    mean, error = drawn.mean(axis=0), drawn.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
    claims, one = came.claims_per_case[:, 0], alone.mean[PRIVATE, :, 0]
    of_one = np.square(one) * np.expm1(np.square(alone.spread[PRIVATE, :, 0]))
    right = claims * of_one + came.count_var[:, 0] * np.square(one)
    assert (np.abs(mean - right) < Z * error).all()
    for wrong in (np.square(claims) * of_one, claims * of_one):
        assert (np.abs(mean - wrong) > Z * error).any()
