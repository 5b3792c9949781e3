"""What each role may do on a workstation: asked before an action begins.

The table is ``resources/access/rights.toml`` (docs/rights.md). The centre's database holds the same
table and is the gate that counts; asking here keeps people from starting what would be refused
later, and says so in their words.
"""

from __future__ import annotations

from arm.access.errors import NotPermitted
from arm.rights_matrix import COMMAND, rights_matrix
from arm.store.store import Actor


def may(actor: Actor, action: str, kind: str = COMMAND) -> bool:
    """Whether the actor's role includes the action: a command, or an action on records of a kind.

    An unknown role may do nothing; an unknown action is a bug (KeyError).
    """
    return rights_matrix().rule(actor.role, action, kind) is not None


def require(actor: Actor, action: str, kind: str = COMMAND) -> None:
    """Raise NotPermitted unless the actor's role includes the action."""
    if not may(actor, action, kind):
        raise NotPermitted(action=action, action_title=rights_matrix().actions[action].title)
