"""What a sweep found: one row a point, as table, sentence and frame."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts, key_of
from kravsim.studies.decision.checks import Floats
from kravsim.telling.shown import steps
from kravsim.words.display import kr, number, replications, seeded, step_for
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index, metric_name, titled_name

if TYPE_CHECKING:
    import pandas as pd

MEASURES: Final = (
    "net_revenue_kr",
    "economic_result_kr",
    "principal_recovered_kr",
    "interest_kr",
    "success_share",
    "kronofogden_applications",
    "utilisation",
    "waiting_days",
)
"""Figures of a year that a sweep gathers of every model."""
DIFFERENCE: Final = "difference"
_MOST_ROWS: Final = 60


@dataclass(frozen=True, eq=False)
class Row(EqualByParts):
    """One point.

    Parameters
    ----------
    point : mapping of key to value
        What the scenario's dotted keys are put to.
    means, errors : mapping of (model or "difference", measure) to float
        Means, NaN where there is no answer, and standard errors where there is chance.
    doubts : tuple of Doubt
        What must be known before they are read, such as overload.
    error : str
        Why there is nothing, if the point cannot be.
    arms : mapping of (model or "difference", measure) to float
        Half the width of the 95 % interval of each mean; none where there is no chance.
    """

    point: Mapping[str, Any]
    means: Mapping[tuple[str, str], float]
    errors: Mapping[tuple[str, str], float]
    doubts: tuple[Doubt, ...]
    error: str
    arms: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Tabled, EqualByParts):
    """Figures of a scenario's models at many points.

    Parameters
    ----------
    scenario_name, scenario_title : str
        Machine name and title.
    titles : mapping of model to (Swedish, English)
        In the order asked for; the difference is the first less the second.
    keys : tuple of str
        What varies.
    rows : tuple of Row
        In the order of the design.
    by : str
        ``expected`` or ``simulated``.
    replications, seed : int or None
        Of ``simulated``.
    """

    scenario_name: str
    scenario_title: str
    titles: Mapping[str, tuple[str, str]]
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    by: str
    replications: int | None
    seed: int | None

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know first, of any of the points."""
        return tuple(dict.fromkeys(doubt for row in self.rows for doubt in row.doubts))

    @property
    def models(self) -> tuple[str, ...]:
        """The models."""
        return tuple(self.titles)

    @property
    def subject(self) -> str:
        """Whose figures are shown: the difference, or those of a single model."""
        return DIFFERENCE if len(self.titles) > 1 else self.models[0]

    def values(self, measure: str = "net_revenue_kr", subject: str | None = None) -> Floats:
        """One figure at every point, NaN where there is none, shape (points,).

        Parameters
        ----------
        measure : str
            Machine name of a figure of a year.
        subject : str, optional
            A model, or ``difference``; what is shown when left out.
        """
        of = self.subject if subject is None else subject
        return np.array([row.means.get((of, measure), math.nan) for row in self.rows])

    def errors(self, measure: str = "net_revenue_kr", subject: str | None = None) -> Floats:
        """Its standard error at every point; NaN where there is none, shape (points,).

        Parameters
        ----------
        measure : str
            Machine name of a figure of a year.
        subject : str, optional
            A model, or ``difference``; what is shown when left out.
        """
        of = self.subject if subject is None else subject
        return np.array([row.errors.get((of, measure), math.nan) for row in self.rows])

    def arms(self) -> Floats:
        """Half the width of the 95 % interval of what is shown at every point; NaN where there is none, shape (points,)."""
        return np.array([row.arms.get((self.subject, "net_revenue_kr"), math.nan) for row in self.rows])

    @property
    def idle(self) -> tuple[str, ...]:
        """Keys that moved no figure of these models: all are the same at points that differ in that key alone."""
        what = sorted({one for row in self.rows for one in row.means})
        table = np.array([[row.means.get(one, math.nan) for one in what] for row in self.rows])
        if not np.isfinite(table).any():
            return ()
        table = np.where(np.isnan(table), math.inf, table)  # no answer at both points is no difference
        found = []
        for key in self.keys:
            others = [other for other in self.keys if other != key]
            first: dict[Hashable, int] = {}
            alike = [
                first.setdefault(key_of([row.point[other] for other in others]), place)
                for place, row in enumerate(self.rows)
            ]
            if len(first) < len(self.rows) and bool((table == table[alike]).all()):
                found.append(key)
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """One row a point.

        Columns are the keys; ``difference_kr`` and ``economic_difference_kr`` with their ``_se``; ``<model>.<measure>`` with
        its ``_se`` of every model; ``note``, the keys of what must be known before reading them; and ``error``.
        """
        import pandas as pd

        shown: dict[str, tuple[str, str]] = {}
        if len(self.titles) > 1:
            shown = {"difference_kr": (DIFFERENCE, "net_revenue_kr")}
            shown["economic_difference_kr"] = (DIFFERENCE, "economic_result_kr")
        for model in self.titles:
            shown |= {f"{model}.{name}": (model, name) for name in MEASURES}
        columns: dict[str, list[Any]] = {key: [row.point[key] for row in self.rows] for key in self.keys}
        for name, what in shown.items():
            means = [row.means.get(what, math.nan) for row in self.rows]
            if any(what in row.means for row in self.rows):
                columns[name] = means
            if any(what in row.errors for row in self.rows):
                columns[f"{name}_se"] = [row.errors.get(what, math.nan) for row in self.rows]
        columns["note"] = ["; ".join(doubt.key for doubt in row.doubts) for row in self.rows]
        columns["error"] = [row.error for row in self.rows]
        return pd.DataFrame(columns)

    def sentence(self, lang: str = "sv") -> str:
        """Say over how many points, from what to what, where the sign changes, and where there is no answer.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._said(lang), self.doubts, lang)

    def _said(self, lang: str) -> str:
        sv = language_index(lang) == 0
        values = self.values()
        known = np.isfinite(values)
        n = number(len(values), lang)
        if not known.any():
            why = self.rows[0].error
            return (
                f"{n} punkter, inget svar i någon. {why}".rstrip()
                if sv
                else f"{n} points, no answer at any. {why}".rstrip()
            )
        low, high = int(np.nanargmin(values)), int(np.nanargmax(values))
        step = step_for(max(float(np.nanmax(np.abs(values))) / 1_000, 1.0))
        ends = [f"{kr(values[k], lang, step=step)} ({self._at(k, lang)})" for k in (low, high)]
        what = capital(self.what(lang))
        said = f"{what}: {ends[0]} {'till' if sv else 'to'} {ends[1]} {'över' if sv else 'over'} {n} "
        said += ("punkt." if sv else "point.") if len(values) == 1 else ("punkter." if sv else "points.")
        said += f" {self.verdict(lang)}." if len(self.titles) > 1 else ""
        missing = len(values) - int(known.sum())
        if missing:
            said += (
                f" Inget svar i {number(missing, lang)} (överbelastning eller omöjligt; se anmärkningarna)."
                if sv
                else f" No answer at {number(missing, lang)} (overload, or not possible; see the notes)."
            )
        for key in self.idle:
            said += f" {key} har ingen verkan på talen." if sv else f" {key} has no effect on the figures."
        return said

    def verdict(self, lang: str) -> str:
        """Say at how many of the points with an answer the first model is better, or name the figure of a single model.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        values = self.values()
        n, above = int(np.isfinite(values).sum()), int(np.count_nonzero(values > 0))
        if len(self.titles) < 2 or not n:
            return capital(self.what(lang))
        first, second = (titled_name(model, title, lang) for model, title in list(self.titles.items())[:2])
        if 0 < above < n:
            often = f"i {number(above, lang)} av {number(n, lang)} punkter" if sv else ""
            often = often or f"at {number(above, lang)} of {number(n, lang)} points"
            return capital(
                f"{first} är bättre än {second} {often}" if sv else f"{first} is better than {second} {often}"
            )
        often = ("alltid" if above else "aldrig") if sv else ("always" if above else "never")
        return capital(f"{first} är {often} bättre än {second}" if sv else f"{first} is {often} better than {second}")

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the points as one table, the first sixty of them, and the sentence, in `sv` or `en`; its rows subtract.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        caption = f"{self.scenario_title} ({self.scenario_name}): {self.how(lang)}"
        notes = [self._said(lang)]
        if len(self.rows) > _MOST_ROWS:
            more = number(len(self.rows) - _MOST_ROWS, lang)
            notes.insert(0, f"... {more} {'punkter till' if sv else 'more points'}")
        everywhere = self._everywhere()
        notes += [
            (doubt.text(lang) if doubt in everywhere else f"{doubt.key}: {doubt.text(lang)}") for doubt in self.doubts
        ]
        notes += [f"{self._at(k, lang)}: {row.error}" for k, row in enumerate(self.rows) if row.error]
        return (Table(caption, tuple(self._header(lang)), plain_rows(self._rows(lang)), tuple(notes), left=()),)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; what is not known is null."""
        frame = self.to_frame().astype(object)
        rows = [
            {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
            for row in frame.to_dict("records")
        ]
        return {
            "scenario": self.scenario_name,
            "by": self.by,
            "models": list(self.models),
            "replications": self.replications,
            "seed": self.seed,
            "keys": list(self.keys),
            "without_effect": list(self.idle),
            "points": rows,
            "doubts": as_json(self.doubts),
        }

    def what(self, lang: str) -> str:
        """The figure as running text, with its models.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        names = [titled_name(model, title, lang) for model, title in self.titles.items()][:2]
        return f"{metric_name('net_revenue_kr', lang)}, {' − '.join(names)}"

    def how(self, lang: str) -> str:
        """By which means, as running text.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        if self.by == "expected" or self.replications is None:
            return ("slutna formen", "closed form")[language_index(lang)]
        return f"{replications(self.replications, lang)}, {seeded(self.seed or 0, lang)}"

    def _at(self, place: int, lang: str) -> str:
        return ", ".join(f"{short(key)} {plain(value, lang)}" for key, value in self.rows[place].point.items())

    def _everywhere(self) -> list[Doubt]:
        """What must be known of every point that has a figure: told under the table, and not in each row."""
        known = [row.doubts for row in self.rows if row.means]
        return [doubt for doubt in self.doubts if all(doubt in doubts for doubts in known)]

    def _header(self, lang: str) -> list[str]:
        sv = language_index(lang) == 0
        names = [capital(titled_name(model, title, lang)) for model, title in self.titles.items()]
        between = ["skillnad, kr", "med kapital, kr"] if sv else ["difference, kr", "with principal, kr"]
        return [*map(short, self.keys), *names, *(between if len(names) > 1 else []), "anmärkning" if sv else "note"]

    def _rows(self, lang: str) -> list[list[str]]:
        shown = [(model, "net_revenue_kr") for model in self.models]
        if len(self.titles) > 1:
            shown += [(DIFFERENCE, "net_revenue_kr"), (DIFFERENCE, "economic_result_kr")]
        rows, everywhere = [], self._everywhere()
        for row in self.rows[:_MOST_ROWS]:
            cells = [plain(row.point[key], lang) for key in self.keys]
            amounts = self._amounts(row, shown)
            cells += ["–" if math.isnan(amount) else number(amount, lang) for amount in amounts]
            note = ", ".join(doubt.key for doubt in row.doubts if doubt not in everywhere) or (
                ("fel", "error")[language_index(lang)] if row.error else ""
            )
            rows.append([*cells, note])
        return rows

    def _amounts(self, row: Row, shown: list[tuple[str, str]]) -> list[float]:
        """The kronor of a row as they are printed: one step, and the difference as a reader works it out."""
        asked = shown[len(self.models)] if len(shown) > len(self.models) else shown[0]
        error = row.errors.get(asked, math.nan)
        step = step_for(error if error and math.isfinite(error) else None)
        found = {what: row.means.get(what, math.nan) for what in shown}
        found = {what: mean if math.isnan(mean) else steps(mean, step) * step for what, mean in found.items()}
        if asked[0] == DIFFERENCE and not math.isnan(found[asked]):
            found[asked] = found[shown[0]] - found[shown[1]]
        return [found[what] for what in shown]

    def __repr__(self) -> str:
        return f"<Sweep of {', '.join(self.keys)}: {self.sentence('en')}>"


def short(key: str) -> str:
    """The last two parts of a dotted key, which tell it apart in a table.

    Parameters
    ----------
    key : str
        Dotted key of the scenario.
    """
    return ".".join(key.split(".")[-2:])


def plain(value: Any, lang: str) -> str:
    """Write a value as it was given: six digits at most, none of them idle.

    Parameters
    ----------
    value : object
        A number, text or truth value.
    lang : str
        `sv` or `en`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    decimals = len(f"{value:.6g}".partition("e")[0].partition(".")[2])
    return number(value, lang, step=10.0**-decimals if "e" not in f"{value:.6g}" else step_for(abs(value) / 10_000, ""))
