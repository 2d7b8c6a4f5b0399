"""What a user gets for a scenario that can be read but asks for something odd: entries of the misuse list that need a run.

Each is asked through the library and on the command line. The scenario is the real case shrunk to some hundred claims.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import kravsim as ks
from kravsim.chance.distributions import distribution_problems
from kravsim.chance.draws import Draws
from kravsim.checking.check import problems_of, warnings_of
from kravsim.errors import ScenarioError
from kravsim.models import build, build_plan
from kravsim.models.endings import unending
from kravsim.models.plan import NO_TARGET, Plan
from kravsim.models.process import CODE
from kravsim.results.run import Run
from kravsim.scenario import Scenario, ScenarioWarning, load_scenario
from kravsim.sizing.estimate import fitting_workers
from kravsim.studies.decision.simulated import Simulation
from tests.properties.strategies import tiny

from .asking import ASSUMED, kept, refused, shell, written

STAFF = "models.in_house.staff.handlers"
CASE = "jamtland-harjedalen-2017"


def run(scenario: Scenario, model: str = "in_house") -> Run:
    return ks.simulate(scenario, model=model, replications=2, seed=4, workers=1, progress=False)


def run_from_shell(folder: Path, scenario: Scenario, model: str = "in_house", lang: str = "en") -> str:
    """Run a scenario from a file, and return the table it printed."""
    words = ("simulate", kept(folder, scenario), "--model", model, "--replications", 2, "--seed", 4, "--workers", 1)
    told = shell(*words, "--lang", lang, "--no-progress")
    assert told.code == 0, told.err
    return told.out


# ---- size --------------------------------------------------------------------------------------------------------


def test_24_too_many_invoices(tmp_path: Path) -> None:
    path = written(tmp_path, f"[invoices]\nper_year = {{ value = 1_000_000_000_000, {ASSUMED} }}\n")
    with pytest.warns(ScenarioWarning, match=r"plausible from 100 to 100000000"):
        many = load_scenario(path)
    said = refused(lambda: run(many))
    assert said.startswith("wrong.toml: invoices.per_year: got 1000000000000; allowed a run within max_memory_gib = ")
    assert "about 879 000 000 000 late claims in 11 years need about " in said
    assert " GiB of memory and " in said
    assert " days a replication: lower invoices.per_year or horizon.history_years, or raise max_memory_gib" in said
    for words in (("validate", path), ("simulate", path, "--model", "in_house", "--seed", 1), ("compare", path)):
        told = shell(*words)
        assert (told.code, told.out) == (2, "")
        assert "got 1000000000000; allowed a run within max_memory_gib" in told.err


@pytest.mark.parametrize(
    "words",
    [
        ("simulate", "--model", "in_house", "--seed", 1),
        ("compare",),
        ("compare", "--uncertainty", "posterior"),
        ("compare", "--uncertainty", "prior"),
        ("rank", "--uncertainty", "prior"),
        ("costs",),
        ("bridge",),
        ("waiting", "--model", "in_house"),
        ("payment-curves", "--model", "in_house"),
        ("precision", "--half-width-kr", 5000),
        ("explain", "--model", "in_house", "--case", 1, "--seed", 1),
        ("validate",),
    ],
)
def test_24_what_does_not_fit_is_said_before_anything_else(tmp_path: Path, words: tuple[object, ...]) -> None:
    """Neither years that no law covers nor parameter sets that are not there are found out first."""
    horizon = "[horizon]\nend = 2090-01-01\n"
    path = written(tmp_path, f"[invoices]\nper_year = {{ value = 1_000_000_000_000, {ASSUMED} }}\n{horizon}")
    command, *options = words
    told = shell(command, path, *options)
    assert (told.code, told.out) == (2, "")
    errors = [line for line in told.err.splitlines() if "warning" not in line]
    assert errors[0].startswith("kravsim: wrong.toml: invoices.per_year: got 1000000000000; allowed a run within ")
    assert " GiB of memory and " in errors[0]


def test_24_simulation_behind_a_search_asks_for_room_first() -> None:
    many = load_scenario(CASE).with_changes({"invoices.per_year": 100_000_000_000})
    said = refused(lambda: Simulation(replications=1, seed=1)(many, "outsourced", {}))
    assert "allowed a run within " in said
    assert "max_memory_gib" not in said  # it has none to raise


@pytest.mark.parametrize(
    ("key", "number", "driver"),
    [
        ("debtors.number", 10**10, "debtors.number"),
        (f"{STAFF}.fte", 9999, f"{STAFF}.fte"),
    ],
)
def test_24_other_numbers_that_fill_the_memory(key: str, number: int, driver: str) -> None:
    """Debtors and posts take memory too."""
    (problem,) = problems_of(load_scenario(CASE).with_changes({key: number}), max_memory_gib=0.7)
    assert problem.key == driver
    assert "max_memory_gib = 0.7" in problem.allowed


def test_24_the_limit_can_be_set_and_is_checked(tmp_path: Path) -> None:
    path = kept(tmp_path, tiny())
    words = ("simulate", path, "--model", "in_house", "--replications", 1, "--seed", 1, "--max-memory-gib")
    assert "max_memory_gib = 0.01" in shell(*words, "0.01").err
    assert shell(*words, "0.5").code == 0
    assert "--max-memory-gib: got '4 GB'; allowed a number of GiB above 0" in shell(*words, "4 GB").err
    for wrong in (0, -1, True, float("nan"), float("inf"), "4"):
        said = refused(lambda wrong=wrong: ks.simulate(tiny(), model="in_house", max_memory_gib=wrong))  # type: ignore[misc]
        assert said.startswith("max_memory_gib: got ")


def test_24_workers_that_were_not_asked_for_are_lowered_to_fit() -> None:
    few = fitting_workers(tiny(), ("in_house",), workers=64, exactly=False, max_memory_gib=0.5)
    assert 1 <= few < 64
    with pytest.raises(ScenarioError, match=r"in each of 64 workers: use fewer workers, or raise max_memory_gib"):
        fitting_workers(tiny(), ("in_house",), workers=64, exactly=True, max_memory_gib=0.5)


def test_25_the_largest_amounts_are_exact() -> None:
    """Claims at the upper limit go through ledger and audit, which recomputes every öre."""
    names = tiny().data.debtors.segments
    most = {f"debtors.segments.{name}.amount_{what}_kr": 10**7 for name in names for what in ("median", "mean")}
    most |= {f"{STAFF}.pay_per_fte_kr": 10**9, "models.in_house.system.once_kr": 10**12}
    most |= {f"{STAFF}.turnover.leaves_per_year": 0, "debtors.segments.private.tariff": {}}
    found = run(tiny().with_changes(most))
    assert found.outcomes[0].numbers["mean_claim_kr"] == 10**7
    assert found.line_ore("staff_pay")[0] == -2 * 10**11


# ---- nothing to do, nobody to do it ------------------------------------------------------------------------------


def own_notes(found: Run) -> tuple[str, ...]:
    """What is told of a run, but what its scenario takes over from the case."""
    return tuple(doubt.text("en") for doubt in found.doubts if doubt.key not in {"inherited", "prices_not_scaled"})


@pytest.mark.parametrize("model", ["in_house", "outsourced"])
def test_39_no_invoices(model: str, tmp_path: Path) -> None:
    none = tiny(invoices__per_year=0)
    found = run(none, model)
    assert found.claims.mean == 0
    assert not found.defined("success_share")
    assert own_notes(found) == ("No claims were referred in the year: shares are not defined (no cases).",)
    table = run_from_shell(tmp_path, none, model)
    mine = [
        line for line in found.table("en").splitlines() if "taken unchanged from" not in line
    ]  # a file has all itself
    assert table == "\n".join(mine).replace(none.label, none.title) + "\n"
    assert "no cases" in table
    assert "nan" not in table.lower()
    assert "inga ärenden" in run_from_shell(tmp_path, none, model, "sv")


def test_40_no_staff(tmp_path: Path) -> None:
    nobody = tiny(models__in_house__staff__handlers__fte=0)
    found = run(nobody)
    assert found.outcomes[0].ends["open"] == sum(found.outcomes[0].ends.values()) > 0
    (note,) = own_notes(found)
    assert note.startswith("No capacity: nobody is at work. All cases that need the staff stay open (")
    assert note in run_from_shell(tmp_path, nobody)
    assert "Ingen kapacitet: ingen är i arbete." in run_from_shell(tmp_path, nobody, lang="sv")
    compared = ks.compare(nobody, replications=2, seed=4, workers=1, progress=False)
    assert "Egen regi: Ingen kapacitet" in compared.table("sv")
    assert "In-house collection: No capacity" in compared._repr_html_()


@pytest.mark.parametrize("change", [("hours_per_day", 0), ("sick_share", 1.0), ("other_duties_share", 1.0)])
def test_41_staff_who_are_never_there(change: tuple[str, float], tmp_path: Path) -> None:
    away = tiny().with_changes({f"{STAFF}.{change[0]}": change[1]})
    (warning,) = [problem for problem in warnings_of(away) if problem.key == STAFF]
    assert "nobody at work on any day" in str(warning)
    assert own_notes(run(away))[0].startswith("No capacity: nobody is at work.")
    assert "No capacity" in run_from_shell(tmp_path, away)


def test_41_a_long_leave() -> None:
    away = tiny().with_changes({f"{STAFF}.vacation_days": 150, f"{STAFF}.fte": 1})
    (warning,) = [problem for problem in warnings_of(away) if problem.key == STAFF]
    assert "nobody at work in 2017-" in str(warning)
    assert "the queue grows meanwhile" in str(warning)
    usual, longer = run(tiny(models__in_house__staff__handlers__fte=1)), run(away)
    assert longer.metric("waiting_days").mean > 2 * usual.metric("waiting_days").mean
    assert any(note.startswith("The staff are absent for ") for note in longer.notes("en"))
    assert own_notes(usual) == ()


def test_42_more_work_than_hours(tmp_path: Path) -> None:
    overloaded = tiny(models__in_house__staff__handlers__fte=0.01)
    found = run(overloaded)
    (note,) = (note for note in found.notes("en") if note.startswith("Overloaded: waiting time, and what it costs, "))
    assert note in run_from_shell(tmp_path, overloaded)
    (note,) = (note for note in found.notes("sv") if note.startswith("Överbelastad: väntetiden, och vad den kostar, "))
    assert " av lagets arbetsdagar, och den som väntar vid årets slut har i medel väntat " in note
    busy = run(tiny(models__in_house__staff__handlers__fte=0.05))
    assert 0.4 < busy.metric("utilisation").mean < 0.9
    assert not any(note.startswith("Overloaded") for note in busy.notes("en"))


# ---- distributions and plans -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "parameters", "words"),
    [
        ("normal", {"mean": 3.0, "sd": -1.0}, "normal.sd: got -1.0; allowed 0 or more"),
        ("uniform", {"low": 2.0, "high": 1.0}, "uniform.high: got 1.0; allowed 2.0 (low) or more"),
        ("triangular", {"low": 0.0, "mode": 5.0, "high": 4.0}, "triangular.mode: got 5.0; allowed 0.0 (low) to 4.0"),
        ("lognormal", {"median": 0.0, "mean": 1.0}, "lognormal.median: got 0.0; allowed above 0"),
        ("lognormal", {"median": 2.0, "mean": 1.0}, "lognormal.mean: got 1.0; allowed 2.0 (median) or more"),
        ("gamma", {"shape": 0.0, "mean": 0.0}, "gamma.shape: got 0.0; allowed above 0"),
        ("exponential", {"mean": 0.0}, "exponential.mean: got 0.0; allowed above 0"),
        ("fixed", {"value": float("inf")}, "fixed.value: got inf; allowed a finite number"),
        ("beta", {"a": 0.0, "b": 0.0}, "kind: got 'beta'; allowed one of fixed, uniform, triangular"),
    ],
)
def test_43_44_distributions_that_cannot_be(kind: str, parameters: dict[str, float], words: str) -> None:
    """Every kind there is has a finite variance; what a scenario may write of them is in ``inputs/44_*.toml``."""
    said = "\n".join(map(str, distribution_problems(kind, parameters)))
    assert words in said


def plan_of(scenario: Scenario, model: str = "in_house") -> Plan:
    return build_plan(scenario.realise(Draws(1, 0, 0)), model, Draws(1, 0, 0))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(tiny())


def test_46_a_row_that_does_not_sum_to_one_and_a_state_that_does_not_exist(plan: Plan) -> None:
    threshold, target = plan.threshold.copy(), plan.target.copy()
    threshold[CODE["order"], :, :, 1] -= 1
    assert "plan.threshold.order: got 'not cumulative'" in refused(lambda: replace(plan, threshold=threshold))
    target[CODE["demand"], 0, 0] = len(plan.steps) + len(plan.ends)
    said = refused(lambda: replace(plan, target=target))
    assert "plan.target.demand: got " in said
    assert "name a step or an end" in said


def test_46_no_end_state_can_be_reached(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    target, otherwise = plan.target.copy(), plan.otherwise.copy()
    target[CODE["order"]], target[CODE["attachment"]] = CODE["attachment"], CODE["order"]
    otherwise[CODE["attachment"]] = CODE["order"]
    (problem,) = unending(replace(plan, target=target, otherwise=otherwise))
    assert "no end state can be reached: order, attachment (model in_house)" in str(problem)
    assert unending(plan) == []
    monkeypatch.setattr(build, "_targets", lambda *_: target)
    monkeypatch.setattr(build, "refused", lambda: otherwise)
    assert "no end state can be reached" in refused(lambda: plan_of(tiny()))


def test_47_a_loop_without_a_limit(plan: Plan) -> None:
    """Instalments lead to instalments; without a limit of visits that leads on, nothing would end them."""
    otherwise = plan.otherwise.copy()
    otherwise[CODE["instalment"]] = NO_TARGET
    (problem,) = unending(replace(plan, otherwise=otherwise))
    assert "a loop without a limit of visits: instalment (model in_house)" in str(problem)
    assert "limit the visits" in problem.remedy


@pytest.mark.parametrize("model", load_scenario(CASE).models)
def test_46_47_every_case_of_the_bundled_models_comes_to_an_end(model: str) -> None:
    built = plan_of(load_scenario(CASE), model)
    assert unending(built) == []
    assert np.count_nonzero(built.otherwise == NO_TARGET) > 0


def test_the_bundled_ranges_allow_no_world_that_breaks_a_rule() -> None:
    """Ranges that contradict each other would stop a study of the uncertain numbers in the middle."""
    case = load_scenario(CASE)
    for draw in range(1, 301):
        assert case.realise(Draws(1, draw, 0)).draw == draw
