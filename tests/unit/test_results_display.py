"""Are numbers, tables and names written as a Swedish or English reader expects?"""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.archives import store
from kravsim.errors import RunError
from kravsim.measures import outcome
from kravsim.results import bridge
from kravsim.statistics import distribution, interval
from kravsim.words import display, wording
from kravsim.words.display import MINUS, NO_BREAK, amount, count, kr, number, share, step_for, text_table
from kravsim.words.table import Row, Table


def test_thousands_are_grouped_with_a_no_break_space() -> None:
    assert kr(207_506) == f"207{NO_BREAK}506{NO_BREAK}kr"
    assert count(16_586, "en") == f"16{NO_BREAK}586"


def test_decimal_mark_follows_the_language() -> None:
    assert number(2.5, "sv", step=0.1) == "2,5"
    assert number(2.5, "en", step=0.1) == "2.5"
    assert share(0.5481, "sv") == f"54,8{NO_BREAK}%"
    assert share(0.5481, "en") == "54.8%"


def test_minus_is_a_hyphen_in_text_and_typographic_in_figures() -> None:
    assert kr(-1_050_000, step=1000).startswith("-1")
    assert kr(-1_050_000, minus=MINUS).startswith("\u22121")
    assert kr(5, signed=True).startswith("+5")


@pytest.mark.parametrize(
    ("x", "step", "text"), [(-0.4, 1.0, "0"), (0.5, 1.0, "1"), (-0.5, 1.0, "-1"), (1.25, 0.1, "1,3")]
)
def test_halves_are_rounded_away_and_minus_nothing_is_nothing(x: float, step: float, text: str) -> None:
    assert number(x, "sv", step=step) == text


@given(st.floats(-1e15, 1e15), st.sampled_from([1e-3, 0.1, 1.0, 10.0, 1e3, 1e6]))
def test_a_written_number_reads_back_within_half_a_step(x: float, step: float) -> None:
    text = number(x, "en", step=step).replace(NO_BREAK, "")
    assert abs(float(text) - x) <= step / 2 + abs(x) * 1e-15
    assert not text.startswith("-0") or float(text) != 0


def test_step_follows_the_error_and_stops_at_the_unit() -> None:
    assert [step_for(error) for error in (None, 0.0, 0.3, 999.0, 1_000.0, 1_500_000.0)] == [1, 1, 1, 100, 1000, 1e6]
    assert step_for(0.00014, "share") == 0.0001
    assert step_for(None, "days") == 0.1


def test_amounts_carry_their_unit() -> None:
    assert amount(12.34, "days", "sv") == f"12,3{NO_BREAK}dagar"
    assert amount(12.34, "days", "en") == f"12.3{NO_BREAK}days"
    assert amount(0.55, "share", "sv") == f"55,0{NO_BREAK}%"
    assert amount(7, "count", "sv") == "7"


def test_text_table_lines_up_and_draws_rules() -> None:
    table = text_table(["rad", "text", "kr"], [["å", "b", "1"], [], ["längre", "c", "-1 000"]], left=(0, 1))
    assert table.split("\n") == [
        "rad     text      kr",
        "--------------------",
        "å       b          1",
        "--------------------",
        "längre  c     -1 000",
    ]
    with pytest.raises(ValueError, match="a row has 1 cells, the header 2"):
        text_table(["a", "b"], [["1"]])


def test_html_table_escapes_every_text() -> None:
    html = Table("<c>", ("<h>",), (Row(("<d>",)), Row(("&",), ruled=True)), ("<n>",), ("<l>",)).html()
    assert not any(raw in html for raw in ("<c>", "<h>", "<d>", "<n>", "<l>"))
    assert "&amp;" in html


def test_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(RunError, match="lang: got 'no'; allowed sv or en"):
        kr(1, "no")


def test_every_known_name_has_words_in_both_languages() -> None:
    for table in (wording.MODELS, wording.METRIC_WORDS, wording.LINE_WORDS, wording.CAUSE_WORDS):
        for words in table.values():
            assert len(words) == 2
            assert all(word.strip() == word != "" for word in words)
    assert list(wording.CAUSE_WORDS) == list(bridge.GROUPS)
    assert {line for lines in bridge.GROUPS.values() for line in lines} | {"net_revenue"} == set(wording.LINE_WORDS)
    assert set(import_module("kravsim.results.run").METRICS) <= set(wording.METRIC_WORDS)


def test_unknown_names_are_shown_as_written() -> None:
    assert wording.line_name("my_own_line", "sv") == "my own line"
    assert wording.cause_name("my_own_line", "en") == "my own line"
    assert wording.cause_name("staff_pay", "en") == "pay with employer's charges"


@pytest.mark.parametrize("module", [wording, display, interval, distribution, outcome, bridge, store])
def test_examples_in_docstrings_run(module: object) -> None:
    found = doctest.testmod(module, extraglobs={"np": import_module("numpy")})
    assert found.attempted > 0
    assert found.failed == 0
