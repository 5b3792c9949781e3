"""Migrant ID: a number made at the desk, without a network, that still catches typing errors.

``RR-WWWW-NNNNNNC``: region (2 digits), number of the workstation (4), running number there (6) and
a check digit. The check digit is Damm's (H. M. Damm, 2004): it catches every single wrong digit
and every swap of two neighbours, which the sum used in payment cards does not.
"""

from __future__ import annotations

import re

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_DIGITS = re.compile(r"[0-9]{13}\Z")


def _fold_digits(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def make(region: str, workstation: int, counter: int) -> str:
    """The ID of the ``counter``-th person taken in at a workstation.

    ``region``: two digits; ``workstation``: 0–9999, given by the centre; ``counter``: 0–999999.
    Raises ValueError for anything outside.
    """
    if not (len(region) == 2 and region.isascii() and region.isdigit()):
        raise ValueError(f"region must be two digits: {region!r}")
    if not 0 <= workstation <= 9_999:
        raise ValueError(f"workstation out of range: {workstation}")
    if not 0 <= counter <= 999_999:
        raise ValueError(f"counter out of range: {counter}")
    digits = f"{region}{workstation:04d}{counter:06d}"
    return f"{digits[:2]}-{digits[2:6]}-{digits[6:]}{_fold_digits(digits)}"


def normalise(text: str) -> str:
    """The usual form of an ID typed in any way (spaces, other dashes, none); other text as is."""
    digits = re.sub(r"[\s\-–—‑_./]", "", text)
    if not _DIGITS.match(digits):
        return text.strip()
    return f"{digits[:2]}-{digits[2:6]}-{digits[6:]}"


def check(text: str) -> bool:
    """Whether the text is a Migrant ID with the right check digit."""
    digits = normalise(text).replace("-", "")
    return bool(_DIGITS.match(digits)) and _fold_digits(digits) == 0
