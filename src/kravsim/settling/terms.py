"""What the compiled booking is given: law, contract, policy and unit costs as arrays by step, charge, day and segment."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.law import LawDays
from kravsim.law.days import INTEREST_DENOMINATOR
from kravsim.ledger.accounts import AGENCY, CHARGES, COURT, KRONOFOGDEN, LINE, OUTLAYS, REGION
from kravsim.ledger.agreed import tariff_of
from kravsim.ledger.costs import NATURAL, SURVEILLANCE, late_charges
from kravsim.ledger.debts import EFFECTS, charged_names
from kravsim.ledger.ownership import Ownership, ownership
from kravsim.ledger.together import TOGETHER
from kravsim.models.process import FOUND, MAX_ANSWERS, PROCESS, STEP_CODE
from kravsim.scenario.schema import Contract, Model, Policy, ScenarioData
from kravsim.stream.stream import SEGMENTS, Stream
from kravsim.units import INT64_MAX, MILLION, half_up, millionths, ore
from kravsim.workdays import calendar_years

Ints = NDArray[np.int64]

NOTHING = -1
"""A step, charge or segment to which a term does not apply."""
SUPPLEMENT, LARGE_SUPPLEMENT = CHARGES.index("payment_order_supplement"), len(CHARGES)
"""Rows of the supplement for a small claim and for a large one."""
COSTS, INTEREST, PRINCIPAL = range(3)
COMPONENT = {"costs": COSTS, "interest": INTEREST, "principal": PRINCIPAL}


class Terms(NamedTuple):
    """Terms of one model (S steps, A answers, H charges, D days, Y calendar years, G segments).

    Attributes
    ----------
    charges : (S, most charges of a step)
        What a step charges, NOTHING in empty places.
    fee : (H + 1, D)
        Öre by charge and day; the supplement has two rows, SUPPLEMENT and LARGE_SUPPLEMENT.
    small_limit : int
        Largest principal of a small claim, in öre.
    owner : (H,)
        Who keeps each charge.
    interest_owner : int
    outlay_line, outlay_to : (H,)
        Line on which the collector's advance of a charge is booked (NOTHING: none) and who receives it.
    effect : (S, A)
        What an answer pays, as in :data:`kravsim.ledger.debts.EFFECTS`.
    interest_from : int
        Step from which interest is claimed.
    rates : (D + 1,)
        Running sum of the daily rate of interest, in basis points.
    allocation : (3,)
        COSTS, INTEREST and PRINCIPAL in the order in which they are paid.
    by_agency : (S,)
        1 where a step done makes its case the agency's.
    shared_millionths : (H,)
        Millionths of a charge received by the region that it passes on to the agency.
    paid_case, abroad : int
        What the agency pays for a paid case, in öre; who collects abroad.
    price_taken, price_closed, price_paid : int
        What the region pays the agency for a case that it takes, for one that has ended, and for one that has been paid, in
        öre.
    commission_millionths, commission_least, commission_most : int
        Share of what is received of a case that the region pays the agency, no less and no more than so many öre.
    commissioned : (lines,)
        1 where money received on a ledger line counts for the commission.
    late_charge : (S, H)
        1 where the agency charges the region for a charge given up, by the step that a late withdrawal came from.
    price_line, price : (S,)
        Line (NOTHING: none) and öre of the letter or check of each own step.
    recheck_price : (S,)
        Öre of each check during a stay under the region's own surveillance.
    recheck_days : int
    together : (S,)
        1 where what a step charges is for all claims that were applied for together; 0 everywhere where none are.
    found : (S, A)
        1 where an answer is what a check has found, which is paid for too.
    foreign_step, foreign_paid : int
        Step of collection abroad, and its answer that pays.
    foreign_fixed, foreign_millionths : (G,)
        Terms abroad by segment.
    natural : (G,)
        1 where a debtor gets statements of interest.
    adjust_days, adjust_millionths, write_down_days : int
        The region's own valuation.
    year_end : (Y + 1,)
        First day of each calendar year, and the day after the last.
    start, n_days, oldest_until : int
        First day of the horizon, days in all, day after the first calendar year.
    bygone : int
        First day of the calendar year before the horizon's. What ended earlier touches no result of the horizon: statements
        of interest are of the year before.
    """

    charges: Ints
    fee: Ints
    small_limit: int
    owner: Ints
    interest_owner: int
    outlay_line: Ints
    outlay_to: Ints
    effect: Ints
    interest_from: int
    rates: Ints
    allocation: Ints
    by_agency: Ints
    shared_millionths: Ints
    paid_case: int
    abroad: int
    price_taken: int
    price_closed: int
    price_paid: int
    commission_millionths: int
    commission_least: int
    commission_most: int
    commissioned: Ints
    late_charge: Ints
    price_line: Ints
    price: Ints
    recheck_price: Ints
    recheck_days: int
    together: Ints
    found: Ints
    foreign_step: int
    foreign_paid: int
    foreign_fixed: Ints
    foreign_millionths: Ints
    natural: Ints
    adjust_days: int
    adjust_millionths: int
    write_down_days: int
    year_end: Ints
    start: int
    n_days: int
    oldest_until: int
    bygone: int


def fits_64_bits(stream: Stream, law: LawDays) -> bool:
    """Whether interest on the largest case fits; where it may not, the journal is booked, which checks each product of it.

    Shares of a case, in millionths, always fit (:data:`kravsim.stream.claims.LARGEST_CASE_ORE`).

    Parameters
    ----------
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    """
    largest = int(stream.cases.principal_ore.max(initial=0))
    weight = max(int(law.interest_bp_cum[-1]), MILLION)
    return 2 * largest * weight + INTEREST_DENOMINATOR <= INT64_MAX


def terms_of(data: ScenarioData, model: Model, stream: Stream, law: LawDays) -> Terms:
    """Lay out what holds for a model over the days of a stream.

    Parameters
    ----------
    data : ScenarioData
    model : Model
    stream : Stream
    law : LawDays
        The law by day, from day 0 on.
    """
    owners, policy = ownership(model), data.policy
    years = calendar_years(stream.first, stream.n_days)
    foreign = STEP_CODE["foreign_collection"]
    start = (data.horizon.start - stream.first).days
    return Terms(
        **_charges(policy, law, owners),
        small_limit=ore(policy.small_claim_limit_kr.value),
        interest_owner=owners.interest,
        effect=_by_answer(EFFECTS),
        interest_from=STEP_CODE[policy.interest_from],
        rates=np.array(law.interest_bp_cum),
        allocation=np.array([COMPONENT[name] for name in policy.allocation]),
        abroad=owners.abroad,
        **_contract(model, owners),
        **_unit_costs(model, owners),
        recheck_days=half_up(policy.recheck_days.value),
        together=_together(policy),
        found=_found(),
        foreign_step=foreign,
        foreign_paid=[answer.name for answer in PROCESS[foreign].answers].index("paid"),
        foreign_fixed=_by_segment({zone: ore(terms.fixed_kr.value) for zone, terms in model.foreign.items()}),
        foreign_millionths=_by_segment(
            {zone: millionths(terms.commission_share.value) for zone, terms in model.foreign.items()}
        ),
        natural=_by_segment(dict.fromkeys(NATURAL, 1)),
        adjust_days=half_up(policy.value_adjustment_days.value),
        adjust_millionths=millionths(policy.value_adjustment_share.value),
        write_down_days=half_up(policy.write_down_days.value),
        year_end=np.array([years[0][0], *(end for _, end in years)], np.int64),
        start=start,
        n_days=stream.n_days,
        oldest_until=years[0][1],
        bygone=max((first for first, _ in years if first < start), default=0),
    )


def _charges(policy: Policy, law: LawDays, owners: Ownership) -> dict[str, Any]:
    """What steps charge, what it amounts to by day, who keeps it and who is advanced what (§M3, §M4)."""
    names = [charged_names(step.charges, policy) for step in PROCESS]
    charges = np.full((len(PROCESS), max(map(len, names))), NOTHING, np.int64)
    fee = np.zeros((len(CHARGES) + 1, law.n_days), np.int64)
    for code, mine in enumerate(names):
        charges[code, : len(mine)] = [CHARGES.index(name) for name in mine]
        for name in mine:
            if name == "payment_order_supplement":
                fee[SUPPLEMENT], fee[LARGE_SUPPLEMENT] = law.fee_ore(f"{name}_small"), law.fee_ore(f"{name}_large")
            else:
                fee[CHARGES.index(name)] = law.fee_ore(name)
    in_court = [name == "payment_order_supplement" for name in CHARGES]
    lines = [LINE["court_outlay" if court else "kronofogden_outlay"] for court in in_court]
    return {
        "charges": charges,
        "fee": fee,
        "owner": np.array([owners.charge[name] for name in CHARGES]),
        "outlay_line": np.where([name in OUTLAYS for name in CHARGES], lines, NOTHING),
        "outlay_to": np.where(in_court, COURT, KRONOFOGDEN),
    }


def _contract(model: Model, owners: Ownership) -> dict[str, Any]:
    """What agency and region invoice each other over single cases (§M13, §M14, §M16)."""
    by_agency, late_charge = np.zeros(len(PROCESS), np.int64), np.zeros((len(PROCESS), len(CHARGES)), np.int64)
    shared, contract = np.zeros(len(CHARGES), np.int64), model.contract
    given: dict[str, Any] = {"by_agency": by_agency, "late_charge": late_charge, "shared_millionths": shared}
    given |= _agreed(contract)
    if contract is None:
        return given | {"paid_case": 0}
    if contract.demand_fee_agency_share and owners.charge["demand_fee"] == REGION:
        shared[CHARGES.index("demand_fee")] = millionths(contract.demand_fee_agency_share.value)
    by_agency[:] = np.array(owners.actor) == AGENCY
    for step, names in late_charges(contract).items():
        late_charge[STEP_CODE[step]] = [name in names and owners.charge[name] == AGENCY for name in CHARGES]
    return given | {"paid_case": ore(contract.paid_case_kr.value)}


def _agreed(contract: Contract | None) -> dict[str, Any]:
    """What the region pays the agency for single cases (§M15, §M22)."""
    tariff = tariff_of(None if contract is None else contract.commission)
    prices = dict.fromkeys(("price_taken", "price_closed", "price_paid"), 0)
    if contract is not None and contract.price_a_case_kr is not None:
        when = "price_taken" if contract.price_a_case_when == "handed_over" else "price_closed"
        prices[when] = ore(contract.price_a_case_kr.value)
    if contract is not None and contract.price_a_paid_case_kr is not None:
        prices["price_paid"] = ore(contract.price_a_paid_case_kr.value)
    return prices | {
        "commission_millionths": tariff.share,
        "commission_least": tariff.least,
        "commission_most": tariff.most,
        "commissioned": tariff.counted,
    }


def _unit_costs(model: Model, owners: Ownership) -> dict[str, Any]:
    """Print, postage and checks of the region's own steps (§M17, §M18)."""
    line, price = np.full(len(PROCESS), NOTHING, np.int64), np.zeros(len(PROCESS), np.int64)
    recheck, costs = np.zeros(len(PROCESS), np.int64), model.unit_costs
    if costs is not None:
        for code, step in enumerate(PROCESS):
            if owners.actor[code] == REGION and (step.letter or step.check):
                line[code] = LINE["letter" if step.letter else "check"]
                price[code] = ore((costs.letter_kr if step.letter else costs.check_kr).value)
            if owners.actor[code] == REGION and step.name in SURVEILLANCE:
                recheck[code] = ore(costs.recheck_kr.value)
    return {"price_line": line, "price": price, "recheck_price": recheck}


def _by_answer(codes: dict[str, int]) -> Ints:
    table = np.zeros((len(PROCESS), MAX_ANSWERS), np.int64)
    for code, step in enumerate(PROCESS):
        table[code, : len(step.answers)] = [codes[answer.effect] for answer in step.answers]
    return table


def _together(policy: Policy) -> Ints:
    joint = policy.joint_application_days is not None
    return np.array([joint and step.name in TOGETHER for step in PROCESS], np.int64)


def _found() -> Ints:
    table = np.zeros((len(PROCESS), MAX_ANSWERS), np.int64)
    for code, step in enumerate(PROCESS):
        table[code, : len(step.answers)] = [answer.name == FOUND for answer in step.answers]
    return table


def _by_segment(values: dict[str, int]) -> Ints:
    return np.array([values.get(name, 0) for name in SEGMENTS], np.int64)
