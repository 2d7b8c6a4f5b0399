"""A lock on a directory that the system lets go of when the process that holds it ends, however it ends."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from kravsim.errors import OutputError, Problem, RunError, Words
from kravsim.phrases import phrase

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LONGEST_HOLDER: Final = 40


def locked(path: Path) -> IO[str]:
    """Take the lock, or say who holds it; whatever else lies at its name is neither followed nor written into.

    Parameters
    ----------
    path : path
        The lock's file; made when missing.

    Returns
    -------
    file
        Open; the lock is held until it is closed.

    Raises
    ------
    OSError
        When the file cannot be opened.
    OutputError
        When there is a file that is no lock.
    RunError
        When another process holds it.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.fdopen(os.open(path, flags, 0o666), "r+", encoding="utf-8", errors="replace")
    held = os.fstat(handle.fileno())
    earlier = "" if stat.S_ISREG(held.st_mode) else "?"
    with suppress(OSError):  # some systems let nobody read what another has locked
        earlier = earlier or handle.read(_LONGEST_HOLDER)
    if held.st_nlink > 1 or not (earlier.strip().isdecimal() or not earlier):
        handle.close()
        remedy = "give another directory, or remove it"
        raise OutputError(Problem(str(path), "", Words("a file that is no lock of kravsim's"), "a lock", remedy))
    try:
        if sys.platform == "win32":
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = earlier.strip()
        handle.close()
        remedy = "wait for it, stop it, or give another directory"
        at_work = phrase("another process at work in it")
        if holder.isdecimal():
            at_work = phrase("process {number} at work in it", number=holder)
        raise RunError(Problem(str(path.parent), "", Words(at_work), "a free directory", remedy)) from error
    handle.seek(0)
    handle.truncate()
    handle.write(f"{os.getpid()}\n")
    handle.flush()
    return handle
