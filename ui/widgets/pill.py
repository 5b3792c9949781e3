"""Pills, tags and avatars."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width

PILL_INK = {
    "ok": ("okTint", "ok"),
    "warn": ("warnTint", "warn"),
    "bad": ("badTint", "bad"),
    "neutral": ("neutralTint", "neutral"),
    "accent": ("accentTint", "accentText"),
    "plain": ("", "text2"),
}
"""Kind → ground and ink; a plain pill is an outline."""

PILL_ICON = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "octagon-x",
    "neutral": "circle-help",
    "accent": "info",
    "plain": "clock",
}
"""The icon a kind has when none is named. An empty string means no icon."""


def pill_width(text: str, icon: str | None, *, large: bool = False, chevron: bool = False) -> int:
    """Width of a pill, px."""
    wide = text_width(text, "section" if large else "pill")
    before, after = _paddings(icon, large)
    wide += before + after
    if icon:
        wide += 16 + 6 if large else 14 + 5
    return ceil(wide + (20 if chevron else 0))


def _paddings(icon: str | None, large: bool) -> tuple[int, int]:
    if large:
        return 8, 10
    return (6 if icon else 8), 8


def paint_pill(
    painter: QPainter,
    box: QRectF,
    kind: str,
    text: str,
    icon: str | None,
    *,
    large: bool = False,
    chevron: bool = False,
    reason: str = "",
) -> None:
    """Draw a pill into ``box``; ``reason`` follows the text in a lighter weight."""
    ground, ink = PILL_INK[kind]
    if ground:
        fill_box(painter, box, 6, color(ground))
    else:
        fill_box(painter, box, 6, None, color("neutralLine"))
    before, after = _paddings(icon, large)
    x = box.left() + before
    if icon:
        side = 16 if large else 14
        paint_icon(painter, icon, round(x), box.center().y() - side / 2, ink, side)
        x += side + (6 if large else 5)
    room = box.right() - after - x - (20 if chevron else 0)
    style = "section" if large else "pill"
    line = QRectF(x, box.top(), room + 1, box.height() - 0.5)
    draw_text(painter, line, text, style, ink)
    if reason:
        line.setLeft(x + text_width(text, style))
        draw_text(painter, line, reason, "body" if large else "secondary", ink)
    if chevron:
        paint_icon(painter, "chevron-down", box.right() - 24, box.center().y() - 7, ink, 14)


class Pill(QWidget):
    """A status in a word: ``kind`` ok, warn, bad, neutral, accent or plain (outline).

    ``icon`` None takes the icon of the kind, an empty string shows none.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        icon: str | None = None,
        *,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._large = large
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(kind, text, icon)

    def set_status(self, kind: str, text: str, icon: str | None = None) -> None:
        """Show another status."""
        self._kind, self._text = kind, text
        self._icon = PILL_ICON[kind] if icon is None else icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = pill_width(self._text, self._icon, large=self._large)
        return QSize(wide, 28 if self._large else 22)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        painter = QPainter(self)
        paint_pill(painter, box, self._kind, self._text, self._icon, large=self._large)


class PillButton(Ringed, QAbstractButton):
    """A pill that opens its explanation: «Законно до … — патент оплачен ⌄»."""

    def __init__(
        self,
        kind: str,
        text: str,
        icon: str | None = None,
        *,
        reason: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(kind, text, icon, reason)

    def set_status(self, kind: str, text: str, icon: str | None = None, reason: str = "") -> None:
        """Show another status and its reason."""
        self._kind, self._reason = kind, f" {reason}" if reason else ""
        self._icon = PILL_ICON[kind] if icon is None else icon
        self.setText(text)
        self.setAccessibleName(text + self._reason)
        self.updateGeometry()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        wide = pill_width(self.text(), self._icon, large=True, chevron=True)
        return QSize(wide + ceil(text_width(self._reason, "body")), 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(pill_width(self.text(), self._icon, large=True, chevron=True), 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_pill(
            QPainter(self),
            QRectF(self.rect()),
            self._kind,
            self.text(),
            self._icon,
            large=True,
            chevron=True,
            reason=self._reason,
        )


class Tag(QWidget):
    """A small mark: «семья, 3», «не отправлено»."""

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        kind: str = "neutral",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._icon, self._kind = text, icon, kind
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        wide = text_width(self._text, "secondary") + 12 + (18 if self._icon else 0)
        return QSize(ceil(wide), 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, ink = PILL_INK[self._kind]
        if self._kind == "neutral":
            ink = "text2"
        fill_box(painter, QRectF(self.rect()), 4, color(ground or "neutralTint"))
        x = 6.0
        if self._icon:
            paint_icon(painter, self._icon, x, 3, ink, 14)
            x += 18
        draw_text(painter, QRectF(x, 0, self.width() - x, 19.5), self._text, "secondary", ink)


class Avatar(QWidget):
    """Initials in a circle."""

    def __init__(
        self,
        initials: str,
        size: int = 32,
        *,
        ground: str = "neutralTint",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._initials = initials
        self._ground = ground
        self.setFixedSize(size, size)

    def set_initials(self, initials: str) -> None:
        """Show other initials."""
        self._initials = initials
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = float(self.width())
        box = QRectF(0, 0, side, side)
        fill_box(painter, box, side / 2, color(self._ground))
        style = "scaleStrong" if side < 32 else "smallStrong" if side < 48 else "screen"
        box.translate(QPointF(0, -0.5))
        draw_text(painter, box, self._initials, style, "text2", Qt.AlignmentFlag.AlignHCenter)
