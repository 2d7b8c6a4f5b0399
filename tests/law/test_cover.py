"""Which days do all tables cover together, and what is said of a horizon or a frozen day outside them?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

import kravsim as ks
from kravsim.checking.check import problems_of, warnings_of
from kravsim.errors import KravsimError, LawError
from kravsim.law import Law, check_cover, covered, frozen_changes, load_law
from kravsim.results.notes import doubts_of_scenario
from kravsim.scenario import Scenario, load_scenario

CASE = "jamtland-harjedalen-2017"
FIRST, LAST = date(2014, 7, 1), date(2026, 12, 31)


def year(number: int, **more: object) -> Scenario:
    changes = {"horizon.start": date(number, 1, 1), "horizon.end": date(number + 1, 1, 1)}
    changes |= {"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1}
    return load_scenario(CASE).with_changes(
        changes | {key.replace("__", "."): day for key, day in more.items() if day is not None}
    )


def test_the_bundled_tables_have_no_gap() -> None:
    assert covered(load_law()) == ((FIRST, LAST + timedelta(days=1)),)


def test_a_gap_of_one_table_parts_the_days() -> None:
    law = load_law()
    table = next(table for table in law.tables if table.name == "half_price_base_amount")
    holed = replace(table, entries=tuple(entry for entry in table.entries if entry.since.year not in {2017, 2018}))
    law = Law(tuple(holed if table.name == holed.name else table for table in law.tables))
    assert covered(law) == ((FIRST, date(2017, 1, 1)), (date(2019, 1, 1), date(2027, 1, 1)))
    with pytest.raises(LawError, match=r"the gap from 2017-01-01.*\n?.*the years 2015 to 2026 works") as refused:
        check_cover(law, date(2016, 1, 1), date(2018, 1, 1), None)
    assert "2014-07-01 to 2016-12-31 and 2019-01-01 to 2026-12-31" in str(refused.value)


@pytest.mark.parametrize("number", [1950, 1953, 1990, 2008, 2013, 2014, 2027, 2030, 2099])
def test_a_horizon_that_a_table_does_not_cover_is_refused_with_the_days_that_work(number: int) -> None:
    said = "\n".join(map(str, problems_of(year(number))))
    assert "horizon." in said
    assert f"days that every law table covers: {FIRST} to {LAST}" in said
    assert "a horizon of the years 2015 to 2026 works, a later one with law.frozen_at on one of those days" in said
    with pytest.raises(LawError, match="the years 2015 to 2026 works"):
        ks.simulate(year(number), model="outsourced", replications=1, seed=1, workers=1)


@pytest.mark.parametrize(
    ("number", "frozen_at"),
    [
        (2017, date(2014, 6, 30)),
        (2017, date(2005, 1, 1)),
        (2030, date(2027, 1, 1)),
        (2030, date(2014, 6, 30)),
        (2014, date(2014, 8, 1)),
    ],
)
def test_a_frozen_day_that_a_table_does_not_cover_is_refused(number: int, frozen_at: date) -> None:
    """What a table keeps for history is no cover; the last: the days of the horizon before a good frozen day count, too."""
    said = "\n".join(map(str, problems_of(year(number, law__frozen_at=frozen_at))))
    assert f"days that every law table covers: {FIRST} to {LAST}" in said
    assert "law.frozen_at: got" in said or number == 2014
    with pytest.raises(LawError):
        ks.simulate(year(number, law__frozen_at=frozen_at), model="outsourced", replications=1, seed=1, workers=1)


@pytest.mark.parametrize(
    ("number", "frozen_at"),
    [(2015, None), (2026, None), (2015, FIRST), (2017, FIRST), (2030, LAST), (2099, FIRST), (2017, date(2017, 6, 30))],
)
def test_whatever_is_passed_runs(number: int, frozen_at: date | None) -> None:
    scenario = year(number, law__frozen_at=frozen_at)
    assert problems_of(scenario) == []
    for model in ("outsourced", "in_house"):
        assert len(ks.simulate(scenario, model=model, replications=1, seed=1, workers=1).net_revenue.samples) == 1
    assert ks.expected.numbers(scenario, "outsourced")["claims"] > 0


def test_both_the_simulation_and_the_closed_form_refuse_alike() -> None:
    for ask in (
        lambda scenario: ks.simulate(scenario, model="outsourced", replications=1, seed=1, workers=1),
        lambda scenario: ks.expected.numbers(scenario, "outsourced"),
    ):
        with pytest.raises(KravsimError, match="the years 2015 to 2026 works"):
            ask(year(2014))


@pytest.mark.parametrize(
    ("number", "frozen_at", "vain"),
    [
        (2017, date(2017, 12, 31), True),
        (2017, date(2020, 1, 1), True),
        (2017, date(2017, 6, 30), True),
        (2017, date(2016, 6, 30), False),
        (2019, date(2019, 6, 30), False),
        (2030, date(2026, 12, 31), False),
    ],
)
def test_a_law_frozen_in_vain_is_warned_of(number: int, frozen_at: date, vain: bool) -> None:
    """Nothing of the law changed within 2017; on 1 July 2019 the reference rate did."""
    told = [str(problem) for problem in warnings_of(year(number, law__frozen_at=frozen_at))]
    assert any("no effect" in text and "law.frozen_at" in text for text in told) is vain
    assert frozen_changes(load_law(), date(number, 1, 1), date(number + 1, 1, 1), frozen_at) is not vain
    declared = doubts_of_scenario(year(number, law__frozen_at=frozen_at), "outsourced")
    assert ("law_frozen" in [doubt.key for doubt in declared]) is not vain


def test_frozen_at_a_day_means_that_day_for_all_days_after_it() -> None:
    """2019 under the law of 30 June 2019, which is that of 2018: interest as if the rise of 1 July had not come."""
    by_date, frozen = (
        ks.simulate(year(2019, law__frozen_at=day), model="outsourced", replications=1, seed=1, workers=1)
        for day in (None, date(2019, 6, 30))
    )
    later = by_date.to_frame().interest_kr.iloc[0], frozen.to_frame().interest_kr.iloc[0]
    assert later[1] < later[0]
    assert "law_frozen" in [doubt.key for doubt in frozen.doubts]
    assert "every day after 2019-06-30 follows the law of that day" in frozen.table("en")
    assert "law_frozen" not in [doubt.key for doubt in by_date.doubts]
    same = ("claims", "kronofogden_applications", "principal_recovered_kr")
    assert by_date.to_frame()[[*same]].equals(frozen.to_frame()[[*same]])


def test_days_whose_holidays_nobody_knows_are_no_horizon() -> None:
    with pytest.raises(ks.errors.ScenarioError, match=r"horizon\.end: got 2101-01-01; allowed at most 2100-01-01"):
        year(2100, law__frozen_at=FIRST)
