"""What each contract does, beside the order of the models: to Kronofogden, to debtors, to the agency and to the region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kravsim.telling.shown import steps
from kravsim.words.display import kr
from kravsim.words.table import Row, Table
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.results.run import Run

MEASURES: Final = (
    "kronofogden_applications",
    "applications_per_100_invoices",
    "applications_per_100_cases",
    "applications_below_200_share",
    "applications_below_1000_share",
    "debtor_fees_kr",
    "agency_margin_kr",
    "net_revenue_kr",
)
"""What is told of each model."""
_CAPTION: Final = ("Vad varje modell leder till, per år", "What each model leads to, a year")
_HEADER: Final = (
    (
        "modell",
        "ansökningar",
        "per 100 fakturor",
        "per 100 ärenden",
        "under 200 kr",
        "under 1 000 kr",
        "gäldenärers avgifter",
        "inkassoföretaget",
        "{the} netto",
    ),
    (
        "model",
        "applications",
        "per 100 invoices",
        "per 100 cases",
        "below 200 kr",
        "below 1 000 kr",
        "debtors' fees",
        "the agency",
        "{its} net",
    ),
)
_SV: Final = (
    "Ansökningar om betalningsföreläggande, små efter det kapital som återstår när de görs. Inkassoföretagets överskott är "
    "vad det får minus utlägg och vad det betalar {the}, före eget arbete, brev och ombud utomlands."
)
_EN: Final = (
    "Applications are for payment orders, small by the principal left when they are made. The agency's margin is what it "
    "receives less outlays and what it pays {the}, before its own work, letters and agents abroad."
)
_NOTE: Final = (_SV, _EN)
_WIDEST: Final = 32


def contract_table(runs: Sequence[Run], step: float, lang: str) -> tuple[Table, ...]:
    """Lay out what each model leads to; nothing where results are of a version that did not measure it.

    Parameters
    ----------
    runs : sequence of Run
        In the order of the rows.
    step : float
        Kronor that amounts are rounded to, as elsewhere in the same result.
    lang : str
        `sv` or `en`.
    """
    if not _measured(runs):
        return ()
    index = language_index(lang)
    rows = [Row((capital(run.name(lang)), *(_cell(run, name, step, lang) for name in MEASURES))) for run in runs]
    body = runs[0].body_words
    said = {"the": body.the[index], "its": body.its[index]}
    header, note = tuple(text.format(**said) for text in _HEADER[index]), _NOTE[index].format(**said)
    return (Table(_CAPTION[index], header, tuple(rows), (note,), left=(0,), widest=_WIDEST),)


def contract_figures(runs: Sequence[Run]) -> list[dict[str, Any]] | None:
    """Give the means of the table by model, for a JSON object; None is no number.

    Parameters
    ----------
    runs : sequence of Run
        In the order of the rows.
    """
    if not _measured(runs):
        return None
    return [
        {"model": run.model} | {name: run.metric(name).mean if run.defined(name) else None for name in MEASURES}
        for run in runs
    ]


def _measured(runs: Sequence[Run]) -> bool:
    return all(name in outcome.numbers for run in runs for outcome in run.outcomes for name in MEASURES)


def _cell(run: Run, name: str, step: float, lang: str) -> str:
    if not run.defined(name):
        return "\u2013"
    found = run.metric(name)
    return kr(steps(found.mean, step) * step, lang) if found.unit == "kr" else found.text(lang)
