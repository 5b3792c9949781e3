"""The squares of a QR code: byte mode, level M, no ECI, as ГОСТ Р 56042-2014 asks."""

from __future__ import annotations

LONGEST = 2213
"""Bytes that the largest code of the drawing library (version 39, level M) holds."""


def modules(value: str, encoding: str = "utf-8") -> list[list[bool]]:
    """Rows of squares, ``True`` = dark, without the light margin.

    Raises ValueError if the text is longer than the largest code holds (:data:`LONGEST` bytes).
    """
    from reportlab.graphics.barcode.qrencoder import (  # noqa: PLC0415  # 90 ms, for codes only
        QR8bitByte,
        QRCode,
        QRErrorCorrectLevel,
    )

    content = value.encode(encoding)
    if len(content) > LONGEST:
        raise ValueError(f"{len(content)} bytes do not fit a QR code of level M")
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(content))
    code.make()
    return [[bool(square) for square in row] for row in code.modules]
