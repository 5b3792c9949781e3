"""A deadline: task, who, date, time left, «Почему?» that opens the explanation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets.button import Link
from ui.widgets.label import Label
from ui.widgets.pill import Pill


class _Icon(QWidget):
    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), self._name, 0, 0, self._token)


class DeadlineRow(QWidget):
    """A row of 36 px; pressing «Почему?» (or the row) opens the block that ``body`` makes.

    ``pill`` is (kind, text) or (kind, text, icon). ``opened`` sends True or False.
    """

    opened = Signal(bool)

    def __init__(
        self,
        title: str,
        on: str,
        pill: tuple[str, ...],
        *,
        who: str = "",
        icon: str = "clock",
        icon_color: str = "text3",
        body: Callable[[], QWidget] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_body = body
        self._body: QWidget | None = None
        self._open = False
        self._title = Label(title, "bodyStrong", elide=True)
        if who:
            self._title.set_runs([(title, "text", "bodyStrong"), (f" — {who}", "text3", "body")])
        self._on = Label(on)
        self._on.setFixedWidth(84)
        self._pill = Pill(pill[0], pill[1], pill[2] if len(pill) > 2 else None)
        self._why = Link(t("Почему?"), small=True, trailing="chevron-down")
        self._why.setAccessibleName(t("Почему? {title}", title=title))
        self._why.setObjectName("why")
        self._why.clicked.connect(lambda: self.set_open(not self._open))
        if body is None:
            self._why.hide()
        self.setAccessibleName(f"{title}, {on}, {pill[1]}")
        self._head = QWidget()
        self._head.setFixedHeight(36)
        line = QHBoxLayout(self._head)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(12)
        line.addWidget(_Icon(icon, icon_color))
        line.addWidget(self._title, 1)
        line.addWidget(self._on)
        holder = QHBoxLayout()
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(self._pill)
        holder.addStretch(1)
        cell = QWidget()
        cell.setLayout(holder)
        cell.setFixedWidth(max(110, self._pill.sizeHint().width()))
        line.addWidget(cell)
        why_cell = QWidget()
        why_cell.setFixedWidth(80)
        why_box = QHBoxLayout(why_cell)
        why_box.setContentsMargins(0, 0, 0, 0)
        why_box.addStretch(1)
        why_box.addWidget(self._why)
        line.addWidget(why_cell)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 1)
        self._box.setSpacing(0)
        self._box.addWidget(self._head)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def is_open(self) -> bool:
        """Whether the explanation is shown."""
        return self._open

    def set_open(self, opened: bool) -> None:
        """Show or hide the explanation."""
        if opened == self._open or self._make_body is None:
            return
        self._open = opened
        if opened and self._body is None:
            self._body = self._make_body()
            self._box.addWidget(self._body)
        if self._body is not None:
            self._body.setVisible(opened)
        self._why.setText(t("Свернуть") if opened else t("Почему?"))
        self._why.set_trailing("chevron-up" if opened else "chevron-down")
        self.updateGeometry()
        self.update()
        self.opened.emit(opened)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.position().y() <= 36:
            self.set_open(not self._open)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        wide, tall = self.width(), self.height()
        if self._open:
            painter.fillRect(0, 36, wide, tall - 36, color("canvas"))
            painter.fillRect(0, 36, wide, 1, color("hair"))
            painter.fillRect(0, 0, 3, tall - 1, color("accent"))
        painter.fillRect(0, tall - 1, wide, 1, color("hair"))
