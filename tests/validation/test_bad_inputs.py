"""What a user gets for a wrong scenario file: entries 1 to 37 of the list of misuse (with 43 to 47 as far as files go).

Every entry is asked through the library and through the command line, and the answer is held to its words: file, key, value,
what is allowed, what to do. ``inputs/NN_*.toml`` are refused, ``inputs/doubtful/NN_*.toml`` are allowed with a warning; their
heads say what the answer must say. Entries that need a run are in ``test_bad_runs.py``; the last test counts the entries.

Left out, with the reason:

- 38 (and 48, 49): there is no file of claims yet; dates and numbers of claims come from the scenario alone.
- 30 for statutory fees: fees are not scenario keys, and a table of the user's own cannot be given to a run. The nearest
  numbers of a scenario, such as half a price base amount, are warned about with the legal amount.
- 42, "steady-state formulas refuse": kravsim has none to offer; the theory in tests/analytic is the tests' own.
- 45 for empirical distributions: a scenario has none. Its nearest relative, the table of lateness, is asked instead.
"""

from __future__ import annotations

import copy
import math
import re
from pathlib import Path
from typing import Any

import pytest

import kravsim as ks
from kravsim.errors import ScenarioError
from kravsim.law.reader import TableReader
from kravsim.scenario import Scenario, ScenarioWarning, load_scenario
from kravsim.scenario.describe import numbers
from kravsim.scenario.reader import Sheet

from .asking import ASSUMED, INPUTS, expected, kept, refused, refused_everywhere, shell, written

CASE = load_scenario("jamtland-harjedalen-2017")
WRONG = sorted(INPUTS.glob("*.toml"))
DOUBTFUL = sorted((INPUTS / "doubtful").glob("*.toml"))
LAW = Path(__file__).parents[1] / "law" / "broken"
NOT_YET = {38}


def every_number(given_number: float) -> str:
    """Put something at every number of the case at once, and return what was said; every key must be named."""
    tables: Any = copy.deepcopy(CASE.sheet.tables)
    keys = [f"{key}.{part}" for key, number, _ in numbers(CASE.data) for part in number.number_keys]
    given = []
    for key in keys:
        *path, part = key.split(".")
        table = tables
        for name in path:
            table = table[name]
        if part in table:
            table[part] = given_number
            given.append(key)
    said = refused(lambda: Scenario.from_sheet(Sheet(tables, {(): "case.toml"})))
    missing = [key for key in given if f"case.toml: {key}: got " not in said]
    assert missing == []
    assert len(given) > 300
    return said


# ---- files that cannot be read -----------------------------------------------------------------------------------


def test_01_no_such_file(tmp_path: Path) -> None:
    written(tmp_path, "", "region.toml")
    given = str(tmp_path / "sub" / ".." / "regoin.toml")
    said = refused_everywhere(given)
    assert said.startswith(f"{given}: got no file")
    assert f"no such file: {(tmp_path / 'regoin.toml').resolve()}" in said
    near = refused_everywhere(str(tmp_path / "regoin.toml"))
    assert "did you mean region.toml?" in near
    assert "did you mean jamtland-harjedalen-2017?" in refused_everywhere("jamtland-harjedalen-2018")


def test_02_a_directory(tmp_path: Path) -> None:
    written(tmp_path, "", "region.toml")
    said = refused_everywhere(f"{tmp_path}/")
    assert "got a directory" in said
    assert "it holds region.toml" in said


def test_03_an_empty_file(tmp_path: Path) -> None:
    for name, text in (("empty.toml", ""), ("comments.toml", "# nothing but this\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = refused_everywhere(tmp_path / name)
        assert said.startswith(f"{name}: got no settings; allowed a scenario; a minimal example:\nextends = ")


def test_04_a_file_too_large_or_binary(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_bytes(b"#" * (1024 * 1024 + 1))
    assert "large.toml: got a file of more than 1048576 bytes" in refused_everywhere(tmp_path / "large.toml")
    (tmp_path / "binary.toml").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "binary.toml: got a binary file" in refused_everywhere(tmp_path / "binary.toml")


def test_05_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    text = written(tmp_path, 'title = "Åre"\n').read_text(encoding="utf-8")
    (tmp_path / "marked.toml").write_text(text, encoding="utf-8-sig")
    assert load_scenario(tmp_path / "marked.toml").title == "Åre"
    assert shell("validate", tmp_path / "marked.toml").code == 0


def test_06_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes('title = "Åre"\n'.encode("latin-1"))
    said = refused_everywhere(tmp_path / "latin.toml")
    assert "got not UTF-8: byte 0xc5 at position 9 (line 1)" in said
    assert "save it again as UTF-8" in said
    (tmp_path / "wide.toml").write_bytes('title = "Åre"\n'.encode("utf-16"))
    assert "got a UTF-16 file, not UTF-8" in refused_everywhere(tmp_path / "wide.toml")


# ---- files with something wrong in them --------------------------------------------------------------------------


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_file_is_refused_in_words(path: Path) -> None:
    said = refused_everywhere(path)
    assert [words for words in expected(path) if words not in said] == [], said
    assert all(line.startswith(f"{path.name}: ") for line in said.splitlines() if ": got " in line)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    said = refused_everywhere(INPUTS / "many_at_once.toml")
    assert len(re.findall(r"^many_at_once\.toml: ", said, re.MULTILINE)) == 5


def test_10_a_key_with_letters_beyond_ascii(tmp_path: Path) -> None:
    said = refused_everywhere(written(tmp_path, "[invoices]\nandel_påminda = 3\n"))
    assert 'quote the name ("andel_påminda") or use the ASCII name' in said
    quoted = refused_everywhere(written(tmp_path, '[invoices]\n"andel_påminda" = 3\n'))
    assert "invoices.andel_påminda: got 3; allowed the keys of [invoices]" in quoted


def test_18_part_time_staff_has_its_own_key() -> None:
    assert CASE.with_changes({"models.in_house.staff.handlers.fte": 2.5}).changes[0][1] == 2.5


def test_19_nan_is_refused_for_every_number() -> None:
    said = every_number(math.nan)
    assert said.count("got nan;") == len(said.splitlines())


def test_20_infinity_is_refused_for_every_number() -> None:
    assert not any(limits.no_limit for _, _, limits in numbers(CASE.data) if limits is not None)
    for infinite in (math.inf, -math.inf, 1e400):
        said = every_number(infinite)
        lines = said.splitlines()
        assert len(lines) > 1000
        assert all("inf" in line.partition("; allowed")[0].partition(": got ")[2] for line in lines)


def test_21_negative_numbers_are_refused_with_the_bound() -> None:
    lines = [line for line in every_number(-1).splitlines() if ": got -1;" in line]
    unbounded = [line for line in lines if not re.search(r"got -1; allowed .* from [\d.]+ (to \d|up)", line)]
    assert unbounded == []


def test_22_minus_zero_becomes_zero(tmp_path: Path) -> None:
    keys = ("models.outsourced.contract.paid_case_kr", "behaviour.restructuring_granted_share")
    minus, zero = (CASE.with_changes(dict.fromkeys(keys, number)) for number in (-0.0, 0.0))
    assert minus.fingerprint == zero.fingerprint
    path = kept(tmp_path, minus)
    outputs = [minus.text, minus.describe().to_csv(), shell("describe", path).out, load_scenario(path).text]
    assert [text for text in outputs if re.search(r"-0(\.0)?\b(?!\d)", re.sub(r"\d-0\d|-\d\d", "", text))] == []


def test_23_numbers_and_brackets_without_end(tmp_path: Path) -> None:
    number = written(tmp_path, f"[invoices]\nhand_over_day = {'9' * 5000}\n")
    assert "got text the parser cannot take; allowed numbers and dates of ordinary size" in refused_everywhere(number)
    hexadecimal = written(tmp_path, f"[invoices]\nhand_over_day = 0x{'f' * 5000}\n")
    assert "invoices.hand_over_day: got an integer of 20000 bits" in refused_everywhere(hexadecimal)
    brackets = written(tmp_path, f"[invoices]\nrun_days = {'[' * 1200}{']' * 1200}\n")
    assert "tables and lists at most 32 levels deep" in refused_everywhere(brackets)


def test_25_money_up_to_the_limit_does_not_overflow() -> None:
    """Öre of the largest amounts allowed, summed over more claims than fit in memory, stay inside 64 bits."""
    largest = {limits.le for _, _, limits in numbers(CASE.data) if limits is not None and limits.unit == "kr"}
    assert max(bound for bound in largest if bound is not None) * 100 < 2**63
    amounts = [limits.le for key, _, limits in numbers(CASE.data) if ".amount_" in key and limits is not None]
    assert max(bound for bound in amounts if bound is not None) * 100 * 10**9 < 2**63


def test_28_a_sum_that_is_one_but_for_decimals_is_accepted() -> None:
    """The last answer takes the remainder; a sum within 1e-9 above 1 counts as 1, and nothing is renormalised."""
    settled, dropped = "behaviour.contested_settled_share", "behaviour.contested_dropped_share"
    for share in (0.4, 0.3999999999, 0.4000000001):
        assert CASE.with_changes({settled: 0.6, dropped: share}).data.behaviour.contested_dropped_share.value == share
    with pytest.raises(ScenarioError, match=r"a sum of 1\.00000001 with behaviour\.contested_dropped_share"):
        CASE.with_changes({settled: 0.6, dropped: 0.40000001})


@pytest.mark.parametrize("path", DOUBTFUL, ids=lambda path: path.stem)
def test_a_doubtful_file_is_read_with_a_warning_and_refused_when_strict(path: Path) -> None:
    told = shell("validate", path, "--lang", "en")
    assert told.code == 0
    assert told.out.startswith(f"wrong: OK\nmodels: {', '.join(CASE.models)}\nfingerprint: ")
    assert [words for words in expected(path) if words not in told.err] == [], told.err
    of_the_case = "kravsim: advice: say invoices.terms_days of this body itself"
    warned = [line for line in told.err.splitlines(keepends=True) if not line.startswith(of_the_case)]
    assert all(line.startswith(f"kravsim: warning: {path.name}: ") for line in warned), told.err
    strict = shell("validate", path, "--strict")
    assert (strict.code, strict.out) == (2, "")
    assert strict.err == "".join(warned).replace("warning: ", "")


def test_30_31_a_slip_of_unit_warns_through_the_library_too() -> None:
    for path in (path for path in DOUBTFUL if path.name[:2] in {"30", "31"}):
        with pytest.warns(ScenarioWarning) as caught:
            load_scenario(path)
        assert any(expected(path)[0] in str(warning.message) for warning in caught)
        assert expected(path)[0] in refused(lambda path=path: load_scenario(path, strict=True))  # type: ignore[misc]


# ---- law tables --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("periods_overlap", ["no period may end before it starts", "or overlap the next"]),  # 33
        ("half_year_missing", ["no entry for the half-year from", "add the half-year"]),  # 34
        ("period_ends_before_it_starts", ["no period may end before it starts"]),  # 35
        ("thirtieth_of_february", ["a valid TOML file with dates that exist"]),
        ("date_as_text", ["without quotes"]),
    ],
)
def test_33_34_35_periods_of_the_law(name: str, words: list[str]) -> None:
    """The whole set of broken tables is in tests/law; these are the ones that the list of misuse names."""
    reader = TableReader()
    reader.read((LAW / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
    said = "\n".join(map(str, reader.problems))
    assert [part for part in words if part not in said] == [], said


def test_36_a_horizon_outside_the_law(tmp_path: Path) -> None:
    path = written(tmp_path, "[horizon]\nstart = 2030-01-01\nend = 2031-01-01\n")
    told = shell("validate", path)
    assert (told.code, told.out) == (2, "")
    rate = "reference_rate.toml: reference_rate: got 2030-01-01; allowed a day from 2008-01-01 up to but not including 2027"
    assert rate in told.err
    assert "give law.frozen_at, a day whose law is to hold from there on" in told.err
    said = refused(lambda: ks.simulate(load_scenario(path), model="in_house", replications=1, workers=1, seed=1))
    assert "give law.frozen_at" in said
    frozen = written(tmp_path, "[horizon]\nstart = 2030-01-01\nend = 2031-01-01\n[law]\nfrozen_at = 2026-06-30\n")
    assert shell("validate", frozen).code == 0
    early = written(tmp_path, "[horizon]\nstart = 1990-01-01\nend = 1991-01-01\n")
    assert "begin later" in shell("validate", early).err


# ---- the list itself ---------------------------------------------------------------------------------------------


def test_every_entry_has_a_test() -> None:
    here = Path(__file__)
    tests = here.read_text("utf-8") + here.with_name("test_bad_runs.py").read_text("utf-8")
    names = re.findall(r"^def test((?:_\d\d)+)_", tests, re.MULTILINE)
    named = {int(number) for name in names for number in name.split("_")[1:]}
    files = {int(path.name[:2]) for path in (*WRONG, *DOUBTFUL) if path.name[:2].isdecimal()}
    assert named | files == set(range(1, 48)) - NOT_YET
    assert all(ASSUMED in path.read_text("utf-8") for path in DOUBTFUL)
