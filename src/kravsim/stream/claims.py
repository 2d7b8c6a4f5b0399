"""From late occasions to claims and cases in their canonical order, with days and amounts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.errors import Problem, RunError, Words
from kravsim.phrases import phrase
from kravsim.scenario.levels import level, varies
from kravsim.stream.amounts import amounts_of
from kravsim.stream.late import invoices_by_year
from kravsim.stream.stream import Cases, Claims, Debtors, Ints, Runs, Stream, debtor_class
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.chance.draws import Draws
    from kravsim.scenario.schema import ScenarioData
    from kravsim.stream.calendar import HandOvers
    from kravsim.stream.claims_compiled import CaseColumns, ClaimColumns
    from kravsim.stream.occasions import Occasions

DRAW_AMOUNT: Final = "amount"
"""Purpose of the draw of a claim's principal: run = the run's day as an ordinal, number = the claim's. The first word is the
lognormal amount, the second says whether the claim is of a step of the tariff."""
NUMBERS_AN_OCCASION: Final = 256
"""Numbers kept for the claims of a debtor in one run: more than a 32-bit draw gives (211 at the highest mean allowed, 10)."""
LARGEST_CASE_ORE: Final = 10**12
"""Largest principal of a case: its shares in millionths fit in 64 bits, twice over for rounding, with room for fees."""


def lay_out(occasions: Occasions, debtors: Debtors, calendar: HandOvers, data: ScenarioData, draws: Draws) -> Stream:
    """Make the claims and cases of the occasions.

    Parameters
    ----------
    occasions : int32 array, shape (n, 3)
        From :func:`kravsim.stream.occasions.draw_occasions`.
    debtors : Debtors
    calendar : HandOvers
        Of the same days as the occasions; what it hands over after the horizon becomes no case.
    data : ScenarioData
    draws : Draws

    Returns
    -------
    Stream

    Raises
    ------
    RunError
        When a case is for more than LARGEST_CASE_ORE.
    """
    from kravsim.stream.claims_compiled import CaseColumns, ClaimColumns, Dates, by_hand_over, count_places, fill_claims

    coordinate = data.debtors.coordinate
    n_places, n_claims, n_cases = np.zeros((3, len(calendar.day)), np.int64)
    late = np.zeros(len(calendar.run_day), np.int64)
    count_places(occasions, calendar.of_run, coordinate, n_places, n_claims, n_cases, late)
    at_hand = int(np.searchsorted(calendar.day, calendar.n_days))

    ordered = np.empty_like(occasions)
    by_hand_over(occasions, calendar.of_run, np.cumsum(n_places) - n_places, ordered)
    claims = ClaimColumns(*_columns(len(ClaimColumns._fields), int(n_claims[:at_hand].sum())))
    of_case = _columns(len(CaseColumns._fields), int(n_cases[:at_hand].sum()) + 1)
    cases = CaseColumns(*(column[:-1] for column in of_case))._replace(first_claim=of_case[-1])
    cases.first_claim[-1] = len(claims.case)
    ordinal = calendar.first.toordinal()
    dates = Dates(calendar.run_day, calendar.due_day, calendar.of_run, calendar.day[:at_hand], ordinal)
    amounts = amounts_of(data, debtors.segment, draws.key(DRAW_AMOUNT), LARGEST_CASE_ORE)
    fill_claims(ordered[: n_places[:at_hand].sum()], dates, amounts, coordinate, NUMBERS_AN_OCCASION, claims, cases)
    _follow_the_years(claims, cases, calendar, data)
    _check_amounts(data, cases.principal_ore)
    return Stream(
        first=calendar.first,
        n_days=calendar.n_days,
        runs=Runs(calendar.run_day, invoices_by_year(data, calendar.first.year, len(late)), late),
        debtors=debtors,
        claims=Claims(**claims._asdict()),
        cases=Cases(klass=debtor_class(debtors.segment, debtors.kind, debtors.known)[cases.debtor], **cases._asdict()),
        waiting_claims=int(n_claims[at_hand:].sum()),
    )


def _follow_the_years(claims: ClaimColumns, cases: CaseColumns, calendar: HandOvers, data: ScenarioData) -> None:
    """Let principal follow its index by the year of the invoice, each claim rounded to öre once more; 1 öre at least."""
    years = range(calendar.first.year, data.horizon.end.year)
    if not varies(data, "amounts", years):
        return
    ends = [(dt.date(year + 1, 1, 1) - calendar.first).days for year in years]
    factor = np.array([level(data, "amounts", year) for year in years])[np.searchsorted(ends, claims.run, side="right")]
    claims.principal_ore[:] = np.minimum(
        np.maximum(half_up(claims.principal_ore * factor), 1), LARGEST_CASE_ORE + 1
    ).astype(np.int64)
    cases.principal_ore[:] = 0
    np.add.at(cases.principal_ore, claims.case, claims.principal_ore)


def _columns(number: int, length: int) -> Ints:
    """Room for columns, in one piece: the system hands out large pieces in large pages, many times as fast."""
    return np.empty((number, length), np.int64)


def _check_amounts(data: ScenarioData, cases: Ints) -> None:
    """Refuse cases too large for 64 bits."""
    if cases.max(initial=0) > LARGEST_CASE_ORE:
        raise RunError(
            Problem(
                file=data.name,
                key="debtors.segments",
                value=Words(phrase("a case of more than {most} kr", most=LARGEST_CASE_ORE // 100)),
                allowed=phrase(
                    "cases of at most {most} kr, which are exact to the öre in 64 bits", most=LARGEST_CASE_ORE // 100
                ),
                remedy="lower amount_mean_kr, or bring it nearer to amount_median_kr",
            )
        )
