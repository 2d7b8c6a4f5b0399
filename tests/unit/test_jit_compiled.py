"""Is kept machine code out of date as soon as any file has changed that it was made from?"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from kravsim import compile_notice, indices, jit_compiled, notices
from kravsim.chance.philox_compiled import philox4x64
from kravsim.engine.cases_compiled import follow_case
from kravsim.jit_compiled import compiled, is_compiled
from kravsim.made_from import made_from
from kravsim.running import replicate
from kravsim.running.progress import Progress
from kravsim.speech import speaking


@pytest.mark.parametrize("function", [follow_case, philox4x64])
def test_the_stamp_is_what_numba_looks_at(function: object) -> None:
    stamp = f"{indices.VERSION} 0 {made_from(function)}"  # type: ignore[arg-type]
    assert function._cache._cache_file._source_stamp == stamp  # type: ignore[attr-defined]


def test_code_whose_indices_are_checked_is_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = philox4x64._cache._cache_file  # type: ignore[attr-defined]
    usual = kept._source_stamp
    monkeypatch.setattr(kept, "_stamp", "")
    monkeypatch.setattr(jit_compiled.config, "BOUNDSCHECK", 1)
    assert kept._source_stamp != usual


def test_it_is_known_whether_a_loop_must_be_compiled_first(monkeypatch: pytest.MonkeyPatch) -> None:
    philox4x64(1, 2, 3, 4, np.uint64(5), np.uint64(6))
    assert is_compiled(philox4x64)
    kept = philox4x64._cache._cache_file  # type: ignore[attr-defined]
    monkeypatch.setattr(kept, "_stamp", "of another day")
    assert not is_compiled(philox4x64)


def test_what_a_version_with_other_modules_kept_is_compiled_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = philox4x64._cache._cache_file  # type: ignore[attr-defined]
    index = tmp_path / "old.nbi"
    index.write_bytes(pickle.dumps(numba.__version__) + b"ckravsim.no_more\nTable\n.")
    monkeypatch.setattr(kept, "_index_path", str(index))
    assert not is_compiled(philox4x64)


def double(x: int) -> int:
    return 2 * x


def test_whoever_waits_for_the_compiler_is_told_once_wherever_the_output_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The notice goes with the compiler itself, so that every way to a loop has it; kept machine code needs none."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(compile_notice.LOOPS, f"{__name__}.double", compile_notice.Loop("dubblar", "double", 10_000))
    monkeypatch.setattr(compile_notice, "_announced", set())
    assert compiled(double)(2) == 4
    said = capsys.readouterr().err
    assert re.fullmatch(r"kravsim: compiling the loops that double, once after an install: about \d+ seconds\n", said)
    monkeypatch.setattr(compile_notice, "_announced", set())
    assert compiled(double)(2) == 4
    assert capsys.readouterr().err == ""


def test_the_notice_speaks_the_language_of_the_program_and_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compile_notice, "_announced", set())
    monkeypatch.setattr(compile_notice, "yardstick", lambda: 0.01)
    module, function = "kravsim.settling.settle_compiled", "_settle_cases"
    with speaking("sv"):
        compile_notice.tell(module, function)
        compile_notice.tell(module, function)
    said = "kravsim: kompilerar de slingor som går igenom och bokför ärenden, en gång efter en installation: omkring"
    assert capsys.readouterr().err == f"{said} 15 sekunder\n"
    compile_notice.tell(module, "another")
    assert capsys.readouterr().err == ""


def test_the_time_promised_grows_with_how_slow_the_machine_is_just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(compile_notice, "write", told.append)
    for pace in (0.003, 0.012):
        monkeypatch.setattr(compile_notice, "_announced", set())
        monkeypatch.setattr(compile_notice, "yardstick", lambda pace=pace: pace)
        compile_notice.tell("kravsim.engine.pools_compiled", "_work_through")
    assert [int(text.split()[-2]) for text in told] == [2, 9]


def test_every_loop_that_is_told_of_is_there() -> None:
    for name in compile_notice.LOOPS:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function)), name


def test_a_notebook_has_nothing_on_standard_error_which_it_would_show_as_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without widgets its bar is text, without a warning; a notice is an output of the cell, in its own language."""
    shown: list[dict[str, str]] = []
    monkeypatch.setattr(notices, "in_notebook", lambda: True)
    monkeypatch.setattr(notices, "find_spec", lambda _: None)
    monkeypatch.setattr("IPython.display.display", lambda data, *, raw: shown.append(data) if raw else None)
    with replicate._Bar(2, 0, wanted=None) as bar:
        bar.advance()
        bar.tell_stopping(90, 2)
    with Progress(None) as searched:
        searched.timed(90.0, 1)
        searched.begin(2, ("lägen", "worlds"))
        searched.advance(2)
    compile_notice.write("kravsim: <compiling>")
    assert [one["text/plain"].split()[1] for one in shown] == ["stopping", "2", "<compiling>"]
    assert all("&lt;compiling&gt;" in one["text/html"] for one in shown[2:])
    captured = capsys.readouterr()
    assert "kravsim: " in captured.out
    assert captured.err == ""


def test_a_notebook_is_told_by_its_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """That somebody has imported the kernel's package, as a test or a tool may, is not enough."""
    import ipykernel  # noqa: F401
    import IPython

    assert not notices.in_notebook()
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))
    assert notices.in_notebook()
    assert notices.is_seen()


# ---- nowhere to keep it ----------------------------------------------------------------------------------------------

READ_ONLY = """
import sys, warnings, numba.core.caching as caching
def refuse(self):
    raise OSError(30, "Read-only file system")
caching._CacheLocator.ensure_cache_path = refuse
from kravsim.chance.philox_compiled import philox4x64
from kravsim.jit_compiled import is_compiled
import numpy as np
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    number = philox4x64(1, 2, 3, 4, np.uint64(5), np.uint64({key}))
    print(is_compiled(philox4x64), sum(philox4x64.stats.cache_hits.values()), [str(one.message) for one in told], number)
"""


def read_only(code: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={**os.environ, **more},
    )
    assert done.stderr == ""
    return done.stdout


def test_what_is_kept_is_used_where_nothing_can_be_written() -> None:
    wanted = philox4x64(1, 2, 3, 4, np.uint64(5), np.uint64(6))
    assert read_only(READ_ONLY.format(key=6)) == f"True 1 [] {wanted}\n"


def test_what_is_not_kept_is_compiled_each_time_with_one_warning_that_says_how_to_mend_it() -> None:
    wanted = philox4x64(1, 2, 3, 4, np.uint64(5), np.uint64(6))
    stale = READ_ONLY.replace(
        "from kravsim.chance.philox",
        "import kravsim.jit_compiled as j\nj.made_from = lambda _: 'other'\nfrom kravsim.chance.philox",
    )
    said = read_only(stale.format(key=6) + "philox4x64(np.int64(1), 2, 3, 4, 5, 6)\n")
    assert said.startswith("False 0 [")
    assert said.count("compiled code cannot be kept") == 1
    assert "set NUMBA_CACHE_DIR to a directory that can be written to" in said
    assert said.endswith(f" {wanted}\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (RuntimeError("no compiled object yet for <Library>"), "its making was interrupted"),
    ],
)
def test_what_cannot_be_kept_does_not_end_a_run(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk; or a signal, such as a notebook's interrupt, in the moment in which LLVM hands the machine code over."""
    from kravsim import jit_compiled

    def fail(*_: object) -> None:
        raise error

    jit_compiled._tell_unkept.cache_clear()
    monkeypatch.setattr(jit_compiled.FunctionCache, "save_overload", fail)
    function = jit_compiled.apart(lambda number: number + 1)
    with pytest.warns(jit_compiled.NotKeptWarning, match=said):
        assert function(1) == 2
    jit_compiled._tell_unkept.cache_clear()


PARCEL = {
    "helper.py": (
        "from typing import NamedTuple\n\n\n"
        "class Two(NamedTuple):\n    a: int\n    b: int\n\n\n"
        "FACTOR = 10\nOTHER = 3\n"
    ),
    "loops_compiled.py": (
        "from parcel import helper\n"
        "from parcel.helper import FACTOR\n"
        "from parcel.jit_compiled import apart, compiled\n\n\n"
        "SHARES = (1, (2, 3))\n\n\n"
        "@apart\ndef inner(x):\n    return x * FACTOR\n\n\n"
        "@compiled\ndef outer(two):\n    return inner(two.a) + SHARES[1][0] - helper.OTHER\n\n\n"
        "@compiled\ndef beside(x):\n    return x\n"
    ),
    "law/rates/fees.toml": "fee = 1\n",
    "__init__.py": "",
}
ASK = (
    "from parcel.loops_compiled import outer as o; from parcel.helper import Two; "
    "print(o(Two(a=2, b=5)), len(o.stats.cache_hits), len(o.stats.cache_misses))"
)
"""20 + 2 - 3 = 19 as written."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of its own with a loop, compiled as ours are, and once by now; its machine code goes with every copy."""
    folder = tmp_path_factory.mktemp("made")
    for name, text in PARCEL.items():
        path = folder / "parcel" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name in ("jit_compiled.py", "made_from.py"):
        source = Path(jit_compiled.__file__).with_name(name).read_text("utf-8")
        (folder / "parcel" / name).write_text(
            source.replace("from kravsim.made_from", "from parcel.made_from"), "utf-8"
        )
    assert asked(folder) == [19, 0, 1]
    return folder


@pytest.fixture
def parcel(made: Path, tmp_path: Path) -> Path:
    """A copy of the package with its kept code, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "of_its_own"))


def asked(folder: Path) -> list[int]:
    """What the loop gives in a new process, and how often its machine code was loaded and made."""
    words = [sys.executable, "-c", ASK]
    found = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    return [int(word) for word in found.stdout.split()]


@pytest.mark.parametrize(
    ("place", "old", "new", "expected"),
    [
        ("helper.py", "FACTOR = 10", "FACTOR = 11", 21),
        ("helper.py", "OTHER = 3", "OTHER = 4", 18),
        ("helper.py", "    a: int\n    b: int", "    b: int\n    a: int", 19),
        ("loops_compiled.py", "(2, 3)", "(1, 3)", 18),
        ("loops_compiled.py", "x * FACTOR", "x + FACTOR", 11),
        ("loops_compiled.py", "@apart\ndef inner", "@compiled\ndef inner", 19),
        ("jit_compiled.py", '"nogil": True', '"nogil": False', 19),
    ],
    ids=["a number", "a number asked of a module", "fields", "a tuple", "an inner loop", "inlining", "the lock option"],
)
def test_kept_code_is_made_anew_when_something_has_changed_that_it_is_made_from(
    parcel: Path, place: str, old: str, new: str, expected: int
) -> None:
    changed(parcel / "parcel" / place, old, new)
    assert asked(parcel) == [expected, 0, 1], "made anew"
    changed(parcel / "parcel" / place, new, old)
    assert asked(parcel)[0] == 19


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("law/rates/fees.toml", "fee = 1", "fee = 2"),
        ("loops_compiled.py", "    return x\n", "    return x + 1\n"),
        ("loops_compiled.py", "SHARES =", "# a comment, and other lines\n\nSHARES ="),
    ],
    ids=["a rate, which it is handed", "a loop beside it", "a comment"],
)
def test_kept_code_outlives_what_it_is_not_made_from(parcel: Path, place: str, old: str, new: str) -> None:
    """So do copies of it, which the test above relies on."""
    changed(parcel / "parcel" / place, old, new)
    assert asked(parcel) == [19, 1, 0]


def test_machine_code_that_was_cut_short_is_made_anew(parcel: Path) -> None:
    for file in (parcel / "parcel" / "__pycache__").glob("*.nbc"):
        file.write_bytes(file.read_bytes()[:-100])
    assert asked(parcel) == [19, 0, 1]
    assert asked(parcel) == [19, 1, 0]


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def test_every_compiled_loop_lets_go_of_the_lock_and_none_calls_python() -> None:
    """The options are one constant, part of the stamp, and nothing is compiled around them."""
    import kravsim

    package = Path(kravsim.__file__).parent
    files = sorted(package.rglob("*_compiled.py"))
    loops = []
    for file in files:
        module = import_module(".".join(("kravsim", *file.relative_to(package).with_suffix("").parts)))
        loops += [one for one in vars(module).values() if hasattr(one, "py_func") and one.__module__ == module.__name__]
        text = file.read_text("utf-8")
        assert "objmode" not in text
        assert file.name == "jit_compiled.py" or "njit" not in text
    assert len(loops) > 50
    assert all(one.targetoptions["nogil"] and one.targetoptions["nopython"] for one in loops)
    assert jit_compiled.OPTIONS["nogil"]
