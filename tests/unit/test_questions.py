"""Is what a decision study is asked checked before any work, all of it together, and refused in words?"""

from __future__ import annotations

import itertools
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim import studies
from kravsim.cli import archive, main
from kravsim.errors import ScenarioError
from kravsim.scenario import all_checked, named_models, truth_of
from kravsim.speech import speaking
from kravsim.studies.decision.closed_form import IMPOSSIBLE
from kravsim.studies.decision.flipped import Flip, Flips
from kravsim.studies.decision.sensitivity import Sensitivity
from kravsim.studies.decision.swept import Row, Sweep
from kravsim.studies.decision.tornado import Swing, Tornado

NAME = "jamtland-harjedalen-2017"
CASE = ks.load_scenario(NAME)
FTE = "models.in_house.staff.handlers.fte"
SHARE = "invoices.late_share"
Study = Callable[..., Any]


def sweep(**how: Any) -> Any:
    return ks.sweep(CASE, {FTE: [2.0, 3.0]}, **how)


STUDIES: dict[str, Study] = {
    "sweep": sweep,
    "sensitivity": lambda **how: studies.sensitivity(CASE, **how),
    "switching_value": lambda **how: studies.switching_value(CASE, FTE, **how),
    "switching_line": lambda **how: studies.switching_line(CASE, [FTE, SHARE], **how),
    "nearest_flips": lambda **how: studies.nearest_flips(CASE, **how),
    "value_of_information": lambda **how: studies.value_of_information(CASE, **how),
    "discover": lambda **how: studies.discover(CASE, **how),
}


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    """Load machine code, which takes a second once and is no part of a question."""
    ks.expected.evaluated(CASE, "in_house")


def refused(study: Study, **how: Any) -> str:
    """What a study says of a call that it refuses; at once."""
    begun = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        study(**how)
    assert time.process_time() - begun < 1
    return str(caught.value)


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
@pytest.mark.parametrize("models", [None, 3, [3], [], ["in_house"] * 2, {"in_house", "outsourced"}, b"in_house"])
def test_models_that_are_none_are_refused_in_words(study: Study, models: Any) -> None:
    assert refused(study, models=models).startswith("models: got ")


def test_one_model_may_be_its_name_and_several_any_sequence() -> None:
    assert named_models(CASE, "in_house") == ("in_house",)
    assert named_models(CASE, iter(["outsourced", "in_house"])) == ("outsourced", "in_house")
    assert named_models(CASE, np.array(["in_house"])) == ("in_house",)


@pytest.mark.parametrize(
    ("name", "how", "told"),
    [
        ("sweep", {"by": [], "progress": "x", "seed": -1, "design": []}, ("by", "progress", "seed", "design")),
        ("sweep", {"models": "x", "workers": 2, "points": 4}, ("models: got ['x']", "workers: got 2", "points: got 4")),
        ("sweep", {"by": "simulated", "replications": 0, "engine": "x"}, ("replications: got 0", "engine: got 'x'")),
        (
            "sweep",
            {"by": "simulated", "workers": 0, "max_memory_gib": "x"},
            ("workers: got 0", "max_memory_gib: got 'x'"),
        ),
        ("sweep", {"by": "simulated", "run_dir": 3, "engine": ""}, ("run_dir: got 3", "engine: got ''")),
        ("sensitivity", {"sobol": 3}, ("sobol: got 3; allowed a power of two; take 4",)),
        ("sensitivity", {"sobol": 0}, ("sobol: got 0; allowed a whole number from 2",)),
        ("sensitivity", {"sobol": "4"}, ("sobol: got '4'",)),
        ("sensitivity", {"sobol": True}, ("sobol: got true",)),
        ("sensitivity", {"sobol": 2**40}, ("sobol: got 1099511627776; allowed a whole number from 2 to 1048576",)),
        ("sensitivity", {"sobol": 5, "chance": 1, "seed": None}, ("sobol: got 5", "chance: got 1", "seed: got None")),
        (
            "sensitivity",
            {"chance": 4, "measure": []},
            ("chance: got 4; allowed nothing without sobol", "measure: got []"),
        ),
        ("sensitivity", {"structures": {"reading": []}}, ("reading: got []",)),
        ("switching_value", {"points": 1, "confirm": 1, "worlds": -1}, ("points", "confirm", "worlds: got -1")),
        ("switching_line", {"points": 1, "confirm": 1, "seed": "x"}, ("points", "confirm", "seed: got 'x'")),
        ("nearest_flips", {"seed": None, "pairs": "x"}, ("seed: got None", "pairs: got 'x'; allowed True or False")),
        ("nearest_flips", {"most": 0, "progress": "no"}, ("most: got 0", "progress: got 'no'")),
        ("nearest_flips", {"keys": 3}, ("keys: got 3; allowed one dotted key or more",)),
        ("nearest_flips", {"keys": []}, ("keys: got []",)),
        ("nearest_flips", {"keys": [FTE, 3]}, ("keys: got",)),
        ("value_of_information", {"asked": -1, "economic": "x"}, ("asked: got -1", "economic: got 'x'")),
        (
            "value_of_information",
            {"asked": 2.5, "years": 0, "nested": -1},
            ("asked: got 2.5", "years: got 0", "nested: got -1"),
        ),
        ("value_of_information", {"asked": "x", "largest_gain": -1}, ("asked: got 'x'", "largest_gain: got -1.0")),
        ("discover", {"limits": 9, "economic": 1}, ("limits: got 9", "economic: got 1")),
    ],
)
def test_everything_that_is_wrong_is_told_together_and_before_any_work(
    name: str, how: dict[str, Any], told: tuple[str, ...]
) -> None:
    said = refused(STUDIES[name], **how)
    assert all(f"{words.partition(':')[0]}: got " in said and words in said for words in told)


def test_a_key_that_is_no_text_is_refused() -> None:
    for key in (3, None, ["a"]):
        assert "key: got" in refused(lambda key=key: studies.switching_value(CASE, key))
        assert "with_changes: got" in refused(lambda key=key: ks.sweep(CASE, {(key if key != ["a"] else 2.5): [1]}))
    assert "keys: got 3" in refused(lambda: studies.switching_line(CASE, 3))  # type: ignore[arg-type]


def test_truth_values_are_no_texts_and_no_numbers() -> None:
    assert truth_of("x", np.True_) is True
    for given in ("no", 1, 0.0, None, []):
        with pytest.raises(ScenarioError, match="allowed True or False"):
            truth_of("x", given)
    with pytest.raises(ScenarioError, match=r"(?s)a: got 1.*b: got 2"):
        all_checked(lambda: truth_of("a", 1), lambda: True, lambda: truth_of("b", 2))


def test_unknown_keys_and_too_many_points_are_refused_at_once() -> None:
    many = np.linspace(0.05, 0.1, 2_000)
    said = refused(lambda: ks.sweep(CASE, {SHARE: many, "no.such.key": [1, 2], "title": ["a"]}))
    assert "no.such.key: got an unknown key" in said
    assert "title: got a description" in said
    said = refused(lambda: ks.sweep(CASE, {SHARE: [0.1], "no.such.key": [1]}, design="x"))  # type: ignore[arg-type]
    assert "no.such.key: got" in said
    assert "design: got 'x'" in said
    for values, count in (
        (list(range(200_000)), "200000 values"),
        (itertools.count(), "more than 100000 values"),
        (many, "200000 points"),
    ):
        other = {"invoices.per_year": list(range(100))} if values is many else {}
        assert f"got {count}; allowed at most 100000" in refused(
            lambda v=values, o=other: ks.sweep(CASE, {FTE: v, **o})
        )
    assert len(studies.decision.points.points_of({"a": range(100_000)})) == 100_000


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones((2, 2)), "a table of 2 dimensions"),
        (pd.DataFrame({"a": [1.0]}), "a table of 2 dimensions"),
        ([2.0, np.array([1, 2])], "an array in place 2"),
        (np.ma.array([2.0, 3.0], mask=[0, 1]), "a missing value in place 2"),
        ([2.0, float("nan")], "a missing value in place 2"),
        ([pd.NA, 2.0], "a missing value in place 1"),
        ([pd.NaT], "a missing value in place 1"),
        (pd.Series([1.0, None]), "a missing value in place 2"),
        ({2.0, 3.0}, "a list of different values"),
        ([2, 2.0], "a value twice"),
        ([float("inf")] * 2, "a value twice"),
        ([[1], [1]], "a value twice"),
    ],
)
def test_points_that_are_none(values: Any, words: str) -> None:
    assert words in refused(lambda: ks.sweep(CASE, {FTE: values}))


def test_points_out_of_arrays_and_tables_are_those_of_a_list() -> None:
    plain = ks.sweep(CASE, {FTE: [2.0, 3.0]})
    for values in (np.array([2.0, 3.0]), pd.Series([2.0, 3.0]), np.ma.array([2.0, 3.0]), iter([2.0, 3.0])):
        assert ks.sweep(CASE, {FTE: values}) == plain  # type: ignore[dict-item]


def test_a_number_is_given_once() -> None:
    for other in (f"{FTE}.value", "models.in_house.staff"):
        said = refused(lambda other=other: ks.sweep(CASE, {FTE: [2.0, 3.0], other: [1.0, 2.0]}))
        assert "which varies too; allowed every number once" in said


@pytest.mark.parametrize(
    "key", ["name", "title", "models.in_house.title", f"{FTE}.low", f"{FTE}.dist", f"{FTE}.note", "sources"]
)
def test_what_only_describes_is_no_key_of_a_sweep(key: str) -> None:
    assert f"{key}: got a " in refused(lambda: ks.sweep(CASE, {key: ["a", "b"]}))


def test_a_key_that_moves_nothing_is_told() -> None:
    found = ks.sweep(CASE, {FTE: [2.0, 3.0], SHARE: [0.05, 0.06]}, models="outsourced")
    assert found.idle == (FTE,)
    assert f"{FTE} has no effect on the figures." in found.sentence("en")
    assert f"{FTE} har ingen verkan på talen." in found.table("sv")
    assert found.to_json()["without_effect"] == [FTE]
    assert sweep().idle == ()
    assert ks.sweep(CASE, {FTE: [2.0]}).idle == ()  # one point shows nothing


def test_a_count_with_a_fraction_is_a_row_with_the_words_of_with_changes() -> None:
    frame = ks.sweep(CASE, {"debtors.number": [2.5, 14_000]}, models="outsourced").to_frame()
    with pytest.raises(ScenarioError) as caught:
        CASE.with_changes({"debtors.number": 2.5})
    assert frame["error"].tolist() == [str(caught.value), ""]
    assert np.isnan(frame["outsourced.net_revenue_kr"]).tolist() == [True, False]


def test_no_progress_is_what_the_closed_form_has() -> None:
    assert sweep(progress=False) == sweep()
    assert "progress: got true; allowed nothing for the closed form" in refused(sweep, progress=True)


def test_compare_says_what_it_was_given_without_uncertainty() -> None:
    said = refused(lambda: ks.compare(CASE, ["x"], draws=5, structures={"reading": "D"}))  # type: ignore[call-overload]
    assert "draws: got 5; allowed nothing without uncertainty" in said
    assert "structures: got {'reading': 'D'}" in said
    assert "models: got ['x']" in said


def test_equal_answers_are_equal_and_have_a_hash() -> None:
    row = Row({FTE: 2.0}, {("a", "b"): np.nan}, {}, (), "")
    swing = Swing("a", 1.0, 2.0, 3.0, np.nan, 1.0, 0.0, 1.0, bends=False, flips=False)
    tornado = Tornado(np.nan, (swing,), ("a", "b"))
    flip = Flip({FTE: 2.0}, 0.5)
    for made in (
        lambda: Sweep("a", "b", {"m": ("x", "y")}, (FTE,), (row,), "expected", None, None),
        lambda: Tornado(np.nan, (swing,), ("a", "b")),
        lambda: Sensitivity(tornado),
        lambda: Flips(("a", "b"), "kr", "c", np.nan, (flip,), (("k", 1.0, np.nan),), {}, 0, IMPOSSIBLE),
        lambda: studies.mean_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0]),
        sweep,
    ):
        assert made() == made()
        assert hash(made()) == hash(made())
    assert sweep() != ks.sweep(CASE, {FTE: [2.0, 3.5]})


def test_without_an_answer_as_it_stands_the_reason_is_told() -> None:
    none = tiny(models__in_house__staff__handlers__fte=0.0)
    found = studies.nearest_flips(none, pairs=False)
    assert found.doubt is not None
    assert found.doubt.text("en") in repr(found)
    assert found.doubt.text("sv") in found.table("sv")
    assert found.to_json()["no_answer"] == found.doubt.key
    waiting = studies.nearest_flips(none, models="in_house", measure="waiting_days", pairs=False)
    assert waiting.doubt == found.doubt
    tornado = Tornado(
        np.nan, (Swing("a", 1, 2, 3, *[np.nan] * 4, bends=False, flips=False, doubt=found.doubt),), ("", "")
    )
    assert tornado.sentence("en") == f"No answer as it stands. {found.doubt.text('en')}"


def test_the_command_says_the_largest_count_and_refuses_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    for count in ("1000000000", "100001", "9" * 4000):
        assert main(["sweep", NAME, "--vary", f"{FTE}=1:3:{count}", "--lang", "en"]) == 2
        assert "allowed at most 100000 values" in capsys.readouterr().err
    assert main(["sweep", NAME, "--vary", f"{SHARE}=0.05:0.1:2000", "--vary", "no.such.key=1,2", "--lang", "en"]) == 2
    assert "no.such.key: got an unknown key" in capsys.readouterr().err


def test_a_sweep_in_closed_form_is_not_said_to_go_on() -> None:
    with speaking("en"):
        assert not archive.how_to_go_on(Namespace(run_dir=None, simulate=False))
        assert "--run-dir" in archive.how_to_go_on(Namespace(run_dir=None, simulate=True))
        assert "same command" in archive.how_to_go_on(Namespace(run_dir="x", simulate=True))
