"""Is what users hand to a study taken, or told in words that say what to write instead?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.unit.result_makers import make_posterior

import kravsim as ks
from kravsim import studies
from kravsim.calibration.designs import posterior_design
from kravsim.errors import KravsimError, RunError, ScenarioError
from kravsim.scenario import checked_models, load_scenario, scenario_of
from kravsim.speech import speaking
from kravsim.statistics.distribution import Distribution

NAME = "jamtland-harjedalen-2017"
CASE = load_scenario(NAME)
HOW: dict[str, Any] = {"replications": 1, "seed": 1, "workers": 1, "progress": False}
QUESTIONS: dict[str, Callable[[Any], object]] = {
    "simulate": lambda s: ks.simulate(s, model="outsourced", **HOW),
    "compare": lambda s: ks.compare(s, **HOW),
    "compare within": lambda s: ks.compare(s, uncertainty="prior", draws=2, **{**HOW, "replications": 2}),
    "precision": lambda s: studies.precision(s, half_width_kr=1, max_replications=1, seed=1, workers=1, progress=False),
    "cost_of_waiting": lambda s: studies.cost_of_waiting(s, model="outsourced", **HOW),
    "cost_concepts": lambda s: studies.cost_concepts(s, **HOW),
    "payment_curves": lambda s: studies.payment_curves(s, model="outsourced", **HOW),
    "reconcile": lambda s: studies.reconcile(s, **HOW),
    "register": studies.register,
    "explain_case": lambda s: ks.explain_case(s, model="outsourced", case=0, seed=1),
    "stored_posterior": studies.stored_posterior,
    "expected": lambda s: ks.expected.numbers(s, "outsourced"),
    "sweep": lambda s: ks.sweep(s, {"invoices.late_share": [0.08]}),
    "sensitivity": studies.sensitivity,
    "switching_value": lambda s: studies.switching_value(s, "invoices.late_share"),
    "nearest_flips": studies.nearest_flips,
    "value_of_information": lambda s: studies.value_of_information(s, draws=8),
    "process_map": lambda s: ks.figures.process_map(s, "outsourced"),
}


def test_a_name_a_path_and_the_scenario_itself_are_one(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(CASE.text, encoding="utf-8")
    assert scenario_of(CASE) is CASE
    assert scenario_of(NAME) == scenario_of(file) == scenario_of(str(file)) == CASE


def test_a_study_loads_a_scenario_by_its_path(tmp_path: Path) -> None:
    small = tiny(invoices__per_year=1500, debtors__number=150)
    file = tmp_path / "small.toml"
    file.write_text(small.text, encoding="utf-8")
    by_path, by_itself = (ks.simulate(one, model="outsourced", **HOW) for one in (file, small))
    assert by_path.outcomes == by_itself.outcomes
    assert by_path.provenance == by_itself.provenance
    assert ks.compare(str(file), **HOW).difference == ks.compare(small, **HOW).difference
    assert studies.register(NAME) == studies.register(CASE)
    run = ks.simulate(small, model="outsourced", **HOW)
    assert studies.with_scenario(run, file) == run


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("jamtland-harjedalen", "did you mean jamtland-harjedalen-2017?"),
        ("Jämtland-Härjedalen-2017", "did you mean jamtland-harjedalen-2017?"),
        (3, "scenario: got something of type int; allowed a scenario, its name or the path of its file"),
        (CASE.data, "scenario: got something of type ScenarioData"),
        (None, "scenario: got something of type NoneType"),
    ],
    ids=["near", "letters", "number", "data", "none"],
)
def test_what_is_no_scenario_is_told(question: Callable[[Any], object], given: Any, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        question(given)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: ks.simulate(CASE, "in_house"),
            "simulate() takes 1 positional argument, and 2 were given: write model='in_house'; ",
        ),  # type: ignore[misc]
        (lambda: ks.simulate(CASE, "in_house", 200), "write model='in_house', replications=200"),  # type: ignore[misc]
        (
            lambda: ks.simulate(CASE, model="in_house", replication=2),
            "no keyword 'replication': did you mean replications?",
        ),  # type: ignore[call-arg]
        (lambda: ks.simulate(CASE), "simulate() needs model="),  # type: ignore[call-arg]
        (lambda: ks.compare(CASE, ("in_house", "outsourced"), True), "write replications=true"),  # type: ignore[call-overload]
        (lambda: ks.explain_case(CASE, "in_house", 3), "write model='in_house', case=3"),  # type: ignore[misc]
        (lambda: studies.precision(CASE, ("in_house", "outsourced"), 5000), "write half_width_kr=5000"),  # type: ignore[misc]
        (lambda: studies.calibrate(CASE, {"reading": "A"}), "write choice={'reading': 'A'}"),  # type: ignore[misc]
        (lambda: studies.reconcile(CASE, sead=3), "did you mean seed?"),  # type: ignore[call-arg]
        (lambda: ks.expected.numbers(CASE, modell="in_house"), "did you mean model?"),  # type: ignore[call-arg]
        (lambda: studies.register(scenari=CASE), "did you mean scenario?"),  # type: ignore[call-arg]
        (lambda: ks.figures.process_map(CASE, "in_house", langg="sv"), "did you mean lang?"),  # type: ignore[call-arg]
    ],
    ids=range(12),
)
def test_a_wrong_call_is_answered_with_what_was_meant_and_the_signature(call: Callable[[], object], words: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    said = str(caught.value)
    assert words in said
    assert "(scenario" in said.rsplit("; ", maxsplit=1)[-1]


def test_every_figure_answers_a_wrong_call_by_its_name_in_the_language_that_is_spoken() -> None:
    drawn = [name for name in ks.figures.__all__ if not name.startswith("save_")]
    for name in drawn:
        with speaking("sv"), pytest.raises(TypeError) as caught:
            getattr(ks.figures, name)(None, langg="sv")
        assert str(caught.value).startswith(f"{name}() har inget argument som heter 'langg': menade du lang?; {name}(")


def test_models_come_from_anything_that_has_an_order() -> None:
    pair = ("in_house", "outsourced")
    for given in (pair, list(pair), (name for name in pair), iter(pair), dict.fromkeys(pair), np.array(pair)):
        assert checked_models(CASE, given) == pair
    for wrong in (
        set(pair),
        frozenset(pair),
        "in_house",
        b"xy",
        3,
        None,
        ("in_house",),
        ("in_house", "in_house"),
        (1, 2),
    ):
        with pytest.raises(ScenarioError, match=r"models: got .*; choose among outsourced, in_house, own_reminders, "):
            checked_models(CASE, wrong)  # type: ignore[arg-type]


def test_a_generator_of_models_is_compared() -> None:
    small = tiny(invoices__per_year=1500, debtors__number=150)
    found = ks.compare(small, (name for name in ("outsourced", "in_house")), **HOW)
    assert (found.first.model, found.second.model) == ("outsourced", "in_house")


@pytest.mark.parametrize("model", [["in_house"], 3, None, "in_hose"])
def test_a_model_that_is_none_is_told(model: Any) -> None:
    words = "did you mean in_house" if model == "in_hose" else "name one of the scenario's models"
    with pytest.raises(ScenarioError, match=words):
        ks.simulate(CASE, model=model, **HOW)


SPREAD = Distribution(np.arange(30.0), "net_revenue_kr", "kr")


@pytest.mark.parametrize(
    "asked",
    [
        lambda: SPREAD.interval("0.9"),  # type: ignore[arg-type]
        lambda: SPREAD.interval([0.9]),  # type: ignore[arg-type]
        lambda: SPREAD.interval(90),
        lambda: SPREAD.quantile("0.5"),  # type: ignore[arg-type]
        lambda: SPREAD.quantile([0.1, 0.9]),  # type: ignore[arg-type]
        lambda: SPREAD.mean_interval("0.95"),  # type: ignore[arg-type]
        lambda: SPREAD.quantile_interval(0.5, "0.95"),  # type: ignore[arg-type]
        lambda: SPREAD.prob_above("0"),  # type: ignore[arg-type]
        lambda: SPREAD.prob_above(None),  # type: ignore[arg-type]
        lambda: SPREAD.prob_above_interval(0, "0.9"),  # type: ignore[arg-type]
        lambda: SPREAD.cdf("0"),
        lambda: SPREAD.ppf(["a"]),
        lambda: SPREAD.estimable("0.5"),  # type: ignore[arg-type]
        lambda: SPREAD.rvs("3"),  # type: ignore[arg-type]
        lambda: SPREAD.rvs(-1),
        lambda: SPREAD.rvs(3, seed=1.5),  # type: ignore[arg-type]
        lambda: SPREAD.rvs(3, seed="1"),  # type: ignore[arg-type]
        lambda: SPREAD.rvs(3, seed=-1),
        lambda: SPREAD.rvs(3, seed=1, rng=1),
    ],
    ids=range(19),
)
def test_a_distribution_tells_what_it_cannot_take(asked: Callable[[], object]) -> None:
    with pytest.raises(RunError) as caught:
        asked()
    assert all(problem.allowed and problem.remedy for problem in caught.value.problems)


def test_random_numbers_are_drawn_by_any_of_scipys_names() -> None:
    wanted = SPREAD.rvs(5, seed=3).tolist()
    assert SPREAD.rvs(5, 3).tolist() == wanted
    assert SPREAD.rvs(size=5, random_state=3).tolist() == SPREAD.rvs(5, rng=np.int64(3)).tolist() == wanted
    assert SPREAD.rvs(5, rng=np.random.default_rng(3)).tolist() == wanted
    one, other = np.random.RandomState(3), np.random.RandomState(3)
    assert SPREAD.rvs(5, random_state=one).tolist() == SPREAD.rvs(5, random_state=other).tolist()
    moving = np.random.default_rng(3)
    assert SPREAD.rvs(5, rng=moving).tolist() != SPREAD.rvs(5, rng=moving).tolist()
    assert SPREAD.rvs([2, 3], rng=1).shape == SPREAD.rvs((2, 3), rng=1).shape == (2, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asked", [lambda: SPREAD.quantile(0.05), lambda: SPREAD.interval(0.9), lambda: SPREAD.quantile_interval(0.01)]
)
def test_where_the_tails_need_more_replications_the_interval_of_the_mean_is_named(asked: Callable[[], object]) -> None:
    with pytest.raises(RunError, match=r"needs n >= .*use mean_interval"):
        asked()
    with pytest.raises(RunError) as caught:
        Distribution(np.array([1.0]), "x", "kr").quantile(0.05)
    assert "mean_interval" not in str(caught.value)  # which one replication has not either


def test_a_posterior_is_gone_through_and_asked_by_name_or_place() -> None:
    posterior = make_posterior()
    assert [one.name for one in posterior] == ["A", "B", "C", "D", "E", "DE"]
    assert list(posterior) == list(posterior.calibrations)
    assert posterior["B"] == posterior[1] == posterior[np.int64(1)]
    assert "B" in posterior
    assert "Z" not in posterior
    assert posterior[0] in posterior
    with pytest.raises(KeyError, match="there are A, B, C, D, E, DE"):
        posterior["Z"]
    with pytest.raises(ScenarioError, match=r"write dimensions=\['reading'\]"):
        studies.stored_posterior(CASE, dimensions="reading")


def test_parameter_sets_come_in_anything_that_holds_them() -> None:
    tables = make_posterior().parameter_sets()
    small: dict[str, Any] = {"draws": 4, "seed": 1, "replications_per_draw": 2}
    wanted = posterior_design(CASE, tables, draws=4, replications=2, seed=1)
    assert (
        posterior_design(CASE, (one for one in tables), draws=4, replications=2, seed=1).structure == wanted.structure
    )
    for wrong in (3, [], [1, 2], object()):
        with pytest.raises(
            ScenarioError, match=r"uncertainty: got .*; allowed prior, posterior, a calibration or its tables"
        ):
            studies.uncertainty(CASE, uncertainty=wrong, **small)  # type: ignore[arg-type]
    for values in ("x", [[1.0], [1.0, 2.0]], [["a"]], [[True]]):
        with pytest.raises(ScenarioError, match="values: got"):
            studies.ParameterSets({}, 1.0, ("invoices.late_share",), values)  # type: ignore[arg-type]
    for weight in ("1", True, None, 0, 1.5):
        with pytest.raises(KravsimError, match="weight: got"):
            studies.ParameterSets({}, weight, ("invoices.late_share",), [[0.1]])  # type: ignore[arg-type]
