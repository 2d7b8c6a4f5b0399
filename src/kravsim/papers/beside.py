"""Questions that are answered in a thread of their own while others are simulated."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self


class Beside:
    """Answers that are being found, one after another, in the order they are named.

    Parameters
    ----------
    parts : mapping of str to callable
        Name -> what finds its answer.

    Examples
    --------
    >>> with Beside({"one": lambda: 1, "two": lambda: 2}) as answers:
    ...     answers["two"]
    2
    """

    def __init__(self, parts: Mapping[str, Callable[[], Any]]) -> None:
        self._parts = dict(parts)
        self._found: dict[str, Future[Any]] = {name: Future() for name in parts}
        self._ended = threading.Event()
        context = contextvars.copy_context()  # languages and names of models that hold where it is asked
        self._thread = threading.Thread(target=context.run, args=(self._work,), name="kravsim-beside", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if error is None:
            self._thread.join()

    def __getitem__(self, name: str) -> Any:
        """Wait for an answer; what went wrong in finding it is raised here."""
        return self._found[name].result()

    def raise_what_failed(self) -> None:
        """Raise what has gone wrong so far, so that nothing long is begun in vain."""
        for one in self._found.values():
            if one.done() and one.exception() is not None:
                one.result()

    def _work(self) -> None:
        for name, ask in self._parts.items():
            if self._ended.is_set():
                return
            try:
                self._found[name].set_result(ask())
            except BaseException as error:  # told wherever an answer is wanted, since none comes any more
                for one in self._found.values():
                    if not one.done():
                        one.set_exception(error)
                return
