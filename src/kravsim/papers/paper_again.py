"""A paper's files made again from its manifest alone, and its template where it has one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kravsim.archives.manifest import digest
from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.papers.asked import asked
from kravsim.papers.build import check_libraries, made_of, sets_now
from kravsim.papers.paper_file import TEMPLATE_FILE, Paper, paper_again
from kravsim.phrases import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from kravsim.running.how import Crew
    from kravsim.scenario import Scenario


def built_again(scenario: Scenario, said: Mapping[str, Any], manifest: Path, how: Crew) -> dict[str, bytes]:
    """Make the files of a manifest anew: name -> content.

    Parameters
    ----------
    scenario : Scenario
        Read out of the manifest.
    said : mapping
        The manifest.
    manifest : path
        Where it lies: beside it a template of the paper's own.
    how : Crew
        Who runs it.

    Raises
    ------
    DataError
        When its text is no paper's, its template is gone or another, or worlds would be drawn from other parameter sets.
    """
    file = str(manifest)
    try:
        data = paper_again(said["paper_text"], scenario, f"{file}: paper_text")
    except ScenarioError as error:
        raise DataError(error.problems) from None
    check_libraries(data)
    template = None
    wanted = said.get("template")
    if wanted is not None:
        beside = manifest.parent / TEMPLATE_FILE
        template = beside.read_bytes() if beside.is_file() else None
        if template is None or digest(template) != wanted:
            got = Words("no template" if template is None else "another template")
            allowed = phrase("the file {name} that it was built with", name=TEMPLATE_FILE)
            raise DataError(Problem(file, "template", got, allowed, "put it beside the manifest"))
    paper = Paper(data, said["paper_text"], scenario, template)
    if sets_now(paper) != said.get("parameter_sets"):
        remedy = "calibrate as was done then, and compare with that"
        got, allowed = Words("worlds drawn from other parameter sets"), "those stored beside the scenario"
        raise DataError(Problem(file, "parameter_sets", got, allowed, remedy))
    return made_of(asked(data, scenario, **how), template)
