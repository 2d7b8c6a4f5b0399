"""In which boxes of inputs something holds, as an answer that speaks, and the words for boxes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kravsim.equality import EqualByParts
from kravsim.statistics.interval import ESTIMABLE_LEVEL, Interval
from kravsim.studies.decision.box import Box, Column, Limit, Truths
from kravsim.studies.decision.swept import plain
from kravsim.words.display import number, share
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Discovery(Tabled, EqualByParts):
    """Boxes of inputs in which something holds.

    Parameters
    ----------
    boxes : tuple of Box
        The best first; each of the others among the draws that none before it holds.
    columns : tuple of Column
        The inputs.
    holds : (draws,) array of truth values
        Whether it holds, draw by draw.
    constant : tuple of str
        Inputs left out because they never vary.
    """

    boxes: tuple[Box, ...]
    columns: tuple[Column, ...]
    holds: Truths
    constant: tuple[str, ...]

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.holds)

    @property
    def wins(self) -> int:
        """In how many of them it holds."""
        return int(self.holds.sum())

    def interval(self, level: float = ESTIMABLE_LEVEL) -> Interval:
        """Bound the probability that it holds, exactly (Clopper and Pearson); one-sided where it never or always does.

        Parameters
        ----------
        level : float
            Level of the interval, strictly between 0 and 1.
        """
        from scipy import stats

        n, k = self.draws, self.wins
        if not n:
            return Interval((0.0, 1.0), level, "exact binomial")
        if k in (0, n):
            beyond = (1 - level) ** (1 / n)
            return Interval((0.0, 1 - beyond) if k == 0 else (beyond, 1.0), level, "exact binomial")
        found = stats.binomtest(k, n).proportion_ci(level, "exact")
        return Interval((float(found.low), float(found.high)), level, "exact binomial")

    def sentence(self, lang: str = "sv") -> str:
        """Say where it holds, or that no few limits tell.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        n, k = number(self.draws, lang), number(self.wins, lang)
        said = [f"Det gäller i {k} av {n} dragningar." if sv else f"It holds in {k} of {n} draws."]
        said += [conditions(box, lang) for box in self.boxes]
        if not self.boxes and 0 < self.wins < self.draws:
            said.append(no_box(lang))
        return " ".join(said)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the limits, with coverage and density.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return (Table("", header(lang), plain_rows(rows(self.boxes, lang)), (self.sentence(lang),), left=(0, 1)),)

    def to_frame(self) -> pd.DataFrame:
        """One row a limit: `box`, `input`, `low`, `high`, `levels`, `again`, and the box's `coverage` and `density`."""
        import pandas as pd

        found = []
        for place, box in enumerate(self.boxes, 1):
            for limit, reproducibility in zip(box.limits, box.reproducibility, strict=True):
                ends = (limit.low, limit.high, "; ".join(limit.levels))
                found.append(
                    (place, limit.name, *ends, reproducibility, box.coverage, box.density, box.draws, box.wins)
                )
        columns = ["box", "input", "low", "high", "levels", "again", "coverage", "density", "draws", "wins"]
        return pd.DataFrame(found, columns=columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "draws": self.draws,
            "wins": self.wins,
            "probability_interval": list(self.interval()),
            "boxes": [box.to_json() for box in self.boxes],
            "constant": list(self.constant),
        }

    def __repr__(self) -> str:
        return f"<Discovery: {self.sentence('en')}>"


def limit_text(limit: Limit, lang: str) -> str:
    """Write a limit.

    Parameters
    ----------
    limit : Limit
        One side of a box, or both.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> limit_text(Limit("posts", high=2.5), "sv"), limit_text(Limit("reading", levels=("A", "D")), "en")
    ('posts ≤ 2,5', 'reading = A or D')
    """
    if limit.levels:
        *most, last = limit.levels
        word = "eller" if language_index(lang) == 0 else "or"
        named = f"{', '.join(most)} {word} {last}" if most else last
        return f"{limit.name} = {named}"
    low, high = (plain(float(f"{end:.6g}"), lang) if math.isfinite(end) else "" for end in (limit.low, limit.high))
    if low and high:
        return f"{low} ≤ {limit.name} ≤ {high}"
    return f"{limit.name} ≤ {high}" if high else f"{limit.name} ≥ {low}"


def conditions(box: Box, lang: str, what: tuple[str, str] | None = None) -> str:
    """Say a box: its limits, density and coverage, and what it is worth in draws it was not found in.

    Parameters
    ----------
    box : Box
        What is said.
    lang : str
        `sv` or `en`.
    what : (str, str), optional
        What holds there, as "är egen regi bättre" and how it is referred to again, as "den är det".
    """
    sv = language_index(lang) == 0
    holds, referred = what or (("gäller det", "det gäller") if sv else ("it holds", "it holds"))
    where = (" och " if sv else " and ").join(limit_text(limit, lang) for limit in box.limits)
    dense, covers = (share(part, lang, step=0.01) for part in (box.density, box.coverage))
    held = ""
    if box.held_out is not None:
        c, d = (share(part, lang, step=0.01) for part in box.held_out)
        held = f"; prövat på andra dragningar {d} och {c}" if sv else f"; tried on other draws {d} and {c}"
    if sv:
        return f"Där {where} {holds} i {dense}, vilket täcker {covers} av alla där {referred}{held}."
    return f"Where {where} {holds} in {dense}, which covers {covers} of all in which {referred}{held}."


def no_box(lang: str) -> str:
    """Say that no few limits tell.

    Parameters
    ----------
    lang : str
        `sv` or `en`.
    """
    if language_index(lang) == 0:
        return "Inga två eller tre gränser skiljer ut dem bättre än slumpen."
    return "No two or three limits tell them apart better than chance."


def header(lang: str) -> tuple[str, ...]:
    """Header of the table of limits.

    Parameters
    ----------
    lang : str
        `sv` or `en`.
    """
    if language_index(lang) == 0:
        return ("låda", "gräns", "tas igen", "täckning", "täthet", "dragningar")
    return ("box", "limit", "taken again", "coverage", "density", "draws")


def rows(boxes: tuple[Box, ...], lang: str) -> list[list[str]]:
    """One row a limit; what is said of the whole box stands in its first.

    Parameters
    ----------
    boxes : tuple of Box
        In the order in which they were found.
    lang : str
        `sv` or `en`.

    Returns
    -------
    list of list of str
        Cells as :func:`header` heads them.
    """
    shown = []
    for place, box in enumerate(boxes, 1):
        whole = [share(box.coverage, lang, step=0.01), share(box.density, lang, step=0.01), number(box.draws, lang)]
        for k, (limit, reproducibility) in enumerate(zip(box.limits, box.reproducibility, strict=True)):
            first = k == 0
            of_box = whole if first else [""] * len(whole)
            shown.append(
                [
                    number(place, lang) if first else "",
                    limit_text(limit, lang),
                    share(reproducibility, lang, step=0.01),
                    *of_box,
                ]
            )
    return shown
