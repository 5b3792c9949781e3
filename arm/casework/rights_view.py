"""Who may do what, in rows for the page «Права»."""

from __future__ import annotations

from dataclasses import dataclass

from arm.rights_matrix import Rule, rights_matrix


@dataclass(frozen=True)
class RoleLine:
    """A role to choose: ``place`` is its workplace."""

    code: str
    title: str
    place: str


@dataclass(frozen=True)
class RightRow:
    """A group of records or a command. ``marks``: for each action on records whether it is
    allowed; one mark for a command. ``why`` and ``law`` are empty where nothing is allowed."""

    title: str
    marks: tuple[bool, ...]
    command: bool
    why: str
    law: str


def roles() -> list[RoleLine]:
    """Every role in the order of the table."""
    return [RoleLine(one.code, one.title, one.place) for one in rights_matrix().roles.values()]


def actions_on_records() -> list[str]:
    """Headings of the marks: «читать», «добавлять» …"""
    return [one.short for one in rights_matrix().actions.values() if one.on_records]


def rows_of(role: str) -> list[RightRow]:
    """Everything the role may and may not do. An unknown role may do nothing."""
    matrix = rights_matrix()
    on_records = [one.code for one in matrix.actions.values() if one.on_records]
    rows = []
    for group in matrix.groups:
        # kinds of one group always stand together in a rule
        rules = [matrix.rule(role, action, group.kinds[0]) for action in on_records]
        rows.append(_row(group.title, rules, command=False))
    commands = [one for one in matrix.actions.values() if not one.on_records]
    rows += [_row(one.title, [matrix.rule(role, one.code)], command=True) for one in commands]
    return rows


def _row(title: str, rules: list[Rule | None], *, command: bool) -> RightRow:
    first = next((rule for rule in rules if rule is not None), None)
    return RightRow(
        title=title[0].upper() + title[1:],
        marks=tuple(rule is not None for rule in rules),
        command=command,
        why=first.why if first else "",
        law=first.law if first else "",
    )
