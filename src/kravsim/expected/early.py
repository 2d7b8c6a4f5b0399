"""From the hand-over to the solvency check: every class of debtor at its own ages, without a grid.

What the check lets through to Kronofogden or leaves to surveillance goes on in :mod:`kravsim.expected.late`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.arrivals import Arrivals
from kravsim.expected.commission import Commissions
from kravsim.expected.principal import Principal, Sizes, smallest_kr
from kravsim.expected.principal_compiled import N_FEES, N_SHARES, CaseKr, Instalments, follow, part_shares
from kravsim.expected.tables import Paying, Tables
from kravsim.expected.walk_compiled import PART_KINDS, WEIGHT_BEFORE_CLOSE, WEIGHT_IN_YEAR, WEIGHT_INTEREST
from kravsim.expected.year import (
    PAID_DEMAND_FEE,
    PAID_ENDED_CASES,
    PAID_INTEREST,
    PAID_OTHER_FEES,
    PAID_PRINCIPAL,
    PAID_REMINDER_FEE,
    STAGE_DEMANDED,
    STAGE_LATER,
    STAGE_REMINDED,
    STAGE_UNSENT,
    Year,
    over_classes,
)
from kravsim.ledger.rules import found_at, in_force
from kravsim.models.between_letters import ANSWER_PAID, ANSWER_PRINCIPAL_ONLY
from kravsim.models.process import answer_code
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS, ZONES
from kravsim.units import half_up

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COMPONENT = {"costs": 0, "interest": 1, "principal": 2}
EARLY_CHARGES = {
    "reminder": ("reminder_fee",),
    "demand": ("demand_fee",),
    "instalment_plan": ("instalment_plan_fee",),
    "instalment": ("instalment_notice_fee",),
}
"""What the formulas of this file take a step to charge; those of its steps that are not here charge nothing."""
EARLY_STEPS = (
    *EARLY_CHARGES,
    "residue",
    "solvency_check",
    "bankruptcy",
    "bankruptcy_with_title",
    "estate",
    "foreign_collection",
)
"""Steps that formulas stand for, here or at the solvency check; the others are walked in :mod:`kravsim.expected.late`."""
EARLY_FEES = (PAID_REMINDER_FEE, PAID_DEMAND_FEE, PAID_OTHER_FEES)
ABROAD_SEGMENTS = [SEGMENTS.index(zone) for zone in ZONES]
ESTATE = SEGMENTS.index("estate")


@dataclass(frozen=True, eq=False)
class Owed:
    """What cases from one source owe when nobody pays any more of their own accord.

    ``of``: their principal; ``fees`` (types, 3, B): early fees a case; ``principal`` (types, B): share of it that is left;
    ``interest_left`` (types, B): a case, beyond the interest on the principal that is left.
    """

    of: Principal
    fees: Floats
    principal: Floats
    interest_left: Floats

    @classmethod
    def whole(cls, of: Principal, *fees: float) -> Owed:
        """Fees and the whole principal, alike for all sets.

        Parameters
        ----------
        of : Principal
            Of the cases.
        *fees : float
            Early fees in kr a case, in the order of EARLY_FEES; 0 for those left out.
        """
        n = of.mean.shape[-1]
        owed = np.zeros((len(DEBTOR_TYPES), len(EARLY_FEES), n))
        owed[:, : len(fees)] = np.array(fees)[None, :, None]
        return cls(of, owed, np.ones((len(DEBTOR_TYPES), n)), np.zeros((len(DEBTOR_TYPES), n)))


@dataclass(frozen=True, eq=False)
class Checked:
    """Cases (segments, types, 2, B) at the solvency check from one source, and their ``age`` (types, B) when it is done.

    Attributes
    ----------
    cases : float64 array, shape (segments, types, 2, B)
        In expectation, by class of debtor.
    owed : Owed
        What they owe at the check.
    age : float64 array, shape (types, B)
        Days since the hand-over.
    """

    cases: Floats
    owed: Owed
    age: Floats


def mean_age(cases: Floats, age: Floats) -> Floats:
    """Mean age (B,) of cases (segments, types, 2, B) whose types have an age each (types, B).

    Parameters
    ----------
    cases : float64 array, shape (segments, types, 2, B)
        Cases in expectation, by class of debtor.
    age : float64 array, shape (types, B)
        Days since the hand-over.
    """
    of_type = cases.sum(axis=(0, 2))
    return np.asarray((age * of_type).sum(axis=0) / np.maximum(of_type.sum(axis=0), 1e-300))


class Early:
    """The first steps of a batch, booked into a year while they are walked.

    When ``counting``, cases are followed, but not what they pay in part.
    """

    def __init__(self, tables: Tables, came: Arrivals, sizes: Sizes, year: Year, *, counting: bool = False) -> None:
        self.tables, self.came, self.sizes, self.year, self.counting = tables, came, sizes, year, counting
        self.view, self.clock, self.calendar = tables.batch.view, tables.clock, tables.clock.calendar
        self.n = len(tables.batch.which)
        reminder, demand, plan = smallest_kr(tables)
        self.unreminded, self.reminded = sizes.within(None, reminder), sizes.within(reminder)
        self.undemanded, self.demanded = sizes.within(reminder, demand), sizes.within(demand)
        self.unplanned, self.planned = sizes.within(demand, plan), sizes.within(plan)
        self.demanded_cases = came.cases * self.demanded.share[:, :, None]
        self.claims_a_demand = np.ones(self.n)
        self.fee = {name: self.calendar.fee_kr(name) for name in ("reminder_fee", "demand_fee")}
        self.abroad = [rule for _, rule in in_force(tables.model) if rule.line == "foreign_collection"]
        self.plan_fee = self.calendar.fee_kr("instalment_plan_fee")
        self.notice = (
            self.calendar.fee_kr("instalment_notice_fee") if self.view.policy.instalment_notices_charged else 0.0
        )
        self.order = np.array([COMPONENT[name] for name in self.view.policy.allocation], np.int64)
        self.commission = None if counting else Commissions.of(tables)
        self.growth = np.stack([np.full(self.n, self.calendar.rate_a_day), self.clock.lag_days], axis=1)

    def walk(self) -> list[Checked]:
        """Walk reminder, demand, residue, instalments, estates and collection abroad; return what comes to the check."""
        tables, year = self.tables, self.year
        age, clock = tables.waited("reminder"), tables.since_reminder
        self._too_small(self.came.cases, self.unreminded, self.clock.at(np.zeros(self.n)), STAGE_UNSENT)
        cases = self.came.cases * self.reminded.share[:, :, None]
        year.step("reminder", cases, clock.at(age))
        answered = tables.by_name("reminder")
        with_interest = float(self.view.policy.interest_from == "reminder")
        due = [self.fee["reminder_fee"], 0.0]
        of = self.reminded
        for paying in tables.paying("reminder", clock, age):
            self._paid(cases * paying.shares[ANSWER_PAID], of, due, with_interest, paying.weight, STAGE_REMINDED)
            self._principal_only("reminder", cases, paying, of, due, with_interest, STAGE_REMINDED)
        withdrawn = tables.weights(clock, "reminder", "withdrawn", age)
        self._withdrawn(cases * answered["withdrawn"], of, withdrawn, STAGE_REMINDED)
        weight = tables.weights(clock, "reminder", "silent", age)
        self._too_small(self.came.cases * answered["silent"], self.undemanded, weight, STAGE_REMINDED)
        demanded = self.demanded_cases * answered["silent"]
        checked = self._demand(demanded, age + tables.days("reminder", "silent") + tables.waited("demand"))
        year.handed_on[:] = *map(over_classes, (cases, demanded)), sum(over_classes(source.cases) for source in checked)
        return checked

    @staticmethod
    def case_kr(of: Principal, weight: Floats) -> CaseKr:
        """The principal of cases for the kernels; ``weight`` (segments, types, B) sums to 1 over segments.

        Parameters
        ----------
        of : Principal
            Of the cases.
        weight : float64 array, shape (segments, types, B)
            Share of a type's cases that are of a segment.
        """
        return CaseKr(of.points, np.ascontiguousarray(weight.T))

    def _demand(self, cases: Floats, age: Floats) -> list[Checked]:
        tables, clock = self.tables, self.tables.since_demand
        self.year.step("demand", cases, clock.at(age))
        claims = over_classes(cases * self.demanded.claims[:, :, None])
        self.claims_a_demand = claims / np.maximum(over_classes(cases), 1e-300)
        answered = tables.by_name("demand")
        plan = answered["plan"]
        due = [self.fee["reminder_fee"], self.fee["demand_fee"]]
        of = self.demanded
        for paying in tables.paying("demand", clock, age):
            self._paid(cases * paying.shares[ANSWER_PAID], of, due, 1.0, paying.weight, STAGE_DEMANDED)
            self._principal_only("demand", cases, paying, of, due, 1.0, STAGE_DEMANDED)
        withdrawn = tables.weights(clock, "demand", "withdrawn", age)
        self._withdrawn(cases * answered["withdrawn"], of, withdrawn, STAGE_DEMANDED)
        asked = age + tables.days("demand", "plan")
        silent_until = age + tables.days("demand", "silent")
        silenced = self._parted(cases * answered["silent"], Owed.whole(of, *due), silent_until)
        if self.unplanned.is_nobody:
            return [silenced, *self._plan(cases * plan, asked + tables.waited("instalment_plan"))]
        among = np.maximum(of.share, 1e-300)
        offered, refused = (part.share / among for part in (self.planned, self.unplanned))
        return [
            silenced,
            self._parted(cases * plan * refused[:, :, None], Owed.whole(self.unplanned, *due), silent_until),
            *self._plan(cases * plan * offered[:, :, None], asked + tables.waited("instalment_plan")),
        ]

    def _too_small(self, cases: Floats, of: Principal, weight: Floats, stage: int) -> None:
        """Of all cases, those that are given up because nothing is sent for so little."""
        if not of.is_nobody:
            self._end("too_small", cases * of.share[:, :, None], of, weight, stage)

    def _parted(self, cases: Floats, owed: Owed, age: Floats) -> Checked:
        """Let estates and debtors abroad go their own way, and all others to the solvency check.

        ``age`` is (B,) or (types, B).
        """
        tables = self.tables
        age = np.broadcast_to(age, (len(DEBTOR_TYPES), self.n))
        self._estate(cases, owed, mean_age(cases[[ESTATE]], age) + tables.waited("estate"))
        self._abroad(cases, owed, mean_age(cases[ABROAD_SEGMENTS], age) + tables.waited("foreign_collection"))
        common = cases.copy()
        common[[ESTATE, *ABROAD_SEGMENTS]] = 0.0
        return Checked(common, owed, age + tables.waited("solvency_check"))

    def _paid(
        self, cases: Floats, of: Principal, due: list[float], with_interest: float, weight: Floats, stage: int
    ) -> None:
        """Cases that pay all they owe, which is the whole principal and what is ``due`` on it."""
        year, kr = self.year, cases * of.mean[:, :, None]
        year.pay(PAID_REMINDER_FEE, cases * due[0], weight[WEIGHT_IN_YEAR])
        year.pay(PAID_DEMAND_FEE, cases * due[1], weight[WEIGHT_IN_YEAR])
        year.pay(PAID_INTEREST, kr * with_interest, weight[WEIGHT_INTEREST])
        year.pay(PAID_PRINCIPAL, kr, weight[WEIGHT_IN_YEAR])
        year.leave(kr, weight)
        self._commission(cases, of, weight, stage, with_interest, due)
        self._success("paid", cases, of, weight, stage)

    def _commission(
        self, cases: Floats, of: Principal, weight: Floats, stage: int, with_interest: float, due: list[float]
    ) -> None:
        """The agency's commission on cases that pay all, the principal of which is ``of`` (§M22)."""
        if self.commission is None or stage < self.commission.since:
            return
        grown = with_interest * weight[WEIGHT_INTEREST] / np.maximum(weight[WEIGHT_IN_YEAR], 1e-300)
        costs = self.commission.kept(dict(zip(("reminder_fee", "demand_fee"), due, strict=True)))
        each = self.commission.a_case(of.points, grown, costs)
        self.year.commission += over_classes(cases * each[:, :, None]) * weight[WEIGHT_IN_YEAR]

    def _commission_later(
        self, cases: Floats, of: Principal, weight: Floats, stage: int, grown: Floats, due: list[float]
    ) -> None:
        """What is added to the commission on cases that pay the rest after their principal."""
        if self.commission is None or stage < self.commission.since:
            return
        costs = self.commission.kept(dict(zip(("reminder_fee", "demand_fee"), due, strict=True)))
        each = self.commission.a_case(of.points, grown, costs) - self.commission.a_case(of.points)
        self.year.commission += over_classes(cases * each[:, :, None]) * weight[WEIGHT_IN_YEAR]

    def commission_on(self, kr: Floats, owed: Owed, weight: Floats, stage: int) -> None:
        """The agency's commission on principal that is paid in part, or after parts have been paid.

        Parameters
        ----------
        kr : float64 array, shape (segments, types, 2 or 1, B)
            Principal paid.
        owed : Owed
            What such cases owe.
        weight : float64 array, shape (WEIGHTS, B)
        stage : int
            How far they had come.
        """
        if self.commission is None or stage < self.commission.since:
            return
        grown = weight[WEIGHT_INTEREST] / np.maximum(weight[WEIGHT_IN_YEAR], 1e-300)
        names = ("reminder_fee", "demand_fee", "instalment_plan_fee")
        costs = [self.commission.kept(dict(zip(names, of_type, strict=True))) for of_type in owed.fees]
        each = np.stack(
            [self.commission.a_case(owed.of.points[:, [kind]], grown, cost)[:, 0] for kind, cost in enumerate(costs)],
            axis=1,
        )
        rate = each / np.maximum(owed.of.mean, 1e-300)
        self.year.commission += over_classes(kr * rate[:, :, None]) * weight[WEIGHT_IN_YEAR]

    def _settled(self, cases: Floats, owed: Owed, weight: Floats, *, abroad: bool = False) -> None:
        """Cases that pay all they still owe after the last letter."""
        year, kr = self.year, cases * owed.of.mean[:, :, None] * owed.principal[:, None]
        for place, kind in enumerate(EARLY_FEES):
            year.pay(kind, cases * owed.fees[:, place, None], weight[WEIGHT_IN_YEAR])
        year.pay(PAID_INTEREST, kr, weight[WEIGHT_INTEREST])
        year.pay(PAID_INTEREST, cases * owed.interest_left[:, None], weight[WEIGHT_IN_YEAR])
        year.pay(PAID_PRINCIPAL, kr, weight[WEIGHT_IN_YEAR])
        year.leave(kr, weight)
        if not abroad:
            self.commission_on(kr, owed, weight, STAGE_LATER)
        self._success("paid", cases, owed.of, weight, STAGE_LATER)

    def _success(self, end: str, cases: Floats, of: Principal, weight: Floats, stage: int) -> None:
        claims = cases * of.claims[:, :, None]
        self.year.end(end, cases, claims, weight)
        counted = cases.reshape(-1, self.n).sum(axis=0) * weight[WEIGHT_IN_YEAR]
        self.year.ended[stage + 1] += counted
        if end == "paid":
            self.year.paid[:, PAID_ENDED_CASES] += counted
            self.year.paid_stage[stage] += counted
        if stage == STAGE_REMINDED:
            self.year.reminded_claims += claims.reshape(-1, self.n).sum(axis=0) * weight[WEIGHT_IN_YEAR]

    def _principal_only(
        self,
        step: str,
        reached: Floats,
        paying: Paying,
        of: Principal,
        due: list[float],
        with_interest: float,
        stage: int,
    ) -> None:
        """Cases that pay the invoice alone, of those that a letter reached: the rest is waived, or asked again (§M7, §M8)."""
        tables, year, cases, weight = (
            self.tables,
            self.year,
            reached * paying.shares[ANSWER_PRINCIPAL_ONLY],
            paying.weight,
        )
        clock, kr = tables.since_reminder if step == "reminder" else tables.since_demand, cases * of.mean[:, :, None]
        year.pay(PAID_PRINCIPAL, kr, weight[WEIGHT_IN_YEAR])
        year.leave(kr, weight)
        self._commission(cases, of, weight, stage, 0.0, [0.0, 0.0])
        left_ore = sum(self.calendar.first_fee_ore(f"{name}_fee") for name in ("reminder", "demand")[: 1 + stage])
        waived = left_ore < half_up(tables.batch.array(tables.residue_floor_kr[step]) * 100)
        self._success("residue_waived", cases * waived, of, weight, stage)
        cases = cases * ~waived
        age = paying.paid_at + tables.waited("residue")
        year.step("residue", cases, clock.at(age))
        answered = tables.by_name("residue")
        weight = tables.weights(clock, "residue", "paid", age)
        settled = cases * answered["paid"]
        year.pay(PAID_REMINDER_FEE, settled * due[0], weight[WEIGHT_IN_YEAR])
        year.pay(PAID_DEMAND_FEE, settled * due[1], weight[WEIGHT_IN_YEAR])
        grown = with_interest * self.calendar.rate_a_day * np.maximum(paying.paid_at + self.clock.lag_days, 0.0)
        year.pay(PAID_INTEREST, settled * of.mean[:, :, None] * grown, weight[WEIGHT_IN_YEAR])
        self._commission_later(settled, of, weight, stage, grown, due)
        self._success("paid", settled, of, weight, stage)
        self._success(
            "residue_waived", cases * answered["waived"], of, tables.weights(clock, "residue", "waived", age), stage
        )

    def _withdrawn(self, cases: Floats, of: Principal, weight: Floats, stage: int) -> None:
        self._end("withdrawn_early", cases, of, weight, stage)

    def _end(self, end: str, cases: Floats, of: Principal, weight: Floats, stage: int) -> None:
        """Cases end with their whole principal."""
        self.year.ended[stage + 1] += over_classes(cases) * weight[WEIGHT_IN_YEAR]
        self.year.end(end, cases, cases * of.claims[:, :, None], weight)
        self.year.leave(cases * of.mean[:, :, None], weight)

    def _plan(self, cases: Floats, age: Floats) -> list[Checked]:
        """Instalment plans: declined, without a fee, kept to the end, or missed."""
        tables, year = self.tables, self.year
        year.step("instalment_plan", cases, self.tables.since_demand.at(age))
        answered = tables.by_name("instalment_plan")
        owed = Owed.whole(self.planned, self.fee["reminder_fee"], self.fee["demand_fee"])
        refused = self._parted(cases * answered["declined"], owed, age + tables.days("instalment_plan", "declined"))
        taken = cases * answered["accepted"]
        first = age + tables.days("instalment_plan", "accepted") + tables.waited("instalment")
        every = tables.days("instalment", "kept") + tables.waited("instalment")
        kept = tables.by_type("instalment")[answer_code("instalment", "kept")]
        number = half_up(tables.batch.array(self.view.policy.instalments.value)).astype(np.int64)
        return [refused, self._instalments(taken, first, every, kept, number)]

    def _instalments(self, taken: Floats, first: Floats, every: Floats, kept: Floats, number: Ints) -> Checked:
        tables, year, of, most = self.tables, self.year, self.planned, int(number.max())
        of_type = taken.sum(axis=(0, 2))
        weight = taken.sum(axis=2) / np.maximum(of_type, 1e-300)
        paid_by, left = (np.zeros((self.n, len(DEBTOR_TYPES), most, PART_KINDS)) for _ in range(2))
        fees = np.zeros(N_FEES)
        fees[:3] = self.fee["reminder_fee"], self.fee["demand_fee"], self.plan_fee
        plan = Instalments(
            np.ascontiguousarray(kept.T),
            number,
            fees,
            self.notice,
            self.growth,
            np.ascontiguousarray(first),
            np.ascontiguousarray(every),
        )
        if not self.counting:
            follow(plan, self.case_kr(of, weight), self.order, np.zeros((3, PART_KINDS)), paid_by, left)
        kr_per_case = np.maximum((weight * of.mean).sum(axis=0), 1e-300)
        at_check = np.zeros((4, len(DEBTOR_TYPES), self.n))
        missed, principal_left, interest_left, age_sum = at_check
        fees_left = np.zeros((len(DEBTOR_TYPES), 3, self.n))
        whole = Owed.whole(of, *fees[:3].tolist())
        for n in range(most):
            running = n < number
            done = first + n * every
            reach = of_type * kept**n * running
            year.step("instalment", reach, self.tables.since_demand.at(done))
            at = tables.weights(tables.since_demand, "instalment", "kept", done)
            paid = (paid_by[:, :, n] * of_type.T[:, :, None]).sum(axis=1)
            year.paid[:, : PAID_PRINCIPAL + 1] += paid * at[WEIGHT_IN_YEAR][:, None]
            gone = paid_by[:, :, n, PAID_PRINCIPAL] * of_type.T * at[WEIGHT_BEFORE_CLOSE][:, None]
            year.gone[:, :, 2] += gone
            by_type = (paid_by[:, :, n, PAID_PRINCIPAL] * of_type.T).T[None, :, None]
            self.commission_on(
                by_type * weight[:, :, None] * of.mean[:, :, None] / kr_per_case[:, None], whole, at, STAGE_DEMANDED
            )
            last = n + 1 == number
            self._success("paid", taken * kept[None, :, None] ** (n + 1) * last, of, at, STAGE_DEMANDED)
            now = reach * (1 - kept)
            missed += now
            age_sum += now * (done + tables.days("instalment", "defaulted"))
            fees_left += (left[:, :, n, :3] * of_type.T[:, :, None]).transpose(1, 2, 0)
            interest_left += (left[:, :, n, PAID_INTEREST] * of_type.T).T
            principal_left += (left[:, :, n, PAID_PRINCIPAL] * of_type.T).T
        some = np.maximum(missed, 1e-300)
        share = missed / np.maximum(of_type, 1e-300)
        owed = Owed(of, fees_left / some[:, None], principal_left / some / kr_per_case, interest_left / some)
        return self._parted(taken * share[None, :, None], owed, age_sum / some)

    def _estate(self, cases: Floats, owed: Owed, age: Floats) -> None:
        """Estates of deceased persons among the cases: paid, paid in part, or nothing."""
        tables, year = self.tables, self.year
        only = np.zeros_like(cases)
        only[ESTATE] = cases[ESTATE]
        year.step("estate", only, self.tables.since_demand.at(age))
        answered = tables.by_name("estate")
        self._settled(only * answered["paid"], owed, tables.weights(tables.since_demand, "estate", "paid", age))
        self._part(
            "estate",
            ESTATE,
            only * answered["part"],
            owed,
            age + tables.days("estate", "part"),
            tables.weights(tables.since_demand, "estate", "part", age),
        )
        for name in ("part", "nothing"):
            weight = tables.weights(tables.since_demand, "estate", name, age)
            self._lost("uncollectable", only * answered[name], weight, owed)

    def bankruptcy(self, cases: Floats, owed: Owed, age: Floats) -> None:
        """Bankrupt businesses (segments, types, 2, B): a dividend, or nothing.

        Parameters
        ----------
        cases : float64 array, shape (segments, types, 2, B)
            Cases in expectation, by class of debtor.
        owed : Owed
            What they owe when it is opened.
        age : float64 array, shape (B,)
            Days from the hand-over to the opening.
        """
        tables = self.tables
        self.year.step("bankruptcy", cases, self.tables.since_demand.at(age))
        answered = tables.by_name("bankruptcy")
        dividend, still_owed = answered["dividend"], answered["dividend_still_owed"]
        at = SEGMENTS.index("business")
        weight = tables.weights(tables.since_demand, "bankruptcy", "dividend", age)
        self._dividend("bankruptcy", at, cases * (dividend + still_owed), owed, age, weight)
        self._lost("bankrupt", cases * (dividend + answered["nothing"]), weight, owed)

    def given_back(self, cases: Floats, owed: Owed, age: Floats) -> None:
        """Cases (segments, types, 2, B) that the agency does not watch.

        Parameters
        ----------
        cases : float64 array, shape (segments, types, 2, B)
            In expectation, by class of debtor.
        owed : Owed
            What they owe.
        age : float64 array, shape (types, B)
            Days from the hand-over until they are given back.
        """
        for kind in range(len(DEBTOR_TYPES)):
            only = np.zeros_like(cases)
            only[:, kind] = cases[:, kind]
            self._lost("unwatched", only, self.tables.since_demand.at(age[kind]), owed)

    def _lost(self, end: str, cases: Floats, weight: Floats, owed: Owed) -> None:
        self.year.end(end, cases, cases * owed.of.claims[:, :, None], weight)
        self.year.leave(cases * owed.of.mean[:, :, None] * owed.principal[:, None], weight)

    def _part(self, step: str, segment: int, cases: Floats, owed: Owed, paid_at: Floats, weight: Floats) -> None:
        """A part payment of the early fees, interest and principal of one segment (§M7, §M8)."""
        if self.counting:
            return
        fees = np.zeros((self.n, len(DEBTOR_TYPES), 1, N_FEES))
        fees[:, :, 0, : len(EARLY_FEES)] = owed.fees.transpose(2, 0, 1)
        grown = self.calendar.rate_a_day * np.maximum(paid_at + self.clock.lag_days, 0.0)
        principal = owed.of.mean[segment] * owed.principal
        interest = np.ascontiguousarray((grown + owed.interest_left / np.maximum(principal, 1e-300)).T[:, :, None])
        only = np.zeros_like(owed.of.mean)
        only[segment] = 1.0
        found = np.zeros((self.n, len(DEBTOR_TYPES), 1, PART_KINDS))
        covered = self.tables.covered(step, N_SHARES)[None]
        points = owed.of.points * owed.principal.T[:, :, None, None]
        cases_kr = CaseKr(points, np.ascontiguousarray(only.T))
        part_shares(fees, interest, cases_kr, covered, self.order, np.zeros((3, PART_KINDS)), found)
        of_type = cases.sum(axis=(0, 2))
        kr = of_type * principal
        share = found[:, :, 0].transpose(2, 1, 0)
        for place, kind in enumerate(EARLY_FEES):
            self.year.pay(kind, of_type * owed.fees[:, place] * share[kind], weight[WEIGHT_IN_YEAR])
        self.year.pay(PAID_INTEREST, kr * share[PAID_INTEREST], weight[WEIGHT_INTEREST])
        self.year.pay(PAID_INTEREST, of_type * owed.interest_left * share[PAID_INTEREST], weight[WEIGHT_IN_YEAR])
        self.year.pay(PAID_PRINCIPAL, kr * share[PAID_PRINCIPAL], weight[WEIGHT_IN_YEAR])
        self._commission_of_segment(segment, kr * share[PAID_PRINCIPAL], owed, weight)

    def _commission_of_segment(self, segment: int, kr: Floats, owed: Owed, weight: Floats) -> None:
        """The commission on principal (types, B) of one segment."""
        only = np.zeros((len(SEGMENTS), len(DEBTOR_TYPES), 1, self.n))
        only[segment, :, 0] = kr
        self.commission_on(only, owed, weight, STAGE_LATER)

    def _dividend(self, step: str, segment: int, cases: Floats, owed: Owed, decided_at: Floats, weight: Floats) -> None:
        """A share of every debt of one segment, interest up to the decision (§M9)."""
        share = self.tables.covered(step, N_SHARES).mean()
        grown = self.calendar.rate_a_day * np.maximum(decided_at + self.clock.lag_days, 0.0)
        of_type = cases.sum(axis=(0, 2))
        kr = of_type * owed.of.mean[segment] * owed.principal
        for place, kind in enumerate(EARLY_FEES):
            self.year.pay(kind, of_type * owed.fees[:, place] * share, weight[WEIGHT_IN_YEAR])
        self.year.pay(PAID_INTEREST, (kr * grown + of_type * owed.interest_left) * share, weight[WEIGHT_IN_YEAR])
        self.year.pay(PAID_PRINCIPAL, kr * share, weight[WEIGHT_IN_YEAR])
        self._commission_of_segment(segment, kr * share, owed, weight)

    def _abroad(self, cases: Floats, owed: Owed, age: Floats) -> None:
        """Collection abroad: its terms by zone, and what it brings (§M19)."""
        tables, year = self.tables, self.year
        only = np.zeros_like(cases)
        only[ABROAD_SEGMENTS] = cases[ABROAD_SEGMENTS]
        done = self.tables.since_demand.at(age)
        year.step("foreign_collection", only, done)
        answered = tables.by_name("foreign_collection")
        paid, weight = answered["paid"], tables.weights(tables.since_demand, "foreign_collection", "paid", age)
        self._settled(only * paid, owed, weight, abroad=True)
        for name in ("untraceable", "given_up"):
            then = tables.weights(tables.since_demand, "foreign_collection", name, age)
            self._lost("uncollectable", only * answered[name], then, owed)
        kr = only * paid * owed.of.mean[:, :, None] * owed.principal[:, None]
        for zone, at in zip(ZONES, ABROAD_SEGMENTS, strict=True):
            for rule in self.abroad:
                each = found_at(tables.model, rule.key)[zone].value
                if rule.trigger == "step":
                    year.abroad_kr += each * only[at].sum(axis=(0, 1)) * done[WEIGHT_IN_YEAR]
                else:
                    year.abroad_kr += each * (kr[at].sum(axis=(0, 1)) * weight[WEIGHT_IN_YEAR])
