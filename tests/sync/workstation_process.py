"""A workstation that only works and exchanges, to be killed at any moment.

Run as a program it imports everything once, then forks one workstation for each line of JSON on its
standard input and answers with the process id. A workstation edits without pause while another
thread exchanges without pause; each token it has typed goes into ``tokens.txt`` only after the
transaction was committed, that is, after a person would have read «сохранено».
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from arm.casework.derive import refresh
from arm.casework.filling import Filling
from arm.central.connect import connect
from arm.centre_errors import CentreUnreachable
from arm.clock import SystemClock
from arm.model import Note, Person
from arm.store.database import InstanceLock, open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from arm.sync import first_load
from arm.sync.engine import SyncEngine

KEY = bytes(range(32))


def derive_nothing(_session: Any, _person_ids: Any) -> None:
    """Lists are not looked at here."""


def open_workstation(order: dict[str, Any]) -> tuple[Store, SyncEngine]:
    """The store in the order's folder and its exchange with the centre."""
    folder = Path(order["folder"])
    lock = InstanceLock(folder / "instance.lock")
    lock.acquire()
    actor = Actor(order["login"], order["login"], "center_specialist", order["scope"])
    store = Store(
        open_database(folder / "records.db", KEY),
        SystemClock(),
        actor,
        FileStore(folder / "files", KEY),
        partial(refresh, clock=SystemClock()) if order.get("lists") else derive_nothing,
    )
    line = {name: order[name] for name in ("host", "port", "dbname", "password")}
    options = {"page_size": 10, **order.get("engine", {})}
    if order.get("filling"):
        first_load.WORTH_FILLING = 1
        options["filler"] = partial(Filling, store.clock)
    return store, SyncEngine(store, lambda: connect(**line, user=actor.login), **options)


def work(order: dict[str, Any]) -> None:
    """Be a workstation until killed."""
    store, engine = open_workstation(order)
    folder = Path(order["folder"])
    threading.Thread(target=exchange, args=(engine, folder), daemon=True).start()
    if order.get("filling"):
        threading.Event().wait()  # nobody types: all is left to the load
    _type(store, order["run"], folder / "tokens.txt")


def exchange(engine: SyncEngine, folder: Path, pause: float = 0.0) -> None:
    """Exchange without end; what is no outage is told to the test."""
    try:
        while True:
            try:
                engine.exchange()
            except CentreUnreachable:
                time.sleep(pause)
    except BaseException:  # noqa: BLE001  # told to the test, which fails
        (folder / "failure.txt").write_text(traceback.format_exc(), encoding="utf-8")
        os._exit(3)


def _type(store: Store, run: str, said: Path) -> None:
    chance = random.Random(run)
    journal = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in itertools.count():
        token = f"{run}/{number}"
        with store.write("Работа") as session:
            shared = session.query(Person).filter_by(deleted=False).limit(8).all()
            if not shared or chance.random() < 0.1:
                session.add(Person(surname=token))
            elif chance.random() < 0.2:
                session.add(Note(person_id=chance.choice(shared).id, text=token))
            else:
                person = chance.choice(shared)
                setattr(person, chance.choice(("phone", "employer", "profession")), token)
                if chance.random() < 0.1:
                    person.languages ^= {chance.choice(("ru", "uz", "tg"))}
        os.write(journal, f"{token}\n".encode())


def _end_with(nursery: int) -> None:
    """A test that was broken off must not leave workstations typing for ever."""
    while os.getppid() == nursery:
        time.sleep(1)
    os._exit(4)


def main(work: Callable[[dict[str, Any]], None] = work) -> None:
    """Fork workstations on request."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need no burial
    nursery = os.getpid()
    for text in sys.stdin:
        order = json.loads(text)
        child = os.fork()
        if child == 0:
            threading.Thread(target=_end_with, args=(nursery,), daemon=True).start()
            try:
                work(order)
            except BaseException:  # noqa: BLE001  # told to the test, which fails
                failure = Path(order["folder"]) / "failure.txt"
                failure.write_text(traceback.format_exc(), encoding="utf-8")
            finally:
                os._exit(3)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
