"""Events under one another, joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.label import Label
from ui.widgets.layout import WidthAware, clear_layout


@dataclass(frozen=True)
class Event:
    """One line of a timeline; ``color`` is a token for the icon."""

    text: str
    meta: str = ""
    icon: str = "circle"
    color: str = "text3"


class _EventPart(WidthAware, QWidget):
    def __init__(self, event: Event, *, last: bool) -> None:
        super().__init__()
        self._event, self._last = event, last
        box = QVBoxLayout(self)
        box.setContentsMargins(44, 5, 16, 5)
        box.setSpacing(0)
        box.addWidget(Label(event.text, "body", wrap=True))
        if event.meta:
            box.addWidget(Label(event.meta, "secondary", "text3", elide=True))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._last:
            painter.fillRect(24, 27, 1, self.height() - 22, color("control"))
        paint_icon(painter, self._event.icon, 16, 7, self._event.color)


class Timeline(QWidget):
    """Events, newest first as a rule; ``empty`` is said when there are none."""

    def __init__(
        self, events: Sequence[Event] = (), *, empty: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._empty = empty
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 6, 0, 6)
        self._box.setSpacing(0)
        self.set_events(events)

    def set_events(self, events: Sequence[Event]) -> None:
        """Show other events."""
        clear_layout(self._box)
        for number, event in enumerate(events):
            self._box.addWidget(_EventPart(event, last=number == len(events) - 1))
        if not events and self._empty:
            words = Label(self._empty, "secondary", "text3", wrap=True)
            words.setContentsMargins(16, 6, 16, 6)
            self._box.addWidget(words)
        self._box.addStretch(1)
        self.setAccessibleName("; ".join(f"{event.text}, {event.meta}" for event in events))
