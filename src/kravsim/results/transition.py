"""Staying and changing, in cash by month from the decision on: what differs, what is paid once, what it is worth.

Every amount is that of changing less that of staying; months without cash are there, as 0.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.ledger.accounts import LINE, LINES
from kravsim.ledger.lines import LEDGER
from kravsim.results.transition_parts import SYSTEM_LINE, CashOf, Floats, InternalRatesFound, Ints, Once, Valued
from kravsim.statistics.coverage import covers_less
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.payback import paid_back
from kravsim.telling.transition_answer import answer
from kravsim.telling.transition_tables import tables
from kravsim.units import ORE_PER_KR
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import titled_name

if TYPE_CHECKING:
    import pandas as pd


_PRINCIPAL_LINES: Final = ("principal", "claims_sold")
RUNNING, ONCE, ONCE_OVER, DIFFERENCE = "running", "once", "once_over_years", "difference"
PRINCIPAL, ECONOMIC, DIFFERENCE_OVER = "principal", "with_principal", "difference_over_years"
AMOUNTS: Final = (RUNNING, ONCE, DIFFERENCE, PRINCIPAL, ECONOMIC, ONCE_OVER, DIFFERENCE_OVER)
"""What there is by month: running cash; what is paid once; both; principal recovered; all of it; and what is paid once in
equal parts over years, alone and with the running cash."""


@dataclass(frozen=True, eq=False, repr=False)
class TransitionFound(Tabled, EqualByParts):
    """A transition, simulated beside staying with the same claims and luck.

    Parameters
    ----------
    scenario, name : str
        Of the scenario and its transition.
    titles : pair of str
        Of the transition, Swedish and English.
    models : tuple of (str, pair of str)
        The model that is kept and the sequence, each with its titles.
    decided : date
        From which months are counted and to which cash is discounted.
    changes : tuple of date
        On which arrangements change.
    seed : int
    kind : str
        Empty for the base world; ``prior`` or ``posterior`` over drawn worlds.
    draws : int64 array, shape (replications,)
        World of each replication.
    cash : CashOf
    once : tuple of Once
        The system of the simulated arrangements first.
    valued : Valued
    declared : tuple of Doubt
        What must be known before the numbers are read.
    internal : pair of InternalRatesFound or None
        Of the mean by calendar year, without and with principal; None where nothing differs.
    """

    scenario: str
    name: str
    titles: tuple[str, str]
    models: tuple[tuple[str, tuple[str, str]], ...]
    decided: dt.date
    changes: tuple[dt.date, ...]
    seed: int
    kind: str
    draws: Ints
    cash: CashOf
    once: tuple[Once, ...]
    valued: Valued
    declared: tuple[Doubt, ...] = field(default=(), compare=False)
    internal: tuple[InternalRatesFound | None, ...] = field(default=(None, None), compare=False)

    @cached_property
    def months(self) -> tuple[dt.date, ...]:
        """First day of every month, from that of the decision to the last of the horizon."""
        begin = 12 * self.decided.year + self.decided.month - 1
        return tuple(
            dt.date(month // 12, month % 12 + 1, 1) for month in range(begin, begin + self.cash.staying.shape[1])
        )

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Calendar years that have a month."""
        return tuple(dict.fromkeys(month.year for month in self.months))

    @property
    def worlds(self) -> int:
        """How many values a mean is of, drawn worlds or else replications of the base world."""
        return len(np.unique(self.draws)) if self.kind else len(self.draws)

    def model_names(self, lang: str) -> tuple[str, str]:
        """Staying and changing as running text.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        first, second = (titled_name(name, titles, lang) for name, titles in self.models)
        return first, second

    def ore(self, what: str) -> Ints:
        """Changing less staying, öre by replication and month, exactly.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        parts: dict[str, tuple[str, ...]] = {
            DIFFERENCE: (RUNNING, ONCE),
            ECONOMIC: (RUNNING, ONCE, PRINCIPAL),
            DIFFERENCE_OVER: (RUNNING, ONCE_OVER),
        }
        if what in parts:
            return np.asarray(sum(self.ore(part) for part in parts[what]))
        if what in {ONCE, ONCE_OVER}:
            return np.asarray(sum(one.paid if what == ONCE else one.over for one in self.once))
        gap = self.cash.difference
        of_principal = [LINE[name] for name in _PRINCIPAL_LINES]
        if what == PRINCIPAL:
            return np.asarray(gap[:, :, of_principal].sum(axis=2))
        left_out = [*of_principal, LINE[SYSTEM_LINE]]
        return np.asarray(gap.sum(axis=2) - gap[:, :, left_out].sum(axis=2))

    def per_world(self, amounts: NDArray[Any]) -> Floats:
        """The mean of each world, where worlds are drawn; else every replication as it is.

        Parameters
        ----------
        amounts : array, shape (replications, ...)
        """
        if not self.kind:
            return np.asarray(amounts, np.float64)
        return np.array([amounts[self.draws == draw].mean(axis=0) for draw in np.unique(self.draws)], np.float64)

    def kr(self, what: str) -> Floats:
        """Kronor by world and month.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        return self.per_world(self.ore(what)) / ORE_PER_KR

    def by_month(self, what: str = DIFFERENCE) -> list[float]:
        """The mean of each month, kr.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        return [float(amount) for amount in self.kr(what).mean(axis=0)]

    def by_year(self, what: str = DIFFERENCE) -> list[float]:
        """The mean of each calendar year, kr.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        return [self.of_year(year, what).mean for year in self.years]

    def of_year(self, year: int, what: str = DIFFERENCE) -> Distribution:
        """A calendar year, kr: one value a world.

        Parameters
        ----------
        year : int
        what : str
            One of ``AMOUNTS``.
        """
        mine = [place for place, month in enumerate(self.months) if month.year == year]
        return Distribution(self.kr(what)[:, mine].sum(axis=1), f"{what}_{year}_kr", "kr")

    def total(self, what: str = DIFFERENCE) -> Distribution:
        """All months together, not discounted, kr: one value a world.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        return Distribution(self.kr(what).sum(axis=1), f"{what}_kr", "kr")

    @cached_property
    def _growth(self) -> Floats:
        """By how much prices have grown at each month, by replication; 1 where no inflation is given."""
        rate = np.zeros(len(self.draws)) if self.valued.inflation is None else self.valued.inflation
        grown: Floats = (1 + rate[:, None]) ** self.valued.times[None, :]
        return grown

    def real(self, what: str = DIFFERENCE) -> Floats:
        """Kronor of the day of the decision, by replication and month.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        amounts = self.ore(what) / ORE_PER_KR
        return amounts / self._growth if self.valued.prices == "nominal" else amounts

    def nominal(self, what: str = DIFFERENCE) -> Floats | None:
        """Kronor of the day on which they move, by replication and month; None where no inflation is given.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        if self.valued.inflation is None:
            return None
        amounts = self.ore(what) / ORE_PER_KR
        return amounts if self.valued.prices == "nominal" else amounts * self._growth

    def npv(self, what: str = DIFFERENCE) -> Distribution:
        """Present value on the day of the decision, kr: real amounts at the real rate; one value a world.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        factors = (1 + self.valued.rate[:, None]) ** -self.valued.times[None, :]
        return Distribution(self.per_world((self.real(what) * factors).sum(axis=1)), f"npv_{what}_kr", "kr")

    def nominal_npv(self, what: str = DIFFERENCE) -> Distribution | None:
        """The same of nominal amounts at the nominal rate; None where no inflation is given.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        amounts, inflation = self.nominal(what), self.valued.inflation
        if amounts is None or inflation is None:
            return None
        rate = self.valued.rate + inflation + self.valued.rate * inflation
        factors = (1 + rate[:, None]) ** -self.valued.times[None, :]
        return Distribution(self.per_world((amounts * factors).sum(axis=1)), f"nominal_npv_{what}_kr", "kr")

    def payback(self, what: str = DIFFERENCE) -> int | None:
        """Months from the decision after which the mean has paid itself back and stays so; None: not within the horizon.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        return paid_back(np.array(self.by_month(what)))

    def paid_back_share(self, what: str = DIFFERENCE) -> float:
        """Share of the worlds that have paid themselves back at the end of the horizon.

        Parameters
        ----------
        what : str
            One of ``AMOUNTS``.
        """
        return sum(paid_back(one) is not None for one in self.kr(what)) / self.worlds

    def lines(self) -> list[tuple[str, Distribution]]:
        """What the running difference is made of over all months: ledger lines that differ in some replication.

        Returns
        -------
        list of (str, Distribution)
            Names as in ``kravsim.ledger.accounts.LINES``.
        """
        gap = self.cash.difference.sum(axis=1)
        left_out = {SYSTEM_LINE, *_PRINCIPAL_LINES}
        return [
            (line.name, Distribution(self.per_world(gap[:, LINES.index(line.name)]) / ORE_PER_KR, line.name, "kr"))
            for line in LEDGER
            if line.name not in left_out and gap[:, LINES.index(line.name)].any()
        ]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What must be known before the numbers are read."""
        return (*covers_less([self.total()]), *self.declared)

    def sentence(self, lang: str = "sv") -> str:
        """Say what changing gives against staying, what it is worth, and when it has paid itself back.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give each year, what it is worth, what is paid once, and what the running difference is made of.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return tables(self, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give every month.

        Returns
        -------
        pandas.DataFrame
            `month` (its first day), the mean of each of ``AMOUNTS`` as `<what>_kr`, `difference_se_kr` and
            `difference_so_far_kr` with `difference_so_far_p05_kr` and `difference_so_far_p95_kr`, where there are enough
            worlds; `nominal_kr` where inflation is given; and `discounted_kr`.
        """
        import pandas as pd

        columns: dict[str, Any] = {"month": list(self.months)}
        columns |= {f"{what}_kr": self.by_month(what) for what in AMOUNTS}
        kronor = self.kr(DIFFERENCE)
        so_far = np.cumsum(kronor, axis=1)
        n = len(kronor)
        columns["difference_se_kr"] = kronor.std(axis=0, ddof=1) / n**0.5 if n > 1 else np.zeros(len(self.months))
        columns["difference_so_far_kr"] = so_far.mean(axis=0)
        spread = self.total()
        for name, share in (("p05", 0.05), ("p95", 0.95)):
            if spread.estimable(share):
                columns[f"difference_so_far_{name}_kr"] = np.quantile(so_far, share, axis=0)
        nominal = self.nominal()
        if nominal is not None:
            columns["nominal_kr"] = self.per_world(nominal).mean(axis=0)
        factors = (1 + self.valued.rate[:, None]) ** -self.valued.times[None, :]
        columns["discounted_kr"] = self.per_world(self.real() * factors).mean(axis=0)
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        worth = {}
        for what, rates in zip((DIFFERENCE, ECONOMIC), self.internal, strict=True):
            nominal = self.nominal_npv(what)
            worth[what] = {
                "total_kr": self.total(what).to_json(),
                "npv_kr": self.npv(what).to_json(),
                "nominal_npv_kr": None if nominal is None else nominal.to_json(),
                "prob_npv_above_0": self.npv(what).prob_above(0),
                "payback_months": self.payback(what),
                "paid_back_share": self.paid_back_share(what),
                "internal_rates": None if rates is None else list(rates),
            }
        return {
            "scenario": self.scenario,
            "transition": self.name,
            "staying": self.models[0][0],
            "changing": self.models[1][0],
            "decided": self.decided.isoformat(),
            "changes": [day.isoformat() for day in self.changes],
            "seed": self.seed,
            "uncertainty": self.kind or None,
            "n": self.worlds,
            "replications": len(self.draws),
            "discount_rate": float(self.valued.rate.mean()),
            "inflation": None if self.valued.inflation is None else float(self.valued.inflation.mean()),
            "timing": self.valued.timing,
            "prices": self.valued.prices,
            **worth,
            "years": [
                {
                    "year": year,
                    **{f"{what}_kr": self.of_year(year, what).mean for what in AMOUNTS},
                    "difference": self.of_year(year).to_json(),
                    "prob_changing_leads": self.of_year(year).prob_above(0),
                    "prob_staying_leads": float((self.of_year(year).samples < 0).mean()),
                }
                for year in self.years
            ],
            "once": [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "paid_kr": float(self.per_world(one.paid.sum(axis=1)).mean()) / ORE_PER_KR,
                    "over_years": one.years or None,
                    "within_horizon_kr": float(self.per_world(one.over.sum(axis=1)).mean()) / ORE_PER_KR,
                }
                for one in self.once
            ],
            "lines_kr": {name: spread.mean for name, spread in self.lines()},
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<TransitionFound {self.name} of {self.scenario}: {self.sentence('en')}>"
