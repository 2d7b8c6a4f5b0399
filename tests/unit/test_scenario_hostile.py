"""Is a file that was made to be slow, or to deceive whoever reads its error, refused soon and in words?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kravsim.errors import ScenarioError
from kravsim.scenario import load_scenario
from kravsim.scenario.nearest import MOST_ADVISED, nearest

HEAD = 'extends = "jamtland-harjedalen-2017"\nname = "w"\n'
ONE = 'title = "t"\ntitle_sv = "t"\nweight = 0.5\nsource = "assumption"\nstatus = "assumed"\n'
LARGEST = 1024 * 1024
CASE = load_scenario("jamtland-harjedalen-2017")


def refused(folder: Path, body: str) -> list[str]:
    """Problems of a file as lines, and that it did not take long to find them."""
    file = folder / "x.toml"
    file.write_text((HEAD + body)[:LARGEST].rpartition("\n")[0] + "\n", "utf-8")
    begun = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert time.process_time() - begun < 15
    assert len(str(caught.value)) < 500_000
    return [str(problem) for problem in caught.value.problems]


def test_near_names_are_looked_for_a_dozen_times_and_the_rest_counted(tmp_path: Path) -> None:
    lines = refused(tmp_path, "[invoices]\n" + "".join(f"late_shar_{place} = 1\n" for place in range(20_000)))
    assert len(lines) == MOST_ADVISED + 1
    assert all("did you mean late_share?" in line for line in lines[:-1])
    assert f"unknown keys: got {20_000 - MOST_ADVISED} more" in lines[-1]
    few = refused(tmp_path, "[invoices]\n" + "".join(f"late_shar_{place} = 1\n" for place in range(MOST_ADVISED)))
    assert len(few) == MOST_ADVISED
    assert not any("more" in line for line in few)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("".join(f"unknown_{place} = 1\n" for place in range(40_000)), "more"),
        ("".join(f"[models.m{place}]\n" for place in range(60_000)), "keys and items"),
        ("".join(f"[models.m{place}]\n" for place in range(2_000)), "problems: got"),
        ("[models.in_house.work]\n" + "".join(f"r{n} = {{ pool = 'x' }}\n" for n in range(9_000)), "not allowed: got"),
        ("[invoices]\nrun_days = [" + "99, " * 200_000 + "1]\n", "keys and items"),
        (
            "".join(f'[sources.s{n}]\ntitle = "x"\n' for n in range(8_000))
            + "".join(f'[models.m{n}]\nvalue = 1\nsource = "q{n}"\nstatus = "assumed"\n' for n in range(6_000)),
            "other unknown sources: got",
        ),
        (
            "".join(
                f"[alternatives.d{n}.a]\n{ONE}[alternatives.d{n}.b]\n{ONE}changes = {{ 'a.b{n}' = 1 }}\n"
                for n in range(40)
            ),
            "combinations",
        ),
        (
            f"[alternatives.d.a]\n{ONE}[alternatives.d.b]\n{ONE}changes = {{ "
            + ", ".join(f"'a.b{n}' = 1" for n in range(9_000))
            + " }\n",
            "9000 changes; allowed at most 1000",
        ),
        (".".join(["a"] * 200_000) + " = 1\n", "at most 32 parts"),
        ("x =" + " " * 900_000 + "!\n", "syntax error"),
        ("[" + " " * 900_000 + "!\n", "syntax error"),
        ("a" * 900_000 + "\n", "syntax error"),
        ("a" * 900_000 + " = 1\n", "characters)"),
    ],
    ids=lambda value: value[:24].replace("\n", " ") if isinstance(value, str) else None,
)
def test_a_mebibyte_of_nonsense_is_refused_soon(tmp_path: Path, body: str, words: str) -> None:
    assert any(words in line for line in refused(tmp_path, body))


def test_changes_of_unknown_keys_are_counted_too() -> None:
    begun = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        CASE.with_changes({f"invoices.late_shar{place}": 1 for place in range(3000)})
    assert time.process_time() - begun < 10
    assert len(caught.value.problems) == MOST_ADVISED + 1
    assert "2988 more" in str(caught.value.problems[-1])


def test_every_use_of_one_unknown_source_is_told(tmp_path: Path) -> None:
    keys = "".join(
        f'[timing.{name}]\nvalue = 20\nsource = "delfuktura"\nstatus = "sourced"\n'
        for name in ("demand_grace_days", "reminder_grace_days")
    )
    assert sum("delfuktura" in line for line in refused(tmp_path, keys)) == 2


def test_nothing_is_near_what_is_longer_than_any_name() -> None:
    assert nearest("late_share" * 100_000, ["late_share"]) == []
    assert nearest("x", (f"x{place}" for place in range(10**7)), at_most=1)


@pytest.mark.parametrize("character", [r"\u001b", r"\u0000", r"\u009b", r"\u202e", r"\u2066", r"\u2028", r"\u007f"])
@pytest.mark.parametrize(
    "body",
    [
        'title = "a{}b"\n',
        'description = "a{}b"\n',
        '[sources."a{}b"]\ntitle = "x"\n',
        '[sources.x]\ntitle = "a{}b"\n',
        '"a{}b" = 1\n',
        '[models.in_house]\ntitle = "a{}b"\n',
    ],
)
def test_characters_that_steer_a_terminal_are_refused_and_never_written(
    tmp_path: Path, body: str, character: str
) -> None:
    lines = refused(tmp_path, body.replace("{}", character))
    assert any("characters that can be seen" in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_titles_stay_on_one_line_and_texts_may_have_several(tmp_path: Path) -> None:
    assert any("on one line" in line for line in refused(tmp_path, 'title = "a\\nkravsim: all is well"\n'))
    file = tmp_path / "good.toml"
    file.write_text(HEAD + 'title = "Å \U0001f468\u200d\U0001f469"\ndescription = "one\\ntwo\\tthree"\n', "utf-8")
    assert load_scenario(file).title.startswith("Å")


def test_a_long_line_is_shown_around_the_mistake(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, "x = [" + "1, " * 5000 + "1,,]\n")
    last, caret = line.split("\n")[-2:]
    assert len(last) < 250
    assert last[len(caret) - 1] in ",]"
