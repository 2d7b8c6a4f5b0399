"""From shares and durations in the scenario to the integer tables a plan is made of."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import quantile_table
from kravsim.chance.shares import thresholds, total
from kravsim.law import COURT_REQUEST_DAYS
from kravsim.models.abroad import cooled, paid_abroad
from kravsim.models.answer_order import check_order
from kravsim.models.between_letters import (
    ANSWER_PAID,
    ANSWER_PRINCIPAL_ONLY,
    ANSWERED_LETTERS,
    late_among,
    letter_shares,
    minutes_before,
    mixed,
    wait_days,
)
from kravsim.models.plan import TABLE_SIZE, Ints
from kravsim.models.process import MAX_ANSWERS, PROCESS, STEP_CODE
from kravsim.models.surveillance import (
    LAST_SURVEILLANCE,
    SURVEILLANCE,
    checks_within,
    exit_rates,
    last_stay_days,
    recheck_days,
    spell_shares,
)
from kravsim.scenario.schema import Model, ScenarioData, Timing, TypeBehaviour
from kravsim.scenario.values import Spread
from kravsim.stream.stream import DEBTOR_TYPES, N_CLASSES, class_parts
from kravsim.units import DAYS_A_YEAR, MILLION, MINUTES_PER_DAY, half_up

Floats = NDArray[np.float64]

VOLUNTARY = ("reminder", "demand", "payment_order", "order")
"""Steps whose payment falls with lateness; attachment and surveillance are not answered at will."""
ABROAD = "foreign_collection"
"""The step whose payment falls with the age of the claim (``behaviour.abroad``)."""

check_order(PROCESS)


class Tables:
    """Rows of a (rows, TABLE_SIZE) table, each stored once."""

    def __init__(self) -> None:
        self._rows: dict[bytes, int] = {}
        self._data: list[Ints] = []

    def add(self, row: Ints) -> int:
        """Row number of this table, new or known.

        Parameters
        ----------
        row : int64 array, shape (TABLE_SIZE,)
            Minutes, or millionths of a share.
        """
        number = self._rows.setdefault(row.tobytes(), len(self._data))
        if number == len(self._data):
            self._data.append(row)
        return number

    def row(self, number: int) -> Ints:
        """The table of a row number.

        Parameters
        ----------
        number : int
            As `add` gave it.
        """
        return self._data[number]

    def spread(self, spread: Spread, scale: int = MINUTES_PER_DAY) -> int:
        """Row of a triangular chance distribution in whole units, times ``scale``.

        Parameters
        ----------
        spread : Spread
            In days, or in the unit of which one makes ``scale``.
        scale : int
            Units of the table in one of the spread: minutes in a day.
        """
        return self.add(_triangular(spread.low, spread.mode, spread.high) * scale)

    def share(self, spread: Spread) -> int:
        """Row of a share in millionths.

        Parameters
        ----------
        spread : Spread
            A share of 1.
        """
        return self.add(_triangular(spread.low, spread.mode, spread.high, MILLION))

    def fixed_days(self, days: float) -> int:
        """Row of a constant number of days.

        Parameters
        ----------
        days : float
            Rounded to whole days, halves upwards.
        """
        return self.add(np.full(TABLE_SIZE, half_up(days) * MINUTES_PER_DAY, np.int64))

    def exit_within(self, hazard: float, days: float) -> int:
        """Row of the day of exit at a constant yearly hazard, given an exit within ``days`` (inverse hazard).

        Parameters
        ----------
        hazard : float
            Exits a year.
        days : float
            Longest stay, days.
        """
        return self.add(_exits(hazard, days)) if hazard > 0 else self.fixed_days(days)

    def found_within(self, hazard: float, days: float, every: int) -> int:
        """Row of the day of the check, one ``every`` so many days, that first finds what has come within ``days``.

        Parameters
        ----------
        hazard : float
            Arrivals a year.
        days : float
            Longest stay, days.
        every : int
            Days from check to check.
        """
        within = checks_within(days, every) * every
        return self.add(_found(hazard, within, every)) if hazard > 0 and within else self.fixed_days(days)

    def array(self) -> Ints:
        """All rows, shape (rows, TABLE_SIZE)."""
        return np.array(self._data, np.int64).reshape(len(self._data), TABLE_SIZE)


# What follows is the same for every model of a world, and most of it in every replication: it is worked out once.


@lru_cache(maxsize=1024)
def _triangular(low: float, mode: float, high: float, scale: float = 1) -> Ints:
    """A triangular distribution as a table."""
    return _kept(quantile_table("triangular", TABLE_SIZE, scale, low=low, mode=mode, high=high))


@lru_cache(maxsize=1024)
def _exits(hazard: float, days: float) -> Ints:
    """Minutes until an exit at a constant yearly hazard above 0, given an exit within ``days``, as a table."""
    from scipy.special import log1p

    u, rate = (np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE, hazard / 365.0
    at = -log1p(u * math.expm1(-rate * days)) / rate
    return _kept(np.minimum(np.ceil(at), days).astype(np.int64) * MINUTES_PER_DAY)


@lru_cache(maxsize=1024)
def _found(hazard: float, within: int, every: int) -> Ints:
    """The same at checks, the last of them after ``within`` days."""
    days = _exits(hazard, within) // MINUTES_PER_DAY
    return _kept(-(-days // every) * every * MINUTES_PER_DAY)


@lru_cache(maxsize=4096)
def _thresholds(shares: tuple[float, ...], retained: tuple[float, ...], key: str) -> Ints:
    """Thresholds of a step in each lateness band (B, A), which retains so much of the first share."""
    if not shares:  # it has one answer
        return _kept(np.full((len(retained), 1), 1 << 32, np.int64))
    first, *others = shares
    return _kept(np.array([thresholds((first * kept, *others), key=key) for kept in retained]))


def _kept(table: Ints) -> Ints:
    table.setflags(write=False)
    return table


def answer_shares(  # noqa: C901, PLR0912 - one case a step
    data: ScenarioData, model: Model, step: str, klass: int, *, proceedings: bool = True
) -> list[float]:
    """Shares of a step's answers but the last, for one class and no lateness.

    ``proceedings`` says whether those of the debtor are counted among the answers, as in closed form. An engine opens them.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    model : Model
    step : str
        A name in STEPS.
    klass : int
        Class of the debtor, see :func:`~kravsim.stream.stream.debtor_class`.
    proceedings : bool
        Whether debt restructuring is among the answers.

    Returns
    -------
    list of float or array
        In the order of the step's answers; the last takes what is left of 1.
    """
    segment, kind_name, known = class_parts(klass)
    common = data.behaviour
    granted = common.restructuring_granted_share.value if proceedings else 0.0
    kind: TypeBehaviour = getattr(common, kind_name)
    late = common.withdrawn_late_share.value
    match step:
        case "reminder" | "demand":
            return letter_shares(data, step, kind_name, segment)
        case "residue":
            return [common.residue_paid_share.value]
        case "instalment_plan":
            return [common.plan_accepted_share.value]
        case "instalment":
            return [kind.instalment_kept_share.value]
        case "solvency_check":
            unsound = (common.not_solvent_if_known_share if known else common.not_solvent_if_unknown_share).value
            bankrupt = common.bankrupt_business_share.value if proceedings and segment == "business" else 0.0
            return [unsound * (1 - bankrupt), bankrupt]
        case "payment_order":
            contested, dismissed = common.contested_share.value, common.dismissed_share.value
            return [kind.payment_order_paid_share.value, late, contested, dismissed]
        case "contested":
            return [common.contested_settled_share.value, common.contested_dropped_share.value]
        case "district_court":
            return [common.court_paid_share.value, common.court_lost_share.value]
        case "order":
            return [kind.order_paid_share.value]
        case "attachment":
            part, continued = kind.attachment_part_share.value, kind.attachment_continued_share.value
            return [kind.attachment_paid_share.value, part, late, continued]
        case "surveillance" | "surveillance_with_title":
            return spell_shares(kind, data.timing.surveillance_spell_days.value, recheck_days(data), granted)
        case "last_surveillance" | "last_surveillance_with_title":
            return spell_shares(kind, last_stay_days(data, segment), recheck_days(data), granted)
        case "interruption" | "interruption_with_title":
            return [common.interruption_reached_share.value]
        case "debt_restructuring" | "debt_restructuring_with_title":
            return []
        case "bankruptcy" | "bankruptcy_with_title":
            person = 0.0 if common.sole_trader_share is None else common.sole_trader_share.value
            dividend = common.bankruptcy_dividend_paid_share.value
            return [dividend * (1 - person), (1 - dividend) * (1 - person), dividend * person]
        case "estate":
            return [common.estate_paid_share.value, common.estate_part_share.value]
        case "foreign_collection":
            zone = model.foreign.get(segment)  # type: ignore[call-overload]
            if zone is None:
                return [0.0, 0.0]
            untraceable = zone.untraceable_share.value
            return [paid_abroad(data, zone.paid_share.value, untraceable), untraceable]
        case _:
            raise KeyError(step)


def alike(step: str, klass: int) -> tuple[object, ...]:
    """What the answers to a step depend on: classes for which this is equal have equal shares.

    Parameters
    ----------
    step : str
        A name in STEPS.
    klass : int
        Class of the debtor.
    """
    segment, kind, known = class_parts(klass)
    match step:
        case "reminder" | "demand":
            return segment, kind
        case "solvency_check":
            return segment == "business", known
        case "foreign_collection":
            return (segment,)
        case "last_surveillance" | "last_surveillance_with_title":
            return segment, kind
        case _:
            return (kind,)


@cache
def groups_alike(step: str) -> tuple[tuple[int, ...], ...]:
    """Classes by what their answers to a step depend on.

    Parameters
    ----------
    step : str
        A name in STEPS.

    Returns
    -------
    tuple of tuple of int
        Every class stands in one group.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for klass in range(N_CLASSES):
        groups.setdefault(alike(step, klass), []).append(klass)
    return tuple(tuple(members) for members in groups.values())


def threshold_array(data: ScenarioData, model: Model) -> Ints:
    """Thresholds of every step, class and lateness band: shape (S, K, B, A), unused answers filled with 2**32.

    Parameters
    ----------
    data : ScenarioData
    model : Model

    Returns
    -------
    int64 array, shape (S, K, B, A)
        Cumulative on 2**32.
    """
    days = data.behaviour.lateness.days
    retained = (1.0, *data.behaviour.lateness.retained_share)
    abroad = (1.0, *(cooled(data, edge) for edge in days))
    shape = (len(PROCESS), N_CLASSES, len(retained), MAX_ANSWERS)
    table = np.full(shape, 1 << 32, np.int64)
    for code, step in enumerate(PROCESS):
        for members in groups_alike(step.name):
            shares = tuple(answer_shares(data, model, step.name, members[0], proceedings=False))
            bands = retained if step.name in VOLUNTARY else abroad if step.name == ABROAD else (1.0,)
            rows = _thresholds(shares, bands, f"behaviour, {step.name}")
            table[code, members, :, : len(step.answers)] = rows
    return table


NOT_BEFORE_THE_DEMAND_IS_OUT = "plan declined"
"""The delay of a plan that is declined, in place of a key of ``timing``."""
DELAYS: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "reminder": ("reminder_paid_days", "reminder_paid_days", "withdrawal_days", "reminder_grace_days"),
    "residue": ("residue_paid_days", "residue_grace_days"),
    "demand": ("demand_paid_days", "demand_paid_days", "demand_paid_days", "withdrawal_days", "demand_grace_days"),
    "instalment_plan": ("plan_answer_days", NOT_BEFORE_THE_DEMAND_IS_OUT),
    "instalment": ("instalment_days", ("instalment_days", "instalment_default_days")),
    "solvency_check": ("solvency_check_days",) * 3,
    "payment_order": (
        "payment_order_paid_days",
        "withdrawal_days",
        "contested_days",
        "order_issued_days",
        "order_issued_days",
    ),
    "contested": ("contested_settled_days", "court_request_days", "court_request_days"),
    "district_court": ("court_days",) * 3,
    "order": ("order_paid_days", "order_grace_days"),
    "attachment": (
        "attachment_paid_days",
        "attachment_part_days",
        "withdrawal_days",
        (),
        "attachment_no_assets_days",
    ),
    "interruption": ("interruption_answer_days",) * 2,
    "interruption_with_title": ("interruption_answer_days",) * 2,
    "debt_restructuring": ("restructuring_granted_days",),
    "debt_restructuring_with_title": ("restructuring_granted_days",),
    "bankruptcy": ("bankruptcy_days",) * 4,
    "bankruptcy_with_title": ("bankruptcy_days",) * 4,
    "estate": ("estate_days",) * 3,
    "foreign_collection": ("foreign_paid_days", "foreign_untraceable_days", "foreign_given_up_days"),
}
"""Of each answer, the key in ``timing`` of its delay: a spread is drawn, values are fixed and summed; () is a year.

A year lies between the fees of an attachment. Only answers that the same act gives share a key: paying the invoice alone is
paying, a judgment is awaited whatever it says.
The answers of surveillance but the last have none: they come at the hazards of ``exit_rates``, a revived case at a check.
"""


def spread_of(timing: Timing, key: str | tuple[str, ...]) -> Spread | None:
    """The spread of a delay that is drawn.

    Parameters
    ----------
    timing : Timing
    key : str or tuple of str
        As in ``DELAYS``.

    Returns
    -------
    Spread or None
        None where the delay is fixed.
    """
    spread = getattr(timing, key, None) if isinstance(key, str) else None
    return spread if isinstance(spread, Spread) else None


def fixed_days(timing: Timing, key: str | tuple[str, ...]) -> Any:
    """Days of a delay that is fixed: the sum of its values, or a year.

    A plan counts as declined when nobody has accepted it for ``plan_answer_days``, and not before the demand's time is out
    for whoever asked for it as soon as may be (inkassolagen 5 and 6 §§). Whoever is to ask for the court, and is given no
    time by the scenario, takes the law's.

    Parameters
    ----------
    timing : Timing
    key : str or tuple of str
        Names in ``timing`` of values in days, none at all stand for a year; or ``NOT_BEFORE_THE_DEMAND_IS_OUT``.

    Returns
    -------
    float
        Days; an array where the values hold one.
    """
    if key == NOT_BEFORE_THE_DEMAND_IS_OUT:
        left = half_up(timing.demand_grace_days.value) - math.floor(timing.demand_paid_days.low)
        return np.maximum(half_up(timing.plan_answer_days.value), left)
    if key == "court_request_days":
        return COURT_REQUEST_DAYS
    names = (key,) if isinstance(key, str) else key
    return total(getattr(timing, name).value for name in names) if names else DAYS_A_YEAR


def delay_arrays(data: ScenarioData) -> tuple[Ints, Ints]:
    """Delay rows by (step, class, answer) and the tables they name.

    Parameters
    ----------
    data : ScenarioData

    Returns
    -------
    tuple of int64 arrays, shapes (S, K, A) and (D, TABLE_SIZE)
        Row of the table by step, class and answer; minutes by table entry.
    """
    tables, timing = Tables(), data.timing
    rows = np.zeros((len(PROCESS), N_CLASSES, MAX_ANSWERS), np.int64)
    for step, keys in DELAYS.items():
        for answer, key in enumerate(keys):
            spread = spread_of(timing, key)
            row = tables.spread(spread) if spread else tables.fixed_days(fixed_days(timing, key))
            rows[STEP_CODE[step], :, answer] = row
    for letter in ANSWERED_LETTERS:
        code = STEP_CODE[letter]
        for kind in DEBTOR_TYPES:  # of every segment alike, however many of it answer
            members = [klass for klass in range(N_CLASSES) if class_parts(klass)[1] == kind]
            late, wait = late_among(data, letter, kind), int(wait_days(data, letter))
            for answer in (ANSWER_PAID, ANSWER_PRINCIPAL_ONLY):
                table, so_far = (
                    tables.row(int(rows[code, members[0], answer])),
                    1.0 - total(float(part.shares[answer]) for part in late),
                )
                for part in late:
                    share = float(part.shares[answer])
                    so_far += share
                    between = minutes_before(data, part, wait, int(part.after))
                    table = mixed(table, between, share / so_far if so_far else 0.0)
                rows[code, members, answer] = tables.add(table)
    for klass in range(N_CLASSES):
        segment, name, _ = class_parts(klass)
        hazard = math.fsum(exit_rates(getattr(data.behaviour, name)))
        stays = timing.surveillance_spell_days.value, last_stay_days(data, segment)
        for steps, days in zip((SURVEILLANCE, LAST_SURVEILLANCE), stays, strict=True):
            out, found = tables.exit_within(hazard, days), tables.found_within(hazard, days, recheck_days(data))
            for step in steps:
                rows[STEP_CODE[step], klass, :4] = [out, found, out, tables.fixed_days(days)]
    return rows, tables.array()
