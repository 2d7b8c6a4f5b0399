"""The mean over worlds, with a cheap twin of the simulation as control variate.

The twin (the closed form) is known in each simulated world and in many more. With Y a world's simulated value, p a prediction
of it that is made of the twin, and P the mean of p over the further worlds, the mean of

    Y - p + P

over the simulated worlds has the expectation of Y whatever p is, as long as p was fixed without looking at the world itself
and the further worlds are other worlds of the same kind. So p is found by *cross-fitting*: the worlds of a structure are
dealt into ten parts, and p of a part is a coefficient times the twin, the coefficient found in the other parts (and, where
those are few, in the worlds of the other structures). It is 1, or fitted by least squares, or 0 where the twin does not help:
whichever leaves least variance there. A world in which the twin has no answer is predicted by the mean of the others, moved
as far as other such worlds lie from them. A wrong twin therefore costs nothing but its help: no mean is moved by it.

Structures have fixed weights, and each world belongs to one. The mean is that of the structures' means by their weights; one
with a single world, or none, is counted together with the next. Worlds that are counted together have the mean of their own
numbers, so these must follow the weights. Where numbers of worlds were given by group of structures, they do within a group
alone: a group one of whose structures has fewer than two worlds is then counted together as a whole, and never with another;
of members that have fewer than two worlds in some group no mean is known. The error has three parts, which are independent:
what is left in the simulated worlds, the further worlds being finitely many, and parameter sets being a sample themselves,
worth fewer draws than they are (their effective sample). Points of scrambled Sobol sequences are not independent of each
other, but scrambles are: their part is found from the spread between the means of scrambles. The interval is Student's t
with degrees of freedom by Satterthwaite, corrected for skewness like that of a plain mean.

Sources: Avramidis and Wilson, A splitting scheme for control variates, Operations Research Letters 14 (1993), 187-198;
Ng and Willcox, Multifidelity approaches for optimization under uncertainty, International Journal for Numerical Methods in
Engineering 100 (2014), 746-772; Cochran, Sampling Techniques, 1977, sections 5A.12 (few in a stratum) and 12.2 (two phases);
Owen, Monte Carlo variance of scrambled net quadrature, SIAM Journal on Numerical Analysis 34 (1997), 1884-1910.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.statistics.control_error import Estimate, Part, part_of
from kravsim.statistics.control_fit import Floats, Further, Known, Whole, centred, fitted, parts_of, prediction
from kravsim.statistics.interval import Interval

if TYPE_CHECKING:
    from kravsim.statistics.distribution import Distribution


ERROR_PARTS: Final = ("chance", "not_in_closed_form", "worlds_of_closed_form", "parameter_sets")
"""What the error of a mean is made of."""
COST_OF_WORLD: Final = 1.0
"""What a new world costs before its first replication, in replications of all models: a third for its values and its posts by
rule, the rest for the further worlds of the closed form, measured on the real case."""
FEWEST: Final = 2
"""Worlds that have an error of their own."""
MOST_REPLICATIONS: Final = 20
"""As many are advised where worlds do not differ beyond what the twin knows."""


@dataclass(frozen=True)
class Controlled:
    """A mean with the twin as control variate; in the unit of the values.

    Parameters
    ----------
    mean, error : float
        The mean and its standard error.
    interval : Interval
        Of the mean, 95 %.
    helps : bool
        Whether the error is below that of the same mean without the twin; where not, the plain mean is the answer.
    correlation : float or None
        Between the twin and the simulated value within structures, over simulated worlds with an answer; None where either
        does not vary.
    coefficient : float
        By which the twin counts, the mean over worlds; 0 where it is not used.
    worlds : int
        Simulated worlds.
    further_worlds : int
        Further worlds in which the twin was worked out.
    no_answer : float
        Share of the worlds in which the twin has none, by the weights of the structures.
    parts : tuple of float
        Shares of the squared error, in the order of ``ERROR_PARTS``; all 0 where the error is.
    chance, between : float
        Of one replication, the variance by chance within a world, and of worlds' means, what the twin leaves without it.
    left : tuple of float
        Of each simulated world, its value less what the twin predicts and plus what it predicts of the further worlds.
    """

    mean: float
    error: float
    interval: Interval
    helps: bool
    correlation: float | None
    coefficient: float
    worlds: int
    further_worlds: int
    no_answer: float
    parts: tuple[float, float, float, float]
    chance: float
    between: float
    left: tuple[float, ...] = field(repr=False)

    @property
    def rest(self) -> float:
        """The part of the squared error that more simulated worlds would not lessen."""
        return self.error**2 * (self.parts[2] + self.parts[3])

    @property
    def arm(self) -> float:
        """The longer arm of the interval."""
        return max(self.mean - self.interval[0], self.interval[1] - self.mean)

    @property
    def best_replications(self) -> int:
        """How many replications in each world give the smallest error for the same work; 1 where chance leaves nothing."""
        if self.between <= 0:
            return 1 if self.chance <= 0 else MOST_REPLICATIONS
        return min(MOST_REPLICATIONS, max(1, round(math.sqrt(COST_OF_WORLD * self.chance / self.between))))

    def saving(self, plain: Distribution | None) -> float | None:
        """As how many times as many simulated worlds these count: so many would make the plain interval as narrow.

        Parameters
        ----------
        plain : Distribution or None
            Over the simulated worlds alone, those of them that are spread by weight.

        Returns
        -------
        float or None
            None where one of the two has no error, or the twin does not help.
        """
        if plain is None or plain.n < 2 or not self.helps or self.arm <= 0:
            return None
        low, high = plain.mean_interval()
        return (max(plain.mean - low, high - plain.mean) / self.arm) ** 2 * (plain.n / self.worlds)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "mean": self.mean,
            "standard_error": self.error,
            "interval": list(self.interval),
            "method": self.interval.method,
            "used": self.helps,
            "correlation": self.correlation,
            "coefficient": self.coefficient,
            "simulated_worlds": self.worlds,
            "closed_form_worlds": self.further_worlds,
            "no_answer_share": self.no_answer,
            "error_shares": dict(zip(ERROR_PARTS, self.parts, strict=True)),
            "best_replications_per_draw": self.best_replications,
        }


def controlled(
    known: Known, members: Sequence[int], weights: Sequence[float], group_of: Sequence[int] | None = None
) -> Controlled | None:
    """Estimate the mean over some structures.

    Parameters
    ----------
    known : Known
        All worlds, also those of other structures, from which coefficients may be found.
    members : sequence of int
        Numbers of the structures.
    weights : sequence of float
        Their probabilities, in any unit.
    group_of : sequence of int, optional
        Of every structure its group, where each group was given a number of worlds; within a group they follow the weights.

    Returns
    -------
    Controlled or None
        None with fewer than two simulated worlds, in all or of some group, or where a structure has fewer than two further
        ones: of a single one no error is known.
    """
    total = math.fsum(weights)
    shares = {member: weight / total for member, weight in zip(members, weights, strict=True)}
    further = {member: np.flatnonzero(known.further.structure == member) for member in members}
    strata = _strata(list(members), known.structure, group_of)
    if not strata or any(len(rows) < 2 for rows in further.values()):
        return None
    with_twin = _estimate(known, strata, shares, further, used=True)
    without = _estimate(known, strata, shares, further, used=False)
    mine = np.isin(known.structure, list(members))
    return Controlled(
        mean=with_twin.mean,
        error=math.sqrt(math.fsum(with_twin.squares)),
        interval=with_twin.interval(),
        helps=with_twin.coefficient != 0 and math.fsum(with_twin.squares) < math.fsum(without.squares),
        correlation=_correlation(known, members),
        coefficient=with_twin.coefficient,
        worlds=int(mine.sum()),
        further_worlds=sum(map(len, further.values())),
        no_answer=math.fsum(shares[one] * float(np.isnan(known.more[rows]).mean()) for one, rows in further.items()),
        parts=with_twin.shares,
        chance=with_twin.chance,
        between=with_twin.between,
        left=tuple(with_twin.left[mine].tolist()),
    )


def _strata(members: list[int], structure: Whole, group_of: Sequence[int] | None) -> list[list[int]]:
    """What is counted together, by weight or within groups; empty where there are too few worlds."""
    if group_of is None:
        return _gathered(members, structure)
    strata: list[list[int]] = []
    for group in dict.fromkeys(group_of[member] for member in members):
        mine = [member for member in members if group_of[member] == group]
        worlds = [int((structure == member).sum()) for member in mine]
        if sum(worlds) < FEWEST:
            return []
        strata += [mine] if min(worlds) < FEWEST else [[member] for member in mine]
    return strata


def _gathered(members: list[int], structure: Whole) -> list[list[int]]:
    """Structures with two worlds or more by themselves, others together with the next; empty where all have fewer."""
    strata: list[list[int]] = []
    gathered: list[int] = []
    for member in members:
        gathered.append(member)
        if np.isin(structure, gathered).sum() >= FEWEST:
            strata.append(gathered)
            gathered = []
    if gathered and strata:
        strata[-1] += gathered
    return strata


def _estimate(
    known: Known, strata: Sequence[Sequence[int]], shares: dict[int, float], further: dict[int, Whole], *, used: bool
) -> Estimate:
    y = known.simulated.mean(axis=1)
    replications = known.simulated.shape[1]
    own_chance = known.simulated.var(axis=1, ddof=1) if replications > 1 else np.zeros(len(y))
    predicted = np.zeros(len(known.more))  # by the mean over parts of what each of them predicts
    left_in_worlds = np.zeros(len(y))
    spread: dict[int, float] = {}
    worlds: list[Part] = []
    mean = coefficient = chance = between = chance_square = 0.0
    for stratum in strata:
        weight = math.fsum(shares[member] for member in stratum)
        here = np.flatnonzero(np.isin(known.structure, list(stratum)))
        ratio = len(here) / sum(len(further[member]) for member in stratum)
        z = y[here].copy()
        for part, left in parts_of(here):
            slope, blank = fitted(known, y, stratum, left, ratio) if used else (0.0, 0.0)
            if slope:
                z[part] -= prediction(known.twin[here[part]], slope, blank)
                ahead = {one: prediction(known.more[further[one]], slope, blank) for one in stratum}
                z[part] += math.fsum(shares[one] / weight * float(ahead[one].mean()) for one in stratum)
                for one in stratum:
                    predicted[further[one]] += ahead[one] * (len(part) / len(here))
                coefficient += weight * slope * len(part) / len(here)
        left_in_worlds[here] = z
        mean += weight * math.fsum(z) / len(z)
        square = float(z.var(ddof=1))
        worlds.append(part_of(z, weight))
        by_chance = float(own_chance[here].mean())
        chance += weight * by_chance
        between += weight * max(square - by_chance / replications, 0.0)
        chance_square += weight**2 * by_chance / replications / len(here)
        for one in stratum:
            mine = predicted[further[one]]
            spread[one] = square + (float(mine.var(ddof=1)) if len(mine) > 1 else 0.0)
    more = _further_parts(known, predicted, shares, further) if coefficient else ()
    sets = _set_parts(known.further, spread, shares)
    return Estimate(mean, tuple(worlds), more, sets, coefficient, chance, between, chance_square, left_in_worlds)


def _further_parts(
    known: Known, predicted: Floats, shares: dict[int, float], further: dict[int, Whole]
) -> tuple[Part, ...]:
    """The error of the mean prediction: by structure, or from scramble to scramble."""
    scramble = known.further.scramble
    if scramble is None:
        return tuple(part_of(predicted[rows], shares[one]) for one, rows in further.items())
    several = np.unique(scramble).tolist()
    means = [
        math.fsum(shares[one] * float(predicted[rows[scramble[rows] == s]].mean()) for one, rows in further.items())
        for s in several
    ]
    return (part_of(np.array(means), 1.0),)


def _set_parts(further: Further, spread: dict[int, float], shares: dict[int, float]) -> tuple[Part, ...]:
    """What the tables' worth adds: the error of their own mean, beyond that of as many independent sets."""
    tables: dict[int, tuple[float, float, float]] = {}
    for one, square in spread.items() if further.tables else ():
        table, rows, worth = further.tables[one]
        reach = tables.get(table, (0.0, 0.0, 0.0))[0] + shares[one] * math.sqrt(square)
        tables[table] = (reach, max(0.0, 1 / worth - 1 / rows), worth)
    return tuple(
        Part(reach**2 * beyond, 0.0, max(worth - 1, 1.0)) for reach, beyond, worth in tables.values() if beyond
    )


def _correlation(known: Known, members: Sequence[int]) -> float | None:
    mine = np.flatnonzero(np.isin(known.structure, list(members)) & np.isfinite(known.twin))
    f, _ = centred(known.twin[mine], known.structure[mine])
    y, _ = centred(known.simulated[mine].mean(axis=1), known.structure[mine])
    scale = math.sqrt(float(f @ f) * float(y @ y))
    return float(f @ y) / scale if scale > 0 else None
