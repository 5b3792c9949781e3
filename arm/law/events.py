"""Rules of the form «this happened, so that is due»: a dated row and one line of declaration.

What each means stands in the row (``resources/law``); here is only what it is called, which fact
begins it and which fact shows that it is done. Nothing is asked of a person without events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from arm.law.calendar import Calendar
from arm.law.explanation import Explanation, day_month, explain, full_date, row_note
from arm.law.rulebook import RuleBook
from arm.law.tables import Row


class Term(NamedTuple):
    """One open term. A tuple, because a first load makes half a million of them."""

    rule: str
    title: str
    detail: str
    icon: str
    who: str
    """``applicant``, ``office``, ``employer``, ``host``, ``university``, ``police``, ``tax``."""
    due_on: date
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class EventRule:
    """``fact`` begins the term of ``table`` (row ``key``); ``done`` is the fact that settles it."""

    id: str
    title: str
    table: str
    fact: str
    who: str
    icon: str
    event: str
    """The event as the explanation names it."""
    label: str
    """The same in a word or two, for the strip of days."""
    done: str = ""
    key: str = ""


_CONTRACT = "file-text"
_STUDY = "graduation-cap"
_PERSONAL = "lock"
_PATENT = "badge-check"

EVENT_RULES: tuple[EventRule, ...] = (
    EventRule(
        "patent_issue", "МВД выдаёт патент", "patent.issue", "patent_applied_on",
        "police", _PATENT, "Подано заявление на патент", "заявление", "patent_received_on",
    ),
    EventRule(
        "patent_duplicate", "МВД выдаёт дубликат патента", "patent.duplicate",
        "patent_duplicate_asked_on", "police", _PATENT, "Заявление о дубликате", "заявление",
    ),
    EventRule(
        "patent_cancellation", "МВД аннулирует патент по заявлению", "patent.cancellation",
        "patent_cancel_asked_on", "police", "ban", "Заявление об аннулировании", "заявление",
    ),
    EventRule(
        "patent_change", "Изменить сведения в патенте", "patent.change",
        "patent_data_changed_on", "applicant", "pencil",
        "Изменились имя, паспорт или профессия", "изменение",
    ),
    EventRule(
        "patent_contract_copy", "Отправить в МВД копию договора", "patent.contract_copy",
        "patent_received_on", "applicant", _CONTRACT, "Выдан патент", "выдача",
        "patent_contract_sent_on",
    ),
    EventRule(
        "exam_expiry", "Сдать экзамен снова", "patent.exam_validity", "exam_on",
        "applicant", _STUDY, "Выдан сертификат об экзамене", "сертификат",
    ),
    EventRule(
        "data_change", "Уведомить об изменении сведений", "registration.changed_data",
        "data_changed_on", "host", "map-pin", "Изменились сведения о человеке", "изменение",
    ),
    EventRule(
        "institution_departure", "Уведомить об убытии из учреждения",
        "registration.institution_departure", "institution_left_on", "host", "building-2",
        "Убытие из гостиницы или учреждения", "убытие",
    ),
    EventRule(
        "worker_departure", "Уведомить об убытии работника", "registration.worker_departure",
        "worker_left_on", "employer", "map-pin", "Убытие работника", "убытие",
    ),
    EventRule(
        "contract_notice", "Уведомить МВД о заключении договора", "employer.conclusion",
        "contract_concluded_on", "employer", _CONTRACT, "Заключён договор с работником",
        "договор", "conclusion_notified_on",
    ),
    EventRule(
        "contract_end_notice", "Уведомить МВД о прекращении договора", "employer.termination",
        "contract_ended_on", "employer", "file-x", "Прекращён договор с работником",
        "прекращён", "termination_notified_on",
    ),
    EventRule(
        "salary_notice", "Уведомить МВД о зарплате ВКС", "employer.salary",
        "salary_quarter_on", "employer", "wallet", "Квартал, за который выплачена зарплата",
        "квартал",
    ),
    EventRule(
        "tax_notice", "Инспекция выдаёт уведомление об уменьшении НДФЛ", "employer.tax_notice",
        "tax_notice_asked_on", "tax", "wallet", "Инспекция получила заявление", "заявление",
    ),
    EventRule(
        "study_leave_notice", "Уведомить МВД об академическом отпуске", "study.leave_notice",
        "academic_leave_on", "university", _STUDY, "Приказ об академическом отпуске", "приказ",
        "study_notified_on",
    ),
    EventRule(
        "study_end_notice", "Уведомить МВД об отчислении студента", "study.termination_notice",
        "study_terminated_on", "university", _STUDY, "Приказ об отчислении", "приказ",
        "study_notified_on",
    ),
    EventRule(
        "study_completion_notice", "Уведомить МВД об окончании обучения",
        "study.completion_notice", "study_completed_on", "university", _STUDY,
        "Приказ об окончании обучения", "приказ", "study_notified_on",
    ),
    EventRule(
        "student_missing_notice", "Уведомить МВД о пропавшем студенте", "study.missing_notice",
        "student_missing_on", "university", "user-x", "Стало известно, что студент пропал",
        "пропал",
    ),
    EventRule(
        "study_extension", "Просить о продлении пребывания студента", "study.extension",
        "study_stay_until", "university", "calendar-plus", "Последний день срока пребывания",
        "конец срока",
    ),
    EventRule(
        "graduate_stay", "Поступить дальше или выехать", "study.graduate", "graduated_on",
        "applicant", _STUDY, "Приказ об окончании обучения", "приказ",
    ),
    EventRule(
        "expelled_leave", "Выехать после отчисления", "study.expelled", "expelled_on",
        "applicant", "plane-takeoff", "Приказ об отчислении", "приказ",
    ),
    EventRule(
        "trp_education_end", "Заменить РВПО или выехать", "study.trp_education_end",
        "trp_programme_ended_on", "applicant", _PATENT, "Программа окончена", "окончание",
    ),
    EventRule(
        "prp_application", "Подать на ВНЖ после РВПО", "study.prp_application",
        "trp_graduated_on", "applicant", _PATENT, "Обучение окончено", "окончание",
    ),
    EventRule(
        "pd_answer", "Ответить человеку о его данных", "personal.answer", "pd_asked_on",
        "office", _PERSONAL, "Обращение человека", "обращение", "pd_answered_on",
    ),
    EventRule(
        "pd_answer_extended", "Ответить человеку, срок продлён", "personal.answer_extended",
        "pd_asked_extended_on", "office", _PERSONAL, "Обращение человека", "обращение",
        "pd_answered_on",
    ),
    EventRule(
        "pd_correction", "Исправить неточные данные", "personal.correction", "pd_wrong_on",
        "office", _PERSONAL, "Человек подтвердил неточность", "неточность", "pd_corrected_on",
    ),
    EventRule(
        "pd_goal_destruction", "Уничтожить данные: цель достигнута", "retention.ground",
        "pd_goal_met_on", "office", "trash-2", "Достигнута цель обработки", "цель",
        "pd_destroyed_on", "goal",
    ),
    EventRule(
        "pd_withdrawal_destruction", "Уничтожить данные: согласие отозвано", "retention.ground",
        "pd_withdrawn_on", "office", "trash-2", "Согласие отозвано", "отзыв",
        "pd_destroyed_on", "withdrawal",
    ),
    EventRule(
        "pd_leak_notice", "Сообщить Роскомнадзору об утечке", "personal.leak",
        "pd_leak_found_on", "office", "triangle-alert", "Обнаружена утечка", "утечка",
    ),
    EventRule(
        "pd_leak_findings", "Сообщить Роскомнадзору о причинах утечки",
        "personal.leak_findings", "pd_leak_found_on", "office", "triangle-alert",
        "Обнаружена утечка", "утечка",
    ),
    EventRule(
        "consent_keep", "Хранить лист согласия", "retention.keep", "consent_ended_on",
        "office", "archive", "Согласие закончилось", "конец", key="consent",
    ),
    EventRule(
        "destruction_keep", "Хранить акт об уничтожении", "retention.keep", "pd_destroyed_on",
        "office", "archive", "Данные уничтожены", "акт", key="destruction_act",
    ),
)  # fmt: skip

_BY_FACT: Mapping[str, tuple[EventRule, ...]] = MappingProxyType(
    {
        fact: tuple(rule for rule in EVENT_RULES if rule.fact == fact)
        for fact in {rule.fact for rule in EVENT_RULES}
    }
)


def event_terms(events: Mapping[str, date], book: RuleBook) -> Iterator[Term]:
    """The open term of every event; one that a later fact settled is left out."""
    for fact, on in events.items():
        for rule in _BY_FACT.get(fact, ()):
            settled = events.get(rule.done)
            if settled is not None and settled >= on:
                continue
            term = _term(rule, on, book)
            if term is not None:
                yield term


def _term(rule: EventRule, on: date, book: RuleBook) -> Term | None:
    asked = (rule.id, on)
    if asked not in book.made:
        book.made[asked] = _computed(rule, on, book)
    made: Term | None = book.made[asked]
    return made


def _computed(rule: EventRule, on: date, book: RuleBook) -> Term | None:
    row = book.find(rule.table, on, rule.key)
    if row is None:
        return None
    due = book.due(row, on)
    note = ". ".join(
        said for said in (row_note(row), off_day_note(row, due, book.calendar)) if said
    )
    why = explain(row, book, rule.event, on, due, label=rule.label, note=note)
    detail = f"{rule.label} {day_month(on)}"
    return Term(rule.id, rule.title, detail, rule.icon, rule.who, due, why)


def off_day_note(row: Row, due: date, calendar: Calendar) -> str:
    """Calendar terms are not promised to move when they end on a day off."""
    if row.text("unit") not in ("calendar", "months", "calendar_before"):
        return ""
    if calendar.is_working(due):
        return ""
    before = full_date(calendar.last_working_on_or_before(due))
    return f"Последний день выходной: ведомство может не работать, успейте не позже {before}"
