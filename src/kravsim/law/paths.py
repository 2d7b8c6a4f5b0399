"""Paths of the reference rate: what a scenario says of half-years that the table does not cover yet.

A path is no law. It takes over where the table ends, half-year by half-year, with the status ``assumed``, and only where a
scenario asks for one by name or gives its own. It is not frozen with other law: of the reference rate a path says it all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from kravsim.errors import LawError, Problem
from kravsim.law.lawbook import Law, load_law
from kravsim.law.tables import OWN_RATES, Entry
from kravsim.phrases import phrase

REFERENCE_RATE: Final = "reference_rate"
PATH_NAMES: Final = ("low", "base", "high")
"""Bundled paths, from the lowest."""
_WRITTEN: Final = date(2026, 11, 30)
"""The day that the bundled paths were written, which entries of any path bear: nobody looks at a source of theirs later."""


class Path(NamedTuple):
    """A path of the reference rate.

    Attributes
    ----------
    name : str
        One of ``PATH_NAMES``, or ``OWN_RATES``.
    what : str
        Where it comes from.
    rates : tuple of (date, str)
        First day of each half-year and per cent a year, as quoted decimals: one after the other.
    covers_until : date
        First day that it says nothing of; the last rate holds up to it.
    """

    name: str
    what: str
    rates: tuple[tuple[date, str], ...]
    covers_until: date


@cache
def bundled_paths() -> Mapping[str, Path]:
    """The paths that are bundled, by name; they begin where the bundled table ends."""
    text = resources.files("kravsim.law").joinpath("paths/reference_rate.toml").read_text("utf-8")
    begins = _table(load_law()).covers_until
    found = {}
    for name, one in tomllib.loads(text).items():
        days = half_years(begins, len(one["rates"]))
        found[name] = Path(name, one["what"], tuple(zip(days, one["rates"], strict=True)), one["covers_until"])
    return found


def half_years(first: date, n: int) -> list[date]:
    """First days of half-years one after the other.

    Parameters
    ----------
    first : date
        1 January or 1 July.
    n : int
        How many.

    Examples
    --------
    >>> [str(day) for day in half_years(date(2027, 7, 1), 3)]
    ['2027-07-01', '2028-01-01', '2028-07-01']
    """
    found = [first]
    while len(found) < n:
        day = found[-1]
        found.append(date(day.year, 7, 1) if day.month == 1 else date(day.year + 1, 1, 1))
    return found[:n]


def law_of(data: Any) -> Law:
    """The law that a scenario is run under: the tables, and after that of the reference rate the path that it chooses.

    Parameters
    ----------
    data : ScenarioData
        Or anything that reads like it.

    Raises
    ------
    LawError
        When a path of its own does not begin where the table ends.
    """
    chosen = path_of(data)
    return load_law() if chosen is None else along(load_law(), chosen)


def asks_beyond_the_table(data: Any) -> bool:
    """Whether a scenario's horizon has days of which the table of the reference rate says nothing, and a path all.

    Parameters
    ----------
    data : ScenarioData
        Or anything that reads like it.
    """
    return bool(data.horizon.end > _table(load_law()).covers_until)


def path_of(data: Any) -> Path | None:
    """The path of the reference rate that a scenario chooses; None where it leaves that to the table.

    Parameters
    ----------
    data : ScenarioData
        Or anything that reads like it.
    """
    said = getattr(data.law, REFERENCE_RATE, None)
    if said is None or isinstance(said, Path):
        return said
    if said.path != OWN_RATES:
        return bundled_paths()[said.path]
    rates = tuple((date.fromisoformat(day), f"{half.percent:.2f}") for day, half in sorted(said.by_half_year.items()))
    until = half_years(rates[-1][0], 2)[1]
    return Path(OWN_RATES, said.source, rates, until)


@cache
def along(law: Law, path: Path) -> Law:
    """Let a path take over where the table of the reference rate ends.

    Parameters
    ----------
    law : Law
    path : Path

    Returns
    -------
    Law
        Whose reference rate is not frozen with the rest (:attr:`kravsim.law.tables.Table.floats`).

    Raises
    ------
    LawError
        When the path does not begin on the first day that the table does not cover.
    """
    table = _table(law)
    if path.rates[0][0] != table.covers_until:
        allowed = phrase(
            "half-years one after the other from {day}, the first that the table does not cover", day=table.covers_until
        )
        remedy = "begin the path there; what the table covers is known"
        raise LawError(Problem("", "law.reference_rate.by_half_year", path.rates[0][0], allowed, remedy))
    ends = [*(day for day, _ in path.rates[1:]), path.covers_until]
    more = tuple(_entry(path, day, rate, until) for (day, rate), until in zip(path.rates, ends, strict=True))
    longer = replace(table, entries=(*table.entries, *more), covers_until=path.covers_until, floats=True)
    return Law(tuple(longer if one is table else one for one in law.tables))


def _table(law: Law) -> Any:
    return next(table for table in law.tables if table.name == REFERENCE_RATE)


def _entry(path: Path, day: date, rate: str, until: date) -> Entry:
    return Entry(
        name=REFERENCE_RATE,
        value=Decimal(rate),
        unit="percent",
        in_force=day,
        source=path.what,
        status="assumed",
        checked_on=_WRITTEN,
        note=f"path {path.name}",
        since=day,
        until=until,
        start_status="assumed",
    )
