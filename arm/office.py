"""The organisation at whose desk we sit, known before any record is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Office:
    """The organisation at whose desk we sit: printed on forms, shown in the window."""

    name: str
    short_name: str
    region: str
    """Two-digit code of the region."""
    region_name: str = ""
    address: str = ""
    inn: str = ""
    phone: str = ""
    oktmo: str = ""
    """Municipality code for payments (8 or 11 digits)."""
