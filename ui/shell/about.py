"""Help by F1 (keys), About with versions, and the report of a bug."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from arm import __version__
from arm.places import Home
from ui.design.text import t
from ui.widgets.dialog import Dialog
from ui.widgets.key_hints import KeyHints
from ui.widgets.label import Label
from ui.widgets.line_edit import TextArea

KeyGroup = tuple[str, Sequence[tuple[str, str]]]
"""(heading, [(keys, what they do)])."""


class KeysHelp(Dialog):
    """All keys of the window and of the page in front, with what they do."""

    def __init__(self, groups: Sequence[KeyGroup], parent: QWidget | None = None) -> None:
        super().__init__(t("Клавиши"), width=720, height=560, parent=parent)
        self.setObjectName("keys-help")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(t("Клавиши"))
        inner = QWidget()
        area.setWidget(inner)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(16)
        for number, (title, hints) in enumerate(group for group in groups if group[1]):
            box = QVBoxLayout()
            box.setSpacing(6)
            box.addWidget(Label(title, "section"))
            for keys, what in hints:
                box.addWidget(KeyHints([(keys, what)]))
            box.addStretch(1)
            grid.addLayout(box, number // 2, number % 2)
        grid.setRowStretch(20, 1)
        self.body.addWidget(area, 1)
        self.add_button(t("Закрыть"), "primary")


class About(Dialog):
    """What this is, its versions, where it keeps things."""

    def __init__(self, home: Home, parent: QWidget | None = None) -> None:
        words = t("Рабочее место тех, кто помогает мигрантам в регионах России")
        super().__init__(t("«Единое окно»"), words, width=520, parent=parent)
        self.setObjectName("about")
        self._home = home
        lines = (
            (t("Версия"), __version__),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            (t("Система"), f"{platform.system()} {platform.release()}"),
            (t("Папка данных"), str(home.root)),
            (t("Журнал программы"), str(home.log)),
            (t("Шрифт"), "Inter, SIL Open Font License 1.1"),
            (t("Значки"), "Lucide, ISC"),
        )
        self._text = "\n".join(f"{name}: {value}" for name, value in lines)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for number, (name, value) in enumerate(lines):
            grid.addWidget(Label(name, "secondary", "text3"), number, 0)
            grid.addWidget(Label(value, elide=True), number, 1)
        self.body.addLayout(grid)
        folder = self.add_button(t("Открыть папку"), icon="folder-open", closes=False)
        folder.clicked.connect(self._open_folder)
        copy = self.add_button(t("Скопировать"), icon="copy", closes=False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        self.add_button(t("Закрыть"), "primary")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._home.root)))


class BugReport(Dialog):
    """The text of a report; holds places in the code only, no names and no numbers."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        words = t(
            "Данные сохранены, можно работать дальше. В отчёте только места в программе: ни имён, "
            "ни номеров. Скопируйте его и отправьте тем, кто сопровождает программу."
        )
        super().__init__(t("Отчёт об ошибке"), words, width=560, parent=parent)
        self.setObjectName("bug-report")
        area = TextArea(report, lines=9)
        area.setReadOnly(True)
        area.setAccessibleName(t("Текст отчёта"))
        area.setObjectName("bug-report-text")
        self.body.addWidget(area)
        copy = self.add_button(t("Скопировать"), "primary", "copy", closes=False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        self.add_button(t("Закрыть"))
