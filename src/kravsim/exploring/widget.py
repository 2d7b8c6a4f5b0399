"""``explore``: the sliders in a notebook, answered by the closed form itself at each move."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.exploring.closed import LINES, Asked
from kravsim.exploring.explored import two_of
from kravsim.exploring.page_words import word
from kravsim.exploring.sliders import sliders
from kravsim.exploring.spread import QUANTILES, drawn_numbers
from kravsim.running.progress import Progress
from kravsim.scenario import AnyScenario, checked_call, scenario_of
from kravsim.words.display import kr
from kravsim.words.doubts import texts
from kravsim.words.html_page import paragraph
from kravsim.words.key_words import key_name
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, language_index, line_name

if TYPE_CHECKING:
    from kravsim.studies.decision.checks import Floats

WORLDS: Final = 64
"""Worlds that are drawn at each position."""
_ALONG: Final = 9


class Asking:
    """What the sliders ask, and how it is told; the widgets are given to it.

    Parameters
    ----------
    asked : Asked
        Scenario, models and sliders.
    lang : str
        `sv` or `en`.
    """

    def __init__(self, asked: Asked, lang: str) -> None:
        self.asked, self.lang = asked, lang
        self.worlds = drawn_numbers(asked, WORLDS)
        figure = asked.figure
        self.names = [figure.model_name(one, lang) for one in asked.models]
        self.doubts = texts(figure.doubts, lang)

    def scaled(self, values: Sequence[float]) -> Floats:
        """Positions of all sliders, from -1 to 1, shape (1, inputs).

        Parameters
        ----------
        values : sequence of float
            One a slider, in its unit.
        """
        pairs = zip(self.asked.sliders, values, strict=True)
        return np.array([[float(one.scaled(np.array(value))) for one, value in pairs]])

    def answer(self, values: Sequence[float]) -> tuple[str, str]:
        """The answer at some positions, as HTML: the difference in words with what must be known of it, and the budget.

        Parameters
        ----------
        values : sequence of float
            One a slider, in its unit.
        """
        x = self.scaled(values)
        answers = [self.asked.at(model, x) for model in self.asked.models]
        years = [one.lines for one in answers]
        first, second = (float(one.net[0]) for one in answers)
        gap = first - second
        if not np.isfinite(gap):
            said = self._word("impossible" if any(one.impossible[0] for one in answers) else "none")
        else:
            names = {"first": capital(self.names[0]), "second": self.names[1]}
            said = self._word("less" if gap < 0 else "more", size=self._kr(abs(gap)), **names)
        lead = "".join(paragraph(text) for text in (said, *self.doubts))
        rows = [self._row(line, [float(year[line][0]) for year in years]) for line in LINES if self._there(line, years)]
        net = self._row("net_revenue", [first, second], total=True)
        header = (self._word("line"), *map(capital, self.names), self._word("gap"))
        return lead, Table(self._word("budget"), header, parts(rows, [net])).html()

    def spread(self, values: Sequence[float]) -> str:
        """How far the numbers without a slider move the difference at some positions, as HTML.

        Parameters
        ----------
        values : sequence of float
            One a slider, in its unit.
        """
        x = self.scaled(values)
        here = self._gap(x)[0]
        if not self.worlds or not np.isfinite(here):
            return ""
        moved = self._gap(np.repeat(x, WORLDS, axis=0), self.worlds) - self._gap(x, drawn=True)
        known = moved[np.isfinite(moved)]
        if known.size < WORLDS // 2:
            return paragraph(self._word("no_worlds"))
        low, high = here + np.quantile(known, QUANTILES)
        said = self._word("spread", low=self._kr(low), high=self._kr(high))
        note = self._word("worlds", numbers=len(self.worlds), worlds=WORLDS)
        more = self._word("worlds_without", without=WORLDS - known.size) if known.size < WORLDS else ""
        return paragraph(said) + paragraph(note + more, small=True)

    def turns(self, values: Sequence[float]) -> list[str]:
        """Where the difference turns along each slider while the others stay, in words, one a slider.

        Parameters
        ----------
        values : sequence of float
            One a slider, in its unit.
        """
        many, ends = len(self.asked.sliders), np.linspace(-1, 1, _ALONG)
        x = np.repeat(self.scaled(values), many * _ALONG, axis=0).reshape(many, _ALONG, many)
        for place in range(many):
            x[place, :, place] = ends
        answers = [self.asked.at(model, x.reshape(-1, many)) for model in self.asked.models]
        gaps = np.reshape(answers[0].net - answers[1].net, (many, _ALONG))
        impossible = np.reshape(answers[0].impossible | answers[1].impossible, (many, _ALONG))
        found = []
        for one, gap, cannot in zip(self.asked.sliders, gaps, impossible, strict=True):
            with np.errstate(invalid="ignore"):
                places = np.flatnonzero(gap[:-1] * gap[1:] < 0)
            roots = [ends[k] + (ends[k + 1] - ends[k]) * gap[k] / (gap[k] - gap[k + 1]) for k in places]
            said = [one.text(float(one.values(np.array(root))), self.lang) for root in roots]
            words = [self._word("turns", at=", ".join(said))] if said else []
            words += [] if said or np.isnan(gap).all() else [self._word("keeps")]
            words += [self._word("none")] if (np.isnan(gap) & ~cannot).any() else []
            words += [self._word("impossible")] if cannot.any() else []
            found.append(" ".join(words))
        return found

    def _gap(self, x: Floats, more: dict[str, Floats] | None = None, *, drawn: bool = False) -> Floats:
        first, second = (
            self.asked.at(model, x, more, drawn=drawn or more is not None).net for model in self.asked.models
        )
        return np.asarray(first - second)

    def _there(self, line: str, years: Sequence[Any]) -> bool:
        return any(float(year[line][0]) != 0 for year in years)

    def _row(self, line: str, amounts: Sequence[float], *, total: bool = False) -> Row:
        cells = [self._kr(one) for one in (*amounts, amounts[0] - amounts[1])]
        return Row((capital(line_name(line, self.lang)), *cells), total=total)

    def _kr(self, amount: float) -> str:
        return kr(amount, self.lang) if np.isfinite(amount) else "–"

    def _word(self, which: str, /, **filled: object) -> str:
        return word(which, self.lang, **filled)


@checked_call
def explore(
    scenario: AnyScenario,
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    keys: Sequence[str] | None = None,
    lang: str = "sv",
) -> Any:
    """Show sliders in a notebook: the difference of two models, its budget, its uncertainty and where it turns.

    Every move asks the closed form. ``kravsim explore`` writes a page that needs no Python.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    models : sequence of str
        Two models; the difference is the first less the second.
    keys : sequence of str, optional
        The inputs that can be moved; those that people ask about and those with the widest swings when left out.
    lang : str
        `sv` or `en`.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ScenarioError
        When a choice is not allowed, or ipywidgets is not installed.
    """
    language_index(lang)
    scenario = scenario_of(scenario)
    if find_spec("ipywidgets") is None:
        allowed, remedy = "an installed ipywidgets", "pip install 'kravsim[notebook]', or write a page: kravsim explore"
        raise ScenarioError(Problem("", "explore", "no ipywidgets", allowed, remedy))
    chosen, _ = two_of(scenario, models)
    return _shown(Asking(Asked(scenario, chosen, sliders(scenario, chosen, keys), Progress(False)), lang))


def _shown(asking: Asking) -> Any:
    """Put the sliders and what they ask into widgets."""
    widgets: Any = import_module("ipywidgets")
    lang, wide = asking.lang, {"description_width": "22em"}
    inputs = [
        widgets.SelectionSlider(
            options=[(one.text(x, lang), x) for x in one.positions],
            value=one.value,
            description=capital(key_name(one.key, lang)),
            continuous_update=False,
            style=wide,
            layout=widgets.Layout(width="44em", max_width="100%"),
        )
        for one in asking.asked.sliders
    ]
    marks = [widgets.HTML() for _ in inputs]
    answer, spread, budget = widgets.HTML(), widgets.HTML(), widgets.HTML()
    reset = widgets.Button(description=word("reset", lang), layout=widgets.Layout(width="auto"))
    held = {"still": False}

    def refresh(_: object = None) -> None:
        if held["still"]:
            return
        values = [one.value for one in inputs]
        answer.value, budget.value = asking.answer(values)
        spread.value = paragraph(word("working", lang), small=True)
        for mark, text in zip(marks, asking.turns(values), strict=True):
            mark.value = paragraph(text, small=True)
        spread.value = asking.spread(values)

    def back(_: object) -> None:
        held["still"] = True
        for one, slider in zip(inputs, asking.asked.sliders, strict=True):
            one.value = slider.value
        held["still"] = False
        refresh()

    for one in inputs:
        one.observe(refresh, "value")
    reset.on_click(back)
    refresh()
    rows = [widgets.VBox([one, mark]) for one, mark in zip(inputs, marks, strict=True)]
    return widgets.VBox([answer, spread, reset, *rows, budget])
