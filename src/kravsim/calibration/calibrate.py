"""Calibration: from what is believed and what the books say to every parameter set that agrees with both."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from kravsim.calibration.calibration import Calibration, Diagnosis
from kravsim.calibration.evaluating import closed_form
from kravsim.calibration.in_parts import ISLANDS, LEAST_PARTICLES, before_the_books, height_of, in_parts
from kravsim.calibration.likelihood import Facts, Forward, facts, vouched
from kravsim.calibration.parts import Apart, Part, parts_of
from kravsim.calibration.posterior import Posterior, readings, usual_dimensions
from kravsim.calibration.tempering import ROUNDS, Island, temper
from kravsim.chance.draws import Draws
from kravsim.errors import ABSENT, Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario import checked_call, scenario_of
from kravsim.scenario.prior import SMALLEST, Prior
from kravsim.sizing.estimate import check_particles
from kravsim.words.reading_words import choice_titles

if TYPE_CHECKING:
    from kravsim.scenario import AnyScenario

Floats = npt.NDArray[np.float64]

USUAL_SETS: Final = 200
USUAL_PARTICLES: Final = 256
LEAST_SETS: Final = 2
LEAST_MOVES: Final = 2
DIGITS: Final = 4
"""Significant digits that a number of a set is kept with: a file that is read back holds the same set."""
FIGURE_DIGITS: Final = 7
"""Significant digits of its figures, which are those of the numbers as they are kept."""
_SEED_BITS: Final = 128


@checked_call
def calibrate(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    *,
    choice: Mapping[str, str] | None = None,
    draws: int = USUAL_SETS,
    seed: int | None = None,
    targets: Sequence[str] | None = None,
    particles: int = USUAL_PARTICLES,
    moves: int = ROUNDS,
    apart: Apart | None = None,
    forward: Forward | None = None,
    max_memory_gib: float | None = None,
) -> Calibration:
    """Find the parameter sets of one reading of a scenario that agree with its published figures.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its ranges and correlations are the prior, its targets the books.
    choice : mapping of dimension to name, optional
        Alternatives to read it with; dimensions left out keep their base.
    draws : int
        Parameter sets to keep, from 2 to all particles of four islands.
    seed : int, optional
        Fixes every number; drawn and recorded when left out.
    targets : sequence of str, optional
        Names of targets; left out, those with ``tuned = true``.
    particles : int
        Particles in each of the four islands, from 16.
    moves : int
        Moves of every particle after each rise of the likelihood's power, from 2; twice as many at the end.
    apart : mapping of str to sequence of float, optional
        Bounds by key, such as ``{"timing.reminder_grace_days": [8.5]}``: each side is sampled by itself, with four islands of
        its own, and counts by its chance. For numbers at which a target's figure jumps; 48 parts at most.
    forward : callable, optional
        Gives expected figures: ``forward(scenario, model, {key: array (B,)})`` to ``{metric: array (B,)}``, finite numbers.
        Left out, the closed-form twin :func:`kravsim.expected.numbers`.
    max_memory_gib : float, optional
        Most memory that it may need by the estimate, in GiB; four fifths of the machine's when left out.

    Returns
    -------
    Calibration
        The same bit for bit for the same scenario, seed, `draws`, `particles`, `moves`, `apart` and targets.

    Raises
    ------
    ScenarioError
        When there is no target or nothing uncertain, a name is unknown, or a count is out of bounds or asks for more memory
        than there is: says the estimate.
    RunError
        When no world of the prior is possible, or `forward` raises or gives something else than finite numbers.
    """
    read = scenario_of(scenario).with_alternatives(choice or {})
    books = facts(read, closed_form if forward is None else vouched(forward), targets)
    prior = _prior_of(books)
    parts = parts_of(prior, {} if apart is None else apart)
    particles, draws, moves = _counts(particles, draws, moves, len(parts), len(prior.columns), max_memory_gib)
    root = Draws(secrets.randbits(_SEED_BITS) if seed is None else seed, 0, 0).seed

    before = before_the_books(books, Part(prior, {}), root)
    if len(parts) == 1:
        height = partial(height_of, books, parts[0])
        how = {"seed": root, "islands": ISLANDS, "particles": particles, "moves": moves}
        islands, beside = temper(height, prior.columns, directions=before.directions, **how), 0
    else:
        islands, beside = in_parts(books, parts, root, particles, moves)
    values = _kept(prior, _chosen(islands, draws, root), apart or {})
    found = books.figures({key: values[:, place] for place, key in enumerate(prior.keys)})
    figures = np.column_stack([_rounded(found[name], FIGURE_DIGITS) for name in books.targets])
    diagnosis = _diagnosis(islands, particles, before.tried, before.inside, beside)
    slopes = np.round(before.slopes, 3) + 0.0
    bounds = {key: tuple(map(float, sorted(set(each)))) for key, each in (apart or {}).items()}
    return Calibration(
        read,
        dict(choice or {}),
        root,
        books.targets,
        prior.keys,
        values,
        figures,
        slopes,
        diagnosis,
        moves=moves,
        apart=bounds,
        titles=choice_titles(scenario_of(scenario), choice or {}),
    )


@checked_call
def calibrate_all(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    *,
    dimensions: Sequence[str] | None = None,
    draws: int = USUAL_SETS,
    seed: int | None = None,
    targets: Sequence[str] | None = None,
    particles: int = USUAL_PARTICLES,
    moves: int = ROUNDS,
    apart: Apart | None = None,
    forward: Forward | None = None,
    max_memory_gib: float | None = None,
) -> Posterior:
    """Calibrate a scenario read in each way of some dimensions; the others keep their base.

    Parameters are those of :func:`calibrate`; `dimensions` that the scenario does not have open are refused.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its ranges and correlations are the prior, its targets the books.
    dimensions : sequence of str, optional
        Each combination of their open alternatives is calibrated. Left out, how the case is read and the rule of limitation.
    draws : int
        Parameter sets to keep of each combination, from 2 to all particles of four islands.
    seed : int, optional
        Fixes every number of every combination; drawn and recorded when left out.
    targets : sequence of str, optional
        Names of targets; left out, those with ``tuned = true``.
    particles : int
        Particles in each of the four islands, from 16.
    moves : int
        Moves of every particle after each rise of the likelihood's power, from 2; twice as many at the end.
    apart : mapping of str to sequence of float, optional
        Bounds by key, such as ``{"timing.reminder_grace_days": [8.5]}``: each side is sampled by itself, with four islands of
        its own, and counts by its chance. For numbers at which a target's figure jumps; 48 parts at most.
    forward : callable, optional
        Gives expected figures: ``forward(scenario, model, {key: array (B,)})`` to ``{metric: array (B,)}``, finite
        numbers. Left out, the closed form.
    max_memory_gib : float, optional
        Most memory that it may need by the estimate, in GiB; four fifths of the machine's when left out.

    Returns
    -------
    Posterior
        One calibration a combination, with its weight.
    """
    scenario = scenario_of(scenario)
    root = Draws(secrets.randbits(_SEED_BITS) if seed is None else seed, 0, 0).seed
    found = [
        (
            calibrate(
                scenario,
                choice=choice,
                draws=draws,
                seed=root,
                targets=targets,
                particles=particles,
                moves=moves,
                apart=apart,
                forward=forward,
                max_memory_gib=max_memory_gib,
            ),
            weight,
        )
        for choice, weight in readings(scenario, usual_dimensions(scenario) if dimensions is None else dimensions)
    ]
    return Posterior(scenario, tuple(one for one, _ in found), tuple(weight for _, weight in found))


def _counts(
    particles: object, draws: object, moves: object, parts: int, columns: int, max_memory_gib: float | None
) -> tuple[int, int, int]:
    """Hold the counts to their bounds, and particles to the memory that they would take."""
    counts = {}
    problems = []
    bounds = (("particles", particles, LEAST_PARTICLES), ("draws", draws, LEAST_SETS), ("moves", moves, LEAST_MOVES))
    for key, value, least in bounds:
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            remedy = phrase("give {key} as such a number", key=key)
            problems.append(
                Problem("calibrate", key, value, phrase("a whole number from {least}", least=least), remedy)
            )
        else:
            counts[key] = int(value)
    if problems:
        raise ScenarioError(problems)
    asked = counts["particles"]
    check_particles(ISLANDS * asked, columns, "particles", asked, max_memory_gib, parts=parts)
    most = ISLANDS * asked  # that parts which weigh little have fewer is known only afterwards
    if counts["draws"] > most:
        remedy = "ask for fewer draws or more particles"
        allowed = phrase("at most {most}", most=most)
        raise ScenarioError(Problem("calibrate", "draws", counts["draws"], allowed, remedy))
    return counts["particles"], counts["draws"], counts["moves"]


def _prior_of(books: Facts) -> Prior:
    """The prior of the numbers that the books can speak of: the world's, the targets' models', and what hangs with them."""
    scenario = books.scenario
    if scenario.range_problems:
        raise ScenarioError(scenario.range_problems)
    whole_prior = scenario.prior
    keys = whole_prior.beside({target.model for target in books.targets.values()}, scenario.models)
    if not keys:
        remedy = "give numbers low and high, which say how far off they may be"
        raise ScenarioError(Problem(scenario.name, "", ABSENT, "an uncertain number or more", remedy))
    groups = tuple(group for group in whole_prior.groups if set(group.keys) & set(keys))
    return Prior({key: whole_prior.numbers[key] for key in keys}, groups)


def _chosen(islands: Sequence[Island], count: int, seed: int) -> Floats:
    """Draw sets from the islands, each island as often as its evidence says."""
    every = np.concatenate([island.normals for island in islands])
    each = np.concatenate([weight * _shares(one) for weight, one in zip(_weights(islands), islands, strict=True)])
    below = np.cumsum(each)
    u = Draws(seed, ISLANDS, 0).one("calibrate choose")
    picked = np.searchsorted(below, (np.arange(count) + u) / count, side="right")
    return np.asarray(every[np.minimum(picked, len(every) - 1)], np.float64)


def _weights(islands: Sequence[Island]) -> Floats:
    """How much each island counts: by its evidence, and not at all when others got further."""
    power = max(island.power for island in islands)
    most = max(island.log_evidence for island in islands if island.power == power)
    weight = [math.exp(island.log_evidence - most) if island.power == power else 0.0 for island in islands]
    return np.array(weight) / math.fsum(weight)


def _shares(island: Island) -> Floats:
    """How much each particle of an island counts in it."""
    if island.weights is not None:
        return island.weights
    return np.full(len(island.normals), 1 / len(island.normals))


def _moments(island: Island) -> tuple[Floats, Floats, float]:
    """Mean and variance of each coordinate in an island, and how many particles alike it is worth."""
    here, weights = island.normals, island.weights
    if weights is None:
        return here.mean(axis=0), here.var(axis=0, ddof=1), float(len(here))
    mean, squares = weights @ here, float(np.square(weights).sum())
    return mean, weights @ np.square(here - mean) / (1 - squares), 1 / squares


def _kept(prior: Prior, chosen: Floats, apart: Apart = MappingProxyType({})) -> Floats:
    """Numbers of the sets with the digits they are kept with, inside their ranges and parts: shape (sets, keys)."""
    columns = []
    for key, drawn in prior.values(chosen).items():
        value, limits = prior.numbers[key]
        low, high = value.quantiles(np.array([SMALLEST, 1 - SMALLEST]), limits)
        kept = _rounded(drawn, DIGITS)
        for bound in apart.get(key, ()):
            crossed = np.flatnonzero((drawn < bound) != (kept < bound))
            back = np.where(drawn[crossed] < bound, -1.0, 1.0) * _last_digit(kept[crossed])
            kept[crossed] = _rounded(kept[crossed] + back, DIGITS)
        columns.append(np.clip(kept, low, high))
    return np.column_stack(columns)


def _last_digit(values: Floats) -> Floats:
    """One unit of the last digit that numbers are kept with."""
    return np.asarray(10.0 ** (np.floor(np.log10(np.abs(values))) - DIGITS + 1), np.float64)


def _rounded(values: Floats, digits: int) -> Floats:
    """Round to significant digits, by way of decimal text so that the float is the one a file reads back."""
    return np.array([float(f"{value:.{digits}g}") for value in values.tolist()], np.float64)


def _diagnosis(islands: Sequence[Island], particles: int, tried: int, inside: int, beside: int = 0) -> Diagnosis:
    """Compare the islands, each counted as the sets are drawn from it.

    The mean of a number over all islands, weighted by w, varies by sum(w^2) times the variance between islands' means, for
    which sum(w (mean - m)^2) / (1 - sum(w^2)) is an unbiased estimate; equal weights give the usual one. Where one island has
    all the weight the others cannot vouch for it, and are counted as if they were its equals.
    """
    moments, weight = [_moments(island) for island in islands], _weights(islands)
    if np.count_nonzero(weight) < 2:
        weight = np.full(len(islands), 1 / len(islands))
    squares = float(np.square(weight).sum())
    means = np.stack([mean for mean, _, _ in moments])
    within = weight @ np.stack([variance for _, variance, _ in moments])
    between = weight @ np.square(means - weight @ means) / (1 - squares)
    worth = math.fsum(one for _, _, one in moments) / len(moments)
    most = worth / squares
    ess = float(within.mean() / between.mean()) / squares if between.any() else most
    alive = within > 0
    ratio = np.sqrt((within[alive] * (worth - 1) / worth + between[alive]) / within[alive])
    logs = np.array([island.log_evidence for island in islands])
    shares = np.exp(logs - logs.max())
    error = float(shares.std(ddof=1) / shares.mean() / math.sqrt(len(logs)))
    return Diagnosis(
        islands=len(islands),
        particles=particles,
        evaluations=sum(island.evaluations for island in islands) + tried + beside,
        power=min(island.power for island in islands),
        ess=round(min(ess, most), 1),
        r_hat=round(float(ratio.max(initial=1.0)), 3),
        log_evidence=round(float(logs.max() + math.log(shares.mean())), 4),
        log_evidence_error=round(error, 4),
        prior_draws=tried,
        prior_inside=inside,
    )
