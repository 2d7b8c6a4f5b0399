"""Payers between letters who would pay when the next step has come: a number that moves nothing, which the reader is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kravsim.errors import Problem
from kravsim.phrases import phrase
from kravsim.scenario.rules import DEBTOR_TYPES
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.scenario.schema import ScenarioData


def too_late(data: ScenarioData, file_of: Callable[[tuple[str, ...]], str]) -> Iterator[Problem]:
    """Shares of payers between letters none of whom pays: the next step is due before the first of them would.

    After the demand an agency that chooses may wait longer, so that there none is told of where a model has one.

    Parameters
    ----------
    data : ScenarioData
    file_of : callable
        Names the file of a path.
    """
    for letter in ("reminder", "demand"):
        if letter == "demand" and any(
            model.escalation.rule == "agency_chooses" and model.agency_from != "solvency_check"
            for model in data.models.values()
        ):
            continue
        days, wait = getattr(data.timing, f"{letter}_late_paid_days"), getattr(data.timing, f"{letter}_grace_days")
        if days is None or days.low < half_up(wait.value):
            continue
        name = f"{letter}_late_paid_share"
        for kind in DEBTOR_TYPES:
            share = getattr(getattr(data.behaviour, kind), name)
            if share is not None and share.value > 0:
                key = ("behaviour", kind, name)
                allowed = phrase(
                    "0, since nobody pays so: the next step is due after timing.{letter}_grace_days = {wait:g} days, the "
                    "first of them would pay after timing.{letter}_late_paid_days.low = {low:g}",
                    letter=letter,
                    wait=wait.value,
                    low=days.low,
                )
                remedy = phrase(
                    "lower timing.{letter}_late_paid_days, or raise timing.{letter}_grace_days", letter=letter
                )
                yield Problem(file_of(key), ".".join(key), share.value, allowed, remedy)
