"""Is the mean with the closed form as control variate told beside that of the simulated worlds, and which is which?"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from kravsim.results.by_control import ClosedFormWorlds
from kravsim.results.run import Run
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


def more_of(found: UncertainComparison, structure: int, many: int) -> UncertainComparison:
    """The same with worlds of one structure added, which the closed form knows as it knows the others."""
    of_world = (*found.structures.of_world, *[structure] * many)
    every = make_uncertain(len(of_world), structures=replace(found.structures, of_world=of_world))
    runs = tuple(replace(run, outcomes=run.outcomes[2 * found.draws :]) for run in every.runs)
    added = replace(found, runs=runs, structures=replace(found.structures, of_world=(structure,) * many))
    both = with_twin(every)
    first = tuple(replace(run, outcomes=run.outcomes[: 2 * found.draws]) for run in every.runs)
    counts = [found.structures.of_world.count(place) + many * (place == structure) for place in range(3)]
    asked = dict(zip("ABC", counts, strict=True))
    structures = replace(found.structures, asked=asked)
    return replace(found, runs=first, structures=structures, closed_form=both.closed_form, added=added)


def test_worlds_that_are_added_are_told_apart_and_count_in_means_and_layers_alone() -> None:
    before = make_uncertain(30)
    found = more_of(before, 2, 40)
    plain_worlds = replace(found, added=None, closed_form=None)
    assert found.by_control is not None
    assert found.by_control.fiscal.worlds == 70
    assert [one.difference for one in found.readings] == [one.difference for one in plain_worlds.readings]
    assert (
        found.sentence("en").partition("nine worlds")[2].partition("of the variance")[0]
        == (plain_worlds.sentence("en").partition("nine worlds")[2].partition("of the variance")[0])
    )
    assert found.layers != plain_worlds.layers
    assert "med 40 lägen till simulerade och sluten form i ytterligare 600" in plain(found.sentence("sv"))
    assert "with 40 more simulated and the closed form in another 600" in plain(found.sentence("en"))
    said = found.to_json()
    assert said["worlds_by_reading"] == {"asked": {"A": 10, "B": 10, "C": 50}, "spread_by_weight": 30, "added": 40}
    assert plain_worlds.to_json()["worlds_by_reading"] is None
    assert "40 are simulated, so that readings have A 10, B 10 and C 50" in plain(found.table("en"))
    assert "är 40 simulerade, så att läsningarna har A 10, B 10 och C 50" in plain(found.table("sv"))
    saved = said["difference_by_control_kr"]["saving"]  # of the 70 worlds, against the 30 that are spread by weight
    low, high = found.difference.mean_interval()
    arm = max(found.difference.mean - low, high - found.difference.mean)
    assert saved == pytest.approx((arm / found.by_control.fiscal.arm) ** 2 * 30 / 70)


def test_a_third_model_has_the_added_worlds_too() -> None:
    pair = more_of(make_uncertain(30), 2, 40)
    assert pair.added is not None
    assert pair.closed_form is not None
    name = "own_reminders"
    worlds = pair.closed_form.worlds | {name: pair.closed_form.worlds["in_house"]}
    more = pair.closed_form.more | {name: pair.closed_form.more["in_house"]}
    found = replace(
        pair,
        runs=(*pair.runs, renamed(pair.first, name)),
        closed_form=replace(pair.closed_form, worlds=worlds, more=more),
        added=replace(pair.added, runs=(*pair.added.runs, renamed(pair.added.first, name))),
    )
    (other,) = found.others
    assert (other.by_control, other.layers, other.difference) == (found.by_control, found.layers, found.difference)


def test_a_better_spread_of_worlds_is_told_where_it_helps_and_only_there() -> None:
    even = with_twin(make_uncertain(90))
    assert "would make the interval" not in even.table("en")
    spread = even.best_worlds["reading"]
    assert (spread.names, spread.economic is not None) == (("A", "B", "C"), True)
    assert spread.fiscal is not None
    assert sum(spread.fiscal.worlds) == 90
    assert even.closed_form is not None
    rng = np.random.default_rng(2)
    wrong = {model: values.copy() for model, values in even.closed_form.worlds.items()}
    wrong[even.first.model][:, 2::3] += 200_000 * rng.standard_normal(30)
    found = replace(even, closed_form=replace(even.closed_form, worlds=wrong))
    best = found.best_worlds["reading"].fiscal
    assert best is not None
    assert best.worth_saying
    assert best.worlds[0] < 30 < best.worlds[2]
    asked = ",".join(f"{name}={many}" for name, many in zip("ABC", best.worlds, strict=True))
    narrower = round(100 * best.narrower)
    en = f"--draws {asked} would make the interval of all worlds {narrower}% narrower; percentiles and"
    sv = f"--draws {asked} skulle göra intervallet för alla lägen {narrower} % smalare; percentiler och"
    assert en in plain(found.table("en"))
    assert sv in plain(found.table("sv"))
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))["best_worlds"]["reading"]["fiscal"]
    assert told == {
        "worlds": dict(zip("ABC", best.worlds, strict=True)),
        "narrower": best.narrower,
        "spread_by_weight": best.by_weight,
    }
    assert make_uncertain(90).best_worlds == {}


def crossed(dimensions: Mapping[str, tuple[str, ...]], draws: int) -> UncertainComparison:
    """Worlds of every combination of alternatives, all equally likely, with a closed form that three readings share."""
    choices = [dict(zip(dimensions, names, strict=True)) for names in itertools.product(*dimensions.values())]
    n = len(choices)
    structures = replace(
        make_uncertain(n).structures,
        choices=tuple(choices),
        weights=(1 / n,) * n,
        of_world=tuple(k % n for k in range(draws)),
    )
    found = with_twin(make_uncertain(draws, structures=structures))
    assert found.closed_form is not None
    closed_form = replace(found.closed_form, further=Further(np.arange(600) % n, None))
    return replace(found, closed_form=closed_form)


def test_no_spread_is_advised_that_could_not_be_asked_for_or_was_not_asked_for() -> None:
    same = crossed({"work": ("low", "high"), "pay": ("low", "high"), "rule": ("old", "new")}, 160)
    assert list(same.best_worlds) == ["rule"]
    other = crossed({"work": ("low", "high"), "rule": ("old", "new")}, 160)
    assert list(other.best_worlds) == ["work", "rule"]
    asked = replace(other, structures=replace(other.structures, asked={"old": 90, "new": 70}))
    assert list(asked.best_worlds) == ["rule"]


def test_rows_of_other_dimensions_have_a_mean_only_where_every_reading_that_was_given_worlds_has_two() -> None:
    found = crossed({"work": ("low", "high"), "rule": ("old", "new")}, 160)
    of_world = (*(0,) * 20, *(1,) * 40, 2, *(3,) * 40)  # low old, low new, high old (one world), high new
    values = make_uncertain(101, structures=replace(found.structures, of_world=of_world, draws_needed=200))
    twin = with_twin(values).closed_form
    assert twin is not None
    assert found.closed_form is not None
    known = replace(values, closed_form=replace(twin, further=found.closed_form.further))
    asked = replace(known, structures=replace(known.structures, asked={"old": 21, "new": 80}))
    rows = {one.name: one.by_control for one in asked.readings}
    assert rows["high"] is None
    assert all(rows[name] is not None for name in ("low", "old", "new"))
    assert asked.by_control is not None
    assert {one.name for one in known.readings if one.by_control is None} == set()
    (table,) = (one for one in asked.tables("en") if one.header[0] == "mean difference")
    assert "Dashes alone: too few simulated worlds" in " ".join(table.notes)


def with_load(run: Run, overloaded: int) -> Run:
    """The same with more work than hours in so many of its last worlds."""
    draws = sorted({one.draw for one in run.outcomes})[run.draws - overloaded :]
    outcomes = [
        replace(one, numbers={**one.numbers, "unmet_hours": 100.0 * (one.draw in draws)}) for one in run.outcomes
    ]
    return replace(run, outcomes=tuple(outcomes))


def test_what_happens_in_added_worlds_alone_is_doubted_with_the_worlds_that_it_is_of() -> None:
    before = more_of(make_uncertain(30), 2, 40)
    assert before.added is not None
    assert [one.key for one in before.doubts if one.key == "overloaded"] == []
    loaded = replace(before.added, runs=(with_load(before.added.first, 7), before.added.second))
    found = replace(before, runs=(with_load(before.first, 0), before.second), added=loaded)
    (one,) = (one for one in found.doubts if one.key == "overloaded")
    assert "Overloaded in 7 of 70 worlds (10.0%)" in plain(one.en)
    assert "Överbelastad i 7 av 70 lägen (10,0 %)" in plain(found.sentence("sv"))
    assert one.model == "in_house"
    assert "overloaded" in {doubt["key"] for doubt in found.to_json()["doubts"]}
    for lang, said in (("en", "are of all 70 that are simulated"), ("sv", "är av alla 70 simulerade")):
        assert said in plain(found.table(lang))
    assert found.by_load.unable is None  # of the worlds that are spread by weight


def test_what_holds_for_the_worlds_that_are_spread_by_weight_alone_is_doubted_still() -> None:
    """Staff who are mostly away there, and in all worlds together are not."""
    before = more_of(make_uncertain(30), 2, 40)
    assert before.added is not None

    def away(run: Run, hours: float) -> Run:
        numbers = {"paid_hours": 1_000.0, "absent_hours": hours}
        return replace(run, outcomes=tuple(replace(one, numbers={**one.numbers, **numbers}) for one in run.outcomes))

    added = replace(before.added, runs=tuple(away(run, 0.0) for run in before.added.runs))
    found = replace(before, runs=tuple(away(run, 900.0) for run in before.runs), added=added)
    assert [one.key for one in found.doubts].count("mostly_away") == 1


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
