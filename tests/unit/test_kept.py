"""Are working arrays kept where that is asked for, by each thread for itself, and nowhere else?"""

from __future__ import annotations

import threading

import numpy as np

from kravsim.engine import kept
from kravsim.engine.kept import filled, keeping, working


def place(array: np.ndarray) -> int:
    return int(array.ctypes.data)


def test_arrays_are_new_where_nobody_keeps_any() -> None:
    one, other = working("a", 1000, np.int64), working("a", 1000, np.int64)
    assert not np.shares_memory(one, other)


def test_an_array_is_kept_grows_and_is_given_in_any_shape() -> None:
    with keeping():
        first = working("a", (50, 20), np.int64)
        assert first.flags.c_contiguous
        assert first.flags.writeable
        assert place(working("a", 900, np.int64)) == place(first)
        assert working("b", 900, np.int64).shape == (900,)
        assert not np.shares_memory(first, working("b", 900, np.int64))
        assert len(working("a", 5000, np.int64)) == 5000
        assert working("a", 10, np.int32).dtype == np.int32, "another kind of number is another array"
        with keeping():
            assert place(working("a", 10, np.int32)) == place(working("a", 8, np.int32))
    assert kept._here.arrays is None


def test_what_is_very_large_is_not_kept() -> None:
    with keeping():
        length = kept.MOST_KEPT // 8 + 1
        assert not np.shares_memory(working("a", length, np.int64), working("a", length, np.int64))


def test_every_thread_has_its_own() -> None:
    found: list[np.ndarray] = []

    def work() -> None:
        with keeping():
            found.append(filled("a", 1000, np.int64, threading.get_ident() % 1000))
            barrier.wait(10)

    barrier = threading.Barrier(3)
    crew = [threading.Thread(target=work) for _ in range(3)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert len({place(one) for one in found}) == 3
    assert all((one == one[0]).all() for one in found)
