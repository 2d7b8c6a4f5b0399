"""Every text that the program may say in an error, a warning or a help page, found in the source without running it.

A text is found where it is used: in a `Problem`, in `Words`, in `phrase` and `together`, in a warning, and in what argparse
is given. Names are followed to what they stand for: within a function, in its module, to what calls hand over, to what
functions give back, and to tables of a module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import kravsim

SOURCE = Path(kravsim.__file__).parent
ERRORS_OF_SCHEMA = ("scenario/values.py", "scenario/ranges.py")
"""Files whose errors a schema tells, beside those with validators of their own."""
TABLES = {
    "chance/distributions.py": ("_RULES", "_ORDERED", "_POSITIVE", "_NO_SPREAD"),
    "chance/draws.py": ("_REMEDY",),
    "cli/messages.py": ("_TEXTS",),
    "cli/parser.py": ("ARGPARSE", "SENTENCES"),
    "expected/missing.py": ("REASONS",),
    "files.py": ("_KINDS",),
    "ledger/audit_compiled.py": ("CHECKS",),
    "ledger/audit_moves_compiled.py": ("OF_MOVE",),
    "ledger/audit_sale_compiled.py": ("OF_SALE",),
    "scenario/limits.py": ("UNIT_WORDS", "_MISREADINGS"),
    "scenario/own_body.py": ("_ASKED",),
    "scenario/problems.py": ("_ALLOWED", "_BOUNDS", "_FORMS"),
    "scenario/toml_file.py": ("_HINTS", "PARSER"),
    "studies/decision/checks.py": ("_NUMBERED",),
    "studies/precision.py": ("_WISHES",),
}
"""Tables of texts that are looked up by a key, by file."""
BARE = {"ledger/audit_compiled.py", "cli/parser.py"}
"""Files whose tables have texts of a single word too."""
ROWS = {"models/plan.py"}
"""Files whose tuples of four are a problem each."""
HELP = {"help", "title", "description", "epilog", "metavar"}
LETTER = len("'N'")
"""What a single letter that stands for a value is written with."""
HELPERS = {"command", "structure_option"}
"""Functions of the command line whose last argument is what `--help` says."""
NOT_FOLLOWED = ("figures/", "telling/")
"""Rooms whose texts are written in both languages side by side."""


@dataclass
class Module:
    """A file of the source."""

    name: str
    tree: ast.Module

    @cached_property
    def above(self) -> dict[ast.AST, ast.AST]:
        """What each node stands in."""
        return {below: node for node in ast.walk(self.tree) for below in ast.iter_child_nodes(node)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Names taken from elsewhere: module and name there."""
        froms = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom) and node.module]
        return {one.asname or one.name: (str(node.module), one.name) for node in froms for one in node.names}

    def value_of(self, name: str) -> ast.expr | None:
        """What a name of the module stands for."""
        for node in self.tree.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
                return node.value
            for target in node.targets if isinstance(node, ast.Assign) else ():
                for one, value in pairs_of(target, node.value):
                    if one == name:
                        return value
        return None

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        """The function that a node stands in."""
        here: ast.AST | None = node
        while here is not None:
            here = self.above.get(here)
            if isinstance(here, ast.FunctionDef):
                return here
        return None


def pairs_of(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Names and what is assigned to each."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, part in zip(target.elts, value.elts, strict=True):
            yield from pairs_of(one, part)


def name_of(call: ast.Call) -> str:
    """What is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def says_something(text: str) -> bool:
    """Whether a text has letters beside what is filled in."""
    return bool(re.search(r"[^\W\d_]", re.sub(r"\{[^{}]*\}", "", text)))


def is_wordy(text: str) -> bool:
    """Whether a text is more than a name."""
    return " " in text.strip() and bool(re.search(r"[a-z]{2}", text))


@dataclass
class Texts:
    """All texts, by file, and what is put together where it cannot be told in another language."""

    found: dict[str, set[str]] = field(default_factory=dict)
    mixed: list[str] = field(default_factory=list)
    _seen: set[tuple[int, int | None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.modules = [
            Module(file.relative_to(SOURCE).as_posix(), ast.parse(file.read_text(encoding="utf-8")))
            for file in sorted(SOURCE.rglob("*.py"))
        ]
        self.by_name = {
            "kravsim." + one.name[:-3].replace("/", ".").removesuffix(".__init__"): one for one in self.modules
        }
        self.owner = {node: one for one in self.modules for node in ast.walk(one.tree)}
        self.functions: dict[str, list[ast.FunctionDef]] = {}
        self.calls: dict[str, list[ast.Call]] = {}
        for node in self.owner:
            if isinstance(node, ast.FunctionDef):
                self.functions.setdefault(node.name, []).append(node)
            if isinstance(node, ast.Call):
                self.calls.setdefault(name_of(node), []).append(node)
        for module in self.modules:
            if not module.name.startswith(NOT_FOLLOWED):
                self._look_through(module)

    def _look_through(self, module: Module) -> None:  # noqa: C901, PLR0912 - one branch a kind of node
        for table in TABLES.get(module.name, ()):
            for node in ast.walk(module.value_of(table) or ast.Tuple([])):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and self._is_text(node, module):
                    self._take(node)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                self._call(node, module)
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value in ("allowed", "remedy"):
                        self._follow(value)
            if isinstance(node, ast.Tuple) and module.name in ROWS and len(node.elts) == 4:
                for one in node.elts[2:]:
                    self._follow(one)
            if isinstance(node, ast.Assign) and module.name.startswith("cli/"):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr in HELP:
                        self._follow(node.value)

    def _is_text(self, node: ast.Constant, module: Module) -> bool:
        """Whether a literal of a table is a text, not a key or a pattern."""
        above = module.above.get(node)
        key = isinstance(above, ast.Dict) and node in above.keys
        return (
            not key
            and not isinstance(above, ast.Call | ast.Subscript)
            and (is_wordy(node.value) or module.name in BARE)
        )

    def _call(self, node: ast.Call, module: Module) -> None:  # noqa: C901, PLR0912 - one branch a kind of node
        name, given = name_of(node), node.args
        if name == "Problem":
            for place, one in enumerate(given):
                self._follow(one) if place > 2 else self._named(one)
            for one in node.keywords:
                self._follow(one.value) if one.arg in ("allowed", "remedy") else self._named(one.value)
        elif name in ("fault", "Unreadable", "Odd"):
            for place, one in enumerate(given):
                self._named(one) if place == 0 and name != "Unreadable" else self._follow(one)
        elif name == "problem" and isinstance(node.func, ast.Attribute):
            for one in given[1:]:
                self._follow(one)
        elif name in ("phrase", "Words", "warn") or (name == "together" and isinstance(node.func, ast.Name)):
            for one in given if name == "together" else given[:1]:
                self._follow(one.value if isinstance(one, ast.Starred) else one)
            for one in node.keywords:
                if one.arg == "between":
                    self._follow(one.value)
        elif name == "ValueError" and (module.name in ERRORS_OF_SCHEMA or "Section" in module.imports):
            for one in given[:1]:
                self._follow(one)
        elif name == "refusal" and module.name.startswith("scenario/"):
            for one in given[1:2]:
                self._follow(one)
        if module.name.startswith("cli/"):
            for one in node.keywords:
                if one.arg in HELP and not (one.arg == "metavar" and len(ast.unparse(one.value)) == LETTER):
                    self._follow(one.value)
            if name in HELPERS:
                self._follow(given[-1])

    def _take(self, node: ast.Constant) -> None:
        if says_something(node.value):
            self.found.setdefault(node.value, set()).add(self.owner[node].name)

    def _mix(self, node: ast.AST) -> None:
        self.mixed.append(f"{self.owner[node].name}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:100]}")

    def _named(self, node: ast.expr) -> None:
        """A file, a key or a value: a text where it has words."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_wordy(node.value):
            self._take(node)
        elif isinstance(node, ast.IfExp):
            self._named(node.body)
            self._named(node.orelse)
        elif isinstance(node, ast.BoolOp):
            for one in node.values:
                self._named(one)
        elif isinstance(node, ast.JoinedStr):
            said = "".join(one.value for one in node.values if isinstance(one, ast.Constant))
            if re.search(r"[a-z]{2,} |^[a-z]{2,} | [a-z]{2,}$", said):
                self._mix(node)
        elif isinstance(node, ast.Name):
            for value in self._local(node):
                self._named(value)

    def _local(self, node: ast.Name) -> Iterator[ast.expr]:
        """What a name stands for within its function, or else its module."""
        module = self.owner[node]
        function, met = module.function_of(node), False
        for one in ast.walk(function) if function is not None else ():
            targets = (
                one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.NamedExpr) else []
            )
            for target in targets:
                for name, value in pairs_of(target, one.value):  # type: ignore[attr-defined]
                    if name == node.id:
                        met = True
                        yield value
        if not met:
            value = module.value_of(node.id)
            if value is None and node.id in module.imports:
                there = self.by_name.get(module.imports[node.id][0])
                value = there.value_of(module.imports[node.id][1]) if there is not None else None
            if value is not None:
                yield value

    def _follow(self, node: ast.expr, place: int | None = None) -> None:  # noqa: C901, PLR0912 - one branch a kind of node
        """Find the texts that an expression may stand for; `place` is the item of a tuple that is meant."""
        if (id(node), place) in self._seen:
            return
        self._seen.add((id(node), place))
        if isinstance(node, ast.Tuple | ast.List) and place is not None:
            if place < len(node.elts):
                self._follow(node.elts[place])
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                self._take(node)
        elif isinstance(node, ast.JoinedStr):
            if says_something("".join(one.value for one in node.values if isinstance(one, ast.Constant))):
                self._mix(node)
        elif isinstance(node, ast.BinOp):
            parts = [one for one in (node.left, node.right) if isinstance(one, ast.Constant | ast.JoinedStr)]
            if any(
                isinstance(one, ast.JoinedStr) or (isinstance(one.value, str) and is_wordy(one.value)) for one in parts
            ):
                self._mix(node)
        elif isinstance(node, ast.IfExp):
            self._follow(node.body, place)
            self._follow(node.orelse, place)
        elif isinstance(node, ast.BoolOp):
            for one in node.values:
                self._follow(one, place)
        elif isinstance(node, ast.NamedExpr | ast.Starred):
            self._follow(node.value, place)
        elif isinstance(node, ast.GeneratorExp | ast.ListComp):
            self._follow(node.elt, place)
        elif isinstance(node, ast.Call):
            self._called(node, place)
        elif isinstance(node, ast.Name):
            self._meant(node, place)

    def _called(self, node: ast.Call, place: int | None) -> None:
        """Texts that a call gives back: of functions of the same module, of methods, and of what is imported by name."""
        name, module = name_of(node), self.owner[node]
        if name in ("phrase", "together", "Words", "str", "escaped", "next", "filter"):
            if name in ("next", "filter"):
                for one in node.args:
                    self._follow(one)
            return
        own = (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "self"
        )
        if isinstance(node.func, ast.Attribute) and not own:
            return
        there = [one for one in self.functions.get(name, ()) if self.owner[one] is module]
        if not there and name in module.imports:
            at = self.by_name.get(module.imports[name][0])
            there = [one for one in self.functions.get(name, ()) if self.owner[one] is at]
        for function in there:
            for one in ast.walk(function):
                if (
                    isinstance(one, ast.Return)
                    and one.value is not None
                    and self.owner[one].function_of(one) is function
                ):
                    self._follow(one.value, place)

    def _meant(self, node: ast.Name, place: int | None) -> None:  # noqa: PLR0912 - one branch a kind of node
        """Texts that a name stands for, by assignment, as the item of a loop, or as what callers hand over."""
        module = self.owner[node]
        function, met = module.function_of(node), False
        for one in ast.walk(function) if function is not None else ():
            if isinstance(one, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
                targets, value = one.targets if isinstance(one, ast.Assign) else [one.target], one.value
            elif isinstance(one, ast.For | ast.comprehension):
                targets, value = [one.target], one.iter
            else:
                continue
            for target in targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                for at, name in enumerate(names):
                    if isinstance(name, ast.Name) and name.id == node.id and value is not None:
                        met = True
                        at_place = at if isinstance(target, ast.Tuple) else place
                        if isinstance(one, ast.For | ast.comprehension):
                            for item in value.elts if isinstance(value, ast.Tuple | ast.List) else ():
                                self._follow(item, at_place)
                        else:
                            self._follow(value, at_place)
        if met:
            return
        if function is not None and self._handed_over(node.id, function):
            return
        for value in self._local(node):
            self._follow(value, place)

    def _handed_over(self, name: str, function: ast.FunctionDef) -> bool:
        """Follow what callers of the same module, and those that import the function by name, give for a parameter."""
        given = function.args
        placed = [one.arg for one in (*given.posonlyargs, *given.args)]
        if name not in [*placed, *(one.arg for one in given.kwonlyargs)]:
            return False
        module = self.owner[function]
        at = placed.index(name) - (placed[0] in ("self", "cls")) if name in placed else None
        for default, one in zip(reversed(given.defaults), reversed(placed), strict=False):
            if one == name:
                self._follow(default)
        for call in self.calls.get(function.name, ()):
            there = self.owner[call]
            by_import = isinstance(call.func, ast.Name) and there.imports.get(function.name, ("",))[0] in self.by_name
            if there is not module and not by_import:
                continue
            for one in call.keywords:
                if one.arg == name:
                    self._follow(one.value)
            if (
                at is not None
                and at < len(call.args)
                and not any(isinstance(one, ast.Starred) for one in call.args[: at + 1])
            ):
                self._follow(call.args[at])
        return True
