"""Does the real calibration cover the truth as often as it says? Ranks of 50 truths of a reading, drawn from its own prior.

Ranks are stored (`recover_truth`); some are made again here, so that the table cannot be of another program. It says by which
version it was made, and speaks of the calibration of that version alone: it is made anew when the case is calibrated anew.

*Coverage.* A 90 % central interval covers a truth whose rank among 199 sets is 10 to 189: 180 of 200 values. Of 50 truths 39
and more are covered with probability 0.9968, for each of the quantities that are named beforehand. Were the sets' spread 0.6
of what it should be, intervals would cover 68 %, and 39 of 50 would come about with probability 0.08 for one quantity.

*Ranks are uniform*, by Kolmogorov and Smirnov, at 1 % for all quantities of a reading together (Bonferroni).

Neither would see a posterior that looks away from the books, since the prior covers its own draws, too. That the books have
been heard is seen from the figures: nearly all sets reach every one of them.

Source: Talts, Betancourt, Simpson, Vehtari and Gelman 2018.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, kstest, norm

from kravsim.version import __version__

from .recover_truth import BEFORE, SETS, TRUTHS, named, recovered, stored

COVERED = 39
INSIDE = (10, 189)
LEVEL = 0.01
TABLE = stored()
MADE_BY = {row["version"] for row in TABLE}
IN_TABLE = sorted({row["reading"] for row in TABLE})


def ranks(reading: str, name: str) -> np.ndarray:
    return np.array([int(row[name]) for row in TABLE if row["reading"] == reading])


def everything(reading: str) -> list[str]:
    """Quantities of a reading: those named, and all its uncertain numbers."""
    (first, *_) = (row for row in TABLE if row["reading"] == reading)
    return [name for name in first if name not in BEFORE and first[name]]


def covered(found: np.ndarray) -> int:
    return int(((found >= INSIDE[0]) & (found <= INSIDE[1])).sum())


def uniform(found: np.ndarray) -> float:
    """The p-value of ranks as uniform numbers: each at the middle of its share."""
    return float(kstest((found + 0.5) / (SETS + 1), "uniform").pvalue)


def respread(found: np.ndarray, factor: float) -> np.ndarray:
    """What ranks would have been, had the sets' spread been so many times what it is (for normal quantities)."""
    return np.floor(norm.cdf(norm.ppf((found + 0.5) / (SETS + 1)) / factor) * (SETS + 1)).astype(int)


@pytest.mark.parametrize("reading", IN_TABLE)
def test_every_truth_is_there_and_its_books_were_reached(reading: str) -> None:
    rows = [row for row in TABLE if row["reading"] == reading]
    assert [int(row["truth"]) for row in rows] == list(range(TRUTHS))
    assert all(float(row["power"]) == 1 for row in rows)
    assert min(float(row["reached"]) for row in rows) > 0.9


@pytest.mark.parametrize("reading", IN_TABLE)
def test_truths_are_covered_as_often_as_the_intervals_say(reading: str) -> None:
    counts = {name: covered(ranks(reading, name)) for name in named(reading)}
    assert min(counts.values()) >= COVERED, counts
    every = [covered(ranks(reading, name)) for name in everything(reading)]
    assert abs(sum(every) / len(every) / TRUTHS - 0.9) < 0.02  # 5 sd of 5 000 covers, were they independent


@pytest.mark.parametrize("reading", IN_TABLE)
def test_ranks_are_uniform(reading: str) -> None:
    for names in (named(reading), everything(reading)):
        chances = {name: uniform(ranks(reading, name)) for name in names}
        assert min(chances.values()) > LEVEL / len(chances), chances


@pytest.mark.parametrize("reading", IN_TABLE)
def test_sets_too_narrow_or_too_wide_would_be_told(reading: str) -> None:
    narrow = [covered(respread(ranks(reading, name), 0.6)) for name in named(reading)]
    assert min(narrow) < COVERED
    wide = [covered(respread(ranks(reading, name), 1.7)) for name in named(reading)]
    honest = [covered(ranks(reading, name)) for name in named(reading)]
    most = binom.ppf(1 - 1e-6, TRUTHS * len(honest), 0.9)
    assert sum(honest) <= most < sum(wide)


@pytest.mark.skipif({__version__} != MADE_BY, reason=f"the table is of {MADE_BY}, as are the stored parameter sets")
@pytest.mark.parametrize("truth", [0, 1])
def test_the_table_is_what_the_program_gives(truth: int) -> None:
    made = recovered("D", truth)
    (kept,) = (row for row in TABLE if row["reading"] == "D" and int(row["truth"]) == truth)
    assert made == {name: kept[name] for name in made}
