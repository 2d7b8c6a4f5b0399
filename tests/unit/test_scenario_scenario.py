"""A scenario as users meet it: reading, describing, drawing worlds, keeping and comparing."""

from __future__ import annotations

import html
import os
import pickle
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from kravsim.chance.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.scenario import Scenario, ScenarioWarning, World, load_scenario, scenario_names
from kravsim.scenario import scenario as scenario_module
from kravsim.scenario.describe import Row, implausible, numbers
from kravsim.scenario.fields import check_schema_units
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.toml_writer import to_toml
from kravsim.scenario.values import Spread, Value

if TYPE_CHECKING:
    from pathlib import Path

CASE = "jamtland-harjedalen-2017"
RANGE = {"value": 0.08, "low": 0.06, "high": 0.11, "source": "assumption", "status": "assumed"}


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario(CASE).with_changes({"invoices.late_share": RANGE})


# ---- bundled scenarios and the schema ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_bundled_scenarios_are_read_without_a_warning(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scenario = load_scenario(name, strict=True)
    assert scenario.name == name
    assert len(scenario.models) >= 2


@pytest.mark.parametrize("name", scenario_names())
def test_bundled_scenarios_have_worlds(name: str) -> None:
    scenario = load_scenario(name)
    worlds = [scenario.realise(Draws(1, draw, 0)) for draw in range(21)]
    assert len({str(world.data) for world in worlds}) == 21


def test_names_and_units_of_the_schema_agree() -> None:
    assert check_schema_units(ScenarioData) == []


# ---- describing --------------------------------------------------------------------------------------------------


def test_the_register_lists_every_number_once_with_its_provenance(case: Scenario) -> None:
    rows = case.rows()
    assert len({row.key for row in rows}) == len(rows)
    by_key = {row.key: row for row in rows}
    assert by_key["invoices.late_share"] == Row(
        "invoices.late_share", 0.08, 0.06, 0.11, "share", "assumed", "assumption", "", "neither", "triangular"
    )
    assert by_key["body.name"].value == case.data.body.name
    assert by_key["body.name"].status == ""
    found = {key for key, _, _ in numbers(case.data)}
    assert found == {row.key for row in rows if row.status}
    assert all(row.unit for row in rows if row.status)


def test_chance_is_told_from_uncertainty(case: Scenario) -> None:
    by_key = {row.key: row for row in case.rows()}
    spreads = {key: number for key, number, _ in numbers(case.data) if isinstance(number, Spread)}
    assert spreads
    for key, number in spreads.items():
        row = by_key[key]
        assert (row.dist, row.value, row.low, row.high) == ("chance", number.mode, number.low, number.high)


def test_the_register_is_a_data_frame(case: Scenario) -> None:
    frame = case.describe()
    assert isinstance(frame, pd.DataFrame)
    wanted = ["key", "value", "low", "high", "unit", "status", "source", "note", "favours", "dist"]
    assert list(frame.columns) == wanted
    assert len(frame) == len(case.rows())
    assert set(frame["status"]) <= {"", "sourced", "derived", "assumed"}


def test_the_register_is_shown_whole_and_says_nothing_where_there_is_no_range(case: Scenario) -> None:
    frame = case.describe()
    longest = max((row.note for row in case.rows()), key=len)
    for shown in (repr(frame), frame._repr_html_()):
        assert "NaN" not in shown
        assert "None" not in shown
        assert longest[-30:] in html.unescape(shown)
        assert all(row.key in shown for row in case.rows())
    assert set(frame.loc[frame["low"].isna(), "low"]) == {None}
    part = frame[frame["low"].notna()]
    assert part["key"].str.len().max() > 50
    assert all(key in part[["key", "low"]]._repr_html_() for key in part["key"])
    assert "assumed" in repr(frame.groupby("status")[["key"]].count())
    assert (part["low"] <= part["high"]).all()


def test_keys_are_names_that_a_prompt_completes(case: Scenario) -> None:
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    assert case.key.models.in_house.staff.handlers.fte == "models.in_house.staff.handlers.fte"
    keys = [row.key for row in case.rows() if not any(part.isdecimal() for part in row.key.split("."))]
    for key in keys:
        found: object = case.key
        for name in key.split("."):
            found = getattr(found, name)
        assert found == key
    shell = InteractiveShell(user_ns={"case": case})
    text = "case.with_changes({case.key.invoices.la"
    with provisionalcompleter():
        assert [one.text for one in shell.Completer.completions(text, len(text))] == ["late_share"]


def test_short_forms(case: Scenario) -> None:
    assert repr(case).startswith(f"<Scenario {CASE}: outsourced, in_house")
    assert "1 changes" in repr(case)
    assert case.fingerprint[:12] in repr(case)
    shown = case.with_changes({"title": "<b>&"})._repr_html_()
    assert "&lt;b&gt;&amp;" in shown
    assert "<b>" not in shown


# ---- worlds ------------------------------------------------------------------------------------------------------


def test_draw_zero_is_the_base_world(case: Scenario) -> None:
    world = case.realise(Draws(1, 0, 3))
    assert (world.scenario_name, world.draw) == (CASE, 0)
    before = {key: number for key, number, _ in numbers(case.data)}
    for key, number, _ in numbers(world.data):
        if isinstance(number, Value):
            assert (number.low, number.high, number.dist) == (None, None, "fixed")
            assert number.value == before[key].value  # type: ignore[union-attr]
        else:
            assert number == before[key]


def only_late_share_drawn(case: Scenario) -> Scenario:
    """Fix everything else, so that the test does not depend on the ranges of the file."""
    tables = {
        key: {"value": number.value, "source": "assumption", "status": "assumed"}
        for key, number, _ in numbers(case.data)
        if isinstance(number, Value) and number.dist != "fixed" and key != "invoices.late_share"
    }
    return case.with_changes(tables)


def test_a_world_is_drawn_by_key_and_draw_and_nothing_else(case: Scenario) -> None:
    fixed = only_late_share_drawn(case)
    late = [fixed.realise(Draws(1, draw, 0)).data.invoices.late_share.value for draw in range(1, 6)]
    again = [fixed.realise(Draws(1, draw, 9)).data.invoices.late_share.value for draw in range(1, 6)]
    other_seed = [fixed.realise(Draws(2, draw, 0)).data.invoices.late_share.value for draw in range(1, 6)]
    assert late == again
    assert not set(late) & set(other_seed)
    assert all(0.06 <= number <= 0.11 for number in late)
    more = fixed.with_changes({"invoices.terms_days": {**RANGE, "value": 20, "low": 10, "high": 30}})
    assert late == [more.realise(Draws(1, draw, 0)).data.invoices.late_share.value for draw in range(1, 6)]
    expected = case.data.invoices.late_share.drawn(Draws(1, 1, 0).parameter("invoices.late_share"))
    assert late[0] == expected.value


def test_a_world_shares_what_is_not_drawn_and_leaves_the_scenario_alone(case: Scenario) -> None:
    fixed = only_late_share_drawn(case)
    before = fixed.fingerprint
    world = fixed.realise(Draws(1, 1, 0))
    assert world.data.models["in_house"] is fixed.data.models["in_house"]
    assert world.data.debtors is fixed.data.debtors
    assert world.data.invoices.late_share != fixed.data.invoices.late_share
    assert Scenario(fixed.data, fixed.sheet).fingerprint == before


def test_whole_numbers_stay_whole_in_every_world(case: Scenario) -> None:
    count = {**RANGE, "value": 200000, "low": 100000, "high": 300000}
    fixed = only_late_share_drawn(case).with_changes({"invoices.per_year": count})
    for draw in range(1, 10):
        assert type(fixed.realise(Draws(1, draw, 0)).data.invoices.per_year.value) is int


def test_ranges_that_break_a_rule_at_their_worst_are_refused_in_every_draw(case: Scenario) -> None:
    fixed = only_late_share_drawn(case)
    broken = {**RANGE, "value": fixed.data.policy.value_adjustment_days.value, "low": 100, "high": 36_000}
    scenario = fixed.with_changes({"policy.value_adjustment_days": broken})
    for draw in (1, 7):  # whether or not the draw itself would do
        with pytest.raises(ScenarioError) as caught:
            scenario.realise(Draws(1, draw, 0))
        (problem,) = caught.value.problems
        assert problem.file == "the ranges at their worst"
        assert problem.key == "policy"
    assert scenario.warnings[-1] == problem
    assert scenario.realise(Draws(1, 0, 0)).draw == 0


# ---- keeping and comparing ---------------------------------------------------------------------------------------


def test_the_text_of_a_changed_scenario_reads_back_to_an_equal_one(case: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "kept.toml"
    file.write_text(case.text, encoding="utf-8")
    again = load_scenario(file)
    assert again == case
    assert again.fingerprint == case.fingerprint
    assert again.changes == ()


def test_equality_and_hash_follow_the_contents(case: Scenario) -> None:
    same = load_scenario(CASE).with_changes({"invoices.late_share": RANGE})
    assert same == case
    assert hash(same) == hash(case)
    assert case != load_scenario(CASE)
    assert case != CASE
    assert case.with_changes({"invoices.late_share.note": "x"}) != case


def test_a_scenario_and_a_world_cross_a_process_border(case: Scenario) -> None:
    back = pickle.loads(pickle.dumps(case))
    assert back == case
    assert back.changes == case.changes
    assert back.with_changes({"body.name": "X"}).data.body.name == "X"
    world = case.realise(Draws(1, 0, 0))
    there = pickle.loads(pickle.dumps(world))
    assert (there.scenario_name, there.data, there.draw) == (world.scenario_name, world.data, world.draw)


def test_scenarios_and_worlds_are_frozen(case: Scenario) -> None:
    with pytest.raises(AttributeError):
        case.data = case.data  # type: ignore[misc]
    world = World("a", case.data, 0, case.alike)
    with pytest.raises(AttributeError):
        world.draw = 1  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        case.data.invoices.hand_over_day = 3


def test_the_tables_behind_a_scenario_are_not_shared_with_its_changes(case: Scenario) -> None:
    before = repr(case.sheet.tables)
    case.with_changes({"models.outsourced.title": "X", "debtors.coordinate": False})
    assert repr(case.sheet.tables) == before


def test_reading_a_scenario_loads_none_of_the_slow_libraries() -> None:
    code = f"""
import sys
from kravsim.chance.draws import Draws
from kravsim.scenario import load_scenario
load_scenario({CASE!r}).realise(Draws(1, 0, 0))
print([name for name in ("pandas", "matplotlib", "numba", "scipy.stats", "simpy") if name in sys.modules])
"""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout == "[]\n"


# ---- implausible numbers -----------------------------------------------------------------------------------------


def implausible_once(*_: object) -> list[object]:
    return [Problem("case.toml", "a.fee_kr.value", 18000, "an amount in kr", "if the amount is in öre, write 180")]


def test_an_implausible_number_is_a_warning_or_in_strict_reading_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert implausible(load_scenario(CASE).data, lambda _: "") == []
    monkeypatch.setattr(scenario_module, "implausible", implausible_once)
    with pytest.warns(ScenarioWarning, match="if the amount is in öre, write 180"):
        scenario = load_scenario(CASE)
    assert len(scenario.warnings) == 1
    assert "not plausible" in scenario._repr_html_()
    with pytest.raises(ScenarioError, match="write 180"):
        load_scenario(CASE, strict=True)


def test_a_key_of_nothing_is_written_as_one_left_out(case: Scenario) -> None:
    tables = case.sheet.tables
    empty = {**tables, "body": {**tables["body"], "kind": None}}
    without = {**tables, "body": {key: content for key, content in tables["body"].items() if key != "kind"}}
    assert to_toml(empty) == to_toml(without)
    within = {"invoices": {"late_share": {"value": 0.08, "low": None}}}
    assert to_toml(within) == to_toml({"invoices": {"late_share": {"value": 0.08}}})
