"""What is written in the figures, in Swedish and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kravsim.results.bridge import groups_of
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run
from kravsim.results.uncertainty import UncertainComparison
from kravsim.statistics.distribution import Distribution
from kravsim.telling.sentence import chance, more_or_less
from kravsim.telling.shown import ECONOMIC, NET
from kravsim.telling.uncertainty_words import SOURCES, added_text, chance_of, held_text, layer_name, layers_phrase
from kravsim.words.display import MINUS, NO_BREAK, kr, number, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, cause_name, language_index

ROWS: Final = {
    "fiscal": ("Nettointäkt", "Net revenue"),
    "economic": ("Nettointäkt och återvunnet kapital", "Net revenue and recovered principal"),
}
"""Names of the two differences."""

DOTS_UP_TO: Final = 60
"""Up to this many replications are drawn one by one."""

_LONGEST_NAME: Final = 40


@dataclass(frozen=True)
class Words:
    """What is written around a picture.

    Parameters
    ----------
    title : str
        The message, as a statement.
    subtitle : str
        Scenario, replications and seed.
    note : str
        How to read the picture.
    doubts : tuple of str
        What the reader must know before drawing a conclusion; written below the note, a line each.
    """

    title: str
    subtitle: str
    note: str
    doubts: tuple[str, ...] = ()


def subtitle(cmp: Comparison, lang: str) -> str:
    """Say which scenario, how many replications and which seed.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.
    lang : str
        `sv` or `en`.
    """
    run, n = cmp.first, replications(cmp.n, lang)
    if of_worlds(cmp):
        n = f"{number(cmp.n, lang)} {('lägen', 'worlds')[language_index(lang)]}"
    tail = f"{n} {('av ett år', 'of one year')[language_index(lang)]} · {seeded(run.seed, lang)}"
    return f"{run.scenario_title} ({run.scenario_name}) · {tail}"


def of_worlds(cmp: Comparison) -> bool:
    """Say whether each replication is one year of a world of its own.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.
    """
    return cmp.n > 1 and cmp.first.draws == cmp.n


def short_name(run: Run, lang: str) -> str:
    """Name a model, cut to what fits in a figure.

    Parameters
    ----------
    run : Run
        Of the model.
    lang : str
        `sv` or `en`.
    """
    name = run.name(lang)
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _covers(cmp: Comparison, lang: str) -> str:
    sv = language_index(lang) == 0
    if cmp.n == 1:
        return "En enda simulering visar ingen spridning." if sv else "A single replication shows no spread."
    if cmp.first.draws == 1:
        if sv:
            return "Spridningen visar bara slumpen mellan simuleringar, inte osäkerheten i antagandena."
        return "The spread shows only chance between replications, not the uncertainty of the assumptions."
    if sv:
        return "Spridningen visar både slumpen och de antaganden som har dragits."
    return "The spread shows both chance and the assumptions that were drawn."


def _marks(spreads: Sequence[Distribution], lang: str, *, worlds: bool) -> str:
    """Explain the marks that are in the picture, and no others."""
    sv = language_index(lang) == 0
    if spreads[0].n == 1:
        one = "Strecket är värdet i den enda simuleringen" if sv else "The bar is the value of the one replication"
        return f"{one}."
    parts: list[str] = []
    if any(not spread.identical for spread in spreads):
        if spreads[0].n <= DOTS_UP_TO:
            dot = ("ett läge", "a world") if worlds else ("en simulering", "one replication")
            parts.append(f"Varje punkt är {dot[0]}" if sv else f"Each dot is {dot[1]}")
        elif sv:
            parts.append(f"Höjden visar hur många {'lägen' if worlds else 'simuleringar'} som hamnar där")
        else:
            parts.append(f"The height shows how many {'worlds' if worlds else 'replications'} fall there")
    if any(spread.identical for spread in spreads):
        same = "ett brett streck betyder samma värde i alla simuleringar"
        parts.append(same if sv else "a broad bar means the same value in every replication")
    parts.append("det svarta strecket är medianen" if sv else "the black line is the median")
    return capital("; ".join(parts)) + "."


def net_revenue_words(cmp: Comparison, lang: str) -> Words:
    """Write around the net revenue of the models.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.
    lang : str
        `sv` or `en`.
    """
    note = f"{_marks([run.net_revenue for run in cmp.runs], lang, worlds=of_worlds(cmp))} {_covers(cmp, lang)}"
    return Words(_net_revenue_title(cmp, lang), subtitle(cmp, lang), note, texts(cmp.doubts, lang))


def _net_revenue_title(cmp: Comparison, lang: str) -> str:
    sv = language_index(lang) == 0
    ranked = sorted(cmp.runs, key=lambda run: -run.net_revenue.mean)
    names = [short_name(run, lang) for run in ranked]
    nets = dict(zip([run.model for run in cmp.runs], cmp.shown.measure(NET), strict=True))
    means = [kr(nets[run.model], lang, minus=MINUS) for run in ranked]
    if of_worlds(cmp) and len(ranked) > 1:
        others = [run.net_revenue.samples for run in ranked[1:]]
        most = sum(one > max(rest) for one, *rest in zip(ranked[0].net_revenue.samples, *others, strict=True))
        k, n = number(most, lang), number(cmp.n, lang)
        if sv:
            return capital(f"{names[0]} ger högst nettointäkt i {k} av {n} lägen")
        return capital(f"{names[0]} gives the most net revenue in {k} of {n} worlds")
    lead = Distribution(ranked[0].net_revenue.samples - ranked[1].net_revenue.samples, "lead", "kr")
    if lead.identical and lead.mean == 0 and len(ranked) == 2:
        both = f"{names[0]} {'och' if sv else 'and'} {names[1]}"
        tail = f"ger lika mycket: {means[0]} per år" if sv else f"give the same: {means[0]} a year"
        return capital(f"{both} {tail}")
    if not _known_sign(lead):
        listed = ", ".join(f"{name} {mean}" for name, mean in zip(names, means, strict=True))
        if sv:
            return f"Ingen säker skillnad i nettointäkt per år: {listed}"
        return f"No certain difference in net revenue a year: {listed}"
    rest = ", ".join(f"{name} {mean}" for name, mean in zip(names[1:], means[1:], strict=True))
    if sv:
        return capital(f"{names[0]} ger högst nettointäkt, i medel {means[0]} per år; {rest}")
    return capital(f"{names[0]} gives the most net revenue, {means[0]} a year on average; {rest}")


def difference_words(cmp: Comparison, lang: str) -> Words:
    """Write around the paired difference.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.
    lang : str
        `sv` or `en`.
    """
    first, second = short_name(cmp.first, lang), short_name(cmp.second, lang)
    if language_index(lang) == 0:
        what = f"Skillnad per kalenderår: {first} minus {second}, med samma gäldenärer och samma slump i båda."
    else:
        what = f"Difference a calendar year: {first} less {second}, with the same debtors and luck in both."
    note = (
        f"{what} {_marks([cmp.difference, cmp.economic_difference], lang, worlds=of_worlds(cmp))} {_covers(cmp, lang)}"
    )
    return Words(_difference_title(cmp, lang), subtitle(cmp, lang), note, texts(cmp.doubts, lang))


def _difference_title(cmp: Comparison, lang: str) -> str:
    sv = language_index(lang) == 0
    first, second = short_name(cmp.first, lang), short_name(cmp.second, lang)
    if cmp.identical:
        if sv:
            return capital(f"ingen skillnad mellan {first} och {second} i någon simulering")
        return capital(f"no difference between {first} and {second} in any replication")
    fiscal, economic = cmp.difference, cmp.economic_difference
    if not _known_sign(fiscal):
        same = fiscal.identical
        if sv:
            head = f"{'samma' if same else 'ingen säker skillnad i'} nettointäkt med {first} och {second}"
        else:
            head = f"{'same' if same else 'no certain difference in'} net revenue with {first} and {second}"
    elif sv:
        head = f"{first} ger {cmp.first.receiver(lang)} {_gap(cmp, NET, lang)} per år än {second}"
    else:
        head = f"{first} gives {cmp.first.receiver(lang)} {_gap(cmp, NET, lang)} a year than {second}"
    if not _known_sign(economic) or (_known_sign(fiscal) and not cmp.opposite_signs):
        return capital(head)
    if _known_sign(fiscal):
        tail = f"men {_gap(cmp, ECONOMIC, lang)}" if sv else f"but {_gap(cmp, ECONOMIC, lang)}"
    else:
        tail = (
            f"men {first} ger {_gap(cmp, ECONOMIC, lang)}" if sv else f"but {first} gives {_gap(cmp, ECONOMIC, lang)}"
        )
    return capital(f"{head}, {tail} {'när återvunnet kapital räknas' if sv else 'with recovered principal counted'}")


def _gap(cmp: Comparison, name: str, lang: str) -> str:
    return more_or_less(cmp.shown.difference(name), cmp.shown.step, lang, minus=MINUS)


def _known_sign(spread: Distribution) -> bool:
    """Say whether the mean is on one side of 0 as far as the replications can tell."""
    if spread.n == 1 or spread.identical:
        return spread.mean != 0
    low, high = spread.mean_interval()
    return low > 0 or high < 0


def bridge_words(cmp: Comparison, lang: str, still: tuple[str, ...]) -> Words:
    """Write around the walk from the second model's net revenue to the first's.

    Parameters
    ----------
    cmp : Comparison
        The comparison.
    lang : str
        `sv` or `en`.
    still : tuple of str
        Causes that move nothing in any replication and are left out of the picture.
    """
    sv = language_index(lang) == 0
    walk = cmp.bridge()
    first, second = short_name(cmp.first, lang), short_name(cmp.second, lang)
    moving = [cause for cause in walk.causes if cause not in still]
    names = ", ".join(cause_name(cause, lang) for cause in still)
    if sv:
        note = "Varje orsak är en grupp budgetrader; i varje simulering summerar de till skillnaden på öret."
        note += f" Ingen skillnad i: {names}." if still else ""
        note += " Beloppen är medelvärden, avrundade så att de går ihop."
    else:
        note = "Each cause is a group of budget lines; in every replication they sum to the difference to the öre."
        note += f" No difference in: {names}." if still else ""
        note += " Amounts are means, rounded so that they add up."
    if not moving:
        title = f"inget skiljer {first} från {second}" if sv else f"nothing sets {first} apart from {second}"
        return Words(capital(title), subtitle(cmp, lang), note, texts(cmp.doubts, lang))
    top = max(moving, key=lambda cause: abs(walk.mean_kr(cause)))
    amount = kr(shown_causes(cmp)[top], lang, minus=MINUS, signed=True)
    if sv:
        title = f"störst betydelse har {cause_name(top, lang)}: {amount} per år i {first} jämfört med {second}"
    else:
        title = f"{cause_name(top, lang)} matters most: {amount} a year in {first} compared with {second}"
    return Words(capital(title), subtitle(cmp, lang), note, texts(cmp.doubts, lang))


def shown_causes(cmp: Comparison) -> dict[str, float]:
    """Give what each cause adds as it is printed, kr: the sum of its lines, so that the walk adds up.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.

    Returns
    -------
    dict of str to float
        By machine name of the cause.
    """
    one, other = cmp.shown.lines[:2]
    lines = tuple(dict.fromkeys((*cmp.first.lines, *cmp.second.lines)))
    return {
        cause: sum(one.get(line, 0.0) - other.get(line, 0.0) for line in group)
        for cause, group in groups_of(lines).items()
    }


def spread_text(spread: Distribution, lang: str, step: float, *, worlds: bool = False) -> str:
    """Describe a spread in words: its median, and the nine replications of ten, or the extremes when they are few.

    Parameters
    ----------
    spread : Distribution
        One value a replication.
    lang : str
        `sv` or `en`.
    step : float
        What kronor are rounded to in the figure.
    worlds : bool
        Whether each value is a year of a world of its own.
    """
    sv = language_index(lang) == 0

    def show(x: float) -> str:
        return number(x, lang, step=step, minus=MINUS)

    if spread.n == 1:
        single = "i en enda simulering" if sv else "in a single replication"
        return f"{kr(spread.mean, lang, step=step, minus=MINUS)} {single}"
    if spread.identical:
        same = kr(spread.mean, lang, step=step, minus=MINUS)
        return (
            f"{same} i alla {number(spread.n, lang)} simuleringar" if sv else f"{same} in all {spread.n} replications"
        )
    middle = f"median {kr(_median(spread), lang, step=step, minus=MINUS)}"
    if spread.estimable(0.05):
        low, high = spread.interval(0.9)
        many = "lägen" if worlds else "simuleringar"
        tail = f"nio av tio {many} {show(low)} till" if sv else f"nine in ten from {show(low)} to"
    else:
        low, high = float(spread.samples.min()), float(spread.samples.max())
        tail = f"lägst {show(low)}, högst" if sv else f"lowest {show(low)}, highest"
    return f"{middle}; {tail} {kr(high, lang, step=step, minus=MINUS)}"


def chance_text(cmp: Comparison, spread: Distribution, lang: str) -> str:
    """Say in words how often the first model is better.

    Parameters
    ----------
    cmp : Comparison
        Whose first model is named.
    spread : Distribution
        First model less second, kr, one value a replication.
    lang : str
        `sv` or `en`.
    """
    first = short_name(cmp.first, lang)
    if spread.identical and spread.mean == 0:
        return "Lika i alla simuleringar" if language_index(lang) == 0 else "Equal in every replication"
    better = "bättre i" if language_index(lang) == 0 else "better in"
    return capital(f"{first} {better} {chance(spread, lang)}")


def _median(spread: Distribution) -> float:
    ordered = sorted(spread.samples)
    half = spread.n // 2
    return float(ordered[half]) if spread.n % 2 else float(ordered[half - 1] + ordered[half]) / 2


def layers_words(found: UncertainComparison, lang: str, *, whole: bool) -> Words:
    """Write around the three layers.

    Parameters
    ----------
    found : UncertainComparison
        What is shown.
    lang : str
        `sv` or `en`.
    whole : bool
        Whether the strip of shares is drawn; if not, the title says them.
    """
    sv = language_index(lang) == 0
    first, second = short_name(found.first, lang), short_name(found.second, lang)
    gap = more_or_less(found.difference.mean, found.difference.step(), lang, minus=MINUS)
    body = found.first.receiver(lang)
    n, each, run = number(found.draws, lang), number(found.replications, lang), found.first
    chance = chance_of(found.difference, lang).split(" (")[0]
    if sv:
        title = f"{first} ger {body} i medeltal {gap} per år än {second}, och är bättre i {chance} lägen"
        text = f"{n} lägen {SOURCES[found.kind][0]}, {each} simuleringar i varje · slumpserie {run.seed}"
        note = (
            f"Skillnad per kalenderår: {first} minus {second}. Ett läge är en läsning av underlaget, en uppsättning okända "
            "värden och ett år av slump; det svarta strecket är medianen. "
        )
        if found.readings:
            note += f"Varje tunt streck är ett läge; till höger i hur många {first} är bättre, med 95{NO_BREAK}%-intervall. "
        note += "Bara slumpen: åren i ett och samma läge kring dess medel. "
    else:
        title = f"{first} gives {body} {gap} a year than {second} on average, and is better in {chance} worlds"
        text = f"{n} worlds {SOURCES[found.kind][1]}, {each} replications in each · seed {run.seed}"
        note = (
            f"Difference a calendar year: {first} less {second}. A world is one reading of the case, one set of unknown "
            "values and one year of chance; the black line is the median. "
        )
        if found.readings:
            note += f"Each thin line is a world; at the right in how many {first} is better, with its 95% interval. "
        note += "Chance alone: the years of one and the same world around its mean. "
    if found.layers is None:
        needed = number(found.structures.draws_needed, lang)
        few = f"Lagrens andelar kräver {needed} lägen. " if sv else f"The shares of the layers need {needed} worlds. "
        note += few
    elif not whole:
        title += f"; {layers_phrase(found.layers, lang)}"
    else:
        note += (
            "Överst: lagrens andel av variansen, ± medelfelet. "
            if sv
            else "Top: the layers' shares of the variance, ± their standard error. "
        )
    note += "".join(f"{text} " for text in (*added_text(found, lang), *held_text(found, lang)))
    note = note.rstrip(" ")
    about = f"{run.scenario_title} ({run.scenario_name}) · {text}"
    return Words(capital(title), about, note, texts(found.doubts, lang))


def layer_label(name: str, lang: str) -> str:
    """Name a layer beside its colour.

    Parameters
    ----------
    name : str
        Machine name of a layer.
    lang : str
        `sv` or `en`.
    """
    return capital(layer_name(name, lang))
