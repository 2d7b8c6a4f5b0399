"""One pass over the unrolled process: mass and money of the cases, by age, through every node and answer.

A node holds what has arrived, by cell of age, in eight measures that every move keeps in proportion: cases, claims, principal
left, and what is owed of the fees before Kronofogden, of applications, of own work and of later outlays, and of interest
left from part payments. A delay moves them by its mean, split between two cells so that the mean is kept. Events are
weighted with the weight of their own age (:mod:`kravsim.expected.weights`), by the whole table of the delay.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import apart, compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

N_HELD = 8
(
    HELD_CASES,
    HELD_CLAIMS,
    HELD_PRINCIPAL,
    HELD_EARLY_FEES,
    HELD_APPLICATION,
    HELD_OWN_WORK,
    HELD_OUTLAYS,
    HELD_INTEREST,
) = range(N_HELD)
N_WEIGHTS = 5
WEIGHT_IN_YEAR, WEIGHT_INTEREST, WEIGHT_BEFORE_CLOSE, WEIGHT_YEAR_BEFORE, WEIGHT_EARLY_FEE = range(N_WEIGHTS)
"""Weights of an event: it falls in a year; interest on a krona then; it has happened by the close; it fell a year before; it
falls in a year, times the demand fee of the claim's time over that of the horizon."""

FLOW_NONE, FLOW_PAID, FLOW_PART, FLOW_DIVIDEND, FLOW_WAIVED = range(5)
LATER_STAY, FIRST_STAY, LAST_STAY, LAST_AFTER_FIRST = range(4)
"""Stays under surveillance: after an interruption, from the check on, and after a letter that did not reach the debtor, which
is sooner over where the stay before it was the first."""
STAYS = 4
TIME_FIXED, TIME_SPREAD, TIME_EXIT = range(3)
"""How an answer's time is known: whole days, a table of days, the exit from surveillance."""
ANSWER_FOUND = 1
"""Answer of a stay under surveillance that comes at a check."""
CHARGE_NONE, CHARGE_APPLICATION, CHARGE_COURT, CHARGE_ENFORCEMENT = range(4)
"""What a step charges: application and own work, the court's supplement, the basic fee of enforcement."""

PART_KINDS = 8
"""Shares of a part payment: reminder, demand and other early fees, applications, own work, outlays, interest, principal."""
PAID_KINDS = 9
"""What is paid: as in ``PART_KINDS``, and cases that ended as paid."""


class Process(NamedTuple):
    """The graph (N nodes) and what its steps and answers do.

    ``step``, ``row``, ``stay``, ``profile`` (N,): ``row`` says where shares and delays of the node stand, its step or, for
    the first stays under surveillance of either kind, rows after those of the steps; ``stay`` which stay it is; ``target``
    (N, A): an end is -1 - its number; ``n_answers``, ``charge``, ``tallied`` (S,): the last says whether all answers of a
    step are counted; ``effect``, ``timing`` (S, A); ``left_late`` (S,): number of the occasion of late withdrawal, or -1;
    ``entry`` (E,): nodes where cases come in; ``withdrawn_late``: number of that end.
    """

    step: Ints
    row: Ints
    stay: Ints
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
    """Weights of U clocks.

    By day (U, W, D), by cell (U, W, C) and, of answers with a table of days, by cell of the node (U, S, A, W, C).

    Attributes
    ----------
    daily : float64 array, shape (U, W, D)
        By day.
    cells : float64 array, shape (U, W, C)
        By cell.
    spread : float64 array, shape (U, S, A, W, C)
        Of answers with a table of days, by cell of the node.
    cell_days : int
        Days of a cell.
    """

    daily: Floats
    cells: Floats
    spread: Floats
    cell_days: int


class Sets(NamedTuple):
    """What differs between sets.

    ``clock`` (B,): which of the clocks is theirs; ``share``, ``days`` (B, T, S + 2, A): chance and mean delay of each answer;
    ``wait`` (B, S): days until a step is done; ``leaving`` (B, STAYS, T, K): shares of those who leave surveillance, by cells
    since its beginning, and ``leaving_days`` (B, STAYS, T), how many days on average; ``fee`` (B, T, 4): application, own
    work, supplement, basic fee in kr; ``part`` (B, T, P, 8); ``made_of`` (B, T, 3): early fees by kind;
    ``growth`` (B, 2): interest a krona and day, days of it before age 0; ``reported`` (B, T, C): share of payers at an age
    whose interest calls for a statement; ``watched``, ``found`` (B, STAYS, T, R): shares still under surveillance at each
    check, every ``watched_days`` (B,), and that it finds worth another try; ``entry`` (B, T, E, Q, 8) at ``entry_day``
    (B, T, Q): what comes in.
    """

    clock: Ints
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
    found: Floats
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
    """Where the walk is: clock, set, type, node with step, row and stay, the first cell with anything, one after the last."""

    clock: int
    b: int
    t: int
    node: int
    step: int
    row: int
    stay: int
    first: int
    end: int


class WalkWorkspace(NamedTuple):
    """Working space.

    ``mass`` (N, 8 (C + 1)), 0 between walks: the measures of the first cell, of the second ...; a move is then one sum of two
    rows, whatever the measure. ``moved`` (8 (C + 1),); ``weight`` (W, C); ``leaving_weight`` (STAYS, W, C); ``sums`` (3, 8).
    Where cases alone are counted there is one measure in place of eight. ``by_cell`` (N, C + 1, 8) and ``moved_by_cell``
    (C + 1, 8) are the same memory, for loops over cells: a computed index is checked for being negative, which costs more
    than the sum.
    """

    mass: Floats
    moved: Floats
    by_cell: Floats
    moved_by_cell: Floats
    weight: Floats
    leaving_weight: Floats
    sums: Floats


@compiled
def walk(process: Process, ages: Ages, sets: Sets, flows: Flows, workspace: WalkWorkspace) -> None:
    """Walk every set and debtor type of a batch through the graph.

    Parameters
    ----------
    process : Process
        The graph, and what its steps and answers do.
    ages : Ages
        Weights by age.
    sets : Sets
        What differs between the B sets.
    flows : Flows
        Added to.
    workspace : Room
        Working space for N_HELD.
    """
    for b in range(sets.share.shape[0]):
        for t in range(sets.share.shape[1]):
            _enter(process, ages, sets, workspace, b, t, N_HELD)
            _weigh_leaving(ages, sets, workspace, b, t)
            for node in range(len(process.step)):
                first = _first_cell(workspace.mass[node], N_HELD)
                if first < workspace.weight.shape[1]:
                    end = _end_cell(workspace.mass[node], N_HELD)
                    step, row, stay = process.step[node], process.row[node], process.stay[node]
                    at = At(sets.clock[b], b, t, node, step, row, stay, first, end)
                    _do_step(process, ages, sets, flows, workspace.by_cell[node], at)
                    _answer(process, ages, sets, flows, workspace, at)
                    workspace.mass[node, N_HELD * first :] = 0.0


@compiled
def count_steps(process: Process, ages: Ages, sets: Sets, steps: Floats, workspace: WalkWorkspace) -> None:
    """Walk the cases alone, without money: only ``steps`` (B, S) of the flows, to the same bits.

    Parameters
    ----------
    process : Process
        The graph, and what its steps and answers do.
    ages : Ages
        Weights by age.
    sets : Sets
        What differs between the B sets.
    steps : float64 array, shape (B, S)
        Cases at each step, added to.
    workspace : Room
        Working space for one measure.
    """
    for b in range(sets.share.shape[0]):
        year = ages.cells[sets.clock[b], WEIGHT_IN_YEAR]
        for t in range(sets.share.shape[1]):
            _enter(process, ages, sets, workspace, b, t, 1)
            for node in range(len(process.step)):
                here, step, row = workspace.mass[node], process.step[node], process.row[node]
                first = _first_cell(here, 1)
                if first == len(year):
                    continue
                count, end, later = 0.0, _end_cell(here, 1), 0
                for cell in range(first, end):
                    count += here[cell] * year[cell]
                steps[b, step] += count
                for a in range(process.n_answers[step]):
                    p, goes_to = sets.share[b, t, row, a], process.target[node, a]
                    if p <= 0.0 or goes_to < 0:
                        continue
                    days = sets.wait[b, process.step[goes_to]]
                    if process.timing[step, a] != TIME_EXIT:
                        days += sets.days[b, t, row, a]
                        _move(here, workspace.mass[goes_to], first, end, p, days / ages.cell_days, 1)
                        continue
                    if a == ANSWER_FOUND:
                        found, every = sets.found[b, process.stay[node], t], sets.watched_days[b]
                        _find(here, workspace.mass[goes_to], first, end, found, every, days, ages.cell_days, 1)
                        continue
                    if later == 0:
                        leaving = sets.leaving[b, process.stay[node], t]
                        later = _spread_out(leaving, here, workspace.moved, first, end, 1)
                    _move(workspace.moved, workspace.mass[goes_to], first, later, p, days / ages.cell_days, 1)
                here[first:] = 0.0


@compiled
def _enter(process: Process, ages: Ages, sets: Sets, workspace: WalkWorkspace, b: int, t: int, measures: int) -> None:
    """Put what comes in where it comes in."""
    mass, n_cells = workspace.mass, workspace.weight.shape[1]
    for e in range(len(process.entry)):
        node = process.entry[e]
        wait = sets.wait[b, process.step[node]]
        for q in range(sets.entry.shape[3]):
            at = (sets.entry_day[b, t, q] + wait) / ages.cell_days
            cell = int(at)
            if cell < n_cells:
                late = at - cell
                for k in range(measures):
                    mass[node, measures * cell + k] += (1.0 - late) * sets.entry[b, t, e, q, k]
                    mass[node, measures * (cell + 1) + k] += late * sets.entry[b, t, e, q, k]


@compiled
def _weigh_leaving(ages: Ages, sets: Sets, workspace: WalkWorkspace, b: int, t: int) -> None:
    """Mean weight of leaving surveillance, by cell of its beginning."""
    n_cells = workspace.weight.shape[1]
    workspace.leaving_weight[:] = 0.0
    for stay in range(STAYS):
        for w in range(N_WEIGHTS):
            for k in range(min(sets.leaving.shape[3], n_cells)):
                share = sets.leaving[b, stay, t, k]
                if share != 0.0:
                    add(workspace.leaving_weight[stay, w], ages.cells[sets.clock[b], w, k:], share)


@apart
def _first_cell(mass: Floats, measures: int) -> int:
    """First cell that holds any case; the one after the last where none does."""
    cell, n_cells = 0, len(mass) // measures - 1
    while cell < n_cells and mass[measures * cell + HELD_CASES] == 0.0:
        cell += 1
    return cell


@apart
def _end_cell(mass: Floats, measures: int) -> int:
    """The cell after the last that holds any case."""
    cell = len(mass) // measures - 1
    while cell > 0 and mass[measures * (cell - 1) + HELD_CASES] == 0.0:
        cell -= 1
    return cell


@compiled
def _do_step(process: Process, ages: Ages, sets: Sets, flows: Flows, here: Floats, at: At) -> None:
    """Count the cases of a node and charge what the step charges."""
    b, t, step, first, end = at.b, at.t, at.step, at.first, at.end
    year, daily = ages.cells[at.clock, WEIGHT_IN_YEAR], ages.daily[at.clock, WEIGHT_IN_YEAR]
    charge, count = process.charge[step], 0.0
    for cell in range(first, end):
        count += here[cell, HELD_CASES] * year[cell]
    flows.steps[b, step] += count
    if charge == CHARGE_APPLICATION:
        application, own_work = sets.fee[b, t, 0], sets.fee[b, t, 1]
        for cell in range(first, end):
            here[cell, HELD_APPLICATION] += application * here[cell, HELD_CASES]
            here[cell, HELD_OWN_WORK] += own_work * here[cell, HELD_CASES]
    elif charge != CHARGE_NONE:
        outlay = sets.fee[b, t, 2 if charge == CHARGE_COURT else 3]
        for cell in range(first, end):
            here[cell, HELD_OUTLAYS] += outlay * here[cell, HELD_CASES]
    if process.timing[step, 0] == TIME_EXIT:
        rechecks = flows.rechecks[b]
        for k in range(sets.watched.shape[3]):
            later, watched = int((k + 1) * sets.watched_days[b]), sets.watched[b, at.stay, t, k]
            if watched == 0.0:
                break
            for cell in range(first, end):
                then = min(cell * ages.cell_days + later, len(daily) - 1)
                rechecks += here[cell, HELD_CASES] * watched * daily[then]
        flows.rechecks[b] = rechecks


@compiled
def add(target: Floats, source: Floats, share: float) -> None:
    """Add a share of an array to another at least as long; counting from 0 lets the processor take several at once.

    Parameters
    ----------
    target : float64 array, shape (at least n,)
        Added to.
    source : float64 array, shape (n,)
        What a share of is added.
    share : float
        Of 1.
    """
    for i in range(len(source)):
        target[i] += share * source[i]


@compiled
def sum_cells(source: Floats, first: int, weights: Floats, n: int, target: Floats) -> None:
    """Weighted sums of the measures of ``n`` cells (C, 8) into ``target`` (8,); written out, to be kept in registers.

    Parameters
    ----------
    source : float64 array, shape (C, 8)
        Measures by cell.
    first : int
        The first cell.
    weights : float64 array, shape (at least n,)
        Of the first cell, of the one after it, and so on.
    n : int
        How many cells.
    target : float64 array, shape (8,)
        Filled.
    """
    a = b = c = d = e = f = g = h = 0.0
    for i in range(n):
        weight, cell = weights[i], first + i
        a += source[cell, 0] * weight
        b += source[cell, 1] * weight
        c += source[cell, 2] * weight
        d += source[cell, 3] * weight
        e += source[cell, 4] * weight
        f += source[cell, 5] * weight
        g += source[cell, 6] * weight
        h += source[cell, 7] * weight
    target[0], target[1], target[2], target[3] = a, b, c, d
    target[4], target[5], target[6], target[7] = e, f, g, h


@compiled
def _answer(process: Process, ages: Ages, sets: Sets, flows: Flows, workspace: WalkWorkspace, at: At) -> None:
    """Let the cases of a node be answered: what is paid and ended, and what moves on."""
    b, t, node, step, first = at.b, at.t, at.node, at.step, at.first
    later, summed = 0, TIME_FIXED
    for a in range(process.n_answers[step]):
        p = sets.share[b, t, at.row, a]
        if p <= 0.0:
            continue
        timing, effect, goes_to = process.timing[step, a], process.effect[step, a], process.target[node, a]
        if goes_to < 0 or effect != FLOW_NONE or process.tallied[step]:
            # whoever leaves surveillance does so at one time: their sums are made once
            _settle(process, ages, sets, flows, workspace, at, a, timing == TIME_EXIT and summed == TIME_EXIT)
            summed = timing
        if goes_to < 0:
            continue
        days = sets.wait[b, process.step[goes_to]]
        if timing == TIME_EXIT and a == ANSWER_FOUND:
            found, every = sets.found[b, at.stay, t], sets.watched_days[b]
            _find(
                workspace.mass[node], workspace.mass[goes_to], first, at.end, found, every, days, ages.cell_days, N_HELD
            )
            continue
        if timing == TIME_EXIT:
            if later == 0:
                leaving = sets.leaving[b, at.stay, t]
                later = _spread_out(leaving, workspace.mass[node], workspace.moved, first, at.end, N_HELD)
            _move(workspace.moved, workspace.mass[goes_to], first, later, p, days / ages.cell_days, N_HELD)
            continue
        days += sets.days[b, t, at.row, a]
        if effect in (FLOW_PART, FLOW_WAIVED):
            if effect == FLOW_PART:
                _lessen(ages, sets, workspace, at, process.profile[node], sets.days[b, t, at.row, a])
            else:
                _waive(workspace, at)
            _move(workspace.moved, workspace.mass[goes_to], first, at.end, p, days / ages.cell_days, N_HELD)
        else:
            _move(workspace.mass[node], workspace.mass[goes_to], first, at.end, p, days / ages.cell_days, N_HELD)


@compiled
def _settle(
    process: Process, ages: Ages, sets: Sets, flows: Flows, workspace: WalkWorkspace, at: At, a: int, summed: bool
) -> None:
    """Book what an answer pays and ends; ``summed`` says that the sums of its time are there already."""
    b, t, node, step = at.b, at.t, at.node, at.step
    p, timing = sets.share[b, t, at.row, a], process.timing[step, a]
    effect, goes_to = process.effect[step, a], process.target[node, a]
    weight = workspace.weight
    if timing == TIME_SPREAD:
        weight = ages.spread[at.clock, step, a]
    elif timing == TIME_EXIT:
        weight = workspace.leaving_weight[at.stay]
    else:
        _weigh(ages, sets, workspace, at, a)
    if not summed:
        _sum_up(workspace, at, weight)
    flows.answered[b, step, a] += p * workspace.sums[WEIGHT_IN_YEAR, HELD_CASES]
    if effect == FLOW_PAID:
        _pay_all(sets, flows, workspace, b, t, p)
        flows.statements[b] += p * _reported(ages, sets, workspace, at, a, timing, weight[WEIGHT_YEAR_BEFORE])
    elif effect == FLOW_DIVIDEND:
        _pay_dividend(ages, sets, flows, workspace, at, process.profile[node], p, weight[WEIGHT_IN_YEAR])
    elif effect == FLOW_PART:
        _pay_part(sets, flows, workspace, b, t, process.profile[node], p, goes_to < 0)
    if goes_to < 0:
        _end(process, flows, workspace, b, t, step, -1 - goes_to, p)


@compiled
def _weigh(ages: Ages, sets: Sets, workspace: WalkWorkspace, at: At, a: int) -> None:
    """Write the weights of an answer that takes whole days, by cell of the step, into ``workspace.weight``."""
    daily, own = ages.daily[at.clock], int(sets.days[at.b, at.t, at.row, a] + 0.5)
    for cell in range(at.first, at.end):
        day = min(cell * ages.cell_days + own, daily.shape[1] - 1)
        for w in range(N_WEIGHTS):
            workspace.weight[w, cell] = daily[w, day]


@compiled
def _sum_up(workspace: WalkWorkspace, at: At, weight: Floats) -> None:
    """Weighted sums of the measures of a node at one of its answers; early fees as they were, in place of their interest."""
    here, sums, first = workspace.by_cell[at.node], workspace.sums, at.first
    sum_cells(here, first, weight[WEIGHT_IN_YEAR, first:], at.end - first, sums[WEIGHT_IN_YEAR])
    interest = early = cases = claims = principal = 0.0
    for cell in range(first, at.end):
        gone = weight[WEIGHT_BEFORE_CLOSE, cell]
        interest += here[cell, HELD_PRINCIPAL] * weight[WEIGHT_INTEREST, cell]
        early += here[cell, HELD_EARLY_FEES] * weight[WEIGHT_EARLY_FEE, cell]
        cases += here[cell, HELD_CASES] * gone
        claims += here[cell, HELD_CLAIMS] * gone
        principal += here[cell, HELD_PRINCIPAL] * gone
    sums[WEIGHT_INTEREST, HELD_PRINCIPAL], sums[WEIGHT_INTEREST, HELD_EARLY_FEES] = interest, early
    (
        sums[WEIGHT_BEFORE_CLOSE, HELD_CASES],
        sums[WEIGHT_BEFORE_CLOSE, HELD_CLAIMS],
        sums[WEIGHT_BEFORE_CLOSE, HELD_PRINCIPAL],
    ) = cases, claims, principal


@compiled
def _pay_all(sets: Sets, flows: Flows, workspace: WalkWorkspace, b: int, t: int, p: float) -> None:
    """Everything owed is paid."""
    sums, paid = workspace.sums, flows.paid
    for kind in range(3):
        paid[b, kind] += p * sums[WEIGHT_INTEREST, HELD_EARLY_FEES] * sets.made_of[b, t, kind]
    for kind in range(3):
        paid[b, 3 + kind] += p * sums[WEIGHT_IN_YEAR, HELD_APPLICATION + kind]
    paid[b, 6] += p * (sums[WEIGHT_INTEREST, HELD_PRINCIPAL] + sums[WEIGHT_IN_YEAR, HELD_INTEREST])
    paid[b, 7] += p * sums[WEIGHT_IN_YEAR, HELD_PRINCIPAL]
    paid[b, 8] += p * sums[WEIGHT_IN_YEAR, HELD_CASES]


@compiled
def _pay_part(
    sets: Sets, flows: Flows, workspace: WalkWorkspace, b: int, t: int, profile: int, p: float, ends: bool
) -> None:
    """A part is paid; the principal paid leaves the stock, unless the case ends and takes all with it."""
    sums, paid, part = workspace.sums, flows.paid, sets.part[b, t, profile]
    for kind in range(3):
        paid[b, kind] += p * part[kind] * sums[WEIGHT_INTEREST, HELD_EARLY_FEES] * sets.made_of[b, t, kind]
    for kind in range(3):
        paid[b, 3 + kind] += p * part[3 + kind] * sums[WEIGHT_IN_YEAR, HELD_APPLICATION + kind]
    paid[b, 6] += p * part[6] * (sums[WEIGHT_INTEREST, HELD_PRINCIPAL] + sums[WEIGHT_IN_YEAR, HELD_INTEREST])
    paid[b, 7] += p * part[7] * sums[WEIGHT_IN_YEAR, HELD_PRINCIPAL]
    if not ends:
        flows.gone[b, t, HELD_PRINCIPAL] += p * part[7] * sums[WEIGHT_BEFORE_CLOSE, HELD_PRINCIPAL]


@compiled
def _pay_dividend(
    ages: Ages, sets: Sets, flows: Flows, workspace: WalkWorkspace, at: At, profile: int, p: float, weight: Floats
) -> None:
    """A share of every debt is paid, as it stood when the step was done: interest up to then, at its mean rate."""
    b, t = at.b, at.t
    here, sums, paid, part = workspace.by_cell[at.node], workspace.sums, flows.paid, sets.part[b, t, profile]
    interest = sums[WEIGHT_IN_YEAR, HELD_INTEREST]
    for cell in range(at.first, at.end):
        days = cell * ages.cell_days + sets.growth[b, 1]
        interest += here[cell, HELD_PRINCIPAL] * weight[cell] * sets.growth[b, 0] * max(days, 0.0)
    for kind in range(3):
        paid[b, kind] += p * part[kind] * sums[WEIGHT_INTEREST, HELD_EARLY_FEES] * sets.made_of[b, t, kind]
        paid[b, 3 + kind] += p * part[3 + kind] * sums[WEIGHT_IN_YEAR, HELD_APPLICATION + kind]
    paid[b, 6] += p * part[6] * interest
    paid[b, 7] += p * part[7] * sums[WEIGHT_IN_YEAR, HELD_PRINCIPAL]


@compiled
def _waive(workspace: WalkWorkspace, at: At) -> None:
    """Write what a node's cases owe without the costs of an application into ``moved``: they stay with the applicant."""
    here, moved = workspace.by_cell[at.node], workspace.moved_by_cell
    for cell in range(at.first, at.end):
        for k in range(N_HELD):
            moved[cell, k] = here[cell, k]
        moved[cell, HELD_APPLICATION] = moved[cell, HELD_OWN_WORK] = 0.0


@compiled
def _end(
    process: Process, flows: Flows, workspace: WalkWorkspace, b: int, t: int, step: int, end: int, p: float
) -> None:
    """Cases end: they leave the stock, and what is owed of a case withdrawn late is lost."""
    sums = workspace.sums
    flows.ends[b, 0, end] += p * sums[WEIGHT_IN_YEAR, HELD_CASES]
    flows.ends[b, 1, end] += p * sums[WEIGHT_IN_YEAR, HELD_CLAIMS]
    for k in range(3):
        flows.gone[b, t, k] += p * sums[WEIGHT_BEFORE_CLOSE, k]
    occasion = process.left_late[step]
    if end == process.withdrawn_late and occasion >= 0:
        for kind in range(3):
            flows.withdrawn[b, occasion, kind] += p * sums[WEIGHT_IN_YEAR, HELD_APPLICATION + kind]


@compiled
def _reported(ages: Ages, sets: Sets, workspace: WalkWorkspace, at: At, a: int, timing: int, before: Floats) -> float:
    """Cases of a node whose payment calls for a statement of interest: it comes later than the step by a mean delay."""
    here, n_cells, found = workspace.by_cell[at.node], workspace.weight.shape[1], 0.0
    mean = sets.leaving_days[at.b, at.stay, at.t] if timing == TIME_EXIT else sets.days[at.b, at.t, at.row, a]
    own = int(mean / ages.cell_days + 0.5)
    for cell in range(at.first, at.end):
        reported = sets.reported[at.b, at.t, min(cell + own, n_cells - 1)]
        found += here[cell, HELD_CASES] * before[cell] * reported
    return found


@compiled
def _spread_out(leaving: Floats, here: Floats, moved: Floats, first: int, end: int, measures: int) -> int:
    """Move the cases of a node to the cells in which they leave surveillance; give the cell after the last."""
    later = min(end + len(leaving) - 1, len(here) // measures - 1)
    moved[measures * first : measures * later] = 0.0
    for k in range(min(len(leaving), later - first)):
        add(moved[measures * (first + k) :], here[measures * first : measures * min(end, later - k)], leaving[k])
    return later


@apart
def _find(  # noqa: PLR0913, PLR0917 - where from, where to, and when
    source: Floats,
    target: Floats,
    first: int,
    end: int,
    found: Floats,
    every: float,
    days: float,
    cell_days: int,
    measures: int,
) -> None:
    """Move what each check of a stay finds, one ``every`` so many days, to a step that is done ``days`` later."""
    for k in range(len(found)):
        if found[k] == 0.0:
            break
        _move(source, target, first, end, found[k], ((k + 1) * every + days) / cell_days, measures)


@compiled
def _lessen(ages: Ages, sets: Sets, workspace: WalkWorkspace, at: At, profile: int, days: float) -> None:
    """What is left of a node's debts after a part payment ``days`` later."""
    b, t = at.b, at.t
    here, moved, part = workspace.by_cell[at.node], workspace.moved_by_cell, sets.part[b, t, profile]
    early = 0.0
    for kind in range(3):
        early += part[kind] * sets.made_of[b, t, kind]
    rate, before, on_interest, on_principal = sets.growth[b, 0], sets.growth[b, 1], part[6], part[7]
    application, own_work, outlay = 1.0 - part[3], 1.0 - part[4], 1.0 - part[5]
    for cell in range(at.first, at.end):
        grown = rate * (cell * ages.cell_days + days + before)
        principal = here[cell, HELD_PRINCIPAL]
        left = (1.0 - on_interest) * here[cell, HELD_INTEREST]
        moved[cell, HELD_CASES], moved[cell, HELD_CLAIMS] = here[cell, HELD_CASES], here[cell, HELD_CLAIMS]
        moved[cell, HELD_PRINCIPAL] = (1.0 - on_principal) * principal
        moved[cell, HELD_EARLY_FEES] = (1.0 - early) * here[cell, HELD_EARLY_FEES]
        moved[cell, HELD_APPLICATION] = application * here[cell, HELD_APPLICATION]
        moved[cell, HELD_OWN_WORK] = own_work * here[cell, HELD_OWN_WORK]
        moved[cell, HELD_OUTLAYS] = outlay * here[cell, HELD_OUTLAYS]
        moved[cell, HELD_INTEREST] = left + (on_principal - on_interest) * principal * grown


@apart
def _move(source: Floats, target: Floats, first: int, end: int, p: float, cells: float, measures: int) -> None:
    """Add a share of some cells of ``source`` to ``target``, later by a number of cells that need not be whole."""
    n_cells = len(source) // measures - 1
    whole = int(cells)
    late = p * (cells - whole)
    if first + whole >= n_cells:
        return
    old = source[measures * first : measures * min(end, n_cells - whole)]
    new = target[measures * (first + whole) :]
    if late > 0.0:  # a cell takes from two; one pass over both is quicker
        now, n = p - late, len(old)
        for i in range(measures):
            new[i] += now * old[i]
        new, before, old = new[measures:], old, old[measures:]
        for i in range(len(old)):
            new[i] = (new[i] + now * old[i]) + late * before[i]
        for i in range(n - measures, n):
            new[i] += late * before[i]
    else:
        add(new, old, p - late)
