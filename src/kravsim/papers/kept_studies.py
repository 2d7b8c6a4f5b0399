"""The studies whose files can be made again: what asks the question, and what draws the answer. One table for all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kravsim import figures, studies
from kravsim.errors import DataError, Problem, RunError, Words
from kravsim.papers.save_study import contents, save_study, save_table
from kravsim.phrases import phrase
from kravsim.studies.decision.sweep import sweep

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from matplotlib.figure import Figure

    from kravsim.scenario import Scenario


@dataclass(frozen=True)
class Kept:
    """How a study is asked and drawn.

    Parameters
    ----------
    ask : callable
        Takes a scenario and the settings of a manifest as keywords.
    draw : callable or None
        Draws the answer; None where it has no figure.
    restore : callable
        Makes the study's keywords of the settings in a manifest.
    """

    ask: Callable[..., Any]
    draw: Callable[..., Figure] | None = None
    restore: Callable[[Mapping[str, Any]], dict[str, Any]] = dict


def _with_its_end(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Read back the scenario that a bridge was walked to, which a manifest keeps as text, changes and what it took over."""
    from kravsim.scenario import Scenario

    end = settings.get("end")
    if not isinstance(end, Mapping):
        return dict(settings)
    changes = tuple((str(key), str(text)) for key, text in end.get("changes", ()))
    to = Scenario.from_text(str(end.get("text", "")), "settings.end.text", changes, end.get("taken"))
    return {**settings, "end": to}


def _with_its_bodies(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Read back the bodies of a portfolio, which a manifest keeps as the text of their file."""
    from kravsim.scenario.portfolio_file import portfolio_of

    bodies = settings.get("bodies", "")
    return {**settings, "bodies": portfolio_of(bodies, "settings.bodies") if isinstance(bodies, str) else bodies}


STUDIES: Final[Mapping[str, Kept]] = {
    "sweep": Kept(sweep, figures.sweep),
    "sensitivity": Kept(studies.sensitivity, figures.tornado),
    "break-even": Kept(studies.switching_value, figures.break_even),
    "flips": Kept(studies.nearest_flips),
    "information": Kept(studies.value_of_information, figures.information),
    "discovery": Kept(studies.discover, figures.discovery),
    "break-even-line": Kept(studies.switching_line, figures.switching_line),
    "rank": Kept(studies.rank, figures.ranking),
    "payment-curves": Kept(studies.payment_curves, figures.payment_curves),
    "bridge": Kept(studies.bridge, figures.walk, _with_its_end),
    "costs": Kept(studies.cost_concepts),
    "stock": Kept(studies.stock, figures.stock_years),
    "people": Kept(studies.people, figures.people),
    "transition": Kept(studies.transition, figures.transition),
    "years": Kept(studies.years, figures.years),
    "portfolio": Kept(studies.portfolio, figures.portfolio, _with_its_bodies),
}
"""Name of a study, and of its files -> how it is asked and drawn."""


def keep(
    found: Any,
    name: str,
    scenario: Scenario,
    outdir: str | os.PathLike[str],
    *,
    settings: Mapping[str, Any],
    lang: str = "sv",
    force: bool = False,
) -> list[Path]:
    """Write a study's files and manifest.

    Parameters
    ----------
    found : the study's answer
        With `to_json` and `to_frame`.
    name : str
        One of ``STUDIES``.
    scenario, outdir, settings, lang, force
        As for :func:`kravsim.papers.save_study`.
    """
    draw = STUDIES[name].draw
    more: dict[str, Any] = {"settings": settings, "lang": lang, "force": force}
    if draw is None:
        return save_table(found, name, scenario, outdir, **more)
    return save_study(found, draw(found, lang=lang), name, scenario, outdir, **more)


def rerun_study(
    scenario: Scenario, said: Mapping[str, Any], lang: str, how: Mapping[str, Any], file: str
) -> dict[str, bytes]:
    """Ask a study again as its manifest says, and make its files.

    Parameters
    ----------
    scenario : Scenario
        What was asked about, changes included.
    said : mapping
        The manifest.
    lang : str
        `sv` or `en`.
    how : mapping
        `workers` and other settings that change nothing; those that a study does not know are left out.
    file : str
        Where the manifest lies, for errors.

    Raises
    ------
    RunError
        When the study is none that can be asked again, or the manifest does not say how it was asked.
    DataError
        When the settings are none of the study's.
    """
    name, settings = said["study"], said.get("settings")
    if name not in STUDIES or not isinstance(settings, dict):
        argv = said["run"].get("argv", [])
        got = Words(
            phrase("files of the study {name} without its settings", name=name)
            if name in STUDIES
            else phrase("a study {name}", name=name)
        )
        remedy = phrase("run the command again and compare: {names}", names=" ".join(map(str, argv)))
        raise RunError(
            Problem(file, "study", got, phrase("one of {names}, with its settings", names=", ".join(STUDIES)), remedy)
        )
    kept = STUDIES[name]
    known = inspect.signature(kept.ask).parameters
    strange = [key for key in settings if key not in known]
    if strange:
        allowed = phrase("settings of {name}: {names}", name=name, names=", ".join(list(known)[1:]))
        raise DataError(
            Problem(file, f"settings.{key}", settings[key], allowed, "the manifest was edited") for key in strange
        )
    running = {key: value for key, value in how.items() if key in known and value is not None}
    found = kept.ask(scenario, **kept.restore(settings), **running)
    return contents(found, None if kept.draw is None else kept.draw(found, lang=lang), name, scenario)
