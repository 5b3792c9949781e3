"""Unfinished forms on the page «Сегодня»: how far each is, and the way back to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.design.text import NBSP, fmt_date, fmt_time, t
from ui.design.theme import color
from ui.widgets import Label, Link, Menu, Panel
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width

if TYPE_CHECKING:
    from arm.store.store import Draft
    from ui.context import Context

SHOWN = 5
_SUBJECTS = {"intake": "новый приём"}


class DraftLine(Ringed, QAbstractButton):
    """One draft: name, what it is, when it was saved, a bar of how far it is."""

    forget_asked = Signal()

    def __init__(self, draft: Draft, when: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._when = draft, when
        self.setObjectName(f"draft-{draft.id}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{draft.title}, {when}, {draft.done_share}{NBSP}%")

    def sizeHint(self) -> QSize:
        return QSize(200, 41)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.forget_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(t("Черновик"), self)
        menu.add(t("Продолжить"), self.click, "pencil")
        menu.add(t("Удалить черновик"), self.forget_asked.emit, "trash-2", "Delete")
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
        share = f"{self._draft.done_share}{NBSP}%"
        wide = text_width(share, "secondary")
        right = self.width() - 16
        draw_text(painter, QRectF(right - wide, 4, wide + 1, 22), share, "secondary", "text3")
        room = right - wide - 12 - 16
        name = self._draft.title
        taken = min(text_width(name, "body"), room)
        draw_text(painter, QRectF(16, 4, taken + 1, 22), name, "body", "text")
        rest = QRectF(16 + taken + 5, 4, max(0.0, room - taken - 5), 22)
        draw_text(painter, rest, self._when, "body", "text3")
        track = QRectF(16, 30, self.width() - 32, 4)
        fill_box(painter, track, 2, color("pressed"))
        track.setWidth(max(4.0, track.width() * self._draft.done_share / 100))
        fill_box(painter, track, 2, color("accent"))


class DraftsPanel(Panel):
    """Newest first; «Продолжить последний» opens the newest."""

    dropped = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(t("Черновики"), padding=False, parent=parent)
        self.context = context
        self._drafts: tuple[Draft, ...] = ()
        self._lines: list[DraftLine] = []
        self._latest = Link(t("Продолжить последний"), small=True)
        self._latest.setObjectName("drafts-latest")
        self._latest.clicked.connect(self._open_latest)
        self.add_action(self._latest)
        self._latest.hide()
        self._none = Label(
            t("Незаконченных приёмов нет. Черновик сохраняется сам, как только вы начали писать."),
            "secondary",
            "text3",
            wrap=True,
        )
        self._none.setContentsMargins(16, 12, 16, 14)
        self.body.addWidget(self._none)

    def show_drafts(self, drafts: Sequence[Draft]) -> None:
        """Show these drafts."""
        if tuple(drafts) == self._drafts and (self._lines or not drafts):
            return
        self._drafts = tuple(drafts)
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = []
        for draft in self._drafts[:SHOWN]:
            line = DraftLine(draft, self._when(draft))
            line.clicked.connect(partial(self._open_clicked, draft))
            line.forget_asked.connect(partial(self._forget, draft))
            self.body.addWidget(line)
            self._lines.append(line)
        self._none.setVisible(not drafts)
        self._latest.setVisible(bool(drafts))
        self.set_count(len(drafts) or None)

    def _when(self, draft: Draft) -> str:
        saved = datetime.fromisoformat(draft.saved_at)
        same_day = saved.astimezone().date() == self.context.workstation.clock.today()
        when = fmt_time(saved) if same_day else fmt_date(saved.astimezone().date())[:5]
        return f"{t(_SUBJECTS.get(draft.subject, draft.subject))}, {when}"

    def _open_latest(self) -> None:
        for draft in self._drafts[:1]:
            self._open(draft)

    def _open_clicked(self, draft: Draft, _checked: bool = False) -> None:
        self._open(draft)

    def _open(self, draft: Draft) -> None:
        self.context.navigate("intake", {"draft_id": draft.id})

    def _forget(self, draft: Draft) -> None:
        store = self.context.store

        def put_back() -> None:
            self.context.background.write(
                lambda: store.save_draft(
                    draft.subject, draft.title, draft.body, draft.done_share, draft.id
                ),
                lambda _id: self.dropped.emit(),
                self.context.show_error,
            )

        def done(_nothing: object) -> None:
            self.dropped.emit()
            self.context.toast(
                t("Черновик удалён: {name}", name=draft.title),
                action=t("Вернуть"),
                on_action=put_back,
            )

        self.context.background.write(
            lambda: store.drop_draft(draft.id), done, self.context.show_error
        )
