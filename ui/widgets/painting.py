"""What several parts paint alike: rounded boxes, key caps, and the 2 px focus ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QSplitter, QWidget

from ui.design.fonts import font
from ui.design.theme import color

RING = 3
"""How far the ring reaches beyond the part: 1 px of air and 2 px of line."""


def fill_box(
    painter: QPainter,
    box: QRectF,
    radius: float,
    fill: QColor | None = None,
    line: QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded box whose border lies wholly inside ``box``, as in CSS."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, radius, radius)
        return
    painter.setPen(QPen(line, width))
    half = width / 2
    inner = box.adjusted(half, half, -half, -half)
    painter.drawRoundedRect(inner, max(0.0, radius - half), max(0.0, radius - half))


def draw_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    style: str,
    token: str | QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text in a type style, vertically centred, elided at the right."""
    made = font(style)
    painter.setFont(made)
    painter.setPen(token if isinstance(token, QColor) else color(token))
    shown = QFontMetricsF(made).elidedText(text, Qt.TextElideMode.ElideRight, box.width() + 0.5)
    painter.drawText(
        box, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown
    )


def draw_hair_below(painter: QPainter, part: QWidget) -> None:
    """A hairline under a row of a panel; under the last one is the panel's own edge."""
    panel = part.parentWidget()
    if panel is None or part.geometry().bottom() < panel.height() - 2:
        painter.fillRect(0, part.height() - 1, part.width(), 1, color("hair"))


def text_width(text: str, style: str) -> float:
    """Width of one line in px."""
    return QFontMetricsF(font(style)).horizontalAdvance(text)


KEY_HEIGHT = 18


def key_cap_width(key: str) -> float:
    """Width of a key cap, px."""
    return max(text_width(key, "keyCap") + 12, 18.0)


def draw_key_cap(
    painter: QPainter,
    x: float,
    centre_y: float,
    key: str,
    *,
    ink: QColor | None = None,
    line: QColor | None = None,
    fill: QColor | None = None,
) -> float:
    """A key cap with its left edge at ``x``; gives its width."""
    width = key_cap_width(key)
    top = round(centre_y - KEY_HEIGHT / 2)
    box = QRectF(x, top, width, KEY_HEIGHT)
    fill_box(painter, box, 4, fill, line or color("control"))
    draw_text(painter, box, key, "keyCap", ink or color("text2"), Qt.AlignmentFlag.AlignHCenter)
    return width


HOSTS_OVERLAYS = "hostsOverlays"
"""Property of a widget inside a window over which dialogs and popovers shall lie."""


def overlay_host(part: QWidget) -> QWidget:
    """Where a dialog or popover of this part belongs: the nearest host, or the window."""
    above: QWidget | None = part
    while above is not None:
        if above.property(HOSTS_OVERLAYS):
            return above
        above = above.parentWidget()
    return part.window()


def _ring_host(target: QWidget, *, inside: bool) -> QWidget | None:
    """The nearest parent in which the ring is not cut; never out of what is scrolled, for it goes
    along."""
    host = target.parentWidget()
    while not inside and host is not None and not host.isWindow():
        above = host.parentWidget()
        around = target.rect().translated(target.mapTo(host, target.rect().topLeft()))
        fits = host.rect().contains(around.adjusted(-RING, -RING, RING, RING))
        # A splitter would take any child for a pane.
        if (fits and not isinstance(host, QSplitter)) or _is_scrolled(host):
            break
        host = above
    return host


def _is_scrolled(part: QWidget) -> bool:
    """Whether it is the content of a scroll area, or its window on it."""
    above = part.parentWidget()
    return isinstance(above, QAbstractScrollArea) or (
        above is not None and isinstance(above.parentWidget(), QAbstractScrollArea)
    )


class FocusRing(QWidget):
    """The ring around a part that got the focus by keyboard; lies over its neighbours."""

    def __init__(self, target: QWidget, radius: float, *, inside: bool = False) -> None:
        super().__init__(_ring_host(target, inside=inside))
        self._target = target
        self._out = -RING if inside else RING
        self._radius = radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        target.installEventFilter(self)
        self._follow()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._follow()
        elif event.type() == QEvent.Type.Hide:
            self.hide()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), self._radius + self._out, None, color("accent"), 2)

    def _follow(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        corner = self._target.mapTo(host, self._target.rect().topLeft())
        around = self._target.rect().translated(corner)
        out = self._out
        self.setGeometry(around.adjusted(-out, -out, out, out))


if TYPE_CHECKING:
    _WidgetLike = QWidget
else:
    # At run time a plain class: Qt allows one widget base only.
    _WidgetLike = object


class Ringed(_WidgetLike):
    """Mixin: shows the ring while the part has the keyboard's focus."""

    ring_radius = 6.0
    ring_inside = False
    """For parts that reach the edges of what they lie in: outside it would be cut there."""
    _ring: FocusRing | None = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() not in (
            Qt.FocusReason.MouseFocusReason,
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hide_ring()

    def show_ring(self) -> None:
        """Draw the ring now."""
        if self._ring is None and self.parentWidget() is not None:
            self._ring = FocusRing(self, self.ring_radius, inside=self.ring_inside)

    def hide_ring(self) -> None:
        """Take the ring away."""
        if self._ring is not None:
            self.removeEventFilter(self._ring)
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None


def draw_check(painter: QPainter, centre: QPointF, ink: QColor, scale: float = 1.0) -> None:
    """A small check mark around ``centre``; at scale 1 it is 8 px wide."""
    pen = QPen(ink, 1.8 * scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = centre.x(), centre.y()
    painter.drawPolyline(
        [
            QPointF(x - 4 * scale, y + 0.2 * scale),
            QPointF(x - 1.3 * scale, y + 2.9 * scale),
            QPointF(x + 4 * scale, y - 2.9 * scale),
        ]
    )
