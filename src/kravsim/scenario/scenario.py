"""The question a user asks: one world and several models, frozen, with its lineage of changes."""

from __future__ import annotations

import html
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import Problem, ScenarioError, show
from kravsim.phrases import phrase
from kravsim.provenance import fingerprint
from kravsim.scenario import library
from kravsim.scenario.alike import Alike, alike
from kravsim.scenario.alternatives import (
    WITH_ALTERNATIVES,
    Structure,
    blamed,
    check_each,
    chosen_changes,
    exact,
    settled,
    structures,
)
from kravsim.scenario.changes import changed
from kravsim.scenario.contents import WITH_CHANGES, as_written
from kravsim.scenario.describe import Row, implausible, rows, with_values
from kravsim.scenario.frozen import frozen
from kravsim.scenario.inherited import Inherited, inherited
from kravsim.scenario.key_names import Names, named_keys
from kravsim.scenario.late_payers import too_late
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.prior import SMALLEST, Prior, prior
from kravsim.scenario.reader import Sheet, checked, read_sheet
from kravsim.scenario.rules import FLOORS
from kravsim.scenario.schema import Model, ScenarioData
from kravsim.scenario.toml_file import parse_toml
from kravsim.scenario.toml_writer import to_toml

if TYPE_CHECKING:
    import os

    import pandas as pd

    from kravsim.chance.draws import Draws
    from kravsim.scenario.limits import Limits
    from kravsim.scenario.values import Value


_LONGEST_LABEL: Final = 60


class ScenarioWarning(UserWarning):
    """A number of a scenario is allowed, but more often a slip of unit than meant."""


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """A scenario in which every uncertain number has become one number. A world is equal to itself alone.

    Parameters
    ----------
    scenario_name : str
        The scenario it comes from.
    data : ScenarioData
        The scenario's data with every `Value` fixed. Chance (`Spread`) is left as it is.
    draw : int
        Number of the parameter draw; 0 is the base world, in which every number has its stated value.
    alike : Alike
        Which models have the same terms as the scenario states them, before anything is drawn.
    short : frozenset of (model, pool)
        Pools for which no number of posts up to the rule's ceiling keeps the wait of new cases short; they have the ceiling.
    """

    scenario_name: str
    data: ScenarioData
    draw: int
    alike: Alike
    short: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """One world and several models. Values are frozen; a change makes a new scenario.

    Made by `load_scenario` and by changing another one. Two scenarios are equal when their data are.

    Parameters
    ----------
    data : ScenarioData
        The checked contents.
    sheet : Sheet
        The tables they were read from, and the file of each key.
    changes : tuple of (str, object)
        Every change since the file, first to last; of a scenario read back from a run, the words of :attr:`lineage`.
    """

    data: ScenarioData
    sheet: Sheet = field(repr=False)
    changes: tuple[tuple[str, object], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", frozen(tuple(self.changes)))

    def __deepcopy__(self, _: object) -> Scenario:
        return self

    @classmethod
    def from_sheet(cls, sheet: Sheet, changes: tuple[tuple[str, object], ...] = ()) -> Scenario:
        """Check the tables of a scenario and make it.

        Parameters
        ----------
        sheet : Sheet
            With the changes made.
        changes : tuple of (str, object)
            Dotted keys and new contents by which the sheet differs from its file, oldest first.

        Raises
        ------
        ScenarioError
            With every problem found.
        """
        return cls(checked(sheet, ScenarioData), sheet, changes)

    @classmethod
    def from_text(
        cls,
        text: str,
        file: str = "text",
        changes: Iterable[tuple[str, object]] = (),
        taken: Mapping[str, Iterable[str]] | None = None,
    ) -> Scenario:
        """Read back what :attr:`text` gives.

        Parameters
        ----------
        text : str
            TOML of a whole scenario, which extends nothing.
        file : str
            What problems call it.
        changes : iterable of (str, object)
            Those that it already has.
        taken : mapping of file to keys, optional
            What it took over from other files, as :attr:`taken` gives it.

        Raises
        ------
        ScenarioError
            With every problem found.
        """
        others = {tuple(key.split(".")): other for other, keys in (taken or {}).items() for key in keys}
        made = cls.from_sheet(Sheet(parse_toml(text, file), {(): file, **others}), tuple(changes))
        if not made.changes:
            return made
        # what it does not say that it took over came with a change: also when it is changed again
        return cls(made.data, replace(made.sheet, files={(): WITH_CHANGES, **others}), made.changes)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.data.name

    @property
    def title(self) -> str:
        """The scenario's title, for people."""
        return self.data.title

    @property
    def lineage(self) -> tuple[tuple[str, str], ...]:
        """What is changed since the file as key and words, none for a table: of each key its last change."""
        found: dict[str, str] = {}
        for key, content in self.changes:
            under = [other for other in found if other == key or other.startswith(f"{key}.")]
            found = {other: text for other, text in found.items() if other not in under}
            found[key] = "" if isinstance(content, Mapping) else content if isinstance(content, str) else show(content)
        return tuple(found.items())

    @property
    def label(self) -> str:
        """The title, and in brackets what is changed since the file: as many changes as find room, and how many more.

        Examples
        --------
        >>> load_scenario("jamtland-harjedalen-2017").with_changes({"invoices.late_share": 0.1}).label
        'Region Jämtland Härjedalen 2017 [invoices.late_share = 0.1]'
        """
        shown: list[str] = []
        for key, text in self.lineage:
            change = f"{key.removeprefix('alternatives.')} = {text}" if text else key
            if shown and len(", ".join([*shown, change])) > _LONGEST_LABEL:
                shown.append(f"+{len(self.lineage) - len(shown)}")
                break
            shown.append(change if len(change) <= _LONGEST_LABEL else change[: _LONGEST_LABEL - 1] + "…")
        return f"{self.title} [{', '.join(shown)}]" if shown else self.title

    @property
    def models(self) -> tuple[str, ...]:
        """The names of its models, in the order of the file, then those of its sequences of them."""
        return (*self.data.models, *self.data.sequences)

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 of the canonical data, 64 hexadecimal digits; any change of content changes it."""
        return fingerprint(self.data.model_dump())

    @property
    def text(self) -> str:
        """The whole scenario as TOML, changes included; reading it gives an equal scenario."""
        return to_toml(self.sheet.tables)

    @cached_property
    def inherited(self) -> tuple[Inherited, ...]:
        """What it takes over unchanged from the case that its file extends: key, status and file; empty for a case itself."""
        return inherited(self.data, self.sheet)

    @property
    def taken(self) -> dict[str, list[str]]:
        """The keys of :attr:`inherited` by the file that says them."""
        found: dict[str, list[str]] = {}
        for one in self.inherited:
            found.setdefault(one.file, []).append(one.key)
        return found

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """Numbers allowed but not plausible, or that move nothing, and ranges that together say more than a rule allows."""
        file_of = self.sheet.file_of
        return (*implausible(self.data, file_of), *too_late(self.data, file_of), *self.range_problems)

    def with_changes(self, changes: Mapping[str, object]) -> Scenario:
        """Return a new scenario with some keys changed.

        Parameters
        ----------
        changes : mapping of dotted key to number, text, date, truth value, list or table
            A number put in place of a `Value` keeps nothing of the old one: it is fixed and assumed, with a note of
            what it was. A table replaces the whole of what stood at its key, and adds a model when the name is new.

        Returns
        -------
        Scenario
            Checked like a file.

        Raises
        ------
        ScenarioError
            With every unknown key, and every rule that is broken.

        Examples
        --------
        >>> scenario = load_scenario("jamtland-harjedalen-2017")
        >>> more = scenario.with_changes({"invoices.late_share": 0.10})
        >>> more.data.invoices.late_share.value, more.changes
        (0.1, (('invoices.late_share', 0.1),))
        """
        if not isinstance(changes, Mapping):
            allowed = "a mapping of dotted keys to contents"
            remedy = 'write with_changes({"section.key": 1})'
            raise ScenarioError(Problem(WITH_CHANGES, "", changes, allowed, remedy))
        sheet = changed(self.sheet, changes, ScenarioData)
        recorded = tuple((key, as_written(content, key, ScenarioData)) for key, content in changes.items())
        return self.from_sheet(sheet, (*self.changes, *recorded))

    def with_model(self, name: str, *, copy_of: str, changes: Mapping[str, object] | None = None) -> Scenario:
        """Return a new scenario with one more model, a copy of another with some keys changed.

        Parameters
        ----------
        name : str
            The new model's name.
        copy_of : str
            The model to start from.
        changes : mapping, optional
            As for `with_changes`, the keys counted from the model: ``{"staff.handlers.fte": 3}``.

        Returns
        -------
        Scenario
            With the new model last.

        Raises
        ------
        ScenarioError
            When the name is taken, the model to copy does not exist, or a change does not fit.
        """
        models = self.sheet.tables["models"]
        if copy_of not in models:
            remedy = did_you_mean(str(copy_of), self.models) or "copy one of these"
            raise ScenarioError(
                Problem(
                    "with_model", "copy_of", copy_of, phrase("one of {names}", names=", ".join(self.models)), remedy
                )
            )
        if name in models:
            remedy = phrase("change it with with_changes, under models.{name}", name=name)
            raise ScenarioError(Problem("with_model", "name", name, "a name no model has", remedy))
        inside = {f"models.{name}.{key}": content for key, content in (changes or {}).items()}
        return self.with_changes({f"models.{name}": models[copy_of], **inside})

    @cached_property
    def alike(self) -> Alike:
        """Which models have the same terms, as written: also where numbers have been settled since, as by parameter sets."""
        tables = self.sheet.tables["models"] if self.data.sequences else {}  # else nothing follows anything
        return alike({name: Model.model_validate(table) for name, table in tables.items()})

    @property
    def alternatives(self) -> dict[str, dict[str, Fraction]]:
        """Structural alternatives that are still open: dimension -> name -> weight; each dimension sums to exactly 1."""
        return {
            dimension: {name: exact(one.weight) for name, one in named.items()}
            for dimension, named in self.data.alternatives.items()
        }

    def structures(self) -> tuple[Structure, ...]:
        """List every combination of the open alternatives; the weights sum to exactly 1.

        Returns
        -------
        tuple of Structure
            ``choice`` (for `with_alternatives`) and ``weight``; without alternatives one, which chooses nothing.
        """
        return structures(self.data.alternatives)

    def with_alternatives(self, choice: Mapping[str, str]) -> Scenario:
        """Return the scenario read in another way.

        Parameters
        ----------
        choice : mapping of dimension to name
            Dimensions that are not named stay as they are, and stay open.

        Returns
        -------
        Scenario
            With the changes of these alternatives, checked like a file; the dimensions chosen are open no more.

        Raises
        ------
        ScenarioError
            With every unknown dimension or name, and everything that is wrong with the changes.

        Examples
        --------
        >>> other = load_scenario("jamtland-harjedalen-2017").with_alternatives({"reading": "A"})
        >>> other.data.debtors.coordinate, "reading" in other.alternatives
        (False, False)
        """
        if not isinstance(choice, Mapping):
            remedy = 'write with_alternatives({"reading": "A"})'
            raise ScenarioError(Problem(WITH_ALTERNATIVES, "", choice, "a mapping of dimensions to names", remedy))
        changes = chosen_changes(self.data.alternatives, choice)
        recorded = tuple((f"alternatives.{dimension}", name) for dimension, name in choice.items())
        try:
            sheet = changed(settled(self.sheet, choice), changes, ScenarioData, written_in_file=True)
            return self.from_sheet(sheet, (*self.changes, *recorded))
        except ScenarioError as error:
            raise blamed(error, self.sheet, choice) from None

    @cached_property
    def prior(self) -> Prior:
        """The joint distribution of the uncertain numbers."""
        return prior(self.data)

    @cached_property
    def range_problems(self) -> tuple[Problem, ...]:
        """Rules between values that the ranges, at their worst, would break.

        Every rule asks that some numbers be not too large together, or that one be not larger than another, so one world
        at the far end of every range meets them all: what holds there holds in every draw.
        """
        try:
            with_values(self.data, _at_its_worst, what="the ranges at their worst")
        except ScenarioError as error:
            return error.problems
        return ()

    def realise(self, draws: Draws) -> World:
        """Make uncertain values into numbers.

        Parameters
        ----------
        draws : Draws
            ``draws.draw`` says which world: 0 has every number at its stated value; from 1 up, each `Value` with a
            distribution is drawn by ``draws.parameter(key)``, the same whatever the model and replication; correlated
            ones as their copula says.

        Returns
        -------
        World
            With fixed values only.

        Raises
        ------
        ScenarioError
            When the ranges, at their worst, break a rule between values, in whatever draw (see `range_problems`).
        """
        if draws.draw == 0:
            return self._base
        if self.range_problems:
            raise ScenarioError(self.range_problems)
        numbers = self.prior.world(draws.parameters(self.prior.columns))

        def drawn(key: str, value: Value, _: Limits | None) -> Value:
            return value.settled(numbers[key]) if key in numbers else value.fixed()

        what = phrase("draw {draw} of the uncertain numbers", draw=draws.draw)
        return World(self.name, with_values(self.data, drawn, what=what), draws.draw, self.alike)

    def rows(self) -> list[Row]:
        """List every number and setting as plain tuples, in the order of the schema."""
        return rows(self.data)

    def describe(self) -> pd.DataFrame:
        """Return the register of assumptions: every number and setting with its provenance.

        Returns
        -------
        pandas.DataFrame
            Columns key, value, low, high, unit, status, source, note, favours and dist, one row a key; a range that there is
            not is None. It is shown whole.
        """
        from kravsim.scenario.described import described

        return described(self.rows())

    @cached_property
    def key(self) -> Names:
        """Every key of :meth:`with_changes` as names after dots, for prompts to complete; at the end stands the key as text.

        Examples
        --------
        >>> scenario = load_scenario("jamtland-harjedalen-2017")
        >>> scenario.key.invoices.late_share
        'invoices.late_share'
        >>> scenario.with_changes({scenario.key.models.in_house.staff.handlers.fte: 2.5}).changes
        (('models.in_house.staff.handlers.fte', 2.5),)
        """
        return named_keys(row.key for row in self.rows())

    @cached_property
    def _base(self) -> World:
        data = with_values(self.data, lambda _key, value, _limits: value.fixed(), what="the base world")
        return World(self.name, data, 0, self.alike)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        changes = f", {len(self.changes)} changes" if self.changes else ""
        return f"<Scenario {self.name}: {', '.join(self.models)}{changes} [{self.fingerprint[:12]}]>"

    def _repr_html_(self) -> str:
        counts = Counter(row.status for row in self.rows() if row.status)
        lines: list[tuple[str, Any]] = [
            ("name", self.name),
            ("models", ", ".join(self.models)),
            ("numbers", ", ".join(f"{count} {status}" for status, count in counts.most_common())),
            *((f"changed: {key}", content) for key, content in self.changes),
            *(("not plausible", problem) for problem in self.warnings),
            ("fingerprint", self.fingerprint[:12]),
        ]
        left = ' style="text-align:left;vertical-align:top;overflow-wrap:anywhere"'
        cells = "".join(
            f"<tr><th{left}>{html.escape(head)}</th><td{left}>{html.escape(str(content))}</td></tr>"
            for head, content in lines
        )
        title = f"<caption{left}>{html.escape(self.title)}</caption>"
        return f'<table style="max-width:60em">{title}{cells}</table>'


def _at_its_worst(key: str, value: Value, limits: Limits | None) -> Value:
    """The end of a range at which rules between values break first: the top, except where the rule is a floor."""
    lowest = key.rpartition(".")[2] in FLOORS
    return value.drawn(SMALLEST if lowest else 1 - SMALLEST, limits)


def load_scenario(name_or_path: str | os.PathLike[str], *, strict: bool = False) -> Scenario:
    """Read a scenario by bundled name or path.

    Parameters
    ----------
    name_or_path : str or path
        A name of `scenario_names`, or a path: anything with a separator, or ending in ``.toml``.
    strict : bool
        Whether a number that is allowed but not plausible is an error rather than a warning.

    Returns
    -------
    Scenario
        Checked.

    Raises
    ------
    ScenarioError
        When there is no such scenario, or with every problem found in it.

    Warns
    -----
    ScenarioWarning
        For each number that is not plausible, unless `strict`.
    """
    scenario = Scenario.from_sheet(read_sheet(library.find(name_or_path)))
    check_each(scenario.data.alternatives, scenario.with_alternatives, scenario.fingerprint)
    if strict and scenario.warnings:
        raise ScenarioError(scenario.warnings)
    for problem in scenario.warnings:
        warnings.warn(str(problem), ScenarioWarning, stacklevel=2)
    return scenario


def scenario_names() -> tuple[str, ...]:
    """Return the names of the bundled scenarios, sorted."""
    return library.names()
