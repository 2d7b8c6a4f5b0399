"""Which inputs can be moved, from where to where: those that people ask about, then those that move the answer most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kravsim.calibration.evaluating import is_of
from kravsim.errors import Problem, ScenarioError
from kravsim.expected.batch import STRUCTURAL, TERMS_KEY
from kravsim.phrases import phrase
from kravsim.scenario import Scenario
from kravsim.scenario.limits import Limits
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.values import Value
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.sensitivity import sensitivity
from kravsim.words.display import NO_BREAK, number
from kravsim.words.wording import language_index

MOST: Final = 12
"""How many sliders there are when none are named."""
WIDE: Final = 0.3
"""A number without a range of its own is moved by this share of itself."""
_POSTS: Final = (0.75, 2.0)
"""Posts are moved at least from and to so many times what they are: people ask about fewer and more than is believed."""
_FINE: Final = 60
"""Positions a slider has at least, where its numbers are not whole."""
_UNITS: Final = {
    "kr": ("kr", "kr"),
    "kr_per_year": ("kr", "kr"),
    "days": ("dagar", "days"),
    "minutes": ("minuter", "minutes"),
    "years": ("år", "years"),
    "per_year": ("per år", "a year"),
}
_ONE: Final = {"days": ("dag", "day"), "minutes": ("minut", "minute"), "years": ("år", "year")}
"""Units of which there is one."""
_ASKED_OF_MODEL: Final = (
    "contract.demand_fee_agency_share",
    "contract.price_a_case_kr",
    "contract.price_a_paid_case_kr",
    "contract.commission.share",
    "contract.paid_case_kr",
    "system.per_year_kr",
)


@dataclass(frozen=True)
class Slider:
    """An input that can be moved.

    Parameters
    ----------
    key : str
        Dotted key of the scenario.
    unit : str
        Of the key: ``kr``, ``share``, ``fte``, ...
    value : float
        Where it stands.
    positions : tuple of float
        Where it can be put, the lowest first; `value` is among them.
    step : float
        Distance of two positions, those beside `value` apart.
    along : tuple of (str, float)
        Keys that keep their proportion to it, and where they stand.
    whole : tuple of str
        Those of them that are whole numbers.
    """

    key: str
    unit: str
    value: float
    positions: tuple[float, ...]
    step: float
    along: tuple[tuple[str, float], ...] = ()
    whole: tuple[str, ...] = ()

    @property
    def beside(self) -> tuple[str, ...]:
        """Keys that keep their proportion to it."""
        return tuple(key for key, _ in self.along)

    @property
    def low(self) -> float:
        """The lowest position."""
        return self.positions[0]

    @property
    def high(self) -> float:
        """The highest position."""
        return self.positions[-1]

    @property
    def percent(self) -> bool:
        """Whether it is a share, and written in per cent."""
        return self.unit.startswith("share")

    @property
    def decimals(self) -> int:
        """Decimals that it is written with."""
        step = self.step * (100 if self.percent else 1)
        return max(int(self.percent), math.ceil(-math.log10(step) - 1e-9))

    def unit_word(self, lang: str, *, one: bool = False) -> str:
        """The unit as it stands after a number; empty where the name says it.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        one : bool
            Whether the number is 1.
        """
        words = _ONE if one and self.unit in _ONE else _UNITS
        return words.get(self.unit, ("", ""))[language_index(lang)]

    def text(self, value: float, lang: str) -> str:
        """Write a value.

        Parameters
        ----------
        value : float
            In the unit of the key.
        lang : str
            `sv` or `en`.
        """
        text = number(100 * value if self.percent else value, lang, step=10.0**-self.decimals)
        if self.percent:
            return text + (f"{NO_BREAK}%" if language_index(lang) == 0 else "%")
        return NO_BREAK.join(part for part in (text, self.unit_word(lang, one=text == "1")) if part)

    def scaled(self, values: Floats) -> Floats:
        """Values as the surface takes them: -1 at the low end, 1 at the high one.

        Parameters
        ----------
        values : float64 array
            In the unit of the key.
        """
        return np.asarray(2 * (values - self.low) / (self.high - self.low) - 1)

    def values(self, x: Floats) -> Floats:
        """Undo :meth:`scaled`.

        Parameters
        ----------
        x : float64 array
            From -1 to 1.
        """
        return np.asarray(self.low + (x + 1) / 2 * (self.high - self.low))


def sliders(scenario: Scenario, models: Sequence[str], keys: Sequence[str] | None = None) -> tuple[Slider, ...]:
    """Choose the inputs and their ranges.

    Parameters
    ----------
    scenario : Scenario
        As it stands.
    models : sequence of str
        The two models that are compared.
    keys : sequence of str, optional
        The inputs; those that people ask about and those with the widest swings when left out.

    Raises
    ------
    ScenarioError
        When a key is no number of these models, shapes the process or the calendar, or has no range; with every one.
    """
    figure = Figure(scenario, tuple(models))
    if keys is not None:
        return _named(figure, keys)
    chosen: dict[str, Slider] = {}
    for key in (*_asked(figure), *_swinging(figure)):
        if len(chosen) < MOST and key not in chosen and not any(key in one.beside for one in chosen.values()):
            found = _slider(figure, key)
            if found is not None:
                chosen[key] = found
    return tuple(chosen.values())


def _named(figure: Figure, keys: Sequence[str]) -> tuple[Slider, ...]:
    known = [key for key in figure.limits if is_of(key, *figure.models) and key not in (*STRUCTURAL, TERMS_KEY)]
    problems: list[Problem] = []
    found: list[Slider] = []
    if not _are_different(keys):
        remedy = "such as invoices.per_year; leave it out for those that matter most"
        raise ScenarioError(Problem("", "keys", keys, "different keys of numbers", remedy))
    for key in keys:
        if key not in known:
            remedy = did_you_mean(key, known) or "kravsim sweep puts any number to any values"
            allowed = "a number of the scenario or of the two models, that shapes neither process nor calendar"
            problems.append(Problem("", "keys", key, allowed, remedy))
            continue
        one = _slider(figure, key)
        if one is None:
            problems.append(
                Problem("", "keys", key, "a number with a range, or other than 0", "give it a low and a high")
            )
        else:
            found.append(one)
    for leader in found:
        allowed = phrase("a number that does not follow another: it keeps its proportion to {key}", key=leader.key)
        problems += [
            Problem("", "keys", key, allowed, "leave one of the two out") for key in leader.beside if key in keys
        ]
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def _are_different(keys: object) -> bool:
    if not isinstance(keys, list | tuple) or not all(isinstance(key, str) for key in keys):
        return False
    return 0 < len(set(keys)) == len(keys)


def _asked(figure: Figure) -> list[str]:
    """Keys that people ask about, of those that there are."""
    data = figure.scenario.data
    segments = data.debtors.segments
    largest = next((name for name, one in segments.items() if one.share is None), next(iter(segments)))  # the rest
    keys = [
        f"models.{model}.staff.{pool}.fte"
        for model in figure.models
        for pool in data.models[model].staff
        if any(task.pool == pool for task in data.models[model].work.values())
    ]
    pay = [key.removesuffix("fte") + "pay_per_fte_kr" for key in keys]
    keys += ["invoices.per_year", "invoices.late_share", f"debtors.segments.{largest}.amount_mean_kr"]
    keys += ["behaviour.forgetful.reminder_paid_share", *pay]
    keys += [f"models.{model}.{name}" for name in _ASKED_OF_MODEL for model in figure.models]
    return [key for key in keys if key in figure.limits]


def _swinging(figure: Figure) -> list[str]:
    """Keys with a range by how far they move the answer, the farthest first."""
    try:
        swings = sensitivity(figure.scenario, models=figure.models).to_frame()
    except ScenarioError:  # nothing is uncertain
        return []
    wide = swings[swings["swing"] > 0]["input"]
    shaping = (*STRUCTURAL, TERMS_KEY)
    return [key for key in wide if key in figure.limits and key not in shaping and key != "debtors.number"]


def _slider(figure: Figure, key: str) -> Slider | None:
    """The slider of a key; None where there is no range to move it in."""
    one, limits = figure.limits[key]
    whole = _is_whole(limits)
    ends = _ends(key, one, limits)
    if not ends[0] < ends[1]:
        return None
    step = _step(ends[1] - ends[0], whole=whole)
    value = float(one.value)
    first, last = math.ceil(ends[0] / step - 1e-9), math.floor(ends[1] / step + 1e-9)
    grid = [float(f"{place * step:.10g}") for place in range(first, last + 1)]
    kept = [x for x in grid if abs(x - value) > step / 2]
    if not kept:
        return None
    along = _along(figure, key)
    return Slider(
        key=key,
        unit=limits.unit if limits is not None else "number",
        value=value,
        positions=tuple(sorted({*kept, value})),
        step=step,
        along=along,
        whole=tuple(key for key, _ in along if _is_whole(figure.limits[key][1])),
    )


def _is_whole(limits: Limits | None) -> bool:
    return limits is not None and bool(limits.integer or limits.whole)


def _ends(key: str, one: Value, limits: Limits | None) -> tuple[float, float]:
    value = float(one.value)
    low, high = (value if end is None else float(end) for end in (one.low, one.high))
    if low == high:
        low, high = (1 - WIDE) * value, (1 + WIDE) * value
        if value == 0 and limits is not None and limits.unit == "share":
            high = 0.5
        if value != 0 and _is_whole(limits):
            low, high = min(low, value - 1), max(high, value + 1)
    if key.endswith(".fte"):
        low, high = min(low, _POSTS[0] * value), max(high, _POSTS[1] * value)
    if limits is not None:
        low = low if limits.ge is None else max(low, limits.ge)
        high = high if limits.le is None else min(high, limits.le)
    return low, high


def _step(width: float, *, whole: bool) -> float:
    """A round step that gives at least `_FINE` positions, where numbers are not whole."""
    rough = width / _FINE
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in (5, 2, 1) if times * power <= rough * (1 + 1e-9))
    return max(1.0, round(step)) if whole else step


def _along(figure: Figure, key: str) -> tuple[tuple[str, float], ...]:
    """Numbers that move in proportion: as many debtors to as many invoices, the median of an amount to its mean."""
    beside = {"invoices.per_year": "debtors.number"}.get(key, "")
    if key.endswith(".amount_mean_kr"):
        beside = key.removesuffix("mean_kr") + "median_kr"
    return ((beside, float(figure.limits[beside][0].value)),) if beside in figure.limits else ()
