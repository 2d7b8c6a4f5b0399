"""Tables by which compiled code turns random bits into quantiles, one at a time (:mod:`kravsim.chance.quantiles_compiled`).

A bulk call of a library reads and writes every number several times over; one pass takes a third of the time. A quantile is a
smooth function of its probability, but for the ends, and a polynomial between tabulated points is as good as exact. Then only
multiplications and additions are left, which give the same on every machine.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PIECE_BITS: Final = 6
"""Each halving of the probability has 2 ** this many pieces."""
HALVINGS: Final = 52
"""From 2**-53, the least probability there is, to a half."""
POWER_BITS: Final = 8
"""Binary logarithms are divided into this many bits below the point, and a rest."""
LARGEST_POWER: Final = 1000
"""Numbers beyond 2**1000 or below 2**-1000 are taken to these ends: such an amount is refused, such a debtor never late."""
GAMMA_NODES_A_UNIT: Final = 32
GAMMA_NODES: Final = 272
"""On either side of 0: to a score of 8.5, beyond that of 2**-53."""

_GAMMA_LEFT: Final = -60.0
_LOG_2: Final = math.log(2.0)


class ScoreTables(NamedTuple):
    """What the normal score of a probability, and a power of two, are looked up in.

    Every halving of the probability is divided into pieces. In each of them the score is the polynomial of fifth degree that
    has scipy's score, its slope and its curvature at both ends: within 2e-13 of scipy's everywhere.

    Attributes
    ----------
    scores : (HALVINGS * 2**PIECE_BITS, 6)
        Coefficients, constant first, of the normal score in each piece, by the way through it, 0 to 1.
    fractions : (2**POWER_BITS,)
        2 to the power of each fraction.
    wholes : (2 * LARGEST_POWER + 1,)
        2 to the power of each whole number from -LARGEST_POWER.
    """

    scores: Floats
    fractions: Floats
    wholes: Floats


@cache
def score_tables() -> ScoreTables:
    """Make the tables, once."""
    from scipy.special import exp2, ndtri

    pieces = 2**PIECE_BITS
    scale = 2.0 ** np.arange(-1 - HALVINGS, -1)[:, None]
    score = ndtri(scale * (1 + np.arange(pieces + 1) / pieces))
    slope = math.sqrt(2 * math.pi) * exp2(score**2 / (2 * _LOG_2))
    width = scale / pieces
    step, first, second = np.diff(score), slope * width, score * (slope * width) ** 2 / 2
    (g0, g1), (s0, s1) = ((table[:, :-1], table[:, 1:]) for table in (first, second))
    coefficients = [
        score[:, :-1],
        g0,
        s0,
        10 * step - 6 * g0 - 4 * g1 - 3 * s0 + s1,
        -15 * step + 8 * g0 + 7 * g1 + 3 * s0 - 2 * s1,
        6 * step - 3 * g0 - 3 * g1 - s0 + s1,
    ]
    tables = ScoreTables(
        scores=np.stack(coefficients, axis=2).reshape(-1, 6),
        fractions=np.asarray(exp2(np.arange(2**POWER_BITS) / 2**POWER_BITS)),
        wholes=np.asarray(exp2(np.arange(-LARGEST_POWER, LARGEST_POWER + 1.0))),
    )
    for table in tables:
        table.setflags(write=False)
    return tables


def binary_spread(median: float, mean: float) -> float:
    """Give the standard deviation of the binary logarithm of a lognormal number: mean / median = exp(sigma**2 / 2).

    Parameters
    ----------
    median, mean : float
        Of the lognormal number, in one and the same unit; 0 < median <= mean.
    """
    return math.sqrt(2.0 * math.log1p((mean - median) / median)) / _LOG_2


@lru_cache(maxsize=64)
def gamma_logs(shape: float) -> Floats:
    """Tabulate the logarithm of gamma quantiles by their normal scores, a smooth function.

    It is known, with its slope, at some hundred scores, and cubic between them: within 1e-9 of the exact quantile in relative
    terms for a shape from 0.5 on, 1e-7 for 0.01, which is the test's bound.

    Parameters
    ----------
    shape : float
        From 0.01 to 1000.

    Returns
    -------
    float64 array, shape (2 * GAMMA_NODES, 4)
        Coefficients, constant first, of the binary logarithm of the quantile of mean 1 in each piece between two scores,
        by the way through it, 0 to 1.
    """
    from scipy.special import exp2, gammainccinv, gammaincinv, gammaln, log_ndtr, ndtr, xlogy

    score = np.arange(-GAMMA_NODES, GAMMA_NODES + 1) / GAMMA_NODES_A_UNIT
    tail = ndtr(-np.abs(score))
    quantile = np.where(score < 0.0, gammaincinv(shape, tail), gammainccinv(shape, tail))
    # Far to the left a quantile is (u * gamma(shape + 1)) ** (1 / shape), which may be below the least float.
    left = (log_ndtr(score) + gammaln(shape + 1.0)) / shape
    value = np.where(left < _GAMMA_LEFT, left, xlogy(1.0, np.maximum(quantile, 1e-300)))
    density = 0.5 * score**2 + shape * value - exp2(value / _LOG_2) - gammaln(shape) + 0.5 * math.log(2.0 * math.pi)
    slope = exp2(-density / _LOG_2) / GAMMA_NODES_A_UNIT
    step, start, end = np.diff(value), slope[:-1], slope[1:]
    pieces = np.stack(
        [value[:-1] - math.log(shape), start, 3.0 * step - 2.0 * start - end, start + end - 2.0 * step], axis=1
    )
    pieces /= _LOG_2
    pieces.setflags(write=False)
    return pieces
