"""Does the real calibration cover the truth as often as it says? Ranks of truths of every reading, drawn from its own prior.

Ranks are stored (`recover_truth`); some are made again here, so that the table cannot be of another program. It says by which
version it was made, and speaks of the calibration of that version alone: it is made anew when the case is calibrated anew.

*Coverage.* A 90 % central interval covers a truth whose rank among 199 sets is 10 to 189: 180 of 200 values. Of 6 truths of
a reading 2 and more are covered with probability 0.9999, for each quantity that is named beforehand. What all readings have
is counted over all their truths; the bound is one that a right posterior meets with probability 0.999 (26 of 36). Were the
sets' spread 0.6 of what it should be, intervals would cover 68 %, and 26 of 36 would come about with probability 0.35 for one
quantity, and all numbers of a reading together far too seldom.

*Ranks are uniform*, by Kolmogorov and Smirnov, at 1 % for all quantities of a reading together (Bonferroni).

Neither would see a posterior that looks away from the books, since the prior covers its own draws, too. That the books have
been heard is seen from the figures: nearly all sets reach every one of them.

Source: Talts, Betancourt, Simpson, Vehtari and Gelman 2018.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, kstest, norm

from kravsim.scenario import load_scenario
from kravsim.studies import stored_posterior
from kravsim.version import __version__

from .recover_truth import BEFORE, CASE, DIFFERENCES, READINGS, SETS, TRUTHS, named, recovered, rule_of, stored

COVERED = 2
INSIDE = (10, 189)
LEVEL = 0.01
TABLE = stored()
IN_TABLE = [reading for reading in READINGS if reading in {row["reading"] for row in TABLE}]
COVERED_IN_ALL = int(binom.ppf(0.001, len(TABLE), 0.9))
IN_ALL = ("success", "books_net", "interest", *DIFFERENCES)
"""What every reading has, named beforehand."""


def ranks(name: str, reading: str | None = None) -> np.ndarray:
    return np.array([int(row[name]) for row in TABLE if reading in (None, row["reading"])])


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


def test_the_table_is_of_the_version_of_the_sets() -> None:
    """A table of another version speaks of another calibration: it is made anew with the sets."""
    sets = {one.version for one in stored_posterior(load_scenario(CASE))}
    assert {row["version"] for row in TABLE} == sets


@pytest.mark.parametrize("reading", IN_TABLE)
def test_every_truth_is_there_and_its_books_were_reached(reading: str) -> None:
    rows = [row for row in TABLE if row["reading"] == reading]
    assert [int(row["truth"]) for row in rows] == list(range(TRUTHS))
    assert all(row["rule"] == rule_of(int(row["truth"])) for row in rows)
    assert all(float(row["power"]) == 1 for row in rows)
    assert min(float(row["reached"]) for row in rows) > 0.9


@pytest.mark.parametrize("reading", IN_TABLE)
def test_truths_are_covered_as_often_as_the_intervals_say(reading: str) -> None:
    counts = {name: covered(ranks(name, reading)) for name in named(reading)}
    assert min(counts.values()) >= COVERED, counts
    every = [covered(ranks(name, reading)) for name in everything(reading)]
    assert abs(sum(every) / len(every) / TRUTHS - 0.9) < 0.06  # 5 sd of 750 covers, were they independent


def test_what_all_readings_have_is_covered_in_all_of_them_together() -> None:
    counts = {name: covered(ranks(name)) for name in IN_ALL}
    assert min(counts.values()) >= COVERED_IN_ALL, counts


@pytest.mark.parametrize("reading", IN_TABLE)
def test_ranks_are_uniform(reading: str) -> None:
    for names in (named(reading), everything(reading)):
        chances = {name: uniform(ranks(name, reading)) for name in names}
        assert min(chances.values()) > LEVEL / len(chances), chances


def test_ranks_of_all_readings_are_uniform_together() -> None:
    chances = {name: uniform(ranks(name)) for name in IN_ALL}
    assert min(chances.values()) > LEVEL / len(chances), chances


@pytest.mark.parametrize(("factor", "passes"), [(0.6, False), (1.0, True), (1.7, False)])
def test_sets_too_narrow_or_too_wide_would_be_told(factor: float, passes: bool) -> None:
    """By all numbers of a reading together: so few truths hold a single one hardly at all."""
    for reading in IN_TABLE:
        every = [covered(respread(ranks(name, reading), factor)) for name in everything(reading)]
        assert (abs(sum(every) / len(every) / TRUTHS - 0.9) < 0.06) is passes, reading


def test_the_table_is_what_the_program_gives() -> None:
    """The first truth of one reading, by itself: whatever others are calibrated to beside it."""
    made_by = {row["version"] for row in TABLE}
    if made_by != {__version__}:
        pytest.skip(f"the table is of {made_by}, as are the stored parameter sets")
    (made,) = recovered("D", [0])
    (kept,) = (row for row in TABLE if row["reading"] == "D" and int(row["truth"]) == 0)
    assert made == {name: kept[name] for name in made}
