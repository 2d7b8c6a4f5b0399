"""The closed-form twin: what a year of a model comes to in expectation, for many parameter sets at once."""

from kravsim.expected.approximations import APPROXIMATIONS, Approximation
from kravsim.expected.numbers import numbers

__all__ = ["APPROXIMATIONS", "Approximation", "numbers"]
