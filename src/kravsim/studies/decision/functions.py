"""Functions of a user's own: called in the way they were written for, with every answer that is no number refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kravsim.errors import KravsimError, Problem, RunError, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import LARGEST, Floats, said, with_gaps

Many = Callable[[Floats], Floats]
"""Takes points (n, d), gives answers (n,)."""


def scalar(function: object) -> Callable[[float], float]:
    """Wrap a function of one number, so that it gives a finite float or raises.

    Parameters
    ----------
    function : callable
        Of one number, as a user gave it.

    Returns
    -------
    callable
        Raises a :class:`RunError` where the function gives something else than a finite number.

    Raises
    ------
    ScenarioError
        When it is not callable.
    """
    call = _callable(function)
    name = _name(function)

    def value(x: float) -> float:
        answer = _called(call, name, phrase("at {x:.12g}", x=x), x)
        found = _one(answer)
        if found is None or not abs(found) < LARGEST:
            raise RunError(
                Problem("", name, answer if found is None else found, "one finite number", phrase("at {x:.12g}", x=x))
            )
        return found

    return value


def of_points(function: object, names: Sequence[str], probe: Floats) -> Many:
    """Find out how a function of several inputs wants to be called.

    Parameters
    ----------
    function : callable
        Of one array of shape (d, n), as for ``scipy.stats.sobol_indices``; of d arguments, each an array or a number; of
        one array of shape (n, d); or of a single point (d,).
    names : sequence of str
        Names of the d inputs.
    probe : (m, d) float64 array
        Points to try it at; m is not d.

    Raises
    ------
    ScenarioError
        When it is not callable.
    RunError
        When none of these calls gives one number a point; says what went wrong.
    """
    call = _callable(function)
    name, d = _name(function), len(names)
    ways: list[tuple[str, Many]] = []
    wanted = _arguments(call)
    if wanted == d and d > 1:
        ways += [("columns", lambda x: _flat(call(*x.T), len(x))), ("numbers", _each(lambda point: call(*point)))]
    else:
        ways += [
            ("(d, n)", lambda x: _flat(call(x.T.copy()), len(x))),
            ("(n, d)", lambda x: _flat(call(x.copy()), len(x))),
            ("(d,)", _each(call)),
        ]
    first: Exception | None = None
    refused = ""
    for _, way in ways:
        try:
            answers = way(probe)
        except KravsimError:
            raise
        except Exception as error:
            first = first or error
            continue
        if answers is not None and answers.shape == (len(probe),):
            return _guarded(way, name, names)
        gave = phrase("it gave no numbers") if answers is None else phrase("it gave shape {shape}", shape=answers.shape)
        refused = refused or gave
    why = phrase("it raised {kind}: {first}", kind=type(first).__name__, first=first) if first is not None else refused
    allowed = phrase("a function of an array (d, n) with d = {d} that gives n numbers", d=d)
    raise RunError(Problem("", name, Words("answers of another shape"), allowed, why)) from first


def _guarded(way: Many, name: str, names: Sequence[str]) -> Many:
    def answers(points: Floats) -> Floats:
        try:
            found = way(points)
        except KravsimError:
            raise
        except Exception as error:
            remedy = phrase("it raised {kind}: {first}", kind=type(error).__name__, first=error)
            raise RunError(Problem("", name, Words("no answer"), "one number a point", remedy)) from error
        if found is None or found.shape != (len(points),):
            raise RunError(Problem("", name, Words("answers of another shape"), "one number a point", "as at first"))
        bad = np.flatnonzero(~(np.abs(found) < LARGEST))
        if bad.size:
            point = ", ".join(f"{key} {x:.6g}" for key, x in zip(names, points[bad[0]], strict=True))
            remedy = phrase(
                "{said} of {n}; sample {bad} is {point}: one missing run would spoil all",
                said=said(bad, "sample"),
                n=len(points),
                bad=bad[0],
                point=point,
            )
            raise RunError(Problem("", name, float(found[bad[0]]), "finite numbers", remedy))
        return found

    return answers


def _callable(function: object) -> Callable[..., Any]:
    if not callable(function):
        raise ScenarioError(Problem("", "function", function, "a function", "give the function itself, not its answer"))
    return function


def _name(function: object) -> str:
    return str(getattr(function, "__name__", "function"))


def _arguments(call: Callable[..., Any]) -> int | None:
    """How many positional arguments a function insists on; None when that cannot be known."""
    try:
        known = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(one.kind == inspect.Parameter.VAR_POSITIONAL for one in known):
        return None
    return sum(one.kind in kinds and one.default is inspect.Parameter.empty for one in known)


def _called(call: Callable[..., Any], name: str, where: str, *given: object) -> Any:
    try:
        return call(*given)
    except KravsimError:
        raise
    except Exception as error:
        remedy = phrase("{where} it raised {kind}: {error}", where=where, kind=type(error).__name__, error=error)
        raise RunError(Problem("", name, Words("no answer"), "one finite number", remedy)) from error


def _one(answer: object) -> float | None:
    try:
        array = with_gaps(answer)
    except ValueError:
        return None
    if array.size != 1 or array.dtype.kind not in "biuf":
        return None
    return float(array.reshape(-1)[0]) + 0.0


def _flat(answer: object, count: int) -> Floats:
    """One answer a point; an array (1, n) or (n, 1) counts as (n,)."""
    array = with_gaps(answer)
    if array.dtype.kind not in "biuf":
        message = f"answers of kind {array.dtype}"
        raise TypeError(message)
    if array.ndim == 2 and 1 in array.shape and array.size == count:
        array = array.reshape(-1)
    return array.astype(np.float64)


def _each(call: Callable[[Floats], object]) -> Many:
    def answers(points: Floats) -> Floats:
        found = [_one(call(point)) for point in points]
        if any(one is None for one in found):
            message = "more than one number for a point"
            raise TypeError(message)
        return np.array(found, np.float64)

    return answers
