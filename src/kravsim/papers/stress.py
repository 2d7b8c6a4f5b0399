"""STRESS-DES: the items of the checklist for simulation studies, filled from the run; what no run knows is shown as a blank.

Items and their numbers are those of Monks et al., Strengthening the reporting of empirical simulation studies (2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.chance.draws import STREAM_VERSION
from kravsim.expected.approximations import APPROXIMATIONS
from kravsim.models.process import LED_TO, PROCESS
from kravsim.version import __version__
from kravsim.words.display import number, seeded
from kravsim.words.table import Row, Table
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from kravsim.papers.asked import Asked

BLANK: Final = (
    "— (ska fyllas i av den som ansvarar för underlaget)",
    "— (to be filled in by whoever answers for the paper)",
)
_CAPTION: Final = "STRESS-DES"
_HEADER: Final = (("Nr", "Punkt", "Innehåll"), ("No", "Item", "Content"))
Pair = tuple[str, str]


def _models(found: Asked, place: int) -> str:
    lang = found.paper.language
    names = ", ".join(run.name(lang) for run in found.comparison.runs)
    return (f"Två sätt att organisera inkasso: {names}.", f"Two ways of organising collection: {names}.")[place]


def _aims(found: Asked, place: int) -> str:
    first, second = (run.name(found.paper.language) for run in found.comparison.runs)
    worlds = number(found.uncertain.draws, found.paper.language)
    return (
        (
            f"Hur stor skillnaden mellan {first} och {second} är i grundfallet, hur den sprider sig över {worlds} lägen, och "
            "vid vilka tal den vänder."
        ),
        (
            f"How large the difference between {first} and {second} is in the base case, how it spreads over {worlds} "
            "worlds, and at which numbers it turns."
        ),
    )[place]


def _prepared(found: Asked, place: int) -> str:
    targets = 0 if found.reconciliation is None else sum(row.target.tuned for row in found.reconciliation.rows)
    if found.uncertain.kind != "posterior" or not targets:
        return (f"Ingen avstämning har gjorts av talen. {BLANK[0]}", f"Numbers were not calibrated. {BLANK[1]}")[place]
    n, sets = number(targets, found.paper.language), (found.uncertain.parameter_sets or "")[:12]
    return (
        f"Okända tal är avstämda mot {n} publicerade uppgifter (kravsim calibrate; parametervärden {sets}).",
        f"Unknown numbers were calibrated to {n} published figures (kravsim calibrate; parameter sets {sets}).",
    )[place]


def _machine(_: Asked, place: int) -> str:
    return (
        "Dator och tid för just detta tillfälle står i manifest.json; svaren beror inte på dem.",
        "Machine and time of this very run stand in manifest.json; the answers do not depend on them.",
    )[place]


def _shared(found: Asked, place: int) -> str:
    name, blank = found.paper.name, BLANK[place]
    return (
        f"kravsim {__version__} under MIT-licens; kravsim reproduce manifest.json gör {name} på nytt. Adress: {blank}",
        f"kravsim {__version__} under the MIT licence; kravsim reproduce manifest.json makes {name} again. Address: {blank}",
    )[place]


def _outputs(found: Asked, place: int) -> str:
    measures = number(len(found.comparison.first.outcomes[0].numbers), found.paper.language)
    return (
        f"Nettointäkt per kalenderår, skillnaden mellan modellerna, återvunnet kapital och {measures} mått i allt.",
        (
            f"Net revenue a calendar year, the difference between the models, recovered principal, and {measures} "
            "measures in all."
        ),
    )[place]


def _entities(found: Asked, place: int) -> str:
    lang = found.paper.language
    claims, debtors = (number(found.comparison.second.metric(name).mean, lang) for name in ("claims", "debtors"))
    return (
        f"Fakturor, fordringar ({claims} om året), ärenden och gäldenärer ({debtors} om året).",
        f"Invoices, claims ({claims} a year), cases and debtors ({debtors} a year).",
    )[place]


def _activities(_: Asked, place: int) -> str:
    steps, ends = len(PROCESS), len(LED_TO)
    return (
        f"{steps} steg och {ends} slut; varje steg har tid, arbete, avgift och svar (kravsim map).",
        f"{steps} steps and {ends} ends; each step has time, work, fee and answers (kravsim map).",
    )[place]


def _resources(found: Asked, place: int) -> str:
    lang = found.paper.language
    posts = [f"{run.name(lang)} {number(run.metric('posts').mean, lang, step=0.1)}" for run in found.comparison.runs]
    return (f"Tjänster i grundfallet: {', '.join(posts)}.", f"Posts in the base case: {', '.join(posts)}.")[place]


def _data(found: Asked, place: int) -> str:
    counts = found.register.counts()
    lang = found.paper.language
    sourced, derived, assumed = (number(counts[name], lang) for name in ("sourced", "derived", "assumed"))
    return (
        f"{sourced} tal ur källa, {derived} härledda, {assumed} antagna; alla med källa i antaganderegistret.",
        f"{sourced} numbers from a source, {derived} derived, {assumed} assumed; all with source in the register.",
    )[place]


def _history(found: Asked, place: int) -> str:
    years = number(len(found.years[0].ledger.years) - 1, found.paper.language)
    return (
        (
            f"Året börjar med den stock som modellens egen historik på {years} år har byggt upp, under lagen vid dess "
            "datum."
        ),
        (
            f"The year begins with the stock that the model's own history of {years} years has built up, under the "
            "law of its dates."
        ),
    )[place]


def _length(found: Asked, place: int) -> str:
    horizon = found.scenario.data.horizon
    return (f"{horizon.start} till {horizon.end}.", f"{horizon.start} to {horizon.end}.")[place]


def _estimation(found: Asked, place: int) -> str:
    lang, worlds = found.paper.language, found.uncertain
    n, k, each = (number(x, lang) for x in (found.comparison.n, worlds.draws, worlds.replications))
    return (
        (
            f"{n} parvisa simuleringar av grundfallet; {k} lägen med {each} simuleringar i varje; 95 %-intervall av "
            "medelvärden."
        ),
        f"{n} paired replications of the base case; {k} worlds with {each} replications each; 95% intervals of means.",
    )[place]


def _software(_: Asked, __: int) -> str:
    return f"kravsim {__version__}, Python, numpy, scipy, numba, pandas, matplotlib (manifest.json)"


def _random(found: Asked, place: int) -> str:
    seed = seeded(found.comparison.first.seed, found.paper.language)
    return (
        (
            f"Philox, nycklad av syfte och identitet (strömversion {STREAM_VERSION}), {seed}; modellerna möter samma "
            "slump."
        ),
        f"Philox, keyed by purpose and identity (stream version {STREAM_VERSION}), {seed}; models meet the same luck.",
    )[place]


def _closed(_: Asked, place: int) -> str:
    n = len(APPROXIMATIONS)
    return (
        (
            f"Händelsestyrd simulering; känslighet och brytpunkter i sluten form, vars {n} förenklingar är listade i "
            "programmet."
        ),
        (
            f"Discrete-event simulation; sensitivity and break-evens in closed form, whose {n} approximations the "
            "program lists."
        ),
    )[place]


_FILLED: Final[tuple[tuple[str, Pair, Callable[[Asked, int], str]], ...]] = (
    ("1.1", ("Modellens syfte", "Purpose of the model"), lambda found, _: found.paper.question),
    ("1.2", ("Modellens utdata", "Model outputs"), _outputs),
    ("1.3", ("Syften med experimenten", "Experimentation aims"), _aims),
    ("2.1", ("Översikt över modellen", "Base model overview"), _activities),
    ("2.2", ("Modellens logik", "Base model logic"), _closed),
    ("2.3", ("Alternativens logik", "Scenario logic"), _models),
    ("2.4", ("Algoritmer", "Algorithms"), _random),
    ("2.5.1", ("Enheter", "Entities"), _entities),
    ("2.5.2", ("Aktiviteter", "Activities"), _activities),
    ("2.5.3", ("Resurser", "Resources"), _resources),
    (
        "2.5.4",
        ("Köer", "Queues"),
        lambda _, place: (
            "En kö per personalgrupp, efter prioritet och sedan i den ordning arbetet kom.",
            "One queue a staff pool, by priority and then in the order in which work came.",
        )[place],
    ),
    (
        "2.5.5",
        ("In- och utträde", "Entry and exit points"),
        lambda _, place: (
            "Sena fakturor lämnas över vid bestämda dagar; ärenden lämnar modellen vid sitt slut.",
            "Late invoices are handed over on set days; cases leave the model at their end.",
        )[place],
    ),
    ("3.1", ("Datakällor", "Data sources"), _data),
    ("3.2", ("Förbehandling av data", "Pre-processing"), _prepared),
    ("3.3", ("Indata", "Input parameters"), _data),
    ("3.4", ("Antaganden", "Assumptions"), _data),
    ("4.1", ("Begynnelsetillstånd", "Initialisation"), _history),
    ("4.2", ("Simulerad tid", "Run length"), _length),
    ("4.3", ("Skattning", "Estimation approach"), _estimation),
    ("5.1", ("Program och språk", "Software or programming language"), _software),
    ("5.2", ("Slumptal", "Random sampling"), _random),
    ("5.3", ("Hur modellen simuleras", "Model execution"), _closed),
    ("5.4", ("Dator och tid", "System specification and run time"), _machine),
    ("6.1", ("Tillgång till modellen", "Computer model sharing statement"), _shared),
)


def stress_table(found: Asked) -> Table:
    """Fill the items.

    Parameters
    ----------
    found : Asked
        The answers.
    """
    place = language_index(found.paper.language)
    rows = [Row((no, item[place], fill(found, place))) for no, item, fill in _FILLED]
    return Table(_CAPTION, _HEADER[place], tuple(rows), left=(0, 1, 2))
