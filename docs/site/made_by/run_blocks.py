"""Runs the code blocks of a page, one after another, and puts what they say below them.

``python`` blocks of a page share their names, as cells of a notebook do; the value of a last expression is shown. ``sh``
blocks are commands of kravsim, run as they stand. A ``toml`` block is a file where a mark says so. Marks stand on lines of
their own before a block::

    <!-- not run: WHY -->        neither run nor tested
    <!-- file: NAME -->          the block is this file, in the folder that the page runs in
    <!-- shown: N -->            only the first N lines of what it says are shown
    <!-- refused -->             the command ends with an error, which is shown

and ``<!-- figure: FILE | WORDS -->`` shows a picture that the blocks before it have made.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kravsim.cli import main

_BLOCK = re.compile(r"(?P<marks>(?:^<!-- [^\n]* -->\n)*)^```(?P<lang>[a-z]*)\n(?P<code>.*?)^```\n", re.M | re.S)
_MARK = re.compile(r"<!-- (?P<what>not run|file|shown|refused)(?:: (?P<how>.*?))? -->")
_FIGURE = re.compile(r"^<!-- figure: (?P<file>\S+) \| (?P<words>.*?) -->$", re.M)
WIDTH = 88
"""Letters of a line that a page has room for."""
_PLAIN = ("text", "")
"""Languages of blocks that are only looked at."""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: its language, its code, and what the marks before it say."""

    lang: str
    code: str
    marks: dict[str, str]

    @property
    def run(self) -> bool:
        """Whether it is carried out or written, rather than only looked at."""
        return "not run" not in self.marks and self.lang not in _PLAIN


def block_of(found: re.Match[str]) -> Block:
    """Read a block and its marks.

    Parameters
    ----------
    found : match
        Of the pattern of a block.
    """
    marks = {mark["what"]: mark["how"] or "" for mark in _MARK.finditer(found["marks"])}
    return Block(found["lang"], found["code"], marks)


def blocks(text: str) -> list[Block]:
    """All blocks of a page.

    Parameters
    ----------
    text : str
        The page as it is written.
    """
    return [block_of(found) for found in _BLOCK.finditer(text)]


def with_outputs(text: str, folder: Path, pictures: Path, place: str = "") -> str:
    """Run a page and give it with what its blocks say below them.

    Parameters
    ----------
    text : str
        The page as it is written.
    folder : path
        An empty one, which the blocks run in.
    pictures : path
        Where pictures that are shown are copied to.
    place : str
        That folder as pages name it.

    Raises
    ------
    RuntimeError
        When a block fails, or succeeds where the page says that it is refused.
    """
    names: dict[str, Any] = {"__name__": "__main__"}

    def said(found: re.Match[str]) -> str:
        block = block_of(found)
        fence = f"```{block.lang}\n{block.code}```\n"
        out = _carried_out(block, names) if block.run else ""
        if not out.strip():
            return fence
        lines = out.rstrip().splitlines()
        limit = int(block.marks.get("shown", len(lines)))
        kept = [*_fitting(lines[:limit]), *(["..."] if limit < len(lines) else [])]
        return fence + "\n```{code-block} text\n:class: said\n\n" + "\n".join(kept) + "\n```\n"

    with contextlib.chdir(folder):
        text = _BLOCK.sub(said, text)

    def shown(found: re.Match[str]) -> str:
        source = folder / found["file"]
        pictures.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, pictures / source.name)
        return f"![{found['words']}]({place}/{source.name})"

    return _FIGURE.sub(shown, text)


def _fitting(lines: list[str]) -> Iterator[str]:
    """Sentences go on in the next line, as in a terminal; rows of a table and comments of a file stay whole."""
    for line in lines:
        if "  " in line.strip() or not line.strip() or line.startswith("#"):
            yield line.rstrip()
        else:
            yield from textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)


def _carried_out(block: Block, names: dict[str, Any]) -> str:
    if block.lang == "python":
        return _python(block.code, names)
    if block.lang == "sh":
        return _commands(block)
    if "file" in block.marks:
        Path(block.marks["file"]).write_text(block.code, encoding="utf-8")
        return ""
    message = f"a block of {block.lang} is neither run nor a file; mark it <!-- not run: WHY -->:\n{block.code}"
    raise RuntimeError(message)


def _python(code: str, names: dict[str, Any]) -> str:
    tree, out = ast.parse(code), io.StringIO()
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(out):
        exec(compile(tree, "<page>", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<page>", "eval"), names)
            if value is not None:
                print(value if isinstance(value, str) else repr(value))
    return out.getvalue()


def _commands(block: Block) -> str:
    """What commands say to standard output, and what is said to whoever runs them."""
    out = io.StringIO()
    for line in block.code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] != "kravsim":
            message = f"a page runs commands of kravsim only; mark it <!-- not run: WHY -->: {line}"
            raise RuntimeError(message)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(words[1:])
        if bool(code) != ("refused" in block.marks):
            message = f"{line}: ended with {code}\n{out.getvalue()}"
            raise RuntimeError(message)
    return out.getvalue()
