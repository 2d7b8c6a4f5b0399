"""Everything that is wrong with a table, raised at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pydantic_core import PydanticCustomError


def refuse_each(errors: Iterable[ValueError]) -> None:
    """Raise all errors as one; for use in a validator of the schema.

    Parameters
    ----------
    errors : iterable of ValueError
        What each rule says; nothing is raised for none.

    Raises
    ------
    pydantic_core.PydanticCustomError
        Of type ``several``, with all of them in its context.
    """
    found = list(errors)
    if found:
        said = "; ".join(str(error) for error in found)
        raise PydanticCustomError("several", "{said}", {"said": said, "errors": found})


def raised_by(*rules: Callable[[], object]) -> Iterator[ValueError]:
    """Whatever rules raise, all of which are asked.

    Parameters
    ----------
    *rules : callable
        Each without arguments.
    """
    for rule in rules:
        try:
            rule()
        except ValueError as error:
            yield error
