"""Draws are looked up by address alone, and they are numpy's Philox, bit for bit.

Statistical tests use fixed seeds and the threshold z = 5 (false alarms 5.7e-7 an assertion, were the seeds fresh), on
2**20 numbers a statistic. A shift of the mean by 0.0023 or a correlation of 0.0079 is rejected with probability 0.999;
broken generators that must be rejected stand beside them.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import PARAMETER_PREFIX, STREAM_VERSION, Draws
from kravsim.chance.philox import CHUNK, Words, consecutive_blocks, halves, one_block, philox4x64, unit_interval
from kravsim.errors import RunError, ScenarioError

LARGEST = 2**64 - 1
Z = 5.0
DRAWS = Draws(seed=20170101, draw=3, replication=8)

words = st.one_of(st.integers(0, LARGEST), st.sampled_from([0, 1, LARGEST - 1, LARGEST, 2**63, 2**32 - 1, 2**32]))
keys = st.tuples(words, words)
counters = st.tuples(words, words, words, words)
identities = st.integers(-(2**63), 2**63 - 1)


def numpy_blocks(counter: tuple[int, ...], key: tuple[int, int], count: int = 1) -> Words:
    """Ask numpy alone, with 256-bit integers for counter and key, for the blocks from `counter` on."""
    whole = sum(word << (64 * place) for place, word in enumerate(counter))
    generator = np.random.Philox(counter=(whole - 1) % 2**256, key=key[0] + (key[1] << 64))
    return np.asarray(generator.random_raw(4 * count), dtype=np.uint64).reshape(count, 4)


# The bare generator


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
        ((LARGEST,) * 4, (LARGEST,) * 2, "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
        (
            (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x452821E638D01377, 0xBE5466CF34E90C6C),
            "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
        ),
    ],
)
def test_philox_gives_the_answers_published_with_it(
    counter: tuple[int, int, int, int], key: tuple[int, int], answer: str
) -> None:
    assert " ".join(f"{int(word):016x}" for word in philox4x64(counter, key)) == answer


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(counters, min_size=1, max_size=5), key=keys)
def test_random_access_is_numpys_philox(rows: list[tuple[int, int, int, int]], key: tuple[int, int]) -> None:
    columns = [np.array(column, dtype=np.uint64) for column in zip(*rows, strict=True)]
    found = philox4x64((columns[0], columns[1], columns[2], columns[3]), key)
    expected = np.concatenate([numpy_blocks(row, key) for row in rows])
    assert np.array_equal(found.T, expected)


@settings(max_examples=300, deadline=None)
@given(counter=counters, key=keys, count=st.integers(0, 5))
def test_bulk_is_numpys_philox(counter: tuple[int, int, int, int], key: tuple[int, int], count: int) -> None:
    assert np.array_equal(consecutive_blocks(counter, key, count), numpy_blocks(counter, key, count))


@settings(max_examples=300, deadline=None)
@given(counter=counters, key=keys)
def test_one_block_is_numpys_philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> None:
    assert list(one_block(counter, key)) == numpy_blocks(counter, key)[0].tolist()


def test_numpy_carries_from_word_to_word_and_from_the_last_to_zero() -> None:
    key = (5, 6)
    steps = [(LARGEST, 7, 0, 0), (0, 8, 0, 0)], [(LARGEST, LARGEST, LARGEST, LARGEST), (0, 0, 0, 0)]
    for before, after in steps:
        found = consecutive_blocks(before, key, 2)
        assert np.array_equal(found[0], np.array(philox4x64(before, key)))
        assert np.array_equal(found[1], np.array(philox4x64(after, key)))


@pytest.mark.parametrize("count", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_chunks_leave_no_seam(count: int) -> None:
    number = np.arange(count, dtype=np.uint64)
    assert np.array_equal(philox4x64((number, 9, 2, 1), (3, 4)).T, numpy_blocks((0, 9, 2, 1), (3, 4), count))


def test_counter_words_are_broadcast() -> None:
    number, run = np.arange(3, dtype=np.uint64), np.array([[5], [6]], dtype=np.uint64)
    found = philox4x64((number, run, 1, 2), (3, 4))
    assert found.shape == (4, 2, 3)
    assert np.array_equal(found[:, 1, 2], np.array(philox4x64((2, 6, 1, 2), (3, 4))))


@pytest.mark.parametrize("count", [1, 5, CHUNK + 3])
def test_blocks_each_under_its_own_key_are_those_of_one_at_a_time(count: int) -> None:
    words = np.random.default_rng(6).integers(0, 2**64, (3, count), np.uint64)
    found = philox4x64((words[0], 7, 0, 1), (words[1], words[2]))
    for block in {0, count // 2, count - 1}:
        number, *key = words[:, block].tolist()
        assert tuple(found[:, block].tolist()) == one_block((number, 7, 0, 1), (key[0], key[1]))
    same = philox4x64((1, 7, 0, 1), (words[1], 5))[:, 0].tolist()
    assert same == list(one_block((1, 7, 0, 1), (int(words[1, 0]), 5)))


def test_no_counters_give_no_blocks() -> None:
    assert philox4x64((np.empty(0, np.uint64), 0, 0, 0), (0, 0)).shape == (4, 0)


def test_the_generator_does_not_change_what_it_is_given() -> None:
    number = np.arange(5, dtype=np.uint64)
    philox4x64((number, number, number, number), (1, 2))
    assert number.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("word", "error"),
    [(-1, OverflowError), (2**64, OverflowError), (1.0, TypeError), (True, TypeError), (np.array([1]), TypeError)],
)
def test_a_word_that_is_none_is_refused(word: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        philox4x64((word, 0, 0, 0), (0, 0))
    with pytest.raises(error):
        philox4x64((0, 0, 0, 0), (0, word))


# Readings of the bits


def test_uniform_numbers_stay_inside_the_open_interval_and_are_symmetric() -> None:
    extremes = np.array([0, 2**12 - 1, 2**12, 2**63 - 1, 2**63, LARGEST], dtype=np.uint64)
    found = unit_interval(extremes)
    assert found.tolist() == [2.0**-53, 2.0**-53, 3 * 2.0**-53, 0.5 - 2.0**-53, 0.5 + 2.0**-53, 1 - 2.0**-53]
    assert np.array_equal(unit_interval(~extremes), 1 - found)
    assert extremes[0] == 0


def test_halves_come_low_half_first() -> None:
    block = np.array([[0x1111111122222222, 0x3333333344444444]], dtype=np.uint64)
    found = halves(block)
    assert found.dtype == np.uint32
    assert [f"{half:x}" for half in found[0]] == ["22222222", "11111111", "44444444", "33333333"]


def test_both_readings_are_of_the_same_bits() -> None:
    number = np.arange(100)
    bits = DRAWS.bits("a", 4, number)
    uniforms, integers = DRAWS.uniforms("a", 4, number), DRAWS.uniforms32("a", 4, number)
    assert (uniforms.shape, integers.shape) == ((100, 4), (100, 8))
    assert np.array_equal(integers[:, 1::2].astype(np.uint64) << np.uint64(32) | integers[:, ::2], bits)
    assert np.array_equal(np.floor(uniforms * 2**32).astype(np.uint32), integers[:, 1::2])


# Addresses


def test_the_stream_of_version_2_is_pinned() -> None:
    """Pins behaviour, not truth: if it fails, STREAM_VERSION and the changelog have to say so."""
    draws = Draws(2**200 + 1, 3, 5)
    assert STREAM_VERSION == 2
    assert draws.key("answer:reminder") == (0xCD0CC1C4E3BB7757, 0x02A97893CEE8F725)
    block = draws.bits("answer:reminder", -2, 41, visit=1)[0]
    assert [f"{int(word):016x}" for word in block] == [
        "c4b20f4774e1104a",
        "9f162edeb8ffe3e8",
        "577f9374dcffb1ce",
        "1d34906aa9fe36c9",
    ]
    assert draws.parameter("law.fee") == 0.22384530038817252


def test_a_key_is_the_digest_of_the_address() -> None:
    digest = blake2b(b"2:ff:a:10:best\xc3\xa5nd", digest_size=16).digest()
    expected = tuple(int.from_bytes(half, "little") for half in (digest[:8], digest[8:]))
    assert Draws(255, 10, 16).key("bestånd") == expected


@given(run=identities, number=identities, visit=identities)
@settings(deadline=None)
def test_the_counter_is_number_run_visit_in_twos_complement(run: int, number: int, visit: int) -> None:
    counter = (number % 2**64, run % 2**64, visit % 2**64, 0)
    assert np.array_equal(DRAWS.bits("a", run, number, visit), numpy_blocks(counter, DRAWS.key("a")))
    assert DRAWS.one("a", run, number, visit) == DRAWS.uniforms("a", run, number, visit)[0, 0]


def test_every_part_of_an_address_counts_and_no_two_are_written_alike() -> None:
    integers = (0, 1, 16, 17, 2**64, 2**200)
    purposes = ("a", "b", "0:a", "a:0", "0:0:a", ":a", "A", "a ", "a\n")
    addresses = list(product(integers, integers, integers, purposes))
    found = {Draws(seed, draw, replication).key(purpose) for seed, draw, replication, purpose in addresses}
    assert len(found) == len(addresses)


def test_run_number_and_visit_all_count() -> None:
    run, number, visit = np.meshgrid(np.arange(-9, 9), np.arange(20), np.arange(5))
    blocks = DRAWS.bits("a", run.ravel(), number.ravel(), visit.ravel())
    assert len(np.unique(blocks)) == 4 * run.size


def test_a_seed_is_taken_whole_as_long_as_it_can_be_written_out() -> None:
    largest = 10**4000 - 1
    assert Draws(largest, 0, 0).key("a") != Draws(largest - 1, 0, 0).key("a")
    assert str(largest)
    with pytest.raises(ScenarioError, match="a whole number from 0 of at most 4000 digits"):
        Draws(largest + 1, 0, 0)


def test_numpy_integers_count_as_integers() -> None:
    draws = Draws(np.int64(5), np.uint8(1), np.int32(2))  # type: ignore[arg-type]
    assert draws == Draws(5, 1, 2)
    assert type(draws.seed) is int
    assert draws.key("a") == Draws(5, 1, 2).key("a")


@pytest.mark.parametrize("value", [-1, True, 1.0, "1", None, np.True_, np.float64(1), -(2**70)])
@pytest.mark.parametrize("name", ["seed", "draw", "replication"])
def test_what_is_not_a_whole_number_from_0_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ScenarioError, match=rf"^{name}: got .*; allowed a whole number from 0; \S") as caught:
        Draws(**{"seed": 1, "draw": 0, "replication": 0, name: value})
    assert len(caught.value.problems) == 1


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        Draws(-1, True, 2.5)  # type: ignore[arg-type]
    assert [problem.key for problem in caught.value.problems] == ["seed", "draw", "replication"]


@pytest.mark.parametrize("purpose", ["", PARAMETER_PREFIX, "parameter:law.fee"])
def test_purposes_of_parameters_are_kept_for_parameters(purpose: str) -> None:
    with pytest.raises(RunError, match=r"purpose: got .*Draws\.parameter"):
        DRAWS.key(purpose)


@pytest.mark.parametrize("value", [1.0, np.array([1.0]), True, 2**63, 2**64, np.array([2**63], np.uint64), "1", None])
@pytest.mark.parametrize("name", ["run", "number", "visit"])
def test_an_identity_that_is_no_int64_is_refused_by_name(name: str, value: Any) -> None:
    identity = {"run": 0, "number": 0, name: value}
    with pytest.raises(RunError, match=f"draws: {name}: got"):
        DRAWS.bits("a", **identity)
    with pytest.raises(RunError, match=f"draws: {name}: got"):
        DRAWS.one("a", **identity)


def test_arrays_with_several_axes_or_unlike_lengths_are_refused() -> None:
    with pytest.raises(RunError, match=r"number: got 'shape.*at most one axis"):
        DRAWS.bits("a", 0, np.zeros((2, 2), np.int64))
    with pytest.raises(ValueError, match="broadcast"):
        DRAWS.bits("a", np.arange(3), np.arange(2))


# Bulk


@settings(deadline=None)
@given(run=identities, visit=identities, count=st.integers(0, 40))
def test_bulk_is_random_access_bit_for_bit(run: int, visit: int, count: int) -> None:
    number = np.arange(count)
    assert np.array_equal(DRAWS.bulk_bits("a", run, count, visit), DRAWS.bits("a", run, number, visit))
    assert np.array_equal(DRAWS.bulk("a", run, count, visit), DRAWS.uniforms("a", run, number, visit))


@pytest.mark.parametrize("count", [-1, 2.0, True])
def test_a_count_that_is_none_is_refused(count: Any) -> None:
    with pytest.raises(RunError, match=r"draws: count: got .* from 0"):
        DRAWS.bulk("a", 0, count)


# Locality: who else is asked, and in which order, does not matter


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(identities, identities, st.integers(0, 9)), min_size=1, max_size=30),
    chance=st.randoms(use_true_random=False),
)
def test_a_draw_is_the_same_alone_in_a_batch_and_in_any_order(rows: list[tuple[int, int, int]], chance: Any) -> None:
    def ask(asked: list[tuple[int, int, int]]) -> list[bytes]:
        run, number, visit = (np.array(column, dtype=np.int64) for column in zip(*asked, strict=True))
        return [row.tobytes() for row in DRAWS.uniforms("a", run, number, visit)]

    together = dict(zip(rows, ask(rows), strict=True))
    shuffled = chance.sample(rows, k=chance.randint(1, len(rows)))
    assert ask(shuffled) == [together[row] for row in shuffled]
    assert [ask([row])[0] for row in shuffled] == [together[row] for row in shuffled]


def test_more_claims_purposes_and_visits_change_nobody_elses_draws() -> None:
    before = DRAWS.bits("answer", 3, np.arange(50))
    DRAWS.bulk("another purpose", 3, 1000)
    DRAWS.parameter("another.parameter")
    assert np.array_equal(DRAWS.bits("answer", 3, np.arange(51))[:50], before)


def test_a_parameter_is_shared_by_replications_and_by_nothing_else() -> None:
    value = Draws(1, 2, 0).parameter("law.fee")
    assert {Draws(1, 2, replication).parameter("law.fee") for replication in range(5)} == {value}
    others = [Draws(1, 3, 0).parameter("law.fee"), Draws(2, 2, 0).parameter("law.fee"), DRAWS.parameter("law.fees")]
    assert len({value, *others}) == 4
    assert Draws(1, 2, 0).one("law.fee") != value
    with pytest.raises(RunError, match="name: got ''"):
        DRAWS.parameter("")


def test_many_parameters_at_once_are_what_each_is_alone() -> None:
    names = [f"law.fee_{number}" for number in range(40)]
    assert DRAWS.parameters(names) == {name: DRAWS.parameter(name) for name in names}
    assert DRAWS.parameters([]) == {}
    with pytest.raises(RunError, match="name: got ''"):
        DRAWS.parameters(["law.fee", ""])


# Statistics: smoke tests with a false-alarm rate, and broken generators that they must reject

BLOCKS = 2**18
Numbers = npt.NDArray[np.float64]


def z_of_mean(uniform: Numbers) -> float:
    return float((uniform.mean() - 0.5) * np.sqrt(12 * uniform.size))


def z_of_variance(uniform: Numbers) -> float:
    # (u - 1/2)**2 has mean 1/12 and variance 1/180.
    return float((np.square(uniform - 0.5).mean() - 1 / 12) * np.sqrt(180 * uniform.size))


def z_of_correlation(one: Numbers, other: Numbers) -> float:
    return float(((one - 0.5) * (other - 0.5)).mean() * 12 * np.sqrt(one.size))


UNIFORM = DRAWS.bulk("a", 7, BLOCKS)
NEIGHBOURS: dict[str, Numbers] = {
    "purposes": DRAWS.bulk("b", 7, BLOCKS),
    "replications": Draws(DRAWS.seed, DRAWS.draw, DRAWS.replication + 1).bulk("a", 7, BLOCKS),
    "parameter draws": Draws(DRAWS.seed, DRAWS.draw + 1, DRAWS.replication).bulk("a", 7, BLOCKS),
    "seeds": Draws(DRAWS.seed + 1, DRAWS.draw, DRAWS.replication).bulk("a", 7, BLOCKS),
    "runs": DRAWS.bulk("a", 8, BLOCKS),
    "visits": DRAWS.bulk("a", 7, BLOCKS, visit=1),
    "words of a block": np.roll(UNIFORM, 1, axis=1),
}


def test_uniform_numbers_have_the_mean_and_variance_of_uniform_numbers() -> None:
    assert abs(z_of_mean(UNIFORM)) < Z
    assert abs(z_of_variance(UNIFORM)) < Z


@pytest.mark.parametrize("lag", [1, 2, 3, 64, 1024])
def test_neighbouring_identities_are_uncorrelated(lag: int) -> None:
    assert abs(z_of_correlation(UNIFORM[:-lag], UNIFORM[lag:])) < Z


@pytest.mark.parametrize("what", list(NEIGHBOURS))
def test_neighbouring_addresses_are_uncorrelated(what: str) -> None:
    assert abs(z_of_correlation(UNIFORM, NEIGHBOURS[what])) < Z


def test_first_draws_of_successive_replications_are_uniform_and_uncorrelated() -> None:
    # Only 2**12 numbers: a correlation of 0.13 is what this finds with probability 0.999.
    first = np.array([Draws(DRAWS.seed, 0, replication).one("a") for replication in range(2**12)])
    assert abs(z_of_mean(first)) < Z
    assert abs(z_of_correlation(first[:-1], first[1:])) < Z


def test_every_leading_byte_is_equally_frequent() -> None:
    counts = np.bincount(DRAWS.uniforms32("a", 7, np.arange(BLOCKS)).ravel() >> 24, minlength=256)
    expected = counts.sum() / 256
    chi_square = float(np.square(counts - expected).sum() / expected)
    assert abs(chi_square - 255) / np.sqrt(2 * 255) < Z


def test_broken_generators_are_rejected() -> None:
    golden = np.modf(np.arange(4.0 * BLOCKS) * 0.6180339887498949)[0]
    assert abs(z_of_correlation(golden[:-1], golden[1:])) > Z
    assert abs(z_of_mean(UNIFORM**1.02)) > Z
    assert abs(z_of_variance(np.where(UNIFORM < 0.02, 0.5, UNIFORM))) > Z
    copied = NEIGHBOURS["purposes"].copy()
    copied[:: BLOCKS // 4096] = UNIFORM[:: BLOCKS // 4096]
    assert abs(z_of_correlation(UNIFORM, copied)) > Z


def test_the_statistics_themselves_are_calibrated() -> None:
    """On 512 separate pieces of the draws the z-values have mean 0 and variance 1 (each within z = 5)."""
    pieces = UNIFORM.reshape(512, -1)
    scores = {
        "mean": [z_of_mean(piece) for piece in pieces],
        "variance": [z_of_variance(piece) for piece in pieces],
        "correlation": [z_of_correlation(one, other) for one, other in pairwise(pieces)],
    }
    for name, values in scores.items():
        n = len(values)
        assert abs(np.mean(values)) * np.sqrt(n) < Z, name
        assert abs(np.var(values) - 1) * np.sqrt(n / 2) < Z, name
