"""What a statute says on a date: entries, the tables they stand in, and how a table answers.

A table is the history of one figure. It answers for the days it has knowledge of and for no other: before its first
entry, in a gap and from `covers_until` on it raises, because the last known value is not an answer.

A model's own history, in which the opening stock is built up, may begin before the table. For those days alone a table has
earlier amounts, and before the earliest of them that one holds (`Table.past_amounts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from kravsim.errors import LawError, Problem
from kravsim.phrases import phrase
from kravsim.units import Int64Array

Unit = Literal["kr", "percent"]
Status = Literal["sourced", "derived", "assumed"]

OWN_RATES: Final = "own"
"""The name of a path of the reference rate that a scenario gives itself, half-year by half-year."""
STATUSES: Final[tuple[Status, ...]] = ("sourced", "derived", "assumed")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a figure of the law may look like.

    Parameters
    ----------
    unit : {"kr", "percent"}
        Amounts are held in öre, rates in basis points (hundredths of a per cent).
    low, high : int
        Smallest and largest value, in öre or basis points.
    step : int
        Every value is a multiple of this, in öre or basis points.
    half_yearly : bool
        Whether the figure is fixed anew on 1 January and 1 July, so that an entry holds for one half-year only.
    """

    unit: Unit
    low: int
    high: int
    step: int = 1
    half_yearly: bool = False


_AMOUNT: Final = Quantity("kr", 0, 1_000_000_000)

#: Every figure the model knows by name. Swedish terms stand in the tables, under `what`.
QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        "reminder_fee": _AMOUNT,
        "demand_fee": _AMOUNT,
        "instalment_plan_fee": _AMOUNT,
        "instalment_notice_fee": _AMOUNT,
        "late_payment_compensation": _AMOUNT,
        "payment_order_application": _AMOUNT,
        "payment_order_own_work": _AMOUNT,
        "enforcement_basic_fee": _AMOUNT,
        "summons_small": _AMOUNT,
        "summons_large": _AMOUNT,
        "payment_order_supplement_small": _AMOUNT,
        "payment_order_supplement_large": _AMOUNT,
        "bankruptcy_petition": _AMOUNT,
        "half_price_base_amount": _AMOUNT,
        "reference_rate": Quantity("percent", -800, 10_000, step=50, half_yearly=True),
        "late_interest_addition": Quantity("percent", 0, 10_000),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of one figure, with where it comes from and the days it answers for.

    Parameters
    ----------
    name : str
        The figure, a key of `QUANTITIES`.
    value : Decimal
        The exact value in `unit`.
    unit : {"kr", "percent"}
        Kronor, or per cent a year.
    in_force : date
        The day the value came into force, or the earliest day it is claimed for.
    source : str
        Where the value is stated.
    status : {"sourced", "derived", "assumed"}
        How sure the value is on the days from `since` to `until`.
    checked_on : date
        When the source was last looked at.
    note : str
        What a reader should know before using the value; may be empty.
    since, until : date
        The entry answers for the days from `since` up to but not including `until`. `since` is later than `in_force`
        where the later days of a value rest on less than its first.
    start_status : {"sourced", "derived", "assumed"}
        How sure the date `in_force` is.
    """

    name: str
    value: Decimal
    unit: Unit
    in_force: date
    source: str
    status: Status
    checked_on: date
    note: str
    since: date
    until: date
    start_status: Status

    @property
    def amount(self) -> int:
        """The value as a whole number of öre (kr) or basis points (per cent)."""
        return int(Fraction(self.value) * 100)


@dataclass(frozen=True, slots=True)
class Table:
    """The history of one figure.

    Parameters
    ----------
    name : str
        The figure, a key of `QUANTITIES`.
    what : str
        What it is in words, with its Swedish term and section.
    covers_until : date
        The first day the table knows nothing about.
    entries : tuple of Entry
        In order of `since`, not overlapping.
    file : str
        The file it was read from, for messages.
    history : tuple of Entry
        Earlier amounts, in order of `since`, the last up to the first of `entries`: for a model's own history alone.
    floats : bool
        Whether its days after a day at which the law is frozen follow it by date all the same: a path goes on where it ended.
    """

    name: str
    what: str
    covers_until: date
    entries: tuple[Entry, ...]
    file: str
    history: tuple[Entry, ...] = ()
    floats: bool = False

    def at(self, day: date) -> Entry:
        """Give the entry that answers for `day`.

        Parameters
        ----------
        day : date
            A plain date.

        Returns
        -------
        Entry
            That with ``since <= day < until``.

        Raises
        ------
        LawError
            When `day` is before the first entry, in a gap between two entries, or at or after `covers_until`.
        """
        for entry in self.entries:
            if entry.since <= day < entry.until:
                return entry
        raise LawError(self.silence(day))

    def amounts(self, days: Int64Array) -> Int64Array:
        """Give the value in öre or basis points on each of many days.

        Parameters
        ----------
        days : ndarray of int64
            Proleptic ordinals, as of `date.toordinal`.

        Raises
        ------
        LawError
            When the table does not answer for one of the days; the first of them is named.
        """
        return self._amounts(self.entries, days)

    def past_amounts(self, days: Int64Array) -> Int64Array:
        """Give the value on days of a model's own history, which may lie before the table.

        Parameters
        ----------
        days : ndarray of int64
            Proleptic ordinals. Before the earliest known amount that amount holds.

        Raises
        ------
        LawError
            When a day lies in a gap of the table, or at or after `covers_until`.
        """
        known = (*self.history, *self.entries)
        return self._amounts(known, np.maximum(days, known[0].since.toordinal()))

    def _amounts(self, entries: tuple[Entry, ...], days: Int64Array) -> Int64Array:
        since = np.array([entry.since.toordinal() for entry in entries], np.int64)
        until = np.array([entry.until.toordinal() for entry in entries], np.int64)
        amount = np.array([entry.amount for entry in entries], np.int64)
        position = np.searchsorted(since, days, side="right") - 1
        silent = (position < 0) | (days >= until[position])
        if silent.any():
            raise LawError(self.silence(date.fromordinal(int(days[np.argmax(silent)]))))
        return amount[position]

    def gaps(self) -> tuple[tuple[date, date], ...]:
        """The half-open spans within the table for which it has no entry, in order."""
        starts = [*(entry.since for entry in self.entries[1:]), self.covers_until]
        return tuple(
            (entry.until, start) for entry, start in zip(self.entries, starts, strict=True) if entry.until < start
        )

    def silence(self, day: date) -> Problem:
        """Say why the table does not answer for `day`, which days it covers, and what to do.

        Parameters
        ----------
        day : date
            A day that the table does not answer for.
        """
        first = self.entries[0]
        if self.floats and day >= self.covers_until:
            return self._path_ends(day)
        remedy = phrase("give a table that covers the day with load_law(directory)")
        if day >= self.covers_until:
            remedy = phrase("give law.frozen_at, a day whose law is to hold from there on, or {remedy}", remedy=remedy)
        elif day < first.since:
            unsure = phrase(" (when the value began is not known)") if first.start_status == "assumed" else ""
            remedy = phrase("begin later{unsure}, or {remedy}", unsure=unsure, remedy=remedy)
        return Problem(self.file, self.name, day, phrase("a day {days}", days=self.days_covered(day)), remedy)

    def _path_ends(self, day: date) -> Problem:
        """Say that a path that a scenario chooses is too short, where it stands in the scenario."""
        allowed = phrase("a day {days}", days=self.days_covered(day))
        if self.entries[-1].note == f"path {OWN_RATES}":
            remedy = phrase(
                "add {day} to law.reference_rate.by_half_year, and every half-year after it in the horizon",
                day=self.covers_until,
            )
            return Problem("", "law.reference_rate.by_half_year", day, allowed, remedy)
        remedy = phrase("end the horizon earlier, or give a path of one's own (law.reference_rate.path = 'own')")
        return Problem("", "law.reference_rate.path", day, allowed, remedy)

    def days_covered(self, day: date) -> str:
        """Say which days the table covers, as text to follow ``a day``; the gap too in which a day lies.

        Parameters
        ----------
        day : date
            One that the table does not answer for.
        """
        first, until = self.entries[0], self.covers_until
        if not first.since <= day < until:
            return phrase("from {first} up to but not including {until}", first=first.in_force, until=until)
        return phrase(
            "from {first} up to but not including {until}, except the gap from {gap_from} up to but not including "
            "{gap_until}",
            first=first.in_force,
            until=until,
            gap_from=max(entry.until for entry in self.entries if entry.until <= day),
            gap_until=min((entry.since for entry in self.entries if entry.since > day), default=until),
        )
