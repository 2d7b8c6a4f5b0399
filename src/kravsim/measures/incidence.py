"""Cumulative incidence with competing ends: how large a share has come to each end after so many days, some being still open.

The estimator is Aalen and Johansen's (Scandinavian Journal of Statistics 5, 1978), on counts by bins of days. Of those who
have come to a bin with neither end and are followed to its last day, the share that ends so within it is a hazard; the
incidence of an end sums, bin by bin, the share that had no end before times that hazard. Who is still open at the close
counts as long as followed, and so says nothing of later days; one minus a Kaplan-Meier curve, which takes other ends for
censoring too, would show more payment than there is.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.settling.curves import (
    BINS,
    COUNTED_IN,
    ENDED_BY_EVENT,
    EVENTS,
    LAST_DAYS,
    ORIGINS,
    STRATA,
)
from kravsim.settling.tally import Tally

Floats = NDArray[np.float64]
Array = NDArray[np.int64]

CURVE_DAYS: Final = (3, 7, 14, 21, 30, 46, 62, 90, 140, 190, 265, 365, 730, 1095, 1825)
"""Days of the main curve of all claims, each the last of a bin; then comes as long as claims are followed."""
DAYS: Final = (14, 30, 90, 365)
"""Days of every other share; then comes as long as claims are followed."""
_ENDS: Final = 2
"""Of the main curve: principal paid, ended otherwise."""

_SHAPES: Final = {
    "curve": (len(ORIGINS), len(COUNTED_IN), _ENDS, len(CURVE_DAYS) + 1),
    "groups": (len(ORIGINS), len(STRATA) - 1, len(COUNTED_IN), _ENDS, len(DAYS) + 1),
    "apart": (len(ORIGINS), len(EVENTS) - 1, len(COUNTED_IN), len(DAYS) + 1),
    "at_step": (len(ORIGINS), len(STRATA), len(COUNTED_IN)),
    "recovered": (len(ORIGINS), len(STRATA)),
}
"""What is kept of a replication, each as so many claims or öre."""
SIZE: Final = sum(int(np.prod(shape)) for shape in _SHAPES.values())


class Incidence(NamedTuple):
    """What is kept of a replication (or of several: a leading axis), in claims and öre.

    Attributes
    ----------
    curve : (origins, measures, 2, CURVE_DAYS + 1)
        How many of all claims had their principal paid, and had ended otherwise, by each day.
    groups : (origins, groups, measures, 2, DAYS + 1)
        The same of each group of claims.
    apart : (origins, events, measures, DAYS + 1)
        Everything owed paid, part paid, plan kept.
    at_step : (origins, strata, measures)
        Claims with principal owed when the step was done, and that principal; what the others are shares of.
    recovered : (origins, strata)
        Principal paid from the step on.
    """

    curve: Floats
    groups: Floats
    apart: Floats
    at_step: Floats
    recovered: Floats


def kept(tally: Tally) -> Floats:
    """Estimate what is kept of a replication, as one array (SIZE,) in claims and öre.

    Parameters
    ----------
    tally : Tally
        Of one model; ``curves``, ``apart`` and ``recovered`` are read.

    Returns
    -------
    float64 array (SIZE,)
        NaN where no claim was followed so far.
    """
    total = tally.curves.sum(axis=(3, 4)).astype(np.float64)
    curve = incidence(tally.curves)
    at = {days: np.append(np.searchsorted(LAST_DAYS, days), BINS - 1) for days in (CURVE_DAYS, DAYS)}
    apart_total = total[:, 0][:, None, :, None]
    parts = Incidence(
        curve[:, 0][..., at[CURVE_DAYS]] * total[:, 0][..., None, None],
        curve[:, 1:][..., at[DAYS]] * total[:, 1:][..., None, None],
        incidence(tally.apart)[..., ENDED_BY_EVENT, :][..., at[DAYS]] * apart_total,
        total,
        tally.recovered.astype(np.float64),
    )
    return np.concatenate([part.ravel() for part in parts])


def unpacked(arrays: Floats) -> Incidence:
    """Read what :func:`kept` wrote.

    Parameters
    ----------
    arrays : float64 array (SIZE,) or (n, SIZE)
        Of one replication, or of several.
    """
    ends = np.cumsum([int(np.prod(shape)) for shape in _SHAPES.values()])[:-1]
    split = np.split(arrays, ends, axis=-1)
    return Incidence(
        *(part.reshape(*arrays.shape[:-1], *shape) for part, shape in zip(split, _SHAPES.values(), strict=True))
    )


def incidence(counts: Array) -> Floats:
    """Estimate cumulative incidence by the last day of each bin.

    Parameters
    ----------
    counts : (..., 3, BINS)
        How many ended by the event, ended otherwise and were censored in each bin; claims, or any weights. Who is censored in
        a bin is not followed to its last day, and counts in those before.

    Returns
    -------
    array (..., 2, BINS)
        Share that has ended by the event, and otherwise; NaN where nobody is followed so far and some were still open.
    """
    from kravsim.measures.incidence_compiled import estimate

    given = np.ascontiguousarray(counts).reshape(-1, *counts.shape[-2:])
    shares = np.empty((len(given), _ENDS, counts.shape[-1]))
    estimate(given, shares)
    return shares.reshape(*counts.shape[:-2], *shares.shape[1:])
