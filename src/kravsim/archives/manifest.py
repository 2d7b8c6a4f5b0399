"""Where a result came from: everything needed to make it again, and to see why it may come out otherwise."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.store import json_text
from kravsim.chance.draws import STREAM_VERSION
from kravsim.equality import EqualByParts
from kravsim.errors import ABSENT, DataError, Problem, Words
from kravsim.law import law_of
from kravsim.phrases import phrase
from kravsim.version import __version__
from kravsim.words.doubts import as_json, of_all

if TYPE_CHECKING:
    from kravsim.results.run import Run
    from kravsim.scenario import Scenario

MANIFEST_FORMAT: Final = 1
LARGEST_JSON: Final = 64 * 2**20
PACKAGES: Final = ("holidays", "matplotlib", "numba", "numpy", "pandas", "pydantic", "scipy", "simpy")
_SILENT_ROOMS: Final = ("bundled", "cli", "figures", "papers")
_STRICT: Final = "a JSON object written by kravsim"


@dataclass(frozen=True, eq=False)
class Record(EqualByParts):
    """How a run was made.

    Parameters
    ----------
    scenario_text : str
        The whole scenario as TOML, changes included.
    changes : tuple of (str, str)
        Every change since the scenario's file as key and words.
    argv : tuple of str
        What the process was started with; of the program only the name.
    started, finished : str
        Coordinated universal time (UTC), ISO 8601.
    environment : mapping
        What :func:`environment` said where the run was made.
    taken : mapping of file to keys
        What the scenario took over from the case that its file extends.
    """

    scenario_text: str
    changes: tuple[tuple[str, str], ...]
    argv: tuple[str, ...]
    started: str
    finished: str
    environment: Mapping[str, Any] = field(default_factory=dict)
    taken: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def begin(
        cls, scenario_text: str, changes: tuple[tuple[str, str], ...], taken: Mapping[str, list[str]] | None = None
    ) -> Record:
        """Note the start of a run in this process.

        Parameters
        ----------
        scenario_text : str
            The whole scenario as TOML, changes included.
        changes : tuple of (str, str)
            Every change since the scenario's file as key and words.
        taken : mapping of str to list of str, optional
            Keys that the scenario took over, by the file of the case that it extends.
        """
        moment = now()
        return cls(scenario_text, changes, program(), moment, moment, environment(), taken or {})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "started": self.started,
            "finished": self.finished,
            "argv": list(self.argv),
            "environment": dict(self.environment),
            "changes": [list(change) for change in self.changes],
            "scenario_text": self.scenario_text,
            **({"taken": dict(self.taken)} if self.taken else {}),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any], file: str) -> Record:
        """Read :meth:`to_json`.

        Parameters
        ----------
        said : mapping of str to object
            The object as it was read.
        file : str
            Where it was read, for the error.

        Raises
        ------
        DataError
            When something is missing or of another type.
        """
        kinds = {
            "started": str,
            "finished": str,
            "argv": list,
            "environment": dict,
            "scenario_text": str,
            "changes": list,
            "taken": dict,
        }
        known = known_keys({"changes": [], "taken": {}, **said}, kinds, file, "run")  # older runs have none
        if not all(
            isinstance(one, list) and len(one) == 2 and all(isinstance(x, str) for x in one) for one in known["changes"]
        ):
            remedy = "kravsim did not write this, or it is damaged"
            raise DataError(Problem(file, "run.changes", known["changes"], "pairs of texts", remedy))
        if not all(
            isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in known["taken"].values()
        ):
            remedy = "kravsim did not write this, or it is damaged"
            raise DataError(Problem(file, "run.taken", known["taken"], "keys by file", remedy))
        if not all(isinstance(word, str) for word in known["argv"]):
            remedy = "kravsim did not write this, or it is damaged"
            raise DataError(Problem(file, "run.argv", known["argv"], "texts", remedy))
        changes = tuple((key, text) for key, text in known["changes"])
        return cls(**{**known, "argv": tuple(said["argv"]), "changes": changes})


def known_keys(said: Mapping[str, Any], kinds: Mapping[str, type], file: str, table: str = "") -> dict[str, Any]:
    """Pick keys of known types from a JSON object.

    Parameters
    ----------
    said : mapping of str to object
        The object as it was read.
    kinds : mapping of str to type
        Type that each wanted key must have; other keys are passed over.
    file : str
        Where it was read, for the error.
    table : str
        Name of the object within the file, before a dot in the error; empty for the file's own.

    Raises
    ------
    DataError
        With every key that is missing or of another type.
    """
    problems = []
    for key, kind in kinds.items():
        value = said.get(key, ABSENT)
        if not isinstance(value, kind) or isinstance(value, bool):
            path = f"{table}.{key}" if table else key
            problems.append(
                Problem(
                    file,
                    path,
                    value,
                    phrase("a {kind}", kind=kind.__name__),
                    "kravsim did not write this, or it is damaged",
                )
            )
    if problems:
        raise DataError(problems)
    return {key: said[key] for key in kinds}


def now() -> str:
    """Give this moment in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def program() -> tuple[str, ...]:
    """What this process was started with; the program without its directory."""
    return (Path(sys.argv[0]).name, *sys.argv[1:]) if sys.argv else ()


@cache
def environment() -> dict[str, Any]:
    """Say what may move a last bit: code, Python, packages, system and processor.

    Returns
    -------
    dict
        `python`, `platform`, `machine`, `cpu_features` (those numpy uses), `packages`, `commit` (of a checkout, else
        None) and `code`, a sha256 of the part of kravsim that decides numbers.
    """
    features: Mapping[str, bool] = import_module("numpy._core._multiarray_umath").__cpu_features__
    package = Path(__file__).resolve().parents[1]
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_features": sorted(name for name, found in features.items() if found),
        "packages": packages(),
        "commit": commit_of(package.parents[1]),
        "code": code_fingerprint(package),
    }


def packages() -> dict[str, str]:
    """Versions of the packages that kravsim computes and draws with; those that are not installed are left out."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def code_fingerprint(package: Path) -> str:
    """Sha256 of kravsim's own files, without the rooms that only show numbers.

    Parameters
    ----------
    package : path
        Directory of the package ``kravsim``.
    """
    digest = hashlib.sha256()
    for path in sorted(path for kind in ("py", "toml") for path in package.rglob(f"*.{kind}")):
        place = path.relative_to(package)
        if place.parts[0] not in _SILENT_ROOMS:
            digest.update(f"{place.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def commit_of(root: Path) -> str | None:
    """Name the commit of a git checkout by its files; None outside one.

    Parameters
    ----------
    root : path
        Where the checkout has its ``.git``.
    """
    git = root / ".git"
    try:
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (git / name).is_file():
            return (git / name).read_text("utf-8").strip()
        lines = (git / "packed-refs").read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {name}")), None)


def manifest_text(kind: str, runs: Iterable[Run], files: Mapping[str, bytes], **more: Any) -> str:
    """Write the manifest of some files.

    Parameters
    ----------
    kind : str
        What the files are, so that they can be made again.
    runs : iterable of Run
        The runs they show.
    files : mapping of str to bytes
        Name -> content.
    **more
        Further settings that the files depend on, such as `language`.
    """
    known = list(runs)
    one = known[0]
    said: dict[str, Any] = {
        "format": MANIFEST_FORMAT,
        "kind": kind,
        **one.heading(),
        "scenario_title": one.scenario_title,
        "models": [run.model for run in known],
        "doubts": as_json(of_all(known)),
        **more,
        "python": platform.python_version(),
        "packages": packages(),
    }
    if one.record is not None:
        said["run"] = one.record.to_json()
    return json_text({**said, "files": {name: digest(body) for name, body in files.items()}})


def asked_of(scenario: Scenario) -> dict[str, Any]:
    """Say, for the manifest of files that no run stands for, of which scenario, law and program they are.

    Parameters
    ----------
    scenario : Scenario
        What was asked about, changes included.
    """
    return {
        "scenario": scenario.name,
        "scenario_title": scenario.label,
        "version": __version__,
        "stream_version": STREAM_VERSION,
        "scenario_fingerprint": scenario.fingerprint,
        "law_fingerprint": law_of(scenario.data).fingerprint,
        "python": platform.python_version(),
        "packages": packages(),
    }


def digest(body: bytes) -> dict[str, Any]:
    """Sha256 and length of a file's content.

    Parameters
    ----------
    body : bytes
        The file's content.
    """
    return {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}


def read_json(body: bytes, file: str) -> dict[str, Any]:
    """Read one strict JSON object.

    Parameters
    ----------
    body : bytes
        The file's content, UTF-8.
    file : str
        Where it was read, for the error.

    Raises
    ------
    DataError
        When it is no JSON object, a key comes twice, a number is NaN or infinite, or a text cannot be written as UTF-8.
    """
    if len(body) > LARGEST_JSON:
        got, allowed = (
            Words(phrase("{n} bytes", n=len(body))),
            phrase("at most {most} bytes of JSON", most=LARGEST_JSON),
        )
        raise DataError(Problem(file, "", got, allowed, "kravsim did not write this"))
    try:
        text = body.decode("utf-8")
        said = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(said, ensure_ascii=False).encode("utf-8")  # half a pair cannot be shown or written anywhere
    except (ValueError, RecursionError) as error:
        raise DataError(Problem(file, "", str(error), _STRICT, "it is damaged or of another kind")) from error
    if not isinstance(said, dict):
        raise DataError(Problem(file, "", type(said).__name__, _STRICT, "it is of another kind"))
    return said


def differences(before: Mapping[str, Any], after: Mapping[str, Any], keys: Sequence[str]) -> list[tuple[str, Any, Any]]:
    """List keys whose values differ, tables key by key; what is missing on one side is ``ABSENT``.

    Parameters
    ----------
    before, after : mapping of str to object
        What is held against each other.
    keys : sequence of str
        Those to look at, in this order.

    Returns
    -------
    list of (str, object, object)
        Key (with the table before a dot), value before, value after.
    """
    found: list[tuple[str, Any, Any]] = []
    for key in keys:
        one, other = before.get(key, ABSENT), after.get(key, ABSENT)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            inner = differences(one, other, list(dict.fromkeys([*one, *other])))
            found += [(f"{key}.{name}", mine, theirs) for name, mine, theirs in inner]
        elif one != other:
            found.append((key, one, other))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key comes twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large")
    return number


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no strict JSON")
