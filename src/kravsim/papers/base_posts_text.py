"""Why the answer over the worlds is another than that of the base case: the posts that each counts on, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kravsim.scenario.base_posts import SUFFIX
from kravsim.statistics.overload import overloaded_worlds, posts_of
from kravsim.studies.decision.swept import plain
from kravsim.telling.sentence import more_or_less
from kravsim.words.display import number
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked


def base_posts_text(found: Asked, lang: str) -> str:
    """Say what the worlds would give with as many posts as the base case counts on, of the first model.

    Empty where no rule finds as many as the work needs.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    worlds = found.uncertain
    first = worlds.runs[0]
    other = next((one for one in worlds.others if one.runs[0].model == first.model + SUFFIX), None)
    if other is None:
        return ""
    run, name = other.runs[0], first.name(lang)
    posts, needed = (plain(round(float(posts_of(one).mean()), 1), lang) for one in (run, first))
    gap = more_or_less(other.difference.mean, other.difference.step(), lang)
    k, n = number(int(overloaded_worlds(run.outcomes).sum()), lang), number(worlds.draws, lang)
    if language_index(lang) == 0:
        return (
            f"Grundfallet räknar med {posts} tjänster för {name}. I lägena är de så många som arbetet kräver, i medeltal "
            f"{needed}. Med grundfallets tjänster skulle {name} i samma lägen ge {gap} per år, men i {k} av {n} lägen "
            "räcker de inte till arbetet."
        )
    return (
        f"The base case counts on {posts} posts for {name}. In the worlds there are as many as the work needs, "
        f"{needed} on average. With the posts of the base case {name} would give {gap} a year in the same worlds, "
        f"but in {k} of {n} they cannot do the work."
    )
