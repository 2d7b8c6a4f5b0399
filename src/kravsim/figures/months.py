"""The staff of one model month by month: what waits at the end of each, and how much of the time at work is used."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.engine.contract import NONE, STARTED
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, ORANGE
from kravsim.models.plan import REGULAR
from kravsim.results.notes import doubts_of_year
from kravsim.scenario import checked_call
from kravsim.settling.backlog import left_waiting
from kravsim.units import MINUTES_PER_DAY
from kravsim.words.display import number, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index, model_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.flow import RunParts

_HEIGHT: Final = 3.6
_MONTHS: Final = (
    ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_WHOLE_MONTHS: Final = (
    [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
)
_MINUTES: Final = 60


def data(year: RunParts) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    year : RunParts
        One run of a model.

    Returns
    -------
    pandas.DataFrame
        `month` (its first day), `begun` (pieces of work taken up in it), `begun_hours`, `present_hours` (of the posts),
        `utilisation` (the one over the other; NaN without anybody at work), `waiting` (pieces of work at its end) and
        `waiting_hours`: every month of the horizon, empty ones as 0.
    """
    import pandas as pd

    log, plan, stream = year.log, year.plan, year.inputs.stream
    started = (log.kind == STARTED) & (log.release != NONE)
    posts = np.zeros(len(log), bool)
    for number_of, pool in enumerate(plan.pools):
        mine = np.flatnonzero(started)
        mine = mine[plan.pool[log.step[mine]] == number_of]
        posts[mine] = pool.kind[log.server[mine]] == REGULAR
    begin, release, minutes = (column[started] for column in (log.minute, log.release, log.quantity))
    left = left_waiting(log, plan, year.inputs.cases)
    rows = []
    for first, last in _months(year):
        start, end = (day * MINUTES_PER_DAY for day in (first, last))
        now = posts & (log.minute >= start) & (log.minute < end)
        waits, stays = (release < end) & (begin >= end), left.release < end
        present = sum(int(pool.present_minutes[:, first:last].sum()) for pool in plan.pools) / _MINUTES
        begun = float(log.quantity[now].sum()) / _MINUTES
        rows.append(
            {
                "month": stream.first + dt.timedelta(first),
                "begun": int(now.sum()),
                "begun_hours": begun,
                "present_hours": present,
                "utilisation": begun / present if present else float("nan"),
                "waiting": int(waits.sum() + stays.sum()),
                "waiting_hours": float(minutes[waits].sum() + left.minutes[stays].sum()) / _MINUTES,
            }
        )
    return pd.DataFrame(rows)


def _months(year: RunParts) -> list[tuple[int, int]]:
    """Months of the horizon as half-open ranges of days."""
    stream = year.inputs.stream
    day = stream.first + dt.timedelta(year.inputs.start)
    close = stream.first + dt.timedelta(stream.n_days)
    found = []
    while day < close:
        after = min((day.replace(day=1) + dt.timedelta(32)).replace(day=1), close)
        found.append(((day - stream.first).days, (after - stream.first).days))
        day = after
    return found


@checked_call
def draw(year: RunParts, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw what waits as bars, and the share of the time at work that is used as a line above them.

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
    with framed(_HEIGHT, _words(year, frame, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.upright import counts_axis

        at = np.arange(len(frame))
        most = max(float(frame["waiting"].max()), 1.0)
        ax.bar(at, frame["waiting"].to_numpy(), width=0.62, color=BLUE, zorder=3)
        counts_axis(ax, most * 1.75, lang)
        base, tall = 1.12 * most, 0.55 * most
        known = frame["utilisation"].to_numpy()
        ax.plot(at, base + tall * np.clip(known, 0, 1), color=ORANGE, marker="o", markersize=5, linewidth=1.6, zorder=4)
        for x, used in zip(at.tolist(), known.tolist(), strict=True):
            if np.isfinite(used):
                where = (x, base + tall * min(max(used, 0.0), 1.0))
                text = share(used, lang, step=0.01)
                ax.annotate(text, where, xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8, color=INK)
        ax.xaxis.set_major_locator(FixedLocator(at.tolist()))
        ax.set_xticklabels([_MONTHS[place][day.month - 1] for day in frame["month"]])
        ax.set_ylabel(("ärenden i kö vid månadens slut", "work waiting at the end of the month")[place])
    return figure_of(ax)


def _words(year: RunParts, frame: pd.DataFrame, lang: str) -> Words:
    place = language_index(lang)
    model = model_name(year.plan.model, lang)
    used = float(frame["begun_hours"].sum()) / max(float(frame["present_hours"].sum()), 1e-9)
    worst: Any = frame.iloc[int(frame["waiting"].to_numpy().argmax())]
    month, waiting = _WHOLE_MONTHS[place][worst["month"].month - 1], number(float(worst["waiting"]), lang)
    percent = share(used, lang, step=0.01)
    if place == 0:
        title = f"{model}: {percent} av arbetstiden går åt; som mest väntar {waiting} ärenden ({month})"
        note = (
            "Staplar: ärenden som väntar på handläggning när månaden slutar. Linjen med punkter: andel av tiden "
            "i arbete som "
            "gått till ärenden som påbörjats under månaden, på egen skala (över 100 % när arbetet fortsätter i nästa)."
        )
    else:
        title = f"{model}: {percent} of the time at work is used; at most {waiting} pieces of work wait ({month})"
        note = (
            "Bars: work that waits for the staff as the month ends. The line with dots: share of the time at work "
            "that went to work begun in the month, on a scale of its own (above 100% where it goes on in the next)."
        )
    about = f"{('ett simulerat år', 'one simulated year')[place]} · {seeded(year.inputs.draws.seed, lang)}"
    return Words(capital(title), about, note, texts(doubts_of_year(year.inputs.world, year.outcome), lang))
