"""Three or more models in order: who is ahead of whom, what cannot be told apart, and whether to leave today's model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run
from kravsim.statistics.all_pairs import AllPairs, Pair
from kravsim.statistics.coverage import covers_less
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.selected import Selected
from kravsim.telling.contract_table import contract_figures, contract_table
from kravsim.telling.ranking_tables import tables
from kravsim.telling.ranking_words import COMMON_COSTS, OPEN, STAY, SWITCH, answer
from kravsim.telling.shown import step_of, steps
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import Doubt, as_json, doubted, of_all
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd

MEASURES: Final = (
    "net_revenue_kr",
    "net_revenue_excl_interest_kr",
    "books_net_kr",
    "principal_recovered_kr",
    "economic_result_kr",
)
"""Figures of a year of which more is better."""

LEAST_KR: Final = 100_000.0
"""A year's gain below which no switch is recommended, unless another is given (docs/decisions/2026-11-29-ranking.md)."""


@dataclass(frozen=True, eq=False, repr=False)
class Ranking(Tabled, EqualByParts):
    """Models of one scenario that met the same debtors and the same luck, by one figure of a year.

    Parameters
    ----------
    runs : iterable of Run
        Two or more, in any order.
    measure : str
        One of ``MEASURES``.
    level : float
        With which the intervals of all pairs of models cover together.
    least_kr : float
        Gain a year over today's model from which on a switch is recommended, kr.
    today : str
        The model in force.
    kind : str
        Empty for the base case; ``prior`` or ``posterior`` over drawn worlds: the first year of each is then used.
    selection : Selected, optional
        The outcome of a selection procedure whose replications these are.

    Raises
    ------
    RunError
        When the runs do not fit each other, or there is only one replication, which shows no chance.
    """

    runs: tuple[Run, ...]
    measure: str
    level: float
    least_kr: float
    today: str
    kind: str = ""
    selection: Selected | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", Comparison(self.runs).runs)
        if len(self.runs[0].outcomes) < 2:
            remedy = "ask for more: one shows no chance"
            raise RunError(Problem("ranking", "replications", 1, "two replications or more", remedy))

    @cached_property
    def order(self) -> AllPairs:
        """The models by their means with every pair compared, kr a calendar year."""
        kept = [place for place, (_, number) in enumerate(self.runs[0].pairs) if not (self.kind and number)]
        spreads = [Distribution(run.metric(self.measure).samples[kept], run.model, "kr") for run in self.runs]
        return AllPairs(tuple(spreads), self.level)

    @property
    def n(self) -> int:
        """Replications, or drawn worlds."""
        return self.order.spreads[0].n

    @property
    def models(self) -> tuple[str, ...]:
        """The models by their means, the best first."""
        return self.order.names

    def run(self, model: str) -> Run:
        """Give the run of a model.

        Parameters
        ----------
        model : str
            Machine name of one of `models`.

        Raises
        ------
        StopIteration
            When it is none of them.
        """
        return next(run for run in self.runs if run.model == model)

    @property
    def over_today(self) -> tuple[Pair, ...]:
        """Every other model less today's, in the order of the ranking."""
        return tuple(self.order.pair(model, self.today) for model in self.models if model != self.today)

    @property
    def candidates(self) -> tuple[str, ...]:
        """Models that surely give `least_kr` more than today's; those that one of them is ahead of are left out."""
        sure = [pair.first for pair in self.over_today if pair.interval[0] >= self.least_kr and pair.interval[0] > 0]
        return tuple(
            one for one in sure if not any(self.order.pair(other, one).ahead == other for other in sure if other != one)
        )

    @property
    def possible(self) -> tuple[str, ...]:
        """Models that may give `least_kr` more than today's, as far as the replications can tell."""
        return tuple(pair.first for pair in self.over_today if pair.interval[1] > self.least_kr)

    @property
    def verdict(self) -> str:
        """``switch``, ``stay`` or ``open``."""
        return SWITCH if self.candidates else OPEN if self.possible else STAY

    @cached_property
    def alike(self) -> tuple[str, ...]:
        """Budget lines that are the same in every replication of every model: they decide nothing."""
        first, *others = self.runs
        return tuple(
            line
            for line in first.lines
            if first.line_ore(line).any() and all((first.line_ore(line) == run.line_ore(line)).all() for run in others)
        )

    @cached_property
    def shown(self) -> tuple[dict[str, float], float]:
        """Means as they are printed, kr, and the step they are multiples of: by the smallest error of a difference."""
        known = [pair.spread for pair in self.order.pairs]
        varied = [spread for spread in known if not spread.identical]
        asked = min(varied, key=lambda spread: spread.se) if varied else known[0]
        step = step_of(asked, list(self.order.spreads))
        return {spread.label: steps(spread.mean, step) * step for spread in self.order.spreads}, step

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of any of the models."""
        return (*of_all(self.runs), *covers_less(pair.spread for pair in self.order.pairs))

    def sentence(self, lang: str = "sv") -> str:
        """Say who is ahead, what cannot be told apart and whether to switch, with the doubts, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the order, every pair, and what each model leads to, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        runs = [self.run(model) for model in self.models]
        return (*tables(self, lang), *contract_table(runs, self.shown[1], lang))

    def to_frame(self) -> pd.DataFrame:
        """Give every pair, kr a calendar year.

        Returns
        -------
        pandas.DataFrame
            `first`, `second`, `mean_kr`, `se_kr`, `low_kr`, `high_kr` (of the simultaneous interval) and `ahead` (a model, or
            None); the model with the higher mean is first.
        """
        import pandas as pd

        rows = [
            (one.first, one.second, one.spread.mean, one.spread.se, *one.interval, one.ahead or None)
            for one in self.order.pairs
        ]
        names = ["first", "second", "mean_kr", "se_kr", "low_kr", "high_kr", "ahead"]
        return pd.DataFrame(rows, columns=names).astype({"ahead": object})

    def to_json(self) -> dict[str, Any]:
        """Give one strict JSON object; money in kr a calendar year."""
        best, places = self.order.best_in(), self.order.places
        models = [
            {
                "model": spread.label,
                "place_from": places[spread.label][0],
                "place_to": places[spread.label][1],
                "mean_kr": spread.mean,
                "sd_kr": spread.sd,
                "best_in": best[spread.label],
            }
            for spread in self.order.spreads
        ]
        return {
            **self.runs[0].heading(),
            "measure": self.measure,
            "uncertainty": self.kind or None,
            "n": self.n,
            "level": self.level,
            "least_kr": self.least_kr,
            "today": self.today,
            "models": models,
            "pairs": [pair.to_json() for pair in self.order.pairs],
            "may_be_best": list(self.order.leaders),
            "verdict": self.verdict,
            "switch_to": list(self.candidates),
            "may_reach_least": list(self.possible),
            "lines_alike": list(self.alike),
            "common_costs_left_out": list(COMMON_COSTS),
            "leads_to": contract_figures([self.run(model) for model in self.models]),
            "selection": None if self.selection is None else self.selection.to_json(),
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<Ranking of {self.runs[0].scenario_name}: {answer(self, 'en').replace(NO_BREAK, ' ')}>"
