"""The law that results name is the one they were run under, a path of the reference rate included."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import KravsimError, RunError
from kravsim.law import law_of, load_law, paths
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
