"""One file of one answer, such as a map or a register, with a manifest of its own beside it from which it is made again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives import places
from kravsim.archives.manifest import MANIFEST_FORMAT, Record, asked_of, digest
from kravsim.archives.store import check_output_dir, json_text, write_files
from kravsim.calibration.base_world import BaseWorld
from kravsim.checking.register import register
from kravsim.errors import DataError, Problem
from kravsim.explaining.explain import Replay
from kravsim.exploring import explored, page_of
from kravsim.figures.process_map import draw as process_map
from kravsim.papers.save import figure_bytes
from kravsim.phrases import phrase

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

SINGLE: Final = "single"
"""Kind of manifest: one file lies beside it."""
ENDING: Final = ".manifest.json"
"""What the name of the manifest has after that of its file."""
Made = Callable[["Scenario", Mapping[str, Any], str], bytes]


def _map(scenario: Scenario, settings: Mapping[str, Any], lang: str) -> bytes:
    return figure_bytes(process_map(scenario, settings["model"], lang=lang), settings["format"])


def _page(scenario: Scenario, _: Mapping[str, Any], lang: str) -> bytes:
    return register(scenario).to_html(lang, whole=True).encode("utf-8")


def _sheet(scenario: Scenario, _: Mapping[str, Any], __: str) -> bytes:
    return register(scenario).csv().encode("utf-8")


def _life(scenario: Scenario, settings: Mapping[str, Any], lang: str) -> bytes:
    replay = Replay(BaseWorld(scenario), settings["model"], settings["seed"])
    life = replay.explain(settings["case"], replication=settings["replication"], lang=lang)
    return life.to_html(whole=True).encode("utf-8")


def _asked(scenario: Scenario, settings: Mapping[str, Any], lang: str) -> bytes:
    found = explored(scenario, models=settings["models"], keys=settings["keys"] or None, progress=False)
    return page_of(replace(found, command=tuple(settings["command"])), lang).encode(
        "utf-8"
    )  # its file may be elsewhere


SINGLES: Final[Mapping[str, tuple[Made, Mapping[str, type]]]] = {
    "map": (_map, {"model": str, "format": str}),
    "register page": (_page, {}),
    "register sheet": (_sheet, {}),
    "page to ask": (_asked, {"models": list, "keys": list, "command": list}),
    "explanation": (_life, {"model": str, "case": int, "replication": int, "seed": int}),
}
"""What a file is -> what makes it, and the settings that it is made with."""


def check_single(path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False) -> None:
    """Find out before anything runs whether a file and its manifest can be written.

    Parameters
    ----------
    path : path
        The file.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link.

    Raises
    ------
    OutputError
        When they cannot.
    """
    outdir, name = places.file(path, follow_symlinks=follow_symlinks)
    check_output_dir(outdir, [name, name + ENDING], force=force, follow_symlinks=True)


def save_single(
    path: str | os.PathLike[str],
    what: str,
    scenario: Scenario,
    settings: Mapping[str, Any],
    *,
    lang: str,
    force: bool = False,
    follow_symlinks: bool = False,
    body: bytes | None = None,
) -> Path:
    """Make a file, and write it with its manifest.

    Parameters
    ----------
    path : path
        The file; directories above it are made when missing.
    what : str
        One of ``SINGLES``.
    scenario : Scenario
        What was asked about, changes included.
    settings : mapping
        What it is made with.
    lang : str
        `sv` or `en`.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link.
    body : bytes, optional
        What it is, where it has been made with these settings already.

    Returns
    -------
    pathlib.Path
        `path` as it was given.
    """
    outdir, name = places.file(path, follow_symlinks=follow_symlinks)
    record = Record.begin(scenario.text, scenario.lineage, scenario.taken).to_json()
    body = SINGLES[what][0](scenario, settings, lang) if body is None else body
    said = {
        "format": MANIFEST_FORMAT,
        "kind": SINGLE,
        "what": what,
        "settings": dict(settings),
        "language": lang,
        **asked_of(scenario),
        "run": record,
        "files": {name: digest(body)},
    }
    files = {name: body, name + ENDING: json_text(said).encode("utf-8")}
    write_files(outdir, files, force=force, follow_symlinks=True)
    return Path(path)


def single_again(scenario: Scenario, said: Mapping[str, Any], file: str) -> dict[str, bytes]:
    """Make the file of a manifest anew: name -> content.

    Parameters
    ----------
    scenario : Scenario
        Read out of the manifest.
    said : mapping
        The manifest.
    file : str
        Where it lies, for errors.

    Raises
    ------
    DataError
        When what it was, or a setting, is none that is known.
    """
    what, settings = said["what"], said["settings"]
    if what not in SINGLES:
        allowed = phrase("one of {names}", names=", ".join(SINGLES))
        raise DataError(Problem(file, "what", what, allowed, "the manifest was edited"))
    make, kinds = SINGLES[what]
    strange = [key for key, kind in kinds.items() if type(settings.get(key)) is not kind]
    strange += [key for key in settings if key not in kinds]
    if strange:
        allowed = phrase("settings of {name}: {names}", name=what, names=", ".join(kinds))
        raise DataError(
            Problem(file, f"settings.{key}", settings.get(key), allowed, "the manifest was edited") for key in strange
        )
    body = make(scenario, settings, said["language"])
    return dict.fromkeys(said["files"], body)
