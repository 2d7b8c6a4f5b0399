"""Where notices and bars go while a run is under way: a terminal, a notebook, or nowhere when nobody looks.

A notebook shows whatever is written to standard error in a red box, like a fault; there a notice is an output like any other.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    if "ipykernel" not in sys.modules or "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None


def is_seen() -> bool:
    """Whether somebody looks: at a terminal or a notebook."""
    return in_notebook() or (sys.stderr is not None and sys.stderr.isatty())


def bar(**how: Any) -> Any:
    """Begin a progress bar: with widgets in a notebook that has them, and as text everywhere else.

    Parameters
    ----------
    **how
        As tqdm takes them.
    """
    if not in_notebook():
        return import_module("tqdm").tqdm(**how)
    if find_spec("ipywidgets") is not None:
        return import_module("tqdm.auto").tqdm(**how)
    return import_module("tqdm").tqdm(**how, file=sys.stdout)


def write(text: str) -> None:
    """Write a line, above a bar if there is one; a terminal that has gone is no fault.

    Parameters
    ----------
    text : str
        One line.
    """
    if in_notebook():
        shown = f'<p style="margin: 0; color: #595959; font-size: 0.9em">{escape(text)}</p>'
        import_module("IPython.display").display({"text/plain": text, "text/html": shown}, raw=True)
        return
    with suppress(OSError, ValueError, AttributeError):
        if "tqdm" in sys.modules:
            sys.modules["tqdm"].tqdm.write(text, file=sys.stderr)
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()
