"""A switching value as an answer: where it lies, how sure that is, and if there is none, what is nearest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.results.display import number, share, step_for
from kravsim.results.doubts import Doubt
from kravsim.results.interval import Interval
from kravsim.results.table import Table, Tabled, plain_rows
from kravsim.results.wording import capital, language_index
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.swept import plain

if TYPE_CHECKING:
    import pandas as pd

_FEWEST: Final = 20


class Confirmed(NamedTuple):
    """A value that was simulated.

    Parameters
    ----------
    at : float
        The value in closed form.
    mean, se : float
        What the simulated years give there, and its standard error: 0 if the two agreed without error.
    moved, moved_se : float
        The value that the simulated years point to, and its standard error.
    years : int
    """

    at: float
    mean: float
    se: float
    moved: float
    moved_se: float
    years: int


@dataclass(frozen=True, eq=False, repr=False)
class SwitchingValue(Tabled, EqualByParts):
    """Where an answer turns along one number.

    Parameters
    ----------
    key : str
    figure : (str, str)
        What turns, Swedish and English.
    about : str
        The scenario.
    today, base : float
        The number as it stands, and the figure there; NaN when that has no closed form.
    x, y : float64 arrays
        The scan; NaN where there is no answer.
    roots : tuple of float
        Every value at which the figure is 0.
    turns : tuple of float
        Where it changes its sign without being 0; of whole numbers half-way between two of them.
    missing : tuple of (from, to, Doubt)
        Stretches without an answer in closed form, and why.
    worlds : float64 array, shape (worlds,)
        The first value at which the answer turns in worlds with other values of all other uncertain numbers; inf and -inf
        where it is above and below 0 all the way, NaN where it has no answer.
    confirmed : tuple of Confirmed
    beside : tuple of (key, value, answer)
        With none: with this number at its nearest, the others that turn the answer at an end of their range, or else the
        three that come nearest.
    only : float or None
        The value, if there is exactly one root.
    """

    key: str
    figure: tuple[str, str]
    about: str
    today: float
    base: float
    x: Floats
    y: Floats
    roots: tuple[float, ...]
    turns: tuple[float, ...]
    missing: tuple[tuple[float, float, Doubt], ...]
    worlds: Floats
    confirmed: tuple[Confirmed, ...]
    beside: tuple[tuple[str, float, float], ...]
    only: float | None

    @property
    def status(self) -> str:
        """``none``, ``one``, ``several``, or ``no answer`` where the closed form has none anywhere."""
        if not np.isfinite(self.y).any():
            return "no answer"
        return ("none", "one", "several")[min(len(self.roots) + len(self.turns), 2)]

    @property
    def at_border(self) -> tuple[float, ...]:
        """The roots at one of the ends."""
        return tuple(root for root in self.roots if root in (self.x[0], self.x[-1]))

    @property
    def nearest(self) -> tuple[float, float]:
        """Where the scan comes nearest to 0, and the figure there."""
        best = int(np.nanargmin(np.abs(self.y)))
        return float(self.x[best]), float(self.y[best])

    @cached_property
    def interval(self) -> Interval | None:
        """Where the value lies in nine worlds of ten of those that have one; None where fewer than 20 have."""
        known = self.worlds[np.isfinite(self.worlds)]
        if len(known) < _FEWEST:
            return None
        low, high = np.quantile(known, [0.05, 0.95])
        return Interval((float(low), float(high)), 0.9, "quantiles")

    @property
    def share_of_worlds(self) -> float | None:
        """Share of the worlds with an answer in which it turns somewhere between the ends."""
        known = ~np.isnan(self.worlds)
        return float(np.isfinite(self.worlds[known]).mean()) if known.any() else None

    def sentence(self, lang: str = "sv") -> str:
        """Say where it turns, or how far the nearest value leaves it and what would have to hold as well."""
        sv = language_index(lang) == 0
        ends = f"{self._x(self.x[0], lang)}{' till ' if sv else ' to '}{self._x(self.x[-1], lang)}"
        if self.status == "no answer":
            why = self.missing[0][2].text(lang) if self.missing else ""
            return f"Inget svar för {self.key} {ends}. {why}" if sv else f"No answer for {self.key} {ends}. {why}"
        said = []
        if self.roots or self.turns:
            shown = ", ".join(
                self._x(at, lang) + ((" (vid gränsen)" if sv else " (at the border)") if at in self.at_border else "")
                for at in sorted([*self.roots, *self.turns])
            )
            today = self._x(self.today, lang)
            said.append(
                f"Svaret vänder vid {self.key} = {shown} (i dag {today})."
                if sv
                else f"The answer turns at {self.key} = {shown} (today {today})."
            )
        else:
            at, left = self.nearest
            value = number(left, lang, step=step_for(abs(left) / 1_000 or None))
            said.append(
                f"Ingen brytpunkt för {self.key} i [{ends}]; närmast, vid {self._x(at, lang)}, återstår {value} kr."
                if sv
                else f"No break-even for {self.key} in [{ends}]; nearest, at {self._x(at, lang)}, {value} kr are left."
            )
            said.append(self._with_it(left, lang))
        for low, high, doubt in self.missing:
            stretch = f"{self._x(low, lang)}–{self._x(high, lang)}"
            said.append(f"{stretch}: {doubt.text(lang)}")
        said += [self._over(lang)] if self.worlds.size else []
        said += [self._proof(one, lang) for one in self.confirmed]
        return " ".join(part for part in said if part)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the scan as one table, every fifth point of a long one, with the answer below."""
        sv = language_index(lang) == 0
        header = (self.key, capital(self.figure[language_index(lang)]))
        every = max(1, len(self.x) // 12)
        rows = []
        for at, value in list(zip(self.x, self.y, strict=True))[::every]:
            step = step_for(max(abs(value) / 1_000, 1.0)) if math.isfinite(value) else 1.0
            rows.append([self._x(at, lang), "–" if math.isnan(value) else number(value, lang, step=step)])
        base = number(self.base, lang) if math.isfinite(self.base) else "–"
        lead = f"{'I dag' if sv else 'Today'}: {self.key} = {self._x(self.today, lang)}, {base}."
        return (Table(self.about, header, plain_rows(rows), (self.sentence(lang),), (lead,), left=()),)

    def to_frame(self) -> pd.DataFrame:
        """One row a point of the scan: the key, and `figure`."""
        import pandas as pd

        return pd.DataFrame({self.key: self.x, "figure": self.y})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        at, left = self.nearest if self.status != "no answer" else (None, None)
        return {
            "key": self.key,
            "figure": self.figure[1],
            "today": self.today,
            "status": self.status,
            "roots": list(self.roots),
            "turns": list(self.turns),
            "at_border": list(self.at_border),
            "nearest": [at, left],
            "no_closed_form": [[low, high, doubt.key] for low, high, doubt in self.missing],
            "share_of_worlds_with_one": self.share_of_worlds,
            "interval_over_worlds": None if self.interval is None else list(self.interval),
            "confirmed": [
                one._asdict() | {"moved": _known(one.moved), "moved_se": _known(one.moved_se)} for one in self.confirmed
            ],
            "with_it": [list(item) for item in self.beside],
            "x": self.x.tolist(),
            "y": [_known(value) for value in self.y.tolist()],
        }

    def _x(self, value: float, lang: str) -> str:
        return plain(float(f"{value:.6g}"), lang)

    def _with_it(self, left: float, lang: str) -> str:
        sv = language_index(lang) == 0
        turning = [item for item in self.beside if item[2] * left < 0]
        if turning:
            shown = "; ".join(f"{key} = {self._x(value, lang)}" for key, value, _ in turning[:3])
            return f"Det vänder om dessutom en av: {shown}." if sv else f"It turns if one of these holds too: {shown}."
        if not self.beside:
            return ""
        key, value, answer = self.beside[0]
        rest = number(answer, lang, step=step_for(abs(answer) / 1_000 or None))
        if sv:
            return f"Ingen annan ingång vänder det i sitt spann; bäst {key} = {self._x(value, lang)}, då återstår {rest} kr."
        return (
            f"No other input turns it within its range; best is {key} = {self._x(value, lang)}, which leaves {rest} kr."
        )

    def _over(self, lang: str) -> str:
        sv = language_index(lang) == 0
        known = int(np.count_nonzero(~np.isnan(self.worlds)))
        if not known:
            return ""
        have = share(self.share_of_worlds or 0.0, lang, step=0.01)
        said = (
            f"Med övriga tal dragna ur sina spann finns en brytpunkt i {have} av {known} världar"
            if sv
            else f"With all other numbers drawn from their ranges there is one in {have} of {known} worlds"
        )
        if self.interval is None:
            return said + "."
        low, high = (self._x(end, lang) for end in self.interval)
        return said + (
            f", i nio av tio av dem mellan {low} och {high}."
            if sv
            else f", in nine of ten of them from {low} to {high}."
        )

    def _proof(self, one: Confirmed, lang: str) -> str:
        sv = language_index(lang) == 0
        if math.isnan(one.moved):
            return ""
        arm = half_width(one.moved_se, one.years)
        ends = " till ".join if sv else " to ".join
        span = ends([self._x(one.moved - arm, lang), self._x(one.moved + arm, lang)])
        if sv:
            return f"{one.years} simulerade år där pekar på {self._x(one.moved, lang)} (95 %: {span})."
        return f"{one.years} years simulated there point to {self._x(one.moved, lang)} (95%: {span})."

    def __repr__(self) -> str:
        return f"<SwitchingValue {self.status}: {self.sentence('en')}>"


def half_width(se: float, years: int) -> float:
    """Half the width of a 95 % interval by Student's t."""
    from scipy import stats

    return float(stats.t.ppf(0.975, years - 1)) * se


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
