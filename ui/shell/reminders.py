"""A quiet notice behind the bell: my terms that end today or are overdue, each once a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from arm.casework.reminders import Reminder, note_told, reminder
from ui.design.text import fmt_number, plural, t
from ui.shell.notices import Notice, Notices

if TYPE_CHECKING:
    from arm.store.store import Store
    from ui.background import Background

KEY = "terms-due"
PAGE = "terms"
GATHER = 1_000
"""Changes that come together are looked through once (ms)."""


class Reminders(QObject):
    """Looks after sign-in, after changes and when the day changes."""

    def __init__(
        self,
        store: Store,
        background: Background,
        notices: Notices,
        navigate: Callable[[str, Mapping[str, object]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._background = store, background
        self._notices, self._navigate = notices, navigate
        self._later = QTimer(self, singleShot=True, interval=GATHER)
        self._later.timeout.connect(self.look)
        self._later.start()

    def later(self) -> None:
        """Something changed; not put off again while more changes come."""
        if not self._later.isActive():
            self._later.start()

    def stop(self) -> None:
        """The window closes."""
        self._later.stop()

    def look(self) -> None:
        """See what there is to tell."""
        self._background.read(partial(reminder, self._store), self._tell, key=KEY)

    def _tell(self, found: Reminder) -> None:
        if not found.overdue and not found.today:
            self._notices.drop(KEY)
            return
        told = any(notice.key == KEY for notice in self._notices.all)
        if not found.fresh and not told:
            return  # told earlier today, before the program was closed
        title, shown = _words(found)
        go = partial(self._navigate, PAGE, {"shown": shown, "mine": True})
        now = self._store.clock.now()
        notice = Notice(KEY, "warn", title, "", now, t("Показать"), go)
        if found.fresh:
            self._notices.add(notice)
            self._background.write(partial(note_told, self._store, found.on, found.fresh))
        else:
            self._notices.replace(notice)


def _words(found: Reminder) -> tuple[str, str]:
    """What to say, and which terms «Сроки» is to show."""
    count = fmt_number(found.overdue)
    if not found.today:
        late = plural(found.overdue, "срок просрочен", "срока просрочено", "сроков просрочено")
        return t("У вас {count} {late}", count=count, late=late), "overdue"
    ends = plural(found.today, "истекает", "истекают", "истекают")
    word = plural(found.today, "срок", "срока", "сроков")
    title = t("Сегодня {ends} {count} {word}", ends=ends, count=fmt_number(found.today), word=word)
    if not found.overdue:
        return title, "today"
    return t("{today}, просрочено {count}", today=title, count=count), "open"
