"""The keys of a scenario as names after dots, which any prompt completes: ``scenario.key.invoices.late_share``."""

from __future__ import annotations

from collections.abc import Iterable


class Names:
    """Names after dots: tables of a scenario, and at the end of each its keys as text."""

    def __repr__(self) -> str:
        return f"<{', '.join(vars(self))}>"


def named_keys(keys: Iterable[str]) -> Names:
    """Put dotted keys into namespaces within each other; at the end of each stands the key itself, as text.

    Parameters
    ----------
    keys : iterable of str
        Dotted; a part that is no name, such as a place in a list, is left out with all below it.

    Examples
    --------
    >>> keys = named_keys(["invoices.late_share", "invoices.per_year", "segments.0.share"])
    >>> keys.invoices.late_share, sorted(vars(keys))
    ('invoices.late_share', ['invoices', 'segments'])
    """
    found = Names()
    for key in keys:
        *tables, last = key.split(".")
        here = found
        for name in tables:
            if not name.isidentifier():
                break
            here = here.__dict__.setdefault(name, Names())
        else:
            if last.isidentifier():
                here.__dict__[last] = key
    return found
