"""The queue engine agrees with queueing theory, and engines that are slightly wrong do not.

Each case is simulated in independent lanes (replications) from an empty start, without the first items: these cover 11
relaxation times 1 / (1 - sqrt(load))**2 of the busiest case and more of the others, so that less than 1e-4 of a mean wait
is left of the start. Times are integer ticks, TICKS a time unit: rounding shifts a mean time by 1e-10 of itself, and P_wait
by less than 1e-4, since a wait below half a tick may become none.

Two estimates are made of a steady-state number, both as intercepts of regressions over lanes on control variates:

- *direct*: the engine's lane means; controls are the realised mean gap and mean work, whose means are known exactly. They
  are computed from what the engine is given, so that a wrong engine cannot hide in them.
- *sharp*: a third control, the number as the first-come-first-served recursion has it on the same lanes. Its mean is exact
  in cases with priorities (M/M/c without them), and else estimated, with its error, in LONG_LANES further lanes that only
  the recursion runs. What an engine does differently from the recursion then moves the estimate away from theory, without
  the noise that both share; an engine without fault has the precision of the recursion's long run.

An estimate is rejected at z >= 5, and is worth nothing when its 95 % interval is wider than 3 % of the exact value either
way. False alarms, were the seeds fresh: 5.7e-7 for a sharp estimate without classes, 1e-5 for the others, whose errors come
from 48 to 100 lanes (over 300 fresh sets of lanes the direct z had a standard deviation of 1.0 to 1.1). Power: an error of
5 + 3.1 standard errors is rejected with probability 0.999, so n >= (8.1 sd / delta)**2 lanes find a relative error delta.
After controls a lane's number has a relative sd of 1 to 14 %, so that these lanes find delta = 1 to 12 % directly: enough
for service 3 % too fast, which takes 14 % off the mean wait of mmc_01. A lane's mean wait by the recursion has an sd of 7
to 14 %, and 2 500 lanes find delta = 1 to 2.3 %. What each sharp estimate must be able to find (2 to 3 % of a mean wait, 2
to 9 % of a class's) stands in SETUPS and is held against its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt
import pytest

from kravsim.engine.queue import serve

from .theory import Case, Ints, MMc, batch_number_present, cobham, crommelin, kiefer_wolfowitz, load_cases

Floats = npt.NDArray[np.float64]
Server = Callable[[Ints, Ints, Ints, int], Ints]
"""Starts of one lane's items from releases, work, classes and the number of servers."""
Control = tuple[Floats, float, float]
"""A control variate by lane, its mean, and the standard error with which the mean is known."""

CASES = load_cases()
TICKS = 100_000
LONG_LANES = 2_500
CHUNK = 500
Z = 5.0
POWER = Z + 3.1
HALF_WIDTH = 0.03

# Formulas


@pytest.mark.parametrize("name", ["mmc_01", "mmc_04", "mmc_07", "mmc_11", "mmc_14", "erlc_t1"])
def test_erlangs_formulas_give_the_published_numbers(name: str) -> None:
    case = CASES[name]
    queue = MMc(case.fraction("arrival"), case.fraction("service"), case.given["servers"])
    found: dict[str, Fraction | float] = {
        "rho": queue.rho,
        "P_wait": queue.p_wait,
        "Lq": queue.arrival * queue.wq,
        "Wq": queue.wq,
        "L": queue.arrival * queue.w,
        "W": queue.w,
        "Wq_given_wait": queue.wq_given_wait,
        "sd_Wq": queue.sd_wq,
        "p0": queue.p0,
    }
    found |= {key: queue.tail(float(key[8:])) for key in case.exact if key.startswith("P_Wq_gt_")}
    assert {key: float(found[key]) for key in case.exact} == pytest.approx(case.exact, rel=1e-12)
    everybody_busy = queue.p0 * queue.load**queue.servers / math.factorial(queue.servers)
    assert queue.p_wait == everybody_busy / (1 - queue.rho)


def test_three_servers_at_two_thirds_are_met_as_fractions() -> None:
    queue = MMc(Fraction(2), Fraction(1), 3)
    assert (queue.p_wait, queue.wq, queue.w, queue.p0) == (
        Fraction(4, 9),
        Fraction(4, 9),
        Fraction(13, 9),
        Fraction(1, 9),
    )


@pytest.mark.parametrize("name", ["prio_01", "prio_04"])
def test_cobhams_formula_gives_the_published_numbers(name: str) -> None:
    """Waits weighted by arrivals are those without priorities: who goes first only moves waiting about."""
    case = CASES[name]
    arrivals, service, servers = case.fractions("arrivals"), case.fraction("service"), case.given["servers"]
    waits = cobham(arrivals, service, servers)
    assert {f"Wq_{place}": float(wait) for place, wait in enumerate(waits, 1)} == pytest.approx(case.exact, rel=1e-12)
    together = MMc(sum(arrivals, Fraction(0)), service, servers)
    assert sum(rate * wait for rate, wait in zip(arrivals, waits, strict=True)) == together.arrival * together.wq


def test_arrivals_in_groups_give_the_published_numbers() -> None:
    case = CASES["mxm1_01"]
    batch_rate, sizes, service = case.fraction("batch_rate"), case.given["sizes"], case.fraction("service")
    arrival = batch_rate * sum(sizes) / len(sizes)
    present = batch_number_present(batch_rate, sizes, service)
    found = {"rho": arrival / service, "L": present, "W": present / arrival, "Wq": present / arrival - 1 / service}
    assert {key: float(value) for key, value in found.items()} == pytest.approx(case.exact, rel=1e-12)
    alone = MMc(Fraction(1, 4), Fraction(1, 3), 1)
    assert batch_number_present(alone.arrival, [1], alone.service) == alone.arrival * alone.w


def test_constant_service_gives_the_published_numbers() -> None:
    """With one server the chain gives what Pollaczek and Khinchin give: half the wait with exponential service."""
    case = CASES["mdc_01"]
    arrival = case.fraction("arrival")
    p_wait, waiting = crommelin(arrival, case.fraction("duration"), case.given["servers"])
    found = {"rho": 0.8, "Lq": waiting, "Wq": waiting / float(arrival), "P_wait": p_wait}
    assert found == pytest.approx(case.exact, rel=1e-10)
    exponential_wait = MMc(Fraction(3, 4), Fraction(1), 1).wq
    half = 0.75 * float(exponential_wait) / 2
    assert crommelin(Fraction(3, 4), Fraction(1), 1) == pytest.approx((0.75, half), rel=1e-10)


def test_formulas_refuse_a_queue_without_a_steady_state() -> None:
    """Two clerks with the memo's volume just manage 15 minutes a case, and not 15.05."""
    memo = CASES["mmc_14"].fraction("arrival")
    assert float(MMc(memo, Fraction(60, 15), 2).rho) == pytest.approx(0.9968, abs=5e-5)
    with pytest.raises(ValueError, match="no steady state at load 1 a server"):
        MMc(memo, 60 / Fraction("15.05"), 2)
    with pytest.raises(ValueError, match=r"no steady state at load 1\.2"):
        crommelin(Fraction(12, 5), Fraction(1), 2)
    with pytest.raises(ValueError, match="no steady state at load 1 "):
        batch_number_present(Fraction(1, 3), [3], Fraction(1))


# What is simulated

MEASURES: dict[str, Callable[[Floats], Floats]] = {
    "Wq": lambda waits: waits.mean(axis=0),
    "P_wait": lambda waits: (waits > 0).mean(axis=0),
    "P_Wq_gt_1": lambda waits: (waits > 1).mean(axis=0),
    "Wq_squared": lambda waits: (waits**2).mean(axis=0),
}
"""Lane means from waits of shape (items, lanes); Wq_1, Wq_2, ... are Wq of a class."""


@dataclass(frozen=True)
class Setup:
    """How a case is simulated, what is estimated directly, and the relative error each sharp estimate must find."""

    seed: int
    direct: tuple[str, ...]
    sharp: dict[str, float]
    lanes: int = 60
    items: int = 6_000
    warm_up: int = 1_000


SETUPS = {
    "mmc_01": Setup(
        seed=0x8D3F21B6C07A4E5990E1D7425BAF6C38,
        direct=("Wq", "P_wait"),
        sharp={"Wq": 0.025, "P_wait": 0.005, "Wq_squared": 0.06},
    ),
    "mmc_04": Setup(
        seed=0x1B90E7C54AD24F8386F5A03DC2719E6B,
        direct=("Wq", "P_wait"),
        sharp={"Wq": 0.025, "P_wait": 0.01, "Wq_squared": 0.06, "P_Wq_gt_1": 0.025},
    ),
    "erlc_t1": Setup(seed=0xC6427FD80B3E4915A9D8164E3B75F20A, direct=("P_wait",), sharp={"P_wait": 0.03}, lanes=100),
    "mxm1_01": Setup(seed=0x59F8013EA6B74D2C9C40E85B17D32FA6, direct=("Wq",), sharp={"Wq": 0.02}, lanes=72),
    "mdc_01": Setup(
        seed=0xA47D1E93520C4B6FBE316C0A84F5D927, direct=("Wq", "P_wait"), sharp={"Wq": 0.025, "P_wait": 0.005}
    ),
    "prio_01": Setup(
        seed=0x37A5C90E8F614BD2B17E04F96AD38C25,
        direct=("Wq_1", "Wq_2"),
        sharp={"Wq_1": 0.06, "Wq_2": 0.02},
    ),
    "prio_04": Setup(
        seed=0xE02B64D71C9F4A3885CD3F7092B1A64E,
        direct=("Wq_1", "Wq_2"),
        sharp={"Wq_1": 0.05, "Wq_2": 0.09, "Wq_3": 0.05},
        lanes=48,
        items=12_000,
        warm_up=4_000,
    ),
}


@dataclass(frozen=True, eq=False)
class Lanes:
    """Items of shape (items, lanes); classes from 1, the first to be served first."""

    release: Ints
    work: Ints
    klass: Ints

    def measured(self, start: Ints, warm_up: int, measures: Sequence[str]) -> dict[str, Floats]:
        """Lane means of each measure, in time units."""
        waits, klass = (start - self.release)[warm_up:] / TICKS, self.klass[warm_up:]
        return {
            key: MEASURES[key](waits) if key in MEASURES else np.mean(waits, axis=0, where=klass == int(key[3:]))
            for key in measures
        }


def mean_times(case: Case) -> tuple[float, float]:
    """Exact mean gap between items and mean work, in ticks."""
    if "batch_rate" in case.given:
        arrival = case.fraction("batch_rate") * Fraction(sum(case.given["sizes"]), len(case.given["sizes"]))
    elif "arrivals" in case.given:
        arrival = sum(case.fractions("arrivals"), Fraction(0))
    else:
        arrival = case.fraction("arrival")
    work = case.fraction("duration") if "duration" in case.given else 1 / case.fraction("service")
    return float(TICKS / arrival), float(TICKS * work)


def draw(case: Case, generator: np.random.Generator, items: int, lanes: int) -> Lanes:
    """Draw items that arrive and need work as the case says."""

    def exponential(mean: float) -> Ints:
        return np.rint(generator.standard_exponential((items, lanes)) * mean).astype(np.int64)

    gap, mean_work = mean_times(case)
    klass = np.ones((items, lanes), np.int64)
    if "batch_rate" in case.given:
        sizes = case.given["sizes"]
        group = np.cumsum(exponential(gap * sum(sizes) / len(sizes)), axis=0)
        size = generator.choice(sizes, (items, lanes))
        release = np.stack([np.repeat(group[:, lane], size[:, lane])[:items] for lane in range(lanes)], axis=1)
    else:
        release = np.cumsum(exponential(gap), axis=0)
    if "arrivals" in case.given:
        rates = np.array([float(rate) for rate in case.fractions("arrivals")])
        klass = generator.choice(np.arange(1, len(rates) + 1), (items, lanes), p=rates / rates.sum())
    fixed = "duration" in case.given
    work = np.full((items, lanes), round(mean_work), np.int64) if fixed else exponential(mean_work)
    return Lanes(release, work, klass)


@dataclass(frozen=True, eq=False)
class Bench:
    """The lanes of a case, shared by all engines that are put to the test, and the controls computed from them."""

    lanes: Lanes
    realised: list[Control]
    recursion: dict[str, Control]


@cache
def bench(name: str) -> Bench:
    """Lanes of a case from its fixed seed, and the recursion's numbers on them and in the long run."""
    case, setup = CASES[name], SETUPS[name]
    generator = np.random.Generator(np.random.PCG64(setup.seed))
    classes = "arrivals" in case.given
    measures = ["Wq"] if classes else list(setup.sharp)

    def recursion(lanes: Lanes) -> dict[str, Floats]:
        start = kiefer_wolfowitz(lanes.release, lanes.work, case.given.get("servers", 1))
        return lanes.measured(start, setup.warm_up, measures)

    lanes = draw(case, generator, setup.items, setup.lanes)
    gaps = (lanes.release[-1] - lanes.release[setup.warm_up - 1]) / (setup.items - setup.warm_up)
    means = mean_times(case)
    realised = [(gaps, means[0], 0.0), (lanes.work[setup.warm_up :].mean(axis=0), means[1], 0.0)]
    here = recursion(lanes)
    if classes:
        together = MMc(sum(case.fractions("arrivals"), Fraction(0)), case.fraction("service"), case.given["servers"])
        return Bench(lanes, realised, {"Wq": (here["Wq"], float(together.wq), 0.0)})
    runs = [recursion(draw(case, generator, setup.items, CHUNK)) for _ in range(LONG_LANES // CHUNK)]
    controls: dict[str, Control] = {}
    for key in measures:
        far = np.concatenate([run[key] for run in runs])
        controls[key] = here[key], float(far.mean()), float(far.std(ddof=1)) / math.sqrt(len(far))
    return Bench(lanes, realised, controls)


# What is concluded


@dataclass(frozen=True)
class Estimate:
    """A number estimated by simulation beside its exact value."""

    value: float
    error: float
    exact: float

    @property
    def z(self) -> float:
        """Standard errors from the exact value."""
        return (self.value - self.exact) / self.error

    def __str__(self) -> str:
        return f"{self.value:.5g} for {self.exact:.5g}, standard error {self.error / self.exact:.2%}, z {self.z:.1f}"


def regress(values: Floats, controls: Sequence[Control], exact: float) -> Estimate:
    """Estimate a mean over lanes with control variates: the intercept of a least-squares fit, and its standard error."""
    design = np.stack([np.ones(len(values)), *(control / mean - 1.0 for control, mean, _ in controls)], axis=1)
    slopes = np.linalg.lstsq(design, values, rcond=None)[0]
    rest = values - design @ slopes
    freedom = len(values) - int(np.linalg.matrix_rank(design))
    variance = (rest @ rest) / freedom * np.linalg.pinv(design.T @ design)[0, 0]
    for slope, (_, mean, error) in zip(slopes[1:], controls, strict=True):
        variance += (slope * error / mean) ** 2
    return Estimate(float(slopes[0]), math.sqrt(variance), exact)


def estimates(name: str, server: Server) -> dict[str, Estimate]:
    """Direct and sharp estimates of a case's numbers for one server."""
    case, setup, shared = CASES[name], SETUPS[name], bench(name)
    lanes, start = shared.lanes, np.empty_like(shared.lanes.release)
    for lane in range(setup.lanes):
        items = lanes.release[:, lane], lanes.work[:, lane], lanes.klass[:, lane]
        start[:, lane] = server(*items, case.given.get("servers", 1))
    got = lanes.measured(start, setup.warm_up, list(setup.sharp))
    exact = dict(case.exact)
    if "Wq_squared" in got:
        exact["Wq_squared"] = exact["sd_Wq"] ** 2 + exact["Wq"] ** 2
    found = {f"{key} directly": regress(got[key], shared.realised, exact[key]) for key in setup.direct}
    for key in setup.sharp:
        control = shared.recursion[key if key in shared.recursion else "Wq"]
        found[key] = regress(got[key], [*shared.realised, control], exact[key])
    return found


def judge(name: str, server: Server) -> tuple[dict[str, str], dict[str, str]]:
    """Estimates in which a server differs from theory, and those too rough to say, each in words."""
    sharp, differs, rough = SETUPS[name].sharp, {}, {}
    for key, estimate in estimates(name, server).items():
        if abs(estimate.z) >= Z:
            differs[key] = str(estimate)
        too_wide = 1.96 * estimate.error > HALF_WIDTH * estimate.exact
        if too_wide or POWER * estimate.error > sharp.get(key, math.inf) * estimate.exact:
            rough[key] = str(estimate)
    return differs, rough


# Servers, right and wrong


def engine(release: Ints, work: Ints, klass: Ints, servers: int) -> Ints:
    """The engine under test."""
    return serve(release, work, servers=servers, priority=klass, engine="simpy")[0]


def faster(per_mille: int) -> Server:
    """Build an engine that needs ``per_mille`` thousandths less time for its work than it should."""
    return lambda release, work, klass, servers: engine(release, work * (1000 - per_mille) // 1000, klass, servers)


def last_class_first(release: Ints, work: Ints, klass: Ints, servers: int) -> Ints:
    """Priorities swapped."""
    return engine(release, work, -klass, servers)


def without_classes(release: Ints, work: Ints, klass: Ints, servers: int) -> Ints:
    """Priorities forgotten."""
    return engine(release, work, np.zeros_like(klass), servers)


def last_come_first_served(release: Ints, work: Ints, _: Ints, servers: int) -> Ints:
    """A pile instead of a queue, still without interruptions."""
    start, coming = np.empty_like(release), 0
    pile: list[int] = []
    arrives, lasts = release.tolist(), work.tolist()
    free = [arrives[0]] * servers
    for _item in arrives:
        now = heappop(free)
        if not pile and arrives[coming] > now:
            now = arrives[coming]
        while coming < len(arrives) and arrives[coming] <= now:
            pile.append(coming)
            coming += 1
        taken = pile.pop()
        start[taken] = now
        heappush(free, now + lasts[taken])
    return start


@pytest.mark.parametrize("name", list(SETUPS))
def test_the_engine_agrees_with_theory(name: str) -> None:
    assert judge(name, engine) == ({}, {})


@pytest.mark.parametrize("name", ["mmc_01", "mmc_04", "mxm1_01", "mdc_01", "prio_01"])
def test_service_three_per_cent_too_fast_is_rejected(name: str) -> None:
    """By every estimate, direct and sharp, of every number."""
    differs, _ = judge(name, faster(30))
    assert set(differs) == {f"{key} directly" for key in SETUPS[name].direct} | set(SETUPS[name].sharp)


def test_service_less_than_one_per_cent_too_fast_is_rejected() -> None:
    """The mean wait is 3.4 % short: no direct estimate of this length could tell, the sharp one must."""
    differs, _ = judge("mmc_01", faster(7))
    assert "Wq" in differs


@pytest.mark.parametrize("server", [last_class_first, without_classes])
def test_priorities_swapped_or_forgotten_are_rejected(server: Server) -> None:
    differs, _ = judge("prio_01", server)
    assert set(differs) == {"Wq_1 directly", "Wq_2 directly", "Wq_1", "Wq_2"}


def test_last_come_first_served_is_rejected_by_the_spread_of_waits() -> None:
    """Mean wait and P_wait are those of the queue; the mean square is 1 / (1 - load) = 4 times as large."""
    differs, _ = judge("mmc_01", last_come_first_served)
    assert set(differs) == {"Wq_squared"}
