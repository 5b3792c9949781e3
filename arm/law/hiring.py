"""May an employer hire this person from this day: yes, no, or a person must look.

Typed facts in; every reason with its act and how sure it is (``resources/law/hiring.toml``). What
is not known is never a yes. The register of controlled persons never makes a no: it calls a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from arm.law.controlled import CheckState
from arm.law.explanation import full_date
from arm.law.rulebook import RuleBook
from arm.law.shares import regional_ban
from arm.law.tables import Confidence

Verdict = Literal["yes", "no", "ask"]
Side = Literal["for", "against", "ask"]

_SETTLED = {"trp", "prp"}


@dataclass(frozen=True, slots=True)
class HiringFacts:
    """What decides whether a person may be hired. Everything may be unknown."""

    citizenship: str | None = None
    starts_on: date | None = None
    """The first day of work."""
    region: str | None = None
    """Two digits: where the work is done."""
    profession: str | None = None
    okved: str | None = None
    purpose: str | None = None
    """Purpose of entry in the migration card."""
    permit_type: str | None = None
    permit_region: str | None = None
    permit_profession: str | None = None
    permit_until: date | None = None
    paid_through: date | None = None
    student: bool | None = None
    """Full-time, of an accredited programme."""
    study_until: date | None = None
    controlled: CheckState = "unchecked"


class Reason(NamedTuple):
    """One reason: for, against, or something only a person can settle."""

    side: Side
    text: str
    act: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class HiringAnswer:
    """The answer and all its reasons. ``duties``: what to do whatever the answer."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    duties: tuple[Reason, ...]

    @property
    def text(self) -> str:
        """The answer in a few words."""
        said = {"yes": "Можно принять", "no": "Нельзя принять", "ask": "Решает человек"}
        return said[self.verdict]


def right_to_work(facts: HiringFacts, on: date, book: RuleBook) -> HiringAnswer:
    """The answer on a day. One reason against makes a no, one open question leaves it to a person.

    Raises :class:`arm.law.tables.NoRuleForDay` for a day before the norms of the tables.
    """
    asked = _Asked(facts, facts.starts_on or on, on, book)
    reasons = (*asked.grounds(), *asked.register())
    sides = {reason.side for reason in reasons}
    verdict: Verdict = "no" if "against" in sides else "ask" if "ask" in sides else "yes"
    return HiringAnswer(verdict, reasons, tuple(asked.duties()))


@dataclass(frozen=True, slots=True)
class _Asked:
    facts: HiringFacts
    start: date
    on: date
    book: RuleBook

    def _by(self, table: str, key: str, side: Side, text: str = "") -> Reason:
        row = self.book.tables.on(f"hiring.{table}", self.start, key)
        norm = row.text("text")
        return Reason(side, f"{text}. {norm}" if text else norm, row.act, row.confidence)

    def grounds(self) -> Iterator[Reason]:
        """What lets the person work, and whether it holds for this work."""
        facts = self.facts
        if not facts.citizenship:
            yield self._by("check", "papers", "ask", "Гражданство не указано")
        elif self.book.listed("stay.eaeu", self.start, facts.citizenship):
            yield self._by("ground", "eaeu", "for")
        elif facts.permit_type in _SETTLED:
            yield from self._settled(facts.permit_type)
        elif facts.student:
            yield from self._student()
        elif facts.permit_type == "patent":
            yield from self._patent()
        elif facts.permit_type == "work_permit":
            yield self._by("ground", "work_permit", "for")
            yield from self._place_and_trade()
            yield from self._lasts()
        else:
            yield from self._without_ground(facts.citizenship)

    def _settled(self, permit: str) -> Iterator[Reason]:
        yield self._by("ground", permit, "for")
        if permit == "trp":
            yield from self._own_region()
        if permit == "trp" or self.facts.permit_until is not None:
            yield from self._lasts()

    def _own_region(self) -> Iterator[Reason]:
        permit, work = self.facts.permit_region, self.facts.region
        if not permit or not work:
            yield self._by("ground", "trp", "ask", "Регион РВП или работы не указан")
        elif permit != work:
            yield self._by("ground", "trp", "against", f"РВП региона {permit}, работа в {work}")

    def _student(self) -> Iterator[Reason]:
        yield self._by("ground", "student", "for")
        until = self.facts.study_until
        if until is None:
            yield self._by("ground", "student", "ask", "Не указано, до какого дня учёба")
        elif until < self.start:
            said = f"Учёба закончилась {full_date(until)}"
            yield self._by("ground", "student", "against", said)

    def _patent(self) -> Iterator[Reason]:
        yield self._by("ground", "patent", "for")
        paid = self.facts.paid_through
        if paid is None:
            yield self._by("check", "paid", "ask", "Не указано, по какой день оплачен патент")
        elif paid < self.start:
            said = f"Патент оплачен по {full_date(paid)}"
            yield self._by("check", "paid", "against", said)
        else:
            yield self._by("check", "paid", "for", f"Патент оплачен по {full_date(paid)}")
        if self.facts.permit_until is not None:
            yield from self._lasts()
        yield from self._place_and_trade()
        yield from self._purpose()
        yield from self._ban()

    def _lasts(self) -> Iterator[Reason]:
        until = self.facts.permit_until
        if until is None:
            yield self._by("check", "term", "ask", "Не указан срок документа")
        elif until < self.start:
            said = f"Документ закончился {full_date(until)}"
            yield self._by("check", "term", "against", said)
        else:
            yield self._by("check", "term", "for", f"Документ до {full_date(until)}")

    def _place_and_trade(self) -> Iterator[Reason]:
        yield self._region()
        yield self._profession()

    def _region(self) -> Reason:
        permit, work = self.facts.permit_region, self.facts.region
        if not permit or not work:
            return self._by("check", "region", "ask", "Регион документа или работы не указан")
        if permit == work:
            return self._by("check", "region", "for", f"Регион {work}")
        pair = self.book.tables.find("hiring.pair", self.start, permit)
        if self.facts.permit_type == "patent" and pair is not None and pair.text("other") == work:
            said = f"Патент региона {permit} действует и в регионе {work}"
            return Reason("for", said, pair.act, pair.confidence)
        said = f"Документ региона {permit}, работа в регионе {work}"
        return self._by("check", "region", "against", said)

    def _profession(self) -> Reason:
        permit, work = self.facts.permit_profession, self.facts.profession
        if not permit or not work:
            return self._by("check", "profession", "ask", "Профессия не указана")
        if _plain(permit) == _plain(work):
            return self._by("check", "profession", "for", f"Профессия «{work}»")
        said = f"В документе «{permit}», в договоре «{work}»: сравните"
        return self._by("check", "profession", "ask", said)

    def _purpose(self) -> Iterator[Reason]:
        purpose = self.facts.purpose
        if purpose is None:
            yield self._by("check", "purpose", "ask", "Цель въезда не указана")
        elif purpose != "work":
            yield self._by("check", "purpose", "ask", "Цель въезда другая, её можно изменить")

    def _ban(self) -> Iterator[Reason]:
        if not self.facts.region:
            return
        ban = regional_ban(self.facts.region, self.facts.okved or "", self.start, self.book)
        if ban is None or ban.hits is False:
            return
        kinds = ban.row.text("text")
        if ban.hits:
            said = f"В регионе вид деятельности закрыт для работающих по патенту: {kinds}"
            yield Reason("against", said, ban.row.act, ban.row.confidence)
        else:
            said = (
                f"В регионе есть запрет для работающих по патенту: {kinds}. Сверьте ОКВЭД с актом"
            )
            yield Reason("ask", said, ban.row.act, ban.row.confidence)

    def _without_ground(self, citizenship: str) -> Iterator[Reason]:
        visa_free = self.book.tables.find("stay.visa_free", self.start, citizenship)
        if self.facts.permit_type == "trp_education":
            said = "РВПО: право работать без патента подтверждает справка об очной учёбе"
            yield self._by("ground", "student", "ask", said)
        elif visa_free is None:
            yield self._by("ground", "work_permit", "against", "Разрешения на работу нет")
        elif visa_free.note:
            yield Reason("ask", visa_free.note, visa_free.act, visa_free.confidence)
        else:
            yield self._by("ground", "patent", "against", "Патента нет")

    def register(self) -> Iterator[Reason]:
        """The register of controlled persons: only a person decides."""
        row = self.book.tables.find("hiring.check", self.on, "controlled")
        if row is None:
            return
        said = {
            "unchecked": "Не проверен по реестру контролируемых лиц: проверьте",
            "found": f"Найден в реестре контролируемых лиц: нужен человек. {row.text('text')}",
            "clear": "В реестре контролируемых лиц не найден",
        }
        side: Side = "for" if self.facts.controlled == "clear" else "ask"
        yield Reason(side, said[self.facts.controlled], row.act, row.confidence)

    def duties(self) -> Iterator[Reason]:
        """What the employer does whatever the ground is."""
        for key in ("papers", "notice"):
            yield self._by("check", key, "for")


def _plain(profession: str) -> str:
    return " ".join(profession.casefold().replace("ё", "е").split())
