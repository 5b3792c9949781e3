"""«Права»: who may do what and by which article; the same table the centre's database obeys."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from arm.casework import rights_view
from arm.casework.rights_view import RightRow
from ui.context import Context
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.page import Keys, Page
from ui.widgets import Choice, Field, Label, Panel
from ui.widgets.layout import row
from ui.widgets.painting import draw_text, fill_box
from ui.widgets.row_list import Index, RowList

ROW = 52
TITLE = 264
MARK = 76


class RightsPage(Page):
    """One role at a time, one's own first; ↑ and ↓ go through the rights."""

    page_id = "rights"
    title = "Права"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._roles = rights_view.roles()
        own = context.workstation.account.role
        options = [(one.code, f"{t(one.place)} · {t(one.title)}") for one in self._roles]
        known = {code for code, _ in options}
        self.role = Choice(options, own if own in known else options[0][0])
        self.role.setObjectName("rightsRole")
        self.role.setFixedWidth(400)
        self.role.changed.connect(lambda _code: self._show())
        words = t("Эту таблицу исполняет и база центра: остального она не примет и не покажет.")
        self._note = Label(words, "secondary", "text3", wrap=True)
        self.model = RowList(_spoken, _tip, self)
        self.list = QListView()
        self.list.setObjectName("rightsList")
        self.list.setAccessibleName(t("Права роли"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(RightsDelegate(self.list))
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        panel = Panel("", padding=False)
        panel.body.setContentsMargins(0, 0, 0, 0)
        panel.body.setSpacing(0)
        panel.body.addWidget(_Heading())
        panel.body.addWidget(self.list, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(row(Field(t("Роль"), self.role), None))
        box.addWidget(self._note)
        box.addWidget(panel, 1)
        self.setFocusProxy(self.list)
        self._show()

    def subtitle(self) -> str:
        return t("кто что может и по какой статье")

    def keys(self) -> Keys:
        return [("↑ ↓", t("право")), ("Tab", t("роль"))]

    def shown(self, args: Mapping[str, object]) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        self.model.show(rights_view.rows_of(self.role.value()))
        self.list.setCurrentIndex(self.model.index(0))


def _spoken(shown: RightRow) -> str:
    if shown.command:
        may = t("можно") if shown.marks[0] else t("нельзя")
    else:
        names = rights_view.actions_on_records()
        allowed = [t(name) for name, on in zip(names, shown.marks, strict=True) if on]
        may = ", ".join(allowed) or t("нельзя")
    return ". ".join(part for part in (f"{t(shown.title)}: {may}", t(shown.why), shown.law) if part)


def _tip(shown: RightRow) -> str | None:
    return f"{t(shown.why)}. {shown.law}" if shown.why else None


class _Heading(QWidget):
    """Names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(36)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("subtle"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
        height = self.height()
        draw_text(painter, QRectF(16, 0, TITLE, height), t("Что"), "pill", "text2")
        x = 16 + TITLE
        for name in rights_view.actions_on_records():
            draw_text(painter, QRectF(x, 0, MARK - 8, height), t(name), "pill", "text2")
            x += MARK
        left = QRectF(x + 8, 0, self.width() - x - 24, height)
        draw_text(painter, left, t("Почему"), "pill", "text2")


class RightsDelegate(QStyledItemDelegate):
    """A right in one row: name, marks under the actions, reason above article."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(400, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown: RightRow = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect  # type: ignore[attr-defined]  # the stub hides the public field
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # as above
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, color("selected"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, color("hover"))
        painter.fillRect(box.left() + 16, box.bottom(), box.width() - 32, 1, color("hair"))
        if state & QStyle.StateFlag.State_HasFocus:
            fill_box(painter, QRectF(box).adjusted(2, 2, -2, -2), 4, None, color("accent"), 2)
        top, height = box.top(), box.height()
        any_mark = any(shown.marks)
        ink = "text" if any_mark else "text3"
        draw_text(painter, QRectF(16, top, TITLE - 8, height), t(shown.title), "body", ink)
        x = 16.0 + TITLE
        for on in shown.marks:
            if on:
                paint_icon(painter, "check", x, top + (height - 16) / 2, "ok", 16)
            else:
                draw_text(painter, QRectF(x + 4, top, MARK, height), "–", "body", "disabled")
            x += MARK
        x = 16.0 + TITLE + MARK * len(rights_view.actions_on_records()) + 8
        room = box.width() - x - 16
        if any_mark:
            draw_text(painter, QRectF(x, top + 7, room, 20), t(shown.why), "body", "text")
            draw_text(painter, QRectF(x, top + 28, room, 16), shown.law, "secondary", "text2")
        else:
            words = t("Не нужно для этой работы: 152-ФЗ, ст. 5 ч. 5")
            draw_text(painter, QRectF(x, top, room, height), words, "secondary", "text3")
        painter.restore()
