"""Parameter sets of an earlier version: read as they are, and told wherever a number rests on them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.statistical.books import toy

import kravsim as ks
from kravsim.calibration.older_sets import KEY
from kravsim.calibration.posterior import basis
from kravsim.calibration.stored import stored_calibration, stored_file, stored_text
from kravsim.errors import DataError
from kravsim.expected import numbers
from kravsim.scenario import load_scenario
from kravsim.studies import calibrate, load_calibration, save_calibration, stored_posterior
from kravsim.studies.uncertainty import doubts_of_sets
from kravsim.version import __version__

CASE = "jamtland-harjedalen-2017"
SCENARIO = ks.load_scenario(CASE)
FILE = stored_file(SCENARIO, {"reading": "D", "limitation": "three_years"})
WITHIN_D = SCENARIO.with_alternatives({"reading": "D", "limitation": "three_years"})
FEW = 60
"""Sets that a file of the tests has: figures of older ones are worked out anew."""


def older_file(tmp_path: Path, scenario: str = "0" * 64) -> Path:
    """The stored sets of reading D, as a version before this one would have left them, of another scenario or of this."""
    first, keys, *rows = stored_text(FILE).splitlines()[: 2 + FEW]
    head = json.loads(first.removeprefix("# "))
    head |= {"sets": FEW, "made_from": {**head["made_from"], "scenario": scenario, "version": "0.0.9"}}
    file = tmp_path / "older.csv"
    file.write_text("\n".join([f"# {json.dumps(head)}", keys, *rows]) + "\n", "utf-8")
    return file


def test_older_sets_have_the_figures_of_todays_model(tmp_path: Path) -> None:
    found = load_calibration(SCENARIO, older_file(tmp_path))
    assert found.version != __version__
    values = {key: found.values[:, place] for place, key in enumerate(found.keys)}
    today = numbers(found.scenario, "outsourced", values)
    for place, target in enumerate(found.targets.values()):
        assert np.array_equal(found.figures[:, place], today[target.metric])


def test_sets_of_an_earlier_version_that_had_the_same_model_are_as_good_as_todays(tmp_path: Path) -> None:
    """Neither scenario, law nor the figures of the closed form have changed: there is nothing to tell."""
    kept = load_calibration(SCENARIO, FILE)
    found = load_calibration(SCENARIO, older_file(tmp_path, basis(kept)["scenario"]))
    assert (found.version, found.outdated) == ("0.0.9", False)
    assert KEY not in [one.key for one in found.doubts]
    assert np.array_equal(found.figures, kept.figures[:FEW])


@pytest.mark.parametrize("place", [0, FEW - 1])
def test_sets_of_a_closed_form_that_has_moved_since_are_told(tmp_path: Path, place: int) -> None:
    """By a fiftieth of the edge of one figure, in one of the sets that are looked at."""
    kept = load_calibration(SCENARIO, FILE)
    file = older_file(tmp_path, basis(kept)["scenario"])
    lines = file.read_text("utf-8").splitlines()
    cells = lines[2 + place].split(",")
    edge = kept.targets["books_net"].edge
    assert edge is not None
    cells[lines[1].split(",").index("target:books_net")] = (
        f"{kept.figures[place, [*kept.targets].index('books_net')] + edge / 50:.10g}"
    )
    lines[2 + place] = ",".join(cells)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    found = load_calibration(SCENARIO, file)
    assert found.outdated
    assert KEY in [one.key for one in found.doubts]


def test_older_sets_say_so_and_how_far_each_figure_is_missed(tmp_path: Path) -> None:
    found = load_calibration(SCENARIO, older_file(tmp_path))
    (doubt,) = (one for one in found.doubts if one.key == KEY)
    assert found.version in doubt.sv
    assert __version__ in doubt.en
    assert len(doubt.more) == len(found.targets)
    for lang in ("sv", "en"):
        assert doubt.text(lang) in found.sentence(lang)
    outside = [
        name
        for name, mean in zip(found.targets, found.figures.mean(axis=0), strict=True)
        if not found.targets[name].low <= mean <= found.targets[name].high
    ]
    assert f"({len(outside)} of {len(found.targets)})" in doubt.en


def test_a_study_of_older_sets_tells_it_under_every_number(tmp_path: Path) -> None:
    found = load_calibration(SCENARIO, older_file(tmp_path))
    study = ks.compare(WITHIN_D, uncertainty=found, draws=2, seed=1, progress=False)
    told = [one for one in study.doubts if one.key == KEY]
    assert len(told) == 1
    assert told[0].sv in study.sentence("sv")
    assert KEY in [one["key"] for one in study.to_json()["doubts"]]


def test_sets_of_this_version_from_another_law_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "sets.csv"
    small = calibrate(SCENARIO, choice={"reading": "D"}, seed=1, draws=4, particles=16, forward=toy)
    save_calibration(small, file)
    again = load_calibration(SCENARIO, file)
    assert again.version == __version__
    assert KEY not in [one.key for one in again.doubts]
    law = small.scenario.fingerprint[:8]
    text = file.read_text("utf-8")
    head, _, rest = text.partition("\n")
    at = head.index('"law": "') + len('"law": "')
    file.write_text(head[:at] + law + head[at + len(law) :] + "\n" + rest, "utf-8")
    with pytest.raises(DataError, match="made from another law"):
        load_calibration(SCENARIO, file)


def test_a_version_that_is_none_is_refused(tmp_path: Path) -> None:
    file = older_file(tmp_path)
    text = file.read_text("utf-8")
    at = text.index('"made_from": {') + len('"made_from": {')
    end = text.index("}", at)
    inner = ", ".join(part for part in text[at:end].split(", ") if "version" not in part)
    file.write_text(text[:at] + inner + ', "version": "new"' + text[end:], "utf-8")
    with pytest.raises(DataError, match="no version"):
        load_calibration(SCENARIO, file)


def test_the_stored_sets_can_be_read() -> None:
    rules = SCENARIO.alternatives["limitation"]
    every = [f"{reading}-{rule}" for reading in SCENARIO.alternatives["reading"] for rule in rules]
    found = stored_posterior(SCENARIO)
    assert [one.name for one in found] == every
    assert found.without == ()
    assert sum(found.weights) == 1


def test_readings_without_sets_are_left_out_and_named(tmp_path: Path) -> None:
    """Those that have sets weigh among themselves as before; a study says in both languages which are left out."""
    copy = tmp_path / f"{CASE}.toml"
    copy.write_text(SCENARIO.text, "utf-8")
    rules = tuple(SCENARIO.alternatives["limitation"])
    for choice in ({"reading": reading, "limitation": rule} for reading in "AD" for rule in rules):
        shutil.copy(stored_file(SCENARIO, choice), tmp_path)
    found = stored_posterior(load_scenario(copy))
    assert found.weights == (Fraction(2, 9),) * 2 + (Fraction(5, 18),) * 2
    assert sum(found.weights) == 1
    assert found.without == tuple(f"{one}-{rule}" for one in ("B", "C", "E", "DE") for rule in rules)
    doubts = {doubt.key: doubt for doubt in doubts_of_sets(found)}
    told = doubts["readings_without_sets"]
    readings = SCENARIO.data.alternatives["reading"]
    gone, left = ([readings[name] for name in names] for names in (("B", "C", "E", "DE"), ("A", "D")))
    for said, titles in ((told.en, [one.title for one in gone]), (told.sv, [one.title_sv for one in gone])):
        assert " · ".join(titles) in said
    assert all(one.title in told.en.partition("Only these")[2] for one in left)
    assert not any("three_years" in said for said in (told.sv, told.en))
    assert not [doubt for doubt in doubts_of_sets(replace(found, without=())) if doubt.key == "readings_without_sets"]


def test_a_thin_sample_is_told_under_every_number_that_rests_on_it() -> None:
    kept = stored_calibration(SCENARIO, {"reading": "D", "limitation": "three_years"})
    assert "thin_parameter_sets" not in [doubt.key for doubt in doubts_of_sets(kept)]
    thin = replace(kept, diagnosis=replace(kept.diagnosis, ess=26.3))
    (told,) = (doubt for doubt in doubts_of_sets(thin) if doubt.key == "thin_parameter_sets")
    assert "one case with one fee; Care fees are barred after three years (26)" in told.en
    assert "ett ärende med en avgift; Vårdavgifter preskriberas efter tre år (26)" in told.sv


def test_a_scenario_none_of_whose_readings_has_sets_is_refused_with_what_makes_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SCENARIO.text, "utf-8")
    with pytest.raises(DataError, match=r"no calibration stored.*kravsim calibrate"):
        stored_posterior(load_scenario(file))
