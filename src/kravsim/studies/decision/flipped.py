"""The least that turns an answer, as an answer that speaks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kravsim.results.display import number, share, step_for
from kravsim.results.table import Table, Tabled, plain_rows
from kravsim.results.wording import capital, language_index
from kravsim.studies.decision.swept import plain

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 10


@dataclass(frozen=True)
class Flip:
    """Inputs that turn the answer together.

    Parameters
    ----------
    values : mapping of key to float
        What they would have to be.
    distance : float
        Share of the way to the ends of their ranges that they go.
    simulated : (float, float) or None
        Mean of the figure there in simulated years and half the width of its 95 % interval, if that was asked for.
    """

    values: Mapping[str, float]
    distance: float
    simulated: tuple[float, float] | None = None


@dataclass(frozen=True, repr=False)
class Flips(Tabled):
    """The least that turns an answer.

    Parameters
    ----------
    figure : (str, str)
    about : str
    base : float
        The figure as it stands.
    singles, pairs : tuple of Flip
        Every one there is within the ranges, the nearest first.
    together : tuple of (key, end, figure)
        Inputs put to their helping ends one after another, the one that helps most first, and the figure after each.
    tried_pairs : bool
        Whether pairs were gone through.
    """

    figure: tuple[str, str]
    about: str
    base: float
    singles: tuple[Flip, ...]
    pairs: tuple[Flip, ...]
    together: tuple[tuple[str, float, float], ...]
    tried_pairs: bool = True

    @property
    def needed(self) -> int | None:
        """How many inputs at the ends of their ranges turn the answer, by the search; None where all together do not."""
        turned = [k for k, (_, _, value) in enumerate(self.together, 1) if value * self.base < 0]
        return turned[0] if turned else None

    def sentence(self, lang: str = "sv") -> str:
        """Say what turns the answer with the least change, or how far all together leave it."""
        sv = language_index(lang) == 0
        nearest = (*self.singles[:1], *self.pairs[:1])
        if nearest:
            one = min(nearest, key=lambda flip: flip.distance)
            shown = (" och " if sv else " and ").join(
                f"{k} = {plain(float(f'{v:.4g}'), lang)}" for k, v in one.values.items()
            )
            far = share(one.distance, lang, step=0.01)
            n, m = len(self.singles), len(self.pairs)
            if sv:
                return f"Närmast vänder svaret vid {shown}: {far} av vägen till ytterkanten. {n} ensamma, {m} par."
            return f"Nearest, the answer turns at {shown}: {far} of the way to the end. {n} singles, {m} pairs."
        which = ("och inget par ", "and no pair ")[not sv] if self.tried_pairs else ""
        none = (
            f"Ingen ingång {which}vänder svaret i sitt spann."
            if sv
            else f"No input {which}turns the answer in its range."
        )
        if self.needed is not None:
            n = self.needed
            more = (
                f"Sökt: {n} ingångar vid sina ytterkanter."
                if sv
                else f"By search: it takes {n} inputs at the ends of their ranges."
            )
            return f"{none} {more}"
        left = self.together[-1][2] if self.together else self.base
        rest = number(left, lang, step=step_for(abs(left) / 1_000 or None))
        n = len(self.together)
        more = (
            f"Med alla {n} vid bästa ytterkanten återstår {rest}."
            if sv
            else f"With all {n} at their best ends {rest} is left."
        )
        return f"{none} {more}"

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the nearest singles and pairs, then the inputs that help most together."""
        sv = language_index(lang) == 0
        rows = []
        for one in sorted((*self.singles, *self.pairs), key=lambda flip: flip.distance)[:_SHOWN]:
            named = "\n".join(f"{key} = {plain(float(f'{value:.4g}'), lang)}" for key, value in one.values.items())
            proof = (
                "" if one.simulated is None else f"{number(one.simulated[0], lang)} ± {number(one.simulated[1], lang)}"
            )
            rows.append([named, share(one.distance, lang, step=0.01), proof])
        header = ("vänder vid", "av vägen", "simulerat") if sv else ("turns at", "of the way", "simulated")
        base = number(self.base, lang) if math.isfinite(self.base) else "–"
        lead = f"{capital(self.figure[language_index(lang)])}. {'I dag' if sv else 'Today'}: {base}."
        first = Table(self.about, header, plain_rows(rows), (self.sentence(lang),), (lead,))
        step = step_for(max([abs(value) for _, _, value in self.together] + [1.0]) / 1_000)
        added = [[key, plain(end, lang), number(value, lang, step=step)] for key, end, value in self.together[:_SHOWN]]
        caption = (
            "Lagda till varandra, den som hjälper mest först (sökning)"
            if sv
            else "Added up, the most helpful first (a search)"
        )
        second = Table(caption, ("ingång", "vid", "figur") if sv else ("input", "at", "figure"), plain_rows(added))
        return first, second

    def to_frame(self) -> pd.DataFrame:
        """One row a flip: `inputs`, `values`, `distance`, `simulated`, `simulated_half_width`."""
        import pandas as pd

        rows = [
            {
                "inputs": "; ".join(one.values),
                "values": "; ".join(f"{value:.6g}" for value in one.values.values()),
                "distance": one.distance,
                "simulated": math.nan if one.simulated is None else one.simulated[0],
                "simulated_half_width": math.nan if one.simulated is None else one.simulated[1],
            }
            for one in (*self.singles, *self.pairs)
        ]
        return pd.DataFrame(rows, columns=["inputs", "values", "distance", "simulated", "simulated_half_width"])

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""

        def told(flips: Sequence[Flip]) -> list[dict[str, Any]]:
            return [{"values": dict(f.values), "distance": f.distance, "simulated": f.simulated} for f in flips]

        base = self.base if math.isfinite(self.base) else None
        return {
            "figure": self.figure[1],
            "base": base,
            "singles": told(self.singles),
            "pairs": told(self.pairs),
            "together": [list(item) for item in self.together],
            "needed_together": self.needed,
        }

    def __repr__(self) -> str:
        return f"<Flips: {self.sentence('en')}>"
