"""A model beside itself: the same in drawn worlds but for its posts, which are as many as in the base case.

Where posts are found by a rule in each drawn world, the model with the number of the base case is run beside it, in the same
worlds and with the same luck, under the model's name and ``@base_posts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase, together
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.sequences import models_of

if TYPE_CHECKING:
    from kravsim.scenario.schema import Model, ScenarioData

SUFFIX: Final = "@base_posts"
"""No model of a scenario has such a name: an @ is not allowed in it."""
_TITLES: Final = ("{}, tjänster som i grundfallet", "{}, posts as in the base case")


def model_itself(name: str) -> str:
    """The name of a model without what tells it from itself beside.

    Parameters
    ----------
    name : str
        Of a model, or of one beside it.
    """
    return name.removesuffix(SUFFIX)


def has_posts_of_its_own(model: Model) -> bool:
    """Whether its posts are found by a rule in each drawn world.

    Parameters
    ----------
    model : Model
    """
    return any(pool.posts is not None and pool.posts.used(drawn=True) for pool in model.staff.values())


def beside(data: ScenarioData, models: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the models to run beside these: of each whose posts are found by a rule in drawn worlds.

    Parameters
    ----------
    data : ScenarioData
    models : tuple of str
        Names; one that the scenario does not have, or that is beside another already, has none beside it.
    """
    own = (name for name in models if name in data.models and has_posts_of_its_own(data.models[name]))
    return tuple(name + SUFFIX for name in own if name + SUFFIX not in models)


def model_in(data: ScenarioData, name: str) -> Model:
    """A model of a scenario, or one beside it, by its name.

    Parameters
    ----------
    data : ScenarioData
    name : str
        Of a model, or of one beside it.

    Raises
    ------
    ScenarioError
        When the scenario has no such model, or it is a sequence of several.
    """
    known = str(name) if isinstance(name, str) else ""
    if known in data.sequences:
        of = ", ".join(models_of(data, known))
        allowed = phrase("a model of one arrangement: this is not worked out for {of} one after the other", of=of)
        remedy = "ask it of one of them, or simulate the sequence (simulate, compare, rank, explain)"
        raise ScenarioError(Problem(data.name, f"sequences.{known}", known, allowed, remedy))
    model = data.models.get(known) or data.models.get(model_itself(known))
    names = [*data.models, *data.sequences]
    if model is None or (known not in data.models and not has_posts_of_its_own(model)):
        remedy = did_you_mean(known, names) or "name one of the scenario's models"
        raise ScenarioError(Problem(data.name, "models", name, together(*names, between=phrase(" or ")), remedy))
    if known in data.models:
        return model
    sv, en = (title.format(own) for title, own in zip(_TITLES, (model.title_sv, model.title), strict=True))
    return model.model_copy(update={"title_sv": sv, "title": en})


def titles_in(data: ScenarioData, name: str) -> tuple[str, str]:
    """Swedish and English title of a model, of one beside it, or of a sequence.

    Parameters
    ----------
    data : ScenarioData
    name : str
        Of the model or sequence.

    Raises
    ------
    ScenarioError
        When the scenario has neither.
    """
    known = (data.sequences.get(name) if isinstance(name, str) else None) or model_in(data, name)
    return known.title_sv, known.title
