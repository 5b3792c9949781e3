"""A person's hands and eyes: find a widget by name, type, press, wait, take a picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

PATIENCE = 30.0
"""Seconds we wait for anything before the step counts as failed."""

Kind = TypeVar("Kind", bound=QWidget)


class NotSeen(Exception):
    """What the step waited for did not come."""


class Hands:
    """Works one window and takes its pictures."""

    def __init__(self, window: QWidget, pictures: Path) -> None:
        self.window = window
        self.pictures = pictures

    def find(self, name: str) -> QWidget:
        """The visible widget of this object name. Raises NotSeen."""
        return self.find_as(name, QWidget)

    def find_as(self, name: str, kind: type[Kind]) -> Kind:
        """The same, when the step needs more of the widget than any widget has."""
        for widget in self._all(name, kind):
            if widget.isVisible():
                return widget
        raise NotSeen(f"no visible «{name}»")

    def sees(self, name: str) -> bool:
        """Whether a widget of this name is in sight."""
        return any(w.isVisible() for w in self._all(name, QWidget))

    def wait_for_text(self, words: str) -> None:
        """Wait until some label in sight says these words."""
        self.wait(
            lambda: any(
                words in label.text()
                for label in self.window.findChildren(QLabel)
                if label.isVisible()
            ),
            f"the words «{words}»",
        )

    def _all(self, name: str, kind: type[Kind]) -> list[Kind]:
        own = self.window.findChildren(kind, name)
        tops = [w for w in QApplication.topLevelWidgets() if w is not self.window]
        popped = [w for top in tops if top.isVisible() for w in top.findChildren(kind, name)]
        if isinstance(self.window, kind) and self.window.objectName() == name:
            own.append(self.window)
        return own + popped

    def wait_for(self, name: str) -> QWidget:
        """Wait until the widget is in sight."""
        self.wait(lambda: self.sees(name), f"«{name}»")
        return self.find(name)

    def wait(self, seen: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Let the program run until ``seen``. Raises NotSeen."""
        wait_until(seen, what, seconds)

    def click(self, name: str) -> None:
        """Press the left button in the middle of the widget."""
        widget = self.wait_for(name)
        self.wait(widget.isEnabled, f"«{name}» enabled")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        settle()

    def type_into(self, name: str, text: str) -> None:
        """Focus the field, replace what is in it, and type."""
        widget = self.wait_for(name)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        settle()
        QTest.keySequence(widget, "Ctrl+A")
        type_text(widget, text)
        settle()

    def press(self, keys: str) -> None:
        """A key or a combination, sent to whatever has the focus."""
        settle()
        target = QApplication.focusWidget() or self.window
        QTest.keySequence(target, keys)
        settle()

    def front(self) -> None:
        """Bring this window forward, so that shortcuts reach it."""
        self.window.raise_()
        self.window.activateWindow()
        QApplication.setActiveWindow(self.window)
        settle()

    def picture(self, name: str, size: QSize | None = None) -> Path:
        """Save the window as PNG, optionally at another size first."""
        if size is not None and size != self.window.size():
            self.window.resize(size)
            settle(0.3)
        settle(0.15)
        path = self.pictures / f"{name}.png"
        self.window.grab().save(str(path))
        return path


def type_text(widget: QWidget, text: str) -> None:
    """Key by key. QTest types ASCII only, people here type Cyrillic."""
    for char in text:
        key = ord(char.upper()) if char.isascii() else 0
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, char)
            QCoreApplication.sendEvent(widget, event)


def settle(seconds: float = 0.02) -> None:
    """Let the program handle what is waiting."""
    end = time.monotonic() + seconds
    while True:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if time.monotonic() >= end:
            return
        time.sleep(0.002)


def wait_until(seen: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Run the event loop until ``seen`` or raise NotSeen after ``seconds``."""
    end = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > end:
            raise NotSeen(f"waited {seconds:.0f} s for {what}")
        settle(0.01)
