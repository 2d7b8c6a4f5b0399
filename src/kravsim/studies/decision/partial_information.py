"""What it would be worth to know some inputs, as an answer that speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kravsim.studies.decision.information import Estimate, plain_step
from kravsim.words.display import NO_BREAK, number, step_for
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.studies.decision.inputs import Inputs


class Partial(Estimate):
    """Expected value of knowing some inputs perfectly, kr.

    Attributes
    ----------
    inputs : Inputs
        What was asked about, without what says nothing.
    evpi : float
        The value of knowing everything, by the same draws, kr.
    raw : float
        The value before it is held between 0 and `evpi`, kr.
    families : mapping of str to float
        The value by each family of regressions, kr: `splines` and `kernel`, or `groups` alone where inputs take few values.
    """

    inputs: Inputs
    evpi: float
    raw: float
    families: Mapping[str, float]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, and what was held within its bounds, in English."""
        return tuple(self.remarks("en"))

    def remarks(self, lang: str = "sv") -> list[str]:
        """Say what was left out, and what was held within its bounds.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        said = [
            f"{name} varierar inte och är värd exakt 0." if sv else f"{name} never varies and is worth exactly 0."
            for name in self.inputs.constant
        ]
        said += [
            f"{name} säger detsamma som {other} (dubblett) och lämnades utanför."
            if sv
            else f"{name} says the same as {other} (a duplicate) and was dropped."
            for name, other in self.inputs.repeated
        ]
        if self.raw != self.value:
            step = step_for(self.se / 10, "") if self.se else plain_step(self.raw, self.evpi)
            raw, most = (number(one, lang, step=step) for one in (self.raw, self.evpi))
            said.append(
                f"Skattningen {raw} kr hölls mellan 0 och {most} kr."
                if sv
                else f"The estimate of {raw} kr was held between 0 and {most} kr."
            )
        return said

    def sentence(self, lang: str = "sv") -> str:
        """Say what it is worth to know the inputs before choosing.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        names = ", ".join(self.inputs.names)
        if not names:
            said = ""
        elif self.value == 0 and self.se == 0:
            said = f"Att veta {names} är värt 0 kr." if sv else f"Knowing {names} is worth 0 kr."
        else:
            said = f"Att veta {names} är värt högst {self.text(lang)}." if sv else ""
            said = said or f"Knowing {names} is worth at most {self.text(lang)}."
        return " ".join([*([said] if said else []), *self.remarks(lang)])

    def header(self, lang: str) -> list[str]:
        """Header of the table of regressions.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return ["regression", "värde, kr"] if language_index(lang) == 0 else ["regression", "value, kr"]

    def rows(self, lang: str) -> list[list[str]]:
        """One row a family of regressions.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        words = {
            "splines": ("splines", "splines"),
            "kernel": ("kärnregression", "kernel regression"),
            "groups": ("medel per grupp", "means of groups"),
        }
        step = step_for(self.se / 10, "") if self.se else plain_step(self)
        place = language_index(lang)
        return [[words[name][place], number(value, lang, step=step)] for name, value in self.families.items()]

    def to_frame(self) -> pd.DataFrame:
        """One row: `inputs`, `evppi_kr`, `se_kr`, `evpi_kr`, `draws`, and a column a family of regressions."""
        import pandas as pd

        row = {"inputs": ", ".join(self.inputs.names), "evppi_kr": self.value, "se_kr": self.se}
        row |= {"evpi_kr": self.evpi, "draws": self.draws}
        return pd.DataFrame([row | {f"{name}_kr": value for name, value in self.families.items()}])

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "inputs": list(self.inputs.names),
            "evppi_kr": self.value,
            "se_kr": self.se,
            "raw_kr": self.raw,
            "evpi_kr": self.evpi,
            "families_kr": dict(self.families),
            "draws": self.draws,
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        return f"<EVPPI of {', '.join(self.inputs.names) or 'nothing'}: {self.text('en').replace(NO_BREAK, ' ')}>"
