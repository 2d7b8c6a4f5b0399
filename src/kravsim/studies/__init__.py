"""Many runs: replications of one model, paired comparisons, reconciliation with published figures."""

from kravsim.studies.compare import compare, simulate
from kravsim.studies.explain import explain_case, with_scenario
from kravsim.studies.precision import precision
from kravsim.studies.reconcile import reconcile
from kravsim.studies.register import register
from kravsim.studies.uncertainty import uncertainty

__all__ = [
    "compare",
    "explain_case",
    "precision",
    "reconcile",
    "register",
    "simulate",
    "uncertainty",
    "with_scenario",
]
