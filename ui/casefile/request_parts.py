"""Parts of «Запросы»: a line of the list, and what was asked and answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from arm.casework.requests import STATES, RequestView
from ui.casefile.side_list import ListLine
from ui.design.icons import paint_icon
from ui.design.text import fmt_date, t
from ui.widgets import Label
from ui.widgets.painting import draw_hair_below, draw_text
from ui.widgets.pill import paint_pill, pill_width

STATE_PILLS = {
    "sent": ("neutral", "cloud-upload"),
    "seen": ("accent", "eye"),
    "answered": ("ok", "check"),
    "withdrawn": ("plain", "undo-2"),
}
LABEL_WIDTH = 150


def state_pill(one: RequestView) -> tuple[str, str, str]:
    """Kind, icon and words of the state; what is late says so."""
    if one.overdue:
        return "bad", "calendar-x", t("просрочен")
    kind, icon = STATE_PILLS[one.state]
    if one.incoming and one.waits:
        return "warn", "clock", t("ждёт ответа")
    return kind, icon, t(STATES[one.state])


def due_words(due: date | None) -> str:
    """«ответить до 01.08.2026», or nothing."""
    return t("до {day}", day=fmt_date(due)) if due else ""


class RequestItem(ListLine):
    """One request in the list at the left: whom it is about, the question, the other side."""

    def __init__(self, one: RequestView) -> None:
        super().__init__()
        self.one = one
        self.setText(one.subject.split(",")[0] or t("Человек без имени"))
        self.setAutoExclusive(True)
        self.setObjectName(f"request-{one.id}")
        way = t("Нам") if one.incoming else t("От нас")
        parts = (way, self.text(), one.question, one.other, state_pill(one)[2])
        self.setAccessibleName(", ".join(part for part in parts if part))

    def sizeHint(self) -> QSize:
        return QSize(340, 77)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.paint_ground()
        one, wide = self.one, self.width()
        kind, icon, words = state_pill(one)
        pill = pill_width(words, icon)
        paint_pill(painter, QRectF(wide - 16 - pill, 9, pill, 22), kind, words, icon)
        paint_icon(painter, "arrow-down" if one.incoming else "arrow-up-right", 16, 12, "text3")
        room = wide - 40 - 16 - pill - 8
        draw_text(painter, QRectF(40, 10, room, 20), self.text(), "bodyStrong", "text")
        room = wide - 32
        draw_text(painter, QRectF(16, 33, room, 16), one.question, "secondary", "text2")
        below = " · ".join(part for part in (due_words(one.due_on), one.other) if part)
        draw_text(painter, QRectF(16, 52, room, 16), below, "secondary", "text3")


class FactRow(QWidget):
    """A name and what is said about it, in as many lines as it takes."""

    def __init__(self, label: str, text: str, *, quiet: bool = False) -> None:
        super().__init__()
        name = Label(label, "body", "text3", wrap=True)
        name.setFixedWidth(LABEL_WIDTH)
        value = Label(text, "body", "text3" if quiet else "text", wrap=True)
        value.setAccessibleName(f"{label}: {text}")
        box = QHBoxLayout(self)
        box.setContentsMargins(15, 7, 15, 8)
        box.setSpacing(8)
        box.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_hair_below(QPainter(self), self)


def question_rows(one: RequestView, asked_at: str) -> Sequence[tuple[str, str]]:
    """What was asked, as name and words; empty words are left out."""
    rows = (
        (t("Вопрос"), one.question),
        (t("Нужные сведения"), ", ".join(fact.label for fact in one.facts)),
        (t("Основание"), one.ground),
        (t("Ответить до"), fmt_date(one.due_on)),
        (t("Исполнитель"), one.asked_by),
        (t("Отправлен"), asked_at),
    )
    return [(label, text) for label, text in rows if text]
