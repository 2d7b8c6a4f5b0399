"""What is written on the process map, in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.figures.labels import Words
from kravsim.figures.process_data import Box, Charge, ProcessTable, Way
from kravsim.ledger.lines import Pair
from kravsim.models.process import WITH_TITLE
from kravsim.units import ORE_PER_KR
from kravsim.words.body_words import party_name
from kravsim.words.display import number
from kravsim.words.process_words import AMOUNT_WORDS, POOLS, SEGMENT_WORDS, answer_name, end_name, named
from kravsim.words.process_words import step_name as long_name
from kravsim.words.wording import capital, language_index

SHORT_STEPS: Final[Mapping[str, Pair]] = {
    "payment_order": ("betalningsföreläggande", "payment order"),
    "contested": ("bestridd ansökan", "contested application"),
    "district_court": ("tingsrätt", "district court"),
    "interruption_with_title": ("avbrott, med utslag", "interruption, with title"),
    "interruption": ("avbrott av preskription", "interruption"),
    "last_surveillance": ("sista bevakning", "last surveillance"),
    "last_surveillance_with_title": ("sista bevakning, med utslag", "last surveillance, title"),
    "debt_restructuring_with_title": ("skuldsanering, med utslag", "restructuring, with title"),
    "bankruptcy_with_title": ("konkurs, med utslag", "bankruptcy, with title"),
    "estate": ("dödsbo", "estate"),
}
"""Headings of boxes where the full name of the step is too long."""

SHORT_ENDS: Final[Mapping[str, Pair]] = {
    "withdrawn_early": ("återkallad tidigt", "withdrawn early"),
    "withdrawn_late": ("återkallad sent", "withdrawn late"),
    "residue_waived": ("rest efterskänkt", "residue waived"),
    "lapsed": ("preskriberad", "lapsed"),
    "unwatched": ("bevakas ej längre", "not watched"),
    "too_small": ("för liten", "too small"),
    "sold": ("såld", "sold"),
}
"""Labels of ends whose full name is too long."""

DECIDED_BY: Final[Mapping[str, Pair]] = {
    "payment_order": ("prövas av Kronofogden", "tried by Kronofogden"),
    "district_court": ("prövas av tingsrätten", "tried by the court"),
    "order": ("meddelas av Kronofogden", "issued by Kronofogden"),
    "attachment": ("utförs av Kronofogden", "carried out by Kronofogden"),
    "debt_restructuring": ("prövas av Kronofogden", "tried by Kronofogden"),
    "debt_restructuring_with_title": ("prövas av Kronofogden", "tried by Kronofogden"),
    "bankruptcy": ("avslutas av konkursförvaltare", "wound up by a trustee"),
    "bankruptcy_with_title": ("avslutas av konkursförvaltare", "wound up by a trustee"),
}
"""Authorities that decide a step which the party named on its box takes part in as creditor."""

LAST_VISIT: Final[Mapping[str, Pair]] = {"instalment": ("alla {n} betalda", "all {n} paid")}
"""What it means that a case has been at a step as often as it may, where that is not a limit but the end of it."""

ZONES: Final = ("nordic", "europe", "overseas")


def step_title(step: str, lang: str) -> str:
    """Give the heading of a box.

    Parameters
    ----------
    step : str
        Machine name of the step.
    lang : str
        `sv` or `en`.
    """
    return capital(SHORT_STEPS[step][language_index(lang)]) if step in SHORT_STEPS else long_name(step, lang)


def actor_text(box: Box, lang: str) -> str:
    """Say who does a step, through which queue, and what goes out.

    Parameters
    ----------
    box : Box
        The step that is told.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    parts = [capital(party_name(box.actor, lang))]
    if box.pool:
        parts.append(f"{named(POOLS, box.pool, lang)} {'(kö)' if sv else '(queue)'}")
    parts += ["brev" if sv else "letter"] * box.letter + ["kontroll" if sv else "check"] * box.check
    if box.step in DECIDED_BY:
        parts.append(DECIDED_BY[box.step][language_index(lang)])
    return " · ".join(parts)


def charge_text(charge: Charge, lang: str) -> str:
    """Say what a step adds to the debt and who keeps it, or has advanced it.

    Parameters
    ----------
    charge : Charge
        An amount, in öre; it is written in kronor.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    amounts = f" {'eller' if sv else 'or'} ".join(number(ore / ORE_PER_KR, lang) for ore in charge.ore)
    owner = party_name(charge.owner, lang)
    tail = ("förskotteras av" if sv else "advanced by") if charge.outlay else ("till" if sv else "to")
    return f"+ {amounts} kr {named(AMOUNT_WORDS, charge.name, lang)}, {tail} {owner}"


def way_text(box: Box, way: Way, lang: str) -> str:
    """Name a way out of a step.

    Parameters
    ----------
    box : Box
        The step that is told.
    way : Way
        One of its ways out.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    if way.condition == "proceedings":
        return long_name(way.target.removesuffix(WITH_TITLE), lang).lower()
    if not way.answer:
        return _refusal_text(box, way, lang)
    answer = answer_name(box.step, way.answer, lang)
    if way.condition == "segments":
        return f"{answer}, {_segments_text(way, lang)}"
    if way.condition == "groups":
        return f"{answer}, {'väljs bort' if sv else 'not taken on'}"
    if way.condition == "known":
        return f"{answer}, {'känd hos Kronofogden' if sv else 'known at Kronofogden'}"
    return answer


def _segments_text(way: Way, lang: str) -> str:
    zones = [segment for segment in way.segments if segment in ZONES]
    who = [named(SEGMENT_WORDS, segment, lang) for segment in way.segments if segment not in ZONES]
    if len(zones) == len(ZONES):
        who.append("utomlands" if language_index(lang) == 0 else "abroad")
    else:
        who += [named(SEGMENT_WORDS, zone, lang) for zone in zones]
    return ", ".join(who)


def _refusal_text(box: Box, way: Way, lang: str) -> str:
    sv = language_index(lang) == 0
    floor, visits = way.limits
    if box.step in LAST_VISIT:
        return LAST_VISIT[box.step][language_index(lang)].format(n=visits)
    small = f"{'under' if sv else 'below'} {number(floor / ORE_PER_KR, lang)} kr"
    often = f"redan {visits} {'gång' if visits == 1 else 'gånger'}" if sv else f"{visits} times already"
    if not sv and visits == 1:
        often = "once already"
    both = {"floor": [small], "visits": [often], "floor_or_visits": [small, often]}
    text = f" {'eller' if sv else 'or'} ".join(both[way.condition])
    return f"{text}, {_segments_text(way, lang)}" if way.segments else text


def end_text(end: str, lang: str) -> str:
    """Give the label of an end state.

    Parameters
    ----------
    end : str
        Machine name of the end state.
    lang : str
        `sv` or `en`.
    """
    return capital(SHORT_ENDS[end][language_index(lang)]) if end in SHORT_ENDS else end_name(end, lang)


def map_words(table: ProcessTable, model: str, scenario_title: str, lang: str) -> Words:
    """Write around the map: what it shows, of which scenario, and how to read it.

    Parameters
    ----------
    table : ProcessTable
        What the map shows.
    model : str
        The model's own title.
    scenario_title : str
        The scenario's title.
    lang : str
        `sv` or `en`.
    """
    keeper = party_name(table.interest_kept_by, lang)
    since, body = long_name(table.interest_from, lang).lower(), party_name("region", lang)
    if language_index(lang) == 0:
        note = (
            "Raderna i en ruta är svaren på steget. En pil leder till nästa steg, vars nummer står vid raden; en ifylld "
            "etikett är ett slutläge. Streckad pil: tillbaka till ett tidigare steg. Grå rad: förekommer inte i scenariot. "
            "+ är vad steget lägger på skulden. Utlägg till Kronofogden och tingsrätten förskotteras av den som står vid "
            f"beloppet, som får dem åter om gäldenären betalar. Dröjsmålsränta, från och med {since}, går till {keeper}; "
            f"kapitalet går alltid till {body}. Skuldsanering och konkurs är gäldenärens och bryter ett ärende var det än "
            "är; de visas där de flesta kommer ifrån. Ett ärende som inte har nått något slutläge är öppet. "
            f"Belopp enligt lag {table.day}."
        )
        return Words(f"Så går ett ärende: {model}", scenario_title, note)
    note = (
        "The rows of a box are the answers to the step. An arrow leads to the next step, whose number stands at the row; a "
        "filled label is an end. Dashed arrow: back to an earlier step. Grey row: does not occur in this scenario. + is what "
        "the step adds to the debt. Outlays to Kronofogden and the court are advanced by the party named, which gets them "
        f"back if the debtor pays. Late-payment interest, claimed from the {since} on, goes to {keeper}; principal always "
        f"goes to {body}. Debt restructuring and bankruptcy are the debtor's and break a case off wherever it is; they "
        f"are shown where most come from. A case that has reached no end is open. Amounts by the law of {table.day}."
    )
    return Words(f"The path of a case: {model}", scenario_title, note)
