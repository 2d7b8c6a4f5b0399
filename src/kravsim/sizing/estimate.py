"""How large a run will be, before anything is simulated: late claims, memory, time; and the refusal of what is too large.

Memory and time grow with the late claims of history and horizon together, and beside them with debtors (each is asked in
every invoice run) and with posts (each has a calendar). The costs of one of each were measured on the real case at
volumes x1 to x241 (50 million invoices a year, 480 posts), where memory is met to a tenth;
``tests/validation/test_estimate.py`` holds them against what a run takes now. Elsewhere they are good to a factor of two,
which is enough to refuse a slip of a power of ten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kravsim.engine import DEFAULT_ENGINE
from kravsim.errors import Problem, ScenarioError
from kravsim.models.build import max_visits
from kravsim.phrases import Bilingual, phrase
from kravsim.scalars import real_number
from kravsim.scenario import Scenario
from kravsim.scenario.base_posts import model_in
from kravsim.scenario.levels import level, span
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.sequences import models_of
from kravsim.scenario.values import Value
from kravsim.sizing.machine import available_memory
from kravsim.stream.handed_over import handed_over_share
from kravsim.stream.synthetic import first_day
from kravsim.units import half_up
from kravsim.words.wording import language_index

GIB: Final = 2**30
LARGEST_LIMIT_GIB: Final = 10**9

_SHARE_OF_MACHINE: Final = 0.8
_BYTES_AT_REST: Final = 220e6
_BYTES_A_CLAIM: Final = 115.0
_BYTES_A_CLAIM_IN_POOLS: Final = 67.0
_BYTES_A_CLAIM_WRITTEN: Final = 2300.0
_BYTES_A_COLUMN_DRAWN: Final = 12.0
_BYTES_A_DEBTOR: Final = 300.0
_BYTES_A_DEBTOR_AND_YEAR: Final = 9.0
_BYTES_A_POST_DAY: Final = 80.0
_BYTES_A_SET: Final = 1600.0
_BYTES_A_SET_AND_NUMBER: Final = 60.0
_BYTES_A_NUMBER_KEPT: Final = 16.0
_LEAST_SECONDS_A_SET: Final = 0.03
"""Some thirty evaluations of the closed form at the very least, of a millisecond each."""
_SECONDS_AT_LEAST: Final = 0.02
_SECONDS_A_CLAIM_MADE: Final = 3e-7
_SECONDS_A_CLAIM_RUN: Final = 5e-7
_SECONDS_A_CLAIM_IN_POOLS: Final = 1e-6
_SECONDS_A_CLAIM_WRITTEN: Final = 9e-6
_SECONDS_A_CLAIM_IN_SIMPY: Final = 1e-4
_SECONDS_A_DEBTOR_AND_RUN: Final = 5e-9
_SECONDS_A_POST_DAY: Final = 2e-6
_UNITS: Final = (
    (("år", "years"), 31_557_600),
    (("dygn", "days"), 86_400),
    (("timmar", "hours"), 3600),
    (("minuter", "minutes"), 60),
)
_RUNS_A_YEAR: Final = 12
_DAYS_A_YEAR: Final = 365.25


@dataclass(frozen=True)
class Estimate:
    """The size of one replication of some models.

    Parameters
    ----------
    years : int
        Calendar years simulated, history included unless an opening stock stands in its place.
    late_claims : float
        Claims that will be late in these years, about.
    memory_bytes : float
        Most memory one worker will hold, about.
    seconds : float
        Time of one replication of every model on one processor, about.
    driver : str
        Dotted key of the number that most of the memory is due to.
    """

    years: int
    late_claims: float
    memory_bytes: float
    seconds: float
    driver: str

    def text(self, lang: str = "en") -> str:
        """Say it in words, in Swedish (`sv`) or English (`en`).

        Parameters
        ----------
        lang : str
            ``sv`` or ``en``.

        Examples
        --------
        >>> Estimate(11, 180_000.0, 6e8, 2.4, "invoices.per_year").text()
        'about 180 000 late claims in 11 years need about 0.56 GiB of memory and 2.4 seconds a replication'
        """
        memory = _number(self.memory_bytes / GIB)
        if language_index(lang) == 0:
            claims = f"omkring {_number(self.late_claims)} sena fordringar på {self.years} år"
            needs = f"{memory} GiB minne och {duration(self.seconds, lang)} per simulering"
            return f"{claims} kräver omkring {needs}".replace(".", ",")
        years = "1 year" if self.years == 1 else f"{self.years} years"
        claims = f"about {_number(self.late_claims)} late claims in {years}"
        return f"{claims} need about {memory} GiB of memory and {duration(self.seconds)} a replication"


def estimate(
    data: ScenarioData, models: Sequence[str], *, engine: str = DEFAULT_ENGINE, journal: bool = False
) -> Estimate:
    """Estimate one replication of some models at the stated values of the scenario.

    Parameters
    ----------
    data : ScenarioData
    models : sequence of str
        Names of the scenario's models that meet the same claims.
    engine : str
        One of ``kravsim.engine.ENGINES``.
    journal : bool
        Whether event log and postings are wanted; the compiled engine makes none otherwise.

    Raises
    ------
    ScenarioError
        When more invoices would be late than there are.
    """
    years = data.horizon.end.year - data.horizon.start.year + half_up(data.horizon.history_years.value)
    volume = max(level(data, "volume", year) for year in span(data))
    in_stock = sum(float(row.claims.value) for row in data.opening_stock.rows.values())
    told_years = data.horizon.end.year - data.horizon.start.year if in_stock else years
    a_year = float(data.invoices.per_year.value) * volume * handed_over_share(data, first_day(data))
    claims, made = (
        a_year * told_years + in_stock,
        a_year * years + in_stock,
    )  # history's are made, and dropped for a stock
    debtors, runs = float(data.debtors.number.value), _RUNS_A_YEAR * len(data.invoices.run_days) * years
    followed = [one for name in models for one in models_of(data, name)]
    posts = {
        f"models.{name}.staff.{pool}.fte": spec.most_fte * years * _DAYS_A_YEAR
        for name in followed
        for pool, spec in model_in(data, name).staff.items()
    }
    in_simpy = engine != DEFAULT_ENGINE
    with_pools = sum(any(model_in(data, one).work for one in models_of(data, name)) for name in models)
    bytes_a_claim = _BYTES_A_CLAIM + (_BYTES_A_CLAIM_IN_POOLS if with_pools else 0.0)
    seconds_a_claim = (
        _SECONDS_A_CLAIM_MADE + _SECONDS_A_CLAIM_RUN * len(models) + _SECONDS_A_CLAIM_IN_POOLS * with_pools
    )
    if in_simpy or journal:
        bytes_a_claim += _BYTES_A_CLAIM_WRITTEN
        seconds_a_claim += _SECONDS_A_CLAIM_WRITTEN * len(models)
    if in_simpy:
        bytes_a_claim += _BYTES_A_COLUMN_DRAWN * float(max_visits(data).sum())
        seconds_a_claim += _SECONDS_A_CLAIM_IN_SIMPY * len(models)
    parts = {
        "invoices.per_year": made * bytes_a_claim,
        "debtors.number": debtors * (_BYTES_A_DEBTOR + _BYTES_A_DEBTOR_AND_YEAR * years),
        **{key: post_days * _BYTES_A_POST_DAY for key, post_days in posts.items()},
    }
    seconds = (
        _SECONDS_AT_LEAST
        + claims * seconds_a_claim
        + (made - claims) * _SECONDS_A_CLAIM_MADE
        + debtors * runs * _SECONDS_A_DEBTOR_AND_RUN
        + sum(posts.values()) * _SECONDS_A_POST_DAY
    )
    driver = max(parts, key=lambda key: parts[key])
    return Estimate(told_years, claims, _BYTES_AT_REST + sum(parts.values()), seconds, driver)


def fitting_workers(
    scenario: Scenario,
    models: Sequence[str],
    *,
    workers: int = 1,
    exactly: bool = True,
    max_memory_gib: float | None = None,
    engine: str = DEFAULT_ENGINE,
    journal: bool = False,
    settable: bool = True,
) -> int:
    """Find out, before a run starts, in how many workers it fits.

    Parameters
    ----------
    scenario : Scenario
    models : sequence of str
        Names of its models.
    workers : int
        Threads or processes wanted; each holds one replication at a time.
    exactly : bool
        Whether fewer workers than wanted will not do.
    max_memory_gib : float, optional
        Limit on the memory of all workers together, in GiB; four fifths of what this machine lets the process use when left
        out.
    engine : str
        Name of the engine, as in :func:`estimate`.
    journal : bool
        Whether every run's log and ledger are kept, as in :func:`estimate`.
    settable : bool
        Whether whoever asks can be given another limit, which the error then names.

    Returns
    -------
    int
        From 1 to `workers`.

    Raises
    ------
    ScenarioError
        When the limit itself is no positive number, or the run does not fit; says the estimate and the limit's name.
    """
    number = memory_limit(max_memory_gib)
    found = estimate(scenario.data, models, engine=engine, journal=journal)
    fitting = min(workers, math.floor(number * GIB / found.memory_bytes))
    if fitting >= (workers if exactly else 1):
        return fitting
    crew = phrase(" in each of {workers} workers", workers=workers) if fitting else ""
    remedy = phrase("use fewer workers")
    if not fitting:
        remedy = phrase("lower {driver} or horizon.history_years", driver=found.driver)
    raise ScenarioError(
        Problem(
            scenario.sheet.file_of(tuple(found.driver.split("."))),
            found.driver,
            _at(scenario.data, found.driver),
            phrase(
                "a run within max_memory_gib = {number}" if settable else "a run within {number} GiB of memory",
                number=_number(number),
            ),
            phrase(
                "{text}{crew}: {remedy}, or raise max_memory_gib" if settable else "{text}{crew}: {remedy}",
                text=Bilingual(found.text("sv"), found.text("en")),
                crew=crew,
                remedy=remedy,
            ),
        )
    )


def check_particles(
    sets: int, columns: int, key: str, asked: int, max_memory_gib: float | None = None, *, parts: int = 1
) -> None:
    """Refuse a calibration that would need more memory than there is, before it starts.

    Parameters
    ----------
    sets : int
        Parameter sets that are held at a time, in all islands together.
    columns : int
        Uncertain numbers of each.
    key, asked : str and int
        What the user asked for.
    max_memory_gib : float, optional
        As for :func:`fitting_workers`.
    parts : int
        Sampled one after the other, so many sets each, whose numbers are kept until all are done.

    Raises
    ------
    ScenarioError
        When the limit itself is no positive number, or the sets do not fit; says the estimate and the limit's name.
    """
    limit = memory_limit(max_memory_gib)
    kept = (parts - 1) * _BYTES_A_NUMBER_KEPT * (columns + 2)
    need = _BYTES_AT_REST + sets * (_BYTES_A_SET + _BYTES_A_SET_AND_NUMBER * columns + kept)
    seconds = parts * sets * _LEAST_SECONDS_A_SET
    if need <= limit * GIB:
        return
    remedy = phrase(
        "about {sets} sets of {columns} numbers at a time need about {gib} GiB of memory and at least {time}: ask for "
        "fewer, or raise max_memory_gib",
        sets=_number(float(sets)),
        columns=columns,
        gib=_number(need / GIB),
        time=Bilingual(duration(seconds, "sv"), duration(seconds)),
    )
    raise ScenarioError(
        Problem(
            "calibrate",
            key,
            asked,
            phrase("{key} within max_memory_gib = {limit}", key=key, limit=_number(limit)),
            remedy,
        )
    )


def memory_limit(max_memory_gib: object) -> float:
    """Read the most memory to use, GiB; a share of the machine's for None.

    Parameters
    ----------
    max_memory_gib : float or None
        As the user gave it, GiB above 0.

    Returns
    -------
    float
        GiB.

    Raises
    ------
    ScenarioError
        When it is no number above 0.
    """
    limit = _SHARE_OF_MACHINE * available_memory() / GIB if max_memory_gib is None else max_memory_gib
    number = real_number(limit)
    if number is None or not 0 < number <= LARGEST_LIMIT_GIB:
        allowed, remedy = (
            phrase("GiB above 0 and up to {most}", most=LARGEST_LIMIT_GIB),
            "leave it out for four fifths of this machine's",
        )
        raise ScenarioError(Problem("", "max_memory_gib", limit, allowed, remedy))
    return number


def _at(data: ScenarioData, key: str) -> object:
    """Give the number at one of the keys of the estimate."""
    here: object = data
    for part in key.split("."):
        here = here[part] if isinstance(here, Mapping) else getattr(here, part)
    return here.value if isinstance(here, Value) else here


def _number(value: float) -> str:
    """Write a number with two or three figures that matter and spaces between thousands."""
    if value >= 100:
        digits = len(f"{value:.0f}")
        return f"{round(value, 3 - digits):,.0f}".replace(",", " ")
    return f"{value:.2g}"


def duration(seconds: float, lang: str = "en") -> str:
    """Write a time in the unit that suits it, in Swedish (`sv`) or English (`en`).

    Parameters
    ----------
    seconds : float
        A length of time, seconds.
    lang : str
        ``sv`` or ``en``.
    """
    which = language_index(lang)
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            return f"{_number(seconds / length)} {unit[which]}"
    return f"{_number(seconds)} {('sekunder', 'seconds')[which]}"
