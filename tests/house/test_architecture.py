"""Does ARCHITECTURE.md tell of the house as it stands, and do documents name files, names and commands that there are?"""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from pathlib import Path

import pytest

import kravsim
from kravsim import cli
from tests.conftest import LONGEST

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "ARCHITECTURE.md"
PACKAGE = Path(kravsim.__file__).parent
UNDER_THE_ROOF = {"__init__.py", "__main__.py", "version.py", "bundled", "py.typed", "__pycache__"}
LONG = 300


def table(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading, without its head; the whole document's first when there is none."""
    text = DOCUMENT.read_text(encoding="utf-8")
    part = text.split(f"## {heading}\n", 1)[1] if heading else text
    rows = []
    for line in part.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def named(cell: str) -> list[str]:
    """Names between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def files_of(room: str) -> list[Path]:
    """The room's Python files."""
    place = PACKAGE / room
    return sorted(place.glob("*.py")) if place.is_dir() else [place]


def test_the_files_of_tests_that_are_begun_first_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


def test_every_room_is_told_of_and_nothing_else() -> None:
    told = {name.rstrip("/") for row in table("") for name in named(row[0])}
    there = {path.name for path in PACKAGE.iterdir()} - UNDER_THE_ROOF
    assert told == there


def test_rooms_are_told_of_in_the_order_in_which_they_may_import() -> None:
    """The contract lists the topmost first; `locale/` belongs to `phrases`, which reads it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    told = [name.rstrip("/").removesuffix(".py") for row in table("") for name in named(row[0])]
    told.remove("locale")
    assert told == [name for name in reversed(layers) if name not in {"__main__", "version"}]


@pytest.mark.parametrize("row", table(""), ids=lambda row: row[0])
def test_what_to_read_first_stands_in_the_room(row: list[str]) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for room in named(row[0]) for path in files_of(room.rstrip("/")))
    names = {path.name for room in named(row[0]) for path in files_of(room.rstrip("/"))}
    first = named(row[2])
    assert first
    for name in first:
        last = name.rsplit(".", maxsplit=1)[-1]
        assert name in names or re.search(rf"\b(def|class) {last}\b|^{last}\b", code, re.MULTILINE), name


def lines_without_docstrings(code: str) -> int:
    """Lines of code, comments and space: all but the strings that stand by themselves and the blank lines in them."""
    alone = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Expr)]
    strings = [node for node in alone if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)]
    told = {line for node in strings for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return len(code.splitlines()) - len(told)


def test_docstrings_do_not_lengthen_a_file() -> None:
    code = '"""Of a file.\n\nMore.\n"""\n\nA = 1\n"""A name."""\n\n\ndef f():\n    """Of a function."""\n    return "one"\n'
    assert (len(code.splitlines()), lines_without_docstrings(code)) == (12, 6)


def test_every_long_file_has_a_reason() -> None:
    told = {name for row in table("Long files") for name in named(row[0])}
    long = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if lines_without_docstrings(path.read_text(encoding="utf-8")) > LONG
    }
    assert told == long


DOCUMENTS = [
    ROOT / name
    for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/scenarios.md", "docs/read-cases.md")
]
PLACES = (ROOT, PACKAGE, PACKAGE / "law", ROOT / "tests")


def written(document: Path) -> list[str]:
    """What stands between backticks outside blocks."""
    return named(re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL))


PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "docs/decisions").glob("*.md"),
    *(path for path in (ROOT / "docs/site").rglob("*.md") if "made" not in path.relative_to(ROOT / "docs/site").parts),
]


def options_of(parser: argparse.ArgumentParser, before: str = "") -> dict[str, set[str]]:
    """The options of each command; `paper build` is one, and so is `paper`."""
    found: dict[str, set[str]] = {}
    for action in parser._actions:
        for name, one in action.choices.items() if isinstance(action, argparse._SubParsersAction) else ():
            found[before + name] = set(one._option_string_actions)
            found |= options_of(one, f"{before}{name} ")
    return found


COMMANDS = options_of(cli._parser())


def wrong_commands(text: str) -> list[str]:
    """Commands between backticks or in blocks of a shell that the parser has not, or has without an option."""
    fence = r"^```(\w*)\n(.*?)^```$"
    blocks = [body for lang, body in re.findall(fence, text, flags=re.DOTALL | re.MULTILINE) if lang in {"sh", "bash"}]
    lines = [line for body in blocks for line in body.replace("\\\n", " ").splitlines()]
    lines += [" ".join(one.split()) for one in named(re.sub(fence, "", text, flags=re.DOTALL | re.MULTILINE))]
    wrong = []
    for asked in (one for line in lines for one in re.split(r" [#|;]|&&", line)):
        found = re.match(r"\s*(?:\S*/)?kravsim ([a-z][\w-]*)(?: ([a-z]+)\b)?", asked)
        if found is None:
            continue
        name = " ".join(word for word in found.groups() if word)
        known = COMMANDS.get(name, COMMANDS.get(found[1]))
        options = set(re.findall(r"(?<!\S)--[a-z][\w-]*", asked))
        if known is None or not options <= known:
            wrong.append(asked.strip())
    return wrong


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_names_commands_and_options_that_there_are(document: Path) -> None:
    assert wrong_commands(document.read_text(encoding="utf-8")) == []


def test_a_command_that_is_not_there_is_found_out() -> None:
    block = "```sh\n.venv/bin/kravsim compare x --sed 1  # seed\nkravsim paper build y --out z\n```\n"
    assert wrong_commands(f"`kravsim check x` and `kravsim\nvalidate x`\n\n{block}") == [
        ".venv/bin/kravsim compare x --sed 1",
        "kravsim check x",
    ]


def is_there(path: str) -> bool:
    """Whether a path, or a pattern of one, leads to something: from the root, from the package, or by its name alone."""
    if any(list(place.glob(path.rstrip("/"))) for place in PLACES):
        return True
    return "/" not in path and any(
        any((ROOT / part).rglob(path)) for part in ("src", "tests", "docs", "scenarios", "notebooks")
    )


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every word of the code, its tests, its scenarios and its settings."""
    parts = ("src", "tests", "docs", "benchmarks", "scenarios")
    files = [path for part in parts for kind in ("*.py", "*.toml") for path in (ROOT / part).rglob(kind)]
    return {word for path in [*files, ROOT / "pyproject.toml"] for word in re.findall(r"\w+", path.read_text("utf-8"))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_what_there_is(document: Path, words: set[str]) -> None:
    """Files, links, and names of functions, keys and lists."""
    asked = written(document)
    paths = [
        one for one in asked if re.fullmatch(r"[\w./*-]+(\.(py|toml|md|po|csv|ipynb)|/)", one) and "my-" not in one
    ]
    names = [one for one in asked if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*", one) and one not in paths]
    links = re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    assert [path for path in paths if not is_there(path)] == []
    assert [name for name in names if not set(name.split(".")) <= words] == []
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize(
    "path", ["ledger/no_such_file.py", "no_such_room/", "nobody.py", "tests/unit/test_nothing_*.py"]
)
def test_a_path_that_leads_nowhere_is_found_out(path: str) -> None:
    assert not is_there(path)
