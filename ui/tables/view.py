"""The list itself: a table view that paints whole rows and is driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from ui.tables.columns import MAXIMUM_WIDTH, MINIMUM_WIDTH, Arrangement
from ui.tables.header import CHECK_SECTION, TableHeader
from ui.tables.model import PagedModel
from ui.tables.painting import PADDING, Marks, RowPainter, RowState, Slot

ROW = 34
GROUP_ROW = 30
SKELETON_ROWS = 12
LOW_HEADINGS = 16
"""With more of them headings are as high as rows: each that is not costs the window 0.3 ms."""


class RowTable(QTableView):
    """A long list of one kind of thing.

    The current row is one; marks (boxes) are many and live in the model by id. Both survive a
    refresh. Enter or a double click opens, Space marks, letters go to the search field.
    """

    current_changed = Signal(object)
    """Id of the current row, or None."""
    opened = Signal(object)
    sort_asked = Signal(str, bool)
    """Column key, descending."""
    typed = Signal(str)
    """A letter typed on the list: it belongs into the search field."""
    search_asked = Signal()
    copy_asked = Signal()
    arrangement_changed = Signal()
    pressed_row = Signal(object)
    """A click on a row of a list without boxes: such lists open at once."""

    def __init__(
        self,
        model: PagedModel,
        arrangement: Arrangement,
        *,
        left: int = 24,
        checks: bool = True,
        row_height: int = ROW,
        group_height: int = GROUP_ROW,
        header: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.painting = RowPainter()
        self.arrangement = arrangement
        self.loading = False
        self._left = left
        self._checks = checks
        self._row_height = row_height
        self._group_height = group_height
        self._current: int | None = None
        self._anchor: int | None = None
        self._hovered = -1
        self._order: tuple[str, bool] | None = None
        self._placing = False
        self._header = TableHeader(self.painting, left if checks else -1, self)
        self._save_later = QTimer(self)
        self._set_up(model)
        self._header.setVisible(header)

    def _set_up(self, model: PagedModel) -> None:
        self.setHorizontalHeader(self._header)
        self.setModel(model)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(GROUP_ROW)
        rows.setDefaultSectionSize(self._row_height)
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        self._save_later.setSingleShot(True)
        self._save_later.setInterval(400)
        self._save_later.timeout.connect(self.arrangement_changed)
        model.modelReset.connect(self._after_reset)
        model.page_arrived.connect(self.viewport().update)
        model.marks_changed.connect(self._repaint_all)
        self._header.sectionClicked.connect(self._header_clicked)
        self._header.mark_all_clicked.connect(self.toggle_all)
        self._header.sectionResized.connect(self._section_resized)
        self._header.sectionMoved.connect(self._section_moved)
        self.apply_arrangement()

    @property
    def rows(self) -> PagedModel:
        """The model, typed."""
        model = self.model()
        assert isinstance(model, PagedModel)
        return model

    # --- looks ------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self.painting.renew()
            self._repaint_all()

    def set_marks(self, marks: Marks | None) -> None:
        """What the search found inside texts."""
        self.painting.marks = marks

    def set_loading(self, loading: bool) -> None:
        """Skeleton rows instead of nothing while the first ids are on the way."""
        self.loading = loading
        self.viewport().update()

    def set_order(self, key: str, descending: bool) -> None:
        """Show the arrow at this column; an empty key means the search's own order."""
        self._order = (key, descending) if key else None
        section = next(
            (n for n, column in enumerate(self.rows.columns, 1) if column.key == key), -1
        )
        self._header.set_order(section, descending)

    def _repaint_all(self) -> None:
        self.viewport().update()
        self._header.viewport().update()

    # --- columns ----------------------------------------------------------------------------

    def apply_arrangement(self) -> None:
        """Lay the header out as the arrangement says."""
        self._placing = True
        sections = {column.key: n for n, column in enumerate(self.rows.columns, 1)}
        # without boxes the first section is the margin, so that texts stand under headings
        margin = self._left + 28 if self._checks else self._left - PADDING
        self._header.resizeSection(CHECK_SECTION, margin)
        for visual, placed in enumerate(self.arrangement.placed, 1):
            section = sections[placed.column.key]
            self._header.moveSection(self._header.visualIndex(section), visual)
            self._header.setSectionHidden(section, not placed.shown)
            self._header.resizeSection(section, placed.width)
        self._placing = False
        self._stretch()
        self._repaint_all()

    def _stretch(self) -> None:
        """Give the room that is left to the stretching column."""
        shown = self.arrangement.shown()
        stretching = next((placed for placed in shown if placed.column.stretch), None)
        if stretching is None:
            return
        others = sum(placed.width for placed in shown if placed is not stretching)
        others += self._header.sectionSize(CHECK_SECTION)
        room = max(stretching.column.width, self.viewport().width() - others)
        section = self._section(stretching.column.key)
        with QSignalBlocker(self._header):
            self._header.resizeSection(section, room)
        self.updateGeometries()

    def _section(self, key: str) -> int:
        return next(n for n, column in enumerate(self.rows.columns, 1) if column.key == key)

    def _section_resized(self, section: int, _old: int, new: int) -> None:
        if self._placing or section == CHECK_SECTION or new == 0:
            return
        column = self.rows.columns[section - 1]
        if not column.stretch:
            self.arrangement.set_width(column.key, max(MINIMUM_WIDTH, min(new, MAXIMUM_WIDTH)))
            self._save_later.start()
        self._stretch()
        self._repaint_all()

    def _section_moved(self, _section: int, _old: int, _new: int) -> None:
        if self._placing:
            return
        order = [
            self.rows.columns[self._header.logicalIndex(visual) - 1].key
            for visual in range(self._header.count())
            if self._header.logicalIndex(visual) != CHECK_SECTION
        ]
        self.arrangement.set_order(order)
        QTimer.singleShot(0, self.apply_arrangement)
        self._save_later.start()

    def _header_clicked(self, section: int) -> None:
        if section == CHECK_SECTION:
            return
        column = self.rows.columns[section - 1]
        if not column.sortable:
            return
        descending = column.descending_first
        if self._order is not None and self._order[0] == column.key:
            descending = not self._order[1]
        self.sort_asked.emit(column.key, descending)

    # --- the current row --------------------------------------------------------------------

    def current_id(self) -> int | None:
        """The id of the current row."""
        return self._current

    def set_current_id(self, wanted: int | None, *, scroll: bool = True) -> None:
        """Make this id the current row, if it is listed."""
        row = -1 if wanted is None else self.rows.row_of(wanted)
        if row < 0:
            self._leave_current()
            return
        self._go_to(row, scroll=scroll)

    def _leave_current(self) -> None:
        changed = self._current is not None
        self._current = None
        self.selectionModel().clearCurrentIndex()
        self.viewport().update()
        if changed:
            self.current_changed.emit(None)

    def _go_to(self, row: int, *, scroll: bool = True) -> None:
        found = self.rows.id_at(row)
        if found is None:
            return
        changed = found != self._current
        self._current = found
        self.rows.expect_at(row)
        index = self.rows.index(row, self._section(self.rows.columns[0].key))
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        if scroll:
            self.scrollTo(index)
        self.viewport().update()
        if changed:
            self.current_changed.emit(found)

    def _after_reset(self) -> None:
        """The list is another one: headings get their height, the current row is found again."""
        self._hovered = -1
        headings = self.rows.group_rows()
        if len(headings) <= LOW_HEADINGS:
            for row in headings:
                self.setRowHeight(row, self._group_height)
        row = -1 if self._current is None else self.rows.row_of(self._current)
        if row < 0:
            self.verticalScrollBar().setValue(0)
            self._leave_current()
        else:
            self._go_to(row)
        self._repaint_all()

    def step(self, by: int) -> int | None:
        """Move the current row up or down, over headings; the id reached, None at an end."""
        row = -1 if self._current is None else self.rows.row_of(self._current)
        target = self._next_row(row if row >= 0 else (-1 if by > 0 else self.rows.rowCount()), by)
        if target is None:
            return None
        self._go_to(target)
        return self._current

    def _next_row(self, row: int, by: int) -> int | None:
        """The row ``by`` steps on, past headings; at an end the nearest row that is one."""
        last = self.rows.rowCount() - 1
        if last < 0:
            return None
        wanted = max(0, min(last, row + by))
        onward = 1 if by > 0 else -1
        for sign in (onward, -onward):
            target = wanted
            while 0 <= target <= last and self.rows.id_at(target) is None:
                target += sign
            if 0 <= target <= last:
                return None if target == row else target
        return None

    def _page_step(self) -> int:
        return max(1, self.viewport().height() // self._row_height - 1)

    # --- marks ------------------------------------------------------------------------------

    def toggle_all(self) -> None:
        """Mark all that is listed, or take the marks off if all are marked."""
        if self.rows.marked_share() == Qt.CheckState.Checked:
            self.rows.unmark_all()
        else:
            self.rows.mark_all()

    def toggle_mark(self, wanted: int) -> None:
        """Mark or unmark one row; the next Shift starts here."""
        self.rows.mark((wanted,), wanted not in self.rows.marked)
        self._anchor = wanted

    def _mark_range(self, to: int) -> None:
        start = self.rows.row_of(self._anchor) if self._anchor is not None else -1
        end = self.rows.row_of(to)
        if start < 0:
            self.toggle_mark(to)
            return
        span = range(min(start, end), max(start, end) + 1)
        found = (self.rows.id_at(row) for row in span)
        self.rows.mark([one for one in found if one is not None], True)

    # --- keyboard and mouse -----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._handle_sequence(event) or self._handle_move(event) or self._handle_text(event):
            event.accept()
            return
        event.ignore()

    def _handle_sequence(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and self._checks:
            self.rows.mark_all()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier or self._current is None:
                return False
            self.opened.emit(self._current)
        elif event.key() == Qt.Key.Key_Space and self._checks:
            if self._current is not None:
                self.toggle_mark(self._current)
        else:
            return False
        return True

    def _handle_move(self, event: QKeyEvent) -> bool:
        key = event.key()
        page, end = self._page_step(), self.rows.rowCount()
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -end,
            Qt.Key.Key_End: end,
        }
        if key not in steps or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        before = self._current
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._checks:
            if self._anchor is None and before is not None:
                self._anchor = before
            reached = self.step(steps[Qt.Key(key)])
            if reached is not None:
                self._mark_range(reached)
            return True
        self.step(steps[Qt.Key(key)])
        return True

    def _handle_text(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        text = event.text()
        if modifiers or not text or not text.isprintable() or text.isspace():
            return False
        if text in ("/", ".") and event.key() == Qt.Key.Key_Slash:
            self.search_asked.emit()  # the slash key types a full stop in the Russian layout
        else:
            self.typed.emit(text)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.rowAt(event.position().toPoint().y())
        found = self.rows.id_at(row) if row >= 0 else None
        if found is None or event.button() not in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.RightButton,
        ):
            return
        left = event.button() == Qt.MouseButton.LeftButton
        on_box = self._checks and self.columnAt(int(event.position().x())) == CHECK_SECTION
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if left and self._checks and shift:
            if self._anchor is None:
                self._anchor = self._current
            self._mark_range(found)
        elif left and (
            on_box or (self._checks and event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        ):
            self.toggle_mark(found)
        else:
            self._anchor = found
        self._go_to(row, scroll=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.rowAt(event.position().toPoint().y())
        found = self.rows.id_at(row) if row >= 0 else None
        on_box = self._checks and self.columnAt(int(event.position().x())) == CHECK_SECTION
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if on_box:
            self.toggle_mark(found)
        else:
            self.opened.emit(found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        row = self.rowAt(event.position().toPoint().y())
        found = self.rows.id_at(row) if row >= 0 else None
        pressed = event.button() == Qt.MouseButton.LeftButton and not self._checks
        if pressed and found is not None and found == self._current:
            self.pressed_row.emit(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: Any) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        for changed in (self._hovered, row):
            if changed >= 0:
                top = self.rowViewportPosition(changed)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))
        self._hovered = row

    # --- painting ---------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def slots_shown(self) -> list[Slot]:
        """The columns as they stand on the screen now."""
        found: list[Slot] = []
        for placed in self.arrangement.shown():
            section = self._section(placed.column.key)
            found.append(
                Slot(
                    placed.column,
                    self._header.sectionViewportPosition(section),
                    self._header.sectionSize(section),
                )
            )
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        try:
            self._paint(painter, event.rect())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, area: QRect) -> None:
        self.painting.ratio = self.devicePixelRatioF()
        width = self.viewport().width()
        painter.fillRect(area, self.painting.look.color("surface"))
        slots = self.slots_shown()
        check_x = self._left - self._header.offset() if self._checks else -1
        if self.loading and not self.rows.ids:
            for number in range(SKELETON_ROWS):
                where = QRect(0, number * self._row_height, width, self._row_height)
                self.painting.skeleton(painter, where, slots, check_x)
        else:
            self._paint_rows(painter, area, slots, check_x)

    def _paint_rows(
        self, painter: QPainter, area: QRect, slots: Sequence[Slot], check_x: int
    ) -> None:
        model, painting, width = self.rows, self.painting, self.viewport().width()
        row = self.rowAt(max(0, area.top()))
        if row < 0:
            return
        top, count = self.rowViewportPosition(row), model.rowCount()
        state = RowState()
        while row < count and top <= area.bottom():
            group = model.group_at(row)
            height = self._row_height if group is None else self._group_height
            where = QRect(0, top, width, height)
            if group is not None:
                painting.heading(painter, where, group, self._left)
            else:
                found, look = model.id_at(row), model.look(row)
                if look is None:
                    painting.skeleton(painter, where, slots, check_x)
                else:
                    state.marked = found in model.marked
                    state.current = found == self._current
                    state.hovered = row == self._hovered
                    painting.row(painter, where, look, slots, state, check_x)
            top += height
            row += 1

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Keep the row in view; sideways the list stays where it is."""
        sideways = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self.horizontalScrollBar().setValue(sideways)


Remember = Callable[[list[dict[str, Any]]], None]
"""Keeps an arrangement for the person."""
