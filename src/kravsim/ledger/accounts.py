"""Parties, books and lines of the ledger, and the postings as arrays.

A posting moves ``amount`` öre from payer to receiver in one of four books: *charge* (what a debtor comes to owe), *cash*
(money that moves), *write-off* (a debt that is given up) and *value* (the region's own valuation: no money moves).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.models.process import CHARGES

Ints = NDArray[np.int64]

PARTIES = ("region", "agency", "debtor", "kronofogden", "court", "staff", "supplier", "foreign_agency")
REGION, AGENCY, DEBTOR, KRONOFOGDEN, COURT, STAFF, SUPPLIER, FOREIGN_AGENCY = range(len(PARTIES))

BOOKS = ("charge", "cash", "write_off", "value")
CHARGE, CASH, WRITE_OFF, VALUE = range(len(BOOKS))

LINES = (
    *CHARGES,
    "interest",
    "principal",
    "kronofogden_outlay",
    "court_outlay",
    "contract_payment",
    "agency_charge",
    "letter",
    "check",
    "foreign_collection",
    "staff_pay",
    "staff_overhead",
    "recruitment",
    "overtime",
    "temporary_staff",
    "system_operation",
    "system_depreciation",
    "system_once",
    "ku25",
    "value_adjustment",
    "write_down",
    "demand_fee_share",
)
LINE = {name: code for code, name in enumerate(LINES)}

GROUNDS = {
    "reminder_fee": "lag 1981:739, 2 and 4 §§ (reminder)",
    "demand_fee": "lag 1981:739, 3 and 4 §§ (demand)",
    "instalment_plan_fee": "lag 1981:739, 3 and 4 §§ (instalment plan)",
    "instalment_notice_fee": "notice of each instalment (industry practice)",
    "payment_order_application": "förordning 1992:1094 (application fee)",
    "payment_order_own_work": "lag 1990:746, 48 § (applicant's work)",
    "payment_order_supplement": "court's supplement when a contested payment order is handed over",
    "enforcement_basic_fee": "Kronofogden's basic fee in enforcement",
    "interest": "räntelagen 1975:635, 3, 4, 6 and 9 §§",
    "principal": "the invoice",
    "kronofogden_outlay": "Kronofogden's fee, advanced by the applicant",
    "court_outlay": "the court's fee, advanced by the applicant",
    "contract_payment": "contract: payment per paid case",
    "demand_fee_share": "contract: the agency's share of a demand fee",
    "agency_charge": "contract: late withdrawals, IT service",
    "letter": "print and postage",
    "check": "solvency check",
    "foreign_collection": "terms of collection abroad",
    "staff_pay": "pay with employer's contributions",
    "staff_overhead": "overhead on pay",
    "recruitment": "advertising, selection and introduction of a new holder",
    "overtime": "hours beyond the day, where a team is behind",
    "temporary_staff": "hours of temporary staff, where a team is behind",
    "system_operation": "licence and operation",
    "system_depreciation": "system, straight line",
    "system_once": "procurement and integration",
    "ku25": "statement of interest to the tax agency (KU25)",
    "value_adjustment": "claims policy: doubtful, value adjusted",
    "write_down": "claims policy: written down, not given up",
}
"""Legal or contractual ground of each line."""

NO_CASE = -1

BUDGET: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reminder_fees", ("reminder_fee",)),
    ("demand_fees", ("demand_fee", "demand_fee_share")),
    ("instalment_fees", ("instalment_plan_fee", "instalment_notice_fee")),
    ("own_work_fees", ("payment_order_own_work",)),
    ("outlays_recovered", ("payment_order_application", "payment_order_supplement", "enforcement_basic_fee")),
    ("interest", ("interest",)),
    ("contract_payments", ("contract_payment",)),
    ("agency_charges", ("agency_charge",)),
    ("staff_pay", ("staff_pay",)),
    ("staff_overhead", ("staff_overhead",)),
    ("recruitment", ("recruitment",)),
    ("overtime", ("overtime",)),
    ("temporary_staff", ("temporary_staff",)),
    ("system_operation", ("system_operation",)),
    ("system_depreciation", ("system_depreciation",)),
    ("letters", ("letter",)),
    ("checks", ("check",)),
    ("kronofogden_outlays", ("kronofogden_outlay",)),
    ("court_outlays", ("court_outlay",)),
    ("foreign_collection", ("foreign_collection",)),
    ("ku25_statements", ("ku25",)),
)
"""Lines of the region's yearly statement, and the ledger lines each is made of."""


@dataclass(frozen=True, eq=False)
class Postings:
    """Postings as columns of equal length: day, case and claim (-1: none), step (-1: none), line, payer, receiver, book.

    Attributes
    ----------
    day : int64 array, shape (n,)
        Since day 0.
    case, claim, step : int64 array, shape (n,)
        Indexes in the stream, and code of the step; NO_CASE for none.
    line, payer, receiver, book : int64 array, shape (n,)
        Positions in LINES, PARTIES (twice) and BOOKS.
    amount_ore : int64 array, shape (n,)
        Öre, above 0.
    """

    day: Ints
    case: Ints
    claim: Ints
    step: Ints
    line: Ints
    payer: Ints
    receiver: Ints
    amount_ore: Ints
    book: Ints

    def __len__(self) -> int:
        return len(self.day)

    def where(self, mask: NDArray[np.bool_]) -> Postings:
        """The postings that the mask picks.

        Parameters
        ----------
        mask : bool array, shape (postings,)
            True for those to be kept.
        """
        return Postings(*(column[mask] for column in self.columns()))

    def columns(self) -> Iterator[Ints]:
        """The columns in the order of the fields."""
        yield from (self.day, self.case, self.claim, self.step, self.line)
        yield from (self.payer, self.receiver, self.amount_ore, self.book)


class Journal:
    """Collects postings while a ledger is being booked. Amounts of 0 leave no posting; negative ones raise."""

    def __init__(self) -> None:
        self._parts: list[Ints] = []

    def post(  # noqa: PLR0913 - the columns of a posting
        self,
        book: int,
        line: str | int,
        *,
        payer: int | Ints,
        receiver: int | Ints,
        day: int | Ints,
        amount: int | Ints,
        case: int | Ints = NO_CASE,
        claim: int | Ints = NO_CASE,
        step: int | Ints = NO_CASE,
    ) -> None:
        """Add postings; scalars are repeated to the length of the arrays.

        Parameters
        ----------
        book : int
            Position in BOOKS.
        line : str or int
            Name in LINES, or position there.
        payer, receiver : int or int64 array, shape (n,)
            Positions in PARTIES.
        day : int or int64 array, shape (n,)
            Since day 0.
        amount : int or int64 array, shape (n,)
            Öre, 0 or more.
        case, claim : int or int64 array, shape (n,)
            Indexes in the stream, NO_CASE for none.
        step : int or int64 array, shape (n,)
            Code of the step, NO_CASE for none.

        Raises
        ------
        ValueError
            When an amount is below 0.
        """
        code = LINE[line] if isinstance(line, str) else line
        columns = (day, case, claim, step, code, payer, receiver, amount, book)
        flat = np.empty((len(columns), *(np.broadcast(*columns).shape or (1,))), np.int64)
        for row, column in zip(flat, columns, strict=True):
            row[:] = column
        amounts = flat[7]
        if (amounts < 0).any():
            raise ValueError(f"negative posting on {LINES[code]}")
        self._parts.append(flat if amounts.all() else flat[:, amounts != 0])

    def postings(self) -> Postings:
        """All postings so far, in the order they were added."""
        return Postings(*np.concatenate([np.zeros((9, 0), np.int64), *self._parts], axis=1))
