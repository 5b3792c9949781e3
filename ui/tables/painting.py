"""Draws whole rows of a list: fills, hairline, bar of the current row, boxes, pills, marks.

Qt asks a delegate for every cell, through half a dozen Python calls each; here one call draws a
row. Texts keep their layout (``QStaticText``) and pills their picture between repaints.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QStaticText,
    QTransform,
)

from ui.design.fonts import font
from ui.design.icons import pixmap
from ui.design.text import fmt_number
from ui.design.theme import current_theme
from ui.tables.columns import Column
from ui.tables.rows import Group, Pill, RowLook, Sign, Words

Marks = Callable[[str], Sequence[tuple[int, int]]]
"""Which parts of a text the search found: (start, length) each."""

PADDING = 8
CHECK = 16
PILL_HEIGHT = 22
TAG_HEIGHT = 20
CACHE = 8000
BODY_FACE, NAME_FACE, SMALL_FACE, HEADING_FACE, PILL_FACE = range(5)

PILL_COLOURS: dict[str, tuple[str, str]] = {
    "ok": ("okTint", "ok"),
    "warn": ("warnTint", "warn"),
    "bad": ("badTint", "bad"),
    "neutral": ("neutralTint", "neutral"),
    "accent": ("accentTint", "accentText"),
    "plain": ("", "text2"),
}
"""Ground and ink of each kind; a plain pill is an outline."""


class Look:
    """Colours and fonts a list is drawn with; made anew when the theme changes."""

    def __init__(self) -> None:
        self._theme = current_theme()
        self.body = font("body")
        self.name = font("bodyStrong")
        self.pill = font("pill")
        self.small = font("secondary")
        self.heading = font("smallStrong")

    def color(self, token: str) -> QColor:
        """A colour of the theme this look was made in."""
        return self._theme.color(token)


@dataclass(slots=True)
class Slot:
    """Where a column stands on the screen."""

    column: Column
    x: int
    width: int


@dataclass(slots=True)
class RowState:
    """What a row is besides its contents."""

    marked: bool = False
    current: bool = False
    hovered: bool = False
    last: bool = False


def _blank(width: int, height: int, ratio: float) -> QPixmap:
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture


@dataclass(slots=True)
class _Fitted:
    """A text shortened to its room, and its layout once it was drawn twice."""

    text: str
    width: float
    static: QStaticText | None = None


class RowPainter:
    """Draws rows of one list. Not thread-safe; lives with its view."""

    def __init__(self) -> None:
        self.marks: Marks | None = None
        self.ratio = 1.0
        """Device pixels to a logical one, of where is painted now."""
        self.renew()

    def renew(self) -> None:
        """Another theme or font: nothing drawn before can be used again."""
        self.look = look = Look()
        self._texts: dict[tuple[str, int, int], _Fitted] = {}
        self._grounds: dict[tuple[str, str | None, int, int, float], QPixmap] = {}
        self._boxes: dict[tuple[Qt.CheckState, float], QPixmap] = {}
        self._fonts = (look.body, look.name, look.small, look.heading, look.pill)
        self._metrics = tuple(QFontMetricsF(face) for face in self._fonts)
        self._heights = tuple(round(metrics.height()) for metrics in self._metrics)
        self._ascents = tuple(round(metrics.ascent()) for metrics in self._metrics)
        self._advances: tuple[dict[str, float], ...] = tuple({} for _ in self._fonts)

    # --- a row ------------------------------------------------------------------------------

    def row(
        self,
        painter: QPainter,
        area: QRect,
        look: RowLook,
        slots: Sequence[Slot],
        state: RowState,
        check_x: int,
    ) -> None:
        """One row of values. ``check_x`` is where its box stands, negative for none."""
        self._ground(painter, area, state)
        if check_x >= 0:
            box = self.checkbox(Qt.CheckState.Checked if state.marked else Qt.CheckState.Unchecked)
            painter.drawPixmap(check_x, area.y() + (area.height() - CHECK) // 2, box)
        for slot in slots:
            if slot.column.kind == "name":
                self._name(painter, area, look, slot)
                continue
            cell = look.cell(slot.column.key)
            if not cell:
                continue
            if isinstance(cell, Pill):
                self._pill_cell(painter, area, cell, slot)
            elif isinstance(cell, Words):
                self._words_cell(painter, area, cell, slot)
            elif isinstance(cell, Sign):
                y = area.y() + (area.height() - 16) // 2
                painter.drawPixmap(slot.x + PADDING, y, pixmap(cell.icon, cell.color, 16))
            else:
                ink = "text2" if slot.column.kind == "text" else "text"
                self._text_cell(painter, area, cell, slot, ink)

    def skeleton(self, painter: QPainter, area: QRect, slots: Sequence[Slot], check_x: int) -> None:
        """A row that is still on the way: grey bars where its texts will be."""
        self._ground(painter, area, RowState())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.color("pressed"))
        middle = area.y() + area.height() / 2
        if check_x >= 0:
            painter.drawRoundedRect(QRectF(check_x, middle - 8, CHECK, CHECK), 4, 4)
        for slot in slots:
            share = 0.45 if slot.column.kind == "name" else 0.7
            width = max(24.0, (slot.width - 2 * PADDING) * share)
            painter.drawRoundedRect(QRectF(slot.x + PADDING, middle - 5, width, 10), 5, 5)

    def heading(self, painter: QPainter, area: QRect, group: Group, left: int) -> None:
        """The heading of a group with its count."""
        look = self.look
        painter.fillRect(area, look.color("canvas"))
        painter.fillRect(area.x(), area.bottom(), area.width(), 1, look.color("hair"))
        if group.icon:
            icon_y = area.y() + (area.height() - 16) // 2
            painter.drawPixmap(left, icon_y, pixmap(group.icon, group.color, 16))
            left += 24
        painter.setPen(look.color("text2"))
        width = self._draw(painter, left, area, group.title, 10_000, 3)
        painter.setPen(look.color("text3"))
        self._draw(
            painter,
            left + round(width) + 5,
            area,
            fmt_number(group.count if group.told is None else group.told),
            200,
            2,
        )

    # --- parts ------------------------------------------------------------------------------

    def _ground(self, painter: QPainter, area: QRect, state: RowState) -> None:
        token = "surface"
        if state.marked or state.current:
            token = "selected"
        elif state.hovered:
            token = "hover"
        if token != "surface":  # the whole list is filled with it already
            painter.fillRect(area, self.look.color(token))
        painter.fillRect(area.x(), area.bottom(), area.width(), 1, self.look.color("hair"))
        if state.current:
            painter.fillRect(area.x(), area.y(), 3, area.height() - 1, self.look.color("accent"))

    def _text_cell(self, painter: QPainter, area: QRect, text: str, slot: Slot, ink: str) -> None:
        room = slot.width - 2 * PADDING
        if room <= 0:
            return
        painter.setPen(self.look.color(ink))
        x = slot.x + PADDING
        if slot.column.align == "right":
            x = slot.x + slot.width - PADDING - round(min(room, self.width(text, 0)))
        self._draw(painter, x, area, text, room, 0)

    def _words_cell(self, painter: QPainter, area: QRect, cell: Words, slot: Slot) -> None:
        room = slot.width - 2 * PADDING
        painter.setPen(self.look.color("text"))
        taken = round(self._draw(painter, slot.x + PADDING, area, cell.text, room, BODY_FACE)) + 4
        if cell.remark and room - taken > 24:
            painter.setPen(self.look.color("text3"))
            x = slot.x + PADDING + taken
            self._draw(painter, x, area, cell.remark, room - taken, BODY_FACE)

    def _name(self, painter: QPainter, area: QRect, look: RowLook, slot: Slot) -> None:
        text = look.text(slot.column.key)
        x, right = slot.x + PADDING, slot.x + slot.width - PADDING
        taken = sum(self.pill_width(tag) + 8 for tag in look.tags) + (22 if look.unsent else 0)
        room = max(40, right - x - taken)
        if self.marks is not None:
            self._search_marks(painter, area, x, text, room)
        painter.setPen(self.look.color("text"))
        x += round(self._draw(painter, x, area, text, room, NAME_FACE)) + 8
        for tag in look.tags:
            x += self.pill(painter, x, area, tag, TAG_HEIGHT) + 8
        if look.unsent:
            cloud = pixmap("cloud-off", "text3", 14)
            painter.drawPixmap(x, area.y() + (area.height() - 14) // 2, cloud)

    def _search_marks(self, painter: QPainter, area: QRect, x: int, text: str, room: int) -> None:
        assert self.marks is not None
        height = self._heights[1]
        y = area.y() + (area.height() - height) // 2
        for start, length in self.marks(text):
            left = self.width(text[:start], 1)
            width = min(self.width(text[start : start + length], 1), room - left)
            if width <= 0:
                continue
            rect = QRectF(x + left, y, width, height)
            painter.fillRect(rect, self.look.color("warnTint"))
            painter.fillRect(
                QRectF(rect.x(), rect.bottom() - 1, rect.width(), 1), self.look.color("warnLine")
            )

    def _pill_cell(self, painter: QPainter, area: QRect, cell: Pill, slot: Slot) -> None:
        x = slot.x + PADDING
        if slot.column.align == "right":
            x = slot.x + slot.width - PADDING - self.pill_width(cell)
        self.pill(painter, x, area, cell, PILL_HEIGHT)

    def pill_width(self, pill: Pill) -> int:
        """How wide a pill or a tag is, in logical pixels."""
        icon_room = 6 + 14 + 5 if pill.icon else 8
        return icon_room + math.ceil(self.width(pill.text, PILL_FACE)) + 8

    def pill(self, painter: QPainter, x: int, area: QRect, pill: Pill, height: int) -> int:
        """Draw a pill in the middle of a row; gives its width."""
        width = self.pill_width(pill)
        y = area.y() + (area.height() - height) // 2
        painter.drawPixmap(x, y, self._pill_ground(pill, width, height))
        left = 6 + 14 + 5 if pill.icon else 8
        painter.setPen(self.look.color(PILL_COLOURS[pill.kind][1]))
        self._draw(painter, x + left, area, pill.text, 10_000, PILL_FACE)
        return width

    def _pill_ground(self, pill: Pill, width: int, height: int) -> QPixmap:
        """Rounded ground and icon: drawn once a width, since dates are all of one width."""
        key = (pill.kind, pill.icon, width, height, self.ratio)
        found = self._grounds.get(key)
        if found is not None:
            return found
        picture = _blank(width, height, self.ratio)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = PILL_COLOURS[pill.kind]
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color(ground))
            painter.drawRoundedRect(QRectF(0, 0, width, height), 6, 6)
        else:
            painter.setPen(QPen(self.look.color("neutralLine"), 1))
            painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 6, 6)
        if pill.icon:
            painter.drawPixmap(6, (height - 14) // 2, pixmap(pill.icon, ink, 14, self.ratio))
        painter.end()
        self._grounds[key] = picture
        return picture

    def checkbox(self, state: Qt.CheckState) -> QPixmap:
        """A box: empty, ticked or partly."""
        found = self._boxes.get((state, self.ratio))
        if found is None:
            found = self._boxes[(state, self.ratio)] = self._draw_box(state)
        return found

    def _draw_box(self, state: Qt.CheckState) -> QPixmap:
        picture = _blank(CHECK, CHECK, self.ratio)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        empty = state == Qt.CheckState.Unchecked
        painter.setPen(QPen(self.look.color("input" if empty else "accent"), 1))
        painter.setBrush(self.look.color("surface" if empty else "accent"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, CHECK - 1, CHECK - 1), 4, 4)
        pen = QPen(self.look.color("onAccent"), 1.75)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if state == Qt.CheckState.Checked:
            painter.drawPolyline([QPointF(4.2, 8.4), QPointF(6.8, 11), QPointF(11.8, 5.4)])
        elif state == Qt.CheckState.PartiallyChecked:
            painter.drawLine(QPointF(4.5, 8), QPointF(11.5, 8))
        painter.end()
        return picture

    def width(self, text: str, face: int) -> float:
        """Width of a text in one of the fonts, letter by letter: exact but for kerning."""
        advances = self._advances[face]
        total = 0.0
        for char in text:
            wide = advances.get(char)
            if wide is None:
                wide = advances[char] = self._metrics[face].horizontalAdvance(char)
            total += wide
        return total

    def _draw(
        self, painter: QPainter, x: int, area: QRect, text: str, room: int, face: int
    ) -> float:
        """Draw a text in the middle of a row, shortened to its room; gives the width drawn.

        Laying a text out is what painting costs. A text seen for the first time is drawn plainly
        (while someone types, most are never seen again); at the second repaint it gets a kept
        layout, which draws three times faster.
        """
        key = (text, room, face)
        found = self._texts.get(key)
        top = area.y() + (area.height() - self._heights[face]) // 2
        painter.setFont(self._fonts[face])
        if found is None:
            if len(self._texts) > CACHE:
                self._texts.clear()
            found = self._texts[key] = self._fit(text, room, face)
            painter.drawText(x, top + self._ascents[face], found.text)
        elif found.static is None:
            found.static = self._lay_out(found.text, face)
            painter.drawStaticText(x, top, found.static)
        else:
            painter.drawStaticText(x, top, found.static)
        return found.width

    def _fit(self, text: str, room: int, face: int) -> _Fitted:
        width = self.width(text, face)
        if width <= room:
            return _Fitted(text, width)
        metrics = self._metrics[face]
        short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        return _Fitted(short, metrics.horizontalAdvance(short))

    def _lay_out(self, text: str, face: int) -> QStaticText:
        made = QStaticText(text)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        made.prepare(QTransform(), self._fonts[face])
        return made
