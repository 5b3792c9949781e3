"""The picture of the sign-in screen: one person's way through the offices as a line map."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from arm import __version__
from ui.design.fonts import font
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets.painting import draw_check, draw_text, fill_box

Points = tuple[tuple[float, float], ...]

_OTHERS: tuple[Points, ...] = (
    ((-300, 250), (110, 250), (230, 370), (420, 370), (520, 470), (1200, 470)),
    ((180, 300), (180, 330), (300, 450), (300, 560), (380, 640), (1200, 640)),
    (
        (1200, 150), (470, 150), (390, 230), (390, 330), (270, 450), (120, 450), (20, 550),
        (-300, 550),
    ),
)  # fmt: skip
_WAY: Points = (
    (64, 190), (200, 190), (270, 260), (360, 260), (440, 340), (440, 420), (500, 480), (500, 560),
)  # fmt: skip
_WALKED: Points = ((64, 190), (200, 190), (270, 260), (360, 260), (420, 320))
_CROSSINGS: Points = (
    (110, 250), (180, 300), (300, 490), (520, 470), (470, 150), (120, 450), (390, 280), (300, 450),
)  # fmt: skip
_DONE: Points = ((64, 190), (150, 190), (235, 225), (315, 260))
_AHEAD: Points = ((440, 380), (500, 480), (500, 560))
_HERE = (390.0, 290.0)
_WORDS = (
    (64, 170, "учёт", False),
    (150, 170, "медосмотр", True),
    (252, 216, "отпечатки", False),
    (332, 250, "экзамен", False),
    (416, 286, "патент", False),
    (460, 384, "договор", False),
    (520, 484, "НДФЛ", False),
)


class RouteMap(QWidget):
    """The blue half: office, map, motto. 600 px of the 1440 px drawing."""

    def __init__(self, region: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._region = region
        self.setAccessibleName(t("Рабочее место специалиста"))
        self.setAccessibleDescription(f"{region} {__version__}")
        self.setMinimumWidth(440)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), color("brand"))
        self._paint_heading(painter)
        painter.save()
        # The map keeps its proportions and gives way to the motto on a low screen.
        scale = min(1.0, self.width() / 600, max(0.6, (self.height() - 250) / 650))
        painter.translate(64 * (1 - scale), 150 * (1 - scale))
        painter.scale(scale, scale)
        self._paint_lines(painter)
        self._paint_stations(painter)
        painter.restore()
        self._paint_motto(painter)

    def _paint_heading(self, painter: QPainter) -> None:
        fill_box(painter, QRectF(64, 56, 36, 36), 8, color("onBrand"))
        paint_icon(painter, "route", 72, 64, "brand", 20)
        room = self.width() - 112 - 24
        title = t("Рабочее место специалиста")
        draw_text(painter, QRectF(112, 56, room, 20), title, "card", "onBrand")
        draw_text(painter, QRectF(112, 76, room, 16), self._region, "secondary", "onBrand2")

    def _paint_lines(self, painter: QPainter) -> None:
        for points in _OTHERS:
            _draw_line(painter, points, color("brand2"), 3)
        _draw_line(painter, _WAY, color("brand3"), 4)
        _draw_line(painter, _WALKED, color("onBrand"), 4)

    def _paint_stations(self, painter: QPainter) -> None:
        brand, white = color("brand"), color("onBrand")
        for x, y in _CROSSINGS:
            _draw_station(painter, x, y, 6, brand, color("brand2"), 3)
        for x, y in _DONE:
            _draw_station(painter, x, y, 8, white, white, 0)
            draw_check(painter, QPointF(x, y), brand)
        halo = QColor(white)
        halo.setAlphaF(0.45)
        _draw_station(painter, *_HERE, 15, None, halo, 2)
        _draw_station(painter, *_HERE, 8, brand, white, 4)
        for x, y in _AHEAD:
            _draw_station(painter, x, y, 8, brand, color("brand3"), 4)
        painter.setFont(font("body"))
        for x, y, word, middle in _WORDS:
            here = word == "патент"
            painter.setFont(font("bodyStrong" if here else "body"))
            painter.setPen(white if here else color("onBrand2"))
            said = t(word)
            left = x - painter.fontMetrics().horizontalAdvance(said) / 2 if middle else float(x)
            painter.drawText(QPointF(left, y), said)

    def _paint_motto(self, painter: QPainter) -> None:
        bottom = self.height() - 56
        room = self.width() - 64 - 24
        lines = (
            t("Учёт, отпечатки, экзамен, патент, оплата — в одном деле."),
            t("Работает и без связи."),
        )
        motto = (t("Один путь человека —"), t("каждый срок на виду"))
        for number, words in enumerate(lines):
            box = QRectF(64, bottom - 44 + number * 22, room, 22)
            draw_text(painter, box, words, "large", "onBrand2")
        for number, words in enumerate(motto):
            box = QRectF(64, bottom - 44 - 12 - 80 + number * 40, room, 40)
            draw_text(painter, box, words, "poster", "onBrand")


def _draw_line(painter: QPainter, points: Points, ink: QColor, width: float) -> None:
    pen = QPen(ink, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPath(path)


def _draw_station(
    painter: QPainter,
    x: float,
    y: float,
    radius: float,
    fill: QColor | None,
    ink: QColor,
    line: int,
) -> None:
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, line) if line else Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(x, y), radius, radius)
