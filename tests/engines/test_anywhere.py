"""Does it work the same wherever it is called from, and does nothing that it starts import what lies in the way?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kravsim as ks
from kravsim.errors import RunError
from kravsim.running import workers
from kravsim.sizing import machine
from tests.engines.commands import SCENARIO, case_file

LINUX = sys.platform == "linux"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return case_file(tmp_path_factory)


@pytest.fixture(scope="module")
def mean() -> str:
    return repr(
        ks.simulate(SCENARIO, model="in_house", replications=4, seed=7, workers=1, progress=False).net_revenue.mean
    )


ONCE = """
import sys
import kravsim as ks

def f(how, case=sys.argv[-1]):
    run = ks.simulate(ks.load_scenario(case), model="in_house", replications=4, seed=7, progress=False, **how)
    return run.net_revenue.mean
"""
PLACES = {
    "no guard": (
        "print(f({'workers': 2}), f({}), f({'workers': 2, 'engine': 'simpy'}))\n"
        "print(f({'workers': 2, 'executor': 'processes'}))"
    ),
    "to_thread": "import asyncio\nprint(asyncio.run(asyncio.to_thread(f, {'workers': 2})))",
    "a coroutine": "import asyncio\nasync def main(): return f({'workers': 2})\nprint(asyncio.run(main()))",
    "a thread": (
        "import threading\n"
        "one = threading.Thread(target=lambda: print(f({}), f({'workers': 2, 'engine': 'simpy'})))\n"
        "one.start()\n"
        "one.join()"
    ),
    "a pool": (
        "import multiprocessing as mp\n"
        "if __name__ == '__main__':\n"
        "    with mp.get_context('METHOD').Pool(2) as pool:\n"
        "        print(*pool.map(f, [{}, {'workers': 2}, {'engine': 'simpy', 'workers': 2}, {'engine': 'simpy'}]))"
    ),
    "an executor": (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "import multiprocessing as mp\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor(2, mp_context=mp.get_context('METHOD')) as pool:\n"
        "        print(*pool.map(f, [{}, {'workers': 2}]))"
    ),
}


def said(found: subprocess.CompletedProcess[str]) -> set[str]:
    assert found.returncode == 0, found.stderr
    return set(found.stdout.split())


@pytest.mark.parametrize("place", PLACES)
def test_a_script_gets_the_same_numbers(case: Path, mean: str, tmp_path: Path, place: str) -> None:
    methods = ("spawn", "fork") if "METHOD" in PLACES[place] and LINUX else ("spawn",)
    for method in methods:
        script = tmp_path / "script.py"
        script.write_text(ONCE + PLACES[place].replace("METHOD", method), "utf-8")
        words = [sys.executable, str(script), str(case)]
        found = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False, cwd=tmp_path)
        assert said(found) == {mean}


def test_standard_input_gets_the_same_numbers(case: Path, mean: str, tmp_path: Path) -> None:
    code = ONCE + PLACES["no guard"]
    found = subprocess.run(
        [sys.executable, "-", str(case)],
        input=code,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=tmp_path,
    )
    assert said(found) == {mean}


def test_others_at_work_beside_it_leave_it_one_thread(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing as mp\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from kravsim.sizing.machine import default_workers\n"
        "if __name__ == '__main__':\n"
        "    context = mp.get_context('spawn')\n"
        "    with context.Pool(1) as pool, ProcessPoolExecutor(1, mp_context=context) as other:\n"
        "        print(default_workers(), pool.apply(default_workers), other.submit(default_workers).result())\n"
    )
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=240, check=True)
    assert found.stdout.split() == [str(machine.available_cpus()), "1", "1"]


def test_processes_inside_a_pools_worker_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "is_daemonic", lambda: True)
    with pytest.raises(RunError, match="no processes inside a worker of a pool"):
        ks.simulate(SCENARIO, model="in_house", replications=2, seed=7, workers=2, executor="processes", progress=False)


# --- files in the way

MARK = """
import os, sys
with open({place!r}, "a", encoding="utf-8") as file:
    file.write(f"{{os.getpid()}} {{__name__}} {{sys.argv}}\\n")
raise ImportError("a file of the current directory")
"""
OTHERS = ("numpy", "scipy", "numba", "pandas", "loky", "cloudpickle", "psutil", "simpy", "tqdm", "holidays", "pydantic")


def clutter(folder: Path, names: Any) -> Path:
    """Files named like modules, that leave a mark where they are imported."""
    folder.mkdir()
    mark = folder / "mark.txt"
    for name in names:
        (folder / f"{name}.py").write_text(MARK.format(place=str(mark)), "utf-8")
    return mark


def names_in_the_way(tmp_path: Path) -> list[str]:
    """Every standard module and what kravsim is made of, but for what Python itself imports for ``-m``."""
    names = [name for name in (*sys.stdlib_module_names, *OTHERS) if not name.startswith("_")]
    found = subprocess.run(
        [sys.executable, "-c", "import runpy, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    return sorted(set(names) - set(found.stdout.split()))


HOW = {
    "threads": ["--workers", "2"],
    "one": ["--workers", "1"],
    "simpy": ["--workers", "2", "--engine", "simpy"],
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("command", ["kravsim", "python -m kravsim"])
def test_a_command_imports_nothing_from_the_current_directory(
    case: Path, tmp_path: Path, command: str, how: str
) -> None:
    mark = clutter(tmp_path / "here", names_in_the_way(tmp_path))
    script = Path(sys.executable).parent / "kravsim"
    start = [str(script)] if command == "kravsim" else [sys.executable, "-m", "kravsim"]
    if command == "kravsim" and not script.exists():
        pytest.skip("kravsim is not installed as a command here")
    words = [*start, "compare", str(case), "--replications", "4", "--seed", "7", "--json", *HOW[how]]
    found = subprocess.run(words, cwd=mark.parent, capture_output=True, text=True, timeout=240, check=False)
    assert found.returncode == 0, found.stderr
    assert not mark.exists(), mark.read_text("utf-8")


API = """
import os, sys
sys.path.insert(0, "")  # as at a prompt
import kravsim as ks
import loky, kravsim.studies, kravsim.settling.settle_compiled, kravsim.engine.simpy_engine
case, folder = sys.argv[1:]
how = dict(replications=4, seed=7, workers=2, progress=False)
models = ("in_house", "outsourced")
scenario = ks.load_scenario(case)
ks.compare(scenario, models, **how)
ks.compare(scenario, models, **{**how, "engine": "simpy", "workers": 1})
os.chdir(folder)
ks.compare(scenario, models, **how)
ks.compare(scenario, models, **how, executor="processes")
ks.compare(scenario, models, **how, engine="simpy")
assert "" in sys.path and os.environ.get("PYTHONSAFEPATH") is None, "the caller's own is as it was"
"""


def test_processes_of_the_api_import_nothing_from_the_current_directory(case: Path, tmp_path: Path) -> None:
    """What the caller's own process imports is the caller's business: it has imported everything before it goes there."""
    mark = clutter(tmp_path / "here", names_in_the_way(tmp_path))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    words = [sys.executable, "-c", API, str(case), str(mark.parent)]
    found = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False, env=environment
    )
    assert found.returncode == 0, found.stderr
    assert not mark.exists(), mark.read_text("utf-8")
