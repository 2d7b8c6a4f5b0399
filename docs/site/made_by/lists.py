"""Pages that are lists of what the code holds: law, rules of money, the engines' contract, doubts, findings, notebooks."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import date

from kravsim import law
from kravsim.engine import contract
from kravsim.expected import APPROXIMATIONS
from kravsim.expected.missing import REASONS
from kravsim.ledger import rules
from kravsim.words.display import NO_BREAK

from .documents import ROOT
from .tables import cell, code, table

_PARAGRAPH = re.compile(r"^(§\w+) +", re.M)


def made() -> dict[str, str]:
    """Text of each page."""
    return {
        "made/law": _law(),
        "made/rules-of-money": _numbered("Rules of money", rules.__doc__ or ""),
        "made/engine-contract": _numbered("The engines' contract", contract.__doc__ or ""),
        "made/traps": _traps(),
        "made/notebooks": _notebooks(),
        **_findings(),
    }


def _law() -> str:
    parts = [
        "# Law by date",
        (
            "Every amount and rate that kravsim reads, with the day from which it holds, its source, and whether it is sourced, "
            "derived or assumed. A date outside a table is an error, never the last value. What stands under *history* answers "
            "only for the years before a simulated year, in which its opening stock has grown."
        ),
    ]
    for one in law.load_law().tables:
        rows = [
            (
                _day(entry.since),
                f"{entry.value.normalize():f}{NO_BREAK}{entry.unit}",
                cell(entry.status),
                cell(entry.source),
                cell(entry.note),
            )
            for entry in one.entries
        ]
        short = re.split(r" \(|, ", one.what)[0]
        parts += [
            f"## {cell(short)}",
            f"{cell(one.what)}: {code(one.name)}.",
            table(("from", "value", "status", "source", "note"), rows),
        ]
    return "\n\n".join(parts) + "\n"


def _day(day: date) -> str:
    """A date that is not broken at its hyphens."""
    return day.isoformat().replace("-", "\u2011")


def _numbered(title: str, text: str) -> str:
    """Numbered paragraphs of a docstring, each one a paragraph of the page."""
    found: list[str] = [f"# {title}"]
    for block in re.split(r"\n\s*\n|\n(?=§\w+ )|\n(?=\w[\w ]*\n-{3,}$)", text, flags=re.M):
        lines = block.strip("\n").splitlines()
        if len(lines) > 1 and set(lines[1]) == {"-"}:
            found.append(f"## {lines[0]}")
            lines = lines[2:]
        flat = " ".join(line.strip() for line in lines).strip()
        flat = re.sub(r":mod:`([^`]*)`", r"`\1`", re.sub(r"``([^`]*)``", r"`\1`", flat))
        parts = _PARAGRAPH.split(flat)
        if parts[0].strip():
            found.append(parts[0].strip())
        found += [f"**{name}** {said.strip()}" for name, said in zip(parts[1::2], parts[2::2], strict=True)]
    return "\n\n".join(found) + "\n"


def _traps() -> str:
    """What must be known before a number is read, all of it told by the program itself where it applies."""
    doubts = [(code(key), cell(said)) for key, said in sorted(_doubts().items())]
    approximations = [
        (code(name), cell(one.what), cell(one.touches), cell(one.size)) for name, one in APPROXIMATIONS.items()
    ]
    reasons = [(code(name), cell(what), cell(remedy)) for name, (what, remedy) in REASONS.items()]
    return "\n\n".join(
        [
            "# Traps",
            (
                "What must be known before a number is read. kravsim says each of these itself, under every table, sentence, JSON "
                "object and figure that it applies to; here they stand together."
            ),
            "## Doubts that a result carries",
            "By the key that they have in JSON; `{…}` stands for what is filled in.",
            table(("key", "what is said"), doubts),
            "## Where the closed form has no number",
            "`NaN` is never given without one of these reasons.",
            table(("reason", "what it is", "what can be done"), reasons),
            "## What the closed form does not carry exactly",
            "As `kravsim.expected.APPROXIMATIONS` has it, with the size that was measured.",
            table(
                ("name", "what is done instead", "what it touches", "how much it was found to matter"), approximations
            ),
            "Libraries that surprised us on valid input have pages of their own: [findings](/made/findings.md).",
        ]
    )


def _doubts() -> dict[str, str]:
    """What each doubt says in English, by its key, as the source has it: the longest where there are several.

    Where the source puts it together from parts, what the function says of itself.
    """
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src/kravsim").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "Doubt(" in text:
            tree = ast.parse(text)
            constants = _assigned(tree.body)
            for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
                for key, said in _doubts_of(scope, {**constants, **_assigned(scope.body)}):
                    if key and len(said) > len(found.get(key, "")):
                        found[key] = said
    return found


def _doubts_of(scope: ast.Module | ast.FunctionDef, names: dict[str, ast.expr]) -> Iterator[tuple[str, str]]:
    about = (ast.get_docstring(scope) or "").split("\n\n")[0] if isinstance(scope, ast.FunctionDef) else ""
    for node in ast.walk(scope):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Doubt" and len(node.args) >= 3:
            key, said = (_written(names.get(getattr(one, "id", ""), one)) for one in (node.args[0], node.args[2]))
            yield key, said or about


def _assigned(body: list[ast.stmt]) -> dict[str, ast.expr]:
    """What names are given in a body, at any depth of it."""
    nodes = [node for one in body for node in ast.walk(one)]
    plain = [(one.targets[0], one.value) for one in nodes if isinstance(one, ast.Assign)]
    plain += [(one.target, one.value) for one in nodes if isinstance(one, ast.AnnAssign) and one.value is not None]
    return {target.id: value for target, value in plain if isinstance(target, ast.Name)}


def _written(node: ast.expr) -> str:
    """A text as its source has it, what is filled in being named in braces; empty where it is no text."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_written(part) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _written(node.func.value).replace("{}", "{…}")
    return ""


def _findings() -> dict[str, str]:
    """A page a finding: the head of its script, and the script."""
    found, rows = {}, []
    for path in sorted((ROOT / "findings").glob("*.sh")):
        lines = path.read_text(encoding="utf-8").splitlines()
        head = [
            line.removeprefix("#").strip() for line in lines[1 : next(n for n, s in enumerate(lines) if s[:1] != "#")]
        ]
        title, *rest = "\n".join(head).strip().split("\n\n")
        page = f"made/findings/{path.stem}"
        said = "\n\n".join(cell(part) for part in rest)
        script = "\n".join(lines)
        found[page] = (
            f"# {cell(title).rstrip('.')}\n\n{said}\n\nThe script installs the pinned packages into a folder of its own, runs them "
            f"without kravsim, and fails when this is no longer so.\n\n```{{code-block}} bash\n{script}\n```\n"
        )
        rows.append(f"- [{cell(title).rstrip('.')}](/{page}.md)")
    hidden = "\n".join(f"/{page}" for page in found)
    found["made/findings"] = (
        "# Findings\n\nWhere a library surprised us on valid input, with what had been expected, what was seen, in which version, "
        "and a script that shows it again.\n\n" + "\n".join(rows) + f"\n\n```{{toctree}}\n:hidden:\n\n{hidden}\n```\n"
    )
    return found


def _notebooks() -> str:
    """Each notebook with its first words, to be downloaded."""
    parts = [
        "# Notebooks",
        (
            "Each runs from top to bottom in a few minutes; they are kept without outputs and run by the tests. The files lie in "
            "`notebooks/`; here they can be downloaded."
        ),
    ]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = next("".join(one["source"]) for one in cells if one["cell_type"] == "markdown").strip()
        title, _, said = first.partition("\n")
        about = said.strip().split("\n\n")[0]
        parts += [f"## {title.lstrip('# ')}", about, f"{{download}}`{path.name} <../../../notebooks/{path.name}>`"]
    return "\n\n".join(part for part in parts if part) + "\n"
