"""Signing out while the centre has not got everything: how much waits, that it is safe, and the
ways to go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from arm.casework.kept_work import Unsent
from ui.design.text import counted, t
from ui.shell.people_words import short_name, waiting_words
from ui.widgets.dialog import Dialog
from ui.widgets.label import Label


def ask_where(parent: QWidget) -> Path | None:
    """Let a person choose where the exported edits go."""
    name = t("неотправленные правки.txt")
    chosen, _ = QFileDialog.getSaveFileName(parent, t("Выгрузить неотправленное"), name)
    return Path(chosen) if chosen else None


class LeavingDialog(Dialog):
    """Asks whether to send first, to export, or to go: nothing is lost either way."""

    def __init__(
        self,
        unsent: Sequence[Unsent],
        *,
        leave: Callable[[], None],
        send_first: Callable[[], None],
        export: Callable[[Path], None],
    ) -> None:
        edits = sum(one.waiting + one.held for one in unsent)
        title = t("{edits} ещё не в центре", edits=counted(edits, "правка", "правки", "правок"))
        text = t(
            "Они сохранены на этом компьютере и уйдут, как только здесь войдёт кто-нибудь из "
            "коллег и будет связь. Автор останется прежним."
        )
        super().__init__(title, text, width=620)
        self.setObjectName("leaving-dialog")
        self._export = export
        self.choose_file = ask_where
        for one in unsent:
            line = _of_one(one)
            if line:
                self.body.addWidget(Label(line, wrap=True))
        self.add_button(t("Вернуться"))
        to_file = self.add_button(t("Выгрузить в файл…"), closes=False)
        to_file.setObjectName("leaving-export")
        to_file.clicked.connect(self._to_file)
        send = self.add_button(t("Сначала отправить"))
        send.setObjectName("leaving-send")
        send.clicked.connect(send_first)
        go = self.add_button(t("Выйти"), "primary")
        go.setObjectName("leaving-go")
        go.clicked.connect(leave)

    def _to_file(self) -> None:
        path = self.choose_file(self)
        if path is not None:
            self._export(path)


def _of_one(one: Unsent) -> str:
    parts = []
    if one.waiting:
        parts.append(waiting_words(one.waiting))
    if one.held:
        parts.append(t("ждут входа автора: {n}", n=one.held))
    if one.drafts:
        parts.append(t("черновиков здесь: {n}", n=one.drafts))
    return f"{short_name(one.name)}: {', '.join(parts)}" if parts else ""
