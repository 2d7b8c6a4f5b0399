"""What the closed form says at many positions of the sliders: lines, hours and whether there is an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.evaluating import is_of
from kravsim.expected import Expected, evaluated
from kravsim.expected.missing import OVERLOAD, PEOPLE, RELIEF
from kravsim.exploring.positions import tied
from kravsim.exploring.sliders import Slider
from kravsim.ledger.lines import STATEMENT
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure

if TYPE_CHECKING:
    from kravsim.running.progress import Progress
    from kravsim.scenario import Scenario

LINES: Final = tuple(line.name for line in STATEMENT)
"""Lines of the statement, in order."""
_AT_ONCE: Final = 256
_PLENTY: Final = 100.0
"""So many times the posts that there are can surely do the work."""
_HOURS_A_POST: Final = 300.0
"""Where a post has no more than so many hours of work a year, nothing waits."""


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's year at some points.

    Parameters
    ----------
    lines : mapping of line to float64 array, shape (points,)
        Kronor a year; NaN where there is no answer.
    hours, hours_open : float64 arrays, shape (points,)
        Hours of own work that arrive, and hours that there are for it; NaN where there is no answer or no queue.
    impossible : bool array, shape (points,)
        Whether no world is possible there; staff who cannot do the work are not among them.
    """

    lines: Mapping[str, Floats]
    hours: Floats
    hours_open: Floats
    impossible: NDArray[np.bool_]

    @property
    def net(self) -> Floats:
        """Net revenue, kr a year, shape (points,)."""
        return np.asarray(sum(self.lines.values()))


@dataclass(frozen=True, eq=False)
class Asked:
    """Two models of a scenario, and the sliders that move them.

    Parameters
    ----------
    scenario : Scenario
        What stands where no slider is.
    models : tuple of str
        First and second; the difference is the first less the second.
    sliders : tuple of Slider
        The inputs.
    shown : Progress
        How far it has come.
    """

    scenario: Scenario
    models: tuple[str, ...]
    sliders: tuple[Slider, ...]
    shown: Progress

    @property
    def figure(self) -> Figure:
        """The difference, with the numbers that keep their proportion to sliders."""
        return Figure(self.scenario, self.models, tied=tied(self.sliders))

    @property
    def base(self) -> Floats:
        """Where the scenario stands, from -1 to 1, shape (1, inputs)."""
        return np.array([[float(one.scaled(np.array(one.value))) for one in self.sliders]])

    def values(self, x: Floats) -> dict[str, Floats]:
        """Every number that is moved at some points, by key.

        Parameters
        ----------
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        """
        moved = {one.key: one.values(x[:, place]) for place, one in enumerate(self.sliders)}
        return {key: np.asarray(one, np.float64) for key, one in self.figure.beside(moved).items()}

    def at(self, model: str, x: Floats, more: Mapping[str, Floats] | None = None, *, drawn: bool = False) -> Answers:
        """Ask the closed form of one model.

        Parameters
        ----------
        model : str
            Its machine name.
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        more : mapping of key to float64 array, shape (points,), optional
            Numbers without a slider, or in place of what sliders give.
        drawn : bool
            Whether posts are those of drawn worlds.
        """
        values = {**self.values(x), **(more or {})}
        mine = {key: array for key, array in values.items() if is_of(key, model)}
        parts = []
        for begin in range(0, len(x), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            many = len(x[some])
            found = evaluated(self.scenario, model, {key: array[some] for key, array in mine.items()}, drawn=drawn)
            parts.append(_read(found, many))
            self.shown.advance(many)
        return Answers(
            {line: np.concatenate([part.lines[line] for part in parts]) for line in LINES},
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("hours", "hours_open", "impossible")
            ),
        )

    def hours_without_queue(self, model: str, x: Floats) -> Floats:
        """Hours of own work a year where nothing waits, shape (points,).

        Parameters
        ----------
        model : str
            Its machine name.
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        """
        pools = [f"models.{model}.staff.{name}.fte" for name in self.scenario.data.models[model].staff]
        posts = {key: float(self.figure.limits[key][0].value) for key in pools}
        surely = {key: self._allowed(key, _PLENTY * (one + 1)) for key, one in posts.items()}
        work = float(self.at(model, self.base, {key: np.full(1, one) for key, one in surely.items()}).hours[0])
        ample = {key: self._allowed(key, max(2 * posts[key], work / _HOURS_A_POST)) for key in pools}
        return self.at(model, x, {key: np.full(len(x), one) for key, one in ample.items()}).hours

    def _allowed(self, key: str, posts: float) -> float:
        limits = self.figure.limits[key][1]
        return posts if limits is None or limits.le is None else min(posts, limits.le)


def _read(found: Expected, many: int) -> Answers:
    def array(name: str) -> Floats:
        return np.broadcast_to(np.asarray(found.get(name, np.nan), np.float64), (many,))

    lines = {line: array(f"budget_{line}_kr") for line in LINES}
    hours = array("arrived_hours")
    with np.errstate(divide="ignore", invalid="ignore"):
        there = np.where(array("utilisation") > 0, hours / array("utilisation"), np.nan)
    net = array("net_revenue_kr")
    impossible = np.zeros(many, bool)
    for place in np.flatnonzero(np.isnan(net)):
        impossible[place] = found.why("net_revenue_kr", int(place) % len(found["net_revenue_kr"])) not in (
            OVERLOAD,
            PEOPLE,
            RELIEF,
        )
    right = np.isfinite(net)
    return Answers({line: np.where(right, one, np.nan) for line, one in lines.items()}, hours, there, impossible)


def queues(scenario: Scenario, models: Sequence[str]) -> tuple[str, ...]:
    """The models whose staff have work that waits.

    Parameters
    ----------
    scenario : Scenario
        Whose models they are.
    models : sequence of str
        Machine names.
    """
    return tuple(name for name in models if scenario.data.models[name].work)
