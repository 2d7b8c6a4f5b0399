"""Is a paper's file read strictly: everything that is wrong at once, with file, key, value, what is allowed and a remedy?"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from kravsim.cli.papers import _CSV
from kravsim.errors import ScenarioError
from kravsim.papers.paper_file import PAPERS, Documents, find_paper, load_paper, paper_names, with_options

NAME = "rs-672-2018"
LEAST = """
name = "mine"
title = "A paper"
question = "Which?"
date = 2026-11-29
scenario = "jamtland-harjedalen-2017"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "paper.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(ScenarioError) as caught:
        load_paper(written(folder, text))
    return {problem.key: str(problem) for problem in caught.value.problems}


def test_the_bundled_paper_is_found_by_name_and_by_path() -> None:
    assert NAME in paper_names()
    paper = load_paper(NAME)
    assert find_paper(NAME).parent.name == PAPERS
    assert (paper.data.name, paper.lang, paper.scenario.name) == (NAME, "sv", "jamtland-harjedalen-2017")
    assert load_paper(find_paper(NAME)).data == paper.data
    with pytest.raises(ScenarioError, match=r"rs-672-2019.*rs-672-2018"):
        load_paper("rs-672-2019")


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    data = load_paper(written(tmp_path, LEAST)).data
    assert data.models == ("in_house", "outsourced")
    assert (data.figures.dpi, data.figures.width_mm, data.figures.formats) == (300, 170.0, ("svg", "pdf", "png"))
    assert data.documents.formats == ("docx", "html", "xlsx")


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        LEAST.replace('title = "A paper"', "titel = 3")
        + '[runs]\nworlds = 3\nseeds = 1\n[figures]\nformats = ["gif"]\nwidth_mm = "170"\n',
    )
    assert set(found) >= {"titel", "title", "runs.worlds", "runs.seeds", "figures.formats.0", "figures.width_mm"}
    assert "title" in found["titel"]
    assert "got 3" in found["runs.worlds"]
    assert "at least 32" in found["runs.worlds"]
    assert all(text.startswith("paper.toml") for text in found.values())


def test_what_the_scenario_has_not_is_told_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        LEAST
        + 'models = ["in_hose", "outsourced"]\n[[turns]]\nkey = "no.such.key"\nlow = 2\nhigh = 1\n'
        + '[sweep]\nkey = "models.in_house.staff.handlers.ftes"\nvalues = [1, 2]\n'
        + '[two_way]\nkeys = ["no.such.key", "no.such.key"]\nlow = [0, 2]\nhigh = [1, 2]\n'
        + '[documents]\nformats = ["html", "html"]\ntemplate = "gone.docx"\n',
    )
    assert set(found) == {
        "two_way.keys",
        "two_way.keys.0",
        "two_way.keys.1",
        "two_way.low.1",
        "models.0",
        "turns.0.key",
        "turns.0.low",
        "sweep.key",
        "documents.formats",
        "documents.template",
    }
    assert "in_house" in found["models.0"]
    assert "fte" in found["sweep.key"]


FTE = "models.in_house.staff.handlers.fte"
OTHER = "models.own_reminders.staff.handlers.fte"


@pytest.mark.parametrize(
    ("asked", "where", "words"),
    [
        (
            f'[two_way]\nkeys = ["{FTE}", "invoices.per_year"]\nlow = [-1, 0]\nhigh = [2, 5]\n',
            "two_way.low.0",
            "from 0 to",
        ),
        (
            f'[two_way]\nkeys = ["invoices.per_year", "{OTHER}"]\nlow = [9, 1]\nhigh = [99, 2]\n',
            "two_way.keys.1",
            "a part in",
        ),
        (f'[[turns]]\nkey = "{FTE}"\nlow = 1\nhigh = 1e6\n', "turns.0.high", "from 0 to 10000"),
        (f'[[turns]]\nkey = "{OTHER}"\nlow = 1\nhigh = 2\n', "turns.0.key", "a number that can have a part in"),
        ('[[turns]]\nkey = "policy.instalments"\nlow = 5.2\nhigh = 5.5\n', "turns.0.low", "two whole numbers or more"),
        ('[[turns]]\nkey = "alternatives.reading.C.weight"\nlow = 0\nhigh = 1\n', "turns.0.key", "of a number of the"),
        (f'[sweep]\nkey = "{FTE}"\nvalues = [1, -2, 3]\n', "sweep.values.1", "from 0 to 10000"),
        (f'[sweep]\nkey = "{FTE}"\nvalues = [1, 2, 1]\n', "sweep.values.2", "a list of different values"),
        (f'[sweep]\nkey = "{OTHER}"\nvalues = [1, 2]\n', "sweep.key", "a number that can have a part in"),
        ('[sweep]\nkey = "policy.instalments"\nvalues = [3, 4.5]\n', "sweep.values.1", "a whole number"),
    ],
)
def test_what_no_study_could_answer_is_told_when_the_file_is_read(
    tmp_path: Path, asked: str, where: str, words: str
) -> None:
    """Not after years and worlds have been run: limits of the numbers, and numbers of a model that is not compared."""
    found = refused(tmp_path, LEAST + asked)
    assert words in found.pop(where)
    assert not found


@pytest.mark.parametrize("template", ["../x.docx", "x.odt"])
def test_a_template_lies_beside_its_paper(tmp_path: Path, template: str) -> None:
    assert set(refused(tmp_path, f'{LEAST}[documents]\ntemplate = "{template}"\n')) == {"documents.template"}


def test_the_command_line_offers_the_kinds_of_csv_that_a_paper_has() -> None:
    assert get_args(Documents.model_fields["csv"].annotation) == _CSV


def test_options_become_part_of_the_papers_text(tmp_path: Path) -> None:
    paper = load_paper(written(tmp_path, LEAST))
    assert with_options(paper, {}) is paper
    other = with_options(paper, {"figures": {"dpi": 150, "formats": ["png"]}, "documents": {"csv": "swedish_excel"}})
    assert (other.data.figures.dpi, other.data.figures.formats, other.data.figures.width_mm) == (150, ("png",), 170.0)
    assert other.data.documents.csv == "swedish_excel"
    assert load_paper(written(tmp_path, other.text)).data == other.data
    with pytest.raises(ScenarioError, match="dpi"):
        with_options(paper, {"figures": {"dpi": 5}})


TEXTS = """
[texts.en]
title = "In-house?"
question = "Does it pay?"
"""


def test_a_paper_is_told_in_its_other_language_where_its_author_has_written_it(tmp_path: Path) -> None:
    paper = load_paper(written(tmp_path, f"{LEAST}{TEXTS}"))
    other = with_options(paper, {"paper": {"language": "en"}})
    assert (other.lang, other.data.title, other.data.question) == ("en", "In-house?", "Does it pay?")
    assert load_paper(written(tmp_path, other.text)).data == other.data
    assert with_options(other, {"paper": {"language": "sv"}}).data == paper.data
    with pytest.raises(ScenarioError, match=r"texts\.en"):
        with_options(load_paper(written(tmp_path, LEAST)), {"paper": {"language": "en"}})


def test_texts_in_the_papers_own_language_are_refused(tmp_path: Path) -> None:
    assert set(refused(tmp_path, f"{LEAST}{TEXTS.replace('texts.en', 'texts.sv')}")) == {"texts.sv"}


def test_the_bundled_paper_has_its_other_language() -> None:
    for name in paper_names():
        paper = load_paper(name)
        (other,) = paper.data.texts
        told = with_options(paper, {"paper": {"language": other}}).data
        assert (told.title != paper.data.title, len(told.background)) == (True, len(paper.data.background))
