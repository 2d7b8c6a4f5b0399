"""The results as a table (ratios first), as tidy data and as a figure, with the machine they were measured on."""

from __future__ import annotations

import csv
import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median

from measure import DRAWN, ENGINE, FULL, MODELS, Plan, Row
from report_builds import builds_text, steps_text
from report_builds import in_short as others_in_short

import kravsim as ks
from kravsim.chance.draws import STREAM_VERSION
from kravsim.figures.style import BLUE, GREY, ORANGE, VERMILION, look

Key = tuple[str, str, str, int, int]


def read(file: Path) -> list[Row]:
    """Read measurements from a file, also one that ends early."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Row(what, subject, model, int(volume), int(history), float(value), unit)
            for what, subject, model, volume, history, value, unit in list(csv.reader(lines))[1:]
        ]


def write(rows: list[Row], plan: Plan, where: Path, *, quick: bool) -> None:
    """Write benchmark.md, and .png and .svg where engines have been measured, into a directory."""
    found = medians(rows)
    (where / "benchmark.md").write_text("\n".join(text(rows, found, plan, quick=quick)) + "\n", "utf-8")
    if any(what == FULL for what, *_ in found):
        draw(found, plan, where)


def medians(rows: list[Row]) -> dict[Key, float]:
    """Give the median over the rounds of each thing measured."""
    values: dict[Key, list[float]] = {}
    for row in rows:
        values.setdefault((row.what, row.subject, row.model, row.volume, row.history), []).append(row.value)
    return {key: median(found) for key, found in values.items()}


def ratios(rows: list[Row], above: tuple[str, str], below: tuple[str, str], at: tuple[str, int, int]) -> str:
    """Give the median, over the rounds, of the ratio of two measurements of the same round, and its range."""
    one, other = (
        [r.value for r in rows if (r.what, r.subject, r.model, r.volume, r.history) == (*what, *at)]
        for what in (above, below)
    )
    found = sorted(a / b for a, b in zip(one, other, strict=False))  # stopped within a round: one has one more
    if not found:
        return "–"
    spread = f" ({figures(found[0])}–{figures(found[-1])})" if len(found) > 1 else ""
    return figures(median(found)) + spread


def text(rows: list[Row], found: dict[Key, float], plan: Plan, *, quick: bool) -> list[str]:
    """Write the report in Markdown; a dash where nothing was measured."""
    years, compiled, floor = plan.years_of_history, (FULL, "compiled"), (FULL, "floor")
    everywhere = [(model, volume, history) for history in (years, 0) for model in MODELS for volume in plan.volumes]
    everywhere = [at for at in everywhere if (*compiled, *at) in found or ("memory", "peak", *at) in found]
    lines = ["# Benchmarks", ""]
    if quick:
        lines += ["**A quick run: it shows that the benchmark works and nothing about speed.**", ""]
    if not everywhere:
        lines += ["Other builds and the six steps alone (`--only-builds`):", "", *others_in_short(rows, plan), ""]
        return [*lines, *builds_text(rows, plan), *steps_text(rows, plan), "## The machine", "", *machine()]
    lines += [*in_short(rows, found, plan), "", "## Ratios, median of the rounds (range)", ""]
    lines += heading(
        "model, volume, years of history, SimPy / compiled full, compiled / floor full, SimPy / compiled engine,"
        " heapq / compiled engine, SimPy / heapq engine"
    )
    pairs = [
        ((FULL, "simpy"), compiled),
        (compiled, floor),
        ((ENGINE, "simpy"), (ENGINE, "compiled")),
        ((ENGINE, "heapq"), (ENGINE, "compiled")),
        ((ENGINE, "simpy"), (ENGINE, "heapq")),
    ]
    lines += [line_of(at, [ratios(rows, *pair, at) for pair in pairs]) for at in everywhere]
    lines += [
        "",
        "With years of history SimPy and the plain loop are put to x1 alone; at larger volumes to one calendar year",
        "without history. Logs are compared row for row in every round that has a ratio to SimPy.",
        "",
        "## Processor time, milliseconds a calendar year",
        "",
    ]
    lines += heading(
        "model, volume, years of history, compiled full, SimPy full, floor, compiled engine, SimPy engine, heapq engine"
    )
    whats = [(FULL, name) for name in ("compiled", "simpy", "floor")]
    whats += [(ENGINE, name) for name in ("compiled", "simpy", "heapq")]
    lines += [line_of(at, [cell(found, (*what, *at), 1e3) for what in whats]) for at in everywhere]
    lines += ["", f"## Memory of a process that does one run with {years} years of history", ""]
    lines += heading("model, volume, years of history, peak MiB, estimated MiB, before MiB, bytes a late claim")
    memory = [("memory", what) for what in ("peak", "estimated", "before the run", "peak a late claim")]
    lines += [line_of(at, [cell(found, (*what, *at)) for what in memory]) for at in everywhere if at[2] == years]
    one, two = (("compare", f"{workers} workers", "both", 1, years) for workers in (1, 2))
    lines += ["", "## Two cores", ""]
    if one in found and two in found:
        lines += [
            f"`compare` of {plan.replications} replications: {cell(found, one)} s on one thread, {cell(found, two)} s on",
            f"two, {figures(found[one] / found[two])} times as fast (wall time, the threads' start included).",
            "",
        ]
    for history in dict.fromkeys((0, years)):
        wall, each = (("paired draws", what, "both", 1, history) for what in DRAWN)
        if wall in found:
            lines += [
                f"{plan.draws} paired draws of both models over the calendar years 2017–2021, {history} years of history",
                f"before them, on two threads: {cell(found, wall)} s of wall time, {figures(plan.draws / found[wall])}",
                f"draws a second; {cell(found, each)} s of processor time a draw.",
                "",
            ]
    return [*lines, *builds_text(rows, plan), *steps_text(rows, plan), "## The machine", "", *machine()]


def in_short(rows: list[Row], found: dict[Key, float], plan: Plan) -> list[str]:
    """Say what matters most in a few lines, for the README to quote."""
    years, volume = plan.years_of_history, max(plan.volumes)
    lines = [f"The real case with {years} years of history, one core, {plan.rounds} rounds (range):", ""]
    for model in MODELS:
        at = (model, 1, years)
        to_simpy, to_floor = (
            ratios(rows, (FULL, above), (FULL, below), at)
            for above, below in (("simpy", "compiled"), ("compiled", "floor"))
        )
        engines = [ratios(rows, (ENGINE, name), (ENGINE, "compiled"), at) for name in ("simpy", "heapq")]
        lines += [
            f"- {name_of(model)}: {cell(found, (FULL, 'compiled', *at), 1e3)} ms a calendar year, draws to audited books;",
            f"  SimPy takes {to_simpy} times as long, the floor is {to_floor} times as fast;",
            f"  engines alone: SimPy {engines[0]}, a plain heapq loop {engines[1]} times as long.",
        ]
    peaks = [cell(found, ("memory", "peak", model, volume, years), 1 / 1024) for model in MODELS]
    return [
        *lines,
        f"- x{volume}: {peaks[0]} GiB at most outsourced, {peaks[1]} GiB in-house.",
        *others_in_short(rows, plan),
    ]


def line_of(at: tuple[str, int, int], cells: list[str]) -> str:
    """Write a line of a table."""
    model, volume, history = at
    return f"| {model} | x{volume} | {history} | {' | '.join(cells)} |"


def cell(found: dict[Key, float], key: Key, times: float = 1.0) -> str:
    """Write a number that was measured, or a dash."""
    return figures(times * found[key]) if key in found else "–"


def heading(columns: str) -> list[str]:
    """Begin a table: names to the left, numbers to the right."""
    names = columns.split(", ")
    return [f"| {' | '.join(names)} |", f"|---|{'---:|' * (len(names) - 1)}"]


def machine() -> list[str]:
    """Describe what it ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "scipy", "simpy"))
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return [
        f"- {_processor()}, {os.cpu_count()} cores, {platform.system()}; load at the end {load}",
        f"- Python {platform.python_version()}, {packages}",
        f"- kravsim {ks.__version__}, STREAM_VERSION {STREAM_VERSION}; measured on {dt.datetime.now(dt.UTC).date()}",
    ]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def name_of(model: str) -> str:
    """Write a model's name."""
    return model.replace("_", "-")


def figures(value: float) -> str:
    """Write a number with about three figures that matter."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def draw(found: dict[Key, float], plan: Plan, where: Path) -> None:
    """Draw time and memory over volume, on logarithmic axes: a straight slope of one is linear growth."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    styles = {"simpy": (VERMILION, "SimPy"), "compiled": (BLUE, "compiled"), "floor": (GREY, "floor")}
    years = plan.years_of_history
    with look():
        figure = Figure(figsize=(10.0, 4.4), layout="constrained")
        axes = figure.subplots(1, 3)
        for ax, model in zip(axes, MODELS, strict=False):
            for subject, (colour, label) in styles.items():
                history = 0 if subject == "simpy" else years
                points = [
                    (v, 1e3 * found[k]) for v in plan.volumes if (k := (FULL, subject, model, v, history)) in found
                ]
                if not points:
                    continue
                ax.plot(*zip(*points, strict=True), "o-", color=colour, markersize=4, linewidth=1.5)
                place = (0, -24) if subject == "floor" else (0, 8)
                words = f"{label}, no history" if subject == "simpy" else label
                ax.annotate(words, points[-1], place, textcoords="offset points", ha="right", color=colour)
            ax.set_title(f"{name_of(model)}: full run", loc="left", fontsize=10.5)
            ax.set_ylabel("processor time, ms a calendar year")
        last = axes[-1]
        for model, colour in zip(MODELS, (BLUE, ORANGE), strict=True):
            line = "o-" if model == MODELS[0] else "o--"
            points = [(v, found[k]) for v in plan.volumes if (k := ("memory", "peak", model, v, years)) in found]
            if not points:
                continue
            last.plot(
                *zip(*points, strict=True),
                line,
                color=colour,
                markersize=4,
                linewidth=1.5,
                label=model.replace("_", "-"),
            )
        last.set_title("peak memory, compiled", loc="left", fontsize=10.5)
        last.set_ylabel("MiB")
        if last.lines:
            last.legend(frameon=False)
        axes[1].sharey(axes[0])
        for ax in axes:
            ax.set_xscale("log", base=2)
            ax.set_yscale("log")
            ax.set_xticks(plan.volumes)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"x{value:g}"))
            ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}".replace(",", " ")))
            ax.yaxis.set_minor_formatter(NullFormatter())
            ax.margins(x=0.12, y=0.15)
            ax.set_xlabel("volume of the real case")
            ax.grid(visible=True, axis="y")
            ax.spines[["top", "right"]].set_visible(False)
        last.yaxis.set_major_locator(LogLocator(base=2))
        for kind in ("png", "svg"):
            figure.savefig(where / f"benchmark.{kind}", dpi=150, metadata={"Date": None} if kind == "svg" else None)
