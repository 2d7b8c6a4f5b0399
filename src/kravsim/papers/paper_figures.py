"""The figures of a paper: which there are, and the files of each. A figure that there is nothing to draw for is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kravsim.figures.style import printed
from kravsim.papers.answer_text import origin_of
from kravsim.papers.document import Picture
from kravsim.papers.pictures import Told, alternative, picture_bytes, texts_of
from kravsim.papers.tidy import tidy_csv
from kravsim.results.comparison import Comparison
from kravsim.results.uncertainty import first_years

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked
    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.scenario import Scenario
    from kravsim.studies.decision.switched import SwitchingValue

Subject = Callable[["Asked"], Any]


class Drawn(NamedTuple):
    """A figure that was drawn.

    Attributes
    ----------
    files : dict of str to bytes
        Name -> content: the pictures, the numbers behind them and the alternative text.
    picture : Picture
        As documents show it.
    """

    files: dict[str, bytes]
    picture: Picture


def _after_the_books(found: Asked) -> tuple[Scenario, UncertainComparison] | None:
    """What was believed before the books and after; nothing where they have not been consulted."""
    uncertain = found.uncertain
    return (found.scenario, uncertain) if uncertain.kind == "posterior" and uncertain.inputs else None


FIGURES: Final[tuple[tuple[str, str, Subject], ...]] = (
    ("flow_of_invoices", "flow_of_invoices", lambda found: found.years[1]),
    ("net_revenue", "net_revenue", lambda found: _one_year_each(found.uncertain)),
    ("net_revenue_base_case", "net_revenue", lambda found: found.comparison),
    ("difference", "difference", lambda found: found.comparison),
    ("bridge", "bridge", lambda found: found.comparison),
    ("s_curve", "s_curve", lambda found: found.uncertain),
    ("layers", "layers", lambda found: found.uncertain),
    ("published", "published", lambda found: found.reconciliation),
    ("believed", "believed", _after_the_books),
    ("tornado", "tornado", lambda found: found.sensitivity),
    ("break_even", "break_even", lambda found: _telling(found.turns)),
    ("switching_line", "switching_line", lambda found: found.line),
    ("two_way", "two_way", lambda found: found.line),
    ("worth_knowing", "worth_knowing", lambda found: found.information),
    ("sweep", "sweep", lambda found: found.sweep),
    ("payment_curves", "payment_curves", lambda found: found.comparison.second.payment_curves()),
    ("months", "months", lambda found: next((year for year in found.years if _has_a_queue(year)), None)),
    ("stock", "stock", lambda found: found.years[1]),
    ("burden", "burden", lambda found: found.years),
    ("cash", "cash", lambda found: found.comparison),
)
"""Name of the files, of the module in ``kravsim.figures``, and what it is drawn of: None where there is nothing."""


def drawn_figures(found: Asked, csv: str) -> Iterator[tuple[str, Drawn]]:
    """Draw every figure of a paper.

    Parameters
    ----------
    found : Asked
        The answers.
    csv : str
        How numbers are written: `plain` or `swedish_excel`.
    """
    data, origin = found.paper, origin_of(found)
    for name, module_name, subject in FIGURES:
        about = subject(found)
        if about is None:
            continue
        module = import_module(f"kravsim.figures.{module_name}")
        more = {"thresholds": data.figures.thresholds_kr} if name == "s_curve" else {}
        with printed(data.figures.width_mm):
            figure = module.draw(about, lang=data.language, **more)
        texts = texts_of(figure)
        caption = Told(texts[0], alternative(texts), origin)
        kinds = dict.fromkeys(("svg", "png", *data.figures.formats))  # documents show the first two
        size: dict[str, Any] = {"width_mm": data.figures.width_mm, "dpi": data.figures.dpi}
        made = {kind: picture_bytes(figure, kind, caption, **size) for kind in kinds}
        files = {f"{name}.{kind}": made[kind] for kind in data.figures.formats}
        files[f"{name}.csv"] = tidy_csv(module.data(about), csv)
        files[f"{name}.txt"] = f"{caption.alt}\n\n{origin}\n".encode()
        yield name, Drawn(files, Picture(name, caption.title, caption.alt, made["png"], made["svg"]))


def _telling(turns: Sequence[SwitchingValue]) -> SwitchingValue | None:
    """The first number along which the answer turns; else the first that has an answer."""
    answered = [one for one in turns if one.status != "no answer"]
    return next((one for one in answered if one.values), next(iter(answered), None))


def _one_year_each(found: UncertainComparison) -> Comparison:
    """Both models in one year of every world, as the difference over worlds is told."""
    return Comparison(first_years(found.runs[:2]))


def _has_a_queue(year: Any) -> bool:
    """Whether staff carry so much of a model that its queue is worth a picture: the pool that all new cases wait for."""
    posts: float = sum(pool.fte for pool in year.plan.pools)
    return posts >= 1.0
