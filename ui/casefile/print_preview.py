"""The middle of the print dialog: zoom, pages, and the sheet with its marks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.casefile.rendering import Sheet
from ui.casefile.sheet_view import Mark, SheetView
from ui.design.text import t
from ui.widgets import IconButton, Label, Rule, row

ZOOMS = (50, 75, 100, 125, 150, 200, 300)
DOTS_AT_100 = 96 / 25.4
"""Logical pixels a millimetre at 100 %: paper in its own size on a screen of 96 dpi."""


class Preview(QWidget):
    """``resolution_wanted`` sends device dots a millimetre, ``page_wanted`` a page from 0."""

    resolution_wanted = Signal(float)
    page_wanted = Signal(int)
    mark_pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fit = True
        self._scale = 2.5
        self._page, self._pages = 0, 1
        self.view = SheetView()
        self.view.paper.mark_pressed.connect(self.mark_pressed)
        self.view.width_changed.connect(self._on_width)
        self.smaller = IconButton("zoom-out", t("Мельче"), size=28)
        self.smaller.setObjectName("zoomOut")
        self.larger = IconButton("zoom-in", t("Крупнее"), size=28)
        self.larger.setObjectName("zoomIn")
        self.fit = IconButton("stretch-horizontal", t("По ширине"), size=28)
        self.fit.setObjectName("zoomFit")
        self.percent = Label("100 %", "body", "text2")
        self.percent.setObjectName("zoomPercent")
        self.back = IconButton("chevron-left", t("Предыдущая страница"), size=28)
        self.back.setObjectName("pageBack")
        self.forth = IconButton("chevron-right", t("Следующая страница"), size=28)
        self.forth.setObjectName("pageForth")
        self.place = Label("", "body", "text2")
        self.place.setObjectName("pagePlace")
        self.note = Label("", "secondary", "warn", elide=True)
        self.smaller.clicked.connect(lambda: self._zoom(-1))
        self.larger.clicked.connect(lambda: self._zoom(1))
        self.fit.clicked.connect(self._fit_width)
        self.back.clicked.connect(lambda: self.page_wanted.emit(self._page - 1))
        self.forth.clicked.connect(lambda: self.page_wanted.emit(self._page + 1))
        bar = row(
            self.smaller,
            self.percent,
            self.larger,
            self.fit,
            8,
            self.note,
            8,
            self.back,
            self.place,
            self.forth,
            gap=4,
            margins=(12, 0, 12, 0),
        )
        bar.setStretch(5, 1)
        top = QWidget()
        top.setFixedHeight(40)
        top.setLayout(bar)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(top)
        box.addWidget(Rule())
        box.addWidget(self.view, 1)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show a rendered page."""
        new_page = sheet.page != self._page
        self._page, self._pages = sheet.page, sheet.pages
        self.view.paper.show_sheet(sheet)
        self.place.setText(t("{page} из {pages}", page=sheet.page + 1, pages=sheet.pages))
        self.back.setEnabled(sheet.page > 0)
        self.forth.setEnabled(sheet.page < sheet.pages - 1)
        self._apply()
        if new_page:
            self.view.verticalScrollBar().setValue(0)

    def show_marks(self, marks: Sequence[Mark], current: int) -> None:
        """Number the boxes that wait; ``current`` is the number typed in now."""
        self.view.paper.set_marks(marks, current)

    def say(self, text: str) -> None:
        """A remark about the edition, beside the page number."""
        self.note.setText(text)
        self.note.setToolTip(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(1)
        elif control and event.key() == Qt.Key.Key_Minus:
            self._zoom(-1)
        elif control and event.key() == Qt.Key.Key_0:
            self._fit_width()
        elif event.key() == Qt.Key.Key_PageDown:
            self.page_wanted.emit(self._page + 1)
        elif event.key() == Qt.Key.Key_PageUp:
            self.page_wanted.emit(max(0, self._page - 1))
        else:
            super().keyPressEvent(event)

    def _percent(self) -> int:
        return round(self._scale / DOTS_AT_100 * 100)

    def _zoom(self, step: int) -> None:
        now = self._percent()
        steps = [z for z in ZOOMS if (z > now if step > 0 else z < now)]
        if not steps:
            return
        self._fit = False
        self._scale = (steps[0] if step > 0 else steps[-1]) / 100 * DOTS_AT_100
        self._apply()

    def _fit_width(self) -> None:
        self._fit = True
        self._apply()

    def _on_width(self) -> None:
        if self._fit:
            self._apply()

    def _apply(self) -> None:
        sheet = self.view.paper.sheet
        if self._fit:
            self._scale = self.view.fit_scale(sheet.width_mm if sheet else 210.0)
        self.view.paper.set_scale(self._scale)
        self.percent.setText(f"{self._percent()} %")
        self.smaller.setEnabled(self._percent() > ZOOMS[0])
        self.larger.setEnabled(self._percent() < ZOOMS[-1])
        self.resolution_wanted.emit(self._scale * self.devicePixelRatioF())
