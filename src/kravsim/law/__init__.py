"""What the law says on a date: statutory fees, Kronofogden's and the courts' fees, and late-payment interest.

Ask `load_law` for the tables, `Law` for a figure with its source, `interest_ore` for the interest on one claim, and
`Law.on_days` for the law laid out by day. A date the tables do not cover is a `LawError`, never the last known value.
"""

from __future__ import annotations

from kravsim.law.cover import check_cover, covered, frozen_changes
from kravsim.law.days import INTEREST_DENOMINATOR, LawDays
from kravsim.law.interest import (
    DAY_COUNTS,
    InterestPeriod,
    interest_ore,
    interest_periods,
    reference_rate_from_policy,
)
from kravsim.law.lawbook import Law, load_law
from kravsim.law.paths import PATH_NAMES, asks_beyond_the_table, law_of, path_of
from kravsim.law.tables import QUANTITIES, Entry
from kravsim.law.times import COURT_REQUEST_DAYS

__all__ = [
    "COURT_REQUEST_DAYS",
    "DAY_COUNTS",
    "INTEREST_DENOMINATOR",
    "PATH_NAMES",
    "QUANTITIES",
    "Entry",
    "InterestPeriod",
    "Law",
    "LawDays",
    "asks_beyond_the_table",
    "check_cover",
    "covered",
    "frozen_changes",
    "interest_ore",
    "interest_periods",
    "law_of",
    "load_law",
    "path_of",
    "reference_rate_from_policy",
]


def __dir__() -> list[str]:
    return sorted(__all__)
