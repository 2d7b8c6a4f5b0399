"""How the site is built: ``python -m sphinx -E -W --keep-going docs/site out/site``.

What is made before anything is read lies in ``made/`` (and is not kept): see ``made_by/``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
os.environ["MPLBACKEND"] = "agg"
os.environ["LC_ALL"] = "C.UTF-8"  # what a command says to whoever runs it is in the language of the environment
sys.path.insert(0, str(HERE))

from made_by import check_pages, commands, documents, glossary, lists, reference, run_blocks
from sphinx.errors import SphinxError

import kravsim

project = "kravsim"
author = copyright = "The kravsim developers"
version = release = kravsim.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["made_by"]
templates_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]

smartquotes = False  # two dashes begin an option
default_role = "code"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False
napoleon_use_ivar = True
autodoc_typehints = "none"
autodoc_member_order = "groupwise"
maximum_signature_line_length = 90
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = f"kravsim {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_last_updated_fmt = None
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_end": ["theme-switcher"],
}
html_sidebars: dict[str, list[str]] = {page: [] for page in ("index", "tutorial", "snabbstart", "citing")}


def make_pages(app: Any) -> None:
    """Write the pages that are made, those that have not changed left alone.

    Parameters
    ----------
    app : Sphinx
    """
    made: dict[str, str] = {}
    makers: list[Callable[[], dict[str, str]]] = [
        documents.made,
        commands.made,
        glossary.made,
        lists.made,
        reference.made,
    ]
    for maker in makers:
        made |= maker()
    shutil.rmtree(HERE / "made", ignore_errors=True)
    for page, text in made.items():
        target = HERE / f"{page}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def run_page(app: Any, page: str, source: list[str]) -> None:
    """Run the blocks of a page that somebody has written, and put what they say into it.

    Parameters
    ----------
    app : Sphinx
    page : str
        Its name.
    source : list of str
        Its text, the only entry; replaced in place.
    """
    if app.config.run_pages and not page.startswith("made/"):
        pictures = f"made/pictures/{page}"
        with tempfile.TemporaryDirectory() as folder:
            source[0] = run_blocks.with_outputs(source[0], Path(folder), HERE / pictures, f"/{pictures}")


def check_built(app: Any, exception: Exception | None) -> None:
    """Refuse a site with a link to nothing, or with anything that is fetched from elsewhere.

    Parameters
    ----------
    app : Sphinx
    exception : Exception or None
        What has ended the build already.
    """
    if exception is None and app.builder.format == "html":
        found = check_pages.faults(Path(app.outdir))
        if found:
            raise SphinxError("the site is not whole:\n" + "\n".join(found))


def setup(app: Any) -> dict[str, bool]:
    """Hook what is made here into the build.

    Parameters
    ----------
    app : Sphinx
    """
    app.add_config_value("run_pages", True, "env")  # -D run_pages=0 for a quick look at words
    app.connect("builder-inited", make_pages)
    app.connect("source-read", run_page)
    app.connect("build-finished", check_built)
    return {"parallel_read_safe": False}
