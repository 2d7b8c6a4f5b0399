"""The value of knowing one number, by nested closed form: no regression, as its distribution given all others is known.

The number is put to the middles of equally probable strata; at each, worlds are drawn *given* it and worked out in closed
form, the same worlds at every stratum, so that their luck is shared. A number by itself leaves the others as they are; one of
a correlated group moves the normals behind its companions by their correlation times its own move, which is exactly
a draw from their distribution given it.

The best of noisy means looks too good; leaving out one world after another (the jackknife) takes that away to first order
and gives the standard error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kravsim.calibration.evaluating import closed_form_of_drawn, is_of
from kravsim.calibration.worlds import Design
from kravsim.chance.draws import Draws
from kravsim.studies.decision.benefits import read_in
from kravsim.studies.decision.checks import Floats

STRATA: Final = 12
WORLDS: Final = 48


@dataclass(frozen=True)
class Nested:
    """What knowing one number is worth, by nested closed form.

    Parameters
    ----------
    key : str
        Dotted key of the number.
    value, se : float
        Kr a year, and its standard error.
    strata, worlds : int
        Values the number was put to, and worlds at each.
    """

    key: str
    value: float
    se: float
    strata: int
    worlds: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "input": self.key,
            "evppi_kr": self.value,
            "se_kr": self.se,
            "strata": self.strata,
            "worlds": self.worlds,
        }


def is_known_given_others(design: Design, key: str) -> bool:
    """Whether a number has one distribution in every structure of a prior, and so says nothing of the structure.

    Parameters
    ----------
    design : Design
        The worlds.
    key : str
        Dotted key of a number.
    """
    if design.sets is not None:
        return False
    laws = []
    for structure in range(len(design.choices)):
        believed = read_in(design, structure).prior
        if key not in believed.numbers:
            return False
        laws.append(believed.numbers[key])
    return all(law == laws[0] for law in laws)


def nested(
    design: Design,
    models: Sequence[str],
    measure: str,
    inputs: Mapping[str, Floats],
    key: str,
    *,
    strata: int = STRATA,
    worlds: int = WORLDS,
) -> Nested | None:
    """Value one number.

    Parameters
    ----------
    design : Design
        Of a prior.
    models : sequence of str
        Machine names of the options.
    measure : str
        Machine name of the figure by which they are chosen.
    inputs : mapping of key to (draws,) array
        What :meth:`Design.inputs` gives.
    key : str
        A number for which :func:`is_known_given_others` holds.
    strata, worlds : int
        Values the number is put to, and worlds at each: the design's first.

    Returns
    -------
    Nested or None
        None where a world has no closed form.
    """
    many = min(worlds, design.draws)
    u = (np.arange(strata) + 0.5) / strata
    of_world = np.array(design.structure[:many])
    table = np.full((strata, many, len(models)), np.nan)
    for structure in np.unique(of_world).tolist():
        here = np.flatnonzero(of_world == structure)
        moved = given(design, structure, here, key, u)
        values = {name: np.tile(array[here], strata) for name, array in inputs.items()} | moved
        for column, model in enumerate(models):
            mine = {name: array for name, array in values.items() if is_of(name, model)}
            found = closed_form_of_drawn(read_in(design, structure), model, mine)[measure]
            table[:, here, column] = np.broadcast_to(found, strata * len(here)).reshape(strata, len(here))
    if np.isnan(table).any():
        return None
    value, se = jackknifed(table)
    return Nested(key, value, se, strata, many)


def jackknifed(table: Floats) -> tuple[float, float]:
    """The value of choosing by stratum, freed of the luck of its worlds, and its standard error.

    Parameters
    ----------
    table : (strata, worlds, options) float64 array
        Net benefit of each option in each world, the same worlds at every stratum.
    """
    n = table.shape[1]
    total = table.sum(axis=1)
    whole = float(_value(total / n))
    without = np.array([_value((total - table[:, world]) / (n - 1)) for world in range(n)])
    value = n * whole - (n - 1) * float(without.mean())
    se = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    return max(0.0, value), se


def _value(means: Floats) -> float:
    """What choosing in each stratum is worth beyond choosing once, from means (strata, options)."""
    return float(means.max(axis=1).mean() - means.mean(axis=0).max())


def given(design: Design, structure: int, here: Any, key: str, u: Floats) -> dict[str, Floats]:
    """Draw the number's companions given it: it and they in every stratum and world, each (strata * worlds,).

    Parameters
    ----------
    design : Design
        Of a prior.
    structure : int
        Place in the design's `choices`.
    here : int array
        Worlds of that structure, from 0.
    key : str
        Dotted key of the number.
    u : (strata,) float64 array
        Probabilities below the number in each stratum.
    """
    from scipy.special import ndtri

    from kravsim.scenario.prior import uniform

    believed = read_in(design, structure).prior
    value, limits = believed.numbers[key]
    repeated = np.repeat(u, len(here))
    found = {key: value.quantiles(repeated, limits)}
    group = next((one for one in believed.groups if key in one.keys), None)
    if group is None:
        return found
    drawn = [Draws(design.seed, int(world) + 1, 0).parameters(believed.columns) for world in here]
    normals = believed.correlated(lambda name: np.array([ndtri(one[name]) for one in drawn]))
    matrix = group.factor @ group.factor.T
    at = group.keys.index(key)
    move = ndtri(repeated) - np.tile(normals[key], len(u))
    for place, name in enumerate(group.keys):
        if name != key and name in believed.numbers:
            moved = np.tile(normals[name], len(u)) + matrix[place, at] * move
            law, its_limits = believed.numbers[name]
            found[name] = law.quantiles(uniform(moved), its_limits)
    return found
