"""Many parameter sets as one scenario: values that hold arrays where a set of numbers has been put in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.expected.contradictions import refuse_contradictions
from kravsim.phrases import phrase
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.values import Section, Value
from kravsim.stream.calendar import hand_overs
from kravsim.stream.synthetic import first_day
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.limits import Limits
    from kravsim.scenario.schema import ScenarioData

Floats = NDArray[np.float64]

ERROR_PLACE = "expected.numbers"
HISTORY_KEYS, MIN_AGE = "horizon.history_years", "invoices.hand_over_min_age_days"
STRUCTURAL = (
    HISTORY_KEYS,
    "policy.payment_order_attempts",
    "policy.surveillance_spells",
    "policy.attachment_years",
    MIN_AGE,
)
"""Keys that a simulation rounds and that shape the process or the calendar: sets that share them are worked together."""
TERMS_KEY = "invoices.terms_days"
"""Shapes the calendar, too, where claims that are old enough wait for their due date, or for a time after it."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Parameter sets that share the structural keys.

    Attributes
    ----------
    view : ScenarioData
        The scenario's data, read like :class:`~kravsim.scenario.schema.ScenarioData`; a replaced value holds an array (B,).
    which : (B,)
        Positions of the sets among all that were given.
    """

    view: ScenarioData
    which: NDArray[np.int64]

    def array(self, number: float | Floats) -> Floats:
        """A value as an array (B,).

        Parameters
        ----------
        number : float or float64 array, shape (B,)
            The value of a key, the same for all sets or one for each.
        """
        return np.broadcast_to(np.asarray(number, np.float64), self.which.shape)


def batch_of_one(data: ScenarioData) -> Batch:
    """One world as a batch.

    Parameters
    ----------
    data : ScenarioData
    """
    return Batch(_view(data, "", {}), np.zeros(1, np.int64))


def checked(scenario: Scenario, values: Mapping[str, Any], *, whole: bool = False) -> dict[str, Floats]:
    """The values as float arrays of one length; with ``whole``, counts have no fraction.

    Parameters
    ----------
    scenario : Scenario
        Whose keys and limits they are.
    values : mapping of dotted key to array (B,)
        Numbers in the units of their keys.
    whole : bool
        Whether a count with a fraction is refused.

    Raises
    ------
    ScenarioError
        With every key that is no value of the scenario, every array of another shape and every number outside the limits
        of its key; with numbers that contradict each other, such as a least number of posts above the most.
    """
    known = {key: limits for key, number, limits in numbers_of(scenario.data) if isinstance(number, Value)}
    if not isinstance(values, Mapping):
        got = Words(phrase("something of type {kind}", kind=type(values).__name__))
        remedy = "give a dict; of a pandas DataFrame, dict(frame)"
        raise ScenarioError(Problem(ERROR_PLACE, "values", got, "a mapping of dotted key to array", remedy))
    problems: list[Problem] = []
    arrays: dict[str, Floats] = {}
    for key, given in values.items():
        if key not in known:
            remedy = did_you_mean(key, known) or "give a key of scenario.rows() that has a value"
            problems.append(Problem(ERROR_PLACE, "values", key, "a value of the scenario", remedy))
            continue
        array = _floats(given)
        if array is None:
            problems.append(Problem(ERROR_PLACE, key, given, "an array of numbers", "give one number a set"))
            continue
        if array.ndim != 1:
            problems.append(
                Problem(ERROR_PLACE, key, array.shape, "an array of one dimension", "give one number a set")
            )
            continue
        problems += _outside(key, array, known[key], whole=whole)
        arrays[key] = array
    lengths = {len(array) for array in arrays.values()}
    if len(lengths) > 1:
        problems.append(
            Problem(ERROR_PLACE, "values", sorted(lengths), "arrays of one length", "give each set every number")
        )
    if problems:
        raise ScenarioError(problems)
    refuse_contradictions(scenario.data, arrays, ERROR_PLACE)
    return arrays


def _floats(given: object) -> Floats | None:
    """What is given as floats; None where it is anything else than numbers."""
    try:
        array = np.asarray(given)
    except (ValueError, TypeError):  # lists of unequal length, what does not become numbers
        return None
    if np.ma.is_masked(given):
        return None
    return array.astype(np.float64) if array.dtype.kind in "iuf" else None


def _outside(key: str, array: Floats, limits: Limits | None, *, whole: bool) -> list[Problem]:
    low = -np.inf if limits is None or limits.ge is None else limits.ge
    high = np.inf if limits is None or limits.le is None else limits.le
    right = np.isfinite(array) & (array >= low) & (array <= high)
    if whole and limits is not None and limits.integer:
        right[right] = array[right] % 1 == 0
    wrong = array[~right]
    if not len(wrong):
        return []
    allowed = "finite numbers" if limits is None else limits.allowed()
    return [Problem(ERROR_PLACE, key, float(wrong[0]), allowed, "draw inside the limits of the key")]


def batches(scenario: Scenario, arrays: Mapping[str, Floats], n: int, at_most: int) -> list[Batch]:
    """Split ``n`` sets into batches of at most ``at_most`` that share the structural keys.

    Parameters
    ----------
    scenario : Scenario
    arrays : mapping of dotted key to float64 array, shape (n,)
        As `checked` gives them.
    n : int
        How many sets there are.
    at_most : int
        Sets in a batch.

    Returns
    -------
    list of Batch
        Each says by ``which`` the places of its sets among the n.
    """
    shared = {key: half_up(arrays[key]) for key in STRUCTURAL if key in arrays}
    alike = [*shared.values(), *([_layouts(scenario.data, shared, arrays[TERMS_KEY])] if TERMS_KEY in arrays else [])]
    groups = np.zeros(n, np.int64)
    if alike:
        groups = np.unique(np.stack(alike), axis=1, return_inverse=True)[1].reshape(-1)
    found = []
    for group in range(int(groups.max()) + 1):
        members = np.flatnonzero(groups == group)
        for which in np.array_split(members, -(-len(members) // at_most)):
            here = {key: float(shared[key][which[0]]) if key in shared else arrays[key][which] for key in arrays}
            found.append(Batch(_view(scenario.data, "", here), which))
    return found


def _layouts(data: ScenarioData, shared: Mapping[str, Floats], terms: Floats) -> Floats:
    """Number the sets (B,) by when their claims are handed over, which their terms may settle."""
    keys = [key for key in (MIN_AGE, HISTORY_KEYS) if key in shared]
    rows, of_row = np.unique(np.stack([half_up(terms), *(shared[key] for key in keys)]), axis=1, return_inverse=True)
    known: dict[tuple[bytes, bytes], int] = {}
    number = np.empty(rows.shape[1])
    for place, (days, *others) in enumerate(rows.T.tolist()):
        here = {TERMS_KEY: days} | dict(zip(keys, others, strict=True))
        view = SimpleNamespace(**{part: _view(getattr(data, part), part, here) for part in ("horizon", "invoices")})
        laid_out = hand_overs(view, first_day(view))
        number[place] = known.setdefault((laid_out.day.tobytes(), laid_out.of_run.tobytes()), len(known))
    return number[of_row.reshape(-1)]


def _view(node: Any, path: str, replaced: Mapping[str, float | Floats]) -> Any:
    if isinstance(node, Value):
        return SimpleNamespace(value=replaced.get(path, node.value))
    if isinstance(node, Section) and not hasattr(node, "mode"):
        inside = {name: _view(getattr(node, name), _below(path, name), replaced) for name in type(node).model_fields}
        return SimpleNamespace(**inside)
    if isinstance(node, Mapping):
        return {name: _view(inner, _below(path, name), replaced) for name, inner in node.items()}
    return node


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
