"""``cost_concepts``: models compared by full cost, by marginal cost and with pay alone, in the same years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Unpack

from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.results.cost_concepts import FULL, CostConcepts, checked
from kravsim.results.unscaled_prices import prices_not_scaled
from kravsim.running.how import HowKept
from kravsim.scenario import AnyScenario, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import model_itself
from kravsim.scenario.given import check_one_number
from kravsim.statistics.paired import Paired
from kravsim.studies.compare import compare
from kravsim.studies.uncertainty import Uncertainty
from kravsim.words.doubts import Doubt, merged

KEPT_SINCE: Final = "0.6.0"
"""From which version on a comparison itself says whether prices by the year were taken over unscaled."""
NOT_LOOKED_AT: Final = Doubt(
    "prices_not_looked_at",
    "Om årspriser är tagna oförändrade från en verksamhet av annan storlek är inte prövat: det säger scenariot, inte en "
    "jämförelse av en äldre version.",
    "Whether prices by the year are taken unchanged from a body of another size is not looked at: the scenario says so, not "
    "a comparison of an earlier version.",
)


@checked_call
def cost_concepts(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    concept: str = FULL,
    replications: int | None = None,
    seed: int | None = None,
    uncertainty: Uncertainty | None = None,
    draws: int | None = None,
    structures: Mapping[str, str] | None = None,
    **how: Unpack[HowKept],
) -> CostConcepts:
    """Compare models by each concept of cost: full cost, marginal cost, pay only.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    models : iterable of str
        Two or more; the difference is the first less the second.
    concept : str
        ``full``, ``marginal`` or ``pay_only``: the one that the answer is given by first. All three are counted.
    replications, seed
        As for :func:`kravsim.compare`.
    uncertainty, draws, structures
        As for :func:`kravsim.compare`: over drawn worlds, by the first year of each.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`.

    Returns
    -------
    CostConcepts

    Raises
    ------
    RunError
        When the concept is unknown.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("jamtland-harjedalen-2017").with_changes({"invoices.per_year": 3000})
    >>> found = ks.studies.cost_concepts(case, replications=2, seed=1)
    >>> found.difference("full").mean < found.difference("marginal").mean < found.difference("pay_only").mean
    True
    """
    scenario, checked_concept = scenario_of(scenario), checked(concept)
    names = checked_models(scenario, models)
    if uncertainty is not None:
        check_one_number(draws)
    # each concept is told of the simulated worlds alone: no closed form beside them
    drawn: dict[str, Any] = {} if uncertainty is None else {"uncertainty": uncertainty, "control": "none"}
    drawn |= {name: value for name, value in (("draws", draws), ("structures", structures)) if value is not None}
    found: Paired = compare(scenario, names, replications=replications, seed=seed, **drawn, **how)
    return CostConcepts.of(found, checked_concept)


@checked_call
def by_cost_concept(found: Paired, concept: str = FULL, *, scenario: AnyScenario | None = None) -> CostConcepts:
    """Read a finished comparison by each concept of cost; nothing is run.

    A comparison of an earlier version may not have kept which prices its scenario took over from a body of another size:
    without the scenario the answer then says that this is not looked at (`prices_not_looked_at`).

    Parameters
    ----------
    found : Comparison or UncertainComparison
        As :func:`kravsim.compare` gives it, or :func:`kravsim.load_comparison`.
    concept : str
        ``full``, ``marginal`` or ``pay_only``: the one that the answer is given by first.
    scenario : Scenario, str or path, optional
        The scenario that was compared, from which the answer learns whether prices by the year were taken over unscaled.

    Raises
    ------
    RunError
        When the concept is unknown, or the scenario is another than the comparison's.
    """
    looked_at = _number(str(found.runs[0].provenance["version"])) >= _number(KEPT_SINCE)
    if scenario is None:
        return CostConcepts.of(found, concept, () if looked_at else (NOT_LOOKED_AT,))
    scenario, run = scenario_of(scenario), found.runs[0]
    if scenario.fingerprint != run.provenance["scenario_fingerprint"]:
        remedy = "give the scenario that was compared, or leave it out"
        allowed = phrase("the scenario of the comparison, {name}", name=run.scenario_name)
        raise RunError(Problem("by_cost_concept", "scenario", scenario.name, allowed, remedy))
    models = (model_itself(one.model) for one in found.runs)
    doubts = () if looked_at else merged(filter(None, (prices_not_scaled(scenario, model) for model in models)))
    return CostConcepts.of(found, concept, doubts)


def _number(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
