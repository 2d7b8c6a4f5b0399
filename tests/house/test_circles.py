"""Does no file of kravsim import another that imports it in turn, however many lie between, at the top or within functions?

Imports for annotations alone (below ``if TYPE_CHECKING``) count for nothing when the program runs, and are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import kravsim

PACKAGE = Path(kravsim.__file__).parent


def names_of(package: Path) -> dict[str, Path]:
    """Dotted name -> file of every module of a package."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def for_annotations(node: ast.AST) -> bool:
    """Whether a statement is the condition under which nothing but a type checker reads."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Module and name of every import that the program carries out; the name is empty where the module itself is meant."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Import):
            yield from ((alias.name, "") for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            yield from ((inner.module or "", alias.name) for alias in inner.names)
        elif for_annotations(inner):
            yield from (one for other in getattr(inner, "orelse", []) for one in imported(other))
        else:
            yield from imported(inner)


def graph(package: Path) -> dict[str, set[str]]:
    """Module -> the modules of the same package that it imports; what only opens a room is not counted with its files."""
    names = names_of(package)
    found: dict[str, set[str]] = {}
    for module, path in names.items():
        wanted = imported(ast.parse(path.read_text("utf-8")))
        deep = {f"{base}.{name}" if f"{base}.{name}" in names else base for base, name in wanted}
        found[module] = (deep & names.keys()) - {module}
    return found


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Some circle, or nothing."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_imports_what_imports_it() -> None:
    assert circle(graph(PACKAGE)) == []


@pytest.mark.parametrize(
    ("b", "goes_round"),
    [
        ("from package.a import x", True),
        ("def f():\n    from package.a import x", True),
        ("def f():\n    if f:\n        import package.a", True),
        ("from package import a", True),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from package.a import x", False),
        ("import os", False),
    ],
)
def test_a_circle_is_seen_wherever_the_import_stands(tmp_path: Path, b: str, goes_round: bool) -> None:
    package = tmp_path / "package"
    package.mkdir()
    for name, text in {"__init__": "", "a": "from package.c import y", "c": "from package.b import z", "b": b}.items():
        (package / f"{name}.py").write_text(text)
    assert bool(circle(graph(package))) is goes_round
