"""Signing out with work that the centre has not got: told, counted, kept, shown at the entrance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shell_parts import PASSWORD, find, texts

from arm.casework import kept_work
from arm.model import Person
from arm.places import Home
from arm.profile import Centre, read_profile, write_profile
from arm.workstation import add_account, open_workstation
from ui.shell.frame import Frame
from ui.shell.leaving import LeavingDialog
from ui.shell.sign_in import AccountCard, SignIn

SECOND = "другой верный пароль"


@pytest.fixture
def offline(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> Callable[[], tuple[Frame, Home]]:
    """Orlova signed in at a computer whose centre does not answer, with one edit and a draft."""

    def make() -> tuple[Frame, Home]:
        profile = read_profile(own_home.profile)
        write_profile(own_home.profile, replace(profile, centre=Centre("127.0.0.1", 9, "arm")))
        frame = open_frame(own_home)
        frame.sign_in("orlova", PASSWORD)
        assert frame.background.drain(20_000)
        assert frame.workstation is not None
        with frame.workstation.store.write("Заведено дело") as session:
            session.add(Person(surname="Каримов"))
        frame.workstation.store.save_draft("intake", "Рахимова", {"surname": "Рахимова"}, 10)
        return frame, own_home

    return make


def asked(frame: Frame) -> LeavingDialog:
    frame.sign_out()
    assert frame.background.drain(20_000)
    dialog = find(frame, "leaving-dialog")
    assert isinstance(dialog, LeavingDialog)
    return dialog


def test_signing_out_tells_how_much_waits_and_going_keeps_it(
    offline: Callable[[], tuple[Frame, Home]],
) -> None:
    frame, home = offline()
    dialog = asked(frame)
    words = texts(dialog).replace("\u00a0", " ")
    assert "1 правка ещё не в центре" in words
    assert "Орлова Мария: 1 правка ждёт отправки, черновиков здесь: 1" in words
    QTest.mouseClick(find(dialog, "leaving-go"), Qt.MouseButton.LeftButton)
    assert frame.background.drain(20_000)
    assert frame.main is None
    entrance = frame.findChild(SignIn)
    assert entrance is not None
    cards = {card.account.login: card for card in entrance.findChildren(AccountCard)}
    assert "1\u00a0правка ждёт отправки" in cards["orlova"].accessibleDescription()
    assert "ждёт" not in cards["lapin"].accessibleDescription()
    with open_workstation(home, "orlova", PASSWORD) as again:
        assert again.store.pending() == 1
        assert [draft.title for draft in again.store.drafts()] == ["Рахимова"]


def test_going_back_leaves_everything_as_it_was(
    offline: Callable[[], tuple[Frame, Home]],
) -> None:
    frame, _ = offline()
    dialog = asked(frame)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert frame.main is not None
    assert frame.workstation is not None
    assert frame.workstation.store.pending() == 1


def test_unsent_work_is_exported_from_the_question(
    offline: Callable[[], tuple[Frame, Home]], tmp_path: Path
) -> None:
    frame, _ = offline()
    dialog = asked(frame)
    path = tmp_path / "правки.txt"
    dialog.choose_file = lambda _parent: path
    QTest.mouseClick(find(dialog, "leaving-export"), Qt.MouseButton.LeftButton)
    assert frame.background.drain(20_000)
    assert kept_work.check_export(path) == 2
    assert frame.workstation is not None
    assert frame.workstation.store.pending() == 1, "a copy goes out, the edit stays in the queue"


def test_sending_first_without_network_stays_signed_in(
    offline: Callable[[], tuple[Frame, Home]], qtbot: QtBot
) -> None:
    frame, _ = offline()
    dialog = asked(frame)
    QTest.mouseClick(find(dialog, "leaving-send"), Qt.MouseButton.LeftButton)
    assert frame.background.drain(30_000)
    assert frame.main is not None
    assert frame.workstation is not None
    assert frame.workstation.store.pending() == 1


def test_colleague_who_signs_in_next_sees_whose_work_waits(
    offline: Callable[[], tuple[Frame, Home]],
) -> None:
    frame, home = offline()
    QTest.mouseClick(find(asked(frame), "leaving-go"), Qt.MouseButton.LeftButton)
    assert frame.background.drain(20_000)
    lapin = next(one for one in read_profile(home.profile).accounts if one.login == "lapin")
    add_account(home, lapin, SECOND, "orlova", PASSWORD)
    with open_workstation(home, "lapin", SECOND) as second:
        (first,) = kept_work.unsent(second.store)
        assert (first.login, first.waiting, first.drafts) == ("orlova", 1, 1)
        assert second.store.drafts() == [], "another person's draft is not theirs to go on with"
