"""Wrong and hopeless wishes for replications, precision and pairing (validity section 5, rows 70 to 75)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import kravsim as ks
from kravsim import cli
from kravsim.errors import KravsimError, RunError, ScenarioError
from kravsim.results.comparison import Comparison
from kravsim.running.replicate import _crew
from kravsim.statistics.convergence import half_width
from kravsim.statistics.distribution import Distribution
from kravsim.studies.precision import FEWEST, Target, look_ahead, replications_for
from tests.properties.strategies import tiny
from tests.unit.result_makers import PROVENANCE, make_run
from tests.validation.asking import kept, refused, shell

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)


def stream(mean: float, sd: float, seed: int = 1) -> Callable[[int], NDArray[np.float64]]:
    values = mean + sd * np.random.default_rng(seed).standard_normal(40_000)
    return lambda n: values[:n]


@pytest.mark.parametrize("replications", [0, -1, 2.5, True, "7"])
def test_70_replications_that_are_no_count(replications: object) -> None:
    said = refused(lambda: ks.compare(SCENARIO, replications=replications, seed=1))  # type: ignore[call-overload]
    assert "a whole number from 1" in said


def test_70_one_replication_runs_and_gives_no_interval() -> None:
    one = ks.compare(SCENARIO, replications=1, seed=1, workers=1, progress=False)
    with pytest.raises(RunError, match="needs n >= 2"):
        one.difference.mean_interval()
    single = ks.studies.precision(SCENARIO, half_width_kr=1, max_replications=1, seed=1, workers=1, progress=False)
    assert (single.reached, single.half_width, single.convergence) == (False, None, None)
    assert single.comparison.difference == one.difference


@pytest.mark.parametrize("target", [0, -5, math.nan, math.inf, True, "10"])
def test_71_a_half_width_that_is_no_amount(target: float) -> None:
    said = refused(lambda: ks.studies.precision(SCENARIO, half_width_kr=target, seed=1))
    assert "half_width_kr" in said
    assert "a number of kr above 0" in said


@pytest.mark.parametrize("relative", [0, -0.1, 1.0, math.nan])
def test_71_a_relative_target_that_is_no_share(relative: float) -> None:
    assert "a share above 0 and below 1" in refused(lambda: Target(relative=relative))


def test_71_none_or_two_targets() -> None:
    assert "one of them" in refused(lambda: ks.studies.precision(SCENARIO, seed=1))
    assert "one of them" in refused(lambda: Target(half_width=5, relative=0.1))


@pytest.mark.parametrize("mean", [0.0, -300_000.0])
def test_71_a_relative_target_near_nought_is_explained_for_every_seed(mean: float) -> None:
    """The case on which a rule without this stops at n = 6 by luck, though it takes 13 830 replications."""
    for seed in range(30):
        with pytest.raises(ScenarioError, match="give half_width_kr") as caught:
            replications_for(stream(mean, 900_000, seed), Target(relative=0.05))
        assert "a mean of more than 10 half-widths from 0" in str(caught.value)


def test_71_a_relative_target_far_from_nought_is_met() -> None:
    sample = stream(-1_000_000, 100_000)
    n, reached = replications_for(sample, Target(relative=0.01))
    spread = Distribution(sample(n), "x", "kr")
    assert reached
    assert half_width(spread)[0] <= 0.01 * abs(spread.mean)


def test_72_a_budget_that_does_not_do_is_flagged_and_no_error() -> None:
    found = ks.studies.precision(SCENARIO, half_width_kr=1, max_replications=7, seed=1, workers=1, progress=False)
    assert (found.reached, found.replications) == (False, 7)
    assert found.half_width == half_width(found.measure)[0]
    assert found.sentence("en").startswith("Not reached: half-width ±")
    assert found.forecast is not None
    assert found.forecast > 1000


def test_72_the_help_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["precision", "--help"])
    assert "the exit code is 0, a warning says so on standard error" in " ".join(capsys.readouterr().out.split())


def test_72_the_command_line_flags_it_for_machines_with_exit_code_0(tmp_path: object) -> None:
    file = kept(tmp_path, SCENARIO)  # type: ignore[arg-type]
    words = ("precision", file, "--half-width-kr", "1", "--max", "6", "--seed", "1", "--workers", "1")
    told = shell(*words, "--json")
    said = json.loads(told.out)
    assert (told.code, said["reached"], said["replications"], said["max_replications"]) == (0, False, 6, 6)
    assert said["half_width_kr"] > 1
    assert said["replications_needed"] > 1000
    assert [row["n"] for row in said["convergence"]["rows"]] == [2, 4, 6]
    assert "was not reached within --max" in told.err
    shown = shell(*words)
    assert "Ej uppnått: felmarginal ±" in shown.out
    for wrong, said_so in (
        ("--half-width-kr x", "a number above 0"),
        ("", "--half-width-kr"),
        ("--relative 5", "share"),
    ):
        told = shell("precision", file, *wrong.split(), "--seed", "1")
        assert told.code == 2
        assert said_so in told.err


def test_72_a_number_that_is_found_holds_and_equals_a_plain_run() -> None:
    found = ks.studies.precision(SCENARIO, half_width_kr=3_000, seed=2, workers=1, progress=False)
    assert found.reached
    assert found.half_width is not None
    assert found.half_width <= 3_000
    again = ks.compare(SCENARIO, replications=found.replications, seed=2, workers=1, progress=False)
    assert repr([run.outcomes for run in again.runs]) == repr([run.outcomes for run in found.comparison.runs])
    frame = found.to_frame()
    assert frame["n"].iloc[-1] == found.replications
    assert "ger skillnaden på ±" in found.table("sv")


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_73_workers_that_are_no_count(workers: object) -> None:
    said = refused(lambda: ks.compare(SCENARIO, replications=2, seed=1, workers=workers))  # type: ignore[call-overload]
    assert "a whole number from 1" in said


def test_73_more_workers_than_make_sense_are_capped() -> None:
    assert _crew({"workers": 10_000}, 5) == 5
    assert _crew({"workers": 10_000}, 10**6) == 256


@pytest.mark.parametrize("field", ["scenario_fingerprint", "law_fingerprint", "version"])
def test_74_results_from_different_worlds_are_not_compared(field: str) -> None:
    """Horizon and price year are part of the scenario, so of its fingerprint."""
    one = make_run("in_house", 5)
    other = make_run("outsourced", 5)
    with pytest.raises(RunError, match=field):
        Comparison((one, replace(other, provenance=PROVENANCE | {field: "c" * 64})))
    longer = SCENARIO.with_changes({"horizon.history_years": 2})
    assert longer.fingerprint != SCENARIO.fingerprint


@pytest.mark.parametrize("other", [replace(make_run("outsourced", 5), seed=2), make_run("outsourced", 6)])
def test_75_unlike_seeds_or_counts_are_not_paired_and_welch_is_offered(other: ks.results.run.Run) -> None:
    with pytest.raises(RunError, match=r"ttest_ind\(equal_var=False\)"):
        Comparison((make_run("in_house", 5), other))


# --- the rule itself


def test_look_ahead_of_the_published_rule() -> None:
    assert [look_ahead(n) for n in (3, 100, 101, 120, 200, 1000)] == [5, 5, 5, 6, 10, 50]


def test_the_number_found_is_the_first_that_stays_for_the_look_ahead() -> None:
    """By brute force: the first n whose interval meets the target and goes on doing so."""
    for seed in range(8):
        sample, target = stream(0, 1, seed), Target(half_width=0.5)
        widths = [math.inf, math.inf, *(half_width(Distribution(sample(n), "x", "kr"))[0] for n in range(2, 60))]
        n, reached = replications_for(sample, target)
        assert reached
        stays = (k for k in range(FEWEST, 54) if max(widths[k : k + 6]) <= 0.5)
        assert n == next(stays)


def test_the_number_does_not_depend_on_how_far_the_budget_goes() -> None:
    found = {replications_for(stream(5, 1), Target(half_width=0.2), most=most) for most in (200, 1_000, 30_000)}
    assert len(found) == 1


def test_samples_that_never_vary_are_precise_at_once() -> None:
    assert replications_for(lambda n: np.full(n, 7.0), Target(half_width=1e-9)) == (FEWEST, True)


def test_two_replications_that_chance_to_agree_do_not_stop_it() -> None:
    values = np.concatenate([[5.0] * 6, np.random.default_rng(3).normal(5, 100, 5_000)])
    n, reached = replications_for(lambda n: values[:n], Target(half_width=10), most=5_000)
    assert reached
    assert n > 200


def test_skewed_samples_are_judged_by_the_longer_arm() -> None:
    values = np.random.default_rng(5).lognormal(0, 1.5, 4_000)
    n, reached = replications_for(lambda n: values[:n], Target(half_width=0.8), most=4_000)
    spread = Distribution(values[:n], "x", "kr")
    assert reached
    low, high = spread.mean_interval()
    assert half_width(spread)[0] == high - spread.mean > spread.mean - low
    assert half_width(spread)[0] <= 0.8


def test_an_unknown_model_is_refused_before_anything_runs() -> None:
    with pytest.raises(KravsimError, match="nobody"):
        ks.studies.precision(SCENARIO, ("nobody", "in_house"), half_width_kr=5, seed=1)
    with pytest.raises(KravsimError, match="two or more"):
        ks.studies.precision(SCENARIO, ("in_house",), half_width_kr=5, seed=1)
