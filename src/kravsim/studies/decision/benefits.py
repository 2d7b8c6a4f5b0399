"""What every model of a scenario gives in every world of a design, in expectation given the world's numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np

from kravsim.calibration.designs import posterior_design, prior_design, within
from kravsim.calibration.evaluating import closed_form_of_drawn, is_of
from kravsim.calibration.worlds import Design
from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.results.uncertainty import POSTERIOR, PRIOR
from kravsim.scenario import Scenario
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.simulated import Simulation
from kravsim.studies.uncertainty import stored

MOST_SIMULATED: Final = 2_000


def worlds_of(
    scenario: Scenario, uncertainty: Any, *, draws: int, structures: Mapping[str, str] | None, seed: int
) -> tuple[Design, str, Any]:
    """Lay out worlds as :func:`kravsim.studies.uncertainty` does with the same seed.

    Parameters
    ----------
    scenario : Scenario
        As it stands: alternatives may be open or settled.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets
        Where the worlds come from.
    draws : int
        How many worlds.
    structures : mapping of dimension to name, or None
        Alternatives to settle first.
    seed : int
        From 0 up.

    Returns
    -------
    Design
    str
        ``prior`` or ``posterior``.
    object
        What the parameter sets came from; empty for the prior.
    """
    counts: dict[str, Any] = {"draws": draws, "replications": 2, "seed": seed}
    if uncertainty == PRIOR:
        design: Design = prior_design(within(scenario, structures), **counts)
        kind: str = PRIOR
        ensemble: Any = ()
    else:
        ensemble = stored(scenario, structures) if uncertainty == POSTERIOR else uncertainty
        design, kind = posterior_design(scenario, ensemble, structures=structures, **counts), POSTERIOR
    design.check()
    return design, kind, ensemble


def benefits_of(
    design: Design, models: Sequence[str], measure: str, inputs: Mapping[str, Floats], seed: int
) -> tuple[Floats, int, int]:
    """Give :func:`all_benefits_of` of one figure.

    Parameters
    ----------
    design : Design
        The worlds.
    models : sequence of str
        Models to work out.
    measure : str
        The figure.
    inputs : mapping of key to float64 array, shape (worlds,)
        What differs between the worlds.
    seed : int
        Of simulated years.
    """
    tables, missing, behind = all_benefits_of(design, models, [measure], inputs, seed)
    return tables[measure], missing, behind


def all_benefits_of(
    design: Design, models: Sequence[str], measures: Sequence[str], inputs: Mapping[str, Floats], seed: int
) -> tuple[dict[str, Floats], int, int]:
    """Work out figures of every model in every world; where the closed form has none, a year is simulated.

    Parameters
    ----------
    design : Design
        The worlds.
    models, measures : sequences of str
        Machine names, in the order of the tables' columns and of the tables.
    inputs : mapping of key to array
        What :meth:`Design.inputs` gives, of the models and the world.
    seed : int
        Of simulated years.

    Returns
    -------
    dict of measure to float64 array, shape (worlds, models)
    int, int
        In how many worlds a model was simulated, and in how many one is overloaded.

    Raises
    ------
    RunError
        When too many worlds have no closed-form answer, or a world cannot be; with the count.
    """
    from kravsim.expected.missing import OVERLOAD

    behind: set[int] = set()
    of_world = np.array(design.structure)
    table = np.full((len(measures), design.draws, len(models)), np.nan)
    for structure in range(len(design.choices)):
        here = np.flatnonzero(of_world == structure)
        if not here.size:
            continue
        read = read_in(design, structure)
        for column, model in enumerate(models):
            mine = {key: values[here] for key, values in inputs.items() if is_of(key, model)}
            found = closed_form_of_drawn(read, model, mine)
            table[:, here, column] = [np.broadcast_to(found[measure], len(here)) for measure in measures]
            late = np.zeros(len(found[measures[0]]), np.bool_)
            for one in found.missing:
                late[one.sets] |= one.reason == OVERLOAD
            behind |= set(here[np.broadcast_to(late, len(here))].tolist())
    missing = np.flatnonzero(np.isnan(table).any(axis=(0, 2)))
    if len(missing) > MOST_SIMULATED:
        remedy = "settle the staff at a number that copes, or draw fewer"
        got = phrase("{n} of {draws} worlds without a closed form", n=len(missing), draws=design.draws)
        raise RunError(Problem("", "draws", got, phrase("at most {most}", most=MOST_SIMULATED), remedy))
    for structure in sorted(set(of_world[missing].tolist())):
        read, stands = as_drawn(read_in(design, structure))  # as many staff as the world's own closed form has
        for column, model in enumerate(models):
            here = missing[(of_world[missing] == structure) & np.isnan(table[:, missing, column]).any(axis=0)]
            if here.size:
                mine = {key: x[here] for key, x in inputs.items() if is_of(key, model) and key not in stands}
                year = Simulation(seed)(read, model, mine)
                table[:, here, column] = [year.get(measure, np.full(len(here), np.nan)) for measure in measures]
    left = np.flatnonzero(np.isnan(table).any(axis=(0, 2)))
    if left.size:
        got = phrase("{size} worlds that cannot be, first world {first}", size=left.size, first=left[0] + 1)
        raise RunError(
            Problem("", "draws", got, "worlds that are possible", "narrow the ranges that exclude each other")
        )
    return dict(zip(measures, table, strict=True)), len(missing), len(behind)


def as_drawn(scenario: Scenario, free: Collection[str] = ()) -> tuple[Scenario, frozenset[str]]:
    """Give a scenario the posts of drawn worlds in its base case, so that a figure and a simulated year of it have them.

    Parameters
    ----------
    scenario : Scenario
        As it stands: alternatives may be open or settled.
    free : collection of str
        Keys of posts that are put to chosen numbers, which a rule would not heed.

    Returns
    -------
    Scenario
    frozenset of str
        Keys of posts that are those of the base case in every world: what is drawn for them counts for nothing.
    """
    from kravsim.expected.staffed import base_posts_settled  # compiled, so imported where it is needed

    settled = base_posts_settled(scenario, only_where_drawn=True)
    changes: dict[str, object] = {}
    stands = set()
    for name, model in settled.data.models.items():
        for pool, staff in model.staff.items():
            key = f"models.{name}.staff.{pool}"
            if staff.posts is None:
                continue
            as_before = staff.posts.drawn_worlds == "as_in_the_base_case"
            if as_before and f"{key}.fte" not in free:
                stands.add(f"{key}.fte")
            wanted = "number" if as_before or f"{key}.fte" in free else staff.posts.drawn_worlds
            if staff.posts.base_case != wanted:
                changes[f"{key}.posts.base_case"] = wanted
    return settled.with_changes(changes) if changes else settled, frozenset(stands)


def read_in(design: Design, structure: int) -> Scenario:
    """The scenario as one of the design's structures reads it.

    Parameters
    ----------
    design : Design
        The worlds.
    structure : int
        Place in the design's `choices`.
    """
    choice = dict(design.choices[structure])
    return design.scenario.with_alternatives(choice) if choice else design.scenario
