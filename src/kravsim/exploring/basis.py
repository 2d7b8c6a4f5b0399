"""What a surface is made of: products of Legendre polynomials, and splines over how much of the staff's time is taken.

Every function here has a twin in ``explore.js``, which the page works with; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEGREE: Final = 3
"""The highest degree of a polynomial."""


@dataclass(frozen=True, eq=False)
class Basis:
    """Products of Legendre polynomials of some inputs.

    Parameters
    ----------
    inputs : tuple of int
        Places of the inputs that they are of.
    terms : tuple of tuple of int
        One a product: the degree in each of `inputs`.
    """

    inputs: tuple[int, ...]
    terms: tuple[tuple[int, ...], ...]

    def at(self, x: Floats) -> Floats:
        """Work out every product.

        Parameters
        ----------
        x : float64 array, shape (points, all inputs)
            Each from -1, the low end, to 1, the high one.

        Returns
        -------
        float64 array, shape (points, terms)
        """
        powers = legendre(x[:, list(self.inputs)])
        found = np.ones((len(x), len(self.terms)))
        for place in range(len(self.inputs)):
            found *= powers[:, place, [term[place] for term in self.terms]]
        return found


def legendre(x: Floats) -> Floats:
    """Legendre polynomials of degree 0 to `DEGREE`.

    Parameters
    ----------
    x : float64 array
        Of any shape.

    Returns
    -------
    float64 array
        That shape, with one more axis for the degree.
    """
    return np.stack([np.ones_like(x), x, (3 * x * x - 1) / 2, (5 * x * x * x - 3 * x) / 2], axis=-1)


def of_degree(inputs: Sequence[int], degree: int, linear: Sequence[int] = ()) -> Basis:
    """Make all products of at most a degree in some inputs, times every product of others that are linear.

    Parameters
    ----------
    inputs : sequence of int
        Those whose degrees sum to at most `degree`.
    degree : int
        At most `DEGREE`.
    linear : sequence of int
        Those that are in each product once or not at all, whatever the others' degree.

    Examples
    --------
    >>> of_degree([0], 2, [4]).terms
    ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1))
    """
    curved = [term for term in product(range(degree + 1), repeat=len(inputs)) if sum(term) <= degree]
    ones = list(product(range(2), repeat=len(linear)))
    return Basis((*inputs, *linear), tuple((*term, *one) for term in curved for one in ones))


def rounded(weights: Floats, digits: int) -> Floats:
    """Round weights; minus zero, whose sign may differ between machines, is zero.

    Parameters
    ----------
    weights : float64 array
        Of any shape.
    digits : int
        Decimals.

    Examples
    --------
    >>> rounded(np.array([-0.00001, 1.25]), 1).tolist()
    [0.0, 1.2]
    """
    return np.asarray(np.round(weights, digits) + 0.0, np.float64)


@dataclass(frozen=True, eq=False)
class Polynomial:
    """A sum of products.

    Parameters
    ----------
    basis : Basis
        The products.
    weights : float64 array, shape (terms,)
        What each is multiplied with.
    """

    basis: Basis
    weights: Floats

    def at(self, x: Floats) -> Floats:
        """Work it out, shape (points,).

        Parameters
        ----------
        x : float64 array, shape (points, all inputs)
            From -1 to 1.
        """
        return np.asarray(self.basis.at(x) @ self.weights)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the page reads them."""
        return {"inputs": self.basis.inputs, "terms": self.basis.terms, "weights": self.weights.tolist()}


@dataclass(frozen=True, eq=False)
class Load:
    """How much of its staff's time a model's work would take if nothing waited, and splines over it.

    A queue makes every line bend where the time comes to an end, whichever input has brought it there. Over this one number
    the lines are cubic splines; all else about them is smooth.

    Parameters
    ----------
    hours, hours_open : Polynomial
        Hours a year that the work takes, and that there are.
    low, high : float
        From where to where the splines go; beyond, they stay as they are at the end.
    pieces : int
        How many pieces of equal length they have.
    most : float or None
        From which load on the closed form has no answer; None when it has one at every load met.
    """

    hours: Polynomial
    hours_open: Polynomial
    low: float
    high: float
    pieces: int
    most: float | None

    def at(self, x: Floats) -> Floats:
        """The load, shape (points,).

        Parameters
        ----------
        x : float64 array, shape (points, all inputs)
            From -1 to 1.
        """
        return np.asarray(self.hours.at(x) / np.maximum(self.hours_open.at(x), 1e-9))

    def answered(self, load: Floats) -> NDArray[np.bool_]:
        """Whether there is an answer at each load.

        Parameters
        ----------
        load : float64 array, shape (points,)
            As :meth:`at` gives it.
        """
        return np.ones(load.shape, bool) if self.most is None else load < self.most

    def splines(self, load: Floats) -> Floats:
        """The splines at each load, shape (points, pieces + 3); they sum to 1.

        Parameters
        ----------
        load : float64 array, shape (points,)
            As :meth:`at` gives it.
        """
        where = np.clip((load - self.low) / (self.high - self.low), 0, 1) * self.pieces
        piece = np.minimum(where.astype(np.int64), self.pieces - 1)
        t = where - piece
        four = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1) / 6
        found = np.zeros((len(load), self.pieces + 3))
        np.put_along_axis(found, piece[:, None] + np.arange(4), four, axis=1)
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the page reads them."""
        ends = {"low": self.low, "high": self.high, "pieces": self.pieces, "most": self.most}
        return {"hours": self.hours.to_json(), "hoursOpen": self.hours_open.to_json(), **ends}
