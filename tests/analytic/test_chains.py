"""Whole plans, carried out by the engines, agree with the algebra of chains, networks and stocks, and wrong ones do not.

*Chains* (``mc_*``). Each state is a step without a pool, each answer comes one minute later, so that the minute of the end
is the number of steps. From every state a stated number of debts is followed. Expected visits N, ends B, mean and variance
of the steps, and kronor by end with their variance when every krona goes its own way (in small portfolios, scaled up; from
the states that have them, and from states drawn for each, as Cyert, Davidson & Thompson have it) are each held against
algebra with a standard error that is algebra too, and rejected at z >= 5; what has no spread must be equal. False alarms,
were the seeds fresh: 5.7e-7 a measure, somewhat more for the skewed ones (variances of steps), 98 measures in all; over 60
to 150 fresh seeds with a tenth of the debts all z together had a standard deviation of 0.99 to 1.01. Power: an error of
5 + 3.1 standard errors is rejected with probability 0.999. That there are debts enough for a share that is 2 % too small is
itself asserted, by algebra, before such a chain is simulated; a variance of kronor must be 16 to 30 % off. The 500 debts a
state that SimPy follows only find shares that are 3 % (surveillance) to 80 % (1/5 in ``mc_01``) off, but its log is also
equal, row for row, to the other engine's on the same draws.

*Stations with queues* (``jack_01``). 100 lanes from an empty start, the first 1 000 time units left out (24 relaxation times
of the busier station, were it alone). Estimates are intercepts of regressions over lanes on three control variates, whose
lane values are computed from what the engine is given, by the right plan, so that a wrong engine cannot hide in them. With
96 degrees of freedom z >= 5 is a false alarm of 3e-6. A plan's work tables have 1 024 entries, so that work is not quite
exponential: :func:`exponential_table` has the exact mean and lacks 0.053 % of the mean square. Were the stations M/G/1, this
would take 0.04 % off L_1 and 0.03 % off L_2 (Pollaczek and Khinchin). No tolerance is widened for it; asserted is that it is
less than a quarter of a standard error. A table of quantiles, as scenarios have it, would take off 0.29 and 0.23 %: a
whole standard error, from the tail that it cuts, and no fault of an engine.

*Stock without queues* (``mginf_01``). One step without a pool whose answer comes when the stay is over. Of the exponential
stay the table keeps the mean of min(stay, t) to 1e-5; the number present at t is Poisson.

Out of reach of plans, and why:

- ``nhpp_01`` (Poisson arrivals at rates that change): when cases begin is given to an engine, not made by it, so that a plan
  would only test numpy. kravsim's own stream has no such rates and no Poisson counts: claims fall on the days of invoice
  runs, expected in the same number in each, and a debtor is late with geometrically many at once.
- ``mmck_01``, ``mmck_04``, ``mmcc_01`` (blocking): a released item keeps waiting (contract §8). A step sees neither the queue
  nor its length, and refuses only by principal and visits (§3).
- ``erla_01`` (giving up): nobody leaves a queue (§8). Lateness is counted when work is done (§10), too late to go unserved.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from kravsim.chance.distributions import quantile_table
from kravsim.chance.draws import Draws
from kravsim.engine import get_engine
from kravsim.engine.contract import DONE, ENDED
from kravsim.engine.events import CaseInput, EventLog, case_input
from kravsim.models.plan import FULL, TABLE_SHIFT, TABLE_SIZE, Plan
from kravsim.stream.stream import Cases

from .chains import (
    FEWEST_PORTFOLIOS,
    PORTFOLIOS,
    Chain,
    Ints,
    expected,
    exponential_table,
    load_cases,
    plan_of,
    portfolios,
    variance_error,
)

Luck = Callable[[Plan, int, int, int], CaseInput]
"""Cases for a plan: of which class, from which number on, how many."""
Engine = Callable[[Plan, CaseInput], EventLog]

CASES = load_cases()
CHAINS = ("mc_01", "mc_04", "mc_07")
Z = 5.0
POWER = Z + 3.1
WRONG = 0.02
SIMPY_WALKERS = 500
MOST_COLUMNS, MOST_CASES = {"compiled": 4_000_000, "both": 100_000}, 100_000
"""Visits and cases in one call of an engine, for the sake of memory; SimPy's lists of draws are large."""

# Luck


def own_draws(seed: int, kronor_together: int = 1) -> Luck:
    """The program's own random numbers; ``kronor_together`` cases share theirs, as kronor of one claim do."""

    def cases(plan: Plan, klass: int, first: int, n: int) -> CaseInput:
        zero, number = np.zeros(n, np.int64), np.arange(first, first + n)
        given = Cases(
            debtor=number,
            klass=zero + klass,
            hand_over_day=zero,
            principal_ore=zero + 100,
            run=zero + klass,
            number=number // kronor_together,
            first_claim=np.arange(n + 1),
        )
        return case_input(given, zero, plan.steps, plan.max_visits, Draws(seed, 0, 0), 1)

    return cases


def numpy_draws(seed: int) -> Luck:
    """Random numbers of numpy, for chains whose loops need too many for the program's own to be quick."""

    def cases(plan: Plan, klass: int, first: int, n: int) -> CaseInput:
        generator = np.random.Generator(np.random.PCG64([seed, klass, first]))
        return drawn(plan, np.zeros(n, np.int64), generator, klass)

    return cases


def drawn(plan: Plan, start: Ints, generator: np.random.Generator, klass: int = 0) -> CaseInput:
    """Cases that begin at these minutes, with every uniform they may need."""
    first_column = np.append(0, np.cumsum(plan.max_visits)).astype(np.int64)
    return CaseInput(
        start=start,
        arose=np.zeros(len(start), np.int64),
        klass=np.full(len(start), klass, np.int64),
        principal_ore=np.full(len(start), 100, np.int64),
        uniforms=generator.integers(0, FULL, (len(start), int(first_column[-1]), 3), np.uint32),
        first_column=first_column,
    )


def both(plan: Plan, cases: CaseInput) -> EventLog:
    """SimPy's log, if the other engine's is the same in every row."""
    log = get_engine("simpy")(plan, cases)
    assert log.equals(get_engine("compiled")(plan, cases))
    return log


LUCK = {
    "mc_01": own_draws(0x4C1F0D7A92E84B36A5D3710BE8269FC4),
    "mc_04": own_draws(0x9B62E5830FD7411CB8A47E1C56D093F2),
    "mc_07": numpy_draws(0xE3057C9D1B684FA28E60F2A94D7B15C8),
}

# Chains


@dataclass(frozen=True, eq=False)
class Walks:
    """Debts followed to their ends: number of steps and number of the end by state of origin, visits in all (S, S)."""

    visits: Ints
    steps: list[Ints]
    ends: list[Ints]


def walk(chain: Chain, walkers: Ints, luck: Luck, engine: str) -> Walks:
    """Follow this many debts from each state."""
    plan = plan_of(chain, delay=np.ones(TABLE_SIZE, np.int64))
    size = min(MOST_COLUMNS[engine] // int(plan.max_visits.sum()), MOST_CASES)
    run = both if engine == "both" else get_engine(engine)
    n_states = len(chain.states)
    found = Walks(np.zeros((n_states, n_states), np.int64), [], [])
    for klass, wanted in enumerate(walkers.tolist()):
        steps, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for first in range(0, wanted, size):
            log = run(plan, luck(plan, klass, first, min(size, wanted - first)))
            done, ended = log.kind == DONE, log.kind == ENDED
            found.visits[klass] += np.bincount(log.step[done], minlength=n_states)
            steps.append(log.minute[ended])
            ends.append(log.step[ended] - n_states)
        found.steps.append(np.concatenate(steps))
        found.ends.append(np.concatenate(ends))
    return found


def measured(chain: Chain, walks: Walks, portfolio: Ints, scale: float) -> dict[str, float]:
    """What :func:`expected` expects, as it turned out."""
    found: dict[str, float] = {}
    walkers = np.array([len(ends) for ends in walks.ends])
    for row in np.flatnonzero(walkers).tolist():
        origin, steps = chain.states[row], walks.steps[row]
        shares = np.bincount(walks.ends[row], minlength=len(chain.ends)) / walkers[row]
        visits = walks.visits[row] / walkers[row]
        found |= {f"visits {origin} -> {state}": float(visits[column]) for column, state in enumerate(chain.states)}
        found |= {f"ends {origin} -> {end}": float(shares[column]) for column, end in enumerate(chain.ends)}
        found |= {f"mean steps {origin}": float(steps.mean()), f"var steps {origin}": float(steps.var(ddof=1))}
    for kind, drawn_start in PORTFOLIOS.items():
        kronor = portfolios(walkers, portfolio, drawn=drawn_start)
        upto = np.vstack([np.zeros_like(portfolio), kronor.cumsum(axis=0)])
        for column, end in enumerate(chain.ends if len(kronor) >= FEWEST_PORTFOLIOS else ()):
            kr = np.zeros(len(kronor))
            for row, ends in enumerate(walks.ends):
                kr += np.diff(np.append(0, np.cumsum(ends == column))[upto[:, row]])
            found[f"kr {end}, {kind}"] = scale * float(kr.mean())
            found[f"var kr {end}, {kind}"] = scale * float(kr.var(ddof=1))
    return found


@dataclass(frozen=True, eq=False)
class Setup:
    """A worked chain and how it is simulated; ``scale`` small portfolios make the whole one."""

    chain: Chain
    exact: dict[str, Any]
    start_kr: Ints
    walkers: Ints
    portfolio: Ints
    wrong: list[tuple[str, str, str]]

    @property
    def scale(self) -> float:
        return float(self.start_kr.sum() / self.portfolio.sum())


@cache
def setup(name: str) -> Setup:
    """Read a chain's entry in the table of worked cases."""
    case = CASES[name]
    simulated, start = case["simulated"], np.array(case["given"]["start_kr"])
    walkers, portfolio = np.array(simulated["walkers"]), np.array(simulated["portfolio"])
    return Setup(Chain.of(case["given"]), case["exact"], start, walkers, portfolio, simulated["wrong"])


def scores(name: str, chain: Chain, walkers: Ints, luck: Luck, engine: str = "compiled") -> dict[str, float]:
    """Standard errors between debts that walk by ``chain`` and the worked case; without spread only equality will do."""
    right = setup(name)
    exact = expected(right.chain, walkers, right.portfolio, right.scale)
    found = measured(right.chain, walk(chain, walkers, luck, engine), right.portfolio, right.scale)
    assert found.keys() == exact.keys()
    return {key: (found[key] - value) / max(error, 1e-12) for key, (value, error) in exact.items()}


def rejected(scored: dict[str, float]) -> dict[str, float]:
    """Measures that differ."""
    return {key: z for key, z in scored.items() if not abs(z) < Z}


@pytest.mark.parametrize("name", CHAINS)
def test_the_algebra_gives_the_published_numbers(name: str) -> None:
    case = setup(name)
    mean, variance, _ = case.chain.steps_moments
    start = case.start_kr.astype(np.float64)
    totals, totals_var, _ = case.chain.totals(start, drawn=True)
    found = {
        "visits": case.chain.visits,
        "absorption": case.chain.absorption,
        "mean_steps": mean,
        "var_steps": variance,
        "totals_kr": totals,
        "totals_var_kr2": totals_var,
        "totals_var_fixed_kr2": case.chain.totals(start, drawn=False)[1],
    }
    assert found.keys() == case.exact.keys()
    for key, values in found.items():
        assert values == pytest.approx(np.array(case.exact[key]), rel=1e-10, abs=1e-12), key


def test_moments_of_the_steps_are_those_of_a_sum_over_their_distribution() -> None:
    """The second to fourth moments, on which the standard errors rest, by adding up every number of steps there can be."""
    chain = setup("mc_04").chain
    alive = [np.ones(len(chain.moves))]
    for _ in range(400):
        alive.append(chain.moves @ alive[-1])
    chance = -np.diff(np.array(alive), axis=0)
    steps = np.arange(1, 401)[:, np.newaxis]
    mean = (chance * steps).sum(axis=0)
    central = [(chance * (steps - mean) ** power).sum(axis=0) for power in (2, 4)]
    for found, summed in zip(chain.steps_moments, (mean, *central), strict=True):
        assert found == pytest.approx(summed, rel=1e-10)


@pytest.mark.parametrize("name", CHAINS)
def test_debts_walk_as_the_chain_says(name: str) -> None:
    case = setup(name)
    assert rejected(scores(name, case.chain, case.walkers, LUCK[name])) == {}


@pytest.mark.parametrize("name", CHAINS)
def test_debts_walk_so_in_simpy_too(name: str) -> None:
    """With fewer debts, and row for row as in the other engine."""
    case = setup(name)
    few = np.full_like(case.walkers, SIMPY_WALKERS)
    assert rejected(scores(name, case.chain, few, LUCK[name], "both")) == {}


@pytest.mark.parametrize(
    ("name", "state", "less", "more"), [(name, *wrong) for name in CHAINS for wrong in setup(name).wrong]
)
def test_a_share_two_per_cent_too_small_is_rejected(name: str, state: str, less: str, more: str) -> None:
    """From the state in question; first by algebra, which says whether there are debts enough and what will differ most."""
    case = setup(name)
    wrong = case.chain.wrong(state, less, more, WRONG)
    walkers = np.where(np.array(case.chain.states) == state, case.walkers, 0)
    right = expected(case.chain, walkers, case.portfolio, case.scale)
    changed = expected(wrong, walkers, case.portfolio, case.scale)
    shift = {key: abs(changed[key][0] - value) / max(error, 1e-12) for key, (value, error) in right.items()}
    sharpest = max(shift, key=lambda key: shift[key])
    assert shift[sharpest] > POWER
    assert sharpest in rejected(scores(name, wrong, walkers, LUCK[name]))


def test_kronor_that_go_together_are_rejected() -> None:
    """Claims of 4 kr: every mean is the same, and only the variance of the totals, fourfold, can tell."""
    case = setup("mc_01")
    together = own_draws(0x70A4D1E95B3C4826AF18C3D06E927B5F, kronor_together=4)
    found = rejected(scores("mc_01", case.chain, case.walkers, together))
    assert set(found) == {f"var kr {end}, {kind}" for end in case.chain.ends for kind in PORTFOLIOS}


# Stations with queues

TICKS = 10_000
LANES, LANES_OF_WRONG, LENGTH, WARM_UP = 100, 25, 40_000, 1_000
STATION_SEED = 0x2D90B6F85E1749C3A07B4E63D81C5F2A


@dataclass(frozen=True, eq=False)
class Stations:
    """Two stations in series, one server each; ``back`` is the share of the second station's work that starts again."""

    tables: Ints
    back: float

    @property
    def plan(self) -> Plan:
        moves, exits = np.array([[0.0, 1.0], [self.back, 0.0]]), np.array([[0.0], [1.0 - self.back]])
        return plan_of(Chain(("first", "second"), ("out",), moves, exits), work=self.tables)


def stations() -> tuple[float, Stations]:
    """Arrivals a time unit and the stations of the worked case."""
    given = CASES["jack_01"]["given"]
    tables = np.array([exponential_table(float(TICKS / Fraction(rate))) for rate in given["service"]])
    return float(Fraction(given["arrival"])), Stations(tables, float(Fraction(given["back"])))


def number_present(arrival: float, table: npt.NDArray[np.integer]) -> float:
    """Mean number at an M/G/1 station with this work (Pollaczek and Khinchin)."""
    work = table / TICKS
    rho = arrival * float(work.mean())
    return rho + arrival**2 * float((work**2).mean()) / (2 * (1 - rho))


def lane_of(number: int, plan: Plan, length: int = LENGTH) -> CaseInput:
    """Cases of one lane: a Poisson number, at uniform times."""
    generator = np.random.Generator(np.random.PCG64([STATION_SEED, number]))
    arrival, _ = stations()
    count = generator.poisson(arrival * length)
    return drawn(plan, np.sort(generator.integers(0, length * TICKS, count)), generator)


def lane_controls(cases: CaseInput, right: Stations) -> list[float]:
    """Arrivals a time unit, and work of a case at either station, as the right plan makes them of the lane's draws."""
    counted = cases.start >= WARM_UP * TICKS
    threshold = right.plan.threshold[1, 0, 0, 0]
    room = cases.first_column[1]
    back = cases.uniforms[counted, room:, 0] < threshold
    rounds = np.argmin(back, axis=1)[:, np.newaxis]
    carried_out = np.arange(room) <= rounds
    work = [
        float(table[cases.uniforms[counted, first : first + room, 2] >> TABLE_SHIFT].sum(where=carried_out))
        for table, first in zip(right.tables, (0, room), strict=True)
    ]
    n = int(counted.sum())
    return [n / (LENGTH - WARM_UP), work[0] / n / TICKS, work[1] / n / TICKS]


def lane_numbers(cases: CaseInput, log: EventLog) -> list[float]:
    """Mean number present at either station in the counted time, and mean time in the network of those who arrive in it."""
    begin, end = WARM_UP * TICKS, LENGTH * TICKS
    done, ended = log.kind == DONE, log.kind == ENDED
    present = np.minimum(log.minute[done], end) - np.maximum(log.release[done], begin)
    present = np.bincount(log.step[done], np.maximum(present, 0), 2) / (end - begin)
    times = log.minute[ended] - cases.start[log.case[ended]]
    return [*present.tolist(), float(times[cases.start[log.case[ended]] >= begin].mean()) / TICKS]


def station_scores(simulated: Stations, n_lanes: int) -> dict[str, tuple[float, float]]:
    """Standard errors between simulated stations and the worked case, and the relative standard errors."""
    arrival, right = stations()
    plan = simulated.plan
    rows = []
    for number in range(n_lanes):
        cases = lane_of(number, plan)
        rows.append(lane_numbers(cases, get_engine("compiled")(plan, cases)) + lane_controls(cases, right))
    lanes = np.array(rows)
    visits = 1 / (1 - right.back)
    means = np.array([arrival, *(visits * right.tables.mean(axis=1) / TICKS)])
    design = np.hstack([np.ones((n_lanes, 1)), lanes[:, 3:] / means - 1])
    found = {}
    for column, key in enumerate(("L_1", "L_2", "W")):
        slopes = np.linalg.lstsq(design, lanes[:, column], rcond=None)[0]
        rest = lanes[:, column] - design @ slopes
        error = math.sqrt(rest @ rest / (n_lanes - design.shape[1]) * np.linalg.inv(design.T @ design)[0, 0])
        exact = CASES["jack_01"]["exact"][key]
        found[key] = (float(slopes[0]) - exact) / error, error / exact
    return found


def test_jacksons_formula_gives_the_published_numbers() -> None:
    given, back = CASES["jack_01"]["given"], Fraction(CASES["jack_01"]["given"]["back"])
    arrival = Fraction(given["arrival"])
    loads = [arrival / (1 - back) / Fraction(rate) for rate in given["service"]]
    present = [load / (1 - load) for load in loads]
    found = dict(zip(("rho_1", "rho_2", "L_1", "L_2"), map(float, loads + present), strict=True))
    found["W"] = float(sum(present) / arrival)
    assert found == pytest.approx(CASES["jack_01"]["exact"], rel=1e-12)


def test_work_tables_are_exponential_but_for_little() -> None:
    """What the module's text says of the mean, the mean square, and the number present that a station would lack."""
    arrival, right = stations()
    for place, table in enumerate(right.tables, 1):
        mean = TICKS / float(Fraction(CASES["jack_01"]["given"]["service"][place - 1]))
        assert table.mean() == pytest.approx(mean, rel=1e-5)
        assert (table**2).mean() == pytest.approx(2 * mean**2 * (1 - 0.00053), rel=1e-5)
        quantiles = quantile_table("exponential", mean=mean)
        exact = CASES["jack_01"]["exact"][f"L_{place}"]
        lacking = [1 - number_present(arrival / (1 - right.back), which) / exact for which in (table, quantiles)]
        assert 0.0003 < lacking[0] < 0.0004
        assert 0.002 < lacking[1] < 0.003


def test_stations_fill_as_jackson_says() -> None:
    """Precise to 0.3 % of L_1 and 0.2 % of L_2 and W, so that errors of 2.4, 1.5 and 1.7 % are found."""
    arrival, right = stations()
    found = station_scores(right, LANES)
    assert rejected({key: z for key, (z, _) in found.items()}) == {}
    for key, largest in (("L_1", 0.003), ("L_2", 0.002), ("W", 0.0022)):
        assert found[key][1] < largest
    for place, table in enumerate(right.tables, 1):
        exact = CASES["jack_01"]["exact"][f"L_{place}"]
        lacking = exact - number_present(arrival / (1 - right.back), table)
        assert 0 <= lacking < found[f"L_{place}"][1] * exact / 4


@pytest.mark.parametrize(("pace", "back"), [(0.97, 0.3), (1.0, 0.27)], ids=["work 3 % too short", "back 27 %"])
def test_wrong_stations_are_rejected(pace: float, back: float) -> None:
    _, right = stations()
    wrong = Stations(np.rint(right.tables * pace).astype(np.int64), back)
    found = {key: z for key, (z, _) in station_scores(wrong, LANES_OF_WRONG).items()}
    assert rejected(found).keys() == {"L_1", "L_2", "W"}
    assert max(found.values()) < 0


def test_stations_are_the_same_in_simpy() -> None:
    plan = stations()[1].plan
    log = both(plan, lane_of(0, plan, length=2_000))
    assert (log.kind == ENDED).sum() > 900


# Stock without queues

MINUTES_A_YEAR = 365 * 1440
STOCKS, STOCKS_OF_WRONG, STOCKS_AT_ONCE = 800, 100, 20
STOCK_SEED = 0x83E1B0D64F7A4925BC18E05D2A96F734


def stays(kind: str) -> Ints:
    """Stays in minutes by table entry."""
    mean = CASES["mginf_01"]["given"]["stay"] * MINUTES_A_YEAR
    return exponential_table(mean) if kind == "exponential" else np.full(TABLE_SIZE, mean, np.int64)


def stocks(stay: Ints, number: int, engine: Engine, *, poisson: bool = True) -> Ints:
    """Numbers present at t in independent stocks; the plan's horizon is t, so that whoever has not ended is present."""
    given = CASES["mginf_01"]["given"]
    end = given["t"] * MINUTES_A_YEAR
    plan = plan_of(Chain(("stay",), ("left",), np.zeros((1, 1)), np.ones((1, 1))), delay=stay, horizon=end)
    generator, found = np.random.Generator(np.random.PCG64(STOCK_SEED)), []
    for first in range(0, number, STOCKS_AT_ONCE):
        n, mean = min(STOCKS_AT_ONCE, number - first), given["arrival"] * given["t"]
        arrivals = generator.poisson(mean, n) if poisson else np.full(n, mean)
        stock = np.repeat(np.arange(n), arrivals)
        log = engine(plan, drawn(plan, generator.integers(0, end, len(stock)), generator))
        found.append(arrivals - np.bincount(stock[log.case[log.kind == ENDED]], minlength=n))
    return np.concatenate(found)


def stock_scores(kind: str, present: Ints) -> dict[str, float]:
    """Standard errors between stocks and the worked case, whose fourth central moment is that of Poisson."""
    exact, n = CASES["mginf_01"]["exact"], len(present)
    mean, sd = exact[f"mean_{kind}"], exact[f"sd_{kind}"]
    sd_error = float(variance_error(sd**2, mean + 3 * mean**2, n)) / (2 * sd)
    return {
        "mean": (float(present.mean()) - mean) / (sd / math.sqrt(n)),
        "sd": (float(present.std(ddof=1)) - sd) / sd_error,
    }


@pytest.mark.parametrize("kind", ["exponential", "fixed"])
def test_the_stock_formula_gives_the_published_numbers(kind: str) -> None:
    """Mean arrival x E min(stay, t) for the table that the plan has; with an exponential stay also by formula."""
    given, exact = CASES["mginf_01"]["given"], CASES["mginf_01"]["exact"]
    shorter = float(np.minimum(stays(kind) / MINUTES_A_YEAR, given["t"]).mean())
    assert given["arrival"] * shorter == pytest.approx(exact[f"mean_{kind}"], rel=1e-5)
    assert exact[f"sd_{kind}"] == pytest.approx(math.sqrt(exact[f"mean_{kind}"]), rel=1e-12)
    formula = given["arrival"] * given["stay"] * -math.expm1(-given["t"] / given["stay"])
    assert exact["mean_exponential"] == pytest.approx(formula, rel=1e-12)


@pytest.mark.parametrize("kind", ["exponential", "fixed"])
def test_a_stock_is_poisson_around_its_mean(kind: str) -> None:
    """800 stocks: errors of 0.4 % of the mean and 20 % of the standard deviation are found."""
    assert rejected(stock_scores(kind, stocks(stays(kind), STOCKS, get_engine("compiled")))) == {}


@pytest.mark.parametrize("kind", ["exponential", "fixed"])
def test_wrong_stocks_are_rejected(kind: str) -> None:
    """Stays 3 % too short by the mean; as many arrivals in every stock by the standard deviation, and by that alone."""
    compiled = get_engine("compiled")
    shorter = stocks(stays(kind) * 97 // 100, STOCKS_OF_WRONG, compiled)
    assert rejected(stock_scores(kind, shorter)).keys() == {"mean"}
    alike = stocks(stays(kind), STOCKS, compiled, poisson=False)
    assert rejected(stock_scores(kind, alike)).keys() == {"sd"}


def test_a_stock_is_the_same_in_simpy() -> None:
    assert abs(stock_scores("exponential", stocks(stays("exponential"), 2, both))["mean"]) < Z
