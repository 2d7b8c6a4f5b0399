"""Is the body that collects called what it is, in every sentence, table and figure, and do words alone depend on it?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import matplotlib.text
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim import cli
from kravsim.errors import ScenarioError
from kravsim.papers import answer_tables
from kravsim.results.comparison import Comparison
from kravsim.results.uncertainty import UncertainComparison
from kravsim.scenario import Scenario
from kravsim.scenario.body_kind import kind_of
from kravsim.scenario.schema import BODY_KINDS
from kravsim.words.body_words import WORDS

LANGS = pytest.mark.parametrize("lang", ["sv", "en"])
NAMES = {
    "Region Jämtland Härjedalen": "region",
    "Västra Götalandsregionen": "region",
    "Östersunds kommun": "municipality",
    "Stockholms stad": "municipality",
    "Little Town": "municipality",
    "Municipality of Åre": "municipality",
    "Jämtlands läns landsting": "county_council",
    "Räddningstjänsten, ett kommunalförbund": "federation",
    "Östersundsbostäder AB": "company",
    "Skatteverket": "authority",
    "Myndigheten för vård": "authority",
    "Åre": "organisation",
    "Stadsmissionen": "organisation",
    "Polismyndigheten": "authority",
    "Östersunds Energibolag": "company",
    "Bostadsbolaget": "company",
    "Kommunförbundet Norr": "federation",
}
REGION = re.compile(r"\bregion(en|ens)\b|\bthe region\b|\bregion(er|s)\b", re.IGNORECASE)


@cache
def compared(name: str = "Östersunds kommun") -> Comparison:
    return ks.compare(tiny().with_changes({"body.name": name, "title": name}), replications=2, seed=1, progress=False)


@cache
def uncertain() -> UncertainComparison:
    case = tiny().with_changes({"body.name": "Östersunds kommun", "title": "Östersunds kommun"})
    found = ks.compare(case, uncertainty="prior", draws=2, replications=2, seed=1, progress=False)
    assert isinstance(found, UncertainComparison)
    return found


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_a_name_says_what_kind_of_body_it_is(name: str, kind: str) -> None:
    assert kind_of(name) == kind
    assert kind_of(name, "company") == "company"


@pytest.mark.parametrize("scenario", ks.scenario_names())
def test_a_bundled_body_is_called_what_it_is(scenario: str) -> None:
    """Regions but for the municipality and the base, which is of no body; nothing of a region is an organisation."""
    body = ks.load_scenario(scenario).data.body
    wanted = {"small-municipality": "municipality", "base": "organisation"}.get(scenario, "region")
    assert kind_of(body.name, body.kind) == wanted


def test_a_body_that_is_named_anew_is_not_of_the_kind_of_the_one_extended(tmp_path: Path) -> None:
    for name, said, kind in (
        ("Åre kommun", "", "municipality"),
        ("Åre", "kind = 'company'", "company"),
        ("Åre", "", "organisation"),
    ):
        path = tmp_path / "mine.toml"
        path.write_text(
            f"extends = 'sormland-2017'\nname = 'mine'\n[body]\nname = '{name}'\n{said}\n", encoding="utf-8"
        )
        body = ks.load_scenario(path).data.body
        assert kind_of(body.name, body.kind) == kind
    path.write_text("extends = 'sormland-2017'\nname = 'mine'\n", encoding="utf-8")
    assert ks.load_scenario(path).data.body.kind == "region"


def test_a_name_that_is_only_repeated_keeps_the_kind_of_the_body(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("extends = 'sormland-2017'\nname = 'mine'\n[body]\nname = 'Sörmland'\n", encoding="utf-8")
    assert ks.load_scenario(path).data.body.kind == "region"
    case = ks.load_scenario("sormland-2017")
    assert case.with_changes({"body.name": "Sörmland", "invoices.late_share": 0.1}).data.body.kind == "region"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"body.name": "Åre kommun"}, "municipality"),
        ({"body.name": "Åre"}, "organisation"),
        ({"body.name": "Åre", "body.kind": "company"}, "company"),
        ({"body.kind": "company", "body.name": "Åre"}, "company"),
        ({"body": {"name": "Åre", "kind": "federation"}}, "federation"),
        ({"body": {"name": "Åre", "kind": "federation"}, "body.name": "Are"}, "federation"),
        ({"body": {"name": "Åre stad"}}, "municipality"),
    ],
)
def test_a_body_that_is_named_anew_by_a_change_is_not_of_the_kind_that_it_was(
    changes: dict[str, object], kind: str
) -> None:
    case = ks.load_scenario("sormland-2017").with_changes(changes)
    assert kind_of(case.data.body.name, case.data.body.kind) == kind
    assert Scenario.from_text(case.text).data.body == case.data.body


def test_alternatives_name_a_body_anew_as_changes_do(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    other = '{ weight = 0.5, source = "assumption", status = "assumed", title = "t", title_sv = "t"'
    path.write_text(
        "extends = 'sormland-2017'\nname = 'mine'\n"
        f"alternatives.whose.ours = {other} }}\n"
        f"alternatives.whose.theirs = {other}, changes = {{ 'body.name' = 'Åre kommun' }} }}\n",
        encoding="utf-8",
    )
    case = ks.load_scenario(path)
    kinds = [case.with_alternatives({"whose": name}).data.body.kind for name in ("ours", "theirs")]
    assert kinds == ["region", None]


def test_every_kind_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(BODY_KINDS)
    assert all(all(pair) for words in WORDS.values() for pair in words)
    assert len({words.the for words in WORDS.values()}) == len(WORDS)


def texts_of(lang: str) -> Iterator[str]:
    found = compared()
    yield found.sentence(lang)
    yield found.table(lang)
    yield found.to_html(lang)
    yield uncertain().sentence(lang)
    yield uncertain().table(lang)
    for figure in (
        ks.figures.difference(found, lang=lang),
        ks.figures.layers(uncertain(), lang=lang),
        ks.figures.process_map(
            tiny().with_changes({"body.name": "Östersunds kommun", "title": "Ö"}), "in_house", lang=lang
        ),
    ):
        yield " ".join(text.get_text() for text in figure.findobj(matplotlib.text.Text)).replace("\n", " ")
    life = found.first.explain(40, lang=lang)
    yield life.table(lang)
    yield life.to_html(lang)
    yield ks.studies.rank(
        tiny().with_changes({"body.name": "Östersunds kommun", "title": "Ö"}), replications=3, seed=1
    ).table(lang)


@LANGS
def test_a_municipality_is_nowhere_called_a_region(lang: str) -> None:
    word = {"sv": "kommunen", "en": "the municipality"}[lang]
    texts = list(texts_of(lang))
    for text in texts:
        assert not REGION.search(text), REGION.findall(text)
    assert sum(word in text.lower() for text in texts) >= 8


@LANGS
def test_a_paper_speaks_of_the_body(lang: str) -> None:
    asked = SimpleNamespace(comparison=compared())
    said = answer_tables.money_text(asked, lang) + answer_tables.money_table(asked, lang).caption  # type: ignore[arg-type]
    assert {"sv": "sett från kommunen", "en": "seen from the municipality"}[lang] in said
    assert not REGION.search(said)


def test_words_alone_depend_on_it() -> None:
    other = compared("Region Östersund")
    assert other.difference.samples.tolist() == compared().difference.samples.tolist()
    assert "ger regionen" in other.sentence("sv")


def test_what_is_said_wins_over_the_name_and_outlives_the_process(tmp_path: Path) -> None:
    case = tiny().with_changes({"body.name": "Åre", "title": "Åre"})
    said = ks.compare(case.with_changes({"body.kind": "company"}), replications=2, seed=1, progress=False)
    assert "ger bolaget" in said.sentence("sv")
    path = said.save(tmp_path / "said.kravsim")
    again = ks.load_comparison(path)
    assert again == said
    assert again.sentence("en") == said.sentence("en")
    with pytest.raises(ScenarioError, match="municipality"):
        case.with_changes({"body.kind": "kommun"})


@LANGS
def test_a_new_file_says_what_the_body_is_in_the_language_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["new", "ort", "--body", "Östersunds kommun", "--invoices", "20000", "--mean-claim-kr", "600"]
    assert cli.main([*asked, "--lang", lang]) == 0
    text = (tmp_path / "ort.toml").read_text("utf-8")
    scenario = ks.load_scenario(tmp_path / "ort.toml")
    assert (scenario.title, scenario.data.body.kind) == ("Östersunds kommun", "municipality")
    for sv, en in (
        ("# Egna källor", "# Sources of your own"),
        ("egna uppgifter", "own figures"),
        ("i proportion till det ärvda", "in proportion to what is inherited"),
        ("  # andel\n", "  # share\n"),
    ):
        assert (sv in text) == (lang == "sv")
        assert (en in text) == (lang == "en")
    capsys.readouterr()
    assert cli.main(["validate", "ort.toml", "--json", "--lang", lang]) == 0
    said = json.loads(capsys.readouterr().out)
    (prices,) = said["warnings"]
    assert "models.in_house.system.once_kr" in prices
    (terms,) = said["advice"]
    assert "invoices.terms_days" in terms
    assert {"sv": "ange ", "en": "say "}[lang] == terms[: terms.index("invoices")]
    assert cli.main(["validate", "jamtland-harjedalen-2017", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["advice"] == []
