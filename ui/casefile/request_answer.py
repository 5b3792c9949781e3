"""The answer to a request: typed here for others, read here from others."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework.requests import Fact, RequestView
from ui.casefile.ground import Surface
from ui.casefile.request_parts import FactRow
from ui.context import Context
from ui.design.text import t
from ui.widgets import (
    Button,
    Field,
    Label,
    Panel,
    TextArea,
    TextField,
    clear_layout,
    keep_toasts_above,
    row,
)

SUBJECT = "request-answer"
AUTOSAVE = 1_200
"""Milliseconds from a letter to the saved draft."""


class AnswerPanel(Panel):
    """What is typed outlives going to another request, closing and a kill: it is a draft."""

    answered = Signal(str, str, object)
    """Request id, text, facts."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(t("Ответ"), padding=False, parent=parent)
        self.setObjectName("answerPanel")
        self._context = context
        self._one: RequestView | None = None
        self._shown: RequestView | None = None
        self._typed: dict[str, dict[str, Any]] = {}
        self._keep_later = QTimer(self, singleShot=True, interval=AUTOSAVE)
        self._keep_later.timeout.connect(self._keep)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)
        self._form = QWidget()
        self._facts: dict[str, TextField] = {}
        self._fields = QVBoxLayout()
        self._fields.setSpacing(10)
        self.text = TextArea("", t("Что известно вашей организации"), lines=4)
        self.text.setObjectName("answerText")
        self.text.textChanged.connect(self._on_typed)
        self.send = Button(t("Ответить"), "check", "primary", shortcut_hint="Ctrl Enter")
        self.send.setObjectName("answerSend")
        self.send.clicked.connect(self.submit)
        self._note = Label("", "secondary", "text3", elide=True)
        box = QVBoxLayout(self._form)
        box.setContentsMargins(15, 13, 15, 15)
        box.setSpacing(10)
        box.addLayout(self._fields)
        box.addWidget(Field(t("Ответ словами"), self.text))
        self.body.addWidget(self._form)
        self.foot = Surface(above=True)
        """Stays below while the request above is scrolled."""
        self.foot.setFixedHeight(56)
        line = row(self._note, self.send, margins=(24, 1, 24, 0))
        line.setStretch(0, 1)
        self.foot.setLayout(line)
        keep_toasts_above(self.foot)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self._form).activated.connect(self.submit)

    def show_request(self, one: RequestView, answered_at: str) -> None:
        """Show a request that was just read; text being typed stays."""
        if one == self._shown:
            return
        other = self._one is None or one.id != self._one.id
        if other:
            self._keep_now()
        self._one, self._shown = one, one
        clear_layout(self._rows)
        given = [fact for fact in one.facts if fact.value]
        for fact in given:
            self._rows.addWidget(FactRow(fact.label, fact.value))
        if one.answer:
            self._rows.addWidget(FactRow(t("Ответ"), one.answer))
        if one.answered_by:
            self._rows.addWidget(
                FactRow(t("Кто ответил"), f"{one.answered_by} · {answered_at}", quiet=True)
            )
        elif not one.incoming:
            words = t("Запрос отозван") if one.state == "withdrawn" else t("Ответа ещё нет")
            self._rows.addWidget(FactRow(t("Ответ"), words, quiet=True))
        for part in (self._form, self.foot):
            part.setVisible(one.incoming and one.state != "withdrawn")
        self.send.setText(t("Исправить ответ") if one.answered_by else t("Ответить"))
        self._note.setText(
            t("Ответ увидят только две организации; в журнале передачи появится запись.")
        )
        if other:
            self._put(one)

    def _put(self, one: RequestView) -> None:
        self._one = None  # what is put into the editors now is not typed
        typed = self._typed.get(one.id, {})
        clear_layout(self._fields)
        self._facts = {}
        for fact in one.facts:
            line = TextField(str(typed.get("facts", {}).get(fact.label, fact.value)))
            line.setObjectName(f"answerFact-{len(self._facts)}")
            line.textChanged.connect(self._on_typed)
            self._facts[fact.label] = line
            self._fields.addWidget(Field(fact.label, line))
        self.text.setPlainText(str(typed.get("text", one.answer)))
        self._one = one
        if one.id not in self._typed and one.incoming:
            self._ask_draft(one.id)

    def submit(self) -> None:
        """Answer with what is typed."""
        if self._one is not None and self._form.isVisible():
            facts = [Fact(label, line.text()) for label, line in self._facts.items()]
            self.answered.emit(self._one.id, self.text.toPlainText(), facts)

    def done(self, request_id: str) -> None:
        """The answer is kept: its draft may go."""
        self._keep_later.stop()
        self._typed.pop(request_id, None)
        store, kept = self._context.store, self._key(request_id)
        self._context.background.write(
            lambda: store.drop_draft(kept), None, self._context.show_error
        )

    # --- the draft

    def _on_typed(self) -> None:
        if self._one is not None:
            self._typed[self._one.id] = {
                "text": self.text.toPlainText(),
                "facts": {label: line.text() for label, line in self._facts.items()},
            }
            self._keep_later.start()

    def _key(self, request_id: str) -> str:
        return f"{SUBJECT}:{request_id}:{self._context.store.actor.login}"

    def _keep_now(self) -> None:
        if self._keep_later.isActive():
            self._keep()

    def _keep(self) -> None:
        self._keep_later.stop()
        if self._one is None or self._one.id not in self._typed:
            return
        store, one, body = self._context.store, self._one, dict(self._typed[self._one.id])
        kept = self._key(one.id)
        self._context.background.write(
            lambda: store.save_draft(f"{SUBJECT}:{one.id}", one.question[:60], body, 0, kept),
            None,
            self._context.show_error,
        )

    def _ask_draft(self, request_id: str) -> None:
        store = self._context.store

        def read() -> tuple[str, dict[str, Any]]:
            found = store.drafts(f"{SUBJECT}:{request_id}")
            return request_id, dict(found[0].body) if found else {}

        self._context.background.read(read, self._took_draft, key="answer-draft")

    def _took_draft(self, found: tuple[str, dict[str, Any]]) -> None:
        request_id, body = found
        one = self._one
        if one is not None and one.id == request_id and body and request_id not in self._typed:
            self._typed[request_id] = body
            self._put(one)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._keep_now()
