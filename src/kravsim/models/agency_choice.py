"""An agency that chooses, within the buyer's instructions and good practice, what is best for itself.

Of a grid of policies it takes the one whose expected margin of the cases demanded is the highest: how long it waits after the
demand, whether it reminds again meanwhile, from which amount it files, which groups of debtors it files at all, which
residues it asks for, and whether it watches the cases of a group that it does not file or gives them back. Where two are as
good it takes the earlier one: the shorter wait, no reminder, no application, watching. So what earns it nothing is filed
only where another rule instructs it to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.shares import total
from kravsim.law import Law
from kravsim.models.agency_margin import GROUPS, Economy, Worth, days_of_the_demand
from kravsim.models.agency_residues import NEARLY, own_letters, residues
from kravsim.models.agency_terms import LETTER_FEES
from kravsim.models.between_letters import with_second_reminder
from kravsim.models.escalation import escalated_classes
from kravsim.models.replaced import replaced
from kravsim.scenario.schema import Model, ScenarioData
from kravsim.stream.stream import DEBTOR_TYPES, N_CLASSES, class_parts
from kravsim.units import half_up

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LONGER_BY: Final = (0, 7, 14, 21, 30, 45, 60, 90)
"""Days by which the agency may wait longer after the demand than it must."""
SMALLEST_KR: Final = (0, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000)
"""Amounts from which it may file; below the buyer's floor the floor itself."""
WAYS: Final = ((False, True), (False, False), (True, True), (True, False))
"""What may be done with a group: whether it is filed, and whether what is not filed is watched."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """What is done with the cases of a model, and its data as they are then.

    Attributes
    ----------
    data : ScenarioData
        With the wait after the demand, where the agency chooses it.
    model : Model
        With the smallest amount that is filed.
    files : bool array, shape (K,) or (K, B)
        Whether solvent cases of a class go to Kronofogden at once.
    watches : bool array, shape (K,) or (K, B)
        Whether cases of a class that are not solvent, or not filed, are put under surveillance; given back otherwise.
    never : bool array, shape (K,) or (K, B)
        Whether cases of a class are not filed later either, when a check under surveillance finds them worth it.
    residue_floor_kr : dict of str to float or float64 array, shape (B,)
        By letter the smallest residue that is asked for: the agency's where it sends the letter and chooses, else the
        policy's.
    """

    data: Any
    model: Any
    files: Flags
    watches: Flags
    never: Flags
    residue_floor_kr: dict[str, Any]


def chosen(data: ScenarioData, model: Model, law: Law) -> Chosen:
    """What the collector of a model does with its cases: what its rule says, or its agency chooses.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    model : Model
        One of its models.
    law : Law
        Of the first day of the horizon.
    """
    day, floors = data.horizon.start, dict.fromkeys(LETTER_FEES, data.policy.residue_floor_kr.value)
    if model.escalation.rule != "agency_chooses":
        files = escalated_classes(data, model, law, day)
        return Chosen(data, model, files, np.ones_like(files), np.zeros_like(files), floors)
    economy = Economy(data, model, law, day)
    choice = choose(economy)
    if choice.second_reminder.any():
        data = with_second_reminder(data, choice.of(choice.second_reminder), days_of_the_demand(data))
    data = replaced(data, "timing.demand_grace_days", choice.of(choice.wait_days))
    floors |= dict.fromkeys(own_letters(economy), choice.of(choice.residue_kr))
    model = replaced(model, "escalation.min_case_kr", choice.of(choice.smallest_kr))
    files = choice.by_class(choice.files)
    return Chosen(data, model, files, choice.by_class(choice.watches), ~files, floors)


@dataclass(frozen=True, eq=False)
class Policy:
    """One policy of the grid, or the best of it for each of B sets.

    Attributes
    ----------
    wait_days, second_reminder, smallest_kr, residue_kr : float64 array, shape (B,)
        Days from demand to solvency check, 1 where the silent are reminded again, smallest amount filed, and smallest
        residue of its own letters that is asked for.
    files, watches : bool array, shape (groups, B)
        By group of debtors, in the order of GROUPS.
    margin_kr : float64 array, shape (B,)
        Expected margin of all groups together, in kronor of the day of the demand, relative.
    filed : float64 array, shape (B,)
        Cases filed, in the same proportion.
    """

    wait_days: Floats
    second_reminder: Floats
    smallest_kr: Floats
    residue_kr: Floats
    files: Flags
    watches: Flags
    margin_kr: Floats
    filed: Floats

    def of(self, numbers: Floats) -> Any:
        """A number where there is one set, all of them where there are several.

        Parameters
        ----------
        numbers : float64 array, shape (B,)
        """
        return float(numbers[0]) if len(numbers) == 1 else numbers

    def by_class(self, flags: Flags) -> Flags:
        """A flag of each class: (K,), or (K, B). Classes that never come to a solvency check have True.

        Parameters
        ----------
        flags : bool array, shape (groups, B)
        """
        every = np.ones((N_CLASSES, flags.shape[1]), bool)
        for klass in range(N_CLASSES):
            segment, _, known = class_parts(klass)
            if (segment, known) in GROUPS:
                every[klass] = flags[GROUPS.index((segment, known))]
        return every[:, 0] if flags.shape[1] == 1 else every


def choose(economy: Economy) -> Policy:
    """Find the best policy of the grid for each set.

    Parameters
    ----------
    economy : Economy
        Of a model whose agency chooses.
    """
    residue, of_residues = residues(economy)
    policies = (
        _of_groups(economy, worth, (wait, second_reminder, smallest, residue), np.where(allowed, of_residues, -np.inf))
        for wait in waits(economy)
        for second_reminder, allowed in may_send_second_reminder(economy, wait)
        for worth in [
            [
                economy.waiting(wait, second_reminder=second_reminder).worth(segment, known=known)
                for segment, known in GROUPS
            ]
        ]
        for smallest in smallest_amounts(economy)
    )
    return reduce(_better, policies)


def waits(economy: Economy) -> list[Any]:
    """Days from the demand to the solvency check that the agency may choose, the shortest first.

    Never shorter than the demand gives (``timing.demand_grace_days``), than good practice, or than the buyer's floor of age
    leaves; only that where the agency does not send the demand.

    Parameters
    ----------
    economy : Economy
    """
    timing, escalation = economy.data.timing, economy.model.escalation
    least = days_of_the_demand(economy.data)
    if economy.model.agency_from == "solvency_check":
        return [half_up(timing.demand_grace_days.value)]
    if escalation.min_age_days is not None:
        before = half_up(timing.reminder_grace_days.value) + half_up(timing.solvency_check_days.value)
        least = np.maximum(least, half_up(escalation.min_age_days.value) - before)
    return [least + longer for longer in LONGER_BY]


def may_send_second_reminder(economy: Economy, wait: Any) -> list[tuple[bool, Any]]:
    """Whether the agency may remind the silent once more within its wait, and in which sets it may do each.

    Where the scenario says what that brings, and the wait goes on after the demand's own time, when it would be sent.

    Parameters
    ----------
    economy : Economy
    wait : float or array
        One of `waits`.
    """
    longer = np.asarray(wait > days_of_the_demand(economy.data))
    knows = any(getattr(economy.data.behaviour, kind).reminded_again_paid_share is not None for kind in DEBTOR_TYPES)
    may = knows and economy.model.agency_from != "solvency_check" and longer.any()
    return [(False, True), (True, longer)] if may else [(False, True)]


def smallest_amounts(economy: Economy) -> Iterator[Any]:
    """Amounts from which the agency may file, in kronor, none below the buyer's floor.

    Parameters
    ----------
    economy : Economy
    """
    floor = economy.model.escalation.min_case_kr.value
    return (np.maximum(floor, amount) for amount in SMALLEST_KR)


def may_file(economy: Economy) -> list[bool]:
    """Whether the buyer lets each group of GROUPS be filed.

    Parameters
    ----------
    economy : Economy
    """
    never = economy.model.escalation.never or ()
    return [segment not in never and not (known and "known_at_kronofogden" in never) for segment, known in GROUPS]


def margin_of_group(
    economy: Economy, worth: Worth, place: int, smallest: Any, way: tuple[bool, bool]
) -> tuple[Any, Any]:
    """What a group brings if it is treated in one way, and how many of its cases are filed.

    Parameters
    ----------
    economy : Economy
    worth : Worth
        Of the group, with the wait that is chosen.
    place : int
        Number of the group in GROUPS.
    smallest : float or array
        Amount from which the agency files, kronor.
    way : tuple of two bool
        One of WAYS.
    """
    files, watches = way
    unfiled = (worth.watched_solvent.mean(axis=0) + worth.watched_others) * watches
    if not files:
        return worth.answered + unfiled, 0.0 * worth.solvent
    large = economy.amounts(GROUPS[place][0]) >= smallest
    solvent = np.where(large, worth.filed, worth.watched_solvent).mean(axis=0)
    return worth.answered + solvent + worth.watched_others * watches, worth.solvent * large.mean(axis=0)


def _of_groups(economy: Economy, worth: list[Worth], common: tuple[Any, bool, Any, Any], of_residues: Any) -> Policy:
    """The best ways with each group for one wait, reminder, smallest amount and smallest residue."""
    allowed, (_, _, smallest, _) = may_file(economy), common
    margins, filed, ways = [], [], []
    for place, one in enumerate(worth):
        among = [way for way in WAYS if allowed[place] or not way[0]]
        found = [margin_of_group(economy, one, place, smallest, way) for way in among]
        margin, number, best = np.atleast_1d(*found[0], 0)
        for way, (brings, many) in enumerate(found[1:], 1):
            better = brings > margin + NEARLY
            margin, number, best = (
                np.where(better, new, old) for new, old in ((brings, margin), (many, number), (way, best))
            )
        margins.append(margin)
        filed.append(number)
        ways.append(best)
    parts = [*common, total(margins) + of_residues, total(filed)]
    *numbers, margin, number = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part, np.float64)) for part in parts))
    each = np.stack([np.broadcast_to(way, margin.shape) for way in ways])
    files, watches = (np.array([way[part] for way in WAYS])[each] for part in (0, 1))
    return Policy(numbers[0], numbers[1], numbers[2], numbers[3], files, watches, margin, number)


def _better(best: Policy, other: Policy) -> Policy:
    """Of two policies the better one, set by set; the first where they are as good."""
    takes = other.margin_kr > best.margin_kr + NEARLY
    fields = best.__dataclass_fields__
    return Policy(**{name: np.where(takes, getattr(other, name), getattr(best, name)) for name in fields})
