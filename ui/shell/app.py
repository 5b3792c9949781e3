"""Starting the program with a screen: ``arm run``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from arm import __version__
from arm.clock import Clock
from arm.password_file import DEMONSTRATION_PASSWORD, password_from_file
from arm.places import Home, home_from_environment
from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.garbage import Garbage
from ui.shell.crash import log_to
from ui.shell.frame import Frame
from ui.shell.look import Look
from ui.shell.preferences import Preferences
from ui.tables.copying import keep_clipboard_as_text
from ui.widgets.painting import fill_box


def build_app(preferences: Preferences | None = None) -> QApplication:
    """The application object, made once a process. The scale of the preferences is applied."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if preferences is not None and preferences.scale and "QT_SCALE_FACTOR" not in os.environ:
        os.environ["QT_SCALE_FACTOR"] = str(preferences.scale / 100)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("edinoe-okno")
    app.setApplicationDisplayName("Единое окно")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("edinoe-okno")
    Garbage(app)
    return app


def open_frame(home: Home, clock: Clock | None = None, *, login: str = "") -> Frame:
    """The window of one home, ready to be shown; several may live in one process."""
    preferences = Preferences(home.root)
    app = build_app(preferences)
    look = Look(app, preferences)
    app.setWindowIcon(_window_icon())
    return Frame(home, look, clock, login=login)


def _window_icon() -> QIcon:
    drawn = QPixmap(64, 64)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    fill_box(painter, QRectF(0, 0, 64, 64), 14, color("accent"))
    paint_icon(painter, "route", 12, 12, "onAccent", 40)
    painter.end()
    return QIcon(drawn)


def _password() -> str:
    """Of the demonstration, or what ``ARM_PASSWORD_FILE`` holds."""
    from_file = password_from_file()
    return DEMONSTRATION_PASSWORD if from_file is None else from_file


def main(words: Sequence[str] = ()) -> int:
    """Open the window and stay until it is closed."""
    parser = argparse.ArgumentParser(prog="arm run", description="Окно рабочего места.")
    parser.add_argument("--login", default="", help="чья учётная запись выбрана")
    parser.add_argument(
        "--signed-in", action="store_true", help="войти сразу (показ или ARM_PASSWORD_FILE)"
    )
    arguments = parser.parse_args(list(words))
    home = home_from_environment()
    handler = log_to(home.log)
    frame = open_frame(home, login=arguments.login)
    restore = frame.crash.install()
    frame.show()
    frame.activateWindow()
    if arguments.signed_in and arguments.login:
        frame.sign_in(arguments.login, _password())
    try:
        return QApplication.exec()
    finally:
        keep_clipboard_as_text()
        restore()
        handler.close()
