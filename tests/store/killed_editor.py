"""Run by test_kill: forks a caseworker who edits without pause, once for each line of input.

usage: killed_editor.py HOME; each input line is the name of a round; the answer is the process id.
After each commit the caseworker notes the token of the edit in the plain file «acknowledged».
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from sqlalchemy import select

from arm.clock import SystemClock
from arm.model import Note, Person
from arm.places import Home
from arm.store.database import open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store

KEY = bytes(range(32))


def edit_for_ever(home: Home, round_name: str) -> None:
    engine = open_database(home.database, KEY)
    actor = Actor("smirnova", "Смирнова Ольга", "center_specialist", 11)
    store = Store(
        engine, SystemClock(), actor, FileStore(home.files, KEY), lambda _session, _ids: None
    )
    chance = random.Random(round_name)
    acknowledged = os.open(home.root / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with store.read() as session:
        persons = list(session.scalars(select(Person.id)))
    number = 0
    while True:
        number += 1
        token = f"<{round_name}.{number}>"
        kind = chance.random()
        with store.write("Правка") as session:
            if not persons or kind < 0.1:
                person = Person(surname=token)
                session.add(person)
                session.flush()
                persons.append(person.id)
            elif kind < 0.3:
                session.add(Note(person_id=chance.choice(persons), text=token * 200))
            else:
                session.get_one(Person, chance.choice(persons)).phone = token
        os.write(acknowledged, f"{token}\n".encode())


def main() -> None:
    home = Home(Path(sys.argv[1]))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            edit_for_ever(home, line.strip())
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WTERMSIG(status) == signal.SIGKILL else "failed\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
