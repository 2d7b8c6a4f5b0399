"""A finished comparison by full cost, by marginal cost and with pay alone: the same years, counted in three ways.

Which budget line a concept counts stands in :mod:`kravsim.ledger.lines`; nothing is drawn or run anew, so that the three
differ by nothing but what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.ledger.lines import CONCEPTS, STATEMENT
from kravsim.phrases import phrase
from kravsim.results.run import Run
from kravsim.results.uncertainty import first_years
from kravsim.statistics.coverage import covers_less
from kravsim.statistics.distribution import Distribution
from kravsim.telling.cost_tables import answer, tables
from kravsim.telling.shown import ShownYears
from kravsim.units import ORE_PER_KR
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import Doubt, as_json, doubted, merged, of_all
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from kravsim.statistics.paired import Paired

NAMES: Final = tuple(concept.name for concept in CONCEPTS)
"""Names of the concepts, from the one that counts most."""
FULL: Final = NAMES[0]


def counted(concept: str) -> tuple[str, ...]:
    """Name the budget lines that a concept counts; a line that the table has not always counts.

    Parameters
    ----------
    concept : str
        One of ``NAMES``.

    Returns
    -------
    tuple of str
        In the order of the statement.

    Examples
    --------
    >>> sorted(set(counted("full")) - set(counted("marginal")))
    ['staff_overhead', 'system_depreciation']
    """
    natures = CONCEPTS[NAMES.index(checked(concept))].natures
    return tuple(line.name for line in STATEMENT if line.nature in natures)


def checked(concept: object) -> str:
    """Refuse what is no concept of cost.

    Parameters
    ----------
    concept : object
        What a caller gave.

    Raises
    ------
    RunError
        When it is not one of ``NAMES``.
    """
    if concept not in NAMES:
        allowed = phrase("one of {names}", names=", ".join(NAMES))
        raise RunError(Problem("", "concept", concept, allowed, "choose one of them"))
    return str(concept)


@dataclass(frozen=True, eq=False, repr=False)
class CostConcepts(Tabled, EqualByParts):
    """Models that met the same debtors and the same luck, by each concept of cost; every difference is first less second.

    Parameters
    ----------
    runs : tuple of Run
        At least two, as a comparison has them.
    concept : str
        The one that the answer is given by first.
    kind : str
        Empty for the base case; ``prior`` or ``posterior`` over drawn worlds: the first year of each is then used.
    declared : tuple of Doubt
        What must be known of the scenario beyond what its runs say.

    Raises
    ------
    RunError
        When there are fewer than two runs, or the concept is unknown.
    """

    runs: tuple[Run, ...]
    concept: str = FULL
    kind: str = ""
    declared: tuple[Doubt, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", tuple(self.runs))
        checked(self.concept)
        if len(self.runs) < 2:
            raise RunError(Problem("comparison", "models", len(self.runs), "at least two models", "name another model"))

    @classmethod
    def of(cls, found: Paired, concept: str = FULL, declared: Sequence[Doubt] = ()) -> CostConcepts:
        """Read a finished comparison, of base case or drawn worlds.

        Parameters
        ----------
        found : Comparison or UncertainComparison
            As :func:`kravsim.compare` gives it, or :func:`kravsim.load_comparison`.
        concept : str
            The one that the answer is given by first.
        declared : sequence of Doubt
            What must be known of the scenario beyond what its runs say.
        """
        return cls(found.runs, concept, getattr(found, "kind", ""), tuple(declared))

    @cached_property
    def years(self) -> tuple[Run, ...]:
        """The runs with the years that are counted: all of them, or the first of each drawn world."""
        return first_years(self.runs) if self.kind else self.runs

    @property
    def n(self) -> int:
        """Replications, or drawn worlds."""
        return len(self.years[0].outcomes)

    @property
    def order(self) -> tuple[str, ...]:
        """The concepts, the chosen one first."""
        return (self.concept, *(name for name in NAMES if name != self.concept))

    def net(self, model: str, concept: str) -> Distribution:
        """Net revenue of a model by a concept of cost, kr a calendar year.

        Parameters
        ----------
        model : str
            One of the compared models.
        concept : str
            One of ``NAMES``.

        Raises
        ------
        RunError
            When either is unknown.
        """
        for run in self.years:
            if run.model == model:
                return Distribution(_net_ore(run, concept) / ORE_PER_KR, f"net_revenue_{concept}_kr", "kr")
        allowed = phrase("one of {names}", names=", ".join(run.model for run in self.runs))
        raise RunError(Problem("", "model", model, allowed, "check the spelling"))

    def difference(self, concept: str) -> Distribution:
        """Net revenue of the first less the second by a concept of cost, kr a calendar year.

        Parameters
        ----------
        concept : str
            One of ``NAMES``.
        """
        first, second = self.years[:2]
        ore = _net_ore(first, concept) - _net_ore(second, concept)
        return Distribution(ore / ORE_PER_KR, f"difference_{concept}_kr", "kr")

    def economic_difference(self, concept: str) -> Distribution:
        """The same with recovered principal counted, and what a buyer pays for claims.

        Parameters
        ----------
        concept : str
            One of ``NAMES``.
        """
        first, second = (_net_ore(run, concept) + _beside_net_ore(run) for run in self.years[:2])
        return Distribution((first - second) / ORE_PER_KR, f"economic_difference_{concept}_kr", "kr")

    @property
    def turns(self) -> bool:
        """Whether the mean difference has another sign by one concept than by another."""
        means = [self.difference(concept).mean for concept in NAMES]
        return min(means) < 0 < max(means)

    @cached_property
    def shown(self) -> ShownYears:
        """The kronor of the tables, rounded so that what is printed adds up."""
        return ShownYears.of(self.years, self.difference(FULL))

    def shown_net(self, concept: str) -> list[float]:
        """Net revenue of every model as it is printed, kr: the sum of its printed lines.

        Parameters
        ----------
        concept : str
            One of ``NAMES``.
        """
        left_out = _left_out(concept)
        return [sum(kr for line, kr in lines.items() if line not in left_out) for lines in self.shown.lines]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of any of the models."""
        spreads = [self.difference(concept) for concept in NAMES]
        return merged((*of_all(self.runs), *covers_less(spreads), *self.declared))

    def sentence(self, lang: str = "sv") -> str:
        """Say the difference by the chosen concept, then by the others, and whether the sign turns.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the models by each concept, then what each counts line by line, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return tables(self, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give every budget line, kr a calendar year.

        Returns
        -------
        pandas.DataFrame
            `line`, the mean of every model under its name, `difference`, a column of booleans for each concept that says
            whether it counts the line, and `follows`.
        """
        import pandas as pd

        names = list(dict.fromkeys(line for run in self.years for line in run.lines))
        columns: dict[str, Any] = {"line": names}
        for run in self.years:
            columns[run.model] = [float(run.line_ore(line).mean()) / ORE_PER_KR for line in names]
        first, second = (np.array(columns[run.model]) for run in self.years[:2])
        columns["difference"] = first - second
        for concept in NAMES:
            columns[concept] = [line not in _left_out(concept) for line in names]
        follows = {line.name: line.follows for line in STATEMENT}
        columns["follows"] = [follows.get(line, "") for line in names]
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """Give one strict JSON object; money in kr a calendar year."""
        concepts = {}
        for concept in NAMES:
            fiscal, economic = self.difference(concept), self.economic_difference(concept)
            concepts[concept] = {
                "lines": list(counted(concept)),
                "net_revenue_kr": {run.model: self.net(run.model, concept).to_json() for run in self.years},
                "difference_kr": fiscal.to_json(),
                "economic_difference_kr": economic.to_json(),
                "prob_first_better": fiscal.prob_above(0),
                "prob_first_better_economic": economic.prob_above(0),
            }
        return {
            **self.runs[0].heading(),
            "uncertainty": self.kind or None,
            "n": self.n,
            "first": self.runs[0].model,
            "second": self.runs[1].model,
            "concept": self.concept,
            "concepts": concepts,
            "sign_turns": self.turns,
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<CostConcepts of {self.runs[0].scenario_name}: {answer(self, 'en').replace(NO_BREAK, ' ')}>"


def _left_out(concept: str) -> frozenset[str]:
    return frozenset(line.name for line in STATEMENT) - frozenset(counted(concept))


def _beside_net_ore(run: Run) -> NDArray[np.int64]:
    """What the economic result counts beside net revenue in öre, shape (years,): no concept leaves any of it out."""
    return np.rint(run.economic_result.samples * ORE_PER_KR).astype(np.int64) - run.net_ore()


def _net_ore(run: Run, concept: str) -> NDArray[np.int64]:
    """Net revenue by a concept in öre, shape (years,): that of full cost less the lines that are not counted."""
    left_out = [run.line_ore(line) for line in run.lines if line in _left_out(concept)]
    return run.net_ore() - sum(left_out, np.zeros(len(run.outcomes), np.int64))
