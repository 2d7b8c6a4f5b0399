"""Does the closed form say why a number is missing: which reason, which sets, which numbers, for people and machines?"""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest

from kravsim.errors import ScenarioError
from kravsim.expected import Expected, MissingNumbersWarning, evaluated, numbers
from kravsim.scenario import ScenarioWarning, load_scenario

CASE = load_scenario("jamtland-harjedalen-2017")
FTE = "models.in_house.staff.handlers.fte"


@pytest.fixture(scope="module")
def base() -> Expected:
    return numbers(CASE, "in_house")


def test_a_year_that_is_whole_has_nothing_missing_and_no_warning(base: Expected) -> None:
    assert base.missing == ()
    assert base.why("net_revenue_kr") == ""
    assert all(np.isfinite(array).all() for array in base.values())


def test_staff_that_cannot_keep_up_is_named_with_its_sets(base: Expected) -> None:
    enough = CASE.data.models["in_house"].staff["handlers"].fte.value
    with pytest.warns(MissingNumbersWarning) as caught:
        found = numbers(CASE, "in_house", {FTE: np.array([enough, 0.2, 0.0, enough])})
    (one,) = found.missing
    assert (one.reason, one.sets.tolist()) == ("overload", [1, 2])
    assert {"net_revenue_kr", "success_share", "principal_recovered_kr"} <= set(one.names)
    assert (found.why("net_revenue_kr", 1), found.why("net_revenue_kr", 3)) == ("overload", "")
    for name, array in found.items():
        assert np.isfinite(array[[0, 3]]).all(), name
        assert np.isnan(array[[1, 2]]).any() == (name in one.names), name
    (warning,) = caught
    assert isinstance(warning.message, ScenarioWarning)
    assert warning.message.missing == (one,)  # type: ignore[union-attr]
    said = str(warning.message)
    assert "set 1, 2: staff who cannot do the work that arrives" in said
    assert "give the pool more fte" in said
    assert found["net_revenue_kr"][0] == pytest.approx(base["net_revenue_kr"][0], rel=1e-12)


def test_worlds_that_cannot_be_are_told_apart() -> None:
    values = {
        "debtors.number": np.array([14_000.0, 20.0, 14_000.0]),
        "behaviour.contested_share": np.array([0.07, 0.07, 1.0]),
    }
    with pytest.warns(MissingNumbersWarning) as caught:
        found = numbers(CASE, "outsourced", values)
    assert [(one.reason, one.sets.tolist()) for one in found.missing if one.reason != "nothing_to_share"] == [
        ("too_few_debtors", [1]),
        ("shares_above_one", [2]),
    ]
    assert len(caught) == 2
    assert all(np.isnan(array[1:]).all() for array in found.values())


PRIVATE = "debtors.segments.private"


@pytest.mark.parametrize(
    ("key", "value", "other"),
    [
        ("models.in_house.staff.handlers.posts.most_fte", 1.5, "models.in_house.staff.handlers.posts.least_fte"),
        ("models.in_house.staff.handlers.posts.least_fte", 9.0, "models.in_house.staff.handlers.posts.most_fte"),
        (f"{PRIVATE}.amount_mean_kr", 50.0, f"{PRIVATE}.amount_median_kr"),
        (f"{PRIVATE}.amount_median_kr", 3000.0, f"{PRIVATE}.amount_mean_kr"),
        ("policy.value_adjustment_days", 3000.0, "policy.write_down_days"),
        ("timing.interruption_margin_days", 3000.0, f"{PRIVATE}.limitation_years"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused_as_in_a_file(key: str, value: float, other: str) -> None:
    (today,) = (float(row.value) for row in CASE.rows() if row.key == key)
    with pytest.raises(ScenarioError) as caught:
        numbers(CASE, "in_house", {key: np.array([today, value])})
    said = str(caught.value)
    assert key in said
    assert other in said
    assert "in set 1" in said
    with pytest.raises(ScenarioError):
        CASE.with_changes({key: value})


def test_shares_of_debtors_that_sum_to_more_than_all_have_no_answer() -> None:
    with pytest.warns(MissingNumbersWarning, match="shares that belong together"):
        found = numbers(CASE, "in_house", {f"{PRIVATE}.forgetful_share": np.array([0.5, 0.95])})
    assert found.why("net_revenue_kr", 1) == "shares_above_one"
    with pytest.warns(MissingNumbersWarning):
        found = numbers(CASE, "in_house", {"debtors.segments.business.share": np.array([0.99, 0.04])})
    assert [found.why("claims", place) for place in (0, 1)] == ["shares_above_one", ""]


@pytest.mark.parametrize("model", CASE.models)
@pytest.mark.parametrize("key", ["invoices.late_share", "invoices.per_year"])
def test_nothing_late_is_a_year_without_a_division(key: str, model: str) -> None:
    with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        found = numbers(CASE, model, {key: np.array([0.0])})
    assert (found["claims"][0], found["principal_recovered_kr"][0], found["kronofogden_applications"][0]) == (0, 0, 0)
    assert np.isfinite(found["net_revenue_kr"][0])
    assert np.isnan(found["success_share"][0])
    assert found.why("success_share") == "nothing_to_share"


@pytest.mark.parametrize("model", CASE.models)
@pytest.mark.parametrize("empty", [np.array([]), [], np.zeros(0, np.int64)])
def test_no_sets_give_every_number_without_a_set(model: str, empty: np.ndarray) -> None:
    found = numbers(CASE, model, {"invoices.late_share": empty})
    assert list(found) == list(evaluated(CASE, model))
    assert {array.shape for array in found.values()} == {(0,)}
    assert {array.dtype for array in found.values()} == {np.dtype(np.float64)}
    assert found.missing == ()


def test_what_is_missing_travels_with_its_reasons() -> None:
    found = evaluated(CASE, "in_house", {FTE: np.array([0.1])})
    back = pickle.loads(pickle.dumps(found))
    assert back.missing == found.missing
    assert hash(back.missing) == hash(found.missing)
    assert list(back) == list(found)


def test_many_sets_are_counted_and_not_all_listed() -> None:
    found = evaluated(CASE, "in_house", {FTE: np.full(30, 0.1)})
    (one,) = found.missing
    assert "set 0, 1, 2, 3, 4, 5, 6, 7 and 22 more" in one.text()


def test_whole_floats_are_counts_and_other_kinds_are_told(base: Expected) -> None:
    number = CASE.data.debtors.number.value
    for given in (np.array([float(number)]), np.array([number], np.uint32), [number]):
        found = numbers(CASE, "in_house", {"debtors.number": given})  # type: ignore[dict-item]
        assert found["claims"].tolist() == base["claims"].tolist()
    for wrong in (np.array([True]), np.array(["x"]), number, [[number]], None):
        with pytest.raises(ScenarioError, match=r"debtors\.number: got .*; allowed an array of"):
            numbers(CASE, "in_house", {"debtors.number": wrong})  # type: ignore[dict-item]
