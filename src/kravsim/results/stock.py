"""A stock of claims watched in several ways, year by year: in the base world with its chance, and over drawn worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.measures.stock import AGE_YEARS, ITEMS, RECEIVED, SPENT
from kravsim.statistics.distribution import Distribution
from kravsim.telling.stock_tables import answer, stock_tables
from kravsim.units import ORE_PER_KR
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import titled_name

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
CHANCE, WORLDS = "chance", "worlds"
OF_CLAIMS: Final = frozenset(name for name in ITEMS if name.startswith("claims"))


@dataclass(frozen=True, eq=False)
class Watched(EqualByParts):
    """What one way of watching the stock comes to.

    Parameters
    ----------
    chance : int64 array, shape (replications, years, len(ITEMS))
        In the base world: öre, and numbers of claims.
    worlds : int64 array, shape (worlds, years, len(ITEMS))
        In drawn worlds, one replication each; none may have been drawn.
    ages : float64 array, shape (years + 1, len(AGE_YEARS) + 1, 2)
        Open claims and öre of principal by age, the mean of the base world.
    besides_chance : int64 array, shape (replications,)
        Öre that are owed besides principal as the horizon opens: charges, and interest from the due date.
    besides_worlds : int64 array, shape (worlds,)
        The same in drawn worlds.
    """

    chance: Ints
    worlds: Ints
    ages: NDArray[np.float64]
    besides_chance: Ints
    besides_worlds: Ints


@dataclass(frozen=True, eq=False, repr=False)
class StockFound(Tabled, EqualByParts):
    """What a stock costs and brings in, in several ways of watching it.

    Parameters
    ----------
    scenario_name, scenario_title : str
        Of the scenario.
    body : str
        What kind of body collects: one of the schema's kinds.
    names : mapping of str to (str, str)
        The ways by their machine names: the scenario's own titles, Swedish and English.
    watched : mapping of str to Watched
        What each comes to.
    first_year : int
        Calendar year in which the horizon begins.
    rate : float
        By which later money is worth less a year.
    price : float or None
        What is offered for a krona of principal.
    seed : int
    declared : tuple of Doubt
        What a reader must know before reading the numbers.
    nominal : bool
        Whether the scenario's indices make cash that of the prices of its year: then so is the rate.
    unstaffed : tuple of str
        Ways in which nobody's time is counted: own watch without work.
    """

    scenario_name: str
    scenario_title: str
    body: str
    names: Mapping[str, tuple[str, str]]
    watched: Mapping[str, Watched]
    first_year: int
    rate: float
    price: float | None
    seed: int
    declared: tuple[Doubt, ...] = field(default=(), compare=False)
    nominal: bool = False
    unstaffed: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Machine names of the ways, in the order in which they were asked for."""
        return tuple(self.watched)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Calendar years."""
        one = next(iter(self.watched.values()))
        return tuple(range(self.first_year, self.first_year + one.chance.shape[1]))

    @property
    def draws(self) -> int:
        """How many worlds were drawn."""
        return len(next(iter(self.watched.values())).worlds)

    @property
    def replications(self) -> int:
        """Replications in the base world."""
        return len(next(iter(self.watched.values())).chance)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers."""
        return self.declared

    def model_name(self, model: str, lang: str = "sv") -> str:
        """A way as running text.

        Parameters
        ----------
        model : str
            One of ``models``.
        lang : str
            `sv` or `en`.
        """
        return titled_name(model, self.names[model], lang)

    def samples(self, model: str, item: str, over: str = CHANCE) -> NDArray[np.float64]:
        """An item by replication or world, and year: kronor, or numbers of claims.

        Parameters
        ----------
        model : str
            One of ``models``.
        item : str
            One of ``kravsim.measures.stock.ITEMS``, ``received``, ``spent`` or ``net``.
        over : "chance" or "worlds"
            Replications of the base world, or drawn worlds.

        Returns
        -------
        float64 array, shape (replications or worlds, years)
        """
        table = getattr(self.watched[model], over)
        names = {"received": RECEIVED, "spent": SPENT, "net": (*RECEIVED, *SPENT)}.get(item, (item,))
        found = table[:, :, [ITEMS.index(name) for name in names]].sum(axis=2)
        return np.asarray(found if item in OF_CLAIMS else found / ORE_PER_KR, np.float64)

    def in_year(self, model: str, item: str, year: int, over: str = CHANCE) -> Distribution:
        """An item of a calendar year.

        Parameters
        ----------
        model, item, over
            As for :meth:`samples`.
        year : int
            One of ``years``.
        """
        unit = "count" if item in OF_CLAIMS else "kr"
        return Distribution(self.samples(model, item, over)[:, self.years.index(year)], item, unit)

    def value(self, model: str, over: str = CHANCE) -> Distribution:
        """Present value of keeping the stock, kr: each year's net at the year's end, discounted to the first day.

        Parameters
        ----------
        model, over
            As for :meth:`samples`.
        """
        net = self.samples(model, "net", over)
        worth = (1.0 + self.rate) ** -np.arange(1, net.shape[1] + 1)
        return Distribution(net @ worth, "present_value_kr", "kr")

    def price_of_a_krona(self, model: str, over: str = CHANCE) -> Distribution | None:
        """The price of a krona of principal at which selling is as good as keeping, kr; None where there is no principal.

        Parameters
        ----------
        model, over
            As for :meth:`samples`.
        """
        opening = self.samples(model, "principal_opening", over)[:, 0]
        if (opening <= 0).any():
            return None
        return Distribution(self.value(model, over).samples / opening, "price_of_a_krona", "kr")

    def price_of_the_whole(self, model: str, over: str = CHANCE) -> Distribution | None:
        """The same price by the krona of all that is owed: principal, charges, and interest up to the first day.

        Parameters
        ----------
        model, over
            As for :meth:`samples`.
        """
        if self.price_of_a_krona(model, over) is None:
            return None
        besides = getattr(self.watched[model], f"besides_{over}") / ORE_PER_KR
        whole = self.samples(model, "principal_opening", over)[:, 0] + besides
        return Distribution(self.value(model, over).samples / whole, "price_of_the_whole", "kr")

    @property
    def over(self) -> str:
        """Over what spans are told: drawn worlds where there are any, else replications of the base world."""
        return WORLDS if self.draws else CHANCE

    def sentence(self, lang: str = "sv") -> str:
        """Say in a few sentences what the stock is worth in each way.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the ways against each other, each by year, its value by policy, and who is left by age; they add up.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return stock_tables(self, lang)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for model in self.models:
            for item in (*ITEMS, "received", "spent", "net"):
                for over in (CHANCE, WORLDS):
                    if not len(getattr(self.watched[model], over)):
                        continue
                    for year in self.years:
                        one = self.in_year(model, item, year, over)
                        known = one.estimable(0.05) and one.estimable(0.95)
                        ends = (one.quantile(0.05), one.quantile(0.95)) if known else (None, None)
                        yield model, year, item, over, one.mean, one.sd if one.n > 1 else None, *ends, one.n

    def to_frame(self) -> pd.DataFrame:
        """Every item of every year: `model`, `year`, `item`, `over`, `mean`, `sd`, `p05`, `p95` (missing for few), `n`."""
        import pandas as pd

        columns = ["model", "year", "item", "over", "mean", "sd", "p05", "p95", "n"]
        return pd.DataFrame([dict(zip(columns, row, strict=True)) for row in self._rows()])

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; money in kr."""
        return {
            "scenario": self.scenario_name,
            "seed": self.seed,
            "replications": self.replications,
            "draws": self.draws,
            "years": list(self.years),
            "rate": self.rate,
            "rate_is": "nominal" if self.nominal else "real",
            "price": self.price,
            "models": {
                model: {
                    over: {
                        "present_value_kr": self.value(model, over).to_json(),
                        "price_of_a_krona_kr": None
                        if (price := self.price_of_a_krona(model, over)) is None
                        else price.to_json(),
                        "price_of_the_whole_kr": None
                        if (part := self.price_of_the_whole(model, over)) is None
                        else part.to_json(),
                    }
                    for over in (CHANCE, WORLDS)
                    if len(getattr(self.watched[model], over))
                }
                | {"ages": self._ages(model)}
                for model in self.models
            },
            "by_year": [
                dict(zip(("model", "year", "item", "over", "mean", "sd", "p05", "p95", "n"), row, strict=True))
                for row in self._rows()
            ],
            "doubts": as_json(self.doubts),
        }

    def _ages(self, model: str) -> list[dict[str, float | int | None]]:
        found = []
        for at, table in enumerate(self.watched[model].ages.tolist()):
            for band, (claims, ore) in enumerate(table):
                below = AGE_YEARS[band] if band < len(AGE_YEARS) else None
                about = {"as_the_year_begins": self.first_year + at, "below_years": below}
                found.append(about | {"claims": claims, "principal_kr": ore / ORE_PER_KR})
        return found

    def __repr__(self) -> str:
        return f"<StockFound of {self.scenario_name}: {', '.join(self.models)}, {len(self.years)} years>"
