"""The machine-readable zone: scanned, pasted or typed."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from ui.design.fonts import font
from ui.design.text import t
from ui.design.theme import color

PAUSE = 140
"""After this much silence (ms) what came is read: a scanner sends a key every few ms."""
LINE_LENGTHS = (30, 36, 44)


class _Fillers(QSyntaxHighlighter):
    """Fillers «<» are grey, so that names and numbers stand out."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.ink: QColor = color("text3")

    def highlightBlock(self, text: str) -> None:
        look = QTextCharFormat()
        look.setForeground(self.ink)
        for place, char in enumerate(text):
            if char == "<":
                self.setFormat(place, 1, look)


class MrzField(QPlainTextEdit):
    """Two or three lines of a fixed width. ``settled`` sends the text once the hand rests."""

    settled = Signal(str)
    finished = Signal()
    """Enter was pressed where the zone is complete: the scanner's end, or the person's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intake-mrz")
        self.setAccessibleName(t("Машиночитаемая зона"))
        self.setPlaceholderText(t("Поставьте паспорт на сканер или введите нижние строки: P<UZB…"))
        self.setFont(font("mrz"))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(64)
        self._fillers = _Fillers(self.document())
        self._rest = QTimer(self, singleShot=True, interval=PAUSE)
        self._rest.timeout.connect(lambda: self.settled.emit(self.toPlainText()))
        self.textChanged.connect(self._changed)

    def sizeHint(self) -> QSize:
        return QSize(480, self.height())

    def put(self, text: str) -> None:
        """Show a zone that was read before; nothing is sent."""
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self._fit()

    def add_burst(self, text: str) -> None:
        """What a scanner sent while another field had the focus."""
        self.setPlainText(text)
        self.moveCursor(self.textCursor().MoveOperation.End)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
                return
            if self._complete():
                self._rest.stop()
                self.settled.emit(self.toPlainText())
                self.finished.emit()
                return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """A paste replaces what stood there: nobody pastes half a zone."""
        self.setPlainText(source.text().strip())
        self.moveCursor(self.textCursor().MoveOperation.End)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._fillers.ink != color("text3"):
            self._fillers.ink = color("text3")
            QTimer.singleShot(0, self._fillers.rehighlight)
        super().paintEvent(event)

    def _changed(self) -> None:
        self._fit()
        self._rest.start()

    def _fit(self) -> None:
        lines = max(2, min(3, self.document().blockCount()))
        self.setFixedHeight(16 + 24 * lines if lines > 2 else 64)

    def _complete(self) -> bool:
        lines = [line.strip() for line in self.toPlainText().splitlines() if line.strip()]
        if not lines:
            return False
        lengths = {len(line) for line in lines}
        if len(lengths) == 1 and lengths.issubset(LINE_LENGTHS):
            return len(lines) == (3 if 30 in lengths else 2)
        return len(lines) == 1 and len(lines[0]) in (72, 88, 90)
