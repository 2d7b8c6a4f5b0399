"""Inputs on their way to the ends of their ranges, alone and several at a time."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kravsim.calibration.evaluating import is_of
from kravsim.scenario.prior import prior
from kravsim.studies.decision.axis import settable
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure


class Move(NamedTuple):
    """One input on the way to one end of its range.

    Parameters
    ----------
    key : str
        Dotted key of the input.
    base, end : float
        Where it stands and where it goes, in the unit of the key.
    """

    key: str
    base: float
    end: float


def moves_of(figure: Figure, held: Collection[str] = ()) -> list[Move]:
    """Every way from a number to one of its ends, of those that concern the figure and are not held still.

    Parameters
    ----------
    figure : Figure
        Whose models and scenario are meant.
    held : collection of str
        Dotted keys that stay where they are.

    Returns
    -------
    list of Move
        Two an input at most; none to an end where it stands.
    """
    found = []
    for key, (one, _) in prior(figure.scenario.data).numbers.items():
        if key not in held and is_of(key, *figure.models) and one.low is not None and one.high is not None:
            ends = (float(one.low), float(one.high))
            found += [Move(key, float(one.value), end) for end in ends if end != one.value]
    return found


def value_on(figure: Figure, move: Move, way: float) -> float:
    """Where an input stands after a share of its way, whole numbers rounded.

    Parameters
    ----------
    figure : Figure
        Whose models and scenario are meant.
    move : Move
        From where to where.
    way : float
        Share of the way, from 0 to 1.

    Returns
    -------
    float
        In the unit of the key.
    """
    return float(settable(figure, move.key, move.base + way * (move.end - move.base)))


def figure_on(
    figure: Figure, sets: Sequence[tuple[Move, ...]], way: Floats, beside: Mapping[str, float] | None = None
) -> Floats:
    """The figure with each set of moves gone the same share of their way, and some numbers held at other values.

    Parameters
    ----------
    figure : Figure
        Whose models and scenario are meant.
    sets : sequence of tuple of Move
        Moves that are gone together; no key twice in one of them.
    way : float64 array, shape (sets,)
        Share of the way, from 0 to 1.
    beside : mapping of key to float, optional
        Numbers held at other values.

    Returns
    -------
    float64 array, shape (sets,)
        NaN where there is no answer.
    """
    if not sets:
        return np.empty(0)
    keys = {move.key: move.base for some in sets for move in some}
    values = {key: np.full(len(sets), base) for key, base in keys.items()}
    values |= {key: np.full(len(sets), at) for key, at in (beside or {}).items()}
    for row, (some, share) in enumerate(zip(sets, way, strict=True)):
        for move in some:
            values[move.key][row] = value_on(figure, move, float(share))
    return figure.at(values)


def added_up(
    figure: Figure, moves: Sequence[Move], gains: Floats, beside: Mapping[str, float] | None = None
) -> tuple[tuple[str, float, float], ...]:
    """Put inputs to their ends one after another, the one that gains most by itself first: a search, nothing exhaustive.

    Parameters
    ----------
    figure : Figure
        What they turn.
    moves : sequence of Move
        Of single inputs, in any order.
    gains : float64 array
        What each of them gains by itself; NaN and what gains nothing is left out, as is the lesser end of an input.
    beside : mapping of key to float, optional
        Numbers held at other values.

    Returns
    -------
    tuple of (key, end, figure)
        The figure after each, where it has an answer.
    """
    order = sorted((k for k in range(len(moves)) if gains[k] > 0), key=lambda k: -gains[k])
    once: dict[str, Move] = {}
    for k in order:
        once.setdefault(moves[k].key, moves[k])
    chosen = list(once.values())
    values = figure_on(figure, [tuple(chosen[: k + 1]) for k in range(len(chosen))], np.ones(len(chosen)), beside)
    return tuple(
        (move.key, move.end, float(value)) for move, value in zip(chosen, values, strict=True) if math.isfinite(value)
    )
