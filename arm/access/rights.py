"""What each role may do on a workstation.

The centre has its own, stricter gate (row-level security); this table keeps people from starting
what would be refused later, and says so in their words.
"""

from __future__ import annotations

from typing import Final, Literal

from arm.access.errors import NotPermitted
from arm.store.store import Actor

Action = Literal[
    "intake",
    "edit",
    "print",
    "export",
    "settle_conflict",
    "close_case",
    "see_history",
    "request",
    "manage_accounts",
    "erase",
    "supervise",
]

TITLES: Final[dict[Action, str]] = {
    "intake": "приём человека",
    "edit": "изменение дела",
    "print": "печать форм",
    "export": "выгрузка списков",
    "settle_conflict": "разбор расхождений",
    "close_case": "закрытие дела",
    "see_history": "просмотр журнала",
    "request": "запросы другим организациям и ответы им",
    "manage_accounts": "управление доступом",
    "erase": "уничтожение данных по закону",
    "supervise": "разбор непринятых правок коллег",
}

_SPECIALIST: Final[frozenset[Action]] = frozenset(
    {
        "intake", "edit", "print", "export", "settle_conflict", "close_case", "see_history",
        "request",
    }
)  # fmt: skip
_OF_ANOTHER_KIND: Final[frozenset[Action]] = frozenset(
    {"intake", "edit", "print", "settle_conflict", "see_history", "request"}
)
"""People of tax offices, universities and employers keep cards of their own and answer requests."""

RIGHTS: Final[dict[str, frozenset[Action]]] = {
    "center_specialist": _SPECIALIST,
    "center_supervisor": _SPECIALIST | {"manage_accounts", "erase", "supervise"},
    "center_desk": frozenset({"intake", "print"}),
    "tax_inspector": _OF_ANOTHER_KIND,
    "university_specialist": _OF_ANOTHER_KIND,
    "employer_hr": _OF_ANOTHER_KIND,
    "region_analyst": frozenset({"see_history", "request"}),
    # who keeps the computers need not read the cases: 152-ФЗ ст. 5 ч. 5 (no more than needed)
    "admin": frozenset({"manage_accounts"}),
}
"""An unknown role may do nothing."""


def may(actor: Actor, action: Action) -> bool:
    """Whether the actor's role includes the action."""
    return action in RIGHTS.get(actor.role, frozenset())


def require(actor: Actor, action: Action) -> None:
    """Raise NotPermitted unless the actor's role includes the action."""
    if not may(actor, action):
        raise NotPermitted(action=action, action_title=TITLES[action])
