"""Errors that every engine raises in the same words."""

from __future__ import annotations

from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase


def refused(step: str, visits: int) -> RunError:
    """Error for a case that a step without an alternative does not take (contract §3).

    Parameters
    ----------
    step : str
        Name of the step.
    visits : int
        How often the case has been there.
    """
    return RunError(
        Problem(
            "",
            f"plan.{step}",
            phrase("{visits} visits so far", visits=visits),
            "a case that the step takes",
            "give the plan an otherwise",
        )
    )


def no_draws_left(step: str, visit: int) -> RunError:
    """Error for a visit that nothing was drawn for (contract §4).

    Parameters
    ----------
    step : str
        Name of the step.
    visit : int
        Number of the visit, from 0.
    """
    return RunError(
        Problem(
            "",
            f"draws.{step}",
            phrase("visit {visit}", visit=visit),
            "a visit that was drawn for",
            "raise the visits drawn",
        )
    )
