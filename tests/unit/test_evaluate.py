"""What a study evaluates: values by key in, figures by name out, whether expected, simulated or a function of one's own."""

from __future__ import annotations

import runpy
from dataclasses import replace

import numpy as np
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim.calibration.evaluating import closed_form
from kravsim.measures.evaluate import Evaluate, Floats
from kravsim.models import answers, process
from kravsim.scenario import Scenario
from kravsim.studies.decision.closed_form import FISCAL, IMPOSSIBLE, Figure
from kravsim.studies.decision.moves import Move, figure_on
from kravsim.studies.decision.simulated import Simulation

CASE = tiny(invoices__per_year=3000, debtors__number=300)
LATE = "invoices.late_share"
PAID = "behaviour.forgetful.reminder_paid_share"
YEARS = 40


def test_simulation_gives_the_means_of_runs_by_the_names_of_the_closed_form() -> None:
    by = Simulation(seed=3, replications=4, workers=1)
    found = by(CASE, "outsourced", {LATE: np.array([0.05, 0.1])})
    for place, late in enumerate((0.05, 0.1)):
        run = ks.simulate(CASE.with_changes({LATE: late}), model="outsourced", replications=4, seed=3, workers=1)
        assert found[FISCAL][place] == pytest.approx(run.net_revenue.mean, rel=1e-12)
        assert found["budget_reminder_fees_kr"][place] == pytest.approx(run.line_ore("reminder_fees").mean() / 100)
    expected = closed_form(CASE, "outsourced", {})
    assert {FISCAL, "claims", "step_demand", "end_paid", "budget_reminder_fees_kr"} <= set(found) & set(expected)


def test_closed_form_and_simulation_can_be_exchanged() -> None:
    values = {LATE: np.array([0.05, 0.12])}
    ways: dict[str, Evaluate] = {"expected": closed_form, "simulated": Simulation(seed=7, replications=YEARS)}
    figures = {name: Figure(CASE, ("outsourced",), "claims", by=by) for name, by in ways.items()}
    expected, simulated = (figure.at(values) for figure in figures.values())
    years = Simulation(seed=7, replications=YEARS).years(CASE, "outsourced", values)["claims"]
    assert (np.abs(expected - simulated) < 5 * years.std(axis=1, ddof=1) / np.sqrt(YEARS)).all()
    move = Move(LATE, 0.08, 0.1)
    assert figure_on(figures["simulated"], [(move,)], np.ones(1)) > figures["simulated"].base


def test_a_simulated_world_that_cannot_be_has_no_answer_and_says_why() -> None:
    figure = Figure(CASE, ("outsourced",), by=Simulation(seed=1))
    values = {PAID: np.array([0.5, 0.999]), "behaviour.forgetful.principal_only_share": np.array([0.01, 0.5])}
    assert np.isnan(figure.at(values)).tolist() == [False, True]
    assert figure.reasons(values) == [None, IMPOSSIBLE]


def test_a_function_of_ones_own_is_evaluated_by_a_study() -> None:
    def mine(scenario: Scenario, model: str, values: dict[str, Floats], /) -> dict[str, Floats]:
        late = values.get(LATE, np.array([scenario.data.invoices.late_share.value]))
        return {FISCAL: (1000 if model == "outsourced" else 400) * late}

    figure = Figure(CASE, ("in_house", "outsourced"), by=mine)  # type: ignore[arg-type]
    assert figure.at({LATE: np.array([0.1, 0.2])}).tolist() == pytest.approx([-60.0, -120.0])
    assert figure.scanned({LATE: np.array([0.5])})[LATE].tolist() == pytest.approx([-300.0])


@pytest.mark.parametrize(
    "step", [step for step in process.PROCESS if len(step.answers) > 1], ids=lambda step: step.name
)
def test_answers_in_another_order_are_refused(step: process.Step, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares and delays are listed in the order of the process table: another would give each to another answer."""
    first, second, *others = step.answers
    swapped = replace(step, answers=(second, first, *others))
    table = tuple(swapped if one.name == step.name else one for one in process.PROCESS)
    monkeypatch.setattr(process, "PROCESS", table)
    with pytest.raises(ImportError, match=f"PROCESS has {step.name} answered by"):
        runpy.run_path(answers.__file__)
