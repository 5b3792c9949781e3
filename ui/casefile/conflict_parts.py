"""Parts of the conflicts page that show without asking: lines of the list and the summary."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from arm.casework.conflicts import OWN_EDIT, DisputedCase
from arm.casework.without_dispute import MergedField
from ui.casefile.conflict_field import ConflictRow, LineIcon
from ui.casefile.side_list import ListLine
from ui.casefile.wording import short_name
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.widgets import Label
from ui.widgets.painting import draw_hair_below, draw_text
from ui.widgets.pill import paint_pill, pill_width

NAME_WIDTH = 132


class CaseItem(ListLine):
    """One disputed (or settled) case."""

    def __init__(self, case: DisputedCase, when: str, *, settled: bool) -> None:
        super().__init__()
        self.case = case
        self._when, self._settled, self._decided = when, settled, 0
        self.setText(case.name or t("Человек без имени"))
        self.setObjectName(f"{'settled' if settled else 'disputed'}-{case.person_id}")
        self.set_decided(0)

    def set_decided(self, decided: int) -> None:
        """How many fields have a choice."""
        self._decided = decided
        said = t("{done} из {total}", done=decided, total=self.case.total)
        self.setAccessibleName(", ".join((self.text(), said, *map(t, self.case.labels))))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 73)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.paint_ground()
        right = self.width() - 16.0
        if self._settled:
            paint_icon(painter, "check", right - 16, 12, "ok")
            right -= 24
        else:
            words = t("{done} из {total}", done=self._decided, total=self.case.total)
            all_done = self._decided >= self.case.total
            kind, icon = ("ok", "circle-check") if all_done else ("warn", "circle-dot")
            wide = pill_width(words, icon)
            paint_pill(painter, QRectF(right - wide, 9, wide, 22), kind, words, icon)
            right -= wide + 8
        draw_text(painter, QRectF(16, 10, right - 16, 20), self.text(), "bodyStrong", "text")
        room = self.width() - 32
        fields = ", ".join(map(t, self.case.labels))
        draw_text(painter, QRectF(16, 31, room, 16), fields, "secondary", "text2")
        below = t(self.case.settled_how if self._settled else self.case.who)
        below = ", ".join(part for part in (below, self._when) if part)
        draw_text(painter, QRectF(16, 48, room, 16), below, "secondary", "text3")


class _Check(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), "check", 0, 0, "ok")


class MergedRow(QWidget):
    """A field that only one of the two changed."""

    def __init__(self, merged: MergedField) -> None:
        super().__init__()
        self.setFixedHeight(32)
        name = Label(t(merged.label), "bodyStrong")
        name.setFixedWidth(142)
        box = QHBoxLayout(self)
        box.setContentsMargins(15, 0, 15, 1)
        box.setSpacing(8)
        box.addWidget(_Check())
        box.addWidget(name)
        box.addWidget(Label(merged.value or t("пусто"), "body", "text2", elide=True), 1)
        box.addWidget(Label(t(merged.whose), "secondary", "text3"))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_hair_below(QPainter(self), self)


class Summary(QWidget):
    """«Что запишем в дело»: one line a field, built once, then only the words change."""

    def __init__(self, rows: list[ConflictRow]) -> None:
        super().__init__()
        self._rows = rows
        self._lines: list[tuple[LineIcon, Label]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(15, 8, 15, 9)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, NAME_WIDTH)
        grid.setColumnStretch(1, 1)
        for place, row in enumerate(rows):
            name = Label(row.accessibleName(), "body", "text3", elide=True)
            name.setFixedWidth(NAME_WIDTH)
            words = Label("", "body", elide=True)
            words.setObjectName(f"summary-{row.disputed.conflict_id}")
            waits = LineIcon("triangle-alert", "warnFill")
            grid.addWidget(name, place, 0)
            line = QHBoxLayout()
            line.setSpacing(6)
            line.addWidget(waits)
            line.addWidget(words, 1)
            grid.addLayout(line, place, 1)
            self._lines.append((waits, words))
        self.refresh()

    def refresh(self) -> None:
        """Say what would be written now."""
        for row, (waits, line) in zip(self._rows, self._lines, strict=True):
            waits.setVisible(not row.settled())
            if row.moot:
                line.set_runs([(t("не нужно: запись удаляется"), "text3", "body")])
            elif row.settled():
                words = row.words() or t("пусто")
                line.set_runs([(words, "text", "body"), (f" — {_source(row)}", "text3", "body")])
            else:
                problem = row.problem() if row.choice == "own" else ""
                ask = t("выберите вариант")
                if row.can_type:
                    ask = t("выберите вариант или впишите своё")
                line.set_runs([(problem or ask, "warn", "body")])


def _source(row: ConflictRow) -> str:
    if row.choice in ("mine", "theirs"):
        who = row.disputed.mine.who if row.choice == "mine" else row.disputed.theirs.who
        if who == OWN_EDIT:
            return t("ваша правка")
        return t("правка: {who}", who=short_name(who))
    return t("как было") if row.choice == "base" else t("вписано сейчас")
