"""The glossary, Swedish and English: the tables of words that results, figures and errors are told with, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kravsim.ledger.lines import CAUSES, LEDGER, STATEMENT, Pair
from kravsim.measures.measures import BETWEEN, COHORT, YEAR
from kravsim.words import key_words, process_words, wording

from .tables import cell, code, table


def sections() -> dict[str, list[tuple[str, Pair]]]:
    """Machine names and their words in both languages, by heading, Swedish and English."""
    answers = [*process_words.ANSWERS.items()]
    answers += [(f"{step}: {answer}", pair) for (step, answer), pair in process_words.ANSWERS_AT.items()]
    return {
        "Modeller · Models": _items(wording.MODELS),
        "Steg · Steps": _items(process_words.STEP_WORDS),
        "Svar på ett steg · Answers to a step": answers,
        "Slut · Ends": _items(process_words.END_WORDS),
        "Parter · Parties": _items(process_words.PARTY_WORDS),
        "Gäldenärer · Debtors": _items(process_words.SEGMENT_WORDS) + _items(process_words.TYPE_WORDS),
        "Personal · Staff": _items(process_words.POOLS),
        "Belopp · Amounts": [(line.name, line.words) for line in LEDGER],
        "Årets resultaträkning · The year's statement": [(line.name, line.words) for line in STATEMENT],
        "Orsaker till en skillnad · Causes of a difference": [(cause.name, cause.words) for cause in CAUSES],
        "Mått · Measures": _measures(),
        "Hur ett resultat gjorts · How a result was made": _items(wording.TERMS),
        "Enheter · Units": [(name, pair) for name, pair in key_words.UNITS.items() if any(pair)],
        "Uppgifter i ett scenario · Keys of a scenario": _items(key_words.KEYS),
    }


def _measures() -> list[tuple[str, Pair]]:
    """Each measure once; of the year and of a year's claims where these have words of their own; figures of a choice last."""
    measured = [(measure.name, measure.words) for measure in (*YEAR, *COHORT, *BETWEEN)]
    return list(dict.fromkeys([*measured, *_items(wording.METRIC_WORDS)]))


def _items(words: Mapping[str, Pair]) -> list[tuple[str, Pair]]:
    return list(words.items())


def made() -> dict[str, str]:
    """The page."""
    parts = [
        "# Ordlista · Glossary",
        (
            "Made from the tables of words that kravsim itself speaks with, so that a word here is the word in every table, figure "
            "and error. The third column is the name in code, JSON and scenario files; `*` stands for what a scenario names itself."
        ),
        (
            "Gjord ur de ordtabeller som kravsim självt talar med: ett ord här är ordet i varje tabell, figur och felmeddelande. "
            "Tredje spalten är namnet i kod, JSON och scenariofiler; `*` står för det som ett scenario självt ger namn."
        ),
    ]
    for heading, rows in sections().items():
        parts += [f"## {heading}", table(("Svenska", "English", "i filer · in files"), _rows(rows))]
    return {"made/glossary": "\n\n".join(parts) + "\n"}


def _rows(rows: Iterable[tuple[str, Pair]]) -> list[tuple[str, str, str]]:
    ordered = sorted(rows, key=lambda row: row[1][0].casefold())
    return [(cell(swedish), cell(english), code(name)) for name, (swedish, english) in ordered]
