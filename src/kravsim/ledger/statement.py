"""The region's yearly statement: postings gathered into budget lines."""

from __future__ import annotations

import numpy as np

from kravsim.ledger.accounts import BUDGET, CASH, LINE, LINES, REGION, VALUE, Postings

_STATEMENT_BOOKS = np.zeros((len(LINES), 4), bool)
_STATEMENT_BOOKS[:, CASH] = True
_STATEMENT_BOOKS[LINE["system_depreciation"], VALUE] = True


def statement_ore(postings: Postings) -> dict[str, int]:
    """Budget lines in öre, from the region's side: what it receives less what it pays.

    Cash, but for the system, whose one-off cost enters as straight-line depreciation. Principal is not income.
    """
    counts = _STATEMENT_BOOKS[postings.line, postings.book]
    totals = np.zeros(len(LINES), np.int64)
    receives, pays = counts & (postings.receiver == REGION), counts & (postings.payer == REGION)
    internal = postings.book == VALUE
    np.add.at(totals, postings.line[receives & ~internal], postings.amount_ore[receives & ~internal])
    np.subtract.at(totals, postings.line[pays], postings.amount_ore[pays])
    return {name: int(sum(totals[LINE[line]] for line in lines)) for name, lines in BUDGET}


def in_days(postings: Postings, first: int, last: int) -> Postings:
    """The postings of the days [first, last)."""
    return postings.where((postings.day >= first) & (postings.day < last))
