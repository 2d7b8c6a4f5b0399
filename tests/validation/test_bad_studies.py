"""What does somebody get who asks a study of their own numbers the wrong thing? Lines 76 to 82 of the table of bad inputs."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kravsim as ks
from kravsim.errors import DataError, KravsimError, RunError, ScenarioError

LAWS = [stats.uniform(), stats.norm(), stats.gamma(2)]


def plus(x: np.ndarray) -> np.ndarray:
    return x.sum(axis=0)


def benefit(draws: int = 40) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(draws, 2))


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: ks.studies.sobol(plus, LAWS, 1000, 1), ScenarioError, "a power of two; take 1024"),
        (lambda: ks.studies.sobol(plus, LAWS, 1, 1), ScenarioError, "a whole number from 2"),
        (lambda: ks.studies.sobol(plus, LAWS, 64.0, 1), ScenarioError, "a whole number from 2"),
        (lambda: ks.studies.sobol(plus, LAWS[:1], 64, 1), ScenarioError, "two inputs or more"),
        (lambda: ks.studies.sobol(plus, [], 64, 1), ScenarioError, "two inputs or more"),
        (lambda: ks.studies.sobol(lambda x: 0 * x[0] + 3, LAWS, 64, 1), RunError, "no variance"),
        (lambda: ks.studies.sobol(lambda _: 3.0, LAWS, 64, 1), RunError, "no variance"),
        (lambda: ks.studies.sobol(plus, stats.multivariate_normal([0, 0]), 64, 1), ScenarioError, "correlated inputs"),
        (
            lambda: ks.studies.sobol(plus, [*LAWS, stats.multivariate_normal([0, 0])], 64, 1),
            ScenarioError,
            "correlated",
        ),
        (lambda: ks.studies.sobol(plus, [*LAWS, 3.0], 64, 1), ScenarioError, "x4: got a float; allowed a distribution"),
        (lambda: ks.studies.sobol(plus, LAWS, 64, -1), ScenarioError, "seed"),
        (lambda: ks.studies.sobol(plus, LAWS, 64, True), ScenarioError, "seed"),
        (lambda: ks.studies.sobol(lambda x: x, LAWS, 64, 1), RunError, "answers of another shape"),
        (lambda: ks.studies.sobol(lambda _: 1 / 0, LAWS, 64, 1), RunError, "ZeroDivisionError"),
        (lambda: ks.studies.sobol("f", LAWS, 64, 1), ScenarioError, "a function"),
        (lambda: ks.studies.sobol(plus, LAWS, 64, 1, names=["a", "a", "b"]), ScenarioError, "3 different names"),
    ],
)
def test_76_sobol(ask: Callable[[], Any], error: type[KravsimError], words: str) -> None:
    with pytest.raises(error, match=words):
        ask()


@pytest.mark.parametrize("missing", [np.nan, np.inf, -np.inf])
def test_76_one_missing_run_among_8192_is_named_and_never_read_as_no_input_matters(missing: float) -> None:
    """scipy 1.17.1 and SALib 1.6.0 answer 0 for every index."""
    calls: list[int] = []

    def mostly(x: np.ndarray) -> np.ndarray:
        y = x.sum(axis=0)
        if y.size > 100:
            calls.append(y.size)
            y[4321] = missing
        return y

    with pytest.raises(RunError, match=r"sample 4321 of 40960; sample 4321 is x1 0\.\d+, x2 "):
        ks.studies.sobol(mostly, LAWS, 8192, 1)
    assert calls == [40960]


@pytest.mark.parametrize(
    ("function", "low", "high", "words"),
    [
        (lambda x: x, 1, 0, "a number below high = 0; swap the ends"),
        (lambda x: x, 1, 1, "a number below high"),
        (lambda x: x, np.nan, 1, "low: got nan"),
        (lambda x: x, 0, np.inf, "high: got inf"),
        (lambda x: x, 0, True, "high: got true"),
        (lambda x: np.nan if x > 0.5 else 1.0, 0, 1, "got nan; allowed one finite number; at 0.5"),
        (lambda _: "a", 0, 1, "got 'a'; allowed one finite number; at 0"),
        (lambda x: [x, x], 0, 1, "one finite number"),
        (lambda _: 1 / 0, 0, 1, "at 0 it raised ZeroDivisionError"),
        (0.5, 0, 1, "allowed a function"),
    ],
)
def test_78_break_even_that_cannot_be_looked_for(function: Any, low: float, high: float, words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.break_even(function, low, high)


def test_78_break_even_says_none_lists_all_and_says_at_the_border() -> None:
    none = ks.studies.break_even(lambda x: x * x + 1, -2, 3)
    assert none.roots == ()
    assert "none in [-2.0000, 3.0000]; nearest to zero is 1.000 at 0.0000" in none.sentence("en")
    several = ks.studies.break_even(lambda x: (x - 1) * (x - 2), 0, 3)
    assert "1.0000, 2.0000" in several.sentence("en")
    border = ks.studies.break_even(lambda x: x - 3, 0, 3)
    assert border.at_border == (3.0,)
    assert "at the border" in border.sentence("en")
    assert "vid gränsen" in border.sentence("sv")


@pytest.mark.parametrize("rate", [-1, -1.0, -1.5, np.nan, np.inf, True, "0.05", None])
def test_79_rates(rate: Any) -> None:
    for ask in (lambda: ks.studies.npv([1, 2], rate), lambda: ks.studies.annuity_factor(rate, 3)):
        with pytest.raises(ScenarioError, match=r"rate: got .*; allowed a number above -1"):
            ask()


def test_79_a_thousand_years_warn_and_too_large_a_value_is_refused() -> None:
    with pytest.warns(ks.studies.StudyWarning, match="1000 periods"):
        ks.studies.npv([1.0] * 1000, 0.035)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ks.studies.npv([1.0] * 120, 0.003)
    with pytest.raises(ScenarioError, match="the value is a number"):
        ks.studies.npv([1.0] * 140, -0.999999)


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        ([], "an empty series"),
        ([[1, 2], [3]], "unequal length"),
        ([[1, 2], [3, 4]], "one a period"),
        ([1, np.nan, 3], "period 1 of 3"),
        ([1, None, 3], "period 1 of 3"),
        (["1", "2"], "not made of numbers"),
        (5.0, "one a period"),
        (pd.Series([1, 2, 3], index=[2019, 2020, 2022]), "an index 2019, 2020, 2022; allowed periods one apart"),
        (pd.Series([1, 2], index=[2, 1]), "periods one apart"),
    ],
)
def test_80_flows(flows: Any, words: str) -> None:
    for ask in (lambda: ks.studies.npv(flows, 0.05), lambda: ks.studies.irr(flows)):
        with pytest.raises(DataError, match=words):
            ask()


def test_80_flows_of_nothing_have_every_rate() -> None:
    with pytest.raises(DataError, match="every rate would do"):
        ks.studies.irr([0, 0, 0])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (np.ones((9, 1)), "1 options; allowed two options"),
        (np.ones((1, 3)), "1 draws; allowed two draws"),
        (np.ones(9), "one row a draw"),
        (np.empty((0, 2)), "0 draws"),
        (np.ones((9, 2, 2)), "one row a draw"),
        ([[1, 2], [3]], "unequal length"),
        ([["a", "b"], ["c", "d"]], "not made of numbers"),
        (np.array([[True, False], [True, True]]), "not made of numbers"),
    ],
)
def test_81_evpi(table: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        ks.studies.evpi(table)
    with pytest.raises(DataError, match=words):
        ks.studies.evppi(table, np.zeros(9))


@pytest.mark.parametrize("missing", [np.nan, np.inf])
def test_81_missing_rows_are_named(missing: float) -> None:
    table = benefit()
    table[[7, 30], 1] = missing
    for ask in (lambda: ks.studies.evpi(table), lambda: ks.studies.evppi(table, table[:, 0])):
        with pytest.raises(DataError, match="draws 7, 30 of 40"):
            ask()


@pytest.mark.parametrize("value", [0.0, 3.5, -1e9])
def test_82_a_constant_is_worth_exactly_0(value: float) -> None:
    found = ks.studies.evppi(benefit(), np.full(40, value))
    assert (float(found), found.se) == (0.0, 0.0)
    assert found.notes == ("input 1 never varies and is worth exactly 0.",)


def test_82_a_constant_beside_an_input_changes_nothing() -> None:
    table, x = benefit(200), np.random.default_rng(2).normal(size=200)
    alone, beside = ks.studies.evppi(table, x), ks.studies.evppi(table, np.column_stack([x, np.full(200, 4.0)]))
    assert float(alone) == float(beside)
    assert beside.notes == ("input 2 never varies and is worth exactly 0.",)


@pytest.mark.parametrize("again", [lambda x: x, lambda x: 3 - 2 * x, np.exp])
def test_82_a_duplicate_is_dropped_with_a_note(again: Callable[[np.ndarray], np.ndarray]) -> None:
    table, x = benefit(200), np.random.default_rng(2).normal(size=200)
    alone, both = ks.studies.evppi(table, x), ks.studies.evppi(table, pd.DataFrame({"pay": x, "wage": again(x)}))
    assert float(alone) == float(both)
    assert both.notes == ("wage says the same as pay (a duplicate) and was dropped.",)
    assert "dubblett" in both.sentence("sv")


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (np.zeros(39), "40 draws"),
        (np.zeros((2, 40)), "40 draws"),
        (np.zeros((40, 0)), "40 draws"),
        (np.full(40, np.nan), "draws 0, 1, 2, 3, 4 and 35 more of 40"),
        (pd.DataFrame({"pay": [1.0] * 39 + [np.inf]}), "pay: got inf; allowed finite numbers; draw 39 of 40"),
        (["a"] * 39 + [None], "numbers or texts"),
        (np.random.default_rng(1).normal(size=(40, 5)), "5 inputs need 60 draws"),
    ],
)
def test_82_inputs_that_cannot_be_asked_about(parameter: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        ks.studies.evppi(benefit(), parameter)


def test_nothing_seen_is_said_with_its_probability_and_bounded_only_by_a_stated_gain() -> None:
    table = np.column_stack([np.full(300, 5.0), np.zeros(300)])
    found = ks.studies.evpi(table, options=["outsourced", "in_house"])
    assert (float(found), found.se, found.other_best, found.bound) == (0.0, 0.0, 0, None)
    assert found.prob_other_best_interval()[1] == pytest.approx(1 - 0.05 ** (1 / 300), rel=1e-12)
    assert "In none of 300 draws is another choice than outsourced better" in found.sentence("en").replace(
        "\u00a0", " "
    )
    stated = ks.studies.evpi(table, largest_gain=200_000)
    assert stated.bound == pytest.approx(200_000 * (1 - 0.05 ** (1 / 300)), rel=1e-12)
    assert "högst" in stated.sentence("sv")
    with pytest.raises(ScenarioError, match="largest_gain"):
        ks.studies.evpi(table, largest_gain=0)


def test_answers_speak_both_languages_and_cannot_be_changed() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=300)
    table = pd.DataFrame({"outsourced": np.zeros(300), "in_house": x + rng.normal(size=300)})
    answers = [
        ks.studies.evpi(table),
        ks.studies.evppi(table, x, names=["pay"]),
        ks.studies.sobol(plus, LAWS, 64, 1),
        ks.studies.break_even(lambda x: x - 0.2, 0, 1),
    ]
    for answer in answers:
        assert answer.sentence("sv") != answer.sentence("en")
        assert answer.sentence("en") in answer.table("en")
        assert "<table" in answer._repr_html_()
        assert len(answer.to_frame())
        assert answer.to_json()
        assert repr(answer).startswith("<")
        with pytest.raises(AttributeError):
            answer.seed = 3
        with pytest.raises(RunError, match="sv or en"):
            answer.sentence("de")
    value, part = answers[:2]
    assert value.options == ("outsourced", "in_house")
    assert part.inputs.names == ("pay",)
    again = pickle.loads(pickle.dumps(value))
    assert (float(again), again.se, again.best) == (float(value), value.se, value.best)
    assert value + 0.0 == value.value


def test_comparisons_that_cannot_be_made() -> None:
    for ask, words in (
        (lambda: ks.studies.mean_difference([1, 2], [1, 2, 3]), "equally many, in pairs"),
        (lambda: ks.studies.mean_difference([1], [2]), "two values or more"),
        (lambda: ks.studies.mean_difference([1, np.nan], [2, 3]), "value 1 of 2"),
        (lambda: ks.studies.mean_difference([1, 2], [2, 3], level=95), "strictly between 0 and 1"),
        (lambda: ks.studies.control_variates([1, 2, 3], [1, 2, 4], 0), "at most n/10"),
        (lambda: ks.studies.control_variates(np.arange(20.0), np.ones(20), 0), "independent controls"),
        (lambda: ks.studies.control_variates(np.arange(20.0), np.arange(19.0), 0), "20 rows"),
        (lambda: ks.studies.control_variates(np.arange(20.0), np.arange(20.0), [0, 1]), "1 finite means"),
    ):
        with pytest.raises(KravsimError, match=words):
            ask()


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: ks.studies.chance_curve(benefit(), "third"), "option: got 'third'"),
        (lambda: ks.studies.chance_curve(benefit(), thresholds=[1, 0]), "rising numbers of kr"),
        (lambda: ks.studies.chance_curve(benefit(), thresholds=[]), "rising numbers of kr"),
        (lambda: ks.studies.chance_curve(benefit(), thresholds=[0, np.inf]), "threshold 1 of 2"),
        (lambda: ks.studies.chance_curve(benefit(), level=95), "strictly between 0 and 1"),
        (lambda: ks.studies.chance_curve(np.ones((9, 1))), "1 options"),
        (lambda: ks.studies.chance_curve([[1, np.nan], [2, 3]]), "draw 0 of 2"),
    ],
)
def test_81_curves_that_cannot_be_asked_for(ask: Callable[[], Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ask()
