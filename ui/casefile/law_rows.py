"""Lines of «Нормы и календарь»: one dated value, one decision."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from arm.casework.law_decisions import Decided
from arm.casework.law_view import ValueLine
from ui.design.fonts import font
from ui.design.text import fmt_date, t
from ui.design.theme import color
from ui.widgets.painting import draw_text, fill_box
from ui.widgets.pill import paint_pill, pill_width
from ui.widgets.row_list import Index, RowList

ROW = 56
PILLS = {"H": ("ok", "circle-check"), "M": ("warn", "triangle-alert"), "L": ("bad", "circle-help")}


def look_of(line: ValueLine) -> tuple[str, str]:
    """Kind and icon of the pill that says how sure a value is."""
    return ("accent", "stamp") if line.row.decided else PILLS[line.row.confidence]


def value_text(line: ValueLine) -> str:
    """The value; where it tells of a change, from what to what."""
    return f"{t(line.before)} → {t(line.value)}" if line.before else t(line.value)


def spoken_value(line: ValueLine) -> str:
    """A value as a screen reader says it."""
    about = ". ".join(part for part in (t(line.title), t(line.key_text)) if part)
    return f"{about}: {value_text(line)}. {line.period}. {t(line.confidence_text)}"


def spoken_decision(one: Decided) -> str:
    """A decision as a screen reader says it."""
    return f"{t(one.title)}. {one.by}, {fmt_date(one.at)}. {one.reason}. {t(state_text(one))}"


def state_text(one: Decided) -> str:
    """Whether a decision holds."""
    if one.withdrawn_at is not None:
        return "отменено"
    return "не применено" if one.unused else "действует"


class LawList(QListView):
    """A list of such lines."""

    def __init__(self, model: RowList[ValueLine] | RowList[Decided], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(LawDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class LawDelegate(QStyledItemDelegate):
    """Name and for whom at the left, the value in two lines, the pill at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(400, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown: ValueLine | Decided = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect  # type: ignore[attr-defined]  # the stub hides the public field
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # as above
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, color("selected"))
            painter.fillRect(box.left(), box.top(), 3, box.height() - 1, color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, color("hover"))
        painter.fillRect(box.left() + 16, box.bottom(), box.width() - 32, 1, color("hair"))
        if state & QStyle.StateFlag.State_HasFocus:
            fill_box(painter, QRectF(box).adjusted(2, 2, -2, -2), 4, None, color("accent"), 2)
        if isinstance(shown, Decided):
            self._decision(painter, box, shown)
        else:
            self._value(painter, box, shown)
        painter.restore()

    def _value(self, painter: QPainter, box: QRect, shown: ValueLine) -> None:
        kind, icon = look_of(shown)
        self._draw(
            painter,
            box,
            (t(shown.key_text), t(shown.title))
            if shown.key_text
            else (t(shown.title), t("для всех")),
            value_text(shown),
            (kind, t(shown.confidence_text), icon),
            shown.period,
        )

    def _decision(self, painter: QPainter, box: QRect, shown: Decided) -> None:
        looks = {"действует": ("ok", "circle-check"), "отменено": ("neutral", "ban")}
        said = state_text(shown)
        kind, icon = looks.get(said, ("bad", "octagon-x"))
        self._draw(
            painter,
            box,
            (t(shown.about) or t(shown.title), shown.by),
            shown.reason,
            (kind, t(said), icon),
            fmt_date(shown.at),
        )

    def _draw(
        self,
        painter: QPainter,
        box: QRect,
        names: tuple[str, str],
        value: str,
        pill: tuple[str, str, str],
        right: str,
    ) -> None:
        top, wide = float(box.top()), box.width()
        left = min(300.0, wide * 0.36)
        draw_text(painter, QRectF(16, top + 8, left - 16, 20), names[0], "body", "text")
        draw_text(painter, QRectF(16, top + 29, left - 16, 18), names[1], "secondary", "text2")
        kind, said, icon = pill
        room = 168.0
        x = wide - room - 8
        wanted = min(pill_width(said, icon), room)
        paint_pill(painter, QRectF(x, top + 7, wanted, 22), kind, said, icon)
        draw_text(painter, QRectF(x, top + 31, room, 16), right, "secondary", "text3")
        _two_lines(painter, QRectF(left + 16, top + 8, x - left - 32, 40), value)


def _two_lines(painter: QPainter, box: QRectF, text: str) -> None:
    """The text in at most two lines, the second elided."""
    made = font("body")
    layout = QTextLayout(text, made)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(box.width())
    cut = first.textLength()
    layout.endLayout()
    if cut >= len(text):
        draw_text(painter, box, text, "body", "text")
        return
    above = QRectF(box.left(), box.top(), box.width(), 20)
    draw_text(painter, above, text[:cut].rstrip(), "body", "text")
    draw_text(painter, above.translated(0, 20), text[cut:], "body", "text")
