"""Further worlds of an uncertain study, in which the closed form alone is worked out: its control variate.

Of parameter sets they are rows that no simulated world has, in an order shuffled by the seed; numbers that the sets do not
speak of are drawn from the prior. Of the prior they are the points of scrambled Sobol sequences over all uncertain numbers:
each scramble by itself is a fair sample, and between scrambles it is seen how well they know a mean. A structure has its own
stretch of each sequence, a power of two long and beginning at a multiple of that, so that it is as evenly spread.

Sources: Owen, Randomly permuted (t,m,s)-nets and (t,s)-sequences, 1995; Owen, Monte Carlo variance of scrambled net
quadrature, SIAM Journal on Numerical Analysis 34 (1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.calibration import Calibration
from kravsim.calibration.evaluating import is_of
from kravsim.calibration.posterior import Posterior
from kravsim.calibration.worlds import Design, shuffled
from kravsim.chance.draws import Draws
from kravsim.errors import KravsimError
from kravsim.scenario import Scenario
from kravsim.scenario.base_posts import SUFFIX, model_itself
from kravsim.scenario.prior import SMALLEST
from kravsim.statistics.control_fit import Further

Floats = NDArray[np.float64]

MEASURES: Final = ("net_revenue_kr", "economic_result_kr")
"""Whose differences are told, fiscal and economic."""
FEWEST_WORLDS: Final = 8
"""Simulated worlds from which it is worth asking the closed form: of fewer nobody can tell whether it helps."""
EACH: Final = 64
"""Further worlds for each simulated one: near the best ratio where a simulated world costs some 250 times as much as the
closed form of one, and their correlation is 0.98."""
MOST: Final = 8_192
"""Further worlds in all."""
SCRAMBLES: Final = 16
"""Scrambles of the Sobol sequence, each of 2 points a structure or more."""
_SCRAMBLED: Final = "scrambled Sobol points of the prior"
_BESIDE: Final = "beside the parameter sets of the closed form: "


def worth_of(ensemble: object, design: Design) -> tuple[tuple[int, int, float], ...]:
    """Of each structure, which table its worlds come from, how many sets that has and how many draws they are worth.

    Rows that are alike count for fewer, and the sets of a calibration for as many as its islands say.

    Parameters
    ----------
    ensemble : calibration, posterior or iterable of ParameterSets
        Where the sets come from.
    design : Design
        The worlds; empty is given for the prior.
    """
    if design.sets is None:
        return ()
    calibrations: Iterable[Calibration] = ()
    if isinstance(ensemble, Posterior):
        calibrations = ensemble.calibrations
    elif isinstance(ensemble, Calibration):
        calibrations = (ensemble,)
    said = {tuple(sorted(one.choice.items())): one.diagnosis.ess for one in calibrations}
    numbers: dict[int, int] = {}
    found = []
    for table in design.sets:
        _, counts = np.unique(table.values, axis=0, return_counts=True)
        alike = len(table) ** 2 / float((counts.astype(np.float64) ** 2).sum())
        worth = min(alike, said.get(tuple(sorted(table.choice.items())), alike), float(len(table)))
        found.append((numbers.setdefault(id(table), len(numbers)), len(table), max(worth, 1.0)))
    return tuple(found)


def further_worlds(design: Design, ensemble: object) -> tuple[Further, dict[int, dict[str, Floats]]]:
    """Choose further worlds.

    Parameters
    ----------
    design : Design
        The simulated worlds.
    ensemble : calibration, posterior or iterable of ParameterSets
        Where the sets come from; anything else for the prior.

    Returns
    -------
    Further
        Which worlds, in order of structure.
    dict of int to dict of str to float64 array
        Of each structure, every uncertain number of its worlds by key.
    """
    total = min(MOST, EACH * design.draws)
    if design.sets is None:
        return _of_the_prior(design, total)
    rows = _rows(design, total)
    values = {}
    for structure, mine in rows.items():
        base, believed, whole_keys = design.drawn_from[structure]
        table = design.sets[structure]
        found = {key: np.full(len(mine), number) for key, number in base.items()}
        for column, key in enumerate(table.keys):
            given = table.values[mine, column]
            found[key] = np.floor(given + 0.5) if key in whole_keys else given
        values[structure] = found | _beside(believed, design.seed, structure, len(mine))
    of_row = np.repeat(np.array(list(rows), np.int64), [len(mine) for mine in rows.values()])
    return Further(of_row, None, worth_of(ensemble, design)), values


def _rows(design: Design, total: int) -> dict[int, NDArray[np.int64]]:
    """Of each structure, sets that no simulated world has; structures that share a table have none in common."""
    sets, taken = design.sets or (), design.rows
    by_table: dict[int, list[int]] = {}
    for structure, table in enumerate(sets):
        by_table.setdefault(id(table), []).append(structure)
    found: dict[int, NDArray[np.int64]] = {}
    for sharing in by_table.values():
        used = {row for row, structure in zip(taken, design.structure, strict=True) if structure in sharing}
        left = [row for row in shuffled(len(sets[sharing[0]]), sharing[0], design.seed) if row not in used]
        weights = [float(design.weights[structure]) for structure in sharing]
        at = 0
        for structure, weight in zip(sharing, weights, strict=True):
            share = math.floor(len(left) * weight / math.fsum(weights))
            many = min(share, math.ceil(total * weight))
            found[structure] = np.array(left[at : at + many], np.int64)
            at += many
    return {structure: found[structure] for structure in range(len(sets))}


def _beside(believed: Any, seed: int, structure: int, many: int) -> dict[str, Floats]:
    """Numbers that the sets do not speak of, from the prior."""
    from scipy.special import ndtri

    if not believed.columns or not many:
        return {key: np.empty(many) for key in believed.keys}
    draws = Draws(seed, 0, 0)
    uniforms = [draws.bulk(_BESIDE + key, structure, many)[:, 0] for key in believed.columns]
    return dict(believed.values(ndtri(np.stack(uniforms, axis=1))))


def _of_the_prior(design: Design, total: int) -> tuple[Further, dict[int, dict[str, Floats]]]:
    from scipy.special import ndtri
    from scipy.stats import qmc

    weights = [float(weight) for weight in design.weights]
    stretch = [2 ** max(1, math.ceil(math.log2(max(total * weight / SCRAMBLES, 1)))) for weight in weights]
    longest_first = sorted(range(len(weights)), key=lambda structure: -stretch[structure])
    columns = list(dict.fromkeys(key for _, believed, _ in design.drawn_from for key in believed.columns))
    words = Draws(design.seed, 0, 0).bulk_bits(_SCRAMBLED, 0, SCRAMBLES)
    stretches: dict[int, list[Floats]] = {structure: [] for structure in longest_first}
    for scramble in range(SCRAMBLES):
        rng = np.random.default_rng(words[scramble].tolist())
        points = qmc.Sobol(max(len(columns), 1), rng=rng).random(2 ** math.ceil(math.log2(sum(stretch))))
        at = 0
        for structure in longest_first:
            stretches[structure].append(points[at : at + stretch[structure]])
            at += stretch[structure]
    values = {}
    for structure in range(len(weights)):
        base, believed, _ = design.drawn_from[structure]
        mine = np.clip(np.concatenate(stretches[structure]), SMALLEST, 1 - SMALLEST)
        normals = ndtri(mine[:, [columns.index(key) for key in believed.columns]])
        values[structure] = {key: np.full(len(mine), number) for key, number in base.items()}
        if believed.columns:
            values[structure] |= believed.values(normals)
    many = [SCRAMBLES * one for one in stretch]
    of_point = np.concatenate([np.repeat(np.arange(SCRAMBLES), one) for one in stretch])
    return Further(np.repeat(np.arange(len(weights)), many), of_point), values


def worked_out(
    design: Design,
    models: Sequence[str],
    further: Mapping[int, Mapping[str, Floats]],
    advance: Callable[[int], None],
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Work the closed form out in simulated and further worlds.

    Parameters
    ----------
    design : Design
        The simulated worlds.
    models : sequence of str
        Names of models, and of those with posts as in the base case beside them.
    further : mapping of int to mapping of str to float64 array
        As :func:`further_worlds` gives them.
    advance : callable
        Told how many worlds more are done.

    Returns
    -------
    dict of str to float64 array, shape (2, draws), and the same of shape (2, M)
        By model, a row for each of ``MEASURES``; NaN where it has no answer. Where numbers of some world of a structure are
        refused, none of the structure's has one.
    """
    inputs, of_world = design.inputs(), np.array(design.structure)
    worlds = {model: np.full((len(MEASURES), design.draws), np.nan) for model in models}
    more: dict[str, list[Floats]] = {model: [] for model in models}
    for structure, values in further.items():
        here, many = np.flatnonzero(of_world == structure), len(next(iter(values.values()), ()))
        read = design.read(structure)
        for model in models:
            both = {key: np.concatenate([inputs[key][here], array]) for key, array in values.items()}
            found = _figures(read, model, both, len(here) + many)
            worlds[model][:, here] = found[:, : len(here)]
            more[model].append(found[:, len(here) :])
        advance(len(here) + many)
    return worlds, {model: np.concatenate(parts, axis=1) for model, parts in more.items()}


def _figures(read: Scenario, model: str, values: Mapping[str, Floats], many: int) -> Floats:
    from kravsim.expected import evaluated  # compiled, so imported where it is needed

    itself = model_itself(model)
    base_posts = model.endswith(SUFFIX)
    stands = _ruled(read, itself) if base_posts else frozenset()
    mine = {key: array for key, array in values.items() if is_of(key, itself) and key not in stands}
    if not many:
        return np.empty((len(MEASURES), 0))
    try:
        found = evaluated(read, itself, mine, drawn=not base_posts)
    except KravsimError:
        return np.full((len(MEASURES), many), np.nan)
    return np.stack([np.broadcast_to(found[measure], (many,)) for measure in MEASURES])


def _ruled(read: Scenario, model: str) -> frozenset[str]:
    """Keys of the posts that are those of the base case where a model is run with these."""
    staff = read.data.models[model].staff
    return frozenset(
        f"models.{model}.staff.{name}.fte"
        for name, pool in staff.items()
        if pool.posts is not None and pool.posts.drawn_worlds != "number"
    )
