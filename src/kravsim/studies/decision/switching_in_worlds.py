"""At which value of a number the answer turns in worlds drawn from what is not known, by reading of the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import DataError, Problem
from kravsim.running.progress import Clock, Progress
from kravsim.scenario import Scenario
from kravsim.studies.decision.axis import axis_of
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.drawn import DrawnWorlds, drawn_worlds, readings_of
from kravsim.studies.decision.turned_in_worlds import TurnsInWorlds
from kravsim.studies.decision.turning import Turns, turns_in_worlds
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt

WORLDS: Final = 128
_NODES: Final = 17


def switching_in_worlds(  # noqa: PLR0913 - what a study was asked with
    scenario: Scenario,
    figure: Figure,
    key: str,
    low: float | None,
    high: float | None,
    *,
    uncertainty: Uncertainty,
    in_proportion: tuple[str, ...],
    structures: Mapping[str, str] | None,
    points: int,
    worlds: int,
    confirm: int,
    seed: int,
    progress: bool | None,
) -> TurnsInWorlds:
    """Find where the answer turns in every world; parameters are those of :func:`kravsim.studies.switching_value`.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before alternatives were settled.
    figure : Figure
        Of the scenario as the settled alternatives read it.
    key, low, high, in_proportion : see there
        What varies, and with what.
    uncertainty, structures, worlds, seed : see there
        Which worlds.
    points, confirm, progress : see there
        How closely to look, how many years to simulate, and what is shown meanwhile.
    """
    axis = axis_of(figure, key, low, high, points)
    drawn = drawn_worlds(
        scenario,
        figure.models,
        figure.measure,
        uncertainty=uncertainty,
        draws=worlds,
        structures=structures,
        seed=seed,
        free=(key, *in_proportion),
    )
    clock = Clock()
    with Progress(progress) as shown:
        drawn.at({key: np.full((1, 1), axis.values[-1])}, np.array([0]))  # compiled by now, and timed
        shown.timed(clock.seconds, 1)
        shown.begin(worlds * _NODES, ("lägen", "worlds"))

        def at(values: Floats, which: NDArray[np.int64]) -> Floats:
            return drawn.at(_beside(drawn, key, in_proportion, values, which), which, shown)

        turns = turns_in_worlds(at, axis, drawn.design.draws, min(_NODES, points))
    return TurnsInWorlds(
        key=key,
        in_proportion=in_proportion,
        figure=(figure.name("sv"), figure.name("en")),
        unit=figure.unit,
        about=figure.scenario.label,
        kind=drawn.kind,
        today=float(figure.limits[key][0].value),
        turns=turns,
        readings=readings_of(drawn.design),
        why=_reasons(drawn, key, in_proportion, turns),
        confirmed=_simulated(drawn, key, in_proportion, turns, confirm, seed),
        columns=drawn.columns(),
        doubts=drawn.doubts,
    )


def _beside(
    drawn: DrawnWorlds, key: str, others: Sequence[str], values: Floats, which: NDArray[np.int64]
) -> dict[str, Floats]:
    """A number at chosen values, and others that keep their proportion to it in each world."""
    if not others:
        return {key: values}
    today = drawn.today(key)[which]
    if not today.all():
        remedy = "leave out in_proportion, or ask about a number that is not 0"
        raise DataError(Problem("", key, 0.0, "a number that others can be in proportion to", remedy))
    ratio = values / today[:, None]
    return {key: values} | {other: drawn.today(other)[which][:, None] * ratio for other in others}


def _reasons(drawn: DrawnWorlds, key: str, others: Sequence[str], turns: Turns) -> tuple[tuple[Doubt, int], ...]:
    """Why there is no answer at the first value without one, counted over worlds."""
    missing = np.isnan(turns.y)
    which = np.flatnonzero(missing.any(axis=1))
    if not which.size:
        return ()
    at = turns.x[np.argmax(missing[which], axis=1)][:, None]
    doubts = drawn.doubts_at(_beside(drawn, key, others, at, which), which)
    found = Counter(doubt for doubt in doubts if doubt is not None)
    return tuple(sorted(found.items(), key=lambda item: -item[1]))


def _simulated(drawn: DrawnWorlds, key: str, others: Sequence[str], turns: Turns, years: int, seed: int) -> Floats:
    """One year of some worlds at the first value at which their answers turn."""
    some = np.flatnonzero(np.isfinite(turns.first))[:years]
    some = some[np.argsort(drawn.structure[some], kind="stable")]
    answers = drawn.a_year(_beside(drawn, key, others, turns.first[some][:, None], some), some, seed)
    return answers[np.isfinite(answers)]
