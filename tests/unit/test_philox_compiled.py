"""The compiled generator is numpy's Philox and that of `kravsim.chance.philox`, bit for bit, on any counters and keys."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from kravsim.chance import philox
from kravsim.chance.draws import Draws
from kravsim.chance.philox_compiled import philox4x64

LARGEST = 2**64 - 1
EDGES = (0, 1, 2**32 - 1, 2**32, 2**63 - 1, 2**63, LARGEST - 1, LARGEST)
Words = NDArray[np.uint64]


@njit  # not kept on disk: kept code would not notice a change of the generator
def blocks(counters: Words, keys: Words, out: Words) -> None:
    """Inlined in a loop, as it is meant to be used."""
    for i in range(len(counters)):
        c, k = counters[i], keys[i]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = philox4x64(c[0], c[1], c[2], c[3], k[0], k[1])


@njit
def blocks_of_identities(run: NDArray[np.int64], number: NDArray[np.int64], key: Words, out: Words) -> None:
    for i in range(len(run)):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = philox4x64(number[i], run[i], 0, 0, key[0], key[1])


def found(counters: Words, keys: Words) -> Words:
    out = np.empty((len(counters), 4), np.uint64)
    blocks(counters, keys, out)
    return out


def numpys(counter: Words, key: Words) -> Words:
    whole = sum(int(word) << (64 * place) for place, word in enumerate(counter))
    generator = np.random.Philox(counter=(whole - 1) % 2**256, key=int(key[0]) + (int(key[1]) << 64))
    return np.asarray(generator.random_raw(4), dtype=np.uint64)


def random_words(n: int, width: int, seed: int) -> Words:
    return np.random.default_rng(seed).integers(0, LARGEST, (n, width), dtype=np.uint64, endpoint=True)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
        ((LARGEST,) * 4, (LARGEST,) * 2, "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
    ],
)
def test_the_answers_published_with_it(counter: tuple[int, ...], key: tuple[int, int], answer: str) -> None:
    block = found(np.array([counter], np.uint64), np.array([key], np.uint64))[0]
    assert " ".join(f"{int(word):016x}" for word in block) == answer


def test_random_counters_and_keys_are_numpys() -> None:
    counters, keys = random_words(2000, 4, 1), random_words(2000, 2, 2)
    expected = np.array([numpys(counter, key) for counter, key in zip(counters, keys, strict=True)])
    assert np.array_equal(found(counters, keys), expected)


def test_extreme_counters_and_keys_are_numpys() -> None:
    """Every combination of the two words that are multiplied, and of the key, at the edges of 32 and 64 bits."""
    combinations = np.array(list(itertools.product(EDGES, repeat=4)), np.uint64)
    counters = np.zeros((len(combinations), 4), np.uint64)
    counters[:, 0], counters[:, 2] = combinations[:, 0], combinations[:, 1]
    counters[:, 1], counters[:, 3] = combinations[:, 3], combinations[:, 2]
    keys = np.ascontiguousarray(combinations[:, 2:])
    expected = np.array([numpys(counter, key) for counter, key in zip(counters, keys, strict=True)])
    assert np.array_equal(found(counters, keys), expected)


def test_many_counters_of_one_key_are_those_of_the_bulk_generator() -> None:
    counters, key = random_words(20_000, 4, 3), (7, LARGEST)
    columns = np.ascontiguousarray(counters.T)
    expected = philox.philox4x64((columns[0], columns[1], columns[2], columns[3]), key).T
    assert np.array_equal(found(counters, np.tile(np.array(key, np.uint64), (20_000, 1))), expected)


def test_signed_identities_are_those_of_draws() -> None:
    """Runs before the first are negative; a compiled caller need not convert them."""
    draws = Draws(20170101, 3, 8)
    run = np.array([-(2**63), -1, 0, 736_330, 2**63 - 1] * 3)
    number = np.repeat(np.array([0, -5, 2**62]), 5)
    out = np.empty((15, 4), np.uint64)
    blocks_of_identities(run, number, np.array(draws.key("answer:reminder"), np.uint64), out)
    assert np.array_equal(out, draws.bits("answer:reminder", run, number))


def test_another_key_or_counter_gives_another_block() -> None:
    counters, keys = random_words(6, 4, 4), random_words(6, 2, 5)
    counters[1:], keys[1:] = counters[0], keys[0]
    for place in range(3):
        counters[1 + place, place] += np.uint64(1)
    keys[4, 0] += np.uint64(1)
    keys[5, 1] += np.uint64(1)
    assert len(np.unique(found(counters, keys), axis=0)) == 6
