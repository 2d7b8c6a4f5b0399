"""The keys of a scenario in Swedish and English: a short name for each, with its unit taken from the schema.

A key is named by its pattern, in which ``*`` stands for what a scenario names itself (a model, a staff pool, a segment, a
step, a type of debtor, a place in a list). A house test says which key of the schema has no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from kravsim.ledger.lines import Pair
from kravsim.scenario.fields import find, unit_of
from kravsim.scenario.schema import ScenarioData
from kravsim.words.display import NO_BREAK
from kravsim.words.process_words import POOLS, SEGMENT_WORDS, STEP_WORDS, TYPE_WORDS, named
from kravsim.words.wording import capital, language_index, model_name

KEYS: Final[Mapping[str, Pair]] = {
    "body.country": ("land", "country"),
    "body.kind": ("slag av verksamhet", "kind of body"),
    "horizon.start": ("årets början", "start of the year"),
    "horizon.end": ("årets slut", "end of the year"),
    "horizon.history_rule": ("hur historikens längd bestäms", "how the length of history is found"),
    "horizon.history_years": ("år av historik", "years of history"),
    "horizon.history_precision_kr": ("historikens noggrannhet", "precision of history"),
    "law.frozen_at": ("lag som den gällde", "law as it stood"),
    "law.reference_rate.path": ("referensräntans bana", "path of the reference rate"),
    "law.reference_rate.by_half_year.*.percent": ("referensränta, procent", "reference rate, per cent"),
    "indices.pay.base_year": ("lönernas basår", "base year of pay"),
    "indices.pay.by_year.*.level": ("lönenivå", "level of pay"),
    "indices.pay.growth_after_share_per_year": ("lönernas ökningstakt därefter", "growth of pay from then on"),
    "indices.pay.growth_before_share_per_year": ("lönernas ökningstakt dessförinnan", "growth of pay until then"),
    "indices.prices.base_year": ("prisernas basår", "base year of prices"),
    "indices.prices.by_year.*.level": ("prisnivå", "level of prices"),
    "indices.prices.growth_after_share_per_year": ("prisernas ökningstakt därefter", "growth of prices from then on"),
    "indices.prices.growth_before_share_per_year": (
        "prisernas ökningstakt dessförinnan",
        "growth of prices until then",
    ),
    "indices.volume.base_year": ("volymens basår", "base year of volume"),
    "indices.volume.by_year.*.level": ("volym", "volume"),
    "indices.volume.growth_after_share_per_year": ("volymens ökningstakt därefter", "growth of volume from then on"),
    "indices.volume.growth_before_share_per_year": ("volymens ökningstakt dessförinnan", "growth of volume until then"),
    "indices.amounts.base_year": ("fordringsbeloppens basår", "base year of claims"),
    "indices.amounts.by_year.*.level": ("fordringsbeloppens nivå", "level of claims"),
    "indices.amounts.growth_after_share_per_year": (
        "fordringsbeloppens ökningstakt därefter",
        "growth of claims from then on",
    ),
    "indices.amounts.growth_before_share_per_year": (
        "fordringsbeloppens ökningstakt dessförinnan",
        "growth of claims until then",
    ),
    "indices.contract": ("vad inkassoföretagets priser följer", "what the agency's prices follow"),
    "invoices.per_year": ("fakturor per år", "invoices a year"),
    "invoices.late_share": ("andel sena fakturor", "share of late invoices"),
    "invoices.late_curve.after_days": (
        "dag efter förfallodagen som andelen sena gäller",
        "day after the due date of the late share",
    ),
    "invoices.late_curve.halving_days": (
        "dagar på vilka hälften av de sena betalar",
        "days in which half of the late pay",
    ),
    "invoices.late_curve.lasting_share": ("andel sena som förblir obetalda", "share of the late that stay unpaid"),
    "invoices.terms_days": ("betalningstid", "payment terms"),
    "invoices.run_days.*": ("dag då fakturor skickas", "day of invoicing"),
    "invoices.age_basis": ("vad fordrans ålder räknas från", "what a claim's age is counted from"),
    "invoices.hand_over_day": ("dag för överlämning", "day of hand-over"),
    "invoices.hand_over_min_age_days": ("fordrans lägsta ålder vid överlämning", "least age of a claim at hand-over"),
    "debtors.number": ("gäldenärer", "debtors"),
    "debtors.activity_shape": ("hur jämnt man är sen", "evenness of being late"),
    "debtors.claims_per_occasion": ("fordringar per tillfälle", "claims per occasion"),
    "debtors.coordinate": ("fordringar samordnas till ärenden", "claims are coordinated into cases"),
    "debtors.segments.*.share": ("andel av gäldenärerna", "share of debtors"),
    "debtors.segments.*.amount_median_kr": ("fakturabelopp, median", "invoice amount, median"),
    "debtors.segments.*.amount_mean_kr": ("fakturabelopp, medel", "invoice amount, mean"),
    "debtors.segments.*.forgetful_share": ("andel glömska", "share who forget"),
    "debtors.segments.*.slow_share": ("andel sena", "share who are slow"),
    "debtors.segments.*.strained_share": ("andel pressade", "share who are strained"),
    "debtors.segments.*.limitation_years": ("preskriptionstid", "period of limitation"),
    "debtors.segments.*.letters_answered_share": (
        "andel av svaren på brev, mot bosatta i Sverige",
        "share of residents' answers to letters",
    ),
    "debtors.segments.*.tariff.*.amount_kr": ("belopp i taxan", "amount of the tariff"),
    "debtors.segments.*.tariff.*.share": ("andel fakturor i taxan", "share of invoices in the tariff"),
    "behaviour.abroad.age_days": (
        "fordrans ålder som utfallet utomlands gäller",
        "age of claims that results abroad are of",
    ),
    "behaviour.abroad.cooling_per_year": (
        "hur sannolikheten utomlands avtar med åldern",
        "how the chance abroad falls with age",
    ),
    "behaviour.*.activity": ("hur ofta man är sen", "how often late"),
    "behaviour.*.known_at_kronofogden_share": ("andel kända hos Kronofogden", "share known at Kronofogden"),
    "behaviour.*.reminder_paid_share": ("andel som betalar efter påminnelse", "share paying after a reminder"),
    "behaviour.*.principal_only_share": ("andel som betalar bara fakturan", "share paying the invoice only"),
    "behaviour.*.demand_paid_share": ("andel som betalar efter inkassokrav", "share paying after a demand"),
    "behaviour.*.reminder_late_paid_share": (
        "andel tysta efter påminnelse som betalar mellan breven",
        "share silent after a reminder paying between letters",
    ),
    "behaviour.*.demand_late_paid_share": (
        "andel tysta efter inkassokrav som betalar före nästa steg",
        "share silent after a demand paying before the next step",
    ),
    "behaviour.*.reminded_again_paid_share": (
        "andel som betalar om de påminns igen efter inkassokravet",
        "share paying if reminded again after the demand",
    ),
    "behaviour.late_principal_only_share": (
        "andel av betalarna mellan breven som betalar bara fakturan",
        "share of payers between letters paying the invoice only",
    ),
    "behaviour.*.instalment_plan_share": ("andel som ber om amorteringsplan", "share asking for an instalment plan"),
    "behaviour.*.instalment_kept_share": ("andel amorteringar som betalas", "share of instalments paid"),
    "behaviour.*.payment_order_paid_share": ("andel som betalar efter ansökan", "share paying after an application"),
    "behaviour.*.order_paid_share": ("andel som betalar efter utslag", "share paying after an order"),
    "behaviour.*.attachment_paid_share": ("andel utmätningar som täcker allt", "share of attachments that cover all"),
    "behaviour.*.attachment_part_share": (
        "andel utmätningar som täcker en del",
        "share of attachments that cover a part",
    ),
    "behaviour.*.attachment_continued_share": (
        "andel utmätningar som fortsätter nästa år",
        "share of attachments that go on next year",
    ),
    "behaviour.*.surveillance_paid_per_year": ("betalningar under efterbevakning", "payments under surveillance"),
    "behaviour.*.surveillance_revived_per_year": (
        "värda ny prövning under efterbevakning",
        "worth another try under surveillance",
    ),
    "behaviour.*.restructuring_per_year": ("ansökningar om skuldsanering", "applications for debt restructuring"),
    "behaviour.lateness.days.*": ("väntan då betalningsviljan sjunker", "wait at which willingness to pay falls"),
    "behaviour.lateness.retained_share.*": ("kvarvarande betalningsvilja", "willingness to pay that is left"),
    "behaviour.withdrawn_early_share": ("andel återkallade före ansökan", "share withdrawn before application"),
    "behaviour.withdrawn_late_share": ("andel återkallade efter ansökan", "share withdrawn after application"),
    "behaviour.not_solvent_if_known_share": (
        "andel utan betalningsförmåga, kända hos Kronofogden",
        "share not solvent, known at Kronofogden",
    ),
    "behaviour.not_solvent_if_unknown_share": (
        "andel utan betalningsförmåga, ej kända hos Kronofogden",
        "share not solvent, not known at Kronofogden",
    ),
    "behaviour.contested_share": ("andel ansökningar som bestrids", "share of applications contested"),
    "behaviour.dismissed_share": ("andel ansökningar som avvisas", "share of applications dismissed"),
    "behaviour.contested_settled_share": ("andel bestridda som medges", "share of contested that are conceded"),
    "behaviour.contested_dropped_share": ("andel bestridda som läggs ned", "share of contested that are dropped"),
    "behaviour.court_paid_share": ("andel mål i tingsrätt som betalas", "share of court cases paid"),
    "behaviour.court_lost_share": ("andel mål i tingsrätt som förloras", "share of court cases lost"),
    "behaviour.plan_accepted_share": ("andel amorteringsplaner som godtas", "share of instalment plans accepted"),
    "behaviour.residue_paid_share": ("andel restbelopp som betalas", "share of residues paid"),
    "behaviour.restructuring_granted_share": ("andel skuldsaneringar som beviljas", "share of restructurings granted"),
    "behaviour.restructuring_dividend_share": ("utdelning i skuldsanering", "dividend in debt restructuring"),
    "behaviour.bankrupt_business_share": ("andel företag som går i konkurs", "share of businesses that go bankrupt"),
    "behaviour.bankrupt_within_years": ("längsta tid till konkurs", "longest time to bankruptcy"),
    "behaviour.sole_trader_share": ("andel enskilda näringsidkare", "share of sole traders"),
    "behaviour.bankruptcy_dividend_paid_share": (
        "andel konkurser med utdelning",
        "share of bankruptcies with a dividend",
    ),
    "behaviour.bankruptcy_dividend_share": ("utdelning i konkurs", "dividend in bankruptcy"),
    "behaviour.estate_paid_share": ("andel dödsbon som betalar allt", "share of estates that pay all"),
    "behaviour.estate_part_share": ("andel dödsbon som betalar en del", "share of estates that pay a part"),
    "behaviour.estate_covered_share": ("dödsbons delbetalning", "part that estates pay"),
    "behaviour.interruption_reached_share": (
        "andel brev om preskriptionsavbrott som når fram",
        "share of interruptions that reach the debtor",
    ),
    "behaviour.attachment_covered_share": ("utmätt del", "part covered by attachment"),
    "timing.reminder_grace_days": ("betalningsfrist, påminnelse", "time to pay, reminder"),
    "timing.reminder_paid_days": ("tid till betalning efter påminnelse", "time to payment after a reminder"),
    "timing.reminder_late_paid_days": (
        "tid från påminnelse till betalning mellan breven",
        "time from a reminder to payment between letters",
    ),
    "timing.demand_late_paid_days": (
        "tid från inkassokrav till betalning före nästa steg",
        "time from a demand to payment before the next step",
    ),
    "timing.residue_paid_days": ("tid till betalning av restbelopp", "time to payment of a residue"),
    "timing.residue_grace_days": ("betalningsfrist, restbelopp", "time to pay, residue"),
    "timing.plan_answer_days": ("tid till svar om amorteringsplan", "time to the answer on an instalment plan"),
    "timing.instalment_days": ("tid mellan amorteringar", "time between instalments"),
    "timing.instalment_default_days": ("tid till att en amortering uteblivit", "time until an instalment is missed"),
    "timing.demand_grace_days": ("betalningsfrist, inkassokrav", "time to pay, demand"),
    "timing.demand_paid_days": ("tid till betalning efter inkassokrav", "time to payment after a demand"),
    "timing.withdrawal_days": ("tid till återkallelse", "time to withdrawal"),
    "timing.solvency_check_days": ("tid för solvenskontroll", "time of a solvency check"),
    "timing.payment_order_paid_days": ("tid till betalning efter ansökan", "time to payment after an application"),
    "timing.order_issued_days": ("tid till utslag", "time to an order"),
    "timing.contested_days": ("tid till bestridande", "time to a contest"),
    "timing.contested_settled_days": ("tid till medgivande", "time to a concession"),
    "timing.court_request_days": ("tid till begäran om tingsrätt", "time to the request for court"),
    "timing.court_days": ("tid i tingsrätt", "time in court"),
    "timing.order_paid_days": ("tid till betalning efter utslag", "time to payment after an order"),
    "timing.order_grace_days": ("betalningsfrist, utslag", "time to pay, order"),
    "timing.attachment_paid_days": ("tid till full utmätning", "time to full attachment"),
    "timing.attachment_part_days": ("tid till utmätning av en del", "time to attachment of a part"),
    "timing.attachment_no_assets_days": ("tid till besked om inga tillgångar", "time to the answer of no assets"),
    "timing.surveillance_spell_days": ("period av efterbevakning", "spell of surveillance"),
    "timing.interruption_answer_days": (
        "tid till svar på preskriptionsavbrott",
        "time to the answer to an interruption",
    ),
    "timing.interruption_margin_days": ("marginal före preskription", "margin before limitation"),
    "timing.restructuring_granted_days": ("tid till beviljad skuldsanering", "time to restructuring granted"),
    "timing.restructuring_refused_days": ("tid till avslag på skuldsanering", "time to restructuring refused"),
    "timing.bankruptcy_days": ("tid i konkurs", "time in bankruptcy"),
    "timing.estate_days": ("tid för dödsbo", "time of an estate"),
    "timing.foreign_paid_days": ("tid till betalning utomlands", "time to payment abroad"),
    "timing.foreign_untraceable_days": ("tid till att adress saknas utomlands", "time until untraceable abroad"),
    "timing.foreign_given_up_days": ("tid till att utlandsinkasso läggs ned", "time until given up abroad"),
    "policy.interest_from": ("från när ränta krävs", "from when interest is claimed"),
    "policy.allocation.*": ("avräkningsordning", "order of allocation"),
    "policy.surveillance_spells": ("perioder av efterbevakning", "spells of surveillance"),
    "policy.recheck_days": ("tid mellan nya solvenskontroller", "time between re-checks of solvency"),
    "policy.attachment_years": ("år som utmätning fortsätter", "years that attachment goes on"),
    "policy.payment_order_attempts": ("ansökningar per ärende, högst", "applications per case, at most"),
    "policy.joint_application_days": ("väntan på gemensam ansökan, högst", "wait for a joint application, at most"),
    "policy.instalments": ("amorteringar i en plan", "instalments of a plan"),
    "policy.instalment_notices_charged": ("avgift för avisering tas ut", "notices of instalments are charged"),
    "policy.residue_floor_kr": ("minsta restbelopp som krävs", "smallest residue claimed"),
    "policy.smallest_reminder_kr": ("minsta belopp för påminnelse", "smallest amount reminded of"),
    "policy.smallest_demand_kr": ("minsta belopp för inkassokrav", "smallest amount demanded"),
    "policy.instalment_plan_fee_share": ("planavgift, del av skulden högst", "plan fee, part of the debt at most"),
    "policy.small_claim_limit_kr": ("gräns för småmål", "limit of small claims"),
    "policy.ku25_threshold_kr": ("ränta från vilken KU25 lämnas", "interest from which KU25 is stated"),
    "policy.value_adjustment_days": ("tid till värdereglering", "time to value adjustment"),
    "policy.value_adjustment_share": ("värdereglerad del", "part that is value adjusted"),
    "policy.write_down_days": ("tid till nedskrivning", "time to write-down"),
    "opening_stock.rows.*.stage": ("hur långt fordringarna har kommit", "how far the claims have come"),
    "opening_stock.rows.*.age_from_days": ("yngst, dagar efter förfallodagen", "youngest, days past due"),
    "opening_stock.rows.*.age_to_days": ("äldst, dagar efter förfallodagen", "oldest, days past due"),
    "opening_stock.rows.*.claims": ("fordringar i ingående stock", "claims of the opening stock"),
    "opening_stock.rows.*.amount_median_kr": ("median för kvarvarande kapital", "median of the principal left"),
    "opening_stock.rows.*.amount_mean_kr": ("medelvärde för kvarvarande kapital", "mean of the principal left"),
    "sequences.*.begins_with": ("upplägg från början", "arrangement to begin with"),
    "sequences.*.phases.*.since": ("dag då upplägget börjar", "day on which the arrangement begins"),
    "sequences.*.phases.*.model": ("upplägg från den dagen", "arrangement from that day"),
    "sequences.*.phases.*.open_cases": ("vad som sker med öppna ärenden", "what becomes of open cases"),
    "transitions.*.staying": ("modell som behålls om inget ändras", "model that is kept if nothing changes"),
    "transitions.*.sequence": ("upplägg som genomför bytet", "sequence that carries out the change"),
    "transitions.*.decided": ("beslutsdag", "day of the decision"),
    "transitions.*.discount_rate": ("real kalkylränta per år", "real rate of discount a year"),
    "transitions.*.inflation": ("inflation per år", "inflation a year"),
    "transitions.*.procurement_months": ("månader för upphandling", "months of procurement"),
    "transitions.*.integration_months": ("månader för integration", "months of integration"),
    "transitions.*.contract_notice_months": ("månaders uppsägning av avtalet", "months of notice of the contract"),
    "transitions.*.over_years": ("år som engångsposter fördelas på", "years over which what is paid once is told"),
    "transitions.*.leaving.*.follow_share": ("andel som följer arbetet", "share who follow the work"),
    "transitions.*.leaving.*.redeployed_share": ("andel av de andra som omplaceras", "share of the others redeployed"),
    "transitions.*.leaving.*.notice_months": ("uppsägningstid i månader", "months of notice"),
    "transitions.*.leaving.*.given_before_months": (
        "månader före bytet som uppsägningen sker",
        "months before the change that notice is given",
    ),
    "transitions.*.leaving.*.redundancy_months": ("månadslöner i avgångsersättning", "months of redundancy pay"),
    "transitions.*.leaving.*.redeployment_months": ("månader till omplacering", "months until redeployed"),
    "transitions.*.joining.*.follow_share": (
        "andel av de nya tjänsterna med personal som följer arbetet",
        "share of the new posts with people who follow the work",
    ),
    "transitions.*.joining.*.recruiting_months": ("månader för rekrytering", "months of recruiting"),
    "transitions.*.joining.*.training_months": (
        "månaders utbildning före bytet",
        "months of training before the change",
    ),
    "transitions.*.joining.*.training_kr": ("kurser per person", "courses a person"),
    "transitions.*.joining.*.recruitment_kr": ("rekrytering per person vid bytet", "recruiting a person at the change"),
    "transitions.*.joining.*.running_in_months": ("månader av inkörning", "months of running in"),
    "transitions.*.joining.*.running_in_lost_share": (
        "andel av arbetet som går förlorad under inkörningen",
        "share of the work lost while running in",
    ),
    "transitions.*.costs.*.kind": ("slag av engångspost", "kind of what is paid once"),
    "transitions.*.costs.*.counted_from": ("vad engångspostens månad räknas från", "what its month is counted from"),
    "transitions.*.costs.*.month": ("månad som engångsposten betalas", "month in which it is paid"),
    "transitions.*.costs.*.months": ("månader som engångsposten betalas under", "months over which it is paid"),
    "transitions.*.costs.*.until": ("dag som engångsposten betalas till", "day up to which it is paid"),
    "transitions.*.costs.*.amount_kr": ("engångspost, belopp", "amount that is paid once"),
    "transitions.*.costs.*.yearly_price": ("årspris som engångsposten följer", "price by the year that it follows"),
    "transitions.*.costs.*.over_years": ("år som engångsposten fördelas på", "years over which it is told"),
    "sequences.*.phases.*.sale_price_share": (
        "köparens pris, andel av kapitalet",
        "the buyer's price, share of the principal",
    ),
    "sequences.*.phases.*.split_age_days": ("ålder som delar öppna ärenden, dagar", "age that splits open cases, days"),
    "sequences.*.phases.*.younger": ("vad som sker med yngre ärenden", "what becomes of younger cases"),
    "sequences.*.phases.*.older": ("vad som sker med äldre ärenden", "what becomes of older cases"),
    "sequences.*.phases.*.split_steps.*": ("steg som delar öppna ärenden", "steps that split open cases"),
    "sequences.*.phases.*.at_steps": ("vad som sker med ärenden vid de stegen", "what becomes of cases at those steps"),
    "sequences.*.phases.*.elsewhere": ("vad som sker med andra ärenden", "what becomes of other cases"),
    "models.*.agency_from": ("steg som inkassoföretaget tar över vid", "step at which the agency takes over"),
    "models.*.escalation.rule": ("regel för ansökan", "rule of applications"),
    "models.*.escalation.min_case_kr": ("minsta ärende som det ansöks för", "smallest case applied for"),
    "models.*.foreign.*.commission_share": ("provision, utlandsinkasso", "commission abroad"),
    "models.*.foreign.*.fixed_kr": ("fast pris, utlandsinkasso", "fixed price abroad"),
    "models.*.foreign.*.untraceable_share": ("andel utan adress utomlands", "share untraceable abroad"),
    "models.*.agency.case_per_year_kr": (
        "inkassoföretagets kostnad för ett öppet ärende",
        "agency's cost of an open case",
    ),
    "models.*.agency.letter_kr": ("inkassoföretagets kostnad för ett brev", "agency's cost of a letter"),
    "models.*.agency.application_kr": ("inkassoföretagets kostnad för en ansökan", "agency's cost of an application"),
    "models.*.agency.least_margin_kr": (
        "inkassoföretagets lägsta marginal på en ansökan",
        "agency's least margin on an application",
    ),
    "models.*.agency.interest_share_per_year": ("inkassoföretagets kalkylränta", "agency's cost of capital"),
    "models.*.escalation.min_age_days": (
        "lägsta ålder för ansökan, från överlämning",
        "least age of an application, from the hand-over",
    ),
    "models.*.escalation.never.*": ("gäldenärer som aldrig går till Kronofogden", "debtors never taken to Kronofogden"),
    "models.*.foreign.*.paid_share": ("andel som betalar utomlands", "share paying abroad"),
    "models.*.contract.reminder_fee_kept_by": ("vem som behåller påminnelseavgiften", "who keeps the reminder fee"),
    "models.*.contract.demand_fee_kept_by": ("vem som behåller inkassoavgiften", "who keeps the demand fee"),
    "models.*.contract.demand_fee_agency_share": (
        "inkassoföretagets del av inkassoavgiften",
        "agency's share of a demand fee",
    ),
    "models.*.contract.own_work_fee_kept_by": (
        "vem som behåller ersättningen för arbete",
        "who keeps the fee for work",
    ),
    "models.*.contract.interest_kept_by": ("vem som behåller räntan", "who keeps the interest"),
    "models.*.contract.outlays_advanced_by": ("vem som förskotterar utlägg", "who advances outlays"),
    "models.*.contract.instalment_fees_kept_by": ("vem som behåller planavgiften", "who keeps the plan fee"),
    "models.*.contract.paid_case_kr": ("ersättning per betalt ärende", "payment per paid case"),
    "models.*.contract.price_a_case_kr": ("pris per ärende", "price of a case"),
    "models.*.contract.price_a_case_when": ("när priset per ärende tas", "when the price of a case is due"),
    "models.*.contract.price_a_paid_case_kr": ("pris per betalt ärende", "price of a paid case"),
    "models.*.contract.commission.share": ("provision", "commission"),
    "models.*.contract.commission.of.*": ("vad provision tas på", "what commission is taken of"),
    "models.*.contract.commission.least_kr": ("provision per ärende, lägst", "commission on a case, at least"),
    "models.*.contract.commission.most_kr": ("provision per ärende, högst", "commission on a case, at most"),
    "models.*.contract.it_service_per_year_kr": ("it-tjänst", "IT service"),
    "models.*.contract.ku25_statement_kr": ("pris per kontrolluppgift KU25", "price of a KU25 statement"),
    "models.*.contract.late_withdrawal.after_application": (
        "sen återkallelse, efter ansökan",
        "late withdrawal, after application",
    ),
    "models.*.contract.late_withdrawal.in_court": ("sen återkallelse, i tingsrätt", "late withdrawal, in court"),
    "models.*.contract.late_withdrawal.at_attachment": (
        "sen återkallelse, vid utmätning",
        "late withdrawal, at attachment",
    ),
    "models.*.staff.*.fte": ("tjänster", "posts"),
    "models.*.staff.*.pay_per_fte_kr": ("lön per årsarbetare", "pay per full-time equivalent"),
    "models.*.staff.*.overhead_share": ("omkostnader på lön", "overhead on pay"),
    "models.*.staff.*.hours_per_day": ("timmar per dag", "hours a day"),
    "models.*.staff.*.vacation_days": ("semesterdagar", "days of vacation"),
    "models.*.staff.*.sick_share": ("andel sjukfrånvaro", "share of sick leave"),
    "models.*.staff.*.other_duties_share": ("andel annat arbete", "share of other duties"),
    "models.*.staff.*.skills.*.*": ("vad en tjänst kan", "what a post can do"),
    "models.*.staff.*.post_sizes.*": ("en tjänsts storlek", "size of a post"),
    "models.*.staff.*.turnover.hiring_fails_share": (
        "andel misslyckade rekryteringar",
        "share of recruitments that fail",
    ),
    "models.*.staff.*.turnover.no_refill_from": ("dag då ingen ersätts längre", "day from which nobody is replaced"),
    "models.*.staff.*.turnover.leave.begins_per_year": ("tjänstledigheter", "long leaves"),
    "models.*.staff.*.turnover.leave.days": ("tid för tjänstledighet", "time of a long leave"),
    "models.*.staff.*.turnover.leave.substitute_after_days": ("tid till vikarie", "time until a substitute comes"),
    "models.*.staff.*.turnover.leaves_per_year": ("avgångar", "departures"),
    "models.*.staff.*.turnover.recruitment_days": ("tid för rekrytering", "time of recruitment"),
    "models.*.staff.*.turnover.recruitment_kr": ("kostnad för rekrytering", "cost of recruitment"),
    "models.*.staff.*.turnover.learning_days": ("tid för inlärning", "time of learning"),
    "models.*.staff.*.turnover.learning_start_share": ("arbetstakt som nyanställd", "pace of a new holder"),
    "models.*.staff.*.posts.base_case": (
        "hur tjänsterna bestäms i grundfallet",
        "how posts are found in the base case",
    ),
    "models.*.staff.*.posts.drawn_worlds": (
        "hur tjänsterna bestäms i andra lägen",
        "how posts are found in drawn worlds",
    ),
    "models.*.staff.*.posts.mean_wait_days": (
        "väntan i kö som tjänsterna räcker till",
        "wait that posts are found for",
    ),
    "models.*.staff.*.posts.step_fte": ("tjänsternas steg", "step of posts"),
    "models.*.staff.*.posts.least_fte": ("tjänster, minst", "posts, at least"),
    "models.*.staff.*.posts.most_fte": ("tjänster, högst", "posts, at most"),
    "models.*.staff.*.when_behind.from_backlog_days": ("kö då laget ligger efter", "queue at which a team is behind"),
    "models.*.staff.*.when_behind.letters_by_system.*": ("brev som systemet skickar", "letters sent by the system"),
    "models.*.staff.*.when_behind.leave_from_priority": ("prioritet som läggs åt sidan", "priority that is laid aside"),
    "models.*.staff.*.when_behind.overtime.hours_per_day": ("övertid per dag", "overtime a day"),
    "models.*.staff.*.when_behind.overtime.kr_per_hour": ("pris per timme övertid", "price of an hour's overtime"),
    "models.*.staff.*.when_behind.temporary.fte": ("inhyrda", "temporary staff"),
    "models.*.staff.*.when_behind.temporary.kr_per_hour": (
        "pris per timme inhyrd",
        "price of an hour of temporary staff",
    ),
    "models.*.staff.*.when_behind.temporary.skills.*": ("vad inhyrda kan", "what temporary staff can do"),
    "models.*.work.*.minutes": ("arbetstid", "work"),
    "models.*.work.*.pool": ("personal som gör arbetet", "staff that does the work"),
    "models.*.work.*.priority": ("arbetets prioritet", "priority of the work"),
    "models.*.work.*.skill": ("vad arbetet kräver", "skill that the work takes"),
    "models.*.own_reminder.after_due_days": (
        "egen påminnelse, dagar efter förfallodagen",
        "own reminder, days after the due date",
    ),
    "models.*.own_reminder.payers_share": (
        "egen påminnelse, andel av betalarna efter påminnelse",
        "own reminder, share of payers after a reminder",
    ),
    "models.*.own_reminder.per_year_kr": ("egna påminnelser, kostnad", "own reminders, cost"),
    "models.*.system.once_kr": ("system, engångskostnad", "system, one-off cost"),
    "models.*.system.depreciation_years": ("system, avskrivningstid", "system, time of depreciation"),
    "models.*.system.per_year_kr": ("system, drift", "system, operation"),
    "models.*.unit_costs.letter_kr": ("brev och porto", "letter and postage"),
    "models.*.unit_costs.check_kr": ("solvenskontroll", "solvency check"),
    "models.*.unit_costs.recheck_kr": ("ny solvenskontroll", "re-check of solvency"),
    "models.*.unit_costs.ku25_statement_kr": ("kostnad per kontrolluppgift KU25", "cost of a KU25 statement"),
}
"""Pattern of a key -> its short name."""

PARTS: Final[Mapping[str, Pair]] = {
    "value": ("", ""),
    "low": ("lägst", "low"),
    "mode": ("troligast", "mode"),
    "high": ("högst", "high"),
}
"""Parts of a number that can be varied by themselves."""

UNITS: Final[Mapping[str, Pair]] = {
    "kr": ("kr", "kr"),
    "öre": ("öre", "öre"),
    "days": ("dagar", "days"),
    "minutes": ("minuter", "minutes"),
    "years": ("år", "years"),
    "per_year": ("per år", "a year"),
    "kr_per_year": ("kr per år", "kr a year"),
    "share_per_year": ("andel per år", "share a year"),
    "fte": ("årsarbetare", "FTE"),
}
"""Units as they stand beside a name; a count, a share and a plain number have none, as their names say what they are."""

_QUOTES: Final = ("””", "“”")
_NAMED: Final[tuple[Mapping[str, Pair], ...]] = (SEGMENT_WORDS, TYPE_WORDS, STEP_WORDS, POOLS)


@cache
def pattern_of(key: str) -> str:
    """Give the pattern that names a key; empty where there is none.

    Parameters
    ----------
    key : str
        Dotted key of a scenario.

    Examples
    --------
    >>> pattern_of("behaviour.slow.demand_paid_share"), pattern_of("fte")
    ('behaviour.*.demand_paid_share', '')
    """
    parts = key.split(".")
    fitting = [
        pattern
        for pattern in KEYS
        if len(stars := pattern.split(".")) == len(parts)
        and all(star in ("*", part) for star, part in zip(stars, parts, strict=True))
    ]
    return min(fitting, key=lambda pattern: pattern.count("*"), default="")


def key_name(key: str, lang: str) -> str:
    """Name a key as running text, with what the scenario names itself; a key of no scenario is shown as it is.

    Parameters
    ----------
    key : str
        Dotted key, such as one of ``scenario.rows()``, or of one part of a number.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> key_name("models.in_house.staff.handlers.fte", "sv"), key_name("behaviour.slow.demand_paid_share", "en")
    ('tjänster, handläggare (egen regi)', 'share paying after a demand, slow')
    >>> key_name("my_own_input", "en")
    'my_own_input'
    """
    place = language_index(lang)
    pattern = pattern_of(key)
    if not pattern:
        whole, _, part = key.rpartition(".")
        if part in PARTS and pattern_of(whole):
            return ", ".join(text for text in (key_name(whole, lang), PARTS[part][place]) if text)
        return key
    parts, stars = key.split("."), pattern.split(".")
    given = [part for part, star in zip(parts, stars, strict=True) if star == "*"]
    model = given.pop(0) if parts[0] == "models" else ""
    text = ", ".join([KEYS[pattern][place], *(_own_name(name, lang) for name in given)])
    return f"{text} ({model_name(model, lang)})" if model else text


def quoted_name(key: str, lang: str) -> str:
    """Name a key inside a sentence, in quotation marks: names have commas and brackets of their own.

    Parameters
    ----------
    key : str
        As for :func:`key_name`; one that has no name is shown as it is.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> quoted_name("models.in_house.staff.handlers.fte", "sv"), quoted_name("x", "en")
    ('”tjänster, handläggare (egen regi)”', 'x')
    """
    name = key_name(key, lang)
    first, last = _QUOTES[language_index(lang)]
    return name if name == key else f"{first}{name}{last}"


def key_unit(key: str, lang: str) -> str:
    """Give the unit of a key as it stands beside its name; empty where its name says it, or it has none.

    Parameters
    ----------
    key : str
        Dotted key of a scenario.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> key_unit("timing.court_days", "sv"), key_unit("invoices.late_share", "sv")
    ('dagar', '')
    """
    path = tuple(key.split("."))
    unit = unit_of(find(ScenarioData, path[:-1] if path[-1] in PARTS and not pattern_of(key) else path))
    return UNITS[unit][language_index(lang)] if unit in UNITS else ""


def key_label(key: str, lang: str) -> str:
    """Name a key at an axis: with a capital, and its unit after a comma.

    Parameters
    ----------
    key : str
        Dotted key of a scenario, or the name of an input of anybody's own, which is shown as it is.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> key_label("invoices.hand_over_min_age_days", "en"), key_label("x", "en")
    ('Least age of a claim at hand-over, days', 'x')
    """
    name = key_name(key, lang)
    if name == key:
        return key
    unit = key_unit(key, lang).replace(" ", NO_BREAK)
    return f"{capital(name)}, {unit}" if unit else capital(name)


def in_words(text: str, keys: Iterable[str], lang: str) -> str:
    """Put the names of keys in their place in a text.

    Parameters
    ----------
    text : str
        A sentence in which keys are written as in a scenario.
    keys : iterable of str
        Those that may stand in it.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> in_words("The answer turns at timing.court_days = 3.", ["timing.court_days"], "en")
    'The answer turns at “time in court” = 3.'
    """
    for key in sorted(keys, key=len, reverse=True):
        alone = rf"(?<![\w.]){re.escape(key)}(?!\w|\.\w)"
        text = quoted_name(key, lang).join(re.split(alone, text))
    return text


def _own_name(name: str, lang: str) -> str:
    """What a scenario has named, or a place in a list, counted from 1."""
    if name.isdecimal():
        return f"{'rad' if language_index(lang) == 0 else 'row'} {int(name) + 1}"
    return named(next((table for table in _NAMED if name in table), {}), name, lang)
