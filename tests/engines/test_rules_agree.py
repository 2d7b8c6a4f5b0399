"""Do both bookings read the table of rules, whatever stands in it? They must agree posting for posting on tables made up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kravsim.chance.draws import Draws
from kravsim.flow import RunParts, run_model, setting
from kravsim.ledger import rules
from kravsim.ledger.accounts import CASH, CHARGES, DEBTOR, LINE, Journal, Postings
from kravsim.ledger.by_rule import Happened, book_rules
from kravsim.ledger.rules import Rule
from kravsim.models import model_named
from kravsim.scenario.schema import STEPS
from tests.engines.test_audit import one_by_one
from tests.engines.test_contract_books import contracted

FIXED = {"source": "assumption", "status": "assumed"}
SHARED = {"demand_fee_agency_share": {"value": 0.3} | FIXED}
LATE = {"after_application": "outlays_and_own_work", "in_court": "outlays", "at_attachment": "outlays"}
OTHER = {"step": "own_step", "own_step": "step", "taken": "ended", "ended": "paid", "paid": "taken"}


def as_it_is(rule: Rule) -> Rule:
    return rule


def the_other_way(rule: Rule) -> Rule:
    """Who pays is paid, three days later."""
    return rule._replace(payer=rule.receiver, receiver=rule.payer, days=3)


def at_every_step(rule: Rule) -> Rule:
    return rule._replace(steps=STEPS) if rule.trigger in {"charged", "step", "own_step", "withdrawn_late"} else rule


def at_another_trigger(rule: Rule) -> Rule:
    return rule._replace(trigger=OTHER.get(rule.trigger, rule.trigger))  # type: ignore[arg-type]


def of_another_charge(rule: Rule) -> Rule:
    key = f"law.{CHARGES[3]}" if rule.key.startswith("law.") else rule.key
    return rule._replace(key=key, of="reminder_fee" if rule.of else "", line="letter")


TABLES: dict[str, Callable[[Rule], Rule]] = {
    change.__name__: change
    for change in (as_it_is, the_other_way, at_every_step, at_another_trigger, of_another_charge)
}


def by_rule(books: Postings) -> list[tuple[int, ...]]:
    """Case, day, line, payer, receiver and öre of all that is paid but by debtors, sorted; a commission has no row."""
    mine = books.where((books.book == CASH) & (books.payer != DEBTOR) & (books.line != LINE["commission"]))
    columns = (mine.case, mine.day, mine.line, mine.payer, mine.receiver, mine.amount_ore)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module", params=["outsourced", "own_reminders", "in_house"])
def parts(request: pytest.FixtureRequest) -> RunParts:
    """A small run of a model with every price there is."""
    told = "outsourced" if request.param == "in_house" else request.param
    scenario = contracted(told, late_withdrawal=LATE, **SHARED).with_changes({"invoices.per_year": 1500})
    return run_model(setting(scenario, Draws(5, 0, 0)), request.param)


@pytest.mark.parametrize("name", TABLES)
def test_both_bookings_read_the_table(parts: RunParts, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table in which every row stands as it is, and altered besides."""
    met, ledger, model = parts.inputs, parts.ledger, parts.plan.model
    data, books = met.world.data, parts.ledger.postings
    cash = books.where((books.book == CASH) & (books.payer == DEBTOR))
    journal = Journal()
    models = (model_named(data, model),) * len(ledger.years)
    given = (met.law_days, ledger.owners, data.policy, models, ledger.debts, cash, list(ledger.years))
    with monkeypatch.context() as patch:
        patch.setattr(rules, "RULES", (*rules.RULES, *(TABLES[name](rule) for rule in rules.RULES)))
        book_rules(journal, Happened(parts.log, met.stream, *given))
        compiled = one_by_one(parts, model)
    found = by_rule(compiled)
    assert len(found) > 100
    assert found == by_rule(journal.postings())
