"""What net benefit is to be expected given some inputs: two families of regressions that bend, chosen by cross-validation.

*Splines*: main effects, pairs and threes of inputs, each from a straight line to a cubic spline with many knots at
quantiles. *Kernel*: a Gaussian kernel around some of the draws, on normal scores, with a ridge. Each family has a ladder of
candidates from a constant to the roughest one that the number of draws bears; the one that predicts left-out draws best is
taken. Where inputs take few values together, the mean of each group of draws is the regression.

Sources: Strong, Oakley and Brennan, Estimating multiparameter partial expected value of perfect information from a
probabilistic sensitivity analysis sample, Medical Decision Making 34, 2014; Williams and Seeger, Using the Nystroem method
to speed up kernel machines, 2001.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.inputs import Inputs

FOLDS: Final = 10
_CHOOSING: Final = 10_000
"""Draws that candidates are chosen on, at most; the chosen one is fitted to all."""
_CHUNK: Final = 20_000
_LARGEST: Final = 260
"""Columns of a candidate, at most."""
_DRAWS_A_COLUMN: Final = 10
_LANDMARKS: Final = 160
_SEED: Final = 20_184
_LADDER: Final = (
    (1, 0, 0), (2, 0, 0), (3, 0, 0), (5, 0, 0), (9, 0, 0), (17, 0, 0), (33, 0, 0),
    (1, 1, 0), (2, 1, 0), (2, 2, 0), (3, 3, 0), (5, 3, 0), (5, 5, 0), (9, 5, 0), (9, 9, 0), (13, 13, 0),
    (1, 1, 1), (2, 2, 2), (3, 3, 2), (3, 3, 3), (5, 5, 3), (5, 5, 5),
)  # fmt: skip
"""Columns of a main effect, of each input in a pair, of each input in a three."""
_SCALES: Final = (0.4, 0.8, 1.6, 3.2, 6.4)
_RIDGES: Final = (1e-9, 1e-7, 1e-5, 1e-3, 1e-1)

_PATIENCE: Final = 3
"""Candidates in a row that do not help before a ladder of inputs acting together is left."""

Features = Callable[[NDArray[np.int64]], Floats]
"""Columns of a candidate for some draws, the first of them 1."""


class Candidate(NamedTuple):
    """One regression: a name, its columns, and the ridges to try on all but the first.

    Parameters
    ----------
    name : str
        Unique within its family.
    features : callable
        Numbers of draws (k,) to columns (k, c), the first of them 1.
    ridges : tuple of float
        To try on all columns but the first.
    together : int
        How many inputs it lets act together; the more expensive ladders are left when they stop helping.
    """

    name: str
    features: Features
    ridges: tuple[float, ...]
    together: int = 0
    """How many inputs it lets act together; the more expensive ladders are left when they stop helping."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A regression fitted to all draws, for one target.

    Parameters
    ----------
    name : str
        Family and candidate.
    inside, outside : (draws,) float64 arrays
        Expected values: fitted with the draw itself, and by the draws of other folds.
    error : float
        Mean square of what is left over in left-out draws.
    project : callable
        Fits any other (draws,) target in the same way.
    constant : bool
        Whether the constant was chosen.
    """

    name: str
    inside: Floats
    outside: Floats
    error: float
    project: Callable[[Floats], Floats]
    constant: bool


class Regressions:
    """The families of regressions on some inputs.

    Parameters
    ----------
    inputs : Inputs
        At least one column.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.draws = len(inputs.values)
        self._inputs = inputs
        order = np.random.default_rng(_SEED).permutation(self.draws)
        self._landmarks = order[:_LANDMARKS]
        self._folds = [order[f::FOLDS] for f in range(FOLDS)]
        self._some = [rows[: _CHOOSING // FOLDS] for rows in self._folds]
        self.families = {"splines": list(self._splines()), "kernel": list(self._kernels())}

    def best(self, family: str, target: Floats, *, constant: bool = True) -> Fit:
        """Fit the candidate of a family that predicts left-out draws best.

        Parameters
        ----------
        family : str
            One of `families`.
        target : (draws,) float64 array
            Net benefit, kr.
        constant : bool
            Whether the constant is a candidate.
        """
        level = float(target.mean())
        scale = float(np.max(np.abs(target - level))) or 1.0
        shown = (target - level) / scale
        chosen, least = (self._constant(), 0.0), np.inf
        idle: Counter[int] = Counter()
        for candidate in [*([self._constant()] if constant else []), *self.families[family]]:
            if candidate.together > 1 and idle[candidate.together] >= _PATIENCE:
                continue
            idle[candidate.together] += 1
            gram, cross = self._sums(candidate.features, shown, self._some)
            for ridge in candidate.ridges:
                found = _left_out(gram, cross, ridge, [shown[rows] for rows in self._some])
                if found < least * (1 - 1e-12) - 1e-30:
                    chosen, least = (candidate, ridge), found
                    idle[candidate.together] = 0
        return self._fitted(family, *chosen, target, least * scale**2)

    def _fitted(self, family: str, one: Candidate, ridge: float, target: Floats, error: float) -> Fit:
        level = float(target.mean())
        gram, cross = self._sums(one.features, target - level, self._folds)
        whole, total = gram.sum(axis=0), cross.sum(axis=0)
        beta = _solved(whole, total, ridge)
        inside, outside = np.empty(self.draws), np.empty(self.draws)
        for f, fold in enumerate(self._folds):
            without = _solved(whole - gram[f], total - cross[f], ridge)
            for rows in _chunks(fold):
                columns = one.features(rows)
                inside[rows] = level + columns @ beta
                outside[rows] = level + columns @ without

        def project(other: Floats) -> Floats:
            weights = _solved(whole, self._sums(one.features, other, self._folds)[1].sum(axis=0), ridge)
            found = np.empty(self.draws)
            for fold in self._folds:
                for rows in _chunks(fold):
                    found[rows] = one.features(rows) @ weights
            return found

        name = f"{family}: {one.name}" + (f", ridge {ridge:g}" if len(one.ridges) > 1 else "")
        return Fit(name, inside, outside, error, project, one.name == "constant")

    @staticmethod
    def _sums(features: Features, target: Floats, folds: list[NDArray[np.int64]]) -> tuple[Floats, Floats]:
        """Products of columns with each other and with a target, by fold."""
        gram, cross = [], []
        for fold in folds:
            parts = [(features(rows), target[rows]) for rows in _chunks(fold)]
            gram.append(sum(columns.T @ columns for columns, _ in parts))
            cross.append(sum(columns.T @ values for columns, values in parts))
        return np.array(gram), np.array(cross)

    @staticmethod
    def _constant() -> Candidate:
        return Candidate("constant", lambda rows: np.ones((len(rows), 1)), (0.0,))

    def _most(self) -> int:
        return int(min(_LARGEST, self.draws // _DRAWS_A_COLUMN))

    def _splines(self) -> Iterator[Candidate]:
        blocks = [
            _Block(column, levels) for column, levels in zip(self._inputs.values.T, self._inputs.levels, strict=True)
        ]
        seen: set[tuple[tuple[int, ...], ...]] = set()
        for ladder in _LADDER:
            parts: list[tuple[tuple[int, int], ...]] = []
            for together, size in enumerate(ladder, 1):
                if size:
                    chosen = itertools.combinations(range(len(blocks)), together)
                    parts += [tuple((k, blocks[k].fitting(size)) for k in some) for some in chosen]
            columns = 1 + sum(int(np.prod([size for _, size in part])) for part in parts)
            key = tuple(tuple(item for pair in part for item in pair) for part in parts)
            if columns <= max(2, self._most()) and key not in seen:
                seen.add(key)
                yield Candidate("+".join(map(str, ladder)), _products(blocks, parts), (1e-11,), sum(map(bool, ladder)))

    def _kernels(self) -> Iterator[Candidate]:
        from scipy.special import ndtri
        from scipy.stats import rankdata

        columns = []
        for column, levels in zip(self._inputs.values.T, self._inputs.levels, strict=True):
            if levels:
                columns += [(column == level) * 2.0 for level in range(levels)]
            else:
                columns.append(ndtri((rankdata(column) - 0.5) / self.draws))
        scores = np.column_stack(columns)
        landmarks = scores[self._landmarks[: max(2, self._most())]]
        for scale in _SCALES:
            features = _kernel(scores, np.unique(landmarks, axis=0), scale * scores.shape[1] ** 0.5)
            yield Candidate(f"width {scale:g}", features, _RIDGES)


class _Block:
    """Columns of one input, without a constant, in any number that its kind allows."""

    def __init__(self, column: Floats, levels: int) -> None:
        self._levels = levels
        middle = float(column.mean())
        scale = float(np.max(np.abs(column - middle)))
        self._column = column if levels else (column - middle) / scale
        self._made: dict[int, Features] = {}

    def fitting(self, size: int) -> int:
        """How many columns it has when `size` are asked for.

        Parameters
        ----------
        size : int
            From 1.
        """
        return self._levels - 1 if self._levels else size

    def columns(self, size: int, rows: NDArray[np.int64]) -> Floats:
        here = self._column[rows]
        if self._levels:
            return np.asarray(here[:, None] == np.arange(1, self._levels), np.float64)
        if size <= 3:
            powers = np.stack([here**power for power in range(1, size + 1)], axis=1)
            return np.asarray(powers, np.float64)
        return self._spline(size)(rows)

    def _spline(self, size: int) -> Features:
        from scipy.interpolate import BSpline

        if size not in self._made:
            inner = np.unique(np.quantile(self._column, np.linspace(0, 1, size - 1)))
            knots = np.concatenate([[inner[0]] * 3, inner, [inner[-1]] * 3])
            here = np.clip(self._column, inner[0], inner[-1])

            def of(rows: NDArray[np.int64]) -> Floats:
                table = np.asarray(BSpline.design_matrix(here[rows], knots, 3).toarray()[:, 1:], np.float64)
                return np.pad(table, ((0, 0), (0, size - table.shape[1]))) if table.shape[1] < size else table

            self._made[size] = of
        return self._made[size]


def _products(blocks: list[_Block], parts: list[tuple[tuple[int, int], ...]]) -> Features:
    def features(rows: NDArray[np.int64]) -> Floats:
        made = {pair: blocks[pair[0]].columns(pair[1], rows) for part in parts for pair in part}
        found = [np.ones((len(rows), 1))]
        for part in parts:
            table = made[part[0]]
            for pair in part[1:]:
                table = (table[:, :, None] * made[pair][:, None, :]).reshape(len(rows), -1)
            found.append(table)
        return np.concatenate(found, axis=1)

    return features


def _kernel(scores: Floats, landmarks: Floats, width: float) -> Features:
    def near(points: Floats) -> Floats:
        square = ((points**2).sum(axis=1)[:, None] + (landmarks**2).sum(axis=1)) - 2 * points @ landmarks.T
        return np.asarray(np.exp(-np.maximum(square, 0) / (2 * width**2)), np.float64)

    values, vectors = np.linalg.eigh(near(landmarks))
    kept = values > values[-1] * 1e-10
    whiten = vectors[:, kept] / np.sqrt(values[kept])

    def features(rows: NDArray[np.int64]) -> Floats:
        table: Floats = np.concatenate([np.ones((len(rows), 1)), near(scores[rows]) @ whiten], axis=1)
        return table

    return features


def _chunks(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    yield from np.array_split(rows, max(1, -(-len(rows) // _CHUNK)))


def _solved(gram: Floats, cross: Floats, ridge: float) -> Floats:
    """Least squares with a ridge; the first column, the constant, has none."""
    size = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    # columns of splines differ in size for no reason, those of a kernel for a good one
    weight = np.full(len(size), ridge) if ridge < _RIDGES[0] else ridge * gram[0, 0] / size**2
    weight[0] = 0.0
    scaled = gram / size[:, None] / size + np.diag(weight)
    return np.asarray(np.linalg.solve(scaled, cross / size) / size, np.float64)


def _left_out(gram: Floats, cross: Floats, ridge: float, targets: list[Floats]) -> float:
    """Mean square error in left-out draws, from the sums alone."""
    whole, total = gram.sum(axis=0), cross.sum(axis=0)
    error = 0.0
    for f, mine in enumerate(targets):
        beta = _solved(whole - gram[f], total - cross[f], ridge)
        error += float(mine @ mine - 2 * beta @ cross[f] + beta @ gram[f] @ beta)
    return max(0.0, error) / sum(map(len, targets))
