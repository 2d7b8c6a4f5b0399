"""A run or a comparison as one file that outlives the process: arrays, scenario text and manifest, without pickle.

The file is a zip of `manifest.json`, `scenario.toml`, `runs.json` and, for each run, arrays that numpy reads. The same
result saved twice has the same bytes. Every member is checked against the manifest when the file is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.columns import array_bytes, array_of, columns, outcomes, packed, unpacked
from kravsim.archives.manifest import MANIFEST_FORMAT, Record, digest, known_keys, manifest_text, read_json
from kravsim.archives.store import json_text, write_bytes
from kravsim.errors import ABSENT, JOINS, DataError, KravsimError, Problem, RunError, Words, escaped, show
from kravsim.files import Unreadable, path_of, read_whole
from kravsim.results.comparison import Comparison
from kravsim.results.run import METRICS, Run
from kravsim.words.doubts import Doubt

if TYPE_CHECKING:
    import os

RUN_ARCHIVE: Final = "run archive"
COMPARISON_ARCHIVE: Final = "comparison archive"
MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.toml"
LARGEST_FILE: Final = 4 * 2**30
RUNS: Final = "runs.json"
MOST_RUNS: Final = 1000
_ARRAY: Final = ".npy"
_MOST_TOLD: Final = 12
_EDITED: Final = "the file is damaged or was edited"
_KEPT_APART: Final = ("outcomes", "record", "again", "declared")
_TEXTS: Final[Mapping[str, type]] = {"scenario_name": str, "scenario_title": str, "model": str, "engine": str}
_KINDS: Final[Mapping[str, type]] = {**_TEXTS, "seed": int, "replications": int, "provenance": dict, "titles": list}
_DOUBT: Final[Mapping[str, type]] = {"key": str, "sv": str, "en": str, "more": list}


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
    return _load(path_of(path, "path", DataError), RUN_ARCHIVE, "load_comparison")[0]


def load_comparison(path: str | os.PathLike[str]) -> Comparison:
    """Read a comparison that ``comparison.save`` wrote; parameters and errors are those of :func:`load_run`.

    Parameters
    ----------
    path : str or path
        A file that ``comparison.save`` wrote.
    """
    runs = _load(path_of(path, "path", DataError), COMPARISON_ARCHIVE, "load_run")
    try:
        return Comparison(runs)
    except RunError as error:
        raise DataError(error.problems) from error


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
            problems.append(Problem(file, name, _shown(found), wanted, _EDITED))
    if problems:
        raise DataError(problems[:_MOST_TOLD])
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


def _load(path: Path, kind: str, other: str) -> tuple[Run, ...]:
    file = str(path)
    manifest, members = read_archive(path)
    if manifest["kind"] != kind:
        raise DataError(Problem(file, "kind", manifest["kind"], kind, f"read it with {other}"))
    where = f"{file}/{RUNS}"
    headings = known_keys(read_json(members.pop(RUNS, b""), where), {"runs": list}, where)["runs"]
    fewest, most = (1, 1) if kind == RUN_ARCHIVE else (2, MOST_RUNS)
    if not fewest <= len(headings) <= most or not all(isinstance(heading, dict) for heading in headings):
        got = Words(f"{len(headings)} runs" if all(isinstance(one, dict) for one in headings) else "what is no run")
        allowed = "one run" if kind == RUN_ARCHIVE else f"from {fewest} to {most} runs"
        raise DataError(Problem(where, "runs", got, allowed, _EDITED))
    record = Record.from_json(manifest["run"], file) if isinstance(manifest.get("run"), dict) else None
    if members.pop(SCENARIO, b"") != (record.scenario_text if record else "").encode("utf-8", "replace"):
        got, allowed = Words("another text than the manifest's"), "the scenario that was run"
        raise DataError(Problem(f"{file}/{SCENARIO}", "", got, allowed, _EDITED))
    found = tuple(_run(number, heading, members, record, file) for number, heading in enumerate(headings))
    _refuse_other(manifest, found, file)
    if members:
        raise DataError(
            [Problem(file, name, Words("an extra member"), "none", _EDITED) for name in members][:_MOST_TOLD]
        )
    return found


def _run(number: int, heading: Mapping[str, Any], members: dict[str, bytes], record: Record | None, file: str) -> Run:
    """Make one run from its heading and its members, which are taken away."""
    start, where, key = f"{number}/", f"{file}/{RUNS}", f"runs.{number}"
    mine = [name for name in members if name.startswith(start) and name.endswith(_ARRAY)]
    arrays = {name.removeprefix(start).removesuffix(_ARRAY): array_of(members.pop(name), file, name) for name in mine}
    known = known_keys(heading, _KINDS, where, key)
    known["titles"] = tuple(known["titles"])
    problems = []
    if len(known["titles"]) != 2 or not all(isinstance(title, str) for title in known["titles"]):
        problems.append(Problem(where, f"{key}.titles", list(known["titles"]), "two texts", _EDITED))
    for name, text in (*((name, known[name]) for name in _TEXTS), *zip(("titles",) * 2, known["titles"], strict=False)):
        if isinstance(text, str) and escaped(text, JOINS) != text:
            problems.append(Problem(where, f"{key}.{name}", text, "text of characters that can be seen", _EDITED))
    for name, kind in (
        ("version", str),
        ("stream_version", int),
        ("scenario_fingerprint", str),
        ("law_fingerprint", str),
    ):
        value = known["provenance"].get(name, ABSENT)
        if not isinstance(value, kind) or isinstance(value, bool):
            problems.append(Problem(where, f"{key}.provenance.{name}", value, f"a {kind.__name__}", _EDITED))
    if known["seed"] < 0 or known["replications"] < 1:
        got = Words(f"seed {known['seed']}, replications {known['replications']}")
        problems.append(Problem(where, key, got, "a seed from 0 and replications from 1", _EDITED))
    if problems:
        raise DataError(problems)
    known["declared"] = _declared(heading.get("declared", []), where, f"{key}.declared")
    try:
        run = Run(**known, outcomes=outcomes(arrays), record=record)
    except KravsimError as error:
        there = [Problem(p.file or f"{file}/{number}", p.key, p.value, p.allowed, p.remedy) for p in error.problems]
        raise DataError(there) from error
    _refuse_nan(run, f"{file}/{number}")
    return run


def _refuse_other(manifest: Mapping[str, Any], runs: Sequence[Run], file: str) -> None:
    """A manifest that names other runs than those in the archive was edited; an earlier version may have said less."""
    said = {**runs[0].heading(), "scenario_title": runs[0].scenario_title, "models": [run.model for run in runs]}
    other = [key for key, value in said.items() if key in manifest and manifest[key] != value]
    if other:
        raise DataError(
            [
                Problem(f"{file}/{MANIFEST}", key, manifest[key], f"{show(said[key])}, as its runs say", _EDITED)
                for key in other
            ]
        )


def _refuse_nan(run: Run, where: str) -> None:
    """A share of nothing is NaN; what is counted or in kronor never is, and nothing is infinite."""
    for outcome in run.outcomes:
        counted = {name: outcome.numbers[name] for name in METRICS if name != "success_share"}
        sure = (*counted.items(), *outcome.steps.items(), *outcome.ends.items())
        shares = (*outcome.numbers.items(), *outcome.cohort.items())
        wrong = [one for one in sure if not math.isfinite(one[1])] or [one for one in shares if math.isinf(one[1])]
        if wrong:
            name, number = wrong[0]
            raise DataError(Problem(where, name, number, "a finite number", _EDITED))


def _heading(run: Run) -> dict[str, Any]:
    said = {one.name: getattr(run, one.name) for one in fields(run) if one.name not in _KEPT_APART}
    return {**said, "declared": [_told(doubt) for doubt in run.declared]}


def _declared(said: object, file: str, key: str) -> tuple[Doubt, ...]:
    """Read the doubts that a run was saved with; runs of before they were kept have none."""
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise DataError(Problem(file, key, said, "a list of doubts", _EDITED))
    found = [known_keys({"more": [], **one}, _DOUBT, file, key) for one in said]
    return tuple(Doubt(**{**one, "more": tuple(map(str, one["more"]))}) for one in found)


def _told(doubt: Doubt) -> dict[str, Any]:
    return {"key": doubt.key, "sv": doubt.sv, "en": doubt.en, "more": list(doubt.more)}


def _shown(found: object) -> object:
    return f"sha256 {found['sha256'][:12]}…" if isinstance(found, dict) else found
