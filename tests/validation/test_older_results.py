"""Are results of an earlier version still readable, and is making them again refused with the version that can?"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import kravsim as ks
from kravsim.errors import RunError

OLDER = Path(__file__).parent / "older"
NET_KR = {
    "0.1.0": {"in_house": -1_632_017.4933, "outsourced": -91_448.4433},
    "0.2.0": {"in_house": -1_632_184.8733, "outsourced": -90_787.6900},
    "0.3.0": {"in_house": -1_633_206.6467, "outsourced": -90_963.8133},
    "0.4.0": {"in_house": -1_633_649.7467, "outsourced": -90_968.9167},
    "0.5.0": {"in_house": -1_633_649.7467, "outsourced": -90_968.9167},
    "0.6.0": {"in_house": -1_633_649.7467, "outsourced": -90_968.9167},
}
"""What the archives said on the day they were written."""
SAID = {
    "0.1.0": "1\u00a0540",
    "0.2.0": "1\u00a0541",
    "0.3.0": "1\u00a0542",
    "0.4.0": "1\u00a0542",
    "0.5.0": "1\u00a0542",
    "0.6.0": "1\u00a0542",
}
"""Thousands of kronor in the sentence that begins the comparison."""
DOUBTS = {
    version: ("inherited",) * (version > "0.1.0") + ("prices_not_scaled",) * (version > "0.5.0") for version in NET_KR
}
VERSIONS = pytest.mark.parametrize("version", NET_KR)


def test_every_folder_is_tried() -> None:
    assert {path.name for path in OLDER.iterdir() if path.is_dir()} == set(NET_KR)


@VERSIONS
def test_a_comparison_of_an_earlier_version_is_read_and_tells_its_numbers(version: str) -> None:
    found = ks.load_comparison(OLDER / version / "comparison.kravsim")
    assert found.first.provenance["version"] == version
    for run in found.runs:
        assert run.net_revenue.mean == pytest.approx(NET_KR[version][run.model], abs=0.005)
    assert found.table("sv")
    assert found.sentence("en").startswith(f"In-house collection gives the region {SAID[version]}")
    assert tuple(doubt.key for doubt in found.doubts) == DOUBTS[version]


@VERSIONS
def test_a_run_of_an_earlier_version_is_read(version: str) -> None:
    run = ks.load_run(OLDER / version / "run.kravsim")
    assert (run.model, run.replications, run.seed) == ("in_house", 3, 1)
    assert run.net_revenue.mean == pytest.approx(NET_KR[version]["in_house"], abs=0.005)


@VERSIONS
@pytest.mark.parametrize("name", ["outsourced/outsourced-manifest.json", "run.kravsim", "comparison.kravsim"])
def test_an_earlier_version_is_not_made_again_by_another_and_named(
    version: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever this version is called: the numbers may differ, and the one that can make them is named."""
    monkeypatch.setattr(import_module("kravsim.papers.reproduce"), "__version__", "99.0.0")
    with pytest.raises(RunError) as caught:
        ks.reproduce(OLDER / version / name)
    said = str(caught.value)
    assert f"version: got made with '{version}'; allowed '99.0.0'" in said
    assert f"install kravsim {version} to rebuild it" in said
