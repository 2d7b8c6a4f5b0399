"""Are things still found where scripts of earlier versions look for them?"""

from __future__ import annotations

from importlib import import_module

import pytest


@pytest.mark.parametrize(
    ("place", "name", "home"),
    [
        ("kravsim.figures.save", "files_of", "kravsim.papers.save"),
        ("kravsim.figures.save", "save_comparison", "kravsim.papers.save"),
        ("kravsim.figures.save", "save_study", "kravsim.papers.save_study"),
        ("kravsim.figures", "save_comparison", "kravsim.papers.save"),
    ],
)
def test_what_has_moved_is_found_where_it_was(place: str, name: str, home: str) -> None:
    assert getattr(import_module(place), name) is getattr(import_module(home), name)


@pytest.mark.parametrize(
    ("place", "name", "home"),
    [("kravsim.results", "store", "kravsim.archives.store"), ("kravsim.studies", "blocks", "kravsim.running.blocks")],
)
def test_a_file_that_has_moved_is_found_in_its_old_room(place: str, name: str, home: str) -> None:
    assert getattr(import_module(place), name) is import_module(home)
