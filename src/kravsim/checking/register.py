"""The register of assumptions: every number of a scenario and of the law it uses, its source and whom it favours.

Made from the scenario's own data and the dated law, so it cannot fall behind them. Four kinds of row: a *number* nobody
knows exactly, a *chance* distribution drawn for each case, a figure of the *law*, a *published* figure that the model is held
against; and *choices*, which are settings rather than knowledge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Final

from kravsim.archives.store import csv_text, write_text
from kravsim.checking.history import KEY, history_note
from kravsim.checking.register_rows import CHOICE, COLUMNS, Assumption, assumptions
from kravsim.checking.register_words import (
    ASSUMPTION_TITLE,
    FAVOURS,
    HEADER,
    KINDS,
    STATUSES,
    UNITS,
    section_name,
    shown,
    summary,
)
from kravsim.equality import EqualByParts
from kravsim.law import law_of
from kravsim.provenance import Status
from kravsim.results.notes import doubts_of_question
from kravsim.scenario import checked_call, scenario_of
from kravsim.scenario.values import ASSUMPTION
from kravsim.words.doubts import Doubt, doubted
from kravsim.words.html_page import page, paragraph
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd

    from kravsim.scenario import AnyScenario, Scenario

_TITLE: Final = ("Antaganderegister", "Register of assumptions")


@dataclass(frozen=True, eq=False, repr=False)
class Register(Tabled, EqualByParts):
    """All assumptions of a scenario, numbered, section by section.

    Parameters
    ----------
    scenario_name, scenario_title : str
        Machine name and title.
    scenario_fingerprint, law_fingerprint : str
        Of what the rows were read off.
    rows : tuple of Assumption
        By number, from 1.
    doubts : tuple of Doubt
        What a reader must know first.
    """

    scenario_name: str
    scenario_title: str
    scenario_fingerprint: str
    law_fingerprint: str
    rows: tuple[Assumption, ...]
    doubts: tuple[Doubt, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def numbers(self) -> tuple[Assumption, ...]:
        """The rows that are numbers, with a status."""
        return tuple(row for row in self.rows if row.kind != CHOICE)

    def counts(self) -> dict[str, int]:
        """How many numbers are sourced, derived and assumed."""
        found = Counter(row.status for row in self.numbers)
        return {status.value: found[status.value] for status in Status}

    def favoured(self) -> dict[str, int]:
        """How many of the assumed numbers favour each model, by their own account."""
        found = Counter(row.favours for row in self.numbers if row.status == Status.ASSUMED.value)
        return {who: found[who] for who in FAVOURS}

    def sentence(self, lang: str = "sv") -> str:
        """Say how much of the scenario is known.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(summary(self.counts(), self.favoured(), lang), self.doubts, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give one row an assumption; the columns are the fields of `Assumption`."""
        import pandas as pd

        return pd.DataFrame([astuple(row) for row in self.rows], columns=list(COLUMNS))

    def tables(self, lang: str = "sv", *, notes: bool = False) -> tuple[Table, ...]:
        """Give the register section by section, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`. Notes and titles of sources stand as they were written.
        notes : bool
            With the column of notes, which is too wide for a terminal.
        """
        header = HEADER[language_index(lang)][: None if notes else -1]
        title = f"{_TITLE[language_index(lang)]}: {self.scenario_title} ({self.scenario_name})"
        sections = [
            Table(
                section_name(section, lang),
                header,
                plain_rows(self._cells(row, lang)[: len(header)] for row in rows),
                left=(1, 4, 5, 6, 7, 8),
            )
            for section, rows in self._sections()
        ]
        return (Table(title, ("",), (), (self.sentence(lang),)), *sections)

    def to_html(self, lang: str = "sv", *, whole: bool = False) -> str:
        """Write the register as HTML, notes included; parameters are those of every table.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        whole : bool
            A page that stands alone instead of a fragment.
        """
        parts = self.tables(lang, notes=True)
        body = "".join(table.html() for table in parts)
        body += paragraph(f"scenario {self.scenario_fingerprint}, law {self.law_fingerprint}", small=True)
        return page(parts[0].caption, body, lang) if whole else f"<div>{body}</div>"

    def to_csv(self, path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False) -> Path:
        """Write the register as a CSV file: decimal points, machine names, every column.

        Parameters
        ----------
        path : str or path
            The file; directories above it are made when missing.
        force : bool
            Whether an existing file may be replaced.
        follow_symlinks : bool
            Whether the file may be a symbolic link.

        Returns
        -------
        pathlib.Path
            `path` as it was given.

        Raises
        ------
        OutputError
            When the file exists and `force` is false, or it cannot be written.
        """
        return write_text(path, self.csv(), force=force, follow_symlinks=follow_symlinks)

    def csv(self) -> str:
        """The text of :meth:`to_csv`."""
        return csv_text(COLUMNS, [[_plain(cell) for cell in astuple(row)] for row in self.rows])

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {status}" for status, count in self.counts().items())
        return f"<Register of {self.scenario_name}: {counts}>"

    def _sections(self) -> Iterator[tuple[str, list[Assumption]]]:
        for section in dict.fromkeys(row.section for row in self.rows):
            yield section, [row for row in self.rows if row.section == section]

    def _cells(self, row: Assumption, lang: str) -> list[str]:
        place = language_index(lang)
        span = "" if row.low is None or row.high is None else f"{shown(row.low, lang)} – {shown(row.high, lang)}"
        unit = UNITS.get(row.unit, (row.unit, row.unit))[place]
        kind = KINDS[row.kind][place]
        status = STATUSES[row.status][place] + (f", {kind}" if kind else "")
        favours = FAVOURS[row.favours][place] if row.favours in FAVOURS else ""
        title = ASSUMPTION_TITLE[place] if row.source == ASSUMPTION else row.source_title
        source = title + (f" ({row.source_where})" if row.source_where else "")
        return [str(row.no), row.key, shown(row.value, lang), span, unit, status, favours, source, row.note]


@checked_call
def register(scenario: AnyScenario) -> Register:
    """List every assumption of a scenario.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.

    Returns
    -------
    Register
        Numbered rows, the law first, then the scenario's sections in the order of the schema.

    Raises
    ------
    LawError
        When the law's tables do not cover the scenario's horizon.
    """
    scenario = scenario_of(scenario)
    law = law_of(scenario.data)
    rows = tuple(_with_history(row, scenario) for row in assumptions(scenario, law))
    doubts = doubts_of_question(scenario, scenario.models)
    return Register(scenario.name, scenario.label, scenario.fingerprint, law.fingerprint, rows, doubts)


def _with_history(row: Assumption, scenario: Scenario) -> Assumption:
    """The row of history's length says what its rule has found."""
    note = history_note(scenario, "en") if row.key == KEY else ""
    return replace(row, note=f"{row.note}; {note}".removeprefix("; ")) if note else row


def _plain(value: object) -> object:
    return " ".join(str(item) for item in value) if isinstance(value, tuple | list) else value
