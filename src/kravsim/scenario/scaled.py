"""The scenario of another body: one case with the volume of a body of another size, and what follows volume in proportion.

What a body sends, its debtors and its posts follow its size; prices by the year of systems and services do not, and nothing
is known of whether they should.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from kravsim.scenario.own_body import content_at, in_proportion
from kravsim.scenario.portfolio_file import Member, Portfolio
from kravsim.scenario.scenario import Scenario

VOLUME: Final = "invoices.per_year"
DEBTORS: Final = "debtors.number"
_TOGETHER: Final = {
    "keys": [VOLUME, DEBTORS],
    "rank": 0.95,
    "source": "assumption",
    "status": "assumed",
    "note": "a body that sends twice as many invoices has about twice as many debtors",
}


def scaled(scenario: Scenario, portfolio: Portfolio, member: Member) -> Scenario:
    """Give the scenario of one body of a portfolio.

    Invoices are the scenario's for the body's size, within the portfolio's range, which stands against the best guess alone;
    debtors and posts are in proportion to the size, and posts that are found by a rule may be as few or as many as the
    volumes want. Of posts that know more than others there are as many for the size.

    Parameters
    ----------
    scenario : Scenario
        The case that is scaled.
    portfolio : Portfolio
        Which says of what size the scenario's body is.
    member : Member
        One of its bodies.

    Returns
    -------
    Scenario
        Under the body's name; a body that stands as it is has the scenario's own numbers but for that.

    Raises
    ------
    ScenarioError
        When a number is beyond what its key allows.
    """
    changes: dict[str, Any] = {"body.name": member.name}
    for model, name, pool in _pools(scenario):
        rule = pool.get("posts")
        if isinstance(rule, Mapping) and rule.get("drawn_worlds") == "rule":
            # posts are the rule's in the base case too: nobody has said how many another body has
            changes[f"models.{model}.staff.{name}.posts.base_case"] = "rule"
    if not member.as_it_stands:
        changes |= _in_proportion_to(scenario, portfolio, member)
    return scenario.with_changes(changes)


def _in_proportion_to(scenario: Scenario, portfolio: Portfolio, member: Member) -> dict[str, Any]:
    tables, volume = scenario.sheet.tables, portfolio.volume
    ratio = member.size / portfolio.size_of_the_scenario
    said = f"{scenario.data.body.name}'s for {member.size:g} {portfolio.unit}"
    here = scenario.data.invoices.per_year.value * ratio
    spread = {"low": round(here * volume.low), "high": round(here * volume.high)} if volume.low < volume.high else {}
    changes: dict[str, Any] = {
        VOLUME: {
            "value": round(here),
            **spread,
            "source": "assumption",
            "status": "assumed",
            "note": f"{said}; {volume.note}" if volume.note else said,
        },
        DEBTORS: _times(content_at(tables, ("debtors", "number")), ratio, said, whole=True),
    }
    if spread and not any({VOLUME, DEBTORS} <= set(one.keys) for one in scenario.data.correlations.values()):
        changes["correlations.volume_of_the_body"] = _TOGETHER
    for model, name, pool in _pools(scenario):
        key = f"models.{model}.staff.{name}"
        changes[f"{key}.fte"] = _times(pool["fte"], ratio, said)
        if "posts" in pool:
            least, most = (pool["posts"][bound] for bound in ("least_fte", "most_fte"))
            changes[f"{key}.posts.least_fte"] = _times(least, ratio * volume.low, said)
            changes[f"{key}.posts.most_fte"] = _times(most, ratio * volume.high, said)
        skills = pool.get("skills", [])
        if len(skills) > 1:
            *knowing, others = skills
            changes[f"{key}.skills"] = [*(one for one in knowing for _ in range(max(1, math.ceil(ratio)))), others]
    return changes


def _pools(scenario: Scenario) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Every staff pool of every model, as its file says it: model, pool, table."""
    models: Mapping[str, Any] = scenario.sheet.tables["models"]
    return [(model, name, pool) for model, one in models.items() for name, pool in one.get("staff", {}).items()]


def _times(number: Mapping[str, Any], ratio: float, said: str, *, whole: bool = False) -> dict[str, Any]:
    found = in_proportion(number, ratio, whole=whole)
    return {**found, "source": "assumption", "status": "assumed", "note": f"in proportion: {said}"}
