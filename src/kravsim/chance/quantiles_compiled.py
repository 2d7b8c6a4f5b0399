"""Quantiles from random bits, one at a time where they are needed (:mod:`kravsim.chance.quantiles` says how)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.quantiles import (
    GAMMA_NODES,
    GAMMA_NODES_A_UNIT,
    LARGEST_POWER,
    PIECE_BITS,
    POWER_BITS,
    ScoreTables,
)
from kravsim.jit_compiled import compiled

_SURPLUS: Final = np.uint64(11)
_ONE: Final = np.uint64(1)
_MANTISSA_BITS: Final = 52
_BELOW_PIECE: Final = _MANTISSA_BITS - PIECE_BITS
_BIAS: Final = 1023
_WAY: Final = 2.0**-_BELOW_PIECE
_HALF: Final = 1 << _MANTISSA_BITS
_POWERS: Final = 2**POWER_BITS
_MOST: Final = float(LARGEST_POWER)
_LOG_2: Final = math.log(2.0)


@compiled
def uniform(word: np.uint64) -> float:
    """Give the uniform number of random bits: that of `kravsim.chance.philox.unit_interval`.

    Parameters
    ----------
    word : uint64
        Random bits, of which the upper 52 count.

    Returns
    -------
    float
        From the open interval (0, 1).
    """
    return np.int64((word >> _SURPLUS) | _ONE) * 2.0**-53


@compiled
def normal_score(word: np.uint64, tables: ScoreTables) -> float:
    """Give the standard normal quantile that belongs to the uniform number of random bits, to within 2e-13.

    Parameters
    ----------
    word : uint64
        Random bits, of which the upper 52 count.
    tables : ScoreTables
    """
    above = np.int64((word >> _SURPLUS) | _ONE) - _HALF  # 2**53 times the uniform number, less a half; never 0
    bits = np.float64(_HALF - abs(above)).view(
        np.int64
    )  # exact: the exponent says which halving, the mantissa where in it
    way = (bits & ((1 << _BELOW_PIECE) - 1)) * _WAY
    c = tables.scores[(bits >> _BELOW_PIECE) - (_BIAS << PIECE_BITS)]
    square = way * way
    score = (c[0] + way * c[1]) + square * ((c[2] + way * c[3]) + square * (c[4] + way * c[5]))
    return math.copysign(score, np.float64(above))


@compiled
def power_of_two(exponent: float, tables: ScoreTables) -> float:
    """Give 2 to the power of an exponent, which is taken to lie within LARGEST_POWER of 0, to within 1e-15.

    Parameters
    ----------
    exponent : float
        Cut to what the tables reach.
    tables : ScoreTables
    """
    exponent = _MOST if exponent > _MOST else max(exponent, -_MOST)
    steps = np.int64((exponent + _MOST) * _POWERS + 0.5)
    rest = (exponent - (steps / _POWERS - _MOST)) * _LOG_2
    power = 1.0 + rest * (1.0 + rest * (1 / 2 + rest * (1 / 6 + rest * (1 / 24))))
    return power * tables.fractions[steps & (_POWERS - 1)] * tables.wholes[steps >> POWER_BITS]  # type: ignore[no-any-return]


@compiled
def lognormal(word: np.uint64, spread: float, tables: ScoreTables) -> float:
    """Give the lognormal quantile with median 1 that belongs to random bits.

    Parameters
    ----------
    word : uint64
        Random bits, of which the upper 52 count.
    spread : float
        Standard deviation of the binary logarithm (:func:`~kravsim.chance.quantiles.binary_spread`).
    tables : ScoreTables
    """
    return power_of_two(normal_score(word, tables) * spread, tables)


@compiled
def gamma(word: np.uint64, logs: NDArray[np.float64], tables: ScoreTables) -> float:
    """Give the gamma quantile of mean 1 that belongs to random bits.

    Parameters
    ----------
    word : uint64
        Random bits, of which the upper 52 count.
    logs : float64 array, shape (2 * GAMMA_NODES, 4)
        From :func:`~kravsim.chance.quantiles.gamma_logs`.
    tables : ScoreTables
    """
    place = normal_score(word, tables) * GAMMA_NODES_A_UNIT + GAMMA_NODES
    node = np.int64(place)
    way = place - node
    c = logs[node]
    return power_of_two(c[0] + way * (c[1] + way * (c[2] + way * c[3])), tables)
