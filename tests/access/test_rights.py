"""What each role may do, as one table; and that the table itself holds together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from arm.access.errors import NotPermitted
from arm.access.rights import may, require
from arm.model import kinds
from arm.rights_matrix import COMMAND, SOURCE, BadMatrix, rights_matrix
from arm.store.store import Actor

ROOT = Path(__file__).parents[2]


def of_role(role: str) -> Actor:
    return Actor("login", "Имя Фамилия", role, 11)


@pytest.mark.parametrize(
    ("role", "permitted"),
    [
        (
            "center_specialist",
            "intake edit print export settle_conflict close_case see_history request",
        ),
        (
            "center_supervisor",
            (
                "intake edit print export settle_conflict close_case see_history request"
                " supervise erase manage_accounts decide_law"
            ),
        ),
        ("center_desk", "intake print"),
        ("region_analyst", "export request"),
        ("admin", "manage_accounts decide_law"),
        ("stranger", ""),
    ],
)
def test_a_role_may_do_exactly_its_commands(role: str, permitted: str) -> None:
    commands = [one.code for one in rights_matrix().actions.values() if not one.on_records]
    assert {action for action in commands if may(of_role(role), action)} == set(permitted.split())


def test_who_keeps_the_computers_reads_nothing_of_people_and_the_region_no_case() -> None:
    law = {"law_pack", "law_value"}
    for role, expected in (
        ("admin", law),
        ("stranger", set()),
        ("region_analyst", {"info_request", "shared_card", "alias_notice", "disclosure"} | law),
    ):
        assert {kind for kind in kinds() if may(of_role(role), "read", kind)} == expected


def test_a_refusal_names_the_action_in_russian() -> None:
    require(of_role("center_desk"), "intake")
    with pytest.raises(NotPermitted, match="выгрузка списков"):
        require(of_role("center_desk"), "export")
    with pytest.raises(NotPermitted, match="изменение записей"):
        require(of_role("center_desk"), "change", "stay_permit")


def test_every_kind_of_record_stands_in_exactly_one_group() -> None:
    listed = list(rights_matrix().kinds)
    assert len(listed) == len(set(listed))
    assert set(kinds()) <= set(listed), "a new kind belongs into resources/access/rights.toml"


def test_what_may_be_changed_may_be_read() -> None:
    matrix = rights_matrix()
    for role, kind, action in matrix.allowed:
        if kind != COMMAND:
            assert matrix.rule(role, "read", kind), (role, kind, action)


def test_every_right_has_its_reason_in_the_law() -> None:
    for rule in rights_matrix().rules:
        assert rule.law.startswith(("152-ФЗ", "109-ФЗ", "115-ФЗ", "НК РФ"))
        assert len(rule.why) > 20


def test_a_mistake_in_the_table_is_noticed(tmp_path: Path) -> None:
    text = SOURCE.read_text("utf-8")
    for number, (right, wrong) in enumerate(
        (
            ('roles = ["admin", ', 'roles = ["adnim", '),
            ('may = ["manage_accounts"]', 'may = ["read"]'),
            ('may = ["export", "request"]', 'may = ["exprot"]'),
        )
    ):
        spoilt = tmp_path / f"{number}.toml"
        assert right in text
        spoilt.write_text(text.replace(right, wrong), "utf-8")
        with pytest.raises(BadMatrix):
            rights_matrix(spoilt)


def test_every_action_that_the_program_asks_for_is_in_the_table() -> None:
    actions = rights_matrix().actions
    asked = list(asked_for())
    assert len(asked) > 20
    for place, action, with_kind in asked:
        assert action in actions, f"{place}: {action}"
        assert actions[action].on_records == with_kind, f"{place}: {action}"


def asked_for() -> Iterator[tuple[str, str, bool]]:
    """(place, action, whether a kind is named) of each literal ``require`` and ``may``."""
    for folder in ("arm", "ui"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in {"require", "may"}
                    and len(node.args) >= 2
                    and isinstance(node.args[1], ast.Constant)
                    and ast.unparse(node.args[0]).endswith("actor")
                ):
                    continue
                action = str(node.args[1].value)
                yield f"{path.name}:{node.lineno}", action, len(node.args) + len(node.keywords) > 2
