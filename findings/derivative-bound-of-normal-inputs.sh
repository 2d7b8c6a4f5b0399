#!/usr/bin/env bash
# SALib 1.6.0: for normal inputs the derivative-based bound lies below what it bounds and ranks them the wrong way round.
#
# Expected beforehand: dgsm is never below the total index, as its documentation says (S_tot <= dgsm); for a sum of two
# normal inputs with standard deviations 10 and 1 the totals are 100/101 and 1/101, and the bound of Sobol and Kucherenko
# for a normal input, its variance times the mean squared derivative over the variance of the output, is just that. Seen:
# mean and standard deviation are taken for the lower and upper end of an interval: 0.004 and about 1 000, so the input that
# hardly matters comes first; and the steps of the sample are cut off there too, so that a mean squared derivative of 27
# comes out as 6.7. No warning.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "SALib==1.6.0"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import warnings

import numpy as np
from SALib.analyze import dgsm
from SALib.sample import finite_diff

print("SALib", metadata.version("SALib"))
warnings.simplefilter("error")


def worked_out(model, **problem):
    problem = {"num_vars": len(problem["bounds"]), "names": list("abc")[: len(problem["bounds"])], **problem}
    x = finite_diff.sample(problem, 4096, seed=1)
    return dgsm.analyze(problem, x, model(x), seed=1)


def added(x):
    return x.sum(axis=1)


# Control: two uniform inputs of width 10 and 1; totals 100/101 and 1/101, bounds 12/pi^2 times these.
control = worked_out(added, bounds=[[10, 20], [1000, 1001]])["dgsm"]
normal = worked_out(added, bounds=[[12, 10], [1000, 1]], dists=["norm", "norm"])["dgsm"]
totals = np.array([100, 1]) / 101
print("totals", np.round(totals, 4))
print("uniform: given", np.round(control, 4), "by hand", np.round(12 / np.pi**2 * totals, 4))
print("normal: given", np.round(normal, 4), "by hand", np.round(totals, 4))

# The mean squared derivative of x^3 over a standard normal input is 9 E[x^4] = 27.
cubed = worked_out(lambda x: x[:, 0] ** 3, bounds=[[0, 1]], dists=["norm"])["vi"][0]
print("mean squared derivative of a cube: given", round(float(cubed), 2), "by hand", 27)
right_control = np.allclose(control, 12 / np.pi**2 * totals, rtol=0.02)
raise SystemExit(0 if right_control and normal[0] < totals[0] / 10 and normal[1] > 100 and cubed < 15 else 1)
PYTHON
