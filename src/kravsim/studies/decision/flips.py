"""``nearest_flips``: the least that would have to be otherwise for the answer to turn, over all inputs.

The distance of an input is the share of the way from where it stands to an end of its range; that of several the share
they all go. Single inputs and pairs are gone through exhaustively in closed form, both ends of each, and brought home by
halving. Threes are searched from the pairs that come nearest; with more, the input that helps most is added at its end,
one after another: of both, smaller sets may have been missed.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from kravsim.calibration.designs import within
from kravsim.errors import Problem, ScenarioError
from kravsim.running.progress import Clock, Progress
from kravsim.scenario import AnyScenario, all_checked, checked_call, named_models, scenario_of, truth_of
from kravsim.scenario.nearest import did_you_mean
from kravsim.statistics.convergence import half_width
from kravsim.studies.decision.checks import keys_of, whole
from kravsim.studies.decision.closed_form import FISCAL, Figure
from kravsim.studies.decision.confirming import YEARS, years_asked, years_at
from kravsim.studies.decision.flipped import Flip, Flips, Searched
from kravsim.studies.decision.flipped_in_worlds import FlipsInWorlds
from kravsim.studies.decision.flips_in_worlds import WORLDS, flips_in_worlds
from kravsim.studies.decision.moves import Move, added_up, figure_on, moves_of, value_on
from kravsim.studies.uncertainty import Uncertainty

MOST: Final = 10
"""Flips that are reported unasked, the nearest."""
_HALVINGS: Final = 20
_CHUNK: Final = 2_048
_HALF_WAY: Final = 0.5
_FROM_PAIRS: Final = 10
"""Pairs from which threes are searched."""
_STEP: Final = 1e-3
_ODD: Final = 0.500_371
"""A share of a way at which no whole number stands."""

Set = tuple[Move, ...]


class _Found(NamedTuple):
    """Sets that turn the sign, of those gone through, and those that come nearest to it."""

    turning: list[Set]
    nearest: list[Set]
    searched: Searched


@checked_call
def nearest_flips(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    measure: str = FISCAL,
    structures: Mapping[str, str] | None = None,
    uncertainty: Uncertainty | None = None,
    worlds: int | None = None,
    keys: Sequence[str] | None = None,
    pairs: bool = True,
    most: int = MOST,
    confirm: int = YEARS,
    seed: int = 1,
    progress: bool | None = None,
) -> Flips | FlipsInWorlds:
    """Find the smallest changes, of one input, of two or of three, that turn a figure's sign.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    models, measure, structures
        As for :func:`kravsim.studies.sensitivity`.
    uncertainty : "prior", "posterior", a calibration or its tables, optional
        Go through the worlds of :func:`kravsim.studies.uncertainty` instead of the base case: every input is put to either
        end of its range in each of them, and the share of the worlds in which the answer turns is told, by reading too.
        Staff are as many as in drawn worlds: posts that a rule finds there are no input.
    worlds : int, optional
        With `uncertainty`: how many; 32 when left out.
    keys : sequence of str, optional
        Inputs to go through; all uncertain ones when left out.
    pairs : bool
        Whether to go through all pairs as well, and to search threes from the nearest: minutes, over all inputs. With
        `uncertainty` pairs of the inputs that help most.
    most : int
        Flips to report, the nearest of all; the others are counted.
    confirm : int
        Years to simulate at every flip that is reported, 2 or more, on the same luck; 0 leaves that out. With `uncertainty`
        the number of worlds of which a year is simulated at the flip that turns most of them.
    seed : int
        Of the simulated years.
    progress : bool, optional
        Say how long it will take and show how far it has come; by default at terminals and in notebooks only.

    Returns
    -------
    Flips, or FlipsInWorlds with `uncertainty`

    Raises
    ------
    ScenarioError
        When a choice is not allowed.
    """
    scenario = scenario_of(scenario)
    figure, years, many, root, pairs, drawn, *_ = all_checked(
        lambda: Figure(within(scenario, structures), named_models(scenario, models), measure),
        lambda: years_asked(confirm),
        lambda: whole(most, "most", 1),
        lambda: whole(seed, "seed", 0),
        lambda: truth_of("pairs", pairs),
        lambda: whole(WORLDS if worlds is None else worlds, "worlds", 2, 10_000),
        lambda: _refuse_worlds(uncertainty, worlds),
        lambda: progress is None or truth_of("progress", progress),
    )
    moves = _chosen(figure, keys)
    if uncertainty is not None:
        return flips_in_worlds(
            scenario,
            figure,
            moves,
            uncertainty=uncertainty,
            structures=structures,
            worlds=drawn,
            pairs=pairs,
            most=many,
            confirm=years,
            seed=root,
            progress=progress,
        )
    base = figure.base
    about = ((figure.name("sv"), figure.name("en")), figure.unit, figure.scenario.label, base)
    if not math.isfinite(base) or base == 0 or not moves:
        return Flips(*about, (), (), {}, years, None if math.isfinite(base) else figure.reasons()[0])
    with Progress(progress) as shown:
        clock = Clock()
        alone = _gone_through(figure, [(move,) for move in moves], base, many, bends=True)
        gains = (figure_on(figure, [(move,) for move in moves], np.ones(len(moves))) - base) * -math.copysign(1, base)
        shown.timed(clock.seconds, 3 * len(moves))
        groups = {1: alone}
        if pairs:
            done = {some[0] for some in alone.turning}
            rest = [move for move in moves if move not in done]
            two = [some for some in itertools.combinations(rest, 2) if some[0].key != some[1].key]
            shown.begin(len(two), ("par av indata", "pairs of inputs"))
            groups[2] = _gone_through(figure, two, base, many, shown)
            helping = [move for move, gain in zip(moves, gains, strict=True) if gain > 0 and move not in done]
            three = _threes(groups[2], helping)
            shown.begin(len(three), ("treor av indata", "threes of inputs"))
            groups[3] = _gone_through(figure, three, base, many, shown)
        flips = [one for group in groups.values() for one in _brought_home(figure, group.turning, base, many)]
        nearest = sorted(flips, key=lambda flip: flip.distance)[:many]
        if years:
            shown.begin(len(nearest), ("vändningar att simulera", "flips to simulate"))
            nearest = [_proved(figure, one, years, root, shown) for one in nearest]
    searched = {size: group.searched for size, group in groups.items()}
    added = added_up(figure, moves, gains)
    return Flips(*about, tuple(nearest), added, searched, years, doubts=figure.doubts)


def _refuse_worlds(uncertainty: object, worlds: object) -> None:
    if uncertainty is None and worlds is not None:
        raise ScenarioError(Problem("", "worlds", worlds, "nothing without uncertainty", "give uncertainty too"))


def _chosen(figure: Figure, keys: Sequence[str] | None) -> list[Move]:
    moves = moves_of(figure)
    if keys is None:
        return moves
    known = {move.key for move in moves}
    chosen = keys_of(keys)
    for key in chosen:
        if key not in known:
            remedy = did_you_mean(key, sorted(known)) or "see the keys with kravsim describe"
            raise ScenarioError(Problem("", "keys", key, "uncertain numbers that concern the figure", remedy))
    return [move for move in moves if move.key in chosen]


def _threes(pairs: _Found, helping: Sequence[Move]) -> list[Set]:
    """Those pairs that come nearest without turning, with every third input that helps by itself."""
    turning = {frozenset(pair) for pair in pairs.turning}
    near = [pair for pair in pairs.nearest if frozenset(pair) not in turning][:_FROM_PAIRS]
    found: dict[frozenset[Move], Set] = {}
    for pair, move in itertools.product(near, helping):
        if move.key not in {one.key for one in pair} and not any(frozenset((one, move)) in turning for one in pair):
            found.setdefault(frozenset((*pair, move)), (*pair, move))
    return list(found.values())


def _gone_through(
    figure: Figure,
    sets: Sequence[Set],
    base: float,
    many: int,
    shown: Progress | None = None,
    *,
    bends: bool = False,
) -> _Found:
    """Look at every set at its end, and half-way where that has no answer; with `bends`, half-way of every one."""
    turning: list[Set] = []
    nearest: list[tuple[float, int, Set]] = []
    missing = 0
    toward = -math.copysign(1.0, base)
    for start in range(0, len(sets), _CHUNK):
        some = sets[start : start + _CHUNK]
        ends = figure_on(figure, some, np.ones(len(some)))
        look = np.flatnonzero(~(ends * base < 0) if bends else np.isnan(ends))
        half = np.full(len(some), np.nan)
        half[look] = figure_on(figure, [some[k] for k in look.tolist()], np.full(len(look), _HALF_WAY))
        turned = (ends * base < 0) | (half * base < 0)
        missing += int(np.count_nonzero(np.isnan(ends) & ~turned))
        turning += [some[k] for k in np.flatnonzero(turned).tolist()]
        rows = [
            (toward * float(ends[k]), -start - k, some[k]) for k in np.flatnonzero(np.isfinite(ends) & ~turned).tolist()
        ]
        nearest = heapq.nlargest(max(many, _FROM_PAIRS), [*nearest, *rows], key=lambda row: row[:2])
        if shown is not None:
            shown.advance(len(some))
    return _Found(turning, [row[2] for row in nearest], Searched(len(sets), len(turning), missing))


def _brought_home(figure: Figure, sets: Sequence[Set], base: float, many: int) -> list[Flip]:
    """How far sets that turn the sign have to go: of the `many` that go the shortest way."""
    if not sets:
        return []
    left = np.arange(len(sets))
    low, high = np.zeros(len(sets)), np.ones(len(sets))
    high[~(figure_on(figure, sets, high) * base < 0)] = _HALF_WAY
    for _ in range(_HALVINGS):
        half = (low[left] + high[left]) / 2
        turned = figure_on(figure, [sets[k] for k in left.tolist()], half) * base < 0
        low[left], high[left] = np.where(turned, low[left], half), np.where(turned, half, high[left])
        left = left[low[left] <= np.sort(high)[min(many, len(high)) - 1]]  # the others go further than so many do
    return [
        Flip({move.key: value_on(figure, move, float(high[k])) for move in sets[k]}, float(high[k]), sets[k])
        for k in left.tolist()
    ]


def _proved(figure: Figure, flip: Flip, years: int, seed: int, shown: Progress) -> Flip:
    """Simulate at a flip; what is left over there moves it along its way."""
    spread = years_at(figure, flip.values, years=years, seed=seed)
    mean, arm = spread.mean, half_width(spread)[0]
    ways = np.clip([flip.distance - _STEP, flip.distance + _STEP], 0, 1)
    ends = figure_on(figure, [flip.moves] * 2, ways)
    rate = float((ends[1] - ends[0]) / (ways[1] - ways[0]))
    steps = any(value_on(figure, one, _ODD) != one.base + _ODD * (one.end - one.base) for one in flip.moves)
    span = None
    if math.isfinite(rate) and rate and not steps:  # whole numbers go in steps, which have no slope
        middle, reach = flip.distance - mean / rate, arm / abs(rate)
        span = (middle - reach, middle + reach)
    shown.advance(1)
    return flip.simulated_as(mean, arm, span, figure.base)
