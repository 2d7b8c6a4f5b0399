"""Many runs: replications of one model, paired comparisons, reconciliation with published figures."""

from kravsim.studies.compare import compare, simulate
from kravsim.studies.explain import explain_case, with_scenario
from kravsim.studies.reconcile import reconcile
from kravsim.studies.register import register
from kravsim.studies.waiting import cost_of_waiting

__all__ = ["compare", "cost_of_waiting", "explain_case", "reconcile", "register", "simulate", "with_scenario"]
