"""The faces printed forms are set in; all ship with the program and are embedded as subsets.

Liberation Serif has the widths of the typewriter-age official face and the Central Asian letters;
Liberation Mono fills cells; PT Sans and PT Serif (ParaType) set our own papers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from arm.places import RESOURCES

FACES = {
    "serif": "liberation/LiberationSerif-Regular.ttf",
    "serif-bold": "liberation/LiberationSerif-Bold.ttf",
    "mono": "liberation/LiberationMono-Regular.ttf",
    "mono-bold": "liberation/LiberationMono-Bold.ttf",
    "sans": "paratype/PTS55F.ttf",
    "sans-bold": "paratype/PTS75F.ttf",
    "book": "paratype/PTF55F.ttf",
    "book-bold": "paratype/PTF75F.ttf",
    "book-italic": "paratype/PTF56F.ttf",
}
"""Face name used in layouts → file under ``resources/fonts``."""

CAP_HEIGHT = {"mono": 0.66, "mono-bold": 0.66}
"""Height of a capital letter in ems, for centring in cells."""

_NAME = "Form-{face}"


@cache  # parsing a font file takes ~15 ms; a face never changes while the program runs
def face(name: str) -> Any:
    """The reportlab font of a face, registered on first use. KeyError for an unknown face."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  # loading it is for the first print
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    font = TTFont(_NAME.format(face=name), str(RESOURCES / "fonts" / FACES[name]))
    pdfmetrics.registerFont(font)
    return font


def font_name(name: str) -> str:
    """The name under which reportlab knows the face."""
    registered: str = face(name).fontName
    return registered


def width(text: str, name: str, size: float) -> float:
    """Width of the text in points."""
    return float(face(name).stringWidth(text, size))


@cache
def glyph_width(name: str) -> float:
    """Width of one letter of a monospaced face, in ems."""
    return float(face(name).stringWidth("Ж", 1))


def drawable(text: str, name: str) -> str:
    """The text with letters the face lacks replaced by their printed equals.

    The Uzbek turned comma ``ʻ`` and the quotation mark ``‘`` look the same in print; PT faces have
    only the latter.
    """
    glyphs = face(name).face.charToGlyph
    if all(map(glyphs.__contains__, map(ord, text))):
        return text
    return "".join(
        letter if ord(letter) in glyphs else _SAME_LOOK.get(letter, letter) for letter in text
    )


def missing_letters(text: str, name: str) -> list[str]:
    """Letters that the face cannot draw even with :func:`drawable`, in order of appearance."""
    glyphs = face(name).face.charToGlyph
    shown = drawable(text, name)
    return [letter for letter in dict.fromkeys(shown) if ord(letter) not in glyphs]


_SAME_LOOK = {"ʻ": "‘", "ʼ": "’", "ʹ": "'", "\u2011": "-", "\u202f": "\u00a0", "−": "–"}
