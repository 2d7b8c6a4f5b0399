"""An opening stock: claims that are open as the horizon begins, by how far they have come and how old they are.

Left out, the model's own history builds the stock up (``horizon.history_years``). Given, it stands in its place: history then
only says how far back the law is looked up, and no claim of the scenario's invoices is handed over before the horizon.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args

from pydantic import Field

from kravsim.errors import ABSENT
from kravsim.phrases import phrase
from kravsim.scenario.rules import refuse
from kravsim.scenario.several import raised_by
from kravsim.scenario.values import Section, Value, limited
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.scenario.schema import ScenarioData

Stage = Literal["reminded", "demanded", "ordered", "attached", "watched", "watched_with_title"]
STAGES: Final[tuple[str, ...]] = get_args(Stage)
"""How far a claim has come: what has been done of it, without its having been paid."""
MOST_AGE_DAYS: Final = 11_000
MOST_CLAIMS: Final = 1_000_000
MOST_ROWS: Final = 200
RowName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class StockRow(Section):
    """Claims of one stage and one band of age, counted in days from the due date to the first day of the horizon.

    Ages are spread evenly over the band, both ends counted; principal, what is left of it, is lognormal. ``watched`` claims
    have no title, ``watched_with_title`` have been to enforcement once; ``attached`` are there, and go on there.
    """

    stage: Stage
    age_from_days: Annotated[int, Field(ge=1, le=MOST_AGE_DAYS)]
    age_to_days: Annotated[int, Field(ge=1, le=MOST_AGE_DAYS)]
    claims: Annotated[Value, limited("count", le=MOST_CLAIMS, plausible=(10, MOST_CLAIMS), example=5000)]
    amount_median_kr: Annotated[Value, limited("kr", ge=1, le=10**7, plausible=(50, 20_000), example=350)]
    amount_mean_kr: Annotated[Value, limited("kr", ge=1, le=10**7, plausible=(50, 50_000), example=700)]

    def _contradictions(self) -> Iterator[ValueError]:
        if self.age_from_days > self.age_to_days:
            yield ValueError("age_from_days must not exceed age_to_days")
        mean, median = self.amount_mean_kr, self.amount_median_kr
        if mean.value < median.value:
            yield ValueError("amount_mean_kr must be at least amount_median_kr (amounts are lognormal)")
        elif (low := mean.value if mean.low is None else mean.low) < _highest(median):  # a drawn mean may lie below it
            allowed = phrase("at least {most:g}, the highest amount_median_kr", most=_highest(median))
            problem = _problem("amount_mean_kr", low, allowed, "let the ranges of mean and median not overlap")
            yield from raised_by(partial(refuse, [problem]))


class OpeningStock(Section):
    """The claims that are open on the first day of the horizon, in rows; each is a case of its own, and all its debtor owes.

    What has been done of a claim was done before the horizon, by the scenario's own times, and nobody has paid: its charges
    are those of the law of these days.
    """

    rows: dict[RowName, StockRow] = Field(default_factory=dict, max_length=MOST_ROWS)


def stock_holds_together(data: ScenarioData) -> None:
    """Refuse an opening stock that cannot stand in place of history.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    pydantic_core.PydanticCustomError
        With everything that is wrong with it.
    """
    if "opening_stock" in data.model_fields_set and not data.opening_stock.rows:
        allowed = "a row or more: [opening_stock] stands in place of what history builds up"
        remedy = "give rows or a file of them, or leave the table out"
        refuse([_problem("opening_stock.rows", ABSENT, allowed, remedy)])
    if data.opening_stock.rows:
        refuse([*_with_the_rest(data), *_history(data)])


def _problem(key: str, value: Any, allowed: str, remedy: str) -> dict[str, Any]:
    return {"key": key, "value": value, "allowed": allowed, "remedy": remedy}


def _with_the_rest(data: ScenarioData) -> Iterator[dict[str, Any]]:
    """What is not worked out together with a stock: sequences, joint applications, a history found by a rule."""
    for name in data.sequences:
        allowed = "scenarios without an opening stock: which arrangement its claims have met is not said"
        yield _problem(f"sequences.{name}", name, allowed, "leave out the sequence, or the opening stock")
    if data.policy.joint_application_days is not None:
        allowed = "scenarios without an opening stock: each of its claims has its own debtor"
        days = data.policy.joint_application_days.value
        yield _problem("policy.joint_application_days", days, allowed, "leave it out, or the opening stock")
    if data.horizon.history_rule != "number":
        allowed = "no rule: with an opening stock history builds none"
        yield _problem("horizon.history_rule", data.horizon.history_rule, allowed, 'write history_rule = "number"')


def _history(data: ScenarioData) -> Iterator[dict[str, Any]]:
    """The law is looked up from a year before the oldest claim falls due."""
    start, years = data.horizon.start, data.horizon.history_years
    fewest = half_up(years.value if years.low is None else years.low)
    invoiced = half_up(_highest(data.invoices.terms_days))
    oldest = max(row.age_to_days for row in data.opening_stock.rows.values()) + invoiced
    needed = start.year - (start - dt.timedelta(oldest)).year + 1
    if fewest < needed:
        allowed = phrase(
            "at least {needed}: the oldest claim of the opening stock was invoiced {days} days before the horizon",
            needed=needed,
            days=oldest,
        )
        remedy = phrase("write history_years = {needed}, or lower age_to_days", needed=needed)
        yield _problem("horizon.history_years", years.value, allowed, remedy)


def _highest(value: Value) -> float:
    return value.value if value.high is None else value.high
