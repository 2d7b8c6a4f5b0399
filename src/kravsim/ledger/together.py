"""Which fees claims share that were applied for together: one application, one order, one enforcement.

Cases of a debtor whose applications are filed on one day are one application, with one application fee (förordning 1992:1094,
1 §) and one payment for the applicant's work (lag 1990:746, 48 §). It leads to one order, or one case in court: what is done
under it on one day for several of them has one fee, too, since the basic fee of enforcement is for each title (förordning
1992:1094, 5 §; RH 2003:5). The first case carries it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import DONE, NONE
from kravsim.engine.events import EventLog
from kravsim.models.process import STEP_CODE
from kravsim.scenario.schema import Policy
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY

TOGETHER: Final = ("payment_order", "district_court", "attachment")
"""Steps whose charges are for the application or its order, not for each claim in it."""
STEP_APPLICATION: Final = STEP_CODE["payment_order"]


def carriers(log: EventLog, stream: Stream, policy: Policy) -> NDArray[np.int64]:
    """Of each row of a log, the case that carries the fee of what was done in it: shape (rows,); NONE where no fee is shared.

    Parameters
    ----------
    log : EventLog
        In canonical order, so that of several cases the first carries.
    stream : Stream
    policy : Policy
        Nobody shares where it has no ``joint_application_days``.
    """
    carries = np.full(len(log), NONE, np.int64)
    if policy.joint_application_days is None or not len(log):
        return carries
    day = log.minute // MINUTES_PER_DAY
    applied = (log.kind == DONE) & (log.step == STEP_APPLICATION)
    latest = np.maximum.accumulate(np.where(applied, np.arange(len(log)), 0))
    rows = np.flatnonzero((log.kind == DONE) & np.isin(log.step, [STEP_CODE[name] for name in TOGETHER]))
    of_application = (stream.cases.debtor[log.case[rows]], day[latest[rows]], log.step[rows], day[rows])
    _, first, which = np.unique(np.stack(of_application, axis=1), axis=0, return_index=True, return_inverse=True)
    carries[rows] = log.case[rows[first[which.reshape(-1)]]]
    return carries


def carried_by_another(log: EventLog, stream: Stream, policy: Policy) -> NDArray[np.bool_]:
    """Which rows of a log charge nothing, since another case of the debtor carries the fee they share: shape (rows,) (§M5).

    Parameters
    ----------
    log : EventLog
        In canonical order, so that of several cases the first carries.
    stream : Stream
    policy : Policy
        Nobody shares where it has no ``joint_application_days``.
    """
    by = carriers(log, stream, policy)
    return np.asarray((by != NONE) & (by != log.case))
