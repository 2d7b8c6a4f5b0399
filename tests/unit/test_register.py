"""Is every number in the register, with a source, a status and whom it favours?"""

from __future__ import annotations

import csv
import datetime as dt
import html
import re
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import kravsim as ks
from kravsim import cli
from kravsim.checking.register import Register, register
from kravsim.checking.register_rows import COLUMNS
from kravsim.checking.register_words import SECTIONS, UNITS
from kravsim.errors import LawError, OutputError, RunError
from kravsim.law import load_law
from kravsim.provenance import Status
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.fields import ANY_NAME, walk
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.values import Spread, Value

NAMES = ks.scenario_names()
CASE = "jamtland-harjedalen-2017"

NUMBERS_BY_CHOICE = (
    "invoices.run_days",
    "invoices.hand_over_day",
    "models.*.work.*.priority",
    "opening_stock.rows.*.age_from_days",
    "opening_stock.rows.*.age_to_days",
    "indices.*.base_year",
    "sequences.*.phases.*.split_steps",
    "transitions.*.costs.*.month",
    "transitions.*.costs.*.months",
)
"""Numbers that say how the scenario is set up, not how the world is; they need no source."""


@pytest.fixture(scope="module")
def known() -> Register:
    return register(load_scenario(CASE))


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_without_source_and_status(name: str) -> None:
    scenario = load_scenario(name)
    found = register(scenario)
    for row in found.numbers:
        assert row.status in set(Status), row
        assert row.source_title.strip(), row
        assert row.favours in ("in_house", "outsourced", "neither", "unknown"), row
        assert row.source in (*scenario.data.sources, "assumption", ""), row
        assert (row.source == "") == (row.kind == "law"), row
        if row.kind in ("number", "chance"):
            assert row.unit, row
            assert row.kind == "number" or row.low is not None, row


@pytest.mark.parametrize("name", NAMES)
def test_a_number_without_a_source_is_a_named_choice(name: str) -> None:
    def is_number(value: object) -> bool:
        return not isinstance(value, bool) and (
            isinstance(value, int | float) or (isinstance(value, tuple) and all(is_number(item) for item in value))
        )

    choices = [row.key for row in register(load_scenario(name)).rows if row.kind == "choice" and is_number(row.value)]
    unexplained = [key for key in choices if not any(fnmatchcase(key, pattern) for pattern in NUMBERS_BY_CHOICE)]
    assert unexplained == []


LEFT_OUT = (
    "debtors.segments.<name>.tariff.",
    "models.<name>.staff.<name>.when_behind.",
    "models.<name>.contract.price_a_",
    "models.<name>.contract.commission.",
    "invoices.late_curve.",
    "models.<name>.agency.",
    "models.<name>.own_reminder.",
    "models.<name>.escalation.min_age_days",
    "models.<name>.escalation.never",
    *(f"behaviour.{kind}.reminded_again_paid_share" for kind in ("forgetful", "slow", "strained", "insolvent")),
    "policy.joint_application_days",
    "opening_stock.rows.<name>.",
    "models.<name>.staff.<name>.turnover.hiring_fails_share",
    "models.<name>.staff.<name>.turnover.leave.",
    "sequences.<name>.phases.<name>.sale_price_share",
    "transitions.<name>.",
    "indices.",
)
"""Tables and numbers that the bundled case leaves out: a choice that it does not make has no numbers."""


def test_every_parameter_of_the_schema_appears(known: Register) -> None:
    keys = [row.key for row in known.rows]
    missing = []
    for path, place in walk(ScenarioData):
        if not place.is_number:
            continue
        pattern = re.compile(r"\.".join("[^.]+" if part == ANY_NAME else re.escape(part) for part in path))
        if not any(pattern.fullmatch(key) for key in keys) and not ".".join(path).startswith(LEFT_OUT):
            missing.append(".".join(path))
    assert missing == []
    assert len(known.numbers) > 200


def test_every_number_of_the_data_appears_as_it_stands(known: Register) -> None:
    rows = {row.key: row for row in known.rows}
    met = 0

    def visit(node: object, path: str) -> None:
        nonlocal met
        if isinstance(node, Value | Spread):
            row = rows[path]
            assert (row.low, row.high, row.note) == (node.low, node.high, node.note)
            assert row.value == (node.value if isinstance(node, Value) else node.mode)
            assert row.kind == ("number" if isinstance(node, Value) else "chance")
            met += 1
        elif hasattr(type(node), "model_fields"):
            for name in type(node).model_fields:
                visit(getattr(node, name), f"{path}.{name}".lstrip("."))
        elif isinstance(node, dict):
            for name, inner in node.items():
                visit(inner, f"{path}.{name}")

    visit(load_scenario(CASE).data, "")
    assert met == sum(row.kind in ("number", "chance") for row in known.rows) - 2  # and the two lists of lateness


def test_lists_of_numbers_have_the_source_of_their_table(known: Register) -> None:
    row = next(row for row in known.rows if row.key == "behaviour.lateness.retained_share")
    assert row.status == "assumed"
    assert "survey" in row.source_title
    assert row.unit == "share"


def test_published_figures_are_told_apart_from_assumptions(known: Register) -> None:
    published = [row for row in known.rows if row.kind == "published"]
    assert [row.section for row in published] == ["targets"] * len(published)
    assert {row.key for row in published} == {f"targets.{name}" for name in load_scenario(CASE).data.targets}
    success = next(row for row in published if row.key == "targets.success")
    assert (success.low, success.high, success.unit) == (0.545, 0.555, "share")


def test_the_law_of_the_horizon_is_in_the_register(known: Register) -> None:
    law = {row.key: row for row in known.rows if row.section == "law"}
    assert law["law.demand_fee"].value == 180
    assert law["law.reference_rate (2017-01-01)"].value == -0.5
    assert "law.reference_rate (2017-07-01)" in law
    assert "1981:739" in law["law.reminder_fee"].source_title
    assert known.law_fingerprint == load_law().fingerprint


def test_a_frozen_law_stands_in_where_the_tables_end() -> None:
    days = {"horizon.start": dt.date(2030, 1, 1), "horizon.end": dt.date(2031, 1, 1)}
    frozen = load_scenario(CASE).with_changes({**days, "law.frozen_at": dt.date(2026, 6, 1)})
    law = {row.key: row for row in register(frozen).rows if row.section == "law"}
    assert law["law.demand_fee"].value == 180
    assert law["law.reference_rate"].value == float(load_law().entry("reference_rate", dt.date(2026, 6, 1)).value)
    inside = load_scenario(CASE).with_changes({"law.frozen_at": dt.date(2016, 6, 1)})
    rows = {row.key: row.value for row in register(inside).rows if row.section == "law"}
    assert (rows["law.demand_fee"], rows["law.reference_rate"]) == (180, 0)
    with pytest.raises(LawError, match=r"law\.frozen_at"):
        register(load_scenario(CASE).with_changes(days))


def test_what_history_rests_on_is_in_the_register(known: Register) -> None:
    """Ten years before 2017: rates and fees of their dates, those kept for history, and the earliest carried back."""
    law = {row.key: row for row in known.rows if row.section == "law"}
    assert law["law.demand_fee (history, 2007-01-01)"].value == 160
    assert law["law.reference_rate (history, 2007-07-01)"].value == 3.5
    assert law["law.payment_order_supplement_small (history, 2014-01-01)"].value == 150
    carried = law["law.payment_order_own_work (history, 2007-01-01)"]
    assert (carried.value, carried.status) == (340, "assumed")
    assert "carried back to 2007-01-01 for history alone" in carried.note


def test_rows_are_numbered_and_grouped(known: Register) -> None:
    assert [row.no for row in known.rows] == list(range(1, len(known) + 1))
    sections = [row.section for row in known.rows]
    blocks = [section for place, section in enumerate(sections) if place == 0 or sections[place - 1] != section]
    assert len(blocks) == len(set(blocks))
    assert len({row.key for row in known.rows}) == len(known)


def test_counts_are_those_of_the_rows(known: Register) -> None:
    assert sum(known.counts().values()) == len(known.numbers)
    assert known.counts() == {status: Counter(row.status for row in known.numbers)[status] for status in Status}
    assert sum(known.favoured().values()) == known.counts()["assumed"]
    counts = known.counts()
    said = known.sentence("en")
    assert f"{len(known.numbers)} numbers: {counts['sourced']} sourced, {counts['derived']} derived" in said
    assert f"{counts['assumed']} antagna" in known.sentence("sv")


def test_a_changed_number_is_registered_as_assumed() -> None:
    changed = register(load_scenario(CASE).with_changes({"invoices.per_year": 100_000}))
    row = next(row for row in changed.rows if row.key == "invoices.per_year")
    assert (row.value, row.status, row.source) == (100_000, "assumed", "assumption")
    assert "207506" in row.note.replace(" ", "").replace("\u00a0", "")


def test_frame_has_every_row_and_column(known: Register) -> None:
    frame = known.to_frame()
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == len(known)
    assert frame["key"].is_unique


def test_table_speaks_both_languages(known: Register) -> None:
    sv, en = known.table("sv"), known.table("en")
    assert "ur källa" in sv
    assert "Gäldenärer" in sv
    assert "sourced" in en
    assert "0,005 – 0,03" in sv
    assert "0.005 – 0.03" in en
    assert all(row.key in sv or len(row.key) > 43 for row in known.rows)
    assert max(map(len, en.splitlines())) < 280
    with pytest.raises(RunError, match="sv or en"):
        known.table("no")


def test_html_has_every_key_and_note_and_escapes(known: Register) -> None:
    page = known.to_html("sv", whole=True)
    shown = html.unescape(re.sub("<[^>]*>", "\n", page))
    for row in known.rows:
        assert row.key in shown
        assert row.note in shown
    assert known._repr_html_() == known.to_html("en")
    scenario = load_scenario(CASE).with_changes({"title": "<script>alert(1)</script>"})
    assert "<script>" not in register(scenario).to_html("en", whole=True)


def test_csv_reads_back_with_every_digit(known: Register, tmp_path: Path) -> None:
    path = known.to_csv(tmp_path / "register.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert list(read[0]) == list(COLUMNS)
    assert [row["key"] for row in read] == [row.key for row in known.rows]
    late = next(row for row in read if row["key"] == "invoices.late_share")
    assert float(late["value"]) == load_scenario(CASE).data.invoices.late_share.value
    with pytest.raises(OutputError, match="--force"):
        known.to_csv(path)
    assert known.to_csv(path, force=True) == path


def test_every_section_and_unit_has_words(known: Register) -> None:
    assert not {row.section for row in known.rows if not row.section.startswith("models.")} - set(SECTIONS)
    assert not {row.unit for row in known.rows if row.unit} - set(UNITS)


def test_the_library_gives_it_by_name() -> None:
    scenario = load_scenario(CASE)
    assert isinstance(scenario, Scenario)
    assert ks.studies.register(scenario) == register(scenario)
    assert repr(register(scenario)).startswith(f"<Register of {CASE}: ")


def test_the_command_prints_it_or_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["register", CASE, "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert told.out == register(load_scenario(CASE)).table("en") + "\n"
    page, sheet = tmp_path / "register.html", tmp_path / "register.csv"
    assert cli.main(["register", CASE, "--html", str(page), "--csv", str(sheet)]) == 0
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    assert "antagna" in told.out
    assert page.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="sv">')
    assert sheet.read_text(encoding="utf-8").startswith("no,section,key")
    assert cli.main(["register", CASE, "--csv", str(sheet), "--lang", "en"]) == OutputError.exit_code
    assert cli.main(["register", CASE, "--csv", "", "--lang", "en"]) == 2
    assert "name the file to write" in capsys.readouterr().err
