"""Notes: written together, signed, never merged away."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from arm.casework import case as casework
from arm.casework.case import CaseView, NoteView
from ui.casefile.desk import CaseDesk
from ui.casefile.editors import LongEditor
from ui.casefile.ground import see_through
from ui.casefile.inline import InlineField
from ui.casefile.wording import moment_text
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Button, EmptyState, IconButton, Label, Panel, TextArea, clear_layout, row

SUBJECT = "note"
AUTOSAVE = 1_200
"""Milliseconds from a letter to the saved draft."""


class NoteRow(QWidget):
    """One note: author and time, the text to edit in place, delete."""

    def __init__(self, desk: CaseDesk, note: NoteView) -> None:
        super().__init__()
        self.note = note
        self.setObjectName(f"note-{note.id}")
        when = moment_text(note.written_at, desk.store.clock.today())
        who = Label("", "secondary")
        who.set_runs([(note.author_name, "text", "pill"), (f" · {when}", "text3", "secondary")])
        self.delete = IconButton("trash-2", t("Удалить заметку"), size=28)
        self.delete.setObjectName("noteDelete")
        self.field = InlineField(
            f"noteText-{note.id}", t("Заметка"), LongEditor(lines=3), wrapped=True
        )
        self.field.show_value(note.text, note.text)
        self.field.submitted.connect(
            lambda value: desk.write_field(self.field, "note", note.id, "text", value)
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(9, 8, 8, 9)
        box.setSpacing(0)
        top = row(who, None, self.delete, gap=8, margins=(6, 0, 0, 0))
        box.addLayout(top)
        text = QHBoxLayout()
        text.setContentsMargins(0, 0, 8, 0)
        self.field.display.setContentsMargins(0, 0, 0, 0)
        text.addWidget(self.field)
        box.addLayout(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, color("hair"))


class NotesTab(QScrollArea):
    """A field for a new note above the written ones. What is typed survives leaving the page."""

    def __init__(self, desk: CaseDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notesTab")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._desk = desk
        self._rows: dict[str, NoteRow] = {}
        self._typed: dict[str, str] = {}
        self._person = ""
        self._keep_later = QTimer(self, singleShot=True, interval=AUTOSAVE)
        self._keep_later.timeout.connect(self._keep)
        self.editor = TextArea("", t("Что важно знать коллегам"), lines=3)
        self.editor.setObjectName("noteNew")
        self.editor.setAccessibleName(t("Новая заметка"))
        self.editor.textChanged.connect(self._on_typed)
        self.save = Button(t("Записать"), "check", "primary", shortcut_hint="Ctrl Enter")
        self.save.setObjectName("noteSave")
        self.save.setEnabled(False)
        self.save.clicked.connect(self.add)
        send = QShortcut(QKeySequence("Ctrl+Return"), self)
        send.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        send.activated.connect(self.add)
        new = Panel(t("Новая заметка"))
        new.body.addWidget(self.editor)
        new.body.addLayout(row(None, self.save))
        self._panel = Panel(t("Заметки"), padding=False)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._panel.body.addLayout(self._list)
        inner = QWidget()
        inner.setMaximumWidth(860)
        box = QVBoxLayout(inner)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(16)
        box.addWidget(new)
        box.addWidget(self._panel)
        box.addStretch(1)
        self.setWidget(inner)
        see_through(self)

    def show_case(self, view: CaseView, *, by_others: bool = False) -> None:
        """Show the notes of a case; text being typed stays."""
        if view.person.id != self._person:
            self._keep_now()
            self._person = ""  # what is put into the editor now is not typed
            self.editor.setPlainText(self._typed.get(view.person.id, ""))
            self._person = view.person.id
            if self._person not in self._typed:
                self._ask_draft(self._person)
            self._clear()
        self._panel.set_count(len(view.notes) or None)
        if [note.id for note in view.notes] != list(self._rows):
            self._rebuild(view)
        for note in view.notes:
            by = t("коллега") if by_others else ""
            self._rows[note.id].field.show_value(note.text, note.text, by=by)

    def _clear(self) -> None:
        clear_layout(self._list)
        self._rows = {}

    def _rebuild(self, view: CaseView) -> None:
        # A note being edited keeps its widget: others are laid out around it.
        kept = {key: shown for key, shown in self._rows.items() if shown.field.busy}
        for shown in kept.values():
            self._list.removeWidget(shown)
        self._clear()
        for note in view.notes:
            shown = kept.get(note.id) or NoteRow(self._desk, note)
            if note.id not in kept:
                shown.delete.clicked.connect(lambda _on=False, key=note.id: self._delete(key))
            self._rows[note.id] = shown
            self._list.addWidget(shown)
        if not view.notes:
            self._list.addWidget(
                EmptyState("sticky-note", t("Заметок ещё нет"), t("Их увидят все, кто ведёт дело"))
            )

    def add(self) -> None:
        """Write the note down; the text stays if that fails."""
        text, person = self.editor.toPlainText().strip(), self._desk.person_id
        if not text:
            self.editor.setFocus()
            return

        def kept(_id: str) -> None:
            if self.editor.toPlainText().strip() == text:
                self.editor.clear()

        self._desk.act(
            lambda store: casework.add_note(store, person, text),
            said=t("Заметка записана"),
            done=kept,
        )

    def _delete(self, note_id: str) -> None:
        self._desk.act(
            lambda store: casework.delete_record(store, "note", note_id),
            said=t("Заметка удалена"),
        )

    def _on_typed(self) -> None:
        text = self.editor.toPlainText()
        self.save.setEnabled(bool(text.strip()))
        if self._person:
            self._typed[self._person] = text
            self._keep_later.start()

    # --- the draft: what is typed outlives a kill and a signing out

    def _keep_now(self) -> None:
        if self._keep_later.isActive():
            self._keep()

    def _keep(self) -> None:
        self._keep_later.stop()
        store, person, text = self._desk.store, self._person, self._typed.get(self._person, "")
        kept = f"{SUBJECT}:{person}:{store.actor.login}"

        def write() -> None:
            if text.strip():
                store.save_draft(f"{SUBJECT}:{person}", text[:60], {"text": text}, 0, kept)
            else:
                store.drop_draft(kept)

        self._desk.context.background.write(write, None, self._desk.context.show_error)

    def _ask_draft(self, person: str) -> None:
        store = self._desk.store
        self._desk.context.background.read(
            lambda: (person, [one.body.get("text") for one in store.drafts(f"{SUBJECT}:{person}")]),
            self._took_draft,
            key="note-draft",
        )

    def _took_draft(self, found: tuple[str, list[Any]]) -> None:
        person, texts = found
        if person == self._person and person not in self._typed and texts:
            self.editor.setPlainText(str(texts[0] or ""))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._keep_now()
