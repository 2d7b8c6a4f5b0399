"""The page that can be asked: one file with its data, style and arithmetic in it, which fetches nothing."""

from __future__ import annotations

import json
import math
import re
import shlex
from html import escape
from importlib.resources import files
from typing import Any, Final

from kravsim.exploring.explored import TENTH, Explored
from kravsim.exploring.page_words import word
from kravsim.exploring.sliders import Slider
from kravsim.ledger.lines import STATEMENT
from kravsim.version import __version__
from kravsim.words.display import NO_BREAK, kr, number
from kravsim.words.key_words import key_name
from kravsim.words.wording import capital, language_index, line_name

_IN_SCRIPT: Final = (
    "less",
    "more",
    "near",
    "none",
    "spread",
    "turns",
    "keeps",
    "noneTo",
    "noneFrom",
    "noneBetween",
    "unknown",
    "outside",
)
_SEAM: Final = re.compile(r"(?i)(?:inkasso|påminnelse|kronofogde|efter|under|ram|telefon|kommun)(?=\w{6})")
"""The first part of a compound of which much is left."""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def page_of(found: Explored, lang: str) -> str:
    """Write the page.

    Parameters
    ----------
    found : Explored
        What can be asked.
    lang : str
        `sv` or `en`.
    """
    style, script = (
        files("kravsim.exploring").joinpath(name).read_text("utf-8") for name in ("explore.css", "explore.js")
    )
    data = json.dumps(page_data(found, lang), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    title = f"{word('title', lang)}: {found.title}"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>\n'
        f"<style>\n{style}</style></head>\n<body>\n{_body(found, lang)}"
        f'<script type="application/json" id="data">{data.replace("<", chr(92) + "u003c")}</script>\n'
        f"<script>\n{script}</script>\n</body></html>\n"
    )


def page_data(found: Explored, lang: str) -> dict[str, Any]:
    """What the page works with: sliders, surfaces, errors and words, as plain values.

    Parameters
    ----------
    found : Explored
        What can be asked.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    bases: list[dict[str, Any]] = []
    models = [_numbered(one.to_json(), bases) for one in found.surfaces]
    largest = found.held_out.largest
    return {
        "sliders": [_slider_data(one, lang) for one in found.sliders],
        "bases": bases,
        "models": models,
        "lines": [{"line": name} for name in _lines(found)],
        "names": [names[place] for names in _names(found)],
        "spread": None if found.spread is None else found.spread.to_json(),
        "largest": largest if math.isfinite(largest) else None,
        "tenth": TENTH,
        "step": found.step,
        "mark": (",", ".")[place],
        "percent": (f"{NO_BREAK}%", "%")[place],
        "command": _command(found),
        "words": {name: word(name, lang) for name in _IN_SCRIPT},
    }


def _command(found: Explored) -> dict[str, Any] | None:
    """The command without what is moved: its beginning, the changes that the case has by key, and its end."""
    if not found.command:
        return None
    where, *changes = found.command
    return {
        "begin": f"kravsim compare {shlex.quote(where)}",
        "changes": [{"key": one.partition("=")[0], "set": f"--set {shlex.quote(one)}"} for one in changes],
        "end": f"--models {','.join(found.models)}",
    }


def _slider_data(one: Slider, lang: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "low": one.low,
        "high": one.high,
        "value": one.value,
        "positions": one.positions,
        "percent": one.percent,
        "unit": "%" if one.percent else one.unit_word(lang),
        "one": "%" if one.percent else one.unit_word(lang, one=True),
        "decimals": one.decimals,
        "along": [{"key": key, "value": value, "whole": key in one.whole} for key, value in one.along],
    }


def _numbered(node: Any, bases: list[dict[str, Any]]) -> Any:
    """Put the number of its basis in the place of each polynomial's own."""
    if isinstance(node, list):
        return [_numbered(one, bases) for one in node]
    if not isinstance(node, dict):
        return node
    if "terms" not in node:
        return {name: _numbered(one, bases) for name, one in node.items()}
    basis = {"inputs": node["inputs"], "terms": node["terms"]}
    if basis not in bases:
        bases.append(basis)
    return {"basis": bases.index(basis), "weights": node["weights"]}


def _lines(found: Explored) -> list[str]:
    known = {one.line for surface in found.surfaces for one in surface.lines}
    return [line.name for line in STATEMENT if line.name in known]


def _names(found: Explored) -> list[tuple[str, str]]:
    return [(capital(sv), capital(en)) if at == 0 else (sv, en) for at, (sv, en) in enumerate(found.names)]


def notes(found: Explored, lang: str) -> list[str]:
    """How near the page is, what its range is of, and what else must be known to read it.

    Parameters
    ----------
    found : Explored
        What can be asked.
    lang : str
        `sv` or `en`.
    """
    near, said = found.held_out, []
    if math.isfinite(near.largest):
        error, usual = (kr(one, lang, step=found.step) for one in (near.largest, near.usual))
        said.append(word("error", lang, points=number(near.points, lang), error=error, usual=usual))
    else:
        said.append(word("error_unknown", lang))
    if near.without or near.refused:
        right = {"said": near.without - near.missed, "refused": near.refused}
        said.append(word("without", lang, points=number(near.points, lang), without=near.without, **right))
    if found.spread is None:
        said.append(word("no_worlds", lang))
    else:
        text = word("worlds", lang, numbers=found.spread.numbers, worlds=found.spread.worlds)
        said.append(text + (word("worlds_without", lang, without=found.spread.without) if found.spread.without else ""))
    if any(one.along for one in found.sliders):
        said.append(word("together", lang))
    if found.narrowed:
        said.append(word("narrowed", lang))
    said.append(word("rounded", lang, step=kr(found.step, lang)))
    return said


def _body(found: Explored, lang: str) -> str:
    place = language_index(lang)
    first, second = (names[place] for names in found.names)
    doubts = "".join(f'<p class="doubt">{escape(doubt.text(lang))}</p>\n' for doubt in found.doubts)
    about = word("about", lang, first=first, second=second)
    explained = notes(found, lang)
    cards = "".join(_card(at, one, lang) for at, one in enumerate(found.sliders))
    sides = (word("better", lang, name=capital(second)), word("better", lang, name=capital(first)))
    answer = word("no_script", lang, answer=found.sentence(lang))
    return (
        f"<header><h1>{escape(word('title', lang))}: {escape(found.title)}</h1>\n<p>{escape(about)}</p>\n{doubts}"
        f"<noscript><p>{escape(answer)}</p></noscript></header>\n"
        f'<section id="told" aria-label="{escape(word("difference", lang))}">'
        f'<span class="pale">{escape(word("difference", lang))}</span>'
        f'<div role="status" aria-live="polite"><output id="number">–</output><p id="answer"></p><p id="spread"></p></div>\n'
        '<svg id="bar" viewBox="0 0 600 34" aria-hidden="true" hidden>'
        '<line x1="20" x2="580" y1="17" y2="17" stroke="#c8c8c8"/>'
        '<rect id="band" y="9" height="16" fill="#9cc3e6"/><line x1="300" x2="300" y1="2" y2="32" stroke="#1a1a1a"/>'
        '<circle id="dot" cy="17" r="6" fill="#0b5394"/></svg>'
        f'<div class="sides"><span>← {escape(sides[0])}</span><span>0</span><span>{escape(sides[1])} →</span></div>\n'
        f'<p class="pale">{escape(explained[0])}</p></section>\n<p id="beyond"></p>\n'
        f"<main><h2>{escape(word('sliders', lang))}</h2>\n"
        f'<p class="pale">{escape(word("marks", lang))} '
        f'<button type="button" id="reset">{escape(word("reset", lang))}</button></p>\n'
        f'<div class="sliders">\n{cards}</div>\n'
        f"<h2>{escape(word('budget', lang))}</h2>\n{_table(found, lang)}</main>\n<footer>"
        + "".join(f'<p class="pale">{escape(text)}</p>\n' for text in explained[1:])
        + (
            f'<p class="pale">{escape(word("simulate", lang))}<br><code id="command"></code></p>\n'
            if found.command
            else f'<p class="pale">{escape(word("no_command", lang))}</p>\n'
        )
        + f'<p class="pale">{escape(word("made", lang, version=__version__))}</p></footer>\n'
    )


def _card(at: int, one: Slider, lang: str) -> str:
    name = escape(capital(key_name(one.key, lang)))
    low, high = (escape(one.text(end, lang)) for end in (one.low, one.high))
    standing = one.positions.index(one.value)
    return (
        f'<div class="slider"><label for="s{at}"><span>{name}</span>'
        f'<output id="v{at}" for="s{at}" aria-hidden="true">{escape(one.text(one.value, lang))}</output></label>'
        f'<input type="range" id="s{at}" min="0" max="{len(one.positions) - 1}" step="1" value="{standing}" '
        f'aria-describedby="w{at}" aria-valuetext="{escape(one.text(one.value, lang))}">'
        f'<div class="track" id="t{at}" aria-hidden="true"></div>'
        f'<div class="ends" aria-hidden="true"><span>{low}</span><span>{high}</span></div>'
        f'<p class="words" id="w{at}"></p></div>\n'
    )


def _with_seams(text: str) -> str:
    """Let a long compound break where its parts meet, with a hyphen: few browsers know where Swedish words do."""
    return _SEAM.sub("\\g<0>\u00ad", text)


def _table(found: Explored, lang: str) -> str:
    heads = [word("line", lang), *(names[language_index(lang)] for names in found.names), word("gap", lang)]
    rows = "".join(
        f'<tr><th scope="row" style="font-weight:400">{escape(capital(line_name(line, lang)))}</th>'
        + "".join(f'<td id="l{at}c{k}">–</td>' for k in range(3))
        + "</tr>\n"
        for at, line in enumerate(_lines(found))
    )
    total = "".join(f'<td id="net{k}">–</td>' for k in range(3))
    head = "".join(f'<th scope="col">{_with_seams(escape(capital(text)))}</th>' for text in heads)
    label = escape(word("budget", lang))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f'<tbody>\n{rows}</tbody><tfoot><tr><th scope="row">{escape(word("net", lang))}</th>{total}</tr></tfoot>'
        "</table></div>\n"
    )
