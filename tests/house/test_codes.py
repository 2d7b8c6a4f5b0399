"""One name for one code: constants of steps, answers, columns and flows mean one thing wherever they stand."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import kravsim
from kravsim.expected.early import EARLY_STEPS
from kravsim.expected.late import _late_steps, charge_code
from kravsim.figures.flow_of_invoices import OUTCOMES, STAGES
from kravsim.ledger.accounts import CHARGES, OUTLAYS
from kravsim.models.process import ENDS, PROCESS, Step
from kravsim.scenario.rules import DEBTOR_TYPES
from kravsim.scenario.schema import KEPT_BY, Behaviour, Contract, TypeBehaviour
from kravsim.stream import stream

ROOT = Path(kravsim.__file__).parent
ROOMS = ("chance", "law", "stream", "models", "engine", "ledger", "settling", "measures", "expected")
"""Where codes are: in figures, studies and words a constant belongs to its file."""


def constants(path: Path) -> set[str]:
    """Public names in capitals that a file gives a value, rather than imports."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            found |= {one.id for one in names if isinstance(one, ast.Name) and one.id.isupper() and one.id[0] != "_"}
    return found


def defined() -> dict[str, dict[str, object]]:
    """Every constant of the rooms: by name, its value in each file that defines it."""
    found: dict[str, dict[str, object]] = defaultdict(dict)
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py")):
            module = importlib.import_module(f"kravsim.{room}.{path.stem}")
            for name in constants(path):
                found[name][f"{room}/{path.name}"] = getattr(module, name)
    return found


def alike(values: list[object]) -> bool:
    """Whether all are equal; arrays are by their elements."""
    first = values[0]
    return all(np.array_equal(first, one) if isinstance(first, np.ndarray) else one == first for one in values[1:])


def test_a_name_in_capitals_has_one_value() -> None:
    """``NEVER`` was a target, a day and another day; ``PRINCIPAL`` six things."""
    differ = {name: sorted(values) for name, values in defined().items() if not alike(list(values.values()))}
    assert not differ


LOOSE_WORDS = {"met", "told", "again", "desk", "bench", "Desk", "Bench", "Room"}


def test_names_are_words_of_the_field() -> None:
    """What a replication is given are its inputs, what is translated is not told, what is run anew is a replay."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        if loose := {name for name in names if name.lstrip("_") in LOOSE_WORDS}:
            found[path.name] = loose
    assert found == {}


def test_the_rooms_have_codes_to_look_at() -> None:
    assert len(defined()) > 300


def test_words_are_named_as_words() -> None:
    """Lists are in the rooms that use them; what tells of them in two languages is named otherwise."""
    for file in ("process_words", "wording"):
        assert not constants(ROOT / "words" / f"{file}.py") & set(defined())


def test_types_of_debtors_are_those_of_the_schema() -> None:
    typed = tuple(name for name, field in Behaviour.model_fields.items() if field.annotation is TypeBehaviour)
    assert typed == DEBTOR_TYPES == stream.DEBTOR_TYPES
    assert not set(typed) & set(get_args(stream.SegmentName))


def test_every_step_has_a_place_in_the_picture_of_the_flow() -> None:
    """None is gathered twice; and one that were in no stage would be counted as a reminder."""
    gathered = [name for _, steps in STAGES.values() for name in steps]
    assert sorted(gathered) == sorted(step.name for step in PROCESS)
    ends = [name for _, ends in OUTCOMES.values() for name in ends]
    assert sorted(ends) == sorted(ENDS)


def test_every_share_of_the_agencys_is_of_a_fee_that_somebody_keeps() -> None:
    shares = [name.removesuffix("_agency_share") for name in Contract.model_fields if name.endswith("_agency_share")]
    assert shares
    assert set(shares) <= set(KEPT_BY) < set(CHARGES)
    assert set(KEPT_BY.values()) <= set(Contract.model_fields)
    assert not set(KEPT_BY) & set(OUTLAYS)
    assert {f"{name}_agency_share" for name in (*KEPT_BY, *OUTLAYS)} - {*Contract.model_fields} <= set(
        Contract.not_here
    )


def test_the_closed_form_has_formulas_for_the_steps_that_it_does_not_walk() -> None:
    """A step that charges nothing too: without a formula nobody would come to it."""
    assert {step.name for step in PROCESS} - set(_late_steps()) == set(EARLY_STEPS)
    with pytest.raises(LookupError, match="no formula for step 'another'"):
        charge_code(Step("another", ()))


def test_the_closed_form_knows_what_every_step_charges() -> None:
    """A charge that it has no formula for is an error, not a charge of nothing."""
    for step in PROCESS:
        charge_code(step)
        with pytest.raises(LookupError, match=f"no formula for what step '{step.name}' charges: .*fee_of_another_kind"):
            charge_code(replace(step, charges=(*step.charges, "fee_of_another_kind")))
