"""Net benefits of options as anybody hands them over: read, with what cannot be chosen from refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kravsim.errors import DataError, Problem, Words
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import Floats, check_finite, floats, names_of

_ALLOWED: Final = "one row a draw and one column an option, in kr"


def net_benefits(given: object, options: Sequence[str] | None) -> tuple[Floats, tuple[str, ...]]:
    """Read net benefits, shape (draws, options), and the options' names.

    Parameters
    ----------
    given : object
        An array or frame, shape (draws, options), kr.
    options : sequence of str or None
        Names to give the options; a frame has its own.

    Raises
    ------
    DataError
        When there are fewer than two options or draws, or a number is missing; it names the draws.
    """
    table = floats(given, "net_benefit", _ALLOWED)
    if table.ndim != 2:
        raise DataError(Problem("", "net_benefit", table.shape, _ALLOWED, "give a table of two dimensions"))
    draws, count = table.shape
    if count < 2:
        remedy = "with a single option there is nothing to choose; add the option of doing nothing, net benefit 0"
        raise DataError(
            Problem("", "net_benefit", Words(phrase("{count} options", count=count)), "two options or more", remedy)
        )
    if draws < 2:
        remedy = "draw more: one draw says nothing about what is not known"
        raise DataError(
            Problem("", "net_benefit", Words(phrase("{draws} draws", draws=draws)), "two draws or more", remedy)
        )
    check_finite(table, "net_benefit", "draw")
    return table, names_of(given, options, count, "option")
