"""One disputed field: «Было», «Ваша правка», the colleague's, «Вписать своё».

Nothing is chosen for the person. Keys 1–4 choose, also from the keypad.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from arm.casework import labels
from arm.casework.conflicts import Choice, ConflictField
from ui.casefile.catalogue import EditSpec, spec_of
from ui.casefile.editors import NotAValue, editor_for
from ui.casefile.wording import said, value_text
from ui.design.fonts import font
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Label, Link
from ui.widgets.painting import Ringed, fill_box

Side = Literal["", "base", "mine", "theirs", "own"]

RECORD = "deleted"
"""The «field» of a dispute about whether the record stays at all."""

LABEL_WIDTH = 92
GAP = 8
SIDE = 24


def shown_text(disputed: ConflictField, side: Choice) -> str:
    """A version in words; whether a record stays is said, not shown as a value."""
    if disputed.field == RECORD:
        return t("удалить запись") if side.value else t("оставить запись")
    return said(disputed.kind, disputed.field, side.text)


def _one_line(disputed: ConflictField, spec: EditSpec) -> EditSpec:
    """A text without line breaks is typed in one line here: the field stays compact."""
    sides = (disputed.base, disputed.mine, disputed.theirs)
    if spec.editor != "long" or any("\n" in side.text for side in sides):
        return spec
    return replace(spec, editor="text")


class OptionCard(Ringed, QAbstractButton):
    """One version with a radio dot; the whole card is the hit area."""

    def __init__(self, text: str, quiet: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet = quiet
        self._words = Label("", "body", "text2" if quiet else "text", wrap=True, parent=self)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setText(text or t("пусто"))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def nextCheckState(self) -> None:
        """The field decides what is checked."""

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(40, self._text_height(width) + 20)

    def sizeHint(self) -> QSize:
        return QSize(180, self.heightForWidth(max(180, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 40)

    def _text_height(self, width: int) -> int:
        return self._words.heightForWidth(max(40, width - 44))

    def setText(self, text: str) -> None:
        super().setText(text)
        self._words.setText(text)

    def setChecked(self, checked: bool) -> None:
        super().setChecked(checked)
        self._words.set_style("bodyStrong" if checked else "body")
        self._words.set_color("text2" if self._quiet and not checked else "text")

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = max(40, self.width() - 44)
        self._words.setGeometry(35, 10, wide, self._words.heightForWidth(wide))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()  # arrows and numbers belong to the row

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            fill_box(painter, box, 6, color("accentTint"), color("accent"), 2)
        elif self._quiet:
            ground = color("hover") if self.underMouse() else None
            fill_box(painter, box, 6, ground, color("hair"))
        else:
            ground = color("hover" if self.underMouse() else "surface")
            fill_box(painter, box, 6, ground, color("control"))
        dot = QRectF(11, 12, 16, 16)
        if self.isChecked():
            fill_box(painter, dot, 8, color("surface"), color("accent"), 5)
        else:
            fill_box(painter, dot, 8, color("surface"), color("input"))


class _OwnDot(Ringed, QAbstractButton):
    """The radio before «Вписать своё»."""

    ring_radius = 8.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(t("Вписать своё"))
        self.setAccessibleName(self.text())
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """The field decides what is checked."""

    def sizeHint(self) -> QSize:
        return QSize(24 + QFontMetrics(font("bodyStrong")).horizontalAdvance(self.text()), 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = color("accent" if self.isChecked() else "input")
        fill_box(
            painter, QRectF(0, 6, 16, 16), 8, color("surface"), line, 5 if self.isChecked() else 1
        )
        painter.setFont(font("bodyStrong" if self.isChecked() else "body"))
        painter.setPen(color("text" if self.isChecked() else "text2"))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(24, 0, self.width() - 24, 28), flags, self.text())


class ConflictRow(QWidget):
    """The whole line of one disputed field. ``decided`` tells that the choice changed."""

    decided = Signal()
    focused = Signal()
    moved = Signal(int)

    def __init__(
        self,
        disputed: ConflictField,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.disputed = disputed
        self.choice: Side = ""
        self.current = False
        self.setObjectName(f"conflict-{disputed.conflict_id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(t(disputed.label))
        spec = _one_line(disputed, spec_of(disputed.kind, disputed.field))
        whole = disputed.field == RECORD
        label = labels.kind_title(disputed.kind) if whole else disputed.label
        self._name = Label(t(label), "bodyStrong", wrap=True)
        self._state = Label("", "secondary", "warn", wrap=True)
        for words in (self._name, self._state):
            words.setFixedWidth(LABEL_WIDTH)
        self.cards: dict[Side, OptionCard] = {
            "base": OptionCard(shown_text(disputed, disputed.base), quiet=True),
            "mine": OptionCard(shown_text(disputed, disputed.mine), quiet=False),
            "theirs": OptionCard(shown_text(disputed, disputed.theirs), quiet=False),
        }
        titles = {"base": t("Было"), "mine": t("Ваша правка"), "theirs": t("Правка коллеги")}
        for key, card in self.cards.items():
            card.setObjectName(f"conflict-{disputed.conflict_id}-{key}")
            card.setAccessibleName(f"{t(disputed.label)}. {titles[key]}: {card.text()}")
            card.clicked.connect(lambda _on=False, key=key: self.choose(key))
            card.installEventFilter(self)
        self._own = _OwnDot()
        self._own.setObjectName(f"conflict-{disputed.conflict_id}-own")
        self._own.clicked.connect(lambda: self.choose("own"))
        self.editor = editor_for(disputed.kind, spec, today)
        self.editor.widget.setObjectName(f"conflict-{disputed.conflict_id}-editor")
        self.editor.widget.setAccessibleName(f"{t(disputed.label)}: {t('вписать своё')}")
        self.editor.on_typed(self._on_typed)
        self.editor.on_chosen(self._on_typed)
        for part in (self._own, self.editor.widget):
            part.installEventFilter(self)
        self._lay_out(spec)
        self._show()

    def _lay_out(self, spec: EditSpec) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(SIDE, 10, SIDE, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        left = QVBoxLayout()
        left.setContentsMargins(0, 9, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._name)
        left.addWidget(self._state)
        left.addStretch(1)
        grid.addLayout(left, 0, 0)
        for place, card in enumerate(self.cards.values(), start=1):
            grid.addWidget(card, 0, place)
            grid.setColumnStretch(place, 1)
        own = QHBoxLayout()
        own.setSpacing(8)
        own.addWidget(self._own)
        widget = self.editor.widget
        if spec.editor == "date":
            widget.setFixedWidth(132)
        own.addWidget(widget, 0 if spec.editor == "date" else 1)
        if self.disputed.hint:
            own.addWidget(Label(t(self.disputed.hint), "secondary", "text3", elide=True), 1)
        if spec.editor in ("text", "long"):
            both = Link(t("Взять оба"), small=True)
            both.setObjectName(f"conflict-{self.disputed.conflict_id}-both")
            both.clicked.connect(self._take_both)
            own.addWidget(both)
        elif not self.disputed.hint:
            own.addStretch(1)
        if self.disputed.field != RECORD:
            grid.addLayout(own, 1, 1, 1, 3)
        else:
            for part in (self._own, widget):
                part.setParent(self)
                part.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 10)
        box.addLayout(grid)

    # -- the answer -----------------------------------------------------------------------------

    def choose(self, choice: Side) -> None:
        """Take one of the versions; «own» brings the keyboard to the editor."""
        self.choice = choice
        if choice == "own":
            self.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()
        self.decided.emit()

    def typed(self) -> str:
        """The text of one's own, whether or not it can be kept."""
        return str(getattr(self.editor.widget, "text")())  # noqa: B009 - every editor has text()

    def recall(self, side: Side, typed: str) -> None:
        """Show a choice made before, without taking the focus."""
        set_text = getattr(self.editor.widget, "setPlainText", None) or getattr(
            self.editor.widget, "setText", None
        )
        if typed and set_text is not None:
            set_text(typed)
        self.choice = side
        self._show()

    def settled(self) -> bool:
        """Whether there is a value to write."""
        if not self.choice:
            return False
        return self.choice != "own" or self._own_value()[0]

    def settlement(self) -> dict[str, Any]:
        """Conflict id → value to write; ask :meth:`settled` first."""
        if self.choice == "own":
            return self.disputed.writing(self._own_value()[1])
        return self.disputed.taking(self.choice)

    def words(self) -> str:
        """What will be written, for people."""
        if self.choice == "own":
            value = self._own_value()[1]
            return value_text(self.disputed.kind, self.disputed.field, value)
        sides = {
            "base": self.disputed.base,
            "mine": self.disputed.mine,
            "theirs": self.disputed.theirs,
        }
        return shown_text(self.disputed, sides[self.choice])

    def refuse(self, text: str) -> None:
        """The value cannot be kept: say why beside the field."""
        self._state.setText(text)
        self._state.set_color("bad")
        self._state.show()

    def problem(self) -> str:
        """Why the typed value cannot be taken, empty if it can."""
        try:
            value = self.editor.take()
        except NotAValue as error:
            return str(error)
        return "" if value is not None else t("выберите вариант или впишите своё")

    def _own_value(self) -> tuple[bool, Any]:
        try:
            value = self.editor.take()
        except NotAValue:
            return False, None
        return value is not None, value

    def _take_both(self) -> None:
        first, second = self.disputed.mine.text, self.disputed.theirs.text
        both = first if second in first else second if first in second else f"{first}; {second}"
        self.editor.put(both)
        self.choose("own")

    def _on_typed(self) -> None:
        self.choice = "own"
        self._show()
        self.decided.emit()

    # -- looks ----------------------------------------------------------------------------------

    def set_current(self, current: bool) -> None:
        """The field that keys 1–4 speak to."""
        if self.current != current:
            self.current = current
            self.update()

    def _show(self) -> None:
        for key, card in self.cards.items():
            card.setChecked(self.choice == key)
            card.update()
        self._own.setChecked(self.choice == "own")
        self._own.update()
        waiting = not self.settled()
        self._state.set_color("warn")
        self._state.setText(t("не выбрано") if waiting else "")
        self._state.setVisible(waiting)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, color("hair"))
        if self.current:
            painter.fillRect(0, 1, 3, self.height() - 1, color("accent"))
        elif not self.settled():
            painter.fillRect(0, 1, 3, self.height() - 1, color("warnFill"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Side] = {
            Qt.Key.Key_1: "base",
            Qt.Key.Key_2: "mine",
            Qt.Key.Key_3: "theirs",
            Qt.Key.Key_4: "own",
        }
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
            return
        chosen = keys.get(event.key())
        if chosen == "own" and self.disputed.field == RECORD:
            return
        if chosen is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.choose(chosen)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and watched is self.editor.widget
            and event.key() == Qt.Key.Key_Escape
        ):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False
