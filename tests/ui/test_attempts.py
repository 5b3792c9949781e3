"""Too many wrong passwords: the screens say how long to wait, and take the right one afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shell_parts import PASSWORD, find, press, texts, type_text

from arm.access.attempts import WAITS, Attempts
from arm.clock import FixedClock
from arm.places import Home
from ui.shell.frame import Frame
from ui.shell.sign_in import SignIn
from ui.shell.waiting_line import WaitingLine
from ui.widgets import Field

FREE = WAITS.index(5)
WRONG = "неверный пароль"


def failed_before(home: Home, clock: FixedClock, times: int, login: str = "orlova") -> None:
    """Wrong passwords of an earlier run of the program."""
    for _ in range(times):
        Attempts(home.attempts, clock).failed(login)


def enter(frame: Frame, line: QWidget, password: str) -> QLineEdit:
    """Typed and sent with the keyboard."""
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    type_text(line, password)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    return line


def test_wrong_passwords_at_the_entrance_make_it_wait_then_the_right_one_opens(
    open_frame: Callable[[Home], Frame], own_home: Home, clock: FixedClock
) -> None:
    failed_before(own_home, clock, FREE)
    frame = open_frame(own_home)
    line = enter(frame, find(frame, "password"), WRONG)
    assert "Следующая попытка через 0:0" in texts(frame)
    assert line.text() == WRONG
    assert line.hasSelectedText()  # one key replaces it
    assert QApplication.focusWidget() is line
    enter(frame, line, PASSWORD)  # too early, though right
    assert frame.main is None
    assert line.text() == PASSWORD
    clock.advance(timedelta(seconds=5))
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert frame.main is not None


def test_typing_goes_on_during_the_wait_and_the_countdown_stays(
    open_frame: Callable[[Home], Frame], own_home: Home, clock: FixedClock
) -> None:
    failed_before(own_home, clock, len(WAITS))
    frame = open_frame(own_home)
    assert frame.background.drain(20_000)
    line = find(frame, "password")
    type_text(line, "правиль")
    assert isinstance(line, QLineEdit)
    assert line.text() == "правиль"
    assert "через 15:00" in texts(frame) or "через 14:59" in texts(frame)


def test_a_program_started_anew_says_at_once_that_the_wait_goes_on(
    open_frame: Callable[[Home], Frame], own_home: Home, clock: FixedClock
) -> None:
    failed_before(own_home, clock, len(WAITS))
    clock.advance(timedelta(minutes=10))
    frame = open_frame(own_home)
    assert frame.background.drain(20_000)
    assert "через 5:00" in texts(frame) or "через 4:59" in texts(frame)


def test_a_colleagues_card_has_no_wait_and_coming_back_shows_it_again(
    open_frame: Callable[[Home], Frame], own_home: Home, clock: FixedClock
) -> None:
    failed_before(own_home, clock, len(WAITS))
    frame = open_frame(own_home)
    assert frame.background.drain(20_000)
    page = find(frame, "sign-in")
    assert isinstance(page, SignIn)
    QTest.keyClick(page, Qt.Key.Key_Down)
    assert frame.background.drain(20_000)
    assert page.login() == "lapin"
    assert "Следующая попытка" not in texts(frame)
    QTest.keyClick(page, Qt.Key.Key_Up)
    assert frame.background.drain(20_000)
    assert "Следующая попытка" in texts(frame)


def test_the_locked_screen_waits_too_and_keeps_the_work_behind_it(
    frame: Frame, own_home: Home, clock: FixedClock
) -> None:
    typed = find(frame, "typed")
    type_text(typed, "недописанное")
    press(frame, "Ctrl+L")
    assert frame.locked
    line = find(frame, "unlock-password")
    for _ in range(FREE + 1):
        enter(frame, line, WRONG)
    assert "Следующая попытка через 0:0" in texts(frame)
    enter(frame, line, PASSWORD)
    assert frame.locked
    clock.advance(timedelta(seconds=5))
    enter(frame, line, PASSWORD)
    assert not frame.locked
    assert isinstance(typed, QLineEdit)
    assert typed.text() == "недописанное"


def test_locking_again_does_not_spare_the_wait(
    frame: Frame, own_home: Home, clock: FixedClock
) -> None:
    failed_before(own_home, clock, len(WAITS))
    press(frame, "Ctrl+L")
    assert frame.background.drain(20_000)
    assert "Следующая попытка через 1" in texts(frame)


def test_a_lost_key_file_is_not_called_a_wrong_password(frame: Frame, own_home: Home) -> None:
    press(frame, "Ctrl+L")
    own_home.keys.rename(own_home.keys.with_suffix(".gone"))
    enter(frame, find(frame, "unlock-password"), PASSWORD)
    assert frame.locked
    assert "Файл ключей не найден" in texts(frame)
    own_home.keys.with_suffix(".gone").rename(own_home.keys)
    enter(frame, find(frame, "unlock-password"), PASSWORD)
    assert not frame.locked


def test_the_countdown_ends_by_saying_that_the_password_may_be_typed_again(
    dressed: QApplication,
) -> None:
    field = Field("Пароль")
    waiting = WaitingLine(field)
    waiting.begin(1)
    assert field.state == "error"
    for _ in range(250):
        if waiting.on:
            QTest.qWait(20)
    assert field.state == "none"
    assert field.editor.accessibleDescription() == "Пароль можно ввести снова"
