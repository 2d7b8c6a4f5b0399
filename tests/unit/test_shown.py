"""Does what is printed add up, in every table, sentence and figure, as a reader would add it up?"""

from __future__ import annotations

import doctest
import math
import re
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from kravsim import figures
from kravsim.results.bridge import GROUPS
from kravsim.results.comparison import Comparison
from kravsim.results.run import METRICS
from kravsim.telling import shown
from kravsim.telling.shown import in_steps, percents, shared, steps
from kravsim.telling.uncertainty_words import layers_phrase, share_texts
from kravsim.words import table
from kravsim.words.display import NO_BREAK
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, line_name, metric_name

from .result_makers import make_comparison, make_run, make_structures, make_uncertain, outcome, renamed, run_of, twins

AMOUNT = re.compile(r"[-−+]?\d[\d ]*(?:[.,]\d+)?")
CASES = {
    "one": make_comparison(1),
    "few": make_comparison(8),
    "many": make_comparison(200),
    "wide": make_comparison(100, spread=0.5),
    "same in every replication": make_comparison(8, spread=0),
    "no difference": twins(20),
    "three": Comparison((*make_comparison(60).runs, renamed(make_run("outsourced", 60, extra=50_000), "other"))),
    "small": Comparison(
        tuple(
            run_of(
                model,
                [
                    outcome(model, k, {"interest": 12_345 + 7 * k * sign, "letters": -333, "checks": -50 * k})
                    for k in range(9)
                ],
            )
            for model, sign in (("in_house", 1), ("outsourced", -3))
        )
    ),
}
BOTH = pytest.mark.parametrize("lang", ["sv", "en"])


def number_in(cell: str) -> float:
    """The number that a reader sees, in the unit that is written beside it."""
    found = AMOUNT.search(cell.replace(NO_BREAK, " "))
    assert found is not None, cell
    return float(found[0].replace(" ", "").replace("−", "-").replace(",", "."))


def rows_of(one: Table) -> dict[str, list[float]]:
    """Name of a row -> its numbers; of a name that comes twice the last, which must say the same."""
    found: dict[str, list[float]] = {}
    for row in one.rows:
        numbers = [number_in(cell) for cell in row.cells[1:] if re.search(r"\d", cell)]
        if row.cells[0] in found:
            assert found[row.cells[0]][0] == numbers[0]
        found[row.cells[0]] = numbers
    return found


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_every_row_of_a_comparison_subtracts(case: str, lang: str) -> None:
    (only,) = CASES[case].tables(lang)
    for name, numbers in rows_of(only).items():
        assert numbers[-1] == pytest.approx(numbers[0] - numbers[1], abs=1e-9), name


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_the_lines_of_every_column_sum_to_the_total_below_them(case: str, lang: str) -> None:
    cmp = CASES[case]
    rows = rows_of(cmp.tables(lang)[0])
    lines = [capital(line_name(line, lang)) for line in dict.fromkeys(line for run in cmp.runs for line in run.lines)]
    total = rows[capital(line_name("net_revenue", lang))]
    for column in range(len(cmp.runs) + 1):
        assert math.fsum(rows[line][column] for line in lines) == total[column]


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_measures_that_are_sums_of_others_are_so_as_they_are_printed(case: str, lang: str) -> None:
    rows = rows_of(CASES[case].tables(lang)[0])
    net, without, interest, principal, both = (
        rows[capital(metric_name(f"{name}_kr", lang))]
        for name in (
            "net_revenue",
            "net_revenue_excl_interest",
            "interest",
            "principal_recovered",
            "economic_result",
        )
    )
    for column in range(len(net)):
        assert net[column] - interest[column] == without[column]
        assert net[column] + principal[column] == both[column]


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_the_means_of_a_single_run_sum_to_its_net_revenue(case: str, lang: str) -> None:
    for run in CASES[case].runs:
        rows = rows_of(run.tables(lang)[0])
        lines = [capital(line_name(line, lang)) for line in run.lines]
        assert math.fsum(rows[line][0] for line in lines) == rows[capital(line_name("net_revenue", lang))][0]


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_the_sentence_says_the_difference_of_the_table(case: str, lang: str) -> None:
    cmp = CASES[case]
    said = cmp.sentence(lang).replace(NO_BREAK, " ")
    gap = re.search(r"\((?:skillnad|difference) (-?[\d ]+) kr", said)
    assert gap is not None
    assert number_in(gap[1]) == rows_of(cmp.tables(lang)[0])[capital(line_name("net_revenue", lang))][-1]


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_the_bridge_walks_from_one_end_to_the_other_as_it_is_printed(case: str, lang: str) -> None:
    cmp = CASES[case]
    texts = [text.get_text() for text in figures.bridge(cmp, lang=lang).findobj(Text)]
    amounts = [number_in(text) for text in texts if re.fullmatch(r"[−+]?[\d\u00a0]+\u00a0kr", text)]
    start, *causes, end = amounts
    assert start + math.fsum(causes) == end
    total = rows_of(cmp.tables(lang)[0])[capital(line_name("net_revenue", lang))]
    assert (end, start) == tuple(total[:2])


@pytest.mark.parametrize("case", CASES)
def test_what_is_printed_lies_within_a_step_of_the_mean_and_so_within_its_error(case: str) -> None:
    cmp = CASES[case]
    years = cmp.shown
    gap = cmp.first.net_revenue.mean - cmp.second.net_revenue.mean
    assert abs(years.difference("net_revenue_kr") - gap) <= years.step
    if cmp.n > 1 and not cmp.difference.identical:
        assert years.step == 1 or years.step <= cmp.difference.se
    for run, lines in zip(cmp.runs, years.lines, strict=True):
        for line, amount in lines.items():
            assert abs(amount - run.line_ore(line).mean() / 100) < years.step


def test_a_line_that_is_not_nothing_is_not_printed_as_nothing_if_a_finer_step_can_say_it() -> None:
    rng = np.random.default_rng(1)
    runs = [
        run_of(
            model,
            [
                outcome(model, k, {"interest": int(30_000_000 * rng.standard_normal()), "checks": -1_470_000})
                for k in range(4)
            ],
        )
        for model in ("a", "b")
    ]
    cmp = Comparison(tuple(runs))
    assert (cmp.shown.step, cmp.shown.line("checks")) == (10_000.0, [-10_000.0, -10_000.0])


def test_a_total_alone_is_bold() -> None:
    (only,) = CASES["many"].tables("en")
    assert [row.cells[0] for row in only.rows if row.total] == ["Net revenue"]
    assert [row.cells[0] for row in only.rows if row.ruled] == ["Reminder fees", "Net revenue"]
    html = only.html()
    assert re.findall(r'<tr style="[^"]*font-weight:600">.*?<td[^>]*>([^<]*)', html) == ["Net revenue"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.sampled_from([1.0, 10.0, 1000.0]))
def test_shared_steps_sum_to_the_total_and_move_nothing_by_a_whole_step(amounts: list[float], step: float) -> None:
    total = steps(math.fsum(amounts), step)
    found = shared(amounts, total, step)
    assert sum(found) == total
    for amount, count in zip(amounts, found, strict=True):
        assert abs(count * step - amount) <= step * (1 + 1e-6)
    assert all(count == 0 for amount, count in zip(amounts, found, strict=True) if amount == 0)


@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=8))
def test_printed_shares_of_a_whole_sum_to_it(parts_of_it: list[float]) -> None:
    whole = math.fsum(parts_of_it)
    found = percents([part / whole for part in parts_of_it], 0.01)
    assert math.fsum(round(100 * share) for share in found) == 100


@BOTH
def test_the_layers_of_the_variance_sum_to_a_hundred_per_cent_in_table_and_sentence(lang: str) -> None:
    for draws in (6, 9, 12, 30, 60):
        found = make_uncertain(draws, structures=make_structures(draws), step_kr=70_000, chance_kr=90_000)
        assert found.layers is not None
        tenths = [round(10 * number_in(text.split("±")[0])) for text in share_texts(found.layers, lang).values()]
        assert sum(tenths) == 1000
        whole = [int(x) for x in re.findall(r"(-?\d+)\s?%", layers_phrase(found.layers, lang))]
        assert sum(whole) == 100


def test_no_measure_of_another_unit_is_printed_as_kronor() -> None:
    assert "success_share_kr" not in CASES["many"].shown.measures[0]
    assert {name for name in METRICS if name.endswith("_kr")} <= set(CASES["many"].shown.measures[0])


def test_counts_subtract_in_steps_of_their_own() -> None:
    cmp = CASES["many"]
    spreads = [run.metric("claims") for run in cmp.runs]
    values, gap, step = in_steps(spreads, replace(spreads[0], samples=spreads[0].samples - spreads[1].samples))
    assert (values, gap, step) == ([16_586.0, 16_586.0], 0.0, 1.0)


def test_every_line_of_a_cause_is_walked_once() -> None:
    lines = [line for group in GROUPS.values() for line in group]
    assert len(lines) == len(set(lines))


def test_long_texts_of_a_terminal_go_on_in_the_next_line_and_are_whole() -> None:
    long = "A: nearly all successes at the reminder, every claim a case of its own, and more beside"
    text = Table("c", ("name", "kr"), (Row((long, "1")),)).text()
    assert "…" not in text
    assert " ".join(text.split("\n", 4)[-1].replace("  1", "").split()) == long


def test_parts_are_ruled_off_from_each_other() -> None:
    made = parts([Row(("a",))], [], [Row(("b",), total=True), Row(("c",))])
    assert [(row.cells[0], row.ruled, row.total) for row in made] == [
        ("a", False, False),
        ("b", True, True),
        ("c", False, False),
    ]
    with pytest.raises(ValueError, match="a row has 1 cells, the header 2"):
        Table("", ("a", "b"), (Row(("1",)),))


@pytest.mark.parametrize("module", [shown, table, import_module("kravsim.words.display")])
def test_examples_in_docstrings_run(module: object) -> None:
    found = doctest.testmod(module)
    assert (found.attempted > 0, found.failed) == (True, 0)
