"""Write docs/steps-and-ends.md: how often each step is carried out and each end reached on the real case, in both models.

    docs/make_steps.py DIR            write the page from the tables that `kravsim compare --out DIR` left
    docs/make_steps.py DIR --check    say whether the page is what would be written; changes nothing

A step or an end that no replication of some model has come to is an error: the case would not exercise the whole process.
Ends that its own policy rules out are left out.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from statistics import fmean, quantiles

from kravsim.words.display import number
from kravsim.words.process_words import end_name, step_name
from kravsim.words.wording import capital, model_name

PAGE = Path(__file__).parent / "steps-and-ends.md"
TITLES = {"step": "Step", "end": "End state"}
RULED_OUT = {("end", "too_small")}
"""The real case sends letters for any amount."""
ABOUT = {
    "step": "How many times a case came to the step and it was carried out in the calendar year.",
    "end": "How many claims reached the end in the calendar year, whenever they were referred; `open` are open at its close.",
}


def page(folder: Path) -> tuple[str, list[str]]:
    """The page's text, and what is never reached."""
    about = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    with (folder / "replications.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    models = list(dict.fromkeys(row["model"] for row in rows))
    parts, never = [_head(about)], []
    for prefix, words in (("step", step_name), ("end", end_name)):
        keys = (key.removeprefix(f"{prefix}_") for key in rows[0] if key.startswith(f"{prefix}_"))
        names = [key for key in keys if (prefix, key) not in RULED_OUT]
        lines = [
            f"| {TITLES[prefix]} | " + " | ".join(capital(model_name(model, "en")) for model in models) + " |",
            "| --- |" + " ---: |" * len(models),
        ]
        for name in names:
            cells = []
            for model in models:
                values = [float(row[f"{prefix}_{name}"]) for row in rows if row["model"] == model]
                never += [] if any(values) else [f"{prefix} {name} of {model}"]
                cells.append(_cell(values))
            lines.append(f"| {capital(words(name, 'en'))} (`{name}`) | " + " | ".join(cells) + " |")
        parts.append("\n".join([f"## {TITLES[prefix]}s", "", ABOUT[prefix], "", *lines]))
    return "\n\n".join(parts) + "\n", never


def _head(about: dict[str, object]) -> str:
    return (
        "# Steps and ends\n\n"
        f"`{about['scenario']}`, {about['replications']} replications, seed {about['seed']}: the mean of a calendar year, "
        "and in brackets where nine of ten replications lie. Written by `docs/make_steps.py`; not to be edited."
    )


def _cell(values: list[float]) -> str:
    """Mean and the 5 and 95 % points."""
    cuts = quantiles(values, n=20, method="inclusive")
    mean, low, high = (number(value, "en").replace("\u00a0", " ") for value in (fmean(values), cuts[0], cuts[-1]))
    return f"{mean} ({low}\u2013{high})"


def main(arguments: list[str]) -> int:
    """0 when the page is written, or is as it should be; 1 when it is not; 2 when asked in another way."""
    check = arguments[1:] == ["--check"]
    if not arguments or (arguments[1:] and not check):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    text, never = page(Path(arguments[0]))
    for name in never:
        sys.stderr.write(f"never reached: {name}\n")
    if check and text != PAGE.read_text(encoding="utf-8"):
        sys.stderr.write(f"{PAGE.name} is out of date: run docs/make_steps.py {arguments[0]}\n")
        return 1
    if not check:
        PAGE.write_text(text, encoding="utf-8")
    return 1 if never else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
