#!/usr/bin/env bash
# lifelines 0.30.3, pandas 2.3.3: a log-rank test up to a day writes "not paid" over every later payment in the caller's data.
#
# Expected beforehand: a test reads what it is given; a survival curve made after it is the one made before it, and with
# nothing censored it is the plain share that has not paid yet. Seen: multivariate_logrank_test with t_0 writes 0 over every
# later event in the array, or in the column of the data frame, that it was handed, without a word; every later figure from
# these data is wrong.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "lifelines==0.30.3" "pandas==2.3.3"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import warnings

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

print("lifelines", metadata.version("lifelines"), "pandas", metadata.version("pandas"))
days = np.ceil(np.random.default_rng(1).exponential(60, 300))  # from due date to payment; every invoice is paid
group = np.repeat(["letter", "telephone", "agency"], 100)
true_share = float(np.mean(days > 90))


def unpaid_after_90_days(paid):
    return float(KaplanMeierFitter().fit(days, paid).predict(90))


frame = pd.DataFrame({"days": days, "group": group, "paid": np.ones(300, dtype=int)})
as_described = []
for kind, paid in (("array", np.ones(300, dtype=int)), ("column", frame["paid"])):
    before = int(paid.sum()), unpaid_after_90_days(paid)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        multivariate_logrank_test(days, group, paid, t_0=30)
    after = int(paid.sum()), unpaid_after_90_days(paid)
    print(kind, "before: paid", before[0], "unpaid after 90 days", round(before[1], 4), "exactly", round(true_share, 4))
    print(kind, "after: paid", after[0], "unpaid after 90 days", round(after[1], 4), "warnings", len(said))
    right_before = before[0] == 300 and abs(before[1] - true_share) < 1e-9
    changed = after[0] == int(np.sum(days <= 30)) and after[1] > before[1] + 0.1
    as_described.append(right_before and changed and not said)
raise SystemExit(0 if all(as_described) else 1)
PYTHON
