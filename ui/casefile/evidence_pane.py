"""A scan beside the field it decides: turned, zoomed, opened large, without leaving the page."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework import case as casework
from arm.casework.case import AttachmentLine
from arm.errors import ExpectedError
from ui.casefile.desk import CaseDesk
from ui.casefile.files import FileViewer, page_of
from ui.casefile.rendering import Sheet
from ui.casefile.sheet_view import SheetView
from ui.casefile.wording import error_text
from ui.context import Context
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import IconButton, Label, row

HEIGHT = 300
STEP = 1.25
_LEAST, _MOST = 0.5, 12.0


class EvidencePane(QWidget):
    """One file at a time; :meth:`show_file` opens it, ``closed`` tells that it was put away."""

    closed = Signal()

    def __init__(self, context: Context, files: tuple[AttachmentLine, ...]) -> None:
        super().__init__()
        self.setObjectName("evidencePane")
        self._context, self._files = context, files
        self._file = self._page = 0
        self._content = b""
        self._pages = 1
        self._scale = 0.0
        self._name = Label("", "smallStrong", elide=True)
        self._words = Label("", "secondary", "text3")
        self.view = SheetView()
        self.view.setFixedHeight(HEIGHT)
        self.view.width_changed.connect(self._fit)
        self._problem = Label("", "body", "text2", wrap=True)
        self._problem.setContentsMargins(12, 12, 12, 12)
        self._problem.hide()
        self._other = self._button("files", t("Следующий файл"), "evidenceOther", self._turn_file)
        self._back = self._button(
            "chevron-left", t("Предыдущая страница"), "evidenceBack", lambda: self._turn(-1)
        )
        self._next = self._button(
            "chevron-right", t("Следующая страница"), "evidenceNext", lambda: self._turn(1)
        )
        self._parts = (
            self._button("zoom-out", t("Мельче"), "evidenceSmaller", lambda: self.zoom(1 / STEP)),
            self._button("zoom-in", t("Крупнее"), "evidenceLarger", lambda: self.zoom(STEP)),
            self._button("arrow-up-right", t("Открыть крупно"), "evidenceWhole", self._open_large),
        )
        put_away = self._button("x", t("Убрать"), "evidenceClose", self.closed.emit)
        bar = row(self._name, self._words, self._other, self._back, self._next,
                  *self._parts, put_away, gap=4, margins=(12, 4, 4, 4))  # fmt: skip
        bar.setStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addWidget(self.view)
        box.addWidget(self._problem)

    def _button(self, icon: str, name: str, object_name: str, run: object) -> IconButton:
        button = IconButton(icon, name, size=28, icon_size=16)
        button.setObjectName(object_name)
        button.clicked.connect(run)
        return button

    @property
    def file(self) -> AttachmentLine:
        """The file in front."""
        return self._files[self._file]

    def show_file(self) -> None:
        """Read, decrypt and show the page in front."""
        store, line, page, content = self._context.store, self.file, self._page, self._content
        self._name.setText(line.file_name)
        self._other.setVisible(len(self._files) > 1)

        def read() -> tuple[bytes, Sheet]:
            found = content or casework.read_file(store, line.id)
            return found, page_of(found, line, page)

        self._context.background.read(read, self._show, self._fail, key=f"evidence-{id(self)}")

    def zoom(self, by: float) -> None:
        """Show it larger or smaller."""
        self._scale = max(_LEAST, min(_MOST, self._scale * by))
        self.view.paper.set_scale(self._scale)

    def _show(self, loaded: tuple[bytes, Sheet]) -> None:
        self._content, sheet = loaded
        self._pages = sheet.pages
        self._problem.hide()
        self.view.show()
        self.view.paper.show_sheet(sheet)
        self._scale = self._fitting(sheet)
        self.view.paper.set_scale(self._scale)
        several = sheet.pages > 1
        self._back.setVisible(several)
        self._next.setVisible(several)
        self._back.setEnabled(sheet.page > 0)
        self._next.setEnabled(sheet.page < sheet.pages - 1)
        pages = t("{page} из {pages}", page=sheet.page + 1, pages=sheet.pages)
        self._words.setText(pages if several else "")
        for part in self._parts:
            part.setEnabled(True)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self._context.show_error(error)
            return
        self.view.hide()
        for part in (self._back, self._next, *self._parts):
            part.setEnabled(False)
        self._problem.setText(error_text(error))
        self._problem.show()

    def _fit(self) -> None:
        sheet = self.view.paper.sheet
        if sheet is not None and self._scale == 0.0:
            self._scale = self._fitting(sheet)
            self.view.paper.set_scale(self._scale)

    def _fitting(self, sheet: Sheet) -> float:
        bar = self.view.verticalScrollBar().sizeHint().width()  # a page is higher than the pane
        return self.view.fit_scale(sheet.width_mm) - bar / sheet.width_mm

    def _turn(self, step: int) -> None:
        self._page = max(0, min(self._pages - 1, self._page + step))
        self.show_file()

    def _turn_file(self) -> None:
        self._file = (self._file + 1) % len(self._files)
        self._page, self._content = 0, b""
        self.show_file()

    def _open_large(self) -> None:
        viewer = FileViewer(CaseDesk(self._context), self.file)
        self._context.open_dialog(viewer)
        viewer.load()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.setPen(color("control"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
