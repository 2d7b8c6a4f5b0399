"""Where the boxes and arrows of the process map stand, whatever the process.

Boxes stand on the grid of :mod:`kravsim.figures.process_grid`. Arrows run in the channels between its rows and columns, each
target on a track of its own, so that no arrow passes over a box or along another arrow, however many steps there are.
Lengths are in inches, y downwards from the top of the map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from kravsim.figures.process_grid import Arrow, columns_of, rows_of

_TRACK: Final = 0.12
_CLEAR: Final = 0.14
_LEAST_CHANNEL: Final = 0.34
_APART: Final = 0.04
_MOST_MOVES: Final = 41

Point = tuple[float, float]
Side = Literal["left", "right", "bottom"]


@dataclass(frozen=True)
class Laid:
    """An arrow in its place: the side it leaves by, and its corners from the box to the arrow's point.

    Parameters
    ----------
    arrow : Arrow
        What is laid.
    side : {'left', 'right', 'bottom'}
        Of the box that it leaves.
    points : tuple of (float, float)
        Corners from the box to the arrow's point, inches.
    """

    arrow: Arrow
    side: Side
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    """Left upper corner of every box, every arrow, and the size of the whole map.

    Parameters
    ----------
    places : mapping of str to (float, float)
        Left upper corner of every box, inches.
    arrows : tuple of Laid
        In any order.
    width, height : float
        Of the whole map, inches.
    """

    places: Mapping[str, Point]
    arrows: tuple[Laid, ...]
    width: float
    height: float


@dataclass
class _Channel:
    """The tracks between two columns or rows: each target keeps to one track, apart from those it would touch.

    Tracks of targets before the channel (to the left) come first, so that arrows out of it do not cross its other tracks.
    """

    spans: dict[str, tuple[float, float]] = field(default_factory=dict)
    ahead: set[str] = field(default_factory=set)
    tracks: dict[str, int] = field(default_factory=dict)

    def use(self, target: str, one: float, other: float, *, ahead: bool) -> None:
        low, high = self.spans.get(target, (one, one))
        self.spans[target] = (min(low, one, other), max(high, one, other))
        if ahead:
            self.ahead.add(target)

    def assign(self) -> None:
        before = self._assigned([target for target in self.spans if target not in self.ahead])
        after = self._assigned([target for target in self.spans if target in self.ahead])
        count = 1 + max((*before.values(), -1)) + 1 + max((*after.values(), -1))
        self.tracks = before | {target: count - 1 - track for target, track in after.items()}

    def _assigned(self, targets: Sequence[str]) -> dict[str, int]:
        """Tracks from the outside in, the shortest ways outermost."""
        taken: list[list[tuple[float, float]]] = []
        tracks = {}
        for target in sorted(targets, key=lambda name: (self.spans[name][1] - self.spans[name][0], name)):
            low, high = self.spans[target]
            free = (n for n, spans in enumerate(taken) if all(high < a or low > b for a, b in spans))
            tracks[target] = next(free, len(taken))
            if tracks[target] == len(taken):
                taken.append([])
            taken[tracks[target]].append((low, high))
        return tracks

    @property
    def size(self) -> float:
        return max(_LEAST_CHANNEL, 2 * _CLEAR + _TRACK * max((*self.tracks.values(), 0)))

    def at(self, target: str) -> float:
        """How far into the channel a target's track lies.

        Parameters
        ----------
        target : str
            A step that has been given a track.
        """
        most = max(self.tracks.values())
        return (self.size - _TRACK * most) / 2 + _TRACK * self.tracks[target]


def lay(
    order: Sequence[str], arrows: Sequence[Arrow], heights: Mapping[str, float], width: float, entry: float
) -> Layout:
    """Place boxes and arrows.

    Parameters
    ----------
    order : sequence of str
        The boxes in the order a case may first meet them.
    arrows : sequence of Arrow
        Between boxes of ``order``.
    heights : mapping of str to float
        Height of each box.
    width : float
        Width of every box.
    entry : float
        How far below its top an arrow enters a box from the side.
    """
    rows = rows_of(order, arrows)
    columns = columns_of(order, arrows, rows)
    return _Router(order, arrows, heights, width, entry, rows, columns).layout()


class _Router:
    """Chooses a way for every arrow, gives the channels the room they need, and turns ways into corners."""

    def __init__(
        self,
        order: Sequence[str],
        arrows: Sequence[Arrow],
        heights: Mapping[str, float],
        width: float,
        entry: float,
        rows: Mapping[str, int],
        columns: Mapping[str, int],
    ) -> None:
        self.order, self.arrows, self.heights, self.width, self.entry = order, arrows, heights, width, entry
        self.rows, self.columns = rows, columns
        self.n_rows, self.n_columns = 1 + max(rows.values()), 1 + max(columns.values())
        self.beside = [_Channel() for _ in range(self.n_columns + 1)]
        self.above = [_Channel() for _ in range(self.n_rows)]
        self.taken = {(rows[name], columns[name]) for name in order}

    def layout(self) -> Layout:
        ways = [self._way(arrow) for arrow in self.arrows]
        for channel in (*self.beside, *self.above):
            channel.assign()
        self.tops, self.lefts = self._edges()
        self.places = {name: (self.lefts[self.columns[name]], self.tops[self.rows[name]]) for name in self.order}
        laid = [
            Laid(arrow, side, self._corners(arrow, side, out, over))
            for arrow, (side, out, over) in zip(self.arrows, ways, strict=True)
        ]
        right = self.lefts[-1] + self.width + (self.beside[-1].size if self.beside[-1].spans else 0.0)
        last = max(self.places[name][1] + self.heights[name] for name in self.order)
        return Layout(self.places, _apart(laid), right, last)

    def _way(self, arrow: Arrow) -> tuple[Side, int, bool]:
        """Side to leave by, channel between columns to run in, and whether to go over a row to enter from above."""
        ra, ca = self.rows[arrow.source], self.columns[arrow.source]
        rb, cb = self.rows[arrow.target], self.columns[arrow.target]
        clear = all((row, ca) not in self.taken for row in range(ra + 1, rb))
        if arrow.main and ca == cb and rb > ra and clear:
            return "bottom", -1, False
        go_right = cb > ca or (cb == ca and self._right_is_freer(ca))
        out = ca + 1 if go_right else ca
        over = abs(ca - cb) > 1
        y_from, y_to = ra + arrow.port / 100, rb - 0.5 if over else rb + self.entry / 100
        self.beside[out].use(arrow.target, y_from, y_to, ahead=cb >= out)
        if over:
            self.above[rb].use(arrow.target, out - 0.5, cb, ahead=True)
        return "right" if go_right else "left", out, over

    def _right_is_freer(self, column: int) -> bool:
        return len(self.beside[column + 1].spans) <= len(self.beside[column].spans)

    def _edges(self) -> tuple[list[float], list[float]]:
        """Top of each row and left edge of each column."""
        tops, y = [], 0.0
        for row in range(self.n_rows):
            y += self.above[row].size if row or self.above[row].spans else 0.0
            tops.append(y)
            y += max((self.heights[name] for name in self.order if self.rows[name] == row), default=0.0)
        lefts, x = [], 0.0
        for column in range(self.n_columns):
            x += self.beside[column].size if column or self.beside[column].spans else 0.0
            lefts.append(x)
            x += self.width
        return tops, lefts

    def _corners(self, arrow: Arrow, side: Side, out: int, over: bool) -> tuple[Point, ...]:
        (xa, ya), (xb, yb) = self.places[arrow.source], self.places[arrow.target]
        if side == "bottom":
            x = xa + self.width / 2
            return (x, ya + self.heights[arrow.source]), (x, yb)
        begin = (xa + self.width if side == "right" else xa, ya + arrow.port)
        x = (self.lefts[out - 1] + self.width if out else 0.0) + self.beside[out].at(arrow.target)
        if not over:
            end = (xb if x < xb else xb + self.width, yb + self.entry)
            return begin, (x, begin[1]), (x, end[1]), end
        above = self.above[self.rows[arrow.target]]
        y = yb - above.size + above.at(arrow.target)
        enter = xb + self.width * (0.25 if x < xb else 0.75)
        return begin, (x, begin[1]), (x, y), (enter, y), (enter, yb)


def _apart(arrows: Sequence[Laid]) -> tuple[Laid, ...]:
    """Move the ends of arrows a little up or down where two with different targets would run along one another.

    Arrows into one side of a box share their end, so ends are moved first, all together.
    """
    used: list[tuple[str, float, float, float]] = []

    def free(target: str, y: float, one: float, other: float) -> float:
        low, high = min(one, other), max(one, other)
        for step in range(_MOST_MOVES):
            moved = y + (step + 1) // 2 * (_APART if step % 2 else -_APART)
            if all(name == target or abs(moved - at) > 0.9 * _APART or high < a or low > b for name, at, a, b in used):
                used.append((target, moved, low, high))
                return moved
        raise RuntimeError(f"no room for an arrow to {target}")

    sideways = [laid for laid in arrows if len(laid.points) == 4]
    ends: dict[Point, float] = {}
    for point in dict.fromkeys(laid.points[3] for laid in sideways):
        tracks = [laid.points[2][0] for laid in sideways if laid.points[3] == point]
        target = next(laid.arrow.target for laid in sideways if laid.points[3] == point)
        far = max(tracks, key=lambda x: abs(x - point[0]))
        ends[point] = free(target, point[1], point[0], far)
    moved = []
    for laid in arrows:
        if laid.side == "bottom":
            moved.append(laid)
            continue
        begin, turn, *rest = laid.points
        y = free(laid.arrow.target, begin[1], begin[0], turn[0])
        if len(laid.points) == 4:
            at = ends[laid.points[3]]
            rest = [(rest[0][0], at), (rest[1][0], at)]
        moved.append(Laid(laid.arrow, laid.side, ((begin[0], y), (turn[0], y), *rest)))
    return tuple(moved)
