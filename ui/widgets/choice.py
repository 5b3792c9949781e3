"""One of many: a line that shows the choice and searches among the options."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QListView, QWidget

from ui.widgets.line_edit import TextField

Option = tuple[str, str] | tuple[str, str, str]
"""(value, text) or (value, text, further words to find it by)."""

_VALUE = Qt.ItemDataRole.UserRole
_WORDS = int(Qt.ItemDataRole.UserRole) + 1


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е").strip()


class _Finder(QCompleter):
    """Finds by any part of the name, with «ё» and «е» taken for one letter."""

    def splitPath(self, path: str) -> list[str]:
        return [_folded(path)]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class Choice(TextField):
    """A searchable list of options. ``changed`` sends the value that a person chose.

    ↓ or a click opens the whole list, typing narrows it, Enter takes the first one found,
    Escape returns to what was chosen. Text that fits no option is not kept.
    """

    changed = Signal(str)

    def __init__(
        self,
        options: Sequence[Option] = (),
        value: str | None = None,
        placeholder: str = "",
        *,
        size: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", placeholder, size=size, parent=parent)
        self._options: dict[str, str] = {}
        self._value = value or ""
        self._model = QStandardItemModel(self)
        self._finder = _Finder(self._model, self)
        self._finder.setCompletionRole(_WORDS)
        self._finder.setFilterMode(Qt.MatchFlag.MatchContains)
        self._finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._finder.setMaxVisibleItems(10)
        popup = QListView()
        popup.setUniformItemSizes(True)
        self._finder.setPopup(popup)
        self._finder.setWidget(self)
        self._finder.activated[QModelIndex].connect(self._take)  # type: ignore[index]  # overload
        self.textEdited.connect(self._narrow)
        self.set_trailing("chevron-down", "text2")
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Replace the options; the value stays."""
        self._options = {option[0]: option[1] for option in options}
        self._model.clear()
        for option in options:
            item = QStandardItem(option[1])
            item.setData(option[0], _VALUE)
            item.setData(_folded(" ".join(option[1:])), _WORDS)
            self._model.appendRow(item)
        self._show_value()

    def value(self) -> str:
        """The value chosen, or an empty string."""
        return self._value

    def set_value(self, value: str | None) -> None:
        """Show a stored value, unless a person is typing here now."""
        if self.hasFocus() and self.edited():
            return
        self._value = value or ""
        self._show_value()

    def open_list(self) -> None:
        """Show all options."""
        if self.isReadOnly() or not self.isEnabled():
            return
        self._finder.setCompletionPrefix("")
        self._finder.complete()
        self._finder.popup().setCurrentIndex(self._current_index())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.selectAll()
            self.open_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self._finder.popup()
        if not popup.isVisible():
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_F4):
                self.open_list()
                return
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            index = popup.currentIndex()
            if not index.isValid():
                index = self._finder.completionModel().index(0, 0)
            popup.hide()
            if index.isValid():
                self._take(index)
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._finder.popup().hide()
            self._settle()
        super().focusOutEvent(event)

    def _settle(self) -> None:
        """Leave with exactly one option, or with what was chosen before."""
        wanted = _folded(self.text())
        if not self.text().strip() and self.edited():
            self._choose("")
            return
        exact = [value for value, text in self._options.items() if _folded(text) == wanted]
        if exact and self.edited():
            self._choose(exact[0])
        else:
            self._show_value()

    def _narrow(self, text: str) -> None:
        self._finder.setCompletionPrefix(text)
        if text and self._finder.completionCount():
            self._finder.complete()
        else:
            self._finder.popup().hide()

    def _take(self, index: QModelIndex) -> None:
        self._choose(str(index.data(_VALUE)))
        # some platforms leave the keyboard with the list that has just gone
        QTimer.singleShot(0, self.activateWindow)

    def _choose(self, value: str) -> None:
        before, self._value = self._value, value
        self._show_value()
        if value != before:
            self.changed.emit(value)

    def _show_value(self) -> None:
        text = self._options.get(self._value, self._value)
        self._at_focus = text
        self.setText(text)
        self.setCursorPosition(0)

    def _current_index(self) -> QModelIndex:
        shown = self._finder.completionModel()
        for line in range(shown.rowCount()):
            index = shown.index(line, 0)
            if index.data(_VALUE) == self._value:
                return index
        return shown.index(0, 0)
