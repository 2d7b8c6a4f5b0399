"""Where scenarios lie, and papers and portfolios beside them: the bundled ones by name, any other by path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from kravsim.errors import ABSENT, Problem, ScenarioError, Words
from kravsim.files import path_of
from kravsim.phrases import phrase, together
from kravsim.scenario.nearest import did_you_mean, nearest, one_of_these

BASE: Final = "base"
"""The bundled file that cases extend; not a case of its own."""

_SUFFIX: Final = ".toml"
_FOLDER_FILE: Final = "scenario.toml"
_A_FILE: Final = "an existing scenario file"
_ALLOWED: Final = "the name of a bundled scenario, or a path with a separator or ending in .toml"


def names() -> tuple[str, ...]:
    """Return the names of the bundled scenarios, sorted; the base they share is not one of them."""
    return tuple(sorted(name for name in _bundled() if name != BASE))


def is_bundled(path: Path) -> bool:
    """Whether a file is one of the bundled scenarios, the base included.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.
    """
    return path in _bundled().values()


def find(name_or_path: str | os.PathLike[str]) -> Path:
    """Find a scenario file.

    A text with a separator in it or ending in ``.toml``, and any path object, is a path. Everything else is the name
    of a bundled scenario, whatever lies in the current directory.

    Parameters
    ----------
    name_or_path : str or path
        ``"jamtland-harjedalen-2017"``, ``"my/case.toml"``.

    Returns
    -------
    pathlib.Path
        An existing file.

    Raises
    ------
    ScenarioError
        When there is no such scenario or file, or the path is not a file.
    """
    if isinstance(name_or_path, str) and not is_path(name_or_path):
        return _named(name_or_path)
    path_of(name_or_path, "scenario", ScenarioError)
    return _existing(os.fspath(name_or_path))


def find_beside(name_or_path: str, directory: Path) -> Path:
    """Find a scenario that another one extends: beside it, else among the bundled ones.

    Parameters
    ----------
    name_or_path : str
        A name, or a path relative to `directory`.
    directory : pathlib.Path
        Where the extending file lies.

    Returns
    -------
    pathlib.Path
        An existing file.

    Raises
    ------
    ScenarioError
        As `find`.
    """
    if is_path(name_or_path):
        return _existing(name_or_path, directory)
    beside = _scenarios_in(directory)
    return beside[name_or_path] if name_or_path in beside else _named(name_or_path, tuple(beside))


def names_in(folder: str) -> tuple[str, ...]:
    """Names of the bundled files of another kind, sorted.

    Parameters
    ----------
    folder : str
        Beside the bundled scenarios.
    """
    return tuple(sorted(path.stem for path in _beside_the_base(folder).glob(f"*{_SUFFIX}")))


def find_in(folder: str, name_or_path: str | os.PathLike[str], key: str, wanted: str) -> Path:
    """Find a file of another kind: a bundled one by name, any other by path.

    Parameters
    ----------
    folder : str
        Beside the bundled scenarios.
    name_or_path : str or path
        A text with a separator in it or ending in ``.toml`` is a path.
    key : str
        What problems call it.
    wanted : str
        What it must be, where there is no such file.

    Raises
    ------
    ScenarioError
        When there is none.
    """
    path = path_of(name_or_path, key, ScenarioError)
    if isinstance(name_or_path, str) and not is_path(name_or_path):
        known = names_in(folder)
        if name_or_path not in known:
            allowed = phrase("one of {names}, or a path to a .toml file", names=", ".join(known))
            remedy = did_you_mean(name_or_path, known) or "check the spelling"
            raise ScenarioError(Problem("", key, name_or_path, allowed, remedy))
        return _beside_the_base(folder) / f"{name_or_path}{_SUFFIX}"
    if not path.is_file():
        raise ScenarioError(Problem(str(path), "", ABSENT, wanted, "check the path"))
    return path


def _beside_the_base(folder: str) -> Path:
    return find(BASE).parent / folder


def is_path(text: str) -> bool:
    """Tell whether a text is a path rather than the name of a bundled scenario.

    Parameters
    ----------
    text : str
        As the user gave it.
    """
    return "/" in text or "\\" in text or text.endswith(_SUFFIX)


def label(path: Path) -> str:
    """Return what messages call a file: its name, with the folder when the name alone says nothing.

    Parameters
    ----------
    path : Path
        A file, which need not exist.
    """
    return f"{path.parent.name}/{path.name}" if path.name == _FOLDER_FILE else path.name


def _named(name: str, also: tuple[str, ...] = ()) -> Path:
    bundled = _bundled()
    if name in bundled:
        return bundled[name]
    close = nearest(name, [*names(), *also], at_most=3)
    listed = ", ".join(names()) or phrase("none")
    remedy = one_of_these(*close) if close else phrase("bundled scenarios: {listed}", listed=listed)
    here = f"{name.rpartition('.')[0] or name}{_SUFFIX}"
    if here in _files_in(Path()):
        remedy = phrase(
            "did you mean the file {here}?", here=here
        )  # a name is never looked for in the current directory
    raise ScenarioError(Problem("", "scenario", name, _ALLOWED, remedy))


def _existing(given: str, directory: Path | None = None) -> Path:
    path = Path(_safe(given))
    path = path if directory is None else directory / path
    try:
        if path.is_file():
            return path
        problem = _no_file(given, path)
    except (OSError, RuntimeError) as error:  # a name too long, a directory that must not be read, links in a circle
        remedy = phrase("the system says: {reason}", reason=getattr(error, "strerror", None) or error)
        problem = Problem(given, "", Words("a path that cannot be looked up"), _A_FILE, remedy)
    raise ScenarioError(problem)


def _no_file(given: str, path: Path) -> Problem:
    resolved = path.resolve()
    if path.is_dir():
        inside = ", ".join(sorted(_files_in(path))[:10]) or phrase("no .toml file")
        return Problem(
            given,
            "",
            Words("a directory"),
            _A_FILE,
            phrase("{resolved} is a directory; it holds {inside}", resolved=resolved, inside=inside),
        )
    if path.exists():
        return Problem(given, "", Words("neither file nor directory"), _A_FILE, "give an ordinary file")
    close = _near_files(path) or nearest(path.stem, names(), at_most=3)
    remedy = phrase("no such file: {path}", path=resolved)
    if close:
        remedy = together(remedy, one_of_these(*close), between="; ")
    return Problem(given, "", Words("no file"), _A_FILE, remedy)


def _near_files(path: Path) -> list[str]:
    """Files beside a path whose names, without the ending that all of them have, are near."""
    beside = {Path(name).stem: name for name in _files_in(path.parent)}
    return [beside[stem] for stem in nearest(path.stem, beside, at_most=3)]


def _safe(text: str) -> str:
    """Refuse what no file system takes, before asking one."""
    if "\0" in text or not text.strip():
        raise ScenarioError(Problem("", "scenario", text, _ALLOWED, "give a name or a path"))
    return text


def _files_in(directory: Path) -> list[str]:
    return [file.name for file in directory.glob(f"*{_SUFFIX}")] if directory.is_dir() else []


def _bundled() -> dict[str, Path]:
    """Find the bundled scenarios: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "bundled"
    if inside.is_dir():
        return _scenarios_in(inside)
    return _scenarios_in(package.parents[1] / "scenarios") if package.parent.name == "src" else {}


def _scenarios_in(directory: Path) -> dict[str, Path]:
    if not directory.is_dir():
        return {}
    found = {file.parent.name: file for file in directory.glob(f"*/{_FOLDER_FILE}") if file.is_file()}
    return found | {file.stem: file for file in directory.glob(f"*{_SUFFIX}") if file.is_file()}
