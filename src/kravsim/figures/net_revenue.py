"""Net revenue of the models, one row a model on a shared axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import net_revenue_words, of_worlds, short_name, spread_text
from kravsim.figures.style import model_colour, span
from kravsim.scenario import checked_call
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.comparison import Comparison

_ROW = 1.3


def data(cmp: Comparison) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        `model`, `draw`, `replication`, `net_revenue_kr` (kr a calendar year), one row a model and replication.
    """
    import pandas as pd

    frames = [
        pd.DataFrame(
            {
                "model": run.model,
                "draw": [draw for draw, _ in run.pairs],
                "replication": [replication for _, replication in run.pairs],
                "net_revenue_kr": run.net_revenue.samples,
            }
        )
        for run in cmp.runs
    ]
    return pd.concat(frames, ignore_index=True)


@checked_call
def draw(cmp: Comparison, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw what each model leaves the region with.

    Parameters
    ----------
    cmp : Comparison
        Any number of models.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    language_index(lang)
    frame = data(cmp)
    count = len(cmp.runs)
    with framed(_ROW * count, net_revenue_words(cmp, lang), ax) as ax:
        from kravsim.figures.canvas import above_row, money_axis, row_labels, spread

        ax.set_ylim(-0.15, count - 0.05)
        bases = [float(count - 1 - place) for place in range(count)]
        names = [capital(short_name(run, lang)) for run in cmp.runs]
        row_labels(ax, [base + 0.25 for base in bases], names)
        money_axis(ax, span(frame["net_revenue_kr"].tolist()), lang)
        for place, (run, base) in enumerate(zip(cmp.runs, bases, strict=True)):
            values = frame.loc[frame["model"] == run.model, "net_revenue_kr"].to_numpy()
            spread(ax, values, base, model_colour(place))
            above_row(
                ax,
                run.net_revenue.mean,
                base,
                spread_text(run.net_revenue, lang, cmp.shown.step, worlds=of_worlds(cmp)),
            )
        ax.set_xlabel("nettointäkt, kr per kalenderår" if lang == "sv" else "net revenue, kr a calendar year")
    return figure_of(ax)
