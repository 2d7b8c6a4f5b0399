"""Measure what threads give: a comparison of the real case on one and on several of them, in one warm process.

python benchmarks/threads.py                     10, 40 and 200 replications, one thread and two; a few minutes
python benchmarks/threads.py --other PYTHON      also against another installation of kravsim, given by its Python

Contenders take turns within a round, each in a process of its own that has run before, so that what else the machine does
strikes them alike; a ratio is formed within a round. Numbers of one and of several threads must be equal.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

CONTENDER = """
import sys, time
import kravsim as ks

scenario = ks.load_scenario("jamtland-harjedalen-2017")
for line in sys.stdin:
    replications, workers = map(int, line.split())
    begun = time.perf_counter()
    found = ks.compare(scenario, replications=replications, workers=workers, seed=1, progress=False)
    took = time.perf_counter() - begun
    print(took, repr(found.difference.mean), flush=True)
"""


class Contender:
    """A process that compares when it is told to, and says how long it took."""

    def __init__(self, python: str) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([python, "-c", CONTENDER], stdin=pipe, stdout=pipe, text=True)

    def seconds(self, replications: int, workers: int) -> tuple[float, str]:
        ask, answer = self._process.stdin, self._process.stdout
        if ask is None or answer is None:
            raise RuntimeError
        ask.write(f"{replications} {workers}\n")
        ask.flush()
        took, mean = answer.readline().split()
        return float(took), mean


def measured(counts: list[int], workers: int, rounds: int, other: str | None) -> None:
    here = Contender(sys.executable)
    contenders = {"one": (here, 1), "several": (here, workers)}
    if other is not None:
        contenders["other"] = (Contender(other), workers)
    for contender, crew in contenders.values():
        contender.seconds(2, crew)  # compiled, loaded and read
    for count in counts:
        ratios: dict[str, list[float]] = {}
        for turn in range(rounds):
            order = list(contenders)[turn % len(contenders) :] + list(contenders)[: turn % len(contenders)]
            took = {name: contenders[name][0].seconds(count, contenders[name][1]) for name in order}
            if took["one"][1] != took["several"][1]:
                sys.exit(f"{count} replications: {took['one'][1]} on one thread, {took['several'][1]} on {workers}")
            ratios.setdefault(f"{workers} threads, times one", []).append(took["one"][0] / took["several"][0])
            if other is not None:
                ratios.setdefault("of the wall time of the other", []).append(took["several"][0] / took["other"][0])
            print(f"# {count}: " + ", ".join(f"{name} {one[0]:.3f} s" for name, one in took.items()), flush=True)
        for what, found in ratios.items():
            told = f"{statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})"
            print(f"{count:>5} replications: {told} {what}", flush=True)
    load = f"load at the end {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{os.cpu_count()} processors; {load}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="10,40,200", help="replications, with commas between")
    parser.add_argument("--workers", type=int, default=2, help="threads beside one")
    parser.add_argument("--rounds", type=int, default=7, help="times that everything is measured")
    parser.add_argument("--other", metavar="PYTHON", help="python of another installation of kravsim")
    given = parser.parse_args()
    measured(list(map(int, given.counts.split(","))), given.workers, given.rounds, given.other)


if __name__ == "__main__":
    main()
