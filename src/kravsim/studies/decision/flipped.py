"""The least that turns an answer, as an answer that speaks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kravsim.equality import EqualByParts
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.closed_form import NO_ANSWER
from kravsim.studies.decision.confirming import known_or_none
from kravsim.studies.decision.swept import plain
from kravsim.words.display import number, share
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.studies.decision.moves import Move

_SHOWN: Final = 10
CONFIRMED, UNDECIDED, REFUTED, NOT_SIMULATED = "confirmed", "undecided", "not confirmed", "not simulated"
_SAID: Final = {
    CONFIRMED: ("bekräftad", "confirmed"),
    UNDECIDED: ("för få år för att avgöra", "too few years to tell"),
    REFUTED: ("vänder inte", "does not turn"),
    NOT_SIMULATED: ("ej simulerad", "not simulated"),
}


class Searched(NamedTuple):
    """Sets of inputs that were gone through, that turned the answer, and that had none in closed form.

    Parameters
    ----------
    tried : int
        How many sets.
    turning : int
        Of these, that turn the answer.
    missing : int
        Of these, without an answer in closed form.
    """

    tried: int
    turning: int
    missing: int


@dataclass(frozen=True, eq=False)
class Flip(EqualByParts):
    """Inputs that turn the answer together.

    Parameters
    ----------
    values : mapping of key to float
        What they would have to be.
    distance : float
        Share of the way to the ends of their ranges that they go.
    moves : tuple of Move
        From where to where they go.
    simulated : (float, float) or None
        Mean of the figure there in simulated years and half the width of its 95 % interval, if that was asked for.
    span : (float, float) or None
        The 95 % interval of the distance that the simulated years point to; None where the figure has no slope to follow.
    status : str
        ``confirmed``: the simulated years have turned there, or point to a turn before the end of the way; ``not
        confirmed``: they have not, or point beyond it; ``undecided``: too few years to tell; or ``not simulated``.
    """

    values: Mapping[str, float]
    distance: float
    moves: tuple[Move, ...] = ()
    simulated: tuple[float, float] | None = None
    span: tuple[float, float] | None = None
    status: str = NOT_SIMULATED

    def simulated_as(self, mean: float, arm: float, span: tuple[float, float] | None, base: float) -> Flip:
        """The same flip with what simulated years say of it.

        Parameters
        ----------
        mean, arm : float
            Mean of the figure and half the width of its interval.
        span : (float, float) or None
            The interval of the distance that the years point to; None where there is no slope.
        base : float
            The figure from which it turns.
        """
        beyond = -math.copysign(1.0, base) * mean  # above 0 where the sign has turned
        status = UNDECIDED
        if beyond > arm or (span is not None and span[0] >= 0 and span[1] <= 1):
            status = CONFIRMED
        elif span[0] > 1 if span is not None else beyond < -arm:
            status = REFUTED
        return replace(self, simulated=(mean, arm), span=span, status=status)


@dataclass(frozen=True, eq=False, repr=False)
class Flips(Tabled, EqualByParts):
    """The least that turns an answer.

    Parameters
    ----------
    figure : (str, str)
        What turns, Swedish and English.
    unit, about : str
        Of the figure, and the scenario.
    base : float
        The figure as it stands.
    nearest : tuple of Flip
        The nearest there are within the ranges, as many as were asked for; singles, pairs of inputs that do not turn the
        answer alone, and threes of which no pair does.
    together : tuple of (key, end, figure)
        Inputs put to their helping ends one after another, the one that helps most first, and the figure after each.
    searched : mapping of int to Searched
        By the number of inputs: what was gone through; of threes a search.
    years : int
        Simulated at each of the nearest; 0 when none were.
    doubt : Doubt or None
        Why there is no answer as it stands.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    figure: tuple[str, str]
    unit: str
    about: str
    base: float
    nearest: tuple[Flip, ...]
    together: tuple[tuple[str, float, float], ...]
    searched: Mapping[int, Searched]
    years: int = 0
    doubt: Doubt | None = None
    doubts: tuple[Doubt, ...] = ()

    def of(self, size: int) -> tuple[Flip, ...]:
        """Those of the nearest that take so many inputs.

        Parameters
        ----------
        size : int
            How many inputs, from 1.
        """
        return tuple(one for one in self.nearest if len(one.values) == size)

    @property
    def singles(self) -> tuple[Flip, ...]:
        """Those of one input."""
        return self.of(1)

    @property
    def pairs(self) -> tuple[Flip, ...]:
        """Those of two."""
        return self.of(2)

    @property
    def threes(self) -> tuple[Flip, ...]:
        """Those of three, found by search."""
        return self.of(3)

    @property
    def confirmed(self) -> tuple[Flip, ...]:
        """Those that simulated years confirm."""
        return tuple(one for one in self.nearest if one.status == CONFIRMED)

    @property
    def needed(self) -> int | None:
        """How many inputs at the ends of their ranges turn the answer, by the search; None where all together do not."""
        turned = [k for k, (_, _, value) in enumerate(self.together, 1) if value * self.base < 0]
        return turned[0] if turned else None

    def sentence(self, lang: str = "sv") -> str:
        """Say what turns the answer with the least change, or how far all together leave it.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._said(lang), self.doubts, lang)

    def _said(self, lang: str) -> str:
        sv = language_index(lang) == 0
        if not math.isfinite(self.base):
            why = NO_ANSWER if self.doubt is None else self.doubt
            return f"{'Som det är' if sv else 'As it stands'}: {why.text(lang)}"
        shown = self.confirmed or tuple(one for one in self.nearest if one.status != REFUTED)
        said = [self._nearest(shown[0], lang)] if shown else [self._none(lang)]
        if self.years and self.nearest:
            n, m = len(self.confirmed), len(self.nearest)
            said.append(
                f"Av de {m} närmaste bekräftas {n} av {self.years} simulerade år i var och en."
                if sv
                else f"Of the {m} nearest, {n} are confirmed by {self.years} years simulated at each."
            )
        said.append(self._missing(lang))
        return " ".join(part for part in said if part)

    def _nearest(self, one: Flip, lang: str) -> str:
        sv = language_index(lang) == 0
        named = (" och " if sv else " and ").join(
            f"{k} = {plain(float(f'{v:.4g}'), lang)}" for k, v in one.values.items()
        )
        far = share(one.distance, lang, step=0.01)
        n, m, k = (self.searched[size].turning if size in self.searched else 0 for size in (1, 2, 3))
        if sv:
            return (
                f"Närmast vänder svaret vid {named}: {far} av vägen till spannets ände. "
                f"I sluten form vänder {n} ensamma, {m} par och (sökt) {k} treor."
            )
        return (
            f"Nearest, the answer turns at {named}: {far} of the way to the end. "
            f"In closed form {n} turn it alone, {m} pairs and (by search) {k} threes."
        )

    def _none(self, lang: str) -> str:
        sv = language_index(lang) == 0
        which = ("och inget par ", "and no pair ")[not sv] if 2 in self.searched else ""
        none = (
            f"Inga indata {which}vänder svaret i sitt spann."
            if sv
            else f"No input {which}turns the answer in its range."
        )
        if self.needed is not None:
            n = self.needed
            more = (
                f"Sökt: {n} indata vid spannens ändar."
                if sv
                else f"By search: it takes {n} inputs at the ends of their ranges."
            )
            return f"{none} {more}"
        rest = amount(self.together[-1][2] if self.together else self.base, self.unit, lang)
        n = len(self.together)
        more = (
            f"Med alla {n} vid bästa änden återstår {rest}."
            if sv
            else f"With all {n} at their best ends {rest} is left."
        )
        return f"{none} {more}"

    def _missing(self, lang: str) -> str:
        sv = language_index(lang) == 0
        missing = {size: one.missing for size, one in self.searched.items() if one.missing}
        if not missing:
            return ""
        words = {1: ("ensamma", "singles"), 2: ("par", "pairs"), 3: ("treor", "threes")}
        shown = ", ".join(f"{number(n, lang)} {words[size][not sv]}" for size, n in missing.items())
        why = "(överbelastning eller omöjligt läge), inte bedömda" if sv else "(overload, or not possible), not judged"
        what = "Utan svar i sluten form vid spannens ändar" if sv else "Without an answer in closed form at their ends"
        return f"{what} {why}: {shown}."

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the nearest flips, then the inputs that help most together.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        rows = []
        for one in self.nearest:
            named = "\n".join(f"{key} = {plain(float(f'{value:.4g}'), lang)}" for key, value in one.values.items())
            proof = ""
            if one.simulated is not None:
                proof = f"{amount(one.simulated[0], self.unit, lang)} ± {amount(one.simulated[1], self.unit, lang)}"
            span = "" if one.span is None else "–".join(share(end, lang, step=0.01) for end in one.span)
            rows.append([named, share(one.distance, lang, step=0.01), proof, span, _SAID[one.status][not sv]])
        header = (
            ("vänder vid", "av vägen", "simulerat där", "pekar på (95 %)", "")
            if sv
            else ("turns at", "of the way", "simulated there", "points to (95%)", "")
        )
        base = amount(self.base, self.unit, lang) if math.isfinite(self.base) else "–"
        lead = f"{capital(self.figure[language_index(lang)])}. {'I dag' if sv else 'Today'}: {base}."
        first = Table(self.about, header, plain_rows(rows), (self.sentence(lang),), (lead,), left=(0, 4))
        added = [[key, plain(end, lang), amount(value, self.unit, lang)] for key, end, value in self.together[:_SHOWN]]
        caption = (
            "Lagda till varandra, den som hjälper mest först (sökning)"
            if sv
            else "Added up, the most helpful first (a search)"
        )
        if not added:
            return (first,)
        names = ("indata", "vid", "då blir det") if sv else ("input", "at", "which gives")
        return first, Table(caption, names, plain_rows(added))

    def to_frame(self) -> pd.DataFrame:
        """One row a flip: `inputs`, `values`, `distance`, `status`, `simulated` and the ends of its intervals."""
        import pandas as pd

        columns = ["inputs", "values", "distance", "status"]
        columns += ["simulated", "simulated_half_width", "span_low", "span_high"]
        rows = [
            (
                "; ".join(one.values),
                "; ".join(f"{value:.6g}" for value in one.values.values()),
                one.distance,
                one.status,
                *(one.simulated or (math.nan, math.nan)),
                *(one.span or (math.nan, math.nan)),
            )
            for one in self.nearest
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "figure": self.figure[1],
            "base": known_or_none(self.base),
            "no_answer": None if self.doubt is None else self.doubt.key,
            "nearest": [
                {
                    "values": dict(one.values),
                    "distance": one.distance,
                    "status": one.status,
                    "simulated": one.simulated,
                    "interval_of_chance": one.span,
                }
                for one in self.nearest
            ],
            "years_at_each": self.years,
            "searched": {str(size): one._asdict() for size, one in self.searched.items()},
            "together": [list(item) for item in self.together],
            "needed_together": self.needed,
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<Flips: {self.sentence('en')}>"
