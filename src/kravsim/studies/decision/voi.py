"""Value of information on net benefits that anybody computed: of knowing everything, and of knowing some inputs.

The expected value of perfect information (EVPI) is what it would be worth to choose after everything is known instead of
now; that of perfect *partial* information (EVPPI) to choose after some inputs are. Net benefits are best those *expected*
given the inputs: chance that nobody could know beforehand makes EVPI too large.

Standard errors are those of a bootstrap in its limit: the means that an estimate is made of are drawn from their joint
normal law, so that the doubt which option is best today counts too. A regression adds half the distance between its two
families.

Sources: Raiffa and Schlaifer, Applied Statistical Decision Theory, 1961; Strong, Oakley and Brennan 2014.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import Floats, number
from kravsim.studies.decision.information import Information
from kravsim.studies.decision.inputs import Inputs, read_inputs
from kravsim.studies.decision.net_benefits import net_benefits
from kravsim.studies.decision.partial_information import Partial
from kravsim.studies.decision.regression import Fit, Regressions

Counts = NDArray[np.signedinteger[Any]]

_RESAMPLES: Final = 4_000
_SEED: Final = 20_183
_NEEDED: Final = 30
_NEEDED_A_COLUMN: Final = 10
_FEW_GROUPS: Final = 64
_PLAIN_MEANS: Final = 50
"""Up to so many draws are taken as a table of cases rather than as a sample, when they form groups."""


class TooFewDrawsError(DataError):
    """There are too few draws for so many inputs together; ``needed`` says how many there must be."""

    def __init__(self, problem: Problem, needed: int) -> None:
        super().__init__(problem)
        self.needed = needed


def evpi(
    net_benefit: object, *, options: Sequence[str] | None = None, largest_gain: float | None = None
) -> Information:
    """Give the expected value of perfect information.

    Parameters
    ----------
    net_benefit : array-like, shape (draws, options)
        Net benefit of every option in every draw, kr; a frame's columns name the options.
    options : sequence of str, optional
        Names of the options.
    largest_gain : float, optional
        The most that another choice could be worth in any draw, kr: bounds the value where no draw shows one.

    Returns
    -------
    Information
        A float, the value in kr, that knows its standard error, today's choice, the loss to be expected of every option,
        and in how many draws another option is best.

    Raises
    ------
    DataError
        When there are fewer than two options or draws, or a number is missing; it names the draws.
    ScenarioError
        When `largest_gain` is not a number of kr above 0.

    Examples
    --------
    >>> value = evpi([[10, 0], [0, 6], [8, 2], [6, 8]])
    >>> float(value), value.best, value.other_best
    (2.0, 'option 1', 2)
    """
    table, names = net_benefits(net_benefit, options)
    largest_gain = gain_of(largest_gain)
    best = _best(table)
    gains = table.max(axis=1) - table[:, best]
    return Information(
        _mean(gains),
        se=_standard_error(gains, table - table[:, [best]], best),
        draws=len(table),
        options=names,
        means=tuple(_mean(column) for column in table.T),
        losses=tuple(_mean(loss) for loss in (table.max(axis=1)[:, None] - table).T),
        best=names[best],
        other_best=int(np.count_nonzero(gains > 0)),
        largest_gain=largest_gain,
    )


def gain_of(largest_gain: object) -> float | None:
    """Read the most that another choice could be worth, kr; None where it is not stated.

    Parameters
    ----------
    largest_gain : object
        What a caller gave, kr.

    Raises
    ------
    ScenarioError
        When it is not a number of kr above 0.
    """
    if largest_gain is None:
        return None
    allowed, remedy = "a number of kr above 0", "give the most that another choice could be worth, kr"
    gain = number(largest_gain, "largest_gain", allowed, remedy)
    if gain <= 0:
        raise ScenarioError(Problem("", "largest_gain", gain, allowed, remedy))
    return gain


def evppi(
    net_benefit: object,
    parameter: object,
    *,
    names: Sequence[str] | None = None,
    options: Sequence[str] | None = None,
) -> Partial:
    """Give the expected value of knowing some inputs perfectly, all of them together.

    Parameters
    ----------
    net_benefit : array-like, shape (draws, options)
        As for :func:`evpi`.
    parameter : array-like, shape (draws,) or (draws, k)
        The inputs in the same draws: numbers, or texts and truth values as levels. They may be correlated with each other
        and with inputs that are not given. Constants and inputs said twice are left out, and noted.
    names : sequence of str, optional
        Names of the inputs; a frame's columns are its own.
    options : sequence of str, optional
        Names of the options.

    Returns
    -------
    Partial
        A float, the value in kr, with its standard error, both regressions and notes; exactly 0 for constants.

    Raises
    ------
    DataError
        When a shape does not fit or a number is missing; a `TooFewDrawsError` when there are too few draws for so many
        inputs, which says how many are needed.

    Examples
    --------
    >>> north = [0, 0, 1, 1]
    >>> float(evppi([[10, 0], [0, 6], [0, 2], [0, 8]], north)), float(evppi([[1, 2], [3, 1]], [7, 7]))
    (1.0, 0.0)
    """
    table, labels = net_benefits(net_benefit, options)
    inputs = read_inputs(parameter, len(table), names)
    best = _best(table)
    most = table.max(axis=1) - table[:, best]
    targets = np.delete(table - table[:, [best]], best, axis=1)
    everything = _mean(most)
    common = {"draws": len(table), "options": labels, "best": labels[best], "inputs": inputs, "evpi": everything}
    if not inputs.names or everything == 0:
        return Partial(0.0, se=0.0, raw=0.0, families={}, **common)
    groups = inputs.groups
    sizes = np.bincount(groups)
    if sizes.min() >= 2 and (len(sizes) <= _FEW_GROUPS or np.ptp(sizes) == 0) and _are_means_enough(sizes, len(table)):
        value, se = _by_groups(targets, groups, sizes)
        return Partial(_within(value, everything), se=se, raw=value, families={"groups": value}, **common)
    _check_enough(inputs, len(table))
    regressions = Regressions(inputs)
    fits = {family: [regressions.best(family, target) for target in targets.T] for family in regressions.families}
    chosen = [min((found[k] for found in fits.values()), key=lambda fit: fit.error) for k in range(targets.shape[1])]
    families = {family: _value(found, targets)[0] for family, found in fits.items()}
    value, se = _value(chosen, targets)
    if all(fit.constant for fit in chosen):
        least = [regressions.best("splines", target, constant=False) for target in targets.T]
        se = float(np.hypot(*_value(least, targets)))
    se = float(np.hypot(se, (families["splines"] - families["kernel"]) / 2))
    return Partial(_within(value, everything), se=se, raw=value, families=families, **common)


def _best(table: Floats) -> int:
    """The option with the largest mean; of equals the first."""
    return int(np.argmax([_mean(column) for column in table.T]))


def _mean(column: Floats) -> float:
    return math.fsum(column) / len(column)


def _check_enough(inputs: Inputs, draws: int) -> None:
    columns = sum(max(1, levels - 1) for levels in inputs.levels)
    needed = max(_NEEDED, _NEEDED_A_COLUMN * (columns + 1))
    if draws < needed:
        remedy = phrase(
            "{n} inputs need {needed} draws: draw more, or ask about fewer inputs at a time",
            n=len(inputs.names),
            needed=needed,
        )
        got, allowed = Words(phrase("{draws} draws", draws=draws)), phrase("{needed} draws or more", needed=needed)
        raise TooFewDrawsError(Problem("", "net_benefit", got, allowed, remedy), needed)


def _are_means_enough(sizes: Counts, draws: int) -> bool:
    """Whether means of groups are the regression to take: few groups, or a table with every combination as often."""
    return draws <= _PLAIN_MEANS or np.ptp(sizes) == 0 or bool(sizes.min() >= _NEEDED_A_COLUMN)


def _by_groups(targets: Floats, groups: Counts, sizes: Counts) -> tuple[float, float]:
    """The value from the means of groups of draws; in a sample, freed of the luck by which a small group looks better."""
    count = len(sizes)
    sums = np.stack([np.bincount(groups, target, count) for target in targets.T], axis=1)
    inside = (sums / sizes[:, None])[groups]
    if len(targets) <= _PLAIN_MEANS or np.ptp(sizes) == 0:
        value = _mean(np.maximum(inside, 0).max(axis=1))
    else:
        rest = (sums[groups] - targets) / (sizes[groups] - 1)[:, None]
        value = (_mean(np.maximum(inside, 0).max(axis=1)) + _mean(_gained(rest, targets))) / 2
    chosen = _chosen(inside)
    worth = np.maximum(inside, 0).max(axis=1) + (chosen * (targets - inside)).sum(axis=1)
    return value, _standard_error(worth, targets)


def _value(fits: list[Fit], targets: Floats) -> tuple[float, float]:
    """Value and standard error from a regression of each option.

    Deciding by a fit flatters it where it fits noise; deciding by the fit of other folds and counting what came of it does
    as much harm. The middle of the two is free of both, to first order.
    """
    inside = np.stack([fit.inside for fit in fits], axis=1)
    outside = np.stack([fit.outside for fit in fits], axis=1)
    flattered = _mean(np.maximum(inside, 0).max(axis=1))
    harmed = _mean(_gained(outside, targets))
    chosen = _chosen(inside)
    worth = np.maximum(inside, 0).max(axis=1)
    for k, fit in enumerate(fits):
        worth = worth + fit.project(chosen[:, k]) * (targets[:, k] - inside[:, k])
    return (flattered + harmed) / 2, _standard_error(worth, targets)


def _chosen(expected: Floats) -> Floats:
    """1 where an option other than today's is expected to be best, by option."""
    where = np.argmax(expected, axis=1)
    found = np.zeros_like(expected)
    rows = np.arange(len(expected))
    found[rows, where] = expected[rows, where] > 0
    return found


def _gained(expected: Floats, targets: Floats) -> Floats:
    """What comes of choosing by what is expected."""
    return np.asarray((_chosen(expected) * targets).sum(axis=1), np.float64)


def _standard_error(worth: Floats, against: Floats, best: int | None = None) -> float:
    """Standard error of mean(worth) less the best mean among today's choice, which is 0, and the others.

    Parameters
    ----------
    worth : (draws,)
    against : (draws, options)
        What each option gains on today's choice.
    best : int, optional
        Column of today's choice itself.
    """
    others = against if best is None else np.delete(against, best, axis=1)
    table = np.column_stack([worth, others])
    scale = float(np.max(np.abs(table - table[0])))
    if scale == 0:
        return 0.0
    means = table.mean(axis=0) / scale
    spread = np.atleast_2d(np.cov(table.T / scale)) / len(table)
    drawn = np.random.default_rng(_SEED).multivariate_normal(
        means, spread, _RESAMPLES, method="eigh", check_valid="ignore"
    )
    if (drawn[:, 1:] <= 0).all():
        return float(np.sqrt(spread[0, 0])) * scale
    found = drawn[:, 0] - np.maximum(drawn[:, 1:], 0).max(axis=1)
    return float(found.std(ddof=1)) * scale


def _within(value: float, everything: float) -> float:
    return min(max(value, 0.0), everything)
