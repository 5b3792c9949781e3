"""Any list as an XLSX workbook (ECMA-376, Office Open XML), however long.

Written as a stream of XML into the archive: memory stays flat and 150,000 rows of 25 columns take
seconds (``docs/decisions`` tells why no library does this here; ``bench/xlsx.py`` measures).
The file appears under its name only when it is complete; a cancelled or failed export leaves
nothing behind.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, ClassVar, Final, Literal

from arm.errors import ExpectedError
from arm.exchange.whole_file import in_place_of

ColumnKind = Literal["text", "date", "int", "money"]
"""``date``: :class:`date` or ISO 8601 text; ``money``: kopecks as int, or roubles as Decimal."""

MOST_ROWS: Final = 1_048_575
"""Rows of a worksheet less the heading."""
_MOST_BYTES: Final = 2_000_000_000
"""An archive member beyond 2 GiB needs an extension that not every program reads."""
_MOST_LETTERS: Final = 32_767
_CHUNK: Final = 500
"""Rows between two looks at whether the export was cancelled."""
_STEP: Final = 1_000
"""Rows between two reports of progress."""


class ExportStopped(ExpectedError):
    """The person stopped the export."""

    code: ClassVar[str] = "export.stopped"
    title: ClassVar[str] = "Выгрузка прервана"
    advice: ClassVar[str] = "Файл не создан, прежний файл не изменён"


class ListTooLong(ExpectedError):
    """More than a worksheet holds."""

    code: ClassVar[str] = "export.too_long"
    title: ClassVar[str] = "В таблицу помещается не больше 1 048 575 строк"
    advice: ClassVar[str] = "Сузьте отбор и выгрузите список частями"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``key`` names the value in rows that are mappings; ``width`` in characters."""

    key: str
    title: str
    kind: ColumnKind = "text"
    width: float = 16


Progress = Callable[[int, int | None], None]
"""Called with rows written and rows in all, if known."""


def write_list(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any] | Mapping[str, Any]],
    total: int | None = None,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    sheet: str = "Список",
) -> int:
    """Write ``rows`` and return how many there were.

    A row is a sequence in the order of ``columns`` or a mapping by their keys; empty cells are
    None or "". Raises :class:`ExportStopped`, :class:`ListTooLong` or :class:`NotWritable`, and
    whatever ``rows`` raises; in each case the file at ``path`` stays as it was.
    """
    if not columns:
        raise ValueError("a list needs columns")
    watch = _Watch(total, progress or _silent, cancelled or _never)
    with (
        in_place_of(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for name, text in _parts(sheet):
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            return _sheet(member, columns, rows, watch)


def _silent(_done: int, _total: int | None) -> None:
    """Nobody wants to know."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who is told how far we are, and who may stop us."""

    total: int | None
    progress: Progress
    cancelled: Callable[[], bool]

    def stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise ExportStopped()

    def report(self, done: int) -> None:
        self.progress(done, self.total)


def _sheet(
    member: IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any] | Mapping[str, Any]],
    watch: _Watch,
) -> int:
    member.write(_sheet_head(columns).encode())
    row_xml = _row_writer(columns)
    done, size = 0, 0
    pending: list[str] = []
    for done, row in enumerate(rows, 1):
        pending.append(row_xml(done + 1, row))
        if done % _CHUNK:
            continue
        watch.stop_if_cancelled()
        size += member.write("".join(pending).encode())
        pending.clear()
        if done > MOST_ROWS or size > _MOST_BYTES:
            raise ListTooLong()
        if not done % _STEP:
            watch.report(done)
    watch.stop_if_cancelled()
    if done > MOST_ROWS:
        raise ListTooLong()
    pending.append(_sheet_tail(columns, done))
    member.write("".join(pending).encode())
    if done % _STEP or not done:
        watch.report(done)
    return done


# ------------------------------------------------------------------------------- cells

_SPECIAL: Final = re.compile(
    r"[&<>\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x|^\s|\s\Z"
)
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_HEAD_STYLE, _DATE_STYLE, _INT_STYLE, _MONEY_STYLE = 1, 2, 3, 4


def _escaped(text: str) -> str:
    """Text as XML: letters that XML forbids go away, what looks like an escape is kept as is."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ESCAPE_LIKE.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(reference: str, value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    if len(text) > _MOST_LETTERS:
        text = text[: _MOST_LETTERS - 1] + "…"
    if _SPECIAL.search(text):
        text = _escaped(text)
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


_DAY_ZERO: Final = date(1899, 12, 30).toordinal()
_FIRST_SAFE: Final = date(1900, 3, 1).toordinal()
"""Earlier serial numbers are off by one in some programs (the 29 February 1900 that never was)."""


def _date(reference: str, value: Any) -> str:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return _text(reference, value)
    if not isinstance(value, date):
        return _text(reference, value)
    ordinal = value.toordinal()
    if ordinal < _FIRST_SAFE:
        return _text(reference, f"{value:%d.%m.%Y}")
    return f'<c r="{reference}" s="{_DATE_STYLE}"><v>{ordinal - _DAY_ZERO}</v></c>'


def _int(reference: str, value: Any) -> str:
    if isinstance(value, int) and -(10**15) < value < 10**15:
        return f'<c r="{reference}" s="{_INT_STYLE}"><v>{int(value)}</v></c>'
    return _text(reference, value)  # fifteen digits are all a spreadsheet keeps exactly


def _money(reference: str, value: Any) -> str:
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**13:
        return f'<c r="{reference}" s="{_MONEY_STYLE}"><v>{value:f}</v></c>'
    if isinstance(value, int) and -(10**15) < value < 10**15:
        sign, kopecks = ("-", -value) if value < 0 else ("", value)
        amount = f"{sign}{kopecks // 100}.{kopecks % 100:02d}"
        return f'<c r="{reference}" s="{_MONEY_STYLE}"><v>{amount}</v></c>'
    return _text(reference, value)


_CELLS: Final[Mapping[str, Callable[[str, Any], str]]] = {
    "text": _text, "date": _date, "int": _int, "money": _money,
}  # fmt: skip


def _row_writer(
    columns: Sequence[Column],
) -> Callable[[int, Sequence[Any] | Mapping[str, Any]], str]:
    plan = [(_letters(at), _CELLS[column.kind]) for at, column in enumerate(columns)]
    keys = [column.key for column in columns]

    def write(number: int, row: Sequence[Any] | Mapping[str, Any]) -> str:
        values = [row.get(key) for key in keys] if isinstance(row, Mapping) else row
        at = str(number)
        cells = [
            cell(letters + at, value)
            for (letters, cell), value in zip(plan, values, strict=True)
            if value is not None and value != ""
        ]
        return f'<row r="{at}">{"".join(cells)}</row>'

    return write


def _letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ------------------------------------------------------------------------------- the rest

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _sheet_head(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>'
        for at, column in enumerate(columns, 1)
    )
    heads = "".join(
        f'<c r="{_letters(at)}1" s="{_HEAD_STYLE}" t="inlineStr">'
        f"<is><t>{_escaped(column.title)}</t></is></c>"
        for at, column in enumerate(columns)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'
        f'<row r="1">{heads}</row>'
    )


def _sheet_tail(columns: Sequence[Column], rows: int) -> str:
    area = f"A1:{_letters(len(columns) - 1)}{rows + 1}"
    return (
        f'</sheetData><autoFilter ref="{area}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE8EEFC"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"'
    ' applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


_OVERRIDES: Final = "".join(
    f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>'
    for part, kind in (
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/worksheets/sheet1.xml", "worksheet"),
        ("/xl/styles.xml", "styles"),
    )
)
_CONTENT_TYPES: Final = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="application/xml"/>{_OVERRIDES}</Types>'
)
_ROOT: Final = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK_RELATIONS: Final = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2"'
    f' Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
)


def _parts(sheet: str) -> Iterator[tuple[str, str]]:
    """All small files of the package (ECMA-376 part 2)."""
    # a sheet's name may not be longer than 31 letters nor hold these characters
    name = _escaped(re.sub(r"[\[\]:*?/\\']", " ", sheet)[:31].strip() or "Список")
    workbook = (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="{name}"'
        ' sheetId="1" r:id="rId1"/></sheets><definedNames><definedName'
        f' name="_xlnm.Print_Titles" localSheetId="0">\'{name}\'!$1:$1'
        "</definedName></definedNames></workbook>"
    )
    yield "[Content_Types].xml", _CONTENT_TYPES
    yield "_rels/.rels", _ROOT
    yield "xl/_rels/workbook.xml.rels", _WORKBOOK_RELATIONS
    yield "xl/workbook.xml", workbook
    yield "xl/styles.xml", _STYLES
