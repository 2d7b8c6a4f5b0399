"""Do results come back as they were kept, is every damage noticed, and can files be made again from their manifest?"""

from __future__ import annotations

import hashlib
import io
import json
import math
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.strategies import tiny
from tests.unit.result_makers import make_comparison, make_run

import kravsim as ks
from kravsim import cli, figures
from kravsim.archives import store
from kravsim.archives.columns import array_of, columns, exact, outcomes, packed, unpacked
from kravsim.archives.manifest import Record, code_fingerprint, commit_of, differences, environment, packages
from kravsim.errors import DataError, OutputError, RunError
from kravsim.measures.outcome import Outcome
from kravsim.results.archive import load_comparison, load_run
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run
from kravsim.scenario import Scenario

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
floats = st.floats(allow_subnormal=True)
whole = st.integers(-(2**63), 2**63 - 1)
parts = st.builds(
    Outcome,
    st.just("a model åäö"),
    st.integers(0, 3),
    st.integers(0, 10**9),
    st.dictionaries(names, floats, max_size=4),
    st.dictionaries(names, whole, max_size=4),
    st.dictionaries(names, floats, max_size=4),
    st.dictionaries(names, floats, max_size=4),
    st.dictionaries(names, floats, max_size=4),
)


def bits(found: Any) -> str:
    """What tells 0.0 from -0.0 and 5 from 5.0, and does not mind NaN."""
    return repr(found)


def told(run: Run) -> str:
    """Everything a file keeps of a run."""
    return bits(vars(replace(run, replay=None)))


def sorted_parts(outcome: Outcome) -> list[object]:
    return [sorted(value.items()) if isinstance(value, dict) else value for value in vars(outcome).values()]


@given(st.lists(parts, min_size=1, max_size=4))
@settings(deadline=None)
def test_outcomes_come_back_to_the_last_bit(kept: list[Outcome]) -> None:
    body = packed(columns(kept))
    read = {name.removesuffix(".npy"): array_of(one, "x", name) for name, one in unpacked(body, "x").items()}
    back = outcomes(read)
    assert bits([sorted_parts(one) for one in back]) == bits([sorted_parts(one) for one in kept])
    assert packed(columns(back)) == body


def test_whole_numbers_among_floats_become_floats_once_and_for_all() -> None:
    mixed = Outcome("m", 0, 0, {"claims": 5}, {"interest": np.int64(3)}, {}, {}, {"cases": 2})  # type: ignore[dict-item]
    assert bits(exact(mixed)) == bits(Outcome("m", 0, 0, {"claims": 5.0}, {"interest": 3}, {}, {}, {"cases": 2.0}))


def test_a_number_that_does_not_fit_is_not_cut() -> None:
    with pytest.raises(OverflowError):
        columns([Outcome("m", 0, 0, {}, {"interest": 2**63}, {}, {}, {})])


@pytest.fixture(scope="module")
def small() -> Comparison:
    scenario = tiny(invoices__per_year=1500, debtors__number=150)
    return ks.compare(scenario, replications=3, seed=2**200 + 5, workers=1, progress=False)


def test_a_comparison_comes_back_equal_with_its_origin(small: Comparison, tmp_path: Path) -> None:
    path = small.save(tmp_path / "deep" / "a.kravsim")
    back = ks.load_comparison(path)
    assert [told(run) for run in back.runs] == [told(run) for run in small.runs]
    assert back.to_json() == small.to_json()
    assert back.table() == small.table()
    again = back.save(tmp_path / "b.kravsim")
    assert again.read_bytes() == path.read_bytes()


def test_a_run_comes_back_equal(small: Comparison, tmp_path: Path) -> None:
    path = small.second.save(tmp_path / "run.kravsim")
    assert told(ks.load_run(path)) == told(small.second)
    bare = make_run("in_house", 4)
    assert load_run(bare.save(tmp_path / "bare.kravsim")) == bare


def test_the_record_says_how_it_was_made(small: Comparison) -> None:
    record = small.first.record
    assert record is not None
    assert record is small.second.record
    scenario = Scenario.from_text(record.scenario_text)
    assert scenario.fingerprint == small.first.provenance["scenario_fingerprint"]
    assert record.started <= record.finished
    assert record.started.endswith("+00:00")
    assert set(record.environment) >= {"python", "platform", "machine", "cpu_features", "packages", "commit", "code"}
    assert record.environment["packages"]["numpy"] == np.__version__
    assert record.argv[0] == Path(sys.argv[0]).name
    assert replace(small.first, record=None) == replace(small.first, record=record, outcomes=small.first.outcomes)


def test_an_archive_is_plain_data(small: Comparison, tmp_path: Path) -> None:
    with zipfile.ZipFile(small.save(tmp_path / "a.kravsim")) as archive:
        assert archive.namelist()[:3] == ["manifest.json", "scenario.toml", "runs.json"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in archive.namelist()[3:]:
            assert np.load(io.BytesIO(archive.read(name)), allow_pickle=False).dtype.kind in "ifUb"
        manifest = json.loads(archive.read("manifest.json"))
        for name, said in manifest["files"].items():
            assert said["sha256"] == hashlib.sha256(archive.read(name)).hexdigest()


def test_an_existing_archive_is_kept_without_force(small: Comparison, tmp_path: Path) -> None:
    path = tmp_path / "a.kravsim"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="an existing file"):
        small.save(path)
    assert path.read_bytes() == b"mine"
    small.save(path, force=True)
    assert load_comparison(path).n == 3


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    members = unpacked(path.read_bytes(), "x")
    change(members)
    path.write_bytes(packed(members))
    return path


def said_otherwise(members: dict[str, bytes], **keys: object) -> None:
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | keys).encode()


def objects(members: dict[str, bytes]) -> None:
    """Put an array that would need pickle in place of one, and vouch for it."""
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
    members["0/draw.npy"] = stream.getvalue()
    files = json.loads(members["manifest.json"])["files"]
    files["0/draw.npy"] = {"sha256": hashlib.sha256(stream.getvalue()).hexdigest(), "bytes": len(stream.getvalue())}
    said_otherwise(members, files=files)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda members: members.pop("1/numbers.npy"), r"1/numbers\.npy: got nothing; allowed what its manifest says"),
        (lambda members: members.update({"evil.py": b""}), r"evil\.py: got 'sha256.*; allowed no such member"),
        (lambda members: members.update({"0/draw.npy": b""}), r"0/draw\.npy: got 'sha256 e3b0c44298fc….*edited"),
        (lambda members: members.pop("manifest.json"), "manifest.json: .*JSON object written by kravsim"),
        (lambda members: members.update({"manifest.json": b"[]"}), "got 'list'"),
        (lambda members: members.update({"manifest.json": b'{"a": 1, "a": 2}'}), "a key comes twice"),
        (lambda members: members.update({"manifest.json": b'{"a": NaN}'}), "NaN is no strict JSON"),
        (lambda members: said_otherwise(members, format=2), "format: got 2; allowed 1; read it with the version"),
        (lambda members: said_otherwise(members, kind="run archive"), "kind: got 'run archive'.*read it with load_run"),
        (objects, "draw.npy: got .*Object arrays cannot be loaded"),
    ],
)
def test_a_damaged_archive_is_refused(
    small: Comparison, tmp_path: Path, change: Callable[[dict[str, bytes]], object], words: str
) -> None:
    path = rewritten(small.save(tmp_path / "a.kravsim"), change)
    with pytest.raises(DataError, match=words):
        load_comparison(path)


@pytest.mark.parametrize("damage", [b"", b"hello", None])
def test_what_is_no_archive_is_refused(small: Comparison, tmp_path: Path, damage: bytes | None) -> None:
    path = small.save(tmp_path / "a.kravsim")
    path.write_bytes(path.read_bytes()[:-300] if damage is None else damage)
    with pytest.raises(DataError, match="a zip file that kravsim wrote"):
        load_comparison(path)
    with pytest.raises(DataError, match=r"missing\.kravsim.*a readable file"):
        load_run(tmp_path / "missing.kravsim")
    with pytest.raises(DataError, match="read it with load_comparison"):
        load_run(small.save(tmp_path / "whole.kravsim"))


@given(st.integers(0, 10**9), st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_any_flipped_byte_is_noticed_or_harmless(place: int, mask: int) -> None:
    """The zip's own headers have bytes that mean nothing; whatever else is hit must be refused, never misread."""
    run = make_run("in_house", 2)
    members = columns(run.outcomes)
    body = bytearray(packed(members))
    body[place % len(body)] ^= mask
    try:
        read = {name.removesuffix(".npy"): array_of(one, "x", name) for name, one in unpacked(bytes(body), "x").items()}
        back = outcomes(read)
    except DataError:
        return
    assert bits(back) == bits(run.outcomes)


# --- reproduce


@pytest.fixture
def out(small: Comparison, tmp_path: Path) -> Path:
    figures.save_comparison(small, tmp_path / "out", lang="en")
    return tmp_path / "out"


def test_the_manifest_knows_everything_needed(small: Comparison, out: Path) -> None:
    said = json.loads((out / "manifest.json").read_text("utf-8"))
    assert said["kind"] == "comparison"
    assert said["seed"] == 2**200 + 5
    assert said["run"]["scenario_text"] == small.first.record.scenario_text  # type: ignore[union-attr]
    needed = {"started", "finished", "argv", "environment", "changes", "scenario_text"}
    assert set(said["run"]) - {"taken"} == needed  # what a child takes over stands there only where there is any
    assert all(isinstance(key, str) and isinstance(text, str) for key, text in said["run"]["changes"])
    assert ["invoices.per_year", "1500"] in said["run"]["changes"]
    assert (said["replications"], said["language"], said["models"]) == (3, "en", ["in_house", "outsourced"])


@pytest.mark.parametrize("workers", [1, 2])
def test_every_file_comes_out_the_same(out: Path, workers: int) -> None:
    before = {path: path.read_bytes() for path in out.iterdir()}
    found = ks.reproduce(out / "manifest.json", workers=workers, progress=False)
    assert found.same
    assert {one.name for one in found.files} == {path.name for path in before} - {"manifest.json"}
    assert {(one.verdict, one.on_disk) for one in found.files} == {("same", "as written")}
    assert found.surroundings == ()
    assert "All 12 files came out the same, byte for byte." in found.table("en")
    assert {path: path.read_bytes() for path in out.iterdir()} == before


def test_the_manifest_alone_is_enough(out: Path, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "manifest.json"
    alone.parent.mkdir()
    alone.write_bytes((out / "manifest.json").read_bytes())
    code = "import sys, kravsim; sys.exit(0 if kravsim.reproduce(sys.argv[1], workers=1).same else 4)"
    done = subprocess.run([sys.executable, "-c", code, str(alone)], check=False, timeout=120)
    assert done.returncode == 0


@pytest.mark.parametrize("kind", ["run archive", "comparison archive", "run", "figures"])
def test_other_kinds_come_out_the_same(small: Comparison, tmp_path: Path, kind: str) -> None:
    paths = {
        "run archive": lambda: small.first.save(tmp_path / "a"),
        "comparison archive": lambda: small.save(tmp_path / "a"),
        "run": lambda: figures.save_run(small.first, tmp_path)[-1],
        "figures": lambda: figures.save_figures(small, tmp_path, lang="sv")[-1],
    }
    found = ks.reproduce(paths[kind](), workers=1)
    assert found.same
    assert len(found.files) > 2


def test_a_difference_is_told_file_by_file(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "budget.csv").write_text("edited")
    (out / "difference.svg").unlink()
    said = json.loads((out / "manifest.json").read_text("utf-8"))
    text = (out / "replications.csv").read_text("utf-8").replace("\n", "\r\n", 1).encode()
    said["files"]["replications.csv"] = {"sha256": hashlib.sha256(text).hexdigest(), "bytes": len(text)}
    (out / "replications.csv").write_bytes(text)
    said["run"]["environment"]["packages"]["numpy"] = "1.0"
    said["run"]["environment"]["cpu_features"] = ["OLD", *environment()["cpu_features"][1:]]
    (out / "manifest.json").write_text(json.dumps(said), "utf-8")
    assert (
        cli.main(["reproduce", str(out / "manifest.json"), "--workers", "1", "--json", "--lang", "en"])
        == RunError.exit_code
    )
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert found["same"] is False
    assert found["files"]["comparison.json"]["verdict"] == "same"
    assert (found["files"]["budget.csv"]["verdict"], found["files"]["budget.csv"]["on_disk"]) == (
        "same",
        "changed since",
    )
    assert (found["files"]["difference.svg"]["verdict"], found["files"]["difference.svg"]["on_disk"]) == (
        "same",
        "not there",
    )
    csv = found["files"]["replications.csv"]
    assert (csv["verdict"], csv["on_disk"]) == ("different", "as written")
    assert csv["first_difference"].startswith("line 1: ")
    assert f"packages.numpy: '1.0' -> '{np.__version__}'" in found["surroundings"]
    assert any(one.startswith("cpu_features: -OLD +") for one in found["surroundings"])
    assert "different: replications.csv; changed on disk since: budget.csv" in told.err


def test_the_command_says_yes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reproduce", str(out / "manifest.json"), "--workers", "1"]) == 0
    told = capsys.readouterr()
    assert "Alla 12 filer blev lika, byte för byte." in told.out
    assert told.err == ""
    assert cli.main(["reproduce", str(out / "manifest.json"), "--workers", "0", "--lang", "en"]) == 2
    assert "--workers: got '0'; allowed a whole number from 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("STREAM_VERSION", 99, "stream_version: got made with 2; allowed 99"),
        ("__version__", "99.0", r"version: got made with '\d.*; allowed '99.0'; install kravsim \d"),
    ],
)
def test_another_version_is_refused_and_shown(
    out: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object, words: str
) -> None:
    monkeypatch.setattr(sys.modules["kravsim.papers.reproduce"], name, value)
    with pytest.raises(RunError, match=words):
        ks.reproduce(out / "manifest.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda said: said.update(format=2), "got 'format 2, kind comparison'"),
        (lambda said: said.update(kind="poem"), "kind poem"),
        (lambda said: said.update(seed="7"), "seed: got '7'; allowed a int"),
        (lambda said: said.pop("run"), "run: got nothing"),
        (lambda said: said["run"].pop("scenario_text"), r"run\.scenario_text: got nothing"),
        (lambda said: said.update(scenario_fingerprint="0" * 64), "scenario_text: .*the manifest was edited"),
    ],
)
def test_a_manifest_that_cannot_be_right_is_refused(
    out: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    path = out / "manifest.json"
    said = json.loads(path.read_text("utf-8"))
    change(said)
    path.write_text(json.dumps(said), "utf-8")
    with pytest.raises(DataError, match=words):
        ks.reproduce(path)


def test_runs_made_by_hand_have_nothing_to_run_again(tmp_path: Path) -> None:
    figures.save_comparison(make_comparison(3), tmp_path)
    with pytest.raises(DataError, match="run: got nothing"):
        ks.reproduce(tmp_path / "manifest.json")


def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("not json")
    for path in (tmp_path / "x.json", tmp_path / "none.json", tmp_path):
        with pytest.raises(DataError):
            ks.reproduce(path)


# --- the parts of a manifest


def test_the_code_fingerprint_follows_what_decides_numbers(tmp_path: Path) -> None:
    for name in ("engine/a.py", "law/rates/b.toml", "figures/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    first = code_fingerprint(tmp_path)
    (tmp_path / "figures/c.py").write_text("2")
    assert code_fingerprint(tmp_path) == first
    (tmp_path / "law/rates/b.toml").write_text("2")
    second = code_fingerprint(tmp_path)
    (tmp_path / "engine/a.py").rename(tmp_path / "engine/d.py")
    assert len({first, second, code_fingerprint(tmp_path)}) == 3


def test_the_commit_of_a_checkout_is_read_from_its_files(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert commit_of(tmp_path) is None
    (git / "packed-refs").write_text("# pack-refs\naaaa refs/heads/other\nbbbb refs/heads/main\n")
    assert commit_of(tmp_path) == "bbbb"
    (git / "refs/heads/main").write_text("cccc\n")
    assert commit_of(tmp_path) == "cccc"
    (git / "HEAD").write_text("dddd\n")
    assert commit_of(tmp_path) == "dddd"


def test_differences_look_into_tables() -> None:
    before, after = {"a": 1, "b": {"c": 2, "d": [3]}}, {"a": 1, "b": {"c": 2, "d": [4], "e": math.pi}}
    found = differences(before, after, ["a", "b", "z"])
    assert [(key, now) for key, _, now in found] == [("b.d", [4]), ("b.e", math.pi)]
    assert packages()["numpy"] == np.__version__
    record = Record.begin("x", (("a.b", "3"), ("c", "")))
    assert Record.from_json(json.loads(json.dumps(record.to_json())), "f") == record
    without = {key: value for key, value in record.to_json().items() if key != "changes"}
    assert Record.from_json(without, "f").changes == ()
    with pytest.raises(DataError, match=r"run\.changes"):
        Record.from_json({**record.to_json(), "changes": [["a.b", 3]]}, "f")


@pytest.mark.parametrize("failing", [1, 2])
def test_a_full_disk_keeps_the_earlier_archive(
    small: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    path = small.save(tmp_path / "a.kravsim")
    before, calls = path.read_bytes(), 0

    def full(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    if failing == 1:
        with pytest.raises(OutputError, match="No space left on device"):
            small.first.save(path, force=True)
        assert path.read_bytes() == before
    else:
        small.first.save(path, force=True)  # what failed is the courtesy of syncing the directory
        assert load_run(path).replications == 3
    assert [one.name for one in tmp_path.iterdir()] == ["a.kravsim"]
