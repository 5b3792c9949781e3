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
    ver: int = 1
    deleted: bool = False
    body: dict[str, Any] = field(default_factory=dict)
    fver: dict[str, int] = field(default_factory=dict)


@dataclass
class Reference:
    """All records of a play. ``right`` says what a login may do in a scope: "", "r" or "w";
    ``is_conflict`` whether a conflict of that number about that field of that record exists."""

    right: Callable[[str, int], str]
    is_conflict: Callable[[str, str, str], bool]
    docs: dict[str, Doc] = field(default_factory=dict)
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    overwritten: list[str] = field(default_factory=list)
    """Edits that claim to have seen a version and did not see its value: had they been believed, a
    value would be gone that nobody ever read."""

    def take(self, login: str, client: str, op: Op) -> str:
        """The status that the centre must have answered; a repetition changes nothing."""
        key = (client, op["cseq"])
        if key not in self.answers:
            self.answers[key] = self._apply(login, op)
        return self.answers[key]

    def _apply(self, login: str, op: Op) -> str:
        doc = self.docs.get(op["id"])
        if doc is not None and not self.right(login, doc.scope):
            # hidden: as if it were not there, but its number is taken
            return "invalid" if op["op"] == "new" and self._may(login, op) else "denied"
        if doc is None and op["op"] != "new":
            return "denied"
        if self.right(login, doc.scope if doc else op["scope"]) != "w":
            return "denied"
        if doc is None:
            self.docs[op["id"]] = _made(op)
            return "applied"
        if doc.kind != op["kind"] or doc.scope != op["scope"]:
            return "invalid"
        if op["op"] == "new":
            return self._again(doc, op)
        if op["op"] == "del":
            return _delete(doc, op["f"])
        if op["op"] == "resolve":
            if not all(self.is_conflict(op["conflict"], op["id"], name) for name in op["f"]):
                return "invalid"
            status = _merge(doc, op["f"])
            return "applied" if status == "same" else status
        if op["op"] == "set":
            self._look_for_unread_values(doc, op)
        return _merge(doc, op["f"])

    def _look_for_unread_values(self, doc: Doc, op: Op) -> None:
        for name, said in op["f"].items():
            now = doc.deleted if name == "deleted" else doc.body.get(name)
            seen = doc.fver.get(name, 0) == (said.get("b") or 0)
            if "o" in said and seen and now not in (said["o"], said.get("n")):
                self.overwritten.append(f"{op['id']} {name}: {now} under {said}")

    def _may(self, login: str, op: Op) -> bool:
        return self.right(login, op["scope"]) == "w"

    def _again(self, doc: Doc, op: Op) -> str:
        fields = dict(op["f"])
        if doc.deleted:
            fields["deleted"] = {"b": doc.fver.get("deleted"), "o": True, "n": False}
        return _merge(doc, fields)


def _made(op: Op) -> Doc:
    body = {
        name: sorted(said["add"]) if "add" in said else said.get("n")
        for name, said in op["f"].items()
    }
    return Doc(op["kind"], op["scope"], body=body, fver=dict.fromkeys(body, 1))


def _merge(doc: Doc, fields: Mapping[str, Any]) -> str:
    changed: dict[str, Any] = {}
    disputed = merged = False
    for name, said in fields.items():
        now = doc.deleted if name == "deleted" else doc.body.get(name)
        stale = doc.fver.get(name, 0) != (said.get("b") or 0)
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
    for name, ver in doc.fver.items():
        said = fields.get(name, {})
        saw = said["rem"] if "rem" in said else said.get("o")
        if name != "deleted" and ver != (said.get("b") or 0) and saw != doc.body.get(name):
            return "conflict"
    doc.ver += 1
    doc.deleted = True
    doc.fver["deleted"] = doc.ver
    return "applied"
