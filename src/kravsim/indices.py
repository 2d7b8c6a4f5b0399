"""A step of compilation: an index never counts from the end of an array, so machine code need not ask at every use.

numba lets a negative index count from the end, as Python does, and has the processor compare every signed index with 0. The
loops here have no such index (``NUMBA_BOUNDSCHECK=1`` refuses one); without the comparison they take about a tenth less time.
"""

from __future__ import annotations

from typing import Any, Final

from numba.core import ir, types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import find_const, get_definition, guard
from numba.core.typed_passes import NoPythonSupportedFeatureValidation

VERSION: Final = 1
"""Of this step: part of the stamp of kept machine code, raised by whoever changes the step."""


@register_pass(mutates_CFG=False, analysis_only=False)
class UnsignedIndices(FunctionPass):
    """Have every index of an array taken as unsigned, but one that is written as a negative number."""

    _name = "unsigned_indices"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Change the types by which items are read and written, after all types are known.

        Parameters
        ----------
        state : object
            The function as numba has it so far.
        """
        for block in state.func_ir.blocks.values():
            for statement in block.body:
                use = statement.value if isinstance(statement, ir.Assign) else statement
                if isinstance(use, ir.SetItem) or (isinstance(use, ir.Expr) and use.op == "getitem"):
                    array, index, *value = state.calltypes[use].args
                    if isinstance(array, types.Array):
                        known = state.calltypes.pop(use)
                        index = _unsigned(index, _parts(state.func_ir, use.index))
                        state.calltypes[use] = known.replace(args=(array, index, *value))
        return True


class Compiler(CompilerBase):
    """numba's own pipeline, with that step before machine code is made."""

    def define_pipelines(self) -> list[Any]:
        """List the steps of compilation."""
        passes = passes_for(self.state)
        passes.finalize()
        return [passes]


def passes_for(state: Any) -> Any:
    """All passes of a compilation, numba's and that of this file, as far as they are not finalized.

    Parameters
    ----------
    state : object
        What is to be compiled.
    """
    passes = DefaultPassBuilder.define_nopython_pipeline(state)
    passes.add_pass_after(UnsignedIndices, NoPythonSupportedFeatureValidation)
    return passes


def _parts(function: Any, index: Any) -> list[Any]:
    """What an index, or each of a tuple of them, is where it is written in the code, else None."""
    made = guard(get_definition, function, index)
    items = made.items if isinstance(made, ir.Expr) and made.op == "build_tuple" else [index]
    return [guard(find_const, function, item) for item in items]


def _unsigned(index: Any, written: list[Any]) -> Any:
    """Type of an index, or of a tuple of them, as it is to be taken."""
    several = getattr(index, "types", None)
    if several is not None:
        if len(several) != len(written):  # a tuple that was not made here
            return index
        kinds = [_unsigned(kind, [one]) for kind, one in zip(several, written, strict=True)]
        return types.BaseTuple.from_types(kinds)
    is_negative = isinstance(written[0], int) and written[0] < 0
    return types.uintp if isinstance(index, types.Integer) and not is_negative else index
