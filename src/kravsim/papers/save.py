"""Figures and tables as files, with a manifest that says where they came from and what they must look like.

The same comparison gives the same bytes: fonts are fixed, SVG identifiers are salted and no date is written. Every
figure comes as PNG and SVG with its numbers as CSV, and the manifest is put in place last.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.archive import COMPARISON_ARCHIVE, RUN_ARCHIVE, archive_members
from kravsim.archives.manifest import manifest_text
from kravsim.archives.store import frame_csv, json_text, slug, write_files
from kravsim.figures.bridge import data as bridge_data
from kravsim.figures.bridge import draw as draw_bridge
from kravsim.figures.difference import data as difference_data
from kravsim.figures.difference import draw as draw_difference
from kravsim.figures.layers import data as layers_data
from kravsim.figures.layers import draw as draw_layers
from kravsim.figures.net_revenue import data as net_revenue_data
from kravsim.figures.net_revenue import draw as draw_net_revenue
from kravsim.figures.style import look
from kravsim.results.comparison import Comparison

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd
    from matplotlib.figure import Figure

    from kravsim.results.run import Run
    from kravsim.results.uncertainty import UncertainComparison

FIGURES: Final[Mapping[str, tuple[Callable[[Comparison], pd.DataFrame], Callable[..., Figure]]]] = {
    "net_revenue": (net_revenue_data, draw_net_revenue),
    "difference": (difference_data, draw_difference),
    "bridge": (bridge_data, draw_bridge),
}
"""Name of a figure -> its numbers and its drawing."""

FIGURE_FILES: Final = tuple(f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg", "csv"))
"""Names of the files that every comparison's figures make."""

TABLE_FILES: Final = ("comparison.json", "budget.csv", "replications.csv")
MANIFEST: Final = "manifest.json"
COMPARISON_FILES: Final = (*TABLE_FILES, *FIGURE_FILES, MANIFEST)
"""Names of the files of :func:`save_comparison`, for a check before the run."""

_METADATA: Final[Mapping[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}
UNCERTAIN_FILES: Final = (
    "uncertainty.json",
    "worlds.csv",
    "convergence.csv",
    *(f"layers.{kind}" for kind in ("png", "svg", "csv")),
    MANIFEST,
)
"""Names of the files of :func:`save_uncertain`."""

COMPARISON, FIGURES_ONLY, RUN, UNCERTAIN = "comparison", "figures", "run", "uncertain comparison"
"""Kinds of manifest: what the files beside it are."""


def run_files(model: str) -> tuple[str, str, str, str]:
    """Name the files of :func:`save_run` for a model: run, budget, replications and manifest.

    Parameters
    ----------
    model : str
        Machine name of the model.
    """
    stem = slug(model)
    return f"{stem}-run.json", f"{stem}-budget.csv", f"{stem}-replications.csv", f"{stem}-{MANIFEST}"


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """Turn a figure into the bytes of a file, the same every time.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    kind : str
        `png` or `svg`.
    """
    stream = io.BytesIO()
    with look():
        figure.savefig(stream, format=kind, metadata=_METADATA[kind])
    return stream.getvalue()


def save_figures(
    cmp: Comparison,
    outdir: str | os.PathLike[str],
    *,
    lang: str = "sv",
    force: bool = False,
    follow_symlinks: bool = False,
) -> list[Path]:
    """Write every figure as PNG and SVG, its numbers as CSV, and `manifest.json`.

    Parameters
    ----------
    cmp : Comparison
        What the figures show.
    outdir : path
        Directory; made when missing.
    lang : str
        `sv` or `en`.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the directory may itself be a symbolic link; left out, a link is refused.

    Returns
    -------
    list of pathlib.Path
        The files, the manifest last.

    Raises
    ------
    OutputError
        When a file exists and `force` is false, or nothing can be written there; nothing is half-written.
    """
    return _write(outdir, FIGURES_ONLY, cmp.runs, lang, force=force, follow_symlinks=follow_symlinks)


def save_comparison(
    cmp: Comparison,
    outdir: str | os.PathLike[str],
    *,
    lang: str = "sv",
    force: bool = False,
    follow_symlinks: bool = False,
) -> list[Path]:
    """Write `comparison.json`, `budget.csv`, `replications.csv`, every figure and `manifest.json`.

    Parameters, returned paths and errors are those of :func:`save_figures`.

    Parameters
    ----------
    cmp : Comparison
        What is written.
    outdir : path
        Directory; made when missing.
    lang : str
        `sv` or `en`.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the directory may be a symbolic link.
    """
    return _write(outdir, COMPARISON, cmp.runs, lang, force=force, follow_symlinks=follow_symlinks)


def save_run(
    run: Run, outdir: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False
) -> list[Path]:
    """Write one model's run, budget, replications and manifest, each named after the model.

    Parameters, returned paths and errors are those of :func:`save_figures`.

    Parameters
    ----------
    run : Run
        What is written.
    outdir : path
        Directory; made when missing.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the directory may be a symbolic link.
    """
    return _write(
        outdir, RUN, [run], None, manifest=run_files(run.model)[-1], force=force, follow_symlinks=follow_symlinks
    )


def save_uncertain(
    found: UncertainComparison,
    outdir: str | os.PathLike[str],
    *,
    lang: str = "sv",
    force: bool = False,
    follow_symlinks: bool = False,
) -> list[Path]:
    """Write `uncertainty.json`, `worlds.csv`, `convergence.csv`, the figure of the layers and `manifest.json`.

    Parameters, returned paths and errors are those of :func:`save_figures`.

    Parameters
    ----------
    found : UncertainComparison
        What is written.
    outdir : path
        Directory; made when missing.
    lang : str
        `sv` or `en`.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the directory may be a symbolic link.
    """
    files = uncertain_files(found, lang)
    more = {
        "language": lang,
        "uncertainty": found.kind,
        "parameter_sets": found.parameter_sets,
        "control": found.control,
        **({"worlds_by_reading": dict(found.structures.asked)} if found.added else {}),
    }
    text = manifest_text(UNCERTAIN, found.runs, files, **more)
    return write_files(outdir, {**files, MANIFEST: text.encode("utf-8")}, force=force, follow_symlinks=follow_symlinks)


def uncertain_files(found: UncertainComparison, lang: str) -> dict[str, bytes]:
    """Make the files of :func:`save_uncertain` that its manifest vouches for: name -> content.

    Parameters
    ----------
    found : UncertainComparison
        What is written.
    lang : str
        `sv` or `en`.
    """
    import pandas as pd

    kinds = (found.convergence, found.economic_convergence)
    tables = [one.to_frame().assign(measure=one.label) for one in kinds]
    texts = {
        "uncertainty.json": json_text(found.to_json()),
        "worlds.csv": frame_csv(_every_world(found)),
        "convergence.csv": frame_csv(pd.concat([table.astype(object) for table in tables], ignore_index=True)),
        "layers.csv": frame_csv(layers_data(found)),
    }
    figure = draw_layers(found, lang=lang)
    files = {name: text.encode("utf-8") for name, text in texts.items()}
    return files | {f"layers.{kind}": figure_bytes(figure, kind) for kind in ("png", "svg")}


def _every_world(found: UncertainComparison) -> pd.DataFrame:
    """The years of all worlds; where some were added to those spread by weight, with which is which."""
    import pandas as pd

    if found.added is None:
        return found.to_frame()
    both = ((found, True), (found.added, False))
    return pd.concat([one.to_frame().assign(spread_by_weight=yes) for one, yes in both], ignore_index=True)


def files_of(kind: str, runs: Sequence[Run], lang: str | None) -> dict[str, bytes]:
    """Make the files that a manifest of this kind vouches for.

    Parameters
    ----------
    kind : str
        A key of ``KINDS``.
    runs : sequence of Run
        What they show.
    lang : str or None
        `sv` or `en`, where the files have words.

    Returns
    -------
    dict of str to bytes
        Name -> content, the same bytes for the same runs.
    """
    return KINDS[kind](runs, lang or "sv")


def _comparison_files(runs: Sequence[Run], lang: str) -> dict[str, bytes]:
    import pandas as pd

    budgets = [run.budget() for run in runs]
    replications = [run.to_frame() for run in runs]
    for run, *frames in zip(runs, budgets, replications, strict=True):
        for frame in frames:
            frame.insert(0, "model", run.model)
    tables = {
        "comparison.json": json_text(Comparison(tuple(runs)).to_json()),
        "budget.csv": frame_csv(pd.concat([frame.astype(object) for frame in budgets], ignore_index=True)),
        "replications.csv": frame_csv(pd.concat(replications, ignore_index=True)),
    }
    return {name: text.encode("utf-8") for name, text in tables.items()} | _figure_files(runs, lang)


def _figure_files(runs: Sequence[Run], lang: str) -> dict[str, bytes]:
    cmp = Comparison(tuple(runs))
    files: dict[str, bytes] = {}
    for name, (data, draw) in FIGURES.items():
        figure = draw(cmp, lang=lang)
        files[f"{name}.png"] = figure_bytes(figure, "png")
        files[f"{name}.svg"] = figure_bytes(figure, "svg")
        files[f"{name}.csv"] = frame_csv(data(cmp)).encode("utf-8")
    return files


def _run_files(runs: Sequence[Run], _: str) -> dict[str, bytes]:
    (run,) = runs
    as_json, budget, replications, _manifest = run_files(run.model)
    texts = {
        as_json: json_text(run.to_json()),
        budget: frame_csv(run.budget()),
        replications: frame_csv(run.to_frame()),
    }
    return {name: text.encode("utf-8") for name, text in texts.items()}


KINDS: Final[Mapping[str, Callable[[Sequence[Run], str], dict[str, bytes]]]] = {
    COMPARISON: _comparison_files,
    FIGURES_ONLY: _figure_files,
    RUN: _run_files,
    RUN_ARCHIVE: lambda runs, _: archive_members(runs),
    COMPARISON_ARCHIVE: lambda runs, _: archive_members(runs),
}
"""Kind of manifest -> what makes its files."""


def _write(
    outdir: str | os.PathLike[str],
    kind: str,
    runs: Sequence[Run],
    lang: str | None,
    *,
    manifest: str = MANIFEST,
    force: bool,
    follow_symlinks: bool,
) -> list[Path]:
    files = files_of(kind, runs, lang)
    more = {} if lang is None else {"language": lang}
    text = manifest_text(kind, runs, files, **more)
    return write_files(outdir, {**files, manifest: text.encode("utf-8")}, force=force, follow_symlinks=follow_symlinks)
