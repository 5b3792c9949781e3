"""A workstation that attaches, sends and fetches files without pause, to be killed at any moment.

Imports everything once, then forks one workstation for each line of JSON on its standard input and
answers with the process id. A fingerprint goes into ``files.txt`` only after the caseworker's
action was committed.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from workstation_process import KEY, derive_nothing

from arm.casework.editing import attach_file
from arm.casework.files import fetch_file
from arm.central.connect import connect
from arm.centre_errors import CentreUnreachable
from arm.clock import SystemClock
from arm.store.database import InstanceLock, open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from arm.sync.engine import SyncEngine


def work(order: dict[str, Any]) -> None:
    """Be a workstation until killed."""
    folder = Path(order["folder"])
    InstanceLock(folder / "instance.lock").acquire()
    store = Store(
        open_database(folder / "records.db", KEY),
        SystemClock(),
        Actor(order["login"], order["login"], "center_specialist", order["scope"]),
        FileStore(folder / "files", KEY),
        derive_nothing,
    )
    line = {name: order[name] for name in ("host", "port", "dbname", "password")}
    engine = SyncEngine(store, lambda: connect(**line, user=store.actor.login))
    threading.Thread(target=_exchange, args=(engine, folder), daemon=True).start()
    chance = random.Random(order["run"])
    journal = os.open(folder / "files.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        content = chance.randbytes(chance.choice((900, 400_000, 2_500_000)))
        attach_file(store, order["person"], "contract", "скан.pdf", content)
        os.write(journal, f"{hashlib.sha256(content).hexdigest()}\n".encode())
        with store.read() as session:
            raw: Any = session.connection().connection.driver_connection
            rows = raw.execute("SELECT id, added_by FROM attachment").fetchall()
        for record_id, author in rows:
            if author != store.actor.login:
                fetch_file(store, record_id)
        time.sleep(0.05)


def _exchange(engine: SyncEngine, folder: Path) -> None:
    try:
        while True:
            try:
                engine.exchange()
                engine.files.exchange()
            except CentreUnreachable:
                continue
    except BaseException:  # noqa: BLE001  # told to the test, which fails
        (folder / "failure.txt").write_text(traceback.format_exc(), encoding="utf-8")
        os._exit(3)


def main() -> None:
    """Fork workstations on request."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need no burial
    for text in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(json.loads(text))
            except BaseException:  # noqa: BLE001  # told to the test, which fails
                failure = Path(json.loads(text)["folder"]) / "failure.txt"
                failure.write_text(traceback.format_exc(), encoding="utf-8")
            finally:
                os._exit(3)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
