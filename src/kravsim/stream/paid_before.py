"""A stream without the cases that a model never hands over, since they have been paid before."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.stream.stream import Cases, Claims, Stream


class PaidBefore(NamedTuple):
    """Claims that were paid before they would have been handed over within the horizon, and their principal in öre."""

    claims: int = 0
    principal_ore: int = 0


def without_cases(stream: Stream, gone: NDArray[np.bool_], start: int) -> tuple[Stream, PaidBefore]:
    """Leave cases out, and count what would have been handed over of them within the horizon.

    Runs keep their late invoices: these were late, and who pays them before the hand-over is the model's.

    Parameters
    ----------
    stream : Stream
        Of the world.
    gone : bool array, shape (N,)
        Which cases were paid.
    start : int
        Day on which the measured horizon begins, since day 0.

    Returns
    -------
    tuple of Stream and PaidBefore
        Identities, and so every draw, are those there were.
    """
    cases, claims = stream.cases, stream.claims
    stays, of_claim = ~gone, ~gone[claims.case]
    within = gone & (cases.hand_over_day >= start)
    number = np.diff(cases.first_claim)
    left = Claims(
        **{name: getattr(claims, name)[of_claim] for name in vars(claims) if name != "case"},
        case=(np.cumsum(stays) - 1)[claims.case[of_claim]],
    )
    kept = Cases(
        **{name: getattr(cases, name)[stays] for name in vars(cases) if name != "first_claim"},
        first_claim=np.append(0, np.cumsum(number[stays])),
    )
    paid = PaidBefore(int(number[within].sum()), int(cases.principal_ore[within].sum()))
    stage = stream.stage[stays] if len(stream.stage) else stream.stage
    return replace(stream, claims=left, cases=kept, stage=stage), paid
