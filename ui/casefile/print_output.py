"""Where a form is printed to: printer, copies, pages, and whether the case keeps the PDF."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.casefile.print_work import PrintOrder
from ui.design.text import t
from ui.widgets import Banner, CheckBox, Choice, Field, Label

ALL, ALL_BOTH, CURRENT = "all", "both", "current"
MOST_COPIES = 20


class OutputPanel(QWidget):
    """«Куда печатать». ``changed`` tells that there is, or is not, a printer."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("printOutput")
        self._page = 0
        self.known = False
        self.printer = Choice((), None, t("выберите принтер"))
        self.printer.setObjectName("printPrinter")
        self.copies = Choice([(str(n), str(n)) for n in range(1, MOST_COPIES + 1)], "1")
        self.copies.setObjectName("printCopies")
        self.pages = Choice(
            [
                (ALL, t("Все")),
                (ALL_BOTH, t("Все, с двух сторон")),
                (CURRENT, t("Только эту")),
            ],
            ALL,
        )
        self.pages.setObjectName("printPages")
        self.keep = CheckBox(t("Сохранить PDF в документах дела"))
        self.keep.setObjectName("printKeep")
        self._none = Banner(
            "neutral",
            t("Принтер не найден"),
            t("Сохраните PDF: его можно напечатать на любом компьютере"),
        )
        self._none.setObjectName("printNoPrinter")
        self._none.hide()
        self._printer_field = Field(t("Принтер"), self.printer)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        copies = Field(t("Копий"), self.copies)
        copies.setMaximumWidth(96)
        pair.addWidget(copies)
        pair.addWidget(Field(t("Страницы"), self.pages), 1)
        self._pair = QWidget()
        pair.setContentsMargins(0, 0, 0, 0)
        self._pair.setLayout(pair)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        box.addWidget(Label(t("Куда печатать"), "section"))
        box.addWidget(self._none)
        box.addWidget(self._printer_field)
        box.addWidget(self._pair)
        box.addWidget(self.keep)

    def show_printers(self, names: Sequence[str]) -> None:
        """The printers of this machine; without one the file remains."""
        self.known = True
        self.printer.set_options([(name, name) for name in names])
        self.printer.set_value(names[0] if names else "")
        for part in (self._printer_field, self._pair):
            part.setVisible(bool(names))
        self._none.setVisible(not names)
        self.changed.emit()

    def has_printer(self) -> bool:
        return bool(self.printer.value())

    def show_page(self, page: int) -> None:
        """The page that «только эту» means, from 0."""
        self._page = page

    def order(self) -> PrintOrder:
        """What the person asked for."""
        pages = (self._page,) if self.pages.value() == CURRENT else ()
        return PrintOrder(
            self.printer.value(),
            int(self.copies.value() or 1),
            pages,
            both_sides=self.pages.value() == ALL_BOTH,
        )
