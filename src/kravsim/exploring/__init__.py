"""A difference that can be asked: sliders over some inputs, as a page that needs nothing else and as a widget."""

from kravsim.exploring.explored import Explored, explored
from kravsim.exploring.page import page_of
from kravsim.exploring.widget import explore

__all__ = ["Explored", "explore", "explored", "page_of"]


def __dir__() -> list[str]:
    return sorted(__all__)
