"""Bugs: logged without personal data, told once and quietly, the program stays up."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)

from arm import __version__
from arm.errors import places

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.WARNING,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def report_text(error: BaseException) -> str:
    """Kind of the error and the places in the code. The message is left out on purpose: it may
    quote a name or a number of a person."""
    head = (
        f"edinoe-okno {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.system()} {platform.release()}"
    )
    return f"{head}\n{places(error)}"


class CrashReport(QObject):
    """Catches what nobody expected. ``happened`` sends the text of the report."""

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: set[str] = set()

    def install(self) -> Callable[[], None]:
        """Listen to Python and Qt; gives the function that stops listening."""
        previous_hook, previous_thread_hook = sys.excepthook, threading.excepthook
        previous_messages = qInstallMessageHandler(_log_qt_message)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

        def restore() -> None:
            sys.excepthook = previous_hook
            threading.excepthook = previous_thread_hook
            qInstallMessageHandler(previous_messages)

        return restore

    def report(self, error: BaseException) -> None:
        """Log the error; tell about each place in the code only once."""
        text = report_text(error)
        log.error("unexpected error\n%s", text)
        if text not in self._told:
            self._told.add(text)
            self.happened.emit(text)

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error.with_traceback(trace))

    def _on_thread_exception(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self.report(caught.exc_value)


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.INFO), "%s", message)


def log_to(path: Path) -> logging.Handler:
    """Write the program's log to a file that never grows beyond 1 MB and one older copy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    if not faulthandler.is_enabled() and sys.stderr is not None:
        faulthandler.enable()
    return handler
