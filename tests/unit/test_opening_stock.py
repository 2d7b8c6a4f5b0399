"""Opening stocks: what is refused and how, what a file gives, and that nothing else has moved."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import phase, sequence

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.checking.check import problems_of
from kravsim.engine.contract import ENDED
from kravsim.errors import ScenarioError
from kravsim.expected.numbers import numbers
from kravsim.flow import run_model, setting
from kravsim.models.process import CODE
from kravsim.phrases import translated
from kravsim.scenario.stock_file import rows_of

SMALL = ks.load_scenario("small-municipality")


def value(number: float, **more: float) -> dict[str, Any]:
    return {"value": number, "source": "assumption", "status": "assumed", **more}


def row(stage: str, ages: tuple[int, int], claims: int, kr: tuple[float, float] = (350, 700)) -> dict[str, Any]:
    """A row of a stock, as a file has it."""
    first, last = ages
    amounts = {"amount_median_kr": value(kr[0]), "amount_mean_kr": value(kr[1])}
    return {"stage": stage, "age_from_days": first, "age_to_days": last, "claims": value(claims), **amounts}


def with_stock(rows: dict[str, dict[str, Any]], years: int = 8, **more: object) -> ks.Scenario:
    return SMALL.with_changes({"opening_stock": {"rows": rows}, "horizon.history_years": years, **more})


ROWS = {"watched": row("watched", (500, 2000), 40), "titled": row("watched_with_title", (800, 2200), 30)}


def keys_of(error: pytest.ExceptionInfo[ScenarioError]) -> set[str]:
    return {problem.key for problem in error.value.problems}


def test_left_out_it_is_not_in_the_fingerprint() -> None:
    assert "opening_stock" not in SMALL.data.model_dump()
    assert with_stock(ROWS).fingerprint != SMALL.with_changes({"horizon.history_years": 8}).fingerprint


def test_everything_that_cannot_stand_beside_a_stock_is_told_at_once() -> None:
    twin = {"begins_with": "in_house", "title": "twin", "title_sv": "tvilling"}
    changes = {
        "sequences.twin": sequence({"same": phase(dt.date(2017, 5, 1), "in_house")}) | twin,
        "horizon.history_rule": "by_precision",
    }
    with pytest.raises(ScenarioError) as error:
        with_stock(ROWS, years=4, **changes)
    assert keys_of(error) == {"sequences.twin", "horizon.history_rule", "horizon.history_years"}
    assert "at least 8" in str(error.value)
    with pytest.raises(ScenarioError) as error:
        with_stock(ROWS, **{"policy.joint_application_days": 20})
    assert keys_of(error) == {"policy.joint_application_days"}


def test_claims_too_young_for_their_stage_are_refused_by_row() -> None:
    young = with_stock({"young": row("watched_with_title", (90, 400), 5), "fine": row("reminded", (60, 80), 5)})
    with pytest.raises(ScenarioError) as error:
        setting(young, Draws(1, 0, 0))
    assert keys_of(error) == {"opening_stock.rows.young.age_from_days"}
    assert keys_of(error) == {problem.key for problem in problems_of(young)}


def test_claims_too_old_to_be_watched_by_the_policy_are_refused() -> None:
    old = with_stock({"old": row("watched", (5000, 6000), 5)}, years=19, **{"policy.surveillance_spells": 2})
    with pytest.raises(ScenarioError, match="surveillance_spells"):
        setting(old, Draws(1, 0, 0))


@pytest.mark.parametrize("stage", ["reminded", "demanded", "ordered", "attached"])
def test_claims_barred_before_the_horizon_are_refused_to_the_day(stage: str) -> None:
    """Three years from the invoice, or from the last answer that renews: the oldest that is taken is alive."""
    with pytest.raises(ScenarioError) as error:
        setting(with_stock({"old": row(stage, (1000, 2500), 5)}), Draws(1, 0, 0))
    (one,) = error.value.problems
    assert one.key == "opening_stock.rows.old.age_to_days"
    most = int(re.search(r"at most (\d+) days", str(one.allowed))[1])  # type: ignore[index]
    met = setting(with_stock({"old": row(stage, (most, most), 3)}), Draws(1, 0, 0))
    parts = run_model(met, "in_house")
    lapsed = parts.log.minute[(parts.log.kind == ENDED) & (parts.log.step == CODE["lapsed"])]
    assert (lapsed // 1440 > met.start).all()
    terms = met.world.data.invoices.terms_days.value
    if stage in ("reminded", "demanded"):  # nothing has renewed
        assert most + terms == (dt.date(2017, 1, 1) - dt.date(2014, 1, 1)).days
    with pytest.raises(ScenarioError, match=f"at most {most} days"):
        setting(with_stock({"old": row(stage, (most + 1, most + 1), 3)}), Draws(1, 0, 0))
    assert not problems_of(with_stock({"old": row("watched", (400, 2000), 5)}))


def test_the_closed_form_refuses_it_by_name() -> None:
    with pytest.raises(ScenarioError) as error:
        numbers(with_stock(ROWS), "outsourced")
    assert keys_of(error) == {"opening_stock.rows"}


def test_a_row_more_or_fewer_claims_change_nobody_elses_luck() -> None:
    def drawn(rows: dict[str, dict[str, Any]]) -> dict[tuple[int, int], tuple[int, ...]]:
        stream = setting(with_stock(rows), Draws(3, 0, 0)).stream
        mine = stream.of_stock
        who = zip(stream.cases.run[mine].tolist(), stream.cases.number[mine].tolist(), strict=True)
        columns = (stream.cases.principal_ore, stream.claims.due_day, stream.cases.klass, stream.debtor_identity)
        return dict(zip(who, zip(*(column[: mine.sum()].tolist() for column in columns), strict=True), strict=True))

    few = drawn(ROWS)
    more = drawn(
        {"first": row("demanded", (100, 200), 7), "watched": row("watched", (500, 2000), 55), "titled": ROWS["titled"]}
    )
    assert (len(few), len(more)) == (70, 92)
    assert {who: more[who] for who in few} == few


def test_new_claims_are_those_of_the_horizon_with_the_luck_that_they_have_anyway() -> None:
    met, alone = (
        setting(one, Draws(3, 0, 0)) for one in (with_stock(ROWS), SMALL.with_changes({"horizon.history_years": 8}))
    )
    new = ~met.stream.of_stock
    later = alone.stream.cases.hand_over_day >= alone.start
    for name in ("run", "number", "principal_ore", "hand_over_day", "debtor"):
        assert np.array_equal(getattr(met.stream.cases, name)[new], getattr(alone.stream.cases, name)[later])


def test_ages_lie_in_their_band_and_amounts_have_their_median() -> None:
    met = setting(with_stock({"many": row("watched", (500, 2000), 4000)}), Draws(1, 0, 0))
    age = met.start - met.stream.claims.due_day[:4000]
    assert ((age >= 500) & (age <= 2000)).all()
    assert abs(age.mean() - 1250) < 4 * 433 / 4000**0.5
    assert abs(np.median(met.stream.cases.principal_ore[:4000]) / 35_000 - 1) < 0.1


CSV = """name,stage,age_from_days,age_to_days,claims,amount_median_kr,amount_mean_kr,claims_low,claims_high,source,status,note
titled,watched_with_title,800,2200,30,350,700.5,20,40,,,counted
watched,watched,500,2000,40,350,700,,,,,
"""


def test_a_file_gives_the_rows_that_a_scenario_would_have(tmp_path: Path) -> None:
    tmp_path.joinpath("stock.csv").write_text(CSV, encoding="utf-8")
    horizon = "[horizon]\nhistory_years = { value = 8, source = 'assumption', status = 'assumed' }\n"
    text = f"extends = 'small-municipality'\nname = 'mine'\n{horizon}[opening_stock]\nfile = 'stock.csv'\n"
    tmp_path.joinpath("mine.toml").write_text(text, encoding="utf-8")
    found = ks.load_scenario(tmp_path / "mine.toml").data.opening_stock.rows
    assert list(found) == ["titled", "watched"]
    assert (found["titled"].claims.low, found["titled"].claims.high, found["titled"].claims.note) == (20, 40, "counted")
    assert (found["titled"].amount_mean_kr.value, found["watched"].claims.low) == (700.5, None)
    assert rows_of(CSV.replace(",", ";"), "stock.csv") == rows_of(CSV, "stock.csv")


def test_everything_that_is_wrong_in_a_file_is_told_by_row_and_column() -> None:
    bad = CSV.replace("watched,watched,500", "titled,watchd,5oo").replace("20,40", "20,").replace("700.5", "700,5", 1)
    with pytest.raises(ScenarioError) as error:
        rows_of(CSV.replace("watched,watched,500", "Watched,watchd,5oo").replace("20,40", "20,"), "stock.csv")
    told = [re.sub(r"\s+", " ", f"{problem.file}: {problem.key}") for problem in error.value.problems]
    assert told == [
        "stock.csv: row 2, column claims_low",
        "stock.csv: row 3, column name",
        "stock.csv: row 3, column stage",
        "stock.csv: row 3, column age_from_days",
    ]
    with pytest.raises(ScenarioError, match="12 columns"):
        rows_of(bad, "stock.csv")
    with pytest.raises(ScenarioError) as error:
        rows_of("name,stages,claims,claims\n", "stock.csv")
    assert len(error.value.problems) == 4  # nor is there a line


def test_columns_cells_limits_ranges_and_order_are_told_in_one_message() -> None:
    """Each line by itself, whatever is wrong beside it; what is held against a wrong cell is not told of."""
    lines = [
        "name,stage,age_from_days,age_to_days,claims,amount_median_kr,claims_low,claims_high,colour,status",
        "a,watchd,900,400,40,350,,,red,",
        "b,watched,400,9oo,2000000,0,50,40,,",
        "c,watched,400,900,40,350,30,35,,guessed",
        "d,watched,400,900,40,350,,,,assumed",
    ]
    with pytest.raises(ScenarioError) as error:
        rows_of("\n".join(lines), "stock.csv")
    assert [one.key for one in error.value.problems] == [
        "row 1",
        "row 1",
        "row 2, column stage",
        "row 2",
        "row 3, column age_to_days",
        "row 3, column claims",
        "row 3, column claims",
        "row 3, column amount_median_kr",
        "row 4, column status",
        "row 4, column claims",
    ]
    told = str(error.value)
    for words in ("colour", "no amount_mean_kr", "age_from_days must not exceed", "2000000", "guessed"):
        assert words in told
    swedish = error.value.text("sv")
    assert "rad 2" in swedish
    assert "row" not in swedish


def test_a_mean_below_its_median_stands_in_its_row_with_the_rest() -> None:
    head, first, second = CSV.splitlines()
    ranges = head.replace("claims_low,claims_high", "amount_mean_kr_low,amount_mean_kr_high")
    bad = [ranges, first.replace("20,40", "300,800"), second.replace("watched,watched,500", "watched,watched,3000")]
    with pytest.raises(ScenarioError) as error:
        rows_of("\n".join(bad), "stock.csv")
    assert [one.key for one in error.value.problems] == ["row 2, column amount_mean_kr", "row 3"]
    assert "at least 350, the highest amount_median_kr" in str(error.value.problems[0])


def test_all_that_is_wrong_with_a_table_is_told_at_once() -> None:
    """Rules of one table, and of several, were told one after the other."""
    pool = "models.in_house.staff.handlers"
    wrong = {
        f"{pool}.skills": [["general", "general"]],
        f"{pool}.post_sizes": [0.5, 0.2],
        "policy.allocation": ["costs", "costs", "interest"],
        "policy.value_adjustment_days": 3000,
        "policy.write_down_days": 900,
    }
    with pytest.raises(ScenarioError) as error:
        SMALL.with_changes(wrong)
    for words in ("skills names each skill", "post_sizes", "allocation names", "must not come after write_down_days"):
        assert words in str(error.value)
    twin = {"begins_with": "nobody", "title": "twin", "title_sv": "tvilling", "phases": {}}
    with pytest.raises(ScenarioError) as error:
        with_stock(ROWS, years=4, **{"sequences.twin": twin, "timing.interruption_margin_days": 1500})
    assert keys_of(error) == {
        "",
        "sequences.twin",
        "sequences.twin.phases",
        "sequences.twin.begins_with",
        "horizon.history_years",
    }


HEAD, *LINES = CSV.splitlines(keepends=True)
CHILD = (
    "extends = '{0}'\nname = '{1}'\n"
    "[horizon]\nhistory_years = {{ value = 8, source = 'assumption', status = 'assumed' }}\n"
)


def written(place: Path, name: str, extended: str, stock: str) -> Path:
    path = place / f"{name}.toml"
    path.write_text(CHILD.format(extended, name) + f"[opening_stock]\n{stock}\n", encoding="utf-8")
    return path


def test_a_file_is_the_whole_stock_also_where_the_parent_has_one(tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "small.csv").write_text(HEAD + LINES[1].replace("watched,watched", "other,watched"), encoding="utf-8")
    written(tmp_path, "parent", "small-municipality", "file = 'stock.csv'")
    child = ks.load_scenario(written(tmp_path, "child", "parent", "file = 'small.csv'"))
    assert list(child.data.opening_stock.rows) == ["other"]
    assert child.sheet.file_of(("opening_stock", "rows", "other")) == "child.toml"
    grandchild = ks.load_scenario(
        written(
            tmp_path,
            "grandchild",
            "child",
            "rows.other.claims = { value = 30, source = 'assumption', status = 'assumed' }",
        )
    )
    assert {name: one.claims.value for name, one in grandchild.data.opening_stock.rows.items()} == {"other": 30}


def refused(place: Path, stock: str) -> list[Any]:
    with pytest.raises(ScenarioError) as error:
        ks.load_scenario(written(place, "mine", "small-municipality", stock))
    return list(error.value.problems)


def test_keys_beside_a_file_and_a_stock_of_nothing_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text(CSV, encoding="utf-8")
    assert [one.key for one in refused(tmp_path, "file = 'stock.csv'\nfoo = 2\nbar = 3")] == [
        "opening_stock.foo",
        "opening_stock.bar",
    ]
    for nothing in ("", "rows = {}"):
        (one,) = refused(tmp_path, nothing)
        assert (one.file, one.key) == ("mine.toml", "opening_stock.rows")
        assert "leave the table out" in one.remedy
    (one,) = refused(tmp_path, "file = 'nowhere.csv'")
    assert (one.file, one.key) == ("mine.toml", "opening_stock.file")
    assert "'nowhere.csv', no file" in str(one)


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (CSV.replace("\n", "\r"), 1),
        (HEAD + LINES[0].replace("\n", "\r") + LINES[1], 2),
        (CSV.replace("counted", "x" * 131_073), 2),
        (HEAD + LINES[0] + LINES[1].replace("watched", '"' + "x" * 131_073, 1), 3),
    ],
    ids=["carriage returns", "one among line feeds", "a long cell", "a quotation mark left open"],
)
def test_what_cannot_be_divided_into_cells_is_one_clear_error(content: str, row: int) -> None:
    with pytest.raises(ScenarioError) as error:
        rows_of(content, "stock.csv")
    (one,) = error.value.problems
    assert (one.file, one.key) == ("stock.csv", f"row {row}")
    assert "ordinary line ends" in one.remedy


def test_numbers_of_claims_are_said_to_be_whole() -> None:
    with pytest.raises(ScenarioError) as error:
        rows_of(HEAD + LINES[0].replace(",30,", ",10.5,").replace(",20,40,", ",20.5,40,"), "stock.csv")
    assert [(one.key, one.allowed) for one in error.value.problems] == [
        (f"row 2, column {name}", "a whole number of claims, without spaces") for name in ("claims", "claims_low")
    ]


@pytest.mark.parametrize("given", ["rows = {}\nfile = 'stock.csv'", "file = 3", "file = 'nowhere.csv'"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    tmp_path.joinpath("mine.toml").write_text(
        f"extends = 'small-municipality'\n[opening_stock]\n{given}\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioError):
        ks.load_scenario(tmp_path / "mine.toml")


def test_barred_before_the_horizon_says_by_whose_limitation_and_its_remedy_is_one() -> None:
    """Under the other reading the row may stand; a reading that is settled has no other to name, nor one that is shorter."""
    old = {"old": row("demanded", (1200, 1400), 5)}

    def remedies(case: ks.Scenario) -> list[str]:
        return [one.remedy for one in problems_of(case) if one.key == "opening_stock.rows.old.age_to_days"]

    open_ = with_stock(old, years=6)
    (said,) = remedies(open_)
    assert "limitation is after 3 years here, as limitation is read as three_years: settle it as ten_years" in said
    swedish = translated(said, "sv")
    assert (
        "preskriptionstiden är 3 år här, eftersom limitation läses som three_years: avgör den som ten_years" in swedish
    )
    settled = open_.with_alternatives({"limitation": "ten_years"})
    assert remedies(settled) == []
    asked = {"replications": 1, "draws": 0, "seed": 1, "progress": False}
    assert ks.studies.stock(open_, ["in_house"], structures={"limitation": "ten_years"}, **asked).years
    (alone,) = remedies(open_.with_alternatives({"limitation": "three_years"}))
    assert alone.endswith("limitation is after 3 years here")
    key = "alternatives.limitation.ten_years.changes"
    shorter = open_.with_changes({key: {"debtors.segments.private.limitation_years": value(2)}})
    assert remedies(shorter)[0].endswith("limitation is after 3 years here")
