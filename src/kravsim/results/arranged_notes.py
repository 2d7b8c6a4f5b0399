"""What must be known of a model that is arrangements one after the other: which, from when, what becomes of open cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kravsim.measures.outcome import Outcome
from kravsim.scenario.sequences import arrangements_of, models_of, moves, sells
from kravsim.statistics.overload import mean
from kravsim.words.display import kr, number, share
from kravsim.words.doubts import Doubt
from kravsim.words.process_words import step_name
from kravsim.words.wording import running_titles

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.schema import Phase
    from kravsim.scenario.sequences import Arrangement

_LANGS: Final = ("sv", "en")
_RULE: Final = {"stay": ("stannar", "stay"), "sold": ("säljs", "are sold"), "move": ("flyttas över", "move over")}


def arrangements(scenario: Scenario, model: str) -> Doubt | None:
    """Which models follow each other from which dates, and what becomes of cases that are open then.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of its models or sequences.
    """
    data = scenario.data
    if model not in data.sequences:
        return None
    sequence = data.sequences[model]
    said: list[list[str]] = [[], []]
    for one in arrangements_of(sequence):
        for place, title in enumerate(_running(scenario, one.model)):
            if one.since is None:
                said[place].append(f"{title} {('från början', 'to begin with')[place]}")
            else:
                rule = _open_cases(sequence.phases[one.phase], place)
                said[place].append(f"{title} {('från', 'from')[place]} {one.since} ({rule})")
    sv, en = (
        f"{start} {'; '.join(parts)}."
        for start, parts in zip(("Upplägg efter varandra:", "One arrangement after the other:"), said, strict=True)
    )
    return Doubt("arrangements", sv, en)


def _changes(scenario: Scenario, model: str) -> list[tuple[Arrangement, Arrangement]]:
    """The arrangements before and after each change, in order of time; none of a model that is no sequence."""
    sequences = scenario.data.sequences
    return list(pairwise(arrangements_of(sequences[model]))) if model in sequences else []


def _running(scenario: Scenario, model: str) -> tuple[str, str]:
    """A model as running text, Swedish and English."""
    found = scenario.data.models[model]
    return running_titles(model, (found.title_sv, found.title))


def _open_cases(phase: Phase, place: int) -> str:
    """What becomes of the cases that are open as a phase begins."""
    lang = _LANGS[place]
    price = ""
    if sells(phase) and phase.sale_price_share is not None:
        part = share(phase.sale_price_share.value, lang, step=0.001)
        price = (f", för {part} av kapitalet", f", for {part} of the principal")[place]
    if phase.open_cases != "split":
        return f"{('öppna ärenden', 'open cases')[place]} {_RULE[phase.open_cases][place]}{price}"
    if phase.split_age_days is not None:
        words = (
            (f"yngre än {phase.split_age_days} dagar", "äldre"),
            (f"those younger than {phase.split_age_days} days", "those older"),
        )[place]
        rules = (phase.younger, phase.older)
    else:
        at = ", ".join(step_name(step, lang).lower() for step in phase.split_steps)
        words = ((f"öppna ärenden vid {at}", "andra"), (f"open cases at {at}", "others"))[place]
        rules = (phase.at_steps, phase.elsewhere)
    halves = [f"{who} {_RULE[rule][place]}" for who, rule in zip(words, rules, strict=True) if rule is not None]
    return f"{', '.join(halves)}{price}"


def same_model_before_and_after(scenario: Scenario, model: str) -> Doubt | None:
    """Phases that follow the model before them: allowed, and perhaps not meant.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of its models or sequences.
    """
    dates = [str(following.since) for one, following in _changes(scenario, model) if following.model == one.model]
    if not dates:
        return None
    days = ", ".join(dates)
    return Doubt(
        "same_model_before_and_after",
        f"Samma modell före och efter {days}: för nya ärenden ändras ingenting då.",
        f"The same model before and after {days}: nothing changes for new cases then.",
    )


def open_cases_move(scenario: Scenario, model: str) -> Doubt | None:
    """Who does, is owed and is paid what of cases that move over, which no source says: our reading.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of its models or sequences.
    """
    data = scenario.data
    if model not in data.sequences or not any(map(moves, data.sequences[model].phases.values())):
        return None
    sv, en = _whose_contracts(scenario, model)
    return Doubt(
        "open_cases_move",
        "Öppna ärenden som flyttas över (vårt antagande, ingen källa säger det): ett steg som har påbörjats görs "
        "klart av den som ärendet mötte, varje steg från dagen är det nya uppläggets, och arbete som väntar på "
        "personal går över. Det som gäldenären är skyldig står kvar hos den som har tagit ut det eller lagt ut för "
        "det; ingen ersätts på dagen. Provision, betalning för ett betalt ärende och andel av en avgift följer "
        "avtalet för det steg som betalningen svarar på. Ett nytt avtal tar ett ärende med inkassoföretagets första"
        " steg under det; för det gamla är ärendet avslutat när nästa upplägg gör sitt första steg. Tak och golv "
        f"för en provision gäller under varje avtal. {sv}",
        "Open cases that move over (our assumption, no source says it): a step that has been begun is finished by "
        "whom the case met, each step from the day on is the new arrangement's, and work that waits for staff goes "
        "over. What the debtor owes stays owed to whoever charged or advanced it; nobody is reimbursed on the day. "
        "A commission, what is paid for a paid case and a share of a fee are by the contract of the step that is "
        "answered by payment. A new contract takes a case with the agency's first step under it; to the old one a "
        "case is closed as the next arrangement does its first step. Floor and cap of a commission hold under each "
        f"contract. {en}",
    )


def _whose_contracts(scenario: Scenario, model: str) -> tuple[str, str]:
    """Which contracts go on as arrangements change, and which are new, Swedish and English."""
    data, first = scenario.data, scenario.alike.contract
    going: list[list[str]] = [[], []]
    new: list[list[str]] = [[], []]
    for one, following in _changes(scenario, model):
        if data.models[following.model].contract is None:
            continue
        said = going if first[one.model] == first[following.model] else new
        titles = zip(_running(scenario, one.model), _running(scenario, following.model), strict=True)
        for place, (before, after) in enumerate(titles):
            who = after if said is new or before == after else f"{before} {('till', 'to')[place]} {after}"
            said[place].append(f"{who} {('från', 'from')[place]} {following.since}")
    none = [["inget"], ["none"]]
    (sv, en), (new_sv, new_en) = (["; ".join(part) for part in said] for said in (going if going[0] else none, new))
    with_new = (f" Nytt avtal: {new_sv}.", f" A new contract: {new_en}.") if new_sv else ("", "")
    return (
        f"Avtal som går vidare, eftersom villkoren är angivna lika (det tar inga ärenden på nytt): {sv}.{with_new[0]}",
        f"Contracts that go on, as their terms are stated alike (no case is taken anew): {en}.{with_new[1]}",
    )


def systems_written_off(scenario: Scenario, model: str) -> Doubt | None:
    """Systems that go with their arrangement within the horizon: all that is left of them is a cost of that year.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of its models or sequences.
    """
    data, dates, of_system = scenario.data, [], scenario.alike.system
    for one, following in _changes(scenario, model):
        system, day = data.models[one.model].system, following.since
        goes = system is not None and system.once_kr.value > 0 and of_system[following.model] != of_system[one.model]
        if goes and day is not None and day > data.horizon.start:
            dates.append(str(day))
    if not dates:
        return None
    days = ", ".join(dates)
    return Doubt(
        "system_written_off",
        f"Ett system som nästa upplägg inte har skrivs av helt när det byts ({days}): nettointäkten bär det som är kvar.",
        f"A system that the next arrangement does not have is written off in full at the change ({days}): net revenue bears "
        "what is left of it.",
    )


def posts_of_a_phase_alone(scenario: Scenario, model: str) -> Doubt | None:
    """Posts that a rule finds for one of the arrangements are those that it would need alone.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of its models or sequences.
    """
    data = scenario.data
    if model not in data.sequences:
        return None
    ruled = [
        one
        for one in models_of(data, model)
        for rule in [pool.posts for pool in data.models[one].staff.values() if pool.posts is not None][:1]
        if rule.used(drawn=False) or rule.used(drawn=True)
    ]
    if not ruled:
        return None
    sv, en = (", ".join(titles) for titles in zip(*(_running(scenario, one) for one in ruled), strict=True))
    return Doubt(
        "posts_of_a_phase_alone",
        f"Tjänster som en regel har funnit ({sv}) är de som upplägget skulle behöva om det rådde ensamt hela tiden, inte för "
        "de ärenden som ett annat upplägg lämnar efter sig eller till det.",
        f"Posts that a rule has found ({en}) are those that the arrangement would need were it there alone all the time, not "
        "for the cases that another arrangement leaves behind or to it.",
    )


def claims_sold(outcomes: Sequence[Outcome]) -> Doubt | None:
    """What the numbers count of claims that were sold: all of them, as a sale happens once and not every year.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of one model, every replication of every world.
    """
    if not any("sold_principal_kr" in outcome.numbers for outcome in outcomes):
        return None
    years = mean(outcomes, "years_counted")
    principal, price = (years * mean(outcomes, name) for name in ("sold_principal_kr", "sale_price_kr"))
    claims = years * math.fsum(outcome.ends.get("sold", 0.0) for outcome in outcomes) / len(outcomes)
    (n_sv, of_sv, for_sv), (n_en, of_en, for_en) = (
        (number(claims, lang), kr(principal, lang), kr(price, lang)) for lang in _LANGS
    )
    over_sv, over_en = "", ""
    if years > 1:
        over_sv = f", i hela horisonten på {number(years, 'sv')} år; belopp per kalenderår är delade med åren"
        over_en = f", in the whole horizon of {number(years, 'en')} years; amounts a calendar year are divided by them"
    return Doubt(
        "claims_sold",
        f"Sålda fordringar: {n_sv}, med {of_sv} i kapital kvar, för {for_sv}{over_sv}. Priset är ingen nettointäkt och inget "
        "återvunnet kapital, men ingår i nettointäkt och återvunnet kapital tillsammans; de sålda räknas inte som lyckade, "
        "inte som öppna och inte som avskrivna. Vad gäldenärerna sedan betalar är köparens.",
        f"Claims sold: {n_en}, of {of_en} principal left, for {for_en}{over_en}. The price is no net revenue and no "
        "principal recovered, but part of net revenue and principal together; claims sold count neither as successes, nor as "
        "open, nor as given up. What debtors pay later is the buyer's.",
    )


OF_SEQUENCE: Final = (
    arrangements,
    same_model_before_and_after,
    open_cases_move,
    systems_written_off,
    posts_of_a_phase_alone,
)
"""What must be known of a sequence before anything is run, in the order it is told."""
