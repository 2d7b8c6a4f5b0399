"""Other bodies: what is published of them stands as it is, the rest of their own is assumed and wide; nothing is tuned."""

from __future__ import annotations

import pytest

import kravsim as ks
from kravsim.checking.check import problems_of
from kravsim.scenario import library

NAME = "vasterbotten-2017"
POSTS = "models.in_house.staff.handlers.fte"
BLANKS = {
    "invoices.per_year": 2,
    "invoices.late_share": 2,
    "debtors.number": 2,
    "models.in_house.system.per_year_kr": 2,
    "models.outsourced.contract.it_service_per_year_kr": 2,
    "models.outsourced.staff.follow_up.fte": 2,
}
"""What no source says, and how many times its low value its high one is at the least."""


def test_it_is_a_scenario_of_two_models_without_the_neighbours_totals() -> None:
    scenario = ks.load_scenario(NAME)
    assert scenario.models == ("outsourced", "in_house")
    assert problems_of(scenario) == []
    assert list(scenario.data.targets) == ["watched_claims"]
    assert not scenario.data.targets["watched_claims"].tuned
    assert "reading" not in scenario.data.alternatives


def test_what_is_published_is_sourced_and_the_rest_of_its_own_is_wide() -> None:
    scenario = ks.load_scenario(NAME)
    rows = {row.key: row for row in scenario.rows()}
    assert (rows[POSTS].value, rows[POSTS].status, rows[POSTS].source) == (3.5, "sourced", "rs672")
    for zone in ("nordic", "europe", "overseas"):
        paid = rows[f"models.in_house.foreign.{zone}.paid_share"]
        assert (paid.value, paid.status, paid.source) == (0, "derived", "rs672")
    for key, least in BLANKS.items():
        assert rows[key].status == "assumed"
        assert rows[key].high >= least * rows[key].low
    inherited = {one.key for one in scenario.inherited}
    assert not inherited & {POSTS, *BLANKS}


OTHERS = ("vasterbotten-2017", "sormland-2017", "small-municipality", "large-region")
VOLUMES = {"sormland-2017": 2, "small-municipality": 1, "large-region": 1}
"""How many times its low value the high one of the number of invoices is at the least; 1 where it is the question itself."""
EACH = pytest.mark.parametrize("name", OTHERS)


@EACH
def test_no_file_of_calibrated_sets_bears_its_name(name: str) -> None:
    """Nothing is tuned to it: there is nothing to draw a posterior from."""
    assert not list(library.find(name).parent.glob(f"{name}.posterior*"))


@EACH
def test_none_has_what_its_neighbour_published(name: str) -> None:
    scenario = ks.load_scenario(name)
    assert problems_of(scenario) == []
    assert scenario.models == ("outsourced", "in_house")
    assert not any(target.tuned for target in scenario.data.targets.values())
    assert not {"claims", "success", "books_net", "interest"} & set(scenario.data.targets)
    assert "reading" not in scenario.data.alternatives
    assert scenario.data.body.name != ks.load_scenario("jamtland-harjedalen-2017").data.body.name


@pytest.mark.parametrize(("name", "least"), VOLUMES.items())
def test_volumes_of_the_others_are_assumed(name: str, least: float) -> None:
    rows = {row.key: row for row in ks.load_scenario(name).rows()}
    assert rows["invoices.per_year"].status == "assumed"
    if rows["invoices.per_year"].low is not None:
        assert rows["invoices.per_year"].high >= least * rows["invoices.per_year"].low
    for key in ("invoices.late_share", "debtors.number", "models.in_house.system.per_year_kr"):
        assert (rows[key].status, rows[key].high >= 2 * rows[key].low) == ("assumed", True), key


def test_the_municipality_has_half_a_post_and_twelve_thousand_invoices() -> None:
    data = ks.load_scenario("small-municipality").data
    assert (data.invoices.per_year.value, data.models["in_house"].staff["handlers"].fte.value) == (12_000, 0.5)
    assert not data.debtors.segments["private"].tariff


def test_reminders_may_be_no_work_of_the_posts() -> None:
    """What 3.5 posts did is not published: in half of the worlds a finance system sends the reminders."""
    scenario = ks.load_scenario(NAME)
    other = scenario.with_alternatives({"reminders": "by_the_finance_system"})
    work = {one: each.data.models["in_house"].work["reminder"].minutes for one, each in enumerate((scenario, other))}
    assert (work[0].mode, work[1].mode, work[1].high) == (3, 0, 1)
    assert other.data.models["outsourced"] == scenario.data.models["outsourced"]


def test_the_case_no_longer_holds_gross_pay_against_a_net_saving() -> None:
    assert "vasterbotten" not in ks.load_scenario("jamtland-harjedalen-2017").data.targets
