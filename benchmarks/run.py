"""Measure both engines, the floor, a plain loop, memory and two cores; write a table and a figure. See README.md here.

python benchmarks/run.py                       everything; about twenty minutes on a machine that does nothing else
python benchmarks/run.py --quick               small: whether it works, not how fast it is
python benchmarks/run.py --against NAME=PYTHON also another build, by the Python of an environment it is installed in
python benchmarks/run.py --cimba               also Cimba, a compiled engine in C (pip install '.[benchmark]')
python benchmarks/run.py --only-builds         other builds, the six steps and nothing else, into results/builds

Each measurement is written when it is taken. Stopped by Ctrl-C, it makes table and figure of what there is.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

from builds import against, check_cimba, six_steps
from measure import Plan, Row, measurements, one_in_this_process
from report import read, write
from tqdm import tqdm

FULL = Plan(volumes=(1, 4, 16, 64), simpy_up_to=64, rounds=3, history=None, draws=1000, replications=40)
QUICK = Plan(volumes=(1, 2), simpy_up_to=1, rounds=1, history=1, draws=4, replications=4, paired_rounds=1)


def taken(plan: Plan, given: argparse.Namespace) -> Iterator[Row]:
    """Every measurement: against other builds first, while the machine is as it was found."""
    yield from against(plan, dict(given.against))
    yield from six_steps(plan, cimba=given.cimba)
    if not given.only_builds:
        yield from measurements(plan)


def measure(plan: Plan, given: argparse.Namespace, file: Path) -> None:
    """Take every measurement and write each at once; a bar on stderr says what was measured last."""
    with file.open("w", encoding="utf-8", newline="") as out, tqdm(file=sys.stderr, unit="measurement") as bar:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(Row.__dataclass_fields__)
        for row in taken(plan, given):
            table.writerow(f"{cell:.6g}" if isinstance(cell, float) else cell for cell in astuple(row))
            out.flush()
            bar.set_postfix_str(f"{row.what} {row.subject} {row.model} x{row.volume}")
            bar.update()


def build_of(text: str) -> tuple[str, str]:
    """Read NAME=PYTHON."""
    name, equals, python = text.partition("=")
    if not equals or not Path(python).is_file():
        message = (
            f"got {text!r}; allowed NAME=PYTHON, the Python of an environment in which the other build is installed"
        )
        raise argparse.ArgumentTypeError(message)
    return name, python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small, in less than a minute; proves nothing about speed")
    parser.add_argument("--volumes", help="multiples of the real case, as 1,4,16,64")
    parser.add_argument("--simpy-up-to", type=int, help="largest volume that SimPy and the plain loop are put to")
    parser.add_argument("--rounds", type=int, help="times that everything is measured")
    parser.add_argument("--draws", type=int, help="paired parameter draws over five years")
    parser.add_argument("--paired-rounds", type=int, help="rounds against other builds and of the six steps")
    parser.add_argument(
        "--against", type=build_of, action="append", default=[], metavar="NAME=PYTHON", help="another build"
    )
    parser.add_argument("--cimba", action="store_true", help="also Cimba, where it is installed")
    parser.add_argument("--only-builds", action="store_true", help="nothing else")
    parser.add_argument("--out", type=Path, help="directory of the results; benchmarks/results by default")
    parser.add_argument("--one", nargs=2, metavar=("VOLUME", "MODEL"), help=argparse.SUPPRESS)
    parser.add_argument("--history", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one_in_this_process(int(given.one[0]), given.one[1], given.history)))
        return
    if given.cimba:
        check_cimba()
    plan = QUICK if given.quick else FULL
    plan = Plan(
        volumes=tuple(map(int, given.volumes.split(","))) if given.volumes else plan.volumes,
        simpy_up_to=plan.simpy_up_to if given.simpy_up_to is None else given.simpy_up_to,
        rounds=given.rounds or plan.rounds,
        history=plan.history,
        draws=plan.draws if given.draws is None else given.draws,
        replications=plan.replications,
        paired_rounds=given.paired_rounds or plan.paired_rounds,
    )
    usual = "results/quick" if given.quick else "results/builds" if given.only_builds else "results"
    where = given.out or Path(__file__).parent / usual
    where.mkdir(parents=True, exist_ok=True)
    try:
        measure(plan, given, where / "benchmark.csv")
    except KeyboardInterrupt:
        print("stopped: the table says what was measured until then", file=sys.stderr)
    write(read(where / "benchmark.csv"), plan, where, quick=given.quick)
    print((where / "benchmark.md").read_text("utf-8"))


if __name__ == "__main__":
    main()
