"""A manifest and the files that lie beside it, as they are read before anything is made again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kravsim.archives.archive import LARGEST_FILE, RUN_ARCHIVE, read_archive, read_bytes
from kravsim.archives.manifest import read_json
from kravsim.errors import DataError, Problem
from kravsim.files import Unreadable, read_whole
from kravsim.papers.save import RUN
from kravsim.phrases import phrase
from kravsim.words.wording import LANGUAGES

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", re.ASCII)
_MOST_LISTED: Final = 12


def read(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read a manifest, and what lies beside it or with it in an archive.

    Parameters
    ----------
    path : path
        A manifest, or an archive that holds one.

    Returns
    -------
    (dict, dict)
        The manifest, and content by name of the files that it names.

    Raises
    ------
    DataError
        When it cannot be read.
    """
    body = read_bytes(path)
    if zipfile.is_zipfile(io.BytesIO(body)):
        return read_archive(path)
    said = read_json(body, str(path))
    names = said.get("files")
    beside = {}
    for name in names if isinstance(names, dict) else ():
        if _PLAIN.fullmatch(name) and "/" not in name:
            with suppress(Unreadable):  # what is not there, or no file, is told as gone
                beside[name] = read_whole(path.parent / name, LARGEST_FILE)
    return said, beside


def refuse_useless(known: Mapping[str, Any], said: Mapping[str, Any], file: str) -> None:
    """Refuse what can be read, but is nothing that could be run.

    Parameters
    ----------
    known : mapping of str to object
        Keys of the manifest, of the right types.
    said : mapping of str to object
        The whole manifest as it was read.
    file : str
        Where it was read, for the error.

    Raises
    ------
    DataError
        With everything that is wrong.
    """
    edited = "the manifest was edited"
    strange = [name for name in known["files"] if not _PLAIN.fullmatch(name)]
    problems = [Problem(file, "files", name, "plain names", edited) for name in strange[:_MOST_LISTED]]
    fewest = 1 if known["kind"] in (RUN, RUN_ARCHIVE) else 2
    models = known.get("models")  # a study's models are among its settings
    if models is not None and (len(models) < fewest or not all(isinstance(model, str) for model in models)):
        problems.append(
            Problem(file, "models", known["models"], phrase("names of {fewest} or more models", fewest=fewest), edited)
        )
    if said.get("language", LANGUAGES[0]) not in LANGUAGES:
        problems.append(
            Problem(file, "language", said["language"], phrase("one of {names}", names=", ".join(LANGUAGES)), edited)
        )
    if problems:
        raise DataError(problems)
