"""What a sale of open cases brings in, as it is told: once, in all, and so that what is printed adds up."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import ASSUMED, phase, sequence, tiny

import kravsim as ks
from kravsim.results.comparison import Comparison
from kravsim.results.cost_concepts import NAMES
from kravsim.results.run import Run
from kravsim.telling.shown import ECONOMIC, NET, PRICE, PRINCIPAL
from kravsim.words.display import kr, number
from kravsim.words.wording import capital, metric_name

FEW: dict[str, Any] = {"replications": 3, "seed": 4, "workers": 1, "progress": False}
SOLD = {"open_cases": "sold", "sale_price_share": {"value": 0.3, **ASSUMED}}


@cache
def compared(end: int = 2018) -> Comparison:
    """What is open in June 2017 is sold, against an agency all the time."""
    over = sequence({"agency": phase(dt.date(2017, 6, 1), "outsourced") | SOLD})
    case = tiny().with_changes({"sequences.over": over, "horizon.end": dt.date(end, 1, 1)})
    found: Comparison = ks.compare(case, ("over", "outsourced"), **FEW)
    return found


def test_concepts_of_cost_count_the_price_as_a_comparison_does() -> None:
    """By full cost the difference with principal is that of the comparison; by the others it lies as far from theirs."""
    found = ks.studies.by_cost_concept(compared())
    whole = compared().economic_difference.samples
    assert np.array_equal(found.economic_difference("full").samples, whole)
    price = compared().first.metric(PRICE).samples
    assert (price > 0).all()
    paid = [run.metric(PRINCIPAL).samples for run in compared().runs]
    for concept in NAMES:
        beside = found.economic_difference(concept).samples - found.difference(concept).samples
        assert beside == pytest.approx(price + paid[0] - paid[1], abs=1e-6)
    told = [row.cells[-2] for row in found.tables("en")[0].rows]
    assert told[0] == kr(compared().shown.difference(ECONOMIC), "en")
    net = [nets[0] - nets[1] for nets in map(found.shown_net, NAMES)]
    assert told == [kr(gap + compared().shown.difference(ECONOMIC) - net[0], "en") for gap in net]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_printed_rows_of_a_comparison_add_up_with_the_price(lang: str) -> None:
    shown, (table,) = compared().shown, compared().tables(lang)
    names = [capital(metric_name(name, lang)) for name in (NET, PRINCIPAL, PRICE, ECONOMIC)]
    rows = {row.cells[0]: row.cells[1:] for row in table.rows if row is not None}
    for name, measure in zip(names, (NET, PRINCIPAL, PRICE, ECONOMIC), strict=True):
        amounts = shown.measure(measure)
        assert list(rows[name]) == [kr(amount, lang) for amount in (*amounts, amounts[0] - amounts[1])]
    for place in range(2):
        net, principal, price, economic = (shown.measure(name)[place] for name in (NET, PRINCIPAL, PRICE, ECONOMIC))
        assert economic == net + principal + price
        assert (price > 0) is (place == 0)


def test_a_table_without_a_sale_has_no_row_for_it() -> None:
    run = compared().runs[1]
    assert metric_name(PRICE, "en") not in run.table("en").lower()
    assert metric_name(PRICE, "en") in compared().first.table("en").lower()


def whole_of_sale(run: Run, years: int) -> tuple[str, str, str]:
    """Claims, principal and price of all that is sold, as Swedish text."""
    claims = math.fsum(outcome.ends["sold"] for outcome in run.outcomes) / len(run.outcomes)
    principal, price = (run.metric(name).mean for name in ("sold_principal_kr", PRICE))
    return number(claims * years, "sv"), kr(principal * years, "sv"), kr(price * years, "sv")


def test_a_sale_is_told_in_all_and_not_by_the_year() -> None:
    """A horizon that goes on for a year more has the same sale: the same claims, for the same price."""
    one, two = (compared(end).first for end in (2018, 2019))
    said = {
        years: next(each for each in run.doubts if each.key == "claims_sold") for years, run in ((1, one), (2, two))
    }
    for years, run in ((1, one), (2, two)):
        claims, principal, price = whole_of_sale(run, years)
        assert f"Sålda fordringar: {claims}, med {principal} i kapital kvar, för {price}" in said[years].text("sv")
    assert whole_of_sale(one, 1) == whole_of_sale(two, 2)
    assert "a year" not in said[1].text("en")
    assert "in the whole horizon of 2 years" in said[2].text("en")
    assert "i hela horisonten på 2 år" in said[2].text("sv")
    assert "horizon" not in said[1].text("en")
