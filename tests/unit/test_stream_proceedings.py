"""Proceedings of debtors: as many as the hazards say, keyed by the debtor alone, and what they strike."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.properties.strategies import tiny

from kravsim.chance.draws import Draws
from kravsim.scenario import Scenario
from kravsim.stream import generate
from kravsim.stream.proceedings import draw_openings, hazards
from kravsim.stream.stream import (
    BANKRUPTCY,
    DEBTOR_TYPES,
    NEVER_OPENED,
    RESTRUCTURING,
    SEGMENTS,
    Debtors,
    Openings,
    Stream,
)

PRIVATE, BUSINESS = SEGMENTS.index("private"), SEGMENTS.index("business")
YEAR = 365


def of(scenario: Scenario, segment: int, n: int, days: int, draws: Draws | None = None) -> Openings:
    """Proceedings of ``n`` strained debtors of a segment."""
    traits = np.full((3, n), [[segment], [DEBTOR_TYPES.index("strained")], [0]])
    return draw_openings(scenario.data, Debtors(*traits, np.ones(n)), days, draws or Draws(5, 0, 0))


def test_restructurings_are_as_many_as_applied_for_and_granted_and_one_in_a_lifetime() -> None:
    """Of 200 000 people in ten years, at 3 applications in a hundred a year of which half are granted."""
    changes = {"behaviour__strained__restructuring_per_year": 0.03, "behaviour__restructuring_granted_share": 0.5}
    short = {"low": 0, "mode": 0, "high": 0, "source": "assumption", "status": "assumed"}
    found = of(tiny(**changes, timing__restructuring_refused_days=short), PRIVATE, 200_000, 10 * YEAR)
    share = 1 - np.exp(-0.03 * 0.5 * 10)
    z = (len(found) / 200_000 - share) / np.sqrt(share * (1 - share) / 200_000)
    assert abs(z) < 5
    assert len(np.unique(found.debtor)) == len(found)
    assert (found.kind == RESTRUCTURING).all()


def test_businesses_go_bankrupt_as_the_share_and_its_years_say_and_another_takes_the_place() -> None:
    changes = {"behaviour__bankrupt_business_share": 0.12, "behaviour__bankrupt_within_years": 5}
    found = of(tiny(**changes), BUSINESS, 100_000, 5 * YEAR)
    first = len(np.unique(found.debtor))
    assert abs(first / 100_000 - 0.12) / np.sqrt(0.12 * 0.88 / 100_000) < 5
    assert first < len(found)
    expected = 100_000 * 5 * YEAR * hazards(tiny(**changes).data)[BUSINESS, 0]
    assert abs(len(found) - expected) / np.sqrt(expected) < 5
    assert (found.kind == BANKRUPTCY).all()


def test_nobody_else_has_proceedings() -> None:
    for segment, name in enumerate(SEGMENTS):
        if name not in ("private", "business"):
            assert len(of(tiny(), segment, 10_000, 10 * YEAR)) == 0


@pytest.mark.parametrize("segment", [PRIVATE, BUSINESS])
def test_more_debtors_or_days_change_nobody_elses_proceedings(segment: int) -> None:
    few, more, longer = (of(tiny(), segment, n, days) for n, days in ((5_000, 3000), (9_000, 3000), (5_000, 4000)))
    mine, soon = more.debtor < 5_000, longer.day < 3000
    for field in fields(Openings):
        assert np.array_equal(getattr(few, field.name), getattr(more, field.name)[mine])
        assert np.array_equal(getattr(few, field.name), getattr(longer, field.name)[soon])


def test_a_refusal_takes_its_time_before_the_next_application() -> None:
    """With a hundred applications a year and one in two granted, refusals of 100 days are what people wait for."""
    fast = {"behaviour__strained__restructuring_per_year": 100.0, "behaviour__restructuring_granted_share": 0.5}
    told = {"source": "assumption", "status": "assumed"}
    days = {"low": 100, "mode": 100, "high": 100} | told
    found = of(tiny(**fast, timing__restructuring_refused_days=days), PRIVATE, 20_000, 2000)
    refused = np.bincount((found.day // 100).astype(int))
    assert 0.45 < refused[0] / 20_000 < 0.5
    assert 0.2 < refused[1] / 20_000 < 0.3


def test_a_case_is_struck_by_the_first_opening_after_its_oldest_invoice() -> None:
    often = {f"behaviour__{kind}__restructuring_per_year": 1.0 for kind in DEBTOR_TYPES}
    scenario, draws = tiny(debtors__segments__business__share=0.5, **often), Draws(4, 0, 0)
    stream = generate(scenario.realise(draws), draws)
    assert (stream.struck_day < NEVER_OPENED).sum() > 10
    for case, (debtor, arose) in enumerate(zip(stream.cases.debtor.tolist(), stream.arose.tolist(), strict=True)):
        theirs = stream.openings.day[(stream.openings.debtor == debtor) & (stream.openings.day > arose)]
        assert stream.struck_day[case] == (theirs.min() if len(theirs) else NEVER_OPENED)


def test_without_openings_nobody_is_struck() -> None:
    draws = Draws(4, 0, 0)
    stream: Stream = replace(generate(tiny().realise(draws), draws), openings=Openings.none())
    assert (stream.struck_day == NEVER_OPENED).all()
    assert (stream.proceedings == 0).all()
