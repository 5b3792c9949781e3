"""The answer to «Почему?»: event, rule, counted days, ground, how sure we are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from arm.law.explanation import Day, Explanation
from ui.casefile.wording import days_text
from ui.design.text import fmt_date, t
from ui.widgets import DayCell, DayStrip, IconButton, Label, row

NARROW_ROWS = 4
"""Lines of days in a narrow place."""


def day_cells(days: Sequence[Day], today: date | None = None) -> list[DayCell]:
    """The days of a count as cells; the strip folds a long count in the middle.

    A term that is simply the last day of something is counted from today.
    """
    if len(days) == 1:
        last = DayCell(f"{days[0].on:%d.%m}", t("срок"), "last")
        apart = (days[0].on - today).days if today else 0
        if today is None or apart < 1:
            return [last]
        gap = [DayCell("…", days_text(apart - 1), "more")] if apart > 1 else []
        return [DayCell(f"{today:%d.%m}", t("сегодня"), "event"), *gap, last]
    return [DayCell(f"{day.on:%d.%m}", t(day.label), day.kind) for day in days]


class WhyBlock(QWidget):
    """The opened explanation; ``action`` is the next useful thing to do, at the right.

    ``narrow`` puts each heading above its words, and the days in several lines.
    """

    def __init__(
        self,
        why: Explanation,
        action: QWidget | None = None,
        today: date | None = None,
        parent: QWidget | None = None,
        *,
        narrow: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("whyBlock")
        grid = QGridLayout(self)
        grid.setContentsMargins(44, 10, 16, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self._narrow = narrow
        if narrow:
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setVerticalSpacing(2)
            grid.setColumnStretch(0, 1)
        else:
            grid.setColumnMinimumWidth(0, 78)
            grid.setColumnStretch(1, 1)
        self._grid, self._line = grid, 0
        event = Label("", "body", wrap=True)
        event.set_runs(
            [(f"{t(why.event)} ", "text", "body"), (fmt_date(why.event_on), "text", "section")]
        )
        self._add(t("Событие"), event)
        self._add(t("Правило"), Label(t(why.rule_text), wrap=True))
        cells = day_cells(why.days, today) if why.row is not None else []
        if cells:
            self._add_days(cells, action)
        elif action is not None:
            alone = QWidget()
            alone.setLayout(row(None, action))
            self._add("", alone)
        if why.act:
            self._add(t("Основание"), self._ground(why))
        if why.note:
            self._add(t("Обратите внимание"), Label(t(why.note), "secondary", "warn", wrap=True))

    def add_snooze(self, until: date | None, reason: str, who: str) -> None:
        """Until when the term is put off, why and by whom; nothing if it is not."""
        if until is None:
            return
        words = t("до {day}: {reason}", day=fmt_date(until), reason=reason)
        said = Label("", wrap=True)
        said.set_runs([(words, "text", "body"), (f" · {who}" if who else "", "text3", "body")])
        said.setObjectName("snoozedUntil")
        self._add(t("Отложен"), said)

    def _add(self, name: str, part: QWidget) -> None:
        label = Label(name, "secondary", "text3", wrap=True)
        if self._narrow:
            label.setContentsMargins(0, 8 if self._line else 0, 0, 0)
            self._grid.addWidget(label, self._line, 0)
            self._grid.addWidget(part, self._line + 1, 0)
            self._line += 2
            return
        label.setContentsMargins(0, 2, 0, 0)
        label.setFixedWidth(78)
        self._grid.addWidget(label, self._line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(part, self._line, 1)
        self._line += 1

    def _add_days(self, cells: list[DayCell], action: QWidget | None) -> None:
        if self._narrow:
            self._add(t("Счёт дней"), DayStrip(cells, rows=NARROW_ROWS))
            return
        strip = DayStrip(cells)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(strip, 1)
        if action is not None:
            line.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        label = Label(t("Счёт дней"), "secondary", "text3")
        label.setFixedWidth(78)
        self._grid.addWidget(label, self._line, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(holder, self._line, 1)
        self._line += 1

    def _ground(self, why: Explanation) -> QWidget:
        sure = t(why.confidence_text)
        decided = why.row.decided if why.row else None
        if decided is not None:
            sure = t("решено здесь: {who}, {day}", who=decided.by, day=fmt_date(decided.on))
        elif why.confirmed and why.checked_on:
            sure = f"{sure} {fmt_date(why.checked_on)}"
        ground = Label("", "body", wrap=True)
        ground.set_runs(
            [
                (t(why.act), "text", "body"),
                (f" · {sure}", "text3" if why.confirmed else "warn", "body"),
            ]
        )
        copy = IconButton("copy", t("Скопировать основание"), size=28, icon_size=14)
        copy.setObjectName("copyGround")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(t(why.act)))
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(ground, 1)
        line.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        return holder
