"""Queueing theory that the staff pool is held against: formulas, a recursion, and the table of worked cases.

Formulas are in rational arithmetic as far as they go, so that a published 4/9 is met exactly and not to some digits.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

CASES = Path(__file__).with_name("queue_cases.toml")


@dataclass(frozen=True)
class Case:
    """A queue with known answers: what is given, what is exact, and where it comes from."""

    name: str
    given: dict[str, Any]
    exact: dict[str, float]
    how: str
    source: str

    def fraction(self, key: str) -> Fraction:
        """A given number, exactly."""
        return Fraction(self.given[key])

    def fractions(self, key: str) -> list[Fraction]:
        """A given list of numbers, exactly."""
        return [Fraction(value) for value in self.given[key]]


def load_cases() -> dict[str, Case]:
    """Every worked case by name."""
    with CASES.open("rb") as file:
        return {name: Case(name, **table) for name, table in tomllib.load(file).items()}


@dataclass(frozen=True)
class MMc:
    """Poisson arrivals, exponential service, ``servers`` servers, first in first out, in steady state.

    Parameters
    ----------
    arrival, service : Fraction
        Rates of arrival and of service by one server.
    servers : int

    Raises
    ------
    ValueError
        When the arrivals are at least what the servers can do: there is no steady state then.

    Sources
    -------
    Erlang (1917); Gross & Harris, Fundamentals of Queueing Theory.
    """

    arrival: Fraction
    service: Fraction
    servers: int

    def __post_init__(self) -> None:
        """Refuse a queue without a steady state."""
        _refuse_overload(self.rho)

    @property
    def load(self) -> Fraction:
        """Offered load in servers."""
        return self.arrival / self.service

    @property
    def rho(self) -> Fraction:
        """Load a server."""
        return self.load / self.servers

    @property
    def p_wait(self) -> Fraction:
        """Erlang's C, from his loss formula B by recursion over the number of servers."""
        loss = Fraction(1)
        for server in range(1, self.servers + 1):
            loss = self.load * loss / (server + self.load * loss)
        return loss / (1 - self.rho * (1 - loss))

    @property
    def p0(self) -> Fraction:
        """Share of time empty, from the sum of the states' weights."""
        weights = [Fraction(1)]
        for server in range(1, self.servers + 1):
            weights.append(weights[-1] * self.load / server)
        return 1 / (sum(weights[:-1]) + weights[-1] / (1 - self.rho))

    @property
    def wq_given_wait(self) -> Fraction:
        """Mean of the wait of those who wait, which is exponential."""
        return 1 / (self.servers * self.service - self.arrival)

    @property
    def wq(self) -> Fraction:
        """Mean wait."""
        return self.p_wait * self.wq_given_wait

    @property
    def w(self) -> Fraction:
        """Mean time from arrival to departure."""
        return self.wq + 1 / self.service

    @property
    def sd_wq(self) -> float:
        """Standard deviation of the wait."""
        return math.sqrt(2 * self.p_wait * self.wq_given_wait**2 - self.wq**2)

    def tail(self, wait: float) -> float:
        """Probability of a wait longer than ``wait``."""
        return float(self.p_wait) * math.exp(-wait / float(self.wq_given_wait))


def cobham(arrivals: Sequence[Fraction], service: Fraction, servers: int) -> list[Fraction]:
    """Mean waits by class, first class first, non-preemptive, all classes with the same exponential service.

    Sources
    -------
    Cobham (1954), Operations Research 2, for one and several servers; Kella & Yechiali (1985).
    """
    in_progress = MMc(sum(arrivals, Fraction(0)), service, servers).p_wait / (servers * service)
    shares = [Fraction(1)]
    for arrival in arrivals:
        shares.append(shares[-1] - arrival / (servers * service))
    return [in_progress / (before * after) for before, after in pairwise(shares)]


def batch_number_present(batch_rate: Fraction, sizes: Sequence[int], service: Fraction) -> Fraction:
    """Mean number present with one exponential server and Poisson groups of equally likely ``sizes``.

    Sources
    -------
    Gross & Harris, Fundamentals of Queueing Theory, bulk input.
    """
    mean = Fraction(sum(sizes), len(sizes))
    square = Fraction(sum(size * size for size in sizes), len(sizes))
    rho = batch_rate * mean / service
    _refuse_overload(rho)
    return rho * (1 + square / mean) / (2 * (1 - rho))


def crommelin(arrival: Fraction, duration: Fraction, servers: int, states: int = 150) -> tuple[float, float]:
    """Probability of waiting and mean number waiting with constant service.

    Everyone in service now is gone one ``duration`` later, and nobody else is: the number present at such moments is a
    Markov chain. It is cut at ``states``, beyond which the loads used here leave less than 1e-15.

    Sources
    -------
    Crommelin (1932), Post Office Electrical Engineers' Journal 25.
    """
    mean = float(arrival * duration)
    _refuse_overload(arrival * duration / servers)
    arriving = np.empty(states)
    arriving[0] = math.exp(-mean)
    for count in range(1, states):
        arriving[count] = arriving[count - 1] * mean / count
    step = np.zeros((states, states))
    for present in range(states):
        left = max(present - servers, 0)
        step[present, left:] = arriving[: states - left]
        step[present, -1] += 1.0 - step[present].sum()
    balance = step.T - np.eye(states)
    balance[-1] = 1.0
    share = np.linalg.solve(balance, np.append(np.zeros(states - 1), 1.0))
    return float(share[servers:].sum()), float(share[servers:] @ np.arange(states - servers))


def kiefer_wolfowitz(release: Ints, work: Ints, servers: int) -> Ints:
    """Starts in a first-come-first-served queue: each item goes to the server that is free first.

    Parameters
    ----------
    release, work : arrays of int64, shape (items, lanes)
        Every lane is a queue of its own; releases do not decrease along a lane.

    Returns
    -------
    array of int64, shape (items, lanes)

    Sources
    -------
    Kiefer & Wolfowitz (1955), Transactions of the AMS 78; with one server Lindley (1952).
    """
    start = np.empty_like(release)
    free = np.full((release.shape[1], servers), release.min(initial=0))
    for item in range(len(release)):
        start[item] = np.maximum(release[item], free[:, 0])
        free[:, 0] = start[item] + work[item]
        if servers > 1:
            free.sort(axis=1)
    return start


def _refuse_overload(rho: Fraction) -> None:
    if rho >= 1:
        message = f"no steady state at load {float(rho):.4g} a server; give a load below 1"
        raise ValueError(message)
