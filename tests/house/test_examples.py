"""Are the examples in docstrings true, every one of them, and is no name left that nobody uses?"""

from __future__ import annotations

import ast
import doctest
import io
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import kravsim

PACKAGE = Path(kravsim.__file__).parent
ROOT = Path(__file__).parents[2]
FILES = sorted(PACKAGE.rglob("*.py"))
FOUND_BY_OTHERS = {
    "from_function",
    "_locator_classes",
    "_impl_class",
    "_name",
    "run_pass",
    "define_pipelines",
    "writable",
    "_leave",
    "model_config",
    "_get_help_string",
    "_constructor",
}
"""Names that a library looks up: numba's locators and passes, a file's, a process's end, pydantic's, argparse's, pandas'."""


def examples(file: Path) -> list[tuple[str, str, int]]:
    """Name, docstring and line of everything in a file whose docstring shows how it is used.

    Read from the source: ``doctest`` itself passes over whatever a decorator from another file has wrapped.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    told = [(getattr(node, "name", file.stem), ast.get_docstring(node) or "", node) for node in nodes]
    return [(name, text, getattr(node, "lineno", 1)) for name, text, node in told if ">>>" in text]


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize(
    "file", [file for file in FILES if examples(file)], ids=lambda file: file.relative_to(PACKAGE).as_posix()
)
def test_examples_come_out_as_written(file: Path) -> None:
    module = import_module(module_of(file))
    runner, said = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS), io.StringIO()
    for name, text, line in examples(file):
        names = {**vars(module), "np": import_module("numpy")}
        test = doctest.DocTestParser().get_doctest(text, names, name, str(file), line)
        runner.run(test, out=said.write)
    assert runner.summarize(verbose=False).failed == 0, said.getvalue()


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """Functions, classes, methods and constants of a file; what a validator or a protocol calls aside."""
    for node in body:
        if isinstance(node, ast.FunctionDef):
            wrapped = {ast.unparse(one).split("(")[0] for one in node.decorator_list}
            if not wrapped & {"field_validator", "model_validator", "field_serializer", "model_serializer"}:
                yield node.name
        elif isinstance(node, ast.ClassDef):
            yield node.name
            yield from (name for name in defined(node.body) if not name.isupper())
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def used(tree: ast.AST) -> Iterator[str]:
    """Names that are read, imported, given as keywords, or spelt out in a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.split(".")[-1]
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\w+", node.value)


def test_every_name_is_used_by_somebody() -> None:
    folders = [PACKAGE, *(ROOT / name for name in ("tests", "docs", "benchmarks", "examples"))]
    there = {name for folder in folders for name in names_used(folder)}
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "notebooks").glob("*.[ip]*")]:
        there |= set(re.findall(r"\w+", page.read_text(encoding="utf-8")))
    dead = [
        f"{file.relative_to(PACKAGE)}: {name}"
        for file in FILES
        for name in defined(ast.parse(file.read_text(encoding="utf-8")).body)
        if name not in there and not name.startswith("__") and name not in FOUND_BY_OTHERS
    ]
    assert dead == []


def names_used(folder: Path) -> set[str]:
    return {name for file in folder.rglob("*.py") for name in used(ast.parse(file.read_text(encoding="utf-8")))}
