"""A paper's numbers as a workbook that lives: inputs, the linearised budget, layers, sweep, cash and months.

Change a yellow cell and the budget follows, by a straight line through the base case whose distance from the model stands
beside it. What each formula comes to is written with it, so that a viewer that computes nothing shows the same.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.cash import RATE
from kravsim.figures.cash import data as cash_data
from kravsim.figures.months import data as months_data
from kravsim.papers.answer_text import origin_of
from kravsim.papers.same_bytes import stored_again
from kravsim.papers.sheet import (
    DATE,
    FORMATS,
    HEAD,
    INPUT,
    MONEY,
    PLAIN,
    SHARE,
    TEXT,
    TITLE,
    TOTAL,
    Live,
    Sheet,
    cell,
    short,
    span,
)
from kravsim.statistics.layers import LAYERS
from kravsim.telling.uncertainty_words import layer_name
from kravsim.units import ORE_PER_KR
from kravsim.words.key_words import key_label
from kravsim.words.wording import capital, language_index, line_name

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked

_NAMES: Final = {
    "read": ("Läs först", "Read first"),
    "inputs": ("Indata", "Inputs"),
    "slopes": ("Lutningar", "Slopes"),
    "budget": ("Budget", "Budget"),
    "error": ("Fel", "Error"),
    "layers": ("Tre lager", "Three layers"),
    "sweep": ("Svep", "Sweep"),
    "cash": ("Kassa", "Cash"),
    "months": ("Månader", "Months"),
}
_FIRST: Final = 3
"""Row of the first line below a header, from 0."""


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


class _Made:
    """The sheets of one workbook, which name each other's cells."""

    def __init__(self, found: Asked, book: Any) -> None:
        self.found, self.book, self.twin = found, book, found.twin
        self.lang = found.paper.language
        self.place = language_index(self.lang)
        self.formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        self.models = [capital(run.name(self.lang)) for run in found.comparison.runs[:2]]

    def sheet(self, key: str, widths: list[int]) -> Sheet:
        return Sheet(self.book, _NAMES[key][self.place], self.formats, widths)

    def at(self, key: str, where: str) -> str:
        """A cell or range of a sheet."""
        return f"'{_NAMES[key][self.place]}'!{where}"

    def name(self, name: str, key: str, where: str) -> str:
        """Name a range for the whole workbook, so that a total says of what it is."""
        self.book.define_name(name, f"={self.at(key, where)}")
        return name

    def say(self, swedish: str, english: str) -> str:
        return (swedish, english)[self.place]

    def read_first(self) -> None:
        sheet = self.sheet("read", [110])
        texts = [
            (self.found.paper.title, TITLE),
            (origin_of(self.found), TEXT),
            (
                self.say(
                    "De gula cellerna på Indata kan ändras. Budget räknar då om varje rad med en rät linje genom "
                    "grundfallet: "
                    "belopp i grundfallet + summan av lutning × ändring. Linjen är en förenkling. Bladet Fel "
                    "visar, vid "
                    "ändarna av varje spann, vad modellens slutna form ger och hur långt linjen är därifrån; "
                    "flera ändringar på "
                    "en gång kan samverka på sätt som linjen inte ser.",
                    "The yellow cells on Inputs can be changed. Budget then works out each line anew by a "
                    "straight line through the "
                    "base case: amount of the base case + the sum of slope × change. The line is a "
                    "simplification. The sheet Error "
                    "shows, at the ends of each range, what the model's closed form gives and how far the line "
                    "is from it; several "
                    "changes at once may act together in ways that the line does not see.",
                ),
                TEXT,
            ),
            (
                self.say(
                    "Tre lager, Svep, Kassa och Månader visar modellens egna svar; formlerna där summerar och "
                    "jämför dem.",
                    "Three layers, Sweep, Cash and Months show the model's own answers; formulas there add up "
                    "and compare them.",
                ),
                TEXT,
            ),
        ]
        for row, (text, look) in enumerate(texts):
            sheet.put(row, 0, text, look)

    def inputs(self) -> None:
        sheet = self.sheet("inputs", [52, 46, 14, 14, 14, 14, 14])
        sheet.put(
            0,
            0,
            self.say("Indata till linjen: ändra de gula cellerna", "Inputs of the line: change the yellow cells"),
            TITLE,
        )
        sheet.head(
            _FIRST - 1,
            [
                self.say("Tal", "Number"),
                self.say("Nyckel", "Key"),
                self.say("Värde", "Value"),
                self.say("Grundfall", "Base case"),
                self.say("Lägst", "Low"),
                self.say("Högst", "High"),
                self.say("Ändring", "Change"),
            ],
        )
        for at, lever in enumerate(self.twin.levers):
            row = _FIRST + at
            base, low, high = (short(x) for x in (lever.base, lever.low, lever.high))
            change = Live(f"={cell(row, 2)}-{cell(row, 3)}", 0.0)
            sheet.line(
                row,
                [key_label(lever.key, self.lang), lever.key, base, base, low, high, change],
                [TEXT, TEXT, INPUT, PLAIN, PLAIN, PLAIN, PLAIN],
            )

    def slopes(self) -> None:
        levers, lines = self.twin.levers, self.twin.lines
        sheet = self.sheet("slopes", [40, 26, 16, *[16] * len(levers)])
        sheet.put(
            0,
            0,
            self.say("Grundfall, och kr per år för en enhet mer", "Base case, and kr a year for one unit more"),
            TITLE,
        )
        names = [self.say("Rad", "Line"), self.say("Modell", "Model"), self.say("Grundfall", "Base case")]
        sheet.head(1, [*names, *(lever.key for lever in levers)])
        changes = [Live(f"={self.at('inputs', cell(_FIRST + at, 6, fixed=True))}", 0.0) for at in range(len(levers))]
        sheet.line(2, [self.say("Ändring", "Change"), "", ""], TEXT)
        sheet.line(2, changes, PLAIN, column=3)
        for model in range(2):
            for at, line in enumerate(lines):
                row = self.slope_row(model, at)
                numbers = [short(float(x)) for x in (self.twin.base[model, at], *self.twin.slopes[model, at])]
                sheet.line(row, [capital(line_name(line, self.lang)), self.models[model]], TEXT)
                sheet.line(row, numbers, MONEY, column=2)

    def slope_row(self, model: int, line: int) -> int:
        return 3 + model * len(self.twin.lines) + line

    def budget(self) -> None:
        lines, levers = self.twin.lines, self.twin.levers
        sheet = self.sheet("budget", [44, 18, 18, 18, 18, 18, 18, 18])
        sheet.put(0, 0, self.say("Ett representativt år, kr", "A representative year, kr"), TITLE)
        simulated = self.say("simulerat", "simulated")
        off = self.say("linje − simulerat", "line − simulated")
        one, other = self.models
        heads = [one, other, self.say("Skillnad", "Difference")]
        sheet.head(
            _FIRST - 1,
            [
                self.say("Rad", "Line"),
                *heads,
                *(f"{name}, {what}" for name in self.models for what in (simulated, off)),
            ],
        )
        last = _FIRST + len(lines) - 1
        for at, line in enumerate(lines):
            row, live = _FIRST + at, []
            for model in range(2):
                there = self.slope_row(model, at)
                formula = f"={self.at('slopes', cell(there, 2, fixed=True))}"
                if levers:
                    slopes = self.at("slopes", span((there, 3), (there, 2 + len(levers))))
                    changes = self.at("slopes", span((2, 3), (2, 2 + len(levers))))
                    formula += f"+SUMPRODUCT({slopes},{changes})"
                live.append(Live(formula, short(float(self.twin.base[model, at]))))
            gap = Live(f"={cell(row, 1)}-{cell(row, 2)}", live[0].value - live[1].value)
            sheet.put(row, 0, capital(line_name(line, self.lang)), TEXT)
            sheet.line(row, [*live, gap], MONEY, column=1)
            for model in range(2):
                mean = self.mean(model, line)
                column = 4 + 2 * model
                away = Live(f"={cell(row, 1 + model)}-{cell(row, column)}", live[model].value - mean)
                sheet.line(row, [mean, away], MONEY, column=column)
        total = last + 1
        sheet.put(total, 0, self.say("Nettointäkt", "Net revenue"), TOTAL)
        for column, title in enumerate(
            ("first", "second", "difference", *("simulated_1", "off_1", "simulated_2", "off_2"))
        ):
            named = self.name(f"budget_{title}", "budget", span((_FIRST, 1 + column), (last, 1 + column)))
            sheet.put(total, 1 + column, Live(f"=SUM({named})", self.column_sum(column)), TOTAL)
        self.total_row = total

    def mean(self, model: int, line: str) -> float:
        run = self.found.comparison.runs[model]
        return short(float(run.line_ore(line).mean()) / ORE_PER_KR)

    def column_sum(self, column: int) -> float:
        bases = [[short(float(x)) for x in self.twin.base[model]] for model in range(2)]
        means = [[self.mean(model, line) for line in self.twin.lines] for model in range(2)]
        sums = [math.fsum(values) for values in (*bases, *means)]
        return (
            sums[0],
            sums[1],
            sums[0] - sums[1],
            sums[2],
            sums[0] - sums[2],
            sums[3],
            sums[1] - sums[3],
        )[column]

    def error(self) -> None:
        lines, levers = self.twin.lines, self.twin.levers
        sheet = self.sheet("error", [52, 14, 14, *[17] * 9])
        sheet.put(
            0,
            0,
            self.say("Linjens avstånd från modellens slutna form", "The line's distance from the model's closed form"),
            TITLE,
        )
        per = [self.say("sluten form", "closed form"), self.say("linje", "line"), self.say("fel", "error")]
        names = [*(f"{name}, {what}" for name in self.models for what in per)]
        whole = [f"{self.say('Skillnad', 'Difference')}, {what}" for what in per]
        sheet.head(
            _FIRST - 1, [self.say("Tal", "Number"), self.say("Ände", "End"), self.say("Värde", "Value"), *names, *whole]
        )
        row = _FIRST
        self.worst: list[float] = []
        for at, lever in enumerate(levers):
            for end, value in enumerate((lever.low, lever.high)):
                label = self.say("lägst", "low") if not end else self.say("högst", "high")
                sheet.line(row, [key_label(lever.key, self.lang), label, short(value)], [TEXT, TEXT, PLAIN])
                exact = [short(float(self.twin.at_ends[model, at, end])) for model in range(2)]
                lined = []
                for model in range(2):
                    first, last = self.slope_row(model, 0), self.slope_row(model, len(lines) - 1)
                    base = self.at("slopes", span((first, 2), (last, 2)))
                    slope = self.at("slopes", span((first, 3 + at), (last, 3 + at)))
                    middle = self.at("inputs", cell(_FIRST + at, 3, fixed=True))
                    net = math.fsum(short(float(x)) for x in self.twin.base[model])
                    steep = math.fsum(short(float(x)) for x in self.twin.slopes[model, :, at])
                    away = short(value) - short(lever.base)
                    formula = f"=SUM({base})+SUM({slope})*({cell(row, 2)}-{middle})"
                    lined.append(Live(formula, net + steep * away))
                for model in range(2):
                    self._held_against(sheet, row, 3 + 3 * model, exact[model], lined[model])
                if not any(math.isnan(x) for x in exact):
                    gap = Live(f"={cell(row, 4)}-{cell(row, 7)}", lined[0].value - lined[1].value)
                    known = Live(f"={cell(row, 3)}-{cell(row, 6)}", exact[0] - exact[1])
                    far = Live(f"={cell(row, 10)}-{cell(row, 9)}", gap.value - known.value)
                    sheet.line(row, [known, gap, far], MONEY, column=9)
                    self.worst.append(abs(far.value))
                row += 1
        note = self.say(
            "Tom cell: den slutna formen har inget svar där, eftersom personalen inte hinner med arbetet.",
            "An empty cell: the closed form has no answer there, since the staff cannot do the work.",
        )
        sheet.put(row + 1, 0, note, TEXT)

    def _held_against(self, sheet: Sheet, row: int, column: int, exact: float, lined: Live) -> None:
        sheet.put(row, column, exact, MONEY)
        sheet.put(row, column + 1, lined, MONEY)
        if not math.isnan(exact):
            away = Live(f"={cell(row, column + 1)}-{cell(row, column)}", lined.value - exact)
            sheet.put(row, column + 2, away, MONEY)

    def layers(self) -> None:
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
            _FIRST - 1,
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
            sheet.line(_FIRST + at, [at + 1, *pair], MONEY, column=4)
        last = _FIRST + len(values) - 1
        named = self.name("worlds_difference", "layers", span((_FIRST, 5), (last, 5)))
        also = self.name("worlds_difference_with_principal", "layers", span((_FIRST, 6), (last, 6)))
        row = _FIRST
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
        return self.say(f"{percent}-procentsgräns", f"{percent}% quantile")

    def sweep(self) -> None:
        if self.found.sweep is None or self.found.paper.sweep is None:
            return
        key = self.found.paper.sweep.key
        frame = self.found.sweep.to_frame()
        sheet = self.sheet("sweep", [44, 20, 20, 20])
        sheet.put(0, 0, key_label(key, self.lang), TITLE)
        sheet.head(_FIRST - 1, [key, *self.models, self.say("Skillnad", "Difference")])
        columns = [f"{model}.net_revenue_kr" for model in self.twin.models]
        for at in range(len(frame)):
            row = _FIRST + at
            numbers = [short(float(frame[name].iloc[at])) if name in frame else math.nan for name in columns]
            sheet.put(row, 0, short(float(frame[key].iloc[at])), PLAIN)
            sheet.line(row, numbers, MONEY, column=1)
            if not any(math.isnan(x) for x in numbers):
                sheet.put(row, 3, Live(f"={cell(row, 1)}-{cell(row, 2)}", numbers[0] - numbers[1]), MONEY)

    def cash(self) -> None:
        frame = cash_data(self.found.comparison)
        sheet = self.sheet("cash", [34, 20, 20, 20, 16, 20])
        sheet.put(0, 0, self.say("Kassa per år och nuvärde", "Cash by year and present value"), TITLE)
        sheet.put(1, 0, self.say("Kalkylränta", "Rate of discount"), TEXT)
        sheet.put(1, 1, RATE, INPUT)
        names = [self.say("År i drift", "Year in operation"), *self.models, self.say("Skillnad", "Difference")]
        sheet.head(_FIRST - 1, [*names, self.say("Faktor", "Factor"), self.say("Nuvärde", "Present value")])
        rate, worth = cell(1, 1, fixed=True), []
        for at in range(len(frame)):
            row, year = _FIRST + at, int(frame["year"].iloc[at])
            one, other = (short(float(frame[name].iloc[at])) for name in ("first_kr", "second_kr"))
            factor = (1 + RATE) ** -year
            gap = Live(f"={cell(row, 1)}-{cell(row, 2)}", one - other)
            worth.append((one - other) * factor)
            sheet.line(row, [year, one, other, gap], [PLAIN, MONEY, MONEY, MONEY])
            sheet.put(row, 4, Live(f"=(1+{rate})^-{cell(row, 0)}", factor), PLAIN)
            sheet.put(row, 5, Live(f"={cell(row, 3)}*{cell(row, 4)}", worth[-1]), MONEY)
        last = _FIRST + len(frame) - 1
        named = self.name("cash_present_value", "cash", span((_FIRST, 5), (last, 5)))
        sheet.put(last + 1, 0, self.say("Nuvärde i allt", "Present value in all"), TOTAL)
        sheet.put(last + 1, 5, Live(f"=SUM({named})", math.fsum(worth)), TOTAL)

    def months(self) -> None:
        sheet = self.sheet("months", [16, 30, 16, 16, 16, 14, 14])
        sheet.put(
            0,
            0,
            self.say("Arbetet månad för månad, ett simulerat år", "Work month by month, one simulated year"),
            TITLE,
        )
        sheet.head(
            _FIRST - 1,
            [
                self.say("Månad", "Month"),
                self.say("Modell", "Model"),
                self.say("Påbörjade", "Begun"),
                self.say("Timmar", "Hours"),
                self.say("I arbete, timmar", "At work, hours"),
                self.say("Beläggning", "Utilisation"),
                self.say("I kö", "Waiting"),
            ],
        )
        row, hours = _FIRST, []
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
            named = self.name(title, "months", span((_FIRST, column), (row - 1, column)))
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
