"""Every measure of an outcome: one row each, from which names, units, words and the way they are added up are taken.

A new measure is a new row here, and a number of that name in :mod:`kravsim.measures.summary`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from kravsim.ledger.lines import STATEMENT, Pair

Unit = Literal["kr", "share", "days", "hours", "count"]
Over = Literal["year", "opening", "close", "horizon", "ratio"]


class Measure(NamedTuple):
    """A number that every outcome has.

    Attributes
    ----------
    name : str
        Machine name.
    unit : "kr", "share", "days", "hours" or "count"
        What it is counted in.
    over : "year", "opening", "close", "horizon" or "ratio"
        How it is added up: over a calendar year (of several years, their mean); at the opening or the close of the horizon;
        once for the whole horizon; or as a part of a whole, where parts and wholes are added up each, over years,
        replications and worlds.
    words : pair of str
        As running text, Swedish and English.
    """

    name: str
    unit: Unit
    over: Over
    words: Pair


YEAR: tuple[Measure, ...] = (
    Measure("invoices", "count", "year", ("fakturor", "invoices")),
    Measure("late_claims", "count", "year", ("sena fordringar", "late claims")),
    Measure("claims", "count", "year", ("fordringar till inkasso", "claims referred")),
    Measure(
        "early_paid_claims",
        "count",
        "year",
        (
            "fordringar betalda efter egen påminnelse, aldrig överlämnade",
            "claims paid after an own reminder, never referred",
        ),
    ),
    Measure("cases", "count", "year", ("ärenden", "cases")),
    Measure("debtors", "count", "horizon", ("gäldenärer", "debtors")),
    Measure("mean_claim_kr", "kr", "ratio", ("fordran i medeltal", "mean claim")),
    Measure("success_share", "share", "ratio", ("lyckandegrad, fordringar", "success, share of claims")),
    Measure("success_share_cases", "share", "ratio", ("lyckandegrad, ärenden", "success, share of cases")),
    Measure("days_to_payment", "days", "ratio", ("dagar till betalning", "days to payment")),
    Measure(
        "opening_claims",
        "count",
        "opening",
        ("öppna fordringar vid årets början", "claims open at the start of the year"),
    ),
    Measure(
        "opening_principal_kr",
        "kr",
        "opening",
        ("öppet kapital vid årets början", "principal open at the start of the year"),
    ),
    Measure("closing_claims", "count", "close", ("öppna fordringar vid årets slut", "claims open at year end")),
    Measure("open_claims_per_debtor", "count", "ratio", ("öppna fordringar per gäldenär", "open claims per debtor")),
    Measure("closing_principal_kr", "kr", "close", ("öppet kapital vid årets slut", "principal open at year end")),
    Measure(
        "watched_claims",
        "count",
        "close",
        ("fordringar under efterbevakning vid årets slut", "claims under surveillance at year end"),
    ),
    Measure(
        "watched_principal_kr",
        "kr",
        "close",
        ("kapital under efterbevakning vid årets slut", "principal under surveillance at year end"),
    ),
    Measure(
        "kronofogden_principal_kr",
        "kr",
        "close",
        ("kapital hos Kronofogden vid årets slut", "principal at Kronofogden at year end"),
    ),
    Measure("referred_principal_kr", "kr", "year", ("kapital till inkasso", "principal referred")),
    Measure("posts", "count", "horizon", ("tjänster", "posts")),
    Measure("posts_at_ceiling", "count", "horizon", ("tjänsterna vid sitt tak", "posts at their ceiling")),
    Measure("paid_hours", "hours", "year", ("betalda timmar", "paid hours")),
    Measure("arrived_hours", "hours", "year", ("arbete som kommit in, timmar", "work that arrived, hours")),
    Measure("busy_hours", "hours", "year", ("arbetade timmar", "busy hours")),
    Measure("idle_hours", "hours", "year", ("timmar utan ärende", "idle hours")),
    Measure("absent_hours", "hours", "year", ("frånvarotimmar", "absent hours")),
    Measure("learning_hours", "hours", "year", ("därav timmar för inlärning", "of which hours spent on learning")),
    Measure("vacant_hours", "hours", "year", ("obetalda timmar på vakanta tjänster", "unpaid hours of vacant posts")),
    Measure("overtime_hours", "hours", "year", ("övertidstimmar", "overtime hours")),
    Measure("temporary_hours", "hours", "year", ("timmar med inhyrd personal", "hours of temporary staff")),
    Measure(
        "by_system_hours", "hours", "year", ("arbete som systemet gjort, timmar", "work done by the system, hours")
    ),
    Measure("laid_aside_hours", "hours", "year", ("arbete som lagts åt sidan, timmar", "work laid aside, hours")),
    Measure("utilisation", "share", "ratio", ("beläggning", "utilisation")),
    Measure("waiting_days", "days", "ratio", ("väntan i kö, dagar", "days waiting in queue")),
    Measure("late_start_share", "share", "ratio", ("andel arbete påbörjat för sent", "share of work begun late")),
    Measure("backlog_cases", "count", "close", ("ärenden i kö vid årets slut", "cases waiting at year end")),
    Measure(
        "backlog_hours", "hours", "close", ("arbete i kö vid årets slut, timmar", "work waiting at year end, hours")
    ),
    Measure(
        "backlog_age_days",
        "days",
        "ratio",
        ("köns ålder vid årets slut, dagar", "age of those waiting at year end, days"),
    ),
    Measure(
        "backlog_oldest_days",
        "days",
        "close",
        ("äldsta i kön vid årets slut, dagar", "longest waiting at year end, days"),
    ),
    Measure("unmet_hours", "hours", "year", ("arbete utan personal, timmar", "work without staff, hours")),
    Measure(
        "backlog_growth_days",
        "days",
        "horizon",
        ("köns tillväxt, hela lagets arbetsdagar", "growth of the queue, working days of the whole team"),
    ),
    Measure(
        "backlog_standing_days",
        "days",
        "horizon",
        ("stående kö, hela lagets arbetsdagar", "standing queue, working days of the whole team"),
    ),
    Measure("net_revenue_kr", "kr", "year", ("nettointäkt", "net revenue")),
    Measure(
        "net_revenue_excl_interest_kr",
        "kr",
        "year",
        ("nettointäkt utan dröjsmålsränta", "net revenue without interest"),
    ),
    Measure("interest_kr", "kr", "year", ("dröjsmålsränta", "late-payment interest")),
    Measure("books_net_kr", "kr", "year", ("netto enligt bokföringen", "net in the books")),
    Measure("principal_recovered_kr", "kr", "year", ("återvunnet kapital", "principal recovered")),
    Measure(
        "early_paid_principal_kr",
        "kr",
        "year",
        ("därav betalt före överlämningen", "of which paid before the hand-over"),
    ),
    Measure("economic_result_kr", "kr", "year", ("nettointäkt och återvunnet kapital", "net revenue and principal")),
    Measure("debtor_fees_kr", "kr", "year", ("avgifter som gäldenärer belastas", "fees charged to debtors")),
    Measure("write_down_kr", "kr", "year", ("nedskrivningar (ej kassaflöde)", "write-downs (non-cash)")),
    Measure("once_cash_kr", "kr", "horizon", ("engångskostnader, kassa", "one-off costs, cash")),
    Measure("agency_invoices_kr", "kr", "year", ("inkassoföretagets fakturor", "the agency's invoices")),
    Measure(
        "agency_margin_kr",
        "kr",
        "year",
        ("inkassoföretagets överskott före egna kostnader", "the agency's margin before its own costs"),
    ),
    Measure(
        "kronofogden_applications", "count", "year", ("ansökningar till Kronofogden", "applications to Kronofogden")
    ),
    Measure(
        "applications_per_100_invoices",
        "count",
        "ratio",
        ("ansökningar per 100 fakturor", "applications per 100 invoices"),
    ),
    Measure(
        "applications_per_100_cases", "count", "ratio", ("ansökningar per 100 ärenden", "applications per 100 cases")
    ),
    Measure(
        "applications_below_200_share",
        "share",
        "ratio",
        ("andel ansökningar under 200 kr kapital", "share of applications below 200 kr of principal"),
    ),
    Measure(
        "applications_below_1000_share",
        "share",
        "ratio",
        ("andel ansökningar under 1 000 kr kapital", "share of applications below 1 000 kr of principal"),
    ),
    Measure(
        "applications_withdrawn_share",
        "share",
        "ratio",
        ("andel ansökningar som betalas eller återkallas", "share of applications paid or withdrawn"),
    ),
    Measure(
        "applications_contested_share",
        "share",
        "ratio",
        ("andel ansökningar som bestrids", "share of applications contested"),
    ),
    Measure(
        "applications_order_share",
        "share",
        "ratio",
        ("andel ansökningar som ger utslag", "share of applications that give an order"),
    ),
    Measure("orders_paid_share", "share", "ratio", ("andel utslag som betalas", "share of orders paid")),
    Measure("success_share_kr", "share", "ratio", ("lyckandegrad, kronor", "success, share of kronor")),
    Measure(
        "success_share_of_demands",
        "share",
        "ratio",
        ("lyckandegrad, fordringar med inkassokrav", "success, share of claims with a demand"),
    ),
    Measure("work_minutes_per_claim", "count", "ratio", ("arbete per fordran, minuter", "work per claim, minutes")),
    Measure(
        "oldest_year_net_kr",
        "kr",
        "year",
        ("nettointäkt av äldsta årets fakturor", "net revenue from the oldest year's invoices"),
    ),
)
"""Of the calendar year, in the order of an outcome's numbers."""

COHORT: tuple[Measure, ...] = (
    Measure("claims", "count", "horizon", ("fordringar", "claims")),
    Measure("cases", "count", "horizon", ("ärenden", "cases")),
    Measure("years_followed", "count", "horizon", ("år som de följts", "years followed")),
    Measure("success_share", "share", "ratio", ("lyckandegrad, fordringar", "success, share of claims")),
    Measure(
        "success_share_12_months", "share", "ratio", ("lyckandegrad inom tolv månader", "success within twelve months")
    ),
    Measure("referred_principal_kr", "kr", "horizon", ("kapital till inkasso", "principal referred")),
    Measure("principal_recovered_kr", "kr", "horizon", ("återvunnet kapital", "principal recovered")),
    Measure("outstanding_principal_kr", "kr", "close", ("kapital som återstår", "principal outstanding")),
    Measure("outstanding_claims", "count", "close", ("fordringar som återstår", "claims outstanding")),
    Measure("net_of_cases_kr", "kr", "horizon", ("nettointäkt av ärendena", "net revenue of the cases")),
    *(Measure(f"{line.name}_kr", "kr", "horizon", line.words) for line in STATEMENT),
)
"""Of the first simulated year's claims, followed to the close; their numbers lie apart from those of the year."""

SALES: tuple[Measure, ...] = (
    Measure(
        "sale_price_kr", "kr", "year", ("betalt av köparen för sålda fordringar", "paid by the buyer for claims sold")
    ),
    Measure("sold_principal_kr", "kr", "year", ("kapital i sålda fordringar", "principal of claims sold")),
    Measure("years_counted", "count", "horizon", ("år som räknas", "years counted")),
)
"""Of the calendar year, only where claims are sold as arrangements change."""

BETWEEN: tuple[Measure, ...] = (
    Measure("difference_kr", "kr", "year", ("skillnad i nettointäkt", "difference in net revenue")),
    Measure(
        "economic_difference_kr",
        "kr",
        "year",
        ("skillnad i nettointäkt och återvunnet kapital", "difference in net revenue and principal"),
    ),
)
"""Of two models, the first less the second."""

UNIT_OF_PREFIX: dict[str, Unit] = {"budget_": "kr", "step_": "count", "end_": "count"}
"""Columns beside the measures, by how their names begin: lines of the statement, steps and ends."""

MEASURES = tuple(measure.name for measure in YEAR)
"""Names of an outcome's numbers, in their order."""
OF_SALES = tuple(measure.name for measure in SALES)
"""And of those that stand after them where claims are sold."""

_UNITS: dict[str, Unit] = {measure.name: measure.unit for measure in (*COHORT, *YEAR, *SALES, *BETWEEN)}
_ENDINGS: tuple[Unit, ...] = ("kr", "days", "hours")


def unit_of(name: str) -> Unit:
    """Give the unit of a measure, or of a column beside the measures.

    Parameters
    ----------
    name : str
        Machine name. One that the table has not, of results that another version has written, is read as that version's
        names are made: with the unit at the end, or ``share`` in it.

    Examples
    --------
    >>> unit_of("interest_kr"), unit_of("success_share_kr"), unit_of("claims"), unit_of("budget_interest_kr")
    ('kr', 'share', 'count', 'kr')
    """
    if name in _UNITS:
        return _UNITS[name]
    for start, unit in UNIT_OF_PREFIX.items():
        if name.startswith(start):
            return unit
    if "_share" in name:
        return "share"
    return next((unit for unit in _ENDINGS if name.endswith(f"_{unit}")), "count")
