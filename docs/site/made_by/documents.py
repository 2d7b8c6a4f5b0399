"""Documents of the repository as pages: included whole, their links led to the pages of the site.

A link to a document that has a page leads there; one to another file of the repository becomes its path, as the site is read
without the repository. A link to nothing is an error.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from kravsim.words.display import NO_BREAK

ROOT = Path(__file__).parents[3]
FOLDER = "made/documents"
_LINK = re.compile(r"(?<!!)\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])+)\]\((?P<to>[^()\s]+)\)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
_FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)


def documents() -> dict[str, Path]:
    """Page of each document, by page; those of the front, of `docs` and of every decision."""
    found = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    found += [ROOT / "benchmarks/README.md", *sorted((ROOT / "docs").glob("*.md"))]
    pages = {f"{FOLDER}/{_name(path)}": path for path in found}
    return pages | {f"{FOLDER}/decisions/{path.stem}": path for path in sorted((ROOT / "docs/decisions").glob("*.md"))}


def _name(path: Path) -> str:
    return "benchmarks" if path.parent.name == "benchmarks" else path.stem.lower()


def text_of(page: str, path: Path, pages: dict[str, Path]) -> str:
    """Give a document as a page of the site.

    Parameters
    ----------
    page : str
        Where the page will be, from the top of the site's sources, without `.md`.
    path : path
        The document.
    pages : dict of str to path
        Every page that is a document.

    Raises
    ------
    ValueError
        When a link leads to nothing.
    """
    parts = _FENCE.split(path.read_text(encoding="utf-8"))
    return "".join(part if part.startswith("```") else _relinked(part, page, path, pages) for part in parts)


def _relinked(text: str, page: str, path: Path, pages: dict[str, Path]) -> str:
    at = {document.resolve(): name for name, document in pages.items()}

    def led(found: re.Match[str]) -> str:
        to, _, anchor = found["to"].partition("#")
        if re.match(r"[a-z]+:", found["to"]) or not to:
            return found[0]
        target = (path.parent / to).resolve()
        if not target.exists():
            message = f"{path.relative_to(ROOT)}: a link leads to {found['to']}, which is not there"
            raise ValueError(message)
        if target in at:
            there = os.path.relpath(f"{at[target]}.md", Path(page).parent)
            return f"[{found['words']}]({Path(there).as_posix()}{'#' + anchor if anchor else ''})"
        if target == ROOT / "docs/decisions":
            return f"[{found['words']}](/made/decisions.md)"
        words, name = found["words"], target.relative_to(ROOT).as_posix()
        return f"`{name}`" if words.strip("`") == name else f"{words} (`{name}`)"

    return _THOUSANDS.sub(NO_BREAK, _LINK.sub(led, text))


def made() -> dict[str, str]:
    """Text of every such page, and of the list of decisions, by page."""
    pages = documents()
    found = {page: text_of(page, path, pages) for page, path in pages.items()}
    decisions = [page for page in pages if "/decisions/" in page]
    lines = [f"| {Path(page).name[:10]} | [{_title(found[page])}](/{page}.md) |" for page in reversed(decisions)]
    hidden = "\n".join(f"/{page}" for page in decisions)
    found["made/decisions"] = (
        "# Decisions\n\nWhat was decided, why, and what was turned down; the newest first.\n\n"
        "| date | decision |\n| --- | --- |\n" + "\n".join(lines) + f"\n\n```{{toctree}}\n:hidden:\n\n{hidden}\n```\n"
    )
    return found


def _title(text: str) -> str:
    return re.sub(r"^# (\d{4}-\d\d-\d\d )?| \(\d{4}-\d\d-\d\d\)$", "", text.splitlines()[0]).strip()
