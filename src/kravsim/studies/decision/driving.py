"""How much of an answer's variance goes with each input over worlds, whatever the inputs' own correlations.

The worlds are put into groups of equal size by an input's value. Its share is that of the variance between the groups' means
(the correlation ratio, in large samples the Sobol index of first order), less what so many groups have by chance. It counts
what the input's companions do as they go along with it; what acts only together with others it does not see.

Sources: Pearson 1905; Kelley 1935 for the correction; Westfall and Young 1993 for the largest of many by permutation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.studies.decision.checks import Floats

FEWEST: Final = 30
"""Worlds from which inputs can be told apart at all."""
_IN_A_GROUP: Final = 12
_MOST_GROUPS: Final = 20
_PERMUTATIONS: Final = 400
_SEED: Final = 20_187


class Driver(NamedTuple):
    """What goes with one input.

    Parameters
    ----------
    name : str
        Dotted key of the input, or dimension of readings.
    share, se : float
        Of the answer's variance, and its standard error by bootstrap; an estimate, which can be below 0.
    low, high : float or str
        The middle of its lowest and of its highest group; of levels those with the least and with the largest answer.
    at_low, at_high : float
        Mean answer there.
    beyond_chance : bool
        Whether an input without any part in the answer would have so large a share in one case of twenty at most, all inputs
        being looked at together.
    """

    name: str
    share: float
    se: float
    low: float | str
    high: float | str
    at_low: float
    at_high: float
    beyond_chance: bool

    @property
    def swing(self) -> float:
        """From the lowest group's mean answer to the highest's."""
        return self.at_high - self.at_low


def drivers_of(answers: Floats, inputs: Mapping[str, NDArray[np.generic]]) -> tuple[Driver, ...]:
    """Order inputs by what of the answer's variance goes with them.

    Parameters
    ----------
    answers : (worlds,) float64 array
        One a world; finite.
    inputs : mapping of name to (worlds,) array
        Numbers, or names as levels; those that never vary are left out.

    Returns
    -------
    tuple of Driver
        The largest share first; none with fewer than 30 worlds, or where the answer never varies.
    """
    n = len(answers)
    if n < FEWEST or np.ptp(answers) == 0:
        return ()
    codes = {name: _groups(values) for name, values in inputs.items() if len(np.unique(values)) > 1}
    rng = np.random.default_rng(_SEED)
    shuffled = np.stack([rng.permutation(answers) for _ in range(_PERMUTATIONS)], axis=1)
    largest = np.full(_PERMUTATIONS, -np.inf)
    for code in codes.values():
        largest = np.maximum(largest, _share(code, shuffled))
    by_chance = float(np.quantile(largest, 0.95)) if codes else 0.0
    drawn = rng.integers(0, n, (_PERMUTATIONS // 2, n))
    found = []
    for name, code in codes.items():
        share = float(_share(code, answers[:, None])[0])
        low, high = _ends(code, answers, inputs[name])
        se = _error(code, answers, drawn) if share > by_chance else float("nan")
        means = [float(answers[code == end].mean()) for end in (low, high)]
        middles = [_middle(inputs[name][code == end]) for end in (low, high)]
        found.append(Driver(name, share, se, middles[0], middles[1], means[0], means[1], share > by_chance))
    return tuple(sorted(found, key=lambda one: -one.share))


def _groups(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Number of every world's group: each level, or groups of equal size of a scale, equal values together."""
    different, codes = np.unique(values, return_inverse=True)
    many = min(max(len(values) // _IN_A_GROUP, 2), _MOST_GROUPS)
    if values.dtype.kind not in "iuf" or len(different) <= many:
        return np.asarray(codes.reshape(-1), np.int64)
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    first = np.array([order[codes.reshape(-1) == k].min() for k in range(len(different))])[codes.reshape(-1)]
    where = first if len(different) < len(values) else order
    return np.asarray(np.unique(where * many // len(values), return_inverse=True)[1].reshape(-1), np.int64)


def _share(code: NDArray[np.int64], answers: Floats) -> Floats:
    """Share of the variance of each column between groups, less what chance gives so many groups."""
    n, many = len(code), int(code.max()) + 1
    sizes = np.bincount(code, minlength=many)
    away = answers - answers.mean(axis=0)
    member = np.zeros((many, n))
    member[code, np.arange(n)] = 1
    between = ((member @ away) ** 2 / np.maximum(sizes, 1)[:, None]).sum(axis=0)
    ratio = between / np.maximum((away**2).sum(axis=0), 1e-300)
    groups = int(np.count_nonzero(sizes))
    return np.asarray(1 - (1 - ratio) * (n - 1) / max(n - groups, 1), np.float64)


def _error(code: NDArray[np.int64], answers: Floats, drawn: NDArray[np.int64]) -> float:
    return float(np.std([_share(code[some], answers[some, None])[0] for some in drawn], ddof=1))


def _ends(code: NDArray[np.int64], answers: Floats, values: NDArray[np.generic]) -> tuple[int, int]:
    """The lowest and the highest group; of levels that have no order, those with the least and the largest answer."""
    many = int(code.max()) + 1
    if values.dtype.kind in "iuf":
        return 0, many - 1
    means = np.bincount(code, answers, many) / np.bincount(code, minlength=many)
    return int(np.argmin(means)), int(np.argmax(means))


def _middle(values: NDArray[np.generic]) -> float | str:
    return float(np.median(values.astype(np.float64))) if values.dtype.kind in "iuf" else str(values[0])
