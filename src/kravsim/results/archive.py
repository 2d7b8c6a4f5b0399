"""A run or a comparison read from the file it was saved as; :mod:`kravsim.archives.archive` says what stands there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.archive import (
    COMPARISON_ARCHIVE,
    EDITED,
    MANIFEST,
    MOST_LISTED,
    RUN_ARCHIVE,
    RUNS,
    SCENARIO,
    read_archive,
)
from kravsim.archives.columns import array_of, outcomes
from kravsim.archives.manifest import Record, known_keys, read_json
from kravsim.errors import ABSENT, JOINS, DataError, KravsimError, Problem, RunError, Words, escaped, show
from kravsim.files import path_of
from kravsim.phrases import phrase
from kravsim.results.comparison import Comparison
from kravsim.results.run import METRICS, Run
from kravsim.scenario.schema import BODY_KINDS
from kravsim.words.doubts import Doubt

if TYPE_CHECKING:
    import os

MOST_RUNS: Final = 1000
_ARRAY: Final = ".npy"
_TEXTS: Final[Mapping[str, type]] = {"scenario_name": str, "scenario_title": str, "model": str, "engine": str}
_KINDS: Final[Mapping[str, type]] = {**_TEXTS, "seed": int, "replications": int, "provenance": dict, "titles": list}
_DOUBT: Final[Mapping[str, type]] = {"key": str, "sv": str, "en": str, "more": list}


def load_run(path: str | os.PathLike[str]) -> Run:
    """Read a run that ``run.save`` wrote.

    Parameters
    ----------
    path : path
        A file that ``run.save`` wrote.

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


def _load(path: Path, kind: str, other: str) -> tuple[Run, ...]:
    file = str(path)
    manifest, members = read_archive(path)
    if manifest["kind"] != kind:
        raise DataError(Problem(file, "kind", manifest["kind"], kind, phrase("read it with {other}", other=other)))
    where = f"{file}/{RUNS}"
    headings = known_keys(read_json(members.pop(RUNS, b""), where), {"runs": list}, where)["runs"]
    fewest, most = (1, 1) if kind == RUN_ARCHIVE else (2, MOST_RUNS)
    if not fewest <= len(headings) <= most or not all(isinstance(heading, dict) for heading in headings):
        got = Words(
            phrase("{n} runs", n=len(headings)) if all(isinstance(one, dict) for one in headings) else "what is no run"
        )
        allowed = "one run" if kind == RUN_ARCHIVE else phrase("from {fewest} to {most} runs", fewest=fewest, most=most)
        raise DataError(Problem(where, "runs", got, allowed, EDITED))
    record = Record.from_json(manifest["run"], file) if isinstance(manifest.get("run"), dict) else None
    if members.pop(SCENARIO, b"") != (record.scenario_text if record else "").encode("utf-8", "replace"):
        got, allowed = Words("another text than the manifest's"), "the scenario that was run"
        raise DataError(Problem(f"{file}/{SCENARIO}", "", got, allowed, EDITED))
    found = tuple(_run(number, heading, members, record, file) for number, heading in enumerate(headings))
    _refuse_other(manifest, found, file)
    if members:
        raise DataError(
            [Problem(file, name, Words("an extra member"), "none", EDITED) for name in members][:MOST_LISTED]
        )
    return found


def _run(number: int, heading: Mapping[str, Any], members: dict[str, bytes], record: Record | None, file: str) -> Run:
    """Make one run from its heading and its members, which are taken away."""
    start, where, key = f"{number}/", f"{file}/{RUNS}", f"runs.{number}"
    mine = [name for name in members if name.startswith(start) and name.endswith(_ARRAY)]
    arrays = {name.removeprefix(start).removesuffix(_ARRAY): array_of(members.pop(name), file, name) for name in mine}
    known = known_keys(heading, _KINDS, where, key)
    known["titles"] = tuple(known["titles"])
    known["body"] = heading.get("body", "")
    problems = []
    if known["body"] not in ("", *BODY_KINDS):  # a tuple: what stands in a file may have no hash
        allowed = phrase("one of {names}", names=", ".join(BODY_KINDS))
        problems.append(Problem(where, f"{key}.body", known["body"], allowed, EDITED))
    if len(known["titles"]) != 2 or not all(isinstance(title, str) for title in known["titles"]):
        problems.append(Problem(where, f"{key}.titles", list(known["titles"]), "two texts", EDITED))
    for name, text in (*((name, known[name]) for name in _TEXTS), *zip(("titles",) * 2, known["titles"], strict=False)):
        if isinstance(text, str) and escaped(text, JOINS) != text:
            problems.append(Problem(where, f"{key}.{name}", text, "text of characters that can be seen", EDITED))
    for name, kind in (
        ("version", str),
        ("stream_version", int),
        ("scenario_fingerprint", str),
        ("law_fingerprint", str),
    ):
        value = known["provenance"].get(name, ABSENT)
        if not isinstance(value, kind) or isinstance(value, bool):
            problems.append(
                Problem(where, f"{key}.provenance.{name}", value, phrase("a {kind}", kind=kind.__name__), EDITED)
            )
    if known["seed"] < 0 or known["replications"] < 1:
        got = Words(
            phrase("seed {seed}, replications {replications}", seed=known["seed"], replications=known["replications"])
        )
        problems.append(Problem(where, key, got, "a seed from 0 and replications from 1", EDITED))
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
                Problem(
                    f"{file}/{MANIFEST}",
                    key,
                    manifest[key],
                    phrase("{said}, as its runs say", said=show(said[key])),
                    EDITED,
                )
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
            raise DataError(Problem(where, name, number, "a finite number", EDITED))


def _declared(said: object, file: str, key: str) -> tuple[Doubt, ...]:
    """Read the doubts that a run was saved with; runs of before they were kept have none."""
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise DataError(Problem(file, key, said, "a list of doubts", EDITED))
    found = [known_keys({"more": [], **one}, _DOUBT, file, key) for one in said]
    return tuple(Doubt(**{**one, "more": tuple(map(str, one["more"]))}) for one in found)
