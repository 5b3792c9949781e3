"""Parts the tests of the window share: an office, plain pages, hands and eyes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from arm.clock import FixedClock
from arm.model import Office
from arm.places import Home
from arm.profile import Account, Profile
from arm.workstation import create_workstation
from ui.context import Context
from ui.page import ActionSpec, Keys, Page, PageSpec, Workspace
from ui.shell import discover
from ui.shell.frame import Frame
from ui.shell.look import Look
from ui.shell.preferences import Preferences
from ui.widgets import Label, TextField

PASSWORD = "правильный пароль"
OFFICE = Office(
    name="Миграционный центр «Северный»",
    short_name="ММЦ «Северный»",
    region="40",
    region_name="Приокская область",
    address="",
    inn="",
    phone="",
    oktmo="",
)
PEOPLE = (
    Account("orlova", "Орлова Мария Сергеевна", "center_specialist", 11),
    Account("lapin", "Лапин Денис Андреевич", "center_desk", 11),
)


class PlainPage(Page):
    """A page that remembers what it was told."""

    page_id = "today"
    title = "Сегодня"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.told: list[object] = []
        self.stays = False
        box = QVBoxLayout(self)
        self.line = TextField()
        self.line.setObjectName("typed")
        self.line.setAccessibleName("Поле")
        box.addWidget(self.line)

    def subtitle(self) -> str:
        return "вторник"

    def keys(self) -> Keys:
        return [("↑|↓", "выбрать")]

    def shown(self, args: Mapping[str, object]) -> None:
        self.told.append(dict(args))

    def data_changed(self, change: object) -> None:
        self.told.append(change)

    def may_leave(self) -> bool:
        return not self.stays


class CasesPage(PlainPage):
    page_id = "cases"
    title = "Дела"


class CasePage(PlainPage):
    page_id = "case"
    title = "Дело"

    def crumb(self) -> tuple[str, str]:
        return "cases", "Дела"

    def heading(self) -> str:
        return "Каримов У. Ш."

    def commands(self) -> list[ActionSpec]:
        return [
            ActionSpec(
                "what_if",
                "Что если",
                "circle-help",
                "F7",
                lambda context: context.navigate("intake", {}),
            )
        ]


class ConflictsPage(PlainPage):
    page_id = "conflicts"
    title = "Расхождения"


class IntakePage(PlainPage):
    page_id = "intake"
    title = "Новый приём"


ROOM = Workspace(
    "center",
    "Центр адаптации",
    "building-2",
    (
        PageSpec("today", "Сегодня", "sun", PlainPage, badge=lambda _store: "7"),
        PageSpec("cases", "Дела", "folder-open", CasesPage, badge=lambda _store: "!3"),
        PageSpec("intake", "Новый приём", "user-plus", IntakePage),
        PageSpec("conflicts", "Расхождения", "git-compare-arrows", ConflictsPage, "Система"),
        PageSpec("case", "Дело", "folder-open", CasePage, "-"),
    ),
    (
        ActionSpec(
            "intake", "Новый приём", "plus", "Ctrl+N",
            lambda context: context.navigate("intake", {}), primary=True,
        ),
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home made once; tests copy it, for stretching a password takes its time."""
    home = Home(tmp_path_factory.mktemp("furnished") / "home")
    create_workstation(home, Profile(OFFICE, PEOPLE, demonstration=True), "orlova", PASSWORD)
    return home.root


@pytest.fixture
def own_home(home: Home, furnished: Path) -> Home:
    """A home in which Orlova can sign in."""
    shutil.copytree(furnished, home.root)
    return home


@pytest.fixture
def open_frame(
    dressed: QApplication, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Home], Frame]]:
    monkeypatch.setattr(discover, "workspaces", lambda: (ROOM,))
    frames: list[Frame] = []

    def make(home: Home) -> Frame:
        look = Look(dressed, Preferences(home.root))
        frame = Frame(home, look, clock)
        frame.resize(1440, 900)
        frame.show()
        frames.append(frame)
        return frame

    yield make
    for frame in frames:
        frame.close()
        frame.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def frame(open_frame: Callable[[Home], Frame], own_home: Home) -> Frame:
    """The window, signed in."""
    made = open_frame(own_home)
    made.sign_in("orlova", PASSWORD)
    assert made.background.drain(20_000)
    assert made.main is not None
    return made


def type_text(part: QWidget, text: str) -> None:
    for letter in text:
        press = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(part, press)


def press(frame: Frame, keys: str) -> None:
    frame.activateWindow()
    QTest.keySequence(QApplication.focusWidget() or frame, keys)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def find(root: QWidget, name: str) -> QWidget:
    found = [part for part in root.findChildren(QWidget, name) if part.isVisible()]
    assert found, f"no visible {name}"
    return found[0]


def texts(root: QWidget) -> str:
    return " | ".join(label.text() for label in root.findChildren(Label) if label.isVisible())


def nameless(root: QWidget) -> list[str]:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    return [
        f"{type(part).__name__} {part.objectName()}"
        for part in root.findChildren(QWidget)
        if isinstance(part, kinds) and not part.accessibleName()
    ]
