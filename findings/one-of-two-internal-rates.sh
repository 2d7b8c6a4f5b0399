#!/usr/bin/env bash
# numpy-financial 1.0.0, pyxirr 0.10.8: of two or three internal rates each gives one, not the same, without a word.
#
# Expected beforehand: for flows with several internal rates, all of them, or a word that there are several, or at least the
# same one from both. Seen: a single rate from each, and for some flows not the same.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "numpy-financial==1.0.0" "pyxirr==0.10.8"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata

import numpy as np
import numpy_financial
import pyxirr

print("numpy-financial", metadata.version("numpy-financial"), "pyxirr", metadata.version("pyxirr"))


def from_rates(*rates):
    """Flows whose internal rates are these."""
    flows = np.array([-100.0])
    for rate in rates:
        flows = np.convolve(flows, [1, -(1 + rate)])
    return flows


differ = 0
for rates in ((0.1, 0.4), (0.05, 0.25, 0.6), (0.25, 4.0), (-0.3, 0.2), (-0.5, 1.0), (0.0, 1.0, 2.0)):
    flows = from_rates(*rates)
    picks = float(numpy_financial.irr(flows)), float(pyxirr.irr(flows))
    print("rates", rates, "numpy-financial", round(picks[0], 6), "pyxirr", round(picks[1], 6))
    differ += abs(picks[0] - picks[1]) > 1e-4
print("flows for which the picks differ:", differ)
raise SystemExit(0 if differ else 1)
PYTHON
