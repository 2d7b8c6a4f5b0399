"""Changing a scenario by dotted keys: what is kept, what is lost, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from pydantic import Field

from kravsim.errors import ScenarioError
from kravsim.provenance import Status
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.changes import changed
from kravsim.scenario.contents import plain
from kravsim.scenario.reader import Sheet, checked
from kravsim.scenario.values import Fte, MinutesSpread, Section, Share, Value


class Staff(Section):
    fte: Fte
    waiting_share: Share | None = None
    minutes: MinutesSpread | None = None


class Period(Section):
    start: dt.date
    late_share: Share


class Organisation(Section):
    title: str
    staff: dict[str, Staff] = Field(default_factory=dict)
    active: bool = True
    days: tuple[int, ...] = ()


class Question(Section):
    models: dict[str, Organisation]
    periods: tuple[Period, ...] = ()


FTE = {"value": 2, "low": 1.5, "high": 3, "source": "answer", "status": "sourced", "note": "two posts"}
MINUTES = {"low": 1, "mode": 2, "high": 5, "source": "answer", "status": "sourced"}
SHEET = Sheet(
    {
        "models": {"in_house": {"title": "Own staff", "staff": {"handlers": {"fte": FTE, "minutes": MINUTES}}}},
        "periods": [{"start": dt.date(2017, 1, 1), "late_share": {**FTE, "value": 0.1, "low": 0.1, "high": 0.2}}],
        "sources": {"answer": {}},
    },
    {(): "case.toml"},
)
KEY = "models.in_house.staff.handlers.fte"


def with_changes(**changes: object) -> Question:
    return changed_by({key.replace("__", "."): content for key, content in changes.items()})


def changed_by(changes: dict[str, Any]) -> Question:
    sheet = changed(SHEET, changes, Question)
    tables = {key: content for key, content in sheet.tables.items() if key != "sources"}
    sources = {"sources": SHEET.tables["sources"]}
    return checked(Sheet({**tables, **sources}, sheet.files), QuestionWithSources)


class QuestionWithSources(Question):
    sources: dict[str, dict[str, str]]


def refusal(changes: dict[str, Any]) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        changed_by(changes)
    assert {problem.file for problem in caught.value.problems} == {"with_changes"}
    return caught.value


def fte(data: Question) -> Value:
    return data.models["in_house"].staff["handlers"].fte


# ---- numbers -----------------------------------------------------------------------------------------------------


def test_a_number_keeps_nothing_of_the_old_one_but_a_note() -> None:
    number = fte(changed_by({KEY: 3.5}))
    assert (number.value, number.low, number.high, number.dist) == (3.5, None, None, "fixed")
    assert (number.source, number.status, number.note) == ("assumption", Status.ASSUMED, "changed from 2")
    assert number.favours == "unknown"


@pytest.mark.parametrize("given", [np.float64(3.5), np.float32(3.5), Fraction(7, 2)])
def test_numbers_of_other_libraries_become_floats(given: Any) -> None:
    number = fte(changed_by({KEY: given}))
    assert type(number.value) is float
    assert number.value == 3.5


def test_integers_of_numpy_become_ints() -> None:
    assert type(fte(changed_by({KEY: np.int64(3)})).value) is int


def test_a_table_replaces_the_whole_number() -> None:
    number = fte(changed_by({KEY: {"value": 4, "source": "answer", "status": "derived"}}))
    assert (number.value, number.low, number.source, number.note) == (4, None, "answer", "")


def test_a_value_object_replaces_the_whole_number() -> None:
    new = Value(value=4, low=3, high=5, source="answer", status=Status.DERIVED)
    assert fte(changed_by({KEY: new})) == new


def test_a_part_of_a_number_is_changed_in_place_and_loses_its_source() -> None:
    number = fte(changed_by({f"{KEY}.low": 1, f"{KEY}.high": 4}))
    assert (number.value, number.low, number.high, number.dist) == (2, 1, 4, "triangular")
    assert (number.source, number.status) == ("assumption", Status.ASSUMED)
    assert number.note == "low changed from 1.5, high changed from 3"


def test_a_part_of_a_number_keeps_a_source_that_is_given_with_it() -> None:
    number = fte(changed_by({f"{KEY}.low": 1, f"{KEY}.status": "derived", f"{KEY}.note": "half a post"}))
    assert (number.low, number.source, number.status, number.note) == (1, "answer", Status.DERIVED, "half a post")


def test_a_note_alone_leaves_the_source() -> None:
    number = fte(changed_by({f"{KEY}.note": "three in 2018"}))
    assert (number.value, number.source, number.note) == (2, "answer", "three in 2018")


def test_a_range_given_to_a_fixed_number_makes_it_uncertain() -> None:
    fixed = changed(SHEET, {KEY: 2}, Question)
    sheet = changed(fixed, {f"{KEY}.low": 1, f"{KEY}.high": 3}, Question)
    assert checked(Sheet(sheet.tables, {}), QuestionWithSources).models["in_house"].staff["handlers"].fte.dist == (
        "triangular"
    )


def test_a_number_that_was_not_set_is_added() -> None:
    data = changed_by({"models.in_house.staff.handlers.waiting_share": 0.2})
    number = data.models["in_house"].staff["handlers"].waiting_share
    assert number is not None
    assert (number.value, number.note) == (0.2, "added")


def test_a_chance_distribution_takes_a_table_or_a_part_but_no_number() -> None:
    key = "models.in_house.staff.handlers.minutes"
    minutes = changed_by({f"{key}.mode": 3}).models["in_house"].staff["handlers"].minutes
    assert minutes is not None
    assert (minutes.low, minutes.mode, minutes.high, minutes.status) == (1, 3, 5, Status.ASSUMED)
    said = str(refusal({key: 3}))
    assert "a table with low, mode, high, source and status (a chance distribution)" in said
    assert f"or change {key}.mode" in said


# ---- other contents ----------------------------------------------------------------------------------------------


def test_plain_settings_lists_and_dates() -> None:
    data = with_changes(
        models__in_house__title="Other", models__in_house__active=False, models__in_house__days=[1, np.int64(2)]
    )
    model = data.models["in_house"]
    assert (model.title, model.active, model.days) == ("Other", False, (1, 2))
    assert changed_by({"periods.0.start": dt.date(2018, 1, 1)}).periods[0].start == dt.date(2018, 1, 1)
    assert changed_by({"periods.0.late_share": 0.3}).periods[0].late_share.note == "changed from 0.1"


def test_a_model_is_added_by_a_whole_table() -> None:
    data = changed_by({"models.other": {"title": "Other", "staff": {"few": {"fte": FTE}}}})
    assert list(data.models) == ["in_house", "other"]
    assert data.models["other"].staff["few"].fte.value == 2


def test_a_model_is_added_by_a_section_and_then_changed() -> None:
    model = changed_by({}).models["in_house"]
    data = changed_by({"models.other": model, "models.other.staff.handlers.fte": 1})
    assert data.models["in_house"] == model
    assert data.models["other"].staff["handlers"].fte.value == 1


def test_a_table_replaces_what_stood_there() -> None:
    assert changed_by({"models.in_house": {"title": "Bare"}}).models["in_house"].staff == {}


def test_the_sheet_and_the_content_are_left_alone() -> None:
    before, content = repr(SHEET.tables), {"title": "Other", "staff": {"few": {"fte": dict(FTE)}}}
    changed(SHEET, {"models.other": content, "models.other.staff.few.fte": 9, KEY: 1, f"{KEY}.low": 0}, Question)
    assert repr(SHEET.tables) == before
    assert content == {"title": "Other", "staff": {"few": {"fte": FTE}}}


# ---- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("models.in_house.staff.handlers.ftee", "did you mean fte?"),
        ("models.in_huose.staff.handlers.fte", "did you mean in_house?"),
        ("models.in_house.staff.handler.fte", "the unknown name handler; allowed one of handlers"),
        ("modls.in_house.staff.handlers.fte", "did you mean models.in_house.staff.handlers.fte?"),
        ("fte", "did you mean models.in_house.staff.handlers.fte?"),
        (f"{KEY}.lo", "did you mean"),
        (f"{KEY}.low.x", "an unknown key"),
        ("models.new.title", "add models.new as a whole table first"),
        ("periods.7.start", "a place from 0 to 0"),
        ("models.in_house.staff.handlers.waiting_share.low", "a part of nothing"),
        ("", "write section.key"),
        ("models..title", "write section.key"),
        (7, "write section.key"),
    ],
)
def test_unknown_keys_are_answered_with_what_was_meant(key: Any, words: str) -> None:
    assert words in str(refusal({key: 1}))


@pytest.mark.parametrize("content", [None, b"x", {1, 2}, object(), 1j, Decimal("1"), {1: 2}, {"value": None}])
def test_contents_that_toml_cannot_say_are_refused(content: Any) -> None:
    error = refusal({KEY: content})
    assert error.problems[0].key.startswith(KEY)
    assert error.problems[0].remedy


def test_a_table_inside_itself_is_refused() -> None:
    endless: dict[str, Any] = {"title": "X"}
    endless["staff"] = endless
    assert "levels deep" in str(refusal({"models.other": endless}))


def test_a_table_where_text_is_needed_and_text_where_a_table_is() -> None:
    said = str(refusal({"models.in_house.title": {"a": 1}, KEY: "2,5"}))
    assert "models.in_house.title: got a table; allowed a text in quotation marks" in said
    wanted = "models.in_house.staff: got 'x'; allowed a table; write the settings under [models.in_house.staff]"
    assert wanted in str(refusal({"models.in_house.staff": "x"}))
    assert f"{KEY}: got '2,5'; allowed a table with value, source and status" in said
    assert "write 2.5" in said


def test_all_unknown_keys_are_reported_at_once() -> None:
    error = refusal({"fte": 1, "models.x.title": 2, KEY: None, f"{KEY}.low": 1})
    assert len(error.problems) == 3


def test_a_change_meets_the_same_checks_as_a_file() -> None:
    error = refusal({KEY: -1, "models.in_house.active": 1, f"{KEY}.low": 5})
    assert {problem.key for problem in error.problems} == {f"{KEY}.value", KEY, "models.in_house.active"}


def test_a_truth_value_is_no_number() -> None:
    assert "a table with value" in str(refusal({KEY: True}))


def test_plain_makes_fresh_containers() -> None:
    inner = [1, 2]
    given = {"a": inner, "b": (3,)}
    result = plain(given)
    assert result == {"a": [1, 2], "b": [3]}
    assert result["a"] is not inner


# ---- on the real schema ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario("jamtland-harjedalen-2017")


def test_changes_are_recorded_in_order_across_generations(case: Scenario) -> None:
    changed_once = case.with_changes({"invoices.late_share": 0.1})
    changed_twice = changed_once.with_changes({"body.name": "X", "invoices.late_share": np.float64(0.2)})
    assert case.changes == ()
    assert changed_once.changes == (("invoices.late_share", 0.1),)
    assert changed_twice.changes == (
        ("invoices.late_share", 0.1),
        ("body.name", "X"),
        ("invoices.late_share", 0.2),
    )
    assert changed_twice.data.invoices.late_share.note == "changed from 0.1"
    assert case.data.invoices.late_share.value == pytest.approx(16586 / 207506)


def test_rules_between_values_are_checked_again(case: Scenario) -> None:
    with pytest.raises(ScenarioError, match="must not sum to more than 1") as caught:
        case.with_changes({"debtors.segments.business.share": 0.999})
    assert caught.value.problems[0].file == "with_changes" or caught.value.problems[0].key == "debtors"


def test_a_change_makes_no_change_elsewhere(case: Scenario) -> None:
    other = case.with_changes({"invoices.late_share": 0.1})
    before = {row.key: row for row in case.rows()}
    after = {row.key: row for row in other.rows()}
    assert [key for key in before if before[key] != after[key]] == ["invoices.late_share"]
    assert before.keys() == after.keys()


def test_a_model_is_copied_with_changes(case: Scenario) -> None:
    other = case.with_model("lean", copy_of="outsourced", changes={"title": "Lean"})
    assert other.models == (*case.models, "lean")
    assert other.data.models["lean"].title == "Lean"
    assert other.data.models["lean"].escalation == case.data.models["outsourced"].escalation
    assert other.data.models["outsourced"] == case.data.models["outsourced"]


@pytest.mark.parametrize(
    ("name", "copy_of", "words"),
    [
        ("lean", "outsorced", "did you mean outsourced?"),
        ("in_house", "outsourced", "a name no model has"),
        ("Lean", "outsourced", "models.Lean"),
        ("a.b", "outsourced", "unknown name a"),
    ],
)
def test_a_model_that_cannot_be_copied(case: Scenario, name: str, copy_of: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        case.with_model(name, copy_of=copy_of)
    assert words in str(caught.value)


def test_changes_must_be_a_mapping(case: Scenario) -> None:
    with pytest.raises(ScenarioError, match="a mapping of dotted keys"):
        case.with_changes([("body.name", "X")])  # type: ignore[arg-type]


def test_a_changed_scenario_says_in_its_label_what_is_changed() -> None:
    base = load_scenario("jamtland-harjedalen-2017")
    assert base.label == base.title
    one = base.with_changes({"invoices.late_share": 0.1, "debtors.coordinate": False})
    assert one.label == f"{base.title} [invoices.late_share = 0.1, debtors.coordinate = false]"
    many = one.with_changes({"models.in_house.staff.handlers.fte": 3.5, "horizon.history_years": 2})
    assert many.label == f"{base.title} [invoices.late_share = 0.1, debtors.coordinate = false, +2]"
    assert base.with_alternatives({"reading": "A"}).label == f"{base.title} [reading = A]"
    assert base.with_model("twin", copy_of="in_house").label == f"{base.title} [models.twin]"
    back = one.with_changes({"invoices.late_share": 0.08, "debtors": base.data.debtors.model_dump(exclude_none=True)})
    assert back.label == f"{base.title} [invoices.late_share = 0.08, debtors]"
    assert many.name == base.name
    again = Scenario.from_text(many.text, changes=many.lineage)
    assert (again.label, again) == (many.label, many)
