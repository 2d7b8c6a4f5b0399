"""Estates are debtors once: an estate (*dödsbo*) is settled, and what falls late years afterwards is another's.

The population has as many places for estates as there are at a time. A place's claims are late as any debtor's, but those
that are handed over in one calendar year belong to one estate and those of another year to another. Draws are keyed by place,
so that nobody's luck changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kravsim.stream.stream import SEGMENTS, Debtors, Ints, Stream

ESTATE: Final = SEGMENTS.index("estate")


def estates_once(stream: Stream) -> Stream:
    """Give each estate a debtor of its own, numbered after all places; one without a claim has none.

    Parameters
    ----------
    stream : Stream
        In which a place for estates is one debtor.

    Returns
    -------
    Stream
        With more debtors, each with the traits of its place; claims and cases in the same order.
    """
    debtors, claims, cases = stream.debtors, stream.claims, stream.cases
    places = len(debtors.segment)
    estate = debtors.segment[cases.debtor] == ESTATE
    if not estate.any():
        return stream
    days = np.datetime64(stream.first, "D") + cases.hand_over_day[estate]
    whose = np.stack([cases.debtor[estate], days.astype("datetime64[Y]").astype(np.int64)])
    found, number = np.unique(whose, axis=1, return_inverse=True)
    of_case = cases.debtor.copy()
    of_case[estate] = places + number.reshape(-1)
    place = found[0]
    more = Debtors(
        segment=np.append(debtors.segment, debtors.segment[place]),
        kind=np.append(debtors.kind, debtors.kind[place]),
        known=np.append(debtors.known, debtors.known[place]),
        activity=np.append(debtors.activity, debtors.activity[place]),
    )
    of_claim: Ints = of_case[claims.case]
    return replace(stream, debtors=more, claims=replace(claims, debtor=of_claim), cases=replace(cases, debtor=of_case))
