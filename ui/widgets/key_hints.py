"""Key caps with what they do."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.design.theme import color
from ui.widgets.painting import draw_key_cap, draw_text, key_cap_width, text_width

_ARROWS = set("↑↓←→ ")


def _caps(keys: str) -> tuple[str, ...]:
    """«Ctrl P» is one cap, «Ctrl|P» two; arrows always stand apart."""
    return tuple(keys.split()) if set(keys) <= _ARROWS else tuple(keys.split("|"))


class KeyHints(QWidget):
    """A line of hints: [(«Ctrl P», «печать»), («↑ ↓», «выбрать»)]; «|» separates caps.

    Hints that don't fit are left out from the end.
    """

    def __init__(
        self, hints: Sequence[tuple[str, str]] = (), *, gap: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._gap = gap
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_hints(hints)

    def set_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show other hints."""
        self._hints = tuple((_caps(keys), text) for keys, text in hints)
        self.setAccessibleName(", ".join(f"{' '.join(k)}: {text}" for k, text in self._hints))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = sum(self._width(keys, text) + self._gap for keys, text in self._hints)
        return QSize(max(0, ceil(wide) - self._gap), 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x, middle = 0.0, self.height() / 2
        for keys, text in self._hints:
            if x + self._width(keys, text) > self.width() + 1:
                return
            for key in keys:
                x += draw_key_cap(painter, x, middle, key, fill=color("surface")) + 6
            box = QRectF(x, 0, text_width(text, "secondary") + 2, self.height() - 0.5)
            draw_text(painter, box, text, "secondary", "text3")
            x += text_width(text, "secondary") + self._gap

    def _width(self, keys: tuple[str, ...], text: str) -> float:
        return sum(key_cap_width(key) + 6 for key in keys) + text_width(text, "secondary")
