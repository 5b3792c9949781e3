"""«Сроки»: the columns of the list and how a term looks in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arm.casework.labels import short_full_name
from arm.casework.term_list import TermRow
from ui.casefile.wording import term_pill
from ui.design.text import fmt_date, t
from ui.tables.columns import Column
from ui.tables.rows import Cell, RowLook, Words


def term_columns() -> tuple[Column, ...]:
    """What a line says of a term."""
    return (
        Column("person", t("Человек"), 200, kind="name", locked=True, sortable=False),
        Column("task", t("Что сделать"), 180, kind="words", sortable=False, stretch=True),
        Column("due_on", t("Срок"), 92, kind="date", sortable=False),
        Column("left", t("Осталось"), 150, kind="pill", sortable=False),
        Column("responsible", t("Ответственный"), 116, sortable=False),
    )


class TermLook:
    """Turns terms into lines. Made anew when the day or the colleagues change."""

    def __init__(self, today: date, people: Mapping[str, str]) -> None:
        self._today, self._people = today, people

    def __call__(self, term: TermRow | None) -> RowLook:
        """The look of a term; of an empty line if it is gone."""
        if term is None:
            return RowLook({"person": t("Срока больше нет")})
        remark = t(term.detail) or t(term.who_text)
        if term.snoozed_until:
            remark = term.snooze_reason
        left: Cell = term_pill(term.key.due_on, self._today, term.settled, term.snoozed_until)
        return RowLook(
            {
                "person": term.person_name,
                "task": Words(t(term.title), remark),
                "due_on": fmt_date(term.key.due_on),
                "left": left,
                "responsible": self.colleague(term.responsible),
            }
        )

    def colleague(self, login: str | None) -> str:
        """«Орлова М. С.» behind a login."""
        return short_full_name(self._people.get(login, login)) if login else ""
