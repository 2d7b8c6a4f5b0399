"""``explored``: the difference of two models over all positions of some sliders, and how near it is to the closed form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.errors import ABSENT, Problem, ScenarioError
from kravsim.exploring.closed import Asked
from kravsim.exploring.fitting import HeldOut, held_out, possible_ranges, sets_for, surface_of
from kravsim.exploring.page_words import word
from kravsim.exploring.positions import positions_given
from kravsim.exploring.sliders import Slider, sliders
from kravsim.exploring.spread import WORLDS, Spread, spread_of
from kravsim.exploring.surface import ModelSurface
from kravsim.running.progress import Progress
from kravsim.scenario import AnyScenario, checked_call, named_models, scenario_of
from kravsim.scenario.told_command import told_command
from kravsim.studies.decision.closed_form import Figure
from kravsim.telling.shown import steps
from kravsim.words.display import kr, number, step_for
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.key_words import key_name
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

TENTH: Final = 0.1
"""Of the difference: a larger error, and there is no number."""
_SETS: Final = ("lägen", "positions")


@dataclass(frozen=True, eq=False, repr=False)
class Explored(Tabled, EqualByParts):
    """A difference that can be asked for any position of its sliders.

    Parameters
    ----------
    name, title : str
        Of the scenario.
    models : tuple of str
        First and second: the difference is the first less the second.
    names : tuple of (str, str)
        The models in Swedish and English.
    sliders : tuple of Slider
        What can be moved.
    surfaces : tuple of ModelSurface
        One a model.
    held_out : HeldOut
        How far the surfaces are from the closed form.
    spread : Spread or None
        How far the numbers without a slider move the difference; None where none of them is uncertain.
    narrowed : bool
        Whether ranges were drawn in because worlds at their ends are impossible.
    doubts : tuple of Doubt
        What a reader must know first.
    command : tuple of str
        How commands name the scenario, as :func:`kravsim.scenario.told_command.told_command` gives it.
    """

    name: str
    title: str
    models: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    sliders: tuple[Slider, ...]
    surfaces: tuple[ModelSurface, ...]
    held_out: HeldOut
    spread: Spread | None
    narrowed: bool
    doubts: tuple[Doubt, ...]
    command: tuple[str, ...]

    @property
    def step(self) -> float:
        """What kronor are rounded to: the largest power of ten not above the error that most points are within."""
        usual = self.held_out.usual
        return step_for(usual, "kr") if np.isfinite(usual) else 1.0

    def scaled(self, values: Mapping[str, float] | None = None) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Positions of all sliders, from -1 to 1, shape (1, inputs).

        Parameters
        ----------
        values : dict of key to float, optional
            Where some stand; the others stay.

        Raises
        ------
        ScenarioError
            When a key has no slider, or a value is no number within its range; with every one.
        """
        given = positions_given(self.sliders, {} if values is None else values, self.name)
        return np.array([[float(one.scaled(np.array(given.get(one.key, one.value)))) for one in self.sliders]])

    def difference(self, values: Mapping[str, float] | None = None) -> float:
        """Net revenue of the first model less that of the second, kr a year; NaN where there is no answer.

        Parameters
        ----------
        values : dict of key to float, optional
            Where some sliders stand, within their ranges; the others stay.

        Raises
        ------
        ScenarioError
            As :meth:`scaled`.
        """
        x = self.scaled(values)
        return float(self.surfaces[0].net(x)[0] - self.surfaces[1].net(x)[0])

    def difference_shown(self, values: Mapping[str, float] | None = None) -> float:
        """The difference as a reader of the page works it out: the first net revenue as shown less the second.

        Parameters
        ----------
        values : dict of key to float, optional
            Where some sliders stand; there is an answer.
        """
        x = self.scaled(values)
        first, second = (steps(float(one.net(x)[0]), self.step) for one in self.surfaces)
        return (first - second) * self.step

    def is_told(self, difference: float) -> bool:
        """Whether a difference is told as a number: it has an answer, and the largest error is at most a tenth of it.

        Parameters
        ----------
        difference : float
            Kr a year.
        """
        return bool(np.isfinite(difference) and self.held_out.largest <= TENTH * abs(difference))

    def sentence(self, lang: str = "sv") -> str:
        """Say what the difference is as the scenario stands, and how near that is.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self.answer(lang), self.doubts, lang)

    def answer(self, lang: str = "sv") -> str:
        """The sentence without the doubts.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place, found = language_index(lang), self.difference()
        pair = " − ".join(one[place] for one in self.names)
        if not np.isfinite(found):
            return f"{capital(pair)}: {word('none', lang)}"
        if not np.isfinite(self.held_out.largest):
            return f"{capital(pair)}: {word('error_unknown', lang)}"
        if not self.is_told(found):
            error = kr(self.held_out.largest, lang, step=self.step)
            return f"{capital(pair)}: {word('near', lang, error=error)}"
        said = kr(self.difference_shown(), lang, step=self.step)
        many, error = number(self.held_out.points, lang), kr(self.held_out.largest, lang, step=self.step)
        near = word("error", lang, points=many, error=error, usual=kr(self.held_out.usual, lang, step=self.step))
        head = "Nettointäkt per år" if place == 0 else "Net revenue a year"
        return f"{head}, {pair}: {said}. {near}"

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the sliders, from where to where each can be moved.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        header = (("reglage", "lägst", "nu", "högst"), ("slider", "least", "now", "most"))[language_index(lang)]
        rows = [
            (capital(key_name(one.key, lang)), *(one.text(x, lang) for x in (one.low, one.value, one.high)))
            for one in self.sliders
        ]
        return (Table(self.title, header, plain_rows(rows), (self.sentence(lang),)),)

    def to_frame(self) -> pd.DataFrame:
        """One row a slider: `key`, `unit`, `low`, `value`, `high`, `step`."""
        import pandas as pd

        names = ("key", "unit", "low", "value", "high", "step")
        return pd.DataFrame([{name: getattr(one, name) for name in names} for one in self.sliders])

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; a number that there is not, or that is not told (see :meth:`is_told`), is null."""
        found = self.difference()
        names = ("points", "largest", "usual", "without", "missed", "refused")
        return {
            "scenario": self.name,
            "models": list(self.models),
            "difference_kr": found if self.is_told(found) else None,
            "told": self.is_told(found),
            "held_out": {
                name: (value if np.isfinite(value) else None)
                for name, value in ((name, getattr(self.held_out, name)) for name in names)
            },
            "sliders": self.to_frame().to_dict("records"),
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<Explored: {self.sentence('en')}>"


@checked_call
def explored(
    scenario: AnyScenario,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    keys: Sequence[str] | None = None,
    progress: bool | None = None,
) -> Explored:
    """Fit the difference of two models over a dozen inputs, and hold it against the closed form.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    models : sequence of str
        Two models; the difference is the first less the second.
    keys : sequence of str, optional
        The inputs that can be moved; those that people ask about and those with the widest swings when left out.
    progress : bool, optional
        Say how far it has come; by default at terminals and in notebooks.

    Returns
    -------
    Explored

    Raises
    ------
    ScenarioError
        When a choice is not allowed, or the neighbourhood of the scenario is impossible.
    """
    scenario = scenario_of(scenario)
    chosen, figure = two_of(scenario, models)
    first = sliders(scenario, chosen, keys)
    if not first:
        remedy = "give ranges to its numbers"
        raise ScenarioError(Problem(scenario.name, "keys", ABSENT, "numbers that can be moved", remedy))
    with Progress(progress) as bar:
        bar.begin(len(chosen) * (sets_for(len(first)) + 2 * WORLDS), _SETS)
        asked = possible_ranges(Asked(scenario, chosen, first, bar))
        surfaces = tuple(surface_of(asked, model) for model in chosen)
        near = held_out(asked, surfaces)
        spread = spread_of(asked)
    return Explored(
        name=scenario.name,
        title=scenario.label,
        models=chosen,
        names=tuple((figure.model_name(one, "sv"), figure.model_name(one, "en")) for one in chosen),
        sliders=asked.sliders,
        surfaces=surfaces,
        held_out=near,
        spread=spread,
        narrowed=asked.sliders != first,
        doubts=figure.doubts,
        command=told_command(scenario),
    )


def two_of(scenario: AnyScenario, models: Sequence[str]) -> tuple[tuple[str, ...], Figure]:
    """Read which two models are asked about.

    Parameters
    ----------
    scenario : Scenario
        Whose models they are.
    models : sequence of str
        Machine names.

    Raises
    ------
    ScenarioError
        When they are not two different models of the scenario.
    """
    of = scenario_of(scenario)
    chosen = tuple(named_models(of, models))
    figure = Figure(of, chosen)
    if len(chosen) != 2:
        remedy = "such as ('in_house', 'outsourced')"
        raise ScenarioError(Problem("", "models", list(chosen), "two different models", remedy))
    return chosen, figure
