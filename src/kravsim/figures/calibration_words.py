"""The words around the picture of a calibration in Swedish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kravsim.figures.labels import Words
from kravsim.words.doubts import texts
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.calibration.calibration import Calibration


def calibration_words(calibration: Calibration, lang: str) -> Words:
    """Title, subtitle and note of the picture.

    Parameters
    ----------
    calibration : Calibration
        What the figure shows.
    lang : str
        `sv` or `en`.
    """
    moved = sum(known.moved for known in calibration.numbers)
    total, sets = len(calibration.keys), len(calibration)
    swedish = language_index(lang) == 0
    read = calibration.called[language_index(lang)]
    about = f"{calibration.scenario.title}. {read}: "
    if swedish:
        title = f"Böckerna flyttar {moved} av {total} osäkra tal"
        if calibration.conflict:
            title = "De publicerade siffrorna går inte ihop i denna läsning"
        about += f"{sets} parametermängder, slumpserie {calibration.seed}."
        note = (
            "Grått: nio tiondelar av vad som hölls för möjligt före böckerna; blått: efter; svart streck: median. "
            "Varje rad har sin egen skala. Till höger median och 5–95 % efter. De som flyttats mest står överst."
        )
    else:
        title = f"The books move {moved} of {total} uncertain numbers"
        if calibration.conflict:
            title = "The published figures do not agree in this reading"
        about += f"{sets} parameter sets, seed {calibration.seed}."
        note = (
            "Grey: nine tenths of what was held possible before the books; blue: after; black line: median. "
            "Every row has a scale of its own. At the right median and 5–95% after. Those that moved most are on top."
        )
    return Words(title, about, note, texts(calibration.doubts, lang))
