"""Tables of dBase III and its kin, as banks send them: cp866 unless the header says otherwise."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from arm.exchange.statement_values import russian_encoding

_KINDS: Final = frozenset((0x02, 0x03, 0x04, 0x30, 0x31, 0x43, 0x83, 0x8B, 0xCB, 0xF5))
_CODE_PAGES: Final = {0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251", 0x57: "cp1251"}
_HEADER: Final = 32
_ENDS: Final = 0x0D
_CELLS: Final = frozenset("CNFDLMIYBTGPO@+0")


@dataclass(frozen=True)
class DbfTable:
    """Headings and rows as text; dates as «2026-05-04». Deleted rows are left out."""

    encoding: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    """Number of the record, from 1, and its cells."""
    missing: int
    """How many records the header promises and the file does not have."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    at: int
    width: int


def is_dbf(content: bytes) -> bool:
    """Whether the header is one of a table and tells of columns that fit its records."""
    return bool(_columns(content))


def read_dbf(content: bytes) -> DbfTable:
    """Read the table. Raises ValueError if it is none."""
    columns = _columns(content)
    if not columns:
        raise ValueError("not a dBase table")
    count, start, width = struct.unpack_from("<IHH", content, 4)
    encoding = _CODE_PAGES.get(content[29]) or russian_encoding(
        content[start:], ("cp866", "cp1251")
    )
    rows = []
    held = min(count, (len(content) - start) // width)
    for number in range(held):
        at = start + number * width
        if content[at] == 0x2A:
            continue  # deleted
        rows.append((number + 1, [_cell(content, at, column, encoding) for column in columns]))
    return DbfTable(encoding, tuple(c.name for c in columns), tuple(rows), count - held)


def _columns(content: bytes) -> list[_Column]:
    if len(content) < _HEADER + 2 or content[0] not in _KINDS:
        return []
    _, start, width = struct.unpack_from("<IHH", content, 4)
    columns: list[_Column] = []
    ended = False
    at = 1  # a record begins with the mark of deletion
    for place in range(_HEADER, min(start, len(content)), 32):
        if content[place] == _ENDS:
            ended = True
            break
        if place + 32 > len(content):
            return []
        name = content[place : place + 11].split(b"\0", 1)[0].decode("cp866").strip()
        kind = chr(content[place + 11])
        if kind not in _CELLS or not content[place + 16]:
            return []  # a text that begins with «0» looks like a table until here
        size = content[place + 16]
        columns.append(_Column(name, kind, at, size))
        at += size
    return columns if ended and columns and at <= width else []


def _cell(content: bytes, at: int, column: _Column, encoding: str) -> str:
    raw = content[at + column.at : at + column.at + column.width]
    if column.kind == "I" and len(raw) == 4:
        return str(int.from_bytes(raw, "little", signed=True))
    if column.kind == "Y" and len(raw) == 8:
        whole = int.from_bytes(raw, "little", signed=True)
        return f"{'-' if whole < 0 else ''}{abs(whole) // 10_000}.{abs(whole) % 10_000 // 100:02}"
    text = raw.decode(encoding, errors="replace").replace("\0", " ").strip()
    if column.kind == "D" and len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text
