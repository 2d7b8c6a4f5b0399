"""The oldest versions of its libraries that kravsim works with, looked at when it is imported.

pip holds them when kravsim is installed; what is changed in the environment afterwards nobody holds, and an old library would
fail in the middle of a run, or worse.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Final

FLOORS: Final = {
    "holidays": "0.109",
    "loky": "3.7",
    "matplotlib": "3.9",
    "numba": "0.61",
    "numpy": "2.1",
    "pandas": "2.2",
    "pydantic": "2.9",
    "scipy": "1.14",
    "shtab": "1.7",
    "simpy": "4.1.1",
    "tqdm": "4.66",
}
"""Distribution -> oldest version; the same as the dependencies of ``pyproject.toml``."""


def check_floors() -> None:
    """Refuse libraries that are too old; what is missing is said by whoever imports it.

    Raises
    ------
    ImportError
        With every library that is too old, its version, the one that is needed, and the command that gets it.
    """
    old = []
    for name, least in FLOORS.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            continue
        if version_info(found) < version_info(least):
            old.append(f"{name} {found} is too old, {least} or newer is needed")
    if old:
        names = " ".join(f'"{line.split()[0]}>={FLOORS[line.split()[0]]}"' for line in old)
        message = f"kravsim cannot work here: {'; '.join(old)}. Write: python -m pip install {names}"
        raise ImportError(message)


def version_info(text: str) -> tuple[int, ...]:
    """Read the numbers a version begins with.

    Parameters
    ----------
    text : str
        A version as a package gives it.

    Returns
    -------
    tuple of int
        At most three numbers, without what follows them.

    Examples
    --------
    >>> version_info("2.10.0rc1") > version_info("2.9")
    True
    """
    return tuple(int(part) for part in re.findall(r"\d+", text.split("+", maxsplit=1)[0])[:3])
