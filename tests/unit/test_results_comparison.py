"""Is the paired difference exact, its bridge without a residual, and its sentence honest?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.errors import RunError
from kravsim.results.bridge import GROUPS, Bridge
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run

from .result_makers import PROVENANCE, make_comparison, make_run, outcome, run_of, twins

pytestmark = pytest.mark.filterwarnings("error")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def two(budgets: list[tuple[dict[str, int], dict[str, int]]], principals: tuple[int, int] = (0, 0)) -> Comparison:
    sides = []
    for side, model in enumerate(("in_house", "outsourced")):
        outcomes = [
            outcome(model, number, pair[side], principal_ore=principals[side]) for number, pair in enumerate(budgets)
        ]
        sides.append(run_of(model, outcomes))
    return Comparison((sides[0], sides[1]))


def test_difference_is_first_less_second_in_every_replication() -> None:
    cmp = make_comparison(50)
    expected = (cmp.first.net_ore() - cmp.second.net_ore()) / 100
    assert cmp.difference.samples.tolist() == expected.tolist()
    economic = cmp.first.economic_result.samples - cmp.second.economic_result.samples
    assert cmp.economic_difference.samples == pytest.approx(economic, abs=0.005)


def test_swapping_the_models_turns_every_sign() -> None:
    cmp = make_comparison(50)
    swapped = Comparison((cmp.second, cmp.first))
    assert swapped.difference.samples.tolist() == (-cmp.difference.samples).tolist()
    for cause in cmp.bridge().causes:
        assert swapped.bridge().mean_kr(cause) == -cmp.bridge().mean_kr(cause)


def test_better_means_strictly_better() -> None:
    cmp = two([({"interest": 2}, {"interest": 1}), ({"interest": 1}, {"interest": 1}), ({}, {"interest": 1})])
    assert cmp.prob_first_better == pytest.approx(1 / 3)
    low, high = cmp.difference.prob_above_interval(0)
    assert low < 1 / 3 < high


def test_equal_kronor_that_floats_disagree_on_are_equal() -> None:
    # 0.1 + 0.2 and 0.3 kr differ as floats; in öre they are the same money.
    first = run_of("in_house", [outcome("in_house", 0, {"interest": 10}, economic_result_kr=0.1 + 0.2)])
    second = run_of("outsourced", [outcome("outsourced", 0, {"interest": 10}, economic_result_kr=0.3)])
    cmp = Comparison((first, second))
    assert cmp.economic_difference.samples.tolist() == [0.0]
    assert cmp.identical


def test_opposite_signs_are_flagged_and_said() -> None:
    cmp = make_comparison(100, principal_kr=6_400_000)
    assert cmp.difference.mean < 0 < cmp.economic_difference.mean
    assert cmp.opposite_signs
    assert "olika tecken" in cmp.sentence("sv")
    assert "opposite signs" in cmp.sentence("en")
    assert not make_comparison(100).opposite_signs
    assert "tecken" not in make_comparison(100).sentence("sv")


@pytest.mark.parametrize(
    ("field", "change", "said"),
    [
        ("seed", {"seed": 2}, "seed: got 2; allowed the same as in_house: 1"),
        ("scenario", {"scenario_name": "other"}, "scenario: got 'other'"),
        ("law", {"provenance": PROVENANCE | {"law_fingerprint": "c"}}, "law_fingerprint: got 'c'"),
        ("changes", {"provenance": PROVENANCE | {"scenario_fingerprint": "c"}}, "scenario_fingerprint: got 'c'"),
        ("stream", {"provenance": PROVENANCE | {"stream_version": 2}}, "stream_version: got 2"),
    ],
)
def test_runs_that_do_not_pair_are_refused_by_name(field: str, change: dict[str, Any], said: str) -> None:
    assert field
    cmp = make_comparison(3)
    with pytest.raises(RunError, match=said):
        Comparison((cmp.first, replace(cmp.second, **change)))


def test_other_replications_or_draws_are_refused() -> None:
    with pytest.raises(RunError, match="replications: got 4; allowed the same as in_house: 3"):
        Comparison((make_run("in_house", 3), make_run("outsourced", 4)))
    moved = make_run("outsourced", 3)
    moved = replace(moved, outcomes=tuple(replace(one, draw=1) for one in moved.outcomes))
    with pytest.raises(RunError, match="draws: got"):
        Comparison((make_run("in_house", 3), moved))


def test_every_way_in_which_runs_differ_is_listed() -> None:
    cmp = make_comparison(3)
    with pytest.raises(RunError) as caught:
        Comparison((cmp.first, replace(cmp.second, seed=2, scenario_name="other")))
    assert [problem.key for problem in caught.value.problems] == ["scenario", "seed"]


def test_one_model_or_the_same_model_twice_is_refused() -> None:
    run = make_run("in_house", 2)
    with pytest.raises(RunError, match="at least two models"):
        Comparison((run,))
    with pytest.raises(RunError, match="a model comes twice"):
        Comparison((run, run))


def test_identical_models_differ_by_exactly_nothing() -> None:
    cmp = twins(40)
    assert cmp.identical
    assert not cmp.difference.samples.any()
    assert cmp.prob_first_better == 0
    assert "samma nettointäkt per år i alla 40 simuleringar" in plain(cmp.sentence("sv"))
    assert "the same net revenue a year in all 40 replications" in plain(cmp.sentence("en"))
    assert not make_comparison(40).identical


def test_pairing_is_measured() -> None:
    shared = np.random.default_rng(1).integers(-10_000, 10_000, 300)
    own = np.random.default_rng(2).integers(-100, 100, 300)
    cmp = two([({"interest": int(a + b)}, {"interest": int(a)}) for a, b in zip(shared, own, strict=True)])
    assert cmp.correlation == pytest.approx(np.corrcoef(shared + own, shared)[0, 1], abs=1e-12)
    assert cmp.variance_ratio == pytest.approx(own.var() / (shared.var() + (shared + own).var()), rel=1e-9)
    assert twins(5).correlation == pytest.approx(1.0)
    still = make_comparison(5, spread=0)
    assert (still.correlation, still.variance_ratio) == (None, None)


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from([*sum(GROUPS.values(), ()), "mine"]), st.integers(-(10**12), 10**12)),
            st.dictionaries(st.sampled_from([*sum(GROUPS.values(), ()), "yours"]), st.integers(-(10**12), 10**12)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_causes_sum_exactly_to_the_difference_whatever_the_lines(
    budgets: list[tuple[dict[str, int], dict[str, int]]],
) -> None:
    cmp = two(budgets)
    walk = cmp.bridge()
    moved = sum(walk.causes_ore.values(), start=np.zeros(cmp.n, np.int64))
    assert moved.tolist() == (cmp.first.net_ore() - cmp.second.net_ore()).tolist()
    assert walk.start_ore.tolist() == cmp.second.net_ore().tolist()


def test_a_bridge_with_a_residual_is_refused() -> None:
    with pytest.raises(RunError, match="öre are left over"):
        Bridge("a", "b", np.array([0, 0]), np.array([5, 5]), {"fees": np.array([5, 4])})


def test_known_lines_are_grouped_and_unknown_ones_stand_alone() -> None:
    first = {"reminder_fees": 60, "demand_fees": 180, "staff_pay": -100, "my_own_line": 7}
    walk = two([(first, {"contract_payments": 30, "agency_charges": -10})]).bridge()
    assert {cause: int(ore[0]) for cause, ore in walk.causes_ore.items()} == {
        "fees": 240,
        "contract": -20,
        "staff": -100,
        "my_own_line": 7,
    }
    assert list(walk.to_frame()["kind"]) == ["start", "cause", "cause", "cause", "cause", "end"]
    assert walk.to_frame()["mean_kr"].tolist() == [0.2, 2.4, -0.2, -1.0, 0.07, 1.47]


def test_json_is_the_promised_object() -> None:
    cmp = make_comparison(80)
    found = json.loads(json.dumps(cmp.to_json(), allow_nan=False))
    promised = {"scenario", "seed", "replications", "models", "difference_kr", "economic_difference_kr"}
    assert promised | {"prob_first_better", "prob_first_better_economic"} <= set(found)
    assert list(found["models"]) == ["in_house", "outsourced"]
    assert (found["first"], found["second"], found["engine"]) == ("in_house", "outsourced", "compiled")
    assert list(found["difference_kr"]) == ["mean", "sd", "p05", "p50", "p95"]
    assert found["difference_kr"]["mean"] == cmp.difference.mean
    assert found["prob_first_better"] == cmp.prob_first_better
    few = make_comparison(1).to_json()
    assert few["difference_kr"]["p05"] is None
    assert few["difference_kr"]["n_needed"] == 72
    json.dumps(few, allow_nan=False)


def test_a_third_model_is_reported_beside_the_two() -> None:
    third = run_of("own_reminders", [outcome("own_reminders", number, {"interest": 5}) for number in range(80)])
    cmp = make_comparison(80)
    both = Comparison((*cmp.runs, third))
    assert both.difference == cmp.difference
    assert list(both.to_json()["models"]) == ["in_house", "outsourced", "own_reminders"]
    assert "Collection after own reminders" in both.table("en")


def swedish(extra: int, n: int = 200, spread: float = 0.02) -> str:
    return plain(make_comparison(n, spread=spread, extra=extra).sentence("sv"))


def test_sentence_says_by_how_much_how_sure_and_what_is_left_out() -> None:
    cmp = make_comparison(200)
    sv, en = plain(cmp.sentence("sv")), plain(cmp.sentence("en"))
    assert sv.startswith("Egen regi ger regionen 1 328 000 kr mindre i nettointäkt per år än inkassoföretaget")
    assert "skillnad -1 328 000 kr; 95 %-intervall -1 3" in sv
    assert "täcker bara slumpen mellan 200 simuleringar" in sv
    assert "bättre i 0 av 200 simuleringar (sannolikhet 0–2 %)" in sv
    assert "med återvunnet kapital inräknat är skillnaden -1 2" in sv
    assert en.startswith("In-house collection gives the region 1 328 000 kr less net revenue a year than outsourced")
    assert "covers only chance between 200 replications" in en
    assert sv.count(". ") == en.count(". ") == 0


def test_sentence_turns_with_the_sign_and_admits_an_open_sign() -> None:
    assert "kr mer i nettointäkt" in swedish(3_000_000)
    assert "rymmer noll" not in swedish(3_000_000)
    assert "och rymmer noll" in swedish(1_327_000)


def test_sentence_of_one_replication_and_of_no_variation() -> None:
    assert "en enda simulering, så slumpen är okänd" in swedish(0, n=1)
    assert "densamma i alla 8 simuleringar" in swedish(0, n=8, spread=0)


def test_sentence_says_when_the_assumptions_were_drawn_too() -> None:
    def spread_over_draws(run: Run) -> Run:
        outcomes = tuple(replace(one, draw=one.replication, replication=0) for one in run.outcomes)
        return replace(run, outcomes=outcomes, replications=1)

    cmp = make_comparison(20)
    drawn = Comparison(tuple(spread_over_draws(run) for run in cmp.runs))
    assert "slumpen och de dragna antagandena i 20 simuleringar" in plain(drawn.sentence("sv"))
    assert "chance and the drawn assumptions of 20 replications" in plain(drawn.sentence("en"))


def test_table_and_html_show_both_models_and_the_difference() -> None:
    cmp = make_comparison(80)
    table = plain(cmp.table("sv"))
    assert "Egen regi" in table
    assert "Personal" not in table  # lines, not causes
    assert "Löner med arbetsgivaravgifter" in table
    assert "slumpserie 1" in table
    assert "0,0 %-enh." in table
    assert "<table" in cmp._repr_html_()
    assert "Comparison of jamtland-harjedalen-2017" in repr(cmp)
