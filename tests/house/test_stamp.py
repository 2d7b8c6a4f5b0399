"""Is machine code out of date as soon as any file has changed that compiled code is in, or takes something from?"""

from __future__ import annotations

from pathlib import Path

import kravsim
from kravsim.jit_compiled import BELOW
from tests.house.test_circles import graph, names_of

PACKAGE = Path(kravsim.__file__).parent


def test_nothing_that_compiled_code_is_made_from_is_left_out_of_the_stamp() -> None:
    imports, files = graph(PACKAGE), names_of(PACKAGE)
    wanted = [name for name in files if name.endswith("_compiled")]
    met: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in met:
            met.add(name)
            wanted += imports[name]
    left_out = {name for name in met if files[name].relative_to(PACKAGE).parts[0] in BELOW}
    assert left_out == set()


def test_rooms_that_are_left_out_are_there() -> None:
    assert {place for place in BELOW if place != "bundled"} <= {path.name for path in PACKAGE.iterdir()}
