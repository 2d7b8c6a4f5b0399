"""A real scenario with something wrong in it: a documented error that names the key, or a scenario that works."""

from __future__ import annotations

import copy
import datetime as dt
import math
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.reader import Sheet
from kravsim.scenario.toml_file import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable

CASE = load_scenario("jamtland-harjedalen-2017")
TEXT = CASE.text


def paths_of(content: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, object]] = []
    if isinstance(content, dict):
        inner = list(content.items())
    elif isinstance(content, list):
        inner = list(enumerate(content))
    return [found for key, item in inner for found in ((*path, key), *paths_of(item, (*path, key)))]


PATHS = paths_of(CASE.sheet.tables)
STRANGE = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, True, None, "", "60", "1,5", [], {}, [1], {"value": 1}, {"a": {}}]),
    st.integers(-(2**70), 2**70),
    st.sampled_from([16**5000, -0.0, 1e308, 5e-324]),
    st.floats(allow_nan=False, width=32),
    st.text(max_size=20),
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
)


T = TypeVar("T")


def container(tables: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        tables = tables[key]
    return tables


def attempt(action: Callable[[], T]) -> tuple[T | None, tuple[Problem, ...]]:
    """Do something that may be refused; any exception but a ScenarioError fails the test."""
    try:
        return action(), ()
    except ScenarioError as error:
        return None, error.problems


def works_or_is_refused(tables: dict[str, Any]) -> None:
    scenario, problems = attempt(lambda: Scenario.from_sheet(Sheet(tables, {(): "case.toml"})))
    for problem in problems:
        assert problem.file == "case.toml"
        assert problem.key or problem.value == "values that contradict each other"  # a rule of the whole scenario
        assert problem.allowed
        assert problem.remedy
    if scenario is None:
        assert problems
        return
    assert scenario.realise(Draws(1, 0, 0)).draw == 0
    assert len(scenario.fingerprint) == 64
    assert Scenario.from_sheet(Sheet(parse_toml(scenario.text, "again"), {})) == scenario


NUMBERS = [path for path in PATHS if type(container(CASE.sheet.tables, path)[path[-1]]) in {int, float}]
FUZZ = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(st.sampled_from(PATHS), STRANGE)
def test_something_else_at_a_key(path: tuple[Any, ...], content: object) -> None:
    tables = copy.deepcopy(CASE.sheet.tables)
    container(tables, path)[path[-1]] = content
    works_or_is_refused(tables)


@FUZZ
@given(st.sampled_from(NUMBERS), st.integers(-9, 9))
def test_a_number_scaled(path: tuple[Any, ...], power: int) -> None:
    tables = copy.deepcopy(CASE.sheet.tables)
    container(tables, path)[path[-1]] *= 10.0**power
    works_or_is_refused(tables)


@FUZZ
@given(st.sampled_from(PATHS))
def test_a_key_taken_away(path: tuple[Any, ...]) -> None:
    tables = copy.deepcopy(CASE.sheet.tables)
    del container(tables, path)[path[-1]]
    works_or_is_refused(tables)


@FUZZ
@given(st.sampled_from([path for path in PATHS if isinstance(path[-1], str)]), st.data())
def test_a_key_misspelled(path: tuple[Any, ...], data: st.DataObject) -> None:
    tables = copy.deepcopy(CASE.sheet.tables)
    key = path[-1]
    place = data.draw(st.integers(0, len(key) - 1))
    letter = data.draw(st.sampled_from("abcxyz_.Å "))
    container(tables, path)[key[:place] + letter + key[place + 1 :]] = container(tables, path).pop(key)
    works_or_is_refused(tables)


@FUZZ
@given(st.integers(0, len(TEXT) - 1), st.sampled_from(list("[]{}=\"',.#\n\x00å%")))
def test_a_character_of_the_text_replaced(place: int, letter: str) -> None:
    tables, problems = attempt(lambda: parse_toml(TEXT[:place] + letter + TEXT[place + 1 :], "case.toml"))
    assert all(problem.file == "case.toml" and problem.remedy for problem in problems)
    if tables is not None:
        works_or_is_refused(tables)


@FUZZ
@given(st.sampled_from(PATHS), STRANGE)
def test_a_strange_change(path: tuple[Any, ...], content: object) -> None:
    key = ".".join(map(str, path))
    scenario, problems = attempt(lambda: CASE.with_changes({key: content}))
    assert all(problem.allowed and problem.remedy for problem in problems)
    if scenario is None:
        assert problems
        return
    assert scenario.realise(Draws(1, 0, 0)).draw == 0
    assert [recorded for recorded, _ in scenario.changes] == [key]
