"""A stock watched in several ways, told: against each other, each by year, its value by policy, who is left by age."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.measures.stock import AGE_YEARS, RECEIVED, SPENT
from kravsim.statistics.distribution import Distribution
from kravsim.telling.portfolio_tables import span
from kravsim.telling.shown import shared, steps
from kravsim.words.body_words import the_body
from kravsim.words.display import kr, number, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.results.stock import StockFound

_LARGE: Final = 1_000_000
_WAYS: Final = (
    ("sätt", "in och ut", "per år, snitt", "hela tiden", "spann per år"),
    ("way", "in and out", "a year, mean", "whole time", "span a year"),
)
_ITEMS: Final = {
    "principal": ("kapital från gäldenärer", "principal from debtors"),
    "fees": ("avgifter", "fees"),
    "interest": ("dröjsmålsränta", "late-payment interest"),
    "outlays_back": ("återfådda utlägg", "outlays recovered"),
    "outlays": ("utlägg hos Kronofogden och tingsrätten", "outlays at Kronofogden and the court"),
    "agency": ("mellan {body} och inkassoföretaget", "between {body} and the agency"),
    "staff": ("personal", "staff"),
    "system": ("system, drift", "system, operation"),
    "letters": ("brev, kontroller och kontrolluppgifter", "letters, checks and statements of interest"),
}
_UNSTAFFED: Final = (
    "ansökningar, utmätning och kontroller antas inte ta någons tid; personal kostar därför ingenting.",
    "applications, attachments and checks are taken to need nobody's time; staff therefore costs nothing.",
)
_CLAIMS: Final = (("fordringar", "fordran"), ("claims", "claim"))
_WORLDS: Final = (("lägen", "läge"), ("worlds", "world"))
"""Of several, and of one."""
_NET: Final = ("netto", "net")
_PRICES: Final = (
    ("Pris per krona kapital som är lika bra", "Samma pris per krona av allt som är obetalt"),
    ("Price a krona of principal that is as good", "The same price a krona of all that is owed"),
)
_ALL_OWED: Final = (
    "Allt som är obetalt: kapital, avgifter, utlägg och ränta från förfallodagen till första dagen.",
    "All that is owed: principal, fees, outlays, and interest from the due date to the first day.",
)
_BALANCES: Final[dict[str, tuple[str, dict[str, float]]]] = {
    "claims_ended": ("claims", {"claims_paid": -1.0}),
    "principal_given_up": ("principal", {"principal_paid": -1.0}),
    "allowance_released": ("allowance", {"value_adjustment": 1.0, "write_down": 1.0}),
}
"""What is the rest of a stock's change: of which stock, and what else changed it."""
_YEARS: Final = (
    (
        *("år", "fordringar in", "betalda", "avslutade på annat sätt", "kvar"),
        *("inbetalt", "kostnader", "netto", "spann, kostnader", "spann, netto"),
    ),
    (
        *("year", "claims open", "paid", "ended otherwise", "left"),
        *("received", "spent", "net", "span, spent", "span, net"),
    ),
)
_VALUES: Final = (
    (
        *("år", "kapital in", "betalt", "uppgivet", "kapital ut"),
        *("reserv in", "värdereglering", "nedskrivning", "löst", "reserv ut", "bokfört"),
    ),
    (
        *("year", "principal", "paid", "given up", "principal left"),
        *("allowance", "adjusted", "written down", "released", "allowance left", "book value"),
    ),
)


def step_of(found: StockFound) -> float:
    """The step that all amounts of a stock are rounded to, kr.

    Parameters
    ----------
    found : StockFound
    """
    opening = found.samples(found.models[0], "principal_opening")[:, 0].mean()
    return 1000.0 if opening >= _LARGE else 1.0


def mean_by_year(found: StockFound, model: str, item: str) -> list[float]:
    """The mean of each year as it is printed: whole steps of kronor; claims in whole numbers.

    Parameters
    ----------
    found : StockFound
    model, item : str
        As for ``found.samples``. Sums are those of their parts as printed; of a stock the closing is rounded, and what left
        it otherwise than by payment is the rest, so that nothing drifts over the years.
    """
    parts = {"received": RECEIVED, "spent": SPENT, "net": (*RECEIVED, *SPENT)}.get(item)
    if parts is not None:
        summed: list[float] = np.sum([mean_by_year(found, model, part) for part in parts], axis=0).tolist()
        return summed
    if item in _BALANCES:
        what, signed = _BALANCES[item]
        rest = np.diff(held_by_year(found, model, what)) * -1.0
        for part, sign in signed.items():
            rest += sign * np.array(mean_by_year(found, model, part))
        balance: list[float] = rest.tolist()
        return balance
    return _rounded(found, model, item)


def held_by_year(found: StockFound, model: str, what: str) -> list[float]:
    """What is held as each year begins and the last ends, as it is printed; of the allowance no more than of principal.

    Parameters
    ----------
    found : StockFound
    model : str
        One of ``found.models``.
    what : str
        ``claims``, ``principal`` or ``allowance``.
    """
    held = [_rounded(found, model, f"{what}_opening")[0], *_rounded(found, model, f"{what}_closing")]
    if what != "allowance":
        return held
    return [min(pair) for pair in zip(held, held_by_year(found, model, "principal"), strict=True)]


def _rounded(found: StockFound, model: str, item: str) -> list[float]:
    step = 1.0 if item.startswith("claims") else step_of(found)
    return [steps(mean, step) * step for mean in found.samples(model, item).mean(axis=0).tolist()]


def span_text(spread: Distribution, step: float, lang: str) -> str:
    """Where nine of ten lie, or from the lowest to the highest where there are few; a dash for a single one.

    Parameters
    ----------
    spread : Distribution
    step : float
        That both ends are rounded to, in the unit of the spread.
    lang : str
        `sv` or `en`.
    """
    if spread.n < 2:
        return "–"
    low, high = span(spread)
    word = ("till", "to")[language_index(lang)]
    return f"{number(low, lang, step=step)} {word} {number(high, lang, step=step)}"


def answer(found: StockFound, lang: str) -> str:
    """Say what the stock is worth in each way, and from which price on it is worth selling.

    Parameters
    ----------
    found : StockFound
    lang : str
        `sv` or `en`.
    """
    place, first = language_index(lang), found.models[0]
    count = mean_by_year(found, first, "claims_opening")[0]
    claims = f"{number(count, lang)} {_CLAIMS[place][count == 1]}"
    principal = kr(mean_by_year(found, first, "principal_opening")[0], lang)
    each = ". ".join(capital(_of_way(found, model, lang)) for model in found.models)
    if place == 0:
        return f"{claims}, {principal} i kapital, över {len(found.years)} år. {each}. {headline(found, lang)}."
    years = "1 year" if len(found.years) == 1 else f"{len(found.years)} years"
    return f"{claims}, {principal} of principal, over {years}. {each}. {headline(found, lang)}."


def headline(found: StockFound, lang: str) -> str:
    """Say which way is best, what the stock is worth then, and what an offer is against it; without a full stop.

    Parameters
    ----------
    found : StockFound
    lang : str
        `sv` or `en`.
    """
    best = max(found.models, key=lambda model: found.value(model).mean)
    name, worth = found.model_name(best, lang), kr(found.value(best).mean, lang, step=step_of(found))
    text = f"Bäst är {name}, nuvärde {worth}" if language_index(lang) == 0 else f"Best is {name}, worth {worth}"
    return text + _offer(found, best, lang)


def _of_way(found: StockFound, model: str, lang: str) -> str:
    """What one way gives a year and is worth, and at which price it is left."""
    place, step, name = language_index(lang), step_of(found), found.model_name(model, lang)
    net = kr(steps(sum(mean_by_year(found, model, "net")) / len(found.years), step) * step, lang)
    worth = kr(found.value(model).mean, lang, step=step)
    leave = _leaving(found, model, lang)
    if place == 0:
        return f"{name} ger {net} per år, nuvärde {worth}: {leave}"
    return f"{name} gives {net} a year and is worth {worth}: {leave}"


def _leaving(found: StockFound, model: str, lang: str) -> str:
    """From which price on the stock is sold, or up to which payment it is given away; with its span."""
    place = language_index(lang)
    price, over = found.price_of_a_krona(model), found.price_of_a_krona(model, found.over)
    if price is None:
        return ("utan kapital finns inget pris per krona", "without principal there is no price a krona")[place]
    if price.mean > 0:
        words = ("sälj över {} per krona kapital", "sell above {} a krona of principal")[place]
    else:
        words = (
            "det lönar sig att bli av med den, även mot att betala upp till {} per krona kapital",
            "it pays to be rid of it, even at a payment of up to {} a krona of principal",
        )[place]
        over = None if over is None else replace(over, samples=-over.samples)
    reach = "" if over is None or over.n < 2 else f" ({span_text(over, 0.01, lang)})"
    whole = found.price_of_the_whole(model)
    of_all = (", {} per krona av allt som är obetalt", ", {} a krona of all that is owed")[place]
    besides = "" if whole is None else of_all.format(_price(abs(whole.mean), lang))
    return words.format(_price(abs(price.mean), lang)) + reach + besides


def _offer(found: StockFound, best: str, lang: str) -> str:
    """What an offered price is against the best way of keeping the stock."""
    if found.price is None or found.price_of_a_krona(best) is None:
        return ""
    step = step_of(found)
    opening = found.samples(best, "principal_opening")[:, 0].mean()
    gain = found.price * opening - found.value(best).mean
    amount, each = kr(abs(gain), lang, step=step), _price(found.price, lang)
    if language_index(lang) == 0:
        return f"; att sälja för {each} per krona ger {amount} {'mer' if gain > 0 else 'mindre'} än det"
    return f"; selling at {each} a krona gives {amount} {'more' if gain > 0 else 'less'} than that"


def _price(price: float, lang: str) -> str:
    return kr(price, lang, step=0.01)


def stock_tables(found: StockFound, lang: str) -> tuple[Table, ...]:
    """Lay out the ways against each other, each by year, its value by policy, and who is left by age.

    Parameters
    ----------
    found : StockFound
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    about = f"{replications(found.replications, lang)}, {seeded(found.seed, lang)}"
    if found.draws:
        about += (
            f"; {('spann över', 'spans over')[place]} {number(found.draws, lang)} {_WORLDS[place][found.draws == 1]}"
        )
    caption = f"{found.scenario_title} ({found.scenario_name}): {about}"
    first = Table(
        caption,
        _WAYS[place],
        _ways(found, lang),
        (*_notes(found, lang), answer(found, lang), *texts(found.doubts, lang)),
        left=(0, 1),
    )
    tables = [first]
    for model in found.models:
        name = capital(found.model_name(model, lang))
        tables.append(Table(f"{name}: {('år för år', 'by year')[place]}", _YEARS[place], _by_year(found, model, lang)))
        words = ("värde enligt reglerna, skilt från kassan", "value by policy, apart from cash")[place]
        tables.append(Table(f"{name}: {words}", _VALUES[place], _by_value(found, model, lang)))
    return (*tables, _by_age(found, lang))


def _notes(found: StockFound, lang: str) -> tuple[str, ...]:
    rate = number(found.rate * 100, lang, step=0.1)
    kind = (("realt", "real"), ("nominellt", "nominal"))[found.nominal][language_index(lang)]
    names = (capital(found.model_name(model, lang)) for model in found.unstaffed)
    unstaffed = tuple(f"{name}: {_UNSTAFFED[language_index(lang)]}" for name in names)
    if language_index(lang) == 0:
        value = (
            f"Nuvärde: varje års netto vid årets slut, {rate} % per år ({kind}), till första dagen; det som är kvar efter "
            "sista året räknas som noll. Betalningar före första dagen och systemets inköp ingår inte."
        )
        looked_at = (
            "Gäldenärerna är kontrollerade när tiden börjar: nästa kontroll, och vem som då är värd ett nytt försök, kommer "
            "när en kontroll åter är dags."
        )
        spans = (
            "Spann: där nio av tio ligger, bland lägen om sådana är dragna, annars bland simuleringar; från det lägsta till "
            "det högsta när de är för få för det."
        )
        return value, _ALL_OWED[0], looked_at, spans, *unstaffed
    value = (
        f"Present value: each year's net at the year's end, {rate}% a year ({kind}), to the first day; what is left after "
        "the last year counts as nothing. What was paid before the first day, and the purchase of a system, is in none of "
        "the ways."
    )
    looked_at = (
        "Debtors have been looked at as the time begins: the next look, and who is then found worth another try, comes when "
        "a check is due again."
    )
    spans = (
        "Spans: where nine of ten lie, of worlds where there are any drawn, else of replications; from the lowest to the "
        "highest where they are too few for that."
    )
    return value, _ALL_OWED[1], looked_at, spans, *unstaffed


def _ways(found: StockFound, lang: str) -> tuple[Row, ...]:
    place, step, years = language_index(lang), step_of(found), len(found.years)
    rows: list[Row] = []
    for model in found.models:
        name, lines = capital(found.model_name(model, lang)), []
        for item in (*RECEIVED, *SPENT):
            total = sum(mean_by_year(found, model, item))
            if total:
                lines.append((capital(_ITEMS[item][place].format(body=the_body(found.body, lang))), total))
        for nth, (words, total) in enumerate(lines):
            each = kr(total / years, lang, step=step)
            rows.append(
                Row((name if nth == 0 else "", words, each, kr(total, lang), ""), ruled=nth == 0 and bool(rows))
            )
        total = sum(mean_by_year(found, model, "net"))
        a_year = _over_years(found, model)
        cells = ("", capital(_NET[place]), kr(total / years, lang, step=step), kr(total, lang))
        rows.append(Row((*cells, span_text(a_year, step, lang)), total=True))
        value, over = found.value(model), found.value(model, found.over)
        words = ("Nuvärde", "Present value")[place]
        rows.append(Row(("", words, "", kr(value.mean, lang, step=step), span_text(over, step, lang))))
        for words, price_of in (
            (_PRICES[place][0], found.price_of_a_krona),
            (_PRICES[place][1], found.price_of_the_whole),
        ):
            price, reach = price_of(model), price_of(model, found.over)
            shown = "–" if price is None else _price(price.mean, lang)
            rows.append(Row(("", words, "", shown, "–" if reach is None else span_text(reach, 0.01, lang))))
    return tuple(rows)


def _over_years(found: StockFound, model: str) -> Distribution:
    return Distribution(found.samples(model, "net", found.over).mean(axis=1), "net_kr", "kr")


def _by_year(found: StockFound, model: str, lang: str) -> tuple[Row, ...]:
    step, rows = step_of(found), []
    received, spent, net = (mean_by_year(found, model, item) for item in ("received", "spent", "net"))
    paid, ended = (mean_by_year(found, model, item) for item in ("claims_paid", "claims_ended"))
    open_now = mean_by_year(found, model, "claims_opening")[0]
    for nth, year in enumerate(found.years):
        left = open_now - paid[nth] - ended[nth]
        claims = (number(one, lang) for one in (open_now, paid[nth], ended[nth], left))
        money = (kr(one, lang) for one in (received[nth], spent[nth], net[nth]))
        reach = (span_text(found.in_year(model, item, year, found.over), step, lang) for item in ("spent", "net"))
        rows.append(Row((str(year), *claims, *money, *reach)))
        open_now = left
    place = language_index(lang)
    totals = (number(sum(paid), lang), number(sum(ended), lang), number(open_now, lang))
    money = (kr(sum(one), lang) for one in (received, spent, net))
    rows.append(Row((("summa", "sum")[place], "", *totals, *money, "", ""), ruled=True, total=True))
    return tuple(rows)


def _by_value(found: StockFound, model: str, lang: str) -> tuple[Row, ...]:
    items = ("principal_paid", "principal_given_up", "value_adjustment", "write_down", "allowance_released")
    paid, given_up, adjusted, down, released = (mean_by_year(found, model, item) for item in items)
    principal = mean_by_year(found, model, "principal_opening")[0]
    allowance, rows = mean_by_year(found, model, "allowance_opening")[0], []
    for nth, year in enumerate(found.years):
        left = principal - paid[nth] - given_up[nth]
        held = allowance + adjusted[nth] + down[nth] - released[nth]
        cells = (
            principal,
            paid[nth],
            given_up[nth],
            left,
            allowance,
            adjusted[nth],
            down[nth],
            released[nth],
            held,
            left - held,
        )
        rows.append(Row((str(year), *(number(one, lang) for one in cells))))
        principal, allowance = left, held
    return tuple(rows)


def _by_age(found: StockFound, lang: str) -> Table:
    """Who is left by age as each year begins, in the first way."""
    place, model = language_index(lang), found.models[0]
    ends = [number(years, lang) for years in AGE_YEARS]
    bands = [f"{low}–{high}" for low, high in zip(["0", *ends[:-1]], ends, strict=True)] + [f"{ends[-1]}–"]
    rows, claims, principal = [], held_by_year(found, model, "claims"), held_by_year(found, model, "principal")
    for at, table in enumerate(found.watched[model].ages):
        by_band = shared(table[:, 0].tolist(), int(claims[at]), 1.0)
        cells = (number(one, lang) for one in (*by_band, claims[at]))
        rows.append(Row((str(found.first_year + at), *cells, kr(principal[at], lang))))
    name = found.model_name(model, lang)
    caption = (
        f"Öppna fordringar när året börjar, efter år sedan förfallodagen: {name}",
        f"Open claims as the year begins, by years past due: {name}",
    )[place]
    header = (("år", "year")[place], *bands, ("alla", "all")[place], ("kapital", "principal")[place])
    return Table(caption, header, tuple(rows))
