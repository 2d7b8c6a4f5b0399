"""A study as files: its answer as JSON, its table as CSV, its figure as PNG and SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kravsim.figures.save import figure_bytes
from kravsim.results.store import frame_csv, json_text, write_files
from kravsim.version import __version__

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from matplotlib.figure import Figure

    from kravsim.scenario import Scenario

KINDS: Final = ("json", "csv", "png", "svg")


def study_files(stem: str) -> tuple[str, ...]:
    """Names of the files of :func:`save_study`, for a check before anything runs."""
    return tuple(f"{stem}.{kind}" for kind in KINDS)


def table_files(stem: str) -> tuple[str, ...]:
    """Names of the files of :func:`save_table`, for a check before anything runs."""
    return f"{stem}.json", f"{stem}.csv"


def save_table(
    found: Any, stem: str, scenario: Scenario, outdir: str | os.PathLike[str], *, force: bool = False
) -> list[Path]:
    """Write a study's answer and table alone; parameters, returned paths and errors are those of :func:`save_study`."""
    return write_files(outdir, _texts(found, stem, scenario), force=force)


def save_study(
    found: Any, figure: Figure, stem: str, scenario: Scenario, outdir: str | os.PathLike[str], *, force: bool = False
) -> list[Path]:
    """Write a study's answer, table and figure.

    Parameters
    ----------
    found : a study's answer
        With `to_json` and `to_frame`.
    figure : matplotlib.figure.Figure
    stem : str
        Name of the files before the dot.
    scenario : Scenario
        What was asked about: its text, changes included, stands in the JSON, with the version that answered.
    outdir : path
        Directory; made when missing.
    force : bool
        Whether existing files may be replaced.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    OutputError
        When a file exists and `force` is false, or nothing can be written there; nothing is half-written.
    """
    pictures = {f"{stem}.{kind}": figure_bytes(figure, kind) for kind in ("png", "svg")}
    return write_files(outdir, _texts(found, stem, scenario) | pictures, force=force)


def _texts(found: Any, stem: str, scenario: Scenario) -> dict[str, bytes]:
    about = {"version": __version__, "scenario_fingerprint": scenario.fingerprint, "scenario_text": scenario.text}
    return {
        f"{stem}.json": json_text({**found.to_json(), **about}).encode("utf-8"),
        f"{stem}.csv": frame_csv(found.to_frame()).encode("utf-8"),
    }
