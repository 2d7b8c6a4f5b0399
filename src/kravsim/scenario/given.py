"""What users hand to a study: a scenario or its name, and arguments in the places where they belong."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from kravsim.errors import Problem, ScenarioError, Words, show
from kravsim.phrases import phrase, together, translated
from kravsim.scalars import scalar
from kravsim.scenario.base_posts import model_in
from kravsim.scenario.keyword_sets import expanded_docstring, typed_out
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.scenario import Scenario, load_scenario

P = ParamSpec("P")
R = TypeVar("R")

AnyScenario = Scenario | str | os.PathLike[str]
"""A scenario, or what `load_scenario` takes: a bundled name or a path."""

FEWEST_MODELS: Final = 2


def scenario_of(given: AnyScenario) -> Scenario:
    """Give the scenario itself, loading it where its name or path was given.

    Parameters
    ----------
    given : Scenario, str or path

    Raises
    ------
    ScenarioError
        When there is no such scenario, with every problem found in it, or when something else was given.
    """
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | os.PathLike):
        return load_scenario(given)
    remedy = "give what load_scenario gives, or the name itself"
    got = Words(phrase("something of type {kind}", kind=type(given).__name__))
    raise ScenarioError(Problem("", "scenario", got, "a scenario, its name or the path of its file", remedy))


def checked_models(scenario: Scenario, models: Iterable[str], fewest: int = FEWEST_MODELS) -> tuple[str, ...]:
    """Different names, two or more, from anything that gives them in an order of its own, a generator too.

    Parameters
    ----------
    scenario : Scenario
        Whose models they are.
    models : iterable of str
        Names as the user gave them.
    fewest : int
        How many there must be: 1, or 2.

    Returns
    -------
    tuple of str
        In the order given.

    Raises
    ------
    ScenarioError
        For anything else, and for a set: which model comes first decides the sign of the difference.
    """
    which = "two or more different models" if fewest > 1 else "one model or more, all different"
    return _in_order(scenario, models, fewest, which)


def named_models(scenario: Scenario, models: Iterable[str]) -> tuple[str, ...]:
    """One or more different names of models of one arrangement, in an order of their own; a text is one name.

    Parameters
    ----------
    scenario : Scenario
        Whose models they are.
    models : str or iterable of str
        Names as the user gave them.

    Returns
    -------
    tuple of str
        In the order given.

    Raises
    ------
    ScenarioError
        For anything else, and for a set: which model comes first decides the sign of the difference. Also for a sequence of
        models, which has no closed form.
    """
    names = _in_order(scenario, (models,) if isinstance(models, str) else models, 1, "one model or more, all different")
    for name in names:
        if name in scenario.data.sequences:
            model_in(scenario.data, name)
    return names


def _in_order(scenario: Scenario, models: Iterable[str], fewest: int, which: str) -> tuple[str, ...]:
    ordered = isinstance(models, Iterable) and not isinstance(models, str | bytes | AbstractSet)
    given = tuple(map(scalar, models)) if ordered else ()
    names = [name for name in given if isinstance(name, str)]
    if len(names) < len(given) or len(set(names)) != len(names) or len(names) < fewest:
        allowed = phrase("{which}, in the order in which they are compared", which=phrase(which))
        got = list(given) if ordered else models
        raise ScenarioError(
            Problem("", "models", got, allowed, phrase("choose among {names}", names=", ".join(scenario.models)))
        )
    return tuple(map(str, names))


def truth_of(key: str, given: object) -> bool:
    """Read a truth value, numpy's too.

    Parameters
    ----------
    key : str
        What an error calls it.
    given : object
        As the user gave it.

    Raises
    ------
    ScenarioError
        For anything else: a text such as "no" would count as true.

    Examples
    --------
    >>> truth_of("economic", True), truth_of("pairs", False)
    (True, False)
    """
    plain = scalar(given)
    if not isinstance(plain, bool):
        raise ScenarioError(Problem("", key, given, "True or False", "write it without quotes"))
    return plain


def check_left_out(given: Mapping[str, object], allowed: str, remedy: str) -> None:
    """Refuse arguments that the rest of the call has no use for.

    Parameters
    ----------
    given : mapping of name to object
        None where it was left out.
    allowed, remedy : str
        As in a `Problem`.

    Raises
    ------
    ScenarioError
        With every one that was given, and what was given.
    """
    found = [Problem("", name, value, allowed, remedy) for name, value in given.items() if value is not None]
    if found:
        raise ScenarioError(found)


def check_one_number(draws: object) -> None:
    """Refuse numbers of worlds by reading where there is no mean that more worlds of a reading would count in.

    Parameters
    ----------
    draws : object
        How many worlds, as it was given.

    Raises
    ------
    ScenarioError
        When it is a mapping.
    """
    if isinstance(draws, Mapping):
        allowed, remedy = (
            "one number of worlds",
            "they are spread among readings by weight; compare takes numbers by reading",
        )
        raise ScenarioError(Problem("", "draws", dict(draws), allowed, remedy))


def all_checked(*checks: Callable[[], Any]) -> tuple[Any, ...]:
    """Check several arguments, so that everything that is wrong with a call is told together and before any work.

    Parameters
    ----------
    *checks : callable
        Each gives an argument as it is to be used, or raises ScenarioError.

    Raises
    ------
    ScenarioError
        With the problems of all of them.

    Examples
    --------
    >>> all_checked(lambda: 1, lambda: "two")
    (1, 'two')
    """
    found: list[Any] = []
    problems: list[Problem] = []
    for check in checks:
        try:
            found.append(check())
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def checked_call(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function answer a wrong call with its signature and what was probably meant; for use as a decorator.

    Parameters
    ----------
    function : callable
        What users call; its signature is what they are told. Keywords that it shares with others, ``**how: Unpack[How]``, are
        typed out there and in its help.

    Raises
    ------
    TypeError
        By the function so made: when an argument stands where it must be named, a keyword does not exist, or one is
        missing.
    """
    signature = typed_out(function)

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            name = _name_of(function)
            said = _said(name, signature, args, kwargs) or str(error)
            message = f"{said}; {name}({_written(signature)})"
        else:
            return function(*args, **kwargs)
        raise TypeError(message)

    called.__signature__ = signature  # type: ignore[attr-defined]
    called.__doc__ = expanded_docstring(function)
    return called


def _name_of(function: Callable[..., object]) -> str:
    """The name that users call it by: a figure by that of its module."""
    name = function.__name__
    return function.__module__.rpartition(".")[2] if name == "draw" else name


def _said(name: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Say what is wrong with a call; empty when Python's own words are the best there are."""
    kinds = signature.parameters.values()
    placed = [one.name for one in kinds if one.kind is one.POSITIONAL_OR_KEYWORD]
    named = [one.name for one in kinds if one.kind is one.KEYWORD_ONLY]
    if len(args) > len(placed):
        free = [key for key in named if key not in kwargs]
        meant = [f"{key}={show(given)}" for key, given in zip(free, args[len(placed) :], strict=False)]
        said = (
            phrase("{name}() takes 1 positional argument, and {given} were given", name=name, given=len(args))
            if len(placed) == 1
            else phrase(
                "{name}() takes {placed} positional arguments, and {given} were given",
                name=name,
                placed=len(placed),
                given=len(args),
            )
        )
        remedy = phrase("write {value}", value=", ".join(meant))
        return translated(together(said, remedy, between=": ") if meant else said)
    unknown = [key for key in kwargs if key not in signature.parameters]
    if unknown:
        near = did_you_mean(unknown[0], [*placed, *named])
        said = phrase("{name}() has no keyword {keyword}", name=name, keyword=repr(unknown[0]))
        return translated(together(said, near, between=": ") if near else said)
    there = {*placed[: len(args)], *kwargs}
    missing = [one.name for one in kinds if one.default is one.empty and one.name not in there]
    needed = ", ".join(f"{key}=" for key in missing)
    return translated(phrase("{name}() needs {keywords}", name=name, keywords=needed)) if missing else ""


def _written(signature: inspect.Signature) -> str:
    """The parameters without their types."""
    bare = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
    return str(inspect.Signature(bare)).removeprefix("(").removesuffix(")")
