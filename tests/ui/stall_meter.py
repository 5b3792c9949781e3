"""Measures how long the window does not answer: the longest turn of the event loop."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEventLoop, QObject


class StallMeter(QObject):
    """Between waking up and going to sleep the loop serves events: that long nobody can type.

    ``turns`` holds the milliseconds of every turn since :meth:`forget`: of work in the window's
    thread, since how long a machine that builds other things lets it wait says nothing of the
    program; ``waits`` the same by the clock, which also sees waiting for a lock or a disk.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[float] = []
        self.waits: list[float] = []
        self._woke = _now()
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._on_awake)
        dispatcher.aboutToBlock.connect(self._on_sleep)

    def forget(self) -> None:
        """Begin anew."""
        self.turns.clear()
        self.waits.clear()
        self._woke = _now()

    @property
    def longest(self) -> float:
        """Milliseconds of the longest turn."""
        return max(self.turns, default=0.0)

    def of(self, act: Callable[[], object], quiet: Callable[[], bool]) -> float:
        """Do ``act`` and let the loop run until it is quiet; the longest stall in ms."""
        self.forget()
        self._woke = _now()
        act()
        self._note()
        rest = 0
        while rest < 5:
            self._woke = _now()
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
            self._note()
            rest = rest + 1 if quiet() else 0
            time.sleep(0.002)
        return self.longest

    def _on_awake(self) -> None:
        self._woke = _now()

    def _on_sleep(self) -> None:
        self._note()

    def _note(self) -> None:
        worked, waited = (after - before for before, after in zip(self._woke, _now(), strict=True))
        self.turns.append(worked * 1000)
        self.waits.append(waited * 1000)


def _now() -> tuple[float, float]:
    return time.thread_time(), time.perf_counter()
