"""Payment after each step, by hand: the estimator on a few claims, and debtors who all pay so many days after one step."""

from __future__ import annotations

import numpy as np
import pytest

from kravsim.measures.incidence import incidence
from kravsim.results.payment_curves import PaymentCurves
from kravsim.settling.curves import BINS, CENSORED, ENDED_BY_EVENT, ENDED_OTHERWISE, LAST_DAYS
from kravsim.studies import payment_curves
from tests.golden.test_hand_cases import everyone

ENDED, OPEN = "ended_otherwise", "open"


def counted(*claims: tuple[int, int]) -> np.ndarray:
    """Counts of claims given as kind of end and days; a censored one is followed so many days."""
    found = np.zeros((3, BINS), np.int64)
    for kind, days in claims:
        found[kind, np.searchsorted(LAST_DAYS, days + (kind == CENSORED))] += 1
    return found


def by_day(shares: np.ndarray, days: int) -> list[float]:
    return shares[:, list(LAST_DAYS).index(days)].tolist()


def test_four_claims_by_hand() -> None:
    """One of four is paid on day 5. Of the two others that are followed to day 14 one ends on day 10; the last is paid."""
    shares = incidence(counted((ENDED_BY_EVENT, 5), (ENDED_OTHERWISE, 10), (CENSORED, 10), (ENDED_BY_EVENT, 20)))
    assert by_day(shares, 3) == [0, 0]
    assert by_day(shares, 7) == [1 / 4, 0]
    assert by_day(shares, 14) == pytest.approx([1 / 4, 3 / 4 * 1 / 2])
    assert by_day(shares, 30) == pytest.approx([1 / 4 + 3 / 8, 3 / 8])  # a Kaplan-Meier curve of payment would say 1


def test_one_that_is_followed_to_the_last_day_of_a_bin_counts_in_it() -> None:
    shares = incidence(counted((ENDED_BY_EVENT, 14), (CENSORED, 14)))
    assert by_day(shares, 14) == [1 / 2, 0]
    assert by_day(incidence(counted((ENDED_BY_EVENT, 14), (CENSORED, 13))), 14) == [1, 0]


def test_nothing_is_said_of_days_that_nobody_is_followed_for() -> None:
    shares = incidence(counted((ENDED_BY_EVENT, 3), (CENSORED, 21)))
    assert by_day(shares, 21) == [1 / 2, 0]
    assert np.isnan(by_day(shares, 30)).all()
    assert shares[:, -1].tolist() == [1 / 2, 0]  # as long as they are followed
    assert by_day(incidence(counted((ENDED_BY_EVENT, 3), (ENDED_BY_EVENT, 20))), 365) == [1, 0]  # all have ended


def curves(does: str, model: str = "outsourced", **more: object) -> PaymentCurves:
    return payment_curves(everyone(does=does, **more), model=model, replications=1, seed=1)


def of(found: PaymentCurves, step: str, days: int | str = "ever", **what: str) -> float:
    share = found.share(step, days, **what)
    assert share is not None, (step, days, what)
    return share.mean


def test_all_pay_eight_days_after_the_reminder() -> None:
    found = curves("reminder_paid")
    for counted_in in ("claims", "kr"):
        assert [of(found, "reminder", day, counted_in=counted_in) for day in (3, 7, 14, 365)] == [0, 0, 1, 1]
    assert found.share("demand", 14) is None  # nobody came there
    assert of(found, "reminder", 14, event="all_paid") == 1
    assert of(found, "reminder", 365, event="part_paid") == of(found, "reminder", 365, event="plan_kept") == 0


def test_all_pay_nine_days_after_the_demand_a_fortnight_after_the_reminder() -> None:
    found = curves("demand_paid")
    assert [of(found, "demand", day) for day in (7, 14, 365)] == [0, 1, 1]
    assert [of(found, "reminder", day) for day in (21, 30)] == [
        0,
        1,
    ]  # 23 days, a day or two more where a holiday is met
    assert of(found, "demand", 14, event=OPEN) == of(found, "demand", 14, event=ENDED) == 0
    assert of(found, "demand", event="principal_recovered", counted_in="kr") == 1


def test_orders_are_paid_after_twenty_days_and_applications_after_as_many_more_as_an_order_takes() -> None:
    found = curves("order_paid")
    assert [of(found, "order", day) for day in (14, 21)] == [0, 1]
    assert [of(found, "payment_order", day) for day in (90, 140)] == [0, 1]  # 95 + 20
    assert of(found, "payment_order", "ever", group="private") == 1
    assert found.share("payment_order", "ever", group="business") is None
    assert of(found, "payment_order", 365, group="500_to_999_kr") == 1  # every claim is of 500 kr
    assert found.share("payment_order", 365, group="200_to_499_kr") is None


def test_half_paid_by_attachment_is_part_paid_and_not_paid() -> None:
    """45 days after the order an attachment, 60 days later half of the debt: 1 520 kr of costs and 500 of principal.

    Where costs come first they take all of it, else principal has what Kronofogden's fee of 600 kr leaves.
    """
    found = curves("attachment_part")
    assert of(found, "order", 90, event="part_paid") == 0
    assert of(found, "order", event="part_paid") == 1
    assert of(found, "order", 140) == of(found, "order", event="all_paid") == 0
    assert of(found, "order", event="principal_recovered", counted_in="kr") == 0
    found = curves("attachment_part", **{"policy.allocation": ["principal", "costs", "interest"]})
    assert 0.5 < of(found, "order", event="principal_recovered", counted_in="kr") < 1
