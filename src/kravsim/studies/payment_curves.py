"""``payment_curves``: when principal is paid after each step of one model."""

from __future__ import annotations

from typing import Unpack

from kravsim.results.payment_curves import PaymentCurves
from kravsim.running.how import HowKept
from kravsim.scenario import AnyScenario, checked_call
from kravsim.studies.compare import simulate


@checked_call
def payment_curves(
    scenario: AnyScenario,
    *,
    model: str,
    replications: int | None = None,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> PaymentCurves:
    """Simulate one model, and give when principal is paid after each step and how else claims end.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    model : str
        One of ``scenario.models``.
    replications : int, optional
        Years of the model; by default what the engine can do in a few minutes.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("jamtland-harjedalen-2017").with_changes({"invoices.per_year": 3000})
    >>> found = ks.studies.payment_curves(case, model="outsourced", replications=2, seed=1)
    >>> found.share("demand", 30).mean <= found.share("demand", 90).mean <= found.share("demand").mean
    True
    """
    return simulate(scenario, model=model, replications=replications, seed=seed, **how).payment_curves()
