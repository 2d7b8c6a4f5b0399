"""What is known of worlds with the closed form as their twin, and how one is predicted from the others (cross-fitting)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

PARTS: Final = 10
"""Parts that the worlds of a structure are dealt into."""
ENOUGH: Final = 12
"""Other worlds of the same structure from which its coefficient is its own."""
LEAST_FREEDOM: Final = 4
"""Degrees of freedom below which nobody can tell whether the twin helps: it is then not used."""


class Further(NamedTuple):
    """Worlds in which the twin alone is known, by the structure each belongs to.

    Parameters
    ----------
    structure : int64 array, shape (M,)
        Number of each world's structure, from 0.
    scramble : int64 array, shape (M,), or None
        Which scramble of a Sobol sequence each world belongs to, all structures having part in each; None for independent
        worlds.
    tables : tuple of (int, int, float)
        Of each structure, which table its worlds are rows of, how many rows that has, and how many independent draws these
        are worth; empty where they come from no table.
    """

    structure: Whole
    scramble: Whole | None
    tables: tuple[tuple[int, int, float], ...] = ()


class Known(NamedTuple):
    """What is known of the worlds.

    Parameters
    ----------
    simulated : float64 array, shape (n, replications)
        Of each simulated world, each replication.
    structure : int64 array, shape (n,)
        Its structure.
    twin : float64 array, shape (n,)
        The twin there; NaN where it has no answer.
    more : float64 array, shape (M,)
        The twin in the further worlds; NaN where it has no answer.
    further : Further
        Which these are.
    """

    simulated: Floats
    structure: Whole
    twin: Floats
    more: Floats
    further: Further


def parts_of(here: Whole) -> Iterator[tuple[Whole, Whole]]:
    """Places of the worlds of each part among those of a stratum, and numbers of the stratum's other worlds.

    Parameters
    ----------
    here : int64 array, shape (worlds,)
        Numbers of the stratum's worlds.
    """
    place = np.arange(len(here))
    for number in range(min(PARTS, len(here))):
        mine = place % min(PARTS, len(here)) == number
        yield place[mine], here[~mine]


def fitted(known: Known, y: Floats, stratum: Sequence[int], left: Whole, ratio: float) -> tuple[float, float]:
    """The twin's coefficient, and the prediction where it has no answer, from other worlds than those predicted.

    Parameters
    ----------
    known : Known
        All worlds.
    y : float64 array, shape (n,)
        The simulated mean of each.
    stratum : sequence of int
        Structures that are counted together.
    left : int64 array
        Their worlds that are not predicted; where these are few, those of other structures are looked at too.
    ratio : float
        Simulated worlds for each further one.
    """
    enough = np.isfinite(known.twin[left]).sum() >= ENOUGH
    beside = np.flatnonzero(~np.isin(known.structure, list(stratum)))
    seen = left if enough else np.concatenate([left, beside])
    answered = seen[np.isfinite(known.twin[seen])]
    f_away, f_level = centred(known.twin[answered], known.structure[answered])
    y_away, _ = centred(y[answered], known.structure[answered])
    freedom = len(answered) - len(f_level)
    if freedom < LEAST_FREEDOM or not f_away.any():
        return 0.0, 0.0
    ff, fy, yy = float(f_away @ f_away), float(f_away @ y_away), float(y_away @ y_away)
    least_squares = fy / (ff * (1 + ratio))
    # what is left in the simulated worlds and what the further worlds add, a fitted coefficient being uncertain itself
    choices = [(1.0, (yy - 2 * fy + ff + ratio * ff) / freedom)]
    choices.append((least_squares, (yy - fy**2 / (ff * (1 + ratio))) / (freedom - 1) * (1 + 1 / freedom)))
    slope, least = min(choices, key=lambda choice: choice[1])
    if least >= yy / freedom:
        return 0.0, 0.0
    own = answered[np.isin(known.structure[answered], list(stratum))]
    usual = float(known.twin[own if len(own) else answered].mean())
    return slope, slope * usual + _moved(known, y, np.concatenate([left, beside]))


def _moved(known: Known, y: Floats, others: Whole) -> float:
    """How far worlds without the twin's answer lie from the others of their structure; the fewer there are, the less."""
    answered = np.isfinite(known.twin[others])
    if answered.all():
        return 0.0
    _, level = centred(y[others[answered]], known.structure[others[answered]])
    away = [
        float(y[world]) - level[int(known.structure[world])]
        for world in others[~answered].tolist()
        if int(known.structure[world]) in level
    ]
    return math.fsum(away) / (len(away) + 1)


def centred(values: Floats, structure: Whole) -> tuple[Floats, dict[int, float]]:
    """Values less the mean of their structure, and those means.

    Parameters
    ----------
    values : float64 array, shape (n,)
        One a world.
    structure : int64 array, shape (n,)
        Of each world.
    """
    away, level = values.copy(), {}
    for one in np.unique(structure).tolist():
        mine = structure == one
        level[int(one)] = float(values[mine].mean())
        away[mine] -= level[int(one)]
    return away, level


def prediction(twin: Floats, slope: float, blank: float) -> Floats:
    """Predict worlds from the twin.

    Parameters
    ----------
    twin : float64 array, shape (n,)
        NaN where it has no answer.
    slope, blank : float
        The coefficient, and the prediction where there is no answer; as from :func:`fitted`.
    """
    return np.where(np.isfinite(twin), slope * np.where(np.isfinite(twin), twin, 0.0), blank)
