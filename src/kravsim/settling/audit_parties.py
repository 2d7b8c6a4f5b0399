"""Who pays whom on the lines that a scenario prices, and whether statements of interest are at their price: a second route.

This file imports nothing from the booking.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kravsim.ledger.accounts import (
    AGENCY,
    CASH,
    CHARGES,
    COURT,
    FOREIGN_AGENCY,
    KRONOFOGDEN,
    LINE,
    PARTIES,
    REGION,
    STAFF,
    SUPPLIER,
    Ints,
)
from kravsim.ledger.faults import fault
from kravsim.phrases import phrase
from kravsim.units import ore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kravsim.errors import Problem
    from kravsim.scenario.schema import Model
    from kravsim.settling.tally import Tally

_TO_SUPPLIERS = (
    "letter",
    "check",
    "staff_overhead",
    "recruitment",
    "temporary_staff",
    "system_operation",
    "system_once",
)
_TO_THE_AGENCY = ("agency_charge", "case_price", "paid_case_price", "commission")
"""Lines that the region pays, by whom it pays."""
SHARES = {charge: f"{charge}_share" for charge in CHARGES if f"{charge}_share" in LINE}
"""Lines of what the agency has of a charge, which bear its name."""


def wrong_parties(tally: Tally, models: Sequence[Model]) -> list[Problem]:
    """On each line of these, nobody pays but who should, and nobody is paid but who should be (§M12-§M22, §M24).

    Parameters
    ----------
    tally : Tally
    models : sequence of Model
        By any of which an amount may be agreed.
    """
    amounts, problems = tally.amounts.sum(axis=(0, 1))[CASH], []
    agreed = dict[str, set[tuple[int, int]]]()
    for model in models:
        for line, pairs in _pairs(model).items():
            agreed.setdefault(line, set()).update(pairs)
    for line, allowed in agreed.items():
        for payer, receiver in zip(*np.nonzero(amounts[LINE[line]]), strict=True):
            if (payer, receiver) not in allowed:
                found = phrase("{payer} pays {receiver}", payer=PARTIES[payer], receiver=PARTIES[receiver])
                who = "; ".join(f"{PARTIES[one]}, {PARTIES[other]}" for one, other in sorted(allowed))
                problems.append(fault(line, found, phrase("payer and receiver as agreed: {who}", who=who)))
    return problems


def _pairs(model: Model) -> dict[str, set[tuple[int, int]]]:
    """Who may pay whom on each line, by a model."""
    theirs = AGENCY if model.contract is not None else SUPPLIER
    abroad = AGENCY if model.contract is not None else FOREIGN_AGENCY
    to = dict.fromkeys(_TO_SUPPLIERS, SUPPLIER) | dict.fromkeys(("staff_pay", "overtime"), STAFF)
    to |= dict.fromkeys((*_TO_THE_AGENCY, *SHARES.values()), AGENCY)
    to |= {"foreign_collection": abroad, "ku25": theirs, "kronofogden_outlay": KRONOFOGDEN, "court_outlay": COURT}
    pairs = {line: {(REGION, receiver)} for line, receiver in to.items()} | {"contract_payment": {(AGENCY, REGION)}}
    for line in ("kronofogden_outlay", "court_outlay"):
        pairs[line] |= {(AGENCY, to[line])}
    return pairs


def wrong_statements(booked: Ints, models: Sequence[Model]) -> list[Problem]:
    """Statements of interest are each at their price (§M20).

    Parameters
    ----------
    booked : int64 array, shape (books, lines, parties, parties)
        Öre.
    models : sequence of Model
        By any of which one may be paid.
    """
    terms = [model.contract if model.contract is not None else model.unit_costs for model in models]
    price = math.gcd(*(0 if one is None else ore(one.ku25_statement_kr.value) for one in terms))
    found = int(booked[CASH, LINE["ku25"]].sum())
    if found % price if price else found:
        wanted = phrase("statements at {price} öre each", price=price)
        return [fault("ku25", phrase("{found} öre", found=found), wanted)]
    return []
