"""What a reader must know before relying on a number: told under every table, sentence, JSON object, page and figure.

A doubt is a value, so that each view writes the same words in its own way. Which doubts there are stands in
:mod:`kravsim.results.notes`, one function each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:

    class Doubted(Protocol):
        """A result of one model, such as a run."""

        @property
        def model(self) -> str:
            """Its machine name."""
            ...

        def name(self, lang: str = ...) -> str:
            """The model as running text.

            Parameters
            ----------
            lang : str
                `sv` or `en`.
            """
            ...

        @property
        def doubts(self) -> tuple[Doubt, ...]:
            """What must be known before its numbers are read."""
            ...


@dataclass(frozen=True)
class Doubt:
    """One thing that must be known before a number is read.

    Parameters
    ----------
    key : str
        Machine name, for programs that read JSON: ``overloaded``, ``no_claims``.
    sv, en : str
        A whole sentence in each language, with a capital letter and a full stop.
    model : str
        Name of the only model it is about, where several are shown; empty when it holds for all that is shown.
    more : tuple of str
        The full list behind the sentence, for JSON; usually empty.

    Examples
    --------
    >>> Doubt("no_claims", "Inga fordringar lämnades över.", "No claims were referred.").text("en")
    'No claims were referred.'
    """

    key: str
    sv: str
    en: str
    model: str = ""
    more: tuple[str, ...] = ()

    def text(self, lang: str = "sv") -> str:
        """Give the sentence in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return (self.sv, self.en)[language_index(lang)]

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        said: dict[str, Any] = {"key": self.key, "model": self.model, "sv": self.sv, "en": self.en}
        return {**said, "more": list(self.more)} if self.more else said


def of_all(results: Sequence[Doubted]) -> tuple[Doubt, ...]:
    """Put together the doubts of several models: one that they share once, any other under its model's name.

    Parameters
    ----------
    results : sequence of results of one model each
        Such as the runs of a comparison.
    """
    if len(results) == 1:
        return results[0].doubts
    said = [{_without_list(doubt) for doubt in one.doubts} for one in results]
    everywhere = {
        _without_list(doubt) for doubt in results[0].doubts if all(_without_list(doubt) in other for other in said)
    }
    shared = merged(doubt for one in results for doubt in one.doubts if _without_list(doubt) in everywhere)
    own = [
        replace(
            doubt,
            model=one.model,
            sv=f"{capital(one.name('sv'))}: {doubt.sv}",
            en=f"{capital(one.name('en'))}: {doubt.en}",
        )
        for one in results
        for doubt in one.doubts
        if _without_list(doubt) not in everywhere
    ]
    return merged([*shared, *own])


def of_more(doubts: Sequence[Doubt], of_some: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """Tell what holds for all replications, and after it what holds for some of them alone.

    Parameters
    ----------
    doubts : sequence of Doubt
        Of all replications, as from :func:`of_all`.
    of_some : sequence of Doubt
        Of some of them by themselves; one that is told of all is not told of some.

    Examples
    --------
    >>> every = Doubt("overloaded", "I 9 av 70.", "In 9 of 70.")
    >>> some = [Doubt("overloaded", "I 2 av 30.", "In 2 of 30."), Doubt("mostly_away", "Borta.", "Away.")]
    >>> [doubt.en for doubt in of_more([every], some)]
    ['In 9 of 70.', 'Away.']
    """
    known = {(doubt.key, doubt.model) for doubt in doubts}
    known |= {(doubt.key, "") for doubt in of_some if not doubt.model and any(doubt.key == one.key for one in doubts)}
    return (*doubts, *(one for one in of_some if not {(one.key, one.model), (one.key, "")} & known))


def merged(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Tell once what is told in the same words, with the full lists behind it put together.

    Parameters
    ----------
    doubts : iterable of Doubt
        In the order in which they are told; none is fine.

    Examples
    --------
    >>> twice = [Doubt("old", "Gammalt.", "Old.", more=("a", "b")), Doubt("old", "Gammalt.", "Old.", more=("b", "c"))]
    >>> [doubt.more for doubt in merged(twice)]
    [('a', 'b', 'c')]
    """
    found: dict[Doubt, tuple[str, ...]] = {}
    for doubt in doubts:
        found[_without_list(doubt)] = tuple(dict.fromkeys((*found.get(_without_list(doubt), ()), *doubt.more)))
    return tuple(replace(doubt, more=more) for doubt, more in found.items())


def _without_list(doubt: Doubt) -> Doubt:
    """What is told of it, without the full list."""
    return replace(doubt, more=())


def texts(doubts: Iterable[Doubt], lang: str = "sv") -> tuple[str, ...]:
    """Give the sentences of some doubts, to be written under a table or in a figure.

    Parameters
    ----------
    doubts : iterable of Doubt
        In the order in which they are told; none is fine.
    lang : str
        `sv` or `en`.
    """
    return tuple(doubt.text(lang) for doubt in doubts)


def doubted(sentence: str, doubts: Iterable[Doubt], lang: str = "sv") -> str:
    """Put the doubts after a sentence that they are about.

    Parameters
    ----------
    sentence : str
        Whole, with its full stop.
    doubts : iterable of Doubt
        In the order in which they are told; none is fine.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> doubted("Net revenue is 1 kr.", [Doubt("no_claims", "Inga.", "None.")], "en")
    'Net revenue is 1 kr. None.'
    """
    return " ".join([sentence, *texts(doubts, lang)])


def as_json(doubts: Iterable[Doubt]) -> list[dict[str, Any]]:
    """Give doubts as plain values, the same under the key `doubts` of every JSON object.

    Parameters
    ----------
    doubts : iterable of Doubt
        In the order in which they are told; none is fine.

    Returns
    -------
    list of dict
        One an entry: `key`, the sentence in both languages, and what more the doubt carries.
    """
    return [doubt.to_json() for doubt in doubts]


def keys(doubts: Iterable[Doubt]) -> str:
    """Name doubts in the short form of a result (its `repr`): empty, or ``; doubts: overloaded``.

    Parameters
    ----------
    doubts : iterable of Doubt
        In the order in which they are told; none is fine.
    """
    names = ", ".join(dict.fromkeys(doubt.key for doubt in doubts))
    return f"; doubts: {names}" if names else ""
