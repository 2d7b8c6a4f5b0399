"""A run or a comparison as one file that outlives the process: arrays, scenario text and manifest, without pickle.

The file is a zip of `manifest.json`, `scenario.toml`, `runs.json` and, for each run, arrays that numpy reads. The same
result saved twice has the same bytes. Every member is checked against the manifest when the file is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.columns import array_bytes, columns, packed, unpacked
from kravsim.archives.manifest import MANIFEST_FORMAT, digest, known_keys, manifest_text, read_json
from kravsim.archives.store import json_text, write_bytes
from kravsim.errors import ABSENT, DataError, Problem
from kravsim.files import Unreadable, read_whole

if TYPE_CHECKING:
    import os

    from kravsim.results.run import Run
    from kravsim.words.doubts import Doubt

RUN_ARCHIVE: Final = "run archive"
COMPARISON_ARCHIVE: Final = "comparison archive"
MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.toml"
LARGEST_FILE: Final = 4 * 2**30
RUNS: Final = "runs.json"
EDITED: Final = "the file is damaged or was edited"
MOST_LISTED: Final = 12
_KEPT_APART: Final = ("outcomes", "record", "replay", "declared")


def save_runs(
    path: str | os.PathLike[str],
    runs: Sequence[Run],
    kind: str,
    *,
    force: bool = False,
    follow_symlinks: bool = False,
) -> Path:
    """Write runs as one file.

    Parameters
    ----------
    path : path
        The file; its directory is made when missing.
    runs : sequence of Run
        At least one; all of one scenario.
    kind : str
        ``RUN_ARCHIVE`` or ``COMPARISON_ARCHIVE``.
    force : bool
        Whether an existing file may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link; left out, a link is refused.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OutputError
        When the file exists and `force` is false, or it cannot be written; nothing is half-written.
    """
    members = archive_members(runs)
    text = manifest_text(kind, runs, members)
    return write_bytes(
        path, packed({MANIFEST: text.encode("utf-8"), **members}), force=force, follow_symlinks=follow_symlinks
    )


def archive_members(runs: Sequence[Run]) -> dict[str, bytes]:
    """Everything in an archive that the manifest vouches for: name -> content.

    Parameters
    ----------
    runs : sequence of Run
        At least one; the scenario text is that of the first.
    """
    record = runs[0].record
    members = {SCENARIO: (record.scenario_text if record else "").encode("utf-8")}
    members[RUNS] = json_text({"runs": [_heading(run) for run in runs]}).encode("utf-8")
    for number, run in enumerate(runs):
        members |= {f"{number}/{name}.npy": array_bytes(array) for name, array in columns(run.outcomes).items()}
    return members


def read_archive(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read an archive's manifest and members, and hold every member against the manifest.

    Parameters
    ----------
    path : path
        The archive, a zip file.

    Raises
    ------
    DataError
        With every member that is missing, unknown or changed.
    """
    file = str(path)
    members = unpacked(read_bytes(path), file)
    manifest = read_json(members.pop(MANIFEST, b""), f"{file}/{MANIFEST}")
    _known_format(manifest, file)
    said = known_keys(manifest, {"kind": str, "files": dict}, file)["files"]
    problems = []
    for name in dict.fromkeys([*said, *members]):
        found = digest(members[name]) if name in members else ABSENT
        if said.get(name, ABSENT) != found:
            wanted = "what its manifest says" if name in said else "no such member"
            problems.append(Problem(file, name, _shown(found), wanted, EDITED))
    if problems:
        raise DataError(problems[:MOST_LISTED])
    return manifest, members


def read_bytes(path: Path, most: int = LARGEST_FILE) -> bytes:
    """Read a whole file of at most so many bytes.

    Parameters
    ----------
    path : path
        Links are followed.
    most : int
        Largest size, bytes.

    Raises
    ------
    DataError
        When there is no such file, it is larger or none of the ordinary kind, or it cannot be read.
    """
    try:
        return read_whole(path, most)
    except Unreadable as wrong:
        raise DataError(wrong.problem(str(path), "a readable file")) from None


def _known_format(manifest: Mapping[str, Any], file: str) -> None:
    found = manifest.get("format", ABSENT)
    if isinstance(found, bool) or not isinstance(found, int) or found != MANIFEST_FORMAT:
        remedy = "read it with the version of kravsim that wrote it"
        raise DataError(Problem(file, "format", found, str(MANIFEST_FORMAT), remedy))


def _heading(run: Run) -> dict[str, Any]:
    said = {one.name: getattr(run, one.name) for one in fields(run) if one.name not in _KEPT_APART}
    return {**said, "declared": [_doubt_fields(doubt) for doubt in run.declared]}


def _doubt_fields(doubt: Doubt) -> dict[str, Any]:
    return {"key": doubt.key, "sv": doubt.sv, "en": doubt.en, "more": list(doubt.more)}


def _shown(found: object) -> object:
    return f"sha256 {found['sha256'][:12]}…" if isinstance(found, dict) else found
