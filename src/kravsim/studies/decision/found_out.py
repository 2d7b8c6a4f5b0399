"""What is worth finding out, as an answer that speaks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kravsim.equality import EqualByParts
from kravsim.studies.decision.cash import annuity_factor
from kravsim.studies.decision.chance_curve import ChanceCurve
from kravsim.studies.decision.drawn import Reading
from kravsim.studies.decision.information import Estimate, Information
from kravsim.studies.decision.nested import Nested
from kravsim.studies.decision.partial_information import Partial
from kravsim.words.display import number, share, step_for
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Row, Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class FindingOut(Tabled, EqualByParts):
    """What knowing more would be worth, kr a year.

    Parameters
    ----------
    everything : Information
        The value of knowing everything that is uncertain, with the loss to be expected of every model.
    other : Information
        The same of the other benefit: with recovered principal where it is not counted, and without where it is.
    readings : tuple of (Reading, Information)
        The value of knowing all the rest where one already knows how the case is to be read in one dimension.
    inputs : tuple of Partial
        The value of single inputs, readings and correlated groups, the largest first; empty when knowing everything is worth
        nothing.
    nested : tuple of Nested
        The largest of single inputs by nested closed form, where that can be.
    curve : ChanceCurve
        How probable it is that the first model exceeds the best other by more than each threshold.
    about : str
        The scenario.
    kind : str
        ``prior`` or ``posterior``.
    economic : bool
        Whether recovered principal counts.
    simulated : int
        Worlds without a closed-form answer for some model, in which it was simulated.
    years, rate : float
        Over how many years the choice binds, and the discount rate.
    doubts : tuple of Doubt
        What a reader must know first: worlds whose staff cannot cope, parameter sets of an earlier version.
    """

    everything: Information
    other: Information
    readings: tuple[tuple[Reading, Information], ...]
    inputs: tuple[Partial, ...]
    nested: tuple[Nested, ...]
    curve: ChanceCurve
    about: str
    kind: str
    economic: bool
    simulated: int
    years: int
    rate: float
    doubts: tuple[Doubt, ...] = ()

    def nested_of(self, one: Partial) -> Nested | None:
        """An input's value by nested closed form, if it has one.

        Parameters
        ----------
        one : Partial
            One of `inputs`.
        """
        return next((found for found in self.nested if (found.key,) == one.inputs.names), None)

    def worth(self, one: Partial) -> tuple[float, float]:
        """An input's value and standard error: by nested closed form where there is one, else by regression.

        Parameters
        ----------
        one : Partial
            One of `inputs`.

        Returns
        -------
        (float, float)
            Kr.
        """
        found = self.nested_of(one)
        return (one.value, one.se) if found is None else (found.value, found.se)

    @property
    def over_the_years(self) -> float:
        """The value of knowing everything over all the years that the choice binds, kr, paid at the end of each."""
        return float(self.everything) * annuity_factor(self.rate, self.years)

    def sentence(self, lang: str = "sv") -> str:
        """Say what is worth finding out first, or that nothing is.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._answer(lang), self.doubts, lang)

    def _answer(self, lang: str) -> str:
        sv = language_index(lang) == 0
        text = self.everything.sentence(lang)
        if float(self.everything) == 0:
            none = "Inget är värt att ta reda på först: alla lägen säger detsamma." if sv else ""
            none = none or "Nothing is worth finding out first: every world says the same."
            return f"{none} {text} {self._otherwise(lang)}"
        known = sorted(self.inputs, key=lambda one: -self.worth(one)[0])
        worth = [one for one in known if self.worth(one)[0] > 2 * self.worth(one)[1]]
        if not worth:
            none = "Ingen enskild uppgift är värd att ta reda på." if sv else "No single input is worth finding out."
            if not self.inputs:
                none = (
                    "Vad enskilda uppgifter är värda är inte sagt."
                    if sv
                    else "What single inputs are worth is not told."
                )
            return f"{none} {text} {self._otherwise(lang)}"
        top = worth[0]
        name = " & ".join(top.inputs.names)
        value, se = self.worth(top)
        most = Estimate(value, se=se).text(lang)
        first = f"Först värt att ta reda på: {name}, högst {most} om året." if sv else ""
        first = first or f"Worth finding out first: {name}, at most {most} a year."
        total = number(self.over_the_years, lang, step=step_for(self.over_the_years / 100 or None))
        years = (
            f"Över {self.years} år är allt värt högst {total} kr."
            if sv
            else f"Over {self.years} years all is worth at most {total} kr."
        )
        return f"{first} {text} {years} {self._otherwise(lang)}"

    def _otherwise(self, lang: str) -> str:
        """What knowing everything is worth by the other benefit."""
        sv = language_index(lang) == 0
        if self.economic:
            head = "Utan återvunnet kapital" if sv else "Without recovered principal"
        else:
            head = "Med återvunnet kapital" if sv else "With recovered principal"
        one, n = self.other, number(self.other.draws, lang)
        if not float(one):
            best = one.option(one.best, lang)
            none = f"inget: {best} är bäst i alla {n}" if sv else f"nothing: {best} is best in all {n}"
            return f"{head} {none}."
        k = number(one.other_best, lang)
        if sv:
            return f"{head} högst {one.text(lang)} om året; ett annat val är bättre i {k} av {n}."
        return f"{head} at most {one.text(lang)} a year; another choice is better in {k} of {n}."

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the options, then the inputs.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        (first,) = self.everything.tables(lang)
        notes = [self.sentence(lang)]
        if self.simulated:
            n = self.simulated
            notes.append(
                f"Simulerade lägen, utan sluten form: {n}."
                if sv
                else f"Worlds simulated, for want of a closed form: {n}."
            )
        (curve,) = self.curve.tables(lang)
        head, read = Table(self.about, *self._options(first, lang), tuple(notes)), self._by_reading(lang)
        if not self.inputs:
            return head, *read, curve
        rows = []
        for one in self.inputs:
            step = step_for(one.se or None)
            rows.append(
                [
                    " &\n".join(one.inputs.names),
                    number(one, lang, step=step),
                    number(one.se, lang, step=step_for(one.se / 10 or None)),
                    self._firm(one, lang),
                ]
            )
        header = (
            ("uppgift", "värd högst, kr om året", "medelfel", "nästlad sluten form")
            if sv
            else ("input", "worth at most, kr a year", "std. error", "nested closed form")
        )
        return head, *read, Table("", header, plain_rows(rows)), curve

    def _by_reading(self, lang: str) -> tuple[Table, ...]:
        """What all the rest is worth in each reading, and in how many of its worlds another choice is better."""
        if not self.readings:
            return ()
        place, rows = language_index(lang), []
        for one, known in self.readings:
            step = step_for(known.se or None)
            bounds = known.prob_other_best_interval()
            cells = [one.titles[place], known.option(known.best, lang), number(known, lang, step=step)]
            cells += [number(known.other_best, lang), number(known.draws, lang), share(bounds[1], lang, step=0.001)]
            rows.append(cells)
        header = (
            ("", "bäst", "allt annat värt, kr om året", "annat bättre i", "av lägen", "sannolikhet högst"),
            ("", "best", "all the rest worth, kr a year", "another better in", "of worlds", "probability at most"),
        )[place]
        return (Table("", header, plain_rows(rows), left=(0, 1)),)

    def _options(self, table: Table, lang: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
        """The table of options, with the loss to be expected of each over all the years."""
        factor, sv = annuity_factor(self.rate, self.years), language_index(lang) == 0
        step = step_for((self.everything.se or max(map(abs, self.everything.means)) / 100) * factor or None)
        rows = [
            [*row.cells, number(loss * factor, lang, step=step)]
            for row, loss in zip(table.rows, self.everything.losses, strict=True)
        ]
        names = ("medel, kr om året", "väntad förlust, kr om året", f"över {self.years} år, kr")
        english = ("mean, kr a year", "expected loss, kr a year", f"over {self.years} years, kr")
        return (table.header[0], *(names if sv else english)), plain_rows(rows)

    def _firm(self, one: Partial, lang: str) -> str:
        found = self.nested_of(one)
        if found is None:
            return "–"
        step = step_for(found.se or None)
        return (
            f"{number(found.value, lang, step=step)} ± {number(found.se, lang, step=step_for(found.se / 10 or None))}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row an input or group: `inputs`, `evppi_kr`, `se_kr`, `nested_kr`, `nested_se_kr`, `evpi_kr`, `draws`."""
        import pandas as pd

        rows = [
            {
                "inputs": "; ".join(one.inputs.names),
                "evppi_kr": one.value,
                "se_kr": one.se,
                "nested_kr": math.nan if self.nested_of(one) is None else self.worth(one)[0],
                "nested_se_kr": math.nan if self.nested_of(one) is None else self.worth(one)[1],
                "evpi_kr": self.everything.value,
                "draws": one.draws,
            }
            for one in self.inputs
        ]
        return pd.DataFrame(
            rows, columns=["inputs", "evppi_kr", "se_kr", "nested_kr", "nested_se_kr", "evpi_kr", "draws"]
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "uncertainty": self.kind,
            "benefit": "economic" if self.economic else "fiscal",
            "everything": self.everything.to_json(),
            "other_benefit": self.other.to_json(),
            "readings": {f"{one.dimension}={one.name}": known.to_json() for one, known in self.readings},
            "doubts": as_json(self.doubts),
            "inputs": [one.to_json() for one in self.inputs],
            "nested": [one.to_json() for one in self.nested],
            "chance_curve": self.curve.to_json(),
            "simulated_worlds": self.simulated,
            "years": self.years,
            "rate": self.rate,
            "over_the_years_kr": self.over_the_years,
            "expected_loss_over_the_years_kr": {
                name: loss * annuity_factor(self.rate, self.years)
                for name, loss in zip(self.everything.options, self.everything.losses, strict=True)
            },
        }

    def __repr__(self) -> str:
        return f"<FindingOut: {self.sentence('en')}>"
