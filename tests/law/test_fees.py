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

    def test_history_follows_the_law_of_its_own_dates(self, law: Law) -> None:
        days = law.on_days(date(2013, 3, 14), 4, start=date(2013, 3, 17))
        assert days.fee_ore("demand_fee").tolist() == [16000, 16000, 18000, 18000]
        assert days.fee_ore("reminder_fee").tolist() == [5000, 5000, 6000, 6000]
        assert days.labels[0].startswith("history before 2014-01-01 has amounts kept for history alone (half_price")

    def test_history_may_lie_before_the_tables(self, law: Law) -> None:
        """Court fees of the first half of 2014 and rates before 2008 are kept for history; no earlier fee is known."""
        start, first = date(2017, 1, 1), date(2002, 1, 1)
        days = law.on_days(first, (start - first).days + 365, start=start)
        at = {day: (day - first).days for day in (first, date(2007, 12, 31), date(2014, 6, 30), date(2014, 7, 1))}
        for name, amounts in {
            "payment_order_supplement_small": [15000, 15000, 15000, 60000],
            "payment_order_supplement_large": [15000, 15000, 15000, 250000],
            "summons_large": [45000, 45000, 45000, 280000],
            "demand_fee": [16000, 16000, 18000, 18000],
            "payment_order_own_work": [34000, 34000, 38000, 38000],
            "payment_order_application": [30000] * 4,
        }.items():
            assert days.fee_ore(name)[[*at.values()]].tolist() == amounts
        rates = np.diff(days.interest_bp_cum)
        half_years = [first, date(2002, 7, 1), date(2003, 1, 1), date(2006, 7, 1), date(2007, 7, 1), date(2008, 1, 1)]
        assert rates[[(day - first).days for day in half_years]].tolist() == [1250, 1250, 1200, 1050, 1150, 1200]
        assert any(
            "2008-01-01 has amounts kept for history alone (enforcement_basic_fee, late" in label
            for label in days.labels
        )

    def test_what_is_kept_for_history_answers_for_nothing_else(self, law: Law) -> None:
        start = date(2014, 1, 1)
        days = law.on_days(date(2013, 1, 1), 730, start=start)
        with pytest.raises(LawError, match=r"payment_order_supplement_small: got 2014-01-01"):
            days.fee_ore("payment_order_supplement_small")
        with pytest.raises(LawError, match="2007-12-31"):
            law.on_days(date(2007, 12, 31), 2)

    def test_booking_and_audit_look_history_up_alike(self, law: Law) -> None:
        first, start, n_days = date(2001, 1, 1), date(2017, 1, 1), 6500
        for frozen_at in (None, date(2014, 8, 1), date(2017, 6, 1)):
            days, calendar = (
                law.on_days(first, n_days, start=start, frozen_at=frozen_at),
                LegalCalendar(law, first, start, frozen_at),
            )
            for table in law.tables:
                if table.name in {"reference_rate", "late_interest_addition"}:
                    continue
                assert np.array_equal(days.fee_ore(table.name), calendar.fee_by_day(table.name, n_days)), table.name
            periods = calendar.rate_periods(n_days)
            audited = np.concatenate([np.full(last - begin + 1, rate) for begin, last, rate in periods])
            assert np.array_equal(np.diff(days.interest_bp_cum), audited)

    def test_a_horizon_beyond_the_tables_is_refused(self, law: Law) -> None:
        with pytest.raises(LawError, match=r"2027-01-01.*law\.frozen_at"):
            law.on_days(date(2026, 12, 31), 2)

    def test_frozen_law_rules_every_day_after_it(self, law: Law) -> None:
        days = law.on_days(date(2026, 12, 30), 5, frozen_at=date(2026, 12, 31))
        assert days.fee_ore("demand_fee").tolist() == [18000] * 5
        assert days.labels == ("days after 2026-12-31 follow the law of that day, frozen",)

    def test_frozen_law_rules_within_the_tables_too(self, law: Law) -> None:
        days = law.on_days(date(2013, 3, 14), 4, frozen_at=date(2013, 3, 15))
        assert days.fee_ore("demand_fee").tolist() == [16000] * 4
        assert law.fee_ore("demand_fee", date(2017, 1, 1), frozen_at=date(2013, 3, 15)) == 16000
        assert law.fee_ore("demand_fee", date(2013, 3, 14), frozen_at=date(2017, 3, 15)) == 16000
        late = law.on_days(date(2022, 12, 30), 4, frozen_at=date(2022, 12, 31))
        assert np.diff(late.interest_bp_cum).tolist() == [850] * 4

    def test_law_frozen_after_the_last_day_changes_nothing(self, law: Law) -> None:
        days = law.on_days(date(2017, 1, 1), 365, frozen_at=date(2018, 1, 1))
        assert days.fee_ore("demand_fee").tolist() == law.on_days(date(2017, 1, 1), 365).fee_ore("demand_fee").tolist()
        assert days.labels == ()

    def test_history_and_frozen_law_together(self, law: Law) -> None:
        """History by its own dates up to the frozen day, and by that day after it, in the horizon too."""
        days = law.on_days(date(2019, 6, 29), 6, start=date(2019, 7, 2), frozen_at=date(2019, 6, 30))
        assert np.diff(days.interest_bp_cum).tolist() == [750] * 6
        days = law.on_days(date(2019, 6, 29), 6, start=date(2019, 7, 2), frozen_at=date(2019, 7, 1))
        assert np.diff(days.interest_bp_cum).tolist() == [750, 750, 800, 800, 800, 800]

    def test_a_table_that_goes_on_is_read_by_its_own_date_when_another_has_ended(self, law: Law) -> None:
        """Booking and audit read each figure of the law by itself; a frozen day holds for those that go on as well."""

        def longer(table: Table) -> Table:
            if table.name != "late_interest_addition":
                return table
            (*before, last), until = table.entries, date(2030, 1, 1)
            raised = replace(last, value=Decimal(9), in_force=date(2027, 7, 1), since=date(2027, 7, 1), until=until)
            return replace(table, covers_until=until, entries=(*before, replace(last, until=raised.since), raised))

        law = Law(tuple(longer(table) for table in law.tables))
        first, frozen_at, n_days = date(2026, 12, 30), date(2026, 12, 31), 600
        booked = np.diff(law.on_days(first, n_days, frozen_at=frozen_at).interest_bp_cum)
        periods = LegalCalendar(law, first, first, frozen_at).rate_periods(n_days)
        audited = np.concatenate([np.full(last - begin + 1, rate) for begin, last, rate in periods])
        assert np.array_equal(booked, audited)
        frozen = law.reference_rate_bp(frozen_at)
        assert {rate - frozen for _, _, rate in periods} == {800}

    def test_law_frozen_beyond_the_tables_is_refused(self, law: Law) -> None:
        with pytest.raises(
            LawError, match=r"law\.frozen_at: got 2027-01-01; allowed a day that .* not including 2027-01-01"
        ):
            law.on_days(date(2026, 12, 30), 5, frozen_at=date(2027, 1, 1))

    def test_law_frozen_before_the_tables_is_refused(self, law: Law) -> None:
        with pytest.raises(LawError, match="2007-12-31"):
            law.on_days(date(2026, 12, 30), 5, frozen_at=date(2007, 12, 31))

    def test_a_gap_is_refused_when_it_is_asked_about(self, law: Law) -> None:
        table = next(table for table in law.tables if table.name == "half_price_base_amount")
        holed = replace(table, entries=tuple(entry for entry in table.entries if entry.since.year != 2017))
        days = Law(tuple(holed if table.name == holed.name else table for table in law.tables)).on_days(
            date(2016, 12, 31), 2
        )
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
