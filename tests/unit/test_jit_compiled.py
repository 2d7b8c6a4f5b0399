"""Is kept machine code out of date as soon as any file has changed that it was made from?"""

from __future__ import annotations

import pickle
from pathlib import Path

import numba
import numpy as np
import pytest

from kravsim.engine.cases_compiled import follow_case
from kravsim.jit_compiled import is_compiled, stamp
from kravsim.philox_compiled import philox4x64
from kravsim.studies import replicate


def package(folder: Path, **files: str) -> str:
    """Stamp of a package with these files."""
    folder.mkdir()
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".py").write_text(text)
    return stamp(folder)


def test_any_change_of_what_compiled_code_is_made_from_changes_the_stamp(tmp_path: Path) -> None:
    one = package(tmp_path / "one", units="A = 1", engine__a="B = 1", results__a="C = 1")
    assert package(tmp_path / "same", units="A = 1", engine__a="B = 1", results__a="C = 1") == one
    assert package(tmp_path / "number", units="A = 2", engine__a="B = 1", results__a="C = 1") != one
    assert package(tmp_path / "moved", units="A = 1", engine__b="B = 1", results__a="C = 1") != one
    assert package(tmp_path / "shown", units="A = 1", engine__a="B = 1", results__a="C = 2") == one


@pytest.mark.parametrize("function", [follow_case, philox4x64])
def test_the_stamp_is_what_numba_looks_at(function: object) -> None:
    assert function._cache._cache_file._source_stamp == stamp()  # type: ignore[attr-defined]


def test_it_is_known_whether_a_loop_must_be_compiled_first(monkeypatch: pytest.MonkeyPatch) -> None:
    philox4x64(1, 2, 3, 4, np.uint64(5), np.uint64(6))
    assert is_compiled(philox4x64)
    kept = philox4x64._cache._cache_file  # type: ignore[attr-defined]
    monkeypatch.setattr(kept, "_source_stamp", "of another day")
    assert not is_compiled(philox4x64)


def test_what_a_version_with_other_modules_kept_is_compiled_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = philox4x64._cache._cache_file  # type: ignore[attr-defined]
    index = tmp_path / "old.nbi"
    index.write_bytes(pickle.dumps(numba.__version__) + b"ckravsim.no_more\nTable\n.")
    monkeypatch.setattr(kept, "_index_path", str(index))
    assert not is_compiled(philox4x64)


@pytest.mark.parametrize("ready", [True, False])
def test_whoever_waits_for_the_compiler_is_told(
    ready: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(replicate, "_is_ready", lambda: ready)
    with replicate._Bar(2, 0, wanted=True, compiles=True) as bar:
        waiting = capsys.readouterr().err
        bar.advance()
        bar.advance()
    assert ("compiling, once after an install" in waiting) is not ready
    assert "compiling" not in capsys.readouterr().err.rsplit("2/2", 1)[-1]
