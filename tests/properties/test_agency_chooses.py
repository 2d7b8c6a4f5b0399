"""An agency that chooses: the best of its grid, within instructions, and moved the right way by fees, costs and outlays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.errors import ScenarioError
from kravsim.expected import numbers
from kravsim.expected.batch import Batch, batches, checked
from kravsim.law import load_law
from kravsim.ledger.accounts import AGENCY
from kravsim.ledger.ownership import ownership
from kravsim.models import agency_choice, agency_margin
from kravsim.models.agency_choice import (
    WAYS,
    Policy,
    choose,
    chosen,
    margin_of_group,
    may_file,
    may_send_second_reminder,
)
from kravsim.models.agency_margin import GROUPS, Economy
from kravsim.models.agency_residues import of_residue_kr, residues
from kravsim.models.agency_terms import agency_keeps, commission_ore
from kravsim.models.escalation import _outcome, _paid_under_surveillance, kept_ore
from kravsim.scenario import Scenario
from kravsim.scenario.schema import keepers
from kravsim.stream.stream import DEBTOR_TYPES

CASE = ks.load_scenario("agency-chooses")
CONTRACTS = tuple(CASE.data.models)
LAW = load_law()
KR = st.sampled_from([0, 1, 20, 100, 400])


def economy_of(scenario: Scenario, model: str) -> Economy:
    data = scenario.data
    return Economy(data, data.models[model], LAW, data.horizon.start)


def changed(model: str, **keys: object) -> Scenario:
    return CASE.with_changes({f"models.{model}.{key.replace('__', '.')}": value for key, value in keys.items()})


@st.composite
def economies(draw: st.DrawFn) -> tuple[Scenario, str]:
    """One of the contracts with other costs, and debtors who may pay later of their own accord."""
    model = draw(st.sampled_from(CONTRACTS))
    keys: dict[str, object] = {
        "agency__application_kr": draw(KR),
        "agency__least_margin_kr": draw(KR),
        "agency__case_per_year_kr": draw(st.sampled_from([0, 4, 40])),
        "agency__interest_share_per_year": draw(st.sampled_from([0, 0.06, 0.4])),
        "contract__outlays_advanced_by": draw(st.sampled_from(["region", "agency"])),
        "contract__own_work_fee_kept_by": draw(st.sampled_from(["region", "agency"])),
        "contract__paid_case_kr": draw(st.sampled_from([0, 100, 253.8])),
    }
    if model != "commission":
        keys["contract__price_a_paid_case_kr"] = draw(st.sampled_from([1, 80, 400]))
    late = draw(st.sampled_from([0.0, 0.3, 1.0]))
    scenario = changed(model, **keys)
    return scenario.with_changes({f"behaviour.{kind}.demand_late_paid_share": late for kind in DEBTOR_TYPES}), model


def every_policy(economy: Economy) -> Iterator[float]:
    """The margin of each policy of the grid, in every combination of ways with groups; residues are a thing by themselves."""
    for wait in agency_choice.waits(economy):
        for again, _ in may_send_second_reminder(economy, wait):
            worth = [
                economy.waiting(wait, second_reminder=again).worth(segment, known=known) for segment, known in GROUPS
            ]
            for smallest in agency_choice.smallest_amounts(economy):
                margins = [
                    [
                        float(np.ravel(margin_of_group(economy, one, place, smallest, way)[0])[0])
                        for way in WAYS
                        if may_file(economy)[place] or not way[0]
                    ]
                    for place, one in enumerate(worth)
                ]
                yield from (sum(each) for each in product(*margins))


@given(economies(), st.sampled_from([0, 60]), st.sampled_from([(), ("known_at_kronofogden",), ("private",)]))
@settings(max_examples=8, deadline=None)
def test_the_policy_chosen_is_the_best_of_its_grid(
    given_one: tuple[Scenario, str], age: int, never: tuple[str, ...]
) -> None:
    scenario, model = given_one
    key = f"models.{model}.escalation"
    scenario = scenario.with_changes({f"{key}.min_age_days": age, **({f"{key}.never": list(never)} if never else {})})
    economy = economy_of(scenario, model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agency_choice, "LONGER_BY", (0, 21, 90))
        patch.setattr(agency_choice, "SMALLEST_KR", (0, 300, 1000))
        best = choose(economy)
        of_residues = residues(economy)[1]
        found = max(every_policy(economy)) + float(np.ravel(of_residues)[0])
    assert best.margin_kr[0] == pytest.approx(found, abs=1e-6)


@given(economies(), st.sampled_from([5.0, 60.0, 300.0]))
@settings(max_examples=15, deadline=None)
def test_a_higher_fee_kept_on_an_application_never_lowers_filings(given_one: tuple[Scenario, str], more: float) -> None:
    economy = economy_of(*given_one)
    before = choose(economy)
    kept = Economy.kept_kr
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Economy, "kept_kr", lambda self, kr: (kept(self, kr)[0] + more, kept(self, kr)[1]))
        after = choose(economy_of(*given_one))
    assert after.filed[0] >= before.filed[0] - 1e-12


@given(economies(), st.sampled_from(["agency.application_kr", "agency.least_margin_kr"]), st.sampled_from([10, 500]))
@settings(max_examples=15, deadline=None)
def test_a_higher_cost_of_an_application_never_raises_filings(
    given_one: tuple[Scenario, str], key: str, more: float
) -> None:
    scenario, model = given_one
    name = key.partition(".")[2]
    now = getattr(scenario.data.models[model].agency, name).value
    dearer = scenario.with_changes({f"models.{model}.{key}": now + more})
    before, after = (choose(economy_of(one, model)) for one in (scenario, dearer))
    assert after.filed[0] <= before.filed[0] + 1e-12


@given(economies())
@settings(max_examples=15, deadline=None)
def test_bearing_outlays_never_raises_filings(given_one: tuple[Scenario, str]) -> None:
    scenario, model = given_one
    key = f"models.{model}.contract.outlays_advanced_by"
    free, borne = (choose(economy_of(scenario.with_changes({key: who}), model)) for who in ("region", "agency"))
    assert borne.filed[0] <= free.filed[0] + 1e-12


@pytest.mark.parametrize("kind", DEBTOR_TYPES)
def test_what_is_owed_however_the_debtor_pays_enters_through_chance_and_time_alone(kind: str) -> None:
    """Ten kronor more of any payment are worth ten times the chance of it, filed or watched, where time costs nothing."""
    worth = []
    for price in (100, 110):
        scenario = changed("fixed_price", contract__price_a_paid_case_kr=price, agency__interest_share_per_year=0)
        economy = economy_of(scenario, "fixed_price")
        klass = agency_margin._class_of("private", kind, known=False)
        worth.append((economy._filed("private", klass, kind).mean(), economy._watched("private", kind).mean()))
    paid, _ = _outcome(economy.data, economy.model, klass)
    later = _paid_under_surveillance(economy.data, kind)
    assert worth[1][0] - worth[0][0] == pytest.approx(10 * (paid + (1 - paid) * later), abs=1e-9)
    assert worth[1][1] - worth[0][1] == pytest.approx(10 * later, abs=1e-9)


def test_a_payment_of_any_case_alike_changes_nothing() -> None:
    """A price of every case handed over is owed either way."""
    prices = [changed("fixed_price", contract__price_a_case_kr=price) for price in (50, 500)]
    one, other = (choose(economy_of(scenario, "fixed_price")) for scenario in prices)
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Policy.__dataclass_fields__)


def test_what_earns_nothing_is_filed_on_instruction_alone() -> None:
    """A fixed price a case leaves nothing of a payment to the agency; the buyer's rule is another matter."""
    assert choose(economy_of(CASE, "fixed_price")).filed[0] == 0
    data = ks.load_scenario("four-contracts").data
    assert chosen(data, data.models["fixed_price"], LAW).files.any()


def test_within_instructions_and_good_practice() -> None:
    keys = {"escalation__min_case_kr": 350, "escalation__min_age_days": 70, "escalation__never": ["business"]}
    scenario = changed("commission", **keys).with_changes({"timing.demand_grace_days": 5})
    best = choose(economy_of(scenario, "commission"))
    assert best.smallest_kr[0] >= 350
    assert best.wait_days[0] >= 70 - 14 - 1
    assert not best.files[[GROUPS.index(("business", known)) for known in (False, True)]].any()
    short = CASE.with_changes({"timing.demand_grace_days": 5})
    assert choose(economy_of(short, "outsourced")).wait_days[0] == 8


def test_each_set_of_a_batch_has_the_choice_of_its_own() -> None:
    key = "models.commission.agency.application_kr"
    values = np.array([0.0, 60.0, 250.0, 2000.0])
    (batch,) = batches(CASE, checked(CASE, {key: values}), 4, 512)
    assert isinstance(batch, Batch)
    view = batch.view
    together = choose(Economy(view, view.models["commission"], LAW, view.horizon.start))
    for place, value in enumerate(values.tolist()):
        alone = choose(economy_of(CASE.with_changes({key: value}), "commission"))
        for name in ("wait_days", "smallest_kr", "files", "watches", "filed"):
            assert np.array_equal(getattr(together, name)[..., place], getattr(alone, name)[..., 0]), name
    assert (np.diff(together.filed) <= 0).all()
    assert together.filed[-1] == 0
    found = numbers(CASE, "commission", {key: values})
    assert (np.diff(found["kronofogden_applications"]) <= 1e-9).all()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("models.outsourced.escalation.rule", "always", "exactly when escalation.rule = 'agency_chooses'"),
        ("models.outsourced.escalation.never", ["private", "private"], "once"),
        (
            "models.framework_2014",
            {"agency_from": "solvency_check", "escalation.min_age_days": 60},
            r"models\.framework_2014\.escalation\.min_age_days: got 60; allowed an instruction to an agency",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(key: str, value: object, words: str) -> None:
    changes = {f"{key}.{inner}": each for inner, each in value.items()} if isinstance(value, dict) else {key: value}
    with pytest.raises(ScenarioError, match=words):
        CASE.with_changes(changes)


def test_instructions_are_for_an_agency_that_chooses() -> None:
    with pytest.raises(ScenarioError, match="instruct an agency that chooses"):
        ks.load_scenario("four-contracts").with_changes({"models.outsourced.escalation.min_age_days": 60})


FROM = ("reminder", "demand", "solvency_check")
LETTER = {"source": "assumption", "status": "assumed", "value": 1}
PRICES = dict.fromkeys(("letter_kr", "check_kr", "recheck_kr", "ku25_statement_kr"), LETTER)


def begun(model: str, step: str, **keys: object) -> Scenario:
    """The agency's first step is this one, what comes before it is the region's."""
    return changed(model, agency_from=step, unit_costs=PRICES, **keys)


@pytest.mark.parametrize(
    ("model", "step", "kept"),
    [
        ("outsourced", "reminder", 60.0),  # the reminder fee; the demand fee is the region's
        ("outsourced", "demand", 0.0),
        ("outsourced", "solvency_check", 0.0),
        ("framework_2014", "demand", 180 - 253.80),
        ("framework_2014", "solvency_check", -253.80),
    ],
)
def test_fees_of_the_regions_own_steps_are_none_of_its_margin(model: str, step: str, kept: float) -> None:
    economy = economy_of(begun(model, step), model)
    of_application, of_payment = economy.kept_kr(1000.0)
    assert (float(of_application), float(of_payment)) == pytest.approx((380, kept))


@pytest.mark.parametrize(("model", "step"), list(product(CONTRACTS, FROM)))
def test_it_keeps_what_the_ledger_lets_it_keep(model: str, step: str) -> None:
    data = begun(model, step).data.models[model]
    charge = ownership(data).charge
    assert data.contract is not None
    assert all(agency_keeps(data, name) == (charge[name] == AGENCY) for name in keepers(data.contract))


def test_its_share_of_a_fee_is_of_one_that_the_region_keeps_whoever_charges_it() -> None:
    """Half of the 180 kr of each demand, the region's own too (§M13)."""
    for step, kept in (("reminder", 150.0), ("demand", 90.0), ("solvency_check", 90.0)):
        scenario = begun("outsourced", step, contract__demand_fee_agency_share=0.5)
        assert float(economy_of(scenario, "outsourced").kept_kr(1000.0)[1]) == pytest.approx(kept)


def on_costs(*, share: float, least: float = 0.0, of: tuple[str, ...] = ("costs",)) -> dict[str, object]:
    """A commission, where the region keeps the fees of both letters."""
    number = {"source": "assumption", "status": "assumed"}
    terms = {"share": {"value": share} | number, "of": list(of), "least_kr": {"value": least} | number}
    return {"contract__reminder_fee_kept_by": "region", "contract__commission": terms}


@pytest.mark.parametrize(
    ("terms", "alone", "rest", "whole"),
    [
        (on_costs(share=0.0, least=50), 0, 50, 50),
        (on_costs(share=0.5), 0, 120, 120),
        (on_costs(share=0.1, least=50), 0, 50, 50),  # a tenth of 240 kr is less than the floor
        (on_costs(share=0.0, least=50, of=("principal", "costs")), 50, 0, 50),
    ],
)
def test_a_commission_of_nothing_received_is_nothing(
    terms: dict[str, object], alone: float, rest: float, whole: float
) -> None:
    """60 and 180 kr are costs: the invoice alone brings none of them, the rest brings all (§M22)."""
    economy = economy_of(begun("outsourced", "reminder", **terms), "outsourced")
    amounts = economy.amounts("private")
    assert float(np.ravel(economy.commission_kr(amounts, 0.0))[0]) == pytest.approx(alone)
    assert float(np.ravel(of_residue_kr(economy, "demand", "private"))[0]) == pytest.approx(rest)
    assert np.ravel(economy.kept_kr(amounts)[1]) == pytest.approx(whole)


def test_a_floor_alone_files_nobody() -> None:
    """Of costs, where the agency keeps the demand fee: 180 kr of its own, and no commission of at least 2 000 kr."""
    terms = on_costs(share=0.1, least=2000) | {"contract__demand_fee_kept_by": "agency"}
    data = changed("outsourced", **terms).data
    model = data.models["outsourced"]
    found = kept_ore(data, model, LAW, data.horizon.start, 50_000)
    assert [float(one) for one in found] == [38_000, 18_000]
    assert model.contract is not None
    assert float(commission_ore(model.contract.commission, 50_000, 0)) == 0
    assert float(commission_ore(model.contract.commission, 50_000, 6_000)) == 200_000


def test_a_residue_of_the_regions_own_reminder_is_asked_for_as_the_region_says() -> None:
    """From 50 kr: those of 60 kr after a reminder. The agency asks for none of 240 kr: a letter costs it 1 000 kr."""
    scenario = begun("outsourced", "demand", agency__letter_kr=1000).with_changes({"policy.residue_floor_kr": 50})
    data = scenario.data
    floors = chosen(data, data.models["outsourced"], LAW).residue_floor_kr
    assert floors == {"reminder": 50, "demand": pytest.approx(240.01)}
    whole = begun("outsourced", "reminder", agency__letter_kr=1000).with_changes({"policy.residue_floor_kr": 50}).data
    both = chosen(whole, whole.models["outsourced"], LAW).residue_floor_kr
    assert both == {"reminder": pytest.approx(240.01), "demand": pytest.approx(240.01)}
    assert float(np.ravel(numbers(scenario, "outsourced", {})["step_residue"])[0]) > 100


def test_it_reminds_again_only_in_a_wait_longer_than_the_demand_gives() -> None:
    """Everybody would pay if reminded and nothing speaks against it: not in 14 days, but in 45, for an age of 60."""
    always = {f"behaviour.{kind}.reminded_again_paid_share": 1.0 for kind in DEBTOR_TYPES}
    free = {"agency__letter_kr": 0, "contract__price_a_paid_case_kr": 5000, "agency__application_kr": 10_000}
    scenario = changed("fixed_price", **free, escalation__min_age_days=0).with_changes(always)
    key = "models.fixed_price.escalation.min_age_days"
    (batch,) = batches(scenario, checked(scenario, {key: np.array([0.0, 60.0])}), 2, 512)
    view = batch.view
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agency_choice, "LONGER_BY", (0,))
        best = choose(Economy(view, view.models["fixed_price"], LAW, view.horizon.start))
    assert best.wait_days.tolist() == [14, 45]
    assert best.second_reminder.tolist() == [0, 1]
