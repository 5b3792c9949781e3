"""Recognises a keyboard-wedge scanner wherever the focus is: it types faster than any hand."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

GAP = 0.05
"""Seconds between two keys of one burst; a fast typist needs 0.08."""
ENOUGH = 24
"""Keys after which a burst with fillers can only be a zone."""
FILLERS = "<Б"
"""The filler, and what its key types in the Russian layout."""


class ScannerWatch(QObject):
    """Watches the keys of one page. A burst that is a zone is taken out of the field it fell into
    and handed to ``found``, which gets the focus for the rest."""

    def __init__(self, page: QWidget, found: Callable[[str], None]) -> None:
        super().__init__(page)
        self._page, self._found = page, found
        self._text = ""
        self._last = 0.0
        self._line: QLineEdit | None = None
        self._before = ""
        self._watching = False

    def watch(self, on: bool) -> None:
        """Start or stop; only a page in front watches."""
        app = QApplication.instance()
        if app is None or on == self._watching:
            return
        self._watching = on
        if on:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QLineEdit)
            and self._page.isAncestorOf(watched)
        ):
            return self._is_burst(watched, event)
        return False

    def _is_burst(self, line: QLineEdit, event: QKeyEvent) -> bool:
        now, char = _pressed_at(event), event.text()
        if line is not self._line or abs(now - self._last) > GAP:
            self._line, self._text, self._before = line, "", line.text()
        self._last = now
        if not char or not char.isprintable():
            return False
        self._text += char
        if len(self._text) < ENOUGH or not self._is_zone():
            return False
        burst, self._text, self._line = self._text, "", None
        line.setText(self._before)
        self._found(burst)
        return True

    def _is_zone(self) -> bool:
        fillers = sum(self._text.count(char) for char in FILLERS)
        return fillers >= 2 and " " not in self._text and self._text == self._text.upper()


def _pressed_at(event: QKeyEvent) -> float:
    """When the key was pressed, as the system says: a busy window gets its keys late."""
    return event.timestamp() / 1000 or time.monotonic()
