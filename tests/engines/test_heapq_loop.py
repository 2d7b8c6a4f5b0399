"""The plain loop of the benchmarks gives the engines' log: otherwise it would be no yardstick for them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from kravsim.chance.draws import Draws
from kravsim.engine import get_engine
from kravsim.flow import setting
from kravsim.models import build_plan
from tests.properties.strategies import tiny


def loop() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "heapq_loop.py"
    spec = importlib.util.spec_from_file_location("heapq_loop", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("fte", [0.01, 0.04, 2.0])
@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_the_plain_loop_gives_the_same_log(model: str, fte: float) -> None:
    """From posts that are never done to posts that mostly wait."""
    met = setting(tiny(models__in_house__staff__handlers__fte=fte), Draws(21, 0, 0))
    plan = build_plan(met.world, model, met.draws, met.law)
    log = get_engine("compiled")(plan, met.cases)
    assert len(log) > 500
    assert loop().run(plan, met.cases).equals(log)
