"""A line whose «Почему?» opens what is below it, with a bar at the left."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Link


class Unfolding(QWidget):
    """Lay the line out into ``box``; :meth:`body` makes what is shown below."""

    box: QVBoxLayout

    def __init__(self, name: str) -> None:
        super().__init__()
        self._body: QWidget | None = None
        self.why = Link(t("Почему?"), small=True, trailing="chevron-down")
        self.why.setObjectName(name)
        self.why.clicked.connect(lambda: self.set_open(not self.is_open))

    @property
    def is_open(self) -> bool:
        """Whether the body is shown."""
        return self._body is not None

    def body(self) -> QWidget | None:
        """What is below; None if there is nothing to explain."""
        raise NotImplementedError

    def set_open(self, opened: bool) -> None:
        """Show or hide the body."""
        if opened == self.is_open:
            return
        if opened:
            self._body = self.body()
            if self._body is None:
                return
            self.box.addWidget(self._body)
        elif self._body is not None:
            self._body.hide()
            self._body.deleteLater()
            self._body = None
        self.why.setText(t("Свернуть") if opened else t("Почему?"))
        self.why.set_trailing("chevron-up" if opened else "chevron-down")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.is_open:
            painter.fillRect(self.rect(), color("canvas"))
            painter.fillRect(0, 0, 3, self.height() - 1, color("accent"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
