"""What it costs that work waits: a model against its twin in which every step is done the minute it is due.

The twin meets the same debtors with the same luck and pays the same staff, system and letters by the same rules; only its
work takes no time. What differs is what late reminders and applications cost: payments that no longer come, and interest
and fees with them. Waiting includes nights, weekends and the work itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Unpack

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.results.bridge import GROUPS
from kravsim.results.run import Run
from kravsim.running.how import How
from kravsim.scenario import AnyScenario, checked_call, scenario_of
from kravsim.scenario.base_posts import model_in
from kravsim.statistics.distribution import Distribution
from kravsim.studies.compare import simulate
from kravsim.telling.sentence import more_or_less
from kravsim.telling.shown import step_of, steps
from kravsim.telling.uncertainty_words import error_text
from kravsim.units import ORE_PER_KR
from kravsim.words.display import amount, kr, replications, seeded, share
from kravsim.words.doubts import Doubt, as_json, doubted, texts
from kravsim.words.table import Row, Table, Tabled, parts
from kravsim.words.wording import capital, language_index, metric_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

FEES: Final = "fees_kr"
MEASURES: Final = ("principal_recovered_kr", "interest_kr", FEES, "net_revenue_kr", "economic_result_kr")
"""What waiting takes from, kr a calendar year; fees are those that debtors pay."""
OVERLOAD: Final = (
    "utilisation",
    "waiting_days",
    "late_start_share",
    "backlog_cases",
    "backlog_age_days",
    "backlog_oldest_days",
)
"""How much waits, and for how long: measures of the run as it is."""
_FEES: Final = ("avgifter från gäldenärer", "fees from debtors")
_HEADER: Final = (
    ("medel per kalenderår", "som det är", "utan väntan", "förlorat", "± 95 %"),
    ("mean per calendar year", "as it is", "without waiting", "lost", "± 95%"),
)
_CLOCK: Final = (
    "Dagar är kalenderdagar: nätter, helger och ledigheter räknas som väntan.",
    "Days are those of the calendar: nights, weekends and absence count as waiting.",
)


@dataclass(frozen=True, eq=False, repr=False)
class WaitingCost(Tabled, EqualByParts):
    """One model as it is, and the same model without waiting, replication by replication.

    Parameters
    ----------
    run : Run
        The model as it is.
    without : Run
        The model whose steps are done the minute they are due.
    """

    run: Run
    without: Run

    def lost(self, measure: str) -> Distribution:
        """What waiting takes from a measure: without waiting less as it is, kr a calendar year.

        Parameters
        ----------
        measure : str
            One of ``MEASURES``.
        """
        ore = _ore(self.without, measure) - _ore(self.run, measure)
        return Distribution(ore / ORE_PER_KR, measure, "kr")

    @property
    def nothing_waits(self) -> bool:
        """Whether waiting changes nothing at all in any replication."""
        return not any(np.any(self.lost(measure).samples) for measure in MEASURES)

    def to_frame(self) -> pd.DataFrame:
        """One row a measure: `measure`, `as_it_is`, `without_waiting` and `lost`, means in kr a calendar year."""
        import pandas as pd

        rows = [
            (name, *(_mean_kr(run, name) for run in (self.run, self.without)), self.lost(name).mean)
            for name in MEASURES
        ]
        return pd.DataFrame(rows, columns=["measure", "as_it_is", "without_waiting", "lost"])

    def sentence(self, lang: str = "sv") -> str:
        """Say in one sentence what waiting changes in a year.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._answer_text(lang), self.doubts, lang)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of the model as it is."""
        return self.run.doubts

    def _answer_text(self, lang: str) -> str:
        sv = language_index(lang) == 0
        if self.nothing_waits:
            return "Ingenting väntar: väntan kostar ingenting." if sv else "Nothing waits: waiting costs nothing."
        total = self.lost("economic_result_kr")
        change = more_or_less(-self._shown["economic_result_kr"][2], 1.0, lang)
        change += f" (±{error_text(total, lang)})" if total.n > 1 else ""
        principal, interest, fees = (kr(-self._shown[name][2], lang, signed=True) for name in MEASURES[:3])
        if sv:
            return (
                f"Att arbetet väntar ger {change} om året i nettointäkt och kapital: kapital {principal}, ränta {interest}, "
                f"avgifter {fees}, resten utlägg, brev och kontroller; lönerna är desamma."
            )
        return (
            f"That work waits gives {change} a year in net revenue and principal: principal {principal}, "
            f"interest {interest}, fees {fees}, the rest outlays, letters and checks; pay is the same."
        )

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the measures and how much waits as one table, in `sv` or `en`; what is printed adds up.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place = language_index(lang)
        rows = []
        for name in MEASURES:
            as_it_is, without, lost = self._shown[name]
            words = _FEES[place] if name == FEES else metric_name(name, lang)
            amounts = [kr(amount, lang) for amount in (as_it_is, without, lost)]
            rows.append(Row((capital(words), *amounts, error_text(self.lost(name), lang))))
        waits = []
        for name in OVERLOAD:
            if self.run.defined(name):
                spread = self.run.metric(name)
                shown = (
                    share(spread.mean, lang) if spread.unit == "share" else amount(spread.mean, "count", lang, step=0.1)
                )
                waits.append(Row((capital(metric_name(name, lang)), shown, "", "", "")))
        about = f"{replications(self.run.replications, lang)}, {seeded(self.run.seed, lang)}"
        caption = f"{self.run.scenario_title} ({self.run.scenario_name}), {self.run.name(lang)}: {about}"
        notes = (_CLOCK[place], self._answer_text(lang), *texts(self.doubts, lang))
        return (Table(caption, _HEADER[place], parts(rows, waits), notes),)

    @cached_property
    def _shown(self) -> dict[str, tuple[float, float, float]]:
        """As it is, without waiting and lost as they are printed: all in one step, by :mod:`kravsim.telling.shown`."""
        step = step_of(self.lost("economic_result_kr"), [self.run.net_revenue, self.without.net_revenue])
        shown = {
            name: [steps(_mean_kr(run, name), step) * step for run in (self.run, self.without)] for name in MEASURES
        }
        shown["economic_result_kr"] = [
            net + principal
            for net, principal in zip(shown["net_revenue_kr"], shown["principal_recovered_kr"], strict=True)
        ]
        return {name: (one, other, other - one) for name, (one, other) in shown.items()}

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; money in kr a calendar year."""
        known = [name for name in OVERLOAD if self.run.defined(name)]
        return {
            **self.run.heading(),
            "model": self.run.model,
            "without_waiting_fingerprint": self.without.provenance["scenario_fingerprint"],
            "lost": {name: self.lost(name).to_json() for name in MEASURES},
            "as_it_is": {name: _mean_kr(self.run, name) for name in MEASURES},
            "without_waiting": {name: _mean_kr(self.without, name) for name in MEASURES},
            "overload": {name: self.run.metric(name).to_json() for name in known},
            "nothing_waits": self.nothing_waits,
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<WaitingCost of {self.run.model}: {self.sentence('en')}>"


@checked_call
def cost_of_waiting(
    scenario: AnyScenario,
    *,
    model: str,
    replications: int | None = None,
    seed: int | None = None,
    **how: Unpack[How],
) -> WaitingCost:
    """Find what it costs in principal, interest and fees that work waits for the staff of a model.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    model : str
        One of ``scenario.models``.
    replications : int, optional
        Years of the model, and of its twin without waiting.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[How]
        How to run: see :class:`kravsim.running.how.How`.

    Returns
    -------
    WaitingCost
        Exactly 0 on every line when nothing waits.

    Raises
    ------
    ScenarioError
        When the scenario has no such model, or an option is not understood.
    """
    from kravsim.expected.staffed import base_posts_settled  # compiled, so imported where it is needed

    scenario = scenario_of(scenario)
    model_in(scenario.data, model)  # a sequence has no twin without waiting
    run = simulate(scenario, model=model, replications=replications, seed=seed, **how)
    at_once = base_posts_settled(scenario).with_changes({f"models.{model}.work": {}})
    return WaitingCost(run, simulate(at_once, model=model, replications=replications, seed=run.seed, **how))


def _ore(run: Run, measure: str) -> NDArray[np.int64]:
    """A measure in öre, shape (replications,)."""
    if measure == FEES:
        return sum((run.line_ore(line) for line in GROUPS["fees"]), np.zeros(len(run.outcomes), np.int64))
    if measure == "net_revenue_kr":
        return run.net_ore()
    ore: NDArray[np.int64] = np.rint(run.metric(measure).samples * ORE_PER_KR).astype(np.int64)
    return ore


def _mean_kr(run: Run, measure: str) -> float:
    return float(_ore(run, measure).mean()) / ORE_PER_KR
