"""What a study evaluates: values by key in, figures by name out. The closed form meets it, and so does simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

Floats = NDArray[np.float64]


class Evaluate(Protocol):
    """Figures of a year of one model, for many sets of values at once.

    ``kravsim.expected.evaluated`` gives them in expectation, ``kravsim.studies.decision.simulated.Simulation`` as means over
    simulated years; a function of one's own does as well.
    """

    def __call__(self, scenario: Scenario, model: str, values: Mapping[str, Floats], /) -> Mapping[str, Floats]:
        """Give the figures of every set.

        Parameters
        ----------
        scenario : Scenario
            What stands where nothing is put.
        model : str
            One of its models.
        values : mapping of dotted key to float64 array, shape (B,)
            Numbers of the scenario, in the units of their keys; none at all is one set, the scenario as it stands.

        Returns
        -------
        mapping of str to float64 array, shape (B,)
            By the names of a run's measures; NaN where there is no such figure.
        """
        ...
