"""``nearest_flips``: the least that would have to be otherwise for the answer to turn, over all inputs.

The distance of an input is the share of the way from where it stands to an end of its range; that of a pair is the share
both go. Single inputs and pairs are gone through exhaustively in closed form, at the ends and by halving. More inputs are
searched: the one that helps most is added at its end, one after another, so that a smaller set may have been missed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.scenario import AnyScenario, scenario_of, told_how_to_call
from kravsim.scenario.prior import prior
from kravsim.studies.compare import Study
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.closed_form import FISCAL, Figure, is_of
from kravsim.studies.decision.flipped import Flip, Flips
from kravsim.studies.decision.switched import half_width
from kravsim.studies.designs import within

_HALVINGS: Final = 20


class Move(NamedTuple):
    """One input on the way to one end of its range."""

    key: str
    base: float
    end: float


@told_how_to_call
def nearest_flips(
    scenario: AnyScenario,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    measure: str = FISCAL,
    structures: Mapping[str, str] | None = None,
    pairs: bool = True,
    confirm: int = 0,
    seed: int = 1,
) -> Flips:
    """Find the smallest changes, of one input or of two, that turn a figure's sign.

    Parameters
    ----------
    scenario : Scenario, str or path
    models, measure, structures
        As for :func:`kravsim.studies.sensitivity`.
    pairs : bool
        Whether to go through all pairs as well.
    confirm : int
        Years to simulate at each of the three nearest flips, 2 or more; 0 leaves that out.
    seed : int
        Of the simulated years.

    Returns
    -------
    Flips

    Raises
    ------
    ScenarioError
        When a choice is not allowed.
    """
    scenario = scenario_of(scenario)
    figure = Figure(within(scenario, structures), (models,) if isinstance(models, str) else tuple(models), measure)
    years = whole(confirm, "confirm", 0)
    if years == 1:
        raise ScenarioError(Problem("", "confirm", years, "0, or 2 or more", "one year has no error"))
    moves = _moves(figure)
    base = figure.base
    names = (figure.name("sv"), figure.name("en"))
    if not math.isfinite(base) or base == 0 or not moves:
        return Flips(names, figure.scenario.label, base, (), (), ())
    gains = (_at(figure, [(move,) for move in moves], np.ones(len(moves))) - base) * -math.copysign(1.0, base)
    helping = [move for move, gain in zip(moves, gains, strict=True) if gain > 0]
    singles = _flips(figure, [(move,) for move in helping], base)
    alone = {key for one in singles for key in one.values}
    rest = [move for move in helping if move.key not in alone]
    both = [two for two in itertools.combinations(rest, 2) if two[0].key != two[1].key] if pairs else []
    found = _flips(figure, both, base) if both else ()
    order = sorted(range(len(moves)), key=lambda k: -gains[k] if math.isfinite(gains[k]) else math.inf)
    together = _added(figure, [moves[k] for k in order if gains[k] > 0])
    if years:
        near = sorted((*singles, *found), key=lambda flip: flip.distance)[:3]
        known = {id(one): _proved(figure, one, years, seed) for one in near}
        singles, found = (tuple(known.get(id(one), one) for one in some) for some in (singles, found))
    return Flips(names, figure.scenario.label, base, singles, found, together, pairs)


def _moves(figure: Figure) -> list[Move]:
    """Every way from a number to one of its ends, of those that concern the figure."""
    found = []
    for key, (one, _) in prior(figure.scenario.data).numbers.items():
        if is_of(key, *figure.models) and one.low is not None and one.high is not None:
            ends = (float(one.low), float(one.high))
            found += [Move(key, float(one.value), end) for end in ends if end != one.value]
    return found


def _at(figure: Figure, sets: Sequence[tuple[Move, ...]], way: Floats) -> Floats:
    """The figure with each set of moves gone the same share of their way, whole numbers rounded."""
    keys = {move.key: move.base for some in sets for move in some}
    values = {key: np.full(len(sets), base) for key, base in keys.items()}
    for row, (some, share_) in enumerate(zip(sets, way, strict=True)):
        for move in some:
            values[move.key][row] = _value(figure, move, float(share_))
    return figure.at(values)


def _value(figure: Figure, move: Move, way: float) -> float:
    value = move.base + way * (move.end - move.base)
    limits = figure.limits[move.key][1]
    return float(round(value)) if limits is not None and (limits.integer or limits.whole) else value


def _flips(figure: Figure, sets: Sequence[tuple[Move, ...]], base: float) -> tuple[Flip, ...]:
    """Those sets that turn the sign at their ends, with how far they have to go."""
    if not sets:
        return ()
    ends = _at(figure, sets, np.ones(len(sets)))
    turning = [some for some, value in zip(sets, ends, strict=True) if value * base < 0]
    if not turning:
        return ()
    low, high = np.zeros(len(turning)), np.ones(len(turning))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        turned = _at(figure, turning, middle) * base < 0
        low, high = np.where(turned, low, middle), np.where(turned, middle, high)
    found = [
        Flip({move.key: _value(figure, move, float(way)) for move in some}, float(way))
        for some, way in zip(turning, high, strict=True)
    ]
    return tuple(sorted(found, key=lambda flip: flip.distance))


def _added(figure: Figure, moves: Sequence[Move]) -> tuple[tuple[str, float, float], ...]:
    """Put inputs to their ends one after another; one that would undo what is gained is left out."""
    if not moves:
        return ()
    once: dict[str, Move] = {}
    for move in moves:
        once.setdefault(move.key, move)
    chosen = list(once.values())
    values = _at(figure, [tuple(chosen[: k + 1]) for k in range(len(chosen))], np.ones(len(chosen)))
    return tuple(
        (move.key, move.end, float(value)) for move, value in zip(chosen, values, strict=True) if np.isfinite(value)
    )


def _proved(figure: Figure, flip: Flip, years: int, seed: int) -> Flip:
    changed = figure.scenario.with_changes({key: _plainly(figure, key, value) for key, value in flip.values.items()})
    runs = Study(changed, figure.models, seed, {"progress": False}).runs(years)
    samples = [run.metric(figure.measure).samples for run in runs]
    spread = samples[0] if len(samples) == 1 else samples[0] - samples[1]
    arm = half_width(float(spread.std(ddof=1)) / math.sqrt(years), years)
    return Flip(flip.values, flip.distance, (float(spread.mean()), arm))


def _plainly(figure: Figure, key: str, value: float) -> float | int:
    limits = figure.limits[key][1]
    return round(value) if limits is not None and (limits.integer or limits.whole) else value
