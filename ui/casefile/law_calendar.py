"""A year of the production calendar, drawn as one picture that arrows walk through."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from arm.casework.law_view import DayMark, YearView
from ui.design.text import fmt_date, t
from ui.design.theme import color
from ui.widgets.painting import draw_text, fill_box

MONTHS = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь",
    "Ноябрь", "Декабрь",
)  # fmt: skip
WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
KINDS = {
    "working": "рабочий день",
    "off": "выходной",
    "holiday": "праздник",
    "moved": "выходной по переносу",
    "worked": "рабочая суббота",
    "short": "короткий день",
    "president": "нерабочий по указу",
}
"""What each kind of day is called; the legend shows them in this order."""

_LOOKS = {
    "off": (None, "text3"),
    "holiday": ("badTint", "bad"),
    "moved": ("badTint", "bad"),
    "worked": ("okTint", "ok"),
    "short": ("warnTint", "warn"),
    "president": ("neutralTint", "text2"),
}
_ACROSS = 4


class YearCalendar(QWidget):
    """Twelve months. ``day_changed`` sends the day the keyboard or the pointer stands on."""

    day_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("yearCalendar")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._days: dict[date, DayMark] = {}
        self._boxes: dict[date, QRectF] = {}
        self._view: YearView | None = None
        self._on = date.min

    def show_year(self, view: YearView, on: date) -> None:
        """Show a year; ``on`` is the day to stand on, if it belongs to it."""
        self._view = view
        self._days = {day.on: day for month in view.months for day in month}
        self._on = on if on in self._days else date(view.year, 1, 1)
        self._stand(self._on)

    def day(self) -> DayMark | None:
        """The day one stands on."""
        return self._days.get(self._on)

    def sizeHint(self) -> QSize:
        return QSize(760, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(560, 420)

    def _stand(self, on: date) -> None:
        mark = self._days.get(on)
        if mark is None:
            return
        self._on = on
        self.setAccessibleName(said(mark))
        self.day_changed.emit(mark)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is None:
            super().keyPressEvent(event)
        else:
            self._stand(self._on + timedelta(days=step))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._stand(found)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), said(self._days[found]) if found else "", self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _at(self, point: QPointF) -> date | None:
        return next((on for on, box in self._boxes.items() if box.contains(point)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._view is None:
            return
        painter = QPainter(self)
        self._boxes = {}
        wide, high = self.width() / _ACROSS, self.height() / (12 / _ACROSS)
        for number, days in enumerate(self._view.months):
            place = QRectF(number % _ACROSS * wide, number // _ACROSS * high, wide, high)
            self._month(painter, place.adjusted(8, 6, -8, -6), number, days)

    def _month(
        self, painter: QPainter, box: QRectF, number: int, days: tuple[DayMark, ...]
    ) -> None:
        title = QRectF(box.left() + 4, box.top(), box.width(), 20)
        draw_text(painter, title, t(MONTHS[number]), "section", "text")
        cell, line = box.width() / 7, min(24.0, (box.height() - 40) / 6)
        centre = Qt.AlignmentFlag.AlignHCenter
        for place, name in enumerate(WEEKDAYS):
            head = QRectF(box.left() + place * cell, box.top() + 21, cell, 16)
            draw_text(painter, head, t(name), "scale", "text3", centre)
        row = 0
        for day in days:
            weekday = day.on.weekday()
            where = QRectF(box.left() + weekday * cell, box.top() + 39 + row * line, cell, line)
            self._day(painter, where, day)
            row += weekday == 6

    def _day(self, painter: QPainter, where: QRectF, day: DayMark) -> None:
        self._boxes[day.on] = where
        inner = where.adjusted(1, 1, -1, -1)
        ground, ink = _LOOKS.get(day.kind, (None, "text"))
        if ground:
            fill_box(painter, inner, 4, color(ground))
        if day.on == self._on:
            line = color("accent") if self.hasFocus() else color("control")
            fill_box(painter, inner, 4, None, line, 2)
        shown = f"{day.on.day}*" if day.kind == "short" else str(day.on.day)
        draw_text(painter, where, shown, "secondary", ink, Qt.AlignmentFlag.AlignHCenter)


def said(mark: DayMark) -> str:
    """«12.06.2026, пт: праздник, День России»."""
    weekday = t(WEEKDAYS[mark.on.weekday()])
    why = f", {t(mark.why)}" if mark.why and mark.why != KINDS[mark.kind] else ""
    return f"{fmt_date(mark.on)}, {weekday}: {t(KINDS[mark.kind])}{why}"


class Legend(QWidget):
    """What the colours of the days mean, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(22)
        names = [t(KINDS[kind]) for kind in _LOOKS if kind != "off"]
        self.setAccessibleName(", ".join(names))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.width() / (len(_LOOKS) - 1)
        shown = [kind for kind in _LOOKS if kind != "off"]
        for place, kind in enumerate(shown):
            ground, ink = _LOOKS[kind]
            x = place * room
            fill_box(painter, QRectF(x, 3, 22, 16), 4, color(ground or "surface"))
            sample = "8*" if kind == "short" else "8"
            box = QRectF(x, 3, 22, 16)
            draw_text(painter, box, sample, "scale", ink, Qt.AlignmentFlag.AlignHCenter)
            words = QRectF(x + 28, 0, room - 32, 22)
            draw_text(painter, words, t(KINDS[kind]), "scale", "text2")
