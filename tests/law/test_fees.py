"""Does the law say the right amount on the right day? The cases stand in ``fee_cases.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kravsim.errors import LawError, RunError
from kravsim.law import Law, LawDays, load_law
from kravsim.law.tables import Table
from kravsim.ledger import LegalCalendar

CASES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "fee_cases.toml").read_text(encoding="utf-8"))


def named(case: dict[str, Any]) -> str:
    return f"{case['name']}-{case['day']}"


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.mark.parametrize("case", CASES["case"], ids=named)
def test_amount_and_status_on_a_day(law: Law, case: dict[str, Any]) -> None:
    entry = law.entry(case["name"], case["day"])
    assert law.fee_ore(case["name"], case["day"]) == case["kr"] * 100
    assert (entry.value, entry.unit, entry.status) == (case["kr"], "kr", case["status"])
    assert entry.since <= case["day"] < entry.until
    assert entry.source


@pytest.mark.parametrize("case", CASES["silent"], ids=named)
def test_a_day_without_law_is_refused(law: Law, case: dict[str, Any]) -> None:
    with pytest.raises(LawError) as refused:
        law.entry(case["name"], case["day"])
    for words in case["says"]:
        assert words in str(refused.value)


def test_payment_order_adds_680_and_attachment_600_to_a_debt(law: Law) -> None:
    day = date(2017, 6, 30)
    steps = (
        "reminder_fee",
        "demand_fee",
        "payment_order_application",
        "payment_order_own_work",
        "enforcement_basic_fee",
    )
    assert np.cumsum([law.fee_ore(step, day) for step in steps]).tolist() == [6000, 24000, 54000, 92000, 152000]


def test_contested_order_costs_as_much_in_all_as_a_new_summons(law: Law) -> None:
    day = date(2017, 6, 30)
    for size in ("small", "large"):
        paid = law.fee_ore("payment_order_application", day) + law.fee_ore(f"payment_order_supplement_{size}", day)
        assert paid == law.fee_ore(f"summons_{size}", day)


@pytest.mark.parametrize("name", ["demand_fees", "reference_rate", ""])
def test_unknown_fee_is_refused_with_the_names_there_are(law: Law, name: str) -> None:
    with pytest.raises(LawError, match="demand_fee, instalment_plan_fee"):
        law.fee_ore(name, date(2017, 6, 30))
    with pytest.raises(LawError, match="demand_fee, instalment_plan_fee"):
        law.on_days(date(2017, 1, 1), 1).fee_ore(name)


@pytest.mark.parametrize("day", [datetime(2017, 6, 30), "2017-06-30", 2017, None])  # noqa: DTZ001
def test_a_day_that_is_no_date_is_refused(law: Law, day: Any) -> None:
    for ask in (law.reference_rate_bp, law.late_interest_bp, lambda day: law.fee_ore("demand_fee", day)):
        with pytest.raises(RunError, match=r"allowed a datetime\.date"):
            ask(day)


class TestFeesByDay:
    """The same law, laid out for a run."""

    def test_a_rise_shows_on_its_day(self, law: Law) -> None:
        days = law.on_days(date(2013, 3, 14), 4)
        assert days.fee_ore("demand_fee").tolist() == [16000, 16000, 18000, 18000]
        assert days.fee_ore("late_payment_compensation").tolist() == [0, 0, 45000, 45000]
        assert days.labels == ()

    def test_history_follows_the_law_of_the_start(self, law: Law) -> None:
        days = law.on_days(date(2013, 3, 14), 4, start=date(2013, 3, 16))
        assert days.fee_ore("demand_fee").tolist() == [18000] * 4
        assert days.labels == ("days before 2013-03-16 follow the law of 2013-03-16",)

    def test_history_may_lie_before_the_tables(self, law: Law) -> None:
        start = date(2017, 1, 1)
        days = law.on_days(date(2001, 1, 1), (start - date(2001, 1, 1)).days + 365, start=start)
        assert set(days.fee_ore("summons_small").tolist()) == {90000}

    def test_a_horizon_beyond_the_tables_is_refused(self, law: Law) -> None:
        with pytest.raises(LawError, match=r"2027-01-01.*law\.frozen_at"):
            law.on_days(date(2026, 12, 31), 2)

    def test_frozen_law_rules_the_days_beyond_the_tables_and_no_other(self, law: Law) -> None:
        days = law.on_days(date(2026, 12, 30), 5, frozen_at=date(2013, 3, 15))
        assert days.fee_ore("demand_fee").tolist() == [18000, 18000, 16000, 16000, 16000]
        assert np.diff(days.interest_bp_cum).tolist() == [1000, 1000, 900, 900, 900]
        (label,) = days.labels
        assert label.startswith("days from 2027-01-01 on follow the law of 2013-03-15, frozen (")
        assert "demand_fee" in label
        assert "reference_rate" in label

    def test_frozen_law_is_not_used_within_the_tables(self, law: Law) -> None:
        days = law.on_days(date(2017, 1, 1), 365, frozen_at=date(2013, 3, 15))
        assert set(days.fee_ore("demand_fee").tolist()) == {18000}
        assert days.labels == ()

    def test_history_and_frozen_law_together(self, law: Law) -> None:
        days = law.on_days(date(2029, 1, 1), 4, start=date(2029, 1, 3), frozen_at=date(2017, 6, 30))
        assert np.diff(days.interest_bp_cum).tolist() == [750] * 4
        assert len(days.labels) == 2

    def test_a_table_that_goes_on_is_read_by_its_own_date_when_another_has_ended(self, law: Law) -> None:
        """Booking and audit read each figure of the law by itself: the reference rate is frozen, what is added to it not."""

        def longer(table: Table) -> Table:
            if table.name != "late_interest_addition":
                return table
            (*before, last), until = table.entries, date(2030, 1, 1)
            raised = replace(last, value=Decimal(9), in_force=date(2027, 7, 1), since=date(2027, 7, 1), until=until)
            return replace(table, covers_until=until, entries=(*before, replace(last, until=raised.since), raised))

        law = Law(tuple(longer(table) for table in law.tables))
        first, frozen_at, n_days = date(2026, 12, 30), date(2015, 3, 1), 600
        booked = np.diff(law.on_days(first, n_days, frozen_at=frozen_at).interest_bp_cum)
        periods = LegalCalendar(law, first, first, frozen_at).rate_periods(n_days)
        audited = np.concatenate([np.full(last - begin + 1, rate) for begin, last, rate in periods])
        assert np.array_equal(booked, audited)
        frozen = law.reference_rate_bp(frozen_at)
        assert frozen != law.reference_rate_bp(first)
        assert [rate - frozen for _, _, rate in periods[1:]] == [800, 900]

    def test_law_frozen_beyond_the_tables_is_refused(self, law: Law) -> None:
        with pytest.raises(LawError, match=r"law\.frozen_at: got 2027-01-01; allowed a day that .* before 2027-01-01"):
            law.on_days(date(2026, 12, 30), 5, frozen_at=date(2027, 1, 1))

    def test_law_frozen_before_the_tables_is_refused(self, law: Law) -> None:
        with pytest.raises(LawError, match="2007-12-31"):
            law.on_days(date(2026, 12, 30), 5, frozen_at=date(2007, 12, 31))

    def test_a_gap_is_refused_when_it_is_asked_about(self, law: Law) -> None:
        days = law.on_days(date(2016, 12, 31), 2)
        with pytest.raises(LawError, match=r"got 2017-01-01.*the gap from 2017-01-01"):
            days.fee_ore("half_price_base_amount")

    def test_fees_by_day_are_fees_by_date(self, law: Law) -> None:
        first = date(2012, 6, 1)
        days = law.on_days(first, 1200)
        for name in ("reminder_fee", "payment_order_own_work"):
            by_date = [law.fee_ore(name, date.fromordinal(first.toordinal() + at)) for at in range(1200)]
            assert days.fee_ore(name).tolist() == by_date
            assert days.fee_ore(name).dtype == np.int64

    def test_fingerprint_follows_every_choice(self, law: Law) -> None:
        first = date(2017, 1, 1)
        laid_out: list[LawDays] = [
            law.on_days(first, 10),
            law.on_days(first, 11),
            law.on_days(date(2017, 1, 2), 10),
            law.on_days(first, 10, start=date(2017, 1, 5)),
            law.on_days(first, 10, frozen_at=date(2017, 1, 5)),
        ]
        assert len({days.fingerprint for days in laid_out}) == len(laid_out)
        assert law.on_days(first, 10).fingerprint == laid_out[0].fingerprint

    @pytest.mark.parametrize(
        ("first", "n_days", "choices", "words"),
        [
            (datetime(2017, 1, 1), 1, {}, "first"),  # noqa: DTZ001
            (date(2017, 1, 1), 1.0, {}, "n_days"),
            (date(2017, 1, 1), True, {}, "n_days"),
            (date(2017, 1, 1), -1, {}, "n_days"),
            (
                date(2017, 1, 1),
                10,
                {"start": date(2016, 12, 31)},
                "start: got 2016-12-31; allowed a day from 2017-01-01",
            ),
            (date(2017, 1, 1), 10, {"start": date(2017, 1, 12)}, "2017-01-11"),
            (date(2017, 1, 1), 10, {"start": "2017-01-05"}, "start"),
            (date(2017, 1, 1), 10, {"frozen_at": "2017-01-05"}, "frozen_at"),
            (date(9999, 12, 30), 10, {}, "years 1 to 9999"),
        ],
    )
    def test_bad_arguments_are_refused(
        self, law: Law, first: Any, n_days: Any, choices: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(RunError, match=words):
            law.on_days(first, n_days, **choices)

    def test_no_days_at_all(self, law: Law) -> None:
        days = law.on_days(date(1990, 1, 1), 0)
        assert days.fee_ore("demand_fee").tolist() == []
        assert days.interest_bp_cum.tolist() == [0]

    def test_speaks_for_itself(self, law: Law) -> None:
        assert repr(law.on_days(date(2017, 1, 1), 365)).startswith("LawDays(2017-01-01, 365 days, by date, ")
