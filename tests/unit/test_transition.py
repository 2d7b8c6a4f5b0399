"""Transitions as a user meets them: what is refused, with everything at once; what is told, kept and asked again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from tests.golden.test_hand_transitions import changing, item, joining, leaving, number
from tests.validation.asking import kept, shell

import kravsim as ks
from kravsim.calibration.evaluating import is_of
from kravsim.chance.draws import Draws
from kravsim.cli import main
from kravsim.errors import ScenarioError
from kravsim.flow import Setting, run_model, setting
from kravsim.ledger.accounts import LINE
from kravsim.results.transition import TransitionFound
from kravsim.scenario import Scenario
from kravsim.scenario.prior import prior
from kravsim.studies.transition_checks import prices_of
from kravsim.studies.transition_runs import first_left
from kravsim.telling.transition_answer import payback_text

FEW = {"replications": 2, "seed": 1, "workers": 1, "progress": False}


def problems(**terms: object) -> list[tuple[str, str]]:
    """Key and remedy of everything that a transition home is refused for."""
    with pytest.raises(ScenarioError) as caught:
        changing(home=True, **terms)
    return [(problem.key, str(problem.remedy)) for problem in caught.value.problems]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    terms = {
        "procurement_months": number(9, low=6, high=12),
        "integration_months": number(3),
        "contract_notice_months": number(13),
        "joining": {"handlers": joining(recruiting_months=12, training_months=2)},
        "leaving": {"clerks": leaving()},
        "costs": item("exit", "change", month=12, amount_kr=number(1)),
    }
    found = dict(problems(**terms))
    key = "transitions.change"
    assert set(found) == {
        f"{key}.procurement_months",
        f"{key}.contract_notice_months",
        f"{key}.joining.handlers.recruiting_months",
        f"{key}.leaving.clerks",
        f"{key}.costs.thing.month",
    }
    assert found[f"{key}.procurement_months"] == "let change change on 2018-04-01 at the earliest"
    assert found[f"{key}.contract_notice_months"] == "let change change on 2018-02-01 at the earliest"


def test_what_just_fits_is_taken() -> None:
    fits = changing(home=True, procurement_months=number(9, low=6, high=9), integration_months=number(3))
    assert fits.data.transitions["change"].procurement_months is not None


def test_a_decision_after_the_change_is_refused() -> None:
    assert [key for key, _ in problems(decided=dt.date(2018, 2, 1))] == ["transitions.change.decided"]


def test_the_model_that_is_kept_is_the_one_that_the_sequence_begins_with() -> None:
    (found,) = problems(staying="in_house")
    assert found == ("transitions.change.staying", "the change is from the model that would be kept: name it in both")


def test_notice_is_not_given_before_the_decision() -> None:
    with pytest.raises(ScenarioError, match="given_before_months"):
        changing(home=False, posts=3, leaving={"handlers": leaving(given_before_months=13)})


def test_what_is_paid_after_the_horizon_is_refused() -> None:
    with pytest.raises(ScenarioError, match="redeployment_months"):
        changing(home=False, posts=3, leaving={"handlers": leaving(redeployment_months=13)})


def test_notice_fits_where_the_least_of_it_is_given_before() -> None:
    """Fourteen months of notice, of which none may be given before: more than the twelve that are left."""
    terms = leaving(notice_months=14) | {"given_before_months": number(6, low=0, high=8)}
    with pytest.raises(ScenarioError, match="notice_months"):
        changing(home=False, posts=3, leaving={"handlers": terms})
    fits = leaving(notice_months=14) | {"given_before_months": number(6, low=2, high=8)}
    assert changing(home=False, posts=3, leaving={"handlers": fits}).data.transitions


def test_a_price_that_is_none_by_the_year_is_refused() -> None:
    cost = item("overlap", "change", months=3, yearly_price="models.in_house.system.once_kr")
    assert [key for key, _ in problems(costs=cost)] == ["transitions.change.costs.thing.yearly_price"]


def test_an_amount_and_a_price_are_one_too_many() -> None:
    cost = item("overlap", "change", amount_kr=number(1), yearly_price="models.in_house.system.per_year_kr")
    with pytest.raises(ScenarioError, match="one of the two"):
        changing(home=True, costs=cost)


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        ({}, "paid for months, or until a date"),
        ({"until": dt.date(2018, 6, 30)}, "the first that is not paid; it is 2018-06-30"),
        ({"until": dt.date(2018, 7, 1), "months": 3}, "in place of months"),
    ],
)
def test_a_yearly_price_says_how_long_it_is_paid(paid: dict[str, object], words: str) -> None:
    """Without months it was paid for one, and of a month that ends within it nothing, in silence."""
    cost = item("overlap", "change", yearly_price="models.in_house.system.per_year_kr", **paid)
    with pytest.raises(ScenarioError, match=words):
        changing(home=True, costs=cost)


@pytest.mark.parametrize("until", [dt.date(2019, 2, 1), dt.date(2016, 12, 1), dt.date(2018, 1, 1)])
def test_a_price_until_a_date_without_a_month_or_after_the_horizon_is_refused(until: dt.date) -> None:
    cost = item("overlap", "change", yearly_price="models.in_house.system.per_year_kr", until=until)
    assert [key for key, _ in problems(costs=cost)] == ["transitions.change.costs.thing.until"]


def test_a_scenario_without_transitions_keeps_its_fingerprint() -> None:
    case = ks.load_scenario("jamtland-harjedalen-2017")
    assert "transitions" not in case.data.model_dump()


@cache
def home() -> TransitionFound:
    return ks.studies.transition(scenario(), **FEW)


def scenario() -> Scenario:
    cost = item("procurement", "decision", month=2, amount_kr=number(100_000), over_years=number(5))
    people = {"handlers": joining(recruitment_kr=60_000, training_months=1)}
    return changing(home=True, costs=cost, joining=people, inflation=number(0.02))


def test_months_before_the_change_have_nothing_but_what_is_paid_once() -> None:
    found = home()
    assert len(found.months) == 24
    assert not found.ore("running")[:, :12].any()
    assert found.ore("once")[0, :12].tolist() == [0, 0, -10_000_000, *[0] * 8, -22_000_000]
    assert found.of_year(2017).mean == -320_000


def test_the_system_that_is_bought_is_paid_once_and_not_running() -> None:
    found = home()
    system = found.once[0]
    assert (system.kind, system.paid[0, 12], system.paid[0].sum()) == ("system", -80_000_000, -80_000_000)
    assert system.over[0, 12:].sum() == -80_000_000 // 5  # twelve of sixty months


def test_real_and_nominal_are_worth_the_same_and_sum_to_other_amounts() -> None:
    found = home()
    nominal, worth = found.nominal(), found.nominal_npv()
    assert nominal is not None
    assert worth is not None
    assert worth.mean == pytest.approx(found.npv().mean, rel=1e-12)
    grown = found.real() * 1.02 ** (np.arange(1, 25) / 12)
    assert np.allclose(nominal, grown, rtol=1e-12)


def test_the_value_is_that_of_the_months_by_hand() -> None:
    found = home()
    flows = found.by_month()
    expected = sum(flow / 1.035 ** ((month + 1) / 12) for month, flow in enumerate(flows))
    assert found.npv().mean == pytest.approx(expected)
    assert found.npv().mean == pytest.approx(ks.studies.npv_by_month(flows, 0.035))


def test_amounts_may_be_nominal_and_are_then_told_in_prices_of_the_decision() -> None:
    found = ks.studies.transition(level(scenario()), prices="nominal", timing="middle", inflation=0.03, **FEW)
    ahead = (np.arange(24) + 0.5) / 12
    real = np.array(found.by_month()) / 1.03**ahead
    assert found.npv().mean == pytest.approx(float((real / 1.035**ahead).sum()))
    assert "nominella; inflation 3,0" in found.table("sv").replace("\N{NO-BREAK SPACE}", " ")


def level(one: Scenario) -> Scenario:
    """With an index of pay, whose level is the same in all years."""
    return one.with_changes({"indices.pay": {"base_year": 2017, "growth_after_share_per_year": number(0)}})


def overtime(one: Scenario) -> Scenario:
    terms = {"from_backlog_days": number(5), "overtime": {"hours_per_day": number(1), "kr_per_hour": number(500)}}
    return one.with_changes({"models.in_house.staff.handlers.when_behind": terms})


@pytest.mark.parametrize(
    ("asked", "how", "key"),
    [
        (lambda: level(changing(home=True)), {}, "inflation"),
        (lambda: level(scenario()), {"prices": "fixed"}, "prices"),
        (scenario, {"prices": "nominal"}, "prices"),
        (lambda: overtime(scenario()), {}, "models.in_house.staff.handlers.when_behind.overtime"),
    ],
)
def test_what_has_no_answer_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, asked: Callable[[], Scenario], how: dict[str, object], key: str
) -> None:
    monkeypatch.delattr(import_module("kravsim.studies.transition"), "replications_of")
    with pytest.raises(ScenarioError) as caught:
        ks.studies.transition(asked(), **FEW | how)
    assert [problem.key for problem in caught.value.problems] == [key]


def test_indices_of_volume_alone_leave_amounts_in_prices_of_the_decision() -> None:
    more = {
        "indices.volume": {
            "base_year": 2017,
            "growth_after_share_per_year": number(0.1),
            "growth_before_share_per_year": number(0),
        }
    }
    assert prices_of(scenario().with_changes(more)) == "fixed"
    assert prices_of(level(scenario())) == "nominal"


def test_posts_that_end_after_the_change_move_nothing_before_it() -> None:
    """Nobody is employed from August 2018 on, where the team stays; the change is in July, in the same year."""
    turnover = "models.in_house.staff.handlers.turnover"
    ending = {
        "sequences.change.phases.then.since": dt.date(2018, 7, 1),
        f"{turnover}.no_refill_from": dt.date(2018, 8, 1),
        f"{turnover}.leaves_per_year": number(2),
    }
    found = ks.studies.transition(changing(home=False, posts=6).with_changes(ending), **FEW)
    assert np.abs(found.cash.staying - found.cash.changing)[:, :18].max() == 0
    premises = -found.cash.staying[:, 18:, LINE["staff_overhead"]]
    assert (premises[:, 0] > premises[:, -1]).all()


@pytest.mark.parametrize("left", [0.4, 2, 3.5])
def test_a_team_may_grow_and_go_and_come_back(left: float) -> None:
    """Before the change nothing differs, whether fewer or more posts come, and where one returns that was gone."""
    back = {"since": dt.date(2018, 7, 1), "model": "in_house", "open_cases": "stay"}
    case = changing(home=False, posts=2, left=left).with_changes({"sequences.change.phases.back": back})
    found = ks.studies.transition(case, **FEW)
    differs = np.abs(found.cash.staying - found.cash.changing).sum(axis=(0, 2))
    assert differs[:11].max() == 0
    assert differs[12:18].min() > 0
    run, other = (run_model(setting(case, Draws(1, 0, 0)), model) for model in ("in_house", "change"))
    assert other.arranged is not None
    last = other.arranged.parts[-1].last
    of_post = np.flatnonzero(run.plan.pools[0].present_minutes[-1, : other.arranged.parts[1].first])
    assert first_left(other.arranged) == (of_post[-1] if left < 2 else last)


def test_no_inflation_is_assumed_in_silence() -> None:
    found = ks.studies.transition(changing(home=True), **FEW)
    assert found.nominal() is None
    assert "no inflation is given" in found.table("en")
    assert found.to_json()["difference"]["nominal_npv_kr"] is None


def test_an_option_takes_the_place_of_the_scenarios_rate() -> None:
    found = ks.studies.transition(scenario(), discount_rate=0.0, **FEW)
    assert found.npv().mean == pytest.approx(found.total().mean)


@pytest.mark.parametrize(
    ("how", "key"),
    [({"timing": "yearly"}, "timing"), ({"discount_rate": -1}, "discount_rate"), ({"draws": 3}, "draws")],
)
def test_choices_that_are_none_are_refused_before_anything_runs(how: dict[str, object], key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        ks.studies.transition(scenario(), **FEW | how)
    assert [problem.key for problem in caught.value.problems] == [key]


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="allowed one of change"):
        ks.studies.transition(scenario(), "chnge", **FEW)
    with pytest.raises(ScenarioError, match=r"\[transitions\.<name>\]"):
        ks.studies.transition("small-municipality", **FEW)


def test_posts_of_which_nothing_is_said_are_told() -> None:
    """``follow_up`` goes as the agency does, and no table says what becomes of it."""
    doubts = {doubt.key: doubt for doubt in home().doubts}
    assert doubts["posts_without_cost"].more == ("follow_up",)


def test_the_arrangements_of_the_sequence_are_told() -> None:
    told = {doubt.key: doubt.text("en") for doubt in home().doubts}
    assert "2018-01-01" in told["arrangements"]


def test_posts_by_rule_are_found_for_the_two_ways_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def watched(scenario: Scenario, draws: Draws, models: tuple[str, ...] | None = None) -> Setting:
        asked.append(models)
        return setting(scenario, draws, models)

    monkeypatch.setattr("kravsim.studies.transition_runs.setting", watched)
    ks.studies.transition(scenario(), **FEW)
    assert asked == [("outsourced", "change")] * 2


def test_numbers_of_a_transition_move_no_figure_of_a_year() -> None:
    known = prior(changing(home=True, discount_rate=number(0.035, low=0.03, high=0.05)).data).keys
    assert "transitions.change.discount_rate" in known
    assert not [key for key in known if key.startswith("transitions.") and is_of(key, "in_house", "outsourced")]
    assert is_of("invoices.per_year", "in_house")
    assert not is_of("models.outsourced.contract.it_service_per_year_kr", "in_house")


def test_what_is_never_behind_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TransitionFound, "payback", lambda *_: 0)
    assert [payback_text(home(), "difference", lang) for lang in ("sv", "en")] == ["aldrig minus", "never behind"]


def test_the_answer_has_what_is_running_and_paid_once_as_terms_of_the_sum() -> None:
    sv, en = (home().sentence(lang) for lang in ("sv", "en"))
    assert re.search(r": löpande \S+\skr och engångsposter [-−]\S+\skr;", re.sub(r"(?<=\d)\s(?=\d)", "", sv))
    assert ": running " in en
    assert "of which paid once" not in en


def test_results_do_not_depend_on_threads() -> None:
    assert ks.studies.transition(scenario(), **FEW | {"workers": 2}) == home()


def test_drawn_worlds_draw_the_costs_too() -> None:
    cost = item("procurement", "decision", month=2, amount_kr=number(100_000, low=50_000, high=400_000))
    drawn = ks.studies.transition(
        changing(home=True, costs=cost),
        uncertainty="prior",
        draws=2,
        structures={
            "reading": "D",
            "hand_over": "invoice_age",
            "instalments": "short_plans",
            "limitation": "three_years",
        },
        seed=1,
        progress=False,
    )
    assert (drawn.worlds, len(drawn.draws)) == (2, 4)
    paid = next(one for one in drawn.once if one.kind == "procurement").paid.sum(axis=1)
    assert paid[0] == paid[1] != paid[2] == paid[3]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_tables_add_up_and_say_which_way_leads(lang: str) -> None:
    tables = home().tables(lang)
    rows = [[cell.replace("\N{NO-BREAK SPACE}", "").replace("kr", "") for cell in row.cells] for row in tables[0].rows]
    for column in (1, 2, 3):
        amounts = [float(row[column].replace("−", "-")) for row in rows]
        assert sum(amounts[:-1]) == amounts[-1]
    assert all(float(row[1]) + float(row[2]) == float(row[3]) for row in rows)
    assert tables[1].rows[0].cells[1] == {"sv": "inkassoföretaget", "en": "outsourced collection"}[lang]
    once = tables[3].rows[-1].cells[2]
    assert once == tables[0].rows[-1].cells[2]


def test_its_name_may_follow_options(capsys: pytest.CaptureFixture[str]) -> None:
    said = shell("transition", "none.toml", "--replications", 2, "take_home", "--lang", "en")
    assert (said.code, "unrecognized" in said.err, "no such file" in said.err) == (2, False, True)
    with pytest.raises(SystemExit):
        main(["transition", "none.toml", "--replications", "2", "take_home", "more", "--lang", "en"])
    assert "unrecognized arguments: more" in capsys.readouterr().err


def test_it_is_kept_and_asked_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = shell(
        "transition", kept(tmp_path, scenario()), "--replications", 2, "--seed", 1, "--no-progress", "--out", out
    )
    assert (said.code, "återbetalt" in said.out) == (0, True)
    assert {path.name for path in out.iterdir()} >= {"transition.json", "transition.csv", "transition.png"}
    lines = (out / "transition.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 24
    assert shell("reproduce", out / "manifest.json").code == 0


def test_what_posts_that_end_have_in_hand_is_done_in_the_month_before() -> None:
    """A fee of 900 kr at the court is paid on 30 April 2018, by posts that end, rather than on 2 May."""
    found = ks.studies.transition(ks.load_scenario("hand-over-2018"), replications=1, seed=1, progress=False)
    running = found.ore("running")[0]
    assert not running[:7].any()
    assert running[7] == -90_000
