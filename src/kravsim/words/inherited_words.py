"""The words of what a scenario takes over from a case, Swedish and English: short, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kravsim.scenario.inherited import by_file, by_status
from kravsim.words.display import number
from kravsim.words.table import Table, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.scenario.inherited import Inherited

STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "sourced": ("ur källa", "sourced"),
    "derived": ("härledd", "derived"),
    "assumed": ("antagen", "assumed"),
    "choice": ("val", "choice"),
}
_SEVERAL: Final[Mapping[str, tuple[str, str]]] = {
    **STATUSES,
    "derived": ("härledda", "derived"),
    "assumed": ("antagna", "assumed"),
    "choice": ("val", "choices"),
}
_HEADER: Final = (("nyckel", "status", "ur fil"), ("key", "status", "from file"))


def inherited_text(taken: Sequence[Inherited], lang: str = "sv") -> str:
    """Say in one sentence how much a scenario takes over, from which files, and how well it is known.

    Parameters
    ----------
    taken : sequence of Inherited
        At least one.
    lang : str
        `sv` or `en`.
    """
    place, n = language_index(lang), number(len(taken), lang)
    files = ", ".join(f"{file} ({number(count, lang)})" for file, count in by_file(taken).items())
    known = ", ".join(f"{number(count, lang)} {_SEVERAL[status][place]}" for status, count in by_status(taken).items())
    if place == 0:
        return f"{n} uppgifter är inte scenariots egna utan tagna oförändrade ur {files}: {known}."
    return f"{n} values are not the scenario's own but taken unchanged from {files}: {known}."


def inherited_table(taken: Sequence[Inherited], lang: str = "sv") -> Table:
    """List what a scenario takes over, key by key, under the sentence.

    Parameters
    ----------
    taken : sequence of Inherited
        At least one.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    rows = [[one.key, STATUSES[one.status][place], one.file] for one in taken]
    return Table("", _HEADER[place], plain_rows(rows), lead=(inherited_text(taken, lang),), left=(0, 1, 2))
