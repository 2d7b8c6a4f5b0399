"""What the audit of cases that may move reads off a sequence: dates, who keeps what, who waits for staff, whose contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kravsim.ledger.accounts import AGENCY, CHARGES, OUTLAYS, REGION
from kravsim.models import agency_steps
from kravsim.models.process import PROCESS
from kravsim.scenario.schema import Model, keepers

if TYPE_CHECKING:
    from kravsim.ledger.audit_moves_compiled import Moving
    from kravsim.models.arranged import Arranged


def moving_of(arranged: Arranged, models: Sequence[Model]) -> Moving:
    """Lay a sequence out for the audit of its cases.

    Parameters
    ----------
    arranged : Arranged
    models : sequence of Model
        Of each arrangement.
    """
    from kravsim.ledger.audit_moves_compiled import Moving  # compiled, so imported where it is needed

    keeper = np.full((len(models), len(CHARGES)), REGION, np.int64)
    for row, model in zip(keeper, models, strict=True):
        if model.contract is None:
            continue
        named = keepers(model.contract) | dict.fromkeys(OUTLAYS, model.contract.outlays_advanced_by)
        for step, by_agency in zip(PROCESS, agency_steps(model), strict=True):
            for name in step.charges:
                row[CHARGES.index(name)] = AGENCY if by_agency and named[name] == "agency" else REGION
    of_interest = [
        AGENCY if one.contract is not None and one.contract.interest_kept_by == "agency" else REGION for one in models
    ]
    return Moving(
        first=np.array([part.first for part in arranged.parts], np.int64),
        moves=np.array(arranged.moves, np.int64),
        pooled=np.array([part.plan.pool >= 0 for part in arranged.parts], np.int64),
        keeper=keeper,
        of_interest=np.array(of_interest, np.int64),
        contract=np.array(arranged.contracts, np.int64),
        owed=np.zeros((3, 2, len(CHARGES) + 1), np.int64),
    )
