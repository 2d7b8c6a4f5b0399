"""Random numbers that are looked up, not used up.

A draw is a function of (seed, parameter draw, replication, purpose, visit, identity) and of nothing else. There is no
stream whose position could depend on the scenario, the model, the engine, the worker or the order of creation: one
more claim, debtor, step, purpose or parameter changes nobody else's draws, and both models of a comparison meet the
same debtors and the same answers to the same prompts.

How the address of a draw becomes a block of `kravsim.chance.philox`:

- *key*, 128 bits: a BLAKE2b digest of ``STREAM_VERSION:seed:draw:replication:purpose``, the integers in hexadecimal.
  The purpose stands last and an integer has no colon, so no two addresses are written alike. The digest is read as two
  words, little-endian.
- *counter*, four words, least significant first: ``(number, run, visit, 0)``. The identity is (run, number): an invoice
  run and the number within it, or run 0 and a debtor's number. Words are signed 64-bit integers in two's complement,
  so runs before the first may be negative.

Each address gives four words, to be read as four uniform numbers (`Draws.uniforms`) or as eight 32-bit integers
(`Draws.uniforms32`). These are two readings of the same bits: column 2j + 1 of the second is the leading half of
column j of the first. Read a purpose in one way only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from kravsim.chance.philox import Words, consecutive_blocks, halves, one_block, philox4x64, unit_interval
from kravsim.errors import Problem, RunError, ScenarioError
from kravsim.phrases import phrase
from kravsim.scalars import whole_number
from kravsim.units import int64_array, whole

STREAM_VERSION: Final = 2
"""Raised, with a line in the changelog, whenever the same address begins to give another draw."""

PARAMETER_PREFIX: Final = "parameter:"
"""Begins the purpose of every parameter draw; kept for `Draws.parameter`."""

Integers = int | npt.NDArray[np.integer]

_MOST_DIGITS: Final = 4000
"""Longer numbers Python does not write out by itself, so that no result could say which seed it has."""


@dataclass(frozen=True, slots=True)
class Draws:
    """All random numbers of one replication, at random access.

    Parameters
    ----------
    seed : int
        The seed of the whole study, 0 or more, of up to 4 000 digits.
    draw : int
        Number of the parameter draw, 0 or more.
    replication : int
        Number of the replication, 0 or more.

    Raises
    ------
    ScenarioError
        When one of the three is negative, over 4 000 digits, a bool, a float or any other non-integer; all problems at once.

    Examples
    --------
    >>> draws = Draws(seed=1, draw=0, replication=0)
    >>> both = draws.uniforms("answer:reminder", run=3, number=np.array([41, 42]))
    >>> alone = draws.uniforms("answer:reminder", run=3, number=42)
    >>> bool((both[1] == alone[0]).all())
    True
    """

    seed: int
    draw: int
    replication: int

    def __post_init__(self) -> None:
        """Refuse whatever is not a whole number from 0."""
        problems = []
        for field in fields(self):
            value = getattr(self, field.name)
            number = whole_number(value)
            if number is not None and 0 <= number < 10**_MOST_DIGITS:
                object.__setattr__(self, field.name, number)
            else:
                allowed = "a whole number from 0"
                if number is not None and number > 0:
                    allowed += phrase(" of at most {most} digits", most=_MOST_DIGITS)
                problems.append(Problem("", field.name, value, allowed, _REMEDY[field.name]))
        if problems:
            raise ScenarioError(problems)

    def key(self, purpose: str) -> tuple[int, int]:
        """Hash everything but visit and identity into the two words of a Philox key.

        Parameters
        ----------
        purpose : str
            What is decided by the draw, for instance "answer:reminder".

        Returns
        -------
        tuple of two int
            Each from 0 to 2**64 - 1.

        Raises
        ------
        RunError
            When the purpose is empty or begins with ``PARAMETER_PREFIX``.

        Examples
        --------
        >>> Draws(1, 0, 0).key("a") == Draws(1, 0, 1).key("a")
        False
        """
        if not purpose or purpose.startswith(PARAMETER_PREFIX):
            allowed = phrase("a name that does not begin with {prefix!r}", prefix=PARAMETER_PREFIX)
            raise RunError(Problem("draws", "purpose", purpose, allowed, "draw parameters with Draws.parameter"))
        return self._hash(self.replication, purpose)

    def bits(self, purpose: str, run: Integers, number: Integers, visit: Integers = 0) -> Words:
        """Look up the block of each identity.

        Parameters
        ----------
        purpose : str
            What is decided by the draw.
        run, number : int or integer array, shape (n,)
            The identities; broadcast against each other and against the visits. Any signed 64-bit integers.
        visit : int or integer array, shape (n,)
            Which time the same decision is met.

        Returns
        -------
        uint64 array, shape (n, 4)
            One block a row; n is 1 when every argument is a plain integer.

        Raises
        ------
        RunError
            When an identity or visit is no integer, does not fit into int64 or has more than one axis, or the
            purpose is refused by `key`.
        ValueError
            When the lengths differ.
        """
        counter = (_words(number, "number"), _words(run, "run"), _words(visit, "visit"), 0)
        return np.moveaxis(philox4x64(counter, self.key(purpose)), 0, -1).reshape(-1, 4)

    def uniforms(self, purpose: str, run: Integers, number: Integers, visit: Integers = 0) -> npt.NDArray[np.float64]:
        """Look up four uniform numbers of the open interval (0, 1) for each identity.

        Errors are those of `bits`.

        Parameters
        ----------
        purpose : str
            What is decided by the draw.
        run, number, visit : int or integer array, shape (n,)
            The identities, and which time the same decision is met.

        Returns
        -------
        float64 array, shape (n, 4)
            Multiples of 2**-53 from 2**-53 to 1 - 2**-53; see `kravsim.chance.philox.unit_interval`.
        """
        return unit_interval(self.bits(purpose, run, number, visit))

    def uniforms32(self, purpose: str, run: Integers, number: Integers, visit: Integers = 0) -> npt.NDArray[np.uint32]:
        """Look up eight uniform 32-bit integers for each identity, to be compared with integer thresholds.

        Errors are those of `bits`.

        Parameters
        ----------
        purpose : str
            What is decided by the draw.
        run, number, visit : int or integer array, shape (n,)
            The identities, and which time the same decision is met.

        Returns
        -------
        uint32 array, shape (n, 8)
            Column 2j is the low half of word j, column 2j + 1 its high half; see `kravsim.chance.philox.halves`.
        """
        return halves(self.bits(purpose, run, number, visit))

    def bulk_bits(self, purpose: str, run: int, count: int, visit: int = 0) -> Words:
        """Look up the blocks of the numbers 0 to count - 1 of one run: the same bits as `bits`, sooner.

        Parameters
        ----------
        purpose : str
            What is decided by the draw.
        run : int
            The run they all belong to.
        count : int
            How many numbers the run has, 0 or more.
        visit : int
            Which time the same decision is met.

        Returns
        -------
        uint64 array, shape (count, 4)
            The block of number i in row i.

        Raises
        ------
        RunError
            When the run or visit is no integer or does not fit into int64, the count is no integer or negative, or
            the purpose is refused by `key`.
        """
        blocks = whole(count, "count", "draws", at_least=0)
        return consecutive_blocks((0, _word(run, "run"), _word(visit, "visit"), 0), self.key(purpose), blocks)

    def bulk(self, purpose: str, run: int, count: int, visit: int = 0) -> npt.NDArray[np.float64]:
        """Look up four uniform numbers for each of the numbers 0 to count - 1 of one run.

        Errors are those of `bulk_bits`.

        Parameters
        ----------
        purpose : str
            What is decided by the draw.
        run : int
            The run they all belong to.
        count : int
            How many numbers the run has, 0 or more.
        visit : int
            Which time the same decision is met.

        Returns
        -------
        float64 array, shape (count, 4)
            The same numbers as from `uniforms`.
        """
        return unit_interval(self.bulk_bits(purpose, run, count, visit))

    def one(self, purpose: str, run: int = 0, number: int = 0, visit: int = 0) -> float:
        """Look up a single uniform number: the first of the four that `uniforms` gives for the identity.

        Errors are those of `bits`.

        Parameters
        ----------
        purpose : str
            What is decided by the draw.
        run, number, visit : int
            The identity, and which time the same decision is met.

        Returns
        -------
        float
            From the open interval (0, 1).

        Examples
        --------
        >>> draws = Draws(1, 0, 0)
        >>> draws.one("sick", run=2, number=5) == float(draws.uniforms("sick", run=2, number=5)[0, 0])
        True
        """
        counter = (_word(number, "number"), _word(run, "run"), _word(visit, "visit"), 0)
        return _first(one_block(counter, self.key(purpose)))

    def parameter(self, name: str) -> float:
        """Look up the uniform number behind an uncertain parameter.

        It is keyed by seed and parameter draw but not by replication (whose place in the key holds 0): all replications
        of a parameter draw live in the same world.

        Parameters
        ----------
        name : str
            The parameter's dotted path.

        Returns
        -------
        float
            From the open interval (0, 1).

        Raises
        ------
        RunError
            When the name is empty.

        Examples
        --------
        >>> Draws(1, 7, 0).parameter("law.fee") == Draws(1, 7, 99).parameter("law.fee")
        True
        """
        return self.parameters([name])[name]

    def parameters(self, names: Sequence[str]) -> dict[str, float]:
        """Look up the numbers of `parameter` for many names at once, by name.

        Parameters
        ----------
        names : sequence of str
            Dotted paths of the parameters.

        Returns
        -------
        dict of str to float
            Numbers of the open interval (0, 1), by name.

        Raises
        ------
        RunError
            When a name is empty.
        """
        if not all(names):
            raise RunError(Problem("draws", "name", "", "a name", "give the dotted path of the parameter"))
        keys = np.array([self._hash(0, PARAMETER_PREFIX + name) for name in names], np.uint64).reshape(-1, 2)
        first, *_ = philox4x64((0, 0, 0, 0), (keys[:, 0], keys[:, 1]))
        return dict(zip(names, unit_interval(first).tolist(), strict=True))

    def _hash(self, replication: int, purpose: str) -> tuple[int, int]:
        """Hash an address; hexadecimal, because Python refuses to write very long integers in decimal."""
        text = f"{STREAM_VERSION:x}:{self.seed:x}:{self.draw:x}:{replication:x}:{purpose}"
        digest = blake2b(text.encode("utf-8"), digest_size=16).digest()
        return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


_REMEDY: Final = {
    "seed": "give a seed without sign or decimal point, or none to have one drawn and recorded",
    "draw": "count parameter draws from 0",
    "replication": "count replications from 0",
}


def _words(values: Integers, name: str) -> Words:
    """Write signed identities as counter words, in two's complement."""
    array = int64_array(values, name, "draws")
    if array.ndim > 1:
        raise RunError(
            Problem(
                "draws", name, phrase("shape {shape}", shape=array.shape), "at most one axis", "give one number a draw"
            )
        )
    return array.view(np.uint64)


def _word(value: int, name: str) -> int:
    """Write one signed identity as a counter word."""
    return int(_words(np.asarray(whole(value, name, "draws")), name))


def _first(block: tuple[int, int, int, int]) -> float:
    """Read the first word of a block as a uniform number, as `kravsim.chance.philox.unit_interval` does."""
    return (block[0] >> 11 | 1) * 2.0**-53
