"""What would change the answer: questions put to a user's own numbers, and to a scenario by the same code."""

from kravsim.studies.decision.break_even import break_even
from kravsim.studies.decision.cash import (
    annuity_factor,
    in_months,
    nominal_rate,
    npv,
    npv_by_month,
    payback,
    real_rate,
)
from kravsim.studies.decision.chance_curve import chance_curve
from kravsim.studies.decision.checks import StudyWarning
from kravsim.studies.decision.discover import discover, prim
from kravsim.studies.decision.finding_out import value_of_information
from kravsim.studies.decision.flips import nearest_flips
from kravsim.studies.decision.internal_rates import irr
from kravsim.studies.decision.one_at_a_time import tornado
from kravsim.studies.decision.pairs import control_variates, mean_difference
from kravsim.studies.decision.selection import select_best
from kravsim.studies.decision.sensitivity import sensitivity
from kravsim.studies.decision.several import all_pairs
from kravsim.studies.decision.sobol import sobol
from kravsim.studies.decision.switching import switching_value
from kravsim.studies.decision.switching_line import switching_line
from kravsim.studies.decision.voi import evpi, evppi

__all__ = [
    "StudyWarning",
    "all_pairs",
    "annuity_factor",
    "break_even",
    "chance_curve",
    "control_variates",
    "discover",
    "evpi",
    "evppi",
    "in_months",
    "irr",
    "mean_difference",
    "nearest_flips",
    "nominal_rate",
    "npv",
    "npv_by_month",
    "payback",
    "prim",
    "real_rate",
    "select_best",
    "sensitivity",
    "sobol",
    "switching_line",
    "switching_value",
    "tornado",
    "value_of_information",
]
