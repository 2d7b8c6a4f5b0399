"""Published figures as facts about parameter sets: the chance that a set gives a figure inside the interval it is read as.

A target is an interval, since a published figure is rounded. A set whose expected figure is ``m`` meets it with the chance
``Phi((high - m) / e) - Phi((low - m) / e)``: 1 inside and 0 outside but for a soft edge ``e``, the target's own, which states
how far closed form and simulation may be from each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kravsim.errors import ABSENT, KravsimError, Problem, RunError, ScenarioError, Words
from kravsim.measures.evaluate import Evaluate
from kravsim.phrases import phrase
from kravsim.scenario.nearest import did_you_mean

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.schema import Target

Floats = npt.NDArray[np.float64]
_MOST_VALUES = 3

Forward = Evaluate
"""Scenario, model and values by key (B,) to expected figures by name (B,)."""


@dataclass(frozen=True, eq=False)
class Facts:
    """The targets a scenario is calibrated to, and what gives their figures.

    Parameters
    ----------
    scenario : Scenario
        As it was read; what is not put to another value stands in it.
    targets : mapping of str to Target
        By name.
    forward : callable
        Gives expected figures: ``forward(scenario, model, {key: array (B,)})`` to ``{metric: array (B,)}``.
    """

    scenario: Scenario
    targets: Mapping[str, Target]
    forward: Forward

    @property
    def forward_name(self) -> str:
        """What a user's own function is called; empty for the closed form."""
        return getattr(self.forward, "place", "")

    def figures(self, values: Mapping[str, Floats]) -> dict[str, Floats]:
        """Expected figure of each target, shape (B,), for parameter sets.

        Parameters
        ----------
        values : mapping of str to float64 array, shape (B,)
            The uncertain numbers by key, in the units of the keys.

        Raises
        ------
        ScenarioError
            When the closed form has no figure for some target.
        RunError
            When a user's own function has none, or gives what is no figure.
        """
        models = dict.fromkeys(target.model for target in self.targets.values())
        found = {model: self.forward(self.scenario, model, values) for model in models}
        lacks = {name: one.metric for name, one in self.targets.items() if one.metric not in found[one.model]}
        if lacks and isinstance(self.forward, vouched):
            raise self.forward.lacking(lacks)
        if lacks:
            allowed = "a figure that closed form gives"
            raise ScenarioError(
                Problem("", f"targets.{name}.metric", metric, allowed, "leave it out") for name, metric in lacks.items()
            )
        figures = {
            name: np.asarray(found[target.model][target.metric], np.float64) for name, target in self.targets.items()
        }
        if isinstance(self.forward, vouched):
            for name, target in self.targets.items():
                self.forward.check(target, figures[name], values)
        return figures

    def log_likelihood(self, figures: Mapping[str, Floats]) -> Floats:
        """Logarithm of the chance of all targets, shape (B,); minus infinity where a figure is not a number.

        Parameters
        ----------
        figures : mapping of str to float64 array, shape (B,)
            By name of the target, in its unit.
        """
        total = np.sum([log_inside(figures[name], target) for name, target in self.targets.items()], axis=0)
        return np.asarray(np.where(np.isnan(total), -np.inf, total), np.float64)

    def inside(self, figures: Mapping[str, Floats]) -> npt.NDArray[np.bool_]:
        """Whether the expected figures lie within every interval, shape (B,).

        Parameters
        ----------
        figures : mapping of str to float64 array, shape (B,)
            By name of the target, in its unit.
        """
        each = [(figures[name] >= target.low) & (figures[name] <= target.high) for name, target in self.targets.items()]
        return np.asarray(np.all(each, axis=0), np.bool_)


class vouched:  # noqa: N801 - used like the function it stands for
    """A user's own `Forward`, of which everything is told that is not as it should be.

    Parameters
    ----------
    forward : callable
        As a user gave it: scenario, model and ``{key: array (B,)}`` to ``{metric: array (B,)}``.

    Raises
    ------
    ScenarioError
        When it cannot be called.
    """

    def __init__(self, forward: Forward) -> None:
        if not callable(forward):
            allowed, remedy = "a function of scenario, model and values", "leave it out for the closed form"
            raise ScenarioError(Problem("calibrate", "forward", forward, allowed, remedy))
        self._forward = forward
        self.place = f"forward {getattr(forward, '__qualname__', type(forward).__qualname__)}"

    def __call__(self, scenario: Scenario, model: str, values: Mapping[str, Floats]) -> Mapping[str, Floats]:
        """Ask it for figures.

        Raises
        ------
        RunError
            When it raises, gives no mapping of names to arrays, or a figure that is not finite in some sets.
        """
        count = len(next(iter(values.values())))
        try:
            found = self._forward(scenario, model, values)
        except KravsimError:
            raise
        except Exception as error:
            got = Words(phrase("{kind}: {error}", kind=type(error).__name__, error=error))
            raise self._wrong(model, got, phrase("figures of {count} sets without an error", count=count)) from error
        if not isinstance(found, Mapping):
            raise self._wrong(
                model, Words(phrase("a {kind}", kind=type(found).__name__)), "a mapping of metrics to arrays"
            )
        figures = {}
        for name, said in found.items():
            try:
                array = np.asarray(said).astype(np.float64, casting="same_kind")
            except (TypeError, ValueError) as error:
                raise self._wrong(
                    f"{model}, {name}", said, phrase("an array of {count} numbers", count=count)
                ) from error
            if array.shape != (count,):
                raise self._wrong(
                    f"{model}, {name}",
                    Words(phrase("shape {shape}", shape=array.shape)),
                    phrase("shape ({n},)", n=count),
                )
            figures[name] = array
        return figures

    def check(self, target: Target, figure: Floats, values: Mapping[str, Floats]) -> None:
        """Refuse a figure that is finite in some sets and not in others; what is so in none is no prior's world.

        Parameters
        ----------
        target : Target
            Whose figure it is.
        figure : float64 array, shape (B,)
            In the unit of the target.
        values : mapping of str to float64 array, shape (B,)
            The numbers it was found for, by key; told of the first bad set.

        Raises
        ------
        RunError
            With the first such set.
        """
        bad = np.flatnonzero(~np.isfinite(figure))
        if not 0 < bad.size < figure.size:
            return
        at = int(bad[0])
        some = ", ".join(f"{key} = {column[at]:.6g}" for key, column in list(values.items())[:_MOST_VALUES])
        got = Words(
            phrase(
                "{figure} in {size} of {n2} sets, first in set {at} ({some}, ...)",
                figure=figure[at],
                size=bad.size,
                n2=figure.size,
                at=at,
                some=some,
            )
        )
        raise self._wrong(f"{target.model}, {target.metric}", got, "a finite number in every set")

    def lacking(self, metrics: Mapping[str, str]) -> RunError:
        """Say for which targets it gives no figure.

        Parameters
        ----------
        metrics : mapping of str to str
            Metric by name of the target.

        Returns
        -------
        RunError
            To be raised by the caller.
        """
        remedy = "give it, or leave the target out"
        return RunError(
            Problem(self.place, f"targets.{name}.metric", metric, "a figure that it gives", remedy)
            for name, metric in metrics.items()
        )

    def _wrong(self, key: str, got: object, allowed: str) -> RunError:
        return RunError(Problem(self.place, key, got, allowed, "mend the function that was given as forward"))


def facts(scenario: Scenario, forward: Forward, names: Sequence[str] | None = None) -> Facts:
    """Choose the targets to calibrate to.

    Parameters
    ----------
    scenario : Scenario
        As it was read.
    forward : callable
        As `Forward`.
    names : sequence of str, optional
        Targets by name; left out, those with ``tuned = true``.

    Raises
    ------
    ScenarioError
        When there is none, a name is unknown, or a target has no edge or no width.
    """
    known = scenario.data.targets
    if names is None:
        names = [name for name, target in known.items() if target.tuned]
    problems = []
    if not names:
        remedy = "add a table [targets.<name>] with tuned = true, or name targets"
        problems.append(Problem(scenario.name, "targets", ABSENT, "one target or more", remedy))
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, list(known)) or "name one of them"
            problems.append(
                Problem("calibrate", "targets", name, phrase("one of {names}", names=", ".join(known)), remedy)
            )
        elif known[name].edge is None:
            remedy = "say how far closed form and simulation may differ, in the unit of the metric"
            file = scenario.sheet.file_of(("targets", name))
            problems.append(Problem(file, f"targets.{name}.edge", ABSENT, "a number above 0", remedy))
    if problems:
        raise ScenarioError(problems)
    return Facts(scenario, {name: known[name] for name in names}, forward)


def log_inside(figure: Floats, target: Target) -> Floats:
    """Logarithm of the chance of a target for expected figures (B,), exact far out in either tail.

    Parameters
    ----------
    figure : float64 array, shape (B,)
        In the unit of the target.
    target : Target
        Its interval, and the standard deviation of its edges in the same unit.

    Returns
    -------
    float64 array, shape (B,)
        0 or less; -inf where the chance is 0.
    """
    from scipy.special import log_ndtr

    edge = target.edge or 0.0
    below, above = (target.low - figure) / edge, (target.high - figure) / edge
    swapped = below > 0  # differences of probabilities near 0 keep their digits; near 1 they lose them
    below, above = np.where(swapped, -above, below), np.where(swapped, -below, above)
    most, least = log_ndtr(above), log_ndtr(below)
    with np.errstate(divide="ignore"):
        return np.asarray(most + np.log1p(-np.exp(least - most)), np.float64)
