"""``sensitivity``: which inputs of a scenario move a figure most, one at a time and together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.calibration.designs import within
from kravsim.calibration.evaluating import is_of
from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.running.progress import Clock, Progress
from kravsim.scenario import AnyScenario, all_checked, checked_call, named_models, scenario_of
from kravsim.scenario.prior import Prior, prior
from kravsim.studies.decision.checks import whole
from kravsim.studies.decision.closed_form import FISCAL, Figure
from kravsim.studies.decision.drivers import Drivers
from kravsim.studies.decision.drivers_in_worlds import DRAWS, drivers_in_worlds
from kravsim.studies.decision.grouped_sobol import grouped, indices_in
from kravsim.studies.decision.one_at_a_time import BETWEEN, scan
from kravsim.studies.decision.sobol import size_of
from kravsim.studies.decision.sobol_indices import SobolIndices
from kravsim.studies.decision.tornado import Swing, Tornado, ordered, swing_of
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.reading_words import alternative_titles
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd

SCREENED: Final = 20
"""Inputs and groups that get indices of their own; all others move together as one group."""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Tabled, EqualByParts):
    """What moves a figure.

    Parameters
    ----------
    tornado : Tornado
        Every uncertain input and every reading, one at a time.
    indices : SobolIndices or None
        Shares of variance of the strongest inputs, groups of correlated ones, all others together, and chance, if asked for.
    simulated : int
        Samples of `indices` without a closed-form answer, which were simulated.
    """

    tornado: Tornado
    indices: SobolIndices | None = None
    simulated: int = 0

    def sentence(self, lang: str = "sv") -> str:
        """Name what moves most, what turns the answer, and what has the largest part in its variance.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        both = [self.tornado.answer(lang)]
        if self.indices is not None:
            both.append(self.indices.sentence(lang))
        return doubted(" ".join(both), self.doubts, lang)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know first."""
        return self.tornado.doubts

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the tornado, and the indices if there are any.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        found = self.tornado.tables(lang)
        if self.indices is None:
            return found
        sv = language_index(lang) == 0
        note = (
            f"Simulerade, utan sluten form: {self.simulated}."
            if sv
            else f"Simulated, for want of a closed form: {self.simulated}."
        )
        (shares,) = self.indices.tables(lang)
        return (*found, replace(shares, notes=(*shares.notes, note)) if self.simulated else shares)

    def to_frame(self) -> pd.DataFrame:
        """The table of the tornado, one row an input."""
        return self.tornado.to_frame()

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        indices = None if self.indices is None else self.indices.to_json()
        found = {"tornado": self.tornado.to_json(), "sobol": indices, "simulated_points": self.simulated}
        return {**found, "doubts": as_json(self.doubts)}

    def __repr__(self) -> str:
        return f"<Sensitivity: {self.sentence('en')}>"


@checked_call
def sensitivity(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    measure: str = FISCAL,
    structures: Mapping[str, str] | None = None,
    uncertainty: Uncertainty | None = None,
    draws: int | None = None,
    sobol: int | None = None,
    screened: int = SCREENED,
    chance: int | None = None,
    seed: int = 1,
    progress: bool | None = None,
) -> Sensitivity | Drivers:
    """Find out which inputs move a figure of one model, or the difference of two.

    Without `uncertainty` each input is moved from where it stands, one at a time (tornado), and with `sobol` all together.
    With it the worlds of :func:`kravsim.studies.uncertainty` are looked at with the correlations they have: how much of the
    answer's variance goes with each input, in all of them and in those of each reading and rule of limitation.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    models : sequence of str
        One model, or two whose difference is the first less the second.
    measure : str
        A figure of a year: ``net_revenue_kr``, ``economic_result_kr``, ``kronofogden_applications``, ...
    structures : mapping of dimension to name, optional
        Alternatives to settle first: the study is then within that reading. Those left open are moved like an input.
    uncertainty : "prior", "posterior", a calibration or its tables, optional
        As for :func:`kravsim.studies.uncertainty`. Indices by `sobol` are not for it: of correlated inputs there are none.
    draws : int, optional
        With `uncertainty`: how many worlds; 512 when left out.
    sobol : int, optional
        Size of a design for Sobol indices, a power of two. The inputs' own distributions are used; correlated inputs move
        as one group, within which no index is given.
    screened : int
        With `sobol`: how many inputs and groups, the strongest of the tornado, get indices of their own; all others move
        together. Every one more costs as many samples as the design's size.
    chance : int, optional
        With `sobol`: years to simulate as everything stands, whose spread is then an input of its own. One spread holds
        for all worlds, which is near for a year's figures.
    seed : int
        Fixes the design and what is simulated.
    progress : bool, optional
        With `sobol`: say how long it will take and show how far it has come; by default at terminals and in notebooks.

    Returns
    -------
    Sensitivity, or Drivers with `uncertainty`

    Raises
    ------
    ScenarioError
        When a choice is not allowed, nothing is uncertain, or nothing has a closed-form answer as the scenario stands.
    RunError
        When the figure never varies, or too many samples have no answer.
    """
    scenario = scenario_of(scenario)
    figure, root, size, years, _ = all_checked(
        lambda: Figure(within(scenario, structures), named_models(scenario, models), measure),
        lambda: whole(seed, "seed", 0),
        lambda: None if sobol is None else size_of(sobol, "sobol"),
        lambda: None if chance is None else _years(chance, sobol),
        lambda: _check_worlds(uncertainty, draws, sobol),
    )
    if uncertainty is not None:
        many = whole(DRAWS if draws is None else draws, "draws", 2)
        return drivers_in_worlds(
            scenario, figure, uncertainty=uncertainty, draws=many, structures=structures, seed=root
        )
    believed = prior(figure.scenario.data)
    keys = [key for key in believed.keys if is_of(key, *figure.models)]
    if not keys and not figure.scenario.alternatives:
        remedy = "give ranges to its numbers, or alternatives"
        raise ScenarioError(
            Problem(scenario.name, "sensitivity", phrase("nothing uncertain"), "uncertain numbers", remedy)
        )
    if size is not None and not keys:
        raise ScenarioError(Problem("", "sobol", sobol, "nothing without uncertain numbers", "leave it out"))
    many, clock = whole(screened, "screened", 1, 10_000), Clock()
    found = _tornado(figure, believed, keys)
    if size is None:
        return Sensitivity(found)
    groups = grouped(believed, keys, found, many)
    with Progress(progress) as shown:
        shown.timed(clock.seconds, len(keys) * (2 * BETWEEN + 3))
        shares, missing = indices_in(figure, believed, keys, groups, size, root, years, shown)
    return Sensitivity(found, shares, missing)


def _check_worlds(uncertainty: object, draws: object, sobol: object) -> None:
    """Refuse what worlds have no use for, and what only they have."""
    if uncertainty is None and draws is not None:
        raise ScenarioError(Problem("", "draws", draws, "nothing without uncertainty", "give uncertainty too"))
    if uncertainty is not None and sobol is not None:
        remedy = "leave it out, or leave out uncertainty for the inputs' own ranges, with structures= for a reading"
        allowed = "nothing with uncertainty, whose inputs are correlated and have no indices of their own"
        raise ScenarioError(Problem("", "sobol", sobol, allowed, remedy))


def _years(chance: object, sobol: object) -> int:
    if sobol is None:
        raise ScenarioError(Problem("", "chance", chance, "nothing without sobol", "give sobol too, or leave it out"))
    return whole(chance, "chance", 2)


def _tornado(figure: Figure, believed: Prior, keys: Sequence[str]) -> Tornado:
    base = figure.base
    ends: dict[str, tuple[float, float, float]] = {}
    for key in keys:
        one, limits = believed.numbers[key]
        low, high = (one.value if end is None else end for end in (one.low, one.high))  # uncertain numbers have both
        ends[key] = (float(low), float(one.value), float(high))
    swings = []
    together = {
        key: tuple(other for other in group.keys if other != key) for group in believed.groups for key in group.keys
    }
    scans = {key: scan(*end) for key, end in ends.items()}
    for key, values in scans.items():
        limits = believed.numbers[key][1]
        if limits is not None and (limits.integer or limits.whole):
            scans[key] = np.unique(np.rint(values))
    found = figure.scanned(scans)
    none = figure.reasons()[0] if math.isnan(base) else None  # then of all of them
    for key, end in ends.items():
        values, answers = scans[key], found[key]
        missing = np.flatnonzero(np.isnan(answers))
        doubt = none or (figure.reasons({key: values[missing[:1]]})[0] if missing.size else None)
        beside = tuple(other for other in together.get(key, ()) if other in ends)
        swings.append(swing_of(key, answers, base, end, doubt=doubt, beside=beside))
    swings += [_reading(figure, dimension, base) for dimension in figure.scenario.alternatives]
    about = (figure.name("sv"), figure.name("en")), figure.scenario.label, figure.unit
    return Tornado(base, ordered(swings), *about, figure.doubts)


def _reading(figure: Figure, dimension: str, base: float) -> Swing:
    """The answer under every alternative of a dimension."""
    named = figure.scenario.data.alternatives[dimension]
    values: dict[str, float] = {}
    doubt: Doubt | None = None
    for name in named:
        read = Figure(figure.scenario.with_alternatives({dimension: name}), figure.models, figure.measure)
        values[name] = read.base
        if math.isnan(read.base):
            doubt = read.reasons()[0]
    known = {name: value for name, value in values.items() if math.isfinite(value)}
    today = next((name for name, one in named.items() if not one.changes), "")
    if not known:
        return Swing(
            f"alternatives.{dimension}", "", today, "", math.nan, math.nan, math.nan, math.nan, False, False, doubt
        )
    titles = {name: alternative_titles(figure.scenario, dimension, name) for name in named}
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    least, most = known[low], known[high]
    flips = (base > 0 > least) or (base <= 0 < most)
    return Swing(
        f"alternatives.{dimension}", low, today, high, least, most, least, most, False, flips, doubt, titles=titles
    )
