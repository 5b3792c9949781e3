"""Rows of one kind as Qt wants a list: shown by a delegate, spoken by a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex


def _no_tip(_row: object) -> None:
    return None


class RowList(QAbstractListModel, Generic[Row]):
    """``rows`` is replaced as a whole. ``spoken`` says a row in words; ``tip`` what is shown where
    the pointer rests, None for nothing. The row itself is the user's role."""

    def __init__(
        self,
        spoken: Callable[[Row], str],
        tip: Callable[[Row], str | None] = _no_tip,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._spoken = spoken
        self._tip = tip

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        shown = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return shown
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._spoken(shown)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(shown)
        return None
