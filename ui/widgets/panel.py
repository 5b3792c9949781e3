"""A white panel with a heading of 40 px, actions at its right end and a body."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.design.theme import color
from ui.widgets.button import Link
from ui.widgets.label import Label
from ui.widgets.layout import Margins, WidthAware
from ui.widgets.painting import fill_box

RADIUS = 8


class _Corner(QWidget):
    """Covers a square corner of the content, so that rows seem clipped by the round panel."""

    def __init__(self, panel: QWidget, *, right: bool, ground: str) -> None:
        super().__init__(panel)
        self._right = right
        self._ground = ground
        self.setFixedSize(RADIUS, RADIUS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(-RADIUS if self._right else 0, -RADIUS, 2 * RADIUS, 2 * RADIUS)
        outside = QPainterPath()
        outside.addRect(QRectF(self.rect()))
        inside = QPainterPath()
        inside.addEllipse(circle)
        painter.fillPath(outside.subtracted(inside), color(self._ground))
        painter.setPen(QPen(color("hair"), 1))
        painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5))


class Panel(WidthAware, QFrame):
    """``panel.body`` is the layout for content; ``add_action`` puts parts into the heading.

    ``padding`` False lets lists reach the borders; their square corners are covered.
    """

    def __init__(
        self,
        title: str = "",
        count: int | str | None = None,
        *,
        padding: bool = True,
        ground: str = "canvas",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._line: str | None = None
        self._title = Label(title, "section")
        self._count = Label("", "secondary", "text3")
        self.header = QWidget()
        self.header.setFixedHeight(40)
        self._header_row = QHBoxLayout(self.header)
        self._header_row.setContentsMargins(15, 0, 8, 0)
        self._header_row.setSpacing(8)
        self._header_row.addWidget(self._title)
        self._header_row.addWidget(self._count)
        self._header_row.addStretch(1)
        if not title:
            self.header.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        self.body = QVBoxLayout()
        margins: Margins = (15, 12, 15, 15) if padding else (0, 0, 0, 0)
        if title:
            margins = (margins[0], margins[1] + 1, margins[2], margins[3])
        self.body.setContentsMargins(*margins)
        self.body.setSpacing(12 if padding else 0)
        outer.addLayout(self.body, 1)
        self._corners: list[_Corner] = []
        if not padding:
            self._corners = [_Corner(self, right=right, ground=ground) for right in (False, True)]
        self.set_count(count)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self.header.setVisible(bool(title))

    def set_count(self, count: int | str | None) -> None:
        """A grey number beside the heading."""
        self._count.setText("" if count is None else str(count))
        self._count.setVisible(count is not None)

    def set_line(self, token: str | None) -> None:
        """Draw the border in another colour, e.g. ``warnFill`` for a warning panel."""
        self._line = token
        self.update()

    def add_action(self, part: QWidget) -> None:
        """Put a button, link or text at the right end of the heading."""
        self._header_row.addWidget(part)
        if isinstance(part, QLabel | Link):  # words end where the words of the body end
            self._header_row.setContentsMargins(15, 0, 15, 0)

    def add_beside_title(self, part: QWidget) -> None:
        """Put a pill or a grey text right behind the heading."""
        self._header_row.insertWidget(2, part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for corner, x in zip(self._corners, (0, self.width() - RADIUS), strict=False):
            corner.move(x, self.height() - RADIUS)
            corner.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = color(self._line or "hair")
        fill_box(painter, QRectF(self.rect()), RADIUS, color("surface"), line)
        if self.header.isVisibleTo(self) and self.body.count():
            painter.fillRect(1, 40, self.width() - 2, 1, color("hair"))
