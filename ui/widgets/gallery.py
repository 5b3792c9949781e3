"""All parts on one sheet, in all their states: the counterpart of the design's components sheet."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from ui.design.fonts import load_fonts
from ui.design.text import use_language
from ui.design.theme import Theme, apply, color
from ui.design.tokens import COLORS, ThemeName
from ui.widgets.banner import Banner
from ui.widgets.button import Button, IconButton, Link
from ui.widgets.choice import Choice
from ui.widgets.coverage_strip import CoverageStrip, Month
from ui.widgets.day_strip import DayStrip
from ui.widgets.deadline_row import DeadlineRow
from ui.widgets.empty_state import EmptyState
from ui.widgets.field import Field
from ui.widgets.key_hints import KeyHints
from ui.widgets.label import Label
from ui.widgets.layout import Flow, column, row
from ui.widgets.line_edit import DateField, TextField
from ui.widgets.menu import Menu
from ui.widgets.painting import Ringed
from ui.widgets.panel import Panel
from ui.widgets.pill import Avatar, Pill, PillButton, Tag
from ui.widgets.progress import ProgressLine, Skeleton, Spinner
from ui.widgets.stepper import Stepper
from ui.widgets.timeline import Event, Timeline
from ui.widgets.toast import Toast
from ui.widgets.toggle import CheckBox, Radio, RadioCard, Segmented, Switch

_SWATCHES = (
    ("canvas", "холст"),
    ("surface", "панель"),
    ("hair", "линия"),
    ("text", "текст"),
    ("text2", "второй"),
    ("text3", "третий"),
    ("accent", "акцент"),
    ("okFill", "хорошо"),
    ("warnFill", "внимание"),
    ("badFill", "плохо"),
)


class _Swatches(QWidget):
    def __init__(self, theme: ThemeName) -> None:
        super().__init__()
        self._colors = COLORS[theme]
        self.setAccessibleName("Цвета")

    def sizeHint(self) -> QSize:
        return QSize(400, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        wide = (self.width() + 8) / len(_SWATCHES)
        for number, (token, _) in enumerate(_SWATCHES):
            left = round(number * wide)
            painter.setPen(QColor(self._colors["hair"]))
            painter.setBrush(QColor(self._colors[token]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(left, 0, round(wide) - 8, 36, 6, 6)


class Sheet(QWidget):
    """The sheet itself, 1440 px wide."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gallery")
        self.setAccessibleName("Компоненты")
        grid = QGridLayout(self)
        grid.setContentsMargins(32, 28, 32, 28)
        grid.setSpacing(16)
        for number in range(12):
            grid.setColumnStretch(number, 1)
            grid.setColumnMinimumWidth(number, 60)
        head = row(
            Label("Компоненты", "title"),
            Label("Сетка 8 px, радиусы 6 и 8 px, линии 1 px, один акцент", color="text2"),
            None,
            gap=12,
        )
        grid.addLayout(head, 0, 0, 1, 12)
        rows: tuple[tuple[tuple[int, Panel], ...], ...] = (
            ((6, _colors("light")), (6, _colors("dark"))),
            ((6, _buttons()), (6, _fields())),
            ((5, _statuses()), (7, _deadlines())),
            ((7, _route()), (5, _coverage())),
            ((6, _cards()), (6, _messages())),
            ((4, _events()), (4, _loading()), (4, _focus())),
            ((4, _empty()), (4, _not_found()), (4, _toasts())),
            ((4, _danger()), (4, _keys()), (4, _type())),
        )
        for line, panels in enumerate(rows, start=1):
            at = 0
            for span, panel in panels:
                grid.addWidget(panel, line, at, 1, span)
                at += span
        grid.setRowStretch(len(rows) + 1, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), color("canvas"))


class Gallery(QScrollArea):
    """The sheet in a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Компоненты")
        self.setWidgetResizable(True)
        self.setWidget(Sheet())
        self.resize(1440, 900)


def _panel(title: str, *parts: object, gap: int = 12) -> Panel:
    panel = Panel(title)
    panel.body.setSpacing(gap)
    for part in parts:
        if isinstance(part, QWidget):
            panel.body.addWidget(part)
        elif isinstance(part, str):
            panel.body.addWidget(Label(part, "scale", "text3"))
            panel.body.addSpacing(4 - gap)
        else:
            panel.body.addLayout(part)  # type: ignore[arg-type]  # only layouts are left
    panel.body.addStretch(1)
    return panel


def _colors(theme: ThemeName) -> Panel:
    return _panel(
        "Цвета, светлая тема" if theme == "light" else "Цвета, тёмная тема", _Swatches(theme)
    )


def _five(*given: object, **named: object) -> Iterable[Button]:
    looks: tuple[str, ...] = ("", "hover", "pressed", "focus", "off")
    for look in looks:
        button = Button(*given, **named)  # type: ignore[arg-type]  # same words, five looks
        button.show_as(look)
        button.setEnabled(look != "off")
        if look == "focus":
            button.setProperty("ring", True)
        yield button


def _buttons() -> Panel:
    plain = Button("Сравнить", "panels-left-right")
    return _panel(
        "Кнопки",
        "Обычный · наведение · нажатие · фокус · недоступно",
        row(*_five("Записать", "calendar-plus", "primary"), None),
        row(*_five("Печать", "printer", dropdown=True), None),
        row(
            Button("Отменить", kind="ghost"),
            Button("Удалить", "trash", "danger"),
            Button("Удалить дело", "trash", "danger-solid"),
            IconButton("ellipsis", "Ещё", kind="secondary"),
            Button("Новый приём", "plus", "primary", shortcut_hint="Ctrl N"),
            None,
        ),
        "Размеры 28 · 32 · 40",
        row(
            Button("Сравнить", "panels-left-right", size=28),
            plain,
            Button("Войти", kind="primary", size=40),
            Segmented([("day", "День"), ("week", "Неделя")], name="Период"),
            None,
        ),
    )


def _fields() -> Panel:
    grid = QGridLayout()
    grid.setSpacing(12)
    wrong = Field("Дата въезда", DateField())
    assert isinstance(wrong.editor, DateField)
    wrong.editor.setText("31.04.2026")
    wrong.set_state("error", wrong.editor.problem())
    locked = TextField("40-2615-7043")
    locked.setReadOnly(True)
    locked.set_trailing("lock")
    checked = Field("Проверено", TextField("FA 4182907"))
    checked.set_state("ok")
    focused = TextField("Каримов")
    focused.setObjectName("gallery-focus")
    country = Choice([("UZB", "Узбекистан"), ("TJK", "Таджикистан")], "UZB")
    cells = (
        Field("Фамилия", TextField(placeholder="Как в паспорте")),
        Field("Фокус", focused),
        wrong,
        Field("Гражданство", country, hint="Из паспорта, можно изменить"),
        Field("Мигрант ID", locked),
        checked,
    )
    for number, cell in enumerate(cells):
        grid.addWidget(cell, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
    part = CheckBox("Часть")
    part.setCheckState(Qt.CheckState.PartiallyChecked)
    toggles = row(
        CheckBox("Согласие", checked=True),
        CheckBox("Нет"),
        part,
        Radio("Работа", checked=True),
        Radio("Учёба"),
        Switch("СМС", checked=True),
        Switch("Почта"),
        None,
        gap=16,
    )
    return _panel("Поля", grid, toggles)


def _statuses() -> Panel:
    legal = Flow()
    for kind, text in (
        ("ok", "Законно до 13.05.2026"),
        ("warn", "Законно до 07.05.2026"),
        ("bad", "Нет оснований"),
        ("neutral", "Неизвестно"),
    ):
        legal.addWidget(Pill(kind, text))
    return _panel(
        "Статусы",
        "Законность пребывания",
        legal,
        "Сроки",
        row(
            Pill("bad", "на 5 дней"),
            Pill("warn", "сегодня", "clock"),
            Pill("plain", "3 дня"),
            Pill("ok", "выполнен", "check"),
            None,
        ),
        "С объяснением",
        row(PillButton("ok", "Законно до 13.05.2026", reason="— патент оплачен"), None),
        "Метки и счётчики",
        row(
            Tag("возможный дубль", "copy", "warn"),
            Tag("семья, 3"),
            Tag("не отправлено", "cloud-off"),
            Label("1 248", "secondary", "text3"),
            Label("7", "smallStrong", "bad"),
            Avatar("КУ", 32),
            None,
        ),
    )


def _days() -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(16, 12, 16, 12)
    box.addWidget(
        DayStrip(
            [
                ("29.04", "событие", "event"),
                ("30.04", "1-й", "counted"),
                ("01.05", "праздник", "skipped"),
                ("04.05", "2-й", "counted"),
                ("05.05", "срок", "last"),
            ]
        )
    )
    return holder


def _deadlines() -> Panel:
    panel = Panel("Срок и счёт дней", padding=False)
    bad, warn = "badFill", "warnFill"
    lines = (
        DeadlineRow(
            "Поставить на учёт", "30.04.2026", ("bad", "на 5 дней"), icon="octagon-x",
            icon_color=bad, body=_days,
        ),
        DeadlineRow(
            "Уведомить о договоре", "05.05.2026", ("warn", "сегодня", "clock"),
            icon="triangle-alert", icon_color=warn, body=_days,
        ),
        DeadlineRow(
            "Оплатить НДФЛ", "13.05.2026", ("plain", "8 дней"), who="заявитель", icon="wallet",
            body=_days,
        ),
    )  # fmt: skip
    for line in lines:
        panel.body.addWidget(line)
    lines[1].set_open(True)
    panel.body.addStretch(1)
    return panel


def _route() -> Panel:
    steps = Stepper(
        [
            ("Учёт", "22.12.2025", "done"),
            ("Медосмотр", "повторить до 24.12", "repeat"),
            ("Дактилоскопия", "25.12.2025", "done"),
            ("Экзамен", "запись 07.05, 11:00", "now"),
            ("Заявление", "до 02.06.2026", "todo"),
            ("Патент", "", "todo"),
        ]
    )
    words = "пройден: заливка и галочка    повторить: янтарь и стрелки    впереди: контур"
    return _panel("Маршрут", steps, Label(words, "secondary", "text3"))


def _coverage() -> Panel:
    months = [
        Month("янв", "paid"),
        Month("фев", "paid"),
        Month("мар", "gap", "нет"),
        Month("апр", "paid"),
        Month("май", "due", "до 13.05"),
        Month("июн", "future"),
        Month("июл", "future"),
    ]
    words = "оплачено    перерыв: штриховка и слово    оплатить    впереди"
    return _panel(
        "Покрытие патента", CoverageStrip(months, (3, 0.7)), Label(words, "secondary", "text3")
    )


def _cards() -> Panel:
    chosen = RadioCard("Патент на работу", "безвизовый въезд, цель «работа»")
    chosen.setChecked(True)
    off = RadioCard("Работа без патента", "только граждане ЕАЭС")
    off.setEnabled(False)
    line = row(chosen, RadioCard("Учёба", "нужно приглашение вуза"), off)
    return _panel("Карточки выбора", line)


def _messages() -> Panel:
    return _panel(
        "Сообщения на месте",
        Banner(
            "warn",
            "Работаем без связи с 09:40",
            "6 правок ждут отправки, данные коллег — на 09:38",
            icon="cloud-off",
        ),
        Banner(
            "bad",
            "Не удалось загрузить выписку",
            "Файл обрывается на строке 214. Скачайте его ещё раз и повторите.",
            Button("Повторить", "refresh-cw", size=28),
        ),
        Banner(
            "accent",
            "Изменилась норма",
            "С 01.06.2026 пересчитаем 14 сроков.",
            Link("Посмотреть", small=True),
        ),
        gap=8,
    )


def _events() -> Panel:
    panel = Panel("События", padding=False)
    panel.body.addWidget(
        Timeline(
            [
                Event("Платёж 8 185 ₽ найден в выписке", "10.04.2026", "circle-check", "okFill"),
                Event(
                    "Адрес исправлен, выбран вариант центра",
                    "02.04.2026 · Тихонова Е. В.",
                    "git-compare-arrows",
                ),
                Event(
                    "Правка ждёт отправки",
                    "Сегодня, 08:41 · с этого компьютера",
                    "cloud-off",
                    "warnFill",
                ),
            ]
        )
    )
    return panel


def _loading() -> Panel:
    counted = ProgressLine("Сверяем выписку")
    counted.set_progress(248, 412)
    stoppable = ProgressLine("Готовим 3 документа", cancel=lambda: None)
    stoppable.set_progress(1, 3)
    return _panel(
        "Загрузка",
        counted,
        stoppable,
        row(Spinner(), Label("Открываем базу…"), None, gap=12),
        Skeleton(delay=0),
    )


def _focus() -> Panel:
    close = Button("Закрыть")
    close.setProperty("ring", True)
    box = CheckBox("Кольцо", checked=True)
    box.setProperty("ring", True)
    menu = Menu("Формы")
    menu.add("Уведомление МВД", lambda: None, "file-pen-line", "1")
    menu.add("Все формы", lambda: None, "printer", "Ctrl P")
    return _panel(
        "Меню, фокус, ссылки",
        row(Button("Печать", "printer", menu=menu), None),
        "Кольцо фокуса 2 px",
        row(close, box, None, gap=16),
        row(Link("Другая учётная запись", "user-plus"), Link("Почему?", small=True), None, gap=16),
    )


def _empty() -> Panel:
    return _panel(
        "Пусто",
        EmptyState(
            "sun",
            "На сегодня всё сделано",
            "Ближайший срок — завтра: Абдуллаева Зухра, заявление на патент",
            Button("Показать неделю", "calendar-days"),
        ),
    )


def _not_found() -> Panel:
    return _panel(
        "Не найдено",
        EmptyState(
            "search-x",
            "Никого не нашли по «karimof»",
            "Похоже на «Каримов». Ищем по ФИО, паспорту, телефону и Мигрант ID",
            Button("Искать «Каримов»", "search"),
            Button("Новый приём", "plus"),
        ),
    )


def _toasts() -> Panel:
    return _panel(
        "Всплывающие сообщения",
        Toast("Срок отмечен выполненным", action="Отменить"),
        Toast("Нет связи. Правки сохраняются здесь", icon="cloud-off"),
        Toast("Принтер не отвечает", kind="bad", action="Повторить"),
        gap=8,
    )


def _danger() -> Panel:
    text = "Пропадут скан паспорта и 12 полей. Отменить удаление можно до закрытия программы."
    return _panel(
        "Опасное действие",
        column(
            Label("Удалить черновик Джураева?", "card"),
            Label(text, color="text2", wrap=True),
            gap=4,
        ),
        row(None, Button("Оставить"), Button("Удалить черновик", kind="danger-solid")),
    )


def _keys() -> Panel:
    lines = (
        (("Ctrl|K", "найти"), ("Ctrl|N", "новый приём")),
        (("Ctrl|P", "печать"), ("F2", "изменить")),
        (("Alt|←", "назад"), ("Ctrl|Z", "отменить")),
        (("Пробел", "отметить"), ("F1", "справка")),
    )
    return _panel("Подсказки клавиш", *(KeyHints(line, gap=40) for line in lines), gap=8)


def _type() -> Panel:
    lines = (
        ("1 214", "figure", "text", "24/28, 600 — показатель"),
        ("Каримов Улугбек", "name", "text", "20/28, 600 — имя"),
        ("Сверка выписок", "screen", "text", "16/24, 600 — экран"),
        ("Похоже, это уже есть", "card", "text", "14/20, 600 — карточка"),
        ("Продлить учёт по месту пребывания", "body", "text", "13/20 — основной"),
        ("патент оплачен по 13.05.2026", "secondary", "text2", "12/16 — второй план"),
        ("с 14.01", "scale", "text3", "11/16 — только подписи"),
    )
    parts = [
        row(Label(text, style, token), None, Label(words, "secondary", "text3"))
        for text, style, token, words in lines
    ]
    return _panel("Шрифт Inter, цифры одной ширины", *parts, gap=6)


def main(words: Sequence[str] = ()) -> int:
    """``arm gallery [--dark] [--png FILE]``: show the sheet, or save it as a picture."""
    parser = argparse.ArgumentParser(prog="arm gallery", description="Все элементы оформления.")
    parser.add_argument("--dark", action="store_true", help="в тёмной теме")
    parser.add_argument("--png", help="сохранить картинку и не открывать окно")
    arguments = parser.parse_args(list(words))
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    load_fonts()
    use_language(app, "ru")
    apply(app, Theme("dark" if arguments.dark else "light"))
    if arguments.png:
        return 0 if picture().save(arguments.png) else 1
    gallery = Gallery()
    gallery.show()
    return app.exec()


def picture() -> QPixmap:
    """The whole sheet as a picture, 1440 px wide."""
    sheet = Sheet()
    sheet.resize(1440, 2080)
    sheet.show()
    QApplication.processEvents()
    sheet.resize(1440, sheet.sizeHint().height())
    QApplication.processEvents()
    for part in sheet.findChildren(QWidget):
        if part.property("ring") and isinstance(part, Ringed):
            part.show_ring()
    for field in sheet.findChildren(TextField, "gallery-focus"):
        field.setFocus()
    QApplication.processEvents()
    drawn = sheet.grab()
    sheet.close()
    return drawn
