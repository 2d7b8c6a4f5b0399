"""The agenda of the pools gives its entries in order, whatever comes and goes in between, beside others of its array."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from kravsim.engine.agenda_compiled import FAR, KEY_SHIFT, PLACES_BESIDE, agendas, key_of, number_of, pop, push


@pytest.mark.parametrize("seed", range(3))
def test_entries_come_out_in_order(seed: int) -> None:
    rng, rooms = np.random.default_rng(seed), np.array([40, 1, 7])
    base = np.append(0, np.cumsum(rooms + PLACES_BESIDE))
    agenda, ours = agendas(base), [[] for _ in rooms]
    for _ in range(3000):
        which = int(rng.integers(len(rooms)))
        held, at = ours[which], int(base[which])
        if len(held) < rooms[which] and (not held or rng.random() < 0.55):
            entry = (
                int(rng.integers(2**31 - 1)) if rng.random() < 0.5 else int(rng.integers(4)),
                int(rng.integers(2**31)),
            )
            heapq.heappush(held, entry)
            push(agenda, at, *entry)
        elif held:
            assert (key_of(agenda, at), number_of(agenda, at)) == held[0]
            assert pop(agenda, at) == heapq.heappop(held)[1]
        for place, others in zip(base.tolist(), ours, strict=False):
            assert agenda[place] == len(others)
            assert key_of(agenda, place) == (others[0][0] if others else FAR >> KEY_SHIFT)


def test_an_empty_agenda_is_later_than_every_plan() -> None:
    assert key_of(agendas(np.array([0, 5])), 0) == np.iinfo(np.int32).max
