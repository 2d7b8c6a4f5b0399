"""In which row and column of the process map each step stands, computed from the arrows between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, permutations, product
from typing import Final

MOST_COLUMNS: Final = 4
_SWEEPS: Final = 12
_MOST_TRIED: Final = 100
_STRAIGHT: Final = 12


@dataclass(frozen=True)
class Arrow:
    """An arrow to lay: from a row of one box (``port``: inches below its top) to another box.

    ``main`` marks the usual way on, which is laid straight down where the next box stands below.

    Parameters
    ----------
    source : str
        Step whose box it leaves.
    target : str
        Step whose box it reaches.
    port : float
        Inches below the top of the box that it leaves.
    main : bool
        Whether it is the usual way on.
    """

    source: str
    target: str
    port: float
    main: bool = False


def rows_of(order: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """Row of each box: how many steps it is from the beginning by the shortest way.

    A row holds ``MOST_COLUMNS`` boxes at most; of those that are too many, boxes that lead nowhere move down first. Boxes
    that nothing leads to stand in the first row.

    Parameters
    ----------
    order : sequence of str
        The boxes in the order a case may first meet them.
    arrows : sequence of Arrow
        Between these boxes.
    """
    after: dict[str, list[str]] = {name: [] for name in order}
    for arrow in arrows:
        after[arrow.source].append(arrow.target)
    led_to = {arrow.target for arrow in arrows if arrow.source != arrow.target}
    stage = {name: 0 for name in order if name == order[0] or name not in led_to}
    waiting = list(stage)
    for name in waiting:
        new = [target for target in after[name] if target not in stage]
        stage |= dict.fromkeys(new, stage[name] + 1)
        waiting += dict.fromkeys(new)
    stage |= {name: 0 for name in order if name not in stage}  # a circle that nothing leads into
    rows: dict[str, int] = {}
    filled: dict[int, int] = {}
    for name in sorted(order, key=lambda name: (stage[name], not after[name])):
        row = stage[name]
        while filled.get(row, 0) >= MOST_COLUMNS:
            row += 1
        rows[name] = row
        filled[row] = filled.get(row, 0) + 1
    return rows


def columns_of(order: Sequence[str], arrows: Sequence[Arrow], rows: Mapping[str, int]) -> dict[str, int]:
    """Column of each box: the arrangement with the shortest arrows that a search from several beginnings finds.

    Parameters
    ----------
    order : sequence of str
        The boxes in the order a case may first meet them.
    arrows : sequence of Arrow
        Between these boxes.
    rows : mapping of str to int
        Row of each box, from 0.

    Returns
    -------
    dict of str to int
        Column of each box, from 0.
    """
    by_row: dict[int, list[str]] = {}
    for name in order:
        by_row.setdefault(rows[name], []).append(name)
    wide = max(len(names) for names in by_row.values())
    found = []
    for begin in range(wide):
        columns = {name: (begin + k) % wide for names in by_row.values() for k, name in enumerate(names)}
        _improve(columns, arrows, rows, by_row, wide)
        found.append((sum(_cost(arrow, rows, columns, by_row) for arrow in arrows), begin, columns))
    return min(found)[2]


def _improve(
    columns: dict[str, int],
    arrows: Sequence[Arrow],
    rows: Mapping[str, int],
    by_row: Mapping[int, Sequence[str]],
    wide: int,
) -> None:
    """Rearrange each row, and neighbours with few boxes together, as is best given the others, until nothing changes."""
    ways = {row: list(permutations(range(wide), len(names))) for row, names in by_row.items()}
    windows: list[tuple[int, ...]] = [(row,) for row in sorted(by_row)]
    windows += [
        (row, row + 1) for row in by_row if len(ways[row]) * len(ways.get(row + 1, ())) in range(1, _MOST_TRIED)
    ]
    for _ in range(_SWEEPS):
        before = dict(columns)
        for window in windows:
            names = [name for row in window for name in by_row[row]]
            best, least = tuple(columns[name] for name in names), float("inf")
            for places in product(*(ways[row] for row in window)):
                columns |= dict(zip(names, chain(*places), strict=True))
                now = sum(_cost(arrow, rows, columns, by_row) for arrow in arrows)
                if now < least - 1e-9:
                    best, least = tuple(columns[name] for name in names), now
            columns |= dict(zip(names, best, strict=True))
        if columns == before:
            break


def _cost(
    arrow: Arrow, rows: Mapping[str, int], columns: Mapping[str, int], by_row: Mapping[int, Sequence[str]]
) -> float:
    """How much an arrow costs the eye: columns crossed, and main ways that are not straight down."""
    apart = abs(columns[arrow.source] - columns[arrow.target])
    if not arrow.main:
        return float(apart**1.5)
    low, high = sorted((rows[arrow.source], rows[arrow.target]))
    column = columns[arrow.source]
    between = (name for row in range(low + 1, high) for name in by_row.get(row, ()))
    blocked = sum(columns[name] == column for name in between)
    return _STRAIGHT * (apart + blocked) + 0.01 * abs(column - 1)
