"""One disputed field: «Было», «Ваша правка», the colleague's, «Вписать своё».

Nothing is chosen for the person. Keys 1–4 choose, also from the keypad; 5 shows the scan, 6 how the
terms come about, Enter goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from arm.casework.conflicts import RECORD, Choice, ConflictField
from ui.casefile.catalogue import EditSpec, spec_of
from ui.casefile.editors import Editor, NotAValue, editor_for
from ui.casefile.evidence_pane import EvidencePane
from ui.casefile.why import WhyBlock
from ui.casefile.wording import said, value_text
from ui.context import Context
from ui.design.fonts import font
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Label, Link, clear_layout, column
from ui.widgets.painting import Ringed, fill_box

Side = Literal["", "base", "mine", "theirs", "own"]

LABEL_WIDTH = 104
GAP = 8
SIDE = 24
_REMARKS = frozenset({("note", "text")})
"""Words of which two make sense one after the other; two telephones in one field do not."""
_NOT_TYPED = frozenset({RECORD, "responsible"})
"""Nothing to write of one's own: one of the versions is taken."""
_MOST = 1_000
"""Stretch of words that come before everything else in their line."""
_NAME = 36
"""Of a longer file name beginning and end are shown."""


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
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not _with_control(event)
        if enter and not self.isChecked():
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


class _Under(QWidget):
    """What stands under one version: whose it is, if that differs, and what it would do."""

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(2, 0, 0, 0)
        box.setSpacing(0)
        for text, token in lines:
            box.addWidget(Label(text, "secondary", token, wrap=True))
        box.addStretch(1)


class ConflictRow(Ringed, QWidget):
    """The whole line of one disputed field. ``decided`` tells that the choice changed."""

    ring_inside = True
    decided = Signal()
    focused = Signal()
    moved = Signal(int)
    entered = Signal()
    """Enter: on to what is still open."""
    own_typed = Signal()

    def __init__(
        self,
        disputed: ConflictField,
        context: Context,
        captions: Mapping[Side, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.disputed = disputed
        self._context = context
        self.choice: Side = ""
        self.current = False
        self.moot = False
        self.can_type = disputed.field not in _NOT_TYPED
        self.setObjectName(f"conflict-{disputed.conflict_id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(t(disputed.label))
        self._name = Label(t(disputed.label), "bodyStrong", wrap=True)
        self._state = Label("", "secondary", "warn", wrap=True)
        for words in (self._name, self._state):
            words.setFixedWidth(LABEL_WIDTH)
        self._build_cards()
        self._build_own()
        self._lay_out(captions or {})
        self._show()

    def _build_cards(self) -> None:
        disputed = self.disputed
        self.cards: dict[Side, OptionCard] = {
            "base": OptionCard(shown_text(disputed, disputed.base), quiet=True),
            "mine": OptionCard(shown_text(disputed, disputed.mine), quiet=False),
            "theirs": OptionCard(shown_text(disputed, disputed.theirs), quiet=False),
        }
        titles = {
            "base": t("Было"),
            "mine": disputed.mine.who or t("Ваша правка"),
            "theirs": disputed.theirs.who or t("Правка коллеги"),
        }
        for key, card in self.cards.items():
            card.setObjectName(f"conflict-{disputed.conflict_id}-{key}")
            card.setAccessibleName(f"{t(disputed.label)}. {t(titles[key])}: {card.text()}")
            card.clicked.connect(lambda _on=False, key=key: self.choose(key))
            card.installEventFilter(self)

    def _build_own(self) -> None:
        disputed, today = self.disputed, self._context.store.clock.today
        self._own = _OwnDot()
        self._own.setObjectName(f"conflict-{disputed.conflict_id}-own")
        self._own.clicked.connect(lambda: self.choose("own"))
        self._own.installEventFilter(self)
        self.editors: list[Editor] = []
        self._specs: list[EditSpec] = []
        for part in disputed.typed_parts:
            spec = _one_line(disputed, spec_of(part.kind, part.field))
            editor = editor_for(part.kind, spec, today)
            name = f"conflict-{disputed.conflict_id}-editor"
            editor.widget.setObjectName(name if not self.editors else f"{name}-{part.field}")
            editor.widget.setAccessibleName(f"{t(part.label)}: {t('вписать своё')}")
            if len(disputed.typed_parts) > 1 and isinstance(editor.widget, QLineEdit):
                editor.widget.setPlaceholderText(t(part.label))
            editor.on_typed(self._on_typed)
            editor.on_chosen(self._on_typed)
            editor.widget.installEventFilter(self)
            self.editors.append(editor)
            self._specs.append(spec)

    @property
    def editor(self) -> Editor:
        """Of the first part; most fields have one."""
        return self.editors[0]

    def _lay_out(self, captions: Mapping[Side, str]) -> None:
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(self._lay_out_cards(captions))
        if self.can_type:
            right.addLayout(self._own_line())
        else:
            for part in (self._own, *(editor.widget for editor in self.editors)):
                part.setParent(self)
                part.hide()
        right.addLayout(self._ground_line())
        self._pane = QVBoxLayout()
        right.addLayout(self._pane)
        right.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(SIDE, 10, SIDE, 10)
        box.setSpacing(GAP)
        box.addLayout(column(self._name, self._state, None, gap=0, margins=(0, 9, 0, 0)))
        box.addLayout(right, 1)

    def _lay_out_cards(self, captions: Mapping[Side, str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(4)
        for place, (side, card) in enumerate(self.cards.items()):
            grid.addWidget(card, 0, place)
            grid.setColumnStretch(place, 1)
            lines = [(captions[side], "text3")] if captions.get(side) else []
            effect = self.disputed.effects.get(side)
            lines += [(t(line), "text2") for line in (effect.lines if effect else ())]
            if lines:
                grid.addWidget(_Under(lines), 1, place)
        return grid

    def _own_line(self) -> QHBoxLayout:
        own = QHBoxLayout()
        own.setSpacing(8)
        own.addWidget(self._own)
        date_only = [spec.editor for spec in self._specs] == ["date"]
        for editor in self.editors:
            if date_only:
                editor.widget.setFixedWidth(132)
            own.addWidget(editor.widget, 0 if date_only else 1)
        self._effect = Label("", "secondary", "text2", elide=True)
        self._effect.setObjectName(f"conflict-{self.disputed.conflict_id}-effect")
        if date_only:
            self._effect.setText(t(self.disputed.hint))
            own.addWidget(self._effect, 1)
        elif self.disputed.hint:
            own.addWidget(Label(t(self.disputed.hint), "secondary", "text3", elide=True), 1)
        if (self.disputed.kind, self.disputed.field) in _REMARKS:
            both = Link(t("Взять оба"), small=True)
            both.setObjectName(f"conflict-{self.disputed.conflict_id}-both")
            both.clicked.connect(self._take_both)
            own.addWidget(both)
        return own

    def _ground_line(self) -> QHBoxLayout:
        """Below: what the case holds to choose by."""
        line = QHBoxLayout()
        line.setSpacing(6)
        told = {
            "deleted": t("Запись удалена. Если выбрать не то, что хранит центр, программа спросит, "
                         "вернуть ли её"),
            "missing": t("Записи нет на этом компьютере: выбор останется в истории расхождений"),
        }.get(self.disputed.record_state, "")  # fmt: skip
        if told:
            line.addWidget(Label(told, "secondary", "warn", wrap=True), 1)
        files = self.disputed.evidence
        self._look = Link(t("Показать"), small=True)
        self._look.setObjectName(f"conflict-{self.disputed.conflict_id}-look")
        self._look.clicked.connect(self.toggle_evidence)
        if files:
            line.addWidget(LineIcon("file-text", "text3"))
            name = files[0].file_name
            short = name if len(name) <= _NAME else f"{name[: _NAME - 9]}…{name[-8:]}"
            words = t("В деле есть файл: {name}", name=short)
            if len(files) > 1:
                words = t("{words} и ещё {n}", words=words, n=len(files) - 1)
            named = Label(words, "secondary", "text2", elide=True)
            named.setMaximumWidth(named.sizeHint().width())
            line.addWidget(named, _MOST)
            line.addWidget(self._look)
        self._look.setVisible(bool(files))
        self._why = Link(t("Почему такие сроки?"), small=True)
        self._why.setObjectName(f"conflict-{self.disputed.conflict_id}-why")
        self._why.clicked.connect(self.toggle_why)
        if any(effect.why is not None for effect in self.disputed.effects.values()):
            line.addWidget(self._why)
        else:
            self._why.hide()
            self._why.setParent(self)
        if not files:
            self._look.setParent(self)
            self._look.hide()
        line.addStretch(1)
        return line

    # -- grounds --------------------------------------------------------------------------------

    def toggle_evidence(self) -> None:
        """Open or put away the scan of the document."""
        if self._pane_shows(EvidencePane) or not self.disputed.evidence:
            self._close_pane()
            return
        pane = EvidencePane(self._context, self.disputed.evidence)
        pane.closed.connect(self._close_pane)
        self._open_pane(pane)
        pane.show_file()

    def toggle_why(self) -> None:
        """Open or put away how the terms of the chosen version come about."""
        if self._pane_shows(WhyBlock):
            self._close_pane()
        else:
            self._show_why()

    def _show_why(self) -> None:
        effects = self.disputed.effects
        order = [self.choice, "theirs", "mine", "base"]
        why = next(
            (effects[side].why for side in order if side in effects and effects[side].why), None
        )
        if why is None:
            self._close_pane()
        else:
            self._open_pane(WhyBlock(why, today=self._context.store.clock.today()))

    def _pane_shows(self, kind: type[QWidget]) -> bool:
        item = self._pane.itemAt(0)
        return item is not None and isinstance(item.widget(), kind)

    def _open_pane(self, pane: QWidget) -> None:
        clear_layout(self._pane)
        self._pane.addWidget(pane)
        pane.show()
        self._name_links()
        self.focused.emit()

    def _close_pane(self) -> None:
        inside = self.focusWidget()
        clear_layout(self._pane)
        self._name_links()
        if inside is not None and inside is not self and not inside.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name_links(self) -> None:
        self._look.setText(t("Скрыть") if self._pane_shows(EvidencePane) else t("Показать"))
        hide = t("Скрыть расчёт")
        self._why.setText(hide if self._pane_shows(WhyBlock) else t("Почему такие сроки?"))

    # -- the answer -----------------------------------------------------------------------------

    def choose(self, choice: Side) -> None:
        """Take one of the versions; «own» brings the keyboard to the editor."""
        self.choice = choice
        if choice == "own":
            self._begin_own()
        self._show()
        if self._pane_shows(WhyBlock):
            self._show_why()
        self.decided.emit()

    def _begin_own(self) -> None:
        if len(self.editors) > 1 and not any(self.typed()):
            # several parts: one begins with what one typed before and mends it
            for editor, part in zip(self.editors, self.disputed.typed_parts, strict=True):
                editor.put(part.mine)
        self.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def typed(self) -> tuple[str, ...]:
        """The texts of one's own, whether or not they can be kept."""
        return tuple(str(getattr(one.widget, "text")()) for one in self.editors)  # noqa: B009 - every editor has text()

    def recall(self, side: Side, typed: Sequence[str]) -> None:
        """Show a choice made before, without taking the focus."""
        for editor, text in zip(self.editors, typed, strict=False):
            widget = editor.widget
            set_text = getattr(widget, "setPlainText", None) or getattr(widget, "setText", None)
            if set_text is not None:
                set_text(text)
        self.choice = side
        self._show()

    def forget(self) -> None:
        """Nothing is chosen again; what was typed stays to be seen."""
        self.choice = ""
        self._show()
        self.decided.emit()

    def show_effect(self, lines: Sequence[str]) -> None:
        """What the typed value would do."""
        self._effect.setText(" · ".join(map(t, lines)) or t(self.disputed.hint))

    def set_moot(self, moot: bool) -> None:
        """The record is to be deleted: nothing is to be chosen here."""
        if moot != self.moot:
            self.moot = moot
            for part in (*self.cards.values(), self._own, *(one.widget for one in self.editors)):
                part.setEnabled(not moot)
            self._show()

    def chosen_value(self) -> Any:
        """What is chosen of the first part, None without a choice."""
        if not self.settled() or self.moot:
            return None
        return self.settlement()[self.disputed.conflict_id]

    def settled(self) -> bool:
        """Whether there is a value to write, or none is needed."""
        if self.moot:
            return True
        if not self.choice:
            return False
        return self.choice != "own" or self._own_value()[0]

    def settlement(self) -> dict[str, Any]:
        """Conflict id → value to write; ask :meth:`settled` first."""
        if self.moot:
            return self.disputed.taking("theirs")  # casework ends it with the value in force
        if self.choice == "own":
            return self.disputed.writing(*self._own_value()[1])
        return self.disputed.taking(self.choice)

    def words(self) -> str:
        """What will be written, for people."""
        if self.choice == "own":
            parts = zip(self.disputed.typed_parts, self._own_value()[1], strict=True)
            texts = (value_text(part.kind, part.field, value) for part, value in parts)
            return " ".join(text for text in texts if text)
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
            values = [editor.take() for editor in self.editors]
        except NotAValue as error:
            return str(error)
        known = any(value is not None for value in values)
        return "" if known else t("выберите вариант или впишите своё")

    def own_value(self) -> Any:
        """The typed value of a field that stands alone, if it can be kept."""
        good, values = self._own_value()
        return values[0] if good and len(values) == 1 else None

    def _own_value(self) -> tuple[bool, list[Any]]:
        try:
            values = [editor.take() for editor in self.editors]
        except NotAValue:
            return False, []
        return any(value is not None for value in values), values

    def _take_both(self) -> None:
        first, second = self.disputed.mine.text, self.disputed.theirs.text
        both = first if second in first else second if first in second else f"{first}; {second}"
        self.editor.put(both)
        self.choose("own")

    def _on_typed(self) -> None:
        self.choice = "own"
        self._show()
        self.decided.emit()
        self.own_typed.emit()

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
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not _with_control(event):
            self.entered.emit()
            return
        if event.key() == Qt.Key.Key_5 and not _with_control(event):
            self.toggle_evidence()
            return
        if event.key() == Qt.Key.Key_6 and not _with_control(event):
            self.toggle_why()
            return
        chosen = keys.get(event.key())
        if chosen == "own" and not self.can_type:
            return
        if chosen is not None and not _with_control(event):
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
            and any(watched is editor.widget for editor in self.editors)
        ):
            if event.key() == Qt.Key.Key_Escape:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self.entered.emit()
                return True
        return False


def _with_control(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


class LineIcon(QWidget):
    """An icon of 14 px in a line of words."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token
        self.setFixedSize(14, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), self._name, 0, 1, self._token, 14)
