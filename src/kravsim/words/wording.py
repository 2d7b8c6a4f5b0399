"""Every word of a result in Swedish and English: names of models, measures, budget lines and causes.

Keys are machine names; an unknown key (a line of a user's own model) is shown as it is written, with spaces for
underscores. Sentences are put together by the objects that know the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.errors import Problem, RunError

LANGUAGES: Final = ("sv", "en")
"""Languages a result can speak."""

MODELS: Final[Mapping[str, tuple[str, str]]] = {
    "in_house": ("egen regi", "in-house collection"),
    "outsourced": ("inkassoföretaget", "outsourced collection"),
    "own_reminders": ("egna påminnelser före inkassoföretaget", "collection after own reminders"),
}

USUAL_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "in_house": ("Egen regi", "In-house"),
    "outsourced": ("Inkassoföretag", "Outsourced to an agency"),
    "own_reminders": ("Egna påminnelser, sedan inkassoföretag", "Own reminders, agency from the demand"),
}
"""Titles for which the words of MODELS stand in running text; a scenario that gives a model another title is taken at it."""

METRICS: Final[Mapping[str, tuple[str, str]]] = {
    "invoices": ("fakturor", "invoices"),
    "claims": ("fordringar till inkasso", "claims referred"),
    "cases": ("ärenden", "cases"),
    "success_share": ("lyckandegrad, fordringar", "success, share of claims"),
    "success_share_cases": ("lyckandegrad, ärenden", "success, share of cases"),
    "success_share_kr": ("lyckandegrad, kronor", "success, share of kronor"),
    "net_revenue_kr": ("nettointäkt", "net revenue"),
    "net_revenue_excl_interest_kr": ("nettointäkt utan dröjsmålsränta", "net revenue without interest"),
    "books_net_kr": ("netto enligt bokföringen", "net in the books"),
    "interest_kr": ("dröjsmålsränta", "late-payment interest"),
    "principal_recovered_kr": ("återvunnet kapital", "principal recovered"),
    "economic_result_kr": ("nettointäkt och återvunnet kapital", "net revenue and principal"),
    "kronofogden_applications": ("ansökningar till Kronofogden", "applications to Kronofogden"),
    "debtor_fees_kr": ("avgifter som gäldenärer belastas", "fees charged to debtors"),
    "write_down_kr": ("nedskrivningar (ej kassaflöde)", "write-downs (non-cash)"),
    "days_to_payment": ("dagar till betalning", "days to payment"),
    "paid_hours": ("betalda timmar", "paid hours"),
    "busy_hours": ("arbetade timmar", "busy hours"),
    "idle_hours": ("timmar utan ärende", "idle hours"),
    "absent_hours": ("frånvarotimmar", "absent hours"),
    "learning_hours": ("därav timmar för inlärning", "of which hours spent on learning"),
    "vacant_hours": ("obetalda timmar på vakanta tjänster", "unpaid hours of vacant posts"),
    "utilisation": ("beläggning", "utilisation"),
    "waiting_days": ("väntan i kö, dagar", "days waiting in queue"),
    "backlog_cases": ("ärenden i kö vid årets slut", "cases waiting at year end"),
    "backlog_age_days": ("köns ålder vid årets slut, dagar", "age of those waiting at year end, days"),
    "backlog_oldest_days": ("äldsta i kön vid årets slut, dagar", "longest waiting at year end, days"),
    "late_start_share": ("andel arbete påbörjat för sent", "share of work begun late"),
    "difference_kr": ("skillnad i nettointäkt", "difference in net revenue"),
    "economic_difference_kr": (
        "skillnad i nettointäkt och återvunnet kapital",
        "difference in net revenue and principal",
    ),
    "once_cash_kr": ("engångskostnader, kassa", "one-off costs, cash"),
}

LINES: Final[Mapping[str, tuple[str, str]]] = {
    "reminder_fees": ("påminnelseavgifter", "reminder fees"),
    "demand_fees": ("avgifter för inkassokrav", "demand fees"),
    "own_work_fees": ("ersättning för arbete vid ansökan", "fees for work on applications"),
    "instalment_fees": ("avgifter för amorteringsplaner", "instalment fees"),
    "outlays_recovered": ("återfådda utlägg", "outlays recovered"),
    "interest": ("dröjsmålsränta", "late-payment interest"),
    "contract_payments": ("ersättning från inkassoföretaget", "paid by the agency"),
    "agency_charges": ("debiterat av inkassoföretaget", "charged by the agency"),
    "staff_pay": ("löner med arbetsgivaravgifter", "pay with employer's charges"),
    "staff_overhead": ("omkostnader för personal", "staff overhead"),
    "recruitment": ("rekrytering", "recruitment"),
    "overtime": ("övertid", "overtime"),
    "temporary_staff": ("inhyrd personal", "temporary staff"),
    "system_operation": ("system, drift", "system, operation"),
    "system_depreciation": ("system, avskrivning", "system, depreciation"),
    "letters": ("brev och porto", "letters and postage"),
    "checks": ("solvens- och adresskontroller", "solvency and address checks"),
    "kronofogden_outlays": ("utlägg hos Kronofogden", "outlays at Kronofogden"),
    "court_outlays": ("utlägg hos tingsrätten", "outlays at the district court"),
    "foreign_collection": ("utlandsinkasso", "foreign collection"),
    "ku25_statements": ("kontrolluppgifter KU25", "statements of interest (KU25)"),
    "net_revenue": ("nettointäkt", "net revenue"),
}

TERMS: Final[Mapping[str, tuple[str, str]]] = {
    "replication": ("simulering", "replication"),
    "replications": ("simuleringar", "replications"),
    "seed": ("slumpserie", "seed"),
}
"""What every result says of how it was made: plain words, the same everywhere."""

CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "fees": ("avgifter från gäldenärer", "fees from debtors"),
    "interest": ("dröjsmålsränta", "late-payment interest"),
    "contract": ("avtalet med inkassoföretaget", "the agency contract"),
    "staff": ("personal", "staff"),
    "system": ("system", "system"),
    "outlays": ("utlägg till Kronofogden och tingsrätt, netto", "outlays to Kronofogden and court, net"),
    "letters_and_checks": ("brev och kontroller", "letters and checks"),
    "ku25": ("kontrolluppgifter KU25", "statements of interest (KU25)"),
    "foreign": ("utlandsinkasso", "foreign collection"),
}

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "kr": ("kr", "kr"),
    "share": ("", ""),
    "days": ("dagar", "days"),
    "hours": ("timmar", "hours"),
    "count": ("", ""),
}


def language_index(lang: str) -> int:
    """Give the place of a language in every pair of texts.

    Parameters
    ----------
    lang : str
        `sv` or `en`.

    Raises
    ------
    RunError
        When the language is another.

    Examples
    --------
    >>> language_index("en")
    1
    """
    if lang not in LANGUAGES:
        raise RunError(Problem("", "lang", lang, "sv or en", "choose one of the two"))
    return LANGUAGES.index(lang)


def _text(table: Mapping[str, tuple[str, str]], key: str, lang: str) -> str:
    place = language_index(lang)
    return table[key][place] if key in table else key.replace("_", " ").strip() or key


def capital(text: str) -> str:
    """Write the first letter large and leave the rest alone.

    Parameters
    ----------
    text : str
        May be empty.
    """
    return text[:1].upper() + text[1:]


def model_name(model: str, lang: str) -> str:
    """Name a model as running text.

    Parameters
    ----------
    model : str
        Machine name of a model; an unknown one is written with spaces for its underscores.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> model_name("in_house", "sv"), model_name("two_agencies", "en")
    ('egen regi', 'two agencies')
    """
    return _text(MODELS, model, lang)


def titled_name(model: str, titles: tuple[str, str], lang: str) -> str:
    """Name a model as running text: the usual words where it has its usual title or none, else the scenario's own title.

    Parameters
    ----------
    model : str
        Machine name of a model.
    titles : (str, str)
        The scenario's own title of it in Swedish and English, empty where it has none.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> titled_name("in_house", ("Egen regi", "Our own team"), "sv"), titled_name("in_house", ("", "Our own team"), "en")
    ('egen regi', 'our own team')
    """
    place = language_index(lang)
    title = titles[place]
    if not title or (model in MODELS and title == USUAL_TITLES[model][place]):
        return model_name(model, lang)
    return title[:1].lower() + title[1:]


def metric_name(metric: str, lang: str) -> str:
    """Name a measure as running text.

    Parameters
    ----------
    metric : str
        Machine name of a measure; an unknown one is written with spaces for its underscores.
    lang : str
        `sv` or `en`.
    """
    return _text(METRICS, metric, lang)


def line_name(line: str, lang: str) -> str:
    """Name a budget line as running text.

    Parameters
    ----------
    line : str
        Machine name of a budget line.
    lang : str
        `sv` or `en`.
    """
    return _text(LINES, line, lang)


def cause_name(cause: str, lang: str) -> str:
    """Name a cause of a difference as running text; a line without a group of its own keeps its line name.

    Parameters
    ----------
    cause : str
        Machine name of a cause, or of a budget line.
    lang : str
        `sv` or `en`.
    """
    return _text(CAUSES, cause, lang) if cause in CAUSES else line_name(cause, lang)


def unit_of(metric: str) -> str:
    """Read the unit of a measure off its name.

    Parameters
    ----------
    metric : str
        Machine name of a measure.

    Returns
    -------
    str
        `share`, `kr`, `days`, `hours` or `count`.

    Examples
    --------
    >>> unit_of("interest_kr"), unit_of("success_share_kr"), unit_of("claims")
    ('kr', 'share', 'count')
    """
    if metric == "utilisation" or "_share" in metric:
        return "share"
    for unit in ("kr", "days", "hours"):
        if metric.endswith(f"_{unit}"):
            return unit
    return "days" if metric.startswith("days_") else "count"
