"""A break-even line over two numbers as an answer: where it runs, how sure that is, and where there is no answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.statistics.interval import Interval
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.confirming import Confirmed, known_or_none
from kravsim.studies.decision.drawn import Reading
from kravsim.studies.decision.on_line import OnLine, nine_of_ten_along, rounded, span_text
from kravsim.studies.decision.other_worlds import FEWEST
from kravsim.studies.decision.swept import short
from kravsim.studies.decision.turned_words import SOURCES
from kravsim.words.display import number, share
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 9
Point = tuple[float, float]


@dataclass(frozen=True, eq=False, repr=False)
class SwitchingLine(Tabled, EqualByParts):
    """For which combinations of two numbers an answer turns.

    Parameters
    ----------
    keys : (str, str)
        Dotted keys of the two numbers.
    figure : (str, str)
        What turns, Swedish and English.
    better : ((str, str), (str, str))
        What holds where it is above 0, and where it is below.
    unit, about : str
        Of the figure, and the scenario.
    today : (float, float)
        The numbers as they stand.
    base : float
        The figure there; NaN when that has no closed form.
    x, y : float64 arrays
        Values of the two numbers on the grid.
    z : float64 array, shape (len(x), len(y))
        The figure; NaN where there is no answer.
    line : tuple of ((x, y), (x, y))
        Pieces of the line.
    rows : tuple of OnLine
        Where it crosses each row of the grid.
    worlds : float64 array, shape (worlds, len(x), len(y))
        The figure in worlds with other values of all other uncertain numbers; NaN where it has no answer.
    missing : tuple of (Doubt, int)
        Why there is no answer in closed form, and at how many points.
    confirmed : tuple of (y, Confirmed)
        Places on the line that were simulated: the second number, and the first as found and as simulated.
    kind : str
        ``prior`` or ``posterior`` where the figure is the mean over the worlds; empty where it is that of the case.
    readings : tuple of Reading
        Of such worlds: all of them, then those of every alternative.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    keys: tuple[str, str]
    figure: tuple[str, str]
    better: tuple[tuple[str, str], tuple[str, str]]
    unit: str
    about: str
    today: Point
    base: float
    x: Floats
    y: Floats
    z: Floats
    line: tuple[tuple[Point, Point], ...]
    rows: tuple[OnLine, ...]
    worlds: Floats
    missing: tuple[tuple[Doubt, int], ...]
    confirmed: tuple[tuple[float, Confirmed], ...]
    kind: str = ""
    readings: tuple[Reading, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def status(self) -> str:
        """``none``, ``line``, or ``no answer`` where the closed form has none anywhere."""
        if not np.isfinite(self.z).any():
            return "no answer"
        return "line" if self.line or any(row.crossings for row in self.rows) else "none"

    @property
    def nearest(self) -> tuple[Point, float]:
        """Where the figure comes nearest to 0 on the grid, and what it is there."""
        i, j = np.unravel_index(int(np.nanargmin(np.abs(self.z))), self.z.shape)
        return (float(self.x[i]), float(self.y[j])), float(self.z[i, j])

    @property
    def share_above(self) -> float:
        """Share of the points with an answer at which the figure is above 0."""
        known = self.z[np.isfinite(self.z)]
        return float((known > 0).mean())

    @cached_property
    def band(self) -> tuple[Floats, Floats]:
        """At every point the figure that one world of twenty falls below, and that one of twenty lies above.

        The line lies in nine of ten worlds where the first is below 0 and the second above; NaN where fewer than 20 worlds
        have an answer.
        """
        known = np.isfinite(self.worlds).sum(axis=0) >= FEWEST
        low, high = np.full(self.z.shape, np.nan), np.full(self.z.shape, np.nan)
        if known.any():
            low[known], high[known] = np.nanquantile(self.worlds[:, known], [0.05, 0.95], axis=0)
        return low, high

    @property
    def chance_above(self) -> Floats:
        """At every point the share of worlds with an answer in which the figure is above 0; NaN where fewer than 20 have."""
        known, above = np.isfinite(self.worlds).sum(axis=0), (self.worlds > 0).sum(axis=0)
        return np.where(known >= FEWEST, above / np.maximum(known, 1), np.nan)

    @cached_property
    def share_of_worlds(self) -> float | None:
        """Share of the worlds with an answer that have a line somewhere in the plane."""
        answered = [world[np.isfinite(world)] > 0 for world in self.worlds if np.isfinite(world).any()]
        return float(np.mean([above.any() and not above.all() for above in answered])) if answered else None

    @cached_property
    def intervals(self) -> tuple[Interval | None, ...]:
        """From what is not known, of each row: where its one crossing lies in nine of ten worlds; infinite beyond the ends.

        None where fewer than 20 worlds have an answer, and where the line does not cross the row once.
        """
        found: list[Interval | None] = []
        for j, row in enumerate(self.rows):
            once = len(row.crossings) == 1
            rising = once and float(self.z[np.isfinite(self.z[:, j]), j][-1]) > 0
            found.append(nine_of_ten_along(self.x, self.worlds[:, :, j], row, rising=rising) if once else None)
        return tuple(found)

    def by_reading(self) -> list[tuple[Reading, int, int, int, int]]:
        """Of every reading how many worlds have an answer, a line in the plane, are above 0 all over it, and below it."""
        found = []
        for reading in self.readings:
            known = [world[np.isfinite(world)] > 0 for world in self.worlds[reading.worlds]]
            above = [bool(one.all()) for one in known if one.size]
            below = [not one.any() for one in known if one.size]
            n, high, low = len(above), sum(above), sum(below)
            found.append((reading, n, n - high - low, high, low))
        return found

    def sentence(self, lang: str = "sv") -> str:
        """Say where the line runs, where today lies and where there is no answer; or how far the nearest leaves it.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._said(lang), self.doubts, lang)

    def _said(self, lang: str) -> str:
        sv = language_index(lang) == 0
        both = f"{self.keys[0]} {'och' if sv else 'and'} {self.keys[1]}"
        if self.status == "no answer":
            why = self.missing[0][0].text(lang) if self.missing else ""
            return f"Inget svar för {both}. {why}" if sv else f"No answer for {both}. {why}"
        said = []
        if self.status == "line":
            said.append(self._runs(both, lang))
        else:
            (x, y), left = self.nearest
            at = f"{self.keys[0]} = {rounded(x, lang)}, {self.keys[1]} = {rounded(y, lang)}"
            rest = amount(left, self.unit, lang)
            said.append(
                f"Ingen kombination av {both} vänder svaret; närmast, vid {at}, återstår {rest}."
                if sv
                else f"No combination of {both} turns the answer; nearest, at {at}, {rest} is left."
            )
        if self.kind and self.share_of_worlds is not None:
            said.append(self._over_worlds(lang))
        elif self.share_of_worlds is not None:
            n = int(np.isfinite(self.worlds).any(axis=(1, 2)).sum())
            have = round(self.share_of_worlds * n)
            said.append(
                f"Med övriga tal dragna ur sina spann finns en brytlinje i {have} av {n} lägen."
                if sv
                else f"With all other numbers drawn from their ranges there is a line in {have} of {n} worlds."
            )
        said += [self._unanswered(lang), self._proof(lang)]
        return " ".join(part for part in said if part)

    def _over_worlds(self, lang: str) -> str:
        _, n, line, high, low = self.by_reading()[0]
        above, below = (side[language_index(lang)] for side in self.better)
        if language_index(lang) == 0:
            text = f"Svaret är medelvärdet över {n} lägen {SOURCES[self.kind][0]}: {line} har en brytlinje i planet"
            return f"{text}, i {high} gäller överallt att {above}, i {low} att {below}."
        text = f"The answer is the mean over {n} worlds {SOURCES[self.kind][1]}: {line} have a line in the plane"
        return f"{text}, {above} throughout in {high}, {below} throughout in {low}."

    def _runs(self, both: str, lang: str) -> str:
        sv = language_index(lang) == 0
        ends = sorted(
            ((x, row.at) for row in self.rows for x in row.crossings), key=lambda point: (point[1], point[0])
        ) or sorted(point for piece in self.line for point in piece)
        points = [f"({rounded(x, lang)}; {rounded(y, lang)})" for x, y in (ends[0], ends[-1])]
        above, below = (side[language_index(lang)] for side in self.better)
        part = share(self.share_above, lang, step=0.01)
        today = ""
        if math.isfinite(self.base) and self.base:
            side = above if self.base > 0 else below
            today = f" I dag: {side}." if sv else f" Today: {side}."
        if sv:
            where = f"från {points[0]} till {points[1]}"
            return f"Svaret vänder längs en linje över {both}, {where}; {above} i {part} av planet.{today}"
        where = f"from {points[0]} to {points[1]}"
        return f"The answer turns along a line over {both}, {where}; {above} in {part} of the plane.{today}"

    def _unanswered(self, lang: str) -> str:
        sv = language_index(lang) == 0
        said = []
        for doubt, count in self.missing:
            part = share(count / self.z.size, lang, step=0.01)
            said.append(f"{part} {'av planet' if sv else 'of the plane'}: {doubt.text(lang)}")
        return " ".join(said)

    def _proof(self, lang: str) -> str:
        sv = language_index(lang) == 0
        shown = []
        for y, one in self.confirmed:
            if not math.isfinite(one.moved):
                continue
            ends = (" till " if sv else " to ").join(rounded(end, lang) for end in one.span)
            at = f"{short(self.keys[1])} = {rounded(y, lang)}"
            shown.append(f"{rounded(one.moved, lang)} (95{' ' if sv else ''}%: {ends}) {'vid' if sv else 'at'} {at}")
        if not shown:
            return ""
        years, listed = self.confirmed[0][1].years, "; ".join(shown)
        if sv:
            return f"{years} simulerade år på linjen pekar på {short(self.keys[0])} = {listed}."
        return f"{years} years simulated on the line point to {short(self.keys[0])} = {listed}."

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the line row by row: the second number, where the answer turns along the first, and its interval.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        every = max(1, math.ceil(len(self.rows) / _SHOWN))
        rows = []
        for j in range(0, len(self.rows), every):
            row, span = self.rows[j], self.intervals[j]
            turns = ", ".join(rounded(x, lang) for x in row.crossings) or self._throughout(j, lang)
            ends = "–" if span is None else span_text(span, self.x, lang)
            rows.append([rounded(row.at, lang), turns, ends])
        at, of = (
            (f"vänder vid {self.keys[0]}", "nio av tio lägen")
            if sv
            else (f"turns at {self.keys[0]}", "nine worlds of ten")
        )
        base = amount(self.base, self.unit, lang) if math.isfinite(self.base) else "–"
        here = ", ".join(f"{key} = {rounded(value, lang)}" for key, value in zip(self.keys, self.today, strict=True))
        lead = f"{capital(self.figure[language_index(lang)])}. {'I dag' if sv else 'Today'}: {here}: {base}."
        first = Table(self.about, (self.keys[1], at, of), plain_rows(rows), (self.sentence(lang),), (lead,), left=())
        if not self.readings:
            return (first,)
        above, below = (side[language_index(lang)] for side in self.better)
        counted = ("", "lägen med svar", "med brytlinje") if sv else ("", "worlds with an answer", "with a line")
        rows = [
            [one.titles[language_index(lang)], *(number(count, lang) for count in counts)]
            for one, *counts in self.by_reading()
        ]
        throughout = "överallt" if sv else "throughout"
        header = (*counted, f"{above}, {throughout}", f"{below}, {throughout}")
        return first, Table("Läsningar" if sv else "Readings", header, plain_rows(rows))

    def _throughout(self, j: int, lang: str) -> str:
        """What holds along a row that the line does not cross."""
        column = self.z[:, j]
        known = column[np.isfinite(column)]
        if not known.size:
            return "inget svar" if language_index(lang) == 0 else "no answer"
        return self.better[0 if known[0] > 0 else 1][language_index(lang)]

    def to_frame(self) -> pd.DataFrame:
        """One row a point of the grid: both keys, `figure`, and over worlds `p05`, `p95` and `chance_above` 0."""
        import pandas as pd

        x, y = np.meshgrid(self.x, self.y, indexing="ij")
        columns = {self.keys[0]: x.ravel(), self.keys[1]: y.ravel(), "figure": self.z.ravel()}
        low, high = (end.ravel() for end in self.band)
        return pd.DataFrame({**columns, "p05": low, "p95": high, "chance_above": self.chance_above.ravel()})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        place, left = self.nearest if self.status != "no answer" else (None, None)
        return {
            "keys": list(self.keys),
            "figure": self.figure[1],
            "today": list(self.today),
            "base": known_or_none(self.base),
            "status": self.status,
            "line": [[list(point) for point in piece] for piece in self.line],
            "crossings": [{"at": row.at, "turns": list(row.crossings)} for row in self.rows],
            "intervals_over_worlds": [None if one is None else list(map(known_or_none, one)) for one in self.intervals],
            "nearest": [None if place is None else list(place), left],
            "share_above": None if place is None else self.share_above,
            "no_closed_form": [[doubt.key, count / self.z.size] for doubt, count in self.missing],
            "share_of_worlds_with_one": self.share_of_worlds,
            "confirmed": [{"at": y, **one.to_json()} for y, one in self.confirmed],
            "x": self.x.tolist(),
            "y": self.y.tolist(),
            "worlds": self.kind or None,
            "readings": [
                {"dimension": one.dimension, "name": one.name, "weight": one.weight, "with_answer": n}
                | {"with_a_line": line, "above_throughout": high, "below_throughout": low}
                for one, n, line, high, low in self.by_reading()
            ],
            "doubts": as_json(self.doubts),
            "z": [[known_or_none(value) for value in row] for row in self.z.tolist()],
        }

    def __repr__(self) -> str:
        return f"<SwitchingLine {self.status}: {self.sentence('en')}>"
