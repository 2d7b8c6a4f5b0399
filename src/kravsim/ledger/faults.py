"""What an audit says of an identity that does not hold."""

from __future__ import annotations

from kravsim.errors import Problem
from kravsim.phrases import phrase


def fault(key: str, value: object, allowed: str) -> Problem:
    """An identity that does not hold.

    Parameters
    ----------
    key : str
        Which identity.
    value : object
        What was found.
    allowed : str
        What should be.
    """
    return Problem(
        "",
        phrase("ledger.{key}", key=key),
        value,
        allowed,
        "this is a fault in kravsim: please report it with the seed",
    )
