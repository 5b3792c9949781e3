"""The header of a list: titles, the arrow of the sort, the box that marks all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from ui.design.icons import pixmap
from ui.tables.model import PagedModel
from ui.tables.painting import CHECK, PADDING, RowPainter

HEIGHT = 32
CHECK_SECTION = 0


class TableHeader(QHeaderView):
    """Section 0 holds the box; the others sort on click, drag to reorder, drag edges to widen."""

    mark_all_clicked = Signal()

    def __init__(self, painting: RowPainter, check_x: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._painting = painting
        self._check_x = check_x
        self._order: tuple[int, bool] | None = None
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(4)
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def set_order(self, section: int, descending: bool) -> None:
        """Show by which section the list is sorted; -1 for its own order."""
        self._order = None if section < 0 else (section, descending)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        # The table gives the width; asking Qt would measure the texts of all sections.
        return QSize(HEIGHT, HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Title in the second plan, the arrow beside it; the box in the first section."""
        look = self._painting.look
        painter.fillRect(rect, look.color("subtle"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, look.color("hair"))
        if logical == CHECK_SECTION:
            self._paint_box(painter, rect)
            return
        model = self.model()
        if not isinstance(model, PagedModel):
            return
        column = model.columns[logical - 1]
        sorted_here = self._order is not None and self._order[0] == logical
        metrics = QFontMetrics(look.pill)
        room = rect.width() - 2 * PADDING - (16 if sorted_here else 0)
        title = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(title)
        x = rect.x() + PADDING
        if column.align == "right":
            x = rect.right() - PADDING - width - (16 if sorted_here else 0)
        painter.setFont(look.pill)
        painter.setPen(look.color("text2" if sorted_here else "text3"))
        y = rect.y() + (rect.height() - metrics.height()) // 2
        painter.drawText(x, y + metrics.ascent(), title)
        if sorted_here:
            assert self._order is not None
            arrow = pixmap("arrow-down" if self._order[1] else "arrow-up", "text3", 12)
            painter.drawPixmap(x + width + 4, rect.y() + (rect.height() - 12) // 2, arrow)

    def _paint_box(self, painter: QPainter, rect: QRect) -> None:
        model = self.model()
        if not isinstance(model, PagedModel) or self._check_x < 0:
            return
        box = self._painting.checkbox(model.marked_share())
        painter.drawPixmap(rect.x() + self._check_x, rect.y() + (rect.height() - CHECK) // 2, box)

    def paintEvent(self, event: QEvent) -> None:
        painter = QPainter(self.viewport())
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        look = self._painting.look
        self._painting.ratio = self.devicePixelRatioF()
        area = self.viewport().rect()
        painter.fillRect(area, look.color("subtle"))
        painter.fillRect(area.x(), area.bottom(), area.width(), 1, look.color("hair"))
        for visual in range(self.count()):
            logical = self.logicalIndex(visual)
            if self.isSectionHidden(logical):
                continue
            x = self.sectionViewportPosition(logical)
            section = QRect(x, 0, self.sectionSize(logical), area.height())
            self.paintSection(painter, section, logical)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.logicalIndexAt(event.position().toPoint()) == CHECK_SECTION
        super().mouseReleaseEvent(event)
        if inside and event.button() == Qt.MouseButton.LeftButton:
            self.mark_all_clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()
