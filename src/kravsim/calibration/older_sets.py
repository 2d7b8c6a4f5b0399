"""Parameter sets that an earlier version was calibrated to find: how far they are from the books by today's model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.errors import DataError, Problem, Words
from kravsim.law import load_law
from kravsim.measures.measures import unit_of
from kravsim.phrases import phrase
from kravsim.version import __version__
from kravsim.words.display import amount
from kravsim.words.doubts import Doubt
from kravsim.words.wording import METRIC_WORDS, language_index, metric_name

if TYPE_CHECKING:
    import numpy.typing as npt

    from kravsim.calibration.calibration import Calibration

    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]

KEY: Final = "older_parameter_sets"
STEPS: Final = {"share": 0.001, "kr": 100.0}
"""How finely figures are written, by unit; whole numbers elsewhere."""
LOOKED_AT: Final = 64
"""Sets by which it is seen whether today's model gives the figures that they were chosen by: what touches one in fourteen is
missed by one look in a hundred."""
SAME_SHARE_OF_EDGE: Final = 0.01
SAME: Final = 1e-6
"""How near that is, in soft edges of a target or, where that is more, in proportion to the figure."""

_moved: dict[str, bool] = {}
"""What was found in this process, by what was looked at: each reading takes half a second."""


@dataclass(frozen=True)
class Missed:
    """A published figure, and what the sets give for it by today's closed form, on average.

    Parameters
    ----------
    titles : (str, str)
        Of what the calibration was read with, Swedish and English.
    metric : str
        Machine name of the figure.
    low, high : float
        The published interval, in the unit of the figure.
    mean : float
        Over the sets, by today's closed form, in the same unit.
    """

    titles: tuple[str, str]
    metric: str
    low: float
    high: float
    mean: float

    @property
    def inside(self) -> bool:
        """Whether the mean lies in the published interval."""
        return self.low <= self.mean <= self.high

    def text(self, lang: str) -> str:
        """Say reading, figure, interval and mean: ``B: success measured in kronor: success 57.1% (54.5 to 55.5%)``.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        unit = unit_of(self.metric)
        mean, low, high = (amount(x, unit, lang, step=STEPS.get(unit, 1.0)) for x in (self.mean, self.low, self.high))
        named = metric_name(self.metric, lang) if self.metric in METRIC_WORDS else self.metric
        return (
            f"{self.titles[language_index(lang)]}: {named} {mean} ({low}{' till ' if lang == 'sv' else ' to '}{high})"
        )


def has_moved(calibration: Calibration) -> bool:
    """Say whether today's closed form gives other figures for the sets than those they were chosen by, looking at a few.

    Parameters
    ----------
    calibration : Calibration
        Of an earlier version, of today's scenario and law.
    """
    few = np.unique(np.linspace(0, len(calibration) - 1, LOOKED_AT).round().astype(int))
    kept = calibration.figures[few]
    asked = (calibration.scenario.fingerprint, load_law().fingerprint, calibration.keys, tuple(calibration.targets))
    seen = sha256(repr(asked).encode() + calibration.values[few].tobytes() + kept.tobytes()).hexdigest()
    if seen not in _moved:
        edges = np.array([target.edge or 0.0 for target in calibration.targets.values()])
        moved = np.abs(_todays_figures(calibration, few) - kept)
        _moved[seen] = not bool((moved <= np.maximum(SAME_SHARE_OF_EDGE * edges, SAME * np.abs(kept))).all())
    return _moved[seen]


def by_todays_model(calibration: Calibration) -> Calibration:
    """Give the sets with the figures that today's closed form has for them, instead of those they were chosen by.

    Parameters
    ----------
    calibration : Calibration
        Of an earlier version; its scenario is the one it was found with.

    Raises
    ------
    DataError
        When today's closed form has no figure for some of them.
    """
    figures = _todays_figures(calibration, np.arange(len(calibration)))
    without = int((~np.isfinite(figures)).any(axis=1).sum())
    if without:
        got = Words(
            phrase("{without} of {n} sets without an answer in today's closed form", without=without, n=len(figures))
        )
        remedy = phrase("they are of version {version}: calibrate again", version=calibration.version)
        raise DataError(
            Problem(calibration.scenario.name, calibration.name, got, "sets that it has figures for", remedy)
        )
    return replace(calibration, figures=figures, outdated=True)


def _todays_figures(calibration: Calibration, which: Places) -> Floats:
    """Figures of some sets by today's closed form, shape (sets, targets); NaN where it has none."""
    from kravsim.expected import numbers  # compiled, so imported where it is needed

    values = {key: calibration.values[which, place] for place, key in enumerate(calibration.keys)}
    targets = calibration.targets.values()
    found = {model: numbers(calibration.scenario, model, values) for model in {target.model for target in targets}}
    return np.column_stack([np.asarray(found[target.model][target.metric], np.float64) for target in targets])


def doubt_of(calibrations: Iterable[Calibration]) -> Doubt | None:
    """Say which version the sets of some readings were fitted by, and how far each published figure is missed now.

    Parameters
    ----------
    calibrations : iterable of Calibration
        Of the readings that are told together.

    Returns
    -------
    Doubt or None
        None when all are of today's model.
    """
    older = [one for one in calibrations if one.outdated]
    if not older:
        return None
    versions = ", ".join(dict.fromkeys(one.version for one in older))
    figures = [missed for one in older for missed in misses(one)]
    outside = [one for one in figures if not one.inside]
    sv, en = (
        (", ".join(one.text("sv") for one in outside), ", ".join(one.text("en") for one in outside))
        if outside
        else ("inget", "none")
    )
    return Doubt(
        KEY,
        f"Parametervärdena är anpassade till böckerna i version {versions}, inte till dagens modell ({__version__}). "
        f"Medelvärden som nu ligger utanför den publicerade uppgiften ({len(outside)} av {len(figures)}): {sv}.",
        f"The parameter sets were fitted to the books by version {versions}, not to today's model ({__version__}). "
        f"Means that now lie outside the published figure ({len(outside)} of {len(figures)}): {en}.",
        more=tuple(one.text("en") for one in figures),
    )


def misses(calibration: Calibration) -> list[Missed]:
    """Hold the mean of each target's figure over the sets against its interval.

    Parameters
    ----------
    calibration : Calibration
        With figures of today's closed form.

    Returns
    -------
    list of Missed
        One a target.
    """
    means = calibration.figures.mean(axis=0)
    return [
        Missed(calibration.called, target.metric, target.low, target.high, float(mean))
        for target, mean in zip(calibration.targets.values(), means, strict=True)
    ]
