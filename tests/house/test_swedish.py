"""Everything that a person reads is Swedish when Swedish is spoken: every text has its entry, and none is left over."""

from __future__ import annotations

import ast
import contextlib
import io
import pickle
import re
import subprocess
import sys
from functools import cache

import pytest

import kravsim as ks
from kravsim import cli
from kravsim.errors import Problem, RunError, ScenarioError, Words
from kravsim.phrases import CATALOGUE, Bilingual, entries, names_in, phrase, swedish, together, translated
from tests.house.message_texts import Texts

NAME = "jamtland-harjedalen-2017"
ENGLISH = re.compile(
    r"(?<![\w.'=\-\[/])(must|allowed|the|is|are|of|and|or|not|with|without|a|an|to|from|write|give|such|number|which|nothing|every|file"
    r"|cannot|be|loaded|nor|this|that)"
    r"(?![\w.'=\-/])"
)
"""Words that stand in nearly every English sentence and in no Swedish one."""
KEPT = re.compile(
    r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|`[^`]*`|\b[a-z_]+(?:\.[a-z_<>*0-9]+)+|\b[a-z]+(?:_[a-z0-9]+)+\b|--[a-z-]+"
    r"|\b\w+ =(?!=)|\b\w+: angivet|No such file or directory"
)
"""Names, keys, values and options, which are the same in every language, and what the operating system says."""


@cache
def texts() -> Texts:
    return Texts()


def english_in(text: str) -> list[str]:
    """English words in what should be Swedish."""
    return [found[0] for found in ENGLISH.finditer(KEPT.sub(" ", text))]


def test_every_text_has_its_swedish_and_none_is_left_over():
    found, known = set(texts().found), [english for english, _ in entries(CATALOGUE.read_text(encoding="utf-8"))]
    assert len(found) > 1400
    assert sorted(found - set(known)) == [], "write the Swedish into kravsim.po"
    assert sorted(set(known) - found) == [], "nothing says this any more: take it out of kravsim.po"
    assert len(known) == len(set(known))


def test_the_same_is_filled_in_in_both_languages():
    for english, other in swedish().items():
        assert other, english
        if "{" in english and english not in UNFILLED:
            assert names_in(english) == names_in(other), english


UNFILLED = {text for text in swedish() if re.search(r"\{[^}\w]|\{\w+: \[", text)}
"""Texts with braces in which nothing is filled in, since they show how Python is written."""


def test_no_text_is_put_together_where_it_cannot_be_told_in_another_language():
    assert [one.partition(":")[0] for one in texts().mixed] == ["scenario/alternatives.py"]  # a dotted key, no text


def test_no_english_is_left_in_the_swedish():
    left = {other: english_in(re.sub(r"\{[^{}]*\}", " ", other)) for other in swedish().values()}
    assert {other: words for other, words in left.items() if words} == {}


def test_an_error_is_told_in_either_language_long_after_it_was_raised():
    problem = Problem(
        "a.toml", "debtors.late_share", 55, phrase("a whole number from {least}", least=1), "write digits only"
    )
    error = pickle.loads(pickle.dumps(RunError(problem)))
    english = "a.toml: debtors.late_share: got 55; allowed a whole number from 1; write digits only"
    assert str(error) == error.text("en") == english
    assert (
        error.text("sv") == "a.toml: debtors.late_share: angivet: 55; tillåtet: ett heltal från 1; skriv bara siffror"
    )
    with ks.speaking("sv"):
        assert str(error) == error.text("sv")
    assert str(error) == english


def test_what_is_filled_in_stays_as_it_is_written_unless_it_is_a_text_itself():
    inner = together("a share", phrase(" from {low} to {high}", low="a number", high=1))
    said = phrase("{allowed}; the key is required", allowed=inner)
    assert said == "a share from a number to 1; the key is required"
    assert translated(said, "sv") == "en andel från a number till 1; nyckeln måste finnas"
    for one in (said, Words(said), Bilingual("tid", "time")):
        again = pickle.loads(pickle.dumps(one))
        assert (again, translated(again, "sv"), type(again)) == (one, translated(one, "sv"), type(one))


def test_the_catalogue_is_read_only_when_swedish_is_spoken():
    code = """
import kravsim as ks, kravsim.phrases as phrases
from kravsim.errors import KravsimError
def met():
    try:
        ks.load_scenario("nothing-of-that-name")
    except KravsimError as error:
        return str(error)
assert "allowed" in met() and phrases.swedish.cache_info().currsize == 0
with ks.speaking("sv"):
    assert "tillåtet" in met() and phrases.swedish.cache_info().currsize == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def commands() -> list[str]:
    parser = cli._parser()
    return [name for action in parser._actions if isinstance(action.choices, dict) for name in action.choices]


def helped(*words: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as stop:
        cli.main([*words, "--help"])
    assert stop.value.code == 0
    return out.getvalue()


@pytest.mark.parametrize("command", ["", *commands()])
def test_help_is_swedish_throughout(command, monkeypatch):
    words = [command] if command else []
    said = helped(*words, "--lang", "sv")
    assert english_in(said.replace("[NAMN ...]", "")) == []
    assert said.startswith("användning: kravsim")
    assert helped(*words) == helped(*words, "--lang", "en")  # the tests' environment is not Swedish
    assert helped(*words).startswith("usage: kravsim")
    monkeypatch.setenv("LC_ALL", "sv_SE.UTF-8")
    assert helped(*words) == said


BAD_CALLS = [
    *(["compare", "x", *rest] for rest in ([], ["--seed", "1.5"], ["--models", "a"], ["--workers", "0"])),
    ["compare", NAME, "--models", "in_house,agency"],
    ["compare", NAME, "--set", "invoices.late_share"],
    ["compare", NAME, "--set", "invoices.late_share=55"],
    ["compare", NAME, "--set", "invoices.late_shar=0.1"],
    ["compare", NAME, "--set", "horizon.start=1990-01-01"],
    ["compare", NAME, "--set", "behaviour.strained.demand_paid_share=0.99"],
    ["compare", NAME, "--out", " "],
    ["compare", NAME, "--force"],
    ["compare", NAME, "--uncertainty", "prior", "--draws", "1"],
    ["compare", NAME, "--draws", "10"],
    ["compare", NAME, "--within", "reading"],
    ["compare", NAME, "--within", "reading=Q", "--uncertainty", "prior"],
    ["compare", NAME, "--max-memory-gib", "0.0001"],
    ["simulate", NAME, "--model", "agency"],
    ["precision", NAME],
    ["break-even", NAME, "--low", "3"],
    ["break-even", NAME, "--key", "no.such.key"],
    ["sweep", NAME, "--vary", "no.such.key=1,2"],
    ["sweep", NAME, "--vary", "invoices.late_share"],
    ["sensitivity", NAME, "--sobol", "3"],
    ["discover", NAME, "--range", "invoices.late_share=1"],
    ["rank", NAME, "--level", "2"],
    ["rank", NAME, "--today", "nobody"],
    ["costs", NAME, "--models", "in_house,nobody"],
    ["bridge", NAME, "--of", "difference"],
    ["explain", NAME, "--model", "in_house", "--seed", "1", "--case=-1"],
    ["map", NAME, "--model", "in_house", "--out", "map.pdf"],
    ["payment-curves", NAME, "--model", "nobody"],
    ["register", NAME, "--csv", ""],
    ["reproduce", "no-such-manifest.json"],
    ["list", "no-such-directory"],
    ["new", NAME],
    ["validate", "no-such-file.toml"],
    ["calibrate", NAME, "--particles", "0"],
    ["describe", NAME, "--set", "horizon=1"],
]


@pytest.mark.parametrize("words", BAD_CALLS, ids=" ".join)
def test_refusals_on_the_command_line_are_swedish(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main([*words, "--lang", "sv"]) in range(2, 6)
    said = capsys.readouterr().err
    assert "angivet: " in said
    assert english_in(said) == [], said


ODD_CALLS = [
    [],
    ["dance"],
    ["compare"],
    ["compare", "x", "--lang"],
    ["compare", "x", "--no-such"],
    ["compare", "x", "--lang", "no"],
]


@pytest.mark.parametrize("words", ODD_CALLS, ids=" ".join)
def test_refusals_of_arguments_are_swedish(words, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "sv_SE.UTF-8")
    with pytest.raises(SystemExit):
        cli.main(words)
    assert english_in(capsys.readouterr().err) == []


BROKEN = [
    ("late_share = 1,5", "decimalpunkt"),
    ("start = 2017-13-01", "datum"),
    ("title = “x”", "citattecken"),
    ("x = {", "TOML"),
    ("first = 1\nfirst = 2", "behåll en av dem"),
    ("", "inga inställningar"),
    ("[horizon]\nstart = '2017-01-01'", "datum"),
    ("extends = 'jamtland-harjedalen'", "menade du"),
    ("extends = 'jamtland-harjedalen-2017'\n[invoices]\nlate_share = '5 %'", "skriv 0.05"),
    ("extends = 'jamtland-harjedalen-2017'\n[invoices]\nlate_share = true", "en tabell med value"),
    ("extends = 'jamtland-harjedalen-2017'\nwithout = ['x.y']", "utvidgas"),
    ("extends = 'jamtland-harjedalen-2017'\n[behaviour]\nno_such = 1", "nycklarna i"),
]


@pytest.mark.parametrize(("text", "word"), BROKEN)
def test_problems_of_a_scenario_file_are_swedish(text, word, tmp_path, capsys):
    file = tmp_path / "case.toml"
    file.write_text(text, encoding="utf-8")
    assert cli.main(["validate", str(file), "--lang", "sv"]) == ScenarioError.exit_code
    said = capsys.readouterr().err.replace(str(file), "")
    assert re.search(word, said), said
    assert english_in(said) == [], said


ONE_WORD = {
    "amorteringsplan, amortering": r"avbetal|betalningsplan|uppdelad betalning",
    "läge": r"(?<!övriga )\bvärld(en|ar|arna)?\b",
    "slumpserie": r"\bfrö(et|n|na)?\b|\bslumpfrö",
    "simulering": r"\bkörning(en|ar|arna)?\b|\breplik",
    "förval": r"\bstandardvärde",
    "fordran": r"\bskuldpost",
    "inkassoföretag": r"inkassobolag|inkassobyrå|ombudet\b",
    "indata": r"\bingång(en|ar|arna)?\b",
    "slutläge, avslutas": r"\b(är|inget) ett? ?slut\b|konkurrerande slut\b|\bslut(at)? på annat sätt|sluttillstånd",
    "medelfel": r"standardfel",
    "medel, medelvärde": r"genomsnitt|\bi snitt\b",
    "spannets ändar": r"ytterkant|ytterläge",
    "efterbevakning": r"(?<!efter)bevakning(?!s?lag)",
    "stickprov": r"effektivt urval",
    "sannolikhet": r"\bchans(en|er|erna)?\b",
}
"""One thing, one word: what it is called, and what it must not be called beside that."""


def swedish_in_source():
    """Literals of the source that are Swedish, or stand beside their English."""
    for module in texts().modules:
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"[åäö]|\b(och|av|för)\b", node.value)
            ):
                yield module.name, node.value


@pytest.mark.parametrize("word", ONE_WORD)
def test_one_thing_has_one_word(word):
    texts_in_swedish = [("kravsim.po", other) for other in swedish().values()]
    others = [
        (where, text)
        for where, text in [*texts_in_swedish, *swedish_in_source()]
        if re.search(ONE_WORD[word], text, re.I)
    ]
    assert others == [], f"say {word}"


def test_shares_and_amounts_in_swedish_errors_are_written_as_elsewhere():
    said = phrase("{share:.0%} of {kr:,.0f} kr, {n:g}", share=0.125, kr=12345.6, n=0.5)
    assert (str(said), translated(said, "sv")) == ("12% of 12,346 kr, 0.5", "12\u00a0% of 12\u00a0346 kr, 0.5")
