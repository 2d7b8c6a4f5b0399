"""Print the explained cases that a reader with law and facts at hand goes through: twenty of each model, drawn by a seed.

    python docs/read_cases.py DIR [--second]

writes one file a model to DIR: of the first reading, or the second. What readers objected to, and what became of it, is in
`read-cases.md`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

import kravsim as ks

CASE: Final = "jamtland-harjedalen-2017"
MODELS: Final = ("outsourced", "in_house")
DRAWN: Final = 20


class Reading(NamedTuple):
    """Which lives were read: ``seed``, of the run and of the draw of its cases, was named before anything was read.

    ``ways`` are those that few cases go: the first case of each is read as well.
    """

    seed: int
    ways: tuple[str, ...]


FIRST: Final = Reading(
    20261129,
    (
        "debt_restructuring",
        "debt_restructuring_with_title",
        "bankruptcy",
        "district_court",
        "attachment",
        "instalment",
        "foreign_collection",
        "lapsed",
    ),
)
SECOND: Final = Reading(
    20261205,
    (
        "estate:part",
        "estate:paid",
        "bankruptcy",
        "bankruptcy_with_title",
        "debt_restructuring:granted",
        "last_surveillance",
        "interruption_with_title",
        "residue_waived",
        "withdrawn_early",
        "withdrawn_late",
        "attachment:withdrawn",
        "attachment:no_assets",
        "attachment:part",
        "payment_order:dismissed",
        "contested:dropped",
        "contested:settled",
        "district_court:won",
        "district_court:lost",
        "instalment:kept",
        "foreign_collection:paid",
        "foreign_collection:untraceable",
    ),
)


def texts(model: str, lang: str, reading: Reading = FIRST) -> list[str]:
    """Lives of the drawn cases in order of their numbers, then of the first cases of rare ways."""
    scenario = ks.load_scenario(CASE)
    run = ks.simulate(scenario, model=model, replications=1, seed=reading.seed, progress=False)
    n_cases = run.find_cases(limit=1).attrs["found"]
    drawn = sorted(np.random.default_rng(reading.seed).choice(n_cases, DRAWN, replace=False).tolist())
    rare = [case for way in reading.ways for case in run.find_cases(way, limit=1)["case"].tolist()]
    chosen = dict.fromkeys([*drawn, *rare])
    return [str(run.explain(case, lang=lang)) for case in chosen]


def main() -> None:
    """Write the lives of both models' cases."""
    if len(sys.argv) not in {2, 3} or sys.argv[2:] not in ([], ["--second"]):
        sys.exit(__doc__)
    reading = SECOND if sys.argv[2:] else FIRST
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    for model in MODELS:
        told = texts(model, "en", reading)
        (place / f"{model}.txt").write_text("\n\n".join(told) + "\n", encoding="utf-8")
        sys.stdout.write(f"{model}: {len(told)} cases in {place / model}.txt\n")


if __name__ == "__main__":
    main()
