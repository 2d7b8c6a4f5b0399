"""``numbers``: the expected year of a model, for many parameter sets at once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.arrivals import Arrivals, arrivals
from kravsim.expected.batch import HISTORY, Batch, batches, checked
from kravsim.expected.clock import Clock
from kravsim.expected.early import Early
from kravsim.expected.history import history_settled
from kravsim.expected.late import walk_late
from kravsim.expected.missing import (
    NOTHING_TO_SHARE,
    OVERLOAD,
    RELIEF,
    SHARES_ABOVE_ONE,
    TOO_FEW_DEBTORS,
    Expected,
    MissingNumbersWarning,
    told,
)
from kravsim.expected.posts import SPELLS, base_posts_settled, needs_a_spell, posts_by_rule, used, with_posts
from kravsim.expected.principal import Sizes, sizes_of_cases
from kravsim.expected.statement import STAFF_LINES, Numbers, counted, money, work, work_minutes
from kravsim.expected.tables import Tables
from kravsim.expected.waiting import waiting
from kravsim.expected.year import Year
from kravsim.models import model_named
from kravsim.models.process import STEP_CODE
from kravsim.scenario import scenario_of

if TYPE_CHECKING:
    from kravsim.scenario import AnyScenario

WITHOUT_QUEUE = (
    "invoices",
    "late_claims",
    "claims",
    "cases",
    "mean_claim_kr",
    "referred_principal_kr",
    "posts",
    *(f"budget_{line}_kr" for line in STAFF_LINES),
)
"""Numbers that no queue changes: they are given where the staff cannot do the work that arrives, too."""
AT_ONCE = 512
"""Sets worked together: enough to spread the cost of Python, few enough for the processor's cache."""


def numbers(scenario: AnyScenario, model: str, values: Mapping[str, NDArray[np.float64]] | None = None) -> Expected:
    """Give the expected numbers of a calendar year.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its base values stand where no others are given.
    model : str
        One of its models.
    values : mapping of dotted key to array (B,), optional
        Numbers to put in place of values, one for each of B parameter sets; keys as in ``scenario.rows()``.

    Returns
    -------
    Expected
        A dict of str to array (B,). Names are those of a simulated outcome's numbers, ``budget_<line>_kr``, ``step_<step>``
        and ``end_<end>``. A number that there is not is NaN, and its ``missing`` says why: no world is possible (answers of
        a step that sum to more than 1, too few debtors to be late so often), the staff cannot do the work that arrives
        (claims, posts, pay and what else no queue changes are there), or there is nothing to take a share of.
        :data:`kravsim.expected.APPROXIMATIONS` says what is not exact.

    Raises
    ------
    ScenarioError
        When the model is not in the scenario, a key is no value, arrays differ in length, a number lies outside the limits
        of its key, or nobody is ever put under surveillance.

    Warns
    -----
    MissingNumbersWarning
        Where a world is impossible or staff overloaded, with the sets; a share of nothing is told in ``missing`` alone.
    """
    found = evaluated(scenario, model, values, whole=True)
    for one in found.missing:
        if one.reason != NOTHING_TO_SHARE:
            warnings.warn(MissingNumbersWarning(one.text(), (one,)), stacklevel=2)
    return found


def evaluated(
    scenario: AnyScenario,
    model: str,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    *,
    drawn: bool = False,
    whole: bool = False,
) -> Expected:
    """Give the same as :func:`numbers` without a word, for studies that look at ``missing`` themselves.

    Where sets are ``drawn`` worlds, posts are those that the scenario gives to drawn worlds, rather than to the base case.
    With ``whole`` a count with a fraction is refused; studies look at those in between, too.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its base values stand where no others are given.
    model : str
        One of its models.
    values : mapping of dotted key to array (B,), optional
        Numbers to put in place of values, one for each of B parameter sets.
    drawn : bool
        Whether the sets are drawn worlds.
    whole : bool
        Whether a count with a fraction is refused.

    Returns
    -------
    Expected
        As from :func:`numbers`, whose errors are these, too.
    """
    scenario = scenario_of(scenario)
    model_named(scenario.data, model)
    arrays = checked(scenario, {} if values is None else values, whole=whole)
    if HISTORY not in arrays:
        scenario = history_settled(scenario)
    if drawn:
        scenario = base_posts_settled(scenario, only_where_drawn=True)
        for name, pool in scenario.data.models[model].staff.items():
            key = f"models.{model}.staff.{name}.fte"
            if key in arrays and pool.posts is not None and pool.posts.drawn_worlds == "as_in_the_base_case":
                arrays[key] = np.full_like(arrays[key], pool.fte.value)
    spells = arrays.get(SPELLS, np.array([scenario.data.policy.surveillance_spells.value]))
    if len(spells):
        needs_a_spell(float(spells.min()))
    n = len(next(iter(arrays.values()))) if arrays else 1
    if not n:  # the names there would be, and no set
        return Expected({name: array[:0] for name, array in evaluated(scenario, model).items()})
    found: Numbers = {}
    reasons: dict[str, NDArray[np.bool_]] = {}
    for batch in batches(scenario, arrays, n, AT_ONCE):
        parts, why = _of_batch(batch, model, drawn=drawn)
        for name, part in parts.items():
            found.setdefault(name, np.full(n, np.nan))[batch.which] = part
        for reason, holds in why.items():
            reasons.setdefault(reason, np.zeros(n, bool))[batch.which] = holds
    return told(found, reasons)


def _of_batch(batch: Batch, model_name: str, *, drawn: bool) -> tuple[Numbers, dict[str, NDArray[np.bool_]]]:
    """The expected numbers of one batch: who comes, what happens to them, what it comes to; and why some are missing."""
    view: Any = batch.view
    clock = Clock.of(batch)
    came = arrivals(batch, clock.calendar)
    tables = Tables(batch, view.models[model_name], clock, {}, {})
    fits = tables.possible()
    possible = came.possible & fits
    sizes = sizes_of_cases(tables, came)
    if not tables.model.work:
        staff = waiting(tables, Year.empty(len(batch.which)))
    else:  # how much there is to do, without money, says how many posts it takes, and how long it waits
        to_do = _year(tables, came, sizes, counting=True)[1]
        tables = _with_posts_by_rule(tables, model_name, to_do, drawn=drawn)
        staff = waiting(tables, to_do)
        tables = tables.waiting(staff.retained, staff.wait)
    early, year = _year(tables, came, sizes)
    arrived = work_minutes(tables, year)
    for step, share in staff.done.items():
        year.steps[:, STEP_CODE[step]] *= share
    found = counted(early, year)
    found |= money(early, year) | work(early.tables, year, found["claims"], arrived, staff.open_hours)
    why = {TOO_FEW_DEBTORS: ~came.possible, SHARES_ABOVE_ONE: ~fits, RELIEF: staff.relieved, OVERLOAD: ~staff.possible}
    able = possible & staff.possible & ~staff.relieved
    return {
        name: np.where(possible if name in WITHOUT_QUEUE else able, amount, np.nan) for name, amount in found.items()
    }, why


def _with_posts_by_rule(tables: Tables, model: str, to_do: Year, *, drawn: bool) -> Tables:
    """The same tables with the posts that the rules of the base case, or of drawn worlds, find."""
    rules = {name: pool.posts for name, pool in tables.model.staff.items() if pool.posts is not None}
    found = {name: posts_by_rule(tables, to_do, name).fte for name, rule in rules.items() if used(rule, drawn=drawn)}
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
