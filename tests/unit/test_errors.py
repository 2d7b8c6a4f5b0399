"""What an error says, which exit code it has, and that it survives the way from one process to another."""

from __future__ import annotations

import datetime as dt
import pickle
import traceback
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from kravsim.errors import (
    ABSENT,
    DataError,
    KravsimError,
    LawError,
    OutputError,
    Problem,
    RunError,
    ScenarioError,
    Words,
    show,
)

PROBLEM = Problem("a.toml", "debtors.late_share", 55, "a share from 0 to 1", "did you mean 0.55?")
OTHER = Problem("", "seed", ABSENT, "a whole number", "")


def raise_in_worker() -> None:
    raise LawError([PROBLEM, Problem("b", "c", raise_in_worker, "d", "e")])


def test_problem_is_one_readable_line() -> None:
    expected = "a.toml: debtors.late_share: got 55; allowed a share from 0 to 1; did you mean 0.55?"
    assert str(PROBLEM) == expected


def test_problem_leaves_out_what_it_has_not() -> None:
    assert str(OTHER) == "seed: got nothing; allowed a whole number"
    assert str(Problem("", "", 1, "", "")) == "got 1"


def test_error_says_all_problems_one_a_line() -> None:
    error = ScenarioError([PROBLEM, OTHER])
    assert str(error).splitlines() == [str(PROBLEM), str(OTHER)]
    assert error.problems == (PROBLEM, OTHER)


def test_error_takes_one_problem_or_any_iterable() -> None:
    assert DataError(PROBLEM).problems == (PROBLEM,)
    assert DataError(problem for problem in (PROBLEM, OTHER)).problems == (PROBLEM, OTHER)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(KravsimError, 1), (ScenarioError, 2), (LawError, 2), (DataError, 3), (RunError, 4), (OutputError, 5)],
)
def test_exit_codes(kind: type[KravsimError], code: int) -> None:
    assert kind(PROBLEM).exit_code == code
    assert issubclass(kind, KravsimError)


def test_a_law_error_is_a_scenario_error_and_no_other_child_is() -> None:
    assert issubclass(LawError, ScenarioError)
    assert not any(issubclass(kind, ScenarioError) for kind in (DataError, RunError, OutputError))


def test_error_without_a_problem_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one Problem"):
        ScenarioError([])


@pytest.mark.parametrize("wrong", ["text", [PROBLEM, "text"], [None]])
def test_error_with_something_else_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="takes Problem objects"):
        ScenarioError(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [KravsimError, ScenarioError, LawError, DataError, RunError, OutputError])
def test_pickling_keeps_everything(kind: type[KravsimError]) -> None:
    error = kind([PROBLEM, OTHER, Problem("f", "k", dt.date(2017, 1, 1), "", "")])
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert back.problems == error.problems
    assert back.problems[1].value is ABSENT
    assert str(back) == str(error)


def test_a_value_that_cannot_travel_is_sent_as_its_text() -> None:
    error = RunError(Problem("", "callback", lambda u: u, "a number", "return one"))
    back = pickle.loads(pickle.dumps(error))
    assert str(back) == str(error)
    assert "<lambda>" in str(back)
    assert pickle.loads(pickle.dumps(back)).problems == back.problems


def test_an_error_crosses_a_process_border() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future = pool.submit(raise_in_worker)
        with pytest.raises(LawError, match=r"did you mean 0\.55\?") as caught:
            future.result(timeout=60)
    assert caught.value.problems[0] == PROBLEM
    assert "raise_in_worker" in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (0.1, "0.1"),
        ("60", "'60'"),
        ("å\nä", r"'å\nä'"),
        (dt.date(2017, 2, 1), "2017-02-01"),
        (None, "None"),
        (ABSENT, "nothing"),
        (Words("a directory"), "a directory"),
        pytest.param(16**5000, "an integer of 20001 bits", id="long integer"),
        ([16**5000], "a value of type list that is too large to show"),
    ],
)
def test_how_values_are_shown(value: object, text: str) -> None:
    assert show(value) == text


def test_long_values_are_cut_and_say_so() -> None:
    text = show("x" * 1000)
    assert len(text) < 130
    assert text.endswith("... (1002 characters)")
