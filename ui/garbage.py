"""Python's search for unreachable cycles, kept to the GUI thread.

Left alone, Python searches in whichever thread allocates next. A page is often part of a cycle, and
a Qt object that is taken down outside the GUI thread brings the program down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

SECONDS_BETWEEN = 0.5
ENOUGH_NEW = 10_000
"""Containers that must have come since the last search before another is worth its time."""


class Garbage(QObject):
    """Switches Python's own search off and looks by a timer of the GUI thread instead.

    Looking through all that a window consists of takes tenths of a second: what exists when
    :meth:`keep` is called is left out until :meth:`let_go`.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.keep()
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(round(SECONDS_BETWEEN * 1000))

    def keep(self) -> None:
        """All that exists now is here to stay for a while."""
        gc.freeze()

    def let_go(self) -> None:
        """Much of it has gone: the next search goes through everything."""
        gc.unfreeze()

    def look(self) -> None:
        """Search as deep as is due; nothing when little has come since the last time."""
        newest, young, middle = gc.get_count()
        _, young_due, middle_due = gc.get_threshold()
        if newest < ENOUGH_NEW:
            return
        gc.collect(0 if young < young_due else 1 if middle < middle_due else 2)
