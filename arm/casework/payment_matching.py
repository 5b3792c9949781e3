"""Whose payment is it: each order of a statement, its person, months and reasons.

Pure: people, payments and the law of the payment's day in, verdicts out. Beyond doubt means the
ИНН is equal (or a number as strong), the name does not speak against it, the requisites are those
of that day and the sum pays whole months. All else waits for a person; namesakes always do.
See ``docs/payments.md``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from arm.casework.labels import full_name
from arm.casework.matching import Card, Reason, names_of
from arm.casework.payment_evidence import (
    Evidence,
    NameFound,
    evidence_reasons,
    name_in,
)
from arm.casework.payment_fields import Requisites, WrongField, said, wrong_fields
from arm.casework.payment_habits import Habits
from arm.casework.payment_index import HeldPatent, Holder, PaymentIndex
from arm.casework.payment_words import (
    Group,
    is_of_other_tax,
    is_organisation,
    name_groups,
    numbers_in,
)
from arm.casework.reference import regions
from arm.exchange.statement import StatementPayment
from arm.law.ndfl import LONGEST_MONTHS, kopecks_text
from arm.law.tables import LawTables
from arm.model.name_likeness import FAIR, word_likeness
from arm.model.names import fold
from forms.kit.check import inn_is_right
from forms.kit.sources import oktmo_of_region

Verdict = Literal["credit", "warn", "look", "unknown", "ignore", "duplicate"]
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

SHOWN: Final = 10
"""Candidates kept for one payment."""
_STEP: Final = 256
"""Payments between two reports of progress."""
_PENALTIES: Final = ("2100", "3000")
"""Sub-types of income in a КБК: penalty and fine of the same tax."""

_MISDIRECTED: Final = re.compile(r"патент|patent", re.IGNORECASE)
_SAID_MONTHS: Final = re.compile(r"за\s+(\d{1,2})\s*мес", re.IGNORECASE)

_SLIPS: Final = 2
_WITHIN_ANOTHER: Final = ("118", "718", "719")
"""ОКТМО of autonomous districts, inside the codes of another region with another rate."""

OrderKey = tuple[str, ...]
"""Two orders with one key are one order: number, date, sum, both accounts."""


def order_key(payment: StatementPayment) -> OrderKey:
    """The key by which a repeated order is known."""
    day = payment.on or payment.received_on
    return (
        payment.number.strip().lstrip("0"),
        day.isoformat() if day else "",
        str(payment.kopecks),
        payment.payer_account,
        payment.payee_account,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person the payment may be for. ``score`` 1–99 orders candidates, nothing is decided by
    it."""

    person: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """The answer for one payment.

    ``person``: who is credited (``credit``, ``warn``), or who most likely is meant (``look``,
    ``duplicate``); empty if nobody is known, or if namesakes cannot be told apart.
    """

    place: int
    """In the statement, from 1."""
    payment: StatementPayment
    verdict: Verdict
    person: str = ""
    patent: HeldPatent | None = None
    months: int = 0
    """Whole months the sum pays at the rate of the day; of an unknown payer, in the region of the
    ОКТМО."""
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    wrong_fields: tuple[WrongField, ...] = ()
    namesakes: bool = False
    repeats: int = 0
    """The place of the order that this one repeats; 0 if it came before this statement."""

    @property
    def credited(self) -> bool:
        """Whether the machine credits it by itself."""
        return self.verdict in ("credit", "warn")


def match_payments(
    payments: Sequence[StatementPayment],
    index: PaymentIndex,
    tables: LawTables,
    *,
    account: str = "",
    known: Mapping[OrderKey, str] | None = None,
    habits: Habits | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[Matched, ...]:
    """Match every payment; in their order. Shorter than ``payments`` only when cancelled.

    ``account``: whose statement it is, to pass over money going out. ``known``: orders of former
    statements and whom they were credited to (empty for nobody).
    """
    matcher = _Matcher(index, Requisites(tables), account, habits or Habits())
    repeats = _Repeats(payments, known or {})
    found: dict[int, Matched] = {}
    for done, place in enumerate(repeats.originals_first()):
        if done % _STEP == 0:
            if cancelled is not None and cancelled():
                break
            if progress is not None:
                progress(done, len(payments))
        found[place] = repeats.judged(place, found) or repeats.doubted(
            matcher.match(place + 1, payments[place])
        )
    if progress is not None:
        progress(len(found), len(payments))
    kept = range(len(payments))
    return tuple(found[place] for place in kept if place in found)


class _Repeats:
    """Orders that repeat others, of this statement or of former ones."""

    def __init__(self, payments: Sequence[StatementPayment], known: Mapping[OrderKey, str]) -> None:
        self.payments = payments
        self.known = known
        self.original: dict[int, int] = {}
        self.uncertain: set[int] = set()
        together: dict[OrderKey, list[int]] = defaultdict(list)
        for place, payment in enumerate(payments):
            together[order_key(payment)].append(place)
        for places in together.values():
            if len(places) > 1:
                self._sort_out(places)

    def _sort_out(self, places: list[int]) -> None:
        payments = [self.payments[place] for place in places]
        if not payments[0].number.strip("0 ") or not _one_payer(payments):
            self.uncertain.update(places)
            return
        # of two spellings of one order the fuller is read, wherever it stands
        chosen = max(places, key=lambda place: (*_fullness(self.payments[place]), -place))
        self.original.update({place: chosen for place in places if place != chosen})

    def originals_first(self) -> list[int]:
        """All places, repeated orders after those they repeat."""
        return sorted(range(len(self.payments)), key=lambda place: (place in self.original, place))

    def judged(self, place: int, found: Mapping[int, Matched]) -> Matched | None:
        """The answer for an order that is repeated; ``None`` for all others."""
        payment = self.payments[place]
        before = self.known.get(order_key(payment))
        if before is not None and place not in self.uncertain:
            text = "Этот платёж уже есть: номер, дата, сумма и стороны те же"
            return _duplicate(place, payment, before, 0, text)
        if place in self.original:
            first = found[self.original[place]]
            text = f"Повтор платежа в строке {first.place}: номер, дата, сумма и стороны те же"
            return _duplicate(place, payment, first.person, first.place, text)
        return None

    def doubted(self, matched: Matched) -> Matched:
        """An order that may be repeated, and may be another with the same number, is looked at."""
        if matched.place - 1 not in self.uncertain or matched.verdict == "ignore":
            return matched
        text = "Возможен повтор: есть платёж с той же датой, суммой и сторонами"
        reasons = (*matched.reasons, Reason("repeat", "≈", text))
        verdict: Verdict = "look" if matched.candidates else matched.verdict
        return replace(matched, verdict=verdict, reasons=reasons)


def _duplicate(
    place: int, payment: StatementPayment, person: str, repeats: int, text: str
) -> Matched:
    reasons = (Reason("repeat", "=", text),)
    return Matched(place + 1, payment, "duplicate", person, reasons=reasons, repeats=repeats)


def _one_payer(payments: Sequence[StatementPayment]) -> bool:
    inns = {said(one.payer_inn) for one in payments} - {""}
    names = {fold(one.payer) for one in payments} - {""}
    return len(inns) <= 1 and (len(names) <= 1 or len(inns) == 1)


def _fullness(payment: StatementPayment) -> tuple[int, str, str, str]:
    texts = (payment.purpose, payment.payer, payment.payer_inn)
    return (sum(map(len, texts)), *texts)


@dataclass(frozen=True, slots=True)
class _Paid:
    """The sum against the rate of the day; ``rate`` is ``None`` if it is not known."""

    day: date
    kopecks: int
    rate: int | None

    @property
    def months(self) -> int:
        """Whole months."""
        return self.kopecks // self.rate if self.rate else 0

    @property
    def whole(self) -> bool:
        """Whether the sum is one to twelve months exactly."""
        if not self.rate or self.kopecks % self.rate:
            return False
        return 1 <= self.months <= LONGEST_MONTHS

    @property
    def reason(self) -> Reason:
        """How the sum fits, in words."""
        if self.rate is None:
            return Reason("sum", "✕", f"Ставка региона на {self.day:%d.%m.%Y} неизвестна")
        month = kopecks_text(self.rate)
        if self.whole:
            text = f"Сумма ровно на месяцев: {self.months}, по {month} на {self.day:%d.%m.%Y}"
            return Reason("sum", "=", text)
        if self.kopecks % self.rate or not self.months:
            paid = kopecks_text(self.kopecks)
            text = f"Сумма не составляет целых месяцев: {paid}, месяц стоит {month}"
            return Reason("sum", "✕", text)
        return Reason("sum", "✕", f"Больше {LONGEST_MONTHS} месяцев: {self.months}")


class _Matcher:
    """Matches one payment after another against one index."""

    def __init__(self, index: PaymentIndex, law: Requisites, account: str, habits: Habits) -> None:
        self.index = index
        self.law = law
        self.account = account
        self.habits = habits
        self.region_of = {
            prefix: code for code in sorted(regions()) if (prefix := oktmo_of_region(code))
        }

    def match(self, place: int, payment: StatementPayment) -> Matched:
        """The answer for one payment that repeats no other."""
        day = payment.on or payment.received_on
        other = self._not_an_advance(payment, day)
        if other is not None:
            exact = self.index.with_inn(payment.payer_inn)
            person = self.index.holders[exact[0]].id if len(exact) == 1 else ""
            return Matched(place, payment, "ignore", person, reasons=(other,))
        order = _Order(payment, self.index)
        found = self._ranked(order)
        if day is None:
            return self._without_day(place, payment, found)
        return self._settled(place, order, found, day)

    # --- what is no advance payment

    def _not_an_advance(self, payment: StatementPayment, day: date | None) -> Reason | None:
        if self.account and payment.payer_account == self.account != payment.payee_account:
            return Reason("outgoing", "✕", "Списание со счёта, не поступление")
        row = self.law.on(day) if day else None
        right = row.text("kbk") if row is not None else ""
        kbk = said(payment.kbk)
        if not right or not kbk or kbk == right:
            return None
        if kbk[:13] == right[:13] and kbk[13:17] in _PENALTIES:
            return Reason("kbk", "✕", f"Пеня или штраф, не авансовый платёж: КБК {kbk}")
        # the tax has other articles that differ by one digit: those are no slip
        slip = (
            len(kbk) == len(right)
            and kbk[8:11] == right[8:11]
            and sum(one != other for one, other in zip(kbk, right, strict=True)) <= _SLIPS
        )
        meant = slip or _MISDIRECTED.search(payment.purpose)
        if meant and not is_of_other_tax(payment.purpose):
            return None
        return Reason("kbk", "✕", f"Другой платёж, не аванс по патенту: КБК {kbk}")

    # --- who may be meant

    def _ranked(self, order: _Order) -> list[Evidence]:
        """Those the payment may be for, best first."""
        found = [one for one in order.evidence() if _worth_showing(one)]
        holders = self.index.holders
        return sorted(found, key=lambda one: (-one.score, holders[one.place].id))

    def _candidates(
        self, payment: StatementPayment, found: Sequence[Evidence]
    ) -> tuple[Candidate, ...]:
        holders = self.index.holders
        habits = self.habits.of(payment)
        made: dict[str, Candidate] = {}
        for one in found[: SHOWN * 2]:
            holder = holders[one.place]
            reasons = list(evidence_reasons(one, holder))
            habit = habits.pop(holder.id, None)
            score = one.score
            if habit is not None:
                reasons.append(habit)
                score = min(99, score + 5)
            made[holder.id] = Candidate(holder.id, score, tuple(reasons))
        for person, habit in habits.items():
            made[person] = Candidate(person, 8, (habit,))
        return tuple(sorted(made.values(), key=lambda one: (-one.score, one.person)))[:SHOWN]

    # --- the answer

    def _without_day(
        self, place: int, payment: StatementPayment, found: Sequence[Evidence]
    ) -> Matched:
        candidates = self._candidates(payment, found)
        reasons = (Reason("day", "✕", "День платежа не указан: ставку и реквизиты не сверить"),)
        person = candidates[0].person if candidates else ""
        verdict: Verdict = "look" if candidates else "unknown"
        return Matched(
            place, payment, verdict, person, reasons=reasons, candidates=candidates,
            namesakes=False,
        )  # fmt: skip

    def _settled(self, place: int, order: _Order, found: Sequence[Evidence], day: date) -> Matched:
        payment = order.payment
        candidates = self._candidates(payment, found)
        if not found:
            return self._unknown(place, order, candidates, day)
        first = found[0]
        holder = self.index.holders[first.place]
        inn = holder.card.inn
        patent = self._patent(holder.patents, first.number, payment.oktmo, day)
        wrong = wrong_fields(payment, inn, patent, day, self.law)
        paid = self._paid(payment, patent, day)
        stops = list(self._stops(order, found, wrong, paid))
        namesakes = _tied(found)
        if namesakes:
            many = sum(one.score == first.score for one in found)
            stops.append(Reason("namesakes", "✕", f"Однофамильцы: {many}. Решает только человек"))
        warnings = list(self._warnings(order, first, wrong, patent, paid.months))
        verdict: Verdict = "look" if stops else "warn" if warnings else "credit"
        fits = [paid.reason] if paid.whole else []
        own = next((c for c in candidates if c.person == holder.id), None)
        person = "" if namesakes else candidates[0].person if stops else holder.id
        return Matched(
            place,
            payment,
            verdict,
            person,
            patent if person == holder.id else None,
            paid.months,
            (*(own.reasons if own else ()), *fits, *stops, *warnings),
            candidates,
            () if namesakes else wrong,
            namesakes,
        )

    def _unknown(
        self, place: int, order: _Order, candidates: tuple[Candidate, ...], day: date
    ) -> Matched:
        payment = order.payment
        months = self._paid(payment, None, day).months
        said_inn = said(payment.payer_inn)
        text = "В списке никого похожего: ни ИНН, ни номера, ни имени"
        reasons = [Reason("nobody", "✕", text)]
        if said_inn and len(said_inn) in (10, 12) and not inn_is_right(said_inn):
            reasons.append(Reason("inn", "✕", "Контрольные цифры ИНН не сходятся"))
        wrong = wrong_fields(payment, "", None, day, self.law)
        if candidates:  # only a habit speaks for them
            return Matched(
                place, payment, "look", candidates[0].person, None, months,
                (*reasons, *candidates[0].reasons), candidates, wrong,
            )  # fmt: skip
        return Matched(
            place, payment, "unknown", "", None, months, tuple(reasons), (), wrong
        )  # fmt: skip

    def _stops(
        self,
        order: _Order,
        found: Sequence[Evidence],
        wrong: Sequence[WrongField],
        paid: _Paid,
    ) -> Iterator[Reason]:
        """Why a person has to look; nothing if there is no doubt."""
        first = found[0]
        yield from _identity_stops(order, found)
        for one in found[1:]:
            if one.numbered and first.inn == "=":
                who = self.index.holders[one.place]
                text = f"В назначении номер другого человека: {_name(who.card)}"
                yield Reason("number", "✕", text)
        if order.names_another(first.place):
            yield Reason("several", "✕", "В назначении назван ещё один человек")
        for field in wrong:
            if field.error and field.field != "payer_inn":
                yield Reason(field.field, "✕", field.text)
        if self.law.on(paid.day) is None:
            yield Reason("requisites", "✕", f"Реквизиты на {paid.day:%d.%m.%Y} неизвестны")
        if not paid.whole:
            yield paid.reason

    def _warnings(
        self,
        order: _Order,
        first: Evidence,
        wrong: Sequence[WrongField],
        patent: HeldPatent | None,
        months: int,
    ) -> Iterator[Reason]:
        for field in wrong:
            if not field.error:
                yield Reason(field.field, "≈", field.text)
        if first.inn != "=" and not order.inn:
            yield Reason("inn", "≈", "ИНН мигранта не стоит в своём поле: уточните платёж")
        if patent is None:
            yield Reason("patent", "≈", "Патента в деле нет: месяцы посчитаны по региону ОКТМО")
        spoken = _SAID_MONTHS.search(order.payment.purpose)
        if spoken and int(spoken.group(1)) != months:
            wanted = spoken.group(1)
            text = f"В назначении месяцев: {wanted}, сумма оплачивает: {months}"
            yield Reason("months", "≈", text)

    # --- months

    def _patent(
        self, patents: Sequence[HeldPatent], number: str, oktmo: str, day: date
    ) -> HeldPatent | None:
        """The patent that is named; else the one the money can be for; else the newest."""
        if not patents:
            return None

        def fitness(one: HeldPatent) -> tuple[bool, bool, date, str]:
            return (
                bool(number) and one.number.endswith(number),
                self.law.serves(one.region, oktmo, day),
                one.issued_on or date.min,
                one.number,
            )

        return max(patents, key=fitness)

    def _paid(self, payment: StatementPayment, patent: HeldPatent | None, day: date) -> _Paid:
        region = patent.region if patent is not None else ""
        if not region and not payment.oktmo.startswith(_WITHIN_ANOTHER):
            region = self.region_of.get(payment.oktmo[:2], "")
        return _Paid(day, payment.kopecks, self.law.month(region, day) if region else None)


class _Order:
    """One payment being read: what it says, and whom that may mean."""

    def __init__(self, payment: StatementPayment, index: PaymentIndex) -> None:
        self.payment = payment
        self.index = index
        self.inn = said(payment.payer_inn)
        self.numbers = numbers_in(payment.purpose) - {self.inn}
        if any(char.isdigit() for char in payment.payer):
            self.numbers |= numbers_in(payment.payer) - {self.inn}
        self.groups = name_groups(payment.payer, payment.purpose)
        self.organisation = is_organisation(payment.payer) or len(self.inn) == 10
        self.exact = frozenset(index.with_inn(self.inn)) if self.inn else frozenset()
        self.in_purpose = frozenset(
            place
            for number in self.numbers
            if len(number) == 12
            for place in index.with_inn(number)
        )
        self._names: dict[int, NameFound] = {}
        self.named: dict[int, dict[str, str]] = defaultdict(dict)
        """Whose numbers stand in the order: kind → number, by place."""
        for number in sorted(self.numbers, key=len):
            for kind, place in index.with_number(number):
                self.named[place][kind] = number

    def evidence(self) -> Iterator[Evidence]:
        """Everybody the order may mean, with what speaks for it."""
        places = {*self.exact, *self.in_purpose, *self.named}
        near_inn: set[int] = set()
        near: dict[int, set[str]] = defaultdict(set)
        if not self._beyond_search(places):
            places |= {one for group in self.groups for one in self.index.with_names(group)}
            if not self.exact and 11 <= len(self.inn) <= 13:
                near_inn = self.index.near_inn(self.inn)
                places |= near_inn
            for number in () if self.named else self.numbers:
                for kind, place in self.index.near_number(number):
                    near[place].add(kind)
            places |= set(near)
        for place in places:
            yield self._of(place, near_inn, near)

    def _beyond_search(self, places: set[int]) -> bool:
        """Whether what the order says names one person whose name stands here too: then nobody
        else is looked for. With an equal ИНН a number does for the name."""
        if len(places) != 1:
            return False
        (place,) = places
        if place in self.exact and place in self.named:
            return True
        return self.name_of(place).level in ("full", "alike", "initials")

    def name_of(self, place: int) -> NameFound:
        """How this person's name stands in the order."""
        found = self._names.get(place)
        if found is None:
            found = self._names[place] = name_in(self.groups, self.index.holders[place])
        return found

    def _of(self, place: int, near_inn: set[int], near: Mapping[int, set[str]]) -> Evidence:
        holder = self.index.holders[place]
        named = self.named.get(place, {})
        close = near.get(place, ())
        inn: Literal["=", "purpose", "≈", "✕", ""] = ""
        if place in self.exact:
            inn = "="
        elif place in self.in_purpose:
            inn = "purpose"
        elif place in near_inn:
            inn = "≈"
        elif self.inn and holder.card.inn and len(self.inn) != 10:
            inn = "✕"
        return Evidence(
            place,
            inn,
            "=" if "patent" in named else "≈" if "patent" in close else "",
            "=" if "passport" in named else "≈" if "passport" in close else "",
            self.name_of(place),
            named.get("patent", ""),
        )

    def names_another(self, place: int) -> bool:
        """Whether a whole name of somebody else stands here beside this person's."""
        holder = self.index.holders[place]
        for group in name_groups("", self.payment.purpose):
            own = name_in((group,), holder).level in ("full", "alike", "initials")
            rest = _without(group, holder) if own else group
            for other in self.index.with_names(rest):
                found = name_in((rest,), self.index.holders[other]).level
                if other != place and found in ("full", "alike"):
                    return True
        return False


def _without(group: Group, holder: Holder) -> Group:
    """The words of a group that are not of this person's name."""
    names = names_of(holder.card)
    own = {word for spelt in (names.surname, names.given) for words in spelt for word in words}
    fathers = {word for words in names.father for word in words}
    return tuple(
        word
        for word in group
        if not (
            word.of_father
            or word.key in fathers
            or word.key in own
            or any(word_likeness(key, one) >= FAIR for one in own for key in (word.key, word.base))
        )
    )


def _worth_showing(one: Evidence) -> bool:
    if one.inn in ("=", "purpose") or one.numbered:
        return True
    if one.named and not (one.name.level == "initials" and one.inn == "✕"):
        return one.name.father != "✕" or one.inn == "≈"
    somehow = one.named or one.name.level == "surname"
    close = (one.inn == "≈") + (one.patent == "≈") + (one.passport == "≈")
    return (close > 0 and somehow) or close > 1


def _tied(found: Sequence[Evidence]) -> bool:
    """Whether nothing but chance tells the first from the second."""
    if len(found) < 2 or found[0].inn in ("=", "purpose", "≈") or found[0].numbered:
        return False
    return found[0].score == found[1].score


def _identity_stops(order: _Order, found: Sequence[Evidence]) -> Iterator[Reason]:
    """Why the person is not beyond doubt."""
    first = found[0]
    if len(order.exact) > 1:
        yield Reason("inn", "✕", "Один ИНН у нескольких людей")
    elif first.inn != "=" and order.exact:
        yield Reason("inn", "✕", "ИНН одного человека, имя и номера другого")
    if first.inn != "=":
        yield from _without_inn(order, first)
        return
    name = first.name
    if name.father == "✕":
        yield Reason("other_name", "✕", "Отчество не этого человека: сверьте")
    elif name.level in ("other", "none") and not first.numbered:
        yield Reason("other_name", "✕", "ИНН совпадает, а имя человека не подтверждает его")


def _without_inn(order: _Order, first: Evidence) -> Iterator[Reason]:
    """Only a patent's number or the ИНН in the purpose, with the whole name in Cyrillic, is as
    strong as the ИНН in its field."""
    if order.inn:
        if order.organisation:
            text = f"ИНН плательщика {order.inn}, не мигранта: деньги ушли на его единый счёт"
            yield Reason("employer", "✕", text)
        else:
            yield Reason("inn", "✕", f"В поле 60 стоит другой ИНН: {order.inn}")
            if not inn_is_right(order.inn):
                yield Reason("inn", "✕", "Контрольные цифры ИНН не сходятся")
        return
    strong = first.patent == "=" or first.inn == "purpose"
    if not strong:
        yield Reason("inn", "✕", "ИНН не указан")
    elif first.name.level != "full" or first.name.latin or first.name.father == "✕":
        yield Reason("inn", "✕", "ИНН не указан, а имя написано не полностью или латиницей")


def _name(card: Card) -> str:
    return full_name(card.surname, card.given) or full_name(card.surname_latin, card.given_latin)
