"""What the print dialog does off the GUI thread: fill, draw, look, save, send to a printer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from arm.errors import ExpectedError
from arm.exchange.whole_file import write_whole
from arm.law.tables import LawTables
from arm.model import CaseFacts, fields, kinds
from forms import catalogue
from forms.catalogue import Filled, FormSpec, Problem
from forms.kit.layout import Box
from ui.casefile.rendering import Sheet, page_count, render_page

PRINT_DOTS_PER_MM = 300 / 25.4
"""Office printers resolve 300–600 dpi; cells and Cyrillic letters are sharp at 300."""


class PrinterGone(ExpectedError):
    """The printer refused or went away."""

    code = "print.printer_gone"
    title = "Принтер «{printer}» не отвечает"
    advice = "Проверьте, включён ли он, или сохраните PDF"


@dataclass(frozen=True)
class Drawn:
    """A form as it will be printed, and one of its pages as a picture."""

    filled: Filled
    pdf: bytes
    sheet: Sheet


@dataclass(frozen=True)
class Target:
    """Where a typed box belongs in the case. ``record_id`` is None when no record is there yet."""

    kind: str
    record_id: str | None
    field: str


def draw_form(
    form_id: str,
    facts: CaseFacts,
    extra: Mapping[str, str],
    law: LawTables,
    page: int,
    dots_per_mm: float,
) -> Drawn:
    """Fill and draw a form and render one page of the very bytes to be printed."""
    filled = catalogue.fill(form_id, facts, extra, law)
    pdf = catalogue.draw(filled)
    return Drawn(filled, pdf, render_page(pdf, page, dots_per_mm))


def draw_issued(
    form_id: str, edition: str, boxes: Mapping[str, str], page: int, dots_per_mm: float
) -> Drawn:
    """The same for a form printed earlier: its own edition and data."""
    filled = Filled(form_id, edition, dict(boxes), [])
    pdf = catalogue.draw_boxes(form_id, edition, boxes)
    return Drawn(filled, pdf, render_page(pdf, page, dots_per_mm))


def readiness(facts: CaseFacts, law: LawTables) -> dict[str, int]:
    """How many boxes of each form wait for a person."""
    return {
        spec.id: len(catalogue.fill(spec.id, facts, tables=law).problems)
        for spec in catalogue.all_forms()
        if in_force(spec, facts.on)
    }


def in_force(spec: FormSpec, on: date) -> bool:
    """Whether the form has an edition on this day."""
    return any(
        edition.valid_from <= on and (edition.valid_to is None or on <= edition.valid_to)
        for edition in spec.editions
    )


def target_of(facts: CaseFacts, source: str | None) -> Target | None:
    """The field of the case that a box is filled from; None when it belongs to no record that
    can be edited here (the office's own data, a computed box)."""
    if not source:
        return None
    kind, _, name = source.partition(".")
    if kind not in _PLACES or name not in fields(kinds()[kind]):
        return None
    record = getattr(facts, _PLACES[kind][0])
    return Target(kind, record.id if record is not None else None, name)


_PLACES: Mapping[str, tuple[str, str]] = {
    "person": ("person", ""),
    "identity_document": ("document", "documents"),
    "migration_card": ("card", "cards"),
    "stay_permit": ("permit", "permits"),
    "registration": ("registration", "registrations"),
    "host_party": ("host", ""),
}
"""Where :class:`CaseFacts` keeps the present record of a kind and all of them."""


def patched(facts: CaseFacts, typed: Mapping[tuple[str, str], Any]) -> CaseFacts:
    """The facts with values that are typed but not kept yet, so that the sheet shows them."""
    by_kind: dict[str, dict[str, Any]] = {}
    for (kind, name), value in typed.items():
        by_kind.setdefault(kind, {})[name] = value
    for kind, values in by_kind.items():
        one, many = _PLACES[kind]
        old = getattr(facts, one)
        new = _copied(kind, old, facts.person.id, values)
        changes: dict[str, Any] = {one: new}
        if many:
            rest = [record for record in getattr(facts, many) if record is not old]
            changes[many] = (new, *rest)
        facts = replace(facts, **changes)
    return facts


def _copied(kind: str, old: Any, person_id: str, values: Mapping[str, Any]) -> Any:
    cls = kinds()[kind]
    known = {name: getattr(old, name) for name in fields(cls)} if old is not None else {}
    if old is None and "person_id" in fields(cls):
        known["person_id"] = person_id
    return cls(id=old.id if old is not None else "", **{**known, **values})


@dataclass(frozen=True)
class Waiting:
    """One thing to type: a field of the case or a box of this sheet only.

    Several boxes may come from one field (an address fills rows, house and flat): they are typed
    once.
    """

    key: str
    label: str
    target: Target | None
    box: Box
    alone: bool
    """Whether this box alone shows the field, so that its letters can be counted."""
    problems: tuple[Problem, ...]


def waiting_of(filled: Filled, facts: CaseFacts) -> list[Waiting]:
    """What has to be typed for a form, in reading order."""
    layout = catalogue.form(filled.form).edition(filled.edition).layout
    boxes = layout.boxes
    shared: dict[str, int] = {}
    for box in boxes.values():
        if box.source and not box.copy_of:
            shared[box.source] = shared.get(box.source, 0) + 1
    grouped: dict[str, list[Problem]] = {}
    for problem in filled.problems:
        target = target_of(facts, problem.source)
        key = f"{target.kind}.{target.field}" if target else problem.box
        grouped.setdefault(key, []).append(problem)
    found = []
    for key, problems in grouped.items():
        box = boxes[problems[0].box]
        target = target_of(facts, box.source)
        alone = target is None or shared.get(box.source or "", 1) == 1
        label = problems[0].label if alone or target is None else _field_label(target)
        found.append(Waiting(key, label, target, box, alone, tuple(problems)))
    return found


def _field_label(target: Target) -> str:
    return fields(kinds()[target.kind])[target.field].label


def printed_pages(filled: Filled) -> list[int]:
    """Numbers of the form's pages in the order of the document: an optional page with nothing
    on it is not printed."""
    layout = catalogue.form(filled.form).edition(filled.edition).layout
    return [
        page.number
        for page in layout.pages
        if not page.optional or any(filled.boxes.get(box.id) for box in page.boxes)
    ]


def write_pdf(path: Path, pdf: bytes) -> Path:
    """Keep the document in a file. Raises :class:`~arm.exchange.whole_file.NotWritable`."""
    write_whole(path, pdf)
    return path


def printers() -> list[str]:
    """Names of the printers of this machine, the usual one first. May take seconds (network)."""
    usual = QPrinterInfo.defaultPrinterName()
    names = [str(name) for name in QPrinterInfo.availablePrinterNames()]
    names.sort(key=lambda name: (name != usual, name))
    return names


@dataclass(frozen=True)
class PrintOrder:
    """What goes to a printer."""

    printer: str
    copies: int = 1
    pages: tuple[int, ...] = ()
    """From 0; empty = all."""
    both_sides: bool = False


def send(
    pdf: bytes,
    order: PrintOrder,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> int:
    """Print the document as pictures of 300 dpi, so that paper equals preview on any driver.

    Gives the number of sheets' sides sent. Raises :class:`PrinterGone`.
    """
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setPrinterName(order.printer)
    set_paper(device)
    device.setCopyCount(order.copies)
    device.setDuplex(
        QPrinter.DuplexMode.DuplexLongSide if order.both_sides else QPrinter.DuplexMode.DuplexNone
    )
    if not device.isValid():
        raise PrinterGone(printer=order.printer)
    return paint_pages(device, pdf, order.pages, progress, cancelled)


def set_paper(device: QPrinter) -> None:
    """A4 upright, without margins of its own: the forms bring theirs."""
    device.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    device.setPageOrientation(QPageLayout.Orientation.Portrait)
    device.setFullPage(True)


def paint_pages(
    device: QPrinter,
    pdf: bytes,
    pages: tuple[int, ...],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> int:
    """Paint the chosen pages of the document, one a side, on a ready device."""
    chosen = pages or tuple(range(page_count(pdf)))
    painter = QPainter()
    if not painter.begin(device):
        raise PrinterGone(printer=device.printerName())
    try:
        for done, page in enumerate(chosen):
            if cancelled():
                device.abort()
                return done
            if done and not device.newPage():
                raise PrinterGone(printer=device.printerName())
            sheet = render_page(pdf, page, PRINT_DOTS_PER_MM)
            dots = device.resolution() / 25.4
            paper = QRectF(0, 0, sheet.width_mm * dots, sheet.height_mm * dots)
            painter.drawImage(paper, sheet.image)
            progress(done + 1, len(chosen))
    finally:
        painter.end()
    return len(chosen)
