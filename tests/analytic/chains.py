"""Chains that whole plans are held against: matrix algebra, its standard errors, and plans that carry the chains out."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tests.engines.strategies import never_barred

from kravsim.chance.shares import thresholds
from kravsim.models.plan import NO_TARGET, PART_NOTHING_DRAWN, TABLE_SIZE, Calendar, Plan, PoolPlan

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Exact = dict[str, tuple[float, float]]
"""Exact value and standard error of its estimate, by measure."""

CASES = Path(__file__).with_name("chain_cases.toml")
RISK = 1e-10
"""Chance that a debt has more visits to one state than it has draws for; the engine would raise."""
FAR = 2**31 - 1
PORTFOLIOS = {"start fixed": False, "start drawn": True}
FEWEST_PORTFOLIOS = 200
"""Fewer small portfolios say nothing about a variance."""


def load_cases() -> dict[str, dict[str, Any]]:
    """Every worked case by name, as it stands in the file."""
    with CASES.open("rb") as file:
        return dict(tomllib.load(file))


@dataclass(frozen=True, eq=False)
class Chain:
    """An absorbing Markov chain: S states that are left in the end, A ends.

    Attributes
    ----------
    moves : (S, S)
        Probability of going from state to state.
    exits : (S, A)
        Probability of going from state to end; with ``moves``, rows sum to 1.

    Sources
    -------
    Kemeny & Snell (1960), Finite Markov Chains, ch. 3; Cyert, Davidson & Thompson (1962) for money.
    """

    states: tuple[str, ...]
    ends: tuple[str, ...]
    moves: Floats
    exits: Floats

    @classmethod
    def of(cls, given: dict[str, Any]) -> Chain:
        """Chain from a worked case."""
        moves, exits = (
            np.array([[float(Fraction(share)) for share in row] for row in given[key]]) for key in ("moves", "exits")
        )
        return cls(tuple(given["states"]), tuple(given["ends"]), moves, exits)

    def wrong(self, state: str, less: str, more: str, share: float) -> Chain:
        """The chain in which ``share`` of what goes from ``state`` to ``less`` goes to ``more`` instead."""
        rows = np.hstack([self.moves, self.exits])
        names = self.states + self.ends
        row, source, target = names.index(state), names.index(less), names.index(more)
        moved = share * rows[row, source]
        rows[row, source] -= moved
        rows[row, target] += moved
        return replace(self, moves=rows[:, : len(self.states)], exits=rows[:, len(self.states) :])

    @property
    def visits(self) -> Floats:
        """Expected visits to each state (column) from each state (row): N = (I - Q)^-1."""
        return np.asarray(np.linalg.inv(np.eye(len(self.moves)) - self.moves))

    @property
    def visits_var(self) -> Floats:
        """Variance of the visits: N (2 N_dg - I) - N squared by entry."""
        visits = self.visits
        return visits * (2 * np.diag(visits) - 1) - visits**2

    @property
    def absorption(self) -> Floats:
        """Probability of each end (column) from each state (row): B = N R."""
        return np.asarray(np.linalg.solve(np.eye(len(self.moves)) - self.moves, self.exits))

    @property
    def steps_moments(self) -> tuple[Floats, Floats, Floats]:
        """Mean, variance and fourth central moment of the number of steps, by state.

        The mean of T (T - 1) ... (T - k + 1) is k! Q^(k-1) N^k 1; the variance is written as Kemeny & Snell have it.
        """
        visits, ones = self.visits, np.ones(len(self.moves))
        falling = [
            math.factorial(k) * np.linalg.matrix_power(self.moves, k - 1) @ np.linalg.matrix_power(visits, k) @ ones
            for k in range(1, 5)
        ]
        mean = visits @ ones
        variance = (2 * visits - np.eye(len(visits))) @ mean - mean**2
        second = falling[1] + falling[0]
        third = falling[2] + 3 * falling[1] + falling[0]
        fourth = falling[3] + 6 * falling[2] + 7 * falling[1] + falling[0]
        return mean, variance, fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4

    def totals(self, start: Floats, *, drawn: bool) -> tuple[Floats, Floats, Floats]:
        """Mean, variance and fourth central moment of the kronor that reach each end, each krona going its own way.

        Kronor start in a state ``drawn`` for each in proportion to ``start``, or there where ``start`` (S,) has them.
        """
        share, weight = self.absorption, start[:, np.newaxis]
        if drawn:
            share, weight = (start @ share / start.sum())[np.newaxis], start.sum(keepdims=True)[:, np.newaxis]
        spread = share * (1 - share)
        variance = (weight * spread).sum(axis=0)
        fourth = (weight * spread * (1 - 6 * spread)).sum(axis=0) + 3 * variance**2
        return (weight * share).sum(axis=0), variance, fourth

    def room(self) -> Ints:
        """Visits to each state that are exceeded with probability RISK at most: returns are a geometric number."""
        back = 1 - 1 / np.diag(self.visits)
        wanted = [1 if chance < 1e-12 else math.ceil(math.log(RISK) / math.log(chance)) + 1 for chance in back]
        return np.array(wanted, np.int64)


def variance_error(variance: Floats | float, fourth: Floats | float, n: int) -> Floats:
    """Standard error of the sample variance of ``n`` values with this variance and fourth central moment."""
    return np.sqrt(np.maximum((fourth - np.square(variance) * (n - 3) / (n - 1)) / n, 0.0))


def expected(chain: Chain, walkers: Ints, portfolio: Ints, scale: float) -> Exact:
    """Every measure of a chain with its standard error, known from algebra, not from the simulation.

    Parameters
    ----------
    walkers : (S,)
        Debts followed from each state; measures of states without any are left out.
    portfolio : (S,)
        Kronor from each state in one small portfolio, ``scale`` times which is the whole one.
    """
    mean, variance, fourth = chain.steps_moments
    found: Exact = {}
    for row in np.flatnonzero(walkers):
        n, origin = int(walkers[row]), chain.states[row]
        for column, state in enumerate(chain.states):
            spread = math.sqrt(max(chain.visits_var[row, column], 0.0) / n)
            found[f"visits {origin} -> {state}"] = float(chain.visits[row, column]), spread
        for column, end in enumerate(chain.ends):
            share = float(chain.absorption[row, column])
            found[f"ends {origin} -> {end}"] = share, math.sqrt(max(share * (1 - share), 0.0) / n)
        found[f"mean steps {origin}"] = float(mean[row]), math.sqrt(max(variance[row], 0.0) / n)
        found[f"var steps {origin}"] = float(variance[row]), float(variance_error(variance[row], fourth[row], n))
    for kind, drawn in PORTFOLIOS.items():
        groups = len(portfolios(walkers, portfolio, drawn=drawn))
        total, total_var, total_fourth = chain.totals(portfolio.astype(np.float64), drawn=drawn)
        for column, end in enumerate(chain.ends if groups >= FEWEST_PORTFOLIOS else ()):
            spread = math.sqrt(total_var[column] / groups)
            error = float(variance_error(total_var[column], total_fourth[column], groups))
            found[f"kr {end}, {kind}"] = scale * float(total[column]), scale * spread
            found[f"var kr {end}, {kind}"] = scale * float(total_var[column]), scale * error
    return found


def portfolios(walkers: Ints, portfolio: Ints, *, drawn: bool) -> Ints:
    """Kronor from each state (columns) in as many small portfolios (rows) as the walkers make."""
    groups = int(min(walkers[portfolio > 0] // portfolio[portfolio > 0]))
    if not drawn:
        return np.tile(portfolio, (groups, 1))
    generator = np.random.Generator(np.random.PCG64(0xB1F46A0293DE4C75821E5D70CA9F3468))
    kronor = generator.multinomial(portfolio.sum(), portfolio / portfolio.sum(), groups)
    return kronor[(kronor.cumsum(axis=0) <= walkers).all(axis=1)]


def plan_of(chain: Chain, *, work: Ints | None = None, delay: Ints | None = None, horizon: int = FAR) -> Plan:
    """A plan that carries a chain out: each state is a step, each class begins in the state of its number.

    Parameters
    ----------
    work : (S, T), optional
        Minutes of work by table entry; each step then has one server of its own, always at work. By default nobody queues.
    delay : (T,), optional
        Minutes from a step to its answer, for all steps; by default none.
    """
    n, answers = len(chain.states), len(chain.states) + len(chain.ends)
    cuts = np.array([thresholds(row[:-1].tolist()) for row in np.hstack([chain.moves, chain.exits])])
    always = Calendar.of(np.array([0]), np.array([FAR]))
    pools = () if work is None else tuple(_one_server(name, always) for name in chain.states)
    return Plan(
        model="chain",
        steps=chain.states,
        ends=chain.ends,
        pools=pools,
        pool=np.full(n, -1) if work is None else np.arange(n),
        priority=np.zeros(n, np.int64),
        skill=np.zeros(n, np.int64),
        work_table=np.arange(n) if work is not None else np.zeros(n, np.int64),
        work_tables=np.zeros((1, TABLE_SIZE), np.int64) if work is None else work,
        n_answers=np.full(n, answers),
        threshold=np.tile(cuts[:, np.newaxis, np.newaxis, :], (1, n, 1, 1)),
        delay_table=np.zeros((n, n, answers), np.int64),
        delay_tables=np.zeros((1, TABLE_SIZE), np.int64) if delay is None else delay[np.newaxis],
        part=np.full((n, answers), PART_NOTHING_DRAWN),
        part_tables=np.zeros((1, TABLE_SIZE), np.int64),
        target=np.tile(np.arange(answers), (n, n, 1)),
        lateness_edges=np.zeros(0, np.int64),
        min_ore=np.zeros(n, np.int64),
        max_visits=chain.room(),
        otherwise=np.full(n, NO_TARGET),
        **never_barred(n, answers, n, horizon, n),  # type: ignore[arg-type]
        start=np.arange(n),
        horizon=horizon,
    )


def _one_server(name: str, calendar: Calendar) -> PoolPlan:
    """A pool of one server whom nobody pays."""
    nothing = np.zeros((1, 0), np.int64)
    return PoolPlan(name, (calendar,), np.ones(1, np.int64), nothing, nothing, nothing, nothing, np.zeros(0, np.int64))


def exponential_table(mean: float) -> Ints:
    """Exponential times as a table whose entries are the means of equally likely parts, so that the mean is exact.

    A table of quantiles (``kravsim.chance.distributions.quantile_table``) loses 0.03 % of the mean and 0.3 % of the mean
    square; this one loses 0.05 % of the mean square, what varies within the parts.
    """
    above = np.arange(TABLE_SIZE + 1) / TABLE_SIZE
    integral = above.copy()
    integral[1:] -= above[1:] * np.log(above[1:])
    return np.rint(mean * TABLE_SIZE * np.diff(integral)[::-1]).astype(np.int64)
