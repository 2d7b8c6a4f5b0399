"""Is nothing but an ordinary file ever opened, no more of it read than makes sense, and odd text told in words?"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kravsim.errors import Problem, Words, escaped, show
from kravsim.files import Unreadable, decoded, parsed, read_whole


def made_pipe(place: Path) -> Path:
    os.mkfifo(place)
    return place


def made_loop(place: Path) -> Path:
    place.symlink_to(place)
    return place


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (made_pipe, "a named pipe, not a file"),
        (made_loop, "symbolic links"),
        (lambda place: place.parent, "a directory, not a file"),
        (lambda _: Path("/dev/zero"), "a device, not a file"),
        (lambda place: place.with_name("x" * 300), "name too long"),
        (lambda place: place / "\0", "no system takes"),
        (lambda place: place.with_name("none"), "no file"),
        (lambda _: Path("x/" * 3000), "name too long"),
        (lambda _: Path("\ud800"), "no system takes"),
    ],
)
def test_what_is_no_ordinary_file_is_not_opened(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_whole(make(tmp_path / "here"), 1000)
    assert words in str(refused.value)


def test_no_more_is_read_than_allowed(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 1000)
    assert read_whole(file, 1000) == b"x" * 1000
    with pytest.raises(Unreadable, match="more than 999 bytes"):
        read_whole(file, 999)
    with file.open("r+b") as stream:
        stream.truncate(2**40)  # holes: no disk is used
    with pytest.raises(Unreadable, match="more than 1000 bytes"):
        read_whole(file, 1000)
    small = tmp_path / "small"
    small.write_bytes(b"y")
    (tmp_path / "link").symlink_to(small)
    assert read_whole(tmp_path / "link", 1) == b"y"


def test_text_is_utf8_with_or_without_a_mark() -> None:
    assert decoded("\ufeffå\r\nb".encode()) == "å\nb"
    for content, words in ((b"\xff\xfea", "UTF-16"), (b"a\0", "binary"), (b"a\nb\xe5", r"position 3 \(line 2\)")):
        with pytest.raises(Unreadable, match=words):
            decoded(content)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, "32 levels"),
        ("a = " + "[" * 40 + "]" * 40, "32 levels"),
        ("a = " + "9" * 5000, "ordinary size"),
        (".".join(["a"] * 500_000) + " = 1", "at most 32 parts"),
        ("[" + " . ".join(["a", '"x"'] * 200) + "]", "at most 32 parts"),
    ],
)
def test_what_defeats_the_parser_is_told_at_once(text: str, words: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreadable, match=words):
        parsed(text)
    assert time.monotonic() - begun < 10


def test_long_prose_is_no_long_key() -> None:
    text = "x = '" + "One sentence. Another, e.g. this 1.5. " * 200 + "'"
    assert len(parsed(text)["x"]) > 5000


# ---- characters that are not seen ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "character", ["\x1b", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\u2028", "\ud800", "\r"]
)
def test_characters_that_steer_a_terminal_are_written_as_codes(character: str) -> None:
    problem = Problem(f"a{character}b", f"k{character}", Words(f"w{character}"), f"x{character}", f"r{character}\nnext")
    for text in (str(problem), show(character), escaped(character)):
        assert character not in text
        text.encode("utf-8")
    assert "\nnext" in str(problem)
    assert "\n" not in str(Problem("a\nb", "c\nd", Words("e\nf"), "g\nh", ""))


def test_characters_of_any_language_are_left_alone() -> None:
    text = "Åsa Öberg, 1\u00a0500\u202fkr, 北京, עברית, 👍"
    assert escaped(text) == text
