"""Staff in whole runs: paid hours to the minute, pay of vacant posts to the öre, skills kept, the backlog's age, waiting."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.engine.contract import STARTED
from kravsim.errors import RunError
from kravsim.flow import one_run, run_model, setting
from kravsim.ledger import audit
from kravsim.ledger.accounts import LINE, Journal
from kravsim.ledger.by_rule import book_years
from kravsim.ledger.costs import book_organisation
from kravsim.ledger.ownership import ownership
from kravsim.models.plan import PoolPlan
from kravsim.results.notes import doubts_of_outcomes
from kravsim.scenario import Scenario
from kravsim.studies.waiting import FEES, MEASURES
from kravsim.telling.uncertainty_words import error_text
from tests.properties.strategies import BASE, small_scenarios, tiny
from tests.validation.asking import kept, shell

HANDLERS = "models.in_house.staff.handlers"
PEOPLE = st.fixed_dictionaries(
    {
        f"{HANDLERS}.fte": st.sampled_from([0.02, 0.3, 1, 1.5, 2.25]),
        f"{HANDLERS}.turnover.leaves_per_year": st.sampled_from([0.5, 3, 12]),
        f"{HANDLERS}.turnover.learning_start_share": st.sampled_from([0, 0.35, 1]),
        f"{HANDLERS}.skills": st.sampled_from(
            [
                [["general", "solvency", "estates_and_restructuring", "court"], ["general"]],
                [["court", "estates_and_restructuring", "solvency", "general"], ["court", "general"], ["solvency"]],
            ]
        ),
    }
)


@given(scenario=small_scenarios(), people=PEOPLE, seed=st.integers(0, 2**64))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hours_add_up_with_turnover_and_fractions(scenario: Scenario, people: dict[str, object], seed: int) -> None:
    """And the audit of the run has found no server at work while away, or at work that it is not qualified for."""
    parts = one_run(scenario.with_changes(people), "in_house", seed=seed)
    minutes = {name: round(parts.outcome.numbers[f"{name}_hours"] * 60) for name in ("busy", "idle", "absent", "paid")}
    assert min(minutes.values()) >= 0
    assert minutes["busy"] + minutes["idle"] + minutes["absent"] == minutes["paid"]
    learning, vacant = (round(parts.outcome.numbers[f"{name}_hours"] * 60) for name in ("learning", "vacant"))
    assert 0 <= learning <= minutes["absent"]
    pool, start = parts.plan.pools[0], parts.ledger.start
    assert vacant == pool.vacant_minutes[:, start:].sum()


def test_a_vacant_post_is_not_paid_as_worked_by_hand() -> None:
    """Two posts at 500 000 kr a year and 20 % overhead; of 4 000 minutes in the first year 500 are vacant, none later.

    Pay 1 000 000 * 3 500 / 4 000 = 875 000 kr, then 1 000 000 kr; overhead 200 000 kr a year, vacant or not; one hire in
    each year at 60 000 kr.
    """
    model = BASE.with_changes(
        {
            f"{HANDLERS}.fte": 2,
            f"{HANDLERS}.pay_per_fte_kr": 500_000,
            f"{HANDLERS}.overhead_share": 0.2,
            f"{HANDLERS}.turnover.recruitment_kr": 60_000,
        }
    ).data.models["in_house"]
    paid, vacant = np.full((2, 8), 500), np.zeros((2, 8), np.int64)
    paid[1, 2], vacant[1, 2] = 0, 500
    pool = PoolPlan("handlers", (), np.zeros(0, np.int64), paid, paid, vacant * 0, vacant, np.array([3, 4]))
    journal = Journal()
    years = [(0, 4), (4, 8)]
    book_organisation(journal, [model] * 2, [pool], years, 0)
    book_years(journal, [model] * 2, ownership(model), [pool], years, 0, np.array([0]))
    posted = journal.postings()

    def of(line: str) -> list[tuple[int, int]]:
        mine = posted.line == LINE[line]
        return list(zip(posted.day[mine].tolist(), posted.amount_ore[mine].tolist(), strict=True))

    assert of("staff_pay") == [(3, 87_500_000), (7, 100_000_000)]
    assert of("staff_overhead") == [(3, 20_000_000), (7, 20_000_000)]
    assert of("recruitment") == [(3, 6_000_000), (4, 6_000_000)]


def test_the_audit_finds_work_of_somebody_not_qualified() -> None:
    met = setting(tiny(), Draws(1, 0, 0))
    parts = run_model(met, "in_house")
    court = parts.plan.skill == 3
    assert (parts.log.kind == STARTED).any()
    assert court.any()
    pool = parts.plan.pools[0]
    unable = replace(parts.plan, pools=(replace(pool, skills=np.array([14, 15])),))
    audit(parts.log, parts.plan, met.stream, parts.ledger.postings, met.legal_for(parts.plan.model))
    with pytest.raises(RunError, match="handlers 0 lacks a skill"):
        audit(parts.log, unable, met.stream, parts.ledger.postings, met.legal_for(parts.plan.model))


def test_the_backlog_is_as_old_as_the_cases_when_nobody_works() -> None:
    """Nobody begins anything: each case has waited since its hand-over, and nothing was begun late or otherwise."""
    parts = one_run(tiny(**{f"{HANDLERS.replace('.', '__')}__fte": 0}), "in_house", seed=1)
    met = setting(tiny(), Draws(1, 0, 0))
    ages = met.stream.n_days - met.stream.cases.hand_over_day
    ages = ages[ages > 0]
    numbers = parts.outcome.numbers
    assert numbers["backlog_cases"] == len(ages)
    assert numbers["backlog_age_days"] == pytest.approx(ages.mean(), rel=1e-12)
    assert numbers["backlog_oldest_days"] == ages.max()
    assert np.isnan(numbers["late_start_share"])
    said = doubts_of_outcomes([parts.outcome])
    assert f"for {round(ages.mean())} days on average" in said[0].en


def test_work_is_late_when_it_has_waited_into_the_second_band() -> None:
    parts = one_run(tiny(**{f"{HANDLERS.replace('.', '__')}__fte": 0.15}), "in_house", seed=1)
    log, start = parts.log, parts.ledger.start * 1440
    rows = (log.kind == STARTED) & (log.minute >= start)
    late = (log.minute[rows] - log.release[rows]) >= 7 * 1440
    assert 0 < late.mean() < 1
    assert parts.outcome.numbers["late_start_share"] == late.mean()


# The cost of waiting


def test_where_nobody_ever_queues_waiting_costs_exactly_nothing() -> None:
    """Work only at a step that nobody comes to: the pool is paid and has no work, and the twin without work is equal."""
    work = BASE.sheet.tables["models"]["in_house"]["work"]["contested"]
    changes = {"behaviour.contested_share": 0, "models.in_house.work": {"contested": dict(work)}}
    found = ks.studies.cost_of_waiting(
        tiny().with_changes(changes), model="in_house", replications=2, seed=1, workers=1
    )
    assert found.nothing_waits
    assert all(not found.lost(measure).samples.any() for measure in MEASURES)
    assert found.run.metric("paid_hours").mean > 0
    assert "Nothing waits" in found.sentence("en")


def test_overload_costs_principal_and_the_parts_are_what_the_runs_say() -> None:
    scenario = tiny(**{f"{HANDLERS.replace('.', '__')}__fte": 0.05})
    found = ks.studies.cost_of_waiting(scenario, model="in_house", replications=3, seed=5, workers=1)
    lost = found.lost("principal_recovered_kr").samples
    assert lost.sum() > 0
    for run, sign in ((found.without, 1), (found.run, -1)):
        lost = lost - sign * run.principal_recovered.samples
    np.testing.assert_allclose(lost, 0, atol=0.005)
    for line in ("staff_pay", "staff_overhead", "recruitment", "system_operation"):
        np.testing.assert_array_equal(found.run.line_ore(line), found.without.line_ore(line))
    frame = found.to_frame().set_index("measure")
    assert frame.loc[FEES, "without_waiting"] - frame.loc[FEES, "as_it_is"] == pytest.approx(frame.loc[FEES, "lost"])
    assert found.without.metric("backlog_cases").mean == 0
    table = found.table("en")
    assert "± 95%" in table.splitlines()[2]
    assert error_text(found.lost("principal_recovered_kr"), "en") in table
    assert "nights, weekends and absence count as waiting" in table


def test_the_command_says_the_same_in_both_languages_and_in_json(tmp_path: Path) -> None:
    file = kept(tmp_path, tiny(**{f"{HANDLERS.replace('.', '__')}__fte": 0.02}))
    words = ("waiting", file, "--model", "in_house", "--replications", 1, "--seed", 5, "--workers", 1)
    swedish, english, as_json = shell(*words), shell(*words, "--lang", "en"), shell(*words, "--json")
    assert (swedish.code, english.code, as_json.code) == (0, 0, 0)
    assert "förlorat" in swedish.out
    assert "Att arbetet väntar ger" in swedish.out
    assert "That work waits gives" in english.out
    assert "Age of those waiting at year end, days" in english.out
    told = json.loads(as_json.out)
    assert told["model"] == "in_house"
    assert set(told["lost"]) == set(MEASURES)
    assert told["overload"]["backlog_age_days"]["mean"] > 0
    assert shell("waiting", file, "--model", "nobody").code == 2
