"""The rules by name: which facts each wants, and its answer for facts that somebody typed.

The rules themselves are in :mod:`arm.law.deadlines`; here they are asked one at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import ClassVar, get_type_hints

from arm.errors import ExpectedError
from arm.law.deadlines import Term, deadlines
from arm.law.events import EVENT_RULES
from arm.law.explanation import Day
from arm.law.facts import StayFacts
from arm.law.rulebook import RuleBook
from arm.law.typed import UnknownFact, check_codes, example_of, read_value


class UnknownRule(ExpectedError):
    """No rule has this name."""

    code: ClassVar[str] = "law.unknown_rule"
    title: ClassVar[str] = "Нет правила «{rule}»"
    advice: ClassVar[str] = "Есть: {known}"


class FactMissing(ExpectedError):
    """The rule can't answer without a fact."""

    code: ClassVar[str] = "law.fact_missing"
    title: ClassVar[str] = "Для правила «{rule}» не хватает: {missing}"
    advice: ClassVar[str] = "Добавьте: --facts {example}"


class NoDeadline(ExpectedError):
    """By these facts the rule sets no term."""

    code: ClassVar[str] = "law.no_deadline"
    title: ClassVar[str] = "По этим сведениям правило «{rule}» срока не ставит"
    advice: ClassVar[str] = "Значит, делать ничего не нужно. Проверьте сведения: {facts}"


EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "patent_applied_on": "когда подано заявление на патент",
        "patent_received_on": "когда выдан патент",
        "patent_contract_sent_on": "когда в МВД отправлена копия договора",
        "patent_duplicate_asked_on": "когда попросили дубликат патента",
        "patent_cancel_asked_on": "когда попросили аннулировать патент",
        "patent_data_changed_on": "когда изменились имя, паспорт или профессия",
        "exam_on": "когда выдан сертификат об экзамене",
        "data_changed_on": "когда изменились сведения, указанные при постановке на учёт",
        "institution_left_on": "когда человек убыл из гостиницы, больницы, учреждения",
        "worker_left_on": "когда работник убыл из места пребывания",
        "contract_concluded_on": "когда заключён договор с работником",
        "conclusion_notified_on": "когда МВД уведомлено о заключении договора",
        "contract_ended_on": "когда договор прекращён",
        "termination_notified_on": "когда МВД уведомлено о прекращении договора",
        "salary_quarter_on": "любой день квартала, за который уведомляют о зарплате ВКС",
        "tax_notice_asked_on": "когда инспекция получила заявление об уменьшении НДФЛ",
        "academic_leave_on": "день приказа об академическом отпуске",
        "study_terminated_on": "день приказа об отчислении",
        "study_completed_on": "день приказа об окончании обучения",
        "study_notified_on": "когда вуз уведомил МВД",
        "student_missing_on": "когда стало известно, что студент пропал",
        "study_stay_until": "последний день срока пребывания студента",
        "graduated_on": "день приказа об окончании, если выпускник поступает дальше",
        "expelled_on": "день приказа об отчислении, если срок пребывания сокращён",
        "trp_programme_ended_on": "когда окончена программа, ради которой выдано РВПО",
        "trp_graduated_on": "когда окончено обучение по РВПО",
        "pd_asked_on": "когда человек спросил о своих данных",
        "pd_asked_extended_on": "то же, если срок ответа продлён",
        "pd_answered_on": "когда человеку ответили",
        "pd_wrong_on": "когда человек подтвердил, что данные неточны",
        "pd_corrected_on": "когда данные исправлены",
        "pd_goal_met_on": "когда достигнута цель обработки",
        "pd_withdrawn_on": "когда отозвано согласие",
        "pd_leak_found_on": "когда обнаружена утечка",
        "consent_ended_on": "когда закончилось или отозвано согласие",
        "pd_destroyed_on": "когда данные уничтожены",
    }
)
"""Days of events that rules read, as one explains them to a person."""

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "citizenship": "гражданство, три буквы: UZB",
        "birth_date": "дата рождения",
        "entered_on": "дата въезда в Россию",
        "purpose": "цель въезда: work, study, private",
        "stay_until": "срок в миграционной карте",
        "visits": "все поездки: въезд/выезд через запятую",
        "arrived_on": "прибытие в нынешнее место пребывания",
        "registered_on": "когда поставлен на учёт",
        "registration_until": "по какое число учёт",
        "registration_removed_on": "когда снят с учёта",
        "permit_type": "документ: patent, visa, work_permit, trp, trp_education, prp",
        "permit_issued_on": "когда выдан документ",
        "permit_until": "по какое число документ",
        "paid_through": "последний оплаченный день патента",
        "document_type": "вид удостоверения личности: passport",
        "document_until": "срок паспорта",
        "insurance_until": "срок полиса ДМС",
        "medical_on": "когда пройдено медосвидетельствование",
        "medical_until": "срок медицинских документов",
        "fingerprints_on": "когда пройдена дактилоскопия",
        "route": "маршрут: patent, study",
        **EVENTS,
    }
)
"""Facts that rules read, as one explains them to a person. Days are written 2026-05-04
or 04.05.2026."""

_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "citizenship": "UZB",
        "purpose": "work",
        "permit_type": "patent",
        "document_type": "passport",
        "route": "patent",
    }
)
_KINDS = get_type_hints(StayFacts)


@dataclass(frozen=True)
class Rule:
    """One rule: ``wants`` it can't do without, ``reads`` may change its answer."""

    id: str
    title: str
    tables: tuple[str, ...]
    """Where its terms stand, each row with its act."""
    wants: tuple[str, ...]
    reads: tuple[str, ...] = ()
    key: str = ""
    """The row of its table, where the table holds rows of other rules too."""


_EXAMINED = (
    "stay_until", "birth_date", "permit_type", "permit_issued_on", "permit_until",
    "registration_until", "route",
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            Rule(
                "registration",
                "Поставить на учёт по месту пребывания",
                ("registration.term",),
                ("citizenship", "entered_on"),
                ("arrived_on", "registered_on", "registration_until", "registration_removed_on"),
            ),
            Rule(
                "registration_expiry",
                "Продлить учёт по месту пребывания",
                ("registration.expiry",),
                ("registration_until",),
                ("entered_on", "arrived_on", "registered_on", "registration_removed_on"),
            ),
            Rule(
                "fingerprints",
                "Пройти дактилоскопию",
                ("medical.fingerprints",),
                ("citizenship", "entered_on", "purpose"),
                ("fingerprints_on", *_EXAMINED),
            ),
            Rule(
                "medical",
                "Пройти медосвидетельствование",
                ("medical.medical",),
                ("citizenship", "entered_on", "purpose"),
                ("medical_on", "medical_until", *_EXAMINED),
            ),
            Rule(
                "medical_expiry",
                "Обновить медосвидетельствование",
                ("medical.expiry",),
                ("medical_until",),
            ),
            Rule(
                "medical_validity",
                "Обновить медосвидетельствование, срок которого не записан",
                ("medical.validity",),
                ("medical_on",),
                ("medical_until",),
            ),
            Rule(
                "patent_application",
                "Подать заявление на патент",
                ("patent.application",),
                ("citizenship", "entered_on", "purpose"),
                ("permit_type", "route"),
            ),
            Rule(
                "patent_payment",
                "Оплатить НДФЛ за патент",
                ("patent.payment",),
                ("permit_type", "permit_issued_on"),
                ("paid_through", "permit_until"),
            ),
            Rule(
                "patent_reissue",
                "Переоформить патент",
                ("patent.reissue",),
                ("permit_type", "permit_until"),
            ),
            Rule(
                "permit_expiry",
                "Продлить или заменить разрешительный документ",
                ("stay.permit_expiry",),
                ("permit_type", "permit_until"),
            ),
            Rule(
                "stay_limit",
                "Продлить срок пребывания или выехать",
                ("stay.limit", "stay.permit_expiry"),
                ("citizenship", "entered_on"),
                ("visits", "stay_until", "permit_type"),
            ),
            Rule(
                "document_expiry",
                "Заменить паспорт",
                ("stay.document_expiry",),
                ("document_until",),
                ("document_type",),
            ),
            Rule(
                "insurance_expiry",
                "Продлить полис ДМС",
                ("stay.insurance_expiry",),
                ("insurance_until",),
            ),
            *(
                Rule(
                    one.id,
                    one.title,
                    (one.table,),
                    (one.fact,),
                    (one.done,) if one.done else (),
                    one.key,
                )
                for one in EVENT_RULES
            ),
        )
    }
)


def rule_named(name: str) -> Rule:
    """The rule. Raises UnknownRule."""
    if name not in RULES:
        raise UnknownRule(rule=name, known=", ".join(RULES))
    return RULES[name]


def deadline(
    rule: Rule,
    typed: Mapping[str, str],
    book: RuleBook,
    codes: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Term:
    """The term that one rule sets. ``codes``: what a coded fact may be.

    Raises FactMissing, UnknownFact, FactUnreadable, NoDeadline.
    """
    known = (*rule.wants, *rule.reads)
    for name in typed:
        if name not in known:
            raise UnknownFact(rule=rule.id, fact=name, known=", ".join(known))
    missing = [name for name in rule.wants if not typed.get(name)]
    if missing:
        raise FactMissing(
            rule=rule.id,
            missing="; ".join(f"{name} – {FACTS[name]}" for name in missing),
            example=" ".join(f"{name}={fact_example(name)}" for name in missing),
        )
    given = {name: value for name, value in typed.items() if value}
    check_codes(given, codes)
    facts = _facts({name: read_fact(name, value) for name, value in given.items()})
    found = next((term for term in deadlines(facts, book) if term.rule == rule.id), None)
    if found is None:
        raise NoDeadline(rule=rule.id, facts=", ".join(known))
    return found


def _facts(read: Mapping[str, object]) -> StayFacts:
    events = {name: day for name, day in read.items() if name in EVENTS}
    stay = {name: value for name, value in read.items() if name not in EVENTS}
    return StayFacts(**stay, events=events)  # type: ignore[arg-type]


def fact_example(name: str) -> str:
    """How one writes the value of a fact."""
    return _EXAMPLES.get(name) or example_of(_kind(name))


def _kind(name: str) -> object:
    return date | None if name in EVENTS else _KINDS[name]


def read_fact(name: str, value: str) -> object:
    """The value of a fact from its typed form. Raises FactUnreadable."""
    return read_value(name, value, _kind(name), fact_example(name))


def is_counted(day: Day, unit: str) -> bool:
    """Whether a day of an explanation is one of the days that the rule counts."""
    return day.kind == "counted" or (day.kind == "last" and unit != "until")
