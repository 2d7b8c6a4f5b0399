"""The closest of the names that would have been right."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST_PART = 4


def nearest(given: str, names: Iterable[str], *, at_most: int = 1) -> list[str]:
    """Find the names most like what was given, best first: close in spelling, or holding what was given.

    Letter case, the dots of å, ä and ö, and the difference between ``-`` and ``_`` do not count.

    Parameters
    ----------
    given : str
        What was written.
    names : iterable of str
        What could have been meant.
    at_most : int
        How many to return.

    Returns
    -------
    list of str
        Possibly empty.

    Examples
    --------
    >>> nearest("late_shar", ["late_share", "per_year"])
    ['late_share']
    """
    spelled = {_plain(name): name for name in names}
    plain = _plain(given)
    close = difflib.get_close_matches(plain, spelled, n=at_most, cutoff=0.6)
    holding = [name for name in spelled if len(plain) >= _SHORTEST_PART and plain in name and name not in close]
    return [spelled[name] for name in (*close, *holding)][:at_most]


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """Say ``did you mean x?``, or nothing when nothing is close."""
    close = nearest(given, names)
    return f"did you mean {close[0]}?" if close else ""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("-", "_")
