"""A small sheet that asks for one short text: the name of a selection, a mark."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.design.text import t
from ui.widgets import Button, Field, Popover, TextField, row

LONGEST = 60


class NameBubble(Popover):
    """Field, «Сохранить», «Отменить». Enter saves, Esc closes."""

    named = Signal(str)

    def __init__(
        self,
        title: str,
        label: str,
        value: str,
        verb: str,
        parent: QWidget,
        *,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__(title, width=300, parent=parent)
        self._may_be_empty = may_be_empty
        self.editor = TextField(value)
        self.editor.setObjectName("bubble-text")
        self.editor.setMaxLength(LONGEST)
        self._field = Field(label, self.editor)
        self.save = Button(verb, kind="primary")
        self.save.setObjectName("bubble-save")
        self.cancel = Button(t("Отменить"), kind="ghost")
        self.cancel.setObjectName("bubble-cancel")
        self.body.addWidget(self._field)
        self.body.addLayout(row(None, self.cancel, self.save))
        self.save.clicked.connect(self._send)
        self.editor.returnPressed.connect(self._send)
        self.cancel.clicked.connect(self.close_popover)

    def open_at(self, anchor: QWidget, side: str = "below") -> None:
        super().open_at(anchor, side)
        self.editor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.editor.selectAll()

    def _send(self) -> None:
        text = " ".join(self.editor.text().split())
        if not text and not self._may_be_empty:
            self._field.set_state("error", t("Введите название"))
            return
        self.close_popover()
        self.named.emit(text)
