"""Has every key of a scenario that a study may vary its words, so that no figure shows a machine's name?"""

from __future__ import annotations

import doctest

import pytest

from kravsim.scenario import load_scenario, scenario_names
from kravsim.scenario.describe import NO_ASSUMPTIONS, numbers
from kravsim.scenario.fields import ANY_NAME, walk
from kravsim.scenario.limits import UNIT_WORDS
from kravsim.scenario.schema import ScenarioData
from kravsim.words import key_words
from kravsim.words.key_words import KEYS, UNITS, key_label, key_name, key_unit, pattern_of

NO_INPUTS = {*NO_ASSUMPTIONS, "targets", "correlations", "alternatives"}
"""Tables that say what a scenario is, what it is held against, or how numbers of other tables hang together."""
TOLD = {"name", "title", "title_sv", "source", "status", "note"}
SELF_TOLD = {"count", "share", "number"}
"""Units that stand in the name itself."""


def keys_of_the_schema() -> list[str]:
    """Every place of a number or a setting, as a pattern."""
    found = []
    for path, place in walk(ScenarioData):
        leaf = place.is_number or not (place.is_section or place.kind in (dict, tuple))
        if leaf and path[0] not in NO_INPUTS and path[-1] not in TOLD:
            found.append(".".join("*" if part == ANY_NAME else part for part in path))
    return list(dict.fromkeys(found))


def test_every_key_of_the_schema_has_words() -> None:
    without = [key for key in keys_of_the_schema() if not pattern_of(key.replace("*", "x"))]
    assert without == [], "give these keys a row in KEYS of words/key_words.py"


def test_words_are_whole_and_short() -> None:
    for key, words in KEYS.items():
        for text in words:
            assert text == text.strip() != "", key
            assert len(text) <= 60, key


def test_no_two_keys_of_a_table_have_the_same_words() -> None:
    for place in (0, 1):
        told = [(key.split(".")[0], words[place]) for key, words in KEYS.items()]
        assert sorted(told) == sorted(set(told))


def test_every_unit_of_the_schema_has_words_or_stands_in_the_name() -> None:
    assert set(UNITS) | SELF_TOLD == set(UNIT_WORDS)


@pytest.mark.parametrize("name", scenario_names())
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_no_number_of_a_bundled_scenario_is_shown_as_a_key(name: str, lang: str) -> None:
    for key, _, limits in numbers(load_scenario(name).data):
        assert "_" not in key_label(key, lang), key
        assert key_name(key, lang) != key
        if limits is not None and limits.unit not in SELF_TOLD:
            assert key_unit(key, lang)


def test_parts_of_a_number_and_names_of_ones_own() -> None:
    assert key_label("timing.court_days.mode", "en") == "Time in court, mode, days"
    assert key_label("invoices.late_share.value", "sv") == "Andel sena fakturor"
    assert key_label("debtors.segments.private.tariff.0.amount_kr", "sv") == "Belopp i taxan, privatperson, rad 1, kr"
    assert key_label("cost_per_unit", "sv") == "cost_per_unit"
    assert key_label("a.b.c", "en") == "a.b.c"


def test_examples_in_docstrings_run() -> None:
    found = doctest.testmod(key_words)
    assert found.attempted > 0
    assert found.failed == 0
