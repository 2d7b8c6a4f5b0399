"""Payment curves as a result: asked for, told in both languages, kept, drawn, and absent from runs that did not keep them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.unit.result_makers import outcome, run_of

import kravsim as ks
from kravsim import cli
from kravsim.archives.columns import columns, outcomes
from kravsim.errors import DataError, RunError
from kravsim.figures.payment_curves import data
from kravsim.measures.incidence import CURVE_DAYS, DAYS, SIZE
from kravsim.results.payment_curves import ENDED, EVER, OPEN, RECOVERED, WAYS, PaymentCurves
from kravsim.results.run import Run
from kravsim.settling.curves import COUNTED_IN, LAST_DAYS, ORIGINS, STRATA
from kravsim.telling.payment_tables import EVENT_NAMES, GROUP_NAMES, STEP_NAMES

SMALL = {"invoices.per_year": 6000, "debtors.number": 900, "horizon.history_years": 2}


@pytest.fixture(scope="module")
def run() -> Run:
    return ks.simulate(tiny().with_changes(SMALL), model="outsourced", replications=3, seed=1, progress=False)


@pytest.fixture(scope="module")
def found(run: Run) -> PaymentCurves:
    return run.payment_curves()


def test_days_are_ends_of_bins() -> None:
    """A share by such a day is of whole bins; those of every share are among those of the curve."""
    assert set(CURVE_DAYS) <= set(LAST_DAYS.tolist())
    assert set(DAYS) <= set(CURVE_DAYS)


def test_every_share_is_named_in_both_languages() -> None:
    assert set(STEP_NAMES) == set(ORIGINS)
    assert set(GROUP_NAMES) == set(STRATA)
    assert {*EVENT_NAMES, "principal_paid", ENDED, OPEN, RECOVERED} == set(WAYS)


def test_paid_ended_and_open_are_everybody_and_the_shares_are_ratios_of_totals(found: PaymentCurves) -> None:
    for step in ORIGINS:
        for counted_in in COUNTED_IN:
            for days in (*CURVE_DAYS, EVER):
                parts = [found.share(step, days, event=way, counted_in=counted_in) for way in WAYS[:3]]
                if parts[0] is not None:
                    assert math.fsum(one.mean for one in parts if one is not None) == pytest.approx(1)
    share = found.share("reminder", 30)
    assert share is not None
    assert share.mean == pytest.approx(math.fsum(share.parts) / math.fsum(share.wholes))
    assert share.se > 0


def test_the_frame_has_every_share_once(found: PaymentCurves) -> None:
    frame = found.to_frame()
    assert not frame.duplicated(["step", "event", "days", "counted_in", "group"]).any()
    of_all = frame[(frame["group"] == "all") & (frame["event"] == "principal_paid") & (frame["counted_in"] == "claims")]
    assert of_all.groupby("step").size().tolist() == [len(CURVE_DAYS) + 1] * len(ORIGINS)
    mine = of_all[(of_all["step"] == "demand") & (of_all["days"] == 90)].iloc[0]
    share = found.share("demand", 90)
    assert share is not None
    assert (mine["share"], mine["standard_error"], mine["replications"]) == (share.mean, share.se, 3)


def test_groups_add_up_to_all(found: PaymentCurves) -> None:
    at_step = found.at_step
    for names in (STRATA[1:7], STRATA[7:]):
        places = [STRATA.index(name) for name in names]
        assert (at_step[:, :, places].sum(axis=2) == at_step[:, :, 0]).all()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"step": "letter"}, r"step: got 'letter'; allowed one of hand_over, reminder"),
        ({"step": "demand", "days": 31}, r"days: got 31; allowed one of 3, 7, 14"),
        ({"step": "demand", "days": 46, "group": "private"}, r"days: got 46; allowed one of 14, 30, 90, 365, ever"),
        ({"step": "demand", "days": True}, r"days: got true"),
        ({"step": "demand", "event": "paid"}, r"event: got 'paid'; allowed one of principal_paid"),
        ({"step": "demand", "event": "plan_kept", "group": "private"}, r"group: got 'private'; allowed all"),
        (
            {"step": "demand", "event": RECOVERED, "days": 30, "counted_in": "kr"},
            r"days: got 30; allowed principal rec",
        ),
        ({"step": "demand", "counted_in": "cases"}, r"counted_in: got 'cases'; allowed one of claims, kr"),
    ],
)
def test_a_share_that_there_is_not_is_refused_in_words(
    found: PaymentCurves, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(RunError, match=said):
        found.share(**asked)  # type: ignore[arg-type]


def test_every_view_of_a_run_has_the_curve(run: Run, found: PaymentCurves) -> None:
    assert "Kapitalet betalt i sin helhet, andel av fordringarna" in run.table("sv")
    assert "Principal paid in full, share of claims" in run.table("en")
    assert "Principal paid in full, share of claims" in run.to_html("en")
    told = json.loads(json.dumps(run.to_json(), allow_nan=False))["models"]["outsourced"]["payment_curves"]
    share = found.share("demand", 30)
    assert share is not None
    assert told["demand"]["claims"]["principal_paid"]["30"] == {"mean": share.mean, "se": share.se}
    assert set(told["order"]) == {"claims", "kr", RECOVERED}


def test_tables_in_both_languages_end_with_how_to_read_them(found: PaymentCurves) -> None:
    sv, en = found.table("sv"), found.table("en")
    assert "Aalen–Johansen" in sv
    assert "Aalen–Johansen" in en
    assert "ansökan till Kronofogden" in sv
    assert "below 200 kr" in en
    assert len(found.tables("sv")) == len(found.tables("en"))
    json.dumps(found.to_json(), allow_nan=False)


def test_reconcile_shows_them_without_a_target() -> None:
    case = ks.load_scenario("jamtland-harjedalen-2017").with_changes({"horizon.history_years": 1})
    told = ks.reconcile(case, replications=2, seed=1, progress=False)
    assert "a prediction, without a target" in told.table("en")
    assert "förutsägelse, utan mål" in told.table("sv")
    assert set(told.to_json()["payment_curves"]) == set(told.runs)


def test_they_are_kept_and_read_back(run: Run, tmp_path: Path) -> None:
    again = ks.load_run(run.save(tmp_path / "run.kravsim"))
    assert again == run
    assert again.payment_curves() == run.payment_curves()


def test_rows_of_another_length_are_no_archive(run: Run) -> None:
    arrays = columns(run.outcomes)
    arrays["curves"] = arrays["curves"][:, :-1]
    with pytest.raises(DataError, match="curves"):
        outcomes(arrays)


def test_a_run_of_before_they_were_kept_says_so_when_asked_and_nothing_otherwise() -> None:
    old = run_of("outsourced", [outcome("outsourced", n, {"interest": 100}) for n in range(3)])
    assert len(old.tables("en")) == 1
    assert "payment_curves" not in old.summary()
    with pytest.raises(RunError, match=r"payment_curves: got nothing; allowed a run that kept them; run it again"):
        old.payment_curves()


def test_a_single_replication_has_shares_without_errors(run: Run) -> None:
    one = replace(run, outcomes=run.outcomes[:1], replications=1).payment_curves()
    assert " ± " not in one.tables("en")[0].text()
    frame = one.to_frame()
    assert frame["standard_error"].isna().all()
    assert len(one.kept[0]) == SIZE


def test_the_figure_shows_the_numbers(run: Run, found: PaymentCurves) -> None:
    frame = data(run)
    assert frame["event"].unique().tolist() == ["principal_paid"]
    assert frame.equals(data(found))
    for lang, words in (("sv", "dagar från steget"), ("en", "days since the step")):
        figure = ks.figures.payment_curves(run, lang=lang)
        (ax,) = figure.get_axes()
        assert ax.get_xlabel() == words
        drawn = [line.get_ydata() for line in ax.get_lines() if len(np.atleast_1d(line.get_xdata())) > 2]
        share = found.share("reminder", 30)
        assert share is not None
        assert drawn[0][CURVE_DAYS.index(30)] == share.mean


def test_the_command_prints_and_leaves_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "small.toml", tmp_path / "out"
    file.write_text(tiny().with_changes(SMALL).text, "utf-8")
    asked = [
        "payment-curves",
        str(file),
        "--model",
        "outsourced",
        "--replications",
        "2",
        "--seed",
        "1",
        "--no-progress",
    ]
    assert cli.main([*asked, "--lang", "en", "--out", str(out)]) == 0
    assert "Principal paid in full, share of principal" in capsys.readouterr().out
    assert {path.suffix for path in out.iterdir()} == {".json", ".csv", ".png", ".svg"}
    assert ks.reproduce(out / "manifest.json", workers=1, progress=False).same
    assert cli.main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["curves"]
    assert cli.main(["payment-curves", str(file), "--model", "nobody", "--lang", "en"]) == 2
    assert "--model" in capsys.readouterr().err
