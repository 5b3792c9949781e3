"""What can be done with the marked rows: a dark bar over the lower edge of the list."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.text import fmt_number, t
from ui.design.theme import color
from ui.widgets import keep_toasts_above
from ui.widgets.painting import draw_key_cap, draw_text, fill_box, key_cap_width, text_width

HEIGHT = 48


def _soft(token: str, share: float) -> QColor:
    made = QColor(color(token))
    made.setAlphaF(share)
    return made


class BulkButton(QAbstractButton):
    """A verb on the dark bar."""

    def __init__(
        self,
        text: str,
        icon: str = "",
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._key = icon, key
        self._compact = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_compact(self, compact: bool) -> None:
        """The icon alone, where the bar has no room; the words stay as tooltip."""
        self._compact = compact and bool(self._icon)
        self.setToolTip(self.text() if self._compact else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self._compact:
            return QSize(36, 32)
        width = text_width(self.text(), "bodyStrong") + 20
        width += 24 if self._icon else 0
        width += key_cap_width(self._key) + 8 if self._key else 0
        return QSize(ceil(width) + 1, 32)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.isDown() or self.underMouse():
            fill_box(painter, QRectF(self.rect()), 6, _soft("onTooltip", 0.14))
        if self.hasFocus():
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            fill_box(painter, ring, 6, None, color("onTooltip"), 2)
        x = 10.0
        if self._icon:
            paint_icon(painter, self._icon, x, 8, "onTooltip")
            x += 24
        if self._compact:
            return
        draw_text(painter, QRectF(x, 0, 400, 32), self.text(), "bodyStrong", "onTooltip")
        x += text_width(self.text(), "bodyStrong") + 8
        if self._key:
            ink = color("onTooltip")
            draw_key_cap(painter, x, 16, self._key, ink=ink, line=_soft("onTooltip", 0.6))


class _Line(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(17, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(8, 0, 1, 20, _soft("onTooltip", 0.25))


class _Count(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        self._text = t("Выбрано {count}", count=fmt_number(count))
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(ceil(text_width(self._text, "section")) + 2, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_text(
            QPainter(self), QRectF(0, 0, self.width(), 32), self._text, "section", "onTooltip"
        )


class BulkBar(QWidget):
    """Shown while something is marked. It floats over its parent, in the middle, 16 px up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self.setObjectName("bulk-bar")
        self.setFixedHeight(HEIGHT)
        self._count = _Count(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 8, 8)
        self._row.setSpacing(4)
        self._row.addWidget(self._count)
        self._row.addWidget(_Line(self))
        parent.installEventFilter(self)
        keep_toasts_above(self)
        self.hide()

    def add(
        self, name: str, text: str, icon: str, run: Callable[[], None] | None = None, key: str = ""
    ) -> BulkButton:
        """Another verb; ``name`` is its object name."""
        button = BulkButton(text, icon, key, parent=self)
        button.setObjectName(f"bulk-{name}")
        if run is not None:
            button.clicked.connect(run)
        self._row.addWidget(button)
        return button

    def add_line(self) -> None:
        """A thin line between groups of verbs."""
        self._row.addWidget(_Line(self))

    def show_count(self, count: int) -> None:
        """Show the bar for this many marked rows; none hides it."""
        self._count.set_count(count)
        self.setVisible(count > 0)
        if count:
            self._place()

    def open_menu(self, button: BulkButton, menu: QMenu) -> None:
        """A menu above its button."""
        corner = button.mapToGlobal(button.rect().topLeft())
        menu.popup(QPoint(corner.x(), corner.y() - menu.sizeHint().height() - 12))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self._host
        buttons = self.findChildren(BulkButton)
        for compact in (False, True):
            for button in buttons:
                button.set_compact(compact)
            self._row.invalidate()
            if self._row.sizeHint().width() <= parent.width() - 16:
                break
        width = min(self._row.sizeHint().width(), parent.width() - 16)
        self.setGeometry(
            (parent.width() - width) // 2, parent.height() - HEIGHT - 16, width, HEIGHT
        )
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        fill_box(QPainter(self), QRectF(self.rect()), 8, color("tooltip"))
