"""Situations of the parts: focus, states, strips, overlays, the whole sheet."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from widget_parts import nameless, put, shown_colours

from ui.design.text import NBSP
from ui.design.theme import Theme, apply
from ui.widgets import (
    Banner,
    Button,
    CheckBox,
    CoverageStrip,
    DayStrip,
    DeadlineRow,
    Dialog,
    Field,
    Flow,
    IconButton,
    Label,
    Link,
    Menu,
    Month,
    Panel,
    Pill,
    Popover,
    ProgressLine,
    Segmented,
    Skeleton,
    Step,
    Stepper,
    TextField,
    Timeline,
    Toast,
    ToastHost,
    keep_toasts_above,
)
from ui.widgets.gallery import Sheet, picture
from ui.widgets.painting import HOSTS_OVERLAYS, FocusRing, text_width

# --- buttons, focus


def test_enter_and_space_press_a_button(window: QWidget) -> None:
    button, presses = Button("Записать"), []
    button.clicked.connect(lambda: presses.append(1))
    put(window, button)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert len(presses) == 2


def test_ring_is_for_the_keyboard_not_for_the_mouse(window: QWidget) -> None:
    one, two = Button("Оставить"), Button("Удалить")
    put(window, one, two)
    one.setFocus(Qt.FocusReason.TabFocusReason)
    assert len(window.findChildren(FocusRing)) == 1
    two.setFocus(Qt.FocusReason.MouseFocusReason)
    QApplication.processEvents()
    assert not [ring for ring in window.findChildren(FocusRing) if ring.isVisible()]


def test_ring_does_not_move_the_neighbours(window: QWidget) -> None:
    one, two = Button("Оставить"), Button("Удалить")
    put(window, one, two)
    before = two.geometry()
    one.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    assert two.geometry() == before


def test_ring_of_a_part_as_wide_as_what_is_scrolled_goes_along(window: QWidget) -> None:
    inner = QWidget()
    lines = QVBoxLayout(inner)
    lines.setContentsMargins(0, 0, 0, 0)
    parts = [Button(str(number)) for number in range(60)]
    for part in parts:
        part.set_wide()
        lines.addWidget(part)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inner)
    put(window, area)
    QApplication.processEvents()
    parts[2].show_ring()
    ring = area.findChild(FocusRing)
    assert ring is not None

    def apart() -> int:
        return parts[2].mapTo(area, QPoint(0, 0)).y() - ring.mapTo(area, QPoint(0, 0)).y()

    before = apart()
    area.verticalScrollBar().setValue(30)
    assert apart() == before


def test_dialog_grows_with_a_message_and_squeezes_nothing(window: QWidget) -> None:
    dialog = Dialog("Пароль")
    text = TextField(size=32)
    field = Field("Новый пароль", text)
    dialog.body.addWidget(field)
    dialog.open(window)
    QApplication.processEvents()
    before = dialog.sheet.height()
    field.set_state("error", "Нужно не меньше 12 знаков")
    QApplication.processEvents()
    assert text.height() == 32
    assert dialog.sheet.height() > before
    field.set_state("none")
    QApplication.processEvents()
    assert dialog.sheet.height() == before


def test_ring_of_a_part_inside_a_tight_frame_is_not_cut(window: QWidget) -> None:
    parts = Segmented([("a", "Мои"), ("b", "Весь центр")])
    put(window, parts)
    part = parts.findChild(QAbstractButton, "segment-a")
    assert part is not None
    part.setFocus(Qt.FocusReason.TabFocusReason)
    ring = window.findChild(FocusRing)
    assert ring is not None
    host = ring.parentWidget()
    assert host is not None
    assert host.rect().contains(ring.geometry())


@pytest.mark.parametrize("size", [28, 32, 40])
def test_button_grows_with_its_words(window: QWidget, size: int) -> None:
    short, long = Button("Да", size=size), Button("Напечатать с пропусками", "printer", size=size)
    assert long.sizeHint().width() > short.sizeHint().width()
    assert short.sizeHint().height() == size


def test_nothing_is_smaller_than_a_finger(window: QWidget) -> None:
    parts = (
        Button("Да", size=28),
        IconButton("x", "Закрыть", size=28),
        Link("Почему?", small=True),
        CheckBox("Согласие"),
        TextField(),
        Segmented([("a", "А"), ("b", "Б")], size=28),
    )
    for part in parts:
        assert part.sizeHint().height() >= 28, type(part).__name__


# --- field states


def test_error_stands_under_the_field_and_is_read_aloud(window: QWidget) -> None:
    field = Field("Дата въезда", hint="Из миграционной карты")
    put(window, field)
    field.set_state("error", "В апреле 30 дней")
    assert field.editor.property("state") == "error"
    assert field.editor.accessibleName() == "Дата въезда"
    assert field.editor.accessibleDescription() == "В апреле 30 дней"
    field.set_state("none")
    assert field.editor.accessibleDescription() == "Из миграционной карты"


def test_long_error_is_not_cut(window: QWidget) -> None:
    field = Field("Пароль")
    field.setFixedWidth(220)
    put(window, field)
    field.set_state(
        "error", "Пароль не подошёл. Проверьте раскладку клавиатуры и клавишу Caps Lock"
    )
    QApplication.processEvents()
    QApplication.processEvents()
    assert field.height() >= field.heightForWidth(220)


def test_wrapped_text_takes_the_height_it_needs(window: QWidget) -> None:
    label = Label(
        "Пропадут скан паспорта и 12 полей. Отменить удаление можно до закрытия", wrap=True
    )
    assert label.heightForWidth(150) >= 3 * 20
    assert label.heightForWidth(2000) == 20


def test_elided_text_is_whole_in_the_tooltip(window: QWidget) -> None:
    label = Label("Абдурахмонова Мухаббат Абдулвахобовна", elide=True)
    label.setFixedWidth(80)
    put(window, label)
    label.grab()
    assert label.toolTip() == "Абдурахмонова Мухаббат Абдулвахобовна"


# --- strips


def test_strips_are_told_to_the_screen_reader(window: QWidget) -> None:
    strip = CoverageStrip([Month("апр", "gap", "нет"), Month("май", "paid")], (0, 0.5))
    assert "апр: не оплачено" in strip.accessibleName()
    days = DayStrip([("30.04", "1-й", "counted"), ("01.05", "праздник", "skipped")])
    assert "01.05: праздник" in days.accessibleName()


def test_days_that_do_not_fit_are_folded_and_the_last_one_stays_whole(window: QWidget) -> None:
    cells = [(f"{n:02d}.05", f"{n}-й", "counted") for n in range(1, 15)]
    days = DayStrip([*cells, ("15.05", "15-й, срок", "last")])
    assert [len(days.shown_in(width)) for width in (1000, 330, 210)] == [9, 4, 3]
    today = DayStrip(
        [("22.11", "сегодня", "event"), ("…", "20 дней", "more"), ("13.12", "срок", "last")]
    )
    assert [len(today.shown_in(width)) for width in (200, 130)] == [3, 1]
    for width in (1000, 330, 210, 100):
        assert days.shown_in(width)[-1].bottom == "15-й, срок"
    assert days.shown_in(210)[1].bottom.replace(NBSP, " ") == "13 дней"
    window.layout().addWidget(days)  # type: ignore[union-attr]
    QApplication.processEvents()
    assert days.height() == 44
    last_cell = days.sizeHint().width() - 8 * (62 + 4)
    assert text_width("15-й, срок", "scale") <= last_cell - 4


def test_steps_can_be_chosen_and_say_their_state(window: QWidget) -> None:
    steps, chosen = Stepper([Step("Учёт", "22.12", "done"), Step("Экзамен", "", "now")]), []
    steps.chosen.connect(chosen.append)
    put(window, steps)
    second = steps.findChild(QAbstractButton, "step-2")
    assert second is not None
    assert "текущий" in second.accessibleName()
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert chosen == [1]


def test_why_opens_the_explanation_made_only_then(window: QWidget) -> None:
    made: list[QWidget] = []

    def body() -> QWidget:
        made.append(Label("3 рабочих дня"))
        return made[-1]

    line = DeadlineRow("Уведомить МВД", "05.05.2026", ("warn", "сегодня"), body=body)
    put(window, line)
    assert made == []
    why = line.findChild(Link, "why")
    assert why is not None
    QTest.keyClick(why, Qt.Key.Key_Return)
    assert line.is_open
    assert len(made) == 1
    QTest.keyClick(why, Qt.Key.Key_Return)
    assert not line.is_open


# --- overlays


def test_escape_closes_a_dialog_and_gives_the_focus_back(window: QWidget) -> None:
    button = Button("Удалить")
    put(window, button)
    button.setFocus()
    dialog, closed = Dialog("Удалить черновик Джураева?", "Пропадут 12 полей."), []
    dialog.add_button("Оставить")
    dialog.add_button("Удалить черновик", "danger-solid")
    dialog.closed.connect(lambda: closed.append(1))
    dialog.open(window)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert dialog.isAncestorOf(focused)
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert closed == [1]
    assert QApplication.focusWidget() is button


def test_tab_never_leaves_a_dialog(window: QWidget) -> None:
    put(window, TextField("снаружи"))
    dialog = Dialog("Печать")
    dialog.body.addWidget(TextField("внутри"))
    dialog.add_button("Оставить")
    dialog.open(window)
    for _ in range(7):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert dialog.isAncestorOf(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    dialog.close_dialog()


def test_only_the_main_button_of_a_dialog_accepts(window: QWidget) -> None:
    dialog, accepted = Dialog("Удалить?"), []
    keep = dialog.add_button("Оставить")
    dialog.accepted.connect(lambda: accepted.append(1))
    dialog.open(window)
    QTest.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert accepted == []


def test_dialog_is_as_high_as_its_text(window: QWidget) -> None:
    dialog = Dialog("Удалить?", "Пропадут скан паспорта и 12 полей. " * 6, width=320)
    dialog.add_button("Оставить")
    dialog.open(window)
    QApplication.processEvents()
    label = next(part for part in dialog.findChildren(Label) if "Пропадут" in part.text())
    assert label.height() >= label.heightForWidth(label.width())
    dialog.close_dialog()


def test_press_outside_closes_a_popover(window: QWidget) -> None:
    button, popover = Button("Вид срока"), Popover("Вид срока")
    put(window, button)
    popover.body.addWidget(CheckBox("Учёт"))
    popover.open_at(button)
    assert popover.isVisible()
    assert window.rect().contains(popover.geometry())
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(790, 590))
    assert not popover.isVisible()


def test_tab_goes_round_in_a_small_sheet_and_not_under_it(window: QWidget) -> None:
    under, sheet = TextField(), Popover("Отбор")
    put(window, under)
    first, last = TextField(), Button("Применить")
    sheet.body.addWidget(first)
    sheet.body.addWidget(last)
    sheet.open_at(under)
    visited = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    assert visited == [first, last, first, last]
    QTest.keyClick(last, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_timeline_without_events_says_so(window: QWidget) -> None:
    line = Timeline(empty="Изменений нет")
    put(window, line)
    assert [label.text() for label in line.findChildren(Label)] == ["Изменений нет"]


def test_menu_filled_anew_opens_without_the_lines_of_before(window: QWidget) -> None:
    menu, pressed = Menu("Дело", window), []
    menu.add("Назначить", lambda: pressed.append("old"), "user-check")
    menu.clear()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    menu.add("Пометить", lambda: pressed.append("new"), "flag", "F7")
    menu.popup(window.mapToGlobal(QPoint(0, 0)))
    assert [action.text() for action in menu.actions()] == ["Пометить\tF7"]
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert pressed == ["new"]


def test_toast_offers_undo_and_goes_after_it(window: QWidget) -> None:
    host, undone = ToastHost(window), []
    toast = host.show("Срок отмечен", undo=True, on_action=lambda: undone.append(1))
    word = toast.findChild(QAbstractButton, "toast-action")
    assert word is not None
    assert word.text() == "Отменить"
    QTest.mouseClick(word, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert host.shown == ()


def test_the_same_message_is_not_stacked(window: QWidget) -> None:
    host = ToastHost(window)
    for _ in range(3):
        host.show("Центр не отвечает", kind="bad")
    assert [toast.text() for toast in host.shown] == ["Центр не отвечает"]


def test_toast_stands_above_a_bar_and_comes_down_when_the_bar_goes(window: QWidget) -> None:
    host, bar = ToastHost(window), QWidget(window)
    window.setProperty(HOSTS_OVERLAYS, True)
    keep_toasts_above(bar)
    bar.setGeometry(100, 520, 600, 48)
    bar.show()
    toast = host.show("Отмечено")
    assert toast.geometry().bottom() < bar.y()
    bar.move(100, 400)
    assert toast.geometry().bottom() < bar.y()
    bar.hide()
    assert toast.geometry().bottom() > 500


def test_fourth_toast_sends_the_first_away(window: QWidget) -> None:
    host = ToastHost(window)
    for number in range(4):
        host.show(f"Сообщение {number}")
    assert [toast.text() for toast in host.shown] == [f"Сообщение {n}" for n in (1, 2, 3)]
    for toast in host.shown:
        assert window.rect().contains(toast.geometry())
    host.clear()


def test_menu_runs_the_line_that_is_chosen(window: QWidget) -> None:
    menu, chosen = Menu("Печать", window), []
    action = menu.add("Карточка дела", lambda: chosen.append("card"), "printer", "Ctrl P")
    menu.aboutToShow.emit()
    assert not action.icon().isNull()
    action.trigger()
    assert chosen == ["card"]


def test_progress_says_how_far_and_can_be_broken_off(window: QWidget) -> None:
    stopped: list[int] = []
    line = ProgressLine("Сверяем выписку", cancel=lambda: stopped.append(1))
    put(window, line)
    line.set_progress(248, 412)
    assert line.accessibleDescription() == "248 из 412"
    stop = line.findChild(Link)
    assert stop is not None
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert stopped == [1]


def test_skeleton_is_not_seen_during_a_short_wait(window: QWidget) -> None:
    bars = Skeleton(delay=60_000)
    put(window, bars)
    assert len(shown_colours(bars.grab().toImage())) == 1


def test_flow_wraps_and_grows(window: QWidget) -> None:
    holder = QWidget()
    flow = Flow()
    holder.setLayout(flow)
    for text in ("Законно до 13.05.2026", "Законно до 07.05.2026", "Нет оснований"):
        flow.addWidget(Pill("ok", text))
    assert flow.heightForWidth(2000) == 22
    assert flow.heightForWidth(200) == 3 * 22 + 2 * 6


def test_panel_without_title_has_no_heading(window: QWidget) -> None:
    panel = Panel("", padding=False)
    panel.body.addWidget(Label("строка"))
    put(window, panel)
    assert panel.header.isHidden()
    panel.set_title("Сроки")
    assert not panel.header.isHidden()


# --- the whole sheet


@pytest.mark.parametrize("name", ["light", "dark"])
def test_all_parts_can_be_drawn_in_both_themes(dressed: QApplication, name: str) -> None:
    apply(dressed, Theme("dark" if name == "dark" else "light"))
    image = picture().toImage()
    assert image.width() == 1440
    assert len(shown_colours(image)) > 100


def test_every_part_has_a_name_for_the_screen_reader(dressed: QApplication, qtbot: QtBot) -> None:
    sheet = Sheet()
    qtbot.addWidget(sheet)
    assert nameless(sheet) == []
    assert Banner("warn", "Работаем без связи").accessibleName() == "Работаем без связи"
    assert Toast("Принтер не отвечает").accessibleName() == "Принтер не отвечает"


def test_theme_can_change_while_everything_is_shown(dressed: QApplication, qtbot: QtBot) -> None:
    sheet = Sheet()
    qtbot.addWidget(sheet)
    sheet.resize(1440, 2100)
    sheet.show()
    light = sheet.grab().toImage()
    apply(dressed, Theme("dark"))
    QApplication.processEvents()
    dark = sheet.grab().toImage()
    assert light.pixelColor(5, 5).lightness() > 200
    assert dark.pixelColor(5, 5).lightness() < 60


def test_sheet_follows_its_anchor_when_the_window_changes(window: QWidget) -> None:
    anchor = Button("Обмен")
    put(window, anchor)
    sheet = Popover("Обмен", width=200)
    sheet.body.addWidget(Label("Слова"))
    sheet.open_at(anchor)
    before = sheet.geometry().bottom()
    window.resize(500, 200)
    QTest.qWait(30)
    assert before > 200, "where it stood is no longer in the window"
    assert sheet.isVisible()
    assert window.rect().contains(sheet.geometry())
    sheet.close_popover()
