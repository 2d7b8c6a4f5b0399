"""Sobol indices of a scenario's figure: the strongest inputs by themselves, correlated ones and all others as groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.running.progress import Progress
from kravsim.scenario.prior import Prior
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.confirming import years_at
from kravsim.studies.decision.progress import worked_out
from kravsim.studies.decision.sobol import indices
from kravsim.studies.decision.sobol_indices import SobolIndices
from kravsim.studies.decision.tornado import Tornado

CHANCE: Final = "chance"
REST: Final = "all other inputs"
_AT_MOST_SIMULATED: Final = 2_000


def indices_in(
    figure: Figure,
    believed: Prior,
    keys: Sequence[str],
    grouped: tuple[list[str], list[str], list[list[int]]],
    n: int,
    seed: int,
    years: int | None,
    shown: Progress,
) -> tuple[SobolIndices, int]:
    """Give the indices, and how many samples were simulated for want of a closed form.

    Parameters
    ----------
    figure : Figure
        What varies.
    believed : Prior
        How the uncertain numbers are distributed.
    keys : sequence of str
        The uncertain numbers that concern the figure.
    grouped : tuple
        What :func:`grouped` gives.
    n, seed : int
        Size of the design, a power of two, and its seed.
    years : int or None
        Years to simulate, whose spread is an input of its own.
    shown : Progress
        The bar, which knows how long a set takes.

    Raises
    ------
    RunError
        When the figure never varies, or too many samples have no answer.
    """
    columns, names, groups = grouped
    sd = None if years is None else years_at(figure, {}, years=years, seed=seed).sd
    if sd is not None:
        names.append(CHANCE)
        groups.append([len(columns)])
    simulated_ = 0

    def answers(uniforms: Floats) -> Floats:
        nonlocal simulated_
        from scipy.special import ndtri

        normals = np.zeros((len(uniforms), len(believed.columns)))
        place = {key: column for column, key in enumerate(believed.columns)}
        normals[:, [place[key] for key in columns]] = ndtri(uniforms[:, : len(columns)])
        drawn = {key: array for key, array in believed.values(normals).items() if key in keys}
        values = worked_out(figure, drawn, shown, ("urval", "samples"))
        simulated_ = _filled(figure, drawn, values, seed)
        return values if sd is None else values + sd * ndtri(uniforms[:, -1])

    return indices(answers, names, groups, n=n, seed=seed), simulated_


def grouped(
    believed: Prior, keys: Sequence[str], found: Tornado, many: int
) -> tuple[list[str], list[str], list[list[int]]]:
    """Give columns of normals, names of groups, and the columns of each: the strongest by themselves, the rest together.

    Parameters
    ----------
    believed : Prior
        How the uncertain numbers are distributed.
    keys : sequence of str
        The uncertain numbers that concern the figure.
    found : Tornado
        Which says how strong each input is.
    many : int
        Groups with indices of their own.
    """
    members: dict[str, list[str]] = {}
    for group in believed.groups:
        if set(group.keys) & set(keys):
            inside = [key for key in group.keys if key in believed.columns]
            label = " & ".join(key for key in inside if key in keys) if len(inside) > 1 else inside[0]
            members[label] = inside
    grouped = {key for inside in members.values() for key in inside}
    members |= {key: [key] for key in keys if key not in grouped}
    strength = {
        label: max((found[key].swing for key in inside if key in keys), default=0.0)
        for label, inside in members.items()
    }
    order = sorted(members, key=lambda label: -strength[label])
    columns = [key for label in order for key in members[label]]
    place = {key: column for column, key in enumerate(columns)}
    names = order[:many]
    groups = [[place[key] for key in members[label]] for label in names]
    rest = [place[key] for label in order[many:] for key in members[label]]
    if rest:
        names, groups = [*names, REST], [*groups, rest]
    return columns, names, groups


def _filled(figure: Figure, drawn: Mapping[str, Floats], values: Floats, seed: int) -> int:
    """Simulate a year where there is no closed form; gives how many."""
    missing = np.flatnonzero(np.isnan(values))
    if not missing.size:
        return 0
    if missing.size > _AT_MOST_SIMULATED:
        remedy = (
            "settle the staff at a number that copes, such as --set models.in_house.staff.handlers.fte=4, or take less"
        )
        raise RunError(
            Problem(
                "",
                "sobol",
                phrase("{size} of {n} samples without a closed form", size=missing.size, n=len(values)),
                "few enough",
                remedy,
            )
        )
    some = {key: array[missing] for key, array in drawn.items()}
    values[missing] = figure.filled(some, seed=seed)
    left = np.flatnonzero(np.isnan(values))
    if left.size:
        remedy = "narrow the ranges that cannot hold together"
        raise RunError(
            Problem(
                "",
                "sobol",
                phrase("{size} samples, first {first}", size=left.size, first=left[0]),
                "worlds that are possible",
                remedy,
            )
        )
    return int(missing.size)
