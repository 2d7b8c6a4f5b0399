"""What readings of a case, rules of law and other alternatives are called for people: by the scenario's own titles.

An alternative has a name, ``three_years``, which files, options and JSON objects use, and a title in each language, which is
what people read. Every table, sentence, doubt and picture takes the titles from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

_BASE: Final = ("grundfallet", "the base case")


def alternative_titles(scenario: Scenario, dimension: str, name: str) -> tuple[str, str]:
    """Title of an alternative, Swedish and English.

    Parameters
    ----------
    scenario : Scenario
        Which has it.
    dimension, name : str
        Of the alternative; a name that the scenario does not have stands for itself.
    """
    one = scenario.data.alternatives.get(dimension, {}).get(name)
    return (name, name) if one is None else (one.title_sv or one.title, one.title)


def choice_titles(scenario: Scenario, choice: Mapping[str, str]) -> tuple[str, str]:
    """Titles of all alternatives that something was read with, in one, Swedish and English.

    Parameters
    ----------
    scenario : Scenario
        Which has them.
    choice : mapping of dimension to name
        The alternatives; without any it is the base case.
    """
    titles = [alternative_titles(scenario, dimension, name) for dimension, name in choice.items()]
    sv, en = ("; ".join(both[place] for both in titles) or _BASE[place] for place in (0, 1))
    return sv, en


def joined(titles: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Write titles one after another, each language by itself; they have commas and semicolons of their own.

    Parameters
    ----------
    titles : sequence of (str, str)
        Swedish and English.
    """
    sv, en = (" · ".join(both[place] for both in titles) for place in (0, 1))
    return sv, en


def coded_title(name: str, titles: tuple[str, str], lang: str) -> str:
    """Say what a name that stands for an alternative in a column or a picture means: ``E: success measured on ...``.

    Parameters
    ----------
    name : str
        Of the alternative.
    titles : (str, str)
        Its titles, Swedish and English.
    lang : str
        `sv` or `en`.
    """
    title = titles[language_index(lang)]
    return title if title.startswith(f"{name}:") else f"{name}: {title}"
