"""Write a forecast of other bodies that is frozen today, to be scored later, and the page that tells it.

    docs/make_forecasts.py                   ask the model; some twenty minutes on one core
    docs/make_forecasts.py --page            write the page anew from the newest forecast; simulates nothing
    docs/make_forecasts.py --check           whether every forecast is as it was frozen, and the page tells the newest
    docs/make_forecasts.py --again FILE      ask again as a forecast was asked, and say whether the answers are the same

A forecast lies in `docs/forecasts/`, named by its date. It says what was asked of which version, scenarios and law, what the
model answered, and a hash over all of that; it is added to and never changed. What has been published of a body stands in
`PUBLISHED` here, and is no input of the forecast.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.stats import t as student

import kravsim as ks
from kravsim.chance.draws import STREAM_VERSION
from kravsim.law import load_law
from kravsim.results.cost_concepts import NAMES
from kravsim.results.portfolio import PortfolioFound
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.overload import overloaded_worlds
from kravsim.telling.portfolio_tables import span
from kravsim.version import __version__
from kravsim.words.display import NO_BREAK, kr, number

DOCS: Final = Path(__file__).parent
FOLDER: Final = DOCS / "forecasts"
PAGE: Final = DOCS / "forecasts.md"
SEED: Final = 1
BODIES: Final = {
    # scenario: (first model, second model, worlds)
    "vasterbotten-2017": ("outsourced", "in_house", 16),
    "sormland-2017": ("in_house", "outsourced", 16),
    "small-municipality": ("in_house", "outsourced", 48),
}
PORTFOLIO: Final = "swedish-regions-2017"
CASE: Final = "jamtland-harjedalen-2017"
HELD: Final = {"hand_over": "invoice_age", "instalments": "short_plans"}
"""Alternatives of the portfolio that are held at the base, so that readings and limitation have worlds enough."""
PORTFOLIO_WORLDS: Final = 48
PUBLISHED: Final = {
    "vasterbotten-2017": (
        "saving of handing over, a year",
        "about one million kronor",
        800_000.0,
        1_200_000.0,
        "RS/672/2018: 3.5 posts; counts on saving about one million a year with an agency from May 2018",
    ),
}
"""What was published of a body's difference, and as which interval it is read."""
CONCEPTS: Final = {"full": "full cost", "marginal": "marginal cost", "pay_only": "pay only"}
LEAD: Final = """What the model expects of bodies whose books it has not seen, frozen on the day that is named, to be scored
when they are published. Worlds are drawn from what is assumed before any books are read (`--uncertainty prior`); every
difference is net revenue in kr a calendar year, the first model less the second. *Low* and *high* are the lowest and the
highest world where there are too few for nine worlds of ten. Nothing was tuned to any figure here."""
WHY: Final = """The saving that Västerbotten counted on is one figure without its reckoning. Which costs it counts is not
said: by full cost overhead and the depreciation of a system are saved too, while a body whose premises and system are there
anyhow saves less. Two assumptions move the answer most: how many claims there were (invoices follow inhabitants, from half to
twice as many), and that the agency's contract is that of Jämtland Härjedalen, which leaves the demand fee with the region.
Where 3.5 posts cannot do the work that the neighbour's minutes a claim make of such volumes, in-house collection loses what
waits. That 3.5 posts did do the work speaks for fewer claims, for reminders that a system sent, or for fewer minutes a
claim: the second row of each concept is of the worlds in which they can. Neither volumes nor minutes are published, and they
stay as wide as they are."""


def asked() -> dict[str, Any]:
    """Ask the model about every body and the portfolio."""
    begun = time.process_time()
    bodies = {name: of_costs(name, *how) for name, how in BODIES.items()}
    found = ks.studies.portfolio(CASE, PORTFOLIO, draws=PORTFOLIO_WORLDS, structures=HELD, seed=SEED, progress=False)
    portfolio = of_portfolio(found)
    return told_of(bodies, portfolio, (time.process_time() - begun) / 60)


def told_of(bodies: Mapping[str, Any], portfolio: Mapping[str, Any], minutes: float) -> dict[str, Any]:
    """A forecast of today, without its hash."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "version": __version__,
        "stream_version": STREAM_VERSION,
        "law": load_law().fingerprint,
        "scenarios": {name: ks.load_scenario(name).fingerprint for name in (*BODIES, CASE)},
        "seed": SEED,
        "processor_minutes": round(minutes, 1),
        "bodies": dict(bodies),
        "portfolio": {"name": PORTFOLIO, "first": "in_house", "second": "outsourced"} | dict(portfolio),
    }


def of_portfolio(found: PortfolioFound) -> dict[str, Any]:
    """What a forecast keeps of a portfolio."""
    rows = [(one.name, one.size, one.claims, one.posts, one.difference, one.overloaded) for one in found.bodies]
    return {
        "worlds": found.draws,
        "held": dict(HELD),
        "all": _spread(found.difference) | {"size": sum(one.size for one in found.bodies)},
        "bodies": {
            name: _spread(gap) | {"size": size, "claims": round(claims), "posts": round(posts, 2), "overloaded": behind}
            for name, size, claims, posts, gap, behind in rows
        },
        "by_alternative": {
            f"{one.dimension}: {one.titles[1]}": None if gap is None else _spread(gap)
            for one, gap in found.by_alternative()
            if one.dimension not in HELD
        },
    }


def of_costs(name: str, first: str, second: str, worlds: int) -> dict[str, Any]:
    """One body by each concept of cost, over all worlds and over those in which the staff can do the work."""
    found = ks.studies.cost_concepts(
        name, (first, second), uncertainty="prior", draws=worlds, seed=SEED, progress=False, workers=1
    )
    behind = np.logical_or(*(overloaded_worlds(run.outcomes) for run in found.runs[:2]))
    concepts = {}
    for concept in NAMES:
        gap = found.difference(concept)
        able = gap.samples[~behind]
        concepts[concept] = {
            "net": {model: round(found.net(model, concept).mean) for model in (first, second)},
            "all": _spread(gap),
            "able": _spread(Distribution(able, gap.label, "kr")) if len(able) > 1 else None,
        }
    return {"first": first, "second": second, "worlds": worlds, "overloaded": int(behind.sum()), "concepts": concepts}


def _spread(gap: Distribution) -> dict[str, Any]:
    low, high = span(gap)
    reach = "5-95 %" if gap.estimable(0.05) and gap.estimable(0.95) else "lowest to highest"
    first_better = round(gap.prob_above(0) * gap.n)
    half = round(float(student.ppf(0.975, gap.n - 1)) * gap.se, -3) if gap.n > 1 else None
    return {
        "worlds": gap.n,
        "mean": round(gap.mean),
        "half_width_95": half,
        "low": round(low),
        "high": round(high),
        "reach": reach,
        "first_better": first_better,
    }


def frozen(answers: Mapping[str, Any]) -> str:
    """The text of a forecast: what was answered, and a hash over it."""
    return json.dumps({"sha256": hashed(answers), **answers}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def hashed(answers: Mapping[str, Any]) -> str:
    """Sha256 of a forecast without its hash, keys sorted."""
    plain = {key: content for key, content in answers.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()


def page(said: Mapping[str, Any]) -> str:
    """The page that tells a forecast."""
    made = (
        f"Frozen on {said['date']} by version {said['version']}, seed {said['seed']}, {said['processor_minutes']:.0f} "
        f"processor minutes, sha256 `{said['sha256'][:16]}` (`docs/forecasts/{said['date']}.json`). Written by "
        "`docs/make_forecasts.py`; not to be edited."
    )
    parts = ["# What is expected of other bodies", made, LEAD]
    for name, one in said["bodies"].items():
        title = ks.load_scenario(name).data.title
        parts += [f"## {title}", _told(name, one), _table(_HEADER, _rows(one))]
        if name in PUBLISHED:
            parts += ["### Held against what was published", _table(_SCORE, _scored(name, one)), WHY]
    parts += ["## The 21 regions", *_of_portfolio(said["portfolio"])]
    return "\n\n".join(parts) + "\n"


_HEADER: Final = (
    "cost concept",
    "worlds",
    "{first}",
    "{second}",
    "difference",
    "± 95 %",
    "low",
    "high",
    "first better in",
)
_SCORE: Final = ("cost concept", "worlds", "predicted", "reach", "published", "read as", "verdict")


def _told(name: str, one: Mapping[str, Any]) -> str:
    reach = one["concepts"]["full"]["all"]["reach"]
    command = (
        f"kravsim costs {name} --models {one['first']},{one['second']} --uncertainty prior --draws {one['worlds']}"
    )
    behind = (
        f"In {one['overloaded']} of {one['worlds']} worlds the staff cannot do the work that arrives (overloaded): what is "
        "said of these depends on how long one looks."
    )
    return (
        f"`{one['first']}` less `{one['second']}`, {one['worlds']} worlds, low and high: {reach}. "
        f"{behind if one['overloaded'] else 'In every world the staff can do the work.'} `{command} --seed {SEED}` asks it."
    )


def _rows(one: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = []
    for concept, words in CONCEPTS.items():
        found = one["concepts"][concept]
        nets = [_kr(found["net"][one[place]]) for place in ("first", "second")]
        rows.append((words, "all", *nets, *_cells(found["all"])))
        if one["overloaded"] and found["able"]:
            rows.append(("", "staff can do the work", "", "", *_cells(found["able"])))
    return [tuple(row) for row in rows]


def _cells(gap: Mapping[str, Any]) -> tuple[str, ...]:
    amounts = (_kr(gap[key]) for key in ("mean", "half_width_95", "low", "high"))
    return (*amounts, f"{gap['first_better']} of {gap['worlds']}")


def _scored(name: str, one: Mapping[str, Any]) -> list[tuple[str, ...]]:
    _, published, low, high, _ = PUBLISHED[name]
    rows = []
    for concept, words in CONCEPTS.items():
        for which, title in (("all", "all"), ("able", "staff can do the work")):
            gap = one["concepts"][concept][which]
            if gap is not None and (which == "all" or one["overloaded"]):
                reach = f"{_kr(gap['low'])} to {_kr(gap['high'])}"
                rows.append(
                    (
                        words,
                        title,
                        _kr(gap["mean"]),
                        reach,
                        published,
                        f"{_kr(low)} to {_kr(high)}",
                        verdict(gap, low, high),
                    )
                )
    return rows


def verdict(gap: Mapping[str, Any], low: float, high: float) -> str:
    """Hit where the reach of the worlds meets what was published, at the edge where their mean is outside it; else miss."""
    if gap["low"] > high or gap["high"] < low:
        return f"miss, {'above' if gap['low'] > high else 'below'}"
    return "hit" if low <= gap["mean"] <= high else "hit, at the edge"


def _of_portfolio(one: Mapping[str, Any]) -> list[str]:
    header = (
        "body",
        "inhabitants",
        "claims",
        "posts",
        "difference",
        "± 95 %",
        "low",
        "high",
        "first better in",
        "overloaded",
    )
    rows = [
        (name, _count(gap["size"]), _count(gap["claims"]), f"{gap['posts']:.1f}", *_cells(gap), str(gap["overloaded"]))
        for name, gap in one["bodies"].items()
    ]
    rows.append(("**All together**", _count(one["all"]["size"]), "", "", *_cells(one["all"]), ""))
    held = ", ".join(f"{dimension}={name}" for dimension, name in one["held"].items())
    said = (
        f"`{one['first']}` less `{one['second']}`, expectations in closed form, {one['worlds']} worlds, the same in every "
        f"body; low and high: {one['all']['reach']}. Only inhabitants are the bodies' own; invoices follow them, from half "
        "to twice those of the case. What is not known does not even out between bodies: the sum's spread is the widest. "
        f"`kravsim portfolio {CASE} --bodies {one['name']} --draws {one['worlds']} --structure {held.replace(', ', ',')} "
        f"--seed {SEED}` asks it."
    )
    others = [
        (title, str(gap["worlds"]), _kr(gap["mean"]), _kr(gap["half_width_95"])) if gap else (title, "0", "–", "–")
        for title, gap in one["by_alternative"].items()
    ]
    return [
        said,
        _table(header, rows),
        "All together, by how the case is read:",
        _table(("alternative", "worlds", "difference", "± 95 %"), others),
    ]


def _kr(amount: float | None) -> str:
    if amount is None:
        return "–"
    step = 10_000.0 if abs(amount) >= 100_000 else 1_000.0
    return kr(amount, "en", step=step).replace(NO_BREAK, " ")


def _count(amount: float) -> str:
    return number(amount, "en").replace(NO_BREAK, " ")


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    names = [name.format(first="first model", second="second model") for name in header]
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def forecasts() -> list[Path]:
    """The forecasts that have been frozen, the oldest first."""
    return sorted(FOLDER.glob("*.json"))


def check() -> int:
    """Whether every forecast is as it was frozen, and the page tells the newest; nothing is simulated."""
    problems = []
    for file in forecasts():
        said = json.loads(file.read_text("utf-8"))
        if said["sha256"] != hashed(said):
            problems.append(f"{file.name}: it is not as it was frozen")
        if said["date"] != file.stem:
            problems.append(f"{file.name}: it says {said['date']}")
    if not forecasts():
        problems.append("docs/forecasts: there is none")
    elif PAGE.read_text("utf-8") != page(json.loads(forecasts()[-1].read_text("utf-8"))):
        problems.append(f"{PAGE.name}: it does not tell the newest forecast: run docs/make_forecasts.py --page")
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


def again(file: Path) -> int:
    """Ask again what a forecast was asked, and say which answers are others now."""
    before, now = json.loads(file.read_text("utf-8")), asked()
    others = [key for key in ("version", "law", "scenarios", "bodies", "portfolio") if before[key] != now[key]]
    sys.stdout.write(f"{file.name}: {'the same' if not others else 'other ' + ', '.join(others)}\n")
    return 1 if others else 0


def main() -> int:
    """Freeze a forecast, write its page, or check them."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--check", action="store_true")
    options.add_argument("--page", action="store_true")
    options.add_argument("--again", type=Path)
    args = options.parse_args()
    if args.check:
        return check()
    if args.again is not None:
        return again(args.again)
    if not args.page:
        text = frozen(asked())
        FOLDER.mkdir(exist_ok=True)
        file = FOLDER / f"{json.loads(text)['date']}.json"
        if file.exists():
            sys.stderr.write(f"{file.name}: frozen already, and never changed\n")
            return 1
        file.write_text(text, "utf-8")
    PAGE.write_text(page(json.loads(forecasts()[-1].read_text("utf-8"))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
