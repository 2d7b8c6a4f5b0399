"""The one rounding rule in compiled code, as in :mod:`kravsim.units`: once, half an öre upwards (§M26)."""

from __future__ import annotations

from kravsim.jit_compiled import compiled


@compiled
def rounded(numerator: int, denominator: int) -> int:
    """Divide, and round half upwards.

    Parameters
    ----------
    numerator : int
        0 or more; twice as much and the denominator must fit into 64 bits.
    denominator : int
        Above 0.
    """
    return (2 * numerator + denominator) // (2 * denominator)
