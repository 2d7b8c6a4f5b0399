"""Safe files: checked before a run starts, written whole or not at all, never outside their directory."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives import places
from kravsim.errors import OutputError, Problem, Words
from kravsim.phrases import phrase

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED: Final = 4
_SLUG: Final = re.compile(r"[A-Za-z0-9._-]{1,80}")
_HASH_LENGTH: Final = 8
_MARKED: Final = re.compile(r".*-[0-9a-f]{8}")
_LONGEST: Final = 80
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def slug(name: str) -> str:
    """Turn any name into a safe file name.

    Parameters
    ----------
    name : str
        A scenario's, a model's or a user's own name.

    Returns
    -------
    str
        The name itself when it is one to eighty of `A-Za-z0-9._-`, starts with a letter or digit, does not end with a
        dot, is no device name and does not look like a marked name; otherwise a cleaned form marked with a short hash,
        so that two names never share a file.

    Examples
    --------
    >>> slug("in_house"), slug("../../x")
    ('in_house', 'x-9cdf6a50')
    """
    plain = _SLUG.fullmatch(name) and name[0].isalnum() and name[-1] != "."
    if plain and not _RESERVED.fullmatch(name) and not _MARKED.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
    cleaned = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[: _LONGEST - _HASH_LENGTH - 1].strip("-")
    return f"{cleaned or 'name'}-{digest}"


def check_output_dir(
    path: str | os.PathLike[str], names: Iterable[str], *, force: bool = False, follow_symlinks: bool = False
) -> Path:
    """Find out, before anything is run, whether files can be written; nothing is left behind.

    Parameters
    ----------
    path : path
        The output directory; it may be missing, and is made when files are written.
    names : iterable of str
        Names of the files that will be written in it.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the directory may be a symbolic link.

    Returns
    -------
    pathlib.Path
        The directory as given; where it leads when it is a link that is followed.

    Raises
    ------
    OutputError
        When the system cannot take the path, it or a part of it is a file, it is a symbolic link that is not to be followed,
        nothing can be written there, a name leads out of the directory or is a symbolic link, a directory or a device, or a
        file exists and `force` is false; lists them all.
    """
    outdir = places.directory(path, follow_symlinks=follow_symlinks)
    wanted = list(names)
    problems = [problem for name in wanted if (problem := places.target_problem(outdir, name)) is not None]
    earlier = [] if force or problems else [name for name in wanted if places.there(outdir / name) is not None]
    if len(earlier) == 1:
        remedy = "add --force (in Python force=True) to replace it"
        problems.append(Problem(str(outdir / earlier[0]), "", phrase("an existing file"), "a new file", remedy))
    elif earlier:
        named = ", ".join(earlier[:_MOST_NAMED]) + (", …" if len(earlier) > _MOST_NAMED else "")
        remedy = "choose another directory, or add --force (in Python force=True) to replace them"
        got = Words(phrase("{n} existing files: {named}", n=len(earlier), named=named))
        problems.append(Problem(str(outdir), "", got, "new files", remedy))
    if problems:
        raise OutputError(problems)
    return outdir


def check_output_file(path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False) -> None:
    """Find out before anything is run whether one file can be written, as :func:`check_output_dir` does for several.

    Parameters
    ----------
    path : str or path
        The file that will be written.
    force : bool
        Whether an existing file may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link.

    Raises
    ------
    OutputError
        As :func:`check_output_dir`.
    """
    outdir, name = places.file(path, follow_symlinks=follow_symlinks)
    check_output_dir(outdir, [name], force=force, follow_symlinks=True)


def write_files(
    path: str | os.PathLike[str],
    files: Mapping[str, bytes],
    *,
    force: bool = False,
    follow_symlinks: bool = False,
) -> list[Path]:
    """Write several files into one directory; none is replaced until all are safely on the disk.

    Parameters
    ----------
    path : path
        The directory; made when missing.
    files : mapping of str to bytes
        File name -> content, in the order they are put in place.
    force : bool
        Whether existing files may be replaced.
    follow_symlinks : bool
        Whether the directory may be a symbolic link.

    Returns
    -------
    list of pathlib.Path
        The files, in order.

    Raises
    ------
    OutputError
        As :func:`check_output_dir`, and when writing fails: no half file remains, and earlier files are intact
        unless putting a finished one in place is what failed.
    """
    outdir = check_output_dir(path, files, force=force, follow_symlinks=follow_symlinks)
    staged: list[tuple[Path, Path]] = []
    target = outdir
    try:
        places.make(outdir)
        for name, content in files.items():
            target = outdir / name
            staged.append((_stage(outdir, content), target))
        for half, target in staged:
            half.replace(target)
        _sync(outdir)
    except OSError as error:
        remedy = "nothing half-written is left; free space or choose another directory"
        raise OutputError(Problem(str(target), "", error.strerror or str(error), "a file", remedy)) from error
    finally:
        for half, _ in staged:
            with suppress(OSError):
                half.unlink(missing_ok=True)
    return [target for _, target in staged]


def write_bytes(
    path: str | os.PathLike[str], content: bytes, *, force: bool = False, follow_symlinks: bool = False
) -> Path:
    """Write one file as :func:`write_files` does; the file, not its directory, is what must be no symbolic link.

    Parameters
    ----------
    path : str or path
        The file; directories above it are made when missing.
    content : bytes
        All of it.
    force : bool
        Whether an existing file may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link.

    Returns
    -------
    pathlib.Path
        `path` as it was given.
    """
    outdir, name = places.file(path, follow_symlinks=follow_symlinks)
    write_files(outdir, {name: content}, force=force, follow_symlinks=True)
    return Path(path)


def write_text(path: str | os.PathLike[str], text: str, *, force: bool = False, follow_symlinks: bool = False) -> Path:
    """Write one UTF-8 text file as :func:`write_bytes` does.

    Parameters
    ----------
    path : str or path
        The file; directories above it are made when missing.
    text : str
        All of it; written as UTF-8 with the line breaks that it has.
    force : bool
        Whether an existing file may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link.

    Returns
    -------
    pathlib.Path
        `path` as it was given.
    """
    return write_bytes(path, text.encode("utf-8"), force=force, follow_symlinks=follow_symlinks)


def json_text(value: Mapping[str, Any]) -> str:
    """Write one strict JSON object, readable, with a final line break.

    Parameters
    ----------
    value : mapping of str to object
        Plain values by key, in the order in which they are written.

    Raises
    ------
    OutputError
        When a number in it is NaN or infinite: strict JSON has no word for it.
    """
    try:
        return json.dumps(value, allow_nan=False, indent=2) + "\n"
    except ValueError as error:
        problem = Problem("JSON", "", str(error), "finite numbers", "a result holds NaN or infinity")
        raise OutputError(problem) from error


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as CSV: comma, decimal point, UTF-8, one line a row.

    Text cells that a spreadsheet would run as a formula get a leading apostrophe; numbers are left alone whatever
    their sign. None and NaN are empty cells.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : iterable of sequence of object
        As many cells each as there are columns.

    Examples
    --------
    >>> print(csv_text(["name", "kr"], [["=1+1", -2.5], ["b", None]]), end="")
    name,kr
    '=1+1,-2.5
    b,
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue()


def frame_csv(frame: pd.DataFrame) -> str:
    """Write a data frame as :func:`csv_text` does, without its index.

    Parameters
    ----------
    frame : DataFrame
        Its columns' names become the header.
    """
    return csv_text([str(name) for name in frame.columns], frame.itertuples(index=False, name=None))


def _cell(value: object) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value


def _stage(outdir: Path, content: bytes) -> Path:
    half = outdir / f".kravsim-{secrets.token_hex(8)}.part"
    try:
        with half.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return half


def _sync(outdir: Path) -> None:
    """Make the new names durable, where the system can sync a directory."""
    with suppress(OSError):
        handle = os.open(outdir, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
