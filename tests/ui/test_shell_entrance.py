"""Situations before the work: first run, signing in, a forgotten password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLineEdit,
    QPlainTextEdit,
)
from shell_parts import OFFICE, PASSWORD, PEOPLE, find, nameless, texts, type_text

from arm.places import Home
from arm.profile import Centre, Profile, read_profile, write_profile
from arm.workstation import create_workstation
from ui.shell.first_run import FirstRun
from ui.shell.frame import Frame
from ui.shell.sign_in import SignIn
from ui.widgets import Banner

# --- before signing in


def test_empty_home_offers_a_centre_or_the_demonstration(
    open_frame: Callable[[Home], Frame], home: Home
) -> None:
    frame = open_frame(home)
    page = find(frame, "first-run")
    assert isinstance(page, FirstRun)
    for name in (
        "centre-address",
        "centre-login",
        "centre-password",
        "join",
        "start-demonstration",
    ):
        assert find(page, name).isEnabled()
    assert nameless(frame) == []


def test_incomplete_connection_is_told_before_anything_is_tried(
    open_frame: Callable[[Home], Frame], home: Home
) -> None:
    frame = open_frame(home)
    QTest.mouseClick(find(frame, "join"), Qt.MouseButton.LeftButton)
    assert "Впишите адрес, логин и пароль" in texts(frame)


def test_unreadable_address_is_told_and_nothing_is_lost(
    open_frame: Callable[[Home], Frame], home: Home
) -> None:
    frame = open_frame(home)
    for name, words in (("centre-address", "просто слова"), ("centre-login", "orlova")):
        type_text(find(frame, name), words)
    type_text(find(frame, "centre-password"), PASSWORD)
    QTest.mouseClick(find(frame, "join"), Qt.MouseButton.LeftButton)
    assert frame.background.drain(20_000)
    note = find(frame, "first-run-note")
    assert isinstance(note, Banner)
    assert "просто слова" in note.accessibleDescription()
    line = find(frame, "centre-login")
    assert isinstance(line, QLineEdit)
    assert line.text() == "orlova"


def test_accounts_of_this_computer_are_offered(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    frame = open_frame(own_home)
    page = find(frame, "sign-in")
    assert isinstance(page, SignIn)
    assert page.login() == "orlova"
    assert find(page, "account-lapin").accessibleName() == "Лапин Денис Андреевич"
    QTest.keyClick(page, Qt.Key.Key_Down)
    assert page.login() == "lapin"
    assert nameless(frame) == []


def test_wrong_password_is_told_beside_it_and_can_be_typed_over(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    frame = open_frame(own_home)
    line = find(frame, "password")
    type_text(line, "неверный пароль")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert frame.main is None
    assert "Пароль не подошёл" in texts(frame)
    assert isinstance(line, QLineEdit)
    assert line.hasSelectedText()


def test_enter_without_a_password_asks_for_it(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    frame = open_frame(own_home)
    QTest.keyClick(find(frame, "password"), Qt.Key.Key_Return)
    assert "Впишите пароль" in texts(frame)


def test_right_password_opens_the_window(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    frame = open_frame(own_home)
    line = find(frame, "password")
    type_text(line, PASSWORD)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert frame.main is not None
    assert find(frame, "page-today").isVisible()
    assert frame.look.preferences.login == "orlova"


def test_without_network_it_says_that_signing_in_is_possible(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    profile = read_profile(own_home.profile)
    # A port of this machine on which nothing listens.
    write_profile(own_home.profile, replace(profile, centre=Centre("127.0.0.1", 9, "arm")))
    frame = open_frame(own_home)
    assert frame.background.drain(20_000)
    note = find(frame, "sign-in-note")
    assert "войти можно" in note.accessibleName()


def test_forgotten_password_explains_and_can_be_set_with_the_phrase(
    open_frame: Callable[[Home], Frame], home: Home
) -> None:
    phrase = create_workstation(home, Profile(OFFICE, PEOPLE), "orlova", PASSWORD)
    frame = open_frame(home)
    QTest.mouseClick(find(frame, "forgot-password"), Qt.MouseButton.LeftButton)
    dialog = find(frame, "forgotten-password")
    button = find(dialog, "set-password")
    assert not button.isEnabled()
    area = find(dialog, "recovery-phrase")
    assert isinstance(area, QPlainTextEdit)
    area.setPlainText(phrase)
    type_text(find(dialog, "new-password"), "совсем другой пароль")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert frame.background.drain(20_000)
    frame.sign_in("orlova", "совсем другой пароль")
    assert frame.background.drain(20_000)
    assert frame.main is not None


def test_wrong_phrase_changes_nothing(open_frame: Callable[[Home], Frame], own_home: Home) -> None:
    frame = open_frame(own_home)
    QTest.mouseClick(find(frame, "forgot-password"), Qt.MouseButton.LeftButton)
    area = find(frame, "recovery-phrase")
    assert isinstance(area, QPlainTextEdit)
    area.setPlainText("чужая фраза")
    type_text(find(frame, "new-password"), "совсем другой пароль")
    QTest.mouseClick(find(frame, "set-password"), Qt.MouseButton.LeftButton)
    assert frame.background.drain(20_000)
    assert find(frame, "forgotten-password").isVisible()
    frame.sign_in("orlova", PASSWORD)
    assert frame.background.drain(20_000)
    assert frame.main is not None
