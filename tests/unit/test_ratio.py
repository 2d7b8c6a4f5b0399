"""Shares over many years are ratios of totals, with the error of one; a year without claims spoils nothing.

Coverage of the interval stands in `tests/statistical/test_coverage.py`.
"""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.unit.result_makers import outcome, renamed, run_of

import kravsim as ks
from kravsim.errors import RunError
from kravsim.measures.outcome import Outcome
from kravsim.results.comparison import Comparison
from kravsim.statistics.ratio import ratio_of

SUCCESS = "success_share"


def with_share(replication: int, paid: float, claims: float, model: str = "outsourced") -> Outcome:
    share = paid / claims if claims else float("nan")
    one = outcome(model, replication, {"interest": 100}, claims=claims, success_share=share)
    return replace(one, parts={SUCCESS: paid}, wholes={SUCCESS: claims})


YEARS = [(1.0, 4.0), (0.0, 0.0), (30.0, 40.0), (2.0, 2.0), (0.0, 0.0), (5.0, 9.0)]


def test_the_mean_is_the_ratio_of_totals_and_samples_are_of_years_with_claims() -> None:
    found = run_of("outsourced", [with_share(r, *year) for r, year in enumerate(YEARS)]).success_share
    assert found.mean == 38 / 55
    assert found.samples.tolist() == [0.25, 0.75, 1.0, 5 / 9]
    assert found.n == 4
    assert found.to_frame().index.tolist() == [0, 2, 3, 5]


def test_json_says_how_many_years_had_none() -> None:
    run = run_of("outsourced", [with_share(r, *year) for r, year in enumerate(YEARS * 30)])
    told = run.summary()[SUCCESS]
    assert told["mean"] == 38 / 55
    assert told["undefined"] == 60
    assert told["p50"] == pytest.approx(np.quantile([0.25, 0.75, 1.0, 5 / 9] * 30, 0.5))
    assert [doubt.key for doubt in run.doubts] == ["years_without_claims"]
    assert "60 of 180 replications" in run.doubts[0].en
    assert run.doubts[0].sv in run.table("sv")
    assert "no cases" not in run.table("en")
    full = run_of("outsourced", [with_share(r, 3.0 + r % 2, 10) for r in range(5)])
    assert "undefined" not in full.summary()[SUCCESS]
    assert full.doubts == ()


def test_no_claims_in_any_year_is_still_no_cases() -> None:
    none = run_of("outsourced", [with_share(r, 0, 0) for r in range(3)])
    assert not none.defined(SUCCESS)
    assert none.summary()[SUCCESS]["undefined"] == 3
    with pytest.raises(RunError, match="nothing to take a share of in 3 of 3"):
        none.metric(SUCCESS)


def test_the_error_is_the_jackknifes() -> None:
    rng = np.random.default_rng(1)
    whole = rng.poisson(3, 50).astype(float)
    part = rng.binomial(whole.astype(int), 0.4).astype(float)
    found = ratio_of(part, whole, SUCCESS, "share")
    n, total = len(whole), part.sum() / whole.sum()
    without = np.array([(part.sum() - p) / (whole.sum() - w) for p, w in zip(part, whole, strict=True)])
    assert found.se == pytest.approx(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    linear = np.sqrt(((part - total * whole) ** 2).sum() * n / (n - 1)) / whole.sum()
    assert found.se == pytest.approx(linear, rel=0.05)
    low, high = found.mean_interval()
    assert low < found.mean < high
    assert found.mean - low == pytest.approx(high - found.mean, rel=0.3)


def test_of_a_single_year_with_claims_no_error_is_given() -> None:
    found = ratio_of([0.0, 3.0, 0.0], [0.0, 4.0, 0.0], SUCCESS, "share")
    assert (found.mean, found.undefined) == (0.75, 2)
    with pytest.raises(RunError):
        _ = found.se


def test_a_difference_of_shares_is_paired() -> None:
    one = [with_share(r, paid + 1, claims + 1) for r, (paid, claims) in enumerate(YEARS)]
    other = [replace(with_share(r, *year), model="in_house") for r, year in enumerate(YEARS)]
    first, second = run_of("outsourced", one).success_share, run_of("in_house", other).success_share
    gap = first.less(second)  # type: ignore[attr-defined]
    assert gap.mean == pytest.approx(44 / 61 - 38 / 55)
    run = run_of("outsourced", one)
    assert run.success_share.less(run.success_share).se == 0  # type: ignore[attr-defined]
    table = Comparison((renamed(run, "in_house"), run)).table("en")
    assert "no cases" not in table


def test_equal_ratios_are_equal_and_travel() -> None:
    found = ratio_of([1.0, 0.0, 2.0], [2.0, 0.0, 4.0], SUCCESS, "share")
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found) == hash(ratio_of([1.0, 0.0, 2.0], [2.0, 0.0, 4.0], SUCCESS, "share"))
    assert found != ratio_of([1.0, 2.0], [2.0, 4.0], SUCCESS, "share")


@pytest.mark.parametrize(("parts", "wholes"), [([0.0], [0.0]), ([1.0], [-1.0])])
def test_a_share_of_nothing_is_refused(parts: list[float], wholes: list[float]) -> None:
    with pytest.raises(RunError, match="nothing to take a share of"):
        ratio_of(parts, wholes, SUCCESS, "share")


def test_every_number_that_is_a_ratio_is_the_part_of_its_whole() -> None:
    """Also in years without claims, whose payments are of earlier years' claims."""
    small = tiny(invoices__per_year=120, invoices__late_share=0.02, debtors__number=40, horizon__history_years=3)
    run = ks.simulate(small, model="outsourced", replications=40, seed=2, workers=1)
    assert 0 < sum(one.numbers["claims"] == 0 for one in run.outcomes) < 40
    for one in run.outcomes:
        for name, whole in one.wholes.items():
            table = one.cohort if name.startswith("cohort_") else one.numbers
            value = table[name.removeprefix("cohort_")]
            assert np.isnan(value) if whole == 0 else value == one.parts[name] / whole
    assert {SUCCESS, "mean_claim_kr", "orders_paid_share", "cohort_success_share"} <= set(run.outcomes[0].wholes)
    paid = sum(one.parts[SUCCESS] for one in run.outcomes)
    assert run.success_share.mean == paid / sum(one.numbers["claims"] for one in run.outcomes)
    assert paid >= sum(one.parts[SUCCESS] for one in run.outcomes if one.numbers["claims"])
    for name, value in run.outcomes[0].numbers.items():
        assert not np.isnan(value) or name in run.outcomes[0].wholes
    assert (
        run.cohort().set_index("measure").loc["success_share", "mean"] == run._ratio("cohort_success_share", "x").mean
    )  # type: ignore[union-attr]
