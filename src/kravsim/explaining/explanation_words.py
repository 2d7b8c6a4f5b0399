"""The sentences of a case's life in Swedish and English: what was done, answered, owed, paid and given up."""

from __future__ import annotations

from typing import Final

from kravsim.explaining.life import CaseLife, Debt, Entry, InterestPart
from kravsim.models.process import step_named
from kravsim.units import ORE_PER_KR
from kravsim.words.body_words import party_name
from kravsim.words.display import NO_BREAK, number
from kravsim.words.process_words import (
    AMOUNT_WORDS,
    POOLS,
    STEP_WORDS,
    answer_name,
    end_name,
    named,
    step_name,
)
from kravsim.words.wording import language_index

_DONE_BY_ITSELF: Final = {
    "letter": ("skickas", "sent"),
    "check": ("görs", "made"),
    "other": ("inleds", "begins"),
}
"""What is said of a step that no staff of the region's own works on."""
_DONE: Final = ("utförd", "done")
_ONLY_BEGUN: Final = {
    "payment_order": ("inlämnad", "filed"),
    "contested": ("yttrande inlämnat", "statement filed"),
    "district_court": ("talan förs", "statement filed"),
    "attachment": ("begärd", "applied for"),
    "debt_restructuring": ("fordran anmäld", "claim lodged"),
    "debt_restructuring_with_title": ("fordran anmäld", "claim lodged"),
    "bankruptcy": ("fordran anmäld", "claim lodged"),
    "bankruptcy_with_title": ("fordran anmäld", "claim lodged"),
    "estate": ("fordran anmäld", "claim lodged"),
}
"""What staff have done of a step that others then decide."""

_FEW_MINUTES: Final = 60
_MINUTES_PER_HOUR, _MINUTES_PER_DAY = 60, 1440


def event_text(entry: Entry, lang: str, *, first: bool) -> str:
    """Say what was done or answered; in English the first mention of a step gives its Swedish name.

    Parameters
    ----------
    entry : Entry
        An event or a posting of the case.
    lang : str
        `sv` or `en`.
    first : bool
        Whether the step is mentioned for the first time.
    """
    sv = language_index(lang) == 0
    if entry.kind == "ended":
        return f"{'Avslutat' if sv else 'Closed'}: {end_name(entry.end, lang)}"
    name = step_name(entry.step, lang)
    if not sv and first and entry.step in STEP_WORDS:
        name += f" ({STEP_WORDS[entry.step][0]})"
    if entry.visit > 1:
        name += f", {'gång' if sv else 'time'} {entry.visit}"
    if entry.kind == "answered":
        return f"{name}: {answer_name(entry.step, entry.answer, lang)}"
    if entry.kind == "struck":
        theirs = step_name(entry.proceedings, lang).lower()
        return (
            f"{name}: avbryts, {theirs} från {entry.opened}"
            if sv
            else f"{name}: broken off, {theirs} from {entry.opened}"
        )
    if entry.kind == "left":
        wait = _duration(entry.waited_minutes)
        return f"{name}: läggs åt sidan efter {wait} i kö" if sv else f"{name}: laid aside after {wait} in the queue"
    if not entry.pool and entry.waited_minutes:
        wait = _duration(entry.waited_minutes)
        done = f"skickas av systemet efter {wait} i kö" if sv else f"sent by the system after {wait} in the queue"
        return f"{name}: {done}"
    shared = _with_another(entry, lang)
    if not entry.pool:
        return f"{name}: {_DONE_BY_ITSELF[_nature(entry.step)][language_index(lang)]}{shared}"
    said = ("påbörjad", "begun") if entry.kind == "started" else _ONLY_BEGUN.get(entry.step, _DONE)
    done = said[language_index(lang)]
    wait = _duration(entry.waited_minutes)
    queue = f"{wait} i kö" if sv else f"{wait} in the queue"
    if not entry.waited_minutes:
        queue = "ingen väntan" if sv else "no wait"
    work = f"{entry.worked_minutes}{NO_BREAK}min {'arbete' if sv else 'of work'}"
    server = f"{named(POOLS, entry.pool, lang)}, {'tjänst' if sv else 'post'} {entry.server + 1}"
    return f"{name}: {done}{shared}; {queue}, {work} ({server})"


def _with_another(entry: Entry, lang: str) -> str:
    """Why a step that has a fee is not charged: another case of the debtor is in the same application and carries it."""
    if entry.carried_by < 0:
        return ""
    sv = language_index(lang) == 0
    return (
        f" gemensamt med ärende {entry.carried_by}, som bär avgiften"
        if sv
        else (f" together with case {entry.carried_by}, which carries the fee")
    )


def _nature(step: str) -> str:
    """Whether a step sends a letter, makes a check, or just begins."""
    row = step_named(step)
    return "letter" if row.letter else "check" if row.check else "other"


def posting_text(entry: Entry, life: CaseLife, lang: str) -> str:
    """Say what was owed, paid, given up or valued, and to whom.

    Parameters
    ----------
    entry : Entry
        An event or a posting of the case.
    life : CaseLife
        The case that it is of, which knows when its claims fall due.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    what = named(AMOUNT_WORDS, entry.line, lang)
    payer, receiver = party_name(entry.payer, lang), party_name(entry.receiver, lang)
    if entry.kind == "value":
        return f"{what} ({'ingen betalning' if sv else 'no payment'})"
    if entry.kind == "write_off":
        if entry.receiver == "buyer":
            return f"{'övergår till köparen' if sv else 'passes to the buyer'}: {what}"
        return f"{'ges upp' if sv else 'given up'}: {what}"
    if entry.kind == "charge" and entry.line == "principal":
        due = next(claim.due for claim in life.claims if claim.number == entry.claim)
        return f"faktura, förfaller {due}" if sv else f"invoice, due {due}"
    if entry.kind == "charge":
        return f"{what}, {'till' if sv else 'to'} {receiver}"
    if entry.payer == "debtor":
        return f"{'betalat' if sv else 'paid'}: {what}, {'till' if sv else 'to'} {receiver}"
    return f"{what}: {payer} {'till' if sv else 'to'} {receiver}"


def interest_text(part: InterestPart, lang: str) -> str:
    """Lay out the interest of one period so that it can be checked.

    Parameters
    ----------
    part : InterestPart
        One period with one rate and one principal.
    lang : str
        `sv` or `en`.
    """
    rate = number(part.rate_bp / 100, lang, step=0.01)
    percent = f"{rate}{NO_BREAK}%" if lang == "sv" else f"{rate}%"
    days = f"{part.days} {'dagar' if lang == 'sv' else 'days'}"
    return f"{kr_text(part.principal_ore, lang)} × {percent} × {days}/365, {part.first} – {part.last}"


def _duration(minutes: int) -> str:
    """Write a length of time by its two largest units.

    Examples
    --------
    >>> [_duration(m).replace(NO_BREAK, " ") for m in (0, 59, 150, 4000)]
    ['0 min', '59 min', '2 h 30 min', '2 d 18 h']
    """
    if minutes < _FEW_MINUTES:
        return f"{minutes}{NO_BREAK}min"
    days, rest = divmod(minutes, _MINUTES_PER_DAY)
    hours, left = divmod(rest, _MINUTES_PER_HOUR)
    if days:
        return f"{days}{NO_BREAK}d {hours}{NO_BREAK}h"
    return f"{hours}{NO_BREAK}h {left}{NO_BREAK}min"


def kr_text(ore: int, lang: str) -> str:
    """Write an amount in kronor and öre.

    Parameters
    ----------
    ore : int
        In öre.
    lang : str
        `sv` or `en`.
    """
    return number(ore / ORE_PER_KR, lang, step=0.01)


def debt_text(debt: Debt, lang: str) -> tuple[str, str, str, str]:
    """Write principal, fees, interest and their sum.

    Parameters
    ----------
    debt : Debt
        In öre.
    lang : str
        `sv` or `en`.
    """
    parts = (debt.principal_ore, debt.fees_ore, debt.interest_ore, debt.total_ore)
    principal, fees, interest, total = (kr_text(part, lang) for part in parts)
    return principal, fees, interest, total
