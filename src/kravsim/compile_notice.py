"""Why nothing seems to happen the first time: loops are compiled, which is told with the time it takes.

The time is promised by how fast this process is just now: how long each loop takes to compile was measured in units of a
small piece of Python, which is timed before the promise is made (2026-11-28 on a quiet machine, and by processor time in
proportion to that 2026-11-29, numba 0.68.1).
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from kravsim.notices import write
from kravsim.speech import spoken

LEAST_SECONDS: Final = 1.0
"""What takes less is not told."""
_TURNS: Final = 100_000
_ROUNDS: Final = 6


class Loop(NamedTuple):
    """A loop that is called from Python: what it does, and how long it and those after it take, in units of the yardstick."""

    sv: str
    en: str
    units: float


_SETTLING: Final = ("går igenom och bokför ärenden", "run and book cases")
_EXPECTED: Final = ("räknar det väntade året", "work out the expected year")
LOOPS: Final = {
    "kravsim.stream.debtors_compiled.draw_traits": Loop(
        "drar gäldenärer och fordringar", "draw debtors and claims", 160
    ),
    "kravsim.settling.settle_compiled._settle_cases": Loop(*_SETTLING, 1480),
    "kravsim.engine.pools_compiled._work_through": Loop("låter personalen arbeta", "let the staff work", 740),
    "kravsim.engine.cases_compiled.write_rows": Loop("skriver händelser", "write events", 80),
    "kravsim.ledger.audit_compiled._audit_cases": Loop("reviderar ärenden", "audit cases", 110),
    "kravsim.expected.principal_compiled.below_floor": Loop(*_EXPECTED, 145),
    "kravsim.expected.walk_compiled.walk": Loop(*_EXPECTED, 360),
    "kravsim.expected.walk_compiled.count_steps": Loop(*_EXPECTED, 65),
    "kravsim.expected.waiting_compiled.clear": Loop(*_EXPECTED, 145),
}
"""By module and function."""

_announced: set[str] = set()


def tell(module: str, function: str) -> None:
    """Say, once in a process, that a loop is about to be compiled; of loops that take no time worth a word nothing.

    Parameters
    ----------
    module, function : str
        Where it stands.
    """
    name = f"{module}.{function}"
    loop = LOOPS.get(name)
    if loop is None or name in _announced:
        return
    _announced.add(name)
    seconds = loop.units * yardstick()
    if seconds < LEAST_SECONDS:
        return
    shown = f"{seconds:.0f}" if seconds < 10 else f"{5 * round(seconds / 5)}"
    write(
        spoken(
            f"kravsim: kompilerar de slingor som {loop.sv}, en gång efter en installation: omkring {shown} sekunder",
            f"kravsim: compiling the loops that {loop.en}, once after an install: about {shown} seconds",
        )
    )


def yardstick() -> float:
    """Time a small piece of Python, seconds: what the machine does beside this process counts too."""
    begun, x = time.perf_counter(), 0
    for _ in range(_ROUNDS):
        for turn in range(_TURNS):
            x = (x * 31 + turn) % 1_000_003
    return (time.perf_counter() - begun) / _ROUNDS
