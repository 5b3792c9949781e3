"""The workspace of an adaptation centre: today, cases, intake, and the shared case file."""

from __future__ import annotations

from arm.casework import conflicts, duplicates, people, requests
from arm.casework.today import urgent
from arm.store.store import Store
from ui.casefile.case_page import CasePage
from ui.casefile.conflicts_page import ConflictsPage
from ui.casefile.disclosures_page import DisclosuresPage
from ui.casefile.duplicates_page import DuplicatesPage
from ui.casefile.forms_page import FormsPage
from ui.casefile.journal_page import JournalPage
from ui.casefile.law_page import LawPage
from ui.casefile.requests_page import RequestsPage
from ui.casefile.rights_page import RightsPage
from ui.casefile.terms_page import TermsPage
from ui.context import Context
from ui.design.text import fmt_number
from ui.page import ActionSpec, PageSpec, Workspace
from ui.workspaces.center.cases import CasesPage
from ui.workspaces.center.intake import IntakePage
from ui.workspaces.center.today import TodayPage


def _attention(store: Store) -> str | None:
    count = urgent(store)
    return fmt_number(count) if count else None


def _urgent(store: Store) -> str | None:
    count = _attention(store)
    return f"!{count}" if count else None


def _open_cases(store: Store) -> str | None:
    return fmt_number(people.counts(store)["all"])


def _disputed(store: Store) -> str | None:
    count = len(conflicts.disputed(store))
    return f"!{fmt_number(count)}" if count else None


def _duplicates(store: Store) -> str | None:
    count = duplicates.count(store)
    return fmt_number(count) if count else None


def _to_answer(store: Store) -> str | None:
    count = requests.to_answer(store)
    return f"!{fmt_number(count)}" if count else None


def _new_intake(context: Context) -> None:
    context.navigate("intake", {})


def _find_person(context: Context) -> None:
    context.navigate("cases", {"text": ""})


WORKSPACE = Workspace(
    role="center",
    title="Центр адаптации",
    icon="building-2",
    pages=(
        PageSpec("today", "Сегодня", "sun", TodayPage, shortcut="Alt+1", badge=_attention),
        PageSpec("cases", "Дела", "folder-open", CasesPage, shortcut="Alt+2", badge=_open_cases),
        PageSpec("terms", "Сроки", "clock", TermsPage, shortcut="Alt+3", badge=_urgent),
        PageSpec("intake", "Новый приём", "user-plus", IntakePage),
        PageSpec("forms", "Формы и печать", "printer", FormsPage, shortcut="Alt+4"),
        PageSpec("requests", "Запросы", "mail", RequestsPage, shortcut="Alt+5", badge=_to_answer),
        PageSpec(
            "conflicts",
            "Расхождения",
            "git-compare-arrows",
            ConflictsPage,
            section="Система",
            badge=_disputed,
        ),
        PageSpec(
            "duplicates", "Дубли", "copy", DuplicatesPage, section="Система", badge=_duplicates
        ),
        PageSpec("journal", "Журнал", "history", JournalPage, section="Система"),
        PageSpec("disclosures", "Передача сведений", "share-2", DisclosuresPage, section="Система"),
        PageSpec("law", "Нормы и календарь", "scale", LawPage, section="Система"),
        PageSpec("rights", "Права", "lock", RightsPage, section="Система"),
        PageSpec("case", "Дело", "folder", CasePage, section="-"),
    ),
    actions=(
        ActionSpec(
            "intake",
            "Новый приём",
            "plus",
            "Ctrl+N",
            _new_intake,
            primary=True,
            words="завести дело паспорт сканер мчз",
        ),
        ActionSpec("find", "Найти в делах", "search", "Ctrl+Shift+F", _find_person),
    ),
)
"""Titles are Russian sources; the window translates them (:func:`ui.design.text.t`)."""

__all__ = ["WORKSPACE"]
