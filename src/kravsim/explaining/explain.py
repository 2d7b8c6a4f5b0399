"""Make one replication again, and tell what it holds: a case's life, the postings of a line, cases worth a look."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from kravsim.calibration.base_world import BaseWorld, Worlds
from kravsim.chance.draws import Draws
from kravsim.engine import DEFAULT_ENGINE
from kravsim.errors import ABSENT, Problem, RunError
from kravsim.explaining.explanation import Explanation
from kravsim.explaining.reasons import Followed, case_life
from kravsim.explaining.trace import check_line, check_names, find_cases, postings_frame
from kravsim.flow import RunParts, run_model, setting
from kravsim.ledger import LegalCalendar
from kravsim.measures.outcome import Outcome
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_outcomes, doubts_of_scenario
from kravsim.scenario import AnyScenario, Scenario, checked_call, scenario_of
from kravsim.scenario.base_posts import model_itself, titles_in
from kravsim.scenario.body_kind import kind_of
from kravsim.sizing.estimate import fitting_workers
from kravsim.words.wording import titled_name

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.models.arranged import Part
    from kravsim.results.run import Run
    from kravsim.scenario.schema import ScenarioData


class Replay:
    """One model of one scenario under one seed, ready to be run again; keeps the replication it ran last.

    Parameters
    ----------
    worlds : Worlds
        Which were run; ``BaseWorld(scenario)`` where every number is as stated.
    model : str
        One of ``scenario.models``.
    seed : int
        That of the run.
    engine : str, optional
        One of ``kravsim.engine.ENGINES``; engines agree row for row.

    Raises
    ------
    ScenarioError
        When the scenario has no such model.
    """

    def __init__(self, worlds: Worlds, model: str, seed: int, engine: str | None = None) -> None:
        titles_in(worlds.scenario.data, model)  # refuses what there is none of
        self.worlds, self.model, self.seed = worlds, model, seed
        self.engine = DEFAULT_ENGINE if engine is None else engine
        self._last: tuple[tuple[int, int], RunParts] | None = None

    def __getstate__(self) -> dict[str, object]:
        """What travels to another process: the question, not the last answer."""
        return {**vars(self), "_last": None}

    def outcome(self, *, replication: int = 0, draw: int = 0) -> Outcome:
        """The replication's numbers, made again.

        Parameters
        ----------
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        """
        return self._parts(draw, replication).outcome

    def explain(self, case: int, *, replication: int = 0, draw: int = 0, lang: str = "sv") -> Explanation:
        """Tell one case's life; see :func:`explain_case`.

        Parameters
        ----------
        case : int
            Number of the case in the replication, from 0.
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        lang : str
            `sv` or `en`.
        """
        parts = self._parts(draw, replication)
        inputs = parts.inputs
        data = inputs.world.data
        calendar = LegalCalendar(inputs.law, inputs.stream.first, data.horizon.start, data.law.frozen_at)
        followed = parts.arrangement_of(case)
        plan = parts.plan if followed is None else followed.plan
        stretches = parts.arrangements_met(case)
        by_row = None
        if parts.arranged is not None and parts.arranged.moves:
            plans = tuple(part.plan for part in parts.arranged.parts)
            by_row = Followed(plans, parts.arrangement_by_row, parts.arranged.moves[-1])
        life = case_life(parts.ledger, parts.log, plan, inputs.stream, calendar, data.policy, case, by_row)
        names = self._named(data, self.model)
        under = self._followed(data, inputs.stream.first, stretches) if stretches else None
        doubts = (
            *doubts_of_scenario(self.worlds.scenario, model_itself(self.model)),
            *doubts_of_outcomes([parts.outcome]),
        )
        body = kind_of(data.body.name, data.body.kind)
        about = (self.worlds.scenario.label, self.seed, draw, replication, lang, doubts)
        return Explanation(life, names, *about, body, under)

    def postings(self, line: str | None = None, *, replication: int = 0, draw: int = 0) -> pd.DataFrame:
        """Follow a line back to its postings; see :func:`kravsim.explaining.trace.postings_frame`.

        Parameters
        ----------
        line : str, optional
            A line of the budget or of the ledger; every posting when left out.
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        """
        check_line(line)
        parts = self._parts(draw, replication)
        return postings_frame(parts.ledger, parts.inputs.stream, line)

    def find_cases(
        self, *what: str, payments: int = 0, limit: int = 20, replication: int = 0, draw: int = 0
    ) -> pd.DataFrame:
        """Find cases by what happened to them; see :func:`kravsim.explaining.trace.find_cases`.

        Parameters
        ----------
        payments : int
            Fewest payments that the debtor made.
        limit : int
            How many cases to give at most.
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        *what : str
            Names of steps, of steps with an answer, and of end states, all of which must be true of a case.
        """
        check_names(*what)
        parts = self._parts(draw, replication)
        return find_cases(parts.ledger, parts.log, parts.inputs.stream, *what, payments=payments, limit=limit)

    @classmethod
    def _followed(cls, data: ScenarioData, first: dt.date, stretches: list[tuple[Part, int]]) -> tuple[str, str]:
        """Arrangements that a case met, with the days of its first events under those that it moved to."""
        sv, en = [], []
        for place, (part, day) in enumerate(stretches):
            (name_sv, name_en), since = cls._named(data, part.model), first + dt.timedelta(day)
            sv.append(f"från {since} {name_sv}" if place else name_sv)
            en.append(f"from {since} {name_en}" if place else name_en)
        return "; ".join(sv), "; ".join(en)

    @staticmethod
    def _named(data: ScenarioData, name: str) -> tuple[str, str]:
        titles = titles_in(data, name)
        return titled_name(name, titles, "sv"), titled_name(name, titles, "en")

    def _parts(self, draw: int, replication: int) -> RunParts:
        if self._last is None or self._last[0] != (draw, replication):
            world = self.worlds.scenario_of(draw)
            fitting_workers(world, (self.model,), engine=self.engine, journal=True, settable=False)
            inputs = setting(world, Draws(self.seed, draw, replication), (self.model,))
            self._last = (draw, replication), run_model(inputs, self.model, self.engine)
        return self._last[1]


@checked_call
def explain_case(
    scenario: AnyScenario,
    *,
    model: str,
    case: int,
    replication: int = 0,
    seed: int,
    engine: str | None = None,
    lang: str = "sv",
) -> Explanation:
    """Tell one case's life krona by krona, with dates, legal grounds and the debtor's running balance.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of ``scenario.models``.
    case : int
        Number of the case in the run, from 0.
    replication, seed : int
        Which run; the same numbers tell the same life every time.
    engine : str, optional
        One of ``kravsim.engine.ENGINES``.
    lang : str
        `sv` or `en`.

    Returns
    -------
    Explanation
        ``.text``, ``.to_html()`` and ``.to_frame()``; printing it prints the text.

    Raises
    ------
    ScenarioError
        When the scenario has no such model.
    RunError
        When the run has no such case.
    """
    return Replay(BaseWorld(scenario_of(scenario)), model, seed, engine).explain(
        case, replication=replication, lang=lang
    )


def with_scenario(run: Run, scenario: AnyScenario | None = None) -> Run:
    """Give a run that was read from a file what it needs to explain itself again.

    Parameters
    ----------
    run : Run
        Of any origin, such as read from a file.
    scenario : Scenario, str or path, optional
        The scenario it was made from; by default the text that the run carries.

    Returns
    -------
    Run
        Equal to ``run``; its ``explain``, ``postings`` and ``find_cases`` work.

    Raises
    ------
    RunError
        When the scenario is another than the run's, or the run carries none.
    """
    where = phrase("run of {model}", model=run.model)
    if scenario is None:
        if run.record is None or not run.record.scenario_text:
            raise RunError(Problem(where, "scenario", ABSENT, "a scenario", "give it: with_scenario(run, scenario)"))
        scenario = Scenario.from_text(run.record.scenario_text, where, run.record.changes, run.record.taken)
    scenario = scenario_of(scenario)
    wanted = run.provenance["scenario_fingerprint"]
    if scenario.fingerprint != wanted:
        remedy = "give the scenario that the run was made from, with the same changes"
        raise RunError(Problem(where, "scenario_fingerprint", scenario.fingerprint, str(wanted), remedy))
    return replace(run, replay=Replay(BaseWorld(scenario), run.model, run.seed, run.engine))
