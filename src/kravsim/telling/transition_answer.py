"""The words of a transition's answer, Swedish and English: what changing gives, what it is worth, when it is paid back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kravsim.statistics.distribution import Distribution
from kravsim.telling.shown import shared, steps
from kravsim.telling.uncertainty_words import SOURCES, error_text
from kravsim.units import ORE_PER_KR
from kravsim.words.display import kr, number, replications, seeded, share, step_for
from kravsim.words.transition_words import TIMING_WORDS, day_text, month_text
from kravsim.words.wording import capital, language_index, listed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kravsim.results.transition import TransitionFound


@dataclass(frozen=True)
class Shown:
    """Kronor as they are printed, all multiples of one step: by year and in all, so that they add up."""

    step: float
    running: list[float]
    once: list[float]
    principal: list[float]

    @classmethod
    def of(cls, found: TransitionFound) -> Shown:
        """Round the means of a transition by the error of what is asked.

        Parameters
        ----------
        found : TransitionFound
        """
        total = found.total()
        step = step_for(None if total.n == 1 else total.se)
        paid = [abs(float(one.paid.sum(axis=1).mean())) / ORE_PER_KR for one in found.once if one.paid.any()]
        if any(amount < step / 2 for amount in paid):
            step = max(1.0, step / 10)  # so that what is paid does not read 0
        by_year = [in_steps(found.by_year(what), step) for what in ("running", "once", "principal")]
        return cls(step, *by_year)

    @property
    def difference(self) -> list[float]:
        """Running cash and what is paid once, by year."""
        return [a + b for a, b in zip(self.running, self.once, strict=True)]


def in_steps(amounts: list[float], step: float) -> list[float]:
    """Round amounts to whole steps that sum to their rounded sum.

    Parameters
    ----------
    amounts : list of float
        Kronor.
    step : float
        Kronor.
    """
    return [whole * step for whole in shared(amounts, steps(sum(amounts), step), step)]


def headline(found: TransitionFound, lang: str) -> str:
    """Say in a few words what changing gives against staying, without a full stop.

    Parameters
    ----------
    found : TransitionFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    total, arm = sum(Shown.of(found).difference), error_text(found.total(), lang)
    staying, changing = found.model_names(lang)
    span = f"{month_text(found.months[0], lang)}–{month_text(found.months[-1], lang)}"
    amount = kr(abs(total), lang)
    if language_index(lang) == 0:
        word = "mer" if total >= 0 else "mindre"
        return f"{capital(changing)} ger {amount} {word} (±{arm}) i kassan {span} än {staying}"
    word = "more" if total >= 0 else "less"
    return f"{capital(changing)} gives {amount} {word} (±{arm}) in cash in {span} than {staying}"


def answer(found: TransitionFound, lang: str) -> str:
    """Say what changing gives against staying, what it is worth, when it has paid itself back, and which years it leads.

    Parameters
    ----------
    found : TransitionFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    shown, worth = Shown.of(found), found.npv()
    running, once = sum(shown.running), sum(shown.once)
    value, worth_arm = worth_text(worth, lang), error_text(worth, lang)
    leads = [str(year) for year, gap in zip(found.years, shown.difference, strict=True) if gap > 0]
    back = payback_text(found, "difference", lang)
    if language_index(lang) == 0:
        years = f"Bytet leder {listed(leads, lang)}" if leads else "Bytet leder inget år"
        return (
            f"{headline(found, lang)}: löpande {kr(running, lang)} och engångsposter {kr(once, lang)}; "
            f"nuvärde {value} (±{worth_arm}) den {day_text(found.decided, lang)}. {years}; återbetalt: {back}."
        )
    years = f"The change leads in {listed(leads, lang)}" if leads else "The change leads in no year"
    return (
        f"{headline(found, lang)}: running {kr(running, lang)} and paid once {kr(once, lang)}; "
        f"present value {value} (±{worth_arm}) on {day_text(found.decided, lang)}. {years}; paid back: {back}."
    )


def about(found: TransitionFound, lang: str) -> str:
    """Say which scenario, how many worlds or replications, and the seed.

    Parameters
    ----------
    found : TransitionFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    many = replications(found.worlds, lang)
    if found.kind:
        many = f"{number(found.worlds, lang)} {('lägen', 'worlds')[place]} {SOURCES[found.kind][place]}"
    return f"{found.titles[place]} ({found.scenario}), {many}, {seeded(found.seed, lang)}"


def convention(found: TransitionFound, lang: str) -> str:
    """State how cash is valued: rate, date, when in a month, in which prices.

    Parameters
    ----------
    found : TransitionFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    place, valued = language_index(lang), found.valued
    rate = _rate(valued.rate, lang)
    when, day = TIMING_WORDS[valued.timing][place], day_text(found.decided, lang)
    inflation = None if valued.inflation is None else _rate(valued.inflation, lang)
    if place == 0:
        grown = "ingen inflation är angiven, så nominella belopp visas inte"
        grown = grown if inflation is None else f"inflation {inflation} om året"
        prices = "i beslutsdagens priser" if valued.prices == "fixed" else "nominella"
        return (
            f"Nuvärde den {day}, beslutsdagen: real kalkylränta {rate} om året, kassan {when}, tomma månader medräknade. "
            f"Beloppen är {prices}; {grown}."
        )
    grown = "no inflation is given, so that nominal amounts are not shown"
    grown = grown if inflation is None else f"inflation {inflation} a year"
    prices = "in prices of the day of the decision" if valued.prices == "fixed" else "nominal"
    return (
        f"Present value on {day}, the day of the decision: real rate {rate} a year, cash {when}, empty months counted. "
        f"Amounts are {prices}; {grown}."
    )


def _rate(rates: NDArray[np.float64], lang: str) -> str:
    low, high = float(rates.min()), float(rates.max())
    if low == high:
        return share(low, lang)
    return f"{share(low, lang)} {('till', 'to')[language_index(lang)]} {share(high, lang)}"


def worth_text(spread: Distribution, lang: str) -> str:
    """Write a mean by its error.

    Parameters
    ----------
    spread : Distribution
        One value a world, kr.
    lang : str
        `sv` or `en`.
    """
    return kr(spread.mean, lang, step=step_for(None if spread.n == 1 else spread.se))


def payback_text(found: TransitionFound, what: str, lang: str) -> str:
    """Write when the mean has paid itself back.

    Parameters
    ----------
    found : TransitionFound
        What is told.
    what : str
        One of ``kravsim.results.transition.AMOUNTS``.
    lang : str
        `sv` or `en`.
    """
    place, months = language_index(lang), found.payback(what)
    if months is None:
        return ("inte inom horisonten", "not within the horizon")[place]
    if months == 0:
        return ("aldrig minus", "never behind")[place]
    last = month_text(found.months[months - 1], lang)
    return (f"efter {months} månader ({last})", f"after {months} months ({last})")[place]
