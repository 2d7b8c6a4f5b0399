"""The closest of the names that would have been right."""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from typing import TYPE_CHECKING, Final

from kravsim.errors import escaped
from kravsim.phrases import phrase, together

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ADVISED: Final = 12
"""Unknown names of one file for which near ones are looked for; the others are counted."""

_SHORTEST_PART: Final = 4
_LONGEST_NAME: Final = 200
_MOST_NAMES: Final = 2000


def nearest(given: object, names: Iterable[str], *, at_most: int = 1) -> list[str]:
    """Find the names most like what was given, best first: close in spelling, or holding what was given.

    Letter case, the dots of å, ä and ö, and the difference between ``-`` and ``_`` do not count. Nothing is near what is
    longer than any name, and only the first two thousand names are looked at.

    Parameters
    ----------
    given : object
        What was written; nothing is near what is no text.
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
    if not isinstance(given, str) or len(given) > _LONGEST_NAME:
        return []
    spelled = {_plain(name): name for name in itertools.islice(names, _MOST_NAMES)}
    plain = _plain(given)
    close = difflib.get_close_matches(plain, spelled, n=at_most, cutoff=0.6)
    holding = [name for name in spelled if len(plain) >= _SHORTEST_PART and plain in name and name not in close]
    return [spelled[name] for name in (*close, *holding)][:at_most]


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """Say ``did you mean x?``, or nothing when nothing is close.

    Parameters
    ----------
    given : object
        What was written; only a text is close to anything.
    names : iterable of str
        Those that would have been right.
    """
    close = nearest(given, names)
    return one_of_these(escaped(close[0])) if close else ""


def one_of_these(*names: str) -> str:
    """Ask whether one of these was meant.

    Parameters
    ----------
    *names : str
        One or more that may have been meant.
    """
    return phrase("did you mean {names}?", names=together(*names, between=phrase(" or ")))


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("-", "_")
