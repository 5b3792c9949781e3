"""Parts of «Дубли»: pairs and decisions in the list, one line of the comparison, records."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from arm.casework.duplicates import Decided, FieldChoice, PairLine, RecordLine, Side
from ui.casefile.conflict_field import GAP, OptionCard
from ui.casefile.side_list import ListLine
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Label, column, row
from ui.widgets.painting import Ringed, draw_hair_below, draw_text
from ui.widgets.pill import paint_pill, pill_width

LABEL_WIDTH = 132
ANSWERS = {
    "same": ("accent", "один человек", "equal"),
    "perhaps": ("warn", "похоже", "equal-approximately"),
}
"""Answer → kind of pill, words, icon."""


class ListItem(ListLine):
    """One line of the list at the left: two names, and a line about them."""

    def __init__(self, first: str, second: str, below: str) -> None:
        super().__init__()
        self._first, self._second, self._below = first, second, below
        self.setText(f"{first} – {second}")
        self.setAccessibleName(f"{first}, {second}, {below}")

    def sizeHint(self) -> QSize:
        return QSize(260, 80)

    def mark(self, painter: QPainter, right: float) -> float:
        """Draw what stands at the right of the first line; returns where it begins."""
        return right

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.paint_ground()
        right = self.mark(painter, self.width() - 16.0)
        draw_text(painter, QRectF(16, 10, right - 24, 20), self._first, "bodyStrong", "text")
        room = self.width() - 32
        draw_text(painter, QRectF(16, 30, room, 18), self._second, "body", "text")
        draw_text(painter, QRectF(16, 53, room, 16), self._below, "secondary", "text3")


class PairItem(ListItem):
    """A pair that waits for a decision."""

    def __init__(self, pair: PairLine) -> None:
        self.pair = pair
        below = pair.left_born or pair.right_born
        if pair.left_born and pair.right_born and pair.left_born != pair.right_born:
            below = f"{pair.left_born} / {pair.right_born}"
        super().__init__(pair.left_name, pair.right_name, below)
        self.setObjectName(f"pair-{pair.left_id}-{pair.right_id}")

    def mark(self, painter: QPainter, right: float) -> float:
        kind, words, icon = ANSWERS[self.pair.answer]
        words = t(words)
        wide = pill_width(words, icon)
        paint_pill(painter, QRectF(right - wide, 50, wide, 22), kind, words, icon)
        return right + 8  # the pill stands beside the birth date: names have the whole line


class DecidedItem(ListItem):
    """A decision that can be taken back."""

    def __init__(self, decided: Decided, when: str) -> None:
        self.decided = decided
        words = t("объединены") if decided.kind == "merged" else t("не дубль")
        below = ", ".join(part for part in (words, decided.who, when) if part)
        super().__init__(decided.left_name, decided.right_name, below)
        self.setObjectName(f"decided-{decided.id}")

    def mark(self, painter: QPainter, right: float) -> float:
        merged = self.decided.kind == "merged"
        icon, ink = ("check", "ok") if merged else ("x", "text3")
        paint_icon(painter, icon, right - 16, 12, ink)
        return right - 16


class MergeRow(Ringed, QWidget):
    """One field of two cards: which value stays. Keys 1–3 choose; equal values are only told."""

    ring_inside = True
    decided = Signal()
    moved = Signal(int)
    focused = Signal()

    def __init__(self, field: FieldChoice) -> None:
        super().__init__()
        self.field = field
        self.side: Side = field.choice
        self.current = False
        self.cards: dict[Side, OptionCard] = {}
        self.setObjectName(f"merge-{field.name}")
        self.setAccessibleName(t(field.label))
        name = Label(t(field.label), "bodyStrong" if field.differs else "body", wrap=True)
        name.set_color("text" if field.differs else "text3")
        name.setFixedWidth(LABEL_WIDTH)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 7, 24, 7)
        grid.setHorizontalSpacing(GAP)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.addLayout(column(name, None, margins=(0, 9 if field.differs else 2, 0, 0)), 0, 0)
        if not field.differs:
            same = Label(t(field.keep), "body", "text2", elide=True)
            grid.addWidget(same, 0, 1, 1, 2)
            grid.setColumnStretch(1, 1)
            return
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        sides: list[tuple[Side, str]] = [("keep", field.keep), ("other", field.other)]
        if field.is_set:
            sides.append(("both", t("оба списка")))
        for place, (side, text) in enumerate(sides, 1):
            card = OptionCard(t(text), quiet=not text)
            card.setObjectName(f"merge-{field.name}-{side}")
            card.setAccessibleName(f"{t(field.label)}: {t(text) or t('пусто')}")
            card.clicked.connect(lambda _on=False, side=side: self.choose(side))
            self.cards[side] = card
            grid.addWidget(card, 0 if place < 3 else 1, place if place < 3 else 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self._show()

    def choose(self, side: Side) -> None:
        """Take this side's value."""
        if side in self.cards:
            self.side = side
            self._show()
            self.decided.emit()

    def result(self) -> str:
        """What the card will have, in words."""
        values = {"keep": self.field.keep, "other": self.field.other}
        if self.side == "both":
            both = [part for text in values.values() for part in text.split(", ") if part]
            return ", ".join(dict.fromkeys(both))
        return values[self.side]

    def set_current(self, current: bool) -> None:
        """The row that the number keys speak to."""
        if self.current != current:
            self.current = current
            self.update()

    def _show(self) -> None:
        for side, card in self.cards.items():
            card.setChecked(side == self.side)
            card.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, color("hair"))
        if self.current:
            painter.fillRect(0, 1, 3, self.height() - 1, color("accent"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sides: dict[int, Side] = {
            Qt.Key.Key_1: "keep",
            Qt.Key.Key_2: "other",
            Qt.Key.Key_3: "both",
        }
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        side = sides.get(event.key())
        if step is not None:
            self.moved.emit(step)
        elif side is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.choose(side)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.field.differs:
            self.setFocus(Qt.FocusReason.MouseFocusReason)


class RecordRow(QWidget):
    """A record that comes over, in one line."""

    def __init__(self, record: RecordLine) -> None:
        super().__init__()
        self.setFixedHeight(30)
        title = Label(t(record.title), "body", "text3", elide=True)
        title.setFixedWidth(256)
        title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        words = Label(record.text or "–", "body", elide=True)
        box = row(title, words, margins=(15, 0, 15, 1))
        box.setStretch(1, 1)
        self.setLayout(box)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_hair_below(QPainter(self), self)


class Preview(QWidget):
    """What the card will have: two fields a line, and what becomes of the other number."""

    def __init__(self, rows: list[MergeRow], note: str) -> None:
        super().__init__()
        self.setObjectName("mergePreview")
        self._rows = rows
        self._values: list[Label] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(15, 8, 15, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for number, shown in enumerate(rows):
            name = Label(t(shown.field.label), "body", "text3")
            name.setFixedWidth(LABEL_WIDTH)
            value = Label("", "body", elide=True)
            value.setObjectName(f"preview-{shown.field.name}")
            line, half = divmod(number, 2)
            grid.addWidget(name, line, half * 2)
            grid.addWidget(value, line, half * 2 + 1)
            self._values.append(value)
        for part in (1, 3):
            grid.setColumnStretch(part, 1)
        if note:
            grid.addWidget(Label(note, "secondary", "text2"), (len(rows) + 1) // 2, 0, 1, 4)
        self.refresh()

    def refresh(self) -> None:
        """Say what would be kept now."""
        for shown, value in zip(self._rows, self._values, strict=True):
            taken = shown.field.differs and shown.side != "keep"
            value.set_style("bodyStrong" if taken else "body")
            value.setText(t(shown.result()) or t("пусто"))
