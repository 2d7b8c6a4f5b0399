"""Where files are to be written: whether the system takes the path, what stands in its way, and links, which are refused.

A directory that is itself a symbolic link, or lies below the working directory by way of one, is refused unless the caller
says that links are to be followed: whoever made the link, which may have come with a checkout, may not be whoever runs
kravsim. Other links above it are the user's own and are followed. Inside it nothing is written through a link.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from kravsim.errors import OutputError, Problem, Words
from kravsim.files import kind_of, path_of
from kravsim.phrases import phrase

_LONGEST_NAME: Final = 255
_LONGEST_PATH: Final = 4096
_ROOM_FOR_A_NAME: Final = 32
"""Letters that a half-written file's name and the separator before it need."""


def directory(path: str | os.PathLike[str], *, follow_symlinks: bool = False) -> Path:
    """Find the directory that files can be written in; it may be missing, and then can be made. Nothing is left behind.

    Parameters
    ----------
    path : path
        It may be missing, as may directories above it.
    follow_symlinks : bool
        Whether it may be a symbolic link to a directory, or lie below the working directory by way of one.

    Returns
    -------
    pathlib.Path
        As given; where a link leads when it is followed.

    Raises
    ------
    OutputError
        When the system cannot take the path, it is a link that is not to be followed, it or a part of it is no directory, or
        nothing can be written there.
    """
    outdir = path_of(path, "path", OutputError)
    try:
        outdir = _followed(outdir, follow_symlinks=follow_symlinks)
        found = there(outdir)
        if found is not None and not stat.S_ISDIR(found):
            raise OutputError(Problem(str(outdir), "", Words(kind_of(found)), "a directory", "choose another place"))
        place = _nearest(outdir)
        _refuse_long(outdir, place)
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a NUL, links in a circle
        raise unusable(path, error) from error
    _probe(place)
    return outdir


def file(path: str | os.PathLike[str], *, follow_symlinks: bool = False) -> tuple[Path, str]:
    """Find directory and name of one file that is to be written.

    Parameters
    ----------
    path : str or path
        Of the file; it may be missing, as may directories above it.
    follow_symlinks : bool
        Whether the file itself may be a symbolic link, or lie below the working directory by way of one.

    Returns
    -------
    (pathlib.Path, str)
        The directory, and the name in it.

    Raises
    ------
    OutputError
        As :func:`directory`.
    """
    target = path_of(path, "path", OutputError)
    try:
        if follow_symlinks:
            target = _followed(target, follow_symlinks=True)
        else:
            _refuse_links_above(target)
    except (OSError, ValueError, RuntimeError) as error:
        raise unusable(path, error) from error
    return directory(target.parent, follow_symlinks=True), target.name


def target_problem(outdir: Path, name: str) -> Problem | None:
    """Say what stands in the way of a file in a directory, if anything: its name, a link, a directory; no earlier file.

    Parameters
    ----------
    outdir : path
        An existing or a missing directory.
    name : str
        Of the file, without a directory.
    """
    if Path(name).name != name or name in ("", ".", "..") or "\0" in name:
        return Problem(str(outdir), "file name", name, "a plain name inside the directory", "use slug()")
    target = outdir / name
    try:
        found = there(target)
        _refuse_long(target, outdir)
    except (OSError, ValueError) as error:
        return unusable(target, error).problems[0]
    if found is None or stat.S_ISREG(found):
        return None
    if stat.S_ISLNK(found):
        return Problem(str(target), "", Words("a symbolic link"), "a plain file", "remove the link")
    return Problem(str(target), "", Words(kind_of(found)), "a plain file", "choose another --out")


def odd_ones(outdir: Path, names: Iterable[str] = ()) -> list[Problem]:
    """List what lies in a directory, or in some of its own, that is neither a plain file nor a directory; nothing is opened.

    Parameters
    ----------
    outdir : pathlib.Path
        Missing ones hold nothing.
    names : iterable of str
        Directories in it to look into too.

    Raises
    ------
    OutputError
        When one cannot be read.
    """
    found: list[Problem] = []
    for place in (outdir, *(outdir / name for name in names)):
        try:
            mode = there(place)
            if mode is None or not stat.S_ISDIR(mode):
                continue
            with os.scandir(place) as entries:
                modes = {entry.path: entry.stat(follow_symlinks=False).st_mode for entry in entries}
        except OSError as error:
            raise unusable(place, error) from error
        for path, mode in sorted(modes.items()):
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                remedy = "remove it: a link or device in here is not kravsim's"
                found.append(Problem(path, "", Words(kind_of(mode)), "plain files and directories", remedy))
    return found


def there(path: Path) -> int | None:
    """Give the mode of what lies at a path, of a link its own; None when nothing does.

    Parameters
    ----------
    path : path
        Of a file or directory; a link is not followed.

    Returns
    -------
    int or None
        As ``os.stat_result.st_mode``.
    """
    try:
        return path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def make(outdir: Path) -> None:
    """Make a directory and those above it; none is left of them when one cannot be made.

    Parameters
    ----------
    outdir : path
        May exist.

    Raises
    ------
    OSError
        When one of them cannot be made.
    """
    missing = []
    here = outdir
    while not here.is_dir() and here != here.parent:
        missing.append(here)
        here = here.parent
    made: list[Path] = []
    try:
        for one in reversed(missing):
            if not one.is_dir():
                one.mkdir(exist_ok=True)  # another process may have been quicker
                made.append(one)
    except OSError:
        for one in reversed(made):
            with suppress(OSError):
                one.rmdir()
        raise


def unusable(path: str | os.PathLike[str], error: Exception) -> OutputError:
    """Say of a path what the system says of it.

    Parameters
    ----------
    path : str or path
        What was to be written.
    error : Exception
        What the system raised.

    Returns
    -------
    OutputError
        To be raised by the caller.
    """
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    allowed = "a path that the system can write to"
    return OutputError(Problem(os.fspath(path), "", Words(said), allowed, "choose another place"))


def _followed(path: Path, *, follow_symlinks: bool) -> Path:
    if not follow_symlinks:
        _refuse_link(path)
        _refuse_links_above(path)
        return path
    if not _is_link(path):
        return path
    followed = path.resolve()
    if followed.is_symlink():  # before Python 3.13 it raises by itself
        raise OSError(None, "a link that leads back to itself")
    return followed


def _refuse_links_above(path: Path) -> None:
    """Refuse a path that goes through a link below the working directory."""
    here = Path.cwd()
    for place in path.absolute().parents:
        if here in place.parents:
            _refuse_link(place)


def _refuse_link(path: Path) -> None:
    if _is_link(path):
        remedy = "give the directory it points to, or follow it with --follow-symlinks"
        raise OutputError(Problem(str(path), "", Words("a symbolic link"), "a directory", remedy))


def _is_link(path: Path) -> bool:
    mode = there(path)
    return mode is not None and stat.S_ISLNK(mode)


def _nearest(outdir: Path) -> Path:
    """The directory itself, or the nearest one above it that is there."""
    for place in (outdir, *outdir.absolute().parents):
        found = there(place)
        if found is None:
            continue
        if place.is_dir():
            return place
        what = phrase("a link that leads nowhere") if stat.S_ISLNK(found) and not place.exists() else kind_of(found)
        raise OutputError(
            Problem(
                str(outdir),
                "",
                Words(phrase("{place} is {what}", place=place, what=what)),
                "a directory",
                "choose another --out",
            )
        )
    raise OutputError(Problem(str(outdir), "", Words("no such place"), "a directory", "choose another --out"))


def _refuse_long(path: Path, place: Path) -> None:
    """Refuse what the system will not take when it comes to writing, although it does not say so of what is not there yet."""
    long_name = max((len(os.fsencode(part)) for part in path.parts), default=0)
    if long_name > _limit(place, "PC_NAME_MAX", _LONGEST_NAME):
        raise OSError(None, "File name too long")
    if len(os.fsencode(path)) + _ROOM_FOR_A_NAME > _limit(place, "PC_PATH_MAX", _LONGEST_PATH):
        raise OSError(None, "Path too long")


def _limit(place: Path, name: str, usual: int) -> int:
    try:
        return os.pathconf(place, name)
    except (AttributeError, OSError, ValueError):
        return usual


def _probe(place: Path) -> None:
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".kravsim-"):
            pass
    except OSError as error:
        what = error.strerror or str(error)
        raise OutputError(
            Problem(str(place), "", Words(what), "a directory to write in", "choose another --out")
        ) from error
