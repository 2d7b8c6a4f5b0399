"""Which inputs turn an answer in worlds drawn from what is not known: in what share, alone, in pairs, added up.

Every input is put to either end of its range while the rest of each world stays as it is. Single inputs are gone through
exhaustively; pairs are searched among those that help most by themselves, and so is what it takes to turn most worlds.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.running.progress import Clock, Progress
from kravsim.scenario import Scenario
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.drawn import DrawnWorlds, drawn_worlds, readings_of
from kravsim.studies.decision.flipped_in_worlds import FlipInWorlds, FlipsInWorlds
from kravsim.studies.decision.moves import Move, value_on
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt

WORLDS: Final = 32
_PAIRED: Final = 8
"""Inputs that help most by themselves, of which pairs are made."""


class _Tried(NamedTuple):
    """A set of inputs at their ends in every world: what the answer is, and by how much it is nearer to turning."""

    moves: tuple[Move, ...]
    answers: Floats
    gain: float


def flips_in_worlds(  # noqa: PLR0913 - what a study was asked with
    scenario: Scenario,
    figure: Figure,
    moves: Sequence[Move],
    *,
    uncertainty: Uncertainty,
    structures: Mapping[str, str] | None,
    worlds: int,
    pairs: bool,
    most: int,
    confirm: int,
    seed: int,
    progress: bool | None,
) -> FlipsInWorlds:
    """Go through inputs in every world; parameters are those of :func:`kravsim.studies.nearest_flips`.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before alternatives were settled.
    figure : Figure
        Of the scenario as the settled alternatives read it.
    moves : sequence of Move
        Inputs and the ends they are put to.
    uncertainty, structures, worlds, seed : see there
        Which worlds.
    pairs, most, confirm, progress : see there
        How far to look, how many to report, how many worlds to simulate, and what is shown meanwhile.
    """
    drawn = drawn_worlds(
        scenario,
        figure.models,
        figure.measure,
        uncertainty=uncertainty,
        draws=worlds,
        structures=structures,
        seed=seed,
    )
    moves = [move for move in moves if move.key in drawn.moved]
    clock = Clock()
    base = drawn.at()[:, 0]
    with Progress(progress) as shown:
        shown.timed(clock.seconds, worlds)
        alone = _tried(figure, drawn, base, [(move,) for move in moves], shown)
        helping = sorted((one for one in alone if one.gain > 0), key=lambda one: -one.gain)
        two: list[_Tried] = []
        if pairs:
            near = [one.moves[0] for one in helping[:_PAIRED]]
            some = [pair for pair in itertools.combinations(near, 2) if pair[0].key != pair[1].key]
            two = _tried(figure, drawn, base, some, shown)
        once: dict[str, Move] = {}
        for one in helping:
            once.setdefault(one.moves[0].key, one.moves[0])
        order = list(once.values())
        added = _tried(figure, drawn, base, [tuple(order[: k + 1]) for k in range(len(order))], shown)
    everywhere = [k for k, one in enumerate(added) if _turned(base, one.answers).sum() == np.isfinite(base).sum()]
    added = added[: everywhere[0] + 1] if everywhere else added
    readings = readings_of(drawn.design)
    found = [_flip_of(figure, base, one) for one in (*alone, *two)]
    best = sorted(found, key=lambda one: (-one.turning, len(one.values), -one.gain))
    together = tuple(_flip_of(figure, base, one) for one in added)
    target = next((one for one in best if one.turning), together[-1] if together else None)
    return FlipsInWorlds(
        figure=(figure.name("sv"), figure.name("en")),
        unit=figure.unit,
        about=figure.scenario.label,
        kind=drawn.kind,
        base=base,
        best=tuple(best[:most]),
        together=together,
        singles=len(alone),
        pairs=len(two),
        readings=readings,
        simulated=(0, 0) if target is None else _simulated(drawn, base, target, confirm, seed),
        doubts=(*_why(drawn, base), *drawn.doubts),
    )


def _why(drawn: DrawnWorlds, base: Floats) -> tuple[Doubt, ...]:
    """Why worlds have no answer as they stand, each reason once."""
    missing = np.flatnonzero(np.isnan(base))
    why = drawn.doubts_at({}, missing) if missing.size else []
    return tuple(dict.fromkeys(doubt for doubt in why if doubt is not None))


def _turned(base: Floats, answers: Floats) -> NDArray[np.bool_]:
    """In which worlds the sign is another."""
    return np.asarray(base * answers < 0)


def _tried(
    figure: Figure, drawn: DrawnWorlds, base: Floats, sets: Sequence[tuple[Move, ...]], shown: Progress
) -> list[_Tried]:
    """Every set of inputs at its ends, all in one go: each column moves its own inputs and leaves the others of the world."""
    if not sets:
        return []
    keys = dict.fromkeys(move.key for some in sets for move in some)
    values = {key: np.repeat(drawn.today(key)[:, None], len(sets), axis=1) for key in keys}
    for column, some in enumerate(sets):
        for move in some:
            values[move.key][:, column] = value_on(figure, move, 1.0)
    shown.begin(len(base) * len(sets), ("lägen", "worlds"))
    answers = drawn.at(values, shown=shown)
    toward = (answers - base[:, None]) * -np.sign(base)[:, None]
    known = np.isfinite(toward)
    gains = np.where(known, toward, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return [_Tried(some, answers[:, k], float(gains[k])) for k, some in enumerate(sets)]


def _flip_of(figure: Figure, base: Floats, one: _Tried) -> FlipInWorlds:
    values = {move.key: value_on(figure, move, 1.0) for move in one.moves}
    return FlipInWorlds(values, _turned(base, one.answers), np.isfinite(base * one.answers), one.gain, one.answers)


def _simulated(drawn: DrawnWorlds, base: Floats, one: FlipInWorlds, years: int, seed: int) -> tuple[int, int]:
    """In how many of some worlds that turn a simulated year has turned, too, and how many they are."""
    some = np.flatnonzero(one.turned)[:years]
    answers = drawn.a_year({key: np.full((len(some), 1), value) for key, value in one.values.items()}, some, seed)
    return int(_turned(base[some], answers).sum()), len(some)
