"""A directory that a study writes its finished blocks to, so that it can go on after whatever stopped it.

``run.json`` says what is run, and never changes. ``blocks/`` holds one file a finished block, written whole or not at all,
with its own checksum. ``lock`` is held by the process that is writing; the system lets go of it when that process ends,
however it ends.

What must be the same to go on: scenario, law, seed, models, engine, version, ``STREAM_VERSION`` and the code that decides
numbers. The number of replications, the workers and the machine may differ; another Python, package or processor is told
in a warning, since it may move a last bit.
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final

from kravsim.errors import DataError, OutputError, Problem, RunError, Words, show
from kravsim.results.archive import read_bytes
from kravsim.results.columns import array_of, columns, outcomes, packed, unpacked
from kravsim.results.manifest import differences, environment, known_keys, now, program, read_json
from kravsim.results.store import check_output_dir, json_text, write_bytes
from kravsim.scenario.toml_file import parse_toml
from kravsim.studies.blocks import Block, Outcomes

if TYPE_CHECKING:
    from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

RUN_FILE: Final = "run.json"
BLOCKS: Final = "blocks"
LOCK: Final = "lock"
SUFFIX: Final = ".block"
DROPPED: Final = ".dropped"
MUST_AGREE: Final = (
    "stream_version",
    "version",
    "code",
    "law_fingerprint",
    "scenario_fingerprint",
    "models",
    "seed",
    "engine",
    "design",
)
MAY_DIFFER: Final = ("python", "machine", "cpu_features", "packages")
_HEADER: Final = b"kravsim block 1 "
_MOST_SHOWN: Final = 12


class ResumeWarning(UserWarning):
    """A run goes on, but not all of what was there could be used, or not in the same surroundings."""


class RunDirectory:
    """Finished blocks of one study.

    Parameters
    ----------
    path : path
        The directory; made when missing. It must be empty or of the same study.
    identity : mapping
        ``MUST_AGREE`` and their values, all but `code`, and `scenario_text`; `design` only where there is one.

    Raises
    ------
    OutputError
        When the directory cannot be written to, or holds something else.
    RunError
        When another process is using it, or it holds another study: says what differs.
    DataError
        When its ``run.json`` cannot be read.

    Examples
    --------
    Use it as a context, so that the lock is let go of::

        with RunDirectory("runs/a", identity) as directory:
            known = directory.finished()
    """

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self._identity = {**identity, "code": environment()["code"]}
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        check_output_dir(self.path, [])
        _refuse_strange(self.path)
        try:
            (self.path / BLOCKS).mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.path / LOCK)
        except OSError as error:
            raise OutputError(
                Problem(str(self.path), "", error.strerror or str(error), "a directory to write in", "choose another")
            ) from error
        try:
            self._agree()
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._let_go()

    def finished(self) -> dict[tuple[int, int], Outcomes]:
        """Read the outcomes of every finished replication, by parameter draw and replication.

        Warns
        -----
        ResumeWarning
            For each block that is torn or was edited: it is set aside and will be run again.
        """
        for half in self.path.rglob(".kravsim-*.part"):
            half.unlink(missing_ok=True)
        found: dict[tuple[int, int], Outcomes] = {}
        for file in sorted((self.path / BLOCKS).glob(f"*{SUFFIX}")):
            try:
                found |= _read_block(file, self._identity["models"])
            except DataError as error:
                file.replace(file.with_suffix(DROPPED))
                message = f"{error}; the block is set aside as {file.stem}{DROPPED} and run again"
                warnings.warn(message, ResumeWarning, stacklevel=2)
        return found

    def keep(self, block: Block, found: Sequence[Outcomes]) -> Path:
        """Write a finished block.

        Raises
        ------
        OutputError
            When it cannot be written; earlier blocks are untouched.
        """
        body = _block_bytes(found)
        last = block.first + block.count - 1
        target = self.path / BLOCKS / f"{block.first:08d}-{last:08d}{SUFFIX}"
        return write_bytes(target, body, force=True)

    def _agree(self) -> None:
        file = self.path / RUN_FILE
        if not file.exists():
            known = {**self._identity, "begun": now(), "argv": list(program())}
            said = {key: list(value) if isinstance(value, tuple) else value for key, value in known.items()}
            write_bytes(file, json_text({**said, "environment": environment()}).encode("utf-8"))
            return
        before = read_json(read_bytes(file), str(file))
        mine = {**self._identity, "models": list(self._identity["models"])}
        gaps = _gaps(file, before, mine)
        if gaps:
            raise RunError(gaps)
        then = known_keys(before, {"environment": dict}, str(file))["environment"]
        for key, was, is_now in differences(then, environment(), MAY_DIFFER):
            message = (
                f"{file}: {key}: blocks were made with {show(was)}, now it is {show(is_now)}; last bits may differ"
            )
            warnings.warn(message, ResumeWarning, stacklevel=4)

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def begun_seed(path: str | os.PathLike[str]) -> int | None:
    """Read the seed a run directory was begun with; None when it has not begun.

    Raises
    ------
    DataError
        When its ``run.json`` cannot be read.
    """
    file = Path(path) / RUN_FILE
    if not file.exists():
        return None
    seed: int = known_keys(read_json(read_bytes(file), str(file)), {"seed": int}, str(file))["seed"]
    return seed


def _refuse_strange(path: Path) -> None:
    """Refuse a directory with files of somebody else's: a study must not be mixed into them."""
    if path.is_dir() and not (path / RUN_FILE).exists():
        strange = sorted(
            one.name
            for one in path.iterdir()
            if one.name not in (BLOCKS, LOCK) and not (one.name.startswith(".kravsim-") and one.suffix == ".part")
        )
        if strange:
            remedy = "give a new directory, or one that an earlier run of the same study was writing to"
            raise OutputError(Problem(str(path), "", Words(", ".join(strange[:3])), "a run directory", remedy))


def _gaps(file: Path, before: Mapping[str, Any], mine: Mapping[str, Any]) -> list[Problem]:
    """Everything that makes this another study than the one the directory was begun with; of a scenario key by key."""
    remedy = "go on with what it was begun with, or give another directory"
    problems = []
    for key, was, is_now in differences(before, mine, MUST_AGREE):
        inner = [(key, was, is_now)]
        if key == "scenario_fingerprint":
            one, other = (_tables(side.get("scenario_text", "")) for side in (before, mine))
            inner = [
                (f"scenario.{path}", *gap)
                for path, *gap in differences(one, other, list(dict.fromkeys([*one, *other])))
            ] or inner
        for path, then, now_is in inner:
            problems.append(Problem(str(file), path, now_is, f"{show(then)}, which the run was begun with", remedy))
    return problems[:_MOST_SHOWN]


def _tables(text: str) -> dict[str, Any]:
    return parse_toml(text, RUN_FILE) if text.strip() else {}


def _block_bytes(found: Sequence[Outcomes]) -> bytes:
    members = {
        f"{number}/{name}": array
        for number in range(len(found[0]))
        for name, array in columns([replication[number] for replication in found]).items()
    }
    body = packed(members)
    return _HEADER + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def _read_block(file: Path, models: Sequence[str]) -> dict[tuple[int, int], Outcomes]:
    header, _, body = read_bytes(file).partition(b"\n")
    if header != _HEADER + hashlib.sha256(body).hexdigest().encode("ascii"):
        remedy = "it was cut short or edited"
        raise DataError(
            Problem(str(file), "", Words("content that does not fit its checksum"), "a whole block", remedy)
        )
    members = unpacked(body, str(file))
    by_model = []
    for number in range(len(models)):
        start = f"{number}/"
        mine = {name: content for name, content in members.items() if name.startswith(start)}
        arrays = {
            name.removeprefix(start).removesuffix(".npy"): array_of(content, str(file), name)
            for name, content in mine.items()
        }
        by_model.append(outcomes(arrays))
    return {(found[0].draw, found[0].replication): found for found in zip(*by_model, strict=True)}


def _locked(path: Path) -> IO[str]:
    """Take the lock, or say who holds it."""
    handle = path.open("a+", encoding="utf-8")
    try:
        if sys.platform == "win32":
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = ""
        with suppress(OSError):
            handle.seek(0)
            holder = handle.read(40).strip()
        handle.close()
        who = f"process {holder}" if holder.isdecimal() else "another process"
        remedy = "wait for it, stop it, or give another directory"
        raise RunError(
            Problem(str(path.parent), "", Words(f"{who} at work in it"), "a free directory", remedy)
        ) from error
    handle.seek(0)
    handle.truncate()
    handle.write(f"{os.getpid()}\n")
    handle.flush()
    return handle
