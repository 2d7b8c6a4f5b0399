"""One pass over the unrolled process: mass and money of the cases, by age, through every node and answer.

A node holds what has arrived, by cell of age, in eight measures that every move keeps in proportion: cases, claims, principal
left, and what is owed of the fees before Kronofogden, of applications, of own work and of later outlays, and of interest
left from part payments. A delay moves them by its mean, split between two cells so that the mean is kept. Events are
weighted with the weight of their own age (:mod:`kravsim.expected.clock`), by the whole table of the delay.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import apart, compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MEASURES = 8
CASES, CLAIMS, PRINCIPAL, EARLY, APPLICATION, OWN_WORK, OUTLAY, INTEREST_LEFT = range(MEASURES)
WEIGHTS = 4
IN_YEAR, INTEREST, BEFORE_CLOSE, YEAR_BEFORE = range(WEIGHTS)
"""Weights of an event: it falls in a year; interest on a krona then; it has happened by the close; it fell a year before."""

NONE, PAID, PART = range(3)
FIXED, SPREAD, EXIT = range(3)
"""How an answer's time is known: whole days, a table of days, the exit from surveillance."""
NO_CHARGE, APPLIES, IN_COURT, ENFORCES = range(4)
"""What a step charges: application and own work, the court's supplement, the basic fee of enforcement."""

PART_KINDS = 8
"""Shares of a part payment: reminder, demand and other early fees, applications, own work, outlays, interest, principal."""
PAID_KINDS = 9
"""What is paid: as in ``PART_KINDS``, and cases that ended as paid."""


class Process(NamedTuple):
    """The graph (N nodes) and what its steps and answers do.

    ``step``, ``profile`` (N,); ``target`` (N, A): an end is -1 - its number; ``n_answers``, ``charge``, ``tallied`` (S,): the
    last says whether all answers of a step are counted; ``effect``, ``timing`` (S, A); ``left_late`` (S,): number of the
    occasion of late withdrawal, or -1; ``entry`` (E,): nodes where cases come in; ``withdrawn_late``: number of that end.
    """

    step: Ints
    profile: Ints
    target: Ints
    n_answers: Ints
    charge: Ints
    tallied: NDArray[np.bool_]
    effect: Ints
    timing: Ints
    left_late: Ints
    entry: Ints
    withdrawn_late: int


class Ages(NamedTuple):
    """Weights by day (W, D), by cell (W, C) and, of answers with a table of days, by cell of the node (S, A, W, C)."""

    daily: Floats
    cells: Floats
    spread: Floats
    cell_days: int


class Sets(NamedTuple):
    """What differs between sets.

    ``share``, ``days`` (B, T, S, A): chance and mean delay of each answer; ``wait`` (B, S): days until a step is done;
    ``leaving`` (B, T, K): shares of those who leave surveillance, by cells since its beginning, and
    ``leaving_days`` (B, T), how many days on average; ``fee`` (B, T, 4):
    application, own work, supplement, basic fee in kr; ``part`` (B, T, P, 8); ``made_of`` (B, T, 3): early fees by kind;
    ``growth`` (B, 2): interest a krona and day, days of it before age 0; ``reported`` (B, T, C): share of payers at an age
    whose interest calls for a statement; ``watched`` (B, T, R): share still under surveillance at each check, every
    ``watched_days`` (B,); ``entry`` (B, T, E, Q, 8) at ``entry_day`` (B, T, Q): what comes in.
    """

    share: Floats
    days: Floats
    wait: Floats
    leaving: Floats
    leaving_days: Floats
    fee: Floats
    part: Floats
    made_of: Floats
    growth: Floats
    reported: Floats
    watched: Floats
    watched_days: Floats
    entry: Floats
    entry_day: Floats


class Flows(NamedTuple):
    """What is found, added to: a year's flows, and what has left the stock.

    ``steps`` (B, S), ``answered`` (B, S, A) in cases; ``ends`` (B, 2, ends) in cases and claims; ``paid`` (B, 9);
    ``gone`` (B, T, 3): cases, claims and principal that have left the stock by the close; ``withdrawn`` (B, 3, 3):
    applications, own work and outlays lost, by occasion; ``statements``, ``rechecks`` (B,).
    """

    steps: Floats
    answered: Floats
    ends: Floats
    paid: Floats
    gone: Floats
    withdrawn: Floats
    statements: Floats
    rechecks: Floats


class At(NamedTuple):
    """Where the walk is: set, debtor type, node, its step, and its first cell that holds anything."""

    b: int
    t: int
    node: int
    step: int
    first: int


class Room(NamedTuple):
    """Working space.

    ``mass`` (N, 8 (C + 1)), 0 between walks: the measures of the first cell, of the second ...; a move is then one sum of two
    rows, whatever the measure. ``moved`` (8 (C + 1),); ``weight``, ``leaving_weight`` (W, C); ``sums`` (8, 3).
    """

    mass: Floats
    moved: Floats
    weight: Floats
    leaving_weight: Floats
    sums: Floats


@compiled
def walk(process: Process, ages: Ages, sets: Sets, flows: Flows, room: Room) -> None:
    """Walk every set and debtor type of a batch through the graph."""
    for b in range(sets.share.shape[0]):
        for t in range(sets.share.shape[1]):
            _enter(process, ages, sets, room, b, t)
            _weigh_leaving(ages, sets, room, b, t)
            for node in range(len(process.step)):
                first = _first_cell(room.mass[node])
                if first < room.weight.shape[1]:
                    at = At(b, t, node, process.step[node], first)
                    _do_step(process, ages, sets, flows, room.mass[node], at)
                    _answer(process, ages, sets, flows, room, at)
                    room.mass[node, MEASURES * first :] = 0.0


@compiled
def _enter(process: Process, ages: Ages, sets: Sets, room: Room, b: int, t: int) -> None:
    """Put what comes in where it comes in."""
    mass, n_cells = room.mass, room.weight.shape[1]
    for e in range(len(process.entry)):
        node = process.entry[e]
        wait = sets.wait[b, process.step[node]]
        for q in range(sets.entry.shape[3]):
            at = (sets.entry_day[b, t, q] + wait) / ages.cell_days
            cell = int(at)
            if cell < n_cells:
                late = at - cell
                for k in range(MEASURES):
                    mass[node, MEASURES * cell + k] += (1.0 - late) * sets.entry[b, t, e, q, k]
                    mass[node, MEASURES * (cell + 1) + k] += late * sets.entry[b, t, e, q, k]


@compiled
def _weigh_leaving(ages: Ages, sets: Sets, room: Room, b: int, t: int) -> None:
    """Mean weight of leaving surveillance, by cell of its beginning."""
    n_cells = room.weight.shape[1]
    room.leaving_weight[:] = 0.0
    for w in range(WEIGHTS):
        for k in range(min(sets.leaving.shape[2], n_cells)):
            share = sets.leaving[b, t, k]
            add(room.leaving_weight[w], ages.cells[w, k:], share)


@apart
def _first_cell(mass: Floats) -> int:
    """First cell that holds any case; the one after the last where none does."""
    cell, n_cells = 0, len(mass) // MEASURES - 1
    while cell < n_cells and mass[MEASURES * cell + CASES] == 0.0:
        cell += 1
    return cell


@compiled
def _do_step(process: Process, ages: Ages, sets: Sets, flows: Flows, here: Floats, at: At) -> None:
    """Count the cases of a node and charge what the step charges."""
    b, t, step, first = at.b, at.t, at.step, at.first
    n_cells = ages.cells.shape[1]
    charge, count = process.charge[step], 0.0
    for cell in range(first, n_cells):
        cases = here[MEASURES * cell + CASES]
        count += cases * ages.cells[IN_YEAR, cell]
        if charge == APPLIES:
            here[MEASURES * cell + APPLICATION] += sets.fee[b, t, 0] * cases
            here[MEASURES * cell + OWN_WORK] += sets.fee[b, t, 1] * cases
        elif charge != NO_CHARGE:
            here[MEASURES * cell + OUTLAY] += sets.fee[b, t, 2 if charge == IN_COURT else 3] * cases
    flows.steps[b, step] += count
    if process.timing[step, 0] == EXIT:
        for k in range(sets.watched.shape[2]):
            later = int((k + 1) * sets.watched_days[b])
            for cell in range(first, n_cells):
                year = ages.daily[IN_YEAR, min(cell * ages.cell_days + later, ages.daily.shape[1] - 1)]
                flows.rechecks[b] += here[MEASURES * cell + CASES] * sets.watched[b, t, k] * year


@compiled
def add(target: Floats, source: Floats, share: float) -> None:
    """Add a share of an array to another at least as long; counting from 0 lets the processor take several at once."""
    for i in range(len(source)):
        target[i] += share * source[i]


@compiled
def _answer(process: Process, ages: Ages, sets: Sets, flows: Flows, room: Room, at: At) -> None:
    """Let the cases of a node be answered: what is paid and ended, and what moves on."""
    b, t, node, step, first = at.b, at.t, at.node, at.step, at.first
    spread_out = False
    for a in range(process.n_answers[step]):
        p = sets.share[b, t, step, a]
        if p <= 0.0:
            continue
        timing, effect, goes_to = process.timing[step, a], process.effect[step, a], process.target[node, a]
        if goes_to < 0 or effect != NONE or process.tallied[step]:
            _weigh(ages, sets, room, at, a, timing)
            _sum_up(room, at)
            flows.answered[b, step, a] += p * room.sums[CASES, IN_YEAR]
        if effect == PAID:
            _pay_all(sets, flows, room, b, t, p)
            flows.statements[b] += p * _reported(ages, sets, room, at, a, timing)
        elif effect == PART:
            _pay_part(sets, flows, room, b, t, process.profile[node], p, goes_to < 0)
        if goes_to < 0:
            _end(process, flows, room, b, t, step, -1 - goes_to, p)
            continue
        days = sets.wait[b, process.step[goes_to]]
        if timing == EXIT:
            if not spread_out:
                _spread_out(sets.leaving[b, t], room, at)
                spread_out = True
            _move(room.moved, room.mass[goes_to], first, p, days / ages.cell_days)
            continue
        days += sets.days[b, t, step, a]
        if effect == PART:
            _lessen(ages, sets, room, at, process.profile[node], sets.days[b, t, step, a])
            _move(room.moved, room.mass[goes_to], first, p, days / ages.cell_days)
        else:
            _move(room.mass[node], room.mass[goes_to], first, p, days / ages.cell_days)


@compiled
def _weigh(ages: Ages, sets: Sets, room: Room, at: At, a: int, timing: int) -> None:
    """Write the weights of an answer, by cell of the step, into ``room.weight``."""
    n_cells, step, first = room.weight.shape[1], at.step, at.first
    if timing == FIXED:
        own = int(sets.days[at.b, at.t, step, a] + 0.5)
        for w in range(WEIGHTS):
            for cell in range(first, n_cells):
                room.weight[w, cell] = ages.daily[w, min(cell * ages.cell_days + own, ages.daily.shape[1] - 1)]
    elif timing == SPREAD:
        for w in range(WEIGHTS):
            for cell in range(first, n_cells):
                room.weight[w, cell] = ages.spread[step, a, w, cell]
    else:
        for w in range(WEIGHTS):
            for cell in range(first, n_cells):
                room.weight[w, cell] = room.leaving_weight[w, cell]


@compiled
def _sum_up(room: Room, at: At) -> None:
    """Weighted sums of the measures of a node at one of its answers."""
    here, sums, weight = room.mass[at.node], room.sums, room.weight
    sums[:] = 0.0
    for cell in range(at.first, weight.shape[1]):
        year, gone, base = weight[IN_YEAR, cell], weight[BEFORE_CLOSE, cell], MEASURES * cell
        for k in range(MEASURES):
            sums[k, IN_YEAR] += here[base + k] * year
        sums[PRINCIPAL, INTEREST] += here[base + PRINCIPAL] * weight[INTEREST, cell]
        for k in range(3):
            sums[k, BEFORE_CLOSE] += here[base + k] * gone


@compiled
def _pay_all(sets: Sets, flows: Flows, room: Room, b: int, t: int, p: float) -> None:
    """Everything owed is paid."""
    sums, paid = room.sums, flows.paid
    for kind in range(3):
        paid[b, kind] += p * sums[EARLY, IN_YEAR] * sets.made_of[b, t, kind]
    for kind in range(3):
        paid[b, 3 + kind] += p * sums[APPLICATION + kind, IN_YEAR]
    paid[b, 6] += p * (sums[PRINCIPAL, INTEREST] + sums[INTEREST_LEFT, IN_YEAR])
    paid[b, 7] += p * sums[PRINCIPAL, IN_YEAR]
    paid[b, 8] += p * sums[CASES, IN_YEAR]


@compiled
def _pay_part(sets: Sets, flows: Flows, room: Room, b: int, t: int, profile: int, p: float, ends: bool) -> None:
    """A part is paid; the principal paid leaves the stock, unless the case ends and takes all with it."""
    sums, paid, part = room.sums, flows.paid, sets.part[b, t, profile]
    for kind in range(3):
        paid[b, kind] += p * part[kind] * sums[EARLY, IN_YEAR] * sets.made_of[b, t, kind]
    for kind in range(3):
        paid[b, 3 + kind] += p * part[3 + kind] * sums[APPLICATION + kind, IN_YEAR]
    paid[b, 6] += p * part[6] * (sums[PRINCIPAL, INTEREST] + sums[INTEREST_LEFT, IN_YEAR])
    paid[b, 7] += p * part[7] * sums[PRINCIPAL, IN_YEAR]
    if not ends:
        flows.gone[b, t, PRINCIPAL] += p * part[7] * sums[PRINCIPAL, BEFORE_CLOSE]


@compiled
def _end(process: Process, flows: Flows, room: Room, b: int, t: int, step: int, end: int, p: float) -> None:
    """Cases end: they leave the stock, and what is owed of a case withdrawn late is lost."""
    sums = room.sums
    flows.ends[b, 0, end] += p * sums[CASES, IN_YEAR]
    flows.ends[b, 1, end] += p * sums[CLAIMS, IN_YEAR]
    for k in range(3):
        flows.gone[b, t, k] += p * sums[k, BEFORE_CLOSE]
    occasion = process.left_late[step]
    if end == process.withdrawn_late and occasion >= 0:
        for kind in range(3):
            flows.withdrawn[b, occasion, kind] += p * sums[APPLICATION + kind, IN_YEAR]


@compiled
def _reported(ages: Ages, sets: Sets, room: Room, at: At, a: int, timing: int) -> float:
    """Cases of a node whose payment calls for a statement of interest: it comes later than the step by a mean delay."""
    here, n_cells, found = room.mass[at.node], room.weight.shape[1], 0.0
    own = int(
        (sets.leaving_days[at.b, at.t] if timing == EXIT else sets.days[at.b, at.t, at.step, a]) / ages.cell_days + 0.5
    )
    for cell in range(at.first, n_cells):
        found += (
            here[MEASURES * cell + CASES]
            * room.weight[YEAR_BEFORE, cell]
            * sets.reported[at.b, at.t, min(cell + own, n_cells - 1)]
        )
    return found


@compiled
def _spread_out(leaving: Floats, room: Room, at: At) -> None:
    """Move the cases of a node to the cells in which they leave surveillance."""
    first, n_cells = at.first, room.weight.shape[1]
    room.moved[:] = 0.0
    for k in range(min(len(leaving), n_cells - first)):
        source = room.mass[at.node, MEASURES * first : MEASURES * (n_cells - k)]
        add(room.moved[MEASURES * (first + k) :], source, leaving[k])


@compiled
def _lessen(ages: Ages, sets: Sets, room: Room, at: At, profile: int, days: float) -> None:
    """What is left of a node's debts after a part payment ``days`` later."""
    b, t, node = at.b, at.t, at.node
    here, moved, part = room.mass[node], room.moved, sets.part[b, t, profile]
    early = 0.0
    for kind in range(3):
        early += part[kind] * sets.made_of[b, t, kind]
    for cell in range(at.first, room.weight.shape[1]):
        base = MEASURES * cell
        grown = sets.growth[b, 0] * (cell * ages.cell_days + days + sets.growth[b, 1])
        principal = here[base + PRINCIPAL]
        moved[base + CASES], moved[base + CLAIMS] = here[base + CASES], here[base + CLAIMS]
        moved[base + PRINCIPAL] = (1.0 - part[7]) * principal
        moved[base + EARLY] = (1.0 - early) * here[base + EARLY]
        for kind in range(3):
            moved[base + APPLICATION + kind] = (1.0 - part[3 + kind]) * here[base + APPLICATION + kind]
        left = (1.0 - part[6]) * here[base + INTEREST_LEFT]
        moved[base + INTEREST_LEFT] = left + (part[7] - part[6]) * principal * grown


@apart
def _move(source: Floats, target: Floats, first: int, p: float, cells: float) -> None:
    """Add a share of what is in ``source`` to ``target``, later by a number of cells that need not be whole."""
    n_cells = len(source) // MEASURES - 1
    whole = int(cells)
    late = p * (cells - whole)
    if first + whole >= n_cells:
        return
    old = source[MEASURES * first : MEASURES * (n_cells - whole)]
    add(target[MEASURES * (first + whole) :], old, p - late)
    if late > 0.0:
        add(target[MEASURES * (first + whole + 1) :], old, late)
