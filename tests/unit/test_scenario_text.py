"""What is wrong with the text of a file, before anything is known of its contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kravsim.errors import ScenarioError
from kravsim.scenario.toml_file import LARGEST_FILE, parse_toml, read_toml
from kravsim.scenario.toml_writer import to_toml

if TYPE_CHECKING:
    from pathlib import Path


def refusal(folder: Path, content: bytes) -> str:
    file = folder / "case.toml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        read_toml(file, "case.toml")
    return str(caught.value)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_bytes('\ufefftitle = "åäö"\r\n'.encode())
    assert read_toml(file, "case.toml")[0] == {"title": "åäö"}


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"# only a comment\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_answered_with_an_example(tmp_path: Path, content: bytes) -> None:
    said = refusal(tmp_path, content)
    assert "no settings" in said
    assert 'extends = "base"' in said


def test_a_file_of_more_than_a_mebibyte_is_not_parsed(tmp_path: Path) -> None:
    assert "at most 1048576 bytes (1 MiB)" in refusal(tmp_path, b"#" * (LARGEST_FILE + 1))


def test_a_file_of_exactly_a_mebibyte_is_parsed(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_bytes(b"a = 1\n".ljust(LARGEST_FILE, b"#"))
    assert read_toml(file, "case.toml")[0] == {"a": 1}


@pytest.mark.parametrize("content", [b"a = 1\x00", b"\x89PNG\r\n", b"PK\x03\x04rest", b"%PDF-1.4", b"\x80\x04\x95"])
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "a binary file" in refusal(tmp_path, content)


def test_latin1_is_named_with_the_place(tmp_path: Path) -> None:
    said = refusal(tmp_path, 'a = 1\nname = "Härjedalen"\n'.encode("latin-1"))
    assert "not UTF-8: byte 0xe4 at position 15 (line 2)" in said
    assert "Latin-1 ('ä'): save it again as UTF-8" in said


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf16_is_refused(tmp_path: Path, encoding: str) -> None:
    said = refusal(tmp_path, 'name = "a"\n'.encode(encoding))
    assert "UTF-8" in said
    assert "UTF-16" in said or "binary" in said


def test_a_caret_stands_under_the_place() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_toml("[invoices]\n\tlate_share = 0,08\n", "case.toml")
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("case.toml: line 2, column 16: got a syntax error (")
    assert lines[1] == "2 | \tlate_share = 0,08"
    assert lines[2].index("^") == lines[1].index(",")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("a = 1,5", "write a decimal point: 1.5"),
        ("a = -12,50", "write a decimal point: -12.50"),
        ("a = 5%", "write a percentage as a share: 0.05"),
        ("a = 7,5 %", "write a percentage as a share: 0.075"),
        ("a = 1 000 000", "write the number without spaces: 1000000"),
        ("a = 007", "write the number without leading zeros: 7"),
        ("a = 01-02-2017", "write a date as year-month-day, such as 2017-12-31"),
        ("a = 1/2 2017", "write a date as year-month-day"),
        ("a = 2017-13-01", "there is no such day; write a date as year-month-day"),
        ("a = .5", "write a digit before the point: 0.5"),
        ("a = 5.", "write a digit after the point: 5.0"),
        ("a = True", "write true"),
        ("a = Nej", "write false"),
        ("a = None", "leave the key out"),
        ("a: 5", "write key = value"),
        ("a =", "write a value after the equals sign"),
        ("a = \u201ctext\u201d", "write plain quotation marks"),
        ("räntefot = 2", 'quote the name ("räntefot") or use the ASCII name'),
        ("[räntor]", 'quote the name ("räntor") or use the ASCII name'),
        ("a = 1 b = 2", "see the marked place"),
    ],
)
def test_hints(line: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_toml(f"# head\n{line}\n", "case.toml")
    assert hint in str(caught.value)
    assert "line 2" in caught.value.problems[0].key


def test_a_comma_inside_quotes_is_no_decimal_comma() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_toml('a = "1,5" b = 2', "case.toml")
    assert "decimal" not in str(caught.value)


def test_duplicates_in_different_tables_are_told_apart() -> None:
    text = "[one]\na = 1\n[two]\na = 1\nb = 2\na = 3\n"
    with pytest.raises(ScenarioError, match="a stands on lines 4 and 6"):
        parse_toml(text, "case.toml")


@pytest.mark.parametrize("levels", [33, 100, 300, 330, 500, 1000, 3000])
def test_deep_nesting_is_refused_at_any_depth(levels: int) -> None:
    for text in (
        f"a = {'[' * levels}{']' * levels}",
        f"a = {'{b=' * levels}1{'}' * levels}",
        "a" + ".a" * levels + " = 1",
    ):
        with pytest.raises(ScenarioError, match="at most 32 levels deep"):
            parse_toml(text, "case.toml")


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_toml(f"a = {'[' * 32}{']' * 32}", "case.toml")


# ---- and back ----------------------------------------------------------------------------------------------------


def test_text_that_is_written_reads_back_to_the_same() -> None:
    tables = parse_toml(
        """
        name = "a \\"quoted\\" name, åäö \\u007f \\\\ \\n"
        when = 2017-01-01
        at = 2017-01-01T10:00:00
        days = [1, 2]
        open = inf
        tiny = 1e-07
        big = 1e+16
        yes = true
        [a.b."c d"]
        n = { value = 1, low = 0.5, high = 2.0, note = "x" }
        m = { low = 1, mode = 2, high = 3 }
        [a.empty]
        [z]
        list = [{ value = 1 }, { value = 2 }]
        """,
        "case.toml",
    )
    assert parse_toml(to_toml(tables), "again.toml") == tables
    assert 'n = { value = 1, low = 0.5, high = 2.0, note = "x" }' in to_toml(tables)


def test_a_key_of_nothing_is_left_out_and_what_toml_cannot_say_is_refused() -> None:
    assert to_toml({"a": None, "b": 1, "c": {"value": 2, "low": None}}) == to_toml({"b": 1, "c": {"value": 2}})
    with pytest.raises(TypeError, match="TOML has no NoneType"):
        to_toml({"a": [1, None]})
