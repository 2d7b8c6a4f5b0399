#!/usr/bin/env bash
# SALib 1.6.0, scipy 1.17.1: one missing run among thousands makes every Sobol index 0, without a word.
#
# Expected beforehand: an error, a warning, or NaN as from SALib 1.5.2, since an index cannot be worked out from a run that
# is missing. Seen: every index is exactly 0, which reads "no input matters"; SALib gives intervals of width 0 as well.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "SALib==1.6.0" "scipy==1.17.1"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import warnings

import numpy as np
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample
from scipy import stats

print("SALib", metadata.version("SALib"), "scipy", metadata.version("scipy"))
problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
x = sample.sample(problem, 1024, calc_second_order=False, seed=1)
whole = 3 * x[:, 0] + 2 * x[:, 1] + x[:, 2]
missing = whole.copy()
missing[123] = np.nan

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    answers = [analyze.analyze(problem, y, calc_second_order=False, seed=1) for y in (whole, missing)]

    def fails_once(points):
        y = 3 * points[0] + 2 * points[1] + points[2]
        y[123] = np.nan
        return y

    uniform = [stats.uniform()] * 3
    theirs = stats.sobol_indices(func=fails_once, n=1024, dists=uniform, rng=np.random.default_rng(1))

print("SALib, every run there:", np.round(answers[0]["S1"], 3), "total", np.round(answers[0]["ST"], 3))
print("SALib, one run missing:", answers[1]["S1"], "total", answers[1]["ST"], "interval", answers[1]["ST_conf"])
print("scipy, one run missing in each call:", theirs.first_order, "total", theirs.total_order)
print("warnings that speak of it:", [str(one.message) for one in said if "nan" in str(one.message).lower()])
silent_salib = not np.any(answers[1]["S1"]) and not np.any(answers[1]["ST"])
silent_scipy = not np.any(theirs.first_order) and not np.any(theirs.total_order)
print("as described:", "SALib", silent_salib, "scipy", silent_scipy)
raise SystemExit(0 if silent_salib and silent_scipy else 1)
PYTHON
