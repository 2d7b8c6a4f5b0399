"""Single numbers as people hand them over: numpy's kinds count as Python's, truth values and text never as numbers.

Whoever takes a count, a share or an amount from outside reads it here, so that a number out of an array or a table is
taken wherever the same number written by hand is.
"""

from __future__ import annotations

import sys
from numbers import Integral, Real
from typing import Any


def scalar(given: object) -> object:
    """Give a scalar of numpy's, or an array of no dimension, as Python's own kind; anything else as it is.

    Parameters
    ----------
    given : object
        Times finer than a microsecond, which Python does not have, are cut to it.

    Examples
    --------
    >>> import numpy as np
    >>> scalar(np.uint8(3)), scalar(np.bool_(True)), scalar(np.array(2.5)), scalar("3")
    (3, True, 2.5, '3')
    """
    numpy: Any = sys.modules.get("numpy")  # what was never imported made no scalar
    if numpy is None or not isinstance(given, numpy.generic | numpy.ndarray):
        return given
    found: Any = given
    if found.ndim or numpy.ma.is_masked(found):  # what is masked is no number
        return given
    if found.dtype.kind in "mM":
        found = found.astype(f"{found.dtype.kind}8[us]")
    plain: object = found.item()
    return float(found) if isinstance(plain, numpy.longdouble) else plain


def whole_number(given: object) -> int | None:
    """Read a whole number; None for a truth value, a float and anything else that is not of a whole kind.

    Parameters
    ----------
    given : object
        Whatever somebody gave.

    Examples
    --------
    >>> import numpy as np
    >>> whole_number(np.int64(200)), whole_number(200.0), whole_number(True), whole_number(np.True_)
    (200, None, None, None)
    """
    if type(given) is int:  # nearly always; asking an abstract class takes long
        return given
    plain = scalar(given)
    return int(plain) if isinstance(plain, Integral) and not isinstance(plain, bool) else None


def real_number(given: object) -> float | int | None:
    """Read a number, whole or not; None for a truth value, text and anything else. NaN and infinity are numbers here.

    Parameters
    ----------
    given : object
        Whatever somebody gave.

    Examples
    --------
    >>> import numpy as np
    >>> real_number(np.float32(0.5)), real_number(np.uint8(3)), real_number(np.True_), real_number("0.5")
    (0.5, 3, None, None)
    """
    plain = scalar(given)
    if isinstance(plain, bool) or not isinstance(plain, Real):
        return None
    return int(plain) if isinstance(plain, Integral) else float(plain)
