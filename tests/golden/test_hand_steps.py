"""Truth, computed by hand, for the steps beyond the common road; the same invoice of 500 kr of 1 January 2017.

See ``test_hand_cases.py`` for its dates up to the demand on 8 March.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from kravsim.engine.contract import ANSWERED, DONE, ENDED, KINDS
from kravsim.flow import RunParts, Setting
from kravsim.ledger.accounts import (
    AGENCY,
    CASH,
    CHARGES,
    COURT,
    DEBTOR,
    FOREIGN_AGENCY,
    KRONOFOGDEN,
    LINE,
    LINES,
    REGION,
    VALUE,
    WRITE_OFF,
)
from kravsim.ledger.statement import statement_ore
from kravsim.models.process import END_CODE, ENDS, STEP_CODE
from kravsim.scenario import load_scenario
from kravsim.scenario.schema import STEPS
from tests.golden.test_hand_cases import TYPES, everyone, first_january, received

FIXED = {"source": "assumption", "status": "assumed"}


def days(count: int) -> dict[str, object]:
    return {"low": count, "mode": count, "high": count} | FIXED


def share_of(part: float) -> dict[str, object]:
    return {"low": part, "mode": part, "high": part} | FIXED


def all_types(name: str, value: float) -> dict[str, object]:
    return {f"behaviour.{kind}.{name}": value for kind in TYPES}


def only(segment: str) -> dict[str, object]:
    return {f"debtors.segments.{segment}.share": 1}


def paid_in_all(met: Setting, parts: RunParts, case: int) -> list[tuple[dt.date, int]]:
    """What the debtor paid on each day, all lines together."""
    postings = parts.ledger.postings
    mine = postings.where((postings.case == case) & (postings.book == CASH) & (postings.payer == DEBTOR))
    found = np.unique(mine.day)
    first = met.stream.first
    return [(first + dt.timedelta(int(day)), int(mine.amount_ore[mine.day == day].sum())) for day in found]


def cash(parts: RunParts, case: int, line: str) -> list[tuple[int, int, int]]:
    """Payer, receiver and öre of a case's postings on a line."""
    postings = parts.ledger.postings
    mine = postings.where((postings.case == case) & (postings.book == CASH) & (postings.line == LINE[line]))
    return list(zip(mine.payer.tolist(), mine.receiver.tolist(), mine.amount_ore.tolist(), strict=True))


def end_of(parts: RunParts, case: int) -> int:
    log = parts.log
    return int(log.step[(log.case == case) & (log.kind == ENDED)][0])


def test_instalments_with_notices_clear_the_debt_and_the_last_takes_the_remainder() -> None:
    """Plan on 17 March (170 kr), agreed on 27 March; four instalments a month apart, each with a notice of 60 kr (§M7).

    26 April: 500 + 60 + 180 + 170 + 60 + 9.55 interest = 979.55; a quarter is 244.88.
    26 May: 734.67 + 60 + 3.08 = 797.75; a third (333 333 millionths) is 265.91.
    25 June: 531.84 + 60 + 3.08 = 594.92; half is 297.46, of which 202.54 is principal.
    25 June is a Sunday, so that the last notice leaves on the 26th: 26 July: 297.46 + 60 + 1.89 = 359.35: the rest.
    """
    changes = all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 1.0)
    changes |= {"behaviour.plan_accepted_share": 1.0, "policy.instalments": 4}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert paid_in_all(met, parts, case) == [
        (dt.date(2017, 4, 26), 24_488),
        (dt.date(2017, 5, 26), 26_591),
        (dt.date(2017, 6, 25), 29_746),
        (dt.date(2017, 7, 26), 35_935),
    ]
    assert received(met, parts, case, "instalment_plan_fee").keys() == {AGENCY}
    assert end_of(parts, case) == END_CODE["paid"]


def test_a_broken_plan_goes_to_the_solvency_check() -> None:
    """27 March agreed, nothing paid; 50 days later, on 16 May, the case is checked."""
    changes = all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 0.0)
    changes |= {"behaviour.plan_accepted_share": 1.0}
    met, parts, case = first_january(everyone(does="payment_order_paid", **changes), "outsourced")
    assert paid_in_all(met, parts, case)[0][0] == dt.date(2017, 5, 16) + dt.timedelta(1 + 40)


@pytest.mark.parametrize(("segment", "goes_to"), [("private", "solvency_check"), ("estate", "estate")])
def test_a_plan_is_offered_where_its_fees_are_at_most_the_stated_share_of_the_claims(
    segment: str, goes_to: str
) -> None:
    """Four instalments cost 170 + 4 x 60 = 410 kr, 82 % of 500 kr, and the plan goes out on the day of asking, 17 March.

    Who is offered none has the demand's time all the same: 14 days from 8 March, until the 22nd.
    """
    changes = all_types("instalment_plan_share", 1.0) | {"policy.instalments": 4}
    changes |= {} if segment == "private" else only(segment)
    for share, step, day in ((0.82, "instalment_plan", 17), (0.81, goes_to, 22)):
        scenario = everyone(does="nothing", **changes, **{"policy.instalment_plan_fee_share": share})
        met, parts, case = first_january(scenario, "outsourced")
        log = parts.log
        asked = np.flatnonzero((log.case == case) & (log.kind == ANSWERED) & (log.step == STEP_CODE["demand"]))[0]
        assert (STEPS[log.step[asked + 1]], log.kind[asked + 1]) == (step, DONE)
        assert met.stream.first + dt.timedelta(minutes=int(log.minute[asked + 1])) == dt.date(2017, 3, day)


@pytest.mark.parametrize(("asked", "answered", "day"), [(2, 10, 22), (2, 13, 23), (9, 10, 27)])
def test_whoever_declines_a_plan_has_the_demands_time(asked: int, answered: int, day: int) -> None:
    """Demanded on 8 March with 14 days to pay, asked for so many days later; declined by silence, but not before the 22nd."""
    changes = all_types("instalment_plan_share", 1.0) | {"behaviour.plan_accepted_share": 0.0}
    changes |= {"timing.demand_paid_days": days(asked), "timing.plan_answer_days": answered}
    met, parts, case = first_january(everyone(does="payment_order_paid", **changes), "outsourced")
    log = parts.log
    row = np.flatnonzero((log.case == case) & (log.kind == DONE) & (log.step == STEP_CODE["solvency_check"]))[0]
    assert met.stream.first + dt.timedelta(minutes=int(log.minute[row])) == dt.date(2017, 3, day)


def test_a_plan_that_is_declined_has_no_fee() -> None:
    """Proposed on 17 March, declined on the 27th: its 170 kr are off the debt that day; applied for on the 28th (§M10).

    Paid 40 days later, on 7 May: 500 + 60 + 180 + 300 + 380 kr, and 104 days of interest are 10.68 kr.
    """
    changes = all_types("instalment_plan_share", 1.0) | {"behaviour.plan_accepted_share": 0.0}
    met, parts, case = first_january(everyone(does="payment_order_paid", **changes), "outsourced")
    assert paid_in_all(met, parts, case) == [(dt.date(2017, 5, 7), 142_000 + 1_068)]
    postings = parts.ledger.postings
    off = postings.where((postings.case == case) & (postings.book == WRITE_OFF))
    assert off.line.tolist() == [LINE["instalment_plan_fee"]]
    assert off.amount_ore.tolist() == [17_000]
    assert met.stream.first + dt.timedelta(int(off.day[0])) == dt.date(2017, 3, 27)
    assert parts.ledger.debts.charged[case, CHARGES.index("instalment_plan_fee")] == 0


def test_no_letter_for_less_than_the_smallest_claim_it_is_sent_for() -> None:
    """500 kr: with a smallest reminder of 500.01 kr given up on 22 February, with a smallest demand of that on 8 March.

    Then the 60 kr of the reminder are given up, too; the claim counts as referred and as no success.
    """
    for key, day, fees in (("reminder", dt.date(2017, 2, 22), 0), ("demand", dt.date(2017, 3, 8), 6_000)):
        for least, small in ((500.01, True), (500, False)):
            scenario = everyone(does="nothing", **{f"policy.smallest_{key}_kr": least})
            met, parts, case = first_january(scenario, "outsourced")
            rows = np.flatnonzero(parts.log.case == case)
            ended = bool((parts.log.step[rows] == END_CODE["too_small"]).any())
            assert ended == small
            assert (STEP_CODE[key] in parts.log.step[rows]) != small
            if small:
                assert met.stream.first + dt.timedelta(minutes=int(parts.log.minute[rows[-1]])) == day
                claim, debts = int(met.stream.cases.first_claim[case]), parts.ledger.debts
                assert debts.principal_given_up[claim] == 50_000
                assert debts.given_up[case].sum() == fees
                numbers = parts.outcome.numbers
                assert numbers["success_share"] == 0.0
                assert numbers["claims"] > 0


def test_a_case_is_revived_on_the_day_of_the_check_that_finds_it() -> None:
    """Watched from 23 March 2017, checked every 100 days, worth another try at once: applied for on 1 July 2017.

    That check is paid for, 3 kr, like the first one of 22 March, 10 kr. Where the first check would come on the last day of
    the stay, nobody is found.
    """
    changes = nobody_leaves() | all_types("surveillance_revived_per_year", 900.0) | {"models.in_house.work": {}}
    changes |= {"models.in_house.unit_costs.check_kr": 10, "models.in_house.unit_costs.recheck_kr": 3}
    scenario = everyone(does="payment_order_paid", **changes)
    met, parts, case = first_january(scenario.with_changes({"policy.recheck_days": 100}), "in_house")
    assert life_of(met, parts, case)[2:5] == [
        ("done", "surveillance", dt.date(2017, 3, 23)),
        ("answered", "surveillance", dt.date(2017, 7, 1)),
        ("done", "payment_order", dt.date(2017, 7, 1)),
    ]
    assert [ore for *_, ore in cash(parts, case, "check")] == [1_000, 300]
    short = scenario.with_changes({"policy.recheck_days": 100, "timing.surveillance_spell_days": 100})
    _, parts, case = first_january(short, "in_house")
    log = parts.log
    revived = (log.step == STEP_CODE["surveillance"]) & (log.kind == ANSWERED) & (log.answer == 1)
    assert not revived.any()


@pytest.mark.parametrize(
    ("segment", "step"), [("nordic", "foreign_collection"), ("overseas", "foreign_collection"), ("estate", "estate")]
)
@pytest.mark.parametrize(("accepted", "when"), [(1.0, dt.date(2017, 5, 16)), (0.0, dt.date(2017, 3, 27))])
def test_nobody_abroad_and_no_estate_comes_to_kronofogden(
    segment: str, step: str, accepted: float, when: dt.date
) -> None:
    """As above, or declined on 27 March; then everybody goes to the step of the segment."""
    changes = only(segment) | all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 0.0)
    changes |= {"behaviour.plan_accepted_share": accepted}
    met, parts, case = first_january(everyone(does="payment_order_paid", **changes), "outsourced")
    log = parts.log
    done = {STEPS[code] for code in log.step[log.kind == DONE]}
    assert done - {"instalment"} == {"reminder", "demand", "instalment_plan", step}
    first = log.minute[(log.case == case) & (log.kind == DONE) & (log.step == STEP_CODE[step])][0]
    assert met.stream.first + dt.timedelta(minutes=int(first)) == when


def test_the_agent_abroad_has_no_commission_on_what_was_paid_at_home() -> None:
    """A plan of two instalments; whoever keeps the first and misses the second pays the rest abroad, 120 days later."""
    changes = only("nordic") | all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 0.5)
    changes |= {"behaviour.plan_accepted_share": 1.0, "policy.instalments": 2, "timing.foreign_paid_days": days(120)}
    terms = {"commission_share": 0.1, "fixed_kr": 20, "untraceable_share": 0, "paid_share": 1}
    changes |= {f"models.outsourced.foreign.nordic.{key}": value for key, value in terms.items()}
    _, parts, _ = first_january(everyone(does="payment_order_paid", **changes), "outsourced")
    log, abroad = parts.log, STEP_CODE["foreign_collection"]
    ended = set(log.case[(log.kind == ANSWERED) & (log.step == abroad)].tolist())
    kept = log.case[(log.kind == ANSWERED) & (log.step == STEP_CODE["instalment"]) & (log.answer == 0)].tolist()
    assert ended & set(kept)
    assert ended - set(kept)
    postings = parts.ledger.postings
    for case in ended:
        mine = postings.where((postings.case == case) & (postings.book == CASH))
        there = mine.where((mine.line == LINE["principal"]) & (mine.step == abroad)).amount_ore.sum()
        at_home = mine.where((mine.line == LINE["principal"]) & (mine.step != abroad)).amount_ore.sum()
        assert (at_home > 0) == (case in kept)
        fixed, commission = (amount for *_, amount in cash(parts, case, "foreign_collection"))
        assert (fixed, commission) == (2_000, (there + 5) // 10)


def test_residue_above_the_floor_is_asked_for_and_paid() -> None:
    """2 March: 500 kr, the invoice alone. The 60 kr left are above a floor of 50 kr: asked for, and paid in 10 days."""
    changes = all_types("principal_only_share", 1.0) | all_types("reminder_paid_share", 0.0)
    changes |= {"behaviour.residue_paid_share": 1.0, "timing.residue_paid_days": days(10)}
    scenario = everyone(does="nothing", **changes, **{"policy.residue_floor_kr": 50})
    met, parts, case = first_january(scenario, "outsourced")
    assert paid_in_all(met, parts, case) == [(dt.date(2017, 3, 2), 50_000), (dt.date(2017, 3, 12), 6_000)]


def test_residue_below_the_floor_is_waived() -> None:
    """2 March: the invoice alone; 60 kr are below the floor of 100 kr and given up. The claim counts as collected (§M11)."""
    met, parts, case = first_january(everyone(does="nothing", **all_types("principal_only_share", 1.0)), "outsourced")
    assert paid_in_all(met, parts, case) == [(dt.date(2017, 3, 2), 50_000)]
    assert parts.ledger.debts.given_up[case].sum() == 6_000
    assert end_of(parts, case) == END_CODE["residue_waived"]
    assert parts.outcome.numbers["success_share"] == 1.0


@pytest.mark.parametrize(
    ("after", "paid"),
    [
        ({"reminder_late_paid_days": 13}, (dt.date(2017, 3, 7), 56_000)),
        ({"reminder_late_paid_days": 14}, (dt.date(2017, 3, 21), 74_586)),
        ({"demand_late_paid_days": 13}, (dt.date(2017, 3, 21), 74_586)),
        ({"demand_late_paid_days": 14}, None),
    ],
)
def test_whoever_pays_between_letters_pays_before_the_next_step_is_due(
    after: dict[str, int], paid: tuple[dt.date, int] | None
) -> None:
    """Silent when the 14 days are out, all would pay so many days after a letter: of 22 February, or of 8 March.

    Until the day before the demand, 560 kr. Who would have paid on the day of the demand has it first, and pays 13 days
    later: 500 + 60 + 180 kr, and 57 days of interest are 5.86 kr. Who would have paid on the day of the check comes too late.
    """
    silent = dict.fromkeys(("reminder_late_paid_days", "demand_late_paid_days"), 13) | after
    changes: dict[str, object] = {f"timing.{key}": days(count) for key, count in silent.items()}
    for letter in ("reminder", "demand"):
        of_it = f"{letter}_late_paid_days" in after or "reminder_late_paid_days" in after
        changes |= all_types(f"{letter}_late_paid_share", float(of_it))
    changes |= {"behaviour.late_principal_only_share": 0.0}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert paid_in_all(met, parts, case) == ([] if paid is None else [paid])


def test_between_letters_the_invoice_alone_may_be_paid() -> None:
    """7 March: 500 kr, and not the 60 kr of the reminder, which are below the floor of 100 kr and given up."""
    changes = all_types("reminder_late_paid_share", 1.0) | {"timing.reminder_late_paid_days": days(13)}
    changes |= {"behaviour.late_principal_only_share": 1.0}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert paid_in_all(met, parts, case) == [(dt.date(2017, 3, 7), 50_000)]
    assert end_of(parts, case) == END_CODE["residue_waived"]


@pytest.mark.parametrize(("limit", "fee"), [(22_400, 60_000), (499, 250_000)])
def test_district_court_supplement_for_small_and_large_claims(limit: int, fee: int) -> None:
    """Contested 40 days after 23 March, taken to court 20 days later, paid 150 days after that, on 19 October (§M3, §M12).

    269 days of interest are 27.64 kr; with 60 + 180 + 300 + 380 kr and the court's supplement.
    """
    changes = {"behaviour.contested_share": 1.0, "behaviour.contested_settled_share": 0.0}
    changes |= {
        "behaviour.contested_dropped_share": 0.0,
        "behaviour.court_paid_share": 1.0,
        "behaviour.court_lost_share": 0.0,
    }
    timing = {"contested_days": 40, "court_request_days": 20, "court_days": 150}
    changes |= {f"timing.{name}": days(count) for name, count in timing.items()} | {
        "policy.small_claim_limit_kr": limit
    }
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert paid_in_all(met, parts, case) == [(dt.date(2017, 10, 19), 50_000 + 92_000 + 2_764 + fee)]
    assert cash(parts, case, "court_outlay") == [(AGENCY, COURT, fee)]


@pytest.mark.parametrize(
    ("settled", "dropped", "until"),
    [
        (1.0, 0.0, dt.date(2017, 7, 1)),
        (0.0, 1.0, dt.date(2017, 5, 30)),
        (0.0, 0.0, dt.date(2017, 5, 30)),
    ],
)
@pytest.mark.parametrize("said", [True, False], ids=["said", "left out"])
def test_the_applicant_answers_a_contest_within_four_weeks(
    settled: float, dropped: float, until: dt.date, tmp_path: Path, *, said: bool
) -> None:
    """Told on 2 May, 40 days after 23 March. What is settled is paid 60 days later; else the time is out on 30 May.

    Who does not say within how many days takes all that the law gives.
    """
    changes = {"behaviour.contested_share": 1.0, "timing.contested_days": days(40)}
    changes |= {"behaviour.contested_settled_share": settled, "behaviour.contested_dropped_share": dropped}
    changes |= {"timing.contested_settled_days": days(60), "timing.court_request_days": days(28)}
    scenario = everyone(does="nothing", **changes)
    if not said:
        file = tmp_path / "child.toml"
        file.write_text(f'extends = "{scenario.name}"\nname = "child"\nwithout = ["timing.court_request_days"]\n')
        kept = {key: value for key, value in scenario.changes if not key.startswith("timing.court_request_days")}
        scenario = load_scenario(file).with_changes(kept)
        assert scenario.data.timing.court_request_days is None
    met, parts, case = first_january(scenario, "outsourced")
    log = parts.log
    row = np.flatnonzero((log.case == case) & (log.kind == ANSWERED) & (log.step == STEP_CODE["contested"]))[0]
    assert met.stream.first + dt.timedelta(minutes=int(log.minute[row])) == until


@pytest.mark.parametrize(
    ("occasion", "charged"), [("nothing", []), ("outlays", [30_000]), ("outlays_and_own_work", [30_000, 38_000])]
)
def test_late_withdrawal_after_the_application(occasion: str, charged: list[int]) -> None:
    """The agency charges what the contract says for the occasion: nothing, 300 kr, or 300 and 380 kr (§M16)."""
    changes = {"behaviour.withdrawn_late_share": 1.0, "timing.withdrawal_days": days(10)}
    changes |= {"models.outsourced.contract.late_withdrawal.after_application": occasion}
    _, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert cash(parts, case, "agency_charge") == [(REGION, AGENCY, ore) for ore in charged]
    assert end_of(parts, case) == END_CODE["withdrawn_late"]


def test_late_withdrawal_at_the_attachment_charges_both_outlays() -> None:
    """300 kr of the application and 600 kr of the attachment; reached because nothing is withdrawn earlier (§M16)."""
    changes = {"timing.order_issued_days": days(95), "timing.withdrawal_days": days(10)}
    changes |= {"behaviour.withdrawn_late_share": 0.999}
    scenario = everyone(does="nothing", **changes).with_changes({"behaviour.withdrawn_late_share": 0.5})
    met, parts, _ = first_january(scenario, "outsourced")
    charges = {
        case: sum(ore for *_, ore in cash(parts, case, "agency_charge")) for case in range(len(met.stream.cases))
    }
    assert set(charges.values()) == {0, 30_000, 90_000}


def test_estate_pays_or_has_nothing() -> None:
    """An estate that stays silent after the demand is asked directly on 22 March; it pays 120 days later, on 20 July."""
    changes = only("estate") | {"behaviour.estate_paid_share": 1.0, "timing.estate_days": days(120)}
    changes |= {"behaviour.estate_part_share": 0.0}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert paid_in_all(met, parts, case) == [(dt.date(2017, 7, 20), 50_000 + 24_000 + 1_829)]


def nobody_leaves() -> dict[str, object]:
    """All are insolvent when checked, and nothing happens while they are watched."""
    changes: dict[str, object] = {f"behaviour.not_solvent_if_{who}known_share": 1.0 for who in ("", "un")}
    for name in ("surveillance_paid_per_year", "surveillance_revived_per_year", "restructuring_per_year"):
        changes |= all_types(name, 0.0)
    return changes


def life_of(met: Setting, parts: RunParts, case: int) -> list[tuple[str, str, dt.date]]:
    """What happened to a case from the check on: kind, step or end, day."""
    log, first, names = parts.log, met.stream.first, (*STEPS, *ENDS)
    rows = np.flatnonzero((log.case == case) & (log.step >= STEP_CODE["solvency_check"]))
    days_of = [first + dt.timedelta(minutes=int(minute)) for minute in log.minute[rows]]
    kinds = [KINDS[kind] for kind in log.kind[rows]]
    return list(zip(kinds, [names[step] for step in log.step[rows]], days_of, strict=True))


def test_a_letter_that_does_not_arrive_changes_nothing_and_the_claim_is_barred_three_years_after_the_invoice() -> None:
    """Invoiced on 1 January 2017: the last day of limitation is 1 January 2020.

    Watched from 23 March 2017 until 195 days before 2 January 2020, 21 June 2019. That is Midsummer Eve: the letter goes on
    Monday the 24th; on 8 July it is known not to have arrived. The claim is watched on, and barred when 1 January is over.
    """
    changes = nobody_leaves() | {"behaviour.interruption_reached_share": 0.0, "horizon.end": dt.date(2021, 1, 1)}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert life_of(met, parts, case)[2:] == [
        ("done", "surveillance", dt.date(2017, 3, 23)),
        ("answered", "surveillance", dt.date(2019, 6, 21)),
        ("done", "interruption", dt.date(2019, 6, 24)),
        ("answered", "interruption", dt.date(2019, 7, 8)),
        ("done", "last_surveillance", dt.date(2019, 7, 8)),
        ("ended", "lapsed", dt.date(2020, 1, 2)),
    ]


def test_a_letter_that_arrives_begins_a_new_period_and_whoever_stops_watching_sends_none() -> None:
    """The letter of 24 June 2019 arrives: a new period from 8 July. Two stays are watched; the second ends 900 days later, on
    24 December 2021, sooner than 195 days before limitation (26 December), and nobody writes.
    """
    changes = nobody_leaves() | {"behaviour.interruption_reached_share": 1.0, "horizon.end": dt.date(2023, 1, 1)}
    changes |= {"policy.surveillance_spells": 2}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert life_of(met, parts, case)[4:] == [
        ("done", "interruption", dt.date(2019, 6, 24)),
        ("answered", "interruption", dt.date(2019, 7, 8)),
        ("done", "surveillance", dt.date(2019, 7, 8)),
        ("answered", "surveillance", dt.date(2021, 12, 24)),
        ("ended", "unwatched", dt.date(2021, 12, 24)),
    ]


def test_ten_years_of_limitation_need_no_letter_in_seven() -> None:
    """Watched from 23 March 2017 for 2 600 days, to 5 May 2024, and then no more; limitation would be 1 January 2027."""
    changes = nobody_leaves() | {"horizon.end": dt.date(2025, 1, 1)}
    scenario = everyone(does="nothing", **changes).with_alternatives({"limitation": "ten_years"})
    met, parts, case = first_january(scenario, "outsourced")
    assert life_of(met, parts, case)[3:] == [
        ("answered", "surveillance", dt.date(2024, 5, 5)),
        ("ended", "unwatched", dt.date(2024, 5, 5)),
    ]


def test_a_new_period_begins_when_an_attachment_ends_and_a_payment_order_makes_no_ten_years_of_three() -> None:
    """Order on 26 June 2017, attachment on 10 August, no assets 60 days later, on 9 October: from there three years.

    Watched with a title for 900 days, until 27 March 2020 (195 days before 10 October 2020 would be 29 March); the letter
    does not arrive. Barred when 9 October 2020 is over.
    """
    changes = {"behaviour.interruption_reached_share": 0.0, "horizon.end": dt.date(2021, 1, 1)}
    for name in ("surveillance_paid_per_year", "surveillance_revived_per_year", "restructuring_per_year"):
        changes |= all_types(name, 0.0)
    changes |= {"timing.attachment_no_assets_days": days(60)}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    assert life_of(met, parts, case)[-7:] == [
        ("answered", "attachment", dt.date(2017, 10, 9)),
        ("done", "surveillance_with_title", dt.date(2017, 10, 9)),
        ("answered", "surveillance_with_title", dt.date(2020, 3, 27)),
        ("done", "interruption_with_title", dt.date(2020, 3, 27)),
        ("answered", "interruption_with_title", dt.date(2020, 4, 10)),
        ("done", "last_surveillance_with_title", dt.date(2020, 4, 10)),
        ("ended", "lapsed", dt.date(2020, 10, 10)),
    ]


@pytest.mark.parametrize(
    ("takes", "dismissed", "barred"),
    [
        (95, dt.date(2017, 6, 26), dt.date(2020, 1, 2)),
        (900, dt.date(2019, 9, 9), dt.date(2020, 9, 10)),
        (1200, dt.date(2020, 7, 5), dt.date(2021, 7, 6)),
    ],
)
def test_an_application_dismissed_unserved_interrupts_nothing_but_leaves_a_year(
    takes: int, dismissed: dt.date, barred: dt.date
) -> None:
    """Applied for on 23 March 2017; the debtor is never served. The three years from 1 January 2017 go on, but the claim is
    barred a year after the dismissal at the earliest.
    """
    changes = nobody_leaves() | {"behaviour.dismissed_share": 1.0, "behaviour.interruption_reached_share": 0.0}
    changes |= {f"behaviour.not_solvent_if_{who}known_share": 0.0 for who in ("", "un")}
    changes |= {"timing.order_issued_days": days(takes), "horizon.end": dt.date(2022, 1, 1)}
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    life = life_of(met, parts, case)
    assert ("answered", "payment_order", dismissed) in life
    assert life[-1] == ("ended", "lapsed", barred)


def test_costs_of_a_dismissed_application_stay_with_the_applicant() -> None:
    """Applied for on 23 March 2017, dismissed 95 days later, on 26 June: 300 and 380 kr are off the debt (§M10).

    Whoever pays under surveillance owes the invoice, 60 and 180 kr, and interest; the agency has paid 300 kr for nothing.
    """
    changes = {"behaviour.dismissed_share": 1.0} | all_types("surveillance_paid_per_year", 40.0)
    for name in ("surveillance_revived_per_year", "restructuring_per_year"):
        changes |= all_types(name, 0.0)
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    ((day, ore),) = paid_in_all(met, parts, case)
    assert day > dt.date(2017, 6, 26)
    interest_days = (day - dt.date(2017, 1, 23)).days
    assert ore == 50_000 + 24_000 + (2 * 50_000 * 750 * interest_days + 3_650_000) // (2 * 3_650_000)
    assert cash(parts, case, "kronofogden_outlay") == [(AGENCY, KRONOFOGDEN, 30_000)]
    assert cash(parts, case, "agency_charge") == []
    postings = parts.ledger.postings
    off = postings.where((postings.case == case) & (postings.book == WRITE_OFF))
    assert [(LINES[line], int(amount)) for line, amount in zip(off.line, off.amount_ore, strict=True)] == [
        ("payment_order_application", 30_000),
        ("payment_order_own_work", 38_000),
    ]
    assert {met.stream.first + dt.timedelta(int(when)) for when in off.day} == {dt.date(2017, 6, 26)}
    assert end_of(parts, case) == END_CODE["paid"]


@pytest.mark.parametrize(
    ("model", "zone", "fixed", "commission"),
    [
        ("outsourced", "nordic", 25_000, 5_000),
        ("outsourced", "overseas", 25_000, 15_000),
        ("in_house", "europe", 37_500, 8_000),
    ],
)
def test_collection_abroad_costs_a_fee_and_a_commission_by_zone(
    model: str, zone: str, fixed: int, commission: int
) -> None:
    """10, 16 and 30 % of the 500 kr of principal, and 250 kr (agency) or 375 kr (own agents) a case (§M19)."""
    changes = only(zone) | {f"models.{model}.foreign.{zone}.paid_share": 1.0, "timing.foreign_paid_days": days(100)}
    changes |= {f"models.{model}.foreign.{zone}.untraceable_share": 0.0}
    changes |= {"models.in_house.work.foreign_collection.minutes": days(0)}
    _, parts, case = first_january(everyone(does="nothing", **changes), model)
    agent = AGENCY if model == "outsourced" else FOREIGN_AGENCY
    assert cash(parts, case, "foreign_collection") == [(REGION, agent, fixed), (REGION, agent, commission)]


def test_valuation_takes_half_and_then_the_rest() -> None:
    """Due on 23 January 2017: 250 kr on 22 July (180 days), 250 kr on 23 January 2018 (365 days); no cash (§M23)."""
    changes = {"horizon.end": dt.date(2019, 1, 1), "behaviour.not_solvent_if_unknown_share": 1.0}
    changes |= {"behaviour.not_solvent_if_known_share": 1.0}
    for name in ("surveillance_paid_per_year", "surveillance_revived_per_year", "restructuring_per_year"):
        changes |= all_types(name, 0.0)
    met, parts, case = first_january(everyone(does="nothing", **changes), "outsourced")
    postings = parts.ledger.postings
    mine = postings.where((postings.case == case) & (postings.book == VALUE))
    dates = [met.stream.first + dt.timedelta(int(day)) for day in mine.day]
    assert list(zip(dates, mine.amount_ore.tolist(), strict=True)) == [
        (dt.date(2017, 7, 22), 25_000),
        (dt.date(2018, 1, 23), 25_000),
    ]


def test_ku25_counts_people_with_a_hundred_kronor_of_interest() -> None:
    """Everyone pays at the demand: 5.45 kr of interest a claim, so only debtors with 19 claims or more are reported.

    §M20.
    """
    changes = {"horizon.end": dt.date(2019, 1, 1), "debtors.number": 20, "invoices.late_share": 0.3}
    met, parts, _ = first_january(everyone(does="demand_paid", **changes), "outsourced")
    postings = parts.ledger.postings
    interest = postings.where((postings.book == CASH) & (postings.line == LINE["interest"]) & (postings.day < 365))
    by_debtor = np.zeros(20, np.int64)
    np.add.at(by_debtor, met.stream.claims.debtor[interest.claim], interest.amount_ore)
    statements = int((by_debtor >= 10_000).sum())
    assert 0 < statements < 20
    paid = postings.amount_ore[postings.line == LINE["ku25"]]
    assert paid.tolist() == [statements * 1_000]


def test_the_agency_has_its_share_of_a_demand_fee() -> None:
    """8 March demanded, paid nine days later: of 180 kr the agency has 33.3333 %, 59.99994 kr, which is 60.00 kr.

    The fee line is net of it, and it is no invoice: the books show 120 kr a paid case.

    §M13, §M26.
    """
    changes = {"models.outsourced.contract.demand_fee_agency_share": 0.333333}
    met, parts, case = first_january(everyone(does="demand_paid", **changes), "outsourced")
    assert cash(parts, case, "demand_fee") == [(DEBTOR, REGION, 18_000)]
    assert cash(parts, case, "demand_fee_share") == [(REGION, AGENCY, 6_000)]
    mine = parts.ledger.postings.where(parts.ledger.postings.case == case)
    assert statement_ore(mine)["demand_fees"] == 12_000
    shared = mine.where(mine.line == LINE["demand_fee_share"])
    assert (met.stream.first + dt.timedelta(int(shared.day[0]))) == dt.date(2017, 3, 17)
    numbers = parts.outcome.numbers
    paid = int((parts.ledger.postings.line == LINE["demand_fee_share"]).sum())
    it_service_kr = 30_000
    assert numbers["agency_invoices_kr"] == it_service_kr
    assert numbers["books_net_kr"] == 120 * paid - it_service_kr


def test_every_charge_is_met_by_some_hand_computed_case() -> None:
    """A new charge must come with a case of its own here or in ``test_hand_cases.py``."""
    assert CHARGES == (
        "reminder_fee",
        "demand_fee",
        "instalment_plan_fee",
        "instalment_notice_fee",
        "payment_order_application",
        "payment_order_own_work",
        "payment_order_supplement",
        "enforcement_basic_fee",
    )


def test_the_system_is_written_off_over_its_years_and_no_longer() -> None:
    """1 000 kr over 2.5 years: 400, 400 and 200 kr, then nothing: 250 kr a year in four. In cash it is all at once.

    §M25, §M27.
    """
    system = {
        "models.in_house.system.once_kr": 1000,
        "models.in_house.system.depreciation_years": 2.5,
        "horizon.end": dt.date(2021, 1, 1),
    }
    _, parts, _ = first_january(everyone(does="reminder_paid", **system), "in_house")
    postings = parts.ledger.postings
    written_off = postings.where(postings.line == LINE["system_depreciation"])
    assert written_off.amount_ore.tolist() == [40_000, 40_000, 20_000]
    assert parts.outcome.budget_ore["system_depreciation"] == -25_000
    assert parts.outcome.numbers["once_cash_kr"] == 1000
