"""Is a number that is missing from a user's own, in whatever way tables keep that, an error that names where it stands?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kravsim import studies
from kravsim.errors import KravsimError

N = 400
RNG = np.random.default_rng(1)
NUMBERS = RNG.normal(size=N)
BENEFITS = RNG.normal(size=(N, 2))
LAWS = [stats.uniform(), stats.uniform()]


def gap(values: Any) -> Any:
    """The same with the fourth of them masked: of a table the whole row."""
    table = np.asarray(values)
    mask = np.zeros(table.shape, bool)
    mask[3] = True
    return np.ma.masked_array(table, mask=mask)


def hidden(x: Any) -> Any:
    found = np.asarray(x[0] + x[1])
    return gap(found) if found.ndim and len(found) > 3 else found


ASKED: dict[str, tuple[Callable[[], Any], str]] = {
    "evpi": (lambda: studies.evpi(gap(BENEFITS)), "draw 3 of 400"),
    "evpi of a nullable column": (
        lambda: studies.evpi(pd.DataFrame({"a": pd.array([1, None, 3], "Int64"), "b": [1.0, 2, 3]})),
        "draw 1 of 3",
    ),
    "evpi of None": (lambda: studies.evpi([[1, None], [2, 3]]), "draw 0 of 2"),
    "evppi": (lambda: studies.evppi(BENEFITS, gap(NUMBERS)), "draw 3 of 400"),
    "evppi of whole numbers": (lambda: studies.evppi(BENEFITS, gap(np.arange(N))), "draw 3 of 400"),
    "evppi of texts": (lambda: studies.evppi(BENEFITS, gap(np.where(NUMBERS > 0, "a", "b"))), "numbers or texts"),
    "evppi of a frame": (
        lambda: studies.evppi(BENEFITS, pd.DataFrame({"a": pd.array([None, *range(1, N)], "Int64")})),
        "a: got nan.*draw 0 of 400",
    ),
    "chance curve": (lambda: studies.chance_curve(gap(BENEFITS)), "draw 3 of 400"),
    "prim": (lambda: studies.prim({"n": gap(NUMBERS)}, NUMBERS > 0), "draw 3 of 400"),
    "prim, what holds": (lambda: studies.prim({"n": NUMBERS}, gap(NUMBERS > 0)), "draw 3 of 400"),
    "all pairs": (lambda: studies.all_pairs(gap(BENEFITS)), "row 3 of 400"),
    "npv": (lambda: studies.npv(gap([1, 2, 3, 4]), 0.03), "period 3 of 4"),
    "irr": (lambda: studies.irr(gap([-1, 2, 3, 4])), "period 3 of 4"),
    "mean difference": (lambda: studies.mean_difference(gap([1, 2, 3, 4]), [1, 2, 4, 5]), "value 3 of 4"),
    "sobol": (lambda: studies.sobol(hidden, LAWS, 64, 1), "sample 3 of 256"),
    "tornado": (lambda: studies.tornado(hidden, {"a": (0, 1, 2), "b": (0, 1, 2)}), "sample 3 of"),
    "break-even": (lambda: studies.break_even(lambda x: np.ma.masked if x > 2 else x - 1, 0, 4), "got nan.*at 2.01"),
    "selection": (
        lambda: studies.select_best(lambda begin, end: gap(BENEFITS[begin:end]), 2, least=0.5, confidence=0.95),
        "replication 3 of 20",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_missing_is_named_and_never_read_through(name: str) -> None:
    ask, words = ASKED[name]
    with pytest.raises(KravsimError, match=words):
        ask()


def test_a_mask_that_hides_nothing_is_no_gap() -> None:
    whole = np.ma.masked_array(BENEFITS, mask=False)
    assert float(studies.evpi(whole)) == float(studies.evpi(BENEFITS))
