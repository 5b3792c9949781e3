"""Parts of the centre's page tests: a store of invented people and the window's side, played."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from people_store import KEY, OFFICE, fill, new_store, store_over
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from arm.model import Office
from arm.store.database import open_database
from arm.store.store import Store
from ui.background import Background
from ui.context import Context
from ui.design.theme import current_theme
from ui.page import Page

PERSONS = int(os.environ.get("ARM_TEST_PERSONS", "150"))


@dataclass
class Window:
    """What the window would do for a page: keeps what it was asked, shows the page."""

    store: Store
    background: Background
    went: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    toasts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    dialogs: list[QWidget] = field(default_factory=list)
    host: QWidget | None = None

    def navigate(self, page_id: str, args: Mapping[str, object]) -> None:
        self.went.append((page_id, dict(args)))

    def toast(self, text: str, **more: Any) -> None:
        self.toasts.append((text, more))

    def show_error(
        self, error: Exception, retry: Callable[[], None] | None = None, *_more: object
    ) -> None:
        self.errors.append(error)

    def open_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog)
        dialog.open(self.host)

    def context(self) -> Context:
        workstation: Any = SimpleNamespace(
            store=self.store, clock=self.store.clock, office=Office(**OFFICE), sync=None, loop=None
        )
        return Context(
            workstation=workstation,
            background=self.background,
            theme=current_theme,
            navigate=self.navigate,
            back=lambda: None,
            toast=self.toast,
            open_dialog=self.open_dialog,
            show_error=self.show_error,
            undo=lambda: None,
        )

    def show(
        self, qtbot: QtBot, page: Page, args: Mapping[str, object] | None = None,
        size: tuple[int, int] = (1232, 824),
    ) -> None:  # fmt: skip
        """Put the page in front as the window does."""
        self.host = QWidget()
        box = QVBoxLayout(self.host)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page)
        self.host.resize(*size)
        qtbot.addWidget(self.host)
        self.background.changed.connect(page.data_changed)
        self.host.show()
        QTest.qWaitForWindowActive(self.host)
        page.shown(args or {})
        self.settle()

    def settle(self, pause: int = 0) -> None:
        """Wait until all threads are done, and timers of ``pause`` ms have fired."""
        self.background.drain()
        if pause:
            QTest.qWait(pause)
            self.background.drain()


@pytest.fixture(scope="session")
def center_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of invented people, made once and copied by tests."""
    folder = tmp_path_factory.mktemp("people")
    store = new_store(folder)
    fill(store, PERSONS)
    store.engine.dispose()
    return folder


@pytest.fixture
def center(dressed: QApplication, center_people: Path, tmp_path: Path) -> Iterator[Window]:
    """An open store full of people and the window around a page."""
    folder = tmp_path / "home"
    shutil.copytree(center_people, folder)
    store = store_over(open_database(folder / "records.db", KEY), folder)
    background = Background()
    store.listen(background.announce)
    made = Window(store, background)
    background.crashed.connect(made.errors.append)
    yield made
    background.drain()
    background.close()
    store.engine.dispose()
    assert made.errors == []


_pressed = count(1_000_000_000, 5)
"""Milliseconds at which a scanner presses its keys."""


def type_text(text: str, *, scanned: bool = False) -> None:
    """Type on whatever has the focus, as a keyboard does (letters of any script). ``scanned``: the
    system says that the keys came 5 ms apart, however busy this machine is."""
    for char in text:
        at = next(_pressed) if scanned else 0
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            focused = QApplication.focusWidget()
            assert focused is not None
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, char)
            event.setTimestamp(at)
            QApplication.sendEvent(focused, event)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)
