"""A portfolio as a file says it: bodies of different sizes that are asked the same question.

Strict, as a scenario is: no unknown key, no conversion, and everything that is wrong is told at once.
"""

from __future__ import annotations

import os
from typing import Annotated, Final

from pydantic import Field, ValidationError, model_validator

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario import library
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.problems import problems_of
from kravsim.scenario.schema import SourceData
from kravsim.scenario.toml_file import parse_toml, read_toml
from kravsim.scenario.values import ASSUMPTION, Section

PORTFOLIOS: Final = "portfolios"
"""Folder of the bundled portfolios, beside the bundled scenarios."""
REGIONS: Final = "swedish-regions-2017"
"""The bundled one that is asked when none is named."""
MOST: Final = 500
_Line = Annotated[str, Field(min_length=1, max_length=120)]


class Volume(Section):
    """How far a body's invoices for its size may be from the scenario's, as shares of these."""

    low: Annotated[float, Field(gt=0, le=1)]
    high: Annotated[float, Field(ge=1, le=100)]
    source: str
    status: Status
    note: str = ""


class Member(Section):
    """One body: its size, in the portfolio's unit. ``as_it_stands`` keeps the number of invoices of the scenario."""

    name: _Line
    size: Annotated[float, Field(gt=0, le=1e9)]
    source: str
    status: Status
    note: str = ""
    as_it_stands: bool = False


class Portfolio(Section):
    """Bodies of different sizes, and of what size the scenario's own body is."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title: _Line
    title_sv: _Line
    unit: _Line
    unit_sv: _Line
    size_of_the_scenario: Annotated[float, Field(gt=0, le=1e9)]
    volume: Volume
    sources: dict[_Line, SourceData] = Field(default_factory=dict)
    bodies: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST)]

    @model_validator(mode="before")
    @classmethod
    def _bodies_are_tables(cls, given: object) -> object:
        if isinstance(given, dict) and isinstance(given.get("bodies"), list):
            return {**given, "bodies": tuple(given["bodies"])}
        return given

    def titled(self, lang: str) -> str:
        """The portfolio's title.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return self.title_sv if lang == "sv" else self.title

    def measured(self, lang: str) -> str:
        """The unit of its sizes, in plural.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return self.unit_sv if lang == "sv" else self.unit


def portfolio_names() -> tuple[str, ...]:
    """Names of the bundled portfolios, sorted."""
    return library.names_in(PORTFOLIOS)


def portfolio_text(name_or_path: str | os.PathLike[str]) -> str:
    """Read the text of a portfolio's file: a bundled one by name, any other by path.

    Parameters
    ----------
    name_or_path : str or path
        A text with a separator in it or ending in ``.toml`` is a path.

    Raises
    ------
    ScenarioError
        When there is none, or it is no TOML.
    """
    path = library.find_in(PORTFOLIOS, name_or_path, "bodies", phrase("an existing file of bodies"))
    return read_toml(path, path.name)[1]


def portfolio_of(text: str, file: str = "bodies") -> Portfolio:
    """Read a portfolio from its text.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        What problems call it.

    Raises
    ------
    ScenarioError
        With everything that is wrong in it.
    """
    tables = parse_toml(text, file)
    known = list(Portfolio.model_fields)
    strange = [key for key in tables if key not in known]
    allowed = phrase("one of {names}", names=", ".join(known))
    problems = [Problem(file, key, tables[key], allowed, did_you_mean(key, known) or "take it out") for key in strange]
    try:
        found = Portfolio.model_validate({key: value for key, value in tables.items() if key not in strange})
    except ValidationError as error:
        raise ScenarioError([*problems, *problems_of(error, Portfolio, lambda _: file)]) from None
    problems += _problems(found, file)
    if problems:
        raise ScenarioError(problems)
    return found


def _problems(found: Portfolio, file: str) -> list[Problem]:
    """What the schema cannot know: a body twice, a source that is none, a body of another size that stands as it is."""
    names = [one.name for one in found.bodies]
    problems = [
        Problem(file, "bodies.name", twice, "each body once", "take the repetition out")
        for twice in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]
    allowed = phrase("one of {names}", names=", ".join((*found.sources, ASSUMPTION)))
    named = dict.fromkeys((found.volume.source, *(one.source for one in found.bodies)))
    problems += [
        Problem(file, "source", source, allowed, "name a table [sources.*]")
        for source in named
        if source not in (*found.sources, ASSUMPTION)
    ]
    wanted = phrase("a body of the size of the scenario, {size}", size=f"{found.size_of_the_scenario:g}")
    problems += [
        Problem(file, "bodies.as_it_stands", one.name, wanted, "leave as_it_stands out")
        for one in found.bodies
        if one.as_it_stands and one.size != found.size_of_the_scenario
    ]
    return problems
