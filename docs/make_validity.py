"""Write docs/validity.md: every published figure of the case and its field, what the model predicts, hit or miss.

    docs/make_validity.py                    make the page anew: some ten minutes on one core
    docs/make_validity.py --quick --out F    the same with few worlds, to see that it works; not for the page
    docs/make_validity.py --check            say whether the page is of this version and these sets; simulates nothing

What is published stands in two places: the scenario's targets, and `OTHERS` here, for what is no target. Predictions are of
one study over the worlds that agree with the books, as `kravsim compare CASE --uncertainty posterior` runs it.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

import kravsim as ks
from kravsim.calibration.stored import stored_file, stored_text
from kravsim.calibration.targets import PAYROLL
from kravsim.expected import APPROXIMATIONS
from kravsim.measures.measures import unit_of
from kravsim.results.uncertainty import UncertainComparison
from kravsim.studies import stored_posterior
from kravsim.version import __version__
from kravsim.words.display import NO_BREAK, amount

Floats = npt.NDArray[np.float64]
Figures = Mapping[str, Floats]

CASE: Final = "jamtland-harjedalen-2017"
PAGE: Final = Path(__file__).parent / "validity.md"
SEED: Final = 1
WORLDS: Final = 96
TUNED: Final = "tuned to"
NEAR: Final = "inputs chosen near it"
NOT: Final = "not used"
LEAD: Final = """Every figure that the document of the case, other bodies and the field have published, and what the model
says of it. *Predicted* is the interval that nine worlds of ten lie in: a world is a way to read the case, a rule of
limitation and a set of numbers that agrees with the books, and its figure the mean of two simulated years. A figure is *hit*
when that interval meets the one it is read as, *at the edge* when the median world lies outside it. What is *tuned
to* says nothing of the model's worth: it was made to agree. Nothing has been changed because of a miss. Figures of
all creditors or of other regions are not of this body, and need not be the same."""
CLOSED: Final = """Parameter sets are found by the closed form and run by simulation. Here both give the same worlds: the
mean of what two simulated years give beyond the closed form's expectation, with its standard error (chance of the
years), and the soft edge that calibration allows for it. The closed form gives expectations alone: it works out no
spread of a year, so that it has none to hold against simulation. The one variance it uses, of the claims and the
principal of a case, is that of drawn cases (`tests/analytic/test_case_variance.py`)."""
CLOSED_HEADER: Final = ("figure", "reading", "worlds", "simulated less expected", "its error", "edge")
STEPS: Final = {"share": 0.001, "kr": 1000.0}
FINELY: Final = " finely"


@dataclass(frozen=True)
class Fact:
    """One published figure, and how the model says it.

    Attributes
    ----------
    what, published : str
        The figure in words, and as it was published.
    source, status : str
        Where from, and whether the source states it, it is derived or unverified.
    unit : str
        ``share``, ``kr`` or another word.
    low, high : float
        As which interval it is read.
    used : str
        Whether the model was tuned to it.
    says : callable
        Gives the model's figure of each world from its figures (by model and name).
    """

    what: str
    published: str
    source: str
    status: str
    unit: str
    low: float
    high: float
    used: str
    says: Callable[[Mapping[str, Figures]], Floats]


def _of(model: str, metric: str) -> Callable[[Mapping[str, Figures]], Floats]:
    return lambda found: found[model][metric]


CASE_TEXT: Final = "answer to a motion, RS/672/2018"
COMPILED: Final = "public sources compiled 2026-11-23"
OTHERS: Final = (
    Fact(
        "Income from collection with interest, a year", "450 000 kr", CASE_TEXT, "sourced", "kr", 400_000, 500_000, TUNED,
        lambda found: found["outsourced"]["books_net_kr"] + found["outsourced"]["interest_kr"],
    ),
    Fact(
        "Posts that in-house collection takes", "at least 2", CASE_TEXT, "sourced", "posts", 2, math.inf, NOT,
        _of("in_house", "posts"),
    ),
    Fact(
        "Applications to Kronofogden below 200 kr", "21 % and 32 % (two other regions, 2018)", COMPILED, "derived", "share",
        0.21, 0.32, NOT, _of("outsourced", "applications_below_200_share"),
    ),
    Fact(
        "Applications to Kronofogden below 1 000 kr", "44 % (all creditors, 2018)", COMPILED, "sourced", "share",
        0.435, 0.445, NOT, _of("outsourced", "applications_below_1000_share"),
    ),
    Fact(
        "Applications that are contested", "about 7 % (all creditors, 2014)", COMPILED, "sourced", "share", 0.065, 0.075,
        NEAR, _of("outsourced", "applications_contested_share"),
    ),
    Fact(
        "New cases a post and year, in-house", "3 900 to 6 600 (one Norwegian agency 2017, Swedish agencies 2014)", COMPILED,
        "derived", "cases", 3_900, 6_600, NOT, lambda found: found["in_house"]["cases"] / found["in_house"]["posts"],
    ),
)  # fmt: skip
"""Published figures that are no targets of the scenario, and that some figure of a run answers to."""
NOT_PREDICTED: Final = (
    # what, published, status, why the model says nothing of it
    (
        "Saving of Region Västerbotten on leaving in-house collection",
        "about 1 MSEK a year, 3.5 posts",
        "sourced",
        "another body: predicted as a difference, by each concept of cost, in docs/forecasts.md",
    ),
    (
        "Region Sörmland collects in-house and will not replace staff who leave",
        "one of 16 regions",
        "sourced",
        "another body's decision; what its collection costs a year is predicted in docs/forecasts.md",
    ),
    (
        "Other regions collect through an agency",
        "15 of 16 that answered",
        "sourced",
        "choices of others are no figure of a year",
    ),
    (
        "Västerbotten could not trace addresses abroad",
        "process",
        "sourced",
        "an input: in-house collection has no reach abroad in the scenario",
    ),
    (
        "Invoices are handed over once a month, 4 to 7 weeks old",
        "process",
        "sourced",
        "an input: terms, runs and hand-over day",
    ),
    (
        "Invoices a year",
        "207 506",
        "sourced",
        "an input",
    ),
    (
        "Reminder 60 kr, demand 180 kr, application 680 kr, attachment 600 kr",
        "statute",
        "sourced",
        "inputs, by date",
    ),
    (
        "The largest debt of one debtor, another region",
        "284 000 kr",
        "sourced",
        "the largest of a year is not among the figures of a run; amounts have a heavy tail by assumption",
    ),
    (
        "The smallest claim seen at Kronofogden",
        "0.88 kr",
        "sourced",
        "the smallest of a year is not among the figures of a run",
    ),
    (
        "Care-fee debtors already in Kronofogden's register",
        "about 65 % of 8 000 sampled",
        "sourced",
        "an input: how many of each type of debtor are known there",
    ),
    (
        "Demand recipients known from before, largest agency",
        "about 70 %",
        "sourced",
        "all creditors' debtors; whom other creditors know is not modelled",
    ),
    (
        "Patient fees",
        "100 to 400 kr a visit",
        "unverified",
        "an input",
    ),
    (
        "Foreign debtors' share of claims",
        "1 to 5 %",
        "unverified",
        "an input, with that range",
    ),
    (
        "Kronofogden recovers of private claims on its books in a year",
        "9.5 % (4.4 of 46.4 bn kr, 2014)",
        "derived",
        "its books hold claims that here the agency watches; recovery of a stock is not among the figures of a run",
    ),
    (
        "Enforcement inflow that comes from attached wages",
        "over half",
        "sourced",
        "attachment is not divided by what is attached",
    ),
    (
        "Median days from due date to application",
        "43 to 49",
        "sourced",
        "all creditors; here claims are 4 to 7 weeks old before the first reminder, so that none is so early",
    ),
    (
        "Recovery of commercial debt by months overdue",
        "95 % at once, 52 % after 6 months, 9 % after 24",
        "sourced, weak",
        "of commercial debt that reached that age; payment curves by step are predicted, with no figure to hold them to",
    ),
    (
        "What an agency pays the buyer a fully paid case, framework 2014",
        "253.80 kr",
        "sourced",
        "an input of the scenario four-contracts",
    ),
    (
        "The framework drives cases to Kronofogden",
        "the purchasing centre's conclusion",
        "sourced",
        "the scenario agency-chooses finds the opposite under that contract; see its decision note",
    ),
    (
        "Pay of an administrator, employer's fees, cost of a post",
        "27 000 to 30 000 kr a month; 46.5 %; 475 000 to 530 000 kr a year",
        "sourced, derived",
        "inputs",
    ),
    (
        "Overhead, productive hours, system, minutes a case, print, checks",
        "ranges of general knowledge",
        "unverified",
        "inputs",
    ),
    (
        "Collection abroad",
        "10 to 30 % commission, 250 to 500 kr a case",
        "sourced",
        "inputs",
    ),
    (
        "A Swedish recovery curve of watched claims",
        "none was found",
        "-",
        "nothing to hold the prediction to",
    ),
)


def facts() -> list[Fact]:
    """Every published figure that the model answers: targets of the scenario, then the others."""
    case = ks.load_scenario(CASE)
    sources, found = case.data.sources, []
    for target in case.data.targets.values():
        if target.metric == PAYROLL:
            continue
        title = sources[target.source].title if target.source in sources else target.source
        used = TUNED if target.tuned else NEAR if "chosen near" in target.reading else NOT
        says = _of(target.model, target.metric)
        unit, status = unit_of(target.metric), str(target.status)
        found.append(Fact(target.title, target.published, title, status, unit, target.low, target.high, used, says))
    return [*found, *OTHERS]


def figures(study: UncertainComparison) -> dict[str, Figures]:
    """The figures of every world, mean over its years, by model and name."""
    found: dict[str, Figures] = {}
    for run in study.runs[:2]:
        frame = run.to_frame()
        found[run.model] = {
            name: frame[name].to_numpy(np.float64).reshape(study.draws, -1).mean(axis=1)
            for name in frame.columns
            if frame[name].dtype.kind in "fiu"
        }
    return found


def page(worlds: int) -> str:
    """The page's text."""
    begun = time.process_time()
    case = ks.load_scenario(CASE)
    study = ks.compare(case, uncertainty="posterior", draws=worlds, seed=SEED, progress=False)
    found, structures = figures(study), study.structures
    readings = list(dict.fromkeys(choice["reading"] for choice in structures.choices))
    of_world = np.array([structures.choices[number]["reading"] for number in structures.of_world])
    rows: list[tuple[str, ...]] = []
    hits = {TUNED: [0, 0], NEAR: [0, 0], NOT: [0, 0]}
    for fact in facts():
        said = fact.says(found)
        low, middle, high = np.nanquantile(said, (0.05, 0.5, 0.95))
        hit = low <= fact.high and high >= fact.low
        hits[fact.used][0] += hit
        hits[fact.used][1] += 1
        inside = fact.low <= middle <= fact.high
        means = " / ".join(_shown(float(np.nanmean(said[of_world == name])), fact.unit) for name in readings)
        verdict = (
            ("hit" if inside else "hit, at the edge") if hit else f"miss, {'below' if high < fact.low else 'above'}"
        )
        span = f"{_shown(float(low), fact.unit)} to {_shown(float(high), fact.unit)}"
        rows.append(
            (
                fact.what,
                fact.published,
                _interval(fact),
                span,
                means,
                verdict,
                fact.used,
                f"{fact.source}; {fact.status}",
            )
        )
    header = (
        "figure",
        "published",
        "read as",
        "predicted, 90 %",
        f"by reading: {' / '.join(readings)}",
        "verdict",
        "used",
        "source; status",
    )
    minutes = (time.process_time() - begun) / 60
    counts = "; ".join(f"*{used}*: {hit} of {of} hit" for used, (hit, of) in hits.items())
    made = (
        f"Version {__version__}, `{CASE}`, seed {SEED}, {worlds} worlds that agree with the books, parameter sets "
        f"`{fingerprint()}`, {minutes:.0f} processor minutes. Written by `docs/make_validity.py`; not to be edited."
    )
    parts = [
        "# What the model predicts, and what was published", made, LEAD, f"In all: {counts}.",
        "## Figures that the model predicts", _table(header, rows),
        "## Closed form against simulation",
        CLOSED,
        _table(CLOSED_HEADER, closed_form_rows(study, found)),
        "What the closed form does not carry exactly, and how much that was found to matter:",
        _table(("", "what", "touches", "size"), [(name, *one) for name, one in APPROXIMATIONS.items()]),
        "## Figures that it does not predict", _table(("figure", "published", "status", "why not"), NOT_PREDICTED),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def closed_form_rows(study: UncertainComparison, found: Mapping[str, Figures]) -> list[tuple[str, ...]]:
    """What simulation gives beyond the closed form in the same worlds, of every tuned figure and reading.

    Parameters
    ----------
    study : UncertainComparison
        Over drawn worlds.
    found : mapping of str to figures
        By model, of every world.
    """
    of_world = np.array(study.structures.of_world)
    rows: list[tuple[str, ...]] = []
    off: dict[tuple[str, str], list[Floats]] = {}
    edges: dict[str, tuple[str, float]] = {}
    for number, one in enumerate(stored_posterior(ks.load_scenario(CASE))):
        mine = of_world == number
        values = {key: study.inputs[key][mine] for key in one.keys}
        expected = ks.expected.numbers(one.scenario, "outsourced", values)
        for target in one.targets.values():
            edges[target.title] = unit_of(target.metric), target.edge or 0.0
            gap = found["outsourced"][target.metric][mine] - expected[target.metric]
            off.setdefault((target.title, one.choice["reading"]), []).append(gap)
    for (title, reading), gaps in off.items():
        gap, (unit, edge) = np.concatenate(gaps), edges[title]
        error = float(gap.std(ddof=1)) / math.sqrt(len(gap))
        finer = unit if unit == "kr" else unit + FINELY
        told = [_shown(x, finer) for x in (float(gap.mean()), error, edge)]
        rows.append((title, reading, str(len(gap)), told[0], told[1], told[2]))
    return rows


def fingerprint() -> str:
    """What tells the stored parameter sets from others."""
    case, digest = ks.load_scenario(CASE), hashlib.sha256()
    for one in stored_posterior(case):
        digest.update(stored_text(stored_file(case, one.choice)).encode("utf-8"))
    return digest.hexdigest()[:12]


def _interval(fact: Fact) -> str:
    if math.isinf(fact.high):
        return f"{_shown(fact.low, fact.unit)} and more"
    return f"{_shown(fact.low, fact.unit)} to {_shown(fact.high, fact.unit)}"


def _shown(x: float, unit: str) -> str:
    if math.isnan(x):
        return "–"
    unit, fine, _ = unit.partition(FINELY)
    step = STEPS.get(unit, 1.0 if abs(x) >= 100 else 0.1) / (10.0 if fine else 1.0)
    if unit == "kr" and abs(x) < 10_000:
        step = 1.0
    return amount(x, unit if unit in STEPS else "", "en", step=step).replace(NO_BREAK, " ")


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def check() -> int:
    """Whether the page names this version and the sets there are, and every figure; nothing is simulated."""
    text = PAGE.read_text("utf-8")
    named = re.search(r"^Version (\S+), .*parameter sets `(\w+)`", text, re.MULTILINE)
    problems = []
    if named is None or named[1] != __version__:
        problems.append(f"it is not of version {__version__}")
    if named is None or named[2] != fingerprint():
        problems.append("it is of other parameter sets")
    problems += [
        f"it lacks {fact.what!r}"
        for fact in facts()
        if f"| {fact.what} | {fact.published} | {_interval(fact)} |" not in text
    ]
    problems += [f"it lacks {what!r}" for what, *_ in NOT_PREDICTED if f"| {what} |" not in text]
    for problem in problems:
        sys.stderr.write(f"{PAGE.name}: {problem}: run docs/make_validity.py\n")
    return 1 if problems else 0


def main() -> int:
    """Make the page, or check it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--quick", action="store_true")
    options.add_argument("--check", action="store_true")
    options.add_argument("--out", type=Path, default=PAGE)
    args = options.parse_args()
    if args.check:
        return check()
    if args.quick and args.out == PAGE:
        options.error("--quick needs --out: few worlds are not for the page")
    args.out.write_text(page(24 if args.quick else WORLDS), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
