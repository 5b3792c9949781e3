"""Which columns, in which order: a small panel under the «Столбцы» button."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.design.fonts import font
from ui.design.icons import icon, pixmap
from ui.design.text import t
from ui.design.theme import color, current_theme
from ui.tables.columns import Arrangement
from ui.tables.painting import RowPainter

KEY = Qt.ItemDataRole.UserRole
LOCKED = Qt.ItemDataRole.UserRole + 1
ITEM_HEIGHT = 30
WIDTH = 244

Index = QModelIndex | QPersistentModelIndex


class _Line(QStyledItemDelegate):
    """Grip, box, name, lock."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._painting = RowPainter()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self.parent()
        assert isinstance(view, QListWidget)
        area: QRect = option.rect  # type: ignore[attr-defined]  # Qt's stubs leave it out
        middle = area.y() + area.height() // 2
        self._painting.ratio = view.devicePixelRatioF()
        current = index.row() == view.currentRow() and view.hasFocus()
        if current or view.property("hovered") == index.row():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("hover"))
            painter.drawRoundedRect(area, 5, 5)
        if current:
            painter.fillRect(area.x(), area.y() + 6, 2, area.height() - 12, color("accent"))
        painter.drawPixmap(area.x() + 8, middle - 7, pixmap("grip-vertical", "text3", 14))
        state = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
        painter.drawPixmap(area.x() + 32, middle - 8, self._painting.checkbox(state))
        locked = bool(index.data(LOCKED))
        painter.setFont(font("body"))
        painter.setPen(color("text3" if locked else "text"))
        words = QRect(area.x() + 58, area.y(), area.width() - 84, area.height())
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter, str(index.data(Qt.ItemDataRole.DisplayRole))
        )
        if locked:
            painter.drawPixmap(area.right() - 21, middle - 6, pixmap("lock", "text3", 13))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 16, ITEM_HEIGHT)


class _Lines(QListWidget):
    """Columns to tick and to drag. Space ticks, Alt with an arrow moves."""

    toggled = Signal(str, bool)
    reordered = Signal(list)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("columns-list")
        self.setAccessibleName(t("Столбцы"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Line(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().installEventFilter(self)
        self.model().rowsMoved.connect(self._moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.Leave):
            point = self.viewport().mapFromGlobal(self.cursor().pos())
            inside = event.type() == QEvent.Type.MouseMove
            row = self.indexAt(point).row() if inside else -1
            if row != self.property("hovered"):
                self.setProperty("hovered", row)
                self.viewport().update()
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        item = self.itemAt(event.position().toPoint())
        if item is not None and item is self.currentItem():
            self._toggle(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and item:
            self._toggle(item)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            self._move(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _toggle(self, item: QListWidgetItem) -> None:
        if item.data(LOCKED):
            return
        shown = item.checkState() != Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
        self.toggled.emit(str(item.data(KEY)), shown)

    def _move(self, by: int) -> None:
        row = self.currentRow()
        target = row + by
        if not 0 <= target < self.count():
            return
        if self.item(row).data(LOCKED) or self.item(target).data(LOCKED):
            return
        self.insertItem(target, self.takeItem(row))
        self.setCurrentRow(target)
        self._moved()

    def _moved(self) -> None:
        self.reordered.emit([str(self.item(row).data(KEY)) for row in range(self.count())])


class ColumnChooser(QWidget):
    """The contents of the panel; every change takes effect at once."""

    changed = Signal()

    def __init__(self, arrangement: Arrangement, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.arrangement = arrangement
        self.setObjectName("column-chooser")
        self.setAccessibleName(t("Столбцы списка"))
        self.search = QLineEdit(self)
        self.search.setObjectName("columns-search")
        self.search.setProperty("tall", "28")
        self.search.setFont(font("secondary"))
        self.search.setPlaceholderText(t("Найти столбец"))
        self.search.setAccessibleName(t("Найти столбец"))
        loupe = QAction(icon("search", "text3", 14), "", self.search)
        self.search.addAction(loupe, QLineEdit.ActionPosition.LeadingPosition)
        self.lines = _Lines(self)
        self.restore = QPushButton(t("Вернуть как было"), self)
        self.restore.setObjectName("columns-restore")
        self.restore.setFlat(True)
        self.restore.setFont(font("secondary"))
        self.restore.setCursor(Qt.CursorShape.PointingHandCursor)
        self.restore.setStyleSheet(
            f"QPushButton{{color:{current_theme().hex('accentText')};border:0;"
            "background:transparent;padding:4px 0;text-align:left}"
            "QPushButton:focus{text-decoration:underline}"
        )
        self.count = QLabel(self)
        self.count.setFont(font("secondary"))
        self.count.setStyleSheet(f"color:{current_theme().hex('text3')}")
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.lines.toggled.connect(self._toggled)
        self.lines.reordered.connect(self._reordered)
        self.restore.clicked.connect(self._restore)
        self._fill()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.lines)
        rule = QFrame(self)
        rule.setFixedHeight(1)
        rule.setStyleSheet(f"background:{current_theme().hex('hair')}")
        layout.addWidget(rule)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.addWidget(self.restore)
        foot.addStretch()
        foot.addWidget(self.count)
        layout.addLayout(foot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
        ):
            self.lines.setFocus(Qt.FocusReason.TabFocusReason)
            if self.lines.currentRow() < 0:
                self.lines.setCurrentRow(0)
            return True
        return super().eventFilter(watched, event)

    def start(self) -> None:
        """The panel has opened: type at once to find a column."""
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self) -> None:
        self.lines.clear()
        for placed in self.arrangement.placed:
            column = placed.column
            item = QListWidgetItem(column.menu_title or column.title)
            item.setData(KEY, column.key)
            item.setData(LOCKED, column.locked)
            item.setCheckState(Qt.CheckState.Checked if placed.shown else Qt.CheckState.Unchecked)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags if column.locked else flags | Qt.ItemFlag.ItemIsDragEnabled)
            self.lines.addItem(item)
        self.lines.setFixedHeight(min(self.lines.count(), 14) * ITEM_HEIGHT)
        self._tell_count()

    def _tell_count(self) -> None:
        self.count.setText(
            t(
                "{shown} из {all}",
                shown=len(self.arrangement.shown()),
                all=len(self.arrangement.placed),
            )
        )

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold().replace("ё", "е")
        for row in range(self.lines.count()):
            item = self.lines.item(row)
            item.setHidden(wanted not in item.text().casefold().replace("ё", "е"))

    def _toggled(self, key: str, shown: bool) -> None:
        self.arrangement.set_shown(key, shown)
        self._tell_count()
        self.changed.emit()

    def _reordered(self, keys: list[str]) -> None:
        self.arrangement.set_order(keys)
        self.changed.emit()

    def _restore(self) -> None:
        self.arrangement.restore()
        self._fill()
        self.changed.emit()
