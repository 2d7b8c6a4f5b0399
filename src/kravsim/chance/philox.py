"""The bare generator: Philox4x64-10, a keyed bijection of 256-bit counters.

A block of four 64-bit words is computed from a counter of four words and a key of two, without any state: the same
counter and key give the same block whenever, wherever and in whatever order they are asked for. Two routes lead to the
same blocks:

- `philox4x64` takes any counters and keys at all (random access), in plain numpy;
- `one_block` takes one counter, in plain Python, for which numpy would be slow;
- `consecutive_blocks` takes a first counter and a count (bulk), and leaves the work to numpy's own generator in C.

Numpy keeps the counter as four words, least significant first, and adds one to it *before* each block, with carry from
word to word and from the last word back to zero. So ``np.random.Philox(counter=c)`` begins with the block of ``c + 1``,
and whoever wants to begin with the block of ``c`` sets ``c - 1``, counted modulo 2**256. The key is two words, least
significant first. The tests hold every route to numpy, bit for bit.

Sources
-------
Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011): the algorithm, its
constants and its known answers.
"""

from __future__ import annotations

import operator
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.random import Philox

ROUNDS: Final = 10
CHUNK: Final = 8192
"""Blocks worked on at a time: the scratch arrays of a chunk (768 KiB) stay in the cache of one core."""

Words = npt.NDArray[np.uint64]

_FACTOR_0: Final = 0xD2E7470EE14C6C93
_FACTOR_2: Final = 0xCA5A826395121157
_STEP_0: Final = 0x9E3779B97F4A7C15
_STEP_1: Final = 0xBB67AE8584CAA73B
_WORD: Final = 2**64 - 1

_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
# Row 0 belongs to counter word 0, row 1 to counter word 2: both are multiplied in one pass.
_MULTIPLIER: Final = np.array([[_FACTOR_0], [_FACTOR_2]], dtype=np.uint64)
_MULTIPLIER_LOW: Final = _MULTIPLIER & _LOW_HALF
_MULTIPLIER_HIGH: Final = _MULTIPLIER >> _HALF
# The product of word 0 meets the second key word, that of word 2 the first, hence the crossed order.
_KEY_STEP: Final = np.array([[_STEP_1], [_STEP_0]], dtype=np.uint64)
_SURPLUS: Final = np.uint64(11)
_ONE: Final = np.uint64(1)


def philox4x64(
    counter: tuple[int | Words, int | Words, int | Words, int | Words], key: tuple[int | Words, int | Words]
) -> Words:
    """Compute the blocks of any counters under one key, or each under its own.

    Parameters
    ----------
    counter : tuple of four int or uint64 array
        The words of the counter, least significant first.
    key : tuple of two int or uint64 array
        The words of the key, likewise. All six are broadcast against each other.

    Returns
    -------
    uint64 array, shape (4, *broadcast)
        Word j of every block in row j, so that it unpacks into four arrays. The words of one block lie side by side
        in memory: moving the first axis last is free and gives a contiguous array.

    Raises
    ------
    TypeError
        When a word is neither an integer nor an array of uint64.
    OverflowError
        When an integer is outside 0 to 2**64 - 1.

    Examples
    --------
    >>> [hex(word) for word in philox4x64((0, 0, 0, 0), key=(0, 0))]
    ['0x16554d9eca36314c', '0xdb20fe9d672d0fdc', '0xd7e772cee186176b', '0x7e68b68aec7ba23b']
    """
    words, crossed = [_word(word) for word in counter], [_word(key[1]), _word(key[0])]
    shape = np.broadcast_shapes(*(word.shape for word in (*words, *crossed)))
    blocks = np.empty((*shape, 4), dtype=np.uint64)
    rows = blocks.reshape(-1, 4)
    flat = [np.broadcast_to(word, shape).reshape(-1) for word in words]
    own_keys = any(word.ndim for word in crossed)
    crossed_key = np.stack([np.broadcast_to(word, shape if own_keys else ()).reshape(-1) for word in crossed])
    scratch = np.empty((6, 2, min(CHUNK, len(rows))), dtype=np.uint64)
    for start in range(0, len(rows), CHUNK):
        chunk = slice(start, start + CHUNK)
        keys = crossed_key[:, chunk] if own_keys else crossed_key
        _fill(rows[chunk], [word[chunk] for word in flat], keys, scratch)
    return np.moveaxis(blocks, -1, 0)


def one_block(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Compute the block of one counter under one key.

    Parameters
    ----------
    counter : tuple of four int
        The words of the counter, least significant first, each from 0 to 2**64 - 1.
    key : tuple of two int
        The words of the key, likewise.

    Returns
    -------
    tuple of four int

    Examples
    --------
    >>> hex(one_block((0, 0, 0, 0), key=(0, 0))[3])
    '0x7e68b68aec7ba23b'
    """
    x0, x1, x2, x3 = counter
    key0, key1 = key
    for _ in range(ROUNDS):
        first, second = x0 * _FACTOR_0, x2 * _FACTOR_2
        x0, x1, x2, x3 = second >> 64 ^ x1 ^ key0, second & _WORD, first >> 64 ^ x3 ^ key1, first & _WORD
        key0, key1 = key0 + _STEP_0 & _WORD, key1 + _STEP_1 & _WORD
    return x0, x1, x2, x3


def consecutive_blocks(counter: tuple[int, int, int, int], key: tuple[int, int], count: int) -> Words:
    """Compute the blocks of ``counter``, ``counter + 1`` and so on under one key, in C.

    Parameters
    ----------
    counter : tuple of four int
        The words of the first counter, least significant first, each from 0 to 2**64 - 1.
    key : tuple of two int
        The words of the key, least significant first, each from 0 to 2**64 - 1.
    count : int
        How many blocks; 0 or more.

    Returns
    -------
    uint64 array, shape (count, 4)
        One block a row.

    Raises
    ------
    TypeError
        When a word or the count is not an integer.
    OverflowError
        When a word is outside 0 to 2**64 - 1.
    ValueError
        When the count is negative.

    Examples
    --------
    >>> hex(consecutive_blocks((0, 0, 0, 0), key=(0, 0), count=2)[0, 3])
    '0x7e68b68aec7ba23b'
    """
    count = operator.index(count)
    first = np.array([operator.index(word) for word in counter], dtype="<u8")
    before = (int.from_bytes(first.tobytes(), "little") - 1) % 2**256
    words = np.frombuffer(before.to_bytes(32, "little"), dtype="<u8")
    generator = Philox(counter=words, key=np.array([operator.index(word) for word in key], dtype=np.uint64))
    return np.asarray(generator.random_raw(4 * count), dtype=np.uint64).reshape(count, 4)


def unit_interval(words: Words) -> npt.NDArray[np.float64]:
    """Turn 64-bit words into uniform numbers of the open interval (0, 1).

    The 52 most significant bits k give ``(k + 0.5) * 2**-52``, which a double holds exactly; so neither 0 nor 1 can
    come out, and the numbers lie symmetrically about 0.5. (With 53 bits the largest number would round to 1.)

    Parameters
    ----------
    words : uint64 array, any shape
        Raw bits.

    Returns
    -------
    float64 array, same shape
        From ``2**-53`` to ``1 - 2**-53``.

    Examples
    --------
    >>> unit_interval(np.array([0, 2**63, 2**64 - 1], dtype=np.uint64)) - 0.5
    array([-5.00000000e-01,  1.11022302e-16,  5.00000000e-01])
    """
    # 2k + 1 as a 53-bit odd integer is the same number, without an addition in floating point.
    odd = words >> _SURPLUS
    odd |= _ONE
    uniform = odd.view(np.int64).astype(np.float64)
    uniform *= 2.0**-53
    return uniform


def halves(words: Words) -> npt.NDArray[np.uint32]:
    """Split 64-bit words into 32-bit integers, the low half of each word first.

    Parameters
    ----------
    words : uint64 array, shape (..., k)
        Raw bits.

    Returns
    -------
    uint32 array, shape (..., 2 k)
        Column 2j holds the least significant half of word j, column 2j + 1 its most significant half.

    Examples
    --------
    >>> halves(np.array([[1 << 32, 7]], dtype=np.uint64)).tolist()
    [[0, 1, 7, 0]]
    """
    little_endian = np.ascontiguousarray(words).astype("<u8", copy=False)
    return little_endian.view("<u4").astype(np.uint32, copy=False)


def _fill(rows: Words, counter: list[Words], crossed_key: Words, scratch: Words) -> None:
    """Write the blocks of one chunk of counters into `rows`, shape (blocks, 4); the key has one column or one a block."""
    factor, other, high, low_part, high_part, carry = scratch[:, :, : len(rows)]
    factor[0], other[1], factor[1], other[0] = counter
    key = crossed_key.copy()
    for _ in range(ROUNDS):
        np.bitwise_xor(other, key, out=other)
        # The upper 64 bits of factor * multiplier, put together from four products of 32-bit halves.
        np.bitwise_and(factor, _LOW_HALF, out=low_part)
        np.multiply(low_part, _MULTIPLIER_LOW, out=carry)
        np.right_shift(carry, _HALF, out=carry)
        np.multiply(low_part, _MULTIPLIER_HIGH, out=low_part)
        np.add(low_part, carry, out=low_part)
        np.right_shift(factor, _HALF, out=high_part)
        np.multiply(high_part, _MULTIPLIER_HIGH, out=high)
        np.multiply(high_part, _MULTIPLIER_LOW, out=high_part)
        np.bitwise_and(low_part, _LOW_HALF, out=carry)
        np.add(high_part, carry, out=high_part)
        np.right_shift(high_part, _HALF, out=high_part)
        np.right_shift(low_part, _HALF, out=low_part)
        np.add(high, low_part, out=high)
        np.add(high, high_part, out=high)
        np.bitwise_xor(other, high, out=other)
        # The lower 64 bits wrap around by themselves.
        np.multiply(factor, _MULTIPLIER, out=factor)
        factor, other = other[::-1], factor
        np.add(key, _KEY_STEP, out=key)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = factor[0], other[1], factor[1], other[0]


def _word(value: int | Words) -> Words:
    """Check one word of a counter or key and make it an array."""
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype != np.uint64:
            message = f"a counter or key word must be uint64, got an array of {value.dtype}"
            raise TypeError(message)
        return np.asarray(value)
    if isinstance(value, bool):
        message = "a counter or key word must be an integer, got a bool"
        raise TypeError(message)
    return np.asarray(operator.index(value), dtype=np.uint64)
