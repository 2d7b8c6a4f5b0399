"""Bodies of any small size, and any share of late invoices: a scenario is refused before it runs, or all of it runs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.errors import RunError, ScenarioError
from kravsim.flow import run_model, setting
from kravsim.scenario import Scenario
from tests.properties.strategies import tiny

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(
    invoices=st.integers(0, 600),
    share=st.one_of(st.sampled_from([0.0, 0.005, 0.5, 1.0]), st.floats(0.001, 1.0)),
    debtors=st.integers(1, 300),
    together=st.booleans(),
    model=st.sampled_from(["outsourced", "in_house"]),
    seed=st.integers(0, 2**64),
)
@quick
def test_a_body_is_refused_or_runs(
    invoices: int, share: float, debtors: int, together: bool, model: str, seed: int
) -> None:
    """No run has more late claims than invoices, no claim is of less than 1 öre, and shares are of all years together."""
    size = {"invoices__per_year": invoices, "invoices__late_share": share, "debtors__number": debtors}
    scenario = tiny(**size, debtors__coordinate=together)
    if not _runs(scenario, seed):
        return
    late = paid = 0
    for replication in range(3):
        met = setting(scenario, Draws(seed, 0, replication))
        stream = met.stream
        assert (stream.runs.late <= stream.runs.invoices).all()
        assert stream.claims.principal_ore.min(initial=1) >= 1
        numbers = run_model(met, model).outcome
        late += numbers.wholes["success_share"]
        paid += numbers.parts["success_share"]
    run = ks.simulate(scenario, model=model, replications=3, seed=seed, workers=1, progress=False)
    if late:
        assert run.success_share.mean == pytest.approx(paid / late, rel=1e-12)
        return
    with pytest.raises(RunError, match="nothing to take a share of in 3 of 3 replications"):
        run.success_share.mean  # noqa: B018 - raises


def _runs(scenario: Scenario, seed: int) -> bool:
    """Whether the scenario is not refused: one whose debtors cannot have so many late invoices is, in every replication."""
    try:
        setting(scenario, Draws(seed, 0, 0))
    except ScenarioError:
        for replication in (1, 2):
            with pytest.raises(ScenarioError, match="late"):
                setting(scenario, Draws(seed, 0, replication))
        return False
    return True
