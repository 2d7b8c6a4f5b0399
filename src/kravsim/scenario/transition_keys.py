"""The keys of a transition: what it costs once to go from one arrangement to another, when, and over how many years.

A transition names a model that would be kept and a sequence that carries out the change; everything that is said there of
posts, pay and prices is read from them and not said anew ([decision](docs/decisions/2026-11-30-transitions.md)).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field

from kravsim.phrases import phrase
from kravsim.scenario.values import Section, Share, Value, limited

OneOffKind = Literal[
    "procurement",
    "integration",
    "recruiting",
    "training",
    "running_in",
    "notice",
    "redundancy",
    "redeployment",
    "overlap",
    "contract_years",
    "stock_run_off",
    "exit",
    "other",
]
ONE_OFF_KINDS: tuple[OneOffKind, ...] = get_args(OneOffKind)
"""What is paid once for a change, in the order in which it is told."""
MOST_MONTHS = 600
Months = Annotated[Value, limited("number", ge=0, le=120, plausible=(0.25, 60), example=6)]
OverYears = Annotated[Value, limited("years", ge=1, plausible=(1, 30), example=5)]
Kr = Annotated[Value, limited("kr", le=10**10, plausible=(500, 10**8), example=200000)]


class OneOff(Section):
    """Something that is paid once: an amount, or a yearly price of the scenario for some months.

    ``amount_kr`` is paid in ``months`` equal parts; of the price at the key ``yearly_price`` a twelfth is paid each month,
    for ``months`` months or up to the date ``until``, the first of a month. The first month is ``month`` months after the one
    of the decision, or of the first change. With ``over_years`` it is also told in equal parts over so many years from then.
    """

    kind: OneOffKind
    counted_from: Literal["decision", "change"]
    month: Annotated[int, Field(ge=-MOST_MONTHS, le=MOST_MONTHS)] = 0
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] | None = None
    until: dt.date | None = None
    amount_kr: Kr | None = None
    yearly_price: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    over_years: OverYears | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if (self.amount_kr is None) == (self.yearly_price is None):
            yield ValueError("give amount_kr, or yearly_price: the key of a price by the year; one of the two")
        if self.until is not None and (self.yearly_price is None or self.months is not None):
            yield ValueError("until is for a yearly_price, in place of months")
        if self.yearly_price is not None and self.months is None and self.until is None:
            yield ValueError("a yearly_price is paid for months, or until a date: give one of the two")
        if self.until is not None and self.until.day != 1:
            yield ValueError(
                phrase("until is the first of a month, the first that is not paid; it is {day}", day=self.until)
            )


class Leaving(Section):
    """What becomes of the posts of a team that a change takes away.

    ``follow_share`` of them follow the work to whoever takes it over, ``redeployed_share`` of those who are left have other
    posts, and the rest is redundant. Notice is given ``given_before_months`` before the change: what is left of
    ``notice_months`` then is paid after it, month by month; ``redundancy_months`` of pay are paid at once; and the redeployed
    are paid for ``redeployment_months`` until they work elsewhere.
    """

    follow_share: Share
    redeployed_share: Share
    notice_months: Months
    given_before_months: Months
    redundancy_months: Months
    redeployment_months: Months


class Joining(Section):
    """What it takes to fill the posts that a change brings to a team.

    ``follow_share`` of them are filled by people who follow the work: these are neither recruited nor trained. The others are
    recruited, at ``recruitment_kr`` a person (left out, that of the team's ``turnover``), in ``recruiting_months``, and
    employed ``training_months`` before the change, with pay and overhead, and with ``training_kr`` a person for courses.
    After it they do less by ``running_in_lost_share`` on average for ``running_in_months``; left out, as newcomers of the
    team's ``turnover`` do. The hours that are lost cost what they cost; that work is late for them is not counted.
    """

    follow_share: Share
    recruiting_months: Months
    training_months: Months
    training_kr: Kr
    recruitment_kr: Kr | None = None
    running_in_months: Months | None = None
    running_in_lost_share: Share | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if (self.running_in_months is None) != (self.running_in_lost_share is None):
            yield ValueError("running_in_months and running_in_lost_share belong together: give both, or neither")


class Transition(Section):
    """A change from ``staying``, the model that would be kept, to ``sequence``, which begins with it and carries it out.

    It is decided on ``decided``, the first of a month, from which cash is counted and to which it is discounted, at the real
    rate ``discount_rate``; ``inflation`` a year tells nominal amounts from those in the prices of that day. What needs time
    before the first change: procurement and then integration, notice of the contract that is left, and recruiting and then
    training of the new team.
    """

    title: Annotated[str, Field(min_length=1, max_length=300)]
    title_sv: Annotated[str, Field(min_length=1, max_length=300)]
    staying: Annotated[str, Field(min_length=1, max_length=300)]
    sequence: Annotated[str, Field(min_length=1, max_length=300)]
    decided: dt.date
    discount_rate: Annotated[Value, limited("number", ge=-0.5, le=1, plausible=(-0.02, 0.15), example=0.035)]
    inflation: Annotated[Value, limited("number", ge=-0.5, le=1, plausible=(-0.02, 0.15), example=0.02)] | None = None
    procurement_months: Months | None = None
    integration_months: Months | None = None
    contract_notice_months: Months | None = None
    over_years: OverYears | None = None
    leaving: dict[Annotated[str, Field(min_length=1, max_length=300)], Leaving] = {}
    joining: dict[Annotated[str, Field(min_length=1, max_length=300)], Joining] = {}
    costs: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")], OneOff] = {}

    def _contradictions(self) -> Iterator[ValueError]:
        if self.decided.day != 1:
            yield ValueError(
                phrase("decided is the first of a month, from which months are counted; it is {day}", day=self.decided)
            )
