"""Commands of papers: build one whole, check which of its files are stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from kravsim.cli.messages import message
from kravsim.cli.options import command, whole_numbers
from kravsim.cli.running import is_shown, json_option, progress_option, show, tell_files
from kravsim.errors import Problem, RunError, ScenarioError
from kravsim.speech import language
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.papers.paper_file import Paper
    from kravsim.running.how import Crew

_WHERE = "command line"
_CSV: Final = ("plain", "swedish_excel")
"""How a paper's tables of data can be written, as its file says it."""


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    of_papers = commands.add_parser("paper", help="build a committee paper, or check which of its files are stale")
    common(of_papers, name=False)
    kinds = of_papers.add_subparsers(title="commands", metavar="COMMAND", required=True)

    one = command(kinds, "build", build, "build every file of a paper: figures, tables, Word, HTML and Excel")
    one.add_argument("paper", metavar="PAPER", help="a bundled paper, or a path to its .toml file")
    one.add_argument("--out", metavar="DIR", help="where the files go; default: the paper's name")
    one.add_argument("--force", action="store_true", help="replace files that are already there")
    one.add_argument("--dpi", metavar="N", help="dots an inch of PNG, instead of the paper's own")
    one.add_argument(
        "--width", metavar="MM", help="printed width of figures in millimetres, instead of the paper's own"
    )
    one.add_argument(
        "--format", metavar="A,B", help="kinds of picture, of svg, pdf and png, instead of the paper's own"
    )
    one.add_argument(
        "--csv",
        choices=_CSV,
        help="how tables of data are written, instead of the paper's own: plain, or swedish_excel with semicolons and "
        "decimal commas",
    )
    one.add_argument("--workers", metavar="K", help="threads to use; the numbers are the same for any")
    progress_option(one)
    common(one, name=False)

    one = command(kinds, "check", check, "say which files of a built paper are stale, without running anything")
    one.add_argument("paper", metavar="PAPER", help="a bundled paper, or a path to its .toml file")
    one.add_argument("--out", metavar="DIR", help="where it was built; default: the paper's name")
    json_option(one)
    common(one, name=False)


def build(args: argparse.Namespace) -> None:
    """Build a paper.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.build import check_documents, save_paper
    from kravsim.papers.paper_file import PAPER, load_paper, with_options

    numbers = whole_numbers(args, {"workers": 1, "dpi": 72})
    figures: dict[str, Any] = {}
    if numbers["dpi"] is not None:
        figures["dpi"] = numbers["dpi"]
    if args.width is not None:
        figures["width_mm"] = _millimetres(args.width)
    if args.format is not None:
        figures["formats"] = [part.strip() for part in args.format.split(",")]
    documents = {} if args.csv is None else {"csv": args.csv}
    paper = load_paper(args.paper)
    chosen = (("figures", figures), ("documents", documents), (PAPER, _language_of(paper, args.asked_language)))
    options = {name: known for name, known in chosen if known}
    with_options(paper, options)  # whatever is wrong is told before anything is asked
    check_documents(paper)
    place = paper.data.name if args.out is None else args.out
    if not place.strip():
        raise ScenarioError(Problem(_WHERE, "--out", place, "a directory", "write . for the current one"))

    def tell(what: tuple[str, str], number: int, of: int) -> None:
        if not args.no_progress:
            sys.stderr.write(f"{number}/{of} {what[language_index(language())]}\n")
            sys.stderr.flush()

    how: Crew = {"workers": numbers["workers"], "progress": is_shown(args)}
    tell_files(save_paper(paper, place, options=options, force=args.force, tell=tell, **how))


def _language_of(paper: Paper, asked: str | None) -> dict[str, str]:
    """What is to be changed so that the paper is in the language asked for; said where its author has not written in it."""
    if asked is None or asked == paper.lang:
        return {}
    if asked in paper.data.texts:
        return {"language": asked}
    sys.stderr.write(f"kravsim: {message('paper language', name=paper.data.name, own=paper.lang, asked=asked)}\n")
    return {}


def check(args: argparse.Namespace) -> None:
    """Check which files of a paper are stale.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    RunError
        When one is, after the table that says which.
    """
    from kravsim.papers.check_paper import check_paper
    from kravsim.papers.paper_file import load_paper

    paper = load_paper(args.paper)
    found = check_paper(paper, paper.data.name if args.out is None else args.out)
    show(found, args)
    if not found.fresh:
        sys.stdout.flush()
        stale = ", ".join(one.name for one in found.files if not one.fresh)
        raise RunError(Problem(found.manifest, "", stale, "files that are as their paper says", "build it again"))


def _millimetres(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ScenarioError(Problem(_WHERE, "--width", text, "a number of millimetres", "such as 170")) from None
