"""What the command line says of its own beside results and errors: one table, Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.speech import spoken

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "stopped": (
        "avbruten innan den var klar; tidigare resultat är orörda",
        "stopped before it was finished; earlier results are untouched",
    ),
    "could go on": (
        "; med --run-dir KATALOG sparas färdiga block, och en avbruten körning kan fortsätta",
        "; with --run-dir DIR, finished blocks are kept and a stopped run can go on",
    ),
    "goes on": (
        "; samma kommando fortsätter från de färdiga blocken",
        "; the same command goes on from the finished blocks",
    ),
    "seed": (
        "den dragna slumpserien är {seed}; --seed med den ger samma tal igen",
        "the drawn seed is {seed}; --seed with it gives the same numbers again",
    ),
    "files": ("{n} filer i {place}", "{n} files in {place}"),
    "wrote": ("skrev {path}", "wrote {path}"),
    "one of": ("{n} sådana ärenden; detta är ett av dem", "{n} cases of that kind; this is one of them"),
    "fault": (
        "oväntat fel {kind}: {error}; det är ett fel i kravsim, visa var med --debug",
        "unexpected {kind}: {error}; this is a fault in kravsim, see it with --debug",
    ),
    "warning": ("varning: {text}", "warning: {text}"),
    "unreached": (
        "den önskade precisionen nåddes inte inom --max",
        "the wanted precision was not reached within --max",
    ),
}


def message(key: str, **filled: object) -> str:
    """Give a message in the language of the command.

    Parameters
    ----------
    key : str
        One of the table.
    **filled
        What stands in its braces.

    Examples
    --------
    >>> message("files", n=3, place="out")
    '3 files in out'
    """
    return spoken(*_WORDS[key]).format(**filled)
