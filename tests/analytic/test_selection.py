"""Is the best option selected as often as is promised, and do the intervals of all pairs hold together?

In the least favourable configuration of known means the best option leads every other by exactly the indifference zone. Each
promise is held against 1 000 macro-replications with fixed seeds; a share below it by z = 5 standard errors would fail, and a
procedure that is told too wide a zone must fail.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.errors import DataError, KravsimError, ScenarioError

MACRO, Z, SURE = 1_000, 5.0, 0.95
CASES = tomllib.loads((Path(__file__).parent / "decision_cases.toml").read_text(encoding="utf-8"))
WORLDS = [  # options, correlation between them, standard deviations
    (2, 0.0, (3, 3)),
    (2, 0.8, (3, 3)),
    (5, 0.0, (3, 3, 3, 3, 3)),
    (5, 0.5, (1, 2, 3, 4, 5)),
    (10, 0.8, (3,) * 10),
]


def share_correct(options: int, correlation: float, sds: tuple[int, ...], *, told: float = 1.0, seed: int = 7) -> float:
    """How often the best is selected that leads all others by 1, when the procedure is told that `told` matters."""
    deviation = np.array(sds, np.float64)
    covariance = correlation * np.outer(deviation, deviation)
    covariance[np.diag_indices(options)] = deviation**2
    factor, means = np.linalg.cholesky(covariance), np.eye(1, options)[0]
    right = 0
    for number in range(MACRO):
        rng = np.random.default_rng([seed, number])

        def sample(begin: int, end: int, rng: Any = rng) -> Any:
            return rng.normal(size=(end - begin, options)) @ factor.T + means

        found = ks.studies.select_best(sample, options, least=told, confidence=SURE, first=10, most=10**6)
        assert found.settled
        right += found.best == "option 1"
    return right / MACRO


@pytest.mark.parametrize(("options", "correlation", "sds"), WORLDS)
def test_the_best_is_selected_as_often_as_promised(options: int, correlation: float, sds: tuple[int, ...]) -> None:
    slack = Z * math.sqrt(SURE * (1 - SURE) / MACRO)
    assert share_correct(options, correlation, sds) >= SURE - slack


@pytest.mark.parametrize("world", [WORLDS[0], WORLDS[2], WORLDS[3]])
def test_a_procedure_that_is_told_too_wide_a_zone_is_found_out(world: tuple[int, float, tuple[int, ...]]) -> None:
    slack = Z * math.sqrt(SURE * (1 - SURE) / MACRO)
    assert share_correct(*world, told=3.0) < SURE - slack


def test_selection_does_not_depend_on_how_replications_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from kravsim.studies.decision import selection

    years = np.random.default_rng(3).normal(size=(5_000, 4)) * 3 + [0.0, 1.0, 0.0, 0.5]
    found = []
    for batch in (1, 7, 64):
        monkeypatch.setattr(selection, "_BATCH", batch)
        found.append(ks.studies.select_best(lambda a, b: years[a:b], 4, least=0.5, most=5_000))
    assert found[0] == found[1] == found[2]
    assert found[0].best == "option 2"
    assert found[0].left == ("option 2",)
    assert [name for name, _ in found[0].dropped] != []
    assert found[0].replications == max(after for _, after in found[0].dropped)


def test_what_is_alike_or_far_apart_is_settled_at_once() -> None:
    far = np.tile([0.0, 100.0], (50, 1)) + np.random.default_rng(1).normal(size=(50, 1))
    found = ks.studies.select_best(lambda a, b: far[a:b], 2, least=1.0, names=("a", "b"))
    assert (found.best, found.settled, found.replications) == ("b", True, 20)
    same = ks.studies.select_best(lambda a, b: np.ones((b - a, 3)), 3, least=1.0)
    assert (same.best, same.settled, same.replications) == ("option 1", True, 20)
    noisy = np.random.default_rng(2).normal(size=(100, 2)) * 100
    short = ks.studies.select_best(lambda a, b: noisy[a:b], 2, least=1.0, most=100, names=("a", "b"))
    assert (short.settled, short.left, short.replications) == (False, ("a", "b"), 100)
    assert "not settled after 100 replications: a, b are left" in short.sentence("en")
    assert "är inte avgjort" in short.sentence("sv")
    assert found.sentence("en").startswith("b is selected after 20 replications, the right choice with a probability")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"options": 1}, "options: got 1; allowed a whole number from 2"),
        ({"least": 0}, "no number of replications is enough"),
        ({"least": float("nan")}, "least"),
        ({"confidence": 0.5}, "above 1/2"),
        ({"confidence": 1}, "strictly between 0 and 1"),
        ({"first": 2}, "first: got 2; allowed a whole number from 3"),
        ({"most": 5}, "the first stage"),
        ({"names": ("a", "a")}, "2 different names"),
    ],
)
def test_a_selection_that_cannot_be(given: dict[str, Any], words: str) -> None:
    asked = {"options": 2, "least": 1.0, **given}
    with pytest.raises(ScenarioError, match=words):
        ks.studies.select_best(lambda a, b: np.zeros((b - a, 2)), **asked)


def test_a_sample_that_cannot_be() -> None:
    with pytest.raises(DataError, match="shape \\(20, 3\\); allowed shape \\(20, 2\\)"):
        ks.studies.select_best(lambda a, b: np.zeros((b - a, 3)), 2, least=1.0)
    holes = np.zeros((20, 2))
    holes[4, 1] = np.nan
    with pytest.raises(DataError, match="replication 4 of 20"):
        ks.studies.select_best(lambda a, b: holes[a:b], 2, least=1.0)


def test_cmp_01_a_single_pair_has_the_paired_interval() -> None:
    case = CASES["cmp_01"]
    values = np.column_stack([case["first"], case["second"]])
    (pair,) = ks.studies.all_pairs(values, level=0.9, names=("x1", "x2")).pairs
    assert pair.spread.mean == pytest.approx(case["mean"], rel=1e-9)
    assert list(pair.interval) == pytest.approx(case["paired"], rel=1e-9)
    assert pair.ahead == "x1"


def test_pairs_are_bonferronis_and_turn_with_their_sign() -> None:
    from scipy import stats

    values = np.array([[1.0, 4.0, 2.0], [3.0, 5.0, 2.5], [2.0, 6.5, 1.5], [2.5, 5.5, 2.0], [1.5, 6.0, 3.0]])
    found = ks.studies.all_pairs(values, level=0.95, names=("a", "b", "c"))
    pair = found.pair("b", "a")
    gaps = values[:, 1] - values[:, 0]
    half = stats.t.ppf(1 - 0.05 / 6, 4) * gaps.std(ddof=1) / math.sqrt(5)
    assert list(pair.interval) == pytest.approx([gaps.mean() - half, gaps.mean() + half], rel=1e-12)
    turned = found.pair("a", "b")
    assert list(turned.interval) == pytest.approx([-pair.interval[1], -pair.interval[0]], rel=1e-12)
    assert (found.leaders, found.places) == (("b",), {"b": (1, 1), "c": (2, 3), "a": (2, 3)})
    assert found.best_in() == {"b": 5, "c": 0, "a": 0}
    with pytest.raises(KeyError):
        found.pair("a", "d")


def test_all_intervals_hold_at_once_as_often_as_they_say() -> None:
    """Five options, correlated and of unlike variance; 1 000 macro-replications of 40."""
    deviations, means = np.array([1.0, 2, 3, 4, 5]), np.array([0.0, 1, 1, 2, 5])
    covariance = 0.6 * np.outer(deviations, deviations) + 0.4 * np.diag(deviations**2)
    rng, factor = np.random.default_rng(11), np.linalg.cholesky(covariance)
    held = {0.95: 0, 0.5: 0}
    for _ in range(MACRO // 2):
        values = rng.normal(size=(40, 5)) @ factor.T + means
        for level in held:
            found = ks.studies.all_pairs(values, level=level)
            truth = {f"option {k + 1}": mean for k, mean in enumerate(means)}
            held[level] += all(
                pair.interval[0] <= truth[pair.first] - truth[pair.second] <= pair.interval[1] for pair in found.pairs
            )
    n = MACRO // 2
    for level, count in held.items():
        assert count / n >= level - Z * math.sqrt(level * (1 - level) / n)


@pytest.mark.parametrize(
    ("values", "more", "words"),
    [
        ([1.0, 2.0], {}, "two rows or more, and two options"),
        ([[1.0, 2.0]], {}, "two rows or more, and two options"),
        ([[1.0], [2.0]], {}, "two rows or more, and two options"),
        ([[1.0, 2.0], [1.0, float("nan")]], {}, "row 1 of 2"),
        ([[1.0, 2.0], [1.0, 3.0]], {"level": 0}, "strictly between 0 and 1"),
        ([[1.0, 2.0], [1.0, 3.0]], {"names": ("a",)}, "2 different names"),
    ],
)
def test_pairs_that_cannot_be(values: Any, more: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.all_pairs(values, **more)
