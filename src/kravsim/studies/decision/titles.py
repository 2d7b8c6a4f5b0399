"""Models as running text, by the scenario's own titles."""

from __future__ import annotations

from collections.abc import Sequence

from kravsim.scenario import Scenario
from kravsim.scenario.base_posts import titles_in
from kravsim.words.wording import titled_name


def titles_of(scenario: Scenario, models: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Every model as running text, Swedish and English.

    Parameters
    ----------
    scenario : Scenario
        Which has the models.
    models : sequence of str
        Machine names.

    Returns
    -------
    dict of str to (str, str)
        By machine name, in the order given.
    """
    known = {name: titles_in(scenario.data, name) for name in models}
    return {name: (titled_name(name, both, "sv"), titled_name(name, both, "en")) for name, both in known.items()}
