"""A year's invoices to their ends: paid in time or handed over, the last step that each claim came to, and how it ended."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.engine.contract import DONE
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, SKY, VERMILION
from kravsim.models.plan import NO_TARGET
from kravsim.models.process import END_CODE, SOLD, STEP_CODE
from kravsim.results.notes import doubts_of_year
from kravsim.scenario import checked_call
from kravsim.telling.shown import percents
from kravsim.words.display import number, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.wording import language_index, model_name
from kravsim.workdays import calendar_years

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from kravsim.flow import RunParts

IN_TIME: Final = "in_time"
HANDED_OVER: Final = "handed_over"
STAGES: Final = {
    "reminder": (("påminnelse", "reminder"), ("reminder", "residue")),
    "demand": (("inkassokrav och amortering", "demand and instalments"), ("demand", "instalment_plan", "instalment")),
    "kronofogden": (
        ("Kronofogden och tingsrätt", "Kronofogden and court"),
        ("payment_order", "contested", "district_court", "order", "attachment"),
    ),
    "surveillance": (
        ("efterbevakning", "surveillance"),
        (
            "solvency_check",
            "surveillance",
            "surveillance_with_title",
            "interruption",
            "interruption_with_title",
            "last_surveillance",
            "last_surveillance_with_title",
        ),
    ),
    "other": (
        ("konkurs, skuldsanering, dödsbo, utland", "bankruptcy, restructuring, estates, abroad"),
        (
            "debt_restructuring",
            "debt_restructuring_with_title",
            "bankruptcy",
            "bankruptcy_with_title",
            "estate",
            "foreign_collection",
        ),
    ),
}
"""The last step that was carried out, in the order of the process: words, and the steps gathered there."""
OUTCOMES: Final = {
    "paid": (("betalda", "paid"), ("paid", "residue_waived")),
    "lapsed": (("preskriberade eller inte längre bevakade", "lapsed or no longer watched"), ("lapsed", "unwatched")),
    "given_up": (
        ("avskrivna eller återkallade på annat sätt", "given up or withdrawn otherwise"),
        ("withdrawn_early", "withdrawn_late", "restructured", "bankrupt", "uncollectable", "too_small"),
    ),
    "sold": (("sålda", "sold"), ("sold",)),
    "open": (("ännu öppna", "still open"), ()),
}
"""How claims ended: words, and the ends gathered there; without any, none yet."""
_COLOURS: Final = {"reminder": BLUE, "demand": SKY, "kronofogden": ORANGE, "surveillance": PURPLE, "other": VERMILION}
_ENDS_COLOURS: Final = {"paid": GREEN, "lapsed": GREY, "given_up": INK, "sold": BLUE, "open": PALE}
_HEIGHT: Final = 4.2
_BAR, _COLUMNS = 0.028, (0.0, 0.30, 0.62)
_GAP: Final = 0.045
_LEAST: Final = 0.008
_SIZE: Final = 8.5
_BESIDE, _BELOW = 0.06, 0.06
"""Inches that texts end before the next column, and share of the height that they may stand below the picture."""


def data(year: RunParts) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    year : RunParts
        One run of a model. Its first simulated year's invoices are followed to the close, years later.

    Returns
    -------
    pandas.DataFrame
        `part` (`in_time`, or `handed_over`), `last_step`, `end` and `invoices`; they sum to the year's invoices.
    """
    import pandas as pd

    stream, log = year.inputs.stream, year.log
    first, last = calendar_years(stream.first, stream.n_days)[0]
    of_year = (stream.runs.day >= first) & (stream.runs.day < last)
    invoices = int(stream.runs.invoices[of_year].sum())
    claims = (stream.claims.run >= first) & (stream.claims.run < last)
    stage = _last_stage(log.case, log.step, log.kind, len(stream.cases))[stream.claims.case]
    end = year.ledger.debts.end[stream.claims.case]
    rows = []
    for at, name in enumerate(STAGES):
        for outcome, (_, ends) in OUTCOMES.items():
            if ends == (SOLD,) and year.plan.sale == NO_TARGET:
                continue
            there = np.isin(end, [END_CODE[one] for one in ends]) if ends else end < 0
            rows.append((HANDED_OVER, name, outcome, int((claims & (stage == at) & there).sum())))
    rows.insert(0, (IN_TIME, "", "paid", invoices - sum(row[-1] for row in rows)))
    return pd.DataFrame(rows, columns=["part", "last_step", "end", "invoices"])


def _last_stage(case: NDArray[np.int64], step: NDArray[np.int64], kind: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Of each case the stage of the last step that was carried out; the first stage where none was."""
    stage_of = np.zeros(len(STEP_CODE), np.int64)
    for at, (_, steps) in enumerate(STAGES.values()):
        stage_of[[STEP_CODE[name] for name in steps]] = at
    found = np.zeros(n, np.int64)
    done = kind == DONE
    found[case[done]] = stage_of[step[done]]  # rows are in time within a case: the last stays
    return found


@checked_call
def draw(year: RunParts, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the flow, the late part on a scale of its own.

    Parameters
    ----------
    year : RunParts
        One run of a model.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    place = language_index(lang)
    frame = data(year)
    whole = int(frame["invoices"].sum())
    over = frame[frame["part"] == HANDED_OVER]
    late = int(over["invoices"].sum())
    stages = {str(name): int(rows["invoices"].sum()) for name, rows in over.groupby("last_step", sort=False)}
    ends = {str(name): int(rows["invoices"].sum()) for name, rows in over.groupby("end", sort=False)}
    with framed(_HEIGHT, _words(year, whole, late, ends, lang), ax, bare=True) as ax:
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        ax.set_axis_off()
        part = late / max(whole, 1)
        _bar(ax, 0, part, 1, PALE)
        _bar(ax, 0, 0, part, ORANGE)
        _say(
            ax,
            _BAR + 0.012,
            (1 + part) / 2,
            _line(("betalda utan krav", "paid without a demand")[place], whole - late, whole, lang),
        )
        _say(ax, _BAR + 0.012, part + 0.06, _line(("till inkasso", "handed over")[place], late, whole, lang))
        lefts, rights = _stacked(stages, late), _stacked(ends, late)
        if late:
            _ribbon(ax, (_BAR, _COLUMNS[1]), ((0, part), (min(a for a, _ in lefts.values()), 1.0)), PALE)
        used = {name: list(span)[1] for name, span in lefts.items()}
        landed = {name: list(span)[1] for name, span in rights.items()}
        scale = _scale(stages, late)
        scale_right = _scale(ends, late)
        records: list[Any] = [row for row in over.itertuples() if row.invoices]
        for row in records:
            wide, wide_right = row.invoices * scale, row.invoices * scale_right
            a, b = used[row.last_step], landed[row.end]
            used[row.last_step], landed[row.end] = a - wide, b - wide_right
            spans = ((a - wide, a), (b - wide_right, b))
            _ribbon(ax, (_COLUMNS[1] + _BAR, _COLUMNS[2]), spans, _COLOURS[row.last_step])
        shown = dict(zip(stages, percents([n / late for n in stages.values()], 0.001), strict=True)) if late else {}
        for name, (low, high) in lefts.items():
            _bar(ax, 1, low, high, _COLOURS[name])
        said = {name: (STAGES[name][0][place], stages[name], share(shown[name], lang)) for name in lefts}
        _say_all(ax, 1, said, lefts, lang)
        shown = dict(zip(ends, percents([n / late for n in ends.values()], 0.001), strict=True)) if late else {}
        for name, (low, high) in rights.items():
            _bar(ax, 2, low, high, _ENDS_COLOURS[name])
        said = {name: (OUTCOMES[name][0][place], ends[name], share(shown[name], lang)) for name in rights}
        _say_all(ax, 2, said, rights, lang)
    return figure_of(ax)


def _scale(parts: dict[str, int], whole: int) -> float:
    gaps = _GAP * (sum(1 for n in parts.values() if n) - 1)
    return (1 - gaps) / max(whole, 1)


def _stacked(parts: dict[str, int], whole: int) -> dict[str, tuple[float, float]]:
    """Where each part stands, from the top; parts of nothing are left out."""
    scale, top, found = _scale(parts, whole), 1.0, {}
    for name, n in parts.items():
        if n:
            found[name] = (top - n * scale, top)
            top -= n * scale + _GAP
    tops = [high for _, high in found.values()]
    if any(a - b < 0 for a, b in pairwise(tops)):
        message = "parts of a flow overlap"
        raise ValueError(message)
    return found


def _bar(ax: Axes, column: int, low: float, high: float, colour: str) -> None:
    from matplotlib.patches import Rectangle

    box = Rectangle((_COLUMNS[column], low), _BAR, max(high - low, _LEAST / 4), facecolor=colour, edgecolor=INK)
    box.set_linewidth(0.5)
    box.set_zorder(4)
    ax.add_patch(box)


def _ribbon(
    ax: Axes, x: tuple[float, float], spans: tuple[tuple[float, float], tuple[float, float]], colour: str
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, x1), ((a0, a1), (b0, b1)) = x, spans
    bend = (x0 + x1) / 2
    points = [(x0, a1), (bend, a1), (bend, b1), (x1, b1), (x1, b0), (bend, b0), (bend, a0), (x0, a0), (x0, a1)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    ax.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor="none", alpha=0.38, zorder=2))


def _say(ax: Axes, x: float, y: float, text: str) -> None:
    style: dict[str, Any] = {"ha": "left", "va": "center", "linespacing": 1.25, "annotation_clip": False}
    ax.annotate(text, (x, y), fontsize=_SIZE, color=INK, zorder=5, **style)


def _say_all(
    ax: Axes,
    column: int,
    said: Mapping[str, tuple[str, int, str]],
    spans: Mapping[str, tuple[float, float]],
    lang: str,
) -> None:
    """Write beside the parts of a column, from the top: broken where the next column begins, and none on another."""
    from kravsim.figures.canvas import figure_of, wrapped

    box, dpi = ax.get_window_extent(), figure_of(ax).dpi
    left = _COLUMNS[column] + _BAR + 0.012
    room = ((*_COLUMNS, 1.0)[column + 1] - left) * box.width / dpi - _BESIDE
    texts = [
        "\n".join([*wrapped(words, room, _SIZE), f"{number(n, lang)} ({part})"]) for words, n, part in said.values()
    ]
    tall = [(text.count("\n") + 1) * _SIZE * 1.3 / 72 / (box.height / dpi) for text in texts]
    at = [(low + high) / 2 for low, high in (spans[name] for name in said)]
    for place in range(1, len(at)):
        at[place] = min(at[place], at[place - 1] - (tall[place - 1] + tall[place]) / 2)
    for place in range(len(at) - 1, -1, -1):  # what came to stand below the picture is moved up again
        below = at[place + 1] + (tall[place + 1] + tall[place]) / 2 if place + 1 < len(at) else tall[place] / 2 - _BELOW
        at[place] = max(at[place], below)
    for y, text in zip(at, texts, strict=True):
        _say(ax, left, y, text)


def _line(what: str, n: int, whole: int, lang: str) -> str:
    return f"{what}\n{number(n, lang)} ({share(n / max(whole, 1), lang)})"


def _words(year: RunParts, whole: int, late: int, ends: dict[str, int], lang: str) -> Words:
    place = language_index(lang)
    stream = year.inputs.stream
    years = len(calendar_years(stream.first, stream.n_days))
    first, _ = calendar_years(stream.first, stream.n_days)[0]
    when = (stream.first + dt.timedelta(first)).year
    model = model_name(year.plan.model, lang)
    invoices, paid, gone = (number(n, lang) for n in (whole, ends["paid"], late))
    if place == 0:
        title = f"Av {invoices} fakturor går {gone} till inkasso; av dem betalas {paid} till slut"
        note = (
            f"Modell: {model}. Ett års fakturor ({when}) följda i {number(years, lang)} år. Vänster del: alla "
            "fakturor. Till "
            "höger har de som gått till inkasso en egen, större skala: det sista steg de kom till, och hur de slutade."
        )
    else:
        title = f"Of {invoices} invoices {gone} are handed over for collection; {paid} of them are paid in the end"
        note = (
            f"Model: {model}. One year's invoices ({when}) followed for {number(years, lang)} years. Left: all "
            "invoices. At the right those handed over have a larger scale of their own: the last step they came to, "
            "and how they ended."
        )
    about = f"{('ett simulerat år', 'one simulated year')[place]} · {seeded(year.inputs.draws.seed, lang)}"
    return Words(title, about, note, texts(doubts_of_year(year.inputs.world, year.outcome), lang))
