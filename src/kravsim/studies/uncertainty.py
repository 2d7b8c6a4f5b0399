"""``uncertainty``: two models compared over readings of the case, unknown values and chance, each layer apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, Unpack

from kravsim.calibration.calibration import Calibration
from kravsim.calibration.designs import LEAST_REPLICATIONS, Ensemble, posterior_design, prior_design, within
from kravsim.calibration.further_worlds import FEWEST_WORLDS, further_worlds, worked_out
from kravsim.calibration.older_sets import doubt_of
from kravsim.calibration.posterior import READING, Posterior, readings, usual_dimensions
from kravsim.calibration.stored import kept_layout, stored_posterior
from kravsim.calibration.worlds import Design
from kravsim.calibration.worlds_by_reading import WorldsFrom
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase, together
from kravsim.results.by_control import ClosedFormWorlds
from kravsim.results.run import Run
from kravsim.results.uncertainty import POSTERIOR, PRIOR, Structures, UncertainComparison
from kravsim.running.how import HowKept
from kravsim.running.progress import Progress
from kravsim.running.replicate import check_size
from kravsim.scenario import AnyScenario, Scenario, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import beside
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.studies.study import Study
from kravsim.telling.uncertainty_words import held_words
from kravsim.words.display import number
from kravsim.words.doubts import Doubt
from kravsim.words.reading_words import alternative_titles, choice_titles, joined

Control = Literal["closed_form", "none"]
CLOSED_FORM: Final = "closed_form"
CONTROLS: Final = (CLOSED_FORM, "none")
"""What means over worlds are told with."""

Uncertainty = Literal["prior", "posterior"] | Ensemble | Iterable[ParameterSets]
"""Where values come from: the prior, the calibration stored beside the scenario, or parameter sets that are given."""


@checked_call
def uncertainty(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    uncertainty: Uncertainty = "prior",
    draws: int | Mapping[str, int] | None = None,
    replications_per_draw: int = LEAST_REPLICATIONS,
    structures: Mapping[str, str] | None = None,
    control: Control = CLOSED_FORM,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> UncertainComparison:
    """Compare models over everything that is not known: how the case is read, which values hold, and chance.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its open alternatives are the structures, by their weights.
    models : iterable of str
        The difference is the first less the second; all meet the same worlds, claims and luck. A model whose posts are
        found by a rule in each drawn world is also run with those of the base case, and reported beside.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets
        ``"prior"`` draws every uncertain number from its distribution. ``"posterior"`` draws whole sets that agree with the
        books, from the calibrations stored beside the scenario; a calibration of your own (anything with
        ``parameter_sets()``) or a sequence of tables, one a structure, does the same, and their weights are those of the
        structures. Alternatives that the sets do not speak of stay at their base, and the result says so; but those of the
        law of limitation are all run, with the sets of a calibration as they are.
    draws : int or mapping of str to int, optional
        How many worlds. By default 256, or as many as give every structure two, but at most 4096. Or how many of every
        alternative of one dimension, such as ``{"A": 40, "D": 24}``: those beyond what is spread by weight count in the means
        with the closed form as control variate and in the shares of the layers, and in no percentile or probability.
    replications_per_draw : int
        Replications in each world, 2 or more: one is an answer, the others tell chance from unknown values.
    structures : mapping of dimension to name, optional
        Alternatives to settle first, such as ``{"reading": "D"}``: the study is then within that reading.
    control : "closed_form" or "none"
        Whether mean differences are also told with the closed form as control variate: worked out in these worlds and in
        thousands of others, it takes away most of what the mean owes to which worlds were simulated. What is simulated, and
        every percentile and probability, is the same with and without; so is the mean of the simulated worlds, beside it.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`; more draws than before go on in the same `run_dir`.

    Returns
    -------
    UncertainComparison

    Raises
    ------
    ScenarioError
        When there is nothing uncertain, a count is too small, the parameter sets do not fit, or the values drawn for a world
        break a rule of the scenario.
    DataError
        When no calibration is stored beside the scenario, or it was made from another scenario or law.

    Notes
    -----
    A reading without stored sets is left out of ``"posterior"``, and the result says so.
    """
    return uncertain_comparison(
        scenario_of(scenario),
        models,
        uncertainty=uncertainty,
        counts=(draws, replications_per_draw),
        structures=structures,
        control=control,
        seed=seed,
        how=how,
    )


def uncertain_comparison(
    scenario: Scenario,
    models: Iterable[str],
    *,
    uncertainty: Uncertainty,
    counts: tuple[int | Mapping[str, int] | None, int],
    structures: Mapping[str, str] | None,
    control: Control,
    seed: int | None,
    how: HowKept,
) -> UncertainComparison:
    """Carry out :func:`uncertainty`, with the settings of how to run as a mapping.

    Parameters
    ----------
    scenario : Scenario
        As it stands: alternatives may be open or settled.
    models : iterable of str
        Two or more of ``scenario.models``.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets
        Where the worlds come from.
    counts : (int, mapping of str to int or None, int)
        How many worlds, a usual number when None, or how many of every alternative of a dimension; and years of each model in
        each world, 2 or more.
    structures : mapping of dimension to name, or None
        Alternatives to settle.
    control : "closed_form" or "none"
        Whether means are told with the closed form as control variate, too.
    seed : int or None
        Any integer from 0 up; drawn when None.
    how : HowKept
        How to run.
    """
    from kravsim.expected.staffed import base_posts_settled  # compiled, so imported where it is needed

    if control not in CONTROLS:
        remedy = "leave it out: means are then told both ways"
        raise ScenarioError(Problem("", "control", control, together(*CONTROLS, between=phrase(" or ")), remedy))
    root = Study(scenario, (), seed, how).root
    shown = checked_models(scenario, models)
    check_size(scenario, shown, how)
    scenario = base_posts_settled(scenario, only_where_drawn=True)
    read = within(scenario, structures)
    study = Study(read, (*shown, *beside(read.data, shown)), root, how)
    draws, replications = counts
    by_reading = draws if isinstance(draws, Mapping) else None
    many = None if isinstance(draws, Mapping) else draws
    design, kind, ensemble = design_of(
        scenario, uncertainty, (many, replications), structures, study.root, worlds_by_reading=by_reading
    )
    asked = control == CLOSED_FORM and design.draws >= FEWEST_WORLDS and bool(design.uncertain)
    if by_reading is not None and not asked:
        allowed = phrase(
            "one number where means are not told with the closed form, which takes {fewest} worlds and uncertain numbers",
            fewest=FEWEST_WORLDS,
        )
        remedy = "give one number, which is spread by weight, or leave control out"
        raise ScenarioError(Problem("", "draws", dict(by_reading), allowed, remedy))
    runs = study.runs_in(design)
    doubted = doubts_of_sets(ensemble)
    if doubted:
        runs = [replace(run, declared=(*run.declared, *doubted)) for run in runs]
    closed_form = _closed_form(design, ensemble, study.models, progress=how.get("progress")) if asked else None
    return _found(runs, read, design, kind, closed_form)


def _found(
    runs: Sequence[Run], read: Scenario, design: Design, kind: str, closed_form: ClosedFormWorlds | None
) -> UncertainComparison:
    """The worlds that are spread by weight, and what was added to them, each with its years."""
    every = UncertainComparison(
        tuple(runs), _structures(read, design), kind, design.uncertain, design.sets_fingerprint, design, closed_form
    )
    beginning = design.spread_by_weight()
    if beginning is design:
        return every
    first, years, of_world = beginning.draws, beginning.count, design.structure
    added = replace(
        every,
        runs=tuple(replace(run, outcomes=run.outcomes[years:]) for run in runs),
        structures=replace(every.structures, of_world=of_world[first:]),
        worlds=WorldsFrom(design, first),
        closed_form=None,
    )
    return replace(
        every,
        runs=tuple(replace(run, outcomes=run.outcomes[:years]) for run in runs),
        structures=replace(every.structures, of_world=of_world[:first]),
        worlds=beginning,
        added=added,
    )


def design_of(
    scenario: Scenario,
    uncertainty: Uncertainty,
    counts: tuple[int | None, int],
    structures: Mapping[str, str] | None,
    seed: int,
    *,
    worlds_by_reading: Mapping[str, int] | None = None,
) -> tuple[Design, str, Ensemble | Iterable[ParameterSets]]:
    """Lay out the worlds of an uncertain study.

    Parameters
    ----------
    scenario : Scenario
        With posts of the base case that are settled (:func:`kravsim.expected.staffed.base_posts_settled`).
    uncertainty, structures
        As for :func:`uncertain_comparison`.
    counts : (int or None, int)
        How many worlds, and replications in each.
    seed : int
        From 0 up.
    worlds_by_reading : mapping of str to int, optional
        Instead of a number of worlds, how many of each alternative of one dimension.

    Returns
    -------
    (Design, str, calibration or iterable of ParameterSets)
        The worlds, ``prior`` or ``posterior``, and where parameter sets come from; empty for the prior.

    Raises
    ------
    ScenarioError, DataError
        As :func:`uncertainty`.
    """
    many: dict[str, Any] = dict(zip(("draws", "replications"), counts, strict=True)) | {"seed": seed}
    many |= {"worlds_by_reading": worlds_by_reading}
    if uncertainty == PRIOR:
        return prior_design(within(scenario, structures), **many), PRIOR, ()
    if isinstance(uncertainty, str) and uncertainty != POSTERIOR:
        remedy = "or give the result of a calibration"
        raise ScenarioError(Problem("", "uncertainty", uncertainty, "prior or posterior", remedy))
    ensemble = stored(scenario, structures) if isinstance(uncertainty, str) else uncertainty
    return posterior_design(scenario, ensemble, structures=structures, **many), POSTERIOR, ensemble


def _closed_form(
    design: Design, ensemble: Ensemble | Iterable[ParameterSets], models: Sequence[str], *, progress: bool | None
) -> ClosedFormWorlds:
    """The control variate, in the simulated worlds and in further ones."""
    further, values = further_worlds(design, ensemble)
    with Progress(progress) as shown:
        shown.begin(design.draws + len(further.structure), ("lägen i sluten form", "worlds of the closed form"))
        worlds, more = worked_out(design, models, values, shown.advance)
    return ClosedFormWorlds(further, worlds, more)


def stored(scenario: Scenario, structures: Mapping[str, str] | None = None) -> Posterior:
    """Give the calibrations that are stored beside a scenario: of each reading, or of the one that is or has been settled.

    Parameters
    ----------
    scenario : Scenario
        Read from a file, beside which is looked.
    structures : mapping of dimension to name, optional
        Alternatives to settle beside those that have been.

    Raises
    ------
    DataError
        When one is missing, or was made from another scenario or law.
    """
    usual = usual_dimensions(scenario)
    given = {dimension: name for dimension, name in (structures or {}).items() if dimension in usual}
    kept, _ = kept_layout(within(scenario, given))
    # sets that were found at the base of a rule of law hold for that base, and are used under the other rules as they are
    under = {dimension: name for dimension, name in given.items() if dimension in kept}
    return stored_posterior(within(scenario, under))


def calibrations_of(ensemble: Ensemble | Iterable[ParameterSets]) -> tuple[Calibration, ...]:
    """The calibrations that sets come from; none where tables of one's own are given.

    Parameters
    ----------
    ensemble : calibration, posterior or iterable of ParameterSets
        A calibration, several together, or tables of one's own.
    """
    if isinstance(ensemble, Posterior):
        return ensemble.calibrations
    return (ensemble,) if isinstance(ensemble, Calibration) else ()


def doubts_of_sets(ensemble: Ensemble | Iterable[ParameterSets]) -> tuple[Doubt, ...]:
    """What must be known of the sets that worlds are drawn from: none of a reading, an earlier version, a thin sample.

    Parameters
    ----------
    ensemble : calibration, posterior or iterable of ParameterSets
        What they come from; empty for the prior.
    """
    found = [doubt_of(calibrations_of(ensemble))]
    if isinstance(ensemble, Posterior) and ensemble.without:
        found.append(_without(ensemble))
    found.append(_thin(calibrations_of(ensemble)))
    return tuple(doubt for doubt in found if doubt is not None)


def doubts_of_worlds(design: Design) -> tuple[Doubt, ...]:
    """What must be known of the worlds of a study that tells none of its readings apart: those held, and those not met.

    Parameters
    ----------
    design : Design
        The worlds.
    """
    structures = _structures(design.scenario, design)
    held = [Doubt(key, *both) for key, both in held_words(structures).items()]
    ways, missed = len(structures.choices), len(structures.choices) - len(set(structures.of_world))
    if not missed:
        return tuple(held)
    worlds, needed = ([number(many, lang) for lang in ("sv", "en")] for many in (design.draws, design.draws_needed))
    sv = (
        f"Utan läge bland de {worlds[0]}, som är fördelade efter vikt: {missed} av {ways} sätt att läsa underlaget. "
        f"{needed[0]} lägen ger varje sätt två."
    )
    en = (
        f"Without a world among the {worlds[1]}, which are spread by weight: {missed} of {ways} ways to read the case. "
        f"{needed[1]} worlds give each of them two."
    )
    return (*held, Doubt("readings_without_worlds", sv, en))


def _thin(calibrations: Sequence[Calibration]) -> Doubt | None:
    """Sets that are worth fewer than percentiles, and comparisons between populations, want."""
    thin = [one for one in calibrations if one.diagnosis.thin]
    if not thin:
        return None
    wanted = thin[0].diagnosis.ess_wanted
    each = [(one.called, f"{one.diagnosis.ess:.0f}") for one in thin]
    sv, en = joined([(f"{titles[0]} ({worth})", f"{titles[1]} ({worth})") for titles, worth in each])
    return Doubt(
        "thin_parameter_sets",
        f"Parametervärdena är ett tunt urval, värt färre än de {wanted} som säkra percentiler behöver: {sv}.",
        f"The parameter sets are a thin sample, worth fewer than the {wanted} that sure percentiles want: {en}.",
    )


def _without(ensemble: Posterior) -> Doubt:
    """Readings of the case that no sets are kept of, which the prior runs and the posterior does not."""
    (named_sv, named_en), (left_sv, left_en) = _left_out(ensemble), _readings_of(ensemble)
    sv = (
        f"Dessa läsningar saknar sparade parametervärden och ingår inte: {named_sv}. Bara dessa, med sina inbördes vikter: "
        f"{left_sv}. Alla läsningar ingår med priorn (--uncertainty prior)."
    )
    en = (
        f"These readings have no stored parameter sets and are left out: {named_en}. Only these, by their weights among "
        f"themselves: {left_en}. The prior (--uncertainty prior) runs all."
    )
    return Doubt("readings_without_sets", sv, en)


def _readings_of(ensemble: Posterior) -> tuple[str, str]:
    """Titles of the readings that sets are kept of, under one rule of law or more."""
    names = dict.fromkeys(one.choice[READING] for one in ensemble if READING in one.choice)
    titles = [alternative_titles(ensemble.scenario, READING, name) for name in names]
    return joined(titles or [choice_titles(ensemble.scenario, one.choice) for one in ensemble])


def _left_out(ensemble: Posterior) -> tuple[str, str]:
    """Titles of what no sets are kept of: a reading by itself where there are none under any rule of law."""
    scenario, kept = ensemble.scenario, {one.choice.get(READING) for one in ensemble}
    open_ones = [dimension for dimension in ensemble.calibrations[0].choice if dimension in scenario.alternatives]
    choices = {"-".join(choice.values()): choice for choice, _ in readings(scenario, open_ones)}
    titles = []
    for name in ensemble.without:
        choice = choices.get(name, {READING: name})
        alone = {} if choice.get(READING) in kept else {READING: choice.get(READING, name)}
        titles.append(choice_titles(scenario, alone or choice))
    return joined(list(dict.fromkeys(titles)))


def _structures(scenario: Scenario, design: Design) -> Structures:
    titles = {
        (dimension, name): alternative_titles(scenario, dimension, name)
        for dimension, named in scenario.data.alternatives.items()
        for name in named
    }
    return Structures(
        choices=tuple(dict(choice) for choice in design.choices),
        weights=tuple(float(weight) for weight in design.weights),
        of_world=design.structure,
        titles=titles,
        draws_needed=design.draws_needed,
        held=design.held,
        rules=design.rules,
        asked=design.added_to,
    )
