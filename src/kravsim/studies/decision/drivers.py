"""What an answer goes with over worlds drawn from what is not known, by reading of the case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.drawn import Reading
from kravsim.studies.decision.driving import FEWEST, Driver
from kravsim.studies.decision.swept import plain
from kravsim.studies.decision.turned_words import SOURCES
from kravsim.words.display import number, share
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Row, Table, Tabled, parts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

SHOWN: Final = 3
_HEADER: Final = (
    ("", "indata", "lågt", "högt", "vid lågt", "vid högt", "andel av variansen", "medelfel"),
    ("", "input", "low", "high", "at low", "at high", "share of variance", "std. error"),
)


@dataclass(frozen=True, eq=False)
class InReading(EqualByParts):
    """What the answer goes with in the worlds of one reading.

    Parameters
    ----------
    reading : Reading
        Whose worlds they are.
    mean, sd : float
        Of the answer over its worlds; NaN where there is none.
    drivers : tuple of Driver
        The largest share first; none where worlds are too few.
    companions : mapping of input to tuple of str
        Of those beyond chance: the inputs that go along with it, most of all first.
    """

    reading: Reading
    mean: float
    sd: float
    drivers: tuple[Driver, ...]
    companions: Mapping[str, tuple[str, ...]]

    @property
    def strongest(self) -> tuple[Driver, ...]:
        """The three with the largest share, of those beyond chance."""
        return tuple(one for one in self.drivers if one.beyond_chance)[:SHOWN]


@dataclass(frozen=True, eq=False, repr=False)
class Drivers(Tabled, EqualByParts):
    """What an answer goes with, in all worlds and in those of every reading.

    Parameters
    ----------
    readings : tuple of InReading
        All worlds first.
    answers : (worlds,) float64 array
        One a world; NaN where there is none.
    figure : (str, str)
        What the answer is, Swedish and English.
    unit, about, kind : str
        Its unit, the scenario, and ``prior`` or ``posterior``.
    simulated : int
        Worlds without a closed-form answer, in which a year was simulated.
    columns : mapping of str to array
        World, readings and every uncertain number, one a world.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    readings: tuple[InReading, ...]
    answers: Floats
    figure: tuple[str, str]
    unit: str
    about: str
    kind: str
    simulated: int
    columns: Mapping[str, Any]
    doubts: tuple[Doubt, ...]

    def __getitem__(self, name: str) -> InReading:
        for one in self.readings:
            if one.reading.name == name:
                return one
        raise KeyError(name)

    def sentence(self, lang: str = "sv") -> str:
        """Name the strongest inputs, in all worlds and in every reading.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._said(lang), self.doubts, lang)

    def _said(self, lang: str) -> str:
        sv = language_index(lang) == 0
        worlds = SOURCES[self.kind][language_index(lang)]
        n = number(len(self.answers), lang)
        first = self.readings[0]
        head = (
            f"Svaret går, över {n} lägen {worlds}, mest med {self._named(first, lang)}."
            if sv
            else f"Over {n} worlds {worlds} the answer goes most with {self._named(first, lang)}."
        )
        place = language_index(lang)
        rest = " · ".join(f"{one.reading.titles[place]}: {self._named(one, lang)}" for one in self.readings[1:])
        said = f"{head} {'Per läsning' if sv else 'By reading'}: {rest}." if rest else head
        return said + (
            " Det som bara verkar tillsammans syns inte här." if sv else " What acts only together is not seen here."
        )

    def _named(self, one: InReading, lang: str) -> str:
        sv = language_index(lang) == 0
        if not one.drivers:
            return (
                f"inget som kan skiljas ut bland så få lägen (minst {FEWEST} behövs)"
                if sv
                else f"nothing that can be told apart in so few worlds ({FEWEST} are needed)"
            )
        if not one.strongest:
            return "inget mer än slumpen ger" if sv else "nothing more than chance gives"
        return ", ".join(f"{driver.name} ({share(driver.share, lang, step=0.01)})" for driver in one.strongest)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the strongest inputs of all worlds and of every reading.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place = language_index(lang)
        groups = [self._rows(one, lang) for one in self.readings]
        worlds = SOURCES[self.kind][place]
        lead = (
            f"{capital(self.figure[place])}; {number(len(self.answers), lang)} {('lägen', 'worlds')[place]} {worlds}."
        )
        notes = [self.sentence(lang), *self._along(lang)]
        if self.simulated:
            n = self.simulated
            notes.append(
                f"Simulerade lägen, utan sluten form: {n}."
                if place == 0
                else f"Worlds simulated, for want of a closed form: {n}."
            )
        return (Table(self.about, _HEADER[place], parts(*groups), tuple(notes), (lead,), left=(0, 1)),)

    def _rows(self, one: InReading, lang: str) -> list[Row]:
        place = language_index(lang)
        n = number(len(one.reading.worlds), lang)
        mean = amount(one.mean, self.unit, lang) if math.isfinite(one.mean) else "–"
        title = f"{one.reading.titles[place]} ({n} {('lägen, i medel', 'worlds, mean')[place]} {mean})"
        if not one.strongest:
            return [Row((title, self._named(one, lang), *["–"] * 6))]
        rows = []
        for first, driver in enumerate(one.strongest):
            ends = [
                plain(end if isinstance(end, str) else float(f"{end:.4g}"), lang) for end in (driver.low, driver.high)
            ]
            answers = [amount(at, self.unit, lang) for at in (driver.at_low, driver.at_high)]
            parted = [share(driver.share, lang, step=0.01), number(100 * driver.se, lang, step=0.1)]
            rows.append(Row(("" if first else title, driver.name, *ends, *answers, *parted)))
        return rows

    def _along(self, lang: str) -> list[str]:
        sv = language_index(lang) == 0
        texts = {
            driver.name: one.companions[driver.name]
            for one in self.readings
            for driver in one.strongest
            if one.companions.get(driver.name)
        }
        return [
            f"{name} följs åt med {', '.join(others[:3])}."
            if sv
            else f"{name} goes along with {', '.join(others[:3])}."
            for name, others in texts.items()
        ]

    def to_frame(self) -> pd.DataFrame:
        """One row an input of a reading: `dimension`, `reading`, `worlds`, `input` and what :class:`Driver` says of it."""
        import pandas as pd

        rows = [
            {
                "dimension": one.reading.dimension,
                "reading": one.reading.name,
                "worlds": len(one.reading.worlds),
                "input": driver.name,
                **{name: value for name, value in driver._asdict().items() if name != "name"},
                "goes_along_with": "; ".join(one.companions.get(driver.name, ())),
            }
            for one in self.readings
            for driver in one.drivers
        ]
        names = ["dimension", "reading", "worlds", "input", *Driver._fields[1:], "goes_along_with"]
        return pd.DataFrame(rows, columns=names)

    def worlds(self) -> pd.DataFrame:
        """One row a world: `world`, its readings, `answer`, and every uncertain number."""
        import pandas as pd

        head = {name: column for name, column in self.columns.items() if np.asarray(column).dtype.kind != "f"}
        return pd.DataFrame({**head, "answer": self.answers, **dict(self.columns)})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        return {
            "figure": self.figure[1],
            "worlds": self.kind,
            "draws": len(self.answers),
            "readings": [self._reading_fields(one) for one in self.readings],
            "simulated_worlds": self.simulated,
            "doubts": as_json(self.doubts),
        }

    def _reading_fields(self, one: InReading) -> dict[str, Any]:
        drivers = [
            {
                name: None if isinstance(value, float) and math.isnan(value) else value
                for name, value in driver._asdict().items()
            }
            for driver in one.drivers
        ]
        known = math.isfinite(one.mean)
        return {
            "dimension": one.reading.dimension,
            "name": one.reading.name,
            "weight": one.reading.weight,
            "worlds": len(one.reading.worlds),
            "mean": one.mean if known else None,
            "sd": one.sd if known else None,
            "strongest": [driver.name for driver in one.strongest],
            "inputs": drivers,
            "goes_along_with": {name: list(others) for name, others in one.companions.items()},
        }

    def __repr__(self) -> str:
        return f"<Drivers: {self.sentence('en')}>"
