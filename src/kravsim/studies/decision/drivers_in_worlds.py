"""What an answer goes with over drawn worlds: laid out, worked out, and gone through reading by reading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from kravsim.calibration.evaluating import is_of
from kravsim.results.notes import overloaded_in
from kravsim.scenario import Scenario
from kravsim.studies.decision.benefits import benefits_of
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.drawn import Reading, drawn_worlds, readings_of
from kravsim.studies.decision.drivers import SHOWN, Drivers, InReading
from kravsim.studies.decision.driving import drivers_of
from kravsim.studies.uncertainty import Uncertainty

DRAWS: Final = 512
_COMPANIONS: Final = 0.5
"""Inputs whose ranks correlate as much as this go along with each other."""


def drivers_in_worlds(
    scenario: Scenario,
    figure: Figure,
    *,
    uncertainty: Uncertainty,
    draws: int,
    structures: Mapping[str, str] | None,
    seed: int,
) -> Drivers:
    """Find what the answer goes with; parameters are those of :func:`kravsim.studies.sensitivity`.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before alternatives were settled.
    figure : Figure
        Of the scenario as the settled alternatives read it.
    uncertainty, draws, structures, seed : see there
        Which worlds.
    """
    drawn = drawn_worlds(
        scenario, figure.models, figure.measure, uncertainty=uncertainty, draws=draws, structures=structures, seed=seed
    )
    inputs = {key: values for key, values in drawn.inputs.items() if is_of(key, *figure.models)}
    table, missing, behind = benefits_of(drawn.design, figure.models, figure.measure, inputs, seed)
    answers = np.asarray(table[:, 0] if table.shape[1] == 1 else table[:, 0] - table[:, 1])
    columns, overloaded = drawn.columns(), overloaded_in(behind, drawn.design.draws)
    levels = {f"alternatives.{one}": np.asarray(columns[one]) for one in dict(drawn.design.choices[0])}
    found = tuple(_in_reading(reading, answers, {**inputs, **levels}) for reading in readings_of(drawn.design))
    return Drivers(
        readings=found,
        answers=answers,
        figure=(figure.name("sv"), figure.name("en")),
        unit=figure.unit,
        about=figure.scenario.label,
        kind=drawn.kind,
        simulated=missing,
        columns=columns,
        doubts=drawn.doubts if overloaded is None else (overloaded, *drawn.doubts),
    )


def _in_reading(reading: Reading, answers: Floats, inputs: Mapping[str, Any]) -> InReading:
    mine = answers[reading.worlds]
    here = {name: np.asarray(values)[reading.worlds] for name, values in inputs.items()}
    found = drivers_of(mine, here)
    strong = [one.name for one in found if one.beyond_chance][:SHOWN]
    scales = {
        name: values for name, values in here.items() if values.dtype.kind in "iuf" and len(np.unique(values)) > 1
    }
    along = {name: _companions(name, scales) for name in strong if name in scales}
    sd = float(mine.std(ddof=1)) if len(mine) > 1 else math.nan
    return InReading(reading, float(mine.mean()) if len(mine) else math.nan, sd, found, along)


def _companions(name: str, scales: Mapping[str, Floats]) -> tuple[str, ...]:
    """Inputs whose ranks go with those of another, the closest first."""
    from scipy.stats import rankdata

    mine = rankdata(scales[name])
    alike = {
        other: abs(float(np.corrcoef(mine, rankdata(values))[0, 1]))
        for other, values in scales.items()
        if other != name
    }
    return tuple(sorted((one for one, r in alike.items() if r >= _COMPANIONS), key=lambda one: -alike[one]))
