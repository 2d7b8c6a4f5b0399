"""Event log and postings of single replications as files, written where the replication is run, one at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.archives.archive import read_bytes
from kravsim.archives.columns import Array, array_of, packed, unpacked
from kravsim.archives.store import slug, write_bytes
from kravsim.engine.contract import KINDS
from kravsim.engine.events import EventLog
from kravsim.errors import DataError, Problem, Words
from kravsim.files import path_of
from kravsim.ledger.accounts import BOOKS, LINES, PARTIES, Postings
from kravsim.models.process import CODE, MAX_ANSWERS, PROCESS
from kravsim.phrases import phrase

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.flow import RunParts

_QUICK: Final = 1
_DAMAGED: Final = "it is damaged, or from another version"
EVENTS, POSTINGS, NAMES = "events", "postings", "names"
_CODES: Final = {"kind": KINDS, "step": tuple(CODE), "line": LINES, "party": PARTIES, "book": BOOKS}
_CODED: Final = {"kind": "kind", "step": "step", "line": "line", "payer": "party", "receiver": "party", "book": "book"}


def journal_name(model: str, replication: int) -> str:
    """Name the file of one model's replication.

    Parameters
    ----------
    model : str
        Machine name of the model.
    replication : int
        Its number in the whole study, from 0.
    """
    return f"{slug(model)}-{replication:06d}.npz"


def write_journal(directory: str | os.PathLike[str], parts: RunParts, model: str, replication: int) -> Path:
    """Write everything that happened in one run, and every öre that moved.

    Parameters
    ----------
    directory : path
        Made when missing.
    parts : RunParts
        As ``kravsim.flow.one_run`` gives it.
    model : str
        Machine name of the model.
    replication : int
        Its number in the whole study, from 0.

    Returns
    -------
    pathlib.Path
        A file of compressed arrays: ``events_<column>`` (see ``kravsim.engine.contract``), ``postings_<column>`` and the
        names behind the codes, ``names_<what>``. ``numpy.load`` reads it without pickle; whole numbers are stored in as few
        bytes as hold them.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    arrays: dict[str, Array] = {f"{NAMES}_{what}": np.array(names, np.str_) for what, names in _CODES.items()}
    arrays[f"{NAMES}_answer"] = np.array(_answers(), np.str_)
    for table, content in ((EVENTS, parts.log), (POSTINGS, parts.ledger.postings)):
        arrays |= {f"{table}_{one.name}": getattr(content, one.name) for one in fields(content)}
    body = packed({name: _narrow(array) for name, array in arrays.items()}, level=_QUICK)
    return write_bytes(Path(directory) / journal_name(model, replication), body, force=True)


def read_journal(path: str | os.PathLike[str]) -> dict[str, pd.DataFrame]:
    """Read what :func:`write_journal` wrote.

    Parameters
    ----------
    path : path
        A file that :func:`write_journal` wrote.

    Returns
    -------
    dict of str to pandas.DataFrame
        `events` and `postings`, with names in place of codes; a code of -1 (none) is missing. The step of an ``ended``
        event is the end state.

    Raises
    ------
    DataError
        When there is no such file, or it is damaged.
    """
    import pandas as pd

    place = path_of(path, "path", DataError)
    file = str(place)
    members = unpacked(read_bytes(place), file)
    _refuse_strange(set(members), file)
    arrays = {name.removesuffix(".npy"): _widened(array_of(body, file, name)) for name, body in members.items()}
    names = {name.removeprefix(f"{NAMES}_"): array for name, array in arrays.items() if name.startswith(NAMES)}
    _refuse_misfits(arrays, names, file)
    tables: dict[str, pd.DataFrame] = {}
    for table in (EVENTS, POSTINGS):
        known = {full.removeprefix(f"{table}_"): array for full, array in arrays.items() if full.startswith(table)}
        columns: dict[str, Any] = dict(known)
        for column, coded in _CODED.items():
            if column in known:
                columns[column] = pd.Categorical.from_codes(known[column], pd.Index(names[coded].tolist()))
        if "answer" in known:
            said = known["answer"] >= 0
            words = np.where(said, names["answer"][np.where(said, known["step"], 0), known["answer"]], "")
            columns["answer"] = pd.Series(words, dtype=object).where(said, None)
        tables[table] = pd.DataFrame(columns)
    return tables


def _members() -> set[str]:
    tables = ((EVENTS, EventLog), (POSTINGS, Postings))
    columns = {f"{table}_{one.name}.npy" for table, kind in tables for one in fields(kind)}
    return columns | {f"{NAMES}_{what}.npy" for what in (*_CODES, "answer")}


def _refuse_strange(members: set[str], file: str) -> None:
    wrong = sorted(members ^ _members())
    if wrong:
        got = Words("an unknown member" if wrong[0] in members else "no such member")
        raise DataError(Problem(file, wrong[0], got, "events, postings and names as kravsim writes them", _DAMAGED))


def _refuse_misfits(arrays: Mapping[str, Array], names: Mapping[str, Array], file: str) -> None:
    """Refuse columns of unequal length or of another kind, and codes without a name."""
    problems = []
    for name, array in arrays.items():
        table, _, column = name.partition("_")
        if table == NAMES:
            if array.dtype.kind != "U" or array.ndim != (2 if column == "answer" else 1):
                problems.append(Problem(file, name, Words(f"{array.dtype}"), "texts", _DAMAGED))
            continue
        first = next(one for other, one in arrays.items() if other.startswith(table))
        if array.dtype.kind != "i" or array.ndim != 1 or array.shape != first.shape:
            got = Words(phrase("{kind} of shape {shape}", kind=array.dtype, shape=array.shape))
            problems.append(Problem(file, name, got, "whole numbers, as many as in every column", _DAMAGED))
        elif array.size and column in _CODED and not problems:
            known = len(names[_CODED[column]])
            if array.min() < -1 or array.max() >= known:
                got = Words(phrase("codes from {min} to {max}", min=array.min(), max=array.max()))
                problems.append(Problem(file, name, got, phrase("-1 to {n}", n=known - 1), _DAMAGED))
    if not problems:
        answer, step = arrays[f"{EVENTS}_answer"], arrays[f"{EVENTS}_step"]
        rows, columns = names["answer"].shape
        said = answer >= 0
        if said.any() and (answer.max() >= columns or step[said].min() < 0 or step[said].max() >= rows):
            problems.append(Problem(file, f"{EVENTS}_answer", Words("a code without a name"), "an answer", _DAMAGED))
    if problems:
        raise DataError(problems)


def _narrow(array: Array) -> Array:
    """Store whole numbers in as few bytes as hold them all: three times as quick to write."""
    if array.dtype.kind != "i" or not array.size:
        return array
    low, high = int(array.min()), int(array.max())
    kinds = (np.int8, np.int16, np.int32, np.int64)
    return array.astype(next(kind for kind in kinds if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max))


def _widened(array: Array) -> Array:
    """Give whole numbers back as 64 bits, so that sums and products of them do not overflow."""
    return array.astype(np.int64) if array.dtype.kind == "i" else array


def _answers() -> list[list[str]]:
    """Names of the answers of each step, filled up with nothing to equal length."""
    rows = [[answer.name for answer in step.answers] for step in PROCESS]
    return [row + [""] * (MAX_ANSWERS - len(row)) for row in rows]
