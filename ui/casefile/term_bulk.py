"""The bar under «Сроки»: what is done with the marked ones, and the list as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from arm.casework import terms
from arm.casework.lists import listed_terms
from arm.casework.term_list import term_rows
from arm.exchange.list_xlsx import write_list
from arm.store.store import Store
from ui.casefile.long_work import LongWork
from ui.casefile.saving import ask_file
from ui.casefile.term_actions import TermActions
from ui.design.text import counted, fmt_number, t
from ui.tables.model import PagedModel
from ui.widgets.bulk_bar import BulkBar

if TYPE_CHECKING:
    from ui.context import Context

MOST = 5_000
"""Terms that one action changes: more would hold up what colleagues write for minutes."""


def export_terms(
    store: Store,
    path: Path,
    ids: Sequence[int],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> int:
    """Write these terms as XLSX; gives the number of rows. Raises as ``write_list``."""
    source = listed_terms(store, ids)
    return write_list(
        path,
        [replace(column, title=t(column.title)) for column in source.columns],
        source.rows,
        source.total,
        progress=lambda done, total: progress(done, total or 0),
        cancelled=cancelled,
        sheet=t("Сроки"),
    )


class TermBulk(QObject):
    """Builds the bar; ``settled`` terms can only be opened again."""

    def __init__(
        self, context: Context, model: PagedModel, verbs: TermActions, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context, self._model, self._verbs, self._host = context, model, verbs, parent
        self.ask_file = ask_file
        """Where to write; tests put their own answer here."""
        self.work = LongWork(context, parent)
        self.bar = bar = BulkBar(parent)
        self._open_verbs = (
            bar.add("done", t("Сделано"), "check", lambda: self.settle("done")),
            bar.add("not-needed", t("Не нужно"), "ban", lambda: self.settle("not_needed")),
            bar.add("snooze", t("Отложить"), "pause", self.snooze),
            bar.add("hand-over", t("Передать"), "user-round-check", self.hand_over),
        )
        self._reopen = bar.add("reopen", t("Открыть снова"), "rotate-ccw", self.reopen)
        self._reopen.hide()
        bar.add("export", t("Выгрузить"), "file-down", self.export)
        bar.add_line()
        bar.add("clear", t("Снять выбор"), "", model.unmark_all, "Esc")
        model.most_marked = MOST
        model.too_many.connect(self._tell_most)
        model.marks_changed.connect(lambda: bar.show_count(len(model.marked)))

    def show_settled(self, settled: bool) -> None:
        """Which verbs make sense now."""
        for verb in self._open_verbs:
            verb.setVisible(not settled)
        self._reopen.setVisible(settled)

    def marked(self) -> list[int]:
        """Marked terms in the order of the list, then those of earlier answers."""
        marked = self._model.marked
        here = [one for one in self._model.ids if one in marked]
        return here + sorted(marked.difference(here))

    def _allowed(self) -> list[int]:
        ids = self.marked()
        if len(ids) > MOST:
            self._tell_most()
            return []
        return ids

    def _tell_most(self) -> None:
        words = t("За один раз не больше {most} сроков", most=fmt_number(MOST))
        self._context.toast(words, kind="bad")

    def settle(self, state: str) -> None:
        """«Сделано» or «Не нужно» for all marked."""
        if ids := self._allowed():
            self._verbs.settle(lambda store: terms.keys_of(store, ids), state, len(ids))

    def snooze(self) -> None:
        """«Отложить» for all marked."""
        if ids := self._allowed():
            self._verbs.ask_snooze(
                self._open_verbs[2], lambda store: terms.keys_of(store, ids), None, "above"
            )

    def hand_over(self) -> None:
        """«Передать» for all marked."""
        if ids := self._allowed():
            self._verbs.choose_colleague(
                self._open_verbs[3], lambda store: terms.keys_of(store, ids), None, "above"
            )

    def reopen(self) -> None:
        """Open all marked settled terms again."""
        if ids := self._allowed():
            self._verbs.reopen(
                lambda store: [
                    row.key.deadline_id
                    for row in term_rows(store, ids)
                    if row is not None and row.key.deadline_id
                ]
            )

    def export(self) -> None:
        """Marked terms, or all that are listed, as XLSX."""
        ids = self.marked() if self._model.marked else list(self._model.ids)
        if not ids or self.work.running:
            return
        path = self.ask_file(self._host, t("Выгрузить список"), t("Сроки.xlsx"), "XLSX", ".xlsx")
        if path is None:
            return
        store = self._context.store

        def done(count: int) -> None:
            said = counted(count, "строка", "строки", "строк")
            self._context.toast(
                t("Выгружено: {count}, файл {name}", count=said, name=path.name),
                icon="file-down",
            )

        self.work.run(
            t("Выгружаем список"),
            lambda progress, cancelled: export_terms(store, path, ids, progress, cancelled),
            done,
            path,
        )
