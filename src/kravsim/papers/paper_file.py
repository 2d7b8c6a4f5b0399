"""A paper as a file says it: what is asked of which scenario, what is drawn, and which documents are written.

Strict, as a scenario is: no unknown key, no conversion, and everything that is wrong is told at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from kravsim.archives.store import slug
from kravsim.errors import DataError, Problem, ScenarioError
from kravsim.files import Unreadable, read_whole
from kravsim.papers.paper_questions import question_problems
from kravsim.phrases import phrase
from kravsim.scenario import Scenario, library, load_scenario
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.problems import problems_of
from kravsim.scenario.toml_file import parse_toml, read_toml
from kravsim.scenario.toml_writer import to_toml
from kravsim.scenario.values import Section

PAPER: Final = "paper"
"""Kind of manifest: what the files beside it are."""
TEMPLATE_FILE: Final = "template.docx"
"""Name under which a paper's own template lies beside its files."""
PAPERS: Final = "papers"
"""Folder of the bundled papers, beside the bundled scenarios."""
DOCUMENTS: Final = ("docx", "html", "xlsx")
PICTURES: Final = ("svg", "pdf", "png")
_LARGEST_TEMPLATE: Final = 16 * 2**20
_TEMPLATE: Final = "a Word document (.docx) beside the file of the paper"

_OPTIONS: Final = "command line"
OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "figures": frozenset({"dpi", "formats", "width_mm"}),
    "documents": frozenset({"csv"}),
    PAPER: frozenset({"language"}),
}
"""Tables of a paper's file, and the keys in them that the command line can set anew; the paper's own are in no table."""
Options = Mapping[str, Mapping[str, Any]]
"""What was asked for beside a paper's file: table -> key -> value."""
Line = Annotated[str, Field(min_length=1, max_length=300)]
Prose = Annotated[str, Field(min_length=1, max_length=2000)]


class Runs(Section):
    """How much is run: years as everything stands, and worlds that agree with the books."""

    seed: Annotated[int, Field(ge=0)] = 1
    replications: Annotated[int, Field(ge=2, le=10_000)] = 100
    uncertainty: Literal["posterior", "prior"] = "posterior"
    worlds: Annotated[int, Field(ge=32, le=10_000)] = 128
    replications_per_world: Annotated[int, Field(ge=2, le=100)] = 2


class Figures(Section):
    """Which figures, as which files, and how large they are printed."""

    formats: Annotated[tuple[Literal["svg", "pdf", "png"], ...], Field(min_length=1)] = PICTURES
    width_mm: Annotated[float, Field(ge=40, le=400)] = 170.0
    dpi: Annotated[int, Field(ge=72, le=1200)] = 300
    thresholds_kr: Annotated[tuple[float, ...], Field(max_length=6)] = (0.0,)


class Documents(Section):
    """Which documents, the Word template that they are laid in, and how tables of data are written."""

    formats: Annotated[tuple[Literal["docx", "html", "xlsx"], ...], Field(min_length=1)] = DOCUMENTS
    template: Annotated[str, Field(max_length=300)] = ""
    csv: Literal["plain", "swedish_excel"] = "plain"


class Turn(Section):
    """A number along which it is asked where the answer turns."""

    key: Line
    low: float
    high: float


class Swept(Section):
    """A number that is put to many values."""

    key: Line
    values: Annotated[tuple[float, ...], Field(min_length=2, max_length=200)]


class Plane(Section):
    """Two numbers over which it is asked which model is better, and where the line between runs."""

    keys: tuple[Line, Line]
    low: tuple[float, float]
    high: tuple[float, float]


class Texts(Section):
    """What a paper's author says, in the language that the paper is not written in."""

    title: Line
    question: Prose
    background: tuple[Prose, ...] = ()


class PaperData(Section):
    """A paper: what it is called, what it asks, and how it is made."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title: Line
    question: Prose
    date: dt.date
    language: Literal["sv", "en"] = "sv"
    case_number: Annotated[str, Field(max_length=60)] = ""
    scenario: Line
    models: Annotated[tuple[Line, ...], Field(min_length=2, max_length=2)] = ("in_house", "outsourced")
    background: tuple[Prose, ...] = ()
    texts: dict[Literal["sv", "en"], Texts] = Field(default_factory=dict)
    runs: Runs = Runs()
    figures: Figures = Figures()
    documents: Documents = Documents()
    turns: Annotated[tuple[Turn, ...], Field(max_length=12)] = ()
    two_way: Plane | None = None
    sweep: Swept | None = None


@dataclass(frozen=True)
class Paper:
    """A paper that has been read: what its file says, the scenario it is about, and the template it names.

    Parameters
    ----------
    data : PaperData
        What the file says.
    text : str
        The file itself.
    scenario : Scenario
        What is asked about.
    template : bytes or None
        The Word document that the paper is laid in; None for kravsim's own.
    """

    data: PaperData
    text: str
    scenario: Scenario
    template: bytes | None = None

    @property
    def lang(self) -> str:
        """Language of the paper."""
        return self.data.language


def paper_names() -> tuple[str, ...]:
    """Names of the bundled papers, sorted."""
    return library.names_in(PAPERS)


def find_paper(name_or_path: str | os.PathLike[str]) -> Path:
    """Find a paper's file: a bundled one by name, any other by path.

    Parameters
    ----------
    name_or_path : str or path
        A text with a separator in it or ending in ``.toml`` is a path.

    Raises
    ------
    ScenarioError
        When there is none.
    """
    return library.find_in(PAPERS, name_or_path, "paper", phrase("an existing paper file"))


def load_paper(name_or_path: str | os.PathLike[str]) -> Paper:
    """Read a paper, its scenario and its template.

    Parameters
    ----------
    name_or_path : str or path
        A bundled paper's name, or a path.

    Raises
    ------
    ScenarioError
        With everything that is wrong in the file; of a scenario that cannot be read, what is wrong there.
    """
    path = find_paper(name_or_path)
    tables, text = read_toml(path, path.name)
    return _checked(tables, text, path.name, path.parent)


def paper_again(text: str, scenario: Scenario, file: str) -> PaperData:
    """Read the text of a paper out of a manifest, whose scenario lies beside it.

    Parameters
    ----------
    text : str
        Of the paper's file.
    scenario : Scenario
        As the manifest keeps it.
    file : str
        Where the manifest lies, for errors.

    Raises
    ------
    ScenarioError
        When it is no paper's text.
    """
    data = _read(parse_toml(text, file), file)
    problems = list(_problems_beside(data, scenario, file))
    if problems:
        raise ScenarioError(problems)
    return data


def template_named(data: PaperData, folder: Path, file: str) -> bytes | None:
    """Read the template that a paper names; None where it names none.

    Parameters
    ----------
    data : PaperData
        What the paper's file says.
    folder : path
        Where the file lies.
    file : str
        What problems call it.

    Raises
    ------
    ScenarioError
        When it cannot be read, or is no Word document.
    """
    named = data.documents.template
    if not named:
        return None
    if not named.endswith(".docx") or Path(named).name != named:
        raise ScenarioError(Problem(file, "documents.template", named, _TEMPLATE, "write the name of the file alone"))
    try:
        return read_whole(folder / named, _LARGEST_TEMPLATE)
    except Unreadable as wrong:
        found = wrong.problem(file, _TEMPLATE)
        raise ScenarioError(
            Problem(file, "documents.template", found.value, _TEMPLATE, "put it there, or leave the key out")
        ) from None


def fingerprint(*parts: object) -> str:
    """Sha256 of some values as they are written.

    Parameters
    ----------
    *parts : object
        Values whose text says all that they are.
    """
    return hashlib.sha256("\0".join(map(repr, parts)).encode("utf-8")).hexdigest()


def _checked(tables: dict[str, Any], text: str, file: str, folder: Path) -> Paper:
    data = _read(tables, file)
    scenario = load_scenario(library.find_beside(data.scenario, folder))
    problems = list(_problems_beside(data, scenario, file))
    template = None
    try:
        template = template_named(data, folder, file)
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return Paper(data, text, scenario, template)


def _read(tables: dict[str, Any], file: str) -> PaperData:
    known = list(PaperData.model_fields)
    strange = [key for key in tables if key not in known]
    problems = [
        Problem(
            file,
            key,
            tables[key],
            phrase("one of {names}", names=", ".join(known)),
            did_you_mean(key, known) or "take it out",
        )
        for key in strange
    ]
    try:
        data = PaperData.model_validate({key: value for key, value in tables.items() if key not in strange})
    except ValidationError as error:
        raise ScenarioError([*problems, *problems_of(error, PaperData, lambda _: file)]) from None
    if problems:
        raise ScenarioError(problems)
    return data


def _problems_beside(data: PaperData, scenario: Scenario, file: str) -> Iterator[Problem]:
    """What the schema cannot know: names that the scenario has not, ranges the wrong way, the same thing twice."""
    for place, model in enumerate(data.models):
        if model not in scenario.models:
            allowed = phrase("one of {names}", names=", ".join(scenario.models))
            remedy = did_you_mean(model, scenario.models) or "check the spelling"
            yield Problem(file, f"models.{place}", model, allowed, remedy)
    if data.models[0] == data.models[1]:
        yield Problem(file, "models", data.models[0], "two different models", "name another model")
    if data.language in data.texts:
        key = f"texts.{data.language}"
        remedy = "say it in title, question and background, and take the table out"
        yield Problem(file, key, data.language, "texts in the language that the paper is not written in", remedy)
    yield from question_problems(data, scenario, file)
    for key, given in (("figures.formats", data.figures.formats), ("documents.formats", data.documents.formats)):
        if len(set(given)) < len(given):
            yield Problem(file, key, ", ".join(given), "each format once", "take the repetition out")
    if slug(data.name) != data.name:
        yield Problem(file, "name", data.name, "a name that can be a file's", "choose another")


def known_options(said: Mapping[str, Any], file: str) -> Options:
    """Read what was asked for beside a paper's file out of its manifest.

    Parameters
    ----------
    said : mapping
        The manifest.
    file : str
        Where it lies, for errors.

    Raises
    ------
    DataError
        When it is none that the command line gives.
    """
    options = said.get("options", {})
    if isinstance(options, dict) and all(
        name in OPTIONS and isinstance(values, dict) and set(values) <= OPTIONS[name]
        for name, values in options.items()
    ):
        return options
    allowed = ", ".join(f"{name}.{key}" for name, keys in OPTIONS.items() for key in sorted(keys))
    raise DataError(Problem(file, "options", options, allowed, "the manifest was edited"))


def with_options(paper: Paper, chosen: Options) -> Paper:
    """Give the paper with other settings, or in its other language, written into its text so that a manifest has them too.

    Parameters
    ----------
    paper : Paper
        As it was read.
    chosen : dict
        Tables of the paper's file, and keys and values in them; empty changes nothing.

    Raises
    ------
    ScenarioError
        With every value that is not allowed.
    """
    if not chosen:
        return paper
    tables = parse_toml(paper.text, _OPTIONS)
    for name, values in chosen.items():
        if name == PAPER:
            tables = _in_language(tables, values["language"], paper.lang)
            continue
        plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
        tables[name] = {**tables.get(name, {}), **plain}
    data = _read(tables, _OPTIONS)
    problems = list(_problems_beside(data, paper.scenario, _OPTIONS))
    if problems:
        raise ScenarioError(problems)
    return Paper(data, to_toml(tables), paper.scenario, paper.template)


def _in_language(tables: dict[str, Any], language: str, written: str) -> dict[str, Any]:
    """A paper's tables in its other language: its author's texts in that language change places with those of its own."""
    if language == written:
        return tables
    texts = tables.get("texts", {})
    if language not in texts:
        remedy = phrase(
            "give its title, question and background in a table [texts.{language}] of its file", language=language
        )
        raise ScenarioError(Problem(_OPTIONS, "--lang", language, written, remedy))
    own = {key: tables[key] for key in Texts.model_fields if key in tables}
    others = {key: value for key, value in texts.items() if key != language}
    rest = {key: value for key, value in tables.items() if key not in Texts.model_fields}
    return {**rest, **texts[language], "language": language, "texts": {**others, written: own}}
