"""The process of collection as a table: steps, what they charge, how they may be answered, what comes next.

Both models, the engines, the ledger and the process map read this one table; who does a step, and who keeps what it
charges, is the model's business. Legal terms: reminder (*betalningspåminnelse*), demand (*inkassokrav*), solvency check
(*solvenskontroll*), payment order (*betalningsföreläggande*), order (*utslag*), attachment (*utmätning*), long-term
surveillance (*efterbevakning*), interruption of limitation (*preskriptionsavbrott*), instalment plan (*amorteringsplan*),
debt restructuring (*skuldsanering*), bankruptcy (*konkurs*), estate of a deceased person (*dödsbo*), residue (fees or
interest left when the invoice itself has been paid late).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kravsim.scenario.schema import STEPS

Effect = Literal["none", "paid", "principal", "part", "instalment", "dividend", "dividend_owing", "waive"]
"""What an answer pays: nothing, all, the principal alone, a drawn share of the balance, one of equal instalments, or a share
of every debt as it stood when the debtor's proceedings were opened: with ``dividend`` interest stops there, with
``dividend_owing`` it runs on, without a part in the dividend. ``waive`` pays nothing and frees the debtor from what the step
charged: costs of a dismissed application, the fee of a plan that has not come about with the debtor (lag 1981:739, 3 §)."""

Limitation = Literal["runs", "halted", "watched"]
"""What limitation does at a step: it runs; it is halted, and a new period begins when the step is answered (proceedings and
enforcement); or it runs and is watched, so that the last answer comes in time for a letter."""

ENDS = (
    "paid",
    "residue_waived",
    "withdrawn_early",
    "withdrawn_late",
    "restructured",
    "bankrupt",
    "lapsed",
    "unwatched",
    "uncollectable",
    "too_small",
    "sold",
)
"""End states. ``lapsed``: limitation (*preskription*). ``unwatched``: the creditor has stopped watching, and sends no letter.
``too_small``: the claims are smaller than the creditor sends a reminder, or a demand, for.
``sold``: to a buyer, on a day on which arrangements change; no step leads there, and it is the last of them.
What none of them has reached is open."""

REVIVED = "revived"
"""The answer of a stay under surveillance that a check gives: the debtor is found worth another try, on the check's day."""

LED_TO = ENDS[:-1]
"""Those that steps lead to, in every model."""
SOLD = ENDS[-1]
"""The one that none leads to."""

SUCCESSES = ("paid", "residue_waived")
"""End states in which the whole principal has been paid."""


@dataclass(frozen=True)
class Answer:
    """One way a step may be answered: its effect on the debt and the step or end state that follows.

    ``renews`` says that it interrupts limitation: the debtor pays or acknowledges the debt, or a letter has arrived.
    ``unserved`` says that proceedings ended without having reached the debtor: they have interrupted nothing, but the claim
    is barred a year after them at the earliest.
    ``proceedings`` says that it is no answer of the case's own but the opening of the debtor's proceedings, which strikes all
    of the debtor's cases wherever they are (contract §16); only the closed form, which follows no debtor, counts it here.

    Attributes
    ----------
    name : str
        As in the tables of steps and answers.
    goes_to : str
        Name of a step or of an end.
    effect : str
        What becomes of the debt.
    """

    name: str
    goes_to: str
    effect: Effect = "none"
    renews: bool = False
    proceedings: bool = False
    unserved: bool = False


@dataclass(frozen=True)
class Step:
    """A step: what it charges the debtor, whether it sends a letter or makes a check, and its answers.

    The last answer takes the remaining probability. ``covers`` names the scenario's spread for part payments. ``opens`` names
    the step that it is carried out for: a case that can no longer come there is not taken.

    Attributes
    ----------
    name : str
        A name in STEPS.
    answers : tuple of Answer
        In the order of their thresholds.
    charges : tuple of str
        Names of statutory amounts, lines of the ledger.
    letter, check, watches : bool
        Whether it sends a letter, whether it checks the debtor, and whether the claim stays under surveillance.
    limitation : str
        Whether limitation runs, is halted, or is watched by letters.
    """

    name: str
    answers: tuple[Answer, ...]
    charges: tuple[str, ...] = ()
    letter: bool = False
    check: bool = False
    watches: bool = False
    covers: str = ""
    limitation: Limitation = "runs"
    opens: str = ""


def _paid() -> Answer:
    return Answer("paid", "paid", "paid")


PROCESS = (
    Step(
        "reminder",
        (
            _paid(),
            Answer("principal_only", "residue", "principal", renews=True),
            Answer("withdrawn", "withdrawn_early"),
            Answer("silent", "demand"),
        ),
        charges=("reminder_fee",),
        letter=True,
    ),
    Step("residue", (_paid(), Answer("waived", "residue_waived")), letter=True),
    Step(
        "demand",
        (
            _paid(),
            Answer("principal_only", "residue", "principal", renews=True),
            Answer("plan", "instalment_plan", renews=True),
            Answer("withdrawn", "withdrawn_early"),
            Answer("silent", "solvency_check"),
        ),
        charges=("demand_fee",),
        letter=True,
    ),
    Step(
        "instalment_plan",
        (Answer("accepted", "instalment", renews=True), Answer("declined", "solvency_check", "waive")),
        charges=("instalment_plan_fee",),
        letter=True,
    ),
    Step(
        "instalment",
        (Answer("kept", "instalment", "instalment", renews=True), Answer("defaulted", "solvency_check")),
        charges=("instalment_notice_fee",),
        letter=True,
    ),
    Step(
        "solvency_check",
        (
            Answer("not_solvent", "surveillance"),
            Answer("bankrupt", "bankruptcy", proceedings=True),
            Answer("solvent", "payment_order"),
        ),
        check=True,
    ),
    Step(
        "payment_order",
        (
            _paid(),
            Answer("withdrawn", "withdrawn_late"),
            Answer("contested", "contested"),
            Answer("dismissed", "surveillance", "waive", unserved=True),
            Answer("order", "order"),
        ),
        charges=("payment_order_application", "payment_order_own_work"),
        limitation="halted",
    ),
    Step(
        "contested",
        (
            Answer("settled", "paid", "paid"),
            Answer("dropped", "withdrawn_late"),
            Answer("court", "district_court"),
        ),
        limitation="halted",
    ),
    Step(
        "district_court",
        (_paid(), Answer("lost", "uncollectable"), Answer("won", "attachment")),
        charges=("payment_order_supplement",),
        limitation="halted",
    ),
    Step("order", (_paid(), Answer("unpaid", "attachment"))),
    Step(
        "attachment",
        (
            _paid(),
            Answer("part", "surveillance_with_title", "part"),
            Answer("withdrawn", "withdrawn_late"),
            Answer("continued", "attachment"),
            Answer("no_assets", "surveillance_with_title"),
        ),
        charges=("enforcement_basic_fee",),
        covers="attachment_covered_share",
        limitation="halted",
    ),
    *(
        Step(
            f"surveillance{title}",
            (
                _paid(),
                Answer(REVIVED, "attachment" if title else "payment_order"),
                Answer("restructuring", f"debt_restructuring{title}", proceedings=True),
                Answer("silent", f"interruption{title}"),
            ),
            watches=True,
            limitation="watched",
        )
        for title in ("", "_with_title")
    ),
    *(
        Step(
            f"interruption{title}",
            (
                Answer("reached", f"surveillance{title}", renews=True),
                Answer("not_reached", f"last_surveillance{title}"),
            ),
            letter=True,
            opens=f"surveillance{title}",
        )
        for title in ("", "_with_title")
    ),
    *(
        Step(
            f"last_surveillance{title}",
            (
                _paid(),
                Answer(REVIVED, "attachment" if title else "payment_order"),
                Answer("restructuring", f"debt_restructuring{title}", proceedings=True),
                Answer("silent", "lapsed"),
            ),
            watches=True,
        )
        for title in ("", "_with_title")
    ),
    *(
        Step(
            f"debt_restructuring{title}",
            (Answer("granted", "restructured", "dividend"),),
            covers="restructuring_dividend_share",
            limitation="halted",
        )
        for title in ("", "_with_title")
    ),
    *(
        Step(
            f"bankruptcy{title}",
            (
                Answer("dividend", "bankrupt", "dividend"),
                Answer("nothing", "bankrupt"),
                Answer("dividend_still_owed", f"surveillance{title}", "dividend_owing"),
                Answer("nothing_still_owed", f"surveillance{title}"),
            ),
            covers="bankruptcy_dividend_share",
            limitation="halted",
        )
        for title in ("", "_with_title")
    ),
    Step(
        "estate",
        (_paid(), Answer("part", "uncollectable", "part"), Answer("nothing", "uncollectable")),
        covers="estate_covered_share",
    ),
    Step(
        "foreign_collection",
        (_paid(), Answer("untraceable", "uncollectable"), Answer("given_up", "uncollectable")),
    ),
)

DETOURS = {"nordic": "foreign_collection", "europe": "foreign_collection", "overseas": "foreign_collection"} | {
    "estate": "estate"
}
"""Where debtors of a segment go instead of to the solvency check: Kronofogden is no road to an estate or abroad."""

SIZE_TABLES = {"payment_order_supplement": ("payment_order_supplement_small", "payment_order_supplement_large")}
"""Charges that the law has an amount of for small claims and another for large: the names of its tables."""

WITH_TITLE = "_with_title"
"""Ends the names of steps for cases that have a title, where there is one for those that have none."""
PROCEEDINGS = ("debt_restructuring", "bankruptcy")
"""Proceedings of a debtor by their number; each has a step for cases without a title and one for cases with."""

STEP_CODE = {name: code for code, name in enumerate(STEPS)}
END_CODE = {name: len(STEPS) + code for code, name in enumerate(ENDS)}
CODE = STEP_CODE | END_CODE
MAX_ANSWERS = max(len(step.answers) for step in PROCESS)

if tuple(step.name for step in PROCESS) != STEPS:  # the schema's names and this table must not drift apart
    raise ImportError("models.process.PROCESS and scenario.schema.STEPS name different steps")


def is_titled(step: str) -> bool:
    """Whether a case at a step has a title, an order or a judgment.

    Parameters
    ----------
    step : str
        A name in STEPS.
    """
    return step in ("order", "attachment") or step.endswith(WITH_TITLE)


def law_tables(charge: str) -> tuple[str, str]:
    """Names of the law's tables that have a charge's amount for small claims and for large: mostly one and the same.

    Parameters
    ----------
    charge : str
        What a step charges.
    """
    return SIZE_TABLES.get(charge, (charge, charge))


def step_named(name: str) -> Step:
    """The row of PROCESS with this name.

    Parameters
    ----------
    name : str
        A name in STEPS.
    """
    return PROCESS[STEP_CODE[name]]


def answer_code(step: str, answer: str) -> int:
    """Position of an answer among the step's answers.

    Parameters
    ----------
    step : str
        A name in STEPS.
    answer : str
        Name of one of its answers.
    """
    return [option.name for option in step_named(step).answers].index(answer)
