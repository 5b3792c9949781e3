"""The top bar (title, search, notices, help, primary action) and the status bar (key hints)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.design.tokens import SIZE
from ui.shell.sign_in import DemonstrationMark
from ui.widgets.button import Button, IconButton, Link
from ui.widgets.key_hints import KeyHints
from ui.widgets.label import Label
from ui.widgets.painting import Ringed, draw_key_cap, draw_text, fill_box, key_cap_width


class SearchButton(Ringed, QAbstractButton):
    """Looks like a search line and opens the palette."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("global-search")
        self.setText(t("Найти человека, дело, документ"))
        self.setAccessibleName(t("Найти человека, раздел или действие"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(300, 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = "input" if self.underMouse() else "hair"
        fill_box(painter, QRectF(self.rect()), 6, color("subtle"), color(line))
        paint_icon(painter, "search", 11, 8, "text3")
        cap = key_cap_width("Ctrl K")
        room = self.width() - 35 - cap - 16
        draw_text(painter, QRectF(35, 0, room, 31.5), self.text(), "body", "text3")
        draw_key_cap(painter, self.width() - 8 - cap, 16, "Ctrl K", fill=color("surface"))


class TopBar(QWidget):
    """48 px. The page's own parts replace the primary button when it has any."""

    back = Signal(str)

    def __init__(self, primary: Button | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top-bar")
        self.setFixedHeight(SIZE["topBar"])
        self._crumb_page = ""
        self._crumb = Link("", "chevron-left")
        self._crumb.setObjectName("back")
        self._crumb.setAccessibleName(t("Назад"))
        self._crumb.clicked.connect(lambda: self.back.emit(self._crumb_page))
        self._slash = Label("/", color="text3")
        self._title = Label("", "screen")
        self._title.setObjectName("page-title")
        self._subtitle = Label("", "body", "text3", elide=True)
        self.search = SearchButton()
        self.bell = IconButton("bell", t("Уведомления"))
        self.bell.setObjectName("notices")
        self.help = IconButton("circle-help", t("Справка"), shortcut_hint="F1")
        self.help.setObjectName("help")
        self._primary = primary
        self._own: list[QWidget] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 0, 16, 1)
        line.setSpacing(12)
        line.addWidget(self._crumb)
        line.addWidget(self._slash)
        line.addWidget(self._title)
        line.addWidget(self._subtitle, 1)
        line.addWidget(self.search, 0)
        line.addWidget(self.bell)
        line.addWidget(self.help)
        if primary is not None:
            line.addWidget(primary)
        self._line = line

    def show_page(
        self,
        title: str,
        subtitle: str,
        crumb: tuple[str, str] | None,
        parts: Sequence[QWidget],
    ) -> None:
        """Title, grey words, way back and the page's own parts."""
        self._title.setText(title)
        self._title.set_style("section" if crumb else "screen")
        self._subtitle.setText(subtitle)
        self._crumb.setVisible(crumb is not None)
        self._slash.setVisible(crumb is not None)
        if crumb is not None:
            self._crumb_page = crumb[0]
            self._crumb.setText(crumb[1])
            self._crumb.setAccessibleName(t("Назад: {title}", title=crumb[1]))
        for part in self._own:
            if part not in parts:
                part.hide()
                self._line.removeWidget(part)
        for part in parts:
            if part not in self._own:
                self._line.addWidget(part)
            part.show()
        self._own = list(parts)
        if self._primary is not None:
            self._primary.setVisible(not parts)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))


class _Mark(QWidget):
    """An icon with a few grey words."""

    def __init__(self, icon: str, text: str, tip: str = "") -> None:
        super().__init__()
        self._icon = icon
        self.setAccessibleName(text)
        self.setToolTip(tip)
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 0, 0, 0)
        self._words = Label(text, "secondary", "text3")
        line.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_words(self, text: str) -> None:
        """Say something else."""
        self._words.setText(text)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), self._icon, 0, (self.height() - 14) / 2, "text3", 14)


class StatusBar(QWidget):
    """28 px: keys of the page, how fresh the law tables are, encryption, demonstration."""

    def __init__(self, law_words: str, demonstration: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status-bar")
        self.setFixedHeight(SIZE["statusBar"])
        self.hints = KeyHints()
        self.hints.setObjectName("key-hints")
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 1, 16, 0)
        line.setSpacing(16)
        line.addWidget(self.hints, 1)
        tip = t("Когда проверены законы, по которым считаются сроки")
        self._law = _Mark("scale", law_words, tip)
        self._law.setObjectName("law-mark")
        self._law.setVisible(bool(law_words))
        line.addWidget(self._law)
        tip = t("Записи и файлы на этом компьютере не прочитать без пароля")
        line.addWidget(_Mark("lock", t("База зашифрована"), tip))
        if demonstration:
            line.addWidget(DemonstrationMark())

    def set_law(self, words: str) -> None:
        """Say something else of the law: how far counting by new norms has come."""
        self._law.set_words(words)
        self._law.setVisible(bool(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("window"))
        painter.fillRect(0, 0, self.width(), 1, color("hair"))
