"""Sampling the parts of a range: what draws of the prior tell first, then a short run and a long one of each part."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from kravsim.calibration.likelihood import Facts
from kravsim.calibration.parts import Part, together
from kravsim.calibration.tempering import Directions, Island, normals, temper
from kravsim.chance.draws import Draws
from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.scenario.prior import Prior

Floats = npt.NDArray[np.float64]

ISLANDS: Final = 4
PRIOR_DRAWS: Final = 4096
"""Draws of the prior by which slopes are told, and what plain rejection would accept."""
LEAST_PARTICLES: Final = 16
FIRST_RUN: Final = 8
"""Where a range has parts, a first run has so many times fewer particles."""
LEAST_PART: Final = 0.02
"""A part that weighs less than this after the first run is not run again."""
ROUNDING: Final = 1e-9
"""A figure whose sd is a smaller share of its mean is the same in every set, but for the rounding of floats."""


@dataclass(frozen=True, eq=False)
class Before:
    """What draws of the prior say before any is chosen.

    ``slopes`` (targets, keys) of every figure in prior sds, what the books look along, draws tried, and how many of them lie
    inside every interval.
    """

    slopes: Floats
    directions: Directions | None
    tried: int
    inside: int


def before_the_books(books: Facts, prior: Prior | Part, seed: int) -> Before:
    """Draw from the prior as many as tell what the books look along.

    Parameters
    ----------
    books : Facts
        What is known.
    prior : Prior or Part
        Whence.
    seed : int
        Of the calibration.
    """
    draws = Draws(seed, ISLANDS, 0)
    each = [normals(draws, name, PRIOR_DRAWS // 4).reshape(-1) for name in prior.columns]
    tried = np.column_stack(each)
    figures = books.figures(prior.values(tried))
    table = np.column_stack(list(figures.values()))
    possible = np.isfinite(table).all(axis=1)
    if not possible.any():
        if books.forward_name:
            allowed = phrase(
                "a finite {next} of {function} in some of them", next=next(iter(figures)), function=books.forward_name
            )
            remedy = "it gives NaN or infinity for every draw: see what it makes of the values"
            raise RunError(
                Problem("forward", "targets", phrase("no world in {draws} draws", draws=PRIOR_DRAWS), allowed, remedy)
            )
        allowed = "a prior under which some world is possible"
        remedy = "see kravsim validate; the closed form has no figure for any draw of the ranges"
        raise RunError(
            Problem(
                books.scenario.name, "targets", phrase("no world in {draws} draws", draws=PRIOR_DRAWS), allowed, remedy
            )
        )
    place = {name: column for column, name in enumerate(prior.columns)}
    mixed = prior.correlated(lambda key: tried[:, place[key]])
    scores = np.column_stack([mixed.get(key, tried[:, place[key]]) for key in prior.keys])[possible]
    table = table[possible]
    response = _responses(table)
    slopes = np.linalg.lstsq(scores - scores.mean(axis=0), response, rcond=None)[0].T
    directions = Directions.of(np.ascontiguousarray(tried[possible]), response)
    return Before(slopes, directions, PRIOR_DRAWS, int(books.inside(figures).sum()))


def _responses(table: Floats) -> Floats:
    """Figures with mean 0 and sd 1; 0 where a figure is the same in all."""
    scale, mean = table.std(axis=0), table.mean(axis=0)
    moved = scale > ROUNDING * np.abs(mean)
    return np.asarray(np.where(moved, table - mean, 0.0) / np.where(moved, scale, 1.0), np.float64)


def height_of(books: Facts, part: Part, here: Floats) -> Floats:
    """How likely the books are where particles of a part are.

    Parameters
    ----------
    books : Facts
        What is known.
    part : Part
        Whose normals they are.
    here : float64 array, shape (N, d)
        The particles.
    """
    return books.log_likelihood(books.figures(part.values(here)))


def in_parts(
    books: Facts, parts: Sequence[Part], seed: int, particles: int, moves: int
) -> tuple[tuple[Island, ...], int]:
    """Sample each part by itself, in two runs; give the islands of all together, and evaluations beside theirs.

    A first run with an eighth of the particles tells what the books look along where they are met, which far out is not what
    they look along in the middle of the prior, and how much each part weighs. The second run steps by both, and leaves parts
    that weigh too little to matter as the first run found them.

    Parameters
    ----------
    books : Facts
        What is known.
    parts : sequence of Part
        Two or more.
    seed : int
        Of the calibration.
    particles, moves : int
        Of each island in the second run, and of each particle after each rise.
    """
    few = max(LEAST_PARTICLES, particles // FIRST_RUN)
    how = {"seed": seed, "islands": ISLANDS, "moves": moves}
    directions, first, beside = [], [], 0
    for number, part in enumerate(parts):
        guessed = before_the_books(books, part, seed).directions
        seen = _Seen(books, part, 2 * moves)
        first.append(temper(seen, part.columns, particles=few, directions=guessed, part=number, **how))
        directions.append(seen.directions(guessed))
        beside += PRIOR_DRAWS
    logs = np.array([math.log(part.chance) + _log_evidence(found) for part, found in zip(parts, first, strict=True)])
    shares = np.exp(logs - logs.max())
    kept = []
    for number, (part, share) in enumerate(zip(parts, shares / shares.sum(), strict=True)):
        if share < LEAST_PART:
            kept.append(first[number])
            continue
        height = partial(height_of, books, part)
        along, second = directions[number], len(parts) + number
        kept.append(temper(height, part.columns, particles=particles, directions=along, part=second, **how))
        beside += sum(island.evaluations for island in first[number])
    return together(parts, kept), beside


def _log_evidence(islands: Sequence[Island]) -> float:
    """Logarithm of the mean evidence of islands; those that got less far than others count as none."""
    power = max(island.power for island in islands)
    logs = np.array([island.log_evidence if island.power == power else -math.inf for island in islands])
    return float(logs.max() + math.log(float(np.exp(logs - logs.max()).mean())))


class _Seen:
    """How likely the books are, and what figures there were where that was asked last."""

    def __init__(self, books: Facts, part: Part, calls: int) -> None:
        self._books, self._part = books, part
        self._last: deque[tuple[Floats, Floats]] = deque(maxlen=calls)

    def __call__(self, here: Floats) -> Floats:
        figures = self._books.figures(self._part.values(here))
        self._last.append((here, np.column_stack(list(figures.values()))))
        return self._books.log_likelihood(figures)

    def directions(self, known: Directions | None) -> Directions | None:
        """What the figures move along there, beside what is known already."""
        here, table = (np.concatenate(each) for each in zip(*self._last, strict=True))
        possible = np.isfinite(table).all(axis=1)
        if not possible.any():
            return known
        found = Directions.of(np.ascontiguousarray(here[possible]), _responses(table[possible]))
        if found is None or known is None:
            return found or known
        return found.beside(known)
