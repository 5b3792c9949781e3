"""The list at the left of a page: sections of lines that one chooses, walks through with the arrows
and comes back to. For «Расхождения», «Дубли», «Запросы»."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.casefile.ground import Reassurance, Surface, scrolling
from ui.design.theme import color
from ui.widgets import Label, Rule, clear_layout, column, row
from ui.widgets.painting import Ringed

Place = Hashable
"""What a line stands for; the page knows what it is."""


class ListLine(Ringed, QAbstractButton):
    """A line of the list. The list says what is checked and where the arrows lead."""

    ring_inside = True
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """The list decides what is checked."""

    def paint_ground(self) -> QPainter:
        """Draw what all lines have: ground, bar of the chosen one, hairline below."""
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), color("selected"))
            painter.fillRect(0, 0, 3, self.height() - 1, color("accent"))
        elif self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
        return painter

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if step is not None:
            self.stepped.emit(step)  # the scroll area around would take the arrows for itself
        elif enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.click()
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True)
class Section:
    """A heading over some of the lines. One without lines is hidden unless it ``stays``."""

    key: str
    title: str
    stays: bool = False


class _Shown:
    """A section on the screen."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self._count = Label("", "secondary", "text3")
        self._count.setObjectName(f"{section.key}Count")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.widget = QWidget()
        heading = row(Label(section.title, "section"), None, self._count, margins=(16, 12, 16, 8))
        self.widget.setLayout(column(heading, Rule(), self._lines, gap=0))

    def fill(self, lines: Sequence[ListLine]) -> None:
        clear_layout(self._lines)
        for line in lines:
            self._lines.addWidget(line)
        self._count.setText(str(len(lines)))
        self.widget.setVisible(self.section.stays or bool(lines))


class SideList(Surface):
    """``chosen`` sends the place somebody wants to see in the middle, ``stepped`` the arrows."""

    chosen = Signal(object)
    stepped = Signal(int)

    def __init__(self, name: str, width: int, sections: Sequence[Section], note: str) -> None:
        super().__init__()
        self.setFixedWidth(width)
        self._lines: dict[Place, ListLine] = {}
        self._marked: Place | None = None
        self._sections = {one.key: _Shown(one) for one in sections}
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for shown in self._sections.values():
            stack.addWidget(shown.widget)
        stack.addLayout(column(Reassurance(note), margins=(16, 16, 16, 16)))
        stack.addStretch(1)
        self._area = scrolling(inner, name)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._area)

    def fill(self, lines: Mapping[str, Mapping[Place, ListLine]]) -> None:
        """Show other lines, by the key of their section. The keyboard stays on its line."""
        held = next((place for place, line in self._lines.items() if line.hasFocus()), None)
        self._lines = {}
        for key, shown in self._sections.items():
            of_one = lines.get(key, {})
            for place, line in of_one.items():
                line.clicked.connect(lambda _on=False, place=place: self.chosen.emit(place))
                line.stepped.connect(self.stepped)
            self._lines |= of_one
            shown.fill(list(of_one.values()))
        if held is not None:
            self.focus(held, Qt.FocusReason.OtherFocusReason)
        self.mark(self._marked)

    def line(self, place: Place | None) -> ListLine | None:
        """The line of ``place``, if there is one."""
        return self._lines.get(place)

    def places(self) -> list[Place]:
        """All lines, as they stand."""
        return list(self._lines)

    def mark(self, place: Place | None) -> None:
        """Mark what stands in the middle, and bring its line into sight when it is another one."""
        other, self._marked = place != self._marked, place
        for known, line in self._lines.items():
            line.setChecked(known == place)
        shown = self._lines.get(place)
        if other and shown is not None:
            # a line that is new has its place only after the layout
            QTimer.singleShot(0, lambda: self._bring_into_sight(shown))

    def _bring_into_sight(self, line: ListLine) -> None:
        if isValid(line):
            self._area.ensureWidgetVisible(line)

    def focus(self, place: Place, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Bring the keyboard to the line of ``place``, if there is one."""
        line = self._lines.get(place)
        if line is not None:
            line.setFocus(reason)
            self._area.ensureWidgetVisible(line)
