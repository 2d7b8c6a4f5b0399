"""Is a function that compiled code calls compiled once, without machine code of its own, and with the same numbers?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba
import pytest
from numba.core import codegen, compiler, dispatcher, typed_passes

from kravsim import interrupts, jit_compiled
from kravsim.jit_compiled import apart, compiled


def test_numba_is_a_version_whose_inner_parts_are_known() -> None:
    """Another one works, and compiles two and a half times as long: look at `kravsim.jit_within`, then name it in KNOWN."""
    assert numba.__version__.startswith(jit_compiled.KNOWN), numba.__version__
    for kind, names in {
        codegen.JITCodeLibrary: ("_optimize_functions", "finalize", "_raise_if_finalized", "add_linking_library"),
        codegen.JITCPUCodegen: ("_function_pass_manager",),
        typed_passes.NativeLowering: ("run_pass",),
        compiler.DefaultPassBuilder: ("define_nopython_pipeline",),
        dispatcher.Dispatcher: ("get_call_template", "get_overload", "add_overload"),
    }.items():
        assert all(hasattr(kind, name) for name in names), kind
    assert "no_compile" in compiler.Flags.options


def thrice(x: int, more: int) -> int:
    return 3 * x + more


def below(x: int) -> int:
    return max(x, 2) - 1


def loops(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[Any, Any, Any]:
    """A function that two others call, one of them by the other, and by literals."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(folder))
    inner, other = apart(thrice), compiled(below)

    def middle(x: int) -> int:
        return inner(x, 1) + inner(x, 2) + other(x)

    half: Any = compiled(middle)

    def outer(x: int) -> int:
        return half(x) - inner(x, 0) + other(3)

    return inner, half, compiled(outer)


def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of functions compiled from now on."""
    found: list[str] = []
    whole = dispatcher._FunctionCompiler._compile_core

    def core(self: Any, args: Any, return_type: Any) -> Any:
        if self.py_func.__module__ == __name__:
            found.append(self.py_func.__name__)
        return whole(self, args, return_type)

    monkeypatch.setattr(dispatcher._FunctionCompiler, "_compile_core", core)
    return found


def test_each_function_is_compiled_once_whatever_literals_it_is_called_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = compilations(monkeypatch)
    inner, half, outer = loops(monkeypatch, tmp_path)
    assert outer(5) == (16 + 17 + 4) - 15 + 2
    assert found == ["outer", "middle", "thrice", "below"]
    assert not inner.overloads
    assert not half.overloads, "nothing that can be called from Python"
    assert half(5) == 37
    assert found[4:] == ["middle"], "and what it calls is known"


def test_machine_code_is_kept_of_what_python_calls_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, _, outer = loops(monkeypatch, tmp_path)
    assert outer(5) == 24
    assert len(list(tmp_path.rglob("*.nbi"))) == 1


def test_an_unknown_version_of_numba_compiles_in_its_own_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jit_compiled, "KNOWN", ("0.1.",))
    inner, _, outer = loops(monkeypatch, tmp_path)
    assert outer(5) == 24
    assert len(inner.overloads) == 3


def test_a_request_to_end_is_heard_between_the_functions_of_one_loop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, _, outer = loops(monkeypatch, tmp_path)
    monkeypatch.setattr(jit_compiled, "stop_if_requested", lambda: None)
    interrupts.note_request(15)
    try:
        with pytest.raises(interrupts.Stopped):
            outer(5)
    finally:
        interrupts.forget_requests()
    assert outer(5) == 24
