"""Why the answer over the worlds is another than that of the base case: the posts that each counts on, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kravsim.scenario.base_posts import model_itself
from kravsim.statistics.overload import overloaded_worlds, posts_of
from kravsim.telling.sentence import more_or_less
from kravsim.words.display import number
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked


def base_posts_text(found: Asked, lang: str) -> Iterator[str]:
    """Say what the worlds would give with as many posts as the base case counts on.

    Nothing where no rule finds as many as the work needs.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.

    Yields
    ------
    str
        A sentence or two, of the first model.
    """
    worlds, sv = found.uncertain, language_index(lang) == 0
    first = worlds.runs[0]
    for other in worlds.others:
        run = other.runs[0]
        if run.model == first.model or model_itself(run.model) != first.model:
            continue
        posts, needed = (_posts(float(posts_of(one).mean()), lang) for one in (run, first))
        gap = more_or_less(other.difference.mean, other.difference.step(), lang)
        k, n = number(int(overloaded_worlds(run.outcomes).sum()), lang), number(worlds.draws, lang)
        name = first.name(lang)
        if sv:
            yield (
                f"Grundfallet räknar med {posts} tjänster för {name}. I lägena är de så många som arbetet kräver, i medeltal "
                f"{needed}. Med grundfallets tjänster skulle {name} i samma lägen ge {gap} per år, men i {k} av {n} lägen "
                "räcker de inte till arbetet."
            )
        else:
            yield (
                f"The base case counts on {posts} posts for {name}. In the worlds there are as many as the work needs, "
                f"{needed} on average. With the posts of the base case {name} would give {gap} a year in the same worlds, "
                f"but in {k} of {n} they cannot do the work."
            )


def _posts(fte: float, lang: str) -> str:
    """Posts to a tenth, whole ones without a decimal."""
    tenths = round(fte, 1)
    return number(tenths, lang, step=1.0 if tenths.is_integer() else 0.1)
