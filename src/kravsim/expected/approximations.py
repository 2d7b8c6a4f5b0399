"""What the closed form does not carry exactly, and how much that was found to matter."""

from __future__ import annotations

from typing import NamedTuple


class Approximation(NamedTuple):
    """What is done instead of the exact thing, which numbers it touches, and its measured size.

    Sizes are of the bundled case; where its calibrated parameter sets lie elsewhere, of those as well.
    """

    what: str
    touches: str
    size: str


APPROXIMATIONS: dict[str, Approximation] = {
    "age_cells": Approximation(
        "after the solvency check ages lie on a grid of cells of 150 days, or of a 26th of a shorter span; a delay moves "
        "mass by its mean, split between two cells",
        "everything from Kronofogden and surveillance",
        "interest 0.1 %, counts 0.08 % at most against cells of 15 days, over 512 parameter sets",
    ),
    "month_of_dispersed_events": Approximation(
        "weights of events after the solvency check are smoothed over a month: hand-overs come in steps of a month",
        "stocks and flows of claims that end in a lump of one age, such as limitation",
        "closing stock below 0.5 %; a single year in which one more or fewer such lump falls than in a mean one: letters and "
        "stays under surveillance 4 %; a lump that falls due at the close: a tenth of it",
    ),
    "unequal_hand_overs": Approximation(
        "cases of every hand-over are those of a mean one in proportion to its invoice runs",
        "scenarios whose hand-overs span different numbers of runs",
        "none on the bundled case, whose hand-overs all span four runs; of its calibrated sets one in fourteen has terms of "
        "27 days or more, and with them hand-overs of three and five runs: 6 % of all at 27 days, 26 % at 28, half at 29; "
        "there, against the same years with equal hand-overs, cases, success, applications, interest and principal recovered "
        "within 0.2 %, net in the books -1.1 % (2 000 kr; error 0.3 %)",
    ),
    "full_runs": Approximation(
        "late claims of a run are the unbounded sum over debtors with the scenario's mean, though a run has no more of them "
        "than invoices",
        "cases of small bodies; claims and principal keep their means",
        "none on the bundled case; cases -0.4 to -1.3 % where up to half of the invoices are late, -4 % where all are, -16 % "
        "with nine of ten late and 60 debtors",
    ),
    "debtors_drawn": Approximation(
        "the population has its expected make-up, and each debtor's activity its whole distribution",
        "all volumes",
        "of the order of one part in the number of debtors",
    ),
    "case_principal": Approximation(
        "for part payments, instalments that are missed and statements of interest the principal of a case is a lognormal "
        "with the mean and variance of the sum of its claims, in six equally likely values",
        "principal and fees paid in part, KU25",
        "below 0.5 % of principal recovered; where claims too small for a letter or a plan are cut off, KU25 -10 %",
    ),
    "below_the_floor": Approximation(
        "the principal below the floor is found on a lattice of 24 cells, up to four occasions apart",
        "applications, where a floor is set",
        "0.1 % of applications; up to half of them where nearly all claims are within 2 % of the floor",
    ),
    "repeated_part_payments": Approximation(
        "each part payment covers the shares of debts that a first one at that attachment covers",
        "fees and principal of cases attached in part more than once",
        "below 0.2 % of interest",
    ),
    "ku25": Approximation(
        "a statement for each payment whose interest reaches the threshold; a debtor's payments of a year are not added up",
        "ku25_statements",
        "+7 %; where claims are not coordinated -60 %; where most pay by many instalments, or are estates, -90 %",
    ),
    "payment_between_letters": Approximation(
        "who pays between letters has the delays of the scenario's chance distribution; engines draw them from a mixture of "
        "1 024 entries with the delays of those who pay in time",
        "payments after reminders and demands, where somebody pays between letters",
        "none where nobody does, as in the bundled case; in its calibrated sets, whose success they raise by 0.2 to 0.4 "
        "points, at most a thousandth of an answer's payers, 0.05 % of claims, on the wrong day, and none lost",
    ),
    "commission": Approximation(
        "a commission with floor and cap is that of a whole case, over six equally likely values of its principal; on what "
        "is paid in parts, and after the solvency check, it is in proportion to principal, with the mean interest and costs",
        "commissions, and what is made of them",
        "below 1 % of commissions from the reminder or the demand on, 2 % where the agency begins at the solvency check",
    ),
    "indebted_debtors": Approximation(
        "open cases of a debtor are a mixed Poisson number in proportion to activity",
        "open_claims_per_debtor",
        "+1 %; where claims are not coordinated -9 %; with many debtors abroad or estates -15 %",
    ),
    "missed_plans": Approximation(
        "cases whose instalment plan is missed go on at their mean age with their mean debt, though who misses it sooner "
        "owes more",
        "stocks, interest and dividends after long plans that are often missed",
        "none to speak of on the bundled case, with four instalments; with twelve, nine in ten kept, where the range of its "
        "calibrated sets ends: closing principal and interest of those abroad or estates +4 to +6 %",
    ),
    "staff_queue": Approximation(
        "own staff are a fluid queue by day; a case waits the mean wait of its step, and lateness keeps the share of payers "
        "that the spread of the reminders' wait leaves; a year is as long as any other, whatever holidays end it",
        "models with staff and work of their own",
        "mean wait of reminders -11 to +1 %, yearly counts of bursts up to 5 %, letters and checks 1 %, success and interest "
        "below 0.6 %",
    ),
    "staff_turnover": Approximation(
        "the queue that empty posts and newcomers leave is worked through for 64 lives of the posts, and averaged; skills "
        "that only some posts have are not followed",
        "waiting in models whose staff have a turnover, and what it costs; pay, hours and recruitment are near",
        "in-house collection of the bundled case: mean wait 9 days instead of 12 to 14, success within half a point, "
        "interest +1 %; own reminders: 28 days instead of 20 to 39; without history, a few per cent of vacant, learning and "
        "hired posts",
    ),
    "staff_people": Approximation(
        "posts that are not filled again, recruitments that fail, long leaves and parts of posts are not followed: what "
        "depends on the staff is NaN",
        "models whose staff have post_sizes, hiring_fails_share, no_refill_from or leave; posts by rule are those planned "
        "for without them",
        "none: refused, with the reason `people`",
    ),
    "staff_relief": Approximation(
        "what a team does from a stated backlog on is not followed: where it would be met, what depends on the queue is NaN",
        "models whose staff have when_behind",
        "none where it is never met",
    ),
    "staff_without_history": Approximation(
        "work that does not come in hand-overs is spread evenly over a horizon that has none at first",
        "models with own staff and no history: give them a year of it",
        "the bundled case without history and turnover: checks -9 %, demands and letters +5 %, mean wait -23 %, interest "
        "-11 %, net 1 %, surveillance with title and attachments more",
    ),
    "proceedings_of_debtors": Approximation(
        "debt restructurings are exits from surveillance, at the hazard of those that are granted; bankruptcies are found at "
        "the solvency check and end the case; no debtor is followed, whose cases go together and at any step",
        "restructured, bankrupt and surveillance; their spread is not of the closed form",
        "none seen on the bundled case, where a year's own spread is large; in a history of three years three times as many "
        "bankruptcies, a third fewer restructurings of claims with a title, closing claims -0.6 %",
    ),
    "joint_applications": Approximation(
        "every case has an application, and fees, of its own, and none waits for another: no debtor is followed",
        "applications, their fees and outlays, where policy.joint_application_days is given",
        "none where it is left out, as in the bundled case; with 31 days below 1 % of applications, with 92 days +4 %; "
        "where claims are not coordinated and wait for none +32 % outsourced, +40 % in-house",
    ),
    "limitation_by_mean_age": Approximation(
        "a first stay under surveillance, and what is left after it for want of an answer, is as long as a claim of mean age "
        "at the check leaves it; a case that is worth another try but is not taken to Kronofogden, or whose application is "
        "dismissed, begins a whole new stay",
        "letters, lapsed and unwatched claims; cases that were given instalments, or whose claims are of several months",
        "letters -0.3 %, lapsed -0.4 %, closing stock -0.1 %; with stays of 300 days lapsed -3 %; where history is no longer "
        "than a stay nearly all of the few cases that no longer are watched are missed",
    ),
    "dividends_at_mean_rate": Approximation(
        "of a dividend in debt restructuring or bankruptcy, interest up to the decision is at the mean rate of the horizon",
        "interest",
        "below 0.1 % of interest",
    ),
    "fees_over_the_horizon": Approximation(
        "statutory fees are those of an average day of the horizon, and interest left from part payments grows at its mean "
        "rate; the fees of reminder, demand and plan that cases still owe after the solvency check are scaled by the demand "
        "fee of the day they were handed over; interest on principal follows the law by date",
        "years in which a fee changes; fees of applications and courts of before 2014 that are paid later",
        "none where no fee changes; on the bundled case, whose history has the "
        "fees of its dates: own work +0.4 %, outlays recovered +0.1 %, other lines less",
    ),
}
