"""Measure both engines, the floor, a plain loop, memory and two cores; write a table and a figure. See README.md here.

python benchmarks/run.py            everything; about half an hour, most of it SimPy's
python benchmarks/run.py --quick    no history and small volumes: whether it works, not how fast it is
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from measure import (
    MODELS,
    Plan,
    Row,
    keep_to_one_core,
    one_in_this_process,
    paired_draws,
    peak_memory,
    speed,
    subjects,
    two_cores,
)
from report import write
from tqdm import tqdm

FULL = Plan(volumes=(1, 4, 16, 64), simpy_up_to=4, rounds=3, history=None, draws=200, replications=40)
QUICK = Plan(volumes=(1, 2), simpy_up_to=1, rounds=1, history=0, draws=4, replications=4)


def measured(plan: Plan) -> list[Row]:
    """Take every measurement of a plan, with a bar on stderr."""
    rows: list[Row] = []
    total = subjects(plan) + len(plan.volumes) * len(MODELS) + 2 * plan.rounds + 1
    with tqdm(total=total, file=sys.stderr, unit="measurement") as bar:

        def advance(what: str) -> None:
            bar.set_postfix_str(what)
            bar.update()

        cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
        keep_to_one_core()
        rows += speed(plan, advance)
        if cores is not None:
            os.sched_setaffinity(0, cores)
        for volume in plan.volumes:
            for model in MODELS:
                rows += peak_memory(plan, volume, model)
                advance(f"memory x{volume} {model}")
        for row in two_cores(plan):
            rows.append(row)
            advance("compare")
        rows += paired_draws(plan)
        advance("paired draws")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small, in less than a minute; proves nothing about speed")
    parser.add_argument("--volumes", help="multiples of the real case, as 1,4,16,64")
    parser.add_argument("--simpy-up-to", type=int, help="largest volume that SimPy and the plain loop are put to")
    parser.add_argument("--rounds", type=int, help="times that everything is measured")
    parser.add_argument("--draws", type=int, help="paired parameter draws over five years")
    parser.add_argument("--out", type=Path, help="directory of the results; benchmarks/results by default")
    parser.add_argument("--one", nargs=2, metavar=("VOLUME", "MODEL"), help=argparse.SUPPRESS)
    parser.add_argument("--history", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one_in_this_process(int(given.one[0]), given.one[1], given.history)))
        return
    plan = QUICK if given.quick else FULL
    plan = Plan(
        volumes=tuple(map(int, given.volumes.split(","))) if given.volumes else plan.volumes,
        simpy_up_to=plan.simpy_up_to if given.simpy_up_to is None else given.simpy_up_to,
        rounds=given.rounds or plan.rounds,
        history=plan.history,
        draws=given.draws or plan.draws,
        replications=plan.replications,
    )
    where = given.out or Path(__file__).parent / ("results/quick" if given.quick else "results")
    write(measured(plan), plan, where, quick=given.quick)
    print((where / "benchmark.md").read_text("utf-8"))


if __name__ == "__main__":
    main()
