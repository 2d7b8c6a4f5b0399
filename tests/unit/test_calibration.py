"""Calibration as users meet it: what is refused, what is told, what is kept and read back."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm
from tests.statistical import books
from tests.statistical.books import CASE, CLAIMS, PER_OCCASION, REMINDED, SERVICE, toy

import kravsim as ks
from kravsim.calibration.calibrate import _kept
from kravsim.calibration.calibration import Calibration
from kravsim.calibration.designs import posterior_design
from kravsim.calibration.likelihood import log_inside
from kravsim.calibration.parts import parts_of
from kravsim.calibration.posterior import Posterior
from kravsim.calibration.stored import calibration_text
from kravsim.calibration.worlds import Design
from kravsim.errors import DataError, OutputError, RunError, ScenarioError
from kravsim.scenario import Scenario
from kravsim.scenario.prior import Prior
from kravsim.sizing.estimate import check_particles

QUICK = {"draws": 80, "particles": 24, "forward": toy}


@pytest.fixture(scope="module")
def case() -> Scenario:
    return books.case(*books.NUMBERS, *books.BESIDE)


@pytest.fixture(scope="module")
def found(case: Scenario) -> Calibration:
    return ks.studies.calibrate(case, choice={"reading": "D"}, seed=1, **QUICK)


@pytest.fixture(scope="module")
def every(case: Scenario) -> Posterior:
    return ks.studies.calibrate_all(case, dimensions=["reading"], seed=1, **QUICK)


def flat(scenario: Scenario, model: str, values: dict[str, Any]) -> dict[str, Any]:
    """cal_07: every success pays the demand fee, of which the region has all; success is whatever the reminder does."""
    assert model == "outsourced"
    success = 0.4 + 0.2 * (values[REMINDED] - 0.75) / 0.16
    return {**toy(scenario, model, values), "success_share": success, "books_net_kr": 180 * CLAIMS * success}


# ---- worked cases ------------------------------------------------------------------------------------------------


def test_cal_01_shares_of_the_document(case: Scenario) -> None:
    invoices = case.data.invoices
    assert invoices.late_share.value == 16_586 / 207_506
    assert invoices.late_share.value == pytest.approx(0.07993021888523705, rel=1e-15)
    assert 207_506 * invoices.late_share.value / 12 == pytest.approx(1382.1666666666667)
    assert case.data.targets["claims"].low <= 16_586 <= case.data.targets["claims"].high
    assert int(0.55 * 16_586) == 9122


def test_cal_07_targets_that_cannot_all_hold_are_reported_with_the_nearest_distance(case: Scenario) -> None:
    """55 % of 16 586 claims times 180 kr is 1.64 MSEK; 200 000 kr are 12 % of the successes. No number can mend that."""
    assert 180 * 9122 == 1_641_960
    assert pytest.approx(0.12180564690979073) == 200_000 / 180 / 9122
    told = ks.studies.calibrate(case, seed=1, **QUICK | {"forward": flat})
    assert set(told.conflict) == {"success", "books_net"} or told.conflict == ("books_net",)
    fit = {one.name: one for one in told.fit}
    assert fit["books_net"].off_by > 900_000  # success is at its lowest, 40 %: 1.19 MSEK
    assert fit["books_net"].nearest == pytest.approx(180 * CLAIMS * fit["success"].nearest, rel=1e-4)
    assert "do not agree" in told.sentence("en")
    assert "books_net" in told.sentence("sv")
    assert fit["interest"].name not in told.conflict


# ---- the likelihood ----------------------------------------------------------------------------------------------


def test_the_chance_of_an_interval_is_exact_also_far_out(case: Scenario) -> None:
    target = case.data.targets["books_net"]
    edge = target.edge
    assert edge is not None
    figures = np.array([200_000.0, 175_000.0, 226_000.0, 150_000.0])
    exact = norm.cdf((target.high - figures) / edge) - norm.cdf((target.low - figures) / edge)
    assert log_inside(figures, target) == pytest.approx(np.log(exact), rel=1e-9)
    far = log_inside(np.array([-1e7, 1e7, 1e9]), target)
    assert np.isfinite(far).all()
    assert (far < -1e5).all()
    mirrored = log_inside(target.low + target.high - figures, target)
    assert mirrored == pytest.approx(log_inside(figures, target), rel=1e-9)


# ---- what it says ------------------------------------------------------------------------------------------------


def test_every_set_has_every_number_inside_its_range_and_figures_that_belong_to_it(found: Calibration) -> None:
    assert found.values.shape == (80, len(found.keys))
    values = dict(zip(found.keys, found.values.T, strict=True))
    again = toy(found.scenario, "outsourced", values)
    for place, target in enumerate(found.targets.values()):
        assert found.figures[:, place] == pytest.approx(again[target.metric], rel=1e-6)
    for key, column in values.items():
        value, _ = found.scenario.prior.numbers[key]
        assert value.low is not None
        assert value.high is not None
        assert ((column >= value.low) & (column <= value.high)).all()
    assert not any(key.startswith("models.in_house") for key in found.keys)
    assert "models.own_reminders.contract.it_service_per_year_kr" in found.keys  # hangs with the agency's


def test_the_sets_reach_the_targets_and_say_so(found: Calibration) -> None:
    assert found.conflict == ()
    assert all(fit.reached_share > 0.8 for fit in found.fit)
    assert all(
        target.low <= one.p50 <= target.high for one, target in zip(found.fit, found.targets.values(), strict=True)
    )
    assert 0 < found.diagnosis.prior_inside < found.diagnosis.prior_draws
    chance = found.diagnosis.prior_inside / found.diagnosis.prior_draws
    assert abs(math.log(chance) - found.diagnosis.log_evidence) < 1
    known = {number.key: number for number in found.numbers}
    assert known[REMINDED].moved
    assert known[REMINDED].sd_ratio < 0.8
    assert not known["timing.demand_grace_days"].moved


@pytest.mark.parametrize(("lang", "words"), [("sv", "parametermängder"), ("en", "parameter sets")])
def test_it_speaks_both_languages(case: Scenario, found: Calibration, lang: str, words: str) -> None:
    table, read = found.table(lang), case.data.alternatives["reading"]["D"]
    assert (read.title_sv if lang == "sv" else read.title) in table
    assert words in table
    assert REMINDED in table
    assert json.dumps(found.to_json(), allow_nan=False)
    assert repr(found).startswith(f"<Calibration of {CASE}, D: The books move")


def test_tables_are_frames(found: Calibration) -> None:
    assert list(found.to_frame().columns)[-1] == "target:interest"
    frame = found.identifiability()
    assert set(frame["key"]) == set(found.keys)
    assert {"prior_sd", "sd", "sd_ratio", "shift", "moved"} <= set(frame.columns)


# ---- the same numbers every time ---------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(case: Scenario, found: Calibration) -> None:
    again = ks.studies.calibrate(Scenario.from_text(case.text), choice={"reading": "D"}, seed=1, **QUICK)
    assert calibration_text(again) == calibration_text(found)
    other = ks.studies.calibrate(case, choice={"reading": "D"}, seed=2, **QUICK)
    assert not np.array_equal(other.values, found.values)
    drawn = ks.studies.calibrate(case, choice={"reading": "D"}, **QUICK)
    assert drawn.seed > 2**64


def test_a_number_that_no_target_looks_at_changes_nothing_for_the_others(case: Scenario, found: Calibration) -> None:
    """Neither one less, nor one more: same truths, same luck."""
    without = case.with_changes({"timing.demand_grace_days": 14, "models.in_house.staff.handlers.fte": 5})
    fewer = ks.studies.calibrate(without, choice={"reading": "D"}, seed=1, **QUICK)
    assert "timing.demand_grace_days" not in fewer.keys
    for key, column in zip(fewer.keys, fewer.values.T, strict=True):
        assert np.array_equal(column, found.values[:, found.keys.index(key)])


# ---- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"draws": 1}, "draws"),
        ({"draws": 97}, "at most 96"),
        ({"particles": 8}, "particles"),
        ({"particles": True}, "particles"),
        ({"seed": -1}, "seed"),
        ({"moves": 1}, "moves"),
        ({"apart": {"timing.demand_grace": [14]}}, "did you mean timing.demand_grace_days?"),
        ({"apart": {"behaviour.slow.demand_paid_share": [0.5]}}, "that no correlation names"),
        ({"apart": {"timing.demand_grace_days": [400]}}, "apart.timing.demand_grace_days"),
        ({"apart": {"timing.demand_grace_days": []}}, "one number or more inside the range"),
        ({"apart": {"timing.demand_grace_days": "14"}}, "apart.timing.demand_grace_days"),
        ({"apart": {"timing.demand_grace_days": [13.5 + n / 1000 for n in range(48)]}}, "at most 48 parts in all"),
        ({"apart": {"timing.demand_grace_days": [13.5]}, "draws": 97}, "at most 96"),
        ({"apart": [13.5]}, "a mapping of keys to lists of bounds"),
        ({"apart": "timing.demand_grace_days=13.5"}, "a mapping of keys to lists of bounds"),
        ({"apart": []}, "a mapping of keys to lists of bounds"),
        ({"apart": {13: [13.5]}}, "that no correlation names"),
        ({"targets": ["claim"]}, "did you mean claims?"),
        ({"targets": []}, "one target or more"),
        ({"targets": ["applications"]}, "targets.applications.edge"),
        ({"choice": {"reading": "Q"}}, "one of A, B, C, D, E, DE"),
    ],
)
def test_impossible_requests_are_refused_in_words(case: Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises((ScenarioError, RunError)) as refused:
        ks.studies.calibrate(case, **{"seed": 1, **QUICK, **how})
    assert words in str(refused.value)


def test_where_every_number_is_correlated_none_has_parts(case: Scenario) -> None:
    prior = case.prior
    inside = [key for group in prior.groups for key in group.keys if key in prior.numbers]
    only = Prior({key: prior.numbers[key] for key in inside}, prior.groups)
    with pytest.raises(ScenarioError, match="leave apart out: every uncertain number is correlated"):
        parts_of(only, {inside[0]: [0.5]})


def test_no_part_of_a_prior_is_empty() -> None:
    """Bounds on either side of a whole number divide; between the same two there is nothing."""
    prior = ks.load_scenario("jamtland-harjedalen-2017").prior
    key = "policy.instalments"
    parts = parts_of(prior, {key: [6.2, 5, 5.5]})
    assert [part.chance > 0 for part in parts] == [True] * 4
    assert math.fsum(part.chance for part in parts) == pytest.approx(1, abs=1e-15)
    for bounds in ([5.5, 5.2], [5.2, 6], [5.2, np.nextafter(5.2, 6)], [7.5, 4.5, 5.2, 5.5]):
        with pytest.raises(
            ScenarioError, match=r"apart\.policy\.instalments: .*; allowed bounds with values"
        ) as caught:
            parts_of(prior, {key: bounds})
        (problem,) = caught.value.problems
        assert "5.2 and " in str(problem)


def test_particles_of_many_parts_need_more_memory() -> None:
    check_particles(10_000, 100, "particles", 2500, 0.4, parts=1)
    with pytest.raises(ScenarioError, match=r"max_memory_gib = 0\.4"):
        check_particles(10_000, 100, "particles", 2500, 0.4, parts=48)


def test_a_metric_that_closed_form_does_not_give_is_refused(case: Scenario) -> None:
    odd = case.with_changes({"targets.success.metric": "moons"})
    with pytest.raises(ScenarioError, match="a figure that closed form gives"):
        ks.studies.calibrate(odd, seed=1, **QUICK | {"forward": None})


def test_a_function_that_gives_no_figure_of_a_target_is_named(case: Scenario) -> None:
    def one(_: Scenario, __: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"claims": np.full(len(values[REMINDED]), 16_000.0)}

    with pytest.raises(
        RunError, match=r"forward .*one: targets\.\w+\.metric: got .*; allowed a figure that it gives"
    ) as told:
        ks.studies.calibrate(case, seed=1, **QUICK | {"forward": one})
    lacks = {problem.value for problem in told.value.problems}
    assert lacks == {"success_share", "books_net_kr", "interest_kr"}


def test_a_prior_without_a_possible_world_says_so(case: Scenario) -> None:
    def nothing(_: Scenario, __: str, values: dict[str, Any]) -> dict[str, Any]:
        nan = np.full(len(values[REMINDED]), np.nan)
        return dict.fromkeys(("claims", "success_share", "books_net_kr", "interest_kr"), nan)

    with pytest.raises(RunError, match="no world in 4096 draws"):
        ks.studies.calibrate(case, seed=1, **QUICK | {"forward": nothing})


def test_ranges_that_break_a_rule_are_refused_before_anything_is_drawn(case: Scenario) -> None:
    wide = {"value": 0.8, "low": 0.75, "high": 0.99, "source": "assumption", "status": "assumed"}
    with pytest.raises(ScenarioError, match="the ranges at their worst"):
        ks.studies.calibrate(case.with_changes({REMINDED: wide}), seed=1, **QUICK)


def test_a_scenario_without_uncertain_numbers_is_refused(case: Scenario) -> None:
    fixed = case.with_changes({key: value.value for key, (value, _) in case.prior.numbers.items()})
    with pytest.raises(ScenarioError, match="an uncertain number or more"):
        ks.studies.calibrate(fixed, seed=1, **QUICK)


# ---- every reading -----------------------------------------------------------------------------------------------


def test_every_reading_has_its_sets_and_its_weight(case: Scenario, every: Posterior) -> None:
    assert [one.name for one in every.calibrations] == ["A", "B", "C", "D", "E", "DE"]
    assert sum(every.weights) == 1
    tables = every.parameter_sets()
    assert [dict(table.choice) for table in tables] == [{"reading": name} for name in ("A", "B", "C", "D", "E", "DE")]
    assert math.fsum(table.weight for table in tables) == pytest.approx(1, abs=1e-12)
    share = "models.outsourced.contract.demand_fee_agency_share"
    assert share in every["C"].keys
    assert share not in every["D"].keys
    settled = tables[2].settled(case.with_alternatives({"reading": "C"}), 5)
    contract = settled.data.models["outsourced"].contract
    assert contract is not None
    assert contract.demand_fee_agency_share is not None
    assert contract.demand_fee_agency_share.value == every["C"].values[5, every["C"].keys.index(share)]
    with pytest.raises(ScenarioError, match=r"did you mean reading\?"):
        ks.studies.calibrate_all(case, dimensions=("readings",), **QUICK)


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_file_holds_the_same_calibration(case: Scenario, found: Calibration, tmp_path: Path) -> None:
    path = ks.studies.save_calibration(found, tmp_path / "d.csv")
    read = ks.studies.load_calibration(case, path)
    assert np.array_equal(read.values, found.values)
    assert np.array_equal(read.figures, found.figures)
    assert (read.keys, read.seed, read.choice, read.diagnosis) == (
        found.keys,
        found.seed,
        found.choice,
        found.diagnosis,
    )
    assert calibration_text(read) == calibration_text(found)
    assert read.table("en") == found.table("en")
    with pytest.raises(OutputError, match="--force"):
        ks.studies.save_calibration(found, path)


def test_a_file_tells_how_sets_were_sampled_where_that_was_not_as_usual(
    case: Scenario, found: Calibration, tmp_path: Path
) -> None:
    assert "apart" not in calibration_text(found).split("\n")[0]
    apart = {"timing.demand_grace_days": [16, 13.0]}
    parts = ks.studies.calibrate(case, choice={"reading": "D"}, seed=1, moves=4, apart=apart, **QUICK)
    read = ks.studies.load_calibration(case, ks.studies.save_calibration(parts, tmp_path / "d.csv"))
    assert (read.moves, dict(read.apart)) == (4, {"timing.demand_grace_days": (13.0, 16.0)})
    assert read == parts
    assert calibration_text(read) == calibration_text(parts)
    assert parts.to_json()["apart"] == {"timing.demand_grace_days": [13.0, 16.0]}


@pytest.mark.parametrize(
    "changes",
    [
        {SERVICE: 21_000},
        {"invoices.hand_over_day": 21},
        {"targets.books_net.high": 250_000},
        {"behaviour.lateness.retained_share": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]},
        {"correlations.demands.rank": 0.4},
        {"alternatives.reading.D.weight": 0.3, "alternatives.reading.A.weight": 0.15},
    ],
)
def test_a_file_of_another_scenario_is_refused(
    case: Scenario, found: Calibration, tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = ks.studies.save_calibration(found, tmp_path / "d.csv")
    changed = case.with_changes(changes)
    if "alternatives.reading.D.weight" in changes:  # what the sets do not depend on may change
        assert len(ks.studies.load_calibration(changed, path)) == len(found)
        return
    with pytest.raises(DataError, match="kravsim calibrate"):
        ks.studies.load_calibration(changed, path)


def test_numbers_of_models_that_no_target_speaks_of_may_change(
    case: Scenario, found: Calibration, tmp_path: Path
) -> None:
    path = ks.studies.save_calibration(found, tmp_path / "d.csv")
    more = case.with_changes({"models.in_house.staff.handlers.fte": 3.5, "description": "other words"})
    assert np.array_equal(ks.studies.load_calibration(more, path).values, found.values)


def test_a_damaged_or_missing_file_is_refused(case: Scenario, found: Calibration, tmp_path: Path) -> None:
    text = calibration_text(found)
    path = tmp_path / "d.csv"
    for broken in (
        "",
        "x",
        text[: len(text) // 2],
        text.replace("parameter sets 1", "parameter sets 9"),
        text + "1,2\n",
    ):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(DataError, match="kravsim calibrate"):
            ks.studies.load_calibration(case, path)
    with pytest.raises(DataError, match="a file of parameter sets"):
        ks.studies.load_calibration(case, tmp_path / "none.csv")


def test_no_number_is_moved_to_the_end_of_its_range_by_a_negative_correlation(case: Scenario) -> None:
    """Ends sent through the copula would be wrong: 40 in both columns is 0 for the second of two that hang by -0.69."""
    pair = [PER_OCCASION, "timing.demand_grace_days"]
    opposed = {"keys": pair, "rank": -0.69, "source": "assumption", "status": "assumed"}
    made = case.with_changes({"correlations.opposed": opposed}).prior
    here = np.random.default_rng(3).standard_normal((200, len(made.columns)))
    kept = _kept(made, here)
    for column, (key, drawn) in enumerate(made.values(here).items()):
        assert kept[:, column] == pytest.approx(drawn, rel=1e-3), key
    assert np.corrcoef(kept[:, [made.keys.index(key) for key in pair]].T)[0, 1] < -0.5


# ---- studies that draw from it -----------------------------------------------------------------------------------


def study(scenario: Scenario, ensemble: Any, **how: Any) -> Design:
    return posterior_design(scenario, ensemble, **{"draws": 4, "replications": 2, "seed": 1} | how)


def test_a_calibration_of_another_scenario_is_refused_by_a_study(
    case: Scenario, found: Calibration, every: Posterior
) -> None:
    for ensemble in (found, every):
        assert study(case, ensemble).draws == 4
        other = case.with_changes({"title": "Another title", "models.in_house.staff.handlers.sick_share": 0.02})
        assert study(other, ensemble).draws == 4
        for change in ({"timing.demand_grace_days": 20}, {"targets.success.high": 0.6}):
            with pytest.raises(ScenarioError, match=r"D: got made from another scenario; .* calibrate this scenario"):
                study(case.with_changes(change), ensemble)
    settled = study(case.with_alternatives({"reading": "D"}), every)
    assert settled.choices == ((("limitation", "three_years"),), (("limitation", "ten_years"),))


def test_a_calibration_at_the_base_is_refused_for_another_alternative(case: Scenario, every: Posterior) -> None:
    other, base = {"hand_over": "thirty_day_terms"}, {"hand_over": "invoice_age"}
    with pytest.raises(ScenarioError, match="found with hand_over thirty_day_terms"):
        study(case, every, structures=other)
    with pytest.raises(ScenarioError, match="made from another scenario"):
        study(case.with_alternatives(other), every)
    assert "hand_over" not in study(case, every, structures=base).held
    assert "hand_over" not in study(case.with_alternatives(base), every).held
