"""A finance office's own model with kravsim as one of its parts: what a change of collection does to the budget.

The office plans five years ahead and has uncertainties of its own: pay rises, the number of invoices, a start that slips.
What one year of collecting in-house rather than through the agency brings comes from kravsim, whose replications are drawn
inside the office's Monte Carlo. Payroll and difference of a replication belong together, so whole rows are drawn.

    python examples/budget_model.py            # the real case, 30 simulated years
    python examples/budget_model.py 8          # a quick look
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import kravsim as ks

if TYPE_CHECKING:
    from kravsim.results.comparison import Comparison

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """What the finance office believes about the years ahead; (low, most likely, high) are triangular."""

    years: int = 5
    discount_rate: float = 0.03
    pay_rise: tuple[float, float, float] = (0.020, 0.027, 0.040)
    invoice_growth: tuple[float, float, float] = (-0.02, 0.01, 0.03)
    months_late: tuple[float, float, float] = (0.0, 3.0, 12.0)


def value_of_change(comparison: Comparison, outlook: Outlook, *, draws: int, rng: np.random.Generator) -> Floats:
    """Net present value of the change, kr, one a draw.

    Fees are fixed by law while pay rises; what is not payroll follows the number of invoices; the one-off cost falls at
    once, while the first year's difference shrinks with every month that the start slips.
    """
    in_house, outsourced = (run.to_frame() for run in comparison.runs[:2])

    def gap(column: str) -> Floats:
        return np.asarray(in_house[column] - outsourced[column], np.float64)

    payroll = gap("budget_staff_pay_kr") + gap("budget_staff_overhead_kr")
    # In a cash plan the system is paid for once, not a little every year.
    rest = comparison.difference.samples - payroll - gap("budget_system_depreciation_kr")
    once = gap("once_cash_kr")

    row = rng.integers(len(rest), size=draws)
    pay = 1 + rng.triangular(*outlook.pay_rise, size=draws)
    volume = 1 + rng.triangular(*outlook.invoice_growth, size=draws)
    late = rng.triangular(*outlook.months_late, size=draws) / 12
    value: Floats = -once[row]
    for year in range(outlook.years):
        running = 1 - late if year == 0 else 1.0
        cash = payroll[row] * pay**year + rest[row] * volume**year
        value += running * cash / (1 + outlook.discount_rate) ** (year + 1)
    return value


def report(comparison: Comparison, value: Floats) -> str:
    """Say what the board of finance needs to know."""
    one_year = comparison.difference
    low, middle, high = np.quantile(value, [0.05, 0.5, 0.95])
    lines = [
        f"{comparison.first.scenario_title}: {comparison.first.model} instead of {comparison.second.model}",
        f"one year, chance alone: median {kr(float(one_year.ppf(0.5)))}, above 0 in {1 - one_year.cdf(0):.0%} of years",
        f"five years, present value: median {kr(middle)}, nine in ten {kr(low)} to {kr(high)}",
        f"chance that the change pays for itself: {np.mean(value > 0):.0%}",
        f"reserve that is enough in 95 of 100 futures: {kr(max(0.0, -low))}",
    ]
    return "\n".join(lines)


def kr(amount: float) -> str:
    """Write thousands of kronor, as a budget does."""
    return f"{amount / 1000:,.0f} tkr".replace(",", " ")


def main(replications: int = 30, scenario: str = "jamtland-harjedalen-2017") -> str:
    """Run the office's model once with its own seed."""
    comparison = ks.compare(ks.load_scenario(scenario), replications=replications, seed=2018, workers=1, progress=False)
    value = value_of_change(comparison, Outlook(), draws=20_000, rng=np.random.default_rng(2018))
    return report(comparison, value)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
