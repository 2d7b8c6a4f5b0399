"""Whether two routes have come to the same tally: straight, and by log and journal."""

from __future__ import annotations

import numpy as np

from kravsim.errors import RunError
from kravsim.ledger.accounts import LINES
from kravsim.ledger.faults import fault
from kravsim.ledger.rules import paragraphs_of
from kravsim.phrases import phrase
from kravsim.settling.tally import Tally


def check_equal(tally: Tally, other: Tally) -> None:
    """Make sure that two routes have come to the same tally.

    Parameters
    ----------
    tally, other : Tally
        Of the same run.

    Raises
    ------
    RunError
        Naming the fields that differ; of amounts the lines, with the paragraphs of the rules that book them.
    """
    counted = [name for name in Tally._fields if name != "amounts"]
    differing = [name for name in counted if not np.array_equal(getattr(tally, name), getattr(other, name))]
    lines = np.flatnonzero((tally.amounts != other.amounts).any(axis=(0, 1, 2, 4, 5))).tolist()
    differing += [" ".join(("amounts of", LINES[line], *paragraphs_of(LINES[line]))) for line in lines]
    if differing:
        raise RunError(
            [
                fault("tally", phrase("{name} differs", name=name), "the same by journal and by tally")
                for name in differing
            ]
        )
