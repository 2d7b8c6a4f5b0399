"""Structural alternatives: what a file may say, what a choice does, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from kravsim.errors import ScenarioError
from kravsim.scenario import Scenario, load_scenario
from kravsim.studies import register

CASE = "jamtland-harjedalen-2017"
TOLD = {"title": "T", "title_sv": "T", "source": "assumption", "status": "assumed"}


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario(CASE)


def one(weight: float, **changes: Any) -> dict[str, Any]:
    return {**TOLD, "weight": weight, "changes": {key.replace("__", "."): new for key, new in changes.items()}}


def test_the_case_has_four_readings_and_alternatives_for_hand_over_and_instalments(case: Scenario) -> None:
    assert set(case.alternatives) == {"reading", "hand_over", "instalments", "limitation"}
    assert set(case.alternatives["reading"]) == {"A", "B", "C", "D", "E", "DE"}
    assert all(sum(weights.values()) == 1 for weights in case.alternatives.values())


def test_weights_of_all_structures_sum_to_exactly_one(case: Scenario) -> None:
    every = case.structures()
    assert len(every) == 6 * 3 * 3 * 2
    assert len({tuple(sorted(structure.choice.items())) for structure in every}) == len(every)
    assert sum(structure.weight for structure in every) == 1
    assert next(s for s in every if s.choice["reading"] == "D").weight == Fraction(1, 4) / 8
    (only,) = case.with_alternatives(every[0].choice).structures()
    assert (only.choice, only.weight) == ({}, 1)


def test_every_structure_is_a_scenario_with_worlds(case: Scenario) -> None:
    prints = {case.with_alternatives(structure.choice).fingerprint for structure in case.structures()}
    assert len(prints) == len(case.structures())


def test_a_choice_applies_its_changes_and_settles_its_dimension(case: Scenario) -> None:
    read = case.with_alternatives({"reading": "C"})
    contract = read.data.models["outsourced"].contract
    assert contract is not None
    share = contract.demand_fee_agency_share
    assert share is not None
    assert (share.value, share.low, share.high, str(share.status)) == (0.5, 0.1, 0.9, "assumed")
    assert not read.data.debtors.coordinate
    assert "reading" not in read.alternatives
    assert read.alternatives["hand_over"] == case.alternatives["hand_over"]
    assert read.changes == (("alternatives.reading", "C"),)
    assert case.with_alternatives({"reading": "B"}).data.targets["success"].metric == "success_share_kr"
    assert Scenario.from_text(read.text) == read


def test_the_base_alternative_changes_nothing_else(case: Scenario) -> None:
    base = case.with_alternatives({"reading": "D"})
    assert base.data.model_copy(update={"alternatives": case.data.alternatives}) == case.data


def test_the_order_of_choices_does_not_matter(case: Scenario) -> None:
    at_once = case.with_alternatives({"reading": "A", "instalments": "many_plans"})
    one_by_one = case.with_alternatives({"instalments": "many_plans"}).with_alternatives({"reading": "A"})
    assert at_once == one_by_one


def test_unknown_choices_are_all_named(case: Scenario) -> None:
    with pytest.raises(ScenarioError) as refused:
        case.with_alternatives({"readings": "A", "hand_over": "due_ages"})
    said = str(refused.value)
    assert "readings" in said
    assert "did you mean reading?" in said
    assert "did you mean due_age?" in said
    with pytest.raises(ScenarioError, match="has none left"):
        case.with_alternatives(case.structures()[0].choice).with_alternatives({"reading": "A"})
    with pytest.raises(ScenarioError, match="a mapping of dimensions to names"):
        case.with_alternatives("A")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"a": one(0.5), "b": one(0.4, policy__instalment_notices_charged=False)}, "weights that sum to 0.9"),
        ({"a": one(0.5), "b": one(0.5)}, "2 alternatives without changes: a, b"),
        ({"a": one(1.0, policy__instalment_notices_charged=False)}, "0 alternatives without changes"),
        (
            {
                "a": one(0.1),
                "b": one(0.2, policy__instalment_notices_charged=False),
                "c": one(0.7, policy__recheck_days=9),
            },
            "",
        ),
        ({"a": one(0.5), "b": one(0.5, debtors={})}, "in quotation marks"),
        ({"a": one(0.5), "b": one(0.5, invoices__late_share={"value": float("nan")})}, "NaN stands for nothing"),
        ({"a": one(0.0), "b": one(1.0, policy__instalment_notices_charged=False)}, "alternatives.more.a.weight"),
    ],
)
def test_a_dimension_is_whole_or_refused(case: Scenario, named: dict[str, Any], words: str) -> None:
    if not words:
        assert sum(case.with_changes({"alternatives.more": named}).alternatives["more"].values()) == 1
        return
    with pytest.raises(ScenarioError) as refused:
        case.with_changes({"alternatives.more": named})
    assert words in str(refused.value)


def test_two_dimensions_may_not_change_one_key(case: Scenario) -> None:
    more = {"a": one(0.5), "b": one(0.5, debtors__coordinate=True)}
    with pytest.raises(ScenarioError, match=r"debtors\.coordinate, which alternatives\.reading\.A changes too"):
        case.with_changes({"alternatives.more": more})
    within = {"a": one(0.5), "b": one(0.5, invoices__terms_days__value=12)}
    with pytest.raises(ScenarioError, match="only one dimension changes"):
        case.with_changes({"alternatives.more": within})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ('"invoices.late_shares" = 0.1', "did you mean late_share?"),
        ('"invoices.late_share" = 1.1', "allowed a share from 0 to 1"),
        ('"invoices.late_share" = { value = 0.1, source = "none", status = "sourced" }', "the name of a table"),
    ],
)
def test_a_file_with_an_alternative_that_cannot_be_taken_is_refused(tmp_path: Any, changes: str, words: str) -> None:
    told = 'title = "x"\ntitle_sv = "x"\nweight = 0.5\nsource = "assumption"\nstatus = "assumed"\n'
    text = f'extends = "{CASE}"\nname = "x"\ntitle = "x"\n[alternatives.late.less]\n{told}'
    text += f"[alternatives.late.more]\n{told}[alternatives.late.more.changes]\n{changes}\n"
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)
    assert words in str(refused.value)
    assert "x.toml: alternatives.late.more" in str(refused.value)


def test_a_file_that_was_sound_is_looked_at_again_when_an_alternative_in_it_has_changed(tmp_path: Any) -> None:
    path = tmp_path / "x.toml"
    text = load_scenario(CASE).text
    path.write_text(text, encoding="utf-8")
    assert load_scenario(path) == load_scenario(path)
    spoilt = text.replace('"debtors.coordinate" = false', '"behaviour.forgetful.demand_paid_share" = 7', 1)
    assert spoilt != text
    path.write_text(spoilt, encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ScenarioError, match=r"alternatives\.reading\..*demand_paid_share"):
            load_scenario(path)


def test_validate_tries_every_combination(case: Scenario) -> None:
    """Two dimensions that each keep the rule may break it together: in values, or only at the worst of the ranges."""
    from kravsim.checking.check import problems_of, warnings_of

    read = case.with_alternatives({"reading": "D", "hand_over": "invoice_age"})
    told = {"source": "assumption", "status": "assumed"}
    paid = {"value": 0.65, "low": 0.6, "high": 0.75, **told}
    more = read.with_changes(
        {"alternatives.more": {"a": one(0.5), "b": one(0.5, behaviour__forgetful__demand_paid_share=paid)}}
    )
    assert problems_of(more) == []
    (warned,) = [problem for problem in warnings_of(more) if "worst" in problem.file]
    assert "instalments many_plans, limitation three_years, more b" in warned.file
    assert "a sum of 1.1" in str(warned.value)
    broken = more.with_changes({"alternatives.more.b.changes": {"behaviour.forgetful.demand_paid_share": 0.85}})
    assert "alternatives.instalments.many_plans and alternatives." in str(problems_of(broken)[0])


def test_a_share_of_a_fee_the_region_does_not_keep_is_refused(case: Scenario) -> None:
    contract = "models.outsourced.contract"
    agencys = case.with_changes({f"{contract}.demand_fee_kept_by": "agency"})  # a share of 0 takes nothing from anybody
    with pytest.raises(ScenarioError, match="demand_fee_agency_share is of a fee the region keeps"):
        agencys.with_changes({f"{contract}.demand_fee_agency_share": 0.2})


def test_the_register_has_a_row_for_each_alternative(case: Scenario) -> None:
    rows = {row.key: row for row in register(case).rows if row.section == "alternatives"}
    assert len(rows) == 14
    row = rows["alternatives.reading.C"]
    assert (row.value, row.status, row.source) == (0.15, "assumed", "assumption")
    assert "models.outsourced.contract.demand_fee_agency_share" in row.note
