"""Is kept machine code out of date as soon as any file has changed that it was made from?"""

from __future__ import annotations

from pathlib import Path

import pytest

from kravsim.engine.cases_compiled import follow_case
from kravsim.jit_compiled import stamp
from kravsim.philox_compiled import philox4x64


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
