"""Changing one's password: by keyboard only, every answer said, nothing lost by going back; and the
temporary one, which the window asks to replace by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from centre_parts import PASSWORD as AT_CENTRE
from centre_parts import Organisation, make_organisation
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shell_parts import PASSWORD, find, nameless, press, texts, type_text
from shiboken6 import isValid

from arm.access.attempts import WAITS
from arm.access.errors import WrongPassword
from arm.access.keys import KeyFile
from arm.central.admin import provision, set_password
from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import TemporaryPassword
from arm.joining import join
from arm.model import Person
from arm.places import Home
from arm.profile import Centre, read_profile, write_profile
from arm.sync.state import SyncState
from ui.shell.account_dialogs import ChangePassword
from ui.shell.frame import Frame

NEW = "тихая гавань у моря"
AT = datetime(2026, 7, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def dialog(frame: Frame) -> ChangePassword:
    """Opened from the palette's command, over a page on which somebody is typing."""
    assert frame.main is not None
    page_line = find(frame, "typed")
    page_line.setFocus()
    type_text(page_line, "недописанное")
    frame.main.open_change_password()
    made = find(frame, "change-password")
    assert isinstance(made, ChangePassword)
    return made


def line_with_focus() -> QLineEdit:
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    return line


def tab_to(name: str) -> None:
    """Tab until the focus is there."""
    for _ in range(10):
        now = QApplication.focusWidget()
        assert now is not None
        if now.objectName() == name:
            return
        QTest.keyClick(now, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {name}")


def fill(old: str, new: str, again: str) -> None:
    """The three lines, as fingers go through them."""
    for name, words in (("old-password", old), ("new-password", new), ("again", again)):
        tab_to(name)
        line_with_focus().selectAll()
        type_text(line_with_focus(), words)


def opens(home: Home, password: str, login: str = "orlova") -> bool:
    try:
        KeyFile(home.keys).unlock(login, password)
    except WrongPassword:
        return False
    return True


def error_under(dialog: QWidget, name: str) -> str:
    """What is said under a line, while it is marked as wrong."""
    line = find(dialog, name)
    return line.accessibleDescription() if line.property("state") == "error" else ""


def test_it_opens_with_the_focus_in_the_first_line_and_everything_has_a_name(
    frame: Frame, dialog: ChangePassword
) -> None:
    assert line_with_focus().objectName() == "old-password"
    assert nameless(frame) == []
    assert not find(dialog, "change-password-button").isEnabled()


def test_a_password_is_changed_by_keyboard_only(
    frame: Frame, dialog: ChangePassword, own_home: Home
) -> None:
    fill(PASSWORD, NEW, NEW)
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert dialogs(frame) == []
    assert frame.main is not None
    assert "Пароль сменён" in [toast.text() for toast in frame.main.toasts.shown]
    assert opens(own_home, NEW)
    assert not opens(own_home, PASSWORD)
    assert line_with_focus().objectName() == "typed"


def test_enter_in_a_half_filled_dialog_does_nothing(
    frame: Frame, dialog: ChangePassword, own_home: Home
) -> None:
    tab_to("old-password")
    type_text(line_with_focus(), PASSWORD)
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert dialog.isVisible()
    assert line_with_focus().text() == PASSWORD


@pytest.mark.parametrize(
    ("new", "again", "where", "word"),
    [
        ("короткий", "", "new-password", "12"),
        ("qwerty123456", "", "new-password", "подбирают"),
        ("orlova-orlova", "", "new-password", "логин"),
        (NEW, "тихая гавань у реки", "again", "не совпадают"),
    ],
)
def test_what_is_wrong_is_said_while_typing(
    dialog: ChangePassword, new: str, again: str, where: str, word: str
) -> None:
    fill(PASSWORD, new, again)
    assert word in error_under(dialog, where)
    assert not find(dialog, "change-password-button").isEnabled()


def test_a_wrong_old_password_is_said_beside_it_and_what_was_typed_stays(
    frame: Frame, dialog: ChangePassword, own_home: Home
) -> None:
    fill("не тот пароль", NEW, NEW)
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert dialog.isVisible()
    assert "Неверный" in error_under(dialog, "old-password")
    assert line_with_focus().objectName() == "old-password"
    again = find(dialog, "again")
    assert isinstance(again, QLineEdit)
    assert again.text() == NEW
    line_with_focus().selectAll()
    type_text(line_with_focus(), PASSWORD)
    assert error_under(dialog, "old-password") == ""
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert opens(own_home, NEW)


def test_guessing_the_old_password_has_to_wait_here_too(
    frame: Frame, dialog: ChangePassword, own_home: Home
) -> None:
    fill("не тот пароль", NEW, NEW)
    for _ in range(WAITS.index(5) + 1):
        QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
        assert frame.background.drain(20_000)
    assert "Следующая попытка через 0:0" in error_under(dialog, "old-password")


def test_without_the_centre_nothing_changes_anywhere(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    profile = read_profile(own_home.profile)
    write_profile(own_home.profile, replace(profile, centre=Centre("127.0.0.1", 9, "arm")))
    frame = open_frame(own_home)
    frame.sign_in("orlova", PASSWORD)
    assert frame.background.drain(20_000)
    assert frame.main is not None
    frame.main.open_change_password()
    dialog = find(frame, "change-password")
    fill(PASSWORD, NEW, NEW)
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert "Нет связи с центром" in error_under(dialog, "again")
    assert opens(own_home, PASSWORD)
    assert not opens(own_home, NEW)


@pytest.mark.parametrize("how", ["escape", "button"])
def test_going_back_changes_nothing_and_loses_nothing(
    frame: Frame, dialog: ChangePassword, own_home: Home, how: str
) -> None:
    fill(PASSWORD, NEW, NEW)
    if how == "escape":
        for _ in range(2):  # the first gives the line back what it held
            QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Escape)
    else:
        back = next(b for b in dialog.findChildren(QAbstractButton) if b.text() == "Вернуться")
        back.setFocus()
        QTest.keyClick(back, Qt.Key.Key_Space)
    assert not dialog.isVisible()
    assert frame.background.drain(20_000)
    assert opens(own_home, PASSWORD)
    assert not opens(own_home, NEW)
    assert line_with_focus().objectName() == "typed"
    assert line_with_focus().text() == "недописанное"


# --- a temporary password


def told(frame: Frame) -> None:
    """The centre has refused because of the temporary password."""
    assert frame.main is not None
    frame.main.exchange._show(SyncState("idle", error=TemporaryPassword()))


def dialogs(frame: Frame) -> list[ChangePassword]:
    return [d for d in frame.findChildren(ChangePassword) if d.isVisible()]


def test_the_dialog_comes_by_itself_once_and_stays_within_reach(frame: Frame) -> None:
    assert frame.main is not None
    told(frame)
    (dialog,) = dialogs(frame)
    assert line_with_focus().objectName() == "old-password"
    told(frame)  # the next attempt of the exchange says it again
    assert len(dialogs(frame)) == 1
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    told(frame)
    assert dialogs(frame) == []  # who went back is not asked at every attempt
    (notice,) = frame.main.notices.all
    assert notice.action == "Сменить пароль"
    assert notice.run is not None
    notice.run()
    assert len(dialogs(frame)) == 1


def test_it_covers_no_other_dialog(frame: Frame) -> None:
    assert frame.main is not None
    frame.main.open_settings()
    settings = find(frame, "settings")
    told(frame)
    assert dialogs(frame) == []
    press(frame, "Esc")
    assert not isValid(settings) or not settings.isVisible()
    told(frame)
    assert len(dialogs(frame)) == 1


def test_behind_the_lock_it_waits_for_the_person(frame: Frame) -> None:
    press(frame, "Ctrl+L")
    told(frame)
    assert dialogs(frame) == []
    assert QApplication.focusWidget() is find(frame, "unlock-password")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCentral]:
    with EmbeddedCentral(tmp_path_factory.mktemp("centre")) as running:
        provision(running.admin_dsn())
        yield running


@pytest.fixture
def organisation(centre: EmbeddedCentral) -> Organisation:
    return make_organisation(centre)


def test_who_was_given_a_temporary_password_sets_their_own_and_the_exchange_begins(
    open_frame: Callable[[Home], Frame], home: Home, organisation: Organisation, qtbot: QtBot
) -> None:
    here, login = organisation.centre, organisation.logins[0]
    join(home, Centre(here.host, here.port, here.database), login, AT_CENTRE)
    set_password(here.admin_dsn(), login, AT_CENTRE, temporary=True)
    frame = open_frame(home)
    frame.sign_in(login, AT_CENTRE)
    assert frame.background.drain(20_000)
    assert frame.workstation is not None
    qtbot.waitUntil(lambda: len(dialogs(frame)) == 1, timeout=20_000)
    assert "Нынешний пароль временный" in texts(dialogs(frame)[0])
    store = frame.workstation.store
    with store.write("Заведено дело") as session:
        session.add(Person(surname="Каримов"))
    fill(AT_CENTRE, NEW, NEW)
    QTest.keyClick(line_with_focus(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.pending() == 0, timeout=20_000)
    assert dialogs(frame) == []
    assert opens(home, NEW, login)
    assert not opens(home, AT_CENTRE, login)
    assert frame.main is not None
    qtbot.waitUntil(lambda: frame.main is not None and frame.main.notices.all == ())


def test_what_was_told_behind_the_lock_is_asked_after_it(
    open_frame: Callable[[Home], Frame], home: Home, organisation: Organisation, qtbot: QtBot
) -> None:
    here, login = organisation.centre, organisation.logins[0]
    join(home, Centre(here.host, here.port, here.database), login, AT_CENTRE)
    frame = open_frame(home)
    frame.sign_in(login, AT_CENTRE)
    assert frame.background.drain(20_000)
    assert frame.main is not None
    exchange = frame.main.exchange
    qtbot.waitUntil(lambda: _exchanged(exchange.state), timeout=20_000)
    frame.lock()
    set_password(here.admin_dsn(), login, AT_CENTRE, temporary=True)
    exchange.now()
    qtbot.waitUntil(lambda: _temporary(exchange.state), timeout=20_000)
    assert dialogs(frame) == []
    line = find(frame, "unlock-password")
    type_text(line, AT_CENTRE)
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialogs(frame)) == 1, timeout=20_000)


def _exchanged(state: SyncState | None) -> bool:
    return state is not None and state.last_exchange_at is not None and state.phase == "idle"


def _temporary(state: SyncState | None) -> bool:
    return state is not None and isinstance(state.error, TemporaryPassword)
