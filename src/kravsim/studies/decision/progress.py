"""A figure worked out for many sets of values, in pieces that a bar tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from kravsim.running.progress import Progress
    from kravsim.studies.decision.checks import Floats
    from kravsim.studies.decision.closed_form import Figure

_CHUNK: Final = 512


def worked_out(figure: Figure, values: Mapping[str, Floats], shown: Progress, what: tuple[str, str]) -> Floats:
    """Work a figure out for many sets of values, with an estimate beforehand.

    Parameters
    ----------
    figure : Figure
        What is worked out.
    values : mapping of key to array (B,)
        By dotted key, in the units of the keys.
    shown : Progress
        The bar, which knows how long a set takes.
    what : (str, str)
        What the sets are, Swedish and English.
    """
    sets = len(next(iter(values.values())))
    shown.begin(sets, what)
    found = np.empty(sets)
    for start in range(0, sets, _CHUNK):
        some = slice(start, start + _CHUNK)
        found[some] = figure.at({key: array[some] for key, array in values.items()})
        shown.advance(len(found[some]))
    return found
