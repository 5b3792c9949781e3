"""A workstation of the storm: does everything a person can do, until killed.

Each token goes into ``tokens.txt`` only after its transaction was committed; other acts leave a
word there. A file called ENOUGH ends the typing, the exchange goes on.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sync.workstation_process import exchange, main, open_workstation

from arm.model import Note, Person
from arm.store.errors import DeletedForGood, NothingToUndo, ScopeIsReadOnly
from arm.store.store import Store
from arm.store.undo import undo_last
from arm.sync.resolve import ConflictIsSettled, Settlement, settle
from torture.mutants import become

FIELDS = ("phone", "employer", "profession", "email")
ENOUGH = "enough"
AT_HAND = 8
"""So few people are worked on that the workstations must meet."""


class Typist:
    """One person at work."""

    def __init__(self, store: Store, order: dict[str, Any]) -> None:
        self.store = store
        self.name: str = order["run"]
        self.scopes: list[int] = order["scopes"]
        self.chance = random.Random(f"{order['seed']} {self.name}")
        self.numbers = itertools.count()
        journal = Path(order["folder"]) / "tokens.txt"
        self.journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(self, word: str) -> None:
        os.write(self.journal, f"{word}\n".encode())

    def act(self) -> None:
        """One thing."""
        token = f"{self.name}-{next(self.numbers)}"
        (what,) = self.chance.choices(
            (self.edit, self.delete, self.revive, self.undo, self.settle, self.move),
            (80, 3, 3, 4, 10, 2),
        )
        with suppress(ScopeIsReadOnly):
            done = what(token)
            if done:
                self.tell(done)

    def edit(self, token: str) -> str:
        with self.store.write("Работа") as session:
            people = session.query(Person).filter_by(deleted=False).limit(AT_HAND).all()
            if not people or self.chance.random() < 0.04:
                session.add(Person(surname=token, scope=self.chance.choice(self.scopes)))
            elif self.chance.random() < 0.15:
                person = self.chance.choice(people)
                session.add(Note(person_id=person.id, text=token, scope=person.scope))
            else:
                person = self.chance.choice(people)
                setattr(person, self.chance.choice(FIELDS), token)
                if self.chance.random() < 0.2:
                    person.languages ^= {self.chance.choice(("ru", "uz", "tg"))}
        return token

    def delete(self, _: str) -> str:
        with self.store.write("Удалено") as session:
            people = session.query(Person).filter_by(deleted=False).limit(AT_HAND).all()
            if len(people) < AT_HAND:
                return ""
            session.delete(self.chance.choice(people))
        return "deleted"

    def revive(self, _: str) -> str:
        with self.store.write("Возвращено") as session:
            people = session.query(Person).filter_by(deleted=True).limit(AT_HAND).all()
            if not people:
                return ""
            self.chance.choice(people).deleted = False
        return "revived"

    def undo(self, _: str) -> str:
        with suppress(NothingToUndo, DeletedForGood):
            undo_last(self.store)
            return "undone"
        return ""

    def move(self, _: str) -> str:
        with self.store.write("Передано") as session:
            people = session.query(Person).filter_by(deleted=False).limit(AT_HAND).all()
            if not people:
                return ""
            session.move(self.chance.choice(people), self.chance.choice(self.scopes))
        return "moved"

    def settle(self, token: str) -> str:
        with self.store.read() as session:
            raw: Any = session.connection().connection.driver_connection
            rows = raw.execute(
                "SELECT id, field, server_value, mine_value FROM conflict WHERE state = 'open'"
            ).fetchall()
        if not rows:
            return ""
        conflict, name, theirs, mine = self.chance.choice(rows)
        third = json.dumps(token) if name in FIELDS else mine
        value = json.loads(self.chance.choice((theirs, mine, third)) or "null")
        with suppress(ConflictIsSettled):
            settle(self.store, [Settlement(conflict, value)])
            if value == token:
                self.tell(token)
            return "settled"
        return ""


def work(order: dict[str, Any]) -> None:
    """Be a workstation until killed."""
    mistaken = become(order.get("mutant"))
    store, engine = open_workstation(order)
    folder = Path(order["folder"])
    threading.Thread(target=exchange, args=(engine, folder, 0.02), daemon=True).start()
    typist, enough = Typist(store, order), folder / ENOUGH
    while not enough.exists():
        typist.act()
        time.sleep(typist.chance.expovariate(1 / order["pause"]))
    with mistaken:
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main(work)
