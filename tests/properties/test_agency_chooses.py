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
from kravsim.models import agency_choice, agency_margin
from kravsim.models.agency_choice import WAYS, Policy, choose, chosen, margin_of_group, may_file, may_remind_again
from kravsim.models.agency_margin import GROUPS, Economy
from kravsim.models.escalation import _outcome, _paid_under_surveillance
from kravsim.scenario import Scenario
from kravsim.stream.stream import TYPES

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
        "agency__interest_per_year": draw(st.sampled_from([0, 0.06, 0.4])),
        "contract__outlays_advanced_by": draw(st.sampled_from(["region", "agency"])),
        "contract__own_work_fee_kept_by": draw(st.sampled_from(["region", "agency"])),
        "contract__paid_case_kr": draw(st.sampled_from([0, 100, 253.8])),
    }
    if model != "commission":
        keys["contract__price_a_paid_case_kr"] = draw(st.sampled_from([1, 80, 400]))
    late = draw(st.sampled_from([0.0, 0.3, 1.0]))
    scenario = changed(model, **keys)
    return scenario.with_changes({f"behaviour.{kind}.demand_late_paid_share": late for kind in TYPES}), model


def every_policy(economy: Economy) -> Iterator[float]:
    """The margin of each policy of the grid, in every combination of ways with groups; residues are a thing by themselves."""
    for wait in agency_choice.waits(economy):
        for again in may_remind_again(economy):
            worth = [economy.waiting(wait, again=again).worth(segment, known=known) for segment, known in GROUPS]
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
        of_residues = agency_choice._residues(economy)[1]
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


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_owed_however_the_debtor_pays_enters_through_chance_and_time_alone(kind: str) -> None:
    """Ten kronor more of any payment are worth ten times the chance of it, filed or watched, where time costs nothing."""
    worth = []
    for price in (100, 110):
        scenario = changed("fixed_price", contract__price_a_paid_case_kr=price, agency__interest_per_year=0)
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
    ],
)
def test_what_does_not_go_together_is_refused(key: str, value: object, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        CASE.with_changes({key: value})


def test_instructions_are_for_an_agency_that_chooses() -> None:
    with pytest.raises(ScenarioError, match="instruct an agency that chooses"):
        ks.load_scenario("four-contracts").with_changes({"models.outsourced.escalation.min_age_days": 60})
