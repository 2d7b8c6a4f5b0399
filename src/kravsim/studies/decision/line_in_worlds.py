"""Along which line over two numbers an answer turns in worlds drawn from what is not known: mean, band and readings.

Every world is worked out at some values of each number and taken to be straight between them; the line is where the mean over
the worlds is 0, the band where it lies in nine of ten of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from kravsim.running.progress import Clock, Progress
from kravsim.scenario import Scenario
from kravsim.studies.decision.axis import Axis
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import NO_ANSWER, Figure
from kravsim.studies.decision.drawn import DrawnWorlds, drawn_worlds, readings_of
from kravsim.studies.decision.line import SwitchingLine
from kravsim.studies.decision.on_line import along
from kravsim.studies.decision.other_worlds import straight_between
from kravsim.studies.decision.plane import Many, crossings, segments
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt

NODES: Final = 5
"""Values of each number at which the worlds are worked out."""
_ENOUGH: Final = 0.9
"""Share of the worlds that must have an answer at a point for their mean to stand for all of them."""


def line_in_worlds(  # noqa: PLR0913 - what a study was asked with
    scenario: Scenario,
    figure: Figure,
    across: Axis,
    up: Axis,
    better: tuple[tuple[str, str], tuple[str, str]],
    *,
    uncertainty: Uncertainty,
    structures: Mapping[str, str] | None,
    worlds: int,
    seed: int,
    progress: bool | None,
) -> SwitchingLine:
    """Find the line over worlds; parameters are those of :func:`kravsim.studies.switching_line`.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before alternatives were settled.
    figure : Figure
        Of the scenario as the settled alternatives read it.
    across, up : Axis
        The two numbers and their values.
    better : ((str, str), (str, str))
        What holds where the figure is above 0, and below it.
    uncertainty, structures, worlds, seed, progress : see there
        Which worlds, and whether progress is shown.
    """
    drawn = drawn_worlds(
        scenario,
        figure.models,
        figure.measure,
        uncertainty=uncertainty,
        draws=worlds,
        structures=structures,
        seed=seed,
        free=(across.key, up.key),
    )
    fine = [across.values, up.values]
    places = [np.unique(np.linspace(0, len(x) - 1, NODES).round().astype(int)) for x in fine]
    coarse = [x[some] for x, some in zip(fine, places, strict=True)]
    nodes = [part.ravel() for part in np.meshgrid(*coarse, indexing="ij")]
    clock = Clock()
    with Progress(progress) as shown:
        drawn.at({across.key: np.array([[coarse[0][-1]]]), up.key: np.array([[coarse[1][-1]]])}, np.array([0]))
        shown.timed(clock.seconds, 1)
        shown.begin(worlds * len(nodes[0]), ("lägen", "worlds"))
        asked = {key: np.tile(x, (worlds, 1)) for key, x in zip((across.key, up.key), nodes, strict=True)}
        found = drawn.at(asked, shown=shown)
    table = straight_between(found.reshape(worlds, *map(len, coarse)), coarse, fine)
    z = _mean(table)
    line = crossings(_between_points(fine, z), fine[0], fine[1], z, (across.whole, up.whole))
    return SwitchingLine(
        keys=(across.key, up.key),
        figure=(figure.name("sv"), figure.name("en")),
        better=better,
        unit=figure.unit,
        about=figure.scenario.label,
        today=(float(figure.limits[across.key][0].value), float(figure.limits[up.key][0].value)),
        base=float(_mean(drawn.at())[0]),
        x=fine[0],
        y=fine[1],
        z=z,
        line=tuple(segments(z, line)),
        rows=along(across, up, line),
        worlds=table,
        missing=_missing(drawn, (across.key, up.key), nodes, found, z),
        confirmed=(),
        kind=drawn.kind,
        readings=readings_of(drawn.design),
        doubts=drawn.doubts,
    )


def _mean(table: Floats) -> Floats:
    """Mean over the first axis, the worlds, where nearly all of them have an answer; NaN elsewhere."""
    known = np.isfinite(table)
    mean = np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known.mean(axis=0) >= _ENOUGH, mean, np.nan)


def _between_points(fine: list[Floats], z: Floats) -> Many:
    from scipy.interpolate import RegularGridInterpolator

    inside = RegularGridInterpolator((fine[0], fine[1]), z)
    return lambda x, y: np.asarray(inside(np.column_stack([x, y])))


def _missing(
    drawn: DrawnWorlds, keys: tuple[str, str], nodes: list[Floats], found: Floats, z: Floats
) -> tuple[tuple[Doubt, int], ...]:
    """Why the first point that lacks an answer in some world does, and at how many points of the plane the mean has none."""
    without = int(np.isnan(z).sum())
    if not without:
        return ()
    node = int(np.argmax(np.isnan(found).sum(axis=0)))
    world = int(np.flatnonzero(np.isnan(found[:, node]))[0])
    at = {key: np.array([[x[node]]]) for key, x in zip(keys, nodes, strict=True)}
    return ((drawn.doubts_at(at, np.array([world]))[0] or NO_ANSWER, without),)
