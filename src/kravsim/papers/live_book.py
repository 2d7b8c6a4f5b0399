"""The live part of a workbook: inputs, slopes, the budget along the straight line, and how far that is from the model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from kravsim.papers.answer_text import origin_of
from kravsim.papers.sheet import FORMATS, INPUT, MONEY, PLAIN, TEXT, TITLE, TOTAL, Live, Sheet, cell, short, span
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
FIRST: Final = 3
"""Row of the first line below a header, from 0."""


class LiveBook:
    """The sheets of one workbook, which name each other's cells."""

    def __init__(self, found: Asked, book: Any) -> None:
        self.found, self.book, self.twin = found, book, found.twin
        self.lang = found.paper.language
        self.place = language_index(self.lang)
        self.formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        self.models = [capital(run.name(self.lang)) for run in found.comparison.runs[:2]]

    def sheet(self, key: str, widths: list[int]) -> Sheet:
        """Add a sheet.

        Parameters
        ----------
        key : str
            Of the table of names.
        widths : list of int
            Of its columns, in letters.
        """
        return Sheet(self.book, _NAMES[key][self.place], self.formats, widths)

    def at(self, key: str, where: str) -> str:
        """Name a cell or range of a sheet.

        Parameters
        ----------
        key : str
            Of the table of names.
        where : str
            The cell or range.
        """
        return f"'{_NAMES[key][self.place]}'!{where}"

    def name(self, name: str, key: str, where: str) -> str:
        """Name a range for the whole workbook, so that a total says of what it is.

        Parameters
        ----------
        name : str
            The same in every language.
        key : str
            Of the table of names.
        where : str
            The range.
        """
        self.book.define_name(name, f"={self.at(key, where)}")
        return name

    def say(self, swedish: str, english: str) -> str:
        """Choose the language.

        Parameters
        ----------
        swedish, english : str
            The same text.
        """
        return (swedish, english)[self.place]

    def read_first(self) -> None:
        """Say what the workbook is and how it is used."""
        sheet = self.sheet("read", [110])
        texts = [
            (self.found.paper.title, TITLE),
            (origin_of(self.found), TEXT),
            (
                self.say(
                    "De gula cellerna på Indata kan ändras. Budget räknar då om varje rad med en rät linje genom "
                    "grundfallet: belopp i grundfallet + summan av lutning × ändring. Linjen är en förenkling. "
                    "Bladet Fel visar, vid ändarna av varje spann, vad modellens slutna form ger och hur långt "
                    "linjen är därifrån; flera ändringar på en gång kan samverka på sätt som linjen inte ser.",
                    "The yellow cells on Inputs can be changed. Budget then works out each line anew by a straight "
                    "line through the base case: amount of the base case + the sum of slope × change. The line is a "
                    "simplification. The sheet Error shows, at the ends of each range, what the model's closed form "
                    "gives and how far the line is from it; several changes at once may act together in ways that "
                    "the line does not see.",
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
            if look == TEXT:
                sheet.high(row, [text])

    def inputs(self) -> None:
        """List the inputs of the line, which can be changed."""
        sheet = self.sheet("inputs", [52, 46, 14, 14, 14, 14, 14])
        sheet.put(
            0,
            0,
            self.say("Indata till linjen: ändra de gula cellerna", "Inputs of the line: change the yellow cells"),
            TITLE,
        )
        sheet.head(
            FIRST - 1,
            [
                self.say("Tal", "Number"),
                self.say("Nyckel", "Key"),
                self.say("Värde", "Value"),
                self.say("Grundfall", "Base case"),
                self.say("Lägst", "Low"),
                self.say("Högst", "High"),
                self.say("Ändring", "Change"),
            ],
            left=2,
        )
        for at, lever in enumerate(self.twin.levers):
            row = FIRST + at
            base, low, high = (short(x) for x in (lever.base, lever.low, lever.high))
            change = Live(f"={cell(row, 2)}-{cell(row, 3)}", 0.0)
            sheet.line(
                row,
                [key_label(lever.key, self.lang), lever.key, base, base, low, high, change],
                [TEXT, TEXT, INPUT, PLAIN, PLAIN, PLAIN, PLAIN],
            )

    def slopes(self) -> None:
        """List the base case and the slope of each line along each input."""
        levers, lines = self.twin.levers, self.twin.lines
        sheet = self.sheet("slopes", [40, 26, 16, *[16] * len(levers)])
        sheet.put(
            0,
            0,
            self.say("Grundfall, och kr per år för en enhet mer", "Base case, and kr a year for one unit more"),
            TITLE,
        )
        names = [self.say("Rad", "Line"), self.say("Modell", "Model"), self.say("Grundfall", "Base case")]
        sheet.head(1, [*names, *(key_label(lever.key, self.lang) for lever in levers)], left=2)
        changes = [Live(f"={self.at('inputs', cell(FIRST + at, 6, fixed=True))}", 0.0) for at in range(len(levers))]
        sheet.line(2, [self.say("Ändring", "Change"), "", ""], TEXT)
        sheet.line(2, changes, PLAIN, column=3)
        for model in range(2):
            for at, line in enumerate(lines):
                row = self.slope_row(model, at)
                numbers = [short(float(x)) for x in (self.twin.base[model, at], *self.twin.slopes[model, at])]
                sheet.line(row, [capital(line_name(line, self.lang)), self.models[model]], TEXT)
                sheet.line(row, numbers, MONEY, column=2)

    def slope_row(self, model: int, line: int) -> int:
        """Row of a line's slopes, from 0.

        Parameters
        ----------
        model, line : int
            Their places.
        """
        return 3 + model * len(self.twin.lines) + line

    def budget(self) -> None:
        """Work out the budget along the line."""
        lines, levers = self.twin.lines, self.twin.levers
        sheet = self.sheet("budget", [44, 18, 18, 18, 18, 18, 18, 18])
        sheet.put(0, 0, self.say("Ett representativt år, kr", "A representative year, kr"), TITLE)
        simulated = self.say("simulerat", "simulated")
        off = self.say("linje − simulerat", "line − simulated")
        one, other = self.models
        heads = [one, other, self.say("Skillnad", "Difference")]
        sheet.head(
            FIRST - 1,
            [
                self.say("Rad", "Line"),
                *heads,
                *(f"{name}, {what}" for name in self.models for what in (simulated, off)),
            ],
        )
        last = FIRST + len(lines) - 1
        for at, line in enumerate(lines):
            row, live = FIRST + at, []
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
            named = self.name(f"budget_{title}", "budget", span((FIRST, 1 + column), (last, 1 + column)))
            sheet.put(total, 1 + column, Live(f"=SUM({named})", self.column_sum(column)), TOTAL)
        self.total_row = total

    def mean(self, model: int, line: str) -> float:
        """Simulated mean of a line, kr.

        Parameters
        ----------
        model : int
            Its place.
        line : str
            Name of the line.
        """
        run = self.found.comparison.runs[model]
        return short(float(run.line_ore(line).mean()) / ORE_PER_KR)

    def column_sum(self, column: int) -> float:
        """What the total of a column of the budget comes to.

        Parameters
        ----------
        column : int
            From 0.
        """
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
        """Hold the line against the closed form at the ends of each input's range."""
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
            FIRST - 1,
            [self.say("Tal", "Number"), self.say("Ände", "End"), self.say("Värde", "Value"), *names, *whole],
            left=2,
        )
        row = FIRST
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
                    middle = self.at("inputs", cell(FIRST + at, 3, fixed=True))
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
