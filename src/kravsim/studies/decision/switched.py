"""A switching value as an answer: where it lies, how sure that is, and if there is none, what is nearest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.statistics.interval import Interval
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.confirming import Confirmed, known_or_none
from kravsim.studies.decision.other_worlds import Turned, nine_of_ten
from kravsim.studies.decision.swept import plain
from kravsim.words.display import number, step_for
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class SwitchingValue(Tabled, EqualByParts):
    """Where an answer turns along one number.

    Parameters
    ----------
    key : str
        Dotted key of the number.
    figure : (str, str)
        What turns, Swedish and English.
    unit : str
        Its unit, such as ``kr``.
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
    worlds : Turned
        Where it turns in worlds with other values of all other uncertain numbers.
    confirmed : tuple of Confirmed
        Every root as simulated; of whole numbers those on either side.
    beside : tuple of (key, value, answer)
        With none: with this number at its nearest, the others that turn the answer at an end of their range, or else the
        three that come nearest.
    together : tuple of (key, value, answer)
        With none, and no other that turns it alone: others put to their ends one after another, until it turns or all are
        there; by search, so that fewer may do.
    only : float or None
        The value, if there is exactly one root.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    key: str
    figure: tuple[str, str]
    unit: str
    about: str
    today: float
    base: float
    x: Floats
    y: Floats
    roots: tuple[float, ...]
    turns: tuple[float, ...]
    missing: tuple[tuple[float, float, Doubt], ...]
    worlds: Turned
    confirmed: tuple[Confirmed, ...]
    beside: tuple[tuple[str, float, float], ...]
    together: tuple[tuple[str, float, float], ...]
    only: float | None
    doubts: tuple[Doubt, ...] = ()

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

    @property
    def interval(self) -> Interval | None:
        """Where the first value lies in nine worlds of ten of those that have one; None where fewer than 20 have."""
        return nine_of_ten(self.worlds.first[np.isfinite(self.worlds.first)])

    @property
    def intervals(self) -> tuple[Interval | None, ...]:
        """From what is not known, of every value in :attr:`values`: the interval over worlds that turn as often."""
        return self.worlds.intervals

    @property
    def values(self) -> tuple[float, ...]:
        """Every value at which the answer turns, lowest first."""
        return tuple(sorted([*self.roots, *self.turns]))

    @property
    def share_of_worlds(self) -> float | None:
        """Share of the worlds with an answer in which it turns somewhere between the ends."""
        known = ~np.isnan(self.worlds.first)
        return float(np.isfinite(self.worlds.first[known]).mean()) if known.any() else None

    def sentence(self, lang: str = "sv") -> str:
        """Say where it turns, or how far the nearest value leaves it and what would have to hold as well.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._said(lang), self.doubts, lang)

    def _said(self, lang: str) -> str:
        sv = language_index(lang) == 0
        ends = f"{self._x(self.x[0], lang)}{' till ' if sv else ' to '}{self._x(self.x[-1], lang)}"
        if self.status == "no answer":
            why = self.missing[0][2].text(lang) if self.missing else ""
            return f"Inget svar för {self.key} {ends}. {why}" if sv else f"No answer for {self.key} {ends}. {why}"
        said = []
        if self.roots or self.turns:
            shown = ", ".join(
                self._x(at, lang) + ((" (vid gränsen)" if sv else " (at the border)") if at in self.at_border else "")
                for at in self.values
            )
            today = self._x(self.today, lang)
            said.append(
                f"Svaret vänder vid {self.key} = {shown} (i dag {today})."
                if sv
                else f"The answer turns at {self.key} = {shown} (today {today})."
            )
        else:
            at, left = self.nearest
            value = amount(left, self.unit, lang)
            said.append(
                f"Ingen brytpunkt för {self.key} i [{ends}]; närmast, vid {self._x(at, lang)}, återstår {value}."
                if sv
                else f"No break-even for {self.key} in [{ends}]; nearest, at {self._x(at, lang)}, {value} is left."
            )
            said.append(self._with_it(left, lang))
        for low, high, doubt in self.missing:
            stretch = f"{self._x(low, lang)}–{self._x(high, lang)}"
            said.append(f"{stretch}: {doubt.text(lang)}")
        said += [self._over(lang)] if self.worlds.first.size else []
        said.append(self._proof(lang))
        return " ".join(part for part in said if part)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the scan as one table, every fifth point of a long one, with the answer below.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
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
            "intervals_over_worlds": [None if one is None else list(one) for one in self.intervals],
            "confirmed": [one.to_json() for one in self.confirmed],
            "with_it": [list(item) for item in self.beside],
            "with_all_of": [list(item) for item in self.together],
            "doubts": as_json(self.doubts),
            "x": self.x.tolist(),
            "y": [known_or_none(value) for value in self.y.tolist()],
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
        rest = amount(answer, self.unit, lang)
        best = f"{key} = {self._x(value, lang)}"
        alone = (
            f"Inga andra indata vänder det i sitt spann; bäst {best}, då återstår {rest}."
            if sv
            else f"No other input turns it within its range; best is {best}, which leaves {rest}."
        )
        return f"{alone} {self._added(left, lang)}".rstrip(" ")

    def _added(self, left: float, lang: str) -> str:
        """What it takes when no other number does by itself."""
        sv = language_index(lang) == 0
        if not self.together:
            return ""
        n, last = len(self.together), self.together[-1][2]
        if last * left < 0:
            shown = "; ".join(f"{key} = {self._x(value, lang)}" for key, value, _ in self.together[:3])
            more = "" if n <= 3 else f" {'och' if sv else 'and'} {n - 3} {'till' if sv else 'more'}"
            return (
                f"Sökt: det vänder med {n} andra vid spannens ändar: {shown}{more}."
                if sv
                else f"By search it takes {n} others at the ends of their ranges: {shown}{more}."
            )
        rest = amount(last, self.unit, lang)
        return (
            f"Sökt: med alla {n} som hjälper vid spannens ändar återstår {rest}."
            if sv
            else f"By search: with all {n} that help at the ends of their ranges {rest} is left."
        )

    def _over(self, lang: str) -> str:
        sv = language_index(lang) == 0
        known = int(np.count_nonzero(~np.isnan(self.worlds.first)))
        if not known:
            return ""
        have = int(np.count_nonzero(np.isfinite(self.worlds.first)))
        said = (
            f"Med övriga tal dragna ur sina spann finns en brytpunkt i {have} av {known} lägen"
            if sv
            else f"With all other numbers drawn from their ranges there is one in {have} of {known} worlds"
        )
        if len(self.values) > 1:
            spans = [self._ends(one, lang) for one in self.intervals if one is not None]
            if not spans:
                return said + "."
            n, shown = self.worlds.alike, ", ".join(spans)
            return said + (
                f"; i de {n} med lika många ligger de i nio av tio inom {shown}."
                if sv
                else f"; in the {n} with as many they lie, in nine of ten, within {shown}."
            )
        if self.interval is None:
            return said + "."
        ends = self._ends(self.interval, lang)
        return said + (f", i nio av tio av dem inom {ends}." if sv else f", in nine of ten of them within {ends}.")

    def _ends(self, span: tuple[float, float], lang: str) -> str:
        return (" till " if language_index(lang) == 0 else " to ").join(
            self._x(float(f"{end:.4g}"), lang) for end in span
        )

    def _proof(self, lang: str) -> str:
        """What simulated years say of every value: where they point to, or what they give."""
        sv = language_index(lang) == 0
        said = []
        for one in self.confirmed:
            if math.isfinite(one.moved):
                at = self._x(float(f"{one.moved:.4g}"), lang)
                said.append(f"{at} (95{' ' if sv else ''}%: {self._ends(one.span, lang)})")
            else:
                arm = amount(one.arm, self.unit, lang)
                said.append(
                    f"{amount(one.mean, self.unit, lang)} ± {arm} {'vid' if sv else 'at'} {self._x(one.at, lang)}"
                )
        if not said:
            return ""
        years, shown = self.confirmed[0].years, "; ".join(said)
        points = math.isfinite(self.confirmed[0].moved)
        if sv:
            return f"{years} simulerade år där {'pekar på' if points else 'ger'} {shown}."
        return f"{years} years simulated there {'point to' if points else 'give'} {shown}."

    def __repr__(self) -> str:
        return f"<SwitchingValue {self.status}: {self.sentence('en')}>"
