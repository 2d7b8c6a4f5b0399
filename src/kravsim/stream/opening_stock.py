"""The claims of an opening stock: each a case of its own, of a debtor who owes nothing else.

A claim is identified by its row's name and its number within the row, and draws by purposes of its own: a row more, or fewer
claims in one, changes nobody else's luck. What has been done of it is told by its stage; :mod:`kravsim.models.opening_past`
says when.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.chance.quantiles import binary_spread
from kravsim.scenario.opening_stock import STAGES
from kravsim.stream.paid_before import without_cases
from kravsim.stream.proceedings import draw_openings
from kravsim.stream.stream import (
    DEBTOR_TYPES,
    NO_STAGE,
    Cases,
    Claims,
    Debtors,
    Ints,
    Openings,
    Stream,
    debtor_class,
)
from kravsim.units import half_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kravsim.chance.draws import Draws
    from kravsim.scenario.opening_stock import StockRow
    from kravsim.scenario.schema import ScenarioData

DRAW_STOCK: Final = "opening stock"
"""Purpose of the draws of a claim: run = of its row, number = within it; a column each for age, principal and class."""
DRAW_STOCK_PROCEEDINGS: Final = "opening stock: proceedings"
"""Purpose of the draws of its debtor's proceedings, likewise, from the first day of the horizon on."""


def with_opening_stock(
    stream: Stream, data: ScenarioData, composition: Mapping[str, NDArray[np.float64]], draws: Draws
) -> Stream:
    """Put an opening stock in the place of what history has handed over.

    Parameters
    ----------
    stream : Stream
        Of the scenario's invoices.
    data : ScenarioData
        With an opening stock.
    composition : mapping of str to float64 array, shape (N_CLASSES,)
        Of each row, by name: the weight of each class among those who have not paid.
    draws : Draws

    Returns
    -------
    Stream
        The stock's cases first; of others those handed over within the horizon.
    """
    start = (data.horizon.start - stream.first).days
    stream, _ = without_cases(stream, stream.cases.hand_over_day < start, start)
    rows = [_row(data, start, name, row, composition[name], draws) for name, row in data.opening_stock.rows.items()]
    columns: Ints = np.concatenate([np.zeros((len(_COLUMNS), 0), np.int64), *rows], axis=1)
    due, handed, ore, klass, stage, run, number = columns
    count, people = len(due), len(stream.debtors.segment)
    rest, known = np.divmod(klass, 2)
    segment, kind = np.divmod(rest, len(DEBTOR_TYPES))
    new = Debtors(segment, kind, known, np.zeros(count))
    mine = draw_openings(data, new, stream.n_days - start, draws, DRAW_STOCK_PROCEEDINGS, (run, number))
    order = np.argsort(handed, kind="stable")
    debtor = people + order
    invoiced = due - half_up(data.invoices.terms_days.value)
    claims = Claims(
        case=np.append(np.arange(count), count + stream.claims.case),
        debtor=np.append(debtor, stream.claims.debtor),
        run=np.append(invoiced[order], stream.claims.run),
        number=np.append(number[order], stream.claims.number),
        principal_ore=np.append(ore[order], stream.claims.principal_ore),
        due_day=np.append(due[order], stream.claims.due_day),
        hand_over_day=np.append(handed[order], stream.claims.hand_over_day),
    )
    old = stream.cases
    cases = Cases(
        debtor=np.append(debtor, old.debtor),
        klass=np.append(debtor_class(segment, kind, known)[order], old.klass),
        hand_over_day=np.append(handed[order], old.hand_over_day),
        principal_ore=np.append(ore[order], old.principal_ore),
        run=np.append(run[order], old.run),
        number=np.append(number[order], old.number),
        first_claim=np.append(np.arange(count), count + old.first_claim),
    )
    opened = stream.openings
    return replace(
        stream,
        debtors=Debtors(*(np.append(getattr(stream.debtors, name), getattr(new, name)) for name in vars(new))),
        claims=claims,
        cases=cases,
        openings=Openings(
            np.append(opened.debtor, people + mine.debtor),
            np.append(opened.day, start + mine.day),
            np.append(opened.kind, mine.kind),
        ),
        stage=np.append(stage[order], np.full(len(old), NO_STAGE, np.int64)),
    )


def handed_over_after(data: ScenarioData) -> int:
    """Days from the due date to the hand-over of a claim of the stock: as old as the scenario's are at the youngest.

    Parameters
    ----------
    data : ScenarioData
    """
    age = half_up(data.invoices.hand_over_min_age_days.value)
    if data.invoices.age_basis != "due_date":
        age -= half_up(data.invoices.terms_days.value)
    return max(age, 1)


_COLUMNS: Final = ("due", "handed", "ore", "klass", "stage", "run", "number")


def _row(data: ScenarioData, start: int, name: str, row: StockRow, weights: NDArray[np.float64], draws: Draws) -> Ints:
    """The claims of a row, one a column, in order of their numbers."""
    from scipy.special import ndtri

    count = half_up(row.claims.value)
    run, number = np.full(count, -1 - zlib.crc32(name.encode()), np.int64), np.arange(count)
    luck = draws.uniforms(DRAW_STOCK, run, number)
    age = row.age_from_days + (luck[:, 0] * (row.age_to_days - row.age_from_days + 1)).astype(np.int64)
    spread = binary_spread(row.amount_median_kr.value, row.amount_mean_kr.value)
    kr = row.amount_median_kr.value * np.exp2(spread * ndtri(luck[:, 1]))
    ore = np.maximum(np.floor(kr * 100 + 0.5), 1).astype(np.int64)
    klass = np.searchsorted(np.cumsum(weights) / weights.sum(), luck[:, 2], side="right")
    klass = np.minimum(klass, int(np.flatnonzero(weights)[-1]))
    due = start - age
    handed = due + handed_over_after(data)
    stage = np.full(count, STAGES.index(row.stage), np.int64)
    return np.stack([due, handed, ore, klass.astype(np.int64), stage, run, number])
