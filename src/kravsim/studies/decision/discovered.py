"""Under which conditions one of a scenario's models is better, as an answer that speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.box import Box, inside_of
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.discovery import Discovery, conditions, header, no_box, rows
from kravsim.words.display import number, share
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_BENEFITS = (
    ("Nettointäkt", "Net revenue"),
    ("Nettointäkt med återvunnet kapital", "Net revenue with recovered principal"),
)
"""Fiscal and economic benefit."""
_SOURCES = {
    "prior": ("dragna ur det som antas", "drawn from what is assumed"),
    "posterior": ("som stämmer med böckerna", "that agree with the books"),
    "ranges": ("jämnt över de angivna spannen", "evenly over the declared ranges"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Discovered(Tabled, EqualByParts):
    """Under which conditions one of a scenario's models is better.

    Parameters
    ----------
    found : Discovery
        Boxes, and the inputs of every world with an answer.
    gain : (worlds,) float64 array
        What the model gives more than the best other, kr a year.
    models : tuple of str
        The first is the one asked about.
    titles : mapping of model to (str, str)
        Running text, Swedish and English.
    about : str
        The scenario.
    kind : str
        Where the worlds come from: ``prior``, ``posterior`` or ``ranges``.
    changed : tuple of str
        Numbers that have other ranges than those declared.
    economic : bool
        Whether recovered principal counts.
    unanswered : int
        Worlds left out for want of an answer in closed form: overloaded staff, or values that cannot hold together.
    simulated : int
        Worlds in which a model was simulated instead.
    doubts : tuple of Doubt
        What a reader must know first.
    beside : Discovered, optional
        The answer for the other benefit, in the same worlds.
    """

    found: Discovery
    gain: Floats
    models: tuple[str, ...]
    titles: Mapping[str, tuple[str, str]]
    about: str
    kind: str
    changed: tuple[str, ...]
    economic: bool
    unanswered: int
    simulated: int
    doubts: tuple[Doubt, ...]
    beside: Discovered | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes, the best first."""
        return self.found.boxes

    @property
    def status(self) -> str:
        """``never``, ``always``, ``conditions``, ``no box`` or ``no answer``."""
        if not self.found.draws:
            return "no answer"
        if self.found.wins in (0, self.found.draws):
            return "always" if self.found.wins else "never"
        return "conditions" if self.boxes else "no box"

    def sentence(self, lang: str = "sv") -> str:
        """Say under which conditions the model is better; where it never is, how probable it can be at most.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        other = [] if self.beside is None else [self.beside.answer(lang)]
        return doubted(" ".join([self.answer(lang), *other]), self.doubts, lang)

    def answer(self, lang: str = "sv") -> str:
        """The sentence of this benefit alone, without the doubts, with the benefit named first.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return f"{_BENEFITS[self.economic][language_index(lang)]}: {' '.join(self._said(lang))}"

    def _said(self, lang: str) -> list[str]:
        sv = language_index(lang) == 0
        name = capital(self.titles[self.models[0]][language_index(lang)])
        n, k = number(self.found.draws, lang), number(self.found.wins, lang)
        worlds = self._worlds(lang)
        if self.status == "no answer":
            said = (
                f"Inget svar: inget av lägena {worlds} har en sluten form."
                if sv
                else f"No answer: none of the worlds {worlds} has one."
            )
            return [said, *self._left_out(lang)]
        low, high = self.found.interval()
        if self.status == "never":
            most = share(high, lang, step=0.0001)
            said = (
                f"{name} är bättre i inget av {n} lägen {worlds} (sannolikhet högst {most}): inga villkor att ange."
                if sv
                else f"{name} is better in none of {n} worlds {worlds} (probability at most {most}): no conditions to give."
            )
            return [said, *self._nearest(lang), *self._left_out(lang)]
        if self.status == "always":
            least = share(low, lang, step=0.0001)
            said = (
                f"{name} är bättre i alla {n} lägen {worlds} (sannolikhet minst {least})."
                if sv
                else f"{name} is better in all {n} worlds {worlds} (probability at least {least})."
            )
            return [said, *self._left_out(lang)]
        part = "–".join(share(end, lang, step=0.01) for end in (low, high))
        said = f"{name} är bättre i {k} av {n} lägen {worlds} ({part})." if sv else ""
        said = said or f"{name} is better in {k} of {n} worlds {worlds} ({part})."
        model = self.titles[self.models[0]][language_index(lang)]
        what = (f"är {model} bättre", "det är så") if sv else (f"{model} is better", "it is")
        return [said, *([conditions(box, lang, what) for box in self.boxes] or [no_box(lang)]), *self._left_out(lang)]

    def _worlds(self, lang: str) -> str:
        sv = language_index(lang) == 0
        source = _SOURCES[self.kind][language_index(lang)]
        if not self.changed:
            return source
        n = number(len(self.changed), lang)
        return f"{source}, ändrade för {n} tal" if sv else f"{source}, changed for {n} numbers"

    def _nearest(self, lang: str) -> list[str]:
        """How near the most favourable world comes."""
        sv = language_index(lang) == 0
        left = amount(float(self.gain.max()), "kr", lang)
        return [f"Närmast återstår {left} om året." if sv else f"The nearest leaves {left} a year."]

    def _left_out(self, lang: str) -> list[str]:
        sv = language_index(lang) == 0
        said = []
        if self.unanswered:
            n = number(self.unanswered, lang)
            why = "(överbelastning eller omöjligt läge)" if sv else "(overload, or not possible)"
            said.append(
                f"Utan svar i sluten form {why}, och utelämnade: {n}."
                if sv
                else f"Without an answer in closed form {why}, and left out: {n}."
            )
        if self.simulated:
            n = number(self.simulated, lang)
            said.append(f"Simulerade, utan sluten form: {n}." if sv else f"Simulated, for want of a closed form: {n}.")
        return said

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the limits of every box, with coverage and density.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        if self.beside is None or not self.beside.boxes:
            shown = plain_rows(rows(self.boxes, lang))
            return (Table(self.about, header(lang), shown, (self.sentence(lang),), left=(0, 1)),)
        place = language_index(lang)
        first, second = (
            Table(_BENEFITS[one.economic][place], header(lang), plain_rows(rows(one.boxes, lang)), left=(0, 1))
            for one in (self, self.beside)
        )
        return (
            replace(first, caption=f"{self.about}: {first.caption}"),
            replace(second, notes=(self.sentence(lang),)),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a world with an answer: every input that varies, `gain_kr`, `better`, and `box`, 0 outside all."""
        import pandas as pd

        columns: dict[str, Any] = {
            one.name: [one.levels[int(code)] for code in one.values] if one.levels else one.values
            for one in self.found.columns
        }
        box = np.zeros(len(self.gain), np.int64)
        for place, one in reversed(list(enumerate(self.boxes, 1))):
            box[inside_of(one.limits, self.found.columns)] = place
        return pd.DataFrame({**columns, "gain_kr": self.gain, "better": self.gain > 0, "box": box})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "models": list(self.models),
            "worlds": self.kind,
            "ranges_changed": list(self.changed),
            "benefit": "economic" if self.economic else "fiscal",
            "status": self.status,
            **self.found.to_json(),
            "largest_gain_kr": float(self.gain.max()) if len(self.gain) else None,
            "unanswered_worlds": self.unanswered,
            "simulated_worlds": self.simulated,
            "beside": None if self.beside is None else self.beside.to_json(),
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<Discovered {self.status}: {self.sentence('en')}>"
