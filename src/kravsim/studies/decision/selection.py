"""Which option is the best, with a stated probability of choosing it: replications until the question is settled.

The procedure of Kim and Nelson (2001). The user says from which difference on the choice matters (the indifference zone).
Every option gets a first stage of replications, which estimate the variance of each paired difference; then one replication
at a time is added, and an option is dropped when its mean falls behind another's by more than a band that narrows as
replications come in. When replications are normal and independent of each other (options of one replication may be
correlated in any way, so the same luck is allowed and wanted), the best option is selected with at least the probability
asked for whenever it leads every other by the indifference zone.

Sources: Kim and Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM Transactions on
Modeling and Computer Simulation 11 (2001), 251-273, with c = 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.statistics.selected import Selected
from kravsim.studies.decision.checks import Floats, check_finite, floats, level_of, names_of, number, whole

Sample = Callable[[int, int], Any]
"""Gives replications `begin` up to `end` (not included): shape (end - begin, options); the same ones whenever asked."""

FIRST: Final = 20
"""Replications of the first stage: of fewer a variance is badly known, and the band is wide for it."""
MOST: Final = 2_000
_BATCH: Final = 64


def select_best(
    sample: Sample,
    options: int,
    *,
    least: float,
    confidence: float = 0.95,
    first: int = FIRST,
    most: int = MOST,
    names: tuple[str, ...] | None = None,
) -> Selected:
    """Choose the option of highest mean, with as few replications as a stated probability of choosing right takes.

    Parameters
    ----------
    sample : callable
        ``sample(begin, end)`` gives the replications from `begin` up to `end`, from 0: shape (end - begin, options), with
        the same luck for every option of a row.
    options : int
        How many there are, 2 or more.
    least : float
        The difference from which on the choice matters, above 0.
    confidence : float
        Least probability of a correct selection when the best leads by `least`; above 1 / options.
    first : int
        Replications of the first stage, 3 or more.
    most : int
        Replications at most.
    names : sequence of str, optional
        Of the options.

    Returns
    -------
    Selected

    Raises
    ------
    ScenarioError
        When a setting is not allowed.
    DataError
        When the sample has another shape, or holds something that is no finite number: names the replications.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> years = rng.normal(size=(500, 3)) + [0.0, 1.0, 0.0]
    >>> select_best(lambda begin, end: years[begin:end], 3, least=1.0).best
    'option 2'
    """
    count = whole(options, "options", 2)
    zone = number(least, "least", "a difference above 0", "give the difference from which on the choice matters")
    if zone <= 0:
        remedy = "give the difference from which on the choice matters; with 0 no number of replications is enough"
        raise ScenarioError(Problem("", "least", least, "a difference above 0", remedy))
    sure = level_of(confidence)
    if sure <= 1 / count:
        allowed = phrase("above 1/{count}, the chance of a blind choice", count=count)
        raise ScenarioError(Problem("", "confidence", confidence, allowed, "write 95 per cent as 0.95"))
    begun, last = whole(first, "first", 3), whole(most, "most", 3)
    if last < begun:
        raise ScenarioError(
            Problem(
                "", "most", most, phrase("{begun} or more, the first stage", begun=begun), "allow more replications"
            )
        )
    called = names_of(None, names, count, "option")
    return _Race(sample, called, zone, sure, begun, last).run()


class _Race:
    """Options that are still there, and the sums of all replications so far."""

    def __init__(
        self, sample: Sample, names: tuple[str, ...], least: float, sure: float, first: int, most: int
    ) -> None:
        self.sample, self.names, self.least, self.sure = sample, names, least, sure
        self.first, self.most = first, most
        self.dropped: list[tuple[str, int]] = []
        self.left = list(range(len(names)))

    def run(self) -> Selected:
        begun = self._rows(0, self.first)
        k = len(self.names)
        # the constants of Kim and Nelson, equations (2) to (4), with c = 1
        eta = ((2 * (1 - self.sure) / (k - 1)) ** (-2 / (self.first - 1)) - 1) / 2
        h2 = 2 * eta * (self.first - 1)
        apart = begun[:, :, None] - begun[:, None, :]
        self.reach = h2 * apart.var(axis=0, ddof=1) / self.least**2
        last = math.floor(float(self.reach.max())) + 1
        sums, n = begun.sum(axis=0), self.first
        self._drop(sums[None, :], n)
        while len(self.left) > 1 and n < min(last, self.most):
            more = self._rows(n, min(n + _BATCH, self.most, max(last, n + 1)))
            after = sums + np.cumsum(more, axis=0)
            self._drop(after, n + 1)
            sums, n = after[-1], n + len(more)
        settled = len(self.left) == 1 or n >= last
        if len(self.left) > 1 and settled:  # the band has closed: the highest mean is the choice
            best = max(self.left, key=lambda option: float(sums[option]))
            self.dropped += [(self.names[one], n) for one in self.left if one != best]
            self.left = [best]
        best = max(self.left, key=lambda option: float(sums[option]))
        when = max((after for _, after in self.dropped), default=n) if settled else n
        left = tuple(self.names[one] for one in self.left)
        return Selected(self.names[best], settled, self.sure, self.least, when, self.first, tuple(self.dropped), left)

    def _drop(self, sums: Floats, start: int) -> None:
        """Drop options at the first replication, from number `start` on, at which their sum is outside another's band."""
        at = 0
        counts = start + np.arange(len(sums))
        while len(self.left) > 1:
            kept = np.array(self.left)
            behind = sums[at:, kept][:, None, :] - sums[at:, kept][:, :, None]  # other less own
            band = np.maximum(0.0, self.least / 2 * (self.reach[np.ix_(kept, kept)][None] - counts[at:, None, None]))
            out = (behind > band).any(axis=2)
            rows = np.flatnonzero(out.any(axis=1))
            if not rows.size:
                return
            at += int(rows[0])
            gone = kept[out[rows[0]]]
            self.dropped += [(self.names[one], int(counts[at])) for one in gone]
            self.left = [one for one in self.left if one not in gone]

    def _rows(self, begin: int, end: int) -> Floats:
        given = floats(self.sample(begin, end), "sample", "one row a replication, one column an option")
        wanted = (end - begin, len(self.names))
        if given.shape != wanted:
            got, allowed = (
                Words(phrase("shape {shape}", shape=given.shape)),
                phrase("shape {wanted} for replications {begin} to {end}", wanted=wanted, begin=begin, end=end - 1),
            )
            raise DataError(Problem("", "sample", got, allowed, "give every option's value of every replication"))
        check_finite(given, "sample", "replication")
        return given
