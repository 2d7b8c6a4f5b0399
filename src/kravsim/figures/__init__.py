"""One function a figure: tidy data first, then drawing, on a figure of its own that changes nothing elsewhere.

matplotlib and pandas are imported when a figure is drawn, not when this room is imported. Each function has a module
of the same name with `data`, the numbers behind the picture; it takes what the figure takes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kravsim.figures.believed import draw as believed
from kravsim.figures.break_even import draw as break_even
from kravsim.figures.bridge import draw as bridge
from kravsim.figures.burden import draw as burden
from kravsim.figures.calibration import draw as calibration
from kravsim.figures.cash import draw as cash
from kravsim.figures.difference import draw as difference
from kravsim.figures.discovery import draw as discovery
from kravsim.figures.flow_of_invoices import draw as flow_of_invoices
from kravsim.figures.information import draw as information
from kravsim.figures.layers import draw as layers
from kravsim.figures.months import draw as months
from kravsim.figures.net_revenue import draw as net_revenue
from kravsim.figures.payment_curves import draw as payment_curves
from kravsim.figures.people import draw as people
from kravsim.figures.portfolio import draw as portfolio
from kravsim.figures.process_map import draw as process_map
from kravsim.figures.published import draw as published
from kravsim.figures.ranking import draw as ranking
from kravsim.figures.run_off import draw as run_off
from kravsim.figures.s_curve import draw as s_curve
from kravsim.figures.stock import draw as stock
from kravsim.figures.stock_years import draw as stock_years
from kravsim.figures.sweep import draw as sweep
from kravsim.figures.switching_line import draw as switching_line
from kravsim.figures.tornado import draw as tornado
from kravsim.figures.transition import draw as transition
from kravsim.figures.two_way import draw as two_way
from kravsim.figures.walk import draw as walk
from kravsim.figures.worth_knowing import draw as worth_knowing
from kravsim.figures.years import draw as years

if TYPE_CHECKING:
    from kravsim.papers.save import save_comparison, save_figures, save_run, save_uncertain
    from kravsim.papers.save_study import save_study

_SAVED = {
    "save_comparison": "kravsim.papers.save",
    "save_figures": "kravsim.papers.save",
    "save_run": "kravsim.papers.save",
    "save_study": "kravsim.papers.save_study",
    "save_uncertain": "kravsim.papers.save",
}
"""Where what saves figures with everything else stands: those who draw need not know of it, those who save find it here."""

__all__ = [
    "believed",
    "break_even",
    "bridge",
    "burden",
    "calibration",
    "cash",
    "difference",
    "discovery",
    "flow_of_invoices",
    "information",
    "layers",
    "months",
    "net_revenue",
    "payment_curves",
    "people",
    "portfolio",
    "process_map",
    "published",
    "ranking",
    "run_off",
    "s_curve",
    "save_comparison",
    "save_figures",
    "save_run",
    "save_study",
    "save_uncertain",
    "stock",
    "stock_years",
    "sweep",
    "switching_line",
    "tornado",
    "transition",
    "two_way",
    "walk",
    "worth_knowing",
    "years",
]


def __getattr__(name: str) -> object:
    """Load what saves when it is asked for."""
    if name in _SAVED:
        return getattr(import_module(_SAVED[name]), name)
    raise AttributeError(f"module 'kravsim.figures' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
