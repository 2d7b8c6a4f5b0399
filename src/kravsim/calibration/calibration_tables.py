"""A calibration as tables: how the books fit, what they pin, which numbers they moved, and which they tie together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kravsim.calibration.calibration_words import header, line, sentence, shown, title_of
from kravsim.words.display import number, share
from kravsim.words.table import Table, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.calibration.calibration import Calibration

_MOST_PAIRS: Final = 8


def calibration_tables(found: Calibration, lang: str) -> tuple[Table, ...]:
    """Lay out a calibration, tables without rows left out.

    Parameters
    ----------
    found : Calibration
        The calibration that is told.
    lang : str
        `sv` or `en`.
    """
    fit = [
        [
            _title(found, one.name, lang),
            f"{shown(one.low, lang)}–{shown(one.high, lang)}",
            *(shown(figure, lang) for figure in (one.p05, one.p50, one.p95)),
            share(one.inside_share, lang, step=0.01),
            shown(one.off_by, lang),
        ]
        for one in found.fit
    ]
    ridges = [
        [
            _title(found, ridge.target, lang),
            _ratio(ridge.sd_ratio, lang),
            part.key,
            _ratio(part.slope, lang, signed=True),
            _ratio(part.sd_ratio, lang),
        ]
        for ridge in found.ridges
        for part in ridge.parts
    ]
    moved = [
        [
            known.key,
            *(shown(x, lang) for x in (known.prior_mean, known.prior_sd, known.mean, known.sd)),
            _ratio(known.sd_ratio, lang),
            _ratio(known.shift, lang, signed=True),
        ]
        for known in found.numbers
        if known.moved
    ]
    pairs = [
        [pair.first, pair.second, *(_ratio(x, lang, signed=True) for x in (pair.correlation, pair.prior))]
        for pair in found.pairs[:_MOST_PAIRS]
    ]
    named = (("fit", fit, (0,)), ("ridges", ridges, (0, 2)), ("moved", moved, (0,)), ("pairs", pairs, (0, 1)))
    tables = [
        Table(line(name, lang), tuple(header(name, lang)), plain_rows(rows), left=left)
        for name, rows, left in named
        if rows
    ]
    read = found.called[language_index(lang)]
    heading = f"{found.scenario.title} ({found.scenario.name}). {read}: {title_of(found, lang)}"
    said = Table("", ("",), (), (sentence(found, lang),))
    if not tables:
        return (replace(said, caption=heading),)
    return (replace(tables[0], caption=f"{heading}\n\n{tables[0].caption}"), *tables[1:], said)


def _title(found: Calibration, name: str, lang: str) -> str:
    target = found.targets[name]
    return target.title_sv if lang == "sv" else target.title


def _ratio(x: float, lang: str, *, signed: bool = False) -> str:
    return number(x, lang, step=0.01, signed=signed)
