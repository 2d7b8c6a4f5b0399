"""Print the explained cases that a reader with law and facts at hand goes through: twenty of each model, drawn by a seed.

    python docs/read_cases.py DIR

writes one file a model to DIR. What readers objected to, and what became of it, is in `read-cases.md`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import numpy as np

import kravsim as ks

CASE: Final = "jamtland-harjedalen-2017"
MODELS: Final = ("outsourced", "in_house")
SEED: Final = 20261129
"""Of the run and of the draw of its cases; named before anything was read."""
DRAWN: Final = 20
RARE: Final = (
    "debt_restructuring",
    "debt_restructuring_with_title",
    "bankruptcy",
    "district_court",
    "attachment",
    "instalment",
    "foreign_collection",
    "lapsed",
)
"""Ways that few cases go: the first case of each is read as well."""


def texts(model: str, lang: str) -> list[str]:
    """Lives of the drawn cases in order of their numbers, then of the first cases of rare ways."""
    scenario = ks.load_scenario(CASE)
    run = ks.simulate(scenario, model=model, replications=1, seed=SEED, progress=False)
    n_cases = run.find_cases(limit=1).attrs["found"]
    drawn = sorted(np.random.default_rng(SEED).choice(n_cases, DRAWN, replace=False).tolist())
    rare = [case for way in RARE for case in run.find_cases(way, limit=1)["case"].tolist()]
    chosen = dict.fromkeys([*drawn, *rare])
    return [str(run.explain(case, lang=lang)) for case in chosen]


def main() -> None:
    """Write the lives of both models' cases."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    for model in MODELS:
        told = texts(model, "en")
        (place / f"{model}.txt").write_text("\n\n".join(told) + "\n", encoding="utf-8")
        sys.stdout.write(f"{model}: {len(told)} cases in {place / model}.txt\n")


if __name__ == "__main__":
    main()
