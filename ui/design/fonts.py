"""Inter in three weights, loaded from our own files; digits of one width everywhere.

The files say «Inter Okno»: what was changed in them is told in ``resources/fonts/inter/README.md``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from ui.design.tokens import FAMILY, MONO, TYPE

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts" / "inter"


def load_fonts() -> list[str]:
    """Register the bundled faces with Qt; gives the families that are now available.

    Raises FileNotFoundError when the installation is incomplete.
    """
    families: list[str] = []
    for face in ("Regular", "Medium", "SemiBold"):
        path = _FOLDER / f"Inter-{face}.ttf"
        if not path.is_file():
            raise FileNotFoundError(path)
        number = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(number)
    return families


def font(style: str = "body", *, strong: bool = False) -> QFont:
    """A copy of the font of a type style (``body``, ``secondary``, ``name`` …).

    ``strong`` gives the semibold cut of the same size.
    """
    return QFont(_made(style, strong))


@lru_cache(maxsize=64)
def _made(style: str, strong: bool) -> QFont:
    spec = TYPE[style]
    made = QFont(
        [MONO, "Liberation Mono", "Courier New", "monospace"]
        if spec.mono
        else [f"{FAMILY} Okno", FAMILY, "Segoe UI", "Noto Sans", "DejaVu Sans"]
    )
    # Fractional sizes matter only for the machine-readable zone; Qt takes them as points.
    made.setPixelSize(round(spec.size))
    made.setWeight(QFont.Weight(600 if strong else spec.weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Set even when zero: a painter fills what a font leaves open from its widget.
    spacing = QFont.SpacingType.AbsoluteSpacing
    made.setLetterSpacing(spacing, spec.tracking * spec.size)
    if not spec.mono:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
