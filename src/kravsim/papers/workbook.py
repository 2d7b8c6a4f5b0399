"""A paper's numbers as a workbook that lives: inputs, the linearised budget, layers, sweep, cash and months.

Change a yellow cell and the budget follows, by a straight line through the base case whose distance from the model stands
beside it. What each formula comes to is written with it, so that a viewer that computes nothing shows the same.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.figures.cash import RATE
from kravsim.figures.cash import data as cash_data
from kravsim.figures.months import data as months_data
from kravsim.papers.answer_text import origin_of
from kravsim.papers.live_book import FIRST, LiveBook
from kravsim.papers.same_bytes import stored_again
from kravsim.papers.sheet import (
    DATE,
    HEAD,
    INPUT,
    MONEY,
    PLAIN,
    SHARE,
    TEXT,
    TITLE,
    TOTAL,
    Live,
    cell,
    short,
    span,
)
from kravsim.statistics.layers import LAYERS
from kravsim.telling.uncertainty_words import layer_name
from kravsim.words.key_words import key_label
from kravsim.words.wording import capital

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked


def workbook_bytes(found: Asked) -> bytes:
    """Write the workbook.

    Parameters
    ----------
    found : Asked
        The answers.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    data = found.paper
    book.set_properties(
        {
            "title": data.title,
            "subject": data.question[:255],
            "author": "kravsim",
            "comments": origin_of(found),
            "created": dt.datetime(data.date.year, data.date.month, data.date.day),  # noqa: DTZ001 - a day, in no zone
        }
    )
    made = _Made(found, book)
    made.read_first()
    made.inputs()
    made.slopes()
    made.budget()
    made.error()
    made.layers()
    made.sweep()
    made.cash()
    made.months()
    book.close()
    return stored_again(stream.getvalue())


class _Made(LiveBook):
    """All sheets of one workbook: the live ones, and what the model itself has answered."""

    def layers(self) -> None:
        """Show all worlds, their quantiles and the three layers."""
        worlds = self.found.uncertain
        sheet = self.sheet("layers", [44, 20, 14, 4, 12, 20, 20])
        sheet.put(
            0,
            0,
            self.say(
                "Skillnaden i nettointäkt över alla lägen, kr per år",
                "Difference in net revenue over all worlds, kr a year",
            ),
            TITLE,
        )
        sheet.head(
            FIRST - 1,
            [
                self.say("Vad", "What"),
                self.say("Kr", "Kr"),
                self.say("Andel", "Share"),
                "",
                self.say("Läge", "World"),
                self.say("Nettointäkt", "Net revenue"),
                self.say("Med kapital", "With principal"),
            ],
        )
        values = [short(float(x)) for x in worlds.difference.samples]
        economic = [short(float(x)) for x in worlds.economic_difference.samples]
        for at, pair in enumerate(zip(values, economic, strict=True)):
            sheet.line(FIRST + at, [at + 1, *pair], MONEY, column=4)
        last = FIRST + len(values) - 1
        named = self.name("worlds_difference", "layers", span((FIRST, 5), (last, 5)))
        also = self.name("worlds_difference_with_principal", "layers", span((FIRST, 6), (last, 6)))
        row = FIRST
        rows: list[tuple[str, Live, str]] = [
            (
                self.say("Medelvärde", "Mean"),
                Live(f"=SUM({named})/COUNT({named})", math.fsum(values) / len(values)),
                MONEY,
            )
        ]
        rows += [(self.quantile_label(percent), _quantile(named, values, percent), MONEY) for percent in (5, 50, 95)]
        better = self.models[0]
        for label, of, numbers in (
            ("", named, values),
            (self.say(", med kapital", ", with principal"), also, economic),
        ):
            share = Live(f"=SUMPRODUCT(--({of}>0))/COUNT({of})", sum(x > 0 for x in numbers) / len(numbers))
            text = self.say(
                f"Andel lägen där {better.lower()} är bättre", f"Share of worlds where {better.lower()} is better"
            )
            rows.append((text + label, share, SHARE))
        for text, live, look in rows:
            sheet.put(row, 0, text, TEXT)
            sheet.put(row, 1, live, look)
            row += 1
        if worlds.layers is not None:
            row += 1
            sheet.line(
                row,
                [
                    self.say("Varians efter lager", "Variance by layer"),
                    self.say("Kr²", "Kr²"),
                    self.say("Andel", "Share"),
                ],
                HEAD,
            )
            first = row + 1
            variances = [short(worlds.layers[name].variance) for name in LAYERS]
            whole = self.name("layers_variance", "layers", span((first, 1), (first + len(LAYERS) - 1, 1)))
            total = math.fsum(variances)
            for name, variance in zip(LAYERS, variances, strict=True):
                row += 1
                sheet.put(row, 0, capital(layer_name(name, self.lang)), TEXT)
                sheet.put(row, 1, variance, MONEY)
                sheet.put(row, 2, Live(f"={cell(row, 1)}/SUM({whole})", variance / total if total else 0.0), SHARE)
            sheet.put(row + 1, 0, self.say("Summa varians", "Total variance"), TOTAL)
            sheet.put(row + 1, 1, Live(f"=SUM({whole})", total), TOTAL)

    def quantile_label(self, percent: int) -> str:
        """Name a quantile.

        Parameters
        ----------
        percent : int
            Which one.
        """
        return self.say(f"{percent}-procentsgräns", f"{percent}% quantile")

    def sweep(self) -> None:
        """Show the sweep, where there is one."""
        if self.found.sweep is None or self.found.paper.sweep is None:
            return
        key = self.found.paper.sweep.key
        frame = self.found.sweep.to_frame()
        sheet = self.sheet("sweep", [44, 20, 20, 20])
        sheet.put(0, 0, key_label(key, self.lang), TITLE)
        sheet.head(FIRST - 1, [key_label(key, self.lang), *self.models, self.say("Skillnad", "Difference")])
        columns = [f"{model}.net_revenue_kr" for model in self.twin.models]
        for at in range(len(frame)):
            row = FIRST + at
            numbers = [short(float(frame[name].iloc[at])) if name in frame else math.nan for name in columns]
            sheet.put(row, 0, short(float(frame[key].iloc[at])), PLAIN)
            sheet.line(row, numbers, MONEY, column=1)
            if not any(math.isnan(x) for x in numbers):
                sheet.put(row, 3, Live(f"={cell(row, 1)}-{cell(row, 2)}", numbers[0] - numbers[1]), MONEY)

    def cash(self) -> None:
        """Show cash by year and its present value at a rate that can be changed."""
        frame = cash_data(self.found.comparison)
        sheet = self.sheet("cash", [34, 20, 20, 20, 16, 20])
        sheet.put(0, 0, self.say("Kassa per år och nuvärde", "Cash by year and present value"), TITLE)
        sheet.put(1, 0, self.say("Kalkylränta", "Rate of discount"), TEXT)
        sheet.put(1, 1, RATE, INPUT)
        names = [self.say("År i drift", "Year in operation"), *self.models, self.say("Skillnad", "Difference")]
        sheet.head(FIRST - 1, [*names, self.say("Faktor", "Factor"), self.say("Nuvärde", "Present value")])
        rate, worth = cell(1, 1, fixed=True), []
        for at in range(len(frame)):
            row, year = FIRST + at, int(frame["year"].iloc[at])
            one, other = (short(float(frame[name].iloc[at])) for name in ("first_kr", "second_kr"))
            factor = (1 + RATE) ** -year
            gap = Live(f"={cell(row, 1)}-{cell(row, 2)}", one - other)
            worth.append((one - other) * factor)
            sheet.line(row, [year, one, other, gap], [PLAIN, MONEY, MONEY, MONEY])
            sheet.put(row, 4, Live(f"=(1+{rate})^-{cell(row, 0)}", factor), PLAIN)
            sheet.put(row, 5, Live(f"={cell(row, 3)}*{cell(row, 4)}", worth[-1]), MONEY)
        last = FIRST + len(frame) - 1
        named = self.name("cash_present_value", "cash", span((FIRST, 5), (last, 5)))
        sheet.put(last + 1, 0, self.say("Nuvärde i allt", "Present value in all"), TOTAL)
        sheet.put(last + 1, 5, Live(f"=SUM({named})", math.fsum(worth)), TOTAL)

    def months(self) -> None:
        """Show the work month by month."""
        sheet = self.sheet("months", [16, 30, 16, 16, 16, 14, 14])
        sheet.put(
            0,
            0,
            self.say("Arbetet månad för månad, ett simulerat år", "Work month by month, one simulated year"),
            TITLE,
        )
        sheet.head(
            FIRST - 1,
            [
                self.say("Månad", "Month"),
                self.say("Modell", "Model"),
                self.say("Påbörjade", "Begun"),
                self.say("Timmar", "Hours"),
                self.say("I arbete, timmar", "At work, hours"),
                self.say("Beläggning", "Utilisation"),
                self.say("I kö", "Waiting"),
            ],
            left=2,
        )
        row, hours = FIRST, []
        for model, year in zip(self.models, self.found.years, strict=True):
            frame = months_data(year).sort_values("month")
            records: list[Any] = list(frame.itertuples())
            for month in records:
                begun, present = short(month.begun_hours), short(month.present_hours)
                used = Live(
                    f"=IF({cell(row, 4)}=0,0,{cell(row, 3)}/{cell(row, 4)})", begun / present if present else 0.0
                )
                sheet.line(row, [month.month, model, month.begun, begun, present], [DATE, TEXT, MONEY, MONEY, MONEY])
                sheet.put(row, 5, used, SHARE)
                sheet.put(row, 6, month.waiting, MONEY)
                hours.append((begun, present))
                row += 1
        totals = np.array(hours).T
        for column, title, values in ((3, "months_begun_hours", totals[0]), (4, "months_present_hours", totals[1])):
            named = self.name(title, "months", span((FIRST, column), (row - 1, column)))
            sheet.put(row, column, Live(f"=SUM({named})", math.fsum(values.tolist())), TOTAL)
        sheet.put(row, 0, self.say("Summa", "Total"), TOTAL)


def _quantile(named: str, values: list[float], percent: int) -> Live:
    """The rule of kravsim's own quantiles: linear between order statistics at the place (n - 1) p, from 0."""
    place = f"(COUNT({named})-1)*{percent}/100"
    low, high = f"SMALL({named},INT({place})+1)", f"SMALL({named},MIN(INT({place})+2,COUNT({named})))"
    formula = f"={low}+({place}-INT({place}))*({high}-{low})"
    ordered, at = sorted(values), (len(values) - 1) * percent / 100
    below = int(at)
    above = min(below + 1, len(values) - 1)
    return Live(formula, ordered[below] + (at - below) * (ordered[above] - ordered[below]))
