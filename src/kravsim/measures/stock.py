"""What becomes of a stock of claims year by year, read off a ledger: money, claims, principal, value, and ages.

With the outcome of a run it travels as numbers of it, by which it is kept and read back as any outcome is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kravsim.ledger.accounts import CASH, CHARGE, CHARGES, LINE, VALUE, WRITE_OFF
from kravsim.ledger.statement import statement_ore
from kravsim.models.process import END_CODE, SUCCESSES
from kravsim.units import DAYS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from kravsim.law import LawDays
    from kravsim.ledger.accounts import Ints, Postings
    from kravsim.ledger.booking import Ledger
    from kravsim.stream.stream import Stream

MONEY: Final[dict[str, tuple[str, ...]]] = {
    "fees": ("reminder_fees", "demand_fees", "instalment_fees", "own_work_fees"),
    "interest": ("interest",),
    "outlays_back": ("outlays_recovered",),
    "outlays": ("kronofogden_outlays", "court_outlays"),
    "agency": ("contract_payments", "agency_charges", "case_prices", "commissions"),
    "staff": ("staff_pay", "staff_overhead", "recruitment", "overtime", "temporary_staff"),
    "system": ("system_operation",),
    "letters": ("letters", "checks", "ku25_statements", "foreign_collection"),
}
"""Lines of the region's statement by what they are, with its sign; depreciation of a system that is there is left out."""
RECEIVED: Final = ("principal", "fees", "interest", "outlays_back")
SPENT: Final = ("outlays", "agency", "staff", "system", "letters")
CLAIMS: Final = ("claims_opening", "claims_paid", "claims_ended", "claims_closing")
PRINCIPAL: Final = ("principal_opening", "principal_paid", "principal_given_up", "principal_closing")
ALLOWANCE: Final = ("allowance_opening", "value_adjustment", "write_down", "allowance_released", "allowance_closing")
ITEMS: Final = (*RECEIVED, *SPENT, *CLAIMS, *PRINCIPAL, *ALLOWANCE)
"""What is kept of a year: öre, and numbers of claims."""
AGE_YEARS: Final = (1, 2, 3, 5, 7, 10)
"""Ages, years past due, at which a band ends; the last has no end."""


_NAME: Final = "stock"
_OF_AGE: Final = ("claims", "ore")


class StockYears(NamedTuple):
    """What is kept of one run of a stock.

    Attributes
    ----------
    years : int64 array, shape (years, len(ITEMS))
        Öre, and numbers of claims.
    ages : int64 array, shape (years + 1, len(AGE_YEARS) + 1, 2)
        Open claims and öre of their principal by age.
    besides : int
        Öre that are owed besides principal as the horizon opens: charges, and interest from the due date.
    """

    years: Ints
    ages: Ints
    besides: int


def stock_of(ledger: Ledger, stream: Stream, law: LawDays) -> StockYears:
    """Read what is kept off a run.

    Parameters
    ----------
    ledger : Ledger
        Of one run, whose cases are all of an opening stock.
    stream : Stream
        Of the run.
    law : LawDays
        The law by day, from day 0 on.
    """
    claims, start = stream.claims, ledger.start
    lines = np.isin(ledger.postings.line, [LINE[name] for name in CHARGES]) & (ledger.postings.day < start)
    before = ledger.postings.where(lines)
    charged = int(before.amount_ore[before.book == CHARGE].sum() - before.amount_ore[before.book == WRITE_OFF].sum())
    since = np.minimum(claims.due_day, start)
    interest = law.interest_ore(claims.principal_ore, since, np.full_like(since, start))
    return StockYears(stock_by_year(ledger, stream), stock_by_age(ledger, stream), charged + int(interest.sum()))


def as_numbers(found: StockYears) -> dict[str, float]:
    """Write it as numbers of an outcome.

    Parameters
    ----------
    found : StockYears
    """
    every = (*found.years.ravel().tolist(), *found.ages.ravel().tolist(), found.besides)
    return dict(zip(_names(len(found.years)), map(float, every), strict=True))


def of_numbers(numbers: Mapping[str, float]) -> StockYears:
    """Read back what :func:`as_numbers` wrote.

    Parameters
    ----------
    numbers : mapping of str to float
        Of an outcome, others among them.
    """
    count = sum(f"{_NAME}.{year}.{ITEMS[0]}" in numbers for year in range(len(numbers)))
    every = np.array([numbers[name] for name in _names(count)], np.int64)
    first, second = count * len(ITEMS), len(every) - 1
    years, ages = every[:first].reshape(count, -1), every[first:second].reshape(count + 1, -1, len(_OF_AGE))
    return StockYears(years, ages, int(every[-1]))


def _names(years: int) -> Iterator[str]:
    yield from (f"{_NAME}.{year}.{item}" for year in range(years) for item in ITEMS)
    bands = range(len(AGE_YEARS) + 1)
    yield from (f"{_NAME}.{year}.ages.{band}.{what}" for year in range(years + 1) for band in bands for what in _OF_AGE)
    yield f"{_NAME}.besides"


def years_of(ledger: Ledger) -> list[tuple[int, int]]:
    """Calendar years of the horizon as half-open ranges of days.

    Parameters
    ----------
    ledger : Ledger
    """
    return [year for year in ledger.years if year[0] >= ledger.start]


def stock_by_year(ledger: Ledger, stream: Stream) -> Ints:
    """What is kept of each year of the horizon: shape (years, len(ITEMS)).

    Of principal, what was open equals what is paid, given up and still open; of the allowance (what the claims policy has
    taken off the value of claims that are open), what there was and what was added equals what was released and what is left.

    Parameters
    ----------
    ledger : Ledger
        Of one run, whose cases are all of an opening stock.
    stream : Stream
        Of the run.
    """
    claims, debts, postings = stream.claims, ledger.debts, ledger.postings
    end, end_day = debts.end[claims.case], debts.end_day[claims.case]
    success = np.isin(end, [END_CODE[name] for name in SUCCESSES])
    found = []
    for first, last in years_of(ledger):
        now = postings.where((postings.day >= first) & (postings.day < last))
        lines = statement_ore(now)
        of_year = {name: sum(lines[line] for line in of) for name, of in MONEY.items()}
        ends = (end >= 0) & (end_day >= first) & (end_day < last)
        opening, closing = _open(ledger, stream, first), _open(ledger, stream, last)
        left = {day: _left(postings, stream, day) for day in (first, last)}
        allowance = {day: _allowance(postings, left[day], day) * _open(ledger, stream, day) for day in (first, last)}
        added = [_sum(now, VALUE, name) for name in ("value_adjustment", "write_down")]
        held = [int(allowance[day].sum()) for day in (first, last)]
        of_year |= {
            "principal": _sum(now, CASH, "principal"),
            "claims_opening": int(opening.sum()),
            "claims_paid": int((ends & success).sum()),
            "claims_ended": int((ends & ~success).sum()),
            "claims_closing": int(closing.sum()),
            "principal_opening": int((left[first] * opening).sum()),
            "principal_paid": _sum(now, CASH, "principal"),
            "principal_given_up": _sum(now, WRITE_OFF, "principal"),
            "principal_closing": int((left[last] * closing).sum()),
            "allowance_opening": held[0],
            "value_adjustment": added[0],
            "write_down": added[1],
            "allowance_released": held[0] + sum(added) - held[1],
            "allowance_closing": held[1],
        }
        found.append([of_year[name] for name in ITEMS])
    return np.array(found, np.int64)


def stock_by_age(ledger: Ledger, stream: Stream) -> Ints:
    """Open claims, and öre of their principal, by age: (years + 1, ages, 2), as the horizon opens and at each year's end.

    Parameters
    ----------
    ledger : Ledger
    stream : Stream
        Of the run.
    """
    years = years_of(ledger)
    days = [years[0][0], *(last for _, last in years)]
    found = np.zeros((len(days), len(AGE_YEARS) + 1, 2), np.int64)
    for table, day in zip(found, days, strict=True):
        is_open, left = _open(ledger, stream, day), _left(ledger.postings, stream, day)
        limits = [DAYS_A_YEAR * years for years in AGE_YEARS]
        band = np.searchsorted(limits, day - stream.claims.due_day, side="right")
        np.add.at(table[:, 0], band, is_open)
        np.add.at(table[:, 1], band, left * is_open)
    return found


def _open(ledger: Ledger, stream: Stream, day: int) -> NDArray[np.bool_]:
    """Which claims (C,) are open as a day begins."""
    case = stream.claims.case
    return (ledger.debts.end[case] < 0) | (ledger.debts.end_day[case] >= day)


def _left(postings: Postings, stream: Stream, day: int) -> Ints:
    """Principal left of each claim (C,) as a day begins, öre."""
    gone = (postings.line == LINE["principal"]) & np.isin(postings.book, (CASH, WRITE_OFF)) & (postings.claim >= 0)
    gone &= postings.day < day
    left = stream.claims.principal_ore.copy()
    np.subtract.at(left, postings.claim[gone], postings.amount_ore[gone])
    return left


def _allowance(postings: Postings, left: Ints, day: int) -> Ints:
    """What the policy has taken off the value of each claim (C,) as a day begins, no more than is left of it, öre."""
    mine = (postings.book == VALUE) & (postings.claim >= 0) & (postings.day < day)
    taken = np.zeros(len(left), np.int64)
    np.add.at(taken, postings.claim[mine], postings.amount_ore[mine])
    return np.minimum(taken, left)


def _sum(postings: Postings, book: int, line: str) -> int:
    return int(postings.amount_ore[(postings.book == book) & (postings.line == LINE[line])].sum())
