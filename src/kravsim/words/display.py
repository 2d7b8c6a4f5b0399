"""Numbers for people, in Swedish and English formats, and how cells are laid out as plain text.

Numbers are grouped with a no-break space in both languages, as Swedish authorities write them; only the decimal mark
follows the language. How many digits are shown is the caller's choice of `step`, which :func:`step_for` takes from
the Monte Carlo error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from itertools import zip_longest
from typing import Final

from kravsim.errors import escaped
from kravsim.words.wording import TERMS, UNITS, language_index

NO_BREAK: Final = "\u00a0"
MINUS: Final = "\u2212"
"""The typographic minus, for figures."""

_EXACT: Final = Context(prec=60, traps=[DivisionByZero, InvalidOperation, Overflow])
_USUAL: Final = {"kr": 1.0, "share": 0.001, "days": 0.1, "hours": 1.0, "count": 1.0}
_FINEST: Final = {"kr": 1.0, "share": 1e-5, "days": 0.01, "hours": 0.1, "count": 0.01}


_HYPHEN: Final = re.compile(r"(?<![\w.\-–])-(?=\d)")
"""A hyphen that is a minus: before a digit, and after no letter, digit or dash."""


def typeset(text: str) -> str:
    """Write a minus as a minus, which no line is broken at.

    Parameters
    ----------
    text : str
        As a result tells it.

    Examples
    --------
    >>> typeset("from -3 to -1, on 2017-01-31").replace(MINUS, "~")
    'from ~3 to ~1, on 2017-01-31'
    """
    return _HYPHEN.sub(MINUS, text)


def step_for(error: float | None, unit: str = "kr") -> float:
    """Choose the step a number is rounded to from its standard error.

    Parameters
    ----------
    error : float or None
        Standard error in the unit of the number; None or 0 when there is none.
    unit : str
        Unit of the number, which bounds the step from below (1 kr) and gives it where there is no error (0.1 % of a
        share, 0.1 day, 1 of anything else).

    Returns
    -------
    float
        The largest power of ten that is not above the error.

    Examples
    --------
    >>> step_for(1_213.0), step_for(0.2), step_for(None), step_for(0.0002, "share")
    (1000.0, 1.0, 1.0, 0.0001)
    """
    if error is None or error == 0:
        return _USUAL.get(unit, 1.0)
    return max(_FINEST.get(unit, 0.0), float(f"1e{math.floor(math.log10(error) + 1e-12)}"))


def number(x: float, lang: str = "sv", *, step: float = 1.0, minus: str = "-", signed: bool = False) -> str:
    """Write a number with grouped digits.

    Parameters
    ----------
    x : float
        Any finite number.
    lang : str
        `sv` (decimal comma) or `en` (decimal point).
    step : float
        Round to a multiple of this, halves away from zero.
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.
    signed : bool
        Write a plus sign before positive numbers.

    Examples
    --------
    >>> number(207506, "sv").replace(NO_BREAK, " "), number(-0.4), number(2.25, "en", step=0.1)
    ('207 506', '0', '2.3')
    """
    place = language_index(lang)
    decimals = 0 if step >= 1 else math.ceil(-math.log10(step) - 1e-9)
    with localcontext(_EXACT):  # the caller's own precision and traps must not reach the digits
        unit = Decimal(repr(float(step)))
        rounded = (Decimal(repr(float(x))) / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
        text = f"{abs(rounded):,.{decimals}f}".replace(",", NO_BREAK)
    if place == 0:
        text = text.replace(".", ",")
    if rounded == 0:
        return text
    return (minus if rounded < 0 else "+" if signed else "") + text


def kr(x: float, lang: str = "sv", *, step: float = 1.0, minus: str = "-", signed: bool = False) -> str:
    """Write kronor.

    Parameters
    ----------
    x : float
        In kr.
    lang : str
        `sv` or `en`.
    step : float
        Round to a multiple of this, kr; halves away from zero.
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.
    signed : bool
        Write a plus sign before positive amounts.

    Examples
    --------
    >>> kr(-1_050_400, step=1000).replace(NO_BREAK, " ")
    '-1 050 000 kr'
    """
    return number(x, lang, step=step, minus=minus, signed=signed) + NO_BREAK + "kr"


def share(x: float, lang: str = "sv", *, step: float = 0.001, minus: str = "-") -> str:
    """Write a share as per cent.

    Parameters
    ----------
    x : float
        As a share: 0.55 is 55 %.
    lang : str
        `sv` or `en`.
    step : float
        Round to a multiple of this share (0.001 is a tenth of a per cent), halves away from zero.
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.

    Examples
    --------
    >>> share(0.55, "sv").replace(NO_BREAK, " "), share(0.55, "en", step=0.01)
    ('55,0 %', '55%')
    """
    text = number(100 * x, lang, step=100 * step, minus=minus)
    return text + (NO_BREAK + "%" if lang == "sv" else "%")


def count(x: float, lang: str = "sv", *, step: float = 1.0, minus: str = "-") -> str:
    """Write a number of things.

    Parameters
    ----------
    x : float
        How many; a mean of counts need not be whole.
    lang : str
        `sv` or `en`.
    step : float
        Round to a multiple of this, halves away from zero.
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.

    Examples
    --------
    >>> count(16586).replace(NO_BREAK, " ")
    '16 586'
    """
    return number(x, lang, step=step, minus=minus)


def replications(n: int, lang: str = "sv") -> str:
    """Write how many replications there are.

    Parameters
    ----------
    n : int
        How many.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> [replications(n, lang).replace(NO_BREAK, " ") for n, lang in ((1, "en"), (200, "sv"))]
    ['1 replication', '200 simuleringar']
    """
    words = TERMS["replication" if n == 1 else "replications"]
    return f"{number(n, lang)}{NO_BREAK}{words[language_index(lang)]}"


def seeded(seed: int, lang: str = "sv") -> str:
    """Write which series of random numbers there was.

    Parameters
    ----------
    seed : int
        As the run carries it.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> seeded(7, "sv"), seeded(7, "en")
    ('slumpserie 7', 'seed 7')
    """
    return f"{TERMS['seed'][language_index(lang)]} {seed}"


def points(x: float, lang: str = "sv", *, step: float) -> str:
    """Write a difference of two shares in percentage points, to the nearest `step` points.

    Parameters
    ----------
    x : float
        Difference of two shares: 0.01 is one point.
    lang : str
        `sv` or `en`.
    step : float
        Round to a multiple of this, in percentage points.

    Examples
    --------
    >>> points(0.0123, "en", step=0.1).replace(NO_BREAK, " ")
    '1.2 pp'
    """
    return number(100 * x, lang, step=step) + NO_BREAK + ("%-enh." if lang == "sv" else "pp")


def distance(x: float, unit: str, lang: str = "sv", *, step: float) -> str:
    """Write a distance or an error in its own unit; of shares in percentage points, so that none is a share of a share.

    Parameters
    ----------
    x : float
        In `unit`.
    unit : str
        Of the numbers that are so far apart, as for :func:`amount`.
    lang : str
        `sv` or `en`.
    step : float
        Round to a multiple of this, in `unit`: 0.001 of a share is a tenth of a point.

    Examples
    --------
    >>> distance(0.0123, "share", "en", step=0.001).replace(NO_BREAK, " "), distance(3.0, "count", "en", step=1)
    ('1.2 pp', '3')
    """
    return points(x, lang, step=100 * step) if unit == "share" else amount(x, unit, lang, step=step)


def amount(x: float, unit: str, lang: str = "sv", *, step: float | None = None, minus: str = "-") -> str:
    """Write a number in its own unit: kronor, per cent, days, hours or a plain count.

    Parameters
    ----------
    x : float
        In `unit`.
    unit : str
        `kr`, `share`, `days`, `hours` or `count`; any other word is written after the number as it is.
    lang : str
        `sv` or `en`.
    step : float, optional
        Round to a multiple of this, in `unit`; what is usual for the unit when left out (:func:`step_for`).
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.
    """
    shown = step if step is not None else step_for(None, unit)
    if unit == "kr":
        return kr(x, lang, step=shown, minus=minus)
    if unit == "share":
        return share(x, lang, step=shown, minus=minus)
    word = UNITS.get(unit, (unit, unit))[language_index(lang)]
    return number(x, lang, step=shown, minus=minus) + (NO_BREAK + word if word else "")


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> str:
    """Lay out cells as plain text.

    Parameters
    ----------
    header : sequence of str
        One name a column.
    rows : sequence of sequences of str
        Cells; a line break in one goes on in the line below, an empty row is drawn as a rule.
    left : sequence of int
        Columns that are set flush left; the others, numbers, flush right.

    Returns
    -------
    str
        Lines without trailing blanks, no line break at the end.

    Raises
    ------
    ValueError
        When a row has another number of cells than the header.

    Examples
    --------
    >>> print(text_table(["line", "kr"], [["fees", "12"], [], ["net", "-7"]]))
    line  kr
    --------
    fees  12
    --------
    net   -7
    """
    for row in rows:
        if row and len(row) != len(header):
            message = f"a row has {len(row)} cells, the header {len(header)}"
            raise ValueError(message)
    header = [escaped(cell, "\n") for cell in header]
    rows = [[escaped(cell, "\n") for cell in row] for row in rows]
    split = [[cell.split("\n") for cell in row] for row in [header, *rows]]
    widths = [max(len(line) for row in split if row for line in row[column]) for column in range(len(header))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip(" ")

    def lines(row: Sequence[Sequence[str]]) -> Iterator[str]:
        yield from (line(cells) for cells in zip_longest(*row, fillvalue=""))

    first, *others = split
    below = (text for row in others for text in (lines(row) if row else [rule]))
    return "\n".join([*lines(first), rule, *below])
