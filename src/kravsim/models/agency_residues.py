"""Which residues an agency asks for: what is left when a debtor has paid the invoice alone, after a letter of its own."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kravsim.chance.shares import total
from kravsim.models.agency_margin import GROUPS, Economy
from kravsim.models.agency_terms import LETTER_FEES, agency_part, does
from kravsim.models.between_letters import ANSWER_PRINCIPAL_ONLY

NEARLY: Final = 1e-9
"""A policy must be better by so much, in kronor a case, to be preferred to an earlier one."""


def own_letters(economy: Economy) -> list[str]:
    """The letters that the agency sends; the residues of others are the region's.

    Parameters
    ----------
    economy : Economy
    """
    return [letter for letter in LETTER_FEES if does(economy.model, letter)]


def residues(economy: Economy) -> tuple[Any, Any]:
    """The smallest residue of its own letters that is worth asking for, in kronor, and what asking brings.

    Of what is left after a letter the agency has its part of the fees, and of a case that is then fully paid what the
    contract gives; asking costs it a letter. It asks for what the buyer's floor lets it ask for, or for nothing.

    Parameters
    ----------
    economy : Economy
    """
    floor = economy.data.policy.residue_floor_kr.value
    left_kr = {"reminder": economy.fee_kr("reminder_fee")}
    left_kr["demand"] = left_kr["reminder"] + economy.fee_kr("demand_fee")
    own = own_letters(economy)
    each = {letter: _asked(economy, letter) for letter in own}
    least: Any = floor
    best: Any = total(each[letter] * (left_kr[letter] >= floor) for letter in own)
    for other in (np.maximum(floor, left_kr[letter] + 0.01) for letter in own):
        brings = total(each[letter] * (left_kr[letter] >= other) for letter in own)
        better = brings > best + NEARLY
        least, best = np.where(better, other, least), np.where(better, brings, best)
    return least, best


def of_residue_kr(economy: Economy, letter: str, segment: str) -> Any:
    """What the agency has when the rest is paid after the invoice, in kronor, in the mean of a segment's amounts.

    Its fees, what a fully paid case gives, and what the rest adds to its commission.

    Parameters
    ----------
    economy : Economy
    letter : str
        The reminder or the demand.
    segment : str
        A name in KRONOFOGDEN.
    """
    model, contract = economy.model, economy.contract
    charges = [LETTER_FEES[name] for name in (("reminder",) if letter == "reminder" else ("reminder", "demand"))]
    kept = sum(economy.fee_kr(charge) * agency_part(model, charge) for charge in charges)
    price = contract.price_a_paid_case_kr.value if contract.price_a_paid_case_kr is not None else 0.0
    amounts, costs = economy.amounts(segment), economy.costs_kr(charges)
    more = economy.commission_kr(amounts, costs) - economy.commission_kr(amounts, 0.0)
    return kept + price - contract.paid_case_kr.value + more


def _asked(economy: Economy, letter: str) -> Any:
    """What it brings to ask for the residues of a letter, in the proportion of Worth."""
    data = economy.data
    days = sum(getattr(data.timing.residue_paid_days, part) for part in ("low", "mode", "high")) / 3
    paid = data.behaviour.residue_paid_share.value * economy.now(days)
    found: Any = 0.0
    for segment, known in GROUPS:
        many = economy.reaching(segment, letter, known=known, answer=ANSWER_PRINCIPAL_ONLY)
        each = paid * of_residue_kr(economy, letter, segment) - economy.agency.letter_kr.value
        found = found + many * each
    return found
