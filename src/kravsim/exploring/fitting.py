"""From the closed form to surfaces: where it is asked, and what it says where no surface was fitted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError
from kravsim.exploring.closed import LINES, Asked, queues
from kravsim.exploring.sliders import Slider
from kravsim.exploring.surface import ModelSurface, Probed, fitted, load_of, probed
from kravsim.studies.decision.checks import Floats

_POINTS_A_SLIDER, _LEAST_POINTS, _MOST_POINTS = 128, 384, 1_280
HELD_OUT: Final = 1_000
"""Where they are held against the closed form."""
_FOR_HOURS: Final = 384
_BACKGROUNDS: Final = 5
_LOOKED_FOR: Final = 64
_AT: Final = np.array([-1.0, 0.1, 1.0])
_SEEDS: Final = {"fit": 1, "hours": 2, "backgrounds": 3, "held out": 4, "corners": 5}
_NARROWER, _TRIES = 0.7, 6
_FEWEST: Final = 30
"""Points with an answer below which no surface is fitted."""


@dataclass(frozen=True)
class HeldOut:
    """How far the surfaces are from the closed form at points that they were not fitted to.

    Parameters
    ----------
    points : int
        How many.
    largest, usual : float
        The largest error of the difference, kr a year, and the one that 95 of 100 points are within; NaN where no point has
        an answer.
    without : int
        Points at which the closed form has no answer.
    missed : int
        Those of them at which the surfaces give a number nevertheless.
    refused : int
        Points at which the closed form has an answer and the surfaces have none.
    """

    points: int
    largest: float
    usual: float
    without: int
    missed: int
    refused: int


def possible_ranges(asked: Asked) -> Asked:
    """Draw the ranges in, all in proportion, until no corner is an impossible world.

    Parameters
    ----------
    asked : Asked
        The sliders as they were chosen.

    Raises
    ------
    ScenarioError
        When the neighbourhood of the scenario itself is impossible.
    """
    corners = np.sign(_spread_out(_LOOKED_FOR, len(asked.sliders), "corners"))
    for _ in range(_TRIES):
        if not any(asked.at(model, corners).impossible.any() for model in asked.models):
            return asked
        asked = replace(asked, sliders=tuple(map(_narrowed, asked.sliders)))
        asked.shown.expect(len(asked.models) * _LOOKED_FOR)
    raise ScenarioError(
        Problem(
            asked.scenario.name,
            "keys",
            [one.key for one in asked.sliders],
            "numbers that can be moved without shares that sum to more than 1, or too few debtors",
            "name other keys",
        )
    )


def _narrowed(one: Slider) -> Slider:
    low, high = (one.value + _NARROWER * (end - one.value) for end in (one.low, one.high))
    kept = tuple(x for x in one.positions if low <= x <= high)
    return replace(one, positions=kept) if len(kept) > 2 else one


def points_for(sliders: int) -> int:
    """Count the points that surfaces over so many sliders are fitted to.

    Parameters
    ----------
    sliders : int
        How many.
    """
    return min(max(_POINTS_A_SLIDER * (sliders - 2), _LEAST_POINTS), _MOST_POINTS)


def sets_for(sliders: int) -> int:
    """Count the sets that are asked of one model whatever it answers; what else turns out to be needed is expected then.

    Parameters
    ----------
    sliders : int
        How many.
    """
    return _LOOKED_FOR + _BACKGROUNDS * len(_AT) * sliders + points_for(sliders) + HELD_OUT


def surface_of(asked: Asked, model: str) -> ModelSurface:
    """Fit the surfaces of a model's lines.

    Parameters
    ----------
    asked : Asked
        The sliders.
    model : str
        Its machine name.
    """
    probe = _probe(asked, model)
    # towards the ends, where a polynomial is least held
    even = _spread_out(points_for(len(asked.sliders)) - 1, len(asked.sliders), "fit")
    x = np.vstack([(even - np.cos(np.pi * (even + 1) / 2)) / 2, asked.base])
    found = asked.at(model, x)
    right = np.isfinite(found.net)
    if right.sum() < _FEWEST:
        return ModelSurface((), None)
    load = None
    if queues(asked.scenario, [model]) and np.isfinite(found.hours_open).any() and probe.loading:
        places = _spread_out(_FOR_HOURS, len(asked.sliders), "hours")
        asked.shown.expect(1 + _FOR_HOURS)
        hours = asked.hours_without_queue(model, places)
        if np.isfinite(hours).all() and (hours > 0).all():
            load = load_of(places, hours, x, found.hours_open, probe, right)
    lines = {line: found.lines[line][right] for line in LINES if np.abs(found.lines[line][right]).max() > 0}
    return fitted(lines, x[right], asked.base[0], probe, load)


def _probe(asked: Asked, model: str) -> Probed:
    """Move each input by itself, from several backgrounds."""
    many = len(asked.sliders)
    backgrounds = np.vstack([asked.base, _spread_out(_BACKGROUNDS - 1, many, "backgrounds")])
    places = np.repeat(backgrounds, 3 * many, axis=0).reshape(_BACKGROUNDS, many, 3, many)
    for place in range(many):
        places[:, place, :, place] = _AT
    found = asked.at(model, places.reshape(-1, many))
    shape = (_BACKGROUNDS, many, 3)
    lines = {line: found.lines[line].reshape(shape) for line in LINES}
    work = (
        [hours.reshape(shape) for hours in (found.hours, found.hours_open)] if queues(asked.scenario, [model]) else []
    )
    probe = probed(lines, work, _AT)
    if not probe.pairs:
        return probe
    answered = np.isfinite(found.net).reshape(_BACKGROUNDS, -1).all(axis=1)
    corners = np.repeat(backgrounds[[int(np.argmax(answered))]], 4 * len(probe.pairs), axis=0)
    corners = corners.reshape(len(probe.pairs), 4, many)
    for row, (a, b) in enumerate(probe.pairs):
        corners[row, :, a] = [-1, 1, -1, 1]
        corners[row, :, b] = [-1, -1, 1, 1]
    asked.shown.expect(4 * len(probe.pairs))
    mixed = asked.at(model, corners.reshape(-1, many))
    return probe.with_pairs({line: mixed.lines[line].reshape(-1, 4) for line in LINES})


def held_out(asked: Asked, surfaces: tuple[ModelSurface, ...]) -> HeldOut:
    """Hold the difference of two surfaces against the closed form at points they were not fitted to.

    Parameters
    ----------
    asked : Asked
        The sliders.
    surfaces : tuple of ModelSurface
        First and second.
    """
    x = np.random.default_rng(_SEEDS["held out"]).uniform(-1, 1, (HELD_OUT, len(asked.sliders)))
    known = asked.at(asked.models[0], x).net - asked.at(asked.models[1], x).net
    said = surfaces[0].net(x) - surfaces[1].net(x)
    both: NDArray[np.bool_] = np.isfinite(known) & np.isfinite(said)
    errors = np.abs(said - known)[both]
    return HeldOut(
        points=HELD_OUT,
        largest=float(errors.max()) if errors.size else float("nan"),
        usual=float(np.quantile(errors, 0.95)) if errors.size else float("nan"),
        without=int(np.isnan(known).sum()),
        missed=int((np.isnan(known) & np.isfinite(said)).sum()),
        refused=int((np.isfinite(known) & np.isnan(said)).sum()),
    )


def _spread_out(points: int, inputs: int, which: str) -> Floats:
    """Points that fill the ranges evenly, from -1 to 1, the same each time; shape (points, inputs)."""
    from scipy.stats import qmc

    many = 1 << max(points - 1, 1).bit_length()
    return np.asarray(2 * qmc.Sobol(inputs, rng=_SEEDS[which]).random(many)[:points] - 1)
