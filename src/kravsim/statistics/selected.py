"""Which option a selection procedure chose, and what that took."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from kravsim.words.display import number, share
from kravsim.words.wording import language_index


@dataclass(frozen=True)
class Selected:
    """The option that was chosen, and what that took.

    Parameters
    ----------
    best : str
        Name of the chosen option; of those that are left the one with the highest mean, where `settled` is false.
    settled : bool
        Whether one option alone was left within the replications allowed; if not, nothing is promised.
    confidence : float
        Least probability of a correct selection.
    least : float
        The indifference zone, in the unit of the options.
    replications : int
        After which the choice was made.
    first : int
        Replications of the first stage.
    dropped : tuple of (str, int)
        The other options with the replication after which each was dropped, in that order.
    left : tuple of str
        Options that were still there at the end.
    """

    best: str
    settled: bool
    confidence: float
    least: float
    replications: int
    first: int
    dropped: tuple[tuple[str, int], ...]
    left: tuple[str, ...]

    def sentence(self, lang: str = "sv") -> str:
        """State the choice and what is promised of it.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        n, level = number(self.replications, lang), percent(self.confidence, lang)
        zone = number(self.least, lang, step=min(1.0, 10.0 ** math.floor(math.log10(self.least))))
        if language_index(lang) == 0:
            if self.settled:
                promise = f"med minst {level} sannolikhet rätt val om den leder med minst {zone}"
                return f"{self.best} väljs efter {n} simuleringar, {promise}."
            return f"Valet är inte avgjort efter {n} simuleringar: {', '.join(self.left)} återstår."
        if self.settled:
            promise = f"the right choice with a probability of at least {level} if it leads by {zone} or more"
            return f"{self.best} is selected after {n} replications, {promise}."
        return f"The choice is not settled after {n} replications: {', '.join(self.left)} are left."

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        known = {key: getattr(self, key) for key in ("best", "settled", "confidence", "least", "replications", "first")}
        return {**known, "dropped": dict(self.dropped), "left": list(self.left)}


def percent(level: float, lang: str) -> str:
    """Write a level as per cent, with a decimal only where it has one.

    Parameters
    ----------
    level : float
        As a share: 0.95 is 95 %.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> percent(0.95, "en"), percent(0.995, "en")
    ('95%', '99.5%')
    """
    return share(level, lang, step=0.01 if abs(100 * level - round(100 * level)) < 1e-9 else 0.001)
