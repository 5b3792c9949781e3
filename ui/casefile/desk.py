"""One open case as the screens share it: what is shown, how it is read again, how it is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from arm.casework import case as casework
from arm.casework.case import CaseView
from arm.casework.errors import WrongValues
from arm.casework.read_log import note_look
from arm.errors import ExpectedError
from arm.store.store import ChangeSet, Store
from ui.casefile.inline import InlineField
from ui.casefile.wording import error_text
from ui.context import Context
from ui.design.text import t

Result = TypeVar("Result")

HOST = "host_party"


class CaseDesk(QObject):
    """Reads and writes of one person's case, off the GUI thread.

    ``loaded`` sends True when the case was read again because others changed it.
    """

    loaded = Signal(bool)
    failed = Signal(object)
    saving = Signal()
    saved = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.person_id = ""
        self.view: CaseView | None = None

    @property
    def store(self) -> Store:
        return self.context.store

    # -- reading --------------------------------------------------------------------------------

    def open(self, person_id: str) -> None:
        """Show another person."""
        if person_id != self.person_id:
            self.person_id = person_id
            self.view = None
        self.reload()

    def reload(self, *, by_others: bool = False) -> None:
        """Read the case again; only the newest answer is shown."""
        store, person_id = self.store, self.person_id
        if not person_id:
            return

        def shown(view: CaseView) -> None:
            if person_id == self.person_id:
                self.person_id = view.person.id  # the card may have gone into another one
                if self.view is None:
                    self._note_look(self.person_id)
                self.view = view
                self.loaded.emit(by_others)

        self.context.background.read(
            lambda: casework.open_case(store, person_id),
            shown,
            self.failed.emit,
            key=("case", id(self)),
        )

    def _note_look(self, person_id: str) -> None:
        store = self.store
        self.context.background.write(
            lambda: note_look(store, [person_id], "open", "case"),
            lambda _none: None,
            self.context.show_error,
        )

    def concerns(self, change: ChangeSet) -> bool:
        """Whether a change touches what is shown here."""
        if self.person_id in change.persons or not change.records:
            return True  # a change without records: another day has begun
        if ("suspected", self.person_id) in change.records:
            return True
        host = self.view.host if self.view else None
        return host is not None and (HOST, host.id) in change.records

    # -- writing --------------------------------------------------------------------------------

    def act(
        self,
        fn: Callable[[Store], Result],
        *,
        said: str = "",
        undo: bool = True,
        done: Callable[[Result], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do something to the case on the writer thread.

        ``said`` is the toast after the commit, with «Отменить» where ``undo``.
        """
        store = self.store
        self.saving.emit()

        def after(result: Result) -> None:
            self.saved.emit()
            if said:
                self.context.toast(said, icon="check", undo=undo)
            if done is not None:
                done(result)

        def wrong(error: Exception) -> None:
            self.saved.emit()
            if failed is not None:
                failed(error)
            else:
                self.context.show_error(error)

        self.context.background.write(lambda: fn(store), after, wrong)

    def write_field(
        self, field: InlineField, kind: str, record_id: str | None, name: str, value: Any
    ) -> None:
        """Save one inline field; the field itself says how it went."""
        view = self.view
        if view is None:
            return
        person_id, registration = self.person_id, view.registration

        def write(store: Store) -> object:
            if record_id is not None:
                return casework.set_field(store, kind, record_id, name, value)
            made = casework.add_record(store, kind, person_id, {name: value})
            if kind == HOST and registration is not None:
                casework.set_field(store, "registration", registration.id, "host_id", made)
            return made

        self.act(
            write,
            done=lambda _result: field.committed(),
            failed=lambda error: self._refused(field, error),
        )

    def _refused(self, field: InlineField, error: Exception) -> None:
        if field.state != "saving":
            self.context.show_error(error)
            return
        if isinstance(error, WrongValues) and error.problems:
            field.refused(t(error.problems[0].text))
            return
        if isinstance(error, ExpectedError):
            field.refused(error_text(error))
            return
        # A fault of ours: the text stays, and the window reports it once.
        field.refused(t("Не сохранено"))
        self.context.show_error(error)
