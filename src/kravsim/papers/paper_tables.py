"""The tables of a paper as data: one CSV a subject, beside the documents that show them in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kravsim.papers.tidy import tidy_csv

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.papers.asked import Asked


def table_files(found: Asked) -> dict[str, bytes]:
    """Make the tables of data: name -> content.

    Parameters
    ----------
    found : Asked
        The answers.
    """
    import pandas as pd

    frames: dict[str, pd.DataFrame] = {
        "budget": pd.concat([_budget(found, place) for place in range(len(found.comparison.runs))], ignore_index=True),
        "worlds": found.uncertain.to_frame(),
        "sensitivity": found.sensitivity.to_frame(),
        "register": found.register.to_frame(),
    }
    if found.reconciliation is not None:
        rows = [row.to_json() for row in found.reconciliation.rows]
        frames["reconciliation"] = pd.DataFrame(rows)
    if found.turns:
        frames["turns"] = pd.concat([one.to_frame().assign(key=one.key) for one in found.turns], ignore_index=True)
    frames["information"] = found.information.to_frame()
    if found.sweep is not None:
        frames["sweep_points"] = found.sweep.to_frame()
    return {f"{name}.csv": tidy_csv(frame, found.paper.documents.csv) for name, frame in frames.items()}


def _budget(found: Asked, place: int) -> pd.DataFrame:
    run = found.comparison.runs[place]
    frame = run.budget()
    frame.insert(0, "model", run.model)
    return frame.astype(object)
