"""Check that what documents quote as output is what the program printed.

Every fenced block of README.md and docs/*.md that follows the line ``<!-- quoted -->`` must stand, line by line and in
order, in the outputs given on the command line. Numbers in documents are thereby generated, not typed.
"""

from __future__ import annotations

import sys
from pathlib import Path

MARK = "<!-- quoted -->"


def quotes(text: str) -> list[list[str]]:
    """Lines of each quoted block."""
    found: list[list[str]] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.strip() == MARK:
            next(lines)
            block: list[str] = []
            for inner in lines:
                if inner.startswith("```"):
                    break
                block.append(inner.rstrip())
            found.append(block)
    return found


def missing(block: list[str], outputs: list[list[str]]) -> str | None:
    """The first line of the block that no single output has, in order; None when one output has them all."""
    best: tuple[int, str | None] = (-1, None)
    for output in outputs:
        at = 0
        for number, line in enumerate(block):
            if line and line not in output[at:]:
                best = max(best, (number, line), key=lambda found: found[0])
                break
            at = output.index(line, at) + 1 if line else at
        else:
            return None
    return best[1]


def main(paths: list[str]) -> int:
    """Compare all documents with the outputs; 1 when a quote is out of date."""
    outputs = [[line.rstrip() for line in Path(path).read_text(encoding="utf-8").splitlines()] for path in paths]
    root = Path(__file__).parent.parent
    documents = [root / "README.md", *sorted((root / "docs").glob("**/*.md"))]
    failures, count = 0, 0
    for document in documents:
        for block in quotes(document.read_text(encoding="utf-8")):
            count += 1
            line = missing(block, outputs)
            if line is not None:
                failures += 1
                sys.stderr.write(f"{document.relative_to(root)}: not what the program prints: {line}\n")
    sys.stderr.write(f"{count} quoted blocks checked, {failures} out of date\n")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
