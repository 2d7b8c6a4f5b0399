"""The six simple steps with Cimba, a compiled engine in C whose models are written in Python; optional, of a pinned version.

A process of its own: Cimba cannot make its models any more once anything else has been compiled with numba. It reads
a line of JSON, a task, and writes a line, processor time and how many cases ended where. Annotations are read while a
model is put together, so this file does without their postponement.
"""

import json
import sys
import time

import cimba as cb
import cimba.random as chance
import numpy as np
from six_steps import ENDS, LEAST_DAYS, MOST_DAYS, NAMES, PAID, STAFF, WORK_DAYS, YEAR

STEPS = len(NAMES)
_PAID, _LEAST, _MOST, _WORK = map(np.array, (PAID, LEAST_DAYS, MOST_DAYS, WORK_DAYS))


class Case(cb.Model):
    """A case: a process of its own."""

    office: cb.Ref["Office"]

    @cb.process
    def live(self):
        cb.hold(chance.uniform(0.0, YEAR))
        step, going = 0, True
        while going and step < STEPS:
            if self.office.staffed and _WORK[step] > 0.0:
                self.office.staff.acquire()
                cb.hold(_WORK[step])
                self.office.staff.release()
            cb.hold(chance.uniform(_LEAST[step], _MOST[step]))
            if chance.uniform(0.0, 1.0) < _PAID[step]:
                going = False
            else:
                step += 1
        self.office.ended[step] = self.office.ended[step] + 1


class Office(cb.Model):
    """Where they are handled."""

    cases: cb.Param[int]
    staffed: cb.Param[bool]
    staff: cb.Resource = cb.Resource(capacity=STAFF)
    ended: cb.Array[int] = cb.Array(ENDS)
    ended_0: cb.Output[int]
    ended_1: cb.Output[int]
    ended_2: cb.Output[int]
    ended_3: cb.Output[int]
    ended_4: cb.Output[int]
    ended_5: cb.Output[int]
    ended_6: cb.Output[int]

    @cb.process
    def begin(self):
        for _ in range(self.cases):
            cb.spawn(Case, office=self)

    @cb.on_end
    def count(self):
        self.ended_0 = self.ended[0]
        self.ended_1 = self.ended[1]
        self.ended_2 = self.ended[2]
        self.ended_3 = self.ended[3]
        self.ended_4 = self.ended[4]
        self.ended_5 = self.ended[5]
        self.ended_6 = self.ended[6]


def with_cimba(cases: int, *, staffed: bool, seed: int) -> list[int]:
    """Run a year's cases to their ends with Cimba; how many ended after each step, and how many never."""
    office = Office()
    office.cases, office.staffed = cases, staffed
    found = cb.Experiment(office, replications=1, window=cb.Window.until_idle(), seed=seed).run(workers=1)
    return [int(np.asarray(getattr(found[office], f"ended_{end}")).item()) for end in range(ENDS)]


def main() -> None:
    """Answer one line after the other; the first, which compiles, before any."""
    with_cimba(100, staffed=True, seed=1)
    print(json.dumps({"version": cb.__version__}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        before = time.process_time()
        ended = with_cimba(task["cases"], staffed=task["staffed"], seed=task["seed"])
        print(json.dumps({"seconds": time.process_time() - before, "ended": ended}), flush=True)


if __name__ == "__main__":
    main()
