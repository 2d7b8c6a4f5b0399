"""Are the pages of the site true: do blocks run, is no number typed, is every name and word told, does no link lead astray?

The site itself is built in CI, where Sphinx is installed; what it is made of is tried here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml
from matplotlib import pyplot as plt

import kravsim
from kravsim.words import key_words, process_words, wording

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs/site"
sys.path.insert(0, str(SITE))
from made_by import check_pages, commands, documents, glossary, lists, reference, run_blocks  # noqa: E402

sys.path.remove(str(SITE))

PAGES = sorted(path for path in SITE.rglob("*.md") if "made" not in path.relative_to(SITE).parts)
TYPED = re.compile(r"(?<![\w./-])\d[\d.,]*")
"""Numbers in running text; those in names, paths and versions apart."""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(SITE).with_suffix("").as_posix())
def test_blocks_of_a_page_run_and_its_pictures_are_there(page: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        made = run_blocks.with_outputs(
            page.read_text(encoding="utf-8"), tmp_path / "run", tmp_path / "pictures", "/made"
        )
    plt.close("all")
    assert "<!-- figure" not in made
    assert "Traceback" not in made


def test_the_lines_of_the_readme_run(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = [one for one in run_blocks.blocks(text) if one.lang == "python"]
    few = block.code.replace("compare(scenario, ", "compare(scenario, replications=2, ")
    few = few.replace("simulate(more, ", "simulate(more, replications=72, ")
    assert few.count("replications=") == 2
    run_blocks.with_outputs(f"```python\n{few}```\n", tmp_path, tmp_path)
    plt.close("all")
    assert (tmp_path / "difference.png").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(SITE).with_suffix("").as_posix())
def test_no_number_is_typed_in_prose(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$|<!--.*?-->|`[^`]*`|\]\([^)]*\)", " ", text, flags=re.M | re.S)
    prose = re.sub(r"\b3\.1[123]\b", " ", prose)  # of Python
    assert TYPED.findall(prose) == []


def test_every_block_is_run_or_says_why_not() -> None:
    found = [(page.stem, block) for page in PAGES for block in run_blocks.blocks(page.read_text(encoding="utf-8"))]
    assert sum(block.run for _, block in found) > 30
    silent = [(page, block.code) for page, block in found if not block.run and not block.marks.get("not run")]
    assert [one for one in silent if "toctree" not in one[1]] == []


def test_sentences_go_on_in_the_next_line_and_rows_of_tables_stay_whole(tmp_path: Path) -> None:
    page = "```python\nprint('a word ' * 40)\nprint('row  ' * 40)\n```\n"
    lines = run_blocks.with_outputs(page, tmp_path, tmp_path).splitlines()
    said = lines[lines.index(":class: said") + 2 : -1]
    assert max(len(line) for line in said[:-1]) <= run_blocks.WIDTH
    assert said[-1] == ("row  " * 40).rstrip()


def test_every_document_is_a_page_and_every_link_of_one_leads_somewhere() -> None:
    made = documents.made()  # a link to nothing raises
    assert {path.stem for path in (ROOT / "docs/decisions").glob("*.md")} <= {page.split("/")[-1] for page in made}
    assert {"made/documents/readme", "made/documents/changelog", "made/decisions"} <= set(made)
    page = documents.text_of("made/documents/x", ROOT / "README.md", documents.documents())
    assert "](../../" not in page


def test_a_link_of_a_document_to_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    wrong = tmp_path / "wrong.md"
    wrong.write_text("# A\n\n[there](gone.md)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong.md: a link leads to gone.md"):
        documents.text_of("made/documents/wrong", wrong, {"made/documents/wrong": wrong})


def test_every_public_name_is_in_the_reference() -> None:
    made = reference.made()
    rooms = {f"kravsim.{room}" for room in (*kravsim._ROOMS, "errors")} | {"kravsim"}
    assert rooms == set(reference.ROOMS)
    for room in rooms:
        for name in reference.names_of(room):
            home = reference.home_of(name)
            assert f"{home}.{name}" in made[f"made/reference/{home.replace('.', '-')}"], name
    classes = {one.__name__ for one in reference.classes()}
    assert {"Scenario", "Run", "Comparison", "Distribution", "UncertainComparison", "Ranking", "Sweep"} <= classes


def test_every_word_is_in_the_glossary() -> None:
    (page,) = glossary.made().values()
    for table in (key_words.KEYS, process_words.STEP_WORDS, process_words.END_WORDS, wording.METRIC_WORDS):
        for name, (swedish, english) in table.items():
            rows = [line.replace("\\", "") for line in page.splitlines() if line.endswith(f"| `{name}` |")]
            assert f"| {swedish} | {english} | `{name}` |" in rows, name


def test_every_command_and_option_has_its_page_in_both_languages() -> None:
    made = commands.made()
    for lang, page in commands.PAGES.items():
        for name, _, parser in commands._commands(kravsim.cli._parser()):
            text = made[f"{page}/{name.replace(' ', '-')}"]
            for action in parser._actions:
                assert all(option in text for option in action.option_strings), (lang, name)
    assert "visa den här hjälpen" in made["made/kommandon/compare"] or "hjälp" in made["made/kommandon/compare"]
    assert "show this help" in made["made/command-line/compare"]


def test_findings_and_traps_are_pages() -> None:
    made = lists.made()
    for path in (ROOT / "findings").glob("*.sh"):
        assert path.read_text(encoding="utf-8").splitlines()[4] in made[f"made/findings/{path.stem}"]
    for key in ("overloaded", "inherited", "no_claims", "age_cells"):
        assert f"`{key}`" in made["made/traps"]
    assert "**§M1** *Postings.*" in made["made/rules-of-money"]
    assert "**§1** *Time*" in made["made/engine-contract"]


def test_a_page_that_fetches_or_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="stylesheet" href="https://fonts.example/x.css"><h1 id="top"></h1><a href="#top"></a><a href="b.html"></a>'
        '<a href="a.html#gone"></a><a href="https://example.org">out</a>',
        encoding="utf-8",
    )
    assert check_pages.faults(tmp_path) == [
        "a.html: a link leads to a.html#gone, where nothing has that name",
        "a.html: a link leads to b.html",
        "a.html: fetches https://fonts.example/x.css",
    ]


def test_the_citation_is_of_this_version_and_of_its_format() -> None:
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(said)
    assert said["cff-version"] == "1.2.0"
    assert str(said["version"]) == kravsim.__version__
    assert said["type"] == "software"
    assert all(one.get("name") or one.get("family-names") for one in said["authors"])
    change = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {said['version']} — {said['date-released']}" in change
