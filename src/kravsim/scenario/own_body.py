"""What a body can answer of itself in a few minutes, and what follows from it for the rest of an inherited case."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario.body_kind import kind_of
from kravsim.scenario.problems import Path
from kravsim.scenario.scenario import Scenario

OWN: Final = "own_figures"
"""Name of the source of the answers."""
_TEXTS: Final = {
    "sv": ("egna uppgifter", "enligt svaren till `kravsim new`; skriv var de står", "i proportion till det ärvda"),
    "en": ("own figures", "as answered to `kravsim new`; say where they stand", "in proportion to what is inherited"),
}
"""Title and place of the source of the answers, and the note of what follows from them."""
_PARTS: Final = ("value", "low", "mode", "high")
_WORDS: Final = ("reminder-fee", "demand-fee", "interest")
_AGENCY: Final = "{agency}"
_OWN_MODEL: Final = "{own}"
_POOL: Final = "{pool}"


class Question(NamedTuple):
    """One question: its option, the key that it answers (with the names of the parent's models put in), and its words."""

    option: str
    key: str
    text: str


_ASKED: Final = (
    ("invoices", "invoices.per_year", "invoices sent a year"),
    ("late-share", "invoices.late_share", "share of them that is unpaid when claims are handed over, such as 0.05"),
    ("hand-over-days", "invoices.hand_over_min_age_days", "age of an invoice that is handed over, at least, days"),
    ("mean-claim-kr", "debtors.segments.private.amount_mean_kr", "mean of a late claim, of all kinds, kr"),
    ("posts", "models.{own}.staff.{pool}.fte", "posts that would do the work in-house, such as 0.5"),
    ("system-once-kr", "models.{own}.system.once_kr", "procurement and integration of a system, kr"),
    ("system-kr-per-year", "models.{own}.system.per_year_kr", "licence and operation of it, kr a year"),
    (
        "reminder-fee",
        "models.{agency}.contract.reminder_fee_kept_by",
        "who keeps the reminder fee: region (itself) or agency",
    ),
    (
        "demand-fee",
        "models.{agency}.contract.demand_fee_kept_by",
        "who keeps the demand fee: region (itself) or agency",
    ),
    (
        "interest",
        "models.{agency}.contract.interest_kept_by",
        "who keeps the interest: region (itself) or agency",
    ),
    ("price-a-case-kr", "models.{agency}.contract.price_a_case_kr", "what the agency is paid for each case, kr"),
)
QUESTIONS: Final = tuple(Question(*row) for row in _ASKED)
"""In the order in which they are asked and stand in ``kravsim new --help``."""


class OwnBody(NamedTuple):
    """What the answers say: tables of the new file, and keys of the parent that are left out."""

    tables: dict[str, Any]
    without: tuple[str, ...]


def keys_of(parent: Scenario) -> dict[str, Path]:
    """Give the keys that the questions are about in a case, by option; of what the case lacks there is no question.

    Parameters
    ----------
    parent : Scenario
        What the new file extends. Its first model without an agency is the one in-house, its first with one the outsourced.
    """
    models = parent.data.models
    own = next((name for name, model in models.items() if model.agency_from == "never" and model.staff), None)
    agency = next((name for name, model in models.items() if model.contract is not None), None)
    names = {_AGENCY: agency, _OWN_MODEL: own, _POOL: None if own is None else next(iter(models[own].staff))}
    found = {}
    for question in QUESTIONS:
        path = tuple(question.key.split("."))
        if all(names.get(part, part) is not None for part in path):
            found[question.option] = tuple(str(names.get(part, part)) for part in path)
    return found


def own_body(parent: Scenario, answers: Mapping[str, Any], *, body: str | None = None, lang: str = "en") -> OwnBody:
    """Turn the answers of a body into tables of a scenario file.

    What follows from them is put in proportion: known debtors and the clerks who follow the agency's cases to the number of
    late claims, private amounts to the mean claim. Prices of systems and services are not: they hardly follow volume.

    Parameters
    ----------
    parent : Scenario
        What the new file extends.
    answers : mapping of str to number or text
        By option, as in `QUESTIONS`.
    body : str, optional
        Name of the body. Figures that the parent's body has published are then left out.
    lang : str
        `sv` or `en`, of the notes.

    Raises
    ------
    ScenarioError
        When a question is not about this parent, or a mean claim cannot be reached by private claims.
    """
    keys = keys_of(parent)
    problems = [_problem(parent, name, answer, known=name in keys) for name, answer in answers.items()]
    if any(problems):
        raise ScenarioError([one for one in problems if one is not None])
    tables: dict[str, Any] = {}
    for name, answer in answers.items():
        put(tables, keys[name], answer if isinstance(answer, str) else _number(answer))
    without = () if body is None else _published(parent)
    if "mean-claim-kr" in answers:
        _amounts(parent, tables, float(answers["mean-claim-kr"]), lang)
        if parent.data.debtors.segments["private"].tariff:
            without = (*without, "debtors.segments.private.tariff")
    if (
        "posts" in answers
        and content_at(parent.sheet.tables, least := (*keys["posts"][:-1], "posts", "least_fte")) is not None
    ):
        put(tables, least, _number(answers["posts"]))
    if "price-a-case-kr" in answers:
        when = (*keys["price-a-case-kr"][:-1], "price_a_case_when")
        put(tables, when, content_at(parent.sheet.tables, when) or "handed_over")
    _with_volume(parent, tables, answers, lang)
    if body is not None:
        put(tables, ("body", "name"), body)
        put(tables, ("body", "kind"), kind_of(body))
    if answers:
        title, where, _ = _TEXTS[lang]
        tables["sources"] = {OWN: {"title": f"{body or parent.data.body.name}: {title}", "where": where}}
    return OwnBody(tables, without)


def _published(parent: Scenario) -> tuple[str, ...]:
    """Name what another body has published, and the readings of it."""
    shown = [] if not parent.data.targets else ["targets"]
    dimensions: Mapping[str, Mapping[str, Any]] = parent.sheet.tables.get("alternatives", {})
    for dimension, named in dimensions.items():
        changes = [one.get("changes", {}) for one in named.values() if isinstance(one, Mapping)]
        if any(key.partition(".")[0] == "targets" for one in changes for key in one):
            shown.append(f"alternatives.{dimension}")
    return tuple(shown)


def _with_volume(parent: Scenario, tables: dict[str, Any], answers: Mapping[str, Any], lang: str) -> None:
    """Put in proportion to the late claims what follows them: debtors, and clerks who follow what an agency does."""
    invoices = parent.data.invoices
    invoices_here = answers.get("invoices", invoices.per_year.value)
    here = float(invoices_here) * float(answers.get("late-share", invoices.late_share.value))
    there = invoices.per_year.value * invoices.late_share.value
    if not (here > 0 and there > 0) or here == there:
        return  # what is not above zero is refused where it stands, or is of no use as a measure
    ratio = here / there
    paths: list[Path] = [("debtors", "number")]
    for name, model in parent.data.models.items():
        if model.agency_from == "reminder":
            paths += [("models", name, "staff", pool, "fte") for pool in model.staff]
    for path in paths:
        number = content_at(parent.sheet.tables, path)
        put(tables, path, _in_proportion(number, ratio, lang, whole=path[0] == "debtors"))


def _problem(parent: Scenario, name: str, answer: object, *, known: bool) -> Problem | None:
    """Find what is wrong with an answer by itself; what its key allows is seen where the file is checked."""
    where, option = "command line", f"--{name}"
    if not known:
        allowed = phrase("an option that {parent} has a key for", parent=parent.name)
        return Problem(where, option, answer, allowed, "extend another case with --from, or write the tables yourself")
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
    if name in _WORDS or is_number:
        return None
    return Problem(where, option, answer, "a number", "write digits, with a decimal point if need be")


def _number(answer: object) -> dict[str, Any]:
    return {"value": answer, "source": OWN, "status": "assumed"}


def _amounts(parent: Scenario, tables: dict[str, Any], mean: float, lang: str) -> None:
    """Let private claims have the amounts with which all claims have this mean."""
    private = parent.data.debtors.segments["private"]
    others = [one for one in parent.data.debtors.segments.values() if one.share is not None]
    share = sum(one.share.value for one in others if one.share is not None)
    rest = sum(one.share.value * one.amount_mean_kr.value for one in others if one.share is not None)
    wanted = (mean - rest) / (1 - share)
    if not wanted >= 1:
        allowed = phrase(
            "at least {kr} kr: so much come of claims on others than private persons", kr=f"{rest + 1:.0f}"
        )
        remedy = "leave it out, and write the amounts of each segment into the file"
        raise ScenarioError(Problem("command line", "--mean-claim-kr", mean, allowed, remedy))
    for key in ("amount_median_kr", "amount_mean_kr"):
        path = ("debtors", "segments", "private", key)
        ratio = wanted / private.amount_mean_kr.value
        put(tables, path, _in_proportion(content_at(parent.sheet.tables, path), ratio, lang))


def _in_proportion(number: Mapping[str, Any], ratio: float, lang: str, *, whole: bool = False) -> dict[str, Any]:
    found = in_proportion(number, ratio, whole=whole)
    found.pop("note", None)
    return {**found, "source": OWN, "status": "assumed", "note": _TEXTS[lang][2]}


def in_proportion(number: Mapping[str, Any], ratio: float, *, whole: bool = False) -> dict[str, Any]:
    """Multiply a number and its range, four digits of which are kept.

    Parameters
    ----------
    number : mapping
        A number's table as a file has it.
    ratio : float
        By which it is multiplied.
    whole : bool
        Whether it is a whole number, at least 1.
    """
    found = copy.deepcopy(dict(number))
    for part in _PARTS:
        if part in found:
            exact = float(found[part]) * ratio
            found[part] = max(1, round(exact)) if whole else float(f"{exact:.4g}")
    return found


def content_at(tables: Mapping[str, Any], path: Iterable[str]) -> Any:
    """Look a key up in nested tables; None where it is not there.

    Parameters
    ----------
    tables : mapping
        As a scenario file has them.
    path : iterable of str
        Parts of the dotted key.
    """
    here: Any = tables
    for key in path:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here


def put(tables: dict[str, Any], path: Path, content: object) -> None:
    """Set a key of nested tables, in place.

    Parameters
    ----------
    tables : dict
        As a scenario file has them.
    path : tuple of str
        Parts of the dotted key; tables on the way are made.
    content : object
        What is to stand there.
    """
    for key in path[:-1]:
        tables = tables.setdefault(key, {})
    tables[path[-1]] = content
