"""When principal is paid after each step, and how else claims end: cumulative incidence with its error over replications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import ABSENT, Problem, RunError
from kravsim.measures.incidence import CURVE_DAYS, DAYS, SIZE, Incidence, unpacked
from kravsim.phrases import phrase
from kravsim.settling.curves import COUNTED_IN, EVENTS, ORIGINS, STRATA
from kravsim.statistics.ratio import Ratio, ratio_of
from kravsim.telling.payment_tables import curve_tables, short_table
from kravsim.units import ORE_PER_KR
from kravsim.words.doubts import Doubt, as_json
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.results.run import Run

Floats = NDArray[np.float64]

ENDED, OPEN, RECOVERED = "ended_otherwise", "open", "principal_recovered"
WAYS: Final = (EVENTS[0], ENDED, OPEN, *EVENTS[1:], RECOVERED)
"""What a share is of: principal paid in full, ended otherwise and open sum to 1; each of the others has its own curve."""
EVER: Final = "ever"
"""Instead of days: as long as claims are followed."""
_COLUMNS: Final = ("step", "event", "days", "counted_in", "group", "share", "standard_error", "whole", "replications")


@dataclass(frozen=True, eq=False, repr=False)
class PaymentCurves(Tabled, EqualByParts):
    """What became of the first simulated year's claims, by days since each step was done.

    Made by :meth:`kravsim.results.run.Run.payment_curves`.

    Parameters
    ----------
    scenario_name, scenario_title, model : str
        Of the run.
    names : pair of str
        The model as running text in Swedish and English.
    seed, years : int
        Seed of the run; calendar years that the claims are followed, at most.
    kept : array of float64, shape (replications, SIZE)
        What :mod:`kravsim.measures.incidence` keeps of each replication.
    doubts : tuple of Doubt
        What a reader must know before reading the numbers.
    """

    scenario_name: str
    scenario_title: str
    model: str
    names: tuple[str, str]
    seed: int
    years: int
    kept: Floats
    doubts: tuple[Doubt, ...] = field(default=(), compare=False)

    @cached_property
    def _parts(self) -> Incidence:
        return unpacked(self.kept)

    @property
    def replications(self) -> int:
        """How many years were simulated."""
        return len(self.kept)

    @property
    def at_step(self) -> Floats:
        """Claims, and öre of principal, at each step: (replications, steps, groups, 2)."""
        return self._parts.at_step

    def share(
        self,
        step: str,
        days: int | str = EVER,
        *,
        event: str = EVENTS[0],
        counted_in: str = COUNTED_IN[0],
        group: str = STRATA[0],
    ) -> Ratio | None:
        """Give the share of the claims, or of the principal, at a step that had come to an event within so many days.

        Parameters
        ----------
        step : str
            One of ``ORIGINS``; days are counted from the day on which it was done, the first time.
        days : int or "ever"
            One of ``DAYS``, for the main curve of all claims of ``CURVE_DAYS``; ``"ever"`` is as long as claims are followed.
        event : str
            One of ``WAYS``.
        counted_in : str
            `claims` or `kr`: principal owed when the step was done.
        group : str
            One of ``STRATA``: a segment or a class of amount; all paid, part paid and plan kept are of all claims.

        Returns
        -------
        Ratio or None
            Of all replications together, with its error; None where no claim came to the step, or none was followed so far.

        Raises
        ------
        RunError
            When there is no such share.
        """
        origin, measure, stratum = (
            _place(name, known, what)
            for name, known, what in (
                (step, ORIGINS, "step"),
                (counted_in, COUNTED_IN, "counted_in"),
                (group, STRATA, "group"),
            )
        )
        _place(event, WAYS, "event")
        whole = self._parts.at_step[:, origin, stratum, measure]
        if event == RECOVERED:
            if days != EVER or counted_in != "kr":
                allowed = phrase(
                    "principal recovered as long as claims are followed, days {ever!r}, counted in kr", ever=EVER
                )
                raise RunError(Problem("", "days", days, allowed, "ask for principal_paid within so many days"))
            return self._ratio(self._parts.recovered[:, origin, stratum], whole)
        if event in EVENTS[1:]:
            if stratum:
                raise RunError(
                    Problem(
                        "",
                        "group",
                        group,
                        phrase("{strata} for {event}", strata=STRATA[0], event=event),
                        "ask for principal_paid",
                    )
                )
            at = _place(days, (*DAYS, EVER), "days")
            return self._ratio(self._parts.apart[:, origin, EVENTS.index(event) - 1, measure, at], whole)
        known, table = (
            (CURVE_DAYS, self._parts.curve) if stratum == 0 else (DAYS, self._parts.groups[:, :, stratum - 1])
        )
        paid, ended = (table[:, origin, measure, end, _place(days, (*known, EVER), "days")] for end in range(2))
        return self._ratio({EVENTS[0]: paid, ENDED: ended}.get(event, whole - paid - ended), whole)

    def _ratio(self, part: Floats, whole: Floats) -> Ratio | None:
        """The ratio of totals over replications in which claims were followed so far."""
        known = ~np.isnan(part)
        if not (whole[known] > 0).any():
            return None
        return ratio_of(np.maximum(part[known], 0.0), whole[known], "share", "share")

    def cells(self) -> Iterator[tuple[str, str, int | str, str, str]]:
        """Step, event, days, what is counted and group of every share there is."""
        for step in ORIGINS:
            for counted_in in COUNTED_IN:
                for group in STRATA:
                    days = (*(CURVE_DAYS if group == STRATA[0] else DAYS), EVER)
                    yield from ((step, way, day, counted_in, group) for way in WAYS[:3] for day in days)
                    if counted_in == "kr":
                        yield step, RECOVERED, EVER, counted_in, group
                yield from ((step, way, day, counted_in, STRATA[0]) for way in EVENTS[1:] for day in (*DAYS, EVER))

    def to_frame(self) -> pd.DataFrame:
        """Give every share as a table, one row each.

        Returns
        -------
        pandas.DataFrame
            `step`, `event`, `days` (a number, or `ever`), `counted_in`, `group`, `share`, `standard_error` (missing for a
            single replication), `whole` (claims or kr at the step, mean of the replications) and `replications` (in which
            there are such claims, followed so far); a share of nothing is missing.
        """
        import pandas as pd

        return pd.DataFrame([dict(zip(_COLUMNS, row, strict=True)) for row in self._rows()])

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for step, way, days, counted_in, group in self.cells():
            found = self.share(step, days, event=way, counted_in=counted_in, group=group)
            unit = 1 if counted_in == COUNTED_IN[0] else ORE_PER_KR
            whole = self._parts.at_step[:, ORIGINS.index(step), STRATA.index(group), COUNTED_IN.index(counted_in)]
            error = None if found is None or found.n < 2 else found.se
            value, n = (None, 0) if found is None else (found.mean, found.n)
            yield step, way, days, counted_in, group, value, error, float(whole.mean()) / unit, n

    def to_json(self) -> dict[str, Any]:
        """Give every share as plain values, strict JSON; a share of nothing is null."""
        return {
            "scenario": self.scenario_name,
            "model": self.model,
            "seed": self.seed,
            "replications": self.replications,
            "years_followed": self.years,
            "curves": [dict(zip(_COLUMNS, row, strict=True)) for row in self._rows()],
            "doubts": as_json(self.doubts),
        }

    def summary(self) -> dict[str, Any]:
        """Give the main figures as plain values, by step: principal paid and claims ended, in claims and kronor; recovery."""

        def cell(step: str, days: int | str, way: str, counted_in: str) -> dict[str, float | None]:
            found = self.share(step, days, event=way, counted_in=counted_in)
            if found is None:
                return {"mean": None, "se": None}
            return {"mean": found.mean, "se": found.se if found.n > 1 else None}

        return {
            step: {
                counted_in: {
                    way: {str(days): cell(step, days, way, counted_in) for days in (*DAYS, EVER)} for way in WAYS[:2]
                }
                for counted_in in COUNTED_IN
            }
            | {RECOVERED: cell(step, EVER, RECOVERED, "kr")}
            for step in ORIGINS
        }

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the curves as tables, in `sv` or `en`: in claims, in kronor, other events, recovery, by group.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return curve_tables(self, lang)

    def short(self, lang: str = "sv") -> Table:
        """Give the main curve of all claims as one table, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return short_table(self, lang)

    def __repr__(self) -> str:
        return f"<PaymentCurves of {self.model} in {self.scenario_name}: {self.replications} replications>"


def curves_of(run: Run) -> PaymentCurves | None:
    """Read the curves of a run.

    Parameters
    ----------
    run : Run
        Whose first simulated year's claims are followed.

    Returns
    -------
    PaymentCurves or None
        None where they were not kept, as before 0.3.0.
    """
    if any(len(outcome.curves) != SIZE for outcome in run.outcomes):
        return None
    kept = np.stack([outcome.curves for outcome in run.outcomes])
    years = max(int(outcome.cohort.get("years_followed", 0)) for outcome in run.outcomes)
    about = (run.scenario_name, run.scenario_title, run.model, (run.name("sv"), run.name("en")), run.seed)
    return PaymentCurves(*about, years, kept, run.doubts)


def _place(name: object, known: tuple[Any, ...], what: str) -> int:
    """Place of a name among those that are known.

    Raises
    ------
    RunError
        When it is none of them.
    """
    if isinstance(name, bool) or name not in known:
        allowed = phrase("one of {names}", names=", ".join(map(str, known)))
        raise RunError(Problem("", what, ABSENT if name is None else name, allowed, "choose one of them"))
    return known.index(name)
