"""The rules of docs/sync.md in plain Python: what an operation must do to the records.

Written from the page, not from the functions of the centre; it is told every operation in the order
in which the centre took them and says what must have come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Op = Mapping[str, Any]


@dataclass
class Doc:
    """A record as it should stand."""

    kind: str
    scope: int
    person: str
    ver: int = 1
    deleted: bool = False
    body: dict[str, Any] = field(default_factory=dict)
    fver: dict[str, int] = field(default_factory=dict)


@dataclass
class Reference:
    """All records of a play. ``right`` says what a login may do in a scope: "", "r" or "w"."""

    right: Callable[[str, int], str]
    docs: dict[str, Doc] = field(default_factory=dict)
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    left: set[tuple[int, str]] = field(default_factory=set)
    """Scope and record of each departure."""

    def take(self, login: str, client: str, op: Op) -> str:
        """The status that the centre must have answered; a repetition changes nothing."""
        key = (client, op["cseq"])
        if key not in self.answers:
            self.answers[key] = self._apply(login, op)
        return self.answers[key]

    def _apply(self, login: str, op: Op) -> str:
        doc = self.docs.get(op["id"])
        hidden = doc is not None and not self.right(login, doc.scope)
        if hidden or doc is None:
            if op["op"] != "new":
                return "denied"  # hidden: as if it were not there
            home = self._home_of_new(login, op)
            if home is None or self.right(login, home) != "w":
                return "denied"
            if hidden:
                return "invalid"  # but its number is taken
            self.docs[op["id"]] = _made(op, home)
            return "applied"
        if self.right(login, doc.scope) != "w":
            return "denied"
        if doc.kind != op["kind"]:
            return "invalid"
        if op["op"] == "move":
            return self._move(login, doc, op)
        if op["op"] == "del":
            return _delete(doc, op["f"])
        doc.person = op.get("person") or doc.person
        if op["op"] == "new":
            return self._again(doc, op)
        if op["op"] == "resolve":
            # a conflict that a centre set back has forgotten leaves just the edit
            status = _merge(doc, op["f"])
            return "applied" if status == "same" else status
        return _merge(doc, op["f"], must_have_seen=True)

    def _home_of_new(self, login: str, op: Op) -> int | None:
        """With its person, who may have moved; None if they went where this login does not see."""
        scope: int = op["scope"]
        person = op.get("person") or op["id"]
        if person == op["id"]:
            return scope
        there = self.docs.get(person)
        if there is not None and self.right(login, there.scope):
            return there.scope
        return None if (scope, person) in self.left and self.right(login, scope) else scope

    def _move(self, login: str, doc: Doc, op: Op) -> str:
        """A person goes with all that hangs on them."""
        there = op["f"]["scope"]["n"]
        if doc.scope == there:
            return "same"
        if doc.scope != op["scope"] or self.right(login, there) != "w":
            return "denied"
        for record_id, one in self.docs.items():
            if one.person == op["id"] and one.scope == op["scope"]:
                one.scope = there
                one.ver += 1
                self.left.add((op["scope"], record_id))
        return "applied"

    def _again(self, doc: Doc, op: Op) -> str:
        fields = dict(op["f"])
        if doc.deleted:
            fields["deleted"] = {"b": doc.fver.get("deleted"), "o": True, "n": False}
        return _merge(doc, fields)


def _made(op: Op, home: int) -> Doc:
    body = {
        name: sorted(said["add"]) if "add" in said else said.get("n")
        for name, said in op["f"].items()
    }
    person = op.get("person") or op["id"]
    return Doc(op["kind"], home, person, body=body, fver=dict.fromkeys(body, 1))


def _merge(doc: Doc, fields: Mapping[str, Any], *, must_have_seen: bool = False) -> str:
    """``must_have_seen``: an edit that claims to have seen a version and did not see its value is
    not believed, or a value would be gone that nobody ever read."""
    changed: dict[str, Any] = {}
    disputed = merged = False
    for name, said in fields.items():
        now = doc.deleted if name == "deleted" else doc.body.get(name)
        stale = doc.fver.get(name, 0) != (said.get("b") or 0)
        if must_have_seen and "o" in said and said["o"] != now:
            stale = True
        if "add" in said or "rem" in said:
            new = sorted((set(now or ()) | set(said.get("add") or ())) - set(said.get("rem") or ()))
            if not new and now is None:
                continue
            merged = merged or stale
        else:
            new = said.get("n")
            if stale and new != now and now != said.get("o"):
                disputed = True
                continue
        if new != now:
            changed[name] = new
    was_deleted = doc.deleted
    if changed:
        doc.ver += 1
        doc.fver.update(dict.fromkeys(changed, doc.ver))
        doc.deleted = changed.pop("deleted", doc.deleted)
        doc.body.update(changed)
        disputed = disputed or (was_deleted and doc.deleted)
        return "conflict" if disputed else "merged" if merged else "applied"
    return "conflict" if disputed else "same"


def _delete(doc: Doc, fields: Mapping[str, Any]) -> str:
    if doc.deleted:
        return "same"
    for name in doc.fver:
        said = fields.get(name, {})
        saw = said["rem"] if "rem" in said else said.get("o")
        if name != "deleted" and saw != doc.body.get(name):
            return "conflict"
    doc.ver += 1
    doc.deleted = True
    doc.fver["deleted"] = doc.ver
    return "applied"
