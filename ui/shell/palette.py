"""Ctrl+K: people, pages and commands by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from arm.model.names import from_wrong_layout
from ui.background import Background
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets.dialog import Dialog
from ui.widgets.line_edit import SearchField
from ui.widgets.painting import draw_key_cap, draw_text, key_cap_width, text_width
from ui.widgets.row_list import RowList

ROW = 36
PEOPLE_SHOWN = 8


@dataclass(frozen=True)
class Command:
    """One line: what it is called, where it belongs, how it is done."""

    title: str
    icon: str
    run: Callable[[], None]
    group: str = ""
    words: str = ""
    """Grey words behind the title."""
    shortcut: str = ""
    aliases: str = field(default="", compare=False)
    """Further words to find it by."""


FindPeople = Callable[[str], Sequence[Command]]
"""Text → people, best first. Runs on a reader thread."""


def _fold(text: str) -> str:
    return text.casefold().replace("ё", "е").strip()


def _score(command: Command, wanted: str) -> int:
    """How well a command fits: 0 not at all; the beginning of the name is best."""
    title = _fold(command.title)
    if title.startswith(wanted):
        return 5
    starts = [word.strip("«»()") for word in title.split()]
    if any(word.startswith(wanted) for word in starts):
        return 4
    if "".join(word[:1] for word in starts).startswith(wanted):
        return 3
    if any(word.startswith(wanted) for word in _fold(command.aliases).split()):
        return 2
    return 1 if len(wanted) >= 3 and wanted in title else 0


def matching(commands: Sequence[Command], text: str) -> list[Command]:
    """Commands that fit, best first; also when typed in the wrong keyboard layout."""
    wanted = _fold(text)
    if not wanted:
        return list(commands)
    scored = [
        (max(_score(c, wanted), _score(c, _fold(from_wrong_layout(wanted)))), c) for c in commands
    ]
    fitting = [(score, n) for n, (score, _) in enumerate(scored) if score]
    return [commands[n] for _, n in sorted(fitting, key=lambda pair: (-pair[0], pair[1]))]


def _title(command: Command) -> str:
    return command.title


class _Painter(QStyledItemDelegate):
    def __init__(self, lines: RowList[Command]) -> None:
        super().__init__(lines)
        self._lines = lines

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(200, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        command = self._lines.rows[index.row()]
        area = QRectF(option.rect)  # type: ignore[attr-defined]  # stubs miss the option's fields
        chosen = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined]
        painter.fillRect(area, color("selected" if chosen else "surface"))
        if chosen:
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), color("accent"))
        icon_y = area.top() + (area.height() - 16) / 2
        paint_icon(painter, command.icon, area.left() + 16, icon_y, "text3")
        right = area.right() - 16
        if command.shortcut:
            wide = key_cap_width(command.shortcut)
            middle = area.center().y()
            draw_key_cap(painter, right - wide, middle, command.shortcut, fill=color("surface"))
            right -= wide + 12
        elif command.group:
            wide = text_width(command.group, "secondary")
            box = QRectF(right - wide, area.top(), wide + 1, area.height())
            draw_text(painter, box, command.group, "secondary", "text3")
            right -= wide + 12
        left = area.left() + 44
        name = QRectF(left, area.top(), right - left, area.height())
        draw_text(painter, name, command.title, "bodyStrong", "text")
        left += text_width(command.title, "bodyStrong") + 10
        if command.words and left < right - 40:
            rest = QRectF(left, area.top(), right - left, area.height())
            draw_text(painter, rest, command.words, "secondary", "text3")


class Palette(Dialog):
    """Type, choose with ↑ ↓, Enter does it. Commands first, then people as they are found."""

    def __init__(
        self,
        commands: Sequence[Command],
        find_people: FindPeople,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(t("Найти"), width=640, height=480, parent=parent)
        self.setObjectName("palette")
        self._commands = tuple(commands)
        self._find_people, self._background = find_people, background
        self._people: Sequence[Command] = ()
        self.line = SearchField(t("Имя, паспорт, телефон, раздел или действие"), delay=60)
        self.line.setObjectName("palette-line")
        self.line.textChanged.connect(self._on_text)
        self.line.searched.connect(self._look_for_people)
        self.line.installEventFilter(self)
        self._lines = RowList[Command](_title, parent=self)
        self.list = QListView()
        self.list.setObjectName("palette-list")
        self.list.setAccessibleName(t("Найденное"))
        self.list.setModel(self._lines)
        self.list.setItemDelegate(_Painter(self._lines))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(self._run)
        self.body.setContentsMargins(20, 8, 20, 12)
        self.body.addWidget(self.line)
        self.body.addWidget(self.list, 1)
        self._show(())

    def commands_shown(self) -> list[Command]:
        """What the list shows now, best first."""
        return list(self._lines.rows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.line
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and self._on_key(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
            return True
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }
        step = steps.get(Qt.Key(key))
        if step is None:
            return False
        count = self._lines.rowCount()
        if count:
            now = self.list.currentIndex().row() + step
            at = now % count if abs(step) == 1 else min(max(0, now), count - 1)
            self.list.setCurrentIndex(self._lines.index(at, 0))
        return True

    def _on_text(self, text: str) -> None:
        if not text.strip():
            self._people = ()
        self._show(matching(self._commands, text))

    def _look_for_people(self, text: str) -> None:
        if not text.strip():
            return
        self._background.read(
            lambda: self._find_people(text),
            lambda people: self._on_people(text, people),
            key="palette",
        )

    def _on_people(self, text: str, people: Sequence[Command]) -> None:
        if self.isHidden() or text != self.line.text():
            return
        self._people = people
        self._show(matching(self._commands, text))

    def _show(self, fitting: Sequence[Command]) -> None:
        shown = list(fitting) if self.line.text().strip() else list(self._commands)
        kept = self.list.currentIndex().row() if self.list.currentIndex().isValid() else 0
        same = [c.title for c in shown] == [c.title for c in self._lines.rows[: len(shown)]]
        self._lines.show([*shown, *self._people])
        if self._lines.rowCount():
            at = min(kept, self._lines.rowCount() - 1) if same else 0
            self.list.setCurrentIndex(self._lines.index(at, 0))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        command = self._lines.rows[index.row()]
        self.close_dialog()
        command.run()
