"""A list of changes, painted: when, who, what, old → new. For «История» and «Журнал»."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import (
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.casefile.wording import capitalised, said, short_name
from ui.design.icons import paint_icon
from ui.design.text import fmt_day, t
from ui.design.theme import color
from ui.widgets import Panel, Skeleton
from ui.widgets.painting import draw_text, text_width
from ui.widgets.row_list import Index, RowList

ROW = 52


@dataclass(frozen=True)
class ChangeRow:
    """One change as people read it. ``heading`` rows separate days."""

    when: str
    who: str
    what: str
    field: str = ""
    old: str = ""
    new: str = ""
    subject: str = ""
    """Whom it concerns; empty inside a case."""
    key: str = ""
    heading: bool = False
    waiting: bool = False
    """Not yet sent to the centre."""


class Change(Protocol):
    """What a line of the history and a line of the journal have in common."""

    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def field(self) -> str | None: ...
    @property
    def field_label(self) -> str: ...
    @property
    def old(self) -> str: ...
    @property
    def new(self) -> str: ...


Line = TypeVar("Line", bound=Change)


def mentions(line: Change, words: Sequence[str], subject: str = "") -> bool:
    """Whether every searched word (case folded) stands somewhere in the line."""
    told = (subject, line.who, line.what, line.field_label, line.old, line.new)
    whole = " ".join(told).casefold()
    return all(word in whole for word in words)


def change_row(line: Change, **more: Any) -> ChangeRow:
    """The line as it is read; ``more`` are the fields of a row that only one of the lists has."""
    return ChangeRow(
        when=f"{line.at.astimezone():%H:%M}",
        who=short_name(line.who),
        what=t(line.what),
        field=t(line.field_label),
        old=said(line.kind, line.field, line.old),
        new=said(line.kind, line.field, line.new),
        **more,
    )


def rows_by_day(
    lines: Iterable[Line], row: Callable[[Line], ChangeRow], day: date | None = None
) -> list[ChangeRow]:
    """Rows under a heading for each day; ``day`` is the one that stands above them already."""
    rows: list[ChangeRow] = []
    for line in lines:
        fresh = line.at.astimezone().date()
        if fresh != day:
            day = fresh
            rows.append(ChangeRow("", "", capitalised(fmt_day(day)), heading=True))
        rows.append(row(line))
    return rows


def faces(*parts: QWidget) -> tuple[QStackedWidget, Panel]:
    """A panel that shows one of these parts, or lines that are still being read (face 0)."""
    wait = QWidget()
    waiting = QVBoxLayout(wait)
    waiting.setContentsMargins(16, 16, 16, 16)
    waiting.addWidget(Skeleton())
    waiting.addStretch(1)
    stack = QStackedWidget()
    for part in (wait, *parts):
        stack.addWidget(part)
    panel = Panel("", padding=False)
    panel.body.setContentsMargins(0, 7, 0, 0)
    panel.body.addWidget(stack)
    return stack, panel


class ChangeModel(RowList[ChangeRow]):
    """The rows, replaced or appended as a whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_spoken, _tip, parent)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self.rows[index.row()].heading:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def append(self, rows: Sequence[ChangeRow]) -> None:
        """Older rows at the end."""
        if not rows:
            return
        first = len(self.rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self.rows += rows
        self.endInsertRows()

    def at(self, index: Index) -> ChangeRow:
        return self.rows[index.row()]


def _spoken(shown: ChangeRow) -> str:
    parts = (shown.when, shown.who, shown.subject, shown.what, shown.old, shown.new)
    return ", ".join(part for part in parts if part)


def _tip(shown: ChangeRow) -> str | None:
    if not (shown.old or shown.new):
        return None
    return f"{shown.old} → {shown.new}" if shown.old else shown.new


class ChangeDelegate(QStyledItemDelegate):
    """Two lines a change: what and when; old value crossed by an arrow to the new one."""

    def __init__(self, with_subject: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_subject = with_subject

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        shown = index.data(Qt.ItemDataRole.UserRole)
        return QSize(300, 32 if shown.heading else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown: ChangeRow = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect  # type: ignore[attr-defined]  # the stub hides the public field
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # as above
        painter.save()
        if shown.heading:
            painter.fillRect(box, color("canvas"))
            line = QRectF(box).adjusted(16, 0, -16, 0)
            draw_text(painter, line, shown.what, "smallStrong", "text2")
        else:
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(box, color("selected"))
                painter.fillRect(box.left(), box.top(), 3, box.height(), color("accent"))
            elif state & QStyle.StateFlag.State_MouseOver:
                painter.fillRect(box, color("hover"))
            self._paint_change(painter, QRectF(box), shown)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, color("hair"))
        painter.restore()

    def _paint_change(self, painter: QPainter, box: QRectF, shown: ChangeRow) -> None:
        top, below = box.top() + 7, box.top() + 27
        left = box.left() + 16
        draw_text(painter, QRectF(left, top, 48, 20), shown.when, "body", "text3")
        left += 56
        right = box.right() - 16
        wide = text_width(shown.who, "secondary")
        draw_text(painter, QRectF(right - wide, top, wide + 1, 20), shown.who, "secondary", "text3")
        limit = right - wide - 12
        if shown.waiting:
            paint_icon(painter, "cloud-off", limit - 14, top + 3, "text3", 14)
            limit -= 22
        if shown.subject:
            draw_text(
                painter, QRectF(left, top, limit - left, 20), shown.subject, "bodyStrong", "text"
            )
            left_what = left + min(text_width(shown.subject, "bodyStrong"), limit - left) + 8
            draw_text(
                painter,
                QRectF(left_what, top, max(0, limit - left_what), 20),
                shown.what,
                "body",
                "text2",
            )
        else:
            draw_text(
                painter, QRectF(left, top, limit - left, 20), shown.what, "bodyStrong", "text"
            )
        self._paint_values(painter, left, below, right, shown)

    def _paint_values(
        self, painter: QPainter, left: float, top: float, right: float, shown: ChangeRow
    ) -> None:
        if shown.field:
            words = f"{shown.field}:"
            wide = text_width(words, "secondary")
            draw_text(painter, QRectF(left, top, wide + 1, 16), words, "secondary", "text3")
            left += wide + 6
        half = (right - left - 28) / 2
        if shown.old:
            wide = min(text_width(shown.old, "secondary"), half)
            draw_text(painter, QRectF(left, top, wide + 1, 16), shown.old, "secondary", "text3")
            left += wide + 6
            paint_icon(painter, "arrow-right", left, top + 2, "text3", 12)
            left += 18
        words = shown.new or ("пусто" if shown.old else "")
        token = "text" if shown.new else "text3"
        draw_text(painter, QRectF(left, top, max(0, right - left), 16), words, "secondary", token)


class ChangeList(QListView):
    """The list itself; ``near_end`` asks for older changes, ``opened`` for the row's case."""

    near_end = Signal()
    opened = Signal(str)

    def __init__(
        self, name: str, with_subject: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows = ChangeModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(ChangeDelegate(with_subject, self))
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.activated.connect(self._on_opened)

    def _on_scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if bar.maximum() and value >= bar.maximum() - 10 * ROW:
            self.near_end.emit()

    def _on_opened(self, index: QModelIndex) -> None:
        shown = self.rows.at(index)
        if shown.key and not shown.heading:
            self.opened.emit(shown.key)
