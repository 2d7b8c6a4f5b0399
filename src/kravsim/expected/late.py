"""From the solvency check on: the cases of each debtor type walk the unrolled process (``walk_compiled``)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from kravsim.expected.early import EARLY_CHARGES, EARLY_STEPS, Checked, Early, mean_age
from kravsim.expected.graph import Graph, unrolled_process
from kravsim.expected.principal_compiled import N_FEES, N_SHARES, part_shares
from kravsim.expected.tables import Tables
from kravsim.expected.walk_compiled import (
    CHARGE_APPLICATION,
    CHARGE_COURT,
    CHARGE_ENFORCEMENT,
    CHARGE_NONE,
    FIRST_STAY,
    FLOW_DIVIDEND,
    FLOW_NONE,
    FLOW_PAID,
    FLOW_PART,
    FLOW_WAIVED,
    LAST_AFTER_FIRST,
    LAST_STAY,
    LATER_STAY,
    N_HELD,
    N_WEIGHTS,
    PART_KINDS,
    STAYS,
    TIME_EXIT,
    TIME_FIXED,
    TIME_SPREAD,
    Ages,
    Flows,
    Process,
    Sets,
    WalkWorkspace,
    count_steps,
    walk,
)
from kravsim.expected.year import PAID_ENDED_CASES, STAGE_LATER, Year
from kravsim.models.answers import DELAYS
from kravsim.models.build import max_visits
from kravsim.models.process import DETOURS, END_CODE, MAX_ANSWERS, PROCESS, STEP_CODE, Step, law_tables
from kravsim.models.refusals import opens, otherwise
from kravsim.models.surveillance import (
    LAST_SURVEILLANCE,
    SURVEILLANCE,
    YEAR_OF_DAYS,
    checks_within,
    exit_rates,
    limitation_years,
    spell_shares,
)
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS
from kravsim.units import half_up

Floats = NDArray[np.float64]

FLOW_OF_EFFECT = {
    "none": FLOW_NONE,
    "paid": FLOW_PAID,
    "part": FLOW_PART,
    "dividend": FLOW_DIVIDEND,
    "waive": FLOW_WAIVED,
}
CHARGE_OF: dict[tuple[str, ...], int] = {
    (): CHARGE_NONE,
    ("payment_order_application", "payment_order_own_work"): CHARGE_APPLICATION,
    ("payment_order_supplement",): CHARGE_COURT,
    ("enforcement_basic_fee",): CHARGE_ENFORCEMENT,
}
"""What a step from the solvency check on charges, as the walk books it."""
OCCASIONS = ("payment_order", "contested", "attachment")
"""Steps from which a case can be withdrawn late."""
TALLIED = ("payment_order", "order")
"""Steps of which every answer is counted."""
FIRST_ROW, AFTER_FIRST_ROW = len(PROCESS), len(PROCESS) + 1
"""Rows of shares and delays, after those of the steps, of the first stay under surveillance and of a last one after it."""
ENTRY_OPEN, ENTRY_CLOSED = ("payment_order", "surveillance"), ("surveillance",)
"""Where cases come in that may go to Kronofogden, and those whose principal is below the floor."""


def walk_late(tables: Tables, early: Early, checked: list[Checked], year: Year) -> None:
    """Take what comes to the solvency check to its ends.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    early : Early
        The first steps, walked.
    checked : list of Checked
        What comes to the solvency check, by source.
    year : Year
        Added to.
    """
    groups = _by_limitation(tables)
    entries, closed, ages = _checked_out(tables, early, checked, year, [members for _, members in groups])
    before = year.paid.copy()
    fee = _fees(early, len(DEBTOR_TYPES))
    entering = np.concatenate([entries, closed], axis=3).sum(axis=0)
    part = np.zeros((0, 0, 0, PART_KINDS)) if early.counting else _parts(tables, early, entering, fee)
    n_cells = -(-tables.clock.calendar.n_days // tables.clock.calendar.cell_days) + 1
    weights = _ages(tables, n_cells)
    for group, (years, _) in enumerate(groups):
        sets = _sets(tables, early, ages, years, fee, part, n_cells)
        for names, entry in ((ENTRY_OPEN, entries[group]), (ENTRY_CLOSED, closed[group])):
            made_of = np.ascontiguousarray(_made_of(entry))
            here = sets._replace(made_of=made_of, entry=np.ascontiguousarray(entry[..., :N_HELD]))
            _walk(tables, year, names, weights, here, counting=early.counting)
    paid = year.paid - before
    year.paid_stage[STAGE_LATER] += paid[:, PAID_ENDED_CASES]
    if early.commission is not None:
        cases = sum((source.cases.sum(axis=2) for source in checked), np.zeros_like(early.demanded.mean))
        year.commission += early.commission.late(early.demanded.points, cases, paid)


def _has(tables: Tables, segment: str) -> bool:
    return tables.batch.view.debtors.segments.get(segment) is not None  # type: ignore[call-overload]


def _by_limitation(tables: Tables) -> list[tuple[Floats, list[int]]]:
    """Segments that come to the check, by the years of limitation (B,) of their claims: such are walked together."""
    groups: dict[bytes, tuple[Floats, list[int]]] = {}
    for at, segment in enumerate(SEGMENTS):
        if segment not in DETOURS and _has(tables, segment):
            years = tables.batch.array(limitation_years(tables.batch.view, segment))
            groups.setdefault(years.tobytes(), (years, []))[1].append(at)
    return list(groups.values())


def _checked_out(
    tables: Tables, early: Early, checked: list[Checked], year: Year, groups: list[list[int]]
) -> tuple[Floats, Floats, Floats]:
    """Answer the solvency check.

    Returns what comes in by groups of segments above and below the floor, (G, B, T, entries, sources, measures) each, and
    ages (B, T, sources).
    """
    n, sources, types = len(tables.batch.which), len(checked), len(DEBTOR_TYPES)
    entries = np.zeros((len(groups), n, types, len(ENTRY_OPEN), sources, N_HELD + 3))
    closed = np.zeros((len(groups), n, types, len(ENTRY_CLOSED), sources, N_HELD + 3))
    ages = np.zeros((n, types, sources))
    checked_as = tables.by_name("solvency_check")
    solvent = checked_as["solvent"]
    taken, kept, never = (
        flags.reshape(len(SEGMENTS), types, 2, -1) for flags in (tables.files, tables.watches, tables.never)
    )
    for q, source in enumerate(checked):
        claims, kr, below = source.owed.of.claims, source.owed.of.mean, source.owed.of.below
        for kind in range(types):
            year.step("solvency_check", source.cases[:, kind], tables.since_demand.at(source.age[kind]))
        then = source.age + tables.days("solvency_check", "solvent")
        ages[:, :, q] = then.T
        broke = source.cases * checked_as["bankrupt"]
        early.bankruptcy(broke, source.owed, mean_age(broke, then) + tables.waited("bankruptcy"))
        applied = (source.cases * solvent * taken).sum(axis=2)
        others = source.cases * (checked_as["not_solvent"] + solvent * ~taken)
        watched = (others * kept * ~never).sum(axis=2)
        if not kept.all():
            early.given_back(others * ~kept, source.owed, then)
        parts = [(place, False, cases, 1 - below) for place, cases in enumerate((applied, watched))]
        parts += [(place, True, cases, below) for place, cases in enumerate((applied, watched))]
        if never.any():
            parts.append((1, True, (others * kept * never).sum(axis=2), np.ones_like(below)))
        for place, low, cases, share in parts:
            for group, among in enumerate(groups):
                mass = np.zeros((n, types, N_HELD + 3))
                mass[:, :, 0] = (cases * share[0])[among].sum(axis=0).T
                mass[:, :, 1] = (cases * claims * share[1])[among].sum(axis=0).T
                mass[:, :, 2] = (cases * kr * share[2])[among].sum(axis=0).T * source.owed.principal.T
                mass[:, :, 3] = mass[:, :, 0] * source.owed.fees.sum(axis=1).T
                mass[:, :, 7] = mass[:, :, 0] * source.owed.interest_left.T
                mass[:, :, 8:] = mass[:, :, :1] * source.owed.fees.transpose(2, 0, 1)
                if low:
                    closed[group, :, :, 0, q] += mass
                else:
                    entries[group, :, :, place, q] = mass
    return entries, closed, ages


def _walk(tables: Tables, year: Year, names: tuple[str, ...], weights: Ages, sets: Sets, *, counting: bool) -> None:
    """Walk one graph."""
    limits = max_visits(tables.batch.view)
    if names == ENTRY_CLOSED:
        limits[STEP_CODE["payment_order"]] = 0
    graph = unrolled_process(names, *(tuple(each.tolist()) for each in (limits, otherwise(), opens())))
    process = _process(tables, graph, int(limits[STEP_CODE["attachment"]]))
    workspace = walk_workspace(len(graph.step), weights.cells.shape[-1], 1 if counting else N_HELD)
    if counting:
        count_steps(process, weights, sets, year.steps, workspace)
        return
    flows = Flows(
        year.steps, year.answered, year.ends, year.paid, year.gone, year.withdrawn, year.statements, year.rechecks
    )
    walk(process, weights, sets, flows, workspace)


def _sets(tables: Tables, early: Early, ages: Floats, years: Floats, fee: Floats, part: Floats, n_cells: int) -> Sets:
    """What differs between sets, but for what comes in; ``years`` (B,) of limitation."""
    stays = _stays(tables, ages, years)
    share, days = _answers(tables, stays)
    leaving = _leaving(tables, stays)
    watched, found = _at_checks(tables, stays)
    nothing = np.zeros((0, 0, 0))
    return Sets(
        clock=tables.clock.of_set,
        share=share,
        days=days,
        wait=np.ascontiguousarray(np.array([tables.waited(step.name) for step in PROCESS]).T),
        leaving=leaving,
        leaving_days=leaving @ (np.arange(leaving.shape[3]) * float(tables.clock.calendar.cell_days)),
        fee=fee,
        part=part,
        made_of=nothing,
        growth=early.growth,
        reported=_reported(tables, early, n_cells),
        watched=watched,
        found=found,
        watched_days=_every(tables).astype(np.float64),
        entry=nothing[..., None, None],
        entry_day=np.ascontiguousarray(ages),
    )


def walk_workspace(nodes: int, n_cells: int, measures: int) -> WalkWorkspace:
    """Working space for a graph: as many ``measures`` as are carried, all of them or the cases alone.

    Parameters
    ----------
    nodes : int
        Of the graph.
    n_cells : int
        Cells of ages, a few days each.
    measures : int
        N_HELD, or 1 for the cases alone.
    """
    mass, moved = np.zeros((nodes, measures * (n_cells + 1))), np.zeros(measures * (n_cells + 1))
    return WalkWorkspace(
        mass,
        moved,
        mass.reshape(nodes, n_cells + 1, measures),
        moved.reshape(n_cells + 1, measures),
        np.zeros((N_WEIGHTS, n_cells)),
        np.zeros((STAYS, N_WEIGHTS, n_cells)),
        np.zeros((3, measures)),
    )


def _process(tables: Tables, graph: Graph, years: int) -> Process:
    """The graph and what its steps and answers do, as arrays."""
    charge = np.array([charge_code(step) for step in PROCESS], np.int64)
    effect, timing = (np.zeros((len(PROCESS), MAX_ANSWERS), np.int64) for _ in range(2))
    left_late = np.full(len(PROCESS), -1, np.int64)
    left_late[[STEP_CODE[name] for name in OCCASIONS]] = np.arange(len(OCCASIONS))
    late_codes = {STEP_CODE[name] for name in _late_steps()}
    for code, step in enumerate(PROCESS):
        for position, answer in enumerate(step.answers):
            if code in late_codes:
                effect[code, position] = FLOW_OF_EFFECT[answer.effect]
            if step.name in (*SURVEILLANCE, *LAST_SURVEILLANCE):
                timing[code, position] = TIME_FIXED if answer.name == "silent" else TIME_EXIT
            elif code in late_codes:
                timing[code, position] = TIME_FIXED if tables.delay(step.name, position) is None else TIME_SPREAD
    is_attachment = graph.step == STEP_CODE["attachment"]
    attached = graph.visits[:, STEP_CODE["attachment"]]
    titled = attached + graph.visits[:, STEP_CODE["surveillance_with_title"]] > 0
    profile = np.where(is_attachment, attached, years + titled)
    first = np.isin(np.arange(len(graph.step)), graph.entry) & (graph.step == STEP_CODE["surveillance"])
    last = np.isin(graph.step, [STEP_CODE[name] for name in LAST_SURVEILLANCE])
    before = {name: graph.visits[:, STEP_CODE[name]] for name in ENTRY_OPEN}
    after_first = (
        (graph.step == STEP_CODE["last_surveillance"]) & (before["surveillance"] == 1) & (before["payment_order"] == 0)
    )
    stay = np.where(last, np.where(after_first, LAST_AFTER_FIRST, LAST_STAY), np.where(first, FIRST_STAY, LATER_STAY))
    return Process(
        step=graph.step,
        row=np.where(first, FIRST_ROW, np.where(after_first, AFTER_FIRST_ROW, graph.step)),
        stay=stay,
        profile=profile.astype(np.int64),
        target=graph.target,
        n_answers=np.array([len(step.answers) for step in PROCESS], np.int64),
        charge=charge,
        tallied=np.array([step.name in TALLIED for step in PROCESS]),
        effect=effect,
        timing=timing,
        left_late=left_late,
        entry=graph.entry,
        withdrawn_late=END_CODE["withdrawn_late"] - len(PROCESS),
    )


def charge_code(step: Step) -> int:
    """What the walk books when a case comes to a step: nothing at those of :mod:`kravsim.expected.early`.

    Parameters
    ----------
    step : Step
        A row of the process table.

    Raises
    ------
    LookupError
        When the closed form does not know the step, or what it charges, which would then cost nothing.
    """
    late = step.name in _late_steps()
    if late == (step.name in EARLY_STEPS):
        raise LookupError(f"the closed form has no formula for step {step.name!r}, or walks it beside its formula")
    if step.charges not in (CHARGE_OF if late else {EARLY_CHARGES.get(step.name, ())}):
        raise LookupError(
            f"the closed form has no formula for what step {step.name!r} charges: {', '.join(step.charges)}"
        )
    return CHARGE_OF[step.charges] if late else CHARGE_NONE


@cache
def _late_steps() -> tuple[str, ...]:
    """Steps that the walk can meet."""
    found = list(ENTRY_OPEN)
    for name in found:
        for answer in PROCESS[STEP_CODE[name]].answers:
            if answer.goes_to in STEP_CODE and answer.goes_to not in found:
                found.append(answer.goes_to)
    return tuple(found)


def _stays(tables: Tables, ages: Floats, years: Floats) -> Floats:
    """Longest days of each stay under surveillance: (STAYS, B, T).

    A first stay is shorter by the age of the claim at the check, since limitation runs from the invoice, and so is what is
    left after it when the letter does not reach the debtor; ``ages`` (B, T, sources) are since the hand-over, those of cases
    that got no plan first.
    """
    view, array = tables.batch.view, tables.batch.array
    period = years * YEAR_OF_DAYS
    margin = half_up(array(view.timing.interruption_margin_days.value))
    longest = half_up(array(view.timing.surveillance_spell_days.value))
    begun = tables.clock.lag_days + half_up(array(view.invoices.terms_days.value))
    later = np.minimum(longest, period - margin)
    until_barred = (period - begun)[:, None] - ages[:, :, 0]
    first = np.minimum(longest[:, None], until_barred - margin[:, None])
    answered = tables.days("interruption", "not_reached")
    last = np.maximum(period - longest, margin) - answered
    after_first = until_barred - np.maximum(first, 1.0) - answered[:, None]
    whole = np.broadcast_arrays(later[:, None], first, last[:, None], after_first)
    return np.asarray(np.maximum(half_up(np.array(whole)), 1.0))


def _answers(tables: Tables, stays: Floats) -> tuple[Floats, Floats]:
    """Shares and mean delays of the late steps, and of the first stays under surveillance: (B, T, S + 2, A) each."""
    n, types = len(tables.batch.which), len(DEBTOR_TYPES)
    shape = (n, types, AFTER_FIRST_ROW + 1, MAX_ANSWERS)
    share, days = np.zeros(shape), np.zeros(shape)
    for name in _late_steps():
        if name not in (*SURVEILLANCE, *LAST_SURVEILLANCE):
            code, found = STEP_CODE[name], tables.by_type(name)
            share[:, :, code, : len(found)] = found.transpose(2, 1, 0)
            for answer in range(len(found)):
                days[:, :, code, answer] = tables.days(name, answer)[:, None]
    rows = [(STEP_CODE[name], LATER_STAY) for name in SURVEILLANCE] + [(FIRST_ROW, FIRST_STAY)]
    rows += [(STEP_CODE[name], LAST_STAY) for name in LAST_SURVEILLANCE] + [(AFTER_FIRST_ROW, LAST_AFTER_FIRST)]
    for place, kind in enumerate(DEBTOR_TYPES):
        for row, stay in rows:
            behaviour = tables.batch.view.behaviour
            granted = behaviour.restructuring_granted_share.value
            gone = spell_shares(getattr(behaviour, kind), stays[stay, :, place], _every(tables), granted)
            for answer, part in enumerate(gone):
                share[:, place, row, answer] = part
            share[:, place, row, 3] = 1 - sum(gone)
            days[:, place, row, 3] = stays[stay, :, place]
    return share, days


def _rates(tables: Tables) -> Floats:
    """Daily hazard of leaving surveillance: (B, T)."""
    behaviour, array = tables.batch.view.behaviour, tables.batch.array
    granted = behaviour.restructuring_granted_share.value
    rate = (
        np.array([sum(array(part) for part in exit_rates(getattr(behaviour, kind), granted)) for kind in DEBTOR_TYPES])
        / 365
    )
    return np.asarray(rate.T)


def _leaving(tables: Tables, stays: Floats) -> Floats:
    """Shares of those who leave surveillance by cells after its beginning, means kept: (B, STAYS, T, K)."""
    rate, stay = np.maximum(_rates(tables), 1e-12)[None, :, :, None], stays[..., None]
    cell_days = tables.clock.calendar.cell_days
    edges = np.arange(int(stays.max() // cell_days) + 3) * float(cell_days)
    upto = np.clip(edges - 0.5, 0.0, stay)  # exits are rounded up to whole days: half a day late on average
    gone = -np.expm1(-rate * upto)
    mean_gone = gone / rate - upto * np.exp(-rate * upto)  # integral of t times the density
    mass, first = np.diff(gone, axis=3), np.diff(mean_gone + 0.5 * gone, axis=3)
    late = (first - edges[:-1] * mass) / cell_days
    share = np.zeros(gone.shape)
    share[..., :-1] += mass - late
    share[..., 1:] += late
    return np.ascontiguousarray((share / share.sum(axis=3, keepdims=True)).transpose(1, 0, 2, 3))


def charge_kr(early: Early, charge: str) -> float | Floats:
    """A charge of a mean case in kr (B,), which may depend on whether the claim is small (§M3).

    Parameters
    ----------
    early : Early
        The first steps, walked.
    charge : str
        Name in :data:`kravsim.ledger.accounts.CHARGES`.
    """
    of_small, of_large = law_tables(charge)
    if of_small == of_large:
        return early.calendar.fee_kr(charge)
    limit = early.tables.batch.array(early.view.policy.small_claim_limit_kr.value)
    mean = np.maximum(early.demanded.mean, 1e-300)  # of no cases it is 0, and weighs nothing
    z = np.log(limit / mean) / np.maximum(early.demanded.spread, 1e-9) + early.demanded.spread / 2
    weight = early.demanded_cases.sum(axis=2)
    small = (ndtr(z) * weight).sum(axis=(0, 1)) / np.maximum(weight.sum(axis=(0, 1)), 1e-300)
    return np.asarray(small * early.calendar.fee_kr(of_small) + (1 - small) * early.calendar.fee_kr(of_large))


def _every(tables: Tables) -> Floats:
    """Whole days from check to check of a stay under surveillance (B,)."""
    return half_up(tables.batch.array(tables.batch.view.policy.recheck_days.value))


def _at_checks(tables: Tables, stays: Floats) -> tuple[Floats, Floats]:
    """Shares still under surveillance at each check of a stay, and found worth another try by it: (B, STAYS, T, checks).

    Who has become so is watched until the check.

    §M18.
    """
    every, rate = _every(tables), _rates(tables)[:, :, None]
    checks = checks_within(stays, every[:, None])
    number = np.arange(1, max(1, int(checks.max())) + 1)
    takes_place = number <= checks[..., None]
    left, before = (np.exp(-rate * (every[:, None] * which)[:, None]) for which in (number, number - 1))
    revived = np.array(
        [tables.batch.array(exit_rates(getattr(tables.batch.view.behaviour, kind))[1]) for kind in DEBTOR_TYPES]
    )
    among = (revived.T / 365)[:, :, None] / np.maximum(rate, 1e-300)
    found = among * (before - left)
    watched, found = ((share * takes_place).transpose(1, 0, 2, 3) for share in (left + found, found))
    return np.ascontiguousarray(watched), np.ascontiguousarray(found)


def _made_of(entry: Floats) -> Floats:
    """What the early fees that come in are made of: (B, T, 3)."""
    made = entry[..., 8:].sum(axis=(2, 3))
    return np.asarray(made / np.maximum(made.sum(axis=2, keepdims=True), 1e-300))


def _fees(early: Early, types: int) -> Floats:
    """Application, own work, supplement and basic fee in kr: (B, T, 4)."""
    fee = np.zeros((len(early.tables.batch.which), types, 4))
    fee[..., 0] = early.calendar.fee_kr("payment_order_application")
    fee[..., 1] = early.calendar.fee_kr("payment_order_own_work")
    fee[..., 2] = np.asarray(charge_kr(early, "payment_order_supplement"))[:, None]
    fee[..., 3] = early.calendar.fee_kr("enforcement_basic_fee")
    return fee


def _parts(tables: Tables, early: Early, entry: Floats, fee: Floats) -> Floats:
    """Shares of a part payment by profile: attachments by number, then debt restructuring without and with a title."""
    n, types = entry.shape[:2]
    years = int(max_visits(early.view)[STEP_CODE["attachment"]])
    fees = np.zeros((n, types, years + 2, N_FEES))
    cases = entry[..., 0].sum(axis=(2, 3))
    early_kr = entry[..., 3].sum(axis=(2, 3)) / np.maximum(cases, 1e-300)
    fees[..., :3] = (early_kr[..., None] * _made_of(entry))[:, :, None, :]
    attached = np.minimum(np.arange(1, years + 3), years)
    attached[years], attached[years + 1] = 0, 1
    has_order = attached > 0
    fees[..., 3], fees[..., 4] = fee[..., None, 0] * has_order, fee[..., None, 1] * has_order
    fees[..., 5] = fee[..., None, 3] * attached
    age = np.zeros((n, years + 2))
    order = tables.days("payment_order", "order") + tables.days("order", "unpaid") + tables.days("attachment", "part")
    for number in range(years):
        age[:, number] = order + 365 * number
    interest = np.repeat((early.growth[:, :1] * (age + early.growth[:, 1:]))[:, None, :], types, axis=1)
    covered = np.array([tables.covered("attachment", N_SHARES)] * (years + 2))
    weight = early.demanded_cases.sum(axis=2)
    weight = weight / np.maximum(weight.sum(axis=0), 1e-300)
    found = np.zeros((n, types, years + 2, PART_KINDS))
    workspace = np.zeros((3, PART_KINDS))
    part_shares(
        fees,
        np.ascontiguousarray(interest),
        early.case_kr(early.demanded, weight),
        covered,
        early.order,
        workspace,
        found,
    )
    found[:, :, years:] = tables.covered("debt_restructuring", N_SHARES).mean()  # a dividend is of every debt alike
    return found


def _reported(tables: Tables, early: Early, n_cells: int) -> Floats:
    """Share of payers at an age whose interest calls for a statement, the share of natural persons included: (B, T, C).

    §M20.
    """
    threshold = tables.batch.array(early.view.policy.ku25_threshold_kr.value)
    natural = [SEGMENTS.index("private"), SEGMENTS.index("estate")]
    cases = early.demanded_cases.sum(axis=2)
    persons = cases[natural].sum(axis=0) / np.maximum(cases.sum(axis=0), 1e-300)
    mean, spread = early.demanded.mean[0], np.maximum(early.demanded.spread[0], 1e-9)
    age = np.arange(n_cells) * tables.clock.calendar.cell_days
    grown = np.maximum(early.growth[:, :1] * (age + early.growth[:, 1:]), 1e-12)
    least = np.log(np.maximum(threshold, 1e-9))[:, None] - np.log(grown)
    z = (least[:, None, :] - np.log(np.maximum(mean, 1e-300)).T[:, :, None]) / spread.T[:, :, None] + spread.T[
        :, :, None
    ] / 2
    return np.ascontiguousarray(persons.T[:, :, None] * ndtr(-z))


def _ages(tables: Tables, n_cells: int) -> Ages:
    """Weights of every clock of the batch: by day, by cell, and of answers with a table of delays by cell of the step."""
    each, last, cell_days = tables.clock.each, tables.clock.calendar.n_days, tables.clock.calendar.cell_days
    daily = np.ascontiguousarray(np.stack([one.smooth.T for one in each]))
    cells = np.ascontiguousarray(daily[:, :, np.minimum(np.arange(n_cells) * cell_days, last)])
    spread = np.zeros((len(each), len(PROCESS), MAX_ANSWERS, N_WEIGHTS, n_cells))
    for name in _late_steps():
        for answer in range(len(DELAYS.get(name, ()))):
            delay = tables.delay(name, answer)
            if delay is not None:
                spread[:, STEP_CODE[name], answer] = [one.by_cell(delay, n_cells) for one in each]
    return Ages(daily, cells, spread, cell_days)
