"""A valid scenario with one mutation: refused in words that name the key, or a run that satisfies the ledger.

The scenario is the real case shrunk to some hundred claims. The audit recomputes every öre in every run, so a run that
returns has satisfied the ledger. Never another exception, never a run of minutes: what would be too large is refused by its
estimate. The same mutations with other seeds: ``python -m tests.validation.test_fuzz_runs FIRST COUNT``.
"""

from __future__ import annotations

import copy
import datetime as dt
import math
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.errors import KravsimError, Problem
from kravsim.scenario import Scenario
from kravsim.scenario.describe import numbers
from kravsim.scenario.limits import Limits
from kravsim.scenario.reader import Sheet, is_number_table
from tests.properties.strategies import tiny

Path = tuple[Any, ...]

LONGEST: Final = 5.0
"""Seconds a mutated scenario may take, compilation apart."""
MOST_MEMORY_GIB: Final = 0.35
EXAMPLES: Final = 150
UNTOUCHED: Final = ("sources", "targets")
"""Tables that a run does not read; tests/unit mutates them too."""
STRANGE: Final = (
    True, "60", "1,5", "", [], {}, [1], None, {"value": 1}, 1.5, 3, -1, 0, dt.date(2017, 1, 1), 2**63, 16**5000,
)  # fmt: skip
NO_NUMBERS: Final = (math.nan, math.inf, -math.inf, -0.0)
OFTEN_SPECIAL: Final = (0, 0.0, 1, 1.0, 0.5, 2, 100, 1e-9, 0.999999999)
POWERS: Final = (-9, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 9, 12)
PARTS: Final = ("value", "low", "mode", "high")
LARGEST: Final = {"count": 10**5, "kr": 10**7, "days": 5000, "minutes": 5000}
"""Where numbers inside their limits are drawn from; more is refused by its size, which says little."""

TINY = tiny()
TABLES = TINY.sheet.tables


def paths_of(content: object, path: Path = ()) -> list[Path]:
    """Every key and place of nested tables and lists."""
    inner: list[tuple[Any, object]] = []
    if isinstance(content, dict):
        inner = [(key, item) for key, item in content.items() if path or key not in UNTOUCHED]
    elif isinstance(content, list):
        inner = list(enumerate(content))
    return [found for key, item in inner for found in ((*path, key), *paths_of(item, (*path, key)))]


def at(tables: Any, path: Path) -> Any:
    """What stands at a path."""
    for key in path:
        tables = tables[key]
    return tables


PATHS = paths_of(TABLES)
NUMBERS = [path for path in PATHS if type(at(TABLES, path)) in {int, float}]
WHOLE = [path for path in PATHS if is_number_table(at(TABLES, path))]
NAMED = [path for path in PATHS if isinstance(path[-1], str)]
LIMITS = {tuple(key.split(".")): limits for key, _, limits in numbers(TINY.data) if limits is not None}


def of_another_type(tables: Any, rng: random.Random) -> Path:
    path = rng.choice(PATHS)
    at(tables, path[:-1])[path[-1]] = rng.choice(STRANGE)
    return path


def no_number(tables: Any, rng: random.Random) -> Path:
    path = rng.choice(NUMBERS)
    at(tables, path[:-1])[path[-1]] = rng.choice(NO_NUMBERS)
    return path


def deleted(tables: Any, rng: random.Random) -> Path:
    path = rng.choice(PATHS)
    del at(tables, path[:-1])[path[-1]]
    return path


def duplicated(tables: Any, rng: random.Random) -> Path:
    """A list with an item twice, or a key under a second name."""
    path = rng.choice(PATHS)
    around = at(tables, path[:-1])
    if isinstance(around, list):
        around.append(copy.deepcopy(around[path[-1]]))
        return path
    around[f"{path[-1]}_2"] = copy.deepcopy(around[path[-1]])
    return (*path, f"{path[-1]}_2")


def renamed(tables: Any, rng: random.Random) -> Path:
    """One letter of a key replaced."""
    path = rng.choice(NAMED)
    around, key = at(tables, path[:-1]), path[-1]
    place = rng.randrange(len(key))
    other = f"{key[:place]}{rng.choice('abcxyz_1')}{key[place + 1 :]}"
    around[other] = around.pop(key)
    return (*path, other)


def scaled(tables: Any, rng: random.Random) -> Path:
    """A number with its range, times a power of ten."""
    path, power, whole = rng.choice(WHOLE), rng.choice(POWERS), rng.random() < 0.7
    table = at(tables, path)
    for part in PARTS:
        if part in table:
            number = table[part]
            moved = number * 10**power if power > 0 and isinstance(number, int) else number * 10.0**power
            table[part] = round(moved) if whole and isinstance(number, int) else moved
    return path


def scaled_alone(tables: Any, rng: random.Random) -> Path:
    """A number of a range, or of a list, times a power of ten."""
    path = rng.choice(NUMBERS)
    at(tables, path[:-1])[path[-1]] *= 10.0 ** rng.choice(POWERS)
    return path


def special(tables: Any, rng: random.Random) -> Path:
    """A number with its range replaced by one at the border of something."""
    path = rng.choice(WHOLE)
    put(at(tables, path), [rng.choice(OFTEN_SPECIAL)] * 3)
    return path


def inside_its_limits(tables: Any, rng: random.Random) -> Path:
    """A number with its range replaced by any that its key takes, the limits themselves among them."""
    path = rng.choice(list(LIMITS))
    put(at(tables, path), sorted(allowed(LIMITS[path], rng) for _ in range(3)))
    return path


def put(table: dict[str, Any], given: list[float]) -> None:
    """Write low, mode and high, or the middle one as a value without a range."""
    if "mode" in table:
        table.update(zip(("low", "mode", "high"), given, strict=True))
        return
    table["value"] = given[1]
    for part in ("low", "high", "dist"):
        table.pop(part, None)


def allowed(limits: Limits, rng: random.Random) -> float:
    low, high = limits.ge or 0, min(limits.le or 10**6, LARGEST.get(limits.unit, 10**6))
    least = max(low, 1e-6)
    number = rng.choice((low, high, rng.uniform(low, high), least * (high / least) ** rng.random()))
    return round(number) if limits.integer else number


MUTATIONS: Final[tuple[Callable[[Any, random.Random], Path], ...]] = (
    of_another_type, no_number, deleted, duplicated, renamed, scaled, scaled_alone, special, inside_its_limits,
)  # fmt: skip


def run(tables: dict[str, Any], seed: int) -> tuple[Problem, ...]:
    """Run a scenario once; gives the problems for which it was refused.

    An error that kravsim did not foresee fails the test, also when it arrives wrapped in one that it did.
    """
    try:
        scenario = Scenario.from_sheet(Sheet(tables, {(): "case.toml"}))
        model = scenario.models[seed % len(scenario.models)]
        ks.simulate(
            scenario, model=model, replications=1, seed=seed, workers=1, progress=False, max_memory_gib=MOST_MEMORY_GIB
        )
    except KravsimError as error:
        if error.__cause__ is not None and not isinstance(error.__cause__, KravsimError):
            raise error.__cause__ from None
        return error.problems
    return ()


def names_the_key(problems: tuple[Problem, ...], path: Path) -> bool:
    """Tell whether a refusal leads to the key that was touched: by its own name, or by that of a table above it."""
    said = "\n".join(map(str, problems))
    return any(str(part) in said for part in path if isinstance(part, str) and part not in PARTS)


def check(kind: Callable[[Any, random.Random], Path], seed: int) -> bool:
    """Hold one mutation against what is promised; tells whether it could be run."""
    tables = copy.deepcopy(TABLES)
    path = kind(tables, random.Random(seed))  # noqa: S311 - no secret depends on it
    begun = time.perf_counter()
    problems = run(tables, seed)
    assert time.perf_counter() - begun < LONGEST, path
    if not problems:
        return True
    assert names_the_key(problems, path), f"{path}: {problems}"
    for problem in problems:
        assert problem.allowed
        assert problem.remedy
    return False


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Let the engine be compiled before anything is timed."""
    for seed, _ in enumerate(TINY.models):
        assert run(copy.deepcopy(TABLES), seed) == ()


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(st.sampled_from(MUTATIONS), st.integers(0, 2**32))
def test_one_mutation_is_refused_in_words_or_runs(kind: Callable[[Any, random.Random], Path], seed: int) -> None:
    check(kind, seed)


def test_mutations_are_of_both_sorts() -> None:
    """A fuzzer whose every scenario is refused, or every one accepted, would find nothing."""
    outcomes = Counter(check(kind, seed) for kind in (scaled, special) for seed in range(8))
    assert min(outcomes[True], outcomes[False]) >= 2


PLANS = {f"behaviour.{kind}.instalment_plan_share": 0.5 for kind in ("forgetful", "slow")}
PLANS |= {f"behaviour.{kind}.demand_paid_share": 0.0 for kind in ("forgetful", "slow")}


@pytest.mark.parametrize(
    "changes",
    [
        {"invoices.hand_over_min_age_days": 0},  # handed over before it is due: interest from a day beyond the last
        {"timing.instalment_days": 0, "timing.instalment_default_days": 0, **PLANS},  # several payments on one day
    ],
    ids=["handed over before due", "instalments on one day"],
)
def test_what_fuzzing_found_stays_mended(changes: dict[str, float]) -> None:
    for seed in range(6):
        assert run(TINY.with_changes(changes).sheet.tables, seed) == ()


def main() -> None:
    """Check many mutations, and show those that break a promise."""
    first, count = map(int, sys.argv[1:3])
    warnings.simplefilter("error")
    failed: list[str] = []
    ran = 0
    for seed in range(first, first + count):
        kind = MUTATIONS[seed % len(MUTATIONS)]
        try:
            ran += check(kind, seed)
        except Exception as error:
            failed.append(f"{kind.__name__} {seed}: {type(error).__name__}: {str(error)[:400]}")
    sys.stdout.write("\n".join([*failed, f"{count} mutations: {ran} ran, {len(failed)} broke a promise"]) + "\n")


if __name__ == "__main__":
    main()
