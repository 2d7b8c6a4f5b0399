"""The questions: simulate, compare, rank, reconcile, calibrate, bridge, what costs and waiting do, what would turn it."""

from kravsim.calibration.calibrate import calibrate, calibrate_all
from kravsim.calibration.stored import load_calibration, save_calibration, stored_posterior
from kravsim.checking.register import register
from kravsim.explaining.explain import explain_case, with_scenario
from kravsim.running import blocks as blocks  # where scripts of before 0.3.0 find it
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.studies.bridge import bridge
from kravsim.studies.compare import compare, simulate
from kravsim.studies.cost_concepts import by_cost_concept, cost_concepts
from kravsim.studies.decision import (
    StudyWarning,
    all_pairs,
    annuity_factor,
    break_even,
    chance_curve,
    control_variates,
    discover,
    evpi,
    evppi,
    in_months,
    irr,
    mean_difference,
    nearest_flips,
    nominal_rate,
    npv,
    npv_by_month,
    payback,
    prim,
    real_rate,
    select_best,
    sensitivity,
    sobol,
    switching_line,
    switching_value,
    tornado,
    value_of_information,
)
from kravsim.studies.payment_curves import payment_curves
from kravsim.studies.people import people
from kravsim.studies.portfolio import portfolio, read_portfolio
from kravsim.studies.precision import precision
from kravsim.studies.rank import rank
from kravsim.studies.reconcile import reconcile
from kravsim.studies.stock import stock
from kravsim.studies.transition import transition
from kravsim.studies.uncertainty import uncertainty
from kravsim.studies.waiting import cost_of_waiting
from kravsim.studies.years import years

__all__ = [
    "ParameterSets",
    "StudyWarning",
    "all_pairs",
    "annuity_factor",
    "break_even",
    "bridge",
    "by_cost_concept",
    "calibrate",
    "calibrate_all",
    "chance_curve",
    "compare",
    "control_variates",
    "cost_concepts",
    "cost_of_waiting",
    "discover",
    "evpi",
    "evppi",
    "explain_case",
    "in_months",
    "irr",
    "load_calibration",
    "mean_difference",
    "nearest_flips",
    "nominal_rate",
    "npv",
    "npv_by_month",
    "payback",
    "payment_curves",
    "people",
    "portfolio",
    "precision",
    "prim",
    "rank",
    "read_portfolio",
    "real_rate",
    "reconcile",
    "register",
    "save_calibration",
    "select_best",
    "sensitivity",
    "simulate",
    "sobol",
    "stock",
    "stored_posterior",
    "switching_line",
    "switching_value",
    "tornado",
    "transition",
    "uncertainty",
    "value_of_information",
    "with_scenario",
    "years",
]


def __dir__() -> list[str]:
    return sorted(__all__)
