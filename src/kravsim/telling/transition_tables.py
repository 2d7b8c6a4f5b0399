"""The words of a transition, Swedish and English: each year, what it is worth, what is paid once, what the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.ledger.lines import LEDGER
from kravsim.statistics.distribution import Distribution
from kravsim.telling.shown import shared
from kravsim.telling.transition_answer import Shown, about, answer, convention, in_steps, payback_text, worth_text
from kravsim.telling.uncertainty_words import error_text
from kravsim.units import ORE_PER_KR
from kravsim.words.display import count, kr, number, step_for
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table
from kravsim.words.transition_words import KIND_WORDS, day_text, month_text
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.results.transition import TransitionFound

_YEARS: Final = (
    ("år", "löpande", "engångsposter", "skillnad", "± 95 %", "hittills"),
    ("year", "running", "paid once", "difference", "± 95%", "so far"),
)
_LEADS: Final = (
    ("år", "leder", "bytet bättre i", "skillnad med kapital"),
    ("year", "leads", "change better in", "difference with principal"),
)
_WORTH: Final = (("mått", "utan kapital", "med kapital"), ("measure", "without principal", "with principal"))
_ONCE: Final = (
    ("engångspost", "betalas", "kassa", "fördelas på", "härav inom horisonten"),
    ("paid once", "when", "cash", "over", "of it within the horizon"),
)
_OVER: Final = (
    ("år", "engångsposter, kassa", "engångsposter, fördelade", "skillnad med fördelade"),
    ("year", "paid once, cash", "paid once, over years", "difference with those over years"),
)
_LINES: Final = (("löpande skillnad", "alla år", "± 95 %"), ("running difference", "all years", "± 95%"))
_ALL: Final = ("Alla år", "All years")
_NEITHER: Final = ("ingen", "neither")
_BOTH: Final = ("difference", "with_principal")


def tables(found: TransitionFound, lang: str) -> tuple[Table, ...]:
    """Lay out each year, what it is worth, what is paid once, and what the running difference is made of.

    Parameters
    ----------
    found : TransitionFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    shown = Shown.of(found)
    made_of = _lines(found, shown, lang)
    parts = (
        *_years(found, shown, lang),
        _values(found, shown, lang),
        _once(found, shown, lang),
        _over(found, shown, lang),
    )
    return (*parts, made_of) if made_of.rows else parts


def _years(found: TransitionFound, shown: Shown, lang: str) -> tuple[Table, Table]:
    """What each year gives, and who leads in it."""
    place = language_index(lang)
    staying, changing = found.model_names(lang)
    rows, leading, so_far = [], [], 0.0
    columns = zip(found.years, shown.running, shown.once, shown.difference, shown.principal, strict=True)
    for year, running, once, gap, principal in columns:
        spread, so_far = found.of_year(year), so_far + gap
        leads = changing if spread.mean > 0 else staying if spread.mean < 0 else _NEITHER[place]
        months = [month for month in found.months if month.year == year]
        label = str(year) if len(months) == 12 else f"{year} ({month_text(months[0], lang).split()[0]}–)"
        amounts = (kr(running, lang), kr(once, lang), kr(gap, lang), error_text(spread, lang), kr(so_far, lang))
        rows.append(Row((label, *amounts)))
        leading.append(Row((label, leads, _won(spread, lang), kr(gap + principal, lang))))
    total = sum(shown.difference)
    sums = (kr(sum(shown.running), lang), kr(sum(shown.once), lang), kr(total, lang), error_text(found.total(), lang))
    with_principal = kr(total + sum(shown.principal), lang)
    rows.append(Row((_ALL[place], *sums, ""), ruled=True, total=True))
    leading.append(Row((_ALL[place], "", _won(found.total(), lang), with_principal), ruled=True, total=True))
    days = ", ".join(day_text(day, lang) for day in found.changes)
    decided = day_text(found.decided, lang)
    when = (
        f"Kassa, kr: {changing} minus {staying}, i medel. Beslut {decided}, byte {days}. Löner, lokaler och årspriser ligger "
        "i de månader som de gäller; det som köps en gång ligger där det betalas."
        if place == 0
        else f"Cash, kr: {changing} less {staying}, on average. Decision {decided}, change {days}. Pay, premises and prices "
        "by the year are in the months they are for; what is bought once is where it is paid."
    )
    notes = (
        when,
        answer(found, lang),
        *texts(found.doubts, lang),
    )
    caption = ("Vem som leder", "Who leads")[place]
    return (
        Table(about(found, lang), _YEARS[place], tuple(rows), notes),
        Table(caption, _LEADS[place], tuple(leading), left=(0, 1)),
    )


def _won(spread: Distribution, lang: str) -> str:
    many = int((spread.samples > 0).sum())
    return f"{count(many, lang)} {('av', 'of')[language_index(lang)]} {count(spread.n, lang)}"


def _values(found: TransitionFound, shown: Shown, lang: str) -> Table:
    place = language_index(lang)

    def both(words: tuple[str, str], *cells: str) -> Row:
        return Row((words[place], *cells))

    sums = [found.total(what) for what in _BOTH]
    printed = [sum(shown.difference), sum(shown.difference) + sum(shown.principal)]
    worth = [found.npv(what) for what in _BOTH]
    span = ("nuvärde, 5–95 %", "present value, 5–95%")
    if not worth[0].estimable(0.05):
        span = ("nuvärde, lägsta till högsta", "present value, lowest to highest")
    rows = [
        both(
            ("summa, inte diskonterad", "sum, not discounted"),
            *(f"{kr(amount, lang)} (±{error_text(one, lang)})" for amount, one in zip(printed, sums, strict=True)),
        ),
        both(("nuvärde", "present value"), *(_with_error(one, lang) for one in worth)),
        both(span, *(_span(one, lang) for one in worth)),
        both(("nuvärde över 0 i", "present value above 0 in"), *(_won(one, lang) for one in worth)),
    ]
    nominal = [found.nominal_npv(what) for what in _BOTH]
    amounts = [found.nominal(what) for what in _BOTH]
    if all(one is not None for one in (*nominal, *amounts)):
        totals = [
            Distribution(found.per_world(one.sum(axis=1)), "nominal_kr", "kr") for one in amounts if one is not None
        ]
        rows.append(both(("nominell summa", "nominal sum"), *(_with_error(one, lang) for one in totals)))
        words = (
            "nuvärde av nominella belopp till nominell ränta",
            "present value of nominal amounts at the nominal rate",
        )
        rows.append(both(words, *(_with_error(one, lang) for one in nominal if one is not None)))
    rows.append(
        both(("återbetalt, i medel", "paid back, on average"), *(payback_text(found, what, lang) for what in _BOTH))
    )
    shares = [round(found.paid_back_share(what) * found.worlds) for what in _BOTH]
    of = ("av", "of")[place]
    rows.append(
        both(
            ("återbetalt vid horisontens slut i", "paid back as the horizon ends in"),
            *(f"{count(many, lang)} {of} {count(found.worlds, lang)}" for many in shares),
        )
    )
    nothing = ("inget skiljer", "nothing differs")[place]
    sentences = [nothing if one is None else one.sentence(lang) for one in found.internal]
    rows.append(both(("internränta, kassa per kalenderår", "internal rate, cash by calendar year"), *sentences))
    caption = ("Vad bytet är värt", "What the change is worth")[place]
    return Table(caption, _WORTH[place], tuple(rows), (convention(found, lang),), left=(0, 1, 2), widest=34)


def _with_error(spread: Distribution, lang: str) -> str:
    return f"{worth_text(spread, lang)} (±{error_text(spread, lang)})"


def _span(spread: Distribution, lang: str) -> str:
    low, high = float(spread.samples.min()), float(spread.samples.max())
    if spread.estimable(0.05) and spread.estimable(0.95):
        low, high = spread.quantile(0.05), spread.quantile(0.95)
    step = step_for(None if spread.n == 1 else spread.se)
    return f"{kr(low, lang, step=step)} {('till', 'to')[language_index(lang)]} {kr(high, lang, step=step)}"


def _once(found: TransitionFound, shown: Shown, lang: str) -> Table:
    """What is paid once, item by item; the sum is that of the years."""
    place, step = language_index(lang), shown.step
    paid = [float(found.per_world(one.paid.sum(axis=1)).mean()) / ORE_PER_KR for one in found.once]
    within = [float(found.per_world(one.over.sum(axis=1)).mean()) / ORE_PER_KR for one in found.once]
    cash, over = (in_steps(amounts, step) for amounts in (paid, within))
    kinds = [one.kind for one in found.once]
    rows = []
    for one, amount, part in zip(found.once, cash, over, strict=True):
        if not one.paid.any():
            continue
        words = KIND_WORDS[one.kind][place]
        label = f"{words} ({one.name})" if kinds.count(one.kind) > 1 else words
        months = [found.months[at] for at in np.flatnonzero(one.paid.any(axis=0)).tolist()]
        when = month_text(months[0], lang)
        when = when if len(months) == 1 else f"{when} – {month_text(months[-1], lang)}"
        years = f"{number(one.years, lang, step=0.1).removesuffix(',0').removesuffix('.0')} {('år', 'years')[place]}"
        rows.append(Row((capital(label), when, kr(amount, lang), years if one.years else "–", kr(part, lang))))
    caption = ("Vad bytet kostar en gång", "What the change costs once")[place]
    if not rows:
        return Table(caption, _ONCE[place], (), (("Inget är angivet.", "Nothing is stated.")[place],))
    rows.append(
        Row((("Summa", "Sum")[place], "", kr(sum(cash), lang), "", kr(sum(over), lang)), ruled=True, total=True)
    )
    return Table(caption, _ONCE[place], tuple(rows), left=(0, 1))


def _over(found: TransitionFound, shown: Shown, lang: str) -> Table:
    """Each year with what is paid once as cash, and in equal parts over years."""
    place = language_index(lang)
    over = in_steps(found.by_year("once_over_years"), shown.step)
    rows = [
        Row((str(year), kr(cash, lang), kr(spread, lang), kr(running + spread, lang)))
        for year, running, cash, spread in zip(found.years, shown.running, shown.once, over, strict=True)
    ]
    sums = (sum(shown.once), sum(over), sum(shown.running) + sum(over))
    rows.append(Row((_ALL[place], *(kr(amount, lang) for amount in sums)), ruled=True, total=True))
    caption = ("Engångsposter som kassa och över år", "What is paid once, as cash and over years")[place]
    return Table(caption, _OVER[place], tuple(rows))


def _lines(found: TransitionFound, shown: Shown, lang: str) -> Table:
    """What the running difference is made of, line by line."""
    place, step, lines = language_index(lang), shown.step, found.lines()
    words = {line.name: line.words[place] for line in LEDGER}
    total = round(sum(shown.running) / step)
    amounts = [whole * step for whole in shared([spread.mean for _, spread in lines], total, step)]
    rows = [
        Row((capital(words[name]), kr(amount, lang), error_text(spread, lang)))
        for (name, spread), amount in zip(lines, amounts, strict=True)
    ]
    if rows:
        rows.append(
            Row(
                (("Summa", "Sum")[place], kr(sum(amounts), lang), error_text(found.total("running"), lang)),
                ruled=True,
                total=True,
            )
        )
    return Table(
        ("Vad den löpande skillnaden består av", "What the running difference is made of")[place],
        _LINES[place],
        tuple(rows),
    )
