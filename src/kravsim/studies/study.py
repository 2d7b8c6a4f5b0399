"""A study: replications of some models that can be carried on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import cast

from kravsim.archives.manifest import Record, now
from kravsim.calibration.base_world import BaseWorld, Worlds
from kravsim.chance.draws import STREAM_VERSION, Draws
from kravsim.errors import ScenarioError
from kravsim.explaining.explain import Replay
from kravsim.law import law_of
from kravsim.measures.outcome import Outcome
from kravsim.results.comparison import Comparison
from kravsim.results.notes import doubts_of_scenario
from kravsim.results.run import Run
from kravsim.running.how import How, HowWritten, engine_of
from kravsim.running.replicate import checked_count, replicate
from kravsim.running.run_directory import begun_seed
from kravsim.scenario import Scenario
from kravsim.scenario.base_posts import model_itself, titles_in
from kravsim.scenario.body_kind import kind_of
from kravsim.scenario.levels import rules_that_see_growth
from kravsim.scenario.sequences import models_of
from kravsim.version import __version__

SEED_BITS = 128


@dataclass
class Study:
    """Replications of some models that can be carried on; what has been run is kept and never run again.

    Parameters
    ----------
    scenario : Scenario
        Changes included; alternatives may be open only where a design is given.
    models : tuple of str
        Machine names, in the order of the runs.
    seed : int or None
        As for :func:`kravsim.simulate`.
    how : How
        How to run: one of the sets in :mod:`kravsim.running.how`.
    """

    scenario: Scenario
    models: tuple[str, ...]
    seed: int | None
    how: How

    def __post_init__(self) -> None:
        self._how = cast("HowWritten", self.how)  # a smaller set is the largest with keys left out
        run_dir = self._how.get("run_dir")
        if self.seed is None and run_dir is not None:
            self.seed = begun_seed(run_dir, follow_symlinks=self._how.get("follow_symlinks", False))
        self.root = Draws(secrets.randbits(SEED_BITS) if self.seed is None else self.seed, 0, 0).seed
        self._outcomes: dict[str, tuple[Outcome, ...]] = {}
        self._begun: Record | None = None

    def runs(self, replications: int | None = None) -> list[Run]:
        """Give a run of each model with so many replications of the base world, the first ones there are.

        Parameters
        ----------
        replications : int, optional
            How many in all, those included that have been run; by default what is usual for the engine.

        Returns
        -------
        list of Run
            In the order of `models`.

        Raises
        ------
        ScenarioError, RunError, OutputError
            As :func:`kravsim.simulate`.
        """
        replications = None if replications is None else checked_count("replications", replications)
        return self.runs_in(BaseWorld(self.scenario, replications))

    def runs_in(self, worlds: Worlds) -> list[Run]:
        """Give a run of each model through some worlds; those of a study are always the same, or more of them.

        Parameters
        ----------
        worlds : Worlds
            Which worlds, with how many replications.

        Raises
        ------
        ScenarioError, RunError, OutputError
            As :func:`kravsim.simulate`.
        """
        self._refuse_rules_that_see_growth(worlds)
        replications = worlds.count
        self._begun = self._begun or Record.begin(self.scenario.text, self.scenario.lineage, self.scenario.taken)
        outcomes = self._outcomes
        have = len(next(iter(outcomes.values()), ()))
        if replications is None or replications > have:
            known = dict(enumerate(zip(*outcomes.values(), strict=True)))
            outcomes = self._outcomes = replicate(
                worlds,
                self.models,
                seed=self.root,
                known=known,
                **self._how,
            )
        record = replace(self._begun, finished=now())
        provenance: dict[str, str | int] = {
            "version": __version__,
            "stream_version": STREAM_VERSION,
            "scenario_fingerprint": self.scenario.fingerprint,
            "law_fingerprint": law_of(self.scenario.data).fingerprint,
        }
        first = {model: outcomes[model][:replications] for model in self.models}
        titles = {model: titles_in(self.scenario.data, model) for model in self.models}
        return [
            Run(
                scenario_name=self.scenario.name,
                scenario_title=self.scenario.label,
                model=model,
                seed=self.root,
                engine=engine_of(self.how),
                replications=len(first[model]) // worlds.draws,
                provenance=provenance,
                outcomes=first[model],
                titles=titles[model],
                record=record,
                replay=Replay(worlds, model, self.root, self.how.get("engine")),
                declared=doubts_of_scenario(self.scenario, model_itself(model)),
                body=kind_of(self.scenario.data.body.name, self.scenario.data.body.kind),
            )
            for model in self.models
        ]

    def _refuse_rules_that_see_growth(self, worlds: Worlds) -> None:
        """Before anything is run: posts by a rule are found in closed form, which knows no body that has grown."""
        data = worlds.scenario.data
        known = [name for name in self.models if name in [*data.models, *data.sequences]]  # others are refused by name
        models = dict.fromkeys(model_itself(one) for name in known for one in models_of(data, name))
        problems = rules_that_see_growth(data, models, drawn=worlds.place(0)[0] > 0)
        if problems:
            raise ScenarioError(problems)

    def comparison(self, replications: int | None = None) -> Comparison:
        """Compare the models over so many replications: the same as :func:`kravsim.compare` with that number.

        Parameters
        ----------
        replications : int, optional
            As for :meth:`runs`.
        """
        return Comparison(tuple(self.runs(replications)))
