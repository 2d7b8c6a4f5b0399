"""Is memory named when it is what is missing, whichever library meets its end first?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kravsim import cli, errors
from kravsim.errors import RunError, memory_trouble
from kravsim.running import blocks
from kravsim.sizing.machine import available_memory
from kravsim.studies import compare
from tests.properties.strategies import tiny

from .asking import kept, shell

resource = pytest.importorskip("resource")
MIB = 2**20


def limited(mebibytes: int, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that may have so many addresses."""
    code = (
        "import resource, sys; "
        f"resource.setrlimit(resource.RLIMIT_AS, ({mebibytes * MIB}, {mebibytes * MIB})); "
        "from kravsim.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    told = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(told, capture_output=True, text=True, check=False, timeout=500)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count addresses otherwise, or not at all")
@pytest.mark.parametrize("mebibytes", [350, 600])
def test_a_process_that_may_have_few_addresses_says_so(mebibytes: int) -> None:
    words = ("compare", "jamtland-harjedalen-2017", "--seed", 1, "--replications", 2, "--workers", 1)
    done = limited(mebibytes, *words)
    if done.returncode == 0:
        pytest.skip("this machine needs fewer addresses than usual")
    assert "memory" in done.stderr.lower()
    assert "fault in kravsim" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_limit_of_the_process_counts_as_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (300 * MIB, 300 * MIB))
    assert available_memory() == 300 * MIB
    assert "0.29 GiB of addresses (ulimit -v)" in memory_trouble(MemoryError())
    assert "ulimit -v" in memory_trouble(OSError("failed to map segment from shared object"))
    assert memory_trouble(ValueError("other")) == ""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert memory_trouble(OSError("other")) == ""
    wrapped = RuntimeError("of a thread")
    wrapped.__cause__ = MemoryError()
    assert "free some" in memory_trouble(wrapped)
    assert errors.address_space() is None


def test_memory_that_ends_in_a_replication_is_named_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError("Unable to allocate 3.80 MiB")

    monkeypatch.setattr(blocks, "setting", full)
    with pytest.raises(RunError, match=r"MemoryError: Unable to allocate.*too little memory.*repeat it alone"):
        compare(tiny(), replications=1, seed=1, workers=1, progress=False)
    words = ("compare", kept(tmp_path, tiny()), "--replications", 1, "--seed", 1, "--workers", 1)
    told = shell(*words)
    assert told.code == RunError.exit_code
    assert "too little memory" in told.err
    monkeypatch.setattr(cli.kravsim, "compare", full, raising=False)
    told = shell(*words)
    assert told.code == RunError.exit_code
    assert "too little memory" in told.err
    assert "fault in kravsim" not in told.err
