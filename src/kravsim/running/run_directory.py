"""A directory that a study writes its finished blocks to, so that it can go on after whatever stopped it.

``run.json`` says what is run, and never changes. ``blocks/`` holds one file a finished block, written whole or not at all,
with its own checksum. ``lock`` is held by the process that is writing; the system lets go of it when that process ends,
however it ends.

What must be the same to go on: scenario, law, seed, models, engine, version, ``STREAM_VERSION`` and the code that decides
numbers. The number of replications, the workers and the machine may differ; another Python, package or processor is told
in a warning, since it may move a last bit.

Each block carries the mark of its study, a fingerprint of all that must be the same, so that a block that comes from
elsewhere is set aside and its replications are run again. Nothing in the directory may be a link, a pipe or a device: that
is found out before anything in it is opened.
"""

from __future__ import annotations

import itertools
import os
import stat
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final

from kravsim.archives import places
from kravsim.archives.archive import read_bytes
from kravsim.archives.manifest import differences, environment, known_keys, now, program, read_json
from kravsim.archives.store import check_output_dir, json_text, write_bytes
from kravsim.errors import DataError, KravsimError, OutputError, Problem, RunError, Words, show
from kravsim.files import kind_of, path_of
from kravsim.phrases import phrase
from kravsim.provenance import fingerprint
from kravsim.running.block_files import block_bytes, read_block
from kravsim.running.blocks import Block, Outcomes
from kravsim.running.lock import locked
from kravsim.scenario.toml_file import parse_toml

if TYPE_CHECKING:
    from typing import Self

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
_LARGEST_RUN_FILE: Final = 16 * 2**20
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
    follow_symlinks : bool
        Whether the directory may be a symbolic link; nothing in it may.

    Raises
    ------
    OutputError
        When the directory cannot be written to, is a link or has one in it, or holds something else.
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

    def __init__(
        self, path: str | os.PathLike[str], identity: Mapping[str, Any], *, follow_symlinks: bool = False
    ) -> None:
        self.path = path_of(path, "run_dir", OutputError)
        self._follow = follow_symlinks
        self._identity = {**identity, "code": environment()["code"]}
        self._mark = fingerprint({key: self._identity[key] for key in MUST_AGREE if key in self._identity})
        self._lock: IO[str] | None = None
        self._within: dict[str, set[tuple[int, int]]] = {}  # of each block there is: parameter draw and replication

    def __enter__(self) -> Self:
        self.path = check_output_dir(self.path, [], follow_symlinks=self._follow)
        _refuse_odd(self.path)
        _refuse_strange(self.path)
        try:
            places.make(self.path / BLOCKS)
            self._lock = locked(self.path / LOCK)
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
            For each block that is torn, was edited, or is of another study: it is set aside and will be run again.

        Raises
        ------
        OutputError
            When one cannot be set aside.
        """
        for place in (self.path, self.path / BLOCKS):
            for half in place.glob(".kravsim-*.part"):
                half.unlink(missing_ok=True)
        found: dict[tuple[int, int], Outcomes] = {}
        for file in sorted((self.path / BLOCKS).glob(f"*{SUFFIX}")):
            try:
                block = read_block(file, self._mark, self._identity["models"])
                self._within[file.stem] = set(block)
                found |= block
            except DataError as error:
                aside = _free_name(file)
                try:
                    file.replace(aside)
                except OSError as wrong:
                    raise places.unusable(aside, wrong) from wrong
                message = phrase(
                    "{error}; the block is set aside as {name} and run again", error=error, name=aside.name
                )
                warnings.warn(message, ResumeWarning, stacklevel=2)
        return found

    def keep(self, block: Block, found: Sequence[Outcomes]) -> Path:
        """Write a finished block.

        Parameters
        ----------
        block : Block
            Which replications they are, by number in the whole study.
        found : sequence of tuple of Outcome
            One a replication of the block, in order.

        Returns
        -------
        pathlib.Path
            The file that was written.

        Raises
        ------
        OutputError
            When it cannot be written; earlier blocks are untouched.
        """
        body = block_bytes(found, self._mark)
        mine = {(one[0].draw, one[0].replication) for one in found}
        numbers = f"{block.first:08d}-{block.first + block.count - 1:08d}"
        names = (f"{numbers}-{more}" if more else numbers for more in itertools.count())
        name = next(
            one for one in names if self._within.get(one, mine) == mine
        )  # others had the numbers in a smaller study
        self._within[name] = mine
        return write_bytes(self.path / BLOCKS / f"{name}{SUFFIX}", body, force=True)

    def _agree(self) -> None:
        file = self.path / RUN_FILE
        if not file.exists():
            known = {**self._identity, "begun": now(), "argv": list(program())}
            said = {key: list(value) if isinstance(value, tuple) else value for key, value in known.items()}
            write_bytes(file, json_text({**said, "environment": environment()}).encode("utf-8"))
            return
        before = read_json(read_bytes(file, _LARGEST_RUN_FILE), str(file))
        mine = {**self._identity, "models": list(self._identity["models"])}
        gaps = _gaps(file, before, mine)
        if gaps:
            raise RunError(gaps)
        then = known_keys(before, {"environment": dict}, str(file))["environment"]
        for key, was, is_now in differences(then, environment(), MAY_DIFFER):
            message = phrase(
                "{file}: {key}: blocks were made with {was}, now it is {is_now}; last bits may differ",
                file=file,
                key=key,
                was=show(was),
                is_now=show(is_now),
            )
            warnings.warn(message, ResumeWarning, stacklevel=4)

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def begun_seed(path: str | os.PathLike[str], *, follow_symlinks: bool = False) -> int | None:
    """Read the seed a run directory was begun with; None when it has not begun.

    Parameters
    ----------
    path : str or path
        The run directory; it may be missing.
    follow_symlinks : bool
        Whether the directory may be a symbolic link.

    Raises
    ------
    OutputError
        When the directory could not be written to, is a link that is not to be followed, or has one in it.
    DataError
        When its ``run.json`` cannot be read.
    """
    outdir = check_output_dir(path_of(path, "run_dir", OutputError), [], follow_symlinks=follow_symlinks)
    _refuse_odd(outdir)
    file = outdir / RUN_FILE
    if not file.exists():
        return None
    said = read_json(read_bytes(file, _LARGEST_RUN_FILE), str(file))
    seed: int = known_keys(said, {"seed": int}, str(file))["seed"]
    return seed


def _free_name(file: Path) -> Path:
    """Where a block is set aside: nothing that lies there is written over."""
    names = (f"{file.stem}-{number}{DROPPED}" if number else f"{file.stem}{DROPPED}" for number in itertools.count())
    return next(place for place in map(file.with_name, names) if places.there(place) is None)


def _refuse_odd(path: Path) -> None:
    """Refuse links, pipes and devices, and names of our own that are something else, before anything is opened.

    A lock that has another name elsewhere is refused too: it is written into, and that would be written there.
    """
    problems = places.odd_ones(path, (BLOCKS,))
    for name, right, words in (
        (RUN_FILE, stat.S_ISREG, "a plain file"),
        (LOCK, stat.S_ISREG, "a plain file"),
        (BLOCKS, stat.S_ISDIR, "a directory"),
    ):
        mode = places.there(path / name)
        if mode is not None and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and not right(mode):
            got = Words(kind_of(mode))
            problems.append(Problem(str(path / name), "", got, words, "give a new directory"))
    lock = path / LOCK
    if places.there(lock) is not None and lock.lstat().st_nlink > 1 and stat.S_ISREG(lock.lstat().st_mode):
        got = Words("a hard link: the same file has another name")
        problems.append(Problem(str(lock), "", got, "a file of its own", "remove this name of it"))
    if problems:
        raise OutputError(problems[:_MOST_SHOWN])


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
            problems.append(
                Problem(
                    str(file), path, now_is, phrase("{then}, which the run was begun with", then=show(then)), remedy
                )
            )
    return problems[:_MOST_SHOWN]


def _tables(text: object) -> dict[str, Any]:
    """The tables of a scenario's text; of a text that is none, nothing: the fingerprint says that it is another."""
    try:
        return parse_toml(text, RUN_FILE) if isinstance(text, str) and text.strip() else {}
    except KravsimError:
        return {}
