"""Who pays between letters: a longer wait brings in no less, shares are what they say, and none is as none ever was."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.models.answers import delay_arrays, threshold_array
from kravsim.models.between_letters import (
    ANSWERED_LETTERS,
    late_among,
    letter_shares,
    minutes_before,
    mixed,
    with_second_reminder,
)
from kravsim.models.build import build_plan
from kravsim.models.plan import TABLE_SIZE
from kravsim.models.process import STEP_CODE
from kravsim.stream.stream import N_CLASSES, class_parts
from tests.properties.strategies import BASE, TYPES

FIXED = {"source": "assumption", "status": "assumed"}
KEYS = [f"behaviour.{kind}.{letter}_late_paid_share" for kind in TYPES for letter in ANSWERED_LETTERS]
DAYS = [f"timing.{letter}_late_paid_days" for letter in ANSWERED_LETTERS]


def some(share: float, **more: object) -> ks.Scenario:
    return BASE.with_changes(
        dict.fromkeys(KEYS, share) | {key.replace("__", "."): value for key, value in more.items()}
    )


@given(
    share=st.floats(0, 1),
    alone=st.floats(0, 1),
    waits=st.lists(st.integers(0, 150), min_size=2, max_size=6),
    kind=st.sampled_from(TYPES),
    letter=st.sampled_from(ANSWERED_LETTERS),
)
def test_a_longer_wait_leaves_no_more_silent(
    share: float, alone: float, waits: list[int], kind: str, letter: str
) -> None:
    silent = []
    for wait in sorted(waits):
        changes = {f"timing__{letter}_grace_days": wait, "behaviour__late_principal_only_share": alone}
        data = some(share, **changes).data
        silent.append(1 - sum(letter_shares(data, letter, kind, "private")))
        (late,) = late_among(data, letter, kind)
        assert all(0 <= one <= 1 for one in late.shares)
    assert all(later <= sooner + 1e-12 for sooner, later in pairwise(silent))
    assert silent[-1] >= -1e-12


@given(
    first=st.lists(st.integers(0, 50), min_size=TABLE_SIZE, max_size=TABLE_SIZE).map(sorted),
    second=st.lists(st.integers(0, 90), min_size=1, max_size=300).map(sorted),
    share=st.floats(0, 1),
)
def test_a_mixture_has_the_two_tables_in_their_shares(first: list[int], second: list[int], share: float) -> None:
    one, other = np.array(first), np.array(second)
    found = mixed(one, other, share)
    assert len(found) == TABLE_SIZE
    assert (np.diff(found) >= 0).all()
    for day in range(92):
        wanted = (1 - share) * (one < day).mean() + share * (other < day).mean()
        assert abs((found < day).mean() - wanted) <= 1 / TABLE_SIZE
    if not share:
        assert found is one


def test_nobody_between_letters_is_the_plan_without_them(tmp_path: Path) -> None:
    """The bundled case, which has a share of 0, and a child that leaves the keys out, give the same plan to the bit."""
    child = tmp_path / "child.toml"
    child.write_text(
        f'extends = "jamtland-harjedalen-2017"\nname = "child"\ntitle = "child"\nwithout = {json.dumps(KEYS + DAYS)}\n'
    )
    pair = (BASE, ks.load_scenario(child))
    plans = [build_plan(one.realise(Draws(1, 0, 0)), "in_house", Draws(1, 0, 0)) for one in pair]
    assert pair[1].data.behaviour.slow.demand_late_paid_share is None
    assert np.array_equal(plans[0].threshold, plans[1].threshold)
    assert np.array_equal(plans[0].delay_table, plans[1].delay_table)
    assert np.array_equal(plans[0].delay_tables, plans[1].delay_tables)


def test_nobody_between_letters_pays_when_the_next_step_is_due() -> None:
    data = some(1.0, timing__demand_grace_days=30).data
    rows, tables = delay_arrays(data)
    (late,) = late_among(data, "demand", "slow")
    assert minutes_before(data, late, 30).max() == 29 * 1440
    answers = tables[rows[STEP_CODE["demand"], :, :2]]
    assert 14 * 1440 < answers.max() < 30 * 1440
    assert threshold_array(data, data.models["outsourced"])[STEP_CODE["demand"]].max() == 1 << 32


def test_whoever_is_reminded_again_pays_after_that_reminder() -> None:
    """Sent 14 days after the demand, it is paid 2 to 14 days later as the demand is: from the 16th day on, in all."""
    again = {f"behaviour.{kind}.reminded_again_paid_share": {"value": 0.5} | FIXED for kind in TYPES}
    data = some(0.0, timing__demand_grace_days=45).with_changes(again).data
    reminded = with_second_reminder(data, True, 14)
    for kind in TYPES:
        alone, more = late_among(reminded, "demand", kind)
        assert alone.shares == (0.0, 0.0)
        days = minutes_before(reminded, more, 45, 14) // 1440
        assert (days.min(), days.max()) == (16, 28)
        before, after = (letter_shares(one, "demand", kind, "private") for one in (data, reminded))
        assert sum(after) - sum(before) == pytest.approx(0.5 * (1 - sum(before)))
    rows, tables = delay_arrays(reminded)
    of_slow = next(klass for klass in range(N_CLASSES) if class_parts(klass)[:2] == ("private", "slow"))
    paid = tables[rows[STEP_CODE["demand"], of_slow, 0]] // 1440
    in_time = letter_shares(data, "demand", "slow", "private")[0]
    share = 1 - in_time / letter_shares(reminded, "demand", "slow", "private")[0]
    assert (paid >= 16).mean() == pytest.approx(share, abs=2 / TABLE_SIZE)
    assert late_among(data, "demand", "slow")[-1].days == "demand_late_paid_days", "without a reminder there is none"


def test_a_share_without_its_days_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    child = tmp_path / "child.toml"
    child.write_text(
        'extends = "jamtland-harjedalen-2017"\nname = "child"\ntitle = "child"\n'
        'without = ["timing.demand_late_paid_days"]\n'
    )
    with pytest.raises(ScenarioError, match=r"timing\.demand_late_paid_days") as refused:
        ks.load_scenario(child)
    assert [problem.key for problem in refused.value.problems] == [
        f"behaviour.{kind}.demand_late_paid_share" for kind in TYPES
    ]


def test_late_payers_whom_the_next_step_forestalls_are_told_of() -> None:
    """From 30 days after a reminder that gives 14 nobody pays; nor at the demand, but where an agency may wait longer."""
    fixed = {"source": "assumption", "status": "assumed"}
    late = {day: {"low": 30, "mode": 40, "high": 60} | fixed for day in DAYS}
    scenario = some(0.5).with_changes(late)
    told = {problem.key: problem for problem in scenario.warnings if problem.key in KEYS}
    assert sorted(told) == sorted(KEYS)
    assert "due after timing.reminder_grace_days = 14 days" in str(told["behaviour.slow.reminder_late_paid_share"])
    in_time = scenario.with_changes({"timing.reminder_grace_days": 31, "timing.demand_grace_days": 30})
    left = {problem.key for problem in in_time.warnings} & set(KEYS)
    assert left == {key for key in KEYS if "demand" in key}
    assert not {problem.key for problem in some(0.0).with_changes(late).warnings} & set(KEYS)
    chooses = ks.load_scenario("agency-chooses").with_changes(dict.fromkeys(KEYS, 0.5) | late)
    assert {problem.key for problem in chooses.warnings} & set(KEYS) == {key for key in KEYS if "reminder" in key}
