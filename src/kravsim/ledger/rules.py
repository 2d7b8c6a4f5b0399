"""The rules of money, numbered, cited as ``§Mn`` in code and tests.

Written once here; two programs book by them (:mod:`kravsim.ledger.booking`, all cases at once, and
:mod:`kravsim.settling.booking_compiled`, one case after another), :mod:`kravsim.ledger.audit` holds either against the
law, and :mod:`kravsim.expected` has them in expectation. What happens and when is the engine's
(:mod:`kravsim.engine.contract`).

Debts
-----
§M1  *Postings.* Money is whole öre. A posting moves an amount above 0 from a payer to a receiver on a day, in one of four
     books: what a debtor comes to owe (charge), money that moves (cash), a debt given up (write-off), the region's own
     valuation (value). Nothing is posted of 0 öre. At all times, per case, charged = paid + given up + outstanding.
§M2  *Principal* is charged to the region on the day of its invoice run.
§M3  *What a step charges* is charged on the day on which the step is done, at the law's amount of that day: charges of a
     row of the process table in its order. The notice of an instalment is charged only where the policy says so. The
     court's supplement is that of a small claim where the principal of the case is at most
     ``policy.small_claim_limit_kr``, else that of a large one.
§M4  *Who keeps a charge* has agreed to in the contract: reminder fee, demand fee, fees of instalments, the fee for work
     on an application, and interest each have a keeper; fees of Kronofogden and the court belong to whoever advances them
     (``outlays_advanced_by``). What the region does itself it keeps and advances. Principal is always the region's.
§M5  *Joint applications.* Where the policy has ``joint_application_days``, cases of a debtor applied for on one day are
     one application, and what is done on one day under one application at payment order, district court and attachment is
     charged once: to the first case in the order of cases. The others owe nothing of it, and nothing is advanced for
     them.
§M6  *Interest* is simple, of the principal left of each claim, on the days after its due date or last payment up to and
     including the day of payment, at the reference rate of each day plus the law's addition, actual/365. It is claimed
     where the step ``policy.interest_from`` has been done, charged when the debtor pays and then from the due date.
§M7  *What an answer pays*: all that is owed; the principal alone; or a share in millionths of the balance (all that is
     owed with interest up to the day), rounded down. The share of an instalment is such that the last clears the balance.
§M8  *Allocation.* A payment meets enforcement's basic fee first, which Kronofogden takes out of the proceeds; then costs,
     interest and principal in the order of ``policy.allocation``. Costs are met in the order in which they arise in a
     case (that of CHARGES), interest and principal claim by claim, the oldest first. A payment of the principal alone
     meets nothing else.
§M9  *Dividends.* In the debtor's proceedings each debt, as it stood on the day of the opening, has its millionths,
     rounded down; the öre lost by that (the total is rounded down too) go one by one to costs in their order, then to
     interest and principal, the oldest claim first, each to a debt that was rounded. Interest stops at the opening; where
     the rest remains owed it runs on, has no part in the dividend and is owed with the rest.
§M10 *Waived.* An answer that waives takes what the step charged off the debt on the day of the answer: the costs of a
     dismissed application stay with the applicant, and a plan that was declined has no fee.
§M11 *Giving up.* A case that ends otherwise than paid has all that is left given up on that day, by whoever it was owed
     to; a case that is sold to the buyer (§M28).

Rows
----
§M12 *Outlays.* Whoever keeps the fee of Kronofogden or the court advances it, on the day of the step and at its charge;
     for a joint application once (§M5).
§M13 *Share of a fee.* Of a fee (no outlay) that the region keeps, the agency may have a share of each payment that meets
     it, passed on the same day, rounded payment by payment.
§M14 *Payment for a paid case.* The agency pays the region so much for each case that ends as paid after a step of the
     agency's, on that day.
§M15 *Prices of cases.* The region pays the agency so much for a case: handed over, on the day of the agency's first step
     in it; or closed, when it ends after such a step, in whatever way; and so much for each that ends as paid.
§M16 *Late withdrawals.* When a case is withdrawn late, after the application, in court or at the attachment, the agency
     passes on what the contract names of the charges that it has kept and that were then given up: nothing, the outlays,
     or the outlays and the fee for its work.
§M17 *Letters and checks.* Each step that the region does itself and that sends a letter or makes a check costs the region
     the price of one, on the day of the step. What the agency does it pays for itself.
§M18 *Re-checks.* In a stay under the region's own surveillance there is a check every ``policy.recheck_days``, the first
     so many days after the stay begins and none on the day on which it ends, but the one that found the case worth
     another try. They are booked as one amount a stay and calendar year, on the last day of the year or the day before
     the stay ends.
§M19 *Collection abroad.* The region pays whoever collects there (the agency where there is a contract) by the debtor's
     zone: a fixed fee on the day the case is sent, and a share, rounded once, of the principal paid there, on the day of
     payment.
§M20 *Statements of interest.* For each natural person or estate whose paid interest of a calendar year, all claims
     together, is at least ``policy.ku25_threshold_kr``, the region pays a price on 31 January of the year after: to the
     agency where there is a contract, else to a supplier.
§M21 *By the year.* On the last day of each calendar year the region pays the agency's yearly service, the operation of
     its system, and the reminders that it sends before anything is handed over; what the system costs once it pays on the
     first day of the horizon, and a recruitment on the day of each hire.

In an order of their own
------------------------
§M22 *Commission.* A share of what the region receives of a case of the components named, from the day of the agency's
     first step on and before the day the case goes abroad: at least the floor and at most the cap of a case, nothing of
     nothing. Each day the region pays what all that has been received by then comes to, rounded once, less what was paid
     before.
§M23 *Valuation.* A claim of a case still open ``policy.value_adjustment_days`` after its due date loses
     ``policy.value_adjustment_share`` of the principal then left; one still open after ``policy.write_down_days`` loses
     the rest of it. No money moves, collection goes on, and what has been valued down is not valued up again.
§M24 *Pay.* Posts are paid busy or idle, on the last day of each year; a vacant post is not, by its share of the year's
     minutes, but its overhead is. Overtime and temporary staff are paid by the minute that they took up.
§M25 *The system in the year's statement* is its one-off cost in equal yearly parts from the first year of the horizon
     until nothing is left.
§M26 *Rounding.* An amount is rounded to öre once, half an öre upwards; where a rule says rounded down it says so. Where the
     scenario has indices, a price is that of the calendar year of the day on which it is paid, rounded so.
§M27 *What a year costs.* The statement is the region's cash received less paid of the year's days, by budget line;
     principal, what a buyer pays for it and the system's one-off cost are no lines of it, and valuations but the system's
     are not in it.
§M28 *Sale.* Cases that are sold as arrangements change belong to the buyer from that day: on it the buyer pays the region the
     phase's ``sale_price_share`` of the principal left of each case, rounded once, and whatever the debtor still owes
     (principal, fees, outlays, interest that has been charged) is given up to the buyer by whoever it was owed to. So who
     has advanced an outlay, region or agency, bears it. Interest that has not been charged is the buyer's. No money moves
     but the price. To the agency a sale is an end like others (§M15).
§M29 *Moving over.* Where open cases move over (contract §19), a row of the log is of the arrangement of its step, an end of
     that which it was come to under. Each arrangement's rules hold for its rows: who charges and advances what, keeps it,
     does the work. What is owed stays owed to whom it was; of two charges of one kind that are owed to different parties a
     payment first meets what the first arrangement of the sequence gives to its keeper, and so of interest, which is charged
     under the arrangement of the step that is answered. A share of a fee, a commission and what an agency pays or is paid
     for a paid case are by the contract of that step. A contract takes a case with the agency's first step under it, and to a
     contract a case is closed when it ends under it, or on the day of its first row under another; floor and cap of a
     commission hold under each. An arrangement with the same contract as the one before, that is with terms that the scenario
     states alike (values, choices and ranges, wherever they are from), goes on with it: nothing is taken or closed, and its
     numbers are drawn once. What is passed on at a late withdrawal is of the contract of the step withdrawn from, of charges
     owed to that keeper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from kravsim.ledger.accounts import OUTLAYS, PARTIES
from kravsim.ledger.lines import LEDGER
from kravsim.ledger.ownership import Ownership
from kravsim.models.process import PROCESS
from kravsim.scenario.schema import Model
from kravsim.units import millionths, ore

Trigger = Literal[
    "charged",
    "step",
    "own_step",
    "own_stay",
    "taken",
    "ended",
    "paid",
    "withdrawn_late",
    "received",
    "paid_abroad",
    "year_end",
    "statement",
    "hire",
    "start",
]
"""What makes a rule post, and which amount:

charged : one of the steps is done in a case that carries its charges (§M5); the law's amount of the day
step, own_step : one of the steps is done, by whomever or by the region itself; a price
own_stay : a check in a stay at one of the steps, where it is the region's own; a price
taken, ended, paid : the agency does its first step in a case; the case ends after that; it ends as paid; a price
withdrawn_late : a case is withdrawn late from one of the steps; what was then given up of the charges that the key names
received : a payment to the region meets a charge; a share of it
paid_abroad : one of the steps is answered by payment; a share of the principal that it pays
year_end, statement : the last day of a calendar year, and the same for each statement of interest; a price
hire, start : a post is taken up, the horizon begins; a price
"""

Who = Literal["region", "agency", "kronofogden", "court", "supplier", "staff", "keeper", "collector"]
"""A party; or the keeper of the charge (§M4), or whoever collects abroad (§M19)."""


class Rule(NamedTuple):
    """A rule that needs neither state nor order: what is paid when something happens.

    Attributes
    ----------
    paragraph : str
        Which says it in words.
    line : str
        A line of the ledger.
    trigger : str
        What it is paid at; on that day, or so many ``days`` after.
    payer, receiver : str
        Who pays whom.
    key : str
        Of the model's table in a scenario, with ``*`` for each zone or pool; or of the law's tables (``law.``).
    steps : tuple of str
        Steps that it is paid at, where the trigger is of steps.
    of : str
        The charge that it is a share of.
    only : pair of str, or None
        A key of the model's table and what it must be.
    days : int
        Days after that of the trigger.
    """

    paragraph: str
    line: str
    trigger: Trigger
    payer: Who
    receiver: Who
    key: str
    steps: tuple[str, ...] = ()
    of: str = ""
    only: tuple[str, str | None] | None = None
    days: int = 0


LETTER_STEPS: Final = tuple(step.name for step in PROCESS if step.letter)
CHECK_STEPS: Final = tuple(step.name for step in PROCESS if step.check)
WATCHED_STEPS: Final = tuple(step.name for step in PROCESS if step.watches)
AT_APPLICATION, AT_COURT = ("payment_order",), ("district_court",)
AT_ATTACHMENT, AT_FOREIGN = ("attachment",), ("foreign_collection",)
APPLICATION_KEY, SUPPLEMENT_KEY = "law.payment_order_application", "law.payment_order_supplement"
ENFORCEMENT_KEY, FEE_SHARE_KEY = "law.enforcement_basic_fee", "contract.demand_fee_agency_share"
CASE_PRICE_KEY, CASE_PRICE_WHEN_KEY, LATE_KEYS = (
    "contract.price_a_case_kr",
    "contract.price_a_case_when",
    "contract.late_withdrawal",
)

RULES: tuple[Rule, ...] = (
    Rule("§M12", "kronofogden_outlay", "charged", "keeper", "kronofogden", APPLICATION_KEY, AT_APPLICATION),
    Rule("§M12", "kronofogden_outlay", "charged", "keeper", "kronofogden", ENFORCEMENT_KEY, AT_ATTACHMENT),
    Rule("§M12", "court_outlay", "charged", "keeper", "court", SUPPLEMENT_KEY, AT_COURT),
    Rule("§M13", "demand_fee_share", "received", "region", "agency", FEE_SHARE_KEY, of="demand_fee"),
    Rule("§M14", "contract_payment", "paid", "agency", "region", "contract.paid_case_kr"),
    Rule("§M15", "paid_case_price", "paid", "region", "agency", "contract.price_a_paid_case_kr"),
    Rule("§M15", "case_price", "taken", "region", "agency", CASE_PRICE_KEY, only=(CASE_PRICE_WHEN_KEY, "handed_over")),
    Rule("§M15", "case_price", "ended", "region", "agency", CASE_PRICE_KEY, only=(CASE_PRICE_WHEN_KEY, "closed")),
    Rule("§M21", "agency_charge", "year_end", "region", "agency", "contract.it_service_per_year_kr"),
    Rule(
        "§M16", "agency_charge", "withdrawn_late", "region", "agency", f"{LATE_KEYS}.after_application", AT_APPLICATION
    ),
    Rule("§M16", "agency_charge", "withdrawn_late", "region", "agency", f"{LATE_KEYS}.in_court", ("contested",)),
    Rule("§M16", "agency_charge", "withdrawn_late", "region", "agency", f"{LATE_KEYS}.at_attachment", AT_ATTACHMENT),
    Rule("§M17", "letter", "own_step", "region", "supplier", "unit_costs.letter_kr", LETTER_STEPS),
    Rule("§M17", "check", "own_step", "region", "supplier", "unit_costs.check_kr", CHECK_STEPS),
    Rule("§M18", "check", "own_stay", "region", "supplier", "unit_costs.recheck_kr", WATCHED_STEPS),
    Rule("§M19", "foreign_collection", "step", "region", "collector", "foreign.*.fixed_kr", AT_FOREIGN),
    Rule("§M19", "foreign_collection", "paid_abroad", "region", "collector", "foreign.*.commission_share", AT_FOREIGN),
    Rule("§M20", "ku25", "statement", "region", "agency", "contract.ku25_statement_kr", days=31),
    Rule(
        "§M20",
        "ku25",
        "statement",
        "region",
        "supplier",
        "unit_costs.ku25_statement_kr",
        only=("contract", None),
        days=31,
    ),
    Rule("§M21", "system_operation", "year_end", "region", "supplier", "system.per_year_kr"),
    Rule("§M21", "letter", "year_end", "region", "supplier", "own_reminder.per_year_kr"),
    Rule("§M21", "system_once", "start", "region", "supplier", "system.once_kr"),
    Rule("§M21", "recruitment", "hire", "region", "supplier", "staff.*.turnover.recruitment_kr"),
)
"""Read by both bookings and by the counted parts of the closed form; the audit reads law, scenario and counts by itself."""

PASSED_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "nothing": (),
    "outlays": OUTLAYS,
    "outlays_and_own_work": (*OUTLAYS, "payment_order_own_work"),
}
"""Charges that the agency passes on when a case is withdrawn late, by what the contract says of the occasion."""
FEE_SHARES: Final = tuple(dict.fromkeys(rule.line for rule in RULES if rule.trigger == "received"))
"""Lines that are a share of a fee."""

YEARLY_KEYS: Final = tuple(rule.key for rule in RULES if rule.trigger in {"year_end", "start"})
"""Keys of a model that are a price by the year or once, whatever the size of the body."""
YEAR_END_LINES: Final = tuple(dict.fromkeys(rule.line for rule in RULES if rule.trigger == "year_end"))
"""Lines in which there is a price by the year, booked on the year's last day."""
YEARLY: Final = frozenset(
    line.budget for line in LEDGER for rule in RULES if line.name == rule.line and rule.trigger == "year_end"
)
"""Budget lines in which there is a price by the year."""


def paragraphs_of(line: str) -> tuple[str, ...]:
    """Paragraphs whose rows book a line; none where what books it has state or order.

    Parameters
    ----------
    line : str
        A line of the ledger.

    Examples
    --------
    >>> paragraphs_of("agency_charge"), paragraphs_of("interest")
    (('§M21', '§M16'), ())
    """
    return tuple(dict.fromkeys(rule.paragraph for rule in RULES if rule.line == line))


def in_force(model: Model) -> list[tuple[int, Rule]]:
    """Rules that a model has the key of, each with its place in the table.

    Parameters
    ----------
    model : Model
    """
    return [(place, rule) for place, rule in enumerate(RULES) if _holds(rule, model)]


def _holds(rule: Rule, model: Model) -> bool:
    if rule.only is not None and found_at(model, rule.only[0]).get("") != rule.only[1]:
        return False
    return rule.key.startswith("law.") or bool(found_at(model, rule.key))


def found_at(model: Model, key: str) -> dict[str, Any]:
    """What stands at a key of a model: by zone or pool where it has ``*``, else under the empty name.

    Parameters
    ----------
    model : Model
    key : str
        As in :class:`Rule`, not of the law.

    Returns
    -------
    dict of str to object
        Empty where the model has no such table, or no such key in it.
    """
    found: dict[str, Any] = {"": model}
    for part in key.split("."):
        if part == "*":
            found = dict(next(iter(found.values()), {}))
        else:
            found = {name: getattr(table, part) for name, table in found.items()}
        found = {name: value for name, value in found.items() if value is not None}
    return found


def amounts(rule: Rule, model: Model) -> dict[str, int]:
    """Öre of a price or millionths of a share, by zone or pool where the key has ``*``, else under the empty name.

    Parameters
    ----------
    rule : Rule
        In force.
    model : Model
    """
    measured = millionths if rule.key.endswith("_share") else ore
    return {name: measured(value.value) for name, value in found_at(model, rule.key).items()}


def statute(rule: Rule) -> str:
    """The charge whose amount by law a rule is of.

    Parameters
    ----------
    rule : Rule
        With a key of the law.
    """
    return rule.key.removeprefix("law.")


def passed_on(rule: Rule, model: Model) -> tuple[str, ...]:
    """Charges that a rule of late withdrawals is of.

    Parameters
    ----------
    rule : Rule
        In force.
    model : Model
    """
    return PASSED_ON[found_at(model, rule.key)[""]]


def party(who: Who, owners: Ownership, charge: str = "") -> int:
    """A party's code.

    Parameters
    ----------
    who : str
        As in :class:`Rule`.
    owners : Ownership
    charge : str
        The charge whose keeper may be asked for.
    """
    if who == "collector":
        return owners.abroad
    return owners.charge[charge] if who == "keeper" else PARTIES.index(who)
