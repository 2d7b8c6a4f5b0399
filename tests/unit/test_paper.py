"""Is a paper whole: documents that a region must be able to read, formulas with their values, the same bytes again?"""

from __future__ import annotations

import io
import json
import math
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from PIL import Image

from kravsim.cli import main
from kravsim.errors import DataError, RunError, ScenarioError
from kravsim.papers import build
from kravsim.papers.asked import Asked
from kravsim.papers.build import TEMPLATE, file_names, parts_of
from kravsim.papers.check_paper import check_paper
from kravsim.papers.document import Document, Paragraph
from kravsim.papers.paper_file import PaperData, load_paper
from kravsim.papers.reproduce import reproduce
from kravsim.papers.same_bytes import stored_again
from kravsim.papers.tidy import rounded, tidy_csv
from kravsim.papers.word import word_bytes
from kravsim.scenario import Scenario

SCENARIO = """
extends = "jamtland-harjedalen-2017"
name = "small"
title = "Liten region"

[invoices]
per_year = { value = 4000, source = "assumption", status = "assumed" }

[debtors]
number = { value = 400, source = "assumption", status = "assumed" }

[horizon]
history_years = { value = 1, source = "assumption", status = "assumed" }
"""
PAPER = """
name = "little"
title = "Egen inkassoverksamhet eller inkassoföretag?"
case_number = "RS/1/2026"
question = "Lönar det sig?"
date = 2026-11-29
scenario = "./small.toml"

[runs]
replications = 4
uncertainty = "prior"
worlds = 48

[figures]
width_mm = 120
dpi = 100

[[turns]]
key = "models.outsourced.staff.follow_up.fte"
low = 0
high = 8

[two_way]
keys = ["models.outsourced.staff.follow_up.fte", "models.in_house.system.per_year_kr"]
low = [0, 0]
high = [8, 200000]

[sweep]
key = "models.in_house.system.per_year_kr"
values = [0, 200000]
"""
FIGURES_ASKED_FOR = {
    "net_revenue",
    "s_curve",
    "difference",
    "bridge",
    "layers",
    "break_even",
    "switching_line",
    "two_way",
    "tornado",
    "worth_knowing",
    "flow_of_invoices",
    "payment_curves",
    "months",
    "stock",
    "cash",
    "burden",
    "published",
}
ERRORS = ("#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#N/A", "#NUM!", "Err:")
NUMBER = re.compile(r"\d[\d ]*")


@dataclass(frozen=True)
class Built:
    """A small paper that was built once for all tests of this file."""

    file: Path
    out: Path
    answers: Asked

    def __getitem__(self, name: str) -> bytes:
        return (self.out / name).read_bytes()

    @property
    def said(self) -> Any:
        return json.loads(self["manifest.json"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("paper")
    (folder / "small.toml").write_text(SCENARIO, encoding="utf-8")
    file = folder / "little.toml"
    file.write_text(PAPER, encoding="utf-8")
    out = folder / "out"
    found: list[Asked] = []
    real = build.asked

    def noted(*given: Any, **how: Any) -> Asked:
        found.append(real(*given, **how))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "asked", noted)
        assert main(["paper", "build", str(file), "--out", str(out), "--lang", "en", "--no-progress"]) == 0
    return Built(file, out, *found)


@pytest.fixture
def known_answers(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a paper that asks the same be written from the same answers: how it looks and what it says is its own."""

    def known(paper: PaperData, scenario: Scenario, **_: Any) -> Asked:
        asks = {"runs", "models", "turns", "two_way", "sweep"}
        assert paper.model_dump(include=asks) == built.answers.paper.model_dump(include=asks)
        assert scenario == built.answers.scenario
        return replace(built.answers, paper=paper)

    monkeypatch.setattr(build, "asked", known)


def test_one_manifest_covers_every_file(built: Built) -> None:
    said = built.said
    assert said["kind"] == "paper"
    assert set(said["files"]) == {path.name for path in built.out.iterdir()} - {"manifest.json"}
    assert set(said["made_of"]) == set(said["files"])
    figures = {name.removesuffix(".svg") for name in said["files"] if name.endswith(".svg")}
    assert figures >= FIGURES_ASKED_FOR
    assert "believed" not in figures  # worlds of the prior have consulted no books
    for name in figures:
        assert {f"{name}.{kind}" for kind in ("svg", "pdf", "png", "csv", "txt")} <= set(said["files"])
    for kind in ("docx", "html"):
        assert {f"little.{kind}", f"little-bilaga.{kind}"} <= set(said["files"])


def test_every_file_is_made_again_byte_for_byte(built: Built) -> None:
    found = reproduce(built.out / "manifest.json", workers=1)  # in turn, where it was built side by side
    assert found.same, found.table("en")


def test_what_is_stale_is_told_with_its_reason(built: Built, tmp_path: Path) -> None:
    assert check_paper(load_paper(built.file), built.out).fresh
    beside = tmp_path / "small.toml"
    beside.write_text(SCENARIO, encoding="utf-8")
    other = tmp_path / "little.toml"

    def stale(text: str) -> dict[str, tuple[str, ...]]:
        other.write_text(text, encoding="utf-8")
        states = check_paper(load_paper(other), built.out).files
        return {one.name: one.stale for one in states if not one.fresh}

    words = stale(PAPER.replace("Lönar det sig?", "Lönar det sig nu?"))
    assert {Path(name).suffix for name in words} == {".docx", ".html", ".xlsx"}
    assert set(words.values()) == {("words",)}
    look = stale(PAPER.replace("dpi = 100", "dpi = 120"))
    assert not any(name.endswith((".csv", ".xlsx")) for name in look)
    assert len(stale(PAPER.replace("worlds = 48", "worlds = 64"))) == len(built.said["files"])
    beside.write_text(SCENARIO.replace("4000", "4001"), encoding="utf-8")
    assert len(stale(PAPER)) == len(built.said["files"])


@pytest.mark.usefixtures("known_answers")
def test_what_was_asked_for_beside_the_file_is_not_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    file = tmp_path / "little.toml"
    file.write_text(f'{PAPER}\n[documents]\nformats = ["html"]\n', encoding="utf-8")
    out = tmp_path / "out"
    asked = ["--dpi", "80", "--width", "100", "--format", "png", "--csv", "swedish_excel", "--no-progress"]
    capsys.readouterr()
    assert main(["paper", "build", str(file), "--out", str(out), *asked, "--lang", "en"]) == 0
    assert "little stays in its own language (sv)" in capsys.readouterr().err
    assert '<html lang="sv">' in (out / "little.html").read_text("utf-8")
    with Image.open(out / "cash.png") as image:
        assert abs(image.width - 100 / 25.4 * 80) <= 1
    assert not list(out.glob("*.svg"))
    assert (out / "cash.csv").read_bytes().startswith(b"\xef\xbb\xbfyear;first_kr;")
    assert check_paper(load_paper(file), out).fresh
    file.write_text(file.read_text("utf-8").replace("dpi = 100", "dpi = 110"), encoding="utf-8")
    assert check_paper(load_paper(file), out).fresh  # the options stand above the file
    file.write_text(file.read_text("utf-8").replace("replications = 4", "replications = 5"), encoding="utf-8")
    assert not check_paper(load_paper(file), out).fresh
    said = json.loads((out / "manifest.json").read_text("utf-8"))
    (out / "manifest.json").write_text(json.dumps({**said, "options": {"figures": {"colour": 3}}}), "utf-8")
    with pytest.raises(DataError, match="options"):
        check_paper(load_paper(file), out)


@pytest.mark.usefixtures("known_answers")
def test_a_paper_is_built_in_the_language_asked_for(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    file, out = tmp_path / "little.toml", tmp_path / "out"
    texts = '[texts.en]\ntitle = "In-house or agency?"\nquestion = "Does it pay?"\n'
    file.write_text(f'{PAPER}\n{texts}[documents]\nformats = ["html"]\n', encoding="utf-8")
    asked = ["--dpi", "80", "--format", "svg", "--no-progress", "--lang", "en"]
    assert main(["paper", "build", str(file), "--out", str(out), *asked]) == 0
    page = (out / "little.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "In-house or agency?" in page
    assert "Lönar det sig?" not in page
    assert "net revenue" in (out / "net_revenue.txt").read_text("utf-8").lower()
    assert check_paper(load_paper(file), out).fresh


def test_a_file_that_was_changed_or_taken_away_is_stale(built: Built, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(built.out, copy)
    (copy / "cash.csv").write_text("other\n", encoding="utf-8")
    (copy / "cash.svg").unlink()
    states = {one.name: one.on_disk for one in check_paper(load_paper(built.file), copy).files if not one.fresh}
    assert states == {"cash.csv": "changed", "cash.svg": "gone"}
    assert main(["paper", "check", str(built.file), "--out", str(copy), "--lang", "en"]) == RunError.exit_code
    assert main(["paper", "check", str(built.file), "--out", str(built.out), "--lang", "en"]) == 0
    with pytest.raises(DataError):
        check_paper(load_paper("rs-672-2018"), built.out)


def test_the_word_document_can_be_read_by_all(built: Built) -> None:
    for name in ("little.docx", "little-bilaga.docx"):
        made = docx.Document(io.BytesIO(built[name]))
        section = made.sections[0]
        sides = sorted(round(side / 36_000) for side in (section.page_width, section.page_height))
        assert sides == [210, 297]
        text = zipfile.ZipFile(io.BytesIO(built[name])).read("word/styles.xml").decode()
        assert set(re.findall(r'w:lang[^>]*w:val="([^"]+)"', text)) == {"sv-SE"}
        assert {paragraph.style.name for paragraph in made.paragraphs} >= {"Title", "Heading 1"}
        for table in made.tables:
            first = table.rows[0]._tr
            assert first.trPr is not None
            assert first.trPr.find(qn("w:tblHeader")) is not None
        body = zipfile.ZipFile(io.BytesIO(built[name])).read("word/document.xml").decode()
        assert "fldSimple" not in body
        assert "instrText" not in body  # no SUM, DATE or contents that a program fills in
        pictures = re.findall(r"<wp:docPr ([^>]*)/?>", body)
        assert pictures
        assert all(re.search(r'descr="[^"]{20,}"', one) for one in pictures)
        ids = [re.search(r'id="(\d+)"', one)[1] for one in pictures]  # type: ignore[index]
        assert len(set(ids)) == len(ids)
        assert "<wp:anchor" not in body  # pictures stand in the text, so they are read where they belong


def test_the_statement_in_the_paper_adds_up(built: Built) -> None:
    made = docx.Document(io.BytesIO(built["little.docx"]))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in made.tables]
    grid = next(rows for rows in tables if rows[0][0] == "Kr per år")

    def kr(text: str) -> int:
        return int(text.replace("\u2212", "-").replace("\u00a0", "").removesuffix("kr"))

    names = [row[0] for row in grid]
    net, principal, both = (
        names.index(name) for name in ("Nettointäkt", "Återvunnet kapital", "Nettointäkt och återvunnet kapital")
    )
    for column in (1, 2, 3):
        assert sum(kr(row[column]) for row in grid[1:net]) == kr(grid[net][column])
        assert kr(grid[net][column]) + kr(grid[principal][column]) == kr(grid[both][column])
    for row in grid[1:]:
        assert kr(row[1]) - kr(row[2]) == kr(row[3])
        assert all("\u00a0kr" in cell and " " not in cell for cell in row[1:])


def test_the_answer_says_what_the_posts_of_the_base_case_would_give(built: Built) -> None:
    worlds = built.answers.uncertain
    of_worlds = {run.model: run.net_ore().reshape(worlds.draws, -1)[:, 0] for run in worlds.runs}  # a year of each
    nets = {model: ore.mean() / 100 for model, ore in of_worlds.items()}
    made = docx.Document(io.BytesIO(built["little.docx"]))
    (text,) = [one.text for one in made.paragraphs if one.text.startswith("Grundfallet räknar med")]
    found = re.search(r"räknar med ([\d,]+) tjänster för egen regi.* lägen ge ([\d\u00a0]+)\u00a0kr mindre", text)
    assert found is not None, text
    told = float(found[2].replace("\u00a0", ""))
    assert abs(told + nets["in_house@base_posts"] - nets["outsourced"]) <= worlds.others[0].difference.step() / 2
    posts = built.answers.scenario.data.models["in_house"].staff["handlers"].fte.value
    assert found[1].replace(",", ".") == f"{posts:g}"


def test_a_minus_is_a_minus_and_dates_are_left_alone() -> None:
    made = Document(
        "T", "2026-11-29", "sv", load_paper("rs-672-2018").data.date, "o", (Paragraph("från -5 till -1 kr"),)
    )
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(word_bytes(made, None, width_mm=100))).paragraphs)
    assert "från \u22125 till \u22121 kr" in text
    assert "2026-11-29" in text


def test_a_template_of_ones_own_is_used_and_one_without_its_styles_is_refused() -> None:
    own = docx.Document()
    own.styles["Title"].font.name = "Georgia"
    own.add_paragraph("text of the template")
    stream = io.BytesIO()
    own.save(stream)
    document = Document("T", "s", "sv", load_paper("rs-672-2018").data.date, "o", (Paragraph("a"),))
    made = docx.Document(io.BytesIO(word_bytes(document, stream.getvalue(), width_mm=100)))
    assert made.styles["Title"].font.name == "Georgia"
    assert [one.text for one in made.paragraphs] == ["T", "s", "a"]
    lacking = own.styles["Caption"].element
    lacking.getparent().remove(lacking)
    stream = io.BytesIO()
    own.save(stream)
    with pytest.raises(ScenarioError, match="Caption"):
        word_bytes(document, stream.getvalue(), width_mm=100)
    with pytest.raises(ScenarioError, match="Word document"):
        word_bytes(document, b"no document", width_mm=100)


def test_what_no_document_could_be_written_with_is_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = docx.Document()
    for name in ("Heading 1", "Title"):
        style = own.styles[name].element
        style.getparent().remove(style)
    own.save(str(tmp_path / "own.docx"))
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    file = tmp_path / "little.toml"
    out = tmp_path / "out"

    def refused(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        assert main(["paper", "build", str(file), "--out", str(out), "--lang", "en"]) not in (0, RunError.exit_code)
        said = capsys.readouterr().err
        assert "1/11" not in said  # nothing was begun
        assert not list(out.glob("*")) or {path.name for path in out.iterdir()} == {"cash.csv"}
        return said

    said = refused(f'{PAPER}\n[documents]\ntemplate = "own.docx"\n')
    assert "Title, Heading 1" in said
    out.mkdir()
    (out / "cash.csv").write_text("kept\n", encoding="utf-8")
    assert "cash.csv" in refused(PAPER)
    assert (out / "cash.csv").read_text("utf-8") == "kept\n"


def test_the_names_of_all_files_are_known_before_they_are_made(built: Built) -> None:
    names = set(file_names(load_paper(built.file).data))
    assert names >= {name for name in built.said["files"] if not name.endswith(".csv")}
    assert names >= {"manifest.json", "cash.csv"}


def test_a_template_is_for_the_whole_build(built: Built) -> None:
    """The appendix lies on its side whatever the template is; what was built can itself be the template."""
    date = load_paper("rs-672-2018").data.date
    template = built["little.docx"]
    for landscape in (False, True):
        document = Document("T", "s", "sv", date, "o", (Paragraph("a"),), landscape=landscape)
        section = docx.Document(io.BytesIO(word_bytes(document, template, width_mm=100))).sections[0]
        sides = [round(side / 36_000) for side in (section.page_width, section.page_height)]
        assert sides == ([297, 210] if landscape else [210, 297])
    data = load_paper(built.file).data
    own = data.model_copy(update={"documents": data.documents.model_copy(update={"template": "own.docx"})})
    for name in ("little.docx", "little-bilaga.docx"):
        assert TEMPLATE in parts_of(name, own)
        assert TEMPLATE not in parts_of(name, data)


def test_the_page_needs_nothing_else(built: Built) -> None:
    for name in ("little.html", "little-bilaga.html"):
        text = built[name].decode("utf-8")
        assert '<html lang="sv">' in text
        outside = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
        assert not re.search(r"(src|href)=\"(?!data:)", outside)
        assert "<script" not in outside
        assert "url(" not in outside
        images = re.findall(r"<img [^>]*>", outside)
        assert images
        assert all(re.search(r'alt="[^"]{20,}"', one) for one in images)
        ids = re.findall(r'\bid="([^"]+)"', outside)
        assert len(set(ids)) == len(ids)
        assert outside.count("<h1") == 1
    assert "size:A4 landscape" in built["little-bilaga.html"].decode("utf-8")  # the register prints


def formulas(body: bytes) -> dict[tuple[str, str], tuple[str, Any]]:
    """Formula and stored value of every cell that has one."""
    live, kept = (openpyxl.load_workbook(io.BytesIO(body), data_only=only) for only in (False, True))
    found = {}
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    found[sheet.title, cell.coordinate] = (cell.value, kept[sheet.title][cell.coordinate].value)
    return found


def test_every_formula_carries_its_value_and_falls_in_no_trap(built: Built) -> None:
    found = formulas(built["little.xlsx"])
    assert len(found) > 100
    known = {"SUM", "SUMPRODUCT", "COUNT", "SMALL", "INT", "MIN", "IF"}
    for formula, value in found.values():
        assert isinstance(value, int | float), formula
        assert math.isfinite(value)
        assert set(re.findall(r"([A-Z][A-Z0-9.]*)\(", formula)) <= known  # what every program has had for twenty years
        assert '"' not in formula  # no criterion as text, whose decimal sign would be a country's
        assert "[" not in formula  # no total of "this table"
    book = openpyxl.load_workbook(io.BytesIO(built["little.xlsx"]))
    assert {"budget_first", "budget_second", "worlds_difference", "cash_present_value"} <= set(book.defined_names)
    formats = {cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row}
    assert formats <= {"General", "#,##0", "#,##0.####", "0.0%", "yyyy-mm-dd"}
    assert not any(sheet.tables for sheet in book)


def test_months_are_all_there_in_order_and_empty_ones_are_zero(built: Built) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(built["little.xlsx"]), data_only=True)["Månader"]
    rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[1]]
    by_model: dict[str, list[Any]] = {}
    for row in rows:
        by_model.setdefault(str(row[1]), []).append(row)
    assert len(by_model) == 2
    for known in by_model.values():
        assert [row[0].month for row in known] == list(range(1, 13))
        assert all(cell is not None for row in known for cell in row)


def test_the_line_meets_the_model_at_the_base_case_and_says_how_far_off_it_is(built: Built) -> None:
    book = openpyxl.load_workbook(io.BytesIO(built["little.xlsx"]), data_only=True)
    budget = {row[0]: row[1:] for row in book["Budget"].iter_rows(min_row=4, values_only=True) if row[0]}
    first, second, gap = budget["Nettointäkt"][:3]
    assert first - second == pytest.approx(gap, abs=1e-6)
    rows = [row for row in book["Fel"].iter_rows(min_row=4, values_only=True) if row[1]]
    linear = [row for row in rows if str(row[0]).startswith("System, drift") and row[3] is not None]
    assert linear
    for row in linear:  # what enters by itself alone is straight: no error but rounding
        assert abs(row[5]) < 0.01
        assert row[4] - row[3] == pytest.approx(row[5], abs=1e-6)


OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is the referee, where it is installed")
COUNTRIES = pytest.mark.parametrize("country", ["en-US", "sv-SE"])


def by_office(file: Path, kind: str, folder: Path, country: str) -> Path:
    """Let LibreOffice read a file as somebody in a country has it, work out everything anew, and write it."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    items = {
        "/org.openoffice.Office.Calc/Formula/Load": ("OOXMLRecalcMode", "0"),  # always
        "/org.openoffice.Setup/L10N": ("ooSetupSystemLocale", country),
    }
    settings = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, (name, value) in items.items()
    )
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{settings}'
        "</oor:items>",
        encoding="utf-8",
    )
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=300,
        env={**os.environ, "HOME": str(folder)},
    )
    return folder / f"{file.stem}.{kind.split(':', maxsplit=1)[0]}"


@OFFICE
@COUNTRIES
def test_libreoffice_recalculates_to_the_same(built: Built, tmp_path: Path, country: str) -> None:
    written = by_office(built.out / "little.xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path, country)
    again = openpyxl.load_workbook(written, data_only=True)
    ours = formulas(built["little.xlsx"])
    largest = max(abs(value) for _, value in ours.values())
    for (sheet, cell), (formula, value) in ours.items():
        theirs = again[sheet][cell].value
        assert isinstance(theirs, int | float), (sheet, cell, formula, theirs)
        assert abs(theirs - value) <= 1e-12 * largest, (sheet, cell, formula)
    texts = [str(cell.value) for sheet in again for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [text for text in texts if text.startswith(ERRORS)]
    for sheet in openpyxl.load_workbook(io.BytesIO(built["little.xlsx"])):  # a re-save keeps 15 digits: all there are
        for row in sheet.iter_rows():
            for one in row:
                if isinstance(one.value, int | float) and not isinstance(one.value, bool):
                    assert again[sheet.title][one.coordinate].value == one.value, (sheet.title, one.coordinate)


@OFFICE
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext reads the pages")
@COUNTRIES
def test_totals_are_there_on_paper(built: Built, tmp_path: Path, country: str) -> None:
    """Neither a total row of a sheet nor one of Word becomes 0 or an error when an office program prints it."""
    book = openpyxl.load_workbook(io.BytesIO(built["little.xlsx"]), data_only=True)
    net = next(row for row in book["Budget"].iter_rows(values_only=True) if row[0] == "Nettointäkt")
    made = docx.Document(io.BytesIO(built["little.docx"]))
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    total = next(row for row in rows if row[0] == "Nettointäkt")
    wanted = {
        "little.xlsx": [f"{abs(round(x)):,}" for x in net[1:4]],
        "little.docx": total[1:],
    }
    for name, texts in wanted.items():
        page = by_office(built.out / name, "pdf", tmp_path, country)
        said = subprocess.run(["pdftotext", "-layout", page, "-"], capture_output=True, text=True, check=True).stdout
        plain = re.sub(r"[\s,.\u00a0\u202f]", "", said)
        for text in texts:
            assert re.sub(r"[\s,.\u00a0]", "", text) in plain, (name, text)
        assert not [error for error in ERRORS if error in said]
        if name.endswith(".docx"):
            assert "\u2212" in said  # a negative total has kept its minus


def test_every_page_is_a4_and_in_swedish(built: Built) -> None:
    with zipfile.ZipFile(io.BytesIO(built["little.xlsx"])) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        for name in sheets:
            assert re.search(r'<pageSetup [^>]*paperSize="9"', archive.read(name).decode())
    for name in ("little.html", "little-bilaga.html"):
        assert "size:A4" in built[name].decode("utf-8")
        assert '<html lang="sv">' in built[name].decode("utf-8")
    for name in ("little.docx", "little-bilaga.docx"):
        section = docx.Document(io.BytesIO(built[name])).sections[0]
        assert sorted(round(side / 36_000) for side in (section.page_width, section.page_height)) == [210, 297]


def test_pictures_have_their_size_their_origin_and_real_text(built: Built) -> None:
    wide = round(120 / 25.4 * 100)
    for name in (name for name in built.said["files"] if name.endswith(".png")):
        with Image.open(io.BytesIO(built[name])) as image:
            assert abs(image.width - wide) <= 1
            assert round(image.info["dpi"][0]) == 100
            assert "kravsim" in image.info["Source"]
            assert len(image.info["Description"]) > 20
    for name in (name for name in built.said["files"] if name.endswith(".svg")):
        text = built[name].decode("utf-8")
        assert 'width="120mm"' in text
        assert "<text" in text
        assert "@font-face" in text
        assert "kravsim" in re.search(r"<metadata>(.*?)</metadata>", text)[1]  # type: ignore[index]
        title = re.search(r'<title id="said">(.*?)</title>', text)[1]  # type: ignore[index]
        assert len(title) > 20
        assert built[name.replace(".svg", ".txt")].decode("utf-8").strip()
    for name in (name for name in built.said["files"] if name.endswith(".pdf")):
        assert b"/CreationDate" not in built[name]


def test_no_archive_holds_a_time_or_compressed_bytes(built: Built) -> None:
    for name in (name for name in built.said["files"] if name.endswith((".docx", ".xlsx"))):
        with zipfile.ZipFile(io.BytesIO(built[name])) as archive:
            for member in archive.infolist():
                assert member.date_time == (1980, 1, 1, 0, 0, 0)
                assert member.compress_type == zipfile.ZIP_STORED
        assert stored_again(built[name]) == built[name]


def test_numbers_are_rounded_before_they_are_written_and_a_swedish_excel_can_open_them(built: Built) -> None:
    import pandas as pd

    assert rounded(0.1 + 0.2) == 0.3
    assert rounded(-0.0) == 0.0
    frame = pd.DataFrame({"a": ["x"], "kr": [1234.5]})
    assert tidy_csv(frame, "swedish_excel").decode("utf-8") == "\ufeffa;kr\r\nx;1234,5\r\n"
    flow = pd.read_csv(io.BytesIO(built["flow_of_invoices.csv"]))
    assert flow["invoices"].sum() == 4000


def test_stress_shows_its_blanks(built: Built) -> None:
    text = built["little-bilaga.html"].decode("utf-8")
    assert text.count("ska fyllas i") == 2
    assert "Förbehandling av data" in text


def test_progress_is_told_and_a_paper_is_not_written_over(built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paper", "build", str(built.file), "--out", str(built.out), "--lang", "en"]) == 5
    assert "existing file" in capsys.readouterr().err
