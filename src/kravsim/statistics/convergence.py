"""How a measure settles as samples are added: mean, percentiles and chance on growing beginnings of the same samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kravsim.equality import EqualByParts
from kravsim.statistics.coverage import NOTED_BELOW
from kravsim.statistics.distribution import PERCENTILES, Distribution
from kravsim.words.display import NO_BREAK, amount, number, share, step_for
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index, metric_name

if TYPE_CHECKING:
    import pandas as pd

FEWEST: Final = 2
"""The smallest beginning: one sample has no error."""

_HEADERS: Final = (
    ("n", "medel", "± 95 %", "5 %", "50 %", "95 %", "sannolikhet > 0", "95 %-intervall", ""),
    ("n", "mean", "± 95%", "5%", "50%", "95%", "chance > 0", "95% interval", ""),
)
_CAPTION: Final = ("Hur säkert medelvärdet blir: {}", "How the mean settles: {}")
_TOO_FEW: Final = ("– = för få värden för percentilen.", "– = too few values for the percentile.")
_SELDOM: Final = (
    "± 95 % täcker i {between} av fallen på rader till och med n = {n}, där värdena är få och skeva (uppmätt).",
    "± 95% covers {between} of the time in rows up to n = {n}, where values are few and skewed (measured).",
)
_HAS_MOVED: Final = (
    "Flyttat: medelvärdet har ändrats mer än sin felmarginal sedan raden ovanför.",
    "Moved: the mean has changed by more than its error since the row above.",
)
_MOVED: Final = ("flyttat", "moved")


class Row(NamedTuple):
    """What the first `n` samples say.

    Parameters
    ----------
    n : int
        How many samples, from the first.
    mean, half_width : float
        In the unit of the measure; the half-width is the longer arm of the 95 % interval of the mean.
    method : str
        How the interval was found; see :class:`kravsim.statistics.interval.Interval`.
    p05, p50, p95 : float or None
        None when `n` samples cannot estimate the percentile.
    prob_above_0, prob_low, prob_high : float
        Share of samples strictly above 0, and its exact 95 % interval.
    moved : bool
        Whether the mean differs from the row above by more than `half_width`; by chance one row in twenty does.
    covers : float or None
        How often such an interval was measured to cover; see :mod:`kravsim.statistics.coverage`.
    """

    n: int
    mean: float
    half_width: float
    method: str
    p05: float | None
    p50: float | None
    p95: float | None
    prob_above_0: float
    prob_low: float
    prob_high: float
    moved: bool
    covers: float | None


@dataclass(frozen=True, eq=False, repr=False)
class Convergence(Tabled, EqualByParts):
    """A measure on growing beginnings of its samples.

    Parameters
    ----------
    label, unit : str
        The measure, as in `Distribution`.
    rows : tuple of Row
        By `n`: powers of two, and all samples last.
    """

    label: str
    unit: str
    rows: tuple[Row, ...]

    @property
    def settled(self) -> bool:
        """Whether the last addition of samples left the mean within its error, and every percentile is estimable."""
        last = self.rows[-1]
        return not last.moved and None not in (last.p05, last.p50, last.p95)

    def to_frame(self) -> pd.DataFrame:
        """Give the rows as a table, a percentile that cannot be estimated as None."""
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=list(Row._fields))
        return frame.astype(dict.fromkeys(PERCENTILES, object)).where(frame.notna(), None)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "measure": self.label,
            "unit": self.unit,
            "settled": self.settled,
            "rows": [row._asdict() for row in self.rows],
        }

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the rows as one table, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place = language_index(lang)
        few = any(None in (row.p05, row.p50, row.p95) for row in self.rows)
        notes = [*([_TOO_FEW[place]] if few else []), *([_HAS_MOVED[place]] if any(r.moved for r in self.rows) else [])]
        seldom = [row for row in self.rows if row.covers is not None and row.covers < NOTED_BELOW]
        if seldom:
            low, high = (share(end(row.covers or 0.0 for row in seldom), lang, step=0.01) for end in (min, max))
            between = low if low == high else f"{low} – {high}"
            notes.append(_SELDOM[place].format(n=number(seldom[-1].n, lang), between=between))
        rows = plain_rows(self._row(row, lang, place) for row in self.rows)
        return (Table(_CAPTION[place].format(metric_name(self.label, lang)), _HEADERS[place], rows, tuple(notes)),)

    def __repr__(self) -> str:
        return f"<Convergence of {self.label}: {len(self.rows)} rows to n={self.rows[-1].n}>"

    def _row(self, row: Row, lang: str, place: int) -> list[str]:
        step = step_for(row.half_width / 20 or None, self.unit)
        in_unit = [None if x is None else amount(x, self.unit, lang, step=step) for x in row[4:7]]
        chance = f"{share(row.prob_low, lang)}{NO_BREAK}– {share(row.prob_high, lang)}"
        return [
            number(row.n, lang),
            amount(row.mean, self.unit, lang, step=step),
            amount(row.half_width, self.unit, lang, step=step),
            *("–" if text is None else text for text in in_unit),
            share(row.prob_above_0, lang),
            chance,
            _MOVED[place] if row.moved else "",
        ]


def convergence(spread: Distribution) -> Convergence:
    """Follow a measure over its first 2, 4, 8, ... samples and all of them.

    Parameters
    ----------
    spread : Distribution
        Its samples are independent and in the order they were drawn.

    Raises
    ------
    RunError
        When there is only one sample.

    Examples
    --------
    >>> import numpy as np
    >>> net = Distribution(np.arange(6.0), "net_revenue_kr", "kr")
    >>> [row.n for row in convergence(net).rows], convergence(net).rows[0].p50 is None
    ([2, 4, 6], True)
    """
    sizes = [2**power for power in range(1, max(1, math.ceil(math.log2(spread.n))))]
    rows: list[Row] = []
    for n in [*sizes, max(FEWEST, spread.n)]:
        part = Distribution(spread.samples[:n], spread.label, spread.unit)
        rows.append(_row(part, rows[-1] if rows else None))
    return Convergence(spread.label, spread.unit, tuple(rows))


def half_width(spread: Distribution, level: float = 0.95) -> tuple[float, str]:
    """Give the longer arm of the interval of the mean, in the unit of the measure, and how it was found.

    Parameters
    ----------
    spread : Distribution
        The measure, one value a replication; two or more of them.
    level : float
        Level of the interval, strictly between 0 and 1.
    """
    found = spread.mean_interval(level)
    return max(spread.mean - found[0], found[1] - spread.mean), found.method


def _row(part: Distribution, above: Row | None) -> Row:
    found = part.mean_interval()
    arm, method = max(part.mean - found[0], found[1] - part.mean), found.method
    p05, p50, p95 = (part.quantile(p) if part.estimable(p) else None for p in PERCENTILES.values())
    low, high = part.prob_above_interval(0)
    moved = above is not None and abs(part.mean - above.mean) > arm
    return Row(part.n, part.mean, arm, method, p05, p50, p95, part.prob_above(0), low, high, moved, found.coverage)
