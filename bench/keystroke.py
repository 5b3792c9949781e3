"""Keystroke → first painted rows in the list of cases, against the usual in-memory proxy.

Ours is the real path: a reader thread searches the encrypted database, the GUI thread shows ids
and paints the first screen. The baselines filter a ``QStandardItemModel``-like table of all rows
with ``QSortFilterProxyModel``, first by its built-in filter on one joined text, then by Python
over prepared text, painting the same number of rows and columns. All in one process, offscreen.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEventLoop,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtWidgets import QApplication, QTableView

from arm.casework import people
from arm.casework.people import Filter, Order, PersonRow
from arm.model.names import fold, latin_key, to_latin_icao
from arm.store.store import Store
from bench import stage
from bench.line import Line, lower_is_better, percentile
from ui.background import Background
from ui.design.fonts import load_fonts
from ui.design.theme import Theme, apply
from ui.tables.columns import Arrangement
from ui.tables.model import PagedModel
from ui.tables.rows import Group
from ui.tables.view import RowTable
from ui.workspaces.center.finding import Answer, aligned_rows, look_up
from ui.workspaces.center.highlight import search_marks
from ui.workspaces.center.people_columns import PersonLook, columns

TARGETS = int(os.environ.get("BENCH_TARGETS", "12"))
"""Persons looked for; each gives five to fifteen keystrokes."""
BASELINE_KEYS = int(os.environ.get("BENCH_BASELINE_KEYS", "24"))
"""Keystrokes of the slow baseline: each takes seconds at 150,000 rows."""
SIZE = (912, 34 * 34 + 32)
CHUNK = 5_000
TEXTS = ("name", "citizenship", "birth_date", "document", "lawful_until", "phone", "migrant_id")


def run() -> list[Line]:
    """p50 and p95 of our keystroke beside those of two proxies, in milliseconds."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([])
    load_fonts()
    apply(app, Theme("light"))
    with stage.workstation() as here:
        store = here.store
        keys = list(keystrokes(store))
        ours = measure_list(app, store, keys)
        rows = everybody(store)
    shorter = random.Random(5).sample(keys, min(BASELINE_KEYS, len(keys)))
    built_in = measure_proxy(app, QSortFilterProxyModel(), rows, shorter)
    prepared = measure_proxy(app, PreparedProxy([haystack(row) for row in rows]), rows, keys)
    count = f"{len(rows):,}".replace(",", " ")
    lines: list[Line] = []
    for baseline_name, baseline in (
        ("посредник Qt, свой фильтр", built_in),
        ("посредник Qt, Python по готовому тексту", prepared),
    ):
        lines.extend(
            lower_is_better(
                f"нажатие → первые строки, {count} человек, p{share}",
                percentile(ours, share),
                "мс",
                baseline_name,
                percentile(baseline, share),
            )
            for share in (50, 95)
        )
    return lines


# --- what is typed ------------------------------------------------------------------------------


def keystrokes(store: Store) -> Iterator[str]:
    """What stands in the field after each key: surnames in both scripts, surname and name, parts
    of documents and telephones, of people spread over the whole list."""
    rnd = random.Random(11)
    found = people.find(store, Filter(), Order())
    chosen = rnd.sample(list(found.rowids), min(TARGETS, len(found.rowids)))
    for number, row in enumerate(people.rows(store, chosen)):
        for text in _typed(row, number):
            yield from (text[:end] for end in range(1, len(text) + 1))


def _typed(row: PersonRow, number: int) -> Sequence[str]:
    surname, given = row.surname or "", row.given or ""
    document = (row.document or "").replace(" ", "")
    ways = (
        surname.lower(),
        to_latin_icao(surname).lower(),
        f"{surname} {given[:3]}",
        document,
        (row.phone or document)[-7:],
    )
    return [ways[number % len(ways)]]


# --- ours -----------------------------------------------------------------------------------------


def measure_list(app: QApplication, store: Store, keys: Sequence[str]) -> list[float]:
    """Milliseconds of each keystroke through thread, database, model and painting."""
    background = Background()
    look = PersonLook(store.clock.today(), {})
    model = PagedModel(
        columns(),
        read=background.read,
        fetch=lambda ids: aligned_rows(store, ids),
        present=look,
    )
    table = RowTable(model, Arrangement(model.columns))
    table.resize(*SIZE)
    table.show()
    app.processEvents()

    waiting = QEventLoop()

    def press(text: str) -> float:
        def arrived(answer: Answer) -> None:
            table.set_marks(search_marks(text))
            groups = [Group(title, count) for title, count in answer.found.groups]
            model.show(answer.found.rowids, groups, answer.first)
            table.viewport().repaint()
            waiting.quit()

        started = time.perf_counter()
        background.read(
            lambda: look_up(store, Filter(text=text), Order()), arrived, key="keystroke"
        )
        waiting.exec()  # as the program waits: without holding the interpreter's lock
        return (time.perf_counter() - started) * 1000

    for text in keys[:5]:
        press(text)  # the first search reads the database's pages from the disk
    spent = [press(text) for text in keys]
    table.close()
    background.drain()
    background.close()
    return spent


# --- the usual way --------------------------------------------------------------------------------


def everybody(store: Store) -> list[PersonRow]:
    """All rows in memory, as the usual way wants them."""
    rowids = people.find(store, Filter(), Order()).rowids
    rows: list[PersonRow] = []
    for start in range(0, len(rowids), CHUNK):
        rows += people.rows(store, rowids[start : start + CHUNK])
    return rows


def haystack(row: PersonRow) -> str:
    """Everything a person is found by, in one line."""
    words = fold(row.name)
    numbers = f"{row.document or ''} {row.phone or ''} {row.migrant_id or ''}".lower()
    return f"{words} {latin_key(words)} {numbers} {numbers.replace(' ', '')}"


Index = QModelIndex | QPersistentModelIndex
JOINED = int(Qt.ItemDataRole.UserRole)


class EveryRow(QAbstractTableModel):
    """The plain table model of countless examples: a list of rows, texts by column."""

    def __init__(self, rows: Sequence[PersonRow]) -> None:
        super().__init__()
        self._rows = [tuple(str(getattr(row, name) or "") for name in TEXTS) for row in rows]
        self._joined = [haystack(row) for row in rows]

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return len(TEXTS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == JOINED:
            return self._joined[index.row()]
        return None


class PreparedProxy(QSortFilterProxyModel):
    """The fastest usual variant: a Python test over text prepared once."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self._texts = texts
        self._wanted: tuple[str, ...] = ()

    def set_text(self, text: str) -> None:
        """Filter by these words."""
        self._wanted = tuple(fold(text).split())
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        text = self._texts[row]
        return all(word in text for word in self._wanted)


def measure_proxy(
    app: QApplication,
    proxy: QSortFilterProxyModel,
    rows: Sequence[PersonRow],
    keys: Sequence[str],
) -> list[float]:
    """Milliseconds of each keystroke through a proxy over all rows, painted."""
    source = EveryRow(rows)
    proxy.setSourceModel(source)
    proxy.setFilterRole(JOINED)
    proxy.setFilterKeyColumn(0)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    view = QTableView()
    view.setModel(proxy)
    view.verticalHeader().setDefaultSectionSize(34)
    view.resize(*SIZE)
    view.show()
    app.processEvents()
    spent: list[float] = []
    for text in keys:
        started = time.perf_counter()
        if isinstance(proxy, PreparedProxy):
            proxy.set_text(text)
        else:
            proxy.setFilterFixedString(fold(text))
        view.viewport().repaint()
        spent.append((time.perf_counter() - started) * 1000)
        app.processEvents()
    view.close()
    return spent
