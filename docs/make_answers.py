"""Write docs/answers.md: what would change the answer on the real case, in the base case and over what agrees with the books.

    docs/make_answers.py                 make the page anew: some ten minutes on one core, told section by section
    docs/make_answers.py --keep DIR      keep finished sections there, and go on from those that are there
    docs/make_answers.py --keep DIR --only NAME   make one section alone, so that several can be made side by side
    docs/make_answers.py --quick --out F the same with few worlds, to see that it works; not for the page
    docs/make_answers.py --check         say whether the page is of the version that is installed; works nothing out

Every section is one call of `ks.studies`, which a command gives too; no number on the page is typed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import kravsim as ks
from kravsim.scenario import scenario_names
from kravsim.version import __version__

CASE: Final = "jamtland-harjedalen-2017"
CONTRACTS: Final = "four-contracts"
PAGE: Final = Path(__file__).parent / "answers.md"
SEED: Final = 1
READINGS: Final = ("A", "C", "D")
"""Without books readings A and B are the same: they differ in what the published figures are taken to be of."""
HANDLERS: Final = "models.in_house.staff.handlers"
CEILING: Final = f"{HANDLERS}.posts.most_fte"
TURNS: Final = (
    # what it is called, key, where to look, what keeps its proportion to it
    ("Posts", f"{HANDLERS}.fte", (0.5, 8.5), ()),
    ("Volume, invoices a year", "invoices.per_year", (60_000, 2_000_000), ("debtors.number", CEILING)),
    ("The agency's share of the demand fee", "models.outsourced.contract.demand_fee_agency_share", (0, 1), ()),
    ("What the agency pays for a paid case, kr", "models.outsourced.contract.paid_case_kr", (0, 500), ()),
    ("Pay of a post, kr a year", f"{HANDLERS}.pay_per_fte_kr", (0, 600_000), ()),
    ("System, kr a year", "models.in_house.system.per_year_kr", (0, 400_000), ()),
    ("System, kr once", "models.in_house.system.once_kr", (0, 1_500_000), ()),
    ("The region's own posts beside the agency", "models.outsourced.staff.follow_up.fte", (0, 8), ()),
)
WIDE: Final = {
    f"{HANDLERS}.fte": (0.5, 4),
    f"{HANDLERS}.pay_per_fte_kr": (0, 600_000),
    f"{HANDLERS}.overhead_share": (0, 0.35),
    "models.in_house.system.per_year_kr": (0, 400_000),
    "models.in_house.system.once_kr": (0, 1_500_000),
    "models.outsourced.contract.demand_fee_agency_share": (0, 1),
    "models.outsourced.staff.follow_up.fte": (0, 3),
}
"""Wider than anybody has said: unpaid posts, a system for nothing, an agency that keeps every demand fee."""
BY_RULE: Final = {f"{HANDLERS}.posts.base_case": "rule"}
"""As many posts as the work needs, as drawn worlds have them: two cannot do that of readings A, B and C."""

HEAD: Final = """The answer is in-house collection less outsourced collection, net revenue in kr a year, unless it is said
otherwise; it turns where it is 0. Worlds *that agree with the books* are the parameter sets of `calibrate`, under both rules
of limitation. Quoted in Swedish is what the program says itself."""
BASE: Final = f"""`kravsim break-even CASE --key KEY --low X --high Y`; for the volume with `--in-proportion debtors.number
--in-proportion {CEILING}` and as many posts as the work needs (`--set {HANDLERS}.posts.base_case=rule`), since two posts are
overloaded by a little more work. Where there is no root, *left at best* is what the best value leaves. The last column: all
other uncertain numbers drawn from their ranges, posts as the base case has them."""
WORLDS: Final = """`kravsim break-even CASE --key KEY --low X --high Y --uncertainty posterior`: as many posts as the work of
each world needs, but for the posts themselves. *turns in*: in how many of the worlds with an answer, and the first value in
the median one of these; *else left at best*: what the best value leaves in the median one of the others."""
DRIVERS: Final = """`kravsim sensitivity CASE --uncertainty posterior`: the three inputs that most of the answer's variance
goes with, of those beyond chance; *at low* and *at high* are the mean answer where the input is low and where it is high."""
RANGES: Final = """`kravsim sensitivity CASE --within reading=R --sobol N`, as many posts as the work needs: the three inputs
with the widest swing from the low end of their range to the high one, and the three with the largest part in the variance
(*total*), correlated inputs as one group. Reading B has the ranges of A: they differ in what the books are of."""
ASKED: Final = """`kravsim discover CASE`, over declared ranges with `--uncertainty ranges`, over others with `--range
KEY=LOW:HIGH`."""


SECTIONS: Final = ("base_case", "over_the_posterior", "drivers", "information", "conditions", "contracts")


class Maker:
    """Makes the page section by section, and tells on standard error how far it has come.

    Parameters
    ----------
    quick : bool
    """

    def __init__(self, *, quick: bool) -> None:
        self.case = ks.load_scenario(CASE)
        self.worlds, self.draws = (8, 16) if quick else (48, 192)
        self.sobol, self.screened = (8, 2) if quick else (64, 6)
        self.years, self.even = (2, 32) if quick else (10, 512)
        self.told: set[str] = set()
        self.begun = time.process_time()

    def page(self, keep: Path | None = None, *, only_kept: bool = False) -> str:
        """The page's text.

        Parameters
        ----------
        keep : Path, optional
            Where finished sections lie, and are left.
        only_kept : bool
            Make nothing: leave out, and name, the sections that are not there.
        """
        parts, lacking, minutes = [], [], 0.0
        for number, name in enumerate(SECTIONS, 1):
            self._tell(f"{number} of {len(SECTIONS)}: {name.replace('_', ' ')}")
            if only_kept and not (keep is not None and (keep / f"{name}.json").exists()):
                lacking.append(name.replace("_", " "))
                continue
            took, text = self.section(name, keep)
            minutes += took
            parts.append(text)
        if lacking:
            parts.append(f"Not made in this run, for want of time: {', '.join(lacking)}.")
        self._tell("done")
        worlds = f"{self.worlds} worlds for a break-even and {self.draws} for all else, {minutes:.0f} processor minutes"
        made = f"Version {__version__}, `{CASE}`, seed {SEED}, {worlds}. Written by `docs/make_answers.py`; not to be edited."
        return "\n\n".join(["# What would change the answer", made, HEAD, *parts]) + "\n"

    def section(self, name: str, keep: Path | None) -> tuple[float, str]:
        """A section and the processor minutes that it took; made, or as it was kept for this version.

        Parameters
        ----------
        name : str
            One of ``SECTIONS``.
        keep : Path or None
            Where finished sections lie.
        """
        file = None if keep is None else keep / f"{name}.json"
        if file is not None and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["version"] == __version__ and kept["worlds"] == [self.worlds, self.draws, self.even]:
                return float(kept["minutes"]), str(kept["text"])
        begun = time.process_time()
        self.told.clear()
        text = "\n\n".join(getattr(self, name)())
        minutes = (time.process_time() - begun) / 60
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            kept = {
                "version": __version__,
                "worlds": [self.worlds, self.draws, self.even],
                "minutes": minutes,
                "text": text,
            }
            file.write_text(json.dumps(kept), encoding="utf-8")
        return minutes, text

    def _tell(self, what: str) -> None:
        minutes = (time.process_time() - self.begun) / 60
        sys.stderr.write(f"make_answers: {what} ({minutes:.1f} processor minutes so far)\n")
        sys.stderr.flush()

    def base_case(self) -> list[str]:
        """Where the answer turns in the base case."""
        rows, said = [], []
        for title, key, (low, high), beside in TURNS:
            scenario = self.case.with_changes(BY_RULE) if beside else self.case
            found = ks.studies.switching_value(
                scenario, key, low, high, in_proportion=beside, worlds=self.worlds // 4, confirm=self.years, seed=SEED
            )
            rows.append(_base_row(title, found))
            said.append(f"- *{title}.* {found.sentence('sv')}")
        header = ("", "key", "looked at", "today", "turns at", "left at best, kr", "at", "turns in worlds of the prior")
        return ["## Where it turns: the base case", BASE, markdown(header, rows), "\n".join(said)]

    def over_the_posterior(self) -> list[str]:
        """Where the answer turns in worlds that agree with the books, by reading."""
        parts = ["## Where it turns: worlds that agree with the books, by reading", WORLDS]
        for title, key, (low, high), beside in TURNS:
            self._tell(f"  {title}")
            how: dict[str, Any] = {"uncertainty": "posterior", "in_proportion": beside, "worlds": self.worlds}
            found = ks.studies.switching_value(self.case, key, low, high, confirm=self.years, seed=SEED, **how)
            parts += [f"### {title} (`{key}`)", of_table(found.tables("en")[0]), self._said(found)]
        return parts

    def drivers(self) -> list[str]:
        """What moves the answer most, by reading."""
        found = ks.studies.sensitivity(self.case, uncertainty="posterior", draws=self.draws, seed=SEED)
        parts = ["## What moves it most", "### Over worlds that agree with the books", DRIVERS]
        parts += [of_table(found.tables("en")[0]), self._said(found)]
        ruled, rows = self.case.with_changes(BY_RULE), []
        how: dict[str, Any] = {"sobol": self.sobol, "screened": self.screened, "seed": SEED, "progress": False}
        for name in READINGS:
            self._tell(f"  reading {name}")
            rows += _strongest(name, ks.studies.sensitivity(ruled, structures={"reading": name}, **how))
        header = ("reading (answer)", "input, low to high", "answer there, kr", "turns it", "input or group", "total")
        return [*parts, "### One at a time, and all together, from their ranges", RANGES, markdown(header, rows)]

    def information(self) -> list[str]:
        """What is worth finding out."""
        parts = ["## What is worth finding out", "`kravsim information CASE --uncertainty posterior`, and `prior`."]
        for kind, title in (("posterior", "Worlds that agree with the books"), ("prior", "Worlds before the books")):
            self._tell(f"  {kind}")
            how: dict[str, Any] = {"uncertainty": kind, "draws": self.draws, "seed": SEED, "progress": False}
            found = ks.studies.value_of_information(self.case, **how)
            parts += [f"### {title}", *(of_table(table) for table in found.tables("en")[:-1]), self._said(found)]
        return parts

    def conditions(self) -> list[str]:
        """Under which conditions in-house collection is better."""
        wide: dict[str, Any] = {"ranges": WIDE, "draws": self.even}
        ways: tuple[tuple[str, dict[str, Any]], ...] = (
            ("Worlds that agree with the books", {"uncertainty": "posterior", "draws": self.draws}),
            ("Every declared range, evenly", {"uncertainty": "ranges", "draws": self.even}),
            ("Ranges wider than anybody has said", wide),
            ("The same, with recovered principal counted", {**wide, "economic": True}),
        )
        parts = ["## Under which conditions in-house collection is better", ASKED]
        for title, how in ways:
            self._tell(f"  {title}")
            found = ks.studies.discover(self.case, seed=SEED, **how)
            table = [of_table(found.tables("en")[0])] if found.boxes else []
            parts += [f"### {title}", *table, self._said(found, "en"), self._said(found)]
        ends = ", ".join(f"`{key}` {_value(low)}–{_value(high)}" for key, (low, high) in WIDE.items())
        return [*parts, f"The wider ranges: {ends}; all else as declared."]

    def contracts(self) -> list[str]:
        """What each contract does to applications and to the net."""
        parts = ["## What each contract does"]
        for name in (name for name in (CASE, CONTRACTS) if name in scenario_names()):
            self._tell(f"  {name}")
            scenario = ks.load_scenario(name)
            found = ks.studies.rank(scenario, replications=3 * self.years, seed=SEED, progress=False)
            parts += [f"`kravsim rank {name}`:", *map(of_table, found.tables("en")), self._said(found)]
        return parts

    def _said(self, found: Any, lang: str = "sv") -> str:
        """What the program says itself; what must be known before reading it is told once."""
        sentence = found.sentence(lang)
        for doubt in found.doubts:
            text = doubt.text(lang)
            if text in self.told:
                sentence = sentence.replace(f" {text}", "")
            self.told.add(text)
        return f"> {sentence}"


def _base_row(title: str, found: Any) -> tuple[str, ...]:
    """A break-even in the base case as a row."""
    ends = f"{_value(found.x[0])} to {_value(found.x[-1])}"
    turned = ", ".join(_value(at) for at in found.values) or found.status
    rest = (_kr(found.nearest[1]), _value(found.nearest[0])) if found.status == "none" else ("–", "–")
    share = found.share_of_worlds
    span = "" if found.interval is None else f", nine of ten {_value(found.interval[0])} to {_value(found.interval[1])}"
    worlds = "–" if share is None else f"{100 * share:.0f}%{span}"
    return (title, f"`{found.key}`", ends, _value(found.today), turned, *rest, worlds)


def _strongest(reading: str, found: Any) -> list[tuple[str, ...]]:
    """The three widest swings and the three largest indices within a reading, as rows."""
    indices = found.indices
    swings = [swing for swing in found.tornado.swings if swing.swing > 0][:3]
    order = [place for place in indices.order() if indices.names[place] != "all other inputs"][:3]
    rows = []
    for number, swing in enumerate(swings):
        cells = [f"{reading} ({_kr(found.tornado.base)} kr)" if not number else ""]
        cells.append(f"`{swing.name}` {_value(swing.low)} to {_value(swing.high)}")
        cells += [f"{_kr(swing.at_low)} to {_kr(swing.at_high)}", "yes" if swing.flips else "no"]
        if number < len(order):
            low, high = indices.total_interval[order[number]]
            total = f"{indices.total_order[order[number]]:.2f} ({low:.2f} to {high:.2f})"
            cells += [f"`{indices.names[order[number]]}`", total]
        else:
            cells += ["", ""]
        rows.append(tuple(cells))
    return rows


def of_table(table: Any) -> str:
    """A result's own table as Markdown, its notes left out."""
    shown = markdown(table.header, [row.cells for row in table.rows])
    return f"{table.caption}:\n\n{shown}" if table.caption else shown


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("\n", " ") for cell in line) + " |" for line in lines)


def _kr(value: float) -> str:
    return f"{round(value, -3):,.0f}".replace(",", "\u00a0")


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{float(f'{value:.4g}'):,.10g}".replace(",", "\u00a0")


def version_of(text: str) -> str:
    """The version that a page says it is of; empty where it says none."""
    line = next((line for line in text.splitlines() if line.startswith("Version ")), "")
    return line.removeprefix("Version ").partition(",")[0]


def main(arguments: list[str]) -> int:
    """0 when the page is written, or is of this version; 1 when it is not."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="few worlds; needs --out")
    asked.add_argument("--check", action="store_true", help="only look whether the page is of this version")
    asked.add_argument("--keep", type=Path, metavar="DIR", help="keep finished sections here, and go on from them")
    asked.add_argument("--only-kept", action="store_true", help="with --keep: make nothing; name what is not there")
    asked.add_argument("--only", choices=SECTIONS, help="with --keep: make one section alone")
    asked.add_argument("--out", type=Path, default=PAGE, metavar="FILE", help="where to write; default: the page")
    args = asked.parse_args(arguments)
    if args.check:
        found = version_of(args.out.read_text(encoding="utf-8"))
        if found != __version__:
            sys.stderr.write(
                f"{args.out.name} is of version {found or '?'}, not {__version__}: run docs/make_answers.py\n"
            )
        return int(found != __version__)
    if args.only is not None:
        if args.keep is None:
            asked.error("--only needs --keep")
        Maker(quick=args.quick).section(args.only, args.keep)
        return 0
    if args.quick and args.out == PAGE:
        asked.error("--quick needs --out: the page is made with all worlds")
    args.out.write_text(Maker(quick=args.quick).page(args.keep, only_kept=args.only_kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
