"""One input at a time from its low end to its high end: by how much each moves an answer, and which turn it.

Interactions are invisible here: inputs that act only together show no swing (:func:`kravsim.studies.sobol` sees them).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.swept import plain
from kravsim.words.display import number, step_for
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.reading_words import coded_title
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS: Final = 40
_LAST_BITS: Final = 1e-12
"""Of an answer: less is no difference."""
_BENDS: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Swing(EqualByParts):
    """What one input does.

    Parameters
    ----------
    name : str
        Input, or dimension of readings.
    low, base, high : float or str
        Its ends and where it stands; of readings the names that give the least, stand today, and give the most.
    at_low, at_high : float
        The answer at the ends; NaN where there is none.
    least, most : float
        The answer's range between the ends.
    bends : bool
        Whether the answer turns back between the ends.
    flips : bool
        Whether the sign of the answer changes anywhere between them.
    doubt : Doubt or None
        Why the answer is missing somewhere.
    beside : tuple of str
        Inputs correlated with this one, which it was moved without.
    titles : mapping of str to (str, str)
        Of a dimension of readings: what each of its names means, Swedish and English.
    """

    name: str
    low: Any
    base: Any
    high: Any
    at_low: float
    at_high: float
    least: float
    most: float
    bends: bool
    flips: bool
    doubt: Doubt | None = None
    beside: tuple[str, ...] = ()
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def swing(self) -> float:
        """Width of the answer's range; 0 where there is no answer."""
        return self.most - self.least if math.isfinite(self.most - self.least) else 0.0


@dataclass(frozen=True, eq=False, repr=False)
class Tornado(Tabled, EqualByParts):
    """Swings of all inputs, the widest first.

    Parameters
    ----------
    base : float
        The answer as everything stands.
    swings : tuple of Swing
        One an input.
    figure : (str, str)
        What the answer is, Swedish and English.
    about : str
        What was asked about; empty for a user's own function.
    unit : str
        Of the answer, such as ``kr`` (a year) or ``share``; empty for a user's own function.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    base: float
    swings: tuple[Swing, ...]
    figure: tuple[str, str]
    about: str = ""
    unit: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def flips(self) -> tuple[str, ...]:
        """Inputs that change the sign of the answer within their range."""
        return tuple(one.name for one in self.swings if one.flips)

    def __getitem__(self, name: str) -> Swing:
        for one in self.swings:
            if one.name == name:
                return one
        raise KeyError(name)

    def sentence(self, lang: str = "sv") -> str:
        """Name the three inputs that move most, and those that turn the answer.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self.answer(lang), self.doubts, lang)

    def answer(self, lang: str = "sv") -> str:
        """The sentence without the doubts.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        top = [one for one in self.swings if one.swing > 0][:3]
        if math.isnan(self.base) and not top:
            why = next((one.doubt.text(lang) for one in self.swings if one.doubt is not None), "")
            return f"{'Inget svar, som det är.' if sv else 'No answer as it stands.'} {why}".rstrip()
        if not top:
            return "Inga indata flyttar svaret." if sv else "None of the inputs moves the answer."
        shown = ", ".join(f"{one.name} ({self._text(one.swing, lang)})" for one in top)
        said = f"Flyttar mest var för sig: {shown}." if sv else f"Move most, one at a time: {shown}."
        flips = self.flips
        if flips:
            some = ", ".join(flips[:5]) + (f" +{len(flips) - 5}" if len(flips) > 5 else "")
            said += f" Vänder svaret ensamma: {some}." if sv else f" Turn the answer by themselves: {some}."
        else:
            said += " Ingen vänder svaret ensam." if sv else " None turns the answer by itself."
        return said + (" Samspel syns inte här." if sv else " Interactions are not seen here.")

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the swings as one table, the widest first.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        base = f"{'Som det är' if sv else 'As it stands'}: {self._text(self.base, lang)}"
        unit = (", kr per år" if sv else ", kr a year") if self.unit == "kr" else ""
        lead = f"{capital(self.figure[language_index(lang)])}{unit}. {base}."
        notes = [self.sentence(lang)]
        if len(self.swings) > _MOST_ROWS:
            more, idle = len(self.swings) - _MOST_ROWS, sum(one.swing == 0 for one in self.swings[_MOST_ROWS:])
            notes.insert(
                0, f"... {more} till, varav {idle} utan verkan" if sv else f"... {more} more, {idle} without effect"
            )
        doubts = dict.fromkeys(one.doubt for one in self.swings if one.doubt is not None)
        notes += [f"* {doubt.text(lang)}" for doubt in doubts]
        named = [
            (end, one.titles[end]) for one in self.swings[:_MOST_ROWS] for end in (one.low, one.high) if one.titles
        ]
        notes += dict.fromkeys(coded_title(name, titles, lang) for name, titles in named)
        rows = plain_rows(self._rows(lang))
        return (Table(self.about, tuple(self._header(lang)), rows, tuple(notes), (lead,)),)

    def to_frame(self) -> pd.DataFrame:
        """One row an input.

        Columns are `input`, `low`, `base`, `high`, `at_low`, `at_base`, `at_high`, `least`, `most`, `swing`, `bends`,
        `flips`, `note` and `correlated_with`.
        """
        import pandas as pd

        rows = [
            {
                "input": one.name,
                "low": one.low,
                "base": one.base,
                "high": one.high,
                "at_low": one.at_low,
                "at_base": self.base,
                "at_high": one.at_high,
                "least": one.least,
                "most": one.most,
                "swing": one.swing,
                "bends": one.bends,
                "flips": one.flips,
                "note": one.doubt.key if one.doubt is not None else "",
                "correlated_with": "; ".join(one.beside),
            }
            for one in self.swings
        ]
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        rows = self.to_frame().astype(object).to_dict("records")
        clean = [{k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in rows]
        base = None if math.isnan(self.base) else self.base
        said = {"figure": self.figure[1], "unit": self.unit, "base": base, "inputs": clean}
        return {**said, "doubts": as_json(self.doubts)}

    def _text(self, value: float, lang: str) -> str:
        if math.isnan(value):
            return "–"
        return number(value, lang, step=self._step)

    @property
    def _step(self) -> float:
        known = [abs(x) for one in self.swings for x in (one.least, one.most) if math.isfinite(x)]
        return step_for(max([*known, 1e-12]) / 1_000, "")

    def _header(self, lang: str) -> list[str]:
        if language_index(lang) == 0:
            return ["indata", "låg", "hög", "vid låg", "vid hög", "spann", ""]
        return ["input", "low", "high", "at low", "at high", "swing", ""]

    def _rows(self, lang: str) -> list[list[str]]:
        words = (("vänder", "turns"), ("böjer", "bends"))
        place = language_index(lang)
        rows = []
        for one in self.swings[:_MOST_ROWS]:
            marks = [word[place] for word, true in zip(words, (one.flips, one.bends), strict=True) if true]
            marks += ["*"] if one.doubt is not None else []
            ends = [plain(end, lang) for end in (one.low, one.high)]
            values = [self._text(value, lang) for value in (one.at_low, one.at_high, one.swing)]
            rows.append([one.name, *ends, *values, " ".join(marks)])
        return rows

    def __repr__(self) -> str:
        return f"<Tornado of {len(self.swings)} inputs: {self.sentence('en')}>"


def swing_of(name: str, answers: Floats, base: float, ends: tuple[float, float, float], **more: Any) -> Swing:
    """Put the answers of a scan into a swing.

    Parameters
    ----------
    name : str
        Input, or dimension of readings.
    answers : float64 array, shape (points,)
        From the low end to the high one; NaN where there is none.
    base : float
        The answer as everything stands; NaN where there is none.
    ends : (float, float, float)
        Low end, where the input stands, and high end.
    **more : object
        Further fields of :class:`Swing`: `doubt`, `beside`.
    """
    known = answers[np.isfinite(answers)]
    inside = np.append(known, base) if math.isfinite(base) else known
    if not inside.size:
        inside = np.array([math.nan])
    if np.ptp(inside) <= _LAST_BITS * np.abs(inside).max():  # nothing moves but a processor's last bits
        answers = np.where(np.isfinite(answers), inside[-1], answers)
        known, inside = np.full(known.size, inside[-1]), inside[-1:]
    steps = np.diff(known)
    small = _BENDS * (float(np.ptp(known)) if known.size else 0.0)
    bends = bool((steps > small).any() and (steps < -small).any())
    flips = bool(known.size and ((known > 0).any() if base <= 0 else False)) or bool(
        known.size and base > 0 and (known < 0).any()
    )
    return Swing(
        name,
        *ends,
        at_low=float(answers[0]),
        at_high=float(answers[-1]),
        least=float(inside.min()),
        most=float(inside.max()),
        bends=bends,
        flips=flips,
        **more,
    )


def ordered(swings: Sequence[Swing]) -> tuple[Swing, ...]:
    """The widest first; of equals in the order given.

    Parameters
    ----------
    swings : sequence of Swing
        In any order.
    """
    return tuple(sorted(swings, key=lambda one: -one.swing))
