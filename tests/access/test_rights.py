"""What each role may do, as one table."""

from __future__ import annotations

import pytest

from arm.access.errors import NotPermitted
from arm.access.rights import RIGHTS, TITLES, Action, may, require
from arm.store.store import Actor

SPECIALIST = "intake edit print export settle_conflict close_case see_history request"


def of_role(role: str) -> Actor:
    return Actor("login", "Имя Фамилия", role, 11)


@pytest.mark.parametrize(
    ("role", "permitted"),
    [
        (
            "center_specialist",
            SPECIALIST,
        ),
        (
            "center_supervisor",
            f"{SPECIALIST} manage_accounts erase supervise",
        ),
        ("center_desk", "intake print"),
        ("tax_inspector", "intake edit print settle_conflict see_history request"),
        ("region_analyst", "see_history request"),
        ("admin", "manage_accounts"),
        ("stranger", ""),
    ],
)
def test_a_role_may_do_exactly_its_actions(role: str, permitted: str) -> None:
    assert {action for action in TITLES if may(of_role(role), action)} == set(permitted.split())


def test_a_refusal_names_the_action_in_russian() -> None:
    require(of_role("center_desk"), "intake")
    with pytest.raises(NotPermitted, match="выгрузка списков"):
        require(of_role("center_desk"), "export")


def test_every_permitted_action_has_a_title() -> None:
    named: set[Action] = {action for actions in RIGHTS.values() for action in actions}
    assert named == set(TITLES)
