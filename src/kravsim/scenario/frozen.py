"""Tables and lists that cannot be changed in place, so that a frozen scenario is frozen all the way down.

They are dicts and lists to whoever reads them. A copy made with ``copy.deepcopy`` or ``dict`` is the copier's own and can be
changed; what is pickled comes back frozen.
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any, Final, NoReturn, SupportsIndex

_REFUSED = "a scenario is frozen: make another one with scenario.with_changes({...})"

_AS_THEY_ARE: Final = frozenset({str, int, float, bool, dt.date, dt.datetime, dt.time, type(None)})
"""Types that nobody can change, by far the most of what tables hold; ``copy.deepcopy`` takes ten times as long to see it."""


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError(_REFUSED)


class FrozenDict(dict[Any, Any]):
    """A dict that refuses every change; made by :func:`frozen`."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[type[FrozenDict], tuple[dict[Any, Any]]]:
        return FrozenDict, (dict(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        return {key: _thawed(inner, memo) for key, inner in self.items()}

    def __copy__(self) -> dict[Any, Any]:
        return dict(self)


class FrozenList(list[Any]):
    """A list that refuses every change; made by :func:`frozen`."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[type[FrozenList], tuple[list[Any]]]:
        return FrozenList, (list(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [_thawed(inner, memo) for inner in self]

    def __copy__(self) -> list[Any]:
        return list(self)


def _thawed(content: Any, memo: dict[int, Any]) -> Any:
    """A copy of a content that is its owner's to change."""
    kind = type(content)
    if kind in _AS_THEY_ARE:
        return content
    if kind is FrozenDict:
        return {key: _thawed(inner, memo) for key, inner in content.items()}
    if kind is FrozenList:
        return [_thawed(inner, memo) for inner in content]
    return copy.deepcopy(content, memo)


def frozen(content: Any) -> Any:
    """Give the same content with every dict and list in it, at whatever depth, frozen; what is frozen already is shared.

    Parameters
    ----------
    content : object
        Tables, lists, tuples and plain values at any depth.

    Examples
    --------
    >>> table = frozen({"a": [1, 2]})
    >>> table == {"a": [1, 2]}
    True
    >>> table["a"].append(3)
    Traceback (most recent call last):
    TypeError: a scenario is frozen: make another one with scenario.with_changes({...})
    """
    if isinstance(content, FrozenDict | FrozenList):
        return content
    if isinstance(content, dict):
        return FrozenDict({key: frozen(inner) for key, inner in content.items()})
    if isinstance(content, list):
        return FrozenList([frozen(inner) for inner in content])
    if type(content) is tuple:
        return tuple(frozen(inner) for inner in content)
    return content
