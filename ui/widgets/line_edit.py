"""Lines to type in: text, date, password, search; and a block of several lines."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QDate, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFont, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from ui.design.fonts import font
from ui.design.icons import paint_icon
from ui.design.text import fmt_date, plural, t
from ui.design.theme import color
from ui.widgets.button import IconButton
from ui.widgets.painting import draw_key_cap, draw_text, fill_box, key_cap_width, text_width


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style looks at while painting (``state``, ``tall``)."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.update()


class TextField(QLineEdit):
    """One line of text, 32 px high (or 28, 40).

    ``trailing`` shows an icon at the right end (a green check, a lock), ``suffix`` a grey text
    («5 из 13»), ``leading`` an icon at the left. Escape gives back the text that was there when
    the focus came; ``committed`` is sent by Enter or leaving, only if the text changed.
    """

    committed = Signal(str)

    def __init__(
        self,
        text: str = "",
        placeholder: str = "",
        *,
        size: int = 32,
        leading: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._leading = leading
        self._trailing: tuple[str, str] | None = None
        self._suffix = ""
        self._key_cap = ""
        self._at_focus = text
        self.setPlaceholderText(placeholder)
        self.setProperty("tall", str(size))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.editingFinished.connect(self._commit)
        self._make_room()

    def set_trailing(self, icon: str | None, color_token: str = "text3") -> None:
        """Show an icon inside, at the right end."""
        self._trailing = (icon, color_token) if icon else None
        self._make_room()

    def set_suffix(self, text: str) -> None:
        """Show a short grey text inside, at the right end."""
        self._suffix = text
        self._make_room()

    def set_key_cap(self, key: str) -> None:
        """Show the key that brings the focus here."""
        self._key_cap = key
        self._make_room()

    def put(self, text: str) -> None:
        """Show a stored value, unless a person is typing here now."""
        if self.hasFocus() and self.text() != self._at_focus:
            return
        self._at_focus = text
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)

    def edited(self) -> bool:
        """Whether something was typed that is not committed yet."""
        return self.text() != self._at_focus

    def sizeHint(self) -> QSize:
        return QSize(160, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(48, super().minimumSizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Coming back from a list or another window is the same stay: «before» stays too.
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self._at_focus = self.text()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.edited() and not self.isReadOnly():
            self.setText(self._at_focus)
            self.selectAll()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        middle = self.height() / 2
        if self._leading:
            paint_icon(painter, self._leading, 10, middle - 8, "text3")
        right = float(self.width() - 10)
        if self._key_cap and not self.hasFocus() and not self.text():
            wide = key_cap_width(self._key_cap)
            draw_key_cap(painter, right - wide + 2, middle, self._key_cap, fill=color("surface"))
            right -= wide + 6
        if self._trailing:
            paint_icon(painter, self._trailing[0], right - 16, middle - 8, self._trailing[1])
            right -= 24
        if self._suffix:
            wide = text_width(self._suffix, "secondary")
            box = QRectF(right - wide, 0, wide + 1, self.height())
            draw_text(painter, box, self._suffix, "secondary", "text3")

    def _right_room(self) -> int:
        room = 0.0
        if self._trailing:
            room += 22
        if self._suffix:
            room += text_width(self._suffix, "secondary") + 8
        if self._key_cap:
            room += key_cap_width(self._key_cap) + 4
        return round(room)

    def _make_room(self) -> None:
        self.setTextMargins(24 if self._leading else 0, 0, self._right_room(), 0)
        self.update()

    def _commit(self) -> None:
        if self.edited():
            self._at_focus = self.text()
            self.committed.emit(self.text())


class PasswordField(TextField):
    """A password with the keyboard layout's badge, a Caps Lock word and an eye to look."""

    def __init__(
        self, placeholder: str = "", *, size: int = 40, parent: QWidget | None = None
    ) -> None:
        super().__init__("", placeholder, size=size, parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        spaced = font("large")
        spaced.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 2)
        self.setFont(spaced)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData)
        self.setObjectName("password")
        self._eye = IconButton("eye", t("Показать пароль"), size=28, icon_size=18, parent=self)
        self._eye.setObjectName("password-eye")
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._reveal)
        self._layout_name = ""
        self.set_layout_name("")

    def set_layout_name(self, short: str) -> None:
        """Show the badge «РУ» or «EN»; empty hides it."""
        self._layout_name = short
        badge = text_width(short, "secondary") + 20 if short else 0
        self.setTextMargins(0, 0, round(30 + badge), 0)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        letter = event.text()
        if letter.isalpha():
            self.set_layout_name("EN" if letter.isascii() else "РУ")

    def resizeEvent(self, event: object) -> None:
        self._eye.setGeometry(self.width() - 34, (self.height() - 28) // 2, 28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._layout_name:
            return
        painter = QPainter(self)
        wide = text_width(self._layout_name, "secondary") + 12
        box = QRectF(self.width() - 40 - wide, (self.height() - 20) / 2, wide, 20)
        fill_box(painter, box, 4, color("neutralTint"))
        centre = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, box, self._layout_name, "secondary", "text2", centre)

    def _reveal(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.setEchoMode(mode.Normal if shown else mode.Password)
        self._eye.set_icon("eye-off" if shown else "eye")
        self._eye.set_name(t("Скрыть пароль") if shown else t("Показать пароль"))


class SearchField(TextField):
    """A search line; ``searched`` comes 120 ms after the last key, or at once with Enter."""

    searched = Signal(str)

    def __init__(
        self,
        placeholder: str = "",
        *,
        key_cap: str = "",
        size: int = 32,
        delay: int = 120,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", placeholder, size=size, leading="search", parent=parent)
        self.setAccessibleName(placeholder)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay)
        self._timer.timeout.connect(self._send)
        self._sent = ""
        self._clear = IconButton("x", t("Очистить поиск"), size=28, parent=self)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        if key_cap:
            self.set_key_cap(key_cap)
        self.textChanged.connect(self._on_text)
        self.returnPressed.connect(self._send)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        self._clear.setGeometry(self.width() - 30, (self.height() - 28) // 2, 28, 28)

    def _on_text(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._timer.start()

    def _send(self) -> None:
        self._timer.stop()
        if self.text() != self._sent:
            self._sent = self.text()
            self.searched.emit(self._sent)

    def _right_room(self) -> int:
        return max(26, super()._right_room())


_DATE = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4}|\d{2})|(\d{2})(\d{2})(\d{4}|\d{2})")


class DateField(TextField):
    """A date typed as дд.мм.гггг; dots come by themselves, «=» is today, ↑ and ↓ move by a day.

    ``date_changed`` sends a date or None when a complete date or an empty line is committed.
    """

    date_changed = Signal(object)

    def __init__(
        self,
        value: date | None = None,
        *,
        today: Callable[[], date] | None = None,
        placeholder: str = "дд.мм.гггг",
        size: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(fmt_date(value), t(placeholder), size=size, parent=parent)
        self._today = today or _machine_today
        self.setMaxLength(10)
        self.textEdited.connect(self._add_dots)
        self.committed.connect(self._on_committed)

    def value(self) -> date | None:
        """The date, or None when the line is empty or is no date."""
        return _parse(self.text(), self._today())[0]

    def set_value(self, value: date | None) -> None:
        """Show a stored date, unless a person is typing here now."""
        self.put(fmt_date(value))

    def problem(self) -> str:
        """What is wrong with the typed text, for the line under the field; empty if nothing."""
        return _parse(self.text(), self._today())[1]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        value = self.value()
        if event.text() == "=" and not self.isReadOnly():
            self.setText(fmt_date(self._today()))
        elif step and value and not self.isReadOnly():
            self.setText(fmt_date(value + timedelta(days=step)))
        elif event.text() == "." and self._just_dotted():
            event.accept()  # the dot that came by itself was typed as well
        else:
            super().keyPressEvent(event)

    def _just_dotted(self) -> bool:
        return self.text().endswith(".") and self.cursorPosition() == len(self.text())

    def _add_dots(self, text: str) -> None:
        at_end = self.cursorPosition() == len(text)
        digits = re.sub(r"\D", "", text)
        if not at_end or len(text) < len(self._at_focus) or not re.fullmatch(r"[\d.]*", text):
            return
        if re.fullmatch(r"\d{2}|\d{2}\.\d{2}", text):
            self.setText(text + ".")
        elif len(digits) == 8 and "." not in text:
            self.setText(f"{digits[:2]}.{digits[2:4]}.{digits[4:]}")

    def _on_committed(self, text: str) -> None:
        value, problem = _parse(text, self._today())
        if value is not None:
            self.setText(fmt_date(value))
            self._at_focus = self.text()
        if not problem:
            self.date_changed.emit(value)


def _machine_today() -> date:
    today = QDate.currentDate()
    return date(today.year(), today.month(), today.day())


def _parse(text: str, today: date) -> tuple[date | None, str]:
    """The date in a text and what is wrong with it. A two-digit year is the nearest past one."""
    text = text.strip()
    if not text:
        return None, ""
    found = _DATE.fullmatch(text)
    if not found:
        return None, t("Дата неполная. Впишите день, месяц и год")
    day, month, year = (int(part) for part in found.groups() if part is not None)
    if year < 100:
        year += 2000 if year + 2000 <= today.year + 10 else 1900
    if not 1 <= month <= 12:
        return None, t("Месяца {month} нет. Проверьте дату", month=month)
    if not 1900 <= year <= 2100:
        return None, t("Год {year} не похож на верный. Проверьте дату", year=year)
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        months = (
            "январе", "феврале", "марте", "апреле", "мае", "июне",
            "июле", "августе", "сентябре", "октябре", "ноябре", "декабре",
        )  # fmt: skip
        days = plural(last, "день", "дня", "дней")
        return None, t(
            "В {month} {last} {days}. Проверьте дату",
            month=t(months[month - 1]),
            last=last,
            days=days,
        )
    return date(year, month, day), ""


class TextArea(QPlainTextEdit):
    """Several lines of text; ``committed`` is sent by Ctrl+Enter or leaving, if changed."""

    committed = Signal(str)

    def __init__(
        self,
        text: str = "",
        placeholder: str = "",
        *,
        lines: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines = lines
        self._at_focus = text
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setPlainText(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What is written."""
        return self.toPlainText()

    def put(self, text: str) -> None:
        """Show a stored value, unless a person is typing here now."""
        if self.hasFocus() and self.text() != self._at_focus:
            return
        self._at_focus = text
        if self.text() != text:
            self.setPlainText(text)

    def sizeHint(self) -> QSize:
        return QSize(240, self._lines * self.fontMetrics().lineSpacing() + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._at_focus = self.text()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._commit()
            event.ignore()
            return
        super().keyPressEvent(event)

    def _commit(self) -> None:
        if self.text() != self._at_focus:
            self._at_focus = self.text()
            self.committed.emit(self._at_focus)


def layout_badge() -> tuple[str, str]:
    """The keyboard layout's short and full name, where Qt knows it: («РУ», «русская»)."""
    method = QGuiApplication.inputMethod()
    name = method.locale().name()
    if name.startswith("ru"):
        return "РУ", t("русская")
    if name.startswith("en"):
        return "EN", t("английская")
    return "", ""
