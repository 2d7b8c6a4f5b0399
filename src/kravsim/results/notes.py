"""What a reader must know before reading a run's numbers: nothing to collect, nobody to collect it, more work than hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from kravsim.results.display import count, share
from kravsim.results.outcome import Outcome
from kravsim.results.wording import language_index

OVERLOADED: Final = 0.99
"""Utilisation from which the staff are taken never to catch up: a queue that is sometimes empty leaves idle minutes."""

MOSTLY_AWAY: Final = 0.5
"""Share of the paid hours from which absence is worth a word."""


def notes(outcomes: Sequence[Outcome], lang: str = "sv") -> tuple[str, ...]:
    """Say in sentences what is out of the ordinary about the outcomes of one model.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Replications of one model.
    lang : str
        `sv` or `en`.

    Returns
    -------
    tuple of str
        Empty for an ordinary run. Judged on the means of the replications.

    Raises
    ------
    RunError
        When the language is another.
    """
    sv = language_index(lang) == 0
    found = []
    if _mean(outcomes, "claims") == 0:
        found.append(
            "Inga fordringar lämnades över under året: andelar saknas (inga ärenden)."
            if sv
            else "No claims were referred in the year: shares are not defined (no cases)."
        )
    elif _mean(outcomes, "opening_claims") == 0:
        found.append(
            "Året börjar utan äldre ärenden: ett representativt år får också räntor och betalningar från dem."
            if sv
            else "The year begins without earlier cases: a representative year has interest and payments from those too."
        )
    paid, absent, busy = (_mean(outcomes, name) for name in ("paid_hours", "absent_hours", "busy_hours"))
    present, waiting = paid - absent, _mean(outcomes, "backlog_cases")
    cases, age = count(waiting, lang), _days(_age_of_backlog(outcomes), lang)
    if waiting > 0 and present <= 0:
        found.append(
            f"Ingen kapacitet: ingen är i arbete. Alla ärenden som behöver personalen förblir öppna ({cases} väntar, i "
            f"medel sedan {age})."
            if sv
            else f"No capacity: nobody is at work. All cases that need the staff stay open ({cases} are waiting, "
            f"for {age} on average)."
        )
    elif waiting > 0 and busy >= OVERLOADED * present:
        found.append(
            f"Överbelastad: väntetiden beror på hur länge man simulerar. Beläggningen är {share(busy / present, lang)} "
            f"och {cases} ärenden väntar vid årets slut, i medel sedan {age}."
            if sv
            else f"Overloaded: waiting time depends on the horizon. Utilisation is {share(busy / present, lang)}, "
            f"and {cases} cases are waiting at year end, for {age} on average."
        )
    if paid > 0 and absent >= MOSTLY_AWAY * paid:
        found.append(
            f"Personalen är frånvarande {share(absent / paid, lang, step=0.01)} av den betalda tiden."
            if sv
            else f"The staff are absent for {share(absent / paid, lang, step=0.01)} of their paid hours."
        )
    return tuple(found)


def _age_of_backlog(outcomes: Sequence[Outcome]) -> float:
    """Mean age in days of the work waiting at the close, over the work of all replications."""
    numbers = [outcome.numbers for outcome in outcomes if outcome.numbers.get("backlog_cases", 0.0)]
    waited = math.fsum(one["backlog_cases"] * one.get("backlog_age_days", 0.0) for one in numbers)
    return waited / max(math.fsum(one["backlog_cases"] for one in numbers), 1.0)


def _days(days: float, lang: str) -> str:
    """A number of days in words."""
    return f"{count(days, lang)} {('dagar', 'days')[language_index(lang)]}"


def _mean(outcomes: Sequence[Outcome], name: str) -> float:
    """Average a measure; one that a run does not have counts as 0."""
    return math.fsum(outcome.numbers.get(name, 0.0) for outcome in outcomes) / len(outcomes)
