"""``paper build`` and ``paper check``: every file of a paper from its file and its scenario, under one manifest.

The manifest says of each file what it is made of, so that a check can say which files are stale without running anything; and
:func:`kravsim.reproduce` makes all of them again.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack

from kravsim.archives.manifest import MANIFEST_FORMAT, Record, asked_of, digest, environment, packages
from kravsim.archives.store import check_output_dir, json_text, write_files
from kravsim.calibration.designs import posterior_design
from kravsim.chance.draws import STREAM_VERSION
from kravsim.errors import OutputError, Problem
from kravsim.law import law_of
from kravsim.papers.answer_text import paper_document
from kravsim.papers.appendix import appendix_document
from kravsim.papers.asked import Asked, Tell, asked
from kravsim.papers.document import Picture
from kravsim.papers.page import page_bytes
from kravsim.papers.paper_figures import FIGURES, drawn_figures
from kravsim.papers.paper_file import PAPER, TEMPLATE_FILE, Options, Paper, PaperData, fingerprint, with_options
from kravsim.papers.paper_tables import table_files
from kravsim.papers.save import MANIFEST
from kravsim.papers.word import check_template, word_bytes
from kravsim.phrases import phrase
from kravsim.studies.decision.titles import titles_of
from kravsim.studies.uncertainty import stored
from kravsim.version import __version__
from kravsim.words.doubts import as_json
from kravsim.words.wording import language_index, titled

if TYPE_CHECKING:
    import os

    from kravsim.running.how import Crew

_LIBRARIES: Final = {"docx": "docx", "html": "jinja2", "xlsx": "xlsxwriter"}
_APPENDIX: Final = ("bilaga", "appendix")
"""What the name of the second document ends with."""
SCENARIO, CODE, SETS, ASKS, LOOK, TEXT, TABLES, TEMPLATE = (
    "scenario and law",
    "version and packages",
    "parameter sets",
    "what is asked",
    "look of figures",
    "words",
    "how tables are written",
    "template",
)
"""What a file may be made of."""
_NUMBERS: Final = (SCENARIO, CODE, SETS, ASKS)


def build(paper: Paper, *, tell: Tell | None = None, **how: Unpack[Crew]) -> tuple[Asked, dict[str, bytes]]:
    """Ask everything that a paper asks, and make every file but the manifest: name -> content.

    Parameters
    ----------
    paper : Paper
        As :func:`kravsim.papers.paper_file.load_paper` reads it.
    tell : callable, optional
        Told what is begun.
    **how : Unpack[Crew]
        Who runs it; the files do not depend on it.

    Raises
    ------
    OutputError, ScenarioError
        As :func:`check_documents`.
    """
    check_documents(paper)
    found = asked(paper.data, paper.scenario, tell=tell, **how)
    return found, made_of(found, paper.template)


def made_of(found: Asked, template: bytes | None) -> dict[str, bytes]:
    """Make every file but the manifest of the answers: name -> content.

    Parameters
    ----------
    found : Asked
        The answers.
    template : bytes or None
        The Word document that the paper is laid in.
    """
    with titled(titles_of(found.scenario, found.scenario.models)):
        return _files(found, template)


def _files(found: Asked, template: bytes | None) -> dict[str, bytes]:
    data = found.paper
    files: dict[str, bytes] = {}
    pictures: dict[str, Picture] = {}
    for name, drawn in drawn_figures(found, data.documents.csv):
        files |= drawn.files
        pictures[name] = drawn.picture
    files |= table_files(found)
    ending_of = _APPENDIX[language_index(data.language)]
    documents = {"": paper_document(found, pictures), ending_of: appendix_document(found, pictures)}
    for ending, document in documents.items():
        stem = f"{data.name}-{ending}" if ending else data.name
        if "docx" in data.documents.formats:
            files[f"{stem}.docx"] = word_bytes(document, template, width_mm=data.figures.width_mm)
        if "html" in data.documents.formats:
            files[f"{stem}.html"] = page_bytes(document)
    if "xlsx" in data.documents.formats:
        from kravsim.papers.workbook import workbook_bytes

        files[f"{data.name}.xlsx"] = workbook_bytes(found)
    if template is not None:
        files[TEMPLATE_FILE] = template
    return files


def save_paper(
    paper: Paper,
    outdir: str | os.PathLike[str],
    *,
    options: Options | None = None,
    force: bool = False,
    tell: Tell | None = None,
    **how: Unpack[Crew],
) -> list[Path]:
    """Build a paper, and write its files and its manifest.

    Parameters
    ----------
    paper : Paper
        As :func:`kravsim.papers.paper_file.load_paper` reads it.
    options : mapping, optional
        Other settings of its figures and documents than its file has, kept in the manifest: what is stale is told by them.
    outdir : path
        Directory; made when missing.
    force : bool
        Whether existing files may be replaced.
    tell : callable, optional
        Told what is begun.
    **how : Unpack[Crew]
        Who runs it.

    Returns
    -------
    list of pathlib.Path
        The files, the manifest last.

    Raises
    ------
    OutputError
        When a file exists and `force` is false, or nothing can be written there; nothing is half-written.
    """
    options = {} if options is None else options
    paper, scenario = with_options(paper, options), paper.scenario
    check_output_dir(outdir, file_names(paper.data), force=force)
    record = Record.begin(scenario.text, scenario.lineage, scenario.taken).to_json()
    found, files = build(paper, tell=tell, **how)
    said = {
        "format": MANIFEST_FORMAT,
        "kind": PAPER,
        "paper": paper.data.name,
        "paper_text": paper.text,
        "options": {name: dict(values) for name, values in options.items()},
        "template": None if paper.template is None else digest(paper.template),
        "language": paper.lang,
        **asked_of(scenario),
        "seed": found.comparison.first.seed,
        "models": list(paper.data.models),
        "parameter_sets": found.uncertain.parameter_sets,
        "doubts": as_json(found.uncertain.doubts),
        "ingredients": ingredients(paper, found.uncertain.parameter_sets),
        "made_of": {name: list(parts_of(name, paper.data)) for name in files},
        "run": record,
        "files": {name: digest(body) for name, body in files.items()},
    }
    return write_files(outdir, {**files, MANIFEST: json_text(said).encode("utf-8")}, force=force)


def check_documents(paper: Paper) -> None:
    """Refuse before anything runs what no document could be written with: a missing library, a template that does not do.

    Parameters
    ----------
    paper : Paper
        As it was read.

    Raises
    ------
    OutputError
        When a library of a document is not installed; says how to get it.
    ScenarioError
        When the template is no Word document, or lacks a style that is needed.
    """
    check_libraries(paper.data)
    if paper.template is not None and "docx" in paper.data.documents.formats:
        check_template(paper.template)


def file_names(data: PaperData) -> list[str]:
    """Name the files that a paper may come to have, its manifest last: which of its figures there are shows when it is asked.

    Parameters
    ----------
    data : PaperData
        What the paper's file says.
    """
    ending_of = _APPENDIX[language_index(data.language)]
    kinds = [kind for kind in data.documents.formats if kind != "xlsx"]
    documents = [f"{stem}.{kind}" for stem in (data.name, f"{data.name}-{ending_of}") for kind in kinds]
    documents += [f"{data.name}.xlsx"] if "xlsx" in data.documents.formats else []
    figures = [f"{name}.{kind}" for name, _, _ in FIGURES for kind in (*data.figures.formats, "csv", "txt")]
    return [*documents, *figures, *([TEMPLATE_FILE] if data.documents.template else []), MANIFEST]


def check_libraries(data: PaperData) -> None:
    """Refuse a document whose library is not installed, before anything runs.

    Parameters
    ----------
    data : PaperData
        What the paper's file says.

    Raises
    ------
    OutputError
        With every one.
    """
    lacking = [kind for kind in data.documents.formats if find_spec(_LIBRARIES[kind]) is None]
    if lacking:
        raise OutputError(
            Problem(
                "",
                "documents.formats",
                kind,
                phrase("a document whose library is installed ({name} is not)", name=_LIBRARIES[kind]),
                'install the extra: pip install "kravsim[paper]"',
            )
            for kind in lacking
        )


def parts_of(name: str, data: PaperData) -> tuple[str, ...]:
    """What a file of a paper is made of.

    Parameters
    ----------
    name : str
        Of the file.
    data : PaperData
        What the paper's file says.
    """
    kind = name.rsplit(".", maxsplit=1)[-1]
    if name == TEMPLATE_FILE:
        return (TEMPLATE,)
    if kind == "csv":
        return (*_NUMBERS, TABLES)
    if kind in ("svg", "pdf", "png", "txt"):
        return (*_NUMBERS, LOOK)
    if kind == "xlsx":
        return (*_NUMBERS, TEXT)
    own = data.documents.template and kind == "docx"
    return (*_NUMBERS, LOOK, TEXT, *([TEMPLATE] if own else []))


def ingredients(paper: Paper, parameter_sets: str | None) -> dict[str, str]:
    """Fingerprint of all that files are made of, by name.

    Parameters
    ----------
    paper : Paper
        As it was read.
    parameter_sets : str or None
        Fingerprint of the sets that worlds are drawn from; None for the prior.
    """
    data, scenario = paper.data, paper.scenario
    said = data.model_dump()
    asks = ("models", "runs", "turns", "two_way", "sweep")
    words = ("name", "title", "question", "date", "case_number", "background")
    return {
        SCENARIO: fingerprint(scenario.fingerprint, law_of(scenario.data).fingerprint),
        CODE: fingerprint(
            __version__, STREAM_VERSION, environment()["code"], _code_of_papers(), sorted(packages().items())
        ),
        SETS: fingerprint(parameter_sets),
        ASKS: fingerprint(*(said[key] for key in asks)),
        LOOK: fingerprint(said["figures"], data.language),
        TEXT: fingerprint(*(said[key] for key in words), data.language, said["documents"]["formats"]),
        TABLES: fingerprint(data.documents.csv),
        TEMPLATE: fingerprint(None if paper.template is None else digest(paper.template)),
    }


def sets_now(paper: Paper) -> str | None:
    """Fingerprint of the parameter sets that a build would draw its worlds from today; None for the prior.

    Parameters
    ----------
    paper : Paper
        As it was read.
    """
    runs = paper.data.runs
    if runs.uncertainty == "prior":
        return None
    drawn = stored(paper.scenario)
    design = posterior_design(
        paper.scenario, drawn, draws=runs.worlds, replications=runs.replications_per_world, seed=runs.seed
    )
    return design.sets_fingerprint


@cache
def _code_of_papers() -> str:
    """Sha256 of the rooms that draw and write, which the code of a result's numbers leaves out."""
    found = sha256()
    package = Path(__file__).resolve().parents[1]
    for room in ("figures", "papers"):
        for path in sorted(path for kind in ("py", "j2") for path in (package / room).rglob(f"*.{kind}")):
            found.update(f"{path.relative_to(package).as_posix()}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()
