"""A figure as files for print: SVG with real text and its font, PDF, PNG of a given width, and its text in words.

Where it comes from stands inside each file. No file holds a date, a random name or the name of a machine.
"""

from __future__ import annotations

import base64
import io
import math
import re
import warnings
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.style import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.figure import Figure

MM_PER_INCH: Final = 25.4
_FINEST: Final = 1e-7
"""Of the width of a picture."""
_NOT_NEEDED: Final = ("FFTM", "GDEF", "GPOS", "GSUB", "MATH", "kern")
"""Tables of a font about how letters move each other, which nothing here is set with."""
_PRINT: Final[Any] = {
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "pdf.compression": 0,
    "figure.dpi": 100,
}
"""Beside the look of every figure: letters stay letters, and nothing is packed by a library whose output may change."""
_SIZE: Final = re.compile(
    r'<svg ([^>]*?)width="[^"]*" height="[^"]*"|<svg ([^>]*?)height="[^"]*" ([^>]*?)width="[^"]*"'
)
_HEAD: Final = re.compile(r"<svg\b[^>]*>")
_METADATA: Final = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)


@dataclass(frozen=True)
class Told:
    """What stands inside the files of a figure beside the picture.

    Parameters
    ----------
    title : str
        The message of the figure.
    alt : str
        What somebody hears who does not see it.
    origin : str
        Scenario, seed and version, in a line.
    """

    title: str
    alt: str
    origin: str


def texts_of(figure: Figure) -> list[str]:
    """Title, subtitle, note and doubts of a figure in the frame that all share, each on one line.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made by a function of ``kravsim.figures``.
    """
    return [" ".join(text.get_text().split()) for text in figure.texts if text.get_text().strip()]


def picture_bytes(figure: Figure, kind: str, caption: Told, *, width_mm: float, dpi: int) -> bytes:
    """Turn a figure into the bytes of a file, the same every time.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    kind : str
        `svg`, `pdf` or `png`.
    caption : Told
        What stands inside beside the picture.
    width_mm : float
        How wide it is printed.
    dpi : int
        Dots an inch of that width, of a PNG.
    """
    _settle(figure)
    stream = io.BytesIO()
    shrink = width_mm / MM_PER_INCH / figure.get_figwidth()
    with look(), warnings.catch_warnings():
        import matplotlib as mpl

        mpl.rcParams.update(_PRINT)
        more: dict[str, Any] = (
            {"dpi": dpi * shrink, "pil_kwargs": {"compress_level": 0}} if kind == "png" else {"dpi": 100}
        )
        figure.savefig(stream, format=kind, metadata=_metadata(kind, caption), **more)
    body = stream.getvalue()
    if kind == "svg":
        return _svg(body.decode("utf-8"), caption, width_mm).encode("utf-8")
    return _png(body, dpi, caption) if kind == "png" else body


def _settle(figure: Figure) -> None:
    """Round lines and areas to what no eye can tell, so that a processor's last bits do not reach a picture."""
    from matplotlib.patches import Rectangle
    from matplotlib.text import Annotation

    for axes in figure.axes:
        for scale, limits, limit in (
            (axes.get_xscale(), axes.get_xlim(), axes.set_xlim),
            (axes.get_yscale(), axes.get_ylim(), axes.set_ylim),
        ):
            if scale == "linear":
                limit(*_steps(limits, *limits).tolist())
        scales = ((axes.get_xscale(), axes.get_xlim()), (axes.get_yscale(), axes.get_ylim()))

        def settled(artist: Any, ends: Sequence[Any], scales: Any = scales, axes: Any = axes) -> list[Any]:
            in_data = artist.get_transform().contains_branch_seperately(axes.transData)
            return [
                _steps(values, *limits) if counts and scale == "linear" else values
                for values, counts, (scale, limits) in zip(ends, in_data, scales, strict=True)
            ]

        for line in axes.lines:
            line.set_data(*settled(line, (line.get_xdata(orig=False), line.get_ydata(orig=False))))
        for area in axes.collections:
            for path in area.get_paths():
                points = np.asarray(path.vertices, float)
                if points.size:
                    path.vertices = np.column_stack(settled(area, list(points.T)))
        for bar in (one for one in axes.patches if isinstance(one, Rectangle)):
            x, y = settled(
                bar, ((bar.get_x(), bar.get_x() + bar.get_width()), (bar.get_y(), bar.get_y() + bar.get_height()))
            )
            bar.set_bounds(x[0], y[0], x[1] - x[0], y[1] - y[0])
        for said in axes.texts:
            if isinstance(said, Annotation) and said.xycoords == "data":
                place = zip(said.xy, scales, strict=True)
                x, y = (_steps(at, *limits) if scale == "linear" else at for at, (scale, limits) in place)
                said.xy = (float(x), float(y))


def _steps(values: object, low: float, high: float) -> npt.NDArray[np.float64]:
    numbers = np.asarray(values, dtype=float)
    wide = abs(high - low) * _FINEST
    if not wide > 0:
        return numbers
    digits = -math.floor(math.log10(wide))  # a power of ten, which has no last bits of its own
    return np.round(numbers, digits)


def _metadata(kind: str, caption: Told) -> dict[str, Any]:
    if kind == "pdf":
        # no times; a producer would name the version of the library, which the manifest has
        said = {"Title": caption.title, "Subject": caption.origin, "Keywords": "kravsim"}
        return {**said, "CreationDate": None, "Creator": None, "Producer": None}
    return {"Software": None} if kind == "png" else {"Date": None, "Creator": None}


def _png(body: bytes, dpi: int, caption: Told) -> bytes:
    from PIL import Image, PngImagePlugin

    said = PngImagePlugin.PngInfo()
    for key, text in (("Title", caption.title), ("Description", caption.alt), ("Source", caption.origin)):
        said.add_itxt(key, text)
    stream = io.BytesIO()
    with Image.open(io.BytesIO(body)) as image:
        image.convert("RGB").save(stream, "PNG", dpi=(dpi, dpi), pnginfo=said, compress_level=6)
    return stream.getvalue()


def _svg(text: str, caption: Told, width_mm: float) -> str:
    """Give the picture its printed size, its title and description for a screen reader, its origin and its font."""
    text = _METADATA.sub("", text, count=1)
    head = _HEAD.search(text)
    if head is None:
        message = "a picture without its root element"
        raise ValueError(message)
    width, height = (float(re.search(rf'\b{side}="([0-9.]+)pt"', head[0])[1]) for side in ("width", "height"))  # type: ignore[index]
    tag = re.sub(r'\bwidth="[^"]*"', f'width="{width_mm:g}mm"', head[0])
    tag = re.sub(r'\bheight="[^"]*"', f'height="{width_mm * height / width:.3f}mm"', tag)
    tag = tag[:-1] + ' role="img" aria-labelledby="said more">'
    inside = (
        f'\n <title id="said">{escape(caption.title)}</title>\n <desc id="more">{escape(caption.alt)}</desc>'
        f"\n <metadata>{escape(caption.origin)}</metadata>\n <style>{font_css(text)}</style>"
    )
    return text[: head.start()] + tag + inside + text[head.end() :]


def font_css(text: str) -> str:
    """The letters of a text in the font of the figures, as a style sheet that needs no network and no installed font.

    Parameters
    ----------
    text : str
        Whatever is written; letters that it has not are left out of the font.
    """
    letters = "".join(sorted(set(text)))
    return "".join(
        f"@font-face{{font-family:'DejaVu Sans';font-weight:{weight};src:url(data:font/ttf;base64,{_font(weight, letters)})}}"
        for weight in ("normal", "bold")
    )


@cache
def _font(weight: str, letters: str) -> str:
    from fontTools import subset
    from matplotlib.font_manager import FontProperties, findfont

    path = findfont(FontProperties(family="DejaVu Sans", weight=weight), fallback_to_default=False)
    options = subset.Options()
    options.recalc_timestamp = False
    options.hinting, options.layout_features, options.name_IDs = False, [], [1, 2]
    options.notdef_outline, options.drop_tables = True, [*options.drop_tables, *_NOT_NEEDED]
    stream = io.BytesIO()
    with subset.load_font(str(path), options) as font:
        worker = subset.Subsetter(options)
        worker.populate(text=letters)
        worker.subset(font)
        subset.save_font(font, stream, options)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def alternative(texts: Sequence[str], more: str = "") -> str:
    """Put into words what a figure shows: its message first, then how it is read, then its numbers.

    Parameters
    ----------
    texts : sequence of str
        As :func:`texts_of` gives them.
    more : str
        What its numbers say, where that stands in no title.
    """
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in (*texts, more) if text)
