"""The choice of route: cards with reasons, and the first terms that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from arm.casework import reference
from ui.casefile.why import WhyBlock
from ui.design.icons import paint_icon
from ui.design.text import fmt_date, t
from ui.widgets import Label, Link, Panel, RadioCard, Rule, clear_layout, column, row
from ui.widgets.painting import draw_text

if TYPE_CHECKING:
    from arm.casework.intake import RouteChoice
    from arm.law.deadlines import Term

COLUMNS = 3
TERMS_SHOWN = 6


class TermCell(QWidget):
    """«Постановка на учёт / до 18.05.2026»."""

    def __init__(self, term: Term, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._term = term
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{t(term.title)}: {self._until()}")
        self.setToolTip(f"{t(term.title)}. {t(term.detail)}")

    def _until(self) -> str:
        return t("до {day}", day=fmt_date(self._term.due_on))

    def sizeHint(self) -> QSize:
        return QSize(150, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, self._term.icon, 0, 11, "text3", 18)
        room = self.width() - 26
        draw_text(painter, QRectF(26, 2, room, 16), t(self._term.title), "secondary", "text2")
        draw_text(painter, QRectF(26, 18, room, 20), self._until(), "bodyStrong", "text")


class RoutePanel(Panel):
    """``chosen`` sends the code of the route a person pressed."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(t("Маршрут"), padding=False, parent=parent)
        self.setObjectName("intake-route")
        self.add_beside_title(
            Label(t("подобран по гражданству и цели въезда"), "secondary", "text3")
        )
        self._choice = ""
        self.by_hand = False
        """Whether a person chose: then nothing is proposed over it."""
        self._buttons = QButtonGroup(self)
        self._cards: dict[str, RadioCard] = {}
        grid = QGridLayout()
        grid.setContentsMargins(15, 12, 15, 12)
        grid.setSpacing(8)
        for place, route in enumerate(reference.routes()):
            card = RadioCard(t(route.title), t(route.caption))
            card.setObjectName(f"route-{route.code}")
            card.clicked.connect(lambda _on=False, code=route.code: self._pressed(code))
            self._buttons.addButton(card)
            self._cards[route.code] = card
            grid.addWidget(card, place // COLUMNS, place % COLUMNS)
        for place in range(COLUMNS):
            grid.setColumnStretch(place, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self._make_terms())

    def _make_terms(self) -> QWidget:
        self._terms_part = QWidget()
        box = QVBoxLayout(self._terms_part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(Rule())
        self._terms_words = Label("", "secondary", "text3", elide=True)
        self._why = Link(t("Почему такие?"), small=True, trailing="chevron-down", compact=True)
        self._why.setObjectName("intake-why")
        self._why.clicked.connect(self._toggle_why)
        head = row(self._terms_words, self._why)
        head.setStretch(0, 1)
        self._terms = QGridLayout()
        self._terms.setSpacing(8)
        for place in range(COLUMNS):
            self._terms.setColumnStretch(place, 1)
        box.addLayout(column(head, self._terms, gap=2, margins=(15, 8, 15, 10)))
        self._reasons = QWidget()
        self._reasons_box = QVBoxLayout(self._reasons)
        self._reasons_box.setContentsMargins(0, 0, 0, 8)
        self._reasons_box.setSpacing(0)
        self._reasons.hide()
        box.addWidget(self._reasons)
        self._terms_part.hide()
        return self._terms_part

    def choice(self) -> str:
        """The code of the route chosen, or empty."""
        return self._choice

    def choose(self, code: str, *, by_hand: bool = False) -> None:
        """Show a route as chosen; sends nothing."""
        self._choice, self.by_hand = code, by_hand
        self._buttons.setExclusive(False)
        for known, card in self._cards.items():
            card.setChecked(known == code)
        self._buttons.setExclusive(True)

    def first_card(self) -> QWidget:
        """Where the keyboard enters the panel: the chosen card, or the first possible one."""
        possible = [card for card in self._cards.values() if card.isEnabled()]
        return self._cards.get(self._choice) or possible[0]

    def show_routes(self, routes: Sequence[RouteChoice]) -> str:
        """Close what is not possible with its reason; gives the route proposed, if any."""
        proposed = ""
        for route in routes:
            card = self._cards.get(route.code)
            if card is None:
                continue
            card.setEnabled(route.available)
            card.set_words(t(route.reason or route.caption))
            if route.recommended:
                proposed = route.code
        closed = self._choice and not self._cards[self._choice].isEnabled()
        if closed or (proposed and not self.by_hand and proposed != self._choice):
            self.choose("" if closed and not proposed else proposed)
            return self._choice
        return ""

    def show_terms(self, terms: Sequence[Term]) -> None:
        """The first terms of the chosen route."""
        clear_layout(self._terms)
        clear_layout(self._reasons_box)
        shown = terms[:TERMS_SHOWN]
        self._terms_part.setVisible(bool(shown) and bool(self._choice))
        title = reference.route_title(self._choice)
        self._terms_words.setText(t("Первые сроки, если выбрать «{route}»", route=t(title)))
        for place, term in enumerate(shown):
            self._terms.addWidget(TermCell(term), place // COLUMNS, place % COLUMNS)
        for term in shown:
            self._reasons_box.addLayout(
                row(Label(f"{t(term.title)}, {fmt_date(term.due_on)}", "section"), None,
                    margins=(16, 10, 16, 0))
            )  # fmt: skip
            self._reasons_box.addWidget(WhyBlock(term.explanation))

    def _toggle_why(self) -> None:
        opened = self._reasons.isHidden()
        self._reasons.setVisible(opened)
        self._why.setText(t("Свернуть") if opened else t("Почему такие?"))
        self._why.set_trailing("chevron-up" if opened else "chevron-down")

    def _pressed(self, code: str) -> None:
        self._choice, self.by_hand = code, True
        self.chosen.emit(code)
