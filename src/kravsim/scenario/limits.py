"""Which numbers a key takes: unit, bounds, what is plausible, and what to say about a number that does not fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError, core_schema

from kravsim.errors import show
from kravsim.phrases import phrase, together
from kravsim.units import half_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

UNIT_WORDS: Final = {
    "kr": "an amount in kr",
    "öre": "an amount in öre",
    "share": "a share",
    "days": "a number of days",
    "minutes": "a number of minutes",
    "years": "a number of years",
    "per_year": "a number per year",
    "kr_per_year": "an amount in kr per year",
    "share_per_year": "a share per year",
    "count": "a count",
    "fte": "a number of full-time equivalents",
    "number": "a number",
}
"""Every unit a key may have, and how a message speaks of it."""

_MISREADINGS: Final = {
    "kr": ((1 / 100, "if the amount is in öre"), (1000, "if the amount is in tkr")),
    "kr_per_year": (
        (1 / 100, "if the amount is in öre"),
        (1000, "if the amount is in tkr"),
        (12, "if it is a month's"),
    ),
    "öre": ((100, "if the amount is in kr"),),
    "share": ((1 / 100, "if it is in percent"),),
    "share_per_year": ((1 / 100, "if it is in percent"),),
    "days": ((365, "if it is in years"), (1 / 1440, "if it is in minutes"), (30, "if it is in months")),
    "minutes": ((60, "if it is in hours"), (1 / 60, "if it is in seconds")),
    "years": ((1 / 365, "if it is in days"), (1 / 12, "if it is in months")),
    "per_year": ((12, "if it is a month's"), (1 / 12, "if it is per month")),
    "fte": ((1 / 100, "if it is in percent"),),
}
_PERCENT: Final = 100
_LARGEST_SENSIBLE: Final = 1e30


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers one key takes, set as metadata of its annotation: ``Annotated[Value, Limits(unit="share")]``.

    The limits hold for every number of the table (value, low and high; low, mode and high of a chance distribution).

    Parameters
    ----------
    unit : str
        One of `UNIT_WORDS`.
    ge, le : float, optional
        Smallest and largest number allowed, both included.
    integer : bool
        Whole numbers only; 3.0 is refused like 2.5. A drawn number is rounded half up.
    whole : bool
        What is written has no fraction, but 3.0 is taken. A drawn number may have one, and those of a normal or lognormal
        range; it is rounded where it is used.
    no_limit : bool
        Whether ``inf`` is taken, meaning that there is no limit. It is a number for no other key.
    plausible : tuple of two floats, optional
        Other numbers than 0 outside are allowed but reported: they are more often a slip of unit than meant.
    example : float or int, optional
        A number that fits, shown when the key is missing.

    Raises
    ------
    ValueError
        When the unit is unknown or the example does not fit: a mistake in the schema itself.
    """

    unit: str
    ge: float | None = None
    le: float | None = None
    integer: bool = False
    whole: bool = False
    no_limit: bool = False
    plausible: tuple[float, float] | None = None
    example: float | int | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNIT_WORDS:
            message = f"unknown unit {self.unit!r}: use one of {', '.join(UNIT_WORDS)}"
            raise ValueError(message)
        if self.example is not None and not self.fits(self.example):
            message = f"the example {self.example!r} is outside the limits: {self.allowed()}"
            raise ValueError(message)

    def fits(self, number: float) -> bool:
        """Say whether a number may stand at the key.

        Parameters
        ----------
        number : float
            In the key's unit.
        """
        if not isinstance(number, int) and not math.isfinite(number):
            return self.no_limit and number > 0
        if self.integer and not isinstance(number, int):
            return False
        return (self.ge is None or number >= self.ge) and (self.le is None or number <= self.le)

    def is_plausible(self, number: float) -> bool:
        """Say whether a number that fits is also likely to be meant.

        Parameters
        ----------
        number : float
            In the key's unit, one that fits.
        """
        if self.plausible is None or number in {0, math.inf}:
            return True
        return self.plausible[0] <= number <= self.plausible[1]

    def allowed(self) -> str:
        """Say in words what the key takes, unit included."""
        words = [UNIT_WORDS[self.unit]]
        if self.integer:
            words.append(phrase(", a whole number"))
        if self.ge is not None and self.le is not None:
            words.append(phrase(" from {low} to {high}", low=short(self.ge), high=short(self.le)))
        elif self.ge is not None:
            words.append(phrase(" from {low} up", low=short(self.ge)))
        elif self.le is not None:
            words.append(phrase(" up to {high}", high=short(self.le)))
        if self.whole:
            words.append(phrase(", without a fraction"))
        if self.no_limit:
            words.append(phrase(", or inf for no limit"))
        return together(*words)

    def remedy(self, number: float) -> str:
        """Say what to do about a number that does not fit, or is not plausible.

        Parameters
        ----------
        number : float
            In the key's unit.
        """
        if number != number:  # noqa: PLR0124 - isnan fails for an integer too large for a float
            return "NaN stands for nothing: write the number"
        if abs(number) > _LARGEST_SENSIBLE:
            return "write a number of ordinary size"
        if self.integer and not isinstance(number, int):
            return _integer_remedy(number)
        if self.whole and self.fits(number) and not _is_whole(number):
            misread = "" if self.is_plausible(number) else self._misread(number)
            return misread or phrase("write {floor} or {ceil}", floor=math.floor(number), ceil=math.ceil(number))
        if self.unit in {"share", "share_per_year"} and 1 < number <= _PERCENT:
            return phrase("did you mean {names}?", names=short(number / _PERCENT))
        otherwise = "check the number and its unit" if self.fits(number) else "give a number inside the limits"
        return self._misread(number) or otherwise

    def _misread(self, number: float) -> str:
        """Suggest the number read in another unit, where it would do; only what is plausible is worth suggesting."""
        if self.plausible is None:
            return ""
        for factor, reason in _MISREADINGS.get(self.unit, ()):
            candidate = half_up(number * factor) if self.integer or self.whole else number * factor
            if candidate and self.fits(candidate) and self.is_plausible(candidate):
                return phrase("{reason}, write {candidate}", reason=phrase(reason), candidate=short(candidate))
        return ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._validate, handler(source))

    def _validate(self, given: object, inner: core_schema.ValidatorFunctionWrapHandler) -> object:
        """Check the limits beside the table's own rules, so that one reading reports both."""
        # The middle of a normal or lognormal range is what it is; and drawn numbers are rounded where they are used.
        asks_whole = self.whole and isinstance(given, dict) and given.get("dist") not in {"normal", "lognormal"}
        misfits = [
            {"key": key, "value": number, "allowed": self.allowed(), "remedy": self.remedy(number)}
            for key, number in _numbers_in(given)
            if not self.fits(number) or (asks_whole and not _is_whole(number))
        ]
        try:
            checked = inner(given)
        except ValidationError as error:
            if not misfits:
                raise
            said = {(misfit["key"],) for misfit in misfits}
            others = [other for other in error.errors(include_url=False) if other["loc"] not in said]
            raise _refusal(misfits, others) from None
        if not misfits and hasattr(checked, "problems_within"):
            misfits = checked.problems_within(self)
        if misfits:
            raise _refusal(misfits, [])
        return checked


def _refusal(misfits: list[dict[str, Any]], others: list[Any]) -> PydanticCustomError:
    said = "; ".join(f"{m['key']} = {show(m['value'])}: allowed {m['allowed']}; {m['remedy']}" for m in misfits)
    context = {"said": said, "problems": misfits, "inner": others}
    return PydanticCustomError("limits", "{said}", context)


def _numbers_in(given: object) -> Iterator[tuple[str, float]]:
    """Find the numbers of a table, raw or read, that the limits are about."""
    table = given if isinstance(given, dict) else getattr(given, "__dict__", {})
    for key in ("value", "low", "mode", "high"):
        number = table.get(key)
        if isinstance(number, int | float) and not isinstance(number, bool):
            yield key, number


def _is_whole(number: float) -> bool:
    return isinstance(number, int) or not math.isfinite(number) or number.is_integer()


def short(number: float) -> str:
    """Write a number without noise digits: 0.55, not 0.55000000000000004.

    Parameters
    ----------
    number : float
        Six digits of it are written, all of an int.

    Examples
    --------
    >>> short(55 / 100), short(2e6), short(1e-7)
    ('0.55', '2000000', '1e-07')
    """
    if isinstance(number, int):
        return str(number)
    text = f"{number:.6g}"
    return str(int(float(text))) if "e" in text and float(text).is_integer() else text


def _integer_remedy(number: float) -> str:
    if number == math.floor(number):
        return phrase("write {number}, without a decimal point", number=int(number))
    return "write a whole number; part-time staff is given in a key named fte"
