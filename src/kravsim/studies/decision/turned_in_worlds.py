"""Where an answer turns in worlds drawn from what is assumed, or from all that agrees with the books, by reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.statistics.interval import Interval
from kravsim.studies.decision.drawn import Reading
from kravsim.studies.decision.turned_words import row_of, said
from kravsim.studies.decision.turning import Turns
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Row, Table, Tabled, parts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.studies.decision.checks import Floats

_HEADER: Final = (
    (
        "",
        "vikt",
        "lägen",
        "vänder i",
        "första värdet, median",
        "nio av tio",
        "annars som bäst kvar, median",
        "nio av tio",
        "vid",
    ),
    (
        "",
        "weight",
        "worlds",
        "turns in",
        "first value, median",
        "nine of ten",
        "else left at best, median",
        "nine of ten",
        "at",
    ),
)


@dataclass(frozen=True, eq=False, repr=False)
class TurnsInWorlds(Tabled, EqualByParts):
    """Where an answer turns along one number, world by world.

    Parameters
    ----------
    key : str
        Dotted key of the number.
    in_proportion : tuple of str
        Numbers that kept their proportion to it.
    figure : (str, str)
        What turns, Swedish and English.
    unit, about, kind : str
        Unit of the figure, the scenario, and ``prior`` or ``posterior``.
    today : float
        The number as the scenario has it.
    turns : Turns
        World by world.
    readings : tuple of Reading
        All worlds, then those of every alternative.
    why : tuple of (Doubt, int)
        Why there is no answer somewhere, and in how many worlds that is so.
    confirmed : Floats
        A simulated year at the first value of some worlds: 0 on average if simulation and closed form agree.
    columns : mapping of str to array
        World, readings and every uncertain number, one a world.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    key: str
    in_proportion: tuple[str, ...]
    figure: tuple[str, str]
    unit: str
    about: str
    kind: str
    today: float
    turns: Turns
    readings: tuple[Reading, ...]
    why: tuple[tuple[Doubt, int], ...]
    confirmed: Floats
    columns: Mapping[str, Any]
    doubts: tuple[Doubt, ...]

    def reading(self, name: str) -> Reading:
        """The worlds of an alternative by its name.

        Parameters
        ----------
        name : str
            Machine name of the alternative.

        Raises
        ------
        KeyError
            When there is none of that name; says which there are.
        """
        for one in self.readings[1:]:
            if one.name == name:
                return one
        message = f"no reading {name!r}: there are {', '.join(one.name for one in self.readings[1:])}"
        raise KeyError(message)

    def values(self, reading: Reading) -> Floats:
        """The lowest value at which the answer turns, of the worlds of a reading that have one.

        Parameters
        ----------
        reading : Reading
            The worlds asked about.
        """
        first = self.turns.first[reading.worlds]
        return np.asarray(first[np.isfinite(first)])

    def left(self, reading: Reading) -> tuple[Floats, Floats]:
        """Of the worlds with answers that do not turn: where they come nearest to 0, and what is left there.

        Parameters
        ----------
        reading : Reading
            The worlds asked about.
        """
        here = reading.worlds[self.turns.answered[reading.worlds]]
        here = here[~np.isfinite(self.turns.first[here])]
        at, value = self.turns.nearest
        return at[here], value[here]

    def count(self, reading: Reading) -> tuple[int, int]:
        """How many worlds of a reading turn, and how many have an answer.

        Parameters
        ----------
        reading : Reading
            The worlds asked about.
        """
        return len(self.values(reading)), int(self.turns.answered[reading.worlds].sum())

    def chance(self, reading: Reading) -> Interval:
        """Exact 95 % bounds of the probability of a world that turns (Clopper and Pearson); with none, one-sided.

        Parameters
        ----------
        reading : Reading
            The worlds asked about.
        """
        from scipy import stats

        k, n = self.count(reading)
        if not n:
            return Interval((0.0, 1.0), 0.95, "exact binomial")
        if not k:
            return Interval((0.0, 1 - 0.05 ** (1 / n)), 0.95, "exact binomial")
        found = stats.binomtest(k, n).proportion_ci(0.95, "exact")
        return Interval((float(found.low), float(found.high)), 0.95, "exact binomial")

    @property
    def status(self) -> str:
        """``none``, ``some`` or ``all`` of the worlds turn; ``no answer`` where none has one."""
        k, n = self.count(self.readings[0])
        return "no answer" if not n else "none" if not k else "all" if k == n else "some"

    def sentence(self, lang: str = "sv") -> str:
        """Say in how many worlds it turns and where, or how far the best value leaves those that do not.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(said(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give one row for all worlds, and one for each alternative, with the answer below.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place = language_index(lang)
        groups: dict[str, list[Row]] = {}
        for one in self.readings:
            groups.setdefault(one.dimension, []).append(row_of(self, one, lang))
        lead = f"{capital(self.figure[place])}: {self.key}."
        notes = [self.sentence(lang)]
        if self.in_proportion:
            also = ", ".join(self.in_proportion)
            notes.insert(0, f"I samma proportion ändrades {also}." if place == 0 else f"Changed in proportion: {also}.")
        return (Table(self.about, _HEADER[place], parts(*groups.values()), tuple(notes), (lead,)),)

    def to_frame(self) -> pd.DataFrame:
        """One row a world.

        Columns are `world`, a column a dimension of readings, `turns` (how often), `first_value`, `nearest_at` and
        `nearest_value`, and every uncertain number of the world.
        """
        import pandas as pd

        at, left = self.turns.nearest
        found: dict[str, Any] = {
            "turns": [len(mine) for mine in self.turns.at],
            "first_value": self.turns.first,
            "nearest_at": at,
            "nearest_value": left,
        }
        labels = {name: column for name, column in self.columns.items() if np.asarray(column).dtype.kind not in "f"}
        return pd.DataFrame({**labels, **found, **{k: v for k, v in self.columns.items() if k not in labels}})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        return {
            "key": self.key,
            "in_proportion": list(self.in_proportion),
            "figure": self.figure[1],
            "worlds": self.kind,
            "today": self.today,
            "low": float(self.turns.x[0]),
            "high": float(self.turns.x[-1]),
            "status": self.status,
            "readings": [self._reading_fields(one) for one in self.readings],
            "no_closed_form": {doubt.key: n for doubt, n in self.why},
            "simulated_at_first_value": self.confirmed.tolist(),
            "doubts": as_json(self.doubts),
        }

    def _reading_fields(self, one: Reading) -> dict[str, Any]:
        k, n = self.count(one)
        values, (at, left) = self.values(one), self.left(one)
        return {
            "dimension": one.dimension,
            "name": one.name,
            "weight": one.weight,
            "worlds": len(one.worlds),
            "with_answer": n,
            "turning": k,
            "probability_interval": list(self.chance(one)),
            "first_value": _five(values),
            "without_turn": {"at": _five(at), "left": _five(left)},
        }

    def __repr__(self) -> str:
        return f"<TurnsInWorlds {self.status}: {self.sentence('en')}>"


def _five(values: Floats) -> dict[str, float] | None:
    """Least, most, the middle one, and where nine of ten lie; None where there are none."""
    if not len(values):
        return None
    names = ("least", "p05", "median", "p95", "most")
    return dict(zip(names, map(float, np.quantile(values, [0, 0.05, 0.5, 0.95, 1])), strict=True))
