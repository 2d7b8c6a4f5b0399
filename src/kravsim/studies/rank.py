"""``rank``: every model of a scenario in order, with the same luck, and whether one of them is worth a switch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.results.ranking import LEAST_KR, MEASURES, Ranking
from kravsim.running.how import HowKept
from kravsim.scenario import AnyScenario, Scenario, checked_call, checked_models, scenario_of
from kravsim.scenario.given import check_one_number
from kravsim.statistics.selected import Selected
from kravsim.studies.compare import compare
from kravsim.studies.decision.checks import level_of, number, whole
from kravsim.studies.decision.selection import FIRST, MOST, select_best
from kravsim.studies.study import Study

if TYPE_CHECKING:
    from kravsim.studies.uncertainty import Uncertainty


@checked_call
def rank(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    models: Iterable[str] | None = None,
    *,
    measure: str = "net_revenue_kr",
    least_kr: float = LEAST_KR,
    today: str | None = None,
    level: float = 0.95,
    select: bool = False,
    most: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    uncertainty: Uncertainty | None = None,
    draws: int | None = None,
    structures: Mapping[str, str] | None = None,
    **how: Unpack[HowKept],
) -> Ranking:
    """Put models in order by one figure of a year, and say which of them cannot be told apart.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    models : iterable of str, optional
        Two or more; every model of the scenario when left out.
    measure : str
        One of ``kravsim.results.ranking.MEASURES``.
    least_kr : float
        Gain a year over today's model from which on a switch is recommended, kr; 0 or more. With `select` it is the
        indifference zone.
    today : str, optional
        The model in force; of those that are ranked the one that the scenario names first when left out.
    level : float
        With which the intervals of all pairs cover together, and with `select` the least probability of a correct selection.
    select : bool
        Run as many replications as :func:`select_best` needs, instead of a number that is given.
    most : int, optional
        Replications at most, for `select`; 2 000 when left out.
    replications, seed
        As for :func:`kravsim.compare`.
    uncertainty, draws, structures
        As for :func:`kravsim.compare`: the order over drawn worlds, by the first year of each.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`.

    Returns
    -------
    Ranking

    Raises
    ------
    ScenarioError
        When a setting is not allowed; says which.
    RunError
        When there is only one replication.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("jamtland-harjedalen-2017").with_changes({"invoices.per_year": 3000})
    >>> ks.studies.rank(case, ["in_house", "outsourced"], replications=2, seed=1).models
    ('outsourced', 'in_house')
    """
    scenario = scenario_of(scenario)
    names = checked_models(scenario, scenario.models if models is None else models)
    about = _about(scenario, names, measure, least_kr, today, level)
    if select:
        given = {"replications": replications, "uncertainty": uncertainty, "draws": draws, "structures": structures}
        _nothing(given, "nothing with select, which runs as many as it needs", "leave it out, or select")
        if not about["least_kr"] > 0:
            remedy = "give the difference from which on the choice matters"
            raise ScenarioError(Problem("", "least_kr", least_kr, "above 0 with select", remedy))
        study = Study(scenario, names, seed, how)
        chosen = _selected(study, about, MOST if most is None else most)
        kept = max(chosen.replications, 2)
        return Ranking(tuple(study.runs(kept)), **about, selection=chosen)
    _nothing({"most": most}, "nothing without select", "give replications, or select=True")
    if uncertainty is None:
        _nothing({"draws": draws, "structures": structures}, "nothing without uncertainty", 'give uncertainty="prior"')
        if replications is not None and whole(replications, "replications", 1) < 2:
            remedy = "ask for more: one shows no chance"
            raise ScenarioError(Problem("", "replications", replications, "two or more", remedy))
        return Ranking(tuple(Study(scenario, names, seed, how).runs(replications)), **about)
    check_one_number(draws)
    drawn: dict[str, Any] = {"uncertainty": uncertainty, "draws": draws, "structures": structures}
    drawn["control"] = "none"  # places are told of the simulated worlds alone
    found = compare(scenario, names, replications=replications, seed=seed, **drawn, **how)
    runs = tuple(run for run in found.runs if run.model in names)
    return Ranking(runs, **about, kind=found.kind)


def _about(
    scenario: Scenario, names: tuple[str, ...], measure: str, least_kr: float, today: str | None, level: float
) -> dict[str, Any]:
    """Check what a ranking is about."""
    unknown = [name for name in names if name not in scenario.models]
    problems = [
        Problem("", "models", name, phrase("one of {names}", names=", ".join(scenario.models)), "check the spelling")
        for name in unknown
    ]
    if measure not in MEASURES:
        problems.append(
            Problem("", "measure", measure, phrase("one of {names}", names=", ".join(MEASURES)), "choose one of them")
        )
    if today is not None and today not in names:
        problems.append(
            Problem("", "today", today, phrase("one of {names}", names=", ".join(names)), "name a model that is ranked")
        )
    if problems:
        raise ScenarioError(problems)
    least = number(least_kr, "least_kr", "kr a year, 0 or more", "give the gain from which on a switch is worth it")
    if least < 0:
        remedy = "give the gain from which on a switch is worth it"
        raise ScenarioError(Problem("", "least_kr", least_kr, "kr a year, 0 or more", remedy))
    first = next(model for model in scenario.models if model in names)
    return {"measure": measure, "least_kr": least, "today": today or first, "level": level_of(level)}


def _nothing(given: Mapping[str, Any], allowed: str, remedy: str) -> None:
    """Refuse settings that would do nothing."""
    problems = [
        Problem("", name, Words("a value"), allowed, remedy) for name, value in given.items() if value is not None
    ]
    if problems:
        raise ScenarioError(problems)


def _selected(study: Study, about: Mapping[str, Any], most: int) -> Selected:
    """Choose by the replications of a study, which are run as they are asked for."""

    def sample(begin: int, end: int) -> NDArray[np.float64]:
        return np.column_stack([run.metric(about["measure"]).samples[begin:end] for run in study.runs(end)])

    return select_best(
        sample,
        len(study.models),
        least=about["least_kr"],
        confidence=about["level"],
        first=min(FIRST, most),
        most=most,
        names=study.models,
    )
