"""``discover``: under which conditions one of a scenario's models is better than the others, as limits that can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np

from kravsim.calibration.designs import within
from kravsim.calibration.evaluating import is_of
from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_question, overloaded_in
from kravsim.results.uncertainty import PRIOR
from kravsim.scenario import (
    AnyScenario,
    Scenario,
    all_checked,
    checked_call,
    checked_models,
    scenario_of,
    truth_of,
)
from kravsim.studies.decision.benefits import all_benefits_of, worlds_of
from kravsim.studies.decision.box import Column
from kravsim.studies.decision.checks import floats, whole, with_gaps
from kravsim.studies.decision.closed_form import ECONOMIC, FISCAL
from kravsim.studies.decision.discovered import Discovered
from kravsim.studies.decision.discovery import Discovery
from kravsim.studies.decision.inputs import columns_of
from kravsim.studies.decision.over_ranges import RANGES, Worlds, over_ranges
from kravsim.studies.decision.prim import boxes_of
from kravsim.studies.decision.titles import titles_of
from kravsim.studies.uncertainty import Uncertainty, doubts_of_sets

DRAWS: Final = 512
_MOST_LIMITS: Final = 3
_MOST_BOXES: Final = 3


def prim(
    inputs: object,
    holds: object,
    *,
    names: Sequence[str] | None = None,
    limits: int = _MOST_LIMITS,
    boxes: int = _MOST_BOXES,
    seed: int = 1,
) -> Discovery:
    """Find the box of inputs in which something holds: patient rule induction, kept to a few limits.

    Parameters
    ----------
    inputs : array-like, shape (draws,) or (draws, k)
        Numbers, whole or not, or texts and truth values as levels; a frame's columns name themselves.
    holds : array-like, shape (draws,)
        Whether it holds in each draw: truth values, or 0 and 1.
    names : sequence of str, optional
        Names of the inputs.
    limits : int
        Limits of a box at most.
    boxes : int
        Boxes at most: each of those after the first is found among the draws that none before it holds.
    seed : int
        Of the halves of the draws on which boxes are tried.

    Returns
    -------
    Discovery
        With `.boxes`, each with its limits, coverage and density; none where nothing better than the whole is found.

    Raises
    ------
    DataError
        When a shape does not fit, or a value is missing.

    Examples
    --------
    >>> import numpy as np
    >>> posts = np.tile(np.arange(1, 9), 40)
    >>> found = prim({"posts": posts}, posts <= 3)
    >>> (box,) = found.boxes
    >>> box.limits[0].high, box.coverage, box.density
    (3.0, 1.0, 1.0)
    """
    most, many, root = all_checked(
        lambda: whole(limits, "limits", 1, 5), lambda: whole(boxes, "boxes", 1, 10), lambda: whole(seed, "seed", 0)
    )
    wins = _truths(holds)
    columns, constant = _columns(inputs, len(wins), names)
    found = boxes_of(columns, wins, most, many, root) if columns else ()
    return Discovery(found, tuple(columns), wins, constant)


@checked_call
def discover(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    models: Sequence[str] = ("in_house", "outsourced"),
    *,
    uncertainty: Uncertainty | Literal["ranges"] | None = None,
    draws: int = DRAWS,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    structures: Mapping[str, str] | None = None,
    economic: bool = False,
    limits: int = _MOST_LIMITS,
    seed: int = 1,
) -> Discovered:
    """Find under which conditions the first of a scenario's models is better than all others.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    models : sequence of str
        The first is the one asked about.
    uncertainty : "prior", "posterior", a calibration or its tables, or "ranges"
        The worlds of :func:`kravsim.studies.uncertainty` with the same seed, ``prior`` when left out; or ``ranges``: every
        uncertain number evenly over its declared range and every reading as often, in closed form, whatever is believed of
        them. There staff are as many as their key says; worlds whose staff cannot do the work, and such as contradict
        themselves, are counted and left out.
    draws : int
        How many worlds.
    ranges : mapping of key to (low, high), optional
        With ``ranges``, which they imply: other ranges than those declared, also of numbers that have none.
    structures : mapping of dimension to name, optional
        As for :func:`kravsim.studies.value_of_information`.
    economic : bool
        Whether the answer is about net revenue with recovered principal; the other benefit is answered `beside` it.
    limits : int
        Limits of a box at most.
    seed : int
        Fixes the worlds.

    Returns
    -------
    Discovered
        Without a box where no world favours the model: then with a bound on the probability of such a world.

    Raises
    ------
    ScenarioError
        When a choice is not allowed or nothing is uncertain.
    RunError
        When a world drawn cannot be, with the count.
    """
    scenario = scenario_of(scenario)
    names, many, root, most, economic = all_checked(
        lambda: checked_models(scenario, models),
        lambda: whole(draws, "draws", 2),
        lambda: whole(seed, "seed", 0),
        lambda: whole(limits, "limits", 1, 5),
        lambda: truth_of("economic", economic),
    )
    believed = uncertainty if uncertainty is not None else PRIOR if ranges is None else RANGES
    if believed != RANGES and ranges is not None:
        raise ScenarioError(Problem("", "ranges", list(ranges), "nothing without uncertainty ranges", "leave them out"))
    if believed == RANGES:
        read = within(scenario, structures)
        worlds = over_ranges(read, names, (FISCAL, ECONOMIC), draws=many, ranges=ranges or {}, seed=root)
    else:
        worlds = _of_design(scenario, names, believed, many, structures, root)
    answers = [
        _of_benefit(scenario, names, worlds, measure, limits=most, seed=root, changed=tuple(ranges or ()))
        for measure in ((ECONOMIC, FISCAL) if economic else (FISCAL, ECONOMIC))
    ]
    return replace(answers[0], beside=answers[1])


def _of_benefit(
    scenario: Scenario,
    names: Sequence[str],
    worlds: Worlds,
    measure: str,
    *,
    limits: int,
    seed: int,
    changed: tuple[str, ...],
) -> Discovered:
    """Conditions for one of the two benefits."""
    known = np.isfinite(worlds.tables[measure]).all(axis=1)
    table = worlds.tables[measure][known]
    gain = table[:, 0] - table[:, 1:].max(axis=1) if len(table) else np.empty(0)
    varying = [key for key, values in worlds.inputs.items() if known.any() and np.ptp(values[known]) > 0]
    columns: dict[str, Any] = {key: worlds.inputs[key][known] for key in varying}
    columns |= {key: names_[known] for key, names_ in worlds.readings.items()}
    found = Discovery((), (), gain > 0, ())
    if len(gain) and columns:
        found = prim(columns, gain > 0, limits=limits, seed=seed)
    return Discovered(
        found=found,
        gain=gain,
        models=tuple(names),
        titles=titles_of(scenario, names),
        about=scenario.label,
        kind=worlds.kind,
        changed=changed,
        economic=measure == ECONOMIC,
        unanswered=int((~known).sum()),
        simulated=worlds.simulated,
        doubts=worlds.doubts,
    )


def _of_design(
    scenario: Scenario,
    names: Sequence[str],
    uncertainty: Any,
    draws: int,
    structures: Mapping[str, str] | None,
    seed: int,
) -> Worlds:
    design, kind, ensemble = worlds_of(scenario, uncertainty, draws=draws, structures=structures, seed=seed)
    inputs = {key: values for key, values in design.inputs().items() if is_of(key, *names)}
    tables, missing, behind = all_benefits_of(design, names, [FISCAL, ECONOMIC], inputs, seed)
    readings = {
        dimension: np.array([dict(design.choices[structure])[dimension] for structure in design.structure])
        for dimension in dict(design.choices[0])
    }
    overloaded = overloaded_in(behind, design.draws)
    asked = (*doubts_of_question(scenario, names), *doubts_of_sets(ensemble))
    doubts = asked if overloaded is None else (overloaded, *asked)
    return Worlds(inputs, readings, tables, kind, doubts, missing)


def _columns(given: object, draws: int, names: Sequence[str] | None) -> tuple[list[Column], tuple[str, ...]]:
    """Inputs as columns, and the names of those that never vary."""
    table: Any = given
    if isinstance(given, Mapping):
        import pandas as pd

        sizes = {str(name): np.size(column) for name, column in given.items()}
        wrong = next((name for name, size in sizes.items() if size != draws), None)
        if wrong is not None or not sizes:
            got = Words("no input") if wrong is None else sizes[wrong]
            raise DataError(
                Problem("", wrong or "inputs", got, phrase("{draws} draws", draws=draws), "give each draw its value")
            )
        table = pd.DataFrame({str(name): with_gaps(column).reshape(-1) for name, column in given.items()})
    arrays, labels = columns_of(table, draws, names)
    columns, constant = [], []
    for label, array in zip(labels, arrays, strict=True):
        different, codes = np.unique(array, return_inverse=True)
        if len(different) == 1:
            constant.append(label)
        elif array.dtype.kind in "iuf":
            numbers = array.astype(np.float64)
            columns.append(Column(label, numbers, whole=bool((numbers == np.rint(numbers)).all())))
        else:
            columns.append(Column(label, codes.reshape(-1).astype(np.float64), tuple(map(str, different))))
    return columns, tuple(constant)


def _truths(given: object) -> np.ndarray[Any, np.dtype[np.bool_]]:
    allowed = "a truth value a draw, or 0 and 1"
    array = with_gaps(given)
    if array.dtype.kind != "b":
        array = floats(given, "holds", allowed)
        bad = np.flatnonzero(~np.isin(array.reshape(-1), (0.0, 1.0)))
        if bad.size:
            got = float(array.reshape(-1)[bad[0]])
            raise DataError(
                Problem("", "holds", got, allowed, phrase("draw {bad} of {size}", bad=bad[0], size=array.size))
            )
    if array.ndim != 1 or array.size < 2:
        raise DataError(
            Problem(
                "",
                "holds",
                Words(phrase("shape {shape}", shape=array.shape)),
                allowed,
                "give one a draw, two draws or more",
            )
        )
    return np.asarray(array, np.bool_)
