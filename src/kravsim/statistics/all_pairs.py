"""Several options that met the same luck: every pair compared, at one level that holds for all the pairs together.

The interval of each of the C = k(k-1)/2 paired differences has level 1 - (1 - level)/C (Bonferroni), so that with at least
the probability `level` every one of them covers at once, whatever the options have in common: nothing is assumed of how they
vary together, which common random numbers make strong and unknown. What the intervals say of who is ahead of whom bounds
the place of each option, again for all of them at once.

Sources: Law, Simulation Modeling and Analysis, 5th ed. 2015, section 10.3 (all pairwise comparisons); Hsu, Multiple
Comparisons, 1996, chapters 1 and 5; Al Mohamad, Goeman and van Zwet, Simultaneous confidence intervals for ranks,
Biometrika 109 (2022), for the places.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kravsim.equality import EqualByParts
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.interval import Interval


@dataclass(frozen=True, eq=False)
class Pair(EqualByParts):
    """One option less another.

    Parameters
    ----------
    first, second : str
        Names of the options.
    spread : Distribution
        First less second, one value a replication.
    interval : Interval
        Of its mean; holds together with those of all other pairs.
    """

    first: str
    second: str
    spread: Distribution
    interval: Interval

    @property
    def ahead(self) -> str:
        """Name of the option that is better as far as all intervals together can tell; empty where they cannot."""
        low, high = self.interval
        return self.first if low > 0 else self.second if high < 0 else ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        known = {"first": self.first, "second": self.second, "mean": self.spread.mean, "se": self.spread.se}
        return {**known, "interval": list(self.interval), "ahead": self.ahead or None}


@dataclass(frozen=True, eq=False)
class AllPairs(EqualByParts):
    """Options by their means, the best first, with every pair of them compared.

    Parameters
    ----------
    spreads : tuple of Distribution
        What each option gave, one value a replication and in the same order; its `label` is the option's name. More is
        better.
    level : float
        With which all intervals together cover.

    Examples
    --------
    >>> import numpy as np
    >>> options = {"a": [1.0, 2.0, 3.0], "b": [9.0, 10.5, 11.0], "c": [1.1, 1.8, 3.2]}
    >>> found = AllPairs(tuple(Distribution(np.array(x), name, "kr") for name, x in options.items()), 0.95)
    >>> found.names, found.places
    (('b', 'c', 'a'), {'b': (1, 1), 'c': (2, 3), 'a': (2, 3)})
    """

    spreads: tuple[Distribution, ...]
    level: float

    def __post_init__(self) -> None:
        ordered = sorted(self.spreads, key=lambda spread: -spread.mean)
        object.__setattr__(self, "spreads", tuple(ordered))

    @property
    def names(self) -> tuple[str, ...]:
        """The options by their means, the best first."""
        return tuple(spread.label for spread in self.spreads)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every pair once, the one with the higher mean first."""
        count = len(self.spreads) * (len(self.spreads) - 1) // 2
        each = 1 - (1 - self.level) / count
        found = []
        for one, other in itertools.combinations(self.spreads, 2):
            spread = Distribution(one.samples - other.samples, f"{one.label} - {other.label}", one.unit)
            bounds = spread.mean_interval(each)
            kept = Interval((bounds[0], bounds[1]), self.level, f"simultaneous, {bounds.method}")
            found.append(Pair(one.label, other.label, spread, kept))
        return tuple(found)

    def pair(self, first: str, second: str) -> Pair:
        """Give one option less another, in this order.

        Parameters
        ----------
        first, second : str
            Names of two options.

        Raises
        ------
        KeyError
            When there is no such pair.
        """
        for one in self.pairs:
            if (one.first, one.second) == (first, second):
                return one
            if (one.first, one.second) == (second, first):
                low, high = one.interval
                turned = Distribution(-one.spread.samples, f"{first} - {second}", one.spread.unit)
                return Pair(first, second, turned, Interval((-high, -low), self.level, one.interval.method))
        raise KeyError(f"{first}, {second}")

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Best and worst place of each option, from 1, that the intervals leave open."""
        behind, before = dict.fromkeys(self.names, 0), dict.fromkeys(self.names, 0)
        for one in self.pairs:
            if one.ahead:
                before[one.ahead] += 1
                behind[one.second if one.ahead == one.first else one.first] += 1
        return {name: (1 + behind[name], len(self.names) - before[name]) for name in self.names}

    @property
    def leaders(self) -> tuple[str, ...]:
        """The options that may be the best: none is ahead of them."""
        return tuple(name for name in self.names if self.places[name][0] == 1)

    def best_in(self) -> dict[str, int]:
        """In how many replications each option was the best alone."""
        import numpy as np

        values = np.array([spread.samples for spread in self.spreads])
        alone = (values == values.max(axis=0)).sum(axis=0) == 1
        won = values.argmax(axis=0)[alone]
        return {name: int((won == place).sum()) for place, name in enumerate(self.names)}
