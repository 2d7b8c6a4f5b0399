"""Answers to what knowing more would be worth: numbers in kr that know their error and speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from kravsim.statistics.interval import ESTIMABLE_LEVEL, Interval
from kravsim.words.display import NO_BREAK, number, share, step_for
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd


class Estimate(float, Tabled):
    """A value in kr that knows how well it is known; it computes and compares as the float it is.

    Parameters
    ----------
    value : float
        Kr.
    **known : object
        What is known about it, by the names below.

    Attributes
    ----------
    se : float
        Standard error, kr.
    draws : int
        Draws behind it.
    options : tuple of str
        As they were given.
    best : str
        The option with the largest mean: today's choice.
    """

    se: float
    draws: int
    options: tuple[str, ...]
    best: str

    def __new__(cls, value: float, **known: Any) -> Estimate:
        """Make the number; what is known about it cannot be changed afterwards."""
        made = super().__new__(cls, value + 0.0)
        made.__dict__.update(known)
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[float], dict[str, Any]]:
        return (float(self),), dict(self.__dict__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = f"cannot assign to {name!r}: results are not changed"
        raise AttributeError(message)

    def option(self, name: str, lang: str) -> str:
        """An option as running text: its title where it has one.

        Parameters
        ----------
        name : str
            As it was given.
        lang : str
            `sv` or `en`.
        """
        titles: Mapping[str, tuple[str, str]] = self.__dict__.get("titles", {})
        return titles.get(name, (name, name))[language_index(lang)]

    @property
    def value(self) -> float:
        """The value itself, kr."""
        return float(self)

    def text(self, lang: str = "sv") -> str:
        """Write the value with its standard error.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        step = step_for(self.se or None, "") if self.se else plain_step(self)
        error = number(self.se, lang, step=step_for(self.se / 10, "")) if self.se else "0"
        of = ("medelfel", "standard error")[language_index(lang)]
        return f"{number(self, lang, step=step)}{NO_BREAK}kr ({of} {error})"

    def rows(self, lang: str) -> list[list[str]]:
        """Cells of the table, without its header.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        raise NotImplementedError

    def header(self, lang: str) -> list[str]:
        """Header of the table.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        raise NotImplementedError

    def sentence(self, lang: str = "sv") -> str:
        """Say what the value means.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        raise NotImplementedError

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give what is behind the value as one table, and the sentence below it, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return (Table("", tuple(self.header(lang)), plain_rows(self.rows(lang)), (self.sentence(lang),)),)


class Information(Estimate):
    """Expected value of perfect information, kr.

    Attributes
    ----------
    means : tuple of float
        Mean net benefit of every option, kr.
    losses : tuple of float
        Expected loss of choosing each option instead of the best in every draw, kr; of today's choice it is the value.
    other_best : int
        Draws in which another option than today's choice is strictly better.
    largest_gain : float or None
        The most that another choice could be worth in a draw, if that was stated, kr.
    """

    means: tuple[float, ...]
    losses: tuple[float, ...]
    other_best: int
    largest_gain: float | None

    @property
    def prob_other_best(self) -> float:
        """Share of the draws in which another option than today's choice is strictly better."""
        return self.other_best / self.draws

    def prob_other_best_interval(self, level: float = ESTIMABLE_LEVEL) -> Interval:
        """Bound that probability, exactly (Clopper and Pearson); with none seen, one-sided from 0.

        Parameters
        ----------
        level : float
            Level of the interval, strictly between 0 and 1.

        Raises
        ------
        RunError
            When the level is not between 0 and 1.
        """
        from scipy import stats

        from kravsim.statistics.interval import between

        level = between("level", level)
        if not self.other_best:
            return Interval((0.0, 1 - (1 - level) ** (1 / self.draws)), level, "exact binomial")
        found = stats.binomtest(self.other_best, self.draws).proportion_ci(level, "exact")
        return Interval((float(found.low), float(found.high)), level, "exact binomial")

    @property
    def bound(self) -> float | None:
        """With no draw in which another option is best: the most that is lost at 95 %, under the stated largest gain."""
        if self.other_best or self.largest_gain is None:
            return None
        return self.prob_other_best_interval()[1] * self.largest_gain

    def sentence(self, lang: str = "sv") -> str:
        """Say what it is worth to know everything before choosing.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        n, best = number(self.draws, lang), self.option(self.best, lang)
        if not self.other_best:
            most = share(self.prob_other_best_interval()[1], lang, step=0.0001)
            said = (
                f"I ingen av {n} dragningar är ett annat val än {best} bättre: inget värde av att veta mer sågs. "
                f"Sannolikheten är högst {most} (95 %)"
                if sv
                else f"In none of {n} draws is another choice than {best} better: no value of knowing more was seen. "
                f"The probability is at most {most} (95%)"
            )
            if self.bound is None:
                return said + "."
            bound = number(self.bound, lang, step=step_for(self.bound / 100, "")) + NO_BREAK + "kr"
            return said + (f", och värdet högst {bound}." if sv else f", and the value at most {bound}.")
        other = share(self.prob_other_best, lang)
        if sv:
            return (
                f"Att veta allt före valet är värt högst {self.text(lang)}; i {other} av {n} dragningar är ett annat val än "
                f"{best} bättre."
            )
        return (
            f"Knowing everything before choosing is worth at most {self.text(lang)}; in {other} of {n} draws another choice "
            f"than {best} is better."
        )

    def header(self, lang: str) -> list[str]:
        """Header of the table of options.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        return ["val", "medel, kr", "väntad förlust, kr"] if sv else ["option", "mean, kr", "expected loss, kr"]

    def rows(self, lang: str) -> list[list[str]]:
        """One row an option.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        step = step_for(self.se / 10, "") if self.se else plain_step(*self.means)
        shown = zip(self.options, self.means, self.losses, strict=True)
        return [
            [self.option(name, lang), number(mean, lang, step=step), number(loss, lang, step=step)]
            for name, mean, loss in shown
        ]

    def to_frame(self) -> pd.DataFrame:
        """One row an option: `option`, `mean_kr`, `expected_loss_kr`, `best`."""
        import pandas as pd

        best = [name == self.best for name in self.options]
        columns = {"option": self.options, "mean_kr": self.means, "expected_loss_kr": self.losses, "best": best}
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "evpi_kr": self.value,
            "se_kr": self.se,
            "draws": self.draws,
            "best": self.best,
            "options": dict(zip(self.options, self.means, strict=True)),
            "expected_loss_kr": dict(zip(self.options, self.losses, strict=True)),
            "draws_with_another_best": self.other_best,
            "prob_another_best": self.prob_other_best,
            "prob_another_best_interval": list(self.prob_other_best_interval()),
            "bound_kr": self.bound,
        }

    def __repr__(self) -> str:
        return f"<EVPI {self.text('en').replace(NO_BREAK, ' ')}, {self.draws} draws>"


def plain_step(*values: float) -> float:
    """A step that shows four digits of the largest of some values.

    Parameters
    ----------
    *values : float
        At least one; finite.
    """
    largest = max(abs(value) for value in values)
    return step_for(largest / 1_000, "") if largest else 1.0
