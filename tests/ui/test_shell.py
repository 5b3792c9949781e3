"""Situations of the window: signing in, finding, locking, being offline, going wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, qCritical
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shell_parts import PASSWORD, ROOM, CasePage, PlainPage, find, nameless, press, texts, type_text

from arm.casework.exchanges import PastExchange, Proven
from arm.casework.kept_work import Unsent
from arm.centre_errors import ProgramTooOld
from arm.model import Person
from arm.places import Home
from arm.profile import Centre, read_profile, write_profile
from arm.sync.state import RightsChange, SyncState
from ui.shell import discover
from ui.shell.about import KeysHelp
from ui.shell.crash import CrashReport, report_text
from ui.shell.exchange import Exchange
from ui.shell.frame import Frame
from ui.shell.lock import IdleWatch
from ui.shell.look import Look
from ui.shell.notices import Notice, Notices
from ui.shell.palette import Palette, matching
from ui.shell.preferences import Preferences
from ui.shell.settings import Settings
from ui.shell.sync_panel import Acts, Details, SyncPanel, sync_words

# --- the window
from ui.widgets import Choice, Pill, Popover


def test_every_part_of_the_window_has_a_name(frame: Frame) -> None:
    assert frame.main is not None
    frame.main.open_palette()
    frame.main.open_settings()
    frame.main.open_sync_panel()
    assert nameless(frame) == []


def test_pages_are_opened_from_the_sidebar_and_one_goes_back(frame: Frame) -> None:
    assert frame.main is not None
    QTest.mouseClick(find(frame, "nav-cases"), Qt.MouseButton.LeftButton)
    assert frame.main.current is frame.main.page("cases")
    frame.main.navigate("case", {"person_id": "p1"})
    assert find(frame, "page-title").accessibleName() or "Каримов" in texts(frame)
    case = frame.main.page("case")
    assert isinstance(case, CasePage)
    assert case.told == [{"person_id": "p1"}]
    press(frame, "Alt+Left")
    assert frame.main.current is frame.main.page("cases")


def test_page_with_something_unfinished_is_not_left(frame: Frame) -> None:
    assert frame.main is not None
    page = frame.main.current
    assert isinstance(page, PlainPage)
    page.stays = True
    frame.main.navigate("cases", {})
    assert frame.main.current is page


def test_keys_of_the_page_stand_in_the_status_bar(frame: Frame) -> None:
    assert "выбрать" in find(frame, "key-hints").accessibleName()
    assert find(frame, "demonstration-mark").isVisible()


def test_counters_stand_beside_the_pages(frame: Frame) -> None:
    frame.background.drain(2000)
    assert frame.main is not None
    QTest.qWait(350)
    frame.background.drain(2000)
    assert find(frame, "nav-today").accessibleDescription() == "7"
    assert find(frame, "nav-cases").accessibleDescription() == "3"


def test_narrow_window_has_a_rail(frame: Frame) -> None:
    assert find(frame, "sidebar").width() == 208
    frame.resize(1280, 720)
    assert find(frame, "sidebar").width() == 56
    assert find(frame, "nav-today").toolTip() == "Сегодня"
    frame.resize(1440, 900)
    assert find(frame, "sidebar").width() == 208


def test_main_action_has_its_key(frame: Frame) -> None:
    assert frame.main is not None
    press(frame, "Ctrl+N")
    assert frame.main.current is frame.main.page("intake")


def test_change_reaches_the_page_in_front_and_the_others_when_they_return(frame: Frame) -> None:
    assert frame.main is not None
    assert frame.workstation is not None
    today = frame.main.page("today")
    cases = frame.main.page("cases")
    assert isinstance(today, PlainPage)
    assert isinstance(cases, PlainPage)
    store = frame.workstation.store
    with store.write("Заведено дело") as session:
        session.add(Person(surname="Каримов"))
    assert frame.background.drain()
    assert len(today.told) == 2
    assert cases.told == []
    frame.main.navigate("cases", {})
    assert len(cases.told) == 2


def test_case_marks_its_list_in_the_sidebar_wherever_it_was_opened_from(frame: Frame) -> None:
    assert frame.main is not None
    for opened_from in ("intake", "conflicts", "today"):
        frame.main.navigate(opened_from, {})
        frame.main.navigate("case", {})
        marked = [page for page, line in frame.main.sidebar.lines.items() if line.isChecked()]
        assert marked == ["cases"]


def test_a_small_sheet_closes_when_another_page_comes(frame: Frame) -> None:
    assert frame.main is not None
    sheet = Popover("Столбцы")
    sheet.open_at(frame.main.page("today"))
    assert sheet.isVisible()
    frame.main.navigate("cases", {})
    assert not sheet.isVisible()


def test_undo_takes_back_the_last_action_and_says_so(frame: Frame) -> None:
    assert frame.main is not None
    assert frame.workstation is not None
    with frame.workstation.store.write("Заведено дело") as session:
        session.add(Person(surname="Каримов"))
    frame.main.context.toast("Дело заведено", undo=True)
    word = find(frame, "toast-action")
    QTest.mouseClick(word, Qt.MouseButton.LeftButton)
    assert frame.background.drain()
    assert "Отменено: Заведено дело" in [toast.text() for toast in frame.main.toasts.shown]


def test_nothing_to_undo_is_told_in_words(frame: Frame) -> None:
    assert frame.main is not None
    press(frame, "Ctrl+Z")
    frame.main.undo()
    assert frame.background.drain()
    assert frame.main.toasts.shown


# --- palette


def test_every_command_is_found_by_three_letters(frame: Frame) -> None:
    assert frame.main is not None
    commands = frame.main.commands()
    assert len(commands) >= 11
    for command in commands:
        words = [command.title[start:] for start in range(len(command.title))
                 if start == 0 or command.title[start - 1] in " «"]  # fmt: skip
        reached = any(
            matching(commands, word[:length])[:1] == [command]
            for word in words
            for length in (1, 2, 3)
        )
        assert reached, command.title


def test_palette_runs_what_is_chosen(frame: Frame) -> None:
    assert frame.main is not None
    press(frame, "Ctrl+K")
    line = find(frame, "palette-line")
    type_text(line, "рас")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.main.current is frame.main.page("conflicts")
    assert not [p for p in frame.findChildren(Palette) if p.isVisible()]


def test_palette_has_what_the_page_in_front_can_do(frame: Frame) -> None:
    assert frame.main is not None
    assert "Что если" not in [command.title for command in frame.main.commands()]
    frame.main.navigate("case", {"person_id": "p1"})
    press(frame, "Ctrl+K")
    line = find(frame, "palette-line")
    type_text(line, "что если")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.main.current is frame.main.page("intake")
    assert "Что если" not in [command.title for command in frame.main.commands()]


def test_palette_understands_the_wrong_layout(frame: Frame) -> None:
    assert frame.main is not None
    assert matching(frame.main.commands(), "yfc")[0].title == "Настройки"


def test_palette_finds_people_in_latin_and_opens_the_case(frame: Frame) -> None:
    assert frame.main is not None
    assert frame.workstation is not None
    with frame.workstation.store.write("Заведено дело") as session:
        person = Person(surname="Юлдашев", given="Отабек", surname_latin="YULDASHEV")
        session.add(person)
        session.flush()
        person_id = person.id
    press(frame, "Ctrl+K")
    line = find(frame, "palette-line")
    type_text(line, "yuldash")
    palette = next(p for p in frame.findChildren(Palette) if p.isVisible())
    QTest.qWait(120)
    assert frame.background.drain()
    assert palette.commands_shown()[0].title == "Юлдашев Отабек"
    QTest.keyClick(line, Qt.Key.Key_Return)
    case = frame.main.page("case")
    assert isinstance(case, CasePage)
    assert case.told == [{"person_id": person_id}]


# --- lock


def test_lock_hides_the_work_and_keeps_what_is_typed(frame: Frame) -> None:
    assert frame.main is not None
    page = frame.main.current
    assert isinstance(page, PlainPage)
    type_text(page.line, "недописано")
    press(frame, "Ctrl+L")
    assert frame.locked
    assert not page.line.isVisible()
    line = find(frame, "unlock-password")
    type_text(line, "неверно")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert frame.locked
    assert isinstance(line, QLineEdit)
    line.clear()
    type_text(line, PASSWORD)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert frame.background.drain(20_000)
    assert not frame.locked
    assert page.line.text() == "недописано"


def test_open_dialog_is_behind_the_lock_too(frame: Frame) -> None:
    assert frame.main is not None
    frame.main.open_settings()
    settings = frame.findChild(Settings)
    assert settings is not None
    frame.lock()
    assert not settings.isVisible()


def test_idle_time_is_counted_from_the_last_touch(qapp: QApplication) -> None:
    window = QWidget()
    told: list[int] = []
    watch = IdleWatch(lambda: 0, window)
    watch.idle.connect(lambda: told.append(1))
    watch.look()
    assert told == [1]
    patient = IdleWatch(lambda: 10, window)
    patient.idle.connect(lambda: told.append(2))
    patient.look()
    assert told == [1]


def test_signing_out_goes_back_to_the_entrance(frame: Frame) -> None:
    frame.sign_out()
    assert frame.background.drain(20_000)
    assert find(frame, "sign-in").isVisible()
    frame.sign_in("orlova", PASSWORD)
    assert frame.background.drain(20_000)
    assert frame.main is not None


def test_the_organisations_idle_limit_shortens_what_a_person_chose(
    frame: Frame, own_home: Home
) -> None:
    assert frame.workstation is not None
    assert frame.main is not None
    frame.look.preferences.idle_minutes = 30
    assert frame._idle_minutes() == 30
    frame.workstation.store.set_meta("idle_minutes", 7)  # as the greeting does
    frame.main.exchange._show(SyncState("idle", last_exchange_at=AT))
    assert frame.background.drain(20_000)
    assert frame._idle_minutes() == 7
    assert frame.look.preferences.idle_minutes == 30  # the limit may go again
    frame.main.open_settings()
    choice = find(frame, "settings-idle")
    assert isinstance(choice, Choice)
    assert choice.value() == "7"
    assert "не больше 7 мин" in texts(frame)
    choice.set_value("5")
    choice.changed.emit("5")
    assert frame._idle_minutes() == 5


# --- exchange in words

AT = datetime(2026, 5, 5, 6, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "title", "below"),
    [
        (None, "Без центра", "Только этот компьютер"),
        (SyncState("idle", last_exchange_at=AT), "Синхронизировано", "05.05.2026"),
        (SyncState("idle", 1, last_exchange_at=AT), "Синхронизировано", "1\u00a0правка ждёт"),
        (SyncState("offline", pending=6, offline_since=AT), "Без связи с", "6\u00a0правок ждут"),
        (SyncState("paused", pending=2), "Обмен приостановлен", "2\u00a0правки ждут"),
        (SyncState("loading", loaded=500, total=2000), "Загружаем дела", "500 из 2\u00a0000"),
        (SyncState("never"), "Обмена ещё не было", ""),
        (SyncState("idle", rejected=1, last_exchange_at=AT), "Центр не принял", "1\u00a0правку"),
    ],
)  # fmt: skip
def test_exchange_is_told_in_words(
    dressed: QApplication, state: SyncState | None, title: str, below: str
) -> None:
    words = sync_words(state)
    assert title in words.title
    assert below in words.below


def test_offline_strip_comes_and_goes(frame: Frame) -> None:
    assert frame.main is not None
    strip = frame.main.strip
    strip.show_state(SyncState("offline", pending=6, offline_since=AT, last_exchange_at=AT))
    assert strip.isVisible()
    assert "Работаем без связи с" in strip.accessibleName()
    assert "6\u00a0правок ждут отправки" in strip.accessibleDescription()
    strip.show_state(SyncState("idle", last_exchange_at=AT))
    assert not strip.isVisible()


def opened_panel(frame: Frame, state: SyncState, done: list[str]) -> SyncPanel:
    def read(told: Callable[[Details], None]) -> None:
        past = [
            PastExchange(AT, None, 1, 12, 30, 0, 240, ""),
            PastExchange(AT, AT, 3, 0, 0, 0, None, "Нет связи с центром"),
        ]
        mine = Unsent("orlova", "Орлова Мария Сергеевна", 2, 0, 0, 1)
        absent = Unsent("lapin", "Лапин Денис Андреевич", 0, 4, 0, 0)
        told(Details(past, [Proven(11, 1254)], [mine, absent]))

    acts = Acts(
        exchange=lambda: done.append("exchange"),
        pause=lambda: done.append("pause"),
        resume=lambda: done.append("resume"),
        open_conflicts=lambda: done.append("conflicts"),
        open_refused=lambda: done.append("refused"),
        read_details=read,
        by_file=lambda: done.append("file"),
    )
    made = SyncPanel(state, acts, frame.main)
    made.open_at(find(frame, "sync-state"), "right")
    return made


def test_without_a_network_the_panel_offers_the_way_by_file(frame: Frame) -> None:
    done: list[str] = []
    shown = opened_panel(frame, SyncState("offline", offline_since=AT), done)
    QTest.mouseClick(find(shown, "open-file-exchange"), Qt.MouseButton.LeftButton)
    assert done == ["file"]


def test_panel_offers_what_can_be_done_now(frame: Frame) -> None:
    done: list[str] = []
    shown = opened_panel(frame, SyncState("idle", conflicts=2, last_exchange_at=AT), done)
    QTest.mouseClick(find(shown, "open-conflicts"), Qt.MouseButton.LeftButton)
    shown = opened_panel(frame, SyncState("idle", office_rejected=2, last_exchange_at=AT), done)
    QTest.mouseClick(find(shown, "open-refused"), Qt.MouseButton.LeftButton)
    shown = opened_panel(frame, SyncState("idle", last_exchange_at=AT), done)
    QTest.mouseClick(find(shown, "pause-exchange"), Qt.MouseButton.LeftButton)
    shown = opened_panel(frame, SyncState("paused"), done)
    QTest.mouseClick(find(shown, "pause-exchange"), Qt.MouseButton.LeftButton)
    assert done == ["conflicts", "refused", "pause", "resume"]


def test_panel_with_much_to_tell_is_scrolled_in_a_low_window_not_squeezed(frame: Frame) -> None:
    frame.resize(1024, 640)
    state = SyncState(
        "idle", pending=5, conflicts=2, rejected=1, held=3, last_exchange_at=AT, history_lost=12,
        error=ProgramTooOld(), rights=(RightsChange("taken", "А"), RightsChange("given", "Б")),
    )  # fmt: skip
    shown = opened_panel(frame, state, [])
    QTest.mouseClick(find(shown, "exchange-details"), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    buttons = [part for part in shown.findChildren(QAbstractButton) if part.isVisible()]
    assert min(part.height() for part in buttons) >= 28
    assert shown.geometry().bottom() < 640
    said = texts(shown)
    for words in (
        "нет 12\u00a0записей",
        "Программа устарела",
        "Доступ закрыт: А",
        "Открыт доступ: Б",
    ):
        assert words in said


def test_details_tell_whose_edits_wait_how_far_the_chain_holds_and_how_it_went(
    frame: Frame,
) -> None:
    shown = opened_panel(frame, SyncState("idle", 2, held=4, last_exchange_at=AT), [])
    assert "Последние обмены" not in texts(shown)
    before = shown.height()
    QTest.mouseClick(find(shown, "exchange-details"), Qt.MouseButton.LeftButton)
    words = texts(shown).replace("\u00a0", " ")
    assert shown.height() > before, "the panel grows with what it says"
    assert "Лапин Денис | 4 ждут входа" in words
    assert "до № 1 254" in words
    assert "отправлено 12, получено 30" in words
    assert "Нет связи с центром ×3" in words
    QTest.mouseClick(find(shown, "exchange-details"), Qt.MouseButton.LeftButton)
    assert "Последние обмены" not in texts(shown)


def test_first_load_tells_its_speed_and_the_time_that_is_left(frame: Frame) -> None:
    state = SyncState("loading", loaded=50_000, total=150_000, rate=10_000)
    shown = opened_panel(frame, state, [])
    words = texts(shown).replace("\u00a0", " ")
    assert "50 000 из 150 000" in words
    assert "10 000 записей в секунду, осталось 10 с" in words
    shown.show_state(replace(state, loaded=60_000, rate=100))
    assert "осталось 15 мин" in texts(shown)


def test_panel_stays_true_while_it_is_open(frame: Frame) -> None:
    assert frame.main is not None
    shown = opened_panel(frame, SyncState("exchanging", last_exchange_at=AT), [])
    assert not find(shown, "exchange-now").isEnabled()
    shown.show_state(SyncState("offline", 3, offline_since=AT, last_exchange_at=AT))
    assert "нет связи" in [pill.accessibleName() for pill in shown.findChildren(Pill)]
    assert find(shown, "exchange-now").isEnabled()
    assert "Без связи" in texts(shown)


def test_conflict_rings_the_bell_until_it_is_settled(frame: Frame) -> None:
    assert frame.main is not None
    exchange = frame.main.exchange
    assert isinstance(exchange, Exchange)
    exchange._show(SyncState("idle", conflicts=2, last_exchange_at=AT))
    assert frame.main.notices.unseen
    assert "2\u00a0расхождения" in frame.main.notices.all[0].title
    exchange._show(SyncState("idle", last_exchange_at=AT))
    assert frame.main.notices.all == ()


def test_same_news_makes_no_new_dot(qapp: QApplication) -> None:
    notices = Notices()
    first = Notice("conflicts", "warn", "Нужно решить 1 расхождение", "", AT)
    notices.add(first)
    notices.seen()
    notices.add(first)
    assert not notices.unseen
    notices.add(replace(first, title="Нужно решить 2 расхождения"))
    assert notices.unseen
    assert len(notices.all) == 1


def test_lost_network_is_seen_and_does_not_stop_the_work(
    open_frame: Callable[[Home], Frame], own_home: Home, qtbot: QtBot
) -> None:
    profile = read_profile(own_home.profile)
    write_profile(own_home.profile, replace(profile, centre=Centre("127.0.0.1", 9, "arm")))
    frame = open_frame(own_home)
    frame.sign_in("orlova", PASSWORD)
    assert frame.background.drain(20_000)
    assert frame.main is not None
    assert frame.workstation is not None
    strip = frame.main.strip
    qtbot.waitUntil(strip.isVisible, timeout=10_000)
    with frame.workstation.store.write("Заведено дело") as session:
        session.add(Person(surname="Каримов"))
    qtbot.waitUntil(
        lambda: "ждёт отправки" in find(frame, "sync-state").accessibleDescription(), timeout=10_000
    )
    press(frame, "F5")
    QTest.mouseClick(find(frame, "sync-state"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(find(frame, "pause-exchange"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not strip.isVisible(), timeout=10_000)


# --- when the program is wrong


def test_bug_is_told_once_without_personal_data(
    frame: Frame, caplog: pytest.LogCaptureFixture
) -> None:
    assert frame.main is not None
    restore = frame.crash.install()
    try:
        for _ in range(2):
            try:
                raise ValueError("Каримов Улугбек, FA 4182907")
            except ValueError as error:
                sys.excepthook(type(error), error, error.__traceback__)
    finally:
        restore()
    told = [toast.text() for toast in frame.main.toasts.shown]
    assert len(told) == 1
    assert "Данные сохранены" in told[0]
    assert "Каримов" not in caplog.text
    assert "ValueError" in caplog.text


def test_report_names_places_not_people() -> None:
    try:
        raise KeyError("Рахимова Нигора")
    except KeyError as error:
        text = report_text(error)
    assert "Рахимова" not in text
    assert "test_shell.py" in text


def test_messages_of_qt_go_to_the_log(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    restore = CrashReport().install()
    try:
        with caplog.at_level("WARNING", "qt"):
            qCritical("плохо")
    finally:
        restore()
    assert "плохо" in caplog.text


# --- settings, help


def test_language_changes_at_once_and_the_page_stays(frame: Frame) -> None:
    assert frame.main is not None
    frame.main.navigate("cases", {})
    frame.look.set_language("en")
    try:
        assert frame.main.current is not None
        assert frame.main.current.page_id == "cases"
        assert frame.look.preferences.language == "en"
    finally:
        frame.look.set_language("ru")


def test_settings_are_kept_for_the_next_start(frame: Frame, own_home: Home) -> None:
    frame.look.set_theme("dark")
    frame.look.preferences.idle_minutes = 30
    frame.look.preferences.save()
    kept = Preferences(own_home.root)
    assert kept.theme == "dark"
    assert kept.idle_minutes == 30


def test_size_of_the_window_is_kept(open_frame: Callable[[Home], Frame], own_home: Home) -> None:
    first = open_frame(own_home)
    first.resize(1300, 700)
    first.close()
    second = Frame(own_home, Look(QApplication.instance(), Preferences(own_home.root)))  # type: ignore[arg-type]
    # The width gives way to the small screen of the test machine; the height fits it.
    assert second.size().height() == 700
    second.close()


def test_help_lists_the_keys_of_page_actions_and_window(frame: Frame) -> None:
    press(frame, "F1")
    shown = frame.findChild(KeysHelp)
    assert shown is not None
    hints = " ".join(part.accessibleName() for part in shown.findChildren(QWidget))
    for words in ("выбрать", "Новый приём", "заблокировать экран"):
        assert words in hints


def test_workspaces_are_found_by_their_folders() -> None:
    assert discover.workspace_for("center_desk", (ROOM,)) is ROOM
    assert discover.workspace_for("admin", (ROOM,)) is ROOM
    with pytest.raises(LookupError):
        discover.workspace_for("center_desk", ())


def test_home_stays_private(own_home: Home, frame: Frame) -> None:
    frame.look.preferences.save()
    kept = Path(own_home.root / "screen.ini").read_text("utf-8")
    assert "Орлова" not in kept


def test_signing_out_of_a_locked_window_never_shows_what_is_behind(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert frame.main is not None
    assert frame.main.current is not None
    monkeypatch.setattr(frame.main.current, "may_leave", lambda: False)
    frame.lock()
    frame.sign_out()
    assert frame.locked
    assert not frame.main.isVisible()
    monkeypatch.undo()


def test_a_window_with_text_that_cannot_be_kept_does_not_close(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert frame.main is not None
    assert frame.main.current is not None
    with monkeypatch.context() as patched:
        patched.setattr(frame.main.current, "may_leave", lambda: False)
        assert not frame.close()
        assert frame.isVisible()
    assert frame.close()
