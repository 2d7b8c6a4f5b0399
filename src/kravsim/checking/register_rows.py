"""The rows of the register of assumptions, read off a scenario's data and the dated law."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from kravsim.equality import EqualByParts
from kravsim.law import QUANTITIES, Entry, Law, check_cover
from kravsim.ledger.accounts import CHARGES
from kravsim.scenario.describe import CHANCE, Row
from kravsim.scenario.values import ASSUMPTION
from kravsim.stream.synthetic import first_day

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

CHOICE: Final = "choice"
_INTEREST: Final = ("reference_rate", "late_interest_addition")
_PROVENANCE: Final = ("source", "status", "note")
_NAMES: Final = ("title", "title_sv")


@dataclass(frozen=True, eq=False)
class Assumption(EqualByParts):
    """One row of the register.

    Parameters
    ----------
    no : int
        Number of the row, from 1.
    section : str
        Top-level table of the scenario, ``models.<name>``, or ``law``.
    key : str
        Dotted key; what ``scenario.with_changes`` takes, but for ``law`` and ``targets``.
    kind : str
        ``number``, ``chance``, ``law``, ``published``, ``alternative``, ``correlation`` or ``choice``.
    value : object
        The number (of a chance distribution, its mode), or the setting.
    low, high : float or None
        The range, where there is one.
    unit : str
        Machine name; empty where there is none.
    dist : str
        How the number is drawn: ``fixed``, ``triangular`` ..., or ``chance``.
    status : str
        ``sourced``, ``derived`` or ``assumed``; ``choice`` for a setting.
    source : str
        Key of the source in the scenario; empty for the law and for choices.
    source_title, source_where : str
        What the source is called and where it is found.
    note : str
        As it was written; empty where there is none.
    favours : str
        ``in_house``, ``outsourced``, ``neither`` or ``unknown``; empty for choices.
    """

    no: int
    section: str
    key: str
    kind: str
    value: object
    low: float | None
    high: float | None
    unit: str
    dist: str
    status: str
    source: str
    source_title: str
    source_where: str
    note: str
    favours: str


COLUMNS: Final = tuple(column.name for column in fields(Assumption))
"""Columns of the table, in order."""


def assumptions(scenario: Scenario, law: Law) -> tuple[Assumption, ...]:
    """Every row, numbered: the law first, then the scenario's sections in the order of the schema.

    Parameters
    ----------
    scenario : Scenario
        Whose numbers are listed.
    law : Law
        The dated tables, of which the days of the scenario are listed.

    Raises
    ------
    LawError
        When the law's tables do not cover the scenario's horizon.
    """
    known = [*_legal(scenario, law), *_assumptions(scenario)]
    return tuple(Assumption(number, *row) for number, row in enumerate(known, 1))


_Fields = tuple[str, str, str, object, float | None, float | None, str, str, str, str, str, str, str, str]
"""An `Assumption` without its number."""


def _legal(scenario: Scenario, law: Law) -> Iterator[_Fields]:
    """Every value of the law in force on a simulated day, for the figures that the process uses; history's come last."""
    horizon, frozen_at = scenario.data.horizon, scenario.data.law.frozen_at
    check_cover(law, horizon.start, horizon.end, frozen_at)
    end = horizon.end if frozen_at is None else min(horizon.end, frozen_at + dt.timedelta(days=1))
    start, first = min(horizon.start, end - dt.timedelta(days=1)), first_day(scenario.data)
    used = {name for name in QUANTITIES for charge in CHARGES if name == charge or name.startswith(f"{charge}_")}
    tables = [table for table in law.tables if table.name in used or table.name in _INTEREST]
    for table in sorted(tables, key=lambda table: [*QUANTITIES].index(table.name)):
        until = horizon.end if table.floats else end
        now = [entry for entry in table.entries if entry.since < until and entry.until > start]
        for entry in now:
            yield _figure(entry, "" if len(now) < 2 else f" ({max(entry.since, start)})")
        known = (*table.history, *table.entries)
        past = [entry for entry in known if entry not in now and entry.until > first and entry.since < start]
        for entry in past:
            yield _figure(entry, f" (history, {max(entry.since, first)})")
        if first < known[0].since:
            note = f"{known[0].note} The earliest known amount, carried back to {first} for history alone.".strip()
            yield _figure(replace(known[0], status="assumed", note=note), f" (history, {first})")


def _figure(entry: Entry, when: str) -> _Fields:
    provenance = (entry.status, "", entry.source, "", entry.note, "neither")
    return ("law", f"law.{entry.name}{when}", "law", float(entry.value), None, None, entry.unit, "fixed", *provenance)


def _assumptions(scenario: Scenario) -> Iterator[_Fields]:
    """The scenario's own rows; settings beside a source and a status of their own share these."""
    rows = scenario.rows()
    by_key = {row.key: row for row in rows}
    listed: set[str] = set()
    for row in rows:
        parent, _, name = row.key.rpartition(".")
        if row.key.startswith("alternatives."):
            parent = ".".join(row.key.split(".")[:3])
            if parent not in listed:
                listed.add(parent)
                yield _alternative(scenario, parent)
        elif row.key.startswith("correlations."):
            if parent not in listed:
                listed.add(parent)
                yield _correlation(scenario, parent)
        elif row.status:
            yield _number(scenario, row)
        elif f"{parent}.status" in by_key and f"{parent}.source" in by_key:
            if parent.startswith("targets."):
                if parent not in listed:
                    listed.add(parent)
                    yield _published(scenario, parent)
            elif name not in _PROVENANCE:
                yield _beside(scenario, row, parent, by_key)
        elif name not in _NAMES:
            section = _section(row.key)
            yield (section, row.key, CHOICE, row.value, None, None, "", "", CHOICE, "", "", "", "", "")


def _number(scenario: Scenario, row: Row) -> _Fields:
    kind = "chance" if row.dist == CHANCE else "number"
    numbers = (row.value, row.low, row.high, row.unit, row.dist)
    return (
        _section(row.key),
        row.key,
        kind,
        *numbers,
        row.status,
        *_source(scenario, row.source),
        row.note,
        row.favours,
    )


def _beside(scenario: Scenario, row: Row, parent: str, by_key: Mapping[str, Row]) -> _Fields:
    """A list of numbers in a table that has one source for all of them."""
    status, source = (str(by_key[f"{parent}.{part}"].value) for part in ("status", "source"))
    note = str(by_key[f"{parent}.note"].value) if f"{parent}.note" in by_key else ""
    unit = next((unit for unit in ("share", "days") if row.key.endswith(unit)), "")
    provenance = (status, *_source(scenario, source), note, "unknown")
    return (_section(row.key), row.key, "number", row.value, None, None, unit, "fixed", *provenance)


def _published(scenario: Scenario, key: str) -> _Fields:
    """A published figure with the interval it is read as."""
    target = scenario.data.targets[key.removeprefix("targets.")]
    provenance = (str(target.status), *_source(scenario, target.source), target.reading, "neither")
    unit = next((unit for unit in ("kr", "share") if target.metric.endswith(f"_{unit}")), "")
    return ("targets", key, "published", target.published, target.low, target.high, unit, "", *provenance)


def _alternative(scenario: Scenario, key: str) -> _Fields:
    """A structural alternative with its weight, and what it changes as note."""
    _, dimension, name = key.split(".")
    one = scenario.data.alternatives[dimension][name]
    note = f"{one.title}. {one.note}".strip()
    if one.changes:
        note += f" Changes: {', '.join(one.changes)}."
    provenance = (str(one.status), *_source(scenario, one.source), note, "unknown")
    return ("alternatives", key, "alternative", one.weight, None, None, "share", "fixed", *provenance)


def _correlation(scenario: Scenario, key: str) -> _Fields:
    """A rank correlation, and between which numbers as note."""
    one = scenario.data.correlations[key.removeprefix("correlations.")]
    provenance = (str(one.status), *_source(scenario, one.source), f"{', '.join(one.keys)}: {one.note}", "neither")
    return ("correlations", key, "correlation", one.rank, None, None, "number", "fixed", *provenance)


def _source(scenario: Scenario, key: str) -> tuple[str, str, str]:
    """Key, title and place of a source; an assumption has itself as title."""
    if key == ASSUMPTION:
        return key, ASSUMPTION, ""
    source = scenario.data.sources[key]
    return key, source.title, source.where


def _section(key: str) -> str:
    first, *rest = key.split(".")
    return f"models.{rest[0]}" if first == "models" and rest else first
