"""Is the mean with the closed form as control variate told beside that of the simulated worlds, and which is which?"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from kravsim.results.by_control import ClosedFormWorlds
from kravsim.results.uncertainty import UncertainComparison
from kravsim.statistics.control import ERROR_PARTS
from kravsim.statistics.control_fit import Further

from .result_makers import make_uncertain, renamed


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def with_twin(found: UncertainComparison, *, silent: int = 0) -> UncertainComparison:
    """The same with a closed form that is the mean of each world's years and 50 000 kr, silent in some further worlds."""
    rng = np.random.default_rng(3)
    structure = np.repeat(np.arange(3), 200)
    more = -950_000.0 + 100_000 * structure + 200_000 * rng.standard_normal(600)
    more[:silent] = np.nan
    worlds = np.stack([found.all[kind].mean(axis=1) + 50_000 for kind in ("fiscal", "economic")])
    models = (found.first.model, found.second.model)
    twin = {models[0]: worlds, models[1]: np.zeros_like(worlds)}
    further = {models[0]: np.stack([more, more]), models[1]: np.zeros((2, 600))}
    return replace(found, closed_form=ClosedFormWorlds(Further(structure, None), twin, further))


def test_the_sentence_has_the_surer_mean_and_says_what_the_simulated_worlds_say_alone() -> None:
    before = make_uncertain(60, kind="posterior")
    found = with_twin(before)
    assert found.by_control is not None
    one = found.by_control.fiscal
    assert one.helps
    assert one.arm < 0.5 * (found.difference.mean - found.difference.mean_interval()[0])
    sv, en = plain(found.sentence("sv")), plain(found.sentence("en"))
    assert "med sluten form i 600 till som kontrollvariat (de simulerade lägena ensamma: " in sv
    assert "with the closed form in 600 more as control variate (simulated worlds alone: " in en
    alone = (
        plain(before.sentence("en")).split("region ")[1].split(" net revenue")[0]
    )  # such as 890 000 kr less (±51 000 kr)
    assert f"(simulated worlds alone: {alone.replace(' (±', ', ±')}" in en
    assert en.count(".") == 1
    assert found.difference == before.difference


def test_the_table_has_both_for_every_reading_and_says_what_is_simulated_alone() -> None:
    found = with_twin(make_uncertain(60), silent=30)
    (table,) = (one for one in found.tables("en") if one.header[0] == "mean difference")
    assert [row.cells[0] for row in table.rows] == ["All worlds", "A: a reading", "B: a reading", "C: a reading"]
    assert table.rows[0].cells[1] == found.difference.text("en")
    assert [row.cells[7] for row in table.rows[:2]] == ["5.0%", "15.0%"]
    said = plain(" ".join(table.notes))
    assert "Percentiles, chances and the shares of the layers are those of the simulated worlds." in said
    assert "Of the error (squared) of all worlds" in said
    assert "does not help" not in said
    assert "Dashes alone" not in said
    assert "med sluten form" in plain(found.table("sv"))


def test_json_has_both_with_correlation_saving_and_what_the_error_is_made_of() -> None:
    before = make_uncertain(60)
    found = with_twin(before, silent=30)
    said = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert said["difference_kr"] == json.loads(json.dumps(before.to_json()))["difference_kr"]
    assert (said["control"], before.to_json()["control"]) == ("closed_form", "none")
    one = said["difference_by_control_kr"]
    assert (one["used"], one["simulated_worlds"], one["closed_form_worlds"]) == (True, 60, 600)
    assert one["no_answer_share"] == pytest.approx(0.05)
    assert one["correlation"] > 0.99
    assert one["interval"][0] < one["mean"] < one["interval"][1]
    arm = max(one["mean"] - one["interval"][0], one["interval"][1] - one["mean"])
    low, high = found.difference.mean_interval()
    middle = found.difference.mean
    assert one["saving"] == pytest.approx((max(middle - low, high - middle) / arm) ** 2)
    assert list(one["error_shares"]) == list(ERROR_PARTS)
    assert sum(one["error_shares"].values()) == pytest.approx(1)
    for place in (*said["readings"], *said["structures"]):
        assert place["difference_by_control_kr"]["used"]
        assert place["economic_difference_by_control_kr"]["simulated_worlds"] == 20


def test_a_closed_form_that_does_not_help_leaves_the_answer_as_it_was() -> None:
    before = make_uncertain(60)
    wrong = with_twin(before)
    assert wrong.closed_form is not None
    rng = np.random.default_rng(1)
    noise = {model: 1e6 * rng.standard_normal(values.shape) for model, values in wrong.closed_form.worlds.items()}
    wrong = replace(wrong, closed_form=replace(wrong.closed_form, worlds=noise))
    assert wrong.sentence("sv") == before.sentence("sv")
    one = wrong.to_json()["difference_by_control_kr"]
    assert (one["used"], one["saving"]) == (False, None)
    (table,) = (table for table in wrong.tables("sv") if table.header[0] == "skillnad, medelvärde")
    assert table.rows[0].cells[3:6] == ("–", "–", "–")
    assert "hjälper inte" in " ".join(table.notes)


def test_a_third_model_without_the_closed_form_of_its_own_is_held_against_the_second() -> None:
    pair = with_twin(make_uncertain(60))
    assert pair.closed_form is not None
    third = renamed(pair.first, "own_reminders")
    both = replace(
        pair.closed_form,
        worlds=pair.closed_form.worlds | {"own_reminders": pair.closed_form.worlds["in_house"]},
        more=pair.closed_form.more | {"own_reminders": pair.closed_form.more["in_house"]},
    )
    found = replace(pair, runs=(*pair.runs, third), closed_form=both)
    (other,) = found.others
    assert other.by_control == found.by_control
    assert found.to_json()["others"][0]["difference_by_control_kr"] == found.to_json()["difference_by_control_kr"]
