"""Where sliders stand that somebody moved, and the numbers that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kravsim.errors import Problem, ScenarioError
from kravsim.exploring.sliders import Slider
from kravsim.phrases import phrase
from kravsim.scalars import real_number
from kravsim.scenario.nearest import did_you_mean


def positions_given(sliders: Sequence[Slider], values: Mapping[str, float], name: str) -> dict[str, float]:
    """Check where some sliders are put.

    Parameters
    ----------
    sliders : sequence of Slider
        All that there are.
    values : mapping of key to float
        Where some stand.
    name : str
        Of the scenario, for errors.

    Raises
    ------
    ScenarioError
        When a key has no slider, or a value is no number within its range; with every one.
    """
    if not isinstance(values, Mapping):
        remedy = 'such as {"invoices.per_year": 50000}'
        raise ScenarioError(Problem(name, "values", values, "a mapping of keys to numbers", remedy))
    known = {one.key: one for one in sliders}
    found, problems = {}, []
    for key, given in values.items():
        value = real_number(given)
        if key not in known:
            allowed = phrase("the key of a slider: {names}", names=", ".join(known))
            problems.append(Problem(name, "values", key, allowed, did_you_mean(key, known) or "name it among the keys"))
        elif value is None or not known[key].low <= value <= known[key].high:
            low, high = (f"{end:.10g}" for end in (known[key].low, known[key].high))
            allowed = phrase("a number from {low} to {high}", low=low, high=high)
            problems.append(Problem(name, key, given, allowed, "the surface is fitted there only"))
        else:
            found[key] = float(value)
    if problems:
        raise ScenarioError(problems)
    return found


def tied(chosen: Sequence[Slider]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The numbers that keep their proportion to sliders, as a `Figure` takes them.

    Parameters
    ----------
    chosen : sequence of Slider
        The sliders.
    """
    return tuple((one.key, one.beside) for one in chosen if one.along)
