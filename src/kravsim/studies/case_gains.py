"""Case by case: what the region nets of each case at one end of a bridge and at the other, in one replication."""

from __future__ import annotations

import datetime as dt
import math
import shlex
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.engine import DEFAULT_ENGINE
from kravsim.explaining.trace import find_cases, postings_frame
from kravsim.flow import RunParts, one_run
from kravsim.results.case_changes import CaseChanges, Sums
from kravsim.scenario import Scenario
from kravsim.scenario.told_command import told_command
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    import pandas as pd

_SIDES: Final = ("start", "end")
_COLUMNS: Final = (
    "case_start",
    "case_end",
    "debtor",
    "segment",
    "type",
    "handed_over",
    "claims",
    "principal_kr",
    "start_kr",
    "end_kr",
    "change_kr",
    "outcome_start",
    "outcome_end",
)


_KINDS: Final = {"case_start": object, "case_end": object}
"""Columns that hold None where a case is at one end alone."""


def case_gains(
    start: tuple[Scenario, str],
    end: tuple[Scenario, str],
    *,
    seed: int,
    replication: int,
    most: int,
    engine: str | None = None,
) -> CaseChanges:
    """Hold every case of a replication against itself at the other end.

    A case is the same at both ends when its oldest invoice is: the same run, number within the run, and debtor. Where one end
    coordinates a debtor's claims and the other does not, the cases of a debtor from one hand-over are taken together. Where
    the horizons have not as many years, each side is met as often as makes them equally long, so that öre stay whole.

    Parameters
    ----------
    start, end : pair of Scenario and model
        Walked from and to; machine name of the model.
    seed, replication : int
        Which year: the same luck at both ends.
    most : int
        How many cases to list of those that gain, and of those that lose.
    engine : str, optional
        One of ``kravsim.engine.ENGINES``.
    """
    chosen = engine or DEFAULT_ENGINE
    alike = start[0].data.debtors.coordinate == end[0].data.debtors.coordinate
    sides = [
        _side(one_run(scenario, model, seed=seed, replication=replication, engine=chosen), one_by_one=alike)
        for scenario, model in (start, end)
    ]
    years = [scenario.data.horizon.end.year - scenario.data.horizon.start.year for scenario, _ in (start, end)]
    (first, before), (second, after) = (
        _times(side, math.lcm(*years) // mine) for side, mine in zip(sides, years, strict=True)
    )
    both = first.merge(second, how="outer", on="key", suffixes=("_start", "_end"), sort=True)
    for side in _SIDES:
        both[f"there_{side}"] = both[f"case_{side}"].notna()
        both[f"ore_{side}"] = both[f"ore_{side}"].fillna(0).astype(np.int64)
    both["change"] = both["ore_end"] - both["ore_start"]
    there = both["there_start"] & both["there_end"]
    picked = {
        "gain": there & (both["change"] > 0),
        "lose": there & (both["change"] < 0),
        "same": there & (both["change"] == 0),
        "only_start": both["there_start"] & ~both["there_end"],
        "only_end": both["there_end"] & ~both["there_start"],
    }
    sums = {name: Sums(int(rows.sum()), int(both.loc[rows, "change"].sum())) for name, rows in picked.items()}
    same = start[0].data.horizon.end == end[0].data.horizon.end and years[0] == years[1]
    shown = years[0] if same else 1
    lines = dict.fromkeys([*after, *before])
    beside = {line: after.get(line, 0) - before.get(line, 0) for line in lines}
    total = sum(one.ore for one in sums.values()) + sum(beside.values())
    return CaseChanges(
        frame=_most(both, most, math.lcm(*years) // shown),
        beside={line: ore for line, ore in beside.items() if ore},
        total_ore=total,
        replication=replication,
        years=math.lcm(*years),
        years_shown=shown,
        commands=(_command(*start, seed, replication), _command(*end, seed, replication)),
        **sums,
    )


def _side(parts: RunParts, *, one_by_one: bool) -> tuple[pd.DataFrame, dict[str, int]]:
    """Give every case with its key and what the region nets of it, and by budget line what belongs to no case, in öre."""
    stream = parts.inputs.stream
    ledger = parts.ledger
    known = find_cases(ledger, parts.log, stream, limit=len(stream.cases)).sort_values("case", ignore_index=True)
    moved = postings_frame(ledger, stream)
    moved = moved[moved["budget_line"] != ""]
    ore = np.zeros(len(known), np.int64)
    of_case = moved["case"].to_numpy() >= 0
    np.add.at(ore, moved["case"].to_numpy()[of_case], moved["region_ore"].to_numpy()[of_case])
    known["ore"] = ore
    rest = moved[~of_case].groupby("budget_line", sort=False)["region_ore"].sum()
    beside = {str(line): int(amount) for line, amount in rest.items()}
    oldest = stream.cases.first_claim[:-1]
    if one_by_one:
        days = [stream.first + dt.timedelta(day) for day in stream.claims.run[oldest].tolist()]
        identity = zip(days, stream.claims.number[oldest].tolist(), known["debtor"].tolist(), strict=True)
        known["key"] = [f"{day} {number} {debtor}" for day, number, debtor in identity]
        return known, beside
    known["key"] = [f"{day} {debtor}" for day, debtor in zip(known["handed_over"], known["debtor"], strict=True)]
    how = dict.fromkeys(("debtor", "segment", "type", "handed_over", "case", "end"), "first")
    return known.groupby("key", sort=False).agg(
        {**how, "claims": "sum", "principal_kr": "sum", "ore": "sum"}
    ).reset_index(), beside


def _times(side: tuple[pd.DataFrame, dict[str, int]], times: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """One end met so many times over."""
    known, beside = side
    return known.assign(ore=known["ore"] * times), {line: ore * times for line, ore in beside.items()}


def _most(both: pd.DataFrame, most: int, times: int) -> pd.DataFrame:
    """Pick the cases that gain and lose most, of equals the first; kronor of sums over so many times what is told."""
    order = both.sort_values("change", ascending=False, kind="stable")
    gains = order[order["change"] > 0].head(most)
    losses = order[order["change"] < 0].iloc[::-1].head(most)
    import pandas as pd

    rows = []
    for row in pd.concat([gains, losses]).to_dict("records"):
        side = "start" if row["there_start"] else "end"
        fields = {
            name: row[f"{name}_{side}"]
            for name in ("debtor", "segment", "type", "handed_over", "claims", "principal_kr")
        }
        fields |= {
            "debtor": int(fields["debtor"]),
            "claims": int(fields["claims"]),
            "principal_kr": float(fields["principal_kr"]),
        }
        for one in _SIDES:
            there = row[f"there_{one}"]
            fields[f"case_{one}"] = int(row[f"case_{one}"]) if there else None
            fields[f"outcome_{one}"] = str(row["end_" + one]) if there else ""
            fields[f"{one}_kr"] = row[f"ore_{one}"] / times / ORE_PER_KR
        rows.append({**fields, "change_kr": row["change"] / times / ORE_PER_KR})
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=_KINDS.get(name)) for name in _COLUMNS})


def _command(scenario: Scenario, model: str, seed: int, replication: int) -> str:
    """Write how a case's life is told on the command line; empty where it cannot name the scenario."""
    named = told_command(scenario)
    if not named:
        return ""
    where, *changes = map(shlex.quote, named)
    sets = "".join(f" --set {change}" for change in changes)
    rest = f"--model {shlex.quote(model)} --case K --replication {replication} --seed {seed}"
    return f"kravsim explain {where}{sets} {rest}"
