"""Do docstrings tell of what a public function takes: every argument, and no other, under numpydoc's ``Parameters``?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import kravsim

PACKAGE = Path(kravsim.__file__).parent
FLOOR = 0.95
"""Share of a room's functions whose docstrings name every argument."""
HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
TOLD_ELSEWHERE = {
    *("overload", "override"),
    *("field_validator", "model_validator", "field_serializer", "model_serializer"),
}
"""Decorators of what is told beside the implementation, in the class below, or by the field; its arguments are pydantic's."""


@dataclass(frozen=True)
class Function:
    """A public function or method: where it stands, what it takes and what its docstring names."""

    place: str
    name: str
    bases: tuple[str, ...]
    takes: tuple[str, ...]
    tells: frozenset[str]

    @property
    def room(self) -> str:
        """The room that its file stands in."""
        return self.place.split("/")[0] if "/" in self.place else "the files at the top"

    @property
    def missing(self) -> list[str]:
        """Arguments that the docstring does not name."""
        return [argument for argument in self.takes if argument not in self.tells]


def told(docstring: str) -> frozenset[str]:
    """Names before the colon on each line of the section ``Parameters``; ``first, second : int`` names two."""
    pieces = HEADING.split(docstring)
    sections = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    lines = [line for line in sections.get("Parameters", "").splitlines() if line and not line[0].isspace()]
    return frozenset(name.strip().lstrip("*") for line in lines for name in line.split(" : ")[0].split(","))


def taken(node: ast.FunctionDef, *, bound: bool) -> tuple[str, ...]:
    """Names of arguments, without the instance or the class that a method is bound to."""
    given = node.args
    positional = [*given.posonlyargs, *given.args][1 if bound else 0 :]
    stars = [star for star in (given.vararg, given.kwarg) if star is not None]
    return tuple(argument.arg for argument in [*positional, *stars, *given.kwonlyargs] if argument.arg[0] != "_")


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c``, ``a.b.c(...)`` and ``a.b.c[...]``."""
    return re.split(r"[\[(]", ast.unparse(node))[0].rsplit(".", maxsplit=1)[-1]


def functions(place: str, body: list[ast.stmt], owner: ast.ClassDef | None = None) -> Iterator[Function]:
    """Every public function of a file, and every public method of a public class."""
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name[0] != "_":
            yield from functions(place, node.body, node)
        if not isinstance(node, ast.FunctionDef) or node.name[0] == "_":
            continue
        decorators = {last_name(decorator) for decorator in node.decorator_list}
        if decorators & TOLD_ELSEWHERE:
            continue
        takes = taken(node, bound=owner is not None and "staticmethod" not in decorators)
        name, bases = (f"{owner.name}.{node.name}", owner.bases) if owner else (node.name, [])
        tells = told(ast.get_docstring(node) or "")
        yield Function(place, name, tuple(last_name(base) for base in bases), takes, tells)


@cache
def public() -> tuple[Function, ...]:
    """All that take something, save methods that override one of the package's whose docstring names every argument."""
    files = [(file.relative_to(PACKAGE).as_posix(), file) for file in sorted(PACKAGE.rglob("*.py"))]
    found = [one for place, file in files for one in functions(place, ast.parse(file.read_text(encoding="utf-8")).body)]
    whole = {one.name for one in found if not one.missing}
    overriding = [any(f"{base}.{one.name.split('.')[-1]}" in whole for base in one.bases) for one in found]
    return tuple(one for one, overrides in zip(found, overriding, strict=True) if one.takes and not overrides)


@pytest.mark.parametrize("room", sorted({function.room for function in public()}))
def test_a_room_names_its_arguments(room: str) -> None:
    here = [function for function in public() if function.room == room]
    lacking = [f"{one.place}: {one.name} does not name {', '.join(one.missing)}" for one in here if one.missing]
    assert 1 - len(lacking) / len(here) >= FLOOR, "\n".join(lacking)


def test_no_docstring_names_an_argument_that_there_is_not() -> None:
    stale = [(one.place, one.name, sorted(one.tells - set(one.takes))) for one in public()]
    assert [each for each in stale if each[2]] == []


def test_arguments_are_read_as_numpydoc_writes_them() -> None:
    code = '''
class Public:
    @classmethod
    def of(cls, first, second=1, *rest, key, **others):
        """Do.

        Parameters
        ----------
        first, second : int array (n,)
            Öre : not a name.
        *rest : str
        **others
            More.

        Returns
        -------
        third : int
        """

    @overload
    def of(cls, first): ...

    @staticmethod
    def free(all_of_it): ...

    def _inner(self, anything): ...


class Below(Public):
    def of(self, unknown): ...
'''
    of, free, below = functions("room/file.py", ast.parse(code).body)
    assert (of.room, of.takes) == ("room", ("first", "second", "rest", "others", "key"))
    assert (of.tells, of.missing) == ({"first", "second", "rest", "others"}, ["key"])
    assert (free.name, free.missing) == ("Public.free", ["all_of_it"])
    assert (below.bases, below.missing) == (("Public",), ["unknown"])


def test_no_docstring_has_a_section_twice() -> None:
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                heads = HEADING.findall(ast.get_docstring(node) or "")
                found += [f"{file.name}: {head}" for head in sorted(set(heads)) if heads.count(head) > 1]
    assert found == []
