"""Are results of an earlier version still readable, and is making them again refused with the version that can?"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import kravsim as ks
from kravsim.errors import RunError

OLDER = Path(__file__).parent / "older"
NET_KR = {"in_house": -1_632_017.4933, "outsourced": -91_448.4433}
"""What the archives said on the day they were written."""


def test_a_comparison_of_an_earlier_version_is_read_and_tells_its_numbers() -> None:
    found = ks.load_comparison(OLDER / "comparison.kravsim")
    assert found.first.provenance["version"] == "0.1.0"
    for run in found.runs:
        assert run.net_revenue.mean == pytest.approx(NET_KR[run.model], abs=0.005)
    assert found.table("sv")
    assert found.sentence("en").startswith("In-house collection gives the region 1 540".replace(" 540", "\u00a0540"))
    assert found.doubts == ()


def test_a_run_of_an_earlier_version_is_read() -> None:
    run = ks.load_run(OLDER / "run.kravsim")
    assert (run.model, run.replications, run.seed) == ("in_house", 3, 1)
    assert run.net_revenue.mean == pytest.approx(NET_KR["in_house"], abs=0.005)


@pytest.mark.parametrize("name", ["outsourced/outsourced-manifest.json", "run.kravsim", "comparison.kravsim"])
def test_an_earlier_version_is_not_made_again_by_another_and_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this version is called: the numbers may differ, and the one that can make them is named."""
    monkeypatch.setattr(import_module("kravsim.figures.reproduce"), "__version__", "99.0.0")
    with pytest.raises(RunError) as caught:
        ks.reproduce(OLDER / name)
    said = str(caught.value)
    assert "version: got made with '0.1.0'; allowed '99.0.0'" in said
    assert "install kravsim 0.1.0 to rebuild it" in said
