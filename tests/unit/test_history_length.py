"""History is as long as the wanted precision asks for: found before anything is run, alike in every world, and told."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim import cli, expected
from kravsim.chance.draws import Draws
from kravsim.checking.check import problems_of, warnings_of
from kravsim.errors import ScenarioError
from kravsim.expected.history import HistoryLength, history_length, history_settled
from kravsim.flow import one_run, setting
from kravsim.scenario import Scenario

KEY = "horizon.history_years"


def ruled(most: int = 8, precision_kr: float = 700.0, **more: object) -> Scenario:
    """A small body, the longest history and the precision in kr."""
    rule = {"horizon__history_rule": "by_precision", "horizon__history_precision_kr": precision_kr}
    posts = {"models__in_house__staff__handlers__fte": 1.5}
    return tiny(**(posts | rule | {"horizon__history_years": most} | more))


@pytest.fixture(scope="module")
def found() -> HistoryLength:
    return history_length(ruled())


def nets(model: str, most: int = 8) -> list[float]:
    plain = ruled(most).with_changes({"horizon.history_rule": "number"})
    years = np.arange(most + 1, dtype=np.float64)
    return expected.numbers(plain, model, {KEY: years})["net_revenue_kr"].tolist()


def test_no_shorter_history_would_do_and_what_is_left_is_what_the_closed_form_says(found: HistoryLength) -> None:
    assert 1 < found.years < 8
    assert found.enough
    assert max(found.left_kr.values()) <= 700
    left_before = 0.0
    for model, left in found.left_kr.items():
        net = nets(model)
        moved = np.abs(np.diff(net))
        assert left == pytest.approx(moved[found.years :].sum())
        assert abs(net[-1] - net[found.years]) <= left + 1e-6
        left_before = max(left_before, moved[found.years - 1 :].sum())
    assert left_before > 700


def test_a_run_is_that_of_the_number_that_is_found(found: HistoryLength) -> None:
    number = ruled().with_changes({"horizon.history_rule": "number", KEY: found.years})
    for model in ("outsourced", "in_house"):
        by_rule, by_number = (one_run(one, model, seed=3).outcome for one in (ruled(), number))
        assert by_rule.numbers == pytest.approx(by_number.numbers, rel=1e-15, nan_ok=True)
    by_rule, by_number = (expected.numbers(one, "outsourced") for one in (ruled(), number))
    assert by_rule["net_revenue_kr"].tolist() == by_number["net_revenue_kr"].tolist()


def test_every_world_and_replication_has_the_same_history(found: HistoryLength) -> None:
    for draws in (Draws(1, 0, 0), Draws(1, 0, 5), Draws(2, 3, 0), Draws(2, 4, 1)):
        assert setting(ruled(), draws).world.data.horizon.history_years.value == found.years
    assert history_settled(number := ruled().with_changes({"horizon.history_rule": "number"})) is number


def test_a_coarser_precision_asks_for_less_and_one_that_the_longest_does_not_keep_is_warned_of() -> None:
    assert history_length(ruled(precision_kr=20_000.0)).years < history_length(ruled()).years
    short = ruled(most=2, precision_kr=10.0)
    assert history_length(short).years == 2
    (warning,) = [one for one in warnings_of(short) if one.key == KEY]
    assert "2 years, the oldest of which moves the net of" in str(warning)
    assert "raise history_years" in warning.remedy
    assert [one for one in warnings_of(ruled()) if one.key == KEY] == []


@pytest.mark.parametrize(
    "years", [{"value": 0, "source": "assumption", "status": "assumed"}, {"low": 5, "high": 9, "value": 8}]
)
def test_the_longest_history_is_one_number_from_1_up(years: dict[str, object]) -> None:
    with pytest.raises(ScenarioError, match="history_years is the longest history, one number from 1 up"):
        ruled().with_changes({KEY: {"source": "assumption", "status": "assumed"} | years})


def test_a_net_that_there_is_not_is_refused_in_words() -> None:
    nobody = ruled(models__in_house__staff__handlers__fte=0.001)
    with pytest.raises(ScenarioError, match="no expected net of in_house with a history of 8 years"):
        history_length(nobody)
    assert any('history_rule = "number"' in one.remedy for one in problems_of(nobody))


def test_it_is_told_by_validate_and_in_the_register(capsys: pytest.CaptureFixture[str]) -> None:
    changes = ["horizon.history_rule=by_precision", f"{KEY}=14"]
    settings = [word for change in changes for word in ("--set", change)]
    assert cli.main(["validate", "jamtland-harjedalen-2017", "--lang", "en", *settings]) == 0
    assert (
        "history: 10 years of at most 14; what is left out moves the year's net by at most" in capsys.readouterr().out
    )
    assert cli.main(["validate", "jamtland-harjedalen-2017", "--json", *settings]) == 0
    told = json.loads(capsys.readouterr().out)["history"]
    assert (told["years"], told["enough"]) == (10, True)
    rows = ks.studies.register(ruled()).rows
    (row,) = [row for row in rows if row.key == KEY]
    assert "years of at most 8; what is left out moves" in row.note
