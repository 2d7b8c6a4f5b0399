"""Is kravsim a good guest in another program: silent, without traces, quick to import, and plain in what it gives?"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import kravsim as ks
from kravsim.results.comparison import Comparison
from tests.properties.strategies import tiny

ROOT = Path(__file__).parents[2]
SLOW = ("matplotlib", "numba", "pandas", "scipy.stats", "pydantic", "simpy", "tqdm", "holidays")
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(Path(ks.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
}


def inside(code: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of somebody else's, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        cwd=cwd,
    )


def test_import_is_quick_and_loads_nothing_slow() -> None:
    code = (
        "import json, sys, time\n"
        "before = time.perf_counter()\n"
        "import kravsim\n"
        "took = time.perf_counter() - before\n"
        f"print(json.dumps([took, [name for name in {SLOW!r} if name in sys.modules]]))"
    )
    found = [json.loads(inside(code).stdout) for _ in range(3)]
    assert [loaded for _, loaded in found] == [[], [], []]
    assert min(took for took, _ in found) < 0.5


GUEST = """
import contextlib, decimal, gc, io, json, locale, logging, os, random, signal, sys, threading, warnings
import numpy as np
import matplotlib as mpl
import pandas, scipy.special, scipy.stats  # these add filters of their own when they are first imported, by whomever
import kravsim as ks

mpl.rcParams["font.size"] = 17.5
random.seed(1)
np.random.seed(1)
hostile = decimal.getcontext()
hostile.prec, hostile.rounding, hostile.Emax, hostile.Emin = 2, decimal.ROUND_UP, 5, -5
hostile.traps[decimal.Inexact] = hostile.traps[decimal.Rounded] = True
np.seterr(all="ignore", divide="raise")
np.set_printoptions(precision=3)
warnings.simplefilter("ignore", ResourceWarning)

def state():
    return {
        "random": repr(random.getstate()),
        "numpy": repr(np.random.get_state()),
        "numpy errors": repr(np.geterr()),
        "numpy print": repr(np.get_printoptions()),
        "warnings": repr(warnings.filters),
        "showwarning": repr(warnings.showwarning),
        "rcParams": repr(dict(mpl.rcParams)),
        "backend": repr(mpl.rcParams._get("backend")),
        "locale": repr([locale.setlocale(kind) for kind in (locale.LC_ALL, locale.LC_NUMERIC)]),
        "signals": repr([signal.getsignal(one) for one in signal.valid_signals()]),
        "root handlers": repr(logging.root.handlers),
        "root level": repr((logging.root.level, logging.root.disabled, logging.root.manager.disable)),
        "decimal": repr(decimal.getcontext()),
        "directory": os.getcwd(),
        "files": repr(sorted(os.listdir("."))),
        "environment": repr(dict(os.environ)),
        "path": repr(sys.path),
        "recursion": repr((sys.getrecursionlimit(), sys.getswitchinterval(), gc.get_threshold(), gc.isenabled())),
        "hooks": repr((sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile(), threading.excepthook)),
        "threads": repr(sorted(one.name for one in threading.enumerate())),
        "float text": repr(float.__repr__(0.1)),
        "streams": repr((id(sys.stdout), id(sys.stderr), id(sys.stdin))),
        "umask": oct(os.umask(0o022)) + oct(os.umask(0o022)),
    }

scenario = ks.load_scenario("jamtland-harjedalen-2017").with_changes(
    {"invoices.per_year": 4000, "debtors.number": 400, "horizon.history_years": 1}
)
before = state()
run = ks.simulate(scenario, model="in_house", replications=2, seed=1, workers=1, progress=False, engine=ENGINE)
cmp = ks.compare(scenario, replications=2, seed=1, workers=1, progress=False, engine=ENGINE)
run.budget(), run.to_frame(), run.to_json(), cmp.sentence("sv"), cmp.difference.rvs(3, seed=1), repr(cmp), cmp._repr_html_()
run.explain(3).text, run.postings("interest"), run.find_cases("attachment"), ks.studies.register(scenario).table("sv")
run.net_revenue.mean_interval()
figure = ks.figures.difference(cmp, lang="sv")
figure.savefig(io.BytesIO())
ks.figures.process_map(scenario, "in_house")
after = state()
changed = {key: (before[key][:300], after[key][:300]) for key in before if before[key] != after[key]}
with open(sys.argv[1], "w") as stream:
    json.dump(changed, stream)
"""


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_run_inside_another_program_says_nothing_and_leaves_no_trace(engine: str, tmp_path: Path) -> None:
    place = tmp_path / "somewhere"
    place.mkdir()
    answer = tmp_path / "changed.json"
    inside(GUEST.replace("ENGINE", repr(engine)), str(answer), cwd=place)  # compiles, which is told
    done = inside(GUEST.replace("ENGINE", repr(engine)), str(answer), cwd=place)
    assert done.stdout == ""
    assert done.stderr == ""
    assert json.loads(answer.read_text()) == {}
    assert list(place.iterdir()) == []


def test_the_test_above_would_see_a_trace(tmp_path: Path) -> None:
    answer = tmp_path / "changed.json"
    careless = GUEST.replace("after = state()", "np.random.rand(); os.environ['X_1'] = 'y'; after = state()")
    inside(careless.replace("ENGINE", "'compiled'"), str(answer), cwd=tmp_path)
    assert set(json.loads(answer.read_text())) == {"numpy", "environment"}


def test_the_callers_arithmetic_changes_no_number() -> None:
    code = (
        "import decimal, json, sys, kravsim as ks\n"
        "if sys.argv[1] == 'coarse':\n"
        "    coarse = decimal.Context(prec=2, rounding=decimal.ROUND_UP, Emax=5, Emin=-5, traps=[decimal.Rounded])\n"
        "    decimal.setcontext(coarse)\n"
        "s = ks.load_scenario('jamtland-harjedalen-2017').with_changes({'invoices.per_year': 2000, 'debtors.number': 200,"
        " 'horizon.history_years': 0})\n"
        "run = ks.simulate(s, model='in_house', replications=2, seed=1, workers=1, progress=False)\n"
        "print(json.dumps(run.to_json()), run.table('sv'), run.explain(2).text, ks.studies.register(s).table('en'))"
    )
    plain, coarse = (inside(code, how).stdout for how in ("plain", "coarse"))
    assert plain == coarse
    assert len(plain) > 10_000


def test_one_worker_is_this_process_and_no_progress_is_silence(capfd: pytest.CaptureFixture[str]) -> None:
    code = (
        "import multiprocessing, os, kravsim as ks\n"
        "def refuse(*_, **__): raise SystemExit('a process was started')\n"
        "multiprocessing.Process.start = os.fork = refuse\n"
        "s = ks.load_scenario('jamtland-harjedalen-2017').with_changes({'invoices.per_year': 2000, 'debtors.number': 200,"
        " 'horizon.history_years': 0})\n"
        "print(ks.simulate(s, model='outsourced', replications=2, seed=1, workers=1, progress=False).replications)"
    )
    assert inside(code).stdout == "2\n"
    ks.simulate(tiny(), model="outsourced", replications=1, seed=1, workers=1, progress=False)
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return ks.compare(tiny(), replications=8, seed=4, workers=1, progress=False)


def test_results_are_plain_arrays_frames_and_a_distribution(comparison: Comparison) -> None:
    spread = comparison.difference
    assert type(spread.samples) is np.ndarray
    assert spread.samples.dtype == np.float64
    assert type(spread.mean) is float
    frame = comparison.first.to_frame()
    assert len(frame) == 8
    assert (frame["net_revenue_kr"].to_numpy() == comparison.first.net_revenue.samples).all()
    drawn = spread.rvs(size=(3, 4), seed=1)
    assert type(drawn) is np.ndarray
    assert drawn.shape == (3, 4)
    assert set(drawn.ravel()) <= set(spread.samples)
    assert type(spread.cdf(0.0)) is float
    assert type(spread.ppf(0.5)) is float


def test_the_callers_generator_is_used_and_moves_on(comparison: Comparison) -> None:
    mine, same = np.random.default_rng(7), np.random.default_rng(7)
    first, second = comparison.difference.rvs(50, seed=mine), comparison.difference.rvs(50, seed=mine)
    assert (first != second).any()
    assert (comparison.difference.rvs(50, seed=same) == first).all()


def example() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("budget_model", ROOT / "examples" / "budget_model.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["budget_model"] = module
    spec.loader.exec_module(module)
    return module


def test_the_example_values_a_change_as_its_docstring_says(comparison: Comparison) -> None:
    model = example()
    still = model.Outlook(
        discount_rate=0.0, pay_rise=(0.0, 1e-9, 2e-9), invoice_growth=(0.0, 1e-9, 2e-9), months_late=(0.0, 1e-9, 2e-9)
    )
    value = model.value_of_change(comparison, still, draws=500, rng=np.random.default_rng(1))
    in_house, outsourced = (run.to_frame() for run in comparison.runs)
    yearly = comparison.difference.samples
    yearly = (
        yearly - (in_house["budget_system_depreciation_kr"] - outsourced["budget_system_depreciation_kr"]).to_numpy()
    )
    wanted = 5 * yearly - (in_house["once_cash_kr"] - outsourced["once_cash_kr"]).to_numpy()
    assert value.shape == (500,)
    assert np.abs(value[:, None] - wanted[None, :]).min(axis=1).max() < 1.0  # each draw is one of the replications
    later = model.value_of_change(
        comparison, model.Outlook(pay_rise=(0.05, 0.06, 0.07)), draws=500, rng=np.random.default_rng(1)
    )
    usual = model.value_of_change(comparison, model.Outlook(), draws=500, rng=np.random.default_rng(1))
    assert later.mean() < usual.mean()  # posts cost more when pay rises faster


def test_the_example_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "budget_model.py"), "2"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert "five years, present value: median" in done.stdout
    assert "reserve that is enough" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("room", [ks, ks.engine, ks.expected, ks.figures, ks.law, ks.studies])
def test_what_a_room_offers_is_what_it_lists(room: types.ModuleType) -> None:
    assert dir(room) == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)
