"""Does a case's life tell everything that was booked, and does every total lead back to its postings?"""

from __future__ import annotations

import datetime as dt
import html
import pickle
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.golden.test_hand_cases import everyone
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim import cli
from kravsim.calibration.base_world import BaseWorld
from kravsim.chance.draws import Draws
from kravsim.engine.contract import ANSWERED, DONE, ENDED
from kravsim.errors import RunError, ScenarioError
from kravsim.explaining.explain import Replay, with_scenario
from kravsim.explaining.life import CaseLife, shares_of
from kravsim.explaining.reasons import case_life
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger import BUDGET, LINES, PARTIES, LegalCalendar
from kravsim.models.process import ENDS, PROCESS, STEP_CODE
from kravsim.results.run import Run
from kravsim.scenario.schema import STEPS
from kravsim.units import divide_half_up
from kravsim.words import process_words
from kravsim.words.wording import USUAL_TITLES

NARROW = "\u00a0"
SCENARIO = tiny(models__in_house__staff__handlers__fte=0.05, timing__surveillance_spell_days=120)
MODELS = SCENARIO.models


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {model: ks.simulate(SCENARIO, model=model, replications=2, seed=5, workers=1) for model in MODELS}


@pytest.fixture(scope="module")
def parts() -> dict[str, tuple[Setting, RunParts]]:
    met = setting(SCENARIO, Draws(5, 0, 1))
    return {model: (met, run_model(met, model)) for model in MODELS}


def life_of(met: Setting, made: RunParts, case: int) -> CaseLife:
    horizon = met.world.data.horizon
    calendar = LegalCalendar(met.law, met.stream.first, horizon.start, met.world.data.law.frozen_at)
    return case_life(made.ledger, made.log, made.plan, met.stream, calendar, met.world.data.policy, case)


def told(text: str) -> str:
    return re.sub(" +", " ", text.replace(NARROW, " "))


@pytest.mark.parametrize("model", MODELS)
def test_every_event_and_posting_is_told_once_and_the_debt_adds_up(
    model: str, parts: dict[str, tuple[Setting, RunParts]]
) -> None:
    met, made = parts[model]
    debts, stream, log = made.ledger.debts, met.stream, made.log
    postings = made.ledger.postings
    for case in range(0, len(stream.cases), 3):
        life = life_of(met, made, case)
        events = [entry for entry in life.entries if not entry.is_posting]
        booked = [entry for entry in life.entries if entry.is_posting]
        assert len(events) == int((log.case == case).sum())
        mine = postings.where(postings.case == case)
        known = Counter(zip(mine.line.tolist(), mine.amount_ore.tolist(), mine.day.tolist(), strict=True))
        said = Counter((LINES.index(one.line), one.amount_ore, (one.date - stream.first).days) for one in booked)
        assert said == known
        assert [entry.date for entry in life.entries] == sorted(entry.date for entry in life.entries)
        claims = slice(int(stream.cases.first_claim[case]), int(stream.cases.first_claim[case + 1]))
        principal = (
            stream.claims.principal_ore[claims] - debts.principal_paid[claims] - debts.principal_given_up[claims]
        )
        interest = debts.interest_charged[claims] - debts.interest_paid[claims] - debts.interest_given_up[claims]
        assert life.debt.principal_ore == int(principal.sum())
        assert life.debt.interest_ore == int(interest.sum())
        assert life.debt.fees_ore == int((debts.charged - debts.paid - debts.given_up)[case].sum())
        assert (life.end == "open") == bool(debts.end[case] < 0)
        assert life.end == "open" or life.debt.total_ore == 0
        assert sum(row["net"] for row in shares_of(life).values()) == 0


@pytest.mark.parametrize("model", MODELS)
def test_interest_is_shown_by_periods_that_sum_to_what_was_charged(
    model: str, parts: dict[str, tuple[Setting, RunParts]]
) -> None:
    met, made = parts[model]
    charged = 0
    for case in range(len(met.stream.cases)):
        if not made.ledger.debts.interest_charged[met.stream.claims.case == case].any():
            continue
        for entry in life_of(met, made, case).entries:
            if entry.line != "interest" or entry.kind != "charge":
                continue
            weight = sum(part.principal_ore * part.rate_bp * part.days for part in entry.interest)
            assert divide_half_up(weight, 365 * 10_000) == entry.amount_ore
            assert entry.interest[-1].last == entry.date
            assert all(one.last < other.first for one, other in zip(entry.interest, entry.interest[1:], strict=False))
            charged += 1
    assert charged > 20


def test_a_posting_follows_the_event_that_caused_it(parts: dict[str, tuple[Setting, RunParts]]) -> None:
    met, made = parts["in_house"]
    fees = {charge: step.name for step in PROCESS for charge in step.charges}
    seen = 0
    for case in range(0, len(met.stream.cases), 5):
        last = None
        for entry in life_of(met, made, case).entries:
            if not entry.is_posting:
                last = entry
            elif entry.kind == "charge" and entry.line in fees:
                assert last is not None
                assert (last.kind, last.step, last.date) == ("done", fees[entry.line], entry.date)
                seen += 1
            elif entry.payer == "debtor" and entry.kind == "cash":
                assert last is not None
                assert (last.kind, last.date) == ("answered", entry.date)
                seen += 1
    assert seen > 100


def test_an_hand_computed_case_reads_as_it_was_computed() -> None:
    scenario = everyone(does="attachment_paid")
    told_case = Replay(BaseWorld(scenario), "in_house", 1)
    met = setting(scenario, Draws(1, 0, 0))
    case = int(met.stream.claims.case[met.stream.claims.run == 0][0])
    text = told(told_case.explain(case).text)
    for line in (
        "2017-01-01 faktura, förfaller 2017-01-23 [1] 500,00 500,00 0,00 0,00 500,00",
        "påminnelseavgift, till regionen [2] 60,00 500,00 60,00 0,00 560,00",
        "inkassoavgift, till regionen [4] 180,00 500,00 240,00 0,00 740,00",
        "2017-06-26 Ansökan om betalningsföreläggande: utslag meddelas",
        "2017-08-10 Utslag: obetalt",
        "500,00 × 7,50 % × 259 dagar/365, 2017-01-24 – 2017-10-09",
        "dröjsmålsränta, till regionen [11] 26,61 500,00 1 520,00 26,61 2 046,61",  # 500 x 7.5 % x 259/365 = 26.609...
        "betalat: kapital, till regionen [1] -500,00 0,00 0,00 0,00 0,00",
        "2017-10-09 Avslutat: Betald",
        "räntelagen (1975:635) 3, 4, 6 och 9 §§",
    ):
        assert line in text, line
    english = told(told_case.explain(case, lang="en").text)
    assert "2017-02-22 Reminder (påminnelse): done; " in english
    assert "500.00 × 7.50% × 259 days/365, 2017-01-24 – 2017-10-09" in english
    assert "2017-10-09 Closed: Paid" in english


def test_waiting_in_the_queue_is_told(parts: dict[str, tuple[Setting, RunParts]], runs: dict[str, Run]) -> None:
    met, made = parts["in_house"]
    lives = [life_of(met, made, case) for case in range(0, len(met.stream.cases), 2)]
    waited = [entry for life in lives for entry in life.entries if entry.kind == "done" and entry.waited_minutes]
    assert waited
    assert all(entry.pool == "handlers" and entry.worked_minutes >= 0 for entry in waited)
    waiting = next(life for life in lives if life.waiting_for)
    assert waiting.end == "open"
    closing = told(runs["in_house"].explain(waiting.case, replication=1).text)
    assert f"i kö till: {process_words.STEP_WORDS[waiting.waiting_for][0]}" in closing
    longest = max(lives, key=lambda life: max((entry.waited_minutes for entry in life.entries), default=0))
    assert re.search(r"utförd; \d+ d \d+ h i kö, \d+ min arbete \(handläggare, tjänst 1\)", told(
        runs["in_house"].explain(longest.case, replication=1).text
    ))  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_budget_line_leads_to_postings_that_sum_to_it_exactly(model: str, runs: dict[str, Run]) -> None:
    run = runs[model]
    assert run.lines == tuple(name for name, _ in BUDGET)
    for replication in range(2):
        whole = run.postings(replication=replication)
        for line in run.lines:
            frame = run.postings(line, replication=replication)
            wanted = int(run.line_ore(line)[replication])
            assert int(frame["region_ore"].sum()) == wanted
            assert set(frame["budget_line"]) <= {line}
            assert int(whole.loc[whole["budget_line"] == line, "region_ore"].sum()) == wanted
        assert int(whole["region_ore"].sum()) == int(run.net_ore()[replication])
        principal = run.postings("principal", replication=replication)
        paid = principal.loc[principal["book"] == "cash", "amount_kr"].sum()
        assert paid == pytest.approx(run.principal_recovered.samples[replication], abs=0.005)
    assert {"staff_pay", "reminder_fees"} & {line for line in run.lines if run.line_ore(line).any()}


def test_postings_of_two_years_sum_to_the_mean_year() -> None:
    scenario = tiny(horizon__end=dt.date(2019, 1, 1))
    run = ks.simulate(scenario, model="in_house", replications=1, seed=3, workers=1)
    for line in run.lines:
        total = int(run.postings(line)["region_ore"].sum())
        assert abs(total - 2 * int(run.line_ore(line)[0])) <= 1


def test_postings_say_when_where_and_why(runs: dict[str, Run]) -> None:
    frame = runs["in_house"].postings("demand_fees")
    assert set(frame["step"]) <= set(STEPS)
    assert set(frame["payer"]) == {"debtor"}
    assert set(frame["receiver"]) == {"region"}
    assert frame["ground"].str.contains("1981:739").all()
    assert (frame["date"] >= dt.date(2017, 1, 1)).all()
    assert (frame["region_kr"] == frame["amount_kr"]).all()


def test_an_unknown_line_names_the_known_ones(runs: dict[str, Run]) -> None:
    with pytest.raises(RunError, match="reminder_fees, demand_fees"):
        runs["in_house"].postings("fees")


def test_cases_are_found_by_what_happened_to_them(
    runs: dict[str, Run], parts: dict[str, tuple[Setting, RunParts]]
) -> None:
    met, made = parts["in_house"]
    log = made.log
    frame = runs["in_house"].find_cases("attachment", "paid", payments=1, replication=1, limit=5)
    assert 0 < len(frame) <= 5 <= frame.attrs["found"] or len(frame) == frame.attrs["found"]
    for row in frame.itertuples():
        mine = log.case == row.case
        assert (log.step[mine & (log.kind == DONE)] == STEP_CODE["attachment"]).any()
        assert log.step[mine & (log.kind == ENDED)].tolist() == [len(STEPS) + ENDS.index("paid")]
        assert row.end == "paid"
        assert row.payments >= 1
        assert row.paid_kr > 0
        assert row.steps == (mine & (log.kind == DONE)).sum()
        assert row.handed_over == met.stream.first + dt.timedelta(int(met.stream.cases.hand_over_day[row.case]))
    everything = runs["in_house"].find_cases(replication=1, limit=10**6)
    assert len(everything) == len(met.stream.cases)
    ends = Counter(everything["end"])
    assert ends["open"] == int((made.ledger.debts.end < 0).sum())
    assert len(runs["in_house"].find_cases("open", replication=1, limit=10**6)) == ends["open"]


def test_cases_are_found_by_an_answer(runs: dict[str, Run], parts: dict[str, tuple[Setting, RunParts]]) -> None:
    _, made = parts["in_house"]
    found = runs["in_house"].find_cases("reminder:withdrawn", replication=1, limit=10**6)["case"]
    log = made.log
    answer = [option.name for option in PROCESS[0].answers].index("withdrawn")
    rows = (log.kind == ANSWERED) & (log.step == 0) & (log.answer == answer)
    assert sorted(found) == sorted(set(log.case[rows].tolist()))


@pytest.mark.parametrize(
    ("what", "words"),
    [("attachmant", "allowed reminder, residue"), ("reminder:nothing", "allowed paid, "), ("paid:x", "step:answer")],
)
def test_what_cannot_be_found_is_refused_before_anything_runs(what: str, words: str) -> None:
    told_model = Replay(BaseWorld(SCENARIO), "in_house", 1)
    told_model._parts = None  # type: ignore[method-assign,assignment]
    with pytest.raises(RunError, match=words):
        told_model.find_cases(what)


@pytest.mark.parametrize("case", [-1, 10**9, True, "1", 1.0])
def test_a_case_that_is_not_there_is_refused(case: object, runs: dict[str, Run]) -> None:
    with pytest.raises(RunError, match=r"case: got .*; allowed 0 to "):
        runs["outsourced"].explain(case)  # type: ignore[arg-type]


def test_a_replication_that_is_not_there_is_refused(runs: dict[str, Run]) -> None:
    with pytest.raises(RunError, match="allowed 0 to 1"):
        runs["outsourced"].explain(0, replication=2)


def test_another_language_is_refused(runs: dict[str, Run]) -> None:
    with pytest.raises(RunError, match="sv or en"):
        runs["outsourced"].explain(0, lang="no")


def test_frame_and_html_tell_the_same_as_the_text(runs: dict[str, Run]) -> None:
    case = int(runs["in_house"].find_cases("attachment", "paid")["case"].iloc[0])
    life = runs["in_house"].explain(case)
    frame = life.to_frame()
    assert len(frame) == len(life.life.entries)
    assert frame["debt_kr"].iloc[-1] == 0
    assert {"Påminnelse", "Utmätning"} <= set(frame["step_sv"])
    assert {"Reminder", "Attachment"} <= set(frame["step_en"])
    charged = frame.loc[frame["kind"] == "charge", "amount_kr"].sum()
    lowered = frame.loc[
        (frame["kind"] == "write_off") | (frame["payer"] == "debtor") & (frame["kind"] == "cash"), "amount_kr"
    ]
    assert charged == pytest.approx(lowered.sum())
    page = life.to_html(whole=True)
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="sv">' in page
    assert life._repr_html_() == life.to_html()
    shown = html.unescape(re.sub("<[^>]*>", "|", page))
    for part in (
        "Utmätning",
        "lag (1981:739) 2 och 4 §§, betalningspåminnelse",
        "Vem som får och betalar",
        "Avslutat: Betald",
    ):
        assert part in shown
    assert "Attachment" in life.to_html("en")
    assert str(life) == life.text == life.table("sv")
    assert repr(life) == f"<Explanation of case {case} in in_house: {len(frame)} entries, paid>"


def test_texts_of_the_user_are_escaped() -> None:
    scenario = tiny(title="A <b>bold</b> & new title")
    page = ks.explain_case(scenario, model="in_house", case=0, seed=1).to_html(whole=True)
    assert "<b>bold" not in page
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp; new title" in page


def test_engines_tell_the_same_life() -> None:
    one, other = (ks.explain_case(SCENARIO, model="in_house", case=11, seed=2, engine=e) for e in ("compiled", "simpy"))
    assert one == other


def test_a_run_from_a_file_says_what_it_needs(runs: dict[str, Run], tmp_path: Path) -> None:
    run = runs["in_house"]
    read = ks.load_run(run.save(tmp_path / "run.kravsim"))
    assert read == run
    with pytest.raises(RunError, match="with_scenario"):
        read.explain(0)
    assert with_scenario(read).explain(3).text == run.explain(3).text
    assert with_scenario(read, SCENARIO).explain(3).text == run.explain(3).text
    with pytest.raises(RunError, match="the same changes"):
        with_scenario(read, tiny())
    with pytest.raises(RunError, match=r"with_scenario\(run, scenario\)"):
        with_scenario(replace(run, record=None))


def test_a_run_with_other_numbers_is_not_explained(runs: dict[str, Run]) -> None:
    run = runs["in_house"]
    first = run.outcomes[0]
    other = replace(first, steps=first.steps | {"reminder": first.steps["reminder"] + 1})
    changed = replace(run, outcomes=(other, *run.outcomes[1:]))
    with pytest.raises(RunError, match="the version that made it"):
        changed.explain(0)


def test_a_run_travels_between_processes_without_its_last_replication(runs: dict[str, Run]) -> None:
    run = runs["in_house"]
    run.explain(0)
    copy = pickle.loads(pickle.dumps(run))
    assert copy == run
    assert len(pickle.dumps(run)) < 1_000_000
    assert copy.explain(4) == run.explain(4)


def test_every_name_of_the_process_has_words_in_both_languages() -> None:
    answers = {(step.name, answer.name) for step in PROCESS for answer in step.answers}
    assert not set(STEPS) - set(process_words.STEP_WORDS)
    assert not {
        pair for pair in answers if pair[1] not in process_words.ANSWERS and pair not in process_words.ANSWERS_AT
    }
    assert not {*ENDS, "open"} - set(process_words.END_WORDS)
    assert not set(LINES) - set(process_words.AMOUNT_WORDS)
    assert not set(LINES) - set(process_words.GROUND_WORDS)
    assert not set(PARTIES) - set(process_words.PARTY_WORDS)


def test_words_for_what_is_no_longer_there_are_gone() -> None:
    assert set(process_words.STEP_WORDS) == set(STEPS)
    assert set(process_words.ANSWERS) == {answer.name for step in PROCESS for answer in step.answers}
    assert set(process_words.AMOUNT_WORDS) == set(LINES) == set(process_words.GROUND_WORDS)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO.text, encoding="utf-8")
    return str(path)


def test_the_command_explains_a_case_by_number_or_by_what_happened(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["explain", file, "--model", "in_house", "--seed", "5", "--replication", "1"]
    assert cli.main([*words, "--case", "17", "--lang", "en"]) == 0
    by_number = capsys.readouterr()
    assert (
        by_number.out
        == ks.explain_case(ks.load_scenario(file), model="in_house", case=17, seed=5, replication=1, lang="en").text
        + "\n"
    )
    assert by_number.err == ""
    page = tmp_path / "case.html"
    assert cli.main([*words, "--find", "attachment, paid", "--html", str(page)]) == 0
    found = capsys.readouterr()
    case = int(
        Replay(BaseWorld(SCENARIO), "in_house", 5).find_cases("attachment", "paid", replication=1)["case"].iloc[0]
    )
    assert found.out.startswith(f"Ärende {case}, egen regi")
    assert "cases of that kind; this is one of them" in found.err
    assert f"wrote {page}" in found.err
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert cli.main([*words, "--find", "attachment", "--html", str(page), "--lang", "en"]) == 5
    assert "add --force" in capsys.readouterr().err


def test_the_command_refuses_in_words(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", file, "--model", "in_house", "--seed", "5"]
    assert cli.main([*words, "--case=-1", "--replication=x", "--lang", "en"]) == ScenarioError.exit_code
    said = capsys.readouterr().err
    assert "--case: got '-1'; allowed a whole number from 0" in said
    assert "--replication: got 'x'" in said
    assert cli.main([*words, "--find", "attachmant", "--lang", "en"]) == ScenarioError.exit_code
    assert "step:answer or end states" in capsys.readouterr().err
    assert cli.main([*words, "--find", "bankruptcy,district_court", "--lang", "en"]) == RunError.exit_code
    assert "try fewer names" in capsys.readouterr().err
    assert (
        cli.main(["explain", file, "--model", "in", "--seed", "5", "--case", "0", "--lang", "en"])
        == ScenarioError.exit_code
    )
    assert "--model: got 'in'" in capsys.readouterr().err


def test_a_model_with_a_title_of_its_own_is_called_by_it() -> None:
    bundled = ks.load_scenario("jamtland-harjedalen-2017").data.models
    titles = {name: (model.title_sv, model.title) for name, model in bundled.items()}
    assert titles.items() >= USUAL_TITLES.items()
    own = SCENARIO.with_changes({"models.in_house.title_sv": "Kommunens eget team"})
    run = ks.simulate(own, model="in_house", replications=1, seed=1, workers=1, progress=False)
    assert (run.name("sv"), run.name("en")) == ("kommunens eget team", "in-house collection")
    assert "kommunens eget team" in run.explain(0).text
