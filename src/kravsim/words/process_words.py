"""The process in Swedish and English: steps, answers, end states, parties, amounts and their legal grounds.

A name that is not listed (a step someone has just added) is shown as it is written, with blanks for underscores, so that
nothing depends on this file being complete; a test says what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.ledger.lines import LEDGER, Pair
from kravsim.words.wording import capital, language_index

STEP_WORDS: Final[Mapping[str, Pair]] = {
    "reminder": ("påminnelse", "reminder"),
    "residue": ("krav på restbelopp", "claim for a residue"),
    "demand": ("inkassokrav", "demand"),
    "instalment_plan": ("amorteringsplan", "instalment plan"),
    "instalment": ("amortering", "instalment"),
    "solvency_check": ("solvenskontroll", "solvency check"),
    "payment_order": ("ansökan om betalningsföreläggande", "application for a payment order"),
    "contested": ("bestridd ansökan", "contested application"),
    "district_court": ("mål i tingsrätt", "case in the district court"),
    "order": ("utslag", "order (title)"),
    "attachment": ("utmätning", "attachment"),
    "surveillance": ("efterbevakning utan utslag", "surveillance without title"),
    "surveillance_with_title": ("efterbevakning med utslag", "surveillance with title"),
    "interruption": ("preskriptionsavbrott", "interruption of limitation"),
    "interruption_with_title": ("preskriptionsavbrott, med utslag", "interruption of limitation, with title"),
    "last_surveillance": ("bevakning till preskription", "surveillance until limitation"),
    "last_surveillance_with_title": (
        "bevakning till preskription, med utslag",
        "surveillance until limitation, with title",
    ),
    "debt_restructuring": ("skuldsanering", "debt restructuring"),
    "debt_restructuring_with_title": ("skuldsanering, med utslag", "debt restructuring, with title"),
    "bankruptcy": ("konkurs", "bankruptcy"),
    "bankruptcy_with_title": ("konkurs, med utslag", "bankruptcy, with title"),
    "estate": ("dödsbo", "estate of a deceased person"),
    "foreign_collection": ("utlandsinkasso", "foreign collection"),
}

ANSWERS: Final[Mapping[str, Pair]] = {
    "accepted": ("planen godtas", "plan accepted"),
    "bankrupt": ("i konkurs", "bankrupt"),
    "contested": ("bestrids", "contested"),
    "continued": ("fortsätter nästa år", "goes on next year"),
    "court": ("till tingsrätt", "goes to court"),
    "declined": ("planen avböjs", "plan declined"),
    "defaulted": ("uteblir", "missed"),
    "dismissed": ("avvisas", "dismissed"),
    "dividend": ("utdelning", "dividend"),
    "dividend_still_owed": ("utdelning, resten kvarstår", "dividend, the rest still owed"),
    "dropped": ("återkallas", "dropped"),
    "given_up": ("läggs ned", "given up"),
    "granted": ("beviljas", "granted"),
    "kept": ("betalas", "paid"),
    "lost": ("förloras", "lost"),
    "no_assets": ("inga tillgångar", "no assets"),
    "not_reached": ("når inte gäldenären", "does not reach the debtor"),
    "not_solvent": ("saknar betalningsförmåga", "not solvent"),
    "nothing": ("inget kvar", "nothing left"),
    "nothing_still_owed": ("ingen utdelning, skulden kvarstår", "no dividend, the debt still owed"),
    "order": ("utslag meddelas", "order issued"),
    "paid": ("betalar", "pays"),
    "part": ("del betalas", "part is paid"),
    "plan": ("ber om amorteringsplan", "asks to pay by instalments"),
    "principal_only": ("betalar bara fakturan", "pays the invoice only"),
    "reached": ("når gäldenären", "reaches the debtor"),
    "restructuring": ("skuldsanering inleds", "restructuring opened"),
    "revived": ("ny prövning lönar sig", "worth another try"),
    "settled": ("medges och betalas", "conceded and paid"),
    "silent": ("inget svar", "no answer"),
    "solvent": ("betalningsförmåga finns", "solvent"),
    "unpaid": ("obetalt", "unpaid"),
    "untraceable": ("adress saknas", "untraceable"),
    "waived": ("efterskänks", "waived"),
    "withdrawn": ("återkallas", "withdrawn"),
    "won": ("bifalls", "won"),
}
"""Answers that mean the same at every step."""

ANSWERS_AT: Final[Mapping[tuple[str, str], Pair]] = {
    ("surveillance", "silent"): ("perioden löper ut", "the spell runs out"),
    ("surveillance_with_title", "silent"): ("perioden löper ut", "the spell runs out"),
    ("last_surveillance", "silent"): ("preskription", "limitation"),
    ("last_surveillance_with_title", "silent"): ("preskription", "limitation"),
    ("debt_restructuring", "granted"): ("beviljad, bokförd mitt i planen", "granted, booked at the middle of its plan"),
    ("debt_restructuring_with_title", "granted"): (
        "beviljad, bokförd mitt i planen",
        "granted, booked at the middle of its plan",
    ),
    ("attachment", "paid"): ("allt utmäts", "covered in full"),
    ("attachment", "part"): ("del utmäts", "covered in part"),
    ("bankruptcy", "nothing"): ("ingen utdelning", "no dividend"),
    ("bankruptcy_with_title", "nothing"): ("ingen utdelning", "no dividend"),
}
"""Answers that a step has its own words for."""

END_WORDS: Final[Mapping[str, Pair]] = {
    "paid": ("betald", "paid"),
    "residue_waived": ("restbelopp efterskänkt", "residue waived"),
    "withdrawn_early": ("återkallad före ansökan", "withdrawn before application"),
    "withdrawn_late": ("återkallad efter ansökan", "withdrawn after application"),
    "restructured": ("skuldsanerad", "debt restructured"),
    "bankrupt": ("avslutad i konkurs", "ended in bankruptcy"),
    "lapsed": ("preskriberad", "lapsed (limitation)"),
    "unwatched": ("bevakas inte längre", "no longer watched"),
    "uncollectable": ("oindrivbar", "uncollectable"),
    "too_small": ("för liten för krav", "too small to pursue"),
    "sold": ("såld", "sold"),
    "open": ("öppen", "open"),
}

PARTY_WORDS: Final[Mapping[str, Pair]] = {
    "region": ("regionen", "the region"),
    "agency": ("inkassoföretaget", "the agency"),
    "debtor": ("gäldenären", "the debtor"),
    "kronofogden": ("Kronofogden", "Kronofogden"),
    "court": ("tingsrätten", "the district court"),
    "staff": ("personalen", "staff"),
    "supplier": ("leverantörer", "suppliers"),
    "foreign_agency": ("utländskt ombud", "agent abroad"),
    "buyer": ("köparen", "the buyer"),
}

AMOUNT_WORDS: Final[Mapping[str, Pair]] = {line.name: line.words for line in LEDGER}
"""Lines of the ledger, one amount at a time; budget lines have their words in :mod:`kravsim.words.wording`."""

GROUND_WORDS: Final[Mapping[str, Pair]] = {line.name: line.ground for line in LEDGER}
"""Legal or contractual ground of each line."""

SEGMENT_WORDS: Final[Mapping[str, Pair]] = {
    "private": ("privatperson", "private person"),
    "business": ("företag", "business"),
    "estate": ("dödsbo", "estate"),
    "nordic": ("Norden", "Nordic countries"),
    "europe": ("övriga Europa", "rest of Europe"),
    "overseas": ("utom Europa", "overseas"),
}

TYPE_WORDS: Final[Mapping[str, Pair]] = {
    "forgetful": ("glömsk", "forgetful"),
    "slow": ("sen", "slow"),
    "strained": ("pressad", "strained"),
    "insolvent": ("oftast oförmögen att betala", "mostly unable to pay"),
}


POOLS: Final[Mapping[str, Pair]] = {
    "handlers": ("handläggare", "handlers"),
    "follow_up": ("uppföljning", "follow-up"),
}
"""Staff pools of the bundled scenarios; another scenario may have its own."""


def named(table: Mapping[str, Pair], name: str, lang: str) -> str:
    """Give the words for a machine name, as running text.

    Parameters
    ----------
    table : mapping of str to Pair
        Machine name to Swedish and English, such as ``STEP_WORDS``.
    name : str
        A machine name; one that is not in the table is written with spaces for its underscores.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> named(STEP_WORDS, "demand", "sv"), named(STEP_WORDS, "a_new_step", "sv")
    ('inkassokrav', 'a new step')
    """
    place = language_index(lang)
    return table[name][place] if name in table else name.replace("_", " ")


def step_name(step: str, lang: str) -> str:
    """Name a step, with a capital.

    Parameters
    ----------
    step : str
        Machine name of a step, such as `demand`.
    lang : str
        `sv` or `en`.
    """
    return capital(named(STEP_WORDS, step, lang))


def answer_name(step: str, answer: str, lang: str) -> str:
    """Name an answer to a step, as running text.

    Parameters
    ----------
    step : str
        Machine name of the step that was answered.
    answer : str
        Machine name of the answer, such as `pays`.
    lang : str
        `sv` or `en`.
    """
    own = ANSWERS_AT.get((step, answer))
    return own[language_index(lang)] if own else named(ANSWERS, answer, lang)


def end_name(end: str, lang: str) -> str:
    """Name an end state, with a capital.

    Parameters
    ----------
    end : str
        Machine name of an end state.
    lang : str
        `sv` or `en`.
    """
    return capital(named(END_WORDS, end, lang))


def ground(line: str, lang: str) -> str:
    """Give the ground of a ledger line.

    Parameters
    ----------
    line : str
        Machine name of a line of the ledger.
    lang : str
        `sv` or `en`.

    Raises
    ------
    KeyError
        When there is no such line.
    """
    return GROUND_WORDS[line][language_index(lang)]
