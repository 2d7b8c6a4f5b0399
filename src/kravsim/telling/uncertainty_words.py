"""The words of an uncertain comparison, Swedish and English: three layers, chances and readings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from kravsim.statistics.convergence import half_width
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.layers import LAYERS, Layer, Layers
from kravsim.telling.sentence import more_or_less, percent_range
from kravsim.telling.shown import percents
from kravsim.words.display import NO_BREAK, kr, number, share, step_for
from kravsim.words.wording import capital, language_index, listed

if TYPE_CHECKING:
    from kravsim.results.uncertainty import Structures, UncertainComparison

_LAYER_NAMES: Final = {
    "structure": ("läsningen av underlaget", "how the case is read"),
    "parameters": ("okända värden", "unknown values"),
    "chance": ("slumpen", "chance"),
}
SOURCES: Final = {
    "prior": ("före avstämning mot bokföringen", "before the books are read"),
    "posterior": ("som stämmer med bokföringen", "that agree with the books"),
}
"""What the worlds are drawn from, as running text."""

_SMALL: Final = 0.005
_HELD: Final = ("Hålls vid grundfallet: {}.", "Held at the base case: {}.")
_HOW_ADDED: Final = (
    (
        ", med {added} lägen till simulerade och sluten form i ytterligare {more} som kontrollvariat (de {n} lägena ensamma: "
        "{gap}, ±{error})"
    ),
    (
        ", with {added} more simulated and the closed form in another {more} as control variate (the {n} worlds alone: "
        "{gap}, ±{error})"
    ),
)
_ADDED: Final = (
    (
        "Utöver de {first} lägena, fördelade efter vikt, är {added} simulerade, så att läsningarna har {worlds}. De räknas i "
        "medelvärdena med sluten form och i lagrens andelar, inte i percentiler och sannolikheter. Förbehåll, såsom i hur "
        "många lägen personalen är överbelastad, är av alla {every} simulerade."
    ),
    (
        "Beyond the {first} worlds, which are spread by weight, {added} are simulated, so that readings have {worlds}. They "
        "count in the means with the closed form and in the shares of the layers, not in percentiles and chances. Caveats, "
        "such as in how many worlds the staff are overloaded, are of all {every} that are simulated."
    ),
)
_AS_THEY_ARE: Final = (
    "Parametervärdena är funna med detta och används oförändrade även med alternativen: {}.",
    "The parameter sets were found with this, and are used as they are with the alternatives, too: {}.",
)


def layer_name(name: str, lang: str) -> str:
    """Name a layer as running text.

    Parameters
    ----------
    name : str
        Machine name of a layer, one of ``LAYERS``.
    lang : str
        `sv` or `en`.
    """
    return _LAYER_NAMES[name][language_index(lang)]


def against(found: UncertainComparison, lang: str) -> str:
    """Name a further model and the one it is held against.

    Parameters
    ----------
    found : UncertainComparison
        The comparison of the further model.
    lang : str
        `sv` or `en`.
    """
    words = ("mot", "against")[language_index(lang)]
    return capital(f"{found.first.name(lang)} {words} {found.second.name(lang)}")


def share_texts(layers: Layers, lang: str) -> dict[str, str]:
    """Write each layer's share of the variance with its standard error; the shares sum to 100 % as they are printed.

    Parameters
    ----------
    layers : Layers
        Of one difference.
    lang : str
        `sv` or `en`.

    Returns
    -------
    dict of str to str
        By machine name of the layer; a dash where the whole has no variance.
    """
    shown, texts = _shown_shares(layers, 0.001), {}
    for layer in layers.layers:
        error = "" if layer.share_se is None else f" ± {number(100 * layer.share_se, lang, step=0.1)}"
        texts[layer.name] = share(shown[layer.name], lang) + error if shown else "–"
    return texts


def raw_text(found: Mapping[str, Layers], lang: str) -> list[str]:
    """Explain shares that are estimated below 0, by the name of the difference.

    Parameters
    ----------
    found : mapping of str to Layers
        The layers of every difference that is told, by its name as running text.
    lang : str
        `sv` or `en`.

    Returns
    -------
    list of str
        One paragraph or none.
    """
    below = [(name, layer) for name, one in found.items() for layer in one.layers if layer.variance < 0]
    if not below:
        return []
    said = ", ".join(f"{layer_name(layer.name, lang)} ({name})" for name, layer in below)
    if language_index(lang) == 0:
        why = (
            "Lagret är för litet för att skiljas från inget; varianserna skattas utan systematiskt fel, åt båda hållen"
        )
        return [f"Skattad under 0: {said}. {why}, och andelarna är tillsammans 100{NO_BREAK}%."]
    why = "The layer is too small to be told from none; variances are estimated without bias, to either side"
    return [f"Estimated below 0: {said}. {why}, and the shares sum to 100%."]


def held_words(structures: Structures) -> dict[str, tuple[str, str]]:
    """Say which alternatives are not drawn, and which are drawn with values that were found under one of them.

    Parameters
    ----------
    structures : Structures
        What was drawn of readings.

    Returns
    -------
    dict of str to (str, str)
        A sentence in Swedish and English by what it says, ``held_at_base`` or ``sets_found_at``; none that says nothing.
    """
    said: dict[str, tuple[str, str]] = {}
    for key, pairs, words in (
        ("held_at_base", structures.held, _HELD),
        ("sets_found_at", structures.rules, _AS_THEY_ARE),
    ):
        titles = [structures.titles.get(pair, (pair[1], pair[1])) for pair in pairs.items()]
        if titles:
            sv, en = (words[place].format("; ".join(both[place] for both in titles)) for place in (0, 1))
            said[key] = (sv, en)
    return said


def held_text(found: UncertainComparison, lang: str) -> list[str]:
    """Say which alternatives are not drawn, and which are drawn with values that were found under one of them.

    Parameters
    ----------
    found : UncertainComparison
        The uncertain comparison that is told.
    lang : str
        `sv` or `en`.
    """
    return [both[language_index(lang)] for both in held_words(found.structures).values()]


def added_text(found: UncertainComparison, lang: str) -> list[str]:
    """Say which worlds were added to those that are spread by weight, and what they count in.

    Parameters
    ----------
    found : UncertainComparison
        The uncertain comparison that is told.
    lang : str
        `sv` or `en`.
    """
    if found.added is None:
        return []
    first, added = number(found.draws, lang), number(found.added.draws, lang)
    worlds = listed([f"{name} {number(many, lang)}" for name, many in found.structures.asked.items()], lang)
    every = number(found.draws + found.added.draws, lang)
    return [_ADDED[language_index(lang)].format(first=first, added=added, worlds=worlds, every=every)]


def chance_of(spread: Distribution, lang: str) -> str:
    """Say in how many worlds the value is above 0, with the exact interval of that probability.

    Parameters
    ----------
    spread : Distribution
        One value a world, kr.
    lang : str
        `sv` or `en`.
    """
    above = round(spread.prob_above(0) * spread.n)
    of = "av" if language_index(lang) == 0 else "of"
    interval = percent_range(spread.prob_above_interval(0), lang)
    return f"{number(above, lang)} {of} {number(spread.n, lang)} ({interval})"


def error_text(spread: Distribution, lang: str) -> str:
    """Write how well the worlds know the mean: the half-width of its 95 % interval; a dash for a single world.

    Parameters
    ----------
    spread : Distribution
        One value a world, kr.
    lang : str
        `sv` or `en`.
    """
    if spread.n == 1:
        return "–"
    arm, _ = half_width(spread)
    return kr(arm, lang, step=step_for(arm / 20 or None))


def span_text(spread: Distribution, lang: str, *, minus: str = "-") -> str:
    """Write where nine worlds of ten lie; a dash when there are too few.

    Parameters
    ----------
    spread : Distribution
        One value a world, kr.
    lang : str
        `sv` or `en`.
    minus : str
        The minus sign: a hyphen in text, U+2212 in figures.
    """
    if not (spread.estimable(0.05) and spread.estimable(0.95)):
        return "–"
    low, high = spread.interval(0.9)
    to = "till" if language_index(lang) == 0 else "to"
    shown = number(low, lang, step=spread.step(), minus=minus)
    return f"{shown} {to} {kr(high, lang, step=spread.step(), minus=minus)}"


def sentence(found: UncertainComparison, lang: str) -> str:
    """State the answer, its three layers and its chances in one sentence.

    Parameters
    ----------
    found : UncertainComparison
        The uncertain comparison that is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    first, second, body = found.first.name(lang), found.second.name(lang), found.first.receiver(lang)
    gap, error, beside = _mean(found, lang)
    source, span = SOURCES[found.kind][place], span_text(found.difference, lang)
    worlds = f"{_worlds(found, lang)} {source}{beside}"
    if place == 0:
        head = f"{first} ger {body} i medeltal {gap} (±{error}) i nettointäkt per år än {second} över {worlds}"
        nine = "" if span == "–" else f"; nio av tio lägen ligger från {span}"
    else:
        head = f"{first} gives {body} {gap} (±{error}) net revenue a year than {second} on average over {worlds}"
        nine = "" if span == "–" else f"; nine worlds of ten lie from {span}"
    return capital(f"{head}{nine}; {_layers(found, lang)}; {_chances(found, first, lang)}{_turns(found, lang)}.")


def _mean(found: UncertainComparison, lang: str) -> tuple[str, str, str]:
    """The mean difference, its half-width, and what it was found with: the surer of the two there are, with the other."""
    plain = more_or_less(found.difference.mean, found.difference.step(), lang), error_text(found.difference, lang)
    one = None if found.by_control is None else found.by_control.fiscal
    if one is None or not one.helps:
        return *plain, ""
    gap = more_or_less(one.mean, step_for(one.error or None), lang)
    error, more = kr(one.arm, lang, step=step_for(one.arm / 20 or None)), number(one.further_worlds, lang)
    if found.added is not None:
        how = _HOW_ADDED[language_index(lang)].format(
            added=number(found.added.draws, lang), more=more, n=number(found.draws, lang), gap=plain[0], error=plain[1]
        )
    elif language_index(lang) == 0:
        how = f", med sluten form i {more} till som kontrollvariat (de simulerade lägena ensamma: {plain[0]}, ±{plain[1]})"
    else:
        how = f", with the closed form in {more} more as control variate (simulated worlds alone: {plain[0]}, ±{plain[1]})"
    return gap, error, how


def layers_phrase(layers: Layers, lang: str) -> str:
    """Say how much of the variance comes from each of the three layers.

    Parameters
    ----------
    layers : Layers
        Of one difference.
    lang : str
        `sv` or `en`.
    """
    whole = _shown_shares(layers, 0.01)
    little = (" (för litet för att synas)", " (too small to be seen)")[language_index(lang)]
    shown = [
        (_percent(layers[name], whole[name], lang), layer_name(name, lang) + little * (layers[name].variance < 0))
        for name in LAYERS
    ]
    if language_index(lang) == 1:
        (first, where), *others, (last, there) = shown
        listed = ", ".join([f"{first} of the variance comes from {where}", *(f"{x} from {y}" for x, y in others)])
        return f"{listed} and {last} from {there}"
    parts = [f"{percent} från {name}" for percent, name in shown]
    listed = ", ".join(parts[:-1]) + " och " + parts[-1]
    return f"av variansen kommer {listed}"


def _worlds(found: UncertainComparison, lang: str) -> str:
    n = number(found.draws, lang)
    return f"{n} dragna lägen" if language_index(lang) == 0 else f"{n} drawn worlds"


def _layers(found: UncertainComparison, lang: str) -> str:
    sv = language_index(lang) == 0
    layers = found.layers
    if layers is None:
        needed = number(found.structures.draws_needed, lang)
        if sv:
            return f"hur spridningen delas mellan läsning, okända värden och slump kan skattas först med {needed} lägen"
        return f"how the spread divides between reading, unknown values and chance takes {needed} worlds"
    if layers.total == 0:
        return "ingenting varierar" if sv else "nothing varies"
    missing = []
    if len(found.structures.choices) == 1:
        missing.append("underlaget läses på ett enda sätt" if sv else "the case is read in one way only")
    if not found.uncertain:
        missing.append("inga värden är osäkra" if sv else "no values are uncertain")
    return layers_phrase(layers, lang) + (f" ({', '.join(missing)})" if missing else "")


def _shown_shares(layers: Layers, step: float) -> dict[str, float]:
    """Shares by layer as they are printed, which sum to 1; empty when nothing varies."""
    known = [layer.share for layer in layers.layers if layer.share is not None]
    return dict(zip(LAYERS, percents(known, step), strict=True)) if known else {}


def _percent(layer: Layer, shown: float, lang: str) -> str:
    if 0 < (layer.share or 0.0) < _SMALL and shown == 0:
        return ("under " if language_index(lang) == 0 else "less than ") + share(0.01, lang, step=0.01)
    return share(shown, lang, step=0.01)


def _chances(found: UncertainComparison, first: str, lang: str) -> str:
    fiscal, economic = chance_of(found.difference, lang), chance_of(found.economic_difference, lang)
    if language_index(lang) == 0:
        return f"sannolikhet att {first} är bättre: {fiscal}, med återvunnet kapital inräknat {economic}"
    return f"chance that {first} is better: {fiscal}, with recovered principal counted {economic}"


def _turns(found: UncertainComparison, lang: str) -> str:
    if not found.opposite_signs:
        return ""
    if language_index(lang) == 0:
        return "; OBS att medelskillnaderna har olika tecken, så svaret beror på om återvunnet kapital räknas med"
    return "; note that the mean differences have opposite signs, so the answer depends on whether principal is counted"
