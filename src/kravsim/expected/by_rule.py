"""The counted parts of the closed form: what each row of the table of rules comes to in a year (§M12-§M21).

The table is :data:`kravsim.ledger.rules.RULES`, which both bookings read too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.commission import BEGINS
from kravsim.expected.early import Early
from kravsim.expected.late import OCCASIONS, charge_kr
from kravsim.expected.tables import Tables
from kravsim.expected.year import Year
from kravsim.ledger.accounts import AGENCY, BUDGET, OUTLAYS, REGION
from kravsim.ledger.ownership import ownership
from kravsim.ledger.rules import Rule, found_at, in_force, party, passed_on, statute
from kravsim.models import agency_steps
from kravsim.models.process import STEP_CODE

Floats = NDArray[np.float64]
Numbers = dict[str, Floats]
Parts = tuple[Floats, ...]

TAKEN_BY = {
    "reminder": ("reminder",),
    "demand": ("demand",),
    "solvency_check": ("solvency_check", "estate", "foreign_collection"),
}
"""Steps with which the agency takes a case."""
BUDGET_OF = {line: budget for budget, lines in BUDGET for line in lines}
"""The budget line that gathers a line of the ledger."""


def left_of(tables: Tables, charge: str) -> float | Floats:
    """What the region has left of a krona that it receives of a charge when the agency has had its share (§M13).

    Parameters
    ----------
    tables : Tables
    charge : str
        Name in CHARGES.
    """
    left: float | Floats = 1.0
    for _, rule in in_force(tables.model):
        if rule.trigger == "received" and rule.of == charge:
            left = left * (1 - tables.batch.array(found_at(tables.model, rule.key)[""].value))
    return left


def counted_by_rule(early: Early, year: Year) -> tuple[Numbers, Floats]:
    """What rows of the table come to by budget line, for the region; and what the agency pays to others than the region.

    Shares of fees are taken with the fees (`left_of`); hires and the system's one-off cost are not counted by events.

    Parameters
    ----------
    early : Early
        The first steps, walked.
    year : Year
        What has been gathered of B sets.

    Returns
    -------
    dict of str to float64 array (B,), float64 array (B,)
        Kronor a year.
    """
    owners, of_agency = ownership(early.tables.model), np.zeros(len(early.tables.batch.which))
    paid: Numbers = {}
    for _, rule in in_force(early.tables.model):
        if rule.trigger not in COUNTERS:
            continue
        budget = BUDGET_OF[rule.line]
        payer, receiver = (party(who, owners, statute(rule)) for who in (rule.payer, rule.receiver))
        sign = (payer == REGION) - (receiver == REGION)
        for amount in COUNTERS[rule.trigger](early, year, rule):
            of_agency = of_agency + amount * (payer == AGENCY and receiver != REGION)
            paid[budget] = paid.get(budget, np.zeros(len(of_agency))) + sign * amount
    return {budget: -amount for budget, amount in paid.items() if budget}, of_agency


def _price(early: Early, rule: Rule) -> Floats:
    return np.asarray(early.tables.batch.array(found_at(early.tables.model, rule.key)[""].value))


def _charged(early: Early, year: Year, rule: Rule) -> Parts:
    """Cases at the steps, each at the law's amount (§M12)."""
    return (_cases(year, rule.steps) * charge_kr(early, statute(rule)),)


def _cases(year: Year, steps: Iterable[str]) -> Floats:
    counts = (year.steps[:, STEP_CODE[name]] for name in steps)
    return np.asarray(sum(counts, np.zeros(len(year.steps))))


def _own_step(early: Early, year: Year, rule: Rule) -> Parts:
    """Cases at the region's own steps, each at its price (§M17)."""
    own, price, found = agency_steps(early.tables.model), _price(early, rule), np.zeros(len(year.steps))
    for name in rule.steps:
        if not own[STEP_CODE[name]]:
            found = found + year.steps[:, STEP_CODE[name]] * price
    return (found,)


def _own_stay(early: Early, year: Year, rule: Rule) -> Parts:
    """Checks of all stays, where they are the region's own (§M18)."""
    own = not agency_steps(early.tables.model)[STEP_CODE[rule.steps[0]]]
    return (year.rechecks * _price(early, rule) * own,)


def _abroad(_early: Early, year: Year, _rule: Rule) -> Parts:
    """Both rules of collection abroad, added up by zone where the cases go there (§M19)."""
    return (year.abroad_kr,)


def _taken(early: Early, year: Year, rule: Rule) -> Parts:
    return (_cases(year, TAKEN_BY[early.tables.model.agency_from]) * _price(early, rule),)


def _ended(early: Early, year: Year, rule: Rule) -> Parts:
    """Cases that end, but for those that end before the agency has them (§M15)."""
    worked = BEGINS[early.tables.model.agency_from]
    cases = year.ends[:, 0].sum(axis=1) - year.ended[: worked + 1].sum(axis=0)
    return (cases * _price(early, rule),)


def _paid(early: Early, year: Year, rule: Rule) -> Parts:
    """Cases that end as paid with the agency (§M14, §M15)."""
    return (year.paid_stage[BEGINS[early.tables.model.agency_from] :].sum(axis=0) * _price(early, rule),)


def _withdrawn_late(early: Early, year: Year, rule: Rule) -> Parts:
    """What is lost of the agency's charges, by the occasion (§M16)."""
    owners = ownership(early.tables.model)
    parts: list[Floats] = []
    theirs = {name for name in passed_on(rule, early.tables.model) if owners.charge[name] == AGENCY}
    lost = year.withdrawn[:, OCCASIONS.index(rule.steps[0])]
    if theirs >= {*OUTLAYS}:
        parts.append(lost[:, 0] + lost[:, 2])
    if "payment_order_own_work" in theirs:
        parts.append(lost[:, 1])
    return tuple(parts)


def _yearly(early: Early, _year: Year, rule: Rule) -> Parts:
    return (_price(early, rule),)


def _statements(early: Early, year: Year, rule: Rule) -> Parts:
    return (year.statements * _price(early, rule),)


COUNTERS: dict[str, Callable[[Early, Year, Rule], Parts]] = {
    "charged": _charged,
    "own_step": _own_step,
    "own_stay": _own_stay,
    "step": _abroad,
    "taken": _taken,
    "ended": _ended,
    "paid": _paid,
    "withdrawn_late": _withdrawn_late,
    "year_end": _yearly,
    "statement": _statements,
}
"""What each trigger comes to in a year. Shares of fees and of what is paid abroad are taken with what they are of."""
