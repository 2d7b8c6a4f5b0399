"""A process that simulates when it is told to and says what that took; with the Python of any build since 0.1.0.

It reads a line of JSON, a task, and writes a line of JSON, the seconds of processor time by stage. What it uses of kravsim is
what every build has, by the names that they have had; the stages are found by putting a clock round functions of the build.
"""

import datetime as dt
import importlib
import inspect
import json
import sys
import time
from functools import cache

import kravsim as ks
from kravsim import flow

CASE = "jamtland-harjedalen-2017"
MODELS = ("outsourced", "in_house")
STAGES = {
    "plan": ("kravsim.flow", "build_plan"),
    "pools": ("settle_compiled", "prepared"),
    "cases": ("settle_compiled", "_settle_cases"),
}
"""Where the clock is put: plan; the staff's queues and what goes before; following, booking, audit and counting."""
DRAWS = ("kravsim.chance.draws", "kravsim.draws")
SETTLE = ("kravsim.settling.settle_compiled", "kravsim.ledger.settle_compiled")
FOR_WHOM = (MODELS,) if "models" in inspect.signature(flow.setting).parameters else ()
"""As a study of this build asks for a setting."""
spent = dict.fromkeys(STAGES, 0.0)


def first_of(names):
    """The first of some modules that this build has."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    message = f"this build has none of {', '.join(names)}"
    raise SystemExit(message)


def clocked(stage, function):
    """The same function, its time added to a stage."""

    def timed(*given):
        before = time.process_time()
        found = function(*given)
        spent[stage] += time.process_time() - before
        return found

    return timed


@cache
def scenario(history, until):
    """The real case with so many years of history, up to a year, or as it stands."""
    changes = {} if history is None else {"horizon.history_years": history}
    if until is not None:
        changes["horizon.end"] = dt.date(until, 1, 1)
    return ks.load_scenario(CASE).with_changes(changes)


def draws(seed, draw, replication):
    """The random numbers of a run."""
    return first_of(DRAWS).Draws(seed, draw, replication)


def run(task):
    """One replication of both models after the other, on the same claims: seconds by stage."""
    which = draws(1, task["draw"], task["replication"])
    case = scenario(task["history"], task["until"])
    before = time.process_time()
    inputs = flow.setting(case, which, *FOR_WHOM)
    found, rows = {"setting": time.process_time() - before}, {}
    for model in MODELS:
        spent.update(dict.fromkeys(STAGES, 0.0))
        before = time.process_time()
        ran = flow.run_model(inputs, model)
        whole = time.process_time() - before
        found |= {f"{model} {stage}": seconds for stage, seconds in spent.items()}
        found[f"{model} rest"] = whole - sum(spent.values())
        if task["rows"]:
            rows[model] = len(ran.log)
    return {"seconds": found, "rows": rows, "years": years_of(case)}


def years_of(case):
    """Calendar years that a run simulates."""
    horizon = case.data.horizon
    return horizon.end.year - horizon.start.year + round(horizon.history_years.value)


def main():
    """Answer one line after the other."""
    for stage, (module, name) in STAGES.items():
        home = first_of(SETTLE if module == "settle_compiled" else (module,))
        setattr(home, name, clocked(stage, getattr(home, name)))
    print(json.dumps({"version": ks.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
