"""The closed-form twin: what a year of a model comes to in expectation, for many parameter sets at once."""

from kravsim.expected.approximations import APPROXIMATIONS, Approximation
from kravsim.expected.history import HistoryLength, history_length
from kravsim.expected.missing import Expected, Missing, MissingNumbersWarning
from kravsim.expected.numbers import evaluated, numbers

__all__ = [
    "APPROXIMATIONS",
    "Approximation",
    "Expected",
    "HistoryLength",
    "Missing",
    "MissingNumbersWarning",
    "evaluated",
    "history_length",
    "numbers",
]


def __dir__() -> list[str]:
    return sorted(__all__)
