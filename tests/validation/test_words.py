"""Does each refusal say only what is true, once, and advise what can be done? Slips that users made, and their relatives."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import pytest

import kravsim as ks
from kravsim.errors import LawError
from kravsim.scenario import ScenarioWarning, load_scenario, scenario_names

from .asking import ASSUMED, refused, written

CASE = load_scenario("jamtland-harjedalen-2017")
COMMISSION = f"[models.outsourced.contract.commission]\nshare = {{ value = 0.1, {ASSUMED} }}\n"
CAP = f"most_kr = {{ value = 500, low = 200, high = 600, {ASSUMED} }}\n"
SLIPS: dict[str, tuple[str, list[str], int]] = {
    "a day too late": ("[invoices]\nrun_days = [31]\n", ["invoices.run_days.0: got 31; allowed at most 28"], 1),
    "two days, one too late": (
        "[invoices]\nrun_days = [10, 31]\n",
        ["invoices.run_days.1: got 31; allowed at most 28"],
        1,
    ),
    "no days": ("[invoices]\nrun_days = []\n", ["invoices.run_days: got []; allowed a list of 1 or more"], 1),
    "all days wrong": (
        '[invoices]\nrun_days = ["x", 0]\n',
        ["run_days.0: got 'x'; allowed a whole number", "run_days.1: got 0; allowed at least 1"],
        2,
    ),
    "lateness from day 0": (
        "[behaviour.lateness]\ndays = [0]\nretained_share = [0.9]\n",
        ["behaviour.lateness.days.0: got 0; allowed at least 1"],
        1,
    ),
    "a source with å": (
        "[sources.årsredovisning]\ntitle = 'x'\n",
        ['quote the name (sources."årsredovisning") or use the ASCII name'],
        3,
    ),
    "a source with å, two deep": (
        "[debtors.segments.privat.år]\nx = 1\n",
        ['quote the name (debtors.segments.privat."år")'],
        3,
    ),
    "a source with å that is missing": (
        '[invoices]\nlate_share = { value = 0.08, source = "årsredovisning", status = "sourced" }\n',
        ['add a table [sources."årsredovisning"]'],
        1,
    ),
    "a model with å": (
        "[models.på_egen_hand]\ntitle = 'x'\n",
        ["name of the letters a-z, digits and _ under [models]"],
        3,
    ),
    "an alternative with å": (
        "[alternatives.läsning.A]\nweight = 1\n",
        ["name of the letters a-z, digits and _"],
        3,
    ),
    "a pool misspelt in work": (
        '[models.in_house.work.reminder]\npool = "handlars"\n',
        ["models.in_house.work.reminder.pool: got 'handlars'; allowed one of handlers; did you mean handlers?"],
        1,
    ),
    "a pool misspelt in staff": (
        f"[models.in_house.staff.handlars]\nfte = {{ value = 3, {ASSUMED} }}\n",
        ["models.in_house.staff.handlars: got a new table", "pay_per_fte_kr", "did you mean handlers?"],
        1,
    ),
    "a pool misspelt, nothing near": (
        f"[models.in_house.staff.xyz]\nfte = {{ value = 3, {ASSUMED} }}\n",
        ["models.in_house.staff.xyz.pay_per_fte_kr: got nothing"],
        0,
    ),
    "a model misspelt": (
        f"[models.in_hose.staff.handlers]\nfte = {{ value = 3, {ASSUMED} }}\n",
        ["models.in_hose: got a new table [models.in_hose]", "did you mean in_house?"],
        1,
    ),
    "a target misspelt": (
        "[targets.sucess]\nlow = 0.5\n",
        ["targets.sucess: got a new table", "did you mean success?"],
        1,
    ),
    "a reading misspelt": (
        "[alternatives.readings.A]\nweight = 0.2\n",
        ["alternatives.readings: got a new table", "did you mean reading?"],
        1,
    ),
    "a target of a model misspelt": (
        '[targets.success]\nmodel = "outsorced"\n',
        ["targets.success.model: got 'outsorced'; allowed one of outsourced, in_house", "did you mean outsourced?"],
        1,
    ),
    "a commission in a contract": (
        f"[models.outsourced.contract]\ncommission_share = {{ value = 0.1, {ASSUMED} }}\n",
        [
            "models.outsourced.contract.commission_share",
            "a table, [models.<name>.contract.commission], with share and of",
        ],
        1,
    ),
    "a share of an outlay": (
        f"[models.outsourced.contract]\npayment_order_supplement_agency_share = {{ value = 0.1, {ASSUMED} }}\n",
        [
            "contract.payment_order_supplement_agency_share",
            "outlays are advanced and recovered whole",
            "outlays_advanced_by",
        ],
        1,
    ),
    "a share of the fees of instalments": (
        f"[models.outsourced.contract]\ninstalment_plan_fee_agency_share = {{ value = 0.1, {ASSUMED} }}\n",
        ["contract.instalment_plan_fee_agency_share", "kept whole by one of the two: instalment_fees_kept_by"],
        1,
    ),
    "a commission that is no table": (
        "[models.outsourced.contract]\ncommission = 0.1\n",
        ["contract.commission: got 0.1", "write the settings under [models.outsourced.contract.commission]"],
        1,
    ),
    "a commission of nothing": (
        COMMISSION,
        ["contract.commission.of: got nothing", 'for example: of = ["costs"]'],
        1,
    ),
    "a floor by another name": (
        f'{COMMISSION}of = ["principal"]\nfloor_kr = {{ value = 50, {ASSUMED} }}\n',
        ["contract.commission.floor_kr: got a table", "the floor of a case is least_kr"],
        1,
    ),
    "a floor above the cap": (
        f'{COMMISSION}of = ["principal"]\nleast_kr = {{ value = 50, low = 10, high = 300, {ASSUMED} }}\n{CAP}',
        [
            "contract.commission",
            "least_kr (up to 300) is the floor of a case and must not exceed the cap most_kr (from 200)",
        ],
        1,
    ),
    "a commission of the same twice": (
        f'{COMMISSION}of = ["costs", "costs"]\n',
        ["contract.commission", "of names each of principal, interest and costs once"],
        1,
    ),
    "a commission of what the agency keeps": (
        f'[models.outsourced.contract]\ninterest_kept_by = "agency"\n{COMMISSION}of = ["interest"]\n',
        ["commission.of: interest is none that the region receives; interest_kept_by is 'agency'"],
        1,
    ),
    "a price without its occasion": (
        f"[models.outsourced.contract]\nprice_a_case_kr = {{ value = 100, {ASSUMED} }}\n",
        ["price_a_case_kr and price_a_case_when go together: 'handed_over' or 'closed'"],
        1,
    ),
    "an occasion misspelt": (
        f'[models.outsourced.contract]\nprice_a_case_kr = {{ value = 100, {ASSUMED} }}\nprice_a_case_when = "closing"\n',
        ["price_a_case_when: got 'closing'; allowed one of handed_over, closed; did you mean closed?"],
        1,
    ),
    "a key of another table": (
        f"[invoices]\nresidue_floor_kr = {{ value = 100, {ASSUMED} }}\n",
        ["that key belongs in [policy] (what the creditor has decided, whoever carries it out)"],
        1,
    ),
}


@pytest.mark.parametrize(("text", "words", "lines"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_answered_once_and_with_what_was_meant(
    text: str, words: list[str], lines: int, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        said = refused(lambda: load_scenario(written(tmp_path, text)))
    assert [part for part in words if part not in said] == [], said
    assert not lines or len(said.splitlines()) == lines, said


def test_the_advice_for_a_name_with_letters_of_its_own_is_taken(tmp_path: Path) -> None:
    """What one message advises, the next must not refuse."""
    text = '[sources."årsredovisning"]\ntitle = "x"\n[invoices]\n'
    text += 'late_share = { value = 0.08, source = "årsredovisning", status = "sourced" }\n'
    made = load_scenario(written(tmp_path, text))
    assert made.data.invoices.late_share.source == "årsredovisning"
    assert ks.studies.register(made).rows


def test_a_misspelt_file_is_answered_with_files_that_are_near_and_with_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("region.toml", "w.toml", "notes.toml"):
        written(tmp_path, "", name)
    near = {"regoin.toml": "region.toml", "regoin": "", "region.tml": "region.toml", "REGION.toml": "region.toml"}
    for given, meant in near.items():
        said = refused(lambda given=given: load_scenario(str(tmp_path / given)))  # type: ignore[misc]
        assert (f"did you mean {meant or 'region.toml'}?") in said
    for given in ("xyz.toml", "a.toml", "scenario-of-mine.toml"):
        assert "did you mean" not in refused(lambda given=given: load_scenario(str(tmp_path / given)))  # type: ignore[misc]
    monkeypatch.chdir(tmp_path)
    assert "did you mean the file region.toml?" in refused(lambda: load_scenario("region"))
    assert "did you mean the file region.toml?" in refused(lambda: load_scenario("region.tml"))
    assert f"bundled scenarios: {', '.join(scenario_names())}" in refused(lambda: load_scenario("xyz"))


@pytest.mark.parametrize(
    ("due", "paid"), [(dt.date(2026, 1, 1), dt.date(2031, 1, 1)), (dt.date(1990, 1, 1), dt.date(1991, 1, 1))]
)
def test_interest_beyond_the_table_advises_what_the_function_takes(due: dt.date, paid: dt.date) -> None:
    with pytest.raises(LawError) as caught:
        ks.law.interest_ore(100_00, due, paid)
    assert "law=load_law(directory)" in str(caught.value)
    assert "frozen_at" not in str(caught.value)


def test_a_run_beyond_the_table_still_advises_to_freeze_the_law() -> None:
    late = CASE.with_changes({"horizon.start": dt.date(2030, 1, 1), "horizon.end": dt.date(2031, 1, 1)})
    assert "give law.frozen_at" in refused(
        lambda: ks.simulate(late, model="in_house", replications=1, seed=1, workers=1)
    )
