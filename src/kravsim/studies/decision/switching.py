"""``switching_value``: at which value of one of a scenario's numbers the answer turns, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.designs import within
from kravsim.scenario import AnyScenario, all_checked, checked_call, named_models, scenario_of, truth_of
from kravsim.studies.decision.axis import Axis, axis_of, settable, stretches, tied_to, with_number_of
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.closed_form import FISCAL, Figure
from kravsim.studies.decision.confirming import YEARS, Confirmed, confirmed, confirmed_by, years_asked, years_at
from kravsim.studies.decision.moves import added_up, figure_on, moves_of
from kravsim.studies.decision.other_worlds import in_other_worlds, turned
from kravsim.studies.decision.roots import roots_between
from kravsim.studies.decision.switched import SwitchingValue
from kravsim.studies.decision.switching_in_worlds import WORLDS as IN_WORLDS
from kravsim.studies.decision.switching_in_worlds import switching_in_worlds
from kravsim.studies.decision.turned_in_worlds import TurnsInWorlds
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt

POINTS: Final = 61
WORLDS: Final = 64
_NODES: Final = 11


@checked_call
def switching_value(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    key: str,
    low: float | None = None,
    high: float | None = None,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    measure: str = FISCAL,
    structures: Mapping[str, str] | None = None,
    uncertainty: Uncertainty | None = None,
    in_proportion: Sequence[str] = (),
    points: int = POINTS,
    worlds: int | None = None,
    confirm: int = YEARS,
    seed: int = 1,
    progress: bool | None = None,
) -> SwitchingValue | TurnsInWorlds:
    """Find where a figure of one model, or the difference of two, changes its sign along one number of a scenario.

    The closed form is scanned, then solved. Where staff cannot do the work it has no answer and is not used: the result says
    over which stretch, or in how many worlds.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    key : str
        Dotted key of a number, such as ``models.in_house.staff.handlers.fte``.
    low, high : float, optional
        Where to look; the number's own range when left out.
    models, measure, structures
        As for :func:`kravsim.studies.sensitivity`.
    uncertainty : "prior", "posterior", a calibration or its tables, optional
        Look in the worlds of :func:`kravsim.studies.uncertainty` instead of the base case, and tell them apart by reading
        and rule of limitation. Staff are as many as in drawn worlds, but where the key is of posts themselves.
    in_proportion : sequence of str
        Numbers that keep their proportion to the key, such as ``debtors.number`` to ``invoices.per_year``.
    points : int
        Points of the scan.
    worlds : int, optional
        Draws of all other uncertain numbers, in each of which the values are found anew: their spread is the interval from
        what is not known. 0 leaves that out; 64 when left out. With `uncertainty` the number of worlds; 128 when left out.
    confirm : int
        Years to simulate at every value found, on the same luck, from which the interval from chance comes: 0 leaves that
        out. Of whole numbers the two on either side are simulated. With `uncertainty` the number of worlds of which a year
        is simulated at the first value; of whole numbers none.
    seed : int
        Fixes the draws and the simulated years.
    progress : bool, optional
        With `uncertainty`: say how long it will take and show how far it has come; by default at terminals and in notebooks.

    Returns
    -------
    SwitchingValue, or TurnsInWorlds with `uncertainty`

    Raises
    ------
    ScenarioError
        When the key is no number of the scenario or can have no part in the figure, or a choice is not allowed.
    """
    scenario = scenario_of(scenario)
    fewest, usual = (0, WORLDS) if uncertainty is None else (2, IN_WORLDS)
    figure, many, years, drawn, root, *_ = all_checked(
        lambda: Figure(within(scenario, structures), named_models(scenario, models), measure),
        lambda: whole(points, "points", 5, 10_001),
        lambda: years_asked(confirm),
        lambda: whole(usual if worlds is None else worlds, "worlds", fewest, 10_000),
        lambda: whole(seed, "seed", 0),
        lambda: progress is None or truth_of("progress", progress),
    )
    figure = replace(figure, scenario=with_number_of(figure.scenario, key))
    tied = tied_to(figure, key, in_proportion)
    if uncertainty is not None:
        return switching_in_worlds(
            scenario,
            figure,
            key,
            low,
            high,
            uncertainty=uncertainty,
            in_proportion=tied,
            structures=structures,
            points=many,
            worlds=drawn,
            confirm=years,
            seed=root,
            progress=progress,
        )
    figure = replace(figure, tied=((key, tied),) if tied else ())
    axis = axis_of(figure, key, low, high, many)
    x, y = axis.values, figure.at({key: axis.values})
    roots, jumps = _turns(figure, axis, y)
    known = np.isfinite(y)
    none = not roots and not jumps
    rows = in_other_worlds(figure, [axis], y, worlds=drawn, nodes=_NODES, seed=root)
    beside, together = _beside(figure, key, x, y) if none and known.any() else ((), ())
    return SwitchingValue(
        key=key,
        figure=(figure.name("sv"), figure.name("en")),
        unit=figure.unit,
        about=figure.scenario.label,
        today=float(figure.limits[key][0].value),
        base=figure.base,
        x=x,
        y=y,
        roots=roots,
        turns=jumps,
        missing=_missing(figure, key, x, known),
        worlds=turned(axis, rows, len(roots) + len(jumps)),
        confirmed=_confirmed(figure, axis, roots, jumps, years, root) if years else (),
        beside=beside,
        together=together,
        only=roots[0] if len(roots) == 1 else None,
        doubts=figure.doubts,
    )


def _turns(figure: Figure, axis: Axis, y: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Where the figure is 0, and where it changes its sign without being 0."""
    x = axis.values

    def several(values: Floats) -> Floats:
        return figure.at({axis.key: values})

    crossing: list[float] = []
    jumps: list[float] = []
    for part in stretches(np.isfinite(y)):
        if axis.whole:
            jumps += [float(x[k] + x[k + 1]) / 2 for k in part[:-1] if y[k] * y[k + 1] < 0]
            crossing += [float(x[k]) for k in part if y[k] == 0]
        elif len(part) > 1:
            found = roots_between(lambda at: float(several(np.array([at]))[0]), x[part], y[part], several)
            crossing += [*found.crossing, *found.touching]
            jumps += found.jumps
    return tuple(sorted(crossing)), tuple(sorted(jumps))


def _confirmed(
    figure: Figure, axis: Axis, roots: Sequence[float], jumps: Sequence[float], years: int, seed: int
) -> tuple[Confirmed, ...]:
    width = float(axis.values[-1] - axis.values[0])
    found = [confirmed(figure, axis.key, at, width, years=years, seed=seed) for at in roots]
    sides = sorted({side for at in jumps for side in (at - 0.5, at + 0.5)}) if axis.whole else []
    found += [confirmed_by(years_at(figure, {axis.key: side}, years=years, seed=seed), side) for side in sides]
    return tuple(found)


def _missing(figure: Figure, key: str, x: Floats, known: NDArray[np.bool_]) -> tuple[tuple[float, float, Doubt], ...]:
    found = []
    for part in stretches(~known):
        doubt = figure.reasons({key: x[part[:1]]})[0]
        if doubt is not None:
            found.append((float(x[part[0]]), float(x[part[-1]]), doubt))
    return tuple(found)


def _beside(
    figure: Figure, key: str, x: Floats, y: Floats
) -> tuple[tuple[tuple[str, float, float], ...], tuple[tuple[str, float, float], ...]]:
    """With the number where it comes nearest: what every other one gives at the end of its range that helps most.

    Each as key, value and the answer there, the best first: three of them, or all that turn the answer. Where none does,
    also what they give added up, until the answer turns.
    """
    best = int(np.nanargmin(np.abs(y)))
    held = {key: float(settable(figure, key, x[best]))}
    wanted = -math.copysign(1.0, y[best])
    moves = moves_of(figure, [key])
    values = figure_on(figure, [(move,) for move in moves], np.ones(len(moves)), held)
    gains = np.where(np.isfinite(values), wanted * (values - y[best]), -np.inf)
    found: dict[str, tuple[str, float, float]] = {}
    for k in np.argsort(-gains, kind="stable"):
        if math.isfinite(gains[k]):
            found.setdefault(moves[k].key, (moves[k].key, moves[k].end, float(values[k])))
    turning = [item for item in found.values() if wanted * item[2] > 0]
    if turning:
        return tuple(turning), ()
    added = added_up(figure, moves, gains, held)
    until = next((k for k, item in enumerate(added, 1) if wanted * item[2] > 0), len(added))
    return tuple(found.values())[:3], added[:until]
