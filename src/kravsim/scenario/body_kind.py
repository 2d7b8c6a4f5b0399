"""What kind of body a scenario is of: a region, a municipality, a company. It changes words and no number."""

from __future__ import annotations

import re
from typing import Final

from kravsim.scenario.schema import BODY_KINDS, BodyKind

_SAID_BY: Final = (
    ("federation", r"kommunalförbund|kommunförbund|\bräddningstjänstförbund|\bfederation\b"),
    ("company", r"\bab\b|\baktiebolag|bolag(et)?\b|\b(ltd|limited|company)\b"),
    ("county_council", r"\blandsting|\bcounty council\b"),
    ("municipality", r"\bkommuns?\b|\bkommunen\b|\bstad\b|\b(municipality|city|town)\b"),
    ("region", r"region(en)?\b"),
    ("authority", r"myndighet(en)?\b|\w{3,}verket\b|\bauthority\b"),
)
"""Kinds by what a name has in it, in the order in which they are looked for."""


def kind_of(name: str, kind: str | None = None) -> BodyKind:
    """Say what kind of body it is: as the scenario says, else by its name, else an organisation.

    Parameters
    ----------
    name : str
        The body's name.
    kind : str, optional
        What the scenario says, if anything.

    Examples
    --------
    >>> kind_of("Region Jämtland Härjedalen"), kind_of("Östersunds kommun"), kind_of("Vård AB"), kind_of("Åre")
    ('region', 'municipality', 'company', 'organisation')
    """
    if kind:
        return next(one for one in BODY_KINDS if one == kind)
    text = name.casefold()
    found = next((one for one, pattern in _SAID_BY if re.search(pattern, text)), "organisation")
    return next(one for one in BODY_KINDS if one == found)
