"""Is an archive, a journal or a set of parameters that was made to harm, or is odd in any other way, refused in words?"""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.result_makers import make_comparison, make_run

from kravsim.archives import columns
from kravsim.archives.columns import array_bytes, array_of, packed, unpacked
from kravsim.archives.manifest import read_json
from kravsim.errors import DataError
from kravsim.results.archive import load_comparison, load_run
from kravsim.running.journal import EVENTS, read_journal

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = tmp_path_factory.mktemp("archives")
    return {
        "run": make_run("in_house", 3).save(place / "run").read_bytes(),
        "comparison": make_comparison(3).save(place / "comparison").read_bytes(),
    }


def vouched(members: Members) -> Members:
    """Let the manifest say of every member what it is."""
    said = json.loads(members["manifest.json"])
    others = {name: body for name, body in members.items() if name != "manifest.json"}
    said["files"] = {
        name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)} for name, body in others.items()
    }
    return {"manifest.json": json.dumps(said).encode(), **others}


def saved(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def refused(path: Path, members: Members, load: Callable[[Path], object]) -> str:
    path.write_bytes(packed(vouched(members)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError) as caught:
            load(path)
    assert all(problem.allowed or problem.remedy for problem in caught.value.problems)
    return str(caught.value)


ODD: dict[str, Any] = {
    "scalar": np.float64(3),
    "record": np.zeros(3, dtype=[("a", "i4"), ("b", "f8")]),
    "objects": np.array([{}, 1, None], dtype=object),
    "NaN": np.array([np.nan] * 3),
    "infinity": np.array([np.inf] * 3),
    "texts": np.array(["a", "b", "c"]),
    "bytes": np.array([b"a", b"b", b"c"]),
    "complex": np.array([1j] * 3),
    "dates": np.zeros(3, "M8[s]"),
    "no rows": np.zeros(0),
    "more rows": np.arange(4),
    "three dimensions": np.zeros((3, 1, 1)),
    "half the bits": np.arange(3, dtype=np.int32),
    "half a pair": np.array(["\ud800"] * 3),
}


@pytest.mark.parametrize("name", ["replication", "model", "numbers", "numbers_names", "budget_ore", "steps"])
@pytest.mark.parametrize("odd", ODD)
def test_arrays_of_any_other_kind_are_refused(bodies: dict[str, bytes], tmp_path: Path, name: str, odd: str) -> None:
    members = unpacked(bodies["run"], "x")
    said = refused(tmp_path / "a", {**members, f"0/{name}.npy": saved(ODD[odd])}, load_run)
    assert len(said.splitlines()) == 1


def nan_of(name: str, part: str) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        names = array_of(members[f"0/{part}_names.npy"], "x", name).tolist()
        table = array_of(members[f"0/{part}.npy"], "x", name)
        table[1, names.index(name)] = np.nan
        return {**members, f"0/{part}.npy": array_bytes(table)}

    return change


@pytest.mark.parametrize("name", ["claims", "principal_recovered_kr", "net_revenue_kr"])
def test_nan_is_refused_in_what_is_no_share(bodies: dict[str, bytes], tmp_path: Path, name: str) -> None:
    refused(tmp_path / "a", nan_of(name, "numbers")(unpacked(bodies["run"], "x")), load_run)


def runs_said(change: Callable[[dict[str, Any]], object]) -> Callable[[Members], Members]:
    def made(members: Members) -> Members:
        said = json.loads(members["runs.json"])
        change(said)
        return {**members, "runs.json": json.dumps(said).encode()}

    return made


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (runs_said(lambda said: said.update(runs=[])), "0 runs"),
        (runs_said(lambda said: said.update(runs=[1])), "no run"),
        (runs_said(lambda said: said.update(runs=[[]])), "no run"),
        (runs_said(lambda said: said.update(runs={})), "runs: got {}"),
        (runs_said(lambda said: said["runs"].append(said["runs"][0])), "2 runs"),
        (runs_said(lambda said: said["runs"][0].update(titles=[["a"], ["b"]])), "titles"),
        (runs_said(lambda said: said["runs"][0].update(titles=["a"])), "titles"),
        (runs_said(lambda said: said["runs"][0].update(titles=["a\u202e", "b"])), "titles"),
        (runs_said(lambda said: said["runs"][0].update(scenario_title="a\x1b[31m")), "scenario_title"),
        (runs_said(lambda said: said["runs"][0].update(provenance={})), "provenance.version"),
        (runs_said(lambda said: said["runs"][0]["provenance"].update(version=[1])), "provenance.version"),
        (runs_said(lambda said: said["runs"][0].update(seed=-1)), "seed"),
        (runs_said(lambda said: said["runs"][0].update(seed=True)), "seed"),
        (runs_said(lambda said: said["runs"][0].update(replications=2)), "outcomes"),
        (runs_said(lambda said: said["runs"][0].pop("engine")), "engine"),
        (lambda members: {**members, "0/evil.npy": members["0/draw.npy"]}, "evil: got an array"),
        (lambda members: {**members, "7/draw.npy": members["0/draw.npy"]}, "an extra member"),
        (lambda members: {**members, "evil.py": b"import os"}, "an extra member"),
        (lambda members: {**members, "../x": b""}, "an extra member"),
        (lambda members: {**members, "scenario.toml": b"a = 1"}, "another text"),
        (lambda members: {name: body for name, body in members.items() if name != "runs.json"}, "JSON"),
        (lambda members: {name: body for name, body in members.items() if "ends" not in name}, "ends"),
    ],
)
def test_whatever_else_is_odd_is_refused(
    bodies: dict[str, bytes], tmp_path: Path, change: Callable[[Members], Members], words: str
) -> None:
    assert words in refused(tmp_path / "a", change(unpacked(bodies["run"], "x")), load_run)


def test_runs_that_cannot_be_compared_are_refused(bodies: dict[str, bytes], tmp_path: Path) -> None:
    members = runs_said(lambda said: said["runs"][1].update(seed=99))(unpacked(bodies["comparison"], "x"))
    assert "seed" in refused(tmp_path / "a", members, load_comparison)
    members = runs_said(lambda said: said.update(runs=said["runs"][:1]))(unpacked(bodies["comparison"], "x"))
    assert "1 runs" in refused(tmp_path / "a", members, load_comparison)


# ---- sizes that are only said --------------------------------------------------------------------------------------


def test_members_that_swell_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("0/numbers.npy", "w") as member:
        for _ in range(600):
            member.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    begun = time.process_time()
    with pytest.raises(DataError, match="members of 629145600 bytes in a file of"):
        load_run(path)
    assert time.process_time() - begun < 1


def test_what_numpy_writes_says_the_truth_about_its_size(bodies: dict[str, bytes], tmp_path: Path) -> None:
    members = unpacked(bodies["run"], "x")
    body = members["0/numbers.npy"]
    shape = body[body.index(b"'shape': (") + 10 : body.index(b"), }")]
    for wrong in (b"100000000000, 1", b"3, 10000000000", b"-1, 2", b"0, 0", b"9" * 19, b"9" * 400, b"True, 3"):
        lie = body.replace(b"(" + shape + b")", b"(" + wrong + b")")
        lie = lie[: body.index(b"\n")] + lie[body.index(b"\n") :]
        refused(tmp_path / "a", {**members, "0/numbers.npy": lie}, load_run)
    for start in (b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUMPY\x03\x00" + struct.pack("<I", 2**32 - 1)):
        with pytest.raises(DataError, match="no array of them"):
            array_of(start, "x", "y")


def test_a_member_twice_and_other_ways_of_packing_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a", b"1")
            archive.writestr("a", b"2")
    with pytest.raises(DataError, match="a member twice"):
        load_run(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"1" * 1000)
    with pytest.raises(DataError, match="packed in another way"):
        load_run(path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(columns.MOST_MEMBERS + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(DataError, match=f"at most {columns.MOST_MEMBERS} members"):
        load_run(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1e999}', "too large"),
        ('{"a": -1e999}', "too large"),
        ('{"a": "\\ud800"}', "surrogates"),
        ('{"a": ' + "[" * 100_000, "recursion|Expecting"),
        ('{"a": ' + "9" * 5000 + "}", "digits"),
        ('{"a": 1, "a": 1}', "twice"),
        ("\ufeff{}", "BOM|Expecting"),
    ],
)
def test_json_that_nobody_else_could_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_json(text.encode("utf-8"), "x")
    assert read_json(b'{"a": "\\ud83d\\udc4d", "b": 1e308}', "x") == {"a": "\U0001f44d", "b": 1e308}


# ---- at random -----------------------------------------------------------------------------------------------------

STRANGE: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**70,
        1.5,
        "",
        "x" * 500,
        "\x1b",
        [],
        [[]],
        {},
        {"a": 1},
        [1],
        ["a"],
        ["a", "b"],
        [{}],
    ),
)


def swapped(said: Any, chance: random.Random) -> None:
    """Put something strange in place of one member, or take it away."""
    places: list[tuple[Any, Any]] = []

    def visit(holder: Any) -> None:
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            places.append((holder, key))
            if isinstance(holder[key], dict | list):
                visit(holder[key])

    visit(said)
    holder, key = chance.choice(places)
    if chance.random() < 0.2:
        del holder[key]
    else:
        holder[key] = chance.choice(STRANGE)


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_whatever_a_file_holds_it_is_read_or_refused(bodies: dict[str, bytes], tmp_path: Path, kind: str) -> None:
    chance = random.Random(12)  # noqa: S311 - places of faults
    load = load_run if kind == "run" else load_comparison
    path = tmp_path / "a"
    texts: list[str] = []
    for _ in range(150):
        body = bytearray(bodies[kind])
        way = chance.random()
        if way < 0.2:
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        elif way < 0.3:
            del body[chance.randrange(len(body)) :]
        else:
            members = unpacked(bytes(body), "x")
            if way < 0.6:
                name = chance.choice(["runs.json", "manifest.json"])
                said = json.loads(members[name])
                swapped(said, chance)
                members[name] = json.dumps(said).encode()
            else:
                name = chance.choice([name for name in members if name.endswith(".npy")])
                hurt = bytearray(members[name])
                hurt[chance.randrange(len(hurt))] ^= 1 << chance.randrange(8)
                members[name] = saved(chance.choice(list(ODD.values()))) if chance.random() < 0.5 else bytes(hurt)
            if isinstance(json.loads(members["manifest.json"]), dict) and way >= 0.45:
                members = vouched(members)
            body = bytearray(packed(members))
        path.write_bytes(bytes(body))
        try:
            found = load(path)
        except DataError as error:
            texts.append(str(error))
            continue
        assert found.table("en")
        assert found.to_json()
    assert len(set(texts)) > 20


# ---- journals ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Members:
    from tests.properties.strategies import tiny

    from kravsim.flow import one_run
    from kravsim.running.journal import write_journal

    parts = one_run(tiny(), "in_house", seed=1, replication=0)
    path = write_journal(tmp_path_factory.mktemp("journal"), parts, "in_house", 0)
    return unpacked(path.read_bytes(), "x")


@pytest.mark.parametrize(
    "name", ["events_kind", "events_step", "events_answer", "postings_line", "names_kind", "names_answer"]
)
def test_a_journal_that_is_odd_is_refused(journal: Members, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(packed(journal))
    assert len(read_journal(path)[EVENTS]) > 0
    there = array_of(journal[f"{name}.npy"], "x", name)
    odd = [*ODD.values(), np.full_like(there, 99) if there.dtype.kind == "i" else there[:1], there[: len(there) // 2]]
    for array in odd:
        path.write_bytes(packed({**journal, f"{name}.npy": saved(array)}))
        with pytest.raises(DataError):
            read_journal(path)
    for members in ({**journal, "evil.npy": saved(np.arange(3))}, {k: v for k, v in journal.items() if name not in k}):
        path.write_bytes(packed(members))
        with pytest.raises(DataError, match="member"):
            read_journal(path)
