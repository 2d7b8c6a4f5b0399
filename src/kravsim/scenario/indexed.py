"""What a scenario may say of years to come: indices of pay, prices, volume and claims, and a path of the reference rate.

What the tables mean, and which keys of a model follow which index, is in :mod:`kravsim.scenario.levels`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario.values import Section, Value, limited

YearName = Annotated[str, Field(pattern=r"^(19[5-9]|20[0-9])[0-9]$")]
"""A calendar year, as a key of a table."""
HalfYearName = Annotated[str, Field(pattern=r"^20[0-9]{2}-0[17]-01$")]
"""The first day of a half-year, as a key of a table."""
SERIES: Final = ("pay", "prices", "volume", "amounts")
"""Indices there may be."""
HALF_A_POINT: Final = 0.5


class YearLevel(Section):
    """The level of an index in a calendar year; only its proportion to that of the base year counts."""

    level: Annotated[Value, limited("number", ge=0.001, le=10**6, plausible=(0.01, 100_000), example=322.11)]


_Growth = Annotated[Value, limited("share_per_year", ge=-0.5, le=1, plausible=(-0.1, 0.15), example=0.02)]


class Series(Section):
    """An index by calendar year: levels that are known, and what is supposed of the years around them.

    The scenario's amounts are those of ``base_year``. ``by_year`` has levels of years one after the other, the base year's
    among them; without it the base year alone is known. After the last of them the level grows by
    ``growth_after_share_per_year``, and before the first it had grown by ``growth_before_share_per_year``: a scenario of
    rates, which has to be given where such years are asked for.
    """

    base_year: Annotated[int, Field(ge=1950, le=2100)]
    by_year: dict[YearName, YearLevel] = Field(default={})
    growth_after_share_per_year: _Growth | None = None
    growth_before_share_per_year: _Growth | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        years = sorted(int(year) for year in self.by_year)
        if not years:
            return
        missing = sorted(set(range(years[0], years[-1] + 1)) - set(years))
        if missing:
            yield ValueError(
                phrase("by_year has years one after the other; {year} is missing among them", year=missing[0])
            )
        if self.base_year not in years:
            yield ValueError(
                phrase(
                    "base_year {year} must stand in by_year ({first} to {last}), as levels are compared with its own",
                    year=self.base_year,
                    first=years[0],
                    last=years[-1],
                )
            )

    @property
    def known(self) -> range:
        """Years whose level is known."""
        years = [int(year) for year in self.by_year] or [self.base_year]
        return range(min(years), max(years) + 1)

    def growth_key(self, year: int) -> str:
        """The key of the growth that a year's level comes from; empty where the level is known.

        Parameters
        ----------
        year : int
        """
        if year in self.known:
            return ""
        return f"growth_{'after' if year >= self.known.stop else 'before'}_share_per_year"

    def covers(self, year: int) -> bool:
        """Whether there is a level of a year, known or by a rate.

        Parameters
        ----------
        year : int
        """
        key = self.growth_key(year)
        return not key or getattr(self, key) is not None

    def level(self, year: int) -> float:
        """The level of a year, that of the base year being 1.

        Parameters
        ----------
        year : int
            Before the known years without a rate, the first of them counts, which none but a model's own history asks for.

        Examples
        --------
        >>> rate = {"value": 0.02, "source": "assumption", "status": "assumed"}
        >>> one = Series.model_validate({"base_year": 2017, "growth_after_share_per_year": rate})
        >>> one.level(2017), round(one.level(2019), 4)
        (1.0, 1.0404)
        """
        return float(self.level_where(year, {}))

    def level_where(self, year: int, numbers: Mapping[str, Any]) -> Any:
        """The level of a year with other numbers in place of the series' own: a float, or an array where they are arrays.

        Parameters
        ----------
        year : int
            As for :meth:`level`.
        numbers : mapping of str to float or float64 array, shape (B,)
            By their keys in the series, such as ``growth_after_share_per_year`` and ``by_year.2018.level``.
        """
        known = self.known
        near = min(max(year, known.start), known.stop - 1)
        found = self._of(near, numbers) / self._of(self.base_year, numbers)
        key = self.growth_key(year)
        rate = getattr(self, key) if key else None
        return found if rate is None else found * (1 + numbers.get(key, rate.value)) ** (year - near)

    def _of(self, year: int, numbers: Mapping[str, Any]) -> Any:
        if not self.by_year:
            return 1.0
        return numbers.get(f"by_year.{year}.level", float(self.by_year[str(year)].level.value))


class Indices(Section):
    """How pay, prices, the number of invoices and the amounts of claims follow the calendar years; left out, they do not.

    ``pay`` moves pay and overhead, overtime and temporary staff; ``prices`` letters, checks, systems, recruitment and fixed
    prices abroad; ``volume`` invoices a year; ``amounts`` the principal of claims, by the year of the invoice. What the
    agency takes by the case and the year is ``fixed``, or follows ``prices``.
    """

    pay: Series | None = None
    prices: Series | None = None
    volume: Series | None = None
    amounts: Series | None = None
    contract: Literal["fixed", "prices"] = "fixed"

    def _contradictions(self) -> Iterator[ValueError]:
        if all(getattr(self, name) is None for name in SERIES):
            yield ValueError(
                phrase("indices names at least one of {names}; leave the table out otherwise", names=", ".join(SERIES))
            )
        if self.contract == "prices" and self.prices is None:
            yield ValueError("contract = 'prices' needs an index of prices")


class HalfYear(Section):
    """The reference rate of a half-year, per cent a year: a multiple of half a point."""

    percent: Annotated[float, Field(ge=-8, le=100)]

    def _contradictions(self) -> Iterator[ValueError]:
        if self.percent % HALF_A_POINT:
            yield ValueError(
                phrase(
                    "percent is a multiple of 0.5 (räntelagen 9 §: rounded up to a half point); got {percent:g}",
                    percent=self.percent,
                )
            )


class ReferenceRate(Section):
    """A path of the reference rate for half-years that its table does not cover: a bundled one by name, or one's ``own``.

    One's own has every half-year from the first that the table does not cover, with its source. Nor is it frozen with other
    law.
    """

    path: Literal["low", "base", "high", "own"]
    by_half_year: dict[HalfYearName, HalfYear] = Field(default={})
    source: Annotated[str, Field(max_length=300)] = ""
    status: Status | None = None

    def _contradictions(self) -> Iterator[ValueError]:
        if (self.path == "own") != bool(self.by_half_year):
            yield ValueError("by_half_year belongs to path = 'own', and only to it")
        if self.path == "own" and (not self.source or self.status is None):
            yield ValueError("path = 'own' needs its source and status")
        if self.path != "own" and (self.source or self.status is not None):
            yield ValueError("a bundled path has its own source: leave out source and status")
        days = sorted(self.by_half_year)
        for day, after in itertools.pairwise(days):
            year, month = int(day[:4]), day[5:7]
            if after != (f"{year}-07-01" if month == "01" else f"{year + 1}-01-01"):
                yield ValueError(phrase("by_half_year has a gap after {day}: give every half-year", day=day))
