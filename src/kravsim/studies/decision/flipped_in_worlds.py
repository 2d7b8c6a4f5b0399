"""Which inputs turn an answer in drawn worlds, as an answer that speaks: in how large a share of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.drawn import Reading
from kravsim.studies.decision.swept import plain
from kravsim.studies.decision.turned_words import SOURCES
from kravsim.words.display import number
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.reading_words import coded_title
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 10


@dataclass(frozen=True, eq=False)
class FlipInWorlds(EqualByParts):
    """Inputs put to an end of their ranges in every world.

    Parameters
    ----------
    values : mapping of key to float
        What they are put to.
    turned, answered : (worlds,) bool array
        In which worlds the answer has another sign then, and which have an answer both before and then.
    gain : float
        By how much the answer is nearer to turning, or beyond, on average.
    answers : (worlds,) float64 array
        The answer then; NaN where there is none.
    """

    values: Mapping[str, float]
    turned: NDArray[np.bool_]
    answered: NDArray[np.bool_]
    gain: float
    answers: Floats

    @property
    def turning(self) -> int:
        """In how many worlds the answer turns."""
        return int(self.turned.sum())


@dataclass(frozen=True, eq=False, repr=False)
class FlipsInWorlds(Tabled, EqualByParts):
    """In which share of drawn worlds inputs turn the answer.

    Parameters
    ----------
    figure : (str, str)
        What turns, Swedish and English.
    unit, about, kind : str
        Unit of the figure, the scenario, and ``prior`` or ``posterior``.
    base : (worlds,) float64 array
        The answer as each world stands; NaN where there is none.
    best : tuple of FlipInWorlds
        Those that turn most worlds, then those that help most: single inputs and pairs.
    together : tuple of FlipInWorlds
        Inputs put to their helping ends one after another, the most helpful first.
    singles, pairs : int
        How many were gone through: all single inputs, and pairs of those that help most.
    readings : tuple of Reading
        All worlds, then those of every alternative.
    simulated : (int, int)
        In how many simulated worlds that turn in closed form the year has turned, and how many were simulated.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    figure: tuple[str, str]
    unit: str
    about: str
    kind: str
    base: Floats
    best: tuple[FlipInWorlds, ...]
    together: tuple[FlipInWorlds, ...]
    singles: int
    pairs: int
    readings: tuple[Reading, ...]
    simulated: tuple[int, int]
    doubts: tuple[Doubt, ...]

    @property
    def needed(self) -> int | None:
        """How many inputs at their ends turn more than half of the worlds, by the search; None where no number does."""
        half = np.isfinite(self.base).sum() / 2
        return next((k for k, one in enumerate(self.together, 1) if one.turning > half), None)

    def sentence(self, lang: str = "sv") -> str:
        """Say which input turns most worlds, or that none turns any, and what it takes.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv, n = language_index(lang) == 0, int(np.isfinite(self.base).sum())
        if not n:
            said = (
                f"Inget läge {self._worlds(lang)} har ett svar."
                if sv
                else f"No world {self._worlds(lang)} has an answer."
            )
            return doubted(said, self.doubts, lang)
        turning = [one for one in self.best if one.turning]
        if turning:
            one = turning[0]
            named = self._named(one, lang)
            parts = [
                f"{named} vänder svaret i {one.turning} av {n} lägen {self._worlds(lang)}."
                if sv
                else f"{named} turns the answer in {one.turning} of {n} worlds {self._worlds(lang)}."
            ]
        else:
            pair = (" och inget sökt par", ", and no pair that was tried,")[not sv] if self.pairs else ""
            parts = [
                f"Inga indata{pair} vänder svaret i något av {n} lägen {self._worlds(lang)}."
                if sv
                else f"No input{pair} turns the answer in any of {n} worlds {self._worlds(lang)}."
            ]
        return doubted(" ".join([*parts, *self._search(lang), *self._proof(lang)]), self.doubts, lang)

    def _worlds(self, lang: str) -> str:
        return SOURCES[self.kind][language_index(lang)]

    def _named(self, one: FlipInWorlds, lang: str) -> str:
        both = " och " if language_index(lang) == 0 else " and "
        return both.join(f"{key} = {plain(float(f'{value:.4g}'), lang)}" for key, value in one.values.items())

    def _search(self, lang: str) -> list[str]:
        sv = language_index(lang) == 0
        if not self.together:
            return ["Inga indata hjälper." if sv else "No input helps."]
        if self.needed is not None:
            k, n = self.needed, self.together[self.needed - 1].turning
            return [
                f"Sökt: med {k} indata vid spannens ändar vänder {n} lägen."
                if sv
                else f"By search: with {k} inputs at the ends of their ranges {n} worlds turn."
            ]
        last = self.together[-1]
        k, n = len(last.values), last.turning
        return [
            f"Sökt: med alla {k} som hjälper vid spannens ändar vänder {n} lägen."
            if sv
            else f"By search: with all {k} that help at the ends of their ranges {n} worlds turn."
        ]

    def _proof(self, lang: str) -> list[str]:
        right, years = self.simulated
        if not years:
            return []
        if language_index(lang) == 0:
            return [f"Ett simulerat år i vart och ett av {years} sådana lägen har vänt i {right}."]
        return [f"A simulated year of each of {years} such worlds has turned in {right}."]

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the inputs that turn most worlds, by reading too, then what several turn together.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv, place = language_index(lang) == 0, language_index(lang)
        names = [one.name for one in self.readings[1:]]
        meant = [coded_title(one.name, one.titles, lang) for one in self.readings[1:]]
        header = ("vid", "vänder", "av") if sv else ("at", "turns", "of")
        help_ = "hjälper, medel" if sv else "helps, mean"
        shown = [self._row(one, lang) for one in self.best[:_SHOWN]]
        known = self.base[np.isfinite(self.base)]
        base = amount(float(known.mean()), self.unit, lang) if known.size else "–"
        lead = f"{capital(self.figure[place])}. {'Medel som det är' if sv else 'Mean as it stands'}: {base}."
        first = Table(
            self.about, (*header, *names, help_), plain_rows(shown), (self.sentence(lang), *meant), (lead,), left=(0,)
        )
        if not self.together:
            return (first,)
        added = [
            [
                str(len(one.values)),
                list(one.values)[-1],
                plain(float(f"{list(one.values.values())[-1]:.4g}"), lang),
                number(one.turning, lang),
            ]
            for one in self.together[:_SHOWN]
        ]
        caption = "Lagda till varandra, den som hjälper mest först (sökning)" if sv else ""
        columns = ("antal", "indata", "vid", "vänder") if sv else ("number", "input", "at", "turns")
        return first, Table(
            caption or "Added up, the most helpful first (a search)", columns, plain_rows(added), left=(1,)
        )

    def _row(self, one: FlipInWorlds, lang: str) -> list[str]:
        named = "\n".join(f"{key} = {plain(float(f'{value:.4g}'), lang)}" for key, value in one.values.items())
        by_reading = [
            f"{int(one.turned[r.worlds].sum())}/{int(one.answered[r.worlds].sum())}" for r in self.readings[1:]
        ]
        counts = [number(one.turning, lang), number(int(one.answered.sum()), lang)]
        return [named, *counts, *by_reading, amount(one.gain, self.unit, lang)]

    def to_frame(self) -> pd.DataFrame:
        """One row a set of inputs: `inputs`, `values`, `turning`, `with_answer`, `share`, `gain`, and a share a reading."""
        import pandas as pd

        return pd.DataFrame([self._fields_of(one) for one in self.best])

    def _fields_of(self, one: FlipInWorlds) -> dict[str, Any]:
        with_answer = int(one.answered.sum())
        found: dict[str, Any] = {
            "inputs": "; ".join(one.values),
            "values": "; ".join(f"{value:.6g}" for value in one.values.values()),
            "turning": one.turning,
            "with_answer": with_answer,
            "share": one.turning / with_answer if with_answer else None,
            "gain": one.gain,
        }
        for reading in self.readings[1:]:
            n = int(one.answered[reading.worlds].sum())
            found[f"share_{reading.name}"] = int(one.turned[reading.worlds].sum()) / n if n else None
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        known = self.base[np.isfinite(self.base)]
        return {
            "figure": self.figure[1],
            "worlds": self.kind,
            "with_answer": int(known.size),
            "base_mean": float(known.mean()) if known.size else None,
            "best": [self._fields_of(one) for one in self.best],
            "together": [self._fields_of(one) for one in self.together],
            "needed_together": self.needed,
            "searched": {"singles": self.singles, "pairs": self.pairs},
            "simulated": {"turned": self.simulated[0], "worlds": self.simulated[1]},
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<FlipsInWorlds: {self.sentence('en')}>"
