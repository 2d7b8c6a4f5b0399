"""The staff of a model over several calendar years: posts, work, and what each year costs and brings in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.results.run import Run
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.overload import overloaded_worlds
from kravsim.telling.people_tables import answer, tables
from kravsim.units import ORE_PER_KR
from kravsim.words.doubts import Doubt, as_json, doubted, of_all
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

COST, INCOME, NET, PRINCIPAL, ECONOMIC = (
    "cost_kr",
    "income_kr",
    "net_revenue_kr",
    "principal_recovered_kr",
    "economic_result_kr",
)
STAFF_LINES: Final = ("staff_pay", "staff_overhead", "overtime", "temporary_staff", "recruitment")
_TOLD_OTHERWISE: Final = frozenset({"overloaded", "no_capacity"})
"""Doubts of a single year that are told of all years together."""


@dataclass(frozen=True, eq=False, repr=False)
class PeopleOverYears(Tabled, EqualByParts):
    """What became of the posts of a model, year by year, and what each year came to.

    Parameters
    ----------
    years : tuple of int
        Calendar years, one after the other.
    runs : tuple of tuple of Run
        Of each year a run of each model, the followed one first; replication number n of all years is one life of a team.
    of_posts : mapping of str to float64 array, shape (replications, years)
        What became of the posts: `filled`, `left`, `came`, `failed`, `stood_in` and `ended`.
    nobody : mapping of str to float64 array, shape (replications, years)
        Share of the working days on which nobody who has a skill is at work, by skill.
    empty : float64 array, shape (replications,)
        Years from the day from which nobody is replaced until the last post is no more; infinite where that is beyond what is
        followed, NaN where posts are filled again.
    no_refill_from : datetime.date or None
        That day, the first where teams differ.
    kind : str
        Empty for the base case, ``prior`` over drawn worlds.
    indexed : bool
        Whether money is at levels that differ between years, as the scenario's indices say.

    Raises
    ------
    RunError
        When there is no year, or as many runs are not there for each.
    """

    years: tuple[int, ...]
    runs: tuple[tuple[Run, ...], ...]
    of_posts: Mapping[str, Floats]
    nobody: Mapping[str, Floats]
    empty: Floats
    no_refill_from: dt.date | None = None
    kind: str = ""
    indexed: bool = False

    def __post_init__(self) -> None:
        if not self.years or len({len(runs) for runs in self.runs}) != 1 or len(self.runs) != len(self.years):
            got = f"{len(self.years)}, {len(self.runs)}"
            raise RunError(Problem("people", "runs", got, "a run of each model for every year", "run all years"))

    @property
    def models(self) -> tuple[str, ...]:
        """Machine names, the followed one first."""
        return tuple(run.model for run in self.runs[0])

    @property
    def n(self) -> int:
        """Replications, in all worlds together."""
        return len(self.runs[0][0].outcomes)

    @property
    def seed(self) -> int:
        """The seed of all years."""
        return self.runs[0][0].seed

    def posts(self, name: str) -> Floats:
        """Give what became of the posts, by replication and year.

        Parameters
        ----------
        name : str
            `filled` (posts held, the mean of a year), `left`, `came`, `failed` (recruitments), `stood_in` (substitutes) or
            `ended` (posts that are no more at the end of the year).

        Returns
        -------
        float64 array, shape (replications, years)

        Raises
        ------
        RunError
            When it is none of them.
        """
        if name not in self.of_posts:
            allowed = phrase("one of {names}", names=", ".join(self.of_posts))
            raise RunError(Problem("people", "posts", name, allowed, "choose one of them"))
        return self.of_posts[name]

    def measured(self, name: str, model: int = 0) -> Floats:
        """Give a measure of each year: (replications, years); NaN where there is none.

        Parameters
        ----------
        name : str
            A measure of an outcome, `cost_kr` (budget lines that are paid), `income_kr` (those that come in) or `staff_kr`
            (pay, premises, overtime, temporary staff and recruitment).
        model : int
            Position of the model.
        """
        return np.stack([_of_run(runs[model], name) for runs in self.runs], axis=1)

    def spread(self, year: int, name: str, model: int = 0) -> Distribution:
        """Give a measure of one year over replications.

        Parameters
        ----------
        year : int
            One of ``years``.
        name : str
            As for :meth:`measured`.
        model : int
            Position of the model.
        """
        values = self.measured(name, model)[:, self.years.index(year)]
        return Distribution(values[np.isfinite(values)], name, "kr" if name.endswith("_kr") else "count")

    def difference(self, year: int | None, other: int = 1, name: str = NET) -> Distribution:
        """Give a measure of the followed model less that of another, in a year, or in all years together.

        Parameters
        ----------
        year : int or None
            One of ``years``; None for their sum.
        other : int
            Position of the other model.
        name : str
            As for :meth:`measured`.
        """
        gap = self.measured(name) - self.measured(name, other)
        values = gap.sum(axis=1) if year is None else gap[:, self.years.index(year)]
        return Distribution(values, f"difference_{name}", "kr")

    @cached_property
    def overloaded(self) -> tuple[int, ...]:
        """Years in which the staff cannot do the work that arrives, in some world."""
        return tuple(
            year for year, runs in zip(self.years, self.runs, strict=True) if overloaded_worlds(runs[0].outcomes).any()
        )

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What must be known before the numbers of any year are read."""
        of_runs = [doubt for runs in (self.runs[0], self.runs[-1]) for doubt in of_all(runs)]
        kept = {doubt.key: doubt for doubt in reversed(of_runs) if doubt.key not in _TOLD_OTHERWISE}
        return (*reversed(kept.values()), *self._of_years())

    def _of_years(self) -> tuple[Doubt, ...]:
        found = []
        if self.overloaded:
            first, last = self.overloaded[0], self.overloaded[-1]
            in_a_row = last - first + 1 == len(self.overloaded) > 2
            which = f"{first}–{last}" if in_a_row else ", ".join(map(str, self.overloaded))
            found.append(
                Doubt(
                    "overloaded",
                    f"Överbelastad {which}: personalen hinner inte med det arbete som kommer, det blir liggande, och vad det "
                    "leder till beror på hur länge man ser.",
                    f"Overloaded in {which}: the staff cannot do the work that arrives, it stays, and what comes of it "
                    "depends on how long one looks.",
                    more=tuple(map(str, self.overloaded)),
                )
            )
        if len(self.years) > 1 and "system_depreciation" in self.runs[0][0].lines:
            found.append(
                Doubt(
                    "system_every_year",
                    "Varje år bär ett års avskrivning av systemet, som om det förnyades när det är avskrivet.",
                    "Each year bears a year's depreciation of the system, as if it were renewed once it is written off.",
                )
            )
        return tuple(found)

    def sentence(self, lang: str = "sv") -> str:
        """Say what becomes of posts, costs and net revenue from the first year to the last.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give posts and work, money, the other models, and days without a skill as tables, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return tables(self, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give every replication of every year.

        Returns
        -------
        pandas.DataFrame
            `year`, `replication` (place in all worlds together), `model`, the measures of money and work, and of the followed
            model what became of the posts and `nobody_<skill>`.
        """
        import pandas as pd

        rows = []
        for position, model in enumerate(self.models):
            columns = {name: self.measured(name, position) for name in MEASURED}
            more = {**self.of_posts, **{f"nobody_{skill}": share for skill, share in self.nobody.items()}}
            for place, year in enumerate(self.years):
                one = {name: values[:, place] for name, values in columns.items()}
                one |= {name: values[:, place] for name, values in more.items()} if position == 0 else {}
                about = {"year": year, "replication": np.arange(self.n), "model": model}
                rows.append(pd.DataFrame({**about, **one}))
        return pd.concat(rows, ignore_index=True)

    def to_json(self) -> dict[str, Any]:
        """Give one strict JSON object; money in kr a calendar year."""
        by_year = []
        for place, year in enumerate(self.years):
            posts = {name: float(values[:, place].mean()) for name, values in self.of_posts.items()}
            nobody = {skill: float(share[:, place].mean()) for skill, share in self.nobody.items()}
            of_models = {
                model: {name: _json(self.spread_or_none(year, name, position)) for name in MEASURED}
                for position, model in enumerate(self.models)
            }
            gaps = {
                model: {name: self.difference(year, position, name).to_json() for name in (NET, ECONOMIC)}
                for position, model in enumerate(self.models)
                if position
            }
            by_year.append({"year": year, "posts": posts, "nobody": nobody, "models": of_models, "differences": gaps})
        known = self.empty[~np.isnan(self.empty)]
        return {
            **self.runs[0][0].heading(),
            "uncertainty": self.kind or None,
            "n": self.n,
            "models": list(self.models),
            "years": by_year,
            "no_refill_from": None if self.no_refill_from is None else self.no_refill_from.isoformat(),
            "years_until_empty": [float(years) if np.isfinite(years) else None for years in known],
            "overloaded": list(self.overloaded),
            "doubts": as_json(self.doubts),
        }

    def spread_or_none(self, year: int, name: str, model: int = 0) -> Distribution | None:
        """Give a measure of one year over replications; None where no replication has it.

        Parameters
        ----------
        year, name, model
            As for :meth:`spread`.
        """
        values = self.measured(name, model)[:, self.years.index(year)]
        return self.spread(year, name, model) if np.isfinite(values).any() else None

    def __repr__(self) -> str:
        return f"<PeopleOverYears of {self.models[0]} in {self.runs[0][0].scenario_name}: {self.years[0]}-{self.years[-1]}>"


MEASURED: Final = (
    COST,
    INCOME,
    NET,
    PRINCIPAL,
    ECONOMIC,
    "staff_kr",
    "arrived_hours",
    "busy_hours",
    "backlog_hours",
    "waiting_days",
    "closing_claims",
)


def _json(spread: Distribution | None) -> dict[str, Any] | None:
    return None if spread is None else dict(spread.to_json())


def _of_run(run: Run, name: str) -> Floats:
    """A measure of one year, by replication."""
    lines = {line: run.line_ore(line) for line in run.lines}
    if name == COST:
        found = sum((np.maximum(-amount, 0) for amount in lines.values()), np.zeros(len(run.outcomes), np.int64))
    elif name == INCOME:
        found = sum((np.maximum(amount, 0) for amount in lines.values()), np.zeros(len(run.outcomes), np.int64))
    elif name == "staff_kr":
        found = -sum((lines[line] for line in STAFF_LINES if line in lines), np.zeros(len(run.outcomes), np.int64))
    else:
        return np.array([outcome.numbers.get(name, np.nan) for outcome in run.outcomes], np.float64)
    return np.asarray(found, np.float64) / ORE_PER_KR
