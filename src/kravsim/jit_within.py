"""How a compiled function is compiled where another calls it: typed and simplified once, and made into machine code there.

numba makes each function ready to be called from Python: optimised to the end, with machine code of its own and two ways in.
A function that compiled code calls needs none of that: its caller is optimised with all that it calls in it, and makes the
machine code. All this hangs on inner parts of numba; `kravsim.jit_compiled.KNOWN` says of which versions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

from kravsim.indices import passes_for
from kravsim.interrupts import stop_if_requested


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


class _Library(JITCodeLibrary):
    """Code that is only ever linked into other code."""

    def _optimize_functions(self, ll_module: Any) -> None:
        """As inherited, with one set of passes for all functions, and none for what is declared only."""
        ll_module.data_layout = self._codegen._data_layout
        passes, builder = self._codegen._function_pass_manager()
        for function in ll_module.functions:
            if not function.is_declaration:
                passes.run(function, builder)

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


class _Pipeline(CompilerBase):
    """numba's own but for the last step."""

    def define_pipelines(self) -> list[Any]:
        passes = passes_for(self.state)
        passes.passes = [(_Lowering, told) if step is NativeLowering else (step, told) for step, told in passes.passes]
        passes.finalize()
        return [passes]
