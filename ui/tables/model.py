"""A model of ids: the rows themselves come in pages, from a reader thread, when they are needed.

One row costs eight bytes until somebody looks at it, so that 150,000 people open as fast as 15.
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from ui.tables.columns import Column
from ui.tables.rows import Group, Pill, RowLook

PAGE = 200
"""Rows fetched at once: one page is 0.3 ms of SQL and covers five screens."""

KEPT_PAGES = 40

AnyIndex = QModelIndex | Any


class Read(Protocol):
    """How the model asks for work outside the GUI thread (``Background.read``)."""

    def __call__(
        self,
        fn: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
        key: str | None = None,
    ) -> Any: ...


class PagedModel(QAbstractTableModel):
    """Ids in order, some under headings; looks of rows on demand; marks by id.

    ``fetch(ids)`` runs on a reader thread and returns one domain row an id, in the same order;
    ``present(row)`` turns one into a :class:`RowLook` when it is first painted.
    """

    page_arrived = Signal()
    marks_changed = Signal()
    trouble = Signal(object)
    """A page could not be read: the exception."""
    too_many = Signal()
    """More was to be marked at once than ``most_marked``; nothing was."""

    _serial = itertools.count(1)

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        read: Read,
        fetch: Callable[[Sequence[int]], Sequence[Any]],
        present: Callable[[Any], RowLook],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.ids: array[int] = array("q")
        self.marked: set[int] = set()
        self.most_marked: int | None = None
        self._read, self._fetch, self._present = read, fetch, present
        self._groups: tuple[Group, ...] = ()
        self._group_rows: list[int] = []
        self._pages: OrderedDict[int, list[Any]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: set[int] = set()
        self._generation = 0
        self._found_at = 0
        self._share: Qt.CheckState | None = Qt.CheckState.Unchecked
        self._name = f"table-{next(self._serial)}"

    # --- what is listed ---------------------------------------------------------------------

    def show(
        self, ids: array[int], groups: Iterable[Group] = (), first_page: Sequence[Any] = ()
    ) -> None:
        """List these ids. ``first_page`` holds the rows of the first ids if they were fetched
        together with the search, so that the first paint waits for nothing."""
        self.beginResetModel()
        self._generation += 1
        self.ids = ids
        self._groups = tuple(group for group in groups if group.count)
        self._group_rows = _group_rows(self._groups)
        self._pages.clear()
        self._stale.clear()
        self._wanted.clear()
        self._share = None
        if first_page:
            self._pages[0] = list(first_page)
        self.endResetModel()

    def refresh(self) -> None:
        """Rows may have changed: read them anew, showing the old ones until the new are here."""
        self._generation += 1
        self._wanted.clear()
        self._stale = set(self._pages)
        self.page_arrived.emit()

    def id_at(self, row: int) -> int | None:
        """The id in this row of the screen; None for a heading or outside."""
        place = self._place(row)
        return None if place is None else self.ids[place]

    def row_of(self, wanted: int) -> int:
        """Where on the screen an id stands, -1 if it is not listed."""
        place = self.place_of(wanted)
        return -1 if place < 0 else self._row(place)

    def place_of(self, wanted: int) -> int:
        """Where among the ids one stands, -1 if it is not listed. Looked for where it was last
        found, then everywhere: half a million ids take longer than a key press may."""
        near = self._found_at
        if not (near < len(self.ids) and self.ids[near] == wanted):
            near = _index(self.ids, wanted)
        if near >= 0:
            self._found_at = near
        return near

    def expect_at(self, row: int) -> None:
        """The id in this row of the screen will be asked for."""
        place = self._place(row)
        if place is not None:
            self._found_at = place

    def group_at(self, row: int) -> Group | None:
        """The heading in this row, if it is one."""
        if not self._group_rows:
            return None
        index = bisect_right(self._group_rows, row) - 1
        return self._groups[index] if index >= 0 and self._group_rows[index] == row else None

    def group_rows(self) -> list[int]:
        """Rows that are headings."""
        return list(self._group_rows)

    def look(self, row: int) -> RowLook | None:
        """How this row is painted; None while its page is on the way (it is asked for)."""
        place = self._place(row)
        if place is None:
            return None
        number, offset = divmod(place, PAGE)
        page = self._pages.get(number)
        if page is None or offset >= len(page):
            self._ask(number)
            page = self._pages.get(number)
            if page is None or offset >= len(page):
                return None
        elif number in self._stale:
            self._ask(number)
        found = page[offset]
        if not isinstance(found, RowLook):
            found = page[offset] = self._present(found)
        return found

    def _place(self, row: int) -> int | None:
        """From a row of the screen to a place among the ids."""
        if self._group_rows:
            before = bisect_right(self._group_rows, row)
            if before and self._group_rows[before - 1] == row:
                return None
            row -= before
        return row if 0 <= row < len(self.ids) else None

    def _row(self, place: int) -> int:
        row = place
        for heading in self._group_rows:
            if heading <= row:
                row += 1
        return row

    # --- pages ------------------------------------------------------------------------------

    def _ask(self, number: int) -> None:
        if number in self._wanted:
            return
        self._wanted.add(number)
        generation, part = self._generation, self.ids[number * PAGE : (number + 1) * PAGE]

        def arrived(rows: Sequence[Any]) -> None:
            if generation == self._generation:
                self._keep(number, rows)

        def failed(error: Exception) -> None:
            if generation == self._generation:
                self._wanted.discard(number)
                self.trouble.emit(error)

        self._read(lambda: self._fetch(part), arrived, failed, f"{self._name}-{number}")

    def _keep(self, number: int, rows: Sequence[Any]) -> None:
        self._wanted.discard(number)
        self._stale.discard(number)
        self._pages[number] = list(rows)
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        self.page_arrived.emit()

    def loaded(self, ids: Iterable[int]) -> dict[int, RowLook]:
        """Looks of those ids that are at hand."""
        wanted = set(ids)
        found: dict[int, RowLook] = {}
        for number, page in self._pages.items():
            for offset, row in enumerate(page):
                place = number * PAGE + offset
                if place < len(self.ids) and self.ids[place] in wanted:
                    found[self.ids[place]] = row if isinstance(row, RowLook) else self._present(row)
        return found

    def looks_of(self, rows: Iterable[Any]) -> list[RowLook]:
        """Domain rows as they would be painted."""
        return [self._present(row) for row in rows]

    # --- marks ------------------------------------------------------------------------------

    def mark(self, ids: Iterable[int], on: bool) -> None:
        """Mark or unmark these ids; marks survive a new search."""
        if on:
            self.marked.update(ids)
        else:
            self.marked.difference_update(ids)
        self._share = None
        self.marks_changed.emit()

    def mark_all(self) -> None:
        """Mark everything that is listed, seen or not."""
        if self.most_marked is not None and len(self.ids) > self.most_marked:
            self.too_many.emit()
            return
        self.marked.update(self.ids)
        self._share = Qt.CheckState.Checked if self.ids else None
        self.marks_changed.emit()

    def unmark_all(self) -> None:
        """No marks at all, also on rows that are not listed now."""
        self.marked.clear()
        self._share = Qt.CheckState.Unchecked
        self.marks_changed.emit()

    def marked_share(self) -> Qt.CheckState:
        """Whether none, some or all that is listed is marked, for the box in the header."""
        if self._share is None:
            self._share = self._count_share()
        return self._share

    def _count_share(self) -> Qt.CheckState:
        if not self.marked:
            return Qt.CheckState.Unchecked
        if self.ids and len(self.marked) >= len(self.ids) and self.marked.issuperset(self.ids):
            return Qt.CheckState.Checked
        return Qt.CheckState.PartiallyChecked

    # --- Qt's questions ---------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(self.ids) + len(self._group_rows)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(self.columns) + 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for screen readers and copying; painting does not pass through here."""
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            found = self.id_at(index.row())
            if found is None:
                return None
            return Qt.CheckState.Checked if found in self.marked else Qt.CheckState.Unchecked
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        group = self.group_at(index.row())
        if group is not None:
            return f"{group.title} {group.count}" if index.column() == 1 else ""
        look = self.look(index.row())
        if look is None or index.column() == 0:
            return ""
        return self._words(look, self.columns[index.column() - 1], role)

    def _words(self, look: RowLook, column: Column, role: int) -> str:
        words = look.text(column.key)
        if role == Qt.ItemDataRole.AccessibleTextRole and column.kind == "name":
            extra = [tag.text for tag in look.tags]
            if look.unsent and look.unsent_text:
                extra.append(look.unsent_text)
            return ", ".join([words, *extra])
        return words

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return "" if section == 0 else self.columns[section - 1].title

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if self.group_at(index.row()) is not None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _index(ids: array[int], wanted: int) -> int:
    """As ``ids.index``, -1 if there is none; a tenth of its time: bytes are searched, not numbers
    made and compared."""
    size, held, sought = ids.itemsize, ids.tobytes(), array(ids.typecode, (wanted,)).tobytes()
    at = held.find(sought)
    while at >= 0 and at % size:
        at = held.find(sought, at + 1)
    return at // size if at >= 0 else -1


def _group_rows(groups: Sequence[Group]) -> list[int]:
    """Rows of the headings: each stands before its own rows."""
    rows: list[int] = []
    row = 0
    for group in groups:
        rows.append(row)
        row += group.count + 1
    return rows


__all__ = ["KEPT_PAGES", "PAGE", "Group", "PagedModel", "Pill", "Read", "RowLook"]
