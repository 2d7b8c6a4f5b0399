"""What is believed before the books are read: each uncertain number's distribution, and rank correlations between some.

Correlated numbers are joined by a Gaussian copula. Each group of numbers that hang together has a correlation matrix: a
rank correlation r (Spearman's) is 2 sin(pi r / 6) between the normals behind the numbers. Independent normals, one a
number and keyed by its name, become correlated ones by the matrix' Cholesky factor, in the order in which the numbers are
first named; a number outside every group is left as it is, so that neither one more number nor one more group changes the
luck of any other. A number of a group that has been fixed keeps its place: the others are drawn as before.

Sources: Nelsen, An Introduction to Copulas, 2006, section 5.1; Kruskal 1958 for the conversion.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from kravsim.chance.distributions import triangulars
from kravsim.errors import Words
from kravsim.phrases import phrase, together
from kravsim.scenario.frozen import frozen
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.rules import refuse
from kravsim.scenario.values import Value

if TYPE_CHECKING:
    from kravsim.scenario.limits import Limits
    from kravsim.scenario.schema import Correlation, ScenarioData

Floats = npt.NDArray[np.float64]
Correlations = Mapping[str, "Correlation"]

SMALLEST: Final = 2.0**-53
"""The smallest uniform number there is (`kravsim.chance.philox.unit_interval`); the largest is 1 less this."""


@dataclass(frozen=True, eq=False)
class Group:
    """Numbers that hang together, in the order they are first named, and the Cholesky factor (k, k) of their normals."""

    keys: tuple[str, ...]
    factor: Floats

    def __post_init__(self) -> None:
        self.factor.flags.writeable = False

    def __reduce__(self) -> tuple[type[Group], tuple[tuple[str, ...], Floats]]:
        return Group, (self.keys, self.factor)  # an array that is pickled by itself comes back writeable


@dataclass(frozen=True, eq=False)
class Prior:
    """The joint distribution of a scenario's uncertain numbers, as a map from independent standard normals.

    Parameters
    ----------
    numbers : dict of str to (Value, Limits or None)
        The uncertain numbers by dotted key, in the order of the schema.
    groups : tuple of Group
        Those that are correlated.
    """

    numbers: Mapping[str, tuple[Value, Limits | None]]
    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", frozen(dict(self.numbers)))

    @property
    def keys(self) -> tuple[str, ...]:
        """The uncertain numbers."""
        return tuple(self.numbers)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Whose normals `values` takes: the uncertain numbers, and fixed ones that share a group with one of them."""
        beside = [key for group in self.groups for key in group.keys if key not in self.numbers]
        return (*self.numbers, *beside)

    def correlated(self, normal: Callable[[str], Floats]) -> dict[str, Floats]:
        """Correlated normals of every number that is in a group, from each number's own independent normals.

        Parameters
        ----------
        normal : callable
            Takes a key and gives its own standard normals, shape (n,) or a number; the same shape for all keys.

        Returns
        -------
        dict of str to float64 array
            In that shape, by key.
        """
        found: dict[str, Floats] = {}
        for group in self.groups:
            own = [normal(key) for key in group.keys]
            for row, key in enumerate(group.keys):
                # summed term by term: the same bits for one world as for many, whatever a library of matrices does
                mixed = own[0] * group.factor[row, 0]
                for column in range(1, row + 1):
                    mixed = mixed + own[column] * group.factor[row, column]
                found[key] = mixed
        return found

    def normal_correlations(self, keys: Sequence[str]) -> Floats:
        """Correlations of the normals behind some numbers, shape (len(keys), len(keys)).

        Parameters
        ----------
        keys : sequence of str
            Which numbers, in the order of rows and columns; one without correlations has a 1 on the diagonal alone.
        """
        place = {key: index for index, key in enumerate(keys)}
        found = np.eye(len(keys))
        for group in self.groups:
            matrix = group.factor @ group.factor.T
            for (i, a), (j, b) in itertools.permutations(enumerate(group.keys), 2):
                if a in place and b in place:
                    found[place[a], place[b]] = matrix[i, j]
        return found

    def beside(self, models: Collection[str], known: Collection[str]) -> tuple[str, ...]:
        """The uncertain numbers that some models share with the world, and those correlated with one of them.

        Parameters
        ----------
        models : collection of str
            Models whose own numbers are wanted.
        known : collection of str
            All models; the own numbers of the others are left out.
        """
        others = tuple(f"models.{name}." for name in known if name not in models)
        wanted = {key for key in self.numbers if not key.startswith(others)}
        wanted |= {key for group in self.groups if wanted & set(group.keys) for key in group.keys}
        return tuple(key for key in self.numbers if key in wanted)

    def world(self, u: Mapping[str, float]) -> dict[str, float]:
        """Draw one world.

        Parameters
        ----------
        u : mapping of str to float
            A uniform number for each of `columns`, strictly between 0 and 1.

        Returns
        -------
        dict of str to float
            Every uncertain number, in the unit of its key, as `Value.drawn` gives it; most are drawn at once.
        """
        from scipy.special import ndtri

        grouped = [key for group in self.groups for key in group.keys]
        mixed = self.correlated(dict(zip(grouped, ndtri([u[key] for key in grouped]), strict=True)).__getitem__)
        at = {key: u[key] for key in self.numbers if key not in mixed}
        at |= zip(mixed, uniform(np.array(list(mixed.values()))).tolist(), strict=True)
        keys, bounds = self._triangles
        drawn = dict(zip(keys, triangulars(np.array([at[key] for key in keys]), *bounds).tolist(), strict=True))
        return {
            key: drawn[key] if key in drawn else value.drawn(at[key], limits).value
            for key, (value, limits) in self.numbers.items()
        }

    @cached_property
    def _triangles(self) -> tuple[tuple[str, ...], Floats]:
        """Which numbers are triangular and not whole; low, mode and high of each (3, n)."""
        found = {
            key: (value.low, value.value, value.high)
            for key, (value, limits) in self.numbers.items()
            if value.dist == "triangular" and value.low != value.high and not (limits and limits.integer)
        }
        table = np.array(list(found.values()), np.float64).reshape(-1, 3).T
        table.flags.writeable = False
        return tuple(found), table

    def values(self, normals: Floats) -> dict[str, Floats]:
        """Turn standard normals into worlds.

        Parameters
        ----------
        normals : float64 array, shape (B, len(columns))
            Independent standard normals, a column a name of `columns`.

        Returns
        -------
        dict of str to float64 array, shape (B,)
            Every uncertain number, in the unit of its key.
        """
        place = {key: column for column, key in enumerate(self.columns)}
        mixed = self.correlated(lambda key: normals[:, place[key]])
        return {
            key: value.quantiles(uniform(mixed.get(key, normals[:, place[key]])), limits)
            for key, (value, limits) in self.numbers.items()
        }


def uniform(normals: Floats) -> Floats:
    """The probabilities below standard normals, inside the open interval (0, 1) as far as uniform numbers go.

    Parameters
    ----------
    normals : float64 array
        Any shape, which is kept.
    """
    from scipy.special import ndtr

    return np.clip(ndtr(normals), SMALLEST, 1 - SMALLEST)


def prior(data: ScenarioData) -> Prior:
    """Gather the uncertain numbers of a scenario and how they hang together.

    Parameters
    ----------
    data : ScenarioData
    """
    from kravsim.scenario.describe import numbers

    uncertain = {
        key: (value, limits)
        for key, value, limits in numbers(data)
        if isinstance(value, Value) and value.dist != "fixed"
    }
    every = [Group(keys, _factor(keys, pairs)) for keys, pairs in _groups(data.correlations)]
    return Prior(uncertain, tuple(group for group in every if any(key in uncertain for key in group.keys)))


def check_correlations(correlations: Correlations, known: Collection[str]) -> None:
    """Refuse correlations between what is no uncertain number, given twice, or that cannot hold together.

    Parameters
    ----------
    correlations : mapping of str to Correlation
    known : collection of str
        Every key of the scenario that takes a number nobody knows exactly, or of them all that are correlated.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every problem; for use in a validator of the schema.
    """
    refuse([*_unknown_keys(correlations, known), *_repeated_pairs(correlations)])
    refuse(list(_impossible(correlations)))


def _unknown_keys(correlations: Correlations, known: Collection[str]) -> Iterator[dict[str, Any]]:
    for name, one in correlations.items():
        for key in one.keys:
            if key not in known:
                remedy = did_you_mean(key, list(known)) or "name a number with low and high by its dotted key"
                yield _problem(name, key, "the dotted key of a number of the scenario", remedy)


def _repeated_pairs(correlations: Correlations) -> Iterator[dict[str, Any]]:
    seen: dict[frozenset[str], str] = {}
    for name, one in correlations.items():
        for pair in map(frozenset, itertools.combinations(one.keys, 2)):
            if len(pair) == 1 or pair in seen:
                got = Words(phrase("{names} once more", names=together(*sorted(pair), between=phrase(" and "))))
                remedy = phrase("it stands twice in the list: take one away")
                if pair in seen:
                    remedy = phrase("correlations.{other} gives it too: take one away", other=seen[pair])
                yield _problem(name, got, "each pair of different numbers once", remedy)
            seen.setdefault(pair, name)


def _impossible(correlations: Correlations) -> Iterator[dict[str, Any]]:
    for keys, pairs in _groups(correlations):
        try:
            _factor(keys, pairs)
        except np.linalg.LinAlgError:
            said = ", ".join(f"{a} and {b} {rank:g}" for (a, b), rank in pairs.items())
            names = [name for name, one in correlations.items() if set(one.keys) <= set(keys)]
            got = Words(phrase("{n} numbers whose correlations exclude each other", n=len(keys)))
            allowed = "rank correlations that can hold at once: a positive definite matrix, with 0 for pairs not named"
            yield _problem(
                names[0], got, allowed, phrase("bring them nearer to 0, or name the pairs left out: {said}", said=said)
            )


def _problem(name: str, got: object, allowed: str, remedy: str) -> dict[str, Any]:
    return {"key": f"correlations.{name}", "value": got, "allowed": allowed, "remedy": remedy}


_Pairs = dict[tuple[str, str], float]


def _groups(correlations: Correlations) -> Iterator[tuple[tuple[str, ...], _Pairs]]:
    """Numbers joined by a chain of pairs, each group with its pairs and rank correlations."""
    pairs = {pair: one.rank for one in correlations.values() for pair in itertools.combinations(one.keys, 2)}
    order = list(dict.fromkeys(key for one in correlations.values() for key in one.keys))
    left = list(order)
    while left:
        members = {left[0]}
        while True:
            more = {key for pair in pairs if members & set(pair) for key in pair} - members
            if not more:
                break
            members |= more
        left = [key for key in left if key not in members]
        keys = tuple(key for key in order if key in members)
        yield keys, {pair: rank for pair, rank in pairs.items() if pair[0] in members}


def _factor(keys: tuple[str, ...], pairs: _Pairs) -> Floats:
    """Cholesky factor of the normals' correlations; raises LinAlgError when the matrix is not positive definite."""
    matrix = np.eye(len(keys))
    place = {key: index for index, key in enumerate(keys)}
    for (a, b), rank in pairs.items():
        matrix[place[a], place[b]] = matrix[place[b], place[a]] = 2 * math.sin(math.pi * rank / 6)
    return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
