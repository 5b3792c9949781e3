"""The sidebar: workspace, pages with counters, exchange state, who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.design.tokens import SIZE
from ui.page import PageSpec
from ui.shell.people_words import initials, short_name
from ui.widgets.label import Label
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width


class _Line(Ringed, QAbstractButton):
    """What all lines of the sidebar share: rail or full, hover, names for the screen reader."""

    ring_radius = 6.0

    def __init__(self, name: str, object_name: str) -> None:
        super().__init__()
        self.rail = False
        self.setText(name)
        self.setAccessibleName(name)
        self.setObjectName(object_name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rail(self, rail: bool) -> None:
        """Only the icon, with the name as tooltip."""
        self.rail = rail
        self.setToolTip(self.accessibleName() if rail else "")
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())


class WorkspaceMark(_Line):
    """Role and office, at the top: a sign, not a button."""

    def __init__(self, title: str, office: str, icon: str) -> None:
        super().__init__(title, "workspace")
        self._office, self._icon = office, icon
        self.setAccessibleDescription(office)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(190, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = (self.width() - 24) / 2 if self.rail else 8
        fill_box(painter, QRectF(left, 8, 24, 24), 6, color("accent"))
        paint_icon(painter, self._icon, left + 4, 12, "onAccent", 16)
        if self.rail:
            return
        room = self.width() - 40 - 8
        draw_text(painter, QRectF(40, 4, room, 17), self.text(), "section", "text")
        draw_text(painter, QRectF(40, 20, room, 15), self._office, "scale", "text3")


class NavLine(_Line):
    """One page."""

    def __init__(self, spec: PageSpec) -> None:
        super().__init__(t(spec.title), f"nav-{spec.page_id}")
        self.spec = spec
        self._badge = ""
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def set_badge(self, badge: str | None) -> None:
        """A counter at the right; with a leading «!» it is urgent and red."""
        self._badge = badge or ""
        words = self._badge.lstrip("!")
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(190, 36 if self.rail else SIZE["navRow"])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        if on:
            fill_box(painter, QRectF(self.rect()), 6, color("surface"), color("hair"))
        elif self.underMouse():
            fill_box(painter, QRectF(self.rect()), 6, color("hover"))
        ink = "accentText" if on else "text3"
        middle = self.height() / 2
        left = (self.width() - 18) / 2 if self.rail else 8
        paint_icon(painter, self.spec.icon, left, middle - 9, ink, 18)
        urgent = self._badge.startswith("!")
        if self.rail:
            if urgent:
                fill_box(painter, QRectF(self.width() - 13, 7, 7, 7), 3.5, color("badFill"))
            return
        number = self._badge.lstrip("!")
        style = "smallStrong" if urgent else "secondary"
        wide = text_width(number, style) if number else 0
        tall = self.height() - 0.5
        draw_text(
            painter,
            QRectF(36, 0, self.width() - 36 - 12 - wide, tall),
            self.text(),
            "bodyStrong" if on else "body",
            "text" if on else "text2",
        )
        if number:
            box = QRectF(self.width() - 9 - wide, 0, wide + 2, tall)
            draw_text(painter, box, number, style, "bad" if urgent else "text3")


class SyncBlock(_Line):
    """Two lines about the exchange; pressing opens the panel."""

    def __init__(self) -> None:
        super().__init__("", "sync-state")
        self._icon, self._token, self._below = "cloud", "text3", ""

    def show_state(self, icon: str, token: str, title: str, below: str) -> None:
        """What to show now."""
        self._icon, self._token, self._below = icon, token, below
        self.setText(title)
        self.setAccessibleName(t("Обмен: {state}", state=title))
        self.setAccessibleDescription(below)
        self.setToolTip(f"{title}\n{below}" if self.rail else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(208, 49)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        painter.fillRect(0, 0, self.width(), 1, color("hair"))
        left = (self.width() - 16) / 2 if self.rail else 16
        paint_icon(painter, self._icon, left, 16 if self.rail else 9, self._token)
        if self.rail:
            return
        room = self.width() - 42 - 8
        draw_text(painter, QRectF(42, 9, room, 16), self.text(), "pill", "text")
        draw_text(painter, QRectF(42, 25, room, 16), self._below, "secondary", "text3")


class MeBlock(_Line):
    """Who is signed in; pressing opens the menu (lock, settings, sign out)."""

    def __init__(self, full_name: str, words: str) -> None:
        super().__init__(short_name(full_name), "me")
        self._initials, self._words = initials(full_name), words
        self.setAccessibleDescription(words)

    def sizeHint(self) -> QSize:
        return QSize(208, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        painter.fillRect(0, 0, self.width(), 1, color("hair"))
        left = (self.width() - 28) / 2 if self.rail else 16
        circle = QRectF(left, 10, 28, 28)
        fill_box(painter, circle, 14, color("neutralTint"))
        centre = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, circle, self._initials, "scaleStrong", "text2", centre)
        if self.rail:
            return
        room = self.width() - 52 - 8
        draw_text(painter, QRectF(52, 8, room, 16), self.text(), "bodyStrong", "text")
        draw_text(painter, QRectF(52, 24, room, 16), self._words, "scale", "text3")


class Sidebar(QWidget):
    """``chosen`` sends the id of a page."""

    chosen = Signal(str)

    def __init__(
        self, mark: WorkspaceMark, pages: Sequence[PageSpec], me: MeBlock, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAccessibleName(t("Разделы"))
        self.mark, self.me, self.sync = mark, me, SyncBlock()
        self.lines: dict[str, NavLine] = {}
        self._headings: list[Label] = []
        self._rail: bool | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 1, 0)
        box.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(8, 0, 7, 0)
        inner.setSpacing(1)
        inner.addWidget(mark)
        inner.addSpacing(7)
        self._inner = inner
        section = ""
        for spec in pages:
            if not spec.in_sidebar:
                continue
            if spec.section != section:
                section = spec.section
                heading = Label(t(section), "scale", "text3")
                heading.setContentsMargins(8, 12, 8, 4)
                self._headings.append(heading)
                inner.addWidget(heading)
            line = NavLine(spec)
            line.clicked.connect(lambda _on=False, page=spec.page_id: self.chosen.emit(page))
            self.lines[spec.page_id] = line
            inner.addWidget(line)
        box.addLayout(inner)
        box.addStretch(1)
        box.addSpacing(8)
        box.addWidget(self.sync)
        box.addWidget(me)
        self.set_rail(False)

    def set_rail(self, rail: bool) -> None:
        """56 px with icons only, or 208 px."""
        if rail == self._rail:
            return
        self._rail = rail
        self.setFixedWidth(56 if rail else SIZE["sidebar"])
        for line in (self.mark, *self.lines.values(), self.sync, self.me):
            line.set_rail(rail)
        for heading in self._headings:
            heading.setVisible(not rail)

    def select(self, page_id: str, within: str = "") -> None:
        """Mark the page in front; for one without a line, the page it belongs to (``within``)."""
        line = self.lines.get(page_id) or self.lines.get(within)
        if line is not None:
            line.setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("window"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), color("hair"))
