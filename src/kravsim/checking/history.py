"""How long a history a scenario's rule gives it, in words: before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kravsim.errors import Problem, Words
from kravsim.phrases import phrase
from kravsim.words.display import kr
from kravsim.words.wording import model_name

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

KEY = "horizon.history_years"
HISTORY_NOTE = {
    "sv": "historia: {years} år av högst {most}; vad som utelämnas flyttar årets netto med högst {left}; önskat {precision}",
    "en": "history: {years} years of at most {most}; what is left out moves the year's net by at most {left}; "
    "wanted {precision}",
}


def history_note(scenario: Scenario, lang: str) -> str:
    """The length that the rule finds and what is left, or nothing where history is a number of the scenario.

    Parameters
    ----------
    scenario : Scenario
        As it would be run, changes included.
    lang : str
        `sv` or `en`.
    """
    if scenario.data.horizon.history_rule == "number":
        return ""
    from kravsim.expected.history import history_length  # compiled, so imported where it is needed

    found = history_length(scenario)
    left = ", ".join(
        f"{kr(amount, lang, step=100)} ({model_name(name, lang)})" for name, amount in found.left_kr.items()
    )
    most = scenario.data.horizon.history_years.value
    return HISTORY_NOTE[lang].format(years=found.years, most=most, left=left, precision=kr(found.precision_kr, lang))


def history_as_json(scenario: Scenario) -> dict[str, Any] | None:
    """The same as plain values.

    Parameters
    ----------
    scenario : Scenario
        As it would be run, changes included.

    Returns
    -------
    dict of str to object, or None
        `years`; `left_kr` by model; `precision_kr`; `enough`. None where history is a number of the scenario.
    """
    if scenario.data.horizon.history_rule == "number":
        return None
    from kravsim.expected.history import history_length

    found = history_length(scenario)
    return {"years": found.years, "left_kr": found.left_kr, "precision_kr": found.precision_kr, "enough": found.enough}


def history_too_short(scenario: Scenario) -> list[Problem]:
    """Where even the longest history leaves more than the wanted precision: its own oldest year moves the net by more.

    Parameters
    ----------
    scenario : Scenario
        As it would be run, changes included.

    Returns
    -------
    list of Problem
        One or none.
    """
    if scenario.data.horizon.history_rule == "number":
        return []
    from kravsim.expected.history import history_length

    found = history_length(scenario)
    if found.enough:
        return []
    most = max(found.oldest_kr, key=lambda name: found.oldest_kr[name])
    got = Words(
        phrase(
            "{years} years, the oldest of which moves the net of {most} by {oldest_kr:,.0f} kr",
            years=found.years,
            most=most,
            oldest_kr=found.oldest_kr[most],
        )
    )
    allowed = phrase(
        "a history whose oldest year moves it by at most history_precision_kr = {precision_kr:g}",
        precision_kr=found.precision_kr,
    )
    return [
        Problem(scenario.name, KEY, got, allowed, "raise history_years, the longest history; or history_precision_kr")
    ]
