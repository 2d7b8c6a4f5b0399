"""Is a scenario frozen all the way down, and can it still be copied, sent to another process and written?"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.frozen import FrozenDict, FrozenList, frozen

CASE = load_scenario("jamtland-harjedalen-2017")


def within(thing: object, path: str = "scenario", seen: frozenset[int] = frozenset()) -> Iterator[tuple[str, object]]:
    """Everything that holds others, reached by attributes, keys and items."""
    if id(thing) in seen:
        return
    seen |= {id(thing)}
    if isinstance(thing, Mapping):
        yield path, thing
        for key, inner in thing.items():
            yield from within(inner, f"{path}[{key!r}]", seen)
    elif isinstance(thing, list | tuple):
        yield path, thing
        for inner in thing:
            yield from within(inner, f"{path}[]", seen)
    elif isinstance(thing, np.ndarray):
        yield path, thing
    elif type(thing).__module__.startswith("kravsim") and hasattr(thing, "__dict__"):
        for name, inner in vars(thing).items():
            yield from within(inner, f"{path}.{name}", seen)


def looked_at(scenario: Scenario) -> Scenario:
    """A scenario of which everything that is kept for later has been asked for."""
    assert scenario.fingerprint
    assert scenario.prior.columns
    assert scenario.warnings is not None
    assert scenario.realise(Draws(1, 0, 0))
    assert scenario.realise(Draws(1, 1, 0))
    return scenario


WAYS: dict[str, Callable[[Scenario], Any]] = {
    "as read": lambda scenario: scenario,
    "changed": lambda scenario: scenario.with_changes(
        {"invoices.run_days": [3, 4], "models.other": scenario.sheet.tables["models"]["in_house"]}
    ),
    "read in another way": lambda scenario: scenario.with_alternatives({"reading": "A"}),
    "copied": copy.copy,
    "deeply copied": copy.deepcopy,
    "pickled": lambda scenario: pickle.loads(pickle.dumps(scenario)),
    "realised": lambda scenario: scenario.realise(Draws(1, 1, 0)).data,
    "data copied": lambda scenario: copy.deepcopy(scenario.data),
    "data with an update": lambda scenario: scenario.data.model_copy(update={"models": dict(scenario.data.models)}),
    "data pickled": lambda scenario: pickle.loads(pickle.dumps(scenario.data)),
    "data copied by pydantic": lambda scenario: scenario.data.model_copy(deep=True),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_in_a_scenario_can_be_changed_in_place(way: str) -> None:
    made = WAYS[way](CASE)
    if isinstance(made, Scenario):
        looked_at(made)
    holders = list(within(made))
    assert len(holders) > 50
    for path, holder in holders:
        if isinstance(holder, np.ndarray):
            assert not holder.flags.writeable or path.endswith("_triangles[]"), path  # kept for later, made anew
        elif isinstance(holder, dict | list):
            assert isinstance(holder, FrozenDict | FrozenList), path


@pytest.mark.parametrize(
    "change",
    [
        CASE.data.models.clear,
        lambda: CASE.data.models.pop("in_house"),
        lambda: CASE.data.models.update({}),
        lambda: CASE.data.models.setdefault("x", None),
        CASE.data.sources.popitem,
        lambda: CASE.data.alternatives["reading"].__setitem__("E", None),
        CASE.data.alternatives["reading"]["A"].changes.clear,
        lambda: CASE.sheet.tables["models"].__delitem__("in_house"),
        lambda: CASE.sheet.tables["invoices"]["run_days"].append(1),
        CASE.sheet.tables["invoices"]["run_days"].sort,
        CASE.sheet.files.clear,
        CASE.prior.numbers.clear,
    ],
)
def test_whoever_tries_is_told_how_to_make_another(change: Callable[[], object]) -> None:
    before = CASE.text
    with pytest.raises(TypeError, match=r"frozen: make another one with scenario\.with_changes"):
        change()
    assert CASE.text == before


def test_tables_are_dicts_and_lists_to_whoever_reads_them() -> None:
    table = frozen({"a": [1, {"b": (2, [3])}]})
    assert table == {"a": [1, {"b": (2, [3])}]}
    assert json.loads(json.dumps(table)) == {"a": [1, {"b": [2, [3]]}]}
    assert frozen(table) is table
    mine = copy.deepcopy(table)
    mine["a"][1]["c"] = 1  # a copy is the copier's own
    assert "c" not in table["a"][1]
    assert type(pickle.loads(pickle.dumps(table))["a"][1]) is FrozenDict
    assert {**table, "x": 1} == table | {"x": 1}


def test_copies_are_the_same_scenario() -> None:
    for one in (copy.deepcopy(CASE), pickle.loads(pickle.dumps(CASE))):
        assert one == CASE
        assert one.text == CASE.text
        assert one.with_changes({"invoices.late_share": 0.1}).data.invoices.late_share.value == 0.1
