"""What a contract pays: either way of booking comes to the same, and books that are wrong are found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.errors import RunError
from kravsim.flow import RunParts, one_run, run_model, setting
from kravsim.ledger import audit
from kravsim.ledger.accounts import AGENCY, CASH, DEBTOR, LINE, REGION, Postings
from kravsim.scenario import Scenario
from kravsim.settling import audit_lines, tally_of
from kravsim.settling.equal_tallies import check_equal
from kravsim.settling.settle_compiled import settle_cases
from kravsim.settling.tally import PERIOD_HORIZON
from kravsim.settling.terms import Terms, terms_of
from tests.properties.strategies import tiny

FIXED = {"source": "assumption", "status": "assumed"}
PRICES: dict[str, object] = {
    "price_a_case_kr": {"value": 119.99} | FIXED,
    "price_a_case_when": "handed_over",
    "price_a_paid_case_kr": {"value": 75.5} | FIXED,
    "commission": {
        "share": {"value": 0.1} | FIXED,
        "of": ["principal", "interest", "costs"],
        "least_kr": {"value": 33.33} | FIXED,
        "most_kr": {"value": 80} | FIXED,
    },
}
NONE_YET = ("case_price", "paid_case_price", "commission")


def contracted(model: str = "outsourced", **more: object) -> Scenario:
    """A small scenario with every price there is."""
    terms = {f"models__{model}__contract__{name}": value for name, value in (PRICES | more).items()}
    paid = {f"models__{model}__contract__paid_case_kr": 253.8}
    return tiny(**terms, **paid, timing__instalment_days={"value": 20} | FIXED)


@pytest.fixture(scope="module")
def parts() -> RunParts:
    return one_run(contracted(), "outsourced", seed=3)


@pytest.mark.parametrize("together", [None, 30])
@pytest.mark.parametrize("when", ["handed_over", "closed"])
@pytest.mark.parametrize("model", ["outsourced", "own_reminders"])
def test_both_ways_of_booking_agree_on_every_price(model: str, when: str, together: int | None) -> None:
    """Also where claims of a debtor go in one application, so that the fees of costs are of the first alone."""
    scenario = contracted(model, price_a_case_when=when)
    if together is not None:
        changes = {"policy.joint_application_days": together, "debtors.coordinate": False, "debtors.number": 60}
        scenario = scenario.with_changes(changes)
    met = setting(scenario, Draws(5, 0, 0))
    parts, reference = run_model(met, model), run_model(met, model, "simpy")
    check_equal(parts.tally, tally_of(parts.ledger, parts.log, parts.plan, met.stream, met.cases))
    check_equal(parts.tally, reference.tally)
    assert parts.outcome == reference.outcome
    amounts = parts.tally.amounts.sum(axis=(0, 1))[CASH]
    assert all(amounts[LINE[name], REGION, AGENCY] > 0 for name in NONE_YET)
    assert amounts[LINE["contract_payment"], AGENCY, REGION] > 0
    assert (parts.ledger.joined > 0) is (together is not None)


def test_a_commission_keeps_its_floor_and_cap_in_every_case(parts: RunParts) -> None:
    """Recomputed case by case from all that the region has received of it, in whole öre."""
    books, met = parts.ledger.postings, parts.inputs
    cases = len(met.stream.cases)
    received, paid = np.zeros((2, cases), np.int64)
    from_debtor = (books.book == CASH) & (books.payer == DEBTOR) & (books.receiver == REGION)
    np.add.at(received, books.case[from_debtor], books.amount_ore[from_debtor])
    mine = books.line == LINE["commission"]
    np.add.at(paid, books.case[mine], books.amount_ore[mine])
    foreign = books.case[books.line == LINE["foreign_collection"]]
    at_home = np.setdiff1d(np.arange(cases), foreign)
    wanted = [min(max((one * 10 + 50) // 100, 3_333), 8_000) if one else 0 for one in received[at_home].tolist()]
    assert paid[at_home].tolist() == wanted
    assert {3_333, 8_000} < set(paid.tolist())
    assert len(set(paid.tolist())) > 20


Wrong = Callable[[Postings], Postings]


def another(line: str, **columns: int) -> Wrong:
    """The first posting on a line is changed; ``amount_ore`` and ``day`` are added to."""

    def wrong(books: Postings) -> Postings:
        at = int(np.flatnonzero((books.line == LINE[line]) & (books.case >= 0))[0])
        changed = {name: getattr(books, name).copy() for name in columns}
        for name, value in columns.items():
            changed[name][at] = value + (changed[name][at] if name in {"amount_ore", "day"} else 0)
        return replace(books, **changed)

    return wrong


def number(line: str, times: int) -> Wrong:
    """The first posting on a line stands in the books so many times."""

    def wrong(books: Postings) -> Postings:
        repeated = np.ones(len(books), int)
        repeated[int(np.flatnonzero((books.line == LINE[line]) & (books.case >= 0))[0])] = times
        return Postings(*(np.repeat(column, repeated) for column in books.columns()))

    return wrong


WRONG = {
    f"{line} {name}": (line, wrong)
    for line in (*NONE_YET, "contract_payment")
    for name, wrong in {
        "of one öre more": another(line, amount_ore=1),
        "of one öre less": another(line, amount_ore=-1),
        "a day late": another(line, day=1),
        "twice": number(line, 2),
        "left out": number(line, 0),
        "the wrong way": another(line, payer=AGENCY, receiver=REGION)
        if line != "contract_payment"
        else another(line, payer=REGION, receiver=AGENCY),
    }.items()
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_books_are_found_out(parts: RunParts, name: str) -> None:
    line, wrong = WRONG[name]
    legal = parts.inputs.legal_for("outsourced")
    audit(parts.log, parts.plan, parts.inputs.stream, parts.ledger.postings, legal)
    with pytest.raises(
        RunError, match=rf"ledger\.{line}: got 'case \d+: -?\d+ öre'; allowed '?\d+ öre on its day, by the contract"
    ):
        audit(parts.log, parts.plan, parts.inputs.stream, wrong(parts.ledger.postings), legal)


def test_a_price_that_nobody_has_agreed_is_found_out(parts: RunParts) -> None:
    with pytest.raises(RunError, match=r"ledger\.case_price: got 'case \d+: 11999 öre'; allowed '?0 öre"):
        audit(parts.log, parts.plan, parts.inputs.stream, parts.ledger.postings, parts.inputs.legal)


PRICES_LIED = {"case_price": 12_000, "paid_case_price": 0, "contract_payment": 25_381}
COMMISSION_LIED = {
    "commission": {"commission_millionths": 101_000},
    "floor": {"commission_least": 3_332},
    "cap": {"commission_most": 8_001},
}


@pytest.mark.parametrize("line", [*PRICES_LIED, *COMMISSION_LIED, "interest not counted"])
def test_an_audit_that_is_lied_to_says_so(parts: RunParts, line: str) -> None:
    met, data = parts.inputs, parts.inputs.world.data
    terms = terms_of(data, data.models["outsourced"], met.stream, met.law_days)

    def lied(terms: Terms) -> Terms:
        if line in PRICES_LIED:
            amount = terms.amount.copy()
            amount[terms.line == LINE[line]] = PRICES_LIED[line]
            return terms._replace(amount=amount)
        if line == "interest not counted":
            counted = terms.commissioned.copy()
            counted[LINE["interest"]] = 0
            return terms._replace(commissioned=counted)
        return terms._replace(**COMMISSION_LIED[line])

    settle_cases(parts.plan, met.cases, met.stream, terms, met.legal_for("outsourced"))
    words = line if line in PRICES_LIED else "commission"
    with pytest.raises(RunError, match=rf"ledger\.{words}: got 'case \d+"):
        settle_cases(parts.plan, met.cases, met.stream, lied(terms), met.legal_for("outsourced"))


@pytest.mark.parametrize(
    ("line", "more"),
    [("case_price", 10**8), ("case_price", -11_999), ("paid_case_price", 7_550), ("commission", 10**9)],
)
def test_a_wrong_line_is_found_out(parts: RunParts, line: str, more: int) -> None:
    amounts = parts.tally.amounts.copy()
    amounts[PERIOD_HORIZON, 0, CASH, LINE[line], REGION, AGENCY] += more
    with pytest.raises(RunError, match=rf"ledger\.{line}: got '-?\d+ öre'; allowed .* by what was done"):
        audit_lines(parts.tally._replace(amounts=amounts), parts.plan, parts.inputs.world.data, parts.inputs.start)


def test_a_year_is_known_before_its_prices(parts: RunParts) -> None:
    """The agency's margin is what it receives less what it pays, over all lines; the region's net moves by the prices."""
    bare = run_model(setting(tiny(timing__instalment_days={"value": 20} | FIXED), Draws(3, 0, 0)), "outsourced").outcome
    priced = parts.outcome
    assert priced.steps == bare.steps
    moved = sum(priced.budget_ore[line] for line in ("case_prices", "commissions", "contract_payments")) / 100
    assert priced.numbers["net_revenue_kr"] == pytest.approx(bare.numbers["net_revenue_kr"] + moved, abs=0.02)
    assert priced.numbers["agency_margin_kr"] == pytest.approx(bare.numbers["agency_margin_kr"] - moved, abs=0.02)
    assert priced.numbers["debtor_fees_kr"] == bare.numbers["debtor_fees_kr"]
