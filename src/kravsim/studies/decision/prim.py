"""In which box of inputs something holds: patient rule induction (PRIM), kept to two or three limits that can be read.

A box is peeled from the whole, at each step by the piece that leaves the largest share behind in which it holds: the lowest
or highest twentieth of a scale, the lowest or highest value of a whole number or of few values, or one level of a set. Inputs
that help by themselves, and those that unlimited peeling comes to limit, are candidates; every two or three of them are
peeled alone, and the box that covers most with least beside it is kept, its limits rounded where that changes little.

Sources: Friedman and Fisher, Bump hunting in high-dimensional data, 1999; Bryant and Lempert, Thinking inside the box, 2010.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kravsim.studies.decision.box import Box, Column, Limit, Truths, inside_of

PEELED: Final = 0.05
_FEW: Final = 12
"""A number with at most so many different values is peeled value by value."""
_CANDIDATES: Final = 7
_LEAST_DRAWS: Final = 10
"""Draws that a box holds, at least."""
_WORTH: Final = 0.02
"""What one limit more must add to the score."""
_PASTE_ROUNDS: Final = 50
_LEAST_SHARE: Final = 0.1
"""Of what holds that a box must cover to be told."""
_HALVES: Final = 10
_FIRM: Final = 0.5
"""Share of half-samples that must limit an input again."""
_SURE: Final = 2.0
"""Standard errors by which boxes must be denser than the whole in draws that they were not found in."""


def boxes_of(columns: Sequence[Column], wins: Truths, most_limits: int, most_boxes: int, seed: int) -> tuple[Box, ...]:
    """Find boxes one after another, each among the draws that none before it holds, and try each on halves of the draws.

    Parameters
    ----------
    columns : sequence of Column
        One an input, of as many draws as `wins`.
    wins : (draws,) array of truth values
        Where it holds.
    most_limits, most_boxes : int
        Limits of a box, and boxes, at most.
    seed : int
        Of the halves.
    """
    found: list[Box] = []
    left = np.ones(len(wins), np.bool_)
    while len(found) < most_boxes and wins[left].any() and not wins[left].all():
        here = [column._replace(values=column.values[left]) for column in columns]
        box = best_box(here, wins[left], most_limits)
        if box is None or box.wins < _LEAST_SHARE * wins.sum():
            break
        reproducibility, held_out = _tried(box, here, wins[left], most_limits, seed)
        firm = [limit.name for limit, share in zip(box.limits, reproducibility, strict=True) if share >= _FIRM]
        if 0 < len(firm) < len(box.limits):  # a limit that half the draws do not take reproducibility says little
            fewer = best_box([one for one in here if one.name in firm], wins[left], len(firm))
            if fewer is not None:
                box = fewer
                reproducibility, held_out = _tried(box, here, wins[left], most_limits, seed)
        if held_out is None:
            break
        found.append(
            replace(
                box, reproducibility=reproducibility, held_out=held_out, all_draws=len(wins), all_wins=int(wins.sum())
            )
        )
        left[left] &= ~inside_of(box.limits, here)
    return tuple(found)


def _tried(
    box: Box, columns: Sequence[Column], wins: Truths, most: int, seed: int
) -> tuple[tuple[float, ...], tuple[float, float] | None]:
    """How often a half-sample limits the same inputs, and coverage and density of its box in the other half.

    None where it is no denser there than the whole beyond what chance would do: then there is nothing to tell.
    """
    rng = np.random.default_rng(seed)
    named = [limit.name for limit in box.limits]
    times = np.zeros(len(named))
    inside = held = there = 0
    for _ in range(_HALVES):
        half = np.zeros(len(wins), np.bool_)
        half[rng.permutation(len(wins))[: len(wins) // 2]] = True
        mine, theirs = ([one._replace(values=one.values[some]) for one in columns] for some in (half, ~half))
        one = best_box(mine, wins[half], most) if 0 < wins[half].sum() < half.sum() else None
        there += int(wins[~half].sum())
        if one is not None:
            times += [name in {limit.name for limit in one.limits} for name in named]
            other = inside_of(one.limits, theirs)
            inside, held = inside + int(other.sum()), held + int(wins[~half][other].sum())
    if not inside:
        return tuple((times / _HALVES).tolist()), None
    overall, density = float(wins.mean()), held / inside
    doubt = math.sqrt(overall * (1 - overall) / (inside / _HALVES))  # halves overlap: as many draws as one of them
    kept = (held / there, density) if density > overall + _SURE * doubt else None
    return tuple((times / _HALVES).tolist()), kept


def best_box(columns: Sequence[Column], wins: Truths, most: int) -> Box | None:
    """Find the box with at most so many limits that has the best score; None where no limit adds to the whole.

    Parameters
    ----------
    columns : sequence of Column
        One an input, of as many draws as `wins`.
    wins : (draws,) array of truth values
        In which draws it holds; some, not all.
    most : int
        Limits at most.
    """
    whole = _box((), columns, wins)
    candidates = _candidates(columns, wins, whole.score)
    best: Box | None = None
    for size in range(1, most + 1):
        found = [_of(some, wins, size) for some in itertools.combinations(candidates, size)]
        at_best = max((one for one in found if one is not None), key=lambda one: one.score, default=None)
        least = whole.score if best is None else best.score
        if at_best is not None and at_best.score >= least + _WORTH:
            best = at_best
    return best


def _candidates(columns: Sequence[Column], wins: Truths, least: float) -> list[Column]:
    """The inputs that help by themselves, the most helpful first, and those that unlimited peeling limits."""
    alone = []
    for column in columns:
        box = _of([column], wins, 1)
        alone.append(least if box is None else box.score)
    order = sorted(range(len(columns)), key=lambda k: -alone[k])
    peeled = {limit.name: k for k, limit in enumerate(_peeled(columns, wins)[-1])}
    named = sorted((column for column in columns if column.name in peeled), key=lambda one: peeled[one.name])
    first = [columns[k] for k in order[: _CANDIDATES // 2 + 1] if alone[k] > least]
    return list({one.name: one for one in (*first, *named)}.values())[:_CANDIDATES]


def _of(columns: Sequence[Column], wins: Truths, size: int) -> Box | None:
    """The best box along the peeling of some inputs alone, all of which it limits."""
    best = None
    for limits in _peeled(columns, wins):
        if len(limits) == size:
            box = _box(limits, columns, wins)
            if best is None or box.score > best.score:
                best = box
    return None if best is None else _pasted(best, columns, wins)


def _box(limits: Sequence[Limit], columns: Sequence[Column], wins: Truths) -> Box:
    inside = inside_of(limits, columns)
    return Box(tuple(limits), int(inside.sum()), int(wins[inside].sum()), len(wins), int(wins.sum()))


def _peeled(columns: Sequence[Column], wins: Truths) -> list[tuple[Limit, ...]]:
    """Boxes from the whole inwards, until one holds too few draws or nothing but wins."""
    now: dict[str, Limit] = {}
    inside = np.ones(len(wins), np.bool_)
    found: list[tuple[Limit, ...]] = [()]
    while True:
        many, held = int(inside.sum()), int(wins[inside].sum())
        if held == many:
            return found
        best: tuple[float, int, Limit] | None = None
        for limit, left in _pieces(columns, inside, now):
            n = int(left.sum())
            if n < _LEAST_DRAWS or n == many:
                continue
            gain = (float(wins[left].sum()) / n - held / many) / (
                many - n
            )  # a draw: large pieces are no better for that
            if gain > 0 and (best is None or (gain, n) > best[:2]):
                best = gain, n, limit
        if best is None:
            return found
        now[best[2].name] = best[2]
        inside = inside_of(list(now.values()), columns)
        found.append(tuple(now.values()))


def _pieces(columns: Sequence[Column], inside: Truths, now: dict[str, Limit]) -> Iterator[tuple[Limit, Truths]]:
    """Every way to peel once more, and the draws that are left."""
    for column in columns:
        here = column.values[inside]
        old = now.get(column.name, Limit(column.name, levels=column.levels))
        if column.levels:
            present = [column.levels[int(code)] for code in np.unique(here)]
            for gone in present if len(present) > 1 else ():
                limit = old._replace(levels=tuple(level for level in old.levels if level != gone))
                yield limit, inside & limit.holds(column)
            continue
        different = np.unique(here)
        if len(different) < 2:
            continue
        if len(different) <= _FEW:
            above, below = different[1], different[-2]
        else:
            ordered = np.sort(here)
            far = max(1, int(PEELED * len(ordered)))
            above = ordered[far] if ordered[far] > ordered[0] else different[1]
            below = ordered[-far - 1] if ordered[-far - 1] < ordered[-1] else different[-2]
        for limit in (old._replace(low=float(above)), old._replace(high=float(below))):
            yield limit, inside & limit.holds(column)


def _pasted(box: Box, columns: Sequence[Column], wins: Truths) -> Box:
    """Move limits outwards, or to round numbers, as long as the score does not fall; limits that do nothing go."""
    for _ in range(_PASTE_ROUNDS):
        found = [_box(limits, columns, wins) for limits in _wider(box, columns)]
        better = max(found, key=lambda one: one.score, default=box)
        if better.score <= box.score:
            break
        box = better
    by_name = {column.name: column for column in columns}
    for limit in box.limits:
        for rounded in _rounded(limit, by_name[limit.name]):
            limits = [rounded if one.name == limit.name else one for one in box.limits]
            moved = _box(limits, columns, wins)
            if moved.wins and moved.score >= box.score - _WORTH / 4:
                box = moved
                break
    telling = [one for one in (_informative(limit, by_name[limit.name]) for limit in box.limits) if one is not None]
    return _box(telling, columns, wins)


def _informative(limit: Limit, column: Column) -> Limit | None:
    """The limit without an end that leaves nothing out; None where none is left."""
    if column.levels:
        return None if len(limit.levels) == len(column.levels) else limit
    low = -math.inf if limit.low <= column.values.min() else limit.low
    high = math.inf if limit.high >= column.values.max() else limit.high
    return None if low == -math.inf and high == math.inf else limit._replace(low=low, high=high)


def _wider(box: Box, columns: Sequence[Column]) -> Iterator[list[Limit]]:
    by_name = {column.name: column for column in columns}
    for limit in box.limits:
        column = by_name[limit.name]
        others = [one for one in box.limits if one.name != limit.name]
        if column.levels:
            more = [
                limit._replace(levels=(*limit.levels, level)) for level in column.levels if level not in limit.levels
            ]
        else:
            here = np.sort(column.values[inside_of(others, columns)] if others else column.values)
            far = max(1, int(PEELED / 5 * len(here)))
            lower, higher = here[here < limit.low], here[here > limit.high]
            more = [limit._replace(low=float(lower[-min(far, len(lower))]))] if len(lower) else []
            more += [limit._replace(high=float(higher[min(far, len(higher)) - 1]))] if len(higher) else []
        for one in more:
            yield [*others, one]


def _rounded(limit: Limit, column: Column) -> Iterator[Limit]:
    """The same limit with ends half-way to the next draw, from few digits to more; levels in their order."""
    if column.levels:
        yield limit._replace(levels=tuple(level for level in column.levels if level in limit.levels))
        return
    if column.whole or len(np.unique(column.values)) <= _FEW:
        return
    wide = float(np.ptp(column.values))
    for digits in range(7):
        step = 10.0 ** (math.floor(math.log10(wide)) - digits)
        low, high = (end if not math.isfinite(end) else round(end / step) * step for end in (limit.low, limit.high))
        if low <= high:
            yield limit._replace(low=float(f"{low:.12g}"), high=float(f"{high:.12g}"))
