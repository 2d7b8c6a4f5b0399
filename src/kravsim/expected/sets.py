"""The closed form of many parameter sets, of a scenario whose history is a number: batch by batch, with what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.arrivals import Arrivals, arrivals
from kravsim.expected.batch import Batch, batches
from kravsim.expected.by_rule import Numbers
from kravsim.expected.clock import Clock
from kravsim.expected.contradictions import shares_fit
from kravsim.expected.early import Early
from kravsim.expected.late import walk_late
from kravsim.expected.levels import at_its_level
from kravsim.expected.missing import (
    MORE_THAN_ALL_LATE,
    OVERLOAD,
    PEOPLE,
    RELIEF,
    SHARES_ABOVE_ONE,
    TOO_FEW_DEBTORS,
    Expected,
    expected_of,
)
from kravsim.expected.posts import SPELLS, needs_a_spell, needs_no_stock, posts_by_rule, used, with_posts
from kravsim.expected.principal import Sizes, sizes_of_cases
from kravsim.expected.statement import STAFF_LINES, counted, money, work, work_minutes
from kravsim.expected.tables import Tables
from kravsim.expected.waiting import Kept, waiting
from kravsim.expected.year import Year
from kravsim.models.process import STEP_CODE
from kravsim.scenario.base_posts import model_in

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.schema import Model

WITHOUT_STAFF = (
    "invoices",
    "late_claims",
    "claims",
    "cases",
    "mean_claim_kr",
    "referred_principal_kr",
    "posts",
)
LINES_OF_STAFF = tuple(f"budget_{line}_kr" for line in STAFF_LINES)
"""With these, numbers that no queue changes: they are given where the staff cannot do the work that arrives, too."""
AT_ONCE = 512
"""Sets worked together: enough to spread the cost of Python, few enough for the processor's cache."""


def of_sets(
    scenario: Scenario, model: str, arrays: Mapping[str, NDArray[np.float64]], *, drawn: bool = False
) -> Expected:
    """Give the expected numbers of a year for sets that have been checked, (B,) each; without any, those of the base case.

    Parameters
    ----------
    scenario : Scenario
        Its base values stand where no others are given.
    model : str
        One of its models.
    arrays : mapping of dotted key to float64 array, shape (B,)
        As :func:`~kravsim.expected.batch.checked` gives them.
    drawn : bool
        Whether the sets are drawn worlds, whose posts may be by another rule than those of the base case.

    Raises
    ------
    ScenarioError
        When nobody is ever put under surveillance.
    """
    model_in(scenario.data, model)  # refuses what has no closed form
    needs_no_stock(scenario.data)
    scenario, arrays = at_its_level(scenario, arrays)
    spells = arrays.get(SPELLS, np.array([scenario.data.policy.surveillance_spells.value]))
    if len(spells):
        needs_a_spell(float(spells.min()))
    n = len(next(iter(arrays.values()))) if arrays else 1
    if not n:  # the names there would be, and no set
        return Expected({name: array[:0] for name, array in of_sets(scenario, model, {}).items()})
    found: Numbers = {}
    reasons: dict[str, NDArray[np.bool_]] = {}
    for batch in batches(scenario, arrays, n, AT_ONCE):
        parts, why = _of_batch(batch, model, drawn=drawn)
        for name, part in parts.items():
            found.setdefault(name, np.full(n, np.nan))[batch.which] = part
        for reason, holds in why.items():
            reasons.setdefault(reason, np.zeros(n, bool))[batch.which] = holds
    return expected_of(found, reasons)


def _of_batch(batch: Batch, model_name: str, *, drawn: bool) -> tuple[Numbers, dict[str, NDArray[np.bool_]]]:
    """The expected numbers of one batch: who comes, what happens to them, what it comes to; and why some are missing."""
    view = batch.view
    clock = Clock.of(batch)
    came = arrivals(batch, clock.calendar)
    tables = Tables.of(batch, model_name, clock)
    fits = tables.possible() & shares_fit(view, len(batch.which))
    possible = came.possible & came.no_more_than_all & fits
    sizes = sizes_of_cases(tables, came)
    if tables.model.own_reminder is not None:
        came = came.without(tables.paid_before())
    if not tables.model.work:
        staff = waiting(tables, Year.empty(len(batch.which)))
    else:  # how much there is to do, without money, says how many posts it takes, and how long it waits
        to_do, cleared = _year(tables, came, sizes, counting=True)[1], Kept()
        tables = _with_posts_by_rule(tables, model_name, to_do, cleared, drawn=drawn)
        staff = waiting(tables, to_do, cleared)
        tables = tables.waiting(staff.retained, staff.wait)
    early, year = _year(tables, came, sizes)
    arrived = work_minutes(tables, year)
    for step, share in staff.done.items():
        year.steps[:, STEP_CODE[step]] *= share
    found = counted(early, year)
    found |= money(early, year) | work(early.tables, year, found["claims"], arrived, staff.open_hours)
    people = _follows_no_people(tables.model)
    why = {
        MORE_THAN_ALL_LATE: ~came.no_more_than_all,
        TOO_FEW_DEBTORS: ~came.possible,
        SHARES_ABOVE_ONE: ~fits,
        PEOPLE: np.full(len(possible), people),
        RELIEF: staff.relieved,
        OVERLOAD: ~staff.possible,
    }
    able = possible & staff.possible & ~staff.relieved & ~np.full(len(possible), people)
    known = (*WITHOUT_STAFF, *(() if people else LINES_OF_STAFF))
    return {name: np.where(possible if name in known else able, amount, np.nan) for name, amount in found.items()}, why


def _follows_no_people(model: Model) -> bool:
    """Whether a model says of its posts what the closed form does not follow."""
    turnovers = [pool.turnover for pool in model.staff.values() if pool.turnover is not None]
    said = [
        getattr(turnover, key) for turnover in turnovers for key in ("hiring_fails_share", "no_refill_from", "leave")
    ]
    return any(one is not None for one in said) or any(pool.post_sizes is not None for pool in model.staff.values())


def _with_posts_by_rule(tables: Tables, model: str, to_do: Year, cleared: Kept, *, drawn: bool) -> Tables:
    """The same tables with the posts that the rules of the base case, or of drawn worlds, find."""
    rules = {name: pool.posts for name, pool in tables.model.staff.items() if pool.posts is not None}
    by_rule = [name for name, rule in rules.items() if used(rule, drawn=drawn)]
    found = {name: posts_by_rule(tables, to_do, name, cleared).fte for name in by_rule}
    if not found:
        return tables
    batch = with_posts(tables.batch, model, found)
    return replace(tables, batch=batch, model=batch.view.models[model])


def _year(tables: Tables, came: Arrivals, sizes: Sizes, *, counting: bool = False) -> tuple[Early, Year]:
    """Walk the process; when ``counting``, for the number of cases at each step alone."""
    year = Year.empty(len(tables.batch.which))
    early = Early(tables, came, sizes, year, counting=counting)
    walk_late(tables, early, early.walk(), year)
    return early, year
