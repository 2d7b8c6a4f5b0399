"""Ranges that are sampled in parts, on either side of a bound where what the books look at jumps.

A whole number of days may move a month's letters over the turn of a year, and a share of that year's letters with it. Once
the facts are sharp no particle crosses such a jump any more, and a part of little prior chance begins with a handful of
them: what the islands say of it is the luck of those few. So each part is sampled by itself, from the prior inside it, and
counts by its prior chance times its evidence. The posterior is the same; only its error is another.

Source: Owen, Monte Carlo theory, methods and examples, 2013, section 8.4 (stratification).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.prior import SMALLEST, Prior, uniform

if TYPE_CHECKING:
    from kravsim.calibration.tempering import Island

Floats = npt.NDArray[np.float64]
Apart = Mapping[str, Sequence[float]]
"""Bounds by key of a number."""

_HALVINGS: Final = 60
MOST_PARTS: Final = 48
"""Parts that a prior may have: of so many one at least weighs enough to be run a second time."""


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a prior: the whole of it, but for some numbers that lie between two of their probabilities.

    Attributes
    ----------
    prior : Prior
        The whole.
    between : mapping of str to (float, float)
        Probabilities below the part's ends, by key; empty for the whole prior.
    """

    prior: Prior
    between: Mapping[str, tuple[float, float]]

    @property
    def keys(self) -> tuple[str, ...]:
        """The uncertain numbers."""
        return self.prior.keys

    @property
    def columns(self) -> tuple[str, ...]:
        """Whose normals `values` takes."""
        return self.prior.columns

    @property
    def chance(self) -> float:
        """How likely a draw of the prior is to lie in the part."""
        return math.prod(high - low for low, high in self.between.values())

    def normals(self, own: Floats) -> Floats:
        """Turn the part's own standard normals into those that the whole prior has there.

        Parameters
        ----------
        own : float64 array, shape (B, len(columns))
            Independent standard normals.
        """
        from scipy.special import ndtri

        if not self.between:
            return own
        found = own.copy()
        for key, (low, high) in self.between.items():
            place = self.columns.index(key)
            inside = low + (high - low) * uniform(own[:, place])
            found[:, place] = ndtri(np.clip(inside, SMALLEST, 1 - SMALLEST))
        return found

    def values(self, own: Floats) -> dict[str, Floats]:
        """Turn the part's own standard normals into worlds.

        Parameters
        ----------
        own : float64 array, shape (B, len(columns))
            Independent standard normals.
        """
        return self.prior.values(self.normals(own))

    def correlated(self, normal: Callable[[str], Floats]) -> dict[str, Floats]:
        """As the whole prior's: no number that has parts hangs with another.

        Parameters
        ----------
        normal : callable
            Takes a key and gives its own standard normals.
        """
        return self.prior.correlated(normal)


def parts_of(prior: Prior, apart: Apart) -> tuple[Part, ...]:
    """Divide a prior at some bounds; without any it is one part.

    Parameters
    ----------
    prior : Prior
        Of the numbers that the books can speak of.
    apart : mapping of str to sequence of float
        Bounds by key, each inside the number's range; a number that is at a bound belongs to the part above it.

    Raises
    ------
    ScenarioError
        When bounds are no mapping, a key is no uncertain number that stands alone, a bound is outside its range, two have
        nothing between them, or the parts are too many.
    """
    if not isinstance(apart, Mapping):
        remedy = "such as [8.5] for timing.reminder_grace_days"
        raise ScenarioError(Problem("calibrate", "apart", apart, "a mapping of keys to lists of bounds", remedy))
    problems = [problem for key, bounds in apart.items() for problem in _odd(prior, key, bounds)]
    if problems:
        raise ScenarioError(problems)
    many = math.prod(len(set(bounds)) + 1 for bounds in apart.values())
    if many > MOST_PARTS:
        got, allowed = Words(phrase("{many} parts", many=many)), phrase("at most {most} parts in all", most=MOST_PARTS)
        remedy = "give fewer bounds: those of several numbers multiply"
        raise ScenarioError(Problem("calibrate", "apart", got, allowed, remedy))
    pieces = []
    for key, bounds in apart.items():
        ordered = sorted(set(bounds))
        cuts = [0.0, *(_below(prior, key, bound) for bound in ordered), 1.0]
        problems += _empty(key, ordered, cuts)
        pieces.append([(key, ends) for ends in itertools.pairwise(cuts)])
    if problems:
        raise ScenarioError(problems)
    return tuple(Part(prior, dict(chosen)) for chosen in itertools.product(*pieces))


def _empty(key: str, bounds: Sequence[float], cuts: Sequence[float]) -> list[Problem]:
    """Which neighbouring bounds no draw lies between, such as those between the same two whole numbers."""
    inside = itertools.pairwise(cuts[1:-1])
    return [
        Problem(
            "calibrate",
            f"apart.{key}",
            Words(phrase("{low} and {high}", low=f"{low:.10g}", high=f"{high:.10g}")),
            "bounds with values of the number between them",
            "take one of the two away",
        )
        for (low, high), (below, upto) in zip(itertools.pairwise(bounds), inside, strict=True)
        if upto - below < SMALLEST
    ]


def _odd(prior: Prior, key: str, bounds: Sequence[float]) -> list[Problem]:
    """What is wrong with the bounds of a number."""
    together = {one for group in prior.groups for one in group.keys}
    if key not in prior.numbers or key in together:
        alone = [one for one in prior.numbers if one not in together]
        allowed = "an uncertain number of the calibration that no correlation names"
        such = (
            phrase("such as {key}", key=alone[0]) if alone else "leave apart out: every uncertain number is correlated"
        )
        return [Problem("calibrate", "apart", key, allowed, did_you_mean(key, alone) or such)]
    value, limits = prior.numbers[key]
    low, high = value.quantiles(np.array([SMALLEST, 1 - SMALLEST]), limits).tolist()
    allowed = phrase("bounds between {low} and {high}", low=f"{low:g}", high=f"{high:g}")
    remedy = "give one number or more inside the range, where a figure jumps"
    plain = not isinstance(bounds, str) and isinstance(bounds, Sequence) and bool(bounds)
    wrong = [bounds] if not plain else [one for one in bounds if not _inside(one, low, high)]
    return [Problem("calibrate", f"apart.{key}", one, allowed, remedy) for one in wrong]


def _inside(bound: object, low: float, high: float) -> bool:
    return isinstance(bound, Real) and not isinstance(bound, bool) and low < float(bound) < high


def _below(prior: Prior, key: str, bound: float) -> float:
    """How likely a number is to lie below a bound, from its quantiles."""
    value, limits = prior.numbers[key]
    low, high = SMALLEST, 1 - SMALLEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(value.quantiles(np.array([middle]), limits)[0]) < bound else (low, middle)
    return high


def together(parts: Sequence[Part], found: Sequence[Sequence[Island]]) -> tuple[Island, ...]:
    """Make one island of the first islands of all parts, one of the second, and so on, each as independent as before.

    Parameters
    ----------
    parts : sequence of Part
        That make up a prior.
    found : sequence of sequence of Island
        The islands of each part, as many in each.

    Returns
    -------
    tuple of Island
        With normals of the whole prior, and particles that count by their part's chance times its evidence there.
    """
    from kravsim.calibration.tempering import Island

    if len(parts) == 1:
        return tuple(found[0])
    islands = []
    for row in zip(*found, strict=True):
        power = max(one.power for one in row)
        logs = np.array(
            [
                math.log(part.chance) + one.log_evidence if one.power == power else -math.inf
                for part, one in zip(parts, row, strict=True)
            ]
        )
        most = float(logs.max())
        shares = np.exp(logs - most)
        each = shares / shares.sum()
        islands.append(
            Island(
                normals=np.concatenate([part.normals(one.normals) for part, one in zip(parts, row, strict=True)]),
                log_likelihood=np.concatenate([one.log_likelihood for one in row]),
                log_evidence=most + math.log(float(shares.sum())),
                stages=max(row, key=lambda one: one.power).stages,
                evaluations=sum(one.evaluations for one in row),
                weights=np.concatenate(
                    [np.full(len(one.normals), share / len(one.normals)) for share, one in zip(each, row, strict=True)]
                ),
            )
        )
    return tuple(islands)
