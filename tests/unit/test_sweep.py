"""Does a sweep visit what it is asked to, in one tidy table, and say where there is no answer?"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import KravsimError, RunError, ScenarioError
from kravsim.studies.decision.points import points_of

FTE = "models.in_house.staff.handlers.fte"
VOLUME = "invoices.per_year"


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario("jamtland-harjedalen-2017")


@pytest.fixture(scope="module")
def grid(scenario: ks.scenario.Scenario) -> ks.studies.decision.swept.Sweep:
    return ks.sweep(scenario, {FTE: [1.5, 2, 3.5], VOLUME: [100_000, 207_506]})


def test_points_of_every_design() -> None:
    assert points_of({"a": [1, 2], "b": ["x"]}) == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
    latin = points_of({"a": (0, 10), "b": (2, 4)}, "latin", points=10, seed=1, whole_keys=["a"])
    assert sorted(int(point["b"] * 5) for point in latin) == list(range(10, 20))  # one in each tenth of the range
    assert all(isinstance(point["a"], int) for point in latin)
    sobol = points_of({"a": (0, 1), "b": (0, 1)}, "sobol", points=16, seed=2)
    assert sorted(int(point["a"] * 16) for point in sobol) == list(range(16))
    assert sobol == points_of({"a": (0, 1), "b": (0, 1)}, "sobol", points=16, seed=2)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: points_of({}), "keys with their values"),
        (lambda: points_of({"a": []}), "a: got no value"),
        (lambda: points_of({"a": "abc"}), "a list of different values"),
        (lambda: points_of({"a": [1, 1]}), "a value twice"),
        (lambda: points_of({"a": [1]}, "random"), "one of grid, latin, sobol"),
        (lambda: points_of({"a": [1, 2]}, points=4), "nothing for a grid"),
        (lambda: points_of({"a": (1, 2)}, "latin"), "points: got None"),
        (lambda: points_of({"a": (1, 2)}, "sobol", points=6), "take 8"),
        (lambda: points_of({"a": (2, 1)}, "latin", points=4), "a number below 1; swap the ends"),
        (lambda: points_of({"a": (1, 2, 3)}, "latin", points=4), "two ends"),
        (lambda: points_of({"a": range(1000), "b": range(1000)}), "1000000 points; allowed at most 100000"),
    ],
)
def test_points_that_cannot_be(ask: Callable[[], Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        ask()


def test_a_sweep_is_the_closed_form_at_every_point(
    scenario: ks.scenario.Scenario, grid: ks.studies.decision.swept.Sweep
) -> None:
    frame = grid.to_frame()
    assert frame[FTE].tolist() == [1.5, 1.5, 2, 2, 3.5, 3.5]
    for row in frame.itertuples(index=False):
        point = {FTE: row[0], VOLUME: row[1]}
        changed = scenario.with_changes(point)
        net = [ks.expected.evaluated(changed, model)["net_revenue_kr"][0] for model in ("in_house", "outsourced")]
        assert row[2] == pytest.approx(net[0] - net[1], rel=1e-9, nan_ok=True)


def test_where_staff_cannot_do_the_work_there_is_no_answer_and_a_note(grid: ks.studies.decision.swept.Sweep) -> None:
    frame = grid.to_frame()
    assert np.isnan(frame["difference_kr"]).tolist() == [False, True, False, False, False, False]
    assert frame["note"].tolist() == ["", "no_closed_form", "", "", "", ""]
    assert frame["outsourced.net_revenue_kr"].notna().all()
    assert "No answer at 1 (overload" in grid.sentence("en").replace("\u00a0", " ")
    assert "aldrig bättre" in grid.sentence("sv")
    assert "no_closed_form: " in grid.table("sv")


def test_what_is_no_number_is_read_as_a_change(scenario: ks.scenario.Scenario) -> None:
    found = ks.sweep(scenario, {"policy.instalments": [4, 2.5], "horizon.history_years": [3]}, models="outsourced")
    frame = found.to_frame()
    assert np.isfinite(frame["outsourced.net_revenue_kr"]).tolist() == [True, False]
    assert "a whole number" in frame["error"][1]
    assert "difference_kr" not in frame
    impossible = ks.sweep(scenario, {"debtors.number": [1, 14_000]}, models=("outsourced",))
    assert impossible.to_frame()["note"].tolist() == ["impossible_world", ""]


def test_a_sweep_that_cannot_be(scenario: ks.scenario.Scenario) -> None:
    for ask, words in (
        (lambda: ks.sweep(scenario, {"nonsense": [1]}), "an unknown key"),
        (lambda: ks.sweep(scenario, {FTE: [-1, -2]}), "an amount|from 0|allowed"),
        (lambda: ks.sweep(scenario, {FTE: [2]}, models=("a", "b")), "different models among"),
        (lambda: ks.sweep(scenario, {FTE: [2]}, by="guess"), "expected or simulated"),  # type: ignore[arg-type]
        (lambda: ks.sweep(scenario, {FTE: [2]}, replications=3), "nothing for the closed form"),
    ):
        with pytest.raises(KravsimError, match=words):
            ask()


def test_simulated_points_meet_the_same_luck_and_can_be_gone_on_with(tmp_path: Path) -> None:
    small = tiny()
    key = "invoices.late_share"
    shares = [small.data.invoices.late_share.value, 0.5]
    how: dict[str, Any] = {"by": "simulated", "replications": 2, "seed": 4, "workers": 1, "progress": False}
    found = ks.sweep(small, {key: shares}, run_dir=tmp_path, **how)
    again = ks.sweep(small, {key: [*shares, 0.25]}, run_dir=tmp_path, **how)
    alone = ks.compare(small, replications=2, seed=4, workers=1, progress=False)
    frame = found.to_frame()
    assert frame["difference_kr"][0] == alone.difference.mean
    assert frame["difference_kr_se"][0] == alone.difference.se
    assert again.to_frame()["difference_kr"][:2].tolist() == frame["difference_kr"].tolist()
    assert len(list(tmp_path.iterdir())) == 3


class Counting(Executor):
    """Works off what it is given at once, a number of blocks; what comes after them is lost."""

    def __init__(self, most: int) -> None:
        self.most, self.done = most, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.done < self.most:
            self.done += 1
            future.set_result(fn(*args))
        else:
            future.set_exception(OSError("the machine is gone"))
        return future


def test_a_sweep_has_the_same_bits_with_any_executor_and_when_it_was_stopped_on_the_way(tmp_path: Path) -> None:
    values = {"invoices.late_share": [0.2, 0.3, 0.5]}
    how: dict[str, Any] = {"by": "simulated", "replications": 3, "seed": 4, "progress": False}
    plain = ks.sweep(tiny(), values, workers=1, **how).to_frame()
    with ThreadPoolExecutor(2) as threads:
        pd.testing.assert_frame_equal(
            ks.sweep(tiny(), values, executor=threads, **how).to_frame(), plain, check_exact=True
        )
    whole = Counting(100)
    ks.sweep(tiny(), values, executor=whole, workers=1, **how)
    with pytest.raises(RunError, match="the machine is gone"):
        ks.sweep(tiny(), values, executor=Counting(whole.done // 2), workers=1, run_dir=tmp_path, **how)
    rest = Counting(100)
    again = ks.sweep(tiny(), values, executor=rest, workers=1, run_dir=tmp_path, **how).to_frame()
    pd.testing.assert_frame_equal(again, plain, check_exact=True)
    assert 0 < rest.done < whole.done


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_sweep_speaks_and_draws(grid: ks.studies.decision.swept.Sweep, lang: str) -> None:
    said = grid.sentence(lang)
    for doubt in grid.doubts:  # the table tells those of some points by row, those of all below
        assert doubt.text(lang) in said
        of_all = all(doubt in row.doubts for row in grid.rows)
        assert (f"{doubt.key}: {doubt.text(lang)}" in grid.table(lang)) is not of_all
        assert doubt.text(lang) in grid.table(lang)
        said = said.replace(f" {doubt.text(lang)}", "")
    assert said in grid.table(lang)
    assert "<table" in grid._repr_html_()
    json.dumps(grid.to_json(), allow_nan=False)
    figure = ks.figures.sweep(grid, lang=lang)
    ax = figure.axes[0]
    assert len(ax.get_legend().get_texts()) == 2
    assert figure.canvas.get_width_height()[0] > 1000
    single = ks.figures.sweep(
        ks.sweep(ks.load_scenario("jamtland-harjedalen-2017"), {"invoices.age_basis": ["due_date"]}), lang=lang
    )
    assert [label.get_text() for label in single.axes[0].get_xticklabels()] == ["due_date"]


def test_the_command_sweeps_and_leaves_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "jamtland-harjedalen-2017"
    given = ["sweep", name, "--vary", f"{FTE}=2:3:3", "--set", "invoices.late_share=0.07", "--out", str(tmp_path)]
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [point[FTE] for point in told["points"]] == [2, 2.5, 3]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"sweep.{kind}" for kind in ("json", "csv", "png", "svg")),
        "manifest.json",
    }
    assert main([*given, "--lang", "en"]) == 5  # they are there already
    assert "sweep.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--vary", FTE], "key=values"),
        (["--vary", f"{FTE}=2:4"], "low:high:count"),
        (["--vary", f"{FTE}=2:4:1"], "two values or more"),
        (["--vary", f"{FTE}=a:b:3"], "two numbers"),
        (["--vary", f"{FTE}=2:4:3", "--design", "latin", "--points", "4"], "low:high for latin"),
        (["--vary", f"{FTE}=2,3", "--vary", f"{FTE}=4"], "each key once"),
        (["--vary", f"{FTE}=2,3", "--seed", "-1"], "a whole number from 0"),
        (["--vary", f"{FTE}=2,3", "--force"], "a directory with --force"),
    ],
)
def test_the_command_refuses(given: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "jamtland-harjedalen-2017", *given, "--lang", "en"]) == 2
    assert words in capsys.readouterr().err


SET = [
    ("invoices.late_share=0.07", 0, "0.07"),
    ("invoices.late_share=7", 2, "did you mean 0.07?"),
    ("invoices.late_share=0,07", 2, "write 0.07"),
    ("invoices.late_share", 2, "key=value"),
    ("invoices.late_shar=0.07", 2, "late_share"),
    ("=3", 2, "key=value"),
    ("body=?", 2, "write it as in a scenario file"),
]


@pytest.mark.parametrize(("change", "code", "words"), SET)
def test_set_changes_the_scenario(change: str, code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "jamtland-harjedalen-2017", "--set", change, "--lang", "en"]) == code
    told = capsys.readouterr()
    assert words in (told.err if code else told.out.replace(",", "."))


@pytest.mark.parametrize("command", ["describe", "validate", "register"])
def test_set_stands_on_every_command_that_takes_a_scenario(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = "jamtland-harjedalen-2017"
    assert (
        main([command, name, "--set", "invoices.late_share=0.07", "--set", "invoices.late_share=0.08", "--lang", "en"])
        == 2
    )
    assert "each key once" in capsys.readouterr().err
    assert main([command, name, "--set", "invoices.late_share=0.07"]) == 0


def test_every_command_that_takes_a_name_takes_set() -> None:
    import argparse

    from kravsim.cli import _parser

    (commands,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name, one in commands.choices.items():
        takes = {action.dest for action in one._actions}
        if "name" in takes and name != "new":
            assert "changes" in takes, name
