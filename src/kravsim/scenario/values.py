"""A number of a scenario with its unit, source and status, and the range it may lie in.

Two things that look alike are kept apart. A `Value` is one number nobody knows exactly: it is drawn once for a whole
world (parameter uncertainty). A `Spread` is a chance distribution: it is drawn for each case, and knowing it better
would not make it narrower.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kravsim.equality import key_of
from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario.frozen import frozen
from kravsim.scenario.limits import Limits
from kravsim.scenario.ranges import Real, check_range, refusal
from kravsim.scenario.several import refuse_each
from kravsim.units import half_up

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Dist = Literal["fixed", "uniform", "triangular", "normal", "lognormal"]
Favours = Literal["in_house", "outsourced", "neither", "unknown"]

NUMBER_KEYS: Final = ("value", "low", "mode", "high")
"""The parts of a number with its provenance that are numbers themselves."""

ASSUMPTION: Final = "assumption"
"""What stands as source when there is none."""

_Z95: Final = 1.6448536269514722
_MOST_CUT_OFF: Final = 0.01

PROVENANCE: Final = ("source", "status", "note", "favours")
"""Keys of a number that say where it is from, and nothing of what it is."""

S = TypeVar("S", bound="Section")


class Section(BaseModel):
    """A table of a scenario: frozen, no unknown keys, no conversion of one type into another.

    TOML has neither tuples nor enumerations, so a list is taken where a tuple is declared, and the text of a member
    where an enumeration is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    not_here: ClassVar[Mapping[str, str]] = {}
    """Keys that may be looked for here in vain, and what to do instead; other unknown keys are answered by near names."""

    in_any_order: ClassVar[tuple[str, ...]] = ()
    """Lists that say the same in any order."""

    def __hash__(self) -> int:
        """Equal tables have equal hashes; pydantic's own stumbles over a table of free names."""
        return hash((type(self), key_of(self.__dict__)))

    @model_validator(mode="before")
    @classmethod
    def _from_toml(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        kinds = _toml_kinds(cls)
        if not kinds:
            return given
        return {key: _converted(content, kinds[key]) if key in kinds else content for key, content in given.items()}

    def _contradictions(self) -> Iterator[ValueError]:
        """What the table's values, each allowed by itself, may not be together: all of it, so that all is told at once."""
        yield from ()

    @model_validator(mode="after")
    def _freeze(self) -> Self:
        frozen = _with_frozen_tables(self)
        refuse_each(frozen._contradictions())
        return frozen

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the table, as pydantic does, with some keys changed and none checked; the copy is as frozen.

        Parameters
        ----------
        update : mapping of str to object, optional
            New contents by field name.
        deep : bool
            Whether what is kept is copied too.
        """
        return _with_frozen_tables(super().model_copy(update=update, deep=deep))

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return _with_frozen_tables(super().__deepcopy__(memo))


class Value(Section):
    """One uncertain number: the value the model reads, where it comes from, and how far off it may be.

    Parameters
    ----------
    value : float or int
        The best single number; its unit is that of the key (see `Limits`).
    low, high : float or int, optional
        The range; both or neither, with ``low <= value <= high``.
    dist : {"fixed", "uniform", "triangular", "normal", "lognormal"}
        How the number is drawn between worlds. Left out, it is triangular with its mode at the value when a range is
        given and fixed otherwise. For ``normal`` and ``lognormal``, low and high are the 5 and 95 % points, and the
        value must be their middle (the arithmetic or the geometric mean, to within 1 % of the range). ``fixed`` with a
        range is never drawn, but studies that move one number at a time may use the range.
    source : str
        The name of a table ``[sources.<name>]``, or ``"assumption"``.
    status : Status
        Whether the source says it, it was derived from what the source says, or it was assumed.
    note : str
        How it was read or derived, and what speaks against it.
    favours : {"in_house", "outsourced", "neither", "unknown"}
        Whom this *choice of value* favours, compared with other values that could have been defended.

    Raises
    ------
    pydantic.ValidationError
        When a part is missing or of the wrong type, when only one end of the range is given, when the value lies
        outside it, or when the range does not fit the distribution.
    """

    number_keys: ClassVar[tuple[str, ...]] = ("value", "low", "high")

    value: Real
    low: Real | None = None
    high: Real | None = None
    dist: Dist = "fixed"
    source: Annotated[str, Field(min_length=1)]
    status: Status
    note: str = ""
    favours: Favours = "neither"

    @model_validator(mode="before")
    @classmethod
    def _triangular_when_a_range_is_given(cls, given: object) -> object:
        if not isinstance(given, dict) or "dist" in given:
            return given
        has_range = given.get("low") is not None or given.get("high") is not None
        return {**given, "dist": "triangular"} if has_range else given

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        check_range(self.low, self.value, self.high, self.dist)
        return self

    def problems_within(self, limits: Limits) -> list[dict[str, Any]]:
        """Say what makes the distribution useless inside the limits of its key.

        A normal or lognormal number is drawn from the part of its distribution inside the limits. A distribution that
        would lose more than 1 % in this way says something else than was written.

        Parameters
        ----------
        limits : Limits
            Of the key the number stands at.

        Returns
        -------
        list of dict
            With ``key``, ``value``, ``allowed`` and ``remedy``; empty when all is well.
        """
        if self.dist not in {"normal", "lognormal"}:
            return []
        below, above = self._shares_outside(limits)
        if below + above <= _MOST_CUT_OFF:
            return []
        allowed = phrase(
            "a {dist} distribution with at most 1 % outside the limits ({allowed})",
            dist=self.dist,
            allowed=limits.allowed(),
        )
        remedy = phrase("{below:.1%} lies outside: narrow the range, or use dist = 'triangular'", below=below + above)
        return [{"key": "dist", "value": self.dist, "allowed": allowed, "remedy": remedy}]

    def fixed(self) -> Value:
        """Return the same number with no range left."""
        return self if self.low is None and self.dist == "fixed" else self._realised(self.value)

    def settled(self, number: float) -> Value:
        """Return another number in place of this one, with no range, and its provenance as it was.

        Parameters
        ----------
        number : float
            In the unit of this one; not checked against the key's limits.
        """
        return self._realised(number)

    def drawn(self, u: float, limits: Limits | None = None) -> Value:
        """Return the number that one world has, by the inverse of the distribution.

        Parameters
        ----------
        u : float
            A uniform number, strictly between 0 and 1.
        limits : Limits, optional
            Those of the key. Whole numbers are rounded half up; a normal or lognormal number is drawn from the part of
            the distribution inside the limits.

        Returns
        -------
        Value
            Fixed, with the provenance of the original.

        Raises
        ------
        ValueError
            When `u` is not strictly between 0 and 1.
        """
        if not 0 < u < 1:
            message = phrase("u must lie strictly between 0 and 1, got {u!r}", u=u)
            raise ValueError(message)
        if self.dist == "fixed":
            return self.fixed()
        number = float(self.quantiles(u, limits))
        return self._realised(int(number) if limits is not None and limits.integer else number)

    def quantiles(self, u: npt.ArrayLike, limits: Limits | None = None) -> npt.NDArray[np.float64]:
        """Return the numbers below which the distribution lies with these probabilities, as `drawn` has them.

        Parameters
        ----------
        u : float or array of float
            Strictly between 0 and 1.
        limits : Limits, optional
            As for `drawn`.

        Returns
        -------
        float64 array, shape of `u`

        Raises
        ------
        ValueError
            When the number is fixed, or a probability is not strictly between 0 and 1.
        """
        import numpy as np

        from kravsim.chance.distributions import inverse

        u = np.asarray(u, dtype=np.float64)
        if limits is not None and self.dist in {"normal", "lognormal"}:
            below, above = self._shares_outside(limits)
            u = below + u * (1 - below - above)
        kind, parameters = self.distribution()
        numbers = inverse(kind, u, **parameters)
        return half_up(numbers) if limits is not None and limits.integer else numbers

    def distribution(self) -> tuple[str, Mapping[str, float]]:
        """Return the name and the parameters that `kravsim.chance.distributions.inverse` takes.

        Raises
        ------
        ValueError
            When the number is fixed.
        """
        if self.dist == "fixed" or self.low is None or self.high is None:
            message = "a fixed value has no distribution"
            raise ValueError(message)
        if self.dist == "uniform":
            return "uniform", {"low": self.low, "high": self.high}
        if self.dist == "triangular":
            return "triangular", {"low": self.low, "mode": self.value, "high": self.high}
        sd = self._sd()
        if self.dist == "normal":
            return "normal", {"mean": self.value, "sd": sd}
        return "lognormal", {"median": self.value, "mean": self.value * math.exp(sd * sd / 2)}

    def _sd(self) -> float:
        """Compute the standard deviation of the number, or of its logarithm, from the 5 and 95 % points."""
        low, high = self.low or 0.0, self.high or 0.0
        width = math.log(high / low) if self.dist == "lognormal" else high - low
        return width / (2 * _Z95)

    def _shares_outside(self, limits: Limits) -> tuple[float, float]:
        """Compute the probabilities of a normal or lognormal number below and above the limits."""
        below = 0.0 if limits.ge is None else self._probability_below(limits.ge)
        above = 0.0 if limits.le is None else 1 - self._probability_below(limits.le)
        return below, above

    def _probability_below(self, bound: float) -> float:
        if self.dist == "lognormal":
            if bound <= 0:
                return 0.0
            z = math.log(bound / self.value) / self._sd()
        else:
            z = (bound - self.value) / self._sd()
        return 0.5 * math.erfc(-z / math.sqrt(2))

    def _realised(self, number: float) -> Value:
        return self.model_copy(update={"value": number, "low": None, "high": None, "dist": "fixed"})


class Spread(Section):
    """A chance distribution, drawn for each case: triangular between low and high with its peak at the mode.

    Low, mode and high may be equal, which makes it a constant. The other parts are those of `Value`.
    """

    number_keys: ClassVar[tuple[str, ...]] = ("low", "mode", "high")

    low: Real
    mode: Real
    high: Real
    source: Annotated[str, Field(min_length=1)]
    status: Status
    note: str = ""
    favours: Favours = "neither"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise refusal("order", "low <= mode <= high")
        if math.isinf(self.low) or math.isinf(self.high):
            raise refusal("order", "finite numbers in a chance distribution")
        return self


def terms(content: object) -> object:
    """What a table or its content says of values, choices and ranges, to be compared: not where a number is from.

    Parameters
    ----------
    content : object
        A table, a number, or what stands in one.
    """
    if isinstance(content, Section):
        said = {name: terms(getattr(content, name)) for name in type(content).model_fields if name not in PROVENANCE}
        return said | {name: frozenset(getattr(content, name)) for name in content.in_any_order}
    if isinstance(content, Mapping):
        return {name: terms(inner) for name, inner in content.items()}
    return tuple(map(terms, content)) if isinstance(content, tuple) else content


def limited(unit: str, **changes: Any) -> Limits:
    """Return the usual limits of a unit with some of them changed.

    Parameters
    ----------
    unit : str
        As in `Limits`.
    **changes : object
        Other fields of `Limits`; the example goes when it does not fit the changed limits.

    Examples
    --------
    >>> limited("kr", ge=-1e6).allowed()
    'an amount in kr from -1000000 to 1000000000000'
    """
    usual = {**_USUAL[unit], **changes}
    example = usual.pop("example")
    bare = Limits(unit, **usual)
    return Limits(unit, **usual, example=example if "example" in changes or bare.fits(example) else None)


_USUAL: Final[dict[str, dict[str, Any]]] = {
    "kr": {"ge": 0, "le": 10**12, "example": 180},
    "öre": {"ge": 0, "le": 10**14, "integer": True, "example": 18000},
    "share": {"ge": 0, "le": 1, "example": 0.08},
    "days": {"ge": 0, "le": 36525, "example": 30},
    "minutes": {"ge": 0, "le": 525600, "example": 10},
    "years": {"ge": 0, "le": 100, "example": 10},
    "per_year": {"ge": 0, "le": 10**10, "example": 0.05},
    "kr_per_year": {"ge": 0, "le": 10**12, "example": 100000},
    "share_per_year": {"ge": 0, "le": 1, "example": 0.05},
    "count": {"ge": 0, "le": 10**10, "integer": True, "example": 1000},
    "fte": {"ge": 0, "le": 10**5, "example": 2.5},
    "number": {"ge": -(10**15), "le": 10**15, "example": 1.0},
}

Share = Annotated[Value, limited("share")]
Kr = Annotated[Value, limited("kr")]
Ore = Annotated[Value, limited("öre")]
Days = Annotated[Value, limited("days", whole=True, plausible=(1, 4000))]
Minutes = Annotated[Value, limited("minutes")]
Years = Annotated[Value, limited("years")]
PerYear = Annotated[Value, limited("per_year", le=1000, plausible=(0.0005, 4))]
Count = Annotated[Value, limited("count")]
Fte = Annotated[Value, limited("fte", plausible=(0.02, 500))]
Number = Annotated[Value, limited("number")]

WholeDays = Annotated[Value, limited("days", integer=True)]
WholeYears = Annotated[Value, limited("years", integer=True)]

DaysSpread = Annotated[Spread, limited("days", plausible=(1, 4000))]
MinutesSpread = Annotated[Spread, limited("minutes", plausible=(0.5, 1500))]
KrSpread = Annotated[Spread, limited("kr")]
ShareSpread = Annotated[Spread, limited("share")]


def _with_frozen_tables(section: S) -> S:
    for name in _tables_of(type(section)):
        section.__dict__[name] = frozen(section.__dict__[name])
    return section


@functools.cache
def _tables_of(section: type[Section]) -> tuple[str, ...]:
    """Find the fields of a section that are dicts."""
    return tuple(
        name
        for name, field in section.model_fields.items()
        if any(get_origin(part) is dict for part in (field.annotation, *get_args(field.annotation)))
    )


@functools.cache
def _toml_kinds(section: type[Section]) -> dict[str, type]:
    """Find the fields of a section whose type TOML cannot write: tuples and enumerations."""
    kinds: dict[str, type] = {}
    for name, field in section.model_fields.items():
        for part in (field.annotation, *get_args(field.annotation)):
            if get_origin(part) is tuple:
                kinds[name] = tuple
                break
            if isinstance(part, type) and issubclass(part, Enum):
                kinds[name] = part
                break
    return kinds


def _converted(given: object, kind: type) -> object:
    if kind is tuple:
        return tuple(_converted(item, tuple) for item in given) if isinstance(given, list) else given
    if isinstance(given, str):
        return next((member for member in kind if member.value == given), given)  # type: ignore[attr-defined]
    return given
