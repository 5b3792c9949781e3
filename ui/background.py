"""Work off the GUI thread: one writer in strict order, a few readers, long tasks.

Results come back as Qt signals, so callbacks always run in the GUI thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import count
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, Signal
from shiboken6 import isValid

from arm.errors import places

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Failed = Callable[[Exception], None]
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class Task:
    """A long piece of work that a person can break off with :meth:`cancel`."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._over = False

    def cancel(self) -> bool:
        """Ask the work to stop at its next step; then ``done`` is not called.

        False if it had come to its end already: its answer is on the way.
        """
        with self._turn:
            if not self._over:
                self._stop.set()
            return not self._over

    def came_to_its_end(self) -> bool:
        """The work is done; False if somebody broke it off before."""
        with self._turn:
            self._over = not self._stop.is_set()
            return self._over

    def cancelled(self) -> bool:
        """Whether stopping was asked for; the work itself looks here."""
        return self._stop.is_set()


LONGEST_READ_SECONDS = 10.0
"""So long closing waits for a read that can't be broken off."""


class _Asked(NamedTuple):
    """A piece of work and who hears of it, kept until the GUI thread has told the answer.

    A worker only carries the number it is kept under: if a thread were the last to let go of a
    callback, it would take the callback's page down with it, outside the GUI thread, which crashes.
    """

    fn: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Failed | None
    wanted: Callable[[], bool]


class Background(QObject):
    """Runs functions in threads and hands their results back to the GUI thread.

    ``changed`` carries the change sets of the store to all open screens.
    """

    changed = Signal(object)
    crashed = Signal(object)
    """An exception nobody asked to hear about: a bug, for the crash report."""
    _call = Signal(object)

    def __init__(self, parent: QObject | None = None, readers: int = 2) -> None:
        super().__init__(parent)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._tasks = ThreadPoolExecutor(2, thread_name_prefix="task")
        self._numbers = count()
        self._asked: dict[int, _Asked] = {}
        self._newest: dict[object, int] = {}
        self._waiting: dict[object, tuple[int, Future[None]]] = {}
        self._open = True
        self._running: dict[Task, Progress | None] = {}
        self._under_way: set[Future[None]] = set()
        self._call.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def read(
        self,
        fn: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Failed | None = None,
        key: object | None = None,
    ) -> None:
        """Run ``fn`` on a reader thread, then ``done(result)`` in the GUI thread.

        Of all reads with the same ``key`` only the newest answers; older ones that have not
        begun are dropped.
        """
        if key is None:
            self._submit(self._readers, _Asked(fn, done, failed, _always))
            return
        generation = self._newest[key] = self._newest.get(key, 0) + 1
        number, earlier = self._waiting.get(key, (-1, None))
        if earlier is not None and earlier.cancel():
            del self._asked[number]

        def is_newest() -> bool:
            return self._newest.get(key) == generation

        submitted = self._submit(self._readers, _Asked(fn, done, failed, is_newest))
        if submitted is not None:
            self._waiting[key] = submitted

    def write(
        self,
        fn: Callable[[], Result],
        done: Callable[[Result], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run ``fn`` on the writer thread, after every earlier write."""
        self._submit(self._writer, _Asked(fn, done, failed, _always))

    def task(
        self,
        fn: Callable[[Progress, Cancelled], Result],
        done: Callable[[Result], None],
        failed: Failed | None = None,
        progress: Progress | None = None,
        undo: Callable[[], None] | None = None,
    ) -> Task:
        """Run long work; ``progress(done, total)`` arrives in the GUI thread, ≤ 20 a second.

        ``undo`` runs in the task's thread if the work was broken off but came to its end all the
        same: it takes back what a person was told was not done.
        """
        task = Task()
        last = 0.0

        def tell(current: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= 0.05 or current >= total:
                last = now
                self._call.emit(lambda: self._tell_progress(task, current, total))

        def run() -> Result:
            result = fn(tell, task.cancelled)
            if not task.came_to_its_end() and undo is not None:
                undo()
            return result

        def finish(result: Result) -> None:
            self._running.pop(task, None)
            if not task.cancelled():
                _hand_over(done, result)

        def fail(error: Exception) -> None:
            self._running.pop(task, None)
            if not task.cancelled():
                self._tell_failure(failed, error)

        self._running[task] = progress
        self._submit(self._tasks, _Asked(run, finish, fail, _always))
        return task

    def announce(self, change: object) -> None:
        """Tell all screens what changed; may be called from any thread."""
        self._call.emit(lambda: self.changed.emit(change))

    def later(self, fn: Callable[[], None]) -> None:
        """Run ``fn`` in the GUI thread; may be called from any thread."""
        self._call.emit(fn)

    @property
    def busy(self) -> int:
        """How many pieces of work are not finished."""
        return len(self._asked)

    def drain(self, ms: int = 5000) -> bool:
        """Wait until all work is done and delivered, with the event loop running.

        For tests, the tour and closing. False when ``ms`` milliseconds were not enough.
        """
        end = time.monotonic() + ms / 1000
        while time.monotonic() < end:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if self.busy == 0:
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
                if self.busy == 0:
                    return True
            time.sleep(0.002)
        return False

    def close(self) -> None:
        """Finish writes that were begun or queued, drop reads, break off long tasks."""
        if not self._open:
            return
        self._open = False
        for task in self._running:
            task.cancel()
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._tasks.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
        # a read under way may hold a page through its function: the page must outlive the read
        wait(tuple(self._under_way), timeout=LONGEST_READ_SECONDS)
        self._asked.clear()

    def _submit(self, pool: ThreadPoolExecutor, asked: _Asked) -> tuple[int, Future[None]] | None:
        if not self._open:
            return None
        number = next(self._numbers)
        self._asked[number] = asked
        future = pool.submit(self._work, number)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return number, future

    def _work(self, number: int) -> None:
        result, error = None, None
        try:
            result = self._asked[number].fn()
        except Exception as caught:  # noqa: BLE001 - handed to the caller in the GUI thread
            error = caught
        try:
            self._call.emit(lambda: self._answer(number, result, error))
        except RuntimeError:
            # The window is already gone: nobody is left to hear the answer.
            log.debug("an answer came after the window had closed")

    def _answer(self, number: int, result: object, error: Exception | None) -> None:
        asked = self._asked.get(number)
        if asked is None:  # closed meanwhile: there is no screen left to tell
            return
        try:
            if not asked.wanted():
                return
            if error is None:
                _hand_over(asked.done, result)
            else:
                self._tell_failure(asked.failed, error)
        finally:
            self._asked.pop(number, None)

    def _tell_progress(self, task: Task, current: int, total: int) -> None:
        progress = self._running.get(task)
        if progress is not None:
            progress(current, total)

    def _tell_failure(self, failed: Failed | None, error: Exception) -> None:
        if failed is not None:
            failed(error)
            return
        log.error("background work failed: %s", places(error))
        self.crashed.emit(error)

    def _deliver(self, fn: Callable[[], None]) -> None:
        fn()


def _hand_over(done: Callable[[Any], None] | None, result: object) -> None:
    """Give the result to whoever asked, unless their widget was closed and deleted meanwhile."""
    asker = getattr(done, "__self__", None)
    if done is None or (isinstance(asker, QObject) and not isValid(asker)):
        return
    try:
        done(result)
    except RuntimeError as error:
        # A closure over a deleted widget can't be recognised before it is run.
        if not any(words in str(error) for words in _GONE):
            raise
        log.debug("an answer came after its widget had been deleted")


def _always() -> bool:
    return True


_GONE = ("Signal source has been deleted", "already deleted")
"""What PySide says of an object whose Qt half is gone."""
