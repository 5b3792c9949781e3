"""What happened while one looked elsewhere: a short list behind the bell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ui.design.text import fmt_time, t
from ui.widgets.banner import Banner
from ui.widgets.button import Button, Link
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.popover import Popover

KEPT = 20


@dataclass(frozen=True)
class Notice:
    """``key`` names the matter: a newer notice on it replaces the older one."""

    key: str
    kind: str
    title: str
    text: str
    at: datetime
    action: str = ""
    run: Callable[[], None] | None = None


class Notices(QObject):
    """The newest twenty, newest first."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: list[Notice] = []
        self._unseen = False

    @property
    def all(self) -> tuple[Notice, ...]:
        """Newest first."""
        return tuple(self._kept)

    @property
    def unseen(self) -> bool:
        """Whether something came since the list was last looked at."""
        return self._unseen

    def add(self, notice: Notice) -> None:
        """Keep it; one that says the same as before makes no new dot."""
        same = [n for n in self._kept if n.key == notice.key]
        self._kept = [n for n in self._kept if n.key != notice.key]
        self._kept.insert(0, notice)
        del self._kept[KEPT:]
        if not same or same[0].title != notice.title:
            self._unseen = True
        self.changed.emit()

    def replace(self, notice: Notice) -> None:
        """Say it in newer words, where it stands and without a dot; nothing if it is gone."""
        self._kept = [notice if one.key == notice.key else one for one in self._kept]
        self.changed.emit()

    def drop(self, key: str) -> None:
        """The matter is settled."""
        before = len(self._kept)
        self._kept = [n for n in self._kept if n.key != key]
        if len(self._kept) != before:
            self._unseen = self._unseen and bool(self._kept)
            self.changed.emit()

    def seen(self) -> None:
        """The list was looked at."""
        self._unseen = False
        self.changed.emit()

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self.seen()


class NoticesPanel(Popover):
    """The list."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(t("Уведомления"), width=380, parent=parent)
        self.setObjectName("notices-panel")
        self.body.setSpacing(8)
        heading = row(Label(t("Уведомления"), "card"), None, margins=(4, 0, 0, 0))
        if notices.all:
            forget = Link(t("Очистить"), small=True, compact=True)
            forget.setObjectName("clear-notices")
            forget.clicked.connect(lambda: self._close_and(notices.clear))
            heading.addWidget(forget)
        self.body.addLayout(heading)
        for notice in notices.all[:6]:
            self.body.addWidget(self._banner(notice))
        if not notices.all:
            text = t("Здесь появятся расхождения, ошибки обмена и другие важные вещи")
            self.body.addWidget(EmptyState("bell", t("Новостей нет"), text))
        notices.seen()

    def _banner(self, notice: Notice) -> Banner:
        button = None
        if notice.action and notice.run is not None:
            run = notice.run
            button = Button(notice.action, size=28)
            button.clicked.connect(lambda: self._close_and(run))
        text = " · ".join(part for part in (fmt_time(notice.at), notice.text) if part)
        return Banner(notice.kind, notice.title, text, button)

    def _close_and(self, run: Callable[[], None]) -> None:
        self.close_popover()
        run()
