"""Years simulated where the closed form says that an answer turns: on the same luck in both models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.statistics.convergence import half_width
from kravsim.statistics.distribution import Distribution
from kravsim.studies.decision.axis import MOST_WHOLE, settable
from kravsim.studies.decision.checks import whole
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.study import Study

YEARS: Final = 20
"""Years that are simulated at a value unasked."""
_MOST: Final = 100_000
_STEP: Final = 1e-3


class Confirmed(NamedTuple):
    """A value that was simulated.

    Parameters
    ----------
    at : float
        The value in closed form.
    mean, se : float
        What the simulated years give there, and its standard error: 0 if the two agreed without error.
    moved, moved_se : float
        The value that the simulated years point to, and its standard error; NaN where the figure has no slope to follow.
    years : int
        Simulated there.
    reach : float
        The longer arm of the 95 % interval of `mean`, in standard errors.
    """

    at: float
    mean: float
    se: float
    moved: float
    moved_se: float
    years: int
    reach: float

    @property
    def arm(self) -> float:
        """Half the width of the 95 % interval of `mean`."""
        return self.reach * self.se

    @property
    def span(self) -> tuple[float, float]:
        """The 95 % interval of the value that the simulated years point to."""
        arm = self.reach * self.moved_se
        return self.moved - arm, self.moved + arm

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        return {name: known_or_none(value) for name, value in self._asdict().items()} | {
            "interval_of_chance": [known_or_none(end) for end in self.span]
        }


def years_asked(years: object) -> int:
    """Read how many years to simulate.

    Parameters
    ----------
    years : object
        What a caller gave.

    Raises
    ------
    ScenarioError
        When it is 1, which has no error, or no whole number.
    """
    count = whole(years, "confirm", 0, _MOST)
    if count == 1:
        raise ScenarioError(Problem("", "confirm", count, "0, or 2 or more", "one year has no error"))
    return count


def years_at(figure: Figure, values: Mapping[str, float], *, years: int, seed: int) -> Distribution:
    """Simulate years with some numbers changed, and give the figure in each.

    Parameters
    ----------
    figure : Figure
        What is simulated.
    values : mapping of str to float
        By dotted key, in the units of the keys; what is not among them stays as it is.
    years : int
        Replications, 2 or more.
    seed : int
        From 0 up.

    Raises
    ------
    ScenarioError
        When the values cannot stand together.
    """
    given = {key: settable(figure, key, float(value)) for key, value in figure.beside(values).items()}
    changed = figure.scenario.with_changes(given) if given else figure.scenario
    runs = Study(changed, figure.models, seed, {"progress": False}).runs(years)
    samples = [run.metric(figure.measure).samples for run in runs]
    spread = samples[0] if len(samples) == 1 else samples[0] - samples[1]
    return Distribution(spread, "simulated", figure.unit)


def confirmed_by(spread: Distribution, at: float, rate: float = math.nan) -> Confirmed:
    """Say what simulated years give at a value.

    Parameters
    ----------
    spread : Distribution
        The figure in each of two years or more.
    at : float
        The value, in the unit of its key.
    rate : float
        The figure's change with the key, a unit of it; NaN or 0 where there is no slope to follow.
    """
    arm, se = half_width(spread)[0], spread.se
    reach = arm / se if se else 0.0
    if not rate or not math.isfinite(rate):
        return Confirmed(at, spread.mean, se, math.nan, math.nan, spread.n, reach)
    return Confirmed(at, spread.mean, se, at - spread.mean / rate, se / abs(rate), spread.n, reach)


def confirmed(
    figure: Figure,
    key: str,
    at: float,
    width: float,
    *,
    years: int,
    seed: int,
    beside: Mapping[str, float] | None = None,
) -> Confirmed:
    """Simulate at a value that was found, and move it by what is left over there.

    Parameters
    ----------
    figure : Figure
        What is simulated.
    key : str
        Dotted key of the number.
    at : float
        The value that was found, in the unit of the key.
    width : float
        Of the range that was looked at: a thousandth of it gives the slope.
    years, seed : int
        Replications, 2 or more, and their seed.
    beside : mapping of key to float, optional
        Other numbers held at other values.
    """
    spread = years_at(figure, {**(beside or {}), key: at}, years=years, seed=seed)
    return confirmed_by(spread, at, slope(figure, key, at, width, beside))


def slope(figure: Figure, key: str, at: float, width: float, beside: Mapping[str, float] | None = None) -> float:
    """The figure's change with a number, a unit of it; to one side at the edge of what has an answer or is allowed.

    NaN for whole numbers of which there are few between the ends.

    Parameters
    ----------
    figure : Figure
        What changes.
    key : str
        Dotted key of a number.
    at : float
        In the unit of the key.
    width : float
        Between the ends that are looked between, in the unit of the key; the step is a small share of it.
    beside : mapping of key to float, optional
        Numbers held at other values.

    Returns
    -------
    float
        In the unit of the figure, a unit of the key; NaN also where there is no answer beside `at`.
    """
    limits = figure.limits[key][1]
    counted = limits is not None and (limits.integer or limits.whole)
    if counted and width <= MOST_WHOLE:
        return math.nan
    step = max(1.0, round(_STEP * width)) if counted else _STEP * width
    middle = float(settable(figure, key, at))
    places = np.array([middle - step, middle, middle + step])
    fits = np.array([limits is None or limits.fits(settable(figure, key, float(x))) for x in places])
    values = np.full(3, np.nan)
    held = {one: np.full(int(fits.sum()), value) for one, value in (beside or {}).items()}
    values[fits] = figure.at({**held, key: places[fits]})
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        return math.nan
    return float((values[known[-1]] - values[known[0]]) / (places[known[-1]] - places[known[0]]))


def known_or_none(value: float) -> float | None:
    """A number as JSON has it: None where there is none.

    Parameters
    ----------
    value : float
        May be NaN or infinite.
    """
    return value if math.isfinite(value) else None
