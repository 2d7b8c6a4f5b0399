"""The process of one model as data: what the map draws, read from the tables that the engines and the ledger use.

Steps, letters, checks and charges come from ``models.process.PROCESS``; answers, what follows them and which of them can
happen at all from the plan that an engine would execute; who does a step and keeps its fee from ``ledger.ownership``;
amounts from the dated law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.draws import Draws
from kravsim.law import law_of
from kravsim.ledger import LegalCalendar
from kravsim.ledger.accounts import OUTLAYS, PARTIES
from kravsim.ledger.ownership import Ownership, ownership
from kravsim.models import Plan, build_plan, model_named
from kravsim.models.plan import NO_TARGET
from kravsim.models.process import ENDS, PROCEEDINGS, PROCESS, STEP_CODE, WITH_TITLE, Step
from kravsim.models.refusals import otherwise
from kravsim.scenario import scenario_of
from kravsim.scenario.schema import ScenarioData
from kravsim.stream.proceedings import hazards
from kravsim.stream.stream import BANKRUPTCY, DEBTOR_TYPES, N_CLASSES, RESTRUCTURING, SEGMENTS, class_parts
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.scenario import AnyScenario

Condition = Literal["", "segments", "known", "groups", "floor", "visits", "floor_or_visits", "proceedings"]
"""Why a way is taken: always, by segment, by being known at Kronofogden, by a mix of traits, because the step does not take
the case (too small, there too often, or either), or by proceedings of the debtor, which strike a case wherever it is."""


@dataclass(frozen=True)
class Charge:
    """An amount that a step adds to the debt: its lowest and highest value in öre, and which party it is owed to.

    Parameters
    ----------
    name : str
        Machine name of the line.
    ore : tuple of int
        Öre, rising; one amount where it does not depend on the size of the claim.
    owner : str
        Machine name of the party that it is owed to.
    outlay : bool
        Whether that party has advanced it.
    """

    name: str
    ore: tuple[int, ...]
    owner: str
    outlay: bool


@dataclass(frozen=True)
class Way:
    """One way out of a step: an answer (empty: the step does not take the case) and the step or end that follows.

    ``segments`` and ``limits`` (smallest principal in öre, most visits) say more about ``condition``. ``possible`` is
    False where no debtor of this scenario answers so.

    Parameters
    ----------
    answer : str
        Machine name; empty: the step does not take the case.
    target : str
        Step or end that follows.
    condition : Condition
        What decides beside the answer; empty for nothing.
    segments : tuple of str
        Whom it holds for, where `condition` asks.
    limits : (int, int)
        Smallest principal in öre and most visits, where `condition` asks.
    possible : bool
        False where no debtor of this scenario answers so.
    """

    answer: str
    target: str
    condition: Condition = ""
    segments: tuple[str, ...] = ()
    limits: tuple[int, int] = (0, 0)
    possible: bool = True


@dataclass(frozen=True)
class Box:
    """A step: who does it (and which staff pool queues the work), what it sends and charges, and the ways out.

    Parameters
    ----------
    step : str
        Machine name.
    actor : str
        Machine name of the party that does it.
    pool : str
        Staff pool that queues the work; empty where nobody waits.
    letter, check : bool
        Whether it sends a letter, and whether it checks the debtor.
    charges : tuple of Charge
        What it adds to the debt.
    ways : tuple of Way
        In the order of the table of the process.
    """

    step: str
    actor: str
    pool: str
    letter: bool
    check: bool
    charges: tuple[Charge, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class ProcessTable:
    """One model's process: boxes in the order of the table, the first step of each kind of debtor, and the ends led to.

    Parameters
    ----------
    model : str
        Machine name.
    day : date
        Whose law the amounts follow.
    interest_kept_by : str
        Machine name of the party.
    interest_from : str
        As the scenario's policy says it.
    start : tuple of str
        First step of each kind of debtor, each once.
    boxes : tuple of Box
        In the order of the table of the process.
    ends : tuple of str
        Machine names of the ends that are led to.
    """

    model: str
    day: date
    interest_kept_by: str
    interest_from: str
    start: tuple[str, ...]
    boxes: tuple[Box, ...]
    ends: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a way out: `step`, `actor`, `pool`, `answer`, `condition`, `target`, `end`, `possible`, `charges`."""
        import pandas as pd

        rows: list[dict[str, Any]] = [
            {
                "step": box.step,
                "actor": box.actor,
                "pool": box.pool,
                "answer": way.answer,
                "condition": " ".join((way.condition, *way.segments)).strip(),
                "target": way.target,
                "end": way.target in self.ends,
                "possible": way.possible,
                "charges": "; ".join(
                    f"{charge.name} {'/'.join(f'{ore / ORE_PER_KR:g}' for ore in charge.ore)} kr to {charge.owner}"
                    for charge in box.charges
                ),
            }
            for box in self.boxes
            for way in box.ways
        ]
        return pd.DataFrame(rows)


def process_table(scenario: AnyScenario, model: str) -> ProcessTable:
    """Read one model's process.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    model : str
        One of ``scenario.models``.

    Raises
    ------
    ScenarioError
        When the scenario has no such model.
    """
    scenario = scenario_of(scenario)
    data, law = scenario.data, law_of(scenario.data)
    draws = Draws(0, 0, 0)
    plan = build_plan(scenario.realise(draws), model, draws, law)
    owners = ownership(model_named(data, model))
    calendar = LegalCalendar(law, data.horizon.start, data.horizon.start, data.law.frozen_at)
    names, opened = (*plan.steps, *plan.ends), _opened(data)
    boxes = tuple(
        Box(
            step.name,
            PARTIES[owners.actor[code]],
            plan.pools[plan.pool[code]].name if plan.pool[code] >= 0 else "",
            step.letter,
            step.check,
            _charges(step, data, owners, calendar),
            (*_answers(step, code, plan, opened), *_struck(step, code, plan, opened), *_refusal(step, code, plan)),
        )
        for code, step in enumerate(PROCESS)
    )
    start = tuple(dict.fromkeys(names[code] for code in plan.start.tolist()))
    day = calendar.day(0)
    led_to = {way.target for box in boxes for way in box.ways}
    ends = tuple(end for end in ENDS if end in led_to)
    return ProcessTable(model, day, PARTIES[owners.interest], data.policy.interest_from, start, boxes, ends)


def _charges(step: Step, data: ScenarioData, owners: Ownership, calendar: LegalCalendar) -> tuple[Charge, ...]:
    """What a step adds to the debt; an amount that depends on the size of the claim has a smallest and a largest value."""
    known = {table.name for table in calendar.law.tables}
    charges = []
    for name in step.charges:
        if name == "instalment_notice_fee" and not data.policy.instalment_notices_charged:
            continue
        tables = [name] if name in known else sorted(other for other in known if other.startswith(f"{name}_"))
        amounts = sorted({calendar.entry(table, 0).amount for table in tables})
        charges.append(Charge(name, tuple(amounts), PARTIES[owners.charge[name]], name in OUTLAYS))
    return tuple(charges)


def _opened(data: ScenarioData) -> NDArray[np.bool_]:
    """Whether debtors of each class may have proceedings of each kind: (kinds, K)."""
    granted = data.behaviour.restructuring_granted_share.value
    may_be = hazards(data) > 0
    found = np.zeros((len(PROCEEDINGS), N_CLASSES), bool)
    for klass in range(N_CLASSES):
        segment, kind, _ = class_parts(klass)
        here = bool(may_be[SEGMENTS.index(segment), DEBTOR_TYPES.index(kind)])
        found[RESTRUCTURING, klass] = here and segment == "private" and granted > 0
        found[BANKRUPTCY, klass] = here and segment == "business"
    return found


def _answers(step: Step, code: int, plan: Plan, opened: NDArray[np.bool_]) -> list[Way]:
    """The ways out by answer; an answer that different debtors are led on from differently is split.

    Proceedings, ``opened`` for some classes (kinds, K), are shown where the table of the process has them.
    """
    names = (*plan.steps, *plan.ends)
    ways = []
    for position, answer in enumerate(step.answers):
        below = plan.threshold[code, :, :, position - 1] if position else np.zeros_like(plan.threshold[code, :, :, 0])
        possible = (plan.threshold[code, :, :, position] > below).any(axis=1)
        if answer.proceedings:
            possible = opened[PROCEEDINGS.index(answer.goes_to.removesuffix(WITH_TITLE))]
        if not possible.any():
            ways.append(Way(answer.name, answer.goes_to, possible=False))
            continue
        targets = plan.target[code, :, position]
        usual = _usual(targets[possible].tolist(), names.index(answer.goes_to))
        ways.append(Way(answer.name, names[usual]))
        others = (target for target in dict.fromkeys(targets[possible].tolist()) if target != usual)
        ways += [Way(answer.name, names[target], *_who(targets == target)) for target in others]
    return ways


def _struck(step: Step, code: int, plan: Plan, opened: NDArray[np.bool_]) -> list[Way]:
    """Ways to proceedings that no step has an answer for: they are shown from where a case is watched."""
    if step.limitation != "watched":
        return []
    answered = {answer.goes_to for one in PROCESS for answer in one.answers}
    targets = [plan.steps[target] for target in plan.strikes[code]]
    return [
        Way("", target, "proceedings", possible=bool(opened[kind].any()))
        for kind, target in enumerate(targets)
        if target not in answered
    ]


def _usual(targets: list[int], stated: int) -> int:
    """What the table of the process says where anybody goes there, else where most kinds of debtor go."""
    return stated if stated in targets else max(dict.fromkeys(targets), key=targets.count)


def _who(here: NDArray[np.bool_]) -> tuple[Condition, tuple[str, ...]]:
    """Which kinds of debtor belong here: whole segments, all who are known at Kronofogden, or a mix."""
    parts = [class_parts(klass) for klass in range(N_CLASSES)]
    if all(bool(here[klass]) == known for klass, (_, _, known) in enumerate(parts)):
        return "known", ()
    of_segment = {
        name: [bool(here[klass]) for klass in range(N_CLASSES) if parts[klass][0] == name] for name in SEGMENTS
    }
    if any(any(members) and not all(members) for members in of_segment.values()):
        return "groups", ()
    return "segments", tuple(name for name, members in of_segment.items() if all(members))


def _refusal(step: Step, code: int, plan: Plan) -> list[Way]:
    """Where a case goes that the step does not take: too small, or there as often as it may be; some segments elsewhere."""
    targets, names = plan.otherwise[code], (*plan.steps, *plan.ends)
    usual = _usual(targets.tolist(), int(otherwise()[code]))
    floor, visits = int(plan.min_ore[code]), int(plan.max_visits[code])
    returns = step.name in _after(step.name)
    if usual == NO_TARGET or not (floor or returns):
        return []
    condition: Condition = "floor_or_visits" if floor and returns else "floor" if floor else "visits"
    others = (target for target in dict.fromkeys(targets.tolist()) if target != usual)
    elsewhere = [Way("", names[at], condition, _who(targets == at)[1], limits=(floor, visits)) for at in others]
    return [Way("", names[usual], condition, limits=(floor, visits)), *elsewhere]


def _after(step: str) -> set[str]:
    """Every step that a case may come to after this one, by the answers of the process."""
    found: set[str] = set()
    waiting = [step]
    while waiting:
        for answer in PROCESS[STEP_CODE[waiting.pop()]].answers:
            if answer.goes_to in STEP_CODE and answer.goes_to not in found:
                found.add(answer.goes_to)
                waiting.append(answer.goes_to)
    return found
