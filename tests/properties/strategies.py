"""Small scenarios for property tests: the real case shrunk, with every choice that changes a plan left to hypothesis."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

from hypothesis import strategies as st

from kravsim.scenario import Scenario, load_scenario

SHARE = st.floats(0.0, 1.0, allow_nan=False).map(lambda x: round(x, 3))
BASE = load_scenario("jamtland-harjedalen-2017")
OCCASIONS = ("nothing", "outlays", "outlays_and_own_work")
TYPES = ("forgetful", "slow", "strained", "insolvent")
ASSUMED = {"source": "assumption", "status": "assumed"}

BEHIND: dict[str, dict[str, object]] = {
    "letters": {"letters_by_system": ["reminder", "demand", "interruption"]},
    "leave": {"leave_from_priority": 3},
    "more hands": {
        "overtime": {"hours_per_day": {"value": 2, **ASSUMED}, "kr_per_hour": {"value": 460, **ASSUMED}},
        "temporary": {
            "fte": {"value": 0.5, **ASSUMED},
            "kr_per_hour": {"value": 450, **ASSUMED},
            "skills": ["general", "solvency"],
        },
    },
}
"""What a team does that is behind."""


@st.composite
def small_scenarios(draw: st.DrawFn, *, together: bool = True, relieved: bool = True) -> Scenario:
    """A year (and perhaps one before) of some hundred claims, worked by posts that may be far too few.

    Claims of a debtor may be applied for ``together``, and a team that is behind be ``relieved``, unless that is not wanted.
    """
    changes: dict[str, object] = {
        "invoices.per_year": draw(st.integers(1500, 6000)),
        "invoices.late_share": draw(st.sampled_from([0.01, 0.04, 0.08])),
        "invoices.age_basis": draw(st.sampled_from(["invoice_date", "due_date"])),
        "debtors.number": draw(st.integers(60, 300)),
        "debtors.coordinate": draw(st.booleans()),
        "debtors.claims_per_occasion": draw(st.sampled_from([1.0, 1.5, 2.5])),
        "horizon.history_years": draw(st.integers(0, 1)),
        "policy.allocation": list(draw(st.sampled_from(list(permutations(["costs", "interest", "principal"]))))),
        "policy.interest_from": draw(st.sampled_from(["reminder", "demand"])),
        "behaviour.contested_share": draw(st.sampled_from([0.0, 0.07, 0.4])),
        "policy.surveillance_spells": draw(st.integers(1, 3)),
        "policy.attachment_years": draw(st.integers(1, 3)),
        "timing.demand_grace_days": draw(st.sampled_from([14, 45])),
        "timing.surveillance_spell_days": draw(st.sampled_from([30, 120, 900])),
        "models.in_house.staff.handlers.fte": draw(st.sampled_from([0.01, 0.02, 0.1, 1.5])),
        "models.in_house.escalation.rule": draw(st.sampled_from(["if_it_pays", "not_known_at_kronofogden", "always"])),
        "models.outsourced.escalation.rule": draw(
            st.sampled_from(["if_it_pays", "not_known_at_kronofogden", "always"])
        ),
        "models.outsourced.contract.reminder_fee_kept_by": draw(st.sampled_from(["region", "agency"])),
        "models.outsourced.contract.own_work_fee_kept_by": draw(st.sampled_from(["region", "agency"])),
        "models.outsourced.contract.outlays_advanced_by": draw(st.sampled_from(["region", "agency"])),
        "models.outsourced.contract.interest_kept_by": draw(st.sampled_from(["region", "agency"])),
        "models.outsourced.contract.instalment_fees_kept_by": draw(st.sampled_from(["region", "agency"])),
        "models.outsourced.contract.late_withdrawal.after_application": draw(st.sampled_from(OCCASIONS)),
        "models.outsourced.contract.late_withdrawal.at_attachment": draw(st.sampled_from(OCCASIONS)),
        "policy.instalments": draw(st.integers(2, 5)),
        "policy.instalment_notices_charged": draw(st.booleans()),
        "policy.residue_floor_kr": draw(st.sampled_from([0, 100, 300])),
        "policy.smallest_reminder_kr": draw(st.sampled_from([0, 150])),
        "policy.smallest_demand_kr": draw(st.sampled_from([0, 300])),
        "policy.instalment_plan_fee_share": draw(st.sampled_from([1.0, 0.5, 0.2])),
        "policy.recheck_days": draw(st.sampled_from([365, 50, 7])),
        "policy.value_adjustment_share": draw(SHARE),
        "models.outsourced.contract.paid_case_kr": draw(st.sampled_from([0, 253.80])),
        "behaviour.withdrawn_late_share": draw(st.sampled_from([0.0, 0.05])),
        "behaviour.not_solvent_if_unknown_share": draw(SHARE),
    }
    for kind in TYPES:
        changes[f"behaviour.{kind}.reminder_paid_share"] = draw(SHARE) * 0.8
        changes[f"behaviour.{kind}.principal_only_share"] = draw(SHARE) * 0.15
        changes[f"behaviour.{kind}.demand_paid_share"] = draw(SHARE) * 0.4
        changes[f"behaviour.{kind}.instalment_plan_share"] = draw(SHARE) * 0.4
        changes[f"behaviour.{kind}.instalment_kept_share"] = draw(SHARE)
        changes[f"behaviour.{kind}.restructuring_per_year"] = draw(st.sampled_from([0.0, 0.2]))
        changes[f"behaviour.{kind}.payment_order_paid_share"] = draw(SHARE) * 0.45
        changes[f"behaviour.{kind}.order_paid_share"] = draw(SHARE)
        changes[f"behaviour.{kind}.attachment_part_share"] = draw(SHARE) * 0.3
        changes[f"behaviour.{kind}.attachment_paid_share"] = draw(SHARE) * 0.3
        changes[f"behaviour.{kind}.attachment_continued_share"] = draw(SHARE) * 0.3
        changes[f"behaviour.{kind}.reminder_late_paid_share"] = draw(st.sampled_from([0.0, 0.4, 1.0]))
        changes[f"behaviour.{kind}.demand_late_paid_share"] = draw(st.sampled_from([0.0, 0.4, 1.0]))
        changes[f"behaviour.{kind}.surveillance_revived_per_year"] = draw(st.sampled_from([0.0, 0.5, 3.0]))
    if draw(st.booleans()):
        changes["models.in_house.own_reminder"] = {
            "after_due_days": {"value": draw(st.sampled_from([0, 5])), **ASSUMED},
            "payers_share": {"value": draw(SHARE), **ASSUMED},
            "per_year_kr": {"value": 1000.01, **ASSUMED},
        }
    for zone in ("nordic", "europe", "overseas"):
        changes[f"debtors.segments.{zone}.letters_answered_share"] = draw(st.sampled_from([0.0, 0.5, 1.0]))
    changes["behaviour.abroad.cooling_per_year"] = draw(st.sampled_from([0.0, 3.0]))
    for model, who in (
        ("outsourced", changes["models.outsourced.contract.interest_kept_by"]),
        ("own_reminders", "region"),
    ):
        changes |= _agreed(draw, f"models.{model}.contract", interest_kept_by=str(who))
    if draw(st.booleans()):
        changes["models.outsourced.escalation.rule"] = "agency_chooses"
        changes["models.outsourced.agency"] = {
            f"{name}_kr": {"value": draw(st.sampled_from([0, 50])), **ASSUMED}
            for name in ("case_per_year", "letter", "application", "least_margin")
        } | {"interest_share_per_year": {"value": 0.06, **ASSUMED}}
        changes |= {
            f"behaviour.{kind}.reminded_again_paid_share": {"value": draw(st.sampled_from([0.0, 0.5])), **ASSUMED}
            for kind in TYPES
        }
    behind = draw(st.sampled_from([None, *BEHIND])) if relieved else None
    if behind is not None:
        from_days = {"from_backlog_days": {"value": draw(st.sampled_from([0.5, 5])), **ASSUMED}}
        changes["models.in_house.staff.handlers.when_behind"] = from_days | BEHIND[behind]
    days = draw(st.sampled_from([None, 0, 20])) if together else None
    changes |= {} if days is None else {"policy.joint_application_days": days}
    return BASE.with_changes(changes)


def _agreed(draw: st.DrawFn, key: str, *, interest_kept_by: str) -> dict[str, object]:
    """Prices and a commission, or none, in the contract that stands at a key."""

    def number(*choices: float) -> dict[str, object]:
        return {"value": draw(st.sampled_from(choices)), "source": "assumption", "status": "assumed"}

    changes: dict[str, object] = {}
    if draw(st.booleans()):
        changes[f"{key}.price_a_case_kr"] = number(0, 119.99)
        changes[f"{key}.price_a_case_when"] = draw(st.sampled_from(["handed_over", "closed"]))
    if draw(st.booleans()):
        changes[f"{key}.price_a_paid_case_kr"] = number(0, 75.5)
    if draw(st.booleans()):
        of = ["principal", "interest"] if interest_kept_by == "region" else ["principal"]
        commission: dict[str, object] = {"share": number(0, 0.1, 0.333333, 1)}
        commission["of"] = draw(st.sampled_from([of[:1], of[-1:], of, [*of, "costs"]]))
        if draw(st.booleans()):
            commission["least_kr"] = number(0, 33.33)
        if draw(st.booleans()):
            commission["most_kr"] = number(33.33, 80)
        changes[f"{key}.commission"] = commission
    return changes


@st.composite
def scenarios_with_sequences(draw: st.DrawFn) -> Scenario:
    """A small scenario in which ``in_house`` is followed by itself (``twin``), and by an agency on some day (``over``).

    The agency's model keeps all of the team, or some of it, for the cases that stay.
    """
    scenario = draw(small_scenarios(together=False))
    tables = scenario.sheet.tables["models"]
    staff = {"staff.handlers": tables["in_house"]["staff"]["handlers"]}
    posts = scenario.data.models["in_house"].staff["handlers"]
    if posts.when_behind is None:
        staff["staff.handlers.fte"] = draw(st.sampled_from([0.01, 0.02, 1.2]))
    scenario = scenario.with_model("agency", copy_of="outsourced", changes=staff)
    first = 2017 - int(scenario.data.horizon.history_years.value)
    day = draw(st.dates(dt.date(first, 1, 2), dt.date(2017, 12, 31)))
    back = {"back": phase(day + (dt.date(2018, 1, 1) - day) / 2, "in_house")}
    again = back if draw(st.booleans()) and back["back"]["since"] > day else {}  # type: ignore[operator]
    return scenario.with_changes(
        {
            "sequences.twin": sequence({"same": phase(day, "in_house")}),
            "sequences.over": sequence({"handed_over": phase(day, "agency")} | again),
        }
    )


def to_itself(year: int = 2017, model: str = "in_house") -> dict[str, object]:
    """Changes that give a scenario a transition from a model to the same one, on 1 July of a year, which costs nothing."""
    assumed = {"source": "assumption", "status": "assumed"}
    title = {"title": "on as before", "title_sv": "som förut"}
    change = {"staying": model, "sequence": "on", "decided": dt.date(year, 3, 1)}
    return {
        "sequences.on": sequence({"same": phase(dt.date(year, 7, 1), model)}, model),
        "transitions.on": {**title, **change, "discount_rate": {"value": 0.035, **assumed}},
    }


@st.composite
def scenarios_with_sales(draw: st.DrawFn) -> Scenario:
    """Small scenarios with a sequence ``over`` that hands over to an agency on some day and sells some of what is open.

    Where all is sold, nobody is left of the team.
    """
    scenario = draw(small_scenarios(together=False, relieved=False))
    rule = draw(st.sampled_from(["sold", "younger", "older", "watched", "elsewhere"]))
    split: dict[str, object] = {"open_cases": "split"}
    if rule == "sold":
        split = {"open_cases": "sold"}
    elif rule in ("younger", "older"):
        other = "older" if rule == "younger" else "younger"
        split |= {"split_age_days": draw(st.integers(1, 400)), rule: "sold", other: "stay"}
    else:
        steps = ["surveillance", "surveillance_with_title", "demand"]
        first = "sold" if rule == "watched" else "stay"
        split |= {"split_steps": steps, "at_steps": first, "elsewhere": "stay" if rule == "watched" else "sold"}
    team = scenario.sheet.tables["models"]["in_house"]["staff"]["handlers"]
    staff = {} if rule == "sold" else {"staff.handlers": team, "staff.handlers.fte": 0.02}
    scenario = scenario.with_changes({"models.in_house.staff.handlers.fte": draw(st.sampled_from([0.02, 0.05, 1.2]))})
    scenario = scenario.with_model("agency", copy_of="outsourced", changes=staff)
    first = 2017 - int(scenario.data.horizon.history_years.value)
    day = draw(st.dates(dt.date(first, 1, 2), dt.date(2017, 12, 31)))
    price = draw(st.sampled_from([0.0, 0.07, 0.123456, 1.0]))
    sold = phase(day, "agency") | split | {"sale_price_share": {"value": price, **ASSUMED}}
    return scenario.with_changes({"sequences.over": sequence({"handed_over": sold})})


@st.composite
def scenarios_with_moves(draw: st.DrawFn) -> Scenario:
    """Small scenarios in which open cases move over on some day: ``over``, ``back`` and changes to the same arrangement.

    ``over`` goes from ``in_house`` to an agency, from it to ``in_house``, or from one agency to another, and perhaps on from
    there; nobody is left of a team. ``twin`` is ``in_house`` and ``twin_agency`` the agency, moved to itself.
    """
    scenario = draw(small_scenarios(together=False, relieved=False))
    scenario = scenario.with_changes({"models.in_house.staff.handlers.fte": draw(st.sampled_from([0.02, 0.05, 1.2]))})
    contract = scenario.sheet.tables["models"]["outsourced"]["contract"]
    other: dict[str, object] = {
        "contract.interest_kept_by": draw(
            st.sampled_from([contract["interest_kept_by"]] if "commission" in contract else ["agency", "region"])
        ),
        "contract.demand_fee_kept_by": draw(
            st.sampled_from(
                ["region"] if "costs" in contract.get("commission", {}).get("of", ()) else ["agency", "region"]
            )
        ),
        "contract.outlays_advanced_by": draw(st.sampled_from(["agency", "region"])),
        "contract.it_service_per_year_kr": 1234.5,
        "agency_from": draw(st.sampled_from(["reminder", "demand", "solvency_check"])),
        "unit_costs": scenario.sheet.tables["models"]["in_house"]["unit_costs"],
    }
    if other["contract.demand_fee_kept_by"] == "agency":
        other["contract.demand_fee_agency_share"] = {"value": 0, **ASSUMED}
    scenario = scenario.with_model("another", copy_of="outsourced", changes=other)
    first = 2017 - int(scenario.data.horizon.history_years.value)
    day = draw(st.dates(dt.date(first, 1, 2), dt.date(2017, 12, 31)))
    order = draw(st.sampled_from([("in_house", "outsourced"), ("outsourced", "in_house"), ("outsourced", "another")]))
    phases = {"moved": moved(day, order[1])}
    later = day + (dt.date(2018, 1, 1) - day) / 2
    if later > day and draw(st.booleans()):
        phases["again"] = draw(st.sampled_from([moved(later, "another"), moved(later, order[0])]))
    return scenario.with_changes(
        {
            "sequences.over": sequence(phases, order[0]),
            "sequences.twin": sequence({"same": moved(day, "in_house")}),
            "sequences.twin_agency": sequence({"same": moved(day, "outsourced")}, "outsourced"),
        }
    )


ASSUMED = {"source": "assumption", "status": "assumed"}


def moved(since: dt.date, model: str) -> dict[str, object]:
    """An arrangement from a date on, to which open cases move over."""
    return phase(since, model) | {"open_cases": "move"}


def phase(since: dt.date, model: str) -> dict[str, object]:
    """An arrangement from a date on; open cases stay with the one before."""
    return {"since": since, "model": model, "open_cases": "stay"}


def sequence(phases: dict[str, dict[str, object]], begins_with: str = "in_house") -> dict[str, object]:
    """Arrangements one after the other."""
    return {"title": "in sequence", "title_sv": "i följd", "begins_with": begins_with, "phases": phases}


def tiny(**more: object) -> Scenario:
    """A fixed small scenario, quick enough to be run many times."""
    changes: dict[str, object] = {"invoices.per_year": 4000, "debtors.number": 400, "horizon.history_years": 1}
    return BASE.with_changes(changes | {key.replace("__", "."): value for key, value in more.items()})
