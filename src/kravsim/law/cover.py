"""Which days the law tables cover, all of them together: a horizon and a frozen day must lie there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kravsim.errors import LawError, Problem
from kravsim.law.lawbook import Law
from kravsim.law.tables import Table
from kravsim.phrases import phrase, together


def covered(law: Law) -> tuple[tuple[date, date], ...]:
    """Give the half-open spans of days that every table covers, in order; what tables keep for history is not cover.

    Parameters
    ----------
    law : Law

    Returns
    -------
    tuple of (date, date)
        First day covered and first day not covered any more.

    Examples
    --------
    >>> from kravsim.law import load_law
    >>> [(str(first), str(until)) for first, until in covered(load_law())]
    [('2014-07-01', '2027-01-01')]
    """
    first = max(table.entries[0].since for table in law.tables)
    until = min(table.covers_until for table in law.tables)
    spans, begins = [], first
    for gap_from, gap_until in sorted(gap for table in law.tables for gap in table.gaps()):
        if begins < min(gap_from, until):
            spans.append((begins, min(gap_from, until)))
        begins = max(begins, gap_until)
    if begins < until:
        spans.append((begins, until))
    return tuple(spans)


def check_cover(law: Law, start: date, end: date, frozen_at: date | None) -> None:
    """Refuse a horizon or a frozen day that any table does not cover.

    Parameters
    ----------
    law : Law
    start, end : date
        The horizon, `end` not included.
    frozen_at : date, optional
        The days after it follow its law, so only those up to it are asked.

    Raises
    ------
    LawError
        With every table that is silent on a day asked for, and with the days that work.
    """
    fixed, floating = (tuple(table for table in law.tables if table.floats is floats) for floats in (False, True))
    asked = [(fixed, *span) for span in _asked(start, end, frozen_at)]
    asked += [(floating, *span) for span in _asked(start, end, None)]
    silent = [(key, problem) for tables, key, day, until in asked for problem in _silences(tables, day, until)]
    if silent:
        key = silent[0][0]
        value = frozen_at if key == "law.frozen_at" else start if key == "horizon.start" else end
        spans = covered(law)
        texts = [phrase("{min} to {max}", min=first, max=until - timedelta(days=1)) for first, until in spans]
        days = together(*texts, between=phrase(" and ")) if texts else phrase("no day")
        years = [str(year) for first, until in spans for year in _whole_years(first, until)]
        work = (
            phrase("the years {first} to {last}", first=years[0], last=years[-1])
            if years
            else phrase("no calendar year")
        )
        allowed = phrase("days that every law table covers: {days}", days=days)
        remedy = phrase("a horizon of {work} works, a later one with law.frozen_at on one of those days", work=work)
        raise LawError([*dict.fromkeys(problem for _, problem in silent), Problem("", key, value, allowed, remedy)])


def _asked(start: date, end: date, frozen_at: date | None) -> Iterator[tuple[str, date, date]]:
    """Spans of days [day, until) that every table must cover, and the key that asks for them."""
    last = end if frozen_at is None else min(end, frozen_at + timedelta(days=1))
    if frozen_at is not None and frozen_at < end:
        yield "law.frozen_at", frozen_at, frozen_at + timedelta(days=1)
    if start < last:
        yield "horizon.start", start, start + timedelta(days=1)
        yield "horizon.end", start, last


def _silences(tables: tuple[Table, ...], day: date, until: date) -> Iterator[Problem]:
    """What each table says of the first day in [day, until) that it does not cover."""
    for table in tables:
        silent = _first_silent(table, day, until)
        if silent is not None:
            yield table.silence(silent)


def _first_silent(table: Table, day: date, until: date) -> date | None:
    for entry in table.entries:
        if entry.since <= day < entry.until:
            day = entry.until
    return day if day < until else None


def _whole_years(first: date, until: date) -> range:
    """Calendar years that lie in [first, until) as a whole."""
    return range(first.year + (first != date(first.year, 1, 1)), until.year)


def frozen_changes(law: Law, start: date, end: date, frozen_at: date) -> bool:
    """Say whether a frozen day changes anything: a figure of a day after it in [start, end), or that day has no other law.

    Parameters
    ----------
    law : Law
    start, end : date
        First day asked of, and the day after the last.
    frozen_at : date
        The day whose law holds for all days after it.
    """
    first = max(start, frozen_at + timedelta(days=1))
    if first >= end:
        return False
    for table in law.tables:
        if table.floats:
            continue
        inside = [entry for entry in table.entries if entry.since < end and entry.until > first]
        frozen = table.at(frozen_at).amount
        if any(entry.amount != frozen for entry in inside) or _first_silent(table, first, end) is not None:
            return True
    return False
