"""An own reminder before the hand-over: fewer are handed over, by the day and by who reminds, and nobody's luck changes."""

from __future__ import annotations

import numpy as np
import pytest

import kravsim as ks
from kravsim.checking.check import problems_of, warnings_of
from kravsim.expected import numbers
from kravsim.flow import RunParts, one_run
from kravsim.models.own_reminder import paid_before_share
from kravsim.scenario import Scenario
from tests.properties.strategies import tiny

BASE = ks.load_scenario("jamtland-harjedalen-2017")
ASSUMED = {"source": "assumption", "status": "assumed"}
NAMES = (
    "claims",
    "cases",
    "early_paid_claims",
    "early_paid_principal_kr",
    "step_reminder",
    "step_demand",
    "success_share",
)
MORE = ("principal_recovered_kr", "economic_result_kr", "net_revenue_kr", "success_share_kr", "budget_letters_kr")


def own(day: float = 3, share: float = 0.6, kr: float = 50_000) -> dict[str, object]:
    return {
        "after_due_days": {"value": day, **ASSUMED},
        "payers_share": {"value": share, **ASSUMED},
        "per_year_kr": {"value": kr, **ASSUMED},
    }


def reminding(scenario: Scenario, model: str = "in_house", **how: float) -> Scenario:
    return scenario.with_changes({f"models.{model}.own_reminder": own(**how)})


def cases_of(parts: RunParts) -> dict[tuple[int, int], int]:
    """Principal of each case by its identity."""
    cases = parts.inputs.stream.cases
    return dict(
        zip(zip(cases.run.tolist(), cases.number.tolist(), strict=True), cases.principal_ore.tolist(), strict=True)
    )


def share_of(scenario: Scenario, model: str = "in_house") -> float:
    return float(paid_before_share(scenario.data, scenario.data.models[model]))


def test_the_share_by_hand() -> None:
    """All who pay at all have paid 14 days after a reminder; nobody has when it is sent as late as the claims go."""
    hand_over = {"invoices.run_days": [1], "invoices.terms_days": 20, "invoices.hand_over_min_age_days": 60}
    assert share_of(reminding(BASE.with_changes(hand_over), day=0, share=0.5)) == 0.5
    assert share_of(reminding(BASE.with_changes(hand_over), day=300, share=0.5)) == 0.0
    assert share_of(BASE) == 0.0


def test_a_later_reminder_leaves_more_to_hand_over() -> None:
    shares = [share_of(reminding(BASE, day=day, share=1)) for day in range(0, 40, 4)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1] == 0.0


def test_later_terms_or_hand_overs_change_it() -> None:
    later = reminding(BASE.with_changes({"invoices.hand_over_min_age_days": 40}))
    assert (
        share_of(later)
        > share_of(reminding(BASE))
        > share_of(reminding(BASE.with_changes({"invoices.terms_days": 28})))
    )


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_whoever_is_never_handed_over_is_paid_on_the_letter_elsewhere(engine: str) -> None:
    """The same claims and the same luck: the models differ by those who pay after the reminder anyhow."""
    plain, changed = tiny(), reminding(tiny(), "outsourced")
    before, after = (one_run(one, "outsourced", seed=4, engine=engine) for one in (plain, changed))
    all_cases, left = cases_of(before), cases_of(after)
    assert left.items() < all_cases.items()
    gone = all_cases.keys() - left.keys()
    log, cases, reminder = before.log, before.inputs.stream.cases, before.plan.steps.index("reminder")
    names = list(zip(cases.run.tolist(), cases.number.tolist(), strict=True))
    answered = {
        names[case]: answer
        for case, step, answer in zip(log.case.tolist(), log.step.tolist(), log.answer.tolist(), strict=True)
        if step == reminder and answer >= 0
    }
    assert {answered[name] for name in gone if name in answered} == {0}, "they pay all after the reminder"
    old, new = before.outcome.numbers, after.outcome.numbers
    assert new["late_claims"] == old["late_claims"]
    assert new["claims"] + new["early_paid_claims"] == old["claims"]
    assert new["referred_principal_kr"] + new["early_paid_principal_kr"] == pytest.approx(old["referred_principal_kr"])
    others = ("demand", "payment_order", "foreign_collection", "attachment")
    assert all(after.outcome.steps[name] == before.outcome.steps[name] for name in others)


def test_both_engines_and_both_roads_agree() -> None:
    scenario = reminding(tiny())
    parts = [one_run(scenario, "in_house", seed=3, engine=engine) for engine in ("simpy", "compiled")]
    assert parts[0].outcome.numbers == pytest.approx(parts[1].outcome.numbers, nan_ok=True, abs=0)
    assert len(parts[1].ledger.postings.day) > 0  # booked once more, audited, and the same tally
    assert parts[0].outcome.numbers["early_paid_claims"] > 0


def test_one_that_moves_nobody_changes_nothing() -> None:
    plain, same = tiny(), reminding(tiny(), share=0, kr=0)
    assert one_run(same, "in_house", seed=2).outcome.numbers == pytest.approx(
        one_run(plain, "in_house", seed=2).outcome.numbers, nan_ok=True, abs=0
    )


@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_closed_form_as_in_simulation(model: str) -> None:
    changes = {"horizon.history_years": 2, "models.in_house.staff.handlers.fte": 5}
    late = {f"behaviour.slow.{letter}_late_paid_share": 0.5 for letter in ("reminder", "demand")}
    scenario, n = reminding(BASE.with_changes(changes | late), model), 12
    found = numbers(scenario, model, {})
    frame = ks.simulate(scenario, model=model, replications=n, seed=6, workers=1).to_frame()
    near = 0.004 if model == "outsourced" else 0.02
    for name in (*NAMES, *MORE):
        mean, error = frame[name].mean(), frame[name].std(ddof=1) / n**0.5
        assert abs(float(np.ravel(found[name])[0]) - mean) < 5 * error + near * abs(mean), name


def test_each_set_of_a_batch_has_its_own_day() -> None:
    scenario, key = reminding(BASE), "models.in_house.own_reminder.after_due_days"
    days, posts = np.array([0.0, 3.0, 10.0]), "models.in_house.staff.handlers.fte"
    together = numbers(scenario, "in_house", {key: days, posts: np.full(3, 5.0)})
    alone = [numbers(scenario, "in_house", {key: np.array([day]), posts: np.array([5.0])}) for day in days]
    for name in NAMES:
        assert together[name] == pytest.approx([float(one[name][0]) for one in alone], rel=1e-12), name
    assert (np.diff(together["claims"]) > 0).all()


def test_a_comparison_says_how_many_and_why() -> None:
    cmp = ks.compare(reminding(tiny()), replications=3, seed=1, workers=1)
    claims = [run.metric("claims").mean for run in cmp.runs]
    assert claims[0] < claims[1]
    for lang, word in (("sv", "Egen påminnelse före överlämningen"), ("en", "Own reminder before the hand-over")):
        assert any(word in text for text in (doubt.text(lang) for doubt in cmp.doubts))
        assert word in cmp.sentence(lang)
    told = cmp.to_json()
    assert "paid_before_hand_over" in str(told["doubts"])
    early = [told["models"][run.model].get("early_paid_claims") for run in cmp.runs]
    assert early[0]["mean"] > 0
    assert early[1] is None
    rows = str(cmp.tables("en")[0])
    assert "Claims paid after an own reminder, never referred" in rows
    plain = ks.compare(tiny(), replications=2, seed=1, workers=1)
    assert "own reminder" not in str(plain.tables("en")[0])


def test_a_reminder_after_which_nobody_can_pay_is_warned_of() -> None:
    late = reminding(BASE, day=60)
    assert problems_of(late) == []
    key = "models.in_house.own_reminder.after_due_days"
    assert key in [one.key for one in warnings_of(late)]
    assert key not in [one.key for one in warnings_of(reminding(BASE))]


def test_a_case_is_explained_as_the_model_met_it() -> None:
    """The number of a case counts what was handed over, not what all models met: its life shows its own principal."""
    scenario = reminding(tiny(), share=0.9)
    run = ks.simulate(scenario, model="in_house", replications=1, seed=4, workers=1)
    cases = one_run(scenario, "in_house", seed=4).inputs.stream.cases
    for case in (0, len(cases) // 2, len(cases) - 1):
        life = run.explain(case).life
        assert sum(claim.principal_ore for claim in life.claims) == cases.principal_ore[case]
    found = run.find_cases(limit=len(cases) + 1)
    assert len(found) == len(cases)
    assert found["principal_kr"].tolist() == (cases.principal_ore[found["case"].to_numpy()] / 100).tolist()
