"""Waiting: skeleton rows, a spinner, a progress line with «Прервать»."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design.text import NBSP, fmt_number, t
from ui.design.theme import color
from ui.widgets.button import Link
from ui.widgets.label import Label
from ui.widgets.painting import fill_box


class Skeleton(QWidget):
    """Grey bars in place of text that is on its way; shown only after 300 ms.

    ``widths`` are shares of the width, one bar each.
    """

    def __init__(
        self,
        widths: Sequence[float] = (0.7, 0.92, 0.48),
        *,
        gap: int = 8,
        delay: int = 300,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._widths, self._gap = tuple(widths), gap
        self._drawn = delay == 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay)
        self._timer.timeout.connect(self._draw)
        self.setAccessibleName(t("Загружаем"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._drawn:
            self._timer.start()

    def sizeHint(self) -> QSize:
        return QSize(200, len(self._widths) * (10 + self._gap) - self._gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._drawn:
            return
        painter = QPainter(self)
        for number, share in enumerate(self._widths):
            bar = QRectF(0, number * (10 + self._gap), self.width() * share, 10)
            fill_box(painter, bar, 5, color("pressed"))

    def _draw(self) -> None:
        self._drawn = True
        self.update()


class Spinner(QWidget):
    """A small turning arc for waits without a count; turns only while it is seen."""

    def __init__(self, size: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._angle = 0
        self.setFixedSize(size, size)
        self.setAccessibleName(t("Подождите"))
        self._timer = QTimer(self)
        self._timer.setInterval(80)
        self._timer.timeout.connect(self._turn)

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(color("pressed"), 2.5))
        painter.drawEllipse(box)
        pen = QPen(color("accent"), 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, (90 - self._angle) * 16, -90 * 16)

    def _turn(self) -> None:
        self._angle = (self._angle + 30) % 360
        self.update()


class Bar(QWidget):
    """A bar filled by a share from 0 to 1."""

    def __init__(self, share: float = 0.0, height: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = share
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float) -> None:
        """How full it is."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        radius = self.height() / 2
        fill_box(painter, QRectF(self.rect()), radius, color("pressed"))
        filled = QRectF(0, 0, self.width() * self._share, self.height())
        if filled.width() >= self.height():
            fill_box(painter, filled, radius, color("accent"))


class ProgressLine(QWidget):
    """What is being done, how far, and «Прервать». ``cancel`` None shows no link."""

    def __init__(
        self,
        text: str,
        cancel: Callable[[], None] | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = Label(text, elide=True)
        self._count = Label("", "body", "text3")
        self._bar = Bar()
        self._stop = Link(t("Прервать"), small=True, compact=True)
        if cancel is None:
            self._stop.hide()
        else:
            self._stop.clicked.connect(cancel)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._text, 1)
        line.addWidget(self._count)
        line.addWidget(self._stop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(line)
        box.addWidget(self._bar)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Say what is being done now."""
        self._text.setText(text)
        self.setAccessibleName(text)

    def set_progress(self, done: int, total: int) -> None:
        """«248 из 412»; with an unknown total only the count."""
        if total > 0:
            said = t("{done} из {total}", done=fmt_number(done), total=fmt_number(total))
            self._bar.set_share(done / total)
        else:
            said = fmt_number(done)
        self._count.setText(said)
        self.setAccessibleDescription(said.replace(NBSP, " "))
