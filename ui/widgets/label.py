"""Text in our type styles and colours, with true line heights, elision and mixed runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.design.fonts import font
from ui.design.theme import color
from ui.design.tokens import TYPE

Run = tuple[str, str, str]
"""(text, colour token, type style)."""


class Label(QLabel):
    """A text. ``elide`` cuts one line with «…»; ``wrap`` breaks it into lines.

    :meth:`set_runs` mixes colours and weights in one line: «Продлить учёт» + grey «до 07.05».
    """

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        color: str = "text",
        *,
        elide: bool = False,
        wrap: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style = style
        self._color = color
        self._elide = elide
        self._wrap = wrap
        self._align = align
        self._runs: tuple[Run, ...] = ()
        self._laid_out = False
        self._heights: dict[int, int] = {}
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(style))
        policy = QSizePolicy.Policy
        self.setSizePolicy(
            policy.Ignored if elide else policy.Preferred,
            policy.Preferred if wrap else policy.Fixed,
        )
        if wrap:
            kept = self.sizePolicy()
            kept.setHeightForWidth(True)
            self.setSizePolicy(kept)
        self.setText(text)

    def set_color(self, token: str) -> None:
        """Show in another colour of the theme."""
        if token != self._color:
            self._color = token
            self.update()

    def set_style(self, style: str) -> None:
        """Show in another type style."""
        self._style = style
        self._heights.clear()
        self.setFont(font(style))
        self.updateGeometry()
        self.update()

    def set_runs(self, runs: Sequence[Run]) -> None:
        """Show several runs one after another; the accessible text is all of them."""
        self._runs = tuple(runs)
        self._heights.clear()
        super().setText("".join(run[0] for run in runs))
        self.updateGeometry()

    def setText(self, text: str) -> None:
        self._runs = ()
        self._heights.clear()
        super().setText(text)
        if self._elide:
            self.setToolTip("")

    def hasHeightForWidth(self) -> bool:
        return self._wrap

    def heightForWidth(self, width: int) -> int:
        if not self._wrap:
            return -1
        margins = self.contentsMargins()
        room = max(1, width - margins.left() - margins.right())
        # Layouts ask for the same width over and over.
        if room not in self._heights:
            self._heights[room] = self._layout(room)[1]
        return self._heights[room] + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        across = margins.left() + margins.right()
        natural = ceil(self._natural_width()) + across
        if not self._wrap:
            return QSize(natural, self._line() + margins.top() + margins.bottom())
        # In a place of its own width the text wishes for the height it really takes there.
        width = self.width() if self._laid_out else min(natural, 480)
        return QSize(min(natural, 480), self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._wrap and event.size().width() != event.oldSize().width():
            self._laid_out = True
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        if self._wrap:
            return QSize(40, self._line())
        if self._elide:
            return QSize(16, self._line())
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self.contentsRect()
        layout, height = self._layout(area.width())
        top = area.top() if self._wrap else area.top() + (area.height() - height) / 2
        layout.draw(painter, QPointF(area.left(), top), self._formats(layout.text()))

    def _line(self) -> int:
        return TYPE[self._style].line

    def _natural_width(self) -> float:
        if self._runs:
            return sum(QFontMetricsF(font(run[2])).horizontalAdvance(run[0]) for run in self._runs)
        metrics = QFontMetricsF(font(self._style))
        return max((metrics.horizontalAdvance(part) for part in self.text().split("\n")), default=0)

    def _shown_text(self, width: int) -> str:
        text = self.text().replace("\n", "\u2028")
        if self._wrap or not self._elide or self._natural_width() <= width + 0.5:
            return text
        if not self.toolTip():
            self.setToolTip(self.text())
        # Bold runs are wider than the base style: give away what they need in advance.
        plain = QFontMetricsF(font(self._style)).horizontalAdvance(text)
        spare = max(0.0, self._natural_width() - plain)
        metrics = QFontMetricsF(font(self._style))
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - spare)

    def _formats(self, shown: str) -> list[QTextLayout.FormatRange]:
        runs = self._runs or ((shown, self._color, self._style),)
        ranges, start = [], 0
        for text, token, style in runs:
            part = QTextLayout.FormatRange()
            length = len(text.encode("utf-16-le")) // 2
            part.start, part.length = start, length  # type: ignore[attr-defined]  # stubs miss them
            look = QTextCharFormat()
            look.setFont(font(style))
            look.setForeground(color(token if self.isEnabled() else "disabled"))
            part.format = look  # type: ignore[attr-defined]  # stubs miss it
            ranges.append(part)
            start += length
        return ranges

    def _layout(self, width: int) -> tuple[QTextLayout, int]:
        text = self._shown_text(width)
        layout = QTextLayout(text, font(self._style))
        option = QTextOption(self._align)
        option.setWrapMode(
            QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
            if self._wrap
            else QTextOption.WrapMode.ManualWrap
        )
        layout.setTextOption(option)
        layout.setFormats(self._formats(text))
        line_height, y = self._line(), 0
        layout.beginLayout()
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y + (line_height - line.height()) / 2))
            y += line_height
        layout.endLayout()
        return layout, max(y, line_height)
