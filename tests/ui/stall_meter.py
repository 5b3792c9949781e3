"""Measures how long the window does not answer: the longest turn of the event loop."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEventLoop, QObject


class StallMeter(QObject):
    """Between waking up and going to sleep the loop serves events: that long nobody can type.

    ``turns`` holds the milliseconds of every turn since :meth:`forget`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[float] = []
        self._woke = time.perf_counter()
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._on_awake)
        dispatcher.aboutToBlock.connect(self._on_sleep)

    def forget(self) -> None:
        """Begin anew."""
        self.turns.clear()
        self._woke = time.perf_counter()

    @property
    def longest(self) -> float:
        """Milliseconds of the longest turn."""
        return max(self.turns, default=0.0)

    def of(self, act: Callable[[], object], quiet: Callable[[], bool]) -> float:
        """Do ``act`` and let the loop run until it is quiet; the longest stall in ms."""
        self.forget()
        started = time.perf_counter()
        act()
        self.turns.append((time.perf_counter() - started) * 1000)
        rest = 0
        while rest < 5:
            self._woke = time.perf_counter()
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
            self.turns.append((time.perf_counter() - self._woke) * 1000)
            rest = rest + 1 if quiet() else 0
            time.sleep(0.002)
        return self.longest

    def _on_awake(self) -> None:
        self._woke = time.perf_counter()

    def _on_sleep(self) -> None:
        self.turns.append((time.perf_counter() - self._woke) * 1000)
