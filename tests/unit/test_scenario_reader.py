"""Every kind of broken scenario gets an answer in words; files extend each other; nothing is coerced.

The broken files in ``scenarios/broken`` carry in their head what the error must say (``# expect:``) and how many
problems it must hold. Their numbers are those of the table of bad inputs in the project's list of misuse.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from pydantic import Field, model_validator

from kravsim.errors import ScenarioError
from kravsim.provenance import Status
from kravsim.scenario.describe import implausible
from kravsim.scenario.library import find
from kravsim.scenario.reader import Sheet, checked, laid_over, read_sheet
from kravsim.scenario.values import Count, Days, Fte, MinutesSpread, Section, Share, Value, limited

FILES = Path(__file__).parent / "scenarios"
BROKEN = sorted((FILES / "broken").glob("*.toml"))


class SmallSource(Section):
    title: str
    date: dt.date | None = None


class SmallInvoices(Section):
    per_year: Count
    late_share: Share
    terms_days: Days
    hand_over_day: Annotated[int, Field(ge=1, le=28)] = 22
    basis: Literal["invoice", "due"] = "invoice"
    reminders: bool = True
    run_days: tuple[int, ...] = (1,)


class SmallSegment(Section):
    share: Share


class SmallStaff(Section):
    fte: Fte
    pay_kr: Annotated[Value, limited("kr", plausible=(200_000, 2_000_000), example=510_000)]
    posts: Count


class SmallTask(Section):
    minutes: MinutesSpread


class SmallModel(Section):
    title: str
    longest_years: Annotated[Value, limited("years", no_limit=True)] | None = None
    staff: SmallStaff | None = None
    work: dict[str, SmallTask] = Field(default_factory=dict)
    quality: Status = Status.ASSUMED


class Small(Section):
    name: str
    title: str
    start: dt.date
    end: dt.date
    sources: dict[str, SmallSource]
    invoices: SmallInvoices
    segments: dict[str, SmallSegment]
    models: dict[str, SmallModel]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.start >= self.end:
            message = "start must lie before end"
            raise ValueError(message)
        total = sum(segment.share.value for segment in self.segments.values())
        if abs(total - 1) > 1e-9:
            message = f"segment shares must sum to 1; they sum to {total:g}"
            raise ValueError(message)
        return self


def read(path: Path) -> Small:
    return checked(read_sheet(find(path)), Small)


def written(folder: Path, text: str, name: str = "case.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def small_with(folder: Path, text: str) -> Small:
    return read(written(folder, f'extends = "{(FILES / "small.toml").as_posix()}"\n{text}'))


def test_a_complete_file_is_read_as_it_stands() -> None:
    data = read(FILES / "small.toml")
    assert data.title == "Liten region, åäö"
    assert data.start == dt.date(2017, 1, 1)
    assert data.invoices.run_days == (1, 8, 15, 22)
    assert type(data.invoices.per_year.value) is int
    late = data.invoices.late_share
    assert (late.value, late.low, late.high, late.dist) == (0.08, 0.06, 0.11, "triangular")
    assert (late.source, late.status, late.note) == ("answer", Status.DERIVED, "16 586 late")
    assert data.models["in_house"].longest_years is not None
    assert data.models["in_house"].longest_years.value == float("inf")
    assert data.models["outsourced"].staff is None
    assert list(data.models) == ["outsourced", "in_house"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_file_is_refused_in_words(path: Path) -> None:
    head = path.read_text(encoding="utf-8")
    expected = re.findall(r"^# expect: (.*)$", head, re.MULTILINE)
    count = int(re.findall(r"^# problems: (\d+)$", head, re.MULTILINE)[0])
    with pytest.raises(ScenarioError) as caught:
        read(path)
    said = str(caught.value)
    assert [words for words in expected if words not in said] == [], said
    assert len(caught.value.problems) == count, said
    assert expected
    assert {problem.file for problem in caught.value.problems} == {path.name}
    assert all(problem.allowed and problem.remedy for problem in caught.value.problems)


def test_the_broken_files_are_all_there() -> None:
    numbers = {path.name[:2] for path in BROKEN}
    wanted = {f"{n:02d}" for n in (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 29)}
    assert wanted | {"32", "35", "37", "44"} <= numbers


def test_shares_that_sum_to_one_but_for_decimals_are_accepted(tmp_path: Path) -> None:
    number = '{ value = 0.8999999999, source = "assumption", status = "assumed" }'
    data = small_with(tmp_path, f"[segments.private]\nshare = {number}\n")
    assert data.segments["private"].share.value == 0.8999999999


def test_minus_zero_becomes_zero(tmp_path: Path) -> None:
    number = '{ value = -0.0, source = "assumption", status = "assumed" }'
    data = small_with(tmp_path, f"[invoices]\nterms_days = {number}\n")
    assert str(data.invoices.terms_days.value) == "0.0"


# ---- extends -----------------------------------------------------------------------------------------------------


def test_a_number_is_replaced_whole_so_that_no_old_source_stays(tmp_path: Path) -> None:
    data = small_with(tmp_path, '[invoices]\nlate_share = { value = 0.1, source = "assumption", status = "assumed" }\n')
    late = data.invoices.late_share
    assert (late.value, late.low, late.high, late.dist, late.note) == (0.1, None, None, "fixed", "")
    assert data.invoices.per_year.value == 207506


def test_a_part_of_a_number_is_no_number(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"invoices\.late_share\.value: got nothing"):
        small_with(tmp_path, "[invoices.late_share]\nlow = 0.05\n")


def test_a_model_is_added_and_an_empty_table_changes_nothing(tmp_path: Path) -> None:
    data = small_with(tmp_path, '[models]\nin_house = {}\nhybrid = { title = "Both" }\n')
    assert list(data.models) == ["outsourced", "in_house", "hybrid"]
    assert data.models["in_house"] == read(FILES / "small.toml").models["in_house"]


def test_a_list_is_replaced_whole(tmp_path: Path) -> None:
    assert small_with(tmp_path, "[invoices]\nrun_days = [5]\n").invoices.run_days == (5,)


def test_extends_goes_through_several_files_in_the_same_directory(tmp_path: Path) -> None:
    written(tmp_path, (FILES / "small.toml").read_text(encoding="utf-8"), "one.toml")
    written(tmp_path, 'extends = "one"\ntitle = "Two"\n[invoices]\nhand_over_day = 3\n', "two.toml")
    data = read(written(tmp_path, 'extends = "two"\nname = "three"\n', "three.toml"))
    assert (data.name, data.title, data.invoices.hand_over_day) == ("three", "Two", 3)


def test_a_wrong_key_is_reported_in_the_file_where_it_stands(tmp_path: Path) -> None:
    text = (FILES / "small.toml").read_text(encoding="utf-8")
    written(tmp_path, text.replace("value = 30", "value = -30"), "below.toml")
    over = '[invoices]\nlate_share = { value = 8, source = "assumption", status = "assumed" }\n'
    with pytest.raises(ScenarioError) as caught:
        read(written(tmp_path, f'extends = "below"\n{over}', "above.toml"))
    files = {problem.key: problem.file for problem in caught.value.problems}
    assert files == {"invoices.late_share.value": "above.toml", "invoices.terms_days.value": "below.toml"}


def test_a_syntax_error_is_reported_in_the_file_where_it_stands(tmp_path: Path) -> None:
    written(tmp_path, "a = 1,5\n", "below.toml")
    with pytest.raises(ScenarioError) as caught:
        read(written(tmp_path, 'extends = "below"\n', "above.toml"))
    assert caught.value.problems[0].file == "below.toml"


def test_laying_over_leaves_what_is_below_alone() -> None:
    below = Sheet({"a": {"b": [1]}, "n": {"value": 1, "low": 0}}, {(): "below"})
    above = laid_over(below, {"a": {"c": 2}, "n": {"value": 3}}, "above")
    assert below.tables == {"a": {"b": [1]}, "n": {"value": 1, "low": 0}}
    assert above.tables == {"a": {"b": [1], "c": 2}, "n": {"value": 3}}
    assert above.tables["a"]["b"] is not below.tables["a"]["b"]
    assert above.file_of(("n", "value")) == "above"


def test_reading_does_not_change_the_sheet() -> None:
    sheet = read_sheet(FILES / "small.toml")
    before = repr(sheet.tables)
    checked(sheet, Small)
    assert repr(sheet.tables) == before


# ---- plausible numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pay", "remedy"),
    [("510", "if the amount is in tkr, write 510000"), ("51000000", "if the amount is in öre, write 510000")],
)
def test_a_slip_of_unit_is_reported_with_the_number_meant(tmp_path: Path, pay: str, remedy: str) -> None:
    number = f'{{ value = {pay}, source = "assumption", status = "assumed" }}'
    data = small_with(tmp_path, f"[models.in_house.staff]\npay_kr = {number}\n")
    (problem,) = implausible(data, lambda _: "case.toml")
    assert problem.key == "models.in_house.staff.pay_kr.value"
    assert "plausible from 200000 to 2000000" in problem.allowed
    assert problem.remedy == remedy


def test_a_plausible_scenario_has_nothing_to_report() -> None:
    assert implausible(read(FILES / "small.toml"), lambda _: "") == []
