"""Does `kravsim warm-up` compile everything, side by side where that is of use, and say so when it cannot be kept?"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from importlib import import_module

import pytest

from kravsim import compile_notice
from kravsim.cli import main
from kravsim.errors import OutputError
from kravsim.jit_compiled import is_compiled
from kravsim.running import warm_up as work
from kravsim.settling import settle_compiled


def test_every_loop_that_is_told_of_is_kept_afterwards() -> None:
    work.warm_up(cpus=1)
    for name in compile_notice.LOOPS:
        module, _, function = name.rpartition(".")
        assert is_compiled(getattr(import_module(module), function)), name


def test_the_parts_between_them_do_everything_that_a_process_is_needed_for() -> None:
    for number in range(len(work._PARTS)):
        work._part(number, "sv")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, in order, where nothing is kept before the last."""
    done: list[str] = []
    monkeypatch.setattr(work, "_side_by_side", lambda: done.append("side by side"))
    monkeypatch.setattr(work, "_follow_and_book", lambda: done.append("follow"))
    monkeypatch.setattr(work, "_expect_and_audit", lambda: done.append("expect"))
    monkeypatch.setattr(work, "scenario_names", tuple)
    monkeypatch.setattr(settle_compiled, "is_ready", lambda: "follow" in done)
    return done


def test_two_processes_are_started_where_there_is_something_to_compile_and_two_processors(asked: list[str]) -> None:
    work.warm_up(cpus=2)
    assert asked == ["side by side", "follow", "expect"]
    work.warm_up(cpus=2)
    assert asked[3:] == ["follow", "expect"]


def test_one_processor_compiles_in_one_process(asked: list[str]) -> None:
    work.warm_up(cpus=1)
    assert asked == ["follow", "expect"]


def test_what_a_process_that_was_ended_has_not_compiled_is_compiled_here(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise BrokenExecutor("no memory")

    monkeypatch.setattr(work, "_side_by_side", fail)
    work.warm_up(cpus=2)
    assert asked == ["follow", "expect"]


@pytest.mark.usefixtures("asked")
def test_machine_code_that_cannot_be_kept_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_compiled, "is_ready", lambda: False)
    with pytest.raises(OutputError, match=r"NUMBA_CACHE_DIR.*can be written to"):
        work.warm_up(cpus=1)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "all loops are compiled and kept: 0 s\n"), ("sv", "alla slingor är kompilerade och sparade: 0 s\n")],
)
def test_the_command_says_how_long_it_took(
    lang: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(work, "warm_up", lambda: None)
    assert main(["warm-up", "--lang", lang]) == 0
    assert capsys.readouterr().out == said


def test_the_help_is_told_in_swedish(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["warm-up", "--lang", "sv", "--help"])
    assert "ompilera alla slingor nu" in " ".join(capsys.readouterr().out.split())
