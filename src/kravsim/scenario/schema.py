"""What a scenario file may say: one world and several models, every number with unit, source and status.

The classes here are the whole vocabulary of ``scenarios/*.toml``. Reading, checking and reporting live in
:mod:`kravsim.scenario.reader`; what the numbers do is decided further down the house.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer

from kravsim.law.times import COURT_REQUEST_DAYS
from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario.alternatives import check_alternatives, holds_nan
from kravsim.scenario.describe import number_at, numbers
from kravsim.scenario.indexed import Indices, ReferenceRate
from kravsim.scenario.levels import indices_reach
from kravsim.scenario.opening_stock import OpeningStock, stock_holds_together
from kravsim.scenario.prior import check_correlations
from kravsim.scenario.rules import (
    TOLERANCE,
    answers_leave_no_more_than_all,
    late_payers_have_their_days,
    mean_fits_tariff,
    of_tariff,
    somebody_does_each_task,
    somebody_has_each_skill,
    targets_meet_models,
    untraced_and_paid_leave_no_more_than_all,
    whoever_keeps_an_age_sends_the_demand,
)
from kravsim.scenario.sequences import sequences_hold_together
from kravsim.scenario.several import raised_by
from kravsim.scenario.transition_keys import Transition
from kravsim.scenario.transitions import transitions_hold_together
from kravsim.scenario.values import (
    Days,
    DaysSpread,
    MinutesSpread,
    PerYear,
    Section,
    Share,
    ShareSpread,
    Spread,
    Value,
    limited,
)
from kravsim.units import DAYS_A_YEAR

StepName = Literal[
    "reminder",
    "residue",
    "demand",
    "instalment_plan",
    "instalment",
    "solvency_check",
    "payment_order",
    "contested",
    "district_court",
    "order",
    "attachment",
    "surveillance",
    "surveillance_with_title",
    "interruption",
    "interruption_with_title",
    "last_surveillance",
    "last_surveillance_with_title",
    "debt_restructuring",
    "debt_restructuring_with_title",
    "bankruptcy",
    "bankruptcy_with_title",
    "estate",
    "foreign_collection",
]
STEPS: tuple[str, ...] = get_args(StepName)
"""Steps of collection, in the order a case may first meet them."""
LetterName = Literal[
    "reminder",
    "residue",
    "demand",
    "instalment_plan",
    "instalment",
    "interruption",
    "interruption_with_title",
]
"""Steps that are a letter, which a system can send without a hand."""
Skill = Literal["general", "solvency", "estates_and_restructuring", "court"]
SKILLS: tuple[Skill, ...] = get_args(Skill)
"""What the work of a step may ask of whoever does it. A skill is had or not; nobody is quicker for having it."""
PostSize = Annotated[float, Field(gt=0, le=1)]
Party = Literal["region", "agency"]
BodyKind = Literal["region", "municipality", "county_council", "federation", "authority", "company", "organisation"]
BODY_KINDS: tuple[BodyKind, ...] = get_args(BodyKind)
"""What a body can be; it changes words and no number."""
Component = Literal["costs", "interest", "principal"]
SegmentName = Literal["private", "business", "estate", "nordic", "europe", "overseas"]
Zone = Literal["nordic", "europe", "overseas"]
DebtorKind = Literal["private", "business", "known_at_kronofogden"]
Occasion = Literal["nothing", "outlays", "outlays_and_own_work"]
PRUDENT_YEARS = 3.0
BANKRUPT_WITHIN_YEARS = 5.0
FIRST_DATE, LAST_DATE = dt.date(1950, 1, 1), dt.date(2100, 1, 1)
"""Dates outside are slips, and working days are known to 2100; which days the law tables answer for is another matter."""
AlternativeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
ModelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=300)]


class SourceData(Section):
    """A source, named once and referred to by its key."""

    title: Name
    where: Text = ""
    date: dt.date | None = None
    note: Text = ""


class Body(Section):
    """The body whose late invoices are collected; ``kind`` is by its name where it is left out, and changes words alone."""

    name: Name
    country: Text = "Sweden"
    kind: BodyKind | None = None


class Horizon(Section):
    """The calendar time that is measured, and the model's own history before it.

    History is ``history_years`` long; where ``history_rule`` is ``by_precision``, it is as short as it may be, and no longer
    than that, so that the years left out would move the year's net of no model by more than ``history_precision_kr``.
    """

    start: Annotated[dt.date, Field(ge=FIRST_DATE, le=LAST_DATE)]
    end: Annotated[dt.date, Field(ge=FIRST_DATE, le=LAST_DATE)]
    history_rule: Literal["number", "by_precision"] = "number"
    history_years: Annotated[Value, limited("years", integer=True, le=60, plausible=(1, 30))]
    history_precision_kr: Annotated[Value, limited("kr", plausible=(10, 10**7))]

    def _contradictions(self) -> Iterator[ValueError]:
        if self.start >= self.end:
            yield ValueError("horizon.start must lie before horizon.end")
        if (self.start.month, self.start.day) != (1, 1) or (self.end.month, self.end.day) != (1, 1):
            yield ValueError("the horizon is whole calendar years: start and end on 1 January")
        if self.history_rule == "by_precision" and (self.history_years.low is not None or self.history_years.value < 1):
            yield ValueError("history_rule = by_precision: history_years is the longest history, one number from 1 up")


class LawChoice(Section):
    """How the dated law is applied: by date, frozen after a day, the reference rate along a path where its table ends."""

    frozen_at: Annotated[dt.date, Field(ge=FIRST_DATE, le=LAST_DATE)] | None = None
    reference_rate: ReferenceRate | None = None

    @model_serializer(mode="wrap")
    def _without_path(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        if self.reference_rate is None:
            written.pop("reference_rate", None)
        return written


class LateCurve(Section):
    """How the share of unpaid invoices falls from day to day after the due date, while nobody reminds.

    ``invoices.late_share`` is then that of ``after_days`` after the due date. Of those who are unpaid on that day a
    ``lasting_share`` stays so; of the others half have paid ``halving_days`` later, and half again after as many more.
    """

    after_days: Annotated[Value, limited("days", le=3650, plausible=(1, 120), example=20)]
    halving_days: Annotated[Value, limited("days", ge=0.5, le=3650, plausible=(3, 120), example=15)]
    lasting_share: Share


class Invoices(Section):
    """Invoices sent, the share that is paid late, and when the unpaid ones are handed over.

    Without a ``late_curve`` the share handed over is ``late_share``, whatever the terms and the age at hand-over.
    """

    per_year: Annotated[Value, limited("count", le=10**15, plausible=(100, 10**8))]
    late_share: Share
    late_curve: LateCurve | None = None
    run_days: Annotated[tuple[Annotated[int, Field(ge=1, le=28)], ...], Field(min_length=1, max_length=28)]
    terms_days: Annotated[Value, limited("days", whole=True, le=3650, plausible=(5, 120))]
    age_basis: Literal["invoice_date", "due_date"]
    hand_over_day: Annotated[int, Field(ge=1, le=28)]
    hand_over_min_age_days: Annotated[Value, limited("days", whole=True, le=3650, plausible=(1, 400))]

    def _contradictions(self) -> Iterator[ValueError]:
        if list(self.run_days) != sorted(set(self.run_days)):
            yield ValueError("invoices.run_days must be increasing days of the month, each once")


class TariffStep(Section):
    """An amount of a tariff, such as the fee of a visit or the yearly ceiling, and the share of claims that are of it."""

    amount_kr: Annotated[Value, limited("kr", ge=0.01, le=10**7, plausible=(20, 20_000))]
    share: Share


class Segment(Section):
    """A kind of debtor: private person, business, estate, or abroad by zone. Insolvent debtors are the remaining share.

    One segment leaves out ``share``: it takes what the others leave. Claims are of one of the amounts of its ``tariff``, or
    else lognormal. ``amount_mean_kr`` is the mean of all its claims, so that those of no step have the mean that the tariff
    leaves; their median is to their mean as ``amount_median_kr`` is to ``amount_mean_kr``. Where every claim is of a step, it
    is what the steps bring.

    Of the answers that residents of the same type would give to a reminder or a demand, debtors of the segment give
    ``letters_answered_share``; the others are silent. Left out, all of them.
    """

    share: Share | None = None
    amount_median_kr: Annotated[Value, limited("kr", ge=0.1, le=10**7, plausible=(20, 20_000))]
    amount_mean_kr: Annotated[Value, limited("kr", ge=0.1, le=10**7, plausible=(20, 40_000))]
    forgetful_share: Share
    slow_share: Share
    strained_share: Share
    limitation_years: (
        Annotated[Value, limited("years", integer=True, ge=1, le=100, plausible=(3, 10), example=3)] | None
    ) = None
    letters_answered_share: Share | None = None
    tariff: dict[Name, TariffStep] = {}

    def _contradictions(self) -> Iterator[ValueError]:
        of_steps, in_steps = of_tariff(self)
        if in_steps > 1 + 1e-9:
            yield ValueError(
                phrase("the shares of tariff must not sum to more than 1; they sum to {in_steps:g}", in_steps=in_steps)
            )
        total = self.forgetful_share.value + self.slow_share.value + self.strained_share.value
        if total > 1 + 1e-9:
            yield ValueError(
                phrase(
                    "forgetful, slow and strained shares must not sum to more than 1; they sum to {total:g}",
                    total=total,
                )
            )
        if self.amount_mean_kr.value < self.amount_median_kr.value:
            yield ValueError("amount_mean_kr must be at least amount_median_kr (amounts are lognormal)")
        if in_steps <= 1 + 1e-9 and not mean_fits_tariff(self):
            if 1.0 - in_steps <= 1e-9:
                yield ValueError(
                    phrase(
                        "every claim is of the tariff, whose steps bring a mean claim of {of_steps:.10g} kr: "
                        "amount_mean_kr must be that; it is {value:g}",
                        of_steps=of_steps,
                        value=self.amount_mean_kr.value,
                    )
                )
            else:
                yield ValueError(
                    phrase(
                        "amount_mean_kr is the mean of all claims, those of the tariff too, and must be more than what its "
                        "steps bring ({of_steps:g} kr of the mean claim); it is {value:g}",
                        of_steps=of_steps,
                        value=self.amount_mean_kr.value,
                    )
                )

    def years_of_limitation(self) -> float:
        """Years after which a claim is barred; three, the prudent reading, where the scenario does not say."""
        return PRUDENT_YEARS if self.limitation_years is None else self.limitation_years.value


class Debtors(Section):
    """People and firms who may pay late. Their traits last: segment, type, activity, known at Kronofogden."""

    number: Annotated[Value, limited("count", ge=1, plausible=(10, 10**7))]
    activity_shape: Annotated[Value, limited("number", ge=0.01, le=1000, plausible=(0.05, 100))]
    claims_per_occasion: Annotated[Value, limited("number", ge=1, le=10, plausible=(1, 4), example=1.5)]
    coordinate: bool
    segments: dict[SegmentName, Segment]

    def _contradictions(self) -> Iterator[ValueError]:
        given = [segment.share.value for segment in self.segments.values() if segment.share is not None]
        if len(given) != len(self.segments) - 1:
            yield ValueError("exactly one segment leaves out share and takes the remainder")
        if sum(given) > 1 + 1e-9:
            yield ValueError(
                phrase(
                    "the shares of debtors.segments must not sum to more than 1; they sum to {sum:g}", sum=sum(given)
                )
            )
        if self.claims_per_occasion.value < 1:
            yield ValueError("claims_per_occasion is a mean of at least one claim")


class TypeBehaviour(Section):
    """How debtors of one type answer. Shares are of the cases that reach the step; what remains stays unpaid.

    ``reminder_late_paid_share`` and ``demand_late_paid_share`` are of those whom the letter leaves silent: so many would pay
    of their own accord, ``timing.*_late_paid_days`` after the letter, and do so unless the next step comes first. Left out,
    nobody pays between letters. Of those who would not after the demand, ``reminded_again_paid_share`` would if an agency
    reminded them once more before it goes on; only one that chooses may. Left out, it does not.
    """

    activity: Annotated[Value, limited("number", ge=0, le=1000, plausible=(0.01, 100))]
    known_at_kronofogden_share: Share
    reminder_paid_share: Share
    principal_only_share: Share
    demand_paid_share: Share
    instalment_plan_share: Share
    instalment_kept_share: Share
    payment_order_paid_share: Share
    order_paid_share: Share
    attachment_paid_share: Share
    attachment_part_share: Share
    attachment_continued_share: Share
    surveillance_paid_per_year: PerYear
    surveillance_revived_per_year: PerYear
    restructuring_per_year: PerYear
    reminder_late_paid_share: Share | None = None
    demand_late_paid_share: Share | None = None
    reminded_again_paid_share: Share | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if self.reminded_again_paid_share is not None and self.demand_late_paid_share is None:
            yield ValueError(
                "reminded_again_paid_share is of those who would not pay by themselves: give demand_late_paid_share"
            )


class Lateness(Section):
    """How much of the willingness to pay is left when a step is late against an organisation without queues."""

    days: Annotated[tuple[Annotated[int, Field(ge=1, le=36525)], ...], Field(min_length=1, max_length=12)]
    retained_share: Annotated[tuple[float, ...], Field(min_length=1, max_length=12)]
    source: Name
    status: Status
    note: Text = ""

    def _contradictions(self) -> Iterator[ValueError]:
        if len(self.days) != len(self.retained_share):
            yield ValueError("days and retained_share must have the same length")
        if list(self.days) != sorted(set(self.days)) or self.days[0] < 1:
            yield ValueError("days must be increasing and at least 1")
        if any(not 0 <= share <= 1 for share in self.retained_share):
            yield ValueError("retained_share must lie between 0 and 1")
        if list(self.retained_share) != sorted(self.retained_share, reverse=True):
            yield ValueError("retained_share must not rise with lateness")


class Abroad(Section):
    """How the chance that a claim is paid to an agent abroad falls with its age, whoever collects.

    ``models.<name>.foreign.<zone>.paid_share`` is of claims that come abroad ``age_days`` after their due date; of those that
    come a year later it is less by the factor exp(-``cooling_per_year``), and of younger ones more; only the traced pay.
    """

    age_days: Annotated[Value, limited("days", le=3650, plausible=(10, 1000), example=50)]
    cooling_per_year: Annotated[Value, limited("per_year", le=50, plausible=(0.05, 4), example=1)]


class Behaviour(Section):
    """Answers of debtors and of authorities, the same whoever collects.

    Of those who pay between letters ``late_principal_only_share`` pay the invoice alone; left out, none do.
    """

    forgetful: TypeBehaviour
    slow: TypeBehaviour
    strained: TypeBehaviour
    insolvent: TypeBehaviour
    withdrawn_early_share: Share
    withdrawn_late_share: Share
    not_solvent_if_known_share: Share
    not_solvent_if_unknown_share: Share
    contested_share: Share
    dismissed_share: Share
    contested_settled_share: Share
    contested_dropped_share: Share
    court_paid_share: Share
    court_lost_share: Share
    plan_accepted_share: Share
    residue_paid_share: Share
    restructuring_granted_share: Share
    restructuring_dividend_share: ShareSpread
    bankrupt_business_share: Share
    bankrupt_within_years: Annotated[Value, limited("years", ge=0.1, le=100, plausible=(1, 20), example=5)] | None = (
        None
    )
    sole_trader_share: Share | None = None
    bankruptcy_dividend_paid_share: Share
    bankruptcy_dividend_share: ShareSpread
    estate_paid_share: Share
    estate_part_share: Share
    estate_covered_share: ShareSpread
    interruption_reached_share: Share
    attachment_covered_share: ShareSpread
    late_principal_only_share: Share | None = None
    lateness: Lateness
    abroad: Abroad | None = None


class Timing(Section):
    """How long answers take (chance, drawn for each case) and how long the creditor waits for them.

    An application that is contested the applicant drops or takes to court within ``court_request_days``: at most the four
    weeks that the law gives, and the whole of them where the key is left out.

    ``reminder_late_paid_days`` and ``demand_late_paid_days`` are counted from the day of the letter, for those who would pay
    of their own accord: they pay if that is before the next step is due, and else meet it like all who are silent.
    """

    reminder_grace_days: Days
    reminder_paid_days: DaysSpread
    residue_paid_days: DaysSpread
    residue_grace_days: Days
    plan_answer_days: Days
    instalment_days: Days
    instalment_default_days: Days
    demand_grace_days: Days
    demand_paid_days: DaysSpread
    withdrawal_days: DaysSpread
    solvency_check_days: Days
    payment_order_paid_days: DaysSpread
    order_issued_days: DaysSpread
    contested_days: DaysSpread
    contested_settled_days: DaysSpread
    court_request_days: Annotated[Spread, limited("days", le=COURT_REQUEST_DAYS, plausible=(1, 28))] | None = None
    court_days: DaysSpread
    order_paid_days: DaysSpread
    order_grace_days: Days
    attachment_paid_days: DaysSpread
    attachment_part_days: DaysSpread
    attachment_no_assets_days: DaysSpread
    surveillance_spell_days: Annotated[Value, limited("days", whole=True, ge=1, plausible=(30, 4000))]
    interruption_answer_days: Days
    interruption_margin_days: Days
    restructuring_granted_days: DaysSpread
    restructuring_refused_days: DaysSpread
    bankruptcy_days: DaysSpread
    estate_days: DaysSpread
    foreign_paid_days: DaysSpread
    foreign_untraceable_days: DaysSpread
    foreign_given_up_days: DaysSpread
    reminder_late_paid_days: DaysSpread | None = None
    demand_late_paid_days: DaysSpread | None = None


class Policy(Section):
    """What the creditor has decided, whoever carries it out.

    A case whose claims are smaller than ``smallest_reminder_kr`` is sent no reminder, and one smaller than
    ``smallest_demand_kr`` no demand: it is given up there. A debtor is offered instalments where the plan's fees are at most
    ``instalment_plan_fee_share`` of the claims, and goes on like one who has declined where not. Left out, none is too small.

    Where ``joint_application_days`` is given, claims of a debtor that are ripe for an application on the same day go in one,
    with one fee, and one that is ripe waits for others for at most so many days. Left out, each case has its own.
    """

    interest_from: Literal["reminder", "demand"]
    allocation: tuple[Component, Component, Component]
    surveillance_spells: Annotated[Value, limited("count", le=100, example=3)]
    recheck_days: Annotated[Value, limited("days", whole=True, ge=1, plausible=(7, 4000))]
    attachment_years: Annotated[Value, limited("years", integer=True, plausible=(1, 30), example=3)]
    joint_application_days: Annotated[Value, limited("days", whole=True, le=365, example=30)] | None = None
    payment_order_attempts: Annotated[Value, limited("count", le=100, example=2)]
    instalments: Annotated[Value, limited("count", ge=2, le=240, plausible=(2, 60), example=4)]
    instalment_notices_charged: bool
    residue_floor_kr: Annotated[Value, limited("kr", plausible=(1, 2000))]
    smallest_reminder_kr: Annotated[Value, limited("kr", plausible=(1, 1000))] | None = None
    smallest_demand_kr: Annotated[Value, limited("kr", plausible=(1, 2000))] | None = None
    instalment_plan_fee_share: Annotated[Value, limited("share", ge=0.01, example=0.5)] | None = None
    small_claim_limit_kr: Annotated[Value, limited("kr", plausible=(5000, 100_000))]
    ku25_threshold_kr: Annotated[Value, limited("kr", plausible=(10, 2000))]
    value_adjustment_days: Days
    value_adjustment_share: Share
    write_down_days: Days

    def _contradictions(self) -> Iterator[ValueError]:
        if len(set(self.allocation)) != 3:
            yield ValueError("allocation names costs, interest and principal, each once")
        if self.value_adjustment_days.value > self.write_down_days.value:
            yield ValueError("value_adjustment_days must not come after write_down_days")
        if self.instalments.value < 2:
            yield ValueError("instalments: a plan has at least 2")


class LateWithdrawal(Section):
    """What the agency charges the region for a case withdrawn late, by occasion: outlays it cannot recover, its own work."""

    after_application: Occasion
    in_court: Occasion
    at_attachment: Occasion


class Commission(Section):
    """What the region pays the agency of recovered amounts: a share, with a floor and a cap for each case.

    ``of`` names what counts: of the debtor's payments that the region receives of a case, while the agency has it in Sweden,
    the principal, the interest, the costs. As soon as anything of these has been received the case has cost ``least_kr``,
    though that be more than was received, and never more than ``most_kr``. Left out, there is no floor, and no cap.
    """

    not_here: ClassVar[Mapping[str, str]] = {
        "value": "the share is a key of its own: share = { value = 0.1, ... }",
        "floor_kr": "the floor of a case is least_kr",
        "cap_kr": "the cap of a case is most_kr",
    }
    in_any_order: ClassVar[tuple[str, ...]] = ("of",)

    share: Share
    of: Annotated[tuple[Component, ...], Field(min_length=1, max_length=3)]
    least_kr: Annotated[Value, limited("kr", le=10**7, plausible=(1, 1000), example=50)] | None = None
    most_kr: Annotated[Value, limited("kr", le=10**7, plausible=(20, 100_000), example=1000)] | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if len(set(self.of)) < len(self.of):
            yield ValueError("of names each of principal, interest and costs once")
        if self.least_kr is not None and self.most_kr is not None:
            least = self.least_kr.value if self.least_kr.high is None else self.least_kr.high
            most = self.most_kr.value if self.most_kr.low is None else self.most_kr.low
            if least > most:
                yield ValueError(
                    phrase(
                        "least_kr (up to {least:g}) is the floor of a case and must not exceed the cap most_kr "
                        "(from {most:g})",
                        least=least,
                        most=most,
                    )
                )


KEPT_BY: Final[Mapping[str, str]] = {
    "reminder_fee": "reminder_fee_kept_by",
    "demand_fee": "demand_fee_kept_by",
    "instalment_plan_fee": "instalment_fees_kept_by",
    "instalment_notice_fee": "instalment_fees_kept_by",
    "payment_order_own_work": "own_work_fee_kept_by",
}
"""Of each charge that is a fee, the key of a contract that says who keeps it; outlays are recovered by whom advanced them."""
_SHARE_OF: Final = "_agency_share"


class Contract(Section):
    """Who keeps, advances and pays what, between the region and the agency.

    Of each demand fee that the region receives it may pass a share on to the agency. The agency pays the region
    ``paid_case_kr`` for a case that is fully paid. The region pays the agency ``price_a_case_kr`` for each case, when it is
    ``handed_over`` (the agency takes its first step) or ``closed`` (it ends, in whatever way), ``price_a_paid_case_kr`` for
    one that is fully paid, and a ``commission`` on what is recovered; left out, it pays none of these.
    """

    not_here: ClassVar[Mapping[str, str]] = {
        "commission_share": "a commission on recovered amounts is a table, [models.<name>.contract.commission], with share "
        "and of; that of collection abroad is in [models.<name>.foreign.<zone>]",
        "interest_share": "interest is kept whole by one of the two: interest_kept_by",
        "reminder_fee_agency_share": "the reminder fee is kept whole by one of the two: reminder_fee_kept_by",
        **dict.fromkeys(
            ("instalment_plan_fee_agency_share", "instalment_notice_fee_agency_share", "instalment_fees_agency_share"),
            "the fees of instalments are kept whole by one of the two: instalment_fees_kept_by",
        ),
        **dict.fromkeys(
            ("payment_order_own_work_agency_share", "own_work_fee_agency_share"),
            "the fee for own work on an application is kept whole by one of the two: own_work_fee_kept_by",
        ),
        **dict.fromkeys(
            (
                "payment_order_application_agency_share",
                "payment_order_supplement_agency_share",
                "enforcement_basic_fee_agency_share",
                "outlays_agency_share",
            ),
            "outlays are advanced and recovered whole by one of the two: outlays_advanced_by",
        ),
    }

    reminder_fee_kept_by: Party
    demand_fee_kept_by: Party
    demand_fee_agency_share: Share | None = None
    own_work_fee_kept_by: Party
    interest_kept_by: Party
    outlays_advanced_by: Party
    instalment_fees_kept_by: Party
    paid_case_kr: Annotated[Value, limited("kr", le=10**7, plausible=(10, 5000))]
    price_a_case_kr: Annotated[Value, limited("kr", le=10**7, plausible=(5, 5000), example=120)] | None = None
    price_a_case_when: Literal["handed_over", "closed"] | None = None
    price_a_paid_case_kr: Annotated[Value, limited("kr", le=10**7, plausible=(5, 5000), example=200)] | None = None
    commission: Commission | None = None
    late_withdrawal: LateWithdrawal
    it_service_per_year_kr: Annotated[Value, limited("kr", le=10**10, plausible=(500, 10**7))]
    ku25_statement_kr: Annotated[Value, limited("kr", le=10**7, plausible=(0.5, 500))]

    def _contradictions(self) -> Iterator[ValueError]:
        for charge, share in fee_shares(self).items():
            most = share.value if share.high is None else share.high
            if keepers(self)[charge] == "agency" and most > 0:
                template = "{charge}_agency_share is of a fee the region keeps; {charge}_kept_by is 'agency'"
                yield ValueError(phrase(template, charge=charge))
        if (self.price_a_case_kr is None) != (self.price_a_case_when is None):
            yield ValueError("price_a_case_kr and price_a_case_when go together: 'handed_over' or 'closed'")
        of = () if self.commission is None else self.commission.of
        if "interest" in of and self.interest_kept_by == "agency":
            yield ValueError("commission.of: interest is none that the region receives; interest_kept_by is 'agency'")
        kept = (self.reminder_fee_kept_by, self.demand_fee_kept_by, self.instalment_fees_kept_by)
        if "costs" in of and {*kept, self.own_work_fee_kept_by, self.outlays_advanced_by} == {"agency"}:
            yield ValueError("commission.of: costs are none that the region receives; the agency keeps every fee")


def keepers(contract: Contract) -> dict[str, Party]:
    """Who keeps each fee that a step of the agency's charges, by name of the charge.

    Parameters
    ----------
    contract : Contract
    """
    return {charge: getattr(contract, key) for charge, key in KEPT_BY.items()}


def fee_shares(contract: Contract) -> dict[str, Value]:
    """The agency's share of each charge of which it has one, by name of the charge: keys that end in ``_agency_share``.

    Parameters
    ----------
    contract : Contract
    """
    named = {name: share for name, share in vars(contract).items() if name.endswith(_SHARE_OF) and share is not None}
    return {name.removesuffix(_SHARE_OF): share for name, share in named.items()}


if strange := [name for name in Contract.model_fields if name.removesuffix(_SHARE_OF) not in {name, *KEPT_BY}]:
    raise ImportError(f"shares of what neither party keeps as a fee: {', '.join(strange)}")


class Escalation(Section):
    """Which solvent cases go on to Kronofogden at once: a floor in kr, and a rule for whom.

    ``if_it_pays`` leaves it to the collector's own economy, group by group of debtors. With ``agency_chooses`` the agency
    decides by its margin (``models.<name>.agency``) which groups and from which amount it files, how long it waits after the
    demand, which residues it asks for and which cases it watches or gives back. The buyer then instructs it: no application
    below ``min_case_kr``, none before ``min_age_days`` after the hand-over, none on the kinds of debtors in ``never``. Exempt
    from the age are debtors who have asked for instalments: a plan that is declined or missed goes on from there at once.
    """

    min_case_kr: Annotated[Value, limited("kr", plausible=(10, 20_000))]
    rule: Literal["if_it_pays", "not_known_at_kronofogden", "always", "agency_chooses"]
    min_age_days: Annotated[Value, limited("days", whole=True, le=3650, plausible=(20, 400), example=60)] | None = None
    never: tuple[DebtorKind, ...] | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if self.never is not None and not 0 < len(set(self.never)) == len(self.never):
            yield ValueError("never names kinds of debtors, each once; left out, there is none")
        if self.rule != "agency_chooses" and (self.min_age_days is not None or self.never is not None):
            yield ValueError("min_age_days and never instruct an agency that chooses: rule = 'agency_chooses'")


class Agency(Section):
    """The agency's own economy, by which it chooses what it does with a case.

    It costs ``case_per_year_kr`` to keep a case open, ``letter_kr`` to ask for a residue, and ``application_kr`` of own work
    to file; an application must be expected to bring ``least_margin_kr`` more than that. Later money is worth less by
    ``interest_share_per_year``.
    """

    case_per_year_kr: Annotated[Value, limited("kr", le=10**6, plausible=(0.1, 1000), example=4)]
    letter_kr: Annotated[Value, limited("kr", le=10**6, plausible=(0.1, 100), example=9)]
    application_kr: Annotated[Value, limited("kr", le=10**6, plausible=(1, 5000), example=60)]
    least_margin_kr: Annotated[Value, limited("kr", le=10**6, plausible=(1, 5000), example=30)]
    interest_share_per_year: Annotated[Value, limited("share_per_year", plausible=(0.005, 0.5), example=0.06)]


class Foreign(Section):
    """Collection abroad by agents in one zone: their terms and what they achieve."""

    commission_share: Share
    fixed_kr: Annotated[Value, limited("kr", le=10**7, plausible=(10, 10_000))]
    untraceable_share: Share
    paid_share: Share


def _said(written: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What is written of a section without the keys of these that are left out: they are no part of its fingerprint then."""
    return {key: value for key, value in written.items() if value is not None or key not in names}


class Leave(Section):
    """Long leave (parental leave, studies): the holder of a post is away, unpaid by the body, for ``days``, and comes back.

    A substitute stands in from ``substitute_after_days`` on, is paid as the holder, costs a recruitment and learns as any
    newcomer; where that is left out nobody stands in. A leave ends with the holder's time in the post.
    """

    begins_per_year: PerYear
    days: DaysSpread
    substitute_after_days: (
        Annotated[Value, limited("days", whole=True, le=3650, plausible=(1, 400), example=60)] | None
    ) = None


class Turnover(Section):
    """Posts that fall vacant, the time until somebody else has them, and how a newcomer learns.

    A vacant post is not paid. A newcomer does ``learning_start_share`` of a full day's work on the first day, and a share
    that rises evenly to the whole over ``learning_days``. Of recruitments ``hiring_fails_share`` bring nobody; the next
    begins at once and takes days of its own. From ``no_refill_from`` on no recruitment begins: a post that is left then is
    no more.
    """

    leaves_per_year: PerYear
    recruitment_days: DaysSpread
    recruitment_kr: Annotated[Value, limited("kr", le=10**7, plausible=(1000, 500_000), example=60000)]
    learning_days: Annotated[Value, limited("days", whole=True, le=3650, plausible=(1, 1000), example=180)]
    learning_start_share: Share
    hiring_fails_share: Share | None = None
    no_refill_from: Annotated[dt.date, Field(ge=FIRST_DATE, le=LAST_DATE)] | None = None
    leave: Leave | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _said(write(self), ("hiring_fails_share", "no_refill_from", "leave"))


class PostsRule(Section):
    """As few posts as keep the mean wait of new cases below a number of days, in the smallest step a body can hire.

    The wait is that from hand-over to reminder (in a pool without reminders, that of the work it has), expected in closed
    form for a world's work; posts go from ``least_fte`` in steps of ``step_fte`` up to ``most_fte``. Where even these do not
    keep the wait short, the pool has them, and each result says so. ``base_case`` and ``drawn_worlds`` say where the rule is
    used, and where ``fte`` is: its stated number in the base case, one of its range in each drawn world, or in all of them
    the number of the base case.
    """

    base_case: Literal["number", "rule"]
    drawn_worlds: Literal["number", "as_in_the_base_case", "rule"]
    mean_wait_days: Annotated[Value, limited("days", ge=1, le=3650, plausible=(2, 120), example=14)]
    step_fte: Annotated[Value, limited("fte", ge=0.01, le=100, plausible=(0.05, 5), example=0.5)]
    least_fte: Annotated[Value, limited("fte", le=10**4, plausible=(0, 500), example=1)]
    most_fte: Annotated[Value, limited("fte", le=10**4, plausible=(0.05, 500), example=10)]

    def _contradictions(self) -> Iterator[ValueError]:
        if self.least_fte.value > self.most_fte.value:
            yield ValueError("posts.least_fte must not exceed posts.most_fte")

    def used(self, *, drawn: bool) -> bool:
        """Whether posts are found by this rule in a drawn world, or in the base case.

        Parameters
        ----------
        drawn : bool
            True for a drawn world, False for the base case.
        """
        return (self.drawn_worlds if drawn else self.base_case) == "rule"


class Overtime(Section):
    """Hours that the holders of the posts work beyond their day, paid by the hour that is worked."""

    hours_per_day: Annotated[Value, limited("number", ge=0, le=6, plausible=(0.5, 4), example=2)]
    kr_per_hour: Annotated[Value, limited("kr", le=10**6, plausible=(200, 2000), example=460)]


class Temporary(Section):
    """Temporary staff (*inhyrd personal*) who work whole days, paid by the hour that is worked; ``skills`` as of a post."""

    fte: Annotated[Value, limited("fte", le=10**3, plausible=(0.1, 50), example=1)]
    kr_per_hour: Annotated[Value, limited("kr", le=10**6, plausible=(200, 3000), example=450)]
    skills: Annotated[tuple[Skill, ...], Field(min_length=1, max_length=len(SKILLS))] = ("general",)

    def _contradictions(self) -> Iterator[ValueError]:
        if len(set(self.skills)) < len(self.skills):
            yield ValueError("skills names each skill once")


class Behind(Section):
    """What a team does when it cannot do all, as long as so much work waits.

    From a backlog of ``from_backlog_days`` working days of the whole team, were none away, the letters ``letters_by_system``
    are sent without a hand; work of ``leave_from_priority`` and less urgent is laid aside for good; ``overtime`` is worked;
    and ``temporary`` staff take work. The least urgent is sent or laid aside first, and of that what has waited longest.
    Without all of these the least urgent waits.
    """

    from_backlog_days: Annotated[Value, limited("days", le=3650, plausible=(1, 400), example=10)]
    letters_by_system: tuple[LetterName, ...] = ()
    leave_from_priority: Annotated[int, Field(ge=0, le=99)] | None = None
    overtime: Overtime | None = None
    temporary: Temporary | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if len(set(self.letters_by_system)) < len(self.letters_by_system):
            yield ValueError("letters_by_system names each step once")
        means = (self.leave_from_priority, self.overtime, self.temporary)
        if not self.letters_by_system and all(one is None for one in means):
            yield ValueError(
                "when_behind says from when, not what: give letters_by_system, leave_from_priority, overtime or temporary"
            )


class Pool(Section):
    """Staff who share one queue, and what they are paid. ``fte`` may be a fraction: shortened hours.

    With ``posts``, their number may be found by a rule instead. ``skills`` lists what each post can do, first post first;
    further posts are like the last one listed. Work goes to the post with the fewest skills that can take it.
    ``post_sizes`` lists whole posts and parts of one, in the order of ``skills``; left out, ``fte`` is whole posts and one
    for what is left. Without ``turnover`` nobody leaves. Without ``when_behind`` the least urgent work waits, however much
    there is.
    """

    fte: Annotated[Value, limited("fte", le=10**4, plausible=(0.001, 500))]
    pay_per_fte_kr: Annotated[Value, limited("kr", le=10**9, plausible=(200_000, 2_000_000), example=510000)]
    overhead_share: Share
    hours_per_day: Annotated[Value, limited("number", ge=0, le=15, plausible=(2, 12), example=8)]
    vacation_days: Annotated[Value, limited("days", whole=True, le=366, plausible=(5, 60))]
    sick_share: Share
    other_duties_share: Share
    skills: Annotated[
        tuple[Annotated[tuple[Skill, ...], Field(min_length=1, max_length=len(SKILLS))], ...],
        Field(min_length=1, max_length=1000),
    ] = (SKILLS,)
    post_sizes: tuple[PostSize, ...] | None = None
    turnover: Turnover | None = None
    posts: PostsRule | None = None
    when_behind: Behind | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _said(write(self), ("post_sizes",))

    def _contradictions(self) -> Iterator[ValueError]:
        if any(len(set(post)) < len(post) for post in self.skills):
            yield ValueError("skills names each skill of a post once")
        if self.post_sizes is None:
            return
        if self.posts is not None or self.fte.low is not None:
            yield ValueError("post_sizes is of posts that are one number: leave out posts and the range of fte")
        if abs(math.fsum(self.post_sizes) - self.fte.value) > TOLERANCE:
            yield ValueError("post_sizes must sum to fte")

    @property
    def fewest_posts(self) -> int:
        """As few holders of posts as there may be in any world, from 1 up."""
        return max(1, math.ceil(self.fewest_fte)) if self.post_sizes is None else len(self.post_sizes)

    @property
    def fewest_fte(self) -> float:
        """As few posts as there may be in any world."""
        fte = self.fte.value if self.fte.low is None else self.fte.low
        ruled = self.posts is not None and (self.posts.used(drawn=False) or self.posts.used(drawn=True))
        return min(fte, self.posts.least_fte.value) if ruled and self.posts is not None else fte

    @property
    def most_fte(self) -> float:
        """As many posts as there may be in any world: the stated ones, the top of their range, or the rule's ceiling."""
        fte = max(self.fte.value, self.fte.high or 0.0)
        return fte if self.posts is None else max(fte, self.posts.most_fte.value)

    def skills_of(self, post: int) -> tuple[Skill, ...]:
        """What a post can do; posts beyond those listed are like the last one.

        Parameters
        ----------
        post : int
            Number of the post in the pool, from 0.
        """
        return self.skills[min(post, len(self.skills) - 1)]


class Task(Section):
    """The work of one step in the region's own house, and the skill it takes."""

    pool: Name
    priority: Annotated[int, Field(ge=0, le=99)]
    skill: Skill = "general"
    minutes: MinutesSpread


class System(Section):
    """The collection system: once, and every year."""

    once_kr: Annotated[Value, limited("kr", plausible=(2000, 10**8))]
    depreciation_years: Annotated[Value, limited("years", ge=1, plausible=(1, 30))]
    per_year_kr: Annotated[Value, limited("kr", plausible=(1000, 10**8))]


class UnitCosts(Section):
    """What each own letter and check costs."""

    letter_kr: Annotated[Value, limited("kr", le=10**7, plausible=(1, 100))]
    check_kr: Annotated[Value, limited("kr", le=10**7, plausible=(0.5, 500))]
    recheck_kr: Annotated[Value, limited("kr", le=10**7, plausible=(0.5, 500))]
    ku25_statement_kr: Annotated[Value, limited("kr", le=10**7, plausible=(0.5, 500))]


class OwnReminder(Section):
    """A reminder without a fee that the body sends before it hands anything over, ``after_due_days`` after the due date.

    Of those who would pay after the reminder that follows the hand-over, ``payers_share`` pay after this one, given time: as
    many days as ``timing.reminder_paid_days`` says. Whoever has paid when the claims go is never handed over in this model.
    Sending them costs ``per_year_kr``.
    """

    after_due_days: Annotated[Value, limited("days", whole=True, le=3650, plausible=(1, 60), example=5)]
    payers_share: Share
    per_year_kr: Annotated[Value, limited("kr", plausible=(500, 10**7), example=120000)]


class Model(Section):
    """One way to organise collection: the agency takes over from a step on, or never.

    With an ``own_reminder`` some of the late claims are paid before they would be handed over. Left out, none is sent.
    """

    title: Name
    title_sv: Name
    agency_from: Literal["reminder", "demand", "solvency_check", "never"]
    escalation: Escalation
    foreign: dict[Zone, Annotated[Foreign, AfterValidator(untraced_and_paid_leave_no_more_than_all)]]
    contract: Contract | None = None
    agency: Agency | None = None
    own_reminder: OwnReminder | None = None
    staff: dict[Name, Pool] = {}
    work: dict[StepName, Task] = {}
    system: System | None = None
    unit_costs: UnitCosts | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if (self.contract is None) != (self.agency_from == "never"):
            yield ValueError("a model has a contract exactly when an agency takes part (agency_from is not 'never')")
        if (self.agency is None) != (self.escalation.rule != "agency_chooses"):
            yield ValueError(
                "a model has its agency's own economy (agency) exactly when escalation.rule = 'agency_chooses'"
            )
        if self.agency is not None and self.contract is None:
            yield ValueError("escalation.rule: 'agency_chooses' needs an agency; agency_from is 'never'")
        if self.agency_from != "reminder" and self.unit_costs is None:
            yield ValueError("a model with steps of its own needs unit_costs (letters, checks)")
        missing = sorted({"nordic", "europe", "overseas"} - set(self.foreign))
        if missing:
            yield ValueError(phrase("foreign needs a table for every zone; missing: {names}", names=", ".join(missing)))
        rules = (whoever_keeps_an_age_sends_the_demand, somebody_does_each_task, somebody_has_each_skill)
        yield from raised_by(*(partial(rule, self) for rule in rules))


class Phase(Section):
    """An arrangement that begins on a date: the model that new cases follow, and what becomes of those that are open.

    With ``open_cases = 'stay'`` whatever was handed over before ``since`` stays with the arrangement that it met. With
    ``'sold'`` a buyer takes all that is open on that day, of every arrangement before, for ``sale_price_share`` of the
    principal left. With ``'move'`` all that is open moves over: a step that has been entered before is finished by whom it
    met, each step from then on is the new arrangement's. With ``'split'`` some stay and some are sold: by the days since
    their hand-over (``split_age_days``, then ``younger`` and ``older`` say what becomes of those handed over more recently,
    and of the others), or by the step that they are at (``split_steps``, then ``at_steps`` and ``elsewhere``). Staff,
    system and prices by the year are those of the arrangement of the day.
    """

    since: Annotated[dt.date, Field(ge=FIRST_DATE, le=LAST_DATE)]
    model: Name
    open_cases: Literal["stay", "sold", "move", "split"]
    sale_price_share: Share | None = None
    split_age_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    younger: Literal["stay", "sold"] | None = None
    older: Literal["stay", "sold"] | None = None
    split_steps: tuple[StepName, ...] = ()
    at_steps: Literal["stay", "sold"] | None = None
    elsewhere: Literal["stay", "sold"] | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_left_out(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what does not apply: a phase in which all stay is written as it was before there was another."""
        return {name: content for name, content in write(self).items() if content not in (None, ())}

    def _contradictions(self) -> Iterator[ValueError]:
        if len(set(self.split_steps)) < len(self.split_steps):
            yield ValueError("split_steps names each step once")


class Sequence(Section):
    """Arrangements one after the other, run like a model: each phase follows a model of the scenario from its date on."""

    title: Name
    title_sv: Name
    begins_with: Name
    phases: dict[ModelName, Phase]


class Target(Section):
    """A published figure to hold the model against: an interval, its reading, and whether parameters were tuned to it.

    ``metric`` is a figure of a calendar year, by its name among ``Run.to_frame().columns``; ``payroll_kr`` is arithmetic,
    not simulation: the yearly pay and overhead of ``posts`` posts of the model's first staff pool. ``edge`` softens the
    interval where parameters are fitted to it: the standard error of the expected figure, in the unit of the metric.
    """

    title: Name
    title_sv: Name
    model: Name
    metric: Name
    low: float
    high: float
    published: Text
    tuned: bool
    reading: Text
    reading_sv: Text
    source: Name
    status: Status
    posts: float | None = None
    edge: Annotated[float, Field(gt=0)] | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if self.low > self.high:
            yield ValueError("low must not exceed high")
        if (self.posts is not None) != (self.metric == "payroll_kr"):
            yield ValueError("posts belongs to the metric payroll_kr, and only to it")


class Correlation(Section):
    """Uncertain numbers that are likely to be off together: every pair of them has this rank correlation (Spearman's)."""

    keys: Annotated[tuple[Name, ...], Field(min_length=2)]
    rank: Annotated[float, Field(gt=-1, lt=1)]
    source: Name
    status: Status
    note: Text = ""


class Alternative(Section):
    """Another defensible way to read the case: changes by dotted key, as ``with_changes`` takes them, and a weight.

    The alternatives of one dimension exclude each other, so their weights sum to 1. One of them is the base: no changes.
    """

    title: Name
    title_sv: Name
    weight: Annotated[float, Field(gt=0, le=1)]
    source: Name
    status: Status
    note: Text = ""
    changes: dict[Name, Any] = {}

    def _contradictions(self) -> Iterator[ValueError]:
        bare = [key for key in self.changes if "." not in key]
        if bare:
            yield ValueError(
                phrase(
                    'changes takes whole dotted keys in quotation marks ("section.key" = 1), not {bare}', bare=bare[0]
                )
            )
        nowhere = [key for key, content in self.changes.items() if holds_nan(content)]
        if nowhere:
            yield ValueError(phrase("NaN stands for nothing: write the number of {nowhere}", nowhere=nowhere[0]))


class ScenarioData(Section):
    """A whole scenario: the world and its models."""

    name: Name
    title: Name
    description: Text = ""
    sources: dict[Name, SourceData]
    body: Body
    horizon: Horizon
    law: LawChoice
    invoices: Invoices
    debtors: Debtors
    behaviour: Annotated[Behaviour, AfterValidator(answers_leave_no_more_than_all)]
    timing: Timing
    policy: Policy
    models: Annotated[dict[ModelName, Model], Field(min_length=1)]
    correlations: dict[Name, Correlation] = {}
    sequences: dict[ModelName, Sequence] = {}
    opening_stock: OpeningStock = OpeningStock()
    transitions: dict[ModelName, Transition] = {}
    indices: Indices | None = None
    targets: dict[Name, Target] = {}
    alternatives: dict[AlternativeName, dict[AlternativeName, Alternative]] = {}

    @model_serializer(mode="wrap")
    def _without_what_is_empty(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        for name in ("sequences", "transitions", "indices"):
            if not getattr(self, name):
                written.pop(name, None)
        if not self.opening_stock.rows:
            written.pop("opening_stock", None)
        return written

    def _contradictions(self) -> Iterator[ValueError]:
        margin = self.timing.interruption_margin_days.value
        for name, segment in self.debtors.segments.items():
            years = segment.years_of_limitation()
            if margin >= DAYS_A_YEAR * years:
                yield ValueError(
                    phrase(
                        "timing.interruption_margin_days ({margin:g}) must be shorter than the {years:g} years of "
                        "debtors.segments.{name}.limitation_years",
                        margin=margin,
                        years=years,
                        name=name,
                    )
                )
        in_sequence = [*raised_by(partial(sequences_hold_together, self))]
        yield from in_sequence
        rules: list[Callable[[ScenarioData], None]] = [indices_reach, stock_holds_together]
        rules += [] if in_sequence else [transitions_hold_together]  # which read the sequences
        rules += [
            targets_meet_models,
            late_payers_have_their_days,
            correlations_hold_together,
            alternatives_divide_the_whole,
        ]
        yield from raised_by(*(partial(rule, self) for rule in rules))


def correlations_hold_together(data: ScenarioData) -> None:
    """Refuse correlations of what is no uncertain number, or that cannot hold together.

    Parameters
    ----------
    data : ScenarioData
    """
    if data.correlations:
        known = {key for one in data.correlations.values() for key in one.keys}
        if not all(isinstance(number_at(data, key), Value) for key in known):  # then say which keys there are
            known = {key for key, number, _ in numbers(data) if isinstance(number, Value)}
        check_correlations(data.correlations, known)


def alternatives_divide_the_whole(data: ScenarioData) -> None:
    """Refuse alternatives of which none, or more than one, would hold.

    Parameters
    ----------
    data : ScenarioData
    """
    check_alternatives(data.alternatives)
