"""Which doubts there are: one function each, of the numbers of a run or of the scenario and the law it was run under.

To add one, write a function with the same signature and name it in ``OF_OUTCOMES`` or ``OF_SCENARIO``; every table,
sentence, JSON object, page and figure then tells it (see :mod:`kravsim.words.doubts`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from kravsim.measures.outcome import Outcome
from kravsim.results.arranged_notes import OF_SEQUENCE, claims_sold
from kravsim.results.levels_held import levels_held, reference_path
from kravsim.results.unscaled_prices import prices_not_scaled
from kravsim.statistics.overload import BACKLOG_DAYS, Load, mean, overloaded_worlds
from kravsim.words.display import count, share
from kravsim.words.doubts import Doubt, merged
from kravsim.words.inherited_words import inherited_text

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.scenario import World

MOSTLY_AWAY: Final = 0.5
"""Share of the paid hours from which absence is worth a word."""
INHERITED: Final = "inherited"
"""Key of the doubt that a scenario takes numbers over from another case."""
_LANGS: Final = ("sv", "en")


def doubts_of_outcomes(outcomes: Sequence[Outcome]) -> tuple[Doubt, ...]:
    """Find what is out of the ordinary in the outcomes of one model.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Replications of one model, at least one; judged on their means.

    Returns
    -------
    tuple of Doubt
        Empty for an ordinary run.
    """
    return _found(doubt(outcomes) for doubt in OF_OUTCOMES)


def doubts_of_scenario(scenario: Scenario, model: str) -> tuple[Doubt, ...]:
    """Find what is out of the ordinary in what a model was run under, known before a run.

    Parameters
    ----------
    scenario : Scenario
        With the alternatives that are settled.
    model : str
        One of its models.

    Returns
    -------
    tuple of Doubt
    """
    return _found(doubt(scenario, model) for doubt in OF_SCENARIO)


def doubts_of_year(world: World, outcome: Outcome) -> tuple[Doubt, ...]:
    """Find what is out of the ordinary in one year that is shown event by event.

    Parameters
    ----------
    world : World
        What it was run under.
    outcome : Outcome
        What it came to.

    Returns
    -------
    tuple of Doubt
    """
    return (*_found(doubt(world, "") for doubt in OF_DATA), *doubts_of_outcomes([outcome]))


def doubts_of_question(scenario: Scenario, models: Iterable[str]) -> tuple[Doubt, ...]:
    """Find what is out of the ordinary in what several models are asked under: each thing once.

    Parameters
    ----------
    scenario : Scenario
        As it stands; alternatives may be open.
    models : iterable of str
        Of its models, those whose numbers are shown.

    Returns
    -------
    tuple of Doubt
        What a figure in closed form has no run to say it of.
    """
    return merged(doubt for model in models for doubt in doubts_of_scenario(scenario, model))


def nothing_to_collect(outcomes: Sequence[Outcome]) -> Doubt | None:
    """No claims: shares of them are not defined.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    if mean(outcomes, "claims"):
        return None
    return Doubt(
        "no_claims",
        "Inga fordringar lämnades över under året: andelar saknas (inga ärenden).",
        "No claims were referred in the year: shares are not defined (no cases).",
    )


def years_without_claims(outcomes: Sequence[Outcome]) -> Doubt | None:
    """Some years without claims: shares are of all years together, percentiles and samples of those that have any.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    none, n = sum(not outcome.numbers.get("claims", 0.0) for outcome in outcomes), len(outcomes)
    if not 0 < none < n:
        return None
    sv, en = (f"{count(none, lang)} {of} {count(n, lang)}" for lang, of in (("sv", "av"), ("en", "of")))
    return Doubt(
        "years_without_claims",
        f"I {sv} simuleringar lämnades inga fordringar över: andelar är av alla år tillsammans, deras percentiler av de år "
        "som har fordringar.",
        f"No claims were referred in {en} replications: shares are of all years together, their percentiles of the years "
        "that have claims.",
    )


def paid_before_the_hand_over(outcomes: Sequence[Outcome]) -> Doubt | None:
    """Claims that the model never hands over, and why: so its shares are of fewer claims than those of other models.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    early = mean(outcomes, "early_paid_claims")
    if not early:
        return None
    handed = mean(outcomes, "claims")
    (paid_sv, all_sv, left_sv), (paid_en, all_en, left_en) = (
        tuple(count(many, lang) for many in (early, early + handed, handed)) for lang in ("sv", "en")
    )
    return Doubt(
        "paid_before_hand_over",
        f"Egen påminnelse före överlämningen: av {all_sv} sena fordringar om året betalas {paid_sv} efter den, och {left_sv} "
        "lämnas över. Återvunnet kapital är av alla de sena, lyckandegraden av de överlämnade.",
        f"Own reminder before the hand-over: of {all_en} late claims a year {paid_en} are paid after it, and {left_en} are "
        "handed over. Principal recovered is of all that were late, success of those handed over.",
    )


def nothing_before(outcomes: Sequence[Outcome]) -> Doubt | None:
    """No earlier cases: the year lacks what those would bring.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    if not mean(outcomes, "claims") or mean(outcomes, "opening_claims"):
        return None
    return Doubt(
        "no_opening_stock",
        "Året börjar utan äldre ärenden: ett representativt år får också räntor och betalningar från dem.",
        "The year begins without earlier cases: a representative year has interest and payments from those too.",
    )


def more_work_than_hours(outcomes: Sequence[Outcome]) -> Doubt | None:
    """Nobody at work, or staff who cannot do the work that arrives: in the run, or in some of its worlds.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    which = overloaded_worlds(outcomes)
    if len(which) > 1:
        return overloaded_in(int(which.sum()), len(which))
    load, age = Load.of(outcomes), _age_of_backlog(outcomes)
    present, waiting = mean(outcomes, "paid_hours") - mean(outcomes, "absent_hours"), mean(outcomes, "backlog_cases")
    if waiting > 0 and present <= 0:
        return Doubt(
            "no_capacity",
            "Ingen kapacitet: ingen är i arbete. Alla ärenden som behöver personalen förblir öppna "
            f"({count(waiting, 'sv')} väntar, i medel sedan {count(age, 'sv')} dagar).",
            "No capacity: nobody is at work. All cases that need the staff stay open "
            f"({count(waiting, 'en')} are waiting, for {count(age, 'en')} days on average).",
        )
    if not load.too_much:
        return None
    if not load.falls_behind:
        return _standing(load.standing_days, age)
    figures = {
        lang: (count(load.arrived_hours, lang), count(present, lang), count(load.growth_days, lang), count(age, lang))
        for lang in ("sv", "en")
    }
    return Doubt(
        "overloaded",
        "Överbelastad: väntetiden, och vad den kostar, beror på hur länge man simulerar. {} timmars arbete kommer in på ett "
        "år och {} timmar finns i arbete; kön växer med {} av lagets arbetsdagar, och den som väntar vid årets slut har i "
        "medel väntat {} dagar.".format(*figures["sv"]),
        "Overloaded: waiting time, and what it costs, depends on the horizon. {} hours of work arrive in a year, and there "
        "are {} hours at work; the backlog grows by {} of the team's working days, and those waiting at year end have "
        "waited {} days on average.".format(*figures["en"]),
    )


def _standing(days: float, age: float) -> Doubt:
    """A queue that is never worked off, though it no longer grows."""
    return Doubt(
        "overloaded",
        f"Överbelastad: kön arbetas aldrig av. {count(days, 'sv')} av lagets arbetsdagar står kvar i den från årets början "
        "till dess slut, och ju längre den är, desto fler fordringar preskriberas eller faller bort innan de hinns med; den "
        f"som väntar vid årets slut har i medel väntat {count(age, 'sv')} dagar.",
        f"Overloaded: the queue is never worked off. {count(days, 'en')} of the team's working days stand in it from the "
        "beginning of the year to its end, and the longer it is, the more claims are barred or drop out before their turn "
        f"comes; those waiting at year end have waited {count(age, 'en')} days on average.",
    )


def overloaded_in(many: int, n: int) -> Doubt | None:
    """Staff who cannot do the work that arrives in so many of `n` worlds; None where there is no such world.

    Parameters
    ----------
    many : int
        Worlds that are overloaded.
    n : int
        All worlds.
    """
    if not many:
        return None
    return Doubt(
        "overloaded",
        f"Överbelastad i {count(many, 'sv')} av {count(n, 'sv')} lägen ({share(many / n, 'sv')}): där kommer mer arbete "
        f"in än personalen hinner, eller växer kön med mer än {BACKLOG_DAYS} av lagets arbetsdagar eller står så stor hela "
        "året, och resultatet beror på hur länge man simulerar.",
        f"Overloaded in {count(many, 'en')} of {count(n, 'en')} worlds ({share(many / n, 'en')}): more work arrives there "
        f"than the staff can do, or the backlog grows by more than {BACKLOG_DAYS} of the team's working days or stands as "
        "large all year, and what comes of it depends on the horizon.",
    )


def posts_at_the_ceiling(outcomes: Sequence[Outcome]) -> Doubt | None:
    """A rule for posts that no number up to its ceiling meets.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    part = mean(outcomes, "posts_at_ceiling")
    if not part:
        return None
    posts = [outcome.numbers["posts"] for outcome in outcomes if outcome.numbers["posts_at_ceiling"]]
    most = max(posts)
    where_sv = "" if part == 1 else f" i {share(part, 'sv')} av lägena"
    where_en = "" if part == 1 else f" in {share(part, 'en')} of the worlds"
    return Doubt(
        "posts_at_ceiling",
        f"Inget antal tjänster upp till regelns tak ({count(most, 'sv', step=0.01)}) håller nya ärendens väntetid under "
        f"gränsen{where_sv}: där har modellen så många som taket medger.",
        f"No number of posts up to the rule's ceiling ({count(most, 'en', step=0.01)}) keeps the wait of new cases below its "
        f"limit{where_en}: the model has as many as the ceiling allows there.",
    )


def mostly_away(outcomes: Sequence[Outcome]) -> Doubt | None:
    """Staff who are absent for most of the hours that are paid.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    paid, absent = mean(outcomes, "paid_hours"), mean(outcomes, "absent_hours")
    if not (paid > 0 and absent >= MOSTLY_AWAY * paid):
        return None
    return Doubt(
        "mostly_away",
        f"Personalen är frånvarande {share(absent / paid, 'sv', step=0.01)} av den betalda tiden.",
        f"The staff are absent for {share(absent / paid, 'en', step=0.01)} of their paid hours.",
    )


def frozen_law(scenario: Scenario | World, _: str) -> Doubt | None:
    """A law frozen at a day, where that changes a figure of a day that is simulated.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    from kravsim.law import frozen_changes, law_of
    from kravsim.stream.synthetic import first_day

    data, day = scenario.data, scenario.data.law.frozen_at
    if day is None or not frozen_changes(law_of(data), first_day(data), data.horizon.end, day):
        return None
    sv, en = ("avgifter", "fees") if data.law.reference_rate is not None else ("avgifter, ränta", "fees, interest")
    return Doubt(
        "law_frozen",
        f"Lagen är fryst: alla dagar efter {day} följer lagen den dagen ({sv}).",
        f"The law is frozen: every day after {day} follows the law of that day ({en}).",
    )


def law_frozen_in_vain(scenario: Scenario | World, _: str) -> Doubt | None:
    """A law frozen at a day after which nothing of it changes within what is simulated.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    day = scenario.data.law.frozen_at
    if day is None or frozen_law(scenario, _) is not None:
        return None
    return Doubt(
        "law_frozen_in_vain",
        f"Att lagen är fryst vid {day} har ingen verkan: ingenting i den ändras efter den dagen inom det som simuleras.",
        f"That the law is frozen at {day} has no effect: nothing of it changes after that day within what is simulated.",
    )


def not_yet_due(scenario: Scenario | World, _: str) -> Doubt | None:
    """Terms so long, or a minimum age so low, that claims miss a hand-over for want of being due.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    from kravsim.stream.handed_over import held_back

    invoices = scenario.data.invoices
    terms, age = invoices.terms_days.value, invoices.hand_over_min_age_days.value
    part, oldest = held_back(scenario.data, terms, age)
    if not part:
        return None
    sv, en = (
        (count(terms, lang, step=0.01), count(age, lang, step=0.01), share(part, lang, step=0.01)) for lang in _LANGS
    )
    return Doubt(
        "not_yet_due",
        f"Med {sv[0]} dagars betalningsvillkor och en lägsta ålder av {sv[1]} dagar är {sv[2]} av fakturakörningarna inte "
        "förfallna när de är gamla nog att lämnas över: de går med nästa överlämning och är då upp till "
        f"{oldest} dagar gamla.",
        f"With terms of {en[0]} days and a minimum age of {en[1]} days, {en[2]} of the invoice runs are not due when they "
        f"are old enough to be handed over: they go with the next hand-over and are up to {oldest} days old by then.",
    )


def before_the_stated_day(scenario: Scenario | World, _: str) -> Doubt | None:
    """A late share of a day to which no hand-over waits: what is unpaid before it is guessed.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    from kravsim.stream.handed_over import ages
    from kravsim.stream.synthetic import first_day

    data, curve = scenario.data, scenario.data.invoices.late_curve
    if curve is None:
        return None
    youngest = ages(data, first_day(data), data.invoices.terms_days.value).min()
    if curve.after_days.value <= youngest:
        return None
    sv, en = ((count(curve.after_days.value, lang), count(youngest, lang)) for lang in _LANGS)
    return Doubt(
        "before_the_stated_day",
        f"Andelen sena gäller {sv[0]} dagar efter förfallodagen, men fordringar lämnas över redan {sv[1]} dagar efter den: "
        "hur mycket som är obetalt då är gissat från kurvan.",
        f"The late share is of {en[0]} days after the due date, but claims are handed over {en[1]} days after it: what is "
        "unpaid then is guessed from the curve.",
    )


def of_another_case(scenario: Scenario, _: str) -> Doubt | None:
    """What a scenario that extends a case takes over from it: another body's numbers, unless it is the same body.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    taken = scenario.inherited
    if not taken:
        return None
    sv, en = (inherited_text(taken, lang) for lang in ("sv", "en"))
    return Doubt(INHERITED, sv, en, more=tuple(f"{one.key}: {one.status}, {one.file}" for one in taken))


OF_OUTCOMES: Final[tuple[Callable[[Sequence[Outcome]], Doubt | None], ...]] = (
    nothing_to_collect,
    years_without_claims,
    nothing_before,
    paid_before_the_hand_over,
    more_work_than_hours,
    posts_at_the_ceiling,
    mostly_away,
    claims_sold,
)
"""Doubts that the numbers of a run give, in the order they are told."""

OF_DATA: Final[tuple[Callable[[Scenario | World, str], Doubt | None], ...]] = (
    frozen_law,
    law_frozen_in_vain,
    reference_path,
    levels_held,
    not_yet_due,
    before_the_stated_day,
)
"""Doubts that values and law give before anything is run, told first; of a world too, whose file is not known."""

OF_SCENARIO: Final[tuple[Callable[[Scenario, str], Doubt | None], ...]] = (
    *OF_DATA,
    of_another_case,
    prices_not_scaled,
    *OF_SEQUENCE,
)
"""Doubts that scenario, law and model give before anything is run."""


def _found(doubts: Iterable[Doubt | None]) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in doubts if doubt is not None)


def _age_of_backlog(outcomes: Sequence[Outcome]) -> float:
    """Mean age in days of the work waiting at the close, over the work of all replications."""
    numbers = [outcome.numbers for outcome in outcomes if outcome.numbers.get("backlog_cases", 0.0)]
    waited = math.fsum(one["backlog_cases"] * one.get("backlog_age_days", 0.0) for one in numbers)
    return waited / max(math.fsum(one["backlog_cases"] for one in numbers), 1.0)
