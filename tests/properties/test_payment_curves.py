"""What holds of payment curves whatever the scenario; that both roads and engines agree is in ``test_balances_agree``."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kravsim.chance.draws import Draws
from kravsim.flow import run_model, setting
from kravsim.measures.incidence import incidence, kept, unpacked
from kravsim.scenario import Scenario
from kravsim.settling.curves import BINS, CENSORED, ENDED_BY_EVENT, STRATA
from kravsim.stream.stream import SEGMENTS
from tests.properties.strategies import small_scenarios

MODELS = ("outsourced", "in_house", "own_reminders")
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(counts=arrays(np.int64, (4, 3, BINS), elements=st.integers(0, 5)))
def test_shares_grow_with_time_and_with_the_open_ones_are_everybody(counts: np.ndarray) -> None:
    shares = incidence(counts)
    known = np.where(np.isnan(shares), 0.0, shares)
    assert (known >= 0).all()
    assert (known.sum(axis=1) <= 1 + 1e-9).all()
    for row in shares.reshape(-1, BINS):
        assert (np.diff(row[~np.isnan(row)]) >= 0).all()


@given(counts=arrays(np.int64, (3, BINS), elements=st.integers(0, 5)))
def test_where_nobody_is_censored_shares_are_those_counted(counts: np.ndarray) -> None:
    counts[CENSORED] = 0
    if counts.any():
        found = np.cumsum(counts[:CENSORED], axis=-1) / counts.sum()
        np.testing.assert_allclose(incidence(counts), found, atol=1e-12)


@given(scenario=small_scenarios(), model=st.sampled_from(MODELS), seed=st.integers(0, 2**64))
@quick
def test_curves_of_random_scenarios(scenario: Scenario, model: str, seed: int) -> None:
    met = setting(scenario, Draws(seed, 0, 0))
    parts = run_model(met, model)
    tally, found = parts.tally, unpacked(parts.outcome.curves)
    assert np.array_equal(parts.outcome.curves, kept(tally), equal_nan=True)
    # everybody is in one segment and one class of amount, and ends in one way
    segments, amounts = slice(1, 1 + len(SEGMENTS)), slice(1 + len(SEGMENTS), len(STRATA))
    for table in (tally.curves, tally.recovered):
        assert (table[:, segments].sum(axis=1) == table[:, 0]).all()
        assert (table[:, amounts].sum(axis=1) == table[:, 0]).all()
    assert (tally.apart.sum(axis=(3, 4)) == tally.curves[:, 0].sum(axis=(2, 3))[:, None]).all()
    # the first is everybody who was handed over, and the counts of the cohort are the same
    assert tally.curves[0, 0, 0].sum() == parts.outcome.cohort["claims"]
    assert tally.curves[0, 0, 1].sum() == round(parts.outcome.cohort["referred_principal_kr"] * 100)
    assert tally.recovered[0, 0] == round(parts.outcome.cohort["principal_recovered_kr"] * 100)
    assert tally.recovered[0, 0] >= tally.curves[0, 0, 1, ENDED_BY_EVENT].sum()
    assert (tally.recovered <= tally.curves[:, :, 1].sum(axis=(2, 3))).all()
    # who has paid everything has paid the principal, on that day or before; who kept a plan has paid everything
    paid = tally.curves[:, 0, :, ENDED_BY_EVENT].cumsum(axis=-1)
    all_paid, part_paid, plan_kept = np.moveaxis(tally.apart[:, :, :, ENDED_BY_EVENT].cumsum(axis=-1), 1, 0)
    assert (all_paid <= paid).all()
    assert (plan_kept <= all_paid).all()
    assert (part_paid[..., -1] <= found.at_step[:, 0]).all()
