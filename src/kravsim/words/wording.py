"""Every word of a result in Swedish and English: names of models, measures, budget lines and causes.

Keys are machine names; an unknown key (a line of a user's own model) is shown as it is written, with spaces for
underscores. Sentences are put together by the objects that know the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

from kravsim.errors import Problem, RunError
from kravsim.ledger import lines
from kravsim.ledger.lines import STATEMENT
from kravsim.measures.measures import BETWEEN, SALES, YEAR

LANGUAGES: Final = ("sv", "en")
"""Languages a result can speak."""

MODELS: Final[Mapping[str, tuple[str, str]]] = {
    "in_house": ("egen regi", "in-house collection"),
    "outsourced": ("inkassoföretaget", "outsourced collection"),
    "own_reminders": ("egna påminnelser före inkassoföretaget", "collection after own reminders"),
    "foreign_and_surveillance_outside": (
        "egen regi med utland och efterbevakning utanför",
        "in-house with foreign debtors and surveillance outside",
    ),
    "framework_2014": (
        "ramavtal från 2014 efter egna påminnelser",
        "framework contract of 2014 after own reminders",
    ),
    "commission": ("provision på det som återvinns", "commission on what is recovered"),
    "fixed_price": ("fast pris per ärende", "fixed price a case"),
}

USUAL_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "in_house": ("Egen regi", "In-house"),
    "outsourced": ("Inkassoföretag", "Outsourced to an agency"),
    "own_reminders": ("Egna påminnelser, sedan inkassoföretag", "Own reminders, agency from the demand"),
}
"""Titles for which other words, those of MODELS, stand in running text; any other title of a scenario is taken as it is."""

METRIC_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    measure.name: measure.words for measure in (*YEAR, *SALES, *BETWEEN)
}

LINE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **{line.name: line.words for line in STATEMENT},
    "net_revenue": METRIC_WORDS["net_revenue_kr"],
}

TERMS: Final[Mapping[str, tuple[str, str]]] = {
    "replication": ("simulering", "replication"),
    "replications": ("simuleringar", "replications"),
    "seed": ("slumpserie", "seed"),
    "closed_form": ("sluten form", "closed form"),
    "control": ("kontrollvariat", "control variate"),
}
"""What every result says of how it was made: plain words, the same everywhere."""

CAUSE_WORDS: Final[Mapping[str, tuple[str, str]]] = {cause.name: cause.words for cause in lines.CAUSES}

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "kr": ("kr", "kr"),
    "share": ("", ""),
    "days": ("dagar", "days"),
    "hours": ("timmar", "hours"),
    "count": ("", ""),
}


def language_index(lang: str) -> int:
    """Give the place of a language in every pair of texts.

    Parameters
    ----------
    lang : str
        `sv` or `en`.

    Raises
    ------
    RunError
        When the language is another.

    Examples
    --------
    >>> language_index("en")
    1
    """
    if lang not in LANGUAGES:
        raise RunError(Problem("", "lang", lang, "sv or en", "choose one of the two"))
    return LANGUAGES.index(lang)


_titled: ContextVar[Mapping[str, tuple[str, str]]] = ContextVar("titles of models", default=MappingProxyType({}))


def _text(table: Mapping[str, tuple[str, str]], key: str, lang: str) -> str:
    place = language_index(lang)
    return table[key][place] if key in table else key.replace("_", " ").strip() or key


@contextmanager
def titled(titles: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Name models by what their scenario calls them, where only a key says which model is meant.

    Parameters
    ----------
    titles : mapping of str to (str, str)
        Model -> its name as running text, Swedish and English.

    Examples
    --------
    >>> with titled({"two_agencies": ("två företag", "two agencies")}):
    ...     model_name("two_agencies", "sv")
    'två företag'
    """
    before = _titled.set(titles)
    try:
        yield
    finally:
        _titled.reset(before)


def capital(text: str) -> str:
    """Write the first letter large and leave the rest alone.

    Parameters
    ----------
    text : str
        May be empty.
    """
    return text[:1].upper() + text[1:]


def model_name(model: str, lang: str) -> str:
    """Name a model as running text.

    Parameters
    ----------
    model : str
        Machine name of a model; an unknown one is written with spaces for its underscores.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> model_name("in_house", "sv"), model_name("two_agencies", "en")
    ('egen regi', 'two agencies')
    """
    return _text({**MODELS, **_titled.get()}, model, lang)


def titled_name(model: str, titles: tuple[str, str], lang: str) -> str:
    """Name a model as running text: the usual words where it has its usual title or none, else the scenario's own title.

    Parameters
    ----------
    model : str
        Machine name of a model.
    titles : (str, str)
        The scenario's own title of it in Swedish and English, empty where it has none.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> titled_name("in_house", ("Egen regi", "Our own team"), "sv"), titled_name("in_house", ("", "Our own team"), "en")
    ('egen regi', 'our own team')
    """
    place = language_index(lang)
    title = titles[place]
    if not title or (model in USUAL_TITLES and title == USUAL_TITLES[model][place]):
        return model_name(model, lang)
    return title[:1].lower() + title[1:]


def running_titles(model: str, titles: tuple[str, str]) -> tuple[str, str]:
    """Name a model as running text in both languages, Swedish and English.

    Parameters
    ----------
    model : str
        Machine name of a model.
    titles : (str, str)
        As for :func:`titled_name`.
    """
    return titled_name(model, titles, LANGUAGES[0]), titled_name(model, titles, LANGUAGES[1])


def metric_name(metric: str, lang: str) -> str:
    """Name a measure as running text.

    Parameters
    ----------
    metric : str
        Machine name of a measure; an unknown one is written with spaces for its underscores.
    lang : str
        `sv` or `en`.
    """
    return _text(METRIC_WORDS, metric, lang)


def line_name(line: str, lang: str) -> str:
    """Name a budget line as running text.

    Parameters
    ----------
    line : str
        Machine name of a budget line.
    lang : str
        `sv` or `en`.
    """
    return _text(LINE_WORDS, line, lang)


def cause_name(cause: str, lang: str) -> str:
    """Name a cause of a difference as running text; a line without a group of its own keeps its line name.

    Parameters
    ----------
    cause : str
        Machine name of a cause, or of a budget line.
    lang : str
        `sv` or `en`.
    """
    return _text(CAUSE_WORDS, cause, lang) if cause in CAUSE_WORDS else line_name(cause, lang)


def listed(names: Sequence[str], lang: str) -> str:
    """Write names one after another.

    Parameters
    ----------
    names : sequence of str
        As running text; at least one.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> listed(["a", "b", "c"], "en"), listed(["a", "b"], "sv")
    ('a, b and c', 'a och b')
    """
    *before, last = names
    word = ("och", "and")[language_index(lang)]
    return f"{', '.join(before)} {word} {last}" if before else last
