"""Published figures are those of one body: a scenario of another that inherits them is told so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.properties.strategies import BASE, tiny

import kravsim as ks
from kravsim.checking.check import problems_of
from kravsim.errors import Problem, ScenarioError
from kravsim.measures.summary import MEASURES, figure_names
from kravsim.scenario import Scenario, ScenarioWarning, load_scenario

ANOTHER = """extends = "jamtland-harjedalen-2017"
name = "another"

[body]
name = "Another region"
"""


def reconciled(scenario: Scenario) -> None:
    less = scenario.with_changes({"horizon.history_years": 0})
    ks.reconcile(less, replications=1, seed=1, workers=1, progress=False)


def test_a_body_that_has_its_own_targets_is_not_warned() -> None:
    reconciled(BASE)  # a warning is an error here


def test_targets_of_another_body_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "another.toml").write_text(ANOTHER, encoding="utf-8")
    said = (
        r"targets: got the figures of jamtland-harjedalen-2017\.toml; allowed figures of this body; replace \[targets\]"
    )
    with pytest.warns(ScenarioWarning, match=rf"{said}: body\.name no longer come from there"):
        reconciled(load_scenario(tmp_path / "another.toml"))


def test_so_are_targets_of_other_volumes() -> None:
    with pytest.warns(ScenarioWarning, match=r"\[targets\]: invoices\.per_year no longer come from there"):
        reconciled(tiny())


def test_figures_that_no_run_has_are_refused_all_at_once_before_anything_is_run() -> None:
    wrong = BASE.with_changes({"targets.claims.metric": "clames", "targets.interest.metric": "budget_intrest_kr"})
    said = r"targets\.claims\.metric: got 'clames'; .*did you mean claims.*\n?.*did you mean budget_interest_kr"
    for check in (lambda: reconciled(wrong), lambda: raised(problems_of(wrong))):
        with pytest.raises(ScenarioError) as caught:
            check()
        assert re.search(said, str(caught.value), re.DOTALL)
        assert len(caught.value.problems) == 2


def raised(problems: list[Problem]) -> None:
    raise ScenarioError(problems)


def test_pay_of_a_model_without_staff_is_refused() -> None:
    payroll = dict(BASE.data.targets["claims"].model_dump(exclude_none=True), metric="payroll_kr", posts=2.0)
    nobody = tiny(**{"models.outsourced.staff": {}, "models.outsourced.work": {}}).with_changes(
        {"targets": {"pay": payroll}}
    )
    with pytest.raises(ScenarioError, match=r"targets\.pay\.metric: got 'payroll_kr'; allowed a model with staff"):
        ks.reconcile(nobody, replications=1, seed=1, workers=1, progress=False)


def test_a_published_line_of_the_budget_or_count_of_a_step_can_be_held_against() -> None:
    claims = BASE.data.targets["claims"].model_dump(exclude_none=True)
    metrics = ("budget_demand_fees_kr", "budget_recruitment_kr", "step_demand", "end_open")
    targets = {metric: {**claims, "metric": metric, "low": 0.0, "high": 1e9} for metric in metrics}
    scenario = BASE.with_changes({"targets": targets, "horizon.history_years": 0})
    found = ks.reconcile(scenario, replications=2, seed=1, workers=1, progress=False)
    frame = found.runs["outsourced"].to_frame()
    for row in found.rows:
        assert row.model_mean == pytest.approx(frame[row.name].mean() if row.name in frame else 0.0)
    assert {row.verdict for row in found.rows} == {"inside"}


def test_the_names_of_figures_are_those_of_a_run() -> None:
    run = ks.simulate(tiny(), model="in_house", replications=1, seed=1, workers=1, progress=False)
    assert tuple(run.outcomes[0].numbers) == MEASURES
    columns = [
        name for name in run.to_frame() if name not in {"draw", "replication"} and not name.startswith("cohort_")
    ]
    assert set(columns) <= set(figure_names())


def test_a_share_in_percent_is_refused_as_a_target() -> None:
    wrong = BASE.with_changes({"targets.success.low": 54.5, "targets.success.high": 55.5})
    with pytest.raises(ScenarioError, match=r"targets\.success: got 54\.5 to 55\.5; .*did you mean 0\.545 to 0\.555\?"):
        reconciled(wrong)


def test_a_figure_whose_unit_does_not_end_its_name_is_written_in_its_own() -> None:
    claims = BASE.data.targets["claims"].model_dump(exclude_none=True)
    kronor = {**claims, "metric": "success_share_kr", "low": 0.5, "high": 0.6}
    scenario = BASE.with_changes({"targets": {"kronor": kronor}, "horizon.history_years": 0})
    table = ks.reconcile(scenario, replications=2, seed=1, workers=1, progress=False).table("en")
    assert "50.0% – 60.0%" in table
    assert "\N{NO-BREAK SPACE}pp" in table
