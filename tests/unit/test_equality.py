"""Are equal results equal: after a trip through a file, with numbers that are missing, and as keys of a dict?"""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.result_makers import make_comparison, make_posterior, make_run, make_uncertain

import kravsim as ks
from kravsim.equality import key_of
from kravsim.measures.outcome import Outcome
from kravsim.results.bridge import Bridge
from kravsim.results.run import Run
from kravsim.scenario import load_scenario
from kravsim.statistics.distribution import Distribution
from kravsim.studies import ParameterSets

NAN = float("nan")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def with_nothing_to_share(run: Run, name: str = "days_to_payment") -> Run:
    """The run with a share of nothing in every replication, each a NaN of its own."""
    made = [replace(one, numbers={**one.numbers, name: float("nan")}) for one in run.outcomes]
    return replace(run, outcomes=tuple(made))


def test_two_equal_runs_with_shares_of_nothing_are_equal() -> None:
    one, other = (with_nothing_to_share(make_run("outsourced", 5)) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1
    assert one.outcomes[0] == other.outcomes[0]
    assert one != with_nothing_to_share(make_run("outsourced", 5), "mean_claim_kr")
    assert one != make_run("outsourced", 5)


def test_a_run_that_comes_back_from_a_file_is_the_one_that_was_saved(tmp_path: Path) -> None:
    run = with_nothing_to_share(make_run("outsourced", 4))
    assert ks.load_run(run.save(tmp_path / "run.kravsim")) == run
    comparison = make_comparison(6)
    back = ks.load_comparison(comparison.save(tmp_path / "pair.kravsim"))
    assert (back, hash(back)) == (comparison, hash(comparison))


@pytest.mark.parametrize(
    "made",
    [
        lambda: Outcome("m", 0, 0, {"a": NAN}, {"x": 1}, {}, {}, {"b": NAN}),
        lambda: with_nothing_to_share(make_run("outsourced", 3)),
        lambda: make_comparison(4),
        lambda: make_uncertain(12),
        lambda: make_comparison(4).bridge(),
        lambda: make_comparison(4).difference,
        lambda: Distribution(np.array([0.0, 1.0]), "x", "kr"),
        lambda: ParameterSets({"reading": "A"}, 0.5, ("invoices.late_share",), np.array([[0.1]])),
        lambda: load_scenario("jamtland-harjedalen-2017"),
        lambda: load_scenario("jamtland-harjedalen-2017").data,
        lambda: load_scenario("jamtland-harjedalen-2017").sheet,
        make_posterior,
    ],
    ids=range(12),
)
def test_made_twice_copied_or_pickled_a_value_is_the_same(made: Any) -> None:
    one = made()
    for other in (made(), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert one == other
        assert hash(one) == hash(other)
    assert one == one  # noqa: PLR0124 - NaN is not, and must not spoil it
    assert one != "something else"


def test_one_number_elsewhere_makes_another_value() -> None:
    base = Outcome("m", 0, 0, {"a": NAN, "b": 1.0}, {}, {}, {}, {})
    assert base == replace(base, numbers={"b": 1.0, "a": NAN})
    for numbers in ({"a": 0.0, "b": 1.0}, {"a": NAN, "b": NAN}, {"a": NAN}, {"a": NAN, "c": 1.0}):
        assert base != replace(base, numbers=numbers)
    walk = {"fees": np.array([150])}
    one = Bridge("a", "b", np.array([100]), np.array([250]), walk)
    assert one == Bridge("a", "b", np.array([100]), np.array([250]), dict(walk))
    assert one != Bridge("a", "c", np.array([100]), np.array([250]), walk)


@given(values, values)
def test_keys_are_equal_as_python_says_but_for_nan(one: Any, other: Any) -> None:
    assert key_of(one) == key_of(copy.deepcopy(one))
    assert hash(key_of(one)) == hash(key_of(copy.deepcopy(one)))
    if one == other:
        assert key_of(one) == key_of(other)
        assert hash(key_of(one)) == hash(key_of(other))
    elif "nan" not in repr((one, other)):
        assert key_of(one) != key_of(other)


def test_zeros_kinds_and_order_do_not_count_and_shapes_do() -> None:
    assert key_of(0.0) == key_of(-0.0) == key_of(0)
    assert key_of(np.array([1, 2])) == key_of(np.array([1.0, 2.0]))
    assert key_of(np.array([[1, 2]])) != key_of(np.array([1, 2]))
    assert key_of(np.float32("nan")) == key_of(math.nan) == key_of(np.array(NAN)[()])
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})
