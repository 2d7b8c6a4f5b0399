"""A model's year over all positions of the sliders: one surface a line of the statement, fitted to the closed form.

Lines that are exactly (multi)linear in what moves them, such as pay, are so here, too; the others are polynomials and, where
staff have a queue, splines over their load (:class:`kravsim.exploring.basis.Load`). Net revenue is the sum of the lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.exploring.basis import DEGREE, Basis, Load, Polynomial, of_degree, rounded
from kravsim.studies.decision.checks import Floats

RICHEST: Final = ((3, 8), (3, 6), (3, 4), (2, 8), (2, 6), (2, 4), (2, 2), (1, 2), (1, 1), (0, 1))
"""Degree of the polynomials and pieces of the splines, the richest first: the first that the points bear is taken."""
_BORNE: Final = 0.5
"""Weights a point, at most."""
_MOST_EXACT: Final = 7
"""Inputs that a line may be multilinear in with every product of them."""
_RIDGE: Final = 1e-5
"""Keeps weights that few points settle small."""
_HEAVY: Final = 300.0
"""How many points the scenario as it stands counts as: readers begin there."""
_STILL, _STRAIGHT = 1e-9, 1e-8
"""Of a line's largest amount: less is no movement, and no bend."""
_CAREFUL: Final = 0.005
"""Of the load: so much before the first point without an answer the surface has none either."""
_DIGITS: Final = 4
"""Decimals of a weight, in kr."""


@dataclass(frozen=True, eq=False)
class LineSurface:
    """One line of the statement.

    Parameters
    ----------
    line : str
        Its machine name.
    smooth : Polynomial
        What does not hang on the queue.
    bent : Polynomial or None
        Over every spline of the load in turn: its weights are (splines, terms).
    """

    line: str
    smooth: Polynomial
    bent: Polynomial | None

    def at(self, x: Floats, splines: Floats | None) -> Floats:
        """Kronor a year, shape (points,).

        Parameters
        ----------
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        splines : float64 array, shape (points, splines), or None
            As :meth:`kravsim.exploring.basis.Load.splines` gives them.
        """
        found = self.smooth.at(x)
        if self.bent is None or splines is None:
            return found
        terms = self.bent.basis.at(x)
        return np.asarray(found + np.einsum("ns,st,nt->n", splines, self.bent.weights, terms))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the page reads them."""
        bent = None if self.bent is None else self.bent.to_json()
        return {"line": self.line, "smooth": self.smooth.to_json(), "bent": bent}


@dataclass(frozen=True, eq=False)
class ModelSurface:
    """A model's lines.

    Parameters
    ----------
    lines : tuple of LineSurface
        In the order of the statement; none where the closed form has no answer anywhere.
    load : Load or None
        Of a model whose staff have a queue.
    """

    lines: tuple[LineSurface, ...]
    load: Load | None

    def at(self, x: Floats) -> dict[str, Floats]:
        """Kronor a year by line, shape (points,); NaN where there is no answer.

        Parameters
        ----------
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        """
        splines, right = None, np.ones(len(x), bool)
        if self.load is not None:
            load = self.load.at(x)
            splines, right = self.load.splines(load), self.load.answered(load)
        return {one.line: np.where(right, one.at(x, splines), np.nan) for one in self.lines}

    def net(self, x: Floats) -> Floats:
        """Net revenue, kr a year, shape (points,); NaN where there is no answer.

        Parameters
        ----------
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        """
        return np.asarray(sum(self.at(x).values())) if self.lines else np.full(len(x), np.nan)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the page reads them."""
        load = None if self.load is None else self.load.to_json()
        return {"lines": [one.to_json() for one in self.lines], "load": load}


@dataclass(frozen=True, eq=False)
class Probed:
    """What was found out about a model's lines before they are fitted.

    Parameters
    ----------
    moved : mapping of line to tuple of int
        Places of the inputs that move each line.
    bending : mapping of line to tuple of int
        Those in which it is not straight.
    loading : tuple of int
        Those that move how much work or time there is.
    multiplied : mapping of line to frozenset of (int, int)
        Pairs of prices that multiply each other in a line; empty until they have been looked for.
    """

    moved: Mapping[str, tuple[int, ...]]
    bending: Mapping[str, tuple[int, ...]]
    loading: tuple[int, ...]
    multiplied: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Pairs of prices that may multiply each other in some line."""
        found = {pair for line in self.moved for pair in combinations(self.prices(line), 2)}
        return tuple(sorted(found))

    def with_pairs(self, lines: Mapping[str, Floats]) -> Probed:
        """The same, knowing which prices multiply each other.

        Parameters
        ----------
        lines : mapping of line to float64 array, shape (pairs, 4)
            Both low, the first high, the second high, both high, for each of :attr:`pairs`.
        """
        found = {}
        for line, four in lines.items():
            scale = float(np.nanmax(np.abs(four), initial=0.0))
            mixed = np.abs(four[:, 0] - four[:, 1] - four[:, 2] + four[:, 3])
            alone = mixed <= _STRAIGHT * scale  # not so where there is no answer
            found[line] = frozenset(pair for pair, one in zip(self.pairs, alone, strict=True) if not one)
        return replace(self, multiplied=found)

    def products(self, line: str) -> tuple[tuple[int, ...], ...]:
        """Products of prices in a line, each by the places of :meth:`prices` that are in it; the first is none of them.

        Parameters
        ----------
        line : str
            Its machine name.
        """
        prices, pairs = self.prices(line), self.multiplied.get(line, frozenset())
        return tuple(
            places
            for many in range(len(prices) + 1)
            for places in combinations(range(len(prices)), many)
            if all((prices[a], prices[b]) in pairs for a, b in combinations(places, 2))
        )

    def prices(self, line: str) -> tuple[int, ...]:
        """The inputs that multiply a line: straight in all lines, without a part in the work.

        Parameters
        ----------
        line : str
            Its machine name.
        """
        bent = {place for places in self.bending.values() for place in places} | set(self.loading)
        return tuple(place for place in self.moved[line] if place not in bent)


def probed(lines: Mapping[str, Floats], work: Sequence[Floats], at: Floats) -> Probed:
    """Read off probes what moves each line, and in what it is straight.

    Parameters
    ----------
    lines : mapping of line to float64 array, shape (backgrounds, inputs, 3)
        Each input at the three values of `at`, the others as in each background; NaN where there is no answer.
    work : sequence of float64 array, shape (backgrounds, inputs, 3)
        Hours of work and hours that there are.
    at : float64 array, shape (3,)
        From low to high.
    """
    moved, bending = {}, {}
    for line, found in lines.items():
        scale = float(np.nanmax(np.abs(found), initial=0.0))
        between = (at[1] - at[0]) / (at[2] - at[0])
        off = np.abs(found[..., 1] - (found[..., 0] + between * (found[..., 2] - found[..., 0])))
        moved[line] = _above(np.ptp(found, axis=-1), _STILL * scale)
        bending[line] = tuple(place for place in moved[line] if place in _above(off, _STRAIGHT * scale))
    loading = {
        place
        for hours in work
        for place in _above(np.ptp(hours, axis=-1), _STILL * float(np.nanmax(hours, initial=0.0)))
    }
    return Probed(moved, bending, tuple(sorted(loading)))


def _above(found: Floats, least: float) -> tuple[int, ...]:
    """Places of the inputs (backgrounds, inputs) that come above `least` in any background, or have no answer in all."""
    unknown = np.isnan(found).all(axis=0)
    return tuple(int(place) for place in np.flatnonzero((found > least).any(axis=0) | unknown))


def load_of(
    x: Floats, hours: Floats, x_open: Floats, hours_open: Floats, probe: Probed, answered: NDArray[np.bool_]
) -> Load:
    """Fit the load of a model's staff.

    Parameters
    ----------
    x, hours : float64 arrays, shapes (points, inputs) and (points,)
        Hours that the work takes where nothing waits.
    x_open, hours_open : float64 arrays, shapes (others, inputs) and (others,)
        Hours that there are; NaN where there is no answer.
    probe : Probed
        Which inputs move them.
    answered : bool array, shape (others,)
        Whether the closed form has an answer at `x_open`.
    """
    inputs = probe.loading
    degree = _degree(len(inputs), len(x))
    work = _solved(of_degree(inputs, degree), x, hours, 6)
    known = np.isfinite(hours_open)
    there = _solved(of_degree(inputs, min(2, degree)), x_open[known], hours_open[known], 6)
    bare = Load(work, there, 0.0, 1.0, 1, None)
    load = bare.at(x_open)
    low, high = (float(f"{end:.6f}") for end in (load[answered].min(), load[answered].max()))
    most = None if answered.all() else float(f"{min(float(load[~answered].min()), 1.0) - _CAREFUL:.6f}")
    return Load(work, there, low, max(high, low + 1e-3), 1, most)


def _degree(inputs: int, points: int) -> int:
    """The highest degree that so many points bear."""
    return next(d for d in range(DEGREE, -1, -1) if len(of_degree(range(inputs), d).terms) <= _BORNE * points)


def fitted(lines: Mapping[str, Floats], x: Floats, base: Floats, probe: Probed, load: Load | None) -> ModelSurface:
    """Fit every line.

    Parameters
    ----------
    lines : mapping of line to float64 array, shape (points,)
        Kronor a year; every one known.
    x : float64 array, shape (points, inputs)
        Where; the last is where the scenario stands, which counts as several.
    base : float64 array, shape (inputs,)
        That place.
    probe : Probed
        What moves each line.
    load : Load or None
        Of the model's staff; how many pieces its splines have is settled here.
    """
    pieces = 1
    blocks = max((len(probe.products(line)) for line in lines if probe.bending[line]), default=1)
    inputs = max((len(probe.moved[line]) - len(probe.prices(line)) for line in lines if probe.bending[line]), default=0)
    for degree, pieces in RICHEST:
        bent = 0 if load is None else (pieces + 3) * (inputs + 1)
        if (len(of_degree(range(inputs), degree).terms) + bent) * blocks <= _BORNE * len(x):
            break
    if load is not None:
        load = Load(load.hours, load.hours_open, load.low, load.high, pieces, load.most)
    weight = np.ones(len(x))
    weight[(x == base).all(axis=1)] = np.sqrt(_HEAVY)
    splines = None if load is None else load.splines(load.at(x))
    found = [_line(line, y, x, weight, probe, splines, degree) for line, y in lines.items()]
    return ModelSurface(tuple(found), load)


def _line(
    line: str, y: Floats, x: Floats, weight: Floats, probe: Probed, splines: Floats | None, degree: int
) -> LineSurface:
    moved, prices = probe.moved[line], probe.prices(line)
    if not probe.bending[line] and len(moved) <= _MOST_EXACT:
        exact = of_degree((), 0, moved)
        solved = np.linalg.lstsq(exact.at(x) * weight[:, None], y * weight, rcond=None)[0]
        return LineSurface(line, Polynomial(exact, rounded(np.asarray(solved, np.float64), _DIGITS)), None)
    others = tuple(place for place in moved if place not in prices)
    smooth = _priced(of_degree(others, degree), probe, line)
    table = smooth.at(x)
    if splines is None:
        return LineSurface(
            line, Polynomial(smooth, rounded(_ridged(table * weight[:, None], y * weight), _DIGITS)), None
        )
    straight = _priced(of_degree(others, 1), probe, line)
    kept = [place for place, term in enumerate(smooth.terms) if sum(term[: len(others)]) > 1]
    smooth = Basis(smooth.inputs, tuple(smooth.terms[place] for place in kept))
    beside = (splines[:, :, None] * straight.at(x)[:, None, :]).reshape(len(x), -1)
    whole = np.hstack([table[:, kept], beside]) * weight[:, None]
    weights = rounded(_ridged(whole, y * weight), _DIGITS)
    over = weights[len(kept) :].reshape(splines.shape[1], -1)
    return LineSurface(line, Polynomial(smooth, weights[: len(kept)]), Polynomial(straight, over))


def _priced(basis: Basis, probe: Probed, line: str) -> Basis:
    """The products, and each of them times each product of prices."""
    prices = probe.prices(line)
    ones = [tuple(int(place in one) for place in range(len(prices))) for one in probe.products(line)]
    return Basis((*basis.inputs, *prices), tuple((*term, *one) for one in ones for term in basis.terms))


def _solved(basis: Basis, x: Floats, y: Floats, digits: int) -> Polynomial:
    return Polynomial(basis, rounded(_ridged(basis.at(x), y), digits))


def _ridged(table: Floats, y: Floats) -> Floats:
    """Least squares, with a little weight on small weights."""
    square = table.T @ table
    square[np.diag_indices_from(square)] += _RIDGE * len(table)
    return np.asarray(np.linalg.solve(square, table.T @ y))
