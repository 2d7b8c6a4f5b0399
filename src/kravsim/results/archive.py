"""A run or a comparison as one file that outlives the process: arrays, scenario text and manifest, without pickle.

The file is a zip of `manifest.json`, `scenario.toml`, `runs.json` and, for each run, arrays that numpy reads. The same
result saved twice has the same bytes. Every member is checked against the manifest when the file is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import ABSENT, DataError, Problem, RunError
from kravsim.results.columns import array_bytes, array_of, columns, outcomes, packed, unpacked
from kravsim.results.comparison import Comparison
from kravsim.results.doubts import Doubt
from kravsim.results.manifest import MANIFEST_FORMAT, Record, digest, known_keys, manifest_text, read_json
from kravsim.results.run import Run
from kravsim.results.store import json_text, write_bytes

if TYPE_CHECKING:
    import os

RUN_ARCHIVE: Final = "run archive"
COMPARISON_ARCHIVE: Final = "comparison archive"
MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.toml"
RUNS: Final = "runs.json"
_KEPT_APART: Final = ("outcomes", "record", "again", "declared")
_TEXTS: Final[Mapping[str, type]] = {"scenario_name": str, "scenario_title": str, "model": str, "engine": str}
_KINDS: Final[Mapping[str, type]] = {**_TEXTS, "seed": int, "replications": int, "provenance": dict, "titles": list}
_DOUBT: Final[Mapping[str, type]] = {"key": str, "sv": str, "en": str, "more": list}


def save_runs(path: str | os.PathLike[str], runs: Sequence[Run], kind: str, *, force: bool = False) -> Path:
    """Write runs as one file.

    Parameters
    ----------
    path : path
        The file; its directory is made when missing.
    runs : sequence of Run
    kind : str
        ``RUN_ARCHIVE`` or ``COMPARISON_ARCHIVE``.
    force : bool
        Whether an existing file may be replaced.

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
    return write_bytes(path, packed({MANIFEST: text.encode("utf-8"), **members}), force=force)


def archive_members(runs: Sequence[Run]) -> dict[str, bytes]:
    """Everything in an archive that the manifest vouches for: name -> content."""
    record = runs[0].record
    members = {SCENARIO: (record.scenario_text if record else "").encode("utf-8")}
    members[RUNS] = json_text({"runs": [_heading(run) for run in runs]}).encode("utf-8")
    for number, run in enumerate(runs):
        members |= {f"{number}/{name}.npy": array_bytes(array) for name, array in columns(run.outcomes).items()}
    return members


def load_run(path: str | os.PathLike[str]) -> Run:
    """Read a run that ``run.save`` wrote.

    Parameters
    ----------
    path : path

    Returns
    -------
    Run
        Equal to the one that was saved, to the last bit.

    Raises
    ------
    DataError
        When there is no such file, it holds a comparison, comes from another version of the format, or is damaged.
    """
    return _load(Path(path), RUN_ARCHIVE, "load_comparison")[0]


def load_comparison(path: str | os.PathLike[str]) -> Comparison:
    """Read a comparison that ``comparison.save`` wrote; parameters and errors are those of :func:`load_run`."""
    return Comparison(_load(Path(path), COMPARISON_ARCHIVE, "load_run"))


def read_archive(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read an archive's manifest and members, and hold every member against the manifest.

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
            problems.append(Problem(file, name, _shown(found), wanted, "the file is damaged or was edited"))
    if problems:
        raise DataError(problems)
    return manifest, members


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises
    ------
    DataError
        When there is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        remedy = f"looked for {path.resolve()}"
        raise DataError(Problem(str(path), "", error.strerror or str(error), "a readable file", remedy)) from error


def _known_format(manifest: Mapping[str, Any], file: str) -> None:
    found = manifest.get("format", ABSENT)
    if found != MANIFEST_FORMAT:
        remedy = "read it with the version of kravsim that wrote it"
        raise DataError(Problem(file, "format", found, str(MANIFEST_FORMAT), remedy))


def _load(path: Path, kind: str, other: str) -> tuple[Run, ...]:
    file = str(path)
    manifest, members = read_archive(path)
    if manifest["kind"] != kind:
        raise DataError(Problem(file, "kind", manifest["kind"], kind, f"read it with {other}"))
    headings = known_keys(read_json(members.get(RUNS, b""), f"{file}/{RUNS}"), {"runs": list}, f"{file}/{RUNS}")["runs"]
    record = Record.from_json(manifest["run"], file) if isinstance(manifest.get("run"), dict) else None
    runs = []
    for number, heading in enumerate(headings):
        start = f"{number}/"
        arrays = {
            name.removeprefix(start).removesuffix(".npy"): array_of(body, file, name)
            for name, body in members.items()
            if name.startswith(start)
        }
        known = known_keys(heading, _KINDS, f"{file}/{RUNS}", f"runs.{number}")
        known["titles"] = tuple(known["titles"])
        known["declared"] = _declared(heading.get("declared", []), f"{file}/{RUNS}", f"runs.{number}.declared")
        try:
            runs.append(Run(**known, outcomes=outcomes(arrays), record=record))
        except RunError as error:
            raise DataError(error.problems) from error
    return tuple(runs)


def _heading(run: Run) -> dict[str, Any]:
    said = {one.name: getattr(run, one.name) for one in fields(run) if one.name not in _KEPT_APART}
    return {**said, "declared": [_told(doubt) for doubt in run.declared]}


def _declared(said: object, file: str, key: str) -> tuple[Doubt, ...]:
    """Read the doubts that a run was saved with; runs of before they were kept have none."""
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise DataError(Problem(file, key, said, "a list of doubts", "the file is damaged or was edited"))
    found = [known_keys({"more": [], **one}, _DOUBT, file, key) for one in said]
    return tuple(Doubt(**{**one, "more": tuple(map(str, one["more"]))}) for one in found)


def _told(doubt: Doubt) -> dict[str, Any]:
    return {"key": doubt.key, "sv": doubt.sv, "en": doubt.en, "more": list(doubt.more)}


def _shown(found: object) -> object:
    return f"sha256 {found['sha256'][:12]}…" if isinstance(found, dict) else found
