"""The answer of a paper in words a committee reads: what it is, rests on, what would turn it, what it leaves out.

Every number is of the run. Paragraphs carry their intervals and say what they assume; the ends of a range are not a promise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kravsim.papers.document import Document, Heading, NewPage, Paragraph, Part, Picture, Shown
from kravsim.studies.decision.swept import plain
from kravsim.telling.sentence import more_or_less, percent_range
from kravsim.telling.uncertainty_words import SOURCES, error_text, held_text, layers_phrase, span_text
from kravsim.version import __version__
from kravsim.words.display import NO_BREAK, kr, number, seeded
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_label, key_name
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, language_index, line_name, metric_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kravsim.papers.asked import Asked
    from kravsim.statistics.distribution import Distribution
    from kravsim.studies.decision.switched import SwitchingValue
    from kravsim.studies.decision.tornado import Swing

_TOP: Final = 8
"""Inputs in the table of what the answer rests on."""
_LITTLE: Final = 0.25
"""Share of the variance below which chance is the small part."""
_HEADINGS: Final = {
    "answer": ("Svaret i korthet", "The answer in short"),
    "question": ("Frågan", "The question"),
    "invoices": ("Vad som händer med en faktura", "What happens to an invoice"),
    "money": ("Vad det ger och vad det kostar", "What it brings in and what it costs"),
    "sure": ("Hur säkert svaret är", "How sure the answer is"),
    "rests": ("Vad svaret vilar på", "What the answer rests on"),
    "turns": ("Vad som skulle vända svaret", "What would turn the answer"),
    "books": ("Hur beräkningen stämmer med det som är känt", "How the calculation agrees with what is known"),
    "leaves": ("Vad beräkningen inte visar", "What the calculation does not show"),
    "made": ("Hur underlaget är gjort", "How this was made"),
}


def origin_of(found: Asked) -> str:
    """Say in a line where a paper's numbers come from; it stands inside every file.

    Parameters
    ----------
    found : Asked
        The answers.
    """
    run = found.comparison.first
    print_of = found.scenario.fingerprint[:12]
    return f"kravsim {__version__} · {found.scenario.name} {print_of} · {seeded(run.seed, found.paper.language)}"


def paper_document(found: Asked, pictures: Mapping[str, Picture]) -> Document:
    """Write the paper.

    Parameters
    ----------
    found : Asked
        The answers.
    pictures : mapping of str to Picture
        By name; those that the paper shows are taken from it.
    """
    data, lang = found.paper, found.paper.language
    place = language_index(lang)
    said = [data.case_number, data.date.isoformat(), found.scenario.label]
    return Document(
        data.title,
        " · ".join(part for part in said if part),
        lang,
        data.date,
        origin_of(found),
        tuple(_parts(found, pictures, place, lang)),
    )


def _parts(found: Asked, pictures: Mapping[str, Picture], place: int, lang: str) -> Iterator[Part]:
    def shown(*names: str) -> Iterator[Part]:
        yield from (pictures[name] for name in names if name in pictures)

    yield Heading(_HEADINGS["answer"][place])
    yield from _in_short(found, lang)
    yield from shown("net_revenue")
    yield Heading(_HEADINGS["question"][place])
    yield Paragraph(found.paper.question)
    yield from (Paragraph(text) for text in found.paper.background)
    yield Heading(_HEADINGS["invoices"][place])
    yield from shown("flow_of_invoices")
    yield Heading(_HEADINGS["money"][place])
    yield Paragraph(_money_text(found, lang))
    yield Shown(_money_table(found, lang))
    yield Heading(_HEADINGS["sure"][place])
    yield from _sure(found, lang)
    yield from shown("s_curve")
    yield Heading(_HEADINGS["rests"][place])
    yield Paragraph(_rests_text(found, lang))
    yield Shown(_rests_table(found, lang), small=True)
    yield Heading(_HEADINGS["turns"][place])
    yield Paragraph(_turns_text(found, lang))
    if found.turns:
        yield Shown(_turns_table(found, lang), small=True)
    yield Heading(_HEADINGS["books"][place])
    yield from _books(found, lang)
    yield Heading(_HEADINGS["leaves"][place])
    yield from (Paragraph(text, "point") for text in texts(found.uncertain.doubts, lang))
    yield from (Paragraph(text, "point") for text in _leaves_out(found, lang))
    yield Heading(_HEADINGS["made"][place])
    yield Paragraph(_made(found, lang))


def _chance(spread: Distribution, lang: str) -> tuple[str, str, str]:
    above = round(spread.prob_above(0) * spread.n)
    return number(above, lang), number(spread.n, lang), percent_range(spread.prob_above_interval(0), lang)


def _in_short(found: Asked, lang: str) -> Iterator[Paragraph]:
    sv = language_index(lang) == 0
    cmp, worlds = found.comparison, found.uncertain
    first, second = cmp.first.name(lang), cmp.second.name(lang)
    gap = more_or_less(worlds.difference.mean, worlds.difference.step(), lang)
    k, n, percent = _chance(worlds.difference, lang)
    error, span = error_text(worlds.difference, lang), span_text(worlds.difference, lang)
    source = SOURCES[worlds.kind][0 if sv else 1]
    if sv:
        lead = (
            f"{capital(first)} beräknas ge regionen {gap} i nettointäkt per år än {second}, i medeltal över {n} "
            "möjliga lägen "
            f"{source} (medelvärdets osäkerhet ±{error})."
        )
        lead += "" if span == "–" else f" I nio lägen av tio är skillnaden från {span} per år."
        yield Paragraph(lead, "lead")
        yield Paragraph(
            f"{capital(first)} är bättre i {k} av de {n} lägena (sannolikhet {percent}). Räknas även det "
            "återvunna kapitalet, "
            "alltså fakturabelopp som betalas, "
            + "är det bättre i {} av {} ({}).".format(*_chance(worlds.economic_difference, lang)),
            "point",
        )
    else:
        lead = (
            f"{capital(first)} is reckoned to give the region {gap} net revenue a year than {second}, on average "
            f"over {n} "
            f"possible worlds {source} (uncertainty of the mean ±{error})."
        )
        lead += "" if span == "–" else f" In nine worlds of ten the difference is from {span} a year."
        yield Paragraph(lead, "lead")
        yield Paragraph(
            f"{capital(first)} is better in {k} of the {n} worlds (chance {percent}). With recovered principal "
            "counted, the "
            "invoice amounts that are paid, "
            + "it is better in {} of {} ({}).".format(*_chance(worlds.economic_difference, lang)),
            "point",
        )
    base = more_or_less(cmp.shown.difference("net_revenue_kr"), cmp.shown.step, lang)
    low, high = cmp.difference.mean_interval()
    shown = f"{number(low, lang, step=cmp.shown.step)} {'till' if sv else 'to'} {kr(high, lang, step=cmp.shown.step)}"
    if sv:
        yield Paragraph(
            f"Med grundfallets antaganden, och de tjänster som det räknar med, är skillnaden {base} per år "
            f"(95{NO_BREAK}%-intervall "
            f"{shown}; det täcker bara slumpen mellan {number(cmp.n, lang)} simulerade år).",
            "point",
        )
    else:
        yield Paragraph(
            f"With the assumptions of the base case, and the posts it counts on, the difference is {base} a year "
            "(95% interval "
            f"{shown}; it covers chance alone, between {number(cmp.n, lang)} simulated years).",
            "point",
        )
    yield Paragraph(_turns_text(found, lang), "point")
    doubts = len(worlds.doubts)
    if doubts:
        n, there = number(doubts, lang), _HEADINGS["leaves"][0 if sv else 1]
        yield Paragraph(
            f"Att veta först: {n} förbehåll, som står under rubriken {there}."
            if sv
            else f"To be known first: {n} reservations, which stand under the heading {there}.",
            "point",
        )


def _money_text(found: Asked, lang: str) -> str:
    cmp = found.comparison
    from kravsim.figures.labels import shown_causes
    from kravsim.words.wording import cause_name

    moved = sorted(((abs(kr_of), cause, kr_of) for cause, kr_of in shown_causes(cmp).items()), reverse=True)[:3]
    listed = [f"{cause_name(cause, lang)} {kr(amount, lang, signed=True)}" for _, cause, amount in moved if amount]
    n = number(cmp.n, lang)
    if language_index(lang) == 0:
        return (
            f"Tabellen visar ett representativt år i grundfallet, medelvärden av {n} simulerade år sedda från "
            "regionen: inkomster "
            f"är positiva, kostnader negativa. Störst skillnad gör {', '.join(listed)}. Raderna är avrundade så "
            "att de summerar."
        )
    return (
        f"The table shows a representative year of the base case, means of {n} simulated years seen from the "
        "region: income is "
        f"positive, cost negative. The largest differences: {', '.join(listed)}. Lines are rounded so that they add up."
    )


def _money_table(found: Asked, lang: str) -> Table:
    place, cmp = language_index(lang), found.comparison
    shown = cmp.shown

    def cells(amounts: list[float]) -> list[str]:
        return [kr(amount, lang) for amount in (*amounts, amounts[0] - amounts[1])]

    known = list(dict.fromkeys(line for run in cmp.runs for line in run.lines))
    lines = [Row((capital(line_name(line, lang)), *cells(shown.line(line)))) for line in known if any(shown.line(line))]
    net = Row((capital(metric_name("net_revenue_kr", lang)), *cells(shown.measure("net_revenue_kr"))), total=True)
    rest = [
        Row((capital(metric_name(name, lang)), *cells(shown.measure(name))), total=name == "economic_result_kr")
        for name in ("principal_recovered_kr", "economic_result_kr")
    ]
    header = (("Kr per år", "skillnad"), ("Kr a year", "difference"))[place]
    names = [capital(run.name(lang)) for run in cmp.runs]
    caption = (
        "Ett representativt år, kr, sett från regionen",
        "A representative year, kr, seen from the region",
    )[place]
    return Table(caption, (header[0], *names, capital(header[1])), parts(lines, [net], rest))


def _sure(found: Asked, lang: str) -> Iterator[Paragraph]:
    sv, worlds = language_index(lang) == 0, found.uncertain
    n = number(worlds.draws, lang)
    if sv:
        text = (
            f"Underlaget i det offentliga svaret räcker inte till för att bestämma alla tal. Därför räknas {n} "
            "lägen igenom. "
            "Varje läge är ett sätt att läsa underlaget, en uppsättning av de tal som ingen känner och ett år av "
            "slump. "
            "Spridningen mellan lägena visar vad okunskapen betyder."
        )
    else:
        text = (
            f"The figures of the public answer do not settle every number. So {n} worlds are worked through. Each "
            "is one way "
            "to read the figures, one set of the numbers that nobody knows, and one year of chance. Their spread "
            "shows what "
            "it means not to know."
        )
    if worlds.layers is not None and worlds.layers.total > 0:
        text += f" {capital(layers_phrase(worlds.layers, lang))}."
        if (worlds.layers["chance"].share or 0.0) < _LITTLE:
            text += (
                " Osäkerheten minskar alltså inte av att fler år simuleras, utan av bättre uppgifter."
                if sv
                else " What is not known becomes less by better figures, not by simulating more years."
            )
    yield Paragraph(text)
    for reading in worlds.readings:
        if reading.difference is not None and reading.dimension == "reading":
            k, n, percent = _chance(reading.difference, lang)
            mean = kr(reading.difference.mean, lang, step=reading.difference.step())
            title = reading.titles[0 if sv else 1]
            yield Paragraph(
                f"Läsning {title}: skillnad {mean} per år i medeltal, bättre i {k} av {n} lägen ({percent})."
                if sv
                else f"Reading {title}: difference {mean} a year on average, better in {k} of {n} worlds ({percent}).",
                "point",
            )


def top_inputs(found: Asked, most: int = _TOP) -> list[Swing]:
    """The inputs that move the difference most, one at a time; readings of the figures are left out.

    Parameters
    ----------
    found : Asked
        The answers.
    most : int
        How many at most.
    """
    known = {row.key for row in found.scenario.rows()}
    return [one for one in found.sensitivity.tornado.swings if one.swing > 0 and one.name in known][:most]


def _rests_text(found: Asked, lang: str) -> str:
    counts = found.register.counts()
    total = number(sum(counts.values()), lang)
    shown = {name: number(count, lang) for name, count in counts.items()}
    if language_index(lang) == 0:
        return (
            f"Beräkningen har {total} tal: {shown['sourced']} kommer ur en källa, {shown['derived']} är härledda "
            "ur källor och "
            f"{shown['assumed']} är antaganden. Tabellen visar de tal som flyttar svaret mest när ett i taget går "
            "från den ena "
            "änden av sitt spann till den andra; samspel syns inte där. Alla tal, med källa och vem de gynnar, "
            "står i bilagans "
            "antaganderegister."
        )
    return (
        f"The calculation has {total} numbers: {shown['sourced']} come from a source, {shown['derived']} are "
        "derived from sources "
        f"and {shown['assumed']} are assumptions. The table shows those that move the answer most when one at a "
        "time goes from "
        "one end of its range to the other; interactions are not seen there. All of them, with source and whom "
        "they favour, stand "
        "in the register of assumptions in the appendix."
    )


def _rests_table(found: Asked, lang: str) -> Table:
    from kravsim.checking.register_words import FAVOURS, STATUSES

    place = language_index(lang)
    rows_of = {row.key: row for row in found.scenario.rows()}
    header = (
        ("Tal", "I dag", "Spann", "Flyttar svaret", "Vänder det?", "Status", "Gynnar"),
        ("Number", "Today", "Range", "Moves the answer", "Turns it?", "Status", "Favours"),
    )[place]
    rows = []
    for one in top_inputs(found):
        row = rows_of[one.name]
        status = STATUSES[row.status][place] if row.status in STATUSES else row.status
        favours = FAVOURS[row.favours][place] if row.favours in FAVOURS else ""
        turns = (("ja", "nej"), ("yes", "no"))[place][0 if one.flips else 1]
        span = f"{plain(one.low, lang)} – {plain(one.high, lang)}"
        moved = kr(one.swing, lang, step=1000)
        rows.append(Row((key_label(one.name, lang), plain(one.base, lang), span, moved, turns, status, favours)))
    caption = (
        "De tal som flyttar skillnaden mest, ett i taget",
        "The numbers that move the difference most, one at a time",
    )[place]
    return Table(caption, header, tuple(rows), left=(0, 4, 5, 6))


def _turns_text(found: Asked, lang: str) -> str:
    sv = language_index(lang) == 0
    alone = [one.name for one in found.sensitivity.tornado.swings if one.flips]
    moved = [one for one in found.sensitivity.tornado.swings if one.swing > 0]
    n = number(len(moved), lang)
    if alone:
        names = "; ".join(key_name(name, lang) for name in alone[:4])
        more = len(alone) - 4
        rest = "" if more <= 0 else (f" och {more} till" if sv else f" and {more} more")
        return (
            f"Av {n} osäkra tal, flyttade ett i taget till ändarna av sina spann, vänder "
            f"{number(len(alone), lang)} svaret ensamma i "
            f"grundfallet: {names}{rest}."
            if sv
            else f"Of {n} uncertain numbers, moved one at a time to the ends of their ranges, "
            f"{number(len(alone), lang)} turn the answer of the base case by themselves: {names}{rest}."
        )
    return (
        f"Inget av {n} osäkra tal vänder svaret ensamt i grundfallet, när det flyttas till ändarna av sitt spann."
        if sv
        else (
            f"None of {n} uncertain numbers turns the answer of the base case by itself, moved to the ends of its "
            "range."
        )
    )


def _turns_table(found: Asked, lang: str) -> Table:
    place = language_index(lang)
    header = (
        ("Tal", "I dag", "Prövat", "Svaret vänder vid", "Annars återstår som minst"),
        ("Number", "Today", "Looked at", "The answer turns at", "Else left at least"),
    )[place]
    rows = [Row(_turn_cells(one, lang)) for one in found.turns]
    caption = (
        "Var svaret vänder när ett tal ändras, allt annat lika (grundfallet)",
        "Where the answer turns when one number changes, all else equal (base case)",
    )[place]
    note = (
        "Där personalen inte hinner med arbetet har den slutna formen inget svar; den sträckan är inte prövad.",
        "Where staff cannot do the work the closed form has no answer; that stretch is not looked at.",
    )[place]
    notes = (note,) if any(one.missing for one in found.turns) else ()
    return Table(caption, header, tuple(rows), notes)


def _turn_cells(one: SwitchingValue, lang: str) -> tuple[str, ...]:
    span = f"{plain(float(one.x[0]), lang)} – {plain(float(one.x[-1]), lang)}"
    none, never = (("inget svar", "vänder inte"), ("no answer", "does not turn"))[language_index(lang)]
    turns, left = never, "–"
    if one.status == "no answer":
        turns = none
    elif one.values:
        turns = ", ".join(plain(float(f"{value:.3g}"), lang) for value in one.values)
    else:
        at, amount = one.nearest
        word = "vid" if lang == "sv" else "at"
        left = f"{kr(amount, lang, step=1000)} ({word} {plain(float(f'{at:.3g}'), lang)})"
    return key_label(one.key, lang), plain(one.today, lang), span, turns, left


def _books(found: Asked, lang: str) -> Iterator[Part]:
    place, held = language_index(lang), found.reconciliation
    if held is None:
        yield Paragraph(
            (
                "Det finns inga publicerade uppgifter att stämma av mot.",
                "There are no published figures to hold it against.",
            )[place]
        )
        return
    tuned = [row for row in held.rows if row.target.tuned]
    inside = number(sum(row.verdict == "inside" for row in tuned), lang)
    missed = [row for row in held.rows if row.verdict in ("above", "below")]
    names = "; ".join((row.target.title_sv, row.target.title)[place] for row in missed)
    n, of = number(len(held.rows), lang), number(len(tuned), lang)
    if place == 0:
        text = (
            f"Beräkningen hålls mot {n} publicerade uppgifter. Av de {of} som den är avstämd mot ligger {inside} inom "
            "sitt intervall."
        )
        text += f" Utanför ligger: {names} (figur i bilagan)." if names else " Ingen uppgift ligger utanför."
    else:
        text = (
            f"The calculation is held against {n} published figures. Of the {of} it is tuned to, {inside} lie within "
            "their interval."
        )
        text += f" Outside: {names} (figure in the appendix)." if names else " None lies outside."
    yield Paragraph(text)


def leaves_out(found: Asked) -> tuple[str, ...]:
    """What the calculation does not show, in the paper's language.

    Parameters
    ----------
    found : Asked
        The answers.
    """
    return tuple(_leaves_out(found, found.paper.language))


def _leaves_out(found: Asked, lang: str) -> Iterator[str]:
    sv = language_index(lang) == 0
    if sv:
        yield (
            "Övergången: hur verksamheten byggs upp, avvecklas eller upphandlas under de första åren. Varje år är "
            "ett år i gång."
        )
        yield "Andra regioner: beräkningen gäller en region åt gången, och inget samarbete mellan dem."
        yield "Vad som är värt något utan att stå i budgeten: bemötande, insyn och beroende av en leverantör."
        yield "Framtida ändringar av lagens avgifter och räntor: beräkningen följer lagen vid årets datum."
        assumed = number(found.register.counts()["assumed"], lang)
        yield (
            f"Om de {assumed} antagna talen är rätt: de är dragna ur spann, men inget underlag säger var i spannet de "
            "ligger."
        )
    else:
        yield (
            "The transition: how collection is built up, wound down or procured in the first years. Each year is one "
            "in operation."
        )
        yield "Other regions: the calculation is of one region at a time, and of no co-operation between them."
        yield "What is worth something but stands in no budget: how people are met, insight, dependence on a supplier."
        yield "Future changes of statutory fees and rates: the calculation follows the law of the year's dates."
        assumed = number(found.register.counts()["assumed"], lang)
        yield (
            f"Whether the {assumed} assumed numbers are right: they are drawn from ranges, and no source says where "
            "in them they lie."
        )
    yield from held_text(found.uncertain, lang)
    years = [run.metric("backlog_growth_days").mean for run in found.comparison.runs]
    if any(math.isfinite(x) and x > 1 for x in years):
        yield (
            "Vad en växande kö till slut kostar: personalen hinner inte med allt arbete i grundfallet."
            if sv
            else "What a growing queue costs in the end: the staff of the base case cannot do all of the work."
        )


def _made(found: Asked, lang: str) -> str:
    run, data = found.comparison.first, found.paper
    fingerprint, law = found.scenario.fingerprint[:12], str(run.provenance["law_fingerprint"])[:12]
    if language_index(lang) == 0:
        return (
            f"Gjort av kravsim {__version__} ur scenariot {found.scenario.name} (fingeravtryck {fingerprint}, lag "
            f"{law}), "
            f"{seeded(run.seed, lang)}. Kommandot kravsim paper build {data.name} gör alla filer på nytt, och "
            "kravsim paper check "
            "säger vilka som inte längre stämmer med sitt underlag. Bilagan har alla tabeller, avstämningen, "
            "antaganderegistret "
            "och en beskrivning enligt STRESS-DES; figurerna finns som egna filer med sina tal."
        )
    return (
        f"Made by kravsim {__version__} from the scenario {found.scenario.name} (fingerprint {fingerprint}, law "
        f"{law}), "
        f"{seeded(run.seed, lang)}. The command kravsim paper build {data.name} makes every file again, and "
        "kravsim paper check says "
        "which no longer agree with what they rest on. The appendix has all tables, the reconciliation, the "
        "register of assumptions "
        "and a description by STRESS-DES; the figures are files of their own with their numbers."
    )


__all__ = ["NewPage", "leaves_out", "origin_of", "paper_document", "top_inputs"]
