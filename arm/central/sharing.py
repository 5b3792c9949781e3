"""Sharing rules, as the administrator of a centre keeps them.

A rule says which fields of which records of which organisations another organisation sees of the
persons it has a card of, and on what legal ground. The centre itself carries it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

import psycopg
from psycopg.types.json import Jsonb

from arm.central.admin_session import admin_session, one_row
from arm.central.errors import BadRule, NoSuchOrganisation, NoSuchRule

OrgRole = Literal["center", "tax", "university", "employer", "region"]
ORG_ROLES: Final[tuple[OrgRole, ...]] = get_args(OrgRole)
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class SharedField:
    """One agreed field of the source record and how the receiver reads it."""

    field: str
    label: str


@dataclass(frozen=True)
class SharingRule:
    """What one side agreed to show the other. Sides are a kind of organisation (``center``) or the
    number of one (``12``)."""

    title: str
    source: str
    source_kind: str
    """Kind of record: ``stay_permit``, ``registration`` …"""
    fields: tuple[SharedField, ...]
    receiver: str
    ground: str
    """Act and article, or the agreement."""
    confidence: Confidence
    """How sure we are of the ground: ``high``, ``medium``, ``low``."""
    only_where: tuple[tuple[str, Any], ...] = ()
    """Values that the record must have: ``(("permit_type", "patent"),)``."""
    newest_by: str = ""
    """Field by which the newest of several records counts."""
    same_region: bool = True
    on_question: bool = False
    """Also answers questions to the registry about persons the receiver has no card of."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day, inclusive."""
    rule: int = 0


def add_rule(admin_dsn: str, rule: SharingRule) -> int:
    """Put a rule in force; projections appear at once. Returns its number.

    Raises BadRule, NoSuchOrganisation.
    """
    said: dict[str, Any] = {
        "title": rule.title,
        "source_kind": rule.source_kind,
        "fields": [{"field": one.field, "label": one.label} for one in rule.fields],
        "only_where": dict(rule.only_where),
        "newest_by": rule.newest_by,
        "ground": rule.ground,
        "confidence": rule.confidence,
        "same_region": rule.same_region,
        "on_question": rule.on_question,
        "valid_from": rule.valid_from and rule.valid_from.isoformat(),
        "valid_to": rule.valid_to and rule.valid_to.isoformat(),
    }
    for side, name in (("source", rule.source), ("receiver", rule.receiver)):
        said[f"{side}_role" if name in ORG_ROLES else f"{side}_org"] = name
    with admin_session(admin_dsn) as connection:
        for name in (rule.source, rule.receiver):
            if name not in ORG_ROLES and not (
                re.fullmatch(r"[0-9]{1,9}", name)
                and connection.execute(
                    "SELECT 1 FROM arm.organisation WHERE org = %s", (int(name),)
                ).fetchone()
            ):
                raise NoSuchOrganisation(organisation=name)
        try:
            return int(one_row(connection, "SELECT share.add_rule(%s)", (Jsonb(said),))[0])
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
            raise BadRule(why=error.diag.constraint_name or error.diag.column_name or "") from error


def end_rule(admin_dsn: str, rule: int, on: date | None = None) -> int:
    """Let a rule be in force for the last time the day before ``on`` (today, by the centre's
    calendar, if not given); what it showed is withdrawn then. Returns how many projections changed
    at once. Raises NoSuchRule."""
    with admin_session(admin_dsn) as connection:
        changed = one_row(
            connection,
            "SELECT share.end_rule(%s, coalesce(%s::date, current_date) - 1)",
            (rule, on),
        )[0]
    if changed is None:
        raise NoSuchRule(rule=rule)
    return int(changed)


def rules(admin_dsn: str) -> list[SharingRule]:
    """All rules, those that ended too, in the order they were added."""
    with admin_session(admin_dsn) as connection:
        rows = connection.execute(
            "SELECT title, coalesce(source_role, source_org::text), source_kind, fields,"
            " coalesce(receiver_role, receiver_org::text), ground, confidence, only_where,"
            " newest_by, same_region, on_question, valid_from, valid_to, rule"
            " FROM share.rule ORDER BY rule"
        ).fetchall()
    return [
        SharingRule(
            row[0],
            row[1],
            row[2],
            tuple(SharedField(one["field"], one["label"]) for one in row[3]),
            row[4],
            row[5],
            row[6],
            tuple(row[7].items()),
            *row[8:],
        )
        for row in rows
    ]
