"""``switching_value``: at which value of one of a scenario's numbers the answer turns, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.results.doubts import Doubt
from kravsim.scenario import AnyScenario, scenario_of, told_how_to_call
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.prior import prior
from kravsim.studies.compare import Study
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.checks import number as one_number
from kravsim.studies.decision.closed_form import FISCAL, Figure, is_of
from kravsim.studies.decision.one_at_a_time import scan
from kravsim.studies.decision.roots import roots_between
from kravsim.studies.decision.switched import Confirmed, SwitchingValue
from kravsim.studies.designs import within

POINTS: Final = 61
_WORLD_POINTS: Final = 21
_MOST_WHOLE: Final = 400


@told_how_to_call
def switching_value(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    key: str,
    low: float | None = None,
    high: float | None = None,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    measure: str = FISCAL,
    structures: Mapping[str, str] | None = None,
    points: int = POINTS,
    worlds: int = 64,
    confirm: int = 0,
    seed: int = 1,
) -> SwitchingValue:
    """Find where a figure of one model, or the difference of two, changes its sign along one number of a scenario.

    The closed form is scanned, then solved. Where staff cannot do the work it has no answer and is not used: the result says
    over which stretch.

    Parameters
    ----------
    scenario : Scenario, str or path
    key : str
        Dotted key of a number, such as ``models.in_house.staff.handlers.fte``.
    low, high : float, optional
        Where to look; the number's own range when left out.
    models, measure, structures
        As for :func:`kravsim.studies.sensitivity`.
    points : int
        Points of the scan.
    worlds : int
        Draws of all other uncertain numbers, in each of which the value is found anew: its spread is the interval from what
        is not known. 0 leaves that out.
    confirm : int
        Years to simulate at every value found, on the same luck: 0 leaves that out.
    seed : int
        Fixes the draws and the simulated years.

    Returns
    -------
    SwitchingValue

    Raises
    ------
    ScenarioError
        When the key is no number of the scenario or can have no part in the figure, or a choice is not allowed.
    """
    scenario = scenario_of(scenario)
    figure = Figure(within(scenario, structures), (models,) if isinstance(models, str) else tuple(models), measure)
    x, is_whole = _places(figure, key, low, high, whole(points, "points", 5, 10_001))
    y = figure.at({key: x})
    known = np.isfinite(y)
    crossing: list[float] = []
    jumps: list[float] = []
    for part in _stretches(known):
        if is_whole:
            turns = [k for k in part[:-1] if y[k] * y[k + 1] < 0]
            jumps += [float(x[k] + x[k + 1]) / 2 for k in turns]
            crossing += [float(x[k]) for k in part if y[k] == 0]
        elif len(part) > 1:
            found = roots_between(lambda at: float(figure.at({key: np.array([at])})[0]), x[part], y[part])
            crossing += [*found.crossing, *found.touching]
            jumps += found.jumps
    roots = tuple(sorted(crossing))
    root = roots[0] if len(roots) == 1 else None
    spread = _over_worlds(figure, key, x, whole(worlds, "worlds", 0, 10_000), whole(seed, "seed", 0))
    years = whole(confirm, "confirm", 0, 100_000)
    if years == 1:
        raise ScenarioError(Problem("", "confirm", years, "0, or 2 or more", "one year has no error"))
    proof = (
        tuple(_confirmed(figure, key, at, seed, years, x[-1] - x[0]) for at in roots) if years and not is_whole else ()
    )
    none = not roots and not jumps
    return SwitchingValue(
        key=key,
        figure=(figure.name("sv"), figure.name("en")),
        about=figure.scenario.label,
        today=float(figure.limits[key][0].value),
        base=figure.base,
        x=x,
        y=y,
        roots=roots,
        turns=tuple(sorted(jumps)),
        missing=_missing(figure, key, x, known),
        worlds=spread,
        confirmed=proof,
        beside=_beside(figure, key, x, y) if none and known.any() else (),
        only=root,
    )


def _places(figure: Figure, key: str, low: float | None, high: float | None, points: int) -> tuple[Floats, bool]:
    if key not in figure.limits:
        remedy = did_you_mean(key, list(figure.limits)) or "see the keys with kravsim describe"
        raise ScenarioError(Problem("", "key", key, "the dotted key of a number of the scenario", remedy))
    if not is_of(key, *figure.models):
        remedy = f"choose a number of the world, or of {' or '.join(figure.models)}"
        raise ScenarioError(Problem("", "key", key, "a number that can have a part in the figure", remedy))
    one, limits = figure.limits[key]
    remedy = "give the ends between which to look"
    ends = [one.low if low is None else low, one.high if high is None else high]
    if None in ends:
        raise ScenarioError(Problem("", key, one.value, "a number with a range, or low and high", remedy))
    a, b = (one_number(end, name, "a finite number", remedy) for end, name in zip(ends, ("low", "high"), strict=True))
    if a >= b:
        raise ScenarioError(Problem("", "low", a, f"a number below high = {b:g}", "swap the ends"))
    if limits is not None and (limits.integer or limits.whole):
        count = int(b) - math.ceil(a) + 1
        if count < 2:
            raise ScenarioError(
                Problem("", key, count, "two whole numbers or more between the ends", "choose other ends")
            )
        if count <= _MOST_WHOLE:  # of more, one more or less is taken for a step of a scale
            return np.arange(math.ceil(a), int(b) + 1, dtype=np.float64), True
    return np.linspace(a, b, points), False


def _stretches(known: np.ndarray[Any, np.dtype[np.bool_]]) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Places of points with an answer, split where there is none between them."""
    places = np.flatnonzero(known)
    if not places.size:
        return []
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)


def _missing(
    figure: Figure, key: str, x: Floats, known: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[tuple[float, float, Doubt], ...]:
    found = []
    for part in _stretches(~known):
        doubt = figure.reasons({key: x[part[:1]]})[0]
        if doubt is not None:
            found.append((float(x[part[0]]), float(x[part[-1]]), doubt))
    return tuple(found)


def _over_worlds(figure: Figure, key: str, x: Floats, worlds: int, seed: int) -> Floats:
    """In each world the first value at which the answer turns; NaN where it never does, shape (worlds,).

    The first half of the row says so: -inf where the answer is below 0 all the way, inf where it is above.
    """
    believed = prior(figure.scenario.data)
    keys = [one for one in believed.keys if is_of(one, *figure.models) and one != key]
    if not worlds or not keys:
        return np.empty(0)
    normals = np.random.default_rng(seed).standard_normal((worlds, len(believed.columns)))
    drawn = {one: array for one, array in believed.values(normals).items() if one in keys}
    at = x[np.unique(np.linspace(0, len(x) - 1, _WORLD_POINTS).round().astype(int))]
    values = {one: np.repeat(array, len(at)) for one, array in drawn.items()}
    y = figure.at({**values, key: np.tile(at, worlds)}).reshape(worlds, len(at))
    found = np.full(worlds, np.nan)
    for world, row in enumerate(y):
        known = np.flatnonzero(np.isfinite(row))
        if not known.size:
            continue
        heights, places = row[known], at[known]
        turns = np.flatnonzero(heights[:-1] * heights[1:] < 0)
        if turns.size:
            k = turns[0]
            found[world] = places[k] + (places[k + 1] - places[k]) * heights[k] / (heights[k] - heights[k + 1])
        else:
            found[world] = math.inf if heights[0] > 0 else -math.inf
    return found


def _confirmed(figure: Figure, key: str, root: float, seed: int, years: int, width: float) -> Confirmed:
    """Simulate at a value that was found, and move it by what is left over there."""
    step = 1e-3 * width
    low, high = figure.at({key: np.array([root - step, root + step])})
    slope = (high - low) / (2 * step)
    if not math.isfinite(slope):  # at the edge of what the staff can do
        one_sided = figure.at({key: np.array([root, root + step])})
        slope = (one_sided[1] - one_sided[0]) / step
    mean, se = _simulated(figure, key, root, seed, years)
    if not slope or not math.isfinite(slope):
        return Confirmed(root, mean, se, math.nan, math.nan, years)
    return Confirmed(root, mean, se, root - mean / slope, se / abs(slope), years)


def _simulated(figure: Figure, key: str, at: float, seed: int, years: int) -> tuple[float, float]:
    changed = figure.scenario.with_changes({key: at})
    runs = Study(changed, figure.models, seed, {"progress": False}).runs(years)
    samples = [run.metric(figure.measure).samples for run in runs]
    spread = samples[0] if len(samples) == 1 else samples[0] - samples[1]
    return float(spread.mean()), float(spread.std(ddof=1)) / math.sqrt(years)


def _beside(figure: Figure, key: str, x: Floats, y: Floats) -> tuple[tuple[str, float, float], ...]:
    """With the number where it comes nearest: what every other one gives at the end of its range that helps most.

    Each as key, value and the answer there, the best first; three of them, or all that turn the answer.
    """
    best = int(np.nanargmin(np.abs(y)))
    wanted = -math.copysign(1.0, y[best])
    moved = Figure(figure.scenario.with_changes({key: _plain(figure, key, x[best])}), figure.models, figure.measure)
    believed = prior(moved.scenario.data)
    scans = {}
    for one in believed.keys:
        value = believed.numbers[one][0]
        if is_of(one, *figure.models) and value.low is not None and value.high is not None:
            scans[one] = scan(float(value.low), float(value.value), float(value.high))[[0, -1]]
    found = []
    for one, answers in moved.scanned(scans).items():
        gains = np.where(np.isfinite(answers), wanted * answers, -np.inf)
        end = int(np.argmax(gains))
        if math.isfinite(gains[end]):
            found.append((one, float(scans[one][end]), float(answers[end])))
    found.sort(key=lambda item: -wanted * item[2])
    turning = [item for item in found if wanted * item[2] > 0]
    return tuple(turning or found[:3])


def _plain(figure: Figure, key: str, value: float) -> float | int:
    limits = figure.limits[key][1]
    return round(value) if limits is not None and (limits.integer or limits.whole) else float(value)
