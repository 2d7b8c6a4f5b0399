"""What the books allow: an ensemble of parameter sets that agree with them, and what they could and could not tell.

Identifiability is told in three ways. A number that the books *moved* has another mean or a smaller spread than in its prior.
A *ridge* is a combination that the books pin although they leave its parts open: along the direction in which a target's
figure changes most, the posterior is narrow, across it as wide as the prior. *Pairs* are numbers that the books have tied to
each other: if the one is higher, the other must be lower.

Source: Vehtari, Gelman, Simpson, Carpenter and Bürkner 2021, Bayesian Analysis 16, 667-718, for how many effective sets do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from kravsim.calibration.calibration_tables import calibration_tables
from kravsim.calibration.calibration_words import sentence
from kravsim.calibration.normal_scores import POINTS, normal_scores
from kravsim.calibration.older_sets import doubt_of
from kravsim.calibration.tempering import ROUNDS
from kravsim.equality import EqualByParts
from kravsim.results.notes import doubts_of_question
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.version import __version__
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import Doubt, as_json
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.scenario import Scenario
    from kravsim.scenario.schema import Target

Floats = npt.NDArray[np.float64]

EDGES_REACHED: Final = 2.0
"""A target is reached by a set whose figure is at most so many soft edges outside the interval."""
LEAST_REACHED: Final = 0.5
"""Share of the sets that must reach a target; otherwise the targets conflict."""
NARROWER: Final = 0.9
SHIFTED: Final = 0.3
"""A number has moved when its sd is below this share of the prior's, or its mean has moved by so many prior sds."""
MOVED_ERRORS: Final = 4.0
"""Nor is a number told to have moved by less than so many standard errors of the ensemble."""
RIDGE_PARTS: Final = 5
LEAST_SLOPE: Final = 0.05
"""Parts of a ridge: so many at most, and none whose prior sd moves the figure by less than this share of its own."""
LEAST_PAIR: Final = 0.25
"""The weakest rank correlation that is told of as a pair; it must also be five standard errors."""
ESS_AN_ISLAND: Final = 100
"""Effective sets an island from which on percentiles, and what the islands say of each other, can be relied on."""


@dataclass(frozen=True)
class Diagnosis:
    """How the ensemble was found, and how well.

    Attributes
    ----------
    islands, particles, evaluations : int
        Independent populations, particles in each, and parameter sets evaluated in all.
    power : float
        How far the likelihood was raised; below 1 the books could not be reached.
    ess : float
        Effective sample size of the whole population: its variance over that of its mean, as islands' means vary. Islands
        count by their evidence, as sets are drawn from them.
    r_hat : float
        Largest ratio of total to within-island standard deviation over the numbers; near 1 when the islands agree.
    log_evidence, log_evidence_error : float
        Logarithm of the prior chance of the books, and its standard error from the islands.
    prior_draws, prior_inside : int
        Draws of the prior that were tried, and those whose figures lie inside every interval: plain rejection.
    """

    islands: int
    particles: int
    evaluations: int
    power: float
    ess: float
    r_hat: float
    log_evidence: float
    log_evidence_error: float
    prior_draws: int
    prior_inside: int

    @property
    def ess_wanted(self) -> int:
        """Effective sets that would do."""
        return ESS_AN_ISLAND * self.islands

    @property
    def thin(self) -> bool:
        """Whether there are fewer."""
        return self.ess < self.ess_wanted


@dataclass(frozen=True)
class Fit:
    """One target against the ensemble: its figure's mean and 5, 50 and 95 % points, and how many sets meet it.

    Parameters
    ----------
    name : str
        Of the target.
    low, high : float
        Its interval, in its unit.
    mean, p05, p50, p95 : float
        Of the figure over the sets, in the unit of the target.
    inside_share : float
        Share of the sets whose figure lies within the interval.
    reached_share : float
        Share of the sets whose figure lies within reach of it, the softness of its edges included.
    nearest : float
        The figure of the set that is nearest to all targets at once.
    off_by : float
        Signed distance of that figure to the interval; 0 inside.
    """

    name: str
    low: float
    high: float
    mean: float
    p05: float
    p50: float
    p95: float
    inside_share: float
    reached_share: float
    nearest: float
    """The figure of the set that is nearest to all targets at once."""
    off_by: float
    """Signed distance of that figure to the interval; 0 inside."""


@dataclass(frozen=True)
class Known:
    """One number before and after the books: means and sds in its unit, their ratio, the shift in prior sds.

    Parameters
    ----------
    key : str
        Dotted key of the number.
    unit : str
        Its unit, in which means, sds and points are.
    prior_mean, prior_sd : float
        Before the books.
    mean, sd : float
        After them.
    p05, p95 : float
        5 and 95 % points after the books.
    sd_ratio : float
        `sd` over `prior_sd`.
    shift : float
        `mean` less `prior_mean`, in prior sds.
    moved : bool
        Whether the books moved it by more than the error of the ensemble.
    """

    key: str
    unit: str
    prior_mean: float
    prior_sd: float
    mean: float
    sd: float
    p05: float
    p95: float
    sd_ratio: float
    shift: float
    moved: bool


@dataclass(frozen=True)
class Part:
    """A number's part in a ridge: prior sds of the figure per prior sd of the number, and its own sd ratio.

    Parameters
    ----------
    key : str
        Dotted key of the number.
    slope : float
        Prior sds of the figure per prior sd of the number.
    sd_ratio : float
        Its own sd after the books over that before.
    """

    key: str
    slope: float
    sd_ratio: float


@dataclass(frozen=True)
class Ridge:
    """What a target pins: the sd of its combination over the prior's, and the numbers that weigh most in it.

    Parameters
    ----------
    target : str
        Name of the target.
    sd_ratio : float
        Sd of the combination after the books over that before.
    parts : tuple of Part
        The numbers that weigh most in it, the heaviest first.
    """

    target: str
    sd_ratio: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Pair:
    """Two numbers that the books tie together: rank correlations after and before.

    Parameters
    ----------
    first, second : str
        Dotted keys.
    correlation : float
        Rank correlation after the books.
    prior : float
        Rank correlation before them.
    """

    first: str
    second: str
    correlation: float
    prior: float


@dataclass(frozen=True, eq=False, repr=False)
class Calibration(Tabled, EqualByParts):
    """The parameter sets of one reading of a scenario that agree with its books.

    Attributes
    ----------
    scenario : Scenario
        As it was read: the alternatives of `choice` are settled.
    choice : mapping of dimension to name
        The reading: the alternatives it was read with.
    seed : int
        Which the same sets come from again.
    targets : mapping of str to Target
        What it was calibrated to.
    keys : tuple of str
        The numbers of a set.
    values : float64 array, shape (sets, keys)
        Equally likely sets, in the units of the keys.
    figures : float64 array, shape (sets, targets)
        The expected figure of every target.
    slopes : float64 array, shape (targets, keys)
        Prior sds of a target's figure per prior sd of a number, by regression on draws of the prior.
    diagnosis : Diagnosis
        How well the sampler did.
    version : str
        Of kravsim, by which the sets were found.
    outdated : bool
        Whether that was another model than today's: told as such, with `figures` of today's.
    moves : int
        Moves of every particle after each rise of the likelihood's power.
    apart : mapping of str to tuple of float
        Bounds by key, on either side of which was sampled by itself.
    titles : (str, str)
        Of the alternatives it was read with, Swedish and English, as far as the scenario had them open.
    """

    scenario: Scenario
    choice: Mapping[str, str]
    seed: int
    targets: Mapping[str, Target]
    keys: tuple[str, ...]
    values: Floats
    figures: Floats
    slopes: Floats
    diagnosis: Diagnosis
    version: str = __version__
    outdated: bool = False
    moves: int = ROUNDS
    apart: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    titles: tuple[str, str] = ("", "")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def name(self) -> str:
        """The alternatives it was read with, as one word: ``A``, or ``base`` when none was chosen."""
        return "-".join(self.choice.values()) or "base"

    @property
    def called(self) -> tuple[str, str]:
        """What it is called for people, Swedish and English: by its titles, or its name where there are none."""
        sv, en = self.titles
        return sv or self.name, en or self.name

    def parameter_sets(self) -> tuple[ParameterSets, ...]:
        """The ensemble as parameter sets, for studies that draw from it."""
        return (ParameterSets(self.choice, 1.0, self.keys, self.values),)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a set: its numbers by key, and ``target:<name>`` with the figure of each target."""
        import pandas as pd

        columns = [*self.keys, *(f"target:{name}" for name in self.targets)]
        return pd.DataFrame(np.hstack((self.values, self.figures)), columns=columns)

    @cached_property
    def fit(self) -> tuple[Fit, ...]:
        """Each target against the ensemble."""
        return tuple(self._fit(place, name, target) for place, (name, target) in enumerate(self.targets.items()))

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know of the models, and the law they were calibrated under, before reading the numbers."""
        older = doubt_of([self])
        found = doubts_of_question(self.scenario, (target.model for target in self.targets.values()))
        return (*found, *([] if older is None else [older]))

    @property
    def conflict(self) -> tuple[str, ...]:
        """Targets that the ensemble does not reach; empty when the books agree with each other."""
        return tuple(fit.name for fit in self.fit if fit.reached_share < LEAST_REACHED)

    @cached_property
    def numbers(self) -> tuple[Known, ...]:
        """Every number before and after the books, those that moved most first."""
        noise = MOVED_ERRORS / math.sqrt(max(min(len(self), self.diagnosis.ess), 2.0))
        found = [self._known(place, key, noise) for place, key in enumerate(self.keys)]
        return tuple(sorted(found, key=lambda known: -(abs(known.shift) + abs(math.log(max(known.sd_ratio, 1e-9))))))

    @cached_property
    def ridges(self) -> tuple[Ridge, ...]:
        """What each target pins, and how little its parts are known one by one."""
        scores, expected = normal_scores(self.scenario.prior, self.keys, self.values)
        ratio = {known.key: known.sd_ratio for known in self.numbers}
        found = []
        for name, slope in zip(self.targets, self.slopes, strict=True):
            before = math.sqrt(float(slope @ expected @ slope))
            if before < LEAST_SLOPE:
                continue  # a figure that no number moves pins nothing
            after = float(np.std(scores @ slope, ddof=1))
            most = np.argsort(-np.abs(slope), kind="stable")[:RIDGE_PARTS]
            parts = tuple(
                Part(self.keys[k], float(slope[k]), ratio[self.keys[k]]) for k in most if abs(slope[k]) >= LEAST_SLOPE
            )
            found.append(Ridge(name, after / before, parts))
        return tuple(found)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Numbers that the books tie together, the strongest first; among those that a ridge names or that moved."""
        from scipy.stats import rankdata

        named = {part.key for ridge in self.ridges for part in ridge.parts}
        named |= {known.key for known in self.numbers if known.moved}
        chosen = [place for place, key in enumerate(self.keys) if key in named]
        if len(chosen) < 2:
            return ()
        after = np.asarray(np.corrcoef(rankdata(self.values[:, chosen], axis=0), rowvar=False))
        _, before = normal_scores(self.scenario.prior, self.keys, self.values)
        least = max(LEAST_PAIR, 5 / math.sqrt(max(min(len(self), self.diagnosis.ess), 2.0)))
        found = []
        for i, first in enumerate(chosen):
            for j in range(i):
                prior_rank = 6 / math.pi * math.asin(float(before[first, chosen[j]]) / 2)
                if abs(after[i, j] - prior_rank) >= least:
                    found.append(Pair(self.keys[chosen[j]], self.keys[first], float(after[i, j]), prior_rank))
        return tuple(sorted(found, key=lambda pair: -abs(pair.correlation - pair.prior)))

    def identifiability(self) -> pd.DataFrame:
        """Give one row a number: prior and posterior mean and sd, their ratio, the shift, and whether it moved."""
        import pandas as pd

        return pd.DataFrame([asdict(known) for known in self.numbers])

    def sentence(self, lang: str = "sv") -> str:
        """Say what the books allow and leave open.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return sentence(self, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give fit, ridges, numbers that moved and pairs, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return calibration_tables(self, lang)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "scenario": self.scenario.name,
            "choice": dict(self.choice),
            "seed": self.seed,
            "sets": len(self),
            "moves": self.moves,
            "apart": {key: list(bounds) for key, bounds in self.apart.items()},
            "diagnosis": {
                **asdict(self.diagnosis),
                "ess_wanted": self.diagnosis.ess_wanted,
                "thin": self.diagnosis.thin,
            },
            "conflict": list(self.conflict),
            "doubts": as_json(self.doubts),
            "targets": [asdict(fit) for fit in self.fit],
            "ridges": [asdict(ridge) for ridge in self.ridges],
            "pairs": [asdict(pair) for pair in self.pairs],
            "numbers": [asdict(known) for known in self.numbers],
        }

    def __repr__(self) -> str:
        said = self.sentence("en").replace(NO_BREAK, " ")
        return f"<Calibration of {self.scenario.name}, {self.name}: {said}>"

    def _fit(self, place: int, name: str, target: Target) -> Fit:
        figure = self.figures[:, place]
        edge = EDGES_REACHED * (target.edge or 0.0)
        low, middle, high = np.quantile(figure, (0.05, 0.5, 0.95))
        nearest = float(figure[self._nearest])
        return Fit(
            name,
            target.low,
            target.high,
            float(figure.mean()),
            float(low),
            float(middle),
            float(high),
            float(((figure >= target.low) & (figure <= target.high)).mean()),
            float(((figure >= target.low - edge) & (figure <= target.high + edge)).mean()),
            nearest,
            max(0.0, nearest - target.high) + min(0.0, nearest - target.low),
        )

    @cached_property
    def _nearest(self) -> int:
        """The set whose worst distance to an interval, counted in soft edges, is least."""
        off = [
            np.maximum(np.maximum(target.low - figure, figure - target.high), 0) / (target.edge or 1.0)
            for figure, target in zip(self.figures.T, self.targets.values(), strict=True)
        ]
        return int(np.argmin(np.max(off, axis=0)))

    def _known(self, place: int, key: str, noise: float) -> Known:
        value, limits = self.scenario.prior.numbers[key]
        before = value.quantiles((np.arange(POINTS) + 0.5) / POINTS, limits)
        after = self.values[:, place]
        mean, sd = float(before.mean()), float(before.std())
        ratio = float(after.std(ddof=1)) / sd
        shift = (float(after.mean()) - mean) / sd
        moved = (ratio < NARROWER and 1 - ratio > noise / math.sqrt(2)) or (abs(shift) > SHIFTED and abs(shift) > noise)
        unit = limits.unit if limits is not None else ""
        low, high = (float(point) for point in np.quantile(after, (0.05, 0.95)))
        return Known(key, unit, mean, sd, float(after.mean()), float(after.std(ddof=1)), low, high, ratio, shift, moved)
