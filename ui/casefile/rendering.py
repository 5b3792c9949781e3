"""Pages of a PDF as pictures, made off the GUI thread.

The preview shows the very bytes that go to the printer or to the file, so that what is seen is
what lies on the paper.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pypdfium2 as pdfium
from PySide6.QtGui import QImage

_ONE_AT_A_TIME = threading.Lock()  # PDFium keeps its state in the process, not in the document

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Sheet:
    """One rendered page: the picture and the size of the paper in millimetres."""

    image: QImage
    width_mm: float
    height_mm: float
    page: int
    pages: int


def page_count(pdf: bytes) -> int:
    """How many pages the document has."""
    with _ONE_AT_A_TIME:
        document = pdfium.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def render_page(pdf: bytes, page: int, dots_per_mm: float) -> Sheet:
    """Page number ``page`` (from 0) with ``dots_per_mm`` device dots a millimetre.

    A page past the end gives the last one: a form may have lost a page since it was asked for.
    """
    with _ONE_AT_A_TIME:
        document = pdfium.PdfDocument(pdf)
        try:
            pages = len(document)
            index = max(0, min(page, pages - 1))
            leaf = document[index]
            width, height = leaf.get_size()
            bitmap = leaf.render(scale=dots_per_mm / POINTS_PER_MM, prefer_bgrx=True)
            image = QImage(
                bitmap.buffer,
                bitmap.width,
                bitmap.height,
                bitmap.stride,
                QImage.Format.Format_RGB32,
            ).copy()  # PDFium frees its own buffer
            bitmap.close()
            leaf.close()
        finally:
            document.close()
    return Sheet(image, width / POINTS_PER_MM, height / POINTS_PER_MM, index, pages)
