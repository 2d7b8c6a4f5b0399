"""The region's yearly statement: amounts gathered into budget lines."""

from __future__ import annotations

import numpy as np

from kravsim.ledger.accounts import BOOKS, BUDGET, CASH, LINE, LINES, PARTIES, REGION, VALUE, VALUED, Ints, Postings


def statement_of(amounts: Ints) -> dict[str, int]:
    """Budget lines in öre, from the region's side: what it receives less what it pays (§M27).

    Cash, but for the system, whose one-off cost enters as straight-line depreciation. Principal is not income.

    Parameters
    ----------
    amounts : int64 array, shape (books, lines, parties, parties)
        Öre by book, line, payer and receiver.
    """
    totals = amounts[CASH, :, :, REGION].sum(axis=1) - amounts[CASH, :, REGION, :].sum(axis=1)
    for name in VALUED:
        totals[LINE[name]] -= amounts[VALUE, LINE[name], REGION, :].sum()
    return {name: int(sum(totals[LINE[line]] for line in lines)) for name, lines in BUDGET}


def amounts_of(postings: Postings) -> Ints:
    """Öre by book, line, payer and receiver.

    Parameters
    ----------
    postings : Postings
        Of any days.

    Returns
    -------
    int64 array, shape (books, lines, parties, parties)
    """
    amounts = np.zeros((len(BOOKS), len(LINES), len(PARTIES), len(PARTIES)), np.int64)
    np.add.at(amounts, (postings.book, postings.line, postings.payer, postings.receiver), postings.amount_ore)
    return amounts


def statement_ore(postings: Postings) -> dict[str, int]:
    """Budget lines of these postings; see :func:`statement_of`.

    Parameters
    ----------
    postings : Postings
        Of the days that the statement is for.

    Returns
    -------
    dict of str to int
        Öre by budget line.
    """
    return statement_of(amounts_of(postings))
