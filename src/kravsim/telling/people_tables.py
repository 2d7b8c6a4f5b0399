"""The words of people over years, Swedish and English: posts and work, money, other models, days without a skill."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.statistics.distribution import Distribution
from kravsim.telling.portfolio_tables import span
from kravsim.telling.shown import shared, steps
from kravsim.units import DAYS_A_YEAR
from kravsim.words.display import NO_BREAK, kr, number, replications, seeded, share, step_for
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.results.people import PeopleOverYears

FOLLOWED_YEARS: Final = 50
"""How long posts are followed after the last year, to say when the last one is no more."""
SKILL_NAMES: Final = {
    "general": ("allmänt", "general"),
    "solvency": ("solvens", "solvency"),
    "estates_and_restructuring": ("dödsbon och skuldsanering", "estates and restructuring"),
    "court": ("domstol", "court"),
}
_POSTS: Final = (
    (
        "år",
        "besatta",
        "slutar",
        "börjar",
        "misslyckade rekryteringar",
        "vikarier",
        "arbete in, timmar",
        "gjort, timmar",
        "i kö vid årets slut, timmar",
        "väntan, dagar",
    ),
    (
        "year",
        "held",
        "quit",
        "come",
        "failed recruitments",
        "substitutes",
        "work that arrives, hours",
        "done, hours",
        "waiting at year end, hours",
        "wait, days",
    ),
)
_MONEY: Final = (
    ("år", "därav personal", "kostnad", "intäkt", "nettointäkt", "{span}"),
    ("year", "of which staff", "cost", "income", "net revenue", "{span}"),
)
_PRINCIPAL: Final = (
    ("år", "återvunnet kapital", "{span}"),
    ("year", "principal recovered", "{span}"),
)
_GAPS: Final = (
    ("år", "skillnad i nettointäkt", "{span}", "med återvunnet kapital", "{span}"),
    ("year", "difference in net revenue", "{span}", "with principal recovered", "{span}"),
)
_SPAN: Final = (("5–95 %", "lägsta till högsta"), ("5–95%", "lowest to highest"))
_ALL: Final = ("alla år", "all years")
_NOTES: Final = (
    (
        (
            "En besatt tjänst har någon som arbetar: den som är tjänstledig har inte slutat, men tjänsten är besatt bara när "
            "en vikarie är där. "
            "Tjänster är årsmedel; slutar, börjar, misslyckade rekryteringar och vikarier är antal under året, i medel. "
            "Väntan är den i kö för det arbete som påbörjats; vad som aldrig påbörjas syns i kön."
        ),
        "Kostnad är alla rader som betalas, intäkt alla som kommer in.",
    ),
    (
        (
            "A post that is held has somebody who works: whoever is on long leave has not quit, but the post is held only "
            "where a substitute is there. "
            "Posts are means of a year; quit, come, failed recruitments and substitutes are counts within the year, on "
            "average. The wait is that of work that was begun; what never is shows in the queue."
        ),
        "Cost is every line that is paid, income every line that comes in.",
    ),
)
_PRICES: Final = (
    ("Kronor per kalenderår i scenariots priser.", "Kronor a calendar year in the scenario's prices."),
    (
        "Löpande kronor per kalenderår: årets nivåer enligt scenariots index, scenariots egna där inget index finns.",
        "Current kronor a calendar year: at the levels of the year by the scenario's indices, its own where there is none.",
    ),
)
"""What a krona is: without indices, and with them."""


def answer(found: PeopleOverYears, lang: str) -> str:
    """Say what becomes of posts, cost and net revenue from the first year to the last, and against the others.

    Parameters
    ----------
    found : PeopleOverYears
        What is told.
    lang : str
        `sv` or `en`.
    """
    place, step = language_index(lang), step_of(found)
    name, (first, last) = found.runs[0][0].name(lang), (found.years[0], found.years[-1])
    held = [number(float(one), lang, step=0.1) for one in found.posts("filled").mean(axis=0)[[0, -1]]]
    cost, net = ([kr(_of_year(found, year, step)[at], lang) for year in (first, last)] for at in (1, 3))
    if first == last:
        text = (
            f"{capital(name)}: {held[0]} tjänster är besatta {first}. Året kostar {cost[0]}; nettointäkten är {net[0]}."
            if place == 0
            else f"{capital(name)}: {held[0]} posts are held in {first}. The year costs {cost[0]}; net revenue is {net[0]}."
        )
    elif place == 0:
        text = (
            f"{capital(name)}: {held[0]} tjänster är besatta {first} och {held[1]} {last}. Året kostar {cost[0]} {first} och "
            f"{cost[1]} {last}; nettointäkten går från {net[0]} till {net[1]}."
        )
    else:
        text = (
            f"{capital(name)}: {held[0]} posts are held in {first} and {held[1]} in {last}. The year costs {cost[0]} in "
            f"{first} and {cost[1]} in {last}; net revenue goes from {net[0]} to {net[1]}."
        )
    return " ".join([text, *_against_others(found, lang), *_emptied(found, lang)])


def step_of(found: PeopleOverYears) -> float:
    """The step that all kronor are rounded to: the digits that a year's net revenue has.

    Parameters
    ----------
    found : PeopleOverYears
        What is told.
    """
    net = found.measured("net_revenue_kr")
    error = float(np.median(net.std(axis=0, ddof=1))) / math.sqrt(found.n) if found.n > 1 else 0.0
    return max(1000.0, step_for(error or None))


def _shown(amount: float, step: float) -> float:
    return steps(amount, step) * step


def _of_year(found: PeopleOverYears, year: int, step: float) -> list[float]:
    """Staff, cost, income, net and principal of a year as printed: net is rounded, cost and income so that they give it."""
    staff, cost, income, net, principal = (
        found.spread(year, name).mean
        for name in ("staff_kr", "cost_kr", "income_kr", "net_revenue_kr", "principal_recovered_kr")
    )
    come_in, paid = shared((income, -cost), steps(net, step), step)
    return [_shown(staff, step), -paid * step, come_in * step, (come_in + paid) * step, _shown(principal, step)]


def _against_others(found: PeopleOverYears, lang: str) -> list[str]:
    """The sum of the years against each other model."""
    place, step, texts_of = language_index(lang), step_of(found), []
    for position, other in enumerate(found.runs[0][1:], 1):
        gap = found.difference(None, position)
        (low, high), shown = span(gap), _sum_shown(found, position, "net_revenue_kr")
        with_principal = _sum_shown(found, position, "economic_result_kr")
        words = ("mer", "more") if shown >= 0 else ("mindre", "less")
        amounts = [kr(_shown(one, step), lang) for one in (abs(shown), low, high, with_principal)]
        n, reach = number(len(found.years), lang), _SPAN[place][not gap.estimable(0.05)]
        over = (f"På {n} år", f"Over {n} {'year' if len(found.years) == 1 else 'years'}")[place]
        texts_of.append(
            f"{over} ger det {amounts[0]} {words[0]} i nettointäkt än {other.name(lang)} ({reach}: {amounts[1]} till "
            f"{amounts[2]}); med återvunnet kapital är skillnaden {amounts[3]}."
            if place == 0
            else f"{over} it gives {amounts[0]} {words[1]} net revenue than {other.name(lang)} ({reach}: "
            f"{amounts[1]} to {amounts[2]}); with recovered principal the difference is {amounts[3]}."
        )
    return texts_of


def _emptied(found: PeopleOverYears, lang: str) -> list[str]:
    """When the last post is no more, where posts are not filled again in years that are followed."""
    known, since, last = found.empty[~np.isnan(found.empty)], found.no_refill_from, found.years[-1]
    if not len(known) or since is None or since.year > last:
        return []
    place, median = language_index(lang), float(np.median(known))
    long = f"{('mer än', 'more than')[place]} {number(FOLLOWED_YEARS, lang)}"
    years = long if np.isinf(median) else number(median, lang, step=0.1)
    gone = int((known < (dt.date(last + 1, 1, 1) - since).days / DAYS_A_YEAR).sum())
    ratio = f"{number(gone, lang)} {('av', 'of')[place]} {number(found.n, lang)}"
    return [
        f"Tjänster som lämnas från {since} återbesätts inte: den sista tjänsten upphör {years} år efter den dagen i "
        f"median, och har upphört vid slutet av {last} i {ratio} simuleringar."
        if place == 0
        else f"Posts that are left from {since} on are not filled again: the last post ends {years} years after that day in "
        f"the median, and has ended by the end of {last} in {ratio} runs."
    ]


def _sum_shown(found: PeopleOverYears, position: int, name: str) -> float:
    """The sum of the differences by year as they are printed."""
    step = step_of(found)
    gaps = [found.difference(year, position, name).mean for year in found.years]
    return math.fsum(_shown(gap, step) for gap in gaps)


def tables(found: PeopleOverYears, lang: str) -> tuple[Table, ...]:
    """Lay out posts and work, money, each other model, and days without a skill.

    Parameters
    ----------
    found : PeopleOverYears
        What is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    run = found.runs[0][0]
    if found.kind:
        drawn = f"{number(run.draws, lang)} {('lägen ur priorn', 'worlds from the prior')[place]}"
        about = f"{drawn}, {replications(found.n // run.draws, lang)} {('i varje', 'in each')[place]}"
    else:
        about = replications(found.n, lang)
    caption = f"{capital(run.name(lang))} – {run.scenario_title}: {about}, {seeded(found.seed, lang)}"
    about_posts, about_money = _NOTES[place]
    money = f"{_PRICES[found.indexed][place]} {about_money}"
    notes = (about_posts, money, answer(found, lang), *texts(found.doubts, lang))
    return (
        _posts(found, lang, f"{caption}\n\n{('Tjänster och arbete', 'Posts and work')[place]}"),
        *_money(found, lang),
        *(_gaps(found, position, lang) for position in range(1, len(found.models))),
        _nobody(found, lang),
        Table("", ("",), (), notes),
    )


def _posts(found: PeopleOverYears, lang: str, caption: str) -> Table:
    rows = []
    hours = [_means(found, name) for name in ("arrived_hours", "busy_hours", "backlog_hours")]
    waits = _means(found, "waiting_days")
    for at, year in enumerate(found.years):
        held, *counts = (
            float(found.posts(name)[:, at].mean()) for name in ("filled", "left", "came", "failed", "stood_in")
        )
        cells = [number(held, lang, step=0.01), *(number(one, lang, step=0.01) for one in counts)]
        cells += [number(one[at], lang) for one in hours]
        cells += [number(waits[at], lang, step=0.1) if np.isfinite(waits[at]) else "–"]
        rows.append(Row((str(year), *cells)))
    return Table(caption, _POSTS[language_index(lang)], tuple(rows))


def _means(found: PeopleOverYears, name: str) -> list[float]:
    """Means over the replications that have the measure, by year."""
    values = found.measured(name)
    return [float(one[np.isfinite(one)].mean()) if np.isfinite(one).any() else math.nan for one in values.T]


def _money(found: PeopleOverYears, lang: str) -> tuple[Table, Table]:
    """Cost, income and what is left of them as printed; and the principal, which is neither."""
    place, step = language_index(lang), step_of(found)
    shown = np.array([_of_year(found, year, step) for year in found.years])
    shown = np.vstack((shown, shown.sum(axis=0)))
    tables = []
    for caption, header, name, columns in (
        (("Pengar, kr", "Money, kr"), _MONEY, "net_revenue_kr", range(4)),
        (("Återvunnet kapital, kr", "Principal recovered, kr"), _PRINCIPAL, "principal_recovered_kr", [4]),
    ):
        reach = [found.spread(year, name) for year in found.years]
        reach.append(Distribution(found.measured(name).sum(axis=1), name, "kr"))
        rows = [
            Row((str(year), *(number(float(one), lang) for one in amounts), _span_text(span_of, step, lang)))
            for year, amounts, span_of in zip((*found.years, _ALL[place]), shown[:, columns], reach, strict=True)
        ]
        rows[-1] = replace(rows[-1], ruled=True, total=True)
        tables.append(Table(caption[place], _spans(found, header[place], lang), tuple(rows)))
    money, principal = tables
    return money, principal


def _gaps(found: PeopleOverYears, position: int, lang: str) -> Table:
    place, step = language_index(lang), step_of(found)
    names = ("net_revenue_kr", "economic_result_kr")
    rows, sums = [], np.zeros(2)
    for year in found.years:
        gaps = [found.difference(year, position, name) for name in names]
        shown = np.array([_shown(gap.mean, step) for gap in gaps])
        sums += shown
        cells = [
            part
            for gap, one in zip(gaps, shown, strict=True)
            for part in (number(float(one), lang), _span_text(gap, step, lang))
        ]
        rows.append(Row((str(year), *cells)))
    whole = [found.difference(None, position, name) for name in names]
    cells = [
        part
        for gap, one in zip(whole, sums, strict=True)
        for part in (number(float(one), lang), _span_text(gap, step, lang))
    ]
    rows.append(Row((_ALL[place], *cells), ruled=True, total=True))
    first, other = found.runs[0][0].name(lang), found.runs[0][position].name(lang)
    caption = f"{capital(first)} {('minus', 'less')[place]} {other}, kr"
    return Table(caption, _spans(found, _GAPS[place], lang), tuple(rows))


def _nobody(found: PeopleOverYears, lang: str) -> Table:
    """Share of the working days on which nobody who has a skill is at work."""
    place = language_index(lang)
    rows = [
        Row((str(year), *(share(float(of[:, at].mean()), lang, step=0.001) for of in found.nobody.values())))
        for at, year in enumerate(found.years)
    ]
    caption = (
        "Arbetsdagar då ingen som kan är på plats, andel",
        "Working days on which nobody who can is at work, share",
    )[place]
    header = (("år", "year")[place], *(SKILL_NAMES[skill][place] for skill in found.nobody))
    return Table(caption, header, tuple(rows))


def _spans(found: PeopleOverYears, header: tuple[str, ...], lang: str) -> tuple[str, ...]:
    """The header, where percentiles can be told with these, else with the lowest and the highest."""
    enough = found.spread(found.years[0], "net_revenue_kr").estimable(0.05)
    return tuple(text.format(span=_SPAN[language_index(lang)][not enough]) for text in header)


def _span_text(spread: Distribution, step: float, lang: str) -> str:
    low, high = (number(_shown(one, step), lang) for one in span(spread))
    return f"{low}{NO_BREAK}{('till', 'to')[language_index(lang)]}{NO_BREAK}{high}"
