"""How a compiled function is compiled where another calls it: typed and simplified once, and made into machine code there.

numba makes each function ready to be called from Python: optimised to the end, with machine code of its own and two ways in.
A function that compiled code calls needs none of that: its caller is optimised with all that it calls in it, and makes the
machine code. All this hangs on inner parts of numba; `kravsim.jit_compiled.KNOWN` says of which versions.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, Final

from numba import njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

from kravsim.indices import passes_for
from kravsim.interrupts import stop_if_requested

_SELDOM: Final = 100_000
"""New objects between two searches for cyclic garbage while a loop is compiled; Python's own habit is 700 to 2 000."""


def within(function: Callable[..., object], **options: Any) -> Any:
    """Give what compiled code calls instead of a function that is also called from Python.

    Parameters
    ----------
    function : callable
        Plain Python.
    options : Any
        Of numba's decorator.

    Returns
    -------
    Dispatcher
        numba's; it cannot be called from Python.
    """
    inner: dict[str, Any] = {"pipeline_class": _Pipeline, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    found: Any = njit(**options, **inner)(function)
    template = found.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        """One version a function: a literal whole number is a type of its own, and would be one version more."""
        stop_if_requested()
        return template(tuple(map(types.unliteral, args)), {name: types.unliteral(one) for name, one in kws.items()})

    def add_overload(compiled: Any) -> None:
        """Known to compiled code alone."""
        found.overloads[tuple(compiled.signature.args)] = compiled

    found.get_call_template, found.add_overload = get_call_template, add_overload
    return found


class _Simplified(JITCodeLibrary):
    """A library of numba's that makes its passes ready once, not for each function again."""

    def _optimize_functions(self, ll_module: Any) -> None:
        """As inherited, and nothing for what is declared only."""
        ll_module.data_layout = self._codegen._data_layout
        passes, builder = self._codegen._function_pass_manager()
        for function in ll_module.functions:
            if not function.is_declaration:
                passes.run(function, builder)


class _Library(_Simplified):
    """Code that is only ever linked into other code."""

    def finalize(self) -> None:
        """Leave linking, optimising and machine code to the library of the outermost caller."""
        self._raise_if_finalized()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """Lowers into such a library, and hands its callers all that it calls in turn."""

    def run_pass(self, state: Any) -> bool:
        """Callers come before what they call: LLVM links a function only where it is wanted already."""
        library = _Library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library, state.flags.no_compile = library, True
        super().run_pass(state)
        key, linked = object(), dict.fromkeys([library, *library._linking_libraries])
        state.targetctx.insert_user_function(key, state.cr.fndesc, list(linked))
        state.cr = state.cr._replace(cfunc=key)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LastLowering(NativeLowering):
    """Lowers what Python calls, and C does not."""

    def run_pass(self, state: Any) -> bool:
        """As inherited, into a library that can be kept."""
        state.library = _Simplified(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.flags.no_cfunc_wrapper = True
        return bool(super().run_pass(state))


class _Pipeline(CompilerBase):
    """numba's own but for the last step."""

    lowering: type[NativeLowering] = _Lowering

    def define_pipelines(self) -> list[Any]:
        passes = passes_for(self.state)
        passes.passes = [
            (self.lowering if step is NativeLowering else step, description) for step, description in passes.passes
        ]
        passes.finalize()
        return [passes]


class Outermost(_Pipeline):
    """How a function is compiled that Python calls: all that it calls comes with it."""

    lowering = _LastLowering

    def compile_extra(self, func: Any) -> Any:
        """Compile; meanwhile cyclic garbage is looked for seldom, since the search goes through all that numba knows."""
        before = gc.get_threshold()
        gc.set_threshold(_SELDOM, *before[1:])
        try:
            return super().compile_extra(func)
        finally:
            gc.set_threshold(*before)
