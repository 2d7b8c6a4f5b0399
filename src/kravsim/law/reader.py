"""The strict reader of law tables: every entry has value, date, source and status, or the file is refused.

A file of law tables is TOML. Each figure is a table with the keys `what`, `unit`, `covers_until` and a list `entry`;
each entry has `value`, `in_force`, `source`, `status`, `checked_on` and `note`, and may have `until` (the first day it
no longer holds), `confirmed_through` (the last day a source is known to confirm it; later days count as assumed) and
`start_status` (how sure `in_force` is). A table may have a list `history` of earlier entries with the same keys but the
last three: amounts before the first `entry`, for a model's own history alone. All problems of all files are reported at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from difflib import get_close_matches
from fractions import Fraction
from typing import Final

from kravsim.errors import ABSENT, Problem, Words
from kravsim.files import Unreadable, parsed
from kravsim.law.tables import QUANTITIES, STATUSES, Entry, Quantity, Status, Table
from kravsim.phrases import phrase

_TABLE_KEYS: Final = ("what", "unit", "covers_until", "entry")
_HISTORY: Final = "history"
_ENTRY_KEYS: Final = ("value", "in_force", "source", "status", "checked_on", "note")
_OPTIONAL_KEYS: Final = ("until", "confirmed_through", "start_status")
_ARITHMETIC: Final = Context(prec=60, traps=[DivisionByZero, InvalidOperation, Overflow])  # whatever the caller has set
_TOML: Final = "a valid TOML file with dates that exist"
_MOST_ADVISED, _LONGEST_NAME = 12, 200  # unknown names that near ones are looked for; the others are counted
_LARGEST: Final = 10**9
_EXACT: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)
_YEARS: Final = range(1900, 3000)
_HALF_YEAR_STARTS: Final = ((1, 1), (7, 1))


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry as it stands in the file, checked by itself but not yet against its neighbours."""

    key: str
    entry: Entry
    until: date | None
    confirmed_through: date | None


@dataclass(slots=True)
class TableReader:
    """Reads files one by one and collects what is wrong with all of them.

    Attributes
    ----------
    tables : list of Table
        The tables that could be read.
    problems : list of Problem
        Everything that was wrong, in reading order; when it is not empty the tables must not be used.
    seen : set of str
        The names of all figures met, readable or not.
    """

    tables: list[Table] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    _unknown_names: int = 0

    def read(self, text: str, file: str) -> None:
        """Read the tables of one file.

        Parameters
        ----------
        text : str
            The whole file, TOML.
        file : str
            Its name, for messages.
        """
        try:
            content = parsed(text)
        except tomllib.TOMLDecodeError as error:
            self._wrong(file, "", str(error), _TOML, "mend the line named")
            return
        except Unreadable as wrong:
            self.problems.append(wrong.problem(file, _TOML))
            return
        if not content:
            self._wrong(file, "", ABSENT, "at least one table", "add a table or remove the file")
        for name, body in content.items():
            quantity = QUANTITIES.get(name)
            if quantity is None:
                self._unknown(file, name, name, tuple(QUANTITIES))
            elif not isinstance(body, dict):
                self._wrong(file, name, body, "a table of its own", phrase("write [{name}]", name=name))
            elif name in self.seen:
                self._wrong(file, name, "a second table", "one table for each figure", "remove one of the two")
            else:
                self.seen.add(name)
                self._read_table(file, name, body, quantity)
        if self._unknown_names > _MOST_ADVISED:
            more = Words(phrase("{unknown_names} more", unknown_names=self._unknown_names - _MOST_ADVISED))
            self._wrong(file, "unknown names", more, "none, when those named one by one are mended", "mend those first")
        self._unknown_names = 0

    def _read_table(self, file: str, name: str, body: Mapping[str, object], quantity: Quantity) -> None:
        self._check_keys(file, name, body, _TABLE_KEYS, (_HISTORY,))
        what = self._text(file, f"{name}.what", body.get("what"))
        covers_until = self._date(file, f"{name}.covers_until", body.get("covers_until"))
        if "unit" in body and body["unit"] != quantity.unit:
            self._wrong(file, f"{name}.unit", body["unit"], f"'{quantity.unit}'", "the unit of a figure is fixed")
        listed = body.get("entry", ())
        if not isinstance(listed, list) or not listed:
            if "entry" in body:
                self._wrong(
                    file,
                    f"{name}.entry",
                    listed,
                    "a list of one or more entries",
                    phrase("write [[{name}.entry]]", name=name),
                )
            return
        rows = [self._read_entry(file, f"{name}.entry[{at}]", name, body, quantity) for at, body in enumerate(listed)]
        good = [row for row in rows if row is not None]
        if covers_until is None or len(good) < len(rows):
            return
        before = len(self.problems)
        entries = tuple(self._with_spans(file, good, covers_until))
        if quantity.half_yearly:
            self._check_half_years(file, name, good, entries)
        history = self._read_history(file, name, body.get(_HISTORY, []), quantity, good[0].entry.in_force)
        if len(self.problems) == before:
            self.tables.append(Table(name, what, covers_until, entries, file, history))

    def _read_history(
        self, file: str, name: str, listed: object, quantity: Quantity, begins: date
    ) -> tuple[Entry, ...]:
        """Read the amounts before the first entry, which `begins` the table."""
        if not isinstance(listed, list):
            self._wrong(
                file,
                f"{name}.{_HISTORY}",
                listed,
                "a list of entries",
                phrase("write [[{name}.{name2}]]", name=name, name2=_HISTORY),
            )
            return ()
        keys = [f"{name}.{_HISTORY}[{at}]" for at in range(len(listed))]
        rows = [self._read_entry(file, key, name, body, quantity, ()) for key, body in zip(keys, listed, strict=True)]
        good = [row for row in rows if row is not None]
        if len(good) < len(rows) or not good:
            return ()
        entries = tuple(self._with_spans(file, good, begins, "the table's first in_force"))
        if quantity.half_yearly:
            self._check_half_years(file, name, good, entries)
        return entries

    def _read_entry(
        self,
        file: str,
        key: str,
        name: str,
        body: object,
        quantity: Quantity,
        optional: tuple[str, ...] = _OPTIONAL_KEYS,
    ) -> _Row | None:
        if not isinstance(body, dict):
            self._wrong(
                file, key, body, "an entry with its own keys", phrase("write [[{name}]]", name=key.rpartition("[")[0])
            )
            return None
        before = len(self.problems)
        self._check_keys(file, key, body, _ENTRY_KEYS, optional)
        value = self._value(file, f"{key}.value", body.get("value"), quantity)
        in_force, until, confirmed_through, checked_on = (
            self._date(file, f"{key}.{part}", body.get(part))
            for part in ("in_force", "until", "confirmed_through", "checked_on")
        )
        status = self._status(file, f"{key}.status", body.get("status"))
        start_status = (
            self._status(file, f"{key}.start_status", body["start_status"]) if "start_status" in body else status
        )
        source = self._text(file, f"{key}.source", body.get("source"))
        note = body.get("note", "")
        if not isinstance(note, str):
            self._wrong(file, f"{key}.note", note, "text, which may be empty", "put it in quotes")
        if len(self.problems) > before or value is None or in_force is None or checked_on is None:
            return None
        entry = Entry(
            name,
            value,
            quantity.unit,
            in_force,
            source,
            status,
            checked_on,
            str(note),
            in_force,
            in_force,
            start_status,
        )
        return _Row(key, entry, until, confirmed_through)

    def _with_spans(
        self, file: str, rows: list[_Row], covers_until: date, last: str = "covers_until"
    ) -> Iterator[Entry]:
        """Give each entry the days it answers for; weaken the days that no source confirms."""
        for at, row in enumerate(rows):
            begins = row.entry.in_force
            following = rows[at + 1].entry.in_force if at + 1 < len(rows) else covers_until
            upper = phrase("the next entry's in_force") if at + 1 < len(rows) else last
            ends = row.until if row.until is not None else following
            if following <= begins:
                allowed = phrase("a day before {following}, {upper}", following=following, upper=upper)
                self._wrong(file, f"{row.key}.in_force", begins, allowed, "sort the entries by date, one entry a date")
            elif not begins < ends <= following:
                allowed = phrase(
                    "a day after {begins}, its in_force, and at most {following}, {upper}",
                    begins=begins,
                    following=following,
                    upper=upper,
                )
                remedy = phrase(
                    "no period may end before it starts: [{begins}, {ends}), or overlap the next: [{following}, ...)",
                    begins=begins,
                    ends=ends,
                    following=following,
                )
                self._wrong(file, f"{row.key}.until", ends, allowed, remedy)
            elif row.confirmed_through is None:
                yield replace(row.entry, until=ends)
            elif not begins <= row.confirmed_through < ends - timedelta(days=1):
                allowed = phrase(
                    "a day from {begins} and before the entry's last day, {ends}",
                    begins=begins,
                    ends=ends - timedelta(days=1),
                )
                remedy = "leave the key out when the source confirms all of the entry's days"
                self._wrong(file, f"{row.key}.confirmed_through", row.confirmed_through, allowed, remedy)
            else:
                turn = row.confirmed_through + timedelta(days=1)
                yield replace(row.entry, until=turn)
                carried = f"Carried forward after {row.confirmed_through}: no change found, none ruled out."
                note = f"{row.entry.note} {carried}".strip()
                yield replace(row.entry, since=turn, until=ends, status="assumed", note=note)

    def _check_half_years(self, file: str, name: str, rows: list[_Row], entries: tuple[Entry, ...]) -> None:
        """Refuse a rate fixed by the half-year that would run on into the next one unnoticed."""
        for row in rows:
            begins = row.entry.in_force
            if (begins.month, begins.day) not in _HALF_YEAR_STARTS:
                remedy = "the rate is fixed twice a year"
                self._wrong(file, f"{row.key}.in_force", begins, "1 January or 1 July", remedy)
        for entry in entries:
            following = _next_half_year(entry.in_force)
            if entry.until > following:
                remedy = "add the half-year, or end the entry before it with until"
                missing = phrase("no entry for the half-year from {following}", following=following)
                self._wrong(file, name, missing, "one entry for every half-year covered", remedy)

    def _value(self, file: str, key: str, value: object, quantity: Quantity) -> Decimal | None:
        """Read an exact number; a float or a bool is not one."""
        if value is None:
            return None
        small = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST
        exact: Decimal | None = None
        if (small and quantity.unit == "kr") or (isinstance(value, str) and _EXACT.fullmatch(value)):
            with localcontext(_ARITHMETIC):
                exact = Decimal(str(value)).quantize(Decimal("0.01")) + 0  # adding 0 turns -0.00 into 0.00
            amount = int(Fraction(exact) * 100)
            if quantity.low <= amount <= quantity.high and amount % quantity.step == 0:
                return exact
        bounds = (quantity.low, quantity.high, quantity.step)
        with localcontext(_ARITHMETIC):
            low, high, step = (f"{Decimal(bound).scaleb(-2).normalize():f}" for bound in bounds)
        written = phrase("a whole number or a quoted decimal" if quantity.unit == "kr" else "a quoted decimal")
        allowed = phrase(
            "{written} from {low} to {high} {unit}, in steps of {step}",
            written=written,
            low=low,
            high=high,
            unit=quantity.unit,
            step=step,
        )
        remedy = "write it exactly, such as '253.80'" if exact is None else "check the figure against its source"
        self._wrong(file, key, value, allowed, remedy)
        return None

    def _date(self, file: str, key: str, value: object) -> date | None:
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date) or value.year not in _YEARS:
            allowed = phrase("a date in the years {years} to {years2}", years=_YEARS[0], years2=_YEARS[-1])
            self._wrong(file, key, value, allowed, "write it as 2017-01-31, without quotes and without a time of day")
            return None
        return value

    def _text(self, file: str, key: str, value: object) -> str:
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self._wrong(file, key, value, "text that is not empty", "say it in words, in quotes")
        return ""

    def _status(self, file: str, key: str, value: object) -> Status:
        for status in STATUSES:
            if value == status:
                return status
        if value is not None:
            self._wrong(file, key, value, ", ".join(STATUSES), "choose the word that claims least")
        return "assumed"

    def _check_keys(
        self, file: str, key: str, body: Mapping[str, object], needed: tuple[str, ...], optional: tuple[str, ...]
    ) -> None:
        for part in body:
            if part not in needed + optional:
                self._unknown(file, f"{key}.{part}", part, needed + optional)
        for part in needed:
            if part not in body:
                self._wrong(file, f"{key}.{part}", ABSENT, "a value for this key", phrase("add {key}", key=part))

    def _unknown(self, file: str, key: str, seen: str, known: tuple[str, ...]) -> None:
        self._unknown_names += 1
        if self._unknown_names > _MOST_ADVISED:
            return
        close = get_close_matches(seen[:_LONGEST_NAME], known, n=1)
        remedy = phrase("unknown name: did you mean {close}?", close=close[0]) if close else "unknown name: remove it"
        self._wrong(file, key, seen, ", ".join(known), remedy)

    def _wrong(self, file: str, key: str, value: object, allowed: str, remedy: str) -> None:
        self.problems.append(Problem(file, key, value, allowed, remedy))


def _next_half_year(day: date) -> date:
    """Give the first 1 January or 1 July after `day`."""
    july = _HALF_YEAR_STARTS[1][0]
    return date(day.year, july, 1) if day.month < july else date(day.year + 1, 1, 1)
