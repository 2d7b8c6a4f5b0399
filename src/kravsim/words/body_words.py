"""What the body that collects is called in running text: the region, the municipality, or whatever else it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from kravsim.ledger.lines import Pair
from kravsim.words.process_words import PARTY_WORDS, named
from kravsim.words.wording import language_index


class BodyWords(NamedTuple):
    """How one kind of body is spoken of, Swedish and English."""

    the: Pair
    its: Pair
    one: Pair
    others: Pair


WORDS: Final[Mapping[str, BodyWords]] = {
    "region": BodyWords(
        ("regionen", "the region"),
        ("regionens", "the region's"),
        ("en region", "one region"),
        ("andra regioner", "other regions"),
    ),
    "municipality": BodyWords(
        ("kommunen", "the municipality"),
        ("kommunens", "the municipality's"),
        ("en kommun", "one municipality"),
        ("andra kommuner", "other municipalities"),
    ),
    "county_council": BodyWords(
        ("landstinget", "the county council"),
        ("landstingets", "the county council's"),
        ("ett landsting", "one county council"),
        ("andra landsting", "other county councils"),
    ),
    "federation": BodyWords(
        ("kommunalförbundet", "the federation"),
        ("kommunalförbundets", "the federation's"),
        ("ett kommunalförbund", "one federation"),
        ("andra kommunalförbund", "other federations"),
    ),
    "authority": BodyWords(
        ("myndigheten", "the authority"),
        ("myndighetens", "the authority's"),
        ("en myndighet", "one authority"),
        ("andra myndigheter", "other authorities"),
    ),
    "company": BodyWords(
        ("bolaget", "the company"),
        ("bolagets", "the company's"),
        ("ett bolag", "one company"),
        ("andra bolag", "other companies"),
    ),
    "organisation": BodyWords(
        ("organisationen", "the organisation"),
        ("organisationens", "the organisation's"),
        ("en organisation", "one organisation"),
        ("andra organisationer", "other organisations"),
    ),
}
_of: ContextVar[str] = ContextVar("kind of body that is told of", default="")


def the_body(kind: str, lang: str) -> str:
    """Name the body in running text: `regionen`, `the municipality`.

    Parameters
    ----------
    kind : str
        One of the schema's kinds.
    lang : str
        `sv` or `en`.
    """
    return WORDS[kind].the[language_index(lang)]


@contextmanager
def of_body(kind: str) -> Iterator[None]:
    """Name the party that collects by what it is, within a block.

    Parameters
    ----------
    kind : str
        One of the schema's kinds; empty for the usual word.
    """
    before = _of.set(kind)
    try:
        yield
    finally:
        _of.reset(before)


def party_name(party: str, lang: str) -> str:
    """Name a party as running text; the body by what it is, where :func:`of_body` says that.

    Parameters
    ----------
    party : str
        Machine name, such as `region` or `agency`.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> with of_body("municipality"):
    ...     party_name("region", "sv"), party_name("agency", "sv")
    ('kommunen', 'inkassoföretaget')
    """
    if party == "region" and _of.get():
        return the_body(_of.get(), lang)
    return named(PARTY_WORDS, party, lang)
