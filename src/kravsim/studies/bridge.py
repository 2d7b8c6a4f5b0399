"""``bridge``: what lies between any two models or scenarios, by cause and down to the case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Unpack

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.results.run import Run
from kravsim.results.walk import EACH, KINDS, Walk
from kravsim.running.how import HowKept
from kravsim.scenario import AnyScenario, Scenario, checked_call, scenario_of
from kravsim.studies.case_gains import case_gains
from kravsim.studies.decision.checks import whole
from kravsim.studies.study import Study

USUAL: Final = ("outsourced", "in_house")
CASES: Final = 5
"""Cases that are listed of those that gain, and of those that lose."""


@checked_call
def bridge(  # noqa: PLR0913 - keywords of a user's
    start: AnyScenario,
    end: AnyScenario | None = None,
    *,
    models: Iterable[str] | str | None = None,
    percentile: float | None = None,
    of: str = EACH,
    cases: int = CASES,
    replication: int = 0,
    replications: int | None = None,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> Walk:
    """Walk from one model's net revenue to another's, in the same scenario or from one scenario to another.

    Parameters
    ----------
    start : Scenario, str or path
        Walked from.
    end : Scenario, str or path, optional
        Walked to; `start` itself when left out. The same invoices and debtors that both have meet the same luck. Their
        horizons may differ: each end is then a calendar year of its own.
    models : str or pair of str, optional
        The model walked from and the one walked to; a single name is both, for two scenarios. Within one scenario from
        outsourced to in-house when left out.
    percentile : float, optional
        Strictly between 0 and 1; the mean when left out.
    of : "each" or "difference"
        Whether a percentile is that of each end's net revenue, or that of the difference in one and the same year.
    cases : int
        How many cases to list of those that gain, and of those that lose; 0 leaves them out.
    replication : int
        In which replication cases are looked at.
    replications, seed
        As for :func:`kravsim.compare`.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`; `run_dir` within one scenario alone.

    Returns
    -------
    Walk

    Raises
    ------
    ScenarioError
        When there is nothing between the ends, or a setting is not allowed.
    RunError
        When a percentile cannot be estimated by so few replications; says how many are needed.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("jamtland-harjedalen-2017").with_changes({"invoices.per_year": 3000})
    >>> walk = ks.studies.bridge(case, replications=2, seed=1)
    >>> sum(walk.amounts_ore[2].values()) == walk.amounts_ore[1] - walk.amounts_ore[0]
    True
    """
    one = scenario_of(start)
    other = one if end is None else scenario_of(end)
    same = one.fingerprint == other.fingerprint
    pair = _models(one, other, models, same=same)
    if of not in KINDS:
        raise ScenarioError(
            Problem("", "of", of, phrase("one of {names}", names=", ".join(KINDS)), "choose one of them")
        )
    listed, at = whole(cases, "cases", 0), whole(replication, "replication", 0)
    run_dir = how.get("run_dir")
    if run_dir is not None and not same:
        remedy = "leave it out: each scenario would need one of its own"
        raise ScenarioError(Problem("", "run_dir", str(run_dir), "nothing for two scenarios", remedy))
    runs = _runs(one, other, pair, replications, seed, how, same=same)
    if at >= runs[0].replications:
        allowed = phrase("a number from 0 to {replications}", replications=runs[0].replications - 1)
        raise ScenarioError(Problem("", "replication", at, allowed, "ask for more replications, or name another"))
    changes = None
    if listed:
        ends = ((one, pair[0]), (other, pair[1]))
        changes = case_gains(*ends, seed=runs[0].seed, replication=at, most=listed, engine=how.get("engine"))
    spans = _years(one), _years(other)
    apart = None if spans[0] == spans[1] else spans
    return Walk(*runs, percentile=percentile, of=of, names=_names(*runs, apart), cases=changes, spans=apart)


def _models(one: Scenario, other: Scenario, models: Iterable[str] | str | None, *, same: bool) -> tuple[str, str]:
    """Which model is walked from and which to."""
    allowed = "the model walked from and the one walked to; one name for the same model in two scenarios"
    if models is None:
        if not same:
            remedy = phrase("choose among {names}", names=", ".join(one.models))
            raise ScenarioError(Problem("", "models", None, allowed, remedy))
        models = USUAL
    given = (models, models) if isinstance(models, str) else tuple(models)
    if len(given) == 1:
        given = (given[0], given[0])
    if len(given) != 2:
        raise ScenarioError(
            Problem("", "models", list(given), allowed, phrase("choose among {names}", names=", ".join(one.models)))
        )
    problems = [
        Problem("", "models", name, phrase("one of {names}", names=", ".join(scenario.models)), "check the spelling")
        for name, scenario in zip(given, (one, other), strict=True)
        if name not in scenario.models
    ]
    if not problems and same and given[0] == given[1]:
        remedy = "name another model, or another scenario"
        problems.append(Problem("", "models", given[0], "two ends that differ", remedy))
    if problems:
        raise ScenarioError(problems)
    return given[0], given[1]


def _years(scenario: Scenario) -> str:
    """The calendar years of a horizon, as they are written."""
    first, last = scenario.data.horizon.start.year, scenario.data.horizon.end.year - 1
    return str(first) if first == last else f"{first}\u2013{last}"


def _runs(
    one: Scenario,
    other: Scenario,
    models: tuple[str, str],
    replications: int | None,
    seed: int | None,
    how: HowKept,
    *,
    same: bool,
) -> tuple[Run, Run]:
    if same:
        first, second = Study(one, models, seed, how).runs(replications)
        return first, second
    begun = Study(one, (models[0],), seed, how)
    (first,) = begun.runs(replications)
    (second,) = Study(other, (models[1],), begun.root, how).runs(first.replications)
    return first, second


def _names(start: Run, end: Run, spans: tuple[str, str] | None) -> tuple[tuple[str, str], tuple[str, str]]:
    """Name the ends by their models, and by their scenarios or years where these differ."""
    alike = start.provenance["scenario_fingerprint"] == end.provenance["scenario_fingerprint"]
    titles = ("", "") if alike else (f" ({start.scenario_title})", f" ({end.scenario_title})")
    if not alike and start.scenario_title == end.scenario_title:
        titles = (f" ({start.scenario_name})", f" ({end.scenario_name})")
    if spans is not None:
        titles = tuple(f"{title[:-1]}, {years})" for title, years in zip(titles, spans, strict=True))  # type: ignore[assignment]
    (a, b), (c, d) = (
        (f"{run.name('sv')}{title}", f"{run.name('en')}{title}")
        for run, title in zip((start, end), titles, strict=True)
    )
    return (a, b), (c, d)
