"""A study as files: its answer as JSON, its table as CSV, its figure as PNG and SVG, and a manifest to make them again by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.manifest import MANIFEST_FORMAT, Record, asked_of, digest
from kravsim.archives.store import frame_csv, json_text, write_files
from kravsim.papers.save import MANIFEST, figure_bytes
from kravsim.version import __version__
from kravsim.words.doubts import Doubt, as_json

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from matplotlib.figure import Figure

    from kravsim.scenario import Scenario

KINDS: Final = ("json", "csv", "png", "svg")
STUDY: Final = "study"
"""Kind of manifest: what the files beside it are."""


def study_files(stem: str) -> tuple[str, ...]:
    """Names of the files of :func:`save_study`, for a check before anything runs.

    Parameters
    ----------
    stem : str
        Name of the study (``kravsim.papers.kept_studies.STUDIES``), and of its files before the dot.
    """
    return (*(f"{stem}.{kind}" for kind in KINDS), MANIFEST)


def table_files(stem: str) -> tuple[str, ...]:
    """Names of the files of :func:`save_table`, for a check before anything runs.

    Parameters
    ----------
    stem : str
        Name of the study (``kravsim.papers.kept_studies.STUDIES``), and of its files before the dot.
    """
    return f"{stem}.json", f"{stem}.csv", MANIFEST


def save_table(
    found: Any,
    stem: str,
    scenario: Scenario,
    outdir: str | os.PathLike[str],
    *,
    settings: Mapping[str, Any] | None = None,
    lang: str = "sv",
    force: bool = False,
) -> list[Path]:
    """Write a study's answer and table alone; parameters, returned paths and errors are those of :func:`save_study`.

    Parameters
    ----------
    found : a study's answer
        With `to_json` and `to_frame`.
    stem : str
        Name of the study (``kravsim.papers.kept_studies.STUDIES``), and of its files before the dot.
    scenario : Scenario
        What was asked about, changes included.
    outdir : path
        Directory; made when missing.
    settings : mapping, optional
        What the study was asked with, as its keywords; without them `reproduce` cannot ask again.
    lang : str
        Noted in the manifest.
    force : bool
        Whether existing files may be replaced.
    """
    return _write(contents(found, None, stem, scenario), stem, scenario, outdir, settings, lang, found, force=force)


def save_study(
    found: Any,
    figure: Figure,
    stem: str,
    scenario: Scenario,
    outdir: str | os.PathLike[str],
    *,
    settings: Mapping[str, Any] | None = None,
    lang: str = "sv",
    force: bool = False,
) -> list[Path]:
    """Write a study's answer, table, figure and manifest.

    Parameters
    ----------
    found : a study's answer
        With `to_json` and `to_frame`.
    figure : matplotlib.figure.Figure
        Written as PNG and SVG.
    stem : str
        Name of the study (``kravsim.papers.kept_studies.STUDIES``), and of its files before the dot.
    scenario : Scenario
        What was asked about: its text, changes included, stands in the JSON, with the version that answered.
    outdir : path
        Directory; made when missing.
    settings : mapping, optional
        What the study was asked with, as its keywords; without them `reproduce` cannot ask again.
    lang : str
        Of the figure.
    force : bool
        Whether existing files may be replaced.

    Returns
    -------
    list of pathlib.Path
        The files, the manifest last.

    Raises
    ------
    OutputError
        When a file exists and `force` is false, or nothing can be written there; nothing is half-written.
    """
    return _write(contents(found, figure, stem, scenario), stem, scenario, outdir, settings, lang, found, force=force)


def contents(found: Any, figure: Figure | None, stem: str, scenario: Scenario) -> dict[str, bytes]:
    """Make the files that a study's manifest vouches for: name -> content, the same bytes for the same answer.

    Parameters
    ----------
    found : a study's answer
        With `to_json` and `to_frame`.
    figure : matplotlib.figure.Figure or None
        None leaves the pictures out.
    stem : str
        Name of the study (``kravsim.papers.kept_studies.STUDIES``), and of its files before the dot.
    scenario : Scenario
        What was asked about, changes included.
    """
    about = {"version": __version__, "scenario_fingerprint": scenario.fingerprint, "scenario_text": scenario.text}
    files = {
        f"{stem}.json": json_text({**found.to_json(), **about}).encode("utf-8"),
        f"{stem}.csv": frame_csv(found.to_frame()).encode("utf-8"),
    }
    if figure is not None:
        files |= {f"{stem}.{kind}": figure_bytes(figure, kind) for kind in ("png", "svg")}
    return files


def plain_settings(settings: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Give settings as JSON would give them back; None where it cannot, such as for a date.

    Parameters
    ----------
    settings : mapping or None
        What a study was asked with, as its keywords.
    """
    if settings is None:
        return None
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(settings), allow_nan=False))
    except (TypeError, ValueError):
        return None
    return plain


def _write(
    files: Mapping[str, bytes],
    stem: str,
    scenario: Scenario,
    outdir: str | os.PathLike[str],
    settings: Mapping[str, Any] | None,
    lang: str,
    found: Any,
    *,
    force: bool,
) -> list[Path]:
    doubts: tuple[Doubt, ...] = tuple(one for one in getattr(found, "doubts", ()) if isinstance(one, Doubt))
    said = {
        "format": MANIFEST_FORMAT,
        "kind": STUDY,
        "study": stem,
        "settings": plain_settings(settings),
        "language": lang,
        **asked_of(scenario),
        "doubts": as_json(doubts),
        "run": Record.begin(scenario.text, scenario.lineage, scenario.taken).to_json(),
        "files": {name: digest(body) for name, body in files.items()},
    }
    return write_files(outdir, {**files, MANIFEST: json_text(said).encode("utf-8")}, force=force)
