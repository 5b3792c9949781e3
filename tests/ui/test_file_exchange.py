"""«Обмен файлом» by keyboard, with real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from casefile_parts import karimov, opened_office
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shell_parts import find, press, texts

from arm.casework.case import set_field
from arm.casework.exchange_file import export_keys, own_fingerprint
from arm.exchange.signed_package import check
from arm.store.store import Store
from ui.shell.file_exchange import FileExchangeDialog, unbroken
from ui.shell.frame import Frame


@pytest.fixture
def colleague(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    """Another workstation, whose code nobody has compared yet."""
    folder = tmp_path / "colleague"
    folder.mkdir()
    yield from opened_office(folder, empty_database)


@pytest.fixture
def dialog(frame: Frame) -> FileExchangeDialog:
    assert frame.main is not None
    frame.activateWindow()
    frame.main.open_file_exchange()
    settle(frame)
    found = find(frame, "file-exchange")
    assert isinstance(found, FileExchangeDialog)
    return found


def settle(frame: Frame) -> None:
    assert frame.background.drain(20_000)
    QApplication.processEvents()


def key(frame: Frame, code: Qt.Key) -> None:
    """To whatever has the keyboard, then until everything is done."""
    QTest.keyClick(frame.focusWidget() or frame, code)
    settle(frame)


def walk_to(frame: Frame, name: str) -> None:
    for _ in range(8):
        held = frame.focusWidget()
        if held is not None and held.objectName() == name:
            return
        key(frame, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {name}")


def held(frame: Frame) -> str:
    part = frame.focusWidget()
    return part.objectName() if part is not None else ""


def test_what_waits_is_written_by_keyboard_and_the_keyboard_stays(
    frame: Frame, dialog: FileExchangeDialog, tmp_path: Path
) -> None:
    assert frame.main is not None
    store, target = frame.main.workstation.store, tmp_path / "обмен.eopack"
    set_field(store, "person", karimov(store), "phone", "+7 900 000-00-09")
    asked: list[str] = []

    def choose(_parent: QWidget, name: str) -> Path:
        asked.append(name)
        return target

    dialog.choose_target = choose
    assert held(frame) == "package-export", "the dialog begins at what one comes for"
    key(frame, Qt.Key.Key_Space)
    assert asked[0].startswith("обмен 20")
    assert asked[0].endswith(".eopack")
    with target.open("rb") as file:
        assert check(file).kind == "outbox"
    assert "Файл записан" in texts(dialog)
    assert str(target) in texts(dialog)
    assert held(frame) == "package-export"
    key(frame, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_file_of_a_stranger_is_taken_only_after_its_code_was_compared(
    frame: Frame, dialog: FileExchangeDialog, colleague: Store, tmp_path: Path
) -> None:
    brought = tmp_path / "ключи.eopack"
    export_keys(colleague, brought)
    dialog.choose_source = lambda _parent: brought
    walk_to(frame, "package-import")
    key(frame, Qt.Key.Key_Space)
    assert unbroken(own_fingerprint(colleague)) in texts(dialog), "the code to compare is told"
    assert held(frame) == "package-confirm", "the next step is at hand"
    key(frame, Qt.Key.Key_Space)
    assert "Ключи коллег загружены" in texts(dialog)
    assert not dialog.confirm.isVisible()


def test_a_damaged_file_is_told_and_another_can_be_chosen(
    frame: Frame, dialog: FileExchangeDialog, tmp_path: Path
) -> None:
    spoilt = tmp_path / "порча.eopack"
    spoilt.write_bytes(b"not a file of exchange")
    dialog.choose_source = lambda _parent: spoilt
    walk_to(frame, "package-import")
    key(frame, Qt.Key.Key_Space)
    assert dialog.told.isVisible()
    assert dialog.told.accessibleName()
    assert held(frame) == "package-import"
    dialog.choose_source = lambda _parent: None
    key(frame, Qt.Key.Key_Space)
    assert dialog.told.isVisible(), "who chooses nothing loses nothing"


def test_the_dialog_takes_the_height_that_its_words_need(
    frame: Frame, dialog: FileExchangeDialog, colleague: Store, tmp_path: Path
) -> None:
    small = dialog.sheet.height()
    brought = tmp_path / "ключи.eopack"
    export_keys(colleague, brought)
    dialog.choose_source = lambda _parent: brought
    walk_to(frame, "package-import")
    key(frame, Qt.Key.Key_Space)
    large = dialog.sheet.height()
    assert large > small
    assert dialog.write.height() == dialog.load.height() == dialog.confirm.height() == 32
    key(frame, Qt.Key.Key_Space)
    assert small < dialog.sheet.height() < large, "no hole is left where words were"


def test_the_palette_leads_to_it(frame: Frame) -> None:
    assert frame.main is not None
    press(frame, "Ctrl+K")
    titles = [command.title for command in frame.main.commands()]
    assert "Обмен файлом" in titles
