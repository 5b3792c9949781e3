"""How Qt's own parts look: lines to type in, menus, scroll bars, tool tips.

A style in code, not a style sheet. An application-wide sheet matches its rules against every
widget: at a thousand widgets switching the theme took half a second and each new page a tenth.
Colours are asked while painting, so a new theme needs a new palette and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QLineEdit,
    QPlainTextEdit,
    QProxyStyle,
    QScrollBar,
    QStyle,
    QStyleOption,
    QStyleOptionMenuItem,
    QStyleOptionSlider,
    QTextEdit,
    QWidget,
)

Ask = Callable[[str], QColor]
"""The colour of a token in the theme in use."""

BAR = 12
"""Width of a scroll bar, px; its handle is 6 px wide."""
_HANDLE = 32
_LINE_HEIGHT, _MENU_LINE, _ICON_COLUMN = 32, 30, 24
_KEY_GAP = 24
_SIDE = 10
"""From the edge of a line of text to its content."""

FLOATING_BAR: Final = "floatingBar"
"""Property of a scroll area whose content has a margin at the right for the bar to lie on."""

_Metric, _Primitive, _Control = QStyle.PixelMetric, QStyle.PrimitiveElement, QStyle.ControlElement
_Complex, _Part, _State = QStyle.ComplexControl, QStyle.SubControl, QStyle.StateFlag

_METRICS: Final = {
    _Metric.PM_ScrollBarExtent: BAR,
    _Metric.PM_ScrollBarSliderMin: _HANDLE,
    _Metric.PM_ScrollView_ScrollBarSpacing: 0,
    _Metric.PM_ScrollView_ScrollBarOverlap: 0,
    _Metric.PM_MenuPanelWidth: 1,
    _Metric.PM_MenuHMargin: 4,
    _Metric.PM_MenuVMargin: 4,
    _Metric.PM_ToolTipLabelFrameWidth: 6,
    _Metric.PM_SmallIconSize: 16,
}
_NOTHING: Final = (
    _Primitive.PE_FrameFocusRect,
    _Primitive.PE_FrameMenu,
    _Primitive.PE_FrameLineEdit,
    _Primitive.PE_PanelScrollAreaCorner,
)
"""Our parts draw a ring of their own; the panels draw their edges themselves."""


class OwnStyle(QProxyStyle):
    """Fusion, with the parts we use drawn from the palette of the theme.

    Texts have the dynamic properties ``state`` (error, warning) and ``tall`` (28, 32, 40 px).
    """

    def __init__(self, ask: Ask) -> None:
        super().__init__("Fusion")
        self._ask = ask

    def polish(self, subject: Any) -> Any:
        made = super().polish(subject)
        if isinstance(subject, QScrollBar):
            # Its ground is that of the page below.
            subject.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        return made

    # -- measures -------------------------------------------------------------------------------

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric == _Metric.PM_ScrollView_ScrollBarOverlap and _floats(widget):
            return BAR
        known = _METRICS.get(metric)
        if known is not None:
            return known
        if isinstance(widget, QAbstractScrollArea):
            if metric == _Metric.PM_DefaultFrameWidth:
                return _frame_width(widget)
            if metric == _Metric.PM_FocusFrameHMargin and _is_popup(widget):
                return _SIDE - 1
        return super().pixelMetric(metric, option, widget)

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        contents: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        if kind == QStyle.ContentsType.CT_LineEdit and widget is not None:
            return QSize(contents.width() + 2 * _SIDE, int(widget.property("tall") or _LINE_HEIGHT))
        if kind == QStyle.ContentsType.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
            return _menu_line_size(option, contents)
        if kind == QStyle.ContentsType.CT_ItemViewItem and widget is not None and _is_popup(widget):
            return QSize(contents.width() + 2 * _SIDE, _MENU_LINE)
        return super().sizeFromContents(kind, option, contents, widget)  # type: ignore[arg-type]  # may be None

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None
    ) -> QRect:
        if element == QStyle.SubElement.SE_LineEditContents:
            return _rect(option).adjusted(_SIDE, 1, -_SIDE, -1)
        if element == QStyle.SubElement.SE_ShapedFrameContents and isinstance(
            widget, QAbstractScrollArea
        ):
            edge = _frame_width(widget)
            return _rect(option).adjusted(edge, edge, -edge, -edge)
        return super().subElementRect(element, option, widget)  # type: ignore[arg-type]  # may be None

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: Any,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control == _Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return _bar_part(option, part)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]  # may be None

    # -- painting -------------------------------------------------------------------------------

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element in _NOTHING:
            return
        box, ask = QRectF(_rect(option)), self._ask
        if element == _Primitive.PE_PanelLineEdit and isinstance(widget, QLineEdit):
            _paint_input(painter, box, ask, widget, read_only=widget.isReadOnly())
        elif element == _Primitive.PE_PanelMenu:
            painter.fillRect(box, ask("raised"))
            _paint_box(painter, box, 8, None, ask("control"))
        elif element == _Primitive.PE_PanelTipLabel:
            painter.fillRect(box, ask("tooltip"))
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == _Control.CE_MenuItem and isinstance(option, QStyleOptionMenuItem):
            self._draw_menu_line(painter, option)
        elif element == _Control.CE_MenuEmptyArea:
            return
        elif element == _Control.CE_ShapedFrame and isinstance(widget, QAbstractScrollArea):
            _paint_frame(painter, option, widget, self._ask)
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: Any,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if control == _Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            _paint_bar(painter, option, self._ask)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def _draw_menu_line(self, painter: QPainter, option: Any) -> None:
        box, ask = _rect(option), self._ask
        if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
            painter.fillRect(box.left(), box.center().y(), box.width(), 1, ask("hair"))
            return
        on = bool(option.state & _State.State_Enabled)
        if on and option.state & _State.State_Selected:
            _paint_box(painter, QRectF(box), 5, ask("hover"), None)
        left = box.left() + 8
        if _has_column(option):
            _draw_menu_sign(painter, option, QRect(left, box.center().y() - 7, 16, 16), ask)
            left += _ICON_COLUMN
        words, _tab, key = option.text.partition("\t")
        flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
        flags |= int(Qt.TextFlag.TextShowMnemonic)
        painter.setFont(option.font)
        painter.setPen(ask("text" if on else "disabled"))
        text = QRect(left, box.top(), box.right() - 11 - left, box.height())
        painter.drawText(text, flags | int(Qt.AlignmentFlag.AlignLeft), words)
        painter.setPen(ask("text3" if on else "disabled"))
        if option.menuItemType == QStyleOptionMenuItem.MenuItemType.SubMenu:
            _paint_angle(painter, QPointF(box.right() - 14, box.center().y() + 0.5))
        elif key:
            painter.drawText(text, flags | int(Qt.AlignmentFlag.AlignRight), key)


def _rect(option: Any) -> QRect:
    return QRect(option.rect)


def _paint_box(
    painter: QPainter,
    box: QRectF,
    radius: float,
    fill: QColor | None,
    line: QColor | None,
    width: float = 1.0,
) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(line, width))
        half = width / 2
        box = box.adjusted(half, half, -half, -half)
        radius -= half
    painter.drawRoundedRect(box, radius, radius)
    painter.restore()


def _paint_input(
    painter: QPainter, box: QRectF, ask: Ask, widget: QWidget, *, read_only: bool
) -> None:
    """A line or block to type in: white box; the border tells focus, error, warning."""
    focused = widget.hasFocus()
    plain = widget.isEnabled() and not read_only
    line = ask("input" if plain else "hair")
    if focused:
        line = ask("accent")
    wrong = {"error": "badFill", "warning": "warnFill"}.get(str(widget.property("state")))
    if plain and wrong:
        line = ask(wrong)
    _paint_box(painter, box, 6, ask("surface" if plain else "subtle"), line, 2 if focused else 1)


# -- frames -------------------------------------------------------------------------------------


def _frame_width(area: QAbstractScrollArea) -> int:
    if isinstance(area, QPlainTextEdit | QTextEdit):
        return 6
    return 1 if _is_popup(area) else 0


def _is_popup(area: QWidget) -> bool:
    return isinstance(area, QAbstractItemView) and area.isWindow()


def _paint_frame(
    painter: QPainter, option: QStyleOption, area: QAbstractScrollArea, ask: Ask
) -> None:
    box = QRectF(_rect(option))
    if isinstance(area, QPlainTextEdit | QTextEdit):
        _paint_input(painter, box, ask, area, read_only=area.isReadOnly())
    elif _is_popup(area):
        _paint_box(painter, box, 0.5, None, ask("control"))


# -- scroll bars --------------------------------------------------------------------------------


def _bar_part(option: Any, part: QStyle.SubControl) -> QRect:
    """Where a part of a scroll bar is; there are no arrows."""
    whole = _rect(option)
    upright = option.orientation == Qt.Orientation.Vertical
    length = whole.height() if upright else whole.width()
    span = option.maximum - option.minimum
    handle = length
    if span > 0:
        share = option.pageStep / (span + option.pageStep) if option.pageStep else 0
        handle = min(length, max(_HANDLE, round(length * share)))
    at = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - handle, option.upsideDown
    )
    spans = {
        _Part.SC_ScrollBarGroove: (0, length),
        _Part.SC_ScrollBarSlider: (at, handle),
        _Part.SC_ScrollBarSubPage: (0, at),
        _Part.SC_ScrollBarAddPage: (at + handle, length - at - handle),
    }
    start, size = spans.get(part, (0, 0))
    if upright:
        return QRect(whole.left(), whole.top() + start, whole.width(), size)
    return QRect(whole.left() + start, whole.top(), size, whole.height())


def _floats(bar: QWidget | None) -> bool:
    """Whether a bar lies over the margin of what it scrolls, so that nothing inside moves aside."""
    area = bar.parentWidget() if bar is not None else None
    while area is not None and not isinstance(area, QAbstractScrollArea):
        area = area.parentWidget()
    return area is not None and bool(area.property(FLOATING_BAR))


def _paint_bar(painter: QPainter, option: Any, ask: Ask) -> None:
    if option.maximum <= option.minimum:
        return
    handle = QRectF(_bar_part(option, _Part.SC_ScrollBarSlider)).adjusted(3, 3, -3, -3)
    over = option.activeSubControls & _Part.SC_ScrollBarSlider
    hot = over and option.state & (_State.State_MouseOver | _State.State_Sunken)
    _paint_box(painter, handle, 3, ask("input" if hot else "control"), None)


# -- menus --------------------------------------------------------------------------------------


def _has_column(option: Any) -> bool:
    return bool(option.menuHasCheckableItems or option.maxIconWidth > 4)


def _menu_line_size(option: Any, contents: QSize) -> QSize:
    if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
        return QSize(10, 9)
    wide = contents.width() + 20 + (_ICON_COLUMN if _has_column(option) else 0)
    if "\t" in option.text or option.menuItemType == QStyleOptionMenuItem.MenuItemType.SubMenu:
        wide += _KEY_GAP
    return QSize(wide, _MENU_LINE)


def _draw_menu_sign(painter: QPainter, option: Any, box: QRect, ask: Ask) -> None:
    if option.checked:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ask("accentText"), 1.8))
        x, y = box.center().x() + 0.5, box.center().y() + 0.5
        painter.drawPolyline(
            [QPointF(x - 4.5, y), QPointF(x - 1.3, y + 3), QPointF(x + 4.5, y - 3)]
        )
        painter.restore()
    elif not option.icon.isNull():
        option.icon.paint(painter, box)


def _paint_angle(painter: QPainter, centre: QPointF) -> None:
    x, y = centre.x(), centre.y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(painter.pen().color(), 1.6))
    painter.drawPolyline([QPointF(x - 2, y - 4), QPointF(x + 2, y), QPointF(x - 2, y + 4)])
    painter.restore()
