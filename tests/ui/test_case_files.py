"""Files of a case that lie at the centre: said so, fetched when opened, stopped, kept at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from arm.casework import case as casework
from arm.casework.case import AttachmentLine
from arm.store import blobs
from arm.store.store import Store
from arm.store.transfers import Transfer
from arm.sync.files import FileNotAtCentre
from arm.sync.state import SyncState
from ui.casefile.case_page import CasePage
from ui.casefile.files import FilesPanel, FileViewer


@dataclass
class Line:
    """A workstation's exchange as screens see it."""

    state: SyncState = field(default_factory=lambda: SyncState(phase="idle"))


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def person(store: Store) -> str:
    return karimov(store)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    for window in opened_window(qtbot, store):
        window.desk.sync = Line()
        yield window


def picture() -> bytes:
    image = QImage(30, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkBlue)
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes for the format
    return bytes(kept.data())


@pytest.fixture
def files(window: HostWindow, store: Store, person: str) -> FilesPanel:
    """The panel of a case with one scan that is at the centre only."""
    casework.attach_file(store, person, "other", "снимок.png", picture())
    sha256 = shown_line(store, person).sha256
    with store.merge() as session:
        blobs.raw_of(session).execute("UPDATE blob SET state = 'sent', here = 0")
    store.files.drop(sha256)
    page = window.show_page(CasePage, {"person_id": person})
    assert isinstance(page, CasePage)
    page.show_tab("documents")
    page.documents.choose("files", "")
    return page.documents.files


def shown_line(store: Store, person: str) -> AttachmentLine:
    [line] = casework.attachments(store, person)
    return line


def button(files: FilesPanel, name: str) -> QAbstractButton:
    found = files.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def said(files: FilesPanel) -> str:
    [row] = files._files.values()
    return str(row.meta.text())


def test_a_file_at_the_centre_is_fetched_when_opened_and_then_shown(
    window: HostWindow, files: FilesPanel, store: Store, person: str
) -> None:
    assert "в центре, загрузится при открытии" in said(files)
    button(files, "fileLook").click()
    window.settle()
    line = shown_line(store, person)
    assert line.place == "loading"
    assert store.files.board.asked.is_set()
    store.files.board.tell(Transfer(line.sha256, "down", 50, 100))
    window.settle()
    assert "загружается, 50 %" in said(files)
    blobs.came(store, store.actor.scope, line.sha256, picture())
    store.files.board.tell(Transfer(line.sha256, "down", 100, 100, over=True))
    window.settle()
    assert isinstance(window.told.dialogs[-1], FileViewer)
    assert window.told.dialogs[-1].view.paper.sheet is not None
    assert "центре" not in said(files)


def test_a_download_can_be_stopped(
    window: HostWindow, files: FilesPanel, store: Store, person: str
) -> None:
    button(files, "fileLook").click()
    window.settle()
    button(files, "fileStop").click()
    window.settle()
    assert shown_line(store, person).place == "centre"
    assert "загрузится при открытии" in said(files)


def test_without_a_line_the_file_comes_later_and_that_is_said(
    window: HostWindow, files: FilesPanel, store: Store, person: str
) -> None:
    window.desk.sync.state = SyncState(phase="offline")
    files._desk.reload()
    window.settle()
    assert "в центре, нужна связь" in said(files)
    button(files, "fileLook").click()
    window.settle()
    assert "когда будет связь" in window.told.toasts[-1]
    assert "загрузится, когда будет связь" in said(files)


def test_a_file_the_centre_does_not_have_is_told_with_what_to_do(
    window: HostWindow, files: FilesPanel, store: Store, person: str
) -> None:
    button(files, "fileLook").click()
    window.settle()
    line = shown_line(store, person)
    blobs.want(store, store.actor.scope, line.sha256, line.size, 0)
    error = FileNotAtCentre()
    store.files.board.tell(Transfer(line.sha256, "down", 0, 100, over=True, error=error))
    window.settle()
    assert window.told.errors == [error]
    assert shown_line(store, person).place == "centre"


def test_an_upload_tells_how_far_it_is(
    window: HostWindow, files: FilesPanel, store: Store, person: str
) -> None:
    blobs.came(store, store.actor.scope, shown_line(store, person).sha256, picture())
    with store.merge() as session:
        blobs.raw_of(session).execute("UPDATE blob SET state = 'unsent'")
    files._desk.reload()
    window.settle()
    assert "ждёт отправки" in said(files)
    store.files.board.tell(Transfer(shown_line(store, person).sha256, "up", 40, 100))
    window.settle()
    assert "отправляется, 40 %" in said(files)


def test_files_of_a_person_can_be_kept_at_hand(
    window: HostWindow, files: FilesPanel, store: Store, person: str
) -> None:
    assert files.pin_button.text() == "Держать здесь"
    files.pin_button.click()
    window.settle()
    assert casework.pinned(store) == {person}
    assert files.pin_button.text() == "Не держать здесь"
    files.pin_button.click()
    window.settle()
    assert casework.pinned(store) == frozenset()
