"""The words of a bridge between any two models and scenarios, Swedish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.statistics.selected import percent
from kravsim.telling.sentence import more_or_less
from kravsim.words.display import NO_BREAK, kr, number, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.process_words import END_WORDS, SEGMENT_WORDS, TYPE_WORDS, named
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, cause_name, language_index, line_name

if TYPE_CHECKING:
    from kravsim.results.walk import Walk

_HEADER: Final = (("{what}", "per kalenderår", "medelfel"), ("{what}", "a calendar year", "std. error"))
_KINDS: Final = {
    "gain": ("ärenden som ger mer", "cases that give more"),
    "lose": ("ärenden som ger mindre", "cases that give less"),
    "same": ("ärenden som ger lika mycket", "cases that give as much"),
    "only_start": ("ärenden som bara finns i början", "cases at the start alone"),
    "only_end": ("ärenden som bara finns i slutet", "cases at the end alone"),
}
_SUMS: Final = (("i simulering {r}", "ärenden", "skillnad, kr"), ("in replication {r}", "cases", "difference, kr"))
_MOST: Final = (
    (
        "ärende",
        "gäldenär",
        "överlämnat",
        "kapital, kr",
        "före, kr",
        "efter, kr",
        "skillnad, kr",
        "utfall före",
        "utfall efter",
    ),
    (
        "case",
        "debtor",
        "handed over",
        "principal, kr",
        "before, kr",
        "after, kr",
        "difference, kr",
        "outcome before",
        "outcome after",
    ),
)
_MEAN: Final = ("nettointäkt, medel", "net revenue, mean")
_WIDEST: Final = 44
_LARGEST: Final = 3


def what(found: Walk, lang: str) -> str:
    """Name the figure that is walked: the mean, or which percentile of what.

    Parameters
    ----------
    found : Walk
        The walk that is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    if found.percentile is None:
        return _MEAN[place]
    share = percent(found.percentile, lang)
    if found.of == "each":
        return (f"nettointäkt, percentil {share}", f"net revenue, percentile {share}")[place]
    return (
        f"nettointäkt i år då skillnaden är vid percentil {share}",
        f"net revenue in years in which the difference is at percentile {share}",
    )[place]


def title(found: Walk) -> str:
    """Name the scenario, or both.

    Parameters
    ----------
    found : Walk
        The walk that is told.
    """
    one, other = found.start.scenario_title, found.end.scenario_title
    return one if one == other else f"{one} \u2192 {other}"


def names(found: Walk, lang: str) -> tuple[str, str]:
    """What start and end are called.

    Parameters
    ----------
    found : Walk
        The walk that is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    return found.names[0][place], found.names[1][place]


def answer(found: Walk, lang: str) -> str:
    """Say how far it is from start to end, and which causes matter most: without the doubts.

    Parameters
    ----------
    found : Walk
        The walk that is told.
    lang : str
        `sv` or `en`.
    """
    sv, (low, high, causes, step) = language_index(lang) == 0, found.shown
    start, end = names(found, lang)
    gap = more_or_less(high - low, step, lang)
    moving = sorted((cause for cause in causes if causes[cause]), key=lambda cause: -abs(causes[cause]))[:_LARGEST]
    if found.percentile is None:
        when = ""
    else:
        share = percent(found.percentile, lang)
        if found.of == "each":
            when = f", båda vid percentil {share}" if sv else f", both at percentile {share}"
        else:
            when = f", vid percentil {share} av skillnaden" if sv else f", at percentile {share} of the difference"
    if low == high and not moving:
        return capital(
            f"inget skiljer {end} från {start}{when}." if sv else f"nothing sets {end} apart from {start}{when}."
        )
    listed = ", ".join(f"{cause_name(cause, lang)} {kr(causes[cause], lang, signed=True)}" for cause in moving)
    if sv:
        head = f"{end} ger {gap} per år än {start}{when}: från {kr(low, lang)} till {kr(high, lang)}"
        return capital(f"{head}. Mest betyder {listed}.")
    head = f"{end} gives {gap} a year than {start}{when}: from {kr(low, lang)} to {kr(high, lang)}"
    return capital(f"{head}. What matters most: {listed}.")


def tables(found: Walk, lang: str) -> tuple[Table, ...]:
    """Lay out the walk, which adds up as printed, then the cases that gain and lose.

    Parameters
    ----------
    found : Walk
        The walk that is told.
    lang : str
        `sv` or `en`.
    """
    walked = _walk_table(found, lang)
    if found.cases is None:
        return (walked,)
    return walked, _sums_table(found, lang), _most_table(found, lang)


def _walk_table(found: Walk, lang: str) -> Table:
    place, (low, high, causes, step) = language_index(lang), found.shown
    start, end = names(found, lang)
    errors = found.errors_kr
    moving = [cause for cause in found.causes if causes[cause] or found.cause_kr(cause)]
    rows = [
        Row(
            (
                capital(cause_name(cause, lang)),
                kr(causes[cause], lang, signed=True),
                kr(errors[cause], lang, step=step) if errors.get(cause, 0.0) else "",
            )
        )
        for cause in moving
    ]
    header = tuple(text.format(what=what(found, lang)) for text in _HEADER[place])
    caption = f"{title(found)}: {replications(found.n, lang)}, {seeded(found.start.seed, lang)}"
    ends = [Row((capital(start), kr(low, lang), "")), Row((capital(end), kr(high, lang), ""), total=True)]
    how = (*_how(found, lang), *texts(found.doubts, lang)) if found.cases is None else _how(found, lang)
    return Table(caption, header, parts([ends[0]], rows, [ends[1]]), (answer(found, lang), *how))


def _how(found: Walk, lang: str) -> tuple[str, ...]:
    sv = language_index(lang) == 0
    if found.percentile is None:
        if sv:
            return ("Orsakerna summerar till skillnaden i varje simulering, på öret; beloppen är medelvärden.",)
        return ("The causes sum to the difference in every replication, to the öre; amounts are means.",)
    if sv:
        part = "En orsaks del är vad den väntas vara när summan har det värdet"
        return (f"{part} (Eulers fördelning, lokal linjär regression): delarna summerar exakt, utan rest.",)
    part = "The part of a cause is what it is expected to be where the sum has that value"
    return (f"{part} (Euler's allocation, local linear regression): the parts sum exactly, with no residual.",)


def _sums_table(found: Walk, lang: str) -> Table:
    place, cases = language_index(lang), found.cases
    if cases is None:
        raise ValueError("no cases")
    kinds = [
        Row((capital(_KINDS[name][place]), number(sums.count, lang), kr(cases.kr(sums.ore), lang, signed=True)))
        for name, sums in cases.kinds.items()
        if sums.count
    ]
    lines = [
        Row(
            (
                f"{capital(line_name(line, lang))} ({('ej per ärende', 'of no case')[place]})",
                "",
                kr(cases.kr(ore), lang, signed=True),
            )
        )
        for line, ore in cases.beside.items()
        if ore
    ]
    word = ("Skillnad i nettointäkt", "Difference in net revenue")[place]
    total = Row((word, "", kr(cases.kr(cases.total_ore), lang, signed=True)), total=True)
    header = tuple(text.format(r=cases.replication) for text in _SUMS[place])
    if cases.years_shown > 1:
        header = (f"{header[0]}, {cases.years_shown} {('år', 'years')[place]}", *header[1:])
    if found.spans is not None:
        header = (f"{header[0]}, {('per kalenderår', 'a calendar year')[place]}", *header[1:])
    return Table(("Ärende för ärende", "Case by case")[place], header, parts(kinds, lines, [total]))


def _most_table(found: Walk, lang: str) -> Table:
    place, cases = language_index(lang), found.cases
    if cases is None:
        raise ValueError("no cases")
    rows = []
    for row in cases.frame.to_dict("records"):
        one, other = row["case_start"], row["case_end"]
        which = [number(x, lang) if x is not None else "\u2013" for x in dict.fromkeys((one, other))]
        kind = f"{named(SEGMENT_WORDS, row['segment'], lang)}, {named(TYPE_WORDS, row['type'], lang)}"
        amounts = [
            kr(row[key], lang, step=0.01).removesuffix(f"{NO_BREAK}kr")
            for key in ("principal_kr", "start_kr", "end_kr", "change_kr")
        ]
        outcomes = [
            named(END_WORDS, row[key], lang) if row[key] else "\u2013" for key in ("outcome_start", "outcome_end")
        ]
        rows.append(Row(("/".join(which), kind, str(row["handed_over"]), *amounts, *outcomes)))
    commands = [command for command in cases.commands if command]
    see = ("Ett ärendes hela liv (K är dess nummer)", "A case's whole life (K is its number)")[place]
    notes = (*([f"{see}: {'; '.join(dict.fromkeys(commands))}"] if commands else []), *texts(found.doubts, lang))
    caption = ("Ärenden som vinner och förlorar mest", "Cases that gain and lose most")[place]
    return Table(caption, _MOST[place], tuple(rows), notes, left=(0, 1, 2, 7, 8), widest=_WIDEST)
