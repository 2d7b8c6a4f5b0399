"""How probable it is that one option is worth so much more than the best other: a curve against the threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.statistics.interval import ESTIMABLE_LEVEL
from kravsim.studies.decision.checks import Floats, check_finite, floats, level_of
from kravsim.studies.decision.net_benefits import net_benefits
from kravsim.words.display import kr, number, share
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_POINTS: Final = 61
_ROWS: Final = 7


@dataclass(frozen=True, eq=False, repr=False)
class ChanceCurve(Tabled, EqualByParts):
    """The probability that an option exceeds the best other by more than a threshold.

    Parameters
    ----------
    option : str
        The option asked about.
    gain : (draws,) float64 array
        What it is worth more than the best other in each draw, kr.
    thresholds, chance, low, high : float64 arrays
        Thresholds, rising, kr; the share of draws that exceed each; and the ends of its exact binomial interval.
    level : float
        Of these intervals.
    titles : mapping of option to (Swedish, English)
        Running text of options that have it.
    """

    option: str
    gain: Floats
    thresholds: Floats
    chance: Floats
    low: Floats
    high: Floats
    level: float
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def at(self, threshold: float) -> float:
        """Share of the draws in which it exceeds the best other by more than a threshold, kr.

        Parameters
        ----------
        threshold : float
            Kr.
        """
        return float((self.gain > threshold).mean())

    def name(self, lang: str) -> str:
        """The option at the beginning of a sentence: its title, or its name as it was given.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        both = self.titles.get(self.option)
        return self.option if both is None else capital(both[language_index(lang)])

    def sentence(self, lang: str = "sv") -> str:
        """Say how probable it is to be better at all, and what it exceeds in one draw of two and of twenty.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        name, n = self.name(lang), number(len(self.gain), lang)
        better = number(int((self.gain > 0).sum()), lang)
        half, most = (kr(float(x), lang, step=_step(float(x))) for x in np.quantile(self.gain, [0.5, 0.95]))
        if sv:
            return (
                f"{name} är bättre i {better} av {n} dragningar; mot det bästa andra ger det mer än {half} i en av två och "
                f"mer än {most} i en av tjugo."
            )
        return (
            f"{name} is better in {better} of {n} draws; against the best other it gives more than {half} in one of two and "
            f"more than {most} in one of twenty."
        )

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the probability at some round thresholds, 0 among them.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        rows = []
        for x in round_thresholds(self.gain):
            chance, low, high = chances(self.gain, np.array([x]), self.level)
            ends = [share(float(end[0]), lang, step=0.01) for end in (low, high)]
            rows.append([number(x, lang), share(float(chance[0]), lang, step=0.001), "–".join(ends)])
        level = share(self.level, lang, step=0.01)
        header = (
            ("mer än, kr om året", "sannolikhet", f"{level}") if sv else ("more than, kr a year", "chance", f"{level}")
        )
        return (Table("", header, plain_rows(rows), (self.sentence(lang),), left=()),)

    def to_frame(self) -> pd.DataFrame:
        """One row a threshold: `threshold_kr`, `chance`, `low`, `high`."""
        import pandas as pd

        columns = {"threshold_kr": self.thresholds, "chance": self.chance, "low": self.low, "high": self.high}
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "option": self.option,
            "draws": len(self.gain),
            "level": self.level,
            "threshold_kr": self.thresholds.tolist(),
            "chance": self.chance.tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
        }

    def __repr__(self) -> str:
        return f"<ChanceCurve: {self.sentence('en')}>"


def chance_curve(
    net_benefit: object,
    option: str | None = None,
    *,
    thresholds: object = None,
    options: Sequence[str] | None = None,
    level: float = ESTIMABLE_LEVEL,
) -> ChanceCurve:
    """Give the probability that an option exceeds the best other by more than each threshold.

    Parameters
    ----------
    net_benefit : array-like, shape (draws, options)
        As for :func:`kravsim.studies.evpi`.
    option : str, optional
        Which of them; the first when left out.
    thresholds : array-like, optional
        Kr, rising; evenly over what the draws show, 0 included, when left out.
    options : sequence of str, optional
        Names of the options.
    level : float
        Of the exact binomial intervals.

    Returns
    -------
    ChanceCurve

    Raises
    ------
    DataError
        When there are fewer than two options or draws, or a number is missing.
    ScenarioError
        When the option is unknown, thresholds do not rise, or the level is no level.

    Examples
    --------
    >>> curve = chance_curve([[3, 0], [1, 0], [-1, 0], [5, 0]], thresholds=[0, 2])
    >>> curve.chance.tolist()
    [0.75, 0.5]
    """
    table, names = net_benefits(net_benefit, options)
    chosen = names[0] if option is None else option
    if chosen not in names:
        raise ScenarioError(
            Problem("", "option", option, phrase("one of {names}", names=", ".join(names)), "check the spelling")
        )
    at = names.index(chosen)
    gain = table[:, at] - np.delete(table, at, axis=1).max(axis=1)
    sure = level_of(level)
    x = _evenly(gain) if thresholds is None else floats(thresholds, "thresholds", "rising numbers of kr").reshape(-1)
    if not x.size or (np.diff(x) <= 0).any():
        raise ScenarioError(
            Problem("", "thresholds", x.tolist(), "rising numbers of kr", "such as [-100000, 0, 100000]")
        )
    check_finite(x, "thresholds", "threshold")
    return ChanceCurve(chosen, gain, x, *chances(gain, x, sure), sure)


def chances(gain: Floats, thresholds: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Shares of draws above thresholds, with the ends of exact binomial intervals (Clopper and Pearson).

    Parameters
    ----------
    gain : float64 array, shape (draws,)
        Kr.
    thresholds : float64 array, shape (thresholds,)
        Kr.
    level : float
        Level of the interval, strictly between 0 and 1.

    Returns
    -------
    (array, array, array)
        Share, low end and high end, shape (thresholds,) each.
    """
    from scipy.stats import beta

    n = len(gain)
    k = (gain[None, :] > thresholds[:, None]).sum(axis=1)
    tail = (1 - level) / 2
    low = np.where(k == 0, 0.0, beta.ppf(tail, np.maximum(k, 1), n - k + 1))
    high = np.where(k == n, 1.0, beta.ppf(1 - tail, k + 1, np.maximum(n - k, 1)))
    return k / n, low, high


def _evenly(gain: Floats) -> Floats:
    ends = [float(gain.min()), float(gain.max()), 0.0]
    low, high = min(ends), max(ends)
    air = 0.05 * (high - low) or max(1.0, abs(high))
    return np.unique(np.append(np.linspace(low - air, high + air, _POINTS), 0.0))


def round_thresholds(gain: Floats) -> list[float]:
    """A few round thresholds from the least gain to the largest, 0 among them.

    Parameters
    ----------
    gain : float64 array, shape (draws,)
        Kr.

    Returns
    -------
    list of float
        Rising, kr.
    """
    low, high = min(float(gain.min()), 0.0), max(float(gain.max()), 0.0)
    if high == low:
        return [0.0]
    rough = (high - low) / (_ROWS - 1)
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(ten * digit for digit in (1, 2, 5, 10) if ten * digit >= rough)
    return [step * k for k in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _step(value: float) -> float:
    return max(1.0, 10.0 ** math.floor(math.log10(abs(value)) - 2)) if abs(value) >= 1 else 1.0
