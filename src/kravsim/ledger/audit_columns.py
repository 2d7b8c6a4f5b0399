"""How an audit reads the two tables that it is given: columns of the event log and of postings."""

from __future__ import annotations

ROW_KIND, ROW_STEP, ROW_MINUTE, ROW_ANSWER, ROW_QUANTITY = 2, 3, 5, 6, 9
"""Columns of the event log, as in :data:`kravsim.engine.contract.COLUMNS`."""
POSTED = ("day", "claim", "line", "payer", "receiver", "amount_ore", "book")
P_DAY, P_CLAIM, P_LINE, P_PAYER, P_RECEIVER, P_AMOUNT, P_BOOK = range(len(POSTED))
"""Columns of a posting."""
UNDATED = 1 << 40
"""A day that does not come."""
