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
     to.

Rows
----
§M12 *Outlays.* Whoever keeps the fee of Kronofogden or the court advances it, on the day of the step and at its charge;
     for a joint application once (§M5).
§M13 *Share of a fee.* Of a charge that the region keeps, the agency may have a share of each payment that meets it,
     passed on the same day, rounded payment by payment.
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
§M21 *By the year.* On the last day of each calendar year the region pays the agency's yearly service and the operation of
     its system; what the system costs once it pays on the first day of the horizon, and a recruitment on the day of each
     hire.

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
§M26 *Rounding.* An amount is rounded to öre once, half an öre upwards; where a rule says rounded down it says so.
§M27 *What a year costs.* The statement is the region's cash received less paid of the year's days, by budget line;
     principal and the system's one-off cost are no lines of it, and valuations but the system's are not in it.
"""
