"""The law laid out by day, for a simulation that asks it a million times.

A `LawDays` holds for each day of a run which day's law applies to it, and the running sum of the daily interest rates,
so that the interest on any number of claims is one subtraction and one multiplication each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from kravsim.errors import LawError, Problem, RunError
from kravsim.law.tables import QUANTITIES, Table
from kravsim.phrases import phrase
from kravsim.units import BASIS_POINTS_PER_ONE, INT64_MAX, Int64Array, divide_half_up, int64_array, whole
from kravsim.workdays import day_after, plain_date

#: What principal times a sum of daily basis points is divided by to give interest: actual/365.
INTEREST_DENOMINATOR: Final = 365 * BASIS_POINTS_PER_ONE
_LARGEST_NUMERATOR: Final = (INT64_MAX - INTEREST_DENOMINATOR) // 2


@dataclass(frozen=True, eq=False, repr=False)
class LawDays:
    """The law for each day of a run; made by `Law.on_days`.

    Parameters
    ----------
    tables : mapping of str to Table
        Every figure of the law by name.
    law_fingerprint : str
        The fingerprint of that law.
    first : date
        The day with index 0.
    n_days : int
        How many days are laid out.
    start : date or None
        The days before it are a model's own history: where they lie before a table they have its earlier amounts, by
        history's rule (`Table.past_amounts`); None when there is no history.
    frozen_at : date or None
        The days after it follow the law in force on this day.

    Attributes
    ----------
    interest_bp_cum : ndarray of int64, shape (n_days + 1,)
        Sum of late-payment interest, in basis points, over the days before each index. The days (d0, d1] bear
        ``interest_bp_cum[d1 + 1] - interest_bp_cum[d0 + 1]``. Read only.

    Raises
    ------
    LawError
        When the interest tables do not answer for one of the days.
    RunError
        When an argument is not a plain date or a whole number, `n_days` is below 0, or `start` lies before `first` or
        after the day that follows the last.
    """

    tables: Mapping[str, Table]
    law_fingerprint: str
    first: date
    n_days: int
    start: date | None
    frozen_at: date | None
    interest_bp_cum: Int64Array = field(init=False)

    def __post_init__(self) -> None:
        where = "law.on_days"
        first, n_days = plain_date(self.first, "first", where), whole(self.n_days, "n_days", where, at_least=0)
        after = day_after(first, n_days)
        if self.start is not None and not first <= plain_date(self.start, "start", where) <= after:
            allowed = phrase("a day from {first}, the first day, to {after}", first=first, after=after)
            raise RunError(Problem(where, "start", self.start, allowed, "let the history begin before the start"))
        if self.frozen_at is not None:
            plain_date(self.frozen_at, "frozen_at", where)
        daily = self._amounts("reference_rate") + self._amounts("late_interest_addition")
        cumulative = np.concatenate((np.zeros(1, np.int64), np.cumsum(daily, dtype=np.int64)))
        cumulative.setflags(write=False)
        object.__setattr__(self, "interest_bp_cum", cumulative)

    def __repr__(self) -> str:
        frozen = "; ".join(self.labels) or "by date"
        return f"LawDays({self.first}, {self.n_days} days, {frozen}, {self.fingerprint[:12]})"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of the law, the days, `start` and `frozen_at`."""
        choices = (self.law_fingerprint, self.first, self.n_days, self.start, self.frozen_at)
        return hashlib.sha256("|".join(map(str, choices)).encode()).hexdigest()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Say which days follow a frozen law or what is kept for history, for results that rest on it; empty when none do."""
        labels, last = [], self.first.toordinal() + self.n_days - 1
        if self.start is not None and self.start > self.first:
            for since in sorted({table.entries[0].since for table in self.tables.values()}):
                if since > self.first:
                    names = self._names(lambda table, since=since: table.entries[0].since == since)  # type: ignore[misc]
                    labels.append(f"history before {since} has amounts kept for history alone ({names})")
        paths = self._names(lambda table: table.floats)
        if paths:
            labels.append(f"days beyond the table follow an assumed path ({paths})")
        if self.frozen_at is not None and last > self.frozen_at.toordinal():
            labels.append(f"days after {self.frozen_at} follow the law of that day, frozen")
            last = self.frozen_at.toordinal()
        for end in sorted({table.covers_until for table in self.tables.values()}):
            if last >= end.toordinal():
                names = self._names(lambda table, end=end: table.covers_until == end)  # type: ignore[misc]
                labels.append(f"days from {end} on follow no known law ({names})")
        return tuple(labels)

    def _names(self, chosen: Callable[[Table], bool]) -> str:
        return ", ".join(sorted(name for name, table in self.tables.items() if chosen(table)))

    def fee_ore(self, name: str) -> Int64Array:
        """Give an amount of the law for each day.

        Parameters
        ----------
        name : str
            A figure in kronor, such as ``"demand_fee"``.

        Returns
        -------
        ndarray of int64, shape (n_days,)
            Öre.

        Raises
        ------
        LawError
            When no amount has that name, or its table does not answer for a day that the run needs.
        """
        known = [other for other, quantity in QUANTITIES.items() if quantity.unit == "kr"]
        if name not in known:
            raise LawError(Problem("law", "name", name, ", ".join(known), "ask for one of these amounts"))
        return self._amounts(name)

    def interest_ore(self, principal_ore: npt.ArrayLike, due_day: npt.ArrayLike, paid_day: npt.ArrayLike) -> Int64Array:
        """Compute late-payment interest (dröjsmålsränta) for many claims, actual/365, to the öre.

        Parameters
        ----------
        principal_ore : array_like of int
            Öre, 0 or more.
        due_day, paid_day : array_like of int
            Day indexes from 0 to n_days - 1; interest runs on the days (due_day, paid_day]. The three are broadcast.

        Returns
        -------
        ndarray of int64
            Öre, each rounded once; 0 where `paid_day` is not after `due_day`. The same as `law.interest_ore` gives.

        Raises
        ------
        RunError
            When a number is not whole, a principal is below 0, a day lies outside the laid-out days, or principal
            times days and rate does not fit in 64 bits.
        """
        where = "LawDays.interest_ore"
        principal = int64_array(principal_ore, "principal_ore", where)
        due, paid = int64_array(due_day, "due_day", where), int64_array(paid_day, "paid_day", where)
        self._check_days(due, "due_day", where)
        self._check_days(paid, "paid_day", where)
        if principal.size and int(principal.min()) < 0:
            allowed = "0 or more öre"
            raise RunError(Problem(where, "principal_ore", int(principal.min()), allowed, "interest is on a debt"))
        bp_days = np.maximum(self.interest_bp_cum[paid + 1] - self.interest_bp_cum[due + 1], 0)
        too_large = principal > _LARGEST_NUMERATOR // np.maximum(bp_days, 1)
        if too_large.any():
            at = int(np.broadcast_to(principal, too_large.shape)[too_large].max())
            allowed = phrase("principal times basis points times days at most {most}", most=_LARGEST_NUMERATOR)
            raise RunError(Problem(where, "principal_ore", at, allowed, "use law.interest_ore, which has no limit"))
        return np.asarray(divide_half_up(np.asarray(principal * bp_days), INTEREST_DENOMINATOR))

    def _check_days(self, days: Int64Array, key: str, where: str) -> None:
        if not days.size:
            return
        for day in (int(days.min()), int(days.max())):
            if not 0 <= day < self.n_days:
                allowed = phrase("a day index from 0 to {last}; 0 is {first}", last=self.n_days - 1, first=self.first)
                remedy = "lay out the law from an earlier first day or for more days"
                raise RunError(Problem(where, key, day, allowed, remedy))

    @cached_property
    def _kept(self) -> dict[str, Int64Array]:
        """What has been read, by name: every model and every replication asks again."""
        return {}

    def _amounts(self, name: str) -> Int64Array:
        """Read a table on each day, once; read only."""
        if name not in self._kept:
            self._kept[name] = self._read(name)
            self._kept[name].setflags(write=False)
        return self._kept[name]

    def _read(self, name: str) -> Int64Array:
        """Read a table on each day; the days after `frozen_at` take the value of that day, history may lie before it."""
        table, days = self.tables[name], self.first.toordinal() + np.arange(self.n_days, dtype=np.int64)
        if self.frozen_at is not None and not table.floats and len(days) and days[-1] > self.frozen_at.toordinal():
            check_frozen(table, self.frozen_at)
            days = np.minimum(days, self.frozen_at.toordinal())
        past = 0 if self.start is None else (self.start - self.first).days
        return np.concatenate((table.past_amounts(days[:past]), table.amounts(days[past:])))


def check_frozen(table: Table, frozen_at: date) -> None:
    """Refuse a day to freeze the law at that a table does not cover; what it has for history alone is not cover.

    Parameters
    ----------
    table : Table
    frozen_at : date
        The day whose law is to hold for all days after it.

    Raises
    ------
    LawError
        When it does not.
    """
    try:
        table.at(frozen_at)
    except LawError:
        covered = phrase(
            "a day that {name} ({file}) covers: {days}",
            name=table.name,
            file=table.file,
            days=table.days_covered(frozen_at),
        )
        raise LawError(Problem("", "law.frozen_at", frozen_at, covered, "freeze the law at such a day")) from None
