"""Are the tables of lines and of measures whole: each row with place, cause, ground and words, and in no second list?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kravsim
from kravsim.ledger.accounts import BUDGET, CHARGES, GROUNDS, LINES, OUTLAYS
from kravsim.ledger.lines import CAUSES, LEDGER, STATEMENT
from kravsim.measures.measures import BETWEEN, COHORT, YEAR, unit_of
from kravsim.models.process import PROCESS
from kravsim.words.wording import LINE_WORDS, METRIC_WORDS, UNITS

PACKAGE = Path(kravsim.__file__).parent


def words_of(*tables: tuple[tuple[str, str], ...]) -> list[str]:
    """Every text of some pairs."""
    return [text for table in tables for pair in table for text in pair]


def test_names_are_given_once() -> None:
    for table in (LEDGER, STATEMENT, CAUSES, YEAR, COHORT, BETWEEN):
        names = [row.name for row in table]
        assert len(names) == len(set(names))


def test_every_row_has_words_in_both_languages() -> None:
    said = words_of(
        tuple(line.words for line in LEDGER),
        tuple(line.ground for line in LEDGER),
        tuple(line.words for line in STATEMENT),
        tuple(cause.words for cause in CAUSES),
        tuple(measure.words for measure in (*YEAR, *COHORT, *BETWEEN)),
    )
    assert all(text == text.strip() != "" for text in said)


def test_budget_lines_gather_lines_and_belong_to_causes() -> None:
    assert {line.budget for line in LEDGER} - {""} == {line.name for line in STATEMENT}
    assert {line.cause for line in STATEMENT} == {cause.name for cause in CAUSES}
    assert all(lines for _, lines in BUDGET)


def test_statutory_amounts_stand_first_and_are_what_steps_charge() -> None:
    assert LINES[: len(CHARGES)] == CHARGES
    assert {name for step in PROCESS for name in step.charges} == set(CHARGES)
    assert set(OUTLAYS) < set(CHARGES)


def test_measures_of_one_name_have_one_unit() -> None:
    for measure in (*YEAR, *COHORT, *BETWEEN):
        assert unit_of(measure.name) == measure.unit
        assert measure.unit in UNITS


def test_a_unit_that_stands_in_a_name_is_the_measures() -> None:
    """Names say what they are counted in, so that a column can be read without the table."""
    for measure in (*YEAR, *COHORT, *BETWEEN):
        ending = measure.name.rsplit("_", 1)[-1]
        if ending in UNITS and "_share" not in measure.name:
            assert measure.unit == ending


def test_every_column_beside_the_measures_has_a_unit() -> None:
    names = [*(f"budget_{name}_kr" for name, _ in BUDGET), "step_demand", "end_open"]
    assert [unit_of(name) for name in names] == ["kr"] * len(BUDGET) + ["count", "count"]


@pytest.mark.parametrize("table", [GROUNDS, LINE_WORDS, METRIC_WORDS])
def test_no_other_file_lists_the_rows_again(table: dict[str, object]) -> None:
    """A second list of most names, as keys of its own, is what a new row would be forgotten in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place in {
            "ledger/lines.py",
            "measures/measures.py",
            "measures/summary.py",
            "scenario/schema.py",
        } or place.startswith("bundled/"):
            continue
        keys = set(re.findall(r'^\s+"([a-z_0-9]+)": ', path.read_text("utf-8"), re.MULTILINE))
        own = keys & set(table)
        assert len(own) < 0.7 * len(table), f"{place} lists {len(own)} of {len(table)} names again"
