"""Who has what: from a model's contract to the party that keeps each charge, advances outlays and is paid abroad."""

from __future__ import annotations

from dataclasses import dataclass

from kravsim.ledger.accounts import AGENCY, CHARGES, FOREIGN_AGENCY, OUTLAYS, REGION
from kravsim.models import agency_steps
from kravsim.models.process import PROCESS
from kravsim.scenario.schema import Model, keepers

PARTY_CODE = {"region": REGION, "agency": AGENCY}


@dataclass(frozen=True)
class Ownership:
    """Party codes: the actor of each step, the owner of each charge, of interest, and the agent abroad."""

    actor: tuple[int, ...]
    charge: dict[str, int]
    interest: int
    abroad: int


def ownership(model: Model) -> Ownership:
    """Read a model's contract: what the region does itself it also keeps and advances (§M4).

    Parameters
    ----------
    model : Model
    """
    actor = tuple(AGENCY if by_agency else REGION for by_agency in agency_steps(model))
    contract = model.contract
    charge = dict.fromkeys(CHARGES, REGION)
    interest, abroad = REGION, FOREIGN_AGENCY
    if contract is not None:
        kept = keepers(contract) | dict.fromkeys(OUTLAYS, contract.outlays_advanced_by)
        for code, step in enumerate(PROCESS):
            for name in step.charges:
                charge[name] = PARTY_CODE[kept[name]] if actor[code] == AGENCY else REGION
        interest, abroad = PARTY_CODE[contract.interest_kept_by], AGENCY
    return Ownership(actor, charge, interest, abroad)
