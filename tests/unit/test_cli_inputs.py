"""Do ``new``, ``validate``, ``list`` and ``schema`` help to write a scenario that means what its author meant?"""

from __future__ import annotations

import datetime as dt
import io
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kravsim import cli
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.describe import numbers
from kravsim.scenario.json_schema import editor_schema
from kravsim.scenario.library import BASE, find
from kravsim.scenario.own_body import QUESTIONS, keys_of
from kravsim.scenario.starter import SCHEMA_FILE, starter

CASE = "jamtland-harjedalen-2017"
MODELS = load_scenario(CASE).models


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert cli.main(words) == code
    told = capsys.readouterr()
    return told.out, told.err


# ---- new ---------------------------------------------------------------------------------------------------------


def test_a_starter_says_the_same_as_its_parent_and_validates(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "new", "min-region", "--full")
    assert out == "min-region.toml\n"
    assert err.endswith("kravsim: check it with: kravsim validate min-region.toml\n")
    text = (here / "min-region.toml").read_text("utf-8")
    assert text.startswith(f"#:schema ./{SCHEMA_FILE}\n")
    assert max(map(len, text.split("\n[body]")[0].splitlines())) <= 120
    mine, parent = load_scenario("./min-region.toml"), load_scenario(CASE)
    assert (mine.name, mine.title) == ("min-region", "min-region")
    assert mine.data.model_copy(update={"name": parent.name, "title": parent.title}) == parent.data
    out, err = said(capsys, "validate", "min-region.toml", "--lang", "en")
    assert out.splitlines()[0] == "min-region: OK"
    assert f"fingerprint: {mine.fingerprint}" in out
    assert "about 182 000 late claims in 11 years need about" in out
    assert (err.count("warning: "), err.count("advice: ")) == (0, 1)
    assert "say invoices.terms_days of this body itself" in err  # the parent's range reaches so far


def test_every_commented_line_may_be_uncommented() -> None:
    """Each is TOML with the parent's own content and its unit, so that changing a number is one edit."""
    parent = load_scenario(CASE)
    lines = starter(parent, name="x", extends=CASE, full=True).split("\n[body]\n")[1].splitlines()
    tables = tomllib.loads("[body]\n" + "\n".join(line.removeprefix("# ") for line in lines))
    own: Any = tomllib.loads(find(CASE).read_text("utf-8"))
    assert tables == {key: own[key] for key in tables}
    assert set(own) - set(tables) == {
        "extends",
        "name",
        "title",
        "description",
        "sources",
        "law",
        "targets",
        "correlations",
        "alternatives",
    }
    assert "[law]" not in lines  # nothing stands in it
    assert any(line.startswith("# late_share = { value = ") and line.endswith("  # share") for line in lines)


def test_a_change_in_a_starter_is_taken(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "new", "x", "--from", CASE, "--full")
    text = (here / "x.toml").read_text("utf-8")
    (here / "x.toml").write_text(text.replace("# hand_over_day = 22", "hand_over_day = 15"), "utf-8")
    assert load_scenario("x.toml").data.invoices.hand_over_day == 15


def test_a_file_without_answers_shows_what_a_body_is_asked_for_and_says_nothing_new(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "new", "x")
    text = (here / "x.toml").read_text("utf-8")
    assert len(text.splitlines()) < 45
    parent, mine = load_scenario(CASE), load_scenario("./x.toml")
    assert mine.data.model_copy(update={"name": parent.name, "title": parent.title}) == parent.data
    shown = {line.split(" = ")[0] for line in text.splitlines() if line.startswith("# ") and " = " in line}
    assert {f"# {path[-1]}" for path in keys_of(parent).values()} <= shown | {"# price_a_case_kr"}


ANSWERS = ("--invoices", "12000", "--late-share", "0.05", "--mean-claim-kr", "900", "--posts", "0.5")
FEES = (
    "--reminder-fee",
    "region",
    "--price-a-case-kr",
    "120",
    "--hand-over-days",
    "35",
    "--system-kr-per-year",
    "9000",
)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("full", [(), ("--full",)])
def test_a_body_of_its_own_says_what_it_was_asked_and_inherits_no_published_figure(
    full: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "new", "lilla", "--body", "Lilla kommun", *ANSWERS, *FEES, *full)
    mine, parent = load_scenario("./lilla.toml"), load_scenario(CASE)
    data = mine.data
    assert (data.body.name, data.invoices.per_year.value, data.invoices.late_share.value) == (
        "Lilla kommun",
        12_000,
        0.05,
    )
    assert data.invoices.hand_over_min_age_days.value == 35
    assert data.targets == {}
    assert "reading" not in mine.alternatives
    assert "limitation" in mine.alternatives
    segments = data.debtors.segments
    shares = {name: one.share.value for name, one in segments.items() if one.share is not None}
    shares["private"] = 1 - sum(shares.values())
    assert sum(shares[name] * one.amount_mean_kr.value for name, one in segments.items()) == pytest.approx(
        900, rel=1e-3
    )
    ratio = 12_000 * 0.05 / (parent.data.invoices.per_year.value * parent.data.invoices.late_share.value)
    assert data.debtors.number.value == round(parent.data.debtors.number.value * ratio)
    clerks, theirs = (one.data.models["outsourced"].staff["follow_up"].fte.value for one in (mine, parent))
    assert clerks == pytest.approx(theirs * ratio, rel=1e-3)
    handlers = data.models["in_house"].staff["handlers"]
    assert handlers.fte.value == handlers.posts.least_fte.value == 0.5
    contract = data.models["outsourced"].contract
    assert (contract.reminder_fee_kept_by, contract.price_a_case_kr.value, contract.price_a_case_when) == (
        "region",
        120,
        "handed_over",
    )
    assert data.models["in_house"].system.per_year_kr.value == 9000
    said(capsys, "validate", "lilla.toml")


@pytest.mark.usefixtures("here")
def test_what_is_asked_on_the_terminal_is_what_was_not_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [one.option for one in QUESTIONS if one.option not in {"invoices", "posts"}]
    answers = {"late-share": "0.04", "interest": "agency"}
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answers.get(option, '')}\n" for option in asked)))
    _, err = said(capsys, "new", "x", "--ask", "--invoices", "9000", "--posts", "1", "--lang", "en")
    assert err.count(": ") >= len(asked)
    data, parent = load_scenario("./x.toml").data, load_scenario(CASE).data
    assert (data.invoices.per_year.value, data.invoices.late_share.value) == (9000, 0.04)
    assert data.models["outsourced"].contract.interest_kept_by == "agency"
    assert data.invoices.hand_over_min_age_days == parent.invoices.hand_over_min_age_days


def test_new_does_not_overwrite_without_force(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "x.toml").write_text("mine", "utf-8")
    out, err = said(capsys, "new", "x", code=5)
    assert (out, err) == (
        "",
        "kravsim: x.toml: got 'an existing file'; allowed a new file; add --force (in Python force=True) to replace it\n",
    )
    assert (here / "x.toml").read_text("utf-8") == "mine"
    said(capsys, "new", "x", "--force")
    assert load_scenario("x.toml").name == "x"


def test_a_starter_may_extend_a_file_and_lie_elsewhere(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "new", "one")
    out, _ = said(capsys, "new", "två", "--from", "one.toml", "--out", "deep/down/two.toml")
    assert out == "deep/down/two.toml\n"
    assert 'extends = "../../one.toml"\nname = "två"' in (here / "deep/down/two.toml").read_text("utf-8")
    assert load_scenario("deep/down/two.toml").name == "två"


@pytest.mark.parametrize("name", ["a b", "../../x", "CON", 'quo"ted', "=1+1", "a#b", "ö" * 300])
def test_any_name_gets_a_safe_file_and_survives_as_it_is(
    name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = said(capsys, "new", name)
    (file,) = here.iterdir()
    assert out == f"{file.name}\n"
    assert err.endswith(f"validate {file.name}\n")
    assert load_scenario(file).name == name


@pytest.mark.parametrize(
    ("words", "code", "answer"),
    [
        (("new", ""), 2, "name: got ''"),
        (("new", "x" * 301), 2, "name: got "),
        (("new", CASE), 2, "allowed a name that no bundled scenario has"),
        (("new", BASE), 2, "allowed a name that no bundled scenario has"),
        (("new", "x", "--invoices", "many"), 2, "--invoices: got 'many'; allowed a number"),
        (("new", "x", "--late-share", "0,05"), 2, "--late-share: got '0,05'"),
        (("new", "x", "--late-share", "5"), 2, "invoices.late_share.value: got 5"),
        (("new", "x", "--mean-claim-kr", "20"), 2, "--mean-claim-kr: got 20"),
        (("new", "x", "--mean-claim-kr", "-1"), 2, "--mean-claim-kr: got -1"),
        (("new", "x", "--demand-fee", "us"), 2, "demand_fee_kept_by: got 'us'"),
        (("new", "x", "--invoices", "inf"), 2, "--invoices: got inf"),
        (("new", "x", "--from", BASE), 2, "base.toml: horizon: got nothing"),
        (("new", "x", "--from", "jamtland-harjedalen"), 2, f"did you mean {CASE}?"),
        (("new", "x", "--out", "no/such/../.."), 5, "allowed a plain name inside the directory"),
    ],
    ids=lambda item: " ".join(item)[:40] if isinstance(item, tuple) else None,
)
def test_new_refuses_in_words(
    words: tuple[str, ...], code: int, answer: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = said(capsys, *words, code=code)
    assert out == ""
    assert answer in err
    assert list(here.iterdir()) == []


def test_a_neighbour_with_the_parents_name_is_not_extended_by_mistake(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / f"{CASE}.toml").write_text("this is not TOML", "utf-8")
    _, err = said(capsys, "new", "x", code=2)
    assert f"allowed a directory without {CASE}.toml" in err
    assert not (here / "x.toml").exists()


# ---- validate and list -------------------------------------------------------------------------------------------


def test_validate_takes_a_bundled_name_and_speaks_swedish(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "validate", CASE)
    assert out.splitlines()[:2] == [f"{CASE}: OK", f"modeller: {', '.join(MODELS)}"]
    assert f"fingeravtryck: {load_scenario(CASE).fingerprint}" in out


def test_validate_tells_what_only_a_plan_shows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = '{ value = 50, source = "assumption", status = "assumed" }'
    (here / "x.toml").write_text(f'extends = "{CASE}"\nname = "x"\n[debtors]\nnumber = {number}\n', "utf-8")
    out, err = said(capsys, "validate", "x.toml", code=2)
    assert out == ""
    assert err.startswith("kravsim: x.toml: debtors.number: got 50; allowed enough debtors for ")


def test_list_shows_the_bundled_scenarios_or_those_of_a_directory(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = said(capsys, "list", "--lang", "en")
    assert out.splitlines()[0].split() == ["name", "title", "models"]
    assert CASE in out
    said(capsys, "new", "mine", "--out", "sub/mine.toml")
    (here / "sub/broken.toml").write_text("= 1", "utf-8")
    out, _ = said(capsys, "list", "sub")
    rows = out.splitlines()[2:]
    assert rows[0].split() == ["sub/broken.toml", "kan", "inte", "användas,", "antal", "fel:", "1"]
    assert " ".join(rows[1:]).split() == ["sub/mine.toml", "mine", *", ".join(MODELS).split()]
    _, err = said(capsys, "list", "nowhere", code=2)
    assert err.startswith("kravsim: nowhere: got no directory; allowed an existing directory")


# ---- schema ------------------------------------------------------------------------------------------------------


def plain(content: Any) -> Any:
    """TOML as an editor hands it to the schema: dates are text."""
    if isinstance(content, dict):
        return {key: plain(inner) for key, inner in content.items()}
    if isinstance(content, list):
        return [plain(inner) for inner in content]
    return content.isoformat() if isinstance(content, dt.date) else content


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(editor_schema())
    return jsonschema.Draft7Validator(editor_schema())


@pytest.mark.parametrize("name", [BASE, CASE])
def test_the_bundled_files_fit_the_schema(name: str, schema: jsonschema.Draft7Validator) -> None:
    assert list(schema.iter_errors(plain(tomllib.loads(find(name).read_text("utf-8"))))) == []


def test_the_command_prints_the_schema_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "schema")
    assert json.loads(out) == editor_schema()
    assert err == ""


@pytest.mark.parametrize(
    "line",
    [
        "[invoises]",
        "[invoices]\nlate_shar = 1",
        "[invoices]\nlate_share = 0.08",
        '[invoices]\nlate_share = { value = 8, source = "assumption", status = "assumed" }',
        '[invoices]\nlate_share = { value = "0.08", source = "assumption", status = "assumed" }',
        '[invoices]\nlate_share = { value = 0.08, status = "assumed" }',
        '[invoices]\nlate_share = { value = 0.08, source = "assumption", status = "guessed" }',
        '[policy]\ninstalments = { value = 2.5, source = "assumption", status = "assumed" }',
        "[invoices]\nrun_days = [31]",
        '[policy]\ninterest_from = "invoice"',
        "[debtors.segments.martians]",
        "[models.In-House]",
        '[models.in_house.work]\nreminder = { pool = "x", priority = 1.5 }',
    ],
)
def test_slips_are_marked(line: str, schema: jsonschema.Draft7Validator) -> None:
    assert not schema.is_valid(plain(tomllib.loads(f'extends = "{CASE}"\n{line}\n')))


def test_every_number_has_its_unit_and_the_base_its_source() -> None:
    written = json.dumps(editor_schema(), ensure_ascii=False)
    units = {limits.unit for _, _, limits in numbers(load_scenario(CASE).data) if limits is not None}
    assert all(f'"x-unit": "{unit}"' in written for unit in units)
    contested = editor_schema()["definitions"]["Behaviour"]["properties"]["contested_share"]
    said_in_base = "0.07 (0.02 to 0.08), sourced, source kronofogden_2014"
    assert contested["description"] == f"A share from 0 to 1. In base: {said_in_base}."
    assert contested["title"] == "contested share"
    reminder = editor_schema()["definitions"]["TypeBehaviour"]["properties"]["reminder_paid_share"]
    assert "forgetful 0.793 (0.75 to 0.91), assumed, source assumption; slow 0.18" in reminder["description"]


def test_without_a_command_those_there_are_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["paper"]):
        with pytest.raises(SystemExit) as ended:
            cli.main([*words, "--lang", "en"] if words else ["--lang", "en"])
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert ("compare models of a scenario" in said) == (not words)
        assert "the following arguments are required: COMMAND" in said
    for words, name in (([], "KOMMANDO"), (["validate"], "NAMN")):
        with pytest.raises(SystemExit):
            cli.main([*words, "--lang", "sv"])
        assert capsys.readouterr().err.endswith(f"dessa argument måste finnas: {name}\n")


def test_a_new_scenario_is_told_of_in_one_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notices follow the environment, whatever language results have."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "mine"]) == 0
    told = capsys.readouterr().err
    assert "values are not the scenario's own" in told
    assert "uppgifter" not in told


def test_a_check_reads_each_combination_of_alternatives_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, plain = list[tuple[tuple[str, str], ...]](), Scenario.with_alternatives

    def counted(self: Scenario, choice: Mapping[str, str]) -> Scenario:
        asked.append(tuple(choice.items()))
        return plain(self, choice)

    scenario = load_scenario("small-municipality")
    wanted = [tuple(one.choice.items()) for one in scenario.structures()]
    monkeypatch.setattr(Scenario, "with_alternatives", counted)
    said(capsys, "validate", "small-municipality")
    assert len(wanted) > 2
    assert asked == wanted
