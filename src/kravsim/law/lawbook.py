"""The law as one value: all tables together, asked by name and date.

Amounts are whole öre and rates whole basis points (hundredths of a per cent). The bundled tables lie in ``law/rates``;
a directory of the user's own replaces them all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from kravsim.errors import ABSENT, LawError, Problem, Words
from kravsim.files import Unreadable, decoded, kind_of, path_of, read_whole
from kravsim.law.days import LawDays
from kravsim.law.reader import TableReader
from kravsim.law.tables import QUANTITIES, Entry, Table
from kravsim.phrases import phrase
from kravsim.workdays import plain_date

LARGEST_FILE: Final = 1024 * 1024
MOST_FILES: Final = 100


@dataclass(frozen=True)
class Law:
    """What the statutes say, by name and date.

    Made by `load_law`. Two laws with the same content are equal and have the same fingerprint.

    Parameters
    ----------
    tables : tuple of Table
        One table a figure, in order of name.
    """

    tables: tuple[Table, ...]

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _by_name(self) -> Mapping[str, Table]:
        return {table.name: table for table in self.tables}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of everything the tables say; neither file names nor comments count."""
        content = [asdict(table) for table in self.tables]
        for table in content:
            del table["file"]
            if not table["floats"]:
                del table["floats"]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def entry(self, name: str, day: date) -> Entry:
        """Give a figure on a day with its source, status and dates.

        Parameters
        ----------
        name : str
            A figure of any unit: the name of its table.
        day : date
            The day whose figure is wanted.

        Raises
        ------
        LawError
            When no figure has that name, or its table does not cover the day.
        RunError
            When `day` is not a plain date.
        """
        return self._table(name, None).at(plain_date(day, "day", "law.entry"))

    def fee_ore(self, name: str, day: date, *, frozen_at: date | None = None) -> int:
        """Give an amount in öre on a day: a fee, or the threshold `half_price_base_amount`.

        Parameters
        ----------
        name : str
            A figure in kronor.
        day : date
            The day whose amount is wanted.
        frozen_at : date, optional
            The day whose law holds for all days after it, as in `on_days`.

        Raises
        ------
        LawError
            When no amount has that name, or its table does not cover the day.
        RunError
            When `day` is not a plain date.

        Examples
        --------
        >>> load_law().fee_ore("demand_fee", date(2017, 6, 1))
        18000
        """
        table = self._table(name, "kr")
        asked = plain_date(day, "day", "law.fee_ore")
        return table.at(asked if frozen_at is None else min(asked, frozen_at)).amount

    def reference_rate_bp(self, day: date) -> int:
        """Give the reference rate (referensräntan, räntelagen 9 §) on a day, in basis points.

        Parameters
        ----------
        day : date
            The day whose rate is wanted; the rate may be negative.

        Raises
        ------
        LawError
            When the table does not cover the day.
        RunError
            When `day` is not a plain date.

        Examples
        --------
        >>> load_law().reference_rate_bp(date(2017, 6, 1))
        -50
        """
        return self._table("reference_rate", "percent").at(plain_date(day, "day", "law.reference_rate_bp")).amount

    def late_interest_bp(self, day: date) -> int:
        """Give the late-payment interest (dröjsmålsränta, räntelagen 6 §) on a day, in basis points a year.

        Parameters
        ----------
        day : date
            The day whose rate is wanted.

        Raises
        ------
        LawError
            When a table does not cover the day.
        RunError
            When `day` is not a plain date.

        Examples
        --------
        >>> load_law().late_interest_bp(date(2017, 6, 1))
        750
        """
        return self.reference_rate_bp(day) + self._table("late_interest_addition", "percent").at(day).amount

    def table(self) -> tuple[Entry, ...]:
        """List every entry of every table, in order of name and date, for display and for the assumption register."""
        return tuple(entry for table in self.tables for entry in table.entries)

    def on_days(self, first: date, n_days: int, *, start: date | None = None, frozen_at: date | None = None) -> LawDays:
        """Lay the law out by day for a simulation.

        Parameters
        ----------
        first : date
            The day with index 0.
        n_days : int
            How many days.
        start : date, optional
            The days before it are a model's own history. They follow the law of their own dates; those before a table
            begins have its earlier amounts, kept for history alone, and before the earliest known amount that one holds.
        frozen_at : date, optional
            The days after it follow the law in force on this day, which every table must cover.

        Raises
        ------
        LawError
            When the interest tables do not cover a day and no frozen law answers for it. An amount that is not
            covered raises when it is asked for.
        RunError
            When an argument is not a plain date or whole number, `n_days` is below 0, or `start` lies outside the days.
        """
        return LawDays(self._by_name, self.fingerprint, first, n_days, start, frozen_at)

    def _table(self, name: str, unit: str | None) -> Table:
        table = self._by_name.get(name)
        if table is None or (unit is not None and QUANTITIES[name].unit != unit):
            known = [other for other, quantity in QUANTITIES.items() if unit in (None, quantity.unit)]
            raise LawError(Problem("law", "name", name, ", ".join(known), "ask for one of these figures"))
        return table


def load_law(directory: str | Path | None = None) -> Law:
    """Read the bundled law tables, or those of a directory of the user's own.

    Parameters
    ----------
    directory : str or Path, optional
        A directory whose ``*.toml`` files give every figure of the law; it replaces the bundled tables as a whole. A
        copy of ``law/rates`` is a good start.

    Returns
    -------
    Law

    Raises
    ------
    LawError
        When the directory or a file cannot be read, a file breaks a rule of the reader, a figure is missing or given
        twice, or late-payment interest could fall below 0; all problems at once.
    """
    if directory is None:
        return _bundled()
    return _read_all(path_of(directory, "directory", LawError), str(directory))


@cache
def _bundled() -> Law:
    return _read_all(resources.files("kravsim.law").joinpath("rates"), "law/rates")


def _read_all(directory: Traversable, shown: str) -> Law:
    reader = TableReader()
    for file in _toml_files(directory, shown):
        try:
            # what lies inside a package that is still packed is no file of the system's, and is ours
            body = read_whole(file, LARGEST_FILE) if isinstance(file, Path) else file.read_bytes()
            text = decoded(body)
        except Unreadable as wrong:
            reader.problems.append(wrong.problem(file.name, "a readable UTF-8 file"))
        else:
            reader.read(text, file.name)
    problems = [*reader.problems, *_missing(reader.seen, shown)] or [*_negative_interest(reader.tables)]
    if problems:
        raise LawError(problems)
    return Law(tuple(sorted(reader.tables, key=lambda table: table.name)))


def _toml_files(directory: Traversable, shown: str) -> list[Traversable]:
    allowed = "a directory with law tables (*.toml)"
    try:
        if not directory.is_dir():
            there = isinstance(directory, Path) and directory.exists()
            got = Words(kind_of(directory.stat().st_mode)) if isinstance(directory, Path) and there else ABSENT
            raise LawError(Problem(shown, "", got, allowed, "check the path"))
        files = sorted((one for one in directory.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    except (OSError, ValueError) as error:  # a name too long, a directory that must not be read
        remedy = phrase("the system says: {reason}", reason=getattr(error, "strerror", None) or error)
        raise LawError(Problem(shown, "", Words("a directory that cannot be read"), allowed, remedy)) from None
    if not files:
        raise LawError(Problem(shown, "", phrase("no file ending in .toml"), allowed, "copy law/rates and change it"))
    if len(files) > MOST_FILES:
        got = Words(phrase("{n} files ending in .toml", n=len(files)))
        raise LawError(
            Problem(
                shown, "", got, phrase("at most {most} of them", most=MOST_FILES), "give the directory of the tables"
            )
        )
    return files


def _missing(seen: set[str], shown: str) -> Iterator[Problem]:
    for name in QUANTITIES:
        if name not in seen:
            yield Problem(shown, name, ABSENT, "a table for every figure", "copy the table from the bundled law/rates")


def _negative_interest(tables: list[Table]) -> Iterator[Problem]:
    """Interest that could fall below 0 would make paying later cheaper; no table of the law says that."""
    lowest = {table.name: min(entry.amount for entry in table.entries) for table in tables}
    if lowest["reference_rate"] + lowest["late_interest_addition"] < 0:
        file = next(table.file for table in tables if table.name == "reference_rate")
        total = phrase(
            "{rate} basis points of late interest", rate=lowest["reference_rate"] + lowest["late_interest_addition"]
        )
        remedy = "check the lowest reference rate and the addition"
        yield Problem(file, "reference_rate", total, "0 or more", remedy)
