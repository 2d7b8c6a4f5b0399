"""How to run is one set of keywords: typed out where users look, refused where it is none of them."""

from __future__ import annotations

import inspect
import pydoc
import re
from typing import Any, Unpack

import pytest

import kravsim as ks
from kravsim.running.how import Crew, How, HowKept, HowWritten
from kravsim.running.replicate import replicate
from kravsim.scenario import checked_call
from kravsim.scenario.keyword_sets import keyword_set
from kravsim.studies.decision import sweep

TAKES: dict[Any, Any] = {
    ks.simulate: HowWritten,
    ks.compare: HowWritten,
    replicate: HowWritten,
    ks.studies.uncertainty: HowKept,
    ks.studies.rank: HowKept,
    ks.studies.cost_concepts: HowKept,
    ks.studies.bridge: HowKept,
    ks.studies.precision: HowKept,
    ks.studies.payment_curves: HowKept,
    ks.studies.reconcile: How,
    ks.studies.cost_of_waiting: How,
    sweep.sweep: How,
    ks.reproduce: Crew,
}
IDS = [function.__name__ for function in TAKES]


def test_each_set_has_all_of_the_one_before() -> None:
    sizes = [set(one.__annotations__) for one in (Crew, How, HowKept, HowWritten)]
    assert sizes[0] < sizes[1] < sizes[2] < sizes[3]


@pytest.mark.parametrize(("function", "kind"), TAKES.items(), ids=IDS)
def test_every_keyword_of_a_set_is_in_signature_and_help(function: Any, kind: Any) -> None:
    parameters = inspect.signature(function).parameters
    assert "how" not in parameters
    help_text = pydoc.plain(pydoc.render_doc(function))
    for key in kind.__annotations__:
        assert parameters[key].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[key].default is (False if key == "follow_symlinks" else None)
        assert help_text.count(f"\n    {key} : ") == 1, key
    assert "**how" not in help_text


@pytest.mark.parametrize("function", TAKES, ids=IDS)
def test_a_keyword_of_no_set_is_answered_with_those_there_are(function: Any) -> None:
    with pytest.raises(TypeError, match=r"no keyword 'wokers': did you mean workers\?; .*max_memory_gib=None"):
        function("x", wokers=2)


def test_a_set_is_told_where_it_is_unpacked_and_nowhere_else() -> None:
    @checked_call
    def study(name: str, *, run_dir: str | None = None, **how: Unpack[How]) -> tuple[str, str | None, How]:
        """Ask.

        Parameters
        ----------
        name : str
            Of it.
        run_dir : str, optional
            Its own.
        **how : Unpack[How]
            How to run.

        Returns
        -------
        tuple
        """
        return name, run_dir, how

    @checked_call
    def plain(name: str, **other: int) -> dict[str, int]:
        """Ask."""
        return {name: 1, **other}

    assert study("a", workers=2) == ("a", None, {"workers": 2})
    assert list(inspect.signature(study).parameters) == ["name", "run_dir", *How.__annotations__]
    told = inspect.getdoc(study) or ""
    assert told.count("run_dir : ") == 1
    assert told.index("run_dir : ") < told.index("workers : ") < told.index("engine : ") < told.index("Returns")
    assert keyword_set(plain) is None
    assert plain("a", b=2) == {"a": 1, "b": 2}
    assert inspect.getdoc(plain) == "Ask."


ROOMS = [ks, *(getattr(ks, room) for room in ks._ROOMS)]
PUBLIC = {f"{room.__name__}.{name}": getattr(room, name) for room in ROOMS for name in room.__all__}
FUNCTIONS = {name: one for name, one in PUBLIC.items() if inspect.isfunction(one)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_names_and_tells_of_whatever_it_takes(name: str) -> None:
    help_text = pydoc.plain(pydoc.render_doc(FUNCTIONS[name]))
    told = {word for line in help_text.splitlines() for word in re.findall(r"[*\w]+", line.split(" : ")[0])}
    for key, one in inspect.signature(FUNCTIONS[name]).parameters.items():
        assert one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD), key
        assert one.annotation is not one.empty, key
        assert key in told
