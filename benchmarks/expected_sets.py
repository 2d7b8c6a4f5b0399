"""How many parameter sets a minute the closed form evaluates on one core, beside a fixed loop that says how fast the core is.

Run with ``python benchmarks/expected_sets.py``. CPU time, compiling apart.
"""

import time

import numpy as np

import kravsim as ks
from kravsim import expected
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.scenario.values import Value

SETS = 2048


def main() -> None:
    scenario = ks.load_scenario("jamtland-harjedalen-2017")
    generator = np.random.default_rng(1)
    values = {
        key: generator.uniform(number.low, number.high, SETS)
        for key, number, limits in numbers_of(scenario.data)
        if isinstance(number, Value) and number.low is not None and not (limits and limits.integer)
        if not key.startswith(("invoices", "policy.instalments"))
    }
    for model in scenario.models:
        expected.numbers(scenario, model, {key: array[:8] for key, array in values.items()})
        before = time.process_time()
        sum(range(10_000_000))
        loop = time.process_time() - before
        before = time.process_time()
        expected.numbers(scenario, model, values)
        spent = time.process_time() - before
        print(
            f"{model}: {len(values)} keys, {60 * SETS / spent:,.0f} sets a minute; a sum of 10^7 integers takes {loop:.2f} s"
        )


if __name__ == "__main__":
    main()
