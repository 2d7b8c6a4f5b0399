"""A sampler for many weakly known numbers and a few sharp facts: tempered sequential Monte Carlo with pCN moves.

Particles start as draws of the prior, independent standard normals, and are carried to the posterior by raising the
likelihood to powers from 0 to 1. The next power is the one that leaves half of the effective sample; then the particles are
resampled and moved by *preconditioned Crank-Nicolson* steps, ``z' = sqrt(1 - b^2) z + b e``, which leave the prior as it is
whatever the number of dimensions, so that only the likelihood decides. The step b follows the acceptance.

A few facts look along a few directions of many numbers. Where those are given, steps across them and along them take turns,
each with a length of its own: across, nearly everything may be drawn anew, while along, steps must be as short as the facts
are sharp. Both leave the prior as it is, whatever the directions are; bad ones cost acceptance and nothing else.

Several independent islands of particles are run. How much they disagree is the error of everything that is told of them.

Every number drawn is keyed by seed, island, the coordinate's name and the round (`kravsim.chance.draws`), so a result is the
same bit for bit for the same seed, and a coordinate that the likelihood does not look at changes nothing for the others.

Sources: Del Moral, Doucet and Jasra 2006 (sequential Monte Carlo samplers); Cotter, Roberts, Stuart and White 2013 (pCN);
Cui, Law and Marzouk 2016 (steps that differ along and across what the likelihood informs).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final

import numpy as np
import numpy.typing as npt

from kravsim.chance.draws import Draws

Floats = npt.NDArray[np.float64]
LogLikelihood = Callable[[Floats], Floats]
"""Standard normals (N, d) to log-likelihoods (N,); minus infinity where there is no world."""

WANTED_ESS: Final = 0.5
"""Share of the particles that a rise of the power may leave effective."""
WANTED_ACCEPTANCE: Final = 0.25
ROUNDS: Final = 10
"""Moves after each rise, unless others are asked for; twice as many at the end."""
BEYOND_DOUBT: Final = 5.0
"""A coordinate has a part in a direction when its correlation with a fact is so many standard errors of that of none."""
MOST_STAGES: Final = 40
"""Rises before the sampler gives up: the likelihood then falls by orders of magnitude everywhere it can go."""
_HALVINGS: Final = 60
_SMALLEST_STEP: Final = 1e-4
_NO_SLOPE: Final = 1e-6
"""Facts whose slopes differ by a smaller share than this look along the same direction."""


@dataclass(frozen=True)
class Stage:
    """One rise of the power: the new power, the effective sample after it, acceptance and last step of its moves.

    Parameters
    ----------
    power : float
        To which the likelihood is raised, above 0 to 1.
    ess : float
        Effective sample before the particles were drawn again, in particles.
    acceptance : float
        Share of the moves that were taken.
    step : float
        Length of the last move, from 0 to 1; where directions are given, of the last one across them.
    """

    power: float
    ess: float
    acceptance: float
    step: float


@dataclass(frozen=True, eq=False)
class Island:
    """One independent population of particles.

    Attributes
    ----------
    normals : float64 array, shape (N, d)
        The particles.
    log_likelihood : float64 array, shape (N,)
        Of each particle.
    log_evidence : float
        Logarithm of the mean likelihood under the prior. Where the likelihood is the chance of the facts, this is the chance
        that one draw of the prior has of meeting them: what plain rejection would accept.
    stages : tuple of Stage
        The last has power 1, unless the facts could not be reached.
    evaluations : int
        Likelihoods computed.
    weights : float64 array, shape (N,), optional
        How much each particle counts; they sum to 1. Left out, all count alike.
    """

    normals: Floats
    log_likelihood: Floats
    log_evidence: float
    stages: tuple[Stage, ...]
    evaluations: int
    weights: Floats | None = None

    @property
    def power(self) -> float:
        """The power reached: 1 for the posterior."""
        return self.stages[-1].power if self.stages else 0.0


@dataclass(frozen=True, eq=False)
class Directions:
    """What the facts look along, as orthonormal columns over some of the coordinates; the parts of others are 0.

    Attributes
    ----------
    places : int64 array, shape (m,)
        The coordinates that have a part in any of them.
    columns : float64 array, shape (m, k)
        Orthonormal.
    """

    places: npt.NDArray[np.int64]
    columns: Floats

    @classmethod
    def of(cls, tried: Floats, responses: Floats) -> Directions | None:
        """Find them by regression, over those coordinates that by themselves move a fact beyond doubt.

        A coordinate that moves none is left out before, and so changes nothing for the others.

        Parameters
        ----------
        tried : float64 array, shape (n, d)
            Draws of the prior.
        responses : float64 array, shape (n, r)
            The facts' figures at these draws, with mean 0 and sd 1; 0 where a figure is the same in all.

        Returns
        -------
        Directions or None
            None where nothing moves any.
        """
        alone = np.array([max(abs(float(column @ response)) for response in responses.T) for column in tried.T])
        places = np.flatnonzero(alone > BEYOND_DOUBT * math.sqrt(len(tried)))
        if not len(places):
            return None
        some = np.ascontiguousarray(tried[:, places])
        slopes = np.linalg.lstsq(some - some.mean(axis=0), responses, rcond=None)[0]
        columns, sizes, _ = np.linalg.svd(slopes, full_matrices=False)
        return cls(places, np.ascontiguousarray(columns[:, sizes > _NO_SLOPE * sizes[0]]))

    def beside(self, others: Directions) -> Directions:
        """Give these directions, and what others have that these have not.

        Parameters
        ----------
        others : Directions
            Of the same coordinates.
        """
        places = np.union1d(self.places, others.places)
        both = np.zeros((len(places), self.columns.shape[1] + others.columns.shape[1]))
        both[np.searchsorted(places, self.places), : self.columns.shape[1]] = self.columns
        both[np.searchsorted(places, others.places), self.columns.shape[1] :] = others.columns
        columns, sizes, _ = np.linalg.svd(both, full_matrices=False)
        return Directions(places, np.ascontiguousarray(columns[:, sizes > _NO_SLOPE * sizes[0]]))

    def part(self, normals: Floats) -> Floats:
        """The part along the directions of some normals (N, d): shape (N, m), at ``places``.

        Parameters
        ----------
        normals : float64 array, shape (N, d)
            Particles, or steps.
        """
        return np.asarray((normals[:, self.places] @ self.columns) @ self.columns.T, np.float64)


Sampling = Generator[Floats, Floats, Island]
"""An island under way: it yields particles and is sent their log-likelihoods, until the posterior is reached."""


def temper(
    log_likelihood: LogLikelihood,
    names: Sequence[str],
    *,
    seed: int,
    islands: int,
    particles: int,
    directions: Directions | None = None,
    moves: int = ROUNDS,
    part: int = 0,
) -> tuple[Island, ...]:
    """Sample a posterior whose prior is independent standard normals.

    Parameters
    ----------
    log_likelihood : callable
        As `LogLikelihood`.
    names : sequence of str
        The coordinates, which key their random numbers.
    seed : int
        Fixes every number.
    islands, particles : int
        Independent populations, and particles in each.
    directions : Directions, optional
        What the facts look along, where that is known.
    moves : int
        Moves of every particle after each rise; twice as many at the end.
    part : int
        Which of several posteriors with the same coordinates it is: each has luck of its own.

    Returns
    -------
    tuple of Island
    """
    going = sampling(
        names, seed=seed, islands=islands, particles=particles, directions=directions, moves=moves, part=part
    )

    def heights(asked: Mapping[int, Floats]) -> dict[int, Floats]:
        every = log_likelihood(np.concatenate(list(asked.values())))
        return dict(zip(asked, every.reshape(-1, particles), strict=True))

    return in_step(going, heights)


def sampling(
    names: Sequence[str],
    *,
    seed: int,
    islands: int,
    particles: int,
    directions: Directions | None = None,
    moves: int = ROUNDS,
    part: int = 0,
) -> list[Sampling]:
    """Begin independent islands, for :func:`in_step`.

    Parameters
    ----------
    names : sequence of str
        The coordinates, which key their random numbers.
    seed : int
        Fixes every number.
    islands, particles : int
        Independent populations, and particles in each.
    directions : Directions, optional
        What the facts look along, where that is known.
    moves : int
        Moves of every particle after each rise; twice as many at the end.
    part : int
        Which of several posteriors with the same coordinates it is: each has luck of its own.
    """
    return [_island(names, Draws(seed, island, part), particles, directions, moves) for island in range(islands)]


def in_step(
    going: Sequence[Sampling], heights: Callable[[Mapping[int, Floats]], Mapping[int, Floats]]
) -> tuple[Island, ...]:
    """Carry islands on side by side, so that likelihoods are asked for many at a time; none depends on the others.

    Parameters
    ----------
    going : sequence of Sampling
        Islands under way, of one posterior or of several.
    heights : callable
        Gives log-likelihoods (N,) of the particles (N, d) of each island that asks, by its place in `going`.

    Returns
    -------
    tuple of Island
        In the order of `going`.
    """
    asked = {number: next(island) for number, island in enumerate(going)}
    found: dict[int, Island] = {}
    while asked:
        for number, part in heights(dict(asked)).items():
            try:
                asked[number] = going[number].send(part)
            except StopIteration as done:
                found[number] = done.value
                del asked[number]
    return tuple(found[number] for number in range(len(going)))


def _island(names: Sequence[str], draws: Draws, particles: int, directions: Directions | None, moves: int) -> Sampling:
    luck = _Luck(draws, names, particles)
    here = luck.normals()
    height = yield here
    power, log_evidence = 0.0, 0.0
    ways = [_whole] if directions is None else [partial(_across, directions), partial(_along, directions)]
    steps = [1.0] * len(ways)
    stages: list[Stage] = []
    evaluations = particles
    while power < 1 and len(stages) < MOST_STAGES and np.isfinite(height).any():
        rise = _rise(height, 1 - power)
        power = 1.0 if rise == 1 - power else power + rise
        weights, log_mean = _weights(rise * height)
        log_evidence += log_mean
        chosen = _systematic(weights, luck.uniform())
        here, height = here[chosen], height[chosen]
        taken = []
        rounds = moves if power < 1 else 2 * moves
        for turn in range(rounds):
            way = turn % len(ways)
            moved = ways[way](here, luck.normals(), steps[way])
            there = yield moved
            with np.errstate(over="ignore"):
                goes = luck.uniforms() < np.exp(power * (there - height))
            here = np.where(goes[:, None], moved, here)
            height = np.where(goes, there, height)
            taken.append(float(goes.mean()))
            followed = steps[way] * math.exp(2 * (taken[-1] - WANTED_ACCEPTANCE))
            steps[way] = min(1.0, max(_SMALLEST_STEP, followed))
        evaluations += rounds * particles
        stages.append(Stage(power, float(1 / np.square(weights).sum()), math.fsum(taken) / rounds, steps[0]))
    return Island(here, height, log_evidence, tuple(stages), evaluations)


def _whole(here: Floats, luck: Floats, step: float) -> Floats:
    """One step in every direction."""
    return math.sqrt(1 - step * step) * here + step * luck


def _across(directions: Directions, here: Floats, luck: Floats, step: float) -> Floats:
    """One step that leaves what the facts look along as it is."""
    moved = _whole(here, luck, step)
    stays = directions.part(here)
    moved[:, directions.places] += stays - _whole(stays, directions.part(luck), step)
    return moved


def _along(directions: Directions, here: Floats, luck: Floats, step: float) -> Floats:
    """One step of what the facts look along, which leaves all else as it is."""
    moved = here.copy()
    goes = directions.part(here)
    moved[:, directions.places] += _whole(goes, directions.part(luck), step) - goes
    return moved


class _Luck:
    """Random numbers of an island, each keyed by what it is for and how often that has been asked for before."""

    def __init__(self, draws: Draws, names: Sequence[str], particles: int) -> None:
        self._draws, self._names, self._particles = draws, names, particles
        self._moves, self._decisions, self._choices = count(), count(), count()
        self._four = np.empty((0, 0, 0))

    def normals(self) -> Floats:
        """Fresh standard normals, shape (particles, names); a block of the generator serves four times."""
        block, part = divmod(next(self._moves), 4)
        if part == 0:
            self._four = np.stack([normals(self._draws, name, self._particles, block) for name in self._names], axis=1)
        return self._four[:, :, part]

    def uniforms(self) -> Floats:
        """Fresh uniform numbers, by which moves are accepted, shape (particles,)."""
        block, part = divmod(next(self._decisions), 4)
        return self._draws.bulk("calibrate accept", block, self._particles)[:, part]

    def uniform(self) -> float:
        """A fresh uniform number, by which particles are resampled."""
        return self._draws.one("calibrate resample", next(self._choices))


def normals(draws: Draws, name: str, how_many: int, block: int = 0) -> Floats:
    """Standard normals of a coordinate, four for each of the particles: shape (how_many, 4).

    Parameters
    ----------
    draws : Draws
        Keyed by seed and island.
    name : str
        Of the coordinate: a key of the scenario.
    how_many : int
        Particles of the island.
    block : int
        Number of the round, from 0.
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(draws.bulk(f"calibrate:{name}", block, how_many)), dtype=np.float64)


def _rise(height: Floats, left: float) -> float:
    """How far the power may rise until the effective sample is ``WANTED_ESS`` of the particles; at most what is left."""

    def ess(rise: float) -> float:
        weights, _ = _weights(rise * height)
        return float(1 / np.square(weights).sum())

    wanted = WANTED_ESS * np.isfinite(height).sum()
    if ess(left) >= wanted:
        return left
    low, high = 0.0, left
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if ess(middle) >= wanted else (low, middle)
    return high if low == 0.0 else low


def _weights(logarithms: Floats) -> tuple[Floats, float]:
    """Weights that sum to 1, and the logarithm of the mean of what they were."""
    most = float(logarithms.max())
    weights = np.exp(logarithms - most)
    total = float(weights.sum())
    return weights / total, most + math.log(total / len(weights))


def _systematic(weights: Floats, u: float) -> npt.NDArray[np.int64]:
    """Choose as many particles as there are, each about as often as its weight says, from one uniform number."""
    steps = (np.arange(len(weights)) + u) / len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights), steps, side="right"), len(weights) - 1).astype(np.int64)
