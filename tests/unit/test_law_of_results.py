"""The law that results name is the one they were run under, a path of the reference rate included."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.unit.test_opening_stock import row

import kravsim as ks
from kravsim.calibration.posterior import basis
from kravsim.chance.draws import Draws
from kravsim.cli import main
from kravsim.errors import KravsimError, RunError
from kravsim.law import law_of, load_law, paths
from kravsim.models import build_plan
from kravsim.papers.build import SCENARIO, ingredients
from kravsim.papers.paper_file import load_paper, paper_names
from kravsim.papers.reproduce import reproduce
from kravsim.scenario import Scenario

FEW: dict[str, Any] = {"replications": 2, "seed": 4, "workers": 1, "progress": False}
HIGH = {"law.reference_rate": {"path": "high"}}


@cache
def high() -> Scenario:
    return tiny().with_changes(HIGH)


def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bundled path have another first rate than it had."""
    known = dict(paths.bundled_paths())
    first, *rest = known["high"].rates
    known["high"] = known["high"]._replace(rates=((first[0], "3.00"), *rest))
    monkeypatch.setattr(paths, "bundled_paths", lambda: known)


def test_a_run_names_the_law_with_its_path_and_the_tables_alone_without() -> None:
    run, plain = (ks.simulate(case, model="outsourced", **FEW) for case in (high(), tiny()))
    assert run.provenance["law_fingerprint"] == law_of(high().data).fingerprint != load_law().fingerprint
    assert plain.provenance["law_fingerprint"] == load_law().fingerprint


def test_a_directory_of_another_path_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ks.simulate(high(), model="outsourced", run_dir=tmp_path / "kept", **FEW)
    ks.simulate(high(), model="outsourced", run_dir=tmp_path / "kept", **FEW)
    changed(monkeypatch)
    with pytest.raises(KravsimError, match="law_fingerprint"):
        ks.simulate(high(), model="outsourced", run_dir=tmp_path / "kept", **FEW)


def test_a_file_of_another_path_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_high = ["--set", "law.reference_rate.path=high"]
    assert main(["register", "small-municipality", *set_high, "--csv", str(tmp_path / "register.csv")]) == 0
    manifest = tmp_path / "register.csv.manifest.json"
    assert json.loads(manifest.read_text("utf-8"))["law_fingerprint"] != load_law().fingerprint
    assert reproduce(manifest).same
    changed(monkeypatch)
    with pytest.raises(RunError, match="law_fingerprint"):
        reproduce(manifest)


def test_a_paper_is_stale_when_its_path_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load_paper(paper_names()[0])
    paper = replace(plain, scenario=plain.scenario.with_changes(HIGH))
    before = [ingredients(one, None)[SCENARIO] for one in (plain, paper)]
    changed(monkeypatch)
    after = [ingredients(one, None)[SCENARIO] for one in (plain, paper)]
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_walk_to_another_path_is_one_between_scenarios() -> None:
    walk = ks.studies.bridge(tiny(), high(), models=("outsourced",), **FEW)
    laws = [run.provenance["law_fingerprint"] for run in (walk.start, walk.end)]
    assert laws == [load_law().fingerprint, law_of(high().data).fingerprint]


def test_no_entry_of_a_path_says_that_its_source_was_seen_on_a_day_to_come() -> None:
    rates = next(table for table in law_of(high().data).tables if table.name == paths.REFERENCE_RATE)
    mine = [entry for entry in rates.entries if entry.status == "assumed" and entry.note == "path high"]
    assert len(mine) == len(paths.bundled_paths()["high"].rates)
    assert {entry.checked_on for entry in mine} == {dt.date(2026, 11, 30)}


def of_years_to_come(path: str | None) -> Scenario:
    """A small body in 2027, of which the table of the reference rate says nothing."""
    years = {
        "horizon.start": dt.date(2027, 1, 1),
        "horizon.end": dt.date(2028, 1, 1),
        "law.frozen_at": dt.date(2026, 12, 31),
    }
    return tiny().with_changes(years | ({} if path is None else {"law.reference_rate": {"path": path}}))


def test_a_stock_is_watched_along_the_path_that_its_scenario_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was held against the tables alone: a path that ends too early is refused before anything is run."""
    rows = {"opening_stock": {"rows": {"old": row("watched", (400, 900), 5)}}, "horizon.history_years": 5}
    asked = {"models": ["in_house"], "replications": 1, "draws": 0, "seed": 4, "progress": False}
    found = ks.studies.stock(of_years_to_come("high").with_changes(rows), **asked)
    assert found.years == (2027,)
    assert "reference_path" in {doubt.key for doubt in found.doubts}
    half = {
        "path": "own",
        "by_half_year": {"2027-01-01": {"percent": 2.0}},
        "source": "assumption",
        "status": "assumed",
    }
    short = of_years_to_come(None).with_changes(rows | {"law.reference_rate": half})
    monkeypatch.setattr(import_module("kravsim.studies.stock"), "replicate", lambda *_, **__: pytest.fail("it was run"))
    with pytest.raises(KravsimError, match="reference_rate"):
        ks.studies.stock(short, **asked)


def test_a_plan_that_is_built_by_itself_is_of_the_scenarios_law() -> None:
    case = of_years_to_come("high")
    world, draws = case.realise(Draws(1, 0, 0)), Draws(1, 0, 0)
    alone, given = build_plan(world, "outsourced", draws), build_plan(world, "outsourced", draws, law_of(case.data))
    for name, part in vars(given).items():
        if isinstance(part, np.ndarray):
            assert np.array_equal(getattr(alone, name), part), name


def test_sets_depend_on_a_path_only_where_the_table_ends() -> None:
    """Those found for years to come are of the law with its path; within the table a path changes nothing."""
    laws = {
        case.name: basis(SimpleNamespace(scenario=case, keys=(), targets={}))["law"]  # type: ignore[arg-type]
        for case in (of_years_to_come("high").with_changes({"name": "later"}), high().with_changes({"name": "now"}))
    }
    assert laws == {"later": law_of(of_years_to_come("high").data).fingerprint, "now": load_law().fingerprint}
    assert laws["later"] != laws["now"]
