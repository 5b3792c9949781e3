"""Reference lists with Russian names, from ``resources/reference``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from arm.places import RESOURCES

_FIRST_COUNTRIES = (
    "UZB", "TJK", "KGZ", "KAZ", "AZE", "ARM", "MDA", "BLR", "UKR", "GEO", "TKM",
)  # fmt: skip
"""The states most people at a centre come from stand first in lists."""


@dataclass(frozen=True)
class Country:
    """One state (ОКСМ, ISO 3166)."""

    code: str
    """Alpha-3."""
    name: str
    form_name: str
    """As written on forms: «КИРГИЗИЯ»."""


@dataclass(frozen=True)
class Step:
    """One step of a route."""

    code: str
    title: str
    after: tuple[str, ...] = ()
    """Steps whose results this one can't do without."""
    wait: str = ""
    """The table of the law that says how long its result takes; otherwise ``steps.duration``."""


@dataclass(frozen=True)
class Route:
    """A way a person goes at the centre."""

    code: str
    title: str
    caption: str
    """For whom: «безвизовый въезд, цель «работа»»."""
    steps: tuple[Step, ...]
    regime: str
    """Whose route it is: ``visa_free``, ``eaeu``, ``any``."""
    purposes: frozenset[str]
    """Purposes of entry it fits; empty = any."""


@cache
def _read(name: str) -> Mapping[str, Any]:
    path = RESOURCES / "reference" / f"{name}.toml"
    return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def countries() -> Mapping[str, Country]:
    """All states by alpha-3 code."""
    return MappingProxyType(
        {
            row["code"]: Country(
                row["code"], row["name"], row.get("form_name", row["name"].upper())
            )
            for row in _read("countries")["country"]
        }
    )


def country_name(code: str | None) -> str:
    """The Russian name of a state; an unknown code stays as it is."""
    country = countries().get(code or "")
    return country.name if country else (code or "")


def country_choices() -> list[tuple[str, str]]:
    """All states for a list: the usual ones first, then by name."""
    known = countries()
    first = [code for code in _FIRST_COUNTRIES if code in known]
    others = sorted((c for c in known if c not in first), key=lambda code: known[code].name)
    return [(code, known[code].name) for code in (*first, *others)]


@cache
def regions() -> Mapping[str, str]:
    """Names of regions by two-digit code (ФНС)."""
    return MappingProxyType({row["code"]: row["name"] for row in _read("regions")["region"]})


@cache
def languages() -> Mapping[str, str]:
    """Names of languages by ISO 639-1 code."""
    return MappingProxyType({row["code"]: row["name"] for row in _read("languages")["language"]})


@cache
def purposes() -> Mapping[str, str]:
    """Purposes of entry, the boxes of the arrival notice."""
    return MappingProxyType({row["code"]: row["name"] for row in _read("purposes")["purpose"]})


@cache
def routes() -> tuple[Route, ...]:
    """All routes in the order of the intake screen."""
    return tuple(
        Route(
            code=row["code"],
            title=row["title"],
            caption=row.get("caption", ""),
            steps=tuple(
                Step(
                    step["code"],
                    step["title"],
                    tuple(step.get("after", ())),
                    step.get("wait", ""),
                )
                for step in row.get("step", ())
            ),
            regime=row.get("citizenships", "any"),
            purposes=frozenset(row.get("purposes", ())),
        )
        for row in _read("routes")["route"]
    )


def route(code: str | None) -> Route | None:
    """The route of this code, or ``None``."""
    return _routes_by_code().get(code or "")


@cache
def _routes_by_code() -> Mapping[str, Route]:
    return MappingProxyType({known.code: known for known in routes()})


def route_title(code: str | None) -> str:
    """The title of a route; an unknown code stays as it is."""
    known = route(code)
    return known.title if known else (code or "")


def step_title(code: str | None) -> str:
    """The title of a step; an unknown code stays as it is."""
    for known in routes():
        for step in known.steps:
            if step.code == code:
                return step.title
    return code or ""
