"""Does a run report its outcomes exactly, and refuse outcomes that contradict each other?"""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import replace

import pytest

from kravsim.errors import RunError
from kravsim.results.run import METRICS

from .result_makers import PROVENANCE, make_run, outcome, run_of

pytestmark = pytest.mark.filterwarnings("error")


def test_every_named_measure_is_the_outcomes_own_number() -> None:
    run = make_run("in_house", 10)
    named = {
        "net_revenue_kr": run.net_revenue,
        "net_revenue_excl_interest_kr": run.net_revenue_excl_interest,
        "books_net_kr": run.books_net,
        "interest_kr": run.interest,
        "principal_recovered_kr": run.principal_recovered,
        "economic_result_kr": run.economic_result,
        "claims": run.claims,
        "success_share": run.success_share,
        "kronofogden_applications": run.kronofogden_applications,
    }
    assert set(named) == set(METRICS)
    for name, spread in named.items():
        assert spread.samples.tolist() == [one.numbers[name] for one in run.outcomes]
        assert spread.label == name


def test_an_unknown_measure_is_refused_with_those_there_are() -> None:
    with pytest.raises(RunError, match=r"net_revenu: got nothing; allowed one of .*net_revenue_kr"):
        make_run("in_house", 2).metric("net_revenu")


def test_outcomes_are_kept_in_the_order_of_replications() -> None:
    run = make_run("in_house", 12)
    shuffled = replace(run, outcomes=run.outcomes[::-1])
    assert shuffled == run
    assert shuffled.pairs == tuple((0, number) for number in range(12))


def test_budget_lines_sum_to_the_net_revenue() -> None:
    run = make_run("in_house", 80)
    budget = run.budget()
    assert list(budget.columns) == ["line", "mean", "p05", "p50", "p95"]
    assert budget["line"].iloc[-1] == "net_revenue"
    assert math.fsum(budget["mean"].iloc[:-1]) == pytest.approx(budget["mean"].iloc[-1], abs=1e-6)
    assert budget["mean"].iloc[-1] == pytest.approx(run.net_revenue.mean, abs=1e-6)


def test_budget_of_few_replications_has_none_for_what_cannot_be_estimated() -> None:
    budget = make_run("in_house", 8).budget()
    assert set(budget["p05"]) == set(budget["p95"]) == {None}
    assert budget["p50"].notna().all()


def test_a_net_revenue_that_its_lines_do_not_make_is_refused() -> None:
    wrong = outcome("a", 1, {"interest": 100}, net_revenue_kr=1.01)
    with pytest.raises(RunError, match=r"net_revenue_kr: got 1\.01; allowed 1\.00 kr, the sum of the budget lines"):
        run_of("a", [outcome("a", 0, {"interest": 100}), wrong])


@pytest.mark.parametrize("net", [math.nan, math.inf])
def test_a_net_revenue_that_is_no_number_is_refused(net: float) -> None:
    with pytest.raises(RunError, match="net_revenue_kr"):
        run_of("a", [outcome("a", 0, {"interest": 100}, net_revenue_kr=net)])


def test_outcomes_of_another_model_are_refused() -> None:
    with pytest.raises(RunError, match="got 'b'; allowed a"):
        run_of("a", [outcome("a", 0, {}), outcome("b", 1, {})])


def test_missing_and_repeated_replications_are_refused() -> None:
    one = outcome("a", 0, {})
    with pytest.raises(RunError, match="some replications are missing"):
        run_of("a", [one], replications=2)
    with pytest.raises(RunError, match="some replications are missing"):
        run_of("a", [], replications=0)
    with pytest.raises(RunError, match="it is there twice"):
        run_of("a", [one, one])


def test_measures_must_be_the_same_in_every_replication() -> None:
    with pytest.raises(RunError, match="the same measures in every replication"):
        run_of("a", [outcome("a", 0, {}), outcome("a", 1, {}, waiting_days=3.0)])
    bare = replace(outcome("a", 0, {}), numbers={"net_revenue_kr": 0.0})
    with pytest.raises(RunError, match="success_share"):
        run_of("a", [bare])


def test_provenance_must_be_complete() -> None:
    with pytest.raises(RunError, match=r"provenance\.law_fingerprint"):
        run_of("a", [outcome("a", 0, {})], provenance={k: v for k, v in PROVENANCE.items() if k != "law_fingerprint"})


def test_two_parameter_draws_are_counted() -> None:
    outcomes = [replace(outcome("a", number % 2, {}), draw=number // 2) for number in range(4)]
    run = run_of("a", outcomes, replications=2)
    assert (run.draws, run.pairs) == (2, ((0, 0), (0, 1), (1, 0), (1, 1)))


def test_a_line_that_one_replication_lacks_is_nothing_booked() -> None:
    run = run_of("a", [outcome("a", 0, {"interest": 100}), outcome("a", 1, {"interest": 100, "fine": -30})])
    assert run.lines == ("interest", "fine")
    assert run.line_ore("fine").tolist() == [0, -30]
    assert run.net_ore().tolist() == [100, 70]


def test_a_share_of_nothing_is_no_cases_and_never_a_number() -> None:
    run = run_of("a", [outcome("a", number, {}, claims=0.0, success_share=math.nan) for number in range(3)])
    summary = run.to_json()["models"]["a"]["success_share"]
    assert summary == {"mean": None, "sd": None, "p05": None, "p50": None, "p95": None, "undefined": 3}
    with pytest.raises(RunError, match="nothing to take a share of in 3 of 3 replications"):
        _ = run.success_share
    assert "inga ärenden" in run.table("sv")
    assert "no cases" in run.table("en")
    assert math.isnan(run.to_frame()["success_share"].iloc[0])


def test_json_has_the_promised_keys_and_is_strict() -> None:
    found = make_run("outsourced", 80).to_json()
    assert {"scenario", "seed", "replications", "models", *PROVENANCE} <= set(found)
    model = found["models"]["outsourced"]
    assert set(model) == {*METRICS, "budget"}
    for summary in (*(model[name] for name in METRICS), *model["budget"].values()):
        assert list(summary) == ["mean", "sd", "p05", "p50", "p95"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_frames_of_steps_ends_and_cohort() -> None:
    run = make_run("in_house", 80)
    assert run.steps()["step"].tolist() == ["reminder", "demand"]
    assert run.steps()["mean"].tolist() == [16_586, 9_039.5]
    assert run.ends()["end"].tolist() == ["paid", "open"]
    assert run.cohort()["mean"].tolist() == [0.6]


def test_to_frame_has_every_number_of_every_replication() -> None:
    run = make_run("outsourced", 3)
    frame = run.to_frame()
    assert len(frame) == 3
    lines = frame[[f"budget_{line}_kr" for line in run.lines]].sum(axis=1)
    assert lines.tolist() == pytest.approx(frame["net_revenue_kr"].tolist(), abs=1e-6)
    assert frame["step_demand"].tolist() == [9_000, 9_001, 9_002]
    assert frame["end_open"].tolist() == [500] * 3
    assert frame["cohort_success_share"].tolist() == [0.6] * 3


def test_texts_speak_both_languages_and_escape_html() -> None:
    run = replace(make_run("in_house", 8), scenario_title="<b>Ä & Ö</b>")
    sv, en = run.table("sv"), run.table("en")
    assert "Nettointäkt" in sv
    assert "kräver minst 72 simuleringar" in sv
    assert "Net revenue" in en
    assert "need at least 72 replications" in en
    html = run._repr_html_()
    assert "&lt;b&gt;Ä &amp; Ö&lt;/b&gt;" in html
    assert "<b>" not in html
    assert repr(run).startswith("<Run of in_house in jamtland-harjedalen-2017: net revenue -8")
    with pytest.raises(RunError, match="sv or en"):
        run.table("de")


def test_a_models_own_title_is_used_unless_it_is_the_usual_one() -> None:
    outcomes = [outcome("reminders_first", 0, {})]
    titled = run_of("reminders_first", outcomes, titles=("Egna påminnelser", "Own reminders first"))
    assert (titled.name("sv"), titled.name("en")) == ("egna påminnelser", "own reminders first")
    assert run_of("reminders_first", outcomes).name("sv") == "reminders first"
    assert replace(make_run("in_house", 2), titles=("Egen regi", "Our team")).name("sv") == "egen regi"
    assert replace(make_run("in_house", 2), titles=("Egen regi", "Our team")).name("en") == "our team"


def test_a_run_travels_between_processes() -> None:
    run = make_run("in_house", 3)
    assert run.net_revenue.mean == pytest.approx(run.metric("net_revenue_kr").mean)
    assert pickle.loads(pickle.dumps(run)) == run
