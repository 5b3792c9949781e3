"""Buttons, icon buttons and links."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QPushButton, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.painting import (
    Ringed,
    draw_key_cap,
    draw_text,
    fill_box,
    key_cap_width,
    text_width,
)

_LOOKS: dict[str, dict[str, str]] = {
    # kind: fill, line, ink, icon, hover, pressed
    "secondary": {
        "fill": "surface",
        "line": "control",
        "ink": "text",
        "icon": "text2",
        "hover": "hover",
        "pressed": "pressed",
    },
    "primary": {
        "fill": "accent",
        "line": "accent",
        "ink": "onAccent",
        "icon": "onAccent",
        "hover": "accentHover",
        "pressed": "accentPressed",
    },
    "ghost": {
        "fill": "transparent",
        "line": "transparent",
        "ink": "text",
        "icon": "text2",
        "hover": "hover",
        "pressed": "pressed",
    },
    "danger": {
        "fill": "surface",
        "line": "badLine",
        "ink": "bad",
        "icon": "bad",
        "hover": "badTint",
        "pressed": "badLine",
    },
    "danger-solid": {
        "fill": "badSolid",
        "line": "badSolid",
        "ink": "onAccent",
        "icon": "onAccent",
        "hover": "badFill",
        "pressed": "badFill",
    },
}
_STYLE = {28: "buttonSmall", 32: "button", 40: "buttonLarge"}
_PADDING = {28: 10, 32: 12, 40: 16}
_GAP = {28: 6, 32: 8, 40: 8}


class _Pressable(Ringed, QPushButton):
    """What all our buttons share: Enter presses too, hover repaints."""

    def __init__(self, text: str, parent: QWidget | None) -> None:
        super().__init__(text, parent)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


class Button(_Pressable):
    """A button with a verb on it.

    ``kind``: secondary, primary, ghost, danger, danger-solid. ``size``: height 28, 32 or 40 px.
    ``shortcut_hint`` shows a key cap («Ctrl N»); the shortcut itself belongs to an action.
    ``menu`` or ``dropdown`` add a chevron.
    """

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        kind: str = "secondary",
        size: int | str = 32,
        shortcut_hint: str | None = None,
        *,
        menu: QMenu | None = None,
        dropdown: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self._kind = kind
        self._size = int(size)
        self._hint = shortcut_hint
        self._menu = menu
        self._dropdown = dropdown or menu is not None
        self._looks: set[str] = set()
        self._wide = False
        self.setAccessibleName(text)
        if menu is not None:
            menu.setParent(self, menu.windowFlags())
            self.clicked.connect(self._open_menu)

    def set_kind(self, kind: str) -> None:
        """Change between secondary, primary, ghost and so on."""
        self._kind = kind
        self.update()

    def set_icon(self, name: str | None) -> None:
        """Change the icon before the text."""
        self._icon = name
        self.updateGeometry()
        self.update()

    def set_wide(self, wide: bool = True) -> None:
        """Fill the width that the layout offers; the text stays centred."""
        self._wide = wide
        across = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def show_as(self, *looks: str) -> None:
        """Draw as if ``hover`` or ``pressed``; for pictures of the gallery."""
        self._looks = set(looks)
        self.update()

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        before, after = self._paddings()
        return QSize(ceil(self._content_width() + before + after), self._size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = _LOOKS[self._kind]
        fill, line, ink, icon = (look[k] for k in ("fill", "line", "ink", "icon"))
        if not self.isEnabled():
            fill, line, ink, icon = "subtle", "hair", "disabled", "disabled"
            if self._kind == "ghost":
                fill = line = "transparent"
        elif self.isDown() or self.isChecked() or "pressed" in self._looks:
            fill = look["pressed"]
        elif self.underMouse() or "hover" in self._looks:
            fill = look["hover"]
        if self._kind in ("primary", "danger-solid") and self.isEnabled():
            line = fill
        box = QRectF(self.rect())
        fill_box(painter, box, 6, color(fill), color(line) if line != "transparent" else None)
        self._paint_content(painter, ink, icon)

    def _paint_content(self, painter: QPainter, ink: str, icon: str) -> None:
        before, after = self._paddings()
        gap, height = _GAP[self._size], self.height()
        room = self.width() - before - after
        content = min(self._content_width(), room)
        x = before + max(0.0, (room - content) / 2)
        if self._icon:
            paint_icon(painter, self._icon, round(x), (height - 16) / 2, icon)
            x += 16 + (gap if self.text() else 0)
        tail = self._tail_width()
        width = self.width() - after - tail - x
        style = _STYLE[self._size]
        draw_text(painter, QRectF(x, 0, width, height - 0.5), self.text(), style, ink)
        x += min(text_width(self.text(), style), width) + gap
        if self._hint:
            cap = color(ink)
            line = QColor(cap)
            line.setAlphaF(0.45)
            on_fill = self._kind in ("primary", "danger-solid")
            x += draw_key_cap(
                painter,
                x,
                height / 2,
                self._hint,
                ink=cap if on_fill else color("text2"),
                line=line if on_fill else color("control"),
            )
            x += gap
        if self._dropdown:
            paint_icon(painter, "chevron-down", x, (height - 14) / 2, icon, 14)

    def _paddings(self) -> tuple[int, int]:
        usual = _PADDING[self._size]
        return usual, (8 if self._dropdown else usual)

    def _tail_width(self) -> float:
        gap = _GAP[self._size]
        tail = 0.0
        if self._hint:
            tail += key_cap_width(self._hint) + gap
        if self._dropdown:
            tail += 14 + gap
        return tail

    def _content_width(self) -> float:
        width = text_width(self.text(), _STYLE[self._size]) + self._tail_width()
        if self._icon:
            width += 16 + (_GAP[self._size] if self.text() else 0)
        return width

    def _open_menu(self) -> None:
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))


class IconButton(_Pressable):
    """A square button with an icon only. ``name`` is read aloud and shown as tooltip."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        size: int = 32,
        kind: str = "ghost",
        color: str = "text2",
        icon_size: int = 16,
        shortcut_hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self._icon = icon
        self._kind = kind
        self._size = size
        self._color = color
        self._icon_size = icon_size
        self._dot = False
        self._hint = shortcut_hint
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """What the button does, for the tooltip and the screen reader."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({self._hint})" if self._hint else name)

    def set_icon(self, icon: str, color: str | None = None) -> None:
        """Show another icon, perhaps in another colour."""
        self._icon = icon
        self._color = color or self._color
        self.update()

    def set_dot(self, shown: bool) -> None:
        """A red dot: something new is behind this button."""
        self._dot = shown
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = _LOOKS[self._kind]
        fill = look["fill"]
        if self.isEnabled() and (self.isDown() or self.isChecked()):
            fill = look["pressed"]
        elif self.isEnabled() and self.underMouse():
            fill = look["hover"]
        line = look["line"]
        fill_box(
            painter,
            QRectF(self.rect()),
            6,
            color(fill),
            color(line) if line != "transparent" else None,
        )
        ink = self._color if self._kind in ("ghost", "secondary") else look["icon"]
        side = self._icon_size
        x, y = (self.width() - side) / 2, (self.height() - side) / 2
        paint_icon(painter, self._icon, x, y, ink if self.isEnabled() else "disabled", side)
        if self._dot:
            spot = QRectF(self.width() - 14, 6, 8, 8)
            fill_box(painter, spot.adjusted(-1.5, -1.5, 1.5, 1.5), 5.5, color("surface"))
            fill_box(painter, spot, 4, color("badFill"))


class Link(Ringed, QAbstractButton):
    """Text that leads somewhere. ``small`` is 12 px; the hit area stays 28 px high."""

    ring_radius = 4.0

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        *,
        small: bool = False,
        trailing: str | None = None,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._trailing = trailing
        self._style = "secondary" if small else "body"
        self._height = 20 if compact else 28
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_trailing(self, icon: str | None) -> None:
        """Change the small icon after the text."""
        self._trailing = icon
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        width = text_width(self.text(), self._style)
        width += 22 if self._icon else 0
        width += 18 if self._trailing else 0
        return QSize(ceil(width) + 1, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = "accentText" if self.isEnabled() else "disabled"
        x = 0.0
        if self._icon:
            paint_icon(painter, self._icon, 0, (self.height() - 16) / 2, ink)
            x = 22
        wide = text_width(self.text(), self._style)
        draw_text(painter, QRectF(x, 0, wide + 1, self.height()), self.text(), self._style, ink)
        if self.underMouse() and self.isEnabled():
            y = self.height() / 2 + 8
            painter.fillRect(QRectF(x, y, wide, 1), color(ink))
        if self._trailing:
            paint_icon(painter, self._trailing, x + wide + 4, (self.height() - 14) / 2, ink, 14)
