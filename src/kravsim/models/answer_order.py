"""The order in which shares and delays of a step's answers are listed, which must be that of the process table."""

from __future__ import annotations

from collections.abc import Sequence

from kravsim.models.process import REVIVED, Step

_WATCHED = ("paid", REVIVED, "restructuring", "silent")
_RESTRUCTURED = ("granted",)
_BANKRUPT = ("dividend", "nothing", "dividend_still_owed", "nothing_still_owed")
IN_ORDER: dict[str, tuple[str, ...]] = {
    "reminder": ("paid", "principal_only", "withdrawn", "silent"),
    "residue": ("paid", "waived"),
    "demand": ("paid", "principal_only", "plan", "withdrawn", "silent"),
    "instalment_plan": ("accepted", "declined"),
    "instalment": ("kept", "defaulted"),
    "solvency_check": ("not_solvent", "bankrupt", "solvent"),
    "payment_order": ("paid", "withdrawn", "contested", "dismissed", "order"),
    "contested": ("settled", "dropped", "court"),
    "district_court": ("paid", "lost", "won"),
    "order": ("paid", "unpaid"),
    "attachment": ("paid", "part", "withdrawn", "continued", "no_assets"),
    "surveillance": _WATCHED,
    "surveillance_with_title": _WATCHED,
    "interruption": ("reached", "not_reached"),
    "interruption_with_title": ("reached", "not_reached"),
    "last_surveillance": _WATCHED,
    "last_surveillance_with_title": _WATCHED,
    "debt_restructuring": _RESTRUCTURED,
    "debt_restructuring_with_title": _RESTRUCTURED,
    "bankruptcy": _BANKRUPT,
    "bankruptcy_with_title": _BANKRUPT,
    "estate": ("paid", "part", "nothing"),
    "foreign_collection": ("paid", "untraceable", "given_up"),
}
"""The answers of each step in the order in which shares and delays are listed here, and unpacked where they are used."""


def check_order(process: Sequence[Step]) -> None:
    """Refuse a process table that orders answers otherwise: each share would be given to another answer, without a word.

    Parameters
    ----------
    process : sequence of Step
        The table.

    Raises
    ------
    ImportError
        With the first step that differs; it is the program that is wrong.
    """
    for step in process:
        names = tuple(answer.name for answer in step.answers)
        if IN_ORDER.get(step.name) != names:
            raise ImportError(
                f"models.process.PROCESS has {step.name} answered by {names}, not by {IN_ORDER.get(step.name)}"
            )
