"""Payment after each step as tables: words in both languages, shares with their error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.measures.incidence import DAYS
from kravsim.settling.curves import COUNTED_IN, EVENTS, ORIGINS, STRATA
from kravsim.units import ORE_PER_KR
from kravsim.words.display import amount, number, replications, seeded, share, step_for
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table, parts, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.results.payment_curves import PaymentCurves
    from kravsim.statistics.ratio import Ratio

STEP_NAMES: Final = {
    "hand_over": ("överlämning", "hand-over"),
    "reminder": ("påminnelse", "reminder"),
    "demand": ("inkassokrav", "demand"),
    "payment_order": ("ansökan till Kronofogden", "application to Kronofogden"),
    "order": ("utslag", "order"),
}
"""What days are counted from."""
GROUP_NAMES: Final = {
    "all": ("alla", "all"),
    "private": ("privatpersoner", "private persons"),
    "business": ("företag", "businesses"),
    "estate": ("dödsbon", "estates"),
    "nordic": ("Norden", "Nordic countries"),
    "europe": ("övriga Europa", "rest of Europe"),
    "overseas": ("övriga världen", "rest of the world"),
    "below_200_kr": ("under 200 kr", "below 200 kr"),
    "200_to_499_kr": ("200 till under 500 kr", "200 to below 500 kr"),
    "500_to_999_kr": ("500 till under 1 000 kr", "500 to below 1 000 kr"),
    "from_1000_kr": ("1 000 kr och mer", "1 000 kr and more"),
}
EVENT_NAMES: Final = {
    "all_paid": ("allt betalt, även avgifter och ränta", "everything paid, fees and interest too"),
    "part_paid": ("delbetalt, kapital kvar", "part paid, principal left"),
    "plan_kept": ("betalt genom hållen amorteringsplan", "paid by a plan that was kept"),
}
NOTHING: Final = "–"
_FINEST: Final = 0.001
_WITHIN: Final = ("inom {n} dagar", "within {n} days")
_EVER, _ENDED, _OPEN = ("till slutet", "in the end"), ("avslutade på annat sätt", "ended otherwise"), ("öppna", "open")
_FROM: Final = ("räknat från", "counted from")
_IN: Final = {
    "claims": ("andel av fordringarna", "share of claims"),
    "kr": ("andel av kapitalet", "share of principal"),
}
_MAIN: Final = ("kapitalet betalt i sin helhet", "principal paid in full")
_NOTE: Final = (
    (
        "Av fordringar med obetalt kapital när steget gjordes första gången, av dem som lämnades över det första simulerade "
        "året; de följs som längst i {years} kalenderår. Betalning och avslut på annat sätt är konkurrerande händelser, "
        "öppna är censurerade (Aalen–Johansen). ± är medelfelet, i procentenheter."
    ),
    (
        "Of claims with principal owed when the step was first done, of those handed over in the first simulated year; they "
        "are followed for at most {years} calendar years. Payment and other ends compete, open claims are censored "
        "(Aalen–Johansen). ± is the standard error, in percentage points."
    ),
)
_ONE_YEAR: Final = ("1 kalenderår", "1 calendar year")
_ABSENT: Final = (
    "– inga sådana fordringar, eller ingen som följts så länge.",
    "– no such claims, or none followed for so long.",
)
_RECOVERED: Final = (
    ("räknat från", "kapital då, kr", "återvunnet från steget och framåt"),
    ("counted from", "principal then, kr", "recovered from the step on"),
)


def short_table(found: PaymentCurves, lang: str) -> Table:
    """Lay out the main curve of all claims, counted in claims.

    Parameters
    ----------
    found : PaymentCurves
        The curves that are told.
    lang : str
        `sv` or `en`.
    """
    return _main(found, COUNTED_IN[0], lang, _notes(found, lang))


def curve_tables(found: PaymentCurves, lang: str) -> tuple[Table, ...]:
    """Lay out every curve: in claims, in kronor, other events, recovery, by group.

    Parameters
    ----------
    found : PaymentCurves
        The curves that are told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    n = replications(found.replications, lang)
    about = f"{capital(found.names[place])} – {found.scenario_title}: {n}, {seeded(found.seed, lang)}"
    notes = (*_notes(found, lang), *texts(found.doubts, lang))
    in_claims, in_kr = (_main(found, measure, lang, ()) for measure in COUNTED_IN)
    return (
        Table(f"{about}\n\n{in_claims.caption}", in_claims.header, in_claims.rows),
        in_kr,
        _apart(found, lang),
        _recovery(found, lang),
        *(_by_group(found, measure, lang) for measure in COUNTED_IN),
        Table("", ("",), (), notes),
    )


def _main(found: PaymentCurves, counted_in: str, lang: str, notes: tuple[str, ...]) -> Table:
    place = language_index(lang)
    header = (_FROM[place], *_days(lang), _ENDED[place], _OPEN[place])
    rows = []
    for step in ORIGINS:
        cells = [_cell(found.share(step, days, counted_in=counted_in), lang) for days in (*DAYS, "ever")]
        cells += [
            _cell(found.share(step, event=way, counted_in=counted_in), lang) for way in ("ended_otherwise", "open")
        ]
        rows.append([STEP_NAMES[step][place], *cells])
    caption = capital(f"{_MAIN[place]}, {_IN[counted_in][place]}")
    return Table(caption, header, plain_rows(rows), notes)


def _apart(found: PaymentCurves, lang: str) -> Table:
    place = language_index(lang)
    groups = []
    for event in EVENTS[1:]:
        rows = []
        for step in ORIGINS:
            cells = [_cell(found.share(step, days, event=event), lang) for days in (*DAYS, "ever")]
            rows.append(Row((f"{STEP_NAMES[step][place]}: {EVENT_NAMES[event][place]}", *cells)))
        groups.append(rows)
    caption = capital(f"{('därutöver', 'apart from it')[place]}, {_IN[COUNTED_IN[0]][place]}")
    return Table(caption, (_FROM[place], *_days(lang)), parts(*groups))


def _recovery(found: PaymentCurves, lang: str) -> Table:
    place = language_index(lang)
    rows = []
    for origin, step in enumerate(ORIGINS):
        at_step = float(found.at_step[:, origin, 0, 1].mean()) / ORE_PER_KR
        recovered = found.share(step, event="principal_recovered", counted_in="kr")
        rows.append(
            [STEP_NAMES[step][place], amount(at_step, "count", lang, step=_step(at_step)), _cell(recovered, lang)]
        )
    caption = ("Återvunnet kapital i längden", "Principal recovered in the long run")[place]
    return Table(caption, _RECOVERED[place], plain_rows(rows))


def _by_group(found: PaymentCurves, counted_in: str, lang: str) -> Table:
    """Principal paid in full within the longest number of days, by segment and amount, from every step."""
    place, days = language_index(lang), DAYS[-1]
    header = (_FROM[place], *(STEP_NAMES[step][place] for step in ORIGINS))
    rows = [
        [GROUP_NAMES[g][place], *(_cell(found.share(s, days, counted_in=counted_in, group=g), lang) for s in ORIGINS)]
        for g in STRATA
    ]
    within = _WITHIN[place].format(n=days)
    caption = capital(f"{_MAIN[place]} {within}, {_IN[counted_in][place]}")
    return Table(caption, header, plain_rows(rows))


def _days(lang: str) -> tuple[str, ...]:
    place = language_index(lang)
    return (*(_WITHIN[place].format(n=days) for days in DAYS), _EVER[place])


def _cell(found: Ratio | None, lang: str) -> str:
    """A share with its standard error, rounded as that asks for."""
    if found is None:
        return NOTHING
    if found.n < 2:
        return share(found.mean, lang)
    step = max(step_for(found.se, "share"), _FINEST)
    return f"{share(found.mean, lang, step=step)} ± {number(100 * found.se, lang, step=100 * step)}"


def _notes(found: PaymentCurves, lang: str) -> tuple[str, ...]:
    place = language_index(lang)
    said = _NOTE[place].format(years=found.years)
    if found.years == 1:
        said = said.replace(("1 kalenderår", "1 calendar years")[place], _ONE_YEAR[place])
    return said, _ABSENT[place]


def _step(value: float) -> float:
    return 1000.0 if abs(value) >= 100_000 else 1.0
