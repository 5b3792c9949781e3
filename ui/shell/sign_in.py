"""Signing in: who, password, language and look; says so when there is no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from arm import __version__
from ui.design.icons import paint_icon
from ui.design.text import fmt_instant, t
from ui.design.theme import color
from ui.shell.people_words import initials, place_title, role_title, short_name, waiting_words
from ui.shell.route_map import RouteMap
from ui.shell.waiting_line import WaitingLine
from ui.widgets.banner import Banner
from ui.widgets.button import Button, Link
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import PasswordField, layout_badge
from ui.widgets.menu import Menu
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width
from ui.widgets.progress import Spinner

if TYPE_CHECKING:
    from arm.profile import Account

THEMES = (("system", "Как в системе"), ("light", "Светлая тема"), ("dark", "Тёмная тема"))
LANGUAGES = (("ru", "Русский"), ("en", "English"))


class AccountCard(Ringed, QAbstractButton):
    """One account of this computer."""

    ring_radius = 8.0

    def __init__(self, account: Account, waiting: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.account = account
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setObjectName(f"account-{account.login}")
        self.setAccessibleName(account.full_name)
        self._words = f"{place_title(account.role)} · {role_title(account.role)}"
        self._waiting = waiting_words(waiting)
        self.setAccessibleDescription(" · ".join(filter(None, (self._words, self._waiting))))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        # Auto-exclusive buttons without a neighbour would be unchecked by a second click.
        self.setChecked(True)

    def sizeHint(self) -> QSize:
        return QSize(400, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, on = QRectF(self.rect()), self.isChecked()
        if on:
            fill_box(painter, box, 8, color("accentTint"), color("accent"), 2)
        else:
            ground = "hover" if self.underMouse() else "surface"
            fill_box(painter, box, 8, color(ground), color("hair"))
        circle = QRectF(13, 12, 32, 32)
        fill_box(painter, circle, 16, color("surface" if on else "neutralTint"))
        centre = Qt.AlignmentFlag.AlignHCenter
        name = self.account.full_name
        draw_text(painter, circle, initials(name), "smallStrong", "text2", centre)
        room = self.width() - 57 - 44
        wide = text_width(self._waiting, "secondary") if self._waiting else 0
        draw_text(
            painter, QRectF(57, 10, room - wide - 8, 20), short_name(name), "bodyStrong", "text"
        )
        right = QRectF(57 + room - wide, 11, wide + 1, 16)
        draw_text(painter, right, self._waiting, "secondary", "warn")
        ink = "text2" if on else "text3"
        draw_text(painter, QRectF(57, 30, room, 16), self._words, "secondary", ink)
        if on:
            paint_icon(painter, "circle-check", self.width() - 31, 19, "accentText", 18)


class SignIn(QWidget):
    """The whole screen. ``submitted`` sends login and password, ``chosen`` the login of a card."""

    submitted = Signal(str, str)
    chosen = Signal(str)
    forgotten = Signal()
    add_account = Signal()
    theme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(
        self,
        accounts: Sequence[Account],
        *,
        region: str = "",
        last_login: str = "",
        demonstration: bool = False,
        theme: str = "system",
        language: str = "ru",
        waiting: Mapping[str, int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sign-in")
        self.setAccessibleName(t("Вход"))
        self.map = RouteMap(region)
        known = waiting or {}
        self._cards = [AccountCard(account, known.get(account.login, 0)) for account in accounts]
        self._form = QWidget()
        self._form.setFixedWidth(400)
        self._build_form()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(40, 24, 40, 18)
        column.addStretch(1)
        column.addLayout(row(None, self._form, None))
        column.addStretch(1)
        column.addLayout(self._footer(demonstration, theme, language))
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.map, 600)
        both.addWidget(right, 840)
        chosen = next((c for c in self._cards if c.account.login == last_login), None)
        if chosen is None and self._cards:
            chosen = self._cards[0]
        if chosen is not None:
            chosen.setChecked(True)
        method = QGuiApplication.inputMethod()
        method.localeChanged.connect(self._show_layout)
        self._show_layout()

    def _build_form(self) -> None:
        box = QVBoxLayout(self._form)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(Label(t("Вход"), "title"))
        box.addWidget(Label(t("Выберите свою учётную запись на этом компьютере"), color="text2"))
        box.addSpacing(20)
        for card in self._cards:
            card.clicked.connect(self._focus_password)
            card.toggled.connect(self._on_chosen)
            box.addWidget(card)
            box.addSpacing(8)
        other = Link(t("Другая учётная запись"), "user-plus")
        other.setObjectName("add-account")
        other.clicked.connect(self.add_account)
        box.addWidget(other)
        box.addSpacing(16)
        self.password = PasswordField()
        self.password.returnPressed.connect(self._submit)
        self._hint = t("Пароль открывает зашифрованную базу. Без него данные не\u00a0прочитать.")
        self._field = Field(t("Пароль"), self.password, hint=self._hint)
        self.password.setObjectName("password")
        self.password.textEdited.connect(self._on_typing)
        self._waiting = WaitingLine(self._field)
        box.addWidget(self._field)
        box.addSpacing(16)
        self.enter = Button(t("Войти"), kind="primary", size=40, shortcut_hint="Enter")
        self.enter.setObjectName("sign-in-button")
        self.enter.set_wide()
        self.enter.clicked.connect(self._submit)
        box.addWidget(self.enter)
        box.addSpacing(4)
        self._spinner = Spinner(16)
        self._doing = Label("", "secondary", "text2")
        self._spinner.hide()
        forgot = Link(t("Забыли пароль?"))
        forgot.setObjectName("forgot-password")
        forgot.clicked.connect(self.forgotten)
        line = row(forgot, None, self._spinner, self._doing)
        line.setContentsMargins(0, 4, 0, 4)
        box.addLayout(line)
        box.addSpacing(12)
        self._note = Banner("warn", "", "", icon="cloud-off")
        self._note.setObjectName("sign-in-note")
        box.addWidget(self._note)
        self._note.hide()

    def _footer(self, demonstration: bool, theme: str, language: str) -> QHBoxLayout:
        parts: list[QWidget] = []
        for name, icon, options, now, signal in (
            (t("Язык"), "languages", LANGUAGES, language, self.language_chosen),
            (t("Вид"), "sun-moon", THEMES, theme, self.theme_chosen),
        ):
            menu = Menu(name)
            for value, title in options:
                menu.add(
                    t(title),
                    partial(signal.emit, value),
                    checked=value == now,
                    object_name=f"choose-{value}",
                )
            words = t(dict(options).get(now, options[0][1]))
            button = Button(words, icon, "ghost", 28, menu=menu)
            button.setObjectName(f"choose-{icon}")
            button.setAccessibleName(f"{name}: {words}")
            parts.append(button)
        line = row(*parts, None, gap=16)
        if demonstration:
            line.addWidget(DemonstrationMark())
        line.addWidget(Label(t("Версия {version}", version=__version__), "secondary", "text3"))
        return line

    def show_offline(self, since_data: datetime | None) -> None:
        """No network: say that signing in is possible and how old the data is."""
        text = t("Ваши правки сохранятся здесь и уйдут, когда связь вернётся.")
        if since_data is not None:
            at = fmt_instant(since_data)
            text = t("Данные на этом компьютере обновлены {at}.", at=at) + " " + text
        self._note.set_words(t("Нет связи с сервером — войти можно"), text, "warn", "cloud-off")
        self._note.show()

    def show_hint(self, text: str) -> None:
        """Another hint under the password."""
        self._field.set_hint(text)

    def show_online(self) -> None:
        """The centre answers: no note needed."""
        self._note.hide()

    def show_wrong_password(self) -> None:
        """Beside the password; what was typed stays, marked, so that one key replaces it."""
        self.set_busy("")
        caps = t("Проверьте раскладку и клавишу Caps Lock")
        self._field.set_state("error", t("Пароль не подошёл. {hint}", hint=caps))
        self.password.selectAll()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_wait(self, login: str, seconds: int) -> None:
        """Passwords of this login have to wait; what was typed stays. 0 changes nothing."""
        if not seconds or login != self.login():
            return
        was_busy = not self.password.isEnabled()
        self.set_busy("")
        if was_busy:
            if not self._waiting.on:
                self.password.selectAll()
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self._waiting.begin(seconds)

    def show_error(self, title: str, advice: str) -> None:
        """Something else stands in the way."""
        self.set_busy("")
        self._note.set_words(title, advice, "bad")
        self._note.show()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, doing: str) -> None:
        """While the database opens: say what is being done; empty when over."""
        busy = bool(doing)
        self.enter.setEnabled(not busy)
        self.password.setEnabled(not busy)
        for card in self._cards:
            card.setEnabled(not busy)
        self._doing.setText(doing)
        self._spinner.setVisible(busy)

    def login(self) -> str:
        """The login of the chosen account."""
        return next((c.account.login for c in self._cards if c.isChecked()), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self._cards:
            super().keyPressEvent(event)
            return
        place = next((n for n, card in enumerate(self._cards) if card.isChecked()), 0)
        self._cards[(place + step) % len(self._cards)].setChecked(True)

    def _submit(self) -> None:
        if not self.password.text():
            self._field.set_state("error", t("Впишите пароль"))
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.login():
            self.submitted.emit(self.login(), self.password.text())

    def _on_typing(self) -> None:
        if not self._waiting.on:
            self._field.set_state("none")
        self._show_layout()

    def _on_chosen(self, checked: bool) -> None:
        if checked:
            self._waiting.stop()
            self.chosen.emit(self.login())

    def _focus_password(self) -> None:
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_layout(self) -> None:
        short, full = layout_badge()
        if short:
            self.password.set_layout_name(short)
            self._field.set_note(t("раскладка: {name}", name=full))

    def showEvent(self, event: object) -> None:
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), color("surface"))


class DemonstrationMark(QWidget):
    """«Демонстрационные данные» in amber, so that nobody takes invented people for real."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("demonstration-mark")
        self._text = t("Демонстрационные данные")
        self.setAccessibleName(self._text)
        label = Label(self._text, "pill", "warn")
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 0, 0, 0)
        line.addWidget(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), "flask-conical", 0, (self.height() - 14) / 2, "warn", 14)
