"""The list of forms at the left of the print dialog: what fits now first, with readiness marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from ui.casefile.ground import scrolling
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Label, SearchField, column
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width


@dataclass(frozen=True)
class FormLine:
    """One form of the list. ``waiting`` counts the boxes that need a person; None = not known
    yet."""

    form_id: str
    title: str
    subtitle: str
    fits_now: bool
    waiting: int | None


class FormItem(Ringed, QAbstractButton):
    """A form: title, a line below, and at the right a check or the number of empty boxes."""

    def __init__(self, line: FormLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName(f"form-{line.form_id}")
        self.set_waiting(line.waiting)

    def set_waiting(self, waiting: int | None) -> None:
        """How many boxes are empty or do not fit."""
        self.line = FormLine(
            self.line.form_id, self.line.title, self.line.subtitle, self.line.fits_now, waiting
        )
        ready = t("всё заполнено") if not waiting else t("не хватает полей: {n}", n=waiting)
        self.setAccessibleName(f"{self.line.title}, {ready}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 50)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            fill_box(painter, box, 6, color("selected"))
        elif self.underMouse():
            fill_box(painter, box, 6, color("hover"))
        right = box.right() - 10
        waiting = self.line.waiting
        if waiting:
            words = str(waiting)
            wide = text_width(words, "secondary")
            draw_text(painter, QRectF(right - wide, 7, wide + 1, 20), words, "secondary", "warn")
            paint_icon(painter, "triangle-alert", right - wide - 18, 10, "warn", 14)
            right -= wide + 26
        elif waiting == 0:
            paint_icon(painter, "check", right - 14, 10, "ok", 14)
            right -= 22
        style = "bodyStrong" if self.isChecked() else "body"
        draw_text(painter, QRectF(10, 7, right - 10, 20), self.line.title, style, "text")
        below = QRectF(10, 27, box.width() - 20, 16)
        draw_text(painter, below, self.line.subtitle, "secondary", "text3")


class FormsList(QWidget):
    """Search, «Подходят сейчас», «Остальные формы». ↑ and ↓ walk; Enter or a click chooses."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(256)
        self.search = SearchField(t("Найти форму"))
        self.search.setObjectName("printSearch")
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self._items: dict[str, FormItem] = {}
        self._heads: list[tuple[Label, bool]] = []
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 4, 0, 12)
        self._column.setSpacing(2)
        area = scrolling(inner)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        self._foot = Label("", "secondary", "text3", elide=True)
        self._nothing = Label(t("Такой формы нет"), "secondary", "text3")
        self._nothing.setContentsMargins(10, 8, 0, 0)
        self._nothing.hide()
        box = column(self.search, area, self._foot, gap=4, margins=(12, 12, 12, 10))
        box.setStretch(1, 1)
        self.setLayout(box)

    def show_forms(self, lines: Sequence[FormLine], foot: str = "") -> None:
        """Fill the list once."""
        self._foot.setText(foot)
        for fits, heading in ((True, t("Подходят сейчас")), (False, t("Остальные формы"))):
            part = [line for line in lines if line.fits_now is fits]
            if not part:
                continue
            head = Label(heading, "scale", "text3")
            head.setContentsMargins(10, 4 if fits else 12, 0, 4)
            self._heads.append((head, fits))
            self._column.addWidget(head)
            for line in part:
                self._add(line)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)

    def _add(self, line: FormLine) -> None:
        item = FormItem(line)
        item.clicked.connect(lambda _on=False, form=line.form_id: self.chosen.emit(form))
        item.installEventFilter(self)
        self._items[line.form_id] = item
        self._column.addWidget(item)

    def set_waiting(self, counts: Mapping[str, int]) -> None:
        """New readiness of the forms."""
        for form_id, waiting in counts.items():
            if form_id in self._items:
                self._items[form_id].set_waiting(waiting)

    def select(self, form_id: str) -> None:
        """Mark a form without telling."""
        if form_id in self._items:
            self._items[form_id].setChecked(True)
            self._area.ensureWidgetVisible(self._items[form_id])

    def forms(self) -> list[str]:
        """Ids in the order shown."""
        return [form_id for form_id, item in self._items.items() if not item.isHidden()]

    def _narrow(self, text: str) -> None:
        words = text.casefold().replace("ё", "е").split()
        for item in self._items.values():
            whole = f"{item.line.title} {item.line.subtitle}".casefold().replace("ё", "е")
            item.setVisible(all(word in whole for word in words))
        for head, fits in self._heads:
            head.setVisible(
                any(not i.isHidden() for i in self._items.values() if i.line.fits_now is fits)
            )
        self._nothing.setVisible(not self.forms())

    def eventFilter(self, watched: object, event: object) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            return self._on_key(watched, event)
        return False

    def _on_key(self, watched: object, event: QKeyEvent) -> bool:
        shown = self.forms()
        if not shown:
            return False
        if watched is self.search and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(shown[0])
            return True
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            return False
        if isinstance(watched, FormItem):
            place = shown.index(watched.line.form_id) + step
        else:
            place = 0 if step > 0 else len(shown) - 1
        if 0 <= place < len(shown):
            self._go(shown[place])
        elif place < 0:
            self.search.setFocus(Qt.FocusReason.BacktabFocusReason)
        return True

    def _go(self, form_id: str) -> None:
        item = self._items[form_id]
        item.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(item)
        item.click()
