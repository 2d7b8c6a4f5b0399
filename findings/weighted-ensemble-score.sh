#!/usr/bin/env bash
# scoringrules 0.10.0: with weights a sure forecast that is 10 off gets a CRPS of -5, and a mirrored forecast another one.
#
# Expected beforehand: when one member has all the weight the score is its distance to what happened, with every estimator
# that gives a number; a forecast and what happened mirrored together score the same; and "pwm" is "fair", as with equal
# weights. Seen: "akr" and "akr_circperm" subtract a spread that is not there, so that a sure miss scores below the 0 of a
# perfect forecast; "pwm" gives 1.17 for a forecast and 11.67 for its mirror image, where "fair" gives 6.42 for both.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "scoringrules==0.10.0"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata

import numpy as np
import scoringrules

print("scoringrules", metadata.version("scoringrules"))
members = np.array([10.0, 20.0, 30.0, 40.0])


def score(estimator, fct, weights):
    """CRPS of the weighted members when 0 happens."""
    return float(scoringrules.crps_ensemble(0.0, fct, ens_w=np.array(weights), estimator=estimator, backend="numpy"))


def by_hand(fct, weights, fair):
    """Mean distance to 0 less half the mean distance of two members; fair: of two different ones."""
    w = np.array(weights)
    apart = float(w @ np.abs(fct[:, None] - fct) @ w)
    return float(w @ np.abs(fct)) - apart / 2 / (1 - w @ w if fair else 1)


certain = {name: score(name, members, [1.0, 0.0, 0.0, 0.0]) for name in ("nrg", "qd", "int", "akr", "akr_circperm")}
print("all weight on 10, 0 happens, so 10:", certain)

skewed, mirrored = [0.7, 0.1, 0.1, 0.1], {}
for name in ("nrg", "qd", "int", "fair", "pwm"):
    mirrored[name] = score(name, members, skewed), score(name, -members, skewed)
    hand = by_hand(members, skewed, name in ("fair", "pwm"))
    print(name, "by hand", round(hand, 4), "given", round(mirrored[name][0], 4), "mirrored", round(mirrored[name][1], 4))
equal = {name: score(name, members, [0.25] * 4) for name in ("fair", "pwm")}
print("equal weights:", equal)

others_right = all(abs(certain[name] - 10) < 1e-9 for name in ("nrg", "qd", "int"))
others_right = others_right and abs(equal["fair"] - equal["pwm"]) < 1e-9
for name in ("nrg", "qd", "int", "fair"):
    hand = by_hand(members, skewed, name == "fair")
    others_right = others_right and all(abs(one - hand) < 1e-9 for one in mirrored[name])
akr = certain["akr"] < 0 and certain["akr_circperm"] < 0
pwm = abs(mirrored["pwm"][0] - mirrored["pwm"][1]) > 10
print("as described:", "the others right", others_right, "akr", akr, "pwm", pwm)
raise SystemExit(0 if others_right and akr and pwm else 1)
PYTHON
