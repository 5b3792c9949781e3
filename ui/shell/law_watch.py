"""When norms change, everybody's terms are computed anew: in the background, with progress."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from arm.casework import law_book, recompute
from arm.store.store import ChangeSet, Store
from arm.workstation import Workstation
from ui.background import Background, Task
from ui.design.text import counted, fmt_date, fmt_number, t
from ui.shell.bars import StatusBar
from ui.shell.notices import Notice, Notices


class LawWatch(QObject):
    """Looks at sign-in and whenever a decision about a norm was made here or came from the centre.

    Work goes on meanwhile; broken off by closing, the counting goes on at the next sign-in.
    """

    def __init__(
        self,
        workstation: Workstation,
        background: Background,
        status: StatusBar,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workstation, self._background = workstation, background
        self._status, self._notices = status, notices
        self._task: Task | None = None
        background.changed.connect(self._on_change)

    def look(self) -> None:
        """Compute everybody anew if the norms in force are not those the terms were counted by."""
        store = self._workstation.store
        self._background.read(partial(_state, store), self._found, key="law-watch")

    def _on_change(self, change: ChangeSet) -> None:
        if any(kind in law_book.KINDS for kind, _ in change.records):
            self.look()

    def _found(self, state: tuple[bool, str]) -> None:
        needed, words = state
        if self._task is not None:
            return  # it looks again when it has ended
        self._status.set_law(words)
        if needed:
            store = self._workstation.store
            self._task = self._background.task(
                lambda progress, cancelled: recompute.recompute(store, progress, cancelled),
                self._done,
                self._failed,
                self._tell,
            )

    def _tell(self, done: int, total: int) -> None:
        self._status.set_law(
            t(
                "Нормы изменились, пересчитано дел: {done} из {total}",
                done=fmt_number(done),
                total=fmt_number(total),
            )
        )

    def _done(self, changed: int) -> None:
        self._task = None
        count = counted(changed, "деле", "делах", "делах")
        text = (
            t("Сроки или статус изменились в {count}", count=count)
            if changed
            else t("Сроки ни у кого не изменились")
        )
        now = self._workstation.clock.now()
        title = t("Сроки пересчитаны по новым нормам")
        self._notices.add(Notice("law", "info", title, text, now, "", None))
        self.look()

    def _failed(self, error: Exception) -> None:
        self._task = None
        self._background.crashed.emit(error)


def _state(store: Store) -> tuple[bool, str]:
    day = law_book.rulebook(store).checked_on
    return recompute.needed(store), t("Нормы от {day}", day=fmt_date(day))
