"""Puts rows on the clipboard so that a spreadsheet takes them as a table."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from ui.tables.columns import Column
from ui.tables.rows import RowLook


class _Copied(QMimeData):
    """Ours, and known as ours."""


def as_table(columns: Sequence[Column], looks: Sequence[RowLook]) -> QMimeData:
    """Rows with their headings as tab-separated text and as an HTML table.

    Spreadsheets take the HTML and keep leading zeros in it (``mso-number-format``); everything
    else takes the text. Tabs and line ends inside a cell become spaces.
    """
    head = [column.title for column in columns]
    body = [[look.text(column.key) for column in columns] for look in looks]
    lines = ["\t".join(_flat(cell) for cell in line) for line in (head, *body)]
    mime = _Copied()
    mime.setText("\r\n".join(lines) + "\r\n")
    mime.setHtml(_html(head, body))
    return mime


def keep_clipboard_as_text() -> None:
    """Before the program ends: what it has copied stays as text. A table is an object of ours, and
    Qt would let go of it when there is no interpreter any more, which is a crash."""
    board = QGuiApplication.clipboard()
    if isinstance(board.mimeData(), _Copied):
        board.setText(board.text())


def _flat(cell: str) -> str:
    return " ".join(cell.split("\t")).replace("\r", " ").replace("\n", " ")


def _html(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    titles = "".join(f"<th>{html.escape(title)}</th>" for title in head)
    rows = "".join(
        "<tr>"
        + "".join(f"<td style=\"mso-number-format:'\\@'\">{html.escape(c)}</td>" for c in line)
        + "</tr>"
        for line in body
    )
    return f'<meta charset="utf-8"><table><tr>{titles}</tr>{rows}</table>'
