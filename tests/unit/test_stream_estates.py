"""An estate is a debtor once; whoever takes its place later is another, and nobody's luck changes by it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.properties.strategies import tiny

from kravsim.chance.draws import Draws
from kravsim.stream import Stream, generate
from kravsim.stream.claims import NUMBERS_AN_OCCASION
from kravsim.stream.estates import ESTATE, estates_once

DRAWS = Draws(5, 0, 1)


def made(*, coordinate: bool) -> Stream:
    share = {"value": 0.2, "source": "assumption", "status": "assumed"}
    scenario = tiny(
        invoices__late_share=0.3,
        horizon__history_years=6,
        debtors__coordinate=coordinate,
        debtors__segments__estate__share=share,
    )
    return generate(scenario.realise(DRAWS), DRAWS)


@pytest.mark.parametrize("coordinate", [True, False])
def test_no_estate_has_claims_more_than_a_year_apart(*, coordinate: bool) -> None:
    stream = made(coordinate=coordinate)
    claims = stream.claims
    estate = stream.debtors.segment[claims.debtor] == ESTATE
    assert estate.mean() > 0.05
    apart = {
        int(debtor): np.ptp(claims.run[claims.debtor == debtor]) for debtor in np.unique(claims.debtor[estate]).tolist()
    }
    assert max(apart.values()) <= 366
    place = claims.number[estate] // NUMBERS_AN_OCCASION
    again = [np.ptp(claims.run[estate][place == one]) > 366 for one in np.unique(place)]
    assert np.mean(again) > 0.5  # which is what they were, when a place was one debtor
    others = ~estate
    assert np.array_equal(claims.debtor[others], claims.number[others] // NUMBERS_AN_OCCASION)


def test_traits_and_cases_are_those_of_the_place() -> None:
    stream = made(coordinate=True)
    cases, debtors = stream.cases, stream.debtors
    place = stream.claims.number[cases.first_claim[:-1]] // NUMBERS_AN_OCCASION
    for trait in (debtors.segment, debtors.kind, debtors.known, debtors.activity):
        assert np.array_equal(trait[cases.debtor], trait[place])
    assert np.array_equal(cases.number, place)
    assert np.array_equal(stream.claims.debtor, cases.debtor[stream.claims.case])
    used = np.unique(cases.debtor[debtors.segment[cases.debtor] == ESTATE])
    assert used.tolist() == list(range(400, len(debtors.segment)))


def test_without_estates_nothing_is_done() -> None:
    nobody = {"value": 0, "source": "assumption", "status": "assumed"}
    stream = generate(tiny(debtors__segments__estate__share=nobody).realise(DRAWS), DRAWS)
    assert estates_once(stream) is stream
