"""The answer of a comparison in one sentence, Swedish or English.

The sentence says by how much, how sure the replications are, what their interval leaves out, and whether the answer
turns when recovered principal is counted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kravsim.statistics.distribution import Distribution
from kravsim.statistics.interval import Interval
from kravsim.words.display import NO_BREAK, kr, number, share
from kravsim.words.wording import capital, language_index


class Gap(NamedTuple):
    """A difference, first less second, kr a calendar year.

    Parameters
    ----------
    spread : Distribution
        Over the replications.
    shown : float
        Its mean as it is printed.
    step : float
        What numbers beside it are rounded to.
    """

    spread: Distribution
    shown: float
    step: float


def sentence(
    names: tuple[str, str], fiscal: Gap, economic: Gap, *, receiver: str, draws: int = 1, lang: str = "sv"
) -> str:
    """Put the answer into words.

    Parameters
    ----------
    names : pair of str
        The first and the second model as running text in the language.
    fiscal, economic : Gap
        Without and with recovered principal.
    receiver : str
        Who gets the net revenue, as running text in the language.
    draws : int
        Number of parameter draws behind the replications; 1 means that the interval covers chance only.
    lang : str
        `sv` or `en`.

    Returns
    -------
    str
        One sentence; numbers are grouped with no-break spaces.
    """
    sv = language_index(lang) == 0
    parts = [_fiscal(names, fiscal, receiver, draws, lang), _economic(economic, lang)]
    text = (", och " if sv else ", and ").join(parts)
    return capital(text) + _warning(fiscal.spread, economic.spread, lang) + "."


def more_or_less(mean: float, step: float, lang: str, *, minus: str = "-") -> str:
    """Write a difference as an amount and a direction: `1 050 000 kr mindre`.

    Parameters
    ----------
    mean : float
        Difference, kr.
    step : float
        Round to a multiple of this, kr.
    lang : str
        `sv` or `en`.
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.
    """
    sv = language_index(lang) == 0
    words = ("mer", "mindre") if sv else ("more", "less")
    return f"{kr(abs(mean), lang, step=step, minus=minus)} {words[mean < 0]}"


def chance(spread: Distribution, lang: str) -> str:
    """Say in how many replications the value is above 0, with the exact 95 % interval of that probability.

    Parameters
    ----------
    spread : Distribution
        One value a replication, usually a difference of two models in kr.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    n, above = spread.n, round(spread.prob_above(0) * spread.n)
    share_text = percent_range(spread.prob_above_interval(0), lang)
    if sv:
        runs = "simulering" if n == 1 else "simuleringar"
        return f"{number(above, lang)} av {number(n, lang)} {runs} (sannolikhet {share_text})"
    runs = "replication" if n == 1 else "replications"
    return f"{number(above, lang)} of {number(n, lang)} {runs} (chance {share_text})"


def percent_range(interval: Interval, lang: str) -> str:
    """Write an interval of a probability as whole per cent, never narrower than it is.

    Parameters
    ----------
    interval : Interval
        Two shares from 0 to 1.
    lang : str
        `sv` or `en`.
    """
    low, high = int(interval[0] * 100), -int(-interval[1] * 100 // 1)
    if low == high:
        return share(low / 100, lang, step=0.01)
    dash = "\u2013"
    return f"{low}{dash}{share(high / 100, lang, step=0.01)}"


def _fiscal(names: tuple[str, str], found: Gap, receiver: str, draws: int, lang: str) -> str:
    first, second = names
    sv = language_index(lang) == 0
    spread, n = found.spread, number(found.spread.n, lang)
    if spread.identical and spread.mean == 0:
        if sv:
            same = f"{first} och {second} ger {receiver} samma nettointäkt per år i alla {n} simuleringar"
            return f"{same} (skillnad 0{NO_BREAK}kr)"
        same = f"{first} and {second} give {receiver} the same net revenue a year in all {n} replications"
        return f"{same} (difference 0{NO_BREAK}kr)"
    gap, shown, error = _direction(found, lang), kr(found.shown, lang), _error(found, draws, lang)
    if sv:
        head = f"{first} ger {receiver} {gap} i nettointäkt per år än {second} (skillnad {shown}{error})"
        return f"{head}, {first} är bättre i {chance(spread, lang)}"
    head = f"{first} gives {receiver} {gap} net revenue a year than {second} (difference {shown}{error})"
    return f"{head}, {first} is better in {chance(spread, lang)}"


def _direction(found: Gap, lang: str) -> str:
    """The difference as it is printed, in the direction of its mean."""
    return more_or_less(math.copysign(abs(found.shown), found.spread.mean), found.step, lang)


def _error(found: Gap, draws: int, lang: str) -> str:
    sv = language_index(lang) == 0
    spread, step = found.spread, found.step
    n = number(spread.n, lang)
    if spread.n == 1:
        return ", en enda simulering, så slumpen är okänd" if sv else ", a single replication, so chance is unknown"
    if spread.identical:
        return f", densamma i alla {n} simuleringar" if sv else f", the same in all {n} replications"
    low, high = spread.mean_interval()
    if sv:
        between = f"; 95{NO_BREAK}%-intervall {number(low, lang, step=step)} till {kr(high, lang, step=step)}"
        covers = "bara slumpen mellan" if draws == 1 else "slumpen och de dragna antagandena i"
        zero = ", och rymmer noll" if low <= 0 <= high else ""
        return f"{between}, som täcker {covers} {n} simuleringar{zero}"
    between = f"; 95% interval {number(low, lang, step=step)} to {kr(high, lang, step=step)}"
    covers = "only chance between" if draws == 1 else "chance and the drawn assumptions of"
    zero = ", and includes zero" if low <= 0 <= high else ""
    return f"{between}, which covers {covers} {n} replications{zero}"


def _economic(found: Gap, lang: str) -> str:
    spread, shown = found.spread, kr(found.shown, lang)
    if language_index(lang) == 0:
        better = "" if spread.identical and spread.mean == 0 else f", bättre i {chance(spread, lang)}"
        return f"med återvunnet kapital inräknat är skillnaden {shown}{better}"
    better = "" if spread.identical and spread.mean == 0 else f", better in {chance(spread, lang)}"
    return f"with recovered principal counted the difference is {shown}{better}"


def _warning(fiscal: Distribution, economic: Distribution, lang: str) -> str:
    if fiscal.mean * economic.mean >= 0:
        return ""
    if language_index(lang) == 0:
        return "; OBS att de två skillnaderna har olika tecken, så svaret beror på om återvunnet kapital räknas med"
    return "; note that the two differences have opposite signs, so the answer depends on whether principal is counted"
