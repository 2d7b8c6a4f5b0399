"""Late occasions, claims and cases are those of a plain calculation with the same draws, bit for bit."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from tests.properties.strategies import tiny

from kravsim.chance.distributions import inverse
from kravsim.chance.draws import Draws
from kravsim.scenario import Scenario
from kravsim.stream import Stream, generate
from kravsim.stream.calendar import hand_overs, on_working_days
from kravsim.stream.claims import DRAW_AMOUNT, NUMBERS_AN_OCCASION
from kravsim.stream.occasions import HOW_MANY, WHICH, draw_occasions, more_claims
from kravsim.stream.stream import SEGMENTS
from kravsim.stream.synthetic import draw_debtors, first_day, late_chance

DRAWS = Draws(20170101, 0, 5)
Rows = list[tuple[int, int, int]]


def plainly(chance: list[float], mean: float, years: range, runs: int, draws: Draws) -> Rows:
    """Debtor by debtor and year by year, in exact fractions; the runs by taking them out of a list."""
    rows: Rows = []
    for debtor, p in enumerate(chance):
        for year in years:
            luck = int(draws.uniforms32(HOW_MANY, year // 8, debtor)[0, year % 8])
            exact, below, late = Fraction(p), Fraction(0), 0
            for count in range(runs):
                below += comb(runs, count) * exact**count * (1 - exact) ** (runs - count)
                late += luck >= int(below * 2**32 + Fraction(1, 2))
            left, found = list(range(runs)), []
            for k in range(late):
                place, claims = draws.uniforms32(WHICH, year, debtor, k // 4)[0, 2 * (k % 4) : 2 * (k % 4) + 2].tolist()
                extra = 0
                while claims >= round((1 - (1 - 1 / Fraction(mean)) ** (extra + 1)) * 2**32):
                    extra += 1
                found.append((left.pop(place * len(left) >> 32), 1 + extra))
            rows += [(debtor, (year - years.start) * runs + run, claims) for run, claims in sorted(found)]
    return rows


@pytest.mark.parametrize(
    ("years", "runs", "mean"),
    [(range(2007, 2018), 12, 2.05), (range(1999, 2001), 48, 1.0), (range(2016, 2017), 5, 9.5)],
)
def test_occasions_are_those_of_the_plain_calculation(years: range, runs: int, mean: float) -> None:
    """From a chance of nothing to one of certainty, across the borders of eight years and of half."""
    chance = [0.0, 1e-12, 0.003, 0.06, 0.2, 0.4999, 0.5, 0.5001, 0.8, 0.97, 1 - 1e-12, 1.0]
    found = draw_occasions(np.array(chance), mean, years, runs, DRAWS)
    assert [tuple(row) for row in found.tolist()] == plainly(chance, mean, years, runs, DRAWS)


def test_debtors_late_in_every_run_find_room() -> None:
    chance = np.append(np.full(7, 1e-9), np.ones(33))
    found = draw_occasions(chance, 1.0, range(2010, 2012), 336, DRAWS)
    assert np.array_equal(found[:, 0], np.repeat(np.arange(7, 40), 2 * 336))
    assert np.array_equal(found[:, 1], np.tile(np.arange(2 * 336), 33))


def test_room_that_turns_out_too_small_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.full(50, 0.3)
    plain = draw_occasions(chance, 1.5, range(2010, 2013), 24, DRAWS)
    monkeypatch.setattr("kravsim.stream.occasions.STANDARD_ERRORS", -40.0)
    assert np.array_equal(draw_occasions(chance, 1.5, range(2010, 2013), 24, DRAWS), plain)


@pytest.mark.parametrize("mean", [1.0, 1.2, 2.05, 10.0])
def test_claims_beyond_the_first_are_geometric(mean: float) -> None:
    limits = more_claims(mean)
    exact = [1 - (1 - 1 / Fraction(mean)) ** (j + 1) for j in range(len(limits))]
    assert all(
        abs(Fraction(int(limit), 2**32) - chance) <= Fraction(1, 2**32)
        for limit, chance in zip(limits, exact, strict=True)
    )
    assert len(limits) + 1 < NUMBERS_AN_OCCASION
    drawn = 1 + (1 - np.array(limits, float) / 2**32).sum()
    assert drawn == pytest.approx(mean, abs=1e-6)


def made(**changes: object) -> tuple[Scenario, Stream]:
    scenario = tiny(**changes)
    return scenario, generate(scenario.realise(DRAWS), DRAWS)


@pytest.mark.parametrize("basis", ["invoice_date", "due_date"])
@pytest.mark.parametrize(("days", "age"), [([1, 8, 15, 22], 28), ([28], 28), ([28], 378), ([1], 0)])
def test_a_run_is_handed_over_on_the_first_day_at_its_age(basis: str, days: list[int], age: int) -> None:
    """With 378 days the last run's hand-over lies beyond the end of the year after the horizon."""
    scenario = tiny(invoices__age_basis=basis, invoices__run_days=days, invoices__hand_over_day=9)
    data = scenario.with_changes({"invoices.hand_over_min_age_days": age}).data
    first = first_day(data)
    calendar = hand_overs(data, first)
    every = [first + dt.timedelta(day) for day in range(calendar.n_days)]
    runs = [day for day in every if day.day in days]
    assert [first + dt.timedelta(day) for day in calendar.run_day.tolist()] == runs
    for run, batch in zip(runs, calendar.of_run.tolist(), strict=True):
        due = first + dt.timedelta(int(on_working_days(first, np.array([(run - first).days + 20]))[0]))
        day = max((due if basis == "due_date" else run) + dt.timedelta(age), due + dt.timedelta(1))
        while day.day != 9:
            day += dt.timedelta(1)
        assert first + dt.timedelta(int(calendar.day[batch])) == day


@pytest.mark.parametrize("coordinate", [True, False])
def test_claims_and_cases_stand_in_their_order(coordinate: bool) -> None:
    scenario, stream = made(debtors__coordinate=coordinate, invoices__late_share=0.3)
    claims, cases = stream.claims, stream.cases
    place = claims.number // NUMBERS_AN_OCCASION
    keys = (claims.number, claims.run, place, claims.hand_over_day)
    assert np.array_equal(np.lexsort(keys), np.arange(len(claims.case)))
    whole = claims.hand_over_day * 10**6 + place if coordinate else np.arange(len(claims.case))
    _, opening, case = np.unique(whole, return_index=True, return_inverse=True)
    assert np.array_equal(claims.case, case)
    assert np.array_equal(cases.first_claim, np.append(opening, len(claims.case)))
    assert np.array_equal(cases.debtor, claims.debtor[opening])
    assert np.array_equal(cases.hand_over_day, claims.hand_over_day[opening])
    assert np.array_equal(cases.principal_ore, np.bincount(case, claims.principal_ore).astype(np.int64))
    ordinal = stream.first.toordinal()
    identity = (claims.hand_over_day + ordinal, place) if coordinate else (claims.run + ordinal, claims.number)
    assert np.array_equal(cases.run, identity[0][opening])
    assert np.array_equal(cases.number, identity[1][opening])
    terms = round(scenario.data.invoices.terms_days.value)
    assert np.array_equal(claims.due_day, on_working_days(stream.first, claims.run + terms))


def test_claims_are_those_of_the_occasions_and_the_rest_is_waiting() -> None:
    scenario, stream = made(invoices__late_share=0.3)
    data = scenario.data
    debtors = draw_debtors(data, DRAWS)
    chance, mean = late_chance(data, debtors), data.debtors.claims_per_occasion.value
    occasions = draw_occasions(chance, mean, range(2016, 2018), 48, DRAWS)
    calendar = hand_overs(data, stream.first)
    expected = {
        (int(calendar.run_day[run]), debtor, debtor * NUMBERS_AN_OCCASION + place)
        for debtor, run, claims in occasions.tolist()
        for place in range(claims)
        if calendar.day[calendar.of_run[run]] < stream.n_days
    }
    found = zip(
        *(
            column.tolist()
            for column in (stream.claims.run, stream.claims.number // NUMBERS_AN_OCCASION, stream.claims.number)
        ),
        strict=True,
    )
    assert set(found) == expected
    assert len(expected) == len(stream.claims.case)
    assert stream.waiting_claims == occasions[:, 2].sum() - len(expected) > 0
    assert np.array_equal(stream.runs.late, np.bincount(occasions[:, 1], occasions[:, 2], minlength=96))


def test_amounts_are_the_lognormal_quantiles_of_each_claims_own_draw() -> None:
    scenario, stream = made(invoices__late_share=0.3, debtors__segments__private__tariff={})
    claims = stream.claims
    uniforms = DRAWS.uniforms(DRAW_AMOUNT, claims.run + stream.first.toordinal(), claims.number)[:, 0]
    segment = stream.debtors.segment[claims.debtor]
    for name, spec in scenario.data.debtors.segments.items():
        mine = segment == SEGMENTS.index(name)
        kr = inverse("lognormal", uniforms[mine], median=spec.amount_median_kr.value, mean=spec.amount_mean_kr.value)
        assert np.array_equal(claims.principal_ore[mine], np.floor(kr * 100 + 0.5).astype(np.int64))


def test_no_late_invoices_make_an_empty_stream() -> None:
    _, stream = made(invoices__late_share=0)
    assert (len(stream.claims.case), len(stream.cases), stream.waiting_claims) == (0, 0, 0)
    assert stream.cases.first_claim.tolist() == [0]
