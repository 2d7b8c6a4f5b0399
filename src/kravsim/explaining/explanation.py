"""One case's life told in words: as text for a terminal, HTML for a notebook or a browser, and a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kravsim.explaining.explanation_words import debt_text, event_text, interest_text, kr_text, posting_text
from kravsim.explaining.life import CaseLife, Entry, shares_of
from kravsim.units import ORE_PER_KR
from kravsim.words.body_words import of_body, party_name
from kravsim.words.display import seeded
from kravsim.words.doubts import Doubt, texts
from kravsim.words.html_page import page
from kravsim.words.process_words import (
    END_WORDS,
    SEGMENT_WORDS,
    STEP_WORDS,
    TYPE_WORDS,
    ground,
    named,
    step_name,
)
from kravsim.words.table import Row, Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_KINDS: Final = ("principal", "fees", "interest", "other", "net")
_HEADER: Final = (
    ("datum", "händelse", "belopp, kr", "kapital", "avgifter", "ränta", "skuld, kr"),
    ("date", "event", "amount, kr", "principal", "fees", "interest", "debt, kr"),
)
_SHARES: Final = (
    ("part", "kapital", "avgifter", "ränta", "övrigt", "netto, kr"),
    ("party", "principal", "fees", "interest", "other", "net, kr"),
)
_LONGEST_LINE: Final = 100
_ARRANGEMENT: Final = ("Upplägg", "Arrangement")
_GROUND: Final = ("grund", "ground")
_GROUNDS: Final = ("Grunder", "Grounds")
_WHO: Final = (
    "Vem som får och betalar (personal och system oräknade)",
    "Who receives and pays (staff and system apart)",
)
_NOBODY: Final = ("Ingen har fått eller betalat något.", "Nobody has received or paid anything.")


class _Line(NamedTuple):
    """An entry in words: what happened, more about it, its ground, and the numbers beside it."""

    date: str
    text: str
    details: tuple[str, ...]
    ground: str
    amount: str
    debt: tuple[str, str, str, str]
    is_posting: bool

    def in_words(self, mark: str = "") -> str:
        """What happened, a posting under its event and each detail below.

        Parameters
        ----------
        mark : str
            Written after the first line: the number of its legal ground in brackets.
        """
        return "\n".join([f"{'  ' * self.is_posting}{self.text}{mark}", *(f"    {one}" for one in self.details)])


@dataclass(frozen=True, repr=False)
class Explanation(Tabled):
    """One case's life, krona by krona.

    Parameters
    ----------
    life : CaseLife
        What happened, in machine names and öre.
    model_titles : pair of str
        What the model is called in Swedish and English, as running text.
    scenario_title : str
        As people read it.
    seed, draw, replication : int
        Which run it is.
    lang : str
        Language of :attr:`text` and of the notebook's view; the methods take another.
    doubts : tuple of Doubt
        What a reader must know of the run that the case is from.
    body : str
        What kind of body collects, for the words; empty for the usual one.
    arrangement_titles : pair of str, optional
        Where the model is a sequence: what the arrangement is called that the case met.
    """

    life: CaseLife
    model_titles: tuple[str, str]
    scenario_title: str
    seed: int
    draw: int
    replication: int
    lang: str = "sv"
    doubts: tuple[Doubt, ...] = ()
    body: str = ""
    arrangement_titles: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        language_index(self.lang)

    @property
    def text(self) -> str:
        """The whole life as plain text."""
        return self.table(self.lang)

    def table(self, lang: str | None = None) -> str:
        """Write the whole life as plain text, in `sv` or `en`; in the explanation's own language when left out.

        Parameters
        ----------
        lang : str, optional
            `sv` or `en`.
        """
        return super().table(lang or self.lang)

    def tables(self, lang: str | None = None) -> tuple[Table, ...]:
        """Give the whole life with its legal grounds, and who receives and pays; `lang` as for :meth:`table`.

        Parameters
        ----------
        lang : str, optional
            `sv` or `en`; the explanation's own when left out.
        """
        with of_body(self.body):
            return self._tables(lang or self.lang)

    def _tables(self, lang: str) -> tuple[Table, ...]:
        place, grounds = language_index(lang), self._grounds(lang)
        rows = []
        for line in self._lines(lang):
            mark = f" [{grounds.index(line.ground) + 1}]" if line.ground else ""
            rows.append([line.date, line.in_words(mark), line.amount, *line.debt])
        listed = [f"  [{mark}] {text}" for mark, text in enumerate(grounds, 1)]
        notes = (self._closing(lang), "", _GROUNDS[place], *listed)
        life = Table(self._heading(lang), _HEADER[place], plain_rows(rows), notes, left=(0, 1), widest=_LONGEST_LINE)
        return life, self._who(lang)

    def to_html(self, lang: str | None = None, *, whole: bool = False) -> str:
        """Write the whole life as HTML, each line beside its ground.

        Parameters
        ----------
        lang : str, optional
            `sv` or `en`; the explanation's own when left out.
        whole : bool
            A document of its own, rather than a part for a notebook.
        """
        with of_body(self.body):
            return self._html(lang or self.lang, whole=whole)

    def _html(self, lang: str, *, whole: bool) -> str:
        place, lines = language_index(lang), self._lines(lang)
        date, event, *numbers = _HEADER[place]
        rows = [
            Row(
                (line.date, line.in_words(), line.ground, line.amount, *line.debt),
                ruled=number > 0 and not line.is_posting and lines[number - 1].is_posting,
            )
            for number, line in enumerate(lines)
        ]
        title, *about = self._heading(lang).split("\n")
        header = (date, event, _GROUND[place], *numbers)
        life = Table(title, header, tuple(rows), (self._closing(lang),), ("\n".join(about),), left=(0, 1, 2))
        body = life.html() + self._who(lang).html()
        return page(title, body, lang) if whole else f"<div>{body}</div>"

    def _who(self, lang: str) -> Table:
        place = language_index(lang)
        rows = plain_rows(self._shares(lang))
        notes = (() if rows else (_NOBODY[place],)) + tuple(texts(self.doubts, lang))
        return Table(_WHO[place], _SHARES[place], rows, notes)

    def to_frame(self) -> pd.DataFrame:
        """Give one row an event or posting, in machine names and kronor.

        Returns
        -------
        pandas.DataFrame
            ``date``, ``kind``, ``step``, ``step_sv``, ``step_en``, ``visit``, ``answer``, ``end``, ``waited_minutes``,
            ``worked_minutes``, ``carried_by`` (the case that carries the fee of what is done for both, -1 for none),
            ``claim``, ``line``, ``ground``, ``payer``, ``receiver``, ``amount_kr``, ``interest`` (days and rate of each
            period), ``principal_kr``, ``fees_kr``, ``interest_kr`` and ``debt_kr`` (owed afterwards).
        """
        import pandas as pd

        return pd.DataFrame([_record(entry) for entry in self.life.entries])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        life = self.life
        return f"<Explanation of case {life.case} in {life.model}: {len(life.entries)} entries, {life.end}>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def _heading(self, lang: str) -> str:
        life, sv = self.life, language_index(lang) == 0
        count, owed = len(life.claims), kr_text(sum(claim.principal_ore for claim in life.claims), lang)
        who = f"{named(SEGMENT_WORDS, life.segment, lang)}, {named(TYPE_WORDS, life.debtor_type, lang)}"
        model = self.model_titles[language_index(lang)]
        run = seeded(self.seed, lang)
        if sv:
            draw = f", parameterdragning {self.draw}" if self.draw else ""
            known = ", känd hos Kronofogden" * life.known
            lines = [
                f"Ärende {life.case}, {model} – {self.scenario_title} ({run}, simulering {self.replication}{draw})",
                f"Gäldenär {life.debtor}: {who}{known}",
                f"{count} {'faktura' if count == 1 else 'fakturor'} på {owed} kr, till inkasso {life.handed_over}",
            ]
        else:
            draw = f", parameter draw {self.draw}" if self.draw else ""
            known = ", known at Kronofogden" * life.known
            lines = [
                f"Case {life.case}, {model} – {self.scenario_title} (seed {self.seed}, replication {self.replication}{draw})",
                f"Debtor {life.debtor}: {who}{known}",
                f"{count} {'invoice' if count == 1 else 'invoices'} of {owed} kr, handed over {life.handed_over}",
            ]
        if self.arrangement_titles is not None:
            lines.append(f"{_ARRANGEMENT[not sv]}: {self.arrangement_titles[not sv]}")
        if life.claims and life.claims[0].invoiced < life.start:
            lines.append(
                f"Varje dag följer den lag som då gällde; det som ligger före {life.start} är modellens egen förhistoria."
                if sv
                else f"Each date follows the law then in force; what lies before {life.start} is the model's own history."
            )
        return "\n".join(lines)

    def _closing(self, lang: str) -> str:
        life, sv = self.life, language_index(lang) == 0
        if life.end != "open":
            end = named(END_WORDS, life.end, lang)
            return f"Ärendet är avslutat: {end}." if sv else f"The case is closed: {end}."
        owed, step = kr_text(life.debt.total_ore, lang), named(STEP_WORDS, life.waiting_for, lang)
        if sv:
            queue = f", i kö till: {step}" if life.waiting_for else ""
            return f"Ärendet är öppet vid slutet av {life.close}{queue}. Skuld {owed} kr, ränta som inte har krävts oräknad."
        queue = f", in the queue for: {step}" if life.waiting_for else ""
        return (
            f"The case is open at the close of {life.close}{queue}. Debt {owed} kr, without interest not yet claimed."
        )

    def _lines(self, lang: str) -> list[_Line]:
        """Every entry in words; work that is done is told once, not also where it began."""
        entries, shown, seen = self.life.entries, [], set()
        for place, entry in enumerate(entries):
            done = any(
                (other.kind, other.step, other.visit) == ("done", entry.step, entry.visit) for other in entries[place:]
            )
            if entry.kind == "started" and done:
                continue
            first = bool(entry.step) and entry.step not in seen
            seen.add(entry.step)
            text = posting_text(entry, self.life, lang) if entry.is_posting else event_text(entry, lang, first=first)
            changed = bool(entry.change_ore)
            amount = entry.change_ore if changed else entry.amount_ore
            shown.append(
                _Line(
                    entry.date.isoformat(),
                    text,
                    tuple(interest_text(part, lang) for part in entry.interest),
                    ground(entry.line, lang) if entry.is_posting else "",
                    kr_text(amount, lang) if entry.is_posting else "",
                    debt_text(entry.debt, lang) if changed else ("", "", "", ""),
                    entry.is_posting,
                )
            )
        return shown

    def _grounds(self, lang: str) -> list[str]:
        return list(dict.fromkeys(line.ground for line in self._lines(lang) if line.ground))

    def _shares(self, lang: str) -> list[list[str]]:
        return [
            [capital(party_name(party, lang)), *(kr_text(row[kind], lang) for kind in _KINDS)]
            for party, row in shares_of(self.life).items()
        ]


def _record(entry: Entry) -> dict[str, object]:
    return {
        "date": entry.date,
        "kind": entry.kind,
        "step": entry.step,
        "step_sv": step_name(entry.step, "sv") if entry.step else "",
        "step_en": step_name(entry.step, "en") if entry.step else "",
        "visit": entry.visit,
        "answer": entry.answer,
        "end": entry.end,
        "waited_minutes": entry.waited_minutes,
        "worked_minutes": entry.worked_minutes,
        "carried_by": entry.carried_by,
        "claim": entry.claim,
        "line": entry.line,
        "ground": ground(entry.line, "en") if entry.is_posting else "",
        "payer": entry.payer,
        "receiver": entry.receiver,
        "amount_kr": entry.amount_ore / ORE_PER_KR,
        "interest": "; ".join(f"{part.days} days at {part.rate_bp / 100:g} %" for part in entry.interest),
        "principal_kr": entry.debt.principal_ore / ORE_PER_KR,
        "fees_kr": entry.debt.fees_ore / ORE_PER_KR,
        "interest_kr": entry.debt.interest_ore / ORE_PER_KR,
        "debt_kr": entry.debt.total_ore / ORE_PER_KR,
    }
