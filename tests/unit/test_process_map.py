"""Is the map drawn from the tables the engines use, whole, readable, and laid out whatever the process?"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import kravsim as ks
from kravsim import cli
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.figures.process_data import Box, ProcessTable, Way, process_table
from kravsim.figures.process_grid import MOST_COLUMNS, Arrow, columns_of, rows_of
from kravsim.figures.process_labels import actor_text, charge_text, way_text
from kravsim.figures.process_layout import Layout, lay
from kravsim.figures.process_map import data, draw, draw_table
from kravsim.ledger.accounts import PARTIES
from kravsim.ledger.ownership import ownership
from kravsim.models import build_plan
from kravsim.models.process import ENDS, PROCESS
from kravsim.papers.save import figure_bytes
from kravsim.scenario import load_scenario
from kravsim.stream.stream import N_CLASSES

CASE = load_scenario("jamtland-harjedalen-2017")
MODELS = CASE.models
WIDTH, ENTRY = 2.0, 0.1
PICTURES = [("outsourced", "sv"), ("in_house", "en"), ("own_reminders", "sv")]


@pytest.fixture(scope="module")
def tables() -> dict[str, ProcessTable]:
    return {model: process_table(CASE, model) for model in MODELS}


@pytest.mark.parametrize("model", MODELS)
def test_steps_charges_and_answers_are_those_of_the_process(model: str, tables: dict[str, ProcessTable]) -> None:
    table, owners = tables[model], ownership(CASE.data.models[model])
    assert [box.step for box in table.boxes] == [step.name for step in PROCESS]
    for code, (box, step) in enumerate(zip(table.boxes, PROCESS, strict=True)):
        assert box.actor == PARTIES[owners.actor[code]]
        assert (box.letter, box.check) == (step.letter, step.check)
        assert [charge.name for charge in box.charges] == list(step.charges)
        assert all(charge.owner == PARTIES[owners.charge[charge.name]] for charge in box.charges)
        assert list(dict.fromkeys(way.answer for way in box.ways if way.answer)) == [one.name for one in step.answers]
        assert (box.pool != "") == (step.name in CASE.data.models[model].work)


@pytest.mark.parametrize("model", MODELS)
def test_every_way_an_engine_can_take_is_on_the_map_and_no_other(model: str, tables: dict[str, ProcessTable]) -> None:
    plan = build_plan(CASE.realise(Draws(0, 0, 0)), model, Draws(0, 0, 0))
    names = (*plan.steps, *plan.ends)
    for code, box in enumerate(tables[model].boxes):
        drawn = {(way.answer, way.target) for way in box.ways if way.answer and way.possible}
        taken = set()
        for position, answer in enumerate(PROCESS[code].answers):
            for klass in range(N_CLASSES):
                now = plan.threshold[code, klass, :, position]
                before = plan.threshold[code, klass, :, position - 1] if position else 0
                if (now > before).any() or answer.proceedings:
                    taken.add((answer.name, names[plan.target[code, klass, position]]))
        assert drawn == taken
        struck = {way.target for way in box.ways if way.condition == "proceedings"}
        assert struck <= {names[target] for target in plan.strikes[code]}
        refused = [way.target for way in box.ways if not way.answer and way.target not in struck]
        assert all(names.index(target) in plan.otherwise[code] for target in refused)
        assert not refused or (plan.otherwise[code] >= 0).all()
        assert plan.min_ore[code] == 0 or refused


@pytest.mark.parametrize("model", MODELS)
def test_every_step_is_reached_and_leads_to_an_end(model: str, tables: dict[str, ProcessTable]) -> None:
    table = tables[model]
    after = {box.step: {way.target for way in box.ways} for box in table.boxes}

    def reach(start: str) -> set[str]:
        found, waiting = {start}, [start]
        while waiting:
            new = after.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    reached = set().union(*(reach(start) for start in table.start))
    assert reached == {*after, *table.ends}
    assert set(ENDS) - set(table.ends) == {"too_small", "sold"}  # no claim is, in the real case
    assert all(reach(step) & set(ENDS) for step in after)


def test_the_map_has_the_end_of_claims_too_small_for_a_letter() -> None:
    scenario = CASE.with_changes({"policy.smallest_demand_kr": 200})
    table = process_table(scenario, "outsourced")
    (way,) = [way for box in table.boxes if box.step == "demand" for way in box.ways if not way.answer]
    assert (way.target, way.condition, way.limits[0]) == ("too_small", "floor", 20_000)
    assert "too_small" in table.ends


def test_whoever_is_offered_no_plan_goes_where_a_declined_plan_leads(tables: dict[str, ProcessTable]) -> None:
    (box,) = [box for box in tables["outsourced"].boxes if box.step == "instalment_plan"]
    refused = {(way.target, way.segments) for way in box.ways if not way.answer}
    abroad = ("nordic", "europe", "overseas")
    assert refused == {("solvency_check", ()), ("estate", ("estate",)), ("foreign_collection", abroad)}
    texts = [way_text(box, way, "en") for way in box.ways if not way.answer]
    assert texts == ["below 820 kr", "below 820 kr, estate", "below 820 kr, abroad"]


def test_who_is_treated_otherwise_is_said(tables: dict[str, ProcessTable]) -> None:
    demand = next(box for box in tables["in_house"].boxes if box.step == "demand")
    silent = {way.target: way_text(demand, way, "sv") for way in demand.ways if way.answer == "silent"}
    assert silent["estate"] == "inget svar, dödsbo"
    assert silent["foreign_collection"] == "inget svar, utomlands"
    known = CASE.with_changes({"models.in_house.escalation.rule": "not_known_at_kronofogden"})
    check = next(box for box in process_table(known, "in_house").boxes if box.step == "solvency_check")
    said = {way.target: way_text(check, way, "en") for way in check.ways if way.answer == "solvent"}
    assert said == {"payment_order": "solvent", "surveillance": "solvent, known at Kronofogden"}
    everybody = CASE.with_changes({"models.in_house.escalation.rule": "always"})
    check = next(box for box in process_table(everybody, "in_house").boxes if box.step == "solvency_check")
    assert [way.target for way in check.ways if way.answer == "solvent"] == ["payment_order"]


def test_the_fee_and_who_keeps_it_are_said(tables: dict[str, ProcessTable]) -> None:
    def said(model: str, step: str, lang: str) -> list[str]:
        box = next(box for box in tables[model].boxes if box.step == step)
        return [charge_text(charge, lang) for charge in box.charges]

    assert said("outsourced", "reminder", "sv") == ["+ 60 kr påminnelseavgift, till inkassoföretaget"]
    assert said("in_house", "reminder", "en") == ["+ 60 kr reminder fee, to the region"]
    assert said("outsourced", "payment_order", "en")[0] == "+ 300 kr application fee, advanced by the agency"
    court = said("in_house", "district_court", "sv")[0].replace("\u00a0", " ")
    assert court == "+ 600 eller 2 500 kr tilläggsavgift i tingsrätt, förskotteras av regionen"
    reminder = tables["own_reminders"].boxes[0]
    assert actor_text(reminder, "sv") == "Regionen · handläggare (kö) · brev"


def test_what_cannot_happen_is_marked(tables: dict[str, ProcessTable]) -> None:
    never = CASE.with_changes({"behaviour.bankrupt_business_share": 0})
    check = next(box for box in process_table(never, "outsourced").boxes if box.step == "solvency_check")
    assert [way.possible for way in check.ways if way.answer == "bankrupt"] == [False]
    assert all(way.possible for box in tables["outsourced"].boxes for way in box.ways)


def test_data_has_a_row_for_every_way(tables: dict[str, ProcessTable]) -> None:
    frame = data(CASE, "in_house")
    assert len(frame) == sum(len(box.ways) for box in tables["in_house"].boxes)
    assert set(frame.loc[frame["end"], "target"]) == set(tables["in_house"].ends)


@pytest.fixture(scope="module")
def figures() -> dict[tuple[str, str], Figure]:
    return {(model, lang): draw(CASE, model, lang=lang) for model, lang in PICTURES}


def boxes_of_text(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text with its place in pixels: left, bottom, right, top."""
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    return [
        (text.get_text(), text.get_window_extent().extents)
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_text() and text.get_visible()
    ]


def overlapping(texts: list[tuple[str, tuple[float, float, float, float]]]) -> list[tuple[str, str]]:
    found = []
    for (one, a), (other, b) in combinations([(text, tuple(map(float, box))) for text, box in texts], 2):
        wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if wide > 1 and high > 3:  # pixels: ascenders and descenders of neighbouring lines may share a few
            found.append((one, other))
    return found


@pytest.mark.parametrize("which", PICTURES, ids="-".join)
def test_no_text_overlaps_or_is_cut_off(which: tuple[str, str], figures: dict[tuple[str, str], Figure]) -> None:
    figure = figures[which]
    texts = boxes_of_text(figure)
    assert len(texts) > 120
    assert overlapping(texts) == []
    width, height = figure.get_size_inches() * figure.dpi
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height for _, box in texts)


@pytest.mark.parametrize("which", PICTURES, ids="-".join)
def test_the_map_says_what_it_should(which: tuple[str, str], figures: dict[tuple[str, str], Figure]) -> None:
    said = " ".join(text for text, _ in boxes_of_text(figures[which]))
    for word in {
        "sv": ("Så går ett ärende", "Inkassokrav", "Utmätning", "Betald", "Preskriberad", "Inkassoföretaget"),
        "en": ("The path of a case: in-house", "Demand", "Attachment", "Paid", "Lapsed", "The region"),
    }[which[1]]:
        assert word in said


def test_a_picture_is_the_same_every_time() -> None:
    one, other = (figure_bytes(draw(CASE, "in_house", lang="en"), "svg") for _ in range(2))
    assert one == other


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ScenarioError, match="outsourced or in_house"):
        draw(CASE, "nobody")


def with_strange_step(table: ProcessTable) -> ProcessTable:
    """Add a step that no file has words or a place for, between two others."""
    name = "a_step_that_somebody_has_just_added_and_given_a_name_without_end"
    ways = (
        Way("an_answer_as_long_as_a_day_without_bread", "paid"),
        Way("b", "an_end_with_a_remarkably_long_and_winding_name"),
        Way("wordwithoutanyblankinitthatgoesonandonandonuntilitdoesnotfit", "lapsed"),
        Way("c", "attachment"),
        Way("d", name, possible=False),
    )
    strange = Box(name, "martian", "a_pool_with_a_long_name", letter=True, check=True, charges=(), ways=ways)
    boxes = [replace(box, ways=(*box.ways, Way("e", name))) if box.step == "order" else box for box in table.boxes]
    ends = (*table.ends, "an_end_with_a_remarkably_long_and_winding_name")
    return replace(table, boxes=(*boxes, strange), ends=ends)


def test_a_step_nobody_has_words_for_is_drawn_too(tables: dict[str, ProcessTable]) -> None:
    figure = draw_table(with_strange_step(tables["in_house"]), ("egen regi", "En titel " * 30), "sv")
    texts = boxes_of_text(figure)
    assert overlapping(texts) == []
    assert any("a step that somebody" in text.lower() for text, _ in texts)
    width, _ = figure.get_size_inches() * figure.dpi
    assert all(box[0] >= 0 and box[2] <= width for _, box in texts)


# ---- the layout itself, for any process ---------------------------------------------------------------------------


@st.composite
def processes(draw: st.DrawFn) -> tuple[list[str], list[Arrow], dict[str, float]]:
    names = [f"s{number}" for number in range(draw(st.integers(1, 14)))]
    heights = {name: draw(st.sampled_from([0.8, 1.1, 1.7, 2.4])) for name in names}
    arrows = []
    for source in names:
        targets = draw(st.lists(st.sampled_from(names), max_size=5))
        main = draw(st.integers(-1, 4))
        for row, target in enumerate(targets):
            arrows.append(Arrow(source, target, 0.3 + 0.1 * row, main=row == main and target != source))
    return names, arrows, heights


def of_map(table: ProcessTable) -> tuple[list[str], list[Arrow], dict[str, float]]:
    order = [box.step for box in table.boxes]
    arrows = [
        Arrow(box.step, way.target, 0.3 + 0.1 * row, main=way is box.ways[-1])
        for box in table.boxes
        for row, way in enumerate(box.ways)
        if way.target in order
    ]
    return order, arrows, {box.step: 0.4 + 0.1 * len(box.ways) for box in table.boxes}


def check_layout(order: list[str], arrows: list[Arrow], heights: dict[str, float]) -> Layout:
    layout = lay(order, arrows, heights, WIDTH, ENTRY)
    assert set(layout.places) == set(order)
    spots = {name: (x, y, x + WIDTH, y + heights[name]) for name, (x, y) in layout.places.items()}
    for one, other in combinations(order, 2):
        a, b = spots[one], spots[other]
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one, other)
    for name, (left, top, right, bottom) in spots.items():
        assert left >= 0, name
        assert top >= 0, name
        assert right <= layout.width + 1e-9, name
        assert bottom <= layout.height + 1e-9, name
    assert [laid.arrow for laid in layout.arrows] == arrows
    pieces = []
    for laid in layout.arrows:
        source, target = spots[laid.arrow.source], spots[laid.arrow.target]
        begin, end = laid.points[0], laid.points[-1]
        assert begin[0] in (source[0], source[2]) or begin[1] == source[3]
        assert source[1] <= begin[1] <= source[3] + 1e-9
        assert end[0] in (target[0], target[2]) or end[1] == target[1]
        for (xa, ya), (xb, yb) in pairwise(laid.points):
            assert xa == xb or ya == yb, "arrows run straight"
            low, high = (min(xa, xb), min(ya, yb)), (max(xa, xb), max(ya, yb))
            assert low[0] >= -1e-9
            assert high[0] <= layout.width + 1e-9
            for name, (left, top, right, bottom) in spots.items():
                inside = (
                    low[0] < right - 1e-9 and high[0] > left + 1e-9 and low[1] < bottom - 1e-9 and high[1] > top + 1e-9
                )
                assert not inside, f"{laid.arrow} runs over {name}"
            pieces.append((laid.arrow.target, low, high))
    for (one, a_low, a_high), (other, b_low, b_high) in combinations(pieces, 2):
        if one == other:
            continue
        for along, across in ((0, 1), (1, 0)):
            if a_low[across] == a_high[across] and b_low[across] == b_high[across] and a_low[across] == b_low[across]:
                shared = min(a_high[along], b_high[along]) - max(a_low[along], b_low[along])
                assert shared < 1e-9, f"arrows to {one} and {other} run along one another"
    return layout


@settings(max_examples=60, deadline=None)
@given(processes())
def test_any_process_has_a_layout_without_collisions(process: tuple[list[str], list[Arrow], dict[str, float]]) -> None:
    check_layout(*process)


@pytest.mark.parametrize("model", MODELS)
def test_the_process_itself_has_one_too(model: str, tables: dict[str, ProcessTable]) -> None:
    check_layout(*of_map(tables[model]))
    check_layout(*of_map(with_strange_step(tables[model])))


@settings(max_examples=60, deadline=None)
@given(processes())
def test_every_box_has_a_place_of_its_own(process: tuple[list[str], list[Arrow], dict[str, float]]) -> None:
    order, arrows, _ = process
    rows = rows_of(order, arrows)
    columns = columns_of(order, arrows, rows)
    assert len({(rows[name], columns[name]) for name in order}) == len(order)
    assert max(columns.values()) < MOST_COLUMNS
    assert rows_of(order, arrows) == rows
    assert columns_of(order, arrows, rows) == columns


def test_the_usual_way_goes_straight_down(tables: dict[str, ProcessTable]) -> None:
    order, arrows, heights = of_map(tables["in_house"])
    steps = ("reminder", "demand", "solvency_check", "payment_order", "order", "attachment")
    spine = set(pairwise(steps))
    marked = [replace(arrow, main=(arrow.source, arrow.target) in spine) for arrow in arrows]
    layout = lay(order, marked, heights, WIDTH, ENTRY)
    assert len({layout.places[step][0] for step in steps}) == 1
    assert [layout.places[step][1] for step in steps] == sorted(layout.places[step][1] for step in steps)


def test_the_command_writes_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["map", CASE.name, "--model", "in_house", "--lang", "en"]
    for kind, first in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        path = tmp_path / f"map.{kind}"
        assert cli.main([*words, "--out", str(path)]) == 0
        assert path.read_bytes().startswith(first)
        assert f"wrote {path}" in capsys.readouterr().err
    assert path.read_bytes() == figure_bytes(ks.figures.process_map(CASE, "in_house", lang="en"), "png")
    assert cli.main([*words, "--out", str(path), "--lang", "en"]) == 5
    assert cli.main([*words, "--out", str(tmp_path / "map.pdf"), "--lang", "en"]) == 2
    assert "a name ending in .png or .svg" in capsys.readouterr().err
    assert cli.main(["map", CASE.name, "--model", "nobody", "--out", str(tmp_path / "x.png"), "--lang", "en"]) == 2
