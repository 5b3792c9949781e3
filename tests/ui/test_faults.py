"""What users and the world do to the window: kills, garbage, folders that refuse."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from center_parts import Window
from people_store import KEY, clock
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from arm.exchange.whole_file import NotWritable
from arm.store.database import open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from tests.centre_parts import derive_nothing
from ui.widgets import Dialog
from ui.workspaces.center.intake import AUTOSAVE, IntakePage

PASTED = (
    "a\x00b",
    "\u202eابج\u202c",
    "👩\u200d👩\u200d👧\u200d👦",
    "я" * 100_000,
    "строка\r\nещё\tстрока",
    "31.12.9999",
    "<b>x</b>&amp;%s{x}",
)


def test_a_form_being_filled_in_survives_a_kill(tmp_path: Path, qapp: object) -> None:
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1])])
    child = subprocess.Popen(
        [sys.executable, str(here / "killed_window.py"), str(tmp_path / "home")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"typed\n"
        time.sleep(AUTOSAVE / 1000 + 0.8)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
    engine = open_database(tmp_path / "home" / "records.db", KEY)
    actor = Actor("orlova", "Орлова", "center_specialist", 11)
    store = Store(
        engine, clock(), actor, FileStore(tmp_path / "home" / "files", KEY), derive_nothing
    )
    (draft,) = store.drafts("intake")
    engine.dispose()
    assert "Ненаписанный" in str(draft.body)


def test_a_dialog_closes_though_what_had_the_focus_is_gone(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    box = QVBoxLayout(host)
    field = QLineEdit()
    box.addWidget(field)
    host.show()
    qtbot.waitExposed(host)
    field.setFocus()
    dialog = Dialog("Вопрос", parent=host)
    dialog.open(host)
    closed: list[bool] = []
    dialog.closed.connect(lambda: closed.append(True))
    field.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    dialog.accept()
    assert closed == [True]


@pytest.fixture
def page(qtbot: QtBot, center: Window) -> IntakePage:
    made = IntakePage(center.context())
    center.show(qtbot, made)
    return made


def test_a_consent_into_a_folder_that_refuses_is_told(
    center: Window, page: IntakePage, tmp_path: Path
) -> None:
    page.ask_file = lambda *_said: tmp_path / "нет" / "Согласие.pdf"
    page.print_consent()
    center.settle()
    assert [type(error) for error in center.errors] == [NotWritable]
    center.errors.clear()


@pytest.mark.parametrize("text", PASTED, ids=range(len(PASTED)))
def test_anything_pasted_into_every_field_of_intake_breaks_nothing(
    center: Window, page: IntakePage, text: str
) -> None:
    QGuiApplication.clipboard().setText(text)
    typed = 0
    for kind in (QLineEdit, QTextEdit, QPlainTextEdit):
        for field in page.findChildren(kind):
            if field.isVisible() and field.isEnabled() and not field.isReadOnly():
                field.setFocus()
                field.paste()
                typed += 1
    center.settle(350)
    page.save()
    center.settle()
    assert typed > 10
    assert center.errors == []
