"""Are law tables read strictly? Each file in ``broken`` has one fault; its first line says what the error must say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import fields
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from kravsim.errors import LawError
from kravsim.law import QUANTITIES, Entry, interest_ore, load_law
from kravsim.law.reader import TableReader

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.toml"))
HALF_YEARS = [date(year, month, 1) for year in range(2008, 2027) for month in (1, 7)]
RATES_PERCENT = """
    4.0 4.5  2.0 0.5  0.5 0.5  1.5 2.0  2.0 1.5  1.0 1.0  1.0 1.0  0.0 0.0  0.0 -0.5  -0.5 -0.5
    -0.5 -0.5  -0.5 0.0  0.0 0.0  0.0 0.0  0.0 0.5  2.5 3.5  4.0 4.0  3.0 2.0  2.0 2.0
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Copy the bundled tables for a user to change."""
    directory = tmp_path / "rates"
    with resources.as_file(resources.files("kravsim.law") / "rates") as bundled:
        shutil.copytree(bundled, directory)
    return directory


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_table_is_refused_in_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wanted = text.splitlines()[0].removeprefix("# must say: ").split(" | ")
    reader = TableReader()
    reader.read(text, path.name)
    (problem,) = reader.problems
    for words in [path.name, *wanted]:
        assert words in str(problem)


def test_a_sound_table_is_read() -> None:
    reader = TableReader()
    reader.read((HERE / "sound.toml").read_text(encoding="utf-8"), "sound.toml")
    assert reader.problems == []
    demand, reference = reader.tables
    assert [(entry.amount, entry.since, entry.until, entry.status) for entry in demand.entries] == [
        (16000, date(2003, 7, 1), date(2013, 1, 1), "sourced"),
        (18050, date(2013, 3, 16), date(2023, 2, 22), "sourced"),
        (18050, date(2023, 2, 22), date(2027, 1, 1), "assumed"),
    ]
    assert demand.entries[0].start_status == "assumed"
    assert demand.entries[2].in_force == date(2013, 3, 16)
    assert demand.entries[2].note == "A maximum. Carried forward after 2023-02-21: no change found, none ruled out."
    assert [str(entry.value) for entry in reference.entries] == ["-0.50", "0.00", "0.00"]
    assert reference.at(date(2018, 9, 30)).amount == 0
    with pytest.raises(LawError, match="the gap from 2017-03-01 up to but not including 2018-01-01"):
        reference.at(date(2017, 3, 1))


@pytest.mark.parametrize(
    ("old", "new", "sound"),
    [
        ("until = 2013-01-01", "until = 2013-03-16", True),
        ("until = 2013-01-01", "until = 2013-03-17", False),
        ("until = 2013-01-01", "until = 2003-07-02", True),
        ("until = 2013-01-01", "until = 2003-07-01", False),
        ("confirmed_through = 2023-02-21", "confirmed_through = 2013-03-16", True),
        ("confirmed_through = 2023-02-21", "confirmed_through = 2013-03-15", False),
        ("confirmed_through = 2023-02-21", "confirmed_through = 2026-12-30", True),
        ("confirmed_through = 2023-02-21", "confirmed_through = 2026-12-31", False),
        ("value = 160", "value = 0", True),
        ("value = 160", 'value = "-0.01"', False),
        ("value = 160", "value = 10_000_000", True),
        ("value = 160", 'value = "10000000.01"', False),
        ('value = "0"', 'value = "-8.00"', True),
        ('value = "0"', 'value = "-8.50"', False),
        ('value = "0"', 'value = "100"', True),
        ('value = "0"', 'value = "100.5"', False),
        ('value = "0"', 'value = "1.25"', False),
        ("covers_until = 2018-10-01", "covers_until = 2019-01-01", True),
        ("covers_until = 2018-10-01", "covers_until = 2019-01-02", False),
    ],
)
def test_where_sound_ends(old: str, new: str, *, sound: bool) -> None:
    text = (HERE / "sound.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    reader = TableReader()
    reader.read(text.replace(old, new), "sound.toml")
    assert (reader.problems == []) is sound


@pytest.mark.parametrize(("value", "sound"), [("0", True), ("-0.01", False), ("100.00", True), ("100.01", False)])
def test_bounds_of_the_addition(value: str, *, sound: bool) -> None:
    text = (HERE / "sound.toml").read_text(encoding="utf-8").split("[reference_rate]")[0]
    text = text.replace("demand_fee", "late_interest_addition").replace('"kr"', '"percent"')
    reader = TableReader()
    reader.read(text.replace("value = 160", f'value = "{value}"').replace("180.50", "8.00"), "sound.toml")
    assert (reader.problems == []) is sound


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text((HERE / "broken" / "value_is_true.toml").read_text(encoding="utf-8"), "utf-8")
    (tmp_path / "b.toml").write_text((HERE / "broken" / "half_year_missing.toml").read_text(encoding="utf-8"), "utf-8")
    (tmp_path / "c.toml").write_text("[summons_small]\nunit = 'kr'\n[[summons_small.entry]]\nvalue = inf\n", "utf-8")
    (tmp_path / "d.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(LawError) as refused:
        load_law(tmp_path)
    by_file: dict[str, list[str]] = {}
    for problem in refused.value.problems:
        by_file.setdefault(problem.file, []).append(problem.key)
    assert by_file["a.toml"] == ["demand_fee.entry[0].value"]
    assert by_file["b.toml"] == ["reference_rate"]
    missing = ["in_force", "source", "status", "checked_on", "note"]
    assert by_file["c.toml"] == [
        "summons_small.what",
        "summons_small.covers_until",
        *(f"summons_small.entry[0].{key}" for key in missing),
        "summons_small.entry[0].value",
    ]
    assert by_file["d.toml"] == [""]
    assert by_file[str(tmp_path)] == [
        name for name in QUANTITIES if name not in {"demand_fee", "reference_rate", "summons_small"}
    ]


class TestBundledTables:
    """What comes with the package."""

    def test_every_half_year_has_its_reference_rate(self) -> None:
        law = load_law()
        expected = [round(float(rate) * 100) for rate in RATES_PERCENT.split()]
        assert [law.reference_rate_bp(day) for day in HALF_YEARS] == expected
        assert [law.late_interest_bp(day) for day in HALF_YEARS] == [rate + 800 for rate in expected]

    def test_a_rate_holds_to_the_end_of_its_half_year(self) -> None:
        law = load_law()
        assert law.reference_rate_bp(date(2022, 12, 31)) == 50
        assert law.reference_rate_bp(date(2023, 1, 1)) == 250
        assert law.reference_rate_bp(date(2026, 12, 31)) == 200

    def test_no_rate_is_surer_than_its_source(self) -> None:
        law = load_law()
        statuses = [law.entry("reference_rate", day).status for day in HALF_YEARS]
        assert statuses == ["sourced"] * 33 + ["assumed", "derived", "assumed", "derived", "assumed"]

    def test_every_row_is_complete_and_in_order(self) -> None:
        rows = load_law().table()
        assert {row.name for row in rows} == set(QUANTITIES)
        assert list(rows) == sorted(rows, key=lambda row: (row.name, row.since))
        for row in rows:
            assert row.source
            assert row.checked_on in (date(2026, 11, 23), date(2026, 11, 28))
            assert row.in_force <= row.since < row.until <= date(2027, 1, 1)
            assert row.unit == QUANTITIES[row.name].unit

    def test_rows_have_the_columns_of_the_register(self) -> None:
        columns = [field.name for field in fields(Entry)]
        assert columns[:8] == ["name", "value", "unit", "in_force", "source", "status", "checked_on", "note"]

    def test_the_tables_are_read_once(self) -> None:
        assert load_law() is load_law()


class TestOwnTables:
    """Tables of the user's own."""

    def test_a_copy_is_the_same_law(self, own: Path) -> None:
        assert load_law(own) == load_law(str(own))
        assert load_law(own).fingerprint == load_law().fingerprint

    def test_file_names_and_comments_do_not_count(self, own: Path) -> None:
        (own / "fees.toml").rename(own / "zz.toml")
        (own / "zz.toml").write_text("# mine\n" + (own / "zz.toml").read_text(encoding="utf-8"), encoding="utf-8")
        assert load_law(own).fingerprint == load_law().fingerprint

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("value = 160", "value = 161"),
            ('note = "There was no such compensation before 16 March 2013."', 'note = ""'),
            ("Collection demand (inkassokrav)", "Demand"),
        ],
    )
    def test_any_change_of_content_changes_the_fingerprint(self, own: Path, old: str, new: str) -> None:
        change(own / "fees.toml", old, new)
        assert load_law(own).fingerprint != load_law().fingerprint

    def test_a_changed_figure_is_used(self, own: Path) -> None:
        change(own / "fees.toml", "value = 180", 'value = "253.80"')
        assert load_law(own).fee_ore("demand_fee", date(2017, 6, 30)) == 25380

    def test_a_changed_rate_is_used(self, own: Path) -> None:
        change(own / "reference_rate.toml", 'value = "8.00"', 'value = "9.00"')
        law = load_law(own)
        assert law.late_interest_bp(date(2017, 6, 30)) == 850
        assert interest_ore(3_650_000, date(2017, 5, 31), date(2017, 6, 1), law=law) == 850
        assert law.on_days(date(2017, 6, 1), 1).interest_bp_cum.tolist() == [0, 850]

    def test_a_missing_figure_is_refused(self, own: Path) -> None:
        (own / "kronofogden.toml").unlink()
        with pytest.raises(LawError) as refused:
            load_law(own)
        assert [problem.key for problem in refused.value.problems] == [
            "payment_order_application",
            "payment_order_own_work",
            "enforcement_basic_fee",
        ]

    def test_a_figure_in_two_files_is_refused(self, own: Path) -> None:
        shutil.copy(own / "kronofogden.toml", own / "kronofogden2.toml")
        with pytest.raises(
            LawError, match=r"kronofogden2\.toml: payment_order_application: .*one table for each figure"
        ):
            load_law(own)

    def test_interest_below_zero_is_refused(self, own: Path) -> None:
        change(own / "reference_rate.toml", 'value = "8.00"', 'value = "0.50"')
        assert load_law(own).late_interest_bp(date(2017, 6, 30)) == 0
        change(
            own / "reference_rate.toml",
            'value = "0.50"\nin_force = 2008-01-01',
            'value = "0.25"\nin_force = 2008-01-01',
        )
        with pytest.raises(LawError, match=r"reference_rate\.toml: reference_rate: got '-25 basis points"):
            load_law(own)

    def test_a_shorter_table_is_refused_only_where_it_is_asked(self, own: Path) -> None:
        text = (own / "court.toml").read_text(encoding="utf-8")
        head, rest = text.split("[summons_large]")
        (own / "court.toml").write_text(
            head.replace("covers_until = 2027-01-01", "covers_until = 2026-01-01") + "[summons_large]" + rest, "utf-8"
        )
        days = load_law(own).on_days(date(2025, 12, 31), 2)
        assert days.labels == ("days from 2026-01-01 on follow no known law (summons_small)",)
        assert days.fee_ore("summons_large").tolist() == [280000, 280000]
        with pytest.raises(LawError, match=r"court\.toml: summons_small: got 2026-01-01"):
            days.fee_ore("summons_small")

    def test_no_directory(self, tmp_path: Path) -> None:
        with pytest.raises(LawError, match="nowhere: got nothing; allowed a directory with law tables"):
            load_law(tmp_path / "nowhere")

    @pytest.mark.parametrize("name", ["x" * 300, "a\0b", "x/" * 3000])
    def test_a_path_that_no_system_takes(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(LawError, match="allowed a directory with law tables"):
            load_law(tmp_path / name)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_what_is_no_file_is_not_opened(self, own: Path) -> None:
        os.mkfifo(own / "x.toml")
        (own / "y.toml").mkdir()
        (own / "z.toml").symlink_to("/dev/zero")
        (own / "loop.toml").symlink_to(own / "loop.toml")
        with pytest.raises(LawError) as refused:
            load_law(own)
        said = {problem.file: str(problem.value) for problem in refused.value.problems}
        assert said.keys() == {"x.toml", "y.toml", "z.toml", "loop.toml"}
        assert said["x.toml"] == "a named pipe, not a file"

    def test_a_file_or_directory_that_is_too_large_is_refused(self, own: Path) -> None:
        with (own / "large.toml").open("wb") as stream:
            stream.truncate(2**40)
        with pytest.raises(LawError, match=r"large\.toml: got a file of more than 1048576 bytes"):
            load_law(own)
        for number in range(101):
            (own / f"{number}.toml").write_text("")
        with pytest.raises(LawError, match="at most 100 of them"):
            load_law(own)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"a = " + b"9" * 5000, "ordinary size"),
            (b"a = 0x" + b"f" * 5000, "unknown name"),
            (b"a = " + b"[" * 3000 + b"]" * 3000, "levels deep"),
            (b".".join([b"a"] * 100_000) + b" = 1", "at most 32 parts"),
            (b"a = \xe5", "not UTF-8"),
            (b"\xff\xfea", "UTF-16"),
            (b"a = 1\0", "binary"),
            (b'"a\\u202e\\u001b" = 1', "a\\u202e\\x1b"),
        ],
    )
    def test_text_that_no_table_has_is_refused(self, own: Path, content: bytes, words: str) -> None:
        (own / "x.toml").write_bytes(content)
        with pytest.raises(LawError) as refused:
            load_law(own)
        assert words in str(refused.value)
        assert all(line.isprintable() for line in str(refused.value).splitlines())

    def test_a_value_of_thousands_of_digits_is_refused(self, own: Path) -> None:
        change(own / "fees.toml", "value = 180", f"value = 0x{'f' * 5000}")
        with pytest.raises(LawError, match="an integer of 20000 bits"):
            load_law(own)

    def test_a_byte_order_mark_is_taken(self, own: Path) -> None:
        text = (own / "fees.toml").read_text(encoding="utf-8")
        (own / "fees.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        assert load_law(own).fingerprint == load_law().fingerprint

    def test_near_names_are_looked_for_a_dozen_times_and_the_rest_counted(self, own: Path) -> None:
        (own / "x.toml").write_text("".join(f"demand_fe{number} = 1\n" for number in range(40_000)))
        begun = time.process_time()
        with pytest.raises(LawError) as refused:
            load_law(own)
        assert time.process_time() - begun < 10
        assert len(refused.value.problems) == 13
        assert "unknown names: got 39988 more" in str(refused.value)

    def test_directory_without_tables(self, tmp_path: Path) -> None:
        with pytest.raises(LawError, match=r"no file ending in \.toml"):
            load_law(tmp_path)


def test_importing_the_law_loads_nothing_slow() -> None:
    code = "import sys, kravsim.law; print([m for m in ('holidays', 'pandas', 'scipy', 'numba') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
