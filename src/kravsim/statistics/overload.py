"""Whether the staff of a model can do the work that arrives; where they cannot, what it gives depends on how long one looks.

A model is overloaded when, on average over the replications of a world, more minutes of work arrive over the horizon than
there are minutes at work, or the backlog at the close exceeds that at the opening by more than ``BACKLOG_DAYS`` working days
of the whole team, or more than so many stand in it from the opening to the close; of several staff pools, the one that falls
behind most decides. Any is enough. The last is that of a queue which no longer grows only because claims in it are barred or
drop out before their turn comes, and so never bring the work of later steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.measures.outcome import Outcome
from kravsim.statistics.distribution import Distribution

if TYPE_CHECKING:
    from kravsim.results.run import Run

BACKLOG_DAYS: Final = 20
"""Working days of the whole team, about a month, by which a backlog may grow before the team is taken not to keep up: more
than one post that happens to be empty at the close leaves, less than a tenth of a year's work."""


@dataclass(frozen=True)
class Load:
    """What arrives for a model's staff in a year, and how they stand to it, on means.

    ``arrived_hours`` of work, of which ``unmet_hours`` beyond those at work (below 0 where hours are left), both a year;
    ``growth_days``: working days of the team by which the backlog grows; ``standing_days``: that are never worked off.

    Parameters
    ----------
    arrived_hours : float
        Work that arrives, hours a year.
    unmet_hours : float
        Of it beyond the hours at work, hours a year; below 0 where hours are left.
    growth_days : float
        Working days of the team by which the backlog grows in a year.
    standing_days : float
        Working days of the team that stand in the backlog from the opening of the horizon to its close.
    """

    arrived_hours: float
    unmet_hours: float
    growth_days: float
    standing_days: float = 0.0

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Load:
        """The means over some replications; what an outcome does not say counts as 0.

        Parameters
        ----------
        outcomes : sequence of Outcome
            Of one model, one a replication.
        """
        names = ("arrived_hours", "unmet_hours", "backlog_growth_days", "backlog_standing_days")
        return cls(*(mean(outcomes, name) for name in names))

    @property
    def too_much(self) -> bool:
        """Whether the staff cannot do the work that arrives."""
        return self.falls_behind or self.standing_days > BACKLOG_DAYS

    @property
    def falls_behind(self) -> bool:
        """Whether more arrives than there are hours for, or the backlog grows by too much."""
        return self.unmet_hours > 0 or self.growth_days > BACKLOG_DAYS


def mean(outcomes: Sequence[Outcome], name: str) -> float:
    """Average a measure; one that a run does not have counts as 0.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, one a replication; not empty.
    name : str
        Machine name of a measure.

    Returns
    -------
    float
        In the measure's own unit.
    """
    return math.fsum(outcome.numbers.get(name, 0.0) for outcome in outcomes) / len(outcomes)


def overloaded_worlds(outcomes: Iterable[Outcome]) -> NDArray[np.bool_]:
    """Which worlds overload a model, by draw: shape (worlds,).

    Parameters
    ----------
    outcomes : iterable of Outcome
        Of one model, every replication of every world.

    Returns
    -------
    array of bool, shape (worlds,)
        In order of draw.
    """
    of_world: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        of_world.setdefault(outcome.draw, []).append(outcome)
    return np.array([Load.of(of_world[draw]).too_much for draw in sorted(of_world)], np.bool_)


def posts_of(run: Run) -> NDArray[np.float64]:
    """Posts of a model in every replication; 0 where an older version did not note them.

    Parameters
    ----------
    run : Run
        Of one model.

    Returns
    -------
    array of float64, shape (replications,)
        Full-time posts.
    """
    return np.array([outcome.numbers.get("posts", 0.0) for outcome in run.outcomes])


@dataclass(frozen=True)
class WorldsByLoad:
    """A comparison over many worlds, without those that overload one of its models, and over those alone.

    Parameters
    ----------
    by_model : mapping of str to (worlds,)
        Which worlds overload each model.
    able, unable : pair of Distribution or None
        Net revenue and economic result, first less second, in worlds whose staff can do the work of both models, and in the
        others; None where there are none.
    """

    by_model: dict[str, NDArray[np.bool_]]
    able: tuple[Distribution, Distribution] | None
    unable: tuple[Distribution, Distribution] | None

    @classmethod
    def of(cls, runs: Sequence[Run], fiscal: Distribution, economic: Distribution) -> WorldsByLoad:
        """Divide the worlds of the first two runs.

        Parameters
        ----------
        runs : sequence of Run
            Two or more models with the same worlds; the first two are compared.
        fiscal : Distribution
            Net revenue of the first model less the second, kr, one value a replication of a world.
        economic : Distribution
            Their economic result, likewise.
        """
        by_model = {run.model: overloaded_worlds(run.outcomes) for run in runs}
        either = by_model[runs[0].model] | by_model[runs[1].model]

        def part(which: NDArray[np.bool_]) -> tuple[Distribution, Distribution] | None:
            if not which.any():
                return None
            first, second = (Distribution(whole.samples[which], whole.label, "kr") for whole in (fiscal, economic))
            return first, second

        return cls(by_model, part(~either), part(either))

    def columns(self, runs: Sequence[Run]) -> dict[str, NDArray[Any]]:
        """Posts of each model, and whether the world overloads it, replication by replication.

        Parameters
        ----------
        runs : sequence of Run
            The models whose worlds these are.

        Returns
        -------
        dict of str to array, shape (replications,)
            Columns ``posts_<model>`` and ``overloaded_<model>``.
        """
        posts = {f"posts_{run.model}": posts_of(run) for run in runs}
        return posts | {f"overloaded_{run.model}": self.by_model[run.model].repeat(run.replications) for run in runs}

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; money in kr a calendar year."""
        parts = {"staff_can": self.able, "staff_cannot": self.unable}
        return {
            "backlog_days": BACKLOG_DAYS,
            "share_of_worlds": {model: float(which.mean()) for model, which in self.by_model.items()},
            **{name: None if part is None else _part(*part) for name, part in parts.items()},
        }


def _part(fiscal: Distribution, economic: Distribution) -> dict[str, Any]:
    return {
        "worlds": fiscal.n,
        "difference_kr": fiscal.to_json(),
        "economic_difference_kr": economic.to_json(),
        "prob_first_better": fiscal.prob_above(0),
        "prob_first_better_economic": economic.prob_above(0),
    }
