"""``switching_line``: for which combinations of two of a scenario's numbers the answer turns, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from kravsim.calibration.designs import within
from kravsim.errors import Problem, ScenarioError
from kravsim.scenario import AnyScenario, all_checked, checked_call, named_models, scenario_of, truth_of
from kravsim.studies.decision.axis import Axis, axis_of
from kravsim.studies.decision.checks import Floats, keys_of, whole
from kravsim.studies.decision.closed_form import FISCAL, Figure
from kravsim.studies.decision.confirming import Confirmed, confirmed, years_asked
from kravsim.studies.decision.line import SwitchingLine
from kravsim.studies.decision.line_in_worlds import line_in_worlds
from kravsim.studies.decision.on_line import OnLine, along
from kravsim.studies.decision.other_worlds import in_other_worlds
from kravsim.studies.decision.plane import crossings, segments
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt

POINTS: Final = 25
WORLDS: Final = 48
_NODES: Final = 5
_PLACES: Final = 3
"""Places on the line that are simulated when confirmation is asked for."""

Ends = Sequence[float | None] | None


@checked_call
def switching_line(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    keys: Sequence[str],
    low: Ends = None,
    high: Ends = None,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    measure: str = FISCAL,
    structures: Mapping[str, str] | None = None,
    uncertainty: Uncertainty | None = None,
    points: int = POINTS,
    worlds: int = WORLDS,
    confirm: int = 0,
    seed: int = 1,
    progress: bool | None = None,
) -> SwitchingLine:
    """Find the line over two numbers of a scenario on which a figure, or the difference of two models', changes its sign.

    The closed form is worked out on a grid, and every crossing of the line with it solved for. Where staff cannot do the
    work it has no answer and is not used: that part of the plane is marked.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    keys : sequence of two str
        Dotted keys of numbers of the world or of the models, such as ``models.in_house.staff.handlers.fte`` and
        ``invoices.per_year``.
    low, high : sequence of two numbers, optional
        Where to look, in the order of the keys; None, or a sequence left out, is the number's own range.
    models, measure, structures
        As for :func:`kravsim.studies.sensitivity`.
    uncertainty : "prior", "posterior", a calibration or its tables, optional
        Look in the worlds of :func:`kravsim.studies.uncertainty` instead of the base case: the line is where the mean over
        them turns, the band where it lies in nine of ten of them, and readings are told apart. Staff are as many as in drawn
        worlds, but where a key is of posts themselves.
    points : int
        Values of each number on the grid; of whole numbers every one, up to 400.
    worlds : int
        Draws of all other uncertain numbers: the band around the line is where it may lie in nine of ten of them. 0 leaves
        that out. With `uncertainty` the number of worlds.
    confirm : int
        Years to simulate at three places on the line, on the same luck, from which the interval from chance comes; 0 leaves
        that out, and is all that `uncertainty` takes.
    seed : int
        Fixes the draws and the simulated years.
    progress : bool, optional
        With `uncertainty`: say how long it will take and show how far it has come; by default at terminals and in notebooks.

    Returns
    -------
    SwitchingLine

    Raises
    ------
    ScenarioError
        When a key is no number of the scenario or can have no part in the figure, or a choice is not allowed.
    """
    scenario = scenario_of(scenario)
    figure, many, years, drawn, root, _ = all_checked(
        lambda: Figure(within(scenario, structures), named_models(scenario, models), measure),
        lambda: whole(points, "points", 5, 201),
        lambda: years_asked(confirm),
        lambda: whole(worlds, "worlds", 0 if uncertainty is None else 2, 10_000),
        lambda: whole(seed, "seed", 0),
        lambda: progress is None or truth_of("progress", progress),
    )
    across, up = _axes(figure, keys, low, high, many)
    if uncertainty is not None:
        if years:
            remedy = "leave it out, or simulate at one key of the line, with uncertainty"
            raise ScenarioError(Problem("", "confirm", confirm, "nothing with uncertainty", remedy))
        return line_in_worlds(
            scenario,
            figure,
            across,
            up,
            _better(figure),
            uncertainty=uncertainty,
            structures=structures,
            worlds=drawn,
            seed=root,
            progress=progress,
        )

    def value(x: Floats, y: Floats) -> Floats:
        return np.asarray(figure.at({across.key: x, up.key: y}))

    x, y = across.values, up.values
    grid = np.meshgrid(x, y, indexing="ij")
    z = value(grid[0].ravel(), grid[1].ravel()).reshape(grid[0].shape)
    found = crossings(value, x, y, z, (across.whole, up.whole))
    line = tuple(segments(z, found))
    others = in_other_worlds(figure, [across, up], z, worlds=drawn, nodes=_NODES, seed=root)
    rows = along(across, up, found)
    return SwitchingLine(
        keys=(across.key, up.key),
        figure=(figure.name("sv"), figure.name("en")),
        better=_better(figure),
        unit=figure.unit,
        about=figure.scenario.label,
        today=(float(figure.limits[across.key][0].value), float(figure.limits[up.key][0].value)),
        base=figure.base,
        x=x,
        y=y,
        z=z,
        line=line,
        rows=rows,
        worlds=others,
        missing=_missing(figure, across, up, z),
        confirmed=_confirmed(figure, across, up, rows, years, root) if years else (),
        doubts=figure.doubts,
    )


def _axes(figure: Figure, keys: Sequence[str], low: Ends, high: Ends, points: int) -> tuple[Axis, Axis]:
    names = keys_of(keys)
    if len(names) != 2 or names[0] == names[1]:
        raise ScenarioError(Problem("", "keys", names, "two different keys", "for one, ask for its switching value"))
    ends: list[list[Any]] = []
    for name, given in (("low", low), ("high", high)):
        if given is not None and (
            isinstance(given, str) or not isinstance(given, Sequence | np.ndarray) or len(given) != 2
        ):
            raise ScenarioError(
                Problem("", name, given, "two numbers, one a key", "None stands for the key's own range")
            )
        ends.append([None, None] if given is None else list(given))
    one, other = (axis_of(figure, key, a, b, points) for key, a, b in zip(names, *ends, strict=True))
    return one, other


def _better(figure: Figure) -> tuple[tuple[str, str], tuple[str, str]]:
    """What holds where the figure is above 0 and below it: which model gives more, in Swedish and English."""
    names = [(figure.model_name(model, "sv"), figure.model_name(model, "en")) for model in figure.models]
    if len(names) == 1:
        return ("över 0", "above 0"), ("under 0", "below 0")
    return (f"{names[0][0]} ger mer", f"{names[0][1]} gives more"), (
        f"{names[1][0]} ger mer",
        f"{names[1][1]} gives more",
    )


def _missing(figure: Figure, across: Axis, up: Axis, z: Floats) -> tuple[tuple[Doubt, int], ...]:
    """Why there is no answer in parts of the plane, and at how many points of the grid."""
    places = np.argwhere(~np.isfinite(z))
    if not len(places):
        return ()
    why = figure.reasons({across.key: across.values[places[:, 0]], up.key: up.values[places[:, 1]]})
    return tuple((doubt, why.count(doubt)) for doubt in dict.fromkeys(why) if doubt is not None)


def _confirmed(
    figure: Figure, across: Axis, up: Axis, rows: Sequence[OnLine], years: int, seed: int
) -> tuple[tuple[float, Confirmed], ...]:
    """Simulate at places spread over the line: moved along the first number, the second as it stands there."""
    some = [(row.at, x) for row in rows for x in row.crossings]
    if across.whole or not some:
        return ()
    width = float(across.values[-1] - across.values[0])
    places = sorted({round(k) for k in np.linspace(0, len(some) - 1, _PLACES)})
    found = []
    for at, x in (some[k] for k in places):
        one = confirmed(figure, across.key, x, width, years=years, seed=seed, beside={up.key: at})
        found.append((at, one))
    return tuple(sorted(found, key=lambda item: (item[0], item[1].at if math.isfinite(item[1].at) else 0.0)))
