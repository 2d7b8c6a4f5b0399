"""What the other builds and the six simple steps gave, as text."""

from __future__ import annotations

import math
from statistics import mean, median, stdev

from builds import FIVE, HERE, PAIRED, ROWS, STAGES, STEPS
from measure import MODELS, Plan, Row

SAID = {
    "setting": "claims, cases, luck",
    "plan": "plan",
    "pools": "the staff's queues",
    "cases": "follow, book, audit, count",
    "rest": "lines by the year, check of staff, outcome",
}
"""What a stage is, in words."""
WITH = {"outsourced": "without staff", "in_house": "with staff"}


def series(rows: list[Row], what: str, subject: str, model: str, history: int) -> list[float]:
    """One measurement, round by round."""
    return [r.value for r in rows if (r.what, r.subject, r.model, r.history) == (what, subject, model, history)]


def ratio(above: list[float], below: list[float]) -> str:
    """The median of the ratios of the rounds, their range, and twice the standard error of their mean."""
    found = [a / b for a, b in zip(above, below, strict=False)]
    if not found:
        return "–"
    if len(found) == 1:
        return f"{found[0]:.3g}"
    error = 2 * stdev(found) / math.sqrt(len(found))
    digits = 2 if median(found) < 10 else 0
    low, middle, high = (f"{value:.{digits}f}" for value in (min(found), median(found), max(found)))
    return f"{middle} ({low}–{high}), mean {mean(found):.{digits + 1}f} ± {error:.{digits + 1}f}"


def of_model(rows: list[Row], what: str, subject: str, model: str, history: int) -> list[float]:
    """Both models' claims are the same, so each is given half of them: a model's own processor time, round by round."""
    shared = series(rows, f"{what}: setting", subject, "both", history)
    own = [
        series(rows, f"{what}: {stage}", subject, "both", history) for stage in STAGES if stage.startswith(f"{model} ")
    ]
    return [half / 2 + sum(stages) for half, *stages in zip(shared, *own, strict=False)]


def builds_text(rows: list[Row], plan: Plan) -> list[str]:
    """Tables of this build against others; nothing where none was given."""
    years = plan.years_of_history
    others = list(dict.fromkeys(r.subject for r in rows if r.what == PAIRED and r.subject != HERE))
    if not others:
        return []
    rounds = len(series(rows, PAIRED, HERE, "both", years))
    lines = [
        "## Against other builds",
        "",
        f"Processor time of this build as a share of the other's: median of {rounds} rounds (range), mean ± two standard",
        "errors. A model alone has half of the claims that both meet. Per event row: time divided by rows of the event log.",
        "",
        f"| what | {' | '.join(others)} |",
        f"|---|{'---|' * len(others)}",
    ]

    def line(words: str, what: str, history: int, model: str | None = None, *, by_row: bool = False) -> str:
        cells = []
        for other in others:
            pair = [
                series(rows, what, who, "both", history) if model is None else of_model(rows, what, who, model, history)
                for who in (HERE, other)
            ]
            if by_row and model is not None:
                each = [series(rows, ROWS, who, model, history) for who in (HERE, other)]
                pair = [
                    [value / count[0] for value in values] for values, count in zip(pair, each, strict=True) if count
                ]
            cells.append(ratio(*pair) if len(pair) == 2 else "–")
        return f"| {words} | {' | '.join(cells)} |"

    lines.append(line(f"paired draw, {years} years of history", PAIRED, years))
    lines += [line(f"{model.replace('_', '-')}, {years} years of history", PAIRED, years, model) for model in MODELS]
    lines += [line(f"{model.replace('_', '-')}, by event row", PAIRED, years, model, by_row=True) for model in MODELS]
    lines += [
        line(f"paired draw, five years, {history} years of history", FIVE, history)
        for history in dict.fromkeys((0, years))
    ]
    lines += [
        "",
        "## Where a replication's time goes",
        "",
        f"Milliseconds of processor time, {years} years of history, medians.",
        "",
    ]
    subjects = (*reversed(others), HERE)
    lines += [f"| stage | {' | '.join(subjects)} |", f"|---|{'---:|' * len(subjects)}"]
    for stage in STAGES:
        model, _, part = stage.rpartition(" ")
        words = f"{model.replace('_', '-')}: {SAID[part]}" if model else SAID[part]
        found = [series(rows, f"{PAIRED}: {stage}", who, "both", years) for who in subjects]
        lines.append(f"| {words} | {' | '.join(f'{1e3 * median(v):.1f}' if v else '–' for v in found)} |")
    return [*lines, ""]


def steps_text(rows: list[Row], plan: Plan) -> list[str]:
    """The six simple steps beside a full run."""
    years = plan.years_of_history
    peers = list(
        dict.fromkeys(r.subject for r in rows if r.what == STEPS and r.history == 0 and r.subject != "full run")
    )
    if not peers:
        return []
    lines = [
        "## Six simple steps without money",
        "",
        "One year's late invoices, each a process of its own, in SimPy and in Cimba, against a calendar year of a full run",
        "of kravsim, draws to audited books: median of the rounds (range), mean ± two standard errors.",
        "",
        f"| model | kravsim, ms | {' | '.join([f'{one}, ms' for one in peers] + [f'{one} / kravsim' for one in peers])} |",
        f"|---|---:|{'---:|' * len(peers)}{'---|' * len(peers)}",
    ]
    for model in MODELS:
        own = series(rows, STEPS, "full run", model, years)
        found = [series(rows, STEPS, peer, model, 0) for peer in peers]
        times = [f"{1e3 * median(own):.3g}", *(f"{1e3 * median(each):.0f}" for each in found)]
        lines.append(
            f"| {model.replace('_', '-')}; six steps {WITH[model]} | {' | '.join(times)} | "
            f"{' | '.join(ratio(each, own) for each in found)} |"
        )
    without = [] if "Cimba" in peers else ["", "Cimba was not asked for (`--cimba`)."]
    return [*lines, *without, ""]


def in_short(rows: list[Row], plan: Plan) -> list[str]:
    """The same in a few lines, for the README to quote."""
    years = plan.years_of_history
    lines = []
    for other in dict.fromkeys(r.subject for r in rows if r.what == PAIRED and r.subject != HERE):
        parts = [
            f"{_short(*(of_model(rows, PAIRED, who, model, years) for who in (HERE, other)))} {model.replace('_', '-')}"
            for model in MODELS
        ]
        lines.append(f"- Of the processor time of {other}: {', '.join(parts)}.")
    for peer in ("SimPy", "Cimba"):
        parts = [
            f"{_short(series(rows, STEPS, peer, model, 0), series(rows, STEPS, 'full run', model, years))} {WITH[model]}"
            for model in MODELS
            if series(rows, STEPS, peer, model, 0)
        ]
        if parts:
            lines.append(
                f"- {peer}, six simple steps without money: {', '.join(parts)} times as long as all of it here."
            )
    return lines


def _short(above: list[float], below: list[float]) -> str:
    return ratio(above, below).partition(",")[0]
