"""The answer of a paper in words a committee reads: what it is, rests on, what would turn it, what it leaves out.

Every number is of the run. Paragraphs carry their intervals and say what they assume; the ends of a range are not a promise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kravsim.papers.answer_tables import chance_of, money_table, money_text, readings_table, rests_table, rests_text
from kravsim.papers.base_posts_text import base_posts_text
from kravsim.papers.document import Document, Heading, Paragraph, Part, Picture, Shown
from kravsim.papers.turning_text import line_text, turns_table, turns_text, worth_text
from kravsim.telling.sentence import more_or_less
from kravsim.telling.uncertainty_words import SOURCES, error_text, held_text, layers_phrase, span_text
from kravsim.version import __version__
from kravsim.words.display import NO_BREAK, kr, number, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kravsim.papers.asked import Asked

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
    yield Paragraph(money_text(found, lang))
    yield Shown(money_table(found, lang))
    yield Heading(_HEADINGS["sure"][place])
    yield from _sure(found, lang)
    yield Heading(_HEADINGS["rests"][place])
    yield Paragraph(rests_text(found, lang))
    yield Shown(rests_table(found, lang), small=True)
    yield Heading(_HEADINGS["turns"][place])
    yield Paragraph(turns_text(found, lang))
    if found.turns:
        yield Shown(turns_table(found, lang), small=True)
    if found.line is not None:
        yield Paragraph(line_text(found, lang))
        yield from shown("two_way")
    yield Paragraph(worth_text(found, lang))
    yield Heading(_HEADINGS["books"][place])
    yield from _books(found, lang)
    yield Heading(_HEADINGS["leaves"][place])
    yield from (Paragraph(text, "point") for text in texts(found.uncertain.doubts, lang))
    yield from (Paragraph(text, "point") for text in _leaves_out(found, lang))
    yield Heading(_HEADINGS["made"][place])
    yield Paragraph(_made(found, lang))


def _in_short(found: Asked, lang: str) -> Iterator[Paragraph]:
    sv = language_index(lang) == 0
    cmp, worlds = found.comparison, found.uncertain
    first, second, body = cmp.first.name(lang), cmp.second.name(lang), cmp.first.receiver(lang)
    gap = more_or_less(worlds.difference.mean, worlds.difference.step(), lang)
    k, n, percent = chance_of(worlds.difference, lang)
    error, span = error_text(worlds.difference, lang), span_text(worlds.difference, lang)
    source = SOURCES[worlds.kind][0 if sv else 1]
    if sv:
        lead = (
            f"{capital(first)} beräknas ge {body} {gap} i nettointäkt per år än {second}, i medeltal över {n} "
            f"möjliga lägen {source} (medelvärdets osäkerhet ±{error})."
        )
        lead += "" if span == "–" else f" I nio lägen av tio är skillnaden från {span} per år."
        yield Paragraph(lead, "lead")
        yield Paragraph(
            f"{capital(first)} är bättre i {k} av de {n} lägena (sannolikhet {percent}). Räknas även det återvunna "
            "kapitalet, alltså fakturabelopp som betalas, "
            + "är det bättre i {} av {} ({}).".format(*chance_of(worlds.economic_difference, lang)),
            "point",
        )
    else:
        lead = (
            f"{capital(first)} is reckoned to give {body} {gap} net revenue a year than {second}, on average "
            f"over {n} possible worlds {source} (uncertainty of the mean ±{error})."
        )
        lead += "" if span == "–" else f" In nine worlds of ten the difference is from {span} a year."
        yield Paragraph(lead, "lead")
        yield Paragraph(
            f"{capital(first)} is better in {k} of the {n} worlds (chance {percent}). With recovered principal "
            "counted, the invoice amounts that are paid, "
            + "it is better in {} of {} ({}).".format(*chance_of(worlds.economic_difference, lang)),
            "point",
        )
    base = more_or_less(cmp.shown.difference("net_revenue_kr"), cmp.shown.step, lang)
    low, high = cmp.difference.mean_interval()
    shown = f"{number(low, lang, step=cmp.shown.step)} {'till' if sv else 'to'} {kr(high, lang, step=cmp.shown.step)}"
    if sv:
        yield Paragraph(
            f"Med grundfallets antaganden, och de tjänster som det räknar med, ger {first} {base} per år "
            f"(95{NO_BREAK}%-intervall {shown}; det täcker bara slumpen mellan {number(cmp.n, lang)} simulerade år).",
            "point",
        )
    else:
        yield Paragraph(
            f"With the assumptions of the base case, and the posts it counts on, {first} gives {base} a year "
            f"(95% interval {shown}; it covers chance alone, between {number(cmp.n, lang)} simulated years).",
            "point",
        )
    why_apart = base_posts_text(found, lang)
    if why_apart:
        yield Paragraph(why_apart, "point")
    yield Paragraph(turns_text(found, lang), "point")
    doubts = len(worlds.doubts)
    if doubts:
        n, there = number(doubts, lang), _HEADINGS["leaves"][0 if sv else 1]
        yield Paragraph(
            f"Att veta först: {n} förbehåll, som står under rubriken {there}."
            if sv
            else f"To be known first: {n} reservations, which stand under the heading {there}.",
            "point",
        )


def _sure(found: Asked, lang: str) -> Iterator[Part]:
    sv, worlds = language_index(lang) == 0, found.uncertain
    n = number(worlds.draws, lang)
    if sv:
        text = (
            f"Underlaget i det offentliga svaret räcker inte till för att bestämma alla tal. Därför räknas {n} lägen "
            "igenom. Varje läge är ett sätt att läsa underlaget, en uppsättning av de tal som ingen känner och ett "
            "år av slump. Spridningen mellan lägena visar vad okunskapen betyder."
        )
    else:
        text = (
            f"The figures of the public answer do not settle every number. So {n} worlds are worked through. Each is "
            "one way to read the figures, one set of the numbers that nobody knows, and one year of chance. Their "
            "spread shows what it means not to know."
        )
    if worlds.layers is not None and worlds.layers.total > 0:
        text += f" {capital(layers_phrase(worlds.layers, lang))}."
        if (worlds.layers["chance"].share or 0.0) < _LITTLE:
            text += (
                " Osäkerheten minskar alltså inte av att fler år simuleras, utan av bättre uppgifter (figurer i bilagan)."
                if sv
                else " Better figures lessen what is not known, simulating more years does not (figures in the appendix)."
            )
    yield Paragraph(text)
    table = readings_table(found, lang)
    if table.rows:
        yield Shown(table, small=True)


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
    held_too = number(sum(row.verdict == "inside" for row in held.rows if not row.target.tuned), lang)
    missed = [row for row in held.rows if row.verdict in ("above", "below")]
    names = "; ".join((row.target.title_sv, row.target.title)[place] for row in missed)
    n, of = number(len(held.rows), lang), number(len(tuned), lang)
    if place == 0:
        text = (
            f"Beräkningen hålls mot {n} publicerade uppgifter. Den är avstämd mot {of} av dem, och av dem ligger {inside} "
            f"inom sitt intervall; de andra är kontroller, och av dem ligger {held_too} inom sitt."
        )
        text += f" Utanför ligger: {names} (figur i bilagan)." if names else " Ingen uppgift ligger utanför."
    else:
        text = (
            f"The calculation is held against {n} published figures. It is tuned to {of} of them, {inside} of which lie "
            f"within their interval; the others are checks, and of those {held_too} lie within theirs."
        )
        text += f" Outside: {names} (figure in the appendix)." if names else " None lies outside."
    yield Paragraph(text)


def _leaves_out(found: Asked, lang: str) -> Iterator[str]:
    sv = language_index(lang) == 0
    words = found.comparison.first.body_words
    others, one = words.others[language_index(lang)], words.one[language_index(lang)]
    if sv:
        yield (
            "Övergången: hur verksamheten byggs upp, avvecklas eller upphandlas under de första åren. Varje år är "
            "ett år i gång."
        )
        yield f"{capital(others)}: beräkningen gäller {one} åt gången, och inget samarbete mellan dem."
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
        yield f"{capital(others)}: the calculation is of {one} at a time, and of no co-operation between them."
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
            f"{law}), {seeded(run.seed, lang)}. Kommandot kravsim paper build {data.name} gör alla filer på nytt, "
            "och kravsim paper check säger vilka som inte längre stämmer med sitt underlag. Bilagan har alla "
            "tabeller, avstämningen, antaganderegistret och en beskrivning enligt STRESS-DES; figurerna finns som "
            "egna filer med sina tal."
        )
    return (
        f"Made by kravsim {__version__} from the scenario {found.scenario.name} (fingerprint {fingerprint}, law "
        f"{law}), {seeded(run.seed, lang)}. The command kravsim paper build {data.name} makes every file again, and "
        "kravsim paper check says which no longer agree with what they rest on. The appendix has all tables, the "
        "reconciliation, the register of assumptions and a description by STRESS-DES; the figures are files of "
        "their own with their numbers."
    )
