#!/usr/bin/env bash
# numpy-financial 1.0.0, pyxirr 0.10.8, amortization 3.0.1: an instalment plan, and one wrong number from each.
#
# Expected beforehand: 1 000 kr at 100 a month without interest takes 10 payments, and a list of rates gives a list of
# numbers; when payments fall due at the start of each month, interest and principal add up to the payment and the principal
# to the debt; and the number of payments needed at 4 000 for a debt of 10 000 is 3. Seen: numpy-financial says -10, and -10
# alone for a whole list of rates when one of them is 0; pyxirr leaves 99 kr of 10 000 unpaid, in the first month, where
# numpy-financial is right; amortization says 2 payments, with 2 000 still owed. No error, no warning.
# Exits with another code than 0 when that is no longer so.
set -euo pipefail

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
packages=("numpy-financial==1.0.0" "pyxirr==0.10.8" "amortization==3.0.1")
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
"$place/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import warnings

import numpy as np
import numpy_financial
import pyxirr
from amortization.period import calculate_amortization_period

print(*(f"{name} {metadata.version(name)}" for name in ("numpy-financial", "pyxirr", "amortization")))
warnings.simplefilter("error")


def left_after(payments, debt, amount):
    return max(debt - payments * amount, 0)


free = float(numpy_financial.nper(0, -100, 1_000))
nearly_free = float(numpy_financial.nper(1e-9, -100, 1_000))
several = np.asarray(numpy_financial.nper([0, 0.01, 0.02], -100, 1_000))
print("numpy-financial: without interest", free, "with nearly none", round(nearly_free, 4), "for three rates", several)

rate, months, debt = 0.01, 12, 10_000
paid = pyxirr.pmt(rate, months, debt, pmt_at_beginning=True)
principal = [pyxirr.ppmt(rate, month, months, debt, pmt_at_beginning=True) for month in range(1, months + 1)]
interest = [pyxirr.ipmt(rate, month, months, debt, pmt_at_beginning=True) for month in range(1, months + 1)]
amiss = [month for month in range(1, months + 1) if abs(principal[month - 1] + interest[month - 1] - paid) > 1e-6]
owed = debt
for _ in range(months):  # by hand: pay, then interest on what is left
    owed = (owed + paid) * (1 + rate)
theirs = float(np.sum(numpy_financial.ppmt(rate, np.arange(1, months + 1), months, debt, when="begin")))
print("pyxirr: principal in all", round(sum(principal), 2), "numpy-financial:", round(theirs, 2))
print("pyxirr: months in which interest and principal are not the payment", amiss)

payments = calculate_amortization_period(10_000, 0.0, 4_000)
print("amortization: payments", payments, "left", [left_after(count, 10_000, 4_000) for count in (payments, payments + 1)])

described = {
    "numpy-financial": free == -10 and abs(nearly_free - 10) < 1e-4 and several.ndim == 0 and several == -10,
    "pyxirr": amiss == [1] and abs(sum(principal) + debt - 100 / 1.01) < 1e-6 and max(abs(owed), abs(theirs + debt)) < 1e-6,
    "amortization": payments == 2,
}
print("as described:", {name: bool(one) for name, one in described.items()})
raise SystemExit(0 if all(described.values()) else 1)
PYTHON
