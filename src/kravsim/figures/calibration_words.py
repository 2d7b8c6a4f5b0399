"""The words around the picture of a calibration in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from kravsim.figures.labels import Words
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.calibration.calibration import Calibration

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "forgetful": ("glömska", "forgetful"),
    "slow": ("sena", "slow"),
    "strained": ("ansträngda", "strained"),
    "insolvent": ("insolventa", "insolvent"),
    "private": ("privatpersoner", "private persons"),
    "business": ("företag", "businesses"),
    "estate": ("dödsbon", "estates"),
    "nordic": ("Norden", "Nordics"),
    "europe": ("Europa", "Europe"),
    "overseas": ("övriga världen", "overseas"),
    "outsourced": ("inkassoföretag", "agency"),
    "reminder_paid_share": ("betalar vid påminnelsen", "pay at the reminder"),
    "principal_only_share": ("betalar bara fakturan", "pay the invoice alone"),
    "demand_paid_share": ("betalar vid kravet", "pay at the demand"),
    "instalment_plan_share": ("ber om amorteringsplan", "ask for instalments"),
    "instalment_kept_share": ("betalar sin amortering", "keep an instalment"),
    "payment_order_paid_share": ("betalar vid ansökan", "pay at the application"),
    "order_paid_share": ("betalar på utslaget", "pay on the order"),
    "attachment_paid_share": ("betalas vid utmätning", "paid at attachment"),
    "attachment_part_share": ("delbetalas vid utmätning", "part paid at attachment"),
    "surveillance_paid_per_year": ("betalar under efterbevakning, per år", "pay under surveillance, a year"),
    "surveillance_revived_per_year": ("får utmätningsbara medel, per år", "revived under surveillance, a year"),
    "forgetful_share": ("andel glömska", "forgetful, share"),
    "slow_share": ("andel sena", "slow, share"),
    "strained_share": ("andel ansträngda", "strained, share"),
    "amount_mean_kr": ("medelbelopp, kr", "mean amount, kr"),
    "amount_median_kr": ("medianbelopp, kr", "median amount, kr"),
    "claims_per_occasion": ("fordringar per tillfälle", "claims an occasion"),
    "number": ("gäldenärer", "debtors"),
    "activity_shape": ("hur ojämnt man är sen", "evenness of being late"),
    "not_solvent_if_known_share": ("stoppas av solvenskontroll, kända", "stopped by the check, known"),
    "not_solvent_if_unknown_share": ("stoppas av solvenskontroll, okända", "stopped by the check, unknown"),
    "withdrawn_late_share": ("återkallas sent", "withdrawn late"),
    "withdrawn_early_share": ("återkallas tidigt", "withdrawn early"),
    "residue_paid_share": ("betalar restbelopp", "pay a residue"),
    "terms_days": ("betalningsvillkor, dagar", "terms, days"),
    "demand_fee_agency_share": ("andel av inkassoavgiften", "share of the demand fee"),
    "it_service_per_year_kr": ("it-tjänst, kr per år", "IT service, kr a year"),
    "min_case_kr": ("golv för ansökan, kr", "floor for applications, kr"),
    "ku25_statement_kr": ("kontrolluppgift, kr", "statement of interest, kr"),
    "reminder_grace_days": ("väntan efter påminnelse, dagar", "wait after the reminder, days"),
    "demand_grace_days": ("väntan efter krav, dagar", "wait after the demand, days"),
    "order_grace_days": ("väntan efter utslag, dagar", "wait after the order, days"),
    "own_reminders": ("egna påminnelser", "own reminders"),
    "follow_up": ("uppföljning", "follow-up"),
    "fte": ("årsarbetare", "full-time equivalents"),
    "overhead_share": ("påslag för omkostnader", "overhead"),
    "pay_per_fte_kr": ("lön per årsarbetare, kr", "pay per full-time equivalent, kr"),
    "foreign": ("utlandet", "abroad"),
    "commission_share": ("provision", "commission"),
    "fixed_kr": ("fast avgift, kr", "fixed fee, kr"),
    "paid_share": ("betalar", "pay"),
    "untraceable_share": ("kan inte spåras", "cannot be traced"),
    "share": ("andel av gäldenärerna", "share of debtors"),
    "attachment_continued_share": ("utmätning fortsätter nästa år", "attachment goes on next year"),
    "contested_share": ("bestrids", "contested"),
    "contested_settled_share": ("bestridda: uppgörelse", "contested: settled"),
    "contested_dropped_share": ("bestridda: läggs ned", "contested: dropped"),
    "dismissed_share": ("avvisas", "dismissed"),
    "court_paid_share": ("i tingsrätt: betalas", "in court: paid"),
    "court_lost_share": ("i tingsrätt: förloras", "in court: lost"),
    "bankrupt_business_share": ("företag som går i konkurs", "businesses that go bankrupt"),
    "bankruptcy_dividend_paid_share": ("konkurser med utdelning", "bankruptcies with a dividend"),
    "estate_paid_share": ("dödsbon som betalar", "estates that pay"),
    "estate_part_share": ("dödsbon som betalar en del", "estates that pay in part"),
    "plan_accepted_share": ("amorteringsplaner som godtas", "instalment plans accepted"),
    "instalments": ("amorteringar i en plan", "instalments of a plan"),
    "interruption_reached_share": ("preskriptionsavbrott som når fram", "interruptions that reach the debtor"),
    "restructuring_per_year": ("ansöker om skuldsanering, per år", "apply for restructuring, a year"),
    "restructuring_granted_share": ("skuldsaneringar som beviljas", "restructurings granted"),
    "residue_floor_kr": ("golv för restbelopp, kr", "floor for residues, kr"),
    "small_claim_limit_kr": ("gräns för småmål, kr", "limit of small claims, kr"),
    "value_adjustment_days": ("värderegleras efter, dagar", "value adjusted after, days"),
    "value_adjustment_share": ("värderegleras med", "value adjusted by"),
    "write_down_days": ("skrivs ned efter, dagar", "written down after, days"),
}
_PASSED_OVER: Final = {
    "behaviour",
    "staff",
    "debtors",
    "segments",
    "models",
    "contract",
    "timing",
    "invoices",
    "policy",
    "escalation",
}


def row_text(key: str, lang: str) -> str:
    """Name a number for people; a part that has no words stands as it is written in the scenario.

    Parameters
    ----------
    key : str
        Dotted key of the scenario.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> row_text("behaviour.slow.demand_paid_share", "sv"), row_text("behaviour.slow.new_share", "en")
    ('Sena: betalar vid kravet', 'Slow: new share')
    """
    place = language_index(lang)
    parts = [part for part in key.split(".") if part not in _PASSED_OVER]
    shown = [_NAMES[part][place] if part in _NAMES else part.replace("_", " ") for part in parts]
    return capital(": ".join((" ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[-1])


def calibration_words(calibration: Calibration, lang: str) -> Words:
    """Title, subtitle and note of the picture.

    Parameters
    ----------
    calibration : Calibration
        What the figure shows.
    lang : str
        `sv` or `en`.
    """
    moved = sum(known.moved for known in calibration.numbers)
    total, sets = len(calibration.keys), len(calibration)
    swedish = language_index(lang) == 0
    read = calibration.name if calibration.choice else ""
    about = f"{calibration.scenario.title}{', ' if read else ''}"
    if swedish:
        title = f"Böckerna flyttar {moved} av {total} osäkra tal"
        if calibration.conflict:
            title = "De publicerade siffrorna går inte ihop i denna läsning"
        about += f"{f'läsning {read}' if read else ''}: {sets} parametermängder, slumpserie {calibration.seed}."
        note = (
            "Grått: nio tiondelar av vad som hölls för möjligt före böckerna; blått: efter; svart streck: median. "
            "Varje rad har sin egen skala. Till höger median och 5–95 % efter. De som flyttats mest står överst."
        )
    else:
        title = f"The books move {moved} of {total} uncertain numbers"
        if calibration.conflict:
            title = "The published figures do not agree in this reading"
        about += f"{f'reading {read}' if read else ''}: {sets} parameter sets, seed {calibration.seed}."
        note = (
            "Grey: nine tenths of what was held possible before the books; blue: after; black line: median. "
            "Every row has a scale of its own. At the right median and 5–95% after. Those that moved most are on top."
        )
    return Words(title, about, note, texts(calibration.doubts, lang))
