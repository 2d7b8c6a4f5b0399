#!/usr/bin/env bash
# sim-tools 1.3.0: the rule for enough replications stops at once where the mean is negative.
#
# Expected beforehand: for a mean of -300 000 with standard deviation 900 000 a half-width of 10 per cent of the mean takes
# about 3 460 replications, as it does for +300 000. Seen: it is content at the first look, after a handful, because the
# half-width is divided by the mean with its sign, and a negative quotient is below every target.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "sim-tools==1.3.0"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import inspect

import numpy as np
from sim_tools import output_analysis

print("sim-tools", metadata.version("sim-tools"))


class Model:
    def __init__(self, mean):
        self.mean = mean

    def single_run(self, replication):
        draw = np.random.default_rng(replication).standard_normal()
        return {"net": self.mean + 900_000 * draw}


found = {}
for mean in (300_000, -300_000):
    rule = output_analysis.ReplicationsAlgorithm(
        half_width_precision=0.1, initial_replications=3, replication_budget=6_000, verbose=False
    )
    model = Model(mean)
    wanted = inspect.signature(rule.select).parameters
    n, _ = rule.select(model, ["net"]) if "metrics" in wanted else rule.select(model)
    found[mean] = n["net"]
    print(f"mean {mean}: enough after", n["net"], "replications")
few = found[-300_000] is not None and found[-300_000] < 100
many = found[300_000] is None or found[300_000] > 2_000
raise SystemExit(0 if few and many else 1)
PYTHON
