"""``paper check``: which files of a built paper are stale, and why; nothing is run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.manifest import known_keys
from kravsim.equality import EqualByParts
from kravsim.errors import ABSENT, DataError, Problem, Words
from kravsim.papers.build import ASKS, CODE, LOOK, SCENARIO, SETS, TABLES, TEMPLATE, TEXT, ingredients, sets_now
from kravsim.papers.manifest_files import read
from kravsim.papers.paper_file import PAPER, Paper, known_options, with_options
from kravsim.papers.save import MANIFEST
from kravsim.phrases import phrase
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import os

_HEADER: Final = (
    ("fil", "som den skrevs", "gäller", "ändrat sedan dess"),
    ("file", "as written", "fresh", "changed since"),
)
_YES: Final = (("ja", "nej", "finns inte"), ("yes", "no", "not there"))
_ALL: Final = ("Alla {n} filer gäller.", "All {n} files are fresh.")
_SOME: Final = ("{k} av {n} filer gäller inte längre.", "{k} of {n} files are stale.")
_INGREDIENTS: Final[Mapping[str, tuple[str, str]]] = {
    SCENARIO: ("scenario och lag", SCENARIO),
    CODE: ("version och paket", CODE),
    SETS: ("parametervärden", SETS),
    ASKS: ("vad som frågas", ASKS),
    LOOK: ("figurernas utseende", LOOK),
    TEXT: ("texten", TEXT),
    TABLES: ("hur tabeller skrivs", TABLES),
    TEMPLATE: ("mallen", TEMPLATE),
}
_KEYS: Final = {"kind": str, "paper": str, "files": dict, "made_of": dict, "ingredients": dict}


@dataclass(frozen=True)
class FileState:
    """One file of a paper.

    Parameters
    ----------
    name : str
        Its name.
    on_disk : str
        `as written`, `changed` or `gone`.
    stale : tuple of str
        What it is made of that has changed since it was built.
    """

    name: str
    on_disk: str
    stale: tuple[str, ...]

    @property
    def fresh(self) -> bool:
        """Whether it is as it was written, and would be built the same today."""
        return self.on_disk == "as written" and not self.stale


@dataclass(frozen=True, eq=False)
class PaperCheck(Tabled, EqualByParts):
    """The files of a paper.

    Parameters
    ----------
    manifest : str
        Where it lies.
    files : tuple of FileState
        In the order of the manifest.
    """

    manifest: str
    files: tuple[FileState, ...]

    @property
    def fresh(self) -> bool:
        """Whether every file is."""
        return all(one.fresh for one in self.files)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Say of every file whether it is fresh, as one table, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place = language_index(lang)
        yes, no, gone = _YES[place]
        there = {"as written": yes, "changed": no, "gone": gone}
        rows = plain_rows(
            (
                one.name,
                there[one.on_disk],
                yes if one.fresh else no,
                ", ".join(_INGREDIENTS[x][place] for x in one.stale),
            )
            for one in self.files
        )
        stale = sum(not one.fresh for one in self.files)
        text = (_SOME if stale else _ALL)[place].format(n=len(self.files), k=stale)
        return (Table("", _HEADER[place], rows, (text,), left=(0, 1, 2, 3)),)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "manifest": self.manifest,
            "fresh": self.fresh,
            "files": {
                one.name: {"on_disk": one.on_disk, "fresh": one.fresh, "changed_since": list(one.stale)}
                for one in self.files
            },
        }


def check_paper(paper: Paper, directory: str | os.PathLike[str]) -> PaperCheck:
    """Hold a built paper against its file, its scenario and what lies on the disk.

    Parameters
    ----------
    paper : Paper
        As its file says today.
    directory : path
        Where it was built.

    Raises
    ------
    DataError
        When there is no manifest of this paper.
    """
    path = Path(directory) / MANIFEST
    said, beside = read(path)
    file = str(path)
    known = known_keys(said, _KEYS, file)
    if known["kind"] != PAPER or known["paper"] != paper.data.name:
        got = Words(phrase("a manifest of {kind} {name}", kind=known["kind"], name=known["paper"]))
        allowed = phrase("the manifest of the paper {name}", name=paper.data.name)
        raise DataError(Problem(file, "paper", got, allowed, "name the directory with --out"))
    paper = with_options(paper, known_options(said, file))
    now = ingredients(paper, sets_now(paper))
    then = known["ingredients"]
    changed = [name for name in now if now[name] != then.get(name)]
    states = [
        FileState(name, _on_disk(beside.get(name), wanted), _stale(known["made_of"].get(name, list(now)), changed))
        for name, wanted in known["files"].items()
    ]
    return PaperCheck(file, tuple(states))


def _stale(made_of: Any, changed: list[str]) -> tuple[str, ...]:
    parts = made_of if isinstance(made_of, list) else changed
    return tuple(name for name in changed if name in parts)


def _on_disk(body: bytes | None, wanted: object) -> str:
    if body is None:
        return "gone"
    sha = wanted.get("sha256", ABSENT) if isinstance(wanted, Mapping) else ABSENT
    return "as written" if hashlib.sha256(body).hexdigest() == sha else "changed"
