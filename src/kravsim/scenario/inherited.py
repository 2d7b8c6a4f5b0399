"""What a scenario that extends a case takes over from it unchanged: whose numbers they are, key by key.

A file that extends ``base`` says itself what its case is. One that extends a case has the debtors, prices, posts and readings
of that case wherever it says nothing else, which is right for a variation of the same body and seldom for another body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kravsim.scenario import library
from kravsim.scenario.alternatives import WITH_ALTERNATIVES
from kravsim.scenario.contents import WITH_CHANGES
from kravsim.scenario.describe import rows

if TYPE_CHECKING:
    from kravsim.scenario.reader import Sheet
    from kravsim.scenario.schema import ScenarioData

BASE_FILE: Final = f"{library.BASE}.toml"
SETTING: Final = "choice"
"""Status of a setting, which is chosen rather than known."""
_WHOLE: Final[Mapping[str, int]] = {"targets": 2, "correlations": 2, "alternatives": 3}
"""Tables that are one statement each: how many parts of their keys name one."""
_WORDS_ONLY: Final = ("title", "title_sv", "source", "status", "note")


@dataclass(frozen=True)
class Inherited:
    """One thing that a scenario takes over.

    Parameters
    ----------
    key : str
        Dotted key of a number or setting, or of a whole target, correlation or alternative.
    status : str
        ``sourced``, ``derived`` or ``assumed``; ``choice`` for a setting.
    file : str
        The file that says it.
    """

    key: str
    status: str
    file: str

    def to_json(self) -> dict[str, str]:
        """Plain values, strict JSON."""
        return {"key": self.key, "status": self.status, "file": self.file}


def inherited(data: ScenarioData, sheet: Sheet) -> tuple[Inherited, ...]:
    """List what a scenario takes over from a case.

    Parameters
    ----------
    data : ScenarioData
    sheet : Sheet
        The tables it was read from, and the file of each key.

    Returns
    -------
    tuple of Inherited
        In the order of the schema, with what the case itself has from elsewhere; empty when the scenario extends no case.
    """
    own = {sheet.file_of(()), WITH_CHANGES, WITH_ALTERNATIVES, _own_file(sheet), ""}
    listed = rows(data)
    said = {row.key: str(row.value) for row in listed}
    found: dict[str, Inherited] = {}
    for row in listed:
        path = tuple(row.key.split("."))
        whole = _WHOLE.get(path[0])
        if whole is None and path[-1] in _WORDS_ONLY:
            continue
        file, key = sheet.file_of(path), ".".join(path[:whole])
        status = row.status if whole is None else said.get(f"{key}.status", "")
        if file not in own:
            found.setdefault(key, Inherited(key, status or SETTING, file))
    return tuple(found.values()) if any(one.file != BASE_FILE for one in found.values()) else ()


def _own_file(sheet: Sheet) -> str:
    """Name of the file that was read: what it says stays its own after a change. A changed bundled case is a child of it."""
    path = sheet.path
    return "" if path is None or library.is_bundled(path) else library.label(path)


def by_file(taken: Iterable[Inherited]) -> dict[str, int]:
    """Count what comes from each file, most first.

    Parameters
    ----------
    taken : iterable of Inherited
        From `inherited`.

    Returns
    -------
    dict of str to int
    """
    return dict(Counter(one.file for one in taken).most_common())


def by_status(taken: Iterable[Inherited]) -> dict[str, int]:
    """Count what has each status, in the order from known to chosen.

    Parameters
    ----------
    taken : iterable of Inherited
        From `inherited`.

    Returns
    -------
    dict of str to int
        Without those that nothing has.
    """
    found = Counter(one.status for one in taken)
    return {status: found[status] for status in ("sourced", "derived", "assumed", SETTING) if found[status]}
