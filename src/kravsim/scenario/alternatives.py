"""Structural alternatives: other defensible ways to read the case, each a set of changes with a weight.

Alternatives of one dimension exclude each other and one of them is the base, which changes nothing; dimensions combine
freely, since no two of them may change the same key. Weights are read as the decimal numbers they are written as, so that
they can be held to sum to 1 exactly and so that the weights of all combinations do.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase, together
from kravsim.scenario.leaving_out import remedy_for
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.rules import refuse

if TYPE_CHECKING:
    from kravsim.scenario.reader import Sheet
    from kravsim.scenario.schema import Alternative

WITH_ALTERNATIVES: Final = "with_alternatives"
"""What problems call the place of a choice."""

MOST_ALTERNATIVES: Final = 200
MOST_STRUCTURES: Final = 10_000
MOST_CHANGES: Final = 1000

Alternatives = Mapping[str, Mapping[str, "Alternative"]]
Choice = Mapping[str, str]
"""Dimension -> name of the alternative."""


class Structure(NamedTuple):
    """One combination of alternatives, one of every dimension, and its weight."""

    choice: Choice
    weight: Fraction


def exact(weight: float) -> Fraction:
    """Read a weight as the decimal number it is written as.

    Parameters
    ----------
    weight : float
        From 0 to 1.

    Examples
    --------
    >>> exact(0.1) + exact(0.2) == exact(0.3)
    True
    """
    return Fraction(repr(weight))


def structures(alternatives: Alternatives) -> tuple[Structure, ...]:
    """List every combination with the product of its weights, which sum to exactly 1; without any, one empty choice.

    Parameters
    ----------
    alternatives : mapping of dimension to (mapping of name to Alternative)
        The scenario's ``alternatives``.
    """
    dimensions = [[(dimension, name) for name in named] for dimension, named in alternatives.items()]
    return tuple(
        Structure(dict(picked), math.prod((exact(alternatives[d][n].weight) for d, n in picked), start=Fraction(1)))
        for picked in itertools.product(*dimensions)
    )


def check_alternatives(alternatives: Alternatives) -> None:
    """Refuse dimensions without one base, whose weights do not sum to 1, or that change the same key.

    Parameters
    ----------
    alternatives : mapping of dimension to (mapping of name to Alternative)
        The scenario's ``alternatives``.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every problem; for use in a validator of the schema.
    """
    refuse(list(_too_many(alternatives)))
    refuse([problem for dimension in alternatives.items() for problem in _of_dimension(*dimension)])
    refuse(list(_shared_keys(alternatives)))


def check_each(alternatives: Alternatives, take: Callable[[Choice], object], fingerprint: str) -> None:
    """Refuse a scenario with an alternative that cannot be taken, all problems at once.

    Parameters
    ----------
    alternatives : mapping of dimension to (mapping of name to Alternative)
        The scenario's ``alternatives``.
    take : callable
        Takes a choice of one; raises what is wrong with it.
    fingerprint : str
        Of the scenario: of one that was sound before in this process, nothing is taken anew.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    if fingerprint in _sound:
        return
    problems: list[Problem] = []
    for dimension, named in alternatives.items():
        for name in (name for name, one in named.items() if one.changes):  # the base is the scenario as it stands
            try:
                take({dimension: name})
            except ScenarioError as error:
                problems += error.problems
    if problems:
        raise ScenarioError(problems)
    _sound.add(fingerprint)


_sound: set[str] = set()
"""Fingerprints of scenarios whose alternatives have all been taken once in this process: most of the time of a reading."""


def holds_nan(content: object) -> bool:
    """Tell whether NaN stands anywhere in a content, which nobody else would see before the alternative is chosen.

    Parameters
    ----------
    content : object
        Tables, lists and plain values at any depth.
    """
    if isinstance(content, Mapping):
        return any(holds_nan(inner) for inner in content.values())
    if isinstance(content, list | tuple):
        return any(holds_nan(inner) for inner in content)
    return isinstance(content, float) and math.isnan(content)


def chosen_changes(alternatives: Alternatives, choice: Choice) -> dict[str, Any]:
    """Gather the changes of a choice.

    Parameters
    ----------
    alternatives : mapping of dimension to (mapping of name to Alternative)
        The scenario's ``alternatives``.
    choice : mapping of dimension to name
        What is chosen; dimensions may be left out.

    Returns
    -------
    dict of str to object
        New contents by dotted key.

    Raises
    ------
    ScenarioError
        With every dimension or name that does not exist.
    """
    problems = []
    for dimension, name in choice.items():
        if not isinstance(dimension, str) or dimension not in alternatives:
            known = list(alternatives)
            allowed = (
                phrase("one of the dimensions {names}", names=", ".join(known))
                if known
                else "nothing: the scenario has none left"
            )
            problems.append(_unknown(dimension, dimension, allowed, known))
        elif not isinstance(name, str) or name not in alternatives[dimension]:
            known = list(alternatives[dimension])
            problems.append(_unknown(dimension, name, phrase("one of {names}", names=", ".join(known)), known))
    if problems:
        raise ScenarioError(problems)
    return {key: new for d, n in choice.items() for key, new in alternatives[d][n].changes.items()}


def settled(sheet: Sheet, choice: Choice) -> Sheet:
    """Return the sheet without the dimensions that have been chosen: they are no alternatives any more.

    Parameters
    ----------
    sheet : Sheet
        Whose alternatives the choice is among.
    choice : mapping of dimension to name
        What is chosen; dimensions may be left out.
    """
    left = {d: named for d, named in sheet.tables.get("alternatives", {}).items() if d not in choice}
    tables = {key: content for key, content in sheet.tables.items() if key != "alternatives"}
    return replace(sheet, tables=tables | ({"alternatives": left} if left else {}))


def blamed(error: ScenarioError, sheet: Sheet, choice: Choice) -> ScenarioError:
    """Say of problems which alternatives led to them.

    Parameters
    ----------
    error : ScenarioError
        Met when the changes of a choice were made.
    sheet : Sheet
        Whose alternatives the choice is among; it says which file each stands in.
    choice : mapping of dimension to name
        What is chosen; empty when nothing is, and the error is then returned as it is.
    """
    if not choice:
        return error
    who = together(*(f"alternatives.{dimension}.{name}" for dimension, name in choice.items()), between=phrase(" and "))
    last = [("alternatives", dimension, name) for dimension, name in choice.items()][-1]
    file = sheet.file_of(last)
    inherited = file != sheet.file_of(())
    instead = (remedy_for(*last[1:]),) if inherited else ()
    found = [
        Problem(
            file,
            phrase("{who}.changes: {key}", who=who, key=p.key),
            p.value,
            p.allowed,
            together(p.remedy, *instead, between="; "),
        )
        for p in error.problems
    ]
    return ScenarioError(found)


def _too_many(alternatives: Alternatives) -> Iterator[dict[str, Any]]:
    """Each alternative is tried when a file is read, and studies run through their combinations."""
    every, combined = sum(map(len, alternatives.values())), math.prod(map(len, alternatives.values()))
    for d, named in alternatives.items():
        for n, one in named.items():
            if len(one.changes) > MOST_CHANGES:
                yield {
                    "key": f"alternatives.{d}.{n}.changes",
                    "value": Words(phrase("{n} changes", n=len(one.changes))),
                    "allowed": phrase("at most {most}", most=MOST_CHANGES),
                    "remedy": "write another scenario that extends this one",
                }
    if every > MOST_ALTERNATIVES or combined > MOST_STRUCTURES:
        yield {
            "key": "alternatives",
            "value": Words(
                phrase("{every} alternatives, {combined} combinations", every=every, combined=combined)
                if combined < 10**15
                else phrase("{every} alternatives", every=every)
            ),
            "allowed": phrase(
                "at most {most} alternatives and {most2} combinations of them",
                most=MOST_ALTERNATIVES,
                most2=MOST_STRUCTURES,
            ),
            "remedy": "keep those that could turn the answer",
        }


def _of_dimension(dimension: str, named: Mapping[str, Alternative]) -> Iterator[dict[str, Any]]:
    total = sum((exact(one.weight) for one in named.values()), start=Fraction(0))
    if total != 1:
        yield {
            "key": f"alternatives.{dimension}",
            "value": Words(phrase("weights that sum to {total:g}", total=float(total))),
            "allowed": "weights that sum to exactly 1",
            "remedy": "change a weight; weights are never renormalised",
        }
    bases = [name for name, one in named.items() if not one.changes]
    if len(bases) != 1:
        yield {
            "key": f"alternatives.{dimension}",
            "value": Words(
                phrase("{n} alternatives without changes: {bases}", n=len(bases), bases=", ".join(bases))
                if bases
                else phrase("0 alternatives without changes")
            ),
            "allowed": "exactly one without changes: the base",
            "remedy": "leave the changes out of the one that is the scenario as it stands, and of no other",
        }


def _shared_keys(alternatives: Alternatives) -> Iterator[dict[str, Any]]:
    """A key that two dimensions change would depend on their order."""
    whole: dict[str, list[tuple[str, str, str]]] = {}
    above: dict[str, list[tuple[str, str, str]]] = {}
    for d, n, key in (
        (d, n, key) for d, named in alternatives.items() for n, one in named.items() for key in one.changes
    ):
        parts = key.split(".")
        tables = [".".join(parts[:end]) for end in range(1, len(parts))]
        setters = [*above.get(key, ()), *(one for table in (key, *tables) for one in whole.get(table, ()))]
        other = next((one for one in setters if one[0] != d), None)
        if other is not None:
            yield {
                "key": f"alternatives.{d}.{n}",
                "value": Words(
                    phrase(
                        "a change of {key}, which alternatives.{other}.{other2} changes too",
                        key=key,
                        other=other[0],
                        other2=other[1],
                    )
                ),
                "allowed": "keys that only one dimension changes",
                "remedy": "bring the two under one dimension",
            }
        for table in tables:
            _note(above, table, (d, n, key))
        _note(whole, key, (d, n, key))


def _note(found: dict[str, list[tuple[str, str, str]]], key: str, change: tuple[str, str, str]) -> None:
    """Keep one change of each of the first two dimensions that make one there: enough to find another dimension's."""
    there = found.setdefault(key, [])
    if len(there) < 2 and all(one[0] != change[0] for one in there):
        there.append(change)


def _unknown(dimension: str, given: object, allowed: str, known: list[str]) -> Problem:
    remedy = did_you_mean(given, known) or "choose one of them"
    return Problem(WITH_ALTERNATIVES, dimension, given, allowed, remedy)
