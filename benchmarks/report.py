"""The results as a table (ratios first), as tidy data and as a figure, with the machine they were measured on."""

from __future__ import annotations

import csv
import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median

from measure import ENGINE, FULL, MODELS, Plan, Row

import kravsim as ks
from kravsim.draws import STREAM_VERSION
from kravsim.figures.style import BLUE, GREY, ORANGE, VERMILION, look

Key = tuple[str, str, str, int]


def write(rows: list[Row], plan: Plan, where: Path, *, quick: bool) -> None:
    """Write benchmark.md, .csv, .png and .svg into a directory."""
    where.mkdir(parents=True, exist_ok=True)
    found = medians(rows)
    with (where / "benchmark.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Row.__dataclass_fields__)
        table.writerows((r.what, r.subject, r.model, r.volume, f"{r.value:.6g}", r.unit) for r in rows)
    (where / "benchmark.md").write_text("\n".join(text(rows, found, plan, quick=quick)) + "\n", "utf-8")
    draw(found, plan, where)


def medians(rows: list[Row]) -> dict[Key, float]:
    """Give the median over the rounds of each thing measured."""
    values: dict[Key, list[float]] = {}
    for row in rows:
        values.setdefault((row.what, row.subject, row.model, row.volume), []).append(row.value)
    return {key: median(found) for key, found in values.items()}


def ratios(rows: list[Row], above: tuple[str, str], below: tuple[str, str], model: str, volume: int) -> str:
    """Give the median, over the rounds, of the ratio of two measurements of the same round, and its range."""
    one, other = (
        [r.value for r in rows if (r.what, r.subject, r.model, r.volume) == (*what, model, volume)]
        for what in (above, below)
    )
    if not (one and other):
        return "–"
    found = sorted(a / b for a, b in zip(one, other, strict=True))
    return f"{figures(median(found))} ({figures(found[0])}–{figures(found[-1])})"


def text(rows: list[Row], found: dict[Key, float], plan: Plan, *, quick: bool) -> list[str]:
    """Write the report in Markdown."""
    compiled = (FULL, "compiled")
    lines = ["# Benchmarks", ""]
    if quick:
        lines += ["**A quick run: it shows that the benchmark works and nothing about speed.**", ""]
    lines += ["## Ratios, median of the rounds (range)", ""]
    lines += heading(
        "model, volume, SimPy / compiled full, compiled / floor full, SimPy / compiled engine, heapq / compiled engine,"
        " SimPy / heapq engine"
    )
    for model in MODELS:
        for volume in plan.volumes:
            pairs = [
                ((FULL, "simpy"), compiled),
                (compiled, (FULL, "floor")),
                ((ENGINE, "simpy"), (ENGINE, "compiled")),
                ((ENGINE, "heapq"), (ENGINE, "compiled")),
                ((ENGINE, "simpy"), (ENGINE, "heapq")),
            ]
            cells = [ratios(rows, *pair, model, volume) for pair in pairs]
            lines.append(f"| {model} | x{volume} | {' | '.join(cells)} |")
    lines += [
        "",
        f"SimPy and the plain loop are put to volumes up to x{plan.simpy_up_to}; nothing is extrapolated.",
        "",
    ]
    lines += ["## Processor time, milliseconds a calendar year, and memory", ""]
    lines += heading(
        "model, volume, compiled full, SimPy full, floor, compiled engine, SimPy engine, heapq engine, peak memory MiB,"
        " bytes a late claim"
    )
    for model in MODELS:
        for volume in plan.volumes:
            whats = [
                *((FULL, subject) for subject in ("compiled", "simpy", "floor")),
                *((ENGINE, subject) for subject in ("compiled", "simpy", "heapq")),
            ]
            times = [found.get((*what, model, volume)) for what in whats]
            cells = ["–" if seconds is None else figures(1e3 * seconds) for seconds in times]
            cells += [figures(found["memory", what, model, volume]) for what in ("peak", "peak a late claim")]
            lines.append(f"| {model} | x{volume} | {' | '.join(cells)} |")
    one, two = (found["compare", f"{workers} workers", "both", 1] for workers in (1, 2))
    wall = found["paired draws", "wall time, two processes", "both", 1]
    each = found["paired draws", "processor time a draw", "both", 1]
    return [
        *lines,
        "",
        "## Two cores",
        "",
        f"`compare` of {plan.replications} replications: {figures(one)} s with one worker, {figures(two)} s with two,",
        f"{figures(one / two)} times as fast (wall time, the workers' start included).",
        "",
        f"{plan.draws} paired draws of both models over the calendar years 2017–2021, on two processes: {figures(wall)} s",
        f"of wall time, {figures(plan.draws / wall)} draws a second; {figures(each)} s of processor time a draw.",
        "",
        "## The machine",
        "",
        *machine(),
    ]


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
    from matplotlib.ticker import FuncFormatter, NullFormatter

    styles = {
        "simpy": (VERMILION, "SimPy"),
        "compiled": (BLUE, "compiled"),
        "floor": (GREY, "floor"),
    }
    with look():
        figure = Figure(figsize=(10.0, 4.4), layout="constrained")
        axes = figure.subplots(1, 3)
        for ax, model in zip(axes, MODELS, strict=False):
            for subject, (colour, label) in styles.items():
                points = [(v, 1e3 * found[k]) for v in plan.volumes if (k := (FULL, subject, model, v)) in found]
                if points:
                    ax.plot(*zip(*points, strict=True), "o-", color=colour, markersize=4, linewidth=1.5)
                    alone = len(points) == 1
                    place, side = ((8, -3), "left") if alone else ((6, -18) if subject == "floor" else (0, 8), "right")
                    ax.annotate(label, points[-1], place, textcoords="offset points", ha=side, color=colour)
            ax.set_title(f"{name_of(model)}: full run", loc="left", fontsize=10.5)
            ax.set_ylabel("processor time, ms a calendar year")
        last = axes[-1]
        for model, colour in zip(MODELS, (BLUE, ORANGE), strict=True):
            line = "o-" if model == MODELS[0] else "o--"
            points = [(v, found["memory", "peak", model, v]) for v in plan.volumes]
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
        for kind in ("png", "svg"):
            figure.savefig(where / f"benchmark.{kind}", dpi=150, metadata={"Date": None} if kind == "svg" else None)
