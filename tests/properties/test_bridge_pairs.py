"""A bridge between any two scenarios leaves nothing over: in every replication, at a percentile, and case by case."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.results.walk import DIFFERENCE, EACH, Walk
from kravsim.scenario import Scenario
from tests.unit.result_makers import LINES_KR, outcome, run_of

from .strategies import small_scenarios

NAMES = (("början", "the start"), ("slutet", "the end"))
MODELS = ("outsourced", "in_house", "own_reminders")
YEARS = st.sampled_from([(2017, 2018), (2016, 2017), (2016, 2018), (2017, 2019)])


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=small_scenarios(), end=small_scenarios(), years=YEARS, models=st.tuples(*[st.sampled_from(MODELS)] * 2))
def test_any_two_scenarios(start: Scenario, end: Scenario, years: tuple[int, int], models: tuple[str, str]) -> None:
    first, last = years
    end = end.with_changes(
        {"horizon.start": dt.date(first, 1, 1), "horizon.end": dt.date(last, 1, 1), "body.name": "The other"}
    )
    found = ks.studies.bridge(start, end, models=models, replications=2, seed=5, workers=1, progress=False)
    gaps = found.end.net_ore() - found.start.net_ore()
    assert (sum(found.bridge.causes_ore.values()) == gaps).all()
    low, high, causes = found.amounts_ore
    assert sum(causes.values()) == high - low
    cases = found.cases
    assert cases is not None
    assert sum(one.ore for one in cases.kinds.values()) + sum(cases.beside.values()) == cases.total_ore
    lines = len(found.start.lines) + len(found.end.lines)
    assert abs(cases.total_ore - cases.years * int(gaps[0])) <= cases.years * lines
    json.dumps(found.to_json(), allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), n=st.integers(200, 400), of=st.sampled_from([EACH, DIFFERENCE]), p=st.floats(0.05, 0.95)
)
def test_any_percentile(seed: int, n: int, of: str, p: float) -> None:
    rng = np.random.default_rng(seed)
    runs = []
    for model, lines in LINES_KR.items():
        some = {line: rng.integers(-(10**9), 10**9) for line in lines if rng.random() < 0.7}
        spread = 10 ** rng.uniform(0, 8)
        budgets = [{line: int(mean + spread * rng.normal()) for line, mean in some.items()} for _ in range(n)]
        runs.append(run_of(model, [outcome(model, place, one) for place, one in enumerate(budgets)]))
    found = Walk(runs[0], runs[1], percentile=p, of=of, names=NAMES)
    low, high, causes = found.amounts_ore
    assert sum(causes.values()) == high - low
    nets = [run.net_ore().astype(float) for run in runs]
    wanted = np.quantile(nets[1], p) - np.quantile(nets[0], p) if of == EACH else np.quantile(nets[1] - nets[0], p)
    assert abs((high - low) - wanted) <= 2 + 1e-9 * max(abs(net).max() for net in nets)
