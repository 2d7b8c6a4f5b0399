"""kravsim: what it costs and brings in to collect late invoices in-house or through an agency.

>>> import kravsim as ks
>>> ks.load_scenario("jamtland-harjedalen-2017").models[:3]
('outsourced', 'in_house', 'own_reminders')
"""

from __future__ import annotations

import sys

if sys.argv[:1] == ["-m"] and {"kravsim", "-mkravsim"} & set(sys.orig_argv) and not sys.flags.safe_path:
    del sys.path[0]  # the current directory, which Python puts there for -m: no file in it is part of kravsim

from importlib import import_module

from kravsim.floors import check_floors
from kravsim.version import __version__

TYPE_CHECKING = False
"""As in ``typing``, which is not imported here: ``python -m kravsim`` looks for it in the current directory until it runs."""

if TYPE_CHECKING:
    from kravsim import engine, expected, figures, law, studies
    from kravsim.exploring import explore
    from kravsim.papers.reproduce import reproduce
    from kravsim.results.archive import load_comparison, load_run
    from kravsim.running.journal import read_journal
    from kravsim.scenario import load_scenario, scenario_names
    from kravsim.speech import speaking
    from kravsim.studies import compare, explain_case, reconcile, simulate
    from kravsim.studies.decision.sweep import sweep

check_floors()

_WHERE = {
    "load_scenario": "kravsim.scenario",
    "load_comparison": "kravsim.results.archive",
    "load_run": "kravsim.results.archive",
    "read_journal": "kravsim.running.journal",
    "reproduce": "kravsim.papers.reproduce",
    "scenario_names": "kravsim.scenario",
    "compare": "kravsim.studies",
    "explain_case": "kravsim.studies",
    "explore": "kravsim.exploring",
    "reconcile": "kravsim.studies",
    "simulate": "kravsim.studies",
    "speaking": "kravsim.speech",
    "sweep": "kravsim.studies.decision.sweep",
}
_ROOMS = ("engine", "expected", "figures", "law", "studies")

__all__ = [
    "__version__",
    "compare",
    "engine",
    "expected",
    "explain_case",
    "explore",
    "figures",
    "law",
    "load_comparison",
    "load_run",
    "load_scenario",
    "read_journal",
    "reconcile",
    "reproduce",
    "scenario_names",
    "simulate",
    "speaking",
    "studies",
    "sweep",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that importing kravsim stays quick."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    if name in _ROOMS:
        return import_module(f"kravsim.{name}")
    raise AttributeError(f"module 'kravsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
