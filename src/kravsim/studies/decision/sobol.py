"""Which inputs drive an answer: Sobol indices of first and total order, with intervals, also of groups moved together.

Sampling and estimators are scipy's (Saltelli 2010, scrambled Sobol points, bootstrap). Added here is what scipy leaves to
its user: a run that is missing is refused instead of turning every index into 0, an answer that never varies is refused,
and correlated inputs can only be asked about as a group that moves together.

Sources: Sobol 2001; Saltelli et al., Variance based sensitivity analysis of model output, 2010.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from kravsim.errors import Problem, RunError, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import Floats, level_of, whole
from kravsim.studies.decision.functions import Many, of_points
from kravsim.studies.decision.sobol_indices import SobolIndices

MOST: Final = 2**20
_RESAMPLES: Final = 400
_CELLS: Final = 4_000_000
_BOOTSTRAP_SEED: Final = 20_185
_SMALLEST: Final = 2.0**-33


def sobol(
    function: object,
    distributions: Sequence[Any] | Mapping[str, Any],
    n: int,
    seed: int,
    *,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> SobolIndices:
    """Give Sobol indices of first and total order of a function's inputs.

    Parameters
    ----------
    function : callable
        Takes an array of shape (d, n), one row an input, and gives n numbers, as for ``scipy.stats.sobol_indices``. A
        function of d arguments, of an array (n, d) or of a single point is recognised by a trial and called so.
    distributions : sequence or mapping of frozen scipy.stats distributions
        One an input, independent of each other; anything with ``ppf`` does. A mapping's keys name the inputs.
    n : int
        Size of the design, a power of two; the function is called at n (d + 2) points.
    seed : int
        Whole number from 0 that fixes the design.
    names : sequence of str, optional
        Names of the inputs.
    level : float
        Level of the intervals.

    Returns
    -------
    SobolIndices

    Raises
    ------
    ScenarioError
        When n is no power of two, there are fewer than two inputs, a distribution has no ``ppf`` or joins several inputs.
    RunError
        When an answer is missing or no finite number (it names the samples), or the answer never varies.

    Examples
    --------
    >>> from scipy import stats
    >>> found = sobol(lambda x: 2 * x[0] + x[1], [stats.norm(), stats.norm()], 1024, 1)
    >>> found.first_order.round(1).tolist(), found.total_order.round(1).tolist()
    ([0.8, 0.2], [0.8, 0.2])
    """
    laws, labels = _laws(distributions, names)
    size, root = size_of(n), whole(seed, "seed", 0)

    def inputs(uniforms: Floats) -> Floats:
        return np.stack(
            [_quantiles(law, u, name) for law, u, name in zip(laws, uniforms.T, labels, strict=True)], axis=1
        )

    probe = inputs(np.random.default_rng(root).uniform(0.05, 0.95, (7 if len(laws) != 7 else 8, len(laws))))
    answers = of_points(function, labels, probe)
    groups = [[k] for k in range(len(laws))]
    return indices(lambda u: answers(inputs(u)), labels, groups, n=size, seed=root, level=level_of(level))


def indices(
    answers: Many,
    names: Sequence[str],
    groups: Sequence[Sequence[int]],
    *,
    n: int,
    seed: int,
    level: float = 0.95,
) -> SobolIndices:
    """Give the indices of groups of inputs from a function of uniform numbers.

    Parameters
    ----------
    answers : callable
        Takes points (m, d) strictly inside the unit cube, gives m finite numbers.
    names : sequence of str
        One a group.
    groups : sequence of sequences of int
        Columns that move together, every column once.
    n : int
        A power of two.
    seed : int
        Of the scrambled points; the bootstrap has its own.
    level : float
        Level of the intervals, strictly between 0 and 1.

    Raises
    ------
    RunError
        When the answer never varies.
    """
    from scipy import stats

    d = sum(len(group) for group in groups)
    points = stats.qmc.Sobol(2 * d, bits=64, rng=np.random.default_rng(seed)).random(n)  # as scipy.stats.sobol_indices
    points = np.clip(points, _SMALLEST, 1 - _SMALLEST)
    a, b = points[:, :d], points[:, d:]
    mixed = []
    for group in groups:
        both = a.copy()
        both[:, list(group)] = b[:, list(group)]
        mixed.append(both)
    found = answers(np.concatenate([a, b, *mixed])).reshape(len(groups) + 2, n)
    middle, scale = float(found[:2].mean()), float(np.max(np.abs(found[:2] - found[0, 0])))
    if scale == 0 or scale < 1e-13 * abs(middle):
        remedy = "the answer is the same at every sample, so no input has a share of its variance"
        raise RunError(Problem("", "function", Words("no variance"), "an answer that varies", remedy))
    shown = (found - middle) / scale
    table: Any = {"f_A": shown[:1], "f_B": shown[1:2], "f_AB": shown[2:, None, :]}
    orders = stats.sobol_indices(func=table, n=n)
    first, total = (np.asarray(one, np.float64).reshape(-1) + 0.0 for one in (orders.first_order, orders.total_order))
    drawn = _resampled(shown, len(groups))
    tail = (1 - level) / 2
    spans = np.quantile(drawn, [tail, 1 - tail], axis=1)  # (2, orders, groups)
    errors = drawn.std(axis=1, ddof=1)
    return SobolIndices(
        names=tuple(names),
        first_order=first,
        total_order=total,
        first_se=errors[0],
        total_se=errors[1],
        first_interval=spans[:, 0].T.copy(),
        total_interval=spans[:, 1].T.copy(),
        level=level,
        mean=middle,
        variance=float(shown[:2].var()) * scale**2,
        n=n,
        seed=seed,
    )


def _resampled(shown: Floats, groups: int) -> Floats:
    """Both orders over resampled rows of the design, shape (2, resamples, groups), by the estimators that scipy uses.

    Every estimate is made of means over rows, so that a resample is a set of weights of rows.
    """
    n = shown.shape[1]
    fa, fb, mixed = shown[0], shown[1], shown[2:]
    parts = np.stack([fa, fb, fa**2, fb**2, *(fb * (mixed - fa)), *(0.5 * (fa - mixed) ** 2)])
    rng = np.random.default_rng(_BOOTSTRAP_SEED)
    found = []
    for count in _batches(n):
        weights = rng.multinomial(n, np.full(n, 1 / n), count) / n
        means = weights @ parts.T
        middle = (means[:, 0] + means[:, 1]) / 2
        variance = np.maximum((means[:, 2] + means[:, 3]) / 2 - middle**2, 1e-300)[:, None]
        tops = means[:, 4 : 4 + groups], means[:, 4 + groups :]
        found.append(np.stack([top / variance for top in tops]))
    return np.concatenate(found, axis=1)


def _batches(n: int) -> list[int]:
    size = max(1, min(_RESAMPLES, _CELLS // n))
    return [min(size, _RESAMPLES - begin) for begin in range(0, _RESAMPLES, size)]


def size_of(n: object, name: str = "n") -> int:
    """Read the size of a design: a power of two.

    Parameters
    ----------
    n : object
        What a caller gave.
    name : str
        What an error calls it.

    Raises
    ------
    ScenarioError
        When it is none.
    """
    size = whole(n, name, 2, MOST)
    if size & (size - 1):
        near = 2 ** round(np.log2(size))
        remedy = phrase("take {near}: the points are even only in such numbers", near=near)
        raise ScenarioError(Problem("", name, size, "a power of two", remedy))
    return size


def _laws(given: Any, names: Sequence[str] | None) -> tuple[list[Any], tuple[str, ...]]:
    if isinstance(given, Mapping):
        own: Sequence[str] | None = [str(name) for name in given]
        laws = list(given.values())
    elif isinstance(given, Sequence) and not isinstance(given, str):
        own, laws = None, list(given)
    else:
        remedy = "correlated inputs are outside the method: give independent ones, one distribution an input"
        raise ScenarioError(Problem("", "distributions", given, "a list of distributions, one an input", remedy))
    if len(laws) < 2:
        remedy = "with a single input it has all of the variance"
        raise ScenarioError(
            Problem("", "distributions", Words(phrase("{n} inputs", n=len(laws))), "two inputs or more", remedy)
        )
    labels = tuple(names if names is not None else own or [f"x{k + 1}" for k in range(len(laws))])
    if len(labels) != len(laws) or len(set(labels)) != len(labels):
        raise ScenarioError(
            Problem("", "names", list(labels), phrase("{n} different names", n=len(laws)), "name every input once")
        )
    problems = []
    for law, name in zip(laws, labels, strict=True):
        if not callable(getattr(law, "ppf", None)):
            joint = "multivariate" in type(law).__name__ or hasattr(law, "cov")
            remedy = "correlated inputs are outside the method: give one distribution an input" if joint else ""
            remedy = remedy or "take a frozen distribution of scipy.stats, such as stats.uniform(0, 1)"
            problems.append(
                Problem("", name, Words(phrase("a {kind}", kind=type(law).__name__)), "a distribution with ppf", remedy)
            )
    if problems:
        raise ScenarioError(problems)
    return laws, labels


def _quantiles(law: Any, uniforms: Floats, name: str) -> Floats:
    found = np.asarray(law.ppf(uniforms), np.float64)
    if found.shape != uniforms.shape or not np.isfinite(found).all():
        remedy = "check its parameters, and that it is a distribution of one number"
        raise ScenarioError(Problem("", name, Words("no quantiles"), "a distribution with finite quantiles", remedy))
    return found
