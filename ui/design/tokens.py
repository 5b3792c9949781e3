"""Design tokens: every colour, size and type style, read once from ``tokens.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

ThemeName = Literal["light", "dark"]

_SOURCE: Final = Path(__file__).with_name("tokens.json")
_RAW: Final[Mapping[str, Any]] = json.loads(_SOURCE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class TypeStyle:
    """One style of text. ``size`` and ``line`` in px, ``tracking`` in em, ``weight`` 100–900."""

    size: float
    line: int
    weight: int
    tracking: float = 0.0
    mono: bool = False


def _type_styles() -> dict[str, TypeStyle]:
    styles = {}
    for name, style in _RAW["type"]["styles"].items():
        styles[name] = TypeStyle(
            style["size"],
            style["line"],
            style["weight"],
            style.get("tracking", 0.0),
            style.get("family") == "mono",
        )
    return styles


COLORS: Final = cast("Mapping[ThemeName, Mapping[str, str]]", _RAW["color"])
"""Theme name → token → ``#RRGGBB``."""

TYPE: Final[Mapping[str, TypeStyle]] = {
    **_type_styles(),
    "smallStrong": TypeStyle(12, 16, 600),
    "scaleStrong": TypeStyle(11, 16, 600),
    "title": TypeStyle(24, 32, 600, -0.02),
    "keyCap": TypeStyle(11, 16, 500),
    "button": TypeStyle(13, 20, 500),
    "buttonSmall": TypeStyle(12, 16, 500),
    "buttonLarge": TypeStyle(14, 20, 500),
    "large": TypeStyle(14, 22, 400),
    "poster": TypeStyle(32, 40, 600, -0.025),
}
"""Type style by name; the file's own and some that the mockups use."""

FAMILY: Final[str] = _RAW["type"]["family"]
MONO: Final[str] = _RAW["type"]["mono"]

SIZE: Final = cast("Mapping[str, int]", _RAW["size"])
"""Sizes of parts, px."""

SPACE: Final = {int(k): cast("int", v) for k, v in _RAW["space"].items()}
RADIUS: Final = cast("Mapping[str, int]", _RAW["radius"])


@dataclass(frozen=True)
class Meaning:
    """How a semantic kind looks: token names of its text, fill, border, shape, and its icon."""

    text: str
    background: str
    border: str
    shape: str
    icon: str


MEANING: Final[Mapping[str, Meaning]] = {
    kind: Meaning(**fields) for kind, fields in _RAW["semantic"].items()
}
"""``ok``, ``warn``, ``bad``, ``neutral``, ``accent``."""
