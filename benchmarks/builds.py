"""Other builds against this one, stage by stage and in turn; and six simple steps with SimPy and Cimba beside a full run.

The other builds are given by the Python of an environment in which each is installed. A round is some draws, and within each
draw every build takes its turn in a process of its own that has run before, so that what else the machine does strikes them
alike; all are held to one core, and what counts is their own processor time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self

from measure import MODELS, Plan, Row, one_core, scenario_at, timed
from six_steps import check_ends, with_simpy

from kravsim.chance.draws import Draws
from kravsim.flow import setting

HERE = "this build"
PAIRED, FIVE, STEPS, ROWS = "paired draw", "five years", "six steps", "event rows"
STAGES = ("setting", *(f"{model} {stage}" for model in MODELS for stage in ("plan", "pools", "cases", "rest")))
A_ROUND = 4
"""Draws in a round."""
CIMBA = "0.9.6"
"""The version that the figures are of; another is refused."""
UNTIL = 2022


class Contender:
    """A program in a process of its own that runs when it is told to."""

    def __init__(self, python: str, name: str = "contender.py") -> None:
        script = Path(__file__).with_name(name)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([python, str(script)], stdin=pipe, stdout=pipe, text=True)
        self.version = self._read()["version"]

    def run(self, draw: int, replication: int, history: int | None, until: int | None, *, rows: bool = False) -> Any:
        """Run both models of a draw; seconds by stage, event rows by model where they are wanted, calendar years."""
        return self.ask(draw=draw, replication=replication, history=history, until=until, rows=rows)

    def ask(self, **task: Any) -> Any:
        """Hand a task on and wait for what it gave."""
        if self._process.stdin is None:
            raise RuntimeError
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            message = "a build that is measured has ended: its message stands above"
            raise RuntimeError(message)
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def against(plan: Plan, others: Mapping[str, str]) -> Iterator[Row]:
    """Replications of the real case, then five years without and with history, each build in turn."""
    if not others:
        return
    with one_core(), ExitStack() as stack:
        builds = {name: stack.enter_context(Contender(path)) for name, path in {HERE: sys.executable, **others}.items()}
        for name, build in builds.items():
            ran = build.run(0, 0, plan.history, None, rows=True)  # compiled, loaded and read
            build.run(0, 0, 0, UNTIL)
            for model, count in ran["rows"].items():
                yield Row(ROWS, name, model, 1, plan.years_of_history, count / ran["years"], "rows a calendar year")
        for round_ in range(plan.paired_rounds):
            for what, history, until in (
                (PAIRED, plan.history, None),
                (FIVE, 0, UNTIL),
                (FIVE, plan.history, UNTIL),
            ):
                yield from _round(builds, plan, round_, (what, history, until))


def _round(
    builds: Mapping[str, Contender], plan: Plan, round_: int, which: tuple[str, int | None, int | None]
) -> Iterator[Row]:
    what, history, until = which
    spent = {name: dict.fromkeys(STAGES, 0.0) for name in builds}
    for turn in range(A_ROUND):
        number = 1 + round_ * A_ROUND + turn
        names = list(builds)[turn % len(builds) :] + list(builds)[: turn % len(builds)]
        for name in names:  # whoever begins takes turns, too
            draw, replication = (number, 0) if what == FIVE else (0, number)
            for stage, seconds in builds[name].run(draw, replication, history, until)["seconds"].items():
                spent[name][stage] += seconds / A_ROUND
    years = plan.years_of_history if history is None else history
    for name, stages in spent.items():
        for stage, seconds in stages.items():
            yield Row(f"{what}: {stage}", name, "both", 1, years, seconds, "s a draw")
        yield Row(what, name, "both", 1, years, sum(stages.values()), "s a draw")


def six_steps(plan: Plan, *, cimba: bool) -> Iterator[Row]:
    """A year's late invoices through six simple steps, without staff and with, in turn with this build's own years."""
    inputs = setting(scenario_at(1, history=0), Draws(1, 0, 0))
    cases = len(inputs.stream.cases.hand_over_day)
    with one_core(), ExitStack() as stack:
        build = stack.enter_context(Contender(sys.executable))
        other = stack.enter_context(Contender(sys.executable, "six_steps_cimba.py")) if cimba else None
        build.run(0, 0, plan.history, None)
        for round_ in range(plan.paired_rounds):
            ran = build.run(0, round_, plan.history, None)
            for model, staffed in zip(MODELS, (False, True), strict=True):
                own = ran["seconds"]["setting"] + sum(
                    seconds for stage, seconds in ran["seconds"].items() if stage.startswith(f"{model} ")
                )
                yield Row(STEPS, "full run", model, 1, plan.years_of_history, own / ran["years"])
                ended, seconds = timed(partial(with_simpy, cases, staffed=staffed, seed=round_))
                check_ends(ended, cases, "SimPy")
                yield Row(STEPS, "SimPy", model, 1, 0, seconds)
                if other is not None:
                    took = other.ask(cases=cases, staffed=staffed, seed=1 + round_)
                    check_ends(took["ended"], cases, "Cimba")
                    yield Row(STEPS, "Cimba", model, 1, 0, took["seconds"])


def check_cimba() -> None:
    """Refuse to go on without Cimba, or with another version of it than the figures are of."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("cimba")
    except PackageNotFoundError:
        found = "none"
    if found != CIMBA:
        sys.exit(
            f"--cimba: got {found} installed; allowed cimba {CIMBA}; pip install '.[benchmark]', or leave --cimba out"
        )
