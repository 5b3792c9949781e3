"""The route: steps done, current, to repeat, ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets.layout import clear_layout
from ui.widgets.painting import Ringed, draw_check, draw_text, fill_box, text_width


@dataclass(frozen=True)
class Step:
    """``state``: done, now, repeat or todo."""

    title: str
    caption: str = ""
    state: str = "todo"
    number: int | None = None


_SPOKEN = {
    "done": "пройден",
    "now": "текущий шаг",
    "repeat": "повторить",
    "todo": "впереди",
}


class _StepPart(Ringed, QAbstractButton):
    ring_radius = 6.0

    def __init__(self, step: Step, number: int, *, last: bool, upright: bool) -> None:
        super().__init__()
        self._step, self._number, self._last, self._upright = step, number, last, upright
        self.setObjectName(f"step-{number}")
        self.setText(step.title)
        self.setAccessibleName(f"{step.title}, {t(_SPOKEN[step.state])}")
        self.setAccessibleDescription(step.caption)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(step.title)
        across = QSizePolicy.Policy
        if upright:
            self.setSizePolicy(across.Expanding, across.Fixed)
        else:
            self.setSizePolicy(across.Fixed if last else across.Expanding, across.Fixed)

    def sizeHint(self) -> QSize:
        words = max(
            text_width(self._step.title, "pill"), text_width(self._step.caption, "secondary")
        )
        if self._upright:
            return QSize(round(30 + words) + 2, 52)
        return QSize(round(words) + (2 if self._last else 10), 56)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width() if self._last and not self._upright else 44, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        step = self._step
        if not self._last:
            line = color("okFill" if step.state == "done" else "control")
            if self._upright:
                box = QRectF(9, 24, 2, self.height() - 28)
            else:
                box = QRectF(24, 9, self.width() - 28, 2)
            fill_box(painter, box, 1, line)
        self._paint_circle(painter)
        ink = "text3" if step.state == "todo" else "text"
        caption = "accentText" if step.state == "now" else "text3"
        if self._upright:
            title = QRectF(30, 0, self.width() - 30, 20)
            draw_text(painter, title, step.title, "bodyStrong", ink)
            draw_text(
                painter,
                title.translated(0, 19).adjusted(0, 0, 0, -4),
                step.caption,
                "scale",
                caption,
            )
            return
        room = self.width() - (0 if self._last else 8)
        draw_text(painter, QRectF(0, 24, room, 16), step.title, "pill", ink)
        draw_text(painter, QRectF(0, 40, room, 16), step.caption, "secondary", caption)

    def _paint_circle(self, painter: QPainter) -> None:
        circle = QRectF(0, 0, 20, 20)
        state = self._step.state
        if state == "done":
            fill_box(painter, circle, 10, color("okFill"))
            draw_check(painter, circle.center(), color("onOk"))
            return
        if state == "repeat":
            fill_box(painter, circle, 10, color("warnTint"), color("warnFill"), 1.5)
            paint_icon(painter, "refresh-cw", 4, 4, "warn", 12)
            return
        line, width = (color("accent"), 2.0) if state == "now" else (color("input"), 1.5)
        fill_box(painter, circle, 10, color("surface"), line, width)
        ink = "accentText" if state == "now" else "text3"
        centre = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, circle, str(self._number), "scaleStrong", ink, centre)


class Stepper(QWidget):
    """A row (or column) of steps. ``chosen`` sends the index of a step that was pressed."""

    chosen = Signal(int)

    def __init__(
        self,
        steps: Sequence[Step | tuple[str, str, str]] = (),
        *,
        upright: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._upright = upright
        self._box = QVBoxLayout(self) if upright else QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.setAccessibleName(t("Шаги"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[Step | tuple[str, str, str]]) -> None:
        """Show other steps: :class:`Step` or (title, caption, state)."""
        clear_layout(self._box)
        for index, given in enumerate(steps):
            step = given if isinstance(given, Step) else Step(*given)
            last = index == len(steps) - 1
            part = _StepPart(step, step.number or index + 1, last=last, upright=self._upright)
            part.clicked.connect(lambda _on=False, index=index: self.chosen.emit(index))
            self._box.addWidget(part, 0 if last or self._upright else 1)
        self.updateGeometry()
