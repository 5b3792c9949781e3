"""Who may do what: role × kind of record × action, read from ``resources/access/rights.toml``.

The same table guards the program (``arm.access.rights``) and the centre's database
(``arm.central.provision`` writes it there), so it belongs to neither.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from arm.places import RESOURCES

SOURCE: Final = RESOURCES / "access" / "rights.toml"
COMMAND: Final = ""
"""Stands for the kind where an action concerns no single kind."""


@dataclass(frozen=True)
class Role:
    """``place``: the workplace, in Russian like all titles here."""

    code: str
    title: str
    place: str


@dataclass(frozen=True)
class Action:
    """``on_records``: asked for each kind, and refused by the database itself."""

    code: str
    title: str
    short: str
    on_records: bool


@dataclass(frozen=True)
class Group:
    """Kinds of records that people call by one name."""

    code: str
    title: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """What the roles may do with the kinds, and why. ``law`` names the article."""

    roles: tuple[str, ...]
    kinds: tuple[str, ...]
    may: tuple[str, ...]
    law: str
    why: str

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """(role, kind, action) of everything the rule allows."""
        for role in self.roles:
            for kind in self.kinds:
                for action in self.may:
                    yield role, kind, action


@dataclass(frozen=True)
class Matrix:
    """The whole table. What no rule allows is not allowed."""

    roles: dict[str, Role]
    actions: dict[str, Action]
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]
    allowed: dict[tuple[str, str, str], Rule] = field(repr=False)
    """(role, kind, action) → the first rule that allows it."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that anybody may do anything with."""
        return tuple(kind for group in self.groups for kind in group.kinds)

    def rule(self, role: str, action: str, kind: str = COMMAND) -> Rule | None:
        """Why ``role`` may do this; None: it may not. An action that nobody has named is a bug
        of the caller."""
        if self.actions[action].on_records == (kind == COMMAND):
            raise ValueError(f"{action} and kind «{kind}» do not go together")
        return self.allowed.get((role, kind, action))

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """Every (role, kind, action) there is, allowed or not."""
        for role in self.roles:
            for action in self.actions.values():
                for kind in self.kinds if action.on_records else (COMMAND,):
                    yield role, kind, action.code


class BadMatrix(ValueError):
    """The table contradicts itself: a mistake in the file that ships with the program."""


@cache
def rights_matrix(source: Path = SOURCE) -> Matrix:
    """The table as shipped. Raises BadMatrix."""
    raw = tomllib.loads(source.read_text("utf-8"))
    roles = {one["code"]: Role(**one) for one in raw["role"]}
    actions = {one["code"]: _action(one) for one in raw["action"]}
    groups = tuple(Group(one["code"], one["title"], tuple(one["kinds"])) for one in raw["group"])
    rules = tuple(_rule(one, {group.code: group.kinds for group in groups}) for one in raw["rule"])
    allowed: dict[tuple[str, str, str], Rule] = {}
    for rule in rules:
        _check(rule, roles, actions)
        for cell in rule.cells():
            allowed.setdefault(cell, rule)
    return Matrix(roles, actions, groups, rules, allowed)


def _action(raw: dict[str, Any]) -> Action:
    on_records = raw.get("on") == "record"
    return Action(raw["code"], raw["title"], raw.get("short", raw["title"]), on_records)


def _rule(raw: dict[str, Any], groups: dict[str, tuple[str, ...]]) -> Rule:
    named = raw.get("kinds")
    kinds = (COMMAND,) if named is None else tuple(k for code in named for k in groups[code])
    return Rule(tuple(raw["roles"]), kinds, tuple(raw["may"]), raw["law"], raw["why"])


def _check(rule: Rule, roles: dict[str, Role], actions: dict[str, Action]) -> None:
    for role in rule.roles:
        if role not in roles:
            raise BadMatrix(f"no role {role}")
    for action in rule.may:
        if action not in actions or actions[action].on_records == (rule.kinds == (COMMAND,)):
            raise BadMatrix(f"{action} in a rule about {rule.kinds}")
