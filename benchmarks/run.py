"""Measure both engines, the floor, a plain loop, memory and two cores; write a table and a figure. See README.md here.

python benchmarks/run.py            everything; about twenty minutes on a machine that does nothing else
python benchmarks/run.py --quick    small: whether it works, not how fast it is

Each measurement is written when it is taken. Stopped by Ctrl-C, it makes table and figure of what there is.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import astuple
from pathlib import Path

from measure import Plan, Row, measurements, one_in_this_process
from report import read, write
from tqdm import tqdm

FULL = Plan(volumes=(1, 4, 16, 64), simpy_up_to=64, rounds=3, history=None, draws=1000, replications=40)
QUICK = Plan(volumes=(1, 2), simpy_up_to=1, rounds=1, history=1, draws=4, replications=4)


def measure(plan: Plan, file: Path) -> None:
    """Take every measurement of a plan and write each at once; a bar on stderr says what was measured last."""
    with file.open("w", encoding="utf-8", newline="") as out, tqdm(file=sys.stderr, unit="measurement") as bar:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(Row.__dataclass_fields__)
        for row in measurements(plan):
            table.writerow(f"{cell:.6g}" if isinstance(cell, float) else cell for cell in astuple(row))
            out.flush()
            bar.set_postfix_str(f"{row.what} {row.subject} {row.model} x{row.volume}")
            bar.update()


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
    where.mkdir(parents=True, exist_ok=True)
    try:
        measure(plan, where / "benchmark.csv")
    except KeyboardInterrupt:
        print("stopped: the table says what was measured until then", file=sys.stderr)
    write(read(where / "benchmark.csv"), plan, where, quick=given.quick)
    print((where / "benchmark.md").read_text("utf-8"))


if __name__ == "__main__":
    main()
