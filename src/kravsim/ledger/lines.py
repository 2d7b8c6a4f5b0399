"""Every line of the ledger and of the region's yearly statement: one row each, from which all lists of lines are made.

A new line is a new row here: its code in the postings, the budget line that gathers it, the cause that a bridge puts that
under, its ground and its words in both languages follow. Codes are positions, so a new line of the ledger stands last.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Pair = tuple[str, str]
"""Swedish and English."""


class Line(NamedTuple):
    """A line of the ledger.

    Attributes
    ----------
    name : str
        Machine name; statutory amounts have that of the law tables.
    kind : "fee", "outlay" or "other"
        A fee that a debtor may come to owe the collector; a fee of Kronofogden or the court that the collector has advanced
        (an outlay) and the debtor comes to owe; or anything else.
    book : "cash" or "value"
        Where it meets the region's statement and measures: as money that moves, or as the region's own valuation.
    budget : str
        Name of the budget line that gathers it; empty where it is no income and no cost of the year.
    words : pair of str
        One amount of it as running text, Swedish and English.
    ground : pair of str
        Legal or contractual ground.
    """

    name: str
    kind: Literal["fee", "outlay", "other"]
    book: Literal["cash", "value"]
    budget: str
    words: Pair
    ground: Pair


class BudgetLine(NamedTuple):
    """A line of the yearly statement.

    Attributes
    ----------
    name : str
        Machine name.
    cause : str
        The cause it is part of in a bridge from one model to another.
    words : pair of str
        As running text, Swedish and English.
    nature : "collection", "pay", "running" or "standing"
        What kind of cost it is, by which a concept of cost counts it or not: what debtors, agencies, Kronofogden and courts
        pay and are paid, wherever the staff sit; pay of the body's own; what else the own organisation pays for the work; or
        what it would have without it, or has paid before.
    follows : "claims", "posts" or "nothing"
        What the amount grows with from body to body; one that follows nothing is a price by the year, whatever the body.
    """

    name: str
    cause: str
    words: Pair
    nature: Literal["collection", "pay", "running", "standing"] = "collection"
    follows: Literal["claims", "posts", "nothing"] = "claims"


class Concept(NamedTuple):
    """A concept of cost: which budget lines it counts.

    Attributes
    ----------
    name : str
        Machine name.
    natures : tuple of str
        Natures of the lines that it counts.
    words : pair of str
        As running text, Swedish and English.
    """

    name: str
    natures: tuple[str, ...]
    words: Pair


class Cause(NamedTuple):
    """A cause of a difference between two models.

    Attributes
    ----------
    name : str
        Machine name.
    words : pair of str
        As running text, Swedish and English.
    """

    name: str
    words: Pair


LEDGER: tuple[Line, ...] = (
    Line(
        "reminder_fee",
        "fee",
        "cash",
        "reminder_fees",
        ("påminnelseavgift", "reminder fee"),
        ("lag (1981:739) 2 och 4 §§, betalningspåminnelse", "lag 1981:739, 2 and 4 §§ (reminder)"),
    ),
    Line(
        "demand_fee",
        "fee",
        "cash",
        "demand_fees",
        ("inkassoavgift", "demand fee"),
        ("lag (1981:739) 3 och 4 §§, inkassokrav", "lag 1981:739, 3 and 4 §§ (demand)"),
    ),
    Line(
        "instalment_plan_fee",
        "fee",
        "cash",
        "instalment_fees",
        ("avgift för amorteringsplan", "instalment plan fee"),
        ("lag (1981:739) 3 och 4 §§, amorteringsplan", "lag 1981:739, 3 and 4 §§ (instalment plan)"),
    ),
    Line(
        "instalment_notice_fee",
        "fee",
        "cash",
        "instalment_fees",
        ("aviseringsavgift", "notice fee"),
        ("avisering av amortering, branschpraxis", "notice of each instalment (industry practice)"),
    ),
    Line(
        "payment_order_application",
        "outlay",
        "cash",
        "outlays_recovered",
        ("ansökningsavgift", "application fee"),
        ("förordning (1992:1094), ansökningsavgift", "förordning 1992:1094 (application fee)"),
    ),
    Line(
        "payment_order_own_work",
        "fee",
        "cash",
        "own_work_fees",
        ("ersättning för arbete", "fee for work"),
        ("lag (1990:746) 48 §, sökandens arbete", "lag 1990:746, 48 § (applicant's work)"),
    ),
    Line(
        "payment_order_supplement",
        "outlay",
        "cash",
        "outlays_recovered",
        ("tilläggsavgift i tingsrätt", "court supplement"),
        (
            "tilläggsavgift när ett bestridet mål lämnas till tingsrätten",
            "court's supplement when a contested payment order is handed over",
        ),
    ),
    Line(
        "enforcement_basic_fee",
        "outlay",
        "cash",
        "outlays_recovered",
        ("grundavgift för utmätning", "basic enforcement fee"),
        ("Kronofogdens grundavgift i utsökningsmål", "Kronofogden's basic fee in enforcement"),
    ),
    Line(
        "interest",
        "other",
        "cash",
        "interest",
        ("dröjsmålsränta", "late-payment interest"),
        ("räntelagen (1975:635) 3, 4, 6 och 9 §§", "räntelagen 1975:635, 3, 4, 6 and 9 §§"),
    ),
    Line("principal", "other", "cash", "", ("kapital", "principal"), ("fakturan", "the invoice")),
    Line(
        "kronofogden_outlay",
        "other",
        "cash",
        "kronofogden_outlays",
        ("Kronofogdens avgift", "Kronofogden's fee"),
        ("Kronofogdens avgift, förskotterad av sökanden", "Kronofogden's fee, advanced by the applicant"),
    ),
    Line(
        "court_outlay",
        "other",
        "cash",
        "court_outlays",
        ("tingsrättens avgift", "the court's fee"),
        ("tingsrättens avgift, förskotterad av sökanden", "the court's fee, advanced by the applicant"),
    ),
    Line(
        "contract_payment",
        "other",
        "cash",
        "contract_payments",
        ("ersättning per betalt ärende", "payment per paid case"),
        ("avtalet: ersättning per betalt ärende", "contract: payment per paid case"),
    ),
    Line(
        "agency_charge",
        "other",
        "cash",
        "agency_charges",
        ("inkassoföretagets faktura", "the agency's invoice"),
        ("avtalet: sena återkallelser, it-tjänst", "contract: late withdrawals, IT service"),
    ),
    Line(
        "letter",
        "other",
        "cash",
        "letters",
        ("brev och porto", "letter and postage"),
        ("utskrift och porto", "print and postage"),
    ),
    Line("check", "other", "cash", "checks", ("kontroll", "check"), ("solvenskontroll", "solvency check")),
    Line(
        "foreign_collection",
        "other",
        "cash",
        "foreign_collection",
        ("utlandsinkasso", "collection abroad"),
        ("villkor för utlandsinkasso", "terms of collection abroad"),
    ),
    Line(
        "staff_pay",
        "other",
        "cash",
        "staff_pay",
        ("lön med avgifter", "pay with employer's charges"),
        ("lön med arbetsgivaravgifter", "pay with employer's contributions"),
    ),
    Line(
        "staff_overhead",
        "other",
        "cash",
        "staff_overhead",
        ("omkostnader för personal", "overhead on pay"),
        ("omkostnader på lön", "overhead on pay"),
    ),
    Line(
        "recruitment",
        "other",
        "cash",
        "recruitment",
        ("rekrytering", "recruitment"),
        (
            "annonsering, urval och introduktion av en ny innehavare",
            "advertising, selection and introduction of a new holder",
        ),
    ),
    Line(
        "overtime",
        "other",
        "cash",
        "overtime",
        ("övertid", "overtime"),
        ("timmar utöver dagen, när laget ligger efter", "hours beyond the day, where a team is behind"),
    ),
    Line(
        "temporary_staff",
        "other",
        "cash",
        "temporary_staff",
        ("inhyrd personal", "temporary staff"),
        ("timmar med inhyrd personal, när laget ligger efter", "hours of temporary staff, where a team is behind"),
    ),
    Line(
        "system_operation",
        "other",
        "cash",
        "system_operation",
        ("system, drift", "system, operation"),
        ("licens och drift", "licence and operation"),
    ),
    Line(
        "system_depreciation",
        "other",
        "value",
        "system_depreciation",
        ("system, avskrivning", "system, depreciation"),
        ("system, linjär avskrivning", "system, straight line"),
    ),
    Line(
        "system_once",
        "other",
        "cash",
        "",
        ("system, engångskostnad", "system, one-off cost"),
        ("upphandling och integration", "procurement and integration"),
    ),
    Line(
        "ku25",
        "other",
        "cash",
        "ku25_statements",
        ("kontrolluppgift KU25", "statement of interest KU25"),
        ("kontrolluppgift om ränta till Skatteverket (KU25)", "statement of interest to the tax agency (KU25)"),
    ),
    Line(
        "value_adjustment",
        "other",
        "value",
        "",
        ("värdereglering", "value adjustment"),
        ("regler för fordringar: osäker, värdereglerad", "claims policy: doubtful, value adjusted"),
    ),
    Line(
        "write_down",
        "other",
        "value",
        "",
        ("nedskrivning", "write-down"),
        ("regler för fordringar: nedskriven men inte efterskänkt", "claims policy: written down, not given up"),
    ),
    Line(
        "demand_fee_share",
        "other",
        "cash",
        "demand_fees",
        ("inkassoföretagets andel av inkassoavgift", "the agency's share of a demand fee"),
        ("avtalet: inkassoföretagets andel av en inkassoavgift", "contract: the agency's share of a demand fee"),
    ),
    Line(
        "case_price",
        "other",
        "cash",
        "case_prices",
        ("pris per ärende", "price of a case"),
        ("avtalet: pris per ärende", "contract: price of a case"),
    ),
    Line(
        "paid_case_price",
        "other",
        "cash",
        "case_prices",
        ("pris per betalt ärende", "price of a paid case"),
        ("avtalet: pris per fullt betalt ärende", "contract: price of a fully paid case"),
    ),
    Line(
        "commission",
        "other",
        "cash",
        "commissions",
        ("provision", "commission"),
        ("avtalet: provision på det som återvunnits", "contract: commission on recovered amounts"),
    ),
    Line(
        "claims_sold",
        "other",
        "cash",
        "",
        ("betalt för sålda fordringar", "paid for claims sold"),
        (
            "köpet: andel av kapitalet, när upplägget byts",
            "the sale: a share of the principal, as the arrangement changes",
        ),
    ),
)
"""Statutory amounts that a debtor may come to owe first, in the order they arise."""

STATEMENT: tuple[BudgetLine, ...] = (
    BudgetLine("reminder_fees", "fees", ("påminnelseavgifter", "reminder fees")),
    BudgetLine("demand_fees", "fees", ("avgifter för inkassokrav", "demand fees")),
    BudgetLine("instalment_fees", "fees", ("avgifter för amorteringsplaner", "instalment fees")),
    BudgetLine("own_work_fees", "fees", ("ersättning för arbete vid ansökan", "fees for work on applications")),
    BudgetLine("outlays_recovered", "outlays", ("återfådda utlägg", "outlays recovered")),
    BudgetLine("interest", "interest", ("dröjsmålsränta", "late-payment interest")),
    BudgetLine("contract_payments", "contract", ("ersättning från inkassoföretaget", "paid by the agency")),
    BudgetLine("agency_charges", "contract", ("debiterat av inkassoföretaget", "charged by the agency")),
    BudgetLine("case_prices", "contract", ("pris per ärende till inkassoföretaget", "the agency's price a case")),
    BudgetLine("commissions", "contract", ("provision till inkassoföretaget", "the agency's commission")),
    BudgetLine("staff_pay", "staff", ("löner med arbetsgivaravgifter", "pay with employer's charges"), "pay", "posts"),
    BudgetLine("staff_overhead", "staff", ("omkostnader för personal", "staff overhead"), "standing", "posts"),
    BudgetLine("recruitment", "staff", ("rekrytering", "recruitment"), "running", "posts"),
    BudgetLine("overtime", "staff", ("övertid", "overtime"), "pay", "claims"),
    BudgetLine("temporary_staff", "staff", ("inhyrd personal", "temporary staff"), "pay", "claims"),
    BudgetLine("system_operation", "system", ("system, drift", "system, operation"), "running", "nothing"),
    BudgetLine("system_depreciation", "system", ("system, avskrivning", "system, depreciation"), "standing", "nothing"),
    BudgetLine("letters", "letters_and_checks", ("brev och porto", "letters and postage"), "running", "claims"),
    BudgetLine(
        "checks",
        "letters_and_checks",
        ("solvens- och adresskontroller", "solvency and address checks"),
        "running",
        "claims",
    ),
    BudgetLine("kronofogden_outlays", "outlays", ("utlägg hos Kronofogden", "outlays at Kronofogden")),
    BudgetLine("court_outlays", "outlays", ("utlägg hos tingsrätten", "outlays at the district court")),
    BudgetLine("foreign_collection", "foreign", ("utlandsinkasso", "foreign collection")),
    BudgetLine("ku25_statements", "ku25", ("kontrolluppgifter KU25", "statements of interest (KU25)")),
)
"""In the order they are shown."""

CAUSES: tuple[Cause, ...] = (
    Cause("fees", ("avgifter från gäldenärer", "fees from debtors")),
    Cause("interest", ("dröjsmålsränta", "late-payment interest")),
    Cause("contract", ("avtalet med inkassoföretaget", "the agency contract")),
    Cause("staff", ("personal", "staff")),
    Cause("system", ("system", "system")),
    Cause("outlays", ("utlägg till Kronofogden och tingsrätt, netto", "outlays to Kronofogden and court, net")),
    Cause("letters_and_checks", ("brev och kontroller", "letters and checks")),
    Cause("foreign", ("utlandsinkasso", "foreign collection")),
    Cause("ku25", ("kontrolluppgifter KU25", "statements of interest (KU25)")),
)
"""In the order a bridge walks them."""

CONCEPTS: tuple[Concept, ...] = (
    Concept("full", ("collection", "pay", "running", "standing"), ("full kostnad", "full cost")),
    Concept("marginal", ("collection", "pay", "running"), ("marginalkostnad", "marginal cost")),
    Concept("pay_only", ("collection", "pay"), ("bara löner", "pay only")),
)
"""From the one that counts most to the one that counts least (docs/decisions/2026-11-29-cost-concepts.md)."""
