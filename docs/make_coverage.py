"""How often the intervals that are printed cover what they are of: the table that the words beside them are taken from.

``python docs/make_coverage.py`` writes ``docs/coverage.md`` and ``src/kravsim/statistics/coverage_table.py``; it takes a few
minutes, and gives the same numbers every time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kravsim.statistics.coverage import SIZES, arms
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.layers import layers_of
from kravsim.statistics.ratio import ratio_of

Floats = NDArray[np.float64]

SAMPLES: Final = 40_000
LEVEL: Final = 0.95
ABOUT: Final = """Made by `docs/make_coverage.py`; per cent of samples, at 95 %, unless said otherwise. A mean's interval is
Student's t corrected for skewness (Hall, 1992); Student's own, uncorrected, is shown for comparison."""
BESIDE: Final = """What stands beside an interval is the coverage of the least skewed of these populations half of whose
samples are as skewed as the one at hand, where that is below 93.5 %."""
POPULATIONS: Final = {
    "normal": (lambda rng, shape: rng.standard_normal(shape), 0.0, 0.0),
    "Student's t, 4 degrees of freedom": (lambda rng, shape: rng.standard_t(4, shape), 0.0, 0.0),
    "gamma, skewness 1": (lambda rng, shape: rng.gamma(4, size=shape), 4.0, 1.0),
    "lognormal, skewness 1.75": (lambda rng, shape: rng.lognormal(0, 0.5, shape), float(np.exp(0.125)), 1.75),
    "exponential, skewness 2": (lambda rng, shape: rng.exponential(size=shape), 1.0, 2.0),
    "gamma, skewness 4": (lambda rng, shape: rng.gamma(0.25, size=shape), 0.25, 4.0),
    "lognormal, skewness 6.2": (lambda rng, shape: rng.lognormal(0, 1, shape), float(np.exp(0.5)), 6.18),
    "lognormal, skewness 33": (lambda rng, shape: rng.lognormal(0, 1.5, shape), float(np.exp(1.125)), 33.5),
}
"""Samples, mean and skewness of what the intervals are tried on."""


def moments(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, standard error and skewness of each row."""
    mean, n = values.mean(axis=1), values.shape[1]
    away = values - mean[:, None]
    square = (away**2).mean(axis=1)
    return mean, np.sqrt(square / (n - 1)), (away**3).mean(axis=1) / square**1.5


def of_the_mean() -> tuple[list[list[str]], list[list[str]], list[list[tuple[float, float]]]]:
    """Coverage of Student's interval and of ours, by population and size; and what a sample's skewness says of ours.

    A sample is taken to come from the least skewed population half of whose samples are as skewed: for each size, that
    skewness and the coverage, by population.
    """
    plain: list[list[str]] = []
    ours: list[list[str]] = []
    ladder: list[list[tuple[float, float]]] = [[] for _ in SIZES]
    for place, (name, (draw, exact, _)) in enumerate(POPULATIONS.items()):
        plain.append([name])
        ours.append([name])
        for at, n in enumerate(SIZES):
            rng = np.random.default_rng([1, place, n])
            mean, error, skew = moments(draw(rng, (SAMPLES, n)))
            half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1))
            plain[-1].append(f"{100 * (abs(mean - exact) <= half * error).mean():.1f}")
            low, high = arms(skew, n, half)
            covered = (mean - low * error <= exact) & (exact <= mean + high * error)
            ours[-1].append(f"{100 * covered.mean():.1f}")
            if exact or not place:  # of the symmetric ones only the normal: others' samples are skewed by chance
                ladder[at].append((float(np.median(abs(skew))), float(covered.mean())))
    return plain, ours, [sorted(row) for row in ladder]


def of_shares() -> list[list[str]]:
    """Coverage of a share of all claims where a year has a Poisson number of them, by claims a year and years."""
    rows = []
    for claims in (0.5, 1, 3, 10, 100):
        rows.append([f"{claims:g} claims a year"])
        for n in SIZES:
            rng, hit, tried = np.random.default_rng([2, int(10 * claims), n]), 0, 0
            for _ in range(2_000):
                whole = rng.poisson(claims * rng.gamma(4, 0.25, n)).astype(float)
                part = rng.binomial(whole.astype(int), rng.beta(5.5, 4.5, n)).astype(float)
                found = ratio_of(part, whole, "share", "share") if whole.any() else None
                if found is None or found.n < 2:
                    continue
                low, high = found.mean_interval()
                hit, tried = hit + (low <= 0.55 <= high), tried + 1
            rows[-1].append(f"{100 * hit / tried:.1f}")
    return rows


def of_chances() -> list[list[str]]:
    """Exact coverage of the interval of a chance: the lowest and the mean over chances."""
    rows = [["lowest over chances"], ["mean over chances"]]
    for n in SIZES:
        bounds = [
            Distribution(np.repeat([1.0, 0.0], [k, n - k]), "x", "kr").prob_above_interval(0) for k in range(n + 1)
        ]
        low, high = np.array(bounds).T
        chances = np.linspace(0.005, 0.995, 397)
        law = stats.binom.pmf(np.arange(n + 1)[:, None], n, chances[None])
        covered = (law * ((low[:, None] <= chances) & (chances <= high[:, None]))).sum(axis=0)
        rows[0].append(f"{100 * covered.min():.1f}")
        rows[1].append(f"{100 * covered.mean():.1f}")
    return rows


def of_layers() -> list[list[str]]:
    """Mean and error of the estimated share of parameters, beside the spread of that estimate, by worlds."""
    rows = []
    for share in (0.02, 0.3, 0.8):
        for worlds in (20, 40, 128, 256):
            rng = np.random.default_rng([3, int(100 * share), worlds])
            structure = np.arange(worlds) % 4
            kept, errors = [], []
            for _ in range(400):
                level = 0.3 * np.array([1.0, -1.0, 1.0, -1.0])
                world = np.sqrt(share / (1 - share)) * rng.standard_normal(worlds)
                values = (level[structure] + world)[:, None] + rng.standard_normal((worlds, 2))
                layer = layers_of(values, structure, [0.25] * 4)["parameters"]
                kept.append(layer.share)
                errors.append(layer.share_se)
            exact = share / (1 - share) / (share / (1 - share) + 1 + 0.09)
            numbers = (100 * exact, 100 * np.mean(kept), 100 * np.std(kept, ddof=1), 100 * np.mean(errors))
            rows.append([f"{worlds} worlds", *(f"{number:.1f}" for number in numbers)])
    return rows


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Write both files."""
    root = Path(__file__).resolve().parents[1]
    plain, ours, ladder = of_the_mean()
    rows = [", ".join(f"({skew:.2f}, {covered:.3f})" for skew, covered in row) for row in ladder]
    body = "\n".join(f"    ({row})," for row in rows)
    text = '"""Made by docs/make_coverage.py: measured coverage of the interval of a mean at 95 %."""\n\n'
    text += "from __future__ import annotations\n\nfrom typing import Final\n\n"
    text += f"COVERED: Final[tuple[tuple[tuple[float, float], ...], ...]] = (\n{body}\n)\n"
    text += '"""By size: of each population the median skewness of its samples, either way, and the coverage."""\n'
    (root / "src/kravsim/statistics/coverage_table.py").write_text(text, "utf-8")
    sizes = [str(n) for n in SIZES]
    parts = [
        "# How often printed intervals cover",
        ABOUT,
        f"## The mean, by population ({SAMPLES} samples each)",
        "Ours:\n\n" + markdown(["population", *sizes], ours),
        "Student's t:\n\n" + markdown(["population", *sizes], plain),
        BESIDE,
        "## A share of all claims of all years\n\n" + markdown(["claims", *sizes], of_shares()),
        "## A chance (Clopper and Pearson; exact)\n\n" + markdown(["", *sizes], of_chances()),
        "## Shares of variance of the layers\n\nFour structures, two replications a world; per cent: the true share of the"
        " parameters, the mean of its estimates, their\nstandard deviation, and the mean of the printed standard errors.\n\n"
        + markdown(["worlds", "true", "mean estimate", "sd of estimates", "mean printed error"], of_layers()),
    ]
    (root / "docs/coverage.md").write_text("\n\n".join(parts) + "\n", "utf-8")


if __name__ == "__main__":
    main()
